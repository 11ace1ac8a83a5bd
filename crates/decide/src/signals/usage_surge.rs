//! Use rises quickly (S45): more than before, by a wide margin, where nothing is near its limit yet.
//!
//! The mean reading of the last 90 days beside that of the 90 days before. A rise of `rise` opens it; it counts until
//! the rise is `rearm` smaller (N6). What falls again opens anew with the next rise. What has a limit speaks for more
//! of it only from `share` of the limit on: who rises from little needs no more yet (S62). What has none speaks
//! for options.

use domain::motion::Motion;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::Usage;
use crate::life::levels::Threshold;
use crate::look::Look;
use crate::phrases::{figure, percent};

pub(super) const RULE: Rule =
    Rule {
        code: "usage_surge", ja: "利用の急増", en: "Use rises", cites: "S45 N6", fires, opens
    };

/// When use counts as rising.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UsageSurgePolicy {
    /// The rise of the mean within 90 days, as a share of what it was.
    pub rise: f64,
    /// Once open, it counts until the rise is this much smaller.
    pub rearm: f64,
    /// From this share of a limit on a rise says that more will be needed.
    pub share: f64,
}

impl Default for UsageSurgePolicy {
    fn default() -> Self {
        Self { rise: 0.3, rearm: 0.1, share: 0.5 }
    }
}

/// A reading older than this says nothing of use today.
pub(super) const FRESH_DAYS: i32 = 45;

/// Begins the occurrence of a metric that nothing binds.
const UNBOUND: &str = "unbound:";

fn fires(look: &Look) -> Vec<Signal> {
    look.facts.usage.iter().filter_map(|usage| rising(look, usage)).collect()
}

fn rising(look: &Look, usage: &Usage) -> Option<Signal> {
    look.facts.active_contracts().find(|held| held.subscription == usage.subscription)?;
    let earlier = usage.earlier_mean.filter(|earlier| *earlier > 0.0)?;
    if look.days_since(usage.on) > FRESH_DAYS {
        return None;
    }
    let policy = &look.policy.rules.usage_surge;
    let rise = usage.recent_mean / earlier - 1.0;
    let bound = super::binding(look, usage).map(|binding| usage.value / binding.limit());
    if bound.is_some_and(|share| share < policy.share) {
        return None;
    }
    let begins = if bound.is_none() { UNBOUND } else { "" };
    let occurrence = format!("{begins}{}:{}", usage.subscription, usage.metric);
    let level = Threshold { at: policy.rise, rearm: policy.rearm };
    if !level.above(look, (RULE.code, &occurrence), rise) {
        return None;
    }
    let (metric, now, before) = (&usage.metric, figure(usage.recent_mean), figure(earlier));
    let (rise, ja_on, en_on) = (percent(rise), usage.on.display_ja(), usage.on.display_en());
    let words = Words::new(
        format!(
            "{metric}は直近90日の平均が{now}で、その前の90日の{before}から{rise}増えています({ja_on}時点)。"
        ),
        format!(
            "{metric}: {now} on average over 90 days, {rise} more than the {before} of the 90 days before (as of {en_on})."
        ),
    );
    let source = format!("usage {} {metric}", usage.subscription);
    let said = Evidence { words, source, on: Some(usage.on) };
    Some(Signal {
        occurrence,
        strength: 0.5,
        level: true,
        ..signal(RULE.code, Scope::Contract(usage.subscription.clone()), said)
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    let more = matches!(candidate.motion, Motion::PlanUp | Motion::Seats);
    let speaks = more && !signal.occurrence.starts_with(UNBOUND);
    (speaks || candidate.motion == Motion::Option) && super::on_contract(candidate, signal)
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::*;
    use crate::examples::{Example, day};
    use crate::life::levels;

    #[test]
    fn s45_opens_at_thirty_percent_and_closes_below_twenty() {
        let mut example = Example::company();
        let mut opens = |recent: f64| {
            example.facts.usage[0].earlier_mean = Some(100.0);
            example.facts.usage[0].recent_mean = recent;
            let found = !fires(&example.look()).is_empty();
            example.facts.levels = levels::levels(&example.look());
            found
        };
        assert!(!opens(129.9));
        assert!(opens(130.0) && opens(121.0) && opens(120.0));
        assert!(!opens(119.9) && !opens(129.0));
    }

    #[test]
    fn s45_s62_who_rises_from_little_needs_no_more_yet() {
        let mut example = Example::company();
        example.facts.usage[0].earlier_mean = Some(20.0);
        for (value, fired) in [(49.9, 0), (50.0, 1)] {
            example.facts.usage[0].value = value;
            assert_eq!(fires(&example.look()).len(), fired, "{value} of 100");
        }
        let mut more = example.candidate(Motion::PlanUp);
        more.subscription = Some("S1".into());
        assert!(opens(&more, &fires(&example.look())[0]));
        example.facts.usage[0].metric = "打刻回数".to_owned();
        example.facts.usage[0].limit = None;
        let unbound = fires(&example.look()).remove(0);
        assert!(!opens(&more, &unbound), "nothing binds it");
        more.motion = Motion::Option;
        assert!(opens(&more, &unbound));
    }

    #[test]
    fn s45_what_it_says_and_an_old_reading_says_nothing() {
        let mut example = Example::company();
        example.facts.usage[0].earlier_mean = Some(60.0);
        let said = "S1:利用ユーザー 2026-03-10..- 利用ユーザーは直近90日の平均が88で、その前の90日の60から47 %増えています(2026年3月10日時点)。";
        assert_eq!(shown(&fires(&example.look())), said);
        example.facts.usage[0].on = day("2026-01-25");
        assert_eq!(fires(&example.look()), []);
        example.facts.usage[0].on = day("2026-01-26");
        assert_eq!(fires(&example.look()).len(), 1);
        example.facts.usage[0].earlier_mean = None;
        assert_eq!(fires(&example.look()), [], "nothing to compare with");
    }
}
