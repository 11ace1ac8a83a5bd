//! Customers who are likely to leave get care, not a pitch (S53, S64, N3).
//!
//! Held where the chance to leave within the outcome window reaches the policy's floor and, where the
//! customers' mean is known, a multiple of that mean. A chance that is only an assumed value holds
//! nobody. A longer term is a pitch too.

use domain::probability::Provenance;
use domain::words::Words;
use serde::Deserialize;

use super::{Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::look::Look;
use crate::phrases::{known, percent};

pub(super) const GUARD: Guard = Guard {
    code: "at_risk",
    ja: "解約の見込み",
    en: "Likely to leave",
    cites: "S53 S61 S64 N3",
    reach: Reach::Account,
    knows: Knows::Night,
    reads: "the chance to leave that the night estimates; at the click the night's verdict",
    clear: None,
    check,
};

/// From when on a customer counts as likely to leave.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AtRiskPolicy {
    /// The chance to leave within the outcome window, at least.
    pub churn: f64,
    /// And at least this many times the customers' mean, where that is known.
    pub times_base: f64,
}

impl Default for AtRiskPolicy {
    fn default() -> Self {
        Self { churn: 0.25, times_base: 1.5 }
    }
}

/// What speaks for the customer leaving, if it is likely to.
pub(crate) fn evidence(look: &Look) -> Option<Evidence> {
    let policy = &look.policy.guards.at_risk;
    let churn = look.facts.churn.filter(|churn| churn.provenance > Provenance::Prior)?;
    let base = look.facts.churn_base.map(|base| base * policy.times_base);
    if churn.mean < base.map_or(policy.churn, |base| base.max(policy.churn)) {
        return None;
    }
    Some(Evidence {
        words: words(look)?,
        source: format!("accounts {}", look.facts.account),
        on: None,
    })
}

fn words(look: &Look) -> Option<Words> {
    let churn = look.facts.churn.as_ref()?;
    let (days, chance) = (look.policy.value.outcome_window_days, percent(churn.mean));
    let known = known(churn);
    let (ja_base, en_base) = look.facts.churn_base.map_or_else(Default::default, |base| {
        (format!("、全体の平均は{}", percent(base)), format!(", the mean is {}", percent(base)))
    });
    Some(Words::new(
        format!("{days}日以内に解約される見込みは{chance}です({}{ja_base})。", known.ja),
        format!("Chance to leave within {days} days: {chance} ({}{en_base}).", known.en),
    ))
}

fn check(look: &Look, _: &Candidate) -> Verdict {
    if let Some(evidence) = evidence(look) {
        let words = Words::new(
            format!("{}ご提案よりフォローを優先します。", evidence.words.ja),
            format!("{} Care comes before offers.", evidence.words.en),
        );
        return because(hold(GUARD.code, Says::HoldUntil(None), words), vec![evidence]);
    }
    let none = || Words::new("解約の見込みは推定できません。", "The chance to leave is not known.");
    allow(GUARD.code, words(look).unwrap_or_else(none))
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use crate::examples::Example;
    use domain::probability::Estimate;

    fn check(churn: Option<Estimate>, base: Option<f64>, expected: &str) {
        let mut example = Example::company();
        example.facts.churn = churn;
        example.facts.churn_base = base;
        assert_eq!(said("at_risk", &example), expected);
    }

    #[test]
    fn a_high_chance_holds_relative_to_the_others() {
        let churn = |mean| Some(Estimate::estimated(mean, 0.03, 1204));
        check(None, None, "allow: 解約の見込みは推定できません。");
        check(churn(0.1), None, "allow: 180日以内に解約される見込みは10 %です(1,204件から推定)。");
        check(
            churn(0.3),
            None,
            "hold: 180日以内に解約される見込みは30 %です(1,204件から推定)。ご提案よりフォローを優先します。",
        );
        check(
            churn(0.3),
            Some(0.26),
            "allow: 180日以内に解約される見込みは30 %です(1,204件から推定、全体の平均は26 %)。",
        );
        check(
            churn(0.41),
            Some(0.26),
            "hold: 180日以内に解約される見込みは41 %です(1,204件から推定、全体の平均は26 %)。ご提案よりフォローを優先します。",
        );
    }

    #[test]
    fn an_assumed_chance_holds_nobody() {
        check(
            Some(Estimate::prior(0.9, 0.1)),
            None,
            "allow: 180日以内に解約される見込みは90 %です(仮定値)。",
        );
    }
}
