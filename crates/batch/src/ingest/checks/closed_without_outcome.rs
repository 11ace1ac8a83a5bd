//! A deal that is over, and nobody says how.

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "closed_without_outcome",
    table: "proposals",
    column: "outcome",
    verdict: Verdict::Warn,
    about: "A deal with a closing time and no outcome: it counts neither as open nor as won or lost.",
    reason: "is missing, but the deal has `closed_at`, so that it counts neither as open nor as won or \
             lost: write won or lost",
    detail: super::plain,
    find: |values, row| {
        let unsaid = !values.is_there("outcome", row) && values.is_there("closed_at", row);
        unsaid.then(String::new)
    },
};
