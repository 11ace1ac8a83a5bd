//! What approaches do to the log odds of leaving in a month, learnt from months at risk.
//!
//! What is expected of a row whatever was done, `m` and `e`, comes from models of the other folds, in which no account
//! of its group is (Chernozhukov et al. 2018, "Double/Debiased Machine Learning", definition 3.2). The ridge of each
//! is the one with the least loss on held-out folds.
//!
//! Customers differ if effects that were learnt without a fold go with its outcomes: the coefficient of (T - e) times
//! what other folds predict beyond the mean is above 0 (the best linear predictor of Chernozhukov, Demirer, Duflo and
//! Fernández-Val 2018, "Generic Machine Learning Inference", eq. 3.1, here on log odds).

use models::learn::auc::{Auc, delong_grouped};
use models::learn::linear::{Coefficients, PENALTIES, Penalty, Shape};
use models::learn::{Column, Fitted, Frame, Linear, MISSING, Sample, Task, folds, loss};
use models::parallel;
use models::uplift::{ARM_ROWS, TRIM, Unusable};

use super::months::AtRisk;
use super::odds::{Fit, Odds, dot};
use crate::train::rows::Encoder;

/// Into how many folds the groups are dealt.
const FOLDS: usize = 5;
/// Ridges of the differences between customers, from the strongest: a coefficient with one of 400 is believed to be
/// about .05 (log odds a standard deviation), with one of 4 about .5, the size of the average effect of Ascarza, Iyengar
/// and Schleicher (2016), "The Perils of Proactive Churn Prevention Using Plan Recommendations".
const RIDGES: [f64; 6] = [400.0, 100.0, 40.0, 16.0, 4.0, 1.0];
/// How far beyond its error held-out agreement must lie: the one-sided level of .05, and more by sqrt 2 since folds
/// learn from each other (as in `models::uplift`).
const TOLD_APART: f64 = 1.644_853_627 * std::f64::consts::SQRT_2;
/// By what customers may differ: how they reacted and how often they were contacted (Godfrey, Seiders and Voss 2011,
/// "Enough Is Enough!"), how content they are and how use changes (Ascarza, Iyengar and Schleicher 2016), size, time as
/// a customer, what they hold and by whom they are reached.
const DIFFER_BY: [&str; 10] = [
    "main_product",
    "mrr",
    "tenure_then",
    "contacts",
    "good_share",
    "bad_share",
    "nps",
    "usage_change",
    "users_per_seat",
    "by_people",
];
/// Categories of a column with a coefficient of their own at most, and rows that each needs.
const LEVELS: (usize, usize) = (10, 50);
/// Standard deviations beyond which a number counts as that far.
const FAR: f64 = 3.0;
/// The columns before those of differences: 1, m, logit e and T - e.
pub(super) const BEFORE: usize = 4;
/// Columns that the calendar's cells of the month stand for: with both, who is known for less than half a year decides
/// on how their difference is read.
const OLD: [&str; 3] = ["tenure_days", "days_to_term_end", "days_in_plan"];

/// How a column makes customers differ.
#[derive(Debug)]
enum Scale {
    Number {
        mean: f64,
        spread: f64,
    },
    /// Codes with a coefficient, each with its share.
    Levels(Vec<(u32, f64)>),
}

/// The columns by which customers may differ, with mean 0 and a spread of about 1; indicators are doubled (Gelman
/// 2008, "Scaling Regression Inputs by Dividing by Two Standard Deviations").
#[derive(Debug)]
struct Differences(Vec<(usize, Scale)>);

impl Differences {
    fn of(frame: &Frame, encoder: &Encoder) -> Self {
        let named = encoder.names().enumerate().filter(|(_, name)| DIFFER_BY.contains(name));
        let of = |(at, _): (usize, &str)| match &frame.columns()[at] {
            Column::Numbers(values) => {
                let known: Vec<f64> = values.iter().copied().filter(|it| it.is_finite()).collect();
                let n = known.len().max(1) as f64;
                let mean = known.iter().sum::<f64>() / n;
                let square = known.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / n;
                (square > 0.0).then(|| (at, Scale::Number { mean, spread: square.sqrt() }))
            }
            Column::Levels(codes) => {
                let most = codes.iter().copied().filter(|code| *code != MISSING).max();
                let mut counts = vec![0_usize; most.map_or(0, |most| most as usize + 1)];
                let known = codes.iter().filter(|code| **code != MISSING);
                known.for_each(|code| counts[*code as usize] += 1);
                let mut levels: Vec<(u32, usize)> = (0..).zip(counts).collect();
                levels.retain(|(_, count)| *count >= LEVELS.1);
                levels.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
                levels.truncate(LEVELS.0);
                let share = |(code, count)| (code, count as f64 / codes.len() as f64);
                Some((at, Scale::Levels(levels.into_iter().map(share).collect())))
            }
        };
        Self(named.filter_map(of).collect())
    }

    fn row(&self, frame: &Frame, row: usize) -> Vec<f64> {
        let mut values = Vec::new();
        for (at, scale) in &self.0 {
            match (scale, &frame.columns()[*at]) {
                (Scale::Number { mean, spread }, Column::Numbers(numbers)) => {
                    let far = (numbers[row] - mean) / spread;
                    values.push(if far.is_nan() { 0.0 } else { far.clamp(-FAR, FAR) });
                }
                (Scale::Levels(levels), Column::Levels(codes)) => {
                    let of = |(code, share): &(u32, f64)| {
                        2.0 * (f64::from(u8::from(codes[row] == *code)) - share)
                    };
                    values.extend(levels.iter().map(of));
                }
                _ => {}
            }
        }
        values
    }
}

/// A study of months at risk.
#[derive(Debug)]
pub(super) struct Study {
    pub(super) encoder: Encoder,
    leaving: Vec<Coefficients>,
    treating: Vec<Coefficients>,
    differences: Differences,
    /// With one effect for all.
    pub(super) constant: Fit,
    /// With differences, where held-out customers show them.
    pub(super) differing: Option<Fit>,
    /// How well the columns tell who is approached.
    pub(super) auc: Auc,
    /// The share of rows with a counterpart.
    pub(super) overlap: f64,
    /// The coefficient of predicted differences on held-out customers, and its standard error.
    pub(super) agreement: (f64, f64),
    /// The ridge of the differences with the least held-out loss.
    pub(super) ridge: f64,
    /// Chances to leave in a month without and with an approach before, as they come.
    pub(super) monthly: [f64; 2],
}

/// Rows with what other folds say of them.
struct Told {
    x: Vec<Vec<f64>>,
    which: Vec<usize>,
}

impl Study {
    pub(super) fn of(at_risk: &AtRisk<'_>, seed: u64) -> Result<Self, Unusable> {
        let AtRisk { rows, treated, weights, .. } = at_risk;
        let (encoder, _) = rows.encoder();
        let encoder = encoder.without(&OLD.into());
        let all: Vec<usize> = (0..treated.len()).collect();
        let frame = rows.frame(&encoder, &all);
        enough(&all, treated)?;
        let happened = rows.target();
        let arm: Vec<f64> = treated.iter().map(|it| f64::from(u8::from(*it))).collect();
        let group: Vec<i64> = rows.cases.iter().map(|case| case.group).collect();
        let places = places(&group);
        let class = happened
            .iter()
            .zip(treated)
            .map(|(left, it)| 2 * usize::from(*left > 0.5) + usize::from(*it));
        let fold = folds::grouped(&class.collect::<Vec<_>>(), &places, FOLDS, seed);
        let sample = |target| Sample { frame: &frame, target, weights: Some(weights) };
        let (leaving, m) = crossed(&sample(&happened), &fold);
        let (treating, e) = crossed(&sample(&arm), &fold);
        let auc = delong_grouped(&e, &arm, &places)
            .ok_or(Unusable::FewRows { arm: "with treatment", rows: 0 })?;
        let differences = Differences::of(&frame, &encoder);
        let told = Told {
            x: all
                .iter()
                .map(|row| line((m[*row], e[*row], arm[*row]), differences.row(&frame, *row)))
                .collect(),
            which: all.iter().copied().filter(|row| has_counterpart(share(e[*row]))).collect(),
        };
        let least = counted(&told.which, treated);
        if least < ARM_ROWS {
            return Err(Unusable::NoOverlap { rows: least });
        }
        let odds = Odds { x: &told.x, happened: &happened, weights, group: &group };
        let constant = odds.fit(&told.which, &[0.0; BEFORE], &[0.0, 1.0]);
        let (ridge, agreement) = held_out(&odds, (&told, &fold), &constant);
        let differs = agreement.0 > TOLD_APART * agreement.1 && agreement.1 > 0.0;
        let differing =
            differs.then(|| odds.fit(&told.which, &penalty(ridge, &told), &constant.coefficients));
        let overlap = told.which.len() as f64 / all.len() as f64;
        let monthly = [false, true].map(|it| {
            let of = || all.iter().filter(|row| treated[**row] == it);
            let left: f64 = of().map(|row| weights[*row] * happened[*row]).sum();
            left / of().map(|row| weights[*row]).sum::<f64>()
        });
        Ok(Self {
            encoder,
            leaving,
            treating,
            differences,
            constant,
            differing,
            auc,
            overlap,
            agreement,
            ridge,
            monthly,
        })
    }

    /// Whether customers differ by more than their risk and their terms.
    pub(super) fn differs(&self) -> bool {
        self.differing.is_some()
    }

    /// Whether the columns tell who was approached.
    pub(super) fn adjusted(&self) -> bool {
        self.auc.lower > 0.5
    }

    /// Of rows with its columns: the columns of the fits without and with an approach, and whether rows like it were
    /// seen with and without one.
    pub(super) fn arms(&self, frame: &Frame) -> Vec<([Vec<f64>; 2], bool)> {
        let told = mean_margins(&self.leaving, frame);
        let told = told.into_iter().zip(mean_margins(&self.treating, frame));
        told.enumerate()
            .map(|(row, (m, e))| {
                let z = self.differences.row(frame, row);
                ([0.0, 1.0].map(|arm| line((m, e, arm), z.clone())), has_counterpart(share(e)))
            })
            .collect()
    }
}

/// What the models of all folds say of rows that none of them has seen, on average.
fn mean_margins(models: &[Coefficients], frame: &Frame) -> Vec<f64> {
    let said: Vec<Vec<f64>> = models.iter().map(|model| model.margins(frame)).collect();
    let mean = |row: usize| said.iter().map(|it| it[row]).sum::<f64>() / said.len() as f64;
    (0..frame.rows()).map(mean).collect()
}

/// The columns of a row: 1, m, logit e, T - e, and this times what customers differ by.
fn line((m, e, arm): (f64, f64, f64), z: Vec<f64>) -> Vec<f64> {
    let beyond = arm - share(e);
    [1.0, m, e, beyond].into_iter().chain(z.into_iter().map(|z| beyond * z)).collect()
}

fn share(margin: f64) -> f64 {
    Task::Probability.response(margin)
}

fn has_counterpart(share: f64) -> bool {
    (TRIM.0..=TRIM.1).contains(&share)
}

/// Rows in the smaller arm.
fn counted(which: &[usize], treated: &[bool]) -> usize {
    let with = which.iter().filter(|row| treated[**row]).count();
    with.min(which.len() - with)
}

fn enough(which: &[usize], treated: &[bool]) -> Result<(), Unusable> {
    let with = which.iter().filter(|row| treated[**row]).count();
    for (arm, rows) in [("with treatment", with), ("without treatment", which.len() - with)] {
        if rows < ARM_ROWS {
            return Err(Unusable::FewRows { arm, rows });
        }
    }
    Ok(())
}

/// Each group as a small number.
fn places(group: &[i64]) -> Vec<usize> {
    let mut sorted = group.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    group.iter().map(|it| sorted.partition_point(|other| other < it)).collect()
}

fn penalty(ridge: f64, told: &Told) -> Vec<f64> {
    let width = told.x.first().map_or(BEFORE, Vec::len);
    (0..width).map(|at| if at < BEFORE { 0.0 } else { ridge }).collect()
}

/// Log odds as a penalised, bent function of the columns: one that has not seen the fold for each fold, and what that
/// says of the fold's rows.
fn crossed(sample: &Sample<'_>, fold: &[usize]) -> (Vec<Coefficients>, Vec<f64>) {
    let linear = Linear { shape: Shape::Bent, penalty: Penalty::Fixed(1.0) };
    let pieces = parallel::pieces(FOLDS, |at| {
        let (held, kept) = folds::split(fold, at);
        let take = |values: &[f64]| -> Vec<f64> { kept.iter().map(|row| values[*row]).collect() };
        let (frame, target) = (sample.frame.take(&kept), take(sample.target));
        let weights = sample.weights.map(take);
        let part = Sample { frame: &frame, target: &target, weights: weights.as_deref() };
        let path = linear.path(&part, Task::Probability, &PENALTIES);
        let frame = sample.frame.take(&held);
        let said: Vec<Vec<f64>> = path.iter().map(|fit| fit.margins(&frame)).collect();
        (held, path, said)
    });
    let total = |at: usize| -> f64 {
        let of = |held: &[usize], said: &[f64]| -> f64 {
            let each = held.iter().zip(said).map(|(row, margin)| {
                sample.weight(*row) * loss::of(Task::Probability, *margin, sample.target[*row])
            });
            each.sum()
        };
        pieces.iter().map(|(held, _, said)| of(held, &said[at])).sum()
    };
    let totals: Vec<f64> = (0..PENALTIES.len()).map(total).collect();
    let best = (0..PENALTIES.len()).min_by(|a, b| totals[*a].total_cmp(&totals[*b]));
    let best = best.expect("there are penalties");
    let mut told = vec![0.0; fold.len()];
    let mut models = Vec::new();
    for (held, mut path, said) in pieces {
        held.iter().zip(&said[best]).for_each(|(row, margin)| told[*row] = *margin);
        models.push(path.swap_remove(best));
    }
    (models, told)
}

/// The ridge of the differences with the least loss on held-out folds, and how far these agree with what the other
/// folds predict: the coefficient of predicted differences, with its standard error.
fn held_out(odds: &Odds<'_>, (told, fold): (&Told, &[usize]), constant: &Fit) -> (f64, (f64, f64)) {
    let pieces = parallel::pieces(FOLDS, |at| {
        let (held, kept): (Vec<usize>, Vec<usize>) =
            told.which.iter().partition(|row| fold[**row] == at);
        let mut start = constant.coefficients.clone();
        let fits = RIDGES.map(|ridge| {
            start = odds.coefficients(&kept, &penalty(ridge, told), &start);
            (odds.loss(&held, &start), start.clone())
        });
        (held, fits)
    });
    let total = |at: usize| pieces.iter().map(|(_, fits)| fits[at].0).sum::<f64>();
    let best = (0..RIDGES.len()).min_by(|a, b| total(*a).total_cmp(&total(*b)));
    let best = best.expect("there are ridges");
    let mut x: Vec<Vec<f64>> = told.x.iter().map(|row| row[..BEFORE].to_vec()).collect();
    for (held, fits) in &pieces {
        let slopes = &fits[best].1[BEFORE..];
        // The last column is (T - e) times the difference; its mean over the fold says nothing of its rows.
        let beyond = |row: usize| told.x[row][BEFORE - 1];
        let of = |row: usize| dot(&told.x[row][BEFORE..], slopes) / beyond(row);
        let weight: f64 = held.iter().map(|row| odds.weights[*row]).sum();
        let mean = held.iter().map(|row| odds.weights[*row] * of(*row)).sum::<f64>() / weight;
        held.iter().for_each(|row| x[*row].push(beyond(*row) * (of(*row) - mean)));
    }
    x.iter_mut().filter(|row| row.len() == BEFORE).for_each(|row| row.push(0.0));
    let fit = Odds { x: &x, ..*odds }.fit(&told.which, &[0.0; BEFORE + 1], &constant.coefficients);
    let error = fit.covariance[BEFORE][BEFORE].max(0.0).sqrt();
    (RIDGES[best], (fit.coefficients[BEFORE], error))
}
