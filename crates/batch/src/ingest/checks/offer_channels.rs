//! Channels that are none.

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "offer_channels",
    table: "offers",
    column: "channels",
    verdict: Verdict::Warn,
    about: "A word among the channels that is none of phone, visit, mail, prompt, post and line: it is passed over.",
    reason: "is no channel (phone, visit, mail, prompt, post, line) and is passed over",
    detail: super::plain,
    find: |values, row| crate::score::catalogue::no_channels(values.text("channels", row)?),
};
