//! An incentive that is not in its terms (S14, S15).

use decide::incentive::{Currency, Incentive};

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "offer_incentive",
    table: "offers",
    column: "incentive",
    verdict: Verdict::Refuse,
    about: "An incentive that is none of the terms of docs/reference/offers.md: its cost could not be counted.",
    reason: "is no incentive: write terms apart by semicolons, as docs/reference/offers.md lists them, and free text into `playbook`",
    detail: wrong,
    find: |values, row| {
        let text = values.text("incentive", row)?;
        wrong(text).map(|_| text.to_owned())
    },
};

/// What is wrong with an incentive. Amounts are read with three decimals: the night reads them in the workspace's
/// currency.
fn wrong(text: &str) -> Option<String> {
    let currency = Currency::parse("KWD").unwrap_or(Currency::USD);
    Incentive::parse(text, currency).err().map(|error| error.to_string())
}
