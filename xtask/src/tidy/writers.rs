//! Every table of the store is written by exactly one of its modules.
//!
//! Writers are found in the SQL text of the code. A module that puts table names together while it
//! runs says which it writes in a line of its own:
//!
//! ```text
//! // writes: plays, play_events
//! // writes: canonical entities
//! ```
//!
//! The second form claims every canonical table that `domain` says lives in the store. A module is a file directly under
//! `crates/store/src` together with the folder of the same name.

use super::Problem;
use crate::tree::{TextFile, Tree};
use std::collections::{BTreeMap, BTreeSet};

const MARKER: &str = "// writes:";

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let tables = tables(tree);
    let canonical = canonical(tree);
    let mut writers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut problems = Vec::new();
    for file in tree.rust_files() {
        let claims = claims(file, &canonical);
        let written = written(file, &claims, &tables);
        match module(&file.path) {
            Some(module) => {
                for table in written {
                    writers.entry(table).or_default().insert(module);
                }
                let unknown = claims.iter().filter(|name| !tables.contains_key(*name));
                problems.extend(unknown.map(|name| {
                    Problem::new(&file.path, format!("claims `{name}`, which no migration makes"))
                }));
            }
            None if file.krate() == Some("store") || file.krate() == Some("xtask") => {}
            None => problems.extend(written.iter().map(|table| {
                Problem::new(&file.path, format!("writes `{table}`; only `store` writes tables"))
            })),
        }
    }
    for (table, migration) in &tables {
        let modules: Vec<_> = writers.get(table.as_str()).into_iter().flatten().copied().collect();
        match modules.len() {
            1 => {}
            0 => problems.push(Problem::new(
                *migration,
                format!(
                    "no module of `store` writes `{table}`; if one does, it says `{MARKER} {table}`"
                ),
            )),
            _ => problems.push(Problem::new(
                *migration,
                format!("`{table}` is written by {}; one must be enough", modules.join(", ")),
            )),
        }
    }
    problems
}

/// Tables by name, with the migration that makes each; a table that a migration drops is gone.
fn tables(tree: &Tree) -> BTreeMap<String, &str> {
    let mut found = BTreeMap::new();
    let migrations = tree.files.iter().filter(|file| {
        let folders = ["crates/store/migrations/", "crates/store/home/"];
        folders.iter().any(|folder| file.path.starts_with(folder))
            && crate::tree::ends_with(&file.path, "sql")
    });
    for file in migrations {
        let bare: Vec<_> =
            file.text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
        let words = words(&bare.join("\n"));
        for ix in 0..words.len() {
            let rest = &words[ix..];
            if let Some(name) = after(rest, &["create", "table"]) {
                let name = after(rest, &["create", "table", "if", "not", "exists"]).unwrap_or(name);
                found.insert(name.to_owned(), file.path.as_str());
            }
            if let Some(name) = after(rest, &["drop", "table"]) {
                found.remove(after(rest, &["drop", "table", "if", "exists"]).unwrap_or(name));
            }
        }
    }
    found
}

/// The module of `store` that the file belongs to.
fn module(path: &str) -> Option<&str> {
    let path = path.strip_prefix("crates/store/src/")?;
    let first = path.split('/').next()?;
    Some(first.strip_suffix(".rs").unwrap_or(first))
}

/// Tables that the file's code inserts into, updates or deletes from, and those that it claims.
fn written<'t>(
    file: &TextFile,
    claims: &[String],
    tables: &'t BTreeMap<String, &str>,
) -> BTreeSet<&'t str> {
    let mut names: BTreeSet<String> = claims.iter().cloned().collect();
    let code: Vec<_> =
        file.without_tests().lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let words = words(&code.join("\n"));
    for ix in 0..words.len() {
        let rest = &words[ix..];
        let forms: &[&[&str]] = &[
            &["insert", "into"],
            &["insert", "or", "ignore", "into"],
            &["insert", "or", "replace", "into"],
            &["replace", "into"],
            &["delete", "from"],
            &["update"],
            &["copy"],
        ];
        let name = forms.iter().find_map(|form| after(rest, form));
        names.extend(name.filter(|name| is_statement(rest, name)).map(str::to_owned));
    }
    tables.keys().map(String::as_str).filter(|table| names.contains(*table)).collect()
}

/// Rules out English: `update plays` counts only as `UPDATE plays [AS p] SET`, `copy` only with its end.
fn is_statement(rest: &[String], name: &str) -> bool {
    let has = |word: &str| rest.iter().skip(2).take(60).any(|it| it == word);
    match rest[0].as_str() {
        "update" => name != "set" && rest.iter().skip(2).take(3).any(|it| it == "set"),
        "copy" => has("from") && has("stdin"),
        _ => true,
    }
}

/// Tables named in the file's `// writes:` lines.
fn claims(file: &TextFile, canonical: &[String]) -> Vec<String> {
    let lines = file.text.lines().filter_map(|line| line.trim().strip_prefix(MARKER));
    let names = lines.flat_map(|line| line.split(',')).map(|name| name.trim().to_lowercase());
    let mut claimed = Vec::new();
    for name in names.filter(|name| !name.is_empty()) {
        if name == "canonical entities" {
            claimed.extend_from_slice(canonical);
        } else {
            claimed.push(name);
        }
    }
    claimed
}

/// The canonical tables of the store, out of `domain`'s list: `name: "accounts", home: Home::Store`.
fn canonical(tree: &Tree) -> Vec<String> {
    let list = |file: &&TextFile| file.path.starts_with("crates/domain/src/canonical/");
    let mut found = Vec::new();
    for file in tree.rust_files().filter(list) {
        for window in words(&file.text).windows(5) {
            if let [name, table, field, home, place] = window
                && [name, field, home, place] == ["name", "home", "home", "store"]
            {
                found.push(table.clone());
            }
        }
    }
    found
}

/// The word that follows `form` at the start of `rest`.
fn after<'w>(rest: &'w [String], form: &[&str]) -> Option<&'w str> {
    let matches = rest.len() > form.len() && rest.iter().zip(form).all(|(word, it)| word == it);
    matches.then(|| rest[form.len()].as_str())
}

/// Lower-case words; whatever is no letter, digit or `_` parts them, so that SQL may span lines.
fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    parts.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::super::assert_finds;
    use super::check;

    const PLAYS: (&str, &str) =
        ("crates/store/migrations/1.sql", "CREATE TABLE IF NOT EXISTS plays (play_id TEXT);");

    #[test]
    fn one_writer_passes_wherever_it_breaks_the_line() {
        let text = "sqlx::query(\"INSERT INTO \\\n    plays (play_id) VALUES ($1)\")";
        assert_finds(check, &[PLAYS, ("crates/store/src/plays.rs", text)], &[]);
        let text = "\"update plays set rank = $1\"";
        assert_finds(check, &[PLAYS, ("crates/store/src/plays/rank.rs", text)], &[]);
    }

    #[test]
    fn a_table_without_a_writer_is_found() {
        let text = "// DELETE FROM plays would be wrong\n\"SELECT * FROM plays FOR UPDATE\"";
        let expected = "crates/store/migrations/1.sql: no module of `store` writes `plays`; \
                        if one does, it says `// writes: plays`";
        assert_finds(check, &[PLAYS, ("crates/store/src/plays.rs", text)], &[expected]);
    }

    #[test]
    fn two_writers_are_found() {
        let files = [
            PLAYS,
            ("crates/store/src/plays.rs", "\"Insert Into plays VALUES (1)\""),
            ("crates/store/src/runs.rs", "\"DELETE FROM plays\""),
        ];
        let expected =
            "crates/store/migrations/1.sql: `plays` is written by plays, runs; one must be enough";
        assert_finds(check, &files, &[expected]);
    }

    #[test]
    fn writers_outside_the_store_are_found() {
        let files = [
            PLAYS,
            ("crates/store/src/plays.rs", "\"DELETE FROM plays\""),
            ("crates/web/src/lib.rs", "\"DELETE FROM plays\""),
        ];
        let expected = "crates/web/src/lib.rs: writes `plays`; only `store` writes tables";
        assert_finds(check, &files, &[expected]);
    }

    #[test]
    fn claims_count_and_must_be_true() {
        let made = ("crates/store/migrations/1.sql", "create table accounts (a TEXT);");
        let list = "name: \"accounts\",\n home: Home::Store,\n name: \"usage\", home: Home::Lake";
        let list = ("crates/domain/src/canonical/a.rs", list);
        let entities = ("crates/store/src/entities.rs", "// writes: canonical entities");
        assert_finds(check, &[made, list, entities], &[]);
        let runs = ("crates/store/src/runs.rs", "// writes: gone");
        let expected = "crates/store/src/runs.rs: claims `gone`, which no migration makes";
        assert_finds(check, &[made, list, entities, runs], &[expected]);
    }

    #[test]
    fn unit_tests_may_write_what_they_like() {
        let files = [
            PLAYS,
            ("crates/store/src/plays.rs", "\"DELETE FROM plays\""),
            ("crates/store/src/a.rs", "\n#[cfg(test)]\nmod tests { \"DELETE FROM plays\" }"),
        ];
        assert_finds(check, &files, &[]);
    }
}
