//! Every customer's baskets in the order in which they were bought.

/// One line of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// Position of the customer, from 0.
    pub customer: u32,
    /// When, by the history's [`Clock`]: lines of a customer with the same value are one basket.
    pub order: i64,
    /// Position of the item, from 0.
    pub item: u32,
}

/// What the orders' values mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// They only sort a customer's baskets; values of different customers are not compared.
    Sequence,
    /// They are days, counted from the same day for all.
    Days,
}

/// Customers' baskets, each a set of items, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    clock: Clock,
    /// Where each customer's baskets start; one more than there are customers.
    customers: Vec<usize>,
    /// Where each basket's items start; one more than there are baskets.
    baskets: Vec<usize>,
    orders: Vec<i64>,
    items: Vec<u32>,
    kinds: usize,
    end: i64,
}

impl History {
    /// Sorts lines into baskets. An item that stands twice in a basket counts once. Positions without a line
    /// are customers without a basket.
    pub fn of(mut lines: Vec<Line>, clock: Clock) -> Self {
        lines.sort_unstable();
        lines.dedup();
        let customers = lines.last().map_or(0, |line| line.customer as usize + 1);
        let kinds = lines.iter().map(|line| line.item as usize + 1).max().unwrap_or(0);
        let mut history = Self {
            clock,
            customers: Vec::with_capacity(customers + 1),
            baskets: Vec::new(),
            orders: Vec::new(),
            items: Vec::with_capacity(lines.len()),
            kinds,
            end: lines.iter().map(|line| line.order).max().unwrap_or(0),
        };
        let mut rest = lines.as_slice();
        for customer in 0..customers {
            history.customers.push(history.orders.len());
            let end = rest.partition_point(|line| line.customer as usize == customer);
            let (own, others) = rest.split_at(end);
            for basket in own.chunk_by(|a, b| a.order == b.order) {
                history.baskets.push(history.items.len());
                history.orders.push(basket[0].order);
                history.items.extend(basket.iter().map(|line| line.item));
            }
            rest = others;
        }
        history.customers.push(history.orders.len());
        history.baskets.push(history.items.len());
        history
    }

    /// What the orders' values mean.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// How many customers; their positions are `0..customers()`.
    pub fn customers(&self) -> usize {
        self.customers.len() - 1
    }

    /// How many different items; their positions are `0..items()`.
    pub fn items(&self) -> usize {
        self.kinds
    }

    /// The same among at least so many items.
    pub fn with_items(mut self, items: usize) -> Self {
        self.kinds = self.kinds.max(items);
        self
    }

    /// How many baskets a customer has.
    pub fn orders(&self, customer: usize) -> usize {
        self.customers[customer + 1] - self.customers[customer]
    }

    /// How many baskets in all.
    pub fn baskets(&self) -> usize {
        self.orders.len()
    }

    /// How many items in all baskets, a set each.
    pub fn lines(&self) -> usize {
        self.items.len()
    }

    /// A customer's basket, the oldest being 0; its items ascend.
    pub fn basket(&self, customer: usize, order: usize) -> &[u32] {
        let at = self.customers[customer] + order;
        &self.items[self.baskets[at]..self.baskets[at + 1]]
    }

    /// A basket by its number among all, customers in order and each one's oldest first.
    pub fn numbered(&self, number: usize) -> &[u32] {
        &self.items[self.baskets[number]..self.baskets[number + 1]]
    }

    /// Of each numbered basket whether the next number is the same customer's next basket.
    pub fn followed(&self) -> Vec<bool> {
        let mut followed = vec![true; self.baskets()];
        for (customer, end) in self.customers.iter().skip(1).enumerate() {
            if *end > self.customers[customer] {
                followed[end - 1] = false;
            }
        }
        followed
    }

    /// When a customer's basket was bought, by the clock.
    pub fn when(&self, customer: usize, order: usize) -> i64 {
        self.orders[self.customers[customer] + order]
    }

    /// A customer's last basket; empty when there is none.
    pub fn last(&self, customer: usize) -> &[u32] {
        match self.orders(customer) {
            0 => &[],
            orders => self.basket(customer, orders - 1),
        }
    }

    /// The latest value of the clock, also of baskets that were held out; 0 for an empty history.
    pub fn end(&self) -> i64 {
        self.end
    }

    /// The different items that a customer bought, ascending.
    pub fn bought(&self, customer: usize) -> Vec<u32> {
        let (first, last) = (self.customers[customer], self.customers[customer + 1]);
        let mut items = self.items[self.baskets[first]..self.baskets[last]].to_vec();
        items.sort_unstable();
        items.dedup();
        items
    }

    /// The same without the last basket of the customers marked. Positions stay.
    pub fn without_last(&self, held: &[bool]) -> Self {
        let mut rest = Self {
            customers: Vec::with_capacity(self.customers.len()),
            baskets: Vec::with_capacity(self.baskets.len()),
            orders: Vec::with_capacity(self.orders.len()),
            items: Vec::with_capacity(self.items.len()),
            ..*self
        };
        for (customer, held) in held.iter().enumerate() {
            rest.customers.push(rest.orders.len());
            let kept = self.orders(customer).saturating_sub(usize::from(*held));
            for order in 0..kept {
                rest.baskets.push(rest.items.len());
                rest.orders.push(self.when(customer, order));
                rest.items.extend_from_slice(self.basket(customer, order));
            }
        }
        rest.customers.push(rest.orders.len());
        rest.baskets.push(rest.items.len());
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> History {
        let line = |customer, order, item| Line { customer, order, item };
        let lines = vec![
            line(2, 10, 1),
            line(0, 7, 3),
            line(0, -2, 0),
            line(0, 7, 1),
            line(0, 7, 3),
            line(2, 9, 0),
        ];
        History::of(lines, Clock::Sequence)
    }

    #[test]
    fn lines_become_baskets_in_order() {
        let it = history();
        assert_eq!((it.customers(), it.items(), it.baskets(), it.lines()), (3, 4, 4, 5));
        assert_eq!(it.basket(0, 0), [0]);
        assert_eq!(it.basket(0, 1), [1, 3], "an item counts once in a basket");
        assert_eq!((it.orders(1), it.last(1), it.last(2)), (0, &[][..], &[1][..]));
        assert_eq!((it.when(0, 0), it.when(2, 1), it.end()), (-2, 10, 10));
        assert_eq!(it.bought(0), [0, 1, 3]);
        assert_eq!((it.numbered(2), it.followed()), (&[0][..], vec![true, false, true, false]));
    }

    #[test]
    fn the_last_basket_can_be_held_out() {
        let rest = history().without_last(&[true, true, false]);
        assert_eq!((rest.orders(0), rest.orders(1), rest.orders(2)), (1, 0, 2));
        assert_eq!(rest.last(0), [0]);
        assert_eq!((rest.customers(), rest.items()), (3, 4), "positions stay");
    }
}
