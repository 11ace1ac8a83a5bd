//! The customer pays for more than it uses, and has for half a year (S48): help first, then an honest smaller contract.
//!
//! Fires where the means of the last 90 days and of the 90 days before are both under `share` of what binds the metric
//! that is used most, and closes where the latter mean is `rearm` above (N6). It opens help with adoption. A smaller
//! contract is opened `downsell_days` before the cancel deadline, or where help was given `help_days` ago or longer and
//! use has not recovered: it has to be agreed by the deadline, and takes effect at renewal.

use domain::motion::Motion;
use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, is_care, on_contract, signal};
use crate::candidate::{Candidate, Evidence};
use crate::candidates::ACTIVATION;
use crate::decision::{Scope, Signal};
use crate::facts::{Contract, Usage};
use crate::life::levels::Threshold;
use crate::look::Look;
use crate::phrases::{self, add, figure, percent};

pub(super) const RULE: Rule = Rule {
    code: "under_use",
    ja: "利用の少なさ",
    en: "Under-use",
    cites: "S11 S48 N3 N4 N6",
    fires,
    opens,
};

/// When use counts as low, and what follows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UnderUsePolicy {
    /// Under this share of the limit or seats …
    pub share: f64,
    /// … until it is this much above.
    pub rearm: f64,
    /// Days before the cancel deadline from which on a smaller contract may be raised.
    pub downsell_days: i32,
    /// Days that help with adoption is given to work.
    pub help_days: i32,
}

impl Default for UnderUsePolicy {
    fn default() -> Self {
        Self { share: 0.4, rearm: 0.1, downsell_days: 90, help_days: 60 }
    }
}

/// Begins the occurrence of the moment for a smaller contract.
const SMALLER: &str = "smaller:";

fn fires(look: &Look) -> Vec<Signal> {
    look.facts.active_contracts().flat_map(|contract| low(look, contract)).collect()
}

/// The metric of a contract that is used most: its reading and what binds it.
fn most<'a>(look: &Look<'a>, contract: &Contract) -> Option<(&'a Usage, f64, f64)> {
    let of_it = look.facts.usage.iter().filter(|it| it.subscription == contract.subscription);
    let bound = of_it.filter_map(|usage| {
        let limit = super::binding(look, usage)?.limit();
        let share = usage.recent_mean.max(usage.earlier_mean?) / limit;
        Some((usage, limit, share))
    });
    bound.max_by(|a, b| a.2.total_cmp(&b.2).then_with(|| b.0.metric.cmp(&a.0.metric)))
}

fn low(look: &Look, contract: &Contract) -> Vec<Signal> {
    let policy = &look.policy.rules.under_use;
    let Some((usage, limit, share)) = most(look, contract) else { return Vec::new() };
    let occurrence = format!("{}:{}", contract.subscription, usage.metric);
    let level = Threshold { at: policy.share, rearm: policy.rearm };
    // Under, not at; readings that stopped are no use at all, and dormancy's.
    let under = level.below(look, (RULE.code, &occurrence), share + 1e-6);
    if !under || look.days_since(usage.on) > 90 {
        return Vec::new();
    }
    let (metric, mean, top) = (&usage.metric, figure(usage.recent_mean), figure(limit));
    let (part, ja_on, en_on) =
        (percent(usage.recent_mean / limit), usage.on.display_ja(), usage.on.display_en());
    let words = Words::new(
        format!(
            "{metric}は半年にわたり少なく、直近90日の平均は{top}に対して{mean}({part}、{ja_on}時点)です。"
        ),
        format!(
            "{metric} has been low for half a year: {mean} of {top} on average over 90 days ({part}, as of {en_on})."
        ),
    );
    let source = format!("usage {} {metric}", contract.subscription);
    let said = Evidence { words, source, on: Some(usage.on) };
    let scope = Scope::Contract(contract.subscription.clone());
    let help = Signal { occurrence, strength: 0.65, level: true, ..signal(RULE.code, scope, said) };
    let smaller = smaller(look, contract, &help);
    std::iter::once(help).chain(smaller).collect()
}

/// The moment for a smaller contract: the deadline is near, or help did not.
fn smaller(look: &Look, contract: &Contract, help: &Signal) -> Option<Signal> {
    let policy = &look.policy.rules.under_use;
    let deadline = contract.cancel_deadline.or(contract.renews_on).filter(|day| *day >= look.as_of);
    let left = deadline.map(|day| -look.days_since(day));
    let near = left.is_some_and(|left| left <= policy.downsell_days);
    let touches = look
        .facts
        .touches
        .iter()
        .filter(|touch| touch.offer.as_ref().is_some_and(|it| it.as_str() == ACTIVATION));
    let helped =
        touches.map(|touch| touch.on).min().filter(|on| look.days_since(*on) >= policy.help_days);
    if !near && helped.is_none() {
        return None;
    }
    let mut said = help.evidence[0].clone();
    if let Some(on) = helped {
        add(
            &mut said.words,
            &format!("{}に定着支援を行いましたが、回復していません。", on.display_ja()),
            &format!(" Help with adoption on {} has not changed that.", on.display_en()),
        );
    }
    if let Some((day, left)) = deadline.zip(left).filter(|_| near) {
        add(
            &mut said.words,
            &format!("解約申出期限は{}です(あと{left}日)。", day.display_ja()),
            &format!(" Cancel deadline: {} ({} left).", day.display_en(), phrases::days(left)),
        );
    }
    let opens_on = deadline.filter(|_| near).map(|day| day.plus(Days(-policy.downsell_days)));
    let key = deadline.map_or_else(|| "open".to_owned(), |day| day.to_string());
    Some(Signal {
        occurrence: format!("{SMALLER}{}:{key}", contract.subscription),
        opens_on: opens_on.or(helped).unwrap_or(look.as_of),
        closes_on: deadline,
        strength: 0.68,
        level: false,
        ..signal(RULE.code, help.scope.clone(), said)
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    if signal.occurrence.starts_with(SMALLER) {
        return candidate.motion == Motion::Downsell && on_contract(candidate, signal);
    }
    is_care(candidate, ACTIVATION)
}

#[cfg(test)]
mod tests {
    use super::super::{on, shown};
    use super::*;
    use crate::examples::{Example, day};
    use crate::life::{Touch, TouchKind, levels};

    fn low_use(recent: f64) -> Example {
        let mut example = Example::company();
        let usage = &mut example.facts.usage[0];
        (usage.value, usage.recent_mean, usage.earlier_mean) = (recent, recent, Some(recent));
        usage.reach = None;
        example.facts.contracts[0].cancel_deadline = Some(day("2026-12-16"));
        example
    }

    #[test]
    fn s48_sustained_low_use_opens_under_forty_percent_and_closes_from_fifty_on() {
        let mut levels = Vec::new();
        let mut opens = |share: f64| {
            let mut example = low_use(share);
            example.facts.levels = levels.clone();
            levels = levels::levels(&example.look());
            !fires(&example.look()).is_empty()
        };
        assert!(!opens(40.0) && opens(39.9) && opens(49.9) && !opens(50.0) && !opens(45.0));
    }

    #[test]
    fn s48_one_low_quarter_is_not_sustained() {
        let mut example = low_use(20.0);
        example.facts.usage[0].earlier_mean = Some(70.0);
        assert_eq!(fires(&example.look()), []);
        example.facts.usage[0].earlier_mean = None;
        assert_eq!(fires(&example.look()), []);
    }

    #[test]
    fn s48_help_comes_first_and_the_smaller_contract_by_the_deadline() {
        let mut example = low_use(20.0);
        let help = "S1:利用ユーザー 2026-03-10..- 利用ユーザーは半年にわたり少なく、直近90日の平均は100に対して20(20 %、2026年3月10日時点)です。";
        assert_eq!(shown(&fires(&example.look())), help);
        example.facts.contracts[0].cancel_deadline = Some(day("2026-06-10"));
        assert_eq!(on(&example, "2026-03-11", fires), help);
        let both = on(&example, "2026-03-12", fires);
        assert!(
            both.lines().nth(1).is_some_and(|line| line
                .starts_with("smaller:S1:2026-06-10 2026-03-12..2026-06-10")
                && line.ends_with("解約申出期限は2026年6月10日です(あと90日)。")),
            "{both}"
        );
    }

    #[test]
    fn s48_n3_where_help_did_not_help_the_smaller_contract_follows() {
        let mut example = low_use(20.0);
        let mut touch = Touch {
            play: "p1".into(),
            on: day("2026-01-12"),
            kind: TouchKind::Contact,
            offer: Some(ACTIVATION.into()),
            product: None,
            motion: Some(Motion::Care),
            by_rep: true,
            contact: None,
        };
        example.facts.touches = vec![touch.clone()];
        assert_eq!(fires(&example.look()).len(), 1, "59 days ago");
        touch.on = day("2026-01-11");
        example.facts.touches = vec![touch];
        let found = fires(&example.look());
        assert_eq!(found.len(), 2);
        let mut down = example.candidate(Motion::Downsell);
        down.subscription = Some("S1".into());
        assert!(opens(&down, &found[1]) && !opens(&down, &found[0]));
        assert!(found[1].evidence[0].words.en.contains("Help with adoption on 11 Jan 2026"));
    }
}
