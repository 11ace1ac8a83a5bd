//! What is kept comes back, to the last bit.

use domain::ids::AccountKey;

use super::*;
use decide::catalogue::GivenOffer;
use decide::eligibility::{Eligibility, Value};
use decide::facts::approval::{Above, Approval, Pace, PaceOf, Process};
use decide::facts::bars::Span;
use decide::facts::{AccountFacts, Referred, Shown, Told};
use decide::incentive::{Currency, Incentive};
use decide::life::Answer;

#[track_caller]
fn back<T: Keep + PartialEq + std::fmt::Debug>(it: &T) {
    let text = text(it);
    assert_eq!(parse::<T>(&text).expect("it is read back"), *it, "{text}");
}

#[test]
fn floats_come_back_to_the_last_bit() {
    let mut x = 0.1_f64;
    for i in 0..10_000_u64 {
        let it = f64::from_bits(x.to_bits() ^ i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 12);
        let same = parse::<f64>(&text(&it)).expect("a number");
        assert_eq!(same.to_bits(), it.to_bits(), "{it:?}");
        x += 1.7;
    }
    back(&f64::INFINITY);
    back(&1.0e300);
    assert!(parse::<f64>(&text(&f64::NAN)).expect("a number").is_nan());
}

#[test]
fn what_is_kept_comes_back() {
    back(&"改行\n\"引用\"".to_owned());
    back(&Some(Day(20_000)));
    back(&None::<Day>);
    back(&u64::MAX);
    back(&i64::MIN);
    back(&BTreeMap::from([("mrr", 1.5), ("recency", -0.0)]));
    back(&Answer::Held(Day(20_000)));
    back(&Answer::Closed);
    back(&Estimate::estimated(0.1, 0.25, 7));
    let facts = AccountFacts::nothing(AccountKey(7));
    back(&Span::Days(Day(20_000), Day(20_010)));
    back(&Span::Yearly((12, 20), (1, 5)));
    back(&Told::Won);
    back(&Told::Measured { metric: "処理時間".to_owned(), before: 1.5, after: 0.5 });
    back(&Shown::Reaction);
    back(&Shown::Interest(8.0));
    for value in [Value::Number(0.1 + 0.2), Value::Text("製造".to_owned()), Value::Flag(true)] {
        back(&value);
    }
    let incentive = Incentive::parse("free 3 months; reviews", Currency::JPY).expect("right");
    back(&GivenOffer {
        role: Some("CIS"),
        incentive,
        eligibility: Eligibility::parse("seats > 5 and has(A)").expect("right"),
        playbook: vec!["伺う".to_owned()],
        ..GivenOffer::new("O1", Motion::Bundle, "セット")
    });
    back(&AccountFacts {
        attributes: BTreeMap::from([("vip".to_owned(), Value::Flag(false))]),
        group_holds: BTreeMap::from([("A".into(), 2)]),
        features: BTreeMap::from([("mrr", 0.1 + 0.2)]),
        alive_after: vec![0.99, 0.98],
        churn: Some(Estimate::prior(0.05, 0.04)),
        approval: Approval {
            process: Some(Process {
                fact: "F1".to_owned(),
                on: Day(20_000),
                days: Some(45),
                above: Some(Above { amount_minor: 300_000, itself: true }),
            }),
            pace: Some(Pace { days: 45, n: 12, of: PaceOf::Segment }),
        },
        referrals: Some(Referred {
            taken: Estimate::estimated(0.2, 0.05, 60),
            once_minor: Estimate::estimated(10_000.0, 500.0, 20),
        }),
        ..facts
    });
    let unknown: Approval = parse("null").expect("an earlier version did not write it");
    assert_eq!(unknown, Approval::default());
}

#[test]
fn what_is_damaged_is_named() {
    let text = text(&AccountFacts::nothing(AccountKey(7))).replace("\"company\"", "\"firm\"");
    let error = parse::<AccountFacts>(&text).expect_err("damaged");
    assert_eq!(format!("{error:#}"), "in `kind`: \"firm\" is no AccountKind");
    assert!(parse::<u32>("-1").is_err());
    assert!(parse::<Day>("\"2026-02-30\"").is_err());
}
