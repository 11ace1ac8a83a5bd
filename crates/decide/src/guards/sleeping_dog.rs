//! Sleeping dogs are left alone (N3): who is likelier to leave when approached is not sold to.
//!
//! A sleeping dog is an account for which the 80 % upper bound of the effect of an approach on staying, the highest
//! over the offers that may be made, is below zero. Selling to it stops; support, renewal notices and a fair smaller
//! contract do not. Where no effect is known, that is said, and nothing is held: an effect that is the same for
//! everybody is no reason to leave one customer alone.
//!
//! Source of the segments: Radcliffe and Surry (1999), "Differential Response Analysis".

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
    check,
};

/// The effect of taking an offer on staying, as the odds carry it; none where both chances are one and the same
/// estimate, for then nobody measured a difference.
///
/// The variance of a difference of independent estimates is the sum of theirs.
fn effect(scored: &Scored) -> Option<Estimate> {
    let (stay, taken) = (scored.odds.stay, scored.odds.stay_if_taken);
    (stay != taken).then(|| Estimate {
        mean: taken.mean - stay.mean,
        sd: stay.sd.hypot(taken.sd),
        provenance: stay.provenance.min(taken.provenance),
        n: taken.n.min(stay.n),
    })
}

/// The effect with the highest 80 % upper bound over the offers that sell and that no other guard stands against; the
/// offers come in the order of their ids. None where it is measured of none of them.
pub fn of_offers(look: &Look, scored: &[Scored]) -> Option<Estimate> {
    let sells = scored.iter().filter(|scored| scored.candidate.motion.sells());
    let measured = sells.filter_map(|scored| Some((scored, effect(scored)?)));
    let allowed = measured.filter(|(scored, _)| {
        let others = GUARDS.iter().filter(|guard| guard.code != GUARD.code);
        others
            .into_iter()
            .all(|guard| super::ask(guard, look, &scored.candidate).says == Says::Allow)
    });
    let upper = |effect: &Estimate| effect.interval_80().1;
    allowed.map(|(_, effect)| effect).reduce(
        |best, next| {
            if upper(&next) > upper(&best) { next } else { best }
        },
    )
}

/// Percentage points with their sign: `-4.2`.
fn points(x: f64) -> String {
    format!("{:+.1}", x * 100.0)
}

fn check(look: &Look, _: &Candidate) -> Verdict {
    let Some(effect) = look.facts.bars.effect else {
        let words = Words::new(
            "提案が継続に与える影響は測定していません。",
            "How an offer changes the chance of staying is not measured.",
        );
        return allow(GUARD.code, words);
    };
    let (lower, upper) = effect.interval_80();
    let known = known(&effect);
    let said = Words::new(
        format!(
            "提案による継続率の変化は、最も良い提案で{}ポイントです(80 %区間 {}〜{}、{})。",
            points(effect.mean),
            points(lower),
            points(upper),
            known.ja
        ),
        format!(
            "The offer that suits best changes the chance of staying by {} points (80 % interval {} to {}; {}).",
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
    let evidence = vec![Evidence { words: said, source, on: None }];
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
        check(None, "allow: 提案が継続に与える影響は測定していません。");
        check(
            Some(Estimate::estimated(-0.1, 0.078, 900)),
            "hold: 提案による継続率の変化は、最も良い提案で-10.0ポイントです(80 %区間 -20.0〜-0.0、900件から推定)。提案は控え、サポートと更新のご案内だけを続けます。",
        );
        check(
            Some(Estimate::estimated(-0.1, 0.0781, 900)),
            "allow: 提案による継続率の変化は、最も良い提案で-10.0ポイントです(80 %区間 -20.0〜+0.0、900件から推定)。",
        );
        check(
            Some(Estimate::known(0.0)),
            "allow: 提案による継続率の変化は、最も良い提案で+0.0ポイントです(80 %区間 +0.0〜+0.0、実績による)。",
        );
        check(
            Some(Estimate::prior(-0.2, 0.01)),
            "hold: 提案による継続率の変化は、最も良い提案で-20.0ポイントです(80 %区間 -21.3〜-18.7、仮定値)。提案は控え、サポートと更新のご案内だけを続けます。",
        );
    }

    #[test]
    fn n3_the_offer_that_speaks_most_for_it_counts_unless_it_is_held() {
        let mut example = Example::company();
        let with = |motion, mean: f64| {
            let mut scored = example.scored(motion);
            scored.odds.stay_if_taken = Estimate::estimated(0.95 + mean, 0.02, 300);
            scored
        };
        let (term, option) = (with(Motion::Term, -0.2), with(Motion::Option, 0.04));
        let care = with(Motion::Care, 0.5);
        let same = example.scored(Motion::PlanUp);
        let of = |example: &Example, offers: &[Scored]| {
            of_offers(&example.look(), offers).map(|effect| (effect.mean * 100.0).round())
        };
        assert_eq!(of(&example, &[term.clone(), option.clone(), care, same.clone()]), Some(4.0));
        assert_eq!(of(&example, std::slice::from_ref(&term)), Some(-20.0));
        assert_eq!(of(&example, &[same]), None);
        example.escalate();
        assert_eq!(of(&example, &[term, option]), None);
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
