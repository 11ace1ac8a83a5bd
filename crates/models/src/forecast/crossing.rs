//! When a limit is reached: the chance by each day.

use super::passage::{Fallen, Outlook, Part};
use super::series::Kind;

/// Where a chance grows by more from one reading to the next, it is looked at in between.
const MOVES: f64 = 0.08;
/// A chance that need not grow further to be told.
const SURE: f64 = 0.999;

/// When a limit is reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// Days ahead with the chance that the limit has been reached by then; both ascend.
    reached: Vec<(f64, f64)>,
}

impl Crossing {
    /// Already reached.
    pub fn already() -> Self {
        Self { reached: vec![(0.0, 1.0)] }
    }

    /// The chance of each day: one less that of staying below, as often as it came.
    pub(super) fn of(outlook: Outlook<'_>, fallen: &Fallen, limit: f64, horizon: f64) -> Self {
        let mut reached = Vec::new();
        let mut chance = 0.0_f64;
        let mut walk = outlook.walk(limit);
        loop {
            let day = walk.step();
            let then = chance.max(1.0 - fallen.came(walk.chance(), walk.steps()));
            if outlook.kind == Kind::Gauge && walk.is_single() && then - chance > MOVES {
                for part in Part::all() {
                    let (day, below) = walk.between(part);
                    chance = chance.max((1.0 - fallen.came(below, walk.steps())).min(then));
                    reached.push((day, chance));
                }
            }
            chance = then;
            reached.push((day, chance));
            if day >= horizon || chance > SURE {
                return Self { reached };
            }
        }
    }

    /// The chance that it is reached within so many days.
    pub fn within(&self, days: f64) -> f64 {
        let mut before = (0.0, 0.0);
        for point in &self.reached {
            if point.0 >= days {
                let part =
                    if point.0 > before.0 { (days - before.0) / (point.0 - before.0) } else { 1.0 };
                return before.1 + part.clamp(0.0, 1.0) * (point.1 - before.1);
            }
            before = *point;
        }
        before.1
    }

    /// Days until the chance has grown to `share`; `None` beyond the horizon.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let mut before = (0.0, 0.0);
        for point in &self.reached {
            if point.1 >= share {
                let part = if point.1 > before.1 {
                    (share - before.1) / (point.1 - before.1)
                } else {
                    1.0
                };
                return Some(before.0 + part * (point.0 - before.0));
            }
            before = *point;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::curve::Curve;
    use super::super::methods::Pool;
    use super::super::series::{Reading, Series};
    use super::super::variance::{Facts, Weights};
    use super::*;

    /// Readings a month apart that rise evenly, with a noise of one.
    fn crossing(curve: &Curve, limit: f64) -> Crossing {
        let readings: Vec<Reading> = (0..12)
            .map(|at| Reading { day: f64::from(at) * 30.0, value: f64::from(50 + at % 2) })
            .collect();
        let series = Series::new(&readings, Kind::Gauge).expect("readings");
        let pool = Pool::of(&[&series]);
        let facts = Facts::of(&series, curve, &pool);
        let weights = Weights::of(&[]);
        let last = curve.at(0.0);
        let outlook = Outlook { kind: Kind::Gauge, last, curve, facts: &facts, weights: &weights };
        Crossing::of(outlook, &Fallen::of(&[]), limit, 730.0)
    }

    #[test]
    fn a_line_reaches_its_limit_when_it_should() {
        let curve = Curve { slope: 0.1, ..Curve::flat(90.0) };
        let crossing = crossing(&curve, 105.0);
        let days = crossing.quantile(0.5).expect("within two years");
        assert!((130.0..160.0).contains(&days), "{days}");
        let (early, late) = (crossing.quantile(0.1), crossing.quantile(0.9));
        assert!(early < Some(days) && late > Some(days), "{early:?} {late:?}");
        assert!((crossing.within(days) - 0.5).abs() < 0.02);
    }

    #[test]
    fn a_flat_series_far_below_never_does() {
        let crossing = crossing(&Curve::flat(10.0), 100.0);
        assert_eq!(crossing.quantile(0.1), None);
        assert!(crossing.within(90.0) < 0.01);
        assert_eq!(Crossing::already().quantile(0.1), Some(0.0));
    }

    #[test]
    fn chances_only_grow() {
        let curve = Curve { slope: 0.05, ..Curve::flat(90.0) };
        let crossing = crossing(&curve, 100.0);
        assert!(crossing.reached.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 <= two[1].1));
    }
}
