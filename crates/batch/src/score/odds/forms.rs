//! What the form of an offer changes in its odds: a longer term and a smaller contract the chance to stay, a small trial
//! how often it is begun and how often it ends in a contract.

use decide::candidate::{Candidate, Evidence, Odds};
use decide::facts::AccountFacts;
use domain::motion::Motion;
use domain::probability::{Estimate, Provenance};
use domain::words::Words;

use super::Sources;
use crate::train::churn;

/// Puts in what the form changes.
pub(super) fn put(
    sources: Sources<'_>,
    facts: &AccountFacts,
    candidate: &Candidate,
    odds: &mut Odds,
) {
    match candidate.motion {
        Motion::Term => commit(sources, facts, candidate, odds),
        Motion::Poc => trial(sources, odds),
        Motion::Downsell => keep(sources, facts, odds),
        _ => {}
    }
}

/// A small trial (S16): begun more readily, and not always the whole after it. Both assumed.
fn trial(sources: Sources<'_>, odds: &mut Odds) {
    let priors = &sources.policy.priors;
    let scaled = |estimate: Estimate, by: f64| {
        let scaled = estimate.scaled(by);
        Estimate { mean: scaled.mean.min(1.0), provenance: Provenance::Prior, ..scaled }
    };
    odds.opportunity = scaled(odds.opportunity, priors.poc_starts);
    odds.in_window = scaled(odds.in_window, priors.poc_starts);
    odds.won = scaled(odds.won, priors.poc_converts);
    let (starts, converts) = (priors.poc_starts, priors.poc_converts * 100.0);
    odds.because.push(Evidence {
        words: Words::new(
            format!("PoCは本契約の商談の{starts:.1}倍始まりやすく、本契約に至る割合は{converts:.0} %と仮定しています(仮定値)"),
            format!("a PoC is assumed to be begun {starts:.1} times as often as a deal for the whole, and to end in a contract {converts:.0} % as often"),
        ),
        source: "policy priors.poc_starts, priors.poc_converts".to_owned(),
        on: None,
    });
}

/// A smaller contract that fits (S11): it takes a share off the chance to leave. Assumed, so that it shapes the choice
/// against doing nothing, and raises no rank.
fn keep(sources: Sources<'_>, facts: &AccountFacts, odds: &mut Odds) {
    let Some(churn) = facts.churn else { return };
    let share = sources.policy.priors.downsell_keeps;
    let mean = 1.0 - churn.mean * (1.0 - share);
    odds.stay_if_taken = Estimate::prior(mean, churn.sd);
    let share = share * 100.0;
    odds.because.push(Evidence {
        words: Words::new(
            format!("実態に合う小さな契約にすると解約が{share:.0} %減ると仮定しています(仮定値)"),
            format!("a smaller contract that fits is assumed to take {share:.0} % off the chance to leave"),
        ),
        source: "policy priors.downsell_keeps".to_owned(),
        on: None,
    });
}

/// A longer term: customers on that term left less; only a share of the difference is counted, because they
/// chose it themselves.
fn commit(sources: Sources<'_>, facts: &AccountFacts, candidate: &Candidate, odds: &mut Odds) {
    let contract = candidate
        .subscription
        .as_ref()
        .and_then(|id| facts.contracts.iter().find(|c| c.subscription == *id));
    let (Some(months), Some(contract)) = (candidate.term_months, contract) else { return };
    let name = |term| churn::cell(&contract.product, term, contract.started_on, sources.as_of);
    let now = sources.trained.churn.of(&name(contract.term_months));
    let then = sources.trained.churn.of(&name(Some(months)));
    let gain = now.estimate.mean - then.estimate.mean;
    if gain <= 0.0 || then.group.1 == 0 {
        return;
    }
    let share = sources.policy.priors.observational_share;
    odds.stay_if_taken = Estimate {
        mean: (odds.stay.mean + gain).min(1.0),
        sd: then.estimate.sd,
        provenance: then.estimate.provenance.min(now.estimate.provenance),
        n: then.group.1,
    };
    odds.because.push(Evidence {
        words: Words::new(
            format!(
                "契約{months}か月の同条件の顧客の解約は{}件中{}件、現在の契約期間では{}件中{}件です。自ら選んだ顧客の差なので、差の{:.0} % だけを効果として数えています",
                then.group.1, then.group.0, now.group.1, now.group.0, share * 100.0
            ),
            format!(
                "of comparable customers on {months} months {} of {} left, on today's term {} of {}; they chose the term themselves, so {:.0} % of the difference counts as its effect",
                then.group.0, then.group.1, now.group.0, now.group.1, share * 100.0
            ),
        ),
        source: format!("subscriptions in cell {}", name(Some(months))),
        on: Some(sources.as_of),
    });
}
