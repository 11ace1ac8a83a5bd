//! Plays counted: what a page says about a whole plan without reading it.

use std::collections::BTreeMap;

use crate::StoreError;
use crate::open::Store;
use crate::runs::SEEN;
use crate::sight::Sight;
use crate::sql::{self, Sort};
use crate::value::{Fields, Value};

/// A run's plays in figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlayCounts {
    /// Plays.
    pub plays: u64,
    /// Hours of all.
    pub hours: f64,
    /// Plays by representative; the empty text stands for none.
    pub owners: BTreeMap<String, u64>,
    /// Plays by motion.
    pub motions: BTreeMap<String, u64>,
}

/// The plays of one account in figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountPlays {
    /// The account.
    pub account_key: i64,
    /// Its plays.
    pub plays: u64,
    /// The best of their ranks.
    pub best_rank: i64,
}

/// Keys a query.
const KEYS: usize = 500;

impl Store {
    /// A run's plays in figures.
    pub async fn play_counts(&self, run_id: &str) -> Result<PlayCounts, StoreError> {
        self.play_counts_seen(run_id, &Sight::All).await
    }

    /// The same of the accounts that are seen.
    pub async fn play_counts_seen(
        &self,
        run_id: &str,
        sight: &Sight,
    ) -> Result<PlayCounts, StoreError> {
        let what = "counting the plays";
        let mut conn = self.reader(what).await?;
        let mut run: Vec<Value> = vec![run_id.into()];
        let seen = sight.and_listed("plays", &mut run);
        let sql = format!(
            "SELECT COUNT(*), COALESCE(SUM(effort_hours), 0.0) FROM plays \
             WHERE attempt = {SEEN}{seen}"
        );
        let all = sql::rows(&mut conn, sql, &run, &[Sort::Int, Sort::Real]).await;
        let mut counts = PlayCounts::default();
        for row in all.map_err(self.failed(what))? {
            let mut fields = Fields::of(row);
            counts.plays = count(fields.int());
            counts.hours = fields.real();
        }
        for (column, into) in [("owner", &mut counts.owners), ("motion", &mut counts.motions)] {
            let sql = format!(
                "SELECT {column}, COUNT(*) FROM plays WHERE attempt = {SEEN}{seen} \
                 GROUP BY {column}"
            );
            let rows = sql::rows(&mut conn, sql, &run, &[Sort::Text, Sort::Int]).await;
            for row in rows.map_err(self.failed(what))? {
                let mut fields = Fields::of(row);
                let name = fields.optional_text().unwrap_or_default();
                *into.entry(name).or_default() += count(fields.int());
            }
        }
        Ok(counts)
    }

    /// The plays of these accounts in figures, those without plays left out, by account.
    pub async fn account_plays(
        &self,
        run_id: &str,
        accounts: &[i64],
    ) -> Result<Vec<AccountPlays>, StoreError> {
        let what = "counting the plays of accounts";
        let mut conn = self.reader(what).await?;
        let mut found = Vec::new();
        for keys in accounts.chunks(KEYS) {
            let marks: Vec<String> = (2..keys.len() + 2).map(|n| format!("${n}")).collect();
            let sql = format!(
                "SELECT account_key, COUNT(*), MIN(rank) FROM plays \
                 WHERE attempt = {SEEN} AND account_key IN ({}) GROUP BY account_key",
                marks.join(", ")
            );
            let mut values: Vec<Value> = vec![run_id.into()];
            values.extend(keys.iter().map(|key| Value::Int(*key)));
            let rows = sql::rows(&mut conn, sql, &values, &[Sort::Int; 3]).await;
            found.extend(rows.map_err(self.failed(what))?.into_iter().map(|row| {
                let mut fields = Fields::of(row);
                AccountPlays {
                    account_key: fields.int(),
                    plays: count(fields.int()),
                    best_rank: fields.int(),
                }
            }));
        }
        found.sort_by_key(|account| account.account_key);
        Ok(found)
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).expect("a count is not negative")
}
