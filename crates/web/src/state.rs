//! What every request shares: the store, the workspace's name, zone and currency, and the overview of
//! the current run, made once a run.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use decide::policy::Policy;
use domain::canonical;
use domain::money::Currency;
use domain::time::{Day, Instant, Zone};
use store::{
    FateCount, NaturalRow, PlayChange, PlayCounts, PolicyStop, RunRow, Sight, Store, StoreError,
    Value,
};
use tokio::sync::Mutex;

use crate::access::people::People;
use crate::access::secrets;
use crate::access::visitor::{Door, SessionRules, Visitor};
use crate::data::Uploads;
use crate::frame::segment;
use crate::record::Record;
use crate::register::Register;
use crate::whitespace::index::MapIndex;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// A run's day counts as today when it lies further back than this: the data are old, and the next run
/// will look from their last day, too.
const OLD_DAYS: i32 = 30;

/// The policy of a version in the store.
type Published = (i64, Arc<Policy>);

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
    /// What the guards ask at a click where no policy was published.
    policy: Arc<Policy>,
    published: Arc<Mutex<Option<Published>>>,
    clock: Clock,
    overview: Arc<Mutex<Option<Arc<Overview>>>>,
    register: Arc<Mutex<Option<Arc<Register>>>>,
    thin_contacts: Arc<Mutex<Option<(RunRow, ThinContacts)>>>,
    /// Where it is served.
    pub(crate) door: Door,
    /// How long sessions last.
    pub(crate) sessions: SessionRules,
    /// Who hands out and erases what is held about a person.
    pub(crate) people: Option<Arc<dyn People>>,
    /// Where uploads go, if they are taken.
    pub(crate) uploads: Option<Arc<Uploads>>,
    /// Whether it is a sample company, whose pages offer a tour.
    pub(crate) demo: bool,
    /// What forms carry while nobody signs in.
    form_token: Arc<str>,
    /// Whether there are users: once there are, there always are.
    users: Arc<AtomicBool>,
    seen: Arc<Mutex<HashMap<Vec<String>, SeenOf>>>,
    pub(crate) map: crate::whitespace::index::Kept,
}

/// The accounts that somebody sees, by id, with the keys of those that have one.
pub(crate) type Seen = Arc<SeenAccounts>;
/// The same, and when it was read: the workspace's stamp, the run and the day; none where it must be read anew.
type SeenOf = (Option<((i64, i64), String, String)>, Seen);

/// The accounts that somebody sees.
#[derive(Default)]
pub(crate) struct SeenAccounts {
    ids: HashSet<String>,
    keys: HashSet<i64>,
    /// What these accounts are of a run at a glance, with the whole run it was made of.
    overview: Mutex<Option<(Arc<Overview>, Arc<Overview>)>>,
    /// The same of the map.
    map: Mutex<Option<(Arc<MapIndex>, Arc<MapIndex>)>>,
}

impl SeenAccounts {
    /// Whether the account of this id is seen.
    pub(crate) fn has(&self, account_id: &str) -> bool {
        self.ids.contains(account_id)
    }

    /// Whether the account of this key is seen.
    pub(crate) fn has_key(&self, account_key: i64) -> bool {
        self.keys.contains(&account_key)
    }

    /// Their part of a whole map.
    pub(crate) async fn map_of(&self, whole: &Arc<MapIndex>) -> Arc<MapIndex> {
        let mut kept = self.map.lock().await;
        if let Some((_, part)) = kept.as_ref().filter(|(of, _)| Arc::ptr_eq(of, whole)) {
            return Arc::clone(part);
        }
        let part = Arc::new(whole.of_seen(|key| self.has_key(key)));
        *kept = Some((Arc::clone(whole), Arc::clone(&part)));
        part
    }

    /// How many they are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
}

/// Teams whose accounts are kept at hand.
const TEAMS_MAX: usize = 64;

/// Keys of the accounts that nobody has spoken with lately (S101).
pub(crate) type ThinContacts = Arc<HashSet<i64>>;

impl AppState {
    /// A workspace as it is served: with the default policy, and a clock that stands still, so that the
    /// day is the run's.
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
            policy: Arc::default(),
            published: Arc::default(),
            clock: Arc::new(|| Instant(0)),
            overview: Arc::default(),
            register: Arc::default(),
            thin_contacts: Arc::default(),
            door: Door::default(),
            sessions: SessionRules::default(),
            people: None,
            uploads: None,
            demo: false,
            form_token: secrets::form_token().into(),
            users: Arc::default(),
            seen: Arc::default(),
            map: Arc::default(),
        }
    }

    /// The same under another title.
    #[must_use]
    pub fn titled(mut self, title: &str) -> Self {
        title.clone_into(&mut self.title);
        self
    }

    /// The same with a clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// The same with a policy.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy: Arc::new(policy), ..self }
    }

    /// The same, served there.
    #[must_use]
    pub fn at_door(self, door: Door) -> Self {
        Self { door, ..self }
    }

    /// The same with other lengths of sessions.
    #[must_use]
    pub fn with_sessions(self, sessions: SessionRules) -> Self {
        Self { sessions, ..self }
    }

    /// The same with somebody who hands out and erases what is held about a person.
    #[must_use]
    pub fn with_people(self, people: Arc<dyn People>) -> Self {
        Self { people: Some(people), ..self }
    }

    /// The same with a place for uploads.
    #[must_use]
    pub fn with_uploads(self, uploads: Uploads) -> Self {
        Self { uploads: Some(Arc::new(uploads)), ..self }
    }

    /// The same as a sample company.
    #[must_use]
    pub fn as_demo(self, demo: bool) -> Self {
        Self { demo, ..self }
    }

    /// Whether somebody must sign in.
    pub(crate) async fn has_users(&self) -> Result<bool, StoreError> {
        if self.users.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let found = self.store.has_users().await?;
        self.users.store(found, Ordering::Relaxed);
        Ok(found)
    }

    /// What the forms of a visitor carry.
    pub(crate) fn form_token(&self, visitor: &Visitor) -> String {
        visitor.form_token().unwrap_or(&self.form_token).to_owned()
    }

    /// The accounts that somebody sees, by id; none where all are seen. Read anew when somebody has worked on
    /// the workspace or sent a form, and with a new run or day.
    pub(crate) async fn seen(&self, sight: &Sight) -> Result<Option<Seen>, StoreError> {
        let Sight::Of { reps, today } = sight else { return Ok(None) };
        let run = self.store.current_run().await?.map_or_else(String::new, |run| run.run_id);
        let stamp = (self.store.work_stamp().await?, run, today.clone());
        let mut kept = self.seen.lock().await;
        let before = kept.get(reps);
        if let Some((_, seen)) = before.filter(|(of, _)| of.as_ref() == Some(&stamp)) {
            return Ok(Some(Arc::clone(seen)));
        }
        let rows = self.store.seen_accounts(sight).await?.unwrap_or_default();
        let keys = rows.values().copied().flatten().collect();
        let ids = rows.into_keys().collect();
        // What was made of the same accounts stays.
        let same = before.filter(|(_, seen)| seen.keys == keys && seen.ids == ids);
        let seen: Seen = match same {
            Some((_, seen)) => Arc::clone(seen),
            None => Arc::new(SeenAccounts { ids, keys, ..SeenAccounts::default() }),
        };
        if kept.len() >= TEAMS_MAX {
            kept.clear();
        }
        kept.insert(reps.clone(), (Some(stamp), Arc::clone(&seen)));
        Ok(Some(seen))
    }

    /// Reads who sees what anew with the next request.
    pub(crate) async fn forget_seen(&self) {
        self.seen.lock().await.values_mut().for_each(|(stamp, _)| *stamp = None);
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

    /// The moment of an answer that is dated `today`: now, unless answers are dated otherwise.
    pub(crate) fn moment(&self, today: Day) -> Instant {
        let now = self.now();
        if self.zone.day_of(now) == today { now } else { self.zone.instant(today, 9 * 3_600, 0) }
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

    /// The same, with no more of it than somebody sees; of what was not proposed, the best of each account.
    pub(crate) async fn overview_for(
        &self,
        sight: &Sight,
    ) -> Result<Option<Arc<Overview>>, StoreError> {
        let whole = self.overview().await?;
        let (Some(whole), Some(seen)) = (&whole, self.seen(sight).await?) else { return Ok(whole) };
        let mut kept = seen.overview.lock().await;
        if let Some((_, made)) = kept.as_ref().filter(|(of, _)| Arc::ptr_eq(of, whole)) {
            return Ok(Some(Arc::clone(made)));
        }
        let run = &whole.run.run_id;
        let changes = whole.changes.as_ref().map(|(day, changes)| {
            let seen = changes.iter().filter(|change| seen.has_key(change.account_key));
            (*day, seen.cloned().collect())
        });
        let made = Arc::new(Overview {
            run: whole.run.clone(),
            as_of: whole.as_of,
            counts: self.store.play_counts_seen(run, sight).await?,
            taxes: whole.taxes.clone(),
            fates: self.store.fate_counts_seen(run, sight).await?,
            natural: self.store.natural_seen(run, crate::natural::SHOWN, sight).await?,
            accounts: u64::try_from(seen.len()).unwrap_or(u64::MAX),
            changes,
            plays_in_run: whole.plays_in_run,
        });
        *kept = Some((Arc::clone(whole), Arc::clone(&made)));
        drop(kept);
        Ok(Some(made))
    }

    /// The policy that is live now, and the stop that lasts; a version is read once.
    pub(crate) async fn live_policy(&self) -> Result<(Policy, Option<PolicyStop>), StoreError> {
        let stop = self.store.offers_stopped().await?;
        let mut policy = match self.store.live_policy().await? {
            None => Policy::clone(&self.policy),
            Some(version) => {
                let mut kept = self.published.lock().await;
                match kept.as_ref().filter(|(number, _)| *number == version.version) {
                    Some((_, policy)) => Policy::clone(policy),
                    None => match Policy::parse(&version.toml) {
                        Ok(policy) => {
                            *kept = Some((version.version, Arc::new(policy.clone())));
                            policy
                        }
                        Err(error) => {
                            tracing::warn!(%error, "The live policy could not be read.");
                            Policy::clone(&self.policy)
                        }
                    },
                }
            }
        };
        let since = stop.as_ref().map(|stop| Day::parse_iso(&stop.stopped_on).unwrap_or(Day(0)));
        policy.stopped = since;
        Ok((policy, stop))
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
    /// workspace: whoever changes accounts holds its lease.
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

/// The day on which answers are written: today, but the run's day when it lies ahead, or so far back that
/// the next run will look from the same day again.
pub fn day_of_answers(today: Day, run: Option<Day>) -> Day {
    run.filter(|run| !(0..=OLD_DAYS).contains(&today.since(*run).0)).unwrap_or(today)
}

/// One run at a glance.
pub(crate) struct Overview {
    pub(crate) run: RunRow,
    pub(crate) as_of: Option<Day>,
    pub(crate) counts: PlayCounts,
    /// Plays of the whole run, whoever looks.
    pub(crate) plays_in_run: u64,
    /// Whether a product's prices include tax: `excl` or `incl`.
    pub(crate) taxes: HashMap<String, String>,
    /// Candidates and accounts by fate and reason.
    pub(crate) fates: Vec<FateCount>,
    /// The first of those who will likely buy unasked, and how many they are.
    pub(crate) natural: (Vec<NaturalRow>, u64),
    /// Accounts there were when the run was first looked at.
    pub(crate) accounts: u64,
    /// What the run changed against the run before, and that run's day; `None`: there was none.
    pub(crate) changes: Option<(Day, Vec<PlayChange>)>,
}

impl Overview {
    fn is_of(&self, run: &RunRow) -> bool {
        (&self.run.run_id, &self.run.data_hash, &self.run.summary)
            == (&run.run_id, &run.data_hash, &run.summary)
    }

    /// Of no run: a rep may add plays before the first one.
    pub(crate) fn nothing() -> Self {
        Self {
            run: RunRow::default(),
            as_of: None,
            counts: PlayCounts::default(),
            plays_in_run: 0,
            taxes: HashMap::new(),
            fates: Vec::new(),
            natural: (Vec::new(), 0),
            accounts: 0,
            changes: None,
        }
    }

    async fn read(store: &Store, run: RunRow) -> Result<Self, StoreError> {
        let counts = store.play_counts(&run.run_id).await?;
        let as_of = Day::parse_iso(&run.as_of);
        let previous = store.previous_run(&run.as_of).await?;
        let changes = match previous.and_then(|previous| Day::parse_iso(&previous.as_of)) {
            Some(day) => Some((day, store.play_changes(&run.run_id).await?)),
            None => None,
        };
        let fates = store.fate_counts(&run.run_id).await?;
        let natural = store.natural(&run.run_id, crate::natural::SHOWN).await?;
        let (accounts, taxes) = (count_accounts(store).await?, taxes(store).await?);
        let plays_in_run = counts.plays;
        Ok(Self { run, as_of, counts, plays_in_run, taxes, fates, natural, accounts, changes })
    }
}

async fn count_accounts(store: &Store) -> Result<u64, StoreError> {
    match canonical::entity("accounts") {
        Some(accounts) => store.count(accounts).await,
        None => Ok(0),
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
