//! The deal of a play in the CRM (S93): proposed by account, product line and date, confirmed by one click.

use std::collections::{BTreeSet, HashMap};

use domain::canonical;
use domain::time::Day;
use domain::words::Lang;
use store::{PlayRow, PlayState, Value};

use crate::error::Error;
use crate::record::{Record, Records};
use crate::show;
use crate::state::AppState;
use crate::words::PipelineWords;

/// Deals that are proposed.
const PROPOSED: usize = 3;

/// A deal beside a play.
pub(crate) struct DealChoice {
    pub(crate) id: String,
    /// What it is of: product, stage, amount, when it was opened.
    pub(crate) said: String,
    /// Why it is proposed.
    pub(crate) why: &'static str,
    pub(crate) linked: bool,
}

/// The deals of the play's account: the one it is linked to, else the likeliest open ones.
pub(crate) async fn deals(
    state: &AppState,
    (lang, today): (Lang, Day),
    (row, kept): (&PlayRow, Option<&PlayState>),
) -> Result<Vec<DealChoice>, Error> {
    let w = PipelineWords::of(lang);
    let records = Records { store: &state.store, zone: &state.zone, as_of: None };
    let account = state.store.account_names(&[row.account_key]).await?.pop();
    let Some(account) = account else { return Ok(Vec::new()) };
    let rows = records.of("proposals", "account_id", &account.account_id).await?;
    let linked = kept.and_then(|kept| kept.deal_id.as_deref());
    let line = line_of(&records, row.product_id.as_deref()).await?;
    let mut found: Vec<(u8, i32, Record)> = Vec::new();
    for deal in rows {
        if linked.is_some_and(|id| id != deal.text("proposal_id"))
            || (linked.is_none() && !is_open(&deal))
        {
            continue;
        }
        let product = deal.some("product_id");
        let likeness = if product.is_some() && product == row.product_id {
            0
        } else if line.is_some() && line == line_of(&records, product.as_deref()).await? {
            1
        } else {
            2
        };
        let opened = deal.instant("opened_at").map(|at| state.zone.day_of(at));
        let days = opened.map_or(i32::MAX, |day| today.since(day).0.abs());
        found.push((likeness, days, deal));
    }
    found.sort_by(|a, b| {
        (a.0, a.1, a.2.text("proposal_id")).cmp(&(b.0, b.1, b.2.text("proposal_id")))
    });
    let mut choices = Vec::new();
    for (likeness, _, deal) in found.into_iter().take(PROPOSED) {
        choices.push(DealChoice {
            id: deal.text("proposal_id").to_owned(),
            said: said(state, lang, &deal).await?,
            why: match (linked.is_some(), likeness) {
                (true, _) => w.linked,
                (false, 0) => w.same_product,
                (false, 1) => w.same_line,
                (false, _) => w.same_account,
            },
            linked: linked.is_some(),
        });
    }
    Ok(choices)
}

fn is_open(deal: &Record) -> bool {
    deal.instant("closed_at").is_none() && !matches!(deal.text("outcome"), "won" | "lost")
}

/// The line of a product, if it says one.
async fn line_of(records: &Records<'_>, product: Option<&str>) -> Result<Option<String>, Error> {
    let Some(product) = product else { return Ok(None) };
    let row = records.of("products", "product_id", product).await?.pop();
    Ok(row.and_then(|row| row.some("line")))
}

async fn said(state: &AppState, lang: Lang, deal: &Record) -> Result<String, Error> {
    let product = match deal.some("product_id") {
        Some(id) => state.store.product_names(vec![id.clone()]).await?.remove(&id),
        None => None,
    };
    let opened = deal.instant("opened_at").map(|at| show::date(lang, state.zone.day_of(at)));
    let parts = [
        Some(deal.text("proposal_id").to_owned()),
        product,
        deal.some("stage"),
        deal.amount("amount", state.currency),
        opened,
        outcome(lang, deal),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Ok(parts.join(crate::words::either(lang, "・", ", ").as_str()))
}

fn outcome(lang: Lang, deal: &Record) -> Option<String> {
    let w = PipelineWords::of(lang);
    match deal.text("outcome") {
        "won" => Some(w.won.to_owned()),
        "lost" => Some(w.lost.to_owned()),
        _ => None,
    }
}

/// Where these deals stand, by id: result or stage.
pub(super) async fn stages(
    state: &AppState,
    deals: &BTreeSet<String>,
    lang: Lang,
) -> Result<HashMap<String, String>, Error> {
    let Some(entity) = canonical::entity("proposals") else { return Ok(HashMap::new()) };
    let mut stages = HashMap::new();
    for id in deals {
        let is = Value::Text(id.clone());
        let found = state.store.read_where(entity, "proposal_id", &is).await?.pop();
        let Some(deal) = found.map(|row| Record::new(entity, row)) else { continue };
        let stage = outcome(lang, &deal).or_else(|| deal.some("stage"));
        stages.insert(id.clone(), stage.unwrap_or_else(|| id.clone()));
    }
    Ok(stages)
}
