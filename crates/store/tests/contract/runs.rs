//! Runs: beginning, repeating, publishing, and what is kept.

use store::{OtherRow, RunRow, Store, StoreError};

use crate::plays::play;
use crate::setting::{Place, cut_off, on_both};

on_both!(
    a_run_is_seen_once_published,
    nothing_is_written_for_unknown_runs,
    an_unfinished_attempt_leaves_nothing,
    a_repeated_run_is_seen_once_published_again,
    the_last_three_runs_are_kept,
    publishing_is_whole_or_nothing,
);

fn run(run_id: &str) -> RunRow {
    RunRow {
        run_id: run_id.into(),
        as_of: "2026-03-12".into(),
        data_hash: "d".into(),
        policy_hash: "p".into(),
        seed: i64::MIN,
        version: "0.1.0".into(),
        summary: "{}".into(),
        published: false,
    }
}

/// Begins a run that decides on one play of this rank.
async fn decide(store: &Store, run_id: &str, rank: i64) {
    store.begin_run(&run(run_id)).await.expect("a run");
    let other = OtherRow { run_id: run_id.into(), place: 1, ..OtherRow::default() };
    store.write_plays(&[play(run_id, rank)], &[other], &[]).await.expect("plays");
    store.write_views(run_id, &[(1, format!("{rank}"))]).await.expect("views");
    store.write_model(run_id, "m", "{}").await.expect("a model");
}

async fn ranks(store: &Store, run_id: &str) -> Vec<i64> {
    let plays = store.plays(run_id).await.expect("plays");
    plays.iter().map(|play| play.rank).collect()
}

async fn current(store: &Store) -> Option<String> {
    store.current_run().await.expect("a run").map(|run| run.run_id)
}

async fn a_run_is_seen_once_published(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.current_run().await.expect("none"), None);
    assert_eq!(store.run("r1").await.expect("none"), None);
    decide(&store, "r1", 1).await;
    assert_eq!(store.current_run().await.expect("none"), None);
    assert_eq!(store.run("r1").await.expect("a run"), Some(run("r1")));
    store.publish_run("r1", "{\"plays\":1}").await.expect("published");
    let expected = RunRow { published: true, summary: "{\"plays\":1}".into(), ..run("r1") };
    assert_eq!(store.current_run().await.expect("a run"), Some(expected.clone()));
    assert_eq!(store.run("r1").await.expect("a run"), Some(expected));
    decide(&store, "r2", 2).await;
    assert_eq!(current(&store).await.as_deref(), Some("r1"));
    store.publish_run("r2", "{}").await.expect("published");
    assert_eq!(current(&store).await.as_deref(), Some("r2"));
    assert_eq!(ranks(&store, "r1").await, [1]);
}

async fn nothing_is_written_for_unknown_runs(place: &Place) {
    let store = place.open().await;
    let errors = [
        store.publish_run("r9", "{}").await.expect_err("unknown"),
        store.write_plays(&[play("r9", 1)], &[], &[]).await.expect_err("unknown"),
        store.write_views("r9", &[(1, "{}".into())]).await.expect_err("unknown"),
        store.write_model("r9", "m", "{}").await.expect_err("unknown"),
    ];
    for error in errors {
        assert!(matches!(&error, StoreError::UnknownRun { run_id } if run_id == "r9"), "{error}");
    }
}

async fn an_unfinished_attempt_leaves_nothing(place: &Place) {
    let store = place.open().await;
    decide(&store, "r1", 1).await;
    store.begin_run(&run("r1")).await.expect("again");
    assert_eq!(ranks(&store, "r1").await, [] as [i64; 0]);
    assert_eq!(store.others_of("r1", 0).await.expect("others"), []);
    assert_eq!(store.view("r1", 1).await.expect("no view"), None);
    assert_eq!(store.models("r1").await.expect("no models"), []);
    store.write_plays(&[play("r1", 2)], &[], &[]).await.expect("plays");
    store.publish_run("r1", "{}").await.expect("published");
    assert_eq!(ranks(&store, "r1").await, [2]);
}

/// The same inputs give the same run id: readers keep what they see until the repeat is whole.
async fn a_repeated_run_is_seen_once_published_again(place: &Place) {
    let store = place.open().await;
    decide(&store, "r1", 1).await;
    store.publish_run("r1", "1").await.expect("published");
    decide(&store, "r1", 2).await;
    assert_eq!(ranks(&store, "r1").await, [1]);
    assert_eq!(store.view("r1", 1).await.expect("a view").as_deref(), Some("1"));
    store.publish_run("r1", "2").await.expect("published");
    assert_eq!(ranks(&store, "r1").await, [2]);
    assert_eq!(store.view("r1", 1).await.expect("a view").as_deref(), Some("2"));
    assert_eq!(store.current_run().await.expect("a run").map(|run| run.summary), Some("2".into()));
}

async fn the_last_three_runs_are_kept(place: &Place) {
    let store = place.open().await;
    for rank in 1..=5 {
        let run_id = format!("r{rank}");
        decide(&store, &run_id, rank).await;
        if rank != 3 {
            store.publish_run(&run_id, "{}").await.expect("published");
        }
    }
    for (run_id, kept) in [("r1", true), ("r2", true), ("r3", false), ("r4", true), ("r5", true)] {
        // r3 was never finished; r1 is the fourth from the end.
        let kept = kept && run_id != "r1";
        assert_eq!(store.run(run_id).await.expect("a run").is_some(), kept, "{run_id}");
        assert_eq!(!ranks(&store, run_id).await.is_empty(), kept, "{run_id}");
        assert_eq!(!store.models(run_id).await.expect("models").is_empty(), kept, "{run_id}");
        assert_eq!(store.view(run_id, 1).await.expect("a view").is_some(), kept, "{run_id}");
    }
}

async fn publishing_is_whole_or_nothing(place: &Place) {
    let store = place.open().await;
    for rank in 1..=4 {
        decide(&store, &format!("r{rank}"), rank).await;
        store.publish_run(&format!("r{rank}"), "{}").await.expect("published");
    }
    decide(&store, "r5", 5).await;
    for steps in 0.. {
        let done = cut_off(store.publish_run("r5", "{}"), steps).await;
        let now = store.current_run().await.expect("a run").expect("a run");
        assert!(now.published);
        assert!(now.run_id == "r4" || now.run_id == "r5", "{steps} steps: {}", now.run_id);
        assert_eq!(ranks(&store, &now.run_id).await.len(), 1, "{steps} steps");
        if let Some(done) = done {
            done.expect("published");
            assert_eq!(now.run_id, "r5");
            return;
        }
    }
}
