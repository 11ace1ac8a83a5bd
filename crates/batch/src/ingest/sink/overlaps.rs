//! Versions of one contract line that overlap, or move from one customer to another.

use std::collections::BTreeMap;

use ::store::{Row, Store};
use anyhow::Result;
use domain::canonical::Entity;
use rustc_hash::FxHashSet;

use super::rows::{key, text};
use crate::ingest::issues::{Issue, Severity};

/// The table that has versions.
const VERSIONED: &str = "subscriptions";

/// Warnings for versions of the file that do not fit their neighbours, stored or in the file.
pub(super) async fn warnings(
    store: &Store,
    entity: &'static Entity,
    rows: &[(u32, Row)],
) -> Result<Vec<Issue>> {
    if entity.name != VERSIONED {
        return Ok(Vec::new());
    }
    let ids: FxHashSet<&str> = rows.iter().filter_map(|(_, row)| text(row, 0)).collect();
    let new: FxHashSet<String> = rows.iter().map(|(_, row)| key(entity, row)).collect();
    let stored = store.read(entity).await?;
    let kept = stored
        .iter()
        .filter(|row| text(row, 0).is_some_and(|id| ids.contains(id)))
        .filter(|row| !new.contains(&key(entity, row)))
        .map(|row| (None, row));
    let at = |name: &str| entity.columns.iter().position(|c| c.name == name).unwrap_or_default();
    let (from, end, account) = (at("effective_on"), at("ended_on"), at("account_id"));
    let mut versions: BTreeMap<(&str, &str), (Option<u32>, &Row)> = BTreeMap::new();
    for (line, row) in kept.chain(rows.iter().map(|(line, row)| (Some(*line), row))) {
        if let (Some(id), Some(on)) = (text(row, 0), text(row, from)) {
            versions.insert((id, on), (line, row));
        }
    }
    let mut issues = Vec::new();
    let mut earlier: Option<((&str, &str), Option<u32>, &Row)> = None;
    for ((id, on), (line, row)) in versions {
        if let Some(((_, before_on), before_line, before)) =
            earlier.filter(|((before, _), ..)| *before == id)
            && let Some(said) = line.or(before_line)
        {
            let mut warn = |column: &str, value: &str, reason: String| {
                let (column, value) = (column.to_owned(), value.to_owned());
                let severity = Severity::Warning;
                issues.push(Issue { line: said, column, value, reason, severity });
            };
            if let Some(ended) = text(before, end).filter(|ended| *ended > on) {
                let reason = format!(
                    "ends {id} (version of {before_on}) only after its next version took effect on \
                     {on}; both are taken, and from {on} the later counts: end the earlier then, or \
                     give two contract lines two ids"
                );
                warn("ended_on", ended, reason);
            }
            if let (Some(old), Some(new)) = (text(before, account), text(row, account))
                && old != new
            {
                let reason = format!(
                    "has {id} from {on} on, which belonged to {old} before; both are taken: if these \
                     are two contracts, give them two ids"
                );
                warn("account_id", new, reason);
            }
        }
        earlier = Some(((id, on), line, row));
    }
    issues.sort_by_key(|issue| issue.line);
    Ok(issues)
}
