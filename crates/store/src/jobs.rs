//! Work that is done apart from the pages: asked for by people, taken by one worker at a time, with how far it
//! has come and what came of it.
//!
//! It needs no lease of the workspace: what changes the workspace takes that by itself. A worker says that it
//! lives by a heartbeat; a job whose worker is silent has broken off and can be asked for again.
// writes: jobs

use sqlx::AnyConnection;

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Row, Value};

/// How long a job at work counts as alive without a sign of life, in microseconds.
pub const JOB_SILENCE_US: i64 = 30_000_000;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// No worker has taken it yet.
    Waiting,
    /// A worker has it.
    Running,
    /// It is done; its result says what came of it.
    Done,
    /// It could not be done; its result says why.
    Failed,
    /// Its worker ended in the middle.
    Broken,
}

impl JobState {
    /// Its code in the store.
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Broken => "broken",
        }
    }

    fn parse(code: &str) -> Self {
        let all = [Self::Waiting, Self::Running, Self::Done, Self::Failed];
        all.into_iter().find(|state| state.code() == code).unwrap_or(Self::Broken)
    }

    /// Whether something is still to come of it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// A job that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct NewJob<'a> {
    /// What is to be done, as a code.
    pub kind: &'a str,
    /// What it is about: an upload's number, or empty.
    pub about: &'a str,
    /// How, as JSON.
    pub argument: &'a str,
    /// The press of the button: the same text again is the same job.
    pub once: &'a str,
    /// Who asks.
    pub by_login: Option<&'a str>,
    /// When, microseconds UTC.
    pub asked_us: i64,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Its number, from 1.
    pub job_no: i64,
    /// What is to be done, as a code.
    pub kind: String,
    /// What it is about.
    pub about: String,
    /// How, as JSON.
    pub argument: String,
    /// The press of the button.
    pub once: String,
    /// Where it stands.
    pub state: JobState,
    /// Who asked.
    pub by_login: Option<String>,
    /// When it was asked for, microseconds UTC.
    pub asked_us: i64,
    /// The worker that has or had it: pid@host.
    pub worker: Option<String>,
    /// How many workers have taken it.
    pub token: i64,
    /// When the worker took it.
    pub begun_us: Option<i64>,
    /// The worker's last sign of life.
    pub beat_us: Option<i64>,
    /// When it ended.
    pub ended_us: Option<i64>,
    /// How far it has come, as JSON.
    pub progress: Option<String>,
    /// What came of it, as JSON.
    pub result: Option<String>,
}

impl JobRow {
    /// Whether its worker has been silent for so long that it has broken off.
    pub fn is_silent(&self, now_us: i64) -> bool {
        self.state == JobState::Running && silent(self.beat_us, now_us)
    }
}

fn silent(beat_us: Option<i64>, now_us: i64) -> bool {
    now_us.saturating_sub(beat_us.unwrap_or(0)) > JOB_SILENCE_US
}

const JOBS: Table<'static> = Table {
    name: "jobs",
    columns: &[
        ("job_no", Sort::Int),
        ("kind", Sort::Text),
        ("about", Sort::Text),
        ("argument", Sort::Text),
        ("once", Sort::Text),
        ("state", Sort::Text),
        ("by_login", Sort::Text),
        ("asked_us", Sort::Int),
        ("worker", Sort::Text),
        ("token", Sort::Int),
        ("begun_us", Sort::Int),
        ("beat_us", Sort::Int),
        ("ended_us", Sort::Int),
        ("progress", Sort::Text),
        ("result", Sort::Text),
    ],
    key: &["job_no"],
};

impl Store {
    /// Asks for a job, and says its number and whether it is a new one: pressed twice, or pressed while the same
    /// is under way, it is the job that is there already.
    pub async fn ask_job(&self, new: &NewJob<'_>) -> Result<(i64, bool), StoreError> {
        let what = "asking for a job";
        let failed = self.failed(what);
        let mut tx = self.begin_free(what).await?;
        break_silent(&mut tx, new.asked_us, &|_| false).await.map_err(&failed)?;
        let sql = "SELECT job_no FROM jobs WHERE once = $1 OR (kind = $2 AND about = $3 AND state IN \
                   ('waiting', 'running')) ORDER BY job_no DESC";
        let same = [new.once.into(), new.kind.into(), new.about.into()];
        let same = sql::rows(&mut tx, sql, &same, &[Sort::Int]).await.map_err(&failed)?;
        if let Some(row) = same.into_iter().next() {
            tx.commit().await.map_err(failed)?;
            return Ok((Fields::of(row).int(), false));
        }
        let sql = "SELECT COALESCE(MAX(job_no), 0) FROM jobs";
        let last = sql::rows(&mut tx, sql, &[], &[Sort::Int]).await.map_err(&failed)?;
        let job_no = last.into_iter().next().map_or(0, |row| Fields::of(row).int()) + 1;
        let values: Row = vec![
            job_no.into(),
            new.kind.into(),
            new.about.into(),
            new.argument.into(),
            new.once.into(),
            JobState::Waiting.code().into(),
            new.by_login.into(),
            new.asked_us.into(),
            Value::Null,
            0_i64.into(),
            Value::Null,
            Value::Null,
            Value::Null,
            Value::Null,
            Value::Null,
        ];
        sql::insert(&mut tx, &JOBS, Clash::Keep, &[values]).await.map_err(&failed)?;
        tx.commit().await.map_err(failed)?;
        Ok((job_no, true))
    }

    /// Takes the oldest job that waits, unless another is at work. One whose worker is silent, or `gone` as its
    /// name (pid@host) says, has broken off.
    pub async fn take_job(
        &self,
        worker: &str,
        now_us: i64,
        gone: impl Fn(&str) -> bool + Send + Sync,
    ) -> Result<Option<JobRow>, StoreError> {
        let what = "taking a job";
        let failed = self.failed(what);
        let mut tx = self.begin_free(what).await?;
        let at_work = break_silent(&mut tx, now_us, &gone).await.map_err(&failed)?;
        let sql = format!(
            "SELECT {} FROM jobs WHERE state = 'waiting' ORDER BY job_no LIMIT 1",
            JOBS.names()
        );
        let next = sql::rows(&mut tx, sql, &[], &JOBS.sorts()).await.map_err(&failed)?;
        let Some(mut job) = next.into_iter().next().map(read).filter(|_| at_work == 0) else {
            tx.commit().await.map_err(failed)?;
            return Ok(None);
        };
        job.token += 1;
        let sql = "UPDATE jobs SET state = 'running', worker = $1, token = $2, begun_us = $3, beat_us = $3 \
                   WHERE job_no = $4";
        let values = [worker.into(), job.token.into(), now_us.into(), job.job_no.into()];
        sql::execute(&mut tx, sql, &values).await.map_err(&failed)?;
        tx.commit().await.map_err(failed)?;
        job.state = JobState::Running;
        (job.worker, job.begun_us, job.beat_us) =
            (Some(worker.to_owned()), Some(now_us), Some(now_us));
        Ok(Some(job))
    }

    /// A sign of life, with how far the job has come; `false` where it is no longer this worker's.
    pub async fn beat_job(
        &self,
        job: &JobRow,
        now_us: i64,
        progress: &str,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE jobs SET beat_us = $1, progress = $2 \
                   WHERE job_no = $3 AND token = $4 AND state = 'running'";
        self.change_job(sql, &[now_us.into(), progress.into(), job.job_no.into(), job.token.into()])
            .await
    }

    /// Ends a job with what came of it; `false` where it is no longer this worker's.
    pub async fn end_job(
        &self,
        job: &JobRow,
        (state, result): (JobState, &str),
        now_us: i64,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE jobs SET state = $1, result = $2, ended_us = $3, beat_us = $3 \
                   WHERE job_no = $4 AND token = $5 AND state = 'running'";
        let values = [
            state.code().into(),
            result.into(),
            now_us.into(),
            job.job_no.into(),
            job.token.into(),
        ];
        self.change_job(sql, &values).await
    }

    /// Lets a job wait again: its worker was asked to stop. `false` where it is no longer this worker's.
    pub async fn give_job_back(&self, job: &JobRow) -> Result<bool, StoreError> {
        let sql = "UPDATE jobs SET state = 'waiting', worker = NULL, begun_us = NULL, beat_us = NULL, \
                   progress = NULL WHERE job_no = $1 AND token = $2 AND state = 'running'";
        self.change_job(sql, &[job.job_no.into(), job.token.into()]).await
    }

    async fn change_job(&self, sql: &str, values: &[Value]) -> Result<bool, StoreError> {
        let what = "writing how a job goes";
        let mut tx = self.begin_free(what).await?;
        let touched =
            sql::execute(&mut tx, sql.to_owned(), values).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        Ok(touched > 0)
    }

    /// The job of that number.
    pub async fn job(&self, job_no: i64) -> Result<Option<JobRow>, StoreError> {
        Ok(self.jobs("WHERE job_no = $1 ORDER BY job_no", &[job_no.into()]).await?.pop())
    }

    /// The jobs about something, in their order.
    pub async fn jobs_about(&self, about: &str) -> Result<Vec<JobRow>, StoreError> {
        self.jobs("WHERE about = $1 ORDER BY job_no", &[about.into()]).await
    }

    /// The latest jobs, the latest first.
    pub async fn latest_jobs(&self, limit: u32) -> Result<Vec<JobRow>, StoreError> {
        self.jobs("ORDER BY job_no DESC LIMIT $1", &[i64::from(limit).into()]).await
    }

    /// The latest job of a kind.
    pub async fn latest_job(&self, kind: &str) -> Result<Option<JobRow>, StoreError> {
        Ok(self.jobs("WHERE kind = $1 ORDER BY job_no DESC LIMIT 1", &[kind.into()]).await?.pop())
    }

    /// Jobs that wait or are at work, in their order.
    pub async fn open_jobs(&self) -> Result<Vec<JobRow>, StoreError> {
        self.jobs("WHERE state IN ('waiting', 'running') ORDER BY job_no", &[]).await
    }

    async fn jobs(&self, condition: &str, values: &[Value]) -> Result<Vec<JobRow>, StoreError> {
        let what = "reading jobs";
        let sql = format!("SELECT {} FROM jobs {condition}", JOBS.names());
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, values, &JOBS.sorts()).await;
        Ok(rows.map_err(self.failed(what))?.into_iter().map(read).collect())
    }
}

/// Marks jobs whose worker is silent or gone, and says how many are at work.
async fn break_silent(
    conn: &mut AnyConnection,
    now_us: i64,
    gone: &(dyn Fn(&str) -> bool + Send + Sync),
) -> Result<usize, sqlx::Error> {
    let sql = "SELECT job_no, worker, beat_us FROM jobs WHERE state = 'running'";
    let sorts = [Sort::Int, Sort::Text, Sort::Int];
    let mut at_work = 0;
    for row in sql::rows(&mut *conn, sql, &[], &sorts).await? {
        let mut fields = Fields::of(row);
        let (job_no, worker, beat) = (fields.int(), fields.optional_text(), fields.optional_int());
        if !silent(beat, now_us) && !worker.is_some_and(|worker| gone(&worker)) {
            at_work += 1;
            continue;
        }
        let sql = "UPDATE jobs SET state = 'broken', ended_us = $1 WHERE job_no = $2";
        sql::execute(&mut *conn, sql, &[now_us.into(), job_no.into()]).await?;
    }
    Ok(at_work)
}

fn read(row: Row) -> JobRow {
    let mut fields = Fields::of(row);
    JobRow {
        job_no: fields.int(),
        kind: fields.text(),
        about: fields.text(),
        argument: fields.text(),
        once: fields.text(),
        state: JobState::parse(&fields.text()),
        by_login: fields.optional_text(),
        asked_us: fields.int(),
        worker: fields.optional_text(),
        token: fields.int(),
        begun_us: fields.optional_int(),
        beat_us: fields.optional_int(),
        ended_us: fields.optional_int(),
        progress: fields.optional_text(),
        result: fields.optional_text(),
    }
}
