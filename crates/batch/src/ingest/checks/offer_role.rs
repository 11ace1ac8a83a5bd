//! A role that is none.

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "offer_role",
    table: "offers",
    column: "role",
    verdict: Verdict::Warn,
    about: "A role that is none of CIS, CS, AM, partner_sales, manager and partner: the motion's own stands.",
    reason: "is no role (CIS, CS, AM, partner_sales, manager, partner): the motion's own stands",
    detail: super::plain,
    find: |values, row| {
        let role = values.text("role", row)?;
        crate::score::catalogue::role(role).is_none().then(|| role.to_owned())
    },
};
