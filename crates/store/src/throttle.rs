//! How often signing in may be tried: for each account and for each address.
//!
//! An attempt is counted before the password is looked at, so that many at once count like many in a row, and
//! given back when it was right. Keys are hashes: what is typed into the wrong field is kept nowhere.
// writes: login_failures

use sqlx::AnyConnection;

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Row};

const SECOND_US: i64 = 1_000_000;
/// The first wait.
const WAIT_FIRST_S: i64 = 30;
/// The longest wait: who keeps others out by failing in their name keeps them out for no longer.
const WAIT_LONGEST_S: i64 = 15 * 60;
/// After this long without an attempt, what failed is forgotten.
const FORGET_S: i64 = 24 * 3600;
/// Rows that are kept at most; the oldest go.
const ROWS_MAX: i64 = 20_000;

/// For what attempts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// An account's name, whether there is such an account or not.
    Account,
    /// An address, behind which many may sit.
    Address,
}

impl Counted {
    /// Failures in a row before anybody waits.
    pub fn free(self) -> i64 {
        match self {
            Self::Account => 5,
            Self::Address => 20,
        }
    }

    /// Until when to wait after so many failures, the last at that moment: 30 seconds after the last free one,
    /// twice as long after each further one, at most a quarter of an hour.
    pub fn until_us(self, failures: i64, last_us: i64) -> i64 {
        let over = failures - self.free();
        if over < 0 {
            return last_us;
        }
        let doublings = u32::try_from(over.min(16)).expect("between 0 and 16");
        let wait_s = (WAIT_FIRST_S << doublings).min(WAIT_LONGEST_S);
        last_us.saturating_add(wait_s * SECOND_US)
    }
}

/// What an attempt is counted for: the kind, and the hash of the name or address.
pub type AttemptKey = (Counted, String);

const FAILURES: Table<'static> = Table {
    name: "login_failures",
    columns: &[("key_hash", Sort::Text), ("failures", Sort::Int), ("last_us", Sort::Int)],
    key: &["key_hash"],
};

const WHAT: &str = "counting attempts to sign in";

impl Store {
    /// Counts an attempt for all keys, or says until when to wait; while one waits nothing is counted.
    pub async fn attempt_login(
        &self,
        keys: &[AttemptKey],
        now_us: i64,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.begin_free(WHAT).await?;
        let waits = attempt(&mut tx, keys, now_us).await.map_err(self.failed(WHAT))?;
        tx.commit().await.map_err(self.failed(WHAT))?;
        Ok(waits)
    }

    /// Gives an attempt back that was right: the account's failures are forgotten, the address has one less.
    pub async fn forgive_login(&self, keys: &[AttemptKey]) -> Result<(), StoreError> {
        let mut tx = self.begin_free(WHAT).await?;
        for (counted, hash) in keys {
            let sql = match counted {
                Counted::Account => "DELETE FROM login_failures WHERE key_hash = $1",
                Counted::Address => {
                    "UPDATE login_failures SET failures = failures - 1 \
                     WHERE key_hash = $1 AND failures > 0"
                }
            };
            let done = sql::execute(&mut tx, sql, &[hash.into()]).await;
            done.map_err(self.failed(WHAT))?;
        }
        tx.commit().await.map_err(self.failed(WHAT))
    }
}

async fn attempt(
    conn: &mut AnyConnection,
    keys: &[AttemptKey],
    now_us: i64,
) -> Result<Option<i64>, sqlx::Error> {
    let forget_us = now_us.saturating_sub(FORGET_S * SECOND_US);
    let sql = "DELETE FROM login_failures WHERE last_us <= $1";
    sql::execute(conn, sql, &[forget_us.into()]).await?;
    let wanted: Vec<Row> = keys.iter().map(|(_, hash)| vec![hash.into()]).collect();
    let mut counts: Vec<(AttemptKey, i64)> = keys.iter().map(|key| (key.clone(), 0)).collect();
    let mut waits: Option<i64> = None;
    for row in sql::lookup(conn, &FAILURES, FAILURES.key, &wanted).await? {
        let mut fields = Fields::of(row);
        let (hash, failures, last_us) = (fields.text(), fields.int(), fields.int());
        for ((counted, _), count) in counts.iter_mut().filter(|((_, key), _)| *key == hash) {
            *count = failures;
            let until = counted.until_us(failures, last_us);
            waits = waits.max(Some(until).filter(|until| *until > now_us));
        }
    }
    if waits.is_some() {
        return Ok(waits);
    }
    let row = |((_, hash), count): &(AttemptKey, i64)| -> Row {
        vec![hash.into(), (count + 1).into(), now_us.into()]
    };
    let rows: Vec<Row> = counts.iter().map(row).collect();
    sql::insert(conn, &FAILURES, Clash::Replace, &rows).await?;
    let sql = "DELETE FROM login_failures WHERE last_us < (SELECT last_us FROM login_failures \
               ORDER BY last_us DESC LIMIT 1 OFFSET $1)";
    sql::execute(conn, sql, &[ROWS_MAX.into()]).await?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn waits(counted: Counted, failures: i64, seconds: i64) {
        assert_eq!(counted.until_us(failures, 0), seconds * SECOND_US, "{failures} failures");
    }

    #[test]
    fn the_wait_begins_after_the_last_free_failure_and_doubles_to_a_quarter_of_an_hour() {
        waits(Counted::Account, 4, 0);
        waits(Counted::Account, 5, 30);
        waits(Counted::Account, 6, 60);
        waits(Counted::Account, 9, 480);
        waits(Counted::Account, 10, 900);
        waits(Counted::Account, i64::MAX, 900);
        waits(Counted::Address, 19, 0);
        waits(Counted::Address, 20, 30);
    }
}
