//! Timing rules: when there is a reason to speak to a customer now (S36-S53).
//!
//! A rule is one file with its doc, its section of the policy, both languages' sentences and its
//! tests; [`RULES`] lists them. A signal names the crossing it belongs to (`occurrence`), so that a
//! play keeps its identity over nights and one crossing makes one play (N6).

mod limit_near;
mod renewal;
mod open_deal;
mod enquiry;
mod just_bought;
mod care_need;
mod cadence;
mod dormant;
pub(crate) mod gap;

use domain::time::Days;
use serde::Deserialize;

use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::life::levels;
use crate::look::Look;

pub use cadence::CadencePolicy;
pub use dormant::DormantPolicy;
pub use enquiry::EnquiryPolicy;
pub use just_bought::JustBoughtPolicy;
pub use limit_near::{Binding, LimitNearPolicy, binds};
pub use open_deal::OpenDealPolicy;
pub use renewal::RenewalPolicy;

pub(crate) use cadence::{due_on, is_due};
pub(crate) use limit_near::binding;

/// The policy's section of timing rules.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RulePolicy {
    /// Limit nearly reached.
    pub limit_near: LimitNearPolicy,
    /// Renewal.
    pub renewal: RenewalPolicy,
    /// Dormancy.
    pub dormant: DormantPolicy,
    /// Repurchase.
    pub cadence: CadencePolicy,
    /// Deals in progress.
    pub open_deal: OpenDealPolicy,
    /// Enquiries.
    pub enquiry: EnquiryPolicy,
    /// Decisions to buy or to go on.
    pub just_bought: JustBoughtPolicy,
}

/// One timing rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its code.
    pub code: &'static str,
    /// What people call it, Japanese.
    pub ja: &'static str,
    /// What people call it, English.
    pub en: &'static str,
    /// The capabilities it serves.
    pub cites: &'static str,
    fires: fn(&Look) -> Vec<Signal>,
    opens: fn(&Candidate, &Signal) -> bool,
}

/// Every timing rule, in the order of the reference page.
pub const RULES: &[Rule] = &[
    limit_near::RULE,
    renewal::RULE,
    open_deal::RULE,
    enquiry::RULE,
    just_bought::RULE,
    care_need::RULE,
    cadence::RULE,
    dormant::RULE,
    gap::RULE,
];

/// The rule of that code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}

/// Every signal of an account, strongest first; ties in the registry's order, then by occurrence.
pub fn fired(look: &Look) -> Vec<Signal> {
    let mut signals = raw(look);
    for signal in &mut signals {
        levels::number(look, signal);
    }
    signals.sort_by(|a, b| b.strength.total_cmp(&a.strength));
    signals
}

/// Every signal in the registry's order, a level's without the number of its crossing.
pub(crate) fn raw(look: &Look) -> Vec<Signal> {
    let mut signals: Vec<Signal> = Vec::new();
    for rule in RULES {
        let mut of_rule = (rule.fires)(look);
        of_rule.sort_by(|a, b| a.occurrence.cmp(&b.occurrence));
        signals.extend(of_rule);
    }
    signals
}

/// The signals that open a window for a candidate of the same account, strongest first.
pub fn open_for(candidate: &Candidate, signals: &[Signal]) -> Vec<Signal> {
    opening(candidate, signals).cloned().collect()
}

/// The same without copies. The window that is always open is left out where a dated one is.
pub(crate) fn opening<'a>(
    candidate: &Candidate,
    signals: &'a [Signal],
) -> impl Iterator<Item = &'a Signal> {
    let opens = move |signal: &Signal| {
        rule(signal.rule).is_some_and(|rule| (rule.opens)(candidate, signal))
    };
    let dated = signals.iter().any(|signal| signal.rule != gap::RULE.code && opens(signal));
    signals.iter().filter(move |signal| opens(signal) && !(dated && signal.rule == gap::RULE.code))
}

/// Whether a candidate changes the contract that a signal is about.
fn on_contract(candidate: &Candidate, signal: &Signal) -> bool {
    match (&signal.scope, &candidate.subscription) {
        (Scope::Contract(of), Some(changes)) => of == changes,
        _ => false,
    }
}

/// A signal with one sentence, open from `evidence`'s window on.
fn signal(rule: &'static str, scope: Scope, evidence: Evidence) -> Signal {
    Signal {
        rule,
        scope,
        occurrence: String::new(),
        opens_on: evidence.on.unwrap_or(domain::time::Day(0)),
        closes_on: None,
        strength: 0.0,
        evidence: vec![evidence],
        level: false,
    }
}

/// Whole days of a positive number, at most a century.
#[expect(clippy::cast_possible_truncation, reason = "clamped to what a century holds")]
fn whole_days(days: f64) -> Days {
    Days(days.ceil().clamp(0.0, 36_500.0) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_found() {
        for (i, rule) in RULES.iter().enumerate() {
            assert!(RULES[..i].iter().all(|other| other.code != rule.code), "{}", rule.code);
            assert_eq!(super::rule(rule.code).map(|found| found.ja), Some(rule.ja));
        }
        assert!(super::rule("none").is_none());
    }
}
