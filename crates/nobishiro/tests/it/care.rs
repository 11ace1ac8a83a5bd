//! `nobishiro compact`, retention, workspaces that cannot be read, and who holds the lease.

use std::path::Path;

use super::support::{BOTH, Database, Workspace, nobishiro};

/// Orders of one account, one file a day of a month.
fn orders(workspace: &Workspace, files: u32, amount: u32) {
    for day in 1..=files {
        let text = format!(
            "order_id,account_id,ordered_at,product_id,amount\nO{day},A1,2026-01-{day:02},P1,{amount}\n"
        );
        let path = workspace.file(&format!("files/{day}/orders.csv"), text);
        workspace.ingest(None, &[&path]).ok();
    }
}

fn lake_files(workspace: &Workspace) -> usize {
    let said = workspace.run(&["compact", "--format", "json"]).ok();
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    usize::try_from(said["compacted"]["files_before"].as_u64().expect("a number")).expect("small")
}

#[test]
fn compaction_changes_no_export_and_runs_by_itself_when_worthwhile() {
    for database in BOTH {
        let workspace = Workspace::new(database);
        orders(&workspace, 5, 100);
        let before = workspace.export();
        assert_eq!(lake_files(&workspace), 5);
        assert!(workspace.export() == before);
        assert!(workspace.run(&["compact"]).ok().contains("Nothing to do"));
        orders(&workspace, 12, 100);
        assert!(lake_files(&workspace) < 8, "the eighth file was merged by the ingest");
        let last = workspace.file(
            "files/1/orders.csv",
            "order_id,account_id,ordered_at,product_id,amount\nO1,A1,2026-02-01,P1,7\n",
        );
        let said = workspace.ingest(None, &[&last]);
        let orders =
            workspace.export().into_iter().find(|(name, _)| name == "orders.csv").expect("orders");
        let text = String::from_utf8(orders.1).expect("text");
        assert_eq!(text.matches("O1,A1").count(), 1, "{text}");
        assert!(text.contains("O1,A1,2026-02-01"), "{text}{}", said.err);
    }
}

#[test]
fn what_is_kept_no_longer_goes_and_is_said() {
    for database in BOTH {
        let workspace = Workspace::new(database);
        let text = "order_id,account_id,ordered_at,product_id,amount\nO1,A1,2001-01-05,P1,1\nO2,A1,2001-02-05,P1,2\nO3,A1,2199-01-05,P1,3\n";
        let path = workspace.file("orders.csv", text);
        workspace.ingest(None, &[&path]).ok();
        // A correction that moves an order into a month that goes must not bring its older version back.
        let moved = "order_id,account_id,ordered_at,product_id,amount\nO3,A1,2001-01-06,P1,3\n";
        let path = workspace.file("moved/orders.csv", moved);
        workspace.ingest(None, &[&path]).ok();
        assert!(workspace.run(&["check"]).ok().contains("orders: kept for ever"));
        let config = workspace.dir().join("nobishiro.toml");
        let text = std::fs::read_to_string(&config).expect("read");
        std::fs::write(
            &config,
            format!("{text}[retention]\norders_months = 12\nrow_issues_months = 600\n"),
        )
        .expect("written");
        assert!(workspace.run(&["check"]).ok().contains("orders: older than 12 months goes"));
        let said = workspace.run(&["run", "--as-of", "2026-03-12"]);
        assert!(said.err.contains("Retention: 3 of orders from before"), "{}", said.err);
        assert!(workspace.export().iter().all(|(name, _)| name != "orders.csv"));
    }
    let workspace = Workspace::new(Database::Sqlite);
    let config = workspace.dir().join("nobishiro.toml");
    let text = std::fs::read_to_string(&config).expect("read");
    std::fs::write(&config, format!("{text}[retention]\norder_months = 12\n")).expect("written");
    workspace.run(&["check"]).fails(&["nobishiro.toml", "order_months"]);
}

/// Every command that reads or writes a workspace.
const COMMANDS: [&[&str]; 11] = [
    &["ingest", "/nowhere.csv"],
    &["check"],
    &["run"],
    &["plays"],
    &["explain", "A"],
    &["serve", "--listen", "127.0.0.1:0"],
    &["export", "/nowhere"],
    &["compact"],
    &["erase", "A", "--yes"],
    &["backup", "--to", "/nowhere/x"],
    &["export", "--person", "A"],
];

fn sql(workspace: &Workspace, statement: &str) {
    sqlite(&workspace.dir().join("store.sqlite"), statement);
}

fn sqlite(file: &Path, statement: &str) {
    let done = std::process::Command::new("python3")
        .args(["-c", "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nc.execute(sys.argv[2])\nc.commit()\nc.close()"])
        .arg(file)
        .arg(statement)
        .status()
        .expect("python3");
    assert!(done.success());
}

#[test]
fn a_workspace_of_a_newer_version_is_left_alone() {
    let workspace = Workspace::new(Database::Sqlite);
    let path = workspace.file("accounts.csv", "account_id,name\nA,Acme\n");
    workspace.ingest(None, &[&path]).ok();
    sql(
        &workspace,
        "INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, 1, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
    );
    let file = || std::fs::read(workspace.dir().join("store.sqlite")).expect("read");
    let before = file();
    for args in COMMANDS {
        workspace.run(args).fails(&[
            "newer version of Nobishiro",
            "schema 9999",
            "Install that version",
        ]);
        assert!(file() == before, "{args:?} changed the store");
    }
}

#[test]
fn a_damaged_store_says_how_to_restore() {
    let workspace = Workspace::new(Database::Sqlite);
    std::fs::write(workspace.dir().join("store.sqlite"), vec![7_u8; 40_000]).expect("written");
    for args in COMMANDS {
        workspace
            .run(args)
            .fails(&["not a database, or is damaged", "nobishiro restore FILE --to DIR"]);
    }
}

#[test]
fn a_held_lease_is_said_in_local_time_with_what_to_do() {
    let workspace = Workspace::new(Database::Sqlite);
    sql(
        &workspace,
        "INSERT INTO leases (name, what, holder, token, until_s) VALUES ('work', 'ingest', '412@tokyo-1', 3, 4102444800)",
    );
    let said =
        workspace.run(&["run"]).fails(&["another ingest", "process 412 on tokyo-1", "kill 412"]);
    assert!(said.contains("2099-12-31 19:00:00 (America/New_York)"), "{said}");
    // Reading needs no lease.
    workspace.run(&["check"]).ok();
    nobishiro(&[
        "backup",
        "--workspace",
        &workspace.dir().display().to_string(),
        "--to",
        &workspace.dir().with_file_name("b").display().to_string(),
    ])
    .ok();
}
