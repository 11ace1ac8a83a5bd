//! An offer of a motion that is derived only; a referral programme is given as care with its incentive.

use decide::incentive::{Currency, Incentive};

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "offer_motion",
    table: "offers",
    column: "motion",
    verdict: Verdict::Refuse,
    about: "An offer of care or of the next step of a deal: these are derived. Care whose incentive has a `referral` term is a referral programme and is taken.",
    reason: "cannot be given: care and the next step of a deal are derived from what happens (a referral programme is care with an incentive such as `referral 500 MB cost 200`)",
    detail: super::plain,
    find: |values, row| {
        let motion = values.text("motion", row)?;
        let derived = match motion {
            "care" => !is_programme(values.text("incentive", row)),
            other => other == "advance",
        };
        derived.then(|| motion.to_owned())
    },
};

/// Whether an incentive has a term by which inviting users earns something.
fn is_programme(incentive: Option<&str>) -> bool {
    let currency = Currency::parse("KWD").unwrap_or(Currency::USD);
    let read = incentive.and_then(|text| Incentive::parse(text, currency).ok().flatten());
    read.is_some_and(|incentive| incentive.is_referral())
}
