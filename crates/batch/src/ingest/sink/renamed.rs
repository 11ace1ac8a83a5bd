//! Ids that come again with a wholly other name: perhaps two files use the same ids for different things.

use ::store::{Row, Store, Value};
use anyhow::Result;
use domain::canonical::Entity;
use rustc_hash::FxHashMap;

use super::rows::text;
use crate::duplicates::unlike_names;
use crate::ingest::issues::{Issue, Severity};

/// Tables whose rows have a name, and the column that says what kind of thing it is.
const NAMED: &[(&str, &str, &str)] = &[("accounts", "name", "kind"), ("products", "name", "kind")];

/// Warnings for rows that would replace a wholly other name.
pub(super) async fn warnings(
    store: &Store,
    entity: &'static Entity,
    rows: &[(u32, Row)],
) -> Result<Vec<Issue>> {
    let Some((_, name, kind)) = NAMED.iter().find(|(table, ..)| *table == entity.name) else {
        return Ok(Vec::new());
    };
    let at = |name: &str| entity.columns.iter().position(|column| column.name == name);
    let (Some(name_at), Some(kind_at)) = (at(name), at(kind)) else { return Ok(Vec::new()) };
    let stored: FxHashMap<String, (String, Value)> = store
        .read(entity)
        .await?
        .into_iter()
        .filter_map(|row| {
            let (id, name) = (text(&row, 0)?.to_owned(), text(&row, name_at)?.to_owned());
            (name != id).then(|| (id, (name, row[kind_at].clone())))
        })
        .collect();
    let mut known = 0_u64;
    let mut issues = Vec::new();
    for (line, row) in rows {
        let (Some(id), Some(new)) = (text(row, 0), text(row, name_at)) else { continue };
        let Some((old, old_kind)) = stored.get(id) else { continue };
        known += 1;
        if new == id || !unlike_names(old, new) {
            continue;
        }
        let kinds = match (old_kind, &row[kind_at]) {
            (Value::Text(old), Value::Text(new)) if old != new => {
                format!(", and its {kind} from {old} to {new}")
            }
            _ => String::new(),
        };
        issues.push(Issue {
            line: *line,
            column: (*name).to_owned(),
            value: new.to_owned(),
            reason: format!(
                "takes the place of `{old}` under the id {id}{kinds}; the row is taken. If another \
                 one has got this id, give the two ids of their own and ingest both again"
            ),
            severity: Severity::Warning,
        });
    }
    if issues.len() > 1 && issues.len() as u64 * 2 > known {
        let reason = format!(
            "{} of the {known} ids of this file that were known come with a wholly other name: it \
             seems to use the same ids for different things. If so, put something before its ids \
             in a mapping (concat), and ingest the earlier file again",
            issues.len()
        );
        let (column, severity) = (entity.key[0].to_owned(), Severity::Warning);
        issues.insert(0, Issue { line: 0, column, value: String::new(), reason, severity });
    }
    Ok(issues)
}
