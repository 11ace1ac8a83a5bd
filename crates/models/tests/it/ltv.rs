//! CDNOW and the donors of a charity: parameters, log-likelihoods and hold-out as printed.

use std::collections::BTreeMap;

use models::ltv::bg_bb::{self, Periods};
use models::ltv::fit::fit;
use models::ltv::gamma_gamma::{self, Spend};
use models::ltv::{Comparison, Histories, History, Interval, Predictive, compare, process};

use super::data;

/// x, t_x, T in weeks of 2,357 customers over 39 weeks.
fn cdnow() -> Option<Vec<History>> {
    let file = data::folder("cdnow")?.join("cdnow_customers_summary_with_transactions.csv");
    let mut histories = Vec::new();
    for row in data::rows(&file) {
        // The file rounds weeks to two digits; days are what was counted.
        let number = |at: usize| (row[at].parse::<f64>().expect("a number") * 7.0).round() / 7.0;
        let frequency = row[1].parse().expect("a count");
        histories.push(History { frequency, recency: number(2), age: number(3) });
    }
    Some(histories)
}

/// What each customer paid on which day, days counted from 1996-12-31.
fn cdnow_days() -> Option<BTreeMap<String, BTreeMap<i32, f64>>> {
    let text = std::fs::read_to_string(data::folder("cdnow")?.join("CDNOW_sample.txt"));
    let mut customers: BTreeMap<String, BTreeMap<i32, f64>> = BTreeMap::new();
    for line in text.expect("the data set is whole").lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, customer, date, _, dollars] = words[..] else { continue };
        let paid: f64 = dollars.parse().expect("a number");
        *customers.entry(customer.to_owned()).or_default().entry(day(date)).or_default() += paid;
    }
    Some(customers)
}

/// The calibration ends with week 39, on 1997-09-30.
const END: &str = "19970930";

/// Histories of the first 39 weeks from the transactions, by day, and purchases of the 39 weeks after.
fn cdnow_held_out() -> Option<(Vec<History>, Vec<f64>)> {
    let end = day(END);
    let (mut histories, mut ahead) = (Vec::new(), Vec::new());
    for days in cdnow_days()?.values() {
        let bought: Vec<i32> = days.keys().copied().collect();
        let before: Vec<i32> = bought.iter().copied().filter(|it| *it <= end).collect();
        let (first, last) = (before[0], before[before.len() - 1]);
        histories.push(History {
            frequency: u32::try_from(before.len() - 1).expect("few"),
            recency: f64::from(last - first) / 7.0,
            age: f64::from(end - first) / 7.0,
        });
        ahead.push((bought.len() - before.len()) as f64);
    }
    Some((histories, ahead))
}

/// The means of the repeat purchases of the first 39 weeks, unrounded.
fn cdnow_spends() -> Option<Vec<Spend>> {
    let end = day(END);
    let of = |days: &BTreeMap<i32, f64>| {
        let repeats: Vec<f64> = days.range(..=end).skip(1).map(|(_, paid)| *paid).collect();
        let purchases = u32::try_from(repeats.len()).expect("few");
        let mean = repeats.iter().sum::<f64>() / f64::from(purchases);
        (purchases > 0).then_some(Spend { purchases, mean })
    };
    Some(cdnow_days()?.values().filter_map(of).collect())
}

/// Days since 1996-12-31 of a yyyymmdd in 1997 or 1998.
fn day(date: &str) -> i32 {
    let part = |from: usize, to: usize| date[from..to].parse::<i32>().expect("digits");
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let month = usize::try_from(part(4, 6)).expect("a month");
    (part(0, 4) - 1997) * 365 + before[month - 1] + part(6, 8)
}

#[track_caller]
fn close(found: f64, printed: f64, digits: i32) {
    let half = 0.5 * 10_f64.powi(-digits) + 1e-9;
    assert!((found - printed).abs() <= half, "{found}, printed {printed}");
}

/// Fader and Hardie's published parameters.
#[test]
fn bg_nbd_on_cdnow() {
    let Some(histories) = cdnow() else { return };
    let found = fit(process("bg-nbd").expect("known"), &Histories::new(&histories)).expect("a fit");
    for (value, (printed, digits)) in
        found.parameters.iter().zip([(0.243, 3), (4.414, 3), (0.793, 3), (2.426, 3)])
    {
        close(*value, printed, digits);
    }
    for (value, finer) in
        found.parameters.iter().zip([0.242_594_5, 4.413_601_9, 0.792_919_9, 2.425_888_1])
    {
        assert!((value / finer - 1.0).abs() < 2e-4, "{value} {finer}");
    }
    close(found.log_likelihood, -9582.429, 3);
}

/// Fader and Hardie (2005), note on the Pareto/NBD, with standard errors.
#[test]
fn pareto_nbd_on_cdnow() {
    let Some(histories) = cdnow() else { return };
    let pareto = process("pareto-nbd").expect("known");
    let found = fit(pareto, &Histories::new(&histories)).expect("a fit");
    let printed = [0.553_15, 10.576_33, 0.606_25, 11.671_50];
    for (value, printed) in found.parameters.iter().zip(printed) {
        assert!((value / printed - 1.0).abs() < 3e-4, "{value}, printed {printed}");
    }
    close(found.log_likelihood, -9594.976, 3);
    let errors = found.standard_errors.expect("determined");
    for (value, printed) in errors.iter().zip([0.0476, 0.8427, 0.1873, 6.2105]) {
        assert!((value / printed - 1.0).abs() < 0.005, "{value}, printed {printed}");
    }
}

/// Fader and Hardie (2013), on the 946 who came back.
#[test]
fn gamma_gamma_on_cdnow() {
    let Some(spends) = cdnow_spends() else { return };
    assert_eq!(spends.len(), 946);
    let found = gamma_gamma::fit(&spends).expect("a fit");
    close(found.p, 6.25, 2);
    close(found.q, 3.74, 2);
    // The likelihood is flat here: 15.44 of the paper and 15.45 of its authors' later software both reach it.
    assert!((found.gamma - 15.44).abs() < 0.011, "{found:?}");
    close(found.log_likelihood, -4055.918, 3);
    let (r, _) = gamma_gamma::correlation(&spends).expect("both vary");
    close(r, 0.11, 2);
}

/// Fader and Hardie's published parameters for 11,104 donors.
#[test]
fn bg_bb_on_donations() {
    let Some(folder) = data::folder("cdnow") else { return };
    let of_row = |row: Vec<String>| {
        let count = |at: usize| row[at].parse::<u32>().expect("a count");
        Periods {
            frequency: count(0),
            recency: count(1),
            periods: count(2),
            customers: f64::from(count(3)),
        }
    };
    let all: Vec<Periods> =
        data::rows(&folder.join("donations.csv")).into_iter().map(of_row).collect();
    let found = bg_bb::fit(&all).expect("a fit");
    for (value, printed) in found.parameters.iter().zip([1.204, 0.750, 0.657, 2.783]) {
        close(*value, printed, 3);
    }
    close(found.log_likelihood, -33225.58, 2);
    assert!(found.undetermined.is_empty() && found.standard_errors.is_some(), "{found:?}");
}

fn held_out(name: &str) -> Option<Comparison> {
    let (histories, ahead) = cdnow_held_out()?;
    let grouped = Histories::new(&histories);
    let fitted = fit(process(name).expect("known"), &grouped).expect("a fit");
    let ahead_of = Predictive::new(&fitted, &grouped, 39.0, 0.05)
        .over_groups(|_, it| (it.expected, it.purchases(0.8)));
    let expected: Vec<(f64, Interval)> =
        (0..histories.len()).map(|i| ahead_of[grouped.group_of(i)]).collect();
    Some(compare(&expected, &ahead))
}

/// Published correlations of what was expected of each customer and what came: .626 and .630; for MBG/NBD there is
/// none, and .62 is asked. The trivial forecast, as many as in the 39 weeks before, is worse by a third in squared
/// error.
#[test]
fn the_weeks_after_cdnow_s_calibration() {
    for (name, published) in
        [("bg-nbd", Some(0.626)), ("mbg-nbd", None), ("pareto-nbd", Some(0.630))]
    {
        let Some(found) = held_out(name) else { return };
        match published {
            Some(correlation) => close(found.correlation, correlation, 3),
            None => assert!(found.correlation >= 0.62, "{found:?}"),
        }
        assert!(found.covered >= 0.8 && found.covered < 0.95, "{name}: {found:?}");
        let (histories, ahead) = cdnow_held_out().expect("found before");
        let squared = |(it, ahead): (&History, &f64)| (f64::from(it.frequency) - ahead).powi(2);
        let trivial = histories.iter().zip(&ahead).map(squared).sum::<f64>() / ahead.len() as f64;
        assert!(found.squared_error < 0.75 * trivial, "{name}: {found:?} {trivial}");
    }
}

/// As published: all repeat purchases of 78 weeks are underforecast by 4 % (BG/NBD) and 2 % (Pareto/NBD).
#[test]
fn cdnow_s_cumulative_sales() {
    for (name, under) in [("bg-nbd", 0.04), ("pareto-nbd", 0.02)] {
        let Some((histories, ahead)) = cdnow_held_out() else { return };
        let process = process(name).expect("known");
        let found = fit(process, &Histories::new(&histories)).expect("a fit");
        let new = History { frequency: 0, recency: 0.0, age: 0.0 };
        let of = |it: &History| process.expected_if_alive(&found.parameters, &new, it.age + 39.0);
        let expected: f64 = histories.iter().map(of).sum();
        let repeats: f64 = histories.iter().map(|it| f64::from(it.frequency)).sum();
        let actual = repeats + ahead.iter().sum::<f64>();
        let found = 1.0 - expected / actual;
        assert!((found - under).abs() < 0.011, "{name}: under by {found}");
    }
}
