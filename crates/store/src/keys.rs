//! Surrogate keys: 1, 2, 3 … in the order in which ids were first asked for, never given out twice.
//!
//! Lake, features and decisions carry these keys alone; only these tables link them to ids.
// writes: account_keys, contact_keys, key_counters

use std::collections::{HashMap, HashSet};

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, ROWS_A_TRANSACTION, Sort, Table};
use crate::value::{Fields, Row, Value};

/// Key and id of accounts.
pub(crate) const ACCOUNTS: Table<'static> = Table {
    name: "account_keys",
    columns: &[("account_key", Sort::Int), ("account_id", Sort::Text)],
    key: &["account_key"],
};

/// Key and id of contacts.
pub(crate) const CONTACTS: Table<'static> = Table {
    name: "contact_keys",
    columns: &[("contact_key", Sort::Int), ("contact_id", Sort::Text)],
    key: &["contact_key"],
};

const COUNTERS: Table<'static> = Table {
    name: "key_counters",
    columns: &[("name", Sort::Text), ("last_key", Sort::Int)],
    key: &["name"],
};

const WHAT: &str = "giving out surrogate keys";

impl Store {
    /// The keys of these accounts, in the order asked; ids without one get the next.
    pub async fn account_keys(&self, ids: &[String]) -> Result<Vec<i64>, StoreError> {
        self.keys(&ACCOUNTS, ids).await
    }

    /// The keys of these contacts, in the order asked; ids without one get the next.
    pub async fn contact_keys(&self, ids: &[String]) -> Result<Vec<i64>, StoreError> {
        self.keys(&CONTACTS, ids).await
    }

    /// All accounts' keys and ids, by key.
    pub async fn all_account_keys(&self) -> Result<Vec<(i64, String)>, StoreError> {
        self.all_keys(&ACCOUNTS).await
    }

    /// All contacts' keys and ids, by key.
    pub async fn all_contact_keys(&self) -> Result<Vec<(i64, String)>, StoreError> {
        self.all_keys(&CONTACTS).await
    }

    /// The key of an account, if it ever got one.
    pub async fn account_key_of(&self, id: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.known_keys(&ACCOUNTS, &[id]).await?.remove(id))
    }

    /// The key of a contact, if it ever got one.
    pub async fn contact_key_of(&self, id: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.known_keys(&CONTACTS, &[id]).await?.remove(id))
    }

    async fn keys(&self, table: &Table<'_>, ids: &[String]) -> Result<Vec<i64>, StoreError> {
        if ids.iter().any(|id| id.contains('\0')) {
            return Err(StoreError::Misfit {
                at: format!("{}.{}", table.name, table.columns[1].0),
                why: "an id cannot hold a NUL character; remove it from the file".to_owned(),
            });
        }
        let asked: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut known = self.known_keys(table, &asked).await?;
        let mut seen = HashSet::new();
        let mut missing: Vec<&str> = asked;
        missing.retain(|id| !known.contains_key(*id) && seen.insert(*id));
        for chunk in missing.chunks(ROWS_A_TRANSACTION) {
            known.extend(self.give_keys(table, chunk).await?);
        }
        Ok(ids.iter().map(|id| known[id.as_str()]).collect())
    }

    pub(crate) async fn known_keys(
        &self,
        table: &Table<'_>,
        ids: &[&str],
    ) -> Result<HashMap<String, i64>, StoreError> {
        let mut conn = self.reader("reading surrogate keys").await?;
        lookup(&mut conn, table, ids).await.map_err(self.failed("reading surrogate keys"))
    }

    /// Keys for at most 1,000 different ids, old or new.
    async fn give_keys(
        &self,
        table: &Table<'_>,
        ids: &[&str],
    ) -> Result<HashMap<String, i64>, StoreError> {
        let mut tx = self.begin(WHAT).await?;
        let mut known = lookup(&mut tx, table, ids).await.map_err(self.failed(WHAT))?;
        let sql = "SELECT last_key FROM key_counters WHERE name = $1";
        let last = sql::rows(&mut tx, sql, &[table.name.into()], &[Sort::Int]).await;
        let last = last.map_err(self.failed(WHAT))?.pop();
        let mut last = last.map_or(0, |row| Fields::of(row).int());
        let mut new: Vec<Row> = Vec::new();
        for id in ids {
            if !known.contains_key(*id) {
                last += 1;
                known.insert((*id).to_owned(), last);
                new.push(vec![last.into(), (*id).into()]);
            }
        }
        if !new.is_empty() {
            let row = vec![Value::from(table.name), last.into()];
            let counted = sql::insert(&mut tx, &COUNTERS, Clash::Replace, &[row]).await;
            counted.map_err(self.failed(WHAT))?;
            sql::insert(&mut tx, table, Clash::Keep, &new).await.map_err(self.failed(WHAT))?;
            tx.commit().await.map_err(self.failed(WHAT))?;
        }
        Ok(known)
    }

    async fn all_keys(&self, table: &Table<'_>) -> Result<Vec<(i64, String)>, StoreError> {
        let what = "reading surrogate keys";
        let (key, id) = (table.columns[0].0, table.columns[1].0);
        let sql = format!("SELECT {key}, {id} FROM {} ORDER BY {key}", table.name);
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &[Sort::Int, Sort::Text]).await;
        Ok(rows.map_err(self.failed(what))?.into_iter().map(pair).collect())
    }
}

async fn lookup(
    conn: &mut sqlx::AnyConnection,
    table: &Table<'_>,
    ids: &[&str],
) -> Result<HashMap<String, i64>, sqlx::Error> {
    let wanted: Vec<Row> = ids.iter().map(|id| vec![Value::from(*id)]).collect();
    let rows = sql::lookup(conn, table, &[table.columns[1].0], &wanted).await?;
    Ok(rows.into_iter().map(pair).map(|(key, id)| (id, key)).collect())
}

fn pair(row: Row) -> (i64, String) {
    let mut fields = Fields::of(row);
    (fields.int(), fields.text())
}
