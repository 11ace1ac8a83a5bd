//! The one writer of the lake: takes ingest's rows, makes a source file's rows visible together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use arrow::array::{Array, ArrayRef, RecordBatch};
use domain::canonical::{Entity, Home};
use store::{LakeFile, Store};

use super::compare::Older;
use super::files::{Written, rename, sync_folders, with_schema};
use super::layout::{TMP_PREFIX, absolute, position, value_schema};
use super::lines::Counted;
use super::order::ROWS_MAX;
use super::segment::{Buffer, Spilled, Target, spill};
use super::surrogate::{Surrogates, Whose};

/// Rows of one entity from one source file, in the canonical schema.
#[derive(Debug, Clone)]
pub struct CanonicalBatch {
    /// Whose rows.
    pub entity: &'static Entity,
    /// The rows, in the columns of [`arrow_schema`](crate::schema::arrow_schema).
    pub batch: RecordBatch,
    /// The source line of each row.
    pub lines: Vec<u32>,
    /// The source file's name.
    pub file: Arc<str>,
}

/// A row whose key comes again in the same source file: the later row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duplicate {
    /// The line of the row that does not count.
    pub line: u32,
    /// The line of the row that takes its place.
    pub by_line: u32,
}

/// What became of one source file's rows of one entity. Every appended row is counted once.
#[derive(Debug, Clone, PartialEq)]
pub struct LakeCounts {
    /// Whose rows.
    pub entity: &'static Entity,
    /// Rows with a new key.
    pub taken: u64,
    /// Rows that took the place of another version, in the lake or earlier in the same file.
    pub replaced: u64,
    /// Rows that were there already, or come again as they are later in the same file.
    pub unchanged: u64,
    /// Rows of one segment whose key comes again in it, by line.
    pub duplicates: Vec<Duplicate>,
    /// Damaged lake files that left the catalogue because this source brought their rows again.
    pub mended: Vec<String>,
}

impl LakeCounts {
    /// Of an entity of which nothing came.
    pub(super) fn none(entity: &'static Entity) -> Self {
        let (duplicates, mended) = (Vec::new(), Vec::new());
        Self { entity, taken: 0, replaced: 0, unchanged: 0, duplicates, mended }
    }

    fn add(&mut self, other: Self) {
        self.taken += other.taken;
        self.replaced += other.replaced;
        self.unchanged += other.unchanged;
        self.duplicates.extend(other.duplicates);
        self.mended.extend(other.mended);
    }
}

/// Where a crash may come; tests stop the writer there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Files lie under temporary names.
    Written,
    /// One file has its final name, others not yet.
    RenamedOne,
    /// All files have their final names.
    RenamedAll,
    /// The catalogue has them.
    Committed,
}

/// Writes what ingest brings; one for each ingest command.
pub struct LakeWriter {
    store: Store,
    lake_dir: PathBuf,
    accounts: Surrogates,
    contacts: Surrogates,
    segment_rows: usize,
    open: BTreeMap<&'static str, Open>,
    next_seq: Option<i64>,
    #[cfg(test)]
    pub(super) fail_at: Option<Step>,
}

/// Buffered bytes beyond which a segment is spilled even if it has few rows: columns of text stay far
/// below the two gigabytes that one Arrow array can hold.
const BYTES_MAX: usize = 512 << 20;

/// What follows a spilled segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// More rows of the same source file.
    MoreRows,
    /// The source file ends.
    End,
}

/// One entity of the source file at hand.
struct Open {
    entity: &'static Entity,
    buffer: Buffer,
    rows: usize,
    bytes: usize,
    counted: Counted,
    written: Vec<Written>,
    counts: LakeCounts,
}

impl Open {
    fn new(entity: &'static Entity) -> Self {
        Self {
            entity,
            buffer: Buffer::default(),
            rows: 0,
            bytes: 0,
            counted: Counted::default(),
            written: Vec::new(),
            counts: LakeCounts::none(entity),
        }
    }
}

impl LakeWriter {
    /// Writes to `lake_dir`, which is made when the first rows come.
    pub fn new(store: Store, lake_dir: PathBuf) -> Self {
        Self {
            store,
            lake_dir,
            accounts: Surrogates::new(Whose::Accounts),
            contacts: Surrogates::new(Whose::Contacts),
            segment_rows: ROWS_MAX,
            open: BTreeMap::new(),
            next_seq: None,
            #[cfg(test)]
            fail_at: None,
        }
    }

    /// Spills after fewer rows, for tests.
    #[cfg(test)]
    pub(super) fn with_segment_rows(mut self, rows: usize) -> Self {
        self.segment_rows = rows;
        self
    }

    /// Takes rows of the source file at hand. Nothing is visible before [`finish_file`](Self::finish_file).
    pub async fn append(&mut self, batch: CanonicalBatch) -> Result<()> {
        let entity = batch.entity;
        if entity.home != Home::Lake {
            bail!("{} lives in the store, not in the lake", entity.name);
        }
        if batch.lines.len() != batch.batch.num_rows() {
            bail!("{}: every row must come with its line", batch.file);
        }
        let rows = self
            .in_lake_columns(&batch)
            .await
            .with_context(|| format!("{}: rows of {} cannot be taken", batch.file, entity.name))?;
        let mut start = 0;
        while start < rows.num_rows() {
            let open = self.open.entry(entity.name).or_insert_with(|| Open::new(entity));
            let taken = (self.segment_rows - open.rows).min(rows.num_rows() - start);
            open.buffer.batches.push(rows.slice(start, taken));
            open.buffer.lines.extend_from_slice(&batch.lines[start..start + taken]);
            open.rows += taken;
            open.bytes += bytes_of(&rows) * taken / rows.num_rows();
            start += taken;
            if open.rows == self.segment_rows || open.bytes >= BYTES_MAX {
                self.spill(entity.name, Then::MoreRows).await?;
            }
        }
        Ok(())
    }

    /// Ends the source file: all its rows become visible together. One count for each entity that
    /// the file had rows of, in the order of names. After an error the file is forgotten.
    pub async fn finish_file(&mut self) -> Result<Vec<LakeCounts>> {
        let finished = self.finish().await;
        self.abandon_file();
        finished
    }

    async fn finish(&mut self) -> Result<Vec<LakeCounts>> {
        let names: Vec<&'static str> = self.open.keys().copied().collect();
        for name in names {
            self.spill(name, Then::End).await?;
        }
        let mut counts = Vec::new();
        let mut written = Vec::new();
        for (_, mut open) in std::mem::take(&mut self.open) {
            open.counted.clear();
            counts.push(open.counts);
            written.extend(open.written);
        }
        let removed: Vec<String> = counts.iter().flat_map(|counts| counts.mended.clone()).collect();
        self.publish(written, &removed).await?;
        Ok(counts)
    }

    /// Forgets the rows of a source file that cannot be finished. What still lies on disk is not in
    /// the catalogue and is swept by the next ingest.
    pub fn abandon_file(&mut self) {
        for (_, mut open) in std::mem::take(&mut self.open) {
            open.counted.clear();
            for written in open.written {
                // Frees the disk when it is full; what stays is swept.
                let _ = std::fs::remove_file(written.tmp);
            }
        }
        self.next_seq = None;
    }

    async fn publish(&self, written: Vec<Written>, removed: &[String]) -> Result<()> {
        if written.is_empty() && removed.is_empty() {
            return Ok(());
        }
        self.reach(Step::Written)?;
        for file in &written {
            rename(&self.lake_dir, file)?;
            self.reach(Step::RenamedOne)?;
        }
        sync_folders(&self.lake_dir, &written)?;
        self.reach(Step::RenamedAll)?;
        let files: Vec<LakeFile> = written.into_iter().map(|written| written.file).collect();
        self.store.commit_lake(&files, removed).await.context(
            "the lake's catalogue cannot be written; nothing of this source file is stored and all \
             earlier data are safe; ingest the same file again",
        )?;
        self.reach(Step::Committed)
    }

    async fn spill(&mut self, name: &'static str, then: Then) -> Result<()> {
        let Some(mut open) = self.open.remove(name) else { return Ok(()) };
        if open.rows == 0 {
            self.open.insert(name, open);
            return Ok(());
        }
        let seq = self.take_seq().await?;
        let older = self.older(name, &open.written).await?;
        let target = Target { lake_dir: self.lake_dir.clone(), seq, older };
        let buffer = std::mem::take(&mut open.buffer);
        (open.rows, open.bytes) = (0, 0);
        let entity = open.entity;
        let work = move || {
            let spilled = spill(entity, buffer, &open.counted, &target);
            (open, spilled)
        };
        let (mut open, spilled) =
            tokio::task::spawn_blocking(work).await.context("writing the lake was interrupted")?;
        let Spilled { written, mut counts, mended, occurrences } = spilled?;
        counts.mended = mended;
        if then == Then::MoreRows && !occurrences.is_empty() {
            let path = self.lake_dir.join(format!("{TMP_PREFIX}lines-{name}-{seq}"));
            open.counted.spill(&occurrences, path)?;
        }
        open.written.extend(written);
        open.counts.add(counts);
        self.open.insert(name, open);
        Ok(())
    }

    async fn take_seq(&mut self) -> Result<i64> {
        let seq = match self.next_seq {
            Some(seq) => seq,
            None => {
                self.store.next_lake_seq().await.context("the lake's catalogue cannot be read")?
            }
        };
        self.next_seq = Some(seq + 1);
        Ok(seq)
    }

    /// Files in which older versions may be: the catalogue's, and those of this source file so far.
    async fn older(&self, name: &str, written: &[Written]) -> Result<Vec<(Older, LakeFile)>> {
        let files =
            self.store.lake_files(name).await.context("the lake's catalogue cannot be read")?;
        let older = |path: PathBuf, seq: i64| Older { path, seq, likely: false };
        let catalogued = files
            .into_iter()
            .map(|file| (older(absolute(&self.lake_dir, &file.path), file.seq), file));
        let so_far = written.iter().map(|w| (older(w.tmp.clone(), w.file.seq), w.file.clone()));
        Ok(catalogued.chain(so_far).collect())
    }

    /// The canonical columns with surrogate keys in place of ids.
    async fn in_lake_columns(&mut self, batch: &CanonicalBatch) -> Result<RecordBatch> {
        let mut columns: Vec<ArrayRef> = batch.batch.columns().to_vec();
        if let Some(at) = position(batch.entity, "account_id").filter(|at| *at < columns.len()) {
            columns[at] = Arc::new(self.accounts.keys(&self.store, &columns[at]).await?);
        }
        if let Some(at) = position(batch.entity, "contact_id").filter(|at| *at < columns.len()) {
            columns[at] = Arc::new(self.contacts.keys(&self.store, &columns[at]).await?);
        }
        with_schema(value_schema(batch.entity), columns)
    }

    #[cfg(test)]
    fn reach(&self, step: Step) -> Result<()> {
        match self.fail_at {
            Some(fail) if fail == step => bail!("stopped at {step:?}"),
            _ => Ok(()),
        }
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the tests' hook does more")]
    fn reach(&self, _: Step) -> Result<()> {
        Ok(())
    }

    /// The folder of the lake.
    pub fn lake_dir(&self) -> &Path {
        &self.lake_dir
    }
}

/// Bytes that the rows of a batch take.
fn bytes_of(batch: &RecordBatch) -> usize {
    let of = |column: &ArrayRef| column.to_data().get_slice_memory_size().unwrap_or(0);
    batch.columns().iter().map(of).sum()
}
