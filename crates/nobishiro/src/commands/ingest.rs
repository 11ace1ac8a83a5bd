//! `nobishiro ingest`: files become entities and events.

mod watch;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use batch::ingest::{
    FileReport, IngestOptions, IngestReport, InputFile, Mapping, Progress, Standing, TableReport,
    input_files, layouts,
};
use batch::lake::Scope;
use clap::Args;
use domain::time::Day;
use store::{Open, ReadUnder};

use super::Common;
use crate::config::Workspace;
use crate::{clock, lease, output, upkeep};

#[derive(Debug, Args)]
pub(crate) struct Ingest {
    #[command(flatten)]
    common: Common,
    /// How foreign files become canonical ones; without it files are named after their tables.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// The day whose state the files tell: a changed subscription becomes a new version.
    #[arg(long, value_name = "DATE", value_parser = super::run::day)]
    snapshot_on: Option<Day>,
    /// Take the files that arrive in this folder, and go on doing so: each is moved to its folder `done` or
    /// `refused`, with a report beside it.
    #[arg(long, value_name = "DIR", conflicts_with = "paths")]
    watch: Option<PathBuf>,
    /// With --watch: take what is there and end.
    #[arg(long, requires = "watch")]
    once: bool,
    /// With --watch: seconds for which a file must not have changed before it is taken.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, requires = "watch")]
    settled: u64,
    /// Files and folders: CSV, TSV, XLSX, JSON Lines, Parquet, also gzipped.
    #[arg(required_unless_present = "watch")]
    paths: Vec<PathBuf>,
}

impl Ingest {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.common.workspace, Open::ReadWrite).await?;
        let given = self.map.as_deref().map(Given::read).transpose()?;
        let task =
            Task { workspace: &workspace, given: given.as_ref(), snapshot_on: self.snapshot_on };
        if let Some(folder) = &self.watch {
            let settled = Duration::from_secs(self.settled);
            return watch::run(&task, &watch::Watch { folder, settled, once: self.once }).await;
        }
        let report = task.take(&self.paths).await?;
        let warned =
            report.files.iter().flat_map(|file| &file.tables).any(|t| t.warned + t.refused > 0);
        let hint = if warned {
            "\nWhat was refused or taken with a warning, and how to mend it: nobishiro check"
        } else {
            ""
        };
        output::result(self.common.format, &format!("{report}{hint}"), &report)?;
        let failed: Vec<String> = report
            .failed()
            .map(|file| format!("{}: {}", file.file, file.error.as_deref().unwrap_or_default()))
            .collect();
        if !failed.is_empty() {
            bail!(
                "could not take {}\nWhat was stored before, and every other file, is safe",
                failed.join("\n")
            );
        }
        let refused: Vec<&str> = wholly_refused(&report).collect();
        if !refused.is_empty() {
            bail!(
                "every row of {} was refused, so nothing of it was taken. `nobishiro check` says why row by row; a wrong mapping, zone or date form is likelier than so many wrong rows",
                refused.join(", ")
            );
        }
        Ok(())
    }
}

/// Files with rows of which none was taken, by a table that refused all of them.
fn wholly_refused(report: &IngestReport) -> impl Iterator<Item = &str> {
    let lost = |file: &&FileReport| {
        let kept = |t: &TableReport| t.taken + t.replaced + t.unchanged + t.skipped;
        file.tables.iter().any(|table| table.refused > 0)
            && file.tables.iter().all(|t| kept(t) == 0)
    };
    report.files.iter().filter(lost).map(|file| file.file.as_str())
}

/// A mapping that the command line names.
struct Given {
    name: String,
    text: String,
    mapping: Mapping,
}

impl Given {
    fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("could not read {}", path.display()))?;
        let mapping =
            Mapping::parse(&text).with_context(|| format!("{} is not right", path.display()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, text, mapping })
    }
}

/// How files are taken, whichever they are.
struct Task<'a> {
    workspace: &'a Workspace,
    given: Option<&'a Given>,
    snapshot_on: Option<Day>,
}

impl Task<'_> {
    /// Takes files: by the mapping given, else each by the kept mapping that fits its columns, else by its
    /// name. A mapping that took a file is kept for the next of its kind.
    async fn take(&self, paths: &[PathBuf]) -> Result<IngestReport> {
        let files = input_files(paths)?;
        let folder = self.workspace.dir.join("mappings");
        if let Some(given) = self.given {
            let mapping = Some(given.mapping.clone());
            let taking = Taking { files: files.clone(), mapping, snapshot_on: self.snapshot_on };
            let report = take(self.workspace, taking, &Meter::default()).await?;
            if report.failed().next().is_none() {
                layouts::remember(&folder, (&given.name, &given.text), &files)?;
            }
            return Ok(report);
        }
        let mut report = IngestReport::default();
        for group in layouts::recognise(&folder, files)? {
            let mapping = group.mapping.clone();
            let taking =
                Taking { files: group.files.clone(), mapping, snapshot_on: self.snapshot_on };
            let part = take(self.workspace, taking, &Meter::default()).await?;
            if part.failed().next().is_none() {
                layouts::note(&group)?;
            }
            report.files.extend(part.files);
        }
        Ok(report)
    }
}

/// Which files are taken, and how.
pub(crate) struct Taking {
    /// The files.
    pub(crate) files: Vec<InputFile>,
    /// By this mapping; none: each is named after its table.
    pub(crate) mapping: Option<Mapping>,
    /// The day whose state they tell.
    pub(crate) snapshot_on: Option<Day>,
}

/// Ingests under the workspace's lease.
pub(crate) async fn take(
    workspace: &Workspace,
    Taking { files, mapping, snapshot_on }: Taking,
    progress: &dyn Progress,
) -> Result<IngestReport> {
    let options = IngestOptions {
        store: workspace.store.clone(),
        lake_dir: workspace.lake.clone(),
        rejects_dir: workspace.dir.join("rejects"),
        files,
        mapping,
        snapshot_on,
        today: crate::clock::today(&workspace.zone),
        currency: workspace.currency,
        zone: workspace.zone.clone(),
        progress,
    };
    let work = async {
        let report = batch::ingest::ingest(options).await?;
        workspace.store.record_settings(&read_under(workspace, &report)).await?;
        let kept = upkeep::after(workspace, Scope::Worthwhile).await?;
        Ok((report, kept))
    };
    let held = lease::hold(workspace, "ingest", work).await;
    output::progress_done();
    let (report, kept) = held?;
    kept.say();
    Ok(report)
}

/// Under which currency and zone each file was taken.
fn read_under(workspace: &Workspace, report: &IngestReport) -> Vec<ReadUnder> {
    let taken = |file: &&FileReport| file.error.is_none() && file.left_out.is_none();
    let read = |file: &FileReport| ReadUnder {
        file: file.file.clone(),
        currency: workspace.currency.code().to_owned(),
        zone: workspace.zone.name().to_owned(),
        taken_on: clock::today(&workspace.zone).to_string(),
    };
    report.files.iter().filter(taken).map(read).collect()
}

/// Rate and remaining time on standard error.
pub(crate) struct Meter {
    begun: Instant,
    said: Mutex<Instant>,
}

impl Default for Meter {
    fn default() -> Self {
        Self { begun: Instant::now(), said: Mutex::new(Instant::now()) }
    }
}

impl Progress for Meter {
    fn standing(&self, standing: Standing<'_>) {
        let Ok(mut said) = self.said.lock() else { return };
        if said.elapsed() < Duration::from_millis(200) {
            return;
        }
        *said = Instant::now();
        let seconds = self.begun.elapsed().as_secs_f64();
        let rate = standing.rows as f64 / seconds;
        let share = standing.bytes_done as f64 / standing.bytes_total.max(1) as f64;
        let left = if share > 0.0 {
            format!("{:.0} s left", seconds / share - seconds)
        } else {
            "…".to_owned()
        };
        output::progress(&format!(
            "{}: {} rows, {rate:.0} rows/s, {:.0} %, {left}",
            standing.file,
            standing.rows,
            share * 100.0
        ));
    }
}
