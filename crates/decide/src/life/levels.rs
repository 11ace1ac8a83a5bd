//! Levels that teeter (N6): an occasion counts once for each crossing.
//!
//! A rule that reads a level (usage against a limit, the chance to leave) would fire again and again while the
//! level goes up and down around its threshold. So the night remembers which levels were crossed. While one
//! is open, its rule closes it later than it opened it (hysteresis, in the rule). Once closed, the next
//! crossing is another occurrence, and so another play.

use domain::time::Day;

use crate::decision::Signal;
use crate::look::Look;

/// A level that was crossed at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The rule's code.
    pub rule: String,
    /// Which level: the occurrence without its number.
    pub occurrence: String,
    /// How many times it was crossed.
    pub crossing: u32,
    /// The day of the latest crossing.
    pub since: Day,
    /// Whether it is crossed still.
    pub open: bool,
}

fn of<'a>(look: &'a Look, rule: &str, occurrence: &str) -> Option<&'a Level> {
    look.facts.levels.iter().find(|level| level.rule == rule && level.occurrence == occurrence)
}

/// Whether a level was crossed by the last night and not left since.
pub(crate) fn is_open(look: &Look, rule: &str, occurrence: &str) -> bool {
    of(look, rule, occurrence).is_some_and(|level| level.open)
}

/// A threshold with hysteresis: crossed at `at`, left only `rearm` on the other side of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Threshold {
    pub(crate) at: f64,
    pub(crate) rearm: f64,
}

/// Values within this are the same: shares are quotients, and what is equal on paper is equal here.
const SLACK: f64 = 1e-9;

impl Threshold {
    /// Whether a level of a rule stands at the threshold or above.
    pub(crate) fn above(self, look: &Look, (rule, occurrence): (&str, &str), value: f64) -> bool {
        let from = if is_open(look, rule, occurrence) { self.at - self.rearm } else { self.at };
        value >= from - SLACK
    }

    /// Whether a level of a rule stands at the threshold or below.
    pub(crate) fn below(self, look: &Look, level: (&str, &str), value: f64) -> bool {
        Self { at: -self.at, rearm: self.rearm }.above(look, level, -value)
    }
}

/// The crossing that a signal of a level belongs to, and its day.
fn crossing(look: &Look, signal: &Signal) -> (u32, Day) {
    match of(look, signal.rule, &signal.occurrence) {
        Some(level) if level.open => (level.crossing, level.since),
        Some(level) => (level.crossing.saturating_add(1), look.as_of),
        None => (1, look.as_of),
    }
}

/// Numbers a signal by its crossing; those of rules that read no level stay as they are.
pub(crate) fn number(look: &Look, signal: &mut Signal) {
    if !signal.level {
        return;
    }
    let (crossing, since) = crossing(look, signal);
    if crossing > 1 {
        signal.occurrence = format!("{}#{crossing}", signal.occurrence);
    }
    signal.opens_on = since;
}

/// The levels of an account after this night, by rule and occurrence: what the next night is told.
pub fn levels(look: &Look) -> Vec<Level> {
    let fired = crate::signals::raw(look);
    let fired: Vec<&Signal> = fired.iter().filter(|signal| signal.level).collect();
    let left = look.facts.levels.iter().filter(|level| {
        !fired.iter().any(|s| s.rule == level.rule && s.occurrence == level.occurrence)
    });
    let mut levels: Vec<Level> = left.map(|level| Level { open: false, ..level.clone() }).collect();
    levels.extend(fired.into_iter().map(|signal| {
        let (crossing, since) = crossing(look, signal);
        Level {
            rule: signal.rule.to_owned(),
            occurrence: signal.occurrence.clone(),
            crossing,
            since,
            open: true,
        }
    }));
    levels.sort_by(|a, b| (&a.rule, &a.occurrence).cmp(&(&b.rule, &b.occurrence)));
    levels.dedup_by(|a, b| a.rule == b.rule && a.occurrence == b.occurrence);
    levels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};
    use domain::time::Days;

    /// Usage night by night; the occurrence that fires, or `-`.
    fn nights(values: &[f64]) -> String {
        let mut example = Example::company();
        example.facts.usage[0].reach = None;
        let mut said = Vec::new();
        for (night, value) in (0..).zip(values) {
            example.facts.usage[0].value = *value;
            let mut look = example.look();
            look.as_of = day("2026-03-12").plus(Days(night));
            let fired = crate::signals::fired(&look);
            let near = fired.iter().find(|signal| signal.rule == "limit_near");
            said.push(near.map_or_else(
                || "-".to_owned(),
                |signal| {
                    format!(
                        "{} {}",
                        signal.occurrence.replace("S1:利用ユーザー:", ""),
                        signal.opens_on
                    )
                },
            ));
            example.facts.levels = levels(&look);
        }
        said.join(", ")
    }

    #[test]
    fn teetering_usage_neither_flaps_nor_repeats() {
        // Opens at 80 %, closes under 75 %.
        assert_eq!(
            nights(&[79.9, 80.0, 79.0, 80.0, 75.0]),
            "-, 100 2026-03-13, 100 2026-03-13, 100 2026-03-13, 100 2026-03-13"
        );
    }

    #[test]
    fn once_closed_the_next_crossing_is_another_occurrence() {
        assert_eq!(
            nights(&[81.0, 74.9, 79.0, 80.0, 76.0, 70.0, 90.0]),
            "100 2026-03-12, -, -, 100#2 2026-03-15, 100#2 2026-03-15, -, 100#3 2026-03-18"
        );
    }
}
