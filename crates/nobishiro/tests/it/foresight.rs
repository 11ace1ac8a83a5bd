//! What the night foresees: the day on which a limit is reached (S36, S45), and who has fallen silent (S47); and what
//! it makes of both on the account's page (S34).

use std::collections::BTreeSet;
use std::fmt::Write;

use domain::time::{Day, Days, Months};

use super::support::{Database, Workspace};

const DAY: &str = "2026-03-12";

fn day(text: &str) -> Day {
    Day::parse_iso(text).expect("a day")
}

/// People who use the service on a day: they become more, and most in summer.
fn users(account: i32, on: Day) -> f64 {
    let months = f64::from(on.since(day("2023-04-01")).0) / 30.44;
    let season = (std::f64::consts::TAU * f64::from(on.since(day("2023-04-15")).0) / 365.25).sin();
    60.0 + f64::from(account % 7) + (0.8 + 0.05 * f64::from(account % 5)) * months + 7.0 * season
}

/// Forty customers with 100 seats each, read on the first of every month for three years.
fn seats() -> Workspace {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let mut accounts = String::from("account_id,name\n");
    let mut contracts =
        String::from("subscription_id,account_id,product_id,started_on,seats,mrr\n");
    let mut usage = String::from("account_id,metric,at,value\n");
    for account in 0..40 {
        let _ = writeln!(accounts, "A{account:02},Company {account}");
        let _ = writeln!(contracts, "S{account:02},A{account:02},STD,2023-04-01,100,1000");
        for month in 0..36 {
            let on = day("2023-04-01").plus_months(Months(month));
            let noise = f64::from((account * 13 + month * 29) % 7 - 3) * 0.4;
            let _ = writeln!(usage, "A{account:02},users,{on},{:.1}", users(account, on) + noise);
        }
    }
    let products =
        "product_id,name,kind,line,tier,price,price_unit\nSTD,Standard,plan,L,1,10,seat_month\n";
    for (name, text) in [
        ("accounts.csv", accounts.as_str()),
        ("products.csv", products),
        ("subscriptions.csv", &contracts),
        ("usage.csv", &usage),
    ] {
        let file = workspace.file(name, text);
        workspace.ingest(None, &[&file]).ok();
    }
    workspace
}

/// The range of `2026年6月上旬〜8月下旬`, from its first day to its last.
fn range(text: &str) -> (Day, Day) {
    let (from, until) = text.split_once('〜').unwrap_or((text, text));
    let mut known = (0_i16, 0_i8);
    let mut third = |text: &str| {
        let mut rest = text;
        if let Some((year, after)) = rest.split_once('年') {
            (known.0, rest) = (year.parse().expect("a year"), after);
        }
        if let Some((month, after)) = rest.split_once('月') {
            (known.1, rest) = (month.parse().expect("a month"), after);
        }
        let first = |of_month| Day::from_ymd(known.0, known.1, of_month).expect("a day");
        match rest {
            "上旬" => (first(1), first(10)),
            "中旬" => (first(11), first(20)),
            "下旬" => (first(21), first(1).plus_months(Months(1)).plus(Days(-1))),
            other => panic!("no third of a month: {other}"),
        }
    };
    let (first, last) = (third(from).0, third(until).1);
    assert!(first <= last, "{text}");
    (first, last)
}

#[test]
fn s36_a_seasonal_rise_reaches_the_limit_within_the_range_that_is_told() {
    let workspace = seats();
    workspace.run(&["run", "--as-of", DAY]).ok();
    let plays = workspace.run(&["plays", "--format", "json", "--lang", "ja"]).ok();
    let plays: Vec<serde_json::Value> = serde_json::from_str(&plays).expect("a list");
    let (mut told, mut right) = (BTreeSet::new(), 0);
    for play in &plays {
        let (id, why) = (play["account_id"].as_str(), play["why_now"].as_str());
        let (id, why) = (id.expect("an id"), why.expect("words"));
        let Some((_, after)) = why.split_once("上限に達するのは") else { continue };
        let (text, _) = after.split_once('(').expect("a median follows");
        if !told.insert(id) {
            continue;
        }
        // What the night said is found again from the run's files.
        if told.len() == 1 {
            let play = play["play_id"].as_str().expect("an id");
            let again = workspace.run(&["explain", play, "--lang", "ja"]).ok();
            assert!(again.contains(text), "{text} is not in {again}");
        }
        let (from, until) = range(text);
        let account: i32 = id[1..].parse().expect("a number");
        let mut days = (0..400).map(|ahead| day(DAY).plus(Days(ahead)));
        let truly = days.find(|on| users(account, *on) >= 100.0);
        right += usize::from(truly.is_some_and(|on| (from..=until).contains(&on)));
        // No day beyond a year from the last reading, by ten days.
        assert!(until <= day("2027-03-10"), "{why}");
    }
    let told = told.len();
    assert!(told >= 20, "{told} of 40 were told a range");
    assert!(10 * right >= 7 * told, "{right} of {told} ranges hold the day");
}

/// Sixty customers who order every month, one of them silent for 120 days; six who order once a year, and four who
/// ordered once, two of them two years ago.
fn shop() -> Workspace {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let mut orders = String::from("order_id,account_id,ordered_at,product_id,quantity,amount\n");
    let mut number = 0;
    let mut order = |account: &str, ago: i32| {
        number += 1;
        let on = day(DAY).plus(Days(-ago));
        let _ = writeln!(orders, "O{number:04},{account},{on},P{},1,100", number % 3);
    };
    for monthly in 0..60 {
        let silent = if monthly == 0 { 120 } else { 3 + monthly % 25 };
        for back in 0..14 {
            let jitter = if back > 0 { (monthly + back * 3) % 7 - 3 } else { 0 };
            order(&format!("M{monthly:02}"), silent + 30 * back + jitter);
        }
    }
    for yearly in 0..6 {
        for back in 0..4 {
            order(&format!("Y{yearly}"), 120 + yearly * 30 + 365 * back);
        }
    }
    for (once, ago) in [(0, 700), (1, 650), (2, 10), (3, 2)] {
        order(&format!("E{once}"), ago);
    }
    let products =
        "product_id,name,kind,price\nP0,Pens,item,100\nP1,Paper,item,100\nP2,Ink,item,100\n";
    for (name, text) in [("products.csv", products), ("orders.csv", orders.as_str())] {
        let file = workspace.file(name, text);
        workspace.ingest(None, &[&file]).ok();
    }
    workspace
}

#[test]
fn s47_silence_is_measured_by_the_customer_s_own_rhythm() {
    let workspace = shop();
    workspace.run(&["run", "--as-of", DAY]).ok();
    let care = |account: &str| {
        workspace.run(&["explain", account, "--offer", "care", "--lang", "en"]).ok()
    };
    let silent = care("M00");
    assert!(
        silent.contains("nothing for 120 days since the last order on 12 Nov 2025"),
        "{silent}"
    );
    assert!(silent.contains("Usually orders every 3"), "{silent}");
    for account in ["Y0", "Y5", "M01", "M20", "E2", "E3"] {
        let said = care(account);
        assert!(said.contains("not dormant"), "{account}: {said}");
    }
    // A model alone calls who bought once alive for ever.
    let once = care("E0");
    assert!(once.contains("nothing for 700 days"), "{once}");
    assert!(!once.contains("Chance that it still buys"), "{once}");
}
