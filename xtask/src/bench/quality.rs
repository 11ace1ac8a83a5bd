//! `cargo xtask bench quality`: what each model promises of its answers, on data that nobody here wrote, beside
//! published figures and a trivial way of getting an answer.
//!
//! A model is one file under `quality/`, listed once. Its function runs the executable as an analyst does and lets an
//! independent script of `xtask/bench` score the files that were written; it returns one [`Claim`] a promise. A claim
//! that is not kept stands in the table as short. `quality/NAME` measures one model anew and lets the others stand.

mod claim;
mod page;
mod ltv;
mod rules;
mod also_bought;
mod nps;
mod ope;
mod retention;
mod next_basket;
mod propensity;
mod uplift;
mod forecast;

use super::program::Setting;
use super::{machine, record};
use crate::data;
use anyhow::{Context, Result};
pub(super) use claim::{Claim, Mark, Published, Required};
use std::path::PathBuf;

/// The heading of the table on the page, and the word on the command line.
pub(super) const NAME: &str = "quality";

/// One model whose answers are scored.
pub(super) struct Model {
    pub(super) name: &'static str,
    /// What is run on what: splits, seeds, repetitions.
    pub(super) protocol: &'static str,
    /// The files that are read, below the data folder; their hashes are written beside the claims.
    pub(super) files: &'static [&'static str],
    pub(super) claims: fn(&Setting) -> Result<Vec<Claim>>,
}

const MODELS: &[Model] = &[
    ope::MODEL,
    ltv::MODEL,
    retention::MODEL,
    rules::MODEL,
    also_bought::MODEL,
    next_basket::MODEL,
    nps::MODEL,
    propensity::MODEL,
    uplift::MODEL,
    forecast::MODEL,
];

/// Whether a word of the command line asks for the table or for one model's part of it.
pub(super) fn is_named(word: &str) -> bool {
    word == NAME || models(&[word]).next().is_some()
}

/// Says what can be asked for.
pub(super) fn list() {
    println!("{NAME:12} what the models' answers are worth, beside published figures");
    for model in MODELS {
        println!("{NAME}/{}: {}", model.name, model.protocol);
    }
}

/// The models that the words ask for; all of them where a word is the table's own.
fn models<'a>(words: &'a [&'a str]) -> impl Iterator<Item = &'static Model> + 'a {
    let asked = |model: &&Model| {
        words.iter().any(|word| *word == NAME || word.strip_prefix("quality/") == Some(model.name))
    };
    MODELS.iter().filter(asked)
}

/// Measures what the words ask for and writes the table; how many claims were short, of how many.
pub(super) fn run(setting: &Setting, words: &[&str]) -> Result<(usize, usize)> {
    let (mut short, mut all) = (0, 0);
    for model in models(words) {
        println!("quality/{}: {}", model.name, model.protocol);
        let part = measured(setting, model)?;
        short += part.claims.iter().filter(|claim| !claim.is_met()).count();
        all += part.claims.len();
        record::write_section(setting, NAME, |old| page::with(old, model, &part))?;
    }
    Ok((short, all))
}

/// Where the files lie, or the first that does not.
fn found(model: &Model) -> std::result::Result<Vec<PathBuf>, PathBuf> {
    let paths = model.files.iter().map(|name| data::folder().join(name));
    paths.map(|path| if path.is_file() { Ok(path) } else { Err(path) }).collect()
}

fn measured(setting: &Setting, model: &Model) -> Result<page::Part> {
    let origin = format!("{}, commit {}, {}", machine::today()?, setting.commit, setting.built);
    let paths = match found(model) {
        Ok(paths) => paths,
        Err(missing) => {
            println!("  SKIPPED-DATA: {} is not there; set NOBISHIRO_DATA", missing.display());
            let missing = model.files.join(", ");
            return Ok(page::Part { origin, missing: Some(missing), ..page::Part::default() });
        }
    };
    let claims = (model.claims)(setting)
        .with_context(|| format!("the quality of {} could not be measured", model.name))?;
    for claim in &claims {
        println!("  {claim}");
    }
    let hash = |(name, path): (&&str, &PathBuf)| Ok(((*name).to_owned(), machine::sha256(path)?));
    let hashes = model.files.iter().zip(&paths).map(hash).collect::<Result<_>>()?;
    Ok(page::Part { origin, missing: None, claims, hashes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_or_one_model_is_named() {
        assert!(is_named("quality") && is_named("quality/ope"));
        assert!(!is_named("ope") && !is_named("quality/nothing"));
        assert_eq!(models(&["quality"]).count(), MODELS.len());
        assert_eq!(models(&["quality/ope", "night"]).count(), 1);
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<&str> = MODELS.iter().map(|model| model.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), MODELS.len());
    }
}
