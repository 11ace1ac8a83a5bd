//! Folders of restores that were killed: each is named after its workspace and its process, and locked while that
//! lives.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The file that the process keeps locked.
const LOCK: &str = ".restoring";
const MARK: &str = ".restoring-";

/// The folder's name for a workspace's and a process's.
pub(super) fn name(workspace: &str, process: u32) -> String {
    format!(".{workspace}{MARK}{process}")
}

/// Says that a folder is being made, as long as it lives.
pub(super) struct Alive {
    lock: File,
    path: PathBuf,
}

/// Makes the folder, and locks it.
pub(super) fn begin(folder: &Path) -> Result<Alive> {
    let path = folder.join(LOCK);
    let locked = fs::create_dir_all(folder).and_then(|()| {
        let lock = File::create(&path)?;
        lock.lock()?;
        Ok(lock)
    });
    let lock = locked.with_context(|| format!("could not make {}", folder.display()))?;
    Ok(Alive { lock, path })
}

impl Alive {
    /// The folder is whole, and gets its own name next.
    pub(super) fn end(self) -> io::Result<()> {
        fs::remove_file(&self.path)?;
        self.lock.unlock()
    }
}

/// Removes what killed restores left in a folder: of one workspace's name, or of any. What cannot be removed is told
/// in the log, and stays.
pub fn sweep(folder: &Path, workspace: Option<&str>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let found = entry.file_name();
        let Some((of, process)) = found.to_str().and_then(parts) else { continue };
        let path = entry.path();
        if workspace.is_some_and(|name| name != of) || !path.is_dir() || is_alive(&path, process) {
            continue;
        }
        match fs::remove_dir_all(&path) {
            Ok(()) => {
                tracing::info!(folder = %path.display(), "removed what a killed restore left");
            }
            Err(error) => {
                tracing::warn!(folder = %path.display(), %error, "what a killed restore left could not be removed");
            }
        }
    }
}

/// The workspace's name and the process in a folder's name.
fn parts(name: &str) -> Option<(&str, u32)> {
    let (of, process) = name.strip_prefix('.')?.rsplit_once(MARK)?;
    Some((of, process.parse().ok()?))
}

/// Whether the process lives that makes a folder: it holds the lock, or has not taken it yet.
fn is_alive(folder: &Path, process: u32) -> bool {
    if let Ok(lock) = File::open(folder.join(LOCK)) {
        return lock.try_lock().is_err();
    }
    // Just begun, or by a version that locked nothing: only a system that lists its processes can tell.
    let listed = Path::new("/proc");
    !listed.join("self").exists() || listed.join(process.to_string()).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dead_left_goes_and_what_the_living_make_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |workspace, process| folder.path().join(name(workspace, process));
        // No process has so high a number.
        let (dead, other, living) =
            (at("acme", 4_000_000_000), at("b", 4_000_000_001), at("acme", 1));
        drop(begin(&dead).expect("made"));
        fs::create_dir(&other).expect("made");
        let alive = begin(&living).expect("made");
        let bystander = folder.path().join(".acme.restoring-soon");
        fs::create_dir(&bystander).expect("made");
        sweep(folder.path(), Some("acme"));
        assert!(!dead.exists() && living.exists() && other.exists() && bystander.exists());
        sweep(folder.path(), None);
        assert!(living.exists() && !other.exists() && bystander.exists());
        alive.end().expect("unlocked");
        assert!(living.exists() && !living.join(LOCK).exists());
    }
}
