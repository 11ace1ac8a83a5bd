//! `nobishiro duplicates`: one company under several spellings is proposed, confirmed, rejected, taken back.

use std::fmt::Write;

use serde_json::Value;

use super::support::{BOTH, Database, Workspace, nobishiro};

const ACCOUNTS: &str = "account_id,name,corporate_number,acquired_on\n\
    A1,株式会社みどり製作所,,2024-01-01\n\
    A2,㈱ミドリ製作所,,\n\
    A3,ミドリ製作所（株）,,\n\
    B1,北野商事,1234567890123,\n\
    B2,Kitano Trading,１２３４５６７８９０１２３,\n\
    Z1,Kita Branch 12,,\n\
    Z2,Kita Branch 13,,\n";

fn seeded(database: Database) -> Workspace {
    let workspace = Workspace::with(database, "JPY", "Asia/Tokyo");
    let contacts = "contact_id,account_id,name,email\nc1,A2,Sato,sato@midori.example\n";
    let subscriptions = "subscription_id,account_id,product_id,started_on,mrr\n\
        S1,A1,PRO,2025-04-01,1000\nS2,A2,OPT,2025-05-01,500\n";
    let orders = "order_id,account_id,ordered_at,product_id,amount\n\
        O1,A1,2026-01-10,PRO,10\nO2,A2,2026-02-10,OPT,20\n";
    for (name, text) in [
        ("accounts.csv", ACCOUNTS),
        ("contacts.csv", contacts),
        ("products.csv", "product_id,name,kind\nPRO,Pro,plan\nOPT,Option,option\n"),
        ("subscriptions.csv", subscriptions),
        ("orders.csv", orders),
    ] {
        let path = workspace.file(&format!("in/{name}"), text);
        workspace.ingest(None, &[&path]).ok();
    }
    workspace
}

fn proposed(workspace: &Workspace) -> Value {
    let said = workspace.run(&["duplicates", "--format", "json"]).ok();
    serde_json::from_str(&said).expect("JSON")
}

/// The proposed pairs as `one two`, in the order of ids.
fn pairs(workspace: &Workspace) -> Vec<String> {
    let mut pairs: Vec<String> = proposed(workspace)["pairs"]
        .as_array()
        .expect("pairs")
        .iter()
        .map(|pair| {
            let mut ids = [pair["account_id"].as_str(), pair["into_id"].as_str()];
            ids.sort_unstable();
            format!("{} {}", ids[0].unwrap_or(""), ids[1].unwrap_or(""))
        })
        .collect();
    pairs.sort();
    pairs
}

fn accounts_of(workspace: &Workspace) -> u64 {
    let said = workspace.run(&["run", "--as-of", "2026-03-31", "--format", "json"]).ok();
    let said: Value = serde_json::from_str(&said).expect("JSON");
    said["accounts"].as_u64().expect("a number")
}

#[test]
fn the_same_company_under_three_spellings() {
    let workspace = seeded(Database::Sqlite);
    let found = proposed(&workspace);
    assert_eq!(found["groups"][0], serde_json::json!(["A1", "A2", "A3"]), "{found:#}");
    assert_eq!(pairs(&workspace), ["A1 A2", "A1 A3", "A2 A3", "B1 B2"]);
    let ja = workspace.run(&["duplicates", "--lang", "ja"]).ok();
    assert!(ja.contains("法人番号が同じ(1234567890123)") && ja.contains("社名が同じ"), "{ja}");
    let check = workspace.run(&["check"]).ok();
    assert!(check.contains("4 pairs of accounts look like one company"), "{check}");
    // Nothing is merged before somebody says so.
    assert_eq!(accounts_of(&workspace), 7);
}

#[test]
fn a_confirmed_pair_is_one_account_until_it_is_taken_back() {
    for database in BOTH {
        let workspace = seeded(database);
        let before = workspace.export();
        workspace.run(&["duplicates", "confirm", "A2", "A1"]).ok();
        workspace.run(&["duplicates", "confirm", "A3", "A1"]).ok();
        assert_eq!(pairs(&workspace), ["B1 B2"]);
        assert_eq!(accounts_of(&workspace), 5);
        let held = workspace.run(&["history", "A2", "--on", "2026-03-01"]).ok();
        assert!(held.starts_with("A1 ") && held.contains("S1") && held.contains("S2"), "{held}");
        let explained = workspace.run(&["explain", "A2", "--format", "json"]).ok();
        let explained: Value = serde_json::from_str(&explained).expect("JSON");
        assert_eq!(explained["account_id"], "A1");
        // A file that knows nothing of it does not undo what was confirmed.
        let path = workspace.file("in/accounts.csv", ACCOUNTS);
        workspace.ingest(None, &[&path]).ok();
        assert_eq!(accounts_of(&workspace), 5);
        workspace.run(&["duplicates", "undo", "A1", "A2"]).ok();
        workspace.run(&["duplicates", "undo", "A3", "A1"]).ok();
        assert_eq!(accounts_of(&workspace), 7);
        assert!(before == workspace.export(), "everything is as it was");
    }
}

#[test]
fn a_rejected_pair_is_not_proposed_again() {
    for database in BOTH {
        let workspace = seeded(database);
        workspace.run(&["duplicates", "reject", "B2", "B1"]).ok();
        assert_eq!(pairs(&workspace), ["A1 A2", "A1 A3", "A2 A3"]);
        workspace.run(&["duplicates", "undo", "B1", "B2"]).ok();
        assert_eq!(pairs(&workspace), ["A1 A2", "A1 A3", "A2 A3", "B1 B2"]);
    }
}

#[test]
fn what_cannot_be_decided_is_told() {
    let workspace = seeded(Database::Sqlite);
    workspace.run(&["duplicates", "confirm", "A2", "A2"]).fails(&["two accounts"]);
    workspace.run(&["duplicates", "confirm", "Z9", "A2"]).fails(&["Z9", "Did you mean"]);
    workspace.run(&["duplicates", "undo", "A1", "A2"]).fails(&["nothing was decided"]);
    workspace.run(&["duplicates", "confirm", "A2", "A1"]).ok();
    workspace.run(&["duplicates", "confirm", "A2", "A3"]).fails(&["merged into A1 already"]);
    workspace.run(&["duplicates", "confirm", "A1", "A2"]).fails(&["A2 itself was merged into A1"]);
    workspace.run(&["duplicates", "reject", "A1", "A2"]).fails(&["confirmed as one"]);
}

#[test]
fn twenty_thousand_accounts_are_compared_in_seconds() {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let mut accounts = "account_id,name\n".to_owned();
    let syllables = ["ka", "mi", "to", "ra", "su", "ne", "yo", "ha", "ki", "wo", "zen", "dai"];
    for at in 0..20_000_usize {
        let part = |power: u32| syllables[at / 12_usize.pow(power) % 12];
        let _ = writeln!(accounts, "N{at:05},{}{}{}{} Trading", part(0), part(3), part(1), part(2));
    }
    accounts.push_str("X1,Shirokuma Foods Ltd.\nX2,\"ＳＨＩＲＯＫＵＭＡ FOODS, LIMITED\"\n");
    let path = workspace.file("in/accounts.csv", accounts);
    workspace.ingest(None, &[&path]).ok();
    assert!(pairs(&workspace).contains(&"X1 X2".to_owned()));
}

#[test]
fn the_folder_may_stand_after_the_answer() {
    let workspace = seeded(Database::Sqlite);
    let dir = workspace.dir().display().to_string();
    let said = nobishiro(&["duplicates", "confirm", "A2", "A1", "--workspace", &dir]).ok();
    assert!(said.contains("A2 is merged into A1"), "{said}");
    nobishiro(&["duplicates", "undo", "A2", "A1", "--workspace", &dir, "--lang", "ja"]).ok();
}
