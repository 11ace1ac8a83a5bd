//! What a company's own files may do wrong: a clear error, a row issue that says how to mend it, or a worklist
//! that says why it is empty; nothing already stored is lost.

use std::fmt::Write;
use std::path::Path;
use std::process::Stdio;

use super::support::{BOTH, Database, Said, Workspace};

const ACCOUNTS: &str = "account_id,name,parent_id\nA,Acme,\nB,Beta,A\n";

fn seeded() -> Workspace {
    let workspace = Workspace::new(Database::Sqlite);
    let path = workspace.file("good/accounts.csv", ACCOUNTS);
    workspace.ingest(None, &[&path]).ok();
    workspace
}

/// Ingests a file that fails as a whole, and checks that what was stored is still there.
#[track_caller]
fn refused(name: &str, bytes: impl AsRef<[u8]>, speaks_of: &[&str]) {
    let workspace = seeded();
    let before = workspace.export();
    let path = workspace.file(&format!("bad/{name}"), bytes);
    workspace.ingest(None, &[&path]).fails(speaks_of);
    assert!(before == workspace.export(), "something stored was lost");
}

/// Ingests a file of which rows become issues, and checks the words that `check` gives them.
#[track_caller]
fn issue(name: &str, text: &str, speaks_of: &[&str]) -> Workspace {
    let workspace = seeded();
    let path = workspace.file(&format!("bad/{name}"), text);
    workspace.ingest(None, &[&path]).ok();
    let said = workspace.run(&["check", "--format", "json"]).ok();
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    let issues = said["row_issues"]["first"].to_string();
    for words in speaks_of {
        assert!(issues.contains(words), "`{words}` is not in:\n{issues}");
    }
    workspace
}

fn rejects(dir: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(dir.join("rejects")).into_iter().flatten() {
        text.push_str(&std::fs::read_to_string(entry.expect("an entry").path()).expect("text"));
    }
    text
}

#[test]
fn a_missing_file() {
    let workspace = seeded();
    workspace.ingest(None, &[Path::new("/nowhere/accounts.csv")]).fails(&["/nowhere/accounts.csv"]);
}

#[test]
fn an_empty_file() {
    refused("accounts.csv", "", &["accounts.csv", "empty"]);
}

#[test]
fn a_wrong_separator() {
    refused("accounts.csv", "account_id\tname\nC\tCee\n", &["accounts.csv", "tabs", "separator"]);
}

#[test]
fn semicolons_are_known_by_themselves() {
    let workspace = seeded();
    let path = workspace.file("bad/accounts.csv", "account_id;name\nC;Cee\n");
    workspace.ingest(None, &[&path]).ok();
    assert!(export(&workspace, "accounts.csv").contains("C,Cee"));
}

#[test]
fn a_separator_that_a_mapping_states_wrongly() {
    let workspace = seeded();
    let map = workspace.file(
        "map.toml",
        "[[file]]\nmatch = \"people.csv\"\nseparator = \"|\"\n  [[file.into]]\n  entity = \"accounts\"\n  [file.into.columns]\n  account_id = \"customer\"\n",
    );
    let path = workspace.file("bad/people.csv", "customer,name\nC,Cee\n");
    workspace.ingest(Some(&map), &[&path]).fails(&["people.csv", "commas", "separator"]);
}

#[test]
fn a_truncated_parquet_file() {
    refused("accounts.parquet", b"PAR1 and then nothing", &["accounts.parquet"]);
}

#[test]
fn a_truncated_gzip_file() {
    refused("accounts.csv.gz", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b], &["accounts.csv.gz"]);
}

#[test]
fn a_file_of_no_known_table() {
    refused("customers.csv", "id\n1\n", &["customers.csv"]);
}

#[test]
fn ragged_rows() {
    issue(
        "accounts.csv",
        "account_id,name\nC,Cee\nD\nE,Eee,extra\n",
        &["\"line\":3", "\"line\":4", "fields"],
    );
}

#[test]
fn invalid_utf8_in_one_row() {
    let workspace = seeded();
    let path = workspace.file("bad/accounts.csv", b"account_id,name\nC,Cee\nD,\xff\xfe\n");
    workspace.ingest(None, &[&path]).ok();
    assert!(rejects(&workspace.dir()).contains("UTF-8"));
}

#[test]
fn duplicate_ids_in_one_file() {
    let workspace = issue("accounts.csv", "account_id,name\nC,First\nC,Last\n", &["same key"]);
    let accounts = export(&workspace, "accounts.csv");
    assert!(accounts.contains("Last") && !accounts.contains("First"), "{accounts}");
}

/// The accounts on the map of an account's group.
fn group_of(workspace: &Workspace, account: &str) -> Vec<String> {
    let map = workspace.run(&["whitespace", account, "--format", "json"]).ok();
    let map: serde_json::Value = serde_json::from_str(&map).expect("JSON");
    let rows = map["rows"].as_array().into_iter().flatten();
    let mut of_group: Vec<String> =
        rows.filter_map(|row| row["account_id"].as_str().map(str::to_owned)).collect();
    of_group.dedup();
    of_group
}

#[test]
fn an_account_in_two_groups_is_in_one_and_it_is_said_which() {
    let workspace = issue(
        "accounts.csv",
        "account_id,name,parent_id\nG1,One,\nG2,Two,\nD,Dee,G1\nE,Eee,G1\nD,Dee,G2\n",
        &[
            "puts D into two groups: line 4 gives the parent G1 and line 6 the parent G2",
            "line 6 counts, being the later",
            "remove the other",
        ],
    );
    let files = [
        (
            "products.csv",
            "product_id,name,kind,line,tier,price,price_unit\nP,P,plan,L,1,100,month\nQ,Q,plan,M,1,100,month\n",
        ),
        (
            "subscriptions.csv",
            "subscription_id,account_id,product_id,started_on,mrr\nS1,G1,P,2024-01-15,100\nS2,G2,P,2024-01-15,100\nS3,D,P,2024-01-15,100\nS4,E,P,2024-01-15,100\n",
        ),
        ("account_links.csv", "from_id,to_id,kind,share\nG1,D,capital,0.6\nG1,E,capital,1\n"),
    ];
    for (name, text) in files {
        let path = workspace.file(&format!("good/{name}"), text);
        workspace.ingest(None, &[&path]).ok();
    }
    let said = workspace.run(&["check", "--format", "json"]).ok();
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    let warnings = said["warnings"].to_string();
    for words in [
        "\"two_groups\"",
        "1 ties of capital",
        "G1 is in the group of G1, D in that of G2",
        "accounts.parent_id decides the group",
        "parent_id(親会社)で決まり",
    ] {
        assert!(warnings.contains(words), "`{words}` is not in:\n{warnings}");
    }
    workspace.run(&["run", "--as-of", "2026-03-12"]).ok();
    assert_eq!(group_of(&workspace, "G1"), ["G1", "E"]);
    assert_eq!(group_of(&workspace, "G2"), ["G2", "D"]);
    // One decision an offer, whatever rows and ties say.
    let all = workspace.run(&["plays", "--all", "--format", "json"]).ok();
    let all: serde_json::Value = serde_json::from_str(&all).expect("JSON");
    let mut offers: Vec<&str> = all
        .as_array()
        .expect("candidates")
        .iter()
        .filter(|it| it["account_id"] == "D")
        .filter_map(|it| it["offer_id"].as_str())
        .collect();
    let n = offers.len();
    offers.sort_unstable();
    offers.dedup();
    assert!(n > 0 && offers.len() == n, "{n} of {offers:?}");
}

fn export(workspace: &Workspace, name: &str) -> String {
    let files = workspace.export();
    let bytes = &files
        .iter()
        .find(|(file, _)| file == name)
        .unwrap_or_else(|| panic!("{name} is exported"))
        .1;
    String::from_utf8(bytes.clone()).expect("text")
}

#[test]
fn a_cycle_of_parents() {
    let workspace =
        issue("accounts.csv", "account_id,name,parent_id\nC,Cee,D\nD,Dee,C\n", &["circle"]);
    workspace.run(&["run"]).ok();
}

#[test]
fn impossible_dates() {
    issue(
        "subscriptions.csv",
        "subscription_id,account_id,product_id,started_on\nS1,A,P,2026-02-30\nS2,A,P,2026-02-28\n",
        &["2026-02-30", "started_on"],
    );
}

#[test]
fn negative_and_enormous_numbers() {
    issue(
        "subscriptions.csv",
        "subscription_id,account_id,product_id,started_on,seats,mrr\nS1,A,P,2026-02-01,-5,100\nS2,A,P,2026-02-01,5,99999999999999999999\n",
        &["-5", "seats", "99999999999999999999", "mrr"],
    );
}

#[test]
fn an_unknown_currency() {
    issue(
        "subscriptions.csv",
        "subscription_id,account_id,product_id,started_on,mrr,currency\nS1,A,P,2026-02-01,100,XXQ\n",
        &["XXQ", "currency"],
    );
}

#[test]
fn an_unknown_reference_is_taken_and_said() {
    let workspace = issue(
        "surveys.csv",
        "response_id,account_id,at,score\nR1,ZZ,2026-02-01,9\n",
        &["ZZ", "account_id"],
    );
    assert!(export(&workspace, "surveys.csv").contains("R1"));
}

#[test]
fn a_mapping_that_names_a_column_the_file_lacks() {
    let workspace = seeded();
    let map = workspace.file(
        "map.toml",
        "[[file]]\nmatch = \"people.csv\"\n  [[file.into]]\n  entity = \"accounts\"\n  [file.into.columns]\n  account_id = \"custmer\"\n",
    );
    let path = workspace.file("bad/people.csv", "customer,name\nC,Cee\n");
    workspace.ingest(Some(&map), &[&path]).fails(&["custmer", "customer", "people.csv"]);
}

#[test]
fn a_corrected_row_replaces_and_the_same_changes_nothing() {
    for database in BOTH {
        let workspace = Workspace::new(database);
        let path = workspace.file("accounts.csv", ACCOUNTS);
        workspace.ingest(None, &[&path]).ok();
        let before = workspace.export();
        let again =
            workspace.run(&["ingest", "--format", "json", &path.display().to_string()]).ok();
        let report: serde_json::Value = serde_json::from_str(&again).expect("JSON");
        assert_eq!(report["files"][0]["tables"][0]["unchanged"], 2, "{report}");
        assert!(before == workspace.export());
        let corrected = workspace.file("accounts.csv", ACCOUNTS.replace("Beta", "Beta Inc"));
        workspace.ingest(None, &[&corrected]).ok();
        assert!(export(&workspace, "accounts.csv").contains("Beta Inc"));
    }
}

#[test]
fn a_read_only_workspace() {
    let workspace = seeded();
    let path = workspace.file("more/accounts.csv", "account_id,name\nC,Cee\n");
    let said = as_nobody(&workspace, &["ingest", &path.display().to_string()]);
    let said = said.fails(&["store"]);
    assert!(
        said.contains("read-only")
            || said.contains("permission")
            || said.contains("Permission")
            || said.contains("write"),
        "{said}"
    );
    assert!(!export(&workspace, "accounts.csv").contains("Cee"));
}

/// Runs as a user who may read the workspace and not write it: root ignores the mode of files.
fn as_nobody(workspace: &Workspace, args: &[&str]) -> Said {
    let dir = workspace.dir();
    let parent = dir.parent().expect("a folder").to_path_buf();
    std::process::Command::new("chmod")
        .args(["-R", "a+rX,a-w"])
        .arg(&parent)
        .status()
        .expect("chmod");
    let executable = parent.join("nobishiro");
    // The build folder may be closed to others.
    std::process::Command::new("chmod").arg("u+w").arg(&parent).status().expect("chmod");
    std::fs::copy(env!("CARGO_BIN_EXE_nobishiro"), &executable).expect("copied");
    let command = workspace.command(args);
    let mut all = vec![
        "-u".to_owned(),
        "nobody".to_owned(),
        "--".to_owned(),
        executable.display().to_string(),
    ];
    all.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    let root = std::fs::metadata("/proc/self")
        .is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    let output = if root {
        std::process::Command::new("runuser").args(&all).current_dir("/").output()
    } else {
        std::process::Command::new(&all[3]).args(&all[4..]).output()
    }
    .expect("it runs");
    let said = Said::of(&output);
    std::process::Command::new("chmod").args(["-R", "u+w"]).arg(&parent).status().expect("chmod");
    said
}

#[test]
fn a_full_disk() {
    let workspace = seeded();
    let mut rows = String::from("account_id,name\n");
    for i in 0..200_000 {
        writeln!(rows, "C{i},Customer number {i} with a long name").expect("a string takes it");
    }
    let path = workspace.file("many/accounts.csv", rows);
    // A limit on the size of written files stands in for a full disk: the write fails half-way.
    let script = "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\"";
    let command = workspace.command(&["ingest", &path.display().to_string()]);
    let output = std::process::Command::new("bash")
        .arg("-c")
        .arg(script)
        .arg(command.get_program())
        .args(command.get_args())
        .output()
        .expect("it runs");
    Said::of(&output).fails(&["store"]);
    let accounts = export(&workspace, "accounts.csv");
    assert!(accounts.contains("Acme") && accounts.contains("Beta"), "what was stored is there");
    workspace.ingest(None, &[&path]).ok();
}

#[test]
fn a_lost_store_is_not_taken_for_a_new_one() {
    let workspace = seeded();
    workspace.run(&["run"]).ok();
    for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"] {
        // Only some of them are there once the last command has closed the store.
        let _ = std::fs::remove_file(workspace.dir().join(name));
    }
    workspace.run(&["run"]).fails(&["store.sqlite", "missing or empty"]);
}

#[test]
fn an_export_goes_in_again_with_what_it_spoke_of() {
    let workspace = seeded();
    let surveys = "response_id,account_id,at,score\nR1,ZZ,2026-02-01,9\n";
    let path = workspace.file("more/surveys.csv", surveys);
    workspace.ingest(None, &[&path]).ok();
    let first = workspace.export();
    let again = Workspace::new(Database::Sqlite);
    let folder = workspace.dir().join("out");
    workspace.run(&["export", &folder.display().to_string()]).ok();
    again.ingest(None, &[&folder]).ok();
    assert!(first == again.export(), "the export of an export is the same");
}

#[test]
fn two_runs_at_once() {
    for database in BOTH {
        let workspace = Workspace::with(database, "JPY", "Asia/Tokyo");
        let files = workspace.dir().join("files");
        let dir = files.display().to_string();
        super::support::nobishiro(&["simulate", &dir, "--companies", "12"]).ok();
        workspace.ingest(None, &[&files]).ok();
        // Both may be lucky and run one after the other: then they begin again.
        let refused = (0..10).any(|_| {
            let start = || {
                let mut command = workspace.command(&["run"]);
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
            };
            let both = [start(), start()]
                .map(|child| Said::of(&child.wait_with_output().expect("its end")));
            assert!(both.iter().any(|said| said.code == 0), "one of them runs");
            for said in both.iter().filter(|said| said.code != 0) {
                assert!(said.err.contains("run") && !said.err.contains("panicked"), "{}", said.err);
            }
            both.iter().any(|said| said.code != 0)
        });
        assert!(refused, "two runs worked at the same time on {database:?}");
        workspace.run(&["plays"]).ok();
    }
}

/// Ingests canonical files, runs, and returns the worklist's table.
fn thin(files: &[(&str, &str)]) -> String {
    let workspace = Workspace::new(Database::Sqlite);
    let folder = workspace.dir().join("files");
    for (name, text) in files {
        workspace.file(&format!("files/{name}"), text);
    }
    let folder = folder.parent().and_then(Path::parent).expect("a folder").join("files");
    workspace.ingest(None, &[&folder]).ok();
    workspace.run(&["run", "--as-of", "2026-03-31"]).ok();
    workspace.run(&["plays"]).ok()
}

#[test]
fn accounts_only() {
    let plays = thin(&[("accounts.csv", ACCOUNTS)]);
    assert!(plays.contains("0 plays"), "{plays}");
}

#[test]
fn without_reps_prices_or_proposals() {
    let plays = thin(&[
        ("accounts.csv", ACCOUNTS),
        ("products.csv", "product_id,kind,line,tier\nP,plan,L,1\nQ,plan,L,2\n"),
        (
            "subscriptions.csv",
            "subscription_id,account_id,product_id,started_on,mrr,renews_on,notice_days\nS,A,P,2025-06-01,100,2026-06-01,10\n",
        ),
    ]);
    assert!(plays.contains("plays"), "{plays}");
}

#[test]
fn every_customer_churned() {
    let plays = thin(&[
        ("accounts.csv", ACCOUNTS),
        (
            "products.csv",
            "product_id,kind,line,tier,price,price_unit\nP,plan,L,1,10,month\nQ,plan,L,2,20,month\n",
        ),
        (
            "subscriptions.csv",
            "subscription_id,account_id,product_id,started_on,ended_on,mrr\nS,A,P,2024-06-01,2025-06-01,100\nT,B,P,2024-06-01,2025-07-01,100\n",
        ),
    ]);
    assert!(plays.contains("plays"), "{plays}");
}

#[test]
fn an_nps_of_11_is_refused_by_its_question() {
    let text = "response_id,account_id,at,score,question\nR1,A,2026-03-01,11,\nR2,A,2026-03-01,11,csat\nR3,A,2026-03-01,10,nps\n";
    let workspace = issue("surveys.csv", text, &["\"line\":2", "from 0 to 10", "csat or interest"]);
    assert!(rejects(&workspace.dir()).contains("surveys.csv,2,score,11"));
    let surveys = export(&workspace, "surveys.csv");
    assert!(!surveys.contains("R1") && surveys.contains("R2") && surveys.contains("R3"));
}

#[test]
fn a_file_of_which_every_row_is_refused_fails() {
    let workspace = seeded();
    let bad = "response_id,account_id,at,score\nR1,A,2026-03-01,11\n";
    let path = workspace.file("bad/surveys.csv", bad);
    workspace.ingest(None, &[&path]).fails(&["every row of surveys.csv was refused", "check"]);
    let path = workspace.file("bad/surveys.csv", format!("{bad}R2,A,2026-03-01,9\n"));
    workspace.ingest(None, &[&path]).ok();
}

#[test]
fn contracts_that_cannot_be_are_told() {
    let head = "subscription_id,account_id,product_id,started_on,effective_on,ended_on,seats\n";
    let backwards = format!("{head}S1,A,P,2026-02-01,,2026-01-01,5\n");
    issue("subscriptions.csv", &backwards, &["is before `started_on`", "\"line\":2"]);
    let negative = format!("{head}S1,A,P,2026-02-01,,,-5\n");
    let workspace =
        issue("subscriptions.csv", &negative, &["\"column\":\"seats\"", "\"value\":\"-5\""]);
    assert!(export(&workspace, "subscriptions.csv").contains("S1,A,P"));
    let overlap = format!(
        "{head}S1,A,P,2025-01-01,2025-01-01,2025-12-31,5\nS1,B,P,2025-01-01,2025-06-01,,8\n"
    );
    issue(
        "subscriptions.csv",
        &overlap,
        &["took effect on 2025-06-01", "which belonged to A before", "give two contract"],
    );
}

#[test]
fn deals_that_are_open_and_closed_at_once_are_told() {
    let text = "proposal_id,account_id,opened_at,type,closed_at,outcome\n\
        D1,A,2026-01-01,expansion,2026-02-01,open\nD2,A,2026-01-01,expansion,2026-02-01,\n";
    issue("proposals.csv", text, &["whose `outcome` is open", "write won or lost", "\"line\":3"]);
}

#[test]
fn orders_before_their_account_are_told() {
    let workspace = seeded();
    let accounts =
        workspace.file("bad/accounts.csv", "account_id,name,acquired_on\nA,Acme,2026-02-01\n");
    let orders = workspace.file(
        "bad/orders.csv",
        "order_id,account_id,ordered_at,product_id\nO1,A,2025-12-31,P\nO2,A,2026-02-01,P\n",
    );
    workspace.ingest(None, &[&orders, &accounts]).ok();
    let said = workspace.run(&["check"]).ok();
    assert!(said.contains("first order of A, a customer only since 2026-02-01"), "{said}");
}

#[test]
fn a_nul_in_a_cell_does_no_harm_on_either_database() {
    for database in BOTH {
        let workspace = Workspace::new(database);
        let path = workspace.file("in/accounts.csv", "account_id,name\nA,Ac\0me\n");
        workspace.ingest(None, &[&path]).ok();
        assert!(export(&workspace, "accounts.csv").contains("A,Acme"));
    }
}

#[test]
fn two_files_that_use_the_same_ids_for_different_things() {
    let workspace = seeded();
    let first = workspace.file("in/accounts.csv", "account_id,name,kind\n1,Northern Light,company\n2,Zenith Foods,company\n3,Acme Ltd,company\n");
    workspace.ingest(None, &[&first]).ok();
    let second = workspace.file("other/accounts.csv", "account_id,name,kind\n1,Hanako Yamada,person\n2,Jim Brown,person\n3,ACME Limited,company\n");
    workspace.ingest(None, &[&second]).ok();
    let said = workspace.run(&["check", "--format", "json"]).ok();
    for words in [
        "takes the place of `Northern Light` under the id 1, and its kind from company to person",
        "2 of the 3 ids of this file that were known come with a wholly other name",
    ] {
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
    assert!(!said.contains("under the id 3"), "another spelling is no other company: {said}");
}

#[test]
fn hours_that_clocks_skip_or_repeat_are_told() {
    let text = "order_id,account_id,ordered_at,product_id\n\
        O1,A,2026-03-08T02:30:00,P\nO2,A,2026-11-01 01:30,P\nO3,A,2026-11-01T01:30:00-05:00,P\n\
        O4,A,2026-03-08T03:30:00,P\nO5,A,2026-07-01T01:30:00,P\n";
    let workspace = issue(
        "orders.csv",
        text,
        &[
            "does not exist in America/New_York",
            "03:30 is taken",
            "exists twice in America/New_York",
        ],
    );
    let said = workspace.run(&["check", "--format", "json"]).ok();
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    let clocks = said["row_issues"]["first"].as_array().expect("issues").iter();
    let lines: Vec<u64> = clocks
        .filter(|issue| issue["reason"].as_str().is_some_and(|r| r.contains("America/New_York")))
        .filter_map(|issue| issue["line"].as_u64())
        .collect();
    assert_eq!(lines, [2, 3], "{said:#}");
}
