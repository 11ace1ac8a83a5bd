//! Versions of the policy, and the switch that stops offers.

use store::{PolicyStop, PolicyVersion};

use crate::setting::{Place, on_both};

on_both!(
    versions_are_numbered_and_kept,
    a_version_that_was_overtaken_is_refused,
    one_stop_at_a_time
);

fn policy(toml: &str, restores: Option<i64>) -> PolicyVersion {
    PolicyVersion {
        version: 0,
        hash: format!("hash of {toml}"),
        toml: toml.to_owned(),
        published_s: 1_700_000_000,
        published_by: "佐藤".to_owned(),
        reason: "期初の見直し".to_owned(),
        restores,
    }
}

async fn versions_are_numbered_and_kept(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.live_policy().await.expect("read"), None);
    for (after, toml, restores) in [(0, "a", None), (1, "b", None), (2, "a", Some(1))] {
        let number = store.publish_policy(&policy(toml, restores), after).await;
        assert_eq!(number.expect("published"), Some(after + 1));
    }
    let live = store.live_policy().await.expect("read").expect("published above");
    assert_eq!(live, PolicyVersion { version: 3, ..policy("a", Some(1)) });
    let second = store.policy_version(2).await.expect("read").expect("published above");
    assert_eq!((second.toml.as_str(), second.restores), ("b", None));
    assert_eq!(store.policy_version(4).await.expect("read"), None);
    let all = store.policy_versions().await.expect("read");
    assert_eq!(all.iter().map(|p| p.version).collect::<Vec<_>>(), [1, 2, 3]);
}

async fn a_version_that_was_overtaken_is_refused(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.publish_policy(&policy("a", None), 0).await.expect("published"), Some(1));
    assert_eq!(store.publish_policy(&policy("b", None), 0).await.expect("no error"), None);
    assert_eq!(store.policy_versions().await.expect("read").len(), 1);
}

async fn one_stop_at_a_time(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.offers_stopped().await.expect("read"), None);
    assert!(!store.start_offers((1, "佐藤", "")).await.expect("nothing to start"));
    let stop = PolicyStop {
        stopped_s: 10,
        stopped_on: "2026-03-12".to_owned(),
        stopped_by: "佐藤".to_owned(),
        reason: "価格表の誤り".to_owned(),
        ..PolicyStop::default()
    };
    assert!(store.stop_offers(&stop).await.expect("stopped"));
    assert!(!store.stop_offers(&stop).await.expect("already stopped"));
    assert_eq!(store.offers_stopped().await.expect("read"), Some(stop.clone()));
    assert!(store.start_offers((20, "鈴木", "訂正済み")).await.expect("started"));
    assert_eq!(store.offers_stopped().await.expect("read"), None);
    assert!(store.stop_offers(&stop).await.expect("stopped again"));
    let all = store.policy_stops().await.expect("read");
    let ended = PolicyStop {
        started_s: Some(20),
        started_by: Some("鈴木".to_owned()),
        start_reason: Some("訂正済み".to_owned()),
        ..stop.clone()
    };
    assert_eq!(all, [ended, stop]);
}
