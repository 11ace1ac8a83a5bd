//! A limit of the customer's own plan version is nearly reached (S36, S37, N6).
//!
//! Fires from a share of the limit on, or where today's pace reaches the limit soon. The pace counts
//! only when it is larger than its standard error. A metric that counts people is held against the
//! contract's seats when those are fewer than the plan includes. One signal per contract and limit: its
//! occurrence is the limit itself and the crossing of the threshold. Once open it closes only where usage
//! has fallen `rearm` below the threshold and the pace does not reach the limit soon; from then on the next
//! crossing is another one, so usage that teeters around the threshold never makes a second play. A new
//! limit (another plan, more seats) is another occurrence, too.

use domain::motion::Motion;
use domain::time::Day;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, signal, whole_days};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::Usage;
use crate::life::levels;
use crate::look::Look;
use crate::phrases::{add, figure, percent};

pub(super) const RULE: Rule = Rule {
    code: "limit_near",
    ja: "上限への接近",
    en: "Limit nearly reached",
    cites: "S4 S36 S37 N6",
    fires,
    opens,
};

/// When a limit counts as near.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitNearPolicy {
    /// From this share of the limit on.
    pub share: f64,
    /// Or where the limit is reached within these days at today's pace.
    pub crossing_days: i32,
    /// Once near, it counts as near until usage is this much below the share (N6).
    pub rearm: f64,
    /// Once near, it counts as near until the crossing is so many days further off than `crossing_days`.
    pub rearm_days: i32,
    /// Metrics that count against the contract's seats, by name.
    pub seat_metrics: Vec<String>,
}

impl Default for LimitNearPolicy {
    fn default() -> Self {
        let metrics = [
            "users",
            "seats",
            "active_users",
            "利用ユーザー",
            "ユーザー数",
            "利用者数",
            "利用人数",
        ];
        Self {
            share: 0.8,
            crossing_days: 90,
            rearm: 0.05,
            rearm_days: 30,
            seat_metrics: metrics.map(str::to_owned).into(),
        }
    }
}

/// What binds a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Binding {
    /// What the plan includes.
    Plan(f64),
    /// The contract's seats, which are fewer than the plan includes.
    Seats(f64),
}

impl Binding {
    /// The limit, in the metric's unit.
    pub(crate) fn limit(self) -> f64 {
        match self {
            Self::Plan(limit) | Self::Seats(limit) => limit,
        }
    }
}

/// What binds a metric's usage, if anything does.
pub(crate) fn binding(look: &Look, usage: &Usage) -> Option<Binding> {
    let contract = look
        .facts
        .active_contracts()
        .find(|contract| contract.subscription == usage.subscription)?;
    let counts_seats = look.policy.rules.limit_near.seat_metrics.contains(&usage.metric);
    let seats = contract.seats.filter(|seats| counts_seats && *seats > 0).map(|seats| seats as f64);
    let plan = usage.limit.filter(|limit| *limit > 0.0);
    match (seats, plan) {
        (Some(seats), Some(plan)) if seats < plan => Some(Binding::Seats(seats)),
        (Some(seats), None) => Some(Binding::Seats(seats)),
        (_, Some(plan)) => Some(Binding::Plan(plan)),
        (None, None) => None,
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    look.facts.usage.iter().filter_map(|usage| near(look, usage)).collect()
}

fn near(look: &Look, usage: &Usage) -> Option<Signal> {
    let limit = binding(look, usage)?.limit();
    let share = usage.value / limit;
    let crosses = crossing(usage, limit);
    let policy = &look.policy.rules.limit_near;
    let occurrence = format!("{}:{}:{}", usage.subscription, usage.metric, figure(limit));
    let (from, days) = if levels::is_open(look, RULE.code, &occurrence) {
        (policy.share - policy.rearm, policy.crossing_days.saturating_add(policy.rearm_days))
    } else {
        (policy.share, policy.crossing_days)
    };
    let soon = crosses.is_some_and(|day| look.as_of.0 <= day.0 && -look.days_since(day) <= days);
    // Shares are quotients: what is equal on paper is equal here.
    if share < from - 1e-9 && !soon {
        return None;
    }
    let said = Evidence {
        words: words(usage, limit, crosses),
        source: format!("usage {} {}", usage.subscription, usage.metric),
        on: Some(usage.on),
    };
    let mut signal = signal(RULE.code, Scope::Contract(usage.subscription.clone()), said);
    signal.occurrence = occurrence;
    signal.level = true;
    signal.closes_on = crosses.filter(|day| *day >= look.as_of && is_foreseeable(usage, *day));
    // A limit that nobody sees coming is a lesser reason than a day that is set.
    signal.strength = match signal.closes_on {
        _ if share >= 1.0 => 1.0,
        Some(_) => 0.6 + 0.3 * share,
        None => 0.4 + 0.25 * share,
    };
    Some(signal)
}

/// The day on which today's pace reaches the limit; none when usage does not rise, or has reached it.
fn crossing(usage: &Usage, limit: f64) -> Option<Day> {
    let rises = usage.slope_per_day > usage.slope_sd && usage.slope_per_day > 0.0;
    let left = limit - usage.value;
    (rises && left > 0.0 && usage.readings >= 3)
        .then(|| left / usage.slope_per_day)
        .filter(|days| *days <= 3_650.0)
        .map(|days| usage.on.plus(whole_days(days)))
}

/// Days ahead for which a pace tells a day.
const FORESEEABLE_DAYS: i32 = 365;

fn is_foreseeable(usage: &Usage, day: Day) -> bool {
    day.since(usage.on).0 <= FORESEEABLE_DAYS
}

fn words(usage: &Usage, limit: f64, crosses: Option<Day>) -> Words {
    let (value, top, share) = (figure(usage.value), figure(limit), percent(usage.value / limit));
    let metric = &usage.metric;
    let (ja_on, en_on) = (usage.on.display_ja(), usage.on.display_en());
    let mut words = Words::new(
        format!("{metric}は上限{top}に対して{value}({share}、{ja_on}時点)です。"),
        format!("{metric}: {value} of {top} ({share}, as of {en_on})."),
    );
    if usage.value >= limit {
        add(&mut words, "すでに上限に達しています。", " The limit is reached.");
    } else if crosses.is_some_and(|day| !is_foreseeable(usage, day)) {
        add(
            &mut words,
            "この増え方では、1年以内に上限へ達する見込みはありません。",
            " At this pace it is not reached within a year.",
        );
    } else if let Some(day) = crosses {
        let (ja, en) = (day.display_ja(), day.display_en());
        let ja = format!("この増え方が続くと、{ja}頃に上限へ達する見込みです。");
        add(&mut words, &ja, &format!(" At this pace the limit is reached around {en}."));
    }
    words
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    matches!(candidate.motion, Motion::PlanUp | Motion::Seats)
        && super::on_contract(candidate, signal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;
    use domain::time::Days;

    fn check(value: f64, slope: f64, expected: &str) {
        let mut example = Example::company();
        example.facts.usage[0].value = value;
        example.facts.usage[0].slope_per_day = slope;
        let found = fires(&example.look());
        let said: Vec<_> = found
            .iter()
            .map(|s| {
                let closes = s.closes_on.map_or_else(|| "-".to_owned(), |day| day.to_string());
                format!("{} {closes} {}", s.occurrence, s.evidence[0].words.ja)
            })
            .collect();
        assert_eq!(said.join("\n"), expected);
    }

    #[test]
    fn near_by_share_or_by_pace() {
        check(60.0, 0.0, "");
        check(60.0, 0.1, "");
        check(
            93.0,
            0.25,
            "S1:利用ユーザー:100 2026-04-07 利用ユーザーは上限100に対して93(93 %、2026年3月10日時点)です。この増え方が続くと、2026年4月7日頃に上限へ達する見込みです。",
        );
        check(
            60.0,
            0.5,
            "S1:利用ユーザー:100 2026-05-29 利用ユーザーは上限100に対して60(60 %、2026年3月10日時点)です。この増え方が続くと、2026年5月29日頃に上限へ達する見込みです。",
        );
        check(
            85.0,
            -0.5,
            "S1:利用ユーザー:100 - 利用ユーザーは上限100に対して85(85 %、2026年3月10日時点)です。",
        );
        check(
            101.0,
            0.5,
            "S1:利用ユーザー:100 - 利用ユーザーは上限100に対して101(101 %、2026年3月10日時点)です。すでに上限に達しています。",
        );
    }

    #[test]
    fn a_pace_within_its_error_predicts_nothing() {
        let mut example = Example::company();
        example.facts.usage[0].value = 60.0;
        example.facts.usage[0].slope_per_day = 0.5;
        example.facts.usage[0].slope_sd = 0.6;
        assert_eq!(fires(&example.look()), []);
    }

    #[test]
    fn people_are_held_against_seats_and_other_metrics_are_not() {
        let mut example = Example::company();
        example.facts.contracts[0].seats = Some(50);
        example.facts.usage[0].value = 45.0;
        let usage = &example.facts.usage[0];
        assert_eq!(binding(&example.look(), usage), Some(Binding::Seats(50.0)));
        let found = fires(&example.look());
        assert_eq!(
            found[0].evidence[0].words.en,
            "利用ユーザー: 45 of 50 (90 %, as of 10 Mar 2026). At this pace the limit is reached around 30 Mar 2026."
        );
        example.facts.usage[0].metric = "ストレージGB".to_owned();
        assert_eq!(fires(&example.look()), []);
    }

    #[test]
    fn an_ended_contract_has_no_limits() {
        let mut example = Example::company();
        example.facts.contracts[0].active = false;
        assert_eq!(fires(&example.look()), []);
    }

    #[test]
    fn the_day_is_not_moved_by_asking_again() {
        let example = Example::company();
        let first = fires(&example.look());
        let mut later = example.look();
        later.as_of = later.as_of.plus(Days(3));
        assert_eq!(first[0].occurrence, fires(&later)[0].occurrence);
        assert_eq!(first[0].opens_on, fires(&later)[0].opens_on);
    }
}
