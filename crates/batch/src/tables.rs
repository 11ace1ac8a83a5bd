//! The SQL tables that features are written over: entities as of the day, by account key, and what the
//! lake says in sums. Amounts are minor units of the workspace's currency; days are civil days.

mod activity;
mod answers;
pub mod attributes;
mod coverage;
mod fiscal;
mod orders;
mod products;
mod rhythms;
mod touches;
mod versions;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use datafusion::prelude::SessionContext;
use decide::catalogue::Catalogue;
use decide::facts::{Outcome, Purchase, Usage};

use domain::ids::{ProductId, SubscriptionId};
use domain::motion::{AccountKind, TouchModel};
use domain::time::Day;

use self::attributes::Attributes;
use crate::ahead::Lines;
use crate::known::Account;
use crate::lake_facts::Ask;
use crate::rhythm;
use crate::snapshot::Snapshot;

/// What the lake says of each account, in sums and lines.
#[derive(Debug, Clone, Default)]
pub struct FromLake {
    /// Orders by account: what was bought, by product.
    pub purchases: BTreeMap<i64, Vec<Purchase>>,
    /// Usage against limits, by metric.
    pub usage: BTreeMap<i64, Vec<Usage>>,
    /// Readings by month, oldest first: the last of a gauge, the sum of a count.
    pub usage_months: BTreeMap<i64, Vec<UsageMonths>>,
    /// The same of every series, of contracts that have ended too, for what is learnt from the past: who has left is not
    /// to be told by having no usage on record.
    pub usage_past: BTreeMap<i64, Vec<UsagePast>>,
    /// What bound usage is expected to do, for charts.
    pub bands: crate::ahead::Bands,
    /// Each basket: account, day, minor units.
    pub baskets: Vec<(i64, i32, i64)>,
    /// Last day of an order, reading or web event, by account.
    pub last_event: BTreeMap<i64, i32>,
    /// Order lines whose currency has no rate on their day, by currency: they stay out of sums.
    pub without_rate: Vec<(String, u64)>,
    /// Readings of series that something binds, for their forecast.
    pub lines: Lines,
    /// The rhythm of each account's orders.
    pub rhythms: Vec<rhythm::Row>,
    /// What holds for all rhythms.
    pub law: rhythm::Law,
    /// Days of campaign contacts on the site, with the product that they spoke of, by account.
    pub campaigns: BTreeMap<i64, Vec<(i32, Option<ProductId>)>>,
}

/// A metric's readings by month at one account.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageMonths {
    /// The metric.
    pub metric: String,
    /// The limit of the plan that the customer is on.
    pub limit: Option<f64>,
    /// The first reading's day.
    pub first_on: Day,
    /// The month's first day, and the value.
    pub points: Vec<(Day, f64)>,
}

/// A metric's readings by month under one contract, or under whichever the account had.
#[derive(Debug, Clone, PartialEq)]
pub struct UsagePast {
    /// The metric.
    pub metric: String,
    /// The contract, where the readings name it.
    pub subscription: Option<SubscriptionId>,
    /// The month's first day, and the value, oldest first.
    pub points: Vec<(Day, f64)>,
}

impl UsagePast {
    /// The value of the month that begins on a day.
    pub fn on(&self, month: Day) -> Option<f64> {
        let found = self.points.binary_search_by_key(&month, |point| point.0).ok()?;
        Some(self.points[found].1)
    }
}

/// A table's name and columns, for the reference page.
pub const TABLES: &[(&str, &str)] = &[
    (
        "accounts",
        "account_key, root_key, takes_hours (not persons, households and tech touch), since, last_event, last_human_touch",
    ),
    (
        "contracts",
        "account_key, product_id, seats, mrr_minor, term_months, started_on, renews_on, cancel_deadline, active",
    ),
    ("proposals", "account_key, product_id, opened_on, closed_on, outcome, amount_minor"),
    ("surveys", "account_key, question, score, day"),
    ("tickets", "account_key, opened_on, escalated"),
    ("baskets", "account_key, day, amount_minor"),
    ("purchases", "account_key, product_id, orders, first_on, last_on, amount_minor"),
    (
        "usage_now",
        "account_key, product_id, metric, limit_value, value, recent_mean, earlier_mean, crossing_on (median day on which the limit is reached), crossing_chance (that it is within the policy's days)",
    ),
    rhythms::COLUMNS,
    versions::COLUMNS,
    products::COLUMNS,
    fiscal::COLUMNS,
    touches::TOUCHES,
    touches::PEOPLE,
    answers::COLUMNS,
    attributes::COLUMNS,
    orders::PERIODS,
    orders::LINES,
    activity::USAGE,
    activity::WEB,
    coverage::COLUMNS,
    coverage::ONLINE,
];

/// What the tables of [`register_entities`] are made of.
#[derive(Debug, Clone, Copy)]
pub struct Entities<'a> {
    /// Entities as of the day.
    pub snapshot: &'a Snapshot,
    /// The same by account.
    pub accounts: &'a BTreeMap<i64, Account>,
    /// Products with list prices.
    pub listed: &'a Catalogue,
    /// Numeric attributes.
    pub attributes: &'a Attributes,
}

/// Registers the tables of entities that only features read.
pub fn register_entities(ctx: &SessionContext, entities: Entities<'_>) -> Result<()> {
    let Entities { snapshot, accounts, listed, attributes } = entities;
    for (name, batch) in [
        ("contract_versions", versions::rows(snapshot)?),
        ("products", products::rows(listed)?),
        ("fiscal", fiscal::rows(snapshot)?),
        ("touches", touches::touches(snapshot)?),
        ("people", touches::people(accounts)?),
        ("answers", answers::rows(snapshot)?),
        ("attributes", attributes::rows(attributes)?),
        ("contact_accounts", contact_rows(snapshot)?),
    ] {
        ctx.register_batch(name, batch)?;
    }
    Ok(())
}

/// Registers the tables of lake events that only features read; all others are there.
pub async fn register_events(ctx: &SessionContext, ask: &Ask<'_>) -> Result<()> {
    orders::register(ctx, ask.as_of).await?;
    ctx.register_batch("usage_activity", activity::usage(ctx, ask).await?)?;
    ctx.register_batch("web_activity", activity::web(ctx, ask).await?)?;
    coverage::register(ctx).await
}

/// Makes the answer to a query a table, so that the features over it do not ask again.
async fn keep(ctx: &SessionContext, name: &str, sql: &str) -> Result<()> {
    let context = || format!("the table {name} could not be made");
    let table = ctx.sql(sql).await.with_context(context)?.cache().await.with_context(context)?;
    ctx.deregister_table(name)?;
    ctx.register_table(name, table.into_view())?;
    Ok(())
}

/// The account of each contact, for events that name the contact alone.
fn contact_rows(snapshot: &Snapshot) -> Result<RecordBatch> {
    let found: Vec<(i64, i64)> = snapshot
        .table("contacts")
        .iter()
        .filter_map(|record| {
            let contact = snapshot.contact_keys.get(record.id("contact_id"))?;
            Some((*contact, snapshot.account(record.id("account_id"))?))
        })
        .collect();
    batch(vec![
        ("contact_key", whole(found.iter().map(|(contact, _)| Some(*contact)))),
        ("account_key", whole(found.iter().map(|(_, account)| Some(*account)))),
    ])
}

/// Registers every table.
pub fn register(
    ctx: &SessionContext,
    accounts: &BTreeMap<i64, Account>,
    lake: &FromLake,
) -> Result<()> {
    for (name, batch) in [
        ("accounts", account_rows(accounts)?),
        ("contracts", contract_rows(accounts)?),
        ("proposals", proposal_rows(accounts)?),
        ("surveys", survey_rows(accounts)?),
        ("tickets", ticket_rows(accounts)?),
        ("baskets", basket_rows(lake)?),
        ("purchases", purchase_rows(lake)?),
        ("usage_now", usage_rows(lake)?),
        ("rhythms", rhythms::rows(&lake.rhythms)?),
    ] {
        ctx.register_batch(name, batch)?;
    }
    Ok(())
}

pub(crate) fn whole(values: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(values.collect::<Int64Array>())
}

pub(crate) fn number(values: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(values.collect::<Float64Array>())
}

fn text<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn days(values: impl Iterator<Item = Option<i32>>) -> ArrayRef {
    Arc::new(values.collect::<Date32Array>())
}

fn flags(values: impl Iterator<Item = bool>) -> ArrayRef {
    Arc::new(values.map(Some).collect::<BooleanArray>())
}

pub(crate) fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    Ok(RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )?)
}

fn account_rows(accounts: &BTreeMap<i64, Account>) -> Result<RecordBatch> {
    let all = || accounts.values();
    batch(vec![
        ("account_key", whole(all().map(|a| Some(a.key)))),
        ("root_key", whole(all().map(|a| Some(a.root)))),
        ("takes_hours", flags(all().map(takes_hours))),
        ("since", days(all().map(|a| a.since.map(|d| d.0)))),
        ("last_event", days(all().map(|a| a.last_event.map(|d| d.0)))),
        ("last_human_touch", days(all().map(|a| a.last_human_touch.map(|d| d.0)))),
    ])
}

/// Whether people look after the account: the rule of [`decide::facts::AccountFacts::takes_hours`].
pub(crate) fn takes_hours(account: &Account) -> bool {
    !matches!(account.kind, AccountKind::Person | AccountKind::Household)
        && account.touch != TouchModel::Tech
}

fn contract_rows(accounts: &BTreeMap<i64, Account>) -> Result<RecordBatch> {
    let all = || accounts.values().flat_map(|a| a.contracts.iter().map(move |c| (a.key, c)));
    batch(vec![
        ("account_key", whole(all().map(|(key, _)| Some(key)))),
        ("product_id", text(all().map(|(_, c)| Some(c.product.as_str())))),
        ("seats", whole(all().map(|(_, c)| c.seats))),
        ("mrr_minor", whole(all().map(|(_, c)| c.mrr_minor))),
        ("term_months", whole(all().map(|(_, c)| c.term_months))),
        ("started_on", days(all().map(|(_, c)| Some(c.started_on.0)))),
        ("renews_on", days(all().map(|(_, c)| c.renews_on.map(|d| d.0)))),
        ("cancel_deadline", days(all().map(|(_, c)| c.cancel_deadline.map(|d| d.0)))),
        ("active", flags(all().map(|(_, c)| c.active))),
    ])
}

fn proposal_rows(accounts: &BTreeMap<i64, Account>) -> Result<RecordBatch> {
    let all = || accounts.values().flat_map(|a| a.proposals.iter().map(move |p| (a.key, p)));
    let outcome = |outcome| match outcome {
        Outcome::Open => "open",
        Outcome::Won => "won",
        Outcome::Lost => "lost",
    };
    batch(vec![
        ("account_key", whole(all().map(|(key, _)| Some(key)))),
        ("product_id", text(all().map(|(_, p)| p.product.as_ref().map(ProductId::as_str)))),
        ("opened_on", days(all().map(|(_, p)| Some(p.opened_on.0)))),
        ("closed_on", days(all().map(|(_, p)| p.closed_on.map(|d| d.0)))),
        ("outcome", text(all().map(|(_, p)| Some(outcome(p.outcome))))),
        ("amount_minor", whole(all().map(|(_, p)| p.amount_minor))),
    ])
}

fn survey_rows(accounts: &BTreeMap<i64, Account>) -> Result<RecordBatch> {
    let all = || accounts.values().flat_map(|a| a.surveys.iter().map(move |s| (a.key, s)));
    batch(vec![
        ("account_key", whole(all().map(|(key, _)| Some(key)))),
        ("question", text(all().map(|(_, s)| Some(s.question.as_str())))),
        ("score", number(all().map(|(_, s)| Some(s.score)))),
        ("day", days(all().map(|(_, s)| Some(s.on.0)))),
    ])
}

fn ticket_rows(accounts: &BTreeMap<i64, Account>) -> Result<RecordBatch> {
    let all = || accounts.values().flat_map(|a| a.tickets.iter().map(move |t| (a.key, t)));
    batch(vec![
        ("account_key", whole(all().map(|(key, _)| Some(key)))),
        ("opened_on", days(all().map(|(_, t)| Some(t.opened_on.0)))),
        ("escalated", flags(all().map(|(_, t)| t.escalated))),
    ])
}

fn basket_rows(lake: &FromLake) -> Result<RecordBatch> {
    batch(vec![
        ("account_key", whole(lake.baskets.iter().map(|b| Some(b.0)))),
        ("day", days(lake.baskets.iter().map(|b| Some(b.1)))),
        ("amount_minor", whole(lake.baskets.iter().map(|b| Some(b.2)))),
    ])
}

fn purchase_rows(lake: &FromLake) -> Result<RecordBatch> {
    let all = || lake.purchases.iter().flat_map(|(key, all)| all.iter().map(move |p| (*key, p)));
    batch(vec![
        ("account_key", whole(all().map(|(key, _)| Some(key)))),
        ("product_id", text(all().map(|(_, p)| Some(p.product.as_str())))),
        ("orders", whole(all().map(|(_, p)| Some(i64::from(p.orders))))),
        ("first_on", days(all().map(|(_, p)| Some(p.first_on.0)))),
        ("last_on", days(all().map(|(_, p)| Some(p.last_on.0)))),
        ("amount_minor", whole(all().map(|(_, p)| Some(p.amount_minor)))),
    ])
}

fn usage_rows(lake: &FromLake) -> Result<RecordBatch> {
    let all = || lake.usage.iter().flat_map(|(key, all)| all.iter().map(move |u| (*key, u)));
    batch(vec![
        ("account_key", whole(all().map(|(key, _)| Some(key)))),
        ("product_id", text(all().map(|(_, u)| Some(u.product.as_str())))),
        ("metric", text(all().map(|(_, u)| Some(u.metric.as_str())))),
        ("limit_value", number(all().map(|(_, u)| u.limit))),
        ("value", number(all().map(|(_, u)| Some(u.value)))),
        ("recent_mean", number(all().map(|(_, u)| Some(u.recent_mean)))),
        ("earlier_mean", number(all().map(|(_, u)| u.earlier_mean))),
        (
            "crossing_on",
            days(all().map(|(_, u)| u.reach.and_then(|reach| reach.p50).map(|day| day.0))),
        ),
        ("crossing_chance", number(all().map(|(_, u)| u.reach.map(|reach| reach.chance)))),
    ])
}

#[cfg(test)]
pub(crate) mod testing {
    use arrow::util::display::{ArrayFormatter, FormatOptions};
    use datafusion::prelude::SessionContext;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime")
    }

    /// A session with tables given as SQL.
    pub(crate) fn context(tables: &[&str]) -> SessionContext {
        let ctx = SessionContext::new();
        runtime().block_on(async {
            for table in tables {
                ctx.sql(table).await.expect("a table").collect().await.expect("rows");
            }
        });
        ctx
    }

    /// The rows of an answer, values apart by spaces, `-` for none.
    pub(super) fn answer(ctx: &SessionContext, sql: &str) -> Vec<String> {
        let batches = runtime()
            .block_on(async { ctx.sql(sql).await.expect("a plan").collect().await.expect("rows") });
        let options = FormatOptions::default().with_null("-");
        let mut shown = Vec::new();
        for batch in &batches {
            let columns: Vec<_> = batch
                .columns()
                .iter()
                .map(|column| ArrayFormatter::try_new(column, &options).expect("a format"))
                .collect();
            for row in 0..batch.num_rows() {
                let values: Vec<String> =
                    columns.iter().map(|c| c.value(row).to_string()).collect();
                shown.push(values.join(" "));
            }
        }
        shown
    }
}
