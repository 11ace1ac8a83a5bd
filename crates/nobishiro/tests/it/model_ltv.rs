//! `nobishiro model ltv`: purchases to come, on any file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::support::{Said, data, nobishiro};

struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new(name: &str, text: &str) -> (Self, PathBuf) {
        let it = Self { folder: tempfile::tempdir().expect("a folder") };
        let path = it.path(name);
        std::fs::write(&path, text).expect("written");
        (it, path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Runs the model; `arguments` are split at blanks, FILE stands for the path.
fn run(path: &Path, arguments: &str) -> Said {
    let path = path.display().to_string();
    let words = arguments.split(' ').map(|word| if word == "FILE" { path.as_str() } else { word });
    let all: Vec<&str> = ["model", "ltv", "--format", "json"].into_iter().chain(words).collect();
    nobishiro(&all)
}

fn json(said: Said) -> serde_json::Value {
    serde_json::from_str(&said.ok()).expect("one JSON document")
}

/// Purchases of 300 customers over a year, by a rule that needs no random numbers: most buy a few times and
/// stop, some go on.
fn purchases() -> String {
    let mut text = String::from("顧客 コード,day,paid\n");
    for customer in 0..300_i32 {
        let gap = 7 + (customer * 37) % 40;
        let most = (customer * 13) % 11;
        let start = (customer * 7) % 90;
        for n in 0..=most {
            let day = start + n * gap + (n * n * customer) % 6;
            if day >= 336 {
                break;
            }
            let (month, of_month) = (day / 28 + 1, day % 28 + 1);
            let paid = 10 + (customer * 11) % 50 + (n * 17) % 9;
            writeln!(text, "{customer:03},2024-{month:02}-{of_month:02},{paid}.50").expect("text");
        }
    }
    text
}

const ASKED: &str = "--transactions FILE --date day --amount paid --horizon-days 90";

fn asked(path: &Path, more: &str) -> Said {
    let path = path.display().to_string();
    let words = ASKED.split(' ').map(|word| if word == "FILE" { path.as_str() } else { word });
    let mut all: Vec<&str> = vec!["model", "ltv", "--customer", "顧客 コード", "--format", "json"];
    all.extend(words);
    all.extend(more.split(' ').filter(|word| !word.is_empty()));
    nobishiro(&all)
}

#[test]
fn a_file_nobody_mapped() {
    let (case, path) = Case::new("買い物.csv", &purchases());
    for model in ["auto", "bg-nbd", "mbg-nbd", "pareto-nbd"] {
        let out = case.path("out.csv");
        let more = format!("--model {model} --out {}", out.display());
        let summary = json(asked(&path, &more));
        assert_eq!(summary["verdict"], "fitted", "{summary}");
        assert_eq!(summary["customers"], 300);
        if model != "auto" {
            assert_eq!(summary["model"], model);
        }
        let rows = std::fs::read_to_string(&out).expect("written");
        let mut lines = rows.lines();
        let header = "customer,frequency,recency,age,p_alive,expected_purchases,expected_value,lower,upper,\
                      purchases_lower,purchases_upper";
        assert_eq!(lines.next(), Some(header));
        let first: Vec<&str> = lines.next().expect("300 rows").split(',').collect();
        assert_eq!(first[0], "000", "ids stay as they are written");
        for line in rows.lines().skip(1) {
            let cells: Vec<f64> =
                line.split(',').skip(1).map(|cell| cell.parse().expect("a number")).collect();
            assert!((0.0..=1.0).contains(&cells[3]) && cells[4] >= 0.0, "{line}");
            assert!(cells[6] <= cells[7] && cells[8] <= cells[9], "{line}");
        }
    }
}

#[test]
fn the_same_bytes_as_csv_and_parquet() {
    let (case, path) = Case::new("x.csv", &purchases());
    let written = |name: &str, more: &str| {
        let out = case.path(name);
        asked(&path, &format!("{more} --out {}", out.display())).ok();
        std::fs::read(&out).expect("written")
    };
    assert_eq!(written("a.csv", "--seed 7"), written("b.csv", "--seed 7"));
    assert_eq!(written("a.parquet", ""), written("b.parquet", ""));
}

/// Several rows a day count once; returns are no purchases; what comes after `--until` is left out.
#[test]
fn rows_become_purchase_days() {
    let text = "who,day,paid\n\
                a,2024-01-01,5\na,2024-01-01,6\na,2024-01-15,4\na,2024-01-20,-4\n,2024-01-02,1\n\
                b,2024-01-03,1\nb,,1\nc,2024-09-01,9\nd,2024-01-05,-9\n";
    let (case, path) = Case::new("x.csv", text);
    let out = case.path("out.csv");
    let more = format!(
        "--transactions FILE --customer who --date day --amount paid --horizon-days 30 --until 2024-01-29 --out {}",
        out.display()
    );
    let summary = json(run(&path, &more));
    assert_eq!(summary["verdict"], "refused");
    assert_eq!(summary["why"], "only 1 of 2 customers came back, at least 10 must");
    for (key, count) in [
        ("customers", 2),
        ("rows_after_until_left_out", 1),
        ("rows_without_customer_left_out", 1),
        ("rows_without_date_left_out", 1),
        ("rows_that_are_returns", 2),
        ("customers_with_returns_only_left_out", 1),
    ] {
        assert_eq!(summary[key], count, "{key}: {summary}");
    }
    let rows = std::fs::read_to_string(&out).expect("written");
    assert_eq!(rows.lines().nth(1), Some("a,1,2,4,,,,,"), "no numbers without a fit");
}

#[test]
fn one_time_buyers_only_are_no_lifetime() {
    let mut text = String::from("c,d\n");
    for customer in 0..60 {
        writeln!(text, "{customer},2024-0{}-10", customer % 9 + 1).expect("text");
    }
    let (_case, path) = Case::new("x.csv", &text);
    let summary = json(run(&path, "--transactions FILE --customer c --date d --horizon-days 90"));
    assert_eq!(summary["verdict"], "refused");
    assert_eq!(summary["why"], "none of 60 customers ever came back");
}

#[test]
fn bad_input_is_refused_with_a_way_out() {
    let plain = "--transactions FILE --customer c --date d --horizon-days 90";
    let check = |text: &str, arguments: &str, words: &[&str]| {
        let (_case, path) = Case::new("x.csv", text);
        run(&path, arguments).fails(words);
    };
    check(
        "custmer,d\n1,2024-01-01\n",
        "--transactions FILE --customer customer --date d --horizon-days 9",
        &["no column `customer`", "Did you mean `custmer`"],
    );
    check("c,d\n1,soon\n2,2024-01-01\n", plain, &["x.csv, line 2", "`d` should be a date", "soon"]);
    check("c,d\n,2024-01-01\n,2024-01-02\n", plain, &["`c` is empty in every row"]);
    check("c,d\n1,\n2,\n", plain, &["`d` is empty in every row"]);
    check(
        "c,d\n1,2024-01-01\n",
        &format!("{plain} --until 2023-01-01"),
        &["every row is after --until"],
    );
    check("c,d\n1,2024-01-01\n", &format!("{plain} --until soon"), &["--until should be a date"]);
    check("c,d\n1,2024-01-01\n", &format!("{plain} --model bgnbd"), &["there are auto, bg-nbd"]);
    check(
        "c,d,p\n1,2024-01-01,-3\n2,2024-01-02,-4\n",
        &format!("{plain} --amount p"),
        &["turn the sign"],
    );
    check(
        "c,d,p\n1,2024-01-01,free\n",
        &format!("{plain} --amount p"),
        &["line 2", "`p` should be a number"],
    );
    let zero = "--transactions FILE --customer c --date d --horizon-days 0";
    check("c,d\n1,2024-01-01\n", zero, &["--horizon-days"]);
}

#[test]
fn a_summary_by_the_papers_names() {
    let mut text = String::from("ID,x,t_x,T,zbar\n");
    for customer in 0..200 {
        let x = (customer * 7) % 6;
        let age = 30.0 + f64::from(customer % 9);
        let recency = if x == 0 { 0.0 } else { age * f64::from(1 + customer % 8) / 10.0 };
        let zbar = if x == 0 { 0.0 } else { 20.0 + f64::from((customer * 31) % 40) };
        writeln!(text, "{customer},{x},{recency},{age},{zbar}").expect("text");
    }
    let (case, path) = Case::new("x.csv", &text);
    let out = case.path("out.csv");
    let more = format!("--summary FILE --horizon-days 90 --model bg-nbd --out {}", out.display());
    let summary = json(run(&path, &more));
    assert_eq!(summary["verdict"], "fitted", "{summary}");
    assert_eq!(summary["amounts"]["model"], "gamma-gamma", "{summary}");
    assert_eq!(std::fs::read_to_string(&out).expect("written").lines().count(), 201);

    let check = |text: &str, words: &[&str]| {
        let (_case, path) = Case::new("x.csv", text);
        run(&path, "--summary FILE --horizon-days 90").fails(words);
    };
    check("id,x,t_x,T\n1,1,9,5\n", &["line 2", "recency is beyond the age"]);
    check("id,x,t_x,T\n1,1,2,5\n2,1,2,-5\n", &["line 3", "the age is not"]);
    check("id,x,t_x,T\n1,1.5,2,5\n", &["line 2", "whole number"]);
    check("id,x,t_x,T\n1,,2,5\n", &["line 2", "`x` is empty"]);
    check("id,x,t_x\n1,1,2\n", &["no column for the age", "call it age or T"]);
}

/// One price for all is no model of amounts, but a price.
#[test]
fn constant_spend_is_said() {
    let text = purchases();
    let constant: String = text
        .lines()
        .map(|line| match line.rsplit_once(',') {
            Some((rest, "paid")) => format!("{rest},paid\n"),
            Some((rest, _)) => format!("{rest},980\n"),
            None => String::new(),
        })
        .collect();
    let (_case, path) = Case::new("x.csv", &constant);
    let summary = json(asked(&path, ""));
    assert!(
        summary["amounts"]["why"].as_str().is_some_and(|it| it.contains("costs the same, 980"))
    );
    let total = |key: &str| summary[key].as_f64().expect("a number");
    let (value, purchases) = (total("expected_value_total"), total("expected_purchases_total"));
    assert!((value / purchases - 980.0).abs() < 1e-6);
}

/// Gifts of 400 donors over eight years of 365 days, by a rule that needs no random numbers: some give every year, some
/// now and then, some stop.
fn gifts() -> String {
    let mut text = String::from("ドナー,day,paid\n");
    for donor in 0..400_i32 {
        let (start, most, every) = (donor % 2, 1 + (donor * 13) % 8, 1 + (donor * 7) % 3);
        for year in (start..8).filter(|year| (year - start) % every == 0 && year - start < most) {
            // Twice in some years: a year counts once.
            for again in 0..=(donor + year) % 2 {
                let day = 30 + (donor * 3 + again * 40) % 300;
                let (month, of_month) = (day / 30 + 1, day % 28 + 1);
                let paid = 20 + (donor * 11) % 50;
                writeln!(text, "{donor:03},{}-{month:02}-{of_month:02},{paid}", 2017 + year)
                    .expect("text");
            }
        }
    }
    text
}

fn gifts_asked(path: &Path, more: &str) -> Said {
    let more = format!(
        "--transactions FILE --customer ドナー --date day --model bg-bb --until 2024-12-31 {more}"
    );
    run(path, more.trim())
}

#[test]
fn gifts_by_the_year() {
    let (case, path) = Case::new("寄付.csv", &gifts());
    let out = case.path("out.csv");
    let more =
        format!("--period-days 365 --horizon-days 1095 --amount paid --out {}", out.display());
    let summary = json(gifts_asked(&path, &more));
    assert_eq!((&summary["verdict"], &summary["model"]), (&"fitted".into(), &"bg-bb".into()));
    assert_eq!((&summary["customers"], &summary["horizon_periods"]), (&400.into(), &3.into()));
    for name in ["alpha", "beta", "gamma", "delta"] {
        assert!(summary["parameters"][name].as_f64().is_some_and(|it| it > 0.0), "{summary}");
    }
    assert!(summary["log_likelihood"].as_f64().is_some_and(|it| it < 0.0));
    let held_out = summary["held_out"].as_array().expect("a trial");
    assert_eq!((held_out.len(), &summary["held_out_periods"]), (2, &3.into()), "{summary}");
    let rows = std::fs::read_to_string(&out).expect("written");
    let mut lines = rows.lines();
    let header = "customer,frequency,recency,age,p_alive,expected_purchases,expected_value,lower,upper,\
                  purchases_lower,purchases_upper";
    assert_eq!(lines.next(), Some(header));
    let mut total = 0.0;
    for line in lines {
        let cells: Vec<f64> =
            line.split(',').skip(1).map(|cell| cell.parse().expect("a number")).collect();
        let [frequency, recency, age] = [cells[0], cells[1], cells[2]];
        assert!(frequency <= recency && recency <= age && age <= 7.0, "{line}");
        assert!((0.0..=1.0).contains(&cells[3]) && (0.0..=3.0).contains(&cells[4]), "{line}");
        assert!(cells[6] <= cells[7] && cells[8] <= cells[9] && cells[9] <= 3.0, "{line}");
        total += cells[4];
    }
    let said = summary["expected_purchases_total"].as_f64().expect("a number");
    assert!((said - total).abs() < 1e-6 * total, "{said} {total}");
    // 007 began in the second of eight years, may give in six more, and gave in the first four of them.
    assert!(rows.contains("\n007,"), "ids stay as they are written");

    let bytes = |name: &str| {
        let out = case.path(name);
        let more = format!("--period-days 365 --horizon-days 365 --out {}", out.display());
        gifts_asked(&path, &more).ok();
        std::fs::read(&out).expect("written")
    };
    assert_eq!(bytes("a.csv"), bytes("b.csv"));
    assert_eq!(bytes("a.parquet"), bytes("b.parquet"));
}

#[test]
fn periods_are_told_how_to_be_given() {
    let check = |more: &str, words: &[&str]| {
        let (_case, path) = Case::new("x.csv", &gifts());
        gifts_asked(&path, more).fails(words);
    };
    check("--horizon-days 365", &["bg-bb wants --period-days", "yearly donations"]);
    check(
        "--horizon-days 400 --period-days 365",
        &["no multiple of --period-days 365", "365 or 730"],
    );
    check("--horizon-days 30 --period-days 365", &["no multiple", "365 or 730 days"]);
    check("--horizon-days 365 --period-days 0", &["--period-days is from 1"]);
    check("--horizon-days 2 --period-days 1", &["periods of 1 days", "take longer periods"]);
    let (_case, path) = Case::new("x.csv", &gifts());
    let other =
        "--transactions FILE --customer ドナー --date day --horizon-days 365 --period-days 365";
    run(&path, other).fails(&["--period-days is for --model bg-bb"]);
    // Nobody comes back in another period of eight years.
    let summary = json(gifts_asked(&path, "--period-days 3650 --horizon-days 3650"));
    assert_eq!(summary["verdict"], "refused");
    let why = summary["why"].as_str().expect("a reason");
    assert!(why.starts_with("no customer has had a whole period"), "{why}");
}

#[test]
fn histories_counted_in_periods() {
    let text = "x,t_x,n,customers\n0,0,4,300\n1,1,4,60\n1,2,4,30\n1,4,4,20\n2,2,4,50\n2,4,4,40\n3,4,4,50\n4,4,4,90\n";
    let (case, path) = Case::new("x.csv", text);
    let out = case.path("out.csv");
    let asked = "--summary FILE --model bg-bb --period-days 365 --horizon-days 730";
    let summary = json(run(&path, &format!("{asked} --out {}", out.display())));
    assert_eq!((&summary["verdict"], &summary["customers"]), (&"fitted".into(), &640.into()));
    assert_eq!(summary["repeat_purchases"], 60 + 30 + 20 + 100 + 80 + 150 + 360);
    let rows = std::fs::read_to_string(&out).expect("written");
    let expected: f64 = rows
        .lines()
        .skip(1)
        .zip([300.0, 60.0, 30.0, 20.0, 50.0, 40.0, 50.0, 90.0])
        .map(|(line, customers)| {
            customers
                * line.split(',').nth(5).and_then(|it| it.parse::<f64>().ok()).expect("a number")
        })
        .sum();
    let said = summary["expected_purchases_total"].as_f64().expect("a number");
    assert!((said - expected).abs() < 1e-6 * expected, "{said} {expected}");

    let check = |text: &str, words: &[&str]| {
        let (_case, path) = Case::new("x.csv", text);
        run(&path, asked).fails(words);
    };
    check("id,x,t_x,n\n1,1,9,5\n", &["line 2", "recency is beyond the periods"]);
    check("id,x,t_x,n\n1,3,2,5\n", &["line 2", "a period counts once"]);
    check("id,x,t_x,n\n1,1,2,5\n2,0,2,5\n", &["line 3", "no repeat purchase"]);
    check("id,x,t_x,n\n1,1,2.5,5\n", &["line 2", "whole number of periods"]);
    check("id,x,t_x,n\n1,1,2,-5\n", &["line 2", "`n` should be a whole number"]);
    check(
        "id,x,t_x,n,customers\n1,1,2,5,0\n",
        &["line 2", "number of customers is not above zero"],
    );
    check("id,x,t_x\n1,1,2\n", &["no column for the number of periods", "periods or n"]);
}

/// The donors through the command line: the published parameters, to the printed digits.
#[test]
fn donations_as_published() {
    let Some(folder) = data("cdnow") else { return };
    let path = folder.join("donations.csv");
    let asked = "--summary FILE --model bg-bb --period-days 365 --horizon-days 1825";
    let summary = json(run(&path, asked));
    assert_eq!(summary["customers"], 11_104);
    let near = |path: &[&str], printed: f64, off: f64| {
        let value = path.iter().fold(&summary, |at, key| &at[key]).as_f64().expect("a number");
        assert!((value - printed).abs() < off, "{path:?} {value}");
    };
    for (name, printed) in [("alpha", 1.204), ("beta", 0.750), ("gamma", 0.657), ("delta", 2.783)] {
        near(&["parameters", name], printed, 6e-4);
    }
    near(&["log_likelihood"], -33225.58, 6e-3);
}

/// CDNOW through the command line: the published parameters, to the printed digits.
#[test]
fn cdnow_as_published() {
    let Some(folder) = data("cdnow") else { return };
    let path = folder.join("cdnow_customers_summary_with_transactions.csv");
    let summary = json(run(&path, "--summary FILE --horizon-days 273 --model bg-nbd"));
    let near = |path: &[&str], printed: f64, off: f64| {
        let value = path.iter().fold(&summary, |at, key| &at[key]).as_f64().expect("a number");
        assert!((value - printed).abs() < off, "{path:?} {value}");
    };
    near(&["parameters", "r"], 0.243, 6e-4);
    near(&["parameters", "alpha"], 4.414, 6e-4);
    near(&["parameters", "a"], 0.793, 6e-4);
    near(&["parameters", "b"], 2.426, 6e-4);
    near(&["log_likelihood"], -9582.429, 6e-4);
    near(&["amounts", "parameters", "p"], 6.25, 6e-3);
}
