//! The facts of each account: entities, lake, features and the chance of leaving, in one struct that every
//! rule and guard reads.

use std::collections::BTreeMap;

use decide::catalogue::Catalogue;
use decide::facts::{
    AccountFacts, Approval, Bars, Contract, Occasions, Orders, Purchase, Standing,
};
use domain::ids::AccountKey;
use domain::probability::Estimate;
use domain::time::{Day, Days};

use crate::features::Values;
use crate::known::Account;
use crate::rhythm::{self, Law};
use crate::tables::FromLake;
use crate::train::learned::{Chances, Learned};
use crate::train::{Trained, churn};

/// Purchases kept in an account's facts when the catalogue is large: its most frequent ones.
const PURCHASES_KEPT: usize = 200;

/// What facts are made of.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// As of this day.
    pub as_of: Day,
    /// Entities by account.
    pub accounts: &'a BTreeMap<i64, Account>,
    /// Sums from the lake.
    pub lake: &'a FromLake,
    /// Features by account.
    pub features: &'a Values,
    /// What holds for all rhythms of orders.
    pub law: &'a Law,
    /// Rates and prices.
    pub trained: &'a Trained,
    /// Models that know more of an account than rates do.
    pub chances: Chances<'a>,
    /// Products.
    pub catalogue: &'a Catalogue,
    /// Margin where a product states none.
    pub margin: f64,
    /// The mean chance of leaving over all customers.
    pub churn_base: Option<f64>,
    /// The last day on which anybody answered the NPS question.
    pub nps_asked_on: Option<Day>,
}

/// The share of customers that left: of the rows of the model that is used, else of the contracts at risk, if there
/// were any.
pub fn churn_base(trained: &Trained, learned: &Learned) -> Option<f64> {
    let (left, at_risk) = trained.churn.total;
    let share = (at_risk > 0).then(|| left as f64 / at_risk as f64);
    learned.leaving_base().filter(|_| share.is_some()).or(share)
}

/// The facts of one account.
pub fn of<'a>(sources: Sources<'a>, account: &'a Account) -> AccountFacts {
    let purchases = sources.lake.purchases.get(&account.key).cloned().unwrap_or_default();
    let bars = Bars { bought: last_order(&purchases), ..account.bars.clone() };
    let features = sources.features.of(account.key);
    let lake_event = sources.lake.last_event.get(&account.key).map(|day| Day(*day));
    let first_purchase = purchases.iter().map(|p| p.first_on).min();
    let active: Vec<_> = account.contracts.iter().filter(|c| c.active).collect();
    let mrr_minor = active.iter().filter_map(|c| c.mrr_minor).sum();
    let churn = churn::main_contract(active.iter().copied()).map(|contract| {
        let cell = churn::cell(
            &contract.product,
            contract.term_months,
            contract.started_on,
            sources.as_of,
        );
        let rate = sources.trained.churn.of(&cell);
        let own = sources.chances.leaving(account, &rate);
        own.map_or((rate.estimate, None), |(estimate, because)| (estimate, Some(because)))
    });
    let (churn, churn_because) =
        churn.map_or((None, None), |(churn, because)| (Some(churn), because));
    let alive_after = alive_after(sources, &active, churn);
    let contact = sources.chances.contact(account);
    let (contact_effect, contact_because) =
        contact.map_or((None, None), |(effect, because)| (Some(effect), Some(because)));
    let monthly_margin_minor = monthly_margin(sources, &active, &features);
    AccountFacts {
        account: AccountKey(account.key),
        root: AccountKey(account.root),
        kind: account.kind,
        touch: account.touch,
        segment: account.segment.clone(),
        owner: account.owner.clone(),
        customer_since: [account.since, first_purchase].into_iter().flatten().min(),
        last_event_on: account.last_event.max(lake_event),
        last_human_touch_on: account.last_human_touch,
        contracts: account.contracts.clone(),
        purchases: keep(purchases, sources.catalogue.products.len()),
        proposals: account.proposals.clone(),
        usage: sources.lake.usage.get(&account.key).cloned().unwrap_or_default(),
        orders: orders(&features, sources.as_of, sources.law),
        surveys: account.surveys.clone(),
        tickets: account.tickets.clone(),
        contacts: account.contacts.clone(),
        reports_to: account.reports_to.clone(),
        touches: account.touches.clone(),
        levels: account.levels.clone(),
        enquiries: account.enquiries.clone(),
        commitments: account.commitments.clone(),
        occasions: occasions(sources, account),
        features,
        attributes: account.attributes.clone(),
        group_holds: account.group_holds.clone(),
        mrr_minor,
        monthly_margin_minor,
        churn,
        alive_after,
        churn_because: churn_because.into_iter().collect(),
        contact_effect,
        contact_because: contact_because.into_iter().collect(),
        churn_base: sources.churn_base,
        deal_pace: sources.trained.deal_age.pace(),
        approval: approval(sources, account),
        referrals: sources.trained.referrals.say(),
        refusals: account.refusals.clone(),
        bars,
    }
}

/// Shares still there 1, 2, … months after the outcome window.
fn alive_after(sources: Sources<'_>, active: &[&Contract], churn: Option<Estimate>) -> Vec<f64> {
    let since = active.iter().map(|contract| contract.started_on).min();
    let stays =
        since.zip(churn).map(|(since, churn)| (sources.as_of.since(since).0, 1.0 - churn.mean));
    let window = sources.chances.history.window_days;
    stays.map_or_else(Vec::new, |(days, stays)| {
        sources.trained.staying.alive_after(days, stays, window)
    })
}

/// How the customer comes to a decision.
fn approval(sources: Sources<'_>, account: &Account) -> Approval {
    let pace = sources.trained.approvals.pace(account);
    Approval { process: account.process.clone(), pace }
}

/// Dated things that only timing rules read.
fn occasions(sources: Sources<'_>, account: &Account) -> Occasions {
    let usage = sources.lake.usage.get(&account.key).map_or(&[][..], Vec::as_slice);
    let months = sources.lake.usage_months.get(&account.key).map_or(&[][..], Vec::as_slice);
    crate::occasions::of(account, (usage, months), &sources.trained.peers, sources.nps_asked_on)
}

/// Margin of a month: of what is paid each month, else the monthly mean of the last twelve months' orders.
fn monthly_margin(
    sources: Sources<'_>,
    active: &[&Contract],
    features: &BTreeMap<&'static str, f64>,
) -> f64 {
    let margin_of = |product| {
        sources.catalogue.product(product).and_then(|p| p.margin_rate).unwrap_or(sources.margin)
    };
    let recurring: f64 =
        active.iter().map(|c| c.mrr_minor.unwrap_or(0) as f64 * margin_of(&c.product)).sum();
    let bought = features.get("monetary_value").copied().unwrap_or(0.0) / 12.0 * sources.margin;
    if recurring > 0.0 { recurring } else { bought }
}

/// The last order and its day.
fn last_order(purchases: &[Purchase]) -> Option<(String, Day)> {
    let last = purchases.iter().max_by_key(|it| (it.last_on, std::cmp::Reverse(&it.last_order)))?;
    Some((last.last_order.clone(), last.last_on))
}

/// The rhythm of orders, as the features tell it.
fn orders(features: &BTreeMap<&'static str, f64>, as_of: Day, law: &Law) -> Option<Orders> {
    let of = |name: &str| features.get(name).copied();
    #[expect(clippy::cast_possible_truncation, reason = "a count of days")]
    let last_on = as_of.plus(Days(-(of("recency")? as i32)));
    let gap_days = of("order_gap")?;
    Some(Orders {
        last_on,
        gap_days,
        as_long: of("silence_usual")?,
        rare_on: rhythm::rare_on(law, last_on, gap_days)?,
        standing: match of("order_standing")? {
            active if active < 0.5 => Standing::Active,
            slowing if slowing < 1.5 => Standing::Slowing,
            _ => Standing::Dormant,
        },
        alive: of("p_alive").zip(law.model()),
    })
}

/// With a large catalogue only the most frequent purchases; recommendations see all of them.
fn keep(mut purchases: Vec<Purchase>, products: usize) -> Vec<Purchase> {
    if products > 1000 && purchases.len() > PURCHASES_KEPT {
        purchases.sort_by(|a, b| b.orders.cmp(&a.orders).then(a.product.cmp(&b.product)));
        purchases.truncate(PURCHASES_KEPT);
        purchases.sort_by(|a, b| a.product.cmp(&b.product));
    }
    purchases
}
