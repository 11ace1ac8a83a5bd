//! The map of who has what, in and out (N11).

use store::{MapColumn, MapMember, RunRow};

use crate::plays::begun;
use crate::setting::{Place, on_both};

on_both!(
    n11_columns_keep_their_order,
    n11_members_come_back_whole_or_by_account,
    n11_a_map_goes_with_its_run,
    n11_a_repeated_run_shows_the_published_map,
);

fn column(line: Option<&str>, product: &str) -> MapColumn {
    MapColumn { line: line.map(str::to_owned), product_id: product.into(), left_out: 3 }
}

fn member(account_key: i64, states: &str) -> MapMember {
    MapMember {
        account_key,
        root_key: 1,
        place: account_key - 1,
        depth: i64::from(account_key > 1),
        customer: account_key > 1,
        owner: (account_key > 1).then(|| "佐藤".into()),
        states: states.into(),
        gap_minor: -5 * account_key,
        cells: "[{\"place\":0}]".into(),
    }
}

async fn n11_columns_keep_their_order(place: &Place) {
    let store = begun(place).await;
    assert_eq!(store.map_columns("r1").await.expect("read"), []);
    let columns = [column(Some("勤怠"), "PRO"), column(Some("勤怠"), "ENT"), column(None, "A")];
    store.write_map_columns("r1", &columns).await.expect("written");
    store.write_map_columns("r1", &columns).await.expect("the same again changes nothing");
    assert_eq!(store.map_columns("r1").await.expect("read"), columns);
    assert_eq!(store.map_columns("nobody").await.expect("read"), []);
    assert!(store.write_map_columns("nobody", &columns).await.is_err(), "no such run");
}

async fn n11_members_come_back_whole_or_by_account(place: &Place) {
    let store = begun(place).await;
    let rows = [member(2, "og-"), member(1, "ngb")];
    store.write_map_members("r1", &rows).await.expect("written");
    let bare = |row: &MapMember| MapMember { cells: String::new(), ..row.clone() };
    let all = store.map_members("r1").await.expect("read");
    assert_eq!(all, [bare(&rows[1]), bare(&rows[0])]);
    let some = store.map_members_of("r1", &[2, 9]).await.expect("read");
    assert_eq!(some.into_values().collect::<Vec<_>>(), [rows[0].clone()]);
    assert!(store.map_members_of("nobody", &[2]).await.expect("read").is_empty());
}

async fn n11_a_map_goes_with_its_run(place: &Place) {
    let store = begun(place).await;
    let rows: Vec<MapMember> = (1..=1_500).map(|key| member(key, "g")).collect();
    store.write_map_columns("r1", &[column(None, "A")]).await.expect("written");
    store.write_map_members("r1", &rows).await.expect("written");
    store.publish_run("r1", "{}").await.expect("published");
    assert_eq!(store.map_members("r1").await.expect("read").len(), 1_500);
    for i in 2..=4 {
        let run_id = format!("r{i}");
        let run = RunRow { run_id: run_id.clone(), ..RunRow::default() };
        store.begin_run(&run).await.expect("a run");
        store.publish_run(&run_id, "{}").await.expect("published");
    }
    assert_eq!(store.map_members("r1").await.expect("read"), []);
    assert_eq!(store.map_columns("r1").await.expect("read"), []);
}

async fn n11_a_repeated_run_shows_the_published_map(place: &Place) {
    let store = begun(place).await;
    store.write_map_members("r1", &[member(1, "o")]).await.expect("written");
    store.publish_run("r1", "{}").await.expect("published");
    let run = RunRow { run_id: "r1".into(), ..RunRow::default() };
    store.begin_run(&run).await.expect("the same run again");
    store.write_map_members("r1", &[member(1, "g"), member(2, "g")]).await.expect("written");
    let seen = |rows: Vec<MapMember>| rows.into_iter().map(|row| row.states).collect::<Vec<_>>();
    assert_eq!(seen(store.map_members("r1").await.expect("read")), ["o"], "half of a run");
    store.publish_run("r1", "{}").await.expect("published");
    assert_eq!(seen(store.map_members("r1").await.expect("read")), ["g", "g"]);
}
