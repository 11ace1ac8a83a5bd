//! One row a customer: read from such a file, and written.

use anyhow::{Context, Result, bail};
use models::ltv::bg_bb::Periods;
use models::ltv::fit::Fit;
use models::ltv::gamma_gamma::{self, Spend, Wallet};
use models::ltv::value;
use models::ltv::{Histories, History, Interval, Outlook, Predictive};
use models::parallel;

use super::super::sheet::{File, Sheet};
use super::super::summary::Summary;
use super::super::table::{Column, Table};
use super::{Amounts, LEVEL, Options, Subjects, discrete, whole};

/// What a column may be called: ours, the papers', other tools'.
const FREQUENCY: &[&str] = &["frequency", "x", "frequency_cal"];
const RECENCY: &[&str] = &["recency", "t_x", "tx", "t.x", "recency_cal"];
const AGE: &[&str] = &["age", "T", "T.cal", "T_cal"];
const AMOUNT: &[&str] = &["monetary_value", "zbar", "mean_amount", "monetary_value_cal"];

/// Ages beyond this many weeks (nineteen years) are more likely days.
const WEEKS_MAX: f64 = 1000.0;

/// Of histories counted in periods.
const PERIODS: &[&str] = &["periods", "n", "opportunities", "T", "n_periods"];
const CUSTOMERS: &[&str] = &["customers", "weights", "weight", "count"];

/// Reads a file with one history a row, counted in periods, and perhaps for how many customers it stands; the id
/// is the column named, else the first if it is none of these, else the row's number.
pub(super) fn periods(file: &File, customer: Option<&str>) -> Result<(Subjects, Vec<Periods>)> {
    let frequency = needed(file, FREQUENCY, "frequency (periods with a purchase)")?;
    let recency = needed(file, RECENCY, "recency (the last period with a purchase)")?;
    let periods = needed(file, PERIODS, "number of periods (opportunities to buy)")?;
    let customers = column(file, CUSTOMERS);
    let mut wanted = vec![frequency.as_str(), recency.as_str(), periods.as_str()];
    wanted.extend(customers.as_deref());
    let id = id(file, customer, &wanted);
    let counts = customers.clone();
    wanted.extend(id.as_deref());
    let sheet = file.read(&wanted)?;
    let counted = |name: &str| -> Result<Vec<u32>> {
        let each = numbers(&sheet, name)?.into_iter().enumerate();
        each.map(|(row, value)| discrete::count(value, name, &sheet.place(row))).collect()
    };
    let (xs, ts, ns) = (counted(&frequency)?, counted(&recency)?, counted(&periods)?);
    let customers = match &counts {
        Some(name) => numbers(&sheet, name)?,
        None => vec![1.0; xs.len()],
    };
    let mut all = Vec::with_capacity(xs.len());
    for row in 0..xs.len() {
        let it = Periods {
            frequency: xs[row],
            recency: ts[row],
            periods: ns[row],
            customers: customers[row],
        };
        if let Some(fault) = it.fault() {
            bail!(
                "{}: {fault} (frequency {}, recency {}, periods {}, customers {}). All three count periods after \
                 the one with the first purchase",
                sheet.place(row),
                it.frequency,
                it.recency,
                it.periods,
                it.customers
            );
        }
        all.push(it);
    }
    let names = names(&sheet, id.as_deref())?;
    let total = all.iter().map(|it| it.customers).sum::<f64>();
    let read = Summary::default().with("rows", names.len()).with("customers", whole(total));
    let histories = Vec::new();
    Ok((Subjects { names, histories, spends: None, read, warnings: Vec::new() }, all))
}

fn needed(file: &File, names: &[&str], what: &str) -> Result<String> {
    column(file, names).with_context(|| {
        format!(
            "{} has no column for the {what}: call it {}. Its columns are: {}",
            file.name(),
            names[..names.len().min(3)].join(" or "),
            file.columns().join(", ")
        )
    })
}

/// The column with the id: the one named, else the first unless it says something else.
fn id(file: &File, customer: Option<&str>, others: &[&str]) -> Option<String> {
    match customer {
        Some(name) => Some(name.to_owned()),
        None => file.columns().first().filter(|it| !others.contains(&it.as_str())).cloned(),
    }
}

fn names(sheet: &Sheet, id: Option<&str>) -> Result<Vec<String>> {
    match id {
        Some(id) => sheet.keys(id),
        None => Ok((1..=sheet.rows()).map(|row| row.to_string()).collect()),
    }
}

/// A column without a gap.
fn numbers(sheet: &Sheet, name: &str) -> Result<Vec<f64>> {
    let read = sheet.numbers(name)?.into_iter().enumerate();
    let each = read.map(|(row, value)| {
        value.with_context(|| format!("{}: `{name}` is empty; fill it in", sheet.place(row)))
    });
    each.collect()
}

/// Reads a file with one customer a row; the id is the column named, else the first.
pub(super) fn subjects(file: &File, customer: Option<&str>) -> Result<Subjects> {
    let frequency = needed(file, FREQUENCY, "frequency")?;
    let recency = needed(file, RECENCY, "recency in weeks")?;
    let age = needed(file, AGE, "age in weeks")?;
    let amount = column(file, AMOUNT);
    let named = [&frequency, &recency, &age];
    let mut wanted: Vec<&str> = named.iter().map(|it| it.as_str()).collect();
    let id = id(file, customer, &wanted);
    wanted.extend(id.as_deref());
    wanted.extend(amount.as_deref());
    let sheet = file.read(&wanted)?;
    let histories = histories(&sheet, &named)?;
    let names = names(&sheet, id.as_deref())?;
    let spends = match &amount {
        Some(amount) => Some(spends(&sheet.numbers(amount)?, &histories)),
        None => None,
    };
    let read = Summary::default().with("customers", names.len());
    let oldest = histories.iter().map(|it| it.age).fold(0.0, f64::max);
    let mut warnings = Vec::new();
    if oldest > WEEKS_MAX {
        warnings.push(format!(
            "the greatest age is {oldest:.0}: recency and age are taken as weeks; divide by 7 if they are days"
        ));
    }
    Ok(Subjects { names, histories, spends, read, warnings })
}

/// The column of one of these names, first as it is written, then whatever its case.
fn column(file: &File, names: &[&str]) -> Option<String> {
    let found = |same: &dyn Fn(&str, &str) -> bool| {
        names.iter().find_map(|name| file.columns().iter().find(|it| same(it, name)).cloned())
    };
    found(&|a, b| a == b).or_else(|| found(&|a, b| a.eq_ignore_ascii_case(b)))
}

fn histories(sheet: &Sheet, [frequency, recency, age]: &[&String; 3]) -> Result<Vec<History>> {
    let counts = numbers(sheet, frequency)?;
    let (recencies, ages) = (in_days(numbers(sheet, recency)?), in_days(numbers(sheet, age)?));
    let mut all = Vec::with_capacity(counts.len());
    for (row, ((count, recency), age)) in counts.into_iter().zip(recencies).zip(ages).enumerate() {
        if count.fract() != 0.0 || !(0.0..=1e9).contains(&count) {
            bail!(
                "{}: `{frequency}` should be a whole number of repeat purchases from 0 on, but {count} stands \
                 there",
                sheet.place(row)
            );
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number of 0..=1e9"
        )]
        let frequency = count as u32;
        let history = History { frequency, recency, age };
        if let Some(fault) = history.fault() {
            bail!(
                "{}: {fault} (frequency {count}, recency {recency}, age {age}). Recency is the time from the \
                 first purchase to the last, age from the first to the end of observation, both in weeks",
                sheet.place(row)
            );
        }
        all.push(history);
    }
    Ok(all)
}

/// Weeks that were rounded to two digits, as 30.43 for 213 days, are the days they stand for; others stay.
fn in_days(weeks: Vec<f64>) -> Vec<f64> {
    let rounded = |it: &f64| (it * 7.0 - (it * 7.0).round()).abs() <= 0.035 + 1e-9;
    if weeks.iter().all(rounded) {
        return weeks.into_iter().map(|it| (it * 7.0).round() / 7.0).collect();
    }
    weeks
}

fn spends(means: &[Option<f64>], histories: &[History]) -> Vec<Option<Spend>> {
    let of = |(mean, it): (&Option<f64>, &History)| {
        mean.filter(|_| it.frequency > 0).map(|mean| Spend { purchases: it.frequency, mean })
    };
    means.iter().zip(histories).map(of).collect()
}

/// The columns that are known whatever the fit.
fn begun(subjects: &Subjects) -> Table {
    let of = |pick: fn(&History) -> f64| subjects.histories.iter().map(pick).collect::<Vec<f64>>();
    let counts: Vec<i64> = subjects.histories.iter().map(|it| i64::from(it.frequency)).collect();
    Table::default()
        .with("customer", subjects.names.clone())
        .with("frequency", counts)
        .with("recency", of(|it| it.recency))
        .with("age", of(|it| it.age))
}

/// Empty cells instead of numbers that nothing supports.
pub(super) fn without_numbers(subjects: &Subjects) -> Table {
    let empty = || Column::Number(vec![None; subjects.names.len()]);
    ["p_alive", "expected_purchases", "expected_value", "lower", "upper"]
        .into_iter()
        .fold(begun(subjects), |table, name| table.with(name, empty()))
}

/// Sums over all customers.
pub(super) struct Expected {
    pub(super) purchases: f64,
    pub(super) value: Option<f64>,
}

/// How a customer's purchases become an amount.
enum Price {
    Unknown,
    Constant(f64),
    Drawn(Wallet),
}

struct Line {
    alive: f64,
    purchases: f64,
    value: Option<f64>,
    purchases_within: Interval,
    value_within: Option<Interval>,
}

impl Line {
    fn new(outlook: &Outlook, price: &Price) -> Self {
        let (value, value_within) = match price {
            Price::Unknown => (None, None),
            Price::Constant(it) => {
                (Some(outlook.expected * it), Some(value::interval_at(outlook, *it, LEVEL)))
            }
            Price::Drawn(wallet) => (
                Some(outlook.expected * wallet.mean()),
                Some(value::interval(outlook, wallet, LEVEL)),
            ),
        };
        Self {
            alive: outlook.alive,
            purchases: outlook.expected,
            value,
            purchases_within: outlook.purchases(LEVEL),
            value_within,
        }
    }
}

/// The whole table.
pub(super) fn with_numbers(
    subjects: &Subjects,
    (histories, fitted): (&Histories, &Fit),
    amounts: Option<Amounts>,
    options: &Options,
) -> (Table, Expected) {
    let weeks = f64::from(options.horizon_days) / 7.0;
    let price = |customer: usize| match (&amounts, &subjects.spends) {
        (Some(Ok(model)), Some(spends)) => Price::Drawn(model.wallet(spends[customer])),
        (Some(Err(gamma_gamma::Refusal::Constant(amount))), _) => Price::Constant(*amount),
        _ => Price::Unknown,
    };
    let priced = matches!(amounts, Some(Ok(_) | Err(gamma_gamma::Refusal::Constant(_))));
    let least = if priced { 1e-4 } else { (1.0 - LEVEL) / 2.0 };
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); histories.groups()];
    for customer in 0..subjects.names.len() {
        members[histories.group_of(customer)].push(u32::try_from(customer).unwrap_or(u32::MAX));
    }
    let of_groups =
        Predictive::new(fitted, histories, weeks, least).over_groups(|group, outlook| {
            let lines = members[group].iter().take(if priced { usize::MAX } else { 1 });
            lines
                .map(|customer| Line::new(outlook, &price(*customer as usize)))
                .collect::<Vec<Line>>()
        });
    let mut place = vec![(0, 0); subjects.names.len()];
    for (group, customers) in members.iter().enumerate() {
        for (at, customer) in customers.iter().enumerate() {
            place[*customer as usize] = (group, if priced { at } else { 0 });
        }
    }
    let lines: Vec<&Line> = place.iter().map(|(group, at)| &of_groups[*group][*at]).collect();
    let value: Option<f64> = lines.iter().map(|it| it.value).sum();
    let expected = Expected { purchases: lines.iter().map(|it| it.purchases).sum(), value };
    (filled(begun(subjects), &lines, priced), expected)
}

/// Outlooks of groups of customers, who is in which, and for how many customers each row stands.
pub(super) struct Each<'a> {
    pub(super) outlooks: &'a [Outlook],
    pub(super) group_of: &'a [usize],
    pub(super) weights: &'a [f64],
}

/// The whole table, of outlooks that are known.
pub(super) fn of_outlooks(
    subjects: &Subjects,
    each: &Each<'_>,
    amounts: Option<&Amounts>,
) -> (Table, Expected) {
    let price = |customer: usize| match (amounts, &subjects.spends) {
        (Some(Ok(model)), Some(spends)) => Price::Drawn(model.wallet(spends[customer])),
        (Some(Err(gamma_gamma::Refusal::Constant(amount))), _) => Price::Constant(*amount),
        _ => Price::Unknown,
    };
    let priced = matches!(amounts, Some(Ok(_) | Err(gamma_gamma::Refusal::Constant(_))));
    let lines = parallel::map(
        subjects.names.len(),
        parallel::cores(),
        || (),
        |(), at| Line::new(&each.outlooks[each.group_of[at]], &price(at)),
    );
    let weighed = |of: &dyn Fn(&Line) -> Option<f64>| -> Option<f64> {
        lines.iter().zip(each.weights).map(|(line, weight)| Some(of(line)? * weight)).sum()
    };
    let purchases = weighed(&|line| Some(line.purchases)).unwrap_or(0.0);
    let expected = Expected { purchases, value: weighed(&|line| line.value) };
    (filled(begun(subjects), &lines.iter().collect::<Vec<&Line>>(), priced), expected)
}

fn filled(begun: Table, lines: &[&Line], priced: bool) -> Table {
    let of = |pick: fn(&Line) -> f64| lines.iter().map(|it| pick(it)).collect::<Vec<f64>>();
    let within = |pick: fn(&Interval) -> f64| {
        let one = |it: &&Line| pick(&it.value_within.unwrap_or(it.purchases_within));
        lines.iter().map(one).collect::<Vec<f64>>()
    };
    let table = begun
        .with("p_alive", of(|it| it.alive))
        .with("expected_purchases", of(|it| it.purchases))
        .with("expected_value", Column::Number(lines.iter().map(|it| it.value).collect()))
        .with("lower", within(|it| it.lower))
        .with("upper", within(|it| it.upper));
    if !priced {
        return table;
    }
    table
        .with("purchases_lower", of(|it| it.purchases_within.lower))
        .with("purchases_upper", of(|it| it.purchases_within.upper))
}

/// What the intervals are of and what they hold.
pub(super) fn interval_words(amounts: Option<&Amounts>) -> String {
    let of = match amounts {
        Some(Ok(_) | Err(gamma_gamma::Refusal::Constant(_))) => "the value",
        _ => "the number of purchases",
    };
    format!(
        "80 %, of {of} that will come: chance of buying and leaving, what is unknown of the customer, and the \
         uncertainty of the purchase model's parameters; not that the model itself may be wrong (see held_out)"
    )
}
