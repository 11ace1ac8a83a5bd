//! Read models of the web: one JSON document an account, made by the run.
// writes: account_views

use crate::StoreError;
use crate::open::Store;
use crate::runs::SEEN;
use crate::sql::{self, Clash, ROWS_A_TRANSACTION, Sort, Table};
use crate::value::{Fields, Row};

const VIEWS: Table<'static> = Table {
    name: "account_views",
    columns: &[("attempt", Sort::Int), ("account_key", Sort::Int), ("view_json", Sort::Text)],
    key: &["attempt", "account_key"],
};

impl Store {
    /// Writes the views of a run: an account's key and its JSON. At most 1,000 rows a transaction.
    pub async fn write_views(
        &self,
        run_id: &str,
        views: &[(i64, String)],
    ) -> Result<(), StoreError> {
        let what = "writing the account views";
        for chunk in views.chunks(ROWS_A_TRANSACTION) {
            let mut tx = self.begin(what).await?;
            let attempt = self.attempt_to_write(&mut tx, run_id).await?;
            let rows: Vec<Row> = chunk
                .iter()
                .map(|(key, view)| vec![attempt.into(), (*key).into(), view.into()])
                .collect();
            sql::insert(&mut tx, &VIEWS, Clash::Replace, &rows).await.map_err(self.failed(what))?;
            tx.commit().await.map_err(self.failed(what))?;
        }
        Ok(())
    }

    /// The view of an account, as JSON.
    pub async fn view(&self, run_id: &str, account_key: i64) -> Result<Option<String>, StoreError> {
        let what = "reading an account view";
        let sql = format!(
            "SELECT view_json FROM account_views WHERE attempt = {SEEN} AND account_key = $2"
        );
        let values = [run_id.into(), account_key.into()];
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &values, &[Sort::Text]).await;
        Ok(rows.map_err(self.failed(what))?.pop().map(|row| Fields::of(row).text()))
    }

    /// The views of these accounts, as JSON; those without one are left out.
    pub async fn views_of(
        &self,
        run_id: &str,
        accounts: &[i64],
    ) -> Result<Vec<(i64, String)>, StoreError> {
        let what = "reading account views";
        let mut found = Vec::new();
        let mut conn = self.reader(what).await?;
        for keys in accounts.chunks(500) {
            let marks: Vec<String> = (2..keys.len() + 2).map(|n| format!("${n}")).collect();
            let sql = format!(
                "SELECT account_key, view_json FROM account_views \
                 WHERE attempt = {SEEN} AND account_key IN ({}) ORDER BY account_key",
                marks.join(", ")
            );
            let mut values = vec![run_id.into()];
            values.extend(keys.iter().map(|key| crate::value::Value::Int(*key)));
            let rows = sql::rows(&mut conn, sql, &values, &[Sort::Int, Sort::Text]).await;
            found.extend(rows.map_err(self.failed(what))?.into_iter().map(|row| {
                let mut fields = Fields::of(row);
                (fields.int(), fields.text())
            }));
        }
        Ok(found)
    }

    /// The accounts of a run whose view says that contact is thin, by key. The quotes in a text of the view are
    /// escaped, so no text can look like the mark.
    pub async fn thin_contacts(&self, run_id: &str) -> Result<Vec<i64>, StoreError> {
        let what = "reading the accounts with thin contact";
        let sql = format!(
            "SELECT account_key FROM account_views WHERE attempt = {SEEN} \
             AND view_json LIKE '%\"thin_contact\":true%' ORDER BY account_key"
        );
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[run_id.into()], &[Sort::Int]).await;
        let rows = rows.map_err(self.failed(what))?.into_iter();
        Ok(rows.map(|row| Fields::of(row).int()).collect())
    }

    /// Deletes what an attempt left here.
    pub(crate) async fn forget_views(&self, attempt: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM account_views WHERE attempt = $1 AND account_key IN \
                   (SELECT account_key FROM account_views WHERE attempt = $1 LIMIT 1000)";
        self.forget_rows(sql, attempt).await
    }
}
