//! How far a customer has come in using what it holds (S24, S55): breadth, depth and regularity.
//!
//! *Breadth*: metrics used within 90 days, of those that its plans include. *Depth*: the highest share of a limit or of
//! the seats. *Regularity*: days used of the last four weeks, of their twenty working days, or of as many days as anybody
//! was seen to use it where that is fewer, as where use is recorded weekly. The level follows from
//! them: *unused* where nothing was used within 90 days; *advanced* where all that are known reach 80 %;
//! *established* where all reach one half; *partial* where one does; else *starting*. Of fewer than two
//! nothing is said.

use domain::words::Words;

use crate::look::Look;
use crate::phrases::percent;
use crate::signals;

/// A level of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing was used within 90 days.
    Unused,
    /// Used, but neither broadly, deeply nor regularly.
    Starting,
    /// At least one of them at one half.
    Partial,
    /// All that are known at one half or more.
    Established,
    /// All that are known at 80 % or more.
    Advanced,
}

impl Level {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unused => "unused",
            Self::Starting => "starting",
            Self::Partial => "partial",
            Self::Established => "established",
            Self::Advanced => "advanced",
        }
    }

    /// What people call it.
    pub fn said(self) -> Words {
        match self {
            Self::Unused => Words::new("未利用", "unused"),
            Self::Starting => Words::new("利用開始", "starting"),
            Self::Partial => Words::new("部分利用", "partial"),
            Self::Established => Words::new("定着", "established"),
            Self::Advanced => Words::new("活用", "advanced"),
        }
    }
}

/// A level with what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Maturity {
    /// The level.
    pub level: Level,
    /// Metrics used of those that the plans include, 0..=1.
    pub breadth: Option<f64>,
    /// The highest share of a limit, 0 or more.
    pub depth: Option<f64>,
    /// Days used, of the working days of four weeks, 0..=1.
    pub regularity: Option<f64>,
}

/// A reading older than this says nothing of use today.
const FRESH_DAYS: i32 = 90;
const HALF: f64 = 0.5;
const MOST: f64 = 0.8;

/// The maturity of a customer under contract; none without one, and where fewer than two of the three are known.
pub fn maturity(look: &Look) -> Option<Maturity> {
    let contracts: Vec<_> = look.facts.active_contracts().collect();
    let own = |id: &domain::ids::SubscriptionId| contracts.iter().any(|it| it.subscription == *id);
    let usage: Vec<_> = look.facts.usage.iter().filter(|it| own(&it.subscription)).collect();
    if usage.is_empty() {
        return None;
    }
    let used: Vec<_> = usage
        .iter()
        .filter(|it| look.days_since(it.on) < FRESH_DAYS && it.value.max(it.recent_mean) > 0.0)
        .collect();
    // What the plans include, and what was ever read of them.
    let mut known: Vec<(&str, &str)> = contracts
        .iter()
        .filter_map(|it| Some((it.subscription.as_str(), look.product(&it.product)?)))
        .flat_map(|(of, product)| product.limits.iter().map(move |it| (of, it.metric.as_str())))
        .chain(usage.iter().map(|it| (it.subscription.as_str(), it.metric.as_str())))
        .collect();
    known.sort_unstable();
    known.dedup();
    let breadth = (known.len() > 1).then(|| used.len() as f64 / known.len() as f64);
    let shares = used.iter().filter_map(|it| Some(it.value / signals::binding(look, it)?.limit()));
    let bound = usage.iter().any(|it| signals::binding(look, it).is_some());
    let depth = bound.then(|| shares.fold(0.0, f64::max));
    let regularity = look.facts.features.get("usage_regularity").copied();
    let three: Vec<f64> = [breadth, depth, regularity].into_iter().flatten().collect();
    if three.len() < 2 {
        return None;
    }
    let all = |least: f64| three.iter().all(|it| *it >= least - 1e-9);
    let level = if used.is_empty() {
        Level::Unused
    } else if all(MOST) {
        Level::Advanced
    } else if all(HALF) {
        Level::Established
    } else if three.iter().any(|it| *it >= HALF - 1e-9) {
        Level::Partial
    } else {
        Level::Starting
    };
    Some(Maturity { level, breadth, depth, regularity })
}

impl Maturity {
    /// The figures that it rests on, in words.
    pub fn figures(&self) -> Words {
        let parts = [
            ("機能の幅", "breadth", self.breadth),
            ("上限に対する利用", "depth", self.depth),
            ("利用の頻度", "regularity", self.regularity),
        ];
        let known: Vec<_> =
            parts.iter().filter_map(|(ja, en, it)| Some((ja, en, percent((*it)?)))).collect();
        let ja: Vec<String> = known.iter().map(|(ja, _, it)| format!("{ja} {it}")).collect();
        let en: Vec<String> = known.iter().map(|(_, en, it)| format!("{en} {it}")).collect();
        Words::new(ja.join("、"), en.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};
    use crate::facts::Usage;

    /// Users of 100, gigabytes of 10, and regularity.
    fn check((users, stored): (f64, f64), regular: Option<f64>, expected: &str) {
        let mut example = Example::company();
        let first = &mut example.facts.usage[0];
        (first.value, first.recent_mean) = (users, users);
        let storage = Usage {
            metric: "GB".to_owned(),
            limit: Some(10.0),
            value: stored,
            recent_mean: stored,
            ..first.clone()
        };
        example.facts.usage.push(storage);
        example.facts.features.extend(regular.map(|share| ("usage_regularity", share)));
        let found = maturity(&example.look()).expect("a level");
        assert_eq!(format!("{} {}", found.level.code(), found.figures().en), expected);
    }

    #[test]
    fn levels_at_their_bounds() {
        check((80.0, 1.0), Some(0.8), "advanced breadth 100 %, depth 80 %, regularity 80 %");
        check((80.0, 1.0), Some(0.75), "established breadth 100 %, depth 80 %, regularity 75 %");
        check((50.0, 0.0), Some(0.5), "established breadth 50 %, depth 50 %, regularity 50 %");
        check((50.0, 0.0), Some(0.45), "partial breadth 50 %, depth 50 %, regularity 45 %");
        check((49.0, 0.0), None, "partial breadth 50 %, depth 49 %");
        check((0.0, 0.0), Some(0.0), "unused breadth 0 %, depth 0 %, regularity 0 %");
    }

    #[test]
    fn an_old_reading_is_no_use() {
        let mut example = Example::company();
        example.facts.features.insert("usage_regularity", 0.0);
        example.facts.usage[0].on = day("2025-12-12");
        assert_eq!(maturity(&example.look()).map(|it| it.level), Some(Level::Unused));
        example.facts.usage[0].on = day("2025-12-13");
        assert_eq!(maturity(&example.look()).map(|it| it.level), Some(Level::Partial));
    }

    #[test]
    fn little_use_on_few_days_is_a_start() {
        let mut example = Example::company();
        example.facts.usage[0].value = 14.0;
        example.facts.features.insert("usage_regularity", 0.25);
        assert_eq!(maturity(&example.look()).map(|it| it.level), Some(Level::Starting));
    }

    #[test]
    fn a_single_figure_is_no_level() {
        assert_eq!(maturity(&Example::company().look()), None);
        assert_eq!(maturity(&Example::buyer().look()), None);
    }
}
