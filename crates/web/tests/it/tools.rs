//! Tools of the worklist: filters that are kept, task files, keys, how it goes with the customer.

use axum::http::StatusCode;
use store::PlayRow;

use crate::ask::{en, ja, post};
use crate::fixture;

const TODAY: &str = "/w/midori/today";
const VIEWS: &str = "/w/midori/today/views";

/// S54: a filter is kept under a name by who made it, and forgotten again.
#[tokio::test]
async fn s54_filters_are_kept_under_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/today?role=CIS&due=30&motion=plan_up").await;
    page.holds(&[
        "期限",
        "30日以内",
        "この条件を保存",
        "name=\"query\" value=\"motion=plan_up&#38;role=CIS&#38;due=30\"",
    ]);
    ja(&state, "/w/midori/today?due=30").await.holds(&["この条件に当てはまる提案はありません"]);
    ja(&state, TODAY).await.lacks(&["この条件を保存"]);
    let kept = [("act", "save"), ("name", "<拡大>"), ("query", "role=CIS&page=9&x=1")];
    let saved = post(&state, VIEWS, "rep=r-1", &kept).await;
    assert_eq!(saved.header("location"), "/w/midori/today?role=CIS");
    let mine = [("accept-language", "ja"), ("cookie", "rep=r-1")];
    let page = crate::ask::ask(&state, axum::http::Method::GET, TODAY, &mine).await;
    page.holds(&["<a href=\"/w/midori/today?role=CIS\"><bdi>&#60;拡大&#62;</bdi></a>"]);
    ja(&state, TODAY).await.lacks(&["拡大&#62;"]);
    post(&state, VIEWS, "rep=r-1", &[("act", "forget"), ("name", "<拡大>"), ("back", TODAY)]).await;
    let page = crate::ask::ask(&state, axum::http::Method::GET, TODAY, &mine).await;
    page.lacks(&["拡大&#62;"]);
}

/// S93: the list leaves as a task file with the ids of each system, for Excel and safe from formulas.
#[tokio::test]
async fn s93_the_list_leaves_as_task_files() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    ja(&state, "/w/midori/today?owner=r-1").await.holds(&[
        "tasks.csv?for=salesforce&#38;owner=r-1",
        "kintone",
        "HubSpot",
    ]);
    let file = ja(&state, "/w/midori/today/tasks.csv?for=salesforce&owner=r-1").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"tasks-salesforce-2026-03-12.csv\""
    );
    let lines: Vec<&str> = file.body.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "\u{feff}Subject,ActivityDate,Status,Priority,Description,WhatId,WhoId,OwnerId,Nobishiro_Play_Id__c"
    );
    assert!(lines[1].starts_with("株式会社みどり製作所 Pro → Enterprise,2026-04-22,Not Started,"));
    assert!(lines[1].ends_with(",A-001,c-1,r-1,play-1"), "{}", lines[1]);
    assert_eq!(lines.len(), 1 + 26 + 1, "every line, not a page of them");
    let file = ja(&state, "/w/midori/today/tasks.csv?for=kintone").await;
    file.holds(&["提案ID,件名,顧客ID", "play-5,", "次の一手: ", "未対応"]);
    assert_eq!(file.body.split("\r\n").count(), 1 + fixture::PLAYS + 1);
    en(&state, "/w/midori/today/tasks.csv?for=hubspot")
        .await
        .holds(&["Task Title,", "Next step: "]);
    let strange = ja(&state, "/w/midori/today/tasks.csv?for=x").await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn keys_are_a_file_of_ours_and_the_page_works_without() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, TODAY).await;
    page.holds(&["id=\"keys\" hidden", "1文字のキー操作を使わない"]);
    let path = page.body.split("<script src=\"").nth(1).expect("a script");
    let path = path.split('"').next().expect("its end");
    let script = ja(&state, path).await;
    assert_eq!(script.status, StatusCode::OK);
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    script.holds(&["keydown"]);
    en(&state, TODAY).await.holds(&["next and previous proposal"]);
}

/// S54: how it goes with the customer stands on the line.
#[tokio::test]
async fn s54_a_line_says_health_and_nps() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    ja(&state, TODAY).await.holds(&["ヘルススコア72(良好)"]);
    en(&state, TODAY).await.holds(&["health 72 (good)"]);
}

/// S54: a play that ends on the last day asked for is in, one that ends a day later is out.
#[tokio::test]
async fn s54_due_within_counts_its_last_day() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let due = |n: usize, day: &str| PlayRow { due: Some(day.to_owned()), ..fixture::play(n) };
    let plays = [due(1, "2026-03-19"), due(2, "2026-03-20"), due(4, "2026-03-18")];
    fixture::publish(&state.store, &plays, &[]).await;
    let page = ja(&state, "/w/midori/today?due=7").await;
    page.holds(&["id=\"play-1\"", "id=\"play-4\""]);
    page.lacks(&["id=\"play-2\""]);
}
