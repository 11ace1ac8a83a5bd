//! Reasons in words.

use domain::time::Day;
use models::next_basket::history::Clock;
use models::next_basket::popular;
use models::next_basket::recommend::{Pick, Reason};

use super::read::Orders;

/// What sentences are made of.
pub(super) struct Words<'a> {
    orders: &'a Orders,
    /// How many customers ever bought each item.
    buyers: Vec<u32>,
}

impl<'a> Words<'a> {
    pub(super) fn of(orders: &'a Orders) -> Self {
        Self { orders, buyers: popular::buyers(&orders.history) }
    }

    /// Why an item stands on a customer's list: "bought in 5 of 8 orders, last on 2026-01-12".
    pub(super) fn because(&self, customer: usize, pick: &Pick) -> String {
        let said: Vec<String> =
            pick.reasons.iter().map(|reason| self.reason(customer, pick.item, *reason)).collect();
        said.join("; ")
    }

    fn reason(&self, customer: usize, item: u32, reason: Reason) -> String {
        let name = |item: u32| self.orders.items[item as usize].as_str();
        match reason {
            Reason::Bought { count, orders, last } => {
                let last = self.last(customer, last);
                if orders == 1 {
                    format!("bought in the only order, {last}")
                } else {
                    format!("bought in {count} of {orders} orders, {last}")
                }
            }
            Reason::Neighbours { buyers, asked } => {
                format!("{buyers} of the {asked} most similar customers bought it")
            }
            Reason::Together { with } => format!("often bought with {}", name(with)),
            Reason::Then { after } => format!("often bought in the order after {}", name(after)),
            Reason::Popular => format!(
                "bought by {} of {} customers",
                self.buyers[item as usize],
                self.orders.customers.len()
            ),
        }
    }

    fn last(&self, customer: usize, last: u32) -> String {
        let history = &self.orders.history;
        if history.clock() == Clock::Days
            && let Ok(day) = i32::try_from(history.when(customer, last as usize))
        {
            return format!("last on {}", Day(day));
        }
        match history.orders(customer) - 1 - last as usize {
            0 => "last in the latest".to_owned(),
            1 => "last in the one before the latest".to_owned(),
            since => format!("last {since} orders before the latest"),
        }
    }
}
