//! The plan stage: hours of the reps, the decision, and what the store and the run's folder keep of it.

pub mod artefacts;
pub mod bookings;
pub mod pools;
pub mod rows;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use decide::bookings::Bookings;
use decide::catalogue::Catalogue;
use decide::decision::{Decision, Plan};
use decide::facts::AccountFacts;
use decide::look::Look;
use decide::plan::PlanInput;
use domain::motion::Fate;
use domain::time::Day;
use serde::Serialize;
use store::RunRow;

use crate::night::{AllScored, Known, Night};
use crate::score::views;

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

/// Decides, and writes decisions, plays, alternatives, counts and the accounts' pages.
pub async fn plan_and_write(
    night: &Night<'_>,
    known: &Known,
    all: AllScored,
    place: &Place<'_>,
) -> Result<Planned> {
    let AllScored { facts, scored, catalogue, .. } = all;
    let plan = decide::plan::plan(PlanInput {
        as_of: place.as_of,
        policy: night.policy,
        accounts: &facts,
        catalogue: &catalogue,
        scored,
        pools: pools::pools(&known.snapshot, night.policy),
        seed: night.seed.unsigned_abs(),
        accepted: Vec::new(),
    });
    let mut planned = summarise(&plan, night);
    planned.bookings = Some(bookings::beside(night, known, &plan.decisions, place.as_of));
    artefacts::decisions(place.folder, &plan.decisions, night.currency)?;
    artefacts::pools(place.folder, &plan.pools)?;
    let write = rows::Rows { run_id: &place.run.run_id, currency: night.currency, facts: &facts };
    let by_account = by_account(&plan.decisions);
    let plays = rows::plays(&write, &plan, &by_account);
    let others = rows::others(&write, &by_account);
    let fates = rows::fates(&write, &plan);
    night.store.write_plays(&plays, &others, &fates).await?;
    night.store.write_natural(&place.run.run_id, &rows::natural(&write, &plan)).await?;
    let pages = Pages { facts: &facts, catalogue: &catalogue, by_account: &by_account };
    write_views(night, known, &pages, place).await?;
    Ok(planned)
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
    /// Candidates by fate.
    pub fates: BTreeMap<String, usize>,
    /// The plan beside the last four quarters' expansion bookings.
    pub bookings: Option<Bookings>,
}

/// The decisions of each account.
fn by_account(decisions: &[Decision]) -> BTreeMap<i64, Vec<&Decision>> {
    let mut by_account: BTreeMap<i64, Vec<&Decision>> = BTreeMap::new();
    for decision in decisions {
        by_account.entry(decision.scored.candidate.account.0).or_default().push(decision);
    }
    by_account
}

fn summarise(plan: &Plan, night: &Night<'_>) -> Planned {
    let chosen = || plan.decisions.iter().filter(|d| d.fate == Fate::Chosen);
    let mut fates: BTreeMap<String, usize> = BTreeMap::new();
    for decision in &plan.decisions {
        *fates.entry(decision.fate.code().to_owned()).or_default() += 1;
    }
    Planned {
        plays: chosen().count(),
        hours: chosen().fold(0.0, |sum, d| sum + d.scored.candidate.effort_hours),
        expected_minor: night.currency.round_expected(plan.total),
        bound_minor: night.currency.round_expected(plan.bound),
        fates,
        bookings: None,
    }
}

struct Pages<'a> {
    facts: &'a [AccountFacts],
    catalogue: &'a Catalogue,
    by_account: &'a BTreeMap<i64, Vec<&'a Decision>>,
}

async fn write_views(
    night: &Night<'_>,
    known: &Known,
    pages: &Pages<'_>,
    place: &Place<'_>,
) -> Result<()> {
    let revenue = views::monthly_revenue(&known.snapshot);
    let spend = views::monthly_spend(&known.lake, place.as_of);
    let mut written = Vec::with_capacity(pages.facts.len());
    for facts in pages.facts {
        let key = facts.account.0;
        let shown = views::Shown {
            revenue: revenue.get(&key),
            spend: spend.get(&key),
            usage: known.lake.usage_months.get(&key),
        };
        let series = views::series(&shown, place.as_of, night.currency);
        let decisions = pages.by_account.get(&key).map_or(&[][..], Vec::as_slice);
        let look =
            Look { facts, catalogue: pages.catalogue, policy: night.policy, as_of: place.as_of };
        let silent = decide::explain::account_silent(&look, decisions).as_ref().map(Into::into);
        let view = views::view(facts, series, silent, (place.as_of, night.currency));
        written.push((key, serde_json::to_string(&view)?));
    }
    night.store.write_views(&place.run.run_id, &written).await?;
    Ok(())
}
