//! `nobishiro explain`: what stopped an offer, and what would have to change (N9).

use super::policy::{company, night};
use super::support::{Database, Workspace, json};

fn why(workspace: &Workspace, account: &str, offer: &str) -> serde_json::Value {
    json(&workspace.run(&["explain", account, "--offer", offer, "--format", "json"]).ok())
}

#[test]
fn n9_every_offer_left_out_says_what_would_have_to_change() {
    let workspace = company(Database::Sqlite);
    night(&workspace, "2026-03-12");
    let mut reasons = std::collections::BTreeSet::new();
    for n in 1..=12 {
        let account = format!("A{n:02}");
        let said = json(&workspace.run(&["explain", &account, "--format", "json"]).ok());
        for offer in said["offers"].as_array().expect("offers") {
            let change = &offer["would_change"];
            if offer["fate"] == "chosen" {
                assert!(change.is_null(), "{offer}");
                continue;
            }
            reasons.insert(offer["fate"].as_str().unwrap_or_default().to_owned());
            for lang in ["ja", "en"] {
                assert!(change["said"][lang].as_str().is_some_and(|it| it.len() > 10), "{offer}");
            }
            assert!(change["source"].as_str().is_some_and(|it| !it.is_empty()), "{offer}");
        }
    }
    assert!(reasons.contains("held") && reasons.contains("displaced"), "{reasons:?}");
}

#[test]
fn n9_the_guard_and_the_hours_are_named() {
    let workspace = company(Database::Sqlite);
    night(&workspace, "2026-03-12");
    let held = why(&workspace, "A12", "seats:S12");
    assert_eq!(held["fate"], "held", "{held:#}");
    let change = &held["would_change"];
    assert_eq!(change["said"]["ja"], "重大な問い合わせが解決すれば、ご提案できます。");
    assert_eq!((&change["source"], &change["on"]), (&"activities T1".into(), &"2026-03-01".into()));
    // Three hours a week do not reach for eleven talks about seats.
    let said: Vec<serde_json::Value> =
        (1..=11).map(|n| why(&workspace, &format!("A{n:02}"), &format!("seats:S{n:02}"))).collect();
    let short =
        said.iter().find(|it| it["reason"]["ja"].as_str().is_some_and(|r| r.contains("時間は、")));
    let short = short.unwrap_or_else(|| panic!("no offer lacks hours: {said:#?}"));
    let change = &short["would_change"];
    assert!(
        change["said"]["ja"].as_str().is_some_and(|it| it.contains("時間あれば、組み込めます。")),
        "{short:#}"
    );
    assert_eq!(change["source"], "pools R1");
    let text = workspace
        .run(&[
            "explain",
            short["account_id"].as_str().expect("an id"),
            "--offer",
            short["offer_id"].as_str().expect("an id"),
            "--lang",
            "ja",
        ])
        .ok();
    assert!(text.contains("提案に進む条件: ") && text.contains("[pools R1"), "{text}");
}

#[test]
fn n10_an_explanation_is_of_the_run_whatever_changed_since() {
    let workspace = company(Database::Sqlite);
    night(&workspace, "2026-03-12");
    let before = workspace.run(&["explain", "A03", "--format", "json"]).ok();
    let usage =
        workspace.file("more/usage.csv", "account_id,metric,at,value\nA03,users,2026-03-11,5\n");
    workspace.ingest(None, &[&usage]).ok();
    std::fs::write(workspace.dir().join("policy.toml"), "[value]\nmargin = 0.1\n")
        .expect("written");
    workspace.run(&["policy", "publish", "--reason", "x"]).ok();
    assert_eq!(workspace.run(&["explain", "A03", "--format", "json"]).ok(), before);
}
