//! What an account's page shows beside its features: what it has not, what it bought, what it is worth; and what
//! stands behind the cells of the map of who has what. JSON, written by the plan stage.

use serde::{Deserialize, Serialize};

use super::{Line, Said};

/// One cell of the map that has more to say than its state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MapCell {
    /// The place of its column.
    pub place: u32,
    /// Expected incremental profit of the best offer, minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_minor: Option<i64>,
    /// The play for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub play_id: Option<String>,
}

/// Products that an account has not, for one reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lack {
    /// The state's code: `in_progress`, `blocked`, `gap` or `not_eligible`.
    pub state: String,
    /// Why, with its source.
    pub because: Line,
    /// The products.
    pub products: Vec<Lacked>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Lacked {
    /// The product.
    pub product_id: String,
    /// Expected incremental profit of the best offer of it, minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_minor: Option<i64>,
    /// The play for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub play_id: Option<String>,
    /// What it did for others of the group, as far as they may share it (S69).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proof: Vec<Line>,
}

/// What an account bought of one product.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Bought {
    /// The product.
    pub product_id: String,
    /// Orders with it.
    pub orders: u32,
    /// Pieces.
    pub quantity: f64,
    /// Revenue of it, minor units.
    pub amount_minor: i64,
    /// The first order's day, ISO.
    pub first_on: String,
    /// The last order's day, ISO.
    pub last_on: String,
    /// The last order.
    pub last_order: String,
}

/// What an account is expected to be worth when it is left as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct WorthView {
    /// Margin of a month at today's level, minor units.
    pub margin_month_minor: i64,
    /// How much less a month is worth that lies a year ahead, a share.
    pub discount: f64,
    /// The month looked from, `2026-03`.
    pub from: String,
    /// Cumulative margin by the end of each month ahead, minor units: p10, mean, p90.
    pub months: Vec<[i64; 3]>,
    /// How the chance to stay is known.
    pub because: Said,
}

/// What a series is expected to do: the highest value by the end of a month.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AheadPoint {
    /// The month, `2026-04`.
    pub month: String,
    /// With a chance of nine in ten it is higher.
    pub p10: f64,
    /// One in two.
    pub p50: f64,
    /// One in ten.
    pub p90: f64,
}
