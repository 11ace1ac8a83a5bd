//! No pitch to a dissatisfied customer (S57-S64): the latest NPS answer of each contact.
//!
//! Within the policy's days, a detractor among those who decide holds the account, and so does an
//! answer given for the account as a whole, or by the person or household itself. Detractors only among
//! users: allowed with a note, and never that person. No answer: allowed, with the advice to ask.
//!
//! A second rule asks for many favourable answers (S59): a least share of those that count. It is off by default.

use domain::ids::ContactKey;
use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::Survey;
use crate::look::Look;
use crate::phrases::figure;
use crate::policy::Cap;

pub(super) const GUARD: Guard = Guard {
    code: "loyalty",
    ja: "NPS(推奨度)",
    en: "Loyalty",
    cites: "S57 S58 S59 S61",
    reach: Reach::Account,
    knows: Knows::Store,
    reads: "`surveys` with question `nps`: the latest answer of each contact, and `contacts.role`",
    clear: None,
    check,
};

/// Which answers hold an account.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoyaltyPolicy {
    /// Days within which an answer counts.
    pub days: i32,
    /// From this score down a contact is a detractor.
    pub detractor_max: u8,
    /// Percent of the answers that must be favourable, where there are any; none: not asked for.
    pub favourable_percent: Cap,
    /// From this score up an answer is favourable.
    pub favourable_min: u8,
}

impl Default for LoyaltyPolicy {
    fn default() -> Self {
        Self { days: 180, detractor_max: 6, favourable_percent: Cap::NONE, favourable_min: 8 }
    }
}

/// The NPS answers that count, newest first.
fn answers<'a>(look: &Look<'a>) -> impl Iterator<Item = &'a Survey> {
    let (as_of, days) = (look.as_of, look.policy.guards.loyalty.days);
    look.facts.surveys.iter().filter(move |survey| {
        survey.question == "nps" && (0..=days).contains(&as_of.since(survey.on).0)
    })
}

fn is_detractor(look: &Look, survey: &Survey) -> bool {
    survey.score <= f64::from(look.policy.guards.loyalty.detractor_max)
}

/// Whether an answer speaks for the account: of one who decides, or not of any one contact.
fn speaks(look: &Look, survey: &Survey) -> bool {
    survey.contact.is_none()
        || look.is_personal()
        || survey.role.is_some_and(domain::motion::ContactRole::decides)
}

/// The contacts who are never to be approached with an offer.
pub(crate) fn detractors(look: &Look) -> impl Iterator<Item = ContactKey> {
    let (as_of, policy) = (look.as_of, &look.policy.guards.loyalty);
    let top = f64::from(policy.detractor_max);
    look.facts.surveys.iter().filter_map(move |survey| {
        let counts = survey.question == "nps"
            && survey.score <= top
            && (0..=policy.days).contains(&as_of.since(survey.on).0);
        survey.contact.filter(|_| counts)
    })
}

/// The answer by which a contact is a detractor.
pub(super) fn detractor_answer(look: &Look, contact: ContactKey) -> Option<Evidence> {
    let theirs = |survey: &&Survey| survey.contact == Some(contact) && is_detractor(look, survey);
    answers(look).find(theirs).map(|survey| evidence(look, survey))
}

/// The answers that speak for the account and are dissatisfied, newest first.
pub(crate) fn detractor_answers(look: &Look) -> Vec<Evidence> {
    let found = answers(look).filter(|survey| is_detractor(look, survey) && speaks(look, survey));
    found.map(|survey| evidence(look, survey)).collect()
}

/// An answer in words.
pub(crate) fn evidence(look: &Look, survey: &Survey) -> Evidence {
    let (ja_who, en_who) = who(look, survey);
    let score = figure(survey.score);
    let (ja_on, en_on) = (survey.on.display_ja(), survey.on.display_en());
    Evidence {
        words: Words::new(
            format!("{ja_who}のNPSは{score}です({ja_on})。"),
            format!("NPS {score} by the {en_who} ({en_on})."),
        ),
        source: format!("surveys {}", survey.response),
        on: Some(survey.on),
    }
}

fn who(look: &Look, survey: &Survey) -> (String, String) {
    if look.is_personal() || survey.contact.is_none() {
        return ("お客様".to_owned(), "customer".to_owned());
    }
    let words = survey.role.unwrap_or(domain::motion::ContactRole::Other).words();
    (words.ja, words.en.to_lowercase())
}

fn check(look: &Look, _: &Candidate) -> Verdict {
    let against: Vec<&Survey> = answers(look).filter(|survey| is_detractor(look, survey)).collect();
    let deciding: Vec<&Survey> =
        against.iter().copied().filter(|survey| speaks(look, survey)).collect();
    if !deciding.is_empty() {
        return dissatisfied(look, &deciding);
    }
    if let Some(held) = unfavourable(look) {
        return held;
    }
    if against.is_empty() {
        return satisfied(look);
    }
    let n = against.len();
    let words = Words::new(
        format!("利用者に批判者{n}名(決裁に関わる方には批判者なし、該当の方への連絡は控えます)。"),
        format!("Detractors among users: {n}; none among those who decide. Do not approach them."),
    );
    let evidence = against.iter().map(|survey| evidence(look, survey)).collect();
    because(allow(GUARD.code, words), evidence)
}

/// Those who decide are dissatisfied.
fn dissatisfied(look: &Look, deciding: &[&Survey]) -> Verdict {
    let days = look.policy.guards.loyalty.days;
    let until = deciding.iter().map(|survey| survey.on.plus(Days(days + 1))).max();
    let until = until.unwrap_or(look.as_of);
    let first = evidence(look, deciding[0]).words;
    let words = Words::new(
        format!("{}満足度の改善を優先し、{}まで提案を控えます。", first.ja, until.display_ja()),
        format!("{} No offers until {}; restore satisfaction first.", first.en, until.display_en()),
    );
    let evidence = deciding.iter().map(|survey| evidence(look, survey)).collect();
    because(hold(GUARD.code, Says::HoldUntil(Some(until)), words), evidence)
}

/// Too few answers are favourable, where the policy asks for many (S59).
fn unfavourable(look: &Look) -> Option<Verdict> {
    let policy = &look.policy.guards.loyalty;
    let needed = u64::from(policy.favourable_percent.get()?);
    let favourable = |survey: &&Survey| survey.score >= f64::from(policy.favourable_min);
    let (n, good) = (answers(look).count(), answers(look).filter(favourable).count());
    if n == 0 || good as u64 * 100 >= needed * n as u64 {
        return None;
    }
    let min = policy.favourable_min;
    let words = Words::new(
        format!(
            "好意的な回答({min}点以上)は{n}件中{good}件で、{needed} %に届きません。満足度の改善を優先し、提案を控えます。"
        ),
        format!(
            "{good} of {n} answers are favourable ({min} or more), fewer than {needed} %. No offers; restore satisfaction first."
        ),
    );
    let evidence = answers(look).map(|survey| evidence(look, survey)).collect();
    Some(because(hold(GUARD.code, Says::HoldUntil(None), words), evidence))
}

/// Nobody is dissatisfied, or nobody answered.
fn satisfied(look: &Look) -> Verdict {
    let days = look.policy.guards.loyalty.days;
    let best = answers(look).max_by(|a, b| {
        speaks(look, a)
            .cmp(&speaks(look, b))
            .then(a.on.cmp(&b.on))
            .then(a.score.total_cmp(&b.score))
            .then(a.response.cmp(&b.response))
    });
    match best {
        Some(survey) => {
            because(allow(GUARD.code, evidence(look, survey).words), vec![evidence(look, survey)])
        }
        None => allow(
            GUARD.code,
            Words::new(
                format!("過去{days}日のNPS回答はありません。回答のご依頼をおすすめします。"),
                format!("No NPS answer within {days} days; asking for one is advised."),
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use crate::examples::Example;
    use crate::policy::Cap;
    use domain::ids::ContactKey;
    use domain::motion::{AccountKind, ContactRole};

    fn check(score: f64, role: Option<ContactRole>, expected: &str) {
        let mut example = Example::company();
        example.answer(score);
        example.facts.surveys[0].role = role;
        example.facts.surveys[0].contact = role.map(|_| ContactKey(1));
        assert_eq!(said("loyalty", &example), expected);
    }

    /// Detractor at 6, passive at 7.
    #[test]
    fn s58_s61_who_holds_the_account() {
        let held = "hold until 2026-07-10: 決裁者のNPSは6です(2026年1月10日)。満足度の改善を優先し、2026年7月10日まで提案を控えます。";
        check(6.0, Some(ContactRole::DecisionMaker), held);
        check(7.0, Some(ContactRole::DecisionMaker), "allow: 決裁者のNPSは7です(2026年1月10日)。");
        check(
            2.0,
            Some(ContactRole::User),
            "allow: 利用者に批判者1名(決裁に関わる方には批判者なし、該当の方への連絡は控えます)。",
        );
        check(
            2.0,
            None,
            "hold until 2026-07-10: お客様のNPSは2です(2026年1月10日)。満足度の改善を優先し、2026年7月10日まで提案を控えます。",
        );
        check(9.0, Some(ContactRole::Champion), "allow: 推進者のNPSは9です(2026年1月10日)。");
    }

    /// Day 180 counts, day 181 does not.
    #[test]
    fn s58_no_answer_and_an_old_answer_allow() {
        let none = "allow: 過去180日のNPS回答はありません。回答のご依頼をおすすめします。";
        let mut example = Example::company();
        assert_eq!(said("loyalty", &example), none);
        example.answer(0.0);
        example.facts.surveys[0].on = crate::examples::day("2025-09-12");
        assert_eq!(said("loyalty", &example), none);
        example.facts.surveys[0].on = crate::examples::day("2025-09-13");
        assert!(said("loyalty", &example).starts_with("hold until 2026-03-13"));
        example.facts.surveys[0].question = "csat".to_owned();
        assert_eq!(said("loyalty", &example), none);
    }

    /// Three answers: 9, 8 and 7, of which two are favourable.
    #[test]
    fn s59_a_share_of_favourable_answers_where_the_policy_asks_for_it() {
        let mut example = Example::company();
        for (contact, score) in [(1, 9.0), (2, 8.0), (3, 7.0)] {
            example.answer(score);
            let survey = example.facts.surveys.last_mut().expect("just answered");
            survey.contact = Some(ContactKey(contact));
        }
        let mut check = |percent: Cap, expected: &str| {
            example.policy.guards.loyalty.favourable_percent = percent;
            let said = said("loyalty", &example);
            assert!(said.starts_with(expected), "{said}");
        };
        check(Cap::NONE, "allow");
        check(Cap::at_most(0), "allow");
        check(Cap::at_most(66), "allow");
        check(
            Cap::at_most(67),
            "hold: 好意的な回答(8点以上)は3件中2件で、67 %に届きません。満足度の改善を優先し、提案を控えます。",
        );
    }

    #[test]
    fn a_person_answers_for_itself() {
        let mut example = Example::company();
        example.facts.kind = AccountKind::Person;
        example.answer(4.0);
        example.facts.surveys[0].role = Some(ContactRole::User);
        assert!(said("loyalty", &example).starts_with("hold until"));
    }
}
