//! The odds of a deal in progress: won at its age, and won when nobody attends to it.
//!
//! A deal to keep a contract is kept at the rate of such rescues where notice was given; else the contract goes on
//! unless the customer leaves, and attending to it takes a share off the chance to leave.

use decide::candidate::{Candidate, Evidence, Odds};
use decide::facts::{AccountFacts, Proposal};
use domain::probability::{Estimate, Provenance};
use domain::words::Words;

use super::{Sources, percent, put_won};
use crate::train::Rate;
use crate::train::deal_age::Aged;

/// Puts in what is known of the deal that a candidate advances.
pub(super) fn put(
    sources: Sources<'_>,
    facts: &AccountFacts,
    candidate: &Candidate,
    odds: &mut Odds,
) {
    odds.opportunity = Estimate::known(1.0);
    odds.in_window = Estimate::known(1.0);
    let deal = candidate
        .proposal
        .as_ref()
        .and_then(|id| facts.proposals.iter().find(|deal| deal.proposal == *id));
    let Some(deal) = deal else { return };
    if candidate.kept_month_minor.mean > 0.0 {
        keep(sources, facts, deal, odds);
        return;
    }
    let product = candidate.product.as_ref().map_or("", |id| id.as_str());
    let won = sources.trained.won.of(product);
    let own = sources.deals.and_then(|deals| deals.as_opened(&deal.proposal, &won));
    put_won(&won, (own, product), odds);
    age(sources, deal, odds);
    odds.organic = sources.policy.priors.unattended(odds.won);
    odds.because.push(say_unattended(1.0 - sources.policy.priors.advance_lift));
}

/// The won share of all ages as it is at the deal's.
fn age(sources: Sources<'_>, deal: &Proposal, odds: &mut Odds) {
    let days = sources.as_of.since(deal.opened_on).0.max(0);
    let window = sources.policy.value.outcome_window_days;
    let Some(aged) = sources.trained.deal_age.at(days, window) else { return };
    let share = odds.won.mean;
    let mean = aged.of(share);
    // The slope of the odds' change, and what the few deals of that age leave open.
    let slope = mean * (1.0 - mean) / (share * (1.0 - share)).max(1e-6);
    let open = mean * (1.0 - mean) / (aged.deals as f64 + 2.0);
    odds.won = Estimate {
        mean,
        sd: ((slope * odds.won.sd).powi(2) + open).sqrt(),
        provenance: odds.won.provenance.min(Provenance::Estimated),
        n: aged.deals,
    };
    odds.because.push(say_age((days, window), &aged, odds.won));
}

fn say_age((days, window): (i32, i32), aged: &Aged, won: Estimate) -> Evidence {
    let (share, deals, then) = (percent(won), aged.deals, aged.won);
    Evidence {
        words: Words::new(
            format!(
                "開始から{days}日の商談が今後{window}日以内に成約する割合 {share}: この経過日数まで進行中だった商談{deals}件中、その後の成約は{then}件(商談の経過日数別の成約・失注から推定)"
            ),
            format!(
                "{share} of deals {days} days old are won within {window} more: of {deals} deals that grew this old {then} were won later (estimated from how deals end by age)"
            ),
        ),
        source: "proposals by age".to_owned(),
        on: None,
    }
}

/// The chance to keep what a deal is about, attended to and not.
fn keep(sources: Sources<'_>, facts: &AccountFacts, deal: &Proposal, odds: &mut Odds) {
    let priors = &sources.policy.priors;
    let notice = facts
        .active_contracts()
        .any(|contract| contract.cancel_notice_on.is_some_and(|on| on <= sources.as_of));
    if deal.kind.as_deref() == Some("save") || notice {
        let saved = sources.trained.saved.of("");
        odds.won = saved.estimate;
        odds.organic = priors.unattended(odds.won);
        odds.because.push(say_saved(&saved));
        odds.because.push(say_unattended(1.0 - priors.advance_lift));
        return;
    }
    let leaves = facts.churn.unwrap_or_else(|| priors.churn.estimate());
    let left = Estimate { mean: 1.0 - leaves.mean, ..leaves };
    odds.won = Estimate { mean: 1.0 - leaves.mean * (1.0 - priors.advance_lift), ..leaves };
    // How much less often an attended customer leaves, nobody measured.
    odds.organic = Estimate { provenance: Provenance::Prior, ..left };
    odds.because.push(say_left(left, priors.advance_lift));
}

fn say_saved(rate: &Rate) -> Evidence {
    let share = percent(rate.estimate);
    let (won, closed) = rate.total;
    let words = if closed == 0 {
        Words::new(
            format!(
                "解約防止の商談で継続に至る割合 {share} は仮定値です(終了した解約防止の商談の記録がありません)"
            ),
            format!(
                "the {share} of deals to save a contract that succeed are assumed: none that has ended is on record"
            ),
        )
    } else {
        Words::new(
            format!(
                "解約防止の商談で継続に至る割合 {share}: 終了した解約防止の商談{closed}件中{won}件から推定"
            ),
            format!(
                "{share} of deals to save a contract succeed: estimated from {won} of {closed} that have ended"
            ),
        )
    };
    Evidence { words, source: "proposals with type = save".to_owned(), on: None }
}

fn say_left(left: Estimate, lift: f64) -> Evidence {
    let (share, less) = (percent(left), lift * 100.0);
    Evidence {
        words: Words::new(
            format!(
                "対応しない場合の継続率 {share}。対応すると解約が{less:.0} %減ると仮定しています(仮定値)"
            ),
            format!(
                "left alone {share} stay; attending to the renewal is assumed to take {less:.0} % off the chance to leave"
            ),
        ),
        source: "policy priors.advance_lift".to_owned(),
        on: None,
    }
}

fn say_unattended(share: f64) -> Evidence {
    Evidence {
        words: Words::new(
            format!(
                "対応しない商談が成約する割合は、対応する場合の{:.0} % と仮定しています(仮定値)",
                share * 100.0
            ),
            format!(
                "a deal left alone is assumed to be won {:.0} % as often as one that is attended to",
                share * 100.0
            ),
        ),
        source: "policy priors.advance_lift".to_owned(),
        on: None,
    }
}
