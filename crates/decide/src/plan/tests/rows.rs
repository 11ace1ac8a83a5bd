//! What is scarce beside a rep's hours, whose hours they are, what comes first, and chance (S54-S56, N1).

use super::*;
use crate::catalogue::GivenOffer;
use crate::decision::Draw;

fn sells(revenue: u32) -> Given {
    given(&[(1, revenue)])
}

/// Accounts of one owner with one offer of two hours each, and R1 with hours for one of them in each week.
fn crowd(n: usize) -> Scene {
    let all: Vec<Given> =
        (0..n).map(|i| sells(10_000 + 1_000 * u32::try_from(i).unwrap())).collect();
    let mut scene = Scene::new(&all, 0.0, Cap::at_most(1));
    for pool in &mut scene.pools {
        pool.weeks.truncate(2);
        pool.role = (pool.pool != UNASSIGNED).then(|| "CIS".to_owned());
    }
    scene.pools[0].weeks.iter_mut().for_each(|week| week.1 = 2.0);
    scene.pools[1].weeks.iter_mut().for_each(|week| week.1 = 2.0);
    scene
}

fn owners(plan: &Plan) -> String {
    let line = |d: &Decision| {
        let owner = d.owner.as_ref().map_or("-", |owner| owner.as_str());
        format!("{} {owner} {} {}", d.scored.candidate.account, d.pool, d.reason_code)
    };
    let mut lines: Vec<String> = plan.decisions.iter().map(line).collect();
    lines.sort();
    lines.join(", ")
}

#[test]
fn an_account_is_its_owners_or_its_teams() {
    let mut scene = crowd(4);
    let hard = scene.plan();
    assert_eq!(
        owners(&hard),
        "1 - R1 hours, 2 - R1 hours, 3 R1 R1 chosen, 4 R1 R1 chosen",
        "R2's hours are idle"
    );
    let stranded: f64 = hard.pools.iter().map(|pool| pool.stranded).sum();
    assert!((stranded - 4.0).abs() < 1e-9, "{stranded}");
    scene.example.policy.plan.owner = Ownership::Pool;
    let pool = scene.plan();
    assert_eq!(owners(&pool), "1 R2 R2 chosen, 2 R2 R2 chosen, 3 R1 R1 chosen, 4 R1 R1 chosen");
    assert!(pool.pools.iter().all(|pool| pool.stranded < 1e-9));
    assert!(pool.total > hard.total && (pool.total - pool.bound).abs() < 1.0);
}

#[test]
fn who_states_other_skills_does_not_stand_in() {
    let mut scene = crowd(4);
    scene.example.policy.plan.owner = Ownership::Pool;
    let motion = scene.scored[0].candidate.motion.code().to_owned();
    scene.pools[1].skills = vec!["another".to_owned()];
    scene.pools[0].skills = vec![motion.clone()];
    assert!(owners(&scene.plan()).starts_with("1 - R1 hours, 2 - R1 hours"));
    scene.pools[1].skills.push(motion);
    assert!(owners(&scene.plan()).starts_with("1 R2 R2 chosen, 2 R2 R2 chosen"));
}

#[test]
fn a_play_of_the_week_under_way_stays_with_who_stands_in() {
    let mut scene = crowd(4);
    scene.example.policy.plan.owner = Ownership::Pool;
    let first = scene.plan();
    let before = |decision: &Decision| crate::life::Before {
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
    let before = first.decisions.iter().map(before).collect();
    let lives = Lives { as_of: Some(day("2026-03-13")), before, ..Lives::default() };
    let next = scene.night("2026-03-16", lives);
    assert_eq!(owners(&next), owners(&first));
}

#[test]
fn places_of_a_channel_are_counted_by_week() {
    let check = |per_week: Cap, chosen: usize| {
        let mut scene = crowd(4);
        scene.example.policy.plan.owner = Ownership::Pool;
        scene.example.policy.plan.horizon_weeks = 2;
        scene.example.policy.channels.visit.per_week = per_week;
        scene.example.policy.channels.phone.per_week = per_week;
        let plan = scene.plan();
        let by_week = |week: Day| plan.decisions.iter().filter(|d| d.week == Some(week)).count();
        let weeks: Vec<usize> = plan.pools[..2].iter().map(|pool| by_week(pool.week)).collect();
        assert!(weeks.iter().all(|n| per_week.get().is_none_or(|cap| *n <= cap as usize)));
        assert_eq!(weeks.iter().sum::<usize>(), chosen, "{per_week:?}");
        plan
    };
    let plan = check(Cap::at_most(1), 2);
    assert!(plan.decisions[2..].iter().all(|d| d.reason_code == "channel"), "{}", owners(&plan));
    check(Cap::at_most(0), 0);
    check(Cap::at_most(2), 4);
    check(Cap::NONE, 4);
}

#[test]
fn stock_and_minimum_volumes_are_kept_or_reported() {
    let check = |stock: Option<u64>, min_volume: Option<u64>| {
        let mut scene = crowd(4);
        scene.example.policy.plan.owner = Ownership::Pool;
        let mut offer = GivenOffer::new("option:0", Motion::Option, "x");
        (offer.stock, offer.min_volume) = (stock, min_volume);
        scene.example.catalogue.offers = vec![offer];
        scene.plan()
    };
    let codes = |plan: &Plan| {
        let codes: Vec<&str> = plan.decisions.iter().map(|d| d.reason_code).collect();
        codes.join(" ")
    };
    assert_eq!(codes(&check(Some(3), None)), "chosen chosen chosen stock");
    assert_eq!(codes(&check(Some(0), None)), "stock stock stock stock");
    assert_eq!(codes(&check(None, None)), "chosen chosen chosen chosen");
    assert_eq!(check(None, Some(4)).unmet, []);
    assert_eq!(check(None, Some(6)).unmet, [("option:0".into(), 2.0)]);
}

#[test]
fn a_minimum_brings_an_offer_in_that_earns_less() {
    let mut scene = Scene::new(&[given(&[(1, 20_000), (4, 15_000)])], 8.0, Cap::at_most(1));
    let chosen = |scene: &Scene| scene.plan().decisions[0].scored.candidate.offer.to_string();
    assert_eq!(chosen(&scene), "option:0");
    let mut offer = GivenOffer::new("term:1", Motion::Term, "x");
    offer.min_volume = Some(1);
    scene.example.catalogue.offers = vec![offer];
    assert_eq!(chosen(&scene), "term:1");
}

#[test]
fn modes_put_other_things_first_under_the_same_hours() {
    let mut scene = crowd(3);
    scene.pools[0].weeks.truncate(1);
    scene.accounts[0].monthly_margin_minor = 9e6;
    scene.accounts[1].monthly_margin_minor = 1e6;
    scene.accounts[2].monthly_margin_minor = 2e6;
    scene.pools[1].weeks.truncate(1);
    let first = |mode: PlanMode| {
        let mut scene = scene.clone();
        scene.example.policy.plan.mode = mode;
        let plan = scene.plan();
        assert!(plan.total <= plan.bound + 1e-6);
        (plan.decisions[0].scored.candidate.account.0, plan.bound.round())
    };
    let (best, bound) = first(PlanMode::Value);
    assert_eq!(best, 3);
    assert_eq!(first(PlanMode::Ltv), (1, bound), "the bound is of expected profit all the same");
    assert_eq!(first(PlanMode::Usage).0, 3, "usage speaks for none: by value");
}

fn exploring(share: f64) -> Scene {
    let all: Vec<Given> = (0..200).map(|_| given(&[(1, 20_000), (4, 15_000)])).collect();
    let mut scene = Scene::new(&all, 500.0, Cap::at_most(1));
    scene.example.policy.explore = ExplorePolicy { share, hours_share: 0.2 };
    for facts in &mut scene.accounts {
        facts.touch = domain::motion::TouchModel::Low;
    }
    scene
}

/// Draws by account.
fn draws(plan: &Plan) -> std::collections::BTreeMap<(AccountKey, OfferId), Draw> {
    let draw = |d: &Decision| {
        let candidate = &d.scored.candidate;
        Some(((candidate.account, candidate.offer.clone()), d.draw?))
    };
    plan.decisions.iter().filter_map(draw).collect()
}

#[test]
fn probabilities_are_logged_and_sum_to_one_with_leaving() {
    let plan = exploring(0.3).plan();
    let draws = draws(&plan);
    assert_eq!(draws.len(), 400);
    for ((_, offer), draw) in &draws {
        let expected = if offer.as_str() == "option:0" { 0.7 + 0.1 } else { 0.1 };
        assert!((draw.probability - expected).abs() < 1e-12);
        assert_eq!(draw.policy, offer.as_str() == "option:0");
    }
    // Of two hundred accounts about sixty are drawn, a third of them for each action.
    let explored = |d: &&Decision| d.draw.is_some_and(|draw| draw.explored);
    let n = plan.decisions.iter().filter(explored).count() / 2;
    assert!((40..=80).contains(&n), "{n}");
    let left = plan.decisions.iter().filter(|d| d.reason_code == "left_alone").count() / 2;
    let second = plan
        .decisions
        .iter()
        .filter(explored)
        .filter(|d| d.fate == Fate::Chosen && d.scored.candidate.offer.as_str() == "term:1")
        .count();
    assert!((8..=34).contains(&left) && (8..=34).contains(&second), "{left} {second}");
    assert!(draws.values().all(|draw| !draw.repaired));
}

#[test]
fn the_draw_hangs_on_seed_account_and_day_alone() {
    let scene = exploring(0.3);
    let all = draws(&scene.plan());
    let mut fewer = scene.clone();
    fewer.accounts.drain(..100);
    fewer.scored.drain(..200);
    for (key, draw) in draws(&fewer.plan()) {
        assert_eq!(draw.explored, all[&key].explored);
    }
    let other = draws(&scene.night("2026-03-12", Lives::default()));
    assert!(other.iter().any(|(key, draw)| draw.explored != all[key].explored));
}

#[test]
fn chance_leaves_high_touch_alone_and_is_off_by_default() {
    let mut scene = exploring(1.0);
    for facts in &mut scene.accounts {
        facts.touch = domain::motion::TouchModel::High;
    }
    assert!(draws(&scene.plan()).is_empty());
    let off = draws(&exploring(0.0).plan());
    assert!(off.values().all(|draw| !draw.explored));
    assert!(
        off.values()
            .all(|draw| (draw.probability - f64::from(u8::from(draw.policy))).abs() < 1e-12)
    );
}

#[test]
fn what_hours_do_not_allow_is_logged_as_repaired() {
    let mut scene = exploring(0.0);
    scene.pools.iter_mut().for_each(|pool| pool.weeks.iter_mut().for_each(|week| week.1 = 2.0));
    let plan = scene.plan();
    // At the price of hours each account is as good as the other: the policy may mean more than fits.
    for decision in &plan.decisions {
        let draw = decision.draw.expect("logged");
        let done = decision.fate == Fate::Chosen;
        let meant = draw.policy;
        assert!(draw.repaired || done == meant, "{decision:?}");
    }
}
