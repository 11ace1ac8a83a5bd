//! `nobishiro model next-basket`: what each customer buys next, of a file of order lines.

mod read;
mod words;

use anyhow::{Result, bail};
use domain::time::Day;
use models::next_basket::effort::Effort;
use models::next_basket::fit::{Fit, Options, Tried, fit};
use models::next_basket::history::{Clock, History};
use models::next_basket::measure::Measures;
use models::next_basket::recommend::recommend;
use models::next_basket::slate::Scope;

use super::sheet::File;
use super::summary::{Summary, Value};
use super::table::Table;
use read::Orders;
use words::Words;

/// Which columns say what.
#[derive(Debug, Clone)]
pub struct Columns {
    /// Who bought.
    pub customer: String,
    /// When: a number that grows or a date. Lines of a customer with the same one are one basket.
    pub order: String,
    /// What was bought.
    pub item: String,
}

/// What list is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// How many items for each customer, 1 or more.
    pub top: usize,
    /// Only items that the customer never bought.
    pub new_only: bool,
    /// Which customers' last baskets choose the method.
    pub seed: u64,
}

/// Learns which method predicts held-out last baskets best, and ranks with it for every customer.
pub fn run(file: &File, columns: &Columns, wanted: Wanted) -> Result<(Table, Summary)> {
    if wanted.top == 0 {
        bail!("--top 0 asks for no item; give 1 or more");
    }
    let orders = read::orders(file, columns)?;
    let options = Options {
        scope: Scope { new_only: wanted.new_only, apart: false, depth: wanted.top },
        effort: Effort::FULL,
        seed: wanted.seed,
        threads: models::parallel::cores(),
    };
    let learnt = fit(&orders.history, options);
    let table = table(&orders, &learnt, options);
    let summary = summary(&orders, &learnt, options);
    Ok((table, summary))
}

fn table(orders: &Orders, learnt: &Fit, options: Options) -> Table {
    let words = Words::of(orders);
    let lists = recommend(&orders.history, learnt, options);
    let rows: usize = lists.iter().map(Vec::len).sum();
    let (mut customers, mut ranks) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let (mut items, mut scores) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let (mut kinds, mut because) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    for (customer, list) in lists.into_iter().enumerate() {
        for (pick, rank) in list.into_iter().zip(1_i64..) {
            customers.push(orders.customers[customer].clone());
            ranks.push(rank);
            items.push(orders.items[pick.item as usize].clone());
            scores.push(pick.score);
            kinds.push(if pick.repeat { "repeat" } else { "new" }.to_owned());
            because.push(words.because(customer, &pick));
        }
    }
    Table::default()
        .with("customer", customers)
        .with("rank", ranks)
        .with("item", items)
        .with("score", scores)
        .with("kind", kinds)
        .with("because", because)
}

fn summary(orders: &Orders, learnt: &Fit, options: Options) -> Summary {
    let history = &orders.history;
    let summary = Summary::default()
        .with("method", if learnt.table.is_empty() { "frequency" } else { learnt.method.name() })
        .with("why", why(learnt))
        .with("new_only", options.scope.new_only)
        .with("customers", history.customers())
        .with("orders", history.baskets())
        .with("items", history.items())
        .with("rows", orders.rows)
        .with("rows_left_out", orders.left_out)
        .with("rows_left_out_first", orders.left_out_first.clone())
        .with("order_read_as", read_as(history))
        .with("as_of", as_of(history).map(|day| day.to_string()))
        .with("score_is", score_is(learnt))
        .with("held_out_customers", learnt.held_out())
        .with("possible_neighbours", learnt.drawn.members.len());
    if learnt.table.is_empty() {
        return summary;
    }
    let settings = &learnt.settings;
    let circle = |it: models::next_basket::neighbours::Circle| {
        let rare = if it.rare { ", rare items count more" } else { "" };
        format!("{} alike by {}{rare}; votes {}", it.count, it.likeness, it.votes)
    };
    let settings = Summary::default()
        .with("personal", settings.habit.to_string())
        .with("popularity", settings.lately.to_string())
        .with("tifu_knn", format!("{}; own share {}", circle(settings.grouped), settings.own))
        .with("up_cf", circle(settings.faded));
    let rows = learnt.table.iter().map(|tried| row(tried, options)).collect();
    summary.with("depth", options.scope.depth).with("settings", settings).rows(
        "validation",
        &[
            "method",
            "recall",
            "ndcg",
            "phr",
            "repeat_recall",
            "repeat_ndcg",
            "new_recall",
            "new_ndcg",
        ],
        rows,
    )
}

fn row(tried: &Tried, options: Options) -> Vec<Value> {
    let two = |it: Measures| -> [Value; 2] {
        if it.customers == 0 {
            [Value::None, Value::None]
        } else {
            [it.recall.into(), it.ndcg.into()]
        }
    };
    let repeat = if options.scope.new_only { Measures::default() } else { tried.repeat };
    let mut row: Vec<Value> = vec![tried.method.name().into()];
    row.extend(two(tried.all));
    row.push(tried.all.phr.into());
    row.extend(two(repeat));
    row.extend(two(tried.new));
    row
}

fn why(learnt: &Fit) -> String {
    let held_out = learnt.held_out();
    if learnt.table.is_empty() {
        format!(
            "only {held_out} customers have two orders or more, too few to choose by; items rank by how often \
             the customer bought them, drawn toward everybody's share"
        )
    } else {
        format!(
            "best mean of recall and NDCG on the last orders of {held_out} customers, which were held out"
        )
    }
}

fn score_is(learnt: &Fit) -> &'static str {
    match learnt.calibration {
        Some(_) => "the chance that the next order has the item, calibrated on the held-out orders",
        None => "a shrunken frequency; nothing could be validated",
    }
}

fn read_as(history: &History) -> &'static str {
    match history.clock() {
        Clock::Days => "date",
        Clock::Sequence => "number",
    }
}

/// The newest order's day, where orders have days.
fn as_of(history: &History) -> Option<Day> {
    match history.clock() {
        Clock::Days => i32::try_from(history.end()).ok().map(Day),
        Clock::Sequence => None,
    }
}
