//! Flags, exit codes and words of every command.

use super::support::{Database, Workspace, nobishiro};

#[test]
fn bad_usage_is_exit_code_two() {
    for args in [
        &["fly"][..],
        &["run", "--as-of", "soon"],
        &["run", "--stage", "dream"],
        &["plays", "--format", "pdf"],
    ] {
        let said = nobishiro(args);
        assert_eq!(said.code, 2, "{args:?}: {}", said.err);
    }
    assert!(nobishiro(&["run", "--stage", "dream"]).err.contains("features, train, score, plan"));
}

#[test]
fn a_folder_that_is_no_workspace_says_how_to_make_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().display().to_string();
    nobishiro(&["run", "--workspace", &dir]).fails(&["no nobishiro.toml", "nobishiro init"]);
}

#[test]
fn init_refuses_what_is_not_known_and_what_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("ws").display().to_string();
    nobishiro(&["init", &dir, "--currency", "YEN"]).fails(&["YEN", "ISO 4217"]);
    nobishiro(&["init", &dir, "--zone", "Tokyo"]).fails(&["Tokyo", "Asia/Tokyo"]);
    let said = nobishiro(&["init", &dir]).ok();
    assert!(said.contains("JPY (assumed)") && said.contains("Asia/Tokyo (assumed)"), "{said}");
    nobishiro(&["init", &dir]).fails(&["workspace already"]);
}

#[test]
fn a_wrong_policy_names_its_line() {
    let workspace = Workspace::new(Database::Sqlite);
    std::fs::write(
        workspace.dir().join("policy.toml"),
        "version = 1\n[value]\nhorizon_month = 24\n",
    )
    .expect("written");
    workspace.run(&["run"]).fails(&["policy.toml", "line 3", "horizon_month"]);
}

#[test]
fn a_wrong_configuration_names_its_key() {
    let workspace = Workspace::new(Database::Sqlite);
    std::fs::write(
        workspace.dir().join("nobishiro.toml"),
        "currency = \"JPY\"\nzone = \"Asia/Tokyo\"\ncolour = 1\n",
    )
    .expect("written");
    workspace.run(&["check"]).fails(&["nobishiro.toml", "colour"]);
}

#[test]
fn plays_before_the_first_run_say_what_to_do() {
    let workspace = Workspace::new(Database::Sqlite);
    workspace.run(&["plays"]).fails(&["nobishiro run"]);
}

#[test]
fn check_says_what_is_missing_for_what() {
    let workspace = Workspace::new(Database::Sqlite);
    let accounts = workspace.file("accounts.csv", "account_id,name\nA,Acme\n");
    workspace.ingest(None, &[&accounts]).ok();
    let text = workspace.run(&["check"]).ok();
    assert!(text.contains("ready") && text.contains("missing") && text.contains("S36"), "{text}");
    let ja = workspace.run(&["check", "--lang", "ja"]).ok();
    assert!(ja.contains("契約更新日"), "{ja}");
    let json: serde_json::Value =
        serde_json::from_str(&workspace.run(&["check", "--format", "json"]).ok()).expect("JSON");
    assert!(json["findings"].as_array().is_some_and(|findings| findings.len() > 10));
}

#[test]
fn stages_stop_where_told_and_publish_nothing() {
    let workspace = Workspace::new(Database::Sqlite);
    let accounts = workspace.file("accounts.csv", "account_id,name\nA,Acme\n");
    workspace.ingest(None, &[&accounts]).ok();
    for stage in ["features", "train", "score"] {
        let said = workspace.run(&["run", "--stage", stage]).ok();
        assert!(said.contains("nothing published"), "{said}");
    }
    workspace.run(&["plays"]).fails(&["nobishiro run"]);
}
