//! The lake's catalogue.

use store::LakeFile;

use crate::setting::{Place, cut_off, on_both, texts};

on_both!(files_are_listed_in_order, swaps_are_whole_or_nothing);

fn file(path: &str, month: &str, seq: i64) -> LakeFile {
    LakeFile {
        path: path.into(),
        entity: "orders".into(),
        month: month.into(),
        rows: i64::MAX,
        seq,
        sha256: "00ff".into(),
        bytes: 1 << 40,
    }
}

async fn files_are_listed_in_order(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.next_lake_seq().await.expect("a number"), 1);
    let files = [
        file("orders/b", "2017-03", 2),
        file("orders/a", "2017-03", 2),
        file("orders/c", "2017-03", 1),
        file("orders/B", "2017-03", 2),
        file("orders/d", "2016-12", 7),
    ];
    let usage = LakeFile { entity: "usage".into(), ..file("usage/a", "2017-03", 9) };
    store
        .commit_lake(&[&files[..], std::slice::from_ref(&usage)].concat(), &[])
        .await
        .expect("a commit");
    let expected = [4, 2, 3, 1, 0].map(|at| files[at].clone());
    assert_eq!(store.lake_files("orders").await.expect("files"), expected);
    assert_eq!(store.lake_files("usage").await.expect("files"), [usage]);
    assert_eq!(store.lake_files("web_events").await.expect("files"), []);
    assert_eq!(store.next_lake_seq().await.expect("a number"), 10);
    // Listing a path again, with the same file or another, leaves one.
    let again = LakeFile { rows: 3, ..files[4].clone() };
    let gone = texts(["orders/a", "orders/b", "orders/c", "orders/d", "no such path"]);
    store.commit_lake(std::slice::from_ref(&again), &gone).await.expect("a commit");
    assert_eq!(store.lake_files("orders").await.expect("files"), [again, files[3].clone()]);
}

/// However far a commit came before it was cut off, readers see all of it or nothing.
async fn swaps_are_whole_or_nothing(place: &Place) {
    let store = place.open().await;
    let old: Vec<LakeFile> = (0..150).map(|i| file(&format!("old/{i:03}"), "2017-03", 1)).collect();
    let new: Vec<LakeFile> = (0..150).map(|i| file(&format!("new/{i:03}"), "2017-03", 2)).collect();
    let gone: Vec<String> = old.iter().take(20).map(|file| file.path.clone()).collect();
    let mut both = [&old[20..], &new].concat();
    both.sort_by(|a, b| (a.seq, &a.path).cmp(&(b.seq, &b.path)));
    store.commit_lake(&old, &[]).await.expect("a commit");
    for steps in 0.. {
        let done = cut_off(store.commit_lake(&new, &gone), steps).await;
        let seen = store.lake_files("orders").await.expect("files");
        assert!(seen == old || seen == both, "cut off after {steps} steps: {} files", seen.len());
        if let Some(done) = done {
            done.expect("a commit");
            assert_eq!(seen, both);
            return;
        }
        let paths: Vec<String> = new.iter().map(|file| file.path.clone()).collect();
        store.commit_lake(&old, &paths).await.expect("back to the start");
    }
}
