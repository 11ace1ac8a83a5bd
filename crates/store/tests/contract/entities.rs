//! Rows of entities in and out.

use domain::canonical::{ENTITIES, Entity, Home, Kind};
use store::Upsert::{Replaced, Taken, Unchanged};
use store::{Row, StoreError, Value};

use crate::setting::{Place, known, on_both, product, row, texts};

on_both!(
    a_row_is_taken_then_unchanged_then_replaced,
    rows_of_one_key_in_one_call_count_in_order,
    placeholders_become_real,
    placeholders_leave_rows_alone,
    keys_order_bytewise,
    absent_keys_read_back_as_null,
    every_entity_takes_every_column,
    extremes_come_back_as_they_went,
    nulls_and_numbers_share_statements,
    thousands_of_rows_at_once,
    rows_are_found_by_a_column,
    the_latest_value_of_a_column_up_to_a_limit,
    a_misfit_anywhere_writes_nothing,
    lake_entities_are_refused,
);

async fn a_row_is_taken_then_unchanged_then_replaced(place: &Place) {
    let (store, products) = (place.open().await, known("products"));
    let first = [product("p1", "Pro"), product("p2", "Lite")];
    assert_eq!(store.upsert(products, &first).await.expect("first"), [Taken, Taken]);
    assert_eq!(store.upsert(products, &first).await.expect("again"), [Unchanged, Unchanged]);
    let second = [product("p2", "Light"), product("p3", "Max"), product("p1", "Pro")];
    let outcomes = store.upsert(products, &second).await.expect("second");
    assert_eq!(outcomes, [Replaced, Taken, Unchanged]);
    let expected = [product("p1", "Pro"), product("p2", "Light"), product("p3", "Max")];
    assert_eq!(store.read(products).await.expect("rows"), expected);
    assert_eq!(store.count(products).await.expect("a count"), 3);
}

async fn rows_of_one_key_in_one_call_count_in_order(place: &Place) {
    let (store, products) = (place.open().await, known("products"));
    let rows = ["a", "a", "b", "c"].map(|name| product("p", name));
    let outcomes = store.upsert(products, &rows).await.expect("rows");
    assert_eq!(outcomes, [Taken, Unchanged, Replaced, Replaced]);
    assert_eq!(store.read(products).await.expect("rows"), [product("p", "c")]);
    // There and back again: nothing remains of it.
    let rows = ["d", "c"].map(|name| product("p", name));
    assert_eq!(store.upsert(products, &rows).await.expect("rows"), [Replaced, Replaced]);
    assert_eq!(store.read(products).await.expect("rows"), [product("p", "c")]);
}

async fn placeholders_become_real(place: &Place) {
    let (store, accounts) = (place.open().await, known("accounts"));
    let made = store.placeholders(accounts, &texts(["b", "a", "b"])).await.expect("made");
    assert_eq!(made, 2);
    assert_eq!(store.placeholder_ids(accounts).await.expect("ids"), ["a", "b"]);
    let nothing = row(accounts, &[("account_id", "a".into())]);
    assert_eq!(store.read(accounts).await.expect("rows")[0], nothing);
    // Even a row that has nothing but its key is taken: now it is known.
    let rows = [nothing.clone(), row(accounts, &[("account_id", "c".into())])];
    assert_eq!(store.upsert(accounts, &rows).await.expect("rows"), [Taken, Taken]);
    assert_eq!(store.upsert(accounts, &rows).await.expect("rows"), [Unchanged, Unchanged]);
    assert_eq!(store.placeholder_ids(accounts).await.expect("ids"), ["b"]);
    assert_eq!(store.ids(accounts).await.expect("ids"), ["a", "b", "c"]);
}

async fn placeholders_leave_rows_alone(place: &Place) {
    let (store, products) = (place.open().await, known("products"));
    store.upsert(products, &[product("p", "Pro")]).await.expect("a row");
    assert_eq!(store.placeholders(products, &texts(["p"])).await.expect("none"), 0);
    assert_eq!(store.placeholders(products, &[]).await.expect("none"), 0);
    assert_eq!(store.read(products).await.expect("rows"), [product("p", "Pro")]);
    let many: Vec<String> = (0..2_500).map(|i| format!("p{i}")).collect();
    assert_eq!(store.placeholders(products, &many).await.expect("many"), 2_500);
    assert_eq!(store.placeholders(products, &many).await.expect("again"), 0);
}

async fn keys_order_bytewise(place: &Place) {
    let (store, products) = (place.open().await, known("products"));
    let mut ids = texts([
        "",
        " ",
        "10",
        "9",
        "A",
        "B",
        "Z",
        "_",
        "a",
        "a-b",
        "a b",
        "ab",
        "é",
        "e",
        "z",
        "ア",
        "伸",
        "伸びしろ",
        "ｱ",
        "😀",
        "\u{feff}x",
        "'",
        "\"",
        "\\",
        "%",
    ]);
    let rows: Vec<Row> = ids.iter().map(|id| product(id, "x")).collect();
    store.upsert(products, &rows).await.expect("rows");
    ids.sort_unstable();
    assert_eq!(store.ids(products).await.expect("ids"), ids);
    let read = store.read(products).await.expect("rows");
    assert_eq!(read.iter().map(|row| row[0].clone()).collect::<Vec<_>>(), values(&ids));
    store.upsert(known("accounts"), &[]).await.expect("nothing");
    store.placeholders(known("accounts"), &ids).await.expect("placeholders");
    assert_eq!(store.placeholder_ids(known("accounts")).await.expect("ids"), ids);
}

fn values(ids: &[String]) -> Vec<Value> {
    ids.iter().map(Value::from).collect()
}

async fn absent_keys_read_back_as_null(place: &Place) {
    let (store, prices) = (place.open().await, known("prices"));
    let price = |version: Value, from: Value, price: i64| {
        row(
            prices,
            &[
                ("product_id", "p".into()),
                ("unit", "month".into()),
                ("plan_version", version),
                ("from_qty", from),
                ("price", price.into()),
            ],
        )
    };
    let rows = [
        price("v2".into(), 10.into(), 3),
        price("v2".into(), 9.into(), 2),
        price(Value::Null, Value::Null, 1),
    ];
    assert_eq!(store.upsert(prices, &rows).await.expect("rows"), [Taken; 3]);
    assert_eq!(store.upsert(prices, &rows).await.expect("rows"), [Unchanged; 3]);
    // An absent text and the empty one are one key, and so are an absent number and 0.
    let same = [price("".into(), 0.into(), 4)];
    assert_eq!(store.upsert(prices, &same).await.expect("rows"), [Replaced]);
    let expected = [price(Value::Null, 0.into(), 4), rows[1].clone(), rows[0].clone()];
    assert_eq!(store.read(prices).await.expect("rows"), expected);
    let unversioned = store.read_where(prices, "plan_version", &Value::Null).await;
    assert_eq!(unversioned.expect("rows"), expected[..1]);
}

/// A value for every column, other for every `variant`.
fn full_row(entity: &Entity, variant: i64) -> Row {
    let value = |name: &str| match entity.column(name).map(|column| column.kind) {
        Some(Kind::Whole(..) | Kind::Amount | Kind::Instant) => Value::Int(variant),
        Some(Kind::Flag) => Value::Int(variant % 2),
        Some(Kind::Number(..)) => Value::Real(variant as f64 + 0.5),
        Some(Kind::Day) => Value::Text(format!("2026-01-{variant:02}")),
        Some(Kind::Text | Kind::Ref(_) | Kind::Word(_) | Kind::Currency) => {
            Value::Text(format!("{name} {variant}"))
        }
        None => Value::Text(format!("{{\"{name}\":{variant}}}")),
    };
    store::Store::columns(entity).into_iter().map(value).collect()
}

async fn every_entity_takes_every_column(place: &Place) {
    let store = place.open().await;
    for entity in ENTITIES.iter().filter(|entity| entity.home == Home::Store) {
        let rows = [full_row(entity, 12), full_row(entity, 11)];
        assert_eq!(store.upsert(entity, &rows).await.expect(entity.name), [Taken; 2]);
        assert_eq!(store.upsert(entity, &rows).await.expect(entity.name), [Unchanged; 2]);
        let expected = [rows[1].clone(), rows[0].clone()];
        assert_eq!(store.read(entity).await.expect(entity.name), expected, "{}", entity.name);
    }
}

async fn extremes_come_back_as_they_went(place: &Place) {
    let store = place.open().await;
    let activities = known("activities");
    let long = "長い本文😀\n\t'\"\\".repeat(20_000);
    let activity = |id: &str, at: i64, minutes: f64, body: &str| {
        row(
            activities,
            &[
                ("activity_id", id.into()),
                ("at", at.into()),
                ("duration_min", minutes.into()),
                ("body", body.into()),
            ],
        )
    };
    let rows = [
        activity("1", i64::MIN, f64::MIN_POSITIVE, ""),
        activity("2", i64::MAX, f64::MAX, &long),
        activity("3", -1, -0.1 - 0.2, "\u{1}\u{7f}\u{fffd}\u{10ffff}"),
        activity("4", 0, 5e-324, "NULL"),
        activity("5", 1 << 53, 1.0 / 3.0, "0"),
    ];
    assert_eq!(store.upsert(activities, &rows).await.expect("rows"), [Taken; 5]);
    assert_eq!(store.read(activities).await.expect("rows"), rows);
    assert_eq!(store.upsert(activities, &rows).await.expect("rows"), [Unchanged; 5]);
}

async fn nulls_and_numbers_share_statements(place: &Place) {
    let (store, products) = (place.open().await, known("products"));
    let rate = |i: i64, set: bool| if set { Value::Real(i as f64 / 7.0) } else { Value::Null };
    let rows = |phase: i64| -> Vec<Row> {
        let one = |i: i64| {
            let set = (i + phase) % 2 == 0;
            let price = if set { Value::Null } else { Value::Int(i) };
            let id = format!("{i:04}");
            row(
                products,
                &[("product_id", id.into()), ("margin_rate", rate(i, set)), ("price", price)],
            )
        };
        (0..350).map(one).collect()
    };
    for phase in 0..3 {
        let outcomes = store.upsert(products, &rows(phase)).await.expect("rows");
        assert!(outcomes.iter().all(|it| *it == if phase == 0 { Taken } else { Replaced }));
        assert_eq!(store.read(products).await.expect("rows"), rows(phase));
    }
}

async fn thousands_of_rows_at_once(place: &Place) {
    let (store, products) = (place.open().await, known("products"));
    let id = |i: u32| format!("p{i:05}");
    let mut rows: Vec<Row> = (0..2_500).map(|i| product(&id(i), "n")).collect();
    assert_eq!(store.upsert(products, &rows).await.expect("rows"), vec![Taken; 2_500]);
    for i in [3, 999, 1_000, 2_499] {
        rows[i][1] = "changed".into();
    }
    let outcomes = store.upsert(products, &rows).await.expect("rows");
    for (i, outcome) in outcomes.iter().enumerate() {
        let expected = if rows[i][1] == "changed".into() { Replaced } else { Unchanged };
        assert_eq!(*outcome, expected, "{i}");
    }
    assert_eq!(store.read(products).await.expect("rows"), rows);
}

async fn the_latest_value_of_a_column_up_to_a_limit(place: &Place) {
    let (store, proposals) = (place.open().await, known("proposals"));
    let proposal = |id: &str, opened: i64, next: Value| {
        row(
            proposals,
            &[("proposal_id", id.into()), ("opened_at", opened.into()), ("next_step_on", next)],
        )
    };
    let rows = [
        proposal("p1", 9, "2026-03-10".into()),
        proposal("p2", 5, Value::Null),
        proposal("p3", 7, "2026-03-09".into()),
    ];
    let latest = async |column, until: Value| {
        store.latest(proposals, column, &until).await.expect("a value")
    };
    assert_eq!(latest("opened_at", 8.into()).await, None);
    store.upsert(proposals, &rows).await.expect("rows");
    assert_eq!(latest("opened_at", 8.into()).await, Some(7.into()));
    assert_eq!(latest("opened_at", 9.into()).await, Some(9.into()));
    assert_eq!(latest("next_step_on", "2026-03-09".into()).await, Some("2026-03-09".into()));
    assert_eq!(latest("next_step_on", "2026-01-01".into()).await, None);
}

async fn rows_are_found_by_a_column(place: &Place) {
    let (store, contacts) = (place.open().await, known("contacts"));
    let contact = |id: &str, account: &str, title: Value| {
        row(
            contacts,
            &[("contact_id", id.into()), ("account_id", account.into()), ("title", title)],
        )
    };
    let rows = [
        contact("c1", "a", "部長".into()),
        contact("c2", "b", Value::Null),
        contact("c3", "a", Value::Null),
    ];
    store.upsert(contacts, &rows).await.expect("rows");
    let of = async |column, is: Value| store.read_where(contacts, column, &is).await;
    assert_eq!(
        of("account_id", "a".into()).await.expect("rows"),
        [rows[0].clone(), rows[2].clone()]
    );
    assert_eq!(of("title", Value::Null).await.expect("rows"), rows[1..]);
    assert_eq!(of("title", "部長".into()).await.expect("rows"), rows[..1]);
    assert_eq!(of("account_id", "z".into()).await.expect("rows"), [] as [Row; 0]);
    let error = of("colour", "red".into()).await.expect_err("no such column");
    assert_eq!(error.to_string(), "contacts.colour: there is no such column");
}

async fn a_misfit_anywhere_writes_nothing(place: &Place) {
    let (store, products) = (place.open().await, known("products"));
    let mut rows: Vec<Row> = (0..1_500).map(|i| product(&format!("{i}"), "n")).collect();
    rows[1_400][1] = Value::Int(1);
    let error = store.upsert(products, &rows).await.expect_err("a misfit");
    assert!(matches!(error, StoreError::Misfit { .. }), "{error}");
    rows[1_400][1] = "a\0b".into();
    let error = store.upsert(products, &rows).await.expect_err("a NUL").to_string();
    let expected = "products.name: a text cannot hold a NUL character; remove it from the file";
    assert_eq!(error, expected);
    assert_eq!(store.count(products).await.expect("a count"), 0);
}

async fn lake_entities_are_refused(place: &Place) {
    let store = place.open().await;
    let error = store.read(known("orders")).await.expect_err("no table").to_string();
    assert_eq!(error, "orders: its rows live in the lake, not in the store");
}
