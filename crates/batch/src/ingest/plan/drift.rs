//! A file whose columns are not quite those it had before: what is gone, new, or only spelt otherwise.

use anyhow::{Error, anyhow};

use super::check::verb_columns;
use crate::ingest::mapping::{Into, KnownFile};
use crate::ingest::nearest::nearest;
use crate::suggest::plain_name;

/// The difference between the columns of a file and those it had before.
pub(super) struct Drift {
    /// The columns of the file, under their earlier names where only the spelling differs.
    pub(super) columns: Vec<String>,
    respelt: Vec<(String, String)>,
    gone: Vec<String>,
    new: Vec<String>,
}

impl Drift {
    /// Compares.
    pub(super) fn between(known: &KnownFile, now: &[String]) -> Self {
        let mut drift =
            Self { columns: now.to_vec(), respelt: Vec::new(), gone: Vec::new(), new: Vec::new() };
        for column in &mut drift.columns {
            if known.columns.contains(column) {
                continue;
            }
            let plain = plain_name(column);
            let earlier =
                known.columns.iter().find(|old| !now.contains(old) && plain_name(old) == plain);
            match earlier {
                Some(old) => {
                    drift.respelt.push((column.clone(), old.clone()));
                    column.clone_from(old);
                }
                None => drift.new.push(column.clone()),
            }
        }
        let gone = known.columns.iter().filter(|old| !drift.columns.contains(old));
        drift.gone = gone.cloned().collect();
        drift
    }

    /// Takes out attributes whose columns are gone: they are worth a note, not the file.
    pub(super) fn without_attributes(&self, into: &mut [Into]) {
        for rule in into {
            rule.attributes.retain(|(_, verb)| {
                verb_columns(verb).iter().all(|column| !self.gone.contains(column))
            });
        }
    }

    /// What is worth saying when the file can be taken.
    pub(super) fn notes(&self, known: &KnownFile) -> Vec<String> {
        let mut notes = Vec::new();
        if known.name != known.earlier {
            notes.push(format!(
                "it has the columns of {} and is taken by {}",
                known.earlier, known.mapping
            ));
        }
        for (now, old) in &self.respelt {
            notes.push(format!("the column `{now}` is taken for `{old}`"));
        }
        if !self.gone.is_empty() {
            notes.push(format!(
                "columns that are gone since {}: {}",
                known.earlier,
                self.gone.join(", ")
            ));
        }
        if !self.new.is_empty() {
            notes.push(format!(
                "new columns, which the mapping does not take: {}; name them in {} if they matter",
                self.new.join(", "),
                known.mapping
            ));
        }
        notes
    }

    /// Why the file cannot be taken: a column that the mapping uses is gone.
    pub(super) fn explain(&self, known: &KnownFile, error: &Error) -> Error {
        let only = match (&self.gone[..], &self.new[..]) {
            ([_], [new]) => Some(new.as_str()),
            _ => None,
        };
        let near = self.gone.iter().filter_map(|gone| {
            let near = nearest(gone, self.new.iter().map(String::as_str)).or(only)?;
            Some(format!("`{gone}` may now be `{near}`"))
        });
        let near: Vec<String> = near.collect();
        let near = if near.is_empty() { String::new() } else { format!(" {}.", near.join(", ")) };
        let new = if self.new.is_empty() { "none".to_owned() } else { self.new.join(", ") };
        // The error names the first column that is missed; one that is not gone was never there.
        let said = error.to_string();
        let used = self.gone.iter().find(|gone| said.contains(&format!("`{gone}`")));
        let why = used.map_or(said.clone(), |gone| format!("The mapping uses `{gone}`"));
        anyhow!(
            "its columns changed since {}: gone are {}; new are {new}.{near} {why}, so nothing of the file was \
             taken: mend {}, or export the file as before",
            known.earlier,
            self.gone.join(", "),
            known.mapping
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(columns: &[&str]) -> KnownFile {
        KnownFile {
            name: "march.csv".to_owned(),
            earlier: "feb.csv".to_owned(),
            columns: columns.iter().map(|c| (*c).to_owned()).collect(),
            mapping: "mappings/a.toml".to_owned(),
        }
    }

    #[test]
    fn other_spellings_are_the_same_column_and_the_rest_is_told() {
        let known = known(&["Account ID", "mrr", "note"]);
        let now = ["account_id", "mrr_amount", "extra"].map(str::to_owned);
        let drift = Drift::between(&known, &now);
        assert_eq!(drift.columns, ["Account ID", "mrr_amount", "extra"]);
        let notes = drift.notes(&known).join("\n");
        assert!(notes.contains("the column `account_id` is taken for `Account ID`"), "{notes}");
        assert!(notes.contains("gone since feb.csv: mrr, note"), "{notes}");
        assert!(notes.contains("does not take: mrr_amount, extra"), "{notes}");
        let said = drift.explain(&known, &anyhow!("it lacks `mrr`")).to_string();
        assert!(said.contains("nothing of the file was taken: mend mappings/a.toml"), "{said}");
    }
}
