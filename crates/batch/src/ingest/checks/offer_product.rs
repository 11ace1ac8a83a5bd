//! An offer that sells nothing.

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "offer_product",
    table: "offers",
    column: "product_id",
    verdict: Verdict::Refuse,
    about: "An offer that names no product, for a motion that sells one.",
    reason: "names no product: say in `product_id` what is offered (for term and downsell `from_product_id` is enough)",
    detail: super::plain,
    find: |values, row| {
        let motion = values.text("motion", row)?;
        let by_contract = matches!(motion, "term" | "downsell");
        let named = values.is_there("product_id", row)
            || (by_contract && values.is_there("from_product_id", row));
        (!named).then(|| motion.to_owned())
    },
};
