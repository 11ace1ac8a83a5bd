//! What can be sold: products, prices, limits, releases, offers, and exchange rates (S1-S17, N6).

use super::{COUNT, Entity, Home, Kind, POSITIVE, day, may, need, text};

pub(super) const PRODUCTS: Entity = Entity {
    name: "products",
    home: Home::Store,
    about: "A plan, option, item or service; products of one line form a ladder by tier.",
    key: &["product_id"],
    dated: None,
    attributes: false,
    columns: &[
        need("product_id", Kind::Text),
        text("name"),
        need("kind", Kind::Word(&["plan", "option", "item", "service"])),
        text("line"),
        may("tier", Kind::Whole(0, 1000)),
        may("margin_rate", Kind::Number(-1.0, 1.0)),
        may("price", Kind::Amount),
        may("price_unit", Kind::Word(&["once", "month", "year", "seat_month", "usage"])),
        may("currency", Kind::Currency),
        day("active_from"),
        day("active_until"),
    ],
};

pub(super) const PRICES: Entity = Entity {
    name: "prices",
    home: Home::Store,
    about: "A list price by unit, plan version, quantity band and validity.",
    key: &["product_id", "plan_version", "unit", "from_qty", "valid_from"],
    dated: Some("valid_from"),
    attributes: false,
    columns: &[
        need("product_id", Kind::Ref("products")),
        need("unit", Kind::Word(&["once", "month", "year", "seat_month", "usage"])),
        need("price", Kind::Amount),
        text("plan_version"),
        text("metric"),
        may("from_qty", COUNT),
        may("to_qty", COUNT),
        may("min_qty", COUNT),
        may("overage_price", Kind::Amount),
        may("currency", Kind::Currency),
        may("tax", Kind::Word(&["excl", "incl"])),
        day("valid_from"),
        day("valid_until"),
    ],
};

pub(super) const LIMITS: Entity = Entity {
    name: "limits",
    home: Home::Store,
    about: "How much of a metric a plan includes, by plan version and window (S36, S37).",
    key: &["product_id", "metric", "plan_version", "window"],
    dated: None,
    attributes: false,
    columns: &[
        need("product_id", Kind::Ref("products")),
        need("metric", Kind::Text),
        need("included", POSITIVE),
        may("per_seat", Kind::Flag),
        may("hard", Kind::Flag),
        may("window", Kind::Word(&["none", "hour", "day", "month"])),
        text("plan_version"),
    ],
};

pub(super) const RELEASES: Entity = Entity {
    name: "releases",
    home: Home::Store,
    about: "A new feature or version of a product (S51).",
    key: &["product_id", "released_on", "title"],
    dated: Some("released_on"),
    attributes: false,
    columns: &[
        need("product_id", Kind::Ref("products")),
        need("released_on", Kind::Day),
        need("title", Kind::Text),
        text("body"),
    ],
};

pub(super) const OFFERS: Entity = Entity {
    name: "offers",
    home: Home::Store,
    about: "An offer given by hand; others derive from the product ladder.",
    key: &["offer_id"],
    dated: None,
    attributes: false,
    columns: &[
        need("offer_id", Kind::Text),
        need(
            "motion",
            Kind::Word(&[
                "plan_up",
                "seats",
                "term",
                "option",
                "cross_sell",
                "bundle",
                "poc",
                "subscribe",
                "repeat",
                "advance",
                "downsell",
                "care",
            ]),
        ),
        need("name", Kind::Text),
        may("product_id", Kind::Ref("products")),
        may("from_product_id", Kind::Ref("products")),
        may("price", Kind::Amount),
        may("effort_hours", Kind::Number(0.0, 1000.0)),
        text("role"),
        text("channels"),
        text("incentive"),
        may("stock", COUNT),
        may("min_volume", COUNT),
        text("eligibility"),
        text("playbook"),
        text("line_override"),
        text("complements"),
        text("excludes"),
    ],
};

pub(super) const RATES: Entity = Entity {
    name: "rates",
    home: Home::Store,
    about: "Units of the workspace's currency for one unit of another, from a day on.",
    key: &["currency", "on"],
    dated: Some("on"),
    attributes: false,
    columns: &[need("currency", Kind::Currency), need("on", Kind::Day), need("rate", POSITIVE)],
};
