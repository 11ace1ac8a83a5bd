//! Who does what was chosen: the owner first, then whoever of the team has the skill and the hours.
//!
//! Rows of hours are a team's, but a play is whole and one rep's. Its owner does it, in the week of the plan or
//! in another before the due day; else another rep of the team who states no other skills alone, the one with
//! most hours left. Absences have left the hours already. What nobody can place is not in the plan, and what then
//! still fits takes the hours.

use super::choose::{Desk, SLACK};
use super::ledger::Entry;

/// Where a play goes: a pool, if it takes hours, and a week.
pub(super) type Seat = (Option<usize>, usize);

impl Desk<'_> {
    /// Where an item fits, at best in the week wanted, else as late as its due day allows.
    pub(super) fn seat(&self, item: usize, want: Option<usize>) -> Option<Seat> {
        let entry = &self.items[item];
        let weeks = self.weeks_of(item);
        let mut order: Vec<usize> = want.into_iter().chain((0..weeks).rev()).collect();
        if entry.hours <= 0.0 {
            let week = order.into_iter().rev().find(|week| self.scarce.allows(entry, *week));
            let want = want.filter(|want| self.scarce.allows(entry, *want));
            return want.or(week).map(|week| (None, week));
        }
        order.truncate(weeks + usize::from(want.is_some()));
        self.able(entry).into_iter().find_map(|pool| {
            let fits = |week: &usize| self.fits(entry, pool, *week);
            order.iter().copied().find(fits).map(|week| (Some(pool), week))
        })
    }

    /// Whether a pool has an entry's hours in a week, and channel and stock have room.
    pub(super) fn fits(&self, entry: &Entry, pool: usize, week: usize) -> bool {
        let left = self.left[pool].get(week);
        left.is_some_and(|left| entry.hours <= left + SLACK) && self.scarce.allows(entry, week)
    }

    /// The owner, then those of the team who can do it, by the hours they have left.
    fn able(&self, entry: &Entry) -> Vec<usize> {
        let (Some(owner), Some(team)) = (entry.pool(), entry.team) else { return Vec::new() };
        let members = &self.scales.teams.members[team as usize];
        if members.len() == 1 {
            return members.clone();
        }
        let first = |pool: usize| entry.owned && pool == owner;
        let left = |pool: usize| self.left[pool].iter().sum::<f64>();
        let mut able: Vec<usize> =
            members.iter().copied().filter(|pool| self.scales.can(*pool, entry.skill)).collect();
        able.sort_by(|a, b| {
            first(*b).cmp(&first(*a)).then(left(*b).total_cmp(&left(*a))).then(a.cmp(b))
        });
        able
    }

    /// Puts an item in its seat.
    pub(super) fn sit(&mut self, item: usize, (pool, week): Seat) {
        let entry = self.items[item];
        if let Some(pool) = pool {
            self.left[pool][week] -= entry.hours;
        }
        self.by[item] = pool.map(|pool| u32::try_from(pool).expect("pools are few"));
        self.scarce.take(&entry, week);
        self.take(item, week);
    }

    /// Gives what was chosen to reps, the most valuable first; then what else fits, where reps share rows.
    pub(super) fn staff(&mut self, mut chosen: Vec<(usize, usize)>) {
        let worth = |desk: &Self, item: usize| desk.items[item].value * desk.favour(item);
        let play = |desk: &Self, item: usize| desk.items[item].play;
        chosen.sort_by(|(a, _), (b, _)| {
            worth(self, *b).total_cmp(&worth(self, *a)).then(play(self, *a).cmp(&play(self, *b)))
        });
        for (item, week) in chosen {
            if let Some(seat) = self.seat(item, Some(week)) {
                self.sit(item, seat);
            }
        }
        if self.scales.teams.members.iter().all(|members| members.len() == 1) {
            return;
        }
        let mut rest: Vec<usize> = (0..self.items.len())
            .filter(|item| self.items[*item].hours > 0.0 && self.competes(*item))
            .filter(|item| !self.is_drawn(*item))
            .collect();
        let density = |desk: &Self, item: usize| worth(desk, item) / desk.items[item].hours;
        rest.sort_by(|a, b| {
            density(self, *b)
                .total_cmp(&density(self, *a))
                .then(play(self, *a).cmp(&play(self, *b)))
        });
        for item in rest {
            if self.competes(item)
                && let Some(seat) = self.seat(item, None)
            {
                self.sit(item, seat);
            }
        }
    }
}
