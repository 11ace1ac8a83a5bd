//! What every request shares: the store, the workspace's name, zone and currency, and the overview of
//! the current run, made once a run.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use decide::policy::Policy;
use domain::canonical;
use domain::money::Currency;
use domain::time::{Day, Instant, Zone};
use store::{PlayChange, PlayRow, RunRow, Store, StoreError, Value};
use tokio::sync::Mutex;

use crate::frame::segment;
use crate::record::Record;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// A run's day counts as today when it lies further back than this: the data are old, and the next run
/// will look from their last day, too.
const OLD_DAYS: i32 = 30;

/// What every request shares.
#[derive(Clone)]
pub struct AppState {
    /// The workspace's store.
    pub store: Store,
    /// The workspace's name, as it stands in addresses.
    pub workspace: String,
    /// The workspace's zone.
    pub zone: Zone,
    /// The workspace's currency.
    pub currency: Currency,
    /// What the guards ask at a click.
    pub(crate) policy: Arc<Policy>,
    clock: Clock,
    overview: Arc<Mutex<Option<Arc<Overview>>>>,
}

impl AppState {
    /// A workspace as it is served: with the default policy, and a clock that stands still, so that the
    /// day is the run's.
    pub fn new(store: Store, workspace: impl Into<String>, zone: Zone, currency: Currency) -> Self {
        let overview = Arc::new(Mutex::new(None));
        let policy = Arc::new(Policy::default());
        let clock: Clock = Arc::new(|| Instant(0));
        Self { store, workspace: workspace.into(), zone, currency, policy, clock, overview }
    }

    /// The same with a clock.
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// The same with a policy.
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy: Arc::new(policy), ..self }
    }

    /// The moment.
    pub(crate) fn now(&self) -> Instant {
        (self.clock)()
    }

    /// The day on which answers are written.
    pub(crate) fn today(&self, overview: Option<&Overview>) -> Day {
        let today = self.zone.day_of(self.now());
        day_of_answers(today, overview.and_then(|overview| overview.as_of))
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
}

/// The day on which answers are written: today, but the run's day when it lies ahead, or so far back that
/// the next run will look from the same day again.
pub fn day_of_answers(today: Day, run: Option<Day>) -> Day {
    run.filter(|run| !(0..=OLD_DAYS).contains(&today.since(*run).0)).unwrap_or(today)
}

/// The plays of one account at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AtAccount {
    pub(crate) plays: u64,
    pub(crate) best_rank: i64,
}

/// One run at a glance.
pub(crate) struct Overview {
    pub(crate) run: RunRow,
    pub(crate) as_of: Option<Day>,
    pub(crate) plays: u64,
    pub(crate) hours: f64,
    /// Owners that have plays, with how many; the empty text stands for none.
    pub(crate) owners: BTreeMap<String, u64>,
    /// Motions that occur, with how many.
    pub(crate) motions: BTreeMap<String, u64>,
    pub(crate) accounts: HashMap<i64, AtAccount>,
    /// Whether a product's prices include tax: `excl` or `incl`.
    pub(crate) taxes: HashMap<String, String>,
    /// What the run changed against the run before, and that run's day; `None`: there was none.
    pub(crate) changes: Option<(Day, Vec<PlayChange>)>,
}

impl Overview {
    fn is_of(&self, run: &RunRow) -> bool {
        (&self.run.run_id, &self.run.data_hash, &self.run.summary)
            == (&run.run_id, &run.data_hash, &run.summary)
    }

    async fn read(store: &Store, run: RunRow) -> Result<Self, StoreError> {
        let plays = store.plays(&run.run_id).await?;
        let as_of = Day::parse_iso(&run.as_of);
        let mut overview = Self {
            run,
            as_of,
            plays: plays.len() as u64,
            hours: plays.iter().map(|play| play.effort_hours).sum(),
            owners: BTreeMap::new(),
            motions: BTreeMap::new(),
            accounts: HashMap::new(),
            taxes: HashMap::new(),
            changes: None,
        };
        for play in &plays {
            overview.count(play);
        }
        overview.taxes = taxes(store).await?;
        let previous = store.previous_run(&overview.run.as_of).await?;
        if let Some(day) = previous.and_then(|previous| Day::parse_iso(&previous.as_of)) {
            let changes = store.play_changes(&overview.run.run_id).await?;
            overview.changes = Some((day, changes));
        }
        Ok(overview)
    }

    fn count(&mut self, play: &PlayRow) {
        *self.owners.entry(play.owner.clone().unwrap_or_default()).or_default() += 1;
        *self.motions.entry(play.motion.clone()).or_default() += 1;
        let first = AtAccount { plays: 0, best_rank: play.rank };
        let at = self.accounts.entry(play.account_key).or_insert(first);
        at.plays += 1;
        at.best_rank = at.best_rank.min(play.rank);
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
