//! Asking a promoter for a referral (S15), with the capacity that inviting users earns.
//!
//! It needs a programme: a row of `offers` whose incentive has a `referral` term, for this customer. By itself it is
//! care: what it brings is not counted. Only where enough requests are on record it is worth
//! `P(refers who buys) * margin - P * cost`, and has to earn to be made. What stands against an offer stands against it
//! too: stops, payments, enquiries, dissatisfaction, rejections, permissions, caps of contacts.

use domain::motion::{Channel, Motion};
use domain::probability::Estimate;
use domain::words::Words;

use super::{Generator, blank, given};
use crate::candidate::{Candidate, Evidence, Recommendation};
use crate::catalogue::GivenOffer;
use crate::decision::Verdict;
use crate::guards;
use crate::incentive::{Incentive, Term};
use crate::look::Look;
use crate::signals::referral::{self, Asked};
use crate::stop;

/// The offer of a request for a referral.
pub const REFERRAL: &str = "care:referral";

pub(super) const GENERATOR: Generator = Generator {
    code: "referral",
    ja: "推薦・紹介のお願い",
    en: "Ask for a referral",
    cites: "S14 S15 S57",
    make,
};

/// The guards that are asked although nothing is sold.
const GUARDS: [&str; 11] = [
    "stop",
    "credit",
    "cancel_notice",
    "escalation",
    "incident",
    "loyalty",
    "at_risk",
    "cool_down",
    "quiet",
    "addressee",
    "permission",
];

/// The programme that an account may take part in: its offer, what it gives, and what that costs, minor units.
fn programme<'a>(look: &Look<'a>) -> Option<(&'a GivenOffer, &'a Incentive, i64)> {
    let offers = look.catalogue.offers.iter().filter(|offer| given::is_for(look, offer));
    let mut told = offers.filter_map(|offer| {
        let incentive = offer.incentive.as_ref()?;
        let cost = incentive.terms().iter().find_map(|term| match term {
            Term::Referral { cost_minor, .. } => Some(*cost_minor),
            _ => None,
        })?;
        Some((offer, incentive, cost))
    });
    told.next()
}

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    // Where all offers are stopped nobody is asked for one either.
    if look.policy.stopped.is_some() {
        return Vec::new();
    }
    let Some((offer, incentive, cost)) = programme(look) else { return Vec::new() };
    let Asked::Ready(answer, success) = referral::asked(look) else { return Vec::new() };
    let mut candidate = blank(look, Motion::Care, REFERRAL.to_owned());
    (candidate.channel, candidate.effort_hours) = (Channel::Mail, 0.0);
    // The one who recommends us is asked, whoever else could be.
    candidate.contact = answer.contact.or(candidate.contact);
    candidate.title = Words::new("推薦・紹介のお願い", "Ask for a referral");
    candidate.next_step = Words::new(
        "日頃のご評価へのお礼とともに、他部署やお取引先へのご紹介をメールでお願いしてください。",
        "Thank them for the good answer, and ask by e-mail whom else they would tell about it.",
    );
    candidate.playbook.clone_from(&offer.playbook);
    let amount = incentive.currency().display(cost);
    let mut gives = incentive.said();
    crate::phrases::add(
        &mut gives,
        &format!("。費用は1件あたり{amount}"),
        &format!("; it costs {amount} each"),
    );
    candidate.because = vec![
        guards::loyalty::evidence(look, answer),
        success,
        Evidence { words: gives, source: format!("offers {}", offer.id), on: None },
    ];
    candidate.incentive_minor = Estimate::known(cost as f64);
    if let Some(record) = look.facts.referrals {
        candidate.once_minor = record.once_minor;
    }
    if held(look, &candidate).is_some() { Vec::new() } else { vec![candidate] }
}

/// What stands against it, as against an offer.
fn held(look: &Look, candidate: &Candidate) -> Option<Verdict> {
    let selling = Candidate { motion: Motion::CrossSell, ..candidate.clone() };
    let asked = GUARDS.iter().filter_map(|code| guards::guard(code));
    let verdicts: Vec<Verdict> = asked.map(|guard| guards::ask(guard, look, &selling)).collect();
    guards::deciding(&verdicts).cloned()
}

/// Why an account is not asked.
pub(super) fn why_not(look: &Look) -> Words {
    if look.policy.stopped.is_some() {
        return stop::words(look.policy);
    }
    if programme(look).is_none() {
        return Words::new(
            "このお客様が参加できる紹介プログラムがありません(offers の incentive に referral を登録すると対象になります)。",
            "There is no referral programme for this customer (an offer whose incentive has a `referral` term makes one).",
        );
    }
    match referral::asked(look) {
        Asked::NoPromoter => Words::new(
            "NPSの推奨者(9点以上の最近の回答)がいないか、決裁に関わる方に批判者がいるため、紹介はお願いしません。",
            "Nobody is a promoter (an NPS answer of 9 or more, of late), or somebody who decides is a detractor.",
        ),
        Asked::NoSuccess => Words::new(
            "成果の記録(results)も利用の増加もないため、紹介はまだお願いしません。",
            "Neither a measured result nor rising use shows success yet.",
        ),
        Asked::Lately(on) => {
            let days = look.policy.rules.referral.rest_days;
            let until = on.plus(domain::time::Days(days));
            Words::new(
                format!(
                    "{}に紹介をお願いしたため、{}まで控えます。",
                    on.display_ja(),
                    until.display_ja()
                ),
                format!("Asked on {}; not again until {}.", on.display_en(), until.display_en()),
            )
        }
        Asked::Ready(answer, _) => {
            let mut candidate = blank(look, Motion::Care, REFERRAL.to_owned());
            candidate.channel = Channel::Mail;
            candidate.contact = answer.contact.or(candidate.contact);
            held(look, &candidate).map_or_else(
                || Words::new("ポリシーで停止しています。", "The policy switches it off."),
                |verdict| verdict.reason,
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};
    use crate::facts::bars::{Consent, Permission};
    use crate::facts::{Referred, Success, Told};
    use crate::incentive::Currency;
    use crate::value;
    use domain::ids::ContactKey;

    /// A promoter with a result, and a programme.
    fn promoter(score: f64) -> Example {
        let mut example = Example::company();
        example.answer(score);
        example.facts.occasions.measured = vec![Success {
            product: "KT-PRO".into(),
            told: Told::Measured { metric: "締め(日)".to_owned(), before: 5.0, after: 2.0 },
            on: day("2025-09-10"),
            source: "results E1".to_owned(),
        }];
        let mut offer = GivenOffer::new("R1", Motion::Care, "ご紹介プログラム");
        offer.incentive =
            Incentive::parse("referral 500 MB cost 200", Currency::JPY).expect("right");
        example.catalogue.offers = vec![offer];
        example
    }

    #[test]
    fn s15_a_promoter_is_asked_with_what_it_earns_and_costs() {
        let made = make(&promoter(9.0).look(), &[]);
        assert_eq!(made.len(), 1);
        assert_eq!(
            (made[0].contact, made[0].effort_hours, made[0].incentive_minor.mean),
            (Some(ContactKey(1)), 0.0, 200.0)
        );
        let said: Vec<&str> = made[0].because.iter().map(|it| it.words.ja.as_str()).collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        決裁者のNPSは9です(2026年1月10日)。
        勤怠 Proにより締め(日)が5から2になりました(2025年9月10日承認)。
        特典: ご紹介1名ごとに500 MBを追加(「勧めた人にも利点がほしい」に応える)。費用は1件あたり¥200
        ");
        assert_eq!(make(&promoter(8.0).look(), &[]), [], "passive");
        let mut none = promoter(9.0);
        none.catalogue.offers.clear();
        assert_eq!(make(&none.look(), &[]), []);
        assert!(why_not(&none.look()).en.starts_with("There is no referral programme"));
    }

    #[test]
    fn s15_it_claims_no_profit_before_records_tell() {
        let mut example = promoter(9.0);
        let scored = |example: &Example| {
            let mut scored = example.scored(Motion::Care);
            scored.candidate = make(&example.look(), &[]).remove(0);
            if let Some(record) = example.facts.referrals {
                scored.odds.opportunity = Estimate::known(1.0);
                scored.odds.won = record.taken;
                scored.odds.organic = Estimate::prior(0.0, 0.0);
            }
            let value = value::expected(&example.look(), &scored).eip.mean;
            (scored.candidate.earns(), value)
        };
        assert_eq!(scored(&example), (false, 0.0));
        let once_minor = Estimate::estimated(10_000.0, 500.0, 20);
        let taken = Estimate::estimated(0.2, 0.05, 60);
        example.facts.referrals = Some(Referred { taken, once_minor });
        let (earns, value) = scored(&example);
        // 0.2 * (0.7 * 10,000 - 200).
        assert!(earns && (value - 1_360.0).abs() < 1e-6, "{value}");
    }

    #[test]
    fn s15_what_stands_against_an_offer_stands_against_it() {
        let mut example = promoter(9.0);
        example.escalate();
        assert_eq!(make(&example.look(), &[]), []);
        assert!(
            why_not(&example.look()).en.contains("escalated ticket"),
            "{}",
            why_not(&example.look()).en
        );
        let mut stopped = promoter(9.0);
        stopped.policy.stopped = Some(day("2026-03-01"));
        assert_eq!(make(&stopped.look(), &[]), []);
        let mut declined = promoter(9.0);
        declined.facts.bars.permissions = vec![Permission {
            contact: ContactKey(1),
            channel: Some(Channel::Mail),
            consent: Consent::OptOut,
            basis: None,
            on: None,
            source: "permissions C1".to_owned(),
        }];
        assert_eq!(make(&declined.look(), &[]), []);
    }
}
