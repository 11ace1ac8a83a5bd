//! What was taken from each file, and the rows of it that were refused or doubtful.
// writes: ingests, row_issues

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, ROWS_A_TRANSACTION, Sort, Table};
use crate::value::{Fields, Row, Value};

/// One entity taken from one file. Every row of the file is in one of the counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ingested {
    /// The file's name.
    pub file: String,
    /// The hash of its bytes.
    pub file_sha256: String,
    /// The hash of the mapping's text; empty when there was none.
    pub mapping_sha256: String,
    /// The entity.
    pub entity: String,
    /// Rows whose key was new.
    pub taken: i64,
    /// Rows that replaced other values.
    pub replaced: i64,
    /// Rows that were there already.
    pub unchanged: i64,
    /// Rows taken with a warning.
    pub warned: i64,
    /// Rows that were refused.
    pub refused: i64,
    /// Rows that the mapping leaves out.
    pub skipped: i64,
}

/// A row that was refused, or taken with a warning, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowIssue {
    /// The file's name.
    pub file: String,
    /// The line in it; for worksheets and Parquet the row.
    pub line: i64,
    /// The entity.
    pub entity: String,
    /// The column as the file names it.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// An English sentence: what is wrong, and how to mend it.
    pub reason: String,
    /// `error` (refused) or `warning` (taken).
    pub severity: String,
}

/// What came into one table so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The table.
    pub entity: String,
    /// Files that gave rows for it.
    pub files: u64,
    /// The day of the latest, ISO; none where it was not noted.
    pub latest_on: Option<String>,
}

const INGESTS: Table<'static> = Table {
    name: "ingests",
    columns: &[
        ("file", Sort::Text),
        ("entity", Sort::Text),
        ("file_sha256", Sort::Text),
        ("mapping_sha256", Sort::Text),
        ("taken", Sort::Int),
        ("replaced", Sort::Int),
        ("unchanged", Sort::Int),
        ("warned", Sort::Int),
        ("refused", Sort::Int),
        ("skipped", Sort::Int),
    ],
    key: &["file", "entity"],
};

const ISSUES: Table<'static> = Table {
    name: "row_issues",
    columns: &[
        ("file", Sort::Text),
        ("entity", Sort::Text),
        ("place", Sort::Int),
        ("line", Sort::Int),
        ("column_name", Sort::Text),
        ("value", Sort::Text),
        ("reason", Sort::Text),
        ("severity", Sort::Text),
    ],
    key: &["file", "entity", "place"],
};

const WHAT: &str = "recording what was ingested";

impl Store {
    /// Records one entity taken from one file, in place of what an earlier ingest of the same file name
    /// and entity left. Issues are stored under the file and entity of `ingested`; the record itself
    /// comes last, so that a file without one was not finished.
    pub async fn record_ingest(
        &self,
        ingested: &Ingested,
        issues: &[RowIssue],
    ) -> Result<(), StoreError> {
        self.forget_ingest(ingested).await?;
        let mut rows =
            issues.iter().zip(0_i64..).map(|(issue, at)| issue_values(ingested, issue, at));
        loop {
            let chunk: Vec<Row> = rows.by_ref().take(ROWS_A_TRANSACTION).collect();
            let mut tx = self.begin(WHAT).await?;
            sql::insert(&mut tx, &ISSUES, Clash::Replace, &chunk)
                .await
                .map_err(self.failed(WHAT))?;
            let is_last = chunk.len() < ROWS_A_TRANSACTION;
            if is_last {
                let record = [ingest_values(ingested)];
                let done = sql::insert(&mut tx, &INGESTS, Clash::Replace, &record).await;
                done.map_err(self.failed(WHAT))?;
            }
            tx.commit().await.map_err(self.failed(WHAT))?;
            if is_last {
                return Ok(());
            }
        }
    }

    /// Deletes the issues of a file and table; what was taken from it stays on record.
    pub async fn forget_issues(&self, file: &str, entity: &str) -> Result<u64, StoreError> {
        let what = "deleting old row issues";
        let mut tx = self.begin(what).await?;
        let sql = "DELETE FROM row_issues WHERE file = $1 AND entity = $2";
        let gone = sql::execute(&mut tx, sql, &[file.into(), entity.into()]).await;
        let gone = gone.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        Ok(gone)
    }

    async fn forget_ingest(&self, ingested: &Ingested) -> Result<(), StoreError> {
        let key = [Value::from(&ingested.file), Value::from(&ingested.entity)];
        let mut tx = self.begin(WHAT).await?;
        let sql = "DELETE FROM ingests WHERE file = $1 AND entity = $2";
        sql::execute(&mut tx, sql, &key).await.map_err(self.failed(WHAT))?;
        tx.commit().await.map_err(self.failed(WHAT))?;
        loop {
            let mut tx = self.begin(WHAT).await?;
            let sql = "DELETE FROM row_issues WHERE file = $1 AND entity = $2 AND place IN \
                       (SELECT place FROM row_issues WHERE file = $1 AND entity = $2 LIMIT 1000)";
            let gone = sql::execute(&mut tx, sql, &key).await.map_err(self.failed(WHAT))?;
            tx.commit().await.map_err(self.failed(WHAT))?;
            if gone < 1_000 {
                return Ok(());
            }
        }
    }

    /// All records, by file and entity.
    pub async fn ingests(&self) -> Result<Vec<Ingested>, StoreError> {
        let what = "reading what was ingested";
        let bytewise = self.bytewise();
        let sql = format!(
            "SELECT file, entity, file_sha256, mapping_sha256, taken, replaced, unchanged, warned, \
             refused, skipped FROM ingests ORDER BY file{bytewise}, entity{bytewise}"
        );
        let sorts = INGESTS.sorts();
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &sorts).await.map_err(self.failed(what))?;
        Ok(rows.into_iter().map(ingested).collect())
    }

    /// What came into each table, by its name.
    pub async fn arrived(&self) -> Result<Vec<Arrived>, StoreError> {
        let what = "reading what was ingested";
        let sql = format!(
            "SELECT i.entity, COUNT(CASE WHEN i.file LIKE '%/mended-%' THEN NULL ELSE 1 END), \
             MAX(s.taken_on) FROM ingests i \
             LEFT JOIN ingest_settings s ON s.file = i.file GROUP BY i.entity ORDER BY i.entity{}",
            self.bytewise()
        );
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &[Sort::Text, Sort::Int, Sort::Text]).await;
        let read = |row: Row| {
            let mut fields = Fields::of(row);
            Arrived {
                entity: fields.text(),
                files: u64::try_from(fields.int()).expect("a count is not negative"),
                latest_on: fields.optional_text(),
            }
        };
        Ok(rows.map_err(self.failed(what))?.into_iter().map(read).collect())
    }

    /// The issues of files whose names begin so, by file, table and line: errors, or warnings. At most `limit`.
    pub async fn issues_of(
        &self,
        prefix: &str,
        severity: &str,
        limit: u32,
    ) -> Result<Vec<RowIssue>, StoreError> {
        let what = "reading the rows that were refused";
        let bytewise = self.bytewise();
        let sql = format!(
            "SELECT file, line, entity, column_name, value, reason, severity FROM row_issues \
             WHERE substr(file, 1, length($1)) = $1 AND severity = $2 \
             ORDER BY file{bytewise}, entity{bytewise}, line, place LIMIT $3"
        );
        let sorts =
            [Sort::Text, Sort::Int, Sort::Text, Sort::Text, Sort::Text, Sort::Text, Sort::Text];
        let values = [prefix.into(), severity.into(), i64::from(limit).into()];
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &values, &sorts).await;
        Ok(rows.map_err(self.failed(what))?.into_iter().map(issue).collect())
    }

    /// Forgets the errors of rows that were mended and taken since, and counts them as taken.
    pub async fn mended(
        &self,
        (file, entity): (&str, &str),
        lines: &[i64],
    ) -> Result<(), StoreError> {
        let what = "noting rows that were mended";
        let mut tx = self.begin(what).await?;
        let mut rows = 0;
        for line in lines {
            let sql = "DELETE FROM row_issues WHERE file = $1 AND entity = $2 AND line = $3 \
                       AND severity = 'error'";
            let values = [file.into(), entity.into(), (*line).into()];
            let gone = sql::execute(&mut tx, sql, &values).await.map_err(self.failed(what))?;
            rows += i64::from(gone > 0);
        }
        let sql = "UPDATE ingests SET refused = refused - $1, taken = taken + $1 \
                   WHERE file = $2 AND entity = $3";
        let done = sql::execute(&mut tx, sql, &[rows.into(), file.into(), entity.into()]).await;
        done.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))
    }

    /// The first `limit` issues: errors before warnings, each by file, entity and line.
    pub async fn row_issues(&self, limit: u32) -> Result<Vec<RowIssue>, StoreError> {
        let what = "reading the rows that were refused";
        let bytewise = self.bytewise();
        let sql = format!(
            "SELECT file, line, entity, column_name, value, reason, severity FROM row_issues \
             ORDER BY severity{bytewise}, file{bytewise}, entity{bytewise}, line, place LIMIT $1"
        );
        let sorts =
            [Sort::Text, Sort::Int, Sort::Text, Sort::Text, Sort::Text, Sort::Text, Sort::Text];
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[i64::from(limit).into()], &sorts).await;
        Ok(rows.map_err(self.failed(what))?.into_iter().map(issue).collect())
    }

    /// How many errors and how many warnings there are.
    pub async fn issue_count(&self) -> Result<(u64, u64), StoreError> {
        let what = "counting the rows that were refused";
        let sql = "SELECT severity, COUNT(*) FROM row_issues GROUP BY severity";
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &[Sort::Text, Sort::Int]).await;
        let (mut errors, mut warnings) = (0, 0);
        for row in rows.map_err(self.failed(what))? {
            let mut fields = Fields::of(row);
            let (severity, count) = (fields.text(), fields.int());
            let count = u64::try_from(count).expect("a count is not negative");
            if severity == "error" { errors += count } else { warnings += count }
        }
        Ok((errors, warnings))
    }
}

fn ingest_values(ingested: &Ingested) -> Row {
    vec![
        (&ingested.file).into(),
        (&ingested.entity).into(),
        (&ingested.file_sha256).into(),
        (&ingested.mapping_sha256).into(),
        ingested.taken.into(),
        ingested.replaced.into(),
        ingested.unchanged.into(),
        ingested.warned.into(),
        ingested.refused.into(),
        ingested.skipped.into(),
    ]
}

fn ingested(row: Row) -> Ingested {
    let mut fields = Fields::of(row);
    let (file, entity) = (fields.text(), fields.text());
    Ingested {
        file,
        entity,
        file_sha256: fields.text(),
        mapping_sha256: fields.text(),
        taken: fields.int(),
        replaced: fields.int(),
        unchanged: fields.int(),
        warned: fields.int(),
        refused: fields.int(),
        skipped: fields.int(),
    }
}

fn issue_values(ingested: &Ingested, issue: &RowIssue, place: i64) -> Row {
    // What a broken file holds is shown as it is, but for NUL, which PostgreSQL cannot store.
    let shown = |text: &str| Value::Text(text.replace('\0', "\u{fffd}"));
    vec![
        (&ingested.file).into(),
        (&ingested.entity).into(),
        place.into(),
        issue.line.into(),
        shown(&issue.column),
        shown(&issue.value),
        shown(&issue.reason),
        (&issue.severity).into(),
    ]
}

fn issue(row: Row) -> RowIssue {
    let mut fields = Fields::of(row);
    RowIssue {
        file: fields.text(),
        line: fields.int(),
        entity: fields.text(),
        column: fields.text(),
        value: fields.text(),
        reason: fields.text(),
        severity: fields.text(),
    }
}
