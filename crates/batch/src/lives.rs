//! Plays over nights, as the night reads them: what the plan before left, what people answered since, and what
//! that tells of each account.
//!
//! The plan before is the latest published one of an earlier day, so the same day again finds the same. People's
//! answers are dated by the clock; on a night that looks from an earlier day they count as of that day.

pub mod deals;
pub mod kept;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use decide::card::Card;
use decide::facts::{Outcome, Proposal, Refusal};
use decide::life::{self, Answer, Answered, Before, Lives, OpenStep, Touch, TouchKind, UnderWay};
use decide::plan::UNASSIGNED;
use domain::ids::{AccountKey, ContactKey, OfferId, PlayId};
use domain::motion::{Channel, Motion};
use domain::time::Day;
use domain::words::Words;
use store::{Answers, LeaveRow, PlayRow, PlayState, Stage, Store};

use crate::bars;
use crate::known::{Account, Approach};
use crate::night::Night;
use crate::snapshot::Snapshot;

/// What the night finds of plays.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// For the plan.
    pub lives: Lives,
    /// Where each answered play stands that is under way, by id.
    pub under_way: BTreeMap<String, PlayState>,
    /// The run that made the plan before; empty for the first.
    pub previous: String,
    /// The hash of the answers, stops and absences.
    pub answers: String,
    /// Absences that people entered.
    pub leaves: Vec<LeaveRow>,
}

/// Reads the plan before and the answers, and tells the accounts of touches, outcomes and crossed levels.
pub async fn read(
    night: &Night<'_>,
    snapshot: &Snapshot,
    accounts: &mut BTreeMap<i64, Account>,
) -> Result<Found> {
    let as_of = snapshot.as_of;
    let day = as_of.to_string();
    let previous = night.store.previous_run(&day).await?;
    let answers = night.store.open_answers().await?;
    let mut found = Found { answers: answers.hash.clone(), ..Found::default() };
    if let Some(run) = &previous {
        found.previous.clone_from(&run.run_id);
        found.lives.as_of = Day::parse_iso(&run.as_of);
        found.lives.before = before(night.store, &run.run_id).await?;
        kept::read(&night.runs.join(&run.run_id), accounts)?;
    }
    answered(&answers, as_of, &mut found);
    tell(&answers, snapshot, accounts);
    governed(&found, accounts);
    found.answers.push_str(&bars::stops(night.store, as_of, accounts).await?);
    found.leaves = night.store.leaves().await?;
    for leave in &found.leaves {
        let away = format!("\0{}\0{}\0{}", leave.rep_id, leave.from_on, leave.until_on);
        found.answers.push_str(&away);
    }
    Ok(found)
}

async fn before(store: &Store, run_id: &str) -> Result<Vec<Before>> {
    let plays = store.plays(run_id).await?;
    let before = plays.into_iter().map(|play| Before {
        title: title(&play),
        account: AccountKey(play.account_key),
        rank: u32::try_from(play.rank).unwrap_or(u32::MAX),
        week: Day::parse_iso(&play.week).unwrap_or(Day(0)),
        pool: play.owner.unwrap_or_else(|| UNASSIGNED.to_owned()),
        hours: play.effort_hours,
        expected: play.expected_minor as f64,
        offer: OfferId::new(play.offer_id),
        play: PlayId::new(play.play_id),
    });
    Ok(before.collect())
}

/// What a play is called: as on its card, else its offer.
fn title(play: &PlayRow) -> Words {
    serde_json::from_str::<Card>(&play.card).map_or_else(
        |_| Words::new(play.offer_id.clone(), play.offer_id.clone()),
        |card| Words::new(card.title.ja, card.title.en),
    )
}

fn offer(id: &str) -> Option<OfferId> {
    (!id.is_empty()).then(|| id.into())
}

fn by_rep(channel: &str) -> bool {
    Channel::parse(channel).is_none_or(Channel::takes_hours)
}

/// The day of an answer, at the latest the day looked from.
fn day(text: &str, as_of: Day) -> Day {
    Day::parse_iso(text).map_or(as_of, |day| day.min(as_of))
}

fn answered(answers: &Answers, as_of: Day, found: &mut Found) {
    let mut steps: BTreeMap<&str, Vec<&store::Step>> = BTreeMap::new();
    for (play, step) in &answers.steps {
        steps.entry(play).or_default().push(step);
    }
    for state in &answers.states {
        if let (Stage::Open | Stage::Held, Some(rep)) = (state.state, &state.assigned) {
            found.lives.assigned.push((state.play_id.as_str().into(), rep.clone()));
        }
        let answer = match state.state {
            Stage::Open => continue,
            Stage::Accepted => {
                let steps = steps.get(state.play_id.as_str()).map_or(&[][..], Vec::as_slice);
                found.lives.under_way.push(under_way(state, steps, as_of));
                found.under_way.insert(state.play_id.clone(), state.clone());
                continue;
            }
            Stage::Held => {
                let until = state.hold_until.as_deref().and_then(Day::parse_iso);
                Answer::Held(until.unwrap_or(as_of))
            }
            Stage::Refused => Answer::Refused,
            Stage::Done => Answer::Done,
            Stage::Closed => Answer::Closed,
        };
        found.lives.answered.push(Answered {
            play: state.play_id.as_str().into(),
            account: AccountKey(state.account_key),
            offer: offer(&state.offer_id),
            answer,
            on: day(&state.state_on, as_of),
        });
    }
}

fn under_way(state: &PlayState, steps: &[&store::Step], as_of: Day) -> UnderWay {
    let play = state.play();
    let week = |text: &str| Day::parse_iso(text).unwrap_or(as_of).monday();
    let open = steps.iter().filter(|step| step.done_on.is_none());
    let mut open: Vec<OpenStep> =
        open.map(|step| OpenStep { week: week(&step.due_week), hours: step.hours }).collect();
    if steps.is_empty() {
        open.push(OpenStep { week: week(&state.week), hours: state.hours_left });
    }
    UnderWay {
        play: state.play_id.as_str().into(),
        account: AccountKey(state.account_key),
        offer: offer(&state.offer_id),
        motion: Motion::parse(&state.motion),
        title: title(&play),
        pool: state.owner.clone().unwrap_or_else(|| UNASSIGNED.to_owned()),
        by_rep: by_rep(&play.channel),
        steps: open,
        since: day(&state.state_on, as_of),
    }
}

/// Touches, approaches and outcomes of plays, each to its account.
fn tell(answers: &Answers, snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    let as_of = snapshot.as_of;
    // The day of each play's first touch, and whether a person spoke then.
    let mut first: BTreeMap<&str, (Day, bool)> = BTreeMap::new();
    for touch in &answers.touches {
        let on = day(&touch.on_day, as_of);
        let by_people = by_rep(&touch.channel);
        let begun = first.entry(&touch.play_id).or_insert((on, by_people));
        if on < begun.0 {
            *begun = (on, by_people);
        }
        let Some(account) = accounts.get_mut(&touch.account_key) else { continue };
        let touch = Touch {
            play: touch.play_id.as_str().into(),
            on,
            kind: match touch.kind {
                store::TouchKind::Contact => TouchKind::Contact,
                store::TouchKind::Rejection => TouchKind::Rejection,
                store::TouchKind::Win => TouchKind::Win,
            },
            offer: offer(&touch.offer_id),
            product: touch.product_id.as_deref().map(Into::into),
            motion: Motion::parse(&touch.motion),
            by_rep: by_people,
            contact: touch.contact_key.map(ContactKey),
        };
        account.last_event = account.last_event.max(Some(on));
        if touch.by_rep {
            account.last_human_touch = account.last_human_touch.max(Some(on));
        }
        account.touches.push(touch);
    }
    // A deal that the files record with its play is counted there.
    let proposals = snapshot.table("proposals");
    let recorded: BTreeSet<&str> = proposals.iter().filter_map(|r| r.text("play_id")).collect();
    let deals: BTreeSet<&str> = proposals.iter().map(|r| r.id("proposal_id")).collect();
    for state in answers.states.iter().filter(|state| state.state == Stage::Done) {
        let first = first.get(state.play_id.as_str()).copied();
        let begun = first.map(|(on, _)| on);
        let Some(account) = accounts.get_mut(&state.account_key) else { continue };
        let closed_on = day(&state.state_on, as_of);
        if let Some(product) = &state.product_id {
            account.approaches.push(Approach {
                on: begun.unwrap_or(closed_on),
                product: product.as_str().into(),
                by_people: first.is_none_or(|(_, by_people)| by_people),
            });
        }
        let outcome = match state.outcome {
            Some(store::Outcome::Won) => Outcome::Won,
            Some(store::Outcome::Lost) => Outcome::Lost,
            Some(store::Outcome::None) | None => continue,
        };
        let linked = state.deal_id.as_deref().is_some_and(|deal| deals.contains(deal));
        if !linked && !recorded.contains(state.play_id.as_str()) {
            account.worked.push(deal(state, outcome, (begun.unwrap_or(closed_on), closed_on)));
        }
    }
    refused(answers, as_of, accounts);
    for account in accounts.values_mut() {
        account.refusals.sort_by(|a, b| (a.on, &a.play).cmp(&(b.on, &b.play)));
        account.touches.sort_by(|a, b| (a.on, &a.play).cmp(&(b.on, &b.play)));
    }
}

/// What people refused, each to its account.
fn refused(answers: &Answers, as_of: Day, accounts: &mut BTreeMap<i64, Account>) {
    for state in answers.states.iter().filter(|state| state.state == Stage::Refused) {
        let Some(account) = accounts.get_mut(&state.account_key) else { continue };
        let (Some(offer), Some(reason)) = (offer(&state.offer_id), &state.reason_code) else {
            continue;
        };
        account.refusals.push(Refusal {
            play: state.play_id.as_str().into(),
            offer,
            product: state.product_id.as_deref().map(Into::into),
            on: day(&state.state_on, as_of),
            reason: reason.clone(),
        });
    }
}

/// Plays, and the latest day of each unless it is under way.
type Packages = Vec<(PlayId, Option<Day>)>;

/// Packages under way, and those to other accounts of each group: what the contact governor counts.
fn governed(found: &Found, accounts: &mut BTreeMap<i64, Account>) {
    for work in found.lives.under_way.iter().filter(|work| work.is_package()) {
        if let Some(account) = accounts.get_mut(&work.account.0) {
            account.bars.under_way.push(work.play.clone());
        }
    }
    let mut groups: BTreeMap<i64, Vec<(i64, Packages)>> = BTreeMap::new();
    for account in accounts.values_mut() {
        account.bars.under_way.sort();
        let packages = life::packages(&account.touches, &account.bars.under_way, |_| true);
        if !packages.is_empty() {
            groups.entry(account.root).or_default().push((account.key, packages));
        }
    }
    for account in accounts.values_mut() {
        let Some(group) = groups.get(&account.root) else { continue };
        let others = group.iter().filter(|(key, _)| *key != account.key);
        account.bars.group = others.flat_map(|(_, packages)| packages.iter().cloned()).collect();
        account.bars.group.sort();
    }
}

/// The outcome of a play as a deal that we started.
fn deal(state: &PlayState, outcome: Outcome, (opened_on, closed_on): (Day, Day)) -> Proposal {
    Proposal {
        proposal: state.play_id.as_str().into(),
        product: state.product_id.as_deref().map(Into::into),
        offer: offer(&state.offer_id),
        opened_on,
        closed_on: Some(closed_on),
        outcome,
        stage: None,
        next_step_on: None,
        amount_minor: state.amount_minor,
        approached: Some(true),
        owner: state.owner.as_deref().map(Into::into),
        kind: None,
    }
}
