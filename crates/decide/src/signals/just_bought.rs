//! The customer has just decided to buy or to go on (S39, S40): the moment for what goes with it.
//!
//! The window opens on the day of the decision and closes `days` later. A purchase opens what completes it: options
//! of the same plan, stated complements (`offers.complements`), and what others bought together with it more than
//! chance would. A confirmed continuation opens the upper model too. The product that was just bought is not offered
//! again, and a decision about nothing in particular opens no other product.
//! Persons and households decide in the shop itself.

use domain::ids::ProductId;
use domain::motion::Motion;
use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::{Commitment, Committed};
use crate::look::Look;
use crate::phrases::name;

pub(super) const RULE: Rule = Rule {
    code: "just_bought",
    ja: "購入・継続の直後",
    en: "Just bought or renewed",
    cites: "S39 S40",
    fires,
    opens,
};

/// How long the moment lasts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JustBoughtPolicy {
    /// Days after the decision on which the window closes; 0: only the day itself.
    pub days: i32,
}

impl Default for JustBoughtPolicy {
    fn default() -> Self {
        Self { days: 14 }
    }
}

/// Begins the occurrence of a continuation, which opens more than a purchase does.
const RENEWED: &str = "renewed:";

fn fires(look: &Look) -> Vec<Signal> {
    if look.is_personal() || !look.is_customer() {
        return Vec::new();
    }
    look.facts.commitments.iter().filter_map(|made| fresh(look, made)).collect()
}

fn fresh(look: &Look, made: &Commitment) -> Option<Signal> {
    let days = look.policy.rules.just_bought.days;
    if !(0..=days).contains(&look.days_since(made.on)) {
        return None;
    }
    let (ja_on, en_on) = (made.on.display_ja(), made.on.display_en());
    let product = made.product.as_ref().map(|id| name(look.catalogue, id));
    let words = match (made.committed, product) {
        (Committed::Bought, Some(product)) => Words::new(
            format!("{ja_on}に{product}をお決めいただいたばかりです。"),
            format!("Decided for {product} on {en_on}."),
        ),
        (Committed::Bought, None) => Words::new(
            format!("{ja_on}にご購入をお決めいただいたばかりです。"),
            format!("Decided to buy on {en_on}."),
        ),
        (Committed::Renewed, Some(product)) => Words::new(
            format!("{ja_on}に{product}のご継続をお決めいただいたばかりです。"),
            format!("Decided on {en_on} to go on with {product}."),
        ),
        (Committed::Renewed, None) => Words::new(
            format!("{ja_on}にご継続をお決めいただいたばかりです。"),
            format!("Decided on {en_on} to go on."),
        ),
    };
    let scope = made.product.clone().map_or(Scope::Account, Scope::Product);
    let said = Evidence { words, source: made.source.clone(), on: Some(made.on) };
    let mut signal = signal(RULE.code, scope, said);
    let kind = if made.committed == Committed::Renewed { RENEWED } else { "bought:" };
    signal.occurrence = format!("{kind}{}:{}", made.source, made.on);
    signal.closes_on = Some(made.on.plus(Days(days)));
    signal.strength = 0.6;
    Some(signal)
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    let about = |product: Option<&ProductId>| match &signal.scope {
        Scope::Product(of) => product == Some(of),
        _ => false,
    };
    // Going on with an option says nothing about the plan.
    let of_this =
        !matches!(signal.scope, Scope::Product(_)) || about(candidate.from_product.as_ref());
    let upper =
        candidate.motion == Motion::PlanUp && signal.occurrence.starts_with(RENEWED) && of_this;
    let same = about(candidate.product.as_ref());
    let related = match candidate.motion {
        Motion::CrossSell | Motion::Bundle | Motion::Option => {
            candidate.goes_with.iter().any(|with| about(Some(with)))
                || (candidate.motion == Motion::Option && about(candidate.from_product.as_ref()))
        }
        _ => false,
    };
    (related || upper) && !same
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};

    fn decided(committed: Committed) -> Example {
        let mut example = Example::company();
        example.facts.commitments.push(Commitment {
            committed,
            on: day("2026-03-01"),
            product: Some("KT-PRO".into()),
            source: "proposals P7".to_owned(),
        });
        example
    }

    #[track_caller]
    fn check(example: &Example, as_of: &str, expected: &str) {
        let mut look = example.look();
        look.as_of = day(as_of);
        let said: Vec<_> = fires(&look)
            .iter()
            .map(|s| {
                let closes = s.closes_on.expect("a last day");
                format!("{} {}..{closes} {}", s.occurrence, s.opens_on, s.evidence[0].words.ja)
            })
            .collect();
        assert_eq!(said.join("\n"), expected);
    }

    #[test]
    fn s40_the_window_is_the_fortnight_from_the_decision_on() {
        let example = decided(Committed::Bought);
        let said = "bought:proposals P7:2026-03-01 2026-03-01..2026-03-15 2026年3月1日に勤怠 Proをお決めいただいたばかりです。";
        check(&example, "2026-02-28", "");
        check(&example, "2026-03-01", said);
        check(&example, "2026-03-15", said);
        check(&example, "2026-03-16", "");
    }

    #[test]
    fn s39_a_continuation_opens_the_upper_model_too() {
        for (committed, upper) in [(Committed::Bought, false), (Committed::Renewed, true)] {
            let example = decided(committed);
            let signal = fires(&example.look()).remove(0);
            let mut cross = example.candidate(Motion::CrossSell);
            assert!(!opens(&cross, &signal), "nothing says that it goes with what was bought");
            cross.goes_with = vec!["GTK".into(), "KT-PRO".into()];
            assert!(opens(&cross, &signal));
            let mut option = example.candidate(Motion::Option);
            option.from_product = Some("KT-PRO".into());
            assert!(opens(&option, &signal), "an option of the plan that was decided for");
            option.from_product = Some("EX-LIGHT".into());
            assert!(!opens(&option, &signal), "an option of another line");
            let mut up = example.candidate(Motion::PlanUp);
            up.from_product = Some("KT-PRO".into());
            assert_eq!(opens(&up, &signal), upper);
            up.from_product = Some("OP-API".into());
            assert!(!opens(&up, &signal), "going on with one product says nothing of another");
            assert!(!opens(&example.candidate(Motion::Seats), &signal));
            let mut same = cross.clone();
            same.product = Some("KT-PRO".into());
            assert!(!opens(&same, &signal), "what was just bought is not offered again");
        }
    }

    #[test]
    fn s40_households_decide_in_the_shop() {
        let mut example = decided(Committed::Bought);
        example.facts.kind = domain::motion::AccountKind::Household;
        assert_eq!(fires(&example.look()), []);
    }
}
