//! BG/BB: customers who may buy once in each of some periods, which are counted from transactions or stand in a
//! file with one history a row.

use std::collections::HashMap;

use anyhow::{Result, bail};
use domain::time::{Day, Days};
use models::ltv::bg_bb::{self, BgBb, PARAMETERS, Periods};
use models::ltv::fit::Refusal;
use models::ltv::gamma_gamma::Spend;
use models::ltv::{History, compare};
use models::parallel;

use super::super::sheet::File;
use super::super::summary::{Summary, Value};
use super::super::table::Table;
use super::shop::{Customer, Shop};
use super::{Columns, LEVEL, Options, Subjects, amounts, said_of_amounts, table, whole};

/// Its name on the command line.
pub(super) const NAME: &str = "bg-bb";

/// More periods than this are days of many years: what buys so often is no matter of periods.
const PERIODS_MAX: u32 = 1_000;

/// Periods of a length, and how many to look ahead.
#[derive(Debug, Clone, Copy)]
struct Length {
    days: i32,
    ahead: u32,
}

impl Length {
    fn of(options: &Options) -> Result<Self> {
        let Some(days) = options.period_days else {
            bail!(
                "--model {NAME} wants --period-days: the length of the periods in each of which a customer buys or \
                 does not, as 365 for yearly donations"
            );
        };
        let horizon = options.horizon_days;
        if days == 0 || days > 36_600 {
            bail!("--period-days is from 1 to 36600, not {days}");
        }
        let ahead = horizon / days;
        if ahead == 0 || !horizon.is_multiple_of(days) {
            let near = days * ahead.max(1);
            bail!(
                "--horizon-days {horizon} is no multiple of --period-days {days}; --model {NAME} looks whole periods \
                 ahead, as {near} or {} days",
                near + days
            );
        }
        if ahead > PERIODS_MAX {
            bail!("--horizon-days {horizon} is {ahead} periods; give at most {PERIODS_MAX}");
        }
        Ok(Self { days: i32::try_from(days)?, ahead })
    }
}

/// From a file of transactions, one a row. Periods are counted back from the last day, alike for all customers;
/// a customer's own begin after the one with the first purchase.
pub(super) fn transactions(
    file: &File,
    columns: &Columns,
    options: &Options,
) -> Result<(Table, Summary)> {
    let length = Length::of(options)?;
    let shop = Shop::read(file, columns, super::until(columns)?)?;
    let until = shop.until;
    let count = u32::try_from(shop.until.since(shop.first).0 / length.days).unwrap_or(u32::MAX);
    if count > PERIODS_MAX {
        bail!(
            "{}: {count} periods of {} days lie between the first and the last day; take longer periods, so that \
             there are at most {PERIODS_MAX}",
            file.name(),
            length.days
        );
    }
    let periods: Vec<Periods> =
        shop.customers.iter().map(|it| counted(it, until, length.days)).collect();
    let held_out = held_out(&shop, &periods, length);
    let spends: Vec<Option<Spend>> =
        shop.customers.iter().map(|it| spend(it, until, length.days)).collect();
    let mut subjects = shop.subjects();
    subjects.spends = subjects.spends.is_some().then_some(spends);
    finish(subjects, &periods, (length, held_out))
}

/// From a file with one history a row: frequency, recency and how many periods, counted in periods after the one
/// with the first purchase, and perhaps for how many customers it stands.
pub(super) fn summary(
    file: &File,
    customer: Option<&str>,
    options: &Options,
) -> Result<(Table, Summary)> {
    let length = Length::of(options)?;
    let (subjects, periods) = table::periods(file, customer)?;
    if let Some(at) = periods.iter().position(|it| it.periods > PERIODS_MAX) {
        bail!(
            "{}: {} has {} periods, at most {PERIODS_MAX} are looked at; count in longer periods, not in days",
            file.name(),
            subjects.names[at],
            periods[at].periods
        );
    }
    finish(subjects, &periods, (length, None))
}

/// In which period before `until` a day lies: 0 is the last.
fn back(day: Day, until: Day, days: i32) -> i32 {
    until.since(day).0.div_euclid(days)
}

/// A customer's periods up to a day.
fn counted(customer: &Customer, until: Day, days: i32) -> Periods {
    let begun = customer.days.iter().take_while(|(day, _)| *day <= until);
    let mut bought: Vec<i32> = begun.map(|(day, _)| back(*day, until, days)).collect();
    bought.dedup();
    let first = bought.first().copied().unwrap_or(0);
    let last = bought.last().copied().unwrap_or(0);
    let whole = |count: i32| u32::try_from(count).unwrap_or(0);
    Periods {
        frequency: u32::try_from(bought.len().saturating_sub(1)).unwrap_or(u32::MAX),
        recency: whole(first - last),
        periods: whole(first),
        customers: 1.0,
    }
}

/// What was paid in a mean period with repeat purchases.
fn spend(customer: &Customer, until: Day, days: i32) -> Option<Spend> {
    let first = back(customer.days.first()?.0, until, days);
    let repeats = customer.days.iter().filter(|(day, _)| back(*day, until, days) < first);
    let known: Vec<(i32, f64)> =
        repeats.filter_map(|(day, paid)| Some((back(*day, until, days), (*paid)?))).collect();
    let purchases = u32::try_from(known.chunk_by(|a, b| a.0 == b.0).count()).ok()?;
    let paid: f64 = known.iter().map(|(_, paid)| paid).sum();
    (purchases > 0).then(|| Spend { purchases, mean: paid / f64::from(purchases) })
}

/// Equal histories counted once, in order; and of each customer which is theirs.
fn grouped(periods: &[Periods]) -> (Vec<Periods>, Vec<usize>) {
    let key = |it: &Periods| (it.periods, it.frequency, it.recency);
    let mut all: Vec<Periods> = periods.to_vec();
    all.sort_by_key(key);
    let mut groups: Vec<Periods> = Vec::new();
    for it in all {
        match groups.last_mut().filter(|last| key(last) == key(&it)) {
            Some(last) => last.customers += it.customers,
            None => groups.push(it),
        }
    }
    let place: HashMap<_, usize> =
        groups.iter().enumerate().map(|(at, it)| (key(it), at)).collect();
    let group_of = periods.iter().map(|it| place[&key(it)]).collect();
    (groups, group_of)
}

/// How the model did on the last periods when it had not seen them.
struct HeldOut {
    periods: u32,
    found: models::ltv::Comparison,
    customers: usize,
    /// Mean squared error of the customer's own share of periods so far.
    trivial: f64,
}

/// Holds out as many of the last periods as are looked ahead, but at most half of the longest history.
fn held_out(shop: &Shop, periods: &[Periods], length: Length) -> Option<HeldOut> {
    let longest = periods.iter().map(|it| it.periods).max()?;
    let ahead = length.ahead.min(longest / 2);
    let cut = shop.until.plus(Days(-length.days.checked_mul(i32::try_from(ahead).ok()?)?));
    let begun = |it: &&Customer| it.days.first().is_some_and(|(day, _)| *day <= cut);
    let known: Vec<&Customer> = shop.customers.iter().filter(begun).collect();
    let histories: Vec<Periods> = known.iter().map(|it| counted(it, cut, length.days)).collect();
    let came = |it: &&Customer| {
        let mut after: Vec<i32> = it
            .days
            .iter()
            .filter(|(day, _)| *day > cut)
            .map(|(day, _)| back(*day, shop.until, length.days))
            .collect();
        after.dedup();
        after.len() as f64
    };
    let actual: Vec<f64> = known.iter().map(came).collect();
    if ahead == 0 || actual.iter().sum::<f64>() < PURCHASES_MIN {
        return None;
    }
    let (groups, group_of) = grouped(&histories);
    let fitted = bg_bb::fit(&groups).ok()?;
    let outlooks = parallel::each(&groups, |it| fitted.outlook(it, ahead));
    let expected: Vec<_> = group_of
        .iter()
        .map(|group| (outlooks[*group].expected, outlooks[*group].purchases(LEVEL)))
        .collect();
    let share = |it: &Periods| match it.periods {
        0 => 0.0,
        periods => f64::from(it.frequency * ahead) / f64::from(periods),
    };
    let off = histories.iter().zip(&actual).map(|(it, came)| (share(it) - came).powi(2));
    let trivial = off.sum::<f64>() / actual.len() as f64;
    let found = compare(&expected, &actual);
    Some(HeldOut { periods: ahead, found, customers: actual.len(), trivial })
}

/// Fewer held-out purchases than this tell nothing.
const PURCHASES_MIN: f64 = 30.0;

impl HeldOut {
    fn warning(&self) -> Option<String> {
        let off = (self.found.total - 1.0).abs();
        if self.found.squared_error >= self.trivial {
            return Some(format!(
                "on the last {} periods {NAME} was no better than each customer's own share of periods so far",
                self.periods
            ));
        }
        (off > 0.25).then(|| {
            format!(
                "on the last {} periods {NAME} expected {:.0} % of what came: there is a trend or season, which it \
                 does not know",
                self.periods,
                100.0 * self.found.total
            )
        })
    }

    fn said(&self, summary: Summary) -> Summary {
        let it = &self.found;
        let found = [it.squared_error, it.correlation, it.total, it.covered].map(Value::from);
        let mut first: Vec<Value> = vec![NAME.into()];
        first.extend(found);
        let none = || Value::None;
        let trivial = vec!["own share so far".into(), self.trivial.into(), none(), none(), none()];
        let columns = [
            "model",
            "squared_error",
            "correlation",
            "expected_over_actual",
            "covered_by_interval",
        ];
        summary
            .with("held_out_periods", u64::from(self.periods))
            .with("held_out_customers", self.customers)
            .rows("held_out", &columns, vec![first, trivial])
    }
}

fn finish(
    mut subjects: Subjects,
    periods: &[Periods],
    (length, held_out): (Length, Option<HeldOut>),
) -> Result<(Table, Summary)> {
    subjects.histories = periods.iter().map(history).collect();
    let (groups, group_of) = grouped(periods);
    let sum = |of: fn(&Periods) -> f64| groups.iter().map(|it| it.customers * of(it)).sum::<f64>();
    let summary = std::mem::take(&mut subjects.read)
        .with("period_days", u64::try_from(length.days)?)
        .with("repeat_customers", whole(sum(|it| f64::from(u8::from(it.frequency > 0)))))
        .with("repeat_purchases", whole(sum(|it| f64::from(it.frequency))))
        .with("horizon_periods", u64::from(length.ahead));
    let fitted = match bg_bb::fit(&groups) {
        Ok(fitted) => fitted,
        Err(refusal) => {
            let said = summary
                .with("model", Value::None)
                .with("verdict", "refused")
                .with("why", why(&refusal))
                .with("warnings", subjects.warnings.clone());
            return Ok((table::without_numbers(&subjects), said));
        }
    };
    if !fitted.undetermined.is_empty() {
        subjects.warnings.push(format!(
            "the data leave {} open: customers differ too little, or too few drop out, to tell; what is expected \
             does not depend on it",
            fitted.undetermined_names().join(", ")
        ));
    }
    subjects.warnings.extend(held_out.as_ref().and_then(HeldOut::warning));
    let amounts = subjects.spends.as_ref().map(|spends| amounts(spends, &mut subjects.warnings));
    let outlooks = parallel::each(&groups, |it| fitted.outlook(it, length.ahead));
    let weights: Vec<f64> = periods.iter().map(|it| it.customers).collect();
    let each = table::Each { outlooks: &outlooks, group_of: &group_of, weights: &weights };
    let (table, expected) = table::of_outlooks(&subjects, &each, amounts.as_ref());
    let mut summary = said(summary, &fitted)
        .with("verdict", "fitted")
        .with("unit", format!("recency and age are periods of {} days after the one with the first purchase; a period with purchases is one purchase", length.days))
        .with("expected_purchases_total", expected.purchases);
    if let Some(amounts) = &amounts {
        summary = summary
            .with("expected_value_total", expected.value)
            .with("amounts", said_of_amounts(amounts, &subjects));
    }
    summary = summary.with("interval", table::interval_words(amounts.as_ref()));
    if let Some(held_out) = &held_out {
        summary = held_out.said(summary);
    }
    Ok((table, summary.with("warnings", subjects.warnings)))
}

fn why(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoMaximum => format!(
            "{refusal}: buying and leaving by periods do not describe these customers; try other --period-days, or \
             --model auto on the days themselves"
        ),
        _ => refusal.to_string(),
    }
}

fn said(summary: Summary, fitted: &BgBb) -> Summary {
    let named = |values: &[f64; 4]| {
        let each = PARAMETERS.iter().zip(values);
        each.fold(Summary::default(), |said, (name, it)| said.with(name, *it))
    };
    summary
        .with("model", NAME)
        .with("parameters", named(&fitted.parameters))
        .with("standard_errors", fitted.standard_errors.as_ref().map(named))
        .with("log_likelihood", fitted.log_likelihood)
}

/// As the table shows it, in periods.
fn history(it: &Periods) -> History {
    let [recency, age] = [it.recency, it.periods].map(f64::from);
    History { frequency: it.frequency, recency, age }
}

/// A count of a summary's row.
pub(super) fn count(value: f64, name: &str, place: &str) -> Result<u32> {
    if value.fract() != 0.0 || !(0.0..=1e9).contains(&value) {
        bail!(
            "{place}: `{name}` should be a whole number of periods from 0 on, but {value} stands there"
        );
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number of 0..=1e9"
    )]
    let count = value as u32;
    Ok(count)
}
