//! A function is used far more than others on the same product use it (S45): its extended version may pay.
//!
//! The mean reading of the last 90 days over the median of the customers on the same product (at least ten, per seat
//! where seats are counted). Metrics that count people are left to the limits. It opens at `times` that median and
//! closes `rearm` below (N6).

use domain::motion::Motion;
use domain::words::Words;
use serde::Deserialize;

use super::usage_surge::FRESH_DAYS;
use super::{Rule, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::PeerUse;
use crate::life::levels::Threshold;
use crate::look::Look;
use crate::phrases::figure;

pub(super) const RULE: Rule = Rule {
    code: "heavy_feature",
    ja: "特定機能の多用",
    en: "Heavy use of a function",
    cites: "S45 N6",
    fires,
    opens,
};

/// When use counts as heavy.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HeavyFeaturePolicy {
    /// Times the median of the others.
    pub times: f64,
    /// Once open, it counts until it is this many times less.
    pub rearm: f64,
}

impl Default for HeavyFeaturePolicy {
    fn default() -> Self {
        Self { times: 3.0, rearm: 0.5 }
    }
}

/// Customers on the product from which on their median tells something.
pub(super) const PEERS: u64 = 10;

fn fires(look: &Look) -> Vec<Signal> {
    look.facts.occasions.peers.iter().filter_map(|peers| heavy(look, peers)).collect()
}

fn heavy(look: &Look, peers: &PeerUse) -> Option<Signal> {
    look.facts.active_contracts().find(|held| held.subscription == peers.subscription)?;
    let usage =
        look.facts.usage.iter().find(|usage| {
            usage.metric == peers.metric && usage.subscription == peers.subscription
        })?;
    let of_people = look.policy.rules.limit_near.seat_metrics.contains(&usage.metric);
    let stale = look.days_since(usage.on) > FRESH_DAYS;
    if of_people || stale || peers.n < PEERS || peers.median <= 0.0 {
        return None;
    }
    let policy = &look.policy.rules.heavy_feature;
    let times = usage.recent_mean / peers.median;
    let occurrence = format!("{}:{}", usage.subscription, usage.metric);
    let level = Threshold { at: policy.times, rearm: policy.rearm };
    if !level.above(look, (RULE.code, &occurrence), times) {
        return None;
    }
    let (metric, value, n) = (&usage.metric, figure(usage.recent_mean), peers.n);
    let (median, times) = (figure(peers.median), figure(times));
    let (ja_on, en_on) = (usage.on.display_ja(), usage.on.display_en());
    let words = Words::new(
        format!(
            "{metric}は直近90日の平均が{value}で、同じ商品をお使いの{n}社の中央値{median}(同規模換算)の{times}倍です({ja_on}時点)。"
        ),
        format!(
            "{metric}: {value} on average over 90 days, {times} times the median of the {n} customers on the same product ({median} at its size, as of {en_on})."
        ),
    );
    let source = format!("usage {} {metric}", usage.subscription);
    let said = Evidence { words, source, on: Some(usage.on) };
    Some(Signal {
        occurrence,
        strength: 0.48,
        level: true,
        ..signal(RULE.code, Scope::Contract(usage.subscription.clone()), said)
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    matches!(candidate.motion, Motion::PlanUp | Motion::Option)
        && super::on_contract(candidate, signal)
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::*;
    use crate::examples::Example;
    use crate::life::levels;

    fn heavy_user(recent: f64, n: u64) -> Example {
        let mut example = Example::company();
        example.facts.usage[0].metric = "帳票出力".to_owned();
        example.facts.usage[0].recent_mean = recent;
        example.facts.occasions.peers = vec![PeerUse {
            metric: "帳票出力".to_owned(),
            subscription: "S1".into(),
            median: 10.0,
            n,
        }];
        example
    }

    #[test]
    fn s45_three_times_the_median_opens_and_below_two_and_a_half_closes() {
        let mut levels = Vec::new();
        let mut opens = |recent: f64| {
            let mut example = heavy_user(recent, 24);
            example.facts.levels = levels.clone();
            levels = levels::levels(&example.look());
            !fires(&example.look()).is_empty()
        };
        assert!(!opens(29.9) && opens(30.0) && opens(25.0) && !opens(24.9) && !opens(29.0));
    }

    #[test]
    fn s45_what_it_says_and_whom_it_takes_as_others() {
        assert_eq!(
            shown(&fires(&heavy_user(32.0, 24).look())),
            "S1:帳票出力 2026-03-10..- 帳票出力は直近90日の平均が32で、同じ商品をお使いの24社の中央値10(同規模換算)の3.2倍です(2026年3月10日時点)。"
        );
        assert_eq!(fires(&heavy_user(32.0, 9).look()), [], "nine are too few");
        assert_eq!(fires(&heavy_user(32.0, 10).look()).len(), 1);
        let mut people = heavy_user(32.0, 24);
        people.facts.usage[0].metric = "利用ユーザー".to_owned();
        people.facts.occasions.peers[0].metric = "利用ユーザー".to_owned();
        assert_eq!(fires(&people.look()), [], "people are held against seats");
    }
}
