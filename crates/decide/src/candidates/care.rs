//! Help without a pitch (S64, S101): for customers who need it or have gone quiet.

use domain::motion::Motion;
use domain::words::Words;

use super::{Generator, blank};
use crate::candidate::{Candidate, Recommendation};
use crate::look::Look;
use crate::signals;

pub(super) const GENERATOR: Generator =
    Generator { code: "care", ja: "フォロー", en: "Customer care", cites: "S64 S101 N3", make };

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    let mut candidate = blank(look, Motion::Care, "care".to_owned());
    let signals = signals::fired(look);
    candidate.because = signals::opening(&candidate, &signals)
        .flat_map(|signal| signal.evidence.iter().cloned())
        .collect();
    let first = signals::opening(&candidate, &signals).next();
    if first.is_some_and(|signal| signal.rule == "enquiry") {
        candidate.next_step = Words::new(
            "お問い合わせにお答えし、ご要望を伺ってください。",
            "Answer the enquiry, and ask what is needed.",
        );
    }
    if candidate.because.is_empty() { Vec::new() } else { vec![candidate] }
}
