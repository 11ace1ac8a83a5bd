//! What the site says of each account as of a day: visits to pricing pages and downloads of the last days
//! (S104), and every day of a campaign contact, which is an approach (S94, S102).

use std::collections::BTreeMap;

use anyhow::Result;
use arrow::array::AsArray;
use datafusion::prelude::SessionContext;
use decide::facts::Asked;
use decide::signals::EnquiryPolicy;
use domain::ids::ProductId;
use domain::time::{Day, Days};

use crate::lake_facts::{Ask, condition, dates, ints, rows, texts};

/// One page or conversion of an account on one day that asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The account.
    pub account: i64,
    /// What it asks for.
    pub asked: Asked,
    /// About what.
    pub product: Option<ProductId>,
    /// The day.
    pub on: Day,
    /// The first moment of that day, microseconds.
    pub at: i64,
    /// The first event's id.
    pub id: String,
}

/// What is kept of web events.
#[derive(Debug, Clone, Default)]
pub struct WebFacts {
    /// Visits that ask for something, by account and moment.
    pub visits: Vec<Visit>,
    /// Days of campaign contacts by account, with the product.
    pub campaigns: BTreeMap<i64, Vec<(i32, Option<ProductId>)>>,
}

/// Reads web events of known accounts. The table `web_events` is registered.
pub async fn read(ctx: &SessionContext, ask: &Ask<'_>, policy: &EnquiryPolicy) -> Result<WebFacts> {
    Ok(WebFacts { visits: visits(ctx, ask, policy).await?, campaigns: campaigns(ctx, ask).await? })
}

async fn visits(ctx: &SessionContext, ask: &Ask<'_>, policy: &EnquiryPolicy) -> Result<Vec<Visit>> {
    let before = ask.as_of.plus(Days(-policy.web_days.saturating_add(1)));
    let sql = format!(
        "SELECT account_key, name, COALESCE(product_id, '') AS product_id, civil_day(at) AS day,
                MIN(arrow_cast(at, 'Int64')) AS first_at, MIN(event_id) AS first_id
         FROM web_events
         WHERE account_key IS NOT NULL AND name IS NOT NULL AND COALESCE(kind, 'page') IN ('page', 'conversion')
           AND arrow_cast(at, 'Int64') > {} AND {}
         GROUP BY account_key, name, COALESCE(product_id, ''), civil_day(at)
         ORDER BY account_key, first_at, first_id, name, product_id",
        ask.zone.end_of_day(before).0,
        condition(ask, "at"),
    );
    let mut visits = Vec::new();
    for batch in rows(ctx, "web events", &sql).await? {
        let (accounts, at, days) = (ints(&batch, 0)?, ints(&batch, 4)?, dates(&batch, 3)?);
        let (names, products, ids) = (texts(&batch, 1)?, texts(&batch, 2)?, texts(&batch, 5)?);
        for row in 0..batch.num_rows() {
            let Some(asked) = policy.asked(names.as_string::<i32>().value(row)) else { continue };
            visits.push(Visit {
                account: accounts.value(row),
                asked,
                product: named(products.as_string::<i32>().value(row)),
                on: Day(days.value(row)),
                at: at.value(row),
                id: ids.as_string::<i32>().value(row).to_owned(),
            });
        }
    }
    Ok(visits)
}

async fn campaigns(
    ctx: &SessionContext,
    ask: &Ask<'_>,
) -> Result<BTreeMap<i64, Vec<(i32, Option<ProductId>)>>> {
    let sql = format!(
        "SELECT DISTINCT account_key, civil_day(at) AS day, COALESCE(product_id, '') AS product_id
         FROM web_events WHERE account_key IS NOT NULL AND kind = 'campaign' AND {}
         ORDER BY account_key, day, product_id",
        condition(ask, "at"),
    );
    let mut campaigns: BTreeMap<i64, Vec<(i32, Option<ProductId>)>> = BTreeMap::new();
    for batch in rows(ctx, "campaign contacts", &sql).await? {
        let (accounts, days, products) = (ints(&batch, 0)?, dates(&batch, 1)?, texts(&batch, 2)?);
        for row in 0..batch.num_rows() {
            let product = named(products.as_string::<i32>().value(row));
            campaigns.entry(accounts.value(row)).or_default().push((days.value(row), product));
        }
    }
    Ok(campaigns)
}

fn named(product: &str) -> Option<ProductId> {
    (!product.is_empty()).then(|| product.into())
}
