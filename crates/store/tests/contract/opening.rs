//! Opening, reading only, and every way in which a place can be wrong.

use store::testing::{TestPostgres, sqlite_url};
use store::{LeaseAsk, Open, Store, StoreError};
use tempfile::TempDir;

use crate::setting::{Place, known, on_both, product, texts};

on_both!(
    reopening_finds_everything,
    read_only_reads_and_refuses_writes,
    read_only_makes_nothing,
    a_newer_schema_is_refused,
    an_older_schema_is_migrated_by_writers_alone,
    another_schema_of_the_same_number_is_refused,
);

async fn open(url: &str, mode: Open) -> Result<Store, StoreError> {
    Store::open(url, mode).await
}

async fn error(url: &str) -> StoreError {
    open(url, Open::ReadWrite).await.expect_err(url)
}

async fn reopening_finds_everything(place: &Place) {
    let products = known("products");
    let store = place.open().await;
    store.upsert(products, &[product("p", "Pro")]).await.expect("a row");
    store.close().await;
    let store = place.open().await;
    assert_eq!(store.read(products).await.expect("rows"), [product("p", "Pro")]);
}

async fn read_only_reads_and_refuses_writes(place: &Place) {
    let products = known("products");
    let writer = place.open().await;
    writer.upsert(products, &[product("p", "Pro")]).await.expect("a row");
    let reader = open(&place.url, Open::ReadOnly).await.expect("a reader");
    assert_eq!(reader.count(products).await.expect("a count"), 1);
    writer.upsert(products, &[product("q", "Max")]).await.expect("a row");
    assert_eq!(reader.count(products).await.expect("a count"), 2);
    let ask = LeaseAsk { what: "run", holder: "1@here", now_s: 0, ttl_s: 1 };
    let refused = [
        reader.upsert(products, &[product("p", "Lite")]).await.expect_err("read only"),
        reader.account_keys(&texts(["a"])).await.expect_err("read only"),
        reader.commit_lake(&[], &[]).await.expect_err("read only"),
        reader.acquire_lease(&ask, |_| false).await.expect_err("read only"),
    ];
    for error in refused {
        assert!(matches!(error, StoreError::OpenedReadOnly { .. }), "{error}");
    }
    writer.close().await;
    reader.close().await;
    let reader = open(&place.url, Open::ReadOnly).await.expect("a reader on its own");
    assert_eq!(reader.count(products).await.expect("a count"), 2);
}

async fn read_only_makes_nothing(place: &Place) {
    for _ in 0..2 {
        let error = open(&place.url, Open::ReadOnly).await.expect_err("nothing is there");
        assert!(matches!(error, StoreError::Missing { .. }), "{error}");
        let said = error.to_string();
        assert!(said.contains("holds no workspace yet. Make one with `nobishiro init`"), "{said}");
    }
}

async fn a_newer_schema_is_refused(place: &Place) {
    place.open().await.close().await;
    place
        .raw(
            "INSERT INTO @_sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT 9999, 'later', success, checksum, 1 FROM @_sqlx_migrations WHERE version = 1",
        )
        .await;
    for mode in [Open::ReadWrite, Open::ReadOnly] {
        let error = open(&place.url, mode).await.expect_err("it is newer");
        assert!(matches!(error, StoreError::NewerSchema { found: 9_999, .. }), "{error}");
        let said = error.to_string();
        assert!(
            said.contains("was written by a newer version of Nobishiro (schema 9999;"),
            "{said}"
        );
    }
}

async fn an_older_schema_is_migrated_by_writers_alone(place: &Place) {
    place.open().await.close().await;
    // As if the last migration had not been there yet.
    for table in [
        "account_keys",
        "contact_keys",
        "key_counters",
        "lake_files",
        "ingests",
        "row_issues",
        "leases",
        "runs",
        "current_run",
        "plays",
        "other_offers",
        "fate_counts",
        "account_views",
        "models",
        "natural_offers",
    ] {
        place.raw(&format!("DROP TABLE @{table}")).await;
    }
    place.raw("DELETE FROM @_sqlx_migrations WHERE version > 1").await;
    let error = open(&place.url, Open::ReadOnly).await.expect_err("it is older");
    assert!(matches!(error, StoreError::OlderSchema { found: 1, .. }), "{error}");
    let store = place.open().await;
    assert_eq!(store.account_keys(&texts(["a"])).await.expect("keys"), [1]);
    open(&place.url, Open::ReadOnly).await.expect("it is ours now");
}

async fn another_schema_of_the_same_number_is_refused(place: &Place) {
    place.open().await.close().await;
    place
        .raw(
            "UPDATE @_sqlx_migrations SET checksum = \
             (SELECT checksum FROM @_sqlx_migrations WHERE version = 2) WHERE version = 1",
        )
        .await;
    let error = open(&place.url, Open::ReadWrite).await.expect_err("it differs");
    assert!(matches!(error, StoreError::ForeignSchema { version: 1, .. }), "{error}");
}

#[tokio::test]
async fn folders_with_odd_names_are_made() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("株式会社 ABC/50% #1?/store.sqlite");
    let store = open(&Store::sqlite_url(&path), Open::ReadWrite).await.expect("a new store");
    assert!(path.is_file());
    assert_eq!(store.place(), path.to_string_lossy());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_said() {
    let folder = TempDir::new().expect("a temporary folder");
    std::fs::write(folder.path().join("store.sqlite"), "rank,play_id\n".repeat(999))
        .expect("a file");
    for mode in [Open::ReadWrite, Open::ReadOnly] {
        let error = open(&sqlite_url(folder.path()), mode).await.expect_err("no database");
        assert!(matches!(error, StoreError::NotADatabase { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_said() {
    let error = error("sqlite:///sys/nobishiro/store.sqlite").await;
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    let said = error.to_string();
    assert!(
        said.contains("/sys/nobishiro/store.sqlite cannot be written. Give your user"),
        "{said}"
    );
}

#[tokio::test]
async fn a_path_through_a_file_or_to_a_folder_is_said() {
    let folder = TempDir::new().expect("a temporary folder");
    std::fs::write(folder.path().join("file"), "").expect("a file");
    let through = folder.path().join("file/deeper/store.sqlite");
    for (path, why) in [
        (folder.path(), "it is a folder, not a file"),
        (through.as_path(), "a part of its path is a file, not a folder"),
    ] {
        let said = error(&Store::sqlite_url(path)).await.to_string();
        assert!(said.contains(why), "{said}");
    }
}

#[tokio::test]
async fn addresses_that_are_none_are_said() {
    for url in ["", "store.sqlite", "mysql://a:secret@h/d", "sqlite://x", "postgres://h/d?schema=A"]
    {
        let error = error(url).await;
        assert!(matches!(error, StoreError::BadUrl { .. }), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_said() {
    // Port 1 of the loopback: nobody listens there.
    let error = error("postgres://ann:secret@127.0.0.1:1/shop?schema=s").await;
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "connecting to the store: the database server of postgres://ann@127.0.0.1:1/shop?schema=s \
         cannot be reached. Check that it runs, and host, port and firewall"
    );
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said() {
    let url = TestPostgres::shared().url("s").replace("/postgres?", "/nowhere?");
    let error = error(&url).await;
    assert!(matches!(error, StoreError::Denied { .. }), "{error}");
}

#[tokio::test]
async fn schemas_do_not_see_each_other() {
    let (one, two) = (Place::postgres(), Place::postgres());
    let (one, two) = (one.open().await, two.open().await);
    one.placeholders(known("accounts"), &texts(["a"])).await.expect("a row");
    assert_eq!(two.count(known("accounts")).await.expect("a count"), 0);
}

#[tokio::test]
async fn a_server_that_stops_is_said_and_leaves_nothing() {
    let server = TestPostgres::start();
    let url = server.url("s");
    let store = open(&url, Open::ReadWrite).await.expect("a store");
    let folder = url.split(['@', '/']).find(|part| part.starts_with("%2F")).expect("a socket");
    let folder = folder.replace("%2F", "/");
    assert!(std::path::Path::new(&folder).exists());
    drop(server);
    assert!(!std::path::Path::new(&folder).exists(), "{folder}");
    let error = store.count(known("accounts")).await.expect_err("it is gone");
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
}
