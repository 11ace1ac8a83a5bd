//! A mapping: how the columns of a company's own files become those of the canonical tables.
//!
//! One TOML text says for every file of an export what becomes of it:
//!
//! ```toml
//! currency = "USD"                 # of the files' amounts; default: the workspace's
//! zone = "America/New_York"        # of times without an offset; default: the workspace's
//! snapshot_on = 2017-12-31         # the day whose state the files tell
//!
//! [[file]]
//! match = "pipeline*.csv"          # the file's name; `*` and `?` as in a shell, `.gz` left out
//! encoding = "CP932"               # where it is not as it looks; also separator, sheet
//! header_line = 3                  # where the header begins, if titles stand above it
//! header_lines = 2                 # a header of two lines: group and name are joined
//! number_names = true              # columns of the same name, or none, are numbered
//!   [file.let]                     # named values, usable like columns below
//!   days = { calc = "closed - opened" }
//!   [[file.into]]                  # one canonical table that the file's rows go into
//!   entity = "proposals"
//!   when = 'stage != ""'           # only these rows
//!   [file.into.columns]
//!   proposal_id = "opportunity_id" # a column, or a table with one verb
//!   outcome = { column = "stage", map = { Won = "won", Lost = "lost" }, otherwise = "open" }
//!
//! [[file]]
//! match = "notes.csv"
//! skip = "describes the other files"
//!
//! [[table]]                        # rows that stand in no file
//! entity = "products"
//! rows = [{ product_id = "BASIC", kind = "plan" }]
//! ```
//!
//! The verbs are listed in [`super::verbs::VERBS`]. Unknown keys are refused with their position.

mod build;
mod toml;

use std::fmt;
use std::sync::Arc;

use domain::canonical::Entity;
use domain::money::Currency;
use domain::time::{Day, Zone};

pub(super) use self::build::{condition, zone};
pub(super) use self::toml::{Keys, Node};
use super::expression::Condition;
use super::reader::Form;
use super::verbs::Verb;

/// A whole mapping.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    /// The files' currency and zone, and their snapshot day.
    pub stated: Stated,
    /// What becomes of which file; the first rule that matches counts.
    pub files: Vec<FileRule>,
    /// Rows that stand in no file.
    pub tables: Vec<InlineTable>,
    /// The SHA-256 of the text, in hexadecimal; empty for the default mapping.
    pub sha256: String,
    /// Files that are known by their columns, whatever their names.
    pub known: Vec<KnownFile>,
    /// Folders of earlier files, where joined ones are looked for after those at hand.
    pub folders: Vec<std::path::PathBuf>,
}

/// A file that has the columns of one that the mapping was used for before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFile {
    /// Its name.
    pub name: String,
    /// The name of the earlier file, which the rules match.
    pub earlier: String,
    /// The columns of the earlier file.
    pub columns: Vec<String>,
    /// Where the mapping stands.
    pub mapping: String,
}

/// What a mapping states about its files as a whole, or about one of them.
#[derive(Debug, Clone, Default)]
pub struct Stated {
    /// The currency of amounts without one.
    pub currency: Option<Currency>,
    /// The zone of times without an offset.
    pub zone: Option<Zone>,
    /// The day whose state the files tell.
    pub snapshot_on: Option<Day>,
}

impl Stated {
    /// This, and what it leaves open from `other`.
    pub fn or(&self, other: &Self) -> Self {
        Self {
            currency: self.currency.or(other.currency),
            zone: self.zone.clone().or_else(|| other.zone.clone()),
            snapshot_on: self.snapshot_on.or(other.snapshot_on),
        }
    }
}

/// What becomes of the files of some name.
#[derive(Debug, Clone)]
pub struct FileRule {
    /// The pattern of the file's name.
    pub pattern: String,
    /// Separator and sheet.
    pub form: Form,
    /// What is stated about these files.
    pub stated: Stated,
    /// What becomes of them.
    pub becomes: Becomes,
}

/// What becomes of a file.
#[derive(Debug, Clone)]
pub enum Becomes {
    /// Its rows go into canonical tables.
    Rows {
        /// Named values, in the order in which they are computed.
        lets: Vec<(String, Arc<dyn Verb>)>,
        /// The tables.
        into: Vec<Into>,
    },
    /// It is only joined with others.
    Lookup,
    /// It is left out, for this reason.
    Skip(String),
}

/// How rows of a file become rows of one canonical table.
#[derive(Debug, Clone)]
pub struct Into {
    /// The table.
    pub entity: &'static Entity,
    /// Only rows for which this holds.
    pub when: Option<Condition>,
    /// Which of several rows of one key count.
    pub repeats: Repeats,
    /// Several columns turned into rows.
    pub wide: Option<Wide>,
    /// The canonical columns given.
    pub columns: Vec<(&'static str, Arc<dyn Verb>)>,
    /// The attributes given (accounts).
    pub attributes: Vec<(String, Arc<dyn Verb>)>,
}

/// What to do with rows whose key was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    /// They replace it; a second row of one file is worth a warning.
    Replace,
    /// The first of a file counts, the others are left out (`distinct = true`).
    First,
    /// Only keys that are neither stored nor given by another rule count (`if_missing = true`).
    IfMissing,
}

/// Columns of one meaning that become rows: each row of the file once for each of them.
#[derive(Debug, Clone)]
pub struct Wide {
    /// The columns.
    pub columns: Vec<String>,
    /// The name under which rules see which column it was.
    pub key_as: String,
    /// The name under which rules see its value.
    pub value_as: String,
    /// Only rows for which this holds.
    pub keep: Option<Condition>,
}

/// Rows given in the mapping itself.
#[derive(Debug, Clone)]
pub struct InlineTable {
    /// The table.
    pub entity: &'static Entity,
    /// Names and texts of every row, and the row's line in the mapping.
    pub rows: Vec<(u32, Vec<(String, String)>)>,
}

/// Why a text is not a mapping: what, where, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingError {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mapping, line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for MappingError {}

impl Mapping {
    /// Reads a mapping.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        build::mapping(text)
    }

    /// The name by which the rules know a file.
    pub fn known_as<'a>(&'a self, name: &'a str) -> &'a str {
        self.known(name).map_or(name, |known| known.earlier.as_str())
    }

    /// The earlier file whose columns a file has.
    pub fn known(&self, name: &str) -> Option<&KnownFile> {
        self.known.iter().find(|known| known.name == name)
    }

    /// The rule for a file of this name.
    pub fn rule(&self, name: &str) -> Option<&FileRule> {
        let name = self.known_as(name);
        let base = name.rsplit('/').next().unwrap_or(name);
        let plain = base.strip_suffix(".gz").unwrap_or(base);
        self.files.iter().find(|rule| {
            glob(&rule.pattern, base) || glob(&rule.pattern, plain) || glob(&rule.pattern, name)
        })
    }
}

/// Whether a name fits a pattern with `*` (any characters) and `?` (one).
pub(super) fn glob(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, n));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == name[n]) {
            p += 1;
            n += 1;
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            p = at + 1;
            n = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests;
