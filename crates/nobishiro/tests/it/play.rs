//! `nobishiro play`: answers from the command line, through the same store and guards as the pages.

use serde_json::Value;

use super::support::nobishiro;

fn sample() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demo").display().to_string();
    nobishiro(&["demo", "--dir", &dir, "--no-serve"]).ok();
    (folder, dir)
}

fn plays(dir: &str) -> Vec<Value> {
    let listed = nobishiro(&["plays", "--workspace", dir, "--format", "json"]).ok();
    serde_json::from_str(&listed).expect("a list of plays")
}

#[test]
fn a_play_is_answered_and_taken_back() {
    let (_folder, dir) = sample();
    let listed = plays(&dir);
    let play = listed[0]["play_id"].as_str().expect("an id").to_owned();
    let with = ["--workspace", &dir, "--rep", "R01", "--format", "json"];
    let answer = |act: &[&str]| nobishiro(&[&["play", &play], act, &with[..]].concat());
    let json = |said: &str| serde_json::from_str::<Value>(said).expect("one document");
    let accepted = json(&answer(&["accept"]).ok());
    assert_eq!((&accepted["state"], &accepted["events"]), (&"accepted".into(), &1.into()));
    assert_eq!(accepted["state_on"], "2026-03-12", "the data are old: the run's day counts");
    answer(&["accept"]).fails(&["accepted", "cannot be done now"]);
    answer(&["hold", "--until", "2026-03-12", "--reason", "budget"]).fails(&["later than"]);
    for reason in [" ", "no need", "timing"] {
        let said = ["--reason", "is not known", "no_need", "They do not need it", "has_it"];
        answer(&["not-a-fit", "--reason", reason]).fails(&said);
    }
    answer(&["hold", "--until", "2026-04-12", "--reason", "no_need"]).fails(&["budget"]);
    answer(&["not-a-fit", "--reason", "other"]).fails(&["--note"]);
    answer(&["done", "--outcome", "won", "--amount", "-5"]).fails(&["--amount"]);
    answer(&["done", "--outcome", "lost", "--amount", "5"]).fails(&["--outcome won"]);
    let done = json(&answer(&["done", "--outcome", "won", "--amount", "84,000"]).ok());
    assert_eq!((&done["outcome"], &done["amount_minor"]), (&"won".into(), &84_000.into()));
    assert_eq!(json(&answer(&["undo"]).ok())["state"], "accepted");
    assert_eq!(json(&answer(&["undo"]).ok())["state"], "open");
    answer(&["undo"]).fails(&["no answer"]);
    nobishiro(&["play", "nope", "accept", "--workspace", &dir]).fails(&["nope", "plays"]);
    nobishiro(&["play", &play, "accept", "--workspace", &dir, "--rep", "X"]).fails(&["`X`"]);
    let account = listed[1]["account_id"].as_str().expect("an account");
    let add = [
        &["play", "add", "--account", account, "--title", "訪問する", "--due", "2026-03-20"][..],
        &["--hours", "1.5"],
        &with[..],
    ];
    let own = json(&nobishiro(&add.concat()).ok());
    assert_eq!(own["state"], "accepted");
    assert!(own["play_id"].as_str().is_some_and(|id| id.starts_with("own-")), "{own}");
    nobishiro(&add.concat()).fails(&["meanwhile"]);
    let with_title = |title: &str, due: &str| {
        let add = ["play", "add", "--account", account, "--hours", "1", "--title", title];
        nobishiro(&[&add[..], &["--due", due], &with[..]].concat())
    };
    with_title(" ", "2026-03-20").fails(&["needs --title"]);
    with_title("電話する", "2026-03-11").fails(&["2026-03-11 is before the day"]);
}
