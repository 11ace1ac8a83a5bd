//! What an account's standing changes of its odds: who looks after it, and how near a limit is; in words with the
//! counts behind them.

use decide::candidate::{Candidate, Evidence};
use decide::catalogue::{Catalogue, ProductKind};
use decide::facts::AccountFacts;
use decide::policy::Policy;
use domain::motion::Motion;
use domain::probability::Estimate;
use domain::words::Words;

use crate::train::nearness::{self, NEAR};
use crate::train::organic::Move;
use crate::train::standing::{Beside, Change, Standing};

/// The standing that bears on a move: nearness where the move raises what is included, who looks after it where it is
/// of a line.
pub fn of(
    (facts, policy, catalogue): (&AccountFacts, &Policy, &Catalogue),
    candidate: &Candidate,
    way: Move,
) -> Option<Standing> {
    let served = facts.takes_hours();
    let product = candidate.product.as_ref()?;
    match way {
        Move::PlanUp | Move::Seats => {
            let near = near((facts, policy, catalogue), candidate);
            Some(Standing { served, near })
        }
        Move::Option => Some(Standing { served, near: None }),
        Move::Take => catalogue
            .product(product)
            .filter(|product| product.kind == ProductKind::Plan && product.line.is_some())
            .map(|_| Standing { served, near: None }),
        Move::Term | Move::Down | Move::Repeat => None,
    }
}

/// Whether a limit of the contract that the candidate starts from is near.
fn near(
    (facts, policy, catalogue): (&AccountFacts, &Policy, &Catalogue),
    candidate: &Candidate,
) -> Option<bool> {
    let product = candidate.product.as_ref()?;
    nearness::now((facts, policy, catalogue), product, candidate.subscription.as_ref())
}

/// P(opportunity | approach) of a higher plan or more seats, by nearness to a limit; others as they are.
pub fn opened(
    sources: (&AccountFacts, &Policy, &Catalogue),
    (candidate, trained): (&Candidate, &[Beside; 2]),
    opened: Estimate,
    because: &mut Vec<Evidence>,
) -> Estimate {
    if !matches!(candidate.motion, Motion::PlanUp | Motion::Seats) {
        return opened;
    }
    let Some(near) = near(sources, candidate) else { return opened };
    let beside = trained[usize::from(near)];
    let (factor, sd) = beside.factor();
    if beside.trials == 0 {
        return opened;
    }
    because.push(say_opened(&beside, near));
    let of_factor = Estimate { mean: factor, sd, n: beside.trials, ..opened };
    let changed = opened.times(of_factor);
    Estimate { mean: changed.mean.min(OPENED_MAX), ..changed }
}

/// What no share of approaches that open a deal exceeds, whatever the ratio.
const OPENED_MAX: f64 = 0.95;

fn level(near: bool) -> Words {
    let share = NEAR * 100.0;
    if near {
        Words::new(
            format!("利用が上限の{share:.0} %以上"),
            format!("at {share:.0} % of a limit or more"),
        )
    } else {
        Words::new(
            format!("利用が上限の{share:.0} %未満"),
            format!("below {share:.0} % of a limit"),
        )
    }
}

fn say_opened(beside: &Beside, near: bool) -> Evidence {
    let Beside { events, trials, expected } = beside;
    let (factor, _) = beside.factor();
    let level = level(near);
    Evidence {
        words: Words::new(
            format!(
                "{}の顧客への上位プランのご案内は、商談になる割合が全体の{factor:.1}倍でした({trials}件中{events}件、全体の割合なら{expected:.1}件)",
                level.ja
            ),
            format!(
                "approaches about a plan to customers {} opened a deal {factor:.1} times as often as all ({events} of {trials}; at the common share {expected:.1})",
                level.en
            ),
        ),
        source: "usage against limits, activities with direction = outbound".to_owned(),
        on: None,
    }
}

/// What the standing changes of the chance to take it unasked; nothing where nothing was at risk.
pub fn say(change: &Change) -> Option<Evidence> {
    // Where hardly anything was to be expected, what came tells nothing.
    let tells = |near: &Beside| near.trials > 0 && (near.events > 0 || near.expected >= 0.5);
    let (served, near) = (&change.served, change.near.filter(tells));
    if served.trials == 0 {
        return None;
    }
    let by = if change.standing.served {
        Words::new("担当者がついている顧客", "customers whom people look after")
    } else {
        Words::new("担当者のつかない顧客", "customers whom nobody looks after")
    };
    let (factor, _) = change.factor;
    let words = match change.standing.near.zip(near) {
        Some((is_near, Beside { events, trials, expected })) => {
            let level = level(is_near);
            Words::new(
                format!(
                    "{}で{}の場合、自ら申し込む割合は全体の{factor:.1}倍です(延べ{trials}か月中{events}件、{}全体の割合なら{expected:.1}件)",
                    by.ja, level.ja, by.ja
                ),
                format!(
                    "{} {} take it unasked {factor:.1} times as often as all ({events} in {trials} customer-months; at the common rate of such customers {expected:.1})",
                    by.en, level.en
                ),
            )
        }
        None => Words::new(
            format!(
                "{}が自ら申し込む割合は全体の{factor:.1}倍です(延べ{}か月中{}件、全体の割合なら{:.1}件)",
                by.ja, served.trials, served.events, served.expected
            ),
            format!(
                "{} take it unasked {factor:.1} times as often as all ({} in {} customer-months; at the common rate {:.1})",
                by.en, served.events, served.trials, served.expected
            ),
        ),
    };
    let source = if near.is_some() {
        "usage against limits, subscriptions, accounts.touch_model"
    } else {
        "subscriptions, accounts.touch_model"
    };
    Some(Evidence { words, source: source.to_owned(), on: None })
}
