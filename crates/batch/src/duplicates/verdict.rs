//! What people decide of a pair: one company, two companies, or nothing any more. Each can be taken back.

use anyhow::{Context, Result, bail};
use domain::canonical::{Entity, entity};
use serde::Serialize;
use store::{PairVerdict, Row, Store, Value};

use crate::ingest::did_you_mean;
use crate::merged::survivor;

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// The account named first.
    pub account_id: String,
    /// The account named second.
    pub other_id: String,
    /// `merged`, `distinct`, or `open`.
    pub verdict: &'static str,
}

fn decided(one: &str, other: &str, verdict: &'static str) -> Decided {
    Decided { account_id: one.to_owned(), other_id: other.to_owned(), verdict }
}

/// Lets `into` stand for `gone`: from the next night on they are one account.
pub async fn confirm(store: &Store, gone: &str, into: &str) -> Result<Decided> {
    let mut row = both(store, gone, into).await?;
    if let Some(kept) = survivor(store, into).await? {
        bail!(
            "{into} itself was merged into {kept}. Merge {gone} into {kept}, or take that back: \
             nobishiro duplicates undo {into} {kept}"
        );
    }
    let place = merged_into()?;
    match &row[place] {
        Value::Text(other) if !other.is_empty() && other != into => bail!(
            "{gone} was merged into {other} already. Take that back first: nobishiro duplicates \
             undo {gone} {other}"
        ),
        _ => row[place] = into.into(),
    }
    store.upsert(accounts()?, &[row]).await?;
    store.record_verdict(&PairVerdict::of(gone, into, Some(into))).await?;
    Ok(decided(gone, into, "merged"))
}

/// Says that two accounts are two: the pair is never proposed again.
pub async fn reject(store: &Store, one: &str, other: &str) -> Result<Decided> {
    both(store, one, other).await?;
    if store.verdicts().await?.iter().any(|v| is(v, one, other) && v.kept_id.is_some()) {
        bail!(
            "{one} and {other} were confirmed as one. Take that back first: nobishiro duplicates \
             undo {one} {other}"
        );
    }
    store.record_verdict(&PairVerdict::of(one, other, None)).await?;
    Ok(decided(one, other, "distinct"))
}

/// Takes back what was decided of a pair.
pub async fn undo(store: &Store, one: &str, other: &str) -> Result<Decided> {
    let known = store.verdicts().await?.into_iter().find(|verdict| is(verdict, one, other));
    let Some(verdict) = known else {
        bail!(
            "nothing was decided of {one} and {other}. A merger that came with a file \
             (accounts.merged_into) is taken back by ingesting the file without it"
        );
    };
    if let Some(gone) = verdict.merged_id() {
        let mut row = one_row(store, gone).await?;
        row[merged_into()?] = Value::Null;
        store.upsert(accounts()?, &[row]).await?;
    }
    store.forget_verdict(&verdict).await?;
    Ok(decided(one, other, "open"))
}

fn is(verdict: &PairVerdict, one: &str, other: &str) -> bool {
    let asked = PairVerdict::of(one, other, None);
    (&verdict.first_id, &verdict.second_id) == (&asked.first_id, &asked.second_id)
}

/// Checks that both are there and are two; gives the row of the first.
async fn both(store: &Store, one: &str, other: &str) -> Result<Row> {
    if one == other {
        bail!("{one} cannot be merged into itself or told from itself: name two accounts");
    }
    one_row(store, other).await?;
    one_row(store, one).await
}

async fn one_row(store: &Store, id: &str) -> Result<Row> {
    let accounts = accounts()?;
    if let Some(row) = store.read_where(accounts, "account_id", &id.into()).await?.pop() {
        Ok(row)
    } else {
        let ids = store.ids(accounts).await?;
        let near = did_you_mean(id, ids.iter().map(String::as_str));
        bail!("there is no account `{id}`; ids are as in accounts.csv.{near}")
    }
}

fn accounts() -> Result<&'static Entity> {
    entity("accounts").context("accounts are canonical")
}

fn merged_into() -> Result<usize> {
    let place = Store::columns(accounts()?).iter().position(|column| *column == "merged_into");
    place.context("accounts have merged_into")
}
