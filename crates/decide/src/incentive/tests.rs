//! What is read, what is refused, and what it costs.

use super::*;

fn read(text: &str) -> Result<Option<Incentive>, IncentiveError> {
    Incentive::parse(text, Currency::JPY)
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let said = match read(text) {
        Err(error) => error.to_string(),
        Ok(None) => "none".to_owned(),
        Ok(Some(incentive)) => {
            let given = Given { month: 1_000.0, once: 500.0, quantity: 50, months: 20.0 };
            let part = |id: &str| (id == "OCR").then_some(100.0);
            let cost = incentive.cost_minor(given, part);
            let public = if incentive.is_public() { " public" } else { "" };
            format!("{cost:.0}{public}")
        }
    };
    assert_eq!(said, expected, "{text}");
}

#[test]
fn s14_each_tactic_has_its_cost() {
    check("", "none");
    check("free 3 months", "3000");
    check("無料 3か月", "3000");
    check("free 3 months OCR", "300");
    // No more than the months that count.
    check("free 2 years", "20000");
    // A tenth of twelve months and of what is paid once.
    check("discount 10% for 12 months", "1250");
    check("割引 10% 12か月", "1250");
    check("discount 10%", "2050");
    check("off 30000", "30000");
    check("値引き 3,000円", "3000");
    check("trial 14 days", "0");
    check("reviews; 試用 14日", "0");
    check("free 1 month; public", "1000 public");
    check("discount 10% for 12 months; term 24 months", "1250");
}

#[test]
fn s14_volume_tiers_at_their_bounds() {
    check("volume 5% from 51", "0");
    check("volume 5% from 50", "1025");
    check("volume 5% from 10; volume 10% from 50; volume 20% from 51", "2050");
}

#[test]
fn s15_capacity_for_inviting_users() {
    check("referral 500 MB cost 200", "200");
    check("紹介 500 MB 費用 0", "0");
    check(
        "referral 500 MB",
        "term 1 `referral 500 MB`: say what it costs, as in `referral 500 MB cost 200`; 0 where it costs nothing",
    );
    let said = read("referral 500 MB cost 200").expect("right").expect("one term").said();
    assert_eq!(said.ja, "特典: ご紹介1名ごとに500 MBを追加(「勧めた人にも利点がほしい」に応える)");
}

#[test]
fn what_is_no_incentive_is_told() {
    check(
        "half price",
        "term 1 `half price`: it is none of free 3 months, discount 10% for 12 months, off 30000, volume 5% from 50, trial 14 days, referral 500 MB cost 200, reviews, term 24 months, public. Put free text into `name` or `playbook`",
    );
    check(
        "free 3 months; discount 110%",
        "term 2 `discount 110%`: say how much, over 0 % up to 100 %, as in `10%`",
    );
    check("discount 0%", "term 1 `discount 0%`: say how much, over 0 % up to 100 %, as in `10%`");
    check("free", "term 1 `free`: say for how many months, 1 to 120, as in `3 months` or `3か月`");
    check(
        "free 0 months",
        "term 1 `free 0 months`: say for how many months, 1 to 120, as in `3 months` or `3か月`",
    );
    check("off lots", "term 1 `off lots`: say how much, 0 or more in JPY, as in `30000`");
    check(&"reviews;".repeat(21), "term 21 `reviews`: 20 terms are the most");
}

#[test]
fn s14_what_it_appeals_to_is_said() {
    let said = read("trial 14 days; reviews; public").expect("right").expect("three terms").said();
    insta::assert_snapshot!(format!("{}\n{}", said.ja, said.en), @r"
    特典: 14日間の無料試用(「決める前に自分で確かめたい」に応える)、導入企業の声をご紹介(「同じ立場の顧客の評価を知りたい」に応える)。どなたにも適用
    Incentive: a free trial of 14 days (certainty before a decision: seeing for oneself); what other customers say (what others in the same place chose (social proof, Cialdini 1984)); open to everybody
    ");
}
