//! What can be offered.

use anyhow::{Context, Result, bail};
use decide::catalogue::{
    Band, Catalogue, GivenOffer, Limit, PriceUnit, Product, ProductKind, Release, SeatShare,
};
use decide::eligibility::{Eligibility, Value};
use decide::incentive::{Currency, Incentive};

use super::{Keep, fields, words};

fields! {
    Catalogue { products, offers, releases }
    Release { product, released_on, title }
    Product {
        id, name, kind, line, tier, price_minor, price_unit, implied_month_minor, seat_share,
        margin_rate, bands, recurring_month_minor, limits, on_sale, active_until,
    }
    Band { from, price_minor }
    SeatShare { median, spread, n }
    Limit { metric, included, per_seat, plan_version, window }
    GivenOffer {
        id, motion, name, product, from_product, price_minor, effort_hours, role, channels,
        incentive, eligibility, playbook, line_override, fault, stock, min_volume, complements,
        excludes,
    }
}

words! {
    ProductKind { Plan, Option, Item, Service }
    PriceUnit { Once, Month, Year, SeatMonth, Usage }
}

impl Keep for Eligibility {
    fn keep(&self, out: &mut String) {
        self.text().to_owned().keep(out);
    }

    fn again(json: &str) -> Result<Self> {
        Self::parse(&String::again(json)?)?.context("no expression")
    }
}

impl Keep for Incentive {
    fn keep(&self, out: &mut String) {
        (self.text().to_owned(), self.currency().code().to_owned()).keep(out);
    }

    fn again(json: &str) -> Result<Self> {
        let (text, code) = <(String, String)>::again(json)?;
        let currency = Currency::parse(&code).with_context(|| format!("no currency {code}"))?;
        Self::parse(&text, currency)?.context("no incentive")
    }
}

impl Keep for Value {
    fn keep(&self, out: &mut String) {
        let (word, value) = match self {
            Self::Number(number) => ("number", number.to_bits().to_string()),
            Self::Text(text) => ("text", text.clone()),
            Self::Flag(flag) => ("flag", flag.to_string()),
        };
        (word, value).keep(out);
    }

    fn again(json: &str) -> Result<Self> {
        let (word, value) = <(String, String)>::again(json)?;
        Ok(match word.as_str() {
            "number" => Self::Number(f64::from_bits(value.parse()?)),
            "text" => Self::Text(value),
            "flag" => Self::Flag(value.parse()?),
            _ => bail!("`{word}` is no kind of value"),
        })
    }
}
