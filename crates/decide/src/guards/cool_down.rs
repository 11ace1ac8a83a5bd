//! Not again what was just declined (S62): so many rejections of a product within so many days hold it.
//!
//! A rejection is a lost deal for the product or by the offer, or a play that a rep finished as lost; a deal the
//! customer asked for counts too, since it declined in the end. A won deal of the same product, or a play
//! finished as won, ends the series. So many rejections of offers of one motion, whatever the product, hold that motion;
//! deals say no motion, so these are of plays only.
//!
//! A rep who marks an offer as not a fit for a reason that lasts ([`crate::life::reasons`]) holds it too, for the
//! policy's days or until the data show otherwise: the customer asks for it, a deal for it is opened, or a contract of
//! it ends. That covers the same offer, the same product however it is offered, and the same move of the same contract.

use domain::ids::ProductId;
use domain::time::{Day, Days};
use domain::words::Words;
use serde::Deserialize;

use super::{Clear, Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::{Outcome, Proposal, Refusal};
use crate::life::reasons::{self, KeepsOff, Reason};
use crate::life::{Touch, TouchKind};
use crate::look::Look;
use crate::policy::Cap;

pub(super) const GUARD: Guard = Guard {
    code: "cool_down",
    ja: "再提案までの待機期間",
    en: "Cool-down",
    cites: "S53 S62 N5",
    reach: Reach::Offer,
    knows: Knows::Store,
    reads: "`proposals` that were lost, plays that ended as lost or were marked as not a fit",
    clear: Some(Clear::Each(clear)),
    check,
};

/// How many rejections hold an offer, and for how long.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CoolDownPolicy {
    /// Rejections from which on an offer is held; 0 holds all, none never holds.
    pub rejections: Cap,
    /// Days within which they count.
    pub days: i32,
    /// Rejections from which on all offers of the motion are held; 0 holds all, none never holds.
    pub motion_rejections: Cap,
    /// Days within which those count.
    pub motion_days: i32,
    /// Days for which an offer is held that a rep marked as not needed, or as another maker's field; 0 never holds.
    pub refused_days: i32,
}

impl Default for CoolDownPolicy {
    fn default() -> Self {
        Self {
            rejections: Cap::at_most(2),
            days: 180,
            motion_rejections: Cap::at_most(3),
            motion_days: 90,
            refused_days: 180,
        }
    }
}

fn is_of(candidate: &Candidate, deal: &Proposal) -> bool {
    let same_product = deal.product.is_some() && deal.product == candidate.product;
    same_product || deal.offer.as_ref() == Some(&candidate.offer)
}

/// One customer's answer to an offer, from a deal or from a play.
struct Answer {
    on: Day,
    lost: bool,
    evidence: Evidence,
}

fn of_deal(deal: &Proposal) -> Option<Answer> {
    let on = deal.closed_on.unwrap_or(deal.opened_on);
    let lost = match deal.outcome {
        Outcome::Open => return None,
        Outcome::Won => false,
        Outcome::Lost => true,
    };
    let words = Words::new(
        format!("{}の商談は失注でした。", on.display_ja()),
        format!("The deal of {} was lost.", on.display_en()),
    );
    let source = format!("proposals {}", deal.proposal);
    Some(Answer { on, lost, evidence: Evidence { words, source, on: Some(on) } })
}

fn of_product(candidate: &Candidate, touch: &Touch) -> Option<Answer> {
    is_about(candidate, touch).then(|| of_touch(touch))?
}

fn is_about(candidate: &Candidate, touch: &Touch) -> bool {
    let same_product = touch.product.is_some() && touch.product == candidate.product;
    same_product || touch.offer.as_ref() == Some(&candidate.offer)
}

fn of_motion(candidate: &Candidate, touch: &Touch) -> Option<Answer> {
    (touch.motion == Some(candidate.motion)).then(|| of_touch(touch))?
}

fn of_touch(touch: &Touch) -> Option<Answer> {
    if touch.kind == TouchKind::Contact {
        return None;
    }
    let words = Words::new(
        format!("{}の提案はお断りでした。", touch.on.display_ja()),
        format!("The offer of {} was declined.", touch.on.display_en()),
    );
    let source = format!("plays {}", touch.play);
    let evidence = Evidence { words, source, on: Some(touch.on) };
    Some(Answer { on: touch.on, lost: touch.kind == TouchKind::Rejection, evidence })
}

/// Rejections since the last win within so many days, newest first.
fn rejections(look: &Look, answers: impl Iterator<Item = Answer>, days: i32) -> Vec<Answer> {
    let (mut lost, won): (Vec<Answer>, Vec<Answer>) = answers.partition(|answer| answer.lost);
    let won = won.iter().map(|answer| answer.on).max();
    let within = |on: Day| (0..days).contains(&look.days_since(on));
    lost.retain(|answer| won.is_none_or(|won| answer.on > won) && within(answer.on));
    let key = |answer: &Answer| answer.evidence.source.clone();
    lost.sort_by(|a, b| b.on.cmp(&a.on).then_with(|| key(a).cmp(&key(b))));
    lost
}

/// Rejections of the offer or its product.
fn of_offer(look: &Look, candidate: &Candidate) -> Vec<Answer> {
    let deals = look.facts.proposals.iter().filter(|deal| is_of(candidate, deal));
    let touches = look.facts.touches.iter().filter_map(|touch| of_product(candidate, touch));
    let answers = deals.filter_map(of_deal).chain(touches);
    rejections(look, answers, look.policy.guards.cool_down.days)
}

/// What so many rejections hold: the offer, or its motion.
fn held(
    lost: Vec<Answer>,
    (cap, days): (Cap, i32),
    (ja_what, en_what): (&str, &str),
) -> Option<Verdict> {
    let n = lost.len();
    let needed = cap.get().filter(|needed| n >= *needed as usize)? as usize;
    let counted = Words::new(
        format!("過去{days}日間に{ja_what}{n}件お断りをいただいているため、"),
        format!("Declined {n} times{en_what} within {days} days; "),
    );
    let until = needed.checked_sub(1).map(|oldest| lost[oldest].on.plus(Days(days)));
    let words = match until {
        Some(until) => Words::new(
            format!("{}{}まで再提案を控えます。", counted.ja, until.display_ja()),
            format!("{}not again until {}.", counted.en, until.display_en()),
        ),
        None => Words::new(
            "お断りの許容件数が0件に設定されているため、提案しません。",
            "The policy holds from no rejection on: nothing is offered.",
        ),
    };
    let evidence = lost.into_iter().map(|answer| answer.evidence).collect();
    Some(because(hold(GUARD.code, Says::HoldUntil(until), words), evidence))
}

/// Whether a refusal was of this offer, of its product, or of the same move of the same contract.
fn is_refusal_of(candidate: &Candidate, refusal: &Refusal) -> bool {
    let same_product = refusal.product.is_some() && refusal.product == candidate.product;
    let (theirs, ours) = (refusal.offer.as_str(), candidate.offer.as_str());
    let stem = |offer: &str| offer.split(':').take(2).map(str::to_owned).collect::<Vec<_>>();
    theirs == ours || same_product || (theirs.contains(':') && stem(theirs) == stem(ours))
}

/// Whether the data have shown since a refusal that it holds no more.
fn is_overtaken(look: &Look, candidate: &Candidate, refusal: &Refusal) -> bool {
    let product = refusal.product.as_ref().or(candidate.product.as_ref());
    let Some(product) = product else { return false };
    let facts = look.facts;
    let since = |on: Day| on >= refusal.on && on <= look.as_of;
    let about = |of: Option<&ProductId>| of == Some(product);
    facts.enquiries.iter().any(|asked| about(asked.product.as_ref()) && since(asked.on))
        || facts.proposals.iter().any(|deal| {
            about(deal.product.as_ref())
                && deal.outcome == Outcome::Open
                && deal.opened_on > refusal.on
        })
        || facts
            .contracts
            .iter()
            .any(|contract| contract.product == *product && contract.ended_on.is_some_and(since))
}

/// Until when a refusal holds the offer; `None`: it does not.
fn kept_off(look: &Look, refusal: &Refusal) -> Option<(Says, Words)> {
    let reason = Reason::find(reasons::REFUSE, &refusal.reason)?;
    let (on, said) = (refusal.on, reason.words());
    let (ja_on, en_on) = (on.display_ja(), on.display_en());
    match reason.keeps_off {
        KeepsOff::Occasion => None,
        KeepsOff::Days => {
            let until = on.plus(Days(look.policy.guards.cool_down.refused_days));
            let (ja, en) = (until.display_ja(), until.display_en());
            let words = Words::new(
                format!(
                    "{ja_on}に「{}」として見送りとされたため、{ja}まで再提案を控えます。",
                    said.ja
                ),
                format!("Marked as not a fit on {en_on} (\"{}\"); not again until {en}.", said.en),
            );
            (until > look.as_of).then_some((Says::HoldUntil(Some(until)), words))
        }
        KeepsOff::UntilShown => {
            let words = Words::new(
                format!(
                    "{ja_on}に「{}」として見送りとされました。お問い合わせ、商談、解約の記録が入るまで再提案を控えます。",
                    said.ja
                ),
                format!(
                    "Marked as not a fit on {en_on} (\"{}\"); not again until an enquiry, a deal or the end of a contract shows otherwise.",
                    said.en
                ),
            );
            Some((Says::HoldUntil(None), words))
        }
    }
}

/// The verdict of the latest refusal that still holds.
fn refused(look: &Look, candidate: &Candidate) -> Option<Verdict> {
    let ours = look.facts.refusals.iter().filter(|refusal| {
        refusal.on <= look.as_of
            && is_refusal_of(candidate, refusal)
            && !is_overtaken(look, candidate, refusal)
    });
    let holding = ours.filter_map(|refusal| Some((refusal, kept_off(look, refusal)?)));
    let (refusal, (says, words)) = holding.max_by_key(|(refusal, (says, _))| {
        (*says == Says::HoldUntil(None), refusal.on, refusal.play.clone())
    })?;
    let source = format!("plays {}", refusal.play);
    let evidence = vec![Evidence { words: words.clone(), source, on: Some(refusal.on) }];
    Some(because(hold(GUARD.code, says, words), evidence))
}

/// Whether fewer declined within the days than hold it, and nobody marked anything as not a fit.
fn clear(look: &Look, candidate: &Candidate) -> bool {
    let policy = &look.policy.guards.cool_down;
    let below = |cap: Cap, n: usize| cap.get().is_none_or(|cap| n < cap as usize);
    let within = |on: Day, days: i32| (0..days).contains(&look.days_since(on));
    let lost = |deal: &&Proposal| {
        deal.outcome == Outcome::Lost
            && within(deal.closed_on.unwrap_or(deal.opened_on), policy.days)
            && is_of(candidate, deal)
    };
    let declined = |days: i32| {
        let touches = look.facts.touches.iter();
        touches.filter(move |it| it.kind == TouchKind::Rejection && within(it.on, days))
    };
    let of_product = declined(policy.days).filter(|touch| is_about(candidate, touch)).count();
    let of_motion = |touch: &&Touch| touch.motion == Some(candidate.motion);
    look.facts.refusals.is_empty()
        && below(policy.motion_rejections, declined(policy.motion_days).filter(of_motion).count())
        && below(policy.rejections, look.facts.proposals.iter().filter(lost).count() + of_product)
}

fn check(look: &Look, candidate: &Candidate) -> Verdict {
    if let Some(refused) = refused(look, candidate) {
        return refused;
    }
    let policy = &look.policy.guards.cool_down;
    let (lost, days) = (of_offer(look, candidate), policy.days);
    let n = lost.len();
    if let Some(held) = held(lost, (policy.rejections, days), ("", "")) {
        return held;
    }
    let touches = look.facts.touches.iter().filter_map(|touch| of_motion(candidate, touch));
    let of_motion = rejections(look, touches, policy.motion_days);
    let motion = candidate.motion.words();
    let (ja, en) = (format!("「{}」で", motion.ja), format!(" for \"{}\"", motion.en));
    let cap = (policy.motion_rejections, policy.motion_days);
    held(of_motion, cap, (&ja, &en)).unwrap_or_else(|| {
        allow(
            GUARD.code,
            Words::new(
                format!("過去{days}日間のお断りは{n}件です。"),
                format!("Declined {n} times within {days} days."),
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said_of;
    use crate::examples::{Example, day, deal};
    use crate::facts::{Outcome, Refusal};
    use crate::life::{Touch, TouchKind};
    use domain::motion::Motion;

    fn check(deals: &[(&str, Outcome)], expected: &str) {
        let mut example = Example::buyer();
        example.facts.proposals = deals
            .iter()
            .enumerate()
            .map(|(i, (closed, outcome))| deal(&format!("D{i}"), "GTK", closed, *outcome))
            .collect();
        let mut candidate = example.candidate(Motion::CrossSell);
        candidate.product = Some("GTK".into());
        assert_eq!(said_of("cool_down", &example, &candidate), expected);
    }

    #[test]
    fn two_rejections_within_half_a_year_hold_until_one_is_old() {
        use Outcome::{Lost, Won};
        check(&[], "allow: 過去180日間のお断りは0件です。");
        check(&[("2026-01-10", Lost)], "allow: 過去180日間のお断りは1件です。");
        check(
            &[("2025-01-10", Lost), ("2026-01-10", Lost)],
            "allow: 過去180日間のお断りは1件です。",
        );
        check(
            &[("2025-12-01", Lost), ("2026-01-10", Lost)],
            "hold until 2026-05-30: 過去180日間に2件お断りをいただいているため、2026年5月30日まで再提案を控えます。",
        );
        check(
            &[("2025-11-01", Lost), ("2025-12-01", Lost), ("2026-01-10", Lost)],
            "hold until 2026-05-30: 過去180日間に3件お断りをいただいているため、2026年5月30日まで再提案を控えます。",
        );
        check(
            &[("2025-12-01", Lost), ("2025-12-20", Won), ("2026-01-10", Lost)],
            "allow: 過去180日間のお断りは1件です。",
        );
    }

    #[test]
    fn n5_zero_holds_all_and_none_holds_nothing() {
        use crate::policy::Cap;
        let mut example = Example::buyer();
        example.policy.guards.cool_down.rejections = Cap::at_most(0);
        let candidate = example.candidate(Motion::CrossSell);
        assert_eq!(
            said_of("cool_down", &example, &candidate),
            "hold: お断りの許容件数が0件に設定されているため、提案しません。"
        );
        example.policy.guards.cool_down.rejections = Cap::NONE;
        let lost = |i: usize| deal(&format!("D{i}"), "X", "2026-03-01", Outcome::Lost);
        example.facts.proposals = (0..9).map(lost).collect();
        assert_eq!(
            said_of("cool_down", &example, &candidate),
            "allow: 過去180日間のお断りは9件です。"
        );
    }

    /// As of 2026-03-12: three rejections of cross-sell, of products of their own, within 90 days.
    #[test]
    fn s62_rejections_of_a_motion_hold_the_motion() {
        let check = |days: [&str; 3], motion: Motion, expected: &str| {
            let mut example = Example::company();
            let touch = |(i, on): (usize, &str)| Touch {
                play: format!("p{i}").as_str().into(),
                on: day(on),
                kind: TouchKind::Rejection,
                offer: Some(format!("cross_sell:Y{i}").as_str().into()),
                product: Some(format!("Y{i}").as_str().into()),
                motion: Some(Motion::CrossSell),
                by_rep: true,
                contact: None,
            };
            example.facts.touches = days.into_iter().enumerate().map(touch).collect();
            let candidate = example.candidate(motion);
            assert_eq!(said_of("cool_down", &example, &candidate), expected);
        };
        let (in_time, too_old) = ("2025-12-13", "2025-12-12");
        let held = "hold until 2026-03-13: 過去90日間に「クロスセル」で3件お断りをいただいているため、2026年3月13日まで再提案を控えます。";
        let free = "allow: 過去180日間のお断りは0件です。";
        check([in_time, "2026-01-05", "2026-02-01"], Motion::CrossSell, held);
        check([too_old, "2026-01-05", "2026-02-01"], Motion::CrossSell, free);
        check([in_time, "2026-01-05", "2026-02-01"], Motion::Option, free);
    }

    /// An offer that was refused on 2026-01-10, as of 2026-03-12.
    fn refused(offer: &str, product: Option<&str>, reason: &str) -> Example {
        let mut example = Example::company();
        example.facts.refusals.push(Refusal {
            play: "0123456789abcdef".into(),
            offer: offer.into(),
            product: product.map(Into::into),
            on: day("2026-01-10"),
            reason: reason.to_owned(),
        });
        example
    }

    #[track_caller]
    fn check_refused(example: &Example, offer: &str, expected: &str) {
        let mut candidate = example.candidate(Motion::CrossSell);
        candidate.offer = offer.into();
        candidate.product = offer.split(':').next_back().map(Into::into);
        let said = said_of("cool_down", example, &candidate);
        assert!(said.starts_with(expected), "{said}");
    }

    #[test]
    fn what_nobody_needs_is_not_offered_again_for_half_a_year() {
        let mut example = refused("cross_sell:GTK", Some("GTK"), "no_need");
        check_refused(
            &example,
            "cross_sell:GTK",
            "hold until 2026-07-09: 2026年1月10日に「必要がない」として",
        );
        check_refused(&example, "option:GTK", "hold until 2026-07-09");
        check_refused(&example, "cross_sell:IT-TERM", "allow");
        example.policy.guards.cool_down.refused_days = 30;
        check_refused(&example, "cross_sell:GTK", "allow");
    }

    #[test]
    fn the_same_move_of_the_same_contract_is_held() {
        let example = refused("term:S1:24", None, "no_need");
        check_refused(&example, "term:S1:12", "hold until 2026-07-09");
        check_refused(&example, "term:S2:12", "allow");
    }

    #[test]
    fn what_they_have_already_waits_for_the_data() {
        let mut example = refused("cross_sell:GTK", Some("GTK"), "has_it");
        check_refused(&example, "cross_sell:GTK", "hold: ");
        example.facts.proposals = vec![deal("P2", "GTK", "2026-02-01", Outcome::Open)];
        check_refused(&example, "cross_sell:GTK", "allow");
        let mut example = refused("cross_sell:GTK", Some("GTK"), "has_it");
        example.facts.enquiries.push(crate::facts::Enquiry {
            id: "Q1".to_owned(),
            asked: crate::facts::Asked::Quote,
            on: day("2026-02-11"),
            product: Some("GTK".into()),
            answered_on: None,
        });
        check_refused(&example, "cross_sell:GTK", "allow");
    }

    #[test]
    fn other_reasons_speak_of_the_occasion_only() {
        for reason in ["wrong_data", "relation", "other", "unheard of"] {
            check_refused(
                &refused("cross_sell:GTK", Some("GTK"), reason),
                "cross_sell:GTK",
                "allow",
            );
        }
    }
}
