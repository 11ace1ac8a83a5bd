//! The customer goes on (S38, S39): the continuation was confirmed, so the upper model and what is related may follow.
//!
//! A renewal or rescue that was won, a confirmed renewal or a renewing change of the contract. The window opens on
//! that day and closes `days` later. It opens what goes with the product, as a purchase does, and its upper model.
//! Going on with one product says nothing of another.

use domain::motion::Motion;
use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, related, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::{Commitment, Committed};
use crate::look::Look;
use crate::phrases::name;

pub(super) const RULE: Rule = Rule {
    code: "continued",
    ja: "継続の決定",
    en: "Continuation confirmed",
    cites: "S17 S38 S39",
    fires,
    opens,
};

/// How long the moment lasts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContinuedPolicy {
    /// Days after the decision on which the window closes; 0: only the day itself.
    pub days: i32,
}

impl Default for ContinuedPolicy {
    fn default() -> Self {
        Self { days: 30 }
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    if look.is_personal() || !look.is_customer() {
        return Vec::new();
    }
    let made = look.facts.commitments.iter().filter(|made| made.committed == Committed::Renewed);
    made.filter_map(|made| fresh(look, made)).collect()
}

fn fresh(look: &Look, made: &Commitment) -> Option<Signal> {
    let days = look.policy.rules.continued.days;
    if !(0..=days).contains(&look.days_since(made.on)) {
        return None;
    }
    let (ja_on, en_on) = (made.on.display_ja(), made.on.display_en());
    let words = match made.product.as_ref().map(|id| name(look.catalogue, id)) {
        Some(product) => Words::new(
            format!("{ja_on}に{product}のご継続をお決めいただきました。"),
            format!("Decided on {en_on} to go on with {product}."),
        ),
        None => Words::new(
            format!("{ja_on}にご継続をお決めいただきました。"),
            format!("Decided on {en_on} to go on."),
        ),
    };
    let scope = made.product.clone().map_or(Scope::Account, Scope::Product);
    let said = Evidence { words, source: made.source.clone(), on: Some(made.on) };
    Some(Signal {
        occurrence: format!("renewed:{}:{}", made.source, made.on),
        closes_on: Some(made.on.plus(Days(days))),
        strength: 0.62,
        ..signal(RULE.code, scope, said)
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    let upper = candidate.motion == Motion::PlanUp
        && match &signal.scope {
            Scope::Product(of) => candidate.from_product.as_ref() == Some(of),
            _ => true,
        };
    related(candidate, signal) || upper
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};

    fn renewed(product: Option<&str>) -> Example {
        let mut example = Example::company();
        for (committed, on) in
            [(Committed::Renewed, "2026-03-01"), (Committed::Bought, "2026-03-02")]
        {
            example.facts.commitments.push(Commitment {
                committed,
                on: day(on),
                product: product.map(Into::into),
                source: "subscriptions S1".to_owned(),
            });
        }
        example
    }

    #[test]
    fn s39_thirty_days_from_the_decision_on() {
        let example = renewed(Some("KT-PRO"));
        let check =
            |as_of, expected| assert_eq!(super::super::on(&example, as_of, fires), expected);
        let said = "renewed:subscriptions S1:2026-03-01 2026-03-01..2026-03-31 2026年3月1日に勤怠 Proのご継続をお決めいただきました。";
        check("2026-02-28", "");
        check("2026-03-01", said);
        check("2026-03-31", said);
        check("2026-04-01", "");
    }

    #[test]
    fn s39_it_opens_the_upper_model_of_what_goes_on() {
        let example = renewed(Some("KT-PRO"));
        let signal = fires(&example.look()).remove(0);
        let mut up = example.candidate(Motion::PlanUp);
        up.from_product = Some("KT-PRO".into());
        assert!(opens(&up, &signal));
        up.from_product = Some("OP-API".into());
        assert!(!opens(&up, &signal), "going on with one product says nothing of another");
        assert!(!opens(&example.candidate(Motion::Seats), &signal));
        let mut cross = example.candidate(Motion::CrossSell);
        assert!(!opens(&cross, &signal));
        cross.goes_with = vec!["KT-PRO".into()];
        assert!(opens(&cross, &signal), "what is related to it");
        let anything = fires(&renewed(None).look()).remove(0);
        assert!(opens(&up, &anything) && !opens(&cross, &anything));
        assert_eq!(anything.evidence[0].words.en, "Decided on 1 Mar 2026 to go on.");
    }

    #[test]
    fn s39_who_has_left_goes_on_with_nothing() {
        let mut example = renewed(Some("KT-PRO"));
        example.facts.contracts[0].active = false;
        assert_eq!(fires(&example.look()), []);
    }
}
