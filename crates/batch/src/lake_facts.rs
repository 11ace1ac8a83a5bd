//! What the lake says of each account as of a day: purchases by product, baskets, usage against limits.
//!
//! Sums are of integers, so they do not depend on the order of partitions; a series is measured once, sorted by day.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use datafusion::prelude::SessionContext;
use decide::facts::{Contract, Purchase, Usage};
use decide::signals::{LimitNearPolicy, binds};
use domain::ids::ProductId;
use domain::money::Currency;
use domain::time::{Day, Days, Zone};
use futures::TryStreamExt as _;

use crate::ahead::Bound;
use crate::known::Account;
use crate::tables::{FromLake, UsageMonths, UsagePast};

/// What to ask of the lake.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// As of the end of this day.
    pub as_of: Day,
    /// In this zone.
    pub zone: &'a Zone,
    /// Amounts in this currency; others are converted, or stay out of sums.
    pub currency: Currency,
    /// One account only.
    pub only: Option<i64>,
}

/// One limit of a plan: product, metric, plan version, included, whether per seat.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanLimit {
    /// How much is included.
    pub included: f64,
    /// Whether that counts for each seat.
    pub per_seat: bool,
}

/// Limits by product, metric and plan version (empty for any).
pub type Limits = HashMap<(ProductId, String, String), PlanLimit>;

/// Reads purchases, baskets and usage. The tables `orders`, `usage` and `web_events` are registered.
pub async fn read(
    ctx: &SessionContext,
    ask: &Ask<'_>,
    contracts: &Contracts<'_>,
) -> Result<FromLake> {
    let mut lake = FromLake::default();
    lines(ctx, ask).await?;
    lake.without_rate = without_rate(ctx, ask).await?;
    baskets(ctx, &mut lake).await?;
    purchases(ctx, &mut lake).await?;
    usage(ctx, ask, &mut lake, contracts).await?;
    Ok(lake)
}

pub(crate) async fn rows(
    ctx: &SessionContext,
    purpose: &str,
    sql: &str,
) -> Result<Vec<RecordBatch>> {
    let context = || format!("{purpose} could not be read from the lake");
    ctx.sql(sql).await.with_context(context)?.collect().await.with_context(context)
}

pub(crate) fn condition(ask: &Ask<'_>, at: &str) -> String {
    let end = ask.zone.end_of_day(ask.as_of).0;
    let only = ask.only.map_or(String::new(), |key| format!(" AND account_key = {key}"));
    format!("arrow_cast({at}, 'Int64') <= {end}{only}")
}

/// Registers `order_lines`: sales and returns up to the day, with their civil day and integer quantity.
async fn lines(ctx: &SessionContext, ask: &Ask<'_>) -> Result<()> {
    let sql = format!(
        "SELECT account_key, order_id, product_id, civil_day(ordered_at) AS day,
                COALESCE(converted(amount, currency, civil_day(ordered_at)), 0) AS amount_minor,
                CAST(ROUND(COALESCE(quantity, 1) * 1000) AS BIGINT) AS quantity_milli,
                COALESCE(kind, 'sale') AS kind
         FROM orders WHERE {when}",
        when = condition(ask, "ordered_at"),
    );
    let table =
        ctx.sql(&sql).await.context("order lines could not be read from the lake")?.cache().await?;
    ctx.deregister_table("order_lines")?;
    ctx.register_table("order_lines", table.into_view())?;
    Ok(())
}

/// Order lines that stay out of sums for want of a rate, by currency.
pub async fn without_rate(ctx: &SessionContext, ask: &Ask<'_>) -> Result<Vec<(String, u64)>> {
    let sql = format!(
        "SELECT currency, COUNT(*) AS order_lines FROM orders
         WHERE {when} AND amount IS NOT NULL AND currency <> '{currency}'
           AND converted(amount, currency, civil_day(ordered_at)) IS NULL
         GROUP BY currency ORDER BY currency",
        currency = ask.currency,
        when = condition(ask, "ordered_at"),
    );
    let mut found = Vec::new();
    for batch in rows(ctx, "currencies of orders", &sql).await? {
        let (codes, counts) = (texts(&batch, 0)?, ints(&batch, 1)?);
        for row in 0..batch.num_rows() {
            let lines = u64::try_from(counts.value(row)).unwrap_or(0);
            found.push((codes.as_string::<i32>().value(row).to_owned(), lines));
        }
    }
    Ok(found)
}

async fn baskets(ctx: &SessionContext, lake: &mut FromLake) -> Result<()> {
    let sql = "SELECT account_key, order_id, MIN(day) AS day, SUM(amount_minor) AS amount_minor
               FROM order_lines WHERE kind <> 'cancel' GROUP BY account_key, order_id
               ORDER BY account_key, day, order_id";
    for batch in rows(ctx, "baskets", sql).await? {
        let (accounts, days) = (ints(&batch, 0)?, dates(&batch, 2)?);
        let amounts = ints(&batch, 3)?;
        for row in 0..batch.num_rows() {
            lake.baskets.push((accounts.value(row), days.value(row), amounts.value(row)));
        }
    }
    for (account, day, _) in &lake.baskets {
        let last = lake.last_event.entry(*account).or_insert(*day);
        *last = (*last).max(*day);
    }
    Ok(())
}

async fn purchases(ctx: &SessionContext, lake: &mut FromLake) -> Result<()> {
    let sql = "SELECT account_key, product_id, COUNT(DISTINCT order_id) AS orders,
                      SUM(quantity_milli) AS quantity_milli, MIN(day) AS first_on, MAX(day) AS last_on,
                      SUM(amount_minor) AS amount_minor, MAX(order_id) AS last_order
               FROM order_lines WHERE kind = 'sale' GROUP BY account_key, product_id
               ORDER BY account_key, product_id";
    for batch in rows(ctx, "purchases", sql).await? {
        let (accounts, orders, quantity) = (ints(&batch, 0)?, ints(&batch, 2)?, ints(&batch, 3)?);
        let (first, last, amount) = (dates(&batch, 4)?, dates(&batch, 5)?, ints(&batch, 6)?);
        let (products, last_orders) = (texts(&batch, 1)?, texts(&batch, 7)?);
        let (products, last_orders) = (products.as_string::<i32>(), last_orders.as_string::<i32>());
        for row in 0..batch.num_rows() {
            let orders = u32::try_from(orders.value(row)).unwrap_or(u32::MAX);
            let span = f64::from(last.value(row) - first.value(row));
            lake.purchases.entry(accounts.value(row)).or_default().push(Purchase {
                product: products.value(row).into(),
                orders,
                quantity: quantity.value(row) as f64 / 1000.0,
                first_on: Day(first.value(row)),
                last_on: Day(last.value(row)),
                gap_days: (orders > 1 && span > 0.0).then(|| span / f64::from(orders - 1)),
                amount_minor: amount.value(row),
                last_order: last_orders.value(row).to_owned(),
            });
        }
    }
    Ok(())
}

/// What usage is held against.
#[derive(Debug, Clone, Copy)]
pub struct Contracts<'a> {
    /// The accounts with their contracts.
    pub accounts: &'a BTreeMap<i64, Account>,
    /// The limits of the plans.
    pub limits: &'a Limits,
    /// Which metrics count against seats.
    pub near: &'a LimitNearPolicy,
}

impl Contracts<'_> {
    /// The active contract that a reading belongs to: the one it names, else the one whose plan limits the
    /// metric, else the first.
    fn of(&self, account: i64, subscription: &str, metric: &str) -> Option<&Contract> {
        let active = || {
            self.accounts
                .get(&account)
                .into_iter()
                .flat_map(|a| a.contracts.iter().filter(|c| c.active))
        };
        if !subscription.is_empty() {
            return active().find(|c| c.subscription.as_str() == subscription);
        }
        active().find(|c| self.limit(c, metric).is_some()).or_else(|| active().next())
    }

    fn limit(&self, contract: &Contract, metric: &str) -> Option<f64> {
        let version = contract.plan_version.clone().unwrap_or_default();
        let key = |version: String| (contract.product.clone(), metric.to_owned(), version);
        let limit =
            self.limits.get(&key(version)).or_else(|| self.limits.get(&key(String::new())))?;
        let seats = if limit.per_seat { contract.seats.unwrap_or(1).max(1) as f64 } else { 1.0 };
        Some(limit.included * seats)
    }
}

/// Readings by day: the last of a gauge, the sum of a count.
///
/// The lake's rows are sorted by series (to disk where they are many) and pass one by one; one series is
/// in memory at a time.
async fn usage(
    ctx: &SessionContext,
    ask: &Ask<'_>,
    lake: &mut FromLake,
    contracts: &Contracts<'_>,
) -> Result<()> {
    let sql = format!(
        "SELECT account_key, metric, COALESCE(subscription_id, '') AS subscription_id,
                civil_day(at) AS day, COALESCE(kind, 'gauge') = 'count' AS counts,
                value, CAST(ROUND(value * 1000) AS BIGINT) AS milli
         FROM usage WHERE {when}
         ORDER BY account_key, metric, COALESCE(subscription_id, ''), at, value",
        when = condition(ask, "at"),
    );
    let context = || "usage could not be read from the lake";
    let frame = ctx.sql(&sql).await.with_context(context)?;
    let mut batches = frame.execute_stream().await.with_context(context)?;
    let mut series: Option<Series> = None;
    let mut finish = |series: Option<Series>| {
        let Some(series) = series else { return };
        let subscription = Some(series.subscription.as_str()).filter(|id| !id.is_empty());
        let past = UsagePast {
            metric: series.metric.clone(),
            subscription: subscription.map(Into::into),
            points: months(&series.readings, ask.as_of, MONTHS_PAST),
        };
        lake.usage_past.entry(series.account).or_default().push(past);
        let Some((usage, bound)) = measure(&series, ask.as_of, contracts) else { return };
        let last = lake.last_event.entry(series.account).or_insert(usage.on.0);
        *last = (*last).max(usage.on.0);
        let months = UsageMonths {
            metric: usage.metric.clone(),
            limit: usage.limit,
            first_on: Day(series.readings.first().map_or(usage.on.0, |reading| reading.day)),
            points: months(&series.readings, ask.as_of, MONTHS_SHOWN),
        };
        lake.usage_months.entry(series.account).or_default().push(months);
        let account = series.account;
        let of_account = lake.usage.entry(account).or_default();
        // One account alone does not tell how the others go on.
        if let Some(limit) = bound.filter(|_| ask.only.is_none()) {
            let (place, usage) = (of_account.len(), &usage);
            let counts = series.readings.last().is_some_and(|last| last.counts);
            let readings = series.readings.iter().map(|reading| (reading.day, reading.value));
            lake.lines.add(&Bound { account, place, usage, limit, counts }, readings, ask.as_of);
        }
        of_account.push(usage);
    };
    while let Some(batch) = batches.try_next().await.with_context(context)? {
        let (accounts, days, milli) = (ints(&batch, 0)?, dates(&batch, 3)?, ints(&batch, 6)?);
        let (metrics, subscriptions) = (texts(&batch, 1)?, texts(&batch, 2)?);
        let (metrics, subscriptions) =
            (metrics.as_string::<i32>(), subscriptions.as_string::<i32>());
        let counts = batch.column(4).as_boolean();
        let values = cast(batch.column(5), &DataType::Float64)?;
        let values = values.as_primitive::<Float64Type>();
        for row in 0..batch.num_rows() {
            let key = (accounts.value(row), metrics.value(row), subscriptions.value(row));
            if !series.as_ref().is_some_and(|series| series.is_of(key)) {
                finish(series.replace(Series::of(key)));
            }
            series.as_mut().expect("one was begun").read(&Row {
                day: days.value(row),
                counts: counts.value(row),
                value: values.value(row),
                milli: milli.value(row),
            });
        }
    }
    finish(series);
    Ok(())
}

/// The readings of one metric under one contract, by day.
struct Series {
    account: i64,
    metric: String,
    subscription: String,
    readings: Vec<Reading>,
    /// The sum of the last day's rows, thousandths.
    milli: i64,
}

/// One day's reading.
struct Reading {
    day: i32,
    counts: bool,
    value: f64,
}

/// One row of the lake.
struct Row {
    day: i32,
    counts: bool,
    value: f64,
    milli: i64,
}

impl Series {
    fn of((account, metric, subscription): (i64, &str, &str)) -> Self {
        let (metric, subscription) = (metric.to_owned(), subscription.to_owned());
        Self { account, metric, subscription, readings: Vec::new(), milli: 0 }
    }

    fn is_of(&self, (account, metric, subscription): (i64, &str, &str)) -> bool {
        self.account == account && self.metric == metric && self.subscription == subscription
    }

    /// Takes the next row in the order of time. A day counts where all its rows do.
    fn read(&mut self, row: &Row) {
        let &Row { day, counts, value, milli } = row;
        if let Some(last) = self.readings.last_mut().filter(|last| last.day == day) {
            self.milli += milli;
            last.counts &= counts;
            last.value = if last.counts { thousandths(self.milli) } else { value };
        } else {
            self.milli = milli;
            let value = if counts { thousandths(milli) } else { value };
            self.readings.push(Reading { day, counts, value });
        }
    }
}

fn thousandths(milli: i64) -> f64 {
    milli as f64 / 1000.0
}

/// Months of usage that pages show.
const MONTHS_SHOWN: usize = 13;
/// Months of usage that models learn from: as far back as their rows go, and a quarter more.
const MONTHS_PAST: usize = 51;

/// The last reading of each of the last months, at most so many, or a count's sum; a count's month that is not over by
/// `as_of` is left out.
fn months(series: &[Reading], as_of: Day, most: usize) -> Vec<(Day, f64)> {
    let over = if as_of.plus(Days(1)).month_start() > as_of {
        as_of
    } else {
        Day(as_of.month_start().0 - 1)
    };
    let mut months: BTreeMap<Day, f64> = BTreeMap::new();
    for reading in series.iter().filter(|reading| !reading.counts || reading.day <= over.0) {
        let value = months.entry(Day(reading.day).month_start()).or_insert(0.0);
        *value = if reading.counts { *value + reading.value } else { reading.value };
    }
    let skip = months.len().saturating_sub(most);
    months.into_iter().skip(skip).collect()
}

/// The latest value, and the means of the last 90 days and of the 90 days before; with what binds it.
fn measure(series: &Series, as_of: Day, contracts: &Contracts<'_>) -> Option<(Usage, Option<f64>)> {
    let Series { account, metric, subscription, readings: series, .. } = series;
    let last = series.last()?;
    let contract = contracts.of(*account, subscription, metric)?;
    let age = |r: &Reading| as_of.0 - r.day;
    let mean = |readings: &[&Reading]| {
        readings.iter().map(|r| r.value).sum::<f64>() / readings.len() as f64
    };
    let recent: Vec<&Reading> = series.iter().filter(|r| age(r) < 90).collect();
    let earlier: Vec<&Reading> = series.iter().filter(|r| (90..180).contains(&age(r))).collect();
    // A count is compared with a limit of a month: its sum over the last 30 days.
    let month: f64 = series.iter().filter(|r| age(r) < 30).map(|r| r.value).sum();
    let value = if last.counts { month } else { last.value };
    let limit = contracts.limit(contract, metric);
    let bound = binds(contracts.near, contract, (metric.as_str(), limit))
        .map(decide::signals::Binding::limit);
    let usage = Usage {
        metric: metric.clone(),
        subscription: contract.subscription.clone(),
        product: contract.product.clone(),
        limit,
        value,
        on: Day(last.day),
        reach: None,
        earlier_mean: (!earlier.is_empty()).then(|| mean(&earlier)),
        recent_mean: if recent.is_empty() { 0.0 } else { mean(&recent) },
    };
    Some((usage, bound))
}

pub(crate) fn ints(batch: &RecordBatch, column: usize) -> Result<arrow::array::Int64Array> {
    Ok(cast(batch.column(column), &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

pub(crate) fn dates(batch: &RecordBatch, column: usize) -> Result<arrow::array::Date32Array> {
    Ok(cast(batch.column(column), &DataType::Date32)?.as_primitive::<Date32Type>().clone())
}

pub(crate) fn texts(batch: &RecordBatch, column: usize) -> Result<arrow::array::ArrayRef> {
    Ok(cast(batch.column(column), &DataType::Utf8)?)
}

/// The last day of anything in the lake, up to `today`.
pub async fn last_day(ctx: &SessionContext, zone: &Zone, today: Day) -> Result<Option<Day>> {
    let end = zone.end_of_day(today).0;
    let mut last = None;
    for (table, at) in [("orders", "ordered_at"), ("usage", "at"), ("web_events", "at")] {
        let sql = format!(
            "SELECT MAX(arrow_cast({at}, 'Int64')) FROM {table} WHERE arrow_cast({at}, 'Int64') <= {end}"
        );
        for batch in rows(ctx, "the last event", &sql).await? {
            let micros = ints(&batch, 0)?;
            if batch.num_rows() > 0 && micros.is_valid(0) {
                last = last.max(Some(zone.day_of(domain::time::Instant(micros.value(0)))));
            }
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::context;

    #[test]
    fn of_who_has_left_the_past_is_known_as_of_who_stays() {
        let zone = Zone::named("Asia/Tokyo").expect("Tokyo");
        let as_of = Day::parse_iso("2026-03-31").expect("a day");
        let at = |ago: i32| zone.end_of_day(as_of.plus(Days(-ago))).0;
        let row = |account: i64, subscription: &str, at: i64| {
            format!("({account}, 'users', {subscription}, {at}, 'gauge', CAST(7 AS DOUBLE))")
        };
        // Account 1 has left, so it has no contract now; account 2 names none.
        let rows = [row(1, "'S1'", at(400)), row(1, "'S1'", at(1_200)), row(2, "NULL", at(31))];
        let usage = format!(
            "CREATE TABLE usage AS SELECT * FROM (VALUES {}) AS t(account_key, metric, subscription_id, at, kind, value)",
            rows.join(", ")
        );
        let ctx = context(&[&usage]);
        ctx.register_udf(crate::calendar::civil_day(&zone));
        let ask = Ask { as_of, zone: &zone, currency: Currency::JPY, only: None };
        let (accounts, limits) = (BTreeMap::new(), Limits::new());
        let near = LimitNearPolicy::default();
        let contracts = Contracts { accounts: &accounts, limits: &limits, near: &near };
        let mut lake = FromLake::default();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(super::usage(&ctx, &ask, &mut lake, &contracts)).expect("read");
        let day = |text: &str| Day::parse_iso(text).expect("a day");
        let of = |subscription: Option<&str>, months: &[&str]| {
            vec![UsagePast {
                metric: "users".to_owned(),
                subscription: subscription.map(Into::into),
                points: months.iter().map(|month| (day(month), 7.0)).collect(),
            }]
        };
        let expected =
            [(1, of(Some("S1"), &["2022-12-01", "2025-02-01"])), (2, of(None, &["2026-02-01"]))];
        assert_eq!(lake.usage_past, BTreeMap::from(expected));
        assert!(lake.usage.is_empty() && lake.usage_months.is_empty(), "{:?}", lake.usage);
    }
}
