//! Weekly readings over the last year: users and storage, and how often the service was used.

use domain::time::{Day, Days};

use crate::Sink;
use crate::accounts::years_between;
use crate::catalogue::{CLAIMS, CLOCKINGS, STORAGE, USERS};
use crate::contracts::{Contract, Version, plans};
use crate::customer::{Customer, Scene};
use crate::draw::{Draw, rounded};
use crate::table::{PART, Table};

const WEEKS: i32 = 52;

/// The usage table, part by part.
pub(crate) fn parts<E>(scene: &Scene, sink: Sink<'_, E>) -> Result<(), E> {
    let mut table = Table::canonical("usage");
    for customer in &scene.customers {
        for (contract, expenses) in plans(scene, customer) {
            Meter { scene, customer, contract, expenses }.read(&mut table);
        }
        table.spill(PART, sink)?;
    }
    table.spill(1, sink)
}

/// What is read for one contract.
struct Meter<'a> {
    scene: &'a Scene,
    customer: &'a Customer,
    contract: &'a Contract,
    expenses: bool,
}

impl Meter<'_> {
    fn read(&self, table: &mut Table) {
        let world = &self.scene.world;
        let purpose = if self.expenses { "claims" } else { "clockings" };
        let mut draw = Draw::new(world.seed, purpose, self.customer.account);
        let account = &self.scene.accounts[self.customer.account];
        for week in (0..WEEKS).rev() {
            let day = world.as_of.monday().plus(Days(-7 * week));
            // The latest reading is exact: it is what the planted situation says.
            let latest = if week == 0 { 0.0 } else { 1.0 };
            let noise = [draw.noise() * latest, draw.noise(), draw.noise()];
            let Some(state) = self.contract.on(day) else { continue };
            for (metric, value, kind) in self.week(day, state, noise) {
                table.push(&[
                    ("account_id", &account.id),
                    ("metric", &metric),
                    ("at", &day),
                    ("value", &value),
                    ("kind", &kind),
                    ("subscription_id", &self.contract.id),
                ]);
            }
        }
    }

    /// Users over seats of the time, `until` the next growth: as short as it then was, after filling up.
    fn filling(&self, day: Day, until: Days) -> f64 {
        // It takes three months from the talk to the contract; who helps itself does not wait.
        let talks = if self.customer.latents.helps_itself { 0 } else { 100 };
        (self.short(day.plus(until)) - 0.0007 * f64::from((until.0 - talks).max(0))).max(0.6)
    }

    /// Users over seats at a peak that passed: around a day on which we spoke of more, in vain.
    fn peak(&self, day: Day) -> Option<f64> {
        let story = self.customer.story.as_ref().filter(|_| !self.expenses)?;
        let spoken = story.approaches.iter().filter(|approach| approach.growth);
        let around = |on: &Day| (-21..=75).contains(&on.since(day).0);
        spoken.map(|approach| approach.on).find(around).map(|on| self.short(on))
    }

    /// Users over seats, as short as it truly was on a day.
    fn short(&self, day: Day) -> f64 {
        let story = self.customer.story.as_ref();
        let as_of = self.scene.world.as_of;
        let last = story.map_or(as_of, |story| story.terms.last(as_of));
        let pressure = self.customer.latents.at(years_between(day, last)).pressure;
        if pressure > 0.0 { (0.6 + 0.4 * pressure).min(0.97) } else { 0.0 }
    }

    /// One week's readings: metric, value, kind.
    fn week(&self, day: Day, state: &Version, noise: [f64; 3]) -> [Reading; 3] {
        let world = &self.scene.world;
        let latents = &self.customer.latents;
        let story = self.customer.story.as_ref();
        let last_day = story.map_or(world.as_of, |story| story.terms.last(world.as_of));
        let years = years_between(day, last_day);
        let today = self.contract.on(world.as_of).unwrap_or(state);
        let included = |state: &Version| {
            world.catalogue.storage(world.catalogue.get(state.product), state.agreed) as f64
        };
        // Fewer people file expenses than clock in.
        let (level, metric, often) =
            if self.expenses { (0.85, CLAIMS, 1.1) } else { (1.0, CLOCKINGS, 9.3) };
        let share = latents.utilisation(years) * level * (1.0 + 0.012 * noise[0]) * holiday(day);
        let noisy = 1.0 + 0.012 * noise[0];
        let seats = state.seats as f64;
        let users = match self.contract.grows_in(day) {
            // Whoever took more had come to need it: the seats of the time filled up.
            Some(days) => self.filling(day, Days(days)) * level * noisy * seats,
            None => (share * today.seats as f64).max(self.peak(day).unwrap_or(0.0) * noisy * seats),
        };
        let users = rounded(users).clamp(0, state.seats);
        let stored = latents.storage(years) * included(today) * (1.0 + 0.004 * noise[1]);
        let stored = stored.clamp(0.0, included(state));
        let events = rounded(users as f64 * often * (1.0 + 0.05 * noise[2]));
        [
            (USERS, users.to_string(), "gauge"),
            (STORAGE, format!("{stored:.1}"), "gauge"),
            (metric, events.to_string(), "count"),
        ]
    }
}

/// metric, value, kind
type Reading = (&'static str, String, &'static str);

/// Fewer people clock in during the long holidays of the year.
fn holiday(week: Day) -> f64 {
    let (_, month, day) = week.ymd();
    match (month, day) {
        (12, 26..) | (1, 1..=4) | (5, 1..=5) => 0.93,
        (8, 9..=15) => 0.95,
        _ => 1.0,
    }
}
