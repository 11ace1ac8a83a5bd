//! What customers will buy in the weeks after their histories, with intervals.

use super::fit::Fit;
use super::histories::Histories;
use super::process::Parameters;
use crate::parallel;

/// A fit looking `horizon` weeks ahead.
///
/// The distribution of a customer's purchases has three sources: the Poisson purchases and the silent
/// dropout (exact under the process, given the parameters), the customer's own unknown rate and dropout (exact
/// posterior), and the parameters' uncertainty (eight sigma points with the covariance of the estimate). What it
/// leaves out is that the process itself may be wrong; coverage on held-out weeks tells of that.
#[derive(Debug)]
pub struct Predictive<'a> {
    fit: &'a Fit,
    histories: &'a Histories,
    horizon: f64,
    points: Vec<Parameters>,
    /// Tails are followed down to this probability.
    least: f64,
}

/// What lies ahead of the customers of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// Probability of being alive at the end of the history, 0..=1, at the estimate.
    pub alive: f64,
    /// Expected purchases within the horizon, at the estimate.
    pub expected: f64,
    /// P(at least n purchases) for n = 1, 2, …, over all three sources; the last is near 0.
    pub tail: Vec<f64>,
}

/// A range that holds what comes with the stated probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The quantile at (1 - level) / 2.
    pub lower: f64,
    /// The quantile at (1 + level) / 2.
    pub upper: f64,
}

impl Outlook {
    /// The interval of the number of purchases at a level in 0..1. Counts are whole: it covers at least the
    /// level, and more where 0 alone does.
    pub fn purchases(&self, level: f64) -> Interval {
        let quantile = |p: f64| {
            // The least n with P(N >= n + 1) <= 1 - p.
            self.tail.iter().take_while(|chance| **chance > 1.0 - p).count() as f64
        };
        Interval { lower: quantile(0.5 - level / 2.0), upper: quantile(0.5 + level / 2.0) }
    }
}

impl<'a> Predictive<'a> {
    /// `horizon` in weeks, > 0; `least`: the probability beyond which no tail is followed, as 1e-4.
    pub fn new(fit: &'a Fit, histories: &'a Histories, horizon: f64, least: f64) -> Self {
        Self { fit, histories, horizon, points: fit.spread(), least }
    }

    /// Calls `each` with every group's place and outlook; the results come in the groups' order.
    pub fn over_groups<T: Send>(&self, each: impl Fn(usize, &Outlook) -> T + Sync) -> Vec<T> {
        let groups = &self.histories.groups;
        let mut starts = Vec::new();
        for at in 0..groups.len() {
            let same = |a: usize| {
                (groups[a].frequency, groups[a].age) == (groups[at].frequency, groups[at].age)
            };
            if at == 0 || !same(at - 1) {
                starts.push(at);
            }
        }
        let ends = starts.iter().skip(1).copied().chain([groups.len()]);
        let runs: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
        let done = parallel::pieces(runs.len(), |at| self.run(runs[at].0..runs[at].1, &each));
        done.into_iter().flatten().collect()
    }

    /// Groups of one frequency and age, which differ in recency only: given alive, they are alike.
    fn run<T>(
        &self,
        range: std::ops::Range<usize>,
        each: &impl Fn(usize, &Outlook) -> T,
    ) -> Vec<T> {
        let (process, first) = (self.fit.process, self.histories.history(range.start));
        let if_alive = process.expected_if_alive(&self.fit.parameters, &first, self.horizon);
        let tails: Vec<Vec<f64>> = self
            .points
            .iter()
            .map(|point| process.tail_if_alive(point, &first, self.horizon, self.least))
            .collect();
        let longest = tails.iter().map(Vec::len).max().unwrap_or(0);
        let mut out = Vec::with_capacity(range.len());
        for group in range {
            let history = self.histories.history(group);
            let alive = process.alive(&self.fit.parameters, &history);
            let mut tail = vec![0.0; longest];
            for (point, of_point) in self.points.iter().zip(&tails) {
                let weight = process.alive(point, &history) / self.points.len() as f64;
                tail.iter_mut().zip(of_point).for_each(|(sum, chance)| *sum += weight * chance);
            }
            out.push(each(group, &Outlook { alive, expected: alive * if_alive, tail }));
        }
        out
    }
}

/// How expectations compare with what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Mean of (expected - actual) squared.
    pub squared_error: f64,
    /// Pearson's correlation of expected and actual; NaN where one of them does not vary.
    pub correlation: f64,
    /// Sum of expected over sum of actual; infinite where nothing came.
    pub total: f64,
    /// Share of actual values within the interval.
    pub covered: f64,
}

/// Compares expectations and intervals with what came, customer by customer.
pub fn compare(expected: &[(f64, Interval)], actual: &[f64]) -> Comparison {
    let n = expected.len().min(actual.len()).max(1) as f64;
    let pairs = || expected.iter().zip(actual);
    let mean_expected = pairs().map(|((e, _), _)| e).sum::<f64>() / n;
    let mean_actual = pairs().map(|(_, a)| a).sum::<f64>() / n;
    let (mut ee, mut aa, mut ea, mut squared, mut covered) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for ((e, interval), a) in pairs() {
        let (de, da) = (e - mean_expected, a - mean_actual);
        ee += de * de;
        aa += da * da;
        ea += de * da;
        squared += (e - a) * (e - a);
        covered += f64::from(u8::from(*a >= interval.lower && *a <= interval.upper));
    }
    Comparison {
        squared_error: squared / n,
        correlation: ea / (ee * aa).sqrt(),
        total: mean_expected / mean_actual,
        covered: covered / n,
    }
}

#[cfg(test)]
mod tests {
    use super::super::History;
    use super::super::fit::fit;
    use super::super::planted;
    use super::super::process::PROCESSES;
    use super::*;

    #[test]
    fn a_tail_gives_its_quantiles() {
        let outlook = Outlook { alive: 1.0, expected: 1.0, tail: vec![0.95, 0.5, 0.2, 0.05] };
        assert_eq!(outlook.purchases(0.8), Interval { lower: 1.0, upper: 3.0 });
        let gone = Outlook { alive: 0.0, expected: 0.0, tail: vec![0.0] };
        assert_eq!(gone.purchases(0.8), Interval { lower: 0.0, upper: 0.0 });
    }

    /// Planted truth: 4,000 customers bought by each process; the next 26 weeks are covered as promised, the
    /// total is right within 6 %, and the squared error is below that of each customer's own past rate.
    #[test]
    fn intervals_cover_what_comes() {
        for process in PROCESSES {
            let plan = planted::Plan { customers: 4000, weeks: 52.0, ahead: 26.0, seed: 7 };
            let at = planted::parameters(process.name());
            let (histories, ahead) = planted::customers(process.name(), &at, &plan);
            let grouped = Histories::new(&histories);
            let fitted = fit(*process, &grouped).expect("a fit");
            let outlook = Predictive::new(&fitted, &grouped, 26.0, 0.05);
            let of_group = outlook.over_groups(|_, it| (it.expected, it.purchases(0.8)));
            let expected: Vec<(f64, Interval)> =
                (0..histories.len()).map(|i| of_group[grouped.group_of(i)]).collect();
            let found = compare(&expected, &ahead);
            let name = process.name();
            assert!((found.total - 1.0).abs() < 0.06, "{name} {found:?}");
            assert!(found.covered > 0.8 && found.covered < 0.97, "{name} {found:?}");
            let rate = |it: &History| 26.0 * f64::from(it.frequency) / it.age.max(1.0);
            let naive = histories.iter().zip(&ahead).map(|(it, a)| (rate(it) - a).powi(2));
            let naive = naive.sum::<f64>() / histories.len() as f64;
            assert!(found.squared_error < 0.9 * naive, "{name} {found:?} {naive}");
        }
    }
}
