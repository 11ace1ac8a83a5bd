//! A limit is reached (S37): the moment at which it is felt.
//!
//! What stands at or above its limit (93 of 100 is near, 100 is hit; a count against a month's limit is that of the last
//! 30 days), and what is counted against a limit for each hour or day and reached it often enough lately. The limit is
//! that of the plan version that the customer is on (N6). Once hit it counts as hit until usage is `rearm` below the limit; a counter
//! until no window of the last 30 days reached it. From then on the next time is another occurrence.

use domain::motion::Motion;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, is_on, limit_near, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::{Counter, Usage, Window};
use crate::life::levels::Threshold;
use crate::look::Look;
use crate::phrases::{figure, percent};

pub(super) const RULE: Rule = Rule {
    code: "limit_hit",
    ja: "上限への到達",
    en: "Limit reached",
    cites: "S4 S37 N6",
    fires,
    opens,
};

/// When a limit counts as reached.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitHitPolicy {
    /// Once reached, it counts as reached until usage is this share of the limit below it (N6).
    pub rearm: f64,
    /// Hours or days of the last 30 days in which a limit for each hour or day was reached.
    pub windows: u32,
}

impl Default for LimitHitPolicy {
    fn default() -> Self {
        Self { rearm: 0.05, windows: 3 }
    }
}

/// Whether usage counts as at its limit, so that it is no longer merely near.
pub(super) fn is_hit(look: &Look, (occurrence, share): (&str, f64)) -> bool {
    let level = Threshold { at: 1.0, rearm: look.policy.rules.limit_hit.rearm };
    is_on(look, RULE.code) && level.above(look, (RULE.code, occurrence), share)
}

fn fires(look: &Look) -> Vec<Signal> {
    let gauges = look.facts.usage.iter().filter_map(|usage| full(look, usage));
    let counters = look.facts.occasions.counters.iter();
    gauges.chain(counters.filter_map(|counter| felt(look, counter))).collect()
}

fn full(look: &Look, usage: &Usage) -> Option<Signal> {
    let limit = limit_near::binding(look, usage)?.limit();
    let share = usage.value / limit;
    let occurrence = format!("{}:{}:{}", usage.subscription, usage.metric, figure(limit));
    if !is_hit(look, (&occurrence, share)) {
        return None;
    }
    let (metric, value, top) = (&usage.metric, figure(usage.value), figure(limit));
    let (ja_on, en_on) = (usage.on.display_ja(), usage.on.display_en());
    let words = if usage.value >= limit {
        Words::new(
            format!("{metric}は上限{top}に達しています({value}/{top}、{ja_on}時点)。"),
            format!("{metric} has reached its limit of {top} ({value}, as of {en_on})."),
        )
    } else {
        let share = percent(share);
        Words::new(
            format!("{metric}は上限{top}に達した後も{value}({share}、{ja_on}時点)と高い水準です。"),
            format!(
                "{metric} reached its limit of {top} and is at {value} since ({share}, as of {en_on})."
            ),
        )
    };
    let source = format!("usage {} {metric}", usage.subscription);
    let said = Evidence { words, source, on: Some(usage.on) };
    Some(Signal {
        occurrence,
        strength: 1.0,
        level: true,
        ..signal(RULE.code, Scope::Contract(usage.subscription.clone()), said)
    })
}

fn felt(look: &Look, counter: &Counter) -> Option<Signal> {
    look.facts.active_contracts().find(|held| held.subscription == counter.subscription)?;
    let (code, ja, en) = match counter.window {
        Window::Hour => ("hour", "1時間", "hour"),
        Window::Day => ("day", "1日", "day"),
    };
    let least = f64::from(look.policy.rules.limit_hit.windows.max(1));
    let (metric, top, hits) = (&counter.metric, figure(counter.limit), counter.hits);
    let occurrence = format!("{}:{metric}:{top}/{code}", counter.subscription);
    let level = Threshold { at: least, rearm: least - 1.0 };
    if hits == 0 || !level.above(look, (RULE.code, &occurrence), f64::from(hits)) {
        return None;
    }
    let most = figure(counter.top);
    let (ja_on, en_on) = (counter.last_on.display_ja(), counter.last_on.display_en());
    let words = Words::new(
        format!(
            "{metric}が{ja}あたりの上限{top}に、直近30日で{hits}回達しました(最大{most}、直近は{ja_on})。"
        ),
        format!(
            "{metric} reached its limit of {top} per {en} {hits} times within 30 days (at most {most}; last on {en_on})."
        ),
    );
    let source = format!("usage {} {metric}", counter.subscription);
    let said = Evidence { words, source, on: Some(counter.last_on) };
    Some(Signal {
        occurrence,
        strength: 0.95,
        level: true,
        ..signal(RULE.code, Scope::Contract(counter.subscription.clone()), said)
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    matches!(candidate.motion, Motion::PlanUp | Motion::Seats | Motion::Option)
        && super::on_contract(candidate, signal)
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::*;
    use crate::examples::{Example, day};
    use crate::life::levels;

    /// Usage night by night; which of the two rules speaks.
    fn nights(values: &[f64]) -> String {
        let mut example = Example::company();
        example.facts.usage[0].reach = None;
        let mut said = Vec::new();
        for value in values {
            example.facts.usage[0].value = *value;
            let fired = super::super::fired(&example.look());
            let of_limits = fired.iter().filter(|signal| signal.rule.starts_with("limit"));
            let limits: Vec<_> = of_limits
                .map(|it| format!("{} {}", it.rule, it.occurrence.rsplit(':').next().unwrap_or("")))
                .collect();
            said.push(limits.join("+"));
            example.facts.levels = levels::levels(&example.look());
        }
        said.join(", ")
    }

    #[test]
    fn s37_reached_is_another_occasion_than_near_and_neither_flaps() {
        assert_eq!(
            nights(&[99.0, 100.0, 99.0, 95.0, 94.9, 101.0]),
            "limit_near 100, limit_hit 100, limit_hit 100, limit_hit 100, limit_near 100#2, limit_hit 100#2"
        );
    }

    #[test]
    fn s37_what_it_says_at_and_over_the_limit() {
        let mut example = Example::company();
        let mut said = |value| {
            example.facts.usage[0].value = value;
            shown(&fires(&example.look()))
        };
        assert_eq!(said(99.9), "");
        let begun = "S1:利用ユーザー:100 2026-03-10..- 利用ユーザーは上限100に達しています";
        assert_eq!(said(100.0), format!("{begun}(100/100、2026年3月10日時点)。"));
        assert_eq!(said(103.0), format!("{begun}(103/100、2026年3月10日時点)。"));
    }

    #[test]
    fn s37_switched_off_the_near_rule_speaks_of_it() {
        let mut example = Example::company();
        example.facts.usage[0].value = 100.0;
        example.policy.rules.off = vec!["limit_hit".to_owned()];
        let fired = super::super::raw(&example.look());
        assert!(fired.iter().any(|signal| signal.rule == "limit_near"));
        assert!(fired.iter().all(|signal| signal.rule != "limit_hit"));
    }

    fn counter(window: Window, hits: u32) -> Counter {
        Counter {
            metric: "スキップ".to_owned(),
            subscription: "S1".into(),
            window,
            limit: 6.0,
            hits,
            top: 9.0,
            last_on: day("2026-03-11"),
        }
    }

    #[test]
    fn s37_a_limit_for_each_hour_counts_by_how_often_it_was_felt() {
        let mut example = Example::company();
        let mut said = |window, hits| {
            example.facts.occasions.counters = vec![counter(window, hits)];
            let found = shown(&fires(&example.look()));
            example.facts.levels = levels::levels(&example.look());
            found
        };
        assert_eq!(said(Window::Hour, 2), "");
        assert_eq!(
            said(Window::Hour, 3),
            "S1:スキップ:6/hour 2026-03-11..- スキップが1時間あたりの上限6に、直近30日で3回達しました(最大9、直近は2026年3月11日)。"
        );
        assert!(said(Window::Hour, 1).starts_with("S1:スキップ:6/hour"), "once felt, until never");
        assert_eq!(said(Window::Hour, 0), "");
        assert_eq!(said(Window::Day, 1), "", "a day's limit is another one");
        example.facts.contracts[0].active = false;
        assert_eq!(fires(&example.look()), []);
    }
}
