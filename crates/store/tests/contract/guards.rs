//! What guards ask: stops in and out, lots that are drawn once.

use store::{LotRow, StopKind, StopRow};

use crate::plays::begun;
use crate::setting::{Place, on_both};

on_both!(stops_are_appended_and_come_back_in_order, n2_a_lot_that_is_there_is_never_drawn_again);

fn row(account_key: i64, kind: StopKind, until: Option<&str>) -> StopRow {
    StopRow {
        account_key,
        number: 0,
        kind,
        on_day: "2026-03-12".into(),
        until_day: until.map(str::to_owned),
        reason_code: (kind == StopKind::Stop).then(|| "complaint".into()),
        note: Some("折り返し待ち".into()),
        by_rep: Some("R3".into()),
        at_us: 1_773_300_000_000_000,
    }
}

async fn stops_are_appended_and_come_back_in_order(place: &Place) {
    let store = begun(place).await;
    assert_eq!(store.stops_of(1).await.expect("read"), []);
    let rows = [
        row(1, StopKind::Stop, Some("2026-04-01")),
        row(2, StopKind::Stop, None),
        row(1, StopKind::Lift, None),
    ];
    for row in &rows {
        store.set_stop(row).await.expect("written");
    }
    let numbered = |row: &StopRow, number| StopRow { number, ..row.clone() };
    let ours = store.stops_of(1).await.expect("read");
    assert_eq!(ours, [numbered(&rows[0], 1), numbered(&rows[2], 2)]);
    let all = store.all_stops().await.expect("read");
    assert_eq!(all, [numbered(&rows[0], 1), numbered(&rows[2], 2), numbered(&rows[1], 1)]);
}

async fn n2_a_lot_that_is_there_is_never_drawn_again(place: &Place) {
    let store = begun(place).await;
    let lot = |account_key: i64, place: i64, on: &str| LotRow {
        account_key,
        place,
        drawn_on: on.to_owned(),
    };
    let first: Vec<LotRow> = (0..1_500).map(|key| lot(key, key * 7, "2026-03-12")).collect();
    store.keep_lots(&first).await.expect("kept");
    let again = [lot(3, 999_999, "2026-03-13"), lot(2_000, 5, "2026-03-13")];
    store.keep_lots(&again).await.expect("kept");
    assert_eq!(store.lots_count().await.expect("counted"), 1_501);
    assert_eq!(store.lot_of(3).await.expect("read"), Some(lot(3, 21, "2026-03-12")));
    assert_eq!(store.lot_of(9_999).await.expect("read"), None);
    let all = store.lots().await.expect("read");
    assert_eq!(all.len(), 1_501);
    assert_eq!(all.last(), Some(&again[1]));
}
