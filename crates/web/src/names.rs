//! Names, joined to keys and ids when a page is drawn: decisions carry none.

use std::collections::{BTreeSet, HashMap};

use domain::words::Lang;
use store::{OtherRow, PlayRow, Store, StoreError};

use crate::frame::segment;
use crate::record::Record;
use crate::words;

/// An account's name, and its parent's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AccountName {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) parent: Option<String>,
}

impl AccountName {
    /// The address of its page.
    pub(crate) fn url(&self, base: &str) -> String {
        account_url(base, &self.id)
    }
}

/// The address of an account's page.
pub(crate) fn account_url(base: &str, id: &str) -> String {
    format!("{base}/accounts/{}", segment(id))
}

/// A person with a role: its code, or its word where it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Who {
    pub(crate) name: String,
    pub(crate) role: String,
}

impl Who {
    /// The same person with the role in words.
    pub(crate) fn in_words(self, lang: Lang) -> Self {
        Self { role: words::role(lang, &self.role), ..self }
    }
}

/// Names by key and id.
#[derive(Debug, Default)]
pub(crate) struct Names {
    accounts: HashMap<i64, AccountName>,
    contacts: HashMap<i64, Who>,
    reps: HashMap<String, String>,
    products: HashMap<String, String>,
    nobody: AccountName,
}

impl Names {
    /// The names of all representatives.
    pub(crate) async fn of_reps(store: &Store) -> Result<Self, StoreError> {
        let reps = store.rep_names().await?.into_iter().map(|rep| (rep.rep_id, rep.name));
        Ok(Self { reps: reps.collect(), ..Self::default() })
    }

    /// The names that lines of the worklist need.
    pub(crate) async fn of_plays(store: &Store, rows: &[PlayRow]) -> Result<Self, StoreError> {
        let mut names = Self::of_reps(store).await?;
        names.learn_plays(store, rows).await?;
        Ok(names)
    }

    /// The names of these accounts.
    pub(crate) async fn of_accounts(store: &Store, keys: &[i64]) -> Result<Self, StoreError> {
        let mut names = Self::default();
        names.learn_accounts(store, keys).await?;
        Ok(names)
    }

    /// Adds the names of these accounts.
    pub(crate) async fn learn_accounts(
        &mut self,
        store: &Store,
        keys: &[i64],
    ) -> Result<(), StoreError> {
        for known in store.account_names(keys).await? {
            let name =
                AccountName { id: known.account_id, name: known.name, parent: known.parent_name };
            self.accounts.insert(known.account_key, name);
        }
        Ok(())
    }

    /// Adds the names that these lines need.
    pub(crate) async fn learn_plays(
        &mut self,
        store: &Store,
        rows: &[PlayRow],
    ) -> Result<(), StoreError> {
        let accounts: BTreeSet<i64> = rows.iter().map(|row| row.account_key).collect();
        let accounts: Vec<i64> = accounts.into_iter().collect();
        self.learn_accounts(store, &accounts).await?;
        let contacts: BTreeSet<i64> = rows.iter().filter_map(|row| row.contact_key).collect();
        let contacts: Vec<i64> = contacts.into_iter().collect();
        for known in store.contact_names(&contacts).await? {
            let who = Who { name: known.name, role: known.role.unwrap_or_default() };
            self.contacts.insert(known.contact_key, who);
        }
        let ids = rows.iter().filter_map(|row| row.product_id.clone()).collect();
        self.learn_product_ids(store, ids).await
    }

    /// Adds the names of the products that these rows refer to.
    pub(crate) async fn learn_products(
        &mut self,
        store: &Store,
        rows: &[Record],
    ) -> Result<(), StoreError> {
        let ids: BTreeSet<String> = rows.iter().filter_map(|row| row.some("product_id")).collect();
        self.learn_product_ids(store, ids).await
    }

    /// Adds the names of the products that these candidates offer.
    pub(crate) async fn learn_offered(
        &mut self,
        store: &Store,
        others: &[OtherRow],
    ) -> Result<(), StoreError> {
        let ids = others.iter().filter_map(|other| other.product_id.clone()).collect();
        self.learn_product_ids(store, ids).await
    }

    /// Adds the names of these products.
    pub(crate) async fn learn_product_ids(
        &mut self,
        store: &Store,
        ids: BTreeSet<String>,
    ) -> Result<(), StoreError> {
        let new = ids.into_iter().filter(|id| !self.products.contains_key(id)).collect();
        self.products.extend(store.product_names(new).await?);
        Ok(())
    }

    /// An account's name; an unknown key has none.
    pub(crate) fn account(&self, key: i64) -> &AccountName {
        self.accounts.get(&key).unwrap_or(&self.nobody)
    }

    /// A person's name and role.
    pub(crate) fn contact(&self, key: i64) -> Option<&Who> {
        self.contacts.get(&key)
    }

    /// A representative's name, else the id.
    pub(crate) fn rep(&self, id: &str) -> String {
        self.reps.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// A product's name, else the id.
    pub(crate) fn product(&self, id: &str) -> String {
        self.products.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }
}
