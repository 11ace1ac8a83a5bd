//! The three real layouts under `examples/`, whole: every row accounted for, twice the same, and a worklist
//! that makes sense for the business (S18-S35).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::support::{Database, Workspace, data, repository};

fn mapping(name: &str) -> PathBuf {
    repository().join("examples").join(name).join("mapping.toml")
}

/// Ingests a layout, checks that every row is accounted for, and returns the report.
fn ingest(workspace: &Workspace, name: &str, folder: &std::path::Path) -> serde_json::Value {
    let map = mapping(name).display().to_string();
    let folder = folder.display().to_string();
    let out = workspace.run(&["ingest", "--format", "json", "--map", &map, &folder]).ok();
    let report: serde_json::Value = serde_json::from_str(&out).expect("a report");
    let files = report["files"].as_array().expect("files");
    assert!(!files.is_empty());
    for file in files {
        let said = file["left_out"].is_string()
            || file["tables"].as_array().is_some_and(|tables| !tables.is_empty());
        assert!(said, "every file is taken or left out for a reason: {file}");
        for table in file["tables"].as_array().into_iter().flatten() {
            let count =
                |name: &str| table[name].as_u64().unwrap_or_else(|| panic!("{name} in {table}"));
            let accounted = count("taken")
                + count("replaced")
                + count("unchanged")
                + count("refused")
                + count("skipped");
            assert_eq!(count("rows_read"), accounted, "every row is accounted for: {table}");
        }
    }
    report
}

fn total(report: &serde_json::Value, table: &str, count: &str) -> u64 {
    let files = report["files"].as_array().expect("files");
    let tables = files.iter().flat_map(|file| file["tables"].as_array().into_iter().flatten());
    tables.filter(|t| t["table"] == table).map(|t| t[count].as_u64().unwrap_or_default()).sum()
}

fn count<'a>(plays: &'a [serde_json::Value], field: &str) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for play in plays {
        *counts.entry(play[field].as_str().unwrap_or_default()).or_default() += 1;
    }
    counts
}

#[test]
fn crm_maven() {
    let Some(folder) = data("crm_maven") else { return };
    let workspace = Workspace::new(Database::Sqlite);
    let report = ingest(&workspace, "crm_maven", &folder);
    assert_eq!(total(&report, "proposals", "rows_read"), 8800);
    assert_eq!(total(&report, "proposals", "refused"), 1425, "rows without an account are issues");
    assert_eq!(total(&report, "accounts", "taken"), 85);
    let first = workspace.export();
    let again = ingest(&workspace, "crm_maven", &folder);
    assert_eq!(total(&again, "proposals", "unchanged"), 8800 - 1425);
    assert!(first == workspace.export(), "a second ingest changes nothing");

    workspace.run(&["run"]).ok();
    let plays = workspace.plays();
    assert!(plays.len() > 50, "{} plays", plays.len());
    let motions = count(&plays, "motion");
    assert!(motions.contains_key("advance"), "open deals are advanced: {motions:?}");
    assert!(motions.contains_key("cross_sell"), "GTK 500 is a gap: {motions:?}");
    assert!(motions.contains_key("repeat") || motions.contains_key("plan_up"), "{motions:?}");
    let gaps: BTreeSet<&str> = plays
        .iter()
        .filter(|play| play["motion"] == "cross_sell")
        .filter_map(|play| play["product_id"].as_str())
        .collect();
    assert_eq!(gaps, BTreeSet::from(["GTK 500"]), "every account has bought the other six");
    for play in &plays {
        assert!(
            !play["owner"].as_str().unwrap_or_default().is_empty(),
            "an owner from real rows: {play}"
        );
        assert!(!play["why_now"].as_str().unwrap_or_default().is_empty(), "{play}");
    }
    no_pitch_over_a_live_deal(&workspace, &plays);
}

/// No selling play for a product that has an open deal at the same account.
fn no_pitch_over_a_live_deal(workspace: &Workspace, plays: &[serde_json::Value]) {
    let export = workspace.export();
    let proposals = &export.iter().find(|(name, _)| name == "proposals.csv").expect("proposals").1;
    let mut csv = csv::Reader::from_reader(proposals.as_slice());
    let header = csv.headers().expect("a header").clone();
    let at = |name: &str| header.iter().position(|h| h == name).expect("a column");
    let (account, product, outcome) = (at("account_id"), at("product_id"), at("outcome"));
    let open: BTreeSet<(String, String)> = csv
        .records()
        .map(|record| record.expect("a record"))
        .filter(|record| &record[outcome] == "open")
        .map(|record| (record[account].to_owned(), record[product].to_owned()))
        .collect();
    assert!(!open.is_empty());
    for play in plays.iter().filter(|play| play["motion"] != "advance" && play["motion"] != "care")
    {
        let pair = (
            play["account_id"].as_str().unwrap_or_default().to_owned(),
            play["product_id"].as_str().unwrap_or_default().to_owned(),
        );
        assert!(!open.contains(&pair), "a cold pitch over a live deal: {play}");
    }
}

#[test]
fn telco_ibm() {
    let Some(folder) = data("telco_ibm") else { return };
    let workspace = Workspace::new(Database::Sqlite);
    let report = ingest(&workspace, "telco_ibm", &folder);
    assert_eq!(total(&report, "accounts", "taken"), 7043);
    let first = workspace.export();
    ingest(&workspace, "telco_ibm", &folder);
    assert!(first == workspace.export(), "a second ingest changes nothing");

    workspace.run(&["run"]).ok();
    let plays = workspace.plays();
    let motions = count(&plays, "motion");
    for motion in ["term", "option", "care"] {
        assert!(motions.get(motion).is_some_and(|n| *n > 50), "{motion}: {motions:?}");
    }
    let sold: BTreeSet<&str> = plays
        .iter()
        .filter(|p| p["motion"] != "care")
        .filter_map(|p| p["account_id"].as_str())
        .collect();
    let cared: BTreeSet<&str> = plays
        .iter()
        .filter(|p| p["motion"] == "care")
        .filter_map(|p| p["account_id"].as_str())
        .collect();
    assert!(sold.is_disjoint(&cared), "who is likely to leave gets care, not a pitch");
    let channels = count(&plays, "channel");
    assert!(
        channels.keys().all(|channel| matches!(*channel, "mail" | "prompt")),
        "persons cost no hours: {channels:?}"
    );
}

#[test]
fn completejourney() {
    let Some(folder) = data("completejourney") else { return };
    let workspace = Workspace::new(Database::Sqlite);
    let report = ingest(&workspace, "completejourney", &folder);
    assert_eq!(total(&report, "orders", "rows_read"), 1_469_307);
    assert_eq!(total(&report, "products", "rows_read"), 92_331);
    let first = workspace.export();
    let again = ingest(&workspace, "completejourney", &folder);
    assert_eq!(total(&again, "orders", "taken") + total(&again, "orders", "replaced"), 0);
    assert!(first == workspace.export(), "a second ingest changes nothing");

    workspace.run(&["run"]).ok();
    let plays = workspace.plays();
    assert!(plays.len() > 1000, "{} plays", plays.len());
    let bought = bought(&first);
    for play in &plays {
        assert!(matches!(play["channel"].as_str(), Some("mail" | "prompt")), "{play}");
        assert_eq!(play["effort_hours"].as_f64(), Some(0.0), "{play}");
        if play["motion"] == "cross_sell" {
            let pair = (
                play["account_id"].as_str().unwrap_or_default().to_owned(),
                play["product_id"].as_str().unwrap_or_default().to_owned(),
            );
            assert!(!bought.contains(&pair), "the household has it: {play}");
        }
    }
}

fn bought(export: &[(String, Vec<u8>)]) -> BTreeSet<(String, String)> {
    let orders = &export.iter().find(|(name, _)| name == "orders.csv").expect("orders").1;
    let mut csv = csv::Reader::from_reader(orders.as_slice());
    csv.records()
        .map(|record| record.expect("a record"))
        .map(|record| (record[1].to_owned(), record[3].to_owned()))
        .collect()
}
