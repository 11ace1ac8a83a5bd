//! Customers: accounts that buy, with their hidden traits, story and contracts.

use domain::time::Day;

use crate::World;
use crate::accounts::{self, Account};
use crate::contracts::Contract;
use crate::latent::Latents;
use crate::people::People;
use crate::situation::{self, Situation};
use crate::story::{Story, Teller};

/// One customer, or one that could become or was one.
#[derive(Debug)]
pub(crate) struct Customer {
    /// The position of its account.
    pub(crate) account: usize,
    pub(crate) situation: Situation,
    pub(crate) latents: Latents,
    /// `None` for an account that never held anything.
    pub(crate) story: Option<Story>,
    /// The main plan first.
    pub(crate) contracts: Vec<Contract>,
}

impl Customer {
    /// Whether it holds the product on a day.
    pub(crate) fn owns(&self, product: &str, day: Day) -> bool {
        self.contracts.iter().any(|c| c.on(day).is_some_and(|state| state.product == product))
    }

    /// Whether it holds anything on a day.
    pub(crate) fn active(&self, day: Day) -> bool {
        self.contracts.iter().any(|contract| contract.on(day).is_some())
    }
}

/// Everything simulated, from which the tables are written.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) accounts: Vec<Account>,
    pub(crate) customers: Vec<Customer>,
    pub(crate) people: People,
}

/// Lets every buying account live until the last day.
pub(crate) fn live(world: &World, accounts: &mut [Account]) -> Vec<Customer> {
    let planted = situation::plant(world, accounts);
    let mut customers = Vec::new();
    let mut next_id = 1;
    for (at, situation) in planted.into_iter().enumerate() {
        let Some(situation) = situation else { continue };
        let mut latents = Latents::draw(world, (at, &accounts[at]), situation);
        if at == 1 && situation == Situation::LimitNear {
            // The first account of all: 93 of 100 users, content.
            latents.utilisation = 0.93;
            latents.satisfaction = 0.92;
            latents.short = 0.0;
        }
        let teller = Teller { world, account: &accounts[at], at, situation, latents: &latents };
        let story = teller.tell();
        let mut contracts = story.as_ref().map_or(Vec::new(), |story| teller.sign(story));
        for contract in &mut contracts {
            contract.id = format!("S{next_id:05}");
            next_id += 1;
        }
        customers.push(Customer { account: at, situation, latents, story, contracts });
    }
    settle(world, accounts, &customers);
    customers
}

/// Dates the accounts, and gives each at least the employees that it has users.
fn settle(world: &World, accounts: &mut [Account], customers: &[Customer]) {
    let mut starts = Vec::new();
    for customer in customers {
        if let Some(story) = &customer.story {
            starts.push((customer.account, story.terms.start));
        }
        let seats = customer.contracts.first().and_then(|main| main.on(world.as_of));
        let account = &mut accounts[customer.account];
        account.employees = account.employees.max(seats.map_or(0, |state| state.seats));
    }
    accounts::date(accounts, &starts);
}
