//! What some files must not mention: IO and clocks in the pure crates, engine sessions outside one file.

use super::Problem;
use crate::tree::{TextFile, Tree};

/// Crates whose results depend on their arguments alone.
const PURE: &[&str] = &["domain", "models", "decide"];

/// What a pure crate has no use for.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::process",
    "SystemTime",
    "Instant::now",
    "::now()",
    "async fn",
    "rand::rng",
];

/// What builds a session of the batch engine or knows of a cluster.
const SESSION: &[&str] = &["SessionContext::new", "SessionStateBuilder", "ballista"];

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let pure = |file: &&TextFile| file.krate().is_some_and(|krate| PURE.contains(&krate));
    tree.files
        .iter()
        .filter(|file| file.is_source())
        .filter(pure)
        .flat_map(|file| mentions(file, IMPURE, "has no place in a pure crate"))
        .collect()
}

pub(super) fn check_sessions(tree: &Tree) -> Vec<Problem> {
    let outside = |file: &&TextFile| {
        let path = file.path.strip_prefix("crates/batch/src/");
        path.is_some_and(|path| path != "query.rs" && !path.starts_with("query/"))
    };
    tree.rust_files()
        .filter(outside)
        .flat_map(|file| mentions(file, SESSION, "belongs in crates/batch/src/query.rs alone"))
        .collect()
}

/// The code lines of `file` that hold one of `words`; comments and unit tests may.
fn mentions(file: &TextFile, words: &[&str], why: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (ix, line) in file.without_tests().lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for word in words.iter().filter(|word| code.contains(**word)) {
            let place = format!("{}:{}", file.path, ix + 1);
            problems.push(Problem::new(place, format!("`{word}` {why}")));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::assert_finds;
    use super::{check, check_sessions};

    #[test]
    fn pure_crates_touch_nothing() {
        let text = "//! Reads std::fs never.\nuse std::fs;\n#[cfg(test)]\nmod tests { std::env }";
        let expected = "crates/decide/src/a.rs:2: `std::fs` has no place in a pure crate";
        assert_finds(check, &[("crates/decide/src/a.rs", text)], &[expected]);
        assert_finds(check, &[("crates/store/src/a.rs", text)], &[]);
    }

    #[test]
    fn sessions_are_built_in_one_file() {
        let text = "let session = SessionContext::new_with_state(state);";
        let expected = "crates/batch/src/run.rs:1: \
                        `SessionContext::new` belongs in crates/batch/src/query.rs alone";
        assert_finds(check_sessions, &[("crates/batch/src/run.rs", text)], &[expected]);
        assert_finds(check_sessions, &[("crates/batch/src/query.rs", text)], &[]);
    }
}
