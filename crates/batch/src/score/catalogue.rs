//! The catalogue as of the day: products with list price, ladder and limits, and offers given by hand.

use std::collections::{BTreeMap, BTreeSet};

use decide::catalogue::{
    Band, Catalogue, GivenOffer, Limit, PriceUnit, Product, ProductKind, ROLES, Release, SeatShare,
};
use decide::eligibility::Eligibility;
use decide::facts::Window;
use decide::incentive::Incentive;
use domain::ids::ProductId;
use domain::motion::{Channel, Motion};
use domain::probability::Estimate;
use domain::time::Day;
use domain::words::Words;

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
    let (offers, releases) = (offers(snapshot), releases(snapshot));
    let mut catalogue = Catalogue { products, offers, releases };
    mark_undescribed(snapshot, (&mut catalogue.offers, &held));
    catalogue.mark_faults();
    catalogue
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

/// Offers that go by mail or prompt, in order.
pub fn digital_offers(snapshot: &Snapshot) -> Vec<String> {
    let digital = |record: &Record<'_>| {
        let channels = record.text("channels").map_or_else(Vec::new, channels);
        channels.iter().any(|channel| !channel.takes_hours())
    };
    let mut offers: Vec<String> = snapshot
        .table("offers")
        .iter()
        .filter(digital)
        .map(|record| record.id("offer_id").to_owned())
        .collect();
    offers.sort_unstable();
    offers
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
        bands: Vec::new(),
        recurring_month_minor: None,
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

/// A row of the price list that is valid on the day.
struct Listed {
    /// No plan version before any, then the newest validity.
    order: (bool, Day),
    from: i64,
    price: i64,
    unit: PriceUnit,
}

/// The price list that is valid on the day stands before the product's own price: no plan version before any, the
/// newest validity; its quantity bands from the lowest on. A thing with a price by the piece and one by the month can
/// be had as a subscription.
fn prices(snapshot: &Snapshot, products: &mut BTreeMap<ProductId, Product>) {
    let mut listed: BTreeMap<&str, Vec<Listed>> = BTreeMap::new();
    for record in snapshot.table("prices").iter() {
        let valid = record.day("valid_from").unwrap_or(Day(0));
        let over = record.day("valid_until").is_some_and(|until| until < snapshot.as_of);
        let (false, Some(price)) = (over, snapshot.amount(record, "price")) else { continue };
        let order = (record.text("plan_version").is_none(), valid);
        let unit = record.text("unit").map_or(PriceUnit::Once, unit);
        let from = record.whole("from_qty").unwrap_or(0);
        listed.entry(record.id("product_id")).or_default().push(Listed {
            order,
            from,
            price,
            unit,
        });
    }
    for (id, rows) in listed {
        let Some(product) = products.get_mut(&id.into()) else { continue };
        put_prices(product, rows);
    }
}

fn put_prices(product: &mut Product, mut rows: Vec<Listed>) {
    // The list of the best order; of one order the lowest band first, then as the rows stand.
    rows.sort_by(|a, b| b.order.cmp(&a.order).then(a.from.cmp(&b.from)));
    let once = rows.iter().any(|row| row.unit == PriceUnit::Once);
    let thing = matches!(product.kind, ProductKind::Item | ProductKind::Service);
    let first = rows.iter().find(|row| !(thing && once) || row.unit == PriceUnit::Once);
    let Some((order, unit, price)) = first.map(|row| (row.order, row.unit, row.price)) else {
        return;
    };
    let mut recurring = rows.iter().filter(|_| thing && once);
    product.recurring_month_minor = recurring.find_map(|row| match row.unit {
        PriceUnit::Month | PriceUnit::SeatMonth => Some(row.price),
        PriceUnit::Year => Some(row.price / 12),
        PriceUnit::Once | PriceUnit::Usage => None,
    });
    (product.price_minor, product.price_unit) = (Some(price), unit);
    let bands = rows.iter().filter(|row| row.order == order && row.unit == unit);
    product.bands = bands.map(|row| Band { from: row.from, price_minor: row.price }).collect();
    product.bands.dedup_by_key(|band| band.from);
    if product.bands.len() < 2 {
        product.bands.clear();
    }
}

/// Where the files give no tiers, a line's ladder is the order of its list prices. Things of a line are models of one
/// another only where their names begin with the same word: a line of accessories is no ladder.
fn rank_by_price(products: &mut BTreeMap<ProductId, Product>) {
    let mut lines: BTreeMap<(String, u8, String), Vec<(i64, ProductId)>> = BTreeMap::new();
    for product in products.values() {
        if let (Some(line), None, Some(price)) = (&product.line, product.tier, product.price_minor)
        {
            let plan = product.kind == ProductKind::Plan;
            let model =
                if plan { "" } else { product.name.split_whitespace().next().unwrap_or("") };
            lines
                .entry((line.clone(), product.kind as u8, model.to_lowercase()))
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

/// The offers given by hand, by id. What of a row cannot be read leaves the offer out, and says so.
fn offers(snapshot: &Snapshot) -> Vec<GivenOffer> {
    let mut offers: Vec<GivenOffer> =
        snapshot.table("offers").iter().filter_map(|record| offer(snapshot, record)).collect();
    offers.sort_by(|a, b| a.id.cmp(&b.id));
    offers
}

fn offer(snapshot: &Snapshot, record: Record<'_>) -> Option<GivenOffer> {
    let (id, motion) = (record.id("offer_id"), Motion::parse(record.text("motion")?)?);
    let name = record.text("name").unwrap_or(id);
    let count = |column| record.whole(column).and_then(|n| u64::try_from(n).ok());
    let products = |column| record.text(column).map_or_else(Vec::new, ids);
    let mut offer = GivenOffer {
        product: record.text("product_id").map(Into::into),
        from_product: record.text("from_product_id").map(Into::into),
        price_minor: snapshot.amount(record, "price"),
        effort_hours: record.number("effort_hours"),
        role: record.text("role").and_then(role),
        channels: record.text("channels").map_or_else(Vec::new, channels),
        playbook: record.text("playbook").map_or_else(Vec::new, steps),
        line_override: record.text("line_override").map(str::to_owned),
        stock: count("stock"),
        min_volume: count("min_volume"),
        complements: products("complements"),
        excludes: products("excludes"),
        ..GivenOffer::new(id, motion, name)
    };
    match Incentive::parse(record.text("incentive").unwrap_or_default(), snapshot.currency) {
        Ok(incentive) => offer.incentive = incentive,
        Err(error) => offer.fault = Some(unread("incentive", &error.to_string())),
    }
    match Eligibility::parse(record.text("eligibility").unwrap_or_default()) {
        Ok(eligibility) => offer.eligibility = eligibility,
        Err(error) => offer.fault = Some(unread("eligibility", &error.to_string())),
    }
    Some(offer)
}

/// An offer of a product that is only named, by the offer itself: no products row describes it, nobody holds it, and
/// no price is known.
fn mark_undescribed(snapshot: &Snapshot, (offers, held): (&mut [GivenOffer], &BTreeSet<&str>)) {
    let bare = |record: &Record<'_>| record.text("kind").is_none() && record.text("name").is_none();
    let table = snapshot.table("products");
    let bare: BTreeSet<&str> =
        table.iter().filter(bare).map(|record| record.id("product_id")).collect();
    for offer in offers.iter_mut().filter(|offer| offer.price_minor.is_none()) {
        let nowhere = offer.product.as_ref().map(ProductId::as_str);
        let nowhere = nowhere.filter(|id| bare.contains(id) && !held.contains(id));
        if let Some(id) = nowhere {
            offer.fault = Some(Words::new(
                format!(
                    "商品{id}は products に登録がなく、価格も分かりません。products に追加するか、オファーの商品を直してください。"
                ),
                format!(
                    "its product {id} is described nowhere and has no price; add it to products, or correct the offer"
                ),
            ));
        }
    }
}

fn unread(column: &str, error: &str) -> Words {
    Words::new(
        format!("{column} を読み取れません({error})。offers を直して取り込み直してください。"),
        format!("its {column} cannot be read ({error}); correct it and ingest the offers again"),
    )
}

/// The role of that code, without regard to case.
pub(crate) fn role(code: &str) -> Option<&'static str> {
    ROLES.iter().copied().find(|role| role.eq_ignore_ascii_case(code.trim()))
}

/// The words of a cell, apart by commas, semicolons, bars or spaces.
fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([',', ';', '|', '、', ' ']).map(str::trim).filter(|word| !word.is_empty())
}

/// The channels of a cell that a play can take; a mail is also what goes by post or line.
fn channels(cell: &str) -> Vec<Channel> {
    let mut channels: Vec<Channel> = words(cell).filter_map(channel).collect();
    channels.dedup();
    channels
}

/// The channel of a word of the files.
pub(crate) fn channel(word: &str) -> Option<Channel> {
    match word {
        "post" | "line" => Some(Channel::Mail),
        word => Channel::parse(word),
    }
}

/// The words of a cell of channels that are none.
pub(crate) fn no_channels(cell: &str) -> Option<String> {
    words(cell).find(|word| channel(word).is_none()).map(str::to_owned)
}

/// The steps of a playbook, apart by semicolons, arrows or lines.
fn steps(cell: &str) -> Vec<String> {
    let parts = cell.split([';', '\u{ff1b}', '→', '\n']).map(str::trim);
    parts.filter(|step| !step.is_empty()).map(str::to_owned).collect()
}

/// Ids in one cell, apart by commas, semicolons, bars or spaces.
fn ids(cell: &str) -> Vec<ProductId> {
    words(cell).map(ProductId::from).collect()
}

/// The columns of the accounts file that the offers' eligibility asks for.
pub fn attributes_asked(snapshot: &Snapshot) -> BTreeSet<String> {
    let texts = snapshot.table("offers");
    let mut asked = BTreeSet::new();
    for record in texts.iter() {
        let parsed = Eligibility::parse(record.text("eligibility").unwrap_or_default());
        if let Ok(Some(eligibility)) = parsed {
            asked.extend(eligibility.names().into_iter().map(str::to_owned));
        }
    }
    asked
}
