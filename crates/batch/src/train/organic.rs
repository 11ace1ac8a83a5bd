//! What customers took with no approach in the 90 days before: months at risk and events, in counts.
//!
//! A person-period table that is never written out. A customer's life is cut into months since it became one
//! (30.4375 days each), the last sixty whole ones at most, held as the bits of one word; owned, held and censored
//! months are such words too, so trials are counts of bits, and only counts by motion, product and tenure stay.
//!
//! - *At risk*: months in which the account is a customer and could make the move: it does not own the product
//!   (no active contract of it, never bought); for a higher plan, an option, more seats, a longer term or a
//!   smaller form it holds the line or contract that the move starts from. The month in which it became a
//!   customer is left out: what is bought then is the first purchase, not an expansion.
//! - *Event*: a new contract of the product, a version with the product, more seats, a longer term or a smaller
//!   form, the first order, a deal won that the customer began itself.
//! - *Censored*: an approach on one of the 90 days before, judged on the day of the event, else on the month's
//!   last day. Approaches are deals that we began, or of which nobody says who did, for as long as they are
//!   open; outbound contacts about the product; outbound contacts of someone who sells without a product (all
//!   products); campaign contacts. One about a product with a line censors the plans, options, seats and terms of
//!   that line.
//! - Months before the first approach on record are left out: nothing tells whether they were quiet.
//!
//! Months and events of plans, options and seats are also kept apart by who looks after the account and by nearness
//! to a limit of the line ([`super::nearness`]), for [`super::standing`].
//!
//! Repeat orders are counted by product from the number of orders: at most one event a month since the first,
//! of accounts that were never approached about it.

mod frailty;
mod life;
mod pressure;
mod tally;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use decide::catalogue::{Catalogue, Product, ProductKind};
use decide::facts::{Outcome, Purchase};
use domain::ids::ProductId;
use domain::time::{Day, Days};

pub use frailty::{Frailties, Frailty};
use life::Life;
pub use life::{MONTH_DAYS, band, begin_of, month_of};
use pressure::Pressure;
use tally::Tally;

use super::History;
use super::nearness::{Nearness, group};
use super::standing::{Ways, place};
use crate::known::Account;
use crate::versions::{Line, Version, Versions};

/// Bands of tenure.
pub const BANDS: usize = 5;

/// The move that a customer makes of its own accord; codes as in cards and files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Move {
    /// Takes a product that it does not have.
    Take,
    /// Adds an option of a line that it holds.
    Option,
    /// Moves to a higher plan.
    PlanUp,
    /// Takes more seats.
    Seats,
    /// Takes a longer term.
    Term,
    /// Takes a smaller form.
    Down,
    /// Buys the same again.
    Repeat,
}

impl Move {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Option => "option",
            Self::PlanUp => "plan_up",
            Self::Seats => "seats",
            Self::Term => "term",
            Self::Down => "downsell",
            Self::Repeat => "repeat",
        }
    }
}

/// Events and months at risk, by band of tenure.
pub type Cells = [(u64, u64); BANDS];

/// Everything counted.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// By move and product.
    pub cells: BTreeMap<(Move, String), Cells>,
    /// By move, of the rarest products together, where there are too many to count one by one.
    pub rest: BTreeMap<Move, Cells>,
    /// Of plans, options and seats, by who looks after the account and nearness to a limit.
    pub ways: BTreeMap<(Move, String), Ways>,
    /// Products that stand alone: on sale, or taken or offered at some time.
    pub alone: BTreeSet<String>,
    /// Whether any approach is on record.
    pub approaches: bool,
}

/// One account as it is counted.
struct One<'a> {
    life: Life,
    as_of: Day,
    account: &'a Account,
    bought: &'a [Purchase],
    /// Months in which it is a customer.
    customer: u64,
    pressure: Pressure<'a>,
    lines: &'a [Line],
    versions: &'a Versions,
    catalogue: &'a Catalogue,
    /// Whether people look after it.
    served: bool,
    /// By line: months that began below a limit of it, near one, and of which nothing tells.
    standings: BTreeMap<&'a str, [u64; 3]>,
    /// Plans, options and services of a line.
    ladder: Rc<[&'a Product]>,
}

/// Takes up months of one account after another.
trait Sink<'a> {
    /// Months of a move of a product: those with an event, and those at risk; of a product that stands alone only
    /// those that `untouched` has not told.
    fn months(&mut self, life: &Life, what: (Move, &'a str), months: (u64, u64));

    /// The same by who looks after the account and by nearness to a limit.
    fn by_standing(&mut self, what: (Move, &'a str), served: bool, months: [(u64, u64); 3]);

    /// Months at risk of each product that stands alone and that the account has never touched.
    fn untouched(&mut self, life: &Life, months: u64);

    /// Months of these that are not at risk of one product after all.
    fn not_at_risk(&mut self, life: &Life, product: &'a str, months: u64);

    /// Orders of the same again, and the months since the first, in a band of tenure.
    fn repeats(&mut self, product: &'a str, band: usize, again: (u64, u64));
}

impl Counts {
    /// Counts every account's life.
    pub fn of(history: History<'_>) -> Self {
        let mut tally = Tally::default();
        for (_, one) in lives(history) {
            one.tell(&mut tally);
        }
        let ways = std::mem::take(&mut tally.ways).into_iter();
        let ways = ways.map(|((way, id), ways)| ((way, id.to_owned()), ways)).collect();
        let alone = tally.alone(history.catalogue);
        let alone = alone.into_iter().map(str::to_owned).collect();
        let approaches = first_approach(&history).is_some();
        let (cells, rest) = tally.finish();
        Self { cells, rest, ways, alone, approaches }
    }
}

/// The life of every account that has one, by key.
fn lives(history: History<'_>) -> impl Iterator<Item = (i64, One<'_>)> {
    let records = first_approach(&history);
    let products = history.catalogue.products.values();
    let ladder: Rc<[&Product]> = products.filter(|p| is_plan_of_line(p) || is_of_line(p)).collect();
    history.accounts.iter().filter_map(move |(key, account)| {
        let bought = history.lake.purchases.get(key).map_or(&[][..], Vec::as_slice);
        let lines = history.versions.lines.get(key).map_or(&[][..], Vec::as_slice);
        let first = bought.iter().map(|p| p.first_on).min();
        let since = account.since.into_iter().chain(first).min()?;
        let life = Life::new(since, records, history.as_of)?;
        let one = One {
            as_of: history.as_of,
            account,
            bought,
            customer: customer(&life, lines, history.as_of),
            pressure: Pressure::of(&history, account),
            lines,
            versions: history.versions,
            catalogue: history.catalogue,
            served: crate::tables::takes_hours(account),
            standings: standings(&Nearness::of(&history, *key), &life),
            ladder: Rc::clone(&ladder),
            life,
        };
        Some((*key, one))
    })
}

/// Months in which a contract runs; all months of those who only order.
fn customer(life: &Life, lines: &[Line], as_of: Day) -> u64 {
    if lines.is_empty() {
        return life.all();
    }
    let open = as_of.plus(Days(1));
    lines.iter().fold(0, |m, line| m | life.mask(line.started, line.ended.unwrap_or(open)))
}

/// By line: months that began below a limit of it, near one, and of which nothing tells.
fn standings<'a>(nearness: &Nearness<'a>, life: &Life) -> BTreeMap<&'a str, [u64; 3]> {
    let of = |line: &'a str| {
        let mut months = [0_u64; 3];
        for bit in 0..life.months {
            months[place(nearness.on(line, life.begin(bit)))] |= 1 << bit;
        }
        (line, months)
    };
    nearness.lines().map(of).collect()
}

fn first_approach(history: &History<'_>) -> Option<Day> {
    let of = |account: &Account| {
        let deals = account.proposals.iter().map(|deal| deal.opened_on);
        let spoken = account.approaches.iter().map(|approach| approach.on);
        deals.chain(spoken).chain(account.sales_contacts.iter().copied()).min()
    };
    let seen = history.lake.campaigns.values().flatten().map(|(day, _)| Day(*day)).min();
    history.accounts.values().filter_map(of).chain(seen).min()
}

/// Whether moves of a product start from a line that is held: options and services of a line.
fn is_of_line(product: &Product) -> bool {
    matches!(product.kind, ProductKind::Option | ProductKind::Service) && product.line.is_some()
}

fn is_plan_of_line(product: &Product) -> bool {
    product.kind == ProductKind::Plan && product.line.is_some()
}

impl<'a> One<'a> {
    /// Tells everything that it did of its own accord, and could have done.
    pub(super) fn tell(&self, sink: &mut impl Sink<'a>) {
        self.contracts(sink);
        self.alone(sink);
        self.repeats(sink);
    }

    #[expect(clippy::too_many_arguments, reason = "one cell, its months and its events")]
    fn count(
        &self,
        sink: &mut impl Sink<'a>,
        what: (Move, &'a ProductId),
        risk: u64,
        events: &[Day],
    ) {
        let (way, product) = what;
        let line = self.catalogue.product(product).and_then(|p| p.line.as_deref());
        let mut risk = risk & self.customer & !self.pressure.mask(&self.life, product, line);
        if risk == 0 && events.is_empty() {
            return;
        }
        let mut taken = 0_u64;
        for day in events.iter().filter(|day| !self.pressure.on(**day, product, line)) {
            let Some(bit) = self.life.bit(*day) else { continue };
            taken |= 1 << bit;
        }
        risk |= taken;
        sink.months(&self.life, (way, product.as_str()), (taken, risk));
        let line = self.catalogue.product(product).map(group);
        let untold = [0, 0, self.life.all()];
        let standings = line.and_then(|line| self.standings.get(line)).unwrap_or(&untold);
        let by = standings.map(|months| (taken & months, risk & months));
        sink.by_standing((way, product.as_str()), self.served, by);
    }

    /// Every version's span with its product.
    fn spans(&self) -> impl Iterator<Item = (&'a ProductId, Day, Day)> {
        let open = self.as_of.plus(Days(1));
        let versions = self.versions;
        self.lines.iter().flat_map(move |line| {
            line.spans(open)
                .map(move |(version, end)| (versions.product(version), version.from, end))
        })
    }

    /// Moves along contracts: plans, options, seats, terms, smaller forms.
    fn contracts(&self, sink: &mut impl Sink<'a>) {
        for product in self.ladder.iter().copied() {
            if is_plan_of_line(product) {
                self.plan(sink, product);
            } else {
                self.option(sink, product);
            }
        }
        self.changes(sink);
    }

    /// Months in which anything of the line for which `is` holds runs, and whether it does on a day.
    fn held(&self, line: &str, is: impl Fn(&Product) -> bool) -> (u64, Vec<(Day, Day)>) {
        let of_line = self.spans().filter(|(id, _, _)| {
            self.catalogue
                .product(id)
                .is_some_and(|product| product.line.as_deref() == Some(line) && is(product))
        });
        let spans: Vec<(Day, Day)> = of_line.map(|(_, from, end)| (from, end)).collect();
        (spans.iter().fold(0, |mask, (from, end)| mask | self.life.mask(*from, *end)), spans)
    }

    /// A plan of a line: a higher one where a lower is held, another product where the line is not.
    fn plan(&self, sink: &mut impl Sink<'a>, product: &'a Product) {
        let line = product.line.as_deref().expect("only plans of a line come here");
        let (any, spans) = self.held(line, |_| true);
        let begins = self.begins(&product.id);
        // On the day before: neither the line nor what replaces it had begun.
        let held_before = |spans: &[(Day, Day)], day: Day| {
            spans.iter().any(|(from, end)| *from < day && *end >= day)
        };
        let new: Vec<Day> =
            begins.iter().copied().filter(|day| !held_before(&spans, *day)).collect();
        self.count(sink, (Move::Take, &product.id), self.life.all() & !any, &new);
        if any == 0 {
            return;
        }
        let (same, _) = self.held(line, |p| p.id == product.id || p.tier >= product.tier);
        let (low, lower) = self.held(line, |p| is_plan_of_line(p) && p.tier < product.tier);
        let up: Vec<Day> = begins.iter().copied().filter(|day| held_before(&lower, *day)).collect();
        if low != 0 || !up.is_empty() {
            self.count(sink, (Move::PlanUp, &product.id), low & !same, &up);
        }
    }

    fn option(&self, sink: &mut impl Sink<'a>, product: &'a Product) {
        let line = product.line.as_deref().expect("only products of a line come here");
        let (held, spans) = self.held(line, |p| p.kind == ProductKind::Plan);
        if held == 0 {
            return;
        }
        let (own, _) = self.held(line, |p| p.id == product.id);
        let begins = self.begins(&product.id).into_iter();
        let added: Vec<Day> = begins
            .filter(|day| spans.iter().any(|(from, end)| from < day && *end >= *day))
            .collect();
        self.count(sink, (Move::Option, &product.id), held & !own, &added);
    }

    /// Days on which a product was newly held: not by another line or version the day before.
    fn begins(&self, product: &ProductId) -> Vec<Day> {
        let spans: Vec<(Day, Day)> = self
            .spans()
            .filter(|(id, from, end)| *id == product && from < end)
            .map(|(_, from, end)| (from, end))
            .collect();
        let held_before = |day: Day| spans.iter().any(|(from, end)| *from < day && *end >= day);
        let mut begins: Vec<Day> =
            spans.iter().map(|(from, _)| *from).filter(|day| !held_before(*day)).collect();
        begins.sort();
        begins.dedup();
        begins
    }

    /// Changes within a contract: seats, term, smaller forms.
    fn changes(&self, sink: &mut impl Sink<'a>) {
        let open = self.as_of.plus(Days(1));
        let mut risk: BTreeMap<(Move, &'a ProductId), (u64, Vec<Day>)> = BTreeMap::new();
        for line in self.lines {
            let mut before: Option<&'a Version> = None;
            for (version, end) in line.spans(open) {
                let product = self.versions.product(version);
                let mask = self.life.mask(version.from, end);
                let mut at_risk = |way: Move, can: Option<i64>| {
                    if can.is_some() {
                        risk.entry((way, product)).or_default().0 |= mask;
                    }
                };
                at_risk(Move::Seats, version.seats);
                at_risk(Move::Term, version.term_months);
                at_risk(Move::Down, Some(0));
                for way in before.into_iter().flat_map(|before| self.changed(before, version)) {
                    let from = before.map_or(product, |before| self.versions.product(before));
                    let about = if way == Move::Down { from } else { product };
                    risk.entry((way, about)).or_default().1.push(version.from);
                }
                before = Some(version);
            }
        }
        for ((way, product), (mask, events)) in risk {
            self.count(sink, (way, product), mask, &events);
        }
    }

    /// The moves between two versions of one contract.
    fn changed(&self, before: &Version, after: &Version) -> Vec<Move> {
        let same = before.product == after.product;
        let tier = |version| self.catalogue.product(self.versions.product(version))?.tier;
        let mut moves = Vec::new();
        let (seats, term) =
            (before.seats.zip(after.seats), before.term_months.zip(after.term_months));
        if same && seats.is_some_and(|(old, new)| new > old) {
            moves.push(Move::Seats);
        }
        if same && term.is_some_and(|(old, new)| new > old) {
            moves.push(Move::Term);
        }
        let fewer = same && seats.is_some_and(|(old, new)| new < old);
        let lower = !same && tier(before).zip(tier(after)).is_some_and(|(old, new)| new < old);
        if fewer || lower {
            moves.push(Move::Down);
        }
        moves
    }

    /// Products that stand alone: items, and whatever has no line.
    fn alone(&self, sink: &mut impl Sink<'a>) {
        let quiet = self.customer & !self.pressure.whole(&self.life);
        sink.untouched(&self.life, quiet);
        let stands_alone = |id: &ProductId| {
            self.catalogue.product(id).is_none_or(|p| !is_of_line(p) && !is_plan_of_line(p))
        };
        // The first day of each, and the months in which it is owned.
        let mut touched: BTreeMap<&'a ProductId, (Option<Day>, u64)> = BTreeMap::new();
        let mut own = |id: &'a ProductId, from: Day, until: Day| {
            let entry = touched.entry(id).or_default();
            entry.0 = Some(entry.0.map_or(from, |first| first.min(from)));
            entry.1 |= self.life.mask(from, until);
        };
        let open = self.as_of.plus(Days(1));
        for purchase in self.bought.iter().filter(|p| stands_alone(&p.product)) {
            own(&purchase.product, purchase.first_on, open);
        }
        for (id, from, end) in self.spans().filter(|(id, _, _)| stands_alone(id)) {
            own(id, from, end);
        }
        let asked = self.account.proposals.iter().filter(|deal| deal.outcome == Outcome::Won);
        for deal in asked {
            if let Some(id) = deal.product.as_ref().filter(|id| stands_alone(id)) {
                own(id, deal.closed_on.unwrap_or(deal.opened_on), open);
            }
        }
        for id in self.pressure.spans.iter().filter_map(|span| span.2) {
            if stands_alone(id) {
                touched.entry(id).or_default();
            }
        }
        for (id, (first, owned)) in touched {
            let shadow = self.pressure.mask(&self.life, id, None);
            let free = first.filter(|day| !self.pressure.on(*day, id, None));
            let event = free.and_then(|day| self.life.bit(day)).map_or(0, |bit| 1_u64 << bit);
            let event = event & self.customer;
            let removed = (owned | shadow) & quiet & !event;
            sink.not_at_risk(&self.life, id.as_str(), removed);
            sink.months(&self.life, (Move::Take, id.as_str()), (event, event & !quiet));
        }
    }

    /// The same again: at most one event a month since the first order.
    fn repeats(&self, sink: &mut impl Sink<'a>) {
        for purchase in self.bought {
            let months = month_of(self.as_of.since(purchase.first_on).0.max(0));
            let Ok(months @ 1..) = u64::try_from(months) else { continue };
            if self.pressure.bearing(&purchase.product, None).next().is_some() {
                continue;
            }
            let again = u64::from(purchase.orders.saturating_sub(1)).min(months);
            // The months of single repeats are not kept, so all stand in one band.
            let band = self.life.band(self.life.months - 1);
            sink.repeats(purchase.product.as_str(), band, (again, months));
        }
    }
}

#[cfg(test)]
mod tests;
