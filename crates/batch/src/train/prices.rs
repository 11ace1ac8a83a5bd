//! Prices that nobody wrote down: what bills imply a product costs a month, and what was paid for a piece.

use std::collections::{BTreeMap, BTreeSet};

use decide::facts::Contract;
use domain::ids::ProductId;

use crate::known::Account;
use crate::tables::FromLake;

/// Accounts that must hold a product before its price is implied.
const HOLDERS_MIN: usize = 30;
/// Contracts of a product that make its mean a price.
const CONTRACTS_MIN: usize = 5;
/// Products that one regression looks at.
const PRODUCTS_MAX: usize = 60;

/// Monthly prices implied by bills, minor units: mean, standard error, accounts.
///
/// For products without a list price (not in `priced`). Where every contract carries revenue of its own, the
/// mean over a product's contracts. Where some carry none, one bill stands for all that is held: least
/// squares of an account's recurring revenue on the products it holds, without an intercept. Products whose
/// price comes out at or below zero are left out.
pub fn implied(
    accounts: &BTreeMap<i64, Account>,
    priced: &[ProductId],
) -> BTreeMap<String, (f64, f64, u64)> {
    let bills: Vec<(f64, BTreeSet<&ProductId>)> = accounts
        .values()
        .filter_map(|account| {
            let active: Vec<_> = account.contracts.iter().filter(|c| c.active).collect();
            let mrr: i64 = active.iter().filter_map(|c| c.mrr_minor).sum();
            (mrr > 0).then(|| (mrr as f64, active.iter().map(|c| &c.product).collect()))
        })
        .collect();
    let mut holders: BTreeMap<&ProductId, usize> = BTreeMap::new();
    bills
        .iter()
        .flat_map(|(_, held)| held)
        .for_each(|product| *holders.entry(product).or_default() += 1);
    let columns: Vec<&ProductId> =
        holders.iter().filter(|(_, n)| **n >= HOLDERS_MIN).map(|(product, _)| *product).collect();
    let unbilled: BTreeSet<&ProductId> = accounts
        .values()
        .flat_map(|a| a.contracts.iter().filter(|c| c.active && c.mrr_minor.is_none()))
        .map(|c| &c.product)
        .collect();
    if unbilled.is_empty() {
        return mean_of_contracts(accounts, priced);
    }
    if columns.is_empty() || columns.len() > PRODUCTS_MAX {
        return BTreeMap::new();
    }
    let rows: Vec<Vec<f64>> = bills
        .iter()
        .map(|(_, held)| columns.iter().map(|c| f64::from(u8::from(held.contains(c)))).collect())
        .collect();
    let totals: Vec<f64> = bills.iter().map(|(mrr, _)| *mrr).collect();
    let Some(fit) = models::regression::least_squares(&rows, &totals) else {
        return BTreeMap::new();
    };
    columns
        .iter()
        .zip(fit.coefficients.iter().zip(&fit.standard_errors))
        .filter(|(product, (price, _))| !priced.contains(product) && **price > 0.0)
        .map(|(product, (price, se))| (product.to_string(), (*price, *se, holders[product] as u64)))
        .collect()
}

/// What a contract of a product brings a month, over those that are active.
fn mean_of_contracts(
    accounts: &BTreeMap<i64, Account>,
    priced: &[ProductId],
) -> BTreeMap<String, (f64, f64, u64)> {
    means(accounts, priced, |contract| contract.mrr_minor.map(|mrr| mrr as f64))
}

/// What a seat of a product brings a month, minor units: mean over its active contracts, standard error, contracts.
///
/// For products without a list price (not in `priced`) all of whose contracts that bring revenue are counted in
/// seats: what a large customer pays says little about what a small one would.
pub fn by_seat(
    accounts: &BTreeMap<i64, Account>,
    priced: &[ProductId],
) -> BTreeMap<String, (f64, f64, u64)> {
    let seats = |contract: &Contract| contract.seats.filter(|seats| *seats > 0);
    let contracts = accounts.values().flat_map(|account| &account.contracts);
    let uncounted: BTreeSet<&ProductId> = contracts
        .filter(|c| c.active && c.mrr_minor.is_some_and(|mrr| mrr > 0) && seats(c).is_none())
        .map(|contract| &contract.product)
        .collect();
    let mut prices = means(accounts, priced, |c| Some(c.mrr_minor? as f64 / seats(c)? as f64));
    prices.retain(|product, _| !uncounted.iter().any(|id| id.as_str() == product));
    prices
}

/// Means over the active contracts of a product for which the value is positive.
fn means(
    accounts: &BTreeMap<i64, Account>,
    priced: &[ProductId],
    value: impl Fn(&Contract) -> Option<f64>,
) -> BTreeMap<String, (f64, f64, u64)> {
    let mut paid: BTreeMap<&ProductId, Vec<f64>> = BTreeMap::new();
    let contracts = accounts.values().flat_map(|account| &account.contracts);
    for contract in contracts.filter(|contract| contract.active) {
        if let Some(value) = value(contract).filter(|value| *value > 0.0) {
            paid.entry(&contract.product).or_default().push(value);
        }
    }
    paid.into_iter()
        .filter(|(product, paid)| paid.len() >= CONTRACTS_MIN && !priced.contains(product))
        .map(|(product, paid)| {
            let n = paid.len() as f64;
            let mean = paid.iter().sum::<f64>() / n;
            let squares = paid.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
            let se = (squares / (n - 1.0) / n).sqrt();
            (product.to_string(), (mean, se, paid.len() as u64))
        })
        .collect()
}

/// Mean price of a piece over all orders, minor units, with the standard error of the accounts' means, and
/// the orders behind it.
pub fn paid(lake: &FromLake) -> BTreeMap<String, (f64, f64, u64)> {
    #[derive(Default)]
    struct Sums {
        amount: i64,
        quantity: f64,
        orders: u64,
        means: Vec<f64>,
    }
    let mut sums: BTreeMap<&str, Sums> = BTreeMap::new();
    for purchase in lake.purchases.values().flatten() {
        if purchase.quantity <= 0.0 || purchase.amount_minor <= 0 {
            continue;
        }
        let sum = sums.entry(purchase.product.as_str()).or_default();
        sum.amount += purchase.amount_minor;
        sum.quantity += purchase.quantity;
        sum.orders += u64::from(purchase.orders);
        sum.means.push(purchase.amount_minor as f64 / purchase.quantity);
    }
    sums.into_iter()
        .map(|(product, sum)| {
            let mean = sum.amount as f64 / sum.quantity;
            let n = sum.means.len() as f64;
            let variance =
                sum.means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
            (product.to_owned(), (mean, (variance / n).sqrt(), sum.orders))
        })
        .collect()
}
