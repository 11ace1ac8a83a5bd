//! Each column of the offers table, sets at what is held already, and what overrides what.

use super::super::tests::forms;
use super::super::{class, generate};
use super::*;
use crate::eligibility::Eligibility;
use crate::examples::Example;
use crate::incentive::Currency;
use domain::ids::ProductId;
use domain::motion::{MotionClass, TouchModel};

fn ids(ids: &[&str]) -> Vec<ProductId> {
    ids.iter().map(|id| (*id).into()).collect()
}

/// An offer of a product.
fn offer(motion: Motion, product: &str) -> GivenOffer {
    GivenOffer { product: Some(product.into()), ..GivenOffer::new("O", motion, "オファー") }
}

fn with(example: &Example, offer: GivenOffer) -> Example {
    let mut example = example.clone();
    example.catalogue.offers = vec![offer];
    example.catalogue.mark_faults();
    example
}

/// What the company gets of an offer, or why not.
#[track_caller]
fn check(example: &Example, offer: GivenOffer, expected: &str) {
    let example = with(example, offer);
    let look = example.look();
    let made = make(&look, &[]);
    let said = match refuses(&look, &example.catalogue.offers[0]) {
        Some(words) => words.en,
        None => forms(&made),
    };
    assert_eq!(said, expected);
}

/// Monthly revenue of a set for the expenses line at a price, for a customer of 100 seats.
fn month(price: i64, complements: &[&str]) -> f64 {
    let mut example = Example::company();
    example.catalogue.offers.push(GivenOffer {
        price_minor: Some(price),
        complements: ids(complements),
        ..offer(Motion::Bundle, "EX-LIGHT")
    });
    make(&example.look(), &[])[0].revenue_month_minor.mean
}

#[test]
fn s10_a_set_counts_at_most_what_its_parts_cost_for_such_a_customer() {
    // Thirty seats, the most the plan allows, at 350.
    assert!((month(70_000, &[]) - 10_500.0).abs() < 1e-9);
    assert!((month(9_000, &[]) - 9_000.0).abs() < 1e-9);
    assert!((month(70_000, &["OP-SSO"]) - 30_500.0).abs() < 1e-9);
    assert!((month(70_000, &["unheard of"]) - 70_000.0).abs() < 1e-9);
}

#[test]
fn s10_a_set_of_a_plan_that_is_held_or_lower_is_no_step_up() {
    let example = Example::company();
    let set = |plan: &str| GivenOffer {
        price_minor: Some(130_000),
        complements: ids(&["OP-SSO"]),
        ..offer(Motion::Bundle, plan)
    };
    check(&example, set("KT-STD"), "勤怠 Standard or a higher plan of its line is under contract.");
    check(&example, set("KT-PRO"), "勤怠 Pro or a higher plan of its line is under contract.");
    // 130,000 in the place of 78,000.
    check(&example, set("KT-ENT"), "set O +52000/month +0 once List");
    let mut holds = example.clone();
    let mut option = holds.facts.contracts[0].clone();
    (option.subscription, option.product) = ("S2".into(), "OP-SSO".into());
    holds.facts.contracts.push(option);
    check(&holds, set("KT-ENT"), "シングルサインオン is owned already.");
}

#[test]
fn s103_exclusions_stock_and_what_it_starts_from() {
    let example = Example::company();
    let plain = || offer(Motion::CrossSell, "GTK");
    check(&example, plain(), "related O +0/month +26768 once List");
    check(&example, GivenOffer { stock: Some(0), ..plain() }, "There is no stock of it.");
    check(
        &example,
        GivenOffer { stock: Some(1), ..plain() },
        "related O +0/month +26768 once List",
    );
    let excludes = GivenOffer { excludes: ids(&["KT-PRO"]), ..plain() };
    check(&example, excludes, "It is not for holders of 勤怠 Pro.");
    let from = GivenOffer { from_product: Some("EX-LIGHT".into()), ..plain() };
    check(&example, from, "経費 Light, which it starts from, is not held.");
    let gone = offer(Motion::CrossSell, "GONE");
    check(
        &example,
        gone,
        "It is not used, for it is wrong: there is no product GONE; add it to products, or correct the offer.",
    );
}

#[test]
fn s103_to_whom_it_applies() {
    let mut example = Example::company();
    let asks = |text: &str| GivenOffer {
        eligibility: Eligibility::parse(text).expect("right"),
        ..offer(Motion::CrossSell, "GTK")
    };
    check(&example, asks("seats >= 100"), "related O +0/month +26768 once List");
    check(
        &example,
        asks("seats > 100"),
        "It is not eligible (seats > 100): seats is 100 (asked: seats > 100).",
    );
    check(
        &example,
        asks("industry = 製造"),
        "Whether it is eligible (industry = 製造) is unknown: nothing is known of industry.",
    );
    example.facts.segment = Some("smb".to_owned());
    check(&example, asks("segment = smb"), "related O +0/month +26768 once List");
}

#[test]
fn s103_channels_role_hours_and_steps_are_the_offers() {
    let made = |touch: TouchModel, channels: &[Channel]| {
        let mut example = Example::company();
        example.facts.touch = touch;
        let example = with(
            &example,
            GivenOffer {
                channels: channels.to_vec(),
                role: Some("AM"),
                effort_hours: Some(7.0),
                playbook: vec!["実演する".to_owned()],
                ..offer(Motion::CrossSell, "GTK")
            },
        );
        let look = example.look();
        let made = make(&look, &[]);
        made.first().map_or_else(String::new, |c| {
            format!("{} {} {} {}", c.channel.code(), c.role, c.effort_hours, c.playbook.len())
        })
    };
    assert_eq!(made(TouchModel::Low, &[]), "phone AM 7 1");
    assert_eq!(made(TouchModel::Low, &[Channel::Visit, Channel::Phone]), "phone AM 7 1");
    assert_eq!(made(TouchModel::Low, &[Channel::Visit]), "visit AM 7 1");
    assert_eq!(made(TouchModel::Low, &[Channel::Mail]), "mail AM 0 1");
    assert_eq!(made(TouchModel::Tech, &[Channel::Visit, Channel::Mail]), "mail AM 0 1");
    assert_eq!(made(TouchModel::Tech, &[Channel::Visit]), "");
}

#[test]
fn s14_the_incentive_costs_what_it_gives() {
    let cost = |motion: Motion, product: &str, text: &str| {
        let mut given = offer(motion, product);
        given.incentive = Incentive::parse(text, Currency::JPY).expect("right");
        let example = with(&Example::company(), given);
        let made = make(&example.look(), &[]);
        assert!(made[0].because.iter().any(|it| it.words.ja.starts_with("特典")));
        made[0].incentive_minor.mean
    };
    // Of the whole new price: 118,000; of what is paid: 78,000; of what is paid once: 26,768.
    assert!((cost(Motion::PlanUp, "KT-ENT", "free 1 month") - 118_000.0).abs() < 1e-6);
    assert!(
        (cost(Motion::Term, "KT-PRO", "discount 10% for 12 months; term 24 months") - 93_600.0)
            .abs()
            < 1e-6
    );
    assert!((cost(Motion::CrossSell, "GTK", "discount 10%") - 2_676.8).abs() < 1e-6);
    assert!(cost(Motion::CrossSell, "GTK", "reviews").abs() < 1e-9);
}

#[test]
fn s103_a_given_offer_takes_the_place_of_a_derived_one_of_the_same_effect() {
    let found = |given: Option<GivenOffer>| -> Vec<String> {
        let mut example = Example::company();
        example.catalogue.offers.extend(given);
        let made = generate(&example.look(), &[]);
        made.iter().map(|candidate| candidate.offer.to_string()).collect()
    };
    let has = |found: &[String], id: &str| found.iter().any(|other| other == id);
    let derived = found(None);
    assert!(has(&derived, "plan_up:KT-ENT") && has(&derived, "cross_sell:EX-LIGHT"));
    let given = found(Some(offer(Motion::PlanUp, "KT-ENT")));
    assert!(
        has(&given, "O") && !has(&given, "plan_up:KT-ENT") && has(&given, "cross_sell:EX-LIGHT")
    );
    let given = found(Some(offer(Motion::CrossSell, "EX-LIGHT")));
    assert!(has(&given, "O") && !has(&given, "cross_sell:EX-LIGHT"));
    // A set is another effect than its main product alone.
    let given = found(Some(offer(Motion::Bundle, "EX-LIGHT")));
    assert!(has(&given, "O") && has(&given, "cross_sell:EX-LIGHT"));
}

#[test]
fn the_class_is_by_line_unless_the_offer_says_otherwise() {
    let of = |given: GivenOffer| {
        let example = with(&Example::company(), given);
        let look = example.look();
        class(&look, &make(&look, &[])[0])
    };
    assert_eq!(of(offer(Motion::Option, "OP-SSO")), MotionClass::Upsell);
    assert_eq!(of(offer(Motion::Option, "IT-TERM")), MotionClass::CrossSell);
    assert_eq!(of(offer(Motion::CrossSell, "OP-SSO")), MotionClass::CrossSell);
    let lined = |line: &str, product: &str| GivenOffer {
        line_override: Some(line.to_owned()),
        ..offer(Motion::Option, product)
    };
    assert_eq!(of(lined("経費", "OP-SSO")), MotionClass::CrossSell);
    assert_eq!(of(lined("勤怠", "IT-TERM")), MotionClass::Upsell);
}

#[test]
fn no_more_given_offers_than_the_policy_takes() {
    let mut example = Example::company();
    let many = (0..200_i64).map(|i| GivenOffer {
        id: format!("O{i:03}").as_str().into(),
        price_minor: Some(1_000 + i),
        ..offer(Motion::CrossSell, "GTK")
    });
    example.catalogue.offers = many.collect();
    let made = make(&example.look(), &[]);
    let best = made.iter().map(|candidate| candidate.once_minor.mean).fold(0.0, f64::max);
    assert_eq!((made.len(), best.round()), (50, 1_199.0));
}
