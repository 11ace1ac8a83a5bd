//! Which file becomes what, decided and checked before any row is taken.

mod canonical;
mod check;
mod drift;
mod paths;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use domain::canonical::{ENTITIES, Entity};

use super::lookup::LookupNeed;
use super::mapping::{Becomes, FileRule, InlineTable, Into, Mapping, Repeats, Stated};
use super::nearest::did_you_mean;
use super::reader::{self, Form, Source};
use super::verbs::{self, Verb};

use drift::Drift;
pub use paths::{input_files, is_data_file};

/// A file to be ingested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Where it lies; the ending says how it is read.
    pub path: PathBuf,
    /// Its name in reports, by whose last part rules and tables know it: the bare name, else what the caller says.
    pub name: String,
}

impl InputFile {
    /// The last part of its name.
    pub(crate) fn bare(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}

/// What is to be done, in the order in which it is done.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) jobs: Vec<Job>,
    /// Files that give no rows of their own, and why.
    pub(super) others: Vec<(InputFile, Other)>,
    /// What the joins need.
    pub(super) needs: Vec<LookupNeed>,
    /// Worth saying about a file as a whole.
    pub(super) notes: Vec<(String, String)>,
}

impl Plan {
    /// Takes out the files that are joined with what cannot be read.
    pub(super) fn fail_joined_with(&mut self, unread: &[(LookupNeed, String)]) {
        if unread.is_empty() {
            return;
        }
        for job in std::mem::take(&mut self.jobs) {
            let mut needs = Vec::new();
            if let Job::File(job) = &job {
                needs_of(job, &mut needs);
            }
            match (unread.iter().find(|(need, _)| needs.contains(need)), job) {
                (Some((_, why)), Job::File(job)) => {
                    self.others.push((job.file, Other::Failed(anyhow!("{why}"))));
                }
                (_, job) => self.jobs.push(job),
            }
        }
    }
}

/// Why a file gives no rows.
pub(super) enum Other {
    /// The mapping skips it, for this reason.
    Skipped(String),
    /// It is only joined with others.
    Lookup,
    /// It cannot be read or mapped.
    Failed(anyhow::Error),
}

/// Rows that go into canonical tables.
pub(super) enum Job {
    /// Those of a file.
    File(Box<FileJob>),
    /// Those of the mapping itself.
    Inline(InlineTable),
}

/// A file with its header read and its rule checked.
pub(super) struct FileJob {
    pub(super) file: InputFile,
    pub(super) source: Box<dyn Source>,
    pub(super) stated: Stated,
    pub(super) lets: Vec<(String, Arc<dyn Verb>)>,
    pub(super) into: Vec<Into>,
    /// The positions of the columns to read.
    pub(super) wanted: Vec<usize>,
}

/// Plans an ingest of these files.
pub(super) fn plan(files: Vec<InputFile>, mapping: Option<&Mapping>) -> Plan {
    let mut plan = Plan::default();
    for file in files {
        let rule = mapping.map(|mapping| (mapping, mapping.rule(&file.name)));
        let planned = match rule {
            None => canonical::job(&file, &mut plan.notes).map(Ok),
            Some((mapping, Some(rule))) => by_rule(&file, (mapping, rule), &mut plan.notes),
            Some((mapping, None)) => Err(unmatched(&file, mapping)),
        };
        match planned {
            Ok(Ok(job)) => {
                needs_of(&job, &mut plan.needs);
                plan.jobs.push(Job::File(Box::new(job)));
            }
            Ok(Err(other)) => plan.others.push((file, other)),
            Err(error) => plan.others.push((file, Other::Failed(error))),
        }
    }
    plan.jobs.extend(mapping.iter().flat_map(|m| &m.tables).cloned().map(Job::Inline));
    plan.jobs.sort_by_cached_key(rank);
    plan
}

fn by_rule(
    file: &InputFile,
    (mapping, rule): (&Mapping, &FileRule),
    notes: &mut Vec<(String, String)>,
) -> Result<Result<FileJob, Other>> {
    let (lets, mut into) = match &rule.becomes {
        Becomes::Skip(reason) => return Ok(Err(Other::Skipped(reason.clone()))),
        Becomes::Lookup => return Ok(Err(Other::Lookup)),
        Becomes::Rows { lets, into } => (lets.clone(), into.clone()),
    };
    let mut source = reader::open(&file.path, &rule.form)?;
    let mut drift = None;
    if let Some(known) = mapping.known(&file.name) {
        let found = Drift::between(known, source.columns());
        source = reader::renamed(source, found.columns.clone());
        found.without_attributes(&mut into);
        notes.extend(found.notes(known).into_iter().map(|note| (file.name.clone(), note)));
        drift = Some((known, found));
    }
    let wanted = check::wanted(&file.name, source.columns(), &lets, &into).map_err(|error| {
        drift.map_or(anyhow!("{error}"), |(known, drift)| drift.explain(known, &error))
    })?;
    let stated = rule.stated.or(&mapping.stated);
    Ok(Ok(FileJob { file: file.clone(), source, stated, lets, into, wanted }))
}

fn unmatched(file: &InputFile, mapping: &Mapping) -> anyhow::Error {
    let patterns: Vec<&str> = mapping.files.iter().map(|rule| rule.pattern.as_str()).collect();
    let near = did_you_mean(&file.name, patterns.iter().copied());
    anyhow!(
        "no [[file]] of the mapping matches {}; it has {}.{near} Add one (or `skip = \"why\"`), so that \
         every file is accounted for",
        file.name,
        patterns.join(", ")
    )
}

/// The form in which the mapping says that a file is to be read.
pub(super) fn form_of(name: &str, mapping: Option<&Mapping>) -> Form {
    mapping
        .and_then(|mapping| mapping.rule(name))
        .map_or_else(Form::default, |rule| rule.form.clone())
}

/// Tables that others refer to come first; rules that only fill gaps do not hurry a file.
fn rank(job: &Job) -> (usize, u8, String) {
    let of = |entity: &Entity| {
        ENTITIES.iter().position(|other| other.name == entity.name).unwrap_or(ENTITIES.len())
    };
    match job {
        Job::Inline(table) => (of(table.entity), 0, String::new()),
        Job::File(job) => {
            let ranks = job.into.iter().filter(|into| into.repeats != Repeats::IfMissing);
            let first = ranks.map(|into| of(into.entity)).min().unwrap_or(ENTITIES.len());
            (first, 1, job.file.name.clone())
        }
    }
}

/// The files that a job is joined with.
pub(super) fn needs_of(job: &FileJob, needs: &mut Vec<LookupNeed>) {
    check::each_verb(&job.lets, &job.into, &mut |verb| {
        verbs::walk(verb, &mut |verb| {
            if let Some(need) = verb.lookup().filter(|need| !needs.contains(need)) {
                needs.push(need.clone());
            }
        });
    });
}
