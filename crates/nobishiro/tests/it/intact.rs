//! Proof that a workspace lost and doubled nothing: compared with one that nobody disturbed, and in itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use store::{DumpPart, Open, Store, Value};

use super::erase::bytes_under;
use super::support::Workspace;

/// What must be the same byte for byte: exports, the worklist, and the artefacts of the current run.
pub(crate) fn outcome(workspace: &Workspace) -> Vec<(String, Vec<u8>)> {
    let mut files = workspace.export();
    let plays = workspace.run(&["plays", "--format", "csv"]).ok();
    files.push(("plays.csv".to_owned(), plays.into_bytes()));
    let tables = tables(&workspace.dir());
    let folder = workspace.dir().join("runs").join(current_run(&tables));
    for name in ["features.parquet", "decisions.parquet", "recommendations.parquet", "trained.json"]
    {
        files.push((name.to_owned(), std::fs::read(folder.join(name)).expect(name)));
    }
    files
}

/// Panics with the names of what differs.
#[track_caller]
pub(crate) fn same(calm: &[(String, Vec<u8>)], other: &[(String, Vec<u8>)], when: &str) {
    let names = |files: &[(String, Vec<u8>)]| -> Vec<String> {
        files.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(calm), names(other), "{when}");
    let differ: Vec<&str> = calm
        .iter()
        .zip(other)
        .filter(|(one, other)| one.1 != other.1)
        .map(|(one, _)| one.0.as_str())
        .collect();
    assert!(differ.is_empty(), "{differ:?} differ {when}");
}

type Tables = BTreeMap<String, Vec<BTreeMap<String, Value>>>;

/// Looks at a workspace by itself: every catalogued file is there with its bytes, no key is given twice or
/// stands for nothing, and everything of a run belongs to a run that is there.
#[track_caller]
pub(crate) fn sound(workspace: &Workspace, when: &str) {
    let dir = workspace.dir();
    let tables = tables(&dir);
    let on_disk: BTreeMap<String, Vec<u8>> = bytes_under(&dir.join("lake"))
        .into_iter()
        .map(|(path, bytes)| {
            let relative =
                path.strip_prefix(dir.join("lake")).expect("inside").display().to_string();
            (relative, bytes)
        })
        .collect();
    let mut rows_in_lake: BTreeSet<i64> = BTreeSet::new();
    for file in &tables["lake_files"] {
        let path = text(file, "path");
        let bytes = on_disk.get(&path).unwrap_or_else(|| panic!("{path} is missing {when}"));
        assert_eq!(usize::try_from(int(file, "size_bytes")), Ok(bytes.len()), "{path} {when}");
        let rows = batch::artefact::read_parquet(&dir.join("lake").join(&path)).expect("Parquet");
        assert_eq!(usize::try_from(int(file, "row_count")), Ok(rows.num_rows()), "{path} {when}");
        rows_in_lake.extend(batch::erase::keys(&rows, "account_key"));
    }
    let accounts: BTreeSet<i64> =
        tables["account_keys"].iter().map(|row| int(row, "account_key")).collect();
    let orphans: Vec<&i64> = rows_in_lake.difference(&accounts).collect();
    assert!(orphans.is_empty(), "keys of nobody in the lake {when}: {orphans:?}");
    for (keys, id) in [("account_keys", "account_id"), ("contact_keys", "contact_id")] {
        let ids: BTreeSet<String> = tables[keys].iter().map(|row| text(row, id)).collect();
        assert_eq!(ids.len(), tables[keys].len(), "{keys} {when}");
    }
    let attempts: BTreeSet<i64> = tables["runs"].iter().map(|row| int(row, "attempt")).collect();
    for table in ["plays", "other_offers", "fate_counts", "account_views", "models", "current_run"]
    {
        for row in &tables[table] {
            assert!(attempts.contains(&int(row, "attempt")), "{table} of no run {when}");
        }
    }
    for play in &tables["plays"] {
        assert!(accounts.contains(&int(play, "account_key")), "a play of nobody {when}");
    }
}

fn text(row: &BTreeMap<String, Value>, column: &str) -> String {
    match &row[column] {
        Value::Text(text) => text.clone(),
        other => panic!("{column} is {other:?}"),
    }
}

fn int(row: &BTreeMap<String, Value>, column: &str) -> i64 {
    match &row[column] {
        Value::Int(number) => *number,
        other => panic!("{column} is {other:?}"),
    }
}

fn current_run(tables: &Tables) -> String {
    let attempt = int(tables["current_run"].first().expect("a run is current"), "attempt");
    let run = tables["runs"].iter().find(|run| int(run, "attempt") == attempt);
    text(run.expect("the current run is there"), "run_id")
}

/// The address of a workspace's store.
pub(crate) fn url(dir: &Path) -> String {
    let config = std::fs::read_to_string(dir.join("nobishiro.toml")).expect("a configuration");
    let config: toml::Table = config.parse().expect("TOML");
    let url = config.get("database").and_then(toml::Value::as_str).map(str::to_owned);
    url.unwrap_or_else(|| Store::sqlite_url(&dir.join("store.sqlite")))
}

/// Every table with its rows.
fn tables(dir: &Path) -> Tables {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&url(dir), Open::ReadWrite).await.expect("a store");
        let mut tables = Tables::new();
        let mut at = (String::new(), Vec::new());
        let give = |part| {
            match part {
                DumpPart::Table { name, columns } => {
                    tables.entry(name.clone()).or_default();
                    at = (name, columns.into_iter().map(|(column, _)| column).collect());
                }
                DumpPart::Row(row) => {
                    let row = at.1.iter().cloned().zip(row).collect();
                    tables.entry(at.0.clone()).or_default().push(row);
                }
            }
            Ok(())
        };
        store.dump(give).await.expect("a dump");
        store.close().await;
        tables
    })
}
