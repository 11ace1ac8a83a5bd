//! `nobishiro history`: what an account's contract was on a day, through changes, corrections, snapshots and
//! month-end sheets; amounts in other currencies; settings that change under a workspace.

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use super::support::{BOTH, Database, Workspace};

const ACCOUNTS: &str = "account_id,name\nA,Acme\nB,Beta\nC,Gamma\n";
const PRODUCTS: &str =
    "product_id,name,kind,line,tier\nPRO,Pro,plan,suite,1\nENT,Enterprise,plan,suite,2\n";
const HEAD: &str = "subscription_id,account_id,product_id,started_on,seats,mrr";

fn seeded(database: Database) -> Workspace {
    let workspace = Workspace::with(database, "JPY", "Asia/Tokyo");
    take(&workspace, "accounts.csv", ACCOUNTS, &[]);
    take(&workspace, "products.csv", PRODUCTS, &[]);
    workspace
}

/// Ingests a file of that name; gives what was said.
#[track_caller]
fn take(workspace: &Workspace, name: &str, text: &str, options: &[&str]) -> String {
    let path = workspace.file(&format!("in/{name}"), text).display().to_string();
    let mut args = vec!["ingest"];
    args.extend(options);
    args.push(&path);
    workspace.run(&args).ok()
}

fn json(workspace: &Workspace, args: &[&str]) -> Value {
    let mut all = args.to_vec();
    all.extend(["--format", "json"]);
    serde_json::from_str(&workspace.run(&all).ok()).expect("JSON")
}

/// What an account holds on a day as `seats mrr`, and its changes as `day kind`.
#[track_caller]
#[expect(clippy::too_many_arguments, reason = "a table of cases")]
fn check(workspace: &Workspace, account: &str, on: &str, held: &[&str], changes: &[&str]) {
    let answer = json(workspace, &["history", account, "--on", on]);
    let list = |key: &str, show: &dyn Fn(&Value) -> String| -> Vec<String> {
        answer[key].as_array().expect("a list").iter().map(show).collect()
    };
    let shown =
        list("contracts", &|c| format!("{} {}", c["seats"], c["mrr"].as_str().unwrap_or("-")));
    assert_eq!(shown, held, "{answer:#}");
    let told = list("changes", &|c| {
        format!("{} {}", c["on"].as_str().unwrap_or(""), c["change"].as_str().unwrap_or(""))
    });
    assert_eq!(told, changes, "{answer:#}");
}

#[test]
fn what_the_contract_was_on_1_march() {
    for database in BOTH {
        let workspace = seeded(database);
        let head = format!("{HEAD},effective_on,ended_on");
        let first = format!("{head}\nS1,A,PRO,2025-04-01,10,10000,,\n");
        take(&workspace, "subscriptions.csv", &first, &[]);
        let later = format!(
            "{head}\nS1,A,PRO,2025-04-01,15,15000,2026-02-15,\nS1,A,PRO,2025-04-01,15,14000,2026-03-10,\n\
             S1,A,PRO,2025-04-01,15,14000,2026-06-01,2026-06-01\n"
        );
        take(&workspace, "more/subscriptions.csv", &later, &[]);
        let changes =
            ["2025-04-01 new", "2026-02-15 expand", "2026-03-10 price_change", "2026-06-01 churn"];
        check(&workspace, "A", "2026-02-14", &["10 10000"], &changes);
        check(&workspace, "A", "2026-03-01", &["15 15000"], &changes);
        check(&workspace, "A", "2026-03-10", &["15 14000"], &changes);
        check(&workspace, "A", "2026-06-01", &[], &changes);
        check(&workspace, "A", "2025-03-31", &[], &changes);
    }
}

#[test]
fn a_correction_takes_the_place_of_a_version_and_keeps_what_it_replaced() {
    for database in BOTH {
        let workspace = seeded(database);
        take(
            &workspace,
            "subscriptions.csv",
            &format!("{HEAD}\nS1,A,PRO,2025-04-01,10,10000\n"),
            &[],
        );
        let right = format!("{HEAD}\nS1,A,PRO,2025-04-01,12,12000\n");
        take(&workspace, "right/subscriptions.csv", &right, &[]);
        take(&workspace, "right/subscriptions.csv", &right, &[]);
        check(&workspace, "A", "2026-03-01", &["12 12000"], &["2025-04-01 new"]);
        let answer = json(&workspace, &["history", "A"]);
        let old = &answer["changes"][0]["corrected"];
        assert_eq!((&old[0]["seats"], &old[0]["mrr"]), (&10.into(), &"10000".into()), "{old:#}");
        assert_eq!(old.as_array().map(Vec::len), Some(1), "the same again is no correction");
        let text = workspace.run(&["history", "A", "--on", "2026-03-01", "--lang", "ja"]).ok();
        assert!(text.contains("2026-03-01 時点の契約") && text.contains("訂正前: 10席"), "{text}");
    }
}

#[test]
fn a_snapshot_makes_versions_of_changes_only_and_names_what_vanished() {
    for database in BOTH {
        let workspace = seeded(database);
        let january = format!(
            "{HEAD}\nS1,A,PRO,2025-04-01,10,10000\nS2,B,PRO,2025-05-01,5,5000\nS3,C,PRO,2025-05-01,1,1000\n"
        );
        take(&workspace, "subscriptions.csv", &january, &["--snapshot-on", "2026-01-31"]);
        let february = format!("{HEAD}\nS1,A,PRO,2025-04-01,8,8000\nS2,B,PRO,2025-05-01,5,5000\n");
        for _ in 0..2 {
            take(&workspace, "subscriptions.csv", &february, &["--snapshot-on", "2026-02-28"]);
            check(
                &workspace,
                "A",
                "2026-02-27",
                &["10 10000"],
                &["2025-04-01 new", "2026-02-28 contract"],
            );
            check(
                &workspace,
                "A",
                "2026-02-28",
                &["8 8000"],
                &["2025-04-01 new", "2026-02-28 contract"],
            );
            check(&workspace, "B", "2026-03-01", &["5 5000"], &["2025-05-01 new"]);
            check(&workspace, "C", "2026-03-01", &["1 1000"], &["2025-05-01 new"]);
            let issues = json(&workspace, &["check"])["row_issues"]["first"].to_string();
            assert!(
                issues.contains("S3") && issues.contains("not in the snapshot of 2026-02-28"),
                "{issues}"
            );
        }
    }
}

/// Accounts and month-end sheets, and nothing else: some accounts grow, some leave, not all hold everything.
fn sheets() -> (String, String) {
    let (mut accounts, mut sheet) =
        ("account_id,name\n".to_owned(), "account_id,month,product_id,mrr\n".to_owned());
    for account in 0..60 {
        let _ = writeln!(accounts, "M{account:02},Member {account}");
        for month in 1..=12 {
            if account % 10 == 0 && month > 8 {
                continue;
            }
            let crm = if account % 4 == 1 && month > 8 { 12_000 } else { 10_000 };
            let mut held = |product: &str, mrr: i32| {
                let _ = writeln!(sheet, "M{account:02},2025-{month:02},{product},{mrr}");
            };
            held("CRM", crm);
            if account % 3 != 0 {
                held("MAIL", 4_000);
            }
            if account % 5 == 1 {
                held("FORMS", 3_000);
            }
        }
    }
    (accounts, sheet)
}

#[test]
fn month_end_sheets_alone_give_a_night_with_plays() {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let (accounts, sheet) = sheets();
    take(&workspace, "accounts.csv", &accounts, &[]);
    take(&workspace, "mrr_snapshots.csv", &sheet, &[]);
    let grown = ["2025-01-01 new", "2025-01-01 new", "2025-01-01 new", "2025-09-01 expand"];
    check(&workspace, "M01", "2025-08-31", &["null 10000", "null 3000", "null 4000"], &grown);
    check(&workspace, "M01", "2025-09-01", &["null 3000", "null 4000", "null 12000"], &grown);
    let left = ["2025-01-01 new", "2025-01-01 new", "2025-09-01 churn", "2025-09-01 churn"];
    check(&workspace, "M10", "2025-09-01", &[], &left);
    workspace.run(&["run", "--as-of", "2025-12-31"]).ok();
    assert!(!workspace.plays().is_empty(), "a sheet is enough for plays");
    let explained = workspace.run(&["explain", "m０1"]).fails(&["Did you mean `M01`?"]);
    assert!(explained.contains("m０1"), "{explained}");
    // Subscriptions win where both exist, and that is said.
    take(&workspace, "subscriptions.csv", &format!("{HEAD}\nS1,M01,PRO,2025-04-01,7,7000\n"), &[]);
    check(&workspace, "M01", "2025-12-31", &["7 7000"], &["2025-04-01 new"]);
    let said = workspace.run(&["check"]).ok();
    assert!(said.contains("1 accounts are in both subscriptions and mrr_snapshots"), "{said}");
}

#[test]
fn amounts_are_converted_with_the_latest_rate_and_the_rest_is_said() {
    let workspace = seeded(Database::Sqlite);
    let text =
        format!("{HEAD},currency\nS1,A,PRO,2025-04-01,1,100,USD\nS2,B,PRO,2025-04-01,1,100,EUR\n");
    take(&workspace, "subscriptions.csv", &text, &[]);
    let orders = "order_id,account_id,ordered_at,product_id,amount,currency\nO1,A,2025-12-01,PRO,10,USD\nO2,A,2026-01-10,PRO,10,USD\n";
    take(&workspace, "orders.csv", orders, &[]);
    take(
        &workspace,
        "rates.csv",
        "currency,on,rate\nUSD,2026-01-01,150\nUSD,2026-03-01,160\n",
        &[],
    );
    let mrr = |on: &str| json(&workspace, &["history", "A", "--on", on])["mrr"].clone();
    assert_eq!(mrr("2026-02-28"), "15000");
    assert_eq!(mrr("2026-03-01"), "16000");
    assert_eq!(mrr("2025-12-31"), Value::Null);
    let run = workspace.run(&["run", "--as-of", "2026-03-31"]);
    for words in ["1 rows of subscriptions in EUR", "1 rows of orders in USD", "rates.csv"] {
        assert!(run.err.contains(words), "`{words}` is not in: {}", run.err);
    }
    run.ok();
    let said = workspace.run(&["check"]).ok();
    assert!(said.contains("1 rows of orders in USD"), "{said}");
    let features = json(&workspace, &["history", "A"]);
    assert_eq!(features["currency"], "JPY");
}

#[test]
fn settings_that_change_after_files_were_read_are_said_until_they_are_read_again() {
    let workspace = seeded(Database::Sqlite);
    take(&workspace, "subscriptions.csv", &format!("{HEAD}\nS1,A,PRO,2025-04-01,1,100\n"), &[]);
    let path = workspace.dir().join("nobishiro.toml");
    let toml = fs::read_to_string(&path).expect("the settings");
    fs::write(&path, toml.replace("JPY", "USD").replace("Asia/Tokyo", "America/New_York"))
        .expect("written");
    for args in [&["run", "--as-of", "2026-03-31"][..], &["check"]] {
        let said = workspace.run(args);
        let all = format!("{}{}", said.out, said.err);
        for words in [
            "says USD, but 3 files",
            "says America/New_York",
            "taken in Asia/Tokyo",
            "Set the zone back",
        ] {
            assert!(all.contains(words), "`{words}` is not in: {all}");
        }
        said.ok();
    }
    for (name, text) in [
        ("accounts.csv", ACCOUNTS),
        ("products.csv", PRODUCTS),
        ("subscriptions.csv", &*format!("{HEAD}\nS1,A,PRO,2025-04-01,1,100\n")),
    ] {
        take(&workspace, name, text, &[]);
    }
    assert!(!workspace.run(&["check"]).ok().contains("nobishiro.toml says USD"));
}

#[test]
fn an_unknown_account_is_told_with_the_nearest_one() {
    let workspace = seeded(Database::Sqlite);
    take(&workspace, "more/accounts.csv", "account_id,name\nACME-001,Acme\n", &[]);
    workspace.run(&["history", "acme001"]).fails(&["acme001", "Did you mean `ACME-001`?"]);
}

#[test]
fn missing_lake_files_and_a_corrupt_store_are_told() {
    let workspace = seeded(Database::Sqlite);
    take(
        &workspace,
        "orders.csv",
        "order_id,account_id,ordered_at,product_id\nO1,A,2026-01-10,PRO\n",
        &[],
    );
    fs::remove_dir_all(workspace.dir().join("lake/orders")).expect("removed");
    let said = workspace.run(&["check"]).ok();
    assert!(
        said.contains("1 files of orders are missing or damaged") && said.contains("also-bought"),
        "{said}"
    );
    workspace.run(&["run"]).fails(&["lake file", "backup"]);
    for extra in ["store.sqlite-wal", "store.sqlite-shm"] {
        drop(fs::remove_file(workspace.dir().join(extra)));
    }
    fs::write(workspace.dir().join("store.sqlite"), vec![b'x'; 8192]).expect("written");
    workspace.run(&["check"]).fails(&["store.sqlite", "not a database, or is damaged", "backup"]);
}
