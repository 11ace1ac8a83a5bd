//! What everybody buys, lately.

use super::fade::Fade;
use super::history::History;
use super::personal;

/// Share of all baskets that hold each item, every basket weighted by the fade; 0..=1.
pub fn shares(history: &History, fade: Fade) -> Vec<f32> {
    let mut sums = vec![0.0_f64; history.items()];
    let mut total = 0.0;
    for customer in 0..history.customers() {
        for (order, weight) in fade.weights(history, customer).into_iter().enumerate() {
            let weight = f64::from(weight);
            total += weight;
            for item in history.basket(customer, order) {
                sums[*item as usize] += weight;
            }
        }
    }
    let share = |sum: f64| single(sum / if total > 0.0 { total } else { 1.0 });
    sums.into_iter().map(share).collect()
}

/// How readily each item is taken up: of the later baskets of customers who had not bought it yet, the share
/// that have it, every basket weighted by the fade; 0..=1. A customer's first basket is left out, since all in
/// it is new.
pub fn uptake(history: &History, fade: Fade) -> Vec<f32> {
    let (mut taken, mut owned) = (vec![0.0_f64; history.items()], vec![0.0_f64; history.items()]);
    let mut total = 0.0;
    for customer in 0..history.customers() {
        let weights = fade.weights(history, customer);
        // Of each order the weight of those after it.
        let mut after = vec![0.0_f64; weights.len()];
        for order in (1..weights.len()).rev() {
            after[order - 1] = after[order] + f64::from(weights[order]);
        }
        total += after.first().copied().unwrap_or(0.0);
        for habit in personal::habits(history, customer, fade) {
            let (item, first) = (habit.item as usize, habit.first as usize);
            owned[item] += after[first];
            if first > 0 {
                taken[item] += f64::from(weights[first]);
            }
        }
    }
    let share = |(taken, owned): (f64, f64)| {
        let could = total - owned;
        single(if could > 0.0 { (taken / could).min(1.0) } else { 0.0 })
    };
    taken.into_iter().zip(owned).map(share).collect()
}

/// How many customers ever bought each item.
pub fn buyers(history: &History) -> Vec<u32> {
    let mut counts = vec![0_u32; history.items()];
    for customer in 0..history.customers() {
        for item in history.bought(customer) {
            counts[item as usize] += 1;
        }
    }
    counts
}

#[expect(clippy::cast_possible_truncation, reason = "scores need no more than single precision")]
fn single(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::next_basket::history::{Clock, Line};

    fn history() -> History {
        // 0 buys the same twice, and something new the second time; 1 takes up item 0 the second time.
        let lines = [(0, 1, 0), (0, 2, 0), (0, 2, 1), (1, 1, 2), (1, 2, 0)];
        let line = |(customer, order, item)| Line { customer, order, item };
        History::of(lines.map(line).to_vec(), Clock::Sequence)
    }

    #[test]
    fn shares_of_baskets_and_of_customers() {
        assert_eq!(shares(&history(), Fade::PerOrder(1.0)), vec![0.75, 0.25, 0.25]);
        assert_eq!(shares(&history(), Fade::PerOrder(0.5)), vec![2.5 / 3.0, 1.0 / 3.0, 0.5 / 3.0]);
        assert_eq!(buyers(&history()), [2, 1, 1]);
    }

    #[test]
    fn uptake_leaves_out_who_has_it() {
        // Of two later baskets one is of a customer without item 0, and has it; both could take up item 1.
        assert_eq!(uptake(&history(), Fade::PerOrder(1.0)), vec![1.0, 0.5, 0.0]);
    }
}
