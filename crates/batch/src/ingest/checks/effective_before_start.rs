//! A version of a contract that takes effect before the contract begins.

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "effective_before_start",
    table: "subscriptions",
    column: "effective_on",
    verdict: Verdict::Warn,
    about: "A version that takes effect before its contract starts: the contract counts from its start.",
    reason: "is before `started_on`, and the contract counts from its start only: correct one of them",
    detail: super::plain,
    find: |values, row| {
        let (from, start) = (values.day("effective_on", row)?, values.day("started_on", row)?);
        (from < start).then(|| from.to_string())
    },
};
