//! A minimum volume over the stock.

use super::{Check, Verdict};

pub(super) const CHECK: Check = Check {
    name: "offer_volume",
    table: "offers",
    column: "min_volume",
    verdict: Verdict::Refuse,
    about: "A minimum volume over the stock: it could never be reached.",
    reason: "is over the stock: correct `min_volume` or `stock`",
    detail: super::plain,
    find: |values, row| {
        let (least, stock) = (values.number("min_volume", row)?, values.number("stock", row)?);
        (least > stock).then(|| format!("{least} of {stock}"))
    },
};
