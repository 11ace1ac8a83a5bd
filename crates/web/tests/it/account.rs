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
        "オプション追加: SSO 1案",
        "同じ商品の商談が進行中のため保留しています。",
        "今後180日で4 %(2〜7 %、推定)",
        "上限に対する利用",
        "<summary>主な指標 (1)</summary>",
        "<summary>そのほか (3)</summary>",
        "データなし: 最終注文からの日数",
    ]);
}

/// S24, S34: the stage of the journey and the health score.
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

/// S19, S35, S60: with what a promoter said.
#[tokio::test]
async fn people_deals_and_activities_have_their_dates() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    page.holds(&[
        "<bdi>佐藤 花子</bdi>様</b> <b class=\"role\">決裁者</b>",
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
        ">見込み 107 名</text>",
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
    child.holds(&[
        "<a href=\"/w/midori/accounts\">顧客</a> / <a href=\"/w/midori/accounts/A-001\">",
    ]);
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
        "計画がまだないため、提案はありません。",
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

#[tokio::test]
async fn s36_a_forecast_is_a_band_with_its_words_and_source() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    page.holds(&[
        "<path class=\"band\"",
        "<path class=\"middle\"",
        "<p>上限到達の見込み: 2026年5月10日頃</p>",
        "<td>2026年9月(見込み)<td>107 名(100 名〜121 名)",
        "<small>利用量 2026年3月11日(水)</small>",
    ]);
}

#[tokio::test]
async fn s28_s69_what_it_has_not_by_reason_with_play_and_proof() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    page.holds(&[
        "<h2>未導入の商品</h2>",
        "<i aria-hidden=\"true\">◐</i> 商談中</span>",
        "<bdi>Enterprise</bdi> <a href=\"/w/midori/plays/play-1\">提案を見る</a> <span class=\"amount\">¥412,000</span>",
        "残業時間が45から31になりました。 <small>導入効果 R-1 2026年3月12日(木)</small>",
        "<summary>今はご提案できない商品 (2)</summary>",
        "前提の契約がありません。",
        "href=\"/w/midori/whitespace?group=A-001\"",
    ]);
    let english = en(&state, "/w/midori/accounts/A-001").await;
    english.holds(&["Products not owned", "The window is open.", "results R-1"]);
}

#[tokio::test]
async fn s22_s97_purchases_have_their_last_order_as_source() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    page.holds(&["<bdi>TRAIN</bdi>", "¥360,000", "2025年12月3日(水)", "注文 O-77", "ほかに2商品"]);
}

#[tokio::test]
async fn s84_ltv_says_its_horizon_range_and_how_it_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    page.holds(&[
        "<b>¥1,920,000</b> <small>80 %の幅 ¥1,680,000〜¥2,016,000</small>",
        "今後24か月の粗利、年10 %で割引",
        "<td>毎月の粗利(現在)<td>¥84,000",
        "同条件の契約から推定",
        "期待LTVの累計",
        "<td>2028年3月(見込み)<td>¥1,920,000(¥1,680,000〜¥2,016,000)",
    ]);
}

#[tokio::test]
async fn s19_s76_contacts_are_a_chart_with_the_way_to_who_decides() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let boss = [
        ("contact_id", t("c-2")),
        ("account_id", t("A-001")),
        ("name", t("高橋 一郎")),
        ("role", t("champion")),
        ("reports_to", t("c-1")),
    ];
    fixture::put(&state.store, "contacts", &[&boss]).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    page.holds(&[
        "決裁に関わる方への経路: 高橋 一郎様 → 佐藤 花子様",
        "<li class=\"d1\"><b><bdi>高橋 一郎</bdi>様</b> <b class=\"role\">推進者</b>",
        "<small>NPS 9・2026年1月20日(火) 連絡先 c-2</small>",
        "<li class=\"d0 off\"><b><bdi>伊藤 誠</bdi>様</b>",
    ]);
    let decider = [
        ("contact_id", t("c-1")),
        ("account_id", t("A-001")),
        ("name", t("佐藤 花子")),
        ("reports_to", t("c-2")),
    ];
    fixture::put(&state.store, "contacts", &[&decider]).await;
    let page = ja(&state, "/w/midori/accounts/A-001").await;
    page.holds(&["登録されていません。高橋 一郎様に伺ってください", "<bdi>佐藤 花子</bdi>様"]);
}

/// S98, S102: calls that led to nothing are on record as well.
#[tokio::test]
async fn s98_the_time_line_has_every_touch_once_by_day_and_pages() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let calls: Vec<_> = (1..=20)
        .map(|n| {
            [
                ("activity_id", t(&format!("L-{n:02}"))),
                ("account_id", t("A-001")),
                ("at", fixture::at(&format!("2023-05-{n:02}T10:00"))),
                ("kind", t("call")),
                ("subject", t(&format!("{n}回目の電話"))),
            ]
        })
        .collect();
    let rows: Vec<&[_]> = calls.iter().map(|row| &row[..]).collect();
    fixture::put(&state.store, "activities", &rows).await;
    let uri = "/w/midori/accounts/A-001";
    let first = ja(&state, uri).await;
    first.holds(&[
        "<h2>これまでの経緯</h2>",
        "商談開始",
        "NPS 9 設定が分かりやすく",
        "Pro 100席 ¥120,000/月",
        "1〜20件目",
        "touches=2#touches\">古い記録</a>",
    ]);
    first.lacks(&["<bdi>1回目の電話</bdi>", "新しい記録"]);
    let second = ja(&state, &format!("{uri}?touches=2")).await;
    second.holds(&["<bdi>1回目の電話</bdi>", "touches=1#touches\">新しい記録</a>"]);
    second.lacks(&["商談開始"]);
    ja(&state, &format!("{uri}?touches=x")).await.holds(&["商談開始"]);
}

#[tokio::test]
async fn s32_s106_closed_deals_tell_how_they_ended() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let uri = "/w/midori/accounts/A-001";
    ja(&state, uri).await.holds(&["終わった商談の記録はありません"]);
    let deal = [
        ("proposal_id", t("D-1")),
        ("account_id", t("A-001")),
        ("opened_at", fixture::at("2025-01-10")),
        ("closed_at", fixture::at("2025-03-01")),
        ("outcome", t("lost")),
        ("product_id", t("ENT")),
        ("reason", t("予算が確保できなかった")),
    ];
    fixture::put(&state.store, "proposals", &[&deal]).await;
    let page = ja(&state, uri).await;
    page.holds(&[
        "<span class=\"quiet\">失注</span>",
        "2025年3月1日(土)",
        "予算が確保できなかった",
        "商談 D-1",
    ]);
    page.lacks(&["終わった商談の記録はありません"]);
}

#[tokio::test]
async fn every_empty_part_says_which_file_fills_it() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    fixture::put(&state.store, "accounts", &[&[("account_id", t("X")), ("name", t("あおば"))]])
        .await;
    let page = ja(&state, "/w/midori/accounts/X").await;
    for file in [
        "subscriptions",
        "orders",
        "usage",
        "proposals",
        "activities",
        "contacts",
        "surveys",
        "parent_id",
        "products",
        "account_facts",
    ] {
        page.holds(&[file]);
    }
}
