//! One file with what a workspace needs, and a workspace of such a file.
//!
//! The file is a tar archive: `store.jsonl` has every table at one moment, in a form that either database takes;
//! then the lake's files that the catalogue of that moment names, the artefacts of the runs that are kept, the
//! kept mappings, `nobishiro.toml` and `policy.toml`, but not the rejects; and last `manifest.json` with the SHA-256 of each member. An archive
//! without its manifest was cut off.

mod read;
mod store_lines;
mod unfinished;
mod write;

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use store::Store;

pub use read::{Restore, Target, restore};
pub use unfinished::sweep;
pub use write::backup;

/// The number of the archive's format.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const STORE: &str = "store.jsonl";
const LAKE: &str = "lake/";

/// What a backup has of which version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The number of the archive's format.
    pub format: u32,
    /// The program's version that wrote it.
    pub version: String,
    /// The version of the store's schema.
    pub schema: i64,
    /// The SHA-256 of each other member, by name.
    pub members: BTreeMap<String, String>,
}

/// What is backed up.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The store.
    pub store: &'a Store,
    /// The lake's folder.
    pub lake: &'a Path,
    /// The workspace's folder.
    pub dir: &'a Path,
}
