//! The odds of a candidate: `P(opportunity | approach) * P(won | opportunity)`, the chance that the customer
//! takes it unasked, and the chances of staying; each with the counts it rests on.

mod deal;
mod forms;
mod itself;

use decide::candidate::{Candidate, Evidence, Odds};
use decide::candidates::REFERRAL;
use decide::catalogue::Catalogue;
use decide::decision::Signal;
use decide::facts::{AccountFacts, Referred};
use decide::policy::Policy;
use domain::motion::{Channel, Motion};
use domain::probability::{Estimate, Provenance};
use domain::time::Day;
use domain::words::Words;

use super::standing;
use crate::train::hazards::{Asked as Unasked, Chance};
use crate::train::learn::EACH_NEEDED;
use crate::train::learned::OfDeals;
use crate::train::organic::{self, Frailty, Move};
use crate::train::{Rate, Trained};

/// What odds are made of.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// As of this day.
    pub as_of: Day,
    /// Models of the account's deals, where they know more than rates do.
    pub deals: Option<&'a OfDeals<'a>>,
    /// Rates.
    pub trained: &'a Trained,
    /// Priors.
    pub policy: &'a Policy,
    /// Products.
    pub catalogue: &'a Catalogue,
}

/// The odds of one candidate of one account; `fired` are the account's signals.
pub fn of(
    sources: Sources<'_>,
    facts: &AccountFacts,
    candidate: &Candidate,
    fired: &[Signal],
) -> Odds {
    let stay = facts
        .churn
        .map_or(Estimate::known(1.0), |churn| Estimate { mean: 1.0 - churn.mean, ..churn });
    let mut odds = Odds {
        opportunity: Estimate::known(0.0),
        in_window: Estimate::known(0.0),
        won: Estimate::known(0.0),
        organic: Estimate::known(0.0),
        stay,
        stay_if_taken: stay,
        because: Vec::new(),
    };
    if candidate.motion == Motion::Care {
        if let Some(record) = facts.referrals.filter(|_| candidate.offer.as_str() == REFERRAL) {
            referred(&record, &mut odds);
        }
        return odds;
    }
    if candidate.motion == Motion::Advance {
        deal::put(sources, facts, candidate, &mut odds);
        return odds;
    }
    let product = candidate.product.as_ref().map_or("", |id| id.as_str());
    let won = sources.trained.won.of(product);
    let own = sources.deals.zip(candidate.product.as_ref());
    let own = own.and_then(|(deals, product)| deals.opened_now(product, &won));
    put_won(&won, (own, product), &mut odds);
    let dated = decide::signals::open_for(candidate, fired).iter().any(|signal| signal.dated);
    odds.in_window = opportunity(sources, (facts, candidate), true, &mut Vec::new());
    odds.opportunity = opportunity(sources, (facts, candidate), dated, &mut odds.because);
    let window = sources.policy.value.outcome_window_days;
    let mut unasked = sources.trained.organic.of(unasked(sources, facts, candidate), window);
    if !dated && unasked.estimate.provenance == Provenance::Prior {
        // Two assumptions about the same offer: without an occasion both chances are lower alike.
        unasked.estimate = unasked.estimate.scaled(sources.policy.priors.untriggered.min(1.0));
    }
    odds.organic = unasked.estimate;
    odds.because.push(say_unasked(&unasked, window, sources.trained.organic.approaches));
    odds.because.extend(unasked.change.as_ref().and_then(standing::say));
    odds.because.extend(unasked.frailty.as_ref().map(say_frailty));
    forms::put(sources, facts, candidate, &mut odds);
    itself::join(itself::Records::of(sources.trained), &mut odds);
    odds
}

/// The odds of a request for a referral: each request on record was one approach. Nobody is known to refer unasked.
fn referred(record: &Referred, odds: &mut Odds) {
    (odds.opportunity, odds.in_window) = (Estimate::known(1.0), Estimate::known(1.0));
    (odds.won, odds.organic) = (record.taken, Estimate::prior(0.0, 0.0));
    let (share, n) = (percent(record.taken), record.taken.n);
    odds.because.push(Evidence {
        words: Words::new(
            format!("紹介のお願い{n}件の記録から、ご紹介が成約に至る割合を{share}と推定しています。依頼なしのご紹介は0と仮定しています(仮定値)。"),
            format!("{share} of requests lead to a referral that buys, estimated from {n} on record; that nobody refers unasked is assumed."),
        ),
        source: "proposals by a referral programme".to_owned(),
        on: None,
    });
}

fn opportunity(
    sources: Sources<'_>,
    (facts, candidate): (&AccountFacts, &Candidate),
    dated: bool,
    because: &mut Vec<Evidence>,
) -> Estimate {
    let digital = matches!(candidate.channel, Channel::Mail | Channel::Prompt);
    let mailings = sources.trained.digital_approaches;
    if digital && mailings > 0 {
        because.push(Evidence {
            words: Words::new(
                format!("案内の記録{mailings}件は1件ごとが働きかけなので、成約率がそのまま案内1回あたりの受注率です(施策全体の割合で、商品1点の割合ではありません)"),
                format!("each of the {mailings} mailings on record is one approach, so the won share is per approach (of a whole campaign, not of one product)"),
            ),
            source: "proposals with approached = true".to_owned(),
            on: None,
        });
        return Estimate::estimated(1.0, 0.0, mailings);
    }
    let (opened, own) = opened(sources, (facts, candidate), because);
    // Where mails are on record, their own share stands.
    let opened = if digital && opened.total.1 > 0 && !mails_tell(sources.trained) {
        let digital = sources.policy.priors.digital;
        because.push(say_digital(digital));
        Estimate { provenance: Provenance::Prior, ..opened.estimate.scaled(digital) }
    } else {
        opened.estimate
    };
    let share = sources.policy.priors.untriggered;
    if dated || own || share >= 1.0 {
        return opened;
    }
    because.push(Evidence {
        words: Words::new(
            format!("期限のあるきっかけがない働きかけは、商談になる割合が{:.0} %に下がると仮定しています(仮定値)", share * 100.0),
            format!("without a dated window an approach is assumed to open a deal {:.0} % as often", share * 100.0),
        ),
        source: "policy priors.untriggered".to_owned(),
        on: None,
    });
    Estimate { provenance: Provenance::Prior, ..opened.scaled(share) }
}

/// The share of approaches that open a deal, by the model of it where that tells (then it knows how the customer
/// stands, occasions included), else by the product's rate; and which.
fn opened(
    sources: Sources<'_>,
    (facts, candidate): (&AccountFacts, &Candidate),
    because: &mut Vec<Evidence>,
) -> (Rate, bool) {
    let product = candidate.product.as_ref().map_or("", |id| id.as_str());
    let by_people = candidate.channel.takes_hours();
    let of_mails = !by_people && mails_tell(sources.trained);
    let rates = if of_mails { &sources.trained.opened_by_mail } else { &sources.trained.opened };
    let rate = rates.of(product);
    let own = sources.deals.zip(candidate.product.as_ref());
    let own = own.filter(|_| by_people || of_mails);
    let own = own.and_then(|(deals, id)| deals.opening((id, by_people), &rate));
    if let Some((estimate, said)) = own {
        because.push(said);
        return (Rate { estimate, ..rate }, true);
    }
    because.push(say_opened(&rate));
    if of_mails {
        return (rate, false);
    }
    let about = (facts, sources.policy, sources.catalogue);
    let near = (candidate, &sources.trained.opened_near);
    let estimate = standing::opened(about, near, rate.estimate, because);
    (Rate { estimate, ..rate }, false)
}

/// Whether mails about products are on record often enough to know what they open.
fn mails_tell(trained: &Trained) -> bool {
    trained.opened_by_mail.total.1 >= EACH_NEEDED
}

/// The won share of an account's own deal where a model tells, else of the product's deals.
fn put_won(won: &Rate, (own, product): (Option<(Estimate, Evidence)>, &str), odds: &mut Odds) {
    let rate = || (won.estimate, say_won(won, product));
    let (estimate, because) = own.unwrap_or_else(rate);
    odds.won = estimate;
    odds.because.push(because);
}

fn percent(estimate: Estimate) -> String {
    format!("{:.1} %", estimate.mean * 100.0)
}

fn say_opened(rate: &Rate) -> Evidence {
    let (opened, approaches) = if rate.group.1 > 0 { rate.group } else { rate.total };
    let share = percent(rate.estimate);
    let (words, source) = if rate.total.1 == 0 {
        let words = Words::new(
            format!("働きかけて商談になる割合 {share} は仮定値です(働きかけの記録がありません)"),
            format!(
                "the {share} of approaches that open a deal are assumed: no approaches are on record"
            ),
        );
        (words, "policy priors.opportunity")
    } else {
        let words = Words::new(
            format!(
                "働きかけて商談になる割合 {share}: {}の働きかけ{approaches}件中{opened}件から推定",
                if rate.group.1 > 0 { "この製品" } else { "全製品" }
            ),
            format!(
                "{share} of approaches open a deal: estimated from {opened} of {approaches} for {}",
                if rate.group.1 > 0 { "this product" } else { "all products" }
            ),
        );
        (words, "activities with direction = outbound")
    };
    Evidence { words, source: source.to_owned(), on: None }
}

/// The approaches on record are calls and visits: a prompt or mail is less.
fn say_digital(share: f64) -> Evidence {
    let share = share * 100.0;
    Evidence {
        words: Words::new(
            format!(
                "記録された働きかけは電話や訪問です。メールやアプリ内案内では、商談になる割合をその{share:.0} %と仮定しています(仮定値)"
            ),
            format!(
                "approaches on record are calls and visits; a mail or prompt is assumed to open a deal {share:.0} % as often"
            ),
        ),
        source: "policy priors.digital".to_owned(),
        on: None,
    }
}

fn say_won(rate: &Rate, product: &str) -> Evidence {
    let ((won, closed), (all_won, all)) = (rate.group, rate.total);
    let words = if all == 0 {
        Words::new(
            format!(
                "商談の成約率 {} は仮定値です(終了した商談の記録がありません)",
                percent(rate.estimate)
            ),
            format!(
                "the {} of deals that are won is assumed: no closed deal is on record",
                percent(rate.estimate)
            ),
        )
    } else if closed == 0 {
        Words::new(
            format!(
                "成約率 {}: この製品の商談はまだなく、全体{all}件中{all_won}件の成約から推定",
                percent(rate.estimate)
            ),
            format!(
                "won share {}: no deal for this product yet, estimated from {all_won} won of {all} deals in all",
                percent(rate.estimate)
            ),
        )
    } else {
        Words::new(
            format!(
                "成約率 {}: この製品の商談{closed}件中{won}件の成約から、全体{all}件を踏まえて推定",
                percent(rate.estimate)
            ),
            format!(
                "won share {}: estimated from {won} won of {closed} deals for this product, drawn towards {all_won} of {all} in all",
                percent(rate.estimate)
            ),
        )
    };
    Evidence {
        words,
        source: format!("proposals {}", if product.is_empty() { "*" } else { product }),
        on: None,
    }
}

/// Whose own chance stands beside the contact's.
fn unasked<'a>(
    sources: Sources<'_>,
    facts: &AccountFacts,
    candidate: &'a Candidate,
) -> Unasked<'a> {
    let way = match candidate.motion {
        Motion::PlanUp if candidate.subscription.is_some() => Move::PlanUp,
        Motion::Seats => Move::Seats,
        Motion::Term => Move::Term,
        Motion::Option => Move::Option,
        Motion::Repeat => Move::Repeat,
        Motion::Downsell => Move::Down,
        _ => Move::Take,
    };
    let starts_from = candidate.from_product.as_ref().filter(|_| way == Move::Down);
    let product = starts_from.or(candidate.product.as_ref()).map_or("", |id| id.as_str());
    let since = facts.customer_since.map(|since| sources.as_of.since(since).0.max(0));
    let standing = standing::of((facts, sources.policy, sources.catalogue), candidate, way);
    // Of a line it is the standing that tells.
    let alone = way == Move::Take && standing.is_none();
    let frailty = sources.trained.frailties.of(candidate.account.0).filter(|_| alone);
    Unasked { way, product, tenure: since.map(organic::month_of), standing, frailty }
}

/// How readily this account took products so far.
fn say_frailty(frailty: &Frailty) -> Evidence {
    let (seen, (factor, _)) = (frailty.seen, frailty.factor);
    let (events, expected) = (seen.events, seen.expected);
    Evidence {
        words: Words::new(
            format!(
                "この顧客が自ら新しい商品を申し込む割合は全体の{factor:.1}倍とみています(これまでに{events}件、全体の割合なら{expected:.1}件)"
            ),
            format!(
                "this customer takes new products unasked {factor:.1} times as often as all ({events} so far; at the common rates {expected:.1})"
            ),
        ),
        source: "orders, subscriptions and proposals without an approach before".to_owned(),
        on: None,
    }
}

fn say_unasked(chance: &Chance, window: i32, approaches: bool) -> Evidence {
    let share = percent(chance.estimate);
    let of_product = chance.product.1 > 0;
    let (events, months) = if of_product { chance.product } else { chance.motion };
    let (all, all_months) = chance.motion;
    let words = if chance.motion.1 == 0 && !approaches {
        Words::new(
            format!(
                "働きかけなしに申し込む割合 {share} は仮定値です(働きかけの記録がなく、自然な申し込みを見分けられません)"
            ),
            format!(
                "the {share} who take it unasked is assumed: no approach is on record, so nothing tells what came unasked"
            ),
        )
    } else if chance.motion.1 == 0 {
        Words::new(
            format!(
                "働きかけなしに申し込む割合 {share} は仮定値です(働きかけなしの変更や購入の記録がありません)"
            ),
            format!(
                "the {share} who take it unasked is assumed: no change or purchase without an approach is on record"
            ),
        )
    } else if of_product {
        Words::new(
            format!(
                "働きかけなしに{window}日以内に申し込む割合 {share}: 前90日に働きかけのない延べ{months}か月中{events}件から、同じ種類の延べ{all_months}か月中{all}件を踏まえて推定"
            ),
            format!(
                "{share} take it unasked within {window} days: estimated from {events} in {months} customer-months without an approach in the 90 days before, drawn towards {all} in {all_months} of its kind"
            ),
        )
    } else {
        Words::new(
            format!(
                "働きかけなしに{window}日以内に申し込む割合 {share}: この商品の記録はまだなく、同じ種類の延べ{all_months}か月中{all}件から推定"
            ),
            format!(
                "{share} take it unasked within {window} days: nothing on record for this product, estimated from {all} in {all_months} customer-months of its kind"
            ),
        )
    };
    Evidence {
        words,
        source: "orders, subscriptions and proposals without an approach before".to_owned(),
        on: None,
    }
}
