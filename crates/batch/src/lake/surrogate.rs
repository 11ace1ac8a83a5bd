//! Surrogate keys in place of the ids of accounts and contacts, asked from the store once per id.

use anyhow::{Context, Result};
use arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use rustc_hash::{FxHashMap, FxHashSet};
use store::Store;

/// Whose ids.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose {
    /// Accounts.
    Accounts,
    /// Contacts.
    Contacts,
}

/// The keys already known in this ingest.
#[derive(Debug)]
pub(super) struct Surrogates {
    whose: Whose,
    known: FxHashMap<Box<str>, i64>,
}

impl Surrogates {
    /// Knows nothing yet.
    pub(super) fn new(whose: Whose) -> Self {
        Self { whose, known: FxHashMap::default() }
    }

    /// The key of every id; null where there is none. New ids get keys in the order of their first
    /// row, so that the same files give the same keys.
    pub(super) async fn keys(&mut self, store: &Store, ids: &ArrayRef) -> Result<Int64Array> {
        let ids = ids.as_string_opt::<i32>().context("ids reach the lake as text")?;
        if ids.null_count() == ids.len() {
            return Ok(Int64Array::new_null(ids.len()));
        }
        let mut asked: Vec<String> = Vec::new();
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        let mut last: Option<&str> = None;
        for id in ids.iter().flatten() {
            if last != Some(id) && !id.is_empty() && !self.known.contains_key(id) && seen.insert(id)
            {
                asked.push(id.to_owned());
            }
            last = Some(id);
        }
        self.ask(store, asked).await?;
        let mut last: (&str, Option<i64>) = ("", None);
        let mut keys = Vec::with_capacity(ids.len());
        for id in ids {
            let id = id.unwrap_or("");
            if last.0 != id {
                last = (id, self.known.get(id).copied());
            }
            keys.push(last.1);
        }
        Ok(Int64Array::from(keys))
    }

    async fn ask(&mut self, store: &Store, asked: Vec<String>) -> Result<()> {
        if asked.is_empty() {
            return Ok(());
        }
        let keys = match self.whose {
            Whose::Accounts => store.account_keys(&asked).await,
            Whose::Contacts => store.contact_keys(&asked).await,
        }
        .context("the store gave no surrogate keys for the lake")?;
        self.known.extend(asked.into_iter().map(String::into_boxed_str).zip(keys));
        Ok(())
    }
}
