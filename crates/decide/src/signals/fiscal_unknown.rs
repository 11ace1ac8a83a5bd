//! Nobody knows when the customer's fiscal year closes (S29, S46): 「決算期未確認」, a question for the next hearing.
//!
//! It makes no play of its own; where a hearing is due it says what to ask. Persons and households have no budget.

use domain::words::Words;

use super::{Rule, is_care, signal};
use crate::candidate::Evidence;
use crate::candidates::HEARING;
use crate::decision::{Scope, Signal};
use crate::look::Look;

pub(crate) const RULE: Rule = Rule {
    code: "fiscal_unknown",
    ja: "決算期未確認",
    en: "Fiscal close not known",
    cites: "S29 S46",
    fires,
    opens: |candidate, _| is_care(candidate, HEARING),
};

fn fires(look: &Look) -> Vec<Signal> {
    if look.is_personal() || !look.is_customer() || look.facts.occasions.fiscal.is_some() {
        return Vec::new();
    }
    let words = Words::new(
        "決算期未確認です。次の面談で決算月と予算策定の時期を伺ってください。",
        "The fiscal close is not known; ask for it, and for when the budget is made.",
    );
    let source = format!("accounts {}", look.facts.account);
    let said = Evidence { words, source, on: Some(look.as_of) };
    vec![Signal {
        occurrence: "unknown".to_owned(),
        opens_on: look.facts.customer_since.unwrap_or(look.as_of),
        strength: 0.02,
        dated: false,
        ..signal(RULE.code, Scope::Account, said)
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;
    use crate::facts::Fiscal;
    use domain::motion::AccountKind;

    #[test]
    fn s46_asked_of_companies_only_and_until_it_is_known() {
        let mut example = Example::company();
        let said = fires(&example.look());
        assert!(said[0].evidence[0].words.ja.starts_with("決算期未確認です。"));
        assert!(!said[0].dated);
        example.facts.kind = AccountKind::Person;
        assert_eq!(fires(&example.look()), []);
        example.facts.kind = AccountKind::Department;
        example.facts.occasions.fiscal =
            Some(Fiscal { month: 9, source: "accounts A1".to_owned(), on: None });
        assert_eq!(fires(&example.look()), []);
    }
}
