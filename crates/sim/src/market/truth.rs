//! The truth: what each offer to each customer would earn, by the probabilities that made the history.
//!
//! One row for each offer that could be made on the last day, by account, motion, product and months of the term
//! offered (empty but for longer terms). An offer in progress has the motion `advance`; help has `care` and no product.

use super::Field;
use super::life::Life;
use super::offer::{Kind, Offer};
use super::wares::WARES;
use super::worth::{RATE, Valued, Worth};
use crate::table::{Maybe, Table};

/// The columns. Probabilities are within 180 days; amounts are yen.
const COLUMNS: [&str; 20] = [
    "account_id",
    "group_root",
    "motion",
    "product_id",
    "term_months",
    "accept_contact",
    "accept_leave",
    "stay_contact",
    "stay_leave",
    "stay_taken_contact",
    "stay_taken_leave",
    "margin_month",
    "change_month",
    "once_margin",
    "annuity_months",
    "effort_hours",
    "hourly_rate",
    "retention_effect",
    "sleeping_dog",
    "incremental_profit",
];

/// From this loss of staying on, as a share of customers, contact is said to wake a sleeping dog.
pub(super) const WAKES: f64 = 0.01;

/// A probability as text.
struct Share(f64);

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

/// Every offer that could be made to a customer on the last day.
pub(super) fn offers(field: &Field, at: usize, life: &Life) -> Vec<Offer> {
    if life.ended.is_some() {
        return Vec::new();
    }
    let mut offers = life.offers(field, at);
    if let Some(deal) = life.open_deal(field) {
        offers.push(Offer { kind: Kind::Advance { won: deal.won }, ..deal.offer });
    }
    let seats = life.holding().seats;
    let help = Kind::Care;
    offers.push(Offer {
        kind: help,
        ware: None,
        term: None,
        urge: 0.0,
        month: 0.0,
        once: 0.0,
        seats,
    });
    offers
}

/// The truth table.
pub(super) fn table(field: &Field, lives: &[Life]) -> Table {
    let mut table = Table::own("truth", &COLUMNS);
    for (at, life) in lives.iter().enumerate() {
        let valued = Valued::new(field, at, life);
        let effect = valued.effect(Kind::Option);
        for offer in offers(field, at, life) {
            push(&mut table, field.firms[at].id.as_str(), (&offer, &valued.of(&offer)));
            let row = table.rows.len() - 1;
            let mut put = |column: &str, text: String| {
                let at = table.position(column).expect("the column is listed");
                table.rows[row][at] = text;
            };
            put("group_root", field.firms[at].root_id());
            put("retention_effect", Share(effect).to_string());
            put("sleeping_dog", (effect <= -WAKES).to_string());
        }
    }
    table
}

fn push(table: &mut Table, account: &str, (offer, worth): (&Offer, &Worth)) {
    table.push(&[
        ("account_id", &account),
        ("motion", &offer.kind.motion().code()),
        ("product_id", &Maybe(offer.ware.map(|ware| WARES[ware].id))),
        ("term_months", &Maybe(offer.term)),
        ("accept_contact", &Share(worth.response.contact)),
        ("accept_leave", &Share(worth.response.leave)),
        ("stay_contact", &Share(worth.stay.contact)),
        ("stay_leave", &Share(worth.stay.leave)),
        ("stay_taken_contact", &Share(worth.stay_taken.contact)),
        ("stay_taken_leave", &Share(worth.stay_taken.leave)),
        ("margin_month", &Share(worth.margin)),
        ("change_month", &Share(offer.month)),
        ("once_margin", &Share(offer.once)),
        ("annuity_months", &Share(worth.annuity)),
        ("effort_hours", &worth.hours),
        ("hourly_rate", &RATE),
        ("incremental_profit", &Share(worth.profit)),
    ]);
}
