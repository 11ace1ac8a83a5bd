//! An offer of a motion that is derived only.

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "offer_motion",
    table: "offers",
    column: "motion",
    verdict: Verdict::Refuse,
    about: "An offer of care or of the next step of a deal: these are derived.",
    reason: "cannot be given: care and the next step of a deal are derived from what happens",
    detail: super::plain,
    find: |values, row| {
        let motion = values.text("motion", row)?;
        matches!(motion, "care" | "advance").then(|| motion.to_owned())
    },
};
