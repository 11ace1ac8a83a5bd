//! What a night trained, each model with its card in one shape, and where the model itself lies.
//!
//! The store's `models` table keeps the cards of each run. A model that is more than a handful of rates is a file,
//! `runs/<run_id>/models/<name>.json`; [`write_artefact`] gives it back as it will be read, so that the night scores
//! with exactly what `explain` and the next night read.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use decide::card::Said;
use domain::time::Day;
use domain::words::Words;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{RunRow, Store};

use crate::artefact::write_bytes;

/// What a model came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It tells more than what would stand in its place: it is used.
    Signal,
    /// It tells no more: what it would replace is used.
    NoSignal,
    /// Too few rows to train it.
    Lacks,
    /// Counts and shrunken rates, which are used as far as there are rows.
    Counted,
}

impl Verdict {
    /// As in cards and summaries.
    pub fn code(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::NoSignal => "no_signal",
            Self::Lacks => "lacks",
            Self::Counted => "counted",
        }
    }
}

/// A figure of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Its name, such as `auc` or `log_loss`.
    pub name: String,
    /// The figure.
    pub value: f64,
    /// Lower end of its 95 % interval, where there is one.
    pub lower: Option<f64>,
    /// Upper end of it.
    pub upper: Option<f64>,
}

impl Metric {
    /// A figure without an interval.
    pub fn plain(name: &str, value: f64) -> Self {
        Self { name: name.to_owned(), value, lower: None, upper: None }
    }

    /// A figure with its 95 % interval.
    pub fn within(name: &str, value: f64, (lower, upper): (f64, f64)) -> Self {
        Self { name: name.to_owned(), value, lower: Some(lower), upper: Some(upper) }
    }
}

/// A column that was not learnt from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Its name.
    pub column: String,
    /// Why.
    pub why: Said,
}

/// What is to be known of a trained model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Its name, unique in a run: `won`, `leaving`, `dormancy` …
    pub name: String,
    /// What it estimates.
    pub of: Said,
    /// How.
    pub method: String,
    /// What it came to.
    pub verdict: Verdict,
    /// Why that, in a sentence with the figures.
    pub because: Said,
    /// The hash of exactly the rows that it was trained on; see [`RowsHash`]. Empty until it is registered where the
    /// run's own data hash says as much.
    pub data_hash: String,
    /// Rows that it was trained on.
    pub rows: u64,
    /// Of them those in which it happened, where it is a yes or no.
    pub positives: Option<u64>,
    /// First and last day of the rows.
    pub period: Option<(String, String)>,
    /// Its figures, the most telling first: that one stands in the run's summary.
    pub metrics: Vec<Metric>,
    /// What it was judged on.
    pub held_out: Option<Said>,
    /// Columns that it learnt from.
    pub columns: Vec<String>,
    /// Columns that it did not, and why.
    pub dropped: Vec<Dropped>,
    /// The run that trained it, when an earlier one was kept.
    pub kept_from: Option<String>,
    /// What else is to be said.
    pub notes: Vec<Said>,
    /// Its own parameters, by name.
    pub details: BTreeMap<String, serde_json::Value>,
}

impl Card {
    /// A card of counts and rates; fill in the rest by its fields.
    pub fn new(name: &str, of: Words, method: &str) -> Self {
        Self {
            name: name.to_owned(),
            of: of.into(),
            method: method.to_owned(),
            verdict: Verdict::Counted,
            because: Said::default(),
            data_hash: String::new(),
            rows: 0,
            positives: None,
            period: None,
            metrics: Vec::new(),
            held_out: None,
            columns: Vec::new(),
            dropped: Vec::new(),
            kept_from: None,
            notes: Vec::new(),
            details: BTreeMap::new(),
        }
    }

    /// With its rows, of which so many are positive.
    #[must_use]
    pub fn counted(mut self, rows: u64, positives: impl Into<Option<u64>>) -> Self {
        self.rows = rows;
        self.positives = positives.into();
        self
    }

    /// With what it came to, and why.
    #[must_use]
    pub fn judged(mut self, verdict: Verdict, because: Words) -> Self {
        self.verdict = verdict;
        self.because = because.into();
        self
    }

    /// With a figure.
    #[must_use]
    pub fn metric(mut self, metric: Metric) -> Self {
        self.metrics.push(metric);
        self
    }

    /// With something else to say.
    #[must_use]
    pub fn note(mut self, words: Words) -> Self {
        self.notes.push(words.into());
        self
    }

    /// With a parameter of its own.
    ///
    /// # Panics
    /// When the value is no JSON: a fault of the caller.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).expect("numbers and strings");
        self.details.insert(name.to_owned(), value);
        self
    }

    /// What a run's summary says of it.
    pub fn line(&self) -> Line {
        Line {
            name: self.name.clone(),
            verdict: self.verdict,
            figure: self.metrics.first().cloned(),
            rows: self.rows,
            kept_from: self.kept_from.clone(),
        }
    }
}

/// A model in one line of a run's summary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// What it came to.
    pub verdict: Verdict,
    /// Its most telling figure.
    pub figure: Option<Metric>,
    /// Rows that it was trained on.
    pub rows: u64,
    /// The run that trained it, when an earlier one was kept.
    pub kept_from: Option<String>,
}

impl Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.verdict == Verdict::Lacks {
            return write!(f, "{}: too few rows ({})", self.name, self.rows);
        }
        write!(
            f,
            "{}: {} in {} rows",
            self.name,
            self.verdict.code().replace('_', " "),
            self.rows
        )?;
        if let Some(figure) = &self.figure {
            write!(f, ", {} {:.3}", figure.name.replace('_', " "), figure.value)?;
            if let (Some(lower), Some(upper)) = (figure.lower, figure.upper) {
                write!(f, " ({lower:.3} to {upper:.3})")?;
            }
        }
        match &self.kept_from {
            Some(run) => write!(f, "; kept from run {run}"),
            None => Ok(()),
        }
    }
}

/// Registers cards under a run, in place of those of the same names. One that names no rows of its own was trained on
/// the run's data.
pub async fn register(store: &Store, run: &RunRow, cards: &[Card]) -> Result<()> {
    for card in cards {
        let mut card = card.clone();
        if card.data_hash.is_empty() {
            card.data_hash.clone_from(&run.data_hash);
        }
        store.write_model(&run.run_id, &card.name, &serde_json::to_string(&card)?).await?;
    }
    Ok(())
}

/// The hash of training rows: of every value in order, with where each ends.
#[derive(Debug, Clone, Default)]
pub struct RowsHash(Sha256);

impl RowsHash {
    /// Takes in a text.
    pub fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text.as_bytes());
    }

    /// Takes in a number by its bits.
    pub fn number(&mut self, number: f64) {
        self.0.update(number.to_bits().to_le_bytes());
    }

    /// Takes in a whole number.
    pub fn whole(&mut self, number: i64) {
        self.0.update(number.to_le_bytes());
    }

    /// Takes in a day.
    pub fn day(&mut self, day: Day) {
        self.0.update(day.0.to_le_bytes());
    }

    /// The hash, in lower-case hexadecimal.
    pub fn finish(self) -> String {
        crate::night::hex(&self.0.finalize())
    }
}

/// Where a model of a run lies.
pub fn path(run: &Path, name: &str) -> PathBuf {
    run.join("models").join(format!("{name}.json"))
}

/// Writes a model into the folder of a run, and gives it back as it will be read.
pub fn write_artefact<T: Serialize + DeserializeOwned>(
    run: &Path,
    name: &str,
    model: &T,
) -> Result<T> {
    let bytes = serde_json::to_vec(model)?;
    write_bytes(&path(run, name), &bytes)?;
    Ok(serde_json::from_slice(&bytes)?)
}

/// Carries the model of an earlier run over into the folder of this one, byte by byte.
pub fn carry_over(from: &Path, to: &Path, name: &str) -> Result<()> {
    let path_before = path(from, name);
    let bytes = std::fs::read(&path_before)
        .with_context(|| format!("could not read {}", path_before.display()))?;
    write_bytes(&path(to, name), &bytes)
}

/// The model of a run; nothing where the run has none of that name.
pub fn read_artefact<T: DeserializeOwned>(run: &Path, name: &str) -> Result<Option<T>> {
    let path = path(run, name);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("could not read {}", path.display()));
        }
    };
    let model = serde_json::from_slice(&bytes).with_context(|| {
        format!("{} is damaged; `nobishiro run` writes it anew", path.display())
    })?;
    Ok(Some(model))
}

/// Removes a model that an attempt cut short left in the folder, where this one has none.
pub fn remove_artefact(run: &Path, name: &str) -> Result<()> {
    let path = path(run, name);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_read_as_it_was_given_back_and_carried_over_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, two) = (folder.path().join("1"), folder.path().join("2"));
        let given: Vec<f64> = vec![0.1 + 0.2, 1.0 / 3.0, 1e-300];
        let back = write_artefact(&one, "m", &given).expect("written");
        assert_eq!(read_artefact::<Vec<f64>>(&one, "m").expect("read"), Some(back.clone()));
        carry_over(&one, &two, "m").expect("carried");
        assert_eq!(read_artefact(&two, "m").expect("read"), Some(back));
        assert_eq!(read_artefact::<Vec<f64>>(&two, "other").expect("none"), None);
        std::fs::write(path(&two, "m"), "[0.1,").expect("damaged");
        let said = read_artefact::<Vec<f64>>(&two, "m").expect_err("damaged");
        assert!(said.to_string().contains("is damaged"), "{said}");
        remove_artefact(&two, "m").expect("removed");
        remove_artefact(&two, "m").expect("it is gone already");
        assert_eq!(read_artefact::<Vec<f64>>(&two, "m").expect("none"), None);
    }

    #[test]
    fn a_line_is_short() {
        let card = Card::new("won", Words::new("成約率", "P(won)"), "trees")
            .counted(6711, 4238)
            .judged(Verdict::NoSignal, Words::new("", ""))
            .metric(Metric::within("auc", 0.5123, (0.49, 0.53)));
        assert_eq!(
            card.line().to_string(),
            "won: no signal in 6711 rows, auc 0.512 (0.490 to 0.530)"
        );
        let kept = Card { kept_from: Some("ab12".to_owned()), ..card };
        assert!(kept.line().to_string().ends_with("; kept from run ab12"));
    }

    #[test]
    fn hashes_tell_where_a_text_ends() {
        let hash = |texts: &[&str]| {
            let mut hash = RowsHash::default();
            texts.iter().for_each(|text| hash.text(text));
            hash.finish()
        };
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
    }
}
