//! Months at risk, events and censoring by hand, and the sum of products against counting one by one.

use std::collections::BTreeMap;

use decide::catalogue::{Catalogue, PriceUnit, Product, ProductKind};
use decide::facts::{Proposal, Purchase};
use domain::motion::{AccountKind, TouchModel};

use super::life::{Life, begin_of};
use super::*;
use crate::known::Approach;
use crate::tables::FromLake;
use crate::train::hazards::Hazards;

const AS_OF: &str = "2026-03-12";

fn day(text: &str) -> Day {
    Day::parse_iso(text).expect("a day")
}

/// A customer since 1 January 2025: 14 whole months by [`AS_OF`], of which the first is left out.
struct Scene {
    account: Account,
    lake: FromLake,
    versions: Versions,
    catalogue: Catalogue,
}

fn product(id: &str, kind: ProductKind, line: Option<&str>, tier: Option<i64>) -> Product {
    Product {
        id: id.into(),
        name: id.to_owned(),
        kind,
        line: line.map(str::to_owned),
        tier,
        price_minor: Some(100),
        price_unit: PriceUnit::Month,
        implied_month_minor: None,
        seat_share: None,
        margin_rate: None,
        bands: Vec::new(),
        recurring_month_minor: None,
        limits: Vec::new(),
        active_until: None,
        on_sale: true,
    }
}

impl Scene {
    fn new() -> Self {
        let account = Account {
            key: 1,
            id: "A".to_owned(),
            root: 1,
            parent: None,
            kind: AccountKind::Company,
            touch: TouchModel::Low,
            segment: None,
            owner: None,
            since: Some(day("2025-01-01")),
            contracts: Vec::new(),
            proposals: Vec::new(),
            surveys: Vec::new(),
            tickets: Vec::new(),
            nps: Vec::new(),
            ticket_spans: Vec::new(),
            contacts: Vec::new(),
            reports_to: BTreeMap::new(),
            touches: Vec::new(),
            worked: Vec::new(),
            refusals: Vec::new(),
            levels: Vec::new(),
            approaches: Vec::new(),
            sales_contacts: Vec::new(),
            spoken: Vec::new(),
            enquiries: Vec::new(),
            commitments: Vec::new(),
            occasions: None,
            process: None,
            bars: decide::facts::Bars::default(),
            last_human_touch: None,
            last_event: None,
            attributes: BTreeMap::new(),
            group_holds: BTreeMap::new(),
        };
        let products = [
            product("PRO", ProductKind::Plan, Some("L"), Some(2)),
            product("ENT", ProductKind::Plan, Some("L"), Some(3)),
            product("OPT", ProductKind::Option, Some("L"), None),
            product("ITEM", ProductKind::Item, None, None),
            product("RARE", ProductKind::Item, None, None),
        ];
        let products = products.into_iter().map(|p| (p.id.clone(), p)).collect();
        let catalogue = Catalogue { products, offers: Vec::new(), releases: Vec::new() };
        let versions = Versions {
            products: vec!["PRO".into(), "ENT".into(), "OPT".into()],
            ..Versions::default()
        };
        let mut scene = Self { account, lake: FromLake::default(), versions, catalogue };
        scene.line(&[("2025-01-01", 0, 10)]);
        scene
    }

    /// A contract line: day, product, seats of each version.
    fn line(&mut self, versions: &[(&str, u32, i64)]) {
        let versions = versions.iter().map(|(from, product, seats)| Version {
            from: day(from),
            product: *product,
            plan_version: None,
            seats: Some(*seats),
            term_months: Some(12),
            mrr_minor: Some(1_000),
            repriced: false,
        });
        let versions: Vec<_> = versions.collect();
        let subscription = format!("S{}", self.versions.lines.get(&1).map_or(1, |l| l.len() + 1));
        let subscription = subscription.as_str().into();
        let line = Line { subscription, started: versions[0].from, ended: None, versions };
        self.versions.lines.entry(1).or_default().push(line);
    }

    fn buy(&mut self, product: &str, on: &str) {
        self.lake.purchases.entry(1).or_default().push(Purchase {
            product: product.into(),
            orders: 1,
            quantity: 1.0,
            first_on: day(on),
            last_on: day(on),
            gap_days: None,
            amount_minor: 100,
            last_order: "O1".to_owned(),
        });
    }

    fn approach(&mut self, product: &str, on: &str) {
        self.account.approaches.push(Approach {
            on: day(on),
            product: product.into(),
            by_people: true,
        });
    }

    fn deal(&mut self, approached: Option<bool>, opened: &str, closed: Option<&str>) {
        self.account.proposals.push(Proposal {
            proposal: "P1".into(),
            product: Some("ITEM".into()),
            offer: None,
            opened_on: day(opened),
            closed_on: closed.map(day),
            outcome: if closed.is_some() { Outcome::Lost } else { Outcome::Open },
            stage: None,
            next_step_on: None,
            amount_minor: None,
            approached,
            owner: None,
            kind: None,
        });
    }

    fn history<'a>(
        &'a self,
        accounts: &'a BTreeMap<i64, Account>,
        metrics: &'a [String],
    ) -> History<'a> {
        History {
            as_of: day(AS_OF),
            window_days: 180,
            accounts,
            lake: &self.lake,
            versions: &self.versions,
            catalogue: &self.catalogue,
            seat_metrics: metrics,
        }
    }

    fn counts(&self) -> Counts {
        let accounts = BTreeMap::from([(1, self.account.clone())]);
        Counts::of(self.history(&accounts, &["users".to_owned()]))
    }

    /// Events and months at risk of a move.
    #[track_caller]
    fn check(&self, way: Move, product: &str, expected: (u64, u64)) {
        let counts = self.counts();
        let cells = counts.cells.get(&(way, product.to_owned())).copied().unwrap_or_default();
        let sum = cells.iter().fold((0, 0), |s, c| (s.0 + c.0, s.1 + c.1));
        assert_eq!(sum, expected, "{} {product}", way.code());
    }
}

#[test]
fn a_month_holds_thirty_days_and_seven_sixteenths() {
    for (days, month) in [(0, 0), (29, 0), (30, 1), (59, 1), (60, 2), (364, 11), (365, 12)] {
        assert_eq!(month_of(days), month, "{days}");
    }
    for month in 0..600 {
        assert_eq!((month_of(begin_of(month)), month_of(begin_of(month + 1) - 1)), (month, month));
    }
}

#[test]
fn each_month_is_judged_on_its_last_day() {
    let life = Life::new(day("2025-01-01"), None, day(AS_OF)).expect("a life");
    assert_eq!((life.first, life.months), (1, 13));
    for bit in 0..life.months {
        let last = life.last_day(bit);
        assert_eq!(life.mask(last, last.plus(Days(1))), 1 << bit);
        assert_eq!(life.bit(last), Some(bit));
    }
    assert_eq!(life.bit(day("2025-01-30")), None, "the first month is no expansion");
    assert_eq!(life.mask(day("2020-01-01"), day("2030-01-01")), life.all());
}

#[test]
fn what_was_never_touched_is_at_risk_all_the_time() {
    let scene = Scene::new();
    scene.check(Move::Take, "ITEM", (0, 13));
    scene.check(Move::Take, "RARE", (0, 13));
    scene.check(Move::Seats, "PRO", (0, 13));
    scene.check(Move::PlanUp, "ENT", (0, 13));
    scene.check(Move::Option, "OPT", (0, 13));
    scene.check(Move::Take, "ENT", (0, 0));
}

#[test]
fn what_is_owned_is_not_at_risk() {
    let mut scene = Scene::new();
    // 150 days in: the fifth month counts as the event's, the nine after it are owned.
    scene.buy("ITEM", "2025-05-31");
    scene.check(Move::Take, "ITEM", (1, 4));
    scene.check(Move::Take, "RARE", (0, 13));
    let mut first = Scene::new();
    first.buy("ITEM", "2025-01-15");
    first.check(Move::Take, "ITEM", (0, 0));
}

#[test]
fn ninety_days_after_an_approach_nothing_is_organic() {
    // Bought on 1 December 2025; 2 September is 90 days before it, 1 September 91.
    for (approach, expected) in [("2025-09-02", 0), ("2025-09-01", 1), ("2025-12-01", 0)] {
        let mut scene = Scene::new();
        scene.approach("RARE", "2025-01-01");
        scene.buy("ITEM", "2025-12-01");
        scene.approach("ITEM", approach);
        let cells = scene.counts().cells[&(Move::Take, "ITEM".to_owned())];
        assert_eq!(cells.iter().map(|c| c.0).sum::<u64>(), expected, "{approach}");
    }
    // Three of thirteen months have their last day within 90 days of an approach on the first of a month's days.
    let mut scene = Scene::new();
    scene.approach("RARE", "2025-01-01");
    scene.approach("ITEM", "2025-06-02");
    let (item, rare) = (scene.counts(), (Move::Take, "RARE".to_owned()));
    let months = |cells: &Cells| cells.iter().map(|c| c.1).sum::<u64>();
    assert_eq!(months(&item.cells[&(Move::Take, "ITEM".to_owned())]), 10);
    assert_eq!(months(&item.cells[&rare]), 11, "2 of 13 lie under the approach of 1 January");
}

#[test]
fn deals_cast_their_shadow_as_long_as_they_are_open() {
    for (approached, expected) in [(Some(true), 0), (None, 0), (Some(false), 1)] {
        let mut scene = Scene::new();
        scene.approach("RARE", "2025-01-01");
        scene.deal(approached, "2025-03-01", Some("2025-11-01"));
        scene.buy("ITEM", "2025-12-01");
        let counts = scene.counts();
        let cells = counts.cells.get(&(Move::Take, "ITEM".to_owned())).copied();
        let events: u64 = cells.unwrap_or_default().iter().map(|c| c.0).sum();
        assert_eq!(events, expected, "{approached:?}");
    }
}

#[test]
fn growth_of_a_contract_is_an_event_of_its_motion() {
    let mut scene = Scene::new();
    scene.versions.lines.clear();
    scene.line(&[("2025-01-01", 0, 10), ("2025-07-01", 0, 15), ("2025-10-01", 1, 15)]);
    scene.check(Move::Seats, "PRO", (1, 8));
    scene.check(Move::Seats, "ENT", (0, 5));
    scene.check(Move::PlanUp, "ENT", (1, 9));
    let mut smaller = Scene::new();
    smaller.versions.lines.clear();
    smaller.line(&[("2025-01-01", 1, 20), ("2025-07-01", 1, 15), ("2025-10-01", 0, 15)]);
    let down = smaller.counts().cells[&(Move::Down, "ENT".to_owned())];
    assert_eq!(down.iter().map(|c| c.0).sum::<u64>(), 2);
    smaller.check(Move::PlanUp, "ENT", (0, 5));
}

#[test]
fn an_option_is_at_risk_while_its_line_is_held() {
    let mut scene = Scene::new();
    scene.line(&[("2025-07-01", 2, 1)]);
    scene.check(Move::Option, "OPT", (1, 5));
    let mut at_once = Scene::new();
    at_once.line(&[("2025-01-01", 2, 1)]);
    at_once.check(Move::Option, "OPT", (0, 0));
}

#[test]
fn months_are_kept_apart_by_nearness_to_the_limit_before_them() {
    let mut scene = Scene::new();
    scene.versions.lines.clear();
    scene.line(&[("2025-01-01", 0, 10), ("2025-09-15", 0, 20)]);
    // Of 10 seats 5 are used at the end of June, 9 at the end of July and 10 in August; of 20 seats 12 in October.
    let months =
        [("2025-06-01", 5.0), ("2025-07-01", 9.0), ("2025-08-01", 10.0), ("2025-10-01", 12.0)];
    scene.lake.usage_past.insert(
        1,
        vec![crate::tables::UsagePast {
            metric: "users".to_owned(),
            subscription: Some("S1".into()),
            points: months.iter().map(|(month, value)| (day(month), *value)).collect(),
        }],
    );
    let check = |scene: &Scene, expected: [[(u64, u64); 3]; 2]| {
        assert_eq!(scene.counts().ways[&(Move::Seats, "PRO".to_owned())], expected);
    };
    // The month from 2 July lies below; those from 2 August and 1 September near, the second with the event. That from 1
    // October is not told of, since the seats have changed; those from 1 November to 1 January lie below again.
    check(&scene, [[(0, 0); 3], [(0, 4), (1, 2), (0, 7)]]);
    scene.account.touch = TouchModel::Tech;
    check(&scene, [[(0, 4), (1, 2), (0, 7)], [(0, 0); 3]]);
}

#[test]
fn what_accounts_are_expected_to_take_adds_up_to_what_was_counted() {
    let mut scene = Scene::new();
    scene.buy("ITEM", "2025-05-20");
    scene.buy("OTHER", "2025-12-10");
    scene.approach("RARE", "2025-03-01");
    scene.approach("OTHER", "2025-06-01");
    let accounts = BTreeMap::from([(1, scene.account.clone())]);
    let history = scene.history(&accounts, &[]);
    let counts = Counts::of(history);
    let hazards = Hazards::fit(&counts, (0.02, 0.01), 180);
    let rates = frailty::Rates::of(&counts, &hazards).expect("products were taken");
    let [early, late] = frailty::weigh(history, &rates)[0].1;
    assert_eq!((early.events, late.events), (1, 1));
    let takes = &hazards.moves[Move::Take.code()];
    let expected = ["ITEM", "OTHER", "RARE"].iter().map(|product| {
        let cells = counts.cells[&(Move::Take, (*product).to_owned())];
        let rate = |band| takes.hazard(takes.products.get(*product), Some(band)).mean();
        cells.iter().enumerate().map(|(band, cell)| cell.1 as f64 * rate(band)).sum::<f64>()
    });
    let expected: f64 = expected.sum();
    assert!((early.expected + late.expected - expected).abs() < 1e-9, "{early:?} {late:?}");
    // From 14 September on: five whole months of eleven.
    let share = late.expected / expected;
    assert!((0.35..0.6).contains(&share), "{share}");
}

#[test]
fn months_before_the_first_approach_on_record_tell_nothing() {
    let mut scene = Scene::new();
    scene.approach("ENT", "2025-09-01");
    scene.check(Move::Take, "RARE", (0, 6));
    assert!(scene.counts().approaches);
    assert!(!Scene::new().counts().approaches);
}

#[test]
fn approaches_that_came_to_nothing_are_needed_for_their_share() {
    use crate::train::deals::Fruits;
    let opened = |scene: &Scene| {
        let accounts = BTreeMap::from([(1, scene.account.clone())]);
        Fruits::of(scene.history(&accounts, &[]), &[]).by_product(true)
    };
    // A deal alone says nothing; with a call that came to nothing it is one of two.
    let mut scene = Scene::new();
    scene.deal(Some(true), "2025-09-01", Some("2025-10-01"));
    assert_eq!(opened(&scene), BTreeMap::new());
    scene.approach("ITEM", "2025-03-01");
    assert_eq!(opened(&scene)["ITEM"], (1, 2));
    // A call within the 90 days before it is the same approach; one too young to tell is left out.
    scene.approach("ITEM", "2025-08-20");
    scene.approach("ITEM", "2026-03-01");
    assert_eq!(opened(&scene)["ITEM"], (1, 2));
    // First contracts, renewals and rescues are neither approaches nor their fruit.
    for kind in ["new", "renewal", "save"] {
        scene.account.proposals[0].kind = Some(kind.to_owned());
        assert_eq!(opened(&scene)["ITEM"], (0, 2), "{kind}");
    }
    scene.account.proposals[0].kind = None;
    // What the customer began is no fruit of a call.
    scene.account.proposals[0].approached = Some(false);
    assert_eq!(opened(&scene)["ITEM"], (0, 2));
}
