//! Sleeping dogs are left alone (N3): who is likelier to leave when approached is not sold to.
//!
//! A sleeping dog is an account for which the 80 % upper bound of the effect of an offer on staying, the highest over
//! the offers that may be made, is below zero. Selling to it stops; support, renewal notices and a fair smaller contract
//! do not. Where no effect is known of one of the offers, that is said, and nothing is held.
//!
//! ```text
//! effect = c + (P(y | contact) - P(y | leave)) * (r(1) - r(0))
//! ```
//!
//! c is what being approached does to staying whatever comes of it ([`AccountFacts::contact_effect`]), known of calls and
//! visits; the rest is what taking the offer does. The variance is the sum of both terms', the chances of taking it as
//! given. Source of the segments: Radcliffe and Surry (1999), "Differential Response Analysis".
//!
//! [`AccountFacts::contact_effect`]: crate::facts::AccountFacts::contact_effect

use domain::probability::Estimate;
use domain::words::Words;

use super::{GUARDS, Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence, Scored};
use crate::decision::{Says, Verdict};
use crate::look::Look;
use crate::phrases::known;

pub(super) const GUARD: Guard = Guard {
    code: "sleeping_dog",
    ja: "働きかけの逆効果",
    en: "Better left alone",
    cites: "N3 S53 S61",
    reach: Reach::Account,
    knows: Knows::Night,
    reads: "what an approach does to staying, as the night estimates it; at the click the night's verdict",
    clear: None,
    check,
};

/// What an offer does to staying; none where neither what an approach does nor what taking it does is known: both
/// chances of staying are one and the same estimate then, for nobody measured a difference.
fn effect(look: &Look, scored: &Scored) -> Option<Estimate> {
    let odds = &scored.odds;
    let approach = look.facts.effect_of_contact(scored.candidate.channel);
    let (stay, taken) = (odds.stay, odds.stay_if_taken);
    let accept = odds.opportunity.times(odds.won).mean;
    let lift = (accept - odds.organic.mean).max(0.0);
    let taking = (stay != taken).then(|| Estimate {
        mean: lift * (taken.mean - stay.mean),
        sd: lift * stay.sd.hypot(taken.sd),
        provenance: stay.provenance.min(taken.provenance),
        n: taken.n.min(stay.n),
    });
    match (approach, taking) {
        (Some(approach), Some(taking)) => Some(Estimate {
            mean: approach.mean + taking.mean,
            sd: approach.sd.hypot(taking.sd),
            provenance: approach.provenance.min(taking.provenance),
            n: approach.n,
        }),
        (approach, taking) => approach.or(taking),
    }
}

/// The effect with the highest 80 % upper bound over the offers that sell and that no other guard stands against; the
/// offers come in the order of their ids. None where it is not known of one of them.
pub fn of_offers(look: &Look, scored: &[Scored]) -> Option<Estimate> {
    let sells = scored.iter().filter(|scored| scored.candidate.motion.sells());
    if !sells.clone().any(|scored| effect(look, scored).is_some_and(|it| it.mean < 0.0)) {
        // Nothing speaks against an approach: not worth asking every guard.
        return sells.filter_map(|scored| effect(look, scored)).reduce(higher);
    }
    let allowed = sells.filter(|scored| {
        let others = GUARDS.iter().filter(|guard| guard.code != GUARD.code);
        others
            .into_iter()
            .all(|guard| super::ask(guard, look, &scored.candidate).says == Says::Allow)
    });
    let effects: Option<Vec<Estimate>> = allowed.map(|scored| effect(look, scored)).collect();
    effects?.into_iter().reduce(higher)
}

fn higher(best: Estimate, next: Estimate) -> Estimate {
    if next.interval_80().1 > best.interval_80().1 { next } else { best }
}

/// Percentage points with their sign: `-4.2`.
fn points(x: f64) -> String {
    format!("{:+.1}", x * 100.0)
}

fn check(look: &Look, _: &Candidate) -> Verdict {
    let Some(effect) = look.facts.bars.effect else {
        let words = Words::new(
            "働きかけが継続に与える影響は測定していません。",
            "How an approach changes the chance of staying is not measured.",
        );
        return allow(GUARD.code, words);
    };
    let (lower, upper) = effect.interval_80();
    let known = known(&effect);
    let said = Words::new(
        format!(
            "働きかけによる継続率の変化は{}ポイントです(80 %区間 {}〜{}、{})。",
            points(effect.mean),
            points(lower),
            points(upper),
            known.ja
        ),
        format!(
            "An approach changes the chance of staying by {} points (80 % interval {} to {}; {}).",
            points(effect.mean),
            points(lower),
            points(upper),
            known.en
        ),
    );
    if upper >= 0.0 {
        return allow(GUARD.code, said);
    }
    let words = Words::new(
        format!("{}提案は控え、サポートと更新のご案内だけを続けます。", said.ja),
        format!("{} No offers; support and renewal notices go on.", said.en),
    );
    let source = format!("accounts {}", look.facts.account);
    let mut evidence = vec![Evidence { words: said, source, on: None }];
    evidence.extend(look.facts.contact_because.iter().cloned());
    because(hold(GUARD.code, Says::HoldUntil(None), words), evidence)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{said, said_of};
    use super::*;
    use crate::examples::Example;
    use domain::motion::Motion;

    fn check(effect: Option<Estimate>, expected: &str) {
        let mut example = Example::company();
        example.facts.bars.effect = effect;
        assert_eq!(said("sleeping_dog", &example), expected);
    }

    /// The upper bound is the mean plus 1.2816 standard deviations.
    #[test]
    fn n3_the_upper_bound_decides() {
        check(None, "allow: 働きかけが継続に与える影響は測定していません。");
        check(
            Some(Estimate::estimated(-0.1, 0.078, 900)),
            "hold: 働きかけによる継続率の変化は-10.0ポイントです(80 %区間 -20.0〜-0.0、900件から推定)。提案は控え、サポートと更新のご案内だけを続けます。",
        );
        check(
            Some(Estimate::estimated(-0.1, 0.0781, 900)),
            "allow: 働きかけによる継続率の変化は-10.0ポイントです(80 %区間 -20.0〜+0.0、900件から推定)。",
        );
        check(
            Some(Estimate::known(0.0)),
            "allow: 働きかけによる継続率の変化は+0.0ポイントです(80 %区間 +0.0〜+0.0、実績による)。",
        );
        check(
            Some(Estimate::prior(-0.2, 0.01)),
            "hold: 働きかけによる継続率の変化は-20.0ポイントです(80 %区間 -21.3〜-18.7、仮定値)。提案は控え、サポートと更新のご案内だけを続けます。",
        );
    }

    /// Chances of taking: 6.3 % with contact, 2 % without.
    #[test]
    fn n3_the_offer_that_speaks_most_for_it_counts_unless_it_is_held() {
        let mut example = Example::company();
        let with = |example: &Example, motion, mean: f64| {
            let mut scored = example.scored(motion);
            scored.odds.stay_if_taken = Estimate::estimated(0.95 + mean, 0.0, 300);
            scored
        };
        let of = |example: &Example, offers: &[Scored]| {
            of_offers(&example.look(), offers).map(|effect| (effect.mean * 1e4).round() / 100.0)
        };
        let worse = with(&example, Motion::Term, -0.5);
        let better = with(&example, Motion::Option, 0.04);
        let (same, care) = (example.scored(Motion::PlanUp), with(&example, Motion::Care, 0.9));
        assert_eq!(of(&example, &[worse.clone(), better.clone(), care]), Some(0.17));
        assert_eq!(of(&example, std::slice::from_ref(&worse)), Some(-2.15));
        // One offer of which nothing is known: it may be harmless.
        assert_eq!(of(&example, &[worse.clone(), same.clone()]), None);
        assert_eq!(of(&example, std::slice::from_ref(&same)), None);
        example.facts.contact_effect = Some(Estimate::estimated(-0.1, 0.01, 900));
        assert_eq!(of(&example, &[worse.clone(), same.clone()]), Some(-10.0));
        let mut mailed = same;
        mailed.candidate.channel = domain::motion::Channel::Mail;
        assert_eq!(of(&example, &[worse.clone(), mailed]), None);
        example.escalate();
        assert_eq!(of(&example, &[worse, better]), None);
    }

    #[test]
    fn n3_support_renewal_and_a_fair_downsell_go_on() {
        let mut example = Example::company();
        example.facts.bars.effect = Some(Estimate::estimated(-0.3, 0.01, 900));
        for motion in [Motion::Care, Motion::Downsell, Motion::Advance] {
            let verdict = said_of("sleeping_dog", &example, &example.candidate(motion));
            assert!(verdict.starts_with("allow"), "{verdict}");
        }
        assert!(said("sleeping_dog", &example).starts_with("hold"));
    }
}
