//! Killed at random moments and run again: a workspace ends in the same bytes as an undisturbed run, on
//! SQLite and PostgreSQL.
//!
//! Each kill hits one of the commands at a drawn moment of its time: an ingest, a run, a compaction, a backup, or
//! an ingest beside a server. After it the workspace must be sound by itself; at the end it must equal the
//! undisturbed one. `NOBISHIRO_KILLS` sets how many kills each database gets (default 12; the bench uses 100
//! each).

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::intact::{outcome, same, sound};
use super::serve::Server;
use super::support::{BOTH, Database, Workspace, nobishiro};

/// Kills of each database unless the environment says otherwise.
const KILLS: u32 = 12;

#[expect(clippy::disallowed_methods, reason = "how long a test takes is no configuration")]
fn kills() -> u32 {
    std::env::var("NOBISHIRO_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

fn made_up(folder: &Path) -> PathBuf {
    let files = folder.join("files");
    nobishiro(&["simulate", &files.display().to_string(), "--companies", "24"]).ok();
    files
}

/// The commands that a night and a day are made of.
fn finish(workspace: &Workspace, files: &Path) {
    workspace.ingest(None, &[files]).ok();
    workspace.run(&["compact"]).ok();
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

/// What is killed.
#[derive(Debug, Clone, Copy)]
enum Victim {
    Ingest,
    Run,
    Compact,
    Backup,
    Serve,
}

const VICTIMS: [Victim; 5] =
    [Victim::Ingest, Victim::Run, Victim::Compact, Victim::Backup, Victim::Serve];

/// How long the undisturbed commands took.
struct Calm {
    ingest: Duration,
    run: Duration,
    compact: Duration,
}

fn strike(workspace: &Workspace, files: &Path, victim: Victim, (calm, at): (&Calm, f64)) -> bool {
    let path = files.display().to_string();
    match victim {
        Victim::Ingest => kill(workspace, &["ingest", &path], calm.ingest.mul_f64(at)),
        Victim::Run => kill(workspace, &["run", "--as-of", "2026-03-12"], calm.run.mul_f64(at)),
        Victim::Compact => kill(workspace, &["compact"], calm.compact.mul_f64(at)),
        Victim::Backup => {
            let to = workspace.dir().with_file_name("killed.backup");
            // Of an earlier kill that came too late.
            drop(std::fs::remove_file(&to));
            kill(
                workspace,
                &["backup", "--to", &to.display().to_string()],
                calm.compact.mul_f64(at),
            )
        }
        Victim::Serve => {
            // The server and the ingest beside it die together: dropping the server kills it.
            let server = Server::start(workspace);
            let killed = kill(workspace, &["ingest", &path], calm.ingest.mul_f64(at));
            drop(server);
            killed
        }
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn check(database: Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let files = made_up(folder.path());
    let undisturbed = Workspace::with(database, "JPY", "Asia/Tokyo");
    let calm = Calm {
        ingest: timed(|| drop(undisturbed.ingest(None, &[&files]).ok())),
        compact: timed(|| drop(undisturbed.run(&["compact"]).ok())),
        run: timed(|| drop(undisturbed.run(&["run", "--as-of", "2026-03-12"]).ok())),
    };
    finish(&undisturbed, &files);
    let expected = outcome(&undisturbed);
    sound(&undisturbed, "undisturbed");

    let stormy = Workspace::with(database, "JPY", "Asia/Tokyo");
    let mut state = 7;
    let (mut hit, all) = (0, kills());
    for number in 0..all {
        let victim = VICTIMS[number as usize % VICTIMS.len()];
        let at = draw(&mut state);
        hit += u32::from(strike(&stormy, &files, victim, (&calm, at)));
        sound(&stormy, &format!("after kill {number}, of {victim:?} at {at:.3}, on {database:?}"));
        // Now and then somebody does not give up.
        if number % 7 == 6 {
            stormy.ingest(None, &[&files]).ok();
        }
    }
    finish(&stormy, &files);
    assert!(hit * 3 >= all, "only {hit} of {all} were still working when killed");
    same(&expected, &outcome(&stormy), &format!("after {hit} kills on {database:?}"));
    println!(
        "{hit} of {all} kills hit a working command on {database:?}: nothing is lost or doubled"
    );
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
    same(&sqlite, &postgres, "between the databases");
}
