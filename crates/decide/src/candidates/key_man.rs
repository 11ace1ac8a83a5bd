//! Find out who decides (S19, S76): a talk with the champion, where nobody who decides is known.

use domain::motion::Motion;
use domain::words::Words;

use super::{Generator, blank};
use crate::candidate::{Candidate, Recommendation};
use crate::key_man;
use crate::look::Look;
use crate::signals::{self, key_man::OFFER};

pub(super) const GENERATOR: Generator = Generator {
    code: "key_man",
    ja: "決裁者の確認",
    en: "Find the decision maker",
    cites: "S19 S76 S78",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    let mut candidate = blank(look, Motion::Care, OFFER.to_owned());
    let signals = signals::fired(look);
    let evidence = signals::opening(&candidate, &signals).flat_map(|signal| &signal.evidence);
    candidate.because = evidence.cloned().collect();
    let Some(ask) = key_man::search(look.facts).ask else { return Vec::new() };
    if candidate.because.is_empty() {
        return Vec::new();
    }
    let who = ask.role.words();
    candidate.title = Words::new("決裁者を確認する", "Find out who decides");
    candidate.contact = Some(ask.contact);
    candidate.next_step = Words::new(
        format!("{}に、導入や更新の決裁者と承認の流れを伺い、ご紹介をお願いしてください。", who.ja),
        format!(
            "Ask the {} who decides and how approval goes, and for an introduction.",
            who.en.to_lowercase()
        ),
    );
    vec![candidate]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;
    use crate::facts::Contact;
    use domain::ids::ContactKey;
    use domain::motion::ContactRole;

    #[test]
    fn s19_the_champion_is_asked() {
        let mut example = Example::company();
        assert_eq!(make(&example.look(), &[]), [], "who decides is known");
        example.facts.contacts = [(1, ContactRole::User), (5, ContactRole::Champion)]
            .map(|(key, role)| Contact { contact: ContactKey(key), role })
            .into();
        let made = make(&example.look(), &[]);
        assert_eq!((made.len(), made[0].contact), (1, Some(ContactKey(5))));
        assert_eq!(
            made[0].next_step.ja,
            "推進者に、導入や更新の決裁者と承認の流れを伺い、ご紹介をお願いしてください。"
        );
        assert_eq!((made[0].motion, made[0].role), (Motion::Care, "CS"));
    }
}
