//! The plan stage: hours of the reps, the decision, and what the store and the run's folder keep of it.

pub mod again;
pub mod artefacts;
pub mod bookings;
pub mod inputs;
pub mod keep;
pub mod left_out;
pub mod listed;
pub mod mapped;
pub mod pools;
pub mod rows;
mod writer;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use decide::bookings::Bookings;
use decide::candidate::{Recommendation, Scored};
use decide::decision::Decision;
use decide::explain::Fates;
use decide::facts::AccountFacts;
use decide::guards;
use decide::life::{self, Level};
use decide::look::Look;
use decide::plan::{Arbitrated, Offers, Planner, Story};
use domain::time::Day;
use serde::Serialize;
use store::{FateCount, NaturalRow, PlayChange, RunRow};

use bookings::Beside;
use mapped::Mapped;
use writer::{Stored, Writer};

use crate::history::Histories;
use crate::known::Account;
use crate::lives::kept;
use crate::night::{Known, Night};
use crate::recommend::{Asked, Recommender};
use crate::score::{Scorer, views};
use models::parallel;

/// Where a run's results go.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The run.
    pub run: &'a RunRow,
    /// Its folder.
    pub folder: &'a Path,
    /// Its day.
    pub as_of: Day,
}

/// What the plan is made from; every account passes twice, as [`Planner`] tells.
pub struct Book<'a> {
    /// The night.
    pub night: &'a Night<'a>,
    /// Entities and lake.
    pub known: &'a Known,
    /// Makes facts and candidates.
    pub scorer: Scorer<'a>,
    /// What accounts buy next.
    pub recommender: &'a Recommender,
}

/// Accounts that are worked on at once: their candidates, words and rows are in memory together.
const BLOCK: usize = 256;

impl Book<'_> {
    fn accounts(&self) -> Vec<&Account> {
        self.known.accounts.values().collect()
    }

    /// Facts, recommendations and candidates of one account: the same at every call.
    fn open(&self, account: &Account) -> (AccountFacts, Vec<Recommendation>, Vec<Scored>) {
        let catalogue = self.scorer.catalogue();
        let names = |id: &str| {
            catalogue.product(&id.into()).map_or_else(|| id.to_owned(), |p| p.name.clone())
        };
        let most = self.night.policy.candidates.recommendations as usize;
        let mut facts = self.scorer.facts(account);
        let found = match self.known.lake.purchases.get(&account.key) {
            None => Vec::new(),
            Some(purchases) => self.recommender.recommend(Asked {
                account: account.key,
                purchases,
                as_of: self.scorer.look(&facts).as_of,
                most,
                names: &names,
            }),
        };
        let scored = self.scorer.candidates(&facts, &found);
        let effect = guards::sleeping_dog::of_offers(&self.scorer.look(&facts), &scored);
        facts.bars.effect = effect;
        (facts, found, scored)
    }
}

/// First pass: writes recommendations and the plan's inputs, and weighs every candidate. Returns the plan in the
/// making and how many candidates there are.
pub fn weigh<'a>(
    book: &Book<'a>,
    place: &Place<'_>,
    frame: &'a inputs::Frame,
) -> Result<(Planner<'a>, usize)> {
    let mut planner = Planner::new(frame.input(book.night.policy));
    let mut candidates = 0;
    let mut recommendations = artefacts::begin_recommendations(place.folder)?;
    frame.write(place.folder)?;
    let mut kept = inputs::begin(place.folder)?;
    for block in book.accounts().chunks(BLOCK) {
        let weighed = parallel::each(block, |account| {
            let (facts, found, scored) = book.open(account);
            let n = scored.len();
            let offers = Offers::new(&facts, scored);
            let weighed = planner.weigh(&offers);
            let odds = inputs::odds(offers.scored());
            let given = inputs::Given { facts, found, odds };
            (n, weighed, inputs::Row::of(&given), given.found)
        });
        let mut all = Vec::with_capacity(weighed.len());
        let mut rows = Vec::with_capacity(weighed.len());
        for (account, (n, weighed, row, found)) in block.iter().zip(weighed) {
            candidates += n;
            planner.add(weighed);
            all.push((account.key, found));
            rows.push(row);
        }
        recommendations.write(artefacts::recommendation_rows(&all)?)?;
        kept.write(inputs::rows(&rows)?)?;
    }
    recommendations.finish()?;
    kept.finish()?;
    Ok((planner, candidates))
}

/// Second pass: says of every candidate what became of it, and writes decisions, plays, alternatives, counts and
/// the accounts' pages.
pub async fn decide_and_write(
    book: &Book<'_>,
    place: &Place<'_>,
    arbitrated: Arbitrated<'_>,
) -> Result<Planned> {
    let (night, run_id) = (book.night, place.run.run_id.as_str());
    let rows = rows::Rows { run_id, currency: night.currency };
    let mut file = artefacts::begin_decisions(place.folder, night.currency)?;
    let desk = Desk {
        book,
        arbitrated: &arbitrated,
        rows,
        pages: Pages::of(book, place.as_of),
        mapper: mapped::Mapper::begin(book, run_id).await?,
    };
    let mut writer = Writer::begin(night.store, run_id);
    let mut hours = Vec::new();
    let (mut fates, mut beside) = (Fates::default(), Beside::of(book.known, place.as_of));
    let (mut natural, mut left_out) = (Vec::new(), left_out::LeftOut::default());
    let (mut story, mut levels) = (arbitrated.gone(), Vec::new());
    for block in book.accounts().chunks(BLOCK) {
        let decided = parallel::each(block, |account| desk.decide(account));
        let (decisions, kept): (Vec<_>, Vec<_>) = decided.into_iter().unzip();
        file.write(artefacts::decision_rows(&decisions, night.currency)?)?;
        for decisions in &decisions {
            fates.add(decisions);
            left_out.add(decisions, night.currency);
            beside.add(decisions, night.policy);
        }
        let kept = Kept::all(kept);
        hours.extend(kept.stored.plays.iter().map(|play| (play.rank, play.effort_hours)));
        story.add(kept.story);
        levels.extend(kept.levels);
        natural.extend(kept.natural);
        writer.give(kept.stored).await?;
    }
    file.finish()?;
    writer.finish().await?;
    artefacts::pools(place.folder, &arbitrated.pools)?;
    let hours_of = rows::pools(&arbitrated.pools, night.currency);
    night.store.write_night(run_id, &hours_of, &left_out.rows()).await?;
    kept::write(place.folder, &levels)?;
    let found = &book.known.found;
    night.store.write_natural(run_id, &natural).await?;
    let (work, counts) =
        (rows::work(rows, &story.work, &found.under_way), rows::fates(rows, &fates));
    night.store.write_plays(&work, &[], &counts).await?;
    // The first plan has nothing to be compared with.
    let changes = rows::changes(if found.previous.is_empty() { Vec::new() } else { story.changes });
    night.store.write_play_changes(run_id, &changes).await?;
    hours.sort_by_key(|(rank, _)| *rank);
    Ok(Planned {
        plays: hours.len(),
        hours: hours.iter().fold(0.0, |sum, (_, hours)| sum + hours),
        expected_minor: night.currency.round_expected(arbitrated.total),
        bound_minor: night.currency.round_expected(arbitrated.bound),
        gap: gap(arbitrated.bound, arbitrated.pooled),
        gap_with_reps: gap(arbitrated.bound, arbitrated.total),
        stranded_hours: arbitrated.pools.iter().map(|pool| pool.stranded).sum(),
        unmet_volumes: unmet(&arbitrated),
        under_way: found.lives.under_way.len(),
        under_way_hours: found.under_way.values().fold(0.0, |sum, state| sum + state.hours_left),
        changes: by_change(&changes),
        fates: by_fate(&counts),
        bookings: Some(beside.finish(night)),
    })
}

/// What decides of one account after another.
struct Desk<'a> {
    book: &'a Book<'a>,
    arbitrated: &'a Arbitrated<'a>,
    rows: rows::Rows<'a>,
    pages: Pages<'a>,
    mapper: mapped::Mapper<'a>,
}

impl Desk<'_> {
    /// What became of every candidate of an account, and what is kept of it.
    fn decide(&self, account: &Account) -> (Vec<Decision>, Kept) {
        let (rows, arbitrated) = (self.rows, self.arbitrated);
        let (facts, found, scored) = self.book.open(account);
        let decisions = arbitrated.decide(Offers::new(&facts, scored));
        let look = arbitrated.look(&facts);
        let mapped = self.mapper.map(&look, &decisions);
        let kept = Kept {
            stored: Stored {
                plays: rows::plays(rows, &facts, &decisions),
                others: rows::others(rows, &decisions),
                views: vec![(account.key, self.pages.view(&look, &decisions, &mapped))],
                members: mapped.member.into_iter().collect(),
            },
            natural: rows::natural(&facts, &decisions),
            story: arbitrated.story(&look, &found, &decisions),
            levels: life::levels::levels(&look).into_iter().map(|l| (account.key, l)).collect(),
        };
        (decisions, kept)
    }
}

/// Offers of which fewer are planned than their minimum volume asks for, and how many they lack.
fn unmet(arbitrated: &Arbitrated<'_>) -> BTreeMap<String, f64> {
    arbitrated.unmet().into_iter().map(|(offer, lack)| (offer.to_string(), lack)).collect()
}

/// What is kept of one account, or of a block of them.
#[derive(Default)]
struct Kept {
    stored: Stored,
    natural: Vec<NaturalRow>,
    story: Story,
    levels: Vec<(i64, Level)>,
}

impl Kept {
    fn all(kept: Vec<Self>) -> Self {
        let mut all = Self::default();
        for kept in kept {
            all.stored.add(kept.stored);
            all.natural.extend(kept.natural);
            all.story.add(kept.story);
            all.levels.extend(kept.levels);
        }
        all
    }
}

/// The plan in figures.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Planned {
    /// Plays in the plan.
    pub plays: usize,
    /// Hours planned.
    pub hours: f64,
    /// Expected incremental profit of the plan, minor units.
    pub expected_minor: i64,
    /// Upper bound of any plan, minor units.
    pub bound_minor: i64,
    /// By how much the plan falls short of the bound, as a share of it, before plays are given to reps.
    pub gap: f64,
    /// The same of the plan as it is.
    pub gap_with_reps: f64,
    /// Hours left over that colleagues of the same team and role could use.
    pub stranded_hours: f64,
    /// Offers whose minimum volume is not reached, and how many they lack.
    pub unmet_volumes: BTreeMap<String, f64>,
    /// Plays under way, accepted or a rep's own: before the plan's.
    pub under_way: usize,
    /// Hours that they still take.
    pub under_way_hours: f64,
    /// What changed since the plan before: how many plays are new, ended, and so on.
    pub changes: BTreeMap<String, usize>,
    /// Candidates by fate.
    pub fates: BTreeMap<String, usize>,
    /// The plan beside the last four quarters' expansion bookings.
    pub bookings: Option<Bookings>,
}

/// (bound - plan) / |bound|; none of nothing.
fn gap(bound: f64, plan: f64) -> f64 {
    let room = (bound - plan).max(0.0);
    if room > 0.0 { room / bound.abs().max(f64::MIN_POSITIVE) } else { 0.0 }
}

fn by_change(changes: &[PlayChange]) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for change in changes {
        *counts.entry(change.change.code().to_owned()).or_default() += 1;
    }
    counts
}

fn by_fate(counts: &[FateCount]) -> BTreeMap<String, usize> {
    let mut fates: BTreeMap<String, usize> = BTreeMap::new();
    for count in counts {
        let candidates = usize::try_from(count.candidates).unwrap_or(0);
        *fates.entry(count.fate.clone()).or_default() += candidates;
    }
    fates
}

/// What the accounts' pages are made of.
struct Pages<'a> {
    book: &'a Book<'a>,
    revenue: views::MonthlyRevenue,
    histories: Histories<'a>,
    as_of: Day,
}

impl<'a> Pages<'a> {
    fn of(book: &'a Book<'a>, as_of: Day) -> Self {
        let revenue = views::monthly_revenue(&book.known.snapshot);
        let histories = Histories::of(&book.known.snapshot);
        Self { book, revenue, histories, as_of }
    }

    /// An account's page as JSON.
    fn view(&self, look: &Look, decisions: &[Decision], mapped: &Mapped) -> String {
        let facts = look.facts;
        let (key, currency) = (facts.account.0, self.book.night.currency);
        let lake = &self.book.known.lake;
        let shown = views::Shown {
            revenue: self.revenue.get(&key),
            spend: views::monthly_spend(lake, key, self.as_of),
            usage: lake.usage_months.get(&key),
            latest: lake.usage.get(&key),
            bands: &lake.bands,
            account: key,
        };
        let series = views::series(&shown, self.as_of, currency);
        let decisions: Vec<&Decision> = decisions.iter().collect();
        let silent = decide::explain::account_silent(look, &decisions).as_ref().map(Into::into);
        let mut view = views::view(facts, series, silent, (self.as_of, currency));
        views::standing(&mut view, look);
        view.mapped = mapped.member.is_some();
        view.lacks.clone_from(&mapped.lacks);
        (view.purchases, view.purchases_more) = views::purchases(facts);
        view.worth = views::worth(look, currency);
        view.history = self.histories.page(key);
        serde_json::to_string(&view).expect("a view is made of strings and numbers")
    }
}
