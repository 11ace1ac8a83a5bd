//! How readily each account takes new products of its own accord, beside others like it.
//!
//! A gamma frailty shared by all months of an account (Clayton 1978, "A Model for Association in Bivariate Life
//! Tables"; Vaupel, Manton and Stallard 1979, "The Impact of Heterogeneity in Individual Frailty"): its monthly hazards
//! are g times those of [`super::super::hazards`], g of mean 1 and variance 1/k. After `events` where the common rates
//! expect `expected`:
//!
//! ```text
//! g = (events + k) / (expected + k),  sd(g) = sqrt(events + k) / (expected + k)
//! ```
//!
//! Of products that stand alone only: those of a line have the account's standing ([`super::super::standing`]) in its
//! place, and no event is counted twice.
//!
//! k is chosen by what it foretells: g from the months before the last outcome window, judged by the Poisson
//! log-likelihood of the events in that window (totals made equal, so that only differences between accounts count). It
//! is used where it foretells better than "all alike" by more than 1.645 standard errors over the accounts; what comes
//! in bursts and does not last changes nothing.

use std::collections::BTreeMap;

use domain::time::Days;
use serde::{Deserialize, Serialize};

use super::{BANDS, Cells, Counts, Life, Move, Sink, lives};
use crate::train::History;
use crate::train::hazards::Hazards;

/// The strengths of belief that are tried, in events: from a tenth to a thousand, ten in each power of ten.
const STRENGTHS: std::ops::RangeInclusive<i32> = -10..=30;
/// Standard errors by which it must foretell better.
const SURE: f64 = 1.645;

/// Events beside those that the common rates expect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Events.
    pub events: u64,
    /// Expected at the common rates.
    pub expected: f64,
}

/// One account's ratio to the common rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frailty {
    /// What it rests on.
    pub seen: Seen,
    /// The ratio, and its standard deviation.
    pub factor: (f64, f64),
}

/// Every account's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Frailties {
    /// Events that the belief in "like all others" weighs as much as; none where that belief stands.
    pub strength: Option<f64>,
    /// Accounts with months in the last window, and events in it.
    pub held_out: (u64, u64),
    /// What it adds to the log-likelihood of the last window an account, and the standard error.
    pub gain: (f64, f64),
    /// By account's key, where it is used.
    pub accounts: BTreeMap<i64, Seen>,
}

impl Frailties {
    /// Weighs every account's life by the common rates.
    pub fn fit(history: History<'_>, counts: &Counts, hazards: &Hazards) -> Self {
        let Some(rates) = Rates::of(counts, hazards) else { return Self::default() };
        let weighed = weigh(history, &rates);
        let spans: Vec<[Seen; 2]> =
            weighed.iter().map(|(_, seen)| *seen).filter(|seen| seen[1].expected > 0.0).collect();
        let Some((strength, gain)) = foretells(&spans) else { return Self::default() };
        let used = gain.0 > SURE * gain.1;
        let together = |[early, late]: [Seen; 2]| Seen {
            events: early.events + late.events,
            expected: early.expected + late.expected,
        };
        let weighed = weighed.into_iter().filter(|_| used);
        Self {
            strength: used.then_some(strength),
            held_out: (spans.len() as u64, spans.iter().map(|seen| seen[1].events).sum()),
            gain,
            accounts: weighed.map(|(key, seen)| (key, together(seen))).collect(),
        }
    }

    /// An account's ratio for products that stand alone; none where all accounts are taken for alike.
    pub fn of(&self, account: i64) -> Option<Frailty> {
        let strength = self.strength?;
        let seen = *self.accounts.get(&account)?;
        Some(Frailty { seen, factor: seen.factor(strength) })
    }
}

impl Seen {
    fn factor(self, strength: f64) -> (f64, f64) {
        let (events, weight) = (self.events as f64 + strength, self.expected + strength);
        (events / weight, events.sqrt() / weight)
    }

    /// Differences of large sums may come out just under zero.
    fn sound(self) -> Self {
        Self { expected: self.expected.max(0.0), ..self }
    }
}

/// What every account did of its own accord before the last outcome window and in it, beside what is expected.
pub(super) fn weigh(history: History<'_>, rates: &Rates<'_>) -> Vec<(i64, [Seen; 2])> {
    let from = history.as_of.plus(Days(1 - history.window_days));
    let seen = lives(history).map(|(key, one)| {
        let late = one.life.mask(from, history.as_of.plus(Days(1)));
        let mut weighing = Weighing { rates, late, seen: [Seen::default(); 2] };
        one.tell(&mut weighing);
        (key, weighing.seen.map(Seen::sound))
    });
    seen.collect()
}

/// The strength that foretells the later events best from the earlier, with its mean gain over "all alike" and the
/// standard error; none without events on both sides.
fn foretells(spans: &[[Seen; 2]]) -> Option<(f64, (f64, f64))> {
    let sum = |of: fn(&[Seen; 2]) -> f64| spans.iter().map(of).sum::<f64>();
    let (events, expected) = (sum(|seen| seen[1].events as f64), sum(|seen| seen[1].expected));
    let before = sum(|seen| seen[0].events as f64);
    if spans.len() < 2 || events <= 0.0 || before <= 0.0 {
        return None;
    }
    let gains = |strength: f64| {
        let factors: Vec<f64> = spans.iter().map(|seen| seen[0].factor(strength).0).collect();
        let scaled: f64 = spans.iter().zip(&factors).map(|(seen, g)| seen[1].expected * g).sum();
        let (level, level_alike) = (events / scaled, events / expected);
        let gain = move |(seen, g): (&[Seen; 2], f64)| {
            let late = seen[1];
            let ratio = g * level / level_alike;
            late.events as f64 * ratio.ln() - late.expected * (g * level - level_alike)
        };
        spans.iter().zip(factors).map(gain).collect::<Vec<f64>>()
    };
    let strengths = STRENGTHS.map(|tenth| 10_f64.powf(f64::from(tenth) / 10.0));
    let tried = strengths.map(|strength| (strength, gains(strength).iter().sum::<f64>()));
    let (strength, _) = tried.max_by(|a, b| a.1.total_cmp(&b.1))?;
    let gains = gains(strength);
    let n = gains.len() as f64;
    let mean = gains.iter().sum::<f64>() / n;
    let variance = gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / (n - 1.0);
    Some((strength, (mean, (variance / n).sqrt())))
}

/// The common monthly rates of products that stand alone, by band of tenure.
pub(super) struct Rates<'h> {
    products: BTreeMap<&'h str, [f64; BANDS]>,
    /// Of all of them together.
    all: [f64; BANDS],
}

impl<'h> Rates<'h> {
    pub(super) fn of(counts: &'h Counts, hazards: &'h Hazards) -> Option<Self> {
        let takes = hazards.moves.get(Move::Take.code())?;
        let rates = |product: &str| {
            let product = takes.products.get(product);
            std::array::from_fn(|band| takes.hazard(product, Some(band)).mean())
        };
        let products: BTreeMap<&str, [f64; BANDS]> =
            counts.alone.iter().map(|id| (id.as_str(), rates(id))).collect();
        let mut all = [0.0; BANDS];
        for of in products.values() {
            all.iter_mut().zip(of).for_each(|(sum, rate)| *sum += rate);
        }
        Some(Self { products, all })
    }
}

/// One account's months before the last window and in it.
struct Weighing<'r> {
    rates: &'r Rates<'r>,
    late: u64,
    seen: [Seen; 2],
}

impl Weighing<'_> {
    /// Adds what rates expect of months, or takes it away.
    fn expect(&mut self, sign: f64, life: &Life, (rates, months): (&[f64; BANDS], u64)) {
        for (seen, months) in self.seen.iter_mut().zip([months & !self.late, months & self.late]) {
            let mut cells = Cells::default();
            life.add(months, |cell| &mut cell.1, &mut cells);
            let expected = cells.iter().zip(rates).map(|(cell, rate)| cell.1 as f64 * rate);
            seen.expected += sign * expected.sum::<f64>();
        }
    }
}

impl<'a> Sink<'a> for Weighing<'_> {
    fn months(&mut self, life: &Life, (way, product): (Move, &'a str), months: (u64, u64)) {
        let of_product = self.rates.products.get(product).filter(|_| way == Move::Take);
        let Some(rates) = of_product else { return };
        let (taken, risk) = months;
        self.expect(1.0, life, (rates, risk));
        for (seen, taken) in self.seen.iter_mut().zip([taken & !self.late, taken & self.late]) {
            seen.events += u64::from(taken.count_ones());
        }
    }

    fn by_standing(&mut self, _: (Move, &'a str), _: bool, _: [(u64, u64); 3]) {}

    fn untouched(&mut self, life: &Life, months: u64) {
        let rates = &self.rates.all;
        self.expect(1.0, life, (rates, months));
    }

    fn not_at_risk(&mut self, life: &Life, product: &'a str, months: u64) {
        if let Some(rates) = self.rates.products.get(product) {
            self.expect(-1.0, life, (rates, months));
        }
    }

    fn repeats(&mut self, _: &'a str, _: usize, _: (u64, u64)) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Accounts whose own rates are gamma of this strength, seen for so many expected events before and after.
    fn planted(strength: Option<u32>, expected: f64) -> Vec<[Seen; 2]> {
        let draws = std::cell::Cell::new(0);
        let waiting = || {
            draws.set(draws.get() + 1);
            let bits = crate::train::rows::draw_of_group(draws.get());
            -(((bits >> 11) as f64 + 0.5) / (1_u64 << 53) as f64).ln()
        };
        let rate =
            || strength.map_or(1.0, |k| (0..k).map(|_| waiting()).sum::<f64>() / f64::from(k));
        let seen = |rate: f64| {
            let (mut events, mut time) = (0, waiting());
            while time < rate * expected {
                (events, time) = (events + 1, time + waiting());
            }
            Seen { events, expected }
        };
        (0..4_000).map(|_| rate()).map(|rate| [seen(rate), seen(rate)]).collect()
    }

    #[test]
    fn planted_strength_is_recovered() {
        let (strength, (gain, error)) = foretells(&planted(Some(2), 3.0)).expect("events");
        assert!((1.4..2.9).contains(&strength), "{strength}");
        assert!(gain > 5.0 * error, "{gain} {error}");
    }

    #[test]
    fn where_all_are_alike_nothing_is_foretold() {
        let (strength, (gain, error)) = foretells(&planted(None, 3.0)).expect("events");
        assert!(strength > 50.0, "{strength}");
        assert!(gain < SURE * error, "{gain} {error}");
    }

    #[test]
    fn what_does_not_last_foretells_nothing() {
        let mut spans = planted(Some(1), 3.0);
        let n = spans.len();
        let later: Vec<Seen> = (0..n).map(|i| spans[(i + n / 2) % n][1]).collect();
        spans.iter_mut().zip(later).for_each(|(span, late)| span[1] = late);
        let (_, (gain, error)) = foretells(&spans).expect("events");
        assert!(gain < SURE * error, "{gain} {error}");
    }

    #[test]
    fn an_accounts_own_events_draw_its_ratio() {
        let seen = Seen { events: 0, expected: 6.0 };
        let (mean, sd) = seen.factor(2.0);
        assert!((mean - 0.25).abs() < 1e-12 && (sd - 2_f64.sqrt() / 8.0).abs() < 1e-12);
        let (mean, _) = Seen::default().factor(3.0);
        assert!((mean - 1.0).abs() < 1e-12, "nothing seen: like all others");
    }
}
