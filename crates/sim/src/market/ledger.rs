//! Contracts on record: one line for the plan, and one for each option and the second line's plan.

use std::fmt::Display;

use domain::time::{Day, Days, Months};

use super::Field;
use super::firms::Firm;
use super::life::{Life, State};
use super::offer::Holding;
use super::wares::{Kind, SECOND, WARES};
use crate::table::{Maybe, Table};

/// Days of notice before the end of a term that is longer than a month.
const NOTICE: Days = Days(14);

/// The id of a customer's contract for a product; the plan's stays through upgrades.
pub(super) fn id(firm: &Firm, ware: usize) -> String {
    match WARES[ware].kind {
        Kind::Plan if ware != SECOND => format!("S{}", firm.id),
        _ => format!("S{}-{}", firm.id, WARES[ware].id),
    }
}

/// What a holding pays for by contract: product and seats.
fn held(holding: &Holding) -> Vec<(usize, Option<i64>)> {
    let options = holding.extras.iter().filter(|&&ware| WARES[ware].kind == Kind::Option);
    let mut all = vec![(holding.plan, Some(holding.seats))];
    all.extend(holding.second.map(|seats| (SECOND, Some(seats))));
    all.extend(options.map(|&ware| (ware, None)));
    all
}

/// The subscriptions table.
pub(super) fn table(field: &Field, lives: &[Life]) -> Table {
    let mut table = Table::canonical("subscriptions");
    for (firm, life) in field.firms.iter().zip(lives) {
        let last = life.states.len() - 1;
        for ware in all_held(life) {
            let line = Line { field, firm, life, ware };
            let mut before: Option<&Holding> = None;
            for state in &life.states {
                let Some(now) = line.held(&state.holding) else { continue };
                let same = before
                    .is_some_and(|it| line.held(it) == Some(now) && it.term == state.holding.term);
                let (first, renews) = (before.is_none(), !state.changed);
                before = Some(&state.holding);
                if first || renews || !same {
                    let change = if first { "new" } else { line.change(state) };
                    line.push(&mut table, state, (change, now));
                }
            }
            if let Some(ended) = life.ended
                && let Some(held) = line.held(&life.states[last].holding)
            {
                line.end(&mut table, &life.states[last], (ended, held));
            }
        }
    }
    table
}

/// Positions of everything that was ever held by contract; 0 stands for the plan, whichever it is.
fn all_held(life: &Life) -> Vec<usize> {
    let mut all: Vec<usize> = life
        .states
        .iter()
        .flat_map(|state| held(&state.holding))
        .map(|(ware, _)| if ware < SECOND { 0 } else { ware })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// One contract line of a customer.
struct Line<'a> {
    field: &'a Field,
    firm: &'a Firm,
    life: &'a Life,
    ware: usize,
}

impl Line<'_> {
    /// This line in a holding, if it is held: what it is, and seats where they are counted.
    fn held(&self, holding: &Holding) -> Option<(usize, Option<i64>)> {
        let mut all = held(holding).into_iter();
        all.find(|(ware, _)| if self.ware == 0 { *ware < SECOND } else { *ware == self.ware })
    }

    fn change(&self, state: &State) -> &'static str {
        let before = self.life.states.iter().rfind(|it| it.on < state.on);
        let pays = |state: &State| self.amount(&state.holding);
        match before {
            _ if !state.changed => "renew",
            Some(before) if pays(before) > pays(state) => "contract",
            Some(before) if pays(before) == pays(state) => "renew",
            _ => "expand",
        }
    }

    /// Yen a month at list prices.
    fn amount(&self, holding: &Holding) -> i64 {
        self.held(holding).map_or(0, |(ware, seats)| WARES[ware].month(seats.unwrap_or(0)))
    }

    fn started(&self) -> Day {
        let first = self.life.states.iter().find(|state| self.held(&state.holding).is_some());
        first.map_or(self.field.options.as_of, |state| state.on)
    }

    /// The first end of a term after a day; none for contracts from month to month.
    fn renews(&self, holding: &Holding, day: Day) -> Option<Day> {
        let start = self.life.started(self.field);
        let term = holding.term;
        (term > 1).then(|| {
            let ends = (1..).map(|n| start.plus_months(Months(n * term)));
            ends.into_iter().find(|end| *end > day).unwrap_or(day)
        })
    }

    fn push(&self, table: &mut Table, state: &State, (change, now): (&str, (usize, Option<i64>))) {
        let (ware, seats) = (&WARES[now.0], now.1);
        let list = ware.month(seats.unwrap_or(0));
        let renews = self.renews(&state.holding, state.on);
        let notice = renews.map(|_| NOTICE.0);
        let mrr = list * (100 - self.firm.discount) / 100;
        let cells: [(&str, &dyn Display); 17] = [
            ("subscription_id", &id(self.firm, self.ware)),
            ("account_id", &self.firm.id),
            ("product_id", &ware.id),
            ("effective_on", &state.on),
            ("seats", &Maybe(seats)),
            ("mrr", &mrr),
            ("list_price", &list),
            ("discount_rate", &format_args!("0.{:02}", self.firm.discount)),
            ("currency", &"JPY"),
            ("term_months", &state.holding.term),
            ("started_on", &self.started()),
            ("renews_on", &Maybe(renews)),
            ("notice_days", &Maybe(notice)),
            ("cancel_deadline", &Maybe(renews.map(|day| day.plus(Days(-NOTICE.0))))),
            ("auto_renew", &true),
            ("status", &"active"),
            ("change_kind", &change),
        ];
        table.push(&cells);
    }

    fn end(&self, table: &mut Table, last: &State, (on, held): (Day, (usize, Option<i64>))) {
        let on = on.max(last.on.plus(Days(1)));
        let cells: [(&str, &dyn Display); 11] = [
            ("subscription_id", &id(self.firm, self.ware)),
            ("account_id", &self.firm.id),
            ("product_id", &WARES[held.0].id),
            ("effective_on", &on),
            ("seats", &Maybe(held.1.map(|_| 0))),
            ("mrr", &0),
            ("currency", &"JPY"),
            ("term_months", &last.holding.term),
            ("started_on", &self.started()),
            ("ended_on", &on),
            ("status", &"ended"),
        ];
        table.push(&cells);
        let row = table.rows.len() - 1;
        let at = table.position("change_kind").expect("the column is canonical");
        "churn".clone_into(&mut table.rows[row][at]);
    }
}
