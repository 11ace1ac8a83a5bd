//! `nobishiro home`, and `run` and `serve` over many workspaces (S82).

use std::path::PathBuf;

use super::serve::Server;
use super::support::{BOTH, Database, Workspace, nobishiro};

/// A workspace with two accounts that order every month.
fn shop(database: Database, customer: &str) -> Workspace {
    let workspace = Workspace::with(database, "JPY", "Asia/Tokyo");
    let accounts = workspace.file("in/accounts.csv", format!("account_id,name\na,{customer}\n"));
    let mut orders = "order_id,account_id,ordered_at,product_id,quantity,amount\n".to_owned();
    for month in 1..=6 {
        orders.push_str(&format!("o{month},a,2026-0{month}-03T10:00:00+09:00,ink,1,1200\n"));
    }
    let orders = workspace.file("in/orders.csv", orders);
    workspace.ingest(None, &[&accounts, &orders]).ok();
    workspace
}

fn text(path: &std::path::Path) -> String {
    path.display().to_string()
}

fn listed(home: &str) -> serde_json::Value {
    let said = nobishiro(&["home", "list", "--home", home, "--format", "json"]).ok();
    serde_json::from_str(&said).expect("a list")
}

#[test]
fn two_clients_are_run_and_served_apart() {
    for database in BOTH {
        let (one, two) = (shop(database, "株式会社みどり"), shop(database, "Akane Ltd"));
        let folder = tempfile::tempdir().expect("a folder");
        let home = text(&folder.path().join("家"));
        nobishiro(&["home", "init", &home]).ok();
        nobishiro(&["home", "add", "--home", &home, &text(&one.dir()), "--name", "みどり"]).ok();
        nobishiro(&["home", "add", "--home", &home, &text(&two.dir())]).ok();
        nobishiro(&["run", "--home", &home, "--as-of", "2026-06-30"]).ok();
        let rows = listed(&home);
        assert_eq!(rows[0]["name"], "ws");
        assert_eq!((&rows[1]["name"], &rows[1]["as_of"]), (&"みどり".into(), &"2026-06-30".into()));
        let server = Server::over(&["--home", &home]);
        let (status, page) = server.get("/w/%E3%81%BF%E3%81%A9%E3%82%8A/accounts", "ja");
        assert!(
            status == 200 && page.contains("株式会社みどり") && !page.contains("Akane"),
            "{page}"
        );
        let (status, page) = server.get("/w/ws/accounts", "ja");
        assert!(status == 200 && page.contains("Akane Ltd") && !page.contains("みどり"), "{page}");
        assert_eq!(server.get("/", "ja").0, 200);
        // Listed while the server runs: found without a restart.
        let three = shop(database, "Third");
        nobishiro(&["home", "add", "--home", &home, &text(&three.dir()), "--name", "third"]).ok();
        assert_eq!(server.get("/w/third/accounts", "ja").0, 200);
        nobishiro(&["home", "remove", "--home", &home, "third"]).ok();
        assert_eq!(server.get("/w/third/accounts", "ja").0, 404);
    }
}

#[test]
fn a_lost_workspace_keeps_no_other_from_its_night() {
    let (one, two) = (shop(Database::Sqlite, "One"), shop(Database::Sqlite, "Two"));
    let folder = tempfile::tempdir().expect("a folder");
    let home = text(folder.path());
    nobishiro(&["home", "init", &home]).ok();
    nobishiro(&["home", "add", "--home", &home, &text(&one.dir()), "--name", "one"]).ok();
    nobishiro(&["home", "add", "--home", &home, &text(&two.dir()), "--name", "two"]).ok();
    let away: PathBuf = one.dir().with_extension("away");
    std::fs::rename(one.dir(), &away).expect("moved");
    let said = nobishiro(&["run", "--home", &home, "--as-of", "2026-06-30"]);
    said.fails(&["1 of 2 workspaces had no night: one"]);
    let rows = listed(&home);
    assert!(rows[0]["error"].as_str().expect("an error").contains("is not a workspace"), "{rows}");
    assert_eq!(rows[1]["as_of"], "2026-06-30");
    std::fs::rename(&away, one.dir()).expect("moved back");
    nobishiro(&["run", "--home", &home, "--as-of", "2026-06-30"]).ok();
}

#[test]
fn what_cannot_be_listed_says_why() {
    let (one, two) = (Workspace::new(Database::Sqlite), Workspace::new(Database::Sqlite));
    let folder = tempfile::tempdir().expect("a folder");
    let home = text(folder.path());
    nobishiro(&["home", "list", "--home", &home]).fails(&["is not a home", "nobishiro home init"]);
    nobishiro(&["home", "init", &home]).ok();
    nobishiro(&["home", "init", &home]).fails(&["is a home already"]);
    nobishiro(&["run", "--home", &home]).fails(&["no workspace is listed", "home add"]);
    let add = |args: &[&str]| nobishiro(&[&["home", "add", "--home", &home], args].concat());
    add(&[&home]).fails(&["is not a workspace"]);
    add(&[&text(&one.dir()), "--name", "A b"]).fails(&["`a-b`"]);
    add(&[&text(&one.dir()), "--name", "a"]).ok();
    add(&[&text(&one.dir()), "--name", "a"]).ok();
    add(&[&text(&one.dir()), "--name", "b"]).fails(&["listed already, as `a`"]);
    add(&[&text(&two.dir()), "--name", "a"]).fails(&["belongs to", "--name"]);
    let remove = |name| nobishiro(&["home", "remove", "--home", &home, name]);
    remove("x").fails(&["no workspace is listed as `x`", "listed are: a"]);
    remove("a").ok();
    one.run(&["check"]).ok();
}
