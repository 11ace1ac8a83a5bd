//! `nobishiro simulate --preset`: a market whose truth is known, and what the plan of a night is worth in it.

use std::collections::BTreeSet;
use std::path::Path;

use super::support::{Database, Workspace, nobishiro};

fn market(dir: &Path, seed: &str) {
    let dir = dir.display().to_string();
    let size = ["--accounts", "250", "--seed", seed, "--as-of", "2026-03-15", "--out", &dir];
    let mut args = vec!["simulate", "--preset", "mixed"];
    args.extend(size);
    nobishiro(&args).ok();
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Account, motion, product and months of the term of every offer that the truth knows.
fn truth(files: &Path) -> BTreeSet<[String; 4]> {
    let text = read(&files.join("truth/truth.csv"));
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let at = |name: &str| header.iter().position(|it| it == name).expect("the column");
    let key = ["account_id", "motion", "product_id", "term_months"].map(at);
    lines.map(|row| key.map(|at| row[at].clone())).collect()
}

#[test]
fn every_play_of_a_night_is_known_to_the_truth() {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let files = workspace.dir().with_file_name("market");
    market(&files, "3");
    workspace.ingest(None, &[&files]).ok();
    workspace.run(&["run", "--as-of", "2026-03-15"]).ok();
    let json = workspace.run(&["plays", "--all", "--format", "json"]).ok();
    let all: Vec<serde_json::Value> = serde_json::from_str(&json).expect("a list");
    let known = truth(&files);
    let text =
        |line: &serde_json::Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let key = |line: &serde_json::Value| {
        let (motion, offer) = (text(line, "motion"), text(line, "offer_id"));
        let term = offer.rsplit(':').next().filter(|_| motion == "term").unwrap_or_default();
        [text(line, "account_id"), motion, text(line, "product_id"), term.to_owned()]
    };
    // Of smaller contracts the truth knows the lower plan alone.
    let asked =
        |line: &&serde_json::Value| line["motion"] != "downsell" || line["fate"] == "chosen";
    let asked: Vec<[String; 4]> = all.iter().filter(asked).map(key).collect();
    let lost: Vec<_> = asked.iter().filter(|key| !known.contains(*key)).collect();
    assert!(lost.len() * 100 <= asked.len(), "{} of {}: {lost:?}", lost.len(), asked.len());
    // The list has the plan's plays with the same figures, and others with their reason.
    let chosen: Vec<_> = all.iter().filter(|line| line["fate"] == "chosen").collect();
    let plays = workspace.plays();
    assert_eq!(chosen.len(), plays.len());
    for play in &plays {
        let same = chosen.iter().find(|line| {
            text(line, "account_id") == play["account_id"]
                && text(line, "offer_id") == play["offer_id"]
        });
        let same = same.unwrap_or_else(|| panic!("{play:?} is not in the list"));
        assert_eq!(text(same, "expected_profit"), play["expected_profit"]);
    }
    assert!(all.iter().all(|line| !text(line, "reason").is_empty()));
}

#[test]
fn the_same_seed_writes_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [one, two, other] = ["one", "two", "other"].map(|name| folder.path().join(name));
    market(&one, "3");
    market(&two, "3");
    market(&other, "4");
    for name in ["subscriptions.csv", "activities.csv", "truth/truth.csv", "truth/truth.parquet"] {
        let bytes = |dir: &Path| std::fs::read(dir.join(name)).expect("written");
        assert_eq!(bytes(&one), bytes(&two), "{name}");
        assert_ne!(bytes(&one), bytes(&other), "{name}");
    }
}

#[test]
fn flags_that_do_not_go_together_are_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dir = folder.path().display().to_string();
    let usage = |args: &[&str]| assert_eq!(nobishiro(args).code, 2, "{args:?}");
    usage(&["simulate"]);
    usage(&["simulate", "--out", &dir, "--preset", "mixed"]);
    usage(&["simulate", "--out", &dir, "--preset", "other", "--accounts", "10"]);
}
