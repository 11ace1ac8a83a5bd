//! `nobishiro run`: one night.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use batch::lake::Scope;
use batch::night::{Night, Stage, Summary};
use clap::Args;
use domain::money::Currency;
use domain::time::Day;
use serde_json::json;
use store::Open;

use super::Common;
use crate::config::Workspace;
use crate::home::Home;
use crate::{clock, lease, live, output, upkeep};

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    common: Common,
    /// Run a night in every workspace of this home, one after the other.
    #[arg(long, value_name = "DIR", conflicts_with = "workspace")]
    home: Option<PathBuf>,
    /// Decide as of the end of this day; default: today, or the last day with data when they end more than
    /// 30 days earlier.
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Day>,
    /// Stop after this stage: features, train, score or plan. Only plan publishes.
    #[arg(long, default_value = "plan", value_parser = stage)]
    stage: Stage,
    /// The seed of every draw.
    #[arg(long, default_value_t = 1)]
    seed: i64,
}

pub(crate) fn day(text: &str) -> Result<Day, String> {
    Day::parse_iso(text).ok_or_else(|| "write a date such as 2026-03-12".to_owned())
}

fn stage(text: &str) -> Result<Stage, String> {
    batch::night::stage(text).map_err(|error| error.to_string())
}

impl Run {
    pub(crate) async fn run(self) -> Result<()> {
        if let Some(home) = &self.home {
            return self.nights(home).await;
        }
        let workspace = Workspace::open(&self.common.workspace, Open::ReadWrite).await?;
        let summary = night(&workspace, self.asked(), &told).await?;
        output::result(self.common.format, &text(&summary, workspace.currency), &summary)
    }

    fn asked(&self) -> Asked {
        Asked { as_of: self.as_of, until: self.stage, seed: self.seed }
    }

    /// A night in every workspace of a home. One that fails does not keep the others from theirs.
    async fn nights(&self, home: &Path) -> Result<()> {
        let home = Home::open(home, Open::ReadOnly).await?;
        let (mut said, mut results, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for row in home.list.workspaces().await? {
            let done = async {
                let workspace = home.workspace(&row, Open::ReadWrite).await?;
                let summary = night(&workspace, self.asked(), &told).await?;
                Ok((text(&summary, workspace.currency), summary))
            };
            let done: Result<(String, Summary)> = done.await;
            match done {
                Ok((text, summary)) => {
                    said.push(format!("{}: {text}", row.name));
                    results.push(json!({ "workspace": row.name, "summary": summary }));
                }
                Err(error) => {
                    let error = format!("{error:#}");
                    said.push(format!("{}: failed: {error}", row.name));
                    results.push(json!({ "workspace": row.name, "error": error }));
                    failed.push(row.name);
                }
            }
        }
        if results.is_empty() {
            bail!("no workspace is listed in {}: nobishiro home add WORKSPACE", home.dir.display());
        }
        output::result(self.common.format, &said.join("\n"), &results)?;
        if !failed.is_empty() {
            bail!(
                "{} of {} workspaces had no night: {}. The others are done; mend these and run again with --workspace",
                failed.len(),
                results.len(),
                failed.join(", ")
            );
        }
        Ok(())
    }
}

/// Which night.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// The day; by default the night's own choice.
    pub(crate) as_of: Option<Day>,
    /// The last stage.
    pub(crate) until: Stage,
    /// The seed of every draw.
    pub(crate) seed: i64,
}

/// Tells a terminal which stage begins.
pub(crate) fn told(stage: &str) {
    output::progress(&format!("{stage} …"));
}

/// Runs a night under the workspace's lease; `progress` is told the stages.
pub(crate) async fn night(
    workspace: &Workspace,
    Asked { as_of, until, seed }: Asked,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Summary> {
    let policy_version = live::for_run(workspace).await?;
    let night = Night {
        store: &workspace.store,
        lake: workspace.lake.clone(),
        runs: workspace.dir.join("runs"),
        zone: workspace.zone.clone(),
        currency: workspace.currency,
        policy: &workspace.live.policy,
        policy_text: &workspace.live.text,
        policy_version,
        as_of,
        today: clock::today(&workspace.zone),
        seed,
        until,
        progress,
    };
    let work = async {
        let summary = batch::night::run(&night).await?;
        progress("upkeep");
        let kept = upkeep::after(workspace, Scope::Worthwhile).await?;
        Ok((summary, kept))
    };
    let held = lease::hold(workspace, "run", work).await;
    output::progress_done();
    let (summary, kept) = held?;
    kept.say();
    if let Some(note) = &summary.as_of_note {
        output::say(note);
    }
    for warning in &summary.warnings {
        output::say(&format!("warning: {}", warning.said.en));
    }
    if let Some(stop) = &workspace.live.stop {
        output::say(&live::stopped(stop));
    }
    Ok(summary)
}

/// The summary as people read it.
pub(crate) fn text(summary: &Summary, currency: Currency) -> String {
    let mut text =
        format!("Run {} as of {}: {} accounts", summary.run_id, summary.as_of, summary.accounts);
    if !summary.published {
        let _ = write!(
            text,
            ", {} features; stopped before the plan, nothing published",
            summary.features
        );
        return text;
    }
    let _ = write!(
        text,
        ", {} candidates\n  plan: {} plays, {:.1} hours, expected incremental profit {} (bound {})",
        summary.candidates,
        summary.planned.plays,
        summary.planned.hours,
        currency.display(summary.planned.expected_minor),
        currency.display(summary.planned.bound_minor),
    );
    match summary.policy_version {
        Some(version) => drop(write!(text, "\n  policy: version {version}")),
        None => drop(write!(text, "\n  policy: {}", &summary.policy_hash[..12])),
    }
    if let Some(since) = &summary.stopped {
        let _ = write!(text, "\n  offers are stopped since {since}: only care and accepted work");
    }
    if summary.no_hours {
        text.push_str("\n  nobody has hours in the weeks ahead: the plan has no work for reps (`[hours]` of the policy, `hours_per_week` of reps, absences)");
    }
    let planned = &summary.planned;
    if planned.stranded_hours >= 0.05 {
        let _ = write!(
            text,
            "\n  idle: {:.1} hours that colleagues of the same team and role could use",
            planned.stranded_hours
        );
    }
    for (offer, lack) in &planned.unmet_volumes {
        let _ = write!(text, "\n  minimum volume of {offer}: {lack} short");
    }
    if planned.under_way > 0 {
        let (n, hours) = (planned.under_way, planned.under_way_hours);
        let _ = write!(text, "\n  under way: {n} plays, {hours:.1} hours still to do");
    }
    if !planned.changes.is_empty() {
        let each: Vec<String> =
            planned.changes.iter().map(|(change, n)| format!("{n} {change}")).collect();
        let _ = write!(text, "\n  changed since the plan before: {}", each.join(", "));
    }
    if let Some(bookings) = &summary.planned.bookings {
        let _ = write!(text, "\n  {}", bookings.said.en);
        if let Some(warning) = &bookings.warning {
            let _ = write!(text, "\n  Warning: {}", warning.en);
        }
    }
    for model in &summary.models {
        let _ = write!(text, "\n  model {model}");
    }
    for (fate, count) in &summary.planned.fates {
        let _ = write!(text, "\n  {fate}: {count}");
    }
    text.push_str("\nNext: nobishiro plays, nobishiro explain ACCOUNT, or nobishiro serve");
    text
}
