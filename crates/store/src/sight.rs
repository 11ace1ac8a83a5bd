//! Which accounts a reader sees: all, or those of some representatives.
//!
//! An account is a representative's who owns it, stands in its team today, or has a play of the current run or
//! an answered one there, or is handed one by name. The rule stands here twice, as a condition on one account and as a list, because one
//! is fast for a play and the other for all accounts; a test holds them together.

use std::collections::BTreeMap;

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Sort};
use crate::value::{Fields, Value};

/// Which accounts are seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Sight {
    /// All.
    #[default]
    All,
    /// Those of these representatives; of none, where there is none.
    Of {
        /// The representatives' ids.
        reps: Vec<String>,
        /// Today, ISO: who left an account's team does not see it any more.
        today: String,
    },
}

const WHAT: &str = "looking which accounts are seen";
/// The attempt that readers see.
const CURRENT: &str = "(SELECT attempt FROM current_run WHERE slot = 1)";

impl Sight {
    /// Whether all accounts are seen.
    pub fn is_whole(&self) -> bool {
        *self == Self::All
    }

    /// ` AND …` on the rows of a table with an `account_key`, asked row by row: for few rows, or the first of many. Its
    /// values are added.
    pub(crate) fn and(&self, table: &str, values: &mut Vec<Value>) -> String {
        self.condition(&format!("{table}.account_key"), values)
            .map_or_else(String::new, |condition| format!(" AND {condition}"))
    }

    /// The same by a list of all accounts that are seen: for all rows of a run.
    pub(crate) fn and_listed(&self, table: &str, values: &mut Vec<Value>) -> String {
        let Self::Of { reps, today } = self else { return String::new() };
        if reps.is_empty() {
            return " AND 1 = 0".to_owned();
        }
        let ids = ids(marks(reps, today, values));
        format!(
            " AND {table}.account_key IN (SELECT sk.account_key FROM ({ids}) it \
             JOIN account_keys sk ON sk.account_id = it.account_id)"
        )
    }

    /// That the account of this key is seen, as SQL; none where all are.
    pub(crate) fn condition(&self, key: &str, values: &mut Vec<Value>) -> Option<String> {
        let Self::Of { reps, today } = self else { return None };
        if reps.is_empty() {
            return Some("1 = 0".to_owned());
        }
        let (reps, today) = marks(reps, today, values);
        Some(format!(
            "(EXISTS (SELECT 1 FROM account_keys sk JOIN accounts sa ON sa.account_id = sk.account_id \
             WHERE sk.account_key = {key} AND sa.owner IN ({reps})) \
             OR EXISTS (SELECT 1 FROM account_keys sk JOIN account_team st ON st.account_id = sk.account_id \
             WHERE sk.account_key = {key} AND st.rep_id IN ({reps}) \
             AND (st.until_on IS NULL OR st.until_on >= {today})) \
             OR EXISTS (SELECT 1 FROM plays sp WHERE sp.attempt = {CURRENT} \
             AND sp.account_key = {key} AND sp.owner IN ({reps})) \
             OR EXISTS (SELECT 1 FROM play_states ss WHERE ss.account_key = {key} \
             AND (ss.owner IN ({reps}) OR ss.handoff_rep IN ({reps}))))"
        ))
    }
}

/// The places of the representatives, and that of the day.
fn marks(reps: &[String], today: &str, values: &mut Vec<Value>) -> (String, String) {
    let first = values.len() + 1;
    values.extend(reps.iter().map(Value::from));
    values.push(today.into());
    let list: Vec<String> = (first..first + reps.len()).map(|at| format!("${at}")).collect();
    (list.join(", "), format!("${}", first + reps.len()))
}

/// The accounts that are seen, by id, as SQL.
fn ids((reps, today): (String, String)) -> String {
    format!(
        "SELECT account_id FROM accounts WHERE owner IN ({reps}) \
         UNION SELECT account_id FROM account_team WHERE rep_id IN ({reps}) \
         AND (until_on IS NULL OR until_on >= {today}) \
         UNION SELECT k.account_id FROM plays p JOIN account_keys k ON k.account_key = p.account_key \
         WHERE p.attempt = {CURRENT} AND p.owner IN ({reps}) \
         UNION SELECT k.account_id FROM play_states s JOIN account_keys k ON k.account_key = s.account_key \
         WHERE s.owner IN ({reps}) OR s.handoff_rep IN ({reps})"
    )
}

impl Store {
    /// A representative and the others of the same team, by id.
    pub async fn team_of(&self, rep_id: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT rep_id FROM reps WHERE rep_id = $1 OR (team <> '' AND team = \
                   (SELECT team FROM reps WHERE rep_id = $1)) ORDER BY rep_id";
        let mut conn = self.reader(WHAT).await?;
        let rows = sql::rows(&mut conn, sql, &[rep_id.into()], &[Sort::Text]).await;
        let rows = rows.map_err(self.failed(WHAT))?;
        let mut team: Vec<String> = rows.into_iter().map(|row| Fields::of(row).text()).collect();
        // A representative that no file names any more may still own accounts.
        if !team.iter().any(|known| known == rep_id) {
            team.push(rep_id.to_owned());
        }
        team.sort_unstable();
        Ok(team)
    }

    /// Whether the account of this key is seen.
    pub async fn sees(&self, sight: &Sight, account_key: i64) -> Result<bool, StoreError> {
        let mut values: Vec<Value> = vec![account_key.into()];
        let Some(condition) = sight.condition("k.account_key", &mut values) else {
            return Ok(true);
        };
        let sql = format!("SELECT 1 FROM account_keys k WHERE k.account_key = $1 AND {condition}");
        let mut conn = self.reader(WHAT).await?;
        let rows = sql::rows(&mut conn, sql, &values, &[Sort::Int]).await;
        Ok(!rows.map_err(self.failed(WHAT))?.is_empty())
    }

    /// All accounts that are seen: ids with the keys of those that have one; none where all are.
    pub async fn seen_accounts(
        &self,
        sight: &Sight,
    ) -> Result<Option<BTreeMap<String, Option<i64>>>, StoreError> {
        let Sight::Of { reps, today } = sight else { return Ok(None) };
        if reps.is_empty() {
            return Ok(Some(BTreeMap::new()));
        }
        let mut values = Vec::new();
        let ids = ids(marks(reps, today, &mut values));
        let sql = format!(
            "SELECT it.account_id, ik.account_key FROM ({ids}) it \
             LEFT JOIN account_keys ik ON ik.account_id = it.account_id"
        );
        let mut conn = self.reader(WHAT).await?;
        let rows = sql::rows(&mut conn, sql, &values, &[Sort::Text, Sort::Int]).await;
        let pair = |row| {
            let mut fields = Fields::of(row);
            (fields.text(), fields.optional_int())
        };
        Ok(Some(rows.map_err(self.failed(WHAT))?.into_iter().map(pair).collect()))
    }
}
