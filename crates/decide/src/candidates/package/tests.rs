//! What makes a package, what it is worth beside its parts, and what it says.

use super::*;
use crate::candidates::generate;
use crate::examples::{Example, odds};

/// The company's offers with one won share for all.
fn scored(example: &Example, won: f64) -> Vec<Scored> {
    let look = example.look();
    let made = generate(&look, &[]);
    let (won, organic) = (Estimate::estimated(won, 0.02, 400), Estimate::prior(0.005, 0.002));
    let odds = Odds { won, organic, ..odds() };
    made.into_iter().map(|candidate| Scored { candidate, odds: odds.clone() }).collect()
}

fn ids(packages: &[Scored]) -> Vec<String> {
    packages.iter().map(|package| package.candidate.offer.to_string()).collect()
}

#[test]
fn s13_n19_an_upgrade_an_option_and_another_line_in_one_quotation() {
    let example = Example::company();
    let made = packages(&example.look(), &scored(&example, 0.9));
    assert_eq!(made.len(), 3, "{:?}", ids(&made));
    let best = &made[0].candidate;
    assert_eq!(best.offer.as_str(), "package:plan_up:KT-ENT+option:OP-SSO+cross_sell:EX-LIGHT");
    assert_eq!((best.form, best.motion), (Form::Package, Motion::PlanUp));
    assert!((best.revenue_month_minor.mean - 70_500.0).abs() < 1e-6);
    // Two hours, half of two and half of four.
    assert!((best.effort_hours - 5.0).abs() < 1e-9);
    insta::assert_snapshot!(format!("{}\n{}\n{}\n{}", best.title.ja, best.next_step.ja, best.next_step.en, made[0].odds.because[0].words.ja), @r"
    勤怠 Pro → 勤怠 Enterprise + シングルサインオン + 経費 Light 30名分
    松「勤怠 Pro → 勤怠 Enterprise + シングルサインオン + 経費 Light 30名分」、竹「勤怠 Pro → 勤怠 Enterprise + シングルサインオン」、梅「勤怠 Pro → 勤怠 Enterprise」の3案をまとめて見積もり、現状のままも選べることを添えてご提案してください。
    Offer 3 options in one quotation: 勤怠 Pro → 勤怠 Enterprise + シングルサインオン + 経費 Light 30 seats; 勤怠 Pro → 勤怠 Enterprise + シングルサインオン; 勤怠 Pro → 勤怠 Enterprise. Keeping the current plan is also an option.
    受注の見込みは「勤怠 Pro → 勤怠 Enterprise」だけでも7 %、「シングルサインオン」まで7 %、「経費 Light 30名分」まで6 %です。見積に一つ加えるごとに全体の成約率が90 %になり、各提案は互いに独立に選ばれると仮定しています(仮定値)。
    ");
}

#[test]
fn n19_the_ordered_choice_by_hand() {
    // .1 to open; two parts: .9 of each chance. At least the first .1 * .9 * .6; both .1 * .9 * .6 * .6.
    let mut example = Example::company();
    example.policy.candidates.package_parts = 2;
    let made = packages(&example.look(), &scored(&example, 0.6));
    let parts = &made[0].candidate.parts;
    let chance = |i: usize| parts[i].odds.opportunity.mean * parts[i].odds.won.mean;
    assert!((chance(0) - 0.054).abs() < 1e-12 && (chance(1) - 0.0324).abs() < 1e-12);
    let look = example.look();
    let whole = value::expected(&look, &made[0]);
    let sum: f64 = parts.iter().map(|part| value::expected(&look, part).eip.mean).sum();
    assert!((whole.eip.mean - sum).abs() < 1e-6, "no hour costs anything here");
    let split = whole.acceptance + whole.retention + whole.incentive + whole.effort;
    assert!((whole.eip.mean - split).abs() < 1e-6);
}

#[test]
fn n19_only_where_it_is_worth_more_than_each_part() {
    let example = Example::company();
    let look = example.look();
    for won in [0.05, 0.2, 0.6, 0.95] {
        let scored = scored(&example, won);
        for package in packages(&look, &scored) {
            let whole = value::expected(&look, &package).eip.mean;
            for part in &package.candidate.parts {
                let alone = scored.iter().find(|it| it.candidate.offer == part.candidate.offer);
                let alone = value::expected(&look, alone.expect("a part")).eip.mean;
                assert!(whole > alone, "{} {won}", package.candidate.offer);
            }
        }
    }
    // A further part that is hardly ever taken costs the others more than it brings.
    assert_eq!(packages(&look, &scored(&example, 0.05)), []);
}

#[test]
fn n19_two_ways_to_change_one_thing_are_no_package() {
    let mut example = Example::company();
    example.facts.contracts[0].seats = Some(50);
    let made = ids(&packages(&example.look(), &scored(&example, 0.9)));
    assert!(!made.is_empty());
    for id in &made {
        assert!(!(id.contains("plan_up:") && id.contains("seats:")), "{id}");
        assert!(id.matches("cross_sell:").count() <= 1, "{id}");
    }
}

#[test]
fn s103_packages_are_switched_off_by_their_parts_number_or_form() {
    let check = |change: fn(&mut Example)| {
        let mut example = Example::company();
        change(&mut example);
        packages(&example.look(), &scored(&example, 0.6)).len()
    };
    assert_eq!(check(|_| {}), 3);
    assert_eq!(check(|example| example.policy.candidates.package_parts = 1), 0);
    assert_eq!(check(|example| example.policy.candidates.packages = 1), 1);
    assert_eq!(check(|example| example.policy.candidates.packages = 0), 0);
    assert_eq!(check(|example| example.policy.candidates.off = vec!["package".to_owned()]), 0);
    // Who is reached by mail and prompt gets single offers.
    assert_eq!(check(|example| example.facts.touch = domain::motion::TouchModel::Tech), 0);
    // A grave ticket holds every part.
    assert_eq!(check(Example::escalate), 0);
}
