//! Opening a workspace's store: connections, their settings, migrations.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions as _, Connection as _, Transaction};

use crate::StoreError;
use crate::leases::Holding;
use crate::place::{self, Place, Server};
use crate::schema::{Tables, Version};

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Reading and writing: the file or schema is made and migrated as needed.
    ReadWrite,
    /// Reading: nothing is made, nothing is changed. A SQLite file in a folder that we cannot write is
    /// read as it stands when it is opened; nobody may write to it meanwhile.
    ReadOnly,
}

/// Which database it is, where the two differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// One workspace's SQL state. Cheap to clone: clones share their connections.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    backend: Backend,
    place: String,
    read: AnyPool,
    /// None when opened for reading only.
    write: Option<AnyPool>,
    /// The lease that it works or reads under.
    holding: Mutex<Option<Holding>>,
}

/// How long SQLite waits for another process that is writing.
const BUSY_TIMEOUT_MS: u32 = 15_000;
/// How long opening waits for a server to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a request waits for a free connection.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(30);
const SQLITE_READERS: u32 = 4;
/// Pages that a connection keeps: what a page of the worklist reads of a large company, so that the next one does
/// not read it again.
const CACHE_KIB: u32 = 16 * 1024;
const POSTGRES_CONNECTIONS: u32 = 8;
/// The key of the lock that PostgreSQL's writers take, beside the schema's own.
const WRITERS_LOCK: i32 = 0x6e6f_6269;

impl Store {
    /// Opens the store at `sqlite:///folder/store.sqlite` (made with its folders) or
    /// `postgres://user:password@host:port/database?schema=name` (the schema is made).
    pub async fn open(url: &str, mode: Open) -> Result<Self, StoreError> {
        Self::open_tables(url, mode, Tables::Workspace).await
    }

    /// The same for a database with other tables.
    pub(crate) async fn open_tables(
        url: &str,
        mode: Open,
        tables: Tables,
    ) -> Result<Self, StoreError> {
        install_default_drivers();
        let place = Place::parse(url)?;
        let shown = place.shown();
        match place {
            Place::Sqlite(path) if mode == Open::ReadWrite => open_file(&path, shown, tables).await,
            Place::Sqlite(path) => open_file_to_read(&path, shown, tables).await,
            Place::Postgres(server) => open_server(&server, mode, shown, tables).await,
        }
    }

    /// The address of a SQLite file, with what is special in addresses written as `%XX`.
    pub fn sqlite_url(path: &Path) -> String {
        place::sqlite_url(path)
    }

    /// The file, or the server and schema, without a password.
    pub fn place(&self) -> &str {
        &self.inner.place
    }

    /// Closes the connections once they are free. Dropping the last clone does the same, but does not
    /// wait for it.
    pub async fn close(&self) {
        if let Some(write) = &self.inner.write {
            write.close().await;
        }
        self.inner.read.close().await;
    }

    /// How texts are ordered bytewise.
    pub(crate) fn bytewise(&self) -> &'static str {
        match self.inner.backend {
            Backend::Sqlite => "",
            Backend::Postgres => " COLLATE \"C\"",
        }
    }

    /// The error of a statement while doing `what`.
    pub(crate) fn failed<'a>(&'a self, what: &'a str) -> impl Fn(sqlx::Error) -> StoreError + 'a {
        move |error| match (error, self.inner.backend) {
            (error @ sqlx::Error::PoolTimedOut, Backend::Postgres) => StoreError::Unreachable {
                what: what.to_owned(),
                place: self.inner.place.clone(),
                source: error.into(),
            },
            (error, _) => StoreError::of(what, &self.inner.place, error),
        }
    }

    /// A connection to read with.
    pub(crate) async fn reader(&self, what: &str) -> Result<PoolConnection<Any>, StoreError> {
        self.inner.read.acquire().await.map_err(self.failed(what))
    }

    /// Reads one moment: what others commit meanwhile is not seen through the transaction. Begun on a
    /// [`Store::reader`].
    pub(crate) async fn one_moment<'a>(
        &self,
        reader: &'a mut PoolConnection<Any>,
        what: &str,
    ) -> Result<Transaction<'a, Any>, StoreError> {
        let begin = match self.backend() {
            Backend::Sqlite => "BEGIN",
            Backend::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        reader.begin_with(begin).await.map_err(self.failed(what))
    }

    /// A write transaction: the only one at this place until it ends. Dropped without a commit, it
    /// changes nothing. Refused with [`StoreError::LeaseLost`] once another has taken our lease over.
    pub(crate) async fn begin(&self, what: &str) -> Result<Transaction<'static, Any>, StoreError> {
        let mut tx = self.begin_free(what).await?;
        if let Some(holding) = self.holding() {
            self.check_holding(&mut tx, &holding).await?;
        }
        Ok(tx)
    }

    /// The lease that this store works or reads under.
    pub(crate) fn holding(&self) -> Option<Holding> {
        self.inner.holding.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_holding(&self, holding: Option<Holding>) {
        *self.inner.holding.lock().unwrap_or_else(PoisonError::into_inner) = holding;
    }

    pub(crate) fn backend(&self) -> Backend {
        self.inner.backend
    }

    /// A write transaction that needs no lease.
    pub(crate) async fn begin_free(
        &self,
        what: &str,
    ) -> Result<Transaction<'static, Any>, StoreError> {
        let Some(write) = &self.inner.write else {
            let place = self.inner.place.clone();
            return Err(StoreError::OpenedReadOnly { what: what.to_owned(), place });
        };
        match self.inner.backend {
            Backend::Sqlite => write.begin_with("BEGIN IMMEDIATE").await.map_err(self.failed(what)),
            Backend::Postgres => {
                let mut tx = write.begin().await.map_err(self.failed(what))?;
                sqlx::query("SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))")
                    .bind(WRITERS_LOCK)
                    .execute(&mut *tx)
                    .await
                    .map_err(self.failed(what))?;
                Ok(tx)
            }
        }
    }

    fn new(backend: Backend, place: String, read: AnyPool, write: Option<AnyPool>) -> Self {
        let holding = Mutex::new(None);
        Self { inner: Arc::new(Inner { backend, place, read, write, holding }) }
    }

    /// The pool that writes; none when opened for reading only.
    pub(crate) fn write_pool(&self) -> Option<&AnyPool> {
        self.inner.write.as_ref()
    }
}

/// A connection to a place that is empty or has empty tables, migrated to a version and no further.
pub(crate) async fn connect_to_fill(
    url: &str,
    version: i64,
) -> Result<(AnyConnection, Backend, String), StoreError> {
    install_default_drivers();
    let place = Place::parse(url)?;
    let shown = place.shown();
    let failed = |error| StoreError::of("preparing an empty store", &shown, error);
    let (mut conn, backend) = match place {
        Place::Sqlite(path) => {
            refuse_folder(&path)?;
            let url = format!("{}?mode=rwc", place::sqlite_url(&path));
            let mut conn = options(&url).map_err(failed)?.connect().await.map_err(failed)?;
            set_up(&mut conn).await.map_err(failed)?;
            set_wal(&mut conn).await.map_err(failed)?;
            (conn, Backend::Sqlite)
        }
        Place::Postgres(server) => {
            let url = server.connect_url(Open::ReadWrite);
            let mut conn = options(&url).map_err(failed)?.connect().await.map_err(failed)?;
            make_schema(&mut conn, &server.schema).await.map_err(failed)?;
            (conn, Backend::Postgres)
        }
    };
    Tables::Workspace.version(&mut conn, backend, &shown).await?;
    Tables::Workspace.migrate_to(&mut conn, version, &shown).await?;
    Ok((conn, backend, shown))
}

/// The library logs slow statements with their whole text, which for bulk statements is no help.
fn options(url: &str) -> Result<AnyConnectOptions, sqlx::Error> {
    Ok(url.parse::<AnyConnectOptions>()?.disable_statement_logging())
}

async fn open_file(path: &Path, shown: String, tables: Tables) -> Result<Store, StoreError> {
    refuse_folder(path)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| match error.kind() {
            ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
                bad_path(path, "a part of its path is a file, not a folder")
            }
            _ => StoreError::of_io("making the workspace's folder", &shown, error),
        })?;
    }
    let failed = |error| StoreError::of("opening the store", &shown, error);
    let options = options(&format!("{}?mode=rwc", place::sqlite_url(path))).map_err(failed)?;
    let mut conn = options.connect().await.map_err(failed)?;
    set_up(&mut conn).await.map_err(failed)?;
    set_wal(&mut conn).await.map_err(failed)?;
    if tables.version(&mut conn, Backend::Sqlite, &shown).await? != Version::Ours {
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        tables.migrate(&mut tx, &shown).await?;
        tx.commit().await.map_err(failed)?;
    }
    conn.close().await.map_err(failed)?;
    let write = sqlite_pool(1, "").connect_lazy_with(options.clone());
    let read = sqlite_pool(SQLITE_READERS, "PRAGMA query_only = ON").connect_lazy_with(options);
    Ok(Store::new(Backend::Sqlite, shown, read, Some(write)))
}

async fn open_file_to_read(
    path: &Path,
    shown: String,
    tables: Tables,
) -> Result<Store, StoreError> {
    let failed = |error| StoreError::of("opening the store for reading", &shown, error);
    refuse_folder(path)?;
    match path.try_exists() {
        Ok(true) => {}
        Ok(false) => return Err(StoreError::Missing { place: shown }),
        Err(error) => return Err(StoreError::of_io("opening the store", &shown, error)),
    }
    let url = format!("{}?mode=ro", place::sqlite_url(path));
    let usual = options(&url).map_err(failed)?;
    let (options, mut conn) = match connect_to_read(&usual).await {
        Ok(conn) => (usual, conn),
        // In a folder that cannot be written SQLite cannot share the file with a writer; without a log
        // of unfinished writes beside it there is none, and the file can be read as it stands.
        Err(error) if !has_log(path) => {
            let fixed = options(&format!("{url}&immutable=true")).map_err(failed)?;
            let conn = connect_to_read(&fixed).await.map_err(|_| failed(error))?;
            (fixed, conn)
        }
        Err(error) => return Err(failed(error)),
    };
    let version = tables.version(&mut conn, Backend::Sqlite, &shown).await?;
    conn.close().await.map_err(failed)?;
    readable(tables, version, &shown)?;
    let read = sqlite_pool(SQLITE_READERS, "").connect_lazy_with(options);
    Ok(Store::new(Backend::Sqlite, shown, read, None))
}

fn refuse_folder(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() { Err(bad_path(path, "it is a folder, not a file")) } else { Ok(()) }
}

fn bad_path(path: &Path, why: &str) -> StoreError {
    StoreError::BadUrl { url: place::sqlite_url(path), why: why.to_owned() }
}

async fn connect_to_read(options: &AnyConnectOptions) -> Result<AnyConnection, sqlx::Error> {
    let mut conn = options.connect().await?;
    set_up(&mut conn).await?;
    sqlx::query("SELECT COUNT(*) FROM sqlite_master").execute(&mut conn).await?;
    Ok(conn)
}

/// Whether a write-ahead log stands beside the file.
fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

fn readable(tables: Tables, version: Version, shown: &str) -> Result<(), StoreError> {
    match version {
        Version::Ours => Ok(()),
        Version::None => Err(StoreError::Missing { place: shown.to_owned() }),
        Version::Older(found) => Err(tables.older(shown, found)),
    }
}

/// A pool of SQLite connections, each with our settings and then `more`.
fn sqlite_pool(connections: u32, more: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECTION_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(move |conn, _| {
            Box::pin(async move {
                set_up(conn).await?;
                if !more.is_empty() {
                    sqlx::raw_sql(more).execute(conn).await?;
                }
                Ok(())
            })
        })
}

async fn set_up(conn: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let settings = format!(
        "PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; \
         PRAGMA cache_size = -{CACHE_KIB}"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(settings)).execute(conn).await?;
    Ok(())
}

/// Turns the write-ahead log on. SQLite does not wait here while another process does the same, so we do.
async fn set_wal(conn: &mut AnyConnection) -> Result<(), sqlx::Error> {
    const TRIES: u32 = 100;
    for _ in 1..TRIES {
        match sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&mut *conn).await {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("5") => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            done => return done.map(|_| ()),
        }
    }
    sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(conn).await.map(|_| ())
}

async fn open_server(
    server: &Server,
    mode: Open,
    shown: String,
    tables: Tables,
) -> Result<Store, StoreError> {
    let failed = |error| StoreError::of("connecting to the store", &shown, error);
    let options = options(&server.connect_url(mode)).map_err(failed)?;
    let connected = tokio::time::timeout(ANSWER_TIMEOUT, options.connect());
    let mut conn = connected
        .await
        .unwrap_or_else(|late| Err(sqlx::Error::Io(std::io::Error::other(late))))
        .map_err(failed)?;
    if mode == Open::ReadWrite {
        make_schema(&mut conn, &server.schema).await.map_err(failed)?;
    }
    let version = tables.version(&mut conn, Backend::Postgres, &shown).await?;
    match mode {
        Open::ReadOnly => readable(tables, version, &shown)?,
        Open::ReadWrite if version != Version::Ours => tables.migrate(&mut conn, &shown).await?,
        Open::ReadWrite => {}
    }
    conn.close().await.map_err(failed)?;
    let pool = AnyPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(CONNECTION_TIMEOUT)
        .connect_lazy_with(options);
    let write = (mode == Open::ReadWrite).then(|| pool.clone());
    Ok(Store::new(Backend::Postgres, shown, pool, write))
}

/// Makes the schema unless it is there: the user need not be allowed to make one that is.
async fn make_schema(conn: &mut AnyConnection, schema: &str) -> Result<(), sqlx::Error> {
    let mut tx = conn.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1, 0)").bind(WRITERS_LOCK).execute(&mut *tx).await?;
    let there: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pg_namespace WHERE nspname = $1")
        .bind(schema)
        .fetch_one(&mut *tx)
        .await?;
    if there == 0 {
        // The name is plain: letters, digits and _ (see `place`).
        let sql = sqlx::AssertSqlSafe(format!("CREATE SCHEMA \"{schema}\""));
        sqlx::raw_sql(sql).execute(&mut *tx).await?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sqlite;
    use domain::canonical::entity;

    fn ids(count: u32) -> Vec<String> {
        (0..count).map(|i| format!("an account with quite a long id {i}")).collect()
    }

    #[tokio::test]
    async fn a_full_disk_is_said_and_loses_nothing() {
        let (_folder, store) = sqlite().await;
        let accounts = entity("accounts").expect("accounts");
        store.placeholders(accounts, &ids(500)).await.expect("there is space");
        let mut writer =
            store.write_pool().expect("opened for writing").acquire().await.expect("the writer");
        // SQLite says of a file that may not grow what it says of a disk that is full.
        sqlx::raw_sql("PRAGMA max_page_count = 1").execute(&mut *writer).await.expect("a limit");
        drop(writer);
        let error = store.placeholders(accounts, &ids(5_000)).await.expect_err("it is full");
        assert!(matches!(error, StoreError::Full { .. }), "{error}");
        let kept = store.count(accounts).await.expect("a count");
        assert!((500..5_000).contains(&kept), "{kept}");
    }

    #[tokio::test]
    async fn a_lock_that_stays_is_said() {
        let (_folder, store) = sqlite().await;
        let other =
            Store::open(&place::sqlite_url(Path::new(store.place())), Open::ReadWrite).await;
        let other = other.expect("the same store again");
        let mut writer =
            store.write_pool().expect("opened for writing").acquire().await.expect("the writer");
        sqlx::raw_sql("PRAGMA busy_timeout = 0").execute(&mut *writer).await.expect("no patience");
        drop(writer);
        let held = other.begin("holding the lock").await.expect("the lock");
        let error = store.begin("writing").await.expect_err("it is locked");
        assert!(matches!(error, StoreError::Locked { .. }), "{error}");
        store.reader("reading").await.expect("readers do not wait");
        held.rollback().await.expect("an end");
        store.begin("writing").await.expect("the lock is free");
    }

    #[tokio::test]
    async fn the_settings_hold_on_every_connection() {
        let (_folder, store) = sqlite().await;
        let mut reader = store.reader("reading").await.expect("a reader");
        let mut writer =
            store.write_pool().expect("opened for writing").acquire().await.expect("the writer");
        for (setting, expected) in
            [("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 15_000)]
        {
            let sql = format!("PRAGMA {setting}");
            for conn in [&mut reader, &mut writer] {
                let sql = sqlx::AssertSqlSafe(sql.clone());
                let is: i64 = sqlx::query_scalar(sql).fetch_one(&mut **conn).await.expect(setting);
                assert_eq!(is, expected, "{setting}");
            }
        }
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
            .fetch_one(&mut *writer)
            .await
            .expect("a mode");
        assert_eq!(mode, "wal");
        let refused = sqlx::query("DELETE FROM runs").execute(&mut *reader).await;
        assert!(refused.is_err(), "readers cannot write");
    }
}
