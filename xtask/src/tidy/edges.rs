//! Which crate may depend on which of ours, and which framework is fenced into which crate.

use super::Problem;
use crate::tree::{Dependency, Manifest, Tree};

/// (crate, what it may depend on among ours), in the order of the layers from the ground up.
const EDGES: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("models", &[]),
    ("decide", &["domain"]),
    ("store", &["domain"]),
    ("sim", &["domain"]),
    ("batch", &["domain", "models", "decide", "store"]),
    ("web", &["domain", "decide", "store"]),
    ("nobishiro", &["domain", "models", "decide", "store", "sim", "batch", "web"]),
    ("xtask", &[]),
];

/// Edges beyond `EDGES` that tests may have, as (crate, crate): the store's contract suite uses its own
/// `testing` feature.
const TEST_EDGES: &[(&str, &str)] = &[("store", "store")];

/// (framework, the one crate that knows it). Holds for its companions too: `axum` is also `axum-extra`.
const FENCES: &[(&str, &str)] = &[
    ("sqlx", "store"),
    ("datafusion", "batch"),
    ("ballista", "batch"),
    ("axum", "web"),
    ("askama", "web"),
    ("clap", "nobishiro"),
];

/// (crate, outside crate that it must do without), where the crate's sentence says so.
const ABSENCES: &[(&str, &str)] = &[
    ("domain", "serde"),
    ("domain", "tokio"),
    ("models", "tokio"),
    ("decide", "tokio"),
    ("web", "arrow"),
    ("web", "parquet"),
];

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let manifests = tree.manifests();
    let mut problems = Vec::new();
    for manifest in &manifests {
        if let Some(error) = &manifest.broken {
            problems.push(Problem::new(&manifest.path, format!("cannot be read: {error}")));
        }
        let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == manifest.krate) else {
            let what = "is missing in the table of edges in xtask/src/tidy/edges.rs";
            problems.push(Problem::new(&manifest.path, what));
            continue;
        };
        for dependency in &manifest.dependencies {
            problems.extend(inner(manifest, dependency, allowed));
            problems.extend(outer(manifest, dependency));
        }
    }
    problems
}

/// An edge between two of our crates.
fn inner(manifest: &Manifest, dependency: &Dependency, allowed: &[&str]) -> Option<Problem> {
    let name = dependency.name.as_str();
    let ours = EDGES.iter().any(|(known, _)| *known == name);
    let excused = dependency.dev && TEST_EDGES.contains(&(manifest.krate.as_str(), name));
    (ours && !allowed.contains(&name) && !excused).then(|| {
        let what = format!("`{}` may not depend on `{name}`", manifest.krate);
        Problem::new(&manifest.path, what)
    })
}

/// An edge to a framework outside its fence, or to something the crate must do without.
fn outer(manifest: &Manifest, dependency: &Dependency) -> Option<Problem> {
    let (name, krate) = (dependency.name.as_str(), manifest.krate.as_str());
    if let Some((framework, home)) = FENCES.iter().find(|(framework, _)| is_of(name, framework))
        && *home != krate
    {
        let what = format!("`{name}` belongs in `{home}` alone ({framework} is fenced there)");
        return Some(Problem::new(&manifest.path, what));
    }
    let absent = ABSENCES.iter().any(|(crate_, without)| *crate_ == krate && is_of(name, without));
    (absent && !dependency.dev)
        .then(|| Problem::new(&manifest.path, format!("`{krate}` does without `{name}`")))
}

/// Whether `name` is the framework or one of its companions.
fn is_of(name: &str, framework: &str) -> bool {
    name.strip_prefix(framework).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

#[cfg(test)]
mod tests {
    use super::super::assert_finds;
    use super::check;

    fn one(path: &str, text: &str, expected: &[&str]) {
        assert_finds(check, &[(path, text)], expected);
    }

    #[test]
    fn allowed_edges_pass() {
        one("crates/web/Cargo.toml", "[dependencies]\ndecide.workspace = true\naxum = '0'", &[]);
        one("crates/domain/Cargo.toml", "[dependencies]\njiff = '0'", &[]);
    }

    #[test]
    fn forbidden_edges_are_found() {
        let expected = "crates/web/Cargo.toml: `web` may not depend on `models`";
        one("crates/web/Cargo.toml", "[dependencies]\nmodels.workspace = true", &[expected]);
        let expected = "crates/batch/Cargo.toml: `batch` may not depend on `web`";
        one("crates/batch/Cargo.toml", "[dev-dependencies]\nweb.workspace = true", &[expected]);
        let expected = "xtask/Cargo.toml: `xtask` may not depend on `domain`";
        one("xtask/Cargo.toml", "[dependencies]\ndomain.workspace = true", &[expected]);
    }

    #[test]
    fn frameworks_stay_in_their_crate() {
        let expected =
            "crates/web/Cargo.toml: `sqlx` belongs in `store` alone (sqlx is fenced there)";
        one("crates/web/Cargo.toml", "[dev-dependencies]\nsqlx = '0'", &[expected]);
        let expected = "crates/nobishiro/Cargo.toml: \
                        `axum-extra` belongs in `web` alone (axum is fenced there)";
        one("crates/nobishiro/Cargo.toml", "[dependencies]\naxum-extra = '0'", &[expected]);
    }

    #[test]
    fn absences_and_unknown_crates_are_found() {
        let expected = "crates/domain/Cargo.toml: `domain` does without `serde`";
        one("crates/domain/Cargo.toml", "[dependencies]\nserde = '1'", &[expected]);
        let expected = "crates/new/Cargo.toml: \
                        is missing in the table of edges in xtask/src/tidy/edges.rs";
        one("crates/new/Cargo.toml", "", &[expected]);
    }

    #[test]
    fn a_broken_manifest_is_said() {
        let found = check(&crate::tree::Tree::of(&[("crates/web/Cargo.toml", "[dependencies")]));
        assert!(found[0].what.starts_with("cannot be read"), "{found:?}");
    }
}
