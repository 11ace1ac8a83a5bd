//! `/w/{workspace}/accounts/{account_id}/notes`: what the customer said, written down by hand (S20, S30, S75).

use axum::http::StatusCode;
use store::Note;
use web::AppState;

use crate::ask::{Answer, ja, post, post_from};
use crate::fixture::{self, t};

const NOTES: &str = "/w/midori/accounts/A-001/notes";
const ACCOUNT: &str = "/w/midori/accounts/A-001";

async fn full() -> (tempfile::TempDir, AppState) {
    let folder = tempfile::tempdir().expect("a folder");
    let state = fixture::full(folder.path()).await;
    (folder, state)
}

async fn say(state: &AppState, fields: &[(&str, &str)]) -> Answer {
    post(state, NOTES, "rep=r-1", fields).await
}

const ISSUE: [(&str, &str); 5] = [
    ("replaces", ""),
    ("kind", "issue"),
    ("value", "月次集計に2日かかる"),
    ("said_on", "2026-03-10"),
    ("said_by", "c-2"),
];

/// The same fields with another value of one.
fn with<'a>(name: &str, value: &'a str) -> Vec<(&'static str, &'a str)> {
    ISSUE.iter().map(|(key, was)| (*key, if *key == name { value } else { *was })).collect()
}

/// The id of the only statement with that text.
async fn id_of(state: &AppState, value: &str) -> String {
    let entity = domain::canonical::entity("account_facts").expect("canonical");
    let rows = state.store.read_where(entity, "value", &t(value)).await.expect("rows");
    let [row] = &rows[..] else { panic!("{value}: {rows:?}") };
    let store::Value::Text(id) = &row[0] else { panic!("an id") };
    id.clone()
}

#[tokio::test]
async fn s30_a_statement_is_written_down_with_who_and_when() {
    let (_folder, state) = full().await;
    ja(&state, ACCOUNT).await.holds(&[
        "<h2>ヒアリング記録</h2>",
        "ヒアリングの記録はありません",
        "まだ伺っていない項目: 課題、今後の見通し、予算、決裁の進め方",
    ]);
    let sent = say(&state, &ISSUE).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let id = id_of(&state, "月次集計に2日かかる").await;
    assert_eq!(sent.header("location"), format!("{ACCOUNT}#{id}"));
    let page = ja(&state, ACCOUNT).await;
    page.holds(&[
        &format!(
            "<div class=\"note-of\" id=\"{id}\"><p class=\"text\"><bdi>月次集計に2日かかる</bdi>"
        ),
        "<span>2026年3月10日(火)</span><span class=\"also\">推進者 <bdi>高橋 一郎</bdi>様</span>",
        "まだ伺っていない項目: 今後の見通し、予算、決裁の進め方",
        // S98: it stands in the time line, too.
        "ヒアリング(課題)",
    ]);
    // Its id says nothing to anybody.
    page.lacks(&[&format!("ヒアリング記録 {id}")]);
    // The same form twice is one statement.
    assert_eq!(say(&state, &ISSUE).await.status, StatusCode::SEE_OTHER);
    assert_eq!(id_of(&state, "月次集計に2日かかる").await, id);
}

#[tokio::test]
async fn s20_a_statement_is_rewritten_and_what_was_before_stays() {
    let (_folder, state) = full().await;
    say(&state, &ISSUE).await;
    let id = id_of(&state, "月次集計に2日かかる").await;
    let mut fields = with("value", "月次集計は1日になった");
    fields[0].1 = &id;
    assert_eq!(say(&state, &fields).await.status, StatusCode::SEE_OTHER);
    ja(&state, ACCOUNT).await.holds(&[
        "<bdi>月次集計は1日になった</bdi>",
        "<summary>以前の記録 (1)</summary>",
        "<bdi>2026年3月10日(火) 月次集計に2日かかる</bdi>",
    ]);
}

#[tokio::test]
async fn s20_two_people_on_one_statement_and_nothing_typed_is_lost() {
    let (_folder, state) = full().await;
    say(&state, &ISSUE).await;
    let id = id_of(&state, "月次集計に2日かかる").await;
    let mut first = with("value", "早い人");
    first[0].1 = &id;
    say(&state, &first).await;
    let mut late = with("value", "<b>遅い人</b>が書いた長い文章");
    late[0].1 = &id;
    let page = say(&state, &late).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let newest = id_of(&state, "早い人").await;
    page.holds(&[
        "ほかの人がこの記録を書き換えました",
        "&#60;b&#62;遅い人&#60;/b&#62;が書いた長い文章</textarea>",
        "<bdi>早い人</bdi>",
        &format!("name=\"replaces\" value=\"{newest}\""),
    ]);
    // Sent again it takes the place of what is there now.
    late[0].1 = &newest;
    assert_eq!(say(&state, &late).await.status, StatusCode::SEE_OTHER);
    ja(&state, ACCOUNT).await.holds(&["<summary>以前の記録 (2)</summary>"]);
}

#[tokio::test]
async fn s30_what_is_wrong_is_said_beside_what_was_typed() {
    let (_folder, state) = full().await;
    let long = "あ".repeat(2_001);
    for (name, value, problem) in [
        ("kind", "sales_stop", "項目が選ばれていません"),
        ("value", "", "内容が空です"),
        ("value", &long, "2,000"),
        ("said_on", "2026-03-13", "2026年3月12日(木)まで"),
        ("said_on", "いつか", "いつか"),
        ("said_on", "", "日付"),
    ] {
        let page = say(&state, &with(name, value)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {value}");
        page.holds(&["class=\"problem\" role=\"alert\"", problem]);
        if name != "value" {
            page.holds(&["月次集計に2日かかる</textarea>"]);
        }
    }
    let mut promise = with("kind", "promised_date");
    say(&state, &promise).await.holds(&["日付で入力してください"]);
    promise[2].1 = "2026/4/1";
    assert_eq!(say(&state, &promise).await.status, StatusCode::SEE_OTHER);
    id_of(&state, "2026-04-01").await;
}

#[tokio::test]
async fn s30_other_sites_and_unknown_accounts_write_nothing() {
    let (_folder, state) = full().await;
    let origin = ("origin", "https://evil.example");
    assert_eq!(post_from(&state, NOTES, origin, &ISSUE).await.status, StatusCode::FORBIDDEN);
    let nobody = post(&state, "/w/midori/accounts/nobody/notes", "", &ISSUE).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    // A contact of another account is nobody here.
    say(&state, &with("said_by", "somebody")).await;
    let id = id_of(&state, "月次集計に2日かかる").await;
    let note = Note {
        account_id: "A-001".to_owned(),
        kind: "issue".to_owned(),
        value: "月次集計に2日かかる".to_owned(),
        said_on: "2026-03-10".to_owned(),
        ..Note::default()
    };
    assert_eq!(id, note.id());
}
