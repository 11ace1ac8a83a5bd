//! Running the executable in a workspace of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use store::testing::TestPostgres;

/// Where a workspace keeps its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// Both databases, for tests that hold on either.
pub(crate) const BOTH: [Database; 2] = [Database::Sqlite, Database::Postgres];

/// A workspace in a temporary folder.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
}

/// What a finished command said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The standard output of a command that must succeed.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "it failed: {}\n{}", self.err, self.out);
        self.out
    }

    /// The standard error of a command that must fail with code 1 and speak of all these.
    #[track_caller]
    pub(crate) fn fails(self, speaks_of: &[&str]) -> String {
        assert_eq!(self.code, 1, "it should fail: {}\n{}", self.err, self.out);
        for words in speaks_of {
            assert!(self.err.contains(words), "`{words}` is not in: {}", self.err);
        }
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self.err
    }
}

impl Workspace {
    /// A new workspace in dollars and New York time.
    pub(crate) fn new(database: Database) -> Self {
        Self::with(database, "USD", "America/New_York")
    }

    pub(crate) fn with(database: Database, currency: &str, zone: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Self { folder };
        let dir = workspace.dir().display().to_string();
        let mut args = vec!["init", &dir, "--currency", currency, "--zone", zone];
        let url = (database == Database::Postgres).then(schema);
        if let Some(url) = &url {
            args.extend(["--database", url]);
        }
        nobishiro(&args).ok();
        workspace
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join("ws")
    }

    /// A file beside the workspace.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, bytes).expect("written");
        path
    }

    /// Runs a subcommand with arguments in this workspace.
    pub(crate) fn run(&self, args: &[&str]) -> Said {
        let dir = self.dir().display().to_string();
        let mut all = vec![args[0], "--workspace", &dir];
        all.extend(&args[1..]);
        nobishiro(&all)
    }

    /// The command, not yet started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nobishiro"));
        command.arg(args[0]).arg("--workspace").arg(self.dir()).args(&args[1..]);
        command
    }

    /// Ingests paths, with a mapping or without.
    pub(crate) fn ingest(&self, mapping: Option<&Path>, paths: &[&Path]) -> Said {
        let paths: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
        let mapping = mapping.map(|m| m.display().to_string());
        let mut args = vec!["ingest"];
        if let Some(mapping) = &mapping {
            args.extend(["--map", mapping]);
        }
        args.extend(paths.iter().map(String::as_str));
        self.run(&args)
    }

    /// Every exported file's name and bytes.
    pub(crate) fn export(&self) -> Vec<(String, Vec<u8>)> {
        Self::export_of(&self.dir())
    }

    /// Every exported file of the workspace in a folder.
    pub(crate) fn export_of(dir: &Path) -> Vec<(String, Vec<u8>)> {
        let out = tempfile::tempdir().expect("a temporary folder");
        let (dir, to) = (dir.display().to_string(), out.path().display().to_string());
        nobishiro(&["export", "--workspace", &dir, &to]).ok();
        let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(out.path())
            .expect("the export")
            .map(|entry| entry.expect("an entry").path())
            .map(|path| {
                (
                    path.file_name().expect("a name").to_string_lossy().into_owned(),
                    std::fs::read(&path).expect("read"),
                )
            })
            .collect();
        files.sort();
        files
    }

    /// The worklist as JSON.
    pub(crate) fn plays(&self) -> Vec<serde_json::Value> {
        serde_json::from_str(&self.run(&["plays", "--format", "json"]).ok())
            .expect("a list of plays")
    }
}

/// A schema of its own on the server that all tests share.
pub(crate) fn schema() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    TestPostgres::shared().url(&format!("ws{number}"))
}

/// Runs the executable.
pub(crate) fn nobishiro(args: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_nobishiro"))
        .args(args)
        .stdin(std::process::Stdio::null())
        .output()
        .expect("the executable runs");
    Said::of(&output)
}

/// A machine's answer.
#[track_caller]
pub(crate) fn json(said: &str) -> serde_json::Value {
    serde_json::from_str(said).expect("one JSON document")
}

/// A fraction in 0..1 by position, without pattern.
pub(crate) fn noise(at: u64) -> f64 {
    let mixed = (at + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (mixed ^ (mixed >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB) as f64 / u64::MAX as f64
}

/// A folder of made-up files that is gone after the test.
pub(crate) struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("written");
        path
    }
}

/// The repository's folder.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A real data set's folder; absent, it is said that its checks were skipped.
pub(crate) fn data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("NOBISHIRO_DATA")
        .map_or_else(|| repository().join("../shared/data"), PathBuf::from);
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED-DATA: {name} is not in {}; its checks did not run", root.display());
    None
}
