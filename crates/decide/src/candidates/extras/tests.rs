//! Who is invited to what, and what approval asks for.

use domain::ids::ContactKey;
use domain::motion::{AccountKind, Channel, ContactRole, Motion};
use domain::probability::Estimate;

use super::*;
use crate::examples::{Example, day};
use crate::facts::approval::{Above, Approval, Pace, PaceOf};
use crate::facts::bars::{Consent, OnlyContact, Permission};
use crate::facts::{Contact, Gone, Lost};

/// A department that has 勤怠, beside one with a result by 経費 Light.
fn sideways(told: Told) -> Example {
    let mut example = Example::company();
    example.facts.kind = AccountKind::Department;
    example.facts.occasions.successes = vec![Success {
        product: "EX-LIGHT".into(),
        told,
        on: day("2025-09-10"),
        source: "results E1".to_owned(),
    }];
    example.facts.contacts =
        [(1, ContactRole::DecisionMaker), (2, ContactRole::User), (3, ContactRole::Champion)]
            .map(|(key, role)| Contact { contact: ContactKey(key), role })
            .into();
    example
}

fn measured() -> Told {
    Told::Measured { metric: "精算(時間/月)".to_owned(), before: 40.0, after: 12.0 }
}

fn offer(example: &Example, motion: Motion) -> Candidate {
    Candidate { product: Some("EX-LIGHT".into()), ..example.candidate(motion) }
}

/// Who is invited, or why nobody is.
fn said(example: &Example, motion: Motion) -> String {
    let mut candidate = offer(example, motion);
    put(&example.look(), &mut candidate);
    let found = candidate.extra.iter().find_map(|extra| match extra {
        Extra::Session { contacts, shown } => {
            let keys: Vec<String> = contacts.iter().map(|key| key.0.to_string()).collect();
            Some(format!("{}: {} [{}]", keys.join(","), shown.words.ja, shown.source))
        }
        Extra::Approval { .. } => None,
    });
    found.unwrap_or_else(|| candidate.because.iter().map(|it| it.words.ja.as_str()).collect())
}

const SHOWN: &str =
    "お見せする成果: 経費 Lightにより精算(時間/月)が40から12(2025年9月10日承認) [results E1]";

#[test]
fn s70_the_people_of_the_other_department_are_invited_to_the_measured_outcome() {
    for motion in [Motion::CrossSell, Motion::Poc, Motion::Bundle] {
        assert_eq!(said(&sideways(measured()), motion), format!("1,3,2: {SHOWN}"));
    }
    assert_eq!(said(&sideways(measured()), Motion::Option), "", "more of the same is not sideways");
    let mut held = sideways(measured());
    held.facts.contracts[0].product = "EX-LIGHT".into();
    assert_eq!(said(&held, Motion::CrossSell), "", "who has it needs no proof of it");
}

#[test]
fn s70_nothing_to_show_or_nobody_to_invite_is_no_step_and_says_so() {
    let mut chosen = sideways(Told::Won);
    chosen.facts.occasions.successes[0].on = day("2026-01-10");
    assert_eq!(
        said(&chosen, Motion::CrossSell),
        "勉強会・ユーザー会への招待は手順に入れていません。グループ内での共有が承認された成果の数値が、まだないためです。"
    );
    let mut nobody = sideways(measured());
    nobody.facts.contacts.clear();
    assert!(said(&nobody, Motion::CrossSell).ends_with("担当者が登録されていないためです。"));
    let mut declined = sideways(measured());
    declined.facts.bars.permissions = (1..=3).flat_map(|key| refuses(key, &BOTH)).collect();
    assert_eq!(
        said(&declined, Motion::CrossSell),
        "勉強会・ユーザー会への招待は手順に入れていません。登録のある3名に、案内をお送りしてよい方がいないためです。"
    );
}

const BOTH: [Channel; 2] = [Channel::Mail, Channel::Phone];

fn refuses(key: i64, channels: &[Channel]) -> Vec<Permission> {
    let row = |channel: &Channel| Permission {
        contact: ContactKey(key),
        channel: Some(*channel),
        consent: Consent::OptOut,
        basis: None,
        on: None,
        source: format!("permissions C{key}"),
    };
    channels.iter().map(row).collect()
}

#[test]
fn s70_n12_who_declined_is_gone_or_is_a_detractor_is_not_invited() {
    let invited = |example: &Example| {
        let said = said(example, Motion::CrossSell);
        said.split(':').next().unwrap_or_default().to_owned()
    };
    let mut example = sideways(measured());
    example.facts.bars.permissions = refuses(3, &BOTH);
    assert_eq!(invited(&example), "1,2");
    example.facts.bars.permissions = refuses(3, &[Channel::Mail]);
    assert_eq!(invited(&example), "1,3,2", "a call is still free");
    example.facts.occasions.gone = vec![Gone {
        contact: ContactKey(2),
        role: ContactRole::User,
        lost: Lost::Bounced,
        on: day("2026-03-01"),
        source: "activities K1".to_owned(),
    }];
    assert_eq!(invited(&example), "1,3");
    example.answer(6.0);
    assert_eq!(invited(&example), "3");
    example.facts.bars.only_contact = Some(OnlyContact {
        contact: Some(ContactKey(3)),
        source: "account_facts F1".to_owned(),
        on: None,
    });
    assert_eq!(invited(&example), "3");
}

#[test]
fn s70_an_offer_with_steps_of_its_own_keeps_them() {
    let example = sideways(measured());
    let mut candidate = offer(&example, Motion::CrossSell);
    candidate.playbook = vec!["実演する".to_owned()];
    put(&example.look(), &mut candidate);
    assert!(candidate.extra.is_empty() && candidate.because.is_empty());
}

/// A customer that said how it decides.
fn deciding(above: Option<Above>) -> Example {
    let mut example = Example::company();
    let process = Process { fact: "F1".to_owned(), on: day("2025-05-10"), days: None, above };
    example.facts.approval = Approval { process: Some(process), pace: None };
    example
}

/// What is said of an offer of so much more a month.
fn held_against(example: &Example, month: f64) -> String {
    let mut candidate = example.candidate(Motion::PlanUp);
    candidate.revenue_month_minor = Estimate::known(month);
    put(&example.look(), &mut candidate);
    assert_eq!(candidate.extra, [Extra::Approval { fact: Some("F1".to_owned()) }]);
    candidate.because.iter().map(|it| it.words.ja.as_str()).collect()
}

#[test]
fn s46_an_amount_that_was_named_is_held_against_a_year() {
    let from = deciding(Some(Above { amount_minor: 300_000, itself: true }));
    let under = "1年あたり299,988円の増額で、決裁の区切りと伺っている300,000円に届きません(2025年5月10日のヒアリング)。";
    assert_eq!(held_against(&from, 24_999.0), under);
    assert!(held_against(&from, 25_000.0).contains("300,000円以上に当たります"));
    let over = deciding(Some(Above { amount_minor: 300_000, itself: false }));
    assert!(held_against(&over, 25_000.0).contains("300,000円を超えません"));
    assert!(held_against(&over, 25_001.0).contains("300,000円を超えます"));
    assert_eq!(held_against(&deciding(None), 25_000.0), "", "no amount could be read");
}

#[test]
fn s46_material_is_for_what_costs_more_and_where_something_is_known() {
    let extra = |example: &Example, motion: Motion| {
        let mut candidate = example.candidate(motion);
        put(&example.look(), &mut candidate);
        candidate.extra.len()
    };
    let known = deciding(None);
    assert_eq!(extra(&known, Motion::CrossSell), 1);
    for motion in [Motion::Downsell, Motion::Care, Motion::Advance] {
        assert_eq!(extra(&known, motion), 0, "{}", motion.code());
    }
    assert_eq!(extra(&Example::company(), Motion::CrossSell), 0, "nothing is known");
    let mut paced = Example::company();
    paced.facts.approval.pace = Some(Pace { days: 30, n: 20, of: PaceOf::All });
    assert_eq!(extra(&paced, Motion::CrossSell), 1);
    paced.facts.kind = AccountKind::Person;
    assert_eq!(extra(&paced, Motion::CrossSell), 0, "a person needs nobody's approval");
}
