//! Timing rules: when there is a reason to speak to a customer now (S36-S53).
//!
//! A rule is one file with its doc, its section of the policy, both languages' sentences and its
//! tests; [`RULES`] lists them. A signal names the crossing it belongs to (`occurrence`), so that a
//! play keeps its identity over nights and one crossing makes one play (N6).

mod limit_near;
mod limit_hit;
mod renewal;
mod continued;
mod just_bought;
mod trial_end;
mod budget_planning;
mod budget_fixing;
mod fiscal_unknown;
mod open_deal;
mod before_decision;
mod promised_date;
mod enquiry;
mod cart;
mod positive_reaction;
mod usage_surge;
mod heavy_feature;
mod workflow_change;
mod new_release;
pub(crate) mod group_success;
mod replacement_due;
mod cadence;
mod care_need;
mod under_use;
mod key_person_gone;
mod visit_due;
mod thin_contact;
mod nps_due;
pub(crate) mod referral;
mod dormant;
pub(crate) mod gap;
pub(crate) mod key_man;

use domain::motion::Motion;
use domain::time::{Day, Days, Months};
use serde::Deserialize;

use crate::candidate::{Candidate, Evidence};
use crate::candidates::{CARE, is_kind};
use crate::decision::{Scope, Signal};
use crate::life::levels;
use crate::look::Look;

pub use before_decision::BeforeDecisionPolicy;
pub use budget_fixing::BudgetFixingPolicy;
pub use budget_planning::BudgetPlanningPolicy;
pub use cadence::CadencePolicy;
pub use cart::CartPolicy;
pub use continued::ContinuedPolicy;
pub use dormant::DormantPolicy;
pub use enquiry::EnquiryPolicy;
pub use group_success::GroupSuccessPolicy;
pub use heavy_feature::HeavyFeaturePolicy;
pub use just_bought::JustBoughtPolicy;
pub use key_person_gone::KeyPersonGonePolicy;
pub use limit_hit::LimitHitPolicy;
pub use limit_near::{Binding, LimitNearPolicy, binds};
pub use new_release::NewReleasePolicy;
pub use open_deal::OpenDealPolicy;
pub use positive_reaction::PositiveReactionPolicy;
pub use promised_date::PromisedDatePolicy;
pub use referral::ReferralPolicy;
pub use renewal::RenewalPolicy;
pub use replacement_due::ReplacementDuePolicy;
pub use trial_end::TrialEndPolicy;
pub use under_use::UnderUsePolicy;
pub use usage_surge::UsageSurgePolicy;
pub use visit_due::VisitDuePolicy;
pub use workflow_change::WorkflowChangePolicy;

pub(crate) use cadence::{due_on, is_due};
pub(crate) use limit_near::binding;
pub(crate) use renewal::opens_before as renewal_opens_before;

/// The rule that only says what to ask where a talk is due.
pub(crate) const QUESTION: &str = fiscal_unknown::RULE.code;

/// The policy's section of timing rules.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RulePolicy {
    /// Codes of the rules that do not fit this company and are switched off (S103).
    pub off: Vec<String>,
    /// Limit nearly reached.
    pub limit_near: LimitNearPolicy,
    /// Limit reached.
    pub limit_hit: LimitHitPolicy,
    /// Renewal.
    pub renewal: RenewalPolicy,
    /// Decisions to go on.
    pub continued: ContinuedPolicy,
    /// Decisions to buy.
    pub just_bought: JustBoughtPolicy,
    /// Ends of trials.
    pub trial_end: TrialEndPolicy,
    /// Budgets under discussion.
    pub budget_planning: BudgetPlanningPolicy,
    /// Budgets about to be fixed.
    pub budget_fixing: BudgetFixingPolicy,
    /// Deals in progress.
    pub open_deal: OpenDealPolicy,
    /// Deals about to be decided.
    pub before_decision: BeforeDecisionPolicy,
    /// Promised dates.
    pub promised_date: PromisedDatePolicy,
    /// Enquiries.
    pub enquiry: EnquiryPolicy,
    /// Carts left behind.
    pub cart: CartPolicy,
    /// Interest that was shown.
    pub positive_reaction: PositiveReactionPolicy,
    /// Rising usage.
    pub usage_surge: UsageSurgePolicy,
    /// Metrics used far more than others use them.
    pub heavy_feature: HeavyFeaturePolicy,
    /// Changes of how the customer works.
    pub workflow_change: WorkflowChangePolicy,
    /// Releases.
    pub new_release: NewReleasePolicy,
    /// Success elsewhere in the group.
    pub group_success: GroupSuccessPolicy,
    /// Replacements.
    pub replacement_due: ReplacementDuePolicy,
    /// Repurchase.
    pub cadence: CadencePolicy,
    /// Sustained low use.
    pub under_use: UnderUsePolicy,
    /// Key persons who are gone.
    pub key_person_gone: KeyPersonGonePolicy,
    /// Requests for referrals.
    pub referral: ReferralPolicy,
    /// Regular visits.
    pub visit_due: VisitDuePolicy,
    /// Dormancy.
    pub dormant: DormantPolicy,
}

impl RulePolicy {
    /// Whether every code that is switched off is that of a rule.
    pub(crate) fn off_are_rules(&self) -> bool {
        self.off.iter().all(|code| rule(code).is_some())
    }
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
    limit_hit::RULE,
    renewal::RULE,
    continued::RULE,
    just_bought::RULE,
    trial_end::RULE,
    budget_planning::RULE,
    budget_fixing::RULE,
    fiscal_unknown::RULE,
    open_deal::RULE,
    before_decision::RULE,
    promised_date::RULE,
    enquiry::RULE,
    cart::RULE,
    positive_reaction::RULE,
    usage_surge::RULE,
    heavy_feature::RULE,
    workflow_change::RULE,
    new_release::RULE,
    group_success::RULE,
    replacement_due::RULE,
    cadence::RULE,
    care_need::RULE,
    under_use::RULE,
    key_person_gone::RULE,
    visit_due::RULE,
    thin_contact::RULE,
    nps_due::RULE,
    referral::RULE,
    dormant::RULE,
    key_man::RULE,
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
    for rule in RULES.iter().filter(|rule| is_on(look, rule.code)) {
        let mut of_rule = (rule.fires)(look);
        of_rule.sort_by(|a, b| a.occurrence.cmp(&b.occurrence));
        signals.extend(of_rule);
    }
    signals
}

/// Whether the policy leaves a rule on (S103).
pub(crate) fn is_on(look: &Look, code: &str) -> bool {
    look.policy.rules.off.iter().all(|off| off != code)
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
    // A package has the windows of its parts.
    let opens = move |signal: &Signal| {
        let rule = rule(signal.rule);
        rule.is_some_and(|rule| candidate.any_single(|single| (rule.opens)(single, signal)))
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
        opens_on: evidence.on.unwrap_or(Day(0)),
        closes_on: None,
        strength: 0.0,
        evidence: vec![evidence],
        dated: true,
        level: false,
    }
}

/// Whether a candidate is that play of care; one of no kind helps where something is wrong.
fn is_care(candidate: &Candidate, play: &str) -> bool {
    let offer = candidate.offer.as_str();
    let is = offer == play || (play == CARE && !is_kind(offer));
    candidate.motion == Motion::Care && is
}

/// Whether a candidate would newly bring, or starts from, the product that a signal is about.
fn on_product(candidate: &Candidate, signal: &Signal) -> bool {
    let Scope::Product(of) = &signal.scope else { return false };
    [&candidate.product, &candidate.from_product].into_iter().flatten().any(|is| is == of)
}

/// Whether a candidate would newly bring the product that a signal is about.
fn brings(candidate: &Candidate, signal: &Signal) -> bool {
    matches!((&signal.scope, &candidate.product), (Scope::Product(of), Some(is)) if of == is)
}

/// Whether a candidate goes with the product that a signal is about, and is not that product again.
fn related(candidate: &Candidate, signal: &Signal) -> bool {
    let Scope::Product(of) = &signal.scope else { return false };
    let goes = match candidate.motion {
        Motion::CrossSell | Motion::Bundle => candidate.goes_with.contains(of),
        Motion::Option => {
            candidate.goes_with.contains(of) || candidate.from_product.as_ref() == Some(of)
        }
        _ => false,
    };
    goes && candidate.product.as_ref() != Some(of)
}

/// Whether a candidate costs the customer something more, so that it takes a budget.
fn costs(candidate: &Candidate) -> bool {
    let more = candidate.revenue_month_minor.mean > 0.0 || candidate.once_minor.mean > 0.0;
    candidate.motion.sells() && more
}

/// The last day of the month that lies so many months before the month of a day.
fn month_end_before(day: Day, months: i32) -> Day {
    Day(day.month_start().plus_months(Months(1 - months)).0 - 1)
}

/// Whole days of a positive number, at most a century.
#[expect(clippy::cast_possible_truncation, reason = "clamped to what a century holds")]
fn whole_days(days: f64) -> Days {
    Days(days.ceil().clamp(0.0, 36_500.0) as i32)
}

/// Signals in one line each: occurrence, first and last day, and the Japanese sentences.
#[cfg(test)]
fn shown(signals: &[Signal]) -> String {
    let line = |signal: &Signal| {
        let closes = signal.closes_on.map_or_else(|| "-".to_owned(), |day| day.to_string());
        let said: String = signal.evidence.iter().map(|it| it.words.ja.as_str()).collect();
        format!("{} {}..{closes} {said}", signal.occurrence, signal.opens_on)
    };
    signals.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What a rule says of an example looked at on a day, as [`shown`].
#[cfg(test)]
fn on(example: &crate::examples::Example, as_of: &str, fires: fn(&Look) -> Vec<Signal>) -> String {
    let mut look = example.look();
    look.as_of = crate::examples::day(as_of);
    shown(&fires(&look))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;

    #[test]
    fn codes_are_unique_and_found() {
        for (i, rule) in RULES.iter().enumerate() {
            assert!(RULES[..i].iter().all(|other| other.code != rule.code), "{}", rule.code);
            assert_eq!(super::rule(rule.code).map(|found| found.ja), Some(rule.ja));
        }
        assert!(super::rule("none").is_none());
    }

    /// Every capability that timing serves; S53 is served by guards alone.
    #[test]
    fn every_timing_capability_is_cited_by_a_rule() {
        let cited: Vec<&str> = RULES.iter().flat_map(|rule| rule.cites.split(' ')).collect();
        let wanted = (36..=52).map(|n| format!("S{n}"));
        let more = ["S101", "S104", "S105", "S107", "N6", "N15"].map(str::to_owned);
        for capability in wanted.chain(more) {
            assert!(cited.contains(&capability.as_str()), "{capability} is cited by no rule");
        }
    }

    #[test]
    fn s103_every_rule_can_be_switched_off() {
        let mut example = Example::company();
        assert!(raw(&example.look()).iter().any(|signal| signal.rule == "renewal"));
        for rule in RULES {
            example.policy.rules.off.push(rule.code.to_owned());
            assert!(raw(&example.look()).iter().all(|signal| signal.rule != rule.code));
        }
        assert!(example.policy.rules.off_are_rules());
        assert_eq!(raw(&example.look()), []);
        example.policy.rules.off.push("renewals".to_owned());
        assert!(!example.policy.rules.off_are_rules());
    }
}
