//! Every outside dependency is declared once, with the reason it is here, and somebody uses it.

use super::Problem;
use crate::tree::{Manifest, Tree};
use std::collections::BTreeSet;

const ROOT: &str = "Cargo.toml";

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let declared = tree.file(ROOT).map(|file| declared(&file.text)).unwrap_or_default();
    let manifests = tree.manifests();
    let mut problems = Vec::new();
    for line in declared.iter().filter(|line| !line.reasoned) {
        let what = format!("`{}` has no comment above it that says why it is here", line.name);
        problems.push(Problem::new(ROOT, what));
    }
    let asked: BTreeSet<&str> =
        manifests.iter().flat_map(|it| &it.dependencies).map(|it| it.name.as_str()).collect();
    for line in declared.iter().filter(|line| !asked.contains(line.name.as_str())) {
        problems.push(Problem::new(ROOT, format!("no crate depends on `{}`", line.name)));
    }
    for manifest in &manifests {
        problems.extend(of_member(tree, manifest));
    }
    problems
}

/// One line of `[workspace.dependencies]`.
#[derive(Debug)]
struct Declared {
    name: String,
    reasoned: bool,
}

/// The lines of `[workspace.dependencies]`. A comment speaks for the line below it, for the members of
/// the same family (`tracing`, `tracing-subscriber`) and, as a group, for our own crates.
fn declared(text: &str) -> Vec<Declared> {
    let lines = text.lines().skip_while(|line| line.trim() != "[workspace.dependencies]").skip(1);
    let mut found: Vec<Declared> = Vec::new();
    let mut commented = false;
    let mut family = String::new();
    for line in lines.take_while(|line| !line.starts_with('[')) {
        if line.trim_start().starts_with('#') {
            commented = true;
        } else if line.trim().is_empty() {
            commented = false;
            family.clear();
        } else if let Some((name, value)) = line.split_once('=')
            && line.starts_with(|c: char| c.is_ascii_alphabetic())
        {
            let name = name.trim().split('.').next().unwrap_or_default().to_owned();
            let kin = !family.is_empty()
                && name.strip_prefix(&family).is_some_and(|rest| rest.starts_with(['-', '_']));
            let ours = value.contains("path =");
            let reasoned = commented || kin || (ours && found.last().is_some_and(|it| it.reasoned));
            if !kin {
                family.clone_from(&name);
            }
            found.push(Declared { name, reasoned });
            commented = false;
        }
    }
    found
}

/// Dependencies of one member that are declared elsewhere than at the root, or not used by its code.
fn of_member(tree: &Tree, manifest: &Manifest) -> Vec<Problem> {
    let code: Vec<&str> = tree
        .rust_files()
        .filter(|file| file.krate() == Some(manifest.krate.as_str()))
        .map(|file| file.text.as_str())
        .collect();
    let mut problems = Vec::new();
    for dependency in &manifest.dependencies {
        let name = &dependency.name;
        if !dependency.inherited {
            let what =
                format!("`{name}` is to be declared in {ROOT} and `{name}.workspace = true`");
            problems.push(Problem::new(&manifest.path, what));
        }
        let ident = name.replace('-', "_");
        if !code.iter().any(|text| mentions(text, &ident)) {
            problems.push(Problem::new(&manifest.path, format!("no code uses `{name}`")));
        }
    }
    problems
}

/// Whether `ident` stands in the text as a word of its own in a path, an attribute or a `use`.
fn mentions(text: &str, ident: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(ident).any(|(at, _)| {
        let (before, rest) = (&text[..at], &text[at + ident.len()..]);
        let alone = !before.ends_with(is_word) && !before.ends_with('.');
        alone && (rest.starts_with("::") || before.ends_with("use "))
    })
}

#[cfg(test)]
mod tests {
    use super::super::assert_finds;
    use super::check;

    const USER: [(&str, &str); 2] = [
        ("crates/a/Cargo.toml", "[dependencies]\nserde.workspace = true"),
        ("crates/a/src/lib.rs", "#[derive(serde::Serialize)]\nstruct A;"),
    ];

    fn root(text: &str, expected: &[&str]) {
        let text = format!("[workspace.dependencies]\n{text}\n[workspace.lints]\nx = 1");
        assert_finds(check, &[USER[0], USER[1], ("Cargo.toml", &text)], expected);
    }

    #[test]
    fn a_reason_above_passes() {
        root("# JSON.\nserde = '1'", &[]);
    }

    #[test]
    fn a_missing_reason_is_found() {
        let why = "has no comment above it that says why it is here";
        root("serde = '1'", &[&format!("Cargo.toml: `serde` {why}")]);
        let other = [&*format!("Cargo.toml: `csv` {why}"), "Cargo.toml: no crate depends on `csv`"];
        root("# JSON.\nserde = '1'\ncsv = '1'", &other);
    }

    #[test]
    fn a_family_shares_its_reason() {
        root(
            "# JSON.\nserde = '1'\nserde_json = '1'",
            &["Cargo.toml: no crate depends on `serde_json`"],
        );
    }

    #[test]
    fn members_inherit_and_use() {
        let files = [
            ("crates/a/Cargo.toml", "[dependencies]\ncsv = '1'\nserde.workspace = true"),
            ("crates/a/src/lib.rs", "use csv::Reader; let x = it.serde;"),
        ];
        let expected = [
            "crates/a/Cargo.toml: `csv` is to be declared in Cargo.toml and `csv.workspace = true`",
            "crates/a/Cargo.toml: no code uses `serde`",
        ];
        assert_finds(check, &files, &expected);
    }
}
