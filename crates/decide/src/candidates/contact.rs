//! Whom to speak to: the one who decides, and never a detractor (S19, S61).

use domain::ids::ContactKey;
use domain::motion::ContactRole;

use crate::guards::loyalty;
use crate::look::Look;

/// Who is asked first.
const ORDER: [ContactRole; 7] = [
    ContactRole::DecisionMaker,
    ContactRole::BudgetOwner,
    ContactRole::Champion,
    ContactRole::KeyPerson,
    ContactRole::Executive,
    ContactRole::User,
    ContactRole::Other,
];

/// The contact to speak to with its role; none where there is none, or only detractors.
pub(super) fn choose(look: &Look) -> (Option<ContactKey>, Option<ContactRole>) {
    let place = |role: ContactRole| ORDER.iter().position(|other| *other == role);
    let found = look
        .facts
        .contacts
        .iter()
        .filter(|contact| loyalty::detractors(look).all(|key| key != contact.contact))
        .min_by_key(|contact| (place(contact.role), contact.contact));
    (found.map(|contact| contact.contact), found.map(|contact| contact.role))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;
    use crate::facts::Contact;

    #[test]
    fn the_decision_maker_unless_a_detractor() {
        let mut example = Example::company();
        example.facts.contacts = [
            (7, ContactRole::User),
            (1, ContactRole::DecisionMaker),
            (4, ContactRole::Champion),
            (3, ContactRole::BudgetOwner),
        ]
        .map(|(key, role)| Contact { contact: ContactKey(key), role })
        .into();
        assert_eq!(choose(&example.look()).0, Some(ContactKey(1)));
        example.answer(2.0);
        assert_eq!(choose(&example.look()).0, Some(ContactKey(3)));
        example.facts.contacts.clear();
        assert_eq!(choose(&example.look()), (None, None));
    }
}
