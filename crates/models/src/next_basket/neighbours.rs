//! What customers alike bought.

use super::fade::{Fade, Rows, profile};
use super::history::History;
use super::personal;
use super::popular;
use super::sums::Sums;
use crate::parallel;

/// What makes two customers alike, and how the neighbours vote. Likeness is the cosine of two profiles,
/// 0..=1; the score of an item is the mean of the neighbours' votes for it, weighted by likeness.
///
/// With [`Fade::Grouped`] for both and without the customer among the neighbours these are the neighbours of
/// TIFU-kNN (Hu, He, Gao and Zhang 2020, section 4.2), but by cosine in place of Euclidean distance, which
/// prefers short histories. With votes that fade and the customer among the neighbours they are those of
/// UP-CF (Faggioli, Polato and Aiolli 2020, "Recency Aware Collaborative Filtering for Next Basket
/// Recommendation", section 3), with the cosine of faded counts in place of that of sets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circle {
    /// How baskets count in the profiles that are compared.
    pub likeness: Fade,
    /// Whether items that few customers buy say more: weights times ln(customers / buyers).
    pub rare: bool,
    /// How a neighbour's baskets count in the votes.
    pub votes: Fade,
    /// How many of the most alike are asked.
    pub count: usize,
    /// Whether the customer is one of them.
    pub own: bool,
}

/// Customers who can be neighbours, found by what they bought.
#[derive(Debug)]
pub struct Pool {
    members: Vec<u32>,
    /// Of each item, who of the members bought it, with weights of unit-length profiles.
    inverted: Rows,
    rarity: Option<Vec<f32>>,
    likeness: Fade,
}

/// A customer who is alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Place among the pool's members.
    pub member: u32,
    /// 0..=1.
    pub likeness: f32,
}

impl Pool {
    /// Indexes the profiles of `members`, who are positions of customers, ascending.
    pub fn of(history: &History, members: Vec<u32>, circle: Circle, threads: usize) -> Self {
        let rarity = circle.rare.then(|| rarity(history));
        let mut pool =
            Self { members, inverted: Rows::default(), rarity, likeness: circle.likeness };
        let rows = parallel::map(
            pool.members.len(),
            threads,
            || (),
            |(), at| pool.direction(history, pool.members[at] as usize),
        );
        pool.inverted = Rows::of(rows).transposed(history.items());
        pool
    }

    /// Positions of the customers who can be neighbours.
    pub fn members(&self) -> &[u32] {
        &self.members
    }

    /// A customer's profile at unit length; empty when nothing was bought.
    fn direction(&self, history: &History, customer: usize) -> Vec<(u32, f32)> {
        let mut profile = profile(history, customer, self.likeness);
        if let Some(rarity) = &self.rarity {
            for (item, weight) in &mut profile {
                *weight *= rarity[*item as usize];
            }
        }
        let length = profile.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        profile.retain(|(_, weight)| *weight > 0.0);
        for (_, weight) in &mut profile {
            *weight /= length;
        }
        profile
    }

    /// The `circle.count` members most alike to a customer, the most alike first, ties by position. `sums`
    /// has a place for each member and is left cleared.
    pub fn nearest(
        &self,
        history: &History,
        (customer, circle): (usize, Circle),
        sums: &mut Sums,
    ) -> Vec<Neighbour> {
        for (item, weight) in self.direction(history, customer) {
            for (member, other) in self.inverted.row(item as usize) {
                sums.add(member, weight * other);
            }
        }
        let allowed =
            |member: u32| circle.own || self.members[member as usize] as usize != customer;
        let found = sums.top(circle.count, allowed);
        sums.clear();
        found
            .into_iter()
            .map(|(member, likeness)| Neighbour { member, likeness: likeness.min(1.0) })
            .collect()
    }
}

/// ln(customers / buyers) of each item, 0 or more.
fn rarity(history: &History) -> Vec<f32> {
    let customers = history.customers() as f32;
    popular::buyers(history).into_iter().map(|n| (customers / n.max(1) as f32).ln()).collect()
}

/// The votes of each member: weights by the circle's fade, over the sum of the weights of all their baskets.
pub fn votes(history: &History, members: &[u32], fade: Fade, threads: usize) -> Rows {
    Rows::of(parallel::map(
        members.len(),
        threads,
        || (),
        |(), at| {
            let customer = members[at] as usize;
            let total: f32 = match fade {
                // Half-lives compare customers: one who left long ago has little to say.
                Fade::HalfLife(_) => 1.0,
                _ => fade.weights(history, customer).iter().sum(),
            };
            let mut profile = profile(history, customer, fade);
            for (_, weight) in &mut profile {
                *weight /= total.max(f32::MIN_POSITIVE);
            }
            profile
        },
    ))
}

/// The votes of each member as [`votes`], but of each item only its first basket: what the member took up,
/// and lately where the fade says so.
pub fn uptakes(history: &History, members: &[u32], fade: Fade, threads: usize) -> Rows {
    Rows::of(parallel::map(
        members.len(),
        threads,
        || (),
        |(), at| {
            let customer = members[at] as usize;
            let weights = fade.weights(history, customer);
            let total: f32 = match fade {
                Fade::HalfLife(_) => 1.0,
                _ => weights.iter().sum(),
            };
            let first =
                |habit: personal::Habit| (habit.item, weights[habit.first as usize] / total);
            personal::habits(history, customer, fade).into_iter().map(first).collect()
        },
    ))
}

/// The mean vote for each item, weighted by likeness, into `sums`; nothing where nobody is alike.
pub fn tally(neighbours: &[Neighbour], votes: &Rows, sums: &mut Sums) {
    let total: f32 = neighbours.iter().map(|one| one.likeness).sum();
    for one in neighbours {
        for (item, weight) in votes.row(one.member as usize) {
            sums.add(item, one.likeness * weight / total);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::next_basket::history::{Clock, Line};

    const CIRCLE: Circle = Circle {
        likeness: Fade::PerOrder(1.0),
        rare: false,
        votes: Fade::PerOrder(1.0),
        count: 2,
        own: false,
    };

    fn history() -> History {
        let line = |customer, item| Line { customer, order: 1, item };
        // 0 and 1 share two items, 0 and 2 share one, 3 is a stranger.
        let lines = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (2, 3), (3, 4)];
        History::of(lines.map(|(customer, item)| line(customer, item)).to_vec(), Clock::Sequence)
    }

    #[test]
    fn the_nearest_by_cosine() {
        let it = history();
        let pool = Pool::of(&it, vec![0, 1, 2, 3], CIRCLE, 1);
        let found = pool.nearest(&it, (0, CIRCLE), &mut Sums::new(4));
        let found: Vec<(u32, f32)> = found.iter().map(|n| (n.member, n.likeness)).collect();
        assert_eq!(found.len(), 2);
        assert!(found[0].0 == 1 && (found[0].1 - 2.0 / 6.0_f32.sqrt()).abs() < 1e-6, "{found:?}");
        assert!(found[1].0 == 2 && (found[1].1 - 0.5).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn votes_are_means_by_likeness() {
        let it = history();
        let votes = votes(&it, &[0, 1, 2, 3], CIRCLE.votes, 1);
        let mut sums = Sums::new(5);
        let neighbours =
            [Neighbour { member: 1, likeness: 0.6 }, Neighbour { member: 2, likeness: 0.2 }];
        tally(&neighbours, &votes, &mut sums);
        assert!((sums.get(2) - 0.75).abs() < 1e-6 && (sums.get(1) - 1.0).abs() < 1e-6);
    }
}
