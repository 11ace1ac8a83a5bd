//! The data page over a real server and its worker: from a foreign file in CP932 to a first worklist, by HTTP alone
//! (S18, S33, S79); a worker that is killed in the middle; files that are none.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use store::{JobState, NewJob};

use super::serve::Server;
use super::support::{Database, Workspace};

const BOUNDARY: &str = "----nobishiro";
/// How long a job may take on a slow machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// A browser at a server: pages, forms with their token and fields, files.
struct Browser<'a> {
    server: &'a Server,
}

/// A page as it was answered.
struct Page {
    status: u16,
    location: String,
    body: String,
}

impl Page {
    #[track_caller]
    fn holds(&self, texts: &[&str]) {
        for text in texts {
            assert!(self.body.contains(text), "{text} is not on the page:\n{}", self.body);
        }
    }

    /// The token of the page's forms.
    fn token(&self) -> String {
        self.value("csrf")
    }

    /// The value of the first field of that name.
    fn value(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let rest = self.body.split(&mark).nth(1);
        rest.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    }

    /// What each select of the mapping has chosen.
    fn selects(&self) -> BTreeMap<String, String> {
        let selects = self.body.split("<select name=\"").skip(1);
        selects
            .map(|select| {
                let name = select.split('"').next().unwrap_or_default().to_owned();
                let select = select.split("</select>").next().unwrap_or_default();
                let chosen =
                    select.split("\" selected>").next().filter(|_| select.contains("\" selected>"));
                let value = chosen.and_then(|it| it.rsplit("value=\"").next()).unwrap_or_default();
                (name, value.to_owned())
            })
            .collect()
    }
}

impl Browser<'_> {
    fn ask(&self, method: &str, path: &str, (kind, body): (&str, &[u8])) -> Page {
        let mut stream = TcpStream::connect(self.server.address()).expect("a connection");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept-Language: ja\r\nSec-Fetch-Site: same-origin\r\n\
             Connection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.server.address(),
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("sent");
        stream.write_all(body).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("a status");
        let location = head.lines().find_map(|line| line.strip_prefix("location: "));
        Page { status, location: location.unwrap_or_default().to_owned(), body: body.to_owned() }
    }

    fn get(&self, path: &str) -> Page {
        self.ask("GET", path, ("text/plain", b""))
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.get("/w/ws/data").token();
        let escape = |text: &str| -> String {
            text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
        };
        let fields = [&[("csrf", token.as_str())], fields].concat();
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
        self.ask("POST", path, ("application/x-www-form-urlencoded", body.join("&").as_bytes()))
    }

    /// Uploads files; the address of the upload.
    fn bring(&self, files: &[(&str, &[u8])]) -> Page {
        let token = self.get("/w/ws/data").token();
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n"
        )
        .into_bytes();
        for (name, bytes) in files {
            body.extend_from_slice(
                format!(
                    "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n"
                )
                .as_bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.ask(
            "POST",
            "/w/ws/data",
            (&format!("multipart/form-data; boundary={BOUNDARY}"), &body),
        )
    }

    /// The page once it no longer refreshes itself.
    fn settled(&self, path: &str) -> Page {
        let begun = Instant::now();
        loop {
            let page = self.get(path);
            if !page.body.contains("http-equiv=\"refresh\"") {
                return page;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not come to an end:\n{}", page.body);
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Presses a button of the mapping's form, with some of its selects changed.
    fn choose(&self, page: &Page, path: &str, (act, changes): (&str, &[(&str, &str)])) -> Page {
        let mut fields = page.selects();
        for (name, value) in changes {
            fields.insert((*name).to_owned(), (*value).to_owned());
        }
        fields.insert("seen".to_owned(), page.value("seen"));
        fields.insert("act".to_owned(), act.to_owned());
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(path, &fields)
    }
}

/// A Japanese export of contracts in CP932: 40 customers who renew soon after its last day, and a bad row.
pub(crate) fn contracts() -> Vec<u8> {
    let mut text =
        "顧客コード,会社名,業種,契約番号,プラン,席数,月額(円),契約開始日,契約更新日,営業担当,備考\r\n"
            .to_owned();
    for n in 1..=40 {
        let start = match n {
            7 => "2024年13月45日".to_owned(),
            40 => "2024/11/30".to_owned(),
            _ => format!("2023/{:02}/{:02}", n % 12 + 1, n % 27 + 1),
        };
        let (plan, price) = [("ベーシック", 1), ("プロ", 3)][n % 2];
        let seats = 10 + n;
        text += &format!(
            "C{n:03},株式会社テスト{n},製造業,K{n:04},{plan},{seats},\"{},000\",{start},2025/{:02}/{:02},佐藤,\r\n",
            price * seats,
            n % 3 + 1,
            n % 27 + 1,
        );
    }
    encoding_rs::SHIFT_JIS.encode(&text).0.into_owned()
}

fn serve() -> (Workspace, Server) {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let server = Server::start(&workspace);
    (workspace, server)
}

#[test]
fn from_a_foreign_file_to_the_first_worklist_in_the_browser() {
    for database in [Database::Sqlite, Database::Postgres] {
        let workspace = Workspace::with(database, "JPY", "Asia/Tokyo");
        let server = Server::start(&workspace);
        let browser = Browser { server: &server };
        browser.get("/w/ws/today").holds(&["はじめの4ステップ", "/w/ws/data"]);
        let sent = browser.bring(&[("契約一覧.csv", &contracts())]);
        assert_eq!(
            (sent.status, sent.location.as_str()),
            (303, "/w/ws/data/uploads/1"),
            "{}",
            sent.body
        );
        let url = "/w/ws/data/uploads/1";
        let page = browser.settled(url);
        page.holds(&[
            "契約一覧.csv",
            "文字コード",
            "株式会社テスト1",
            "契約更新日",
            "先頭の行の取り込み結果",
        ]);
        let selects = page.selects();
        assert!(!selects["table.0"].is_empty(), "{selects:?}");
        assert!(selects.values().any(|value| value == "account_id"), "{selects:?}");
        // Another column, looked at again, and back.
        let other = browser.choose(&page, url, ("look", &[("to.0.10", "contract_id")]));
        assert_eq!(other.status, 303);
        let page = browser.settled(url);
        assert_eq!(page.selects()["to.0.10"], "contract_id");
        browser.choose(&page, url, ("take", &[("to.0.10", "")]));
        let page = browser.settled(url);
        page.holds(&[
            "行を取り込めませんでした。残り",
            "エラーの行と理由を確認",
            "最初の計画を作る",
        ]);
        let check = workspace.run(&["check", "--format", "json"]).ok();
        assert!(check.contains("13月45日"), "it is on record: {check}");
        let issues = browser.get(&format!("{url}/issues"));
        issues.holds(&["2024年13月45日", "この行は取り込んでいません"]);
        let name = issues.body.split("name=\"v.").nth(1).and_then(|it| it.split('"').next());
        let name = format!("v.{}", name.expect("a field to mend"));
        assert!(name.starts_with("v.8."), "the eighth line: {name}");
        let file = issues.value("file");
        let seen = issues.value("seen");
        let fields = [("file", file.as_str()), ("seen", &seen), (&name, "2024/08/01")];
        assert_eq!(browser.post(&format!("{url}/issues"), &fields).status, 303);
        let page = browser.settled(url);
        page.holds(&["修正した1行を取り込みました。残りのエラーは0行です。"]);
        browser.get(&format!("{url}/issues")).holds(&["エラーの行はもうありません"]);
        let check = workspace.run(&["check", "--format", "json"]).ok();
        assert!(!check.contains("13月45日"), "the row has left the record: {check}");
        assert_eq!(browser.post("/w/ws/data/run", &[("seen", &page.value("seen"))]).status, 303);
        let page = browser.settled("/w/ws/data/run");
        page.holds(&["計画ができました", "件を計画に入れました", "データの読み込み"]);
        let today = browser.get("/w/ws/today");
        today.holds(&["株式会社テスト", "着手する"]);
        assert!(!workspace.plays().is_empty());
        browser.get("/w/ws/data").holds(&["取り込み済み", "契約一覧.csv", "計画を作り直す"]);
        // Next month's file of the same columns needs no work.
        browser.bring(&[("契約一覧_4月.csv", &contracts())]);
        browser.settled("/w/ws/data/uploads/2").holds(&["前に取り込んだファイルと同じ列です"]);
    }
}

#[test]
fn files_that_are_no_tables_say_so_and_cost_none_of_the_others() {
    let (workspace, server) = serve();
    let browser = Browser { server: &server };
    let long = format!("{}.csv", "長".repeat(300));
    let zip = [b"PK\x03\x04".as_slice(), &[0; 60]].concat();
    let sent = browser.bring(&[
        ("accounts.csv", b"account_id,name\nA-1,\xe3\x81\xbf\xe3\x81\xa9\xe3\x82\x8a\n".as_slice()),
        ("screenshot.png", b"\x89PNG\r\n\x1a\n"),
        ("broken.xlsx", &zip),
        ("../../evil<b>.csv", b"a;b\n1\n\"open"),
        (&long, b"just words\nwithout any\nsense, here, or, there\n"),
        ("empty.csv", b""),
    ]);
    assert_eq!(sent.status, 303, "{}", sent.body);
    let url = "/w/ws/data/uploads/1";
    let page = browser.settled(url);
    page.holds(&[
        "accounts.csv",
        "このまま取り込める形です",
        "screenshot.png",
        "broken.xlsx",
        "empty.csv",
    ]);
    let folder = workspace.dir();
    assert!(!page.body.contains(&folder.display().to_string()), "no path is told: {}", page.body);
    assert!(!page.body.contains("<b>.csv"));
    browser.choose(&page, url, ("take", &[]));
    let page = browser.settled(url);
    page.holds(&["1行を取り込みました。", "broken.xlsx"]);
    workspace.run(&["check"]).ok();
    let files: Vec<String> = names_under(&folder);
    assert!(files.iter().all(|name| !name.contains("evil") && !name.contains('長')), "{files:?}");
}

fn names_under(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            names.push(entry.file_name().to_string_lossy().into_owned());
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
        }
    }
    names
}

/// The process that a server started.
fn worker_of(server: &Server) -> Option<String> {
    let id = server.id();
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
    let mut all: Vec<String> = children.split_whitespace().map(str::to_owned).collect();
    for task in std::fs::read_dir(format!("/proc/{id}/task")).ok()?.flatten() {
        let more = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        all.extend(more.split_whitespace().map(str::to_owned));
    }
    all.into_iter().next()
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_worker_that_is_killed_leaves_nothing_half_done_and_the_work_starts_again() {
    let (workspace, server) = serve();
    let browser = Browser { server: &server };
    // Many rows, so that it is at work for a while.
    let mut rows = "order_id,account_id,ordered_at,product_id,amount\n".to_owned();
    for n in 0..150_000 {
        rows += &format!(
            "O{n},A{},2025-{:02}-{:02},P{},{}\n",
            n % 900,
            n % 12 + 1,
            n % 28 + 1,
            n % 40,
            n
        );
    }
    browser.bring(&[("orders.csv", rows.as_bytes())]);
    let url = "/w/ws/data/uploads/1";
    let page = browser.settled(url);
    browser.choose(&page, url, ("take", &[]));
    wait_for("the rows begin to be taken", || {
        browser.get(url).body.contains("行の取り込み").then_some(())
    });
    let worker = wait_for("a worker", || worker_of(&server));
    assert!(Command::new("kill").args(["-9", &worker]).status().expect("kill").success());
    let page = browser.settled(url);
    page.holds(&["途中で止まりました", "二重にはなりません", "もう一度始める"]);
    let job = page.value("job");
    assert_eq!(browser.post(url, &[("act", "again"), ("job", &job)]).status, 303);
    let page = browser.settled(url);
    page.holds(&["150,000行を取り込みました。"]);
    let next = wait_for("another worker", || worker_of(&server));
    assert_ne!(next, worker);
    let exported = workspace.export();
    let (_, orders) = exported.iter().find(|(name, _)| name == "orders.csv").expect("orders");
    let lines = orders.split(|byte| *byte == b'\n').count() - 1;
    assert_eq!(lines, 150_001, "each row once");
    drop(server);
    wait_for("the worker ends with its server", || {
        (!Path::new("/proc").join(&next).join("exe").exists()).then_some(())
    });
}

#[test]
fn a_worker_runs_apart_and_two_share_the_work() {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let dir = workspace.dir().display().to_string();
    let server = Server::over(&["--workspace", &dir, "--no-worker"]);
    let browser = Browser { server: &server };
    for n in 1..=4 {
        browser.bring(&[("accounts.csv", format!("account_id\nA-{n}\n").as_bytes())]);
    }
    browser.get("/w/ws/data/uploads/1").holds(&["順番を待っています"]);
    assert_eq!(worker_of(&server), None);
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nobishiro"));
        command.args(["worker", "--once", "--workspace", &dir]).stdin(Stdio::null());
        command.stderr(Stdio::null()).spawn().expect("it starts")
    };
    // The one that finds the other at work ends at once, since nothing waits for it: the next takes what is left.
    for _ in 0..4 {
        for mut worker in [start(), start()] {
            assert!(worker.wait().expect("it ends").success());
        }
    }
    for n in 1..=4 {
        browser.settled(&format!("/w/ws/data/uploads/{n}")).holds(&["このまま取り込める形です"]);
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let jobs = runtime.block_on(async {
        let url = store::Store::sqlite_url(&workspace.dir().join("store.sqlite"));
        let store = store::Store::open(&url, store::Open::ReadWrite).await.expect("the store");
        let unknown = NewJob {
            kind: "nonsense",
            about: "",
            argument: "{}",
            once: "x",
            by_login: None,
            asked_us: 0,
        };
        store.ask_job(&unknown).await.expect("asked");
        store.latest_jobs(9).await.expect("jobs")
    });
    let done = jobs.iter().filter(|job| job.state == JobState::Done).map(|job| job.token);
    assert_eq!(done.collect::<Vec<_>>(), [1, 1, 1, 1], "each was taken once");
    workspace.run(&["worker", "--once"]).ok();
    let last = runtime.block_on(async {
        let url = store::Store::sqlite_url(&workspace.dir().join("store.sqlite"));
        let store = store::Store::open(&url, store::Open::ReadWrite).await.expect("the store");
        store.latest_jobs(1).await.expect("jobs").remove(0)
    });
    assert_eq!(last.state, JobState::Failed, "work that nobody knows fails and blocks nothing");
}
