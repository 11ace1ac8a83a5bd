//! What is kept for how long: older rows of the lake, artefacts of runs and row issues go.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use domain::canonical;
use domain::time::{Day, Months};
use serde::{Deserialize, Serialize};
use store::Store;

use crate::lake;

/// The section `[retention]` of `nobishiro.toml`: months that are kept, today's not counted. What is not
/// stated is kept for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Readings of usage.
    pub usage_months: Option<u16>,
    /// Page views, carts and the like.
    pub web_events_months: Option<u16>,
    /// Order lines.
    pub orders_months: Option<u16>,
    /// Features, decisions and the like of runs that are no longer the last three.
    pub runs_months: Option<u16>,
    /// Values of refused and doubtful rows, with the rejects files, since they were first seen.
    pub row_issues_months: Option<u16>,
    /// The log of who saw and changed what; 24 unless stated, for it does not grow without bound.
    pub log_months: Option<u16>,
}

/// Months of the log that are kept where nothing else is said.
const LOG_MONTHS: u16 = 24;

/// What went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// What, how much of it, and the month or day that it is older than.
    pub parts: Vec<(String, i64, String)>,
}

/// Where, and when it is.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The store.
    pub store: &'a Store,
    /// The lake's folder.
    pub lake: &'a Path,
    /// The workspace's folder.
    pub dir: &'a Path,
    /// Today, in the workspace's zone.
    pub today: Day,
    /// Now, in seconds since 1970.
    pub now_s: i64,
}

impl Retention {
    /// Sentences that say what is kept and for how long.
    pub fn said(&self) -> Vec<String> {
        let said = |(what, months): (&str, Option<u16>)| match months {
            Some(months) => {
                format!("{what}: older than {months} months goes at the end of each run")
            }
            None => format!("{what}: kept for ever"),
        };
        self.parts().into_iter().map(said).collect()
    }

    fn parts(&self) -> [(&'static str, Option<u16>); 6] {
        [
            ("orders", self.orders_months),
            ("usage", self.usage_months),
            ("web_events", self.web_events_months),
            ("runs", self.runs_months),
            ("row_issues", self.row_issues_months),
            ("log", Some(self.log_months.unwrap_or(LOG_MONTHS))),
        ]
    }
}

/// The first day of the first month that is kept.
fn first_kept(today: Day, months: u16) -> Day {
    today.month_start().plus_months(Months(-i32::from(months)))
}

/// Drops what is older than the section says. Call it under the workspace's lease.
pub async fn apply(retention: &Retention, ask: Ask<'_>) -> Result<Dropped> {
    let mut dropped = Dropped::default();
    for (what, months) in retention.parts() {
        let Some(months) = months else { continue };
        let first = first_kept(ask.today, months);
        let gone = match (what, canonical::entity(what)) {
            ("runs", _) => runs(ask, first).await?,
            ("log", _) => {
                let before_us = i64::from(first.0) * 86_400_000_000;
                i64::try_from(ask.store.forget_log(before_us).await?)?
            }
            (_, Some(entity)) => {
                let month = &first.to_string()[..7];
                lake::drop_months(ask.lake, ask.store, (entity, month), ask.now_s).await?
            }
            _ => issues(ask, first).await?,
        };
        if gone > 0 {
            dropped.parts.push((what.to_owned(), gone, first.to_string()));
        }
    }
    Ok(dropped)
}

/// Removes the folders of runs that the store has forgotten and that were last written before `first`.
async fn runs(ask: Ask<'_>, first: Day) -> Result<i64> {
    let known: BTreeSet<String> = ask.store.run_ids().await?.into_iter().collect();
    let mut gone = 0;
    for entry in fs::read_dir(ask.dir.join("runs")).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let written = entry.metadata().and_then(|folder| folder.modified()).ok();
        let written = written.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        let day = written.map_or(0, |at| i32::try_from(at.as_secs() / 86_400).unwrap_or(i32::MAX));
        if known.contains(&name) || day >= first.0 || !entry.path().is_dir() {
            continue;
        }
        fs::remove_dir_all(entry.path())
            .with_context(|| format!("could not remove {}", entry.path().display()))?;
        gone += 1;
    }
    Ok(gone)
}

async fn issues(ask: Ask<'_>, first: Day) -> Result<i64> {
    let mut gone = 0;
    for (file, entity) in ask.store.aged_issues(ask.now_s, i64::from(first.0) * 86_400).await? {
        gone += i64::try_from(ask.store.forget_issues(&file, &entity).await?)?;
        let rejects = crate::ingest::rejects_path(&ask.dir.join("rejects"), &file, &entity);
        match fs::remove_file(&rejects) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error)
                    .with_context(|| format!("could not remove {}", rejects.display()));
            }
            _ => {}
        }
    }
    Ok(gone)
}
