//! `nobishiro demo`: a sample company whose every line explains itself (S36, S38, S47, S54, S61, N9).

use std::collections::BTreeSet;

use super::support::{Said, nobishiro, repository};

fn demo(dir: &str) -> Said {
    nobishiro(&["demo", "--dir", dir, "--no-serve"])
}

fn plays(dir: &str, lang: &str) -> Vec<serde_json::Value> {
    let out = nobishiro(&["plays", "--workspace", dir, "--format", "json", "--lang", lang]).ok();
    serde_json::from_str(&out).expect("a list")
}

/// The accounts of the demo that a situation was planted at.
fn planted(dir: &str, situation: &str) -> BTreeSet<String> {
    let file = format!("{dir}/files/truth/situations.csv");
    let text = std::fs::read_to_string(file).expect("the truth");
    let pairs = text.lines().filter_map(|line| line.split_once(','));
    pairs.filter(|(_, planted)| *planted == situation).map(|(id, _)| id.to_owned()).collect()
}

#[test]
fn a_newcomer_gets_a_worklist_that_explains_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demo").display().to_string();
    demo(&dir).ok();
    let lines = plays(&dir, "ja");
    assert!(lines.len() >= 20, "{} plays", lines.len());
    for line in &lines {
        assert!(!line["why_now"].as_str().unwrap_or_default().is_empty(), "no reason: {line}");
        let play = line["play_id"].as_str().expect("an id");
        let why = nobishiro(&["explain", "--workspace", &dir, play]);
        let why = why.ok();
        assert!(why.contains("Why now") && why.contains("Checks"), "{why}");
        if line["rank"].as_i64() > Some(5) {
            break;
        }
    }
    let motions: BTreeSet<&str> = lines.iter().filter_map(|line| line["motion"].as_str()).collect();
    for motion in ["plan_up", "care", "advance"] {
        assert!(motions.contains(motion), "{motion} is not among {motions:?}");
    }
    // The showcase: 93 of 100 users, no open deal, a promoter: proposed.
    assert!(lines.iter().any(|line| line["account_id"] == "A0001-D1"), "the showcase is proposed");
    // Accounts near their limit whose deciding contact is a detractor, or with an urgent ticket open, are held.
    let detractors = planted(&dir, "detractor");
    let escalations = planted(&dir, "escalation");
    assert!(detractors.len() >= 4 && escalations.len() >= 4);
    for held in detractors.iter().chain(&escalations) {
        let sold = lines.iter().any(|line| {
            line["account_id"] == held.as_str()
                && !matches!(line["motion"].as_str(), Some("care" | "advance" | "downsell"))
        });
        assert!(!sold, "{held} is sold to");
    }
}

#[test]
fn the_readme_tells_what_the_demo_prints() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demo").display().to_string();
    demo(&dir).ok();
    let list = nobishiro(&["plays", "--workspace", &dir, "--lang", "en"]).ok();
    let mut lines = list.lines().skip_while(|line| !line.contains("みどり製作所 情報システム部"));
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("the README");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let readme = words(&readme);
    for line in lines.by_ref().take(3) {
        // But for the rank, which every change of another account moves.
        let said = words(line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()));
        assert!(readme.contains(&said), "the README does not say: {said}");
    }
    // On the first page, which holds fifty lines.
    let rank = plays(&dir, "en").into_iter().find(|line| line["account_id"] == "A0001-D1");
    assert!(rank.is_some_and(|line| line["rank"].as_i64() <= Some(50)));
}

#[test]
fn who_grows_without_being_asked_is_recognised_by_its_like() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demo").display().to_string();
    demo(&dir).ok();
    let out = nobishiro(&["plays", "--workspace", &dir, "--natural", "--format", "json"]).ok();
    let list: Vec<serde_json::Value> = serde_json::from_str(&out).expect("a list");
    let truly = planted(&dir, "self_serve");
    let found: Vec<&str> = list.iter().filter_map(|line| line["account_id"].as_str()).collect();
    let right = found.iter().filter(|id| truly.contains(**id)).count();
    assert!(right >= 2 && 2 * right > found.len(), "{found:?} of {truly:?}");
    let first = found.iter().find(|id| truly.contains(**id)).expect("one");
    let offer = list.iter().find(|line| line["account_id"] == **first).expect("its line");
    let offer = offer["offer_id"].as_str().expect("an offer");
    let why = nobishiro(&["explain", "--workspace", &dir, first, "--offer", offer]).ok();
    assert!(why.contains("customers whom nobody looks after at 90 % of a limit or more"), "{why}");
}

#[test]
fn the_plan_expects_about_what_the_last_year_booked() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demo").display().to_string();
    demo(&dir).ok();
    let out = nobishiro(&["check", "--workspace", &dir, "--format", "json"]).ok();
    let checked: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let ratio = checked["bookings"]["ratio"].as_f64().expect("a ratio");
    assert!((0.5..=1.5).contains(&ratio), "{ratio}");
}

#[test]
fn any_account_and_any_offer_is_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demo").display().to_string();
    demo(&dir).ok();
    let explain = |account: &str, offer: &str, lang: &str| {
        let args = ["explain", "--workspace", &dir, account, "--offer", offer, "--lang", lang];
        nobishiro(&args).ok()
    };
    // Chosen, held, already held by contract, and no such product.
    assert!(explain("A0001-D1", "KT-ENT", "en").contains("Chosen"));
    assert!(explain("A0028-S1", "KT-ENT", "en").contains("NPS"), "the detractor's reason");
    let owned = explain("A0001-D1", "KT-PRO", "en");
    assert!(owned.contains("Not generated") && owned.contains("S00001"), "{owned}");
    let unknown = explain("A0001-D1", "KT-PRX", "ja");
    assert!(unknown.contains("候補にありません") && unknown.contains("KT-PRO"), "{unknown}");
    // An account without anything to propose says why.
    let silent = nobishiro(&["explain", "--workspace", &dir, "A0028-S1", "--lang", "ja"]).ok();
    assert!(silent.contains("保留"), "{silent}");
    nobishiro(&["explain", "--workspace", &dir, "NOBODY"]).fails(&["NOBODY", "nobishiro plays"]);
}

#[test]
fn a_rep_that_nobody_knows_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demo").display().to_string();
    demo(&dir).ok();
    nobishiro(&["plays", "--workspace", &dir, "--rep", "nope"]).fails(&["nope", "R01"]);
    let one = nobishiro(&["plays", "--workspace", &dir, "--rep", "R01"]).ok();
    assert!(one.contains("of R01"), "{one}");
}

#[test]
fn hours_are_never_overspent() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demo").display().to_string();
    demo(&dir).ok();
    let mut used = std::collections::BTreeMap::<(String, String), f64>::new();
    for line in plays(&dir, "en") {
        let key = (line["owner"].to_string(), line["week"].to_string());
        *used.entry(key).or_default() += line["effort_hours"].as_f64().expect("hours");
    }
    for ((owner, week), hours) in used {
        assert!(hours <= 40.0 + 1e-9, "{owner} {week} has {hours}");
    }
}

#[test]
fn a_folder_that_is_no_demo_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("mine.txt"), "mine").expect("written");
    let dir = folder.path().display().to_string();
    demo(&dir).fails(&["not an earlier demo", "--dir"]);
    assert!(folder.path().join("mine.txt").exists());
}
