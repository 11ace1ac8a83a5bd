//! Chooses each source's settings: those whose own ranking meets held-out baskets best.

use super::fade::{Fade, profile};
use super::history::{Clock, History};
use super::measure::Measures;
use super::neighbours::{self, Circle, Neighbour, Pool};
use super::personal;
use super::popular;
use super::slate::{Scope, Settings};
use super::sums::{self, Sums};
use crate::parallel;

/// Baskets that are predicted to choose by.
#[derive(Debug)]
pub struct Trial<'a> {
    /// What is known: without the last baskets of those asked.
    pub known: &'a History,
    /// With them.
    pub whole: &'a History,
    /// Whose last baskets were held out.
    pub asked: &'a [usize],
    /// Who can be neighbours.
    pub members: &'a [u32],
    /// How many of the neighbours are asked, ascending; one number or more.
    pub counts: Vec<usize>,
    /// What kind of list is wanted.
    pub scope: Scope,
    /// How many threads work.
    pub threads: usize,
}

impl Trial<'_> {
    /// The settings that did best, each source on its own; ties go to the first tried.
    pub fn settings(&self) -> Settings {
        let mut it = Settings::UNTRIED;
        let rates = |rates: &[f32]| rates.iter().map(|rate| Fade::PerOrder(*rate)).collect();
        let dated = self.known.clock() == Clock::Days;
        let halves = |days: &[f32]| -> Vec<Fade> {
            days.iter().filter(|_| dated).map(|days| Fade::HalfLife(*days)).collect()
        };
        let own: Vec<Fade> = rates(&[1.0, 0.95, 0.9, 0.8, 0.65, 0.5, 0.3]);
        if !self.scope.new_only {
            it.habit = best(own.into_iter().map(|fade| (fade, self.habit(fade))), it.habit);
        }
        let mut all: Vec<Fade> = rates(&[1.0, 0.8, 0.5, 0.3, 0.1, 0.02]);
        all.extend(halves(&[7.0, 21.0, 60.0, 180.0]));
        it.lately = best(all.iter().map(|fade| (*fade, self.popularity(*fade))), it.lately);
        it.grouped = self.circle(&[(Fade::Grouped, false)], &[Fade::Grouped], it.grouped);
        let likeness = [
            (Fade::PerOrder(1.0), false),
            (Fade::PerOrder(1.0), true),
            (Fade::PerOrder(0.7), true),
            (Fade::Grouped, true),
        ];
        let mut voting: Vec<Fade> = rates(&[0.5, 1.0, 0.8, 0.3, 0.1]);
        voting.extend(halves(&[14.0, 60.0]));
        it.faded = self.circle(&likeness, &voting, it.faded);
        it
    }

    fn measure(&self, customer: usize, ranked: &[(u32, f32)]) -> Option<Measures> {
        let came = self.whole.last(customer);
        let known = |item: &u32| self.scope.new_only && self.bought(customer, *item);
        let wanted = came.iter().filter(|item| !known(item)).count();
        let hit = |item: u32| came.binary_search(&item).is_ok();
        Measures::of(ranked.iter().map(|(item, _)| hit(*item)), wanted, self.scope.depth)
    }

    fn bought(&self, customer: usize, item: u32) -> bool {
        let mut orders = 0..self.known.orders(customer);
        orders.any(|order| self.known.basket(customer, order).binary_search(&item).is_ok())
    }

    fn mean(&self, rank: impl Fn(usize) -> Vec<(u32, f32)> + Sync) -> f64 {
        let each = parallel::map(
            self.asked.len(),
            self.threads,
            || (),
            |(), at| self.measure(self.asked[at], &rank(self.asked[at])),
        );
        Measures::mean(each).merit()
    }

    fn habit(&self, fade: Fade) -> f64 {
        let shares = popular::shares(self.known, Fade::PerOrder(1.0));
        self.mean(|customer| {
            let habits = personal::habits(self.known, customer, fade);
            // Ties go by popularity, as in the baseline that is hard to beat.
            let pairs =
                habits.iter().map(|it| (it.item, it.rate + 1e-4 * shares[it.item as usize]));
            sums::top(pairs.collect(), self.scope.depth)
        })
    }

    fn popularity(&self, fade: Fade) -> f64 {
        let shares = popular::shares(self.known, fade);
        let all = sums::top((0_u32..).zip(shares).collect(), usize::MAX);
        self.mean(|customer| {
            let kept = |item: u32| !self.scope.new_only || !self.bought(customer, item);
            all.iter().filter(|(item, _)| kept(*item)).take(self.scope.depth).copied().collect()
        })
    }

    /// First what makes alike, then who votes how, each with every number of neighbours.
    fn circle(&self, likeness: &[(Fade, bool)], voting: &[Fade], start: Circle) -> Circle {
        let most = Circle { count: self.most(), ..start };
        let mut found: Option<(Circle, f64, Vec<Vec<Neighbour>>)> = None;
        for (fade, rare) in likeness {
            let circle = Circle { likeness: *fade, rare: *rare, votes: voting[0], ..most };
            let nearest = self.nearest(circle);
            let (count, merit) = self.votes(circle, &nearest);
            if found.as_ref().is_none_or(|(_, before, _)| merit > *before) {
                found = Some((Circle { count, ..circle }, merit, nearest));
            }
        }
        let Some((mut circle, mut merit, nearest)) = found else { return start };
        for votes in &voting[1..] {
            let tried = Circle { votes: *votes, ..circle };
            let (count, there) = self.votes(tried, &nearest);
            if there > merit {
                (circle, merit) = (Circle { count, ..tried }, there);
            }
        }
        circle
    }

    fn nearest(&self, circle: Circle) -> Vec<Vec<Neighbour>> {
        let pool = Pool::of(self.known, self.members.to_vec(), circle, self.threads);
        let scratch = || Sums::new(self.members.len());
        parallel::map(self.asked.len(), self.threads, scratch, |sums, at| {
            pool.nearest(self.known, (self.asked[at], circle), sums)
        })
    }

    /// The number of neighbours that does best, and how well it does.
    fn votes(&self, circle: Circle, nearest: &[Vec<Neighbour>]) -> (usize, f64) {
        let votes = neighbours::votes(self.known, self.members, circle.votes, self.threads);
        let scratch = || Sums::new(self.known.items());
        let each = parallel::map(self.asked.len(), self.threads, scratch, |sums, at| {
            let customer = self.asked[at];
            let own = profile(self.known, customer, Fade::PerOrder(1.0));
            let keep = |item: u32| {
                !self.scope.new_only || own.binary_search_by_key(&item, |(one, _)| *one).is_err()
            };
            let mut asked = 0;
            let of = |count: &usize| {
                let upto = (*count).min(nearest[at].len());
                let more = &nearest[at][asked.min(upto)..upto];
                asked = upto;
                for one in more {
                    for (item, weight) in votes.row(one.member as usize) {
                        sums.add(item, one.likeness * weight);
                    }
                }
                self.measure(customer, &sums.top(self.scope.depth, keep))
            };
            let measured: Vec<Option<Measures>> = self.counts.iter().map(of).collect();
            sums.clear();
            measured
        });
        let merits =
            self.counts.iter().enumerate().map(|(at, count)| {
                (*count, Measures::mean(each.iter().map(|one| one[at])).merit())
            });
        let greater = |best: (usize, f64), tried: (usize, f64)| {
            if tried.1 > best.1 { tried } else { best }
        };
        merits.fold((self.most(), -1.0), greater)
    }

    fn most(&self) -> usize {
        self.counts.last().copied().unwrap_or(1)
    }
}

/// The first of those with the greatest merit.
fn best<T>(tried: impl Iterator<Item = (T, f64)>, start: T) -> T {
    let greater = |best: (T, f64), next: (T, f64)| if next.1 > best.1 { next } else { best };
    tried.fold((start, -1.0), greater).0
}
