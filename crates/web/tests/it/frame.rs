//! What every answer has: language, headers, error pages, a way home.

use axum::http::{Method, StatusCode};

use crate::ask::{ask, ask_bytes, en, ja};
use crate::fixture;

#[tokio::test]
async fn the_front_door_leads_to_the_worklist() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    for uri in ["/", "/w/midori", "/w/midori/"] {
        let answer = ja(&state, uri).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{uri}");
        assert_eq!(answer.header("location"), "/w/midori/today");
    }
    for uri in ["/?lang=en", "/w/midori?lang=en", "/w/midori/?lang=en&x=1"] {
        let answer = ja(&state, uri).await;
        assert_eq!(answer.header("location"), "/w/midori/today?lang=en", "{uri}");
    }
}

#[tokio::test]
async fn health_needs_no_run() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let answer = ja(&state, "/healthz").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "ok"));
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    for uri in ["/w/midori/today", "/w/midori/accounts/none", "/nowhere", "/healthz"] {
        let answer = ja(&state, uri).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        let vary: Vec<_> = answer.headers.get_all("vary").iter().collect();
        assert_eq!(vary, ["Accept-Language, Cookie", "Accept-Encoding"]);
        // A script is a file of ours, never text within a page.
        assert!(policy.contains("script-src 'self'"), "{policy}");
        answer.lacks(&["<script>", " style=", "onclick"]);
    }
}

#[tokio::test]
async fn the_style_sheet_is_kept_under_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let page = ja(&state, "/w/midori/today").await;
    let path = page.body.split("<link rel=\"stylesheet\" href=\"").nth(1).expect("a link");
    let path = path.split('"').next().expect("its end");
    let style = ja(&state, path).await;
    assert_eq!(style.status, StatusCode::OK);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(style.header("cache-control").contains("immutable"));
    style.holds(&["prefers-color-scheme: dark", "@media print"]);
}

#[tokio::test]
async fn a_chosen_language_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let page = ja(&state, "/w/midori/today?owner=r-1&lang=en").await;
    assert_eq!(page.header("content-language"), "en");
    assert!(page.header("set-cookie").starts_with("lang=en; Path=/; Max-Age=31536000"));
    page.holds(&[
        "<html lang=\"en\">",
        "href=\"/w/midori/today?owner=r-1&#38;lang=ja\" lang=\"ja\"",
    ]);
    let headers = [("accept-language", "ja"), ("cookie", "lang=en")];
    let page = ask(&state, Method::GET, "/w/midori/today", &headers).await;
    assert_eq!((page.header("content-language"), page.header("set-cookie")), ("en", ""));
    let page = ask(&state, Method::GET, "/w/midori/today", &[]).await;
    page.holds(&["<html lang=\"ja\">", ">English</a>"]);
}

#[tokio::test]
async fn errors_speak_the_readers_language() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let page = ja(&state, "/w/other/today").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.holds(&["このワークスペースは見つかりません", "href=\"/w/midori/today\""]);
    let page = en(&state, "/w/midori/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.holds(&["This page was not found", "Back to Today"]);
    let page = ask(&state, Method::POST, "/w/midori/today", &[]).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    page.holds(&["この操作はできません"]);
    let page = ja(&state, "/w/midori/accounts/%FF").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn head_has_headers_and_no_body() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    for uri in ["/w/midori/today", "/w/midori/accounts", "/healthz", "/nowhere"] {
        let answer = ask(&state, Method::HEAD, uri, &[]).await;
        assert_eq!(answer.body, "", "{uri}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn a_closed_database_is_an_error_page_without_details() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    state.store.close().await;
    let page = ja(&state, "/w/midori/today").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    page.holds(&["データベースに接続できません", "取り込み済みのデータはそのまま残っています"]);
    page.lacks(&["sqlite", "store.sqlite", "panicked"]);
}

#[tokio::test]
async fn strange_queries_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    for query in [
        "page=-1",
        "page=18446744073709551616",
        "page=0",
        "page=%FF",
        "owner=a&owner=b",
        "&&=&lang",
    ] {
        let answer = ja(&state, &format!("/w/midori/today?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}");
    }
}

#[tokio::test]
async fn a_long_page_travels_as_gzip() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let headers = [("accept-encoding", "gzip, br")];
    let (head, bytes) = ask_bytes(&state, Method::GET, "/w/midori/today", &headers).await;
    assert_eq!(head.headers["content-encoding"], "gzip");
    assert_eq!(bytes[..2], [0x1f, 0x8b]);
    assert!(bytes.len() < 100_000, "{} bytes", bytes.len());
    let plain = ja(&state, "/w/midori/today").await;
    assert_eq!(plain.header("content-encoding"), "");
}

/// The parts of the pages, as the pages draw them, in both languages and under both sets of colours.
#[tokio::test]
async fn the_parts_are_shown_light_and_dark() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let page = ja(&state, "/w/midori/components").await;
    assert_eq!(page.status, StatusCode::OK);
    page.holds(&[
        "<h1>画面の部品</h1>",
        "<td>accent<td data-l=\"ライト\">",
        "<dt>base</dt><dd>14px</dd>",
        "class=\"specimen light\"",
        "class=\"specimen dark\"",
        "class=\"swatch protect\"",
        "<li class=\"play\" id=\"line-dark\">",
        "提案前チェック",
        "class=\"flash\"",
        "<svg",
        "class=\"band\"",
    ]);
    en(&state, "/w/midori/components").await.holds(&["Parts of the pages", "See the evidence (2)"]);
}
