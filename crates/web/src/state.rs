//! What every request shares: the store, the workspace's name, zone and currency, and the overview of
//! the current run, made once a run.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::canonical;
use domain::money::Currency;
use domain::time::{Day, Zone};
use store::{PlayCounts, RunRow, Store, StoreError, Value};
use tokio::sync::Mutex;

use crate::frame::segment;
use crate::record::Record;
use crate::register::Register;

/// What every request shares.
#[derive(Clone)]
pub struct AppState {
    /// The workspace's store.
    pub store: Store,
    /// The workspace's name, as it stands in addresses.
    pub workspace: String,
    /// What people call the workspace.
    pub title: String,
    /// Whether it is served among others, so that pages lead back to their list.
    pub(crate) among_others: bool,
    /// The workspace's zone.
    pub zone: Zone,
    /// The workspace's currency.
    pub currency: Currency,
    overview: Arc<Mutex<Option<Arc<Overview>>>>,
    register: Arc<Mutex<Option<Arc<Register>>>>,
    thin_contacts: Arc<Mutex<Option<(RunRow, ThinContacts)>>>,
}

/// Keys of the accounts that nobody has spoken with lately (S101).
pub(crate) type ThinContacts = Arc<HashSet<i64>>;

impl AppState {
    /// A workspace as it is served.
    pub fn new(store: Store, workspace: impl Into<String>, zone: Zone, currency: Currency) -> Self {
        let workspace = workspace.into();
        let title = workspace.clone();
        Self {
            store,
            workspace,
            title,
            among_others: false,
            zone,
            currency,
            overview: Arc::default(),
            register: Arc::default(),
            thin_contacts: Arc::default(),
        }
    }

    /// The same under another title.
    #[must_use]
    pub fn titled(mut self, title: &str) -> Self {
        title.clone_into(&mut self.title);
        self
    }

    /// The start of every address of this workspace.
    pub(crate) fn base(&self) -> String {
        format!("/w/{}", segment(&self.workspace))
    }

    /// The current run at a glance; `None` when nothing has been run. Runs do not change once they are
    /// published, so it is made once a run.
    pub(crate) async fn overview(&self) -> Result<Option<Arc<Overview>>, StoreError> {
        let Some(run) = self.store.current_run().await? else { return Ok(None) };
        let mut kept = self.overview.lock().await;
        if let Some(overview) = kept.as_ref().filter(|overview| overview.is_of(&run)) {
            return Ok(Some(Arc::clone(overview)));
        }
        let overview = Arc::new(Overview::read(&self.store, run).await?);
        *kept = Some(Arc::clone(&overview));
        Ok(Some(overview))
    }

    /// The accounts of the current run whose contact is thin, found once a run and only when asked for: it
    /// reads every view.
    pub(crate) async fn thin_contacts(&self) -> Result<ThinContacts, StoreError> {
        let Some(run) = self.store.current_run().await? else { return Ok(ThinContacts::default()) };
        let mut kept = self.thin_contacts.lock().await;
        if let Some((_, keys)) = kept.as_ref().filter(|(of, _)| *of == run) {
            return Ok(Arc::clone(keys));
        }
        let keys = self.store.thin_contacts(&run.run_id).await?;
        let keys: ThinContacts = Arc::new(keys.into_iter().collect());
        *kept = Some((run, Arc::clone(&keys)));
        Ok(keys)
    }
}

impl AppState {
    /// All accounts in the order of the list; read anew when somebody has worked on the
    /// workspace: whoever changes entities holds its lease.
    pub(crate) async fn register(&self) -> Result<Arc<Register>, StoreError> {
        let stamp = self.store.work_stamp().await?;
        let mut kept = self.register.lock().await;
        if let Some(register) = kept.as_ref().filter(|register| register.stamp == stamp) {
            return Ok(Arc::clone(register));
        }
        let register = Arc::new(Register::new(stamp, self.store.account_lines().await?));
        *kept = Some(Arc::clone(&register));
        Ok(register)
    }
}

/// One run at a glance.
pub(crate) struct Overview {
    pub(crate) run: RunRow,
    pub(crate) as_of: Option<Day>,
    pub(crate) counts: PlayCounts,
    /// Whether a product's prices include tax: `excl` or `incl`.
    pub(crate) taxes: HashMap<String, String>,
}

impl Overview {
    fn is_of(&self, run: &RunRow) -> bool {
        (&self.run.run_id, &self.run.data_hash, &self.run.summary)
            == (&run.run_id, &run.data_hash, &run.summary)
    }

    async fn read(store: &Store, run: RunRow) -> Result<Self, StoreError> {
        let counts = store.play_counts(&run.run_id).await?;
        let as_of = Day::parse_iso(&run.as_of);
        Ok(Self { run, as_of, counts, taxes: taxes(store).await? })
    }
}

/// What the price list says of tax, by product; a product whose rows differ says nothing.
async fn taxes(store: &Store) -> Result<HashMap<String, String>, StoreError> {
    let Some(prices) = canonical::entity("prices") else { return Ok(HashMap::new()) };
    let mut taxes: HashMap<String, Option<String>> = HashMap::new();
    for known in ["excl", "incl"] {
        let is = Value::Text(known.to_owned());
        for row in store.read_where(prices, "tax", &is).await? {
            let record = Record::new(prices, row);
            let entry = taxes.entry(record.text("product_id").to_owned());
            entry
                .and_modify(|tax| *tax = tax.take().filter(|tax| tax == known))
                .or_insert_with(|| Some(known.to_owned()));
        }
    }
    Ok(taxes.into_iter().filter_map(|(product, tax)| Some((product, tax?))).collect())
}
