//! `nobishiro serve`: the real server over a real workspace (S33, S54, S77).

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::support::{Database, Workspace, nobishiro};

/// A server that ends with the test.
pub(crate) struct Server {
    child: Child,
    address: String,
}

impl Server {
    pub(crate) fn start(workspace: &Workspace) -> Self {
        Self::over(&["--workspace", &workspace.dir().display().to_string()])
    }

    /// Serves what the arguments name.
    pub(crate) fn over(what: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nobishiro"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(what)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let address = lines
            .by_ref()
            .map(|line| line.expect("text"))
            .find_map(|line| {
                line.split("http://")
                    .nth(1)
                    .map(|rest| rest.split('/').next().unwrap_or_default().to_owned())
            })
            .expect("it says where it listens");
        Self { child, address }
    }

    /// Where it listens: host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn get(&self, path: &str, language: &str) -> (u16, String) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent
            .get(format!("http://{}{path}", self.address))
            .header("Accept-Language", language)
            .call()
            .expect("an answer");
        (answer.status().as_u16(), answer.body_mut().read_to_string().expect("text"))
    }
}

impl Server {
    /// Sends a form as a page of the server does, with the token that its forms carry; the status.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> u16 {
        let base = path.split('/').take(3).collect::<Vec<_>>().join("/");
        let (_, page) = self.get(&format!("{base}/plays/new"), "ja");
        let token = page.split("name=\"csrf\" value=\"").nth(1).and_then(|it| it.split('"').next());
        let fields = [&[("csrf", token.expect("a token"))], fields].concat();
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .into();
        let answer = agent
            .post(format!("http://{}{path}", self.address))
            .header("Sec-Fetch-Site", "same-origin")
            .send_form(fields.iter().copied())
            .expect("an answer");
        answer.status().as_u16()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn sample() -> Workspace {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let files = workspace.file("files/x", "").parent().expect("a folder").to_path_buf();
    std::fs::remove_file(files.join("x")).expect("removed");
    nobishiro(&["simulate", &files.display().to_string()]).ok();
    workspace.ingest(None, &[&files]).ok();
    workspace.run(&["run", "--as-of", "2026-03-12"]).ok();
    workspace
}

#[test]
fn the_worklist_and_an_account_in_both_languages() {
    let workspace = sample();
    let server = Server::start(&workspace);
    assert_eq!(server.get("/healthz", "ja").0, 200);
    let (status, ja) = server.get("/w/ws/today", "ja");
    assert_eq!(status, 200);
    assert!(ja.contains("lang=\"ja\"") && ja.contains("根拠を見る"), "{ja}");
    let plays = workspace.run(&["plays", "--format", "json"]).ok();
    let plays: Vec<serde_json::Value> = serde_json::from_str(&plays).expect("a list");
    assert!(plays.len() > 50, "more than a full first page");
    for (rank, play) in plays.iter().enumerate() {
        let id = play["play_id"].as_str().expect("an id");
        assert_eq!(ja.contains(&format!("id=\"{id}\"")), rank < 25, "rank {}: {play}", rank + 1);
    }
    let (_, en) = server.get("/w/ws/today", "en-US,en;q=0.9");
    assert!(en.contains("lang=\"en\"") && !en.contains("根拠を見る"));
    let (status, account) = server.get("/w/ws/accounts/A0001-D1", "ja");
    assert_eq!(status, 200);
    assert!(account.contains("利用ユーザー") && account.contains("佐藤"), "{account}");
    let (status, missing) = server.get("/w/ws/accounts/NOBODY", "ja");
    assert_eq!(status, 404);
    assert!(missing.contains("<a"), "a way back: {missing}");
    assert_eq!(server.get("/w/other/today", "ja").0, 404, "another workspace's address");
}

#[test]
fn an_empty_workspace_says_what_to_do() {
    let workspace = Workspace::new(Database::Sqlite);
    let server = Server::start(&workspace);
    let (status, page) = server.get("/w/ws/today", "en");
    assert_eq!(status, 200);
    assert!(page.contains("nobishiro run"), "{page}");
}
