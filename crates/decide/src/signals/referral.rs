//! Somebody at the customer recommends us, and it has had success (S15): the time to ask for a referral.
//!
//! A promoter is who answered the NPS question with `promoter_min` or more, within the days for which an answer counts
//! (`guards.loyalty.days`); who answered with less is never asked. Success is a result that was measured at the customer
//! within `success_days`, else use that rose by `rise` within 90 days. Nobody is asked again within `rest_days`, and each
//! answer opens one request. It opens 「推薦・紹介のお願い」 only.

use domain::ids::ContactKey;
use domain::time::{Day, Days};
use domain::words::Words;
use serde::Deserialize;

use super::usage_surge::FRESH_DAYS;
use super::{Rule, is_care, signal};
use crate::candidate::Evidence;
use crate::candidates::REFERRAL;
use crate::decision::{Scope, Signal};
use crate::facts::{Survey, Told};
use crate::guards::loyalty;
use crate::look::Look;
use crate::phrases::{figure, name, percent};

pub(super) const RULE: Rule = Rule {
    code: "referral",
    ja: "推奨者の成果",
    en: "Promoter with success",
    cites: "S15 S57 S58",
    fires,
    opens: |candidate, _| is_care(candidate, REFERRAL),
};

/// Who is asked for a referral.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReferralPolicy {
    /// From this NPS answer on somebody is a promoter: 9 or 10.
    pub promoter_min: u8,
    /// Days for which a measured result counts as success.
    pub success_days: i32,
    /// The rise of the mean use within 90 days that counts as success, as a share of what it was.
    pub rise: f64,
    /// Days after one request before the next.
    pub rest_days: i32,
}

impl Default for ReferralPolicy {
    fn default() -> Self {
        Self { promoter_min: 9, success_days: 365, rise: 0.1, rest_days: 180 }
    }
}

/// Why nobody is asked, or who may be.
pub(crate) enum Asked<'a> {
    /// Nobody recommends us, or somebody who decides does the opposite.
    NoPromoter,
    /// Nothing shows that it has had success.
    NoSuccess,
    /// It was asked on that day.
    Lately(Day),
    /// This answer, and the success.
    Ready(&'a Survey, Evidence),
}

/// Whether a customer may be asked for a referral.
pub(crate) fn asked<'a>(look: &Look<'a>) -> Asked<'a> {
    let Some(answer) = promoter(look) else { return Asked::NoPromoter };
    let days = look.policy.rules.referral.rest_days;
    let before = look.facts.touches.iter().filter(|touch| {
        touch.offer.as_ref().is_some_and(|offer| offer.as_str() == REFERRAL)
            && (0..days).contains(&look.days_since(touch.on))
    });
    if let Some(last) = before.map(|touch| touch.on).max() {
        return Asked::Lately(last);
    }
    match success(look) {
        Some(success) => Asked::Ready(answer, success),
        None => Asked::NoSuccess,
    }
}

/// The newest answer of a promoter who is still there, where nobody who decides is a detractor.
fn promoter<'a>(look: &Look<'a>) -> Option<&'a Survey> {
    let (least, days) = (look.policy.rules.referral.promoter_min, look.policy.guards.loyalty.days);
    if !look.is_customer() || !loyalty::detractor_answers(look).is_empty() {
        return None;
    }
    let there = |contact: ContactKey| {
        look.facts.contacts.iter().any(|it| it.contact == contact)
            && look.facts.occasions.gone.iter().all(|gone| gone.contact != contact)
    };
    look.facts.surveys.iter().find(|survey| {
        survey.question == "nps"
            && survey.score >= f64::from(least)
            && (0..=days).contains(&look.days_since(survey.on))
            && survey.contact.is_none_or(there)
    })
}

/// What shows that the customer has had success.
fn success(look: &Look) -> Option<Evidence> {
    let policy = &look.policy.rules.referral;
    let measured = look.facts.occasions.measured.iter();
    let mut measured =
        measured.filter(|it| (0..=policy.success_days).contains(&look.days_since(it.on)));
    let told = measured.find_map(|it| match &it.told {
        Told::Measured { metric, before, after } => Some((it, metric, *before, *after)),
        Told::Won => None,
    });
    if let Some((it, metric, before, after)) = told {
        let (product, before, after) =
            (name(look.catalogue, &it.product), figure(before), figure(after));
        let words = Words::new(
            format!(
                "{product}により{metric}が{before}から{after}になりました({}承認)。",
                it.on.display_ja()
            ),
            format!(
                "{product} changed {metric} from {before} to {after} (approved on {}).",
                it.on.display_en()
            ),
        );
        return Some(Evidence { words, source: it.source.clone(), on: Some(it.on) });
    }
    look.facts.usage.iter().find_map(|usage| {
        look.facts.active_contracts().find(|held| held.subscription == usage.subscription)?;
        let earlier = usage.earlier_mean.filter(|earlier| *earlier > 0.0)?;
        let rise = usage.recent_mean / earlier - 1.0;
        if rise + 1e-9 < policy.rise || look.days_since(usage.on) > FRESH_DAYS {
            return None;
        }
        let (metric, share) = (&usage.metric, percent(rise));
        let words = Words::new(
            format!("{metric}は直近90日の平均で、その前の90日から{share}増えています。"),
            format!("{metric} rose by {share} on average over 90 days."),
        );
        let source = format!("usage {} {metric}", usage.subscription);
        Some(Evidence { words, source, on: Some(usage.on) })
    })
}

fn fires(look: &Look) -> Vec<Signal> {
    let Asked::Ready(answer, success) = asked(look) else { return Vec::new() };
    let said = loyalty::evidence(look, answer);
    let mut signal = signal(RULE.code, Scope::Account, said);
    signal.evidence.push(success);
    signal.occurrence.clone_from(&answer.response);
    signal.opens_on = answer.on;
    signal.closes_on = Some(answer.on.plus(Days(look.policy.guards.loyalty.days)));
    signal.strength = 0.1;
    signal.dated = false;
    vec![signal]
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};
    use crate::facts::Success;
    use crate::life::{Touch, TouchKind};
    use domain::motion::{ContactRole, Motion};

    /// A company whose decision maker answered on 2026-01-10, with a result of 2025-09-10.
    fn answered(score: f64) -> Example {
        let mut example = Example::company();
        example.facts.usage.clear();
        example.answer(score);
        example.facts.occasions.measured = vec![Success {
            product: "KT-PRO".into(),
            told: Told::Measured { metric: "締め(日)".to_owned(), before: 5.0, after: 2.0 },
            on: day("2025-09-10"),
            source: "results E1".to_owned(),
        }];
        example
    }

    fn fired(example: &Example) -> bool {
        !fires(&example.look()).is_empty()
    }

    #[test]
    fn s15_eight_is_not_asked_and_nine_is() {
        assert!(!fired(&answered(8.0)) && fired(&answered(9.0)) && fired(&answered(10.0)));
        assert_eq!(
            on(&answered(9.0), "2026-03-12", fires),
            "R1 2026-01-10..2026-07-09 決裁者のNPSは9です(2026年1月10日)。勤怠 Proにより締め(日)が5から2になりました(2025年9月10日承認)。"
        );
        let mut torn = answered(9.0);
        torn.facts.surveys[0].contact = None;
        torn.answer(6.0);
        assert!(!fired(&torn), "somebody who decides is a detractor");
    }

    #[test]
    fn s15_the_answer_counts_for_half_a_year_and_its_giver_must_be_there() {
        let example = answered(9.0);
        assert_ne!(on(&example, "2026-07-09", fires), "");
        assert_eq!(on(&example, "2026-07-10", fires), "");
        let mut gone = answered(9.0);
        gone.facts.contacts[0].contact = ContactKey(7);
        assert!(!fired(&gone));
    }

    #[test]
    fn s15_success_is_a_result_of_a_year_or_use_that_rose() {
        let mut example = answered(9.0);
        example.facts.surveys[0].on = day("2026-09-09");
        assert_ne!(on(&example, "2026-09-10", fires), "");
        assert_eq!(on(&example, "2026-09-11", fires), "");
        let mut grown = answered(9.0);
        grown.facts.occasions.measured.clear();
        assert!(!fired(&grown));
        grown.facts.usage = Example::company().facts.usage;
        for (recent, expected) in [(87.9, false), (88.0, true)] {
            grown.facts.usage[0].recent_mean = recent;
            assert_eq!(fired(&grown), expected, "{recent} after 80");
        }
    }

    #[test]
    fn s15_who_was_asked_is_left_alone_for_half_a_year() {
        let mut example = answered(9.0);
        let asked = |on: &str| Touch {
            play: "p1".into(),
            on: day(on),
            kind: TouchKind::Contact,
            offer: Some(REFERRAL.into()),
            product: None,
            motion: Some(Motion::Care),
            by_rep: false,
            contact: None,
        };
        example.facts.touches = vec![asked("2025-09-14")];
        assert!(!fired(&example), "179 days ago");
        example.facts.touches = vec![asked("2025-09-13")];
        assert!(fired(&example), "180 days ago");
    }

    #[test]
    fn s15_a_user_who_recommends_us_is_enough() {
        let mut example = answered(9.0);
        example.facts.surveys[0].role = Some(ContactRole::User);
        assert!(fired(&example));
    }
}
