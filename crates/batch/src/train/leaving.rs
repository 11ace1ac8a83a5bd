//! The rows of P(leaves within the outcome window): each customer on several days of the past, a window apart.
//!
//! A landmark is such a day (van Houwelingen 2007, "Dynamic Prediction by Landmarking in Event History Analysis",
//! section 2): what was known at its end stands in the row, and what came within the window is the outcome. The
//! windows do not overlap. A main contract that ended left, unless the account began another that ran at the
//! window's end. Windows that were over before the first end on record are left out: nobody who left then is known.

use std::collections::BTreeSet;

use domain::time::{Day, Days};

use super::History;
use super::churn::cell;
use super::moment::{Asked, Held, OF_ACCOUNT, Unit};
use super::profile::Profiles;
use super::rows::{Case, Rows};
use crate::known::Account;
use crate::versions::{Line, Versions};

/// Landmarks at most.
const LANDMARKS: i32 = 8;

/// Names of the columns, and whether each holds texts.
pub fn columns(profiles: &Profiles) -> impl Iterator<Item = (&str, bool)> {
    OF_ACCOUNT.iter().map(|fact| (fact.name, fact.unit == Unit::Text)).chain(profiles.columns())
}

/// A row for each customer and landmark, at most so many: the ones that a draw of their own puts first. Beside them,
/// how many there are.
pub fn rows<'a>(
    history: History<'a>,
    profiles: &'a Profiles,
    (most, seed): (usize, i64),
) -> (Rows<'a>, usize) {
    let days = windows(&history, LANDMARKS);
    let cases = |account: &'a Account| {
        let days = days.clone();
        days.into_iter().filter_map(move |day| case(&history, account, day))
    };
    let each = history
        .accounts
        .values()
        .flat_map(|account| cases(account).map(move |case| (case.draw(seed), account.key)));
    let mut drawn: Vec<(u64, i64)> = each.collect();
    let all = drawn.len();
    drawn.sort_unstable();
    drawn.truncate(most);
    let kept: BTreeSet<(u64, i64)> = drawn.into_iter().collect();
    let mut rows = Rows::new(columns(profiles));
    for account in history.accounts.values() {
        let mut asked = None;
        for case in cases(account).filter(|it| kept.contains(&(it.draw(seed), account.key))) {
            let asked = asked.get_or_insert_with(|| Asked::of(history, account));
            // At the end of the landmark: at the beginning of the day after.
            let facts = asked.facts(case.on.plus(Days(1)));
            rows.push(case, facts.into_iter().chain(profiles.of(account.key)));
        }
    }
    (rows, all)
}

/// The landmarks, at most so many, the latest first: each begins a window that was over by the day of the run.
pub(super) fn windows(history: &History<'_>, most: i32) -> Vec<Day> {
    let lines = || history.versions.lines.values().flatten();
    let Some(first_end) = lines().filter_map(|line| line.ended).min() else { return Vec::new() };
    let first_start = lines().map(|line| line.started).min().unwrap_or(history.as_of);
    let window = history.window_days.max(1);
    let days = (1..=most).map(|back| history.as_of.plus(Days(-back * window)));
    days.take_while(|day| day.plus(Days(window)) >= first_end && *day >= first_start).collect()
}

/// What came of a customer within the window after a day; none for who was no customer then.
pub(super) fn case<'a>(history: &History<'a>, account: &'a Account, day: Day) -> Option<Case<'a>> {
    let versions: &'a Versions = history.versions;
    let held = Held::on(versions, account.key, day.plus(Days(1)));
    let (line, version) = held.main()?;
    let over = day.plus(Days(history.window_days.max(1)));
    let happened = left(versions, (account.key, line), (day, over, over));
    let product = versions.product(version);
    let rate_of = cell(product, version.term_months, line.started, day);
    Some(Case { rate_of, ..told((account, line), (day, over), happened) })
}

/// The case of a customer with its main contract: as of a day, known on another, whether it left; of no rate's cell.
pub(super) fn told<'a>(
    (account, line): (&'a Account, &Line),
    (on, known_on): (Day, Day),
    happened: bool,
) -> Case<'a> {
    Case {
        account: &account.id,
        group: account.root,
        id: "",
        on,
        known_on,
        happened,
        fate: happened || line.ended.is_some(),
        rate_of: String::new(),
    }
}

/// Whether a contract that ran after a day was over by a second one and none that began since ran at the end of a third.
pub(super) fn left(
    versions: &Versions,
    (account, line): (i64, &Line),
    (day, over, until): (Day, Day, Day),
) -> bool {
    line.ended.is_some_and(|end| end <= over) && {
        let then = Held::on(versions, account, until.plus(Days(1)));
        !then.0.iter().any(|(line, _)| line.started > day)
    }
}
