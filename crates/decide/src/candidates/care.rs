//! Help without a pitch (S64, S101): for customers who need it, have gone quiet, or are due for a talk.
//!
//! Each kind of care is a play of its own: help where something is wrong, a greeting of the successor, help with
//! adoption, a regular talk, and the request to answer the NPS question. A kind is made where a timing rule opens it.

use domain::ids::ContactKey;
use domain::motion::{Channel, Motion};
use domain::words::Words;

use super::{Generator, blank};
use crate::candidate::{Candidate, Recommendation};
use crate::decision::Signal;
use crate::look::Look;
use crate::signals;
use crate::signals::key_man;

pub(super) const GENERATOR: Generator = Generator {
    code: "care",
    ja: "フォロー",
    en: "Customer care",
    cites: "S41 S48 S64 S75 S101 N3 N15",
    make,
};

/// Help where something is wrong.
pub(crate) const CARE: &str = "care";
/// A greeting of who follows a key person.
pub(crate) const SUCCESSOR: &str = "care:successor";
/// Help with adoption.
pub(crate) const ACTIVATION: &str = "care:activation";
/// A regular talk, with what is to be asked.
pub(crate) const HEARING: &str = "care:hearing";
/// The request to answer the NPS question.
pub(crate) const NPS_REQUEST: &str = "care:nps_request";

/// Words in Japanese and English.
type Both = (&'static str, &'static str);

/// Every kind of care: its offer id, what it is called, and what to do next.
const PLAYS: [(&str, Both, Both); 4] = [
    (
        SUCCESSOR,
        ("後任へのご挨拶", "Meet the successor"),
        (
            "後任の方をご確認のうえご挨拶に伺い、これまでの経緯と今後の方針を共有してください。",
            "Find out who follows, introduce yourself, and share what was agreed so far.",
        ),
    ),
    (
        ACTIVATION,
        ("利用定着の支援", "Help with adoption"),
        (
            "利用が進まない理由を伺い、使い方の支援を提案してください。",
            "Ask what keeps people from using it, and offer help.",
        ),
    ),
    (
        HEARING,
        ("定期訪問・ヒアリング", "Regular check-in"),
        (
            "近況と今後の計画、お困りごとを伺い、記録してください。",
            "Ask how things are going, what is planned and what is not working, and record it.",
        ),
    ),
    (
        NPS_REQUEST,
        ("NPSの回答を依頼する", "Ask for an NPS answer"),
        (
            "アンケートへのご回答をメールでお願いしてください。",
            "Ask by e-mail for an answer to the survey.",
        ),
    ),
];

/// What an offer of care is called.
pub(crate) fn is_kind(offer: &str) -> bool {
    offer == CARE
        || [key_man::OFFER, super::REFERRAL].contains(&offer)
        || PLAYS.iter().any(|(id, ..)| *id == offer)
}

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    let signals = signals::fired(look);
    let kinds = PLAYS.iter().filter_map(|(id, title, next)| {
        let mut candidate = blank(look, Motion::Care, (*id).to_owned());
        candidate.title = Words::new(title.0, title.1);
        candidate.next_step = Words::new(next.0, next.1);
        if *id == SUCCESSOR && candidate.contact.is_some_and(|contact| is_gone(look, contact)) {
            candidate.contact = None;
        }
        if *id == NPS_REQUEST {
            (candidate.channel, candidate.effort_hours) = (Channel::Mail, 0.0);
        }
        opened(candidate, &signals)
    });
    help(look, &signals).into_iter().chain(kinds).collect()
}

/// Somebody who is gone cannot be spoken to.
fn is_gone(look: &Look, contact: ContactKey) -> bool {
    look.facts.occasions.gone.iter().any(|gone| gone.contact == contact)
}

fn help(look: &Look, signals: &[Signal]) -> Option<Candidate> {
    let mut candidate = opened(blank(look, Motion::Care, CARE.to_owned()), signals)?;
    let first = signals::opening(&candidate, signals).next();
    let looked = |signal: &Signal| {
        signal.evidence.first().is_some_and(|it| it.source.starts_with("web_events"))
    };
    if let Some(signal) = first.filter(|signal| signal.rule == "enquiry") {
        // Who looked at a page asked nobody anything.
        candidate.next_step = if looked(signal) {
            Words::new(
                "ご覧になった内容について、ご不明な点やご検討中のことがないか伺ってください。",
                "Ask whether anything about what they looked at is unclear, and what they have in mind.",
            )
        } else {
            Words::new(
                "お問い合わせにお答えし、ご要望を伺ってください。",
                "Answer the enquiry, and ask what is needed.",
            )
        };
    }
    Some(candidate)
}

/// The candidate with its reasons, where a rule opens it; a mere question to ask is no reason to go.
fn opened(mut candidate: Candidate, signals: &[Signal]) -> Option<Candidate> {
    let opening: Vec<&Signal> = signals::opening(&candidate, signals).collect();
    if opening.iter().all(|signal| signal.rule == signals::QUESTION) {
        return None;
    }
    let because = opening.iter().flat_map(|signal| signal.evidence.iter().cloned()).collect();
    candidate.because = because;
    Some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};
    use crate::facts::{Gone, Lost};
    use domain::motion::ContactRole;

    fn said(example: &Example) -> String {
        let made = make(&example.look(), &[]);
        let line = |c: &Candidate| {
            format!("{} {} {} h: {}", c.offer, c.title.ja, c.effort_hours, c.because.len())
        };
        made.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn each_kind_is_a_play_of_its_own() {
        let mut example = Example::company();
        assert_eq!(said(&example), "", "an unknown fiscal close alone is no reason to go");
        example.escalate();
        example.facts.features.insert("thin_contact", 1.0);
        example.facts.occasions.nps_asked_on = Some(day("2026-03-01"));
        example.facts.occasions.gone = vec![Gone {
            contact: ContactKey(1),
            role: ContactRole::DecisionMaker,
            lost: Lost::Bounced,
            on: day("2026-03-01"),
            source: "activities K1".to_owned(),
        }];
        insta::assert_snapshot!(said(&example), @r"
        care フォロー 1 h: 1
        care:successor 後任へのご挨拶 1 h: 1
        care:hearing 定期訪問・ヒアリング 1 h: 2
        care:nps_request NPSの回答を依頼する 0 h: 1
        ");
        let successor = &make(&example.look(), &[])[1];
        assert_eq!(successor.contact, None, "mail to that contact comes back");
    }

    #[test]
    fn s46_where_a_talk_is_due_the_unknown_close_is_a_question() {
        let mut example = Example::company();
        example.facts.features.insert("thin_contact", 1.0);
        let hearing = make(&example.look(), &[]).remove(0);
        assert!(hearing.because.iter().any(|it| it.words.ja.starts_with("決算期未確認です。")));
    }
}
