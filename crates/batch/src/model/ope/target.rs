//! The policy to evaluate: probabilities of actions, for each row of the log, each position, or for all alike.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use models::ope::policy::{Log, Policy};

use super::super::sheet::{File, Sheet};
use super::Columns;
use super::log::Logged;

/// How far the probabilities of one distribution may be off one: what rounding in a file does.
const SUM_OFF_MAX: f64 = 0.005;

/// A distribution's row of the log (from 1) and position, where the file tells them apart.
type Key = (Option<usize>, Option<String>);

/// The target as the file writes it.
pub(super) struct Target {
    file: String,
    by_row: bool,
    by_position: bool,
    distributions: BTreeMap<Key, Distribution>,
}

struct Distribution {
    /// Where its first line stands.
    place: String,
    probabilities: BTreeMap<String, f64>,
}

/// What stands for the numbers of the log.
pub(super) struct Names {
    pub(super) actions: Vec<String>,
    pub(super) positions: Vec<String>,
}

/// The file's column of that name, in any case, or of the log's name for it.
fn column<'f>(file: &'f File, name: &str, also: Option<&String>) -> Option<&'f str> {
    let alike = |column: &&String| column.trim().eq_ignore_ascii_case(name);
    let found = file.columns().iter().find(alike);
    found.or_else(|| file.columns().iter().find(|column| Some(*column) == also)).map(String::as_str)
}

pub(super) fn read(file: &File, logged: &Logged, columns: &Columns) -> Result<Target> {
    let missing = |name: &str| {
        format!(
            "{} has no column `{name}`; a target has [row,] [position,] action and probability. Its columns are: {}",
            file.name(),
            file.columns().join(", ")
        )
    };
    let action =
        column(file, "action", Some(&columns.action)).with_context(|| missing("action"))?;
    let probability = column(file, "probability", Some(&columns.probability))
        .with_context(|| missing("probability"))?;
    let row = column(file, "row", None);
    let position = column(file, "position", columns.position.as_ref());
    if position.is_some() && logged.positions.is_none() {
        bail!("{} tells positions apart; name the log's column with --position", file.name());
    }
    let mut wanted = vec![action, probability];
    wanted.extend(row.into_iter().chain(position));
    let sheet = file.read(&wanted)?;
    let rows = row.map(|name| row_numbers(&sheet, name, logged)).transpose()?;
    let positions = position.map(|name| sheet.keys(name)).transpose()?;
    let shares = sheet.numbers(probability)?;
    let mut target = Target {
        file: file.name(),
        by_row: row.is_some(),
        by_position: position.is_some(),
        distributions: BTreeMap::new(),
    };
    for (at, (name, share)) in sheet.keys(action)?.into_iter().zip(shares).enumerate() {
        let key = (rows.as_ref().map(|it| it[at]), positions.as_ref().map(|it| it[at].clone()));
        target.add(key, name, share, &sheet.place(at))?;
    }
    target.check_sums()?;
    target.match_actions(logged)?;
    target.check_rows(logged)?;
    Ok(target)
}

fn row_numbers(sheet: &Sheet, column: &str, logged: &Logged) -> Result<Vec<usize>> {
    let most = logged.rewards.len();
    let told = |(row, value): (usize, Option<f64>)| {
        let whole = value.filter(|it| it.fract() == 0.0 && *it >= 1.0 && *it <= most as f64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number within the log"
        )]
        let whole = whole.map(|it| it as usize);
        whole.with_context(|| {
            format!(
                "{}: `{column}` is the number of a row of {}, from 1 to {most}, not {}",
                sheet.place(row),
                logged.file,
                value.map_or("empty".to_owned(), |it| it.to_string())
            )
        })
    };
    sheet.numbers(column)?.into_iter().enumerate().map(told).collect()
}

impl Target {
    #[expect(
        clippy::too_many_arguments,
        clippy::needless_pass_by_value,
        reason = "one row of the file, cell by cell"
    )]
    fn add(&mut self, key: Key, action: String, share: Option<f64>, place: &str) -> Result<()> {
        let share = share.with_context(|| {
            format!("{place}: the probability is missing; write 0 for an action never taken")
        })?;
        if !(0.0..=1.0).contains(&share) {
            bail!("{place}: {share} is no probability; it is 0 to 1 (percentages: divide by 100)");
        }
        let distribution = self.distributions.entry(key).or_insert_with(|| Distribution {
            place: place.to_owned(),
            probabilities: BTreeMap::new(),
        });
        if distribution.probabilities.insert(action.clone(), share).is_some() {
            bail!("{place}: action `{action}` stands there twice; each action has one probability");
        }
        Ok(())
    }

    /// Sums that are off by rounding are mended, others refused.
    fn check_sums(&mut self) -> Result<()> {
        for ((row, position), distribution) in &mut self.distributions {
            let sum: f64 = distribution.probabilities.values().sum();
            if (sum - 1.0).abs() > SUM_OFF_MAX {
                let row = row.map(|row| format!(" of row {row}")).unwrap_or_default();
                let position =
                    position.as_ref().map(|it| format!(" at position {it}")).unwrap_or_default();
                bail!(
                    "{}: the probabilities{row}{position} that begin there sum to {sum:.4}, not to 1; every action \
                     that the target may take must be there, each once",
                    distribution.place
                );
            }
            if (sum - 1.0).abs() > 1e-9 {
                distribution.probabilities.values_mut().for_each(|share| *share /= sum);
            }
        }
        Ok(())
    }

    /// Files from different tools write the same number as 7 and as 7.0.
    fn match_actions(&mut self, logged: &Logged) -> Result<()> {
        let taken: BTreeSet<&str> = logged.actions.iter().map(String::as_str).collect();
        if self.actions().any(|action| taken.contains(action)) {
            return Ok(());
        }
        let renamed = |name: &str| match name.strip_suffix(".0") {
            Some(whole) => whole.to_owned(),
            None => format!("{name}.0"),
        };
        if self.actions().any(|action| taken.contains(renamed(action).as_str())) {
            for distribution in self.distributions.values_mut() {
                let named = std::mem::take(&mut distribution.probabilities).into_iter();
                distribution.probabilities =
                    named.map(|(name, share)| (renamed(&name), share)).collect();
            }
            return Ok(());
        }
        let some = |names: &mut dyn Iterator<Item = &str>| {
            names.take(3).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        bail!(
            "no action of {} was ever taken in {}: the one has {} …, the other {} …. Are these the right columns?",
            self.file,
            logged.file,
            some(&mut self.actions()),
            some(&mut taken.iter().copied())
        )
    }

    fn actions(&self) -> impl Iterator<Item = &str> {
        let all = self.distributions.values().flat_map(|it| it.probabilities.keys());
        all.map(String::as_str)
    }

    fn key(&self, logged: &Logged, row: usize) -> Key {
        let position = logged.positions.as_ref().filter(|_| self.by_position);
        (self.by_row.then_some(row + 1), position.map(|it| it[row].clone()))
    }

    fn check_rows(&self, logged: &Logged) -> Result<()> {
        for row in 0..logged.rewards.len() {
            let key = self.key(logged, row);
            if !self.distributions.contains_key(&key) {
                let (number, position) = (row + 1, key.1.as_deref().unwrap_or(""));
                let of = match (self.by_row, self.by_position) {
                    (true, false) => format!("row {number}"),
                    (true, true) => format!("row {number} at position `{position}`"),
                    _ => format!("position `{position}`"),
                };
                bail!(
                    "{} has no probabilities for {of} of {}; give the target's distribution for each",
                    self.file,
                    logged.file
                );
            }
        }
        Ok(())
    }

    /// The log and the target by numbers, and what the numbers stand for.
    pub(super) fn join(self, logged: Logged) -> (Log, Policy, Names) {
        let all = self.actions().chain(logged.actions.iter().map(String::as_str));
        let actions = numbered(all);
        let nowhere = vec![String::new(); logged.rewards.len()];
        let shown = logged.positions.as_ref().unwrap_or(&nowhere);
        let positions = numbered(shown.iter().map(String::as_str));
        let order: BTreeMap<&Key, u32> = self.distributions.keys().zip(0..).collect();
        let of_row = (0..logged.rewards.len()).map(|row| order[&self.key(&logged, row)]);
        let of_row = of_row.collect();
        let distribution = |it: &Distribution| {
            it.probabilities.iter().map(|(name, share)| (actions[name], *share)).collect()
        };
        let distributions: Vec<Vec<(u32, f64)>> =
            self.distributions.values().map(distribution).collect();
        let log = Log {
            actions: logged.actions.iter().map(|name| actions[name]).collect(),
            positions: shown.iter().map(|name| positions[name]).collect(),
            action_count: actions.len(),
            position_count: positions.len(),
            rewards: logged.rewards,
            probabilities: logged.probabilities,
            context: logged.context,
        };
        let named = |numbers: BTreeMap<String, u32>| numbers.into_keys().collect();
        let names = Names { actions: named(actions), positions: named(positions) };
        (log, Policy::new(&distributions, of_row), names)
    }
}

/// Each name's place in their order.
fn numbered<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<String, u32> {
    let sorted: BTreeSet<&str> = names.collect();
    sorted.into_iter().map(str::to_owned).zip(0..).collect()
}
