//! `nobishiro model ope` on made-up logs: what it answers, what it refuses, and what it will not read.

use std::path::{Path, PathBuf};

use super::support::{Said, nobishiro};

/// Numbers that look drawn and are the same every time (Knuth 1998, vol. 2, 3.3.4, table 1, line 26).
struct Draw(u64);

impl Draw {
    fn unit(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1_u32 << 31)
    }
}

const ACTIONS: [&str; 3] = ["007", "値引き", "trial offer"];
const LOGGED: [f64; 3] = [0.5, 0.3, 0.2];
const CHANCES: [f64; 3] = [0.1, 0.2, 0.4];

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    /// A log of so many rows with unusual column names.
    fn log(&self, rows: usize) -> PathBuf {
        let mut draw = Draw(3);
        let mut text = "when,offer made,反応,chance of it,segment\n".to_owned();
        for row in 0..rows {
            let (at, action) = (draw.unit(), draw.unit());
            let action = if action < 0.5 { 0 } else { 1 + usize::from(action >= 0.8) };
            let reward = u8::from(draw.unit() < CHANCES[action]);
            let segment = if at < 0.4 { "small" } else { "" };
            let (name, chance) = (ACTIONS[action], LOGGED[action]);
            text.push_str(&format!(
                "2024-01-{:02},{name},{reward},{chance},{segment}\n",
                row % 28 + 1
            ));
        }
        self.file("log.csv", &text)
    }

    fn target(&self, shares: [f64; 3]) -> PathBuf {
        let mut text = "action,probability\n".to_owned();
        for (action, share) in ACTIONS.iter().zip(shares) {
            text.push_str(&format!("{action},{share}\n"));
        }
        self.file("target.csv", &text)
    }

    fn out(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn ope(log: &Path, target: &Path, more: &[&str]) -> Said {
    let (log, target) = (log.display().to_string(), target.display().to_string());
    let columns = "--action;offer made;--reward;反応;--probability;chance of it;--format;json";
    let mut args = vec!["model", "ope", "--log", &log, "--target", &target];
    args.extend(columns.split(';'));
    args.extend(more);
    nobishiro(&args)
}

fn said(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("one JSON document")
}

fn values(path: &Path) -> Vec<(String, f64, f64, f64)> {
    let mut reader = csv::Reader::from_path(path).expect("it is there");
    let read = |row: csv::StringRecord| {
        let number = |at: usize| row[at].parse().expect("a number");
        (row[0].to_owned(), number(1), number(2), number(3))
    };
    reader.records().map(|row| read(row.expect("a row"))).collect()
}

#[test]
fn six_estimators_agree_with_the_truth() {
    let folder = Folder::new();
    let (log, target) = (folder.log(3000), folder.target([0.1, 0.2, 0.7]));
    let out = folder.out("out.csv");
    let summary = said(
        &ope(&log, &target, &["--out", out.to_str().expect("text"), "--context", "segment"]).ok(),
    );
    assert_eq!(summary["verdict"], "supported", "{summary}");
    let names = ["ips", "snips", "dm", "dr", "switch-dr", "dros"];
    let truth = 0.1 * 0.1 + 0.2 * 0.2 + 0.7 * 0.4;
    let found = values(&out);
    assert_eq!(found.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), names);
    for (name, value, lower, upper) in found {
        assert!((value - truth).abs() < 0.05 && lower < truth && truth < upper, "{name} {value}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_in_both_formats() {
    let folder = Folder::new();
    let (log, target) = (folder.log(400), folder.target([0.2, 0.3, 0.5]));
    for ending in ["csv", "parquet"] {
        let written = ["a", "b"].map(|name| {
            let out = folder.out(&format!("{name}.{ending}"));
            ope(&log, &target, &["--seed", "5", "--out", out.to_str().expect("text")]).ok();
            std::fs::read(out).expect("written")
        });
        assert_eq!(written[0], written[1]);
    }
}

#[test]
fn thin_support_is_refused_and_says_how_much_is_missing() {
    let folder = Folder::new();
    let log = folder.log(400);
    let few = said(&ope(&folder.log(60), &folder.target([0.0, 0.1, 0.9]), &[]).ok());
    assert_eq!(few["verdict"], "refused", "{few}");
    assert!(few["value"].is_null());
    assert!(few["more_logging"]["more_rows_for_required_ess"].as_u64() > Some(0), "{few}");
    let untried = folder.file("untried.csv", "action,probability\n007,0.6\nnever tried,0.4\n");
    let untried = said(&ope(&log, &untried, &[]).ok());
    assert_eq!(untried["verdict"], "refused", "{untried}");
    assert_eq!(untried["never_tried"][0]["action"], "never tried");
}

#[test]
fn a_target_by_row_and_by_position() {
    let folder = Folder::new();
    let (mut log, mut target) =
        ("a,r,p,at\n".to_owned(), "row,position,action,probability\n".to_owned());
    let mut draw = Draw(5);
    for row in 1..=400 {
        let (action, at) = (draw.unit() < 0.5, row % 2 + 1);
        let reward = u8::from(draw.unit() < if action { 0.6 } else { 0.2 });
        log.push_str(&format!("{},{reward},0.5,{at}\n", if action { "A" } else { "B" }));
        target.push_str(&format!("{row},{at},A,0.8\n{row},{at},B,0.2\n"));
    }
    let (log, target) = (folder.file("l.csv", &log), folder.file("t.csv", &target));
    let run = |more: &[&str]| {
        let (log, target) = (log.display().to_string(), target.display().to_string());
        let mut args = vec!["model", "ope", "--log", &log, "--target", &target, "--format", "json"];
        args.extend("--action a --reward r --probability p".split(' '));
        args.extend(more);
        nobishiro(&args)
    };
    let summary = said(&run(&["--position", "at"]).ok());
    assert_eq!(summary["verdict"], "supported", "{summary}");
    assert!((summary["value"].as_f64().expect("a value") - 0.52).abs() < 0.08, "{summary}");
    run(&[]).fails(&["--position"]);
}

#[test]
fn bad_input_is_told_with_its_line() {
    let folder = Folder::new();
    let (log, target) = (folder.log(40), folder.target([0.2, 0.3, 0.5]));
    let text = std::fs::read_to_string(&log).expect("read");
    let spoiled = |from: &str, to: &str| folder.file("spoiled.csv", &text.replacen(from, to, 1));
    ope(&spoiled(",0.5,", ",0,"), &target, &[]).fails(&["spoiled.csv, line", "probability zero"]);
    ope(&spoiled(",0.5,", ",1.5,"), &target, &[]).fails(&["at most 1"]);
    ope(&spoiled(",0.5,", ",,"), &target, &[]).fails(&["chance of it", "missing"]);
    ope(&spoiled("offer made", "offer"), &target, &[])
        .fails(&["no column `offer made`", "Did you mean `offer`"]);
    let constant = text.replace(",1,0.", ",0,0.");
    ope(&folder.file("constant.csv", &constant), &target, &[]).fails(&["every reward", "is 0"]);
    ope(&log, &folder.target([0.2, 0.3, 0.4]), &[]).fails(&["target.csv, line 2", "sum to 0.9000"]);
    ope(&log, &folder.target([-0.2, 0.7, 0.5]), &[]).fails(&["-0.2 is no probability"]);
    let other = folder.file("other.csv", "action,probability\nx,0.5\ny,0.5\n");
    ope(&log, &other, &[]).fails(&["no action of other.csv was ever taken"]);
    let twice = folder.file("twice.csv", "action,probability\n007,0.5\n007,0.5\n");
    ope(&log, &twice, &[]).fails(&["line 3", "twice"]);
    let rows = folder.file("rows.csv", "row,action,probability\n1,007,1\n41,007,1\n");
    ope(&log, &rows, &[]).fails(&["rows.csv, line 3", "from 1 to 40"]);
    let rows = folder.file("rows.csv", "row,action,probability\n1,007,1\n");
    ope(&log, &rows, &[]).fails(&["no probabilities for row 2"]);
    let bare = folder.file("bare.csv", "what,share\n007,1\n");
    ope(&log, &bare, &[]).fails(&["bare.csv has no column `action`"]);
    ope(&log, &target, &["--context", "反応"]).fails(&["which is no context"]);
    ope(&folder.log(5), &target, &[]).fails(&["has 5 rows"]);
}
