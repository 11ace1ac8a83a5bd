//! Who is meant: a contact, or an account that is a person or a household.

use domain::canonical::entity;
use domain::redact::Redaction;

use super::{hash, stored_salt};
use crate::StoreError;
use crate::keys::{ACCOUNTS, CONTACTS};
use crate::open::Store;
use crate::sql::{self, Sort};
use crate::value::{Fields, Value};

/// What kind of record a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PersonKind {
    /// A contact of an account.
    Contact,
    /// An account that is a person or a household, with its contacts.
    Account,
}

/// A record that may be the person who is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its kind.
    pub kind: PersonKind,
    /// Its id.
    pub id: String,
    /// The account of a contact; of an account its own id.
    pub account_id: Option<String>,
    /// The name.
    pub name: Option<String>,
}

/// All that tells one person.
#[derive(Debug, Clone)]
pub struct Person {
    /// The record that was asked for.
    pub found: Found,
    /// Ids of the contacts that are this person, or this household's.
    pub contact_ids: Vec<String>,
    /// The surrogate keys of these contacts.
    pub contact_keys: Vec<i64>,
    /// The id of the account that is this person.
    pub account_ids: Vec<String>,
    /// The surrogate key of this account.
    pub account_keys: Vec<i64>,
    /// What to look for in texts.
    pub redaction: Redaction,
    pub(super) own_accounts: Vec<String>,
    pub(super) own_keys: Vec<i64>,
    pub(super) salt: String,
    mails: Vec<String>,
}

impl PersonKind {
    /// The word for it, in hashes and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Account => "account",
        }
    }
}

impl Person {
    /// What must not come back: each with its kind.
    pub(super) fn ids(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let contacts = self.contact_ids.iter().map(|id| ("contact", id.as_str()));
        let accounts = self.account_ids.iter().map(|id| ("account", id.as_str()));
        contacts.chain(accounts).chain(self.mails.iter().map(|mail| ("mail", mail.as_str())))
    }
}

const CONTACT: &str = "SELECT contact_id, account_id, name, email, phone FROM contacts";

impl Store {
    /// The records that an id or a mail address may mean, contacts first.
    pub async fn find_person(&self, who: &str) -> Result<Vec<Found>, StoreError> {
        let what = "looking for a person";
        let mut conn = self.reader(what).await?;
        let sql =
            format!("{CONTACT} WHERE contact_id = $1 OR lower(email) = $2 ORDER BY contact_id");
        let values = [who.into(), who.to_lowercase().into()];
        let rows = sql::rows(&mut conn, sql, &values, &[Sort::Text; 5]).await;
        let mut found: Vec<Found> = rows
            .map_err(self.failed(what))?
            .into_iter()
            .map(|row| {
                let mut fields = Fields::of(row);
                let (id, account_id) = (fields.text(), fields.optional_text());
                Found { kind: PersonKind::Contact, id, account_id, name: fields.optional_text() }
            })
            .collect();
        let sql = "SELECT account_id, name FROM accounts \
                   WHERE account_id = $1 AND kind IN ('person', 'household')";
        let rows = sql::rows(&mut conn, sql, &[who.into()], &[Sort::Text; 2]).await;
        found.extend(rows.map_err(self.failed(what))?.into_iter().map(|row| {
            let mut fields = Fields::of(row);
            let (id, name) = (fields.text(), fields.optional_text());
            Found { kind: PersonKind::Account, account_id: Some(id.clone()), id, name }
        }));
        Ok(found)
    }

    /// All that tells this person. `fresh_salt` is used for what is kept of the erasure if there was none yet.
    pub async fn person(&self, found: &Found, fresh_salt: &str) -> Result<Person, StoreError> {
        let what = "reading what tells a person";
        let mut conn = self.reader(what).await?;
        let salt = stored_salt(&mut conn).await.map_err(self.failed(what))?;
        let salt = salt.unwrap_or_else(|| fresh_salt.to_owned());
        let token = format!("erased-{}", &hash(&salt, found.kind.word(), &found.id)[..12]);
        let mut person = Person {
            found: found.clone(),
            contact_ids: Vec::new(),
            contact_keys: Vec::new(),
            account_ids: Vec::new(),
            account_keys: Vec::new(),
            redaction: Redaction::new(&token),
            own_accounts: found.account_id.iter().cloned().collect(),
            own_keys: Vec::new(),
            salt,
            mails: Vec::new(),
        };
        let by = if found.kind == PersonKind::Contact { "contact_id" } else { "account_id" };
        let sql = format!("{CONTACT} WHERE {by} = $1 ORDER BY contact_id");
        let rows = sql::rows(&mut conn, sql, &[(&found.id).into()], &[Sort::Text; 5]).await;
        for row in rows.map_err(self.failed(what))? {
            let mut fields = Fields::of(row);
            person.contact_ids.push(fields.text());
            let _account = fields.optional_text();
            fields.optional_text().iter().for_each(|name| person.redaction.name(name));
            if let Some(mail) = fields.optional_text() {
                person.redaction.mail(&mail);
                person.mails.push(mail.trim().to_lowercase());
            }
            fields.optional_text().iter().for_each(|phone| person.redaction.phone(phone));
        }
        drop(conn);
        person.contact_ids.iter().for_each(|id| person.redaction.id(id));
        if found.kind == PersonKind::Account {
            self.of_account(&mut person).await?;
        }
        self.keys_of(&mut person).await?;
        Ok(person)
    }

    async fn of_account(&self, person: &mut Person) -> Result<(), StoreError> {
        let id = person.found.id.clone();
        person.redaction.id(&id);
        let accounts = entity("accounts").expect("accounts are canonical");
        let columns = Self::columns(accounts);
        for row in self.read_where(accounts, "account_id", &Value::from(&id)).await? {
            for (column, value) in columns.iter().zip(&row) {
                if let (&"name" | &"name_kana", Value::Text(name)) = (column, value) {
                    person.redaction.name(name);
                }
            }
        }
        person.account_ids.push(id);
        Ok(())
    }

    async fn keys_of(&self, person: &mut Person) -> Result<(), StoreError> {
        person.contact_keys = self.known(&CONTACTS, &person.contact_ids).await?;
        person.account_keys = self.known(&ACCOUNTS, &person.account_ids).await?;
        person.own_keys = self.known(&ACCOUNTS, &person.own_accounts).await?;
        Ok(())
    }

    async fn known(&self, table: &sql::Table<'_>, ids: &[String]) -> Result<Vec<i64>, StoreError> {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut keys: Vec<i64> = self.known_keys(table, &ids).await?.into_values().collect();
        keys.sort_unstable();
        Ok(keys)
    }
}
