//! Who has fallen silent, by the rhythm of its orders (S47): each customer's own gaps, with everybody's borrowed as far
//! as there are few, and as a second witness the chance that it still buys, by the model of buying that did best
//! on held-out days.

use anyhow::Result;
use domain::time::{Day, Days};
use domain::words::Words;
use models::dormancy::{Dormancy, Rhythm, Silence};
use models::ltv::fit::Fit;
use models::ltv::{Histories, History, PROCESSES, Process, process};
use models::parallel;
use serde::{Deserialize, Serialize};

use crate::model::ltv::trial::{self, Purchases, Trial};
use crate::model::ltv::{best, said};
use crate::model::summary::Summary;
use crate::registry::{Card, Metric, RowsHash, Verdict};

/// What the rhythm of one account's orders says; a figure is none where it cannot be known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// The account.
    pub account: i64,
    /// Days: the usual gap between orders, its own and one of everybody's.
    pub gap_days: Option<f64>,
    /// Days since the last order, over the usual gap.
    pub silence: Option<f64>,
    /// The share of gaps, each over its owner's usual one, that lasted as long, 0..=1.
    pub as_long: Option<f64>,
    /// 0 active, 1 slowing, 2 dormant.
    pub standing: Option<f64>,
    /// The chance that it still buys, 0..=1; none for who ordered once.
    pub alive: Option<f64>,
    /// Purchase days expected in the next [`AHEAD_DAYS`].
    pub expected: Option<f64>,
}

/// What holds for all accounts of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Law {
    /// How many usual gaps a silence lasts before it is rare; none where no rhythm is known.
    pub rare_gaps: Option<f64>,
    /// The model behind the chance that a customer still buys.
    pub model: Option<String>,
}

/// The rhythms of a run.
#[derive(Debug, Clone)]
pub struct Rhythms {
    /// By account.
    pub rows: Vec<Row>,
    /// What holds for all.
    pub law: Law,
    /// The model's card.
    pub card: Card,
}

/// Days for which purchases are expected.
pub const AHEAD_DAYS: u32 = 180;
/// Gaps that tell what is usual; more make it no surer.
const GAPS_MAX: usize = 200_000;
/// Customers that a model is fitted to; more make it no surer.
const FITTED_MAX: usize = 20_000;
/// When nobody has ordered for so many days, the records end, and not the orders.
const ENDED_DAYS: i32 = 30;

/// Purchase days of every account, an account after the other; some of the accounts may be left out.
struct Book {
    accounts: Vec<i64>,
    /// Where each account's days begin.
    begins: Vec<usize>,
    days: Vec<i32>,
    as_of: Day,
}

impl Book {
    /// From baskets (account, day, minor units) in order of account and day. One of returns only is no purchase.
    fn of(baskets: &[(i64, i32, i64)], as_of: Day) -> Self {
        let mut book = Self { accounts: Vec::new(), begins: Vec::new(), days: Vec::new(), as_of };
        for (account, day, amount) in baskets {
            if *amount < 0 {
                continue;
            }
            if book.accounts.last() != Some(account) {
                book.accounts.push(*account);
                book.begins.push(book.days.len());
            } else if book.days.last() == Some(day) {
                continue;
            }
            book.days.push(*day);
        }
        book
    }

    fn days(&self, at: usize) -> &[i32] {
        let end = self.begins.get(at + 1).copied().unwrap_or(self.days.len());
        &self.days[self.begins[at]..end]
    }

    /// Every so manieth account.
    fn every(&self, stride: usize) -> Self {
        let mut book =
            Self { accounts: Vec::new(), begins: Vec::new(), days: Vec::new(), as_of: self.as_of };
        for at in (0..self.accounts.len()).step_by(stride.max(1)) {
            book.accounts.push(self.accounts[at]);
            book.begins.push(book.days.len());
            book.days.extend(self.days(at));
        }
        book
    }

    fn rhythm(&self) -> Rhythm {
        let gaps = |at: usize| -> Vec<f64> {
            self.days(at).windows(2).map(|pair| f64::from(pair[1] - pair[0])).collect()
        };
        let stride = (self.days.len() - self.accounts.len()).div_ceil(GAPS_MAX).max(1);
        let all: Vec<Vec<f64>> = (0..self.accounts.len()).step_by(stride).map(gaps).collect();
        Rhythm::new(all.iter().map(Vec::as_slice))
    }
}

fn history(days: &[i32], until: Day) -> Option<History> {
    let days = &days[..days.partition_point(|day| *day <= until.0)];
    let (first, last) = (*days.first()?, *days.last()?);
    let weeks = |days: i32| f64::from(days) / 7.0;
    Some(History {
        frequency: u32::try_from(days.len() - 1).unwrap_or(u32::MAX),
        recency: weeks(last - first),
        age: weeks(until.0 - first),
    })
}

impl Purchases for Book {
    fn span(&self) -> (Day, Day) {
        (self.days.iter().min().map_or(self.as_of, |day| Day(*day)), self.as_of)
    }

    fn histories(&self, until: Day) -> Vec<(usize, History)> {
        let all = 0..self.accounts.len();
        all.filter_map(|at| Some((at, history(self.days(at), until)?))).collect()
    }

    fn between(&self, customer: usize, after: Day, until: Day) -> f64 {
        let days = self.days(customer);
        let up_to = |day: Day| days.partition_point(|it| *it <= day.0);
        (up_to(until) - up_to(after)) as f64
    }
}

/// What people call a process.
fn title(process: &dyn Process) -> &'static str {
    match process.name() {
        "bg-nbd" => "BG/NBD",
        "mbg-nbd" => "MBG/NBD",
        "pareto-nbd" => "Pareto/NBD",
        other => other,
    }
}

impl Law {
    /// The model as people call it.
    pub fn model(&self) -> Option<&'static str> {
        self.model.as_deref().and_then(process).map(title)
    }
}

/// The model that is believed, or why none is.
struct Believed {
    fit: Result<Fit, String>,
    trial: Trial,
    customers: usize,
}

/// Chooses a model on the last days of a part of the customers, and fits it.
fn believe(book: &Book) -> Believed {
    let part = book.every(book.accounts.len().div_ceil(FITTED_MAX));
    let trial = trial::run(&part, PROCESSES, AHEAD_DAYS);
    let histories: Vec<History> =
        part.histories(book.as_of).into_iter().map(|(_, history)| history).collect();
    let fit = best(&trial.chosen(PROCESSES), PROCESSES, &Histories::new(&histories));
    let fit = fit.and_then(|fit| {
        if trial.is_worse_than_own_rates(fit.process.name()) {
            let why = "on the held-out days it was no better than each customer's own rate so far";
            return Err(format!("{}: {why}", title(fit.process)));
        }
        Ok(fit)
    });
    Believed { fit, trial, customers: part.accounts.len() }
}

/// The chance that each customer still buys, and what it is expected to buy.
fn outlook(book: &Book, fit: &Fit) -> Vec<(f64, f64)> {
    let histories: Vec<History> =
        book.histories(book.as_of).into_iter().map(|(_, history)| history).collect();
    let grouped = Histories::new(&histories);
    let groups: Vec<usize> = (0..grouped.groups()).collect();
    let weeks = f64::from(AHEAD_DAYS) / 7.0;
    let of_group = parallel::each(&groups, |group| {
        let history = grouped.history(*group);
        let alive = fit.process.alive(&fit.parameters, &history);
        (alive, alive * fit.process.expected_if_alive(&fit.parameters, &history, weeks))
    });
    (0..histories.len()).map(|at| of_group[grouped.group_of(at)]).collect()
}

/// The rhythms of all accounts, from baskets (account, day, minor units) in order of account and day.
pub fn rhythms(baskets: &[(i64, i32, i64)], as_of: Day) -> Rhythms {
    let book = Book::of(baskets, as_of);
    let last = book.days.iter().max().map(|day| Day(*day));
    let ended = last.filter(|last| as_of.since(*last).0 > ENDED_DAYS);
    if last.is_none() || ended.is_some() {
        let because = ended.map_or_else(
            || Words::new("注文がありません", "there are no orders"),
            |last| {
                let days = as_of.since(last).0;
                Words::new(
                    format!(
                        "注文の記録は{}で終わっており、基準日の{days}日前です",
                        last.display_ja()
                    ),
                    format!("the orders end on {}, {days} days before the day", last.display_en()),
                )
            },
        );
        let card = Card::new(NAME, of(), "").judged(Verdict::Lacks, because);
        return Rhythms { rows: Vec::new(), law: Law::default(), card };
    }
    let rhythm = book.rhythm();
    let believed = believe(&book);
    let outlook = believed.fit.as_ref().ok().map(|fit| outlook(&book, fit));
    let row = |at: usize| row(&book, at, &rhythm, outlook.as_ref().map(|all| all[at]));
    let rows: Vec<Row> = (0..book.accounts.len()).map(row).collect();
    let rare = rhythm.rare_days(1.0);
    let known = rows.iter().any(|row| row.standing.is_some());
    let law = Law {
        rare_gaps: (known && rare.is_finite()).then_some(rare),
        model: believed.fit.as_ref().ok().map(|fit| fit.process.name().to_owned()),
    };
    let card = card(&book, &rhythm, &believed, &rows);
    Rhythms { rows, law, card }
}

fn row(book: &Book, at: usize, rhythm: &Rhythm, outlook: Option<(f64, f64)>) -> Row {
    let days = book.days(at);
    let (first, last) = (days[0], days[days.len() - 1]);
    let gaps = u32::try_from(days.len() - 1).unwrap_or(u32::MAX);
    let (gap_days, since_days) = (f64::from(last - first), f64::from(book.as_of.0 - last));
    // Nobody can drop out before the first repeat purchase: of who ordered once the models know little.
    let alive = outlook.map(|(alive, _)| alive).filter(|_| gaps > 0);
    let verdict = rhythm.verdict(&Silence { gaps, gap_days, since_days, alive });
    let personal = rhythm.personal_days(f64::from(gaps), gap_days);
    let standing = match verdict.dormancy {
        Dormancy::Active => Some(0.0),
        Dormancy::Slowing => Some(1.0),
        Dormancy::Dormant => Some(2.0),
        Dormancy::Unknown => None,
    };
    let known = |figure: f64| standing.map(|_| figure);
    Row {
        account: book.accounts[at],
        gap_days: known(personal),
        silence: known(since_days / personal),
        as_long: known(verdict.usual),
        standing,
        alive,
        expected: outlook.map(|(_, expected)| expected),
    }
}

/// The model's name.
const NAME: &str = "dormancy";

fn of() -> Words {
    Words::new("注文の間隔からみた休眠", "who has fallen silent, by the rhythm of its orders")
}

fn card(book: &Book, rhythm: &Rhythm, believed: &Believed, rows: &[Row]) -> Card {
    let count = |standing: f64| rows.iter().filter(|row| row.standing == Some(standing)).count();
    let (verdict, because) = match (&believed.fit, rhythm.gaps()) {
        (_, 0..20) => (
            Verdict::Lacks,
            Words::new(
                "注文の間隔が20件に満たず、ふだんの間隔が分かりません",
                "fewer than 20 gaps between orders: what is usual is not known",
            ),
        ),
        (Ok(fit), _) => {
            let model = title(fit.process);
            (
                Verdict::Signal,
                Words::new(
                    format!("注文の間隔と、{model}による継続購入の確率の両方で判断します"),
                    format!("both the gaps and the chance to still buy ({model}) are heard"),
                ),
            )
        }
        (Err(why), _) => (
            Verdict::Counted,
            Words::new(
                format!("注文の間隔だけで判断します。購入のモデルは使えません: {why}"),
                format!("the gaps alone decide; no model of buying is heard: {why}"),
            ),
        ),
    };
    let summary = believed.trial.said(Summary::default());
    let (summary, method) = match &believed.fit {
        Ok(fit) => (said(summary, fit), title(fit.process)),
        Err(_) => (summary, "gaps"),
    };
    let mut hash = RowsHash::default();
    for (at, account) in book.accounts.iter().enumerate() {
        hash.whole(*account);
        book.days(at).iter().for_each(|day| hash.day(Day(*day)));
    }
    let mut card = Card::new(NAME, of(), method)
        .counted(book.days.len() as u64, count(2.0) as u64)
        .judged(verdict, because)
        .detail("customers", rows.len())
        .detail("repeats", book.days.len() - book.accounts.len())
        .detail("gaps", rhythm.gaps())
        .detail("fitted_customers", believed.customers)
        .detail("active", count(0.0))
        .detail("slowing", count(1.0))
        .detail("dormant", count(2.0))
        .detail("model", &summary);
    card.data_hash = hash.finish();
    if rhythm.mean_days().is_finite() {
        card = card.metric(Metric::plain("usual_gap_days", rhythm.mean_days()));
    }
    card
}

/// The day from which on a silence since `last` is rare.
pub fn rare_on(law: &Law, last: Day, gap_days: f64) -> Option<Day> {
    let days = (law.rare_gaps? * gap_days).ceil().clamp(0.0, 36_500.0);
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a century")]
    let days = days as i32;
    Some(last.plus(Days(days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AS_OF: Day = Day(20_000);

    /// Baskets of customers with a gap each, the last one so many days ago.
    fn baskets(customers: &[(i64, i32, i32)]) -> Vec<(i64, i32, i64)> {
        let mut all = Vec::new();
        for (account, gap, silent) in customers {
            let orders = if *gap == 0 { 1 } else { (900 / gap).clamp(2, 30) };
            for back in (0..orders).rev() {
                // Nobody orders to the day.
                let jitter = if back > 0 {
                    (back * 5 + i32::try_from(*account).unwrap_or(0)) % 5 - 2
                } else {
                    0
                };
                all.push((*account, AS_OF.0 - silent - gap * back + jitter, 100));
            }
        }
        all
    }

    fn shop() -> Vec<(i64, i32, i32)> {
        (0..80)
            .map(|account| match account % 4 {
                0 => (account, 30, 12),
                1 => (account, 90, 40),
                2 => (account, 14, 5),
                _ => (account, 180, 100),
            })
            .collect()
    }

    #[test]
    fn one_s_own_rhythm_tells_who_is_silent() {
        let mut customers = shop();
        customers.extend([(100, 30, 120), (101, 365, 120), (102, 0, 700)]);
        let found = rhythms(&baskets(&customers), AS_OF);
        let of = |account: i64| *found.rows.iter().find(|row| row.account == account).expect("one");
        // A rhythm of a month, silent for four; yearly orders; one order two years ago.
        assert_eq!(of(100).standing, Some(2.0), "{:?} {:?}", of(100), found.card);
        assert!(of(100).as_long < Some(0.05) && of(100).gap_days.is_some_and(|gap| gap < 40.0));
        assert!(of(101).standing < Some(2.0), "{:?}", of(101));
        assert_eq!((of(102).standing, of(102).alive), (Some(2.0), None), "{:?}", of(102));
        assert_eq!(of(0).standing, Some(0.0));
        let rare = rare_on(&found.law, Day(AS_OF.0 - 120), 30.0).expect("a law");
        assert!(rare <= AS_OF, "{:?}", found.law);
    }

    #[test]
    fn returns_alone_are_no_orders_and_a_day_counts_once() {
        let rows = [(1, 10, 5), (1, 10, 7), (1, 12, -5), (1, 20, 0), (2, 15, -3), (3, 9, 1)];
        let book = Book::of(&rows, Day(20));
        assert_eq!((book.accounts.as_slice(), book.days(0)), (&[1, 3][..], &[10, 20][..]));
        assert!((book.between(0, Day(10), Day(20)) - 1.0).abs() < 1e-9);
        let history = history(book.days(0), Day(24)).expect("one");
        assert_eq!((history.frequency, history.recency, history.age), (1, 10.0 / 7.0, 2.0));
    }

    #[test]
    fn where_the_records_end_nobody_is_silent() {
        let late = rhythms(&baskets(&shop()), Day(AS_OF.0 + 60));
        assert_eq!((late.rows.len(), late.law), (0, Law::default()));
        assert!(late.card.because.en.contains("the orders end"), "{:?}", late.card);
        let none = rhythms(&[], AS_OF);
        assert_eq!(none.card.because.en, "there are no orders");
    }

    #[test]
    fn too_few_gaps_know_nothing() {
        let found = rhythms(&baskets(&[(1, 300, 20), (2, 300, 25)]), AS_OF);
        assert!(found.rows.iter().all(|row| row.standing.is_none()), "{:?}", found.rows);
        assert_eq!(found.law.rare_gaps, None);
        assert!(found.card.because.en.contains("fewer than 20"), "{:?}", found.card);
    }
}
