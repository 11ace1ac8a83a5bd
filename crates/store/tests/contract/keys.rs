//! Surrogate keys.

use crate::setting::{Place, on_both, texts};

on_both!(
    keys_count_up_in_the_order_asked,
    keys_outlive_the_connection,
    thousands_of_keys_have_no_gaps,
    two_askers_share_the_numbers,
);

async fn keys_count_up_in_the_order_asked(place: &Place) {
    let store = place.open().await;
    let asked = texts(["b", "a", "b", "伸"]);
    assert_eq!(store.account_keys(&asked).await.expect("keys"), [1, 2, 1, 3]);
    assert_eq!(store.account_keys(&texts(["c", "a"])).await.expect("keys"), [4, 2]);
    assert_eq!(store.contact_keys(&texts(["a"])).await.expect("keys"), [1]);
    let all = store.all_account_keys().await.expect("keys");
    let expected = [(1, "b"), (2, "a"), (3, "伸"), (4, "c")];
    assert_eq!(all, expected.map(|(key, id)| (key, id.to_owned())));
    assert_eq!(store.all_contact_keys().await.expect("keys"), [(1, "a".to_owned())]);
    assert_eq!(store.account_key_of("c").await.expect("a key"), Some(4));
    assert_eq!(store.account_key_of("d").await.expect("no key"), None);
    assert_eq!(store.contact_key_of("a").await.expect("a key"), Some(1));
    assert_eq!(store.account_keys(&[]).await.expect("keys"), [] as [i64; 0]);
    let error = store.account_keys(&texts(["a\0"])).await.expect_err("a NUL").to_string();
    assert!(error.starts_with("account_keys.account_id: an id cannot hold a NUL"), "{error}");
}

async fn keys_outlive_the_connection(place: &Place) {
    let store = place.open().await;
    store.contact_keys(&texts(["x", "y"])).await.expect("keys");
    store.close().await;
    let store = place.open().await;
    assert_eq!(store.contact_keys(&texts(["z", "y", "x"])).await.expect("keys"), [3, 2, 1]);
    // The last one is erased: its number is not given to another.
    place.raw("DELETE FROM @contact_keys WHERE contact_id = 'z'").await;
    assert_eq!(store.contact_keys(&texts(["w"])).await.expect("keys"), [4]);
}

async fn thousands_of_keys_have_no_gaps(place: &Place) {
    let store = place.open().await;
    let ids: Vec<String> = (0..2_500).rev().map(|i| format!("h{i}")).collect();
    let expected: Vec<i64> = (1..=2_500).collect();
    assert_eq!(store.account_keys(&ids).await.expect("keys"), expected);
    assert_eq!(store.account_keys(&ids).await.expect("keys"), expected);
}

async fn two_askers_share_the_numbers(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    let ids =
        |from: u32| -> Vec<String> { (from..from + 1_500).map(|i| format!("h{i}")).collect() };
    let (first, second) = (ids(0), ids(1_000));
    let (first, second) = tokio::join!(one.account_keys(&first), two.account_keys(&second));
    let (first, second) = (first.expect("keys"), second.expect("keys"));
    assert_eq!(first[1_000..], second[..500], "the same ids have the same keys");
    let all = one.all_account_keys().await.expect("keys");
    let numbers: Vec<i64> = all.iter().map(|(key, _)| *key).collect();
    assert_eq!(numbers, (1..=2_500).collect::<Vec<i64>>());
}
