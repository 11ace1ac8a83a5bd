//! `coverage`: from when until when each kind of record is there at all, over all accounts. Where nobody
//! records calls, an account without calls says nothing; where the orders of the last month have not come
//! yet, spend did not fall.

use anyhow::Result;
use datafusion::prelude::SessionContext;

use super::keep;

pub(super) const COLUMNS: (&str, &str) =
    ("coverage", "feed (orders, usage, web, contacts, human, tickets), first_on, last_on");
pub(super) const ONLINE: (&str, &str) =
    ("online", "account_key, first_on, last_on (of orders, readings above zero and web events)");

/// Registers both, over the tables of orders, use and contacts.
pub(super) async fn register(ctx: &SessionContext) -> Result<()> {
    let feed = |name: &str, first: &str, last: &str, from: &str| {
        format!(
            "SELECT '{name}' AS feed, MIN({first}) AS first_on, MAX({last}) AS last_on FROM {from}"
        )
    };
    let feeds = [
        feed("orders", "first_on", "last_on", "order_periods"),
        feed("usage", "first_on", "last_on", "usage_activity"),
        feed("web", "first_on", "last_on", "web_activity"),
        feed("contacts", "day", "day", "touches"),
        feed("human", "day", "day", "touches WHERE human"),
        feed("tickets", "day", "day", "touches WHERE kind = 'ticket'"),
    ];
    keep(ctx, "coverage", &feeds.join(" UNION ALL ")).await?;
    let online = "SELECT account_key, MIN(first_on) AS first_on, MAX(last_on) AS last_on
                  FROM (SELECT account_key, first_on, last_on FROM order_periods
                        UNION ALL SELECT account_key, first_on, last_on FROM usage_activity
                        UNION ALL SELECT account_key, first_on, last_on FROM web_activity)
                  GROUP BY account_key";
    keep(ctx, "online", online).await
}
