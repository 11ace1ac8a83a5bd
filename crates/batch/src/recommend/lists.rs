//! Every account's lists as figures: a few bytes a product.

use models::next_basket::fit::{Fit, Options};
use models::next_basket::history::History;
use models::next_basket::met::{self, Met};
use models::next_basket::popular;
use models::next_basket::recommend::{self, Reason};

use super::Verdict;
use super::orders::Orders;

/// One product of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pick {
    /// Its place among those counted.
    pub(super) item: u32,
    /// The chance that the next basket has it, 0..=1.
    pub(super) score: f32,
    /// What speaks for it most.
    pub(super) reason: Reason,
}

impl Pick {
    /// The account's product that leads to it.
    pub(super) fn lead(&self) -> Option<u32> {
        match self.reason {
            Reason::Together { with } => Some(with),
            Reason::Then { after } => Some(after),
            _ => None,
        }
    }
}

/// How many products to buy again stand beside so many new ones: they are read beside a customer's rhythm, of which
/// few are due at once.
pub(super) fn again(most: usize) -> usize {
    most.div_ceil(2)
}

/// Lists of all accounts.
#[derive(Debug)]
pub(super) struct Lists {
    accounts: Vec<i64>,
    /// Of each account new products, empty where what is bought together is better at them, and those to buy again.
    picks: Vec<[Box<[Pick]>; 2]>,
    facts: Facts,
}

/// What reasons count.
#[derive(Debug)]
pub(super) struct Facts {
    /// How many accounts ever bought each product.
    buyers: Vec<u32>,
    customers: usize,
    baskets: usize,
    /// In how many baskets each product is.
    held: Vec<u32>,
    together: Counted,
    then: Counted,
}

/// Pairs of products, ascending, and how often they met.
#[derive(Debug, Default)]
struct Counted {
    pairs: Vec<(u32, u32)>,
    met: Vec<Met>,
}

impl Counted {
    fn of(mut pairs: Vec<(u32, u32)>, count: impl Fn(&[(u32, u32)]) -> Vec<Met>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let met = count(&pairs);
        Self { pairs, met }
    }

    fn get(&self, pair: (u32, u32)) -> Met {
        self.pairs.binary_search(&pair).map_or_else(|_| Met::default(), |at| self.met[at])
    }
}

/// One account's lists.
pub(super) struct Account<'a> {
    pub(super) new: &'a [Pick],
    pub(super) repeat: &'a [Pick],
    pub(super) facts: &'a Facts,
}

impl Lists {
    pub(super) fn of(orders: Orders, learnt: &Fit, asked: (Options, Verdict)) -> Self {
        let (options, verdict) = asked;
        let Orders { history, accounts, .. } = orders;
        let short = |picks: &[recommend::Pick]| -> Box<[Pick]> { picks.iter().map(pick).collect() };
        let mut picks = recommend::lists(&history, learnt, options, |_, lists| {
            let new = if verdict == Verdict::NextBasket { &lists.new[..] } else { &[] };
            let again = lists.repeat.len().min(again(options.scope.depth));
            [short(new), short(&lists.repeat[..again])]
        });
        let facts = Facts::of(&history, &picks);
        for pick in picks.iter_mut().flatten().flatten() {
            pick.reason = facts.borne_out(pick);
        }
        Self { accounts, picks, facts }
    }

    /// The lists of an account; `None` for one without a counted order.
    pub(super) fn account(&self, key: i64) -> Option<Account<'_>> {
        let [new, repeat] = &self.picks[self.accounts.binary_search(&key).ok()?];
        Some(Account { new, repeat, facts: &self.facts })
    }
}

fn pick(from: &recommend::Pick) -> Pick {
    #[expect(clippy::cast_possible_truncation, reason = "a chance needs no double precision")]
    let score = from.score as f32;
    let reason = from.reasons.first().copied().unwrap_or(Reason::Popular);
    Pick { item: from.item, score, reason }
}

impl Facts {
    fn of(history: &History, picks: &[[Box<[Pick]>; 2]]) -> Self {
        let new = || picks.iter().flat_map(|[new, _]| new.iter());
        let together = new().filter_map(|pick| match pick.reason {
            Reason::Together { with } => Some((with, pick.item)),
            _ => None,
        });
        let then = new().filter_map(|pick| match pick.reason {
            Reason::Then { after } => Some((after, pick.item)),
            _ => None,
        });
        let mut held = vec![0_u32; history.items()];
        for number in 0..history.baskets() {
            for item in history.numbered(number) {
                held[*item as usize] += 1;
            }
        }
        Self {
            buyers: popular::buyers(history),
            customers: history.customers(),
            baskets: history.baskets(),
            held,
            together: Counted::of(together.collect(), |pairs| met::together(history, pairs)),
            then: Counted::of(then.collect(), |pairs| met::then(history, pairs)),
        }
    }

    /// How many accounts bought a product, of how many.
    pub(super) fn buyers(&self, item: u32) -> (u32, usize) {
        (self.buyers[item as usize], self.customers)
    }

    /// Baskets with a product, and with another as well.
    pub(super) fn together(&self, with: u32, item: u32) -> Met {
        self.together.get((with, item))
    }

    /// Baskets after one with a product, and those of them that hold another.
    pub(super) fn then(&self, after: u32, item: u32) -> Met {
        self.then.get((after, item))
    }

    /// How many times its usual share of baskets a product has among those with another.
    pub(super) fn lift(&self, met: Met, item: u32) -> f64 {
        let usual = f64::from(self.held[item as usize]) / self.baskets.max(1) as f64;
        f64::from(met.both) / f64::from(met.first.max(1)) / usual
    }

    /// Why, as far as it is borne out: what meets another product no more often than any basket speaks for nothing.
    fn borne_out(&self, pick: &Pick) -> Reason {
        let met = match pick.reason {
            Reason::Together { with } => self.together(with, pick.item),
            Reason::Then { after } => self.then(after, pick.item),
            reason => return reason,
        };
        if self.lift(met, pick.item) > 1.0 { pick.reason } else { Reason::Popular }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S72, N9: no reason that the counts speak against.
    #[test]
    fn a_pair_is_a_reason_where_it_meets_more_often_than_usual() {
        let check = |both: u32| {
            let met = |both| Counted { pairs: vec![(0, 1)], met: vec![Met { first: 50, both }] };
            let facts = Facts {
                buyers: vec![9, 9],
                customers: 9,
                baskets: 100,
                held: vec![50, 20],
                together: met(both),
                then: met(both),
            };
            let pick = |reason| facts.borne_out(&Pick { item: 1, score: 0.5, reason });
            let (with, after) = (Reason::Together { with: 0 }, Reason::Then { after: 0 });
            (pick(with) == with, pick(after) == after)
        };
        assert_eq!([9, 10, 11].map(check), [(false, false), (false, false), (true, true)]);
    }
}
