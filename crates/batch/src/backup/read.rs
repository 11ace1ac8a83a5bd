//! Restoring: everything is unpacked and checked in a folder beside the target, then the store is filled, and
//! last the folder gets its name. Stopped before, the target is as it was.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use sha2::{Digest, Sha256};
use store::Store;

use super::unfinished;
use super::write::Hashed;
use super::{FORMAT, MANIFEST, Manifest, STORE, store_lines};
use crate::night::hex;

/// What to restore where.
#[derive(Debug, Clone, Copy)]
pub struct Restore<'a> {
    /// The backup.
    pub file: &'a Path,
    /// The folder of the new workspace; it must be empty or not there.
    pub to: &'a Path,
}

/// The store's address, once the folder is known in which the workspace is being made.
pub type Target<'a> = &'a (dyn Fn(&Path) -> Result<String> + Sync);

/// Makes a workspace of a backup. `url` gives the store's address for the folder that is being made, and
/// `configure` the text of `nobishiro.toml` from the one in the backup.
pub async fn restore(
    ask: Restore<'_>,
    url: Target<'_>,
    configure: impl Fn(&str) -> String,
) -> Result<Manifest> {
    refuse_full(ask.to)?;
    let unfinished = beside(ask.to)?;
    if let Some(folder) = unfinished.parent() {
        unfinished::sweep(folder, None);
    }
    let _cleaner = Cleaner(unfinished.clone());
    let alive = unfinished::begin(&unfinished)?;
    let manifest = unpack(ask.file, &unfinished)?;
    let config = unfinished.join("nobishiro.toml");
    let text =
        fs::read_to_string(&config).map_err(|_| damaged(ask.file, "it has no nobishiro.toml"))?;
    fs::write(&config, configure(&text))?;
    let lines = unfinished.join(STORE);
    let mut parts = store_lines::Parts::of(BufReader::new(File::open(&lines)?));
    let store = Store::undump(&url(&unfinished)?, manifest.schema, move || parts.next()).await?;
    store.close().await;
    fs::remove_file(&lines)?;
    alive.end()?;
    if ask.to.exists() {
        fs::remove_dir(ask.to)
            .with_context(|| format!("could not replace {}", ask.to.display()))?;
    }
    fs::rename(&unfinished, ask.to)
        .with_context(|| format!("could not give {} its name", ask.to.display()))?;
    Ok(manifest)
}

fn refuse_full(to: &Path) -> Result<()> {
    match fs::read_dir(to) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => bail!(
                "{} is not empty. A backup is restored into a new or empty folder, so that nothing is \
                 overwritten: name another one with --to",
                to.display()
            ),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("could not look into {}", to.display())),
    }
}

/// The folder in which the workspace is made: on the same disk, under a name of its own.
fn beside(to: &Path) -> Result<PathBuf> {
    let to = std::path::absolute(to)?;
    let name = to.file_name().context("--to must name a folder")?.to_string_lossy().into_owned();
    Ok(to.with_file_name(unfinished::name(&name, std::process::id())))
}

/// Removes what was not finished.
struct Cleaner(PathBuf);

impl Drop for Cleaner {
    fn drop(&mut self) {
        if self.0.exists()
            && let Err(error) = fs::remove_dir_all(&self.0)
        {
            tracing::warn!(folder = %self.0.display(), %error, "what was not finished could not be removed");
        }
    }
}

fn damaged(file: &Path, why: &str) -> anyhow::Error {
    anyhow!(
        "{} cannot be restored: {why}. Nothing was changed. Take another backup, or copy this one again from \
         where it was made",
        file.display()
    )
}

fn unpack(file: &Path, to: &Path) -> Result<Manifest> {
    let open = File::open(file).with_context(|| format!("could not open {}", file.display()))?;
    let mut archive = tar::Archive::new(BufReader::new(open));
    let mut hashes: BTreeMap<String, String> = BTreeMap::new();
    let mut manifest: Option<Manifest> = None;
    let cut_off = |_| damaged(file, "it is cut off or is no backup of Nobishiro");
    for entry in archive.entries().map_err(cut_off)? {
        let mut entry = entry.map_err(cut_off)?;
        let name = entry.path().map_err(cut_off)?.into_owned();
        let plain = name.components().all(|part| matches!(part, Component::Normal(_)));
        let name = name.to_string_lossy().into_owned();
        if !plain {
            return Err(damaged(file, &format!("`{name}` would lie outside the workspace")));
        }
        if name == MANIFEST {
            let mut text = String::new();
            entry.read_to_string(&mut text).map_err(cut_off)?;
            if text.len() as u64 != entry.size() {
                return Err(damaged(file, "it is cut off within its list of contents"));
            }
            manifest = Some(versions(file, &text)?);
            continue;
        }
        let size = entry.size();
        let mut from = Hashed { from: &mut entry, sha: Sha256::new(), bytes: 0 };
        copy(&mut from, &to.join(&name)).with_context(|| format!("could not unpack {name}"))?;
        if from.bytes != size {
            return Err(damaged(file, &format!("it is cut off within `{name}`")));
        }
        hashes.insert(name, hex(&from.sha.finalize()));
    }
    let manifest = manifest.ok_or_else(|| {
        damaged(file, "it is cut off: its list of contents, which comes last, is missing")
    })?;
    for (name, hash) in &manifest.members {
        match hashes.remove(name) {
            Some(found) if found == *hash => {}
            Some(_) => {
                return Err(damaged(file, &format!("`{name}` was altered after it was written")));
            }
            None => return Err(damaged(file, &format!("`{name}` is missing"))),
        }
    }
    if let Some(name) = hashes.keys().next() {
        return Err(damaged(file, &format!("`{name}` was added after it was written")));
    }
    Ok(manifest)
}

fn copy(from: &mut impl Read, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut out = File::create(to)?;
    io::copy(from, &mut out)?;
    out.flush()?;
    out.sync_all()
}

/// Reads the manifest and refuses what a newer version wrote.
fn versions(file: &Path, text: &str) -> Result<Manifest> {
    let value: serde_json::Value = serde_json::from_str(text)
        .map_err(|_| damaged(file, "its list of contents is not readable"))?;
    let number = |name: &str| value[name].as_i64().unwrap_or(i64::MAX);
    if number("format") > i64::from(FORMAT) || number("schema") > Store::schema_version() {
        bail!(
            "{} was made by a newer version of Nobishiro ({}; schema {}, this version knows {}). Nothing was \
             changed. Install that version or a later one, then restore it",
            file.display(),
            value["version"].as_str().unwrap_or("unknown"),
            value["schema"],
            Store::schema_version(),
        );
    }
    serde_json::from_value(value).map_err(|_| damaged(file, "its list of contents is not readable"))
}
