//! What is measured: users a week, answers to surveys, orders of things.

use domain::time::Days;

use super::Field;
use super::firms::contact_id;
use super::ledger;
use super::life::{Answer, Life};
use super::wares::{Kind, SUPPLY, WARES};
use crate::catalogue::USERS;
use crate::draw::rounded;
use crate::table::Table;

/// Days before the last one of which readings are kept: a month apart at first, a week apart in the last year.
fn days_ago() -> impl Iterator<Item = i32> {
    let months = (13..=48).rev().map(|month| month * 365 / 12);
    months.chain((0..52).rev().map(|week| 7 * week))
}

/// The usage table: users of the plan.
pub(super) fn usage(field: &Field, lives: &[Life]) -> Table {
    let mut table = Table::canonical("usage");
    for (at, (firm, life)) in field.firms.iter().zip(lives).enumerate() {
        let mut draw = field.draw("market usage", at);
        let id = ledger::id(firm, 0);
        for ago in days_ago() {
            let noise = draw.noise();
            let day = field.options.as_of.plus(Days(-ago));
            if life.ended.is_some_and(|ended| day >= ended) || day < life.started(field) {
                continue;
            }
            // Of the month that this day is in, counted from the first.
            let month = usize::try_from(firm.age - 1 - ago * 12 / 365).unwrap_or(0);
            let Some(users) = life.users.get(month) else { continue };
            let seats = life.states.iter().rev().find(|state| state.on <= day);
            let seats = seats.map_or(0, |state| state.holding.seats);
            let users = rounded(users * (1.0 + 0.02 * noise)).clamp(0, seats);
            table.push(&[
                ("account_id", &firm.id),
                ("metric", &USERS),
                ("at", &day),
                ("value", &users),
                ("kind", &"gauge"),
                ("subscription_id", &id),
            ]);
        }
    }
    table
}

/// A customer's answers while it was one, the latest last.
pub(super) fn answers<'a>(field: &'a Field, life: &'a Life) -> impl Iterator<Item = &'a Answer> {
    life.scores.iter().filter(move |score| {
        let sent = field.day(score.ago);
        score.given
            && sent > life.started(field)
            && life.ended.is_none_or(|ended| sent.plus(Days(10)) < ended)
    })
}

/// The surveys table.
pub(super) fn surveys(field: &Field, lives: &[Life]) -> Table {
    let mut table = Table::canonical("surveys");
    for (firm, life) in field.firms.iter().zip(lives) {
        for answer in answers(field, life) {
            table.push(&[
                ("response_id", &format_args!("V{:07}", table.rows.len() + 1)),
                ("account_id", &firm.id),
                ("at", &answer.at),
                ("score", &answer.score),
                ("question", &"nps"),
                ("contact_id", &contact_id(firm, answer.place)),
            ]);
        }
    }
    table
}

/// The orders table.
pub(super) fn orders(field: &Field, lives: &[Life]) -> Table {
    let mut table = Table::canonical("orders");
    for (firm, life) in field.firms.iter().zip(lives) {
        for (on, ware) in &life.orders {
            let product = &WARES[*ware];
            let phone = firm.takes_hours() && product.kind == Kind::Service;
            let channel = if phone && *ware != SUPPLY { "phone" } else { "web" };
            table.push(&[
                ("order_id", &format_args!("O{:07}", table.rows.len() + 1)),
                ("account_id", &firm.id),
                ("ordered_at", &format_args!("{on}T10:00:00")),
                ("product_id", &product.id),
                ("line", &1),
                ("quantity", &1),
                ("amount", &product.price),
                ("currency", &"JPY"),
                ("kind", &"sale"),
                ("channel", &channel),
            ]);
        }
    }
    table
}
