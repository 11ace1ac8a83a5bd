//! What is said of a model.

use models::propensity::{Propensity, Verdict};

use super::{Found, Learnt};
use crate::model::summary::{Summary, Value};

/// Area from which one column alone predicts almost perfectly.
const PERFECT: f64 = 0.98;
/// Area from which one column alone is suspicious whatever the others do.
const STRONG: f64 = 0.9;
/// Area from which it is suspicious if it is this far ahead of the next.
const AHEAD_FROM: f64 = 0.75;
const AHEAD: f64 = 0.08;

pub(super) fn summary(learnt: &Learnt, found: &Found) -> Summary {
    let model = &found.model;
    let names = learnt.attributes.names();
    let signal = model.verdict == Verdict::Signal;
    let summary = Summary::default()
        .with("verdict", if signal { "signal" } else { "no signal" })
        .with("because", because(model))
        .with("rows", model.rows)
        .with("rows_without_target", learnt.sheet.rows() - model.rows)
        .with("positives", model.positives)
        .with("positive_value", learnt.target.positive.as_str())
        .with("negative_value", learnt.target.negative.as_str())
        .with("positive_chosen", learnt.target.because)
        .with("base_rate", model.base_rate())
        .with("rows_scored", found.scored.rows())
        .with(
            "cv_auc",
            Summary::default()
                .with("value", model.auc.value)
                .with("lower", model.auc.lower)
                .with("upper", model.auc.upper),
        )
        .with(
            "calibration",
            Summary::default()
                .with("slope", model.calibration.slope)
                .with("intercept", model.calibration.intercept)
                .with("ece", model.calibration.ece)
                .with("brier", model.calibration.brier)
                .with("log_loss", model.calibration.log_loss),
        )
        .with("folds", model.folds.0)
        .with("repeats", model.folds.1)
        .with("hints", hints(&names, found));
    let summary =
        summary.rows("methods", &["name", "setting", "cv_auc", "log_loss", "weight"], tried(model));
    let summary =
        summary.rows("columns", &["column", "auc_alone", "mean_log_odds"], columns(&names, found));
    let left_out = learnt.attributes.left_out().iter();
    let left_out = left_out.map(|(name, why)| vec![name.as_str().into(), (*why).into()]);
    summary.rows("columns_left_out", &["column", "why"], left_out.collect())
}

fn because(model: &Propensity) -> String {
    let (lower, upper) = (model.auc.lower, model.auc.upper);
    if model.verdict == Verdict::Signal {
        return format!(
            "held-out rows are put in order better than by chance: area {:.3}, {lower:.3} to {upper:.3}",
            model.auc.value
        );
    }
    let what = if lower > 0.5 {
        "the probabilities of held-out rows are no better than one probability for all".to_owned()
    } else {
        format!("the area's interval, {lower:.3} to {upper:.3}, does not exclude chance")
    };
    format!(
        "{what}: the columns do not explain the outcome, and every row gets the base rate {:.4}",
        model.base_rate()
    )
}

fn tried(model: &Propensity) -> Vec<Vec<Value>> {
    let row = |it: &models::propensity::Tried| -> Vec<Value> {
        vec![
            it.name.as_str().into(),
            it.setting.into(),
            it.auc.into(),
            it.log_loss.into(),
            it.weight.into(),
        ]
    };
    model.tried.iter().map(row).collect()
}

/// Each column's area alone, and what it moves in the rows that were scored; what moves most first.
fn columns(names: &[&str], found: &Found) -> Vec<Vec<Value>> {
    let rows = found.scored.rows().max(1) as f64;
    let moved = |column: usize| {
        found.parts.columns[column].iter().map(|part| part.abs()).sum::<f64>() / rows
    };
    let mut all: Vec<(usize, f64, f64)> =
        found.alone.iter().map(|it| (it.column, it.auc, moved(it.column))).collect();
    all.sort_by(|a, b| b.2.total_cmp(&a.2).then(b.1.total_cmp(&a.1)).then(a.0.cmp(&b.0)));
    all.into_iter()
        .map(|(at, auc, moved)| vec![names[at].into(), auc.into(), moved.into()])
        .collect()
}

/// Columns that may be known only after the outcome.
fn hints(names: &[&str], found: &Found) -> Vec<String> {
    let mut hints = Vec::new();
    for (rank, it) in found.alone.iter().enumerate() {
        let name = names[it.column];
        let next = found.alone.get(rank + 1).map_or(0.5, |next| next.auc);
        if it.auc >= PERFECT {
            hints.push(format!(
                "`{name}` alone predicts the target almost perfectly (area {:.3}): if it is known only afterwards, \
                 leave it out with --ignore",
                it.auc
            ));
        } else if it.auc >= STRONG || (it.auc >= AHEAD_FROM && it.auc - next >= AHEAD) {
            hints.push(format!(
                "`{name}` alone tells far more than the others (area {:.3}, the next {next:.3}): check that it is known \
                 before the outcome, else leave it out with --ignore",
                it.auc
            ));
        }
    }
    hints
}
