//! The catalogue as of the day: products with list price, ladder and limits, and offers given by hand.

use std::collections::{BTreeMap, BTreeSet};

use decide::catalogue::{
    Catalogue, GivenOffer, Limit, PriceUnit, Product, ProductKind, Release, SeatShare,
};
use decide::facts::Window;
use domain::ids::ProductId;
use domain::motion::Motion;
use domain::probability::Estimate;
use domain::time::Day;

use crate::lake_facts::{Limits, PlanLimit};
use crate::snapshot::{Record, Snapshot};
use crate::train::Trained;

/// Products without the prices that only training can tell.
pub fn listed(snapshot: &Snapshot) -> Catalogue {
    let mut products: BTreeMap<ProductId, Product> = BTreeMap::new();
    let held: BTreeSet<&str> =
        snapshot.table("subscriptions").iter().map(|r| r.id("product_id")).collect();
    for record in snapshot.table("products").iter() {
        let mut product = product(snapshot, record);
        // Nobody described it, but it is under contract: it is paid by the month.
        if record.text("kind").is_none() && held.contains(product.id.as_str()) {
            product.kind = ProductKind::Option;
            product.price_unit = default_unit(product.kind);
        }
        products.insert(product.id.clone(), product);
    }
    prices(snapshot, &mut products);
    for record in snapshot.table("limits").iter() {
        if let (Some(product), Some(included)) =
            (products.get_mut(&record.id("product_id").into()), record.number("included"))
        {
            product.limits.push(Limit {
                metric: record.id("metric").to_owned(),
                included,
                per_seat: record.flag("per_seat").unwrap_or(false),
                plan_version: record.text("plan_version").map(str::to_owned),
                window: match record.text("window") {
                    Some("hour") => Some(Window::Hour),
                    Some("day") => Some(Window::Day),
                    _ => None,
                },
            });
        }
    }
    rank_by_price(&mut products);
    Catalogue { products, offers: offers(snapshot), releases: releases(snapshot) }
}

/// The catalogue with the prices that bills and orders imply where there is no list price.
pub fn with_prices(mut catalogue: Catalogue, trained: &Trained) -> Catalogue {
    for product in catalogue.products.values_mut() {
        let share = trained.seat_shares.get(product.id.as_str());
        product.seat_share =
            share.map(|(median, spread, n)| SeatShare { median: *median, spread: *spread, n: *n });
    }
    for product in catalogue.products.values_mut().filter(|product| product.price_minor.is_none()) {
        let by_seat = trained.seat_prices.get(product.id.as_str());
        if by_seat.is_some() && product.price_unit == PriceUnit::Month {
            product.price_unit = PriceUnit::SeatMonth;
        }
        let implied = match product.price_unit {
            PriceUnit::SeatMonth if by_seat.is_some() => by_seat,
            PriceUnit::Once => trained.paid.get(product.id.as_str()),
            _ => trained.prices.get(product.id.as_str()),
        };
        product.implied_month_minor =
            implied.map(|(mean, sd, n)| Estimate::estimated(*mean, *sd, *n));
    }
    catalogue
}

/// Products that have a list price.
pub fn priced(catalogue: &Catalogue) -> Vec<ProductId> {
    catalogue.products.values().filter(|p| p.price_minor.is_some()).map(|p| p.id.clone()).collect()
}

/// Limits by product, metric and plan version.
pub fn limits(catalogue: &Catalogue) -> Limits {
    let each = |product: &Product| {
        let id = product.id.clone();
        product
            .limits
            .iter()
            .filter(|limit| limit.window.is_none())
            .map(move |limit| {
                let version = limit.plan_version.clone().unwrap_or_default();
                (
                    (id.clone(), limit.metric.clone(), version),
                    PlanLimit { included: limit.included, per_seat: limit.per_seat },
                )
            })
            .collect::<Vec<_>>()
    };
    catalogue.products.values().flat_map(each).collect()
}

/// What is new, oldest first.
fn releases(snapshot: &Snapshot) -> Vec<Release> {
    let read = |record: Record<'_>| {
        let (product, title) = (record.id("product_id").into(), record.id("title").to_owned());
        Some(Release { product, released_on: record.day("released_on")?, title })
    };
    let mut releases: Vec<Release> = snapshot.table("releases").iter().filter_map(read).collect();
    releases.sort_by(|a, b| {
        (a.released_on, &a.product, &a.title).cmp(&(b.released_on, &b.product, &b.title))
    });
    releases
}

/// Offers that go by mail or prompt.
pub fn digital_offers(snapshot: &Snapshot) -> Vec<String> {
    let digital = |record: &Record<'_>| {
        record.text("channels").is_some_and(|channels| {
            channels.split([',', ';', ' ']).any(|c| matches!(c.trim(), "mail" | "prompt" | "line"))
        })
    };
    snapshot
        .table("offers")
        .iter()
        .filter(digital)
        .map(|record| record.id("offer_id").to_owned())
        .collect()
}

fn product(snapshot: &Snapshot, record: Record<'_>) -> Product {
    let id = record.id("product_id");
    let kind = match record.text("kind") {
        Some("plan") => ProductKind::Plan,
        Some("option") => ProductKind::Option,
        Some("service") => ProductKind::Service,
        _ => ProductKind::Item,
    };
    let from = record.day("active_from").is_none_or(|from| from <= snapshot.as_of);
    let until = record.day("active_until").is_none_or(|until| until >= snapshot.as_of);
    Product {
        id: id.into(),
        name: record.text("name").unwrap_or(id).to_owned(),
        kind,
        line: record.text("line").map(str::to_owned),
        tier: record.whole("tier"),
        price_minor: snapshot.amount(record, "price"),
        price_unit: record.text("price_unit").map_or(default_unit(kind), unit),
        implied_month_minor: None,
        seat_share: None,
        margin_rate: record.number("margin_rate"),
        limits: Vec::new(),
        active_until: record.day("active_until"),
        on_sale: from && until,
    }
}

/// Plans and options are paid by the month, items and services once, unless the file says otherwise.
fn default_unit(kind: ProductKind) -> PriceUnit {
    match kind {
        ProductKind::Plan | ProductKind::Option => PriceUnit::Month,
        ProductKind::Item | ProductKind::Service => PriceUnit::Once,
    }
}

fn unit(code: &str) -> PriceUnit {
    match code {
        "month" => PriceUnit::Month,
        "year" => PriceUnit::Year,
        "seat_month" => PriceUnit::SeatMonth,
        "usage" => PriceUnit::Usage,
        _ => PriceUnit::Once,
    }
}

/// The price list that is valid on the day stands before the product's own price: the first quantity band,
/// the newest validity, no plan version before any.
fn prices(snapshot: &Snapshot, products: &mut BTreeMap<ProductId, Product>) {
    /// No plan version before any, the lowest band, the newest validity; then the price.
    type Listed = ((bool, i64, Day), i64, PriceUnit);
    let mut best: BTreeMap<&str, Listed> = BTreeMap::new();
    for record in snapshot.table("prices").iter() {
        let from = record.day("valid_from").unwrap_or(Day(0));
        let over = record.day("valid_until").is_some_and(|until| until < snapshot.as_of);
        let (false, Some(price)) = (over, snapshot.amount(record, "price")) else { continue };
        let order =
            (record.text("plan_version").is_none(), -record.whole("from_qty").unwrap_or(0), from);
        let entry = (order, price, record.text("unit").map_or(PriceUnit::Once, unit));
        let slot = best.entry(record.id("product_id")).or_insert(entry);
        if entry.0 > slot.0 {
            *slot = entry;
        }
    }
    for (id, (_, price, unit)) in best {
        if let Some(product) = products.get_mut(&id.into()) {
            (product.price_minor, product.price_unit) = (Some(price), unit);
        }
    }
}

/// Where the files give no tiers, a line's ladder is the order of its list prices.
fn rank_by_price(products: &mut BTreeMap<ProductId, Product>) {
    let mut lines: BTreeMap<(String, u8), Vec<(i64, ProductId)>> = BTreeMap::new();
    for product in products.values() {
        if let (Some(line), None, Some(price)) = (&product.line, product.tier, product.price_minor)
        {
            lines
                .entry((line.clone(), product.kind as u8))
                .or_default()
                .push((price, product.id.clone()));
        }
    }
    for mut ladder in lines.into_values().filter(|ladder| ladder.len() > 1) {
        ladder.sort();
        for (tier, (_, id)) in (1..).zip(ladder) {
            if let Some(product) = products.get_mut(&id).filter(|p| p.kind != ProductKind::Option) {
                product.tier = Some(tier);
            }
        }
    }
}

/// Ids in one cell, apart by commas, semicolons, bars or spaces.
fn ids(cell: &str) -> Vec<ProductId> {
    let parts = cell.split([',', ';', '|', '、', ' ']).map(str::trim);
    parts.filter(|id| !id.is_empty()).map(ProductId::from).collect()
}

fn offers(snapshot: &Snapshot) -> Vec<GivenOffer> {
    let read = |record: Record<'_>| {
        Some(GivenOffer {
            id: record.id("offer_id").into(),
            motion: Motion::parse(record.text("motion")?)?,
            name: record.text("name").unwrap_or_else(|| record.id("offer_id")).to_owned(),
            product: record.text("product_id").map(Into::into),
            from_product: record.text("from_product_id").map(Into::into),
            price_minor: snapshot.amount(record, "price"),
            effort_hours: record.number("effort_hours"),
            stock: record.whole("stock").and_then(|stock| u64::try_from(stock).ok()),
            min_volume: record.whole("min_volume").and_then(|most| u64::try_from(most).ok()),
            complements: record.text("complements").map_or_else(Vec::new, ids),
            excludes: record.text("excludes").map_or_else(Vec::new, ids),
        })
    };
    let mut offers: Vec<GivenOffer> = snapshot.table("offers").iter().filter_map(read).collect();
    offers.sort_by(|a, b| a.id.cmp(&b.id));
    offers
}
