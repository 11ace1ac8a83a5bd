//! Writes the decisions: ranks, fates, reasons, and what displaced what.

use std::collections::BTreeMap;

use domain::ids::{AccountKey, OfferId, RepId};
use domain::motion::{Fate, Motion};
use domain::words::Words;

use super::choose::{Became, Chosen};
use super::weigh::{Item, owner, play_id};
use super::{DIGITAL, PlanInput, UNASSIGNED};
use crate::candidate::Scored;
use crate::decision::{Decision, Plan};
use crate::explain;
use crate::facts::AccountFacts;
use crate::look::Look;

/// How many displaced offers a decision names.
const NAMED: usize = 5;

pub(super) fn write(
    input: &PlanInput,
    accounts: &BTreeMap<AccountKey, &AccountFacts>,
    scored: Vec<Scored>,
    chosen: Chosen,
) -> Plan {
    let Chosen { items, became, pools, shadow, bound } = chosen;
    let order = order(&items, &became, &shadow);
    let displaced = displaced(&scored, &became);
    let beaten_by = named(&scored, &became);
    let total = order.iter().filter(|i| !items[**i].care).map(|i| items[*i].value.eip.mean).sum();
    let rest = (0..items.len()).filter(|i| !matches!(became[*i], Became::Taken(_)));
    let places: Vec<usize> = order.iter().copied().chain(rest).collect();
    let mut rows: Vec<Option<(Scored, Item)>> = scored.into_iter().zip(items).map(Some).collect();
    let mut decisions: Vec<Decision> = Vec::with_capacity(rows.len());
    for (rank, i) in (1..).zip(places) {
        let (scored, item) = rows[i].take().expect("each candidate has one place");
        let look = accounts.get(&scored.candidate.account).map(|facts| Look {
            facts,
            catalogue: input.catalogue,
            policy: input.policy,
            as_of: input.as_of,
        });
        let by = match became[i] {
            Became::Beaten(other) | Became::NoHours(Some(other)) => beaten_by.get(&other),
            _ => None,
        };
        let reason = Reason { input, became: became[i], title: by.map(|(_, title)| title) };
        let mut decision = reason.decision(scored, item, look.as_ref());
        decision.rank = (decision.fate == Fate::Chosen).then_some(rank);
        decision.displaced_by = by.map(|(offer, _)| offer.clone());
        if let Some(offers) = displaced.get(&i) {
            decision.displaced.clone_from(offers);
        }
        decisions.push(decision);
    }
    Plan { decisions, pools, total, bound: bound.max(total) }
}

/// Offer and title of what took the place of something.
fn named(scored: &[Scored], became: &[Became]) -> BTreeMap<usize, (OfferId, Words)> {
    let mut named = BTreeMap::new();
    for became in became {
        if let Became::Beaten(other) | Became::NoHours(Some(other)) = became {
            named.entry(*other).or_insert_with(|| {
                let candidate = &scored[*other].candidate;
                (candidate.offer.clone(), candidate.title.clone())
            });
        }
    }
    named
}

/// The chosen in the order of their ranks: by expected profit minus hours at their shadow price, then by what care
/// protects, then by play.
fn order(items: &[Item], became: &[Became], shadow: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> =
        (0..items.len()).filter(|i| matches!(became[*i], Became::Taken(_))).collect();
    let score = |i: usize| {
        let item = &items[i];
        let price = item.pool.filter(|_| !item.care).map_or(0.0, |pool| shadow[pool]);
        item.value.eip.mean - item.hours * price
    };
    order.sort_by(|a, b| {
        score(*b)
            .total_cmp(&score(*a))
            .then(items[*b].at_risk.total_cmp(&items[*a].at_risk))
            .then(items[*a].play.cmp(&items[*b].play))
    });
    order
}

/// What each chosen offer displaced: at its account, or for the hours of its pool.
fn displaced(scored: &[Scored], became: &[Became]) -> BTreeMap<usize, Vec<OfferId>> {
    let mut displaced: BTreeMap<usize, Vec<OfferId>> = BTreeMap::new();
    for (i, became) in became.iter().enumerate() {
        if let Became::Beaten(other) | Became::NoHours(Some(other)) = became {
            let offers = displaced.entry(*other).or_default();
            if offers.len() < NAMED {
                offers.push(scored[i].candidate.offer.clone());
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
}

impl Reason<'_> {
    fn decision(&self, scored: Scored, item: Item, look: Option<&Look>) -> Decision {
        let owner = look.and_then(|look| owner(look.facts, &scored)).map(RepId::new);
        let pool = match item.pool {
            Some(pool) => self.input.pools[pool].pool.clone(),
            None if item.hours <= 0.0 => DIGITAL.to_owned(),
            None => UNASSIGNED.to_owned(),
        };
        let play = play_id(item.play);
        let (fate, reason_code, reason, verdicts) = if let Some(settled) = item.settled {
            (settled.fate, settled.code, settled.reason, settled.verdicts)
        } else {
            let (fate, code, words) = self.words(&scored);
            (fate, code, words, Vec::new())
        };
        let week = match self.became {
            Became::Taken(week) => Some(week),
            _ => None,
        };
        let mut decision = Decision {
            play,
            scored,
            value: item.value,
            signals: Vec::new(),
            verdicts,
            fate,
            reason_code,
            reason,
            rank: None,
            owner: owner.filter(|_| week.is_some()),
            pool,
            week,
            displaced_by: None,
            displaced: Vec::new(),
            due: item.due,
        };
        if let (Some(look), Fate::Chosen) = (look, decision.fate) {
            explain::complete(look, &mut decision);
            decision.reason = explain::why_now(&decision);
        }
        decision
    }

    fn words(&self, scored: &Scored) -> (Fate, &'static str, Words) {
        let days = self.input.policy.limits.days;
        match self.became {
            Became::Settled | Became::Taken(_) => (Fate::Chosen, "chosen", Words::default()),
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
