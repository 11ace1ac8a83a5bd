//! "What was this account's contract on 1 March": contracts in force on a day, and every change.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use decide::card::Said;
use domain::canonical::entity;
use domain::money::Currency;
use domain::time::{Day, Zone};
use serde::Serialize;
use store::{LoggedVersion, Store};

use super::{Change, Histories, Terms, line};
use crate::ingest::did_you_mean;
use crate::merged::survivor;
use crate::snapshot::Snapshot;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// The workspace's store.
    pub store: &'a Store,
    /// Its zone.
    pub zone: &'a Zone,
    /// Its currency.
    pub currency: Currency,
    /// The account's id.
    pub account: &'a str,
    /// The day.
    pub on: Day,
}

/// A contract line in force on the day.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    /// The contract line.
    pub subscription_id: String,
    /// What is held.
    #[serde(flatten)]
    pub terms: Shown,
    /// The version's first day.
    pub from: String,
    /// First day on which it does not hold any more.
    pub until: Option<String>,
}

/// Terms as files carry them.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// The product.
    pub product_id: String,
    /// Seats.
    pub seats: Option<i64>,
    /// Monthly recurring revenue, a decimal.
    pub mrr: Option<String>,
    /// Its currency.
    pub currency: String,
    /// Months of the term.
    pub term_months: Option<i64>,
    /// Next renewal.
    pub renews_on: Option<String>,
}

/// One change.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// The contract line.
    pub subscription_id: String,
    /// The day from which it holds.
    pub on: String,
    /// The day from which the next holds.
    pub until: Option<String>,
    /// Its code, as in `subscriptions.change_kind`.
    pub change: &'static str,
    /// Whether the file says so, or the values.
    pub stated: bool,
    /// In words.
    pub said: Said,
    /// Before.
    pub before: Option<Shown>,
    /// From now on.
    pub after: Option<Shown>,
    /// Where it comes from: a file, or the month-end sheets.
    pub source: String,
    /// What the version was said to be before it was corrected, oldest first.
    pub corrected: Vec<Corrected>,
}

/// Values that a later file corrected.
#[derive(Debug, Clone, Serialize)]
pub struct Corrected {
    /// The file that had said so.
    pub source: String,
    /// The product.
    pub product_id: Option<String>,
    /// Seats.
    pub seats: Option<i64>,
    /// Monthly recurring revenue, a decimal.
    pub mrr: Option<String>,
    /// Its end.
    pub ended_on: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// The account: the one that stands for it, when it was merged.
    pub account_id: String,
    /// The id that was asked for, when another stands for it.
    pub merged_from: Option<String>,
    /// The day.
    pub on: String,
    /// What was in force on the day.
    pub contracts: Vec<Held>,
    /// Their recurring revenue in the workspace's currency, a decimal; nothing where a rate is missing.
    pub mrr: Option<String>,
    /// The workspace's currency.
    pub currency: String,
    /// Every change, oldest first; also those after the day.
    pub changes: Vec<Told>,
}

/// The history of an account. An id that is not known is an error that names the nearest one.
pub async fn answer(ask: &Ask<'_>) -> Result<Answer> {
    let kept = survivor(ask.store, ask.account).await?;
    let id = kept.as_deref().unwrap_or(ask.account);
    let ever = Day::from_ymd(2199, 12, 31).context("the last possible day is a day")?;
    let snapshot = Snapshot::read(ask.store, ever, ask.zone, ask.currency).await?;
    let Some(key) = snapshot.account(id) else {
        let accounts = entity("accounts").context("accounts are canonical")?;
        let ids = ask.store.ids(accounts).await?;
        let near = did_you_mean(id, ids.iter().map(String::as_str));
        bail!("there is no account `{id}`; ids are as in accounts.csv.{near}");
    };
    let changes = Histories::of(&snapshot).changes(key);
    let log = log(ask.store, &changes).await?;
    let held: Vec<&Change> = changes.iter().filter(|c| c.holds_on(ask.on)).collect();
    let in_own = |change: &&Change| {
        let terms = change.after.as_ref()?;
        match terms.mrr_minor {
            None => Some(0),
            Some(minor) => snapshot.rates.convert(minor, &terms.currency, ask.on),
        }
    };
    let mrr: Option<i64> = held.iter().map(in_own).sum();
    Ok(Answer {
        account_id: id.to_owned(),
        merged_from: kept.as_ref().map(|_| ask.account.to_owned()),
        on: ask.on.to_string(),
        mrr: mrr.map(|minor| ask.currency.decimal(minor)),
        currency: ask.currency.code().to_owned(),
        contracts: held.into_iter().filter_map(in_force).collect(),
        changes: changes.iter().map(|change| told(change, &log)).collect(),
    })
}

fn in_force(change: &Change) -> Option<Held> {
    Some(Held {
        subscription_id: change.subscription.clone(),
        terms: shown(change.after.as_ref()?),
        from: change.on.to_string(),
        until: change.until.map(|day| day.to_string()),
    })
}

/// What was ever said of each version.
type Log = BTreeMap<(String, String), Vec<LoggedVersion>>;

async fn log(store: &Store, changes: &[Change]) -> Result<Log> {
    let mut ids: Vec<String> = changes.iter().map(|change| change.subscription.clone()).collect();
    ids.sort();
    ids.dedup();
    let mut log = Log::new();
    for version in store.contract_log(&ids).await? {
        let key = (version.subscription_id.clone(), version.effective_on.clone());
        log.entry(key).or_default().push(version);
    }
    Ok(log)
}

fn told(change: &Change, log: &Log) -> Told {
    let key = (change.subscription.clone(), change.effective_on.to_string());
    let said = log.get(&key).map_or(&[][..], Vec::as_slice);
    let (last, earlier) = said.split_last().map_or((None, &[][..]), |(l, e)| (Some(l), e));
    let sheet = change.subscription.starts_with(crate::month_end::SHEET_PREFIX);
    let source = match last.map(|version| version.file.as_str()) {
        None if sheet => "mrr_snapshots",
        None | Some("") => "subscriptions",
        Some(file) => file,
    };
    Told {
        subscription_id: change.subscription.clone(),
        on: change.on.to_string(),
        until: change.until.map(|day| day.to_string()),
        change: change.kind.code(),
        stated: change.stated,
        said: (&line(change)).into(),
        before: change.before.as_ref().map(shown),
        after: change.after.as_ref().map(shown),
        source: source.to_owned(),
        corrected: earlier.iter().map(corrected).collect(),
    }
}

fn corrected(version: &LoggedVersion) -> Corrected {
    Corrected {
        source: version.file.clone(),
        product_id: version.product_id.clone(),
        seats: version.seats,
        mrr: decimal(version.mrr, version.currency.as_deref().unwrap_or_default()),
        ended_on: version.ended_on.clone(),
    }
}

fn shown(terms: &Terms) -> Shown {
    Shown {
        product_id: terms.product.clone(),
        seats: terms.seats,
        mrr: decimal(terms.mrr_minor, &terms.currency),
        currency: terms.currency.clone(),
        term_months: terms.term_months,
        renews_on: terms.renews_on.map(|day| day.to_string()),
    }
}

fn decimal(minor: Option<i64>, code: &str) -> Option<String> {
    Some(Currency::parse(code)?.decimal(minor?))
}
