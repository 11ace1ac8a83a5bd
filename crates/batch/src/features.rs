//! Features: one number per account as of a day. Each is one file with its SQL, unit, formula and rule for
//! missing values; the reference page and the account page follow this list.

mod tenure;
mod recency;
mod frequency;
mod monetary_value;
mod mrr;
mod usage_share;
mod usage_trend;
mod days_to_cancel_deadline;
mod last_human_touch;
mod nps_latest;
mod open_tickets;
mod open_proposals;
mod owned_products;
mod mrr_change_quarter;
mod mrr_change_year;
mod contract_value;
mod price_per_seat;
mod discount_level;
mod list_price_share;
mod tenure_in_plan;
mod spend_total;
mod spend_change_quarter;
mod spend_change_year;
mod order_value;
mod items_per_order;
mod lines_per_order;
mod price_per_item;
mod line_change_quarter;
mod line_change_year;
mod lines_lost;
mod top_line_share;
mod product_lines;
mod usage_days;
mod usage_days_change;
mod users_per_seat;
mod heavy_metrics;
mod usage_above_peers;
mod web_events;
mod contact_points;
mod human_touches;
mod human_touch_change;
mod thin_contact;
mod contact_people;
mod tickets;
mod tickets_per_seat;
mod csat_latest;
mod nps_change;
mod group_size;
mod group_mrr;
mod group_spend;
mod days_to_fiscal_close;
mod days_to_limit;
mod usage_regularity;
mod order_gap;
mod silence;
mod silence_usual;
mod order_standing;
mod p_alive;
mod orders_expected;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::prelude::SessionContext;
use domain::time::Day;

use crate::calendar;

/// What a feature's number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Days,
    /// A count.
    Count,
    /// Minor units of the workspace's currency.
    Minor,
    /// A share; 1 is all.
    Share,
    /// A score of 0 to 10.
    Score,
    /// Points on the scale of the survey.
    Points,
    /// A count for each of something else: may have decimals.
    Ratio,
    /// How many times as much; 1 is as much.
    Times,
    /// 1 for yes, 0 for no.
    Flag,
    /// 0 active, 1 slowing, 2 dormant.
    Standing,
}

impl Unit {
    /// The unit in the reference page's words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Count => "count",
            Self::Minor => "money (minor units)",
            Self::Share => "share (1 = 100 %)",
            Self::Score => "score 0-10",
            Self::Points => "points on the survey's scale",
            Self::Ratio => "count for each, with decimals",
            Self::Times => "times as much (1 = as much)",
            Self::Flag => "1 = yes, 0 = no",
            Self::Standing => "0 = active, 1 = slowing, 2 = dormant",
        }
    }
}

/// One feature.
#[derive(Debug, Clone, Copy)]
pub struct Feature {
    /// Its name in files and expressions.
    pub name: &'static str,
    /// What people call it in Japanese.
    pub ja: &'static str,
    /// What people call it in English.
    pub en: &'static str,
    /// What its number counts.
    pub unit: Unit,
    /// How it is found, in a sentence.
    pub formula: &'static str,
    /// What an account without it means.
    pub missing: &'static str,
    /// The capabilities it serves.
    pub serves: &'static str,
    /// `SELECT account_key, value`; `{as_of}` is the day as a date.
    pub sql: &'static str,
}

/// Every feature, in the order of the account page.
pub const FEATURES: &[Feature] = &[
    tenure::TENURE,
    recency::RECENCY,
    frequency::FREQUENCY,
    monetary_value::MONETARY_VALUE,
    mrr::MRR,
    usage_share::USAGE_SHARE,
    usage_trend::USAGE_TREND,
    days_to_cancel_deadline::DAYS_TO_CANCEL_DEADLINE,
    last_human_touch::LAST_HUMAN_TOUCH,
    nps_latest::NPS_LATEST,
    open_tickets::OPEN_TICKETS,
    open_proposals::OPEN_PROPOSALS,
    owned_products::OWNED_PRODUCTS,
    mrr_change_quarter::MRR_CHANGE_QUARTER,
    mrr_change_year::MRR_CHANGE_YEAR,
    contract_value::CONTRACT_VALUE,
    price_per_seat::PRICE_PER_SEAT,
    discount_level::DISCOUNT_LEVEL,
    list_price_share::LIST_PRICE_SHARE,
    tenure_in_plan::TENURE_IN_PLAN,
    spend_total::SPEND_TOTAL,
    spend_change_quarter::SPEND_CHANGE_QUARTER,
    spend_change_year::SPEND_CHANGE_YEAR,
    order_value::ORDER_VALUE,
    items_per_order::ITEMS_PER_ORDER,
    lines_per_order::LINES_PER_ORDER,
    price_per_item::PRICE_PER_ITEM,
    line_change_quarter::LINE_CHANGE_QUARTER,
    line_change_year::LINE_CHANGE_YEAR,
    lines_lost::LINES_LOST,
    top_line_share::TOP_LINE_SHARE,
    product_lines::PRODUCT_LINES,
    usage_days::USAGE_DAYS,
    usage_days_change::USAGE_DAYS_CHANGE,
    users_per_seat::USERS_PER_SEAT,
    heavy_metrics::HEAVY_METRICS,
    usage_above_peers::USAGE_ABOVE_PEERS,
    web_events::WEB_EVENTS,
    contact_points::CONTACT_POINTS,
    human_touches::HUMAN_TOUCHES,
    human_touch_change::HUMAN_TOUCH_CHANGE,
    thin_contact::THIN_CONTACT,
    contact_people::CONTACT_PEOPLE,
    tickets::TICKETS,
    tickets_per_seat::TICKETS_PER_SEAT,
    csat_latest::CSAT_LATEST,
    nps_change::NPS_CHANGE,
    group_size::GROUP_SIZE,
    group_mrr::GROUP_MRR,
    group_spend::GROUP_SPEND,
    days_to_fiscal_close::DAYS_TO_FISCAL_CLOSE,
    days_to_limit::DAYS_TO_LIMIT,
    usage_regularity::USAGE_REGULARITY,
    order_gap::ORDER_GAP,
    silence::SILENCE,
    silence_usual::SILENCE_USUAL,
    order_standing::ORDER_STANDING,
    p_alive::P_ALIVE,
    orders_expected::ORDERS_EXPECTED,
];

/// Feature values by account key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Values {
    /// A number for each of [`FEATURES`]; not a number where the account has none.
    accounts: BTreeMap<i64, Box<[f64]>>,
}

impl Values {
    /// Keeps the value of the feature at a place of [`FEATURES`].
    pub fn put(&mut self, account: i64, place: usize, value: f64) {
        let values = self.accounts.entry(account).or_insert_with(|| [f64::NAN; COUNT].into());
        values[place] = value;
    }

    /// The value of the feature at a place of [`FEATURES`], if the account has one.
    pub fn get(&self, account: i64, place: usize) -> Option<f64> {
        self.accounts.get(&account).map(|values| values[place]).filter(|value| !value.is_nan())
    }

    /// The values of an account by the features' names.
    pub fn of(&self, account: i64) -> BTreeMap<&'static str, f64> {
        let named =
            |(place, feature): (usize, &Feature)| Some((feature.name, self.get(account, place)?));
        FEATURES.iter().enumerate().filter_map(named).collect()
    }

    /// Accounts that have any.
    pub fn accounts(&self) -> impl Iterator<Item = i64> {
        self.accounts.keys().copied()
    }
}

const COUNT: usize = FEATURES.len();

/// Computes every feature over the registered tables.
pub async fn compute(ctx: &SessionContext, as_of: Day) -> Result<Values> {
    let mut values = Values::default();
    for (place, feature) in FEATURES.iter().enumerate() {
        for (account, value) in one(ctx, feature, as_of).await? {
            values.put(account, place, value);
        }
    }
    Ok(values)
}

/// One feature's value per account that has it.
async fn one(ctx: &SessionContext, feature: &Feature, as_of: Day) -> Result<Vec<(i64, f64)>> {
    let sql = feature.sql.replace("{as_of}", &calendar::literal(as_of));
    let context = || format!("feature {} could not be computed", feature.name);
    let batches =
        ctx.sql(&sql).await.with_context(context)?.collect().await.with_context(context)?;
    let mut found = Vec::new();
    for batch in &batches {
        let accounts = batch.column(0).as_primitive::<Int64Type>();
        let numbers = cast(batch.column(1), &DataType::Float64)?;
        let numbers = numbers.as_primitive::<Float64Type>();
        for row in 0..batch.num_rows() {
            if numbers.is_valid(row) && numbers.value(row).is_finite() {
                found.push((accounts.value(row), numbers.value(row)));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod testing {
    use super::{Feature, one};
    use datafusion::prelude::SessionContext;
    use domain::time::Day;

    /// Checks a feature as of 2026-03-31 over tables given as SQL.
    pub(super) fn check(feature: &Feature, tables: &[&str], expected: &[(i64, f64)]) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let found = runtime.block_on(async {
            let ctx = SessionContext::new();
            for table in tables {
                ctx.sql(table).await.expect("a table").collect().await.expect("rows");
            }
            let mut found = one(&ctx, feature, Day::parse_iso("2026-03-31").expect("a day"))
                .await
                .expect("a value");
            found.sort_by_key(|(account, _)| *account);
            found
        });
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((account, value), (wanted, number)) in found.iter().zip(expected) {
            assert!(account == wanted && (value - number).abs() < 1e-9, "{found:?}");
        }
    }
}
