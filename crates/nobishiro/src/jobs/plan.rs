//! A night that somebody asked for in the browser.

use anyhow::Result;
use batch::night::Stage;
use serde_json::{Value, json};

use super::Standing;
use crate::commands::run::{self, Asked};
use crate::config::Workspace;

pub(super) async fn run(workspace: &Workspace, standing: &Standing) -> Result<Value> {
    let asked = Asked { as_of: None, until: Stage::Plan, seed: 1 };
    let summary = run::night(workspace, asked, &|stage: &str| standing.stage(stage)).await?;
    let warnings: Vec<Value> = summary
        .warnings
        .iter()
        .map(|warning| json!({ "ja": warning.said.ja, "en": warning.said.en }))
        .collect();
    Ok(json!({
        "run_id": summary.run_id,
        "as_of": summary.as_of,
        "other_day": summary.as_of_note.is_some(),
        "accounts": summary.accounts,
        "features": summary.features,
        "candidates": summary.candidates,
        "plays": summary.planned.plays,
        "hours": summary.planned.hours,
        "no_hours": summary.no_hours,
        "warnings": warnings,
    }))
}
