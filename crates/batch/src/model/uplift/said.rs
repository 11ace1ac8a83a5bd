//! What is said of a study.

use models::uplift::{LEVEL, OVERLAP, Scored, Segment, Study, TRIM, Verdict};

use super::Learnt;
use crate::model::summary::{Summary, Value};

const SEGMENTS: [Segment; 5] = [
    Segment::Persuadable,
    Segment::SureThing,
    Segment::LostCause,
    Segment::SleepingDog,
    Segment::Unclear,
];

pub(super) fn summary(study: &Study, learnt: &Learnt, scored: &[Scored]) -> Summary {
    let chosen = &study.choice.judged[study.choice.chosen];
    let (lower, upper) = study.average.interval();
    let treated = learnt.treated.iter().filter(|it| **it).count();
    let summary = Summary::default()
        .with("verdict", study.verdict.name())
        .with("because", because(study))
        .with("rows", learnt.rows.len())
        .with("rows_without_treatment_or_outcome", learnt.sheet.rows() - learnt.rows.len())
        .with("rows_learnt_from", study.rows)
        .with("treated_rows", treated)
        .with("control_rows", learnt.rows.len() - treated)
        .with("treated_value", learnt.treatment.treated.as_str())
        .with("control_values", learnt.treatment.others.clone())
        .with("outcome", if learnt.outcomes.is_binary { "probability" } else { "mean" })
        .with("outcome_counted_as_1", learnt.outcomes.positive.clone())
        .with("mean_treated", study.average.means[1])
        .with("mean_control", study.average.means[0])
        .with(
            "average_effect",
            Summary::default()
                .with("value", study.average.effect)
                .with("lower", lower)
                .with("upper", upper)
                .with("plain_difference", study.average.naive)
                .with("adjusted", study.adjusted),
        )
        .with("method", chosen.name)
        .with(
            "qini",
            Summary::default()
                .with("value", chosen.qini)
                .with("lower", chosen.interval.0)
                .with("upper", chosen.interval.1)
                .with("p_value", study.choice.p_value)
                .with("over_response_lower", study.choice.over_response.0)
                .with("over_response_upper", study.choice.over_response.1),
        )
        .with("agreement", study.agreement)
        .with("randomised", randomised(study));
    let summary =
        summary.rows("methods", &["name", "qini", "lower", "upper", "behind"], methods(study));
    let summary = summary.rows("segments", &["segment", "rows"], segments(scored));
    summary.rows("columns_left_out", &["column", "why"], left_out(learnt))
}

fn because(study: &Study) -> String {
    let (lower, upper) = study.average.interval();
    match study.verdict {
        Verdict::Heterogeneous => format!(
            "the method ranks held-out rows by their effect better than luck would (p = {:.3})",
            study.choice.p_value
        ),
        Verdict::Constant => format!(
            "no method ranks held-out rows by their effect better than luck might (p = {:.3}, required {LEVEL}); \
             everyone gets the average effect, {lower:.4} to {upper:.4}",
            study.choice.p_value
        ),
        Verdict::NotCausal => format!(
            "the columns tell who was treated (area {:.3}, at least {:.3}), so that the treatment was not random; effects \
             are adjusted for what the columns tell, and are right only if nothing else decided who was treated: if \
             you know that, say --adjust",
            study.randomised.auc.value, study.randomised.auc.lower
        ),
    }
}

fn randomised(study: &Study) -> Summary {
    let it = &study.randomised;
    Summary::default()
        .with("treatment_auc", it.auc.value)
        .with("lower", it.auc.lower)
        .with("upper", it.auc.upper)
        .with("predictable", it.is_predictable())
        .with("treated_share", it.share)
        .with("propensity_p01", it.propensity.0)
        .with("propensity_p99", it.propensity.1)
        .with("overlap", it.overlap)
        .with("overlap_means", format!("propensity within {} to {}", OVERLAP.0, OVERLAP.1))
        .with(
            "trimmed",
            study.adjusted.then(|| format!("propensity outside of {} to {}", TRIM.0, TRIM.1)),
        )
}

fn methods(study: &Study) -> Vec<Vec<Value>> {
    let judged = study.choice.judged.iter().map(|it| {
        vec![
            it.name.into(),
            it.qini.into(),
            it.interval.0.into(),
            it.interval.1.into(),
            (-it.behind.0).into(),
        ]
    });
    let (qini, (lower, upper)) = study.choice.response;
    let best = study.choice.judged.iter().map(|it| it.qini).fold(f64::NEG_INFINITY, f64::max);
    let response: Vec<Value> = vec![
        "ranking by expected outcome".into(),
        qini.into(),
        lower.into(),
        upper.into(),
        (best - qini).into(),
    ];
    judged.chain([response]).collect()
}

fn segments(scored: &[Scored]) -> Vec<Vec<Value>> {
    let count = |segment: Segment| scored.iter().filter(|it| it.segment == segment).count();
    SEGMENTS.map(|segment| vec![segment.name().into(), count(segment).into()]).to_vec()
}

fn left_out(learnt: &Learnt) -> Vec<Vec<Value>> {
    let rows = learnt.attributes.left_out().iter();
    rows.map(|(name, why)| vec![name.as_str().into(), (*why).into()]).collect()
}
