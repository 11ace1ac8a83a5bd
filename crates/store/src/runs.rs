//! Runs, and the pointer to the one that readers see.
//!
//! The same run may be tried again: after a crash, or with the same inputs. Each attempt has a number, and
//! everything that it decides carries that number, so a run that is being repeated never mixes with what
//! readers see, and publishing is one change of one row.
// writes: runs, current_run

use sqlx::AnyConnection;

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Sort};
use crate::value::{Fields, Row, Value};

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunRow {
    /// The hash of its day, data, policy and seed.
    pub run_id: String,
    /// The day that it looks from, as an ISO date.
    pub as_of: String,
    /// The hash of what it read.
    pub data_hash: String,
    /// The hash of the policy.
    pub policy_hash: String,
    /// The seed of its draws.
    pub seed: i64,
    /// The program's version.
    pub version: String,
    /// What came out, as JSON.
    pub summary: String,
    /// Whether readers may see it. Ignored by [`Store::begin_run`].
    pub published: bool,
}

/// Runs that are kept: the current one and those before it.
const KEPT: usize = 3;

const COLUMNS: &str = "run_id, as_of, data_hash, policy_hash, seed, version, summary, published";
const SORTS: [Sort; 8] =
    [Sort::Text, Sort::Text, Sort::Text, Sort::Text, Sort::Int, Sort::Text, Sort::Text, Sort::Int];

/// The attempt of run `$1` that readers see: the published one, else the latest.
pub(crate) const SEEN: &str =
    "(SELECT attempt FROM runs WHERE run_id = $1 ORDER BY published DESC, attempt DESC LIMIT 1)";

impl Store {
    /// Begins an attempt at a run; deletes what unfinished attempts at the same run left.
    pub async fn begin_run(&self, run: &RunRow) -> Result<(), StoreError> {
        let what = "beginning a run";
        let sql = "SELECT attempt FROM runs WHERE run_id = $1 AND published = 0 ORDER BY attempt";
        let mut conn = self.reader(what).await?;
        let unfinished = sql::rows(&mut conn, sql, &[(&run.run_id).into()], &[Sort::Int]).await;
        drop(conn);
        for row in unfinished.map_err(self.failed(what))? {
            self.forget_attempt(Fields::of(row).int()).await?;
        }
        let mut tx = self.begin(what).await?;
        let sql = "INSERT INTO runs (attempt, run_id, as_of, data_hash, policy_hash, seed, version, \
                   summary, published) \
                   VALUES ((SELECT COALESCE(MAX(attempt), 0) + 1 FROM runs), \
                   $1, $2, $3, $4, $5, $6, $7, 0)";
        let values: [Value; 7] = [
            (&run.run_id).into(),
            (&run.as_of).into(),
            (&run.data_hash).into(),
            (&run.policy_hash).into(),
            run.seed.into(),
            (&run.version).into(),
            (&run.summary).into(),
        ];
        sql::execute(&mut tx, sql, &values).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))
    }

    /// The run that readers see, if any was published.
    pub async fn current_run(&self) -> Result<Option<RunRow>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM runs WHERE attempt = (SELECT attempt FROM current_run)");
        self.read_run(sql, &[]).await
    }

    /// The run that a run of this day (ISO) is compared with: of the published runs of earlier days the
    /// latest of the latest day.
    pub async fn previous_run(&self, day: &str) -> Result<Option<RunRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM runs WHERE {}", self.is_previous_to("$1"));
        self.read_run(sql, &[day.into()]).await
    }

    /// Its plays, by rank; none where there is no such run.
    pub async fn plays_of_previous_run(
        &self,
        day: &str,
    ) -> Result<Vec<crate::PlayRow>, StoreError> {
        match self.previous_run(day).await? {
            Some(run) => self.plays(&run.run_id).await,
            None => Ok(Vec::new()),
        }
    }

    /// Holds of the one run that a run of a day is compared with.
    fn is_previous_to(&self, day: &str) -> String {
        let bytewise = self.bytewise();
        format!(
            "attempt = (SELECT attempt FROM runs WHERE published = 1 AND as_of{bytewise} < {day} \
             ORDER BY as_of{bytewise} DESC, attempt DESC LIMIT 1)"
        )
    }

    /// A run by its id.
    pub async fn run(&self, run_id: &str) -> Result<Option<RunRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM runs WHERE attempt = {SEEN}");
        self.read_run(sql, &[run_id.into()]).await
    }

    /// The ids of all runs that are kept, in order.
    pub async fn run_ids(&self) -> Result<Vec<String>, StoreError> {
        let what = "reading the runs";
        let sql =
            format!("SELECT run_id FROM runs GROUP BY run_id ORDER BY run_id{}", self.bytewise());
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &[Sort::Text]).await;
        let rows = rows.map_err(self.failed(what))?;
        Ok(rows.into_iter().map(|row| Fields::of(row).text()).collect())
    }

    async fn read_run(&self, sql: String, values: &[Value]) -> Result<Option<RunRow>, StoreError> {
        let what = "reading the runs";
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, values, &SORTS).await.map_err(self.failed(what))?;
        Ok(rows.into_iter().next().map(run_row))
    }

    /// Shows the latest attempt at the run to readers, by one update of the pointer; then deletes what
    /// older runs left, but for the last three that were published, this one included, and the one that
    /// a run of the same day is compared with.
    pub async fn publish_run(&self, run_id: &str, summary: &str) -> Result<(), StoreError> {
        let what = "publishing a run";
        let mut tx = self.begin(what).await?;
        let attempt = self.attempt_to_write(&mut tx, run_id).await?;
        let sql = "UPDATE runs SET published = 1, summary = $1 WHERE attempt = $2";
        let done = sql::execute(&mut tx, sql, &[summary.into(), attempt.into()]).await;
        done.map_err(self.failed(what))?;
        let sql = "INSERT INTO current_run (slot, attempt) VALUES (1, $1) \
                   ON CONFLICT (slot) DO UPDATE SET attempt = excluded.attempt";
        sql::execute(&mut tx, sql, &[attempt.into()]).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        if let Err(error) = self.forget_old_runs(attempt).await {
            // The run is published; what is left over goes with the next one.
            tracing::warn!(%error, "What older runs left could not be deleted.");
        }
        Ok(())
    }

    async fn forget_old_runs(&self, current: i64) -> Result<(), StoreError> {
        let what = "deleting what older runs left";
        let sql = "SELECT attempt, run_id, published FROM runs WHERE attempt <= $1 \
                   ORDER BY attempt DESC";
        let sorts = [Sort::Int, Sort::Text, Sort::Int];
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[current.into()], &sorts).await;
        drop(conn);
        let compared = self.compared_with(current).await?;
        let mut kept: Vec<String> = Vec::new();
        for row in rows.map_err(self.failed(what))? {
            let mut fields = Fields::of(row);
            let (attempt, run_id, published) = (fields.int(), fields.text(), fields.int() == 1);
            if published && kept.len() < KEPT && !kept.contains(&run_id) {
                kept.push(run_id);
            } else if compared != Some(attempt) {
                self.forget_attempt(attempt).await?;
            }
        }
        Ok(())
    }

    /// The attempt of the run that runs of the same day as `current` are compared with.
    async fn compared_with(&self, current: i64) -> Result<Option<i64>, StoreError> {
        let what = "reading the runs";
        let day = "(SELECT as_of FROM runs WHERE attempt = $1)";
        let sql = format!("SELECT attempt FROM runs WHERE {}", self.is_previous_to(day));
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[current.into()], &[Sort::Int]).await;
        Ok(rows.map_err(self.failed(what))?.pop().map(|row| Fields::of(row).int()))
    }

    /// Deletes what an attempt decided, then the attempt itself.
    async fn forget_attempt(&self, attempt: i64) -> Result<(), StoreError> {
        let what = "deleting what an older run left";
        self.forget_plays(attempt).await?;
        self.forget_changes(attempt).await?;
        self.forget_natural(attempt).await?;
        self.forget_map(attempt).await?;
        self.forget_views(attempt).await?;
        self.forget_models(attempt).await?;
        self.forget_night(attempt).await?;
        let mut tx = self.begin(what).await?;
        let sql = "DELETE FROM runs WHERE attempt = $1";
        sql::execute(&mut tx, sql, &[attempt.into()]).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))
    }

    /// The attempt that writes for a run: its latest.
    pub(crate) async fn attempt_to_write(
        &self,
        conn: &mut AnyConnection,
        run_id: &str,
    ) -> Result<i64, StoreError> {
        let sql = "SELECT attempt FROM runs WHERE run_id = $1 ORDER BY attempt DESC LIMIT 1";
        let rows = sql::rows(conn, sql, &[run_id.into()], &[Sort::Int]).await;
        let row = rows.map_err(self.failed("reading the runs"))?.pop();
        row.map(|row| Fields::of(row).int())
            .ok_or_else(|| StoreError::UnknownRun { run_id: run_id.to_owned() })
    }

    /// Runs a statement that deletes at most 1,000 rows of an attempt until it finds none.
    pub(crate) async fn forget_rows(
        &self,
        sql: &'static str,
        attempt: i64,
    ) -> Result<(), StoreError> {
        let what = "deleting what an older run left";
        loop {
            let mut tx = self.begin(what).await?;
            let gone = sql::execute(&mut tx, sql, &[attempt.into()]).await;
            let gone = gone.map_err(self.failed(what))?;
            tx.commit().await.map_err(self.failed(what))?;
            if gone == 0 {
                return Ok(());
            }
        }
    }
}

fn run_row(row: Row) -> RunRow {
    let mut fields = Fields::of(row);
    RunRow {
        run_id: fields.text(),
        as_of: fields.text(),
        data_hash: fields.text(),
        policy_hash: fields.text(),
        seed: fields.int(),
        version: fields.text(),
        summary: fields.text(),
        published: fields.int() == 1,
    }
}
