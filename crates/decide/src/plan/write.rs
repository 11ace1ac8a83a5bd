//! Writes the decisions: ranks, fates, reasons, and what displaced what.

use std::collections::BTreeMap;

use domain::ids::{OfferId, PlayId, RepId};
use domain::motion::{Fate, Motion};
use domain::words::Words;

use super::became::Became;
use super::choose::Chosen;
use super::ledger::{Kind, Ledger};
use super::weigh::{Item, Scales, Settled, owner, play_id};
use super::{DIGITAL, Offers, PlanInput, UNASSIGNED, story};
use crate::candidate::Scored;
use crate::decision::{Decision, Draw, PoolUse};
use crate::explain;
use crate::facts::AccountFacts;
use crate::life::changes::Moves;
use crate::look::Look;
use crate::natural;
use crate::phrases::{add, percent};

/// How many displaced offers a decision names.
const NAMED: usize = 5;

/// The hours given out; what became of each candidate is said account by account.
#[derive(Debug)]
pub struct Arbitrated<'a> {
    pub(super) scales: Scales<'a>,
    pub(super) ledger: Ledger,
    /// By entry.
    became: Vec<Became>,
    /// The places of the chosen, from 1, by entry; 0 for all else.
    rank: Vec<u32>,
    /// The places of work under way, which come first, by play.
    pub(super) work: BTreeMap<PlayId, u32>,
    /// Places that were entered and left since the plan before.
    pub(super) moves: Moves,
    /// The first entries that each chosen one displaced.
    displaced: BTreeMap<usize, Vec<usize>>,
    /// What one more hour of a pool would earn in its last week, minor units.
    prices: BTreeMap<String, f64>,
    /// Hours by pool and week.
    pub pools: Vec<PoolUse>,
    /// Expected incremental profit of the chosen, minor units.
    pub total: f64,
    /// What no plan could exceed, minor units.
    pub bound: f64,
    /// Expected incremental profit before what was chosen was given to reps, minor units.
    pub pooled: f64,
    /// Whose hours each entry takes.
    by: Vec<Option<u32>>,
    /// Offers of the catalogue whose minimum is not reached, and how many they lack.
    unmet: Vec<(usize, f64)>,
    /// With which probability each entry was to be chosen, where chance may decide.
    draws: Vec<Option<Draw>>,
}

impl<'a> Arbitrated<'a> {
    pub(super) fn new(scales: Scales<'a>, ledger: Ledger, chosen: Chosen) -> Self {
        let Chosen { became, by, pools, price, bound, pooled, unmet, draws } = chosen;
        let order = order(&ledger, &became, &price);
        let work = story::places(&scales);
        let first = u32::try_from(work.len()).expect("fewer than 2^32 plays") + 1;
        let mut rank = vec![0; became.len()];
        for (place, entry) in (first..).zip(&order) {
            rank[*entry] = place;
        }
        let profit = order.iter().map(|entry| &ledger.entries[*entry]);
        let total = profit.filter(|entry| entry.kind != Kind::Care).map(|entry| entry.value).sum();
        let moves = story::moves(&scales, (&ledger, &became, &rank), &work);
        let displaced = displaced(&became);
        let bound = bound.max(total);
        let prices = pools.iter().map(|used| (used.pool.clone(), used.shadow_price)).collect();
        Self {
            scales,
            ledger,
            became,
            rank,
            work,
            moves,
            displaced,
            prices,
            pools,
            total,
            bound,
            pooled: pooled.min(bound),
            by,
            unmet,
            draws,
        }
    }

    /// Offers whose minimum volume is not reached, and how many they lack.
    pub fn unmet(&self) -> Vec<(OfferId, f64)> {
        let offers = &self.scales.input.catalogue.offers;
        self.unmet.iter().map(|(at, lack)| (offers[*at].id.clone(), *lack)).collect()
    }

    /// An account as the rules look at it.
    pub fn look<'b>(&'b self, facts: &'b AccountFacts) -> Look<'b> {
        self.scales.look(facts)
    }

    /// The decision about each candidate of an account, by offer.
    ///
    /// Facts and candidates are those that were weighed.
    pub fn decide(&self, offers: Offers) -> Vec<Decision> {
        let Offers { facts, scored } = &offers;
        let items = self.scales.items(&offers);
        let look = self.scales.look(facts);
        let first = self.ledger.first_of(facts.account).expect("the account was weighed");
        let live = || scored.iter().zip(&items).filter(|(_, item)| item.is_live());
        let titles: Vec<Words> = live().map(|(scored, _)| scored.candidate.title.clone()).collect();
        let mut entries = first..;
        let mut decisions = Vec::with_capacity(items.len());
        for (scored, mut item) in offers.scored.into_iter().zip(items) {
            let decision = if let Some(settled) = item.settled.take() {
                self.decision(scored, item, settled)
            } else {
                let entry = entries.next().expect("there is no end");
                let title = match self.became[entry] {
                    Became::Beaten(other) | Became::Drawn(other) => Some(&titles[other - first]),
                    _ => None,
                };
                let (became, draw) = (self.became[entry], self.draws[entry]);
                let reason = Reason { input: &self.scales.input, became, title, draw };
                let settled = reason.settle(&scored);
                let mut decision = self.decision(scored, item, settled);
                self.place(&look, entry, &mut decision);
                decision
            };
            decisions.push(decision);
        }
        let price_of = |pool: &str| self.prices.get(pool).copied().unwrap_or(0.0);
        natural::mark(&look, &price_of, &mut decisions.iter_mut().collect::<Vec<_>>());
        decisions
    }

    fn decision(&self, scored: Scored, item: Item, settled: Settled) -> Decision {
        let pool = match item.pool {
            Some(pool) => self.scales.input.pools[pool].pool.clone(),
            None if item.hours <= 0.0 => DIGITAL.to_owned(),
            None => UNASSIGNED.to_owned(),
        };
        Decision {
            play: play_id(item.play),
            scored,
            value: item.value,
            signals: Vec::new(),
            verdicts: settled.verdicts,
            fate: settled.fate,
            reason_code: settled.code,
            reason: settled.reason,
            rank: None,
            owner: None,
            pool,
            week: None,
            displaced_by: None,
            displaced: Vec::new(),
            due: item.due,
            draw: None,
        }
    }

    /// The place in the plan of what competed: week and rank, or what took its place.
    fn place(&self, look: &Look, entry: usize, decision: &mut Decision) {
        decision.draw = self.draws[entry];
        match self.became[entry] {
            Became::Taken(week) => {
                decision.week = Some(week);
                decision.rank = Some(self.rank[entry]);
                let by = self.by[entry].map(|pool| &self.scales.input.pools[pool as usize].pool);
                decision.owner = match by {
                    Some(pool) if pool != UNASSIGNED => Some(RepId::new(pool)),
                    _ => owner(look.facts, &decision.scored).map(RepId::new),
                };
                if let Some(pool) = by {
                    decision.pool.clone_from(pool);
                }
                let displaced = self.displaced.get(&entry).map_or(&[][..], Vec::as_slice);
                decision.displaced =
                    displaced.iter().map(|other| self.ledger.offer(*other)).collect();
                explain::complete(look, decision);
                decision.reason = explain::why_now(decision);
                if let Some(draw) = decision.draw.filter(|draw| draw.explored) {
                    decision.reason_code = "explored";
                    add_draw(&mut decision.reason, draw);
                }
            }
            Became::Beaten(other)
            | Became::Drawn(other)
            | Became::GroupFull(Some(other))
            | Became::NoHours(Some(other)) => {
                decision.displaced_by = Some(self.ledger.offer(other));
            }
            Became::NoHours(None)
            | Became::GroupFull(None)
            | Became::NoPool
            | Became::NoPlace
            | Became::NoStock
            | Became::LeftAlone => {}
        }
    }
}

/// Says of what chance chose how likely that was.
fn add_draw(reason: &mut Words, draw: Draw) {
    let share = percent(draw.probability);
    add(
        reason,
        &format!("効果を測るための無作為抽選で選ばれました(選ばれる確率は{share})。"),
        &format!(
            " Chosen by a random draw, to measure what contact adds (its chance was {share})."
        ),
    );
}

/// The chosen in the order of their ranks: by what the policy's mode puts first, by expected profit minus hours at their shadow price, then by what care
/// protects, then by play.
fn order(ledger: &Ledger, became: &[Became], price: &[f64]) -> Vec<usize> {
    let entries = &ledger.entries;
    let mut order: Vec<usize> =
        (0..entries.len()).filter(|i| matches!(became[*i], Became::Taken(_))).collect();
    let score = |i: usize| {
        let entry = &entries[i];
        entry.value - entry.hours * price[i]
    };
    order.sort_by(|a, b| {
        entries[*b]
            .score
            .total_cmp(&entries[*a].score)
            .then(score(*b).total_cmp(&score(*a)))
            .then(entries[*b].at_risk.total_cmp(&entries[*a].at_risk))
            .then(entries[*a].play.cmp(&entries[*b].play))
    });
    order
}

/// What each chosen offer displaced first: at its account, or for the hours of its pool.
fn displaced(became: &[Became]) -> BTreeMap<usize, Vec<usize>> {
    let mut displaced: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (entry, became) in became.iter().enumerate() {
        if let Became::Beaten(other)
        | Became::Drawn(other)
        | Became::GroupFull(Some(other))
        | Became::NoHours(Some(other)) = became
        {
            let entries = displaced.entry(*other).or_default();
            if entries.len() < NAMED {
                entries.push(entry);
            }
        }
    }
    displaced
}

/// What the reason of a fate is made of.
struct Reason<'a> {
    input: &'a PlanInput<'a>,
    became: Became,
    title: Option<&'a Words>,
    draw: Option<Draw>,
}

impl Reason<'_> {
    fn settle(&self, scored: &Scored) -> Settled {
        let (fate, code, reason) = self.words(scored);
        Settled { fate, code, reason, verdicts: Vec::new() }
    }

    /// What stood in the way where it was not hours.
    fn scarce(&self, scored: &Scored) -> (Fate, &'static str, Words) {
        match self.became {
            Became::NoPlace => {
                let channel = scored.candidate.channel.words();
                let words = Words::new(
                    format!(
                        "{}の件数の上限に達するため、期待増分利益がより大きい提案を優先しました。",
                        channel.ja
                    ),
                    format!(
                        "The places for this channel ({}) go to offers that earn more.",
                        channel.en
                    ),
                );
                (Fate::Displaced, "channel", words)
            }
            Became::NoStock => {
                let words = Words::new(
                    "在庫数の上限に達するため、期待増分利益がより大きいお客様を優先しました。",
                    "Its stock goes to customers with whom it earns more.",
                );
                (Fate::Displaced, "stock", words)
            }
            _ => self.drawn(),
        }
    }

    /// What chance left out, with the probability that it had of being chosen.
    fn drawn(&self) -> (Fate, &'static str, Words) {
        let share = percent(self.draw.map_or(0.0, |draw| draw.probability));
        if let Some(title) = self.title {
            let words = Words::new(
                format!(
                    "効果を測るための無作為抽選により、今回は「{}」を選びました(この提案が選ばれる確率は{share})。",
                    title.ja
                ),
                format!(
                    "A random draw, to measure what contact adds, chose \"{}\" this time (this one's chance was {share}).",
                    title.en
                ),
            );
            return (Fate::Explored, "explored", words);
        }
        let words = Words::new(
            format!(
                "効果を測るため、今回は無作為抽選により働きかけを見送りました(この提案が選ばれる確率は{share})。"
            ),
            format!(
                "Left alone this time by a random draw, to measure what contact adds (this one's chance was {share})."
            ),
        );
        (Fate::Explored, "left_alone", words)
    }

    /// What the group's cap left out.
    fn group(&self) -> (Fate, &'static str, Words) {
        let limits = &self.input.policy.limits;
        let (days, most) = (limits.days, limits.packages_per_group.get().unwrap_or(0));
        let words = Words::new(
            format!(
                "グループ全体で{days}日に{most}件までのため、期待増分利益がより大きいグループ内の提案を優先しました。"
            ),
            format!(
                "At most {most} packages for the group in {days} days; those that earn more go first."
            ),
        );
        (Fate::Displaced, "group_limit", words)
    }

    /// Care that needs no contact of its own, for the customer is contacted anyway.
    fn spoken_for(&self) -> (Fate, &'static str, Words) {
        let title = self.title.cloned().unwrap_or_default();
        let words = Words::new(
            format!(
                "「{}」で同じお客様にご連絡するため、別のご連絡としては予定していません。",
                title.ja
            ),
            format!(
                "The customer is contacted about \"{}\" already, so no contact of its own is planned.",
                title.en
            ),
        );
        (Fate::Displaced, "account_limit", words)
    }

    fn words(&self, scored: &Scored) -> (Fate, &'static str, Words) {
        let days = self.input.policy.limits.days;
        match self.became {
            Became::Taken(_) => (Fate::Chosen, "chosen", Words::default()),
            Became::Beaten(_) if !scored.candidate.earns() => self.spoken_for(),
            Became::Beaten(_) => {
                let title = self.title.cloned().unwrap_or_default();
                let words = Words::new(
                    format!("1顧客あたり{days}日に1件までのため、「{}」を優先しました。", title.ja),
                    format!("One package per account in {days} days; \"{}\" goes first.", title.en),
                );
                (Fate::Displaced, "account_limit", words)
            }
            Became::NoHours(_) if scored.candidate.motion == Motion::Care => {
                let words = Words::new(
                    "フォローに確保した時間は、失うおそれのある粗利がより大きいお客様に充てています。",
                    "The hours kept for care go to customers with more margin at risk.",
                );
                (Fate::Displaced, "hours", words)
            }
            Became::NoHours(None) => {
                let hours = crate::phrases::figure(scored.candidate.effort_hours);
                let weeks = self.input.policy.plan.horizon_weeks;
                let words = Words::new(
                    format!(
                        "必要な{hours}時間を、今後{weeks}週間の対応可能時間の中で確保できません。"
                    ),
                    format!(
                        "The {hours} hours it needs are not free within the next {weeks} weeks."
                    ),
                );
                (Fate::Displaced, "hours", words)
            }
            Became::NoHours(Some(_)) => {
                let hours = crate::phrases::figure(scored.candidate.effort_hours);
                let weeks = self.input.policy.plan.horizon_weeks;
                let words = Words::new(
                    format!(
                        "必要な{hours}時間は、今後{weeks}週間の対応可能時間の中で、1時間あたりの期待増分利益がより大きい提案に充てています。"
                    ),
                    format!(
                        "The {hours} hours it needs go to offers that earn more per hour within the next {weeks} weeks."
                    ),
                );
                (Fate::Displaced, "hours", words)
            }
            Became::GroupFull(_) => self.group(),
            Became::NoPlace | Became::NoStock | Became::Drawn(_) | Became::LeftAlone => {
                self.scarce(scored)
            }
            Became::NoPool => {
                let words = Words::new(
                    "対応できる担当者の時間が登録されていません。担当者を登録してください。",
                    "Nobody's hours are recorded for it; add a rep.",
                );
                (Fate::Displaced, "hours", words)
            }
        }
    }
}
