//! Writing a backup: under a temporary name beside its own, flushed, renamed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use store::{DumpPart, LakeFile, Value};

use super::{FORMAT, LAKE, MANIFEST, Manifest, STORE, Source, store_lines};
use crate::lake;
use crate::night::hex;

/// Writes the backup of a workspace to a file that must not be there yet. Others may work meanwhile: the lake's
/// files are pinned under the lease that the store holds.
pub async fn backup(source: Source<'_>, to: &Path) -> Result<Manifest> {
    if to.exists() {
        bail!("{} is there already; name another file, or move that one away", to.display());
    }
    let unfinished = with_ending(to, "part");
    let done = write(source, &unfinished).await;
    if done.is_err() {
        // What cannot be removed is overwritten by the next attempt.
        drop(fs::remove_file(&unfinished));
        drop(fs::remove_file(with_ending(&unfinished, "store")));
    }
    let manifest = done?;
    let failed = || format!("could not write {}; check space and permissions", to.display());
    fs::rename(&unfinished, to).with_context(failed)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))
        .and_then(|folder| folder.sync_all())
        .with_context(failed)?;
    Ok(manifest)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

async fn write(source: Source<'_>, to: &Path) -> Result<Manifest> {
    let failed = || format!("could not write {}; check space and permissions", to.display());
    // Pinned before the moment of the store: what the catalogue names then and now stays.
    source.store.pin_files(&lake::pin(source.store).await?.paths()).await?;
    let mut archive = Archive {
        out: tar::Builder::new(BufWriter::new(File::create(to).with_context(failed)?)),
        members: BTreeMap::new(),
    };
    let lines = with_ending(to, "store");
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(&lines)
        .with_context(failed)?;
    let mut moment = Moment::default();
    let mut out = BufWriter::new(&file);
    let give = |part: DumpPart| {
        moment.see(&part);
        store_lines::write(&mut out, part)
    };
    let schema = source.store.dump(give).await?;
    out.flush().with_context(failed)?;
    drop(out);
    source.store.pin_files(&moment.paths()).await?;
    let size = file.metadata().with_context(failed)?.len();
    file.seek(SeekFrom::Start(0)).with_context(failed)?;
    archive.add(STORE, size, &mut file).with_context(failed)?;
    drop(file);
    fs::remove_file(&lines).with_context(failed)?;
    for lake_file in &moment.files {
        let path = source.lake.join(&lake_file.path);
        archive.add_file(&format!("{LAKE}{}", lake_file.path), &path)?;
        let found = archive.members.get(&format!("{LAKE}{}", lake_file.path));
        if found != Some(&lake_file.sha256) {
            bail!(
                "the lake file {} is damaged: it is not what the catalogue says. Put it back from an earlier \
                 backup, or ingest its source file again; then make the backup",
                path.display()
            );
        }
    }
    for run in &moment.runs {
        archive.add_folder(source.dir, &format!("runs/{run}"))?;
    }
    archive.add_folder(source.dir, "mappings")?;
    for name in ["nobishiro.toml", "policy.toml"] {
        if source.dir.join(name).is_file() {
            archive.add_file(name, &source.dir.join(name))?;
        }
    }
    archive.finish(schema).with_context(failed)
}

/// What the dump says of files beside the store.
#[derive(Default)]
struct Moment {
    table: String,
    columns: Vec<String>,
    files: Vec<LakeFile>,
    runs: Vec<String>,
}

impl Moment {
    fn see(&mut self, part: &DumpPart) {
        match part {
            DumpPart::Table { name, columns } => {
                self.table.clone_from(name);
                self.columns = columns.iter().map(|(name, _)| name.clone()).collect();
            }
            DumpPart::Row(row) => {
                let text = |name: &str| {
                    let at = self.columns.iter().position(|column| column == name)?;
                    match &row[at] {
                        Value::Text(text) => Some(text.clone()),
                        _ => None,
                    }
                };
                if self.table == "lake_files" {
                    let (path, sha256) = (text("path"), text("sha256"));
                    self.files.push(LakeFile {
                        path: path.unwrap_or_default(),
                        sha256: sha256.unwrap_or_default(),
                        entity: text("entity").unwrap_or_default(),
                        month: text("month").unwrap_or_default(),
                        rows: 0,
                        seq: 0,
                        bytes: 0,
                    });
                } else if self.table == "runs" {
                    self.runs.extend(text("run_id"));
                    self.runs.sort();
                    self.runs.dedup();
                }
            }
        }
    }

    fn paths(&self) -> Vec<String> {
        self.files.iter().map(|file| file.path.clone()).collect()
    }
}

struct Archive {
    out: tar::Builder<BufWriter<File>>,
    members: BTreeMap<String, String>,
}

impl Archive {
    fn add_file(&mut self, name: &str, path: &Path) -> Result<()> {
        let context = || format!("could not back up {}", path.display());
        let mut file = File::open(path).with_context(context)?;
        let size = file.metadata().with_context(context)?.len();
        self.add(name, size, &mut file).with_context(context)
    }

    /// Adds the finished files of a folder of the workspace, if it is there.
    fn add_folder(&mut self, dir: &Path, folder: &str) -> Result<()> {
        let entries = fs::read_dir(dir.join(folder)).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_none_or(|e| e != "tmp")) {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let inside = format!("{folder}/{name}");
            if file.is_dir() {
                self.add_folder(dir, &inside)?;
            } else {
                self.add_file(&inside, file)?;
            }
        }
        Ok(())
    }

    /// Adds a member and notes its hash. Neither time nor owner are kept: the same content has the same bytes.
    fn add(&mut self, name: &str, size: u64, from: &mut impl Read) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o644);
        header.set_mtime(0);
        let mut from = Hashed { from: from.take(size), sha: Sha256::new(), bytes: 0 };
        self.out.append_data(&mut header, name, &mut from)?;
        if from.bytes != size {
            return Err(io::Error::other(format!("{name} became shorter while it was read")));
        }
        self.members.insert(name.to_owned(), hex(&from.sha.finalize()));
        Ok(())
    }

    fn finish(mut self, schema: i64) -> Result<Manifest> {
        let members = std::mem::take(&mut self.members);
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let manifest = Manifest { format: FORMAT, version, schema, members };
        let text = serde_json::to_vec_pretty(&manifest)?;
        self.add(MANIFEST, text.len() as u64, &mut text.as_slice())?;
        let out = self.out.into_inner()?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(manifest)
    }
}

/// Hashes what it reads.
pub(super) struct Hashed<R> {
    pub(super) from: R,
    pub(super) sha: Sha256,
    pub(super) bytes: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.sha.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}
