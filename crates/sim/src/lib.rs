//! A synthetic company whose customers' true responses are known.
//!
//! The company sells a time-clock and an expenses service (勤怠, 経費) to Japanese customers: groups,
//! companies and departments. Each customer has hidden traits (adoption, satisfaction, budget, need of
//! each product, openness to being contacted). The same traits make its history (contracts, usage,
//! surveys, tickets, deals) and its true responses, so that what models find can be compared with what
//! is so. Some customers are put into a planted situation, so that every kind of worklist line occurs.
//!
//! Pure: no IO, no clock. The same options give the same bytes on every machine; nothing here uses
//! functions whose last digit differs between platforms.

mod draw;
mod table;
mod catalogue;
mod names;
mod accounts;
mod situation;
mod latent;
mod story;
mod contracts;
mod people;
mod customer;
mod usage;
mod surveys;
mod activities;
mod proposals;
mod facts;
mod orders;
mod web;
mod truth;
mod words;
mod market;
#[cfg(test)]
mod tests;

use std::convert::Infallible;

use domain::time::Day;

pub use market::{Market, MarketOptions, Preset, lesson, market};
pub use table::Table;

/// What to simulate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The seed of everything drawn.
    pub seed: u64,
    /// Root accounts: one in five is a group with two to four subsidiaries, the others are companies.
    pub companies: usize,
    /// The last day of the history. The history goes back seven years at most.
    pub as_of: Day,
    /// How many times as often as usual customers order devices; usually two to six times in two years.
    pub orders_times: u32,
}

impl Default for Options {
    fn default() -> Self {
        let as_of = Day::from_ymd(2026, 3, 12).expect("the date exists");
        Self { seed: 1, companies: 60, as_of, orders_times: 1 }
    }
}

/// A company's files and the truth behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// The canonical tables that have rows, in the order in which references are satisfied.
    pub tables: Vec<Table>,
    /// The true responses of each customer to each product that it could take. Columns: `account_id`,
    /// `product_id`, `motion`; `accept_contact` and `accept_leave`, the probability that it takes the
    /// product within 180 days when approached and when left alone; `churn_contact` and
    /// `churn_leave`, the probability that it gives notice within 180 days (empty for accounts that
    /// are no customers now).
    pub truth: Table,
    /// Which situation was planted at which account. Columns: `account_id`, `situation`.
    pub situations: Table,
}

impl Simulated {
    /// The canonical table of that name, if it has rows.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// What every stage of the simulation needs to know.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) companies: usize,
    pub(crate) as_of: Day,
    pub(crate) orders_times: u32,
    pub(crate) catalogue: catalogue::Catalogue,
}

/// Simulates the company.
pub fn generate(options: &Options) -> Simulated {
    let mut tables: Vec<Table> = Vec::new();
    let collected = stream(options, &mut |part| {
        if let Some(table) = tables.last_mut().filter(|table| table.name == part.name) {
            table.rows.append(&mut part.rows);
        } else {
            let empty = part.without_rows();
            tables.push(std::mem::replace(part, empty));
        }
        Ok::<(), Infallible>(())
    });
    let Ok((truth, situations)) = collected;
    Simulated { tables, truth, situations }
}

/// Takes the next rows of a table.
pub type Sink<'a, E> = &'a mut dyn FnMut(&mut Table) -> Result<(), E>;

/// Simulates the company and hands on its tables part by part, in the order of [`Simulated::tables`]:
/// the longest ones in parts of some thousand rows, so that they are never in memory whole. What the
/// sink leaves of a part is dropped. Returns the truth and the situations.
pub fn stream<E>(options: &Options, sink: Sink<'_, E>) -> Result<(Table, Table), E> {
    let Options { seed, companies, as_of, orders_times } = *options;
    let catalogue = catalogue::Catalogue::new(as_of);
    let world = World { seed, companies, as_of, orders_times, catalogue };
    let mut accounts = accounts::grow(&world);
    let customers = customer::live(&world, &mut accounts);
    let people = people::hire(&world, &accounts, &customers);
    let scene = customer::Scene { world, accounts, customers, people };
    let mut whole = |mut table: Table| {
        if table.rows.is_empty() { Ok(()) } else { sink(&mut table) }
    };
    people::rep_tables(&scene.world).into_iter().try_for_each(&mut whole)?;
    whole(accounts::table(&scene))?;
    whole(people::team_table(&scene))?;
    people::contact_tables(&scene).into_iter().try_for_each(&mut whole)?;
    catalogue::tables(&scene.world).into_iter().try_for_each(&mut whole)?;
    whole(contracts::table(&scene))?;
    let (activities, facts) = activities::tables(&scene);
    whole(activities)?;
    whole(facts)?;
    whole(proposals::table(&scene))?;
    whole(surveys::table(&scene))?;
    whole(facts::results(&scene))?;
    orders::parts(&scene, sink)?;
    usage::parts(&scene, sink)?;
    let mut web = web::table(&scene);
    if !web.rows.is_empty() {
        sink(&mut web)?;
    }
    Ok((truth::table(&scene), situation::table(&scene)))
}
