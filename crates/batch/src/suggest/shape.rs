//! Where a table begins in its file: titles above it, a header of one line or of two.

use std::collections::BTreeMap;

use super::{dates, numbers};
use crate::ingest::reader::{Form, Names, Peek};

/// How the file is to be read, and what is worth saying about it.
pub(crate) fn form(peek: &Peek) -> (Form, Vec<String>) {
    let mut form = peek.form.clone();
    let mut said = Vec::new();
    let Some((at, lines)) = header(&peek.rows) else { return (form, said) };
    let (line, cells) = &peek.rows[at];
    if at > 0 {
        form.header_line = *line;
        said.push(format!("{at} line(s) above the header, on line {line}, are passed over"));
    }
    if lines == 2 {
        form.header_line = *line;
        form.header_lines = 2;
        said.push("the header has two lines, which are joined".to_owned());
    }
    let mut names: Vec<String> = cells.iter().map(|cell| cell.trim().to_owned()).collect();
    if lines == 2 {
        let lower = &peek.rows[at + 1].1;
        names.resize(names.len().max(lower.len()), String::new());
        for (name, below) in names.iter_mut().zip(lower) {
            let joined = format!("{name} {below}");
            joined.trim().clone_into(name);
        }
    }
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    let nameless = names.iter().any(String::is_empty);
    names.sort_unstable();
    let twice: Vec<String> = names
        .windows(2)
        .filter(|p| p[0] == p[1] && !p[0].is_empty())
        .map(|p| p[0].clone())
        .collect();
    if nameless || (lines == 1 && !twice.is_empty()) {
        form.names = Names::Numbered;
        let what = twice.first().map_or_else(
            || "columns without a name are called `column N`".to_owned(),
            |name| format!("columns of the same name are numbered, as `{name} (2)`"),
        );
        said.push(what);
    }
    (form, said)
}

/// The row at which the header begins, and how many lines it has.
fn header(rows: &[(u32, Vec<String>)]) -> Option<(usize, usize)> {
    let filled = |at: usize| -> Vec<usize> {
        let cells = rows.get(at).map_or(&[][..], |(_, cells)| cells);
        (0..cells.len()).filter(|i| !cells[*i].is_empty()).collect()
    };
    // Most rows are of the table; of widths that are equally frequent the greatest.
    let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, cells) in rows {
        *widths.entry(cells.len()).or_default() += 1;
    }
    let (cells, _) = widths.into_iter().max_by_key(|(width, times)| (*times, *width))?;
    let body = (0..rows.len()).filter(|at| rows[*at].1.len() == cells);
    let width = body.map(|at| filled(at).len()).max()?;
    for at in 0..rows.len().min(10) {
        let (upper, lower) = (filled(at), filled(at + 1));
        if !texts(&rows[at].1) {
            continue;
        }
        let both: std::collections::BTreeSet<usize> = upper.iter().chain(&lower).copied().collect();
        let gaps = lower.iter().filter(|i| !upper.contains(i)).count();
        let gap_after_heading = lower.iter().any(|i| upper.contains(i));
        if upper.len() > 1
            && gaps > 0
            && gap_after_heading
            && both.len() >= width
            && texts(&rows[at + 1].1)
            && rows
                .get(at + 2)
                .is_none_or(|(_, body)| !texts(body) || filled(at + 2).len() > lower.len())
        {
            return Some((at, 2));
        }
        if upper.len() * 10 >= width * 8 {
            return Some((at, 1));
        }
    }
    Some((0, 1))
}

/// Whether a row may be a header: its cells are words, or months, rather than numbers and days.
fn texts(cells: &[String]) -> bool {
    let filled: Vec<&str> =
        cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    let numeric = filled.iter().filter(|cell| {
        numbers::read(&[**cell]).is_some()
            || dates::read(&[**cell]).is_some_and(|dates| !dates.months)
    });
    !filled.is_empty() && numeric.count() * 4 < filled.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[&str], expected: (u32, u32)) {
        let rows = lines.iter().zip(1..).filter(|(line, _)| !line.is_empty());
        let rows =
            rows.map(|(line, at)| (at, line.split(',').map(str::to_owned).collect())).collect();
        let (form, _) = form(&Peek { rows, form: Form::default(), encoding: None });
        assert_eq!((form.header_line, form.header_lines), expected, "{lines:?}");
    }

    #[test]
    fn plain_headers() {
        check(&["id,name,seats", "A,a,1"], (0, 0));
        check(&["id,name,seats", "A,a,", "B,,"], (0, 0));
        check(&["only"], (0, 0));
    }
    #[test]
    fn titles_stand_above() {
        check(&["契約一覧,,", "2026年3月1日,,", "", "id,name,seats", "A,a,1"], (4, 0));
    }
    #[test]
    fn two_lines() {
        check(&["コード,契約,,席数", ",開始日,終了日,", "A,2024-01-01,,5"], (1, 2));
        check(&["一覧,,,", "顧客,,契約,", "コード,名前,開始日,席数", "A,a,2024-01-01,5"], (2, 2));
    }
}
