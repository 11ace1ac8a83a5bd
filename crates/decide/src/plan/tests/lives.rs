//! Plays over nights: what was accepted, answered or open the night before.

use domain::ids::PlayId;

use super::*;
use crate::life::{
    Answer, Answered, Before, Change, Changed, OpenStep, Touch, TouchKind, UnderWay,
};

const FRIDAY: &str = "2026-03-13";
const MONDAY: &str = "2026-03-16";
const TUESDAY: &str = "2026-03-17";

fn chosen(plan: &Plan) -> impl Iterator<Item = &Decision> {
    plan.decisions.iter().filter(|decision| decision.fate == Fate::Chosen)
}

/// What a plan leaves for the next night.
fn left(plan: &Plan, as_of: &str) -> Lives {
    let before = |decision: &Decision| Before {
        play: decision.play.clone(),
        account: decision.scored.candidate.account,
        offer: decision.scored.candidate.offer.clone(),
        title: decision.scored.candidate.title.clone(),
        rank: decision.rank.expect("chosen"),
        week: decision.week.expect("chosen"),
        pool: decision.pool.clone(),
        hours: decision.scored.candidate.effort_hours,
        expected: decision.value.eip.mean,
    };
    Lives {
        as_of: Some(day(as_of)),
        before: chosen(plan).map(before).collect(),
        ..Lives::default()
    }
}

fn work(account: i64, pool: &str, steps: &[(&str, f64)]) -> UnderWay {
    UnderWay {
        play: PlayId::new(format!("work{account}")),
        account: AccountKey(account),
        offer: Some("x".into()),
        motion: Some(Motion::CrossSell),
        title: domain::words::Words::new("作業", "Work"),
        pool: pool.to_owned(),
        by_rep: true,
        steps: steps
            .iter()
            .map(|(week, hours)| OpenStep { week: day(week), hours: *hours })
            .collect(),
        since: day("2026-03-10"),
    }
}

fn with_work(works: &[UnderWay]) -> Lives {
    Lives { under_way: works.to_vec(), ..Lives::default() }
}

fn answered(decision: &Decision, answer: Answer, on: &str) -> Answered {
    Answered {
        play: decision.play.clone(),
        account: decision.scored.candidate.account,
        offer: Some(decision.scored.candidate.offer.clone()),
        answer,
        on: day(on),
    }
}

/// Each change: what, why and the places.
fn told(changes: &[Change]) -> String {
    let place = |rank: Option<u32>| rank.map_or_else(|| "-".to_owned(), |rank| rank.to_string());
    let line = |c: &Change| {
        let (before, after) = (place(c.rank_before), place(c.rank_after));
        format!("{} {:?} {} {before} > {after}: {}", c.account, c.changed, c.code, c.reason.en)
    };
    changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn work_under_way_is_charged_first_by_step_and_week() {
    let scene = Scene::new(&[given(&[(0, 20_000)])], 4.0, Cap::at_most(1));
    let steps =
        &[("2026-03-09", 1.0), ("2026-03-16", 2.0), ("2026-03-23", 0.5), ("2026-06-01", 9.0)];
    let plan = scene.night(FRIDAY, with_work(&[work(7, "R1", steps)]));
    // The overdue step is charged to the first week; the far one lies beyond the plan.
    let used: Vec<f64> = plan.pools.iter().take(4).map(|pool| pool.used).collect();
    assert_eq!(used, [3.0, 0.5, 4.0, 0.0]);
    assert_eq!(plan.decisions[0].week, Some(day("2026-03-30")));
    // Hours that a week lacks are charged to the next.
    let plan = scene.night(FRIDAY, with_work(&[work(7, "R1", &[("2026-03-16", 6.0)])]));
    assert_eq!(plan.pools.iter().take(2).map(|pool| pool.used).collect::<Vec<_>>(), [4.0, 2.0]);
    // Of a rep who plans no hours the unassigned take the work.
    let plan = scene.night(FRIDAY, with_work(&[work(7, "gone", &[("2026-03-16", 1.0)])]));
    assert_eq!(
        plan.pools
            .iter()
            .filter(|pool| (pool.used - 1.0).abs() < 1e-9)
            .map(|p| &*p.pool)
            .collect::<Vec<_>>(),
        [UNASSIGNED]
    );
}

#[test]
fn work_under_way_takes_a_place_within_the_limit() {
    let scene = Scene::new(&[given(&[(0, 20_000)])], 4.0, Cap::at_most(1));
    let steps = &[("2026-03-16", 1.0)];
    let plan = scene.night(FRIDAY, with_work(&[work(1, "R1", steps)]));
    assert_eq!(plan.decisions[0].reason_code, "account_limit");
    assert_eq!(
        plan.decisions[0].reason.en,
        "1 accepted plays are under way; no other until they are done."
    );
    // Care and the next step of a deal take none.
    let care = UnderWay { motion: Some(Motion::Care), ..work(1, "R1", steps) };
    assert_eq!(scene.night(FRIDAY, with_work(&[care])).decisions[0].reason_code, "chosen");
    // The offer itself is not made twice.
    let same = UnderWay { offer: Some("cross_sell:0".into()), ..work(1, "R1", steps) };
    assert_eq!(scene.night(FRIDAY, with_work(&[same])).decisions[0].reason_code, "under_way");
}

#[test]
fn touches_count_once_a_play_within_the_rolling_days() {
    let check = |on: &str, motion: Motion, expected: &str| {
        let mut scene = Scene::new(&[given(&[(0, 20_000)])], 4.0, Cap::at_most(1));
        let touch = |kind| Touch {
            play: "p".into(),
            on: day(on),
            kind,
            offer: Some("other".into()),
            product: None,
            motion: Some(motion),
            by_rep: true,
            contact: None,
        };
        scene.accounts[0].touches = vec![touch(TouchKind::Contact), touch(TouchKind::Contact)];
        let plan = scene.night(FRIDAY, Lives::default());
        assert_eq!(plan.decisions[0].reason.en, expected, "{on}");
    };
    check(
        "2026-02-14",
        Motion::Term,
        "Approached 1 times within 28 days; the next offer from 14 Mar 2026 on.",
    );
    let free = "No dated occasion; it can be raised at any time.";
    check("2026-02-13", Motion::Term, free);
    check("2026-03-12", Motion::Care, free);
}

#[test]
fn overdue_steps_stand_first_then_other_work_then_plays() {
    let scene = Scene::new(&[given(&[(0, 20_000)])], 40.0, Cap::at_most(1));
    let works = [
        work(7, "R1", &[("2026-03-16", 1.0)]),
        work(8, "R1", &[("2026-03-09", 1.0)]),
        work(9, "R1", &[("2026-03-02", 1.0), ("2026-03-30", 1.0)]),
    ];
    let place = |as_of: &str| {
        let plan = scene.night(as_of, with_work(&works));
        let line = |c: &Change| format!("{} {}", c.rank_after.unwrap_or(0), c.account);
        let mut lines: Vec<_> = plan.changes.iter().map(line).collect();
        lines.sort();
        lines.join(", ")
    };
    // On Friday the week of the 9th is still under way; on Sunday night it is over.
    assert!(!works[1].is_overdue(day(FRIDAY)) && works[1].is_overdue(day("2026-03-15")));
    assert_eq!(place(FRIDAY), "1 9, 2 8, 3 7, 4 1");
}

#[test]
fn the_week_under_way_is_frozen() {
    // Two offers; the one that was planned for this week is worth less than the newcomer.
    let mut scene = Scene::new(&[given(&[(1, 15_000)]), given(&[])], 2.0, Cap::at_most(1));
    scene.pools[0].weeks.truncate(1);
    let lives = left(&scene.night(FRIDAY, Lives::default()), FRIDAY);
    let newcomer =
        Scene::new(&[given(&[(1, 15_000)]), given(&[(1, 90_000)])], 2.0, Cap::at_most(1));
    scene.accounts = newcomer.accounts;
    scene.scored = newcomer.scored;
    let plan = scene.night(MONDAY, lives.clone());
    insta::assert_snapshot!(said(&plan), @r"
    1. 1 option:0 2026-03-16 8285 option:0
    hours 2 option:0 - 49708 by option:0
    ");
    insta::assert_snapshot!(told(&plan.changes), @"1 Frozen frozen 1 > 1: Another would earn more for its hours, but the current week stays as planned.");
    assert!(plan.total <= plan.bound + 1e-6);
    // In the night before the week begins nothing is frozen.
    let open = Lives { as_of: Some(day("2026-03-12")), ..lives.clone() };
    assert_eq!(
        chosen(&scene.night(FRIDAY, open)).next().map(|d| d.scored.candidate.account),
        Some(AccountKey(2))
    );
    // Hours that are gone are a reason.
    scene.pools[0].weeks[0].1 = 1.0;
    let plan = scene.night(TUESDAY, lives);
    insta::assert_snapshot!(told(&plan.changes), @"1 Ended hours 1 > -: The 2 hours it needs are not free within the next 4 weeks.");
}

#[test]
fn what_was_put_off_is_back_on_its_day() {
    let scene = Scene::new(&[given(&[(0, 20_000)])], 8.0, Cap::at_most(1));
    let first = scene.night(FRIDAY, Lives::default());
    let held = answered(&first.decisions[0], Answer::Held(day(TUESDAY)), FRIDAY);
    let night = |as_of: &str, before: Lives| {
        let plan = scene.night(as_of, Lives { answered: vec![held.clone()], ..before });
        let fate = plan.decisions[0].reason_code;
        format!("{fate}: {}", told(&plan.changes))
    };
    insta::assert_snapshot!(night(MONDAY, left(&first, FRIDAY)), @"held: 1 Ended held 1 > -: Put off until 17 Mar 2026.");
    insta::assert_snapshot!(night(TUESDAY, Lives { as_of: Some(day(MONDAY)), ..Lives::default() }), @"chosen: 1 Reopened hold_over - > 1: The time for which it was put off is over. No dated occasion; it can be raised at any time.");
}

#[test]
fn what_was_refused_stays_away_until_another_occasion() {
    let scene = Scene::new(&[given(&[(0, 20_000)])], 8.0, Cap::at_most(1));
    let first = scene.night(FRIDAY, Lives::default());
    let refused = |on: &str| {
        let answer = answered(&first.decisions[0], Answer::Refused, on);
        Lives { answered: vec![answer], ..left(&first, FRIDAY) }
    };
    let plan = scene.night(MONDAY, refused(FRIDAY));
    assert_eq!((plan.decisions[0].fate, plan.decisions[0].reason_code), (Fate::Blocked, "refused"));
    assert_eq!(told(&plan.changes), "1 Ended refused 1 > -: Marked as not a fit on 13 Mar 2026.");
    // Dormancy begins a day after the refusal: another occasion, another play.
    let mut later = scene.clone();
    later.accounts[0].last_event_on = Some(day("2025-12-14"));
    let plan = later.night(MONDAY, refused(FRIDAY));
    assert_eq!(plan.decisions[0].reason_code, "chosen");
    assert_ne!(plan.decisions[0].play, first.decisions[0].play);
    // Had it begun by then, the refusal covers it.
    later.accounts[0].last_event_on = Some(day("2025-12-13"));
    assert_eq!(later.night(MONDAY, refused(FRIDAY)).decisions[0].reason_code, "refused");
}

#[test]
fn an_open_play_keeps_its_name_while_its_occasion_lasts() {
    let mut scene = Scene::new(&[given(&[(3, 0)])], 8.0, Cap::at_most(1));
    scene.accounts[0].last_event_on = Some(day("2025-12-01"));
    let first = scene.night(FRIDAY, Lives::default());
    let dormant = &first.decisions[0];
    assert_eq!(dormant.signals[0].rule, "dormant");
    // A stronger occasion does not rename it; it does name the play of a night that knows no other.
    scene.example.escalate();
    scene.accounts[0].tickets.clone_from(&scene.example.facts.tickets);
    let plan = scene.night(MONDAY, left(&first, FRIDAY));
    assert_eq!((&plan.decisions[0].play, plan.changes.as_slice()), (&dormant.play, &[][..]));
    assert_ne!(scene.night(MONDAY, Lives::default()).decisions[0].play, dormant.play);
}

/// A scene, the same with other values and hours, and which chosen plays are refused between.
fn two_nights() -> impl Strategy<Value = (Scene, Scene, Vec<bool>)> {
    let changes = prop::collection::vec((0_u32..50_000, 0_u32..4), 60);
    (scenes(), changes, 0_u32..9, prop::collection::vec(any::<bool>(), 60)).prop_map(
        |(scene, changes, hours, refused)| {
            let mut later = scene.clone();
            for (scored, (revenue, change)) in later.scored.iter_mut().zip(changes) {
                if change == 0 {
                    scored.candidate.revenue_month_minor = Estimate::known(f64::from(revenue));
                }
            }
            for pool in &mut later.pools {
                for week in &mut pool.weeks {
                    week.1 = f64::from(hours);
                }
            }
            (scene, later, refused)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn hours_are_never_spent_twice(
        scene in scenes(),
        works in prop::collection::vec((0_usize..3, 0_i32..6, 0_u32..30), 0..6),
    ) {
        let pools = ["R1", "R2", UNASSIGNED];
        let works: Vec<UnderWay> = (100..)
            .zip(&works)
            .map(|(account, (pool, week, hours))| {
                let week = day("2026-03-09").plus(domain::time::Days(7 * week));
                let step = OpenStep { week, hours: f64::from(*hours) / 2.0 };
                UnderWay { steps: vec![step], ..work(account, pools[*pool], &[]) }
            })
            .collect();
        let plan = scene.night(FRIDAY, with_work(&works));
        for pool in pools {
            let of_pool = || plan.pools.iter().filter(|hours| hours.pool == pool);
            let planned = |week: Day| {
                chosen(&plan)
                    .filter(|d| d.pool == pool && d.week == Some(week))
                    .map(|d| d.scored.candidate.effort_hours)
                    .sum::<f64>()
            };
            for hours in of_pool() {
                prop_assert!(hours.used <= hours.hours + 1e-6);
                prop_assert!(planned(hours.week) <= hours.used + 1e-6);
            }
            // What is used beside the plan is work under way, as far as the weeks hold it.
            let charged: f64 = of_pool().map(|hours| hours.used - planned(hours.week)).sum();
            let owed: f64 = works
                .iter()
                .filter(|work| work.pool == pool)
                .flat_map(|work| &work.steps)
                .filter(|step| step.week <= day("2026-04-06"))
                .map(|step| step.hours)
                .sum();
            prop_assert!(charged <= owed + 1e-6, "{charged} of {owed}");
            let full = of_pool().all(|hours| hours.used >= hours.hours - 1e-6);
            prop_assert!(full || of_pool().any(|h| h.used < h.hours - 1e-6 && charged <= owed + 1e-6));
        }
        prop_assert!(plan.total <= plan.bound + 1e-6);
    }

    #[test]
    fn the_list_changes_only_in_writing((scene, later, refused) in two_nights()) {
        let first = scene.night(FRIDAY, Lives::default());
        let mut lives = left(&first, FRIDAY);
        let refusing = chosen(&first).zip(&refused).filter(|(_, refused)| **refused);
        lives.answered =
            refusing.map(|(d, _)| answered(d, Answer::Refused, FRIDAY)).collect();
        let plan = later.night(MONDAY, lives.clone());
        let changes = |play: &PlayId, of: &[Changed]| {
            plan.changes.iter().filter(|c| c.play == *play && of.contains(&c.changed)).count()
        };
        for before in &lives.before {
            let now = chosen(&plan).find(|d| d.play == before.play);
            prop_assert_eq!(changes(&before.play, &[Changed::Ended]), usize::from(now.is_none()));
            let moved = now.is_some_and(|now| now.rank != Some(before.rank));
            prop_assert_eq!(changes(&before.play, &[Changed::Rank]), usize::from(moved));
            let shifted = now.is_some_and(|now| now.week != Some(before.week));
            prop_assert_eq!(changes(&before.play, &[Changed::Week]), usize::from(shifted));
            prop_assert_eq!(changes(&before.play, &[Changed::New, Changed::Reopened]), 0);
        }
        for now in chosen(&plan) {
            let new = !lives.before.iter().any(|before| before.play == now.play);
            prop_assert_eq!(changes(&now.play, &[Changed::New]), usize::from(new));
            prop_assert!(!lives.answered.iter().any(|answered| answered.play == now.play));
        }
        for change in &plan.changes {
            prop_assert!(!change.reason.ja.is_empty() && !change.reason.en.is_empty());
            prop_assert!(!change.title.ja.is_empty());
        }
        prop_assert!(plan.total <= plan.bound + 1e-6);
    }

    #[test]
    fn the_frozen_week_holds_where_its_hours_do(scene in scenes()) {
        let first = scene.night(FRIDAY, Lives::default());
        let plan = scene.night(MONDAY, left(&first, FRIDAY));
        for before in chosen(&first).filter(|d| d.week == Some(day(MONDAY))) {
            let now = plan.decisions.iter().find(|d| d.play == before.play);
            prop_assert_eq!(now.and_then(|now| now.week), before.week);
            prop_assert_eq!(now.map(|now| &now.owner), Some(&before.owner));
        }
    }

    #[test]
    fn without_stability_the_plan_is_that_of_a_first_night(scene in scenes()) {
        let mut scene = scene;
        scene.example.policy.plan.stability = 0.0;
        let first = scene.night(FRIDAY, Lives::default());
        // A night that froze nothing: the plan before was of another week.
        let again = scene.night(FRIDAY, left(&first, "2026-03-05"));
        prop_assert_eq!(&first.decisions, &again.decisions);
        prop_assert!((first.bound - again.bound).abs() < 1e-6);
    }
}
