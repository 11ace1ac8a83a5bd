//! The models tried on the end of the file: fitted to what came before, compared with what came.

use domain::time::{Day, Days};
use models::ltv::fit::fit;
use models::ltv::{Comparison, Histories, History, Interval, Predictive, Process, compare};

use super::super::summary::{Summary, Value};
use super::{LEVEL, whole};

/// The purchases of many customers, by their places.
pub(crate) trait Purchases {
    /// The first day with a purchase, and the last day that counts.
    fn span(&self) -> (Day, Day);

    /// Histories up to a day, for customers who had begun by then, with their places.
    fn histories(&self, until: Day) -> Vec<(usize, History)>;

    /// A customer's purchase days after a day, up to another.
    fn between(&self, customer: usize, after: Day, until: Day) -> f64;
}

/// How the models did on the held-out days; empty when there were too few.
pub(crate) struct Trial {
    days: i32,
    customers: usize,
    tried: Vec<Tried>,
    /// As many as at the customer's own rate so far.
    trivial: f64,
    purchases: f64,
}

struct Tried {
    name: &'static str,
    found: Comparison,
    /// All repeat purchases since everybody's first, expected of a new customer over those weeks, over actual.
    cumulative: f64,
    squares: Vec<f64>,
}

/// More customers than this make the choice no surer, only slower.
const CUSTOMERS_MAX: usize = 50_000;
/// Fewer held-out days than this, or fewer purchases in them, tell no model from another.
const DAYS_MIN: i32 = 14;
const PURCHASES_MIN: f64 = 30.0;

/// Holds out the last days: as many as will be looked ahead, but at most half of all.
pub(crate) fn run(
    shop: &impl Purchases,
    processes: &[&'static dyn Process],
    horizon_days: u32,
) -> Trial {
    let (first, until) = shop.span();
    let span = until.since(first).0;
    let days = (span / 2).min(i32::try_from(horizon_days).unwrap_or(i32::MAX));
    let mut trial =
        Trial { days, customers: 0, tried: Vec::new(), trivial: f64::NAN, purchases: 0.0 };
    if days < DAYS_MIN {
        return trial;
    }
    let cut = until.plus(Days(-days));
    let (histories, ahead) = split(shop, cut);
    (trial.customers, trial.purchases) = (histories.len(), ahead.iter().sum());
    if trial.purchases < PURCHASES_MIN {
        return trial;
    }
    let weeks = f64::from(days) / 7.0;
    let grouped = Histories::new(&histories);
    for process in processes {
        let Ok(fitted) = fit(*process, &grouped) else { continue };
        let least = (1.0 - LEVEL) / 2.0;
        let of_group = Predictive::new(&fitted, &grouped, weeks, least)
            .over_groups(|_, it| (it.expected, it.purchases(LEVEL)));
        let expected: Vec<(f64, Interval)> =
            (0..histories.len()).map(|at| of_group[grouped.group_of(at)]).collect();
        let squares = expected.iter().zip(&ahead).map(|((e, _), a)| (e - a).powi(2)).collect();
        let found = compare(&expected, &ahead);
        let begun = History { frequency: 0, recency: 0.0, age: 0.0 };
        let stays = process.alive(&fitted.parameters, &begun);
        let from_start = |it: &History| {
            stays * process.expected_if_alive(&fitted.parameters, &begun, it.age + weeks)
        };
        let repeats: f64 = histories.iter().map(|it| f64::from(it.frequency)).sum();
        let cumulative =
            histories.iter().map(from_start).sum::<f64>() / (repeats + trial.purchases);
        trial.tried.push(Tried { name: process.name(), found, cumulative, squares });
    }
    let rate =
        |it: &History| if it.age > 0.0 { f64::from(it.frequency) * weeks / it.age } else { 0.0 };
    let off = histories.iter().zip(&ahead).map(|(it, a)| (rate(it) - a).powi(2));
    trial.trivial = off.sum::<f64>() / histories.len() as f64;
    trial
}

/// Evenly chosen customers who had begun by the cut: their histories, and what they bought after.
fn split(shop: &impl Purchases, cut: Day) -> (Vec<History>, Vec<f64>) {
    let begun = shop.histories(cut);
    let stride = begun.len().div_ceil(CUSTOMERS_MAX).max(1);
    let chosen = begun.into_iter().step_by(stride);
    let (_, until) = shop.span();
    chosen.map(|(at, it)| (it, shop.between(at, cut, until))).unzip()
}

impl Trial {
    /// The process to be believed: of those whose squared error is not more than one standard error above the
    /// least, the one whose sum came nearest; all of them where nothing could be tried.
    pub(crate) fn chosen(&self, processes: &[&'static dyn Process]) -> Vec<&'static dyn Process> {
        let least =
            |a: &&Tried, b: &&Tried| a.found.squared_error.total_cmp(&b.found.squared_error);
        let Some(best) = self.tried.iter().min_by(least) else { return processes.to_vec() };
        let close = |it: &&Tried| {
            let n = it.squares.len() as f64;
            let gaps: Vec<f64> = it.squares.iter().zip(&best.squares).map(|(a, b)| a - b).collect();
            let mean = gaps.iter().sum::<f64>() / n;
            let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / n;
            mean <= (variance / n).sqrt()
        };
        let off = |it: &&Tried| it.found.total.ln().abs();
        let nearest = self.tried.iter().filter(close).min_by(|a, b| off(a).total_cmp(&off(b)));
        let name = nearest.map_or(best.name, |it| it.name);
        processes.iter().filter(|it| it.name() == name).copied().collect()
    }

    /// Whether a model was worse than the customers' own rates so far; not where nothing could be tried.
    pub(crate) fn is_worse_than_own_rates(&self, name: &str) -> bool {
        self.tried.iter().any(|it| it.name == name && it.found.squared_error >= self.trivial)
    }

    /// A model that is worse than the customers' own rates so far.
    pub(crate) fn warning(&self, name: &str) -> Option<String> {
        let found = &self.tried.iter().find(|it| it.name == name)?.found;
        if found.squared_error >= self.trivial {
            return Some(format!(
                "on the last {} days {name} was no better than each customer's own rate so far",
                self.days
            ));
        }
        let off = (found.total - 1.0).abs();
        (off > 0.25).then(|| {
            format!(
                "on the last {} days {name} expected {:.0} % of what came: sales trend or season, which it \
                 does not know",
                self.days,
                100.0 * found.total
            )
        })
    }

    pub(crate) fn said(&self, summary: Summary) -> Summary {
        if self.tried.is_empty() {
            let why = "too few days or purchases at the end to hold out; chosen by likelihood";
            return summary.with("held_out", why);
        }
        let row = |it: &Tried| -> Vec<Value> {
            let Comparison { squared_error, correlation, total, covered } = it.found;
            let [squared_error, correlation, total, cumulative, covered] =
                [squared_error, correlation, total, it.cumulative, covered].map(Value::from);
            vec![it.name.into(), squared_error, correlation, total, cumulative, covered]
        };
        let mut rows: Vec<Vec<Value>> = self.tried.iter().map(row).collect();
        let none = || Value::None;
        rows.push(vec![
            "own rate so far".into(),
            self.trivial.into(),
            none(),
            none(),
            none(),
            none(),
        ]);
        let columns = [
            "model",
            "squared_error",
            "correlation",
            "expected_over_actual",
            "cumulative_over_actual",
            "covered_by_interval",
        ];
        summary
            .with("held_out_days", u64::try_from(self.days).unwrap_or(0))
            .with("held_out_customers", self.customers)
            .with("held_out_purchases", whole(self.purchases))
            .rows("held_out", &columns, rows)
    }
}
