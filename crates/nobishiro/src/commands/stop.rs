//! `nobishiro stop`: stops selling to an account, or lifts the stop, as the account's page does.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use decide::life::reasons::{self, Reason};
use domain::time::Day;
use serde::Serialize;
use store::{Open, StopKind, StopRow};

use crate::config::Workspace;
use crate::output::Format;
use crate::{clock, output};

#[derive(Debug, Args)]
pub(crate) struct Stop {
    /// The account's id.
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// From when on it may be approached again; without it the stop lasts until somebody lifts it.
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<Day>,
    /// Why: request, complaint, terms, legal, other; any other text counts as other, and is kept as the note.
    #[arg(long, required_unless_present = "lift", value_name = "REASON")]
    reason: Option<String>,
    /// Who does it: a representative's id.
    #[arg(long, value_name = "REP")]
    by: Option<String>,
    /// In your words.
    #[arg(long, default_value = "")]
    note: String,
    /// Lifts the stop.
    #[arg(long, conflicts_with_all = ["until", "reason"])]
    lift: bool,
    /// The workspace's folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    workspace: PathBuf,
    /// Text for people, or one JSON document on standard output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The day; default: today, or the last run's day where the data are old.
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Day>,
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse_iso(text).ok_or_else(|| "write a date such as 2026-03-31".to_owned())
}

/// What the command answers.
#[derive(Debug, Serialize)]
struct Said<'a> {
    account_id: &'a str,
    stopped: bool,
    on: &'a str,
    until: Option<&'a str>,
    reason: Option<&'a str>,
    by: Option<&'a str>,
}

impl Stop {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.workspace, Open::ReadWrite).await?;
        let store = &workspace.store;
        let key = store.account_key_of(&self.account).await?;
        let key = key.with_context(|| format!("there is no account `{}`", self.account))?;
        let row = self.row(&workspace, key).await?;
        if row.kind == StopKind::Lift && !stands(&store.stops_of(key).await?) {
            bail!("selling to `{}` is not stopped: there is nothing to lift", self.account);
        }
        store.set_stop(&row).await?;
        let said = Said {
            account_id: &self.account,
            stopped: row.kind == StopKind::Stop,
            on: &row.on_day,
            until: row.until_day.as_deref(),
            reason: row.reason_code.as_deref(),
            by: row.by_rep.as_deref(),
        };
        output::result(self.format, &text(&said), &said)
    }

    async fn row(&self, workspace: &Workspace, account_key: i64) -> Result<StopRow> {
        if let Some(rep) = &self.by
            && !workspace.store.rep_names().await?.iter().any(|known| known.rep_id == *rep)
        {
            bail!("there is no representative `{rep}`; `reps` has the ids");
        }
        let run = workspace.store.current_run().await?;
        let run = run.and_then(|run| Day::parse_iso(&run.as_of));
        let on = self.on.unwrap_or(web::day_of_answers(clock::today(&workspace.zone), run));
        if let Some(until) = self.until.filter(|until| *until <= on) {
            bail!("--until {until} must be later than the day of the stop, {on}");
        }
        let reason = self.reason.as_deref().map(str::trim).unwrap_or_default();
        let known = Reason::find(reasons::STOP, reason);
        let note = if known.is_none() && self.note.is_empty() { reason } else { self.note.trim() };
        let kind = if self.lift { StopKind::Lift } else { StopKind::Stop };
        Ok(StopRow {
            account_key,
            number: 0,
            kind,
            on_day: on.to_string(),
            until_day: self.until.map(|until| until.to_string()),
            reason_code: (kind == StopKind::Stop)
                .then(|| known.map_or("other", |reason| reason.code).to_owned()),
            note: (!note.is_empty()).then(|| note.to_owned()),
            by_rep: self.by.clone(),
            at_us: clock::now().0,
        })
    }
}

/// Whether a stop is in force.
fn stands(rows: &[StopRow]) -> bool {
    rows.last().is_some_and(|row| row.kind == StopKind::Stop)
}

fn text(said: &Said<'_>) -> String {
    let account = said.account_id;
    if !said.stopped {
        return format!("{account}: offers may be made again.");
    }
    let until = said
        .until
        .map_or_else(|| "until it is lifted".to_owned(), |until| format!("until {until}"));
    let reason = said.reason.and_then(|code| Reason::find(reasons::STOP, code));
    let reason = reason.map_or("", |reason| reason.en);
    format!(
        "{account}: no offers {until} ({reason}). The next run leaves it out; nobody can accept a play to it now."
    )
}
