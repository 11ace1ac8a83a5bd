//! The customer does not have what others like it have: always open, and the weakest reason.

use domain::motion::Motion;
use domain::words::Words;

use super::{Rule, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::look::Look;

pub(crate) const RULE: Rule =
    Rule { code: "gap", ja: "未導入", en: "Whitespace", cites: "S55 S56 N11", fires, opens };

fn fires(look: &Look) -> Vec<Signal> {
    if !look.is_customer() {
        return Vec::new();
    }
    let said = Evidence {
        words: Words::new(
            "期限のあるきっかけはなく、随時ご案内できる内容です。",
            "No dated occasion; it can be raised at any time.",
        ),
        source: format!("accounts {}", look.facts.account),
        on: Some(look.as_of),
    };
    let mut signal = signal(RULE.code, Scope::Account, said);
    "standing".clone_into(&mut signal.occurrence);
    signal.opens_on = look.facts.customer_since.unwrap_or(look.as_of);
    signal.strength = 0.05;
    signal.dated = false;
    vec![signal]
}

fn opens(candidate: &Candidate, _: &Signal) -> bool {
    matches!(
        candidate.motion,
        Motion::CrossSell | Motion::Option | Motion::Term | Motion::Poc | Motion::Bundle
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};

    #[test]
    fn stands_for_customers_only() {
        let mut example = Example::company();
        let found = fires(&example.look());
        assert_eq!(found[0].occurrence, "standing");
        assert_eq!(found[0].closes_on, None);
        example.facts.contracts[0].active = false;
        example.facts.contracts[0].ended_on = Some(day("2026-01-31"));
        assert_eq!(fires(&example.look()), []);
    }
}
