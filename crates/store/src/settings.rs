//! Under which currency and zone each file was read, so that a later change of them is noticed.
// writes: ingest_settings

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, ROWS_A_TRANSACTION, Sort, Table};
use crate::value::{Fields, Row};

/// How a file was last read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadUnder {
    /// The file's name.
    pub file: String,
    /// The workspace's currency then.
    pub currency: String,
    /// The workspace's zone then.
    pub zone: String,
    /// The day, ISO.
    pub taken_on: String,
}

const SETTINGS: Table<'static> = Table {
    name: "ingest_settings",
    columns: &[
        ("file", Sort::Text),
        ("currency", Sort::Text),
        ("zone", Sort::Text),
        ("taken_on", Sort::Text),
    ],
    key: &["file"],
};

impl Store {
    /// Records how files were read, in place of what was recorded of the same names.
    pub async fn record_settings(&self, files: &[ReadUnder]) -> Result<(), StoreError> {
        let what = "recording how files were read";
        for chunk in files.chunks(ROWS_A_TRANSACTION) {
            let rows: Vec<Row> = chunk
                .iter()
                .map(|read| {
                    [&read.file, &read.currency, &read.zone, &read.taken_on]
                        .map(Into::into)
                        .to_vec()
                })
                .collect();
            let mut tx = self.begin(what).await?;
            let done = sql::insert(&mut tx, &SETTINGS, Clash::Replace, &rows).await;
            done.map_err(self.failed(what))?;
            tx.commit().await.map_err(self.failed(what))?;
        }
        Ok(())
    }

    /// How every file was last read, by name.
    pub async fn settings_of_files(&self) -> Result<Vec<ReadUnder>, StoreError> {
        let what = "reading how files were read";
        let sql = format!(
            "SELECT file, currency, zone, taken_on FROM ingest_settings ORDER BY file{}",
            self.bytewise()
        );
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &[Sort::Text; 4]).await;
        let read = |row: Row| {
            let mut fields = Fields::of(row);
            ReadUnder {
                file: fields.text(),
                currency: fields.text(),
                zone: fields.text(),
                taken_on: fields.text(),
            }
        };
        Ok(rows.map_err(self.failed(what))?.into_iter().map(read).collect())
    }
}
