//! Transactions as purchase days of customers.

use anyhow::{Result, bail};
use domain::time::Day;
use models::dormancy::{Dormancy, Rhythm, Silence};
use models::ltv::History;
use models::ltv::gamma_gamma::Spend;
use rustc_hash::FxHashMap;

use super::super::sheet::File;
use super::super::summary::Summary;
use super::trial::Purchases;
use super::{Columns, Subjects};

/// One customer's purchases.
#[derive(Debug, Default)]
pub(super) struct Customer {
    /// Days with a purchase and what was paid then, if known; rising.
    pub(super) days: Vec<(Day, Option<f64>)>,
    /// What came back on days without a purchase, <= 0.
    returned: f64,
}

/// Everybody's purchases up to a last day.
pub(super) struct Shop {
    names: Vec<String>,
    pub(super) customers: Vec<Customer>,
    amounts: bool,
    pub(super) first: Day,
    pub(super) until: Day,
    counts: Counts,
}

/// Rows that were not taken as purchases, and why.
#[derive(Debug, Default)]
struct Counts {
    rows: usize,
    without_customer: usize,
    without_date: usize,
    after_until: usize,
    returns: usize,
    without_amount: usize,
    only_returns: usize,
}

struct Row {
    customer: u32,
    day: Day,
    amount: Option<f64>,
}

impl Shop {
    /// Reads the rows; those without customer or date, and those after `until`, are left out and counted. A
    /// negative amount is a return: it lessens what was paid, and is no purchase.
    pub(super) fn read(file: &File, columns: &Columns, until: Option<Day>) -> Result<Self> {
        let mut wanted = vec![columns.customer.as_str(), columns.date.as_str()];
        wanted.extend(columns.amount.as_deref());
        let sheet = file.read(&wanted)?;
        let days = sheet.days(&columns.date)?;
        let amounts = columns.amount.as_ref().map(|it| sheet.numbers(it)).transpose()?;
        let mut counts = Counts { rows: sheet.rows(), ..Counts::default() };
        let mut names: Vec<String> = Vec::new();
        let mut known: FxHashMap<String, u32> = FxHashMap::default();
        let mut rows = Vec::with_capacity(days.len());
        let customers = sheet.text(&columns.customer)?;
        for (at, (customer, day)) in customers.into_iter().zip(&days).enumerate() {
            let Some(customer) = customer else {
                counts.without_customer += 1;
                continue;
            };
            let Some(day) = *day else {
                counts.without_date += 1;
                continue;
            };
            if until.is_some_and(|until| day > until) {
                counts.after_until += 1;
                continue;
            }
            let next = u32::try_from(names.len())?;
            let customer = *known.entry(customer).or_insert_with_key(|name| {
                names.push(name.clone());
                next
            });
            let amount = amounts.as_ref().and_then(|it| it[at]);
            counts.without_amount += usize::from(amounts.is_some() && amount.is_none());
            rows.push(Row { customer, day, amount });
        }
        counts.refuse_nothing(file, columns, &rows)?;
        rows.sort_by_key(|row| (row.customer, row.day));
        let (mut first, mut last) = (rows[0].day, rows[0].day);
        for row in &rows {
            (first, last) = (first.min(row.day), last.max(row.day));
        }
        let all = gather(&rows, names.len(), &mut counts);
        let bought = all.iter().filter(|it| !it.days.is_empty()).count();
        if bought == 0 {
            bail!(
                "{}: every amount in `{}` is negative, so that every row is a return; turn the sign",
                file.name(),
                columns.amount.as_deref().unwrap_or_default()
            );
        }
        counts.only_returns = all.len() - bought;
        let kept = names.into_iter().zip(all).filter(|(_, it)| !it.days.is_empty());
        let (names, customers) = kept.unzip();
        let until = until.unwrap_or(last);
        Ok(Self { names, customers, amounts: amounts.is_some(), first, until, counts })
    }

    /// Who they are to the models, and what was read.
    pub(super) fn subjects(self) -> Subjects {
        let histories = self.histories(self.until).into_iter().map(|(_, it)| it).collect();
        let spends = self.amounts.then(|| self.customers.iter().map(Customer::spend).collect());
        let counts = &self.counts;
        let mut read = Summary::default()
            .with("rows", counts.rows)
            .with("customers", self.customers.len())
            .with("first_day", self.first.to_string())
            .with("until", self.until.to_string());
        for (key, count) in [
            ("rows_without_customer_left_out", counts.without_customer),
            ("rows_without_date_left_out", counts.without_date),
            ("rows_after_until_left_out", counts.after_until),
            ("rows_without_amount", counts.without_amount),
            ("rows_that_are_returns", counts.returns),
            ("customers_with_returns_only_left_out", counts.only_returns),
        ] {
            if count > 0 {
                read = read.with(key, count);
            }
        }
        let read = read.with("dormancy_by_own_gaps", self.dormancy());
        Subjects { names: self.names, histories, spends, read, warnings: Vec::new() }
    }

    /// How many have been silent for how long, by their own gaps alone.
    fn dormancy(&self) -> Summary {
        let gaps: Vec<Vec<f64>> = self.customers.iter().map(Customer::gaps).collect();
        let rhythm = Rhythm::new(gaps.iter().map(Vec::as_slice));
        let kinds = [
            ("active", Dormancy::Active),
            ("slowing", Dormancy::Slowing),
            ("dormant", Dormancy::Dormant),
            ("unknown", Dormancy::Unknown),
        ];
        let mut counted = [0_usize; 4];
        for (customer, gaps) in self.customers.iter().zip(&gaps) {
            let last = customer.days.last().map_or(self.until, |(day, _)| *day);
            let silence = Silence {
                gaps: u32::try_from(gaps.len()).unwrap_or(u32::MAX),
                gap_days: gaps.iter().sum(),
                since_days: f64::from(self.until.since(last).0),
                alive: None,
            };
            let found = rhythm.verdict(&silence).dormancy;
            if let Some(at) = kinds.iter().position(|(_, kind)| *kind == found) {
                counted[at] += 1;
            }
        }
        let said = Summary::default();
        kinds.iter().zip(counted).fold(said, |said, ((name, _), count)| said.with(name, count))
    }
}

impl Purchases for Shop {
    fn span(&self) -> (Day, Day) {
        (self.first, self.until)
    }

    fn histories(&self, until: Day) -> Vec<(usize, History)> {
        let history = |(at, it): (usize, &Customer)| Some((at, it.history(until)?));
        self.customers.iter().enumerate().filter_map(history).collect()
    }

    fn between(&self, customer: usize, after: Day, until: Day) -> f64 {
        let days = self.customers[customer].days.iter();
        days.filter(|(day, _)| *day > after && *day <= until).count() as f64
    }
}

impl Counts {
    fn refuse_nothing(&self, file: &File, columns: &Columns, rows: &[Row]) -> Result<()> {
        if !rows.is_empty() {
            return Ok(());
        }
        let name = file.name();
        if self.without_customer == self.rows {
            bail!(
                "{name}: `{}` is empty in every row; name the column with the customer",
                columns.customer
            );
        }
        if self.without_date + self.without_customer == self.rows {
            bail!(
                "{name}: `{}` is empty in every row; name the column with the date",
                columns.date
            );
        }
        bail!("{name}: every row is after --until; give a later day, or leave it out");
    }
}

/// Rows of one customer and day become one purchase, unless all of them are returns.
fn gather(rows: &[Row], customers: usize, counts: &mut Counts) -> Vec<Customer> {
    let mut all: Vec<Customer> = Vec::new();
    all.resize_with(customers, Customer::default);
    for day in rows.chunk_by(|a, b| (a.customer, a.day) == (b.customer, b.day)) {
        let customer = &mut all[day[0].customer as usize];
        let known: Vec<f64> = day.iter().filter_map(|row| row.amount).collect();
        let returns = known.iter().filter(|it| **it < 0.0).count();
        counts.returns += returns;
        let paid: f64 = known.iter().sum();
        if returns == day.len() {
            customer.returned += paid;
        } else {
            customer.days.push((day[0].day, (!known.is_empty()).then_some(paid)));
        }
    }
    all
}

impl Customer {
    /// The purchases up to a day; `None` when there was none by then.
    fn history(&self, until: Day) -> Option<History> {
        let count = self.days.partition_point(|(day, _)| *day <= until);
        let (first, last) = (self.days.first()?.0, self.days[..count].last()?.0);
        let weeks = |from: Day, to: Day| f64::from(to.since(from).0) / 7.0;
        Some(History {
            frequency: u32::try_from(count - 1).unwrap_or(u32::MAX),
            recency: weeks(first, last),
            age: weeks(first, until),
        })
    }

    fn gaps(&self) -> Vec<f64> {
        self.days.windows(2).map(|pair| f64::from(pair[1].0.since(pair[0].0).0)).collect()
    }

    /// The repeat purchases with a known amount and their mean, less the share that came back on other days.
    fn spend(&self) -> Option<Spend> {
        let repeats: Vec<f64> = self.days.iter().skip(1).filter_map(|(_, paid)| *paid).collect();
        let purchases = u32::try_from(repeats.len()).ok().filter(|it| *it > 0)?;
        let gross: f64 = self.days.iter().filter_map(|(_, paid)| *paid).sum();
        let kept = if gross > 0.0 { (1.0 + self.returned / gross).max(0.0) } else { 1.0 };
        Some(Spend { purchases, mean: kept * repeats.iter().sum::<f64>() / f64::from(purchases) })
    }
}
