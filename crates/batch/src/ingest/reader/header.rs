//! The names of the columns, out of a header of one line or several.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::{Form, Names};

/// One name a column. The lines of a header are joined: a heading over several columns, which stands at
/// the first of them, holds for those after it as long as they have a name below and none above.
pub(super) fn names(file: &str, lines: Vec<Vec<String>>, form: &Form) -> Result<Vec<String>> {
    let width = lines.iter().map(Vec::len).max().unwrap_or(0);
    let mut lines: Vec<Vec<String>> = lines
        .into_iter()
        .map(|line| {
            let mut line: Vec<String> = line.iter().map(|name| one_line(name)).collect();
            line.resize(width, String::new());
            line
        })
        .collect();
    for upper in 0..lines.len().saturating_sub(1) {
        let below: Vec<bool> = (0..width)
            .map(|at| lines[upper + 1..].iter().any(|line| !line[at].is_empty()))
            .collect();
        for at in 1..width {
            if lines[upper][at].is_empty() && below[at] && below[at - 1] {
                let left = lines[upper][at - 1].clone();
                lines[upper][at] = left;
            }
        }
    }
    let mut columns: Vec<String> = (0..width)
        .map(|at| {
            let mut parts: Vec<&str> = lines.iter().map(|line| line[at].as_str()).collect();
            parts.retain(|part| !part.is_empty());
            parts.dedup();
            parts.join(" ")
        })
        .collect();
    while columns.last().is_some_and(String::is_empty) {
        columns.pop();
    }
    if form.names == Names::Numbered {
        return Ok(numbered(columns));
    }
    if let Some(nameless) = columns.iter().position(String::is_empty) {
        bail!(
            "{file}: column {} has no name; the header must name every column, or a mapping states \
             `number_names = true`",
            nameless + 1
        );
    }
    Ok(columns)
}

fn one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Names with a number where they have none or one that an earlier column has.
fn numbered(columns: Vec<String>) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut out = Vec::with_capacity(columns.len());
    for (at, name) in columns.into_iter().enumerate() {
        let name = if name.is_empty() { format!("column {}", at + 1) } else { name };
        let mut unique = name.clone();
        let mut number = 2;
        while !taken.insert(unique.clone()) {
            unique = format!("{name} ({number})");
            number += 1;
        }
        out.push(unique);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[&str], form: &Form, expected: &str) {
        let lines = lines.iter().map(|line| line.split(',').map(str::to_owned).collect()).collect();
        let names = names("f", lines, form)
            .map_or_else(|error| error.to_string(), |columns| columns.join("|"));
        assert_eq!(names, expected);
    }

    #[test]
    fn headings_hold_for_the_columns_below_them() {
        let two = Form { header_lines: 2, ..Form::default() };
        check(
            &["コード,会社名,契約,,利用,,備考", ",,開始日,終了日,席数,月額,"],
            &two,
            "コード|会社名|契約 開始日|契約 終了日|利用 席数|利用 月額|備考",
        );
        check(&["a,a,b", "a,x,"], &two, "a|a x|b");
    }
    #[test]
    fn names_are_numbered_when_asked() {
        let numbered = Form { names: Names::Numbered, ..Form::default() };
        check(&["x,,x, y  z ,"], &numbered, "x|column 2|x (2)|y z");
        check(
            &["x,,y"],
            &Form::default(),
            "f: column 2 has no name; the header must name every column, or a mapping states `number_names = true`",
        );
    }
}
