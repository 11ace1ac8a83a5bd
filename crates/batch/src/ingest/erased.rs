//! Rows of persons who were erased on request: they are refused, and nothing of them is put on record.

use std::borrow::Cow;

use anyhow::Result;
use arrow::array::{Array as _, AsArray as _, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use domain::canonical::{Entity, Home, Kind};
use store::{Erased, row_text};

use super::convert::Converted;
use super::issues::{Issue, Severity};
use super::sink::row_of;

/// Takes rows of erased persons out, each with an issue that does not name them; how many. What was blanked
/// in the issues of an earlier ingest is blanked again.
pub(super) fn refuse(erased: &Erased, converted: &mut Converted) -> Result<u64> {
    let rows = &mut converted.rows;
    let keep: BooleanArray = (0..rows.batch.num_rows())
        .map(|row| Some(!is_erased(erased, rows.entity, &rows.batch, row)))
        .collect();
    for issue in converted.issues.iter_mut().filter(|issue| erased.has("value", &issue.value)) {
        issue.value.clear();
    }
    let refused = keep.len() - keep.true_count();
    if refused == 0 {
        return Ok(0);
    }
    let lines: Vec<u32> =
        (0..keep.len()).filter(|row| !keep.value(*row)).map(|row| rows.lines.line(row)).collect();
    rows.batch = filter_record_batch(&rows.batch, &keep)?;
    rows.lines = rows.lines.filter(&keep);
    converted.issues.retain(|issue| !lines.contains(&issue.line));
    converted.issues.extend(lines.into_iter().map(|line| Issue {
        line,
        column: String::new(),
        value: String::new(),
        reason: "erased on request: the row is of a person who was erased, and is refused; take it out of \
                 the file"
            .to_owned(),
        severity: Severity::Error,
    }));
    Ok(refused as u64)
}

/// Whether this id of a table was erased.
pub(super) fn is_id(erased: &Erased, table: &str, id: &str) -> bool {
    match table {
        "contacts" => erased.has("contact", id),
        "accounts" => erased.has("account", id),
        _ => false,
    }
}

fn is_erased(erased: &Erased, entity: &'static Entity, batch: &RecordBatch, row: usize) -> bool {
    let cells = || entity.columns.iter().zip(batch.columns());
    let text = |array: &arrow::array::ArrayRef| {
        let texts = array.as_string_opt::<i32>()?;
        texts.is_valid(row).then(|| texts.value(row).to_owned())
    };
    let by_id = cells().enumerate().any(|(at, (column, array))| {
        let table = match column.kind {
            Kind::Ref(table) => table,
            Kind::Text if at == 0 => entity.name,
            _ => return false,
        };
        matches!(table, "contacts" | "accounts")
            && text(array).is_some_and(|id| is_id(erased, table, &id))
    });
    let by_mail = entity.name == "contacts"
        && cells()
            .filter(|(column, _)| column.name == "email")
            .filter_map(|(_, array)| text(array))
            .any(|mail| erased.has("mail", &mail.trim().to_lowercase()));
    by_id || by_mail || (entity.home == Home::Store && erased.has("row", &key(entity, batch, row)))
}

/// The key of a row as the erasure noted it.
fn key(entity: &'static Entity, batch: &RecordBatch, row: usize) -> String {
    let values = row_of(batch, row);
    let part = |key: &&'static str| {
        let at = entity.columns.iter().position(|column| column.name == *key);
        match at.and_then(|at| values.get(at)) {
            Some(store::Value::Text(text)) => Cow::Owned(text.clone()),
            Some(store::Value::Int(number)) => Cow::Owned(number.to_string()),
            Some(store::Value::Real(number)) => Cow::Owned(number.to_string()),
            _ => Cow::Borrowed(""),
        }
    };
    let parts: Vec<Cow<'_, str>> = entity.key.iter().map(part).collect();
    row_text(entity.name, &parts.iter().map(Cow::as_ref).collect::<Vec<_>>())
}
