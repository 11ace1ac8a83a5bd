//! The rows of P(opportunity | approach): each approach of the past with what was known of the customer and the product
//! on its day, and whether a deal of our doing followed ([`super::deals::Fruits`]).

use std::collections::BTreeSet;

use domain::time::Days;

use super::History;
use super::deals::{FRUIT_DAYS, Fruit, Fruits};
use super::moment::{Asked, Cell, Deal, OF_APPROACH};
use super::profile::Profiles;
use super::rows::{Case, Rows};
use super::won;

/// Names of the columns, and whether each holds texts.
pub fn columns(profiles: &Profiles) -> impl Iterator<Item = (&str, bool)> {
    won::columns(profiles).chain(OF_APPROACH.iter().map(|fact| (fact.name, false)))
}

/// The facts of an approach, in the order of [`OF_APPROACH`].
pub fn facts<'a>(by_people: bool) -> [Cell<'a>; 1] {
    [Cell::Number(f64::from(u8::from(by_people)))]
}

/// A row for each approach that is old enough to tell, at most so many: the ones that a draw of their own puts first.
/// Beside them, how many there are.
pub fn rows<'a>(
    history: History<'a>,
    (profiles, fruits): (&'a Profiles, &Fruits<'a>),
    (most, seed): (usize, i64),
) -> (Rows<'a>, usize) {
    let cases = || fruits.each().filter_map(|fruit| Some((fruit, case(history, fruit)?)));
    let mut drawn: Vec<(u64, i64)> =
        cases().map(|(fruit, case)| (case.draw(seed), fruit.account)).collect();
    let all = drawn.len();
    drawn.sort_unstable();
    drawn.truncate(most);
    let kept: BTreeSet<(u64, i64)> = drawn.into_iter().collect();
    let mut rows = Rows::new(columns(profiles));
    let mut asked: Option<(i64, Asked<'a>)> = None;
    for (fruit, case) in cases() {
        if !kept.contains(&(case.draw(seed), fruit.account)) {
            continue;
        }
        let account = &history.accounts[&fruit.account];
        if asked.as_ref().is_none_or(|(key, _)| *key != fruit.account) {
            asked = Some((fruit.account, Asked::of(history, account)));
        }
        let Some((_, asked)) = &asked else { continue };
        let of = Deal { product: Some(fruit.product), approached: Some(true) };
        let known = asked.facts(fruit.on).into_iter().chain(asked.deal(of, fruit.on));
        rows.push(case, known.chain(profiles.of(fruit.account)).chain(facts(fruit.by_people)));
    }
    (rows, all)
}

/// An approach as a row's case.
fn case<'a>(history: History<'a>, fruit: &Fruit<'a>) -> Option<Case<'a>> {
    let account = history.accounts.get(&fruit.account)?;
    Some(Case {
        account: &account.id,
        group: account.root,
        id: fruit.product.as_str(),
        on: fruit.on,
        known_on: fruit.on.plus(Days(FRUIT_DAYS)),
        happened: fruit.opened,
        fate: fruit.opened,
        rate_of: fruit.product.to_string(),
    })
}
