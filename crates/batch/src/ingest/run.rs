//! The ingest command: plan, take file by file, judge references, record.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use domain::canonical::Entity;
use domain::money::Currency;
use domain::time::{Day, Zone};
use rustc_hash::FxHashSet;
use store::{Ingested, Store};

use super::cells::Around;
use super::conform::Terms;
use super::convert::{Conversion, Converted, Rule};
use super::erased;
use super::hash::sha256_of_file;
use super::issues::Issues;
use super::joins;
use super::lookup::Lookups;
use super::mapping::{InlineTable, Mapping, Repeats, Stated};
use super::pipeline::{self, Event, Pipeline};
use super::plan::{self, FileJob, InputFile, Job, Other};
use super::progress::{Progress, Standing};
use super::references::{Known, References, real_ids};
use super::report::{FileReport, IngestReport, TableReport};
use super::sink::{Counts, Sinks};

mod inline;
mod outcome;

use outcome::Outcome;

/// What to ingest, and into what.
pub struct IngestOptions<'a> {
    /// The workspace's store.
    pub store: Store,
    /// The folder of the lake.
    pub lake_dir: PathBuf,
    /// The folder that refused rows are listed in.
    pub rejects_dir: PathBuf,
    /// The files.
    pub files: Vec<InputFile>,
    /// How foreign files become canonical ones; without one, files are named after their tables.
    pub mapping: Option<Mapping>,
    /// The day whose state the files tell; turns changed subscriptions into new versions.
    pub snapshot_on: Option<Day>,
    /// The day on which it is done.
    pub today: Day,
    /// The workspace's currency.
    pub currency: Currency,
    /// The workspace's zone.
    pub zone: Zone,
    /// Is told how far the ingest has come.
    pub progress: &'a dyn Progress,
}

/// Ingests files. A file that cannot be taken is an error in the report, not of the command; the
/// command itself fails when store or disk refuse to write.
pub async fn ingest(options: IngestOptions<'_>) -> Result<IngestReport> {
    let files = options.files.clone();
    let mut plan = plan::plan(files.clone(), options.mapping.as_ref());
    let (lookups, unread) = joins::read(&plan.needs, &files, options.mapping.as_ref());
    plan.fail_joined_with(&unread);
    let mut run = Run {
        sinks: Sinks::new(&options.store, &options.lake_dir, options.snapshot_on),
        erased: options.store.erased().await?,
        options: &options,
        lookups: Arc::new(lookups),
        bytes_total: bytes_of(&plan.jobs),
        bytes_done: 0,
        rows_done: 0,
        outcomes: Vec::new(),
    };
    for (file, other) in plan.others {
        run.outcomes.push(left_out(&file, other));
    }
    for job in plan.jobs {
        match job {
            Job::File(job) => run.file(*job).await?,
            Job::Inline(table) => run.inline(&table).await?,
        }
    }
    run.finish(&plan.notes).await
}

/// The state of a command.
struct Run<'a> {
    options: &'a IngestOptions<'a>,
    sinks: Sinks,
    erased: Option<store::Erased>,
    lookups: Arc<Lookups>,
    bytes_total: u64,
    bytes_done: u64,
    rows_done: u64,
    outcomes: Vec<Outcome>,
}

fn bytes_of(jobs: &[Job]) -> u64 {
    jobs.iter()
        .map(|job| match job {
            Job::File(job) => job.source.bytes(),
            Job::Inline(_) => 0,
        })
        .sum()
}

fn left_out(file: &InputFile, other: Other) -> Outcome {
    let mut outcome = Outcome::new(&file.name);
    match other {
        Other::Skipped(why) => outcome.report.left_out = Some(why),
        Other::Lookup => outcome.report.left_out = Some("only joined with other files".to_owned()),
        Other::Failed(error) => outcome.report.error = Some(format!("{error:#}")),
    }
    outcome
}

impl Run<'_> {
    /// Takes one file. Trouble with the file ends in its report; trouble with a sink ends the command.
    async fn file(&mut self, job: FileJob) -> Result<()> {
        let FileJob { file, source, stated, lets, into, wanted } = job;
        let (around, terms) = self.circumstances(&stated);
        let mut rules = Vec::with_capacity(into.len());
        for into in into {
            let stored = self.stored(into.entity, into.repeats).await?;
            rules.push(Rule::new(into, &terms, stored));
        }
        let name: Arc<str> = file.name.as_str().into();
        let bytes = source.bytes();
        let hash = tokio::task::spawn_blocking(move || sha256_of_file(&file.path));
        let conversion = Conversion { file: Arc::clone(&name), around, terms, lets, rules };
        let mut outcome = Outcome::new(&name);
        for rule in &conversion.rules {
            outcome.open(rule.into.entity, &self.options.rejects_dir);
        }
        let pipeline = pipeline::start(source, wanted, conversion);
        if let Err(error) = self.rows(pipeline, &mut outcome).await? {
            self.sinks.abandon_file();
            outcome.fail(&error);
        } else {
            outcome.sha256 = hash.await.context("hashing a file was interrupted")??;
            for counts in self.sinks.finish_file().await? {
                outcome.count(counts)?;
            }
            if outcome.report.rows == 0 {
                outcome.report.notes.push("it has a header but no rows".to_owned());
            }
        }
        self.bytes_done += bytes;
        self.rows_done += outcome.report.rows;
        self.outcomes.push(outcome);
        Ok(())
    }

    /// Moves the rows of a file to the sinks. The inner error is the file's.
    async fn rows(&mut self, mut pipeline: Pipeline, outcome: &mut Outcome) -> Result<Result<()>> {
        loop {
            match pipeline.next().await {
                Err(error) => return Ok(Err(error)),
                Ok(Event::Rows { converted, rows, bytes_done }) => {
                    for part in converted {
                        self.part(part, outcome).await?;
                    }
                    self.options.progress.standing(Standing {
                        file: &outcome.report.file,
                        rows: self.rows_done + rows,
                        bytes_done: self.bytes_done + bytes_done,
                        bytes_total: self.bytes_total,
                    });
                }
                Ok(Event::End { rules, rows }) => {
                    outcome.report.rows = rows;
                    for rule in rules {
                        outcome.tally(rule.tally);
                    }
                    return Ok(Ok(()));
                }
            }
        }
    }

    async fn part(&mut self, mut part: Converted, outcome: &mut Outcome) -> Result<()> {
        if let Some(erased) = &self.erased {
            let refused = erased::refuse(erased, &mut part)?;
            outcome.refuse(part.rows.entity, refused);
        }
        outcome.issues(part.rows.entity, part.issues)?;
        if part.rows.batch.num_rows() > 0 {
            self.sinks.append(part.rows).await?;
        }
        Ok(())
    }

    /// How the values of a file are to be understood.
    fn circumstances(&self, stated: &Stated) -> (Around, Terms) {
        let stated = Stated {
            snapshot_on: self.options.snapshot_on.or(stated.snapshot_on),
            ..stated.clone()
        };
        let zone = stated.zone.clone().unwrap_or_else(|| self.options.zone.clone());
        let terms = Terms {
            zone: zone.clone(),
            currency: stated.currency.unwrap_or(self.options.currency),
            workspace_currency: self.options.currency,
            versions_by_snapshot: self.options.snapshot_on.is_some(),
            today: self.options.today,
        };
        let lookups = Arc::clone(&self.lookups);
        (Around { snapshot: stated.snapshot_on, zone, lookups }, terms)
    }

    async fn stored(&self, entity: &'static Entity, repeats: Repeats) -> Result<FxHashSet<String>> {
        if repeats != Repeats::IfMissing || entity.key.len() > 1 {
            return Ok(FxHashSet::default());
        }
        real_ids(&self.options.store, entity).await
    }

    /// Judges references, publishes rejects and records everything.
    async fn finish(mut self, notes: &[(String, String)]) -> Result<IngestReport> {
        let store = &self.options.store;
        let mapping = self.options.mapping.as_ref().map_or("", |mapping| mapping.sha256.as_str());
        let mut known = Known::new(store).await?;
        let vanished = self.sinks.vanished().await?;
        if let Some(outcome) = self.outcomes.iter_mut().rfind(|it| it.has("subscriptions")) {
            outcome.warn("subscriptions", vanished)?;
        }
        let mut report = IngestReport::default();
        for outcome in self.outcomes {
            let (mut file, tables, sha256) = (outcome.report, outcome.tables, outcome.sha256);
            let of_file = notes.iter().filter(|(name, _)| *name == file.file);
            file.notes.extend(of_file.map(|(_, note)| note.clone()));
            for table in tables {
                let finished = table.finish(&mut known, &file.file).await?;
                let ingested = Ingested {
                    file: file.file.clone(),
                    file_sha256: sha256.clone(),
                    mapping_sha256: mapping.to_owned(),
                    ..ingested(&finished.0)
                };
                store.record_ingest(&ingested, &finished.1).await?;
                file.tables.push(finished.0);
            }
            report.files.push(file);
        }
        Ok(report)
    }
}

fn ingested(table: &TableReport) -> Ingested {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Ingested {
        file: String::new(),
        file_sha256: String::new(),
        mapping_sha256: String::new(),
        entity: table.table.clone(),
        taken: count(table.taken),
        replaced: count(table.replaced),
        unchanged: count(table.unchanged),
        warned: count(table.warned),
        refused: count(table.refused),
        skipped: count(table.skipped),
    }
}
