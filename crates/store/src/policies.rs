//! Versions of the policy and the switch that stops offers.
//!
//! Versions are only appended: the last one is live, and going back publishes an older text anew.
// writes: policies, policy_stops

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Sort};
use crate::value::{Fields, Row, Value};

/// One published version of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyVersion {
    /// Its number, from 1.
    pub version: i64,
    /// SHA-256 of its text, lower-case hexadecimal.
    pub hash: String,
    /// Its text.
    pub toml: String,
    /// When it was published, seconds since 1970.
    pub published_s: i64,
    /// By whom.
    pub published_by: String,
    /// Why.
    pub reason: String,
    /// The version whose text it brings back, if it does.
    pub restores: Option<i64>,
}

/// A time in which nothing is offered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyStop {
    /// Since when, seconds since 1970.
    pub stopped_s: i64,
    /// The workspace's day of it, ISO.
    pub stopped_on: String,
    /// By whom.
    pub stopped_by: String,
    /// Why.
    pub reason: String,
    /// When it ended, seconds since 1970; it lasts without.
    pub started_s: Option<i64>,
    /// Who ended it.
    pub started_by: Option<String>,
    /// Why it ended.
    pub start_reason: Option<String>,
}

const VERSION_COLUMNS: &str =
    "version, hash, toml, published_s, published_by, reason, COALESCE(restores, 0)";
const VERSION_SORTS: [Sort; 7] =
    [Sort::Int, Sort::Text, Sort::Text, Sort::Int, Sort::Text, Sort::Text, Sort::Int];
const STOP_COLUMNS: &str = "stopped_s, stopped_on, stopped_by, reason, COALESCE(started_s, -1), \
                            COALESCE(started_by, ''), COALESCE(start_reason, '')";
const STOP_SORTS: [Sort; 7] =
    [Sort::Int, Sort::Text, Sort::Text, Sort::Text, Sort::Int, Sort::Text, Sort::Text];

impl Store {
    /// Publishes a version after the last one, which it numbers; returns its number. `after` is the version that
    /// the caller saw as the live one: where another was published meanwhile nothing is written, and none is returned.
    pub async fn publish_policy(
        &self,
        policy: &PolicyVersion,
        after: i64,
    ) -> Result<Option<i64>, StoreError> {
        let what = "publishing a policy";
        let mut tx = self.begin(what).await?;
        let sql = "SELECT COALESCE(MAX(version), 0) FROM policies";
        let last = sql::rows(&mut tx, sql, &[], &[Sort::Int]).await.map_err(self.failed(what))?;
        let last = last.into_iter().next().map_or(0, |row| Fields::of(row).int());
        if last != after {
            return Ok(None);
        }
        let sql = "INSERT INTO policies (version, hash, toml, published_s, published_by, reason, \
                   restores) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values: [Value; 7] = [
            (last + 1).into(),
            (&policy.hash).into(),
            (&policy.toml).into(),
            policy.published_s.into(),
            (&policy.published_by).into(),
            (&policy.reason).into(),
            policy.restores.unwrap_or(0).into(),
        ];
        sql::execute(&mut tx, sql, &values).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        Ok(Some(last + 1))
    }

    /// The live version; none before the first was published.
    pub async fn live_policy(&self) -> Result<Option<PolicyVersion>, StoreError> {
        let sql = format!("SELECT {VERSION_COLUMNS} FROM policies ORDER BY version DESC LIMIT 1");
        Ok(self.read_policies(sql, &[]).await?.pop())
    }

    /// A version by its number.
    pub async fn policy_version(&self, version: i64) -> Result<Option<PolicyVersion>, StoreError> {
        let sql = format!("SELECT {VERSION_COLUMNS} FROM policies WHERE version = $1");
        Ok(self.read_policies(sql, &[version.into()]).await?.pop())
    }

    /// Every version, the first one first.
    pub async fn policy_versions(&self) -> Result<Vec<PolicyVersion>, StoreError> {
        let sql = format!("SELECT {VERSION_COLUMNS} FROM policies ORDER BY version");
        self.read_policies(sql, &[]).await
    }

    async fn read_policies(
        &self,
        sql: String,
        values: &[Value],
    ) -> Result<Vec<PolicyVersion>, StoreError> {
        let what = "reading the policy's versions";
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, values, &VERSION_SORTS).await;
        Ok(rows.map_err(self.failed(what))?.into_iter().map(version).collect())
    }

    /// Stops offers from now on; says whether they were not stopped already.
    pub async fn stop_offers(&self, stop: &PolicyStop) -> Result<bool, StoreError> {
        let what = "stopping offers";
        let mut tx = self.begin(what).await?;
        let sql = "INSERT INTO policy_stops (stop_no, stopped_s, stopped_on, stopped_by, reason) \
                   SELECT (SELECT COALESCE(MAX(stop_no), 0) + 1 FROM policy_stops), \
                   CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT) \
                   WHERE NOT EXISTS (SELECT 1 FROM policy_stops WHERE started_s IS NULL)";
        let values: [Value; 4] = [
            stop.stopped_s.into(),
            (&stop.stopped_on).into(),
            (&stop.stopped_by).into(),
            (&stop.reason).into(),
        ];
        let done = sql::execute(&mut tx, sql, &values).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        Ok(done > 0)
    }

    /// Lets offers be made again; says whether they were stopped.
    pub async fn start_offers(
        &self,
        (at_s, by, reason): (i64, &str, &str),
    ) -> Result<bool, StoreError> {
        let what = "starting offers again";
        let mut tx = self.begin(what).await?;
        let sql = "UPDATE policy_stops SET started_s = $1, started_by = $2, start_reason = $3 \
                   WHERE started_s IS NULL";
        let values: [Value; 3] = [at_s.into(), by.into(), reason.into()];
        let done = sql::execute(&mut tx, sql, &values).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        Ok(done > 0)
    }

    /// The stop that lasts, if offers are stopped.
    pub async fn offers_stopped(&self) -> Result<Option<PolicyStop>, StoreError> {
        let sql = format!("SELECT {STOP_COLUMNS} FROM policy_stops WHERE started_s IS NULL");
        Ok(self.read_stops(sql).await?.pop())
    }

    /// Every stop, the first one first.
    pub async fn policy_stops(&self) -> Result<Vec<PolicyStop>, StoreError> {
        self.read_stops(format!("SELECT {STOP_COLUMNS} FROM policy_stops ORDER BY stop_no")).await
    }

    async fn read_stops(&self, sql: String) -> Result<Vec<PolicyStop>, StoreError> {
        let what = "reading whether offers are stopped";
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &STOP_SORTS).await;
        Ok(rows.map_err(self.failed(what))?.into_iter().map(stop).collect())
    }
}

fn version(row: Row) -> PolicyVersion {
    let mut fields = Fields::of(row);
    PolicyVersion {
        version: fields.int(),
        hash: fields.text(),
        toml: fields.text(),
        published_s: fields.int(),
        published_by: fields.text(),
        reason: fields.text(),
        restores: Some(fields.int()).filter(|version| *version > 0),
    }
}

fn stop(row: Row) -> PolicyStop {
    let mut fields = Fields::of(row);
    let (stopped_s, stopped_on) = (fields.int(), fields.text());
    let (stopped_by, reason) = (fields.text(), fields.text());
    let started_s = Some(fields.int()).filter(|at| *at >= 0);
    let (by, why) = (fields.text(), fields.text());
    PolicyStop {
        stopped_s,
        stopped_on,
        stopped_by,
        reason,
        started_s,
        started_by: started_s.map(|_| by),
        start_reason: started_s.map(|_| why),
    }
}
