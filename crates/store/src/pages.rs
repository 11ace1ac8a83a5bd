//! Reads for pages and reports: names beside keys and ids. Nothing is written here.

use std::collections::HashMap;

use domain::canonical::{self, Entity};

use crate::StoreError;
use crate::keys::{ACCOUNTS, CONTACTS};
use crate::open::Store;
use crate::sql::{self, Sort, Table};
use crate::value::{Fields, Row, Value};

/// How pages name an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountName {
    /// Its surrogate key.
    pub account_key: i64,
    /// Its id.
    pub account_id: String,
    /// Its name; the id when it has none.
    pub name: String,
    /// The name of its parent, if it has one.
    pub parent_name: Option<String>,
}

/// An account as the list of accounts shows and finds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountLine {
    /// Its id.
    pub account_id: String,
    /// Its surrogate key; `None` before the first night.
    pub account_key: Option<i64>,
    /// Its name; the id when it has none.
    pub name: String,
    /// How its name is read.
    pub name_kana: Option<String>,
    /// The parent's id.
    pub parent_id: Option<String>,
    /// What it is.
    pub kind: Option<String>,
    /// The industry.
    pub industry: Option<String>,
    /// The segment.
    pub segment: Option<String>,
    /// The representative.
    pub owner: Option<String>,
}

/// How pages name a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactName {
    /// The surrogate key.
    pub contact_key: i64,
    /// The id.
    pub contact_id: String,
    /// The account; `None` for a placeholder.
    pub account_id: Option<String>,
    /// The name; the id when there is none.
    pub name: String,
    /// The title.
    pub title: Option<String>,
    /// The role in decisions.
    pub role: Option<String>,
    /// The mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
}

/// How pages name a representative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepName {
    /// The id.
    pub rep_id: String,
    /// The name; the id when there is none.
    pub name: String,
    /// The role; `None` for a placeholder.
    pub role: Option<String>,
    /// The team.
    pub team: Option<String>,
}

const ACCOUNT_ROWS: Table<'static> = Table {
    name: "accounts",
    columns: &[("account_id", Sort::Text), ("name", Sort::Text), ("parent_id", Sort::Text)],
    key: &["account_id"],
};

const CONTACT_ROWS: Table<'static> = Table {
    name: "contacts",
    columns: &[
        ("contact_id", Sort::Text),
        ("account_id", Sort::Text),
        ("name", Sort::Text),
        ("title", Sort::Text),
        ("role", Sort::Text),
        ("email", Sort::Text),
        ("phone", Sort::Text),
    ],
    key: &["contact_id"],
};

const PRODUCT_ROWS: Table<'static> = Table {
    name: "products",
    columns: &[("product_id", Sort::Text), ("name", Sort::Text)],
    key: &["product_id"],
};

impl Store {
    /// The names of accounts, in the order of the keys asked; unknown keys are left out.
    pub async fn account_names(&self, keys: &[i64]) -> Result<Vec<AccountName>, StoreError> {
        let ids = self.ids_of(&ACCOUNTS, keys).await?;
        let rows = self.by_id(&ACCOUNT_ROWS, ids.values().cloned().collect()).await?;
        let parents = rows.values().filter_map(|row| text(row, 2)).collect();
        let parents = self.by_id(&ACCOUNT_ROWS, parents).await?;
        let named = |key: &i64| {
            let account_id = ids.get(key)?.clone();
            let row = rows.get(&account_id);
            let parent_id = row.and_then(|row| text(row, 2));
            let parent_name = parent_id.map(|id| name_or_id(parents.get(&id), 1, &id));
            let name = name_or_id(row, 1, &account_id);
            Some(AccountName { account_key: *key, account_id, name, parent_name })
        };
        Ok(keys.iter().filter_map(named).collect())
    }

    /// The contacts with these keys, in the order asked; unknown keys are left out.
    pub async fn contact_names(&self, keys: &[i64]) -> Result<Vec<ContactName>, StoreError> {
        let ids = self.ids_of(&CONTACTS, keys).await?;
        let rows = self.by_id(&CONTACT_ROWS, ids.values().cloned().collect()).await?;
        let named = |key: &i64| {
            let contact_id = ids.get(key)?.clone();
            let row = rows.get(&contact_id);
            let at = |place| row.and_then(|row| text(row, place));
            Some(ContactName {
                contact_key: *key,
                account_id: at(1),
                name: name_or_id(row, 2, &contact_id),
                title: at(3),
                role: at(4),
                email: at(5),
                phone: at(6),
                contact_id,
            })
        };
        Ok(keys.iter().filter_map(named).collect())
    }

    /// All accounts, by id.
    pub async fn account_lines(&self) -> Result<Vec<AccountLine>, StoreError> {
        let what = "reading the accounts";
        let sql = format!(
            "SELECT a.account_id, k.account_key, a.name, a.name_kana, a.parent_id, a.kind, \
             a.industry, a.segment, a.owner \
             FROM accounts a LEFT JOIN account_keys k ON k.account_id = a.account_id \
             ORDER BY a.account_id{}",
            self.bytewise()
        );
        let mut sorts = [Sort::Text; 9];
        sorts[1] = Sort::Int;
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &sorts).await.map_err(self.failed(what))?;
        let lines = rows.into_iter().map(|row| {
            let mut fields = Fields::of(row);
            let account_id = fields.text();
            let account_key = fields.optional_int();
            let mut text = || fields.optional_text().filter(|text| !text.is_empty());
            AccountLine {
                account_key,
                name: text().unwrap_or_else(|| account_id.clone()),
                name_kana: text(),
                parent_id: text(),
                kind: text(),
                industry: text(),
                segment: text(),
                owner: text(),
                account_id,
            }
        });
        Ok(lines.collect())
    }

    /// All representatives, by id.
    pub async fn rep_names(&self) -> Result<Vec<RepName>, StoreError> {
        let rows = self.named("reps", ["rep_id", "name", "role", "team"]).await?;
        let named = |[id, name, role, team]: [Option<String>; 4]| {
            let rep_id = id.unwrap_or_default();
            RepName { name: name.unwrap_or_else(|| rep_id.clone()), rep_id, role, team }
        };
        Ok(rows.into_iter().map(named).collect())
    }

    /// The names of these products, by id: the id itself where there is none.
    pub async fn product_names(
        &self,
        ids: Vec<String>,
    ) -> Result<HashMap<String, String>, StoreError> {
        let rows = self.by_id(&PRODUCT_ROWS, ids.clone()).await?;
        let named = |id: String| {
            let name = name_or_id(rows.get(&id), 1, &id);
            (id, name)
        };
        Ok(ids.into_iter().map(named).collect())
    }

    /// Some text columns of all rows of an entity, by its id, the first column.
    async fn named<const N: usize>(
        &self,
        entity: &str,
        columns: [&str; N],
    ) -> Result<Vec<[Option<String>; N]>, StoreError> {
        let what = &*format!("reading {entity}");
        let id = canonical::entity(entity).map_or("", first_key);
        let list = columns.join(", ");
        let sql = format!("SELECT {list} FROM {entity} ORDER BY {id}{}", self.bytewise());
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &[Sort::Text; N]).await;
        let rows = rows.map_err(self.failed(what))?.into_iter().map(|row| {
            let mut fields = Fields::of(row);
            std::array::from_fn(|_| fields.optional_text().filter(|text| !text.is_empty()))
        });
        Ok(rows.collect())
    }

    async fn ids_of(
        &self,
        table: &Table<'_>,
        keys: &[i64],
    ) -> Result<HashMap<i64, String>, StoreError> {
        let what = "reading surrogate keys";
        let wanted: Vec<Row> = keys.iter().map(|key| vec![Value::Int(*key)]).collect();
        let mut conn = self.reader(what).await?;
        let rows = sql::lookup(&mut conn, table, table.key, &wanted).await;
        let pairs = rows.map_err(self.failed(what))?.into_iter().map(|row| {
            let mut fields = Fields::of(row);
            (fields.int(), fields.text())
        });
        Ok(pairs.collect())
    }

    /// Rows by their id, which is the first column.
    async fn by_id(
        &self,
        table: &Table<'_>,
        mut ids: Vec<String>,
    ) -> Result<HashMap<String, Row>, StoreError> {
        let what = &*format!("reading {}", table.name);
        ids.sort_unstable();
        ids.dedup();
        let wanted: Vec<Row> = ids.into_iter().map(|id| vec![Value::Text(id)]).collect();
        let mut conn = self.reader(what).await?;
        let rows = sql::lookup(&mut conn, table, table.key, &wanted).await;
        let rows = rows.map_err(self.failed(what))?;
        Ok(rows.into_iter().filter_map(|row| Some((text(&row, 0)?, row))).collect())
    }
}

fn first_key(entity: &'static Entity) -> &'static str {
    entity.key[0]
}

/// The text at `place`, unless it is null or empty.
fn text(row: &Row, place: usize) -> Option<String> {
    match &row[place] {
        Value::Text(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

fn name_or_id(row: Option<&Row>, place: usize, id: &str) -> String {
    row.and_then(|row| text(row, place)).unwrap_or_else(|| id.to_owned())
}
