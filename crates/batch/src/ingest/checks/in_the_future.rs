//! What happened on a day that has not come: a slip of the year, or a plan. It is kept, and counts from its day on.

use super::{Check, Values, Verdict};

const REASON: &str = "lies in the future: it counts from that day on only, and not towards the last day with data; \
                      correct it if it is a slip";

pub(super) const ORDERS: Check = in_future(
    "order_in_the_future",
    ("orders", "ordered_at"),
    "An order dated later than the day after its ingest.",
    |values, row| values.later("ordered_at", row),
);
pub(super) const USAGE: Check = in_future(
    "usage_in_the_future",
    ("usage", "at"),
    "A reading dated later than the day after its ingest.",
    |values, row| values.later("at", row),
);
pub(super) const WEB_EVENTS: Check = in_future(
    "visit_in_the_future",
    ("web_events", "at"),
    "A visit dated later than the day after its ingest.",
    |values, row| values.later("at", row),
);
pub(super) const SURVEYS: Check = in_future(
    "answer_in_the_future",
    ("surveys", "at"),
    "An answer dated later than the day after its ingest.",
    |values, row| values.later("at", row),
);
pub(super) const PROPOSALS: Check = in_future(
    "deal_in_the_future",
    ("proposals", "opened_at"),
    "A deal opened later than the day after its ingest.",
    |values, row| values.later("opened_at", row),
);

const fn in_future(
    name: &'static str,
    (table, column): (&'static str, &'static str),
    about: &'static str,
    find: fn(&Values<'_>, usize) -> Option<String>,
) -> Check {
    Check {
        name,
        table,
        column,
        verdict: Verdict::Warn,
        about,
        reason: REASON,
        detail: super::plain,
        find,
    }
}
