//! Gives out the hours: care's reserve, then what earns most, then care again; and assigns weeks.

use std::collections::BTreeMap;
use std::thread;

use domain::time::Day;

use super::became::Became;
use super::ledger::{Entry, Kind, Ledger};
use super::market::{Market, Stall};
use super::scarce::Scarce;
use super::weigh::{Scales, Standing};
use super::{PlanInput, PlanMode, Pool, UNASSIGNED};
use crate::arbitrate::{self, Solution};
use crate::decision::{Draw, PoolUse};
use crate::policy::Cap;

/// The hours given out.
#[derive(Debug)]
pub(super) struct Chosen {
    /// By entry.
    pub(super) became: Vec<Became>,
    /// Whose hours each entry takes, where it takes some.
    pub(super) by: Vec<Option<u32>>,
    pub(super) pools: Vec<PoolUse>,
    /// The price of an hour of each entry that was taken.
    pub(super) price: Vec<f64>,
    pub(super) bound: f64,
    /// What the plan earned before it was given to reps.
    pub(super) pooled: f64,
    /// Offers of the catalogue whose minimum is not reached, and how many they lack.
    pub(super) unmet: Vec<(usize, f64)>,
    /// By entry.
    pub(super) draws: Vec<Option<Draw>>,
}

/// Hours within this are the same.
pub(super) const SLACK: f64 = 1e-9;

pub(super) fn choose(scales: &Scales, ledger: &Ledger) -> Chosen {
    let mut desk = Desk::new(scales, ledger);
    let frozen = desk.frozen();
    desk.care(Care::Reserved);
    let sold = desk.sell(ledger);
    desk.care(Care::Left);
    desk.by_due();
    let became = desk.became();
    let price = (0..became.len()).map(|item| desk.price(item)).collect();
    let (pools, unmet) = (desk.used(&became), desk.unmet());
    let (bound, pooled) = (frozen + sold.bound, frozen + sold.pooled);
    Chosen { became, by: desk.by, pools, price, bound, pooled, unmet, draws: desk.draws }
}

/// What the market was worth.
struct Sold {
    bound: f64,
    pooled: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    /// From the reserved share, where nothing can be sold.
    Reserved,
    /// From the hours that are left, where nothing was sold.
    Left,
}

pub(super) struct Desk<'a> {
    pub(super) scales: &'a Scales<'a>,
    pub(super) input: &'a PlanInput<'a>,
    pub(super) items: &'a [Entry],
    /// Hours left, by pool and week.
    pub(super) left: Vec<Vec<f64>>,
    /// Places of channels and stock left.
    pub(super) scarce: Scarce,
    /// Whose hours each item takes.
    pub(super) by: Vec<Option<u32>>,
    /// The week taken, by item.
    pub(super) week: Vec<Option<usize>>,
    /// What was taken of an account's limited offers.
    pub(super) taken: Vec<Vec<usize>>,
    /// Limited offers of an account that sell.
    selling: Vec<u32>,
    /// What one more hour of each team and week would earn.
    pub(super) shadow: Vec<Vec<f64>>,
    /// With which probability each item was to be chosen, where chance may decide.
    pub(super) draws: Vec<Option<Draw>>,
    /// What chance meant for an account about which it decided: an item, or leaving it alone.
    pub(super) drawn: BTreeMap<u32, Option<usize>>,
    /// The group of each account.
    pub(super) group: Vec<u32>,
    /// How many packages each group may still get; none where nothing caps them.
    pub(super) group_left: Vec<Option<u32>>,
    /// Whether an item stays where the plan before had it.
    kept: Vec<bool>,
    /// The weeks of what takes no hours.
    pub(super) mondays: Vec<Day>,
}

impl<'a> Desk<'a> {
    fn new(scales: &'a Scales<'a>, ledger: &'a Ledger) -> Self {
        let (input, items) = (&scales.input, &ledger.entries);
        let mut left: Vec<Vec<f64>> = input
            .pools
            .iter()
            .map(|pool| pool.weeks.iter().map(|(_, hours)| hours.max(0.0)).collect())
            .collect();
        charge(input, &mut left);
        let mut selling = vec![0; ledger.accounts()];
        for item in items {
            selling[item.account as usize] += u32::from(item.kind == Kind::Limited);
        }
        let weeks = super::weeks(input.policy, input.as_of);
        let (group, group_left) = ledger.groups();
        Self {
            left,
            scarce: Scarce::of(input, &weeks),
            by: vec![None; items.len()],
            week: vec![None; items.len()],
            draws: vec![None; items.len()],
            drawn: BTreeMap::new(),
            group,
            group_left,
            kept: vec![false; items.len()],
            taken: vec![Vec::new(); selling.len()],
            selling,
            shadow: vec![Vec::new(); scales.teams.members.len()],
            mondays: weeks.into_iter().map(|(week, _)| week).collect(),
            input,
            scales,
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
            let entry = &self.items[item];
            let fits = match entry.pool() {
                None => entry.hours <= 0.0 && self.scarce.allows(entry, 0),
                Some(pool) => self.fits(entry, pool, 0),
            };
            if !(allowed && fits) {
                continue;
            }
            if !self.is_care(item) {
                total += entry.value;
            }
            self.kept[item] = true;
            self.sit(item, (self.items[item].pool(), 0));
        }
        total
    }

    /// How much an item counts in the choice: an open play gives way only to what is better by `stability`.
    pub(super) fn favour(&self, item: usize) -> f64 {
        match self.items[item].standing {
            Standing::New => 1.0,
            Standing::Open | Standing::Frozen => 1.0 + self.input.policy.plan.stability,
        }
    }

    pub(super) fn account(&self, item: usize) -> usize {
        self.items[item].account as usize
    }

    pub(super) fn is_limited(&self, item: usize) -> bool {
        self.items[item].kind == Kind::Limited
    }

    pub(super) fn is_care(&self, item: usize) -> bool {
        self.items[item].kind == Kind::Care
    }

    /// Care, ranked by margin at risk: for accounts to which nothing can be or was sold.
    fn care(&mut self, when: Care) {
        let share = self.input.policy.hours.care_share;
        let left = |pool: &usize| self.left[*pool].iter().sum::<f64>();
        let teams = self.scales.teams.members.iter();
        let mut reserve: Vec<f64> = teams
            .map(|members| match when {
                Care::Reserved => share * members.iter().map(left).sum::<f64>(),
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
            let team = self.items[item].team.map(|team| team as usize);
            let reserved = match team {
                None => hours <= 0.0,
                Some(team) => hours <= reserve[team] + SLACK,
            };
            let Some(seat) = self.seat(item, None).filter(|_| reserved) else { continue };
            if let Some(team) = team {
                reserve[team] -= hours;
            }
            self.sit(item, seat);
        }
    }

    /// The first so many weeks that lie before an item's due day; all when it is overdue.
    pub(super) fn weeks_of(&self, item: usize) -> usize {
        let entry = &self.items[item];
        let before = |weeks: &mut dyn Iterator<Item = Day>| {
            let (mut all, mut before) = (0, 0);
            for week in weeks {
                all += 1;
                before += usize::from(entry.due.is_none_or(|due| week <= due));
            }
            if before == 0 { all } else { before }
        };
        match entry.pool() {
            Some(pool) => before(&mut self.input.pools[pool].weeks.iter().map(|(week, _)| *week)),
            None => before(&mut self.mondays.iter().copied()).max(1),
        }
    }

    pub(super) fn take(&mut self, item: usize, week: usize) {
        self.week[item] = Some(week);
        if self.is_limited(item) || self.is_care(item) {
            let account = self.account(item);
            self.taken[account].push(item);
        }
        let group = self.group[self.account(item)] as usize;
        if let (true, Some(left)) = (self.is_limited(item), &mut self.group_left[group]) {
            *left = left.saturating_sub(1);
        }
    }

    fn cap(&self, item: usize) -> Cap {
        let limits = &self.input.policy.limits;
        if self.items[item].by_rep {
            limits.packages_per_account
        } else {
            limits.digital_contacts_per_account
        }
    }

    /// Whether an item could still be taken, as far as limits go.
    pub(super) fn competes(&self, item: usize) -> bool {
        self.week[item].is_none()
            && !self.is_care(item)
            && (!self.is_limited(item) || self.allows(item))
            && (self.items[item].hours <= 0.0 || self.items[item].team.is_some())
    }

    /// What earns most, or comes first by the policy's mode, for hours, channels and stock.
    fn sell(&mut self, ledger: &Ledger) -> Sold {
        let kept = self.reserve();
        let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let plain = self.market(ledger, |_| 1.0);
        let favoured = (0..self.items.len())
            .any(|item| self.competes(item) && self.items[item].standing != Standing::New);
        let favoured = favoured && self.input.policy.plan.stability > 0.0;
        let solution = match self.input.policy.plan.mode {
            PlanMode::Value if favoured => {
                let market = self.market(ledger, |item| self.favour(item));
                let choice = arbitrate::solve(&market.problem, threads);
                arbitrate::priced(&plain.problem, choice, threads)
            }
            PlanMode::Value => arbitrate::solve(&plain.problem, threads),
            PlanMode::Ltv | PlanMode::Usage => {
                let order = self.ranked(&plain.entries);
                arbitrate::in_order(&plain.problem, &order, threads)
            }
        };
        self.deal(ledger, &plain, (&solution, &kept));
        Sold { bound: solution.bound, pooled: solution.total }
    }

    /// Options by score, then by value.
    fn ranked(&self, entries: &[usize]) -> Vec<u32> {
        let mut order: Vec<u32> = (0..).zip(entries).map(|(option, _)| option).collect();
        let entry = |option: u32| &self.items[entries[option as usize]];
        order.sort_by(|a, b| {
            let (a, b) = (entry(*a), entry(*b));
            b.score.total_cmp(&a.score).then(b.value.total_cmp(&a.value)).then(a.play.cmp(&b.play))
        });
        order
    }

    fn market(&self, ledger: &Ledger, factor: impl Fn(usize) -> f64) -> Market {
        let offers = |item: usize| self.competes(item).then(|| (self.weeks_of(item), factor(item)));
        let limits = &self.input.policy.limits;
        let group = |account: usize| self.group_left[self.group[account] as usize];
        let caps = |account: usize| {
            let taken = u32::try_from(self.taken[account].len()).unwrap_or(u32::MAX);
            let caps = [limits.packages_per_account, limits.digital_contacts_per_account];
            caps.map(|cap| cap.get().map(|cap| cap.saturating_sub(taken)))
        };
        let stall = Stall {
            input: self.input,
            ledger,
            teams: &self.scales.teams,
            scarce: &self.scarce,
            left: &self.left,
            offers: &offers,
            caps: &caps,
            group: &group,
            served: &self.served(),
        };
        stall.open()
    }

    /// How many plays were taken of each offer of the catalogue whose number counts.
    fn served(&self) -> Vec<f64> {
        let mut served = vec![0.0; self.input.catalogue.offers.len()];
        let taken = self.items.iter().zip(&self.week).filter(|(_, week)| week.is_some());
        for given in taken.filter_map(|(entry, _)| entry.given) {
            served[usize::from(given)] += 1.0;
        }
        served
    }

    /// Takes what the market chose, and notes its prices.
    fn deal(
        &mut self,
        ledger: &Ledger,
        market: &Market,
        (solution, kept): (&Solution, &[Vec<f64>]),
    ) {
        for team in 0..self.shadow.len() {
            let row = |week| market.hours(u32::try_from(team).expect("teams are few"), week);
            self.shadow[team] = (0..market.weeks).map(|week| solution.prices[row(week)]).collect();
        }
        let by_value = self.input.policy.plan.mode == PlanMode::Value;
        let meant = if by_value { self.draw(ledger, market, &solution.prices) } else { Vec::new() };
        let chosen = self.without_explored(solution, market, &meant);
        self.staff(chosen);
        self.release(kept);
        self.explore(&meant);
    }

    /// Offers whose minimum is not reached, and how many they lack.
    fn unmet(&self) -> Vec<(usize, f64)> {
        let offers = self.input.catalogue.offers.iter().zip(self.served()).enumerate();
        let lacks = offers.filter_map(|(at, (offer, served))| {
            let lack = offer.min_volume? as f64 - served;
            (lack > 0.0).then_some((at, lack))
        });
        lacks.collect()
    }

    /// The price of an hour of what was taken.
    fn price(&self, item: usize) -> f64 {
        let entry = &self.items[item];
        let team = entry.team.filter(|_| entry.kind != Kind::Care);
        let week = team.and_then(|team| self.shadow[team as usize].get(self.week[item]?));
        week.copied().unwrap_or(0.0)
    }

    /// Whether chance decides about an item.
    pub(super) fn is_drawn(&self, item: usize) -> bool {
        self.is_limited(item) && self.drawn.contains_key(&self.items[item].account)
    }

    /// Whether the group's packages are all given away, and an item needs one.
    pub(super) fn is_group_full(&self, item: usize) -> bool {
        self.items[item].sells
            && self.group_left[self.group[self.account(item)] as usize] == Some(0)
    }

    /// Whether the limits of the account and its group have room for one more package.
    fn allows(&self, item: usize) -> bool {
        let n = u32::try_from(self.taken[self.account(item)].len()).unwrap_or(u32::MAX);
        let care = self.taken[self.account(item)].iter().any(|item| self.is_care(*item));
        !care && self.cap(item).allows_another(n) && !self.is_group_full(item)
    }

    /// Assigns weeks anew, urgent first, but to what stays where it was; where that does not work out the weeks stay as packed.
    fn by_due(&mut self) {
        let mut of_pool: Vec<Vec<usize>> = vec![Vec::new(); self.left.len()];
        for item in (0..self.items.len()).filter(|item| !self.kept[*item]) {
            if let Some(pool) = self.by[item].filter(|_| self.scarce.moves(&self.items[item])) {
                of_pool[pool as usize].push(item);
            }
        }
        for (pool, mut order) in of_pool.into_iter().enumerate() {
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
                let room = (0..self.weeks_of(*item).min(left.len()))
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
