//! The night's result for a manager, absences that people enter, and filters that they keep.

use store::{LeaveRow, LeftOutRow, PoolWeekRow, RunRow, SavedView};

use crate::plays::begun;
use crate::setting::{Place, on_both};

on_both!(
    n1_hours_and_what_was_left_out_come_back_and_go_with_their_run,
    n1_an_absence_counts_until_it_is_removed,
    filters_are_kept_by_rep_and_name,
);

fn pool(pool: &str, week: &str, price_minor: i64) -> PoolWeekRow {
    PoolWeekRow {
        pool: pool.into(),
        week: week.into(),
        team: (pool != "unassigned").then(|| "東日本".into()),
        role: None,
        hours: 24.0,
        used: 1.0 / 3.0,
        price_minor,
        stranded: 0.5,
    }
}

fn left(reason: &str, place: i64) -> LeftOutRow {
    LeftOutRow {
        fate: "held".into(),
        reason_code: reason.into(),
        place,
        account_key: place,
        offer_id: "plan_up:PRO".into(),
        motion: "plan_up".into(),
        title_ja: "上位プラン".into(),
        title_en: "Upper plan".into(),
        reason_ja: "理由".into(),
        reason_en: "Why".into(),
        expected_minor: 1_000 - place,
    }
}

async fn n1_hours_and_what_was_left_out_come_back_and_go_with_their_run(place: &Place) {
    let store = begun(place).await;
    let pools = [
        pool("R2", "2026-03-09", 5),
        pool("R1", "2026-03-16", 0),
        pool("R1", "2026-03-09", 9_000),
        pool("unassigned", "2026-03-09", 0),
    ];
    let mut out: Vec<LeftOutRow> = (1..=1_200).map(|n| left("loyalty", n)).collect();
    out.push(left("escalation", 1));
    store.write_night("r1", &pools, &out).await.expect("written");
    store.write_night("r1", &pools, &out[..3]).await.expect("the same again changes nothing");
    let found = store.pool_weeks("r1").await.expect("read");
    assert_eq!(
        found,
        [pools[2].clone(), pools[1].clone(), pools[0].clone(), pools[3].clone()].to_vec()
    );
    let held = store.left_out("r1", Some(("held", "loyalty"))).await.expect("read");
    assert_eq!(held, out[..1_200].to_vec());
    let all = store.left_out("r1", None).await.expect("read");
    assert_eq!((all.len(), &all[0]), (1_201, &out[1_200]));
    store.publish_run("r1", "{}").await.expect("published");
    for i in 2..=4 {
        let run_id = format!("r{i}");
        let run = RunRow { run_id: run_id.clone(), ..RunRow::default() };
        store.begin_run(&run).await.expect("a run");
        store.publish_run(&run_id, "{}").await.expect("published");
    }
    assert_eq!(store.pool_weeks("r1").await.expect("read"), []);
    assert_eq!(store.left_out("r1", None).await.expect("read"), []);
}

async fn n1_an_absence_counts_until_it_is_removed(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.leaves().await.expect("read"), []);
    let leave = |rep: &str, by: Option<&str>| LeaveRow {
        rep_id: rep.into(),
        from_on: "2026-03-16".into(),
        until_on: "2026-03-20".into(),
        entered_on: "2026-03-12".into(),
        entered_by: by.map(str::to_owned),
        ..LeaveRow::default()
    };
    assert!(store.enter_leave(&leave("R1", Some("M1"))).await.expect("entered"));
    assert!(!store.enter_leave(&leave("R1", None)).await.expect("a double click"));
    assert!(store.enter_leave(&leave("R2", None)).await.expect("entered"));
    let found = store.leaves().await.expect("read");
    let first = LeaveRow { leave_no: 1, ..leave("R1", Some("M1")) };
    assert_eq!(found, [first.clone(), LeaveRow { leave_no: 2, ..leave("R2", None) }].to_vec());
    let removed = Some(("2026-03-13", Some("M1")));
    assert!(store.remove_leave(1, removed).await.expect("removed"));
    assert!(!store.remove_leave(1, removed).await.expect("removed already"));
    assert_eq!(store.leaves().await.expect("read").len(), 1);
    let kept = store.leave(1).await.expect("read").expect("the row stays");
    assert_eq!(kept.removed_by.as_deref(), Some("M1"));
    assert!(store.remove_leave(1, None).await.expect("brought back"));
    assert_eq!(store.leaves().await.expect("read")[0], first);
    assert!(!store.remove_leave(9, removed).await.expect("unknown"));
}

async fn filters_are_kept_by_rep_and_name(place: &Place) {
    let store = place.open().await;
    let view = |rep: &str, name: &str, query: &str| SavedView {
        rep_id: rep.into(),
        name: name.into(),
        query: query.into(),
    };
    let views =
        [view("R1", "今週中", "due=7"), view("", "全員", ""), view("R2", "自分", "owner=R2")];
    for view in &views {
        store.save_view(view).await.expect("kept");
    }
    store.save_view(&view("R1", "今週中", "due=14")).await.expect("kept again");
    let found = store.saved_views("R1").await.expect("read");
    assert_eq!(found, [view("R1", "今週中", "due=14"), views[1].clone()].to_vec());
    store.forget_view("R1", "今週中").await.expect("forgotten");
    assert_eq!(store.saved_views("R1").await.expect("read"), [views[1].clone()].to_vec());
}
