//! Taking the files of an upload into the workspace, and keeping the rows that were refused so that people can mend
//! them.

use std::collections::BTreeMap;

use anyhow::Result;
use batch::ingest::refused::{self, RefusedRows};
use batch::ingest::{FileReport, InputFile, layouts};
use batch::suggest::brought::{Group, without_path};
use domain::time::Day;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::JobRow;

use super::look::looked;
use super::{OfUpload, Standing, argument, upload, write_json};
use crate::commands::ingest::{self, Taking};
use crate::config::Workspace;
use crate::uploads;

/// The refused rows of an upload, beside its files.
pub(super) const REFUSED: &str = "refused.json";
/// By which mapping each file was taken, beside the files.
pub(super) const TAKEN: &str = "taken.json";

/// How a file was taken, so that its mended rows go the same way.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct How {
    /// The mapping's text; none for a file named after its table.
    pub(super) toml: Option<String>,
    /// The name by which the mapping knows a file of these columns, and those columns.
    pub(super) known: Option<(String, Vec<String>)>,
}

pub(super) async fn take(
    workspace: &Workspace,
    job: &JobRow,
    standing: &Standing,
) -> Result<Value> {
    standing.stage("look");
    let asked: OfUpload = argument(job)?;
    let upload = upload(workspace, asked.upload).await?;
    let snapshot_on = asked.snapshot_on.as_deref().and_then(Day::parse_iso);
    let found = looked(workspace, (&upload, &asked))?;
    let places: Vec<usize> =
        uploads::files(workspace, &upload).iter().map(|(place, _)| *place).collect();
    let (mut reports, mut refused, mut how) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (file, place) in found.look.files.iter().zip(&places) {
        if let Some(error) = &file.error {
            reports.push(json!({ "file_no": place, "name": file.name, "error": error }));
        }
    }
    standing.stage("ingest");
    for group in found.groups {
        let taking =
            Taking { files: group.files.clone(), mapping: group.mapping.clone(), snapshot_on };
        let report = ingest::take(workspace, taking, standing).await?;
        keep_mapping(workspace, (&group, &format!("upload-{}", upload.upload_no)), &report.files)?;
        for file in &report.files {
            let at = group.files.iter().position(|it| it.name == file.file);
            let Some((at, input)) = at.map(|at| (places[group.places[at]], &group.files[at]))
            else {
                // Rows that stand in the mapping itself belong to no file.
                continue;
            };
            reports.push(said(file, (at, input)));
            how.insert(at, how_taken(&group, input)?);
            let rows = refused_rows(workspace, &group, (at, input)).await?;
            refused.extend(rows);
        }
    }
    standing.stage("refused");
    refused.sort_by_key(|rows: &RefusedRows| rows.file);
    reports.sort_by_key(|report| report["file_no"].as_u64());
    let folder = uploads::folder(workspace, &upload);
    write_json(&folder.join(REFUSED), &refused)?;
    write_json(&folder.join(TAKEN), &how)?;
    Ok(json!({ "files": reports }))
}

/// Keeps a mapping that took its files, so that the next of their kind needs no work.
fn keep_mapping(
    workspace: &Workspace,
    (group, name): (&Group, &str),
    reports: &[FileReport],
) -> Result<()> {
    // A mapping under which most rows were refused is hardly the right one.
    let wrong = |report: &FileReport| {
        report.error.is_some()
            || report.tables.iter().any(|table| table.refused * 2 > table.rows_read)
    };
    if reports.iter().any(wrong) {
        return Ok(());
    }
    let folder = workspace.dir.join("mappings");
    match (&group.toml, &group.kept) {
        (Some(toml), _) => layouts::remember(&folder, (name, toml), &group.files),
        (None, Some(kept)) => layouts::note(&layouts::Group {
            mapping: group.mapping.clone(),
            kept: Some(kept.clone()),
            files: group.files.clone(),
        }),
        (None, None) => Ok(()),
    }
}

fn how_taken(group: &Group, input: &InputFile) -> Result<How> {
    let toml = match (&group.toml, &group.kept) {
        (Some(toml), _) => Some(toml.clone()),
        (None, Some(kept)) => Some(std::fs::read_to_string(kept)?),
        (None, None) => None,
    };
    let known = group.mapping.as_ref().and_then(|mapping| mapping.known(&input.name));
    Ok(How { toml, known: known.map(|known| (known.earlier.clone(), known.columns.clone())) })
}

async fn refused_rows(
    workspace: &Workspace,
    group: &Group,
    (at, input): (usize, &InputFile),
) -> Result<Option<RefusedRows>> {
    let mapping = group.mapping.as_ref();
    let rows = refused::refused(&workspace.store, input, mapping).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let columns = refused::columns(input, mapping)?;
    let name = input.name.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(Some(RefusedRows { file: at, name, columns, rows }))
}

/// A file's report for the pages.
fn said(file: &FileReport, (at, input): (usize, &InputFile)) -> Value {
    let clean = |text: &String| without_path(text, input);
    json!({
        "file_no": at,
        "name": input.name.rsplit('/').next(),
        "rows": file.rows,
        "error": file.error.as_ref().map(clean),
        "left_out": file.left_out.as_ref().map(clean),
        "notes": file.notes.iter().map(clean).collect::<Vec<_>>(),
        "tables": file.tables.iter().map(|table| json!({
            "table": table.table,
            "read": table.rows_read,
            "taken": table.taken,
            "replaced": table.replaced,
            "unchanged": table.unchanged,
            "refused": table.refused,
            "skipped": table.skipped,
            "warned": table.warned,
        })).collect::<Vec<_>>(),
    })
}
