//! Tables as CSV that a spreadsheet opens without harm.

use anyhow::{Context, Result};

use crate::output;

/// The mark by which Excel knows UTF-8.
const BOM: &str = "\u{feff}";

/// How a file begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// With the header.
    Plain,
    /// With a byte order mark.
    Marked,
}

/// Writes rows under their header; `texts` names the columns that hold words of people.
///
/// A word that begins like a formula gets an apostrophe before it, which spreadsheets take for "text" (OWASP,
/// "CSV Injection", which names the full-width signs too). Ids and numbers are never changed: where an id begins like a formula, it is said on standard
/// error.
pub(super) fn csv<const N: usize>(
    header: &[&'static str; N],
    texts: &[&str],
    rows: impl Iterator<Item = [String; N]>,
    begin: Begin,
) -> Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(header)?;
    let mut doubtful = 0_u64;
    for mut row in rows {
        for (name, cell) in header.iter().zip(&mut row) {
            if texts.contains(name) {
                defuse(cell);
            } else if name.ends_with("_id") && is_formula(cell) {
                doubtful += 1;
            }
        }
        csv.write_record(&row)?;
    }
    if doubtful > 0 {
        output::say(&format!(
            "{doubtful} ids begin with =, +, - or @ and are written as they are: a spreadsheet may take them for formulas. Import those columns as text"
        ));
    }
    let mut bytes = match begin {
        Begin::Plain => Vec::new(),
        Begin::Marked => BOM.as_bytes().to_vec(),
    };
    bytes.extend(csv.into_inner().context("a CSV in memory is always flushed")?);
    Ok(bytes)
}

fn is_formula(cell: &str) -> bool {
    cell.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ])
}

fn defuse(cell: &mut String) {
    if is_formula(cell) {
        cell.insert(0, '\'');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cells: [&str; 3], begin: Begin, expected: &str) {
        let header = ["account_id", "account", "lower"];
        let row = cells.map(str::to_owned);
        let bytes = csv(&header, &["account"], std::iter::once(row), begin).expect("written");
        assert_eq!(String::from_utf8(bytes).expect("UTF-8"), expected);
    }

    #[test]
    fn words_are_defused_and_ids_and_numbers_are_not() {
        let head = "account_id,account,lower\n";
        check(["-1", "=1+1", "-20"], Begin::Plain, &format!("{head}-1,'=1+1,-20\n"));
        check(["A", "@SUM", "0"], Begin::Plain, &format!("{head}A,'@SUM,0\n"));
        check(["A", "a=b", "0"], Begin::Plain, &format!("{head}A,a=b,0\n"));
        check(["A", "みどり", "0"], Begin::Marked, &format!("\u{feff}{head}A,みどり,0\n"));
    }
}
