//! Databases for tests: a SQLite file in a temporary folder, and a private PostgreSQL server.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::{Open, Store};

/// The superuser of the test server.
const USER: &str = "nobishiro";
/// Starts the server, says `ready`, and waits until nobody holds the other end of its input: when the
/// test's process is gone, however it ended, the server goes too, by the process id in its own folder.
const SUPERVISOR: &str = r#"
cd "$DIR" || exit 1
"$BIN/initdb" --pgdata=data --username="$DB_USER" --auth=trust --encoding=UTF8 --no-sync \
    --locale-provider=icu --icu-locale=en --locale=C.UTF-8 --no-instructions >log 2>&1 \
&& "$BIN/pg_ctl" start --wait --silent --pgdata=data --log=log \
    --options="-k '$DIR' -c listen_addresses='' -c fsync=off -c max_connections=200" >>log 2>&1 \
&& echo ready || { echo failed; cat log; exit 1; }
cat >/dev/null
"$BIN/pg_ctl" stop --mode=immediate --silent --pgdata=data >/dev/null 2>&1
cd / && rm -rf "$DIR"
"#;

/// A private PostgreSQL server in a temporary folder, reached by a Unix socket. It stops when this is
/// dropped, or when the test's process ends.
#[derive(Debug)]
pub struct TestPostgres {
    supervisor: Child,
    folder: PathBuf,
}

impl TestPostgres {
    /// Starts a server. Panics with the reason when it cannot.
    pub fn start() -> Self {
        let programs = programs().unwrap_or_else(|| {
            panic!(
                "the tests need PostgreSQL's server programs (initdb, pg_ctl, postgres), and they \
                 are neither in PATH nor under /usr/lib/postgresql: `cargo xtask test` installs them"
            )
        });
        let folder = TempDir::with_prefix("nobishiro-pg-").expect("a temporary folder").keep();
        let mut command = Command::new("sh");
        command.args(["-c", SUPERVISOR]).env("DIR", &folder).env("BIN", programs);
        command.env("DB_USER", USER).stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some((uid, gid)) = other_user() {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid))
                .expect("root gives folders away");
            command.uid(uid).gid(gid);
        }
        let mut supervisor = command.spawn().expect("a shell");
        let mut said = BufReader::new(supervisor.stdout.take().expect("its output is piped"));
        let mut line = String::new();
        said.read_line(&mut line).expect("the shell says how it went");
        if line.trim() != "ready" {
            said.read_to_string(&mut line).expect("the shell says why");
            panic!("PostgreSQL did not start in {}:\n{line}", folder.display());
        }
        Self { supervisor, folder }
    }

    /// The one server that all tests of this process share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<TestPostgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// The address of a schema, which is made when it is first opened for writing.
    pub fn url(&self, schema: &str) -> String {
        let host = self.folder.to_string_lossy().replace('/', "%2F");
        format!("postgres://{USER}@{host}/postgres?schema={schema}")
    }
}

impl Drop for TestPostgres {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        // Nothing can be done about a supervisor that is gone already.
        let _ = self.supervisor.wait();
    }
}

/// The folder with the server's programs: in PATH, else Debian's for the newest version.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let entries = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .collect();
    debian.sort();
    folders.extend(debian.into_iter().rev().map(|(_, folder)| folder.join("bin")));
    let all = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file())
    };
    folders.into_iter().find(all)
}

/// When we are root, user and group of `postgres`, else of `nobody`: the server refuses to run as root.
fn other_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    };
    is_root.then(|| find("postgres").or_else(|| find("nobody"))).flatten()
}

/// A new store in a temporary folder that lives as long as the first of the two.
pub async fn sqlite() -> (TempDir, Store) {
    let folder = TempDir::new().expect("a temporary folder");
    let store = Store::open(&sqlite_url(folder.path()), Open::ReadWrite).await;
    (folder, store.expect("a new store"))
}

/// The address of the store that [`sqlite`] makes in a folder.
pub fn sqlite_url(folder: &Path) -> String {
    Store::sqlite_url(&folder.join("store.sqlite"))
}
