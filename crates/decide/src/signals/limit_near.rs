//! A limit of the customer's own plan version is nearly reached (S36, N6); what has reached it is another rule's.
//!
//! Fires from a share of the limit on, or where the limit will likely be reached soon: the chance within
//! `crossing_days`, as the night's forecast of the series says. A metric that counts people is held against the
//! contract's seats when those are fewer than the plan includes. One signal per contract and limit: its
//! occurrence is the limit itself and the crossing of the threshold. Once open it closes only where usage
//! has fallen `rearm` below the threshold and the limit will not likely be reached soon; from then on the next
//! crossing is another one, so usage that teeters around the threshold never makes a second play. A new
//! limit (another plan, more seats) is another occurrence, too.
//!
//! A date is said as what it is: a range that holds eight of ten times, with its median, and no day beyond a year.

use domain::motion::Motion;
use domain::time::{Day, Days};
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::{Contract, Reach, Usage};
use crate::life::levels::{self, Threshold};
use crate::look::Look;
use crate::phrases::{about, add, figure, percent, same_year_ja, span};

pub(super) const RULE: Rule = Rule {
    code: "limit_near",
    ja: "上限への接近",
    en: "Limit nearly reached",
    cites: "S4 S36 N6",
    fires,
    opens,
};

/// When a limit counts as near.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitNearPolicy {
    /// From this share of the limit on.
    pub share: f64,
    /// Or where the limit is reached within these days …
    pub crossing_days: i32,
    /// … with at least this chance.
    pub chance: f64,
    /// Once near, it counts as near until usage is this much below the share (N6).
    pub rearm: f64,
    /// Once near, it counts as near while the limit is reached with that chance within so many days more.
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
            chance: 0.5,
            rearm: 0.05,
            rearm_days: 30,
            seat_metrics: metrics.map(str::to_owned).into(),
        }
    }
}

/// What binds a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Binding {
    /// What the plan includes.
    Plan(f64),
    /// The contract's seats, which are fewer than the plan includes.
    Seats(f64),
}

impl Binding {
    /// The limit, in the metric's unit.
    pub fn limit(self) -> f64 {
        match self {
            Self::Plan(limit) | Self::Seats(limit) => limit,
        }
    }
}

/// What binds a metric under a contract whose plan includes `included` of it, if anything does.
pub fn binds(
    policy: &LimitNearPolicy,
    contract: &Contract,
    (metric, included): (&str, Option<f64>),
) -> Option<Binding> {
    let counts_seats = policy.seat_metrics.iter().any(|of_seats| of_seats == metric);
    let seats = contract.seats.filter(|seats| counts_seats && *seats > 0).map(|seats| seats as f64);
    let plan = included.filter(|limit| *limit > 0.0);
    match (seats, plan) {
        (Some(seats), Some(plan)) if seats < plan => Some(Binding::Seats(seats)),
        (Some(seats), None) => Some(Binding::Seats(seats)),
        (_, Some(plan)) => Some(Binding::Plan(plan)),
        (None, None) => None,
    }
}

/// What binds a metric's usage, if anything does.
pub(crate) fn binding(look: &Look, usage: &Usage) -> Option<Binding> {
    let contract = look
        .facts
        .active_contracts()
        .find(|contract| contract.subscription == usage.subscription)?;
    binds(&look.policy.rules.limit_near, contract, (usage.metric.as_str(), usage.limit))
}

fn fires(look: &Look) -> Vec<Signal> {
    look.facts.usage.iter().filter_map(|usage| near(look, usage)).collect()
}

fn near(look: &Look, usage: &Usage) -> Option<Signal> {
    let limit = binding(look, usage)?.limit();
    let share = usage.value / limit;
    let policy = &look.policy.rules.limit_near;
    let occurrence = format!("{}:{}:{}", usage.subscription, usage.metric, figure(limit));
    if super::limit_hit::is_hit(look, (&occurrence, share)) {
        return None;
    }
    let open = levels::is_open(look, RULE.code, &occurrence);
    let chance = |reach: &Reach| if open { reach.chance_rearm } else { reach.chance };
    let soon = usage.reach.as_ref().is_some_and(|reach| chance(reach) >= policy.chance - 1e-9);
    let level = Threshold { at: policy.share, rearm: policy.rearm };
    let by_share = level.above(look, (RULE.code, &occurrence), share);
    if !by_share && !soon {
        return None;
    }
    let mut words = words(usage, limit);
    if !by_share && let Some(reach) = &usage.reach {
        let (days, chance) = (policy.crossing_days, percent(reach.chance));
        add(
            &mut words,
            &format!("{days}日以内に達する見込みは{chance}です。"),
            &format!(" The chance within {days} days is {chance}."),
        );
    }
    let said = Evidence {
        words,
        source: format!("usage {} {}", usage.subscription, usage.metric),
        on: Some(usage.on),
    };
    let mut signal = signal(RULE.code, Scope::Contract(usage.subscription.clone()), said);
    signal.occurrence = occurrence;
    signal.level = true;
    let expected = usage.reach.and_then(|reach| reach.p50).filter(|_| share < 1.0);
    signal.closes_on = expected.filter(|day| *day >= look.as_of && is_foreseeable(usage, *day));
    // A limit that nobody sees coming is a lesser reason than a day that is set.
    signal.strength = match signal.closes_on {
        _ if share >= 1.0 => 1.0,
        Some(_) => 0.6 + 0.3 * share,
        None => 0.4 + 0.25 * share,
    };
    Some(signal)
}

/// Days after a reading for which a day is told.
const FORESEEABLE_DAYS: i32 = 365;

fn is_foreseeable(usage: &Usage, day: Day) -> bool {
    day <= usage.on.plus(Days(FORESEEABLE_DAYS))
}

fn words(usage: &Usage, limit: f64) -> Words {
    let (value, top, share) = (figure(usage.value), figure(limit), percent(usage.value / limit));
    let metric = &usage.metric;
    let (ja_on, en_on) = (usage.on.display_ja(), usage.on.display_en());
    let mut words = Words::new(
        format!("{metric}は上限{top}に対して{value}({share}、{ja_on}時点)です。"),
        format!("{metric}: {value} of {top} ({share}, as of {en_on})."),
    );
    if usage.value >= limit {
        add(&mut words, "すでに上限に達しています。", " The limit is reached.");
    } else if let Some(reach) = &usage.reach {
        let when = when(usage, reach);
        add(&mut words, &when.ja, &when.en);
    }
    words
}

/// When the limit is reached, as far as that can be foreseen.
fn when(usage: &Usage, reach: &Reach) -> Words {
    let seen = |day: Option<Day>| day.filter(|day| is_foreseeable(usage, *day));
    match (seen(reach.p10), seen(reach.p50), seen(reach.p90)) {
        (Some(early), Some(middle), Some(late)) => {
            let (span, ja, en) =
                (span(early, late), same_year_ja(middle, early), middle.display_en());
            Words::new(
                format!("上限に達するのは{}(中央値は{ja}頃)の見込みです。", span.ja),
                format!(" The limit is expected to be reached {} (median {en}).", span.en),
            )
        }
        (Some(early), Some(middle), None) => {
            let (about, ja, en) = (about(early), same_year_ja(middle, early), middle.display_en());
            Words::new(
                format!(
                    "早ければ{}、中央値では{ja}頃に上限へ達する見込みです。1年以内に達しない場合もあります。",
                    about.ja
                ),
                format!(
                    " The limit may be reached by {} at the earliest, at the median on {en}; it may also not be reached within a year.",
                    about.en
                ),
            )
        }
        (Some(early), None, _) => {
            let about = about(early);
            Words::new(
                format!(
                    "早ければ{}に上限へ達する可能性があります(1年以内に達する見込みは50 %未満)。",
                    about.ja
                ),
                format!(
                    " The limit may be reached by {} at the earliest, but the chance within a year is below 50 %.",
                    about.en
                ),
            )
        }
        _ => Words::new(
            "1年以内に上限へ達する見込みは10 %未満です。",
            " The chance that the limit is reached within a year is below 10 %.",
        ),
    }
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    matches!(candidate.motion, Motion::PlanUp | Motion::Seats)
        && super::on_contract(candidate, signal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day, reach};

    fn check(value: f64, reach: Option<Reach>, expected: &str) {
        let mut example = Example::company();
        example.facts.usage[0].value = value;
        example.facts.usage[0].reach = reach;
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
    fn near_by_share_or_by_chance() {
        let far = reach((Some("2026-09-01"), Some("2026-12-01"), None), 0.02);
        check(60.0, None, "");
        check(60.0, Some(far), "");
        check(
            93.0,
            Some(reach((Some("2026-03-25"), Some("2026-04-07"), Some("2026-05-12")), 0.97)),
            "S1:利用ユーザー:100 2026-04-07 利用ユーザーは上限100に対して93(93 %、2026年3月10日時点)です。上限に達するのは2026年3月下旬〜5月中旬(中央値は4月7日頃)の見込みです。",
        );
        check(
            60.0,
            Some(reach((Some("2026-04-20"), Some("2026-05-29"), Some("2026-10-01")), 0.62)),
            "S1:利用ユーザー:100 2026-05-29 利用ユーザーは上限100に対して60(60 %、2026年3月10日時点)です。上限に達するのは2026年4月中旬〜10月上旬(中央値は5月29日頃)の見込みです。90日以内に達する見込みは62 %です。",
        );
        check(
            85.0,
            Some(reach((None, None, None), 0.01)),
            "S1:利用ユーザー:100 - 利用ユーザーは上限100に対して85(85 %、2026年3月10日時点)です。1年以内に上限へ達する見込みは10 %未満です。",
        );
        check(
            101.0,
            Some(reach((Some("2026-03-12"), Some("2026-03-12"), Some("2026-03-12")), 1.0)),
            "",
        );
        check(
            85.0,
            None,
            "S1:利用ユーザー:100 - 利用ユーザーは上限100に対して85(85 %、2026年3月10日時点)です。",
        );
    }

    #[test]
    fn no_day_is_told_that_cannot_be_foreseen() {
        let said = |days, chance| {
            let mut example = Example::company();
            example.facts.usage[0].reach = Some(reach(days, chance));
            let found = fires(&example.look());
            (found[0].closes_on, found[0].evidence[0].words.en.clone())
        };
        let (closes, words) =
            said((Some("2026-06-03"), Some("2027-01-05"), Some("2027-12-01")), 0.2);
        assert_eq!(closes, Some(day("2027-01-05")));
        assert!(
            words.ends_with("by early June 2026 at the earliest, at the median on 5 Jan 2027; it may also not be reached within a year."),
            "{words}"
        );
        let (closes, words) = said((Some("2026-12-03"), Some("2027-03-11"), None), 0.05);
        assert_eq!(closes, None);
        assert!(words.ends_with(
            "by early December 2026 at the earliest, but the chance within a year is below 50 %."
        ));
        let (_, words) = said((Some("2027-12-03"), None, None), 0.0);
        assert!(words.ends_with("within a year is below 10 %."), "{words}");
    }

    #[test]
    fn a_chance_opens_at_half_and_closes_where_the_longer_one_falls_below() {
        let mut example = Example::company();
        let usage = &mut example.facts.usage[0];
        usage.value = 60.0;
        let mut opens = |chance: f64, chance_rearm: f64| {
            let days = (Some("2026-04-20"), Some("2026-06-12"), None);
            example.facts.usage[0].reach = Some(Reach { chance_rearm, ..reach(days, chance) });
            example.facts.levels = levels::levels(&example.look());
            !fires(&example.look()).is_empty()
        };
        assert!(!opens(0.49, 0.6) && opens(0.5, 0.6) && opens(0.3, 0.5));
        assert!(!opens(0.3, 0.49) && !opens(0.49, 0.6));
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
            "利用ユーザー: 45 of 50 (90 %, as of 10 Mar 2026). The limit is expected to be reached late March to mid-May 2026 (median 7 Apr 2026)."
        );
        example.facts.usage[0].metric = "ストレージGB".to_owned();
        example.facts.usage[0].reach = None;
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
