//! Offers that are likely taken unasked, in and out.

use store::{NaturalRow, RunRow};

use crate::plays::begun;
use crate::setting::{Place, on_both};

on_both!(natural_offers_come_back_by_likelihood, they_go_with_their_run);

fn offer(account_key: i64, offer: &str, unasked: f64) -> NaturalRow {
    NaturalRow {
        account_key,
        offer_id: offer.into(),
        unasked,
        contacted: 0.25,
        owner: (account_key == 1).then(|| "佐藤".into()),
        due: (account_key == 2).then(|| "2026-03-31".into()),
        title_ja: "上位プラン".into(),
        ..NaturalRow::default()
    }
}

async fn natural_offers_come_back_by_likelihood(place: &Place) {
    let store = begun(place).await;
    let rows = [offer(1, "seats:S1", 0.2), offer(2, "plan_up:P", 0.4), offer(1, "plan_up:P", 0.2)];
    store.write_natural("r1", &rows).await.expect("written");
    store.write_natural("r1", &rows).await.expect("the same again changes nothing");
    let (found, total) = store.natural("r1", 10).await.expect("read");
    assert_eq!(
        (total, found.as_slice()),
        (3, &[rows[1].clone(), rows[2].clone(), rows[0].clone()][..])
    );
    let (first, total) = store.natural("r1", 1).await.expect("read");
    assert_eq!((total, first.len()), (3, 1));
    let nobody = store.write_natural("nobody", &rows).await;
    assert!(nobody.is_err(), "a run that never began has no offers");
}

async fn they_go_with_their_run(place: &Place) {
    let store = begun(place).await;
    let rows: Vec<_> = (0..1_500).map(|key| offer(key, "plan_up:P", 0.4)).collect();
    store.write_natural("r1", &rows).await.expect("written");
    store.publish_run("r1", "{}").await.expect("published");
    for i in 2..=4 {
        let run_id = format!("r{i}");
        let run = RunRow { run_id: run_id.clone(), ..RunRow::default() };
        store.begin_run(&run).await.expect("a run");
        store.publish_run(&run_id, "{}").await.expect("published");
    }
    assert_eq!(store.natural("r1", 10).await.expect("read"), (Vec::new(), 0));
}
