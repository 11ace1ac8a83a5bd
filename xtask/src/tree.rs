//! The project's text files and manifests, read once; every tidy check is a function of this.

use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::path::Path;

/// Folders of the workspace that the checks look into; everything else is none of their business.
const FOLDERS: &[&str] = &["crates", "xtask", "docs"];
/// Files at the top that have rules of their own.
const TOP_FILES: &[&str] = &["Cargo.toml", "README.md", "ARCHITECTURE.md"];
const ENDINGS: &[&str] = &["rs", "toml", "sql", "md"];

/// One text file; `path` is relative to the root, with `/` between its parts.
#[derive(Debug, Clone)]
pub(crate) struct TextFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl TextFile {
    /// The crate that the file belongs to: `store` for `crates/store/src/lib.rs`.
    pub(crate) fn krate(&self) -> Option<&str> {
        match self.path.split('/').collect::<Vec<_>>()[..] {
            ["crates", name, _, ..] => Some(name),
            ["xtask", _, ..] => Some("xtask"),
            _ => None,
        }
    }

    pub(crate) fn is_rust(&self) -> bool {
        ends_with(&self.path, "rs")
    }

    /// Whether the file is compiled into the crate itself, not into its integration tests.
    pub(crate) fn is_source(&self) -> bool {
        let parts: Vec<_> = self.path.split('/').collect();
        self.is_rust() && matches!(parts[..], ["crates", _, "src", _, ..] | ["xtask", "src", _, ..])
    }

    /// The text without the unit tests at its end; nothing of a file that is unit tests altogether.
    pub(crate) fn without_tests(&self) -> &str {
        if self.path.ends_with("/tests.rs") || self.path.contains("/tests/") {
            return "";
        }
        let starts = ["#[cfg(test)]\nmod ", "#[cfg(test)]\npub(crate) mod "];
        let found = starts.iter().filter_map(|start| self.text.find(start)).min();
        let end = found.unwrap_or(self.text.len());
        &self.text[..end]
    }
}

/// Whether `path` ends with `.ending`.
pub(crate) fn ends_with(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|it| it == ending)
}

/// All text files under a root, in order of their paths.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    pub(crate) files: Vec<TextFile>,
}

impl Tree {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        for name in TOP_FILES {
            if root.join(name).is_file() {
                tree.add(root, &root.join(name))?;
            }
        }
        for name in FOLDERS {
            if root.join(name).is_dir() {
                tree.walk(root, &root.join(name))?;
            }
        }
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    fn walk(&mut self, root: &Path, folder: &Path) -> Result<()> {
        let entries = std::fs::read_dir(folder)
            .with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let path = entry.with_context(|| format!("cannot list {}", folder.display()))?.path();
            let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
            if hidden || path.file_name().is_some_and(|name| name == "target") {
                continue;
            }
            if path.is_dir() {
                self.walk(root, &path)?;
            } else if path.extension().is_some_and(|it| ENDINGS.iter().any(|known| it == *known)) {
                self.add(root, &path)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, root: &Path, path: &Path) -> Result<()> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let relative = path.strip_prefix(root).expect("the walk stays under its root");
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        self.files.push(TextFile { path: parts.join("/"), text });
        Ok(())
    }

    pub(crate) fn file(&self, path: &str) -> Option<&TextFile> {
        self.files.iter().find(|file| file.path == path)
    }

    pub(crate) fn rust_files(&self) -> impl Iterator<Item = &TextFile> {
        self.files.iter().filter(|file| file.is_rust())
    }

    /// The names of the folders in `crates/`.
    pub(crate) fn crates(&self) -> BTreeSet<&str> {
        self.files.iter().filter_map(TextFile::krate).filter(|name| *name != "xtask").collect()
    }

    /// The manifests of the members: of each crate, and of xtask.
    pub(crate) fn manifests(&self) -> Vec<Manifest> {
        let is_manifest = |file: &&TextFile| {
            let parts: Vec<_> = file.path.split('/').collect();
            matches!(parts[..], ["crates", _, "Cargo.toml"] | ["xtask", "Cargo.toml"])
        };
        self.files.iter().filter(is_manifest).map(Manifest::parse).collect()
    }
}

/// One line of a member's dependency tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Declared in `[dev-dependencies]`: only tests see it.
    pub(crate) dev: bool,
    /// Declared as `name.workspace = true`.
    pub(crate) inherited: bool,
}

/// What the checks need of one member's Cargo.toml.
#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    pub(crate) path: String,
    pub(crate) krate: String,
    pub(crate) dependencies: Vec<Dependency>,
    /// Why the manifest could not be read, if so.
    pub(crate) broken: Option<String>,
}

impl Manifest {
    fn parse(file: &TextFile) -> Self {
        let krate = file.krate().expect("manifests lie in a member's folder").to_owned();
        let (table, broken) = match file.text.parse::<toml::Table>() {
            Ok(table) => (table, None),
            Err(error) => (toml::Table::new(), Some(error.to_string())),
        };
        let mut dependencies = collect(&table);
        if let Some(toml::Value::Table(targets)) = table.get("target") {
            for target in targets.values().filter_map(toml::Value::as_table) {
                dependencies.extend(collect(target));
            }
        }
        Self { path: file.path.clone(), krate, dependencies, broken }
    }
}

fn collect(table: &toml::Table) -> Vec<Dependency> {
    let kinds =
        [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)];
    let mut found = Vec::new();
    for (kind, dev) in kinds {
        let Some(toml::Value::Table(listed)) = table.get(kind) else { continue };
        for (name, value) in listed {
            let inherited = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
            found.push(Dependency { name: name.clone(), dev, inherited });
        }
    }
    found
}

#[cfg(test)]
impl Tree {
    /// A tree out of (path, text) pairs.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let file = |&(path, text): &(&str, &str)| TextFile { path: path.into(), text: text.into() };
        Self { files: files.iter().map(file).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_text_files_of_known_folders_only() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["crates/a/src/lib.rs", "crates/a/logo.png", "other/x.rs", "README.md"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let tree = Tree::read(folder.path()).unwrap();
        let paths: Vec<_> = tree.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["README.md", "crates/a/src/lib.rs"]);
    }

    #[test]
    fn knows_source_from_tests_and_crates_from_xtask() {
        let tree = Tree::of(&[
            ("crates/a/src/lib.rs", "code\n#[cfg(test)]\nmod tests {}"),
            ("crates/a/tests/it.rs", ""),
            ("xtask/src/main.rs", ""),
        ]);
        let source: Vec<_> = tree.files.iter().map(TextFile::is_source).collect();
        assert_eq!(source, [true, false, true]);
        assert_eq!(tree.files[0].without_tests(), "code\n");
        assert_eq!(tree.crates(), BTreeSet::from(["a"]));
    }

    #[test]
    fn reads_dependencies_of_every_kind() {
        let text = "[dependencies]\na.workspace = true\n[dev-dependencies]\nb = \"1\"\n\
                    [target.'cfg(unix)'.dependencies]\nc.workspace = true\n";
        let tree = Tree::of(&[("crates/x/Cargo.toml", text)]);
        let [manifest] = &tree.manifests()[..] else { panic!("one manifest") };
        let names: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|it| format!("{} dev={} inherited={}", it.name, it.dev, it.inherited))
            .collect();
        let expected = [
            "a dev=false inherited=true",
            "b dev=true inherited=false",
            "c dev=false inherited=true",
        ];
        assert_eq!(names, expected);
    }
}
