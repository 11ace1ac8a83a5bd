//! Which items go with which: in the same basket, or in the customer's next one.

use super::fade::{Fade, Rows};
use super::history::{History, Line};
use super::personal;
use super::sums::{self, Sums};
use crate::parallel;

/// Where the other item is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lag {
    /// In the same basket.
    Together,
    /// In the basket after.
    Then,
}

/// How many companions of an item are kept.
const KEPT: usize = 60;
/// Of an item in more baskets than this, every n-th of them is counted.
const MOST: usize = 20_000;
/// Pairs seen rarely count for less: both / (both + 3).
const DRAWN: f32 = 3.0;

/// Of each item its companions, ascending, with weights 0..=1: the cosine of the items' baskets,
/// both / sqrt(count x other's count), times both / (both + 3).
///
/// Sarwar, Karypis, Konstan and Riedl (2001), "Item-based collaborative filtering recommendation algorithms",
/// section 3.1.1, over baskets in place of users; weighting by significance after Herlocker, Konstan,
/// Borchers and Riedl (1999), section 5.2.
pub fn companions(history: &History, lag: Lag, threads: usize) -> Rows {
    let baskets = (0..history.baskets())
        .map(|number| history.numbered(number).iter().map(|item| (*item, 1.0)).collect());
    let places = Rows::of(baskets).transposed(history.items());
    let followed = history.followed();
    let other = |number: usize| match lag {
        Lag::Together => history.numbered(number),
        Lag::Then if followed[number] => history.numbered(number + 1),
        Lag::Then => &[],
    };
    let scratch = || Sums::new(history.items());
    let rows = parallel::map(history.items(), threads, scratch, |sums, item| {
        let step = places.filled(item).div_ceil(MOST).max(1);
        for (number, _) in places.row(item).step_by(step) {
            other(number as usize).iter().for_each(|other| sums.add(*other, step as f32));
        }
        let found = sums.top(usize::MAX, |other| other as usize != item);
        sums.clear();
        let weight = |(other, both): (u32, f32)| {
            let (own, its) = (places.filled(item) as f32, places.filled(other as usize) as f32);
            (other, (both / (own * its).sqrt() * both / (both + DRAWN)).min(1.0))
        };
        let mut best = sums::top(found.into_iter().map(weight).collect(), KEPT);
        best.sort_unstable_by_key(|(other, _)| *other);
        best
    });
    Rows::of(rows)
}

/// How many different items of a customer are looked at by [`ever`].
const RECENT: usize = 150;

/// Every customer's items as one basket, up to 150 different ones bought last: with them [`companions`] says
/// which items have the same buyers, whenever they bought them.
pub fn ever(history: &History) -> History {
    let mut lines = Vec::new();
    for (customer, number) in (0..history.customers()).zip(0_u32..) {
        let mut habits = personal::habits(history, customer, Fade::PerOrder(1.0));
        habits.sort_by_key(|habit| (std::cmp::Reverse(habit.last), habit.item));
        let recent = habits.iter().take(RECENT);
        lines.extend(recent.map(|it| Line { customer: number, order: 0, item: it.item }));
    }
    // Items keep their positions though the greatest may have gone.
    History::of(lines, history.clock()).with_items(history.items())
}

/// The sum over some items, each with its weight, of their companions' weights.
pub fn tally(items: impl IntoIterator<Item = (u32, f32)>, companions: &Rows, sums: &mut Sums) {
    for (item, weight) in items {
        for (other, goes) in companions.row(item as usize) {
            if weight > 0.0 && goes > 0.0 {
                sums.add(other, weight * goes);
            }
        }
    }
}

/// Which of some items goes with another the most, each weighted; `None` where none does.
pub fn strongest(
    items: impl IntoIterator<Item = (u32, f32)>,
    companions: &Rows,
    other: u32,
) -> Option<(u32, f32)> {
    let goes = |item: u32| companions.get(item as usize, other);
    let weighed = items.into_iter().map(|(item, weight)| (item, weight * goes(item)));
    sums::top(weighed.filter(|(_, weight)| *weight > 0.0).collect(), 1).first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::next_basket::history::Clock;

    fn history() -> History {
        let line = |(customer, order, item)| Line { customer, order, item };
        // Bread (0) and butter (1) together twice; a printer (2) is followed by ink (3).
        let lines = [(0, 1, 0), (0, 1, 1), (1, 1, 0), (1, 1, 1), (2, 1, 2), (2, 2, 3), (2, 3, 0)];
        History::of(lines.map(line).to_vec(), Clock::Sequence)
    }

    #[test]
    fn together_and_then_are_told_apart() {
        let together = companions(&history(), Lag::Together, 1);
        let bread: Vec<(u32, f32)> = together.row(0).collect();
        assert_eq!(bread.len(), 1);
        let expected = 2.0 / 6.0_f32.sqrt() * 2.0 / 5.0;
        assert!(bread[0].0 == 1 && (bread[0].1 - expected).abs() < 1e-6, "{bread:?}");
        let then = companions(&history(), Lag::Then, 1);
        assert_eq!(then.row(2).map(|(item, _)| item).collect::<Vec<_>>(), [3]);
        assert_eq!(then.filled(1), 0, "nobody came back after butter");
    }

    #[test]
    fn the_same_buyers_at_different_times() {
        let ever = ever(&history());
        assert_eq!((ever.baskets(), ever.items()), (3, 4));
        let companions = companions(&ever, Lag::Together, 1);
        let printer: Vec<u32> = companions.row(2).map(|(item, _)| item).collect();
        assert_eq!(printer, [0, 3], "bread came two orders later");
    }

    #[test]
    fn the_strongest_companion_is_named() {
        let together = companions(&history(), Lag::Together, 1);
        assert_eq!(strongest([(2, 1.0), (0, 0.5)], &together, 1).map(|(item, _)| item), Some(0));
        assert_eq!(strongest([(2, 1.0)], &together, 1), None);
        let mut sums = Sums::new(4);
        tally([(0, 2.0)], &together, &mut sums);
        assert!((sums.get(1) - 2.0 * together.row(0).next().expect("one").1).abs() < 1e-6);
    }
}
