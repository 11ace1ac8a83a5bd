//! Who decides, and the way there (S19, S76).
//!
//! Whoever may decide: decision makers, holders of the budget and executives. The way to them goes from somebody who
//! is known up the lines of reporting. Where nobody who decides is known, the champion, or whoever is known, is asked.

use domain::ids::ContactKey;
use domain::motion::ContactRole;

use crate::facts::{AccountFacts, Contact};

/// Who may decide, the first one first.
const DECIDES: [ContactRole; 3] =
    [ContactRole::DecisionMaker, ContactRole::BudgetOwner, ContactRole::Executive];
/// Who is asked for them, the first one first.
const ASKED: [ContactRole; 4] =
    [ContactRole::Champion, ContactRole::KeyPerson, ContactRole::User, ContactRole::Other];

/// Who decides at an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyMen {
    /// Who may decide.
    pub decide: Vec<Contact>,
    /// Who drives it from within.
    pub champions: Vec<Contact>,
    /// From the first of those who are asked to somebody who decides, both included; empty where no line of reporting
    /// leads there.
    pub path: Vec<ContactKey>,
    /// Whom to ask, where nobody who decides is known: the champion first.
    pub ask: Option<Contact>,
}

/// Finds them among the contacts who have not left.
pub fn search(facts: &AccountFacts) -> KeyMen {
    let decide = of_roles(facts, &DECIDES);
    let ask = of_roles(facts, &ASKED);
    let mut paths = ask.iter().filter_map(|from| path(facts, from.contact, &decide));
    KeyMen {
        champions: of_roles(facts, &[ContactRole::Champion]),
        path: paths.next().unwrap_or_default(),
        ask: ask.first().copied().filter(|_| decide.is_empty()),
        decide,
    }
}

/// Contacts of these roles, in the order of the roles, then by key.
fn of_roles(facts: &AccountFacts, roles: &[ContactRole]) -> Vec<Contact> {
    let mut found: Vec<(usize, Contact)> = facts
        .contacts
        .iter()
        .filter_map(|contact| {
            Some((roles.iter().position(|role| *role == contact.role)?, *contact))
        })
        .collect();
    found.sort_by_key(|(place, contact)| (*place, contact.contact));
    found.into_iter().map(|(_, contact)| contact).collect()
}

/// Up the lines of reporting until somebody decides; a circle leads nowhere.
fn path(facts: &AccountFacts, from: ContactKey, decide: &[Contact]) -> Option<Vec<ContactKey>> {
    let mut path = vec![from];
    let mut at = from;
    while let Some(above) = facts.reports_to.get(&at) {
        if path.contains(above) {
            return None;
        }
        path.push(*above);
        if decide.iter().any(|contact| contact.contact == *above) {
            return Some(path);
        }
        at = *above;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::bare;

    fn found(contacts: &[(i64, ContactRole)], reports: &[(i64, i64)]) -> KeyMen {
        let contact =
            |(key, role): &(i64, ContactRole)| Contact { contact: ContactKey(*key), role: *role };
        let line = |(from, to): &(i64, i64)| (ContactKey(*from), ContactKey(*to));
        search(&AccountFacts {
            contacts: contacts.iter().map(contact).collect(),
            reports_to: reports.iter().map(line).collect(),
            ..bare()
        })
    }

    fn keys(contacts: &[Contact]) -> Vec<i64> {
        contacts.iter().map(|contact| contact.contact.0).collect()
    }

    #[test]
    fn s19_who_decides_who_drives_and_the_way_between() {
        use ContactRole::{Champion, DecisionMaker, Executive, Other, User};
        let people = [(1, User), (2, Champion), (3, Other), (4, DecisionMaker), (5, Executive)];
        let men = found(&people, &[(1, 4), (2, 3), (3, 4), (4, 5)]);
        assert_eq!((keys(&men.decide), keys(&men.champions)), (vec![4, 5], vec![2]));
        assert_eq!(men.path, [2, 3, 4].map(ContactKey), "from the champion");
        assert_eq!(men.ask, None);
        let men = found(&people, &[(1, 4), (4, 5)]);
        assert_eq!(men.path, [1, 4].map(ContactKey), "the champion reports to nobody on record");
    }

    #[test]
    fn s76_nobody_decides_so_the_champion_is_asked() {
        use ContactRole::{Champion, KeyPerson, User};
        let men = found(&[(1, User), (3, KeyPerson), (7, Champion)], &[]);
        assert_eq!((men.decide, men.path), (vec![], vec![]));
        assert_eq!(men.ask.map(|contact| contact.contact), Some(ContactKey(7)));
        assert_eq!(found(&[], &[]), KeyMen::default());
    }

    #[test]
    fn a_circle_of_reporting_leads_nowhere() {
        use ContactRole::{DecisionMaker, User};
        let men = found(&[(1, User), (2, User), (9, DecisionMaker)], &[(1, 2), (2, 1)]);
        assert_eq!(men.path, []);
        assert_eq!(found(&[(1, User), (9, DecisionMaker)], &[(1, 1)]).path, []);
    }
}
