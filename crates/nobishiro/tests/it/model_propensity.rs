//! `nobishiro model propensity` on made-up files: what it says, and what it refuses.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::support::{Files, Said, json, nobishiro, noise};

impl Files {
    /// Customers with ids like 00007, a column with a blank and one with a Japanese name, days and gaps; who has many
    /// seats of the basic plan buys, in these words.
    fn customers(&self, name: &str, rows: u64, words: [&str; 2]) -> PathBuf {
        let mut text = "顧客 ID,プラン,Seats in use,since,memo,bought\n".to_owned();
        for row in 0..rows {
            let plan = ["Basic", "Pro", "無料"]
                [usize::from(noise(row * 7) > 1.0 / 3.0) + usize::from(noise(row * 7) > 2.0 / 3.0)];
            let seats = (noise(row * 7 + 1) * 100.0).floor();
            let day = format!("2025/{:02}/{:02}", row % 12 + 1, row % 28 + 1);
            let p = if plan == "Basic" { 0.2 + seats / 140.0 } else { 0.1 };
            let word = words[usize::from(noise(row * 7 + 2) < p)];
            let seats = if row % 11 == 3 { "n/a".to_owned() } else { seats.to_string() };
            let _ = writeln!(text, "{row:05},{plan},{seats},{day},memo {row},{word}");
        }
        self.write(name, &text)
    }
}

fn run(train: &Path, score: &Path, more: &[&str]) -> Said {
    let (train, score) = (train.display().to_string(), score.display().to_string());
    let mut args = vec!["model", "propensity", "--train", &train, "--score", &score];
    args.extend(["--target", "bought"]);
    args.extend(more);
    nobishiro(&args)
}

#[test]
fn who_buys_and_why() {
    let files = Files::new();
    let train = files.customers("train.csv", 600, ["いいえ", "はい"]);
    let score = "プラン,since,Seats in use,顧客 ID\nBasic,2025-03-01,95,007\n無料,2025-03-01,95,008\n\
                 Enterprise,,,009\n";
    let score = files.write("score.csv", score);
    let out = files.path("out.csv");
    let args = ["--id", "顧客 ID", "--format", "json", "--out", &out.display().to_string()];
    let said = json(&run(&train, &score, &args).ok());
    assert_eq!(said["verdict"], "signal", "{said}");
    assert_eq!((&said["positive_value"], &said["rows"]), (&"はい".into(), &600.into()));
    let auc = |key: &str| said["cv_auc"][key].as_f64().expect("a number");
    assert!(0.5 < auc("lower") && auc("lower") < auc("value") && auc("value") < auc("upper"));
    assert!(said["calibration"]["slope"].as_f64().expect("a number") > 0.5);
    let left: Vec<&str> = said["columns_left_out"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| row["column"].as_str())
        .collect();
    assert_eq!(left, ["memo"]);
    let methods = said["methods"].as_array().expect("rows");
    let weights = methods.iter().filter_map(|row| row["weight"].as_f64()).sum::<f64>();
    assert!(methods.len() >= 4 && (weights - 1.0).abs() < 1e-9);
    let text = std::fs::read_to_string(&out).expect("written");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines.len()), ("id,probability,reasons", 4));
    let p = |line: usize| -> f64 {
        lines[line].split(',').nth(1).expect("a cell").parse().expect("a number")
    };
    assert!(p(1) > 0.5 && p(2) < 0.3 && p(3) > 0.0 && p(3) < 1.0, "{text}");
    assert!(lines[1].starts_with("007,") && lines[1].contains("プラン=Basic +"), "{text}");
}

#[test]
fn the_same_seed_gives_the_same_bytes_as_csv_and_parquet() {
    let files = Files::new();
    let train = files.customers("train.csv", 300, ["no", "yes"]);
    let write = |name: &str, seed: &str| {
        let out = files.path(name);
        run(&train, &train, &["--seed", seed, "--out", &out.display().to_string()]).ok();
        std::fs::read(out).expect("written")
    };
    assert_eq!(write("a.csv", "5"), write("b.csv", "5"));
    assert_ne!(write("a.csv", "5"), write("c.csv", "6"));
    assert_eq!(write("a.parquet", "5"), write("b.parquet", "5"));
}

#[test]
fn a_history_that_explains_nothing_is_told_so() {
    let files = Files::new();
    let mut text = "x,kind,bought\n".to_owned();
    for row in 0..200_u64 {
        let kind = ["a", "b"][usize::from(noise(row * 3) >= 0.5)];
        let bought = u8::from(noise(row * 3 + 1) < 0.3);
        let _ = writeln!(text, "{:.4},{kind},{bought}", noise(row * 3 + 2));
    }
    let train = files.write("t.csv", &text);
    let out = files.path("o.csv");
    let args = ["--format", "json", "--out", &out.display().to_string()];
    let said = json(&run(&train, &train, &args).ok());
    assert_eq!(said["verdict"], "no signal", "{said}");
    let rate = said["base_rate"].as_f64().expect("a number").to_string();
    let text = std::fs::read_to_string(out).expect("written");
    assert!(text.lines().skip(1).all(|line| line.split(',').nth(1) == Some(&rate)), "{text}");
}

#[test]
fn fifty_rows_and_a_leak() {
    let files = Files::new();
    let train = files.customers("train.csv", 50, ["0", "1"]);
    let text = std::fs::read_to_string(&train).expect("there");
    let leaking: Vec<String> = text
        .lines()
        .map(|line| match line.rsplit(',').next() {
            Some("1") => format!("{line},900"),
            Some("0") => format!("{line},20"),
            _ => format!("{line},call seconds"),
        })
        .collect();
    let train = files.write("leak.csv", &leaking.join("\n"));
    let said = json(&run(&train, &train, &["--format", "json"]).ok());
    assert_eq!(said["verdict"], "signal", "{said}");
    let hint = said["hints"][0].as_str().expect("a hint");
    assert!(hint.contains("`call seconds`") && hint.contains("--ignore"), "{hint}");
    let said = run(&train, &train, &["--format", "json", "--ignore", "call seconds"]).ok();
    assert!(!said.contains("call seconds"), "{said}");
}

#[test]
fn bad_input_is_refused_with_the_way_to_mend_it() {
    let files = Files::new();
    let good = files.customers("good.csv", 60, ["no", "yes"]);
    let refuse = |train: &Path, score: &Path, more: &[&str], words: &[&str]| {
        run(train, score, more).fails(words);
    };
    refuse(&good, &good, &["--ignore", "Seats"], &["good.csv has no column `Seats`"]);
    refuse(&good, &good, &["--id", "customer"], &["no column `customer`"]);
    refuse(&good, &good, &["--positive", "maybe"], &["never `maybe`", "`yes`"]);
    let score = files.write("score.csv", "プラン,since\nPro,2025/01/01\n");
    refuse(&good, &score, &[], &["score.csv has no column", "Seats in use", "--ignore"]);
    let same = files.customers("same.csv", 60, ["yes", "yes"]);
    refuse(&same, &same, &[], &["`bought` is `yes` (60 rows) everywhere"]);
    let empty = files.customers("empty.csv", 60, ["", ""]);
    refuse(&empty, &empty, &[], &["`bought` is empty in all rows"]);
    let text = std::fs::read_to_string(&good).expect("there");
    let third = files.write("third.csv", &text.replacen(",no\n", ",perhaps\n", 3));
    refuse(&third, &third, &[], &["3 different values", "`perhaps` (3 rows)"]);
    let lonely = text.replace(",yes\n", ",no\n").replacen(",no\n", ",yes\n", 1);
    let lonely = files.write("lonely.csv", &lonely);
    refuse(&lonely, &lonely, &[], &["1 ones and 59 zeros", "lonely.csv"]);
    let bare = files.write("bare.csv", "bought,k\nyes,1\nno,1\nyes,1\nno,1\n");
    refuse(&bare, &bare, &[], &["no column to learn from", "`k`"]);
    let words = files.write("words.csv", &text.replacen(",2025/01/01,", ",soon,", 1));
    refuse(&good, &words, &[], &["words.csv, line 2", "`since` should be a date", "`soon`"]);
    let header = files.write("header.csv", "プラン,bought\n");
    refuse(&header, &header, &[], &["no rows"]);
}
