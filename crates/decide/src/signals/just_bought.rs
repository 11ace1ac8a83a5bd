//! The customer has just decided to buy (S40): the moment for what goes with it.
//!
//! The window opens on the day of the decision and closes `days` later. It opens what completes the purchase:
//! options of the same plan, stated complements (`offers.complements`), and what others bought together with it more
//! than chance would. The product that was just bought is not offered again, and a decision about nothing in
//! particular opens no other product. Persons and households decide in the shop itself.

use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, related, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::{Commitment, Committed};
use crate::look::Look;
use crate::phrases::name;

pub(super) const RULE: Rule =
    Rule {
        code: "just_bought", ja: "購入の直後", en: "Just bought", cites: "S40", fires, opens
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

fn fires(look: &Look) -> Vec<Signal> {
    if look.is_personal() || !look.is_customer() {
        return Vec::new();
    }
    let made = look.facts.commitments.iter().filter(|made| made.committed == Committed::Bought);
    made.filter_map(|made| fresh(look, made)).collect()
}

fn fresh(look: &Look, made: &Commitment) -> Option<Signal> {
    let days = look.policy.rules.just_bought.days;
    if !(0..=days).contains(&look.days_since(made.on)) {
        return None;
    }
    let (ja_on, en_on) = (made.on.display_ja(), made.on.display_en());
    let words = match made.product.as_ref().map(|id| name(look.catalogue, id)) {
        Some(product) => Words::new(
            format!("{ja_on}に{product}をお決めいただいたばかりです。"),
            format!("Decided for {product} on {en_on}."),
        ),
        None => Words::new(
            format!("{ja_on}にご購入をお決めいただいたばかりです。"),
            format!("Decided to buy on {en_on}."),
        ),
    };
    let scope = made.product.clone().map_or(Scope::Account, Scope::Product);
    let said = Evidence { words, source: made.source.clone(), on: Some(made.on) };
    Some(Signal {
        occurrence: format!("bought:{}:{}", made.source, made.on),
        closes_on: Some(made.on.plus(Days(days))),
        strength: 0.6,
        ..signal(RULE.code, scope, said)
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    related(candidate, signal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};
    use domain::motion::Motion;

    fn decided() -> Example {
        let mut example = Example::company();
        for (committed, on) in
            [(Committed::Bought, "2026-03-01"), (Committed::Renewed, "2026-03-02")]
        {
            example.facts.commitments.push(Commitment {
                committed,
                on: day(on),
                product: Some("KT-PRO".into()),
                source: "proposals P7".to_owned(),
            });
        }
        example
    }

    #[test]
    fn s40_the_window_is_the_fortnight_from_the_decision_on() {
        let example = decided();
        let check =
            |as_of, expected| assert_eq!(super::super::on(&example, as_of, fires), expected);
        let said = "bought:proposals P7:2026-03-01 2026-03-01..2026-03-15 2026年3月1日に勤怠 Proをお決めいただいたばかりです。";
        check("2026-02-28", "");
        check("2026-03-01", said);
        check("2026-03-15", said);
        check("2026-03-16", "");
    }

    #[test]
    fn s40_it_opens_what_goes_with_it_and_nothing_else() {
        let example = decided();
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
        assert!(!opens(&up, &signal), "the upper model is for who goes on");
        let mut same = cross.clone();
        same.product = Some("KT-PRO".into());
        assert!(!opens(&same, &signal), "what was just bought is not offered again");
    }

    #[test]
    fn s40_households_decide_in_the_shop() {
        let mut example = decided();
        example.facts.kind = domain::motion::AccountKind::Household;
        assert_eq!(fires(&example.look()), []);
    }
}
