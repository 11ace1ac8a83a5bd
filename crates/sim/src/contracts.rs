//! Contracts with their history: every change of seats, plan, price or state is a row of its own.

use std::fmt::Display;

use domain::motion::{Motion, TouchModel};
use domain::time::{Day, Days, Months};

use crate::catalogue::{Catalogue, EXPENSES, Kind, Product, Unit};
use crate::customer::{Customer, Scene};
use crate::draw::{Draw, workday};
use crate::situation::Situation;
use crate::story::{Change, Story, Teller, Terms};
use crate::table::{Maybe, Table};

/// One contract line: a plan or an option.
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    pub(crate) id: String,
    /// Its states, oldest first.
    pub(crate) versions: Vec<Version>,
}

/// The state of a contract line from a day on.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) on: Day,
    pub(crate) product: &'static str,
    /// Zero for options and for what has ended.
    pub(crate) seats: i64,
    /// The day whose price list holds.
    pub(crate) agreed: Day,
    status: &'static str,
    change: &'static str,
}

impl Contract {
    /// The first day.
    pub(crate) fn started(&self) -> Day {
        self.versions[0].on
    }

    /// Days until it next grows, where it does.
    pub(crate) fn grows_in(&self, day: Day) -> Option<i32> {
        let grows = self.versions.iter().filter(|v| v.on > day && v.change == "expand");
        grows.map(|version| version.on.since(day).0).min()
    }

    /// The state on a day; `None` before the start and after the end.
    pub(crate) fn on(&self, day: Day) -> Option<&Version> {
        self.versions.iter().rev().find(|version| version.on <= day).filter(|v| v.status != "ended")
    }
}

/// Seats in packs of five.
fn packs(seats: i64) -> i64 {
    (seats + 4) / 5 * 5
}

impl Teller<'_> {
    /// The contracts of a story, the main plan first. The ids are given later.
    pub(crate) fn sign(&self, story: &Story) -> Vec<Contract> {
        let main: Vec<&Change> = story
            .changes
            .iter()
            .filter(|c| matches!(c.motion, Motion::Seats | Motion::PlanUp | Motion::Downsell))
            .collect();
        let seats = self.seats(story, &main);
        let first = Version {
            on: story.terms.start,
            product: story.first,
            seats: seats[0],
            agreed: story.terms.start,
            status: match self.situation {
                Situation::FreePlan => "free",
                Situation::Trial => "trial",
                _ => "active",
            },
            change: "new",
        };
        let changes: Vec<(&Change, i64)> =
            main.into_iter().zip(seats[1..].iter().copied()).collect();
        let mut contracts = vec![self.history(&story.terms, first, &changes)];
        for (id, on) in story.extras() {
            let product = self.world.catalogue.get(id);
            let plan = product.kind == Kind::Plan;
            let seats = packs(self.account.employees * 3 / 10).clamp(5, product.users.max(5));
            let seats = if plan { seats } else { 0 };
            let first =
                Version { on, product: id, seats, agreed: on, status: "active", change: "new" };
            contracts.push(self.history(&story.terms, first, &[]));
        }
        contracts
    }

    /// Seats of the main plan at the start and after each change, told backwards from today's.
    fn seats(&self, story: &Story, changes: &[&Change]) -> Vec<i64> {
        let catalogue = &self.world.catalogue;
        let users = |day: Day| catalogue.get(story.plan(day)).users;
        let last = users(self.world.as_of);
        let today = match self.situation {
            Situation::FreePlan => 5,
            Situation::Trial => packs(self.account.employees / 2).clamp(5, 20),
            at_limit if at_limit.at_limit() => last,
            _ => packs(self.account.employees * 7 / 10).clamp(5, last),
        };
        let mut seats = vec![today];
        for change in changes.iter().rev() {
            let after = seats[seats.len() - 1];
            let before = match change.motion {
                Motion::Downsell => packs(after * 5 / 4 + 1),
                _ => packs(after * 3 / 5),
            };
            let most = users(change.on.plus(Days(-1)));
            seats.push(before.clamp(5, most));
        }
        seats.reverse();
        seats
    }

    /// Every state of one contract line, given its changes with the seats after each.
    fn history(&self, terms: &Terms, first: Version, changes: &[(&Change, i64)]) -> Contract {
        let until = terms.noticed.or(terms.ended).unwrap_or(self.world.as_of.plus(Days(1)));
        let started = first.on;
        let mut days: Vec<Day> = changes.iter().map(|(change, _)| change.on).collect();
        if self.situation.pays() || self.situation == Situation::Churned {
            days.extend(renewals(terms, until));
        }
        days.sort_unstable();
        days.dedup();
        let mut versions = vec![first.clone()];
        let mut state = first;
        for day in days.into_iter().filter(|day| *day > started && *day < until) {
            state = Version { on: day, change: "renew", ..state };
            self.reprice(terms, &mut state);
            if let Some(change) = changes.iter().find(|(change, _)| change.on == day) {
                alter(&mut state, change);
            }
            versions.push(state.clone());
        }
        if let Some(on) = terms.noticed.filter(|on| *on > started) {
            state = Version { on, status: "cancel_requested", change: "", ..state };
            versions.push(state.clone());
        }
        if let Some(on) = terms.ended {
            versions.push(Version { on, seats: 0, status: "ended", change: "churn", ..state });
        }
        Contract { id: String::new(), versions }
    }

    /// Lets the revised price list hold from the first renewal after the revision.
    fn reprice(&self, terms: &Terms, state: &mut Version) {
        let catalogue = &self.world.catalogue;
        let renewal = renewal_after(terms, state.on.plus(Days(-1))) == state.on;
        if renewal && state.agreed < catalogue.revised && state.on >= catalogue.revised {
            let product = catalogue.get(state.product);
            if catalogue.price(product, state.agreed) != catalogue.price(product, state.on) {
                state.change = "price_change";
            }
            state.agreed = state.on;
        }
    }
}

/// Applies a change with the seats after it. A new plan comes at the price list of its day.
fn alter(state: &mut Version, (change, seats): &(&Change, i64)) {
    state.seats = *seats;
    state.change = if change.motion == Motion::Downsell { "contract" } else { "expand" };
    if change.motion == Motion::PlanUp {
        state.product = change.product;
        state.agreed = state.on;
    }
}

/// The renewals before `until`.
fn renewals(terms: &Terms, until: Day) -> Vec<Day> {
    let mut days = Vec::new();
    let mut day = renewal_after(terms, terms.start);
    while day < until {
        days.push(day);
        day = renewal_after(terms, day);
    }
    days
}

/// The first renewal after a day.
fn renewal_after(terms: &Terms, day: Day) -> Day {
    let mut terms_run = 1;
    loop {
        let renewal = terms.start.plus_months(Months(terms.term.0 * terms_run));
        if renewal > day {
            return renewal;
        }
        terms_run += 1;
    }
}

/// The customer's discount in per cent: for long terms, and for some who asked.
fn discount(terms: &Terms, draw: &mut Draw) -> i64 {
    match terms.term.0 {
        36 => 15,
        24 => 10,
        _ if draw.chance(0.2) => 5,
        _ => 0,
    }
}

/// The list amount of a state for a month, in yen.
pub(crate) fn list_month(catalogue: &Catalogue, product: &Product, version: &Version) -> i64 {
    let price = catalogue.price(product, version.agreed);
    match product.unit {
        Unit::SeatMonth => price * version.seats,
        Unit::Month | Unit::Once => price,
    }
}

/// The subscriptions table.
pub(crate) fn table(scene: &Scene) -> Table {
    let mut table = Table::canonical("subscriptions");
    for (number, customer) in scene.customers.iter().enumerate() {
        let Some(story) = &customer.story else { continue };
        let mut draw = Draw::new(scene.world.seed, "contract", customer.account);
        let discount = discount(&story.terms, &mut draw);
        for contract in &customer.contracts {
            for version in &contract.versions {
                let row = Row { scene, customer, terms: &story.terms, contract, version };
                row.push(&mut table, number, discount);
            }
        }
    }
    table
}

/// What one row of the subscriptions table needs.
struct Row<'a> {
    scene: &'a Scene,
    customer: &'a Customer,
    terms: &'a Terms,
    contract: &'a Contract,
    version: &'a Version,
}

impl Row<'_> {
    fn push(&self, table: &mut Table, number: usize, discount: i64) {
        let Self { scene, terms, version, .. } = *self;
        let catalogue = &scene.world.catalogue;
        let product = catalogue.get(version.product);
        let paid = matches!(version.status, "active" | "cancel_requested");
        let list = if paid { list_month(catalogue, product, version) } else { 0 };
        let rate = if paid { discount } else { 0 };
        let goes_on = paid || version.status == "ended";
        let renews = (paid).then(|| renewal_after(terms, version.on));
        let long = terms.term.0 > 12;
        let cells: [(&str, &dyn Display); 21] = [
            ("subscription_id", &self.contract.id),
            ("account_id", &scene.accounts[self.customer.account].id),
            ("product_id", &product.id),
            ("effective_on", &version.on),
            ("seats", &Maybe((product.kind == Kind::Plan).then_some(version.seats))),
            ("mrr", &(list * (100 - rate) / 100)),
            ("list_price", &list),
            ("discount_rate", &format_args!("0.{rate:02}")),
            ("price_locked_until", &Maybe(renews.filter(|_| long))),
            ("currency", &"JPY"),
            ("term_months", &Maybe(goes_on.then_some(terms.term.0))),
            ("started_on", &self.contract.started()),
            ("renews_on", &Maybe(renews)),
            ("notice_days", &Maybe(goes_on.then_some(terms.notice.0))),
            ("cancel_deadline", &Maybe(renews.map(|day| day.plus(Days(-terms.notice.0))))),
            ("auto_renew", &Maybe(goes_on.then_some(true))),
            ("reduction_allowed", &Maybe(goes_on.then_some(terms.term.0 < 12))),
            ("status", &version.status),
            ("plan_version", &catalogue.version(product, version.agreed)),
            ("change_kind", &version.change),
            ("contract_id", &format_args!("K{:04}", number + 1)),
        ];
        table.push(&cells);
        let row = table.rows.len() - 1;
        for (column, value) in self.later_cells() {
            let at = table.position(column).expect("the column is canonical");
            table.rows[row][at] = value;
        }
    }

    /// Cells that only some states have.
    fn later_cells(&self) -> Vec<(&'static str, String)> {
        let Self { scene, terms, version, .. } = *self;
        let account = &scene.accounts[self.customer.account];
        let mut cells = Vec::new();
        if matches!(version.change, "renew" | "price_change") && account.touch != TouchModel::Tech {
            let confirmed = workday(version.on.plus(Days(-terms.notice.0 - 4)));
            cells.push(("renewal_intent", "renew".to_owned()));
            cells.push(("renewal_confirmed_on", confirmed.to_string()));
        }
        let noticed = terms.noticed.filter(|on| *on <= version.on);
        cells.extend(noticed.map(|on| ("cancel_notice_on", on.to_string())));
        if version.status == "trial" {
            cells.push(("trial_ends_on", version.on.plus(Days(30)).to_string()));
        }
        if version.status == "ended" {
            let mut draw = Draw::new(scene.world.seed, "churn", self.customer.account);
            let reason = draw.say(&crate::words::CHURN_REASONS).to_owned();
            cells.push(("churn_reason", reason));
            cells.push(("ended_on", version.on.to_string()));
        }
        let signer = scene.people.of(self.customer.account).first();
        cells.extend(signer.map(|contact| ("contracted_by", contact.id.clone())));
        cells
    }
}

/// The main plan's position, and the expense plan's, among a customer's contracts.
pub(crate) fn plans<'a>(
    scene: &'a Scene,
    customer: &'a Customer,
) -> impl Iterator<Item = (&'a Contract, bool)> {
    customer.contracts.iter().filter_map(|contract| {
        let product = scene.world.catalogue.get(contract.versions[0].product);
        (product.kind == Kind::Plan).then_some((contract, product.line == EXPENSES))
    })
}
