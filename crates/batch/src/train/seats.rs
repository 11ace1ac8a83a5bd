//! How many seats of a product customers hold beside those of their main contract.

use std::collections::BTreeMap;

use crate::known::Account;

/// Customers who must hold both before their median tells.
const HOLDERS_MIN: usize = 5;
/// The standard deviation of a normal distribution over its median absolute deviation.
const SD_OF_MAD: f64 = 1.4826;

/// Seats of each product as a share of those of the customer's largest other contract: the median over those who hold
/// both, its spread (1.4826 times the median absolute deviation, as a share of the median), and how many they are.
///
/// Active contracts with seats; of several of one product their sum. Products that fewer than five hold so are left
/// out.
pub fn shares(accounts: &BTreeMap<i64, Account>) -> BTreeMap<String, (f64, f64, u64)> {
    let mut found: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for account in accounts.values() {
        let mut held: BTreeMap<&str, i64> = BTreeMap::new();
        for contract in account.contracts.iter().filter(|contract| contract.active) {
            let seats = contract.seats.filter(|seats| *seats > 0);
            *held.entry(contract.product.as_str()).or_default() += seats.unwrap_or(0);
        }
        for (product, seats) in &held {
            let others = held.iter().filter(|(other, _)| *other != product);
            let main = others.map(|(_, seats)| *seats).max().unwrap_or(0);
            if *seats > 0 && main > 0 {
                found.entry(product).or_default().push(*seats as f64 / main as f64);
            }
        }
    }
    found
        .into_iter()
        .filter(|(_, shares)| shares.len() >= HOLDERS_MIN)
        .map(|(product, mut shares)| {
            let n = shares.len() as u64;
            let middle = median(&mut shares);
            let mut apart: Vec<f64> = shares.iter().map(|share| (share - middle).abs()).collect();
            (product.to_owned(), (middle, SD_OF_MAD * median(&mut apart) / middle, n))
        })
        .collect()
}

/// The median; the values are sorted by it. There is at least one.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_even_and_odd_counts() {
        assert!((median(&mut [3.0, 1.0, 2.0]) - 2.0).abs() < 1e-12);
        assert!((median(&mut [4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-12);
    }
}
