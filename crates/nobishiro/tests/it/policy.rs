//! `nobishiro policy`: drafts, dry runs, versions and the switch that stops offers (N10).

use std::fmt::Write;

use super::support::{BOTH, Database, Workspace, json};

const PRODUCTS: &str = "product_id,name,kind,line,tier,price,price_unit\n\
    STD,Standard,plan,L,1,10,seat_month\nPRO,Pro,plan,L,2,20,seat_month\nSSO,SSO,option,L,,50,month\n";

/// Twelve customers on Standard, near their limit and with a rep; one of them has a grave ticket.
pub(crate) fn company(database: Database) -> Workspace {
    let workspace = Workspace::with(database, "JPY", "Asia/Tokyo");
    let mut accounts = String::from("account_id,name,owner\n");
    let mut contracts =
        String::from("subscription_id,account_id,product_id,started_on,seats,mrr,term_months\n");
    let mut usage = String::from("account_id,metric,at,value\n");
    for n in 1..=12 {
        let _ = writeln!(accounts, "A{n:02},Company {n},R1");
        let _ = writeln!(contracts, "S{n:02},A{n:02},STD,2023-06-01,100,{}000,12", 10 + n);
        for (day, value) in [("2026-01-10", 88), ("2026-02-10", 92), ("2026-03-10", 96)] {
            let _ = writeln!(usage, "A{n:02},users,{day},{value}");
        }
    }
    for (name, text) in [
        ("accounts.csv", accounts.as_str()),
        ("subscriptions.csv", &contracts),
        ("products.csv", PRODUCTS),
        ("usage.csv", &usage),
        (
            "limits.csv",
            "product_id,metric,included,per_seat\nSTD,users,1,true\nPRO,users,10,true\n",
        ),
        ("reps.csv", "rep_id,name,role,hours_per_week\nR1,佐藤,CIS,3\n"),
        (
            "activities.csv",
            "activity_id,account_id,at,kind,status,priority\nT1,A12,2026-03-01,ticket,open,urgent\n",
        ),
    ] {
        let file = workspace.file(name, text);
        workspace.ingest(None, &[&file]).ok();
    }
    workspace
}

pub(crate) fn night(workspace: &Workspace, day: &str) -> serde_json::Value {
    json(&workspace.run(&["run", "--as-of", day, "--format", "json"]).ok())
}

fn draft(workspace: &Workspace, text: &str) {
    std::fs::write(workspace.dir().join("policy.toml"), text).expect("written");
}

#[test]
fn n10_a_draft_is_tried_published_and_taken_back() {
    for database in BOTH {
        let workspace = company(database);
        assert_eq!(night(&workspace, "2026-03-12")["policy_version"], 1, "the first run publishes");
        let text = "[hours]\nunassigned_week = 0\n[limits]\npackages_per_account = 0\n";
        draft(&workspace, text);
        let said = workspace.run(&["run", "--as-of", "2026-03-12"]);
        assert!(said.err.contains("it is a draft"), "{}", said.err);
        assert!(said.ok().contains("policy: version 1"));

        let diff = workspace.run(&["policy", "diff"]).ok();
        assert_eq!(
            diff,
            "hours.unassigned_week: 40.0 -> 0.0\nlimits.packages_per_account: 1 -> 0\n"
        );
        let trial = json(&workspace.run(&["policy", "dry-run", "--format", "json"]).ok());
        let leaves = trial["leaves"].as_array().expect("a list");
        assert!(
            !leaves.is_empty() && leaves.iter().all(|play| play["account_id"] != ""),
            "{trial}"
        );
        assert!(
            leaves
                .iter()
                .all(|play| play["reason"]["ja"].as_str().is_some_and(|r| r.contains("上限")))
        );
        assert!(
            trial["after"]["expected_minor"].as_i64() < trial["before"]["expected_minor"].as_i64()
        );
        assert!(trial["after"]["hours"].as_f64() < trial["before"]["hours"].as_f64());
        let table = workspace.run(&["policy", "dry-run", "--lang", "ja"]).ok();
        for part in [
            "外れる提案: ",
            "期待増分利益: ",
            "連絡する顧客: ",
            "limits.packages_per_account: 1 -> 0",
        ] {
            assert!(table.contains(part), "{part} is not in {table}");
        }
        assert_eq!(
            night(&workspace, "2026-03-12")["policy_version"],
            1,
            "a dry run changes nothing"
        );

        workspace.run(&["policy", "publish", "--reason", "試行", "--by", "佐藤"]).ok();
        let summary = night(&workspace, "2026-03-12");
        assert_eq!(summary["policy_version"], 2);
        assert_eq!(summary["plays"].as_u64(), trial["after"]["plays"].as_u64(), "as it was tried");
        workspace.run(&["policy", "publish", "--reason", "again"]).fails(&["live already"]);
        workspace.run(&["policy", "rollback", "--reason", "やり直し", "--by", "鈴木"]).ok();
        let history = workspace.run(&["policy", "history", "--lang", "ja"]).ok();
        let first = history.lines().next().expect("a version");
        assert!(
            first.starts_with("バージョン 3(公開中)") && first.contains("バージョン1に戻す"),
            "{history}"
        );
        assert!(history.contains("佐藤  試行"), "{history}");
        assert_eq!(night(&workspace, "2026-03-12")["policy_version"], 3);
        let live = workspace.run(&["policy", "show"]).ok();
        assert_eq!(live, workspace.run(&["policy", "show", "1"]).ok());
        assert_eq!(workspace.run(&["policy", "show", "draft"]).ok(), text);
    }
}

#[test]
fn n10_a_dry_run_of_the_same_policy_changes_nothing() {
    let workspace = company(Database::Sqlite);
    night(&workspace, "2026-03-12");
    let trial = json(&workspace.run(&["policy", "dry-run", "--format", "json"]).ok());
    assert_eq!(
        (&trial["enters"], &trial["leaves"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );
    assert_eq!(trial["before"], trial["after"]);
    assert_eq!(trial["without_odds"], 0);
    // What is read before the plan is said, and what could only be offered anew is counted.
    draft(
        &workspace,
        "[priors.opportunity]\nmean = 0.2\nsd = 0.1\n[candidates]\nterms_months = [12, 24, 36]\n",
    );
    let table = workspace.run(&["policy", "dry-run"]).ok();
    assert!(table.contains("! priors.opportunity.mean is read before the plan too"), "{table}");
    assert!(table.contains("new candidates have no odds yet"), "{table}");
}

#[test]
fn n10_the_switch_stops_offers_and_nothing_else() {
    let workspace = company(Database::Sqlite);
    night(&workspace, "2026-03-12");
    let before = workspace.plays();
    let sold = |plays: &[serde_json::Value]| plays.iter().filter(|p| p["motion"] != "care").count();
    assert!(sold(&before) > 1, "{before:?}");
    let accepted = before.iter().find(|play| play["motion"] != "care").expect("one");
    let accepted = accepted["play_id"].as_str().expect("an id").to_owned();
    workspace.run(&["play", &accepted, "accept", "--rep", "R1"]).ok();

    workspace.run(&["policy", "stop", "--reason", "価格表の誤り", "--by", "佐藤"]).ok();
    let twice = workspace.run(&["policy", "stop", "--reason", "x"]);
    twice.fails(&["Offers are stopped since", "価格表の誤り"]);
    // At once, before any run.
    let plays = workspace.run(&["plays", "--format", "json"]);
    assert!(plays.err.contains("価格表の誤り"), "{}", plays.err);
    let plays = json(&plays.ok());
    let plays = plays.as_array().expect("a list");
    assert_eq!(sold(plays), 1, "what was taken on stays: {plays:?}");
    assert!(workspace.run(&["check", "--lang", "ja"]).ok().contains("価格表の誤り"));

    let said = workspace.run(&["run", "--as-of", "2026-03-12"]);
    assert!(said.err.contains("価格表の誤り"), "{}", said.err);
    assert!(said.ok().contains("offers are stopped since"));
    let after = workspace.plays();
    assert_eq!(sold(&after), 1, "{after:?}");
    assert!(after.iter().any(|play| play["play_id"] == accepted.as_str()));
    let care = |plays: &[serde_json::Value]| plays.iter().filter(|p| p["motion"] == "care").count();
    assert!(care(&after) >= care(&before) && care(&after) > 0, "care goes on");
    let why = workspace.run(&["explain", "A05", "--lang", "ja"]).ok();
    assert!(why.contains("すべての提案を停止しています"), "{why}");

    workspace.run(&["policy", "start", "--reason", "訂正済み"]).ok();
    workspace.run(&["policy", "start", "--reason", "x"]).fails(&["not stopped"]);
    night(&workspace, "2026-03-12");
    assert!(sold(&workspace.plays()) > 1);
}

#[test]
fn a_policy_that_is_not_right_never_becomes_live() {
    let workspace = company(Database::Sqlite);
    night(&workspace, "2026-03-12");
    for (text, speaks_of) in [
        (
            "version = 1\n[rules.renewal]\nopen_days = 30\nstart_by_days = 60\n",
            ["line 4", "at most rules.renewal.open_days"],
        ),
        ("[limits]\npackages = 1\n", ["line 2", "unknown field `packages`"]),
        ("[hours]\nper_rep_week = -1\n", ["line 2", "0 or more"]),
        ("[hours\n", ["line 1", "policy"]),
    ] {
        draft(&workspace, text);
        workspace.run(&["policy", "publish", "--reason", "x"]).fails(&speaks_of);
        workspace.run(&["policy", "dry-run"]).fails(&speaks_of);
        workspace.run(&["check"]).fails(&speaks_of);
        // The draft binds nobody.
        assert_eq!(night(&workspace, "2026-03-12")["policy_version"], 1);
    }
    workspace.run(&["policy", "publish", "7", "--reason", "x"]).fails(&["no version 7"]);
    workspace.run(&["policy", "publish", "nowhere.toml", "--reason", "x"]).fails(&["nowhere.toml"]);
    workspace.run(&["policy", "rollback", "--reason", "x"]).fails(&["no version 0"]);
    assert_eq!(workspace.run(&["policy", "publish"]).code, 2, "a reason is needed");
}

#[test]
fn zero_hours_make_a_plan_without_hours_that_says_so() {
    let workspace = company(Database::Sqlite);
    let reps = workspace.file("zero/reps.csv", "rep_id,name,role,hours_per_week\nR1,佐藤,CIS,0\n");
    workspace.ingest(None, &[&reps]).ok();
    draft(&workspace, "[hours]\nunassigned_week = 0\n");
    let summary = night(&workspace, "2026-03-12");
    assert_eq!((&summary["no_hours"], &summary["hours"]), (&true.into(), &0.0.into()));
    assert_eq!(summary["published"], true);
    assert!(workspace.run(&["run", "--as-of", "2026-03-12"]).ok().contains("nobody has hours"));
    let why = workspace.run(&["explain", "A01", "--lang", "ja"]).ok();
    assert!(why.contains("対応可能時間"), "{why}");
}
