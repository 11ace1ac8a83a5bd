//! From the rows of a file to the rows of canonical tables, batch by batch, rule by rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use arrow::array::{Array as _, BooleanArray, RecordBatch};
use arrow::compute::{SlicesIterator, filter_record_batch};
use arrow::datatypes::{Field, Schema};
use domain::canonical::Entity;
use rustc_hash::{FxHashMap, FxHashSet};

use super::cells::{Around, BadCell, Rows, texts};
use super::conform::{Given, Terms, conform};
use super::expression::Condition;
use super::issues::{Issue, Severity};
use super::lines::Lines;
use super::lookup::key_of;
use super::mapping::{Into, Repeats};
use super::reader::{BadRow, RawBatch};
use super::references::References;
use super::sink::Canonical;
use super::verbs::{Verb, wide};

/// Everything that turns the rows of one file into canonical ones.
pub(super) struct Conversion {
    pub(super) file: Arc<str>,
    pub(super) around: Around,
    pub(super) terms: Terms,
    pub(super) lets: Vec<(String, Arc<dyn Verb>)>,
    pub(super) rules: Vec<Rule>,
}

/// A rule and what became of the rows so far.
pub(super) struct Rule {
    pub(super) into: Into,
    pub(super) tally: Tally,
    /// Keys seen, where repeats are left out.
    seen: FxHashSet<Box<str>>,
    /// Keys that are stored, where only missing ones are wanted.
    stored: FxHashSet<String>,
}

/// What became of the rows of one rule before they reach a sink, and what they refer to.
pub(super) struct Tally {
    pub(super) entity: &'static Entity,
    pub(super) rows_read: u64,
    pub(super) refused: u64,
    pub(super) warned: u64,
    pub(super) unchanged: u64,
    pub(super) skipped: BTreeMap<String, u64>,
    pub(super) references: References,
}

impl Tally {
    pub(super) fn new(entity: &'static Entity, terms: &Terms) -> Self {
        Self {
            entity,
            rows_read: 0,
            refused: 0,
            warned: 0,
            unchanged: 0,
            skipped: BTreeMap::new(),
            references: References::new(entity, terms.workspace_currency),
        }
    }

    fn skip(&mut self, why: &str, rows: usize) {
        if rows > 0 {
            *self.skipped.entry(why.to_owned()).or_default() += rows as u64;
        }
    }
}

/// Rows for a sink, and what is to be said about them and about refused ones.
pub(super) struct Converted {
    pub(super) rows: Canonical,
    pub(super) issues: Vec<Issue>,
}

/// Rows under way: the batch, the bad cells of its named values, and where the rows stood.
#[derive(Clone)]
struct Stage {
    batch: RecordBatch,
    bad: FxHashMap<String, Vec<BadCell>>,
    lines: Lines,
}

impl Rule {
    pub(super) fn new(into: Into, terms: &Terms, stored: FxHashSet<String>) -> Self {
        let tally = Tally::new(into.entity, terms);
        Self { into, tally, seen: FxHashSet::default(), stored }
    }
}

impl Conversion {
    /// Converts one batch for every rule.
    pub(super) fn batch(&mut self, raw: RawBatch) -> Result<Vec<Converted>> {
        let RawBatch { batch, lines, bad, .. } = raw;
        let mut stage = Stage { batch, bad: FxHashMap::default(), lines };
        for (name, verb) in &self.lets {
            stage.name(name, verb, &self.around).with_context(|| format!("`let` {name}"))?;
        }
        let mut converted = Vec::new();
        let rules = std::mem::take(&mut self.rules);
        for mut rule in rules {
            let made = self.rule(&mut rule, &stage, &bad);
            self.rules.push(rule);
            converted.extend(made?);
        }
        Ok(converted)
    }

    fn rule(&self, rule: &mut Rule, stage: &Stage, bad: &[BadRow]) -> Result<Vec<Converted>> {
        let mut stage = stage.clone();
        let copies = rule.into.wide.as_ref().map_or(1, |wide| wide.columns.len());
        let unreadable: Vec<Issue> = bad.iter().map(refusal).collect();
        rule.tally.rows_read += (copies * stage.batch.num_rows() + bad.len()) as u64;
        rule.tally.refused += bad.len() as u64;
        if let Some(when) = rule.into.when.clone() {
            let left_out = stage.keep(&when, &self.around)?;
            rule.tally.skip("left out by `when`", left_out * copies);
        }
        let mut converted = Vec::new();
        for stage in self.widened(rule, stage)? {
            converted.push(self.one(rule, stage)?);
        }
        if let Some(first) = converted.first_mut() {
            first.issues.splice(0..0, unreadable);
        }
        Ok(converted)
    }

    /// The rows once for each wide column, as far as they are kept.
    fn widened(&self, rule: &mut Rule, stage: Stage) -> Result<Vec<Stage>> {
        let Some(wide) = rule.into.wide.clone() else { return Ok(vec![stage]) };
        let mut stages = Vec::new();
        for batch in wide::batches(&wide, &stage.batch)? {
            let mut part = Stage { batch, ..stage.clone() };
            if let Some(keep) = &wide.keep {
                let left_out = part.keep(keep, &self.around)?;
                rule.tally.skip("left out by `keep`", left_out);
            }
            stages.push(part);
        }
        Ok(stages)
    }

    fn one(&self, rule: &mut Rule, mut stage: Stage) -> Result<Converted> {
        if rule.into.repeats != Repeats::Replace {
            rule.first_of_each_key(&mut stage, &self.around)?;
        }
        let rows = Rows { batch: &stage.batch, bad: &stage.bad, around: &self.around };
        let mut columns = Vec::with_capacity(rule.into.columns.len());
        for (name, verb) in &rule.into.columns {
            let cells = verb.cells(&rows).with_context(|| {
                format!("{}, column `{name}` of {}", self.file, rule.into.entity.name)
            })?;
            columns.push((*name, cells));
        }
        let mut attributes = Vec::with_capacity(rule.into.attributes.len());
        for (name, verb) in &rule.into.attributes {
            attributes.push((name.clone(), verb.cells(&rows)?));
        }
        let given = Given { columns, attributes, lines: stage.lines, rows: stage.batch.num_rows() };
        let conformed = conform(rule.into.entity, given, &self.terms)?;
        rule.tally.refused += conformed.refused;
        rule.tally.warned += conformed.warned;
        rule.tally.references.note(&conformed.batch, &conformed.lines);
        let rows = Canonical {
            entity: rule.into.entity,
            batch: conformed.batch,
            lines: conformed.lines,
            file: Arc::clone(&self.file),
        };
        Ok(Converted { rows, issues: conformed.issues })
    }
}

fn refusal(bad: &BadRow) -> Issue {
    Issue {
        line: bad.line,
        column: bad.column.clone(),
        value: bad.value.clone(),
        reason: format!("{}; the row is refused", bad.reason),
        severity: Severity::Error,
    }
}

impl Rule {
    /// Leaves out rows whose key was there before. Rows without a key stay, to be refused.
    fn first_of_each_key(&mut self, stage: &mut Stage, around: &Around) -> Result<()> {
        let rows = Rows { batch: &stage.batch, bad: &stage.bad, around };
        let mut columns = Vec::new();
        for key in self.into.entity.key {
            if let Some((_, verb)) = self.into.columns.iter().find(|(name, _)| name == key) {
                columns.push(texts(&verb.cells(&rows)?.array));
            }
        }
        let (mut key, mut last) = (String::new(), String::new());
        let (mut repeats, mut stored) = (0, 0);
        let keep: BooleanArray = (0..stage.batch.num_rows())
            .map(|row| {
                if !key_of(&columns, row, &mut key) {
                    return Some(true);
                }
                let again = key == last || self.seen.contains(key.as_str());
                if again {
                    repeats += 1;
                } else {
                    self.seen.insert(key.as_str().into());
                }
                std::mem::swap(&mut key, &mut last);
                if !again && self.stored.contains(&last) {
                    stored += 1;
                    return Some(false);
                }
                Some(!again)
            })
            .collect();
        self.tally.skip("repeats of a key that is taken once", repeats);
        self.tally.unchanged += stored;
        stage.filter(&keep)
    }
}

impl Stage {
    /// Adds a named value as a column.
    fn name(&mut self, name: &str, verb: &Arc<dyn Verb>, around: &Around) -> Result<()> {
        let cells = verb.cells(&Rows { batch: &self.batch, bad: &self.bad, around })?;
        let mut fields: Vec<Field> =
            self.batch.schema().fields().iter().map(|field| field.as_ref().clone()).collect();
        fields.push(Field::new(name, cells.array.data_type().clone(), true));
        let mut arrays = self.batch.columns().to_vec();
        arrays.push(cells.array);
        self.batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?;
        if !cells.bad.is_empty() {
            self.bad.insert(name.to_owned(), cells.bad);
        }
        Ok(())
    }

    /// Keeps the rows for which a condition holds and gives the number of others.
    fn keep(&mut self, condition: &Condition, around: &Around) -> Result<usize> {
        let holds = condition.holds(&Rows { batch: &self.batch, bad: &self.bad, around })?;
        let left_out = holds.len() - holds.true_count();
        if left_out > 0 {
            self.filter(&holds)?;
        }
        Ok(left_out)
    }

    fn filter(&mut self, keep: &BooleanArray) -> Result<()> {
        self.batch = filter_record_batch(&self.batch, keep)?;
        self.lines = self.lines.filter(keep);
        if self.bad.is_empty() {
            return Ok(());
        }
        let mut place: FxHashMap<usize, usize> = FxHashMap::default();
        for (start, end) in SlicesIterator::new(keep) {
            for row in start..end {
                place.insert(row, place.len());
            }
        }
        for cells in self.bad.values_mut() {
            cells.retain_mut(|cell| {
                let kept = place.get(&cell.row);
                cell.row = kept.copied().unwrap_or(cell.row);
                kept.is_some()
            });
        }
        Ok(())
    }
}
