//! What a run leaves of who has what, and of what an account is worth: the map's rows and the page's lists.

use decide::card::{AccountView, AheadPoint, Bought, Lack, Lacked, Line, MapCell, Said, WorthView};
use store::{MapColumn, MapMember, Store};

use crate::fixture::{self, RUN};

fn said(ja: &str, en: &str) -> Said {
    Said { ja: ja.to_owned(), en: en.to_owned() }
}

fn line(ja: &str, en: &str, source: &str) -> Line {
    Line { said: said(ja, en), source: source.to_owned(), on: Some("2026-03-12".to_owned()) }
}

fn lack(state: &str, because: Line, products: &[&str]) -> Lack {
    let product = |id: &&str| Lacked {
        product_id: (*id).to_owned(),
        expected_minor: (state == "gap").then_some(412_000),
        play_id: (*id == "ENT").then(|| "play-1".to_owned()),
        proof: match *id {
            "ENT" => vec![line(
                "同じグループの別の部門では、残業時間が45から31になりました。",
                "At another part of the group overtime went from 45 to 31.",
                "results R-1",
            )],
            _ => Vec::new(),
        },
    };
    Lack { state: state.to_owned(), because, products: products.iter().map(product).collect() }
}

/// The parts of an account's page that come from here.
pub(crate) fn view() -> AccountView {
    let months = (1..=24).map(|month: i64| [70_000 * month, 80_000 * month, 84_000 * month]);
    AccountView {
        mapped: true,
        lacks: vec![
            lack("in_progress", line("商談中です。", "A deal is open.", "proposals D-7"), &["SSO"]),
            lack(
                "gap",
                line("提案の時期です。", "The window is open.", "accounts A-001"),
                &["ENT"],
            ),
            lack(
                "not_eligible",
                line(
                    "前提の契約がありません。",
                    "What it builds on is not held.",
                    "accounts A-001",
                ),
                &["MAP", "OPT"],
            ),
        ],
        purchases: vec![Bought {
            product_id: "TRAIN".to_owned(),
            orders: 3,
            quantity: 4.0,
            amount_minor: 360_000,
            first_on: "2024-07-01".to_owned(),
            last_on: "2025-12-03".to_owned(),
            last_order: "O-77".to_owned(),
        }],
        purchases_more: 2,
        worth: Some(WorthView {
            margin_month_minor: 84_000,
            discount: 0.1,
            from: "2026-03".to_owned(),
            months: months.collect(),
            because: said("同条件の契約から推定", "estimated from comparable contracts"),
        }),
        as_of: fixture::AS_OF.to_owned(),
        bought: None,
        features: Vec::new(),
        series: Vec::new(),
        history: Vec::new(),
        churn: None,
        silent: None,
        health: None,
        stage: None,
        maturity: None,
        thin_contact: false,
    }
}

/// What a series is expected to do.
pub(crate) fn ahead() -> Vec<AheadPoint> {
    let point = |month: i32| AheadPoint {
        month: format!("2026-{:02}", 3 + month),
        p10: 94.0 + f64::from(month),
        p50: 95.0 + 2.0 * f64::from(month),
        p90: 97.0 + 4.0 * f64::from(month),
    };
    (1..=6).map(point).collect()
}

/// Three products of a line and one of another, and a row for every account: the group's rows first.
pub(crate) async fn publish(store: &Store) {
    let column = |line: &str, id: &str| MapColumn {
        line: Some(line.to_owned()),
        product_id: id.to_owned(),
        left_out: 7,
    };
    let columns = [
        column("コラボ", "PRO"),
        column("コラボ", "ENT"),
        column("コラボ", "SSO"),
        column("経費", "EXP"),
    ];
    store.write_map_columns(RUN, &columns).await.expect("columns");
    let root = store.account_keys(&["G-1".to_owned()]).await.expect("a key")[0];
    let group = |key: i64, place: i64| (if [1, 2, 4].contains(&key) { root } else { key }, place);
    let member = |key: i64| {
        let (root_key, place) = match key {
            1 => group(1, 1),
            2 => group(2, 2),
            4 => group(4, 3),
            key => (key, 0),
        };
        let cells = match key {
            1 => vec![MapCell {
                place: 1,
                expected_minor: Some(412_000),
                play_id: Some("play-1".to_owned()),
            }],
            _ => Vec::new(),
        };
        MapMember {
            account_key: key,
            root_key,
            place,
            depth: if root_key == root { place.min(2) } else { 0 },
            customer: key != 2,
            owner: (key != 9).then(|| ["r-1", "r-2"][usize::from(key % 2 == 1)].to_owned()),
            states: match key {
                1 => "ogpn",
                2 => "gnng",
                3 => "b--o",
                _ => "onng",
            }
            .to_owned(),
            gap_minor: if key == 1 { 412_000 } else { 0 },
            cells: serde_json::to_string(&cells).expect("cells"),
        }
    };
    let keys = 1..=i64::try_from(fixture::PLAYS).expect("few");
    let mut rows: Vec<MapMember> = keys.map(member).collect();
    rows.push(MapMember {
        account_key: root,
        root_key: root,
        states: "nnnn".to_owned(),
        cells: "[]".to_owned(),
        ..MapMember::default()
    });
    store.write_map_members(RUN, &rows).await.expect("rows");
}
