//! `products`: the lines that products belong to, and what a year of them costs at today's list price.

use anyhow::Result;
use arrow::array::RecordBatch;
use decide::catalogue::{Catalogue, PriceUnit, Product};

use super::{batch, flags, text, whole};

pub(super) const COLUMNS: (&str, &str) =
    ("products", "product_id, line, list_year_minor, per_seat");

pub(super) fn rows(catalogue: &Catalogue) -> Result<RecordBatch> {
    let all = || catalogue.products.values();
    batch(vec![
        ("product_id", text(all().map(|p| Some(p.id.as_str())))),
        ("line", text(all().map(|p| p.line.as_deref()))),
        ("list_year_minor", whole(all().map(year))),
        ("per_seat", flags(all().map(|p| p.price_unit == PriceUnit::SeatMonth))),
    ])
}

/// A year at list price; a year, because a twelfth of a yearly price may be no whole minor unit.
fn year(product: &Product) -> Option<i64> {
    let price = product.price_minor?;
    match product.price_unit {
        PriceUnit::Month | PriceUnit::SeatMonth => price.checked_mul(12),
        PriceUnit::Year => Some(price),
        PriceUnit::Once | PriceUnit::Usage => None,
    }
}
