//! `cargo xtask capabilities`: which capability is there, where a person finds it, and which tests show it.
//!
//! `docs/capabilities.toml` says what and where; the tests say themselves what they show, in their names
//! (`s36_…`), in the comment above them (`/// S36, N6: …`), in the head of a file of tests, or by the `cites`
//! and `serves` of the rule or feature in whose file they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::tree::{TextFile, Tree};

const SOURCE: &str = "docs/capabilities.toml";
const PAGE: &str = "docs/reference/capabilities.md";
/// How many capabilities there are of each series.
const SERIES: [(char, u32); 2] = [('S', 108), ('N', 20)];
/// Files that a row of the page names.
const FILES_MOST: usize = 3;

/// `S36`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(char, u32);

impl Number {
    /// The number that a word is, such as `S36`.
    fn of(word: &str) -> Option<Self> {
        let (series, most) = SERIES.into_iter().find(|(series, _)| word.starts_with(*series))?;
        let digits = &word[1..];
        let number: u32 = digits.parse().ok()?;
        let plain = !digits.starts_with(['0', '+']);
        (plain && (1..=most).contains(&number)).then_some(Self(series, number))
    }

    /// Those that a text speaks of.
    fn all_in(text: &str) -> impl Iterator<Item = Self> {
        text.split(|it: char| !it.is_ascii_alphanumeric()).filter_map(Self::of)
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.0, self.1)
    }
}

/// One capability as `docs/capabilities.toml` has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Capability {
    name: String,
    #[serde(rename = "where", default)]
    found: String,
    #[serde(default)]
    missing: String,
}

#[derive(Debug, Deserialize)]
struct Group {
    title: String,
}

/// What the file says: the groups' titles, and the capabilities by number.
struct Catalogue {
    groups: Vec<(String, BTreeMap<Number, Capability>)>,
}

impl Catalogue {
    fn parse(text: &str) -> Result<Self> {
        let mut table: toml::Table = text.parse()?;
        let titles = table.remove("group").context("there are no groups")?;
        let titles: BTreeMap<String, Group> = titles.try_into()?;
        let mut groups = Vec::new();
        let mut known = BTreeSet::new();
        for (code, rows) in table {
            let title =
                titles.get(&code).with_context(|| format!("the group {code} has no title"))?;
            let rows: BTreeMap<String, Capability> = rows.try_into()?;
            let mut sorted = BTreeMap::new();
            for (number, row) in rows {
                let number =
                    Number::of(&number).with_context(|| format!("`{number}` is no number"))?;
                if row.found.is_empty() && row.missing.is_empty() {
                    bail!("{number} says neither where it is nor what is missing");
                }
                if !known.insert(number) {
                    bail!("{number} stands twice");
                }
                sorted.insert(number, row);
            }
            groups.push((title.title.clone(), sorted));
        }
        for (series, most) in SERIES {
            if let Some(number) =
                (1..=most).map(|it| Number(series, it)).find(|it| !known.contains(it))
            {
                bail!("{number} is not there");
            }
        }
        groups.sort_by_key(|(_, rows)| {
            rows.keys().next().map(|number| (number.0 == 'N', number.1)).unwrap_or_default()
        });
        Ok(Self { groups })
    }
}

/// By number, the files whose tests show it and how many of them do.
type Shown<'a> = BTreeMap<Number, BTreeMap<&'a str, usize>>;

/// What the tests of the tree show.
fn shown(tree: &Tree) -> Shown<'_> {
    let mut shown = Shown::new();
    for file in tree.rust_files().filter(|file| !file.path.starts_with("xtask/")) {
        let of_file = cites(file);
        for test in tests(&file.text) {
            for number in of_file.union(&test) {
                *shown.entry(*number).or_default().entry(file.path.as_str()).or_default() += 1;
            }
        }
    }
    shown
}

/// What all tests of a file show.
fn cites(file: &TextFile) -> BTreeSet<Number> {
    let of_tests = !file.is_source() || file.path.ends_with("/tests.rs");
    let lines = file.text.lines().map(str::trim_start).filter(|line| {
        let rule = line.starts_with("cites: \"") || line.starts_with("serves: \"");
        rule || of_tests && line.starts_with("//!")
    });
    lines.flat_map(Number::all_in).collect()
}

/// What each test of a text shows by its name and the comment above it.
fn tests(text: &str) -> Vec<BTreeSet<Number>> {
    let mut tests = Vec::new();
    let mut above: BTreeSet<Number> = BTreeSet::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim_start) {
        if let Some(comment) = line.strip_prefix("///") {
            above.extend(Number::all_in(comment));
        } else if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some(name) = name(line).filter(|_| is_test) {
            above.extend(in_name(name));
            tests.push(std::mem::take(&mut above));
            is_test = false;
        } else if !line.starts_with("#[") {
            above.clear();
            is_test = false;
        }
    }
    tests
}

/// The name of the function that a line begins.
fn name(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    line.strip_prefix("fn ")?.split('(').next()
}

/// `s36_n6_a_limit_is_near`.
fn in_name(name: &str) -> impl Iterator<Item = Number> {
    name.split('_').map_while(|word| Number::of(&word.to_ascii_uppercase()))
}

/// The page.
fn page(catalogue: &Catalogue, shown: &Shown<'_>) -> String {
    let mut page = String::from(
        "<!-- Generated by `cargo xtask capabilities`; edit docs/capabilities.toml, not this page. -->\n\n\
         # Capabilities\n\n\
         What a person can do, where, what of it is not there yet, and the tests that show it: how many, and in which \
         files most of them are.\n",
    );
    let all = || catalogue.groups.iter().flat_map(|(_, rows)| rows);
    let missing = all().filter(|(_, row)| row.found.is_empty()).count();
    let partly = all().filter(|(_, row)| !row.found.is_empty() && !row.missing.is_empty()).count();
    let untested =
        all().filter(|(number, row)| !row.found.is_empty() && !shown.contains_key(number)).count();
    let _ = writeln!(
        page,
        "\nOf {} capabilities {missing} are missing and {partly} are there in part; {untested} that are there are cited by \
         no test.",
        all().count()
    );
    for (title, rows) in &catalogue.groups {
        let _ = writeln!(
            page,
            "\n## {title}\n\n| | capability | where | not yet | tests |\n|---|---|---|---|---|"
        );
        for (number, row) in rows {
            let found = if row.found.is_empty() { "**missing**" } else { &row.found };
            let tests = shown.get(number).map_or_else(String::new, listed);
            let _ =
                writeln!(page, "| {number} | {} | {found} | {} | {tests} |", row.name, row.missing);
        }
    }
    page
}

/// `34: decide/src/signals/limit_near.rs, …`.
fn listed(files: &BTreeMap<&str, usize>) -> String {
    let mut most: Vec<_> = files.iter().collect();
    most.sort_by_key(|(path, tests)| (std::cmp::Reverse(**tests), **path));
    let names = most.iter().take(FILES_MOST);
    let names: Vec<_> =
        names.map(|(path, _)| path.strip_prefix("crates/").unwrap_or(path)).collect();
    let more = if most.len() > FILES_MOST { ", …" } else { "" };
    format!("{}: {}{more}", files.values().sum::<usize>(), names.join(", "))
}

fn drawn() -> Result<String> {
    let root = crate::root();
    let text = std::fs::read_to_string(root.join(SOURCE)).context(SOURCE)?;
    let catalogue = Catalogue::parse(&text).context(SOURCE)?;
    Ok(page(&catalogue, &shown(&Tree::read(&root)?)))
}

pub(crate) fn command() -> Result<()> {
    std::fs::write(crate::root().join(PAGE), drawn()?).context(PAGE)?;
    println!("{PAGE} is written");
    Ok(())
}

/// Whether the page is as it would be written now.
pub(crate) fn check() -> Result<()> {
    if std::fs::read_to_string(crate::root().join(PAGE)).unwrap_or_default() != drawn()? {
        bail!("{PAGE} is stale: `cargo xtask capabilities` writes it anew");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_shows_what_its_name_its_comment_and_its_file_say() {
        let rule = "    cites: \"S21 S52\",\n#[cfg(test)]\nmod tests {\n    /// S45 and N6: once.\n    #[test]\n    fn a() {}\n\n    \
                    #[tokio::test(flavor = \"x\")]\n    async fn s36_n1_b() {}\n    /// S9: no test.\n    fn c() {}\n}\n";
        let walk = "//! As a rep (S54).\n\n/// S109, S00 and S2x are none.\n#[test]\n#[ignore]\nfn d() {}\n";
        let source = "//! S57-S65.\n#[test]\nfn e() {}\n";
        let tree = Tree::of(&[
            ("crates/decide/src/a.rs", rule),
            ("crates/web/tests/it/b.rs", walk),
            ("crates/decide/src/c.rs", source),
        ]);
        let shown: Vec<String> = shown(&tree)
            .iter()
            .map(|(number, files)| format!("{number} {}", files.values().sum::<usize>()))
            .collect();
        assert_eq!(shown, ["N1 1", "N6 1", "S21 2", "S36 1", "S45 1", "S52 2", "S54 1"]);
    }

    #[test]
    fn a_capability_is_found_somewhere_or_missing_and_none_is_forgotten() {
        let check = |text: &str, problem: &str| {
            let error = Catalogue::parse(text).err().map(|error| error.to_string());
            assert_eq!(error.as_deref(), Some(problem));
        };
        let head = "group.A.title = \"a\"\n";
        check(
            &format!("{head}[A]\nS1 = {{ name = \"x\" }}"),
            "S1 says neither where it is nor what is missing",
        );
        check(&format!("{head}[A]\nS1 = {{ name = \"x\", where = \"y\" }}"), "S2 is not there");
        check(
            &format!("{head}[A]\nS109 = {{ name = \"x\", where = \"y\" }}"),
            "`S109` is no number",
        );
        check(
            "group.B.title = \"a\"\n[A]\nS1 = { name = \"x\", where = \"y\" }",
            "the group A has no title",
        );
    }

    #[test]
    fn the_page_is_fresh() {
        check().unwrap();
    }
}
