//! Compaction, what must stay for readers, and erasing a person.

use std::collections::BTreeSet;

use domain::redact::Redaction;
use store::LeaseAsk;

use super::super::compact::is_merged;
use super::super::layout::is_replacing;
use super::super::{Compacted, KEPT_S, PersonKeys, Scope, compact, erase, pin, rows_of, sweep};
use super::LATER;
use super::fixture::{Lake, databases, line, lines, sample};

async fn all(lake: &Lake) -> Compacted {
    compact(&lake.dir, &lake.store, (Scope::All, LATER)).await.expect("compacts")
}

/// Corrections within a month, and a row that moved to another month and back.
async fn with_corrections(lake: &Lake) {
    lake.ingest(&sample(300)).await;
    let mut corrected = sample(60);
    for line in &mut corrected {
        line.amount += 1_000;
    }
    lake.ingest(&corrected).await;
    lake.ingest(&lines(&["o1 p0 2017-09 7", "x1 p1 2017-03 8"])).await;
    lake.ingest(&lines(&["o1 p0 2017-04 9", "x2 p1 2017-03 8"])).await;
}

#[tokio::test]
async fn compaction_leaves_one_file_a_month_and_the_same_export() {
    for lake in databases().await {
        with_corrections(&lake).await;
        let before = lake.export().await;
        let old = pin(&lake.store).await.expect("pins");
        let done = all(&lake).await;
        assert!(done.replaced_rows > 40 && done.files_before > done.files_after, "{done:?}");
        assert_eq!(lake.export().await, before);
        let files = lake.catalogue().await;
        let months: BTreeSet<&str> = files.iter().map(|file| file.month.as_str()).collect();
        assert_eq!(months.len(), files.len());
        assert!(files.iter().all(is_merged) && !files.iter().any(is_replacing));
        assert_eq!(all(&lake).await, Compacted::default(), "there is nothing left to do");
        assert_eq!(lake.rows_of(&old).await.len(), lake.count().await, "the old files are there");
        let counts = lake.ingest(&lines(&["x1 p1 2017-03 8"])).await;
        assert_eq!(counts.unchanged, 1, "what was merged is known");
        lake.ingest(&lines(&["x1 p1 2017-03 5"])).await;
        assert_eq!(lake.catalogue().await.iter().filter(|file| is_replacing(file)).count(), 1);
        assert_ne!(lake.export().await, before);
    }
}

#[tokio::test]
async fn the_same_rows_give_the_same_bytes_in_whatever_order_they_came() {
    let (one, other) = (Lake::sqlite().await, Lake::sqlite().await);
    let rows: Vec<_> = sample(300)
        .into_iter()
        .zip(0_i64..)
        .map(|(row, i)| super::Line { nth: Some(i), ..row })
        .collect();
    one.store.account_keys(&["o".to_owned()]).await.expect("a key");
    other.store.account_keys(&["o".to_owned()]).await.expect("a key");
    for part in rows.chunks(70) {
        one.ingest(part).await;
    }
    for part in rows.chunks(110).rev() {
        other.ingest(part).await;
    }
    all(&one).await;
    all(&other).await;
    assert_eq!(one.catalogue().await, other.catalogue().await);
    sweep(&one.dir, &one.store, 2 * LATER).await.expect("sweeps");
    sweep(&other.dir, &other.store, 2 * LATER).await.expect("sweeps");
    assert_eq!(one.tree(), other.tree());
}

#[tokio::test]
async fn only_what_is_worthwhile_is_compacted_by_itself() {
    let lake = Lake::sqlite().await;
    let some = |lake: &Lake| {
        let (dir, store) = (lake.dir.clone(), lake.store.clone());
        async move { compact(&dir, &store, (Scope::Worthwhile, LATER)).await.expect("compacts") }
    };
    for i in 0..7 {
        lake.ingest(&[line(&format!("o{i} p 2017-03"))]).await;
    }
    assert_eq!(some(&lake).await, Compacted::default(), "seven files");
    lake.ingest(&lines(&["o7 p 2017-03"])).await;
    assert_eq!(some(&lake).await.files_before, 8);
    lake.ingest(&lines(&["o7 p 2017-03 99"])).await;
    assert_eq!(some(&lake).await.replaced_rows, 1, "one row in eight was corrected");
}

#[tokio::test]
async fn old_files_stay_for_a_day_and_while_they_are_pinned() {
    let lake = Lake::sqlite().await;
    with_corrections(&lake).await;
    let old: Vec<String> = lake.catalogue().await.into_iter().map(|file| file.path).collect();
    all(&lake).await;
    let swept = sweep(&lake.dir, &lake.store, LATER + KEPT_S - 1).await.expect("sweeps");
    assert!(swept.removed.is_empty() && swept.kept > 0, "{swept:?}");
    let now_s = LATER + KEPT_S;
    let ask = LeaseAsk { what: "backup", holder: "9@there", now_s, ttl_s: 30 };
    let lease = lake.store.acquire_reading(&ask).await.expect("a lease");
    lake.store.pin_files(&old[..1]).await.expect("pinned");
    // Another process sees the pin, too.
    let url = format!("sqlite://{}", lake.store.place());
    let open = || store::Store::open(&url, store::Open::ReadWrite);
    let swept = sweep(&lake.dir, &open().await.expect("opens"), now_s).await.expect("sweeps");
    assert!(!swept.removed.contains(&old[0]) && !swept.removed.is_empty(), "{swept:?}");
    drop(lease);
    let swept = sweep(&lake.dir, &open().await.expect("opens"), now_s + 30).await.expect("sweeps");
    assert_eq!(swept.removed, old[..1], "the reader's lease has lapsed");
}

#[tokio::test]
async fn a_person_leaves_the_lake_and_the_sums_stay() {
    for lake in databases().await {
        lake.ingest_usage(&[
            ("a", None, 1.0),
            ("b", Some("taro@x.example"), 2.5),
            ("b", None, 4.0),
        ])
        .await;
        let keys = lake.store.account_keys(&["a".to_owned(), "b".to_owned()]).await.expect("keys");
        let mut redaction = Redaction::new("erased-1");
        redaction.mail("taro@x.example");
        let person = PersonKeys { accounts: &keys[..1], contacts: &[], redaction: &redaction };
        let held = rows_of(&lake.dir, &lake.store, person).await.expect("rows");
        assert_eq!(held["usage"].len(), 2);
        let counted = erase(&lake.dir, &lake.store, (person, None)).await.expect("counts");
        assert_eq!((counted["usage"].removed, counted["usage"].blanked), (1, 1));
        assert_eq!(lake.usage_values().await, [1.0, 2.5, 4.0], "only counted");
        erase(&lake.dir, &lake.store, (person, Some(LATER))).await.expect("erases");
        let swept = sweep(&lake.dir, &lake.store, 2 * LATER).await.expect("sweeps");
        assert_eq!(swept.removed.len(), 1);
        assert_eq!(lake.usage_values().await, [2.5, 4.0]);
        assert!(rows_of(&lake.dir, &lake.store, person).await.expect("rows").is_empty());
        let again = erase(&lake.dir, &lake.store, (person, Some(LATER))).await.expect("erases");
        assert!(again.is_empty());
    }
}
