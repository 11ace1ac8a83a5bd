//! Who is addressed (S61, S62): never a detractor, and only the person whom the customer named, if it did
//! (「連絡窓口は○○様のみ」).
//!
//! The name comes as a statement `only_contact` of `account_facts`, whose value is the contact's id.

use domain::time::Days;
use domain::words::Words;

use super::{Clear, Guard, Knows, Reach, allow, because, hold, loyalty};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::bars::role_of;
use crate::look::Look;

pub(super) const GUARD: Guard = Guard {
    code: "addressee",
    ja: "連絡する相手",
    en: "Whom to address",
    cites: "S61 S62",
    reach: Reach::Offer,
    knows: Knows::Store,
    reads: "`surveys` of the contact; `account_facts` of kind `only_contact`: the contact's id; `none` takes it back",
    clear: Some(Clear::Each(clear)),
    check,
};

/// Nobody is prescribed, and the contact gave no answer that makes a detractor.
fn clear(look: &Look, candidate: &Candidate) -> bool {
    look.facts.bars.only_contact.is_none()
        && candidate.contact.is_none_or(|contact| loyalty::detractors(look).all(|it| it != contact))
}

fn check(look: &Look, candidate: &Candidate) -> Verdict {
    let detractor = candidate.contact.filter(|_| !look.is_personal());
    let detractor = detractor.and_then(|contact| loyalty::detractor_answer(look, contact));
    if let Some(answer) = detractor {
        let words = Words::new(
            format!("{}この方への提案は控えます。", answer.words.ja),
            format!("{} This person is not approached.", answer.words.en),
        );
        // Until the answer counts no more, as long as the account would be held.
        let until = answer.on.map(|on| on.plus(Days(look.policy.guards.loyalty.days + 1)));
        return because(hold(GUARD.code, Says::HoldUntil(until), words), vec![answer]);
    }
    let Some(only) = &look.facts.bars.only_contact else {
        return allow(GUARD.code, Words::new("連絡窓口の指定なし", "No contact is prescribed"));
    };
    let role = only.contact.and_then(|key| role_of(&look.facts.contacts, key));
    let (ja_role, en_role) = role.map_or_else(Default::default, |role| {
        let words = role.words();
        (format!("({})", words.ja), format!(" ({})", words.en.to_lowercase()))
    });
    let said = Words::new(
        format!("連絡窓口は1名のみとのご指定があります{ja_role}。"),
        format!("The customer named the only person to address{en_role}."),
    );
    let evidence = vec![Evidence { words: said.clone(), source: only.source.clone(), on: only.on }];
    if role.is_some() && candidate.contact == only.contact {
        return because(allow(GUARD.code, said), evidence);
    }
    let words = if role.is_none() {
        Words::new(
            format!(
                "{}該当の方が登録されていないか退任されているため、窓口を確認するまで提案を控えます。",
                said.ja
            ),
            format!("{} That person is not on record or has left: ask whom to address.", said.en),
        )
    } else {
        Words::new(
            format!("{}ほかの方への提案は控えます。", said.ja),
            format!("{} Nobody else is approached.", said.en),
        )
    };
    because(hold(GUARD.code, Says::HoldUntil(None), words), evidence)
}

#[cfg(test)]
mod tests {
    use super::super::tests::said_of;
    use crate::examples::Example;
    use crate::facts::bars::OnlyContact;
    use domain::ids::ContactKey;
    use domain::motion::Motion;

    fn check(only: Option<i64>, addressed: Option<i64>, expected: &str) {
        let mut example = Example::company();
        example.facts.bars.only_contact = Some(OnlyContact {
            contact: only.map(ContactKey),
            source: "account_facts F1".to_owned(),
            on: None,
        });
        let mut candidate = example.candidate(Motion::CrossSell);
        candidate.contact = addressed.map(ContactKey);
        assert_eq!(said_of("addressee", &example, &candidate), expected);
    }

    /// A user at 6 is not approached, at 7 is.
    #[test]
    fn s61_a_detractor_is_never_addressed() {
        let mut example = Example::company();
        example.answer(6.0);
        example.facts.surveys[0].role = Some(domain::motion::ContactRole::User);
        let mut candidate = example.candidate(Motion::CrossSell);
        candidate.contact = Some(ContactKey(1));
        let said = |example: &Example| said_of("addressee", example, &candidate);
        assert_eq!(
            said(&example),
            "hold until 2026-07-10: 利用者のNPSは6です(2026年1月10日)。この方への提案は控えます。"
        );
        example.facts.surveys[0].score = 7.0;
        assert_eq!(said(&example), "allow: 連絡窓口の指定なし");
    }

    #[test]
    fn s62_only_the_named_contact_is_addressed() {
        let said = "連絡窓口は1名のみとのご指定があります(決裁者)。";
        check(Some(1), Some(1), &format!("allow: {said}"));
        check(Some(1), Some(2), &format!("hold: {said}ほかの方への提案は控えます。"));
        check(Some(1), None, &format!("hold: {said}ほかの方への提案は控えます。"));
        let gone = "hold: 連絡窓口は1名のみとのご指定があります。該当の方が登録されていないか退任されているため、窓口を確認するまで提案を控えます。";
        check(Some(7), Some(7), gone);
        check(None, None, gone);
        let example = Example::company();
        let none = said_of("addressee", &example, &example.candidate(Motion::CrossSell));
        assert_eq!(none, "allow: 連絡窓口の指定なし");
    }
}
