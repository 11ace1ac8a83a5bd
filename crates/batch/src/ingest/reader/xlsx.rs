//! XLSX: the first sheet, or the one the mapping names; its first row that is not empty is the header.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};

use super::header;
use super::text::TextBatch;
use super::{BadRow, Form, Out, Peek, Source};

pub(super) struct XlsxSource {
    path: PathBuf,
    sheet: String,
    /// Names, and the sheet's column of the first.
    columns: Vec<String>,
    first_column: u32,
    header_row: u32,
    workbook: Xlsx<BufReader<File>>,
    bytes: u64,
}

impl XlsxSource {
    pub(super) fn open(path: &Path, form: &Form) -> Result<Self> {
        let shown = path.display();
        let file = File::open(path).with_context(|| format!("{shown} cannot be read"))?;
        let bytes = file.metadata()?.len();
        if bytes == 0 {
            bail!("{shown} is empty: export it again, with a header row");
        }
        let mut workbook = Xlsx::new(BufReader::new(file)).with_context(|| {
            format!("{shown} is not a whole XLSX workbook: save it again as .xlsx")
        })?;
        let names = workbook.sheet_names();
        let sheet = match &form.sheet {
            Some(sheet) if names.contains(sheet) => sheet.clone(),
            Some(sheet) => {
                bail!("{shown} has no sheet `{sheet}`; its sheets are {}", names.join(", "))
            }
            None => names.first().cloned().with_context(|| format!("{shown} has no sheet"))?,
        };
        let rows =
            header_rows(&mut workbook, &sheet, form).with_context(|| damaged(path, &sheet))?;
        let Some(&(header_row, _, _)) = rows.last() else {
            bail!("{shown}: sheet `{sheet}` is empty: export it again, with a header row");
        };
        let first_column = rows.iter().map(|(_, column, _)| *column).min().unwrap_or(0);
        let lines = lines_of(&rows, first_column);
        let columns = header::names(&format!("{shown}: sheet `{sheet}`"), lines, form)?;
        let path = path.to_owned();
        Ok(Self { path, sheet, columns, first_column, header_row, workbook, bytes })
    }
}

type HeaderCell = (u32, u32, String);

/// The cells of the header that are not empty, row by row.
fn header_rows(
    workbook: &mut Xlsx<BufReader<File>>,
    sheet: &str,
    form: &Form,
) -> Result<Vec<HeaderCell>> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    let mut header: Vec<HeaderCell> = Vec::new();
    let wanted = form.header_lines.max(1);
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        if row + 1 < form.header_line {
            continue;
        }
        if header.first().is_some_and(|first| row >= first.0 + wanted) {
            break;
        }
        let name = text(cell.get_value()).unwrap_or_default().trim().to_owned();
        if !name.is_empty() {
            header.push((row, column, name));
        }
    }
    Ok(header)
}

/// The header's rows as lists of names, with empty ones where there is no cell.
fn lines_of(cells: &[HeaderCell], first_column: u32) -> Vec<Vec<String>> {
    let mut lines: Vec<(u32, Vec<String>)> = Vec::new();
    for (row, column, name) in cells {
        if lines.last().is_none_or(|(last, _)| last != row) {
            lines.push((*row, Vec::new()));
        }
        let Some((_, line)) = lines.last_mut() else { continue };
        let at = (column - first_column) as usize;
        line.resize(at.max(line.len()), String::new());
        line.push(name.clone());
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

impl Source for XlsxSource {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn read(mut self: Box<Self>, wanted: &[usize], out: Out) -> Result<()> {
        let damage = damaged(&self.path, &self.sheet);
        let mut rows = Rows::new(&self, wanted);
        let mut cells =
            self.workbook.worksheet_cells_reader(&self.sheet).with_context(|| damage.clone())?;
        while let Some(cell) = cells.next_cell().with_context(|| damage.clone())? {
            let (row, column) = cell.get_position();
            if row <= self.header_row {
                continue;
            }
            if row != rows.row {
                rows.end_row();
                rows.row = row;
                if rows.batch.is_full() && !out(rows.batch.finish(self.bytes / 2)?) {
                    return Ok(());
                }
            }
            rows.cell(column, cell.get_value());
        }
        rows.end_row();
        out(rows.batch.finish(self.bytes)?);
        Ok(())
    }
}

/// The first rows of the first sheet that looks like a table: one with two rows at least.
pub(super) fn peek(path: &Path, rows: usize) -> Result<Peek> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("{shown} cannot be read"))?;
    if file.metadata()?.len() == 0 {
        bail!("{shown} is empty: export it again, with a header row");
    }
    let mut workbook = Xlsx::new(BufReader::new(file))
        .with_context(|| format!("{shown} is not a whole XLSX workbook: save it again as .xlsx"))?;
    let names = workbook.sheet_names();
    for (at, sheet) in names.iter().enumerate() {
        let rows = first_rows(&mut workbook, sheet, rows).with_context(|| damaged(path, sheet))?;
        if rows
            .iter()
            .filter(|(_, cells)| cells.iter().filter(|c| !c.is_empty()).count() > 1)
            .count()
            < 2
        {
            continue;
        }
        let sheet = (at > 0).then(|| sheet.clone());
        return Ok(Peek { rows, form: Form { sheet, ..Form::default() }, encoding: None });
    }
    bail!("{shown}: none of its sheets ({}) holds a table of two rows or more", names.join(", "))
}

fn first_rows(
    workbook: &mut Xlsx<BufReader<File>>,
    sheet: &str,
    most: usize,
) -> Result<Vec<(u32, Vec<String>)>> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    let mut rows: Vec<(u32, Vec<String>)> = Vec::new();
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        if rows.last().is_none_or(|(last, _)| *last != row + 1) {
            if rows.len() == most {
                break;
            }
            rows.push((row + 1, Vec::new()));
        }
        let Some((_, line)) = rows.last_mut() else { continue };
        line.resize((column as usize).max(line.len()), String::new());
        line.push(text(cell.get_value()).unwrap_or_default().trim().to_owned());
    }
    rows.retain(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    Ok(rows)
}

/// The row being gathered: a sheet lists only the cells that are there.
struct Rows {
    batch: TextBatch,
    row: u32,
    /// For each column of the sheet, its place among the wanted ones.
    place: Vec<Option<usize>>,
    names: Vec<String>,
    first_column: u32,
    texts: Vec<String>,
    any: bool,
    error: Option<BadRow>,
}

impl Rows {
    fn new(source: &XlsxSource, wanted: &[usize]) -> Self {
        let mut place = vec![None; source.columns.len()];
        for (at, column) in wanted.iter().enumerate() {
            place[*column] = Some(at);
        }
        Self {
            batch: TextBatch::new(&source.columns, wanted),
            row: source.header_row,
            place,
            names: source.columns.clone(),
            first_column: source.first_column,
            texts: vec![String::new(); wanted.len()],
            any: false,
            error: None,
        }
    }

    fn cell(&mut self, column: u32, value: &DataRef) {
        let Some(column) = column.checked_sub(self.first_column) else { return };
        let column = column as usize;
        let text = text(value);
        self.any |= text.as_ref().is_none_or(|text| !text.is_empty());
        let Some(Some(place)) = self.place.get(column) else { return };
        match text {
            Some(text) => self.texts[*place] = text,
            None => {
                self.error = Some(BadRow {
                    line: self.row + 1,
                    column: self.names[column].clone(),
                    value: format!("{value:?}"),
                    reason: "is an error of the worksheet; mend its formula, or clear the cell"
                        .to_owned(),
                });
            }
        }
    }

    fn end_row(&mut self) {
        if let Some(error) = self.error.take() {
            self.batch.bad(error);
        } else if self.any {
            for (at, text) in self.texts.iter().enumerate() {
                self.batch.push(at, text.as_bytes());
            }
            self.batch.end_row(u64::from(self.row) + 1);
        }
        self.any = false;
        self.texts.iter_mut().for_each(String::clear);
    }
}

/// The text of a cell; `None` for an error of the worksheet (`#N/A`).
fn text(value: &DataRef) -> Option<String> {
    Some(match value {
        DataRef::Empty => String::new(),
        DataRef::Int(whole) => whole.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(at) => date(*at),
        DataRef::Error(_) => return None,
    })
}

fn date(at: ExcelDateTime) -> String {
    if at.is_duration() {
        return at.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => date,
        (_, _, _, 0) => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    }
}

fn damaged(path: &Path, sheet: &str) -> String {
    format!("{}: sheet `{sheet}` is damaged; save the workbook again as .xlsx", path.display())
}
