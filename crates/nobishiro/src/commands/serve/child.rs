//! The worker beside a server: a process of its own, so that heavy work neither slows the pages nor takes them along
//! when it fails. It ends with the server, however that ends: it reads the server's end of a pipe.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::output;

/// Between the end of a worker and the next one; doubled while they end soon.
const PAUSE: Duration = Duration::from_millis(500);
const PAUSE_MOST: Duration = Duration::from_secs(30);
/// A worker that lived so long was not ended by its start.
const LIVED: Duration = Duration::from_mins(1);
/// How long a worker may take to give back its work.
const FAREWELL: Duration = Duration::from_secs(5);

/// A worker that is kept alive.
pub(super) struct Kept {
    stop: oneshot::Sender<()>,
    keeping: JoinHandle<()>,
}

/// Starts a worker for a folder, and another when it ends.
pub(super) fn start(flag: &'static str, dir: &Path) -> Kept {
    let (stop, stopped) = oneshot::channel();
    Kept { stop, keeping: tokio::spawn(keep(flag, dir.to_owned(), stopped)) }
}

/// Ends it, by its process id.
pub(super) async fn end(child: Option<Kept>) {
    let Some(Kept { stop, keeping }) = child else { return };
    let _ = stop.send(());
    drop(keeping.await);
}

async fn keep(flag: &'static str, dir: PathBuf, mut stopped: oneshot::Receiver<()>) {
    let mut pause = PAUSE;
    loop {
        let begun = tokio::time::Instant::now();
        match spawn(flag, &dir) {
            Ok(mut child) => {
                // Waiting for a child closes the input that it still has.
                let open = child.stdin.take();
                tokio::select! {
                    ended = child.wait() => said(&ended),
                    _ = &mut stopped => return farewell(child, open).await,
                }
            }
            Err(error) => output::say(&format!("No worker could be started: {error}")),
        }
        pause = if begun.elapsed() > LIVED { PAUSE } else { (pause * 2).min(PAUSE_MOST) };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = &mut stopped => return,
        }
    }
}

/// Says that a worker ended. Standard error may be gone by now, which must not end the care for workers: no log,
/// which would fail.
fn said(ended: &std::io::Result<ExitStatus>) {
    match ended {
        Ok(status) => output::say(&format!("The worker ended ({status}); another is started")),
        Err(error) => output::say(&format!("The worker is gone ({error}); another is started")),
    }
}

fn spawn(flag: &str, dir: &Path) -> std::io::Result<Child> {
    // A program that was replaced while it serves goes on with what it is.
    let there = std::env::current_exe().ok().filter(|program| program.exists());
    Command::new(there.unwrap_or_else(|| PathBuf::from("/proc/self/exe")))
        .args(["worker", "--until-closed", flag])
        .arg(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

/// Closes its input, at which it gives back its work; one that does not end is killed.
async fn farewell(mut child: Child, open: Option<ChildStdin>) {
    drop(open);
    if tokio::time::timeout(FAREWELL, child.wait()).await.is_err() {
        drop(child.kill().await);
    }
}
