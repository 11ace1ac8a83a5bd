//! Places for stores, rows for them, and futures that are cut off.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;

use domain::canonical::{Entity, entity};
use sqlx::{AnyConnection, Connection as _};
use store::testing::{TestPostgres, sqlite_url};
use store::{Open, Row, Store, Value};
use tempfile::TempDir;

/// Where a test's store lives, until the test ends.
pub(crate) struct Place {
    pub(crate) url: String,
    raw_url: String,
    /// What raw SQL puts before a table's name.
    prefix: String,
    _folder: Option<TempDir>,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let url = sqlite_url(folder.path());
        Self { raw_url: url.clone(), url, prefix: String::new(), _folder: Some(folder) }
    }

    pub(crate) fn postgres() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let schema = format!("contract_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let url = TestPostgres::shared().url(&schema);
        let raw_url = url.split('?').next().unwrap_or_default().to_owned();
        Self { url, raw_url, prefix: format!("{schema}."), _folder: None }
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url, Open::ReadWrite).await.expect("the store opens")
    }

    /// Makes the store as an older version of the program would have left it.
    pub(crate) async fn make_at_version(&self, version: i64) {
        sqlx::any::install_default_drivers();
        let url = match self.prefix.strip_suffix('.') {
            None => format!("{}?mode=rwc", self.raw_url),
            Some(_) => self.raw_url.clone(),
        };
        let mut conn = AnyConnection::connect(&url).await.expect("a connection");
        if let Some(schema) = self.prefix.strip_suffix('.') {
            let sql = format!("CREATE SCHEMA {schema}; SET search_path TO {schema}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.expect("a schema");
        }
        sqlx::migrate!().run_to(version, &mut conn).await.expect("migrations");
        conn.close().await.expect("an end");
    }

    /// Runs SQL behind the store's back; `@` stands before the names of tables.
    pub(crate) async fn raw(&self, sql: &str) {
        sqlx::any::install_default_drivers();
        let mut conn = AnyConnection::connect(&self.raw_url).await.expect("a connection");
        let sql = sql.replace('@', &self.prefix);
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.expect("raw SQL");
        conn.close().await.expect("an end");
    }
}

/// Makes each named check a test over both databases.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&crate::setting::Place::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&crate::setting::Place::postgres()).await;
            })*
        }
    };
}
pub(crate) use on_both;

pub(crate) fn known(name: &str) -> &'static Entity {
    entity(name).expect(name)
}

/// A row with these values, and null elsewhere.
pub(crate) fn row(entity: &Entity, values: &[(&str, Value)]) -> Row {
    for (name, _) in values {
        assert!(Store::columns(entity).contains(name), "{name}");
    }
    let value = |column: &&str| values.iter().find(|(name, _)| name == column);
    let columns = Store::columns(entity);
    columns.iter().map(|name| value(name).map_or(Value::Null, |(_, it)| it.clone())).collect()
}

/// A product with an id and a name.
pub(crate) fn product(id: &str, name: &str) -> Row {
    row(known("products"), &[("product_id", id.into()), ("name", name.into())])
}

pub(crate) fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

/// Drives a future for so many steps, then drops it, as a crash would; its output if it was done.
pub(crate) async fn cut_off<F: Future>(future: F, steps: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = steps;
    std::future::poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
