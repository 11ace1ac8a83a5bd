//! ARCHITECTURE.md and `crates/` name each other; the pages that newcomers read first stay short.

use super::Problem;
use crate::tree::Tree;
use std::collections::BTreeSet;

/// (page, most lines).
const LENGTHS: &[(&str, usize)] = &[("README.md", 100), ("ARCHITECTURE.md", 200)];

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (page, most) in LENGTHS {
        match tree.file(page).map(|file| file.text.lines().count()) {
            None => problems.push(Problem::new(*page, "is missing")),
            Some(lines) if lines > *most => {
                problems.push(Problem::new(*page, format!("has {lines} lines, more than {most}")));
            }
            Some(_) => {}
        }
    }
    if let Some(page) = tree.file("ARCHITECTURE.md") {
        let (named, real) = (named_crates(&page.text), tree.crates());
        for name in real.difference(&named) {
            let what = format!("does not say what `crates/{name}` is");
            problems.push(Problem::new(&page.path, what));
        }
        for name in named.difference(&real) {
            let what = format!("speaks of `crates/{name}`, which does not exist");
            problems.push(Problem::new(&page.path, what));
        }
    }
    problems.extend(decisions(tree));
    problems
}

/// The `x` of each `crates/x` in a text.
fn named_crates(text: &str) -> BTreeSet<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mentions = text.split("crates/").skip(1);
    mentions
        .map(|rest| &rest[..rest.find(|c: char| !is_name(c)).unwrap_or(rest.len())])
        .filter(|name| !name.is_empty())
        .collect()
}

/// A decision page ends with the circumstances that would reopen it.
fn decisions(tree: &Tree) -> Vec<Problem> {
    let pages = tree.files.iter().filter(|file| file.path.starts_with("docs/decisions/"));
    pages
        .filter(|page| {
            let last = page.text.trim_end().rsplit("\n\n").next().unwrap_or_default();
            !last.trim_start().starts_with("Revisit when ")
        })
        .map(|page| Problem::new(&page.path, "does not end with `Revisit when …`"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::assert_finds;
    use super::check;

    const README: (&str, &str) = ("README.md", "# It");

    #[test]
    fn the_map_names_what_exists() {
        let page = ("ARCHITECTURE.md", "`crates/store` and `crates/old`");
        let files = [README, page, ("crates/store/src/lib.rs", ""), ("crates/sim/src/lib.rs", "")];
        let expected = [
            "ARCHITECTURE.md: does not say what `crates/sim` is",
            "ARCHITECTURE.md: speaks of `crates/old`, which does not exist",
        ];
        assert_finds(check, &files, &expected);
    }

    #[test]
    fn first_pages_exist_and_are_short() {
        let long = "x\n".repeat(101);
        let expected = ["README.md: has 101 lines, more than 100", "ARCHITECTURE.md: is missing"];
        assert_finds(check, &[("README.md", &long)], &expected);
    }

    #[test]
    fn decisions_say_when_to_revisit() {
        let page = ("ARCHITECTURE.md", "");
        let open = ("docs/decisions/x.md", "# X\n\nBecause.\n");
        let expected = "docs/decisions/x.md: does not end with `Revisit when …`";
        assert_finds(check, &[README, page, open], &[expected]);
        let closed = ("docs/decisions/x.md", "# X\n\nRevisit when Y.\n");
        assert_finds(check, &[README, page, closed], &[]);
    }
}
