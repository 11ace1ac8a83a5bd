//! `nobishiro check`: configuration and data, and what is missing for which capability.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Context, Result};
use batch::check::{Finding, Standing};
use batch::snapshot::Snapshot;
use batch::warnings::Warning;
use clap::Args;
use decide::bookings::Bookings;
use decide::policy::Policy;
use domain::words::Lang;
use serde_json::json;
use store::{Open, RowIssue};

use super::Common;
use crate::config::Workspace;
use crate::{clock, live, output};

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    common: Common,
    /// The language of the advice.
    #[arg(long, value_parser = super::plays::lang, default_value = "en")]
    lang: Lang,
}

impl Check {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.common.workspace, Open::ReadWrite).await?;
        let store = &workspace.store;
        let today = clock::today(&workspace.zone);
        let snapshot = Snapshot::read(store, today, &workspace.zone, workspace.currency).await?;
        let mut lake = Vec::new();
        for entity in ["orders", "usage", "web_events"] {
            let rows: i64 = store.lake_files(entity).await?.iter().map(|file| file.rows).sum();
            lake.push((entity, u64::try_from(rows).unwrap_or(0)));
        }
        let findings = batch::check::check(&snapshot, &lake);
        let (mut warnings_said, order_lines) = self.lake(&workspace, &snapshot).await?;
        warnings_said.extend(batch::warnings::all(store, &snapshot, &order_lines).await?);
        let duplicates = batch::duplicates::propose(store).await?.pairs.len();
        let (errors, warnings) = store.issue_count().await?;
        let issues = store.row_issues(ISSUES_MAX).await?;
        let mut text = text(&findings, (errors, warnings), self.lang);
        text.push_str(&policy_line(&workspace, self.lang)?);
        issue_lines(&mut text, &issues);
        for warning in &warnings_said {
            let _ = write!(text, "\n\n! {}", warning.said.get(self.lang));
        }
        text.push_str(&duplicates_line(duplicates, self.lang));
        text.push_str("\n\nKept (`[retention]` in nobishiro.toml):");
        for kept in workspace.retention.said() {
            let _ = write!(text, "\n  {kept}");
        }
        let bookings = bookings(&workspace).await?;
        if let Some(bookings) = &bookings {
            let _ = write!(text, "\n\n{}", bookings.said.get(self.lang));
            if let Some(warning) = &bookings.warning {
                let _ = write!(text, "\n{}", warning.get(self.lang));
            }
        }
        let list: Vec<_> = issues
            .iter()
            .map(|i| json!({ "file": i.file, "line": i.line, "table": i.entity, "column": i.column, "value": i.value, "reason": i.reason, "severity": i.severity }))
            .collect();
        let json = json!({
            "findings": findings,
            "warnings": warnings_said,
            "duplicates_proposed": duplicates,
            "retention": workspace.retention,
            "bookings": bookings,
            "policy_version": workspace.live.number(),
            "offers_stopped": workspace.live.stop.as_ref().map(|stop| json!({ "since": stop.stopped_on, "by": stop.stopped_by, "reason": stop.reason })),
            "row_issues": { "errors": errors, "warnings": warnings, "first": list },
        });
        output::result(self.common.format, &text, &json)
    }
}

impl Check {
    /// What is wrong with the lake's files; if nothing is, the order lines without a rate too.
    async fn lake(
        &self,
        workspace: &Workspace,
        snapshot: &Snapshot,
    ) -> Result<(Vec<Warning>, Vec<(String, u64)>)> {
        let pinned = batch::lake::pin(&workspace.store).await?;
        let mut missing: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for (entity, error) in batch::lake::missing(&workspace.lake, &pinned) {
            missing.entry(entity).or_default().push(error);
        }
        let warnings: Vec<Warning> = missing
            .into_iter()
            .map(|(entity, errors)| Warning {
                code: "lake_files_missing",
                said: batch::check::lake_loss(entity, errors.len(), &errors[0]),
            })
            .collect();
        let lines = if warnings.is_empty() && !pinned.files("orders").is_empty() {
            batch::night::order_lines_without_rate(&workspace.lake, snapshot, &pinned).await?
        } else {
            Vec::new()
        };
        Ok((warnings, lines))
    }
}

/// Where the likely duplicates are listed.
fn duplicates_line(pairs: usize, lang: Lang) -> String {
    match (pairs, lang) {
        (0, _) => String::new(),
        (_, Lang::Ja) => format!(
            "\n\n重複と思われる顧客が {pairs} 組あります。確認するまで統合しません: nobishiro duplicates"
        ),
        (_, Lang::En) => format!(
            "\n\n{pairs} pairs of accounts look like one company each; none is merged before you confirm it: \
             nobishiro duplicates"
        ),
    }
}

/// Which policy is live, whether the draft is another, and whether offers are stopped. A draft that is not right is
/// an error.
fn policy_line(workspace: &Workspace, lang: Lang) -> Result<String> {
    let draft = live::draft(&workspace.dir)?;
    let path = live::path(&workspace.dir);
    Policy::parse(&draft).with_context(|| format!("{} is not right", path.display()))?;
    let (number, same) = (workspace.live.number(), draft == workspace.live.text);
    let mut text = match (lang, number) {
        (Lang::Ja, Some(number)) => format!("\n\nポリシー: バージョン{number}を公開中"),
        (Lang::En, Some(number)) => format!("\n\nPolicy: version {number} is live"),
        (Lang::Ja, None) => {
            "\n\nポリシー: まだ公開されていません(最初の実行が policy.toml を公開します)".to_owned()
        }
        (Lang::En, None) => {
            "\n\nPolicy: none was published yet; the first run publishes policy.toml".to_owned()
        }
    };
    if !same {
        text.push_str(match lang {
            Lang::Ja => "。policy.toml は公開中の内容と異なる下書きです: nobishiro policy diff",
            Lang::En => "; policy.toml is a draft that differs: nobishiro policy diff",
        });
    }
    if let Some(stop) = &workspace.live.stop {
        text.push_str("\n\n! ");
        text.push_str(&match lang {
            Lang::Ja => live::stopped_ja(stop),
            Lang::En => live::stopped(stop),
        });
    }
    Ok(text)
}

/// The live plan beside the last quarters' bookings, as its run wrote it; none before the first run.
async fn bookings(workspace: &Workspace) -> Result<Option<Bookings>> {
    let Some(run) = workspace.store.current_run().await? else { return Ok(None) };
    // A run of an earlier version has none.
    let summary: serde_json::Value = serde_json::from_str(&run.summary).unwrap_or_default();
    let bookings = summary.get("bookings").cloned().unwrap_or_default();
    Ok(serde_json::from_value(bookings).unwrap_or_default())
}

/// Issues in the JSON answer.
const ISSUES_MAX: u32 = 1000;
/// Issues shown to people.
const ISSUES_SHOWN: usize = 10;

fn issue_lines(text: &mut String, issues: &[RowIssue]) {
    for issue in issues.iter().take(ISSUES_SHOWN) {
        let at = if issue.column.is_empty() {
            issue.entity.clone()
        } else {
            format!("{}.{}", issue.entity, issue.column)
        };
        let _ = match issue.line {
            // Of the file as a whole.
            0 => write!(text, "\n  {}, {at}: {}", issue.file, issue.reason),
            line => write!(
                text,
                "\n  {} line {line}, {at} `{}`: {}",
                issue.file, issue.value, issue.reason
            ),
        };
    }
    if issues.len() > ISSUES_SHOWN {
        text.push_str("\n  … (more with --format json)");
    }
}

fn text(findings: &[Finding], issues: (u64, u64), lang: Lang) -> String {
    let mut text = String::from("nobishiro.toml and policy.toml are right.\n");
    for finding in findings {
        let standing = match finding.standing {
            Standing::Ready => "ready  ",
            Standing::Thin => "thin   ",
            Standing::Missing => "missing",
        };
        let _ = write!(
            text,
            "\n  {standing}  {:<28} {:>9} of {:<9} {}",
            finding.needs, finding.rows, finding.of, finding.serves
        );
        if finding.standing != Standing::Ready {
            let _ = write!(text, "\n           {}", finding.said.get(lang));
        }
    }
    let _ = write!(
        text,
        "\n\nRow issues on record: {} refused, {} taken with a warning (refused rows lie in the rejects folder).",
        issues.0, issues.1
    );
    text
}
