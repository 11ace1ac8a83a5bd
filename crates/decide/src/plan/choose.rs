//! Gives out the hours: care's reserve, then what earns most, then care again; and assigns weeks.

use std::collections::BTreeMap;

use domain::time::Day;

use super::PlanInput;
use super::ledger::{Entry, Kind, Ledger};
use super::pack::{Packed, Piece, pack_preferring};
use super::weigh::Standing;
use super::{Pool, UNASSIGNED};
use crate::decision::PoolUse;
use crate::policy::Cap;

/// What became of a candidate that competed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Became {
    /// In the plan, in this week.
    Taken(Day),
    /// Another offer to the same account was taken.
    Beaten(usize),
    /// The hours went to better ones, the least of which is this.
    NoHours(Option<usize>),
    /// Nobody has hours for it.
    NoPool,
}

/// The hours given out.
#[derive(Debug)]
pub(super) struct Chosen {
    /// By entry.
    pub(super) became: Vec<Became>,
    pub(super) pools: Vec<PoolUse>,
    /// What one more hour of each pool would earn.
    pub(super) shadow: Vec<f64>,
    pub(super) bound: f64,
}

/// Hours within this are the same.
const SLACK: f64 = 1e-9;

pub(super) fn choose(input: &PlanInput, ledger: &Ledger) -> Chosen {
    let mut desk = Desk::new(input, ledger);
    let mut bound = desk.frozen();
    desk.care(Care::Reserved);
    bound += desk.digital();
    for pool in 0..input.pools.len() {
        bound += desk.sell(pool);
    }
    desk.care(Care::Left);
    desk.by_due();
    let became = desk.became();
    let pools = desk.used();
    Chosen { became, pools, shadow: desk.shadow, bound }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    /// From the reserved share, where nothing can be sold.
    Reserved,
    /// From the hours that are left, where nothing was sold.
    Left,
}

struct Desk<'a> {
    input: &'a PlanInput<'a>,
    items: &'a [Entry],
    /// Hours left, by pool and week.
    left: Vec<Vec<f64>>,
    /// Items by pool.
    of_pool: Vec<Vec<usize>>,
    /// The week taken, by item.
    week: Vec<Option<usize>>,
    /// What was taken of an account's limited offers.
    taken: Vec<Vec<usize>>,
    /// Limited offers of an account that sell.
    selling: Vec<u32>,
    shadow: Vec<f64>,
    /// Whether an item stays where the plan before had it.
    kept: Vec<bool>,
    /// The first week of what takes no hours.
    first_week: Day,
}

impl<'a> Desk<'a> {
    fn new(input: &'a PlanInput<'a>, ledger: &'a Ledger) -> Self {
        let items = &ledger.entries;
        let mut left: Vec<Vec<f64>> = input
            .pools
            .iter()
            .map(|pool| pool.weeks.iter().map(|(_, hours)| hours.max(0.0)).collect())
            .collect();
        charge(input, &mut left);
        let mut selling = vec![0; ledger.accounts()];
        let mut of_pool = vec![Vec::new(); input.pools.len()];
        for (i, item) in items.iter().enumerate() {
            selling[item.account as usize] += u32::from(item.kind == Kind::Limited);
            if let Some(pool) = item.pool() {
                of_pool[pool].push(i);
            }
        }
        let first_week = super::weeks(input.policy, input.as_of).first().map(|(week, _)| *week);
        Self {
            left,
            of_pool,
            week: vec![None; items.len()],
            kept: vec![false; items.len()],
            taken: vec![Vec::new(); selling.len()],
            selling,
            shadow: vec![0.0; input.pools.len()],
            first_week: first_week.unwrap_or(input.as_of),
            input,
            items,
        }
    }

    /// What the plan before had for the week under way, as far as its hours reach; returns what it earns.
    fn frozen(&mut self) -> f64 {
        let mut order: Vec<usize> = (0..self.items.len())
            .filter(|item| self.items[*item].standing == Standing::Frozen)
            .collect();
        order.sort_by(|a, b| {
            let (a, b) = (&self.items[*a], &self.items[*b]);
            b.value
                .total_cmp(&a.value)
                .then(b.at_risk.total_cmp(&a.at_risk))
                .then(a.play.cmp(&b.play))
        });
        let mut total = 0.0;
        for item in order {
            let account = self.account(item);
            let allowed = match self.items[item].kind {
                Kind::Care => self.taken[account].is_empty(),
                Kind::Free => true,
                Kind::Limited => self.allows(item),
            };
            let hours = self.items[item].hours;
            let fits = match self.items[item].pool() {
                None => hours <= 0.0,
                Some(pool) => hours <= self.left[pool].first().map_or(0.0, |left| left + SLACK),
            };
            if !(allowed && fits) {
                continue;
            }
            if let Some(pool) = self.items[item].pool() {
                self.left[pool][0] -= hours;
            }
            if !self.is_care(item) {
                total += self.items[item].value;
            }
            self.kept[item] = true;
            self.take(item, 0);
        }
        total
    }

    /// How much an item counts in the choice: an open play gives way only to what is better by `stability`.
    fn favour(&self, item: usize) -> f64 {
        match self.items[item].standing {
            Standing::New => 1.0,
            Standing::Open | Standing::Frozen => 1.0 + self.input.policy.plan.stability,
        }
    }

    fn account(&self, item: usize) -> usize {
        self.items[item].account as usize
    }

    fn is_limited(&self, item: usize) -> bool {
        self.items[item].kind == Kind::Limited
    }

    fn is_care(&self, item: usize) -> bool {
        self.items[item].kind == Kind::Care
    }

    /// Care, ranked by margin at risk: for accounts to which nothing can be or was sold.
    fn care(&mut self, when: Care) {
        let share = self.input.policy.hours.care_share;
        let mut reserve: Vec<f64> = self
            .left
            .iter()
            .map(|weeks| match when {
                Care::Reserved => share * weeks.iter().sum::<f64>(),
                Care::Left => f64::INFINITY,
            })
            .collect();
        let mut order: Vec<usize> = (0..self.items.len())
            .filter(|item| self.is_care(*item))
            .filter(|item| self.week[*item].is_none())
            .filter(|item| when == Care::Left || self.selling[self.account(*item)] == 0)
            .collect();
        order.sort_by(|a, b| {
            let at_risk = |item: usize| self.items[item].at_risk * self.favour(item);
            let play = |item: usize| self.items[item].play;
            at_risk(*b).total_cmp(&at_risk(*a)).then(play(*a).cmp(&play(*b)))
        });
        for item in order {
            if !self.taken[self.account(item)].is_empty() {
                continue;
            }
            let hours = self.items[item].hours;
            let week = match self.items[item].pool() {
                None if hours <= 0.0 => Some(0),
                None => None,
                Some(pool) if reserve[pool] + SLACK < hours => None,
                Some(pool) => (0..self.weeks_of(item, pool))
                    .rev()
                    .find(|week| hours <= self.left[pool][*week] + SLACK),
            };
            let Some(week) = week else { continue };
            if let Some(pool) = self.items[item].pool() {
                reserve[pool] -= hours;
                self.left[pool][week] -= hours;
            }
            self.take(item, week);
        }
    }

    /// The first so many weeks of a pool that lie before an item's due day; all when it is overdue.
    fn weeks_of(&self, item: usize, pool: usize) -> usize {
        let weeks = &self.input.pools[pool].weeks;
        let before = self.items[item]
            .due
            .map_or(weeks.len(), |due| weeks.iter().filter(|(week, _)| *week <= due).count());
        if before == 0 { weeks.len() } else { before }
    }

    fn take(&mut self, item: usize, week: usize) {
        self.week[item] = Some(week);
        if self.is_limited(item) || self.is_care(item) {
            let account = self.account(item);
            self.taken[account].push(item);
        }
    }

    /// The best of each account that takes no hours; returns the most that could be earned.
    fn digital(&mut self) -> f64 {
        let most = self.without_hours(|_| 1.0);
        for item in self.without_hours(|item| self.favour(item)) {
            self.take(item, 0);
        }
        most.into_iter().map(|item| self.items[item].value).sum()
    }

    /// What takes no hours and is best by its value times a factor, within the limits.
    fn without_hours(&self, factor: impl Fn(usize) -> f64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.items.len())
            .filter(|item| !self.is_care(*item) && self.week[*item].is_none())
            .filter(|item| self.items[*item].hours <= 0.0)
            .collect();
        let value = |item: usize| self.items[item].value * factor(item);
        let play = |item: usize| self.items[item].play;
        order.sort_by(|a, b| value(*b).total_cmp(&value(*a)).then(play(*a).cmp(&play(*b))));
        let mut more: BTreeMap<usize, usize> = BTreeMap::new();
        order.retain(|item| {
            let account = self.account(*item);
            let more = more.entry(account).or_default();
            let n = u32::try_from(self.taken[account].len() + *more).unwrap_or(u32::MAX);
            let limited = self.is_limited(*item);
            let takes = !limited || self.cap(*item).allows_another(n);
            *more += usize::from(takes && limited);
            takes
        });
        order
    }

    fn cap(&self, item: usize) -> Cap {
        let limits = &self.input.policy.limits;
        if self.items[item].by_rep {
            limits.packages_per_account
        } else {
            limits.digital_contacts_per_account
        }
    }

    /// What earns most for the hours of one pool; returns the bound.
    fn sell(&mut self, pool: usize) -> f64 {
        let live: Vec<usize> = self.of_pool[pool]
            .iter()
            .copied()
            .filter(|item| !self.is_care(*item) && self.week[*item].is_none())
            .filter(|item| !self.is_limited(*item) || self.allows(*item))
            .collect();
        let one = self.input.policy.limits.packages_per_account == Cap::at_most(1);
        let mut classes: BTreeMap<usize, usize> = BTreeMap::new();
        let mut next = 0;
        let mut pieces = Vec::with_capacity(live.len());
        for item in &live {
            let class = if one && self.is_limited(*item) {
                *classes.entry(self.account(*item)).or_insert_with(|| {
                    next += 1;
                    next - 1
                })
            } else {
                next += 1;
                next - 1
            };
            pieces.push(Piece {
                class,
                value: self.items[*item].value,
                hours: self.items[*item].hours,
                weeks: self.weeks_of(*item, pool),
                tie: self.items[*item].play,
            });
        }
        let favour: Vec<f64> = live.iter().map(|item| self.favour(*item)).collect();
        let Packed { week, bound, shadow } = pack_preferring(&pieces, &self.left[pool], &favour);
        let value = |i: usize| pieces[i].value * favour[i];
        let mut order: Vec<usize> = (0..live.len()).filter(|i| week[*i].is_some()).collect();
        order.sort_by(|a, b| {
            value(*b).total_cmp(&value(*a)).then(pieces[*a].tie.cmp(&pieces[*b].tie))
        });
        for i in order {
            let item = live[i];
            if let Some(week) = week[i].filter(|_| !self.is_limited(item) || self.allows(item)) {
                self.left[pool][week] -= self.items[item].hours;
                self.take(item, week);
            }
        }
        self.shadow[pool] = shadow;
        bound
    }

    /// Whether the account's limit has room for one more package.
    fn allows(&self, item: usize) -> bool {
        let n = u32::try_from(self.taken[self.account(item)].len()).unwrap_or(u32::MAX);
        let care = self.taken[self.account(item)].iter().any(|item| self.is_care(*item));
        !care && self.cap(item).allows_another(n)
    }

    /// Assigns weeks anew, urgent first, but to what stays where it was; where that does not work out the weeks stay as packed.
    fn by_due(&mut self) {
        for (pool, hours) in self.input.pools.iter().enumerate() {
            let taken = |item: &usize| self.week[*item].is_some() && !self.kept[*item];
            let mut order: Vec<usize> = self.of_pool[pool].iter().copied().filter(taken).collect();
            order.sort_by(|a, b| {
                let (a, b) = (&self.items[*a], &self.items[*b]);
                a.urgent.cmp(&b.urgent).then(b.value.total_cmp(&a.value)).then(a.play.cmp(&b.play))
            });
            let mut left = self.left[pool].clone();
            for item in &order {
                left[self.week[*item].unwrap_or(0)] += self.items[*item].hours;
            }
            let mut weeks = Vec::with_capacity(order.len());
            for item in &order {
                let room = (0..self.weeks_of(*item, pool).min(hours.weeks.len()))
                    .find(|week| self.items[*item].hours <= left[*week] + SLACK);
                let Some(week) = room else { break };
                left[week] -= self.items[*item].hours;
                weeks.push(week);
            }
            if weeks.len() == order.len() {
                for (item, week) in order.into_iter().zip(weeks) {
                    self.week[item] = Some(week);
                }
                self.left[pool] = left;
            }
        }
    }

    fn became(&self) -> Vec<Became> {
        let least = self.least();
        (0..self.items.len()).map(|item| self.became_of(item, &least)).collect()
    }

    /// The chosen offer of each pool that earns least per hour.
    fn least(&self) -> Vec<Option<usize>> {
        let density = |item: usize| self.items[item].value / self.items[item].hours;
        let mut least: Vec<Option<usize>> = vec![None; self.input.pools.len()];
        for item in (0..self.items.len()).filter(|item| self.week[*item].is_some()) {
            let Some(pool) = self.items[item].pool().filter(|_| !self.is_care(item)) else {
                continue;
            };
            let lower = least[pool].is_none_or(|other| {
                density(item)
                    .total_cmp(&density(other))
                    .then(self.items[item].play.cmp(&self.items[other].play))
                    .is_lt()
            });
            if lower {
                least[pool] = Some(item);
            }
        }
        least
    }

    fn became_of(&self, item: usize, least: &[Option<usize>]) -> Became {
        let it = &self.items[item];
        if let Some(week) = self.week[item] {
            let monday =
                it.pool().map_or(self.first_week, |pool| self.input.pools[pool].weeks[week].0);
            return Became::Taken(monday);
        }
        let limited = self.is_limited(item) || self.is_care(item);
        if let Some(other) = self.taken[self.account(item)].first().filter(|_| limited) {
            return Became::Beaten(*other);
        }
        match it.pool() {
            None => Became::NoPool,
            Some(pool) => Became::NoHours(least[pool]),
        }
    }

    fn used(&self) -> Vec<PoolUse> {
        let mut used = Vec::new();
        for (i, pool) in self.input.pools.iter().enumerate() {
            for (week, (monday, hours)) in pool.weeks.iter().enumerate() {
                let hours = hours.max(0.0);
                used.push(PoolUse {
                    pool: pool.pool.clone(),
                    week: *monday,
                    hours,
                    used: (hours - self.left[i][week]).max(0.0),
                    shadow_price: self.shadow[i],
                });
            }
        }
        used
    }
}

/// Charges the open steps of work under way: each to the week in which it is due, an overdue one to the first.
/// What a week cannot hold goes to the next one.
fn charge(input: &PlanInput, left: &mut [Vec<f64>]) {
    let find = |name: &str| input.pools.iter().position(|pool: &Pool| pool.pool == name);
    for work in &input.lives.under_way {
        let Some(pool) = find(&work.pool).or_else(|| find(UNASSIGNED)) else { continue };
        for step in &work.steps {
            let weeks = &input.pools[pool].weeks;
            let from = weeks.iter().position(|(week, _)| *week >= step.week.monday());
            let Some(from) = from else { continue };
            let mut hours = step.hours.max(0.0);
            for left in &mut left[pool][from..] {
                let taken = hours.min(*left);
                *left -= taken;
                hours -= taken;
            }
        }
    }
}
