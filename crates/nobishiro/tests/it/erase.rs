//! `nobishiro erase` and `nobishiro export --person`: an erased person is in no file, table or page.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use store::{Open, Store};

use super::serve::Server;
use super::support::{BOTH, Database, Workspace, nobishiro};

/// Byte strings that are of nobody else: name, kana, mail, telephone, id, a visitor's number.
const HIS: [&str; 7] = [
    "霧島 絶佳",
    "霧島絶佳",
    "zephyr-corp",
    "ZEPHYR-CORP",
    "090-8765-4321",
    "09087654321",
    "anon-5150",
];
const HERS: [&str; 4] = ["鬼灯院", "瑠璃子", "ホオズキイン", "PX-778190"];
const HE: &str = "kirishima@zephyr-corp.example";
const SHE: &str = "PX-778190";

const FILES: [(&str, &str); 12] = [
    (
        "accounts.csv",
        "account_id,name,name_kana,kind,currency,acquired_on\n\
         A1,緑製作所,,company,JPY,2024-01-01\n\
         A2,株式会社赤,,company,JPY,2024-01-01\n\
         PX-778190,鬼灯院 瑠璃子,ホオズキイン ルリコ,person,JPY,2024-02-01\n",
    ),
    (
        "contacts.csv",
        "contact_id,account_id,name,email,phone,left_on\n\
         kirishima@zephyr-corp.example,A1,霧島 絶佳,kirishima@zephyr-corp.example,090-8765-4321,\n\
         C-0002,A1,霧島 別人,other@a1.example,03-0000-1111,\n\
         C-0003,A2,紅 次郎,jiro@a2.example,,\n\
         C-0004,A2,紅 三郎,saburo@a2.example,,霧島絶佳\n",
    ),
    (
        "permissions.csv",
        "contact_id,channel,state,on,evidence\n\
         kirishima@zephyr-corp.example,mail,opt_in,2025-01-01,signed by 霧島 絶佳\n\
         C-0003,mail,opt_out,2025-01-01,\n",
    ),
    (
        "products.csv",
        "product_id,name,kind,line,tier,price,price_unit,currency\n\
         STD,標準,plan,main,1,1000,seat_month,JPY\nPRO,上位,plan,main,2,2000,seat_month,JPY\n\
         IT1,品一,item,,,500,once,JPY\n",
    ),
    (
        "subscriptions.csv",
        "subscription_id,account_id,product_id,seats,mrr,currency,started_on,renews_on,notice_days,status\n\
         S1,A1,STD,10,10000,JPY,2024-04-01,2026-04-01,30,active\n\
         S2,A2,STD,20,20000,JPY,2024-04-01,2026-04-10,30,active\n\
         S3,PX-778190,STD,1,1000,JPY,2024-04-01,2026-04-10,30,active\n",
    ),
    (
        "activities.csv",
        "activity_id,account_id,at,kind,contact_id,status,subject,body\n\
         T-1,A1,2026-02-01,ticket,kirishima@zephyr-corp.example,open,a slow page,my telephone is 090-8765-4321 or 09087654321\n\
         T-2,A2,2026-02-02,ticket,,open,紹介,霧島絶佳 様 (KIRISHIMA@ZEPHYR-CORP.example) のご紹介\n\
         T-3,A2,2026-02-03,call,C-0003,closed,untouched subject,untouched body\n\
         T-4,PX-778190,2026-02-04,call,,closed,鬼灯院様,\n\
         T-9,A1,霧島絶佳 090-8765-4321,call,,closed,,\n",
    ),
    (
        "surveys.csv",
        "response_id,account_id,at,score,question,comment,contact_id\n\
         R-1,A1,2026-01-15,9,nps,霧島です,kirishima@zephyr-corp.example\n\
         R-2,A2,2026-01-15,7,nps,fine,C-0003\n\
         R-3,A1,2026-01-16,999,nps,,kirishima@zephyr-corp.example\n",
    ),
    (
        "account_facts.csv",
        "fact_id,account_id,kind,value,said_on,said_by\n\
         F-1,A1,goal,faster,2025-10-01,霧島 絶佳\nF-2,A2,goal,cheaper,2025-10-01,紅 次郎\n",
    ),
    (
        "proposals.csv",
        "proposal_id,account_id,opened_at,type,product_id,contact_id,next_step,outcome,amount,currency\n\
         D-1,A1,2026-02-10,expansion,PRO,kirishima@zephyr-corp.example,call 霧島 絶佳,open,50000,JPY\n\
         D-2,A2,2025-02-10,expansion,PRO,C-0003,,won,60000,JPY\n",
    ),
    (
        "orders.csv",
        "order_id,account_id,ordered_at,product_id,line,quantity,amount,currency,contact_id,channel\n\
         O-1,A1,2026-01-10,IT1,1,1,500,JPY,kirishima@zephyr-corp.example,web\n\
         O-2,A2,2026-01-11,IT1,1,2,1000,JPY,C-0003,web\n\
         O-3,PX-778190,2026-01-12,IT1,1,1,500,JPY,,web\n",
    ),
    (
        "usage.csv",
        "account_id,metric,at,value,kind,contact_id\n\
         A1,logins,2026-03-01,3,count,kirishima@zephyr-corp.example\nA1,logins,2026-03-01,4,count,\n\
         A2,logins,2026-03-01,5,count,C-0003\nPX-778190,logins,2026-03-01,6,count,\n",
    ),
    (
        "web_events.csv",
        "event_id,at,kind,account_id,contact_id,anonymous_id,name\n\
         E-1,2026-03-02,page,A1,kirishima@zephyr-corp.example,anon-5150,prices\n\
         E-2,2026-03-02,page,A2,C-0003,anon-7,prices\n",
    ),
];

fn ingest(workspace: &Workspace) {
    let paths: Vec<PathBuf> =
        FILES.iter().map(|(name, text)| workspace.file(&format!("files/{name}"), text)).collect();
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    workspace.ingest(None, &paths).ok();
}

/// Every file below a folder with its bytes.
pub(crate) fn bytes_under(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                found.push((path, bytes));
            }
        }
    }
    found
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// The rows of every table, in words.
async fn tables(dir: &Path) -> String {
    let store = Store::open(&super::intact::url(dir), Open::ReadOnly).await.expect("a store");
    let mut text = String::new();
    let give = |part| {
        text.push_str(&format!("{part:?}\n"));
        Ok(())
    };
    store.dump(give).await.expect("a dump");
    store.close().await;
    text
}

/// Looks into everything: each byte of the folder, each table, each exported row, each page.
fn search(workspace: &Workspace, words: &[&str]) -> BTreeSet<String> {
    let mut places: Vec<(String, Vec<u8>)> = bytes_under(&workspace.dir())
        .into_iter()
        .map(|(path, bytes)| {
            (path.display().to_string(), [path.display().to_string().into_bytes(), bytes].concat())
        })
        .collect();
    places.extend(workspace.export());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let tables = runtime.block_on(tables(&workspace.dir()));
    places.push(("the tables".to_owned(), tables.into_bytes()));
    let server = Server::start(workspace);
    for path in [
        "/w/ws/",
        "/w/ws/accounts",
        "/w/ws/accounts/A1",
        "/w/ws/accounts/A2",
        "/w/ws/accounts/PX-778190",
    ] {
        // A page that is not there repeats the address that was asked for.
        let (status, page) = server.get(path, "ja");
        let page = if status == 404 { page.replace(SHE, "") } else { page };
        places.push((path.to_owned(), page.into_bytes()));
    }
    for args in [&["plays", "--format", "json"][..], &["check", "--format", "json"]] {
        places.push((args[0].to_owned(), workspace.run(args).ok().into_bytes()));
    }
    let mut found = BTreeSet::new();
    for (place, bytes) in &places {
        for word in words.iter().filter(|word| holds(bytes, word)) {
            found.insert(format!("{word} in {place}"));
        }
    }
    found
}

/// Exported lines that name neither of the two.
fn of_others(workspace: &Workspace) -> BTreeSet<String> {
    let lines = workspace.export().into_iter().flat_map(|(name, bytes)| {
        let text = String::from_utf8(bytes).expect("text");
        text.lines().map(|line| format!("{name}: {line}")).collect::<Vec<_>>()
    });
    let theirs = |line: &String| HIS.iter().chain(&HERS).any(|word| line.contains(word));
    lines.filter(|line| !theirs(line)).collect()
}

fn check(database: Database) {
    let workspace = Workspace::with(database, "JPY", "Asia/Tokyo");
    ingest(&workspace);
    workspace.run(&["run", "--as-of", "2026-03-12"]).ok();
    let backup = workspace.dir().with_file_name("before.backup").display().to_string();
    workspace.run(&["backup", "--to", &backup]).ok();
    let everybody = [&HIS[..], &HERS[..]].concat();
    let seen = search(&workspace, &everybody);
    for word in &everybody {
        assert!(seen.iter().any(|place| place.starts_with(word)), "{word} was never there");
    }
    for folder in ["/rejects/", "the tables", "contacts.csv", "/w/ws/accounts"] {
        assert!(seen.iter().any(|place| place.contains(folder)), "nothing in {folder}: {seen:#?}");
    }
    let before = of_others(&workspace);

    let held = workspace.run(&["export", "--person", HE]).ok();
    for part in ["霧島 絶佳", "090-8765-4321", "T-1", "O-1", "E-1", "R-1", "D-1", "F-1"] {
        assert!(held.contains(part), "{part} is not in {held}");
    }
    let tried = workspace.run(&["erase", HE]).ok();
    assert!(tried.contains("Nothing was changed") && tried.contains("--yes"), "{tried}");
    assert_eq!(of_others(&workspace), before);

    let said = workspace.run(&["erase", HE, "--yes"]).ok();
    assert!(said.contains("is erased") && said.contains("before.backup"), "{said}");
    assert_eq!(search(&workspace, &HIS), BTreeSet::new());
    workspace.run(&["erase", SHE, "--yes"]).ok();
    assert_eq!(search(&workspace, &everybody), BTreeSet::new());
    let after = of_others(&workspace);
    let lost: Vec<&String> = before.difference(&after).collect();
    // Readings of the company that the person had a part in are one reading now.
    assert_eq!(lost, ["usage.csv: A1,logins,2026-02-28T15:00:00Z,4,count,,"], "{lost:#?}");
    assert!(after.contains("usage.csv: A1,logins,2026-02-28T15:00:00Z,7,count,,"), "{after:#?}");
    assert!(
        after.contains("orders.csv: O-1,A1,2026-01-09T15:00:00Z,IT1,1,1,500,JPY,,sale,,web"),
        "{after:#?}"
    );

    let again = workspace.run(&["erase", HE, "--yes"]).ok();
    assert!(again.contains("was erased before"), "{again}");
    ingest(&workspace);
    let said = workspace.run(&["check"]).ok();
    assert!(said.contains("erased on request"), "{said}");
    workspace.run(&["run", "--as-of", "2026-03-13"]).ok();
    assert_eq!(search(&workspace, &everybody), BTreeSet::new(), "the old files brought them back");
    assert!(before.difference(&of_others(&workspace)).count() <= 1);
}

#[test]
fn an_erased_person_is_in_no_file_table_or_page_on_sqlite() {
    check(BOTH[0]);
}

#[test]
fn an_erased_person_is_in_no_file_table_or_page_on_postgres() {
    check(BOTH[1]);
}

#[test]
fn who_is_meant_must_be_clear() {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let accounts =
        workspace.file("accounts.csv", "account_id,name,kind\nX9,One,person\nA1,Acme,company\n");
    let contacts = workspace.file(
        "contacts.csv",
        "contact_id,account_id,name,email\nX9,A1,Two,info@a.example\nX8,A1,Three,INFO@a.example\n",
    );
    workspace.ingest(None, &[&accounts, &contacts]).ok();
    workspace.run(&["erase", "A1", "--yes"]).fails(&["Companies are not persons"]);
    workspace.run(&["erase", "X9", "--yes"]).fails(&["--kind", "contact X9", "account X9"]);
    workspace.run(&["erase", "info@a.example", "--yes"]).fails(&["X8", "X9", "each by its id"]);
    workspace.run(&["erase", "X9", "--kind", "contact", "--yes"]).ok();
    workspace.run(&["export", "--person", "X9"]).ok();
}

/// Names, addresses and free text of people are in neither the lake, nor decisions, nor logs.
#[test]
fn personal_data_are_only_where_they_belong() {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let files = workspace.dir().with_file_name("files");
    nobishiro(&["simulate", &files.display().to_string(), "--companies", "40"]).ok();
    let path = files.display().to_string();
    let logged = |args: &[&str]| {
        let output = workspace
            .command(args)
            .env("NOBISHIRO_LOG", "trace,sqlx=off,datafusion=off")
            .output()
            .expect("it runs");
        assert!(output.status.success());
        output.stderr
    };
    let mut places = vec![
        ("the log of ingest".to_owned(), logged(&["ingest", &path])),
        ("the log of run".to_owned(), logged(&["run", "--as-of", "2026-03-12"])),
    ];
    let folders = ["lake", "runs"].map(|folder| bytes_under(&workspace.dir().join(folder)));
    for (path, bytes) in folders.into_iter().flatten() {
        let text = decoded(&path, &bytes);
        places.push((path.display().to_string(), [bytes, text.into_bytes()].concat()));
    }
    let contacts = std::fs::read_to_string(files.join("contacts.csv")).expect("contacts");
    let mut rows = contacts.lines();
    let head: Vec<&str> = rows.next().expect("a head").split(',').collect();
    let column = |name: &str| head.iter().position(|column| *column == name).expect("a column");
    let (name, mail) = (column("name"), column("email"));
    let mut looked_for = 0;
    for row in rows {
        let cells: Vec<&str> = row.split(',').collect();
        for word in [cells[name], cells[mail]] {
            if word.chars().count() < 4 {
                continue;
            }
            looked_for += 1;
            for (place, bytes) in &places {
                assert!(!holds(bytes, word), "{word} is in {place}");
            }
        }
    }
    assert!(looked_for > 50, "{looked_for}");
}

/// The texts of a Parquet file; nothing of other files.
fn decoded(path: &Path, bytes: &[u8]) -> String {
    if path.extension().is_none_or(|ending| ending != "parquet") {
        return String::new();
    }
    let _ = bytes;
    format!("{:?}", batch::artefact::read_parquet(path).expect("Parquet"))
}

#[test]
fn who_pointed_at_an_erased_person_can_still_be_described() {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let head = "contact_id,account_id,name,title,reports_to\n";
    let take = |rows: &str| {
        let file = workspace.file("in/contacts.csv", format!("{head}{rows}"));
        workspace.ingest(None, &[&file])
    };
    take("C-1,A1,霧島 絶佳,部長,\nC-2,A1,紅 次郎,課長,C-1\n").ok();
    workspace.run(&["erase", "C-1", "--yes"]).ok();
    // The old file names the erased person, and is refused; without that the colleague is taken.
    take("C-2,A1,紅 次郎,次長,C-1\n").fails(&["every row of contacts.csv was refused"]);
    take("C-2,A1,紅 次郎,次長,\n").ok();
    let export = workspace.export();
    let (_, contacts) = export.iter().find(|(name, _)| name == "contacts.csv").expect("contacts");
    let contacts = String::from_utf8_lossy(contacts);
    assert!(contacts.contains("次長") && !contacts.contains("霧島"), "{contacts}");
}
