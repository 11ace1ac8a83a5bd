//! Whole ingests: files and a mapping in, the report and the stored rows out.

mod bad_input;
mod forms;
mod layouts;
mod repeats;
mod tables;

use std::path::Path;
use std::path::PathBuf;

use domain::canonical::entity;
use domain::money::Currency;
use domain::time::{Day, Zone};
use store::{Open, Store, Value};
use tempfile::TempDir;

use super::*;

/// A workspace that lives as long as the test.
struct Workspace {
    dir: TempDir,
    store: Store,
    currency: Currency,
    zone: &'static str,
}

impl Workspace {
    async fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let url = Store::sqlite_url(&dir.path().join("store.sqlite"));
        let store = Store::open(&url, Open::ReadWrite).await.expect("a new store");
        Self { dir, store, currency: Currency::JPY, zone: "Asia/Tokyo" }
    }

    /// Ingests files that lie somewhere, and says what the report says.
    async fn take(
        &self,
        paths: Vec<PathBuf>,
        mapping: &str,
        snapshot: &str,
    ) -> Result<IngestReport, String> {
        let mapping = (!mapping.is_empty())
            .then(|| Mapping::parse(mapping).map_err(|error| error.to_string()))
            .transpose()?;
        let options = IngestOptions {
            store: self.store.clone(),
            lake_dir: self.dir.path().join("lake"),
            rejects_dir: self.dir.path().join("rejects"),
            files: input_files(&paths).map_err(|error| format!("{error:#}"))?,
            mapping,
            snapshot_on: Day::parse_iso(snapshot),
            today: Day::parse_iso("2026-06-30").expect("a day"),
            currency: self.currency,
            zone: Zone::named(self.zone).expect("a zone of the tzdb"),
            progress: &Silent,
        };
        ingest(options).await.map_err(|error| format!("{error:#}"))
    }

    /// Writes files into a folder and ingests it.
    async fn files(&self, files: &[(&str, &str)], mapping: &str) -> String {
        let bytes: Vec<(&str, Vec<u8>)> =
            files.iter().map(|(name, text)| (*name, text.as_bytes().to_vec())).collect();
        self.bytes(&bytes, mapping).await
    }

    async fn bytes(&self, files: &[(&str, Vec<u8>)], mapping: &str) -> String {
        let folder = self.dir.path().join("in");
        // The folder of an earlier ingest may or may not be there.
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir(&folder).expect("a folder can be made");
        for (name, content) in files {
            std::fs::write(folder.join(name), content).expect("a file can be written");
        }
        let report = self.take(vec![folder], mapping, "").await;
        let text =
            report.map_or_else(|error| format!("error: {error}"), |report| report.to_string());
        text.replace(&format!("{}/", self.dir.path().display()), "").trim_end().to_owned()
    }

    /// The rows of a table of the store: `column=value`, only what is there.
    async fn rows(&self, table: &str) -> String {
        let entity = entity(table).expect("a table");
        let columns = Store::columns(entity);
        let rows = self.store.read(entity).await.expect("the store can be read");
        let shown = |value: &Value| match value {
            Value::Null => None,
            Value::Text(text) => Some(text.clone()),
            Value::Int(number) => Some(number.to_string()),
            Value::Real(number) => Some(number.to_string()),
        };
        rows.iter()
            .map(|row| {
                let values = columns.iter().zip(row);
                let values =
                    values.filter_map(|(name, value)| Some(format!("{name}={}", shown(value)?)));
                values.collect::<Vec<_>>().join(" ")
            })
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The issues as `file:line entity.column value: reason`.
    async fn issues(&self) -> String {
        let issues = self.store.row_issues(100).await.expect("the store can be read");
        issues
            .iter()
            .map(|i| {
                format!(
                    "{} {}:{} {}.{} `{}` {}",
                    i.severity, i.file, i.line, i.entity, i.column, i.value, i.reason
                )
            })
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn rejects(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.dir.path().join("rejects")) else {
            return Vec::new();
        };
        let mut names: Vec<String> = folder
            .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

/// Ingests files without a mapping into a new workspace and compares the report.
async fn check(files: &[(&str, &str)], expected: &str) -> Workspace {
    check_mapped(files, "", expected).await
}

/// The same with a mapping.
async fn check_mapped(files: &[(&str, &str)], mapping: &str, expected: &str) -> Workspace {
    let workspace = Workspace::new().await;
    let report = workspace.files(files, mapping).await;
    assert_eq!(report, expected);
    workspace
}

fn says(text: &str, part: &str) {
    assert!(text.contains(part), "{text}\ndoes not say\n{part}");
}

/// The folder of the real layouts, or `None` (said once) when it is not there.
fn data(layout: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let beside = root.join("../shared/data");
    // Configuration of the tests alone: the product never reads it.
    let given =
        std::env::vars_os().find(|(name, _)| name == "NOBISHIRO_DATA").map(|(_, value)| value);
    let folder = given.map_or(beside, PathBuf::from).join(layout);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED-DATA: {} is not there", folder.display());
    None
}

fn example(layout: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    std::fs::read_to_string(root.join(layout).join("mapping.toml")).expect("the example is there")
}
