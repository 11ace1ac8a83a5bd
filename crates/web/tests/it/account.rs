//! `/w/{workspace}/accounts/{account_id}`

use axum::http::StatusCode;

use crate::ask::{en, ja};
use crate::fixture::{self, t};

#[tokio::test]
async fn the_page_of_one_account() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    assert_eq!(page.status, StatusCode::OK);
    page.holds(&[
        "<h1><bdi>株式会社みどり製作所</bdi> <small><bdi>カブシキガイシャミドリセイサクショ</bdi></small></h1>",
        "業種 <bdi>物流</bdi>",
        "従業員数 <bdi>120名</bdi>",
        "決算期 <bdi>3月</bdi>",
        "タッチモデル <bdi>ロータッチ</bdi>",
        "今回の提案",
        "Pro → Enterprise",
        "オプション追加: シングルサインオン",
        "同じ商品の商談が進行中のため保留しています。",
        "今後180日で4 %(2〜7 %、推定)",
        "上限に対する利用",
        "<summary>主な指標 (1)</summary>",
        "<summary>そのほか (3)</summary>",
        "データなし: 最終注文からの日数",
    ]);
}

#[tokio::test]
async fn how_it_goes_stands_there_with_every_part() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    page.holds(&[
        "<b>カスタマージャーニーの段階: 拡大</b>",
        "<bdi>利用ユーザーは上限100に対して93です。</bdi>",
        "<b>ヘルススコア: 72点(100点満点) <span class=\"grow\">良好</span></b>",
        "<td>NPS<td><bdi>5点(2026年1月10日)</bdi><td class=\"n\">50<td class=\"n\">56 %",
    ]);
    page.lacks(&["利用の成熟度"]);
    let page = en(&state, "/w/midori/accounts/A-001").await;
    page.holds(&["Stage of the journey: expansion", "Health score: 72 of 100", "<th>Figure"]);
}

#[tokio::test]
async fn contracts_show_the_version_of_the_day() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    page.holds(&[
        "¥120,000",
        "2026年5月31日(日)",
        "2026年4月22日(水) <small>あと41日</small>",
        "契約 S-1 2024年6月1日から",
        "契約 S-2 2024年6月1日〜2025年5月31日",
        "終了",
    ]);
    page.lacks(&["¥999,000"]);
    page.holds(&["契約の変更履歴 (1)", "<bdi>Pro 拡大 80席→100席</bdi>", "<small>契約 S1</small>"]);
}

#[tokio::test]
async fn people_deals_and_activities_have_their_dates() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    page.holds(&[
        "<bdi>佐藤 花子</bdi>様</b> 決裁者",
        "2025年9月30日(火)に退任・異動",
        "<b>NPS 9</b> 推奨者",
        "設定が分かりやすく",
        "2026年1月20日(火) アンケート N-1",
        "見積提示",
        "¥360,000",
        "見積の確認 2026年3月19日(木)",
        "<span class=\"protect\">未解決・優先度 高</span>",
        "<span class=\"quiet\">解決済み・優先度 高</span>",
        "四半期の利用状況のご報告",
    ]);
    page.lacks(&["未来の打ち合わせ"]);
}

#[tokio::test]
async fn charts_have_zero_limit_and_unit() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    page.holds(&[
        "<path class=\"bars\"",
        "<path class=\"zero\"",
        "<path class=\"limit\"",
        ">上限 100 名</text>",
        ">93.2 名</text>",
        ">¥120,000</text>",
        ">2024年4月</text>",
        "<td>2026年3月<td>93.2 名",
    ]);
    page.lacks(&["style="]);
}

#[tokio::test]
async fn the_group_is_a_tree() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    let tree = page.body.split("<ul class=\"tree\">").nth(1).expect("a tree");
    let tree = tree.split("</ul>").next().expect("its end");
    let lines: Vec<String> =
        tree.lines().map(without_tags).filter(|line| !line.is_empty()).collect();
    assert_eq!(
        lines,
        [
            "みどりホールディングス株式会社 グループ",
            "株式会社みどり製作所 表示中 企業",
            "情報システム部 部署",
            "株式会社あおば食品 企業",
        ]
    );
    let child = ja(&state, "/w/midori/accounts/A-002").await;
    child.holds(&["<p class=\"crumb\"><a href=\"/w/midori/accounts/A-001\">"]);
}

#[tokio::test]
async fn the_same_page_in_english() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = en(&state, "/w/midori/accounts/A-001").await;
    page.holds(&[
        "Employees <bdi>120</bdi>",
        "Fiscal close <bdi>Mar</bdi>",
        "subscriptions S-1 since 1 Jun 2024",
        "left on Tue 30 Sep 2025",
        "promoter",
        "limit 100 名",
        "4 % within 180 days",
    ]);
    page.lacks(&["様", "契約申"]);
}

#[tokio::test]
async fn an_account_with_nothing_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    fixture::put(&state.store, "accounts", &[&[("account_id", t("X")), ("name", t("あおば"))]])
        .await;
    let page = ja(&state, "/w/midori/accounts/X").await;
    assert_eq!(page.status, StatusCode::OK);
    page.holds(&[
        "まだ一度も実行されていないため、提案はありません。",
        "契約のデータはありません。",
        "進行中の商談はありません。",
        "担当者のデータはありません。",
        "つながりは登録されていません。",
        "未確認",
    ]);
}

#[tokio::test]
async fn a_placeholder_says_that_its_row_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let accounts = domain::canonical::entity("accounts").expect("accounts");
    state.store.placeholders(accounts, &["P-1".to_owned()]).await.unwrap();
    let page = ja(&state, "/w/midori/accounts/P-1").await;
    page.holds(&["<h1><bdi>P-1</bdi>", "顧客のデータ自体は取り込まれていません"]);
}

#[tokio::test]
async fn a_cycle_of_parents_ends() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let account = |id, parent| [("account_id", t(id)), ("name", t(id)), ("parent_id", t(parent))];
    fixture::put(&state.store, "accounts", &[&account("X", "Y"), &account("Y", "X")]).await;
    let page = ja(&state, "/w/midori/accounts/X").await;
    assert_eq!(page.status, StatusCode::OK);
    page.holds(&["表示中"]);
}

#[tokio::test]
async fn hostile_names_are_only_text() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let long = "長".repeat(500);
    let names =
        ["<script>alert(1)</script>", "\"><img src=x>", "🏭 工場 & 仲間", "شركة الأفق", &long];
    for (i, name) in names.iter().enumerate() {
        let id = format!("../{i}?a=b#c%2F/ひ");
        let values = [("account_id", t(&id)), ("name", t(name))];
        fixture::put(&state.store, "accounts", &[&values]).await;
        let uri = format!("/w/midori/accounts/..%2F{i}%3Fa%3Db%23c%252F%2F%E3%81%B2");
        let page = ja(&state, &uri).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        page.lacks(&["<script", "<img"]);
        let list = ja(&state, "/w/midori/accounts").await;
        list.holds(&[&uri]);
        list.lacks(&["<script", "<img"]);
    }
    ja(&state, "/w/midori/accounts").await.holds(&[
        "<bdi>&#60;script&#62;alert(1)&#60;/script&#62;</bdi>",
        "<bdi>🏭 工場 &#38; 仲間</bdi>",
        "<bdi>شركة الأفق</bdi>",
    ]);
}

#[tokio::test]
async fn an_unknown_account_has_a_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts/nobody").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.holds(&[
        "<html lang=\"ja\">",
        "この顧客は見つかりません",
        "href=\"/w/midori/accounts\">顧客の一覧に戻る",
        "href=\"/w/midori/today\">今日の提案に戻る",
    ]);
    let page = en(&state, "/w/midori/accounts/nobody").await;
    page.holds(&["This account was not found", "Back to the list of accounts"]);
}

fn without_tags(line: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in line.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    text.trim().to_owned()
}
