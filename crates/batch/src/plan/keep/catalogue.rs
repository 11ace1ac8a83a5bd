//! What can be offered.

use decide::catalogue::{
    Catalogue, GivenOffer, Limit, PriceUnit, Product, ProductKind, Release, SeatShare,
};

use super::{fields, words};

fields! {
    Catalogue { products, offers, releases }
    Release { product, released_on, title }
    Product {
        id, name, kind, line, tier, price_minor, price_unit, implied_month_minor, seat_share,
        margin_rate, limits, on_sale, active_until,
    }
    SeatShare { median, spread, n }
    Limit { metric, included, per_seat, plan_version, window }
    GivenOffer {
        id, motion, name, product, from_product, price_minor, effort_hours, stock, min_volume,
        complements, excludes,
    }
}

words! {
    ProductKind { Plan, Option, Item, Service }
    PriceUnit { Once, Month, Year, SeatMonth, Usage }
}
