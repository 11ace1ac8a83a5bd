//! Lake files that somebody reads: none of them goes while the reader's lease lives.
// writes: lake_pins

use std::collections::BTreeSet;

use sqlx::AnyConnection;

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, ROWS_A_TRANSACTION, Sort, Table};
use crate::value::{Fields, Row};

const PINS: Table<'static> = Table {
    name: "lake_pins",
    columns: &[("lease", Sort::Text), ("token", Sort::Int), ("path", Sort::Text)],
    key: &["lease", "token", "path"],
};

impl Store {
    /// Keeps these files of the lake from going as long as the lease that this store holds is renewed. A
    /// store without a lease pins nothing.
    pub async fn pin_files(&self, paths: &[String]) -> Result<(), StoreError> {
        let what = "pinning the lake's files";
        let Some(holding) = self.holding() else { return Ok(()) };
        for chunk in paths.chunks(ROWS_A_TRANSACTION) {
            let rows: Vec<Row> = chunk
                .iter()
                .map(|path| vec![(&holding.name).into(), holding.token.into(), path.into()])
                .collect();
            let mut tx = self.begin(what).await?;
            sql::insert(&mut tx, &PINS, Clash::Keep, &rows).await.map_err(self.failed(what))?;
            tx.commit().await.map_err(self.failed(what))?;
        }
        Ok(())
    }

    /// The files that others read now: those pinned under a lease that has not lapsed and is not ours.
    pub async fn pinned_files(&self, now_s: i64) -> Result<BTreeSet<String>, StoreError> {
        let what = "reading which files are in use";
        let sql = "SELECT lake_pins.path, lake_pins.lease FROM lake_pins JOIN leases \
                   ON leases.name = lake_pins.lease AND leases.token = lake_pins.token \
                   WHERE leases.until_s > $1";
        let ours = self.holding().map(|holding| holding.name);
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[now_s.into()], &[Sort::Text, Sort::Text]).await;
        let pinned = rows.map_err(self.failed(what))?.into_iter().filter_map(|row| {
            let mut fields = Fields::of(row);
            let (path, lease) = (fields.text(), fields.text());
            (Some(lease) != ours).then_some(path)
        });
        Ok(pinned.collect())
    }
}

/// Forgets what was pinned under a lease.
pub(crate) async fn forget(conn: &mut AnyConnection, lease: &str) -> Result<(), sqlx::Error> {
    sql::execute(conn, "DELETE FROM lake_pins WHERE lease = $1", &[lease.into()]).await?;
    Ok(())
}
