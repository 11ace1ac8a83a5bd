//! Why a product is recommended, in both languages, of counts of baskets. A basket is what an account bought on
//! one day.

use decide::facts::Purchase;
use domain::words::Words;
use models::next_basket::recommend::Reason;

use super::Asked;
use super::lists::{Account, Pick};
use crate::also_bought::Neighbours;

/// What sentences are made of.
pub(super) struct Said<'a> {
    pub(super) neighbours: &'a Neighbours,
    pub(super) account: &'a Account<'a>,
    pub(super) asked: Asked<'a>,
}

impl Said<'_> {
    fn name(&self, item: u32) -> String {
        (self.asked.names)(self.neighbours.item(item).0)
    }

    /// The rows that a reason rests on.
    pub(super) fn source(&self, pick: &Pick) -> String {
        let id = |item: u32| self.neighbours.item(item).0;
        match pick.reason {
            Reason::Together { with: other } | Reason::Then { after: other } => {
                format!("orders with {} and {}", id(other), id(pick.item))
            }
            _ => format!("orders with {}", id(pick.item)),
        }
    }

    /// Why a new product.
    pub(super) fn of_new(&self, pick: &Pick) -> Words {
        let facts = self.account.facts;
        let item = self.name(pick.item);
        match pick.reason {
            Reason::Together { with } => {
                let met = facts.together(with, pick.item);
                let (with, lift) = (self.name(with), facts.lift(met, pick.item));
                let (first, both) = (met.first, met.both);
                Words::new(
                    format!(
                        "「{with}」を購入した{first}回のうち{both}回で「{item}」も購入されています(全体の{lift:.1}倍)。この顧客は未購入です。"
                    ),
                    format!(
                        "“{item}” is in {both} of {first} baskets with “{with}” ({lift:.1} times its usual share); this customer has not bought it."
                    ),
                )
            }
            Reason::Then { after } => {
                let met = facts.then(after, pick.item);
                let (after, lift) = (self.name(after), facts.lift(met, pick.item));
                let (first, both) = (met.first, met.both);
                Words::new(
                    format!(
                        "「{after}」を購入した次の{first}回のうち{both}回で「{item}」が購入されています(全体の{lift:.1}倍)。この顧客は直近に「{after}」を購入し、「{item}」は未購入です。"
                    ),
                    format!(
                        "“{item}” is in {both} of the {first} baskets that came next after “{after}” ({lift:.1} times its usual share); this customer bought “{after}” last and has not bought “{item}”."
                    ),
                )
            }
            Reason::Neighbours { buyers, asked } => Words::new(
                format!(
                    "購入内容が近い{asked}件の顧客のうち{buyers}件が「{item}」を購入しています。この顧客は未購入です。"
                ),
                format!(
                    "{buyers} of the {asked} customers with the most similar baskets have bought “{item}”; this customer has not."
                ),
            ),
            Reason::Popular | Reason::Bought { .. } => {
                let (buyers, customers) = facts.buyers(pick.item);
                Words::new(
                    format!(
                        "{customers}件の顧客のうち{buyers}件が「{item}」を購入しています。この顧客は未購入です。"
                    ),
                    format!(
                        "{buyers} of {customers} customers have bought “{item}”; this one has not."
                    ),
                )
            }
        }
    }

    /// Why a product to buy again: its share of the baskets, and the customer's rhythm.
    pub(super) fn repeat(&self, pick: &Pick, purchase: &Purchase) -> Words {
        let Reason::Bought { count, orders, .. } = pick.reason else { return self.of_new(pick) };
        let item = self.name(pick.item);
        let (ja_last, en_last) = match self.asked.as_of.since(purchase.last_on).0 {
            0 => ("本日".to_owned(), "today".to_owned()),
            1 => ("昨日".to_owned(), "yesterday".to_owned()),
            days => (format!("{days}日前"), format!("{days} days ago")),
        };
        let span = f64::from(purchase.last_on.since(purchase.first_on).0);
        if count < 2 || span <= 0.0 {
            return Words::new(
                format!(
                    "これまでの購入{orders}回のうち{count}回、{ja_last}に「{item}」を購入しています。"
                ),
                format!(
                    "“{item}” is in {count} of the customer's {orders} baskets, bought {en_last}."
                ),
            );
        }
        let gap = (span / f64::from(count - 1)).round();
        Words::new(
            format!(
                "これまでの購入{orders}回のうち{count}回で「{item}」を購入し、間隔は平均{gap:.0}日、前回は{ja_last}です。"
            ),
            format!(
                "“{item}” is in {count} of the customer's {orders} baskets: every {gap:.0} days on average, last {en_last}."
            ),
        )
    }
}
