//! What competes, as a problem for the solver: blocks by group root, and rows for hours, channels, stock and
//! minimum volumes ([`crate::arbitrate`]).

use std::collections::BTreeMap;

use super::PlanInput;
use super::ledger::{Entry, Kind, Ledger};
use super::scarce::{CHANNELS, Scarce};
use super::teams::Teams;
use crate::arbitrate::problem::{NO_CAP, NO_PART};
use crate::arbitrate::{Problem, Row, Slot};

/// A problem, and what its options and rows stand for.
#[derive(Debug)]
pub(super) struct Market {
    pub(super) problem: Problem,
    /// The entry of each option.
    pub(super) entries: Vec<usize>,
    /// Weeks of a team's rows, which come first.
    pub(super) weeks: usize,
}

impl Market {
    /// The row of a team's hours in a week.
    pub(super) fn hours(&self, team: u32, week: usize) -> usize {
        team as usize * self.weeks + week
    }
}

/// What a market is made of.
pub(super) struct Stall<'a> {
    pub(super) input: &'a PlanInput<'a>,
    pub(super) ledger: &'a Ledger,
    pub(super) teams: &'a Teams,
    pub(super) scarce: &'a Scarce,
    /// Hours left by pool and week.
    pub(super) left: &'a [Vec<f64>],
    /// How many weeks an item may wait, and how much it counts; none where it does not compete.
    pub(super) offers: &'a dyn Fn(usize) -> Option<(usize, f64)>,
    /// How many packages an account may still get: in all, and by kind of contact.
    pub(super) caps: &'a dyn Fn(usize) -> [Option<u32>; 2],
    /// How many packages the account's group may still get.
    pub(super) group: &'a dyn Fn(usize) -> Option<u32>,
    /// Plays that already serve each offer of the catalogue.
    pub(super) served: &'a [f64],
}

/// Rows of what is scarce, and the ways in which offers use them.
struct Rows {
    all: Vec<Row>,
    weeks: usize,
    channel: [Option<usize>; 4],
    stock: BTreeMap<u16, usize>,
    least: BTreeMap<u16, usize>,
    ways: BTreeMap<Key, u32>,
}

/// Team, weeks, hours, channel and offer of a way.
type Key = (Option<u32>, usize, u64, usize, Option<u16>);

impl Stall<'_> {
    /// The market; options stand by group root, account and entry.
    pub(super) fn open(&self) -> Market {
        let mut rows = self.rows();
        let mut problem = Problem::new(&rows.all);
        let mut entries = Vec::new();
        let mut free = Vec::new();
        let ledger = self.ledger;
        for block in ledger.by_root().chunk_by(|a, b| a.0 == b.0) {
            for (_, account) in block {
                let caps = (self.caps)(*account);
                let [by_rep, digital] = caps.map(|cap| cap.unwrap_or(NO_CAP));
                let parts =
                    (by_rep != digital).then(|| [problem.part(by_rep), problem.part(digital)]);
                for at in ledger.of_account(*account) {
                    let entry = &ledger.entries[at];
                    let Some((weeks, factor)) = (self.offers)(at) else { continue };
                    let way = rows.way(&mut problem, entry, weeks);
                    let value = entry.value * factor;
                    if entry.kind == Kind::Free {
                        free.push((at, value, way));
                        continue;
                    }
                    let part = parts.map_or(NO_PART, |parts| parts[usize::from(!entry.by_rep)]);
                    problem.option(value, way, part);
                    entries.push(at);
                }
                problem.end_account(by_rep.max(digital));
            }
            // Where a group gets no more, what competes is exempt from its cap.
            let left = (self.group)(block[0].1).filter(|left| *left > 0);
            problem.end_block(left.unwrap_or(NO_CAP));
        }
        for (at, value, way) in free {
            problem.option(value, way, NO_PART);
            entries.push(at);
            problem.end_account(1);
            problem.end_block(NO_CAP);
        }
        Market { problem, entries, weeks: rows.weeks }
    }

    fn rows(&self) -> Rows {
        let weeks = self.input.pools.iter().map(|pool| pool.weeks.len()).max().unwrap_or(0);
        let mut rows = Vec::new();
        for members in &self.teams.members {
            for week in 0..weeks {
                let left = members.iter().filter_map(|pool| self.left[*pool].get(week));
                rows.push(Row::Most(left.sum()));
            }
        }
        let mut channel = [None; 4];
        for (at, places) in self.scarce.places.iter().enumerate() {
            if let Some(places) = places {
                channel[at] = Some(rows.len());
                rows.extend(places.iter().map(|left| Row::Most(*left)));
            }
        }
        let (mut stock, mut least) = (BTreeMap::new(), BTreeMap::new());
        let given = || (0_u16..).zip(&self.input.catalogue.offers);
        for (at, _) in given().filter(|(_, offer)| offer.stock.is_some()) {
            stock.insert(at, rows.len());
            rows.push(Row::Most(self.scarce.stock[usize::from(at)]));
        }
        for (at, offer) in given() {
            if let Some(volume) = offer.min_volume {
                least.insert(at, rows.len());
                rows.push(Row::Least(volume as f64 - self.served[usize::from(at)]));
            }
        }
        Rows { all: rows, weeks, channel, stock, least, ways: BTreeMap::new() }
    }
}

impl Rows {
    /// The way of an offer that may wait so many weeks.
    fn way(&mut self, problem: &mut Problem, entry: &Entry, weeks: usize) -> u32 {
        let channel = entry.channel as usize;
        debug_assert!(CHANNELS[channel] == entry.channel);
        let team = entry.team.filter(|_| entry.hours > 0.0);
        // Where no week is scarce, the first will do.
        let weeks = if team.is_none() && self.channel[channel].is_none() { 1 } else { weeks };
        let key = (team, weeks, entry.hours.to_bits(), channel, entry.given);
        if let Some(way) = self.ways.get(&key) {
            return *way;
        }
        let place = |row: usize| u32::try_from(row).expect("rows are few");
        let slot = |week: usize| {
            let hours = team.map(|team| (team as usize * self.weeks + week, entry.hours));
            let channel = self.channel[channel].map(|first| (first + week, 1.0));
            let stock = entry.given.and_then(|given| self.stock.get(&given)).map(|row| (*row, 1.0));
            let least = entry.given.and_then(|given| self.least.get(&given)).map(|row| (*row, 1.0));
            let uses = hours.into_iter().chain(channel).chain(stock).chain(least);
            Slot { factor: 1.0, uses: uses.map(|(row, amount)| (place(row), amount)).collect() }
        };
        let way = problem.way(&(0..weeks).map(slot).collect::<Vec<_>>());
        self.ways.insert(key, way);
        way
    }
}
