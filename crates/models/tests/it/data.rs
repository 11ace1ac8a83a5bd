//! Data sets that cannot be shipped, where they are found.

use std::path::{Path, PathBuf};

/// A data set's folder; absent, it is said on standard error that its checks were skipped.
#[expect(clippy::print_stderr, reason = "a skipped check must not go unseen")]
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = std::env::var_os("NOBISHIRO_DATA")
        .map_or_else(|| workspace.join("../shared/data"), PathBuf::from);
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED-DATA: {name} is not in {}; its checks did not run", root.display());
    None
}
