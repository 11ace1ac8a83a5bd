//! Weighs each candidate: its windows, its guards, its value; numbers only, words for what is settled.

use std::collections::BTreeMap;

use domain::ids::{PlayId, ProductId};
use domain::motion::{Fate, Motion, TouchModel};
use domain::time::{Day, Days};
use domain::words::Words;
use sha2::{Digest, Sha256};

use super::teams::Teams;
use super::{Offers, PlanInput, PlanMode, UNASSIGNED};
use crate::candidate::{Candidate, PriceBasis, Scored};
use crate::decision::{Says, Signal, Value, Verdict};
use crate::facts::AccountFacts;
use crate::guards::{self, GUARDS, Reach, governor};
use crate::life::{self, Answer, Before};
use crate::look::Look;
use crate::phrases::percent;
use crate::signals;
use crate::stop;
use crate::value;

/// The timing rules that read usage.
const USAGE: [&str; 5] =
    ["limit_near", "limit_hit", "usage_surge", "heavy_feature", "workflow_change"];

/// Why a candidate is settled.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settled {
    pub(super) fate: Fate,
    pub(super) code: &'static str,
    pub(super) reason: Words,
    pub(super) verdicts: Vec<Verdict>,
}

/// One candidate as a number.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) value: Value,
    /// Hours it takes.
    pub(super) hours: f64,
    /// Index into the pools, none for what takes no hours or has no pool.
    pub(super) pool: Option<usize>,
    /// Index of the team whose hours it takes.
    pub(super) team: Option<u32>,
    /// Whether the pool is the owner's, or of who had it in the plan before.
    pub(super) owned: bool,
    /// Its offer's place in the catalogue, where its number is limited.
    pub(super) given: Option<u16>,
    /// The skill that it wants, where some rep states it.
    pub(super) skill: Option<u16>,
    /// By what it is ranked where expected profit does not come first.
    pub(super) score: f64,
    /// First bytes of the play's hash.
    pub(super) play: u64,
    /// What is settled before hours are given out.
    pub(super) settled: Option<Settled>,
    /// Last day on which it makes sense.
    pub(super) due: Option<Day>,
    /// By which day it is sorted into weeks.
    pub(super) urgent: Day,
    /// What care protects, minor units, weighed by how strong its reason is; zero for all else.
    pub(super) at_risk: f64,
    /// Whether the plan before had it.
    pub(super) standing: Standing,
}

/// Where a candidate stands against the plan before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It was not in it.
    New,
    /// It was in it.
    Open,
    /// It was in it for the week that is under way.
    Frozen,
}

impl Item {
    /// Whether it competes for hours and limits.
    pub(super) fn is_live(&self) -> bool {
        self.settled.is_none()
    }
}

/// What weighs the candidates of any account.
#[derive(Debug)]
pub(super) struct Scales<'a> {
    pub(super) input: PlanInput<'a>,
    /// Index of each pool.
    pools: BTreeMap<String, usize>,
    /// Whose hours are one row.
    pub(super) teams: Teams,
    /// What reps can do, as far as they state it.
    skills: Vec<String>,
    /// The week that is under way: its plan of the night before stays.
    pub(super) frozen: Option<Day>,
}

impl<'a> Scales<'a> {
    pub(super) fn new(input: PlanInput<'a>) -> Self {
        let pools = (0..).zip(&input.pools).map(|(i, pool)| (pool.pool.clone(), i)).collect();
        let first = |day| super::weeks(input.policy, day).first().map(|(week, _)| *week);
        let now = first(input.as_of);
        let frozen = input.lives.as_of.and_then(first).filter(|before| now == Some(*before));
        let teams = Teams::of(&input.pools, input.policy.plan.owner);
        let mut skills: Vec<String> =
            input.pools.iter().flat_map(|pool| pool.skills.iter().cloned()).collect();
        skills.sort();
        skills.dedup();
        Self { input, pools, teams, skills, frozen }
    }

    /// An account as the rules look at it.
    pub(super) fn look<'b>(&'b self, facts: &'b AccountFacts) -> Look<'b> {
        let PlanInput { as_of, policy, catalogue, .. } = self.input;
        Look { facts, catalogue, policy, as_of }
    }

    /// Whether chance may decide about an account: not where people look after it closely or work on it.
    pub(super) fn explores(&self, facts: &AccountFacts) -> bool {
        facts.touch != TouchModel::High && self.input.lives.under_way_of(facts.account).is_empty()
    }

    /// How many packages an account's group may still get; none where nothing caps them (N5).
    pub(super) fn left_of_group(&self, facts: &AccountFacts) -> Option<u32> {
        governor::left_of_group(&self.look(facts))
    }

    /// The skill that a candidate wants: its product's line, its product or its motion, where some rep states it.
    fn skill(&self, scored: &Scored) -> Option<u16> {
        let candidate = &scored.candidate;
        let product = candidate.product.as_ref();
        let line = product.and_then(|id| self.input.catalogue.product(id)?.line.as_deref());
        let wants = [line, product.map(ProductId::as_str), Some(candidate.motion.code())];
        let place = wants
            .into_iter()
            .flatten()
            .find_map(|want| self.skills.binary_search_by(|skill| skill.as_str().cmp(want)).ok())?;
        u16::try_from(place).ok()
    }

    /// Whether a pool's rep does what wants a skill: nobody who states other skills alone.
    pub(super) fn can(&self, pool: usize, skill: Option<u16>) -> bool {
        let own = &self.input.pools[pool].skills;
        skill.is_none_or(|skill| own.is_empty() || own.contains(&self.skills[skill as usize]))
    }

    /// The place of a candidate's offer in the catalogue, where its number is limited.
    fn given(&self, scored: &Scored) -> Option<u16> {
        let offers = &self.input.catalogue.offers;
        let id = &scored.candidate.offer;
        let place = offers.binary_search_by(|offer| offer.id.cmp(id)).ok()?;
        let limited = offers[place].stock.is_some() || offers[place].min_volume.is_some();
        u16::try_from(place).ok().filter(|_| limited)
    }

    /// Items in the order of the offers.
    pub(super) fn items(&self, offers: &Offers) -> Vec<Item> {
        let Some(any) = offers.scored.first() else { return Vec::new() };
        let account = Account::of(self, offers.facts, any);
        offers.scored.iter().map(|scored| account.item(scored)).collect()
    }
}

/// Whose hours a play takes.
struct Seated {
    pool: Option<usize>,
    team: Option<u32>,
    owned: bool,
}

/// What is the same for every candidate of an account.
struct Account<'a> {
    look: Look<'a>,
    signals: Vec<Signal>,
    /// The account-wide verdicts on what sells.
    verdicts: Vec<Verdict>,
    scales: &'a Scales<'a>,
}

impl<'a> Account<'a> {
    fn of(scales: &'a Scales<'a>, facts: &'a AccountFacts, any: &Scored) -> Self {
        let look = scales.look(facts);
        let signals = signals::fired(&look);
        let mut selling = any.candidate.clone();
        selling.motion = Motion::CrossSell;
        let wide = GUARDS.iter().filter(|guard| guard.reach == Reach::Account);
        let verdicts = wide.map(|guard| guards::ask(guard, &look, &selling)).collect();
        Self { look, signals, verdicts, scales }
    }

    fn item(&self, scored: &Scored) -> Item {
        let (look, candidate, pools) = (&self.look, &scored.candidate, &self.scales.pools);
        let value = value::expected(look, scored);
        let lived = self.lived(scored);
        let first = lived.first;
        // Whichever window closes first: a contract that must be cancelled in March comes before a limit in August.
        let due = due_of(candidate, &self.signals, look.as_of);
        let closes = first.and_then(|signal| signal.closes_on).into_iter().chain(due).min();
        let care = !candidate.earns();
        let pool = (candidate.effort_hours > 0.0)
            .then(|| {
                let owner = owner(look.facts, scored).unwrap_or(UNASSIGNED);
                pools.get(owner).or_else(|| pools.get(UNASSIGNED)).copied()
            })
            .flatten();
        let play = hash(scored, first);
        let Seated { pool, team, owned } = self.desk(scored, pool, play);
        Item {
            team,
            owned,
            given: self.scales.given(scored),
            skill: self.scales.skill(scored),
            score: self.score(scored),
            hours: candidate.effort_hours,
            pool,
            play,
            standing: self.standing(play, pool, candidate.effort_hours),
            settled: match lived.settled {
                // A refusal for a reason that lasts says until when.
                Some(settled) if settled.code == "refused" => {
                    let lasting = self.held(scored).filter(|held| held.code == "cool_down");
                    lasting.or(Some(settled))
                }
                Some(settled) => Some(settled),
                None => self.settle(scored, &value, first),
            },
            due,
            urgent: match first {
                Some(signal) if signal.strength >= 0.9 => {
                    closes.map_or(look.as_of, |day| day.min(look.as_of))
                }
                _ => closes.unwrap_or(Day(i32::MAX)),
            },
            at_risk: if care {
                // A grave enquiry comes before a routine visit.
                let reason = first.map_or(0.0, |signal| signal.strength);
                value::margin_at_risk(look, scored) * reason
            } else {
                fair(look, scored, &value)
            },
            value,
        }
    }

    /// Whose hours a play takes: those of whom the plan before gave it, while that is one of the team. Where the
    /// owner's role does not do it, nobody in the team comes first.
    fn desk(&self, scored: &Scored, pool: Option<usize>, play: u64) -> Seated {
        let Some(owner) = pool else { return Seated { pool: None, team: None, owned: false } };
        let (teams, pools) = (&self.scales.teams, &self.scales.input.pools);
        let id = play_id(play);
        // Whom somebody gave it to does it, of whichever team that rep is.
        let given = self.scales.input.lives.assigned_to(&id);
        if let Some(pool) = given.and_then(|rep| self.scales.pools.get(rep).copied()) {
            return Seated { pool: Some(pool), team: Some(teams.of_pool(pool)), owned: true };
        }
        // The next step of a deal is its owner's, whatever the deal is about.
        let team = match scored.candidate.motion {
            Motion::Advance => teams.of_pool(owner),
            _ => teams.does(pools, owner, scored.candidate.role),
        };
        let members = &teams.members[team as usize];
        let before = self.scales.input.lives.before_of(self.look.facts.account);
        let before = before.iter().find(|before| before.play == id);
        let kept = before.and_then(|before| self.scales.pools.get(&before.pool).copied());
        let own = kept.into_iter().chain([owner]).find(|pool| members.contains(pool));
        Seated { pool: Some(own.unwrap_or(members[0])), team: Some(team), owned: own.is_some() }
    }

    /// By what a candidate is ranked in a mode that does not put expected profit first.
    fn score(&self, scored: &Scored) -> f64 {
        let facts = self.look.facts;
        match self.look.policy.plan.mode {
            PlanMode::Value => 0.0,
            PlanMode::Ltv => {
                let months = value::annuity_months(&facts.alive_after, &self.look.policy.value);
                facts.monthly_margin_minor * months
            }
            PlanMode::Usage => signals::opening(&scored.candidate, &self.signals)
                .filter(|signal| USAGE.contains(&signal.rule))
                .map(|signal| signal.strength)
                .fold(0.0, f64::max),
        }
    }

    /// The signal that names the candidate's play, and what people's answers settle.
    ///
    /// A play that is open, under way or put off keeps its name while its signal lasts, also when another one
    /// is stronger by now. What was refused, done or closed covers each occasion that was open on that day.
    fn lived(&self, scored: &Scored) -> Lived<'_> {
        let (lives, offer) = (&self.scales.input.lives, &scored.candidate.offer);
        let account = scored.candidate.account;
        let mut opening = signals::opening(&scored.candidate, &self.signals);
        let (before, work) = (lives.before_of(account), lives.under_way_of(account));
        let answered = lives.answered_of(account);
        if before.is_empty() && work.is_empty() && answered.is_empty() {
            return Lived { first: opening.next(), settled: None };
        }
        let opening: Vec<(&Signal, PlayId)> =
            opening.map(|signal| (signal, play_id(hash(scored, Some(signal))))).collect();
        let ours = || answered.iter().filter(|answered| answered.offer.as_ref() == Some(offer));
        let held = ours().filter(|answered| matches!(answered.answer, Answer::Held(_)));
        let named = |play: &PlayId| {
            before.iter().any(|before| before.play == *play)
                || work.iter().any(|work| work.play == *play)
                || held.clone().any(|held| held.play == *play)
        };
        let over = |(signal, play): &&(&Signal, PlayId)| {
            ours()
                .filter(|answered| !matches!(answered.answer, Answer::Held(_)))
                .find(|answered| answered.play == *play || signal.opens_on <= answered.on)
        };
        let fresh = || opening.iter().filter(|signal| over(signal).is_none());
        let first = fresh().find(|(_, play)| named(play)).or_else(|| fresh().next());
        let settled = if work.iter().any(|work| work.offer.as_ref() == Some(offer)) {
            Some(waiting("under_way", under_way()))
        } else if let Some((_, play)) = first {
            let mut held = held.filter(|held| held.play == *play);
            held.find(|held| held.keeps_out(self.look.as_of)).map(answered_by)
        } else {
            opening.first().and_then(|signal| over(&signal)).map(answered_by)
        };
        let first = first.or(opening.first()).map(|(signal, _)| *signal);
        Lived { first, settled }
    }

    /// Where the play stands against the plan before.
    fn standing(&self, play: u64, pool: Option<usize>, hours: f64) -> Standing {
        let account = self.look.facts.account;
        let before = self.scales.input.lives.before_of(account);
        if before.is_empty() {
            return Standing::New;
        }
        let id = play_id(play);
        let Some(before) = before.iter().find(|before| before.play == id) else {
            return Standing::New;
        };
        let week = Some(before.week) == self.scales.frozen;
        if week && self.same_pool(before, pool, hours) { Standing::Frozen } else { Standing::Open }
    }

    fn same_pool(&self, before: &Before, pool: Option<usize>, hours: f64) -> bool {
        match pool {
            Some(pool) => self.scales.input.pools[pool].pool == before.pool,
            None => hours <= 0.0 && before.hours <= 0.0,
        }
    }

    fn settle(&self, scored: &Scored, value: &Value, first: Option<&Signal>) -> Option<Settled> {
        let candidate = &scored.candidate;
        let policy = self.look.policy;
        if stop::holds(policy, candidate.motion, candidate.channel) {
            let reason = stop::words(policy);
            let (fate, code) = (Fate::Held, stop::CODE);
            return Some(Settled { fate, code, reason, verdicts: Vec::new() });
        }
        if let Some(held) = self.held(scored) {
            return Some(held);
        }
        if first.is_none() {
            return Some(waiting("no_window", no_window(&self.look, scored)));
        }
        let fair = fair(&self.look, scored, value) > 0.0;
        if candidate.earns() && !fair && value.eip.mean <= 0.0 {
            return Some(waiting("no_value", no_value(scored, value)));
        }
        self.at_limit(scored)
    }

    /// What a guard holds, with the verdicts that stand against it.
    fn held(&self, scored: &Scored) -> Option<Settled> {
        if !scored.candidate.motion.sells() {
            return None;
        }
        let by_offer = GUARDS.iter().filter(|guard| guard.reach == Reach::Offer);
        let mut against: Vec<Verdict> = by_offer
            .map(|guard| guards::ask(guard, &self.look, &scored.candidate))
            .filter(|verdict| verdict.says != Says::Allow)
            .collect();
        against.extend(self.verdicts.iter().filter(|v| v.says != Says::Allow).cloned());
        let place = |verdict: &Verdict| GUARDS.iter().position(|guard| guard.code == verdict.guard);
        against.sort_by_key(place);
        let decides = guards::deciding(&against)?;
        let fate = if decides.says == Says::Block { Fate::Blocked } else { Fate::Held };
        let (code, reason) = (decides.guard, decides.reason.clone());
        Some(Settled { fate, code, reason, verdicts: against })
    }

    /// Whether the account was approached too lately for another package.
    fn at_limit(&self, scored: &Scored) -> Option<Settled> {
        let candidate = &scored.candidate;
        if candidate.motion == Motion::Advance || !candidate.earns() {
            return None;
        }
        let work = self.scales.input.lives.under_way_of(self.look.facts.account);
        let work: Vec<_> =
            work.iter().filter(|work| work.is_package()).map(|work| work.play.clone()).collect();
        let reached = governor::account(&self.look, &work)?;
        Some(waiting("account_limit", reached.words))
    }
}

fn due_of(candidate: &Candidate, signals: &[Signal], as_of: Day) -> Option<Day> {
    signals::opening(candidate, signals).filter_map(|signal| signal.due(as_of)).min()
}

/// The last day on which a candidate makes sense.
pub fn due(look: &Look, candidate: &Candidate) -> Option<Day> {
    due_of(candidate, &signals::fired(look), look.as_of)
}

/// What a smaller contract keeps that earns nothing by what is known, and is fair by what is assumed, minor units: it
/// counts as care (N4). Zero for all else.
fn fair(look: &Look, scored: &Scored, value: &Value) -> f64 {
    if value.eip.mean > 0.0 {
        return 0.0;
    }
    let against = value::downsell::against(look, scored);
    against.filter(value::downsell::Against::is_better).map_or(0.0, |against| against.kept_minor)
}

/// Whose hours: of the deal's owner for its next step, else of the account's.
pub fn owner<'a>(facts: &'a AccountFacts, scored: &Scored) -> Option<&'a str> {
    let deal =
        scored.candidate.proposal.as_ref().and_then(|id| {
            facts.proposals.iter().find(|deal| deal.proposal == *id)?.owner.as_ref()
        });
    deal.or(facts.owner.as_ref()).map(domain::ids::RepId::as_str)
}

fn waiting(code: &'static str, reason: Words) -> Settled {
    Settled { fate: Fate::Waiting, code, reason, verdicts: Vec::new() }
}

fn no_window(look: &Look, scored: &Scored) -> Words {
    let contract =
        scored.candidate.subscription.as_ref().and_then(|id| {
            look.facts.active_contracts().find(|contract| contract.subscription == *id)
        });
    let opens = contract
        .and_then(|contract| contract.cancel_deadline.or(contract.renews_on))
        .map(|deadline| deadline.plus(Days(-signals::renewal_opens_before(look))))
        .filter(|day| *day > look.as_of);
    match opens {
        Some(day) => Words::new(
            format!(
                "今はきっかけがありません。次の更新に向けた提案期間は{}からです。",
                day.display_ja()
            ),
            format!(
                "No occasion now; the window before the next renewal opens on {}.",
                day.display_en()
            ),
        ),
        None => Words::new(
            "今はきっかけ(上限への接近、更新時期、再購入時期など)がありません。",
            "No occasion now (no limit near, no renewal, no repurchase due).",
        ),
    }
}

fn no_value(scored: &Scored, value: &Value) -> Words {
    if scored.candidate.price_basis == PriceBasis::Unknown {
        return Words::new(
            "価格が未登録のため、期待増分利益を計算できません。価格を登録してください。",
            "No price is recorded, so no profit can be expected; record a price.",
        );
    }
    let (with, without) = (percent(value.accept.mean), percent(value.organic.mean));
    if value.organic.mean >= value.accept.mean {
        return Words::new(
            format!("働きかけなしでも同じ程度に見込めます({without})。"),
            format!("It will be taken as likely without contact ({without})."),
        );
    }
    Words::new(
        format!("期待増分利益がプラスになりません(受注見込み{with}、働きかけなしで{without})。"),
        format!("No positive profit is expected (chance {with}, {without} without contact)."),
    )
}

/// What a play's life says of a candidate.
struct Lived<'a> {
    first: Option<&'a Signal>,
    settled: Option<Settled>,
}

fn answered_by(answered: &life::Answered) -> Settled {
    let (code, reason) = answered.reason();
    let fate = if matches!(answered.answer, Answer::Held(_)) { Fate::Held } else { Fate::Blocked };
    Settled { fate, code, reason, verdicts: Vec::new() }
}

fn under_way() -> Words {
    Words::new("この提案には着手済みです。", "It is under way.")
}

/// First eight bytes of SHA-256 over account, offer, rule and occurrence.
fn hash(scored: &Scored, signal: Option<&Signal>) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(scored.candidate.account.0.to_be_bytes());
    hasher.update(scored.candidate.offer.as_str());
    if let Some(signal) = signal {
        hasher.update([0]);
        hasher.update(signal.rule);
        hasher.update([0]);
        hasher.update(&signal.occurrence);
    }
    let digest = hasher.finalize();
    digest[..8].iter().fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

/// The play's id: sixteen hexadecimal digits.
pub(super) fn play_id(hash: u64) -> PlayId {
    PlayId::new(format!("{hash:016x}"))
}
