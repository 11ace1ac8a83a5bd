//! The laws of a plan over generated inputs, and single cases with their words.

use domain::ids::{AccountKey, OfferId};
use domain::motion::{AccountKind, Fate, Motion};
use domain::probability::Estimate;
use proptest::prelude::*;

use super::*;
use crate::decision::{Decision, Plan};
use crate::examples::{Example, day, deal, odds, reach};
use crate::facts::Outcome;

mod lives;
mod rows;

/// What one generated account is like.
#[derive(Debug, Clone)]
struct Given {
    person: bool,
    escalated: bool,
    owner: usize,
    approached: bool,
    offers: Vec<(usize, u32)>,
}

impl Given {
    /// A company of the first owner with one offer of a motion.
    fn company(motion: usize) -> Self {
        let offers = vec![(motion, 100)];
        Self { person: false, escalated: false, owner: 0, approached: false, offers }
    }
}

/// Accounts with candidates, hours and a cap.
#[derive(Debug, Clone)]
struct Scene {
    example: Example,
    accounts: Vec<AccountFacts>,
    scored: Vec<Scored>,
    pools: Vec<Pool>,
}

const MOTIONS: [Motion; 6] = [
    Motion::CrossSell,
    Motion::Option,
    Motion::Advance,
    Motion::Care,
    Motion::Term,
    Motion::PlanUp,
];

impl Scene {
    fn new(given: &[Given], hours: f64, cap: Cap) -> Self {
        let mut example = Example::company();
        example.policy.limits.packages_per_account = cap;
        let mut accounts = Vec::new();
        let mut scored = Vec::new();
        for (i, given) in (1..).zip(given) {
            let mut one = example.clone();
            one.facts.account = AccountKey(i);
            one.facts.owner = [Some("R1".into()), Some("R2".into()), Some("R9".into()), None]
                [given.owner % 4]
                .clone();
            if given.person {
                one.facts.kind = AccountKind::Person;
            }
            if given.escalated {
                one.escalate();
            }
            one.facts.proposals = vec![deal("P1", "GTK", "2026-02-20", Outcome::Open)];
            one.facts.proposals[0].approached = Some(given.approached);
            for (n, (motion, revenue)) in given.offers.iter().enumerate() {
                scored.push(offer(&one, MOTIONS[*motion], n, *revenue));
            }
            accounts.push(one.facts);
        }
        let weeks = |share: f64| {
            weeks(&example.policy, day("2026-03-13")).iter().map(|w| (w.0, hours * share)).collect()
        };
        let pool = |pool: &str, share| Pool {
            pool: pool.to_owned(),
            role: None,
            team: None,
            skills: Vec::new(),
            weeks: weeks(share),
        };
        let pools = vec![pool("R1", 1.0), pool("R2", 0.5), pool(UNASSIGNED, 0.7)];
        Self { example, accounts, scored, pools }
    }

    fn plan(&self) -> Plan {
        self.night("2026-03-13", Lives::default())
    }

    fn night(&self, as_of: &str, lives: Lives) -> Plan {
        let input = PlanInput {
            as_of: day(as_of),
            policy: &self.example.policy,
            catalogue: &self.example.catalogue,
            pools: self.pools.clone(),
            seed: 1,
            lives,
        };
        let of = |facts: &AccountFacts| {
            let own = self.scored.iter().filter(|s| s.candidate.account == facts.account);
            own.cloned().collect()
        };
        plan(input, self.accounts.iter().map(|facts| Offers::new(facts, of(facts))).collect())
    }
}

fn offer(of: &Example, motion: Motion, n: usize, revenue: u32) -> Scored {
    let mut candidate = of.candidate(motion);
    candidate.offer = OfferId::new(format!("{}:{n}", motion.code()));
    candidate.revenue_month_minor = Estimate::known(f64::from(revenue));
    candidate.effort_hours = match motion {
        Motion::CrossSell => 4.0,
        Motion::Care | Motion::Advance => 1.0,
        _ => 2.0,
    };
    if motion == Motion::Advance {
        candidate.proposal = Some("P1".into());
    }
    if motion == Motion::PlanUp {
        candidate.subscription = Some("S1".into());
    }
    if of.facts.kind == AccountKind::Person {
        candidate.effort_hours = 0.0;
        candidate.channel = domain::motion::Channel::Mail;
    }
    Scored { candidate, odds: odds() }
}

fn scenes() -> impl Strategy<Value = Scene> {
    let offers = prop::collection::vec((0_usize..MOTIONS.len(), 0_u32..50_000), 1..6);
    let given = (any::<bool>(), 0_u32..5, 0_usize..4, 0_u32..6, offers).prop_map(
        |(person, escalated, owner, approached, offers)| Given {
            person,
            escalated: escalated == 0,
            owner,
            approached: approached == 0,
            offers,
        },
    );
    let caps = prop::sample::select(vec![
        Cap::at_most(1),
        Cap::at_most(1),
        Cap::at_most(2),
        Cap::at_most(0),
        Cap::NONE,
    ]);
    let groups = prop::sample::select(vec![
        Cap::NONE,
        Cap::NONE,
        Cap::at_most(0),
        Cap::at_most(1),
        Cap::at_most(2),
        Cap::at_most(3),
    ]);
    (prop::collection::vec(given, 1..12), 0_u32..9, caps, groups).prop_map(
        |(given, hours, cap, group)| {
            let mut scene = Scene::new(&given, f64::from(hours), cap);
            scene.example.policy.limits.packages_per_group = group;
            for facts in &mut scene.accounts {
                facts.root = AccountKey(1 + facts.account.0 % 3);
            }
            scene
        },
    )
}

/// Chosen offers that count against an account's limit, by account.
fn packages(plan: &Plan, account: AccountKey) -> u32 {
    let counts = |decision: &&Decision| {
        let candidate = &decision.scored.candidate;
        decision.fate == Fate::Chosen
            && candidate.account == account
            && (candidate.motion != Motion::Advance || !candidate.channel.takes_hours())
    };
    u32::try_from(plan.decisions.iter().filter(counts).count()).unwrap()
}

/// Chosen offers that sell to the accounts of a group.
fn in_group(scene: &Scene, plan: &Plan, root: AccountKey) -> u32 {
    let of = |account: AccountKey| {
        scene.accounts.iter().any(|facts| facts.account == account && facts.root == root)
    };
    let counts = |decision: &&Decision| {
        let candidate = &decision.scored.candidate;
        decision.fate == Fate::Chosen && candidate.motion.sells() && of(candidate.account)
    };
    u32::try_from(plan.decisions.iter().filter(counts).count()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_plan_obeys_its_laws(scene in scenes()) {
        let plan = scene.plan();
        // Every candidate has exactly one fate.
        let mut given: Vec<_> =
            scene.scored.iter().map(|s| (s.candidate.account, &s.candidate.offer)).collect();
        let mut decided: Vec<_> = plan
            .decisions
            .iter()
            .map(|d| (d.scored.candidate.account, &d.scored.candidate.offer))
            .collect();
        given.sort();
        decided.sort();
        prop_assert_eq!(given, decided);
        // Hours are never overspent, and what is used is what was chosen.
        for hours in &plan.pools {
            prop_assert!(hours.used <= hours.hours + 1e-6);
            let spent: f64 = plan
                .decisions
                .iter()
                .filter(|d| d.pool == hours.pool && d.week == Some(hours.week))
                .map(|d| d.scored.candidate.effort_hours)
                .sum();
            prop_assert!((spent - hours.used).abs() < 1e-6, "{spent} is not {}", hours.used);
        }
        // Limits per account.
        for facts in &scene.accounts {
            let limits = &scene.example.policy.limits;
            let cap = if facts.takes_hours() {
                limits.packages_per_account.get().map(|cap| cap.max(1))
            } else {
                limits.digital_contacts_per_account.get()
            };
            prop_assert!(cap.is_none_or(|cap| packages(&plan, facts.account) <= cap));
        }
        // Limits per group, of what sells.
        for root in 1..=3 {
            let cap = scene.example.policy.limits.packages_per_group;
            let sold = in_group(&scene, &plan, AccountKey(root));
            prop_assert!(cap.get().is_none_or(|cap| sold <= cap), "{sold} of {cap:?}");
        }
        // The bound bounds; the total is what the chosen earn, care not counted.
        prop_assert!(plan.total <= plan.bound + 1e-6);
        let earned: f64 = plan
            .decisions
            .iter()
            .filter(|d| d.fate == Fate::Chosen && d.scored.candidate.motion != Motion::Care)
            .map(|d| d.value.eip.mean)
            .sum();
        prop_assert!((earned - plan.total).abs() < 1e-6 * (1.0 + earned.abs()));
        // Ranks count from 1; only the chosen have rank and week; each has a reason.
        let chosen = plan.decisions.iter().take_while(|d| d.fate == Fate::Chosen).count();
        for (i, decision) in plan.decisions.iter().enumerate() {
            let rank = (i < chosen).then(|| u32::try_from(i + 1).unwrap());
            prop_assert_eq!(decision.rank, rank);
            prop_assert_eq!(decision.week.is_some(), rank.is_some());
            prop_assert!(!decision.reason.ja.is_empty() && !decision.reason.en.is_empty());
            prop_assert!(decision.play.as_str().len() == 16);
            prop_assert!(decision.fate != Fate::Chosen || !decision.signals.is_empty());
            if decision.scored.candidate.motion.sells() {
                let held = matches!(decision.fate, Fate::Held | Fate::Blocked);
                prop_assert!(!held || !decision.verdicts.is_empty());
            }
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(scene in scenes()) {
        let mut turned = scene.clone();
        turned.accounts.reverse();
        turned.scored.reverse();
        turned.pools.reverse();
        prop_assert_eq!(scene.plan(), turned.plan());
    }
}

fn given(offers: &[(usize, u32)]) -> Given {
    Given { person: false, escalated: false, owner: 0, approached: false, offers: offers.into() }
}

/// Each decision: rank or fate, account, offer, week, and what it displaced or what displaced it.
fn said(plan: &Plan) -> String {
    let line = |d: &Decision| {
        let place = d.rank.map_or_else(|| d.reason_code.to_owned(), |rank| format!("{rank}."));
        let week = d.week.map_or_else(|| "-".to_owned(), |week| week.to_string());
        let by = d.displaced_by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
        let candidate = &d.scored.candidate;
        let over: Vec<_> = d.displaced.iter().map(OfferId::as_str).collect();
        format!(
            "{place} {} {} {week} {:.0}{by} {}",
            candidate.account,
            candidate.offer,
            d.value.eip.mean,
            over.join(",")
        )
    };
    plan.decisions.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn one_package_an_account_and_its_deal_beside_it() {
    let scene = Scene::new(&[given(&[(0, 20_000), (1, 15_000), (2, 9_000)])], 8.0, Cap::at_most(1));
    insta::assert_snapshot!(said(&scene.plan()), @r"
    1. 1 cross_sell:0 2026-03-16 11046 option:1
    2. 1 advance:2 2026-03-16 4971 
    account_limit 1 option:1 - 8285 by cross_sell:0
    ");
}

#[test]
fn scarce_hours_go_to_what_earns_more_per_hour() {
    let offers = [given(&[(0, 20_000)]), given(&[(1, 15_000)]), given(&[(1, 9_000)])];
    let mut scene = Scene::new(&offers, 0.0, Cap::at_most(1));
    scene.pools[0].weeks.truncate(1);
    scene.pools[0].weeks[0].1 = 4.0;
    let plan = scene.plan();
    insta::assert_snapshot!(said(&plan), @r"
    1. 2 option:0 2026-03-16 8285 
    2. 3 option:0 2026-03-16 4971 cross_sell:0
    hours 1 cross_sell:0 - 11046 by option:0
    ");
    let left_out = plan.decisions.last().expect("three decisions");
    insta::assert_snapshot!(left_out.reason.ja, @"必要な4時間は、今後4週間の対応可能時間の中で、1時間あたりの期待増分利益がより大きい提案に充てています。");
    assert!(plan.pools[0].shadow_price > 0.0);
}

#[test]
fn care_takes_its_share_where_nothing_can_be_sold() {
    let mut troubled = given(&[(0, 40_000), (3, 0)]);
    troubled.escalated = true;
    let calm = given(&[(0, 30_000), (3, 0)]);
    let scene = Scene::new(&[troubled, calm], 5.0, Cap::at_most(1));
    insta::assert_snapshot!(said(&scene.plan()), @r"
    1. 2 cross_sell:0 2026-03-16 16569 
    2. 1 care:1 2026-03-16 0 
    escalation 1 cross_sell:0 - 22093 
    no_window 2 care:1 - 0
    ");
}

#[test]
fn a_recent_approach_counts_against_the_limit() {
    let mut lately = given(&[(1, 40_000), (2, 9_000)]);
    lately.approached = true;
    let plan = Scene::new(&[lately], 5.0, Cap::at_most(1)).plan();
    let held = plan.decisions.last().expect("two decisions");
    assert_eq!(held.reason_code, "governor");
    assert_eq!(
        held.reason.ja,
        "直近28日に1件ご提案しているため、次のご提案は2026年3月20日からです。"
    );
}

#[test]
fn a_play_keeps_its_id_over_nights() {
    let scene = Scene::new(&[given(&[(0, 20_000)])], 8.0, Cap::at_most(1));
    let mut later = scene.clone();
    later.scored[0].odds.won = Estimate::estimated(0.7, 0.02, 6_800);
    assert_eq!(scene.plan().decisions[0].play, later.plan().decisions[0].play);
}

#[test]
fn nothing_in_gives_nothing_out() {
    let plan = Scene::new(&[], 8.0, Cap::at_most(1)).plan();
    assert_eq!((plan.decisions.len(), plan.pools.len()), (0, 12));
    assert!(plan.total.abs() < 1e-9 && plan.bound.abs() < 1e-9);
}

#[test]
fn a_day_that_is_over_is_no_due_day() {
    let given = Given::company(2);
    let mut scene = Scene::new(&[given], 10.0, Cap::NONE);
    scene.scored[0].candidate.proposal = Some("P1".into());
    for (step, due) in [("2026-03-05", None), ("2026-03-20", Some("2026-03-20"))] {
        scene.accounts[0].proposals[0].next_step_on = Some(day(step));
        let plan = scene.plan();
        assert_eq!(plan.decisions[0].fate, Fate::Chosen);
        assert_eq!(plan.decisions[0].due, due.map(day), "{step}");
    }
}

#[test]
fn the_window_that_closes_first_is_the_due_day() {
    let given = Given::company(5);
    let mut scene = Scene::new(&[given], 10.0, Cap::NONE);
    scene.accounts[0].proposals.clear();
    let closes = |scene: &Scene| {
        let look = crate::look::Look { facts: &scene.accounts[0], ..scene.example.look() };
        let fired = crate::signals::fired(&look);
        let open = crate::signals::open_for(&scene.scored[0].candidate, &fired);
        open.iter().map(|signal| (signal.rule, signal.closes_on)).collect::<Vec<_>>()
    };
    let median = Some("2026-08-11");
    scene.accounts[0].usage[0].reach = Some(reach((Some("2026-04-25"), median, None), 0.4));
    scene.accounts[0].contracts[0].cancel_deadline = Some(day("2026-05-05"));
    let (limit, renewal) = (("limit_near", median.map(day)), ("renewal", Some(day("2026-05-05"))));
    assert_eq!(closes(&scene), [limit, renewal], "the stronger first");
    assert_eq!(scene.plan().decisions[0].due, Some(day("2026-05-05")));
}
