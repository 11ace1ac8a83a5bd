//! Every account's baskets from the lake: sales only, as pairs are counted, one basket a day.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::hash::{Hash as _, Hasher as _};

use anyhow::{Context, Result};
use arrow::array::AsArray as _;
use domain::ids::ProductId;
use domain::time::Day;
use futures::TryStreamExt as _;
use models::next_basket::history::{Clock, History, Line};
use rustc_hash::{FxHashMap, FxHasher};

use crate::lake_facts::{dates, ints, rows, texts};
use crate::query::Engine;

/// So many order lines at most are held; of more the oldest whole days are left out.
const LINES_MAX: i64 = 10_000_000;
/// So many accounts at most are learnt from and listed, those who ordered last: a list costs about a millisecond.
const ACCOUNTS_MAX: usize = 30_000;

const SALES: &str = "order_lines WHERE kind = 'sale'";

/// Histories by account.
#[derive(Debug)]
pub(super) struct Orders {
    /// Items are the places of the products that pairs are counted of.
    pub(super) history: History,
    /// The accounts, ascending; customers are places here.
    pub(super) accounts: Vec<i64>,
    /// Of accounts with several orders on their last day, the items of each of these.
    pub(super) parted: BTreeMap<usize, Vec<Vec<u32>>>,
    /// The first day taken, where there were too many lines to take all.
    pub(super) since: Option<Day>,
    /// Accounts who ordered longer ago than those taken, where there were too many to take all.
    pub(super) left_out: usize,
}

impl Orders {
    /// The orders that make up an account's last basket.
    pub(super) fn last(&self, customer: usize) -> Vec<&[u32]> {
        match self.parted.get(&customer) {
            Some(orders) => orders.iter().map(Vec::as_slice).collect(),
            None => vec![self.history.last(customer)],
        }
    }
}

/// One line; in this order lines of one order stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    account: i64,
    day: i32,
    /// A hash of its id, which only parts orders of one account and day.
    order: u64,
    item: u32,
}

/// Reads the lines of the products counted.
pub(super) async fn read(engine: &Engine, items: &[(ProductId, u64)]) -> Result<Orders> {
    let since = since(engine).await?;
    let place: FxHashMap<&str, u32> = items.iter().map(|(id, _)| id.as_str()).zip(0..).collect();
    let context = || "histories could not be read from the lake";
    let days = since.map_or(String::new(), |Day(day)| format!(" AND CAST(day AS INT) >= {day}"));
    let sql = format!("SELECT account_key, day, order_id, product_id FROM {SALES}{days}");
    let mut batches = engine.frame(context(), &sql).await?.execute_stream().await?;
    let mut lines: Vec<Row> = Vec::new();
    while let Some(batch) = batches.try_next().await.with_context(context)? {
        let (accounts, days) = (ints(&batch, 0)?, dates(&batch, 1)?);
        let (orders, products) = (texts(&batch, 2)?, texts(&batch, 3)?);
        let (orders, products) = (orders.as_string::<i32>(), products.as_string::<i32>());
        for row in 0..batch.num_rows() {
            let Some(item) = place.get(products.value(row)) else { continue };
            let mut order = FxHasher::default();
            orders.value(row).hash(&mut order);
            lines.push(Row {
                account: accounts.value(row),
                day: days.value(row),
                order: order.finish(),
                item: *item,
            });
        }
    }
    // Partitions come in any order; sorted, the same lines are the same history.
    lines.sort_unstable();
    lines.dedup();
    let left_out = keep_latest(&mut lines, ACCOUNTS_MAX);
    let mut orders = Orders { left_out, ..gathered(lines, since) };
    orders.history = orders.history.with_items(items.len());
    Ok(orders)
}

/// The first day of the newest whole days that are few enough lines; `None` where all are.
async fn since(engine: &Engine) -> Result<Option<Day>> {
    let sql = format!("SELECT day, COUNT(*) AS n FROM {SALES} GROUP BY day ORDER BY day DESC");
    let mut left = LINES_MAX;
    let mut first = None;
    for batch in rows(engine.context(), "order lines by day", &sql).await? {
        let (days, counts) = (dates(&batch, 0)?, ints(&batch, 1)?);
        for row in 0..batch.num_rows() {
            left -= counts.value(row);
            if left < 0 {
                // A day alone beyond the bound is taken whole.
                return Ok(Some(Day(first.unwrap_or(days.value(row)))));
            }
            first = Some(days.value(row));
        }
    }
    Ok(None)
}

/// Makes sorted rows histories.
fn gathered(rows: Vec<Row>, since: Option<Day>) -> Orders {
    let mut accounts: Vec<i64> = Vec::new();
    let mut parted = BTreeMap::new();
    for own in rows.chunk_by(|a, b| a.account == b.account) {
        let last = own.partition_point(|row| row.day < own[own.len() - 1].day);
        let orders: Vec<&[Row]> = own[last..].chunk_by(|a, b| a.order == b.order).collect();
        if orders.len() > 1 {
            let items = |order: &[Row]| order.iter().map(|row| row.item).collect();
            parted.insert(accounts.len(), orders.into_iter().map(items).collect());
        }
        accounts.push(own[0].account);
    }
    let (mut customer, mut account) = (0_u32, accounts.first().copied());
    let lines = rows.into_iter().map(|row| {
        if account != Some(row.account) {
            (customer, account) = (customer + 1, Some(row.account));
        }
        Line { customer, order: i64::from(row.day), item: row.item }
    });
    let history = History::of(lines.collect(), Clock::Days);
    Orders { history, accounts, parted, since, left_out: 0 }
}

/// Keeps of sorted rows those of the accounts who ordered last, ties by key; how many accounts went.
fn keep_latest(rows: &mut Vec<Row>, most: usize) -> usize {
    let of_account = rows.chunk_by(|a, b| a.account == b.account);
    let mut last: Vec<(Reverse<i32>, i64)> =
        of_account.map(|own| (Reverse(own[own.len() - 1].day), own[0].account)).collect();
    let left_out = last.len().saturating_sub(most);
    if left_out > 0 {
        last.sort_unstable();
        let mut kept: Vec<i64> = last[..most].iter().map(|(_, account)| *account).collect();
        kept.sort_unstable();
        rows.retain(|row| kept.binary_search(&row.account).is_ok());
    }
    left_out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_accounts_those_stay_who_ordered_last() {
        let row = |(account, day)| Row { account, day, order: 1, item: 0 };
        let all = [(3, 10), (5, 9), (5, 12), (7, 12), (8, 11)].map(row).to_vec();
        let kept = |most: usize| {
            let mut rows = all.clone();
            let left_out = keep_latest(&mut rows, most);
            (left_out, rows.iter().map(|row| row.account).collect::<Vec<i64>>())
        };
        assert_eq!(kept(4), (0, vec![3, 5, 5, 7, 8]));
        assert_eq!(kept(2), (2, vec![5, 5, 7]));
        assert_eq!(kept(1), (3, vec![5, 5]));
    }

    #[test]
    fn a_basket_is_a_day_and_its_orders_are_told_apart_when_it_is_the_last() {
        let row = |(account, day, order, item)| Row { account, day, order, item };
        let rows = [
            (7, 10, 1, 0),
            (7, 10, 2, 1),
            (7, 12, 3, 0),
            (9, 10, 4, 2),
            (9, 11, 5, 0),
            (9, 11, 5, 1),
            (9, 11, 6, 1),
        ];
        let it = gathered(rows.map(row).to_vec(), None);
        assert_eq!(it.accounts, [7, 9]);
        assert_eq!((it.history.orders(0), it.history.basket(0, 0)), (2, &[0, 1][..]));
        assert_eq!(it.last(0), [&[0][..]]);
        assert_eq!((it.history.last(1), it.last(1)), (&[0, 1][..], vec![&[0, 1][..], &[1][..]]));
    }
}
