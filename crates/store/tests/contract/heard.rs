//! What people write down of a customer (S20, S30).

use store::{Note, Noted, Row, Store, Upsert, Value};

use crate::setting::{Place, known, on_both, row};

on_both!(
    s30_a_note_is_a_row_of_account_facts,
    s20_a_note_takes_the_place_of_another_once,
    s20_a_note_takes_no_place_of_another_accounts,
    s20_a_file_that_comes_again_does_not_undo_an_edit,
);

fn note(value: &str, replaces: Option<&str>) -> Note {
    Note {
        account_id: "A".into(),
        kind: "issue".into(),
        value: value.into(),
        said_on: "2026-03-12".into(),
        said_by: Some("C1".into()),
        recorded_by: Some("R1".into()),
        replaces: replaces.map(str::to_owned),
    }
}

async fn facts(store: &Store) -> Vec<Vec<(String, String)>> {
    let entity = known("account_facts");
    let columns = Store::columns(entity);
    let rows = store.read(entity).await.expect("read");
    let said = |row: Row| {
        let cells = columns.iter().zip(row).filter_map(|(name, value)| match value {
            Value::Text(text) => Some(((*name).to_owned(), text)),
            _ => None,
        });
        cells.collect()
    };
    rows.into_iter().map(said).collect()
}

/// Values and what took their place, by id.
async fn superseded(store: &Store) -> Vec<(String, Option<String>)> {
    let get = |row: &[(String, String)], name: &str| {
        row.iter().find(|(column, _)| column == name).map(|(_, text)| text.clone())
    };
    let facts = facts(store).await;
    let mut found: Vec<_> = facts
        .iter()
        .map(|row| (get(row, "value").unwrap_or_default(), get(row, "superseded_by")))
        .collect();
    found.sort();
    found
}

async fn s30_a_note_is_a_row_of_account_facts(place: &Place) {
    let store = place.open().await;
    let first = note("集計に2日かかる", None);
    let Noted::Taken(id) = store.note(&first).await.expect("written") else {
        panic!("nothing stood in its way")
    };
    assert_eq!(store.note(&first).await.expect("again"), Noted::Taken(id.clone()));
    let pairs = [
        ("fact_id", &*id),
        ("account_id", "A"),
        ("kind", "issue"),
        ("value", "集計に2日かかる"),
        ("said_on", "2026-03-12"),
        ("said_by", "C1"),
        ("recorded_by", "R1"),
    ];
    let expected: Vec<_> =
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    assert_eq!(facts(&store).await, [expected], "the same note twice is one");
}

async fn s20_a_note_takes_the_place_of_another_once(place: &Place) {
    let store = place.open().await;
    let first = note("前", None);
    store.note(&first).await.expect("written");
    let second = note("後", Some(&first.id()));
    assert_eq!(store.note(&second).await.expect("written"), Noted::Taken(second.id()));
    assert_eq!(store.note(&second).await.expect("twice"), Noted::Taken(second.id()));
    let late = note("遅れた人", Some(&first.id()));
    assert_eq!(store.note(&late).await.expect("told"), Noted::Changed);
    assert_eq!(store.note(&note("?", Some("nobody"))).await.expect("told"), Noted::Changed);
    let expected = [("前".to_owned(), Some(second.id())), ("後".to_owned(), None)];
    assert_eq!(superseded(&store).await, expected);
}

/// What was said of an account is rewritten there, and from the account that it was merged into; nowhere else.
async fn s20_a_note_takes_no_place_of_another_accounts(place: &Place) {
    let store = place.open().await;
    let first = note("前", None);
    store.note(&first).await.expect("written");
    let elsewhere = Note { account_id: "B".into(), ..note("よそから", Some(&first.id())) };
    assert_eq!(store.note(&elsewhere).await.expect("told"), Noted::Changed);
    assert_eq!(superseded(&store).await, [("前".to_owned(), None)]);
    let accounts = known("accounts");
    let merged = row(accounts, &[("account_id", "A".into()), ("merged_into", "B".into())]);
    store.upsert(accounts, &[merged]).await.expect("merged");
    assert_eq!(store.note(&elsewhere).await.expect("told"), Noted::Taken(elsewhere.id()));
}

async fn s20_a_file_that_comes_again_does_not_undo_an_edit(place: &Place) {
    let store = place.open().await;
    let entity = known("account_facts");
    let file = row(
        entity,
        &[
            ("fact_id", "F1".into()),
            ("account_id", "A".into()),
            ("kind", "goal".into()),
            ("value", "前".into()),
            ("said_on", "2026-01-01".into()),
        ],
    );
    let given = std::slice::from_ref(&file);
    assert_eq!(store.upsert(entity, given).await.expect("taken"), [Upsert::Taken]);
    let edit = note("後", Some("F1"));
    store.note(&edit).await.expect("written");
    assert_eq!(store.upsert(entity, given).await.expect("again"), [Upsert::Unchanged]);
    let expected = [("前".to_owned(), Some(edit.id())), ("後".to_owned(), None)];
    assert_eq!(superseded(&store).await, expected);
}
