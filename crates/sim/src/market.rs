//! A market: many customers whose true responses to contact are stated, for tournaments of plans.
//!
//! Unlike the demo's company nothing is planted here. Each customer has hidden traits; month by month it uses,
//! grows, buys unasked, is approached and leaves, each by the probabilities of [`response`]. Its files show what a
//! company would have on record, and the truth states by the same probabilities what each offer would earn.
//!
//! How hard the market is follows from the assumptions of [`climate`], which name their sources; nothing is set by
//! what a plan can do. `docs/simulator.md` tells them in one place.

mod climate;
mod curve;
mod wares;
mod traits;
mod firms;
mod response;
mod offer;
mod life;
mod worth;
mod truth;
mod sheet;
mod ledger;
mod diary;
mod deals;
mod meters;
#[cfg(test)]
mod tests;

use domain::time::{Day, Months};

use crate::draw::Draw;
use crate::table::Table;

pub use climate::Preset;

/// What to simulate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarketOptions {
    /// How customers respond to contact.
    pub preset: Preset,
    /// Customers; the heads of groups, which buy nothing, come on top.
    pub accounts: usize,
    /// The seed of everything drawn.
    pub seed: u64,
    /// The last day of the history, which goes back four years at most.
    pub as_of: Day,
}

/// A market's files and the truth behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Market {
    /// The canonical tables, in the order in which references are satisfied.
    pub tables: Vec<Table>,
    /// What each offer to each customer would truly earn; [`truth`] tells its columns.
    pub truth: Table,
    /// What the files show of each of these offers, row by row.
    pub sheet: Table,
}

impl Market {
    /// The canonical table of that name, if it has rows.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// What every stage needs to know.
pub(crate) struct Field {
    options: MarketOptions,
    climate: climate::Climate,
    firms: Vec<firms::Firm>,
}

impl Field {
    fn new(options: MarketOptions) -> Self {
        let climate = options.preset.climate();
        Self { options, climate, firms: firms::grow(&options) }
    }

    fn draw(&self, purpose: &str, index: usize) -> Draw {
        Draw::new(self.options.seed, purpose, index)
    }

    /// The day so many months before the last one.
    fn day(&self, months_ago: i32) -> Day {
        self.options.as_of.plus_months(Months(-months_ago))
    }

    /// A customer with its traits and its history.
    fn live(&self, at: usize) -> life::Life {
        life::Life::live(self, at)
    }
}

/// Simulates the market.
pub fn market(options: &MarketOptions) -> Market {
    let field = Field::new(*options);
    let lives: Vec<life::Life> = (0..field.firms.len()).map(|at| field.live(at)).collect();
    let mut tables = vec![firms::reps(&field), firms::table(&field, &lives)];
    tables.extend(firms::people(&field));
    tables.extend(wares::tables(&field));
    tables.push(ledger::table(&field, &lives));
    tables.push(diary::table(&field, &lives));
    tables.push(deals::table(&field, &lives));
    tables.push(meters::surveys(&field, &lives));
    tables.push(meters::orders(&field, &lives));
    tables.push(meters::usage(&field, &lives));
    tables.retain(|table| !table.rows.is_empty());
    let (truth, sheet) = (truth::table(&field, &lives), sheet::table(&field, &lives));
    Market { tables, truth, sheet }
}

/// What the files show of one offer to each customer of a market, with what an ideal experiment would find of it: the most
/// that a learner could be taught. Columns `treated` (0 or 1) and `outcome` (the true profit of who is treated, else 0).
pub fn lesson(options: &MarketOptions) -> Table {
    sheet::lesson(&Field::new(*options))
}
