//! The lake as a whole: crashes at every step, corrections, moves between months, damaged files.

mod care;
mod fixture;

use std::fs;

use super::files::disk_error;
use super::writer::Step;
use super::*;
use fixture::{Lake, Line, check_rows, databases, line, lines, sample};

/// Long after every file of a test was written, in seconds since 1970.
const LATER: i64 = 1 << 40;

/// Every step at which the writer may stop.
const STEPS: [Step; 4] = [Step::Written, Step::RenamedOne, Step::RenamedAll, Step::Committed];

#[tokio::test]
async fn rows_come_back_in_the_order_of_their_key() {
    for lake in databases().await {
        let counts = lake.ingest(&lines(&["o2 b 2017-03", "o1 c 2017-04", "o1 a 2017-04"])).await;
        assert_eq!((counts.taken, counts.replaced, counts.unchanged), (3, 0, 0));
        check_rows(&lake, &["o1 a 1 2017-04 1", "o1 c 1 2017-04 1", "o2 b 1 2017-03 1"]).await;
        let files = lake.store.lake_files("orders").await.expect("a catalogue");
        let months: Vec<(&str, i64)> = files.iter().map(|f| (f.month.as_str(), f.rows)).collect();
        assert_eq!(months, [("2017-03", 1), ("2017-04", 2)]);
        for file in &files {
            let bytes = fs::read(lake.dir.join(&file.path)).expect("a lake file");
            assert_eq!(files::sha256_hex(&bytes), file.sha256);
            assert_eq!(file.path, layout::final_path("orders", &file.month, &file.sha256, false));
        }
    }
}

#[tokio::test]
async fn the_same_rows_give_the_same_bytes() {
    let (one, other) = (Lake::sqlite().await, Lake::sqlite().await);
    one.ingest(&sample(500)).await;
    other.ingest_in_batches(&sample(500), 7).await;
    assert_eq!(one.tree(), other.tree());
    assert!(!one.tree().is_empty());
}

#[tokio::test]
async fn a_crash_at_any_step_leaves_nothing_or_all() {
    let undisturbed = Lake::sqlite().await;
    undisturbed.ingest(&sample(300)).await;
    for step in STEPS {
        for lake in databases().await {
            let error = lake.ingest_failing(&sample(300), step).await;
            assert!(error.contains("stopped at"), "{error}");
            let visible = lake.count().await;
            assert_eq!(visible, if step == Step::Committed { 300 } else { 0 }, "{step:?}");
            sweep(&lake.dir, &lake.store, LATER).await.expect("sweeps");
            lake.ingest(&sample(300)).await;
            assert_eq!(lake.tree(), undisturbed.tree(), "{step:?}");
            assert_eq!(lake.catalogue().await, undisturbed.catalogue().await, "{step:?}");
        }
    }
}

#[tokio::test]
async fn leftovers_are_harmless_even_when_not_swept() {
    let undisturbed = Lake::sqlite().await;
    undisturbed.ingest(&sample(300)).await;
    for step in STEPS {
        let lake = Lake::sqlite().await;
        lake.ingest_failing(&sample(300), step).await;
        lake.ingest(&sample(300)).await;
        assert_eq!(lake.catalogue().await, undisturbed.catalogue().await, "{step:?}");
        assert_eq!(lake.count().await, 300, "{step:?}");
    }
}

#[tokio::test]
async fn sweeping_removes_what_the_catalogue_does_not_know_and_nothing_else() {
    let lake = Lake::sqlite().await;
    lake.ingest(&sample(50)).await;
    let before = lake.tree();
    let month = lake.dir.join("orders/month=2017-03");
    for name in [".tmp-0123.parquet", "0123456789abcdef.parquet", "notes.txt"] {
        fs::write(month.join(name), "x").expect("writes");
    }
    fs::write(lake.dir.join("readme.parquet"), "mine").expect("writes");
    let swept = sweep(&lake.dir, &lake.store, LATER).await.expect("sweeps");
    let removed =
        ["orders/month=2017-03/.tmp-0123.parquet", "orders/month=2017-03/0123456789abcdef.parquet"];
    assert_eq!(swept.removed, removed);
    fs::remove_file(month.join("notes.txt")).expect("still there");
    fs::remove_file(lake.dir.join("readme.parquet")).expect("still there");
    assert_eq!(lake.tree(), before);
    assert_eq!(
        sweep(&lake.dir.join("none"), &lake.store, LATER).await.expect("sweeps"),
        Swept::default()
    );
}

#[tokio::test]
async fn the_same_file_again_writes_nothing() {
    for lake in databases().await {
        lake.ingest(&sample(300)).await;
        let (tree, catalogue) = (lake.tree(), lake.catalogue().await);
        let counts = lake.ingest(&sample(300)).await;
        assert_eq!((counts.taken, counts.replaced, counts.unchanged), (0, 0, 300));
        assert_eq!(lake.tree(), tree);
        assert_eq!(lake.catalogue().await, catalogue);
    }
}

#[tokio::test]
async fn a_corrected_row_replaces_and_others_do_not_move() {
    for lake in databases().await {
        lake.ingest(&lines(&["o1 a 2017-03 1", "o2 a 2017-03 2", "o3 a 2017-03 3"])).await;
        let counts =
            lake.ingest(&lines(&["o1 a 2017-03 1", "o2 a 2017-03 9", "o4 a 2017-03 4"])).await;
        assert_eq!((counts.taken, counts.replaced, counts.unchanged), (1, 1, 1));
        let expected =
            ["o1 a 1 2017-03 1", "o2 a 1 2017-03 9", "o3 a 1 2017-03 3", "o4 a 1 2017-03 4"];
        check_rows(&lake, &expected).await;
        let counts = lake.ingest(&lines(&["o2 a 2017-03 2"])).await;
        assert_eq!(counts.replaced, 1, "back to what it was is a change too");
        check_rows(&lake, &["o1 a 1 2017-03 1", "o2 a 1 2017-03 2", expected[2], expected[3]])
            .await;
        assert_eq!(lake.ingest(&lines(&["o2 a 2017-03 2"])).await.unchanged, 1);
    }
}

#[tokio::test]
async fn a_row_may_move_to_another_month_and_back() {
    let lake = Lake::sqlite().await;
    lake.ingest(&lines(&["o1 a 2017-03 1", "o2 a 2017-03 2"])).await;
    let counts = lake.ingest(&lines(&["o1 a 2017-05 1", "o9 z 2017-05 1"])).await;
    assert_eq!((counts.taken, counts.replaced), (1, 1));
    check_rows(&lake, &["o1 a 1 2017-05 1", "o2 a 1 2017-03 2", "o9 z 1 2017-05 1"]).await;
    let counts = lake.ingest(&lines(&["o1 a 2017-03 1"])).await;
    assert_eq!((counts.replaced, counts.unchanged), (1, 0));
    check_rows(&lake, &["o1 a 1 2017-03 1", "o2 a 1 2017-03 2", "o9 z 1 2017-05 1"]).await;
}

#[tokio::test]
async fn of_a_key_that_comes_twice_in_a_file_the_last_row_counts() {
    let lake = Lake::sqlite().await;
    let twice = [
        Line { nth: Some(7), ..line("o1 a 2017-03 1") },
        Line { nth: Some(8), ..line("o1 a 2017-03 5") },
        Line { nth: Some(7), ..line("o1 a 2017-03 2") },
        Line { nth: Some(8), ..line("o1 a 2017-03 5") },
    ];
    let counts = lake.ingest(&twice).await;
    assert_eq!((counts.taken, counts.replaced, counts.unchanged), (2, 1, 1));
    let pairs: Vec<(u32, u32)> = counts.duplicates.iter().map(|d| (d.line, d.by_line)).collect();
    assert_eq!(pairs, [(2, 4), (3, 5)]);
    check_rows(&lake, &["o1 a 7 2017-03 2", "o1 a 8 2017-03 5"]).await;
}

#[tokio::test]
async fn a_long_file_in_many_segments_is_the_same_file() {
    let rows: Vec<Line> = sample(300).into_iter().chain(sample(150)).collect();
    let (whole, parts) = (Lake::sqlite().await, Lake::sqlite().await);
    let counts = whole.ingest(&rows).await;
    let in_parts = parts.ingest_in_segments(&rows, 64).await;
    assert_eq!((counts.taken, counts.replaced), (in_parts.taken, in_parts.replaced));
    assert_eq!(whole.export().await, parts.export().await);
    assert!(parts.catalogue().await.len() > whole.catalogue().await.len());
    let again = parts.ingest_in_segments(&rows, 100).await;
    assert_eq!((again.taken, again.replaced, again.unchanged), (0, 0, 450));
}

#[tokio::test]
async fn duplicates_across_segments_replace_too() {
    let rows = [
        Line { nth: Some(1), ..line("o1 a 2017-03 1") },
        Line { nth: Some(1), ..line("o2 a 2017-03 1") },
        Line { nth: Some(1), ..line("o1 a 2017-03 4") },
        Line { nth: Some(1), ..line("o2 a 2017-03 1") },
    ];
    let lake = Lake::sqlite().await;
    let counts = lake.ingest_in_segments(&rows, 2).await;
    assert_eq!((counts.taken, counts.replaced, counts.unchanged), (2, 1, 1));
    check_rows(&lake, &["o1 a 1 2017-03 4", "o2 a 1 2017-03 1"]).await;
}

#[tokio::test]
async fn a_run_keeps_what_it_pinned() {
    let lake = Lake::sqlite().await;
    lake.ingest(&lines(&["o1 a 2017-03 1"])).await;
    let pinned = pin(&lake.store).await.expect("pins");
    lake.ingest(&lines(&["o1 a 2017-03 2", "o2 a 2017-03 2"])).await;
    assert_eq!(lake.rows_of(&pinned).await, ["o1 a 1 2017-03 1"]);
    let now = pin(&lake.store).await.expect("pins");
    assert_ne!(now.hash(), pinned.hash());
    assert_eq!(now.hash(), pin(&lake.store).await.expect("pins").hash());
}

#[tokio::test]
async fn damaged_files_are_named_and_mended_by_their_source() {
    let truncate = |path: &std::path::Path| fs::write(path, "PAR1").expect("truncates");
    let remove = |path: &std::path::Path| fs::remove_file(path).expect("removes");
    for damage in [&truncate as &dyn Fn(&std::path::Path), &remove] {
        let lake = Lake::sqlite().await;
        lake.ingest(&sample(300)).await;
        let before = lake.export().await;
        let file = lake.store.lake_files("orders").await.expect("a catalogue")[0].clone();
        damage(&lake.dir.join(&file.path));
        let error = lake.view_error().await;
        assert!(error.contains(&file.path) && error.contains("ingest again the source"), "{error}");
        let other =
            lake.try_ingest(&lines(&["o999 a 2017-03 1"])).await.expect_err("still damaged");
        assert!(other.contains(&file.path) && other.contains("damaged"), "{other}");
        let counts = lake.ingest(&sample(300)).await;
        assert_eq!(counts.mended, std::slice::from_ref(&file.path));
        assert_eq!(counts.taken, file.rows.unsigned_abs());
        assert_eq!(lake.export().await, before);
    }
}

#[tokio::test]
async fn usage_and_web_events_have_keys_with_empty_parts() {
    let lake = Lake::sqlite().await;
    let first = [("a", Some("s1"), 1.0), ("a", None, 2.0), ("b", Some(""), 3.0)];
    assert_eq!(lake.ingest_usage(&first).await.taken, 3);
    let second = [("a", Some(""), 2.5), ("b", None, 3.0), ("a", Some("s1"), 1.0)];
    let counts = lake.ingest_usage(&second).await;
    assert_eq!((counts.taken, counts.unchanged), (0, 1));
    assert_eq!(lake.usage_values().await, [1.0, 2.5, 3.0]);
}

#[tokio::test]
async fn a_lake_that_cannot_be_written_says_so() {
    let lake = Lake::sqlite().await;
    lake.ingest(&lines(&["o1 a 2017-03 1"])).await;
    // A file in the place of a folder: the same for root, whom no permission stops.
    fs::write(lake.dir.join("orders/month=2017-04"), "in the way").expect("writes");
    let error = lake.try_ingest(&lines(&["o1 b 2017-04 1"])).await.expect_err("in the way");
    assert!(error.contains("month=2017-04"), "{error}");
    assert!(error.contains("all earlier data are safe"), "{error}");
    check_rows(&lake, &["o1 a 1 2017-03 1"]).await;
    let denied = std::io::Error::from(std::io::ErrorKind::ReadOnlyFilesystem);
    let text = disk_error("write", &lake.dir, &denied).to_string();
    assert!(text.contains("right to write"), "{text}");
}

#[tokio::test]
async fn nothing_at_all_is_an_empty_table() {
    let lake = Lake::sqlite().await;
    assert_eq!(lake.count().await, 0);
    let mut writer = lake.writer();
    assert!(writer.finish_file().await.expect("nothing to do").is_empty());
    assert!(!lake.dir.exists());
}
