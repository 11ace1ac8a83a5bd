//! `ingest` and `run` killed at random points, then finished, give the same bytes as an undisturbed run, on
//! SQLite and PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::support::{BOTH, Database, Workspace, nobishiro};

/// Kills at each step of each database.
const KILLS: u32 = 5;

/// Everything that must be the same: exports, the worklist, and every decision of the run.
fn outcome(workspace: &Workspace) -> Vec<(String, Vec<u8>)> {
    let mut files = workspace.export();
    files.push((
        "plays.csv".to_owned(),
        workspace.run(&["plays", "--format", "csv"]).ok().into_bytes(),
    ));
    let runs = workspace.dir().join("runs");
    let run =
        std::fs::read_dir(&runs).expect("a run").next().expect("one run").expect("readable").path();
    for name in ["features.parquet", "decisions.parquet", "recommendations.parquet", "trained.json"]
    {
        files.push((name.to_owned(), std::fs::read(run.join(name)).expect(name)));
    }
    files
}

fn made_up(folder: &Path) -> PathBuf {
    let files = folder.join("files");
    nobishiro(&["simulate", &files.display().to_string(), "--companies", "24"]).ok();
    files
}

fn finish(workspace: &Workspace, files: &Path) {
    workspace.ingest(None, &[files]).ok();
    workspace.run(&["run", "--as-of", "2026-03-12"]).ok();
}

/// Starts a command and kills it after `after`; whether it was still working then.
fn kill(workspace: &Workspace, args: &[&str], after: Duration) -> bool {
    let mut child = workspace
        .command(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let begun = Instant::now();
    while begun.elapsed() < after {
        if child.try_wait().expect("its state").is_some() {
            return false;
        }
        std::thread::yield_now();
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    true
}

/// A fraction in 0..1, the same every time.
fn draw(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    f64::from(u32::try_from(*state >> 33).expect("31 bits")) / f64::from(1_u32 << 31)
}

fn check(database: Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let files = made_up(folder.path());
    let calm = Workspace::with(database, "JPY", "Asia/Tokyo");
    let begun = Instant::now();
    calm.ingest(None, &[&files]).ok();
    let ingest = begun.elapsed();
    calm.run(&["run", "--as-of", "2026-03-12"]).ok();
    let run = begun.elapsed().saturating_sub(ingest);
    let expected = outcome(&calm);

    let stormy = Workspace::with(database, "JPY", "Asia/Tokyo");
    let path = files.display().to_string();
    let mut state = 7;
    let mut killed = 0;
    for _ in 0..KILLS {
        killed += u32::from(kill(&stormy, &["ingest", &path], ingest.mul_f64(draw(&mut state))));
    }
    stormy.ingest(None, &[&files]).ok();
    for _ in 0..KILLS {
        killed += u32::from(kill(
            &stormy,
            &["run", "--as-of", "2026-03-12"],
            run.mul_f64(draw(&mut state)),
        ));
    }
    finish(&stormy, &files);
    assert!(killed >= KILLS, "only {killed} of {} were still working when killed", 2 * KILLS);
    for ((name, calm), (_, stormy)) in expected.iter().zip(outcome(&stormy)) {
        assert!(*calm == stormy, "{name} differs after {killed} kills on {database:?}");
    }
}

#[test]
fn killed_and_finished_is_the_same_as_undisturbed_on_sqlite() {
    check(BOTH[0]);
}

#[test]
fn killed_and_finished_is_the_same_as_undisturbed_on_postgres() {
    check(BOTH[1]);
}

#[test]
fn both_databases_give_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = made_up(folder.path());
    let [sqlite, postgres] = BOTH.map(|database| {
        let workspace = Workspace::with(database, "JPY", "Asia/Tokyo");
        finish(&workspace, &files);
        outcome(&workspace)
    });
    for ((name, one), (_, other)) in sqlite.iter().zip(&postgres) {
        assert!(one == other, "{name} differs between the databases");
    }
}
