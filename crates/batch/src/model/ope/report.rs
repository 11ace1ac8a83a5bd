//! What is said of an evaluation.

use models::ope::estimator::effective_sample_size;
use models::ope::interval::Spread;
use models::ope::policy::Log;
use models::ope::reward::{Choice, Form, PENALTY_OF_MEAN};
use models::ope::support::{ESS_MIN, Reason, Support, UNSUPPORTED_MAX};
use models::ope::{Estimate, Evaluation};

use super::super::summary::{Summary, Value};
use super::super::table::{Column, Table};
use super::target::Names;

/// The half-width, as a share of the value, of an interval that most decisions can rest on.
const HALF_WIDTH_SHARE: f64 = 0.1;
/// So many of the actions that were never tried are named.
const NAMED_MAX: usize = 10;

pub(super) fn write(evaluation: &Evaluation, log: &Log, names: &Names) -> (Table, Summary) {
    let Evaluation { estimates, support, reward } = evaluation;
    let verdict = if support.is_enough() { "supported" } else { "refused" };
    let column = |pick: fn(&Estimate) -> f64| -> Column {
        Column::Number(
            estimates.iter().map(|it| Some(pick(it)).filter(|it| it.is_finite())).collect(),
        )
    };
    let table = Table::default()
        .with("estimator", estimates.iter().map(|it| it.name.to_owned()).collect::<Vec<_>>())
        .with("value", column(|it| it.value))
        .with("lower", column(|it| it.lower))
        .with("upper", column(|it| it.upper))
        .with("ess", Column::Number(estimates.iter().map(|it| it.ess).collect()))
        .with("overlap", vec![support.overlap; estimates.len()])
        .with("verdict", vec![verdict.to_owned(); estimates.len()]);
    let best = surest(estimates);
    let carried = best.filter(|_| support.is_enough());
    let logged = Spread::of(&log.rewards);
    let summary = Summary::default()
        .with("verdict", verdict)
        .with("why", why(support, best))
        .with("value", carried.map(|it| it.value))
        .with("interval", carried.map(|it| vec![it.lower, it.upper]))
        .with("estimator", carried.map(|it| it.name))
        .with("logged_value", logged.value)
        .with("logged_interval", <[f64; 2]>::from(logged.interval()).to_vec())
        .with("rows", support.rows)
        .with("actions", effective_actions(log))
        .with("support", said_support(support))
        .with("never_tried", never_tried(support, names))
        .with("more_logging", more_logging(support, best))
        .with("reward_model", said_model(reward))
        .rows(
            "estimates",
            &["estimator", "value", "lower", "upper", "ess", "setting"],
            rows(estimates),
        );
    (table, summary)
}

/// The estimate with the least error, a bias that the log shows included.
fn surest(estimates: &[Estimate]) -> Option<&Estimate> {
    let known = estimates.iter().filter(|it| it.value.is_finite() && it.error.is_finite());
    known.min_by(|a, b| a.error.total_cmp(&b.error))
}

fn effective_actions(log: &Log) -> Summary {
    let mut counts = vec![0.0; log.action_count];
    for action in &log.actions {
        counts[*action as usize] += 1.0;
    }
    let taken = counts.iter().filter(|count| **count > 0.0).count();
    Summary::default()
        .with("all", log.action_count)
        .with("taken", taken)
        .with("taken_effectively", effective_sample_size(counts))
}

fn said_support(support: &Support) -> Summary {
    Summary::default()
        .with("ess", support.ess)
        .with("ess_required", ESS_MIN)
        .with("overlap", support.overlap)
        .with("overlap_required", 1.0 - UNSUPPORTED_MAX)
        .with("weight_max", support.weight_max)
        .with("weight_max_share", support.weight_max_share)
        .with("weight_mean", support.weight_mean)
}

fn never_tried(support: &Support, names: &Names) -> Vec<Value> {
    let told = |it: &models::ope::support::Unsupported| {
        let action = &names.actions[it.action as usize];
        let position = &names.positions[it.position as usize];
        let position = Some(position.clone()).filter(|position| !position.is_empty());
        let row = Summary::default().with("action", action.clone());
        let row = match position {
            Some(position) => row.with("position", position),
            None => row,
        };
        Value::Group(row.with("share", it.share))
    };
    support.unsupported.iter().take(NAMED_MAX).map(told).collect()
}

/// How large such a log would have to be.
fn more_logging(support: &Support, best: Option<&Estimate>) -> Summary {
    let precise = best.filter(|it| it.value != 0.0).and_then(|it| {
        let wanted = HALF_WIDTH_SHARE * it.value.abs();
        support.rows_for_half_width((it.upper - it.lower) / 2.0, wanted)
    });
    let at_least = |rows: u64| rows.max(support.rows as u64) - support.rows as u64;
    Summary::default()
        .with("rows_for_required_ess", support.rows_for_ess(ESS_MIN))
        .with("more_rows_for_required_ess", support.rows_for_ess(ESS_MIN).map(at_least))
        .with("rows_for_half_width_of_10_percent", precise)
        .with("more_rows_for_half_width_of_10_percent", precise.map(at_least))
}

fn said_model(choice: &Choice) -> Summary {
    // Under the strongest penalty nothing is left but the mean.
    let form = match choice.form {
        _ if choice.penalty >= PENALTY_OF_MEAN => "the mean reward for all",
        Form::Apart => "action, position and context",
        Form::Together => "action with position and context",
    };
    Summary::default()
        .with("form", form)
        .with("penalty", choice.penalty)
        .with("loss_left_out", choice.loss)
        .with("loss_of_mean", choice.loss_of_mean)
}

fn rows(estimates: &[Estimate]) -> Vec<Vec<Value>> {
    let row = |it: &Estimate| {
        let setting = it.setting.filter(|setting| setting.is_finite());
        vec![
            it.name.into(),
            it.value.into(),
            it.lower.into(),
            it.upper.into(),
            it.ess.into(),
            setting.into(),
        ]
    };
    estimates.iter().map(row).collect()
}

fn why(support: &Support, best: Option<&Estimate>) -> Vec<String> {
    if support.is_enough() {
        let width = best.map_or(0.0, |it| 50.0 * (it.upper - it.lower) / it.value.abs());
        return vec![format!(
            "the log tried {:.1} % of what the target would do, and weighs as much as {:.0} rows of the target's own; \
             the interval is {width:.0} % of the value to either side",
            100.0 * support.overlap,
            support.ess
        )];
    }
    support.reasons.iter().map(|reason| sentence(reason, support)).collect()
}

fn sentence(reason: &Reason, support: &Support) -> String {
    match reason {
        Reason::NeverTried { share } => format!(
            "{:.1} % of what the target would do was never tried in the log (at most {:.0} % may be); log with some \
             probability on those actions, or take them out of the target",
            100.0 * share,
            100.0 * UNSUPPORTED_MAX
        ),
        Reason::FewRows { ess, rows_needed } => format!(
            "the log weighs only as much as {ess:.0} rows of the target's own, and {ESS_MIN:.0} are needed: about \
             {rows_needed} rows logged in this way instead of {}",
            support.rows
        ),
        Reason::MissingInContext { mean } => format!(
            "the weights average {mean:.3} instead of 1: in some contexts the log never does what the target would, \
             or the logged probabilities are larger than they were; let every action keep some probability everywhere"
        ),
        Reason::ProbabilitiesTooSmall { mean } => format!(
            "the weights average {mean:.3} instead of 1: the logged probabilities are smaller than they were. Are \
             they of the action taken, in that position, at that moment?"
        ),
    }
}
