//! A file with the mapping that was drafted for it, and what people choose instead.

use domain::words::Lang;
use serde_json::{Value, json};
use store::UploadRow;

use crate::click::form::Form;
use crate::data::beside::{Column, Issue, Look, LookedFile, Placed, PreviewTable};
use crate::words::DataWords;
use crate::words::data::labels;
use crate::words::data::reasons::said;
use crate::words::data::{self as say, CHOOSABLE};

/// Columns that are shown and can be chosen; the form stays within what a form may weigh.
const SHOWN_MAX: usize = 150;

/// A choice: its value, its words, and whether it is chosen.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

pub(super) struct ColumnView {
    pub(super) at: usize,
    pub(super) title: String,
    pub(super) samples: Vec<String>,
    pub(super) to: String,
    pub(super) remark: Option<String>,
    pub(super) check: bool,
    /// Whether something else is made of it.
    pub(super) also: bool,
}

pub(super) struct TableView {
    pub(super) name: String,
    pub(super) looked_at: String,
    pub(super) bad: bool,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) issues: Vec<IssueView>,
}

/// Something about one row.
pub(in crate::data) struct IssueView {
    pub(in crate::data) line: u32,
    pub(in crate::data) column: String,
    pub(in crate::data) value: String,
    pub(in crate::data) reason: String,
}

impl IssueView {
    pub(in crate::data) fn new(issue: &Issue, lang: Lang) -> Self {
        Self {
            line: issue.line,
            column: labels::column(lang, &issue.column),
            value: issue.value.clone(),
            reason: said(lang, &issue.reason),
        }
    }
}

/// A file on the page.
pub(super) struct Mapped {
    pub(super) file_no: i64,
    pub(super) name: String,
    pub(super) size: String,
    /// `canonical`, `before`, `drafted`, `unknown` or `refused`.
    pub(super) known: String,
    pub(super) error: Option<String>,
    pub(super) table: String,
    pub(super) table_name: String,
    pub(super) tables: Vec<Choice>,
    pub(super) sure: &'static str,
    pub(super) unsure: bool,
    /// What each column may be taken as.
    pub(super) fields: Vec<Choice>,
    pub(super) columns: Vec<ColumnView>,
    pub(super) more: Option<String>,
    pub(super) missing: Vec<String>,
    pub(super) twice: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) previews: Vec<TableView>,
}

impl Mapped {
    /// Of a file as it was looked at.
    pub(super) fn new(placed: Placed, upload: &UploadRow, lang: Lang) -> Self {
        let Placed { file_no, look } = placed;
        let w = DataWords::of(lang);
        let file = upload.files.iter().find(|file| file.file_no == file_no);
        let table = look.table.clone().unwrap_or_default();
        let chosen = |code: &str| code == table;
        let mut tables: Vec<Choice> = CHOOSABLE
            .iter()
            .map(|code| Choice {
                value: (*code).to_owned(),
                label: labels::table(lang, code),
                chosen: chosen(code),
            })
            .collect();
        let (value, label) = (String::new(), w.leave.to_owned());
        tables.push(Choice { value, label, chosen: table.is_empty() });
        let fields = labels::columns_of(&table).into_iter().map(|code| Choice {
            value: code.to_owned(),
            label: labels::column(lang, code),
            chosen: false,
        });
        let error = look.error.clone().or_else(|| look.preview.error.clone());
        let more = look.columns.len().saturating_sub(SHOWN_MAX);
        Self {
            file_no,
            name: file.map_or_else(String::new, |file| file.name.clone()),
            size: say::size(file.map_or(0, |file| u64::try_from(file.bytes).unwrap_or(0))),
            error: error.map(|error| said(lang, &error)),
            table_name: labels::table(lang, &table),
            tables,
            sure: match look.sure.as_str() {
                "sure" => w.sure,
                "likely" => w.likely,
                "chosen" => w.chosen,
                _ => w.unsure,
            },
            unsure: look.sure == "unsure",
            fields: fields.collect(),
            more: (more > 0).then(|| say::more_columns(lang, more)),
            columns: columns(&look, lang),
            missing: look.missing.iter().map(|code| labels::column(lang, code)).collect(),
            twice: look.twice.clone(),
            notes: notes(&look, lang),
            previews: look.preview.tables.iter().map(|table| view(table, lang)).collect(),
            known: look.known,
            table,
        }
    }

    /// Whether rows of it would be taken.
    pub(super) fn can_be_taken(&self) -> bool {
        self.error.is_none()
            && match self.known.as_str() {
                "canonical" | "before" => true,
                "drafted" => self.missing.is_empty() || !self.previews.is_empty(),
                _ => false,
            }
    }

    /// Whether contracts come of it.
    pub(super) fn has_contracts(&self) -> bool {
        self.table == "subscriptions" || self.previews.iter().any(TableView::contracts)
    }

    /// Whether its columns can be chosen.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.known.as_str(), "drafted" | "unknown")
    }
}

impl TableView {
    fn contracts(&self) -> bool {
        [Lang::Ja, Lang::En].iter().any(|lang| self.name == labels::table(*lang, "subscriptions"))
    }
}

fn columns(look: &LookedFile, lang: Lang) -> Vec<ColumnView> {
    let view = |(at, column): (usize, &Column)| ColumnView {
        at,
        title: column.title.clone(),
        samples: column.samples.clone(),
        to: column.to.clone(),
        remark: column.comment.as_ref().map(|comment| said(lang, comment)),
        check: column.check,
        also: column.also,
    };
    look.columns.iter().enumerate().take(SHOWN_MAX).map(view).collect()
}

/// What is worth knowing about the file, each once.
fn notes(look: &LookedFile, lang: Lang) -> Vec<String> {
    let left_out = look.preview.left_out.iter().filter(|_| look.known != "drafted");
    let all = left_out.chain(&look.preview.notes).chain(&look.checks);
    let mut notes: Vec<String> = Vec::new();
    for note in all {
        // Remarks about single columns stand beside them.
        let of_column = CHOOSABLE.iter().any(|table| note.starts_with(&format!("{table}.")));
        let note = said(lang, note);
        if !of_column && !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes
}

fn view(table: &PreviewTable, lang: Lang) -> TableView {
    TableView {
        name: labels::table(lang, &table.table),
        looked_at: say::looked_at(lang, table.read, table.refused),
        bad: table.refused > 0,
        columns: table.columns.iter().map(|code| labels::head(lang, code)).collect(),
        rows: table.rows.clone(),
        issues: table.issues.iter().map(|issue| IssueView::new(issue, lang)).collect(),
    }
}

/// What the form chooses for each file that has a mapping to be chosen: only where it differs from what was proposed,
/// or was chosen before.
pub(super) fn choices(form: &Form, look: &Look) -> Vec<Value> {
    let mut choices = Vec::new();
    for Placed { file_no, look } in &look.files {
        if !matches!(look.known.as_str(), "drafted" | "unknown") {
            continue;
        }
        let field = format!("table.{file_no}");
        if form.fields().iter().all(|(name, _)| *name != field) {
            continue;
        }
        let table = form.text(&field);
        let was = look.table.as_deref().unwrap_or_default();
        let mut columns: Vec<(usize, &str)> = Vec::new();
        if table == was {
            for at in 0..look.columns.len().min(SHOWN_MAX) {
                let field = format!("to.{file_no}.{at}");
                if form.fields().iter().any(|(name, _)| *name == field) {
                    columns.push((at, form.text(&field)));
                }
            }
        }
        let same = table == was && columns.iter().all(|(at, to)| look.columns[*at].to == *to);
        if !same || look.sure == "chosen" {
            choices.push(json!({ "file": file_no, "table": table, "columns": columns }));
        }
    }
    choices
}
