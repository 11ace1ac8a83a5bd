//! What a customer's own orders say of each item that they bought.

use super::fade::Fade;
use super::history::History;

/// One item in one customer's orders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habit {
    /// The item.
    pub item: u32,
    /// In how many of the customer's orders; at least 1.
    pub count: u32,
    /// Which order had it first, the oldest being 0.
    pub first: u32,
    /// Which order had it last.
    pub last: u32,
    /// Share of the orders that have it, weighted by the fade, 0..=1.
    pub rate: f32,
}

impl Habit {
    /// Orders since the last one with it, per usual interval between those with it; 1 is due. 0 for an item
    /// bought once, of which no interval is known.
    pub fn due(&self, orders: usize) -> f32 {
        if self.count < 2 {
            return 0.0;
        }
        let interval = (self.last - self.first) as f32 / (self.count - 1) as f32;
        (orders as f32 - self.last as f32) / interval
    }
}

/// A customer's habits, one for each item bought, ascending by item.
pub fn habits(history: &History, customer: usize, fade: Fade) -> Vec<Habit> {
    let weights = fade.weights(history, customer);
    let total: f32 = weights.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    let mut habits: Vec<Habit> = Vec::new();
    for ((order, weight), number) in weights.into_iter().enumerate().zip(0_u32..) {
        let rate = weight / total;
        let seen = |item: &u32| Habit { item: *item, count: 1, first: number, last: number, rate };
        habits.extend(history.basket(customer, order).iter().map(seen));
    }
    habits.sort_by_key(|habit| habit.item);
    habits.dedup_by(|later, first| {
        let same = later.item == first.item;
        if same {
            first.count += 1;
            first.last = later.last;
            first.rate += later.rate;
        }
        same
    });
    habits
}

/// Share of the items in a customer's later baskets that they had bought before, drawn toward one half by
/// two items' worth, in (0, 1): how much of a creature of habit.
pub fn loyalty(history: &History, customer: usize) -> f32 {
    let habits = habits(history, customer, Fade::PerOrder(1.0));
    let lines: u32 = habits.iter().map(|habit| habit.count).sum();
    let first = match history.orders(customer) {
        0 => 0,
        _ => history.basket(customer, 0).len(),
    };
    let again = (lines as usize - habits.len()) as f32;
    (again + 1.0) / ((lines as usize - first) as f32 + 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::next_basket::history::{Clock, Line};

    #[test]
    fn habits_count_and_fade() {
        let line = |order, item| Line { customer: 0, order, item };
        let lines = vec![line(1, 5), line(2, 5), line(2, 6), line(3, 7), line(4, 5)];
        let history = History::of(lines, Clock::Sequence);
        let habits = habits(&history, 0, Fade::PerOrder(0.5));
        let five = habits[0];
        assert_eq!((five.item, five.count, five.first, five.last), (5, 3, 0, 3));
        assert!((five.rate - (1.0 + 0.25 + 0.125) / 1.875).abs() < 1e-6);
        assert!((five.due(4) - 1.0 / 1.5).abs() < 1e-6);
        assert!((habits[1].due(4)).abs() < 1e-6, "bought once");
        // Of four later items one pair had been bought before: item 5, twice.
        assert!((loyalty(&history, 0) - 3.0 / 6.0).abs() < 1e-6);
    }
}
