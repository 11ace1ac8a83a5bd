//! Filters of the worklist that reps keep under a name.
// writes: saved_views

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Row};

/// A filter under its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SavedView {
    /// Whose it is: a representative's id, or `user:` and the name that somebody signs in with; empty: everybody's.
    pub rep_id: String,
    /// What it is called.
    pub name: String,
    /// The filter as the worklist's address has it.
    pub query: String,
}

const VIEWS: Table<'static> = Table {
    name: "saved_views",
    columns: &[("rep_id", Sort::Text), ("name", Sort::Text), ("query", Sort::Text)],
    key: &["rep_id", "name"],
};

impl Store {
    /// Keeps a filter; one of the same name is replaced.
    pub async fn save_view(&self, view: &SavedView) -> Result<(), StoreError> {
        let what = "keeping a filter";
        let mut tx = self.begin_free(what).await?;
        let row: Row = vec![(&view.rep_id).into(), (&view.name).into(), (&view.query).into()];
        let done = sql::insert(&mut tx, &VIEWS, Clash::Replace, &[row]).await;
        done.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))
    }

    /// Forgets a filter.
    pub async fn forget_view(&self, rep_id: &str, name: &str) -> Result<(), StoreError> {
        let what = "forgetting a filter";
        let mut tx = self.begin_free(what).await?;
        let sql = "DELETE FROM saved_views WHERE rep_id = $1 AND name = $2";
        let done = sql::execute(&mut tx, sql, &[rep_id.into(), name.into()]).await;
        done.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))
    }

    /// The filters of a rep and those of everybody, by name.
    pub async fn saved_views(&self, rep_id: &str) -> Result<Vec<SavedView>, StoreError> {
        let what = "reading the filters that are kept";
        let sql = format!(
            "SELECT rep_id, name, query FROM saved_views WHERE rep_id IN ('', $1) \
             ORDER BY name{bytewise}, rep_id{bytewise}",
            bytewise = self.bytewise()
        );
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[rep_id.into()], &VIEWS.sorts()).await;
        let view = |row: Row| {
            let mut fields = Fields::of(row);
            SavedView { rep_id: fields.text(), name: fields.text(), query: fields.text() }
        };
        Ok(rows.map_err(self.failed(what))?.into_iter().map(view).collect())
    }
}
