//! Every candidate of the run with what became of it: chosen or not, and why not.

use std::collections::HashMap;
use std::fmt::Write;

use anyhow::{Result, bail};
use batch::plan::listed::{self, Listed};
use domain::money::Currency;
use serde::Serialize;

use super::{Format, Plays, cells};
use crate::config::Workspace;

/// One candidate, as exported.
#[derive(Debug, Clone, Serialize)]
struct Line {
    account_id: String,
    offer_id: String,
    product_id: String,
    motion: String,
    fate: String,
    reason: String,
    rank: Option<i64>,
    owner: String,
    effort_hours: f64,
    expected_profit: String,
    probability: f64,
    probability_unasked: f64,
    revenue_change_month: String,
    revenue_once: String,
    currency: String,
}

const COLUMNS: [&str; 15] = [
    "account_id",
    "offer_id",
    "product_id",
    "motion",
    "fate",
    "reason",
    "rank",
    "owner",
    "effort_hours",
    "expected_profit",
    "probability",
    "probability_unasked",
    "revenue_change_month",
    "revenue_once",
    "currency",
];

/// The list in the format asked for, by account and offer.
pub(super) async fn bytes(workspace: &Workspace, asked: &Plays) -> Result<Vec<u8>> {
    if asked.rep.is_some() {
        bail!("--rep and --all do not go together: leave one out");
    }
    let run = batch::night::current(&workspace.store).await?;
    let all = listed::read(&workspace.dir.join("runs").join(&run.run_id))?;
    let keys: HashMap<i64, String> =
        workspace.store.all_account_keys().await?.into_iter().collect();
    let lines = all.into_iter().map(|listed| {
        let account_id = keys.get(&listed.account).cloned().unwrap_or_default();
        line(listed, account_id, workspace.currency)
    });
    Ok(match asked.format {
        Format::Table => text(lines).into_bytes(),
        Format::Csv => cells::csv(&COLUMNS, &[], lines.map(row), asked.begin())?,
        Format::Json => serde_json::to_vec_pretty(&lines.collect::<Vec<_>>())?,
        Format::Xlsx => {
            bail!("this list is written as table, csv or json: choose one with --format")
        }
    })
}

fn line(listed: Listed, account_id: String, currency: Currency) -> Line {
    Line {
        account_id,
        offer_id: listed.offer,
        product_id: listed.product.unwrap_or_default(),
        motion: listed.motion,
        fate: listed.fate,
        reason: listed.reason_code,
        rank: listed.rank,
        owner: listed.owner.unwrap_or_default(),
        effort_hours: listed.effort_hours,
        expected_profit: currency.decimal(listed.expected_minor),
        probability: listed.probability,
        probability_unasked: listed.unasked,
        revenue_change_month: currency.decimal(listed.revenue_month_minor),
        revenue_once: currency.decimal(listed.once_minor),
        currency: currency.code().to_owned(),
    }
}

fn row(line: Line) -> [String; 15] {
    [
        line.account_id,
        line.offer_id,
        line.product_id,
        line.motion,
        line.fate,
        line.reason,
        line.rank.map_or_else(String::new, |rank| rank.to_string()),
        line.owner,
        line.effort_hours.to_string(),
        line.expected_profit,
        format!("{:.6}", line.probability),
        format!("{:.6}", line.probability_unasked),
        line.revenue_change_month,
        line.revenue_once,
        line.currency,
    ]
}

fn text(lines: impl Iterator<Item = Line>) -> String {
    let mut text = String::new();
    for line in lines {
        let Line { account_id, offer_id, fate, reason, expected_profit, .. } = line;
        writeln!(text, "{account_id}  {offer_id}  {fate} ({reason})  {expected_profit}")
            .expect("writing to a string succeeds");
    }
    text
}
