//! What is to be decided, in flat tables: a million accounts with twenty options take half a GiB.

/// Millionths of a unit: amounts are whole numbers of these, whose sums are exact.
const PARTS: f64 = 1e6;

/// An amount within this many of a whole number of parts is that number.
const NEAR: f64 = 1e-3;

/// A limit that is none.
pub const NO_CAP: u32 = u32::MAX;

/// No part of an account: the account's limit alone counts.
pub const NO_PART: u32 = u32::MAX;

/// How much there is of something scarce, or how much there must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Row {
    /// At most so much is used.
    Most(f64),
    /// At least so much is used, where it can be reached.
    Least(f64),
}

/// One of the ways in which an option can be made, such as a week.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Its share of the option's value.
    pub factor: f64,
    /// Rows and how much of each it takes.
    pub uses: Vec<(u32, f64)>,
}

/// One option: what it is worth and how it can be made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Choice {
    pub(super) value: f64,
    pub(super) way: u32,
    pub(super) part: u32,
}

/// Options in accounts in blocks, and the rows that they share.
///
/// Whoever fills it does so in an order that does not depend on chance: equal options are told apart by their
/// place.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    /// In parts; of a minimum its negative, as its uses are.
    pub(super) limits: Vec<f64>,
    pub(super) least: Vec<bool>,
    /// The slots of each way: `ways[w]..ways[w + 1]`.
    pub(super) ways: Vec<u32>,
    pub(super) factors: Vec<f64>,
    /// The uses of each slot: `slots[s]..slots[s + 1]`.
    pub(super) slots: Vec<u32>,
    pub(super) uses: Vec<(u32, f64)>,
    pub(super) choices: Vec<Choice>,
    /// How many options each part of an account takes.
    pub(super) parts: Vec<u32>,
    /// The place after each account's last option, and how many it takes.
    pub(super) accounts: Vec<(u32, u32)>,
    /// The place after each block's last account, and how many options it takes.
    pub(super) blocks: Vec<(u32, u32)>,
}

impl Problem {
    /// Without options yet.
    pub fn new(rows: &[Row]) -> Self {
        let limit = |row: &Row| match *row {
            Row::Most(most) => whole(most.max(0.0), f64::floor),
            Row::Least(least) => -whole(least.max(0.0), f64::ceil),
        };
        Self {
            limits: rows.iter().map(limit).collect(),
            least: rows.iter().map(|row| matches!(row, Row::Least(_))).collect(),
            ways: vec![0],
            slots: vec![0],
            ..Self::default()
        }
    }

    /// Adds a way to make options; each takes one of its slots.
    pub fn way(&mut self, slots: &[Slot]) -> u32 {
        let way = self.ways.len() - 1;
        for slot in slots {
            self.factors.push(slot.factor);
            let mut uses = slot.uses.clone();
            uses.sort_unstable_by_key(|(row, _)| *row);
            for same in uses.chunk_by(|a, b| a.0 == b.0) {
                let (row, amount) = (same[0].0, same.iter().map(|(_, amount)| amount).sum::<f64>());
                let least = self.least[row as usize];
                let amount = whole(amount, if least { f64::floor } else { f64::ceil });
                if amount > 0.0 {
                    self.uses.push((row, if least { -amount } else { amount }));
                }
            }
            self.slots.push(place(self.uses.len()));
        }
        self.ways.push(place(self.factors.len()));
        place(way)
    }

    /// Adds a limit for some options of the account that is being filled.
    pub fn part(&mut self, cap: u32) -> u32 {
        self.parts.push(cap);
        place(self.parts.len() - 1)
    }

    /// Adds an option to the account that is being filled; returns its place.
    pub fn option(&mut self, value: f64, way: u32, part: u32) -> u32 {
        debug_assert!(value.is_finite() && (way as usize) < self.ways.len() - 1);
        self.choices.push(Choice { value, way, part });
        place(self.choices.len() - 1)
    }

    /// Ends an account, which takes so many options.
    pub fn end_account(&mut self, cap: u32) {
        self.accounts.push((place(self.choices.len()), cap));
    }

    /// Ends a block, whose accounts together take so many options.
    pub fn end_block(&mut self, cap: u32) {
        self.blocks.push((place(self.accounts.len()), cap));
    }

    /// How many options there are.
    pub fn len(&self) -> usize {
        self.choices.len()
    }

    /// Whether there is nothing to decide.
    pub fn is_empty(&self) -> bool {
        self.choices.is_empty()
    }

    /// The accounts of a block.
    pub(super) fn accounts_of(&self, block: usize) -> std::ops::Range<usize> {
        let from = block.checked_sub(1).map_or(0, |before| self.blocks[before].0 as usize);
        from..self.blocks[block].0 as usize
    }

    /// The options of an account.
    pub(super) fn options_of(&self, account: usize) -> std::ops::Range<usize> {
        let from = account.checked_sub(1).map_or(0, |before| self.accounts[before].0 as usize);
        from..self.accounts[account].0 as usize
    }

    /// The slots of a way.
    pub(super) fn slots_of(&self, way: u32) -> std::ops::Range<usize> {
        self.ways[way as usize] as usize..self.ways[way as usize + 1] as usize
    }

    /// What a slot uses, in parts.
    pub(super) fn uses_of(&self, slot: usize) -> &[(u32, f64)] {
        &self.uses[self.slots[slot] as usize..self.slots[slot + 1] as usize]
    }

    /// What an option earns in its best slot beyond the prices of a unit of each row.
    pub fn net(&self, option: u32, prices: &[f64]) -> f64 {
        let choice = &self.choices[option as usize];
        let net = |slot: usize| {
            let uses = self.uses_of(slot).iter();
            let cost: f64 = uses.map(|(row, amount)| prices[*row as usize] * units(*amount)).sum();
            choice.value * self.factors[slot] - cost
        };
        self.slots_of(choice.way).map(net).fold(f64::NEG_INFINITY, f64::max)
    }

    /// What a taken option is worth.
    pub(super) fn worth(&self, taken: super::Taken) -> f64 {
        let choice = &self.choices[taken.option as usize];
        choice.value * self.factors[self.slots_of(choice.way).start + taken.slot as usize]
    }

    /// The same where each minimum is lower by what it lacks.
    pub(super) fn reaching(&self, unmet: &[f64]) -> Self {
        let mut reached = self.clone();
        for (limit, lack) in reached.limits.iter_mut().zip(unmet) {
            *limit += whole(*lack, f64::ceil);
        }
        reached
    }
}

/// An amount in parts.
fn whole(amount: f64, round: fn(f64) -> f64) -> f64 {
    let parts = amount * PARTS;
    let near = parts.round();
    if (parts - near).abs() <= NEAR { near } else { round(parts) }
}

/// Units of an amount in parts.
pub(super) fn units(parts: f64) -> f64 {
    parts / PARTS
}

/// A price of one unit, from that of a part.
pub(super) fn of_unit(price: f64) -> f64 {
    price * PARTS
}

fn place(count: usize) -> u32 {
    u32::try_from(count).expect("fewer than 2^32 of anything")
}
