//! No row of the past knows what came after it.

use std::collections::BTreeMap;

use decide::catalogue::{Catalogue, PriceUnit, Product, ProductKind};
use domain::motion::{AccountKind, TouchModel};
use domain::time::Day;

use super::super::deals::Fruits;
use super::super::moment::Cell;
use super::super::{leaving, opening};
use super::*;
use crate::known::Approach;
use crate::tables::{FromLake, UsagePast};
use crate::versions::{Line, Version, Versions};

fn day(text: &str) -> Day {
    Day::parse_iso(text).expect("a day")
}

fn deal(id: &str, opened: &str, outcome: Outcome, closed: Option<&str>) -> Proposal {
    Proposal {
        proposal: id.into(),
        product: Some("PRO".into()),
        offer: None,
        opened_on: day(opened),
        closed_on: closed.map(day),
        outcome,
        stage: None,
        next_step_on: None,
        amount_minor: None,
        approached: Some(true),
        owner: None,
        kind: None,
    }
}

fn account() -> Account {
    Account {
        key: 1,
        id: "A".to_owned(),
        root: 1,
        parent: None,
        kind: AccountKind::Company,
        touch: TouchModel::Low,
        segment: None,
        owner: None,
        since: Some(day("2024-01-01")),
        contracts: Vec::new(),
        proposals: vec![
            deal("P1", "2024-03-01", Outcome::Won, Some("2024-04-01")),
            deal("P2", "2025-03-01", Outcome::Lost, Some("2025-05-01")),
        ],
        surveys: Vec::new(),
        tickets: Vec::new(),
        nps: vec![(day("2025-01-15"), 9.0)],
        ticket_spans: vec![(day("2025-02-01"), Some(day("2025-04-01")))],
        contacts: Vec::new(),
        reports_to: BTreeMap::new(),
        touches: Vec::new(),
        worked: Vec::new(),
        refusals: Vec::new(),
        levels: Vec::new(),
        approaches: vec![Approach {
            on: day("2025-02-20"),
            product: "PRO".into(),
            by_people: true,
        }],
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
    }
}

fn version(from: &str, product: u32, mrr: i64) -> Version {
    Version {
        from: day(from),
        product,
        plan_version: None,
        seats: Some(mrr / 100),
        term_months: Some(12),
        mrr_minor: Some(mrr),
        repriced: false,
    }
}

/// Everything that rows are made of.
struct Scene {
    accounts: BTreeMap<i64, Account>,
    versions: Versions,
    lake: FromLake,
    catalogue: Catalogue,
    as_of: Day,
}

impl Scene {
    fn new() -> Self {
        let line = Line {
            subscription: "S1".into(),
            started: day("2024-01-01"),
            ended: None,
            versions: vec![version("2024-01-01", 0, 1_000), version("2025-01-01", 0, 2_000)],
        };
        let product = |(id, tier): (&str, i64)| Product {
            id: id.into(),
            name: id.to_owned(),
            kind: ProductKind::Plan,
            line: Some("L".to_owned()),
            tier: Some(tier),
            price_minor: None,
            price_unit: PriceUnit::Month,
            implied_month_minor: None,
            seat_share: None,
            margin_rate: None,
            bands: Vec::new(),
            recurring_month_minor: None,
            limits: Vec::new(),
            active_until: None,
            on_sale: true,
        };
        let products = [("BASIC", 1), ("PRO", 2)].map(product);
        let products = products.into_iter().map(|it| (it.id.clone(), it)).collect();
        let versions = Versions {
            products: vec!["BASIC".into(), "PRO".into()],
            lines: BTreeMap::from([(1, vec![line])]),
            ..Versions::default()
        };
        let usage = UsagePast {
            metric: "users".to_owned(),
            subscription: None,
            points: vec![(day("2024-11-01"), 10.0), (day("2025-02-01"), 20.0)],
        };
        let lake = FromLake {
            baskets: vec![(1, day("2025-02-10").0, 500)],
            usage_past: BTreeMap::from([(1, vec![usage])]),
            ..FromLake::default()
        };
        let accounts = BTreeMap::from([(1, account())]);
        let catalogue = Catalogue { products, offers: Vec::new(), releases: Vec::new() };
        Self { accounts, versions, lake, catalogue, as_of: day("2025-12-31") }
    }

    fn history(&self) -> History<'_> {
        History {
            as_of: self.as_of,
            window_days: 180,
            accounts: &self.accounts,
            lake: &self.lake,
            versions: &self.versions,
            catalogue: &self.catalogue,
            seat_metrics: &[],
        }
    }

    /// What happens from a day on that no row before it may know.
    fn later(mut self, on: &str) -> Self {
        let day = day(on);
        let account = self.accounts.get_mut(&1).expect("the account");
        account.proposals.push(deal("P3", on, Outcome::Won, Some("2025-11-01")));
        account.proposals.push(deal("P4", on, Outcome::Open, None));
        account.worked.push(deal("P5", on, Outcome::Lost, Some("2025-11-02")));
        account.nps.push((day, 0.0));
        account.ticket_spans.push((day, None));
        account.approaches.push(Approach { on: day, product: "PRO".into(), by_people: true });
        let lines = self.versions.lines.get_mut(&1).expect("lines");
        lines[0].versions.push(version(on, 1, 9_000));
        lines.push(Line {
            subscription: "S2".into(),
            started: day,
            ended: None,
            versions: vec![version(on, 1, 7_000)],
        });
        self.lake.baskets.push((1, day.0, 90_000));
        let usage = self.lake.usage_past.get_mut(&1).expect("usage");
        usage[0].points.push((day.month_start(), 1.0));
        self
    }

    fn facts(&self, on: &str) -> Vec<Cell<'_>> {
        let asked = Asked::of(self.history(), &self.accounts[&1]);
        let product = self.catalogue.product(&"PRO".into()).map(|product| &product.id);
        let deal = Deal { product, approached: Some(true) };
        let mut cells = asked.facts(day(on));
        cells.extend(asked.deal(deal, day(on)));
        cells
    }
}

#[test]
fn what_comes_later_changes_nothing_of_a_deal() {
    let (before, after) = (Scene::new(), Scene::new().later("2025-03-01"));
    assert_eq!(before.facts("2025-03-01"), after.facts("2025-03-01"), "on the very day");
    assert_ne!(before.facts("2025-03-02"), after.facts("2025-03-02"), "the day after it shows");
    let profiles = Profiles::default();
    let first_two = |scene: &Scene| -> Vec<String> {
        let (rows, _) = rows(scene.history(), &profiles, (100, 1));
        rows.cases.iter().take(2).map(|case| format!("{case:?}")).collect()
    };
    assert_eq!(first_two(&before), first_two(&after));
}

#[test]
fn the_facts_are_those_of_the_day() {
    let scene = Scene::new();
    let names: Vec<&str> = OF_ACCOUNT.iter().chain(OF_DEAL).map(|fact| fact.name).collect();
    let facts: BTreeMap<&str, Cell<'_>> =
        names.iter().copied().zip(scene.facts("2025-03-01")).collect();
    assert_eq!(names.len(), scene.facts("2025-03-01").len(), "a name for each");
    for (name, expected) in [
        ("tenure_days", 425.0),
        ("mrr", 2_000.0),
        ("mrr_change", 1_000.0),
        ("products_owned", 1.0),
        ("days_to_term_end", 306.0),
        ("deals_won", 1.0),
        ("deals_open", 0.0),
        ("days_since_deal", 334.0),
        ("approaches", 1.0),
        ("tickets_open", 1.0),
        ("nps", 9.0),
        ("usage_change", 0.5),
        ("baskets", 1.0),
        ("spend", 500.0),
        ("tier_step", 1.0),
        ("holds_it", 0.0),
        ("month", 3.0),
    ] {
        assert_eq!(facts[name], Cell::Number(expected), "{name}");
    }
    assert_eq!(facts["main_product"], Cell::Text("BASIC"));
    assert_eq!(facts["limit_near"], Cell::Missing);
}

#[test]
fn leaving_is_judged_a_window_at_a_time() {
    let mut scene = Scene::new();
    // Ended in the last window but one, and another account that stays.
    scene.versions.lines.get_mut(&1).expect("lines")[0].ended = Some(day("2025-02-15"));
    let other = Account { key: 2, id: "B".to_owned(), root: 2, ..account() };
    scene.accounts.insert(2, other);
    let line = Line {
        subscription: "S9".into(),
        started: day("2023-01-01"),
        ended: None,
        versions: vec![version("2023-01-01", 0, 500)],
    };
    scene.versions.lines.insert(2, vec![line]);
    let profiles = Profiles::default();
    let (rows, all) = leaving::rows(scene.history(), &profiles, (100, 1));
    let said: Vec<(&str, String, bool)> =
        rows.cases.iter().map(|case| (case.account, case.on.to_string(), case.happened)).collect();
    // Landmarks 180 and 360 days back; the one before was over before the first end on record.
    assert_eq!(
        said,
        [
            ("A", "2025-01-05".to_owned(), true),
            ("B", "2025-07-04".to_owned(), false),
            ("B", "2025-01-05".to_owned(), false)
        ]
    );
    assert_eq!(all, 3);
    // Another contract that runs at the window's end took it over.
    let moved = Line {
        subscription: "S3".into(),
        started: day("2025-02-16"),
        ended: None,
        versions: vec![version("2025-02-16", 1, 900)],
    };
    scene.versions.lines.get_mut(&1).expect("lines").push(moved);
    let (rows, _) = leaving::rows(scene.history(), &profiles, (100, 1));
    assert_eq!(rows.positives(), 0);
}

#[test]
fn an_approach_is_a_row_once_its_ninety_days_are_over() {
    let mut scene = Scene::new();
    let account = scene.accounts.get_mut(&1).expect("the account");
    let spoken = [("2025-06-10", true), ("2025-10-02", false)];
    account.approaches.extend(spoken.map(|(on, by_people)| Approach {
        on: day(on),
        product: "PRO".into(),
        by_people,
    }));
    // The customer's own deal is no fruit of the approach before it.
    let own = deal("P6", "2025-06-20", Outcome::Won, Some("2025-07-01"));
    account.proposals.push(Proposal { approached: Some(false), ..own });
    let profiles = Profiles::default();
    let said = |scene: &Scene| -> Vec<(String, bool)> {
        let fruits = Fruits::of(scene.history(), &[]);
        let (rows, all) = opening::rows(scene.history(), (&profiles, &fruits), (100, 1));
        assert_eq!(rows.cases.len(), all);
        rows.cases.iter().map(|case| (case.on.to_string(), case.happened)).collect()
    };
    let row = |on: &str, opened| (on.to_owned(), opened);
    let rows = [
        row("2024-03-01", true),
        row("2025-02-20", true),
        row("2025-06-10", false),
        row("2025-10-02", false),
    ];
    assert_eq!(said(&scene), rows);
    scene.as_of = day("2025-12-30");
    assert_eq!(said(&scene), rows[..3], "the day before");
    // At most so many, the same ones each time.
    let fruits = Fruits::of(scene.history(), &[]);
    let (few, all) = opening::rows(scene.history(), (&profiles, &fruits), (2, 1));
    assert_eq!((few.cases.len(), all), (2, 3));
}
