//! What the files show of a customer and an offer, as numbers and words: for a learner that is shown the truth of many
//! customers, to see how much can be learnt at all. No hidden trait is in it.

use super::Field;
use super::life::Life;
use super::offer::Offer;
use super::truth;
use super::wares::WARES;
use super::worth::Valued;
use crate::draw::rounded;
use crate::table::{Maybe, Table};

/// The columns of what is seen, after `account_id`, `motion`, `product_id` and `term_months`.
const SEEN: [&str; 25] = [
    "segment",
    "touch",
    "employees",
    "tenure",
    "term",
    "to_term_end",
    "to_fiscal_close",
    "plan",
    "seats",
    "margin",
    "discount",
    "fill",
    "of_limit",
    "users_change_3",
    "users_change_6",
    "contacts_90",
    "approaches_180",
    "positive",
    "negative",
    "neutral",
    "nps",
    "deals",
    "extras",
    "hours",
    "change_month",
];
const KEY: [&str; 4] = ["account_id", "motion", "product_id", "term_months"];

/// One row for each offer, in the order of the truth.
pub(super) fn table(field: &Field, lives: &[Life]) -> Table {
    let columns: Vec<&'static str> = KEY.into_iter().chain(SEEN).collect();
    let mut table = Table::own("sheet", &columns);
    for (at, life) in lives.iter().enumerate() {
        let seen = Seen::of(field, at, life);
        for offer in truth::offers(field, at, life) {
            table.rows.push(seen.row(&offer));
        }
    }
    table
}

/// One offer each of many customers, drawn, with the two arms of an ideal experiment in truth: who was `treated`, and what
/// came of it (`outcome`: the true profit if treated, else nothing).
pub(super) fn lesson(field: &Field) -> Table {
    let columns: Vec<&'static str> =
        KEY.into_iter().chain(SEEN).chain(["treated", "outcome"]).collect();
    let mut table = Table::own("lesson", &columns);
    let count = field.firms.len();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let each = count.div_ceil(threads).max(1);
    // Every customer has draws of its own, so the rows do not depend on the number of threads.
    std::thread::scope(|scope| {
        let part = |from: usize| {
            let until = (from + each).min(count);
            scope.spawn(move || (from..until).filter_map(|at| taught(field, at)).collect())
        };
        let parts: Vec<std::thread::ScopedJoinHandle<'_, Vec<Vec<String>>>> =
            (0..count).step_by(each).map(part).collect();
        for part in parts {
            let rows = part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            table.rows.extend(rows);
        }
    });
    table
}

/// The lesson's line of one customer, who has one where there is something to offer.
fn taught(field: &Field, at: usize) -> Option<Vec<String>> {
    let life = field.live(at);
    let offers = truth::offers(field, at, &life);
    if offers.is_empty() {
        return None;
    }
    let mut draw = field.draw("market lesson", at);
    let offer = *draw.pick(&offers);
    let treated = draw.chance(0.5);
    let profit = Valued::new(field, at, &life).of(&offer).profit;
    let mut row = Seen::of(field, at, &life).row(&offer);
    row.push(u8::from(treated).to_string());
    row.push(if treated { format!("{profit:.0}") } else { "0".to_owned() });
    Some(row)
}

/// What is seen of one customer.
struct Seen<'a> {
    field: &'a Field,
    at: usize,
    life: &'a Life,
    nps: Option<i64>,
}

impl<'a> Seen<'a> {
    fn of(field: &'a Field, at: usize, life: &'a Life) -> Self {
        let nps = super::meters::answers(field, life).last().map(|answer| answer.score);
        Self { field, at, life, nps }
    }

    fn users_change(&self, months: usize) -> f64 {
        let users = &self.life.users;
        let last = users.len().saturating_sub(1);
        let (now, then) = (users.get(last), users.get(last.saturating_sub(months)));
        now.zip(then).map_or(0.0, |(now, then)| (now - then) / now.max(*then).max(1.0))
    }

    fn reactions(&self, reaction: &str) -> usize {
        let from = self.field.day(12);
        let approaches = self.life.approaches.iter().map(|it| (it.on, it.reaction));
        let touches = self.life.touches.iter().map(|it| (it.on, it.reaction));
        approaches.chain(touches).filter(|(on, it)| *on > from && *it == reaction).count()
    }

    fn row(&self, offer: &Offer) -> Vec<String> {
        let (field, life) = (self.field, self.life);
        let firm = &field.firms[self.at];
        let holding = life.holding();
        let (_, month, _) = field.options.as_of.ymd();
        let ends = (1..=holding.term).find(|ahead| life.ends_term(*ahead, holding.term));
        let half_year = field.day(6);
        let lately = life.approaches.iter().filter(|it| it.on > half_year).count();
        let paid = (100 - firm.discount) as f64 / 100.0;
        let share = |value: f64| format!("{value:.4}");
        vec![
            firm.id.clone(),
            offer.kind.motion().code().to_owned(),
            Maybe(offer.ware.map(|ware| WARES[ware].id)).to_string(),
            Maybe(offer.term).to_string(),
            firm.segment.to_owned(),
            firm.touch.to_owned(),
            firm.employees.to_string(),
            firm.age.to_string(),
            holding.term.to_string(),
            Maybe(ends).to_string(),
            ((firm.fiscal_close - i64::from(month) + 12) % 12).to_string(),
            WARES[holding.plan].id.to_owned(),
            holding.seats.to_string(),
            rounded(holding.margin(paid)).to_string(),
            firm.discount.to_string(),
            share(holding.fill()),
            share(holding.people.min(holding.seats as f64) / WARES[holding.plan].users as f64),
            share(self.users_change(3)),
            share(self.users_change(6)),
            life.contacts(field, 0).to_string(),
            lately.to_string(),
            self.reactions("positive").to_string(),
            self.reactions("negative").to_string(),
            self.reactions("neutral").to_string(),
            Maybe(self.nps).to_string(),
            life.deals.len().to_string(),
            holding.extras.len().to_string(),
            share(if firm.takes_hours() { offer.kind.hours() } else { 0.0 }),
            rounded(offer.month + offer.once / 24.0).to_string(),
        ]
    }
}
