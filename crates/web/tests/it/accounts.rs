//! `/w/{workspace}/accounts`

use axum::http::StatusCode;

use crate::ask::{en, ja};
use crate::fixture;

#[tokio::test]
async fn accounts_are_listed_fifty_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts").await;
    assert_eq!(page.status, StatusCode::OK);
    page.holds(&["<h1>顧客</h1>", "65件", "1〜50件目(全65件)", "page=2", "田中 美咲"]);
    let last = ja(&state, "/w/midori/accounts?page=99").await;
    last.holds(&["51〜65件目(全65件)"]);
}

#[tokio::test]
async fn a_search_forgives_width_case_and_kana() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    for asked in ["a-002", "Ａ－００２", "情報ｼｽﾃﾑ"] {
        let uri = format!("/w/midori/accounts?q={}", escape(asked));
        let page = ja(&state, &uri).await;
        page.holds(&["/w/midori/accounts/A-002", "<bdi>株式会社みどり製作所</bdi>"]);
        page.lacks(&["/w/midori/accounts/A-003"]);
    }
    let reading =
        ja(&state, &format!("/w/midori/accounts?q={}", escape("かぶしきがいしゃみどり"))).await;
    reading.holds(&["/w/midori/accounts/A-001"]);
    let none = en(&state, "/w/midori/accounts?q=zzz").await;
    none.holds(&["No account matches", "value=\"zzz\""]);
}

#[tokio::test]
async fn accounts_that_nobody_speaks_with_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let all = ja(&state, "/w/midori/accounts").await;
    all.holds(&["<option value=\"thin\">接点が薄い</option>"]);
    all.lacks(&["180日以上"]);
    let thin = ja(&state, "/w/midori/accounts?contact=thin").await;
    thin.holds(&[
        "<option value=\"thin\" selected>",
        "/w/midori/accounts/A-001",
        ">1件<",
        "180日以上",
    ]);
    thin.lacks(&["/w/midori/accounts/A-002"]);
    let both = en(&state, "/w/midori/accounts?q=a-002&contact=thin").await;
    both.holds(&["No account matches"]);
}

#[tokio::test]
async fn without_a_run_no_contact_is_called_thin() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    fixture::entities(&state.store).await;
    let page = ja(&state, "/w/midori/accounts?contact=thin").await;
    page.holds(&["接点の薄い顧客はありません"]);
    en(&state, "/w/midori/accounts?contact=thin").await.holds(&["No account has thin contact"]);
}

#[tokio::test]
async fn an_empty_list_says_what_would_fill_it() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    ja(&state, "/w/midori/accounts").await.holds(&["顧客がまだ取り込まれていません"]);
    en(&state, "/w/midori/accounts").await.holds(&["There are no accounts yet"]);
}

fn escape(text: &str) -> String {
    let escaped: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    escaped.concat()
}
