//! A deal that is open and over at once.

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "open_but_closed",
    table: "proposals",
    column: "closed_at",
    verdict: Verdict::Warn,
    about: "An open deal with a closing time: from then on it counts neither as open nor as won or lost.",
    reason: "closes a deal whose `outcome` is open; from then on it counts neither as open nor as won or \
             lost: write won or lost, or leave `closed_at` empty",
    detail: super::plain,
    find: |values, row| {
        let open = values.text("outcome", row) == Some("open");
        values.shown_day("closed_at", row).filter(|_| open)
    },
};
