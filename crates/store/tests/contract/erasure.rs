//! Erasing a person, dumps, pins and the fence of the lease.

use store::{DumpPart, Erase, LeaseAsk, PersonKind, Row, Store, StoreError};

use crate::setting::{Place, known, on_both, row, texts};

on_both!(
    an_erased_person_is_in_no_row,
    a_try_changes_nothing,
    a_dump_comes_back_the_same,
    a_dump_of_a_newer_version_is_refused,
    pins_live_as_long_as_their_lease,
    a_holder_that_lost_its_lease_writes_nothing,
);

async fn filled(place: &Place) -> Store {
    let store = place.open().await;
    let accounts = known("accounts");
    let account = |id: &str, kind: &str, name: &str| {
        row(accounts, &[("account_id", id.into()), ("kind", kind.into()), ("name", name.into())])
    };
    let rows = [
        account("A1", "company", "緑製作所"),
        account("person-77", "person", "鈴木 花子"),
        account("A2", "company", "株式会社赤"),
    ];
    store.upsert(accounts, &rows).await.expect("accounts");
    let contacts = known("contacts");
    let contact = |id: &str, account: &str, name: &str, mail: &str| {
        let values = [
            ("contact_id", id.into()),
            ("account_id", account.into()),
            ("name", name.into()),
            ("email", mail.into()),
            ("phone", "03-9999-0000".into()),
        ];
        row(contacts, &values)
    };
    let rows = [
        contact("C-taro", "A1", "山田 太郎", "taro@midori.example"),
        contact("C-taro-2", "A1", "佐々木 次郎", "jiro@midori.example"),
        contact("C-hana", "person-77", "鈴木 花子", "hana@home.example"),
    ];
    store.upsert(contacts, &rows).await.expect("contacts");
    let activities = known("activities");
    let activity = |id: &str, account: &str, contact: Option<&str>, body: &str| {
        let values = [
            ("activity_id", id.into()),
            ("account_id", account.into()),
            ("contact_id", contact.into()),
            ("kind", "ticket".into()),
            ("body", body.into()),
        ];
        row(activities, &values)
    };
    let rows = [
        activity("T1", "A1", Some("C-taro"), "my own words"),
        activity("T2", "A2", None, "山田太郎様より紹介 (TARO@midori.example)"),
        activity("T3", "A2", Some("C-taro-2"), "nothing of the others"),
        activity("T4", "person-77", None, "hers"),
    ];
    store.upsert(activities, &rows).await.expect("activities");
    store.account_keys(&texts(["A1", "person-77", "A2"])).await.expect("keys");
    store.contact_keys(&texts(["C-taro", "C-taro-2", "C-hana"])).await.expect("keys");
    store
}

/// Every text of every table but those that hold no people.
async fn everything(store: &Store) -> String {
    let mut text = String::new();
    let give = |part: DumpPart| {
        text.push_str(&format!("{part:?}\n"));
        Ok(())
    };
    store.dump(give).await.expect("a dump");
    text
}

async fn erase(store: &Store, who: &str, erase: Erase) -> u64 {
    let found = store.find_person(who).await.expect("a search");
    assert_eq!(found.len(), 1, "{who}");
    let person = store.person(&found[0], "salt").await.expect("a person");
    let touched = store.erase(&person, erase).await.expect("erased");
    touched.values().map(|count| count.removed + count.blanked).sum()
}

async fn an_erased_person_is_in_no_row(place: &Place) {
    let store = filled(place).await;
    assert!(store.erased().await.expect("read").is_none());
    assert!(erase(&store, "Taro@midori.example", Erase::Do).await >= 4);
    let all = everything(&store).await;
    for gone in ["taro@midori", "TARO@", "山田", "\"C-taro\"", "my own words"] {
        assert!(!all.contains(gone), "{gone} is in {all}");
    }
    for stays in
        ["C-taro-2", "佐々木 次郎", "nothing of the others", "T1", "様より紹介", "緑製作所"]
    {
        assert!(all.contains(stays), "{stays} is not in {all}");
    }
    assert!(erase(&store, "person-77", Erase::Do).await >= 5);
    let all = everything(&store).await;
    for gone in ["鈴木", "花子", "person-77", "hana@", "T4"] {
        assert!(!all.contains(gone), "{gone} is in {all}");
    }
    store.purge().await.expect("purged");
    let erased = store.erased().await.expect("read").expect("somebody was erased");
    for (kind, text) in [
        ("contact", "C-taro"),
        ("mail", "taro@midori.example"),
        ("account", "person-77"),
        ("contact", "C-hana"),
        ("row", "activities\u{1f}T1"),
        ("row", "activities\u{1f}T2"),
    ] {
        assert!(erased.has(kind, text), "{kind} {text}");
    }
    assert!(!erased.has("contact", "C-taro-2") && !erased.has("row", "activities\u{1f}T3"));
}

async fn a_try_changes_nothing(place: &Place) {
    let store = filled(place).await;
    let before = everything(&store).await;
    assert!(erase(&store, "C-taro", Erase::Try).await >= 4);
    assert_eq!(everything(&store).await, before);
    assert!(store.find_person("A1").await.expect("a search").is_empty(), "a company is no person");
    let found = store.find_person("person-77").await.expect("a search");
    assert_eq!(found[0].kind, PersonKind::Account);
    let about = store
        .rows_about(&store.person(&found[0], "salt").await.expect("a person"))
        .await
        .expect("rows");
    assert!(about.contains_key("accounts") && about.contains_key("activities"), "{about:?}");
    assert_eq!(about["contacts"].len(), 1);
}

async fn a_dump_comes_back_the_same(place: &Place) {
    let store = filled(place).await;
    let rates = known("rates");
    let odd: Row = vec!["EUR".into(), "2026-01-01".into(), (0.1_f64 + 0.2).into()];
    store.upsert(rates, &[odd]).await.expect("a rate");
    let mut parts = Vec::new();
    let give = |part| {
        parts.push(part);
        Ok(())
    };
    let version = store.dump(give).await.expect("a dump");
    assert_eq!(version, Store::schema_version());
    for other in [Place::sqlite(), Place::postgres()] {
        let mut rest = parts.clone().into_iter();
        let back =
            Store::undump(&other.url, version, || Ok(rest.next())).await.expect("it comes back");
        assert_eq!(everything(&back).await, everything(&store).await);
        let mut again = parts.clone().into_iter();
        let error =
            Store::undump(&other.url, version, || Ok(again.next())).await.expect_err("it is full");
        assert!(error.to_string().contains("empty place"), "{error}");
    }
}

async fn a_dump_of_a_newer_version_is_refused(place: &Place) {
    let error = Store::undump(&place.url, 9_999, || Ok(None)).await.expect_err("it is newer");
    assert!(matches!(error, StoreError::NewerSchema { found: 9_999, .. }), "{error}");
}

async fn pins_live_as_long_as_their_lease(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    let ask = |what, holder, now_s| LeaseAsk { what, holder, now_s, ttl_s: 60 };
    one.pin_files(&texts(["nobody holds a lease"])).await.expect("nothing");
    let work = one.acquire_lease(&ask("run", "1@here", 1_000), |_| false).await.expect("free");
    one.pin_files(&texts(["a", "b"])).await.expect("pinned");
    let read = two.acquire_reading(&ask("backup", "2@here", 1_000)).await.expect("free");
    two.pin_files(&texts(["b", "c"])).await.expect("pinned");
    let pinned = |store: &Store, now_s| {
        let store = store.clone();
        async move { store.pinned_files(now_s).await.expect("pins").into_iter().collect::<Vec<_>>() }
    };
    assert_eq!(pinned(&one, 1_059).await, ["b", "c"], "those of others");
    assert_eq!(pinned(&two, 1_059).await, ["a", "b"]);
    let three = place.open().await;
    assert_eq!(pinned(&three, 1_059).await, ["a", "b", "c"]);
    two.renew_lease(&read, 1_050, 60).await.expect("renewed");
    assert_eq!(pinned(&three, 1_060).await, ["b", "c"], "the run's have lapsed");
    two.release_lease(read).await.expect("given back");
    assert!(pinned(&three, 1_001).await.iter().all(|path| path != "c"));
    one.release_lease(work).await.expect("given back");
    assert!(pinned(&three, 0).await.is_empty());
}

async fn a_holder_that_lost_its_lease_writes_nothing(place: &Place) {
    let (slow, other) = (place.open().await, place.open().await);
    let ask = |holder, now_s| LeaseAsk { what: "run", holder, now_s, ttl_s: 60 };
    let lease = slow.acquire_lease(&ask("1@here", 1_000), |_| false).await.expect("free");
    slow.account_keys(&texts(["a"])).await.expect("it holds the lease");
    let theirs = other.acquire_lease(&ask("2@here", 1_100), |_| false).await.expect("lapsed");
    let run = store::RunRow { run_id: "r".to_owned(), ..Default::default() };
    for error in [
        slow.account_keys(&texts(["b"])).await.expect_err("lost"),
        slow.begin_run(&run).await.expect_err("lost"),
        slow.publish_run("r", "{}").await.expect_err("lost"),
        slow.commit_lake(&[], &texts(["x"])).await.expect_err("lost"),
        slow.renew_lease(&lease, 1_101, 60).await.expect_err("lost"),
    ] {
        assert!(
            matches!(&error, StoreError::LeaseLost { holder, .. } if holder == "2@here"),
            "{error}"
        );
    }
    other.account_keys(&texts(["c"])).await.expect("it holds the lease");
    assert_eq!(other.all_account_keys().await.expect("keys").len(), 2, "nothing of the slow one's");
    other.release_lease(theirs).await.expect("given back");
}
