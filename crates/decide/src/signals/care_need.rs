//! A customer needs help before anything is sold (S61, S64, N3): a grave enquiry, a high chance to
//! leave, or a dissatisfied answer. It opens care, never a pitch.

use super::{Rule, is_care, signal};
use crate::candidate::Candidate;
use crate::candidates::CARE;
use crate::decision::{Scope, Signal};
use crate::guards::{at_risk, escalation, loyalty};
use crate::look::Look;

pub(super) const RULE: Rule = Rule {
    code: "care_need",
    ja: "フォローが必要",
    en: "Care needed",
    cites: "S61 S64 N3",
    fires,
    opens,
};

/// The occurrence of a high chance to leave.
const AT_RISK: &str = "at_risk";

fn fires(look: &Look) -> Vec<Signal> {
    if !look.is_customer() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut push =
        |strength: f64, occurrence: String, evidence: Vec<crate::candidate::Evidence>| {
            if let Some(first) = evidence.first().cloned() {
                let mut signal = signal(RULE.code, Scope::Account, first);
                signal.occurrence = occurrence;
                signal.strength = strength;
                signal.evidence = evidence;
                // The chance to leave goes up and down; a ticket and an answer are there or not.
                signal.level = signal.occurrence == AT_RISK;
                found.push(signal);
            }
        };
    let tickets = escalation::open(look);
    push(0.9, format!("escalation:{}", first_source(&tickets)), tickets);
    let mut risk: Vec<_> = at_risk::evidence(look).into_iter().collect();
    if !risk.is_empty() {
        risk.extend(look.facts.churn_because.iter().cloned());
    }
    push(0.85, AT_RISK.to_owned(), risk);
    let detractors = loyalty::detractor_answers(look);
    push(0.7, format!("detractor:{}", first_source(&detractors)), detractors);
    found
}

fn first_source(evidence: &[crate::candidate::Evidence]) -> &str {
    evidence.first().map_or("", |evidence| evidence.source.as_str())
}

fn opens(candidate: &Candidate, _: &Signal) -> bool {
    is_care(candidate, CARE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;
    use domain::probability::Estimate;

    #[test]
    fn each_cause_is_said_once() {
        let mut example = Example::company();
        assert_eq!(fires(&example.look()), []);
        example.facts.churn = Some(Estimate::estimated(0.41, 0.05, 812));
        example.escalate();
        example.answer(3.0);
        let look = example.look();
        let said: Vec<_> = fires(&look)
            .iter()
            .map(|s| format!("{} {}", s.occurrence, s.evidence[0].words.ja))
            .collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        escalation:activities T1 重大な問い合わせが2026年3月2日から未解決です。
        at_risk 180日以内に解約される見込みは41 %です(812件から推定)。
        detractor:surveys R1 決裁者のNPSは3です(2026年1月10日)。
        ");
    }
}
