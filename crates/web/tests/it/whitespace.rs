//! `/w/{workspace}/whitespace`

use axum::http::StatusCode;

use crate::ask::{Answer, en, ja};
use crate::fixture;

async fn full() -> (tempfile::TempDir, web::AppState) {
    let folder = tempfile::tempdir().expect("a folder");
    let state = fixture::full(folder.path()).await;
    (folder, state)
}

/// The rows of the map: name and cells, tags left out.
fn rows(page: &Answer) -> Vec<String> {
    let table = page.body.split("<tbody>").skip(1).collect::<String>();
    let rows = table.split("<tr>").skip(1);
    let bare = |row: &str| {
        let mut text = String::new();
        let mut inside = false;
        for c in row.split("</tr>").next().unwrap_or_default().chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                _ if !inside => text.push(c),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    rows.map(bare).collect()
}

#[tokio::test]
async fn n11_the_map_shows_the_group_from_the_root_down() {
    let (_folder, state) = full().await;
    let page = ja(&state, "/w/midori/whitespace").await;
    assert_eq!(page.status, StatusCode::OK);
    page.holds(&[
        "<h1>未導入マップ</h1>",
        "2026年3月12日(木)時点",
        "顧客 65件",
        "aria-current=\"page\">未導入マップ",
        "<th colspan=\"3\" scope=\"colgroup\">コラボ</th>",
        "<bdi>Enterprise</bdi>",
        "未導入分の期待増分利益 ¥412,000",
        "ほかの7商品は載せていません",
        "1〜25件目(全65件)",
    ]);
    let rows = rows(&page);
    assert_eq!(
        rows[..4],
        [
            "みどりホールディングス株式会社 グループ – 対象外 – 対象外 – 対象外 – 対象外",
            "株式会社みどり製作所 企業 ● 導入済み ○ 未導入 ¥412,000 ◐ 商談中 – 対象外",
            "情報システム部 部署 ○ 未導入 – 対象外 – 対象外 ○ 未導入",
            "株式会社あおば食品 企業 ● 導入済み – 対象外 – 対象外 ○ 未導入",
        ]
    );
}

#[tokio::test]
async fn n11_a_cell_leads_to_its_play_or_to_the_account() {
    let (_folder, state) = full().await;
    ja(&state, "/w/midori/whitespace").await.holds(&[
        "<td class=\"gap\"><a href=\"/w/midori/plays/play-1\">",
        "<td class=\"owned\"><a href=\"/w/midori/accounts/A-001#contracts\">",
        "<td class=\"going\"><a href=\"/w/midori/accounts/A-001#lacks\">",
        "<td class=\"none\"></td>",
    ]);
}

#[tokio::test]
async fn n11_rows_are_narrowed_by_line_state_owner_and_group() {
    let (_folder, state) = full().await;
    let at = async |query: &str| ja(&state, &format!("/w/midori/whitespace?{query}")).await;
    let page = at("state=blocked").await;
    page.holds(&["顧客 1件", "北浜ロジスティクス", "条件を解除", "value=\"blocked\" selected"]);
    at("state=gap&line=%E7%B5%8C%E8%B2%BB").await.lacks(&["<small>¥412,000", "/accounts/A-003#"]);
    // Owned in the other line only.
    at("state=owned&line=%E7%B5%8C%E8%B2%BB").await.holds(&["顧客 1件", "北浜ロジスティクス"]);
    at("owner=%28none%29").await.holds(&["顧客 2件", "株式会社ひかり印刷"]);
    at("owner=r-2").await.lacks(&["東都精機", "情報システム部"]);
    let group = at("group=A-002").await;
    group.holds(&["顧客 4件", "表示中のグループ", "name=\"group\" value=\"A-002\""]);
    at("q=%E3%81%82%E3%81%8A%E3%81%B0%E9%A3%9F%E5%93%81").await.holds(&["みどりホールディングス"]);
    at("q=zzz").await.holds(&["条件に当てはまる顧客はありません"]);
    at("group=nobody").await.holds(&["条件に当てはまる顧客はありません"]);
}

#[tokio::test]
async fn n11_pages_keep_what_was_asked() {
    let (_folder, state) = full().await;
    let page = ja(&state, "/w/midori/whitespace?state=owned&page=2").await;
    page.holds(&["whitespace?state=owned&#38;page=1", "whitespace?state=owned&#38;page=3"]);
    let last = ja(&state, "/w/midori/whitespace?page=99&cols=9").await;
    last.holds(&["51〜65件目(全65件)"]);
    assert!(page.body.len() < 100_000, "{} bytes", page.body.len());
}

#[tokio::test]
async fn n11_the_same_map_in_english() {
    let (_folder, state) = full().await;
    let page = en(&state, "/w/midori/whitespace").await;
    page.holds(&[
        "<h1>Whitespace</h1>",
        "65 accounts",
        "not eligible",
        "expected profit of the gaps ¥412,000",
    ]);
    page.lacks(&["未導入", "導入済み"]);
}

#[tokio::test]
async fn n11_without_a_run_the_page_says_what_makes_the_map() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let page = ja(&state, "/w/midori/whitespace").await;
    assert_eq!(page.status, StatusCode::OK);
    page.holds(&["計画がまだありません"]);
    page.lacks(&["<table"]);
}

#[tokio::test]
async fn n11_another_workspace_is_not_shown() {
    let (_folder, state) = full().await;
    assert_eq!(ja(&state, "/w/other/whitespace").await.status, StatusCode::NOT_FOUND);
}
