//! The lots of the hold-out (N2): one for each group's root, drawn at first sight and never again.
// writes: hold_out_lots

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, ROWS_A_TRANSACTION, Sort, Table};
use crate::value::{Fields, Row};

/// Millionths in the unit interval.
pub const MILLIONTHS: i64 = 1_000_000;

/// The lot of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotRow {
    /// The group's root.
    pub account_key: i64,
    /// Its place, in 0..[`MILLIONTHS`].
    pub place: i64,
    /// When it was drawn, ISO.
    pub drawn_on: String,
}

const LOTS: Table<'static> = Table {
    name: "hold_out_lots",
    columns: &[("account_key", Sort::Int), ("place", Sort::Int), ("drawn_on", Sort::Text)],
    key: &["account_key"],
};

impl Store {
    /// Keeps lots of groups that have none yet; a lot that is there stays as it is.
    pub async fn keep_lots(&self, lots: &[LotRow]) -> Result<(), StoreError> {
        let what = "keeping the lots of the hold-out";
        for chunk in lots.chunks(ROWS_A_TRANSACTION) {
            let rows: Vec<Row> = chunk
                .iter()
                .map(|lot| vec![lot.account_key.into(), lot.place.into(), (&lot.drawn_on).into()])
                .collect();
            let mut tx = self.begin(what).await?;
            let done = sql::insert(&mut tx, &LOTS, Clash::Keep, &rows).await;
            done.map_err(self.failed(what))?;
            tx.commit().await.map_err(self.failed(what))?;
        }
        Ok(())
    }

    /// Every lot, by root.
    pub async fn lots(&self) -> Result<Vec<LotRow>, StoreError> {
        self.read_lots("", &[]).await
    }

    /// The lot of a root.
    pub async fn lot_of(&self, root_key: i64) -> Result<Option<LotRow>, StoreError> {
        Ok(self.read_lots("WHERE account_key = $1", &[root_key.into()]).await?.pop())
    }

    /// How many groups have a lot.
    pub async fn lots_count(&self) -> Result<u64, StoreError> {
        let what = "counting the lots of the hold-out";
        let mut conn = self.reader(what).await?;
        let sql = "SELECT COUNT(*) FROM hold_out_lots";
        let rows = sql::rows(&mut conn, sql, &[], &[Sort::Int]).await;
        let count = rows.map_err(self.failed(what))?.into_iter().next();
        Ok(count.map_or(0, |row| Fields::of(row).int().unsigned_abs()))
    }

    async fn read_lots(
        &self,
        condition: &str,
        values: &[crate::value::Value],
    ) -> Result<Vec<LotRow>, StoreError> {
        let what = "reading the lots of the hold-out";
        let sql = format!(
            "SELECT account_key, place, drawn_on FROM hold_out_lots {condition} ORDER BY account_key"
        );
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, values, &[Sort::Int, Sort::Int, Sort::Text]).await;
        let read = |row: Row| {
            let mut fields = Fields::of(row);
            LotRow { account_key: fields.int(), place: fields.int(), drawn_on: fields.text() }
        };
        Ok(rows.map_err(self.failed(what))?.into_iter().map(read).collect())
    }
}
