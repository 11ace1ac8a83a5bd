//! What became of each candidate that competed, and of each pool's hours, once they are given out.

use domain::time::Day;

use super::UNASSIGNED;
use super::choose::{Desk, SLACK};
use super::ledger::Entry;
use crate::decision::PoolUse;

/// What became of a candidate that competed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Became {
    /// In the plan, in this week.
    Taken(Day),
    /// Another offer to the same account was taken.
    Beaten(usize),
    /// The group's packages went to better ones, the least of which is this.
    GroupFull(Option<usize>),
    /// The hours went to better ones, the least of which is this.
    NoHours(Option<usize>),
    /// Nobody has hours for it.
    NoPool,
    /// The places of its channel went to better ones.
    NoPlace,
    /// Its stock went to better ones.
    NoStock,
    /// Chance chose another offer to the same account.
    Drawn(usize),
    /// Chance left the account alone.
    LeftAlone,
}

impl Desk<'_> {
    /// What became of each entry.
    pub(super) fn became(&self) -> Vec<Became> {
        let least = (self.least(), self.least_of_group());
        (0..self.items.len()).map(|item| self.became_of(item, &least)).collect()
    }

    /// The package of each group that is full which earns least.
    fn least_of_group(&self) -> Vec<Option<usize>> {
        let mut least: Vec<Option<usize>> = vec![None; self.group_left.len()];
        for item in (0..self.items.len()).filter(|item| self.week[*item].is_some()) {
            let group = self.group[self.account(item)] as usize;
            if !self.is_limited(item) || self.group_left[group] != Some(0) {
                continue;
            }
            let worth = |item: usize| (self.items[item].value, self.items[item].play);
            let lower = least[group].is_none_or(|other| {
                let (a, b) = (worth(item), worth(other));
                a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).is_lt()
            });
            if lower {
                least[group] = Some(item);
            }
        }
        least
    }

    /// The chosen offer of each team that earns least per hour.
    fn least(&self) -> Vec<Option<usize>> {
        let density = |item: usize| self.items[item].value / self.items[item].hours;
        let mut least: Vec<Option<usize>> = vec![None; self.scales.teams.members.len()];
        for item in (0..self.items.len()).filter(|item| self.week[*item].is_some()) {
            let Some(team) = self.items[item].team.filter(|_| !self.is_care(item)) else {
                continue;
            };
            let lower = least[team as usize].is_none_or(|other| {
                density(item)
                    .total_cmp(&density(other))
                    .then(self.items[item].play.cmp(&self.items[other].play))
                    .is_lt()
            });
            if lower {
                least[team as usize] = Some(item);
            }
        }
        least
    }

    /// What became of an item; `least` are what earns least of each team and of each group.
    fn became_of(&self, item: usize, least: &(Vec<Option<usize>>, Vec<Option<usize>>)) -> Became {
        let it = &self.items[item];
        if let Some(week) = self.week[item] {
            let weeks = self.by[item].map(|pool| &self.input.pools[pool as usize].weeks);
            let monday = weeks.map_or_else(
                || self.mondays.get(week).copied().unwrap_or(self.input.as_of),
                |weeks| weeks[week].0,
            );
            return Became::Taken(monday);
        }
        let limited = self.is_limited(item) || self.is_care(item);
        let drawn = self.drawn.get(&it.account).filter(|_| self.is_limited(item));
        if let Some(other) = self.taken[self.account(item)].first().filter(|_| limited) {
            let chance = drawn == Some(&Some(*other));
            return if chance { Became::Drawn(*other) } else { Became::Beaten(*other) };
        }
        // What chance meant and what did not fit lacks something else.
        if drawn.is_some_and(|drawn| *drawn != Some(item)) {
            return Became::LeftAlone;
        }
        if self.is_limited(item) && self.is_group_full(item) {
            return Became::GroupFull(least.1[self.group[self.account(item)] as usize]);
        }
        let Some(team) = it.team else {
            return if it.hours > 0.0 { Became::NoPool } else { self.lacks(it) };
        };
        let members = &self.scales.teams.members[team as usize];
        let room = (0..self.weeks_of(item)).any(|week| {
            let hours = |pool: &usize| self.left[*pool].get(week).is_some_and(|h| it.hours <= *h);
            members.iter().any(hours) && !self.scarce.allows(it, week)
        });
        if room { self.lacks(it) } else { Became::NoHours(least.0[team as usize]) }
    }

    /// What an entry lacks that does not lack hours.
    fn lacks(&self, entry: &Entry) -> Became {
        let stock = entry.given.is_some_and(|given| self.scarce.stock[given as usize] < 1.0);
        if stock { Became::NoStock } else { Became::NoPlace }
    }

    /// What became of the hours of each pool and week.
    pub(super) fn used(&self, became: &[Became]) -> Vec<PoolUse> {
        let stranded = self.stranded(became);
        let mut used = Vec::new();
        for (i, pool) in self.input.pools.iter().enumerate() {
            let team = self.scales.teams.of_pool(i) as usize;
            for (week, (monday, hours)) in pool.weeks.iter().enumerate() {
                let (hours, left) = (hours.max(0.0), self.left[i][week]);
                used.push(PoolUse {
                    pool: pool.pool.clone(),
                    role: pool.role.clone(),
                    team: pool.team.clone(),
                    week: *monday,
                    hours,
                    used: (hours - left).max(0.0),
                    shadow_price: self.shadow[team].get(week).copied().unwrap_or(0.0),
                    stranded: left.max(0.0) * stranded[i],
                });
            }
        }
        used
    }

    /// The share of each pool's idle hours that others of its team and role could use, who have offers left out
    /// for lack of hours: because each owner's plays are the owner's, or because a play is whole.
    fn stranded(&self, became: &[Became]) -> Vec<f64> {
        let pools = &self.input.pools;
        let kin = |a: usize, b: usize| {
            let known = pools[a].pool != UNASSIGNED && pools[b].pool != UNASSIGNED;
            a == b
                || (known && (&pools[a].team, &pools[a].role) == (&pools[b].team, &pools[b].role))
        };
        let mut wanted = vec![0.0; pools.len()];
        for (item, _) in became.iter().enumerate().filter(|(_, b)| matches!(b, Became::NoHours(_)))
        {
            if let Some(pool) = self.items[item].pool().filter(|_| !self.is_care(item)) {
                wanted[pool] += self.items[item].hours;
            }
        }
        let idle: Vec<f64> = self.left.iter().map(|weeks| weeks.iter().sum::<f64>()).collect();
        let sum = |of: &[f64], pool: usize| -> f64 {
            (0..pools.len()).filter(|other| kin(pool, *other)).map(|other| of[other]).sum()
        };
        let share = |pool: usize| {
            let all = sum(&idle, pool);
            if all > SLACK { (sum(&wanted, pool) / all).clamp(0.0, 1.0) } else { 0.0 }
        };
        (0..pools.len()).map(share).collect()
    }
}
