//! What can be offered: products on their ladders, with prices, limits and margins, and offers given by hand.

mod faults;

use std::collections::BTreeMap;

use domain::ids::{OfferId, ProductId};
use domain::motion::{Channel, Motion};
use domain::probability::Estimate;
use domain::time::Day;
use domain::words::Words;

use crate::eligibility::Eligibility;
use crate::facts::Window;
use crate::incentive::Incentive;

/// What a product is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductKind {
    /// A plan with limits.
    Plan,
    /// An option of a line.
    Option,
    /// A thing that is bought, and can be bought again.
    Item,
    /// A service.
    Service,
}

/// What a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceUnit {
    /// Once.
    Once,
    /// A month.
    Month,
    /// A year.
    Year,
    /// A seat and month.
    SeatMonth,
    /// Use.
    Usage,
}

/// A limit of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// The metric.
    pub metric: String,
    /// How much is included.
    pub included: f64,
    /// Whether that counts for each seat.
    pub per_seat: bool,
    /// The plan version it belongs to; any when empty.
    pub plan_version: Option<String>,
    /// The hour or day that it is for; none where it holds for what stands, or for a month.
    pub window: Option<Window>,
}

/// Seats of a product beside those of the main contract.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeatShare {
    /// The median over those who hold both.
    pub median: f64,
    /// Its spread among them, as a share of the median.
    pub spread: f64,
    /// Customers who hold both.
    pub n: u64,
}

/// The unit price from a quantity on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// From so many on.
    pub from: i64,
    /// The price of each, minor units.
    pub price_minor: i64,
}

/// One product.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: ProductKind,
    /// Its line.
    pub line: Option<String>,
    /// Its place on the line's ladder: the file's tier, else the rank of its price in the line.
    pub tier: Option<i64>,
    /// List price in minor units of the workspace's currency for one `price_unit`.
    pub price_minor: Option<i64>,
    /// What the price is for.
    pub price_unit: PriceUnit,
    /// Monthly price that customers' bills imply, minor units, where there is no list price.
    pub implied_month_minor: Option<Estimate>,
    /// How many seats of it customers hold for each seat of their main contract.
    pub seat_share: Option<SeatShare>,
    /// Margin as a share of revenue; `None` uses the policy's assumed margin.
    pub margin_rate: Option<f64>,
    /// Unit prices by quantity, from the lowest on, where the price list has more than one: the band of a quantity is
    /// the price of every unit (volume pricing).
    pub bands: Vec<Band>,
    /// List price a month, minor units, of a thing that can be had by the piece and as a subscription.
    pub recurring_month_minor: Option<i64>,
    /// Limits.
    pub limits: Vec<Limit>,
    /// The last day on which it is sold and supported, where one is announced.
    pub active_until: Option<Day>,
    /// Whether it is sold as of the day.
    pub on_sale: bool,
}

/// An offer given by the offers table: what it leaves empty is derived as for any other offer.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenOffer {
    /// Its id.
    pub id: OfferId,
    /// Its move.
    pub motion: Motion,
    /// Its name.
    pub name: String,
    /// What it sells.
    pub product: Option<ProductId>,
    /// What must be held.
    pub from_product: Option<ProductId>,
    /// Its price, minor units.
    pub price_minor: Option<i64>,
    /// Its effort.
    pub effort_hours: Option<f64>,
    /// Who carries it.
    pub role: Option<&'static str>,
    /// Through which channels it may go, the first that suits the customer before others; any where empty.
    pub channels: Vec<Channel>,
    /// What makes it easier to take, and what that costs.
    pub incentive: Option<Incentive>,
    /// To whom it applies.
    pub eligibility: Option<Eligibility>,
    /// The steps of the work, in order; the usual ones where empty.
    pub playbook: Vec<String>,
    /// The line it counts to, in the place of its product's.
    pub line_override: Option<String>,
    /// Why it cannot be made to anybody, if so.
    pub fault: Option<Words>,
    /// How many can be sold in all; `None`: no cap, 0: none.
    pub stock: Option<u64>,
    /// It is only made where so many are sold in a plan; `None`: any number.
    pub min_volume: Option<u64>,
    /// The products that it completes; of a set its further parts.
    pub complements: Vec<ProductId>,
    /// The products whose holders do not get it.
    pub excludes: Vec<ProductId>,
}

impl GivenOffer {
    /// An offer that states nothing but its move.
    pub fn new(id: &str, motion: Motion, name: &str) -> Self {
        Self {
            id: id.into(),
            motion,
            name: name.to_owned(),
            product: None,
            from_product: None,
            price_minor: None,
            effort_hours: None,
            role: None,
            channels: Vec::new(),
            incentive: None,
            eligibility: None,
            playbook: Vec::new(),
            line_override: None,
            fault: None,
            stock: None,
            min_volume: None,
            complements: Vec::new(),
            excludes: Vec::new(),
        }
    }
}

/// A new feature or version of a product (S51).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The product.
    pub product: ProductId,
    /// Since when there is.
    pub released_on: Day,
    /// What is new.
    pub title: String,
}

/// Everything that can be offered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    /// Products by id.
    pub products: BTreeMap<ProductId, Product>,
    /// Offers given by hand, by id.
    pub offers: Vec<GivenOffer>,
    /// What is new, oldest first.
    pub releases: Vec<Release>,
}

/// The roles that carry an offer, by their codes in files.
pub const ROLES: &[&str] = &["CIS", "CS", "AM", "partner_sales", "manager", "partner"];

impl Product {
    /// The list price of one unit when so many are taken.
    pub fn unit_price_minor(&self, quantity: i64) -> Option<i64> {
        let band = self.bands.iter().rfind(|band| band.from <= quantity);
        band.map(|band| band.price_minor).or(self.price_minor)
    }
}

impl Catalogue {
    /// Marks the offers that cannot be made, with the reason: what they sell is not described, they lead in a circle,
    /// or their minimum volume is over their stock.
    pub fn mark_faults(&mut self) {
        faults::mark(self);
    }

    /// The offer given by hand with that id.
    pub fn given(&self, id: &OfferId) -> Option<&GivenOffer> {
        let place = self.offers.binary_search_by(|offer| offer.id.cmp(id)).ok()?;
        Some(&self.offers[place])
    }

    /// The product of that id.
    pub fn product(&self, id: &ProductId) -> Option<&Product> {
        self.products.get(id)
    }

    /// Products of the same line and kind on the next tier above, cheapest first.
    pub fn next_tier(&self, from: &Product) -> Option<&Product> {
        let (line, tier) = (from.line.as_ref()?, from.tier?);
        self.products
            .values()
            .filter(|p| p.on_sale && p.kind == from.kind && p.line.as_ref() == Some(line))
            .filter(|p| p.tier.is_some_and(|t| t > tier))
            .min_by(|a, b| (a.tier, &a.id).cmp(&(b.tier, &b.id)))
    }
}
