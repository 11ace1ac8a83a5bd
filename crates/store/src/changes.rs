//! What a run changed against the day before, each with its written reason.
// writes: play_changes

use crate::StoreError;
use crate::open::Store;
use crate::runs::SEEN;
use crate::sql::{self, Clash, ROWS_A_TRANSACTION, Sort, Table};
use crate::value::{Fields, Row};
use crate::work::ChangeKind;

/// One change of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayChange {
    /// The play.
    pub play_id: String,
    /// What changed.
    pub change: ChangeKind,
    /// The reason's code.
    pub reason_code: String,
    /// The reason in Japanese.
    pub reason_ja: String,
    /// The reason in English.
    pub reason_en: String,
    /// The account.
    pub account_key: i64,
    /// What the play offers, in Japanese.
    pub title_ja: String,
    /// What the play offers, in English.
    pub title_en: String,
    /// Its place the day before; `None`: it was not in the list.
    pub rank_before: Option<i64>,
    /// Its place now; `None`: it is not in the list.
    pub rank_after: Option<i64>,
}

const CHANGES: Table<'static> = Table {
    name: "play_changes",
    columns: &[
        ("attempt", Sort::Int),
        ("play_id", Sort::Text),
        ("change", Sort::Text),
        ("reason_code", Sort::Text),
        ("reason_ja", Sort::Text),
        ("reason_en", Sort::Text),
        ("account_key", Sort::Int),
        ("title_ja", Sort::Text),
        ("title_en", Sort::Text),
        ("rank_before", Sort::Int),
        ("rank_after", Sort::Int),
    ],
    key: &["attempt", "play_id", "change"],
};

impl Store {
    /// Writes what a run changed. At most 1,000 rows a transaction; a row with the same play and change
    /// is replaced.
    pub async fn write_play_changes(
        &self,
        run_id: &str,
        changes: &[PlayChange],
    ) -> Result<(), StoreError> {
        let what = "writing what the run changed";
        for chunk in changes.chunks(ROWS_A_TRANSACTION) {
            let mut tx = self.begin(what).await?;
            let attempt = self.attempt_to_write(&mut tx, run_id).await?;
            let rows: Vec<Row> = chunk.iter().map(|change| values(attempt, change)).collect();
            sql::insert(&mut tx, &CHANGES, Clash::Replace, &rows)
                .await
                .map_err(self.failed(what))?;
            tx.commit().await.map_err(self.failed(what))?;
        }
        Ok(())
    }

    /// What a run changed: by place now, then by place before, then by id.
    pub async fn play_changes(&self, run_id: &str) -> Result<Vec<PlayChange>, StoreError> {
        let what = "reading what the run changed";
        let columns: Vec<_> = CHANGES.columns[1..].iter().map(|column| column.0).collect();
        let last = i64::MAX;
        let sql = format!(
            "SELECT {} FROM play_changes WHERE attempt = {SEEN} \
             ORDER BY COALESCE(rank_after, {last}), COALESCE(rank_before, {last}), \
             play_id{bytewise}, change{bytewise}",
            columns.join(", "),
            bytewise = self.bytewise(),
        );
        let sorts: Vec<Sort> = CHANGES.columns[1..].iter().map(|column| column.1).collect();
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[run_id.into()], &sorts).await;
        Ok(rows.map_err(self.failed(what))?.into_iter().map(change).collect())
    }

    /// Deletes what an attempt left here.
    pub(crate) async fn forget_changes(&self, attempt: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM play_changes WHERE attempt = $1 AND play_id IN \
                   (SELECT play_id FROM play_changes WHERE attempt = $1 LIMIT 300)";
        self.forget_rows(sql, attempt).await
    }
}

fn values(attempt: i64, change: &PlayChange) -> Row {
    vec![
        attempt.into(),
        (&change.play_id).into(),
        change.change.code().into(),
        (&change.reason_code).into(),
        (&change.reason_ja).into(),
        (&change.reason_en).into(),
        change.account_key.into(),
        (&change.title_ja).into(),
        (&change.title_en).into(),
        change.rank_before.into(),
        change.rank_after.into(),
    ]
}

fn change(row: Row) -> PlayChange {
    let mut fields = Fields::of(row);
    PlayChange {
        play_id: fields.text(),
        change: ChangeKind::parse(&fields.text()).expect("only this module writes the word"),
        reason_code: fields.text(),
        reason_ja: fields.text(),
        reason_en: fields.text(),
        account_key: fields.int(),
        title_ja: fields.text(),
        title_en: fields.text(),
        rank_before: fields.optional_int(),
        rank_after: fields.optional_int(),
    }
}
