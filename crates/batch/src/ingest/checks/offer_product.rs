//! An offer that names nothing to sell.

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "offer_product",
    table: "offers",
    column: "product_id",
    verdict: Verdict::Warn,
    about: "An offer that names no product, for a motion that sells one: it stands for the proposals that name it (a past campaign), and is proposed to nobody.",
    reason: "names no product, so it is proposed to nobody: say in `product_id` what is offered (for term and downsell `from_product_id` is enough)",
    detail: super::plain,
    find: |values, row| {
        let motion = values.text("motion", row)?;
        // These are refused anyhow.
        let derived = matches!(motion, "care" | "advance");
        let by_contract = matches!(motion, "term" | "downsell");
        let named = values.is_there("product_id", row)
            || (by_contract && values.is_there("from_product_id", row));
        (!named && !derived).then(|| motion.to_owned())
    },
};
