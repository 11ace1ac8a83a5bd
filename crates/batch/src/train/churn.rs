//! P(leaves within the window): contracts that were at risk in the last window, by cell of product, term
//! and tenure.
//!
//! At risk: main contracts (the account's largest) that were active on any day of the window that ends on
//! the day. Left: those that ended in it. Observed, not randomised: a cell says what its customers did, not
//! what a change of contract would do to others.

use std::collections::BTreeMap;

use decide::facts::Contract;
use domain::ids::ProductId;
use domain::time::{Day, Days};

use super::History;

/// Ended and at-risk contracts by cell.
pub fn left_by_cell(history: History<'_>) -> BTreeMap<String, (u64, u64)> {
    let start = history.as_of.plus(Days(-history.window_days));
    let mut cells: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for account in history.accounts.values() {
        let at_risk = |c: &&Contract| {
            c.ended_on.is_none_or(|end| end > start) && (c.active || c.ended_on.is_some())
        };
        let Some(contract) = main_contract(account.contracts.iter().filter(at_risk)) else {
            continue;
        };
        let end = contract.ended_on.unwrap_or(history.as_of);
        let name = cell(&contract.product, contract.term_months, contract.started_on, end);
        let counted = cells.entry(name).or_default();
        counted.0 += u64::from(contract.ended_on.is_some());
        counted.1 += 1;
    }
    cells
}

/// The contract with the greatest recurring revenue, the first by id among equals.
pub fn main_contract<'a>(contracts: impl Iterator<Item = &'a Contract>) -> Option<&'a Contract> {
    contracts.min_by_key(|c| (-c.mrr_minor.unwrap_or(-1), c.subscription.clone()))
}

/// The cell's name: product, term, tenure on `day`.
pub fn cell(product: &ProductId, term_months: Option<i64>, started_on: Day, day: Day) -> String {
    let term = match term_months {
        None => "any term",
        Some(..=1) => "monthly",
        Some(2..=11) => "under 12 months",
        Some(12..=23) => "12 months",
        Some(_) => "24 months or more",
    };
    let tenure = match day.since(started_on).0 {
        ..=182 => "first half-year",
        183..=365 => "second half-year",
        366..=730 => "second year",
        731..=1461 => "third and fourth year",
        _ => "from the fifth year",
    };
    format!("{product} | {term} | {tenure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_speak_of_term_and_tenure() {
        let day = |text| Day::parse_iso(text).expect("a day");
        let check = |term, from, to, expected: &str| {
            assert_eq!(cell(&"Fiber".into(), term, day(from), day(to)), expected);
        };
        check(Some(1), "2019-09-01", "2019-09-30", "Fiber | monthly | first half-year");
        check(
            Some(24),
            "2015-09-01",
            "2019-09-30",
            "Fiber | 24 months or more | from the fifth year",
        );
        check(None, "2018-01-01", "2019-01-01", "Fiber | any term | second half-year");
    }
}
