//! Files that no mapping was written for: `map suggest`, at most a few edited lines, and a worklist that makes
//! sense; then the next month's files, known again, and a folder that is watched (S18, S79).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::support::{Database, Said, Workspace, nobishiro};

/// Numbers that look drawn and are the same every time (Knuth 1998, vol. 2, 3.3.4, table 1, line 26).
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

const PLANS: [(&str, u64); 3] = [("Basic", 19), ("Pro", 49), ("Enterprise", 199)];

/// A day of 2023 or 2024 by its number, as day, month and year of months of 28 days.
fn day(number: u64) -> (u64, u64, u64) {
    (number % 28 + 1, number / 28 % 12 + 1, 2023 + number / 336)
}

fn dmy(number: u64) -> String {
    let (day, month, year) = day(number);
    format!("{day:02}/{month:02}/{year}")
}

fn flag(yes: bool) -> &'static str {
    if yes { "TRUE" } else { "FALSE" }
}

/// A made-up export in the layout of a public one: a byte order mark, days before months, TRUE and FALSE.
struct Export {
    files: BTreeMap<&'static str, String>,
    /// Customers all of whose contracts have ended.
    churned: BTreeSet<String>,
    /// Customers with an escalated ticket that is open.
    escalated: BTreeSet<String>,
    /// The plans of each customer's running contracts.
    owned: BTreeSet<(String, String)>,
}

#[expect(clippy::too_many_lines, reason = "five files of one export")]
fn saas() -> Export {
    let mut draw = Draw(7);
    let mut accounts = "\u{feff}account_id,account_name,industry,country,signup_date,referral_source,plan_tier,seats,is_trial,churn_flag\r\n".to_owned();
    let mut subscriptions = "\u{feff}subscription_id,account_id,start_date,end_date,plan_tier,seats,mrr_amount,arr_amount,is_trial,upgrade_flag,downgrade_flag,churn_flag,billing_frequency,auto_renew_flag\r\n".to_owned();
    let mut usage = "\u{feff}usage_id,subscription_id,usage_date,feature_name,usage_count,usage_duration_secs,error_count,is_beta_feature\r\n".to_owned();
    let mut tickets = "\u{feff}ticket_id,account_id,submitted_at,closed_at,resolution_time_hours,priority,first_response_time_minutes,satisfaction_score,escalation_flag\r\n".to_owned();
    let mut churn = "\u{feff}churn_event_id,account_id,churn_date,reason_code,refund_amount_usd,preceding_upgrade_flag,feedback_text\r\n".to_owned();
    let (mut churned, mut escalated, mut owned) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for number in 1..=80 {
        let account = format!("A-{number:05x}");
        let leaves = number % 7 == 0;
        let (plan, price) = PLANS[usize::try_from(draw.below(3)).expect("small")];
        let seats = 3 + draw.below(60);
        let start = draw.below(200);
        let industry =
            ["DevTools", "FinTech", "EdTech"][usize::try_from(draw.below(3)).expect("small")];
        accounts += &format!(
            "{account},Company_{number},{industry},US,{},organic,{plan},{seats},{},{}\r\n",
            dmy(start),
            flag(number % 11 == 0),
            flag(leaves)
        );
        let id = format!("S-{number:05x}");
        let end = if leaves { dmy(start + 200 + draw.below(100)) } else { String::new() };
        let mrr = price * seats;
        let trial = number % 11 == 0;
        let billing = if number % 2 == 0 { "monthly" } else { "annual" };
        subscriptions += &format!(
            "{id},{account},{},{end},{plan},{seats},{mrr},{},{},FALSE,FALSE,{},{billing},TRUE\r\n",
            dmy(start),
            mrr * 12,
            flag(trial),
            flag(leaves)
        );
        for use_number in 0..12 {
            let count = 1 + draw.below(40);
            let on = dmy(400 + use_number * 20 + draw.below(5));
            usage += &format!(
                "U-{number:03}{use_number:02},{id},{on},feature_{},{count},{},0,FALSE\r\n",
                1 + draw.below(9),
                count * 60
            );
        }
        if number % 3 == 0 {
            let open = number % 9 == 0;
            let closed = if open { String::new() } else { format!("{} 17:05", dmy(640)) };
            tickets += &format!(
                "T-{number:05},{account},{} 09:30,{closed},5.5,low,{},{},{}\r\n",
                dmy(630 + draw.below(8)),
                draw.below(90),
                if number % 2 == 0 { "4.0" } else { "" },
                flag(open)
            );
            if open {
                escalated.insert(account.clone());
            }
        }
        if leaves {
            churn += &format!(
                "C-{number:05},{account},{},pricing,12.50,FALSE,too expensive\r\n",
                dmy(start + 300)
            );
            churned.insert(account);
        } else {
            owned.insert((account, plan.to_owned()));
        }
    }
    let files = BTreeMap::from([
        ("accounts_2024-12.csv", accounts),
        ("subscriptions_2024-12.csv", subscriptions),
        ("feature_usage_2024-12.csv", usage),
        ("support_tickets_2024-12.csv", tickets),
        ("churn_events_2024-12.csv", churn),
    ]);
    Export { files, churned, escalated, owned }
}

impl Export {
    fn write(&self, workspace: &Workspace, folder: &str) -> PathBuf {
        let mut path = PathBuf::new();
        for (name, text) in &self.files {
            path = workspace.file(&format!("{folder}/{name}"), text);
        }
        path.parent().expect("a folder").to_owned()
    }
}

/// The proposed mapping for a folder, with lines replaced by hand; their number is part of the test.
fn suggested(workspace: &Workspace, folder: &Path, edits: &[(&str, &str)]) -> PathBuf {
    assert!(edits.len() <= 10, "at most ten edited lines");
    let out = workspace.file("map.toml", "");
    let (map, folder) = (out.display().to_string(), folder.display().to_string());
    let said = nobishiro(&["map", "suggest", "--out", &map, &folder]);
    assert!(said.err.contains("Next: nobishiro ingest --map"), "{}", said.err);
    said.ok();
    let mut text = std::fs::read_to_string(&out).expect("the mapping");
    for (line, other) in edits {
        assert!(text.contains(line), "`{line}` is to be edited in\n{text}");
        text = text.replacen(line, other, 1);
    }
    std::fs::write(&out, text).expect("written");
    out
}

/// The report of an ingest in which every row is accounted for and no file was left out by accident.
fn report(said: Said) -> serde_json::Value {
    let report: serde_json::Value = serde_json::from_str(&said.ok()).expect("a report");
    for file in report["files"].as_array().expect("files") {
        assert!(file["error"].is_null(), "{file}");
        for table in file["tables"].as_array().into_iter().flatten() {
            let count = |name: &str| table[name].as_u64().expect("a count");
            let known = count("taken")
                + count("replaced")
                + count("unchanged")
                + count("refused")
                + count("skipped");
            assert_eq!(count("rows_read"), known, "{table}");
            assert_eq!(count("refused"), 0, "{table}");
        }
    }
    report
}

fn rows(report: &serde_json::Value, table: &str, count: &str) -> u64 {
    let files = report["files"].as_array().expect("files");
    let tables = files.iter().flat_map(|file| file["tables"].as_array().into_iter().flatten());
    tables.filter(|t| t["table"] == table).map(|t| t[count].as_u64().unwrap_or_default()).sum()
}

fn ingest(workspace: &Workspace, args: &[&str]) -> Said {
    let mut all = vec!["ingest", "--format", "json"];
    all.extend(args);
    workspace.run(&all)
}

fn text<'a>(play: &'a serde_json::Value, field: &str) -> &'a str {
    play[field].as_str().unwrap_or_default()
}

/// Plays there are; nobody who left is sold to, nor who waits for a grave ticket, nor what they have.
fn sensible(workspace: &Workspace, export: &Export, least: usize) {
    let said = workspace.run(&["run", "--as-of", "2024-12-28"]).ok();
    let plays = workspace.plays();
    assert!(plays.len() >= least, "{} plays: {said}", plays.len());
    for play in plays.iter().filter(|play| text(play, "motion") != "care") {
        let account = text(play, "account_id");
        assert!(!export.churned.contains(account), "who left is not pitched: {play}");
        assert!(!export.escalated.contains(account), "an escalation holds: {play}");
        if matches!(text(play, "motion"), "plan_up" | "cross_sell" | "option") {
            let pair = (account.to_owned(), text(play, "product_id").to_owned());
            assert!(!export.owned.contains(&pair), "what is owned is not pitched: {play}");
        }
        assert!(!text(play, "why_now").is_empty(), "{play}");
    }
    let held = workspace.run(&["run", "--as-of", "2024-12-28"]).ok();
    assert!(held.contains("held:"), "escalations hold something: {held}");
}

#[test]
fn a_saas_export_goes_in_as_proposed() {
    let workspace = Workspace::new(Database::Sqlite);
    let export = saas();
    let folder = export.write(&workspace, "in");
    let map = suggested(&workspace, &folder, &[]).display().to_string();
    let report = report(ingest(&workspace, &["--map", &map, &folder.display().to_string()]));
    assert_eq!(rows(&report, "accounts", "taken"), 80);
    assert_eq!(rows(&report, "subscriptions", "taken"), 80);
    assert_eq!(rows(&report, "usage", "rows_read"), 960);
    assert_eq!(rows(&report, "activities", "taken"), 26);
    assert_eq!(rows(&report, "products", "taken"), 3);
    sensible(&workspace, &export, 10);
    the_next_month(&workspace, &export, &map);
}

/// The files of the next month need no `--map`, whatever they are called; one that lost a column is refused.
fn the_next_month(workspace: &Workspace, export: &Export, map: &str) {
    let subscriptions = &export.files["subscriptions_2024-12.csv"];
    let march = workspace.file("march.csv", subscriptions.replace("start_date", "Start Date"));
    let again = report(ingest(workspace, &[&march.display().to_string()]));
    assert_eq!(rows(&again, "subscriptions", "unchanged"), 80, "{again}");
    let notes = again["files"][0]["notes"].to_string();
    assert!(notes.contains("is taken by mappings/map-"), "{notes}");
    assert!(notes.contains("the column `Start Date` is taken for `start_date`"), "{notes}");

    let renamed = subscriptions.replacen("mrr_amount", "mrr_total", 1);
    let april = workspace.file("subscriptions_2025-04.csv", renamed);
    let said = workspace.run(&["ingest", &april.display().to_string()]);
    said.fails(&[
        "its columns changed since",
        "`mrr_amount` may now be `mrr_total`",
        "nothing of the file was taken",
    ]);

    let unknown = workspace.file("unknown.csv", "x,y\n1,2\n");
    let said = workspace.run(&["ingest", &unknown.display().to_string()]);
    said.fails(&["unknown.csv is not named after a table", "--map"]);
    assert!(Path::new(map).is_file());
}

/// 令和 and the rest, in full-width digits, in the Shift_JIS of Windows, under two header lines.
fn japanese() -> (BTreeMap<&'static str, Vec<u8>>, BTreeSet<String>) {
    let wide = |text: String| -> String {
        let wide =
            |c: char| char::from_u32(u32::from(c) - u32::from('0') + u32::from('０')).unwrap_or(c);
        text.chars().map(|c| if c.is_ascii_digit() { wide(c) } else { c }).collect()
    };
    let era = |number: u64| {
        let (day, month, year) = day(number);
        wide(format!("令和{}年{month}月{day}日", year - 2018))
    };
    let plans = [("ライト", 10_000), ("スタンダード", 30_000), ("エンタープライズ", 90_000)];
    let mut draw = Draw(11);
    let mut contracts = "契約一覧表,,,,,,,,\r\n顧客,,契約,,,,,,備考\r\nコード,会社名,契約番号,プラン,席数,月額（円）,開始日,解約日,\r\n".to_owned();
    let mut usage = "契約番号,利用日,機能名,利用回数\r\n".to_owned();
    let mut tickets = "受付番号,顧客コード,受付日,完了日,優先度,件名\r\n".to_owned();
    let mut churned = BTreeSet::new();
    for number in 1..=40_u64 {
        let (plan, price) = plans[usize::try_from(draw.below(3)).expect("small")];
        let start = draw.below(200);
        let left = number % 8 == 0;
        let end = if left { era(start + 250) } else { String::new() };
        let account = format!("C{number:03}");
        let money = format!("\"{},{:03}\"", price / 1000, price % 1000);
        contracts += &format!(
            "{account},株式会社みどり{number},K{number:03},{plan},{},{},{},{end},\r\n",
            wide((5 + draw.below(30)).to_string()),
            wide(money),
            era(start)
        );
        for week in 0..10 {
            usage += &format!(
                "K{number:03},{},{},{}\r\n",
                era(450 + week * 20),
                ["見積作成", "請求書発行"][usize::try_from(draw.below(2)).expect("small")],
                wide((1 + draw.below(20)).to_string())
            );
        }
        if number % 5 == 0 {
            let closed = if number % 10 == 0 { String::new() } else { era(650) };
            tickets += &format!(
                "T{number:03},{account},{},{closed},{},動作が遅い\r\n",
                era(640),
                if number % 10 == 0 { "緊急" } else { "低" }
            );
        }
        if left {
            churned.insert(account);
        }
    }
    let cp932 = |text: String| encoding_rs::SHIFT_JIS.encode(&text).0.into_owned();
    let files = BTreeMap::from([
        ("契約一覧.csv", cp932(contracts)),
        ("利用実績.csv", cp932(usage)),
        ("問い合わせ.csv", cp932(tickets)),
    ]);
    (files, churned)
}

#[test]
fn a_japanese_export_in_cp932_goes_in_as_proposed() {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let (files, churned) = japanese();
    let mut folder = PathBuf::new();
    for (name, bytes) in files {
        folder =
            workspace.file(&format!("in/{name}"), bytes).parent().expect("a folder").to_owned();
    }
    let map = suggested(&workspace, &folder, &[]).display().to_string();
    let report = report(ingest(&workspace, &["--map", &map, &folder.display().to_string()]));
    assert_eq!(rows(&report, "accounts", "taken"), 40, "{report}");
    assert_eq!(rows(&report, "subscriptions", "taken"), 40, "{report}");
    assert_eq!(rows(&report, "usage", "rows_read"), 400, "{report}");
    assert_eq!(rows(&report, "activities", "taken"), 8, "{report}");
    let export = workspace.export();
    let contracts =
        &export.iter().find(|(name, _)| name == "subscriptions.csv").expect("contracts").1;
    let contracts = String::from_utf8_lossy(contracts);
    assert!(contracts.contains("2023-") && contracts.contains(",90000,"), "{contracts}");
    let escalated = (1..=4).map(|n| format!("C{:03}", n * 10)).collect();
    sensible(
        &workspace,
        &Export { files: BTreeMap::new(), churned, escalated, owned: BTreeSet::new() },
        3,
    );
}

#[test]
fn a_watched_folder_is_emptied_once_and_nothing_is_doubled() {
    let workspace = Workspace::new(Database::Sqlite);
    let export = saas();
    let folder = export.write(&workspace, "in");
    let map = suggested(&workspace, &folder, &[]).display().to_string();
    std::fs::write(folder.join("broken.csv"), "x,y\n1,2\n").expect("written");
    std::fs::write(folder.join(".hidden.csv"), "x").expect("written");
    let watched = folder.display().to_string();
    let args = ["ingest", "--watch", &watched, "--once", "--settled", "0", "--map", &map];
    workspace.run(&args).ok();
    let names = |of: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder.join(of)).expect("a folder");
        entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names("done").len(), 10, "{:?}", names("done"));
    assert_eq!(
        names("refused"),
        BTreeSet::from(["broken.csv".to_owned(), "broken.csv.report.txt".to_owned()])
    );
    let why =
        std::fs::read_to_string(folder.join("refused/broken.csv.report.txt")).expect("a report");
    assert!(why.contains("NOT TAKEN"), "{why}");
    let first = workspace.export();

    // Killed after storing and before moving: the file is still there, and taken again.
    let usage = "feature_usage_2024-12.csv";
    std::fs::rename(folder.join("done").join(usage), folder.join(usage)).expect("moved back");
    workspace.run(&args).ok();
    assert!(first == workspace.export(), "the same rows again change nothing");
    assert!(names("done").contains(usage));

    // Too young to be taken: it may still grow.
    std::fs::write(folder.join("young.csv"), "x,y\n1,2\n").expect("written");
    workspace.run(&["ingest", "--watch", &watched, "--once", "--settled", "3600"]).ok();
    assert!(folder.join("young.csv").is_file());
}

#[test]
fn what_is_no_table_is_said() {
    let workspace = Workspace::new(Database::Sqlite);
    for (name, content, says) in [
        ("empty.csv", "", "is empty: export it again"),
        ("letter.pdf", "x", "files ending in .pdf are not read"),
        ("other.csv", "a,b\n1,2\n", "none of the files was recognised"),
    ] {
        let path = workspace.file(name, content).display().to_string();
        nobishiro(&["map", "suggest", &path]).fails(&[says]);
    }
}

#[test]
fn a_mapping_and_files_may_be_named_from_their_folder() {
    let workspace = Workspace::new(Database::Sqlite);
    let file =
        workspace.file("export/kunden.csv", "Customer ID;Company Name\nK1;M\u{fc}ller\nK2;Weber\n");
    let folder = file.parent().expect("a folder").to_owned();
    let here = |command: &mut std::process::Command| {
        Said::of(&command.current_dir(&folder).output().expect("the program runs"))
    };
    let map = "[[file]]\nmatch = \"kunden.csv\"\n[[file.into]]\nentity = \"accounts\"\n\
        [file.into.columns]\naccount_id = \"Customer ID\"\nname = \"Company Name\"\n";
    workspace.file("export/map.toml", map);
    here(&mut workspace.command(&["ingest", "--map", "map.toml", "kunden.csv"])).ok();
    // The mapping is kept for next month's file.
    let next = "Customer ID;Company Name\nK1;M\u{fc}ller\nK3;Vogel\n";
    workspace.file("export/kunden-2.csv", next);
    let said = here(&mut workspace.command(&["ingest", "kunden-2.csv"])).ok();
    assert!(said.contains("1 taken"), "{said}");
}
