//! What contracts were before they were corrected, verdicts on pairs of accounts, settings of files.

use store::{PairVerdict, ReadUnder, Row, Upsert, Value};

use crate::setting::{Place, cut_off, known, on_both, row, texts};

on_both!(
    a_correction_keeps_what_it_replaced,
    a_write_that_was_cut_off_logs_all_or_nothing,
    verdicts_are_kept_replaced_and_taken_back,
    the_latest_settings_of_a_file_count,
);

fn contract(id: &str, effective_on: &str, seats: i64) -> Row {
    row(
        known("subscriptions"),
        &[
            ("subscription_id", id.into()),
            ("account_id", "A".into()),
            ("product_id", "P".into()),
            ("effective_on", effective_on.into()),
            ("started_on", "2026-01-01".into()),
            ("seats", Value::Int(seats)),
        ],
    )
}

async fn a_correction_keeps_what_it_replaced(place: &Place) {
    let store = place.open().await;
    let contracts = known("subscriptions");
    let mut outcomes = Vec::new();
    for (seats, file) in [(10, "jan.csv"), (10, "again.csv"), (12, "feb.csv")] {
        let rows = [contract("S1", "2026-01-01", seats), contract("S2", "2026-01-01", 1)];
        outcomes.extend(store.upsert_from(contracts, &rows, file).await.expect("rows"));
    }
    assert_eq!(outcomes[4], Upsert::Replaced);
    store.upsert(contracts, &[contract("S1", "2026-03-01", 20)]).await.expect("a change");
    let log = store.contract_log(&texts(["S1"])).await.expect("a log");
    let told: Vec<_> =
        log.iter().map(|l| (&*l.effective_on, l.number, l.seats, &*l.file)).collect();
    assert_eq!(
        told,
        [
            ("2026-01-01", 1, Some(10), "jan.csv"),
            ("2026-01-01", 2, Some(12), "feb.csv"),
            ("2026-03-01", 1, Some(20), ""),
        ]
    );
    assert_eq!(store.contract_log(&texts(["S2", "S2", "S9"])).await.expect("a log").len(), 1);
}

async fn a_write_that_was_cut_off_logs_all_or_nothing(place: &Place) {
    let store = place.open().await;
    let contracts = known("subscriptions");
    for steps in (0..).step_by(2) {
        let rows = [contract("S1", "2026-01-01", steps)];
        let steps = usize::try_from(steps).expect("small");
        let done = cut_off(store.upsert_from(contracts, &rows, "f.csv"), steps).await;
        // Waits until the server has done with what was cut off.
        let nobody = PairVerdict::of("x", "y", None);
        store.forget_verdict(&nobody).await.expect("an answer");
        let seats = store.read(contracts).await.expect("rows").pop().map(|row| row[4].clone());
        let logged = store.contract_log(&texts(["S1"])).await.expect("a log").pop();
        assert_eq!(seats, logged.map(|l| l.seats.into()), "{steps} steps");
        if done.is_some() {
            return;
        }
    }
}

async fn verdicts_are_kept_replaced_and_taken_back(place: &Place) {
    let store = place.open().await;
    let (apart, merged) = (PairVerdict::of("b", "a", None), PairVerdict::of("a", "b", Some("b")));
    assert_eq!((&*apart.first_id, &*apart.second_id), ("a", "b"));
    assert_eq!(merged.merged_id(), Some("a"));
    store.record_verdict(&apart).await.expect("a verdict");
    store.record_verdict(&merged).await.expect("a verdict");
    assert_eq!(store.verdicts().await.expect("verdicts"), std::slice::from_ref(&merged));
    assert!(store.forget_verdict(&merged).await.expect("an answer"));
    assert!(!store.forget_verdict(&merged).await.expect("an answer"));
    assert!(store.verdicts().await.expect("verdicts").is_empty());
}

async fn the_latest_settings_of_a_file_count(place: &Place) {
    let store = place.open().await;
    let read = |file: &str, zone: &str| ReadUnder {
        file: file.into(),
        currency: "JPY".into(),
        zone: zone.into(),
        taken_on: "2026-03-01".into(),
    };
    let (a, b) = (read("a.csv", "Asia/Tokyo"), read("b.csv", "Asia/Tokyo"));
    store.record_settings(&[b.clone(), a]).await.expect("settings");
    let a = read("a.csv", "UTC");
    store.record_settings(std::slice::from_ref(&a)).await.expect("settings");
    assert_eq!(store.settings_of_files().await.expect("settings"), [a, b]);
}
