//! A made-up shop of known tastes, through the engine as in a night.

use std::sync::Arc;

use arrow::array::{Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use domain::time::Day;

use super::*;
use crate::query;

/// Account, day, order, product, kind.
type Line = (i64, i32, String, String, &'static str);

fn engine(lines: &[Line]) -> Engine {
    let engine = Engine::new(&query::Options::default()).expect("an engine starts");
    let field = |name: &str, kind: DataType| Field::new(name, kind, true);
    let schema = Arc::new(Schema::new(vec![
        field("account_key", DataType::Int64),
        field("day", DataType::Date32),
        field("order_id", DataType::Utf8),
        field("product_id", DataType::Utf8),
        field("kind", DataType::Utf8),
    ]));
    let columns: Vec<arrow::array::ArrayRef> = vec![
        Arc::new(lines.iter().map(|line| Some(line.0)).collect::<Int64Array>()),
        Arc::new(lines.iter().map(|line| Some(line.1)).collect::<Date32Array>()),
        Arc::new(lines.iter().map(|line| Some(line.2.as_str())).collect::<StringArray>()),
        Arc::new(lines.iter().map(|line| Some(line.3.as_str())).collect::<StringArray>()),
        Arc::new(lines.iter().map(|line| Some(line.4)).collect::<StringArray>()),
    ];
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).expect("a batch");
    engine.register_rows("order_lines", schema, vec![batch]).expect("registers");
    engine
}

const STYLES: i64 = 4;
const STYLE: i64 = 15;

/// Every account has a style of fifteen products, a staple of its own in every order, and takes up another one of
/// its style or two a month, by a rule that needs no random numbers.
fn shop(accounts: i64) -> Vec<Line> {
    let mut lines = Vec::new();
    for account in 1..=accounts {
        let style = account % STYLES;
        for order in 0..5 {
            let id = format!("{account}-{order}");
            let day = 19_000 + i32::try_from(order * 30 + account % 7).expect("few");
            let mut put = |item: i64, kind| {
                lines.push((
                    account,
                    day,
                    id.clone(),
                    format!("P{:02}", style * STYLE + item),
                    kind,
                ));
            };
            put(account / STYLES % 3, "sale");
            for n in 0..2 + (account + order) % 2 {
                put(3 + (account * 7 + order * 5 + n * 11 + order * order * account) % 12, "sale");
            }
            // What came back was no purchase.
            put(3 + (account + order) % 12, "return");
        }
    }
    lines
}

async fn learnt(lines: &[Line]) -> Recommender {
    gather(&engine(lines)).await.expect("gathered").learn(1, 5)
}

/// What the account bought, as the lake's facts say it.
fn purchases(lines: &[Line], account: i64) -> Vec<Purchase> {
    let mut found: Vec<Purchase> = Vec::new();
    for (_, day, order, product, _) in
        lines.iter().filter(|line| line.0 == account && line.4 == "sale")
    {
        match found.iter_mut().find(|it| it.product.as_str() == product) {
            Some(it) => {
                (it.orders, it.last_on, it.last_order) = (it.orders + 1, Day(*day), order.clone());
            }
            None => found.push(Purchase {
                product: product.as_str().into(),
                orders: 1,
                quantity: 1.0,
                first_on: Day(*day),
                last_on: Day(*day),
                gap_days: None,
                amount_minor: 100,
                last_order: order.clone(),
            }),
        }
    }
    found
}

fn recommended(from: &Recommender, lines: &[Line], account: i64) -> Vec<Recommendation> {
    let purchases = purchases(lines, account);
    let as_of = Day(19_150);
    from.recommend(Asked { account, purchases: &purchases, as_of, most: 5, names: &str::to_owned })
}

#[tokio::test]
async fn new_products_are_of_the_account_s_style_and_old_ones_by_its_rhythm() {
    let lines = shop(240);
    let recommender = learnt(&lines).await;
    let card = recommender.card();
    assert_eq!(card.details["accounts"], 240, "{card:?}");
    assert_eq!(card.details["held_out_accounts"], 240);
    let names: Vec<&str> = card.details["validation"]
        .as_array()
        .expect("a table")
        .iter()
        .filter_map(|row| row["method"].as_str())
        .collect();
    assert!(names.contains(&"popularity") && names.contains(&"also-bought"), "{names:?}");
    let (mut right, mut all) = (0, 0);
    for account in 1..=240 {
        let bought = purchases(&lines, account);
        let has = |it: &Recommendation| bought.iter().any(|bought| bought.product == it.product);
        let found = recommended(&recommender, &lines, account);
        for kind in [Recommended::New, Recommended::Repeat] {
            let own: Vec<_> = found.iter().filter(|it| it.kind == kind).collect();
            assert!(own.len() <= 5 && own.is_sorted_by(|a, b| a.score >= b.score));
            assert!(own.iter().all(|it| has(it) == (kind == Recommended::Repeat)), "{own:?}");
        }
        for it in found.iter().filter(|it| it.kind == Recommended::New).take(2) {
            let number: i64 = it.product.as_str()[1..].parse().expect("a number");
            right += i64::from(number / STYLE == account % STYLES);
            all += 1;
        }
        let staple = found.iter().find(|it| it.kind == Recommended::Repeat).expect("one");
        let number: i64 = staple.product.as_str()[1..].parse().expect("a number");
        assert_eq!(number % STYLE, account / STYLES % 3, "the staple is in every order");
        let said = &staple.because[0];
        assert_eq!(
            said.words.en,
            format!(
                "“{}” is in 5 of the customer's 5 baskets: every 30 days on average, last {} days ago.",
                staple.product,
                30 - account % 7
            )
        );
        assert_eq!(said.source, format!("orders {account}-4"));
    }
    assert!(right * 10 > all * 9, "{right} of {all}");
}

#[tokio::test]
async fn the_same_lines_in_another_order_are_the_same_lists() {
    let mut lines = shop(60);
    let said = |from: &Recommender, lines: &[Line]| -> Vec<Vec<Recommendation>> {
        (1..=60).map(|account| recommended(from, lines, account)).collect()
    };
    let first = learnt(&lines).await;
    let before = said(&first, &lines);
    lines.sort_by_key(|line| (std::cmp::Reverse(line.3.clone()), line.0, line.1));
    let again = learnt(&lines).await;
    assert_eq!(first.card(), again.card());
    lines.sort_by_key(|line| (line.0, line.1));
    let mut sorted = before.clone();
    let mut after = said(&again, &lines);
    let by = |all: &mut Vec<Vec<Recommendation>>| {
        for list in all {
            list.sort_by(|a, b| a.product.cmp(&b.product));
        }
    };
    by(&mut sorted);
    by(&mut after);
    assert_eq!(sorted, after);
}

#[tokio::test]
async fn too_few_accounts_get_what_is_bought_together() {
    let lines = shop(12);
    let recommender = learnt(&lines).await;
    let said = recommender.card().because.en.clone();
    assert!(said.starts_with("only 12 accounts ordered on two days or more"), "{said}");
    assert_eq!(recommender.card().method, "new: also-bought; again: none");
    for account in 1..=12 {
        let purchases = purchases(&lines, account);
        let together = recommender.neighbours().recommend(&purchases, 5, &str::to_owned);
        assert_eq!(recommended(&recommender, &lines, account), together);
    }
}

#[tokio::test]
async fn nobody_bought_anything() {
    let recommender = learnt(&[]).await;
    assert_eq!(recommender.card().details["baskets"], 0);
    assert_eq!(recommended(&recommender, &[], 1), []);
}
