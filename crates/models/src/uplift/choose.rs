//! Which learner, and whether any is better than the average effect for all.

use super::crossfit::{self, FOLDS_SHARE};
use super::ground::Base;
use super::learner::Method;
use super::qini::{Outcomes, Ranking, bootstrap, interval, qini};

/// The chance at which luck is ruled out: how often a method may be trusted where effects do not differ at all.
pub const LEVEL: f64 = 0.05;

/// What a method ranks held-out rows like.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The method's name.
    pub name: &'static str,
    /// The methods whose mean it is.
    pub(super) methods: Vec<Method>,
    /// Its Qini on held-out rows.
    pub qini: f64,
    /// 95 % interval of it.
    pub interval: (f64, f64),
    /// Qini less that of the best: mean, and its standard error.
    pub behind: (f64, f64),
}

/// All methods judged, and the one to go by.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// In the order in which they are preferred where they rank alike.
    pub judged: Vec<Judged>,
    /// Position of the chosen one.
    pub chosen: usize,
    /// Ranking by the expected outcome: what one would do without a model of effects.
    pub response: (f64, (f64, f64)),
    /// The chosen one's Qini less that of ranking by the expected outcome: 95 % interval.
    pub over_response: (f64, f64),
    /// The chance of a Qini as high as the best one's where no method knows anything.
    pub p_value: f64,
    /// The chosen one's effects on held-out rows, less their fold's mean.
    pub(super) effects: Vec<f64>,
}

/// Means of several methods, then each alone: an average leaves nothing to luck, so it comes first where it is
/// as good.
fn candidates(methods: &[Method]) -> Vec<(&'static str, Vec<usize>)> {
    let of = |base: Base| -> Vec<usize> {
        (0..methods.len()).filter(|at| methods[*at].base == base).collect()
    };
    let averages = [
        ("average", (0..methods.len()).collect()),
        ("average-linear", of(Base::Linear)),
        ("average-boosted", of(Base::Boosted)),
    ];
    let mut all: Vec<(&'static str, Vec<usize>)> = Vec::new();
    for (name, members) in averages {
        if members.len() > 1 && all.iter().all(|(_, known)| *known != members) {
            all.push((name, members));
        }
    }
    all.extend((0..methods.len()).map(|at| (crossfit::name(methods[at]), vec![at])));
    all
}

/// Judges methods by their effects on held-out rows (by method, then by row of `outcomes`).
///
/// The best Qini, and from there to the most preferred that is within one standard error of the paired difference
/// (Breiman et al. 1984, "Classification and Regression Trees", section 3.4.3, for trees). The chance of luck is that
/// of the highest of all standardised Qinis, resampled around their own: White (2000), "A Reality Check for Data
/// Snooping", eq. 2.4; standardised after Hansen (2005), eq. 7.
pub(super) fn choose(
    outcomes: &Outcomes<'_>,
    (methods, effects, expected): (&[Method], &[Vec<f64>], &[f64]),
    (replicates, seed): (usize, u64),
) -> Choice {
    let candidates = candidates(methods);
    let mut means: Vec<Vec<f64>> =
        candidates.iter().map(|(_, members)| mean(effects, members)).collect();
    let rankings: Vec<Ranking> =
        means.iter().map(Vec::as_slice).chain([expected]).map(Ranking::of).collect();
    let values: Vec<f64> = rankings.iter().map(|ranking| qini(outcomes, ranking)).collect();
    let resampled = bootstrap(outcomes, &rankings.iter().collect::<Vec<_>>(), replicates, seed);
    let column = |at: usize| -> Vec<f64> { resampled.iter().map(|row| row[at]).collect() };
    let less =
        |a: usize, b: usize| -> Vec<f64> { resampled.iter().map(|row| row[a] - row[b]).collect() };
    let response = candidates.len();
    let best = (0..response)
        .max_by(|a, b| values[*a].total_cmp(&values[*b]).then(b.cmp(a)))
        .expect("there is a method");
    let judged: Vec<Judged> = candidates
        .into_iter()
        .enumerate()
        .map(|(at, (name, members))| Judged {
            name,
            methods: members.into_iter().map(|member| methods[member]).collect(),
            qini: values[at],
            interval: interval(column(at), 0.95),
            behind: (values[at] - values[best], spread(&less(at, best))),
        })
        .collect();
    let chosen = judged.iter().position(|it| it.behind.0 >= -it.behind.1).unwrap_or(best);
    Choice {
        judged,
        chosen,
        response: (values[response], interval(column(response), 0.95)),
        over_response: interval(less(chosen, response), 0.95),
        p_value: chance(outcomes, &values[..response], &resampled),
        effects: means.swap_remove(chosen),
    }
}

/// The chance that the highest of several standardised Qinis is as high as it is where no method knows anything, by
/// their resampled values.
fn chance(outcomes: &Outcomes<'_>, values: &[f64], resampled: &[Vec<f64>]) -> f64 {
    // Where a method tells nothing apart, its Qini is 0 but for rounding, and stands for nothing.
    let least = 1e-9 * outcomes.outcome.iter().fold(0.0_f64, |most, it| most.max(it.abs()));
    let column = |at: usize| -> Vec<f64> { resampled.iter().map(|row| row[at]).collect() };
    let spreads: Vec<f64> = (0..values.len()).map(|at| spread(&column(at))).collect();
    let highest = |row: &dyn Fn(usize) -> f64| {
        let standard = |at: usize| if spreads[at] > least { row(at) / spreads[at] } else { 0.0 };
        (0..values.len()).map(standard).fold(f64::NEG_INFINITY, f64::max)
    };
    let found = highest(&|at| values[at]);
    let luck = |row: &Vec<f64>| FOLDS_SHARE * highest(&|at| row[at] - values[at]);
    let as_high = resampled.iter().filter(|row| luck(row) >= found).count();
    (as_high + 1) as f64 / (resampled.len() + 1) as f64
}

fn mean(effects: &[Vec<f64>], members: &[usize]) -> Vec<f64> {
    let rows = effects.first().map_or(0, Vec::len);
    let share = 1.0 / members.len() as f64;
    (0..rows).map(|row| members.iter().map(|at| effects[*at][row] * share).sum()).collect()
}

/// Standard deviation.
fn spread(values: &[f64]) -> f64 {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt()
}
