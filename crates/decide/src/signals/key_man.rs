//! Nobody who decides is known at a customer (S19, S76): 「決裁者が未確認」. It opens a talk of its own, never a pitch.
//!
//! It stands where people are known and none of them may decide; of whom nobody is known at all, the files may just
//! have no contacts. It closes when somebody who decides is on record.

use domain::words::Words;

use super::{Rule, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::key_man;
use crate::look::Look;

pub(crate) const RULE: Rule = Rule {
    code: "key_man",
    ja: "決裁者が未確認",
    en: "No known decision maker",
    cites: "S19 S76 S78",
    fires,
    opens,
};

/// The offer that it opens.
pub(crate) const OFFER: &str = "care:key_man";

fn fires(look: &Look) -> Vec<Signal> {
    let spoken_to = look.facts.takes_hours() && !look.is_personal();
    if !spoken_to || !look.is_customer() {
        return Vec::new();
    }
    let Some(ask) = key_man::search(look.facts).ask else { return Vec::new() };
    let n = look.facts.contacts.len();
    let said = Evidence {
        words: Words::new(
            format!(
                "決裁者が未確認です(登録のある担当者{n}名に、決裁者・予算責任者・役員がいません)。"
            ),
            format!(
                "No known decision maker: none of the {n} contacts decides, holds the budget or is an executive."
            ),
        ),
        source: format!("contacts {}", ask.contact),
        on: None,
    };
    let mut signal = signal(RULE.code, Scope::Account, said);
    "unknown".clone_into(&mut signal.occurrence);
    signal.opens_on = look.facts.customer_since.unwrap_or(look.as_of);
    signal.strength = 0.1;
    vec![signal]
}

fn opens(candidate: &Candidate, _: &Signal) -> bool {
    candidate.offer.as_str() == OFFER
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;
    use crate::facts::Contact;
    use domain::ids::ContactKey;
    use domain::motion::{ContactRole, Motion, TouchModel};

    fn fired(example: &Example) -> usize {
        fires(&example.look()).len()
    }

    #[test]
    fn s76_it_stands_until_somebody_who_decides_is_known() {
        let mut example = Example::company();
        assert_eq!(fired(&example), 0, "the decision maker is known");
        example.facts.contacts[0].role = ContactRole::Champion;
        let found = fires(&example.look());
        assert_eq!(
            found[0].evidence[0].words.ja,
            "決裁者が未確認です(登録のある担当者1名に、決裁者・予算責任者・役員がいません)。"
        );
        assert_eq!(found[0].evidence[0].source, "contacts 1");
        for role in [ContactRole::BudgetOwner, ContactRole::Executive] {
            let contact = Contact { contact: ContactKey(2), role };
            example.facts.contacts.push(contact);
            assert_eq!(fired(&example), 0, "{}", role.code());
            example.facts.contacts.pop();
        }
        example.facts.touch = TouchModel::Tech;
        assert_eq!(fired(&example), 0, "nobody speaks with it");
        example.facts.touch = TouchModel::Low;
        example.facts.contacts.clear();
        assert_eq!(fired(&example), 0, "nobody is known at all");
    }

    #[test]
    fn it_opens_its_own_play_only_and_nothing_else_opens_that() {
        let mut example = Example::company();
        example.facts.contacts[0].role = ContactRole::User;
        example.escalate();
        let signals = super::super::fired(&example.look());
        let mut candidate = example.candidate(Motion::Care);
        let rules = |candidate: &Candidate| -> Vec<&str> {
            super::super::opening(candidate, &signals).map(|signal| signal.rule).collect()
        };
        candidate.offer = OFFER.into();
        assert_eq!(rules(&candidate), ["key_man"]);
        candidate.offer = "care".into();
        assert_eq!(rules(&candidate), ["care_need"]);
        assert!(!rules(&example.candidate(Motion::CrossSell)).contains(&"key_man"));
    }
}
