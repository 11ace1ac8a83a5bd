//! A regular visit is due (S41, S75): proactive contact, not only replies.
//!
//! How often depends on how the customer is looked after and where it stands on its way (S34, S83): the policy's
//! `touch` section gives days for each touch model, fewer while a customer is new. The days count from the last call,
//! meeting, visit or hearing, or from the first day where there was none. Where the workspace records no such
//! contacts nothing is known of them, and nothing is due. Persons, households and tech touch get none.

use domain::words::Words;
use serde::Deserialize;

use super::{Rule, is_care, signal};
use crate::candidate::Evidence;
use crate::candidates::HEARING;
use crate::decision::{Scope, Signal};
use crate::look::Look;
use crate::phrases;

pub(super) const RULE: Rule = Rule {
    code: "visit_due",
    ja: "定期訪問の時期",
    en: "Regular visit due",
    cites: "S34 S41 S75 S83",
    fires,
    opens: |candidate, _| is_care(candidate, HEARING),
};

/// When nobody is expected.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VisitDuePolicy {
    /// Days by which a visit may be late before it is said to be due.
    pub grace_days: i32,
}

/// The last day on which somebody spoke with the customer.
pub(super) fn spoken_on(look: &Look) -> Option<domain::time::Day> {
    let touches = look.facts.touches.iter().filter(|touch| touch.by_rep && touch.on <= look.as_of);
    look.facts.last_human_touch_on.max(touches.map(|touch| touch.on).max())
}

fn fires(look: &Look) -> Vec<Signal> {
    // The feature is missing where the workspace records no human touches.
    let recorded = look.facts.features.contains_key("human_touches");
    if !recorded || !look.facts.takes_hours() || !look.is_customer() {
        return Vec::new();
    }
    let Some((last, every)) = spoken_on(look).or(look.facts.customer_since).zip(every(look)) else {
        return Vec::new();
    };
    let due = last.plus(domain::time::Days(every));
    let late = look.days_since(due);
    if late < look.policy.rules.visit_due.grace_days.max(0) {
        return Vec::new();
    }
    let (ja_on, en_on) = (last.display_ja(), last.display_en());
    let ago = phrases::days(look.days_since(last));
    let since = look.days_since(last);
    let touch = look.facts.touch.words();
    let (ja, en) = if spoken_on(look).is_some() {
        (
            format!("前回の面談・電話({ja_on})から{since}日たっています"),
            format!("The last talk was {ago} ago, on {en_on}"),
        )
    } else {
        (
            format!("{ja_on}のお取引開始から面談・電話の記録がありません"),
            format!("No talk is on record since it became a customer on {en_on}"),
        )
    };
    let words = Words::new(
        format!("{ja}({}の目安は{every}日ごと)。", touch.ja),
        format!("{en} ({}: every {}).", touch.en.to_lowercase(), phrases::days(every)),
    );
    let source = format!("accounts {}", look.facts.account);
    let said = Evidence { words, source, on: Some(last) };
    vec![Signal {
        occurrence: last.to_string(),
        opens_on: due,
        strength: 0.3,
        dated: false,
        ..signal(RULE.code, Scope::Account, said)
    }]
}

/// Days between visits, by touch model and stage.
fn every(look: &Look) -> Option<i32> {
    let touch = look.policy.touch.of(look.facts.touch);
    let new = look
        .facts
        .customer_since
        .is_some_and(|since| look.days_since(since) <= crate::journey::NEW_DAYS);
    let days = if new { touch.onboarding_visit_days } else { touch.visit_days };
    days.get().map(|days| i32::try_from(days).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};
    use crate::policy::Cap;
    use domain::motion::TouchModel;

    fn spoken(touch: TouchModel) -> Example {
        let mut example = Example::company();
        example.facts.touch = touch;
        example.facts.last_human_touch_on = Some(day("2026-01-10"));
        example.facts.features.insert("human_touches", 4.0);
        example
    }

    #[test]
    fn s41_s83_the_touch_model_gives_the_cadence() {
        let high = spoken(TouchModel::High);
        assert_eq!(on(&high, "2026-03-10", fires), "");
        assert_eq!(
            on(&high, "2026-03-11", fires),
            "2026-01-10 2026-03-11..- 前回の面談・電話(2026年1月10日)から60日たっています(ハイタッチの目安は60日ごと)。"
        );
        let low = spoken(TouchModel::Low);
        assert_eq!(on(&low, "2026-05-09", fires), "");
        assert!(on(&low, "2026-07-09", fires).ends_with("(ロータッチの目安は180日ごと)。"));
        assert_eq!(on(&spoken(TouchModel::Tech), "2027-01-01", fires), "");
    }

    #[test]
    fn s34_who_is_new_is_seen_more_often() {
        let mut example = spoken(TouchModel::Low);
        example.facts.customer_since = Some(day("2025-12-20"));
        assert_eq!(on(&example, "2026-02-08", fires), "");
        assert!(on(&example, "2026-02-09", fires).contains("30日ごと"));
        example.facts.last_human_touch_on = None;
        assert!(on(&example, "2026-01-19", fires).contains("お取引開始から"));
    }

    #[test]
    fn s41_where_nobody_records_talks_nothing_is_due() {
        let mut example = spoken(TouchModel::High);
        example.facts.features.clear();
        assert_eq!(on(&example, "2026-12-01", fires), "");
    }

    #[test]
    fn s83_none_means_no_visits_and_a_later_talk_moves_the_day() {
        let mut example = spoken(TouchModel::High);
        example.policy.touch.high.visit_days = Cap::NONE;
        assert_eq!(on(&example, "2026-12-01", fires), "");
        let mut example = spoken(TouchModel::High);
        example.facts.last_human_touch_on = Some(day("2026-02-10"));
        assert_eq!(on(&example, "2026-03-11", fires), "");
        assert!(on(&example, "2026-04-11", fires).starts_with("2026-02-10 2026-04-11"));
    }
}
