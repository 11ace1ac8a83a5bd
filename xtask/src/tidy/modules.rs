//! Every module opens with what it is, has a name that says so, and a length one can read.

use super::Problem;
use crate::tree::{TextFile, Tree};

const MAX_LINES: usize = 800;
const MAX_LINES_NINETIETH: usize = 400;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] =
    &["util", "utils", "common", "helper", "helpers", "manager", "managers", "types", "misc"];

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut lengths = Vec::new();
    for file in tree.rust_files() {
        let length = file.text.lines().count();
        lengths.push(length);
        if file.is_source() && !opens_with_doc(file) {
            let what = "does not open with `//!`: say what the module is";
            problems.push(Problem::new(&file.path, what));
        }
        if length > MAX_LINES {
            let what = format!("has {length} lines, more than {MAX_LINES}: split it by concept");
            problems.push(Problem::new(&file.path, what));
        }
        if let Some(name) = empty_name(&file.path) {
            let what = format!("`{name}` says nothing: name the concept");
            problems.push(Problem::new(&file.path, what));
        }
    }
    let ninetieth = ninetieth(&mut lengths);
    if ninetieth > MAX_LINES_NINETIETH {
        let what = format!(
            "one file in ten has {ninetieth} lines or more, which is over {MAX_LINES_NINETIETH}"
        );
        problems.push(Problem::new("crates", what));
    }
    problems
}

fn opens_with_doc(file: &TextFile) -> bool {
    file.text.lines().find(|line| !line.trim().is_empty()).is_some_and(|it| it.starts_with("//!"))
}

fn empty_name(path: &str) -> Option<&str> {
    let parts = path.split('/').map(|part| part.strip_suffix(".rs").unwrap_or(part));
    parts.into_iter().find(|part| EMPTY_NAMES.contains(part))
}

/// The nearest-rank ninetieth percentile; 0 without files.
fn ninetieth(lengths: &mut [usize]) -> usize {
    lengths.sort_unstable();
    let rank = (lengths.len() * 9).div_ceil(10);
    rank.checked_sub(1).map_or(0, |ix| lengths[ix])
}

#[cfg(test)]
mod tests {
    use super::super::assert_finds;
    use super::check;

    #[test]
    fn a_module_without_doc_is_found() {
        let expected = "crates/a/src/b.rs: does not open with `//!`: say what the module is";
        assert_finds(check, &[("crates/a/src/b.rs", "use x;\n//! late")], &[expected]);
        assert_finds(check, &[("crates/a/src/b.rs", "\n//! Early.\n")], &[]);
        assert_finds(check, &[("crates/a/tests/b.rs", "use x;")], &[]);
    }

    #[test]
    fn long_files_are_found() {
        let long = format!("//! Long.\n{}", "x\n".repeat(800));
        let expected = [
            "crates/a/src/b.rs: has 801 lines, more than 800: split it by concept",
            "crates: one file in ten has 801 lines or more, which is over 400",
        ];
        assert_finds(check, &[("crates/a/src/b.rs", &long)], &expected);
    }

    #[test]
    fn one_file_in_ten_may_be_longer() {
        let long = format!("//! Long.\n{}", "x\n".repeat(500));
        let mut files = vec![("crates/a/src/b.rs", long.as_str())];
        files.extend(std::iter::repeat_n(("crates/a/src/c.rs", "//! Short."), 9));
        assert_finds(check, &files, &[]);
    }

    #[test]
    fn empty_names_are_found() {
        let expected = "crates/a/src/util/x.rs: `util` says nothing: name the concept";
        assert_finds(check, &[("crates/a/src/util/x.rs", "//! X.")], &[expected]);
        let expected = "crates/a/src/types.rs: `types` says nothing: name the concept";
        assert_finds(check, &[("crates/a/src/types.rs", "//! X.")], &[expected]);
    }
}
