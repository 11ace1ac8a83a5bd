//! The workspace's lease.

use store::{Lease, LeaseAsk, Store, StoreError};

use crate::setting::{Place, on_both};

on_both!(
    one_holder_at_a_time,
    a_lapsed_lease_is_free,
    a_dead_holder_loses_it,
    renewing_makes_it_last,
    a_lost_lease_is_said,
);

async fn ask(store: &Store, holder: &str, now_s: i64) -> Result<Lease, StoreError> {
    let ask = LeaseAsk { what: "run", holder, now_s, ttl_s: 60 };
    store.acquire_lease(&ask, |_| false).await
}

async fn one_holder_at_a_time(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    let lease = ask(&one, "11@here", 1_000).await.expect("it is free");
    match ask(&two, "12@here", 1_059).await.expect_err("it is held") {
        StoreError::LeaseHeld { what, holder, until_s } => {
            assert_eq!((&*what, &*holder, until_s), ("run", "11@here", 1_060));
        }
        other => panic!("{other}"),
    }
    let said = ask(&two, "12@here", 1_000).await.expect_err("it is held").to_string();
    assert_eq!(
        said,
        "another run is at work on this workspace: 11@here. Wait until it is done, or stop it, then \
         run the same command again"
    );
    one.release_lease(lease).await.expect("it is given back");
    let lease = ask(&two, "12@here", 1_001).await.expect("it is free again");
    two.release_lease(lease).await.expect("it is given back");
}

async fn a_lapsed_lease_is_free(place: &Place) {
    let store = place.open().await;
    let old = ask(&store, "11@here", 1_000).await.expect("it is free");
    let new = ask(&store, "12@here", 1_060).await.expect("it has lapsed");
    assert!(ask(&store, "13@here", 1_119).await.is_err(), "the new one holds it");
    assert!(store.release_lease(old).await.is_err(), "the old one has nothing to give back");
    assert!(ask(&store, "13@here", 1_119).await.is_err(), "and took nothing away");
    store.release_lease(new).await.expect("it is given back");
}

async fn a_dead_holder_loses_it(place: &Place) {
    let store = place.open().await;
    let _dead = ask(&store, "11@here", 1_000).await.expect("it is free");
    let wanted = LeaseAsk { what: "ingest", holder: "12@here", now_s: 1_001, ttl_s: 60 };
    let refused = store.acquire_lease(&wanted, |holder| holder != "11@here").await;
    assert!(matches!(refused, Err(StoreError::LeaseHeld { .. })));
    let lease = store.acquire_lease(&wanted, |holder| holder == "11@here").await;
    store.release_lease(lease.expect("it is taken away")).await.expect("it is given back");
}

async fn renewing_makes_it_last(place: &Place) {
    let store = place.open().await;
    let lease = ask(&store, "11@here", 1_000).await.expect("it is free");
    store.renew_lease(&lease, 1_050, 60).await.expect("renewed");
    assert!(ask(&store, "12@here", 1_100).await.is_err());
    // Lapsed, but nobody took it.
    store.renew_lease(&lease, 2_000, i64::MAX).await.expect("renewed");
    assert!(ask(&store, "12@here", i64::MAX - 1).await.is_err());
    store.release_lease(lease).await.expect("it is given back");
}

async fn a_lost_lease_is_said(place: &Place) {
    let store = place.open().await;
    let old = ask(&store, "11@here", 1_000).await.expect("it is free");
    let _new = ask(&store, "12@here", 2_000).await.expect("it has lapsed");
    match store.renew_lease(&old, 2_001, 60).await.expect_err("it is lost") {
        StoreError::LeaseLost { what, holder } => {
            assert_eq!((&*what, &*holder), ("run", "12@here"));
        }
        other => panic!("{other}"),
    }
}
