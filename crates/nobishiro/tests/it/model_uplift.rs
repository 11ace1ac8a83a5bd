//! `nobishiro model uplift` on made-up files: what it says, and what it refuses.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::support::{Files, Said, json, nobishiro, noise};

/// One of three by position, without pattern.
fn pick(words: [&'static str; 3], at: u64) -> &'static str {
    match noise(at) {
        low if low < 1.0 / 3.0 => words[0],
        middle if middle < 2.0 / 3.0 => words[1],
        _ => words[2],
    }
}

impl Files {
    /// A trial with ids like 007, a column with a Japanese name, days and gaps; the effect is by segment and seats.
    fn trial(&self, name: &str, rows: u64, arm: impl Fn(u64) -> &'static str) -> PathBuf {
        let mut text = "顧客 ID,業種,Seats in use,since,DM,bought\n".to_owned();
        for row in 0..rows {
            let trade = pick(["製造", "小売", "IT"], row * 7);
            let seats = (noise(row * 7 + 1) * 100.0).floor();
            let day = format!("2025/{:02}/{:02}", row % 12 + 1, row % 28 + 1);
            let treated = arm(row);
            let effect = if trade == "製造" { 0.5 } else { -0.25 };
            let p = 0.3 + seats / 500.0 + if treated == "あり" { effect } else { 0.0 };
            let bought = if noise(row * 7 + 2) < p { "yes" } else { "no" };
            let seats = if row % 11 == 3 { "n/a".to_owned() } else { seats.to_string() };
            let _ = writeln!(text, "{row:05},{trade},{seats},{day},{treated},{bought}");
        }
        self.write(name, &text)
    }
}

fn run(train: &Path, score: &Path, more: &[&str]) -> Said {
    let (train, score) = (train.display().to_string(), score.display().to_string());
    let mut args = vec!["model", "uplift", "--train", &train, "--score", &score];
    args.extend(["--outcome", "bought", "--treatment", "DM"]);
    if !more.contains(&"--method") {
        // One method is enough for what is said, and quick.
        args.extend(["--method", "r-linear"]);
    }
    args.extend(more);
    nobishiro(&args)
}

fn at_random(row: u64) -> &'static str {
    if noise(row * 7 + 3) < 0.5 { "あり" } else { "なし" }
}

#[test]
fn effects_of_a_random_treatment() {
    let files = Files::new();
    let train = files.trial("train.csv", 1500, at_random);
    let out = files.path("out.csv");
    let args = ["--id", "顧客 ID", "--format", "json", "--out", &out.display().to_string()];
    let said = json(&run(&train, &train, &args).ok());
    assert_eq!(said["verdict"], "heterogeneous", "{said}");
    assert_eq!(said["treated_value"], "あり");
    assert_eq!(said["outcome_counted_as_1"], "yes");
    assert_eq!(said["rows"], 1500);
    let qini = |key: &str| said["qini"][key].as_f64().expect("a number");
    assert!(qini("lower") > 0.0 && qini("lower") < qini("value") && qini("value") < qini("upper"));
    assert!(said["randomised"]["lower"].as_f64().expect("a number") <= 0.5);
    assert!(said["methods"].as_array().expect("rows").len() >= 2);
    let text = std::fs::read_to_string(&out).expect("written");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "id,uplift,p_treated,p_control,segment");
    assert_eq!(lines.len(), 1501);
    assert!(lines[8].starts_with("00007,"), "{}", lines[8]);
    let trained = std::fs::read_to_string(&train).expect("there");
    let makers = trained.lines().zip(&lines).filter(|(row, _)| row.contains("製造"));
    let makers: Vec<&str> = makers.map(|(_, said)| *said).collect();
    let persuadable = makers.iter().filter(|said| said.ends_with(",persuadable")).count();
    assert!(persuadable * 10 > makers.len() * 9, "{persuadable} of {}", makers.len());
    assert!(lines.iter().filter(|said| said.ends_with(",sleeping dog")).count() > 500);
}

#[test]
fn the_same_seed_gives_the_same_bytes_as_csv_and_parquet() {
    let files = Files::new();
    let train = files.trial("train.csv", 400, at_random);
    let write = |name: &str, seed: &str| {
        let out = files.path(name);
        run(&train, &train, &["--seed", seed, "--out", &out.display().to_string()]).ok();
        std::fs::read(out).expect("written")
    };
    assert_eq!(write("a.csv", "5"), write("b.csv", "5"));
    assert_eq!(write("a.parquet", "5"), write("b.parquet", "5"));
    let from_parquet = files.path("a.parquet");
    assert!(std::fs::read(from_parquet).expect("there").starts_with(b"PAR1"));
}

#[test]
fn one_effect_for_all_is_said() {
    let files = Files::new();
    let mut text = "x,y,group,spend\n".to_owned();
    for row in 0..600_u64 {
        let treated = noise(row * 5) < 0.5;
        let spend = 100.0 + 50.0 * noise(row * 5 + 1) + if treated { 10.0 } else { 0.0 };
        let (x, y) = (noise(row * 5 + 2), noise(row * 5 + 3));
        let group = if treated { "mail" } else { "control" };
        let _ = writeln!(text, "{x},{y},{group},{spend}");
    }
    let train = files.write("t.csv", &text).display().to_string();
    let out = files.path("o.csv").display().to_string();
    let said = nobishiro(&[
        "model",
        "uplift",
        "--train",
        &train,
        "--score",
        &train,
        "--treatment",
        "group",
        "--outcome",
        "spend",
        "--method",
        "r-linear",
        "--format",
        "json",
        "--out",
        &out,
    ]);
    let said = json(&said.ok());
    assert_eq!(said["verdict"], "constant", "{said}");
    let text = std::fs::read_to_string(out).expect("written");
    let effects: Vec<f64> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).expect("a cell").parse().expect("a number"))
        .collect();
    assert!(effects.iter().all(|it| (it - effects[0]).abs() < 1e-6 && (7.0..13.0).contains(it)));
}

#[test]
fn a_chosen_treatment_is_not_causal_until_adjusted() {
    let files = Files::new();
    let chosen = |row: u64| {
        let seats = noise(row * 7 + 1);
        if noise(row * 7 + 3) < 0.2 + 0.6 * seats { "あり" } else { "なし" }
    };
    let train = files.trial("train.csv", 1200, chosen);
    let said = json(&run(&train, &train, &["--format", "json"]).ok());
    assert_eq!(said["verdict"], "not causal", "{said}");
    assert_eq!(said["average_effect"]["adjusted"], true);
    assert!(said["randomised"]["overlap"].as_f64().expect("a number") > 0.8);
    let said = json(&run(&train, &train, &["--format", "json", "--adjust"]).ok());
    assert_eq!(said["verdict"], "heterogeneous", "{said}");
}

#[test]
fn bad_input_is_refused_with_the_way_to_mend_it() {
    let files = Files::new();
    let good = files.trial("good.csv", 300, at_random);
    let refuse = |train: &Path, score: &Path, more: &[&str], words: &[&str]| {
        run(train, score, more).fails(words);
    };
    refuse(&good, &good, &["--ignore", "Seats"], &["good.csv has no column `Seats`"]);
    refuse(&good, &good, &["--id", "customer"], &["no column `customer`"]);
    refuse(&good, &good, &["--treated", "maybe"], &["--treated", "never `maybe`", "あり"]);
    refuse(&good, &good, &["--method", "magic"], &["no method `magic`", "x-boosted"]);
    let score = files.write("score.csv", "業種,since\n製造,2025/01/01\n");
    refuse(&good, &score, &[], &["score.csv has no column", "Seats in use", "--ignore"]);
    let one = files.trial("one.csv", 300, |_| "あり");
    refuse(&one, &one, &[], &["everywhere", "without the treatment"]);
    let three = files
        .trial("three.csv", 300, |row| ["A", "B", "C"][usize::try_from(row % 3).expect("below 3")]);
    refuse(&three, &three, &[], &["`DM` is `A` (100 rows)", "--treated"]);
    let few = files.trial("few.csv", 90, at_random);
    refuse(&few, &few, &[], &["at least 50", "few.csv"]);
    let all = |word: &str| {
        let text = std::fs::read_to_string(&good).expect("there");
        text.replace(",yes\n", &format!(",{word}\n")).replace(",no\n", &format!(",{word}\n"))
    };
    let same = files.write("same.csv", &all("1"));
    refuse(&same, &same, &[], &["all outcomes are 1"]);
    let empty = files.write("empty.csv", &all(""));
    refuse(&empty, &empty, &[], &["`bought` is empty"]);
    let words = std::fs::read_to_string(&good).expect("there").replace(",yes\n", ",perhaps\n");
    let words = files.write("words.csv", &words.replace(",no\n", ",later\n"));
    refuse(&words, &words, &[], &["`perhaps`", "write 1 and 0"]);
    let header = files.write("header.csv", "業種,DM,bought\n");
    refuse(&header, &header, &[], &["no rows"]);
}
