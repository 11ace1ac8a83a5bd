//! An answer to the NPS question beyond its scale.

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "nps_range",
    table: "surveys",
    column: "score",
    verdict: Verdict::Refuse,
    about: "An NPS answer that is not from 0 to 10. Answers to other questions may go to 100.",
    reason: "is not an NPS answer, which goes from 0 to 10: correct it, or name the question it answers \
             (`question` csat or interest)",
    detail: super::plain,
    find: |values, row| {
        let score = values.number("score", row)?;
        let nps = values.text("question", row) == Some("nps");
        (nps && !(0.0..=10.0).contains(&score)).then(|| score.to_string())
    },
};
