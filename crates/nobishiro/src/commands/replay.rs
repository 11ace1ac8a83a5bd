//! `nobishiro replay`: a run's plan stage repeated from what the run was given.

use std::collections::HashMap;
use std::fmt::Write;

use anyhow::{Result, bail};
use batch::replay::{Difference, Replayed};
use clap::Args;
use store::{Open, RunRow};

use super::Common;
use crate::config::Workspace;
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    common: Common,
    /// A run's id or its beginning; `live` is the run whose plan is live.
    #[arg(value_name = "RUN", default_value = "live")]
    run: String,
    /// Shows this play's decision with its inputs.
    #[arg(long, value_name = "PLAY_ID")]
    decision: Option<String>,
}

impl Replay {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace =
            Workspace::open_whatever_is_live(&self.common.workspace, Open::ReadOnly).await?;
        let run = find(&workspace, &self.run).await?;
        let runs = workspace.dir.join("runs");
        let replayed = batch::replay::replay(&runs, &run.run_id, self.decision.as_deref())?;
        let ids: HashMap<i64, String> =
            workspace.store.all_account_keys().await?.into_iter().collect();
        output::result(self.common.format, &text(&replayed, &ids), &replayed)?;
        if replayed.differing > 0 {
            bail!(
                "the plan of run {} came out differently: {} cells of {} decisions differ",
                replayed.run_id,
                replayed.differing,
                replayed.decisions
            );
        }
        Ok(())
    }
}

/// The run of that id, of that beginning, or the live one.
async fn find(workspace: &Workspace, asked: &str) -> Result<RunRow> {
    if asked == "live" {
        return batch::night::current(&workspace.store).await;
    }
    let ids = workspace.store.run_ids().await?;
    let found: Vec<&String> = ids.iter().filter(|id| id.starts_with(asked)).collect();
    match found.as_slice() {
        [id] => {
            let run = workspace.store.run(id).await?;
            run.map_or_else(|| bail!("run {id} is gone"), Ok)
        }
        [] => bail!("there is no run `{asked}`; runs that are kept: {}", ids.join(", ")),
        many => bail!("`{asked}` is the beginning of {} runs; write more of it", many.len()),
    }
}

/// Cells listed for people.
const LISTED: usize = 50;

fn text(replayed: &Replayed, ids: &HashMap<i64, String>) -> String {
    let Replayed { run_id, as_of, version, this_version, decisions, seed, .. } = replayed;
    let policy =
        replayed.policy_version.map_or("unpublished".to_owned(), |n| format!("version {n}"));
    let mut text = format!(
        "Run {run_id} as of {as_of}, version {version}, policy {policy}, seed {seed}: {decisions} decisions repeated"
    );
    if replayed.same {
        text.push_str(", the same bytes.");
    } else if replayed.differing == 0 {
        text.push_str(", the same decisions in a file that was written anew.");
    } else {
        let _ = write!(text, " by version {this_version}; {} cells differ.", replayed.differing);
    }
    // First what became of offers, then how it is said.
    let mut cells: Vec<&Difference> = replayed.differences.iter().collect();
    cells.sort_by_key(|cell| !matches!(cell.column.as_str(), "" | "fate"));
    for cell in cells.into_iter().take(LISTED) {
        let account = cell.account_key.parse().ok().and_then(|key: i64| ids.get(&key));
        let account = account.map_or(cell.account_key.as_str(), String::as_str);
        let column = if cell.column.is_empty() { "the whole decision" } else { &cell.column };
        let shown = |value: &str| if value.is_empty() { "-".to_owned() } else { value.to_owned() };
        let _ = write!(
            text,
            "\n  {account} {} {column}: {} -> {}",
            cell.offer_id,
            shown(&cell.recorded),
            shown(&cell.replayed)
        );
    }
    if replayed.differences.len() > LISTED {
        text.push_str("\n  … (more with --format json)");
    }
    if let Some(decision) = &replayed.decision {
        text.push_str("\n\nDecision:");
        for (name, value) in &decision.recorded {
            let now = decision.replayed.get(name);
            let value = value.as_str().unwrap_or_default();
            let _ = write!(text, "\n  {name}: {value}");
            if let Some(now) = now.and_then(|now| now.as_str()).filter(|now| *now != value) {
                let _ = write!(text, " -> {now}");
            }
        }
        for (name, value) in [
            ("Odds", &decision.odds),
            ("Facts", &decision.facts),
            ("Recommendations", &decision.recommendations),
            ("Staff", &decision.staff),
        ] {
            let _ = write!(text, "\n\n{name}:\n{value:#}");
        }
    }
    text
}
