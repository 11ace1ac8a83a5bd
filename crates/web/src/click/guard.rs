//! The same guards as at night, asked when somebody takes a play on.

use decide::candidate::{Candidate, PriceBasis};
use decide::card::Card;
use decide::decision::{Says, Verdict};
use decide::guards::{self, Knows};
use decide::look::Look;
use decide::policy::Policy;
use domain::ids::{AccountKey, ContactKey, ProductId};
use domain::motion::{Channel, Form, Motion};
use domain::probability::Estimate;
use domain::time::Day;
use domain::words::{Lang, Words};
use store::PlayRow;

use super::facts;
use crate::error::Error;
use crate::evidence::short_iso;
use crate::record::Records;
use crate::state::AppState;

/// Why a play cannot be taken on now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The guard's name.
    pub guard: Words,
    /// Its reason.
    pub reason: Words,
    /// Until when, if it says.
    pub until: Option<Day>,
}

impl Held {
    /// In one language: which guard, why, until when.
    pub fn said(&self, lang: Lang) -> String {
        let (guard, reason) = (self.guard.get(lang), self.reason.get(lang));
        let until = self.until.map(|day| short_iso(lang, &day.to_string()));
        match (lang, until) {
            (_, None) => format!("{guard}: {reason}"),
            (Lang::Ja, Some(until)) => format!("{guard}({until}まで保留): {reason}"),
            (Lang::En, Some(until)) => format!("{guard} (on hold until {until}): {reason}"),
        }
    }
}

/// The guard that holds the play as of `today`, if one does.
pub async fn held(state: &AppState, row: &PlayRow, today: Day) -> Result<Option<Held>, Error> {
    let Some(motion) = Motion::parse(&row.motion) else { return Ok(None) };
    let (policy, stop) = state.live_policy().await?;
    let channel = Channel::parse(&row.channel).unwrap_or(Channel::Mail);
    if let Some(stop) = stop.filter(|_| decide::stop::holds(&policy, motion, channel)) {
        return Ok(Some(stopped(&policy, &stop.reason)));
    }
    let verdicts = verdicts(state, row, today).await?;
    Ok(guards::deciding(&verdicts).map(|verdict| Held {
        guard: guards::guard(verdict.guard)
            .map_or_else(Words::default, |guard| Words::new(guard.ja, guard.en)),
        reason: verdict.reason.clone(),
        until: match verdict.says {
            Says::HoldUntil(until) => until,
            Says::Allow | Says::Block => None,
        },
    }))
}

/// What every guard says of a play as of `today`; nothing of a play that does not sell.
///
/// Stops, payments, surveys, tickets, deals, contracts, permissions and contacts are as the store has them now; of a
/// guard that asks what only the night knows (forecasts, chances) the night's verdict stands.
pub async fn verdicts(state: &AppState, row: &PlayRow, today: Day) -> Result<Vec<Verdict>, Error> {
    let Some(motion) = Motion::parse(&row.motion).filter(|motion| motion.sells()) else {
        return Ok(Vec::new());
    };
    let (policy, _) = state.live_policy().await?;
    let records = Records { store: &state.store, zone: &state.zone, as_of: Some(today) };
    let overview = state.overview().await?;
    let night = overview.as_ref().and_then(|it| Some((it.run.run_id.as_str(), it.as_of?)));
    let asked =
        facts::Asked { key: row.account_key, root: row.root_key, play: &row.play_id, night };
    let facts = facts::of(&records, asked).await?;
    let card: Option<Card> = serde_json::from_str(&row.card).ok();
    let singles = singles(row, motion, card.as_ref());
    let named = |it: &'_ Candidate| [it.product.clone(), it.from_product.clone()];
    let named: Vec<ProductId> = singles.iter().flat_map(named).flatten().collect();
    let offered: Vec<&ProductId> = named.iter().collect();
    let catalogue = facts::catalogue(&records, &facts, &offered).await?;
    let look = Look { facts: &facts, catalogue: &catalogue, policy: &policy, as_of: today };
    let mut verdicts: Vec<Verdict> = Vec::new();
    for single in &singles {
        let said = guards::check(&look, single);
        if verdicts.is_empty() {
            verdicts = said;
            continue;
        }
        // What holds a part holds the package.
        for (verdict, said) in verdicts.iter_mut().zip(said) {
            if verdict.says == Says::Allow {
                *verdict = said;
            }
        }
    }
    for verdict in &mut verdicts {
        let knows = guards::guard(verdict.guard).map(|guard| guard.knows);
        if knows == Some(Knows::Night)
            && let Some(night) = card.as_ref().and_then(|card| of_the_night(card, verdict.guard))
        {
            *verdict = night;
        }
    }
    Ok(verdicts)
}

/// Held by the switch that stops offers (N10).
fn stopped(policy: &Policy, why: &str) -> Held {
    let words = decide::stop::words(policy);
    Held {
        guard: Words::new("提案の停止", "Offers stopped"),
        reason: Words::new(format!("{}理由: {why}", words.ja), format!("{} {why}", words.en)),
        until: None,
    }
}

/// What the guard said at night, where it needs what only the night knows.
fn of_the_night(card: &Card, guard: &'static str) -> Option<Verdict> {
    let check = card.checks.iter().find(|check| check.guard == guard)?;
    let until = check.until.as_deref().and_then(Day::parse_iso);
    let says = match check.says.as_str() {
        "hold" => Says::HoldUntil(until),
        "block" => Says::Block,
        _ => Says::Allow,
    };
    let reason = Words::new(check.said.ja.clone(), check.said.en.clone());
    Some(Verdict { guard, says, reason, evidence: Vec::new() })
}

/// The offers of a play as the guards look at them: of a package each part, by its id; one that does not say what it
/// sells stands for the play's product.
fn singles(row: &PlayRow, motion: Motion, card: Option<&Card>) -> Vec<Candidate> {
    let whole = candidate(row, motion, card);
    let Some(parts) = row.offer_id.strip_prefix("package:") else { return vec![whole] };
    let part = |id: &str| {
        let (kind, rest) = id.split_once(':')?;
        let motion = Motion::parse(kind)?;
        let sells = matches!(motion, Motion::PlanUp | Motion::Option | Motion::CrossSell);
        sells.then(|| Candidate {
            offer: id.into(),
            motion,
            product: Some(ProductId::from(rest)),
            ..whole.clone()
        })
    };
    let parts: Vec<Candidate> = parts.split('+').filter_map(part).collect();
    std::iter::once(whole.clone()).chain(parts).collect()
}

/// The play as the guards look at it: to whom, what, how. Its value is not asked for.
fn candidate(row: &PlayRow, motion: Motion, card: Option<&Card>) -> Candidate {
    Candidate {
        account: AccountKey(row.account_key),
        offer: row.offer_id.as_str().into(),
        motion,
        form: Form::Related,
        product: row.product_id.as_deref().map(ProductId::from),
        from_product: card.and_then(|card| card.from_product.as_deref()).map(Into::into),
        subscription: card.and_then(|card| card.subscription.as_deref()).map(Into::into),
        term_months: None,
        proposal: None,
        title: Words::default(),
        revenue_month_minor: Estimate::known(0.0),
        kept_month_minor: Estimate::known(0.0),
        once_minor: Estimate::known(0.0),
        incentive_minor: Estimate::known(0.0),
        incentive_public: false,
        price_basis: PriceBasis::Unknown,
        margin_rate: 0.0,
        effort_hours: row.effort_hours,
        channel: Channel::parse(&row.channel).unwrap_or(Channel::Mail),
        role: "",
        contact: row.contact_key.map(ContactKey),
        goes_with: Vec::new(),
        because: Vec::new(),
        next_step: Words::default(),
        playbook: Vec::new(),
        extra: Vec::new(),
        parts: Vec::new(),
    }
}
