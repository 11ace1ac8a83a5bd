//! Whom to speak to, through which channel: the one who decides, never a detractor, only the person whom the customer
//! named if it did, and nobody who declined the channel (S19, S61, N12).

use domain::ids::ContactKey;
use domain::motion::{Channel, ContactRole, Motion};

use crate::facts::Contact;
use crate::guards::{loyalty, permission};
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

/// Channel and contact of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) channel: Channel,
    pub(crate) contact: Option<ContactKey>,
    pub(crate) role: Option<ContactRole>,
}

/// The way to reach an account: the best contact who may be reached through the channel; else, where the customer uses
/// the product, a prompt in the place of a mail. Where nobody may be reached it is as if everybody could: the guard
/// that stands against it says so.
pub(crate) fn choose(look: &Look, motion: Motion, channel: Channel) -> Way {
    let uses = !look.facts.usage.is_empty();
    let instead = (channel == Channel::Mail && uses).then_some(Channel::Prompt);
    let free = |channel: Channel| {
        let may = |contact| permission::is_free(look, (contact, channel), motion.sells());
        let known = best(look, |contact| may(Some(contact.contact)));
        let way = Way {
            channel,
            contact: known.map(|contact| contact.contact),
            role: known.map(|contact| contact.role),
        };
        // Nobody is known, or the product shows a prompt to whoever uses it.
        let anybody = look.facts.contacts.is_empty() || channel == Channel::Prompt;
        (known.is_some() || (anybody && may(None))).then_some(way)
    };
    let ways = [Some(channel), instead].into_iter().flatten();
    ways.into_iter().find_map(free).unwrap_or_else(|| {
        let known = best(look, |_| true);
        let (contact, role) =
            (known.map(|contact| contact.contact), known.map(|contact| contact.role));
        Way { channel, contact, role }
    })
}

/// The place of a role in the order in which people are asked.
pub(super) fn place(role: ContactRole) -> usize {
    ORDER.iter().position(|other| *other == role).unwrap_or(ORDER.len())
}

/// The contact who decides most, of those who may be reached; detractors never.
fn best<'a>(look: &Look<'a>, may: impl Fn(&Contact) -> bool) -> Option<&'a Contact> {
    let only = look.facts.bars.only_contact.as_ref().and_then(|only| only.contact);
    let named = |contact: &&Contact| only.is_none_or(|only| contact.contact == only);
    look.facts
        .contacts
        .iter()
        .filter(|contact| loyalty::detractors(look).all(|key| key != contact.contact))
        .filter(named)
        .filter(|contact| may(contact))
        .min_by_key(|contact| (place(contact.role), contact.contact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;
    use crate::facts::bars::{Consent, OnlyContact, Permission};

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
        let chosen =
            |example: &Example| choose(&example.look(), Motion::CrossSell, Channel::Phone).contact;
        assert_eq!(chosen(&example), Some(ContactKey(1)));
        example.answer(2.0);
        assert_eq!(chosen(&example), Some(ContactKey(3)));
        example.facts.bars.only_contact = Some(OnlyContact {
            contact: Some(ContactKey(7)),
            source: "account_facts F1".to_owned(),
            on: None,
        });
        assert_eq!(chosen(&example), Some(ContactKey(7)));
        example.facts.contacts.clear();
        assert_eq!(chosen(&example), None);
    }

    fn row(contact: i64, channel: Channel, consent: Consent) -> Permission {
        Permission {
            contact: ContactKey(contact),
            channel: Some(channel),
            consent,
            basis: None,
            on: None,
            source: format!("permissions C{contact}"),
        }
    }

    /// The decision maker 1 and the user 2 of a company without a contract.
    fn mailed(permissions: Vec<Permission>) -> Example {
        let mut example = Example::company();
        example.facts.contracts.clear();
        example.facts.usage.clear();
        example.facts.contacts = [(1, ContactRole::DecisionMaker), (2, ContactRole::User)]
            .map(|(key, role)| Contact { contact: ContactKey(key), role })
            .into();
        example.facts.bars.permissions = permissions;
        example
    }

    #[test]
    fn n12_a_mail_goes_to_who_agreed_to_it() {
        let way = |example: &Example, motion| {
            let way = choose(&example.look(), motion, Channel::Mail);
            (way.channel, way.contact.map(|contact| contact.0))
        };
        let example = mailed(vec![row(2, Channel::Mail, Consent::OptIn)]);
        assert_eq!(way(&example, Motion::CrossSell), (Channel::Mail, Some(2)));
        // A service message is no advertising; a refusal binds it too.
        assert_eq!(way(&example, Motion::Care), (Channel::Mail, Some(1)));
        let mut declined = mailed(vec![row(1, Channel::Mail, Consent::OptOut)]);
        assert_eq!(way(&declined, Motion::Care), (Channel::Mail, Some(2)));
        // Nobody may be mailed: the guard says so of the first.
        assert_eq!(way(&declined, Motion::CrossSell), (Channel::Mail, Some(1)));
        declined.facts.usage = Example::company().facts.usage;
        assert_eq!(way(&declined, Motion::CrossSell), (Channel::Prompt, Some(1)));
    }

    #[test]
    fn n12_a_call_goes_to_who_did_not_decline_it() {
        let example = mailed(vec![row(1, Channel::Phone, Consent::OptOut)]);
        let way = choose(&example.look(), Motion::CrossSell, Channel::Phone);
        assert_eq!((way.channel, way.contact), (Channel::Phone, Some(ContactKey(2))));
    }
}
