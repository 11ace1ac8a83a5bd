//! One night: pin the lake, read the entities as of a day, features, train, score, plan, publish.
//!
//! The run's id is the hash of its day, data, policy, seed and version, of the run before and of what people
//! answered: the same input is the same run, and a
//! run that was cut short is done again under the same id with the same bytes. Its artefacts lie in
//! `runs/<run_id>/`; nothing is visible until `current_run` points to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use decide::catalogue::Catalogue;
use decide::policy::Policy;
use domain::money::Currency;
use domain::time::{Day, Zone};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{RunRow, Store};

use crate::known::Account;
use crate::lake::Pinned;
use crate::lake_facts::Ask;
use crate::plan::inputs::Frame;
use crate::plan::pools::Staff;
use crate::query::Engine;
use crate::score::Scorer;
use crate::snapshot::Snapshot;
use crate::tables::FromLake;
use crate::tables::attributes::Attributes;
use crate::train::learn::Before;
use crate::train::learned::{Chances, Learned};
use crate::train::profile::Profiles;
use crate::train::{Beliefs, History, Trained};
use crate::versions::Versions;
use crate::warnings::{self, Warning};
use crate::{
    ahead, asked, bars, features, known, lake, lake_facts, lives, occasions, plan, recommend,
    registry, rhythm, score, snapshot, tables, train, web_facts,
};

/// The stages, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Features as of the day.
    Features,
    /// Rates and prices.
    Train,
    /// Candidates with odds.
    Score,
    /// Decisions, published.
    Plan,
}

/// What a night needs.
pub struct Night<'a> {
    /// The store.
    pub store: &'a Store,
    /// The lake's folder.
    pub lake: PathBuf,
    /// The folder of runs.
    pub runs: PathBuf,
    /// The workspace's zone.
    pub zone: Zone,
    /// The workspace's currency.
    pub currency: Currency,
    /// The policy.
    pub policy: &'a Policy,
    /// The policy's text, for its hash.
    pub policy_text: &'a str,
    /// The policy's published version; none of a text that never was published.
    pub policy_version: Option<i64>,
    /// The day; by default today, or the last event day when the data end more than 30 days earlier.
    pub as_of: Option<Day>,
    /// Today, from the caller's clock.
    pub today: Day,
    /// The seed of every draw.
    pub seed: i64,
    /// The last stage to do.
    pub until: Stage,
    /// Told the name of each stage as it begins.
    pub progress: &'a (dyn Fn(&str) + Sync),
}

impl Night<'_> {
    /// Tells that a stage begins; the log's times say how long each took.
    fn begin(&self, stage: &str) {
        tracing::info!(stage, "a stage of the night begins");
        (self.progress)(stage);
    }
}

/// What a night did.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// The run.
    pub run_id: String,
    /// Its day.
    pub as_of: String,
    /// Why that day, when it is not today and nobody asked for it.
    pub as_of_note: Option<String>,
    /// What the data make doubtful as a whole.
    pub warnings: Vec<Warning>,
    /// The published version of the policy.
    pub policy_version: Option<i64>,
    /// SHA-256 of the policy's text.
    pub policy_hash: String,
    /// Since when offers are stopped, ISO.
    pub stopped: Option<String>,
    /// Whether nobody has hours in the weeks ahead, so that the plan has no work for reps.
    pub no_hours: bool,
    /// Accounts looked at.
    pub accounts: usize,
    /// Features computed.
    pub features: usize,
    /// What was trained, in a line each.
    pub models: Vec<registry::Line>,
    /// Candidates scored.
    pub candidates: usize,
    /// The plan in figures.
    #[serde(flatten)]
    pub planned: plan::Planned,
    /// Whether it was published.
    pub published: bool,
}

/// Everything known before candidates are made.
pub struct Known {
    /// The engine with the registered tables.
    pub engine: Engine,
    /// Entities as of the day.
    pub snapshot: Snapshot,
    /// The same by account.
    pub accounts: BTreeMap<i64, Account>,
    /// Sums from the lake.
    pub lake: FromLake,
    /// Products, with list prices only.
    pub listed: Catalogue,
    /// Numeric attributes of the accounts.
    pub attributes: Attributes,
    /// The last day on which anybody answered the NPS question.
    pub nps_asked_on: Option<Day>,
    /// The plan before, and what people answered since.
    pub found: lives::Found,
    /// Cards of the models that read the lake: name and text.
    pub cards: Vec<registry::Card>,
}

/// Reads entities and lake as of a day, of all accounts or of one.
pub async fn know(
    night: &Night<'_>,
    engine: Engine,
    as_of: Day,
    only: Option<i64>,
) -> Result<Known> {
    let mut snapshot = Snapshot::read(night.store, as_of, &night.zone, night.currency).await?;
    let mut accounts = known::accounts(&snapshot);
    let found = lives::read(night, &snapshot, &mut accounts).await?;
    occasions::put(&mut accounts, &snapshot, night.policy);
    let nps_asked_on = occasions::nps_asked_on(&accounts);
    if only.is_none() {
        bars::draw(night.store, &accounts, (as_of, night.seed)).await?;
    }
    bars::lots(night.store, &mut accounts).await?;
    if let Some(key) = only {
        accounts.retain(|account, _| *account == key);
    }
    let listed = score::catalogue::listed(&snapshot);
    let attributes = tables::attributes::numeric(&snapshot);
    let entities = tables::Entities {
        snapshot: &snapshot,
        accounts: &accounts,
        listed: &listed,
        attributes: &attributes,
    };
    tables::register_entities(engine.context(), entities)?;
    let ask = Ask { as_of, zone: &night.zone, currency: night.currency, only };
    engine.context().register_udf(crate::rates::converted(&snapshot.rates));
    crate::merged::view_lake(engine.context(), &snapshot.merged_keys).await?;
    let rules = &night.policy.rules;
    let seen = web_facts::read(engine.context(), &ask, &rules.enquiry).await?;
    asked::put(&mut accounts, &snapshot, seen.visits, rules);
    // Before the lake is read, which takes as much again.
    snapshot.forget(known::CONSUMED);
    let limits = score::catalogue::limits(&listed);
    let near = &night.policy.rules.limit_near;
    let contracts = lake_facts::Contracts { accounts: &accounts, limits: &limits, near };
    let mut lake = lake_facts::read(engine.context(), &ask, &contracts).await?;
    lake.campaigns = seen.campaigns;
    // Of one account alone, `explain` takes what the run found.
    let cards = if only.is_none() { foresee(night, &mut lake, as_of) } else { Vec::new() };
    asked::commitments(&snapshot, &mut accounts, &lake, rules);
    let seen = occasions::seen::Seen { ask: &ask, rules, catalogue: &listed, lake: &lake };
    occasions::seen::put(engine.context(), seen, &mut accounts).await?;
    tables::register(engine.context(), &accounts, &lake)?;
    // The table has them now.
    lake.rhythms = Vec::new();
    Ok(Known { engine, snapshot, accounts, lake, listed, attributes, nps_asked_on, found, cards })
}

/// When usage reaches its limits, and who has fallen silent.
fn foresee(night: &Night<'_>, lake: &mut FromLake, as_of: Day) -> Vec<registry::Card> {
    let ask = ahead::Ask { as_of, policy: night.policy, seed: night.seed };
    // Forgotten when they have been read.
    let lines = std::mem::take(&mut lake.lines);
    let (limits, bands) = ahead::forecast(&lines, &mut lake.usage, &ask);
    lake.bands = bands;
    tracing::info!("usage was forecast");
    let found = rhythm::rhythms(&lake.baskets, as_of);
    tracing::info!(accounts = found.rows.len(), "the rhythm of orders was read");
    (lake.rhythms, lake.law) = (found.rows, found.law);
    vec![limits, found.card]
}

/// Runs one night.
pub async fn run(night: &Night<'_>) -> Result<Summary> {
    night.begin("reading");
    let pinned = pin(night).await?;
    let engine = open(night, &pinned).await?;
    let (as_of, as_of_note) = day(night, &engine).await?;
    end_with_deals(night, as_of).await?;
    let known = know(night, engine, as_of, None).await?;
    let run = begin(night, &known, &pinned, as_of).await?;
    let folder = night.runs.join(&run.run_id);

    night.begin("features");
    let features = features(night, &known, (as_of, &folder)).await?;
    let mut summary = Summary::begin(night, (&run, as_of_note), &known);
    summary.warnings =
        warnings::all(night.store, &known.snapshot, &known.lake.without_rate).await?;
    if night.until == Stage::Features {
        return Ok(summary);
    }

    night.begin("train");
    let versions = Versions::read(&known.snapshot);
    let history = history((night, &known), &versions, as_of);
    let trained = trained(night, &known, history);
    let profiles = Profiles::read(&known.snapshot, &known.accounts);
    let (learned, mut cards) =
        learned(night, (&run, &folder), (&known, &trained), (history, &profiles)).await?;
    let recommender = recommender(night, &known.engine).await?;
    cards.extend(train::cards::all(&trained, recommender.neighbours()));
    cards.push(recommender.card().clone());
    cards.extend(known.cards.iter().cloned());
    registry::register(night.store, &run, &cards).await?;
    summary.models = cards.iter().map(registry::Card::line).collect();
    plan::artefacts::trained(&folder, &trained)?;
    if night.until == Stage::Train {
        return Ok(summary);
    }

    night.begin("score");
    let catalogue = score::catalogue::with_prices(known.listed.clone(), &trained);
    let chances =
        Chances { learned: &learned, history, profiles: &profiles, currency: night.currency };
    let scorer = Scorer::new(
        night.policy,
        score::facts::Sources {
            as_of,
            accounts: &known.accounts,
            lake: &known.lake,
            features: &features,
            law: &known.lake.law,
            trained: &trained,
            chances,
            catalogue: &catalogue,
            margin: night.policy.value.margin,
            churn_base: score::facts::churn_base(&trained, &learned),
            nps_asked_on: known.nps_asked_on,
        },
    );
    let book = plan::Book { night, known: &known, scorer, recommender: &recommender };
    let place = plan::Place { run: &run, folder: &folder, as_of };
    let frame = frame(night, &known, &catalogue, as_of);
    summary.no_hours = frame.has_no_hours(night.policy);
    let (planner, candidates) = plan::weigh(&book, &place, &frame)?;
    summary.candidates = candidates;
    if night.until == Stage::Score {
        return Ok(summary);
    }

    night.begin("plan");
    summary.planned = plan::decide_and_write(&book, &place, planner.arbitrate()).await?;
    let json = serde_json::to_string(&summary)?;
    night.store.publish_run(&run.run_id, &json).await?;
    summary.published = true;
    Ok(summary)
}

impl Summary {
    fn begin(
        night: &Night<'_>,
        (run, as_of_note): (&RunRow, Option<String>),
        known: &Known,
    ) -> Self {
        Self {
            run_id: run.run_id.clone(),
            as_of: run.as_of.clone(),
            as_of_note,
            warnings: Vec::new(),
            policy_version: night.policy_version,
            policy_hash: run.policy_hash.clone(),
            stopped: night.policy.stopped.map(|day| day.to_string()),
            no_hours: false,
            accounts: known.accounts.len(),
            features: features::FEATURES.len(),
            models: Vec::new(),
            candidates: 0,
            planned: plan::Planned::default(),
            published: false,
        }
    }
}

/// The lake's files of this moment, kept while the night runs.
async fn pin(night: &Night<'_>) -> Result<Pinned> {
    let pinned = lake::pin(night.store).await?;
    night.store.pin_files(&pinned.paths()).await?;
    Ok(pinned)
}

/// Ends the plays whose deals the CRM has closed by the day, before the answers are read.
async fn end_with_deals(night: &Night<'_>, as_of: Day) -> Result<()> {
    let ask = lives::deals::Ask { as_of, zone: &night.zone, currency: night.currency };
    let ended = lives::deals::close(night.store, ask).await?;
    tracing::info!(ended, "plays ended with their deals");
    Ok(())
}

/// An engine with the pinned lake and our functions.
pub async fn open(night: &Night<'_>, pinned: &Pinned) -> Result<Engine> {
    let engine = Engine::new(&crate::query::Options::default())?;
    engine.context().register_udf(crate::calendar::civil_day(&night.zone));
    lake::view_all(&engine, &night.lake, pinned).await?;
    Ok(engine)
}

/// Order lines whose currency has no rate on their day, by currency, as of the snapshot's day.
pub async fn order_lines_without_rate(
    lake_dir: &std::path::Path,
    snapshot: &Snapshot,
    pinned: &Pinned,
) -> Result<Vec<(String, u64)>> {
    let engine = Engine::new(&crate::query::Options::default())?;
    let ctx = engine.context();
    ctx.register_udf(crate::calendar::civil_day(&snapshot.zone));
    ctx.register_udf(crate::rates::converted(&snapshot.rates));
    let orders = domain::canonical::entity("orders").context("orders are canonical")?;
    lake::view(&engine, lake_dir, orders, pinned).await?;
    let (zone, currency) = (&snapshot.zone, snapshot.currency);
    let ask = Ask { as_of: snapshot.as_of, zone, currency, only: None };
    lake_facts::without_rate(ctx, &ask).await
}

/// The day asked for; else today, or the last event day when the data end more than 30 days earlier.
async fn day(night: &Night<'_>, engine: &Engine) -> Result<(Day, Option<String>)> {
    if let Some(day) = night.as_of {
        return Ok((day, None));
    }
    let entities = snapshot::last_event_day(night.store, &night.zone, night.today).await?;
    let lake = lake_facts::last_day(engine.context(), &night.zone, night.today).await?;
    match entities.max(lake) {
        Some(last) if night.today.since(last).0 > 30 => {
            let note = format!(
                "as of {last}, the last day with data: they end {} days before today ({}). Use --as-of for another day",
                night.today.since(last).0,
                night.today
            );
            Ok((last, Some(note)))
        }
        _ => Ok((night.today, None)),
    }
}

async fn begin(night: &Night<'_>, known: &Known, pinned: &Pinned, as_of: Day) -> Result<RunRow> {
    let data_hash = known.snapshot.hash(pinned.hash());
    let policy_hash = text_hash(night.policy_text);
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let mut hash = Sha256::new();
    let (day, seed) = (as_of.to_string(), night.seed.to_string());
    let lives::Found { previous, answers, .. } = &known.found;
    let stopped = night.policy.stopped.map_or_else(String::new, |day| format!("stopped {day}"));
    let mut parts = vec![&day, &data_hash, &policy_hash, &seed, &version, previous, answers];
    parts.extend(night.policy.stopped.is_some().then_some(&stopped));
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let run = RunRow {
        run_id: hex(&hash.finalize())[..16].to_owned(),
        as_of: as_of.to_string(),
        data_hash,
        policy_hash,
        seed: night.seed,
        version,
        summary: String::new(),
        published: false,
    };
    night.store.begin_run(&run).await?;
    Ok(run)
}

/// What the plan rests on beside its accounts.
fn frame(night: &Night<'_>, known: &Known, catalogue: &Catalogue, as_of: Day) -> Frame {
    Frame {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        as_of,
        seed: night.seed.unsigned_abs(),
        currency: night.currency.code().to_owned(),
        policy: night.policy_text.to_owned(),
        policy_version: night.policy_version,
        stopped: night.policy.stopped,
        staff: Staff::of(&known.snapshot).without(&known.found.leaves),
        catalogue: catalogue.clone(),
        lives: known.found.lives.clone(),
    }
}

/// What training looks at.
pub fn history<'a>(
    (night, known): (&'a Night<'_>, &'a Known),
    versions: &'a Versions,
    as_of: Day,
) -> History<'a> {
    History {
        as_of,
        window_days: night.policy.value.outcome_window_days,
        accounts: &known.accounts,
        lake: &known.lake,
        versions,
        catalogue: &known.listed,
        seat_metrics: &night.policy.rules.limit_near.seat_metrics,
    }
}

fn beliefs(policy: &Policy) -> Beliefs {
    let priors = &policy.priors;
    Beliefs {
        opened: (priors.opportunity.mean, priors.opportunity.sd),
        won: (priors.won.mean, priors.won.sd),
        organic: (priors.organic.mean, priors.organic.sd),
        churn: (priors.churn.mean, priors.churn.sd),
    }
}

/// The features, and what of them `explain` needs again, written into the run's folder.
async fn features(
    night: &Night<'_>,
    known: &Known,
    (as_of, folder): (Day, &Path),
) -> Result<features::Values> {
    let ask = Ask { as_of, zone: &night.zone, currency: night.currency, only: None };
    tables::register_events(known.engine.context(), &ask).await?;
    let features = features::compute(known.engine.context(), as_of).await?;
    plan::artefacts::features(folder, &features, &known.attributes)?;
    Ok(features)
}

/// What to recommend; the engine's tables are not needed afterwards.
async fn recommender(night: &Night<'_>, engine: &Engine) -> Result<recommend::Recommender> {
    let gathered = recommend::gather(engine).await?;
    engine.forget_all()?;
    let most = night.policy.candidates.recommendations as usize;
    Ok(gathered.learn(night.seed.unsigned_abs(), most))
}

/// Trains on what is known.
fn trained(night: &Night<'_>, known: &Known, history: History<'_>) -> Trained {
    let digital = score::catalogue::digital_offers(&known.snapshot);
    let priced = score::catalogue::priced(&known.listed);
    train::train(history, &digital, &priced, beliefs(night.policy))
}

/// Trains the models of who wins and who leaves, each beside that of the run before.
async fn learned(
    night: &Night<'_>,
    (run, folder): (&RunRow, &Path),
    (known, rates): (&Known, &Trained),
    (history, profiles): (History<'_>, &Profiles),
) -> Result<(Learned, Vec<registry::Card>)> {
    let previous = &known.found.previous;
    let mut used = BTreeSet::new();
    if !previous.is_empty() {
        for row in night.store.models(previous).await? {
            let card = serde_json::from_str::<registry::Card>(&row.card_json);
            if card.is_ok_and(|card| card.verdict == registry::Verdict::Signal) {
                used.insert(row.name);
            }
        }
    }
    let before = |name: &str| {
        (!previous.is_empty()).then(|| Before {
            run_id: previous.clone(),
            folder: night.runs.join(previous),
            used: used.contains(name),
        })
    };
    let digital = score::catalogue::digital_offers(&known.snapshot);
    let ground = train::learned::Ground {
        history,
        profiles,
        fruits: &train::deals::Fruits::of(history, &digital),
        rates,
        beliefs: beliefs(night.policy),
        seed: night.seed,
        run_id: &run.run_id,
        folder,
    };
    Learned::train(ground, before)
}

/// The stage of that name.
pub fn stage(name: &str) -> Result<Stage> {
    Ok(match name {
        "features" => Stage::Features,
        "train" => Stage::Train,
        "score" => Stage::Score,
        "plan" => Stage::Plan,
        other => bail!("there is no stage `{other}`; stages are features, train, score, plan"),
    })
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes every byte");
        text
    })
}

/// SHA-256 of a policy's text.
pub fn text_hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// The run whose plan is live.
pub async fn current(store: &Store) -> Result<RunRow> {
    store.current_run().await?.context("there is no plan yet: `nobishiro run` makes one")
}
