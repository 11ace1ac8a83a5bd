//! How much work a run may be, and the customers who are drawn for it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use super::fit::Options;
use super::history::History;
use super::popular;

/// How many neighbours are tried, ascending.
const COUNTS: [usize; 4] = [50, 100, 300, 900];

/// How much work a run may be. What exceeds a bound is sampled, never refused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// So many last baskets are held out at most, in two halves.
    pub held_out: usize,
    /// By so many of them at most settings are chosen.
    pub to_choose: usize,
    /// So many customers at most can be neighbours, fewer where comparing all with them would take more than
    /// [`Effort::products`] products of weights.
    pub pool: usize,
    /// See [`Effort::pool`]; at least 500 customers are kept.
    pub products: f64,
    /// Neighbours are asked so few that asking all for every customer takes at most so many votes; never
    /// fewer than 50.
    pub votes: f64,
}

impl Effort {
    /// For an analyst, who waits for the best answer.
    pub const FULL: Self = Self {
        held_out: 4_000,
        to_choose: 600,
        pool: 20_000,
        products: 2e10,
        votes: f64::INFINITY,
    };
    /// For a nightly run over every customer: some seconds for 100,000 customers with five million lines.
    pub const NIGHTLY: Self =
        Self { held_out: 1_000, to_choose: 300, pool: 5_000, products: 2e9, votes: 2e9 };

    /// How many neighbours may be asked, ascending; at least one number.
    pub(super) fn counts(&self, history: &History) -> Vec<usize> {
        let bought: f64 = popular::buyers(history).into_iter().map(f64::from).sum();
        let affordable = |count: &usize| *count as f64 * bought <= self.votes;
        let fewest = COUNTS[..1].iter().copied();
        fewest.chain(COUNTS[1..].iter().copied().filter(affordable)).collect()
    }
}

/// Customers drawn by the seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Positions of those whose last baskets are predicted: one half from a history in which the other is whole.
    pub halves: [Vec<usize>; 2],
    /// Positions of the customers who can be neighbours, ascending.
    pub members: Vec<u32>,
}

impl Drawn {
    /// The same for the same history, seed and effort; [`fit`](super::fit::fit) draws by it.
    pub fn of(history: &History, options: Options) -> Self {
        let mut draw = ChaCha8Rng::seed_from_u64(options.seed);
        let members = members(history, options.effort, &mut draw);
        let returning = (0..history.customers()).filter(|customer| history.orders(*customer) > 1);
        let mut first = drawn(returning.collect(), options.effort.held_out, &mut draw);
        let second = first.split_off(first.len() / 2);
        Self { halves: [first, second], members }
    }
}

/// `count` of the positions, drawn without order.
fn drawn<T>(mut from: Vec<T>, count: usize, draw: &mut ChaCha8Rng) -> Vec<T> {
    let count = count.min(from.len());
    for at in 0..count {
        let rest = (from.len() - at) as u64;
        // Fisher and Yates; the bias of the remainder is below 2^-40.
        let other = usize::try_from(draw.next_u64() % rest).expect("less than the length");
        from.swap(at, at + other);
    }
    from.truncate(count);
    from
}

/// Who can be neighbours: everybody, or as many as time allows.
fn members(history: &History, effort: Effort, draw: &mut ChaCha8Rng) -> Vec<u32> {
    let buyers = popular::buyers(history);
    let products: f64 = buyers.iter().map(|n| f64::from(*n) * f64::from(*n)).sum();
    let positions: Vec<u32> = (0_u32..).take(history.customers()).collect();
    let mut count = effort.pool;
    // Halving rather than dividing: the number stays a whole one without a cast.
    while products * count as f64 / positions.len().max(1) as f64 > effort.products && count > 500 {
        count /= 2;
    }
    let mut members = drawn(positions, count, draw);
    members.sort_unstable();
    members
}
