//! Taking the rows that people mended, and only those.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use batch::ingest::refused::{self, RefusedRow, RefusedRows};
use batch::ingest::{InputFile, KnownFile, Mapping};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{JobRow, UploadRow};

use super::take::{How, REFUSED, TAKEN};
use super::{Standing, argument, upload, write_json};
use crate::commands::ingest::{self, Taking};
use crate::config::Workspace;
use crate::uploads;

/// Which upload, and the file beside its files in which the corrections stand: they are values of people's.
#[derive(Debug, Deserialize)]
struct OfCorrections {
    upload: i64,
    corrections: String,
}

/// What people wrote.
#[derive(Debug, Deserialize)]
struct Corrections {
    file: usize,
    rows: Vec<CorrectedRow>,
}

/// New values of one row, by the places of the file's columns.
#[derive(Debug, Deserialize)]
struct CorrectedRow {
    line: u32,
    values: Vec<(usize, String)>,
}

/// A file under repair.
struct Repair<'a> {
    workspace: &'a Workspace,
    folder: &'a Path,
    /// The file as it was taken first.
    first: InputFile,
    how: How,
}

pub(super) async fn mend(
    workspace: &Workspace,
    job: &JobRow,
    standing: &Standing,
) -> Result<Value> {
    standing.stage("ingest");
    let asked: OfCorrections = argument(job)?;
    let upload = upload(workspace, asked.upload).await?;
    let folder = uploads::folder(workspace, &upload);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    anyhow::ensure!(asked.corrections.chars().all(plain), "the corrections cannot be found");
    let corrections: Corrections = read(&folder.join(&asked.corrections))?;
    let mut all: Vec<RefusedRows> = read(&folder.join(REFUSED))?;
    let mut how: BTreeMap<usize, How> = read(&folder.join(TAKEN))?;
    let at = all.iter().position(|rows| rows.file == corrections.file);
    let at = at.context("the file has no refused rows any more")?;
    let first = first_name(workspace, &upload, corrections.file)?;
    let how = how.remove(&corrections.file).unwrap_or_default();
    let repair = Repair { workspace, folder: &folder, first, how };
    let (mended, left) = repair.take((&mut all[at], &corrections), (job.job_no, standing)).await?;
    all.retain(|rows| !rows.rows.is_empty());
    write_json(&folder.join(REFUSED), &all)?;
    drop(std::fs::remove_file(folder.join(&asked.corrections)));
    Ok(json!({ "file_no": corrections.file, "mended": mended, "left": left }))
}

fn read<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T> {
    let text = std::fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("could not read {}", path.display()))
}

fn first_name(workspace: &Workspace, upload: &UploadRow, place: usize) -> Result<InputFile> {
    let files = uploads::files(workspace, upload);
    let found = files.into_iter().find(|(at, _)| *at == place).map(|(_, file)| file);
    found.context("the upload has no such file")
}

impl Repair<'_> {
    /// Takes the mended rows; says how many were taken, and how many are still refused.
    async fn take(
        &self,
        (refused, corrections): (&mut RefusedRows, &Corrections),
        (job_no, standing): (i64, &Standing),
    ) -> Result<(usize, usize)> {
        let asked: BTreeMap<u32, &CorrectedRow> =
            corrections.rows.iter().map(|row| (row.line, row)).collect();
        let mut rows: Vec<RefusedRow> = Vec::new();
        for row in &mut refused.rows {
            let Some(corrected) = asked.get(&row.line).filter(|_| !row.values.is_empty()) else {
                continue;
            };
            for (at, value) in &corrected.values {
                if let Some(cell) = row.values.get_mut(*at) {
                    cell.clone_from(value);
                }
            }
            rows.push(row.clone());
        }
        let bare = self.first.name.rsplit('/').next().unwrap_or_default();
        let before = self.first.name.split('/').next().unwrap_or_default();
        let file = InputFile {
            path: self.folder.join(format!("mended-{job_no}.csv")),
            name: format!("{before}/mended-{job_no}/{bare}"),
        };
        let lines = refused::write(&file.path, &refused.columns, &rows.iter().collect::<Vec<_>>())?;
        let mapping = self.mapping(&file.name)?;
        let taking =
            Taking { files: vec![file.clone()], mapping: mapping.clone(), snapshot_on: None };
        let report = ingest::take(self.workspace, taking, standing).await?;
        if let Some(error) = report.failed().find_map(|file| file.error.clone()) {
            anyhow::bail!("{error}");
        }
        let still = refused::refused(&self.workspace.store, &file, mapping.as_ref()).await?;
        self.settle(&rows, (&still, &lines)).await?;
        for table in report.files.iter().flat_map(|file| &file.tables) {
            self.workspace.store.forget_issues(&file.name, &table.table).await?;
        }
        drop(std::fs::remove_file(&file.path));
        let still: BTreeMap<u32, RefusedRow> = still
            .into_iter()
            .map(|row| (lines.get(&row.line).copied().unwrap_or(0), row))
            .collect();
        let sent: BTreeSet<u32> = rows.iter().map(|row| row.line).collect();
        refused.rows.retain(|row| !sent.contains(&row.line) || still.contains_key(&row.line));
        for row in &mut refused.rows {
            if let Some(again) = still.get(&row.line) {
                (row.issues, row.tables) = (again.issues.clone(), again.tables.clone());
                row.fields = again.fields.clone();
            }
        }
        Ok((sent.len() - still.len(), refused.rows.len()))
    }

    fn mapping(&self, mended: &str) -> Result<Option<Mapping>> {
        let Some(toml) = &self.how.toml else { return Ok(None) };
        let mut mapping = Mapping::parse(toml)?;
        if let Some((earlier, columns)) = &self.how.known {
            mapping.known.push(KnownFile {
                name: self.first.name.clone(),
                earlier: earlier.clone(),
                columns: columns.clone(),
                mapping: "mappings".to_owned(),
            });
        }
        Ok(Some(mapping.for_mended(&self.first.name, mended)))
    }

    /// Takes what was mended off the record of what was refused.
    async fn settle(
        &self,
        rows: &[RefusedRow],
        (still, lines): (&[RefusedRow], &BTreeMap<u32, u32>),
    ) -> Result<()> {
        let mut mended: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
        for row in rows {
            let again = still.iter().find(|it| lines.get(&it.line) == Some(&row.line));
            for table in &row.tables {
                if again.is_none_or(|again| !again.tables.contains(table)) {
                    mended.entry(table).or_default().push(i64::from(row.line));
                }
            }
        }
        for (table, lines) in mended {
            self.workspace.store.mended((&self.first.name, table), &lines).await?;
        }
        Ok(())
    }
}
