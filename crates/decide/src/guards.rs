//! Guards: when not to sell (S53, S57-S65, N2, N3, N5, N12).
//!
//! A guard is one file with its doc, its section of the policy, both languages' sentences and its
//! tests; [`GUARDS`] lists them. Each gives a verdict with its reason, also when it allows. Guards hold
//! upsell and cross-sell of every form, a longer term too; they never hold a smaller contract, care, or
//! the next step of a deal in progress ([`Motion::sells`](domain::motion::Motion::sells)).
//!
//! They stand in this order, in which they are asked and shown: what people and payments forbid, how the customer
//! feels and what an approach does to it, whose sale it is and whether it is one, whom and when it reaches, and last
//! who is left out so that the effect can be measured.

pub(crate) mod stop;
pub(crate) mod credit;
mod cancel_notice;
pub(crate) mod escalation;
mod incident;
pub(crate) mod loyalty;
pub(crate) mod at_risk;
pub mod sleeping_dog;
mod reseller;
mod open_deal;
mod cool_down;
mod need_fit;
mod quiet;
mod addressee;
pub(crate) mod permission;
pub(crate) mod governor;
mod hold_out;

use std::borrow::Cow;

use domain::words::Words;
use serde::Deserialize;

use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::look::Look;

pub use at_risk::AtRiskPolicy;
pub use cool_down::CoolDownPolicy;
pub use governor::Window;
pub use hold_out::HoldOutPolicy;
pub use incident::IncidentPolicy;
pub use loyalty::LoyaltyPolicy;
pub use need_fit::NeedFitPolicy;
pub use permission::PermissionPolicy;

/// The policy's section of guards.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuardPolicy {
    /// Codes of guards that are not asked (S103).
    pub off: Vec<String>,
    /// Incidents.
    pub incident: IncidentPolicy,
    /// Loyalty.
    pub loyalty: LoyaltyPolicy,
    /// Rejections.
    pub cool_down: CoolDownPolicy,
    /// The chance to leave.
    pub at_risk: AtRiskPolicy,
    /// The need.
    pub need_fit: NeedFitPolicy,
    /// Permissions.
    pub permission: PermissionPolicy,
    /// The hold-out.
    pub hold_out: HoldOutPolicy,
}

/// Whether a guard's answer is the same for every offer to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The same for every offer that sells.
    Account,
    /// It depends on the offer.
    Offer,
}

/// Where what a guard asks is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knows {
    /// In the store: asked anew at the click.
    Store,
    /// By the night alone (forecasts, chances): the click takes the verdict of the night.
    Night,
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
    /// Where what it asks is known.
    pub knows: Knows,
    /// Which data it reads, and how they say it; Markdown.
    pub reads: &'static str,
    /// Whether it surely allows: a quick look without words, where an answer depends on the offer.
    clear: Option<Clear>,
    check: fn(&Look, &Candidate) -> Verdict,
}

/// Every guard, in the order in which they are asked and shown.
pub const GUARDS: &[Guard] = &[
    stop::GUARD,
    credit::GUARD,
    cancel_notice::GUARD,
    escalation::GUARD,
    incident::GUARD,
    loyalty::GUARD,
    at_risk::GUARD,
    sleeping_dog::GUARD,
    reseller::GUARD,
    open_deal::GUARD,
    cool_down::GUARD,
    need_fit::GUARD,
    quiet::GUARD,
    addressee::GUARD,
    permission::GUARD,
    governor::GUARD,
    hold_out::GUARD,
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

/// How a guard tells without words that it has nothing against.
#[derive(Debug, Clone, Copy)]
enum Clear {
    /// Any offer to the account.
    All(fn(&Look) -> bool),
    /// One offer.
    Each(fn(&Look, &Candidate) -> bool),
}

impl Clear {
    fn of(self, look: &Look, candidate: &Candidate) -> bool {
        match self {
            Self::All(clear) => clear(look),
            Self::Each(clear) => clear(look, candidate),
        }
    }
}

/// The verdict that stands against each of an account's offers, if one does: what is the same for all of them is asked
/// once.
pub fn against(look: &Look, candidates: &[Candidate]) -> Vec<Option<Verdict>> {
    let Some(selling) = candidates.iter().find(|candidate| candidate.motion.sells()) else {
        return candidates.iter().map(|_| None).collect();
    };
    let wide: Vec<Option<Verdict>> = GUARDS
        .iter()
        .map(|guard| (guard.reach == Reach::Account).then(|| ask(guard, look, selling)))
        .collect();
    // None: every offer is looked at for itself.
    let all_clear: Vec<Option<bool>> = GUARDS
        .iter()
        .map(|guard| match guard.clear {
            Some(Clear::All(clear)) => Some(clear(look)),
            Some(Clear::Each(_)) | None => None,
        })
        .collect();
    let one = |candidate: &Candidate| {
        let clear = |guard: &Guard| {
            let parts =
                |clear: Clear| candidate.parts.iter().all(|part| clear.of(look, &part.candidate));
            guard.clear.is_some_and(|clear| clear.of(look, candidate) && parts(clear))
        };
        let known = GUARDS.iter().zip(wide.iter().zip(&all_clear));
        let asked = known.filter_map(|(guard, (wide, all_clear))| match wide {
            Some(verdict) => Some(Cow::Borrowed(verdict)),
            None if all_clear.unwrap_or_else(|| clear(guard)) => None,
            None => Some(Cow::Owned(ask(guard, look, candidate))),
        });
        let against: Vec<Cow<'_, Verdict>> =
            asked.filter(|verdict| verdict.says != Says::Allow).collect();
        longest(against.iter().map(AsRef::as_ref)).cloned()
    };
    candidates.iter().map(|it| if it.motion.sells() { one(it) } else { None }).collect()
}

/// One guard's verdict on a candidate.
pub(crate) fn ask(guard: &Guard, look: &Look, candidate: &Candidate) -> Verdict {
    if candidate.motion.sells() && is_off(look, guard.code) {
        let words =
            Words::new("運用ポリシーで無効にしています。", "The policy has switched it off.");
        allow(guard.code, words)
    } else if candidate.motion.sells() {
        // A package is held where one of its parts is.
        let mut parts = candidate.parts.iter().map(|part| (guard.check)(look, &part.candidate));
        let against = parts.find(|verdict| verdict.says != Says::Allow);
        against.unwrap_or_else(|| (guard.check)(look, candidate))
    } else {
        let words = Words::new(
            format!("{}は停止条件の対象外です。", candidate.motion.words().ja),
            format!("{} is never held.", candidate.motion.words().en),
        );
        allow(guard.code, words)
    }
}

/// Whether the policy has switched a guard off (S103).
pub(crate) fn is_off(look: &Look, code: &str) -> bool {
    look.policy.guards.off.iter().any(|off| off == code)
}

/// The verdict that decides: the first that blocks, else the first of the holds that last longest.
pub fn deciding(verdicts: &[Verdict]) -> Option<&Verdict> {
    longest(verdicts.iter())
}

fn longest<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Option<&'a Verdict> {
    let weight = |verdict: &Verdict| match verdict.says {
        Says::Allow => (0, 0),
        Says::HoldUntil(Some(day)) => (1, i64::from(day.0)),
        Says::HoldUntil(None) => (2, 0),
        Says::Block => (3, 0),
    };
    let mut found: Option<&Verdict> = None;
    for verdict in verdicts.filter(|verdict| verdict.says != Says::Allow) {
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

    /// Every guard that is asked for is there, in its order, and says what it is called and which capability it serves.
    #[test]
    fn every_guard_is_listed() {
        let listed: Vec<String> =
            GUARDS.iter().map(|guard| format!("{} {}", guard.code, guard.cites)).collect();
        insta::assert_snapshot!(listed.join("\n"), @r"
        stop S53 S62
        credit S53 S62
        cancel_notice S48 S53 N4
        escalation S35 S61 S62
        incident S53 S61
        loyalty S57 S58 S59 S61
        at_risk S53 S61 S64 N3
        sleeping_dog N3 S53 S61
        reseller S53 S82
        open_deal S32 S108 N20
        cool_down S53 S62 N5
        need_fit S62 N6
        quiet S53
        addressee S61 S62
        permission N12 S62
        governor N5 S62
        hold_out N2 N7
        ");
        for guard in GUARDS {
            assert!(!guard.ja.is_empty() && !guard.en.is_empty(), "{}", guard.code);
            let said = crate::explain::reason(guard.code);
            assert_ne!(said, crate::explain::reason("no such code"), "{}", guard.code);
        }
    }

    /// S103: each can be switched off, and then holds nobody.
    #[test]
    fn s103_each_guard_can_be_switched_off() {
        let mut example = Example::company();
        example.escalate();
        let candidate = example.candidate(Motion::CrossSell);
        assert_eq!(
            deciding(&check(&example.look(), &candidate)).map(|v| v.guard),
            Some("escalation")
        );
        for guard in GUARDS {
            example.policy.guards.off = vec![guard.code.to_owned()];
            let verdict = ask(guard, &example.look(), &candidate);
            assert_eq!(verdict.says, Says::Allow, "{}", guard.code);
            assert_eq!(verdict.reason.en, "The policy has switched it off.");
        }
        example.policy.guards.off = vec!["escalation".to_owned()];
        assert!(deciding(&check(&example.look(), &candidate)).is_none());
    }

    #[test]
    fn many_offers_at_once_meet_what_each_meets_alone() {
        for held in [false, true] {
            let mut example = Example::buyer();
            if held {
                example.escalate();
            }
            let offer = |(motion, product): (Motion, &str)| Candidate {
                product: Some(product.into()),
                ..example.candidate(motion)
            };
            let offers =
                [(Motion::CrossSell, "GTK"), (Motion::PlanUp, "GTX-P"), (Motion::Care, "GTK")]
                    .map(offer);
            let look = example.look();
            let alone: Vec<Option<Verdict>> =
                offers.iter().map(|offer| deciding(&check(&look, offer)).cloned()).collect();
            assert_eq!(against(&look, &offers), alone);
            assert_eq!(alone.iter().flatten().count(), if held { 2 } else { 1 });
        }
    }

    proptest::proptest! {
        /// Where a quick look says that a guard allows, it does, whatever stands there.
        #[test]
        fn a_quick_look_never_allows_what_is_held(bits in 0_u32..1 << 16, motion in 0_usize..11) {
            let example = Example::of_bits(bits);
            let mut candidate = example.candidate(Motion::ALL[motion]);
            candidate.product = Some("KT-ENT".into());
            candidate.subscription = Some("S1".into());
            candidate.contact = (bits & 1 == 0).then_some(domain::ids::ContactKey(1));
            if bits & 2 == 0 {
                candidate.channel = domain::motion::Channel::Mail;
            }
            let look = example.look();
            for guard in GUARDS.iter().filter(|_| candidate.motion.sells()) {
                if guard.clear.is_some_and(|clear| clear.of(&look, &candidate)) {
                    let says = ask(guard, &look, &candidate).says;
                    proptest::prop_assert_eq!(says, Says::Allow, "{}", guard.code);
                }
            }
            let alone = deciding(&check(&look, &candidate)).cloned();
            proptest::prop_assert_eq!(against(&look, &[candidate])[0].clone(), alone);
        }
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
