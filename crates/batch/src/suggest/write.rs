//! The mapping as TOML, with what a person should know beside each line.

use std::fmt::Write as _;

use domain::canonical::entity;

use super::cells::quoted;
use super::draft::{Draft, Rows, Whole};
use super::names;
use super::sample::Table;
use crate::ingest::reader::{Names, encoding};

/// Writes the mapping.
pub(super) fn toml(
    whole: &Whole,
    drafts: &[Draft],
    currency: Option<(&'static str, String)>,
    said: &[String],
) -> String {
    let mut out = String::from(
        "# Proposed by `nobishiro map suggest` from the files' headers and values. Read it before you use it:\n\
         # lines marked CHECK are unsure. Then: nobishiro ingest --map THIS_FILE FILES\n#\n",
    );
    for line in said {
        push(&mut out, &format!("#   {line}"));
    }
    out.push('\n');
    match currency {
        Some((code, source)) => push(&mut out, &format!("currency = \"{code}\" # says {source}")),
        None => out.push_str(
            "# currency = \"USD\" # no file says in which currency its amounts are: the workspace's, unless stated here\n",
        ),
    }
    for (draft, table) in drafts.iter().zip(whole.tables) {
        file(&mut out, draft, table);
    }
    out
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn file(out: &mut String, draft: &Draft, table: &Table) {
    out.push_str("\n[[file]]\n");
    push(out, &format!("match = {}", quoted(&names::pattern(&table.file))));
    let form = &table.form;
    if let Some(separator) = form.separator {
        push(out, &format!("separator = {}", quoted(&char::from(separator).to_string())));
    }
    if let Some(sheet) = &form.sheet {
        push(out, &format!("sheet = {}", quoted(sheet)));
    }
    if let Some(stated) = form.encoding {
        push(out, &format!("encoding = {}", quoted(encoding::shown(stated))));
    }
    if form.header_line > 0 {
        push(out, &format!("header_line = {}", form.header_line));
    }
    if form.header_lines > 1 {
        push(out, &format!("header_lines = {}", form.header_lines));
    }
    if form.names == Names::Numbered {
        out.push_str("number_names = true\n");
    }
    for said in &draft.said {
        push(out, &format!("# {said}"));
    }
    if let Some(why) = &draft.skip {
        return push(out, &format!("skip = {}", quoted(why)));
    }
    if draft.lookup {
        return push(out, "use = \"lookup\"");
    }
    if !draft.left.is_empty() {
        push(out, &format!("# no place for: {}", shortened(&draft.left)));
    }
    for rows in &draft.into {
        table_rows(out, rows);
    }
}

/// A list cut to a length that can be read.
fn shortened(names: &[String]) -> String {
    const MOST: usize = 40;
    let shown: Vec<String> = names.iter().take(MOST).map(|name| name.replace('\n', " ")).collect();
    let more = names.len().saturating_sub(MOST);
    let end = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{end}", shown.join(", "))
}

fn table_rows(out: &mut String, rows: &Rows) {
    out.push_str("  [[file.into]]\n");
    push(out, &format!("  entity = \"{}\"", rows.entity));
    for option in &rows.options {
        push(out, &format!("  {option}"));
    }
    if !rows.attributes.is_empty() {
        let list: Vec<String> = rows.attributes.iter().map(|name| quoted(name)).collect();
        push(
            out,
            &format!(
                "  attributes = [{}] # no column of their own: kept as they are",
                list.join(", ")
            ),
        );
    }
    out.push_str("    [file.into.columns]\n");
    let order = |name: &str| {
        entity(rows.entity).and_then(|e| e.columns.iter().position(|c| c.name == name))
    };
    let mut columns: Vec<_> = rows.columns.iter().collect();
    columns.sort_by_key(|(name, _)| order(name));
    for (name, cell) in columns {
        let mut line = format!("    {name} = {}", cell.text);
        if let Some(comment) = &cell.comment {
            let mark = if cell.check { "CHECK: " } else { "" };
            write!(line, " # {mark}{}", comment.replace('\n', " ")).expect("a string takes it");
        }
        push(out, &line);
    }
}

/// What a person should look at in a file's part.
pub(super) fn checks(draft: &Draft, table: &Table) -> Vec<String> {
    let mut checks = draft.checks.clone();
    for rows in &draft.into {
        for (name, cell) in rows.columns.iter().filter(|(_, cell)| cell.check) {
            let why = cell.comment.as_deref().unwrap_or_default();
            checks.push(format!("{}: {}.{name}: {why}", table.file, rows.entity));
        }
    }
    if !draft.left.is_empty() && draft.skip.is_none() && !draft.lookup {
        checks.push(format!("{}: no place for {}", table.file, shortened(&draft.left)));
    }
    checks
}
