//! Guards: when not to sell (S53, S57-S65).
//!
//! A guard is one file with its doc, its section of the policy, both languages' sentences and its
//! tests; [`GUARDS`] lists them. Each gives a verdict with its reason, also when it allows. Guards hold
//! upsell and cross-sell of every form, a longer term too; they never hold a smaller contract, care, or
//! the next step of a deal in progress ([`Motion::sells`](domain::motion::Motion::sells)).

pub(crate) mod loyalty;
mod open_deal;
pub(crate) mod escalation;
mod cool_down;
pub(crate) mod at_risk;
mod cancel_notice;

use domain::words::Words;
use serde::Deserialize;

use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::look::Look;

pub use at_risk::AtRiskPolicy;
pub use cool_down::CoolDownPolicy;
pub use loyalty::LoyaltyPolicy;

/// The policy's section of guards.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuardPolicy {
    /// Loyalty.
    pub loyalty: LoyaltyPolicy,
    /// Rejections.
    pub cool_down: CoolDownPolicy,
    /// The chance to leave.
    pub at_risk: AtRiskPolicy,
}

/// Whether a guard's answer is the same for every offer to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The same for every offer that sells.
    Account,
    /// It depends on the offer.
    Offer,
}

/// One guard.
#[derive(Debug, Clone, Copy)]
pub struct Guard {
    /// Its code.
    pub code: &'static str,
    /// What people call it, Japanese.
    pub ja: &'static str,
    /// What people call it, English.
    pub en: &'static str,
    /// The capabilities it serves.
    pub cites: &'static str,
    /// Whether its answer depends on the offer.
    pub reach: Reach,
    check: fn(&Look, &Candidate) -> Verdict,
}

/// Every guard, in the order in which they are asked and shown.
pub const GUARDS: &[Guard] = &[
    loyalty::GUARD,
    open_deal::GUARD,
    escalation::GUARD,
    cool_down::GUARD,
    at_risk::GUARD,
    cancel_notice::GUARD,
];

/// The guard of that code.
pub fn guard(code: &str) -> Option<&'static Guard> {
    GUARDS.iter().find(|guard| guard.code == code)
}

/// Every guard's verdict on a candidate, in the registry's order, with reasons also when it allows.
///
/// Offers that do not sell (a smaller contract, care, the next step of a deal) pass with that reason.
pub fn check(look: &Look, candidate: &Candidate) -> Vec<Verdict> {
    GUARDS.iter().map(|guard| ask(guard, look, candidate)).collect()
}

/// One guard's verdict on a candidate.
pub(crate) fn ask(guard: &Guard, look: &Look, candidate: &Candidate) -> Verdict {
    if candidate.motion.sells() {
        (guard.check)(look, candidate)
    } else {
        let words = Words::new(
            format!("{}は停止条件の対象外です。", candidate.motion.words().ja),
            format!("{} is never held.", candidate.motion.words().en),
        );
        allow(guard.code, words)
    }
}

/// The verdict that decides: the first that blocks, else the first of the holds that last longest.
pub fn deciding(verdicts: &[Verdict]) -> Option<&Verdict> {
    let weight = |verdict: &Verdict| match verdict.says {
        Says::Allow => (0, 0),
        Says::HoldUntil(Some(day)) => (1, i64::from(day.0)),
        Says::HoldUntil(None) => (2, 0),
        Says::Block => (3, 0),
    };
    let mut found: Option<&Verdict> = None;
    for verdict in verdicts.iter().filter(|verdict| verdict.says != Says::Allow) {
        if found.is_none_or(|best| weight(verdict) > weight(best)) {
            found = Some(verdict);
        }
    }
    found
}

fn allow(guard: &'static str, reason: Words) -> Verdict {
    Verdict { guard, says: Says::Allow, reason, evidence: Vec::new() }
}

fn hold(guard: &'static str, says: Says, reason: Words) -> Verdict {
    Verdict { guard, says, reason, evidence: Vec::new() }
}

fn because(mut verdict: Verdict, evidence: Vec<Evidence>) -> Verdict {
    verdict.evidence = evidence;
    verdict
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::examples::Example;
    use domain::motion::Motion;

    /// What one guard says of a cross-sell, as `allow: reason` or `hold until day: reason`.
    pub(crate) fn said(code: &str, example: &Example) -> String {
        said_of(code, example, &example.candidate(Motion::CrossSell))
    }

    /// What one guard says of a candidate.
    pub(crate) fn said_of(code: &str, example: &Example, candidate: &Candidate) -> String {
        let guard = guard(code).expect("a registered guard");
        let verdict = ask(guard, &example.look(), candidate);
        let says = match verdict.says {
            Says::Allow => "allow".to_owned(),
            Says::HoldUntil(Some(day)) => format!("hold until {day}"),
            Says::HoldUntil(None) => "hold".to_owned(),
            Says::Block => "block".to_owned(),
        };
        format!("{says}: {}", verdict.reason.ja)
    }

    #[test]
    fn codes_are_unique_and_each_answers_in_order() {
        let example = Example::company();
        let verdicts = check(&example.look(), &example.candidate(Motion::CrossSell));
        let asked: Vec<_> = verdicts.iter().map(|verdict| verdict.guard).collect();
        let listed: Vec<_> = GUARDS.iter().map(|guard| guard.code).collect();
        assert_eq!(asked, listed);
        for (i, code) in listed.iter().enumerate() {
            assert!(!listed[..i].contains(code), "{code}");
        }
        assert!(verdicts.iter().all(|verdict| !verdict.reason.ja.is_empty()));
        assert!(deciding(&verdicts).is_none());
    }

    #[test]
    fn what_does_not_sell_is_never_held() {
        let mut example = Example::company();
        example.escalate();
        example.answer(0.0);
        for motion in [Motion::Downsell, Motion::Care, Motion::Advance] {
            let verdicts = check(&example.look(), &example.candidate(motion));
            assert!(deciding(&verdicts).is_none(), "{}", motion.code());
        }
        for motion in [Motion::Term, Motion::PlanUp, Motion::Repeat, Motion::Bundle] {
            let verdicts = check(&example.look(), &example.candidate(motion));
            assert!(deciding(&verdicts).is_some(), "{}", motion.code());
        }
    }

    #[test]
    fn the_longest_hold_decides() {
        let verdict = |guard, says| hold(guard, says, Words::default());
        let until = |day: i32| Says::HoldUntil(Some(domain::time::Day(day)));
        let decides = |verdicts: &[Verdict]| deciding(verdicts).map(|verdict| verdict.guard);
        assert_eq!(decides(&[verdict("a", until(3)), verdict("b", until(5))]), Some("b"));
        let lasting = [verdict("a", until(3)), verdict("b", Says::HoldUntil(None))];
        assert_eq!(decides(&lasting), Some("b"));
        let blocked = [verdict("a", Says::Block), verdict("b", Says::HoldUntil(None))];
        assert_eq!(decides(&blocked), Some("a"));
        assert_eq!(decides(&[]), None);
    }
}
