//! The catalogue of the lake: a file that is not listed here does not exist.
// writes: lake_files, lake_retired

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Row};

/// One Parquet file of the lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LakeFile {
    /// Its path, relative to the lake's folder.
    pub path: String,
    /// The entity whose rows it holds.
    pub entity: String,
    /// The month of its rows: `2017-03`.
    pub month: String,
    /// How many rows it has.
    pub rows: i64,
    /// The ingest that wrote it; of rows with one key the highest counts.
    pub seq: i64,
    /// The hash of its bytes.
    pub sha256: String,
    /// Its size.
    pub bytes: i64,
}

const FILES: Table<'static> = Table {
    name: "lake_files",
    columns: &[
        ("path", Sort::Text),
        ("entity", Sort::Text),
        ("month", Sort::Text),
        ("row_count", Sort::Int),
        ("seq", Sort::Int),
        ("sha256", Sort::Text),
        ("size_bytes", Sort::Int),
    ],
    key: &["path"],
};

const RETIRED: Table<'static> = Table {
    name: "lake_retired",
    columns: &[("path", Sort::Text), ("retired_s", Sort::Int)],
    key: &["path"],
};

impl Store {
    /// The files of an entity, by month, ingest and path.
    pub async fn lake_files(&self, entity: &str) -> Result<Vec<LakeFile>, StoreError> {
        let what = "reading the lake's catalogue";
        let bytewise = self.bytewise();
        let sql = format!(
            "SELECT path, entity, month, row_count, seq, sha256, size_bytes FROM lake_files \
             WHERE entity = $1 ORDER BY month{bytewise}, seq, path{bytewise}"
        );
        let sorts = FILES.sorts();
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[entity.into()], &sorts).await;
        Ok(rows.map_err(self.failed(what))?.into_iter().map(file).collect())
    }

    /// The number for the next ingest: one more than any file has.
    pub async fn next_lake_seq(&self) -> Result<i64, StoreError> {
        let what = "reading the lake's catalogue";
        let sql = "SELECT COALESCE(MAX(seq), 0) FROM lake_files";
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &[Sort::Int]).await;
        let last = rows.map_err(self.failed(what))?.pop().map_or(0, |row| Fields::of(row).int());
        Ok(last + 1)
    }

    /// Lists some files and strikes others off, all at once or not at all. A path that is in both lists
    /// is listed afterwards.
    pub async fn commit_lake(&self, add: &[LakeFile], remove: &[String]) -> Result<(), StoreError> {
        self.change_lake(add, remove, None).await
    }

    /// As [`Store::commit_lake`], and remembers when the files left: they stay on disk for those who still
    /// read them.
    pub async fn swap_lake(
        &self,
        add: &[LakeFile],
        remove: &[String],
        now_s: i64,
    ) -> Result<(), StoreError> {
        self.change_lake(add, remove, Some(now_s)).await
    }

    /// The files that left the catalogue, each with the time, in seconds since 1970.
    pub async fn retired_files(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let what = "reading the lake's catalogue";
        let sql =
            format!("SELECT path, retired_s FROM lake_retired ORDER BY path{}", self.bytewise());
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &[Sort::Text, Sort::Int]).await;
        Ok(rows.map_err(self.failed(what))?.into_iter().map(Fields::pair).collect())
    }

    /// Forgets retired files that are gone from the disk.
    pub async fn forget_retired(&self, paths: &[String]) -> Result<(), StoreError> {
        let what = "writing the lake's catalogue";
        let mut tx = self.begin(what).await?;
        for path in paths {
            let sql = "DELETE FROM lake_retired WHERE path = $1";
            sql::execute(&mut tx, sql, &[path.into()]).await.map_err(self.failed(what))?;
        }
        tx.commit().await.map_err(self.failed(what))
    }

    async fn change_lake(
        &self,
        add: &[LakeFile],
        remove: &[String],
        retired_s: Option<i64>,
    ) -> Result<(), StoreError> {
        let what = "writing the lake's catalogue";
        let mut tx = self.begin(what).await?;
        if let Some(now_s) = retired_s {
            let rows: Vec<Row> =
                remove.iter().map(|path| vec![path.into(), now_s.into()]).collect();
            sql::insert(&mut tx, &RETIRED, Clash::Replace, &rows)
                .await
                .map_err(self.failed(what))?;
        }
        for path in remove {
            let sql = "DELETE FROM lake_files WHERE path = $1";
            sql::execute(&mut tx, sql, &[path.into()]).await.map_err(self.failed(what))?;
        }
        let rows: Vec<Row> = add.iter().map(values).collect();
        sql::insert(&mut tx, &FILES, Clash::Replace, &rows).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))
    }
}

fn values(file: &LakeFile) -> Row {
    vec![
        (&file.path).into(),
        (&file.entity).into(),
        (&file.month).into(),
        file.rows.into(),
        file.seq.into(),
        (&file.sha256).into(),
        file.bytes.into(),
    ]
}

fn file(row: Row) -> LakeFile {
    let mut fields = Fields::of(row);
    LakeFile {
        path: fields.text(),
        entity: fields.text(),
        month: fields.text(),
        rows: fields.int(),
        seq: fields.int(),
        sha256: fields.text(),
        bytes: fields.int(),
    }
}
