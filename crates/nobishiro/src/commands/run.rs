//! `nobishiro run`: one night.

use std::fmt::Write;

use anyhow::Result;
use batch::night::{Night, Stage, Summary};
use clap::Args;
use domain::money::Currency;
use domain::time::Day;
use store::Open;

use super::Common;
use crate::config::Workspace;
use crate::{clock, lease, output};

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    common: Common,
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
        let workspace = Workspace::open(&self.common.workspace, Open::ReadWrite).await?;
        let summary = night(&workspace, self.as_of, self.stage, self.seed).await?;
        output::result(self.common.format, &text(&summary, workspace.currency), &summary)
    }
}

/// Runs a night under the workspace's lease.
pub(crate) async fn night(
    workspace: &Workspace,
    as_of: Option<Day>,
    until: Stage,
    seed: i64,
) -> Result<Summary> {
    let progress = |stage: &str| output::progress(&format!("{stage} …"));
    let night = Night {
        store: &workspace.store,
        lake: workspace.lake.clone(),
        runs: workspace.dir.join("runs"),
        zone: workspace.zone.clone(),
        currency: workspace.currency,
        policy: &workspace.policy,
        policy_text: &workspace.policy_text,
        as_of,
        today: clock::today(&workspace.zone),
        seed,
        until,
        progress: &progress,
    };
    let summary = lease::hold(&workspace.store, "run", batch::night::run(&night)).await?;
    output::progress_done();
    if let Some(note) = &summary.as_of_note {
        output::say(note);
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
    if let Some(bookings) = &summary.planned.bookings {
        let _ = write!(text, "\n  {}", bookings.said.en);
        if let Some(warning) = &bookings.warning {
            let _ = write!(text, "\n  Warning: {}", warning.en);
        }
    }
    for (fate, count) in &summary.planned.fates {
        let _ = write!(text, "\n  {fate}: {count}");
    }
    text.push_str("\nNext: nobishiro plays, nobishiro explain ACCOUNT, or nobishiro serve");
    text
}
