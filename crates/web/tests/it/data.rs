//! Files that people bring, and the work that is asked for them (S18, S79). What a worker would write beside the files
//! is written here by hand: the worker's own tests are the system's.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use store::{AuditFilter, JobState, UploadRow, UserRole};
use tower::ServiceExt;
use web::{AppState, UploadRules, Uploads};

use crate::ask::{Answer, ask, en, ja, post};
use crate::fixture;
use crate::sign_in::{PASSWORD, add, sign_in};

const BOUNDARY: &str = "----nobishiro-test";
const DATA: &str = "/w/midori/data";
/// Bytes of a file in these tests.
const FILE_MAX: u64 = 4_000;

fn uploads(dir: &Path) -> Uploads {
    let rules = UploadRules {
        file_bytes_max: FILE_MAX,
        total_bytes_max: 10_000,
        files_max: 8,
        kept_days: 30,
        endings: &["csv", "tsv", "xlsx", "parquet"],
    };
    Uploads { dir: dir.join("uploads"), rules }
}

async fn empty(dir: &Path) -> AppState {
    fixture::empty(dir).await.with_uploads(uploads(dir))
}

/// A state with one upload whose refused rows are at hand.
pub(crate) async fn with_upload(state: AppState, dir: &Path) -> AppState {
    let state = state.with_uploads(uploads(dir));
    let upload = UploadRow {
        upload_no: 0,
        folder: "aa".to_owned(),
        at_us: 1_773_277_200_000_000,
        by_login: None,
        files: Vec::new(),
    };
    assert_eq!(state.store.add_upload(&upload).await.expect("noted"), 1);
    let folder = dir.join("uploads/aa");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("refused.json"), REFUSED).expect("written");
    state
}

const REFUSED: &str = r#"[{"file":0,"name":"契約 <b>.csv","columns":["契約番号","開始日"],"rows":[
    {"line":3,"values":["K-2","2026/13/45"],"fields":[1],"issues":[{"line":3,"column":"started_on",
     "value":"2026/13/45","reason":"is not a possible date of the form %Y/%m/%d; the row is refused"}]},
    {"line":5,"values":["K-4","いつか"],"fields":[1],"issues":[{"line":5,"column":"started_on",
     "value":"いつか","reason":"is not a possible date of the form %Y/%m/%d; the row is refused"}]}]}]"#;

/// The parts of a form with files.
struct Parts(Vec<u8>);

impl Parts {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn text(mut self, name: &str, text: &str) -> Self {
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(text.as_bytes());
        self.0.extend_from_slice(b"\r\n");
        self
    }

    fn file(mut self, name: &str, bytes: &[u8]) -> Self {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    fn whole(mut self) -> Vec<u8> {
        self.0.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.0
    }
}

async fn token(state: &AppState, cookie: &str) -> String {
    let page = ask(state, Method::GET, DATA, &[("cookie", cookie)]).await;
    let token = page.body.split("name=\"csrf\" value=\"").nth(1);
    token.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

async fn send(state: &AppState, (cookie, site): (&str, &str), body: Vec<u8>) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(DATA)
        .header("accept-language", "ja")
        .header("sec-fetch-site", site)
        .header("cookie", cookie)
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
        .body(Body::from(body))
        .expect("a request");
    let answer = web::router(state.clone()).oneshot(request).await.expect("an answer");
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.expect("a body").to_bytes().to_vec();
    let body = String::from_utf8(body).expect("text");
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn bring(state: &AppState, files: &[(&str, &[u8])]) -> Answer {
    let mut parts = Parts::new().text("csrf", &token(state, "").await);
    for (name, bytes) in files {
        parts = parts.file(name, bytes);
    }
    send(state, ("", "same-origin"), parts.whole()).await
}

/// Every file under the folder of uploads.
fn on_disk(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![dir.join("uploads")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path.clone());
            }
            found.push(path);
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_file_is_stored_under_a_name_of_ours_and_looked_at() {
    let dir = tempfile::tempdir().unwrap();
    let state = empty(dir.path()).await;
    let page = ja(&state, DATA).await;
    page.holds(&["データ取り込み", "1ファイル3.9 KBまで", "enctype=\"multipart/form-data\""]);
    page.holds(&["まだ何も取り込まれていません", "ここから始める"]);
    en(&state, DATA).await.holds(&["Upload files", "Up to 3.9 KB a file"]);
    let answer = bring(&state, &[("受注.csv", b"a,b\n1,2\n"), ("受注.csv", b"c\n3\n")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.header("location"), "/w/midori/data/uploads/1");
    let upload = state.store.upload(1).await.unwrap().expect("an upload");
    let names: Vec<&str> = upload.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["受注.csv", "受注 (2).csv"]);
    let folder = dir.path().join("uploads").join(&upload.folder);
    assert_eq!(std::fs::read(folder.join("0.csv")).unwrap(), b"a,b\n1,2\n");
    assert_eq!(std::fs::read(folder.join("1.csv")).unwrap(), b"c\n3\n");
    let jobs = state.store.jobs_about("upload 1").await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["look"]);
    let page = ja(&state, "/w/midori/data/uploads/1").await;
    page.holds(&["<meta http-equiv=\"refresh\" content=\"2\">", "ファイルを読み取っています"]);
    ja(&state, DATA).await.holds(&["確認の準備中", "受注 (2).csv"]);
}

#[tokio::test]
async fn names_are_shown_and_never_a_path() {
    let dir = tempfile::tempdir().unwrap();
    let state = empty(dir.path()).await;
    let long = format!("{}.csv", "長".repeat(500));
    let names = [
        "../../../etc/x.csv",
        "<img src=x onerror=alert(1)>.csv",
        "売上😀.csv",
        "\u{202e}vsc.gnp.csv",
        long.as_str(),
    ];
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"a\n1\n"[..])).collect();
    assert_eq!(bring(&state, &files).await.status, StatusCode::SEE_OTHER);
    let upload = state.store.upload(1).await.unwrap().expect("an upload");
    for (at, path) in on_disk(dir.path()).iter().skip(1).enumerate() {
        assert_eq!(path.file_name().unwrap().to_str().unwrap(), format!("{at}.csv"));
    }
    assert_eq!(on_disk(dir.path()).len(), 1 + names.len());
    assert!(upload.files.iter().all(|file| file.name.chars().count() <= 100));
    for page in [ja(&state, DATA).await, ja(&state, "/w/midori/data/uploads/1").await] {
        page.lacks(&["<img src", "\u{202e}", "../"]);
    }
    ja(&state, DATA).await.holds(&["&#60;img src=x onerror=alert(1)&#62;.csv"]);
}

#[tokio::test]
async fn what_is_no_table_is_refused_by_name_while_the_others_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let state = empty(dir.path()).await;
    let eicar =
        ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EI", "CAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
    let answer = bring(
        &state,
        &[
            ("画面.png", b"\x89PNG\r\n\x1a\n"),
            ("shots.zip", b"PK\x03\x04rest"),
            ("virus.csv", eicar.as_bytes()),
            ("setup.exe", b"MZ\x90\0\x03\0"),
            ("空.csv", b""),
            ("秘密.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1"),
            ("good.csv", b"a\n1\n"),
        ],
    )
    .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = ja(&state, "/w/midori/data/uploads/1").await;
    page.holds(&["画面.png", "画像・動画は表として読めません", "shots.zip", "virus.csv"]);
    page.holds(&[
        "削除して記録しました",
        "プログラムのファイルは受け付けません",
        "空のファイルです",
    ]);
    page.holds(&["秘密.xlsx", "パスワードで保護されたブックか"]);
    let kept: Vec<String> = on_disk(dir.path())
        .iter()
        .filter(|path| path.is_file())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(kept, ["6.csv"], "only the good one is on the disk");
    en(&state, "/w/midori/data/uploads/1").await.holds(&["signature of a test virus"]);
    assert_eq!(state.store.jobs_about("upload 1").await.unwrap().len(), 1);
    bring(&state, &[("x.png", b"\x89PNG")]).await;
    assert_eq!(state.store.jobs_about("upload 2").await.unwrap().len(), 0, "nothing to look at");
    ja(&state, "/w/midori/data/uploads/2").await.holds(&["取り込めるファイルがありません"]);
}

#[tokio::test]
async fn beyond_the_limit_nothing_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let state = empty(dir.path()).await;
    let large = vec![b'x'; usize::try_from(FILE_MAX).unwrap() + 1];
    let answer = bring(&state, &[("good.csv", b"a\n1\n"), ("大.csv", &large)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    answer.holds(&["「大.csv」で上限", "届いた分は削除済み", "[uploads]"]);
    assert_eq!(on_disk(dir.path()), Vec::<PathBuf>::new());
    let fits = vec![b'x'; usize::try_from(FILE_MAX).unwrap()];
    let answer = bring(&state, &[("1.csv", &fits), ("2.csv", &fits), ("3.csv", &fits)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "all together");
    let many: Vec<(&str, &[u8])> = vec![("a.csv", b"a\n"); 9];
    let answer = bring(&state, &many).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    answer.holds(&["8ファイルまで"]);
    assert_eq!(on_disk(dir.path()), Vec::<PathBuf>::new());
    assert_eq!(bring(&state, &[("1.csv", &fits)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(state.store.uploads().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_broken_off_or_not_ours_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let state = empty(dir.path()).await;
    let token = token(&state, "").await;
    let mut cut = Parts::new().text("csrf", &token).file("a.csv", b"a,b\n1,2\n").0;
    cut.truncate(cut.len() - 4);
    let answer = send(&state, ("", "same-origin"), cut).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    answer.holds(&["アップロードが途中で切れました"]);
    let whole = || Parts::new().text("csrf", &token).file("a.csv", b"a\n1\n").whole();
    let foreign = send(&state, ("", "cross-site"), whole()).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    for parts in [
        Parts::new().text("csrf", "guessed").file("a.csv", b"a\n1\n"),
        Parts::new().file("a.csv", b"a\n1\n").text("csrf", &token),
        Parts::new().file("a.csv", b"a\n1\n"),
        Parts::new(),
    ] {
        let answer = send(&state, ("", "same-origin"), parts.whole()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "the token comes first");
    }
    let none = Parts::new().text("csrf", &token).file("", b"").whole();
    let answer = send(&state, ("", "same-origin"), none).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.holds(&["ファイルが選ばれていません"]);
    assert_eq!(on_disk(dir.path()), Vec::<PathBuf>::new());
    assert_eq!(state.store.uploads().await.unwrap(), []);
    assert_eq!(send(&state, ("", "same-origin"), whole()).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn roles_and_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let state = empty(dir.path()).await;
    add(&state, "manager", UserRole::Manager, None).await;
    add(&state, "cis", UserRole::Cis, Some("r-1".to_owned())).await;
    let cis = sign_in(&state, "cis", PASSWORD).await;
    let parts = Parts::new().text("csrf", "x").file("a.csv", b"a\n1\n");
    let refused = send(&state, (&cis, "same-origin"), parts.whole()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let signed_out = send(&state, ("", "same-origin"), Parts::new().whole()).await;
    assert_eq!(signed_out.status, StatusCode::SEE_OTHER);
    assert!(signed_out.header("location").contains("/login?next="));
    let today = ask(&state, Method::GET, "/w/midori/today", &[("cookie", &cis)]).await;
    today.lacks(&["/w/midori/data", "ここから始める"]);
    today.holds(&["管理者またはマネージャーがデータを取り込んで"]);
    let manager = sign_in(&state, "manager", PASSWORD).await;
    let token = token(&state, &manager).await;
    let eicar =
        ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EI", "CAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
    let parts = Parts::new().text("csrf", &token).file("v.csv", eicar.as_bytes()).whole();
    assert_eq!(send(&state, (&manager, "same-origin"), parts).await.status, StatusCode::SEE_OTHER);
    let parts = Parts::new().text("csrf", &token).file("a.csv", b"a\n1\n").whole();
    send(&state, (&manager, "same-origin"), parts).await;
    let filter = AuditFilter { act: Some("upload".to_owned()), limit: 9, ..AuditFilter::default() };
    let lines: Vec<_> = state.store.log_page(&filter).await.unwrap().0;
    let said: Vec<_> = lines
        .iter()
        .map(|row| {
            let (target, detail) = (row.target.as_deref(), row.detail.as_deref());
            (row.login.as_deref(), row.outcome.as_str(), target, detail)
        })
        .collect();
    assert_eq!(
        said,
        [
            (Some("manager"), "done", Some("upload 2"), None),
            (Some("manager"), "refused", Some("upload 1"), Some("virus")),
            (Some("cis"), "refused", None, None),
        ]
    );
    let page = ask(&state, Method::GET, DATA, &[("cookie", &manager)]).await;
    page.holds(&["<bdi>manager</bdi>"]);
}

/// A look as the worker writes it.
const LOOK: &str = r#"{"job":1,"files":[{"file_no":0,"look":{"name":"契約.csv","known":"drafted","error":null,
    "table":"subscriptions","sure":"likely","missing":[],"twice":[],"checks":["read as CP932"],
    "columns":[
      {"title":"契約番号 <b>","samples":["K-1","K-2"],"to":"subscription_id","also":false,"comment":null,"check":false},
      {"title":"備考","samples":["<script>"],"to":"","also":false,"comment":"no row has a value","check":true}],
    "preview":{"error":null,"left_out":null,"notes":[],"tables":[{"table":"subscriptions",
      "columns":["subscription_id","started_on"],"rows":[["K-1","2024-04-01"]],"read":3,"refused":1,
      "issues":[{"line":3,"column":"started_on","value":"?","reason":"is not a month; write it as 2026-03 or as one of its days; the row is refused","refused":true}]}]}}}]}"#;

/// An upload whose files have been looked at.
async fn looked(dir: &Path) -> (AppState, PathBuf) {
    let state = empty(dir).await;
    bring(&state, &[("契約.csv", b"a\n1\n")]).await;
    let upload = state.store.upload(1).await.expect("it works").expect("an upload");
    let folder = dir.join("uploads").join(upload.folder);
    std::fs::write(folder.join("look.json"), LOOK).expect("it works");
    done(&state, "{}").await;
    (state, folder)
}

/// A worker does what waits, and says so.
async fn done(state: &AppState, result: &str) {
    let job = state.store.take_job("1@here", 1, |_| false).await.expect("it works").expect("a job");
    state.store.end_job(&job, (JobState::Done, result), 2).await.expect("it works");
}

#[tokio::test]
async fn the_mapping_is_checked_changed_and_taken_once() {
    let dir = tempfile::tempdir().unwrap();
    let (state, _) = looked(dir.path()).await;
    let url = "/w/midori/data/uploads/1";
    let page = ja(&state, url).await;
    page.holds(&[
        "契約番号 &#60;b&#62;",
        "&#60;script&#62;",
        "文字コード CP932 として読み取りました",
    ]);
    page.holds(&["契約ID subscription_id</option>", "値のある行がありません", "要確認"]);
    page.holds(&[
        "先頭3行を確認: 1行がエラーになります",
        "この行は取り込んでいません",
        "2024-04-01",
    ]);
    page.lacks(&["http-equiv=\"refresh\"", "<script>"]);
    en(&state, url).await.holds(&["Preview again", "Kind of data", "the row is refused"]);
    ja(&state, "/w/midori/today").await.holds(&["/w/midori/data/uploads/1", "ここから始める"]);
    let same = [
        ("seen", "1"),
        ("table.0", "subscriptions"),
        ("to.0.0", "subscription_id"),
        ("to.0.1", ""),
    ];
    let changed = [("to.0.1", "contract_id"), ("act", "look")];
    post(&state, url, "", &[&same[..3], &changed[..]].concat()).await;
    let jobs = state.store.jobs_about("upload 1").await.unwrap();
    let argument: serde_json::Value = serde_json::from_str(&jobs[1].argument).unwrap();
    assert_eq!(jobs[1].kind, "look");
    let columns = serde_json::json!([[0, "subscription_id"], [1, "contract_id"]]);
    assert_eq!(argument["choices"][0]["columns"], columns);
    done(&state, "{}").await;
    let take = [&[("seen", "2")][..], &same[1..], &[("act", "take")][..]].concat();
    for _ in 0..2 {
        assert_eq!(post(&state, url, "", &take).await.status, StatusCode::SEE_OTHER);
    }
    let jobs = state.store.jobs_about("upload 1").await.unwrap();
    let kinds: Vec<&str> = jobs.iter().map(|job| job.kind.as_str()).collect();
    assert_eq!(kinds, ["look", "look", "take"], "a double click is one job");
    let argument: serde_json::Value = serde_json::from_str(&jobs[2].argument).unwrap();
    assert_eq!(argument["choices"], serde_json::json!([]), "as it was proposed");
    ja(&state, url).await.holds(&["取り込んでいます", "http-equiv=\"refresh\""]);
    done(&state, TAKEN).await;
    let page = ja(&state, url).await;
    page.holds(&[
        "3行を取り込めませんでした。残り1,204行は取り込み済みです。",
        "エラーの行と理由を確認",
    ]);
    page.holds(&["最初の計画を作る", "<bdi>契約.csv</bdi>"]);
    en(&state, url).await.holds(&["3 rows could not be imported. The other 1,204 were imported."]);
    // An old page takes nothing again.
    let again = |seen: &'static str| [&[("seen", seen)][..], &[("act", "take")][..]].concat();
    post(&state, url, "", &again("2")).await;
    assert_eq!(state.store.jobs_about("upload 1").await.unwrap().len(), 3);
    // With another mapping the files are taken again: the page offers it where rows were refused.
    page.holds(&["列の対応を変えて取り込み直す", "/w/midori/data/uploads/1?again=1#mapping"]);
    page.lacks(&["name=\"table.0\""]);
    ja(&state, "/w/midori/data/uploads/1?again=1").await.holds(&["name=\"table.0\""]);
    post(&state, url, "", &again("3")).await;
    assert_eq!(state.store.jobs_about("upload 1").await.unwrap().len(), 4);
}

const TAKEN: &str = r#"{"files":[{"file_no":0,"name":"契約.csv","rows":1207,"error":null,"left_out":null,"notes":[],
    "tables":[{"table":"subscriptions","read":1207,"taken":1200,"replaced":4,"unchanged":0,"refused":3,"skipped":0,"warned":0}]}]}"#;

#[tokio::test]
async fn a_broken_off_job_says_what_is_safe_and_starts_again() {
    let dir = tempfile::tempdir().unwrap();
    let state = empty(dir.path()).await;
    bring(&state, &[("a.csv", b"a\n1\n")]).await;
    let url = "/w/midori/data/uploads/1";
    state.store.take_job("1@here", 1, |_| false).await.unwrap().expect("a job");
    assert_eq!(state.store.take_job("2@here", 2, |_| true).await.unwrap(), None);
    let page = ja(&state, url).await;
    page.holds(&[
        "途中で止まりました",
        "取り込み済みのデータと前回の計画はそのままです",
        "もう一度始める",
    ]);
    page.lacks(&["http-equiv=\"refresh\""]);
    for _ in 0..2 {
        post(&state, url, "", &[("act", "again"), ("job", "1")]).await;
    }
    let jobs = state.store.jobs_about("upload 1").await.unwrap();
    assert_eq!(jobs.len(), 2, "once");
    assert_eq!(jobs[1].argument, jobs[0].argument);
    let job = state.store.take_job("3@here", 3, |_| false).await.unwrap().expect("a job");
    let why = "{\"error\":\"the disk is <full>\"}";
    state.store.end_job(&job, (JobState::Failed, why), 4).await.unwrap();
    let page = en(&state, url).await;
    page.holds(&["It could not be done", "the disk is &#60;full&#62;", "Start again"]);
}

#[tokio::test]
async fn rejected_rows_are_mended_alone_or_downloaded() {
    let dir = tempfile::tempdir().unwrap();
    let state = with_upload(fixture::empty(dir.path()).await, dir.path()).await;
    let url = "/w/midori/data/uploads/1/issues";
    let page = ja(&state, url).await;
    page.holds(&["契約開始日 started_on", "2026/13/45", "の形の日付として読めません"]);
    page.holds(&["name=\"v.3.1\" value=\"2026/13/45\"", "name=\"v.5.1\" value=\"いつか\""]);
    en(&state, url).await.holds(&["Import the corrected rows"]);
    let unchanged = [("file", "0"), ("seen", "0"), ("v.3.1", "2026/13/45"), ("v.5.1", "いつか")];
    let answer = post(&state, url, "", &unchanged).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.holds(&["変更された値がありません"]);
    let mended = [("file", "0"), ("seen", "0"), ("v.3.1", "2026/03/12"), ("v.5.1", "いつか")];
    for _ in 0..2 {
        assert_eq!(post(&state, url, "", &mended).await.status, StatusCode::SEE_OTHER);
    }
    let jobs = state.store.jobs_about("upload 1").await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["mend"]);
    assert!(!jobs[0].argument.contains("2026"), "values stand beside the files only");
    let argument: serde_json::Value = serde_json::from_str(&jobs[0].argument).unwrap();
    let name = argument["corrections"].as_str().expect("a file");
    let corrections = std::fs::read_to_string(dir.path().join("uploads/aa").join(name)).unwrap();
    let corrections: serde_json::Value = serde_json::from_str(&corrections).unwrap();
    let expected =
        serde_json::json!({ "file": 0, "rows": [{ "line": 3, "values": [[1, "2026/03/12"]] }] });
    assert_eq!(corrections, expected, "only the row that was changed");
    let file = ja(&state, "/w/midori/data/uploads/1/rejects.csv?file=0").await;
    assert!(file.header("content-disposition").contains("upload-1-0-rejects.csv"));
    assert!(file.body.starts_with("\u{feff}契約番号,開始日,行,理由\r\nK-2,2026/13/45,3,"));
    assert_eq!(ja(&state, "/w/midori/data/uploads/7").await.status, StatusCode::NOT_FOUND);
    assert_eq!(ja(&state, "/w/midori/data/uploads/x/issues").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_empty_workspace_leads_by_the_hand() {
    let dir = tempfile::tempdir().unwrap();
    let state = empty(dir.path()).await;
    for page in ["today", "accounts", "whitespace", "pipeline", "night"] {
        let uri = format!("/w/midori/{page}");
        let ja = ja(&state, &uri).await;
        ja.holds(&[
            "はじめの4ステップ",
            "aria-current=\"step\">ファイルを選ぶ",
            "href=\"/w/midori/data\"",
        ]);
        en(&state, &uri).await.holds(&["The first four steps", "Begin here"]);
    }
    let answer = post(&state, "/w/midori/data/run", "", &[("seen", "0")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(state.store.latest_job("run").await.unwrap(), None, "there is nothing to plan with");
    ja(&state, "/w/midori/data/run").await.holds(&["先にデータを取り込んでください"]);
}

#[tokio::test]
async fn a_plan_is_asked_for_once_and_followed_by_stage() {
    let dir = tempfile::tempdir().unwrap();
    let state = empty(dir.path()).await;
    let ingested = store::Ingested {
        file: "a.csv".to_owned(),
        entity: "accounts".to_owned(),
        taken: 1,
        ..store::Ingested::default()
    };
    state.store.record_ingest(&ingested, &[]).await.unwrap();
    let accounts = [("account_id", fixture::t("A-1"))];
    fixture::put(&state.store, "accounts", &[&accounts]).await;
    ja(&state, DATA).await.holds(&["<td>顧客<td class=\"n\"", "最初の計画を作る"]);
    let url = "/w/midori/data/run";
    for _ in 0..2 {
        post(&state, url, "", &[("seen", "0")]).await;
    }
    let job = state.store.take_job("1@here", 1, |_| false).await.unwrap().expect("a job");
    assert_eq!((job.job_no, job.kind.as_str()), (1, "run"));
    let progress = r#"{"waits":false,"stages":[{"code":"reading","begun_us":1},{"code":"train","begun_us":2500001}],"file":null}"#;
    state.store.beat_job(&job, 2, progress).await.unwrap();
    let page = ja(&state, url).await;
    page.holds(&[
        "計画を作っています",
        "データの読み込み <span class=\"quiet\">2.5秒",
        "学習",
        "http-equiv=\"refresh\"",
    ]);
    let result = r#"{"as_of":"2026-03-12","accounts":104,"candidates":2000,"plays":60,"no_hours":false,"other_day":false,"warnings":[]}"#;
    state.store.end_job(&job, (JobState::Done, result), 9_000_000).await.unwrap();
    let page = ja(&state, url).await;
    page.holds(&["計画ができました", "60件を計画に入れました", "/w/midori/today"]);
    en(&state, url).await.holds(&["The plan is made", "2,000 candidates weighed"]);
    post(&state, url, "", &[("seen", "0")]).await;
    let latest = state.store.latest_job("run").await.unwrap().expect("a job");
    assert_eq!(latest.job_no, 1, "an old page asks for nothing");
    post(&state, url, "", &[("seen", "1")]).await;
    assert_eq!(state.store.latest_job("run").await.unwrap().expect("a job").job_no, 2);
}

#[tokio::test]
async fn the_tour_of_a_sample_company_ends_for_good() {
    let dir = tempfile::tempdir().unwrap();
    let state = fixture::full(dir.path()).await;
    ja(&state, "/w/midori/today").await.lacks(&["案内を始める"]);
    let demo = state.as_demo(true);
    let today = "/w/midori/today";
    ja(&demo, today).await.holds(&[
        "架空の会社のデータ",
        "/w/midori/today?tour=1",
        "案内を表示しない",
    ]);
    let first = ja(&demo, "/w/midori/today?tour=1").await;
    first.holds(&["<b>1 / 6</b>", "/w/midori/accounts?tour=2", "今日の提案: 誰に"]);
    let last = en(&demo, "/w/midori/data?tour=6").await;
    last.holds(&["<b>6 / 6</b>", "/w/midori/night?tour=5", "End the tour"]);
    last.lacks(&["tour=7"]);
    ja(&demo, "/w/midori/accounts?tour=1").await.lacks(&["class=\"tour\""]);
    let ended = ja(&demo, "/w/midori/today?tour=end").await;
    assert!(ended.header("set-cookie").starts_with("tour=end; Path=/; Max-Age=31536000"));
    ended.lacks(&["class=\"tour\""]);
    for uri in [today, "/w/midori/today?tour=1"] {
        let later = ask(&demo, Method::GET, uri, &[("cookie", "tour=end")]).await;
        later.lacks(&["class=\"tour\""]);
    }
}
