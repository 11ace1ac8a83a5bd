//! What is scarce beside a rep's hours, whose hours they are, what comes first, and chance (S54-S56, N1).

use super::*;
use crate::catalogue::GivenOffer;
use crate::decision::Draw;

fn sells(revenue: u32) -> Given {
    given(&[(1, revenue)])
}

/// Accounts of one owner with one offer of two hours each, and R1 with hours for one of them in each week.
fn crowd(n: usize) -> Scene {
    let all: Vec<Given> = (0..).take(n).map(|i| sells(10_000 + 1_000 * i)).collect();
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
    let next = scene.night("2026-03-16", lives_of(&first));
    assert_eq!(owners(&next), owners(&first));
}

/// S54: what a manager gave to a rep stays that rep's on the nights after, and takes that rep's hours.
#[test]
fn s54_a_play_that_was_given_to_a_rep_stays_with_that_rep() {
    let scene = crowd(2);
    let first = scene.plan();
    let lives = lives_of(&first);
    let given = first.decisions[0].play.clone();
    assert_eq!(first.decisions[0].pool, "R1");
    let assigned = Lives { assigned: vec![(given.clone(), "R2".to_owned())], ..lives.clone() };
    let next = scene.night("2026-03-16", assigned);
    let of = |plan: &Plan| plan.decisions.iter().find(|d| d.play == given).map(|d| d.pool.clone());
    assert_eq!(of(&next).as_deref(), Some("R2"));
    let hours = |plan: &Plan, pool: &str| -> f64 {
        plan.pools.iter().filter(|hours| hours.pool == pool).map(|hours| hours.used).sum()
    };
    let plain = scene.night("2026-03-16", lives.clone());
    assert!(hours(&next, "R2") > hours(&plain, "R2"), "{}", owners(&next));
    // A rep who is gone keeps nothing.
    let gone = Lives { assigned: vec![(given.clone(), "R9".to_owned())], ..lives };
    assert_eq!(of(&scene.night("2026-03-16", gone)), of(&plain));
}

/// What a plan of a Friday leaves for the next night.
fn lives_of(plan: &Plan) -> Lives {
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
    let before = plan.decisions.iter().map(before).collect();
    Lives { as_of: Some(day("2026-03-13")), before, ..Lives::default() }
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

/// S55, S56: the ranking by LTV and the one by usage.
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

/// Three companies of a group with one offer each, the second one's the largest; hours for all of them.
fn group(cap: Cap) -> Scene {
    let mut scene =
        Scene::new(&[sells(15_000), sells(20_000), sells(10_000)], 8.0, Cap::at_most(1));
    scene.example.policy.limits.packages_per_group = cap;
    scene.accounts.iter_mut().for_each(|facts| facts.root = AccountKey(1));
    scene
}

fn places(plan: &Plan) -> String {
    let line = |d: &Decision| format!("{} {}", d.scored.candidate.account, d.reason_code);
    plan.decisions.iter().map(line).collect::<Vec<_>>().join(", ")
}

/// N5: a group's cap is spent on its best packages, whichever of its companies they are for.
#[test]
fn n5_packages_of_a_group_go_to_its_best_offers() {
    let said = |cap: Cap| places(&group(cap).plan());
    assert_eq!(said(Cap::at_most(0)), "1 governor, 2 governor, 3 governor", "zero means zero");
    assert_eq!(said(Cap::at_most(1)), "2 chosen, 1 group_limit, 3 group_limit");
    assert_eq!(said(Cap::at_most(2)), "2 chosen, 1 chosen, 3 group_limit");
    assert_eq!(said(Cap::at_most(3)), "2 chosen, 1 chosen, 3 chosen");
    assert_eq!(said(Cap::NONE), "2 chosen, 1 chosen, 3 chosen", "none means none");
    let plan = group(Cap::at_most(1)).plan();
    let out = &plan.decisions[1];
    assert_eq!(out.fate, Fate::Displaced);
    assert_eq!(out.displaced_by, Some(plan.decisions[0].scored.candidate.offer.clone()));
    assert_eq!(
        out.reason.ja,
        "グループ全体で28日に1件までのため、期待増分利益がより大きいグループ内の提案を優先しました。"
    );
    assert_eq!(
        out.reason.en,
        "At most 1 packages for the group in 28 days; those that earn more go first."
    );
    assert!((plan.total - plan.bound).abs() < 1e-6 * plan.total, "{} {}", plan.total, plan.bound);
}

/// N5: what the group got within 28 days counts, on the last of these days and not on the day after.
#[test]
fn n5_what_the_group_got_counts_until_its_day() {
    let said = |on: &str, cap: u32| {
        let mut scene = group(Cap::at_most(cap));
        for facts in &mut scene.accounts {
            facts.bars.group.push(("other".into(), Some(day(on))));
        }
        places(&scene.plan())
    };
    assert_eq!(said("2026-02-14", 2), "2 chosen, 1 group_limit, 3 group_limit");
    assert_eq!(said("2026-02-13", 2), "2 chosen, 1 chosen, 3 group_limit");
    assert_eq!(said("2026-02-14", 1), "1 governor, 2 governor, 3 governor");
}

#[test]
fn n5_another_groups_packages_do_not_count() {
    let mut scene = group(Cap::at_most(1));
    scene.accounts[2].root = AccountKey(3);
    assert_eq!(places(&scene.plan()), "2 chosen, 3 chosen, 1 group_limit");
}

#[test]
fn n5_reps_who_stand_in_keep_the_groups_cap() {
    let mut scene = group(Cap::at_most(1));
    scene.example.policy.plan.owner = Ownership::Pool;
    assert_eq!(places(&scene.plan()), "2 chosen, 1 group_limit, 3 group_limit");
}

/// N5: the next step of a deal and care are exempt from a group's cap.
#[test]
fn n5_deals_go_on_beside_a_full_group() {
    let mut scene = group(Cap::at_most(1));
    for facts in &scene.accounts {
        let mut one = scene.example.clone();
        one.facts = facts.clone();
        scene.scored.push(offer(&one, Motion::Advance, 9, 9_000));
    }
    let plan = scene.plan();
    let advanced =
        |d: &&Decision| d.fate == Fate::Chosen && d.scored.candidate.motion == Motion::Advance;
    assert_eq!(plan.decisions.iter().filter(advanced).count(), 3, "{}", places(&plan));
    assert_eq!(in_group(&scene, &plan, AccountKey(1)), 1);
}

/// Two colleagues in customer success, who care for what a seller of the team owns.
fn roles(candidate: &str) -> Scene {
    let mut scene = crowd(2);
    scene.example.policy.plan.owner = Ownership::Pool;
    let mut third = scene.pools[1].clone();
    third.pool = "R3".to_owned();
    scene.pools.push(third);
    for (pool, role) in scene.pools.iter_mut().zip(["CIS", "CS", "", "CS"]) {
        pool.role = (!role.is_empty()).then(|| role.to_owned());
        pool.team = Some("East".to_owned());
    }
    for scored in &mut scene.scored {
        scored.candidate.role = if candidate == "CS" { "CS" } else { "CIS" };
    }
    scene
}

/// N1: a role's plays are spread over its reps, none of whom owns the account.
#[test]
fn n1_colleagues_of_another_role_share_what_is_theirs() {
    assert_eq!(owners(&roles("CS").plan()), "1 R3 R3 chosen, 2 R2 R2 chosen");
    assert_eq!(owners(&roles("CIS").plan()), "1 R1 R1 chosen, 2 R1 R1 chosen", "the owner's own");
    // Who had it the night before keeps it.
    let scene = roles("CS");
    let first = scene.plan();
    let before = lives_of(&first);
    assert_eq!(owners(&scene.night("2026-03-16", before)), owners(&first));
}

/// N1: the next step of a deal that keeps a customer stays with who began it, a seller.
#[test]
fn n1_a_deals_next_step_stays_with_its_owner() {
    let mut scene = roles("CS");
    for scored in &mut scene.scored {
        scored.candidate.motion = Motion::Advance;
        scored.candidate.proposal = Some("P1".into());
    }
    assert_eq!(owners(&scene.plan()), "1 R1 R1 chosen, 2 R1 R1 chosen");
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
    // Fates: what chance chose is in the plan and says so; what it left out has a fate of its own.
    let of_chance = |d: &&Decision| d.fate == Fate::Explored;
    let out = plan.decisions.iter().filter(of_chance).count();
    let drawn = plan.decisions.iter().filter(explored);
    assert_eq!(out, drawn.clone().filter(|d| d.fate != Fate::Chosen).count());
    assert!(plan.decisions.iter().filter(of_chance).all(|d| explored(&d)));
    assert!(drawn.clone().filter(|d| d.fate == Fate::Chosen).all(|d| d.reason_code == "explored"));
    let first = |is: &dyn Fn(&Decision) -> bool| {
        let found = plan.decisions.iter().find(|d| explored(d) && is(d)).expect("there are some");
        format!("{}\n{}", found.reason.ja, found.reason.en)
    };
    insta::assert_snapshot!(first(&|d| d.fate == Fate::Chosen && d.scored.candidate.offer.as_str() == "term:1"), @r"
    期限のあるきっかけはなく、随時ご案内できる内容です。効果を測るための無作為抽選で選ばれました(選ばれる確率は10 %)。
    No dated occasion; it can be raised at any time. Chosen by a random draw, to measure what contact adds (its chance was 10 %).
    ");
    insta::assert_snapshot!(first(&|d| d.reason_code == "left_alone"), @r"
    効果を測るため、今回は無作為抽選により働きかけを見送りました(この提案が選ばれる確率は80 %)。
    Left alone this time by a random draw, to measure what contact adds (this one's chance was 80 %).
    ");
    insta::assert_snapshot!(first(&|d| d.fate == Fate::Explored && d.reason_code == "explored"), @r#"
    効果を測るための無作為抽選により、今回は「X」を選びました(この提案が選ばれる確率は10 %)。
    A random draw, to measure what contact adds, chose "X" this time (this one's chance was 10 %).
    "#);
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
