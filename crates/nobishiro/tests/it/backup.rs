//! `nobishiro backup` and `nobishiro restore`: the same plays and exports, or nothing at all.

use std::path::{Path, PathBuf};

use super::support::{BOTH, Database, Said, Workspace, nobishiro, schema};

/// A mapping as `ingest --map` keeps it.
const MAPPING: &str = "# crm\n";

fn sample(database: Database) -> (Workspace, PathBuf) {
    let workspace = Workspace::with(database, "JPY", "Asia/Tokyo");
    let files = workspace.dir().with_file_name("files").display().to_string();
    nobishiro(&["simulate", &files, "--companies", "12"]).ok();
    workspace.ingest(None, &[Path::new(&files)]).ok();
    workspace.run(&["run", "--as-of", "2026-03-12"]).ok();
    let kept = workspace.dir().join("mappings");
    std::fs::create_dir_all(&kept).expect("made");
    std::fs::write(kept.join("crm.toml"), MAPPING).expect("written");
    let file = workspace.dir().with_file_name("all.backup");
    workspace.run(&["backup", "--to", &file.display().to_string()]).ok();
    (workspace, file)
}

fn restore(file: &Path, to: &Path, database: Option<&str>) -> Said {
    let (file, to) = (file.display().to_string(), to.display().to_string());
    let mut args = vec!["restore", &file, "--to", &to];
    args.extend(database.iter().flat_map(|url| ["--database", url]));
    nobishiro(&args)
}

fn plays(dir: &Path) -> String {
    nobishiro(&["plays", "--workspace", &dir.display().to_string(), "--format", "csv"]).ok()
}

fn explain(dir: &Path, play: &str) -> String {
    nobishiro(&["explain", "--workspace", &dir.display().to_string(), play]).ok()
}

#[test]
fn a_backup_of_either_database_restores_into_either() {
    for database in BOTH {
        let (workspace, file) = sample(database);
        let (expected, worklist) = (workspace.export(), plays(&workspace.dir()));
        let play = workspace.plays()[0]["play_id"].as_str().expect("an id").to_owned();
        let because = explain(&workspace.dir(), &play);
        for url in [None, Some(schema())] {
            let to = tempfile::tempdir().expect("a folder");
            let dir = to.path().join("ws");
            restore(&file, &dir, url.as_deref()).ok();
            assert!(Workspace::export_of(&dir) == expected, "{database:?} into {url:?}");
            assert_eq!(plays(&dir), worklist);
            let kept = std::fs::read_to_string(dir.join("mappings/crm.toml"));
            assert_eq!(kept.expect("a kept mapping"), MAPPING, "next month's file is known");
            assert_eq!(explain(&dir, &play), because);
            let again = to.path().join("again.backup").display().to_string();
            let dir = dir.display().to_string();
            nobishiro(&["backup", "--workspace", &dir, "--to", &again]).ok();
            nobishiro(&["run", "--workspace", &dir, "--as-of", "2026-03-13"]).ok();
        }
    }
}

#[test]
fn a_damaged_backup_is_refused_and_leaves_nothing() {
    let (workspace, file) = sample(Database::Sqlite);
    let bytes = std::fs::read(&file).expect("a backup");
    let to = tempfile::tempdir().expect("a folder");
    let dir = to.path().join("ws");
    let refused = |bytes: &[u8], words: &str| {
        let bad = workspace.file("bad.backup", bytes);
        restore(&bad, &dir, None).fails(&[words, "Nothing was changed", "bad.backup"]);
        let left: Vec<_> = std::fs::read_dir(to.path()).expect("a folder").collect();
        assert!(left.is_empty(), "{left:?}");
    };
    for part in [1, 10, 50, 90, 99] {
        refused(&bytes[..bytes.len() * part / 100], "cut off");
    }
    refused(b"no archive at all", "no backup of Nobishiro");
    let mut altered = bytes.clone();
    let at = altered.windows(4).position(|window| window == b"PAR1").expect("a lake file") + 9;
    altered[at] ^= 1;
    refused(&altered, "was altered");
    let format = b"\"format\": ";
    let at = bytes.windows(format.len()).rposition(|window| window == format);
    let mut newer = bytes.clone();
    newer[at.expect("a format") + format.len()] = b'9';
    refused(&newer, "made by a newer version of Nobishiro");
}

#[test]
fn nothing_is_overwritten() {
    let (workspace, file) = sample(Database::Sqlite);
    let before = workspace.export();
    restore(&file, &workspace.dir(), None).fails(&["is not empty", "--to"]);
    assert!(workspace.export() == before);
    workspace
        .run(&["backup", "--to", &file.display().to_string()])
        .fails(&["is there already", "name another"]);
    let empty = tempfile::tempdir().expect("a folder");
    restore(&file, empty.path(), None).ok();
    assert!(Workspace::export_of(empty.path()) == before);
    let url = schema();
    restore(&file, &empty.path().join("one"), Some(&url)).ok();
    restore(&file, &empty.path().join("two"), Some(&url)).fails(&["empty place"]);
    assert!(!empty.path().join("two").exists());
}
