//! An eligibility expression that cannot be read.

use decide::eligibility::Eligibility;

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "offer_eligibility",
    table: "offers",
    column: "eligibility",
    verdict: Verdict::Refuse,
    about: "An eligibility expression that docs/reference/offers.md does not know; the reason names the character.",
    reason: "is no condition: write as in `segment = enterprise and employees >= 100`",
    detail: wrong,
    find: |values, row| {
        let text = values.text("eligibility", row)?;
        wrong(text).map(|_| text.to_owned())
    },
};

/// What is wrong with an expression, and at which character.
fn wrong(text: &str) -> Option<String> {
    Eligibility::parse(text).err().map(|error| error.to_string())
}
