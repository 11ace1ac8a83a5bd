//! `/w/{workspace}/today`

use axum::http::StatusCode;
use decide::bookings::{Basis, Quarter, compare};
use domain::money::Currency;
use domain::time::{Day, Days};

use crate::ask::{en, ja};
use crate::fixture::{self, FULL_PAGE_BYTES_MAX};

#[tokio::test]
async fn a_line_says_who_what_why_and_what_next_in_japanese() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/today").await;
    assert_eq!(page.status, StatusCode::OK);
    page.holds(&[
        "<html lang=\"ja\">",
        "2026年3月12日(木)時点",
        "計画 64件(対応済みを含む)",
        ">提案 64</a>",
        "予定工数 110時間",
        "条件により保留: 12候補",
        "顧客 65件",
        "<bdi>みどりホールディングス株式会社</bdi>",
        "<bdi>株式会社みどり製作所</bdi>",
        "上位プランへの変更",
        "Pro → Enterprise",
        "<span>受注時</span> <b>+¥84,000/月</b>",
        "(税抜・定価)",
        "<b>18 %</b> <small>(12〜26 %) 推定</small>",
        "仮定値",
        "<span>利用ユーザー 93/100名。3月下旬に上限へ到達する見込みです</span>",
        "増員計画を確認し、Enterpriseの見積を用意してください",
        "決裁者 <bdi>佐藤 花子</bdi>様",
        "<span class=\"also\">電話</span>",
        "<span class=\"also\">2時間</span>",
        "担当 <bdi>田中 美咲</bdi>",
        "担当 未割当",
        "3月9日の週",
        "2026年4月22日(水)(あと41日)",
    ]);
}

#[tokio::test]
async fn the_evidence_has_its_sources_and_days() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/today").await;
    page.holds(&[
        "根拠を見る(7件)",
        "期待増分利益(24か月・粗利)",
        "<b>¥407,000</b>",
        "利用量 active_users、2026年3月11日",
        "<td>受注による増分<td>+¥398,000",
        "提案前チェック <small>すべて通過</small>",
        "<b>工数の都合で見送り</b> 同じ顧客への提案は1件までです。期待増分利益が小さいため見送りました。",
        "<bdi>シングルサインオン</bdi> ¥120,000",
        "保留(2026年3月31日まで)",
    ]);
    // A part that is nothing is not said.
    page.lacks(&["特典の費用"]);
    let english = en(&state, "/w/midori/today").await;
    english.holds(&[
        "See the evidence (7)",
        "Expected incremental profit (24 months, gross margin)",
        "usage active_users, 11 Mar 2026",
        "on hold until 31 Mar 2026",
    ]);
}

#[tokio::test]
async fn the_same_line_in_english() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = en(&state, "/w/midori/today").await;
    page.holds(&[
        "<html lang=\"en\">",
        "As of Thu 12 Mar 2026",
        "64 proposals in the plan",
        "12 candidates held back",
        "110 hours planned",
        "Plan upgrade",
        "<span>If accepted</span> <b>+¥84,000 a month</b>",
        "(excl. tax, list price)",
        "(12–26 %) estimated",
        "Decision maker <bdi>佐藤 花子</bdi></span>",
        "week of 9 Mar",
        "Wed 22 Apr 2026 (41 days left)",
        "What is not proposed, and why",
    ]);
    page.lacks(&["様", "担当"]);
}

#[tokio::test]
async fn twenty_five_lines_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let first = ja(&state, "/w/midori/today").await;
    assert_eq!(first.body.matches("<li class=\"play\"").count(), 25);
    first.holds(&["1〜25件目(全64件)", "href=\"/w/midori/today?page=2\""]);
    first.lacks(&["rel=\"prev\""]);
    assert!(first.body.len() < FULL_PAGE_BYTES_MAX, "{} bytes", first.body.len());
    let last = ja(&state, "/w/midori/today?page=3").await;
    assert_eq!(last.body.matches("<li class=\"play\"").count(), 14);
    last.holds(&["51〜64件目(全64件)", "title=\"計画全体での順位\">51</span>"]);
    last.lacks(&["rel=\"next\""]);
    let beyond = ja(&state, "/w/midori/today?page=99").await;
    assert_eq!(beyond.status, StatusCode::OK);
    beyond.holds(&["rel=\"prev\" href=\"/w/midori/today?page=3\""]);
}

/// S80: only the first lines carry their evidence and their forms; those of another line come when it is opened,
/// in its place, without a script.
#[tokio::test]
async fn s80_a_line_further_down_is_opened_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/today?owner=r-2").await;
    let evidence = "<div class=\"evidence\">";
    assert_eq!(page.body.matches(evidence).count(), 4);
    assert_eq!(page.body.matches("<a class=\"opens\"").count(), 2 * (25 - 4));
    let line = page.body.rsplit("<li class=\"play\" id=\"").next().expect("a last line");
    let id = line.split('"').next().expect("its id").to_owned();
    let there = format!("/w/midori/today?page=1&#38;owner=r-2&#38;open={id}");
    page.holds(&[&format!("href=\"{there}#{id}\""), &format!("href=\"{there}#until-{id}\"")]);
    let opened = ja(&state, &there.replace("&#38;", "&")).await;
    assert_eq!(opened.body.matches(evidence).count(), 4, "no more than before");
    let line = opened.body.rsplit("<li class=\"play\" id=\"").next().expect("the same line");
    let holds = |text: &str| assert!(line.contains(text), "{text} is not in {line}");
    holds("<details open><summary>根拠を見る");
    holds("提案前チェック");
    holds("<details open><summary>保留・対象外");
    holds(&format!("id=\"until-{id}\""));
    // A second one leaves it open, and what is no play opens nothing.
    opened.holds(&[&format!(",{id}#")]);
    let odd = ja(&state, "/w/midori/today?open=%22%3E,nobody,,,,,,,,,").await;
    assert_eq!(odd.body.matches(evidence).count(), 4);
    odd.lacks(&["<details open>"]);
}

#[tokio::test]
async fn filters_keep_the_ranks() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/today?owner=r-2&motion=option").await;
    assert_eq!(page.body.matches("<li class=\"play\"").count(), 13);
    page.holds(&[
        "title=\"計画全体での順位\">2</span>",
        "<option value=\"r-2\" selected>鈴木 健(26件)</option>",
        "<option value=\"option\" selected>オプション追加(13件)</option>",
        "条件を外す",
    ]);
    let nobody = ja(&state, "/w/midori/today?owner=%28none%29").await;
    assert_eq!(nobody.body.matches("<li class=\"play\"").count(), 12);
    let none = ja(&state, "/w/midori/today?owner=nobody").await;
    none.holds(&["この条件に当てはまる提案はありません", "条件を外す"]);
}

#[tokio::test]
async fn what_is_held_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let page = ja(&state, "/w/midori/today").await;
    ja(&state, "/w/midori/today?show=held").await.lacks(&["提案しなかった候補とその理由"]);
    page.holds(&[
        "<a href=\"#fates\">条件により保留: 12候補</a>",
        "提案しなかった候補とその理由",
        "決裁者または推進者のNPSが低い",
        "1,240",
    ]);
}

#[tokio::test]
async fn an_empty_list_says_why_and_what_would_fill_it() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let account = [("account_id", fixture::t("A-001")), ("name", fixture::t("あおば"))];
    fixture::put(&state.store, "accounts", &[&account]).await;
    fixture::publish(&state.store, &[], &fixture::fates()[1..]).await;
    let page = ja(&state, "/w/midori/today").await;
    page.holds(&[
        "今日の提案はありません。",
        "時期待ち 1,240件: 提案の時期ではない",
        "保留 9件: 決裁者または推進者のNPSが低い",
        "新しいデータを取り込み",
    ]);
    let english = en(&state, "/w/midori/today").await;
    english.holds(&[
        "There is nothing to propose today.",
        "Waiting, 1,240 candidates: No window is open",
    ]);
}

#[tokio::test]
async fn an_empty_workspace_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let page = ja(&state, "/w/midori/today").await;
    assert_eq!(page.status, StatusCode::OK);
    page.holds(&["計画がまだありません。", "nobishiro run"]);
    en(&state, "/w/midori/today").await.holds(&["There is no plan yet."]);
    fixture::publish(&state.store, &[], &[]).await;
    ja(&state, "/w/midori/today").await.holds(&["顧客がまだ取り込まれていません"]);
}

#[tokio::test]
async fn a_card_that_cannot_be_read_costs_its_evidence_only() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let mut play = fixture::play(1);
    "{\"from\": \"another version\"}".clone_into(&mut play.card);
    "解約申出期限まで41日".clone_into(&mut play.why_now_ja);
    fixture::publish(&state.store, &[play], &[]).await;
    let page = ja(&state, "/w/midori/today").await;
    assert_eq!(page.status, StatusCode::OK);
    page.holds(&["解約申出期限まで41日", "根拠を読み込めませんでした"]);
}

#[tokio::test]
async fn a_new_run_is_seen_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    fixture::publish(&state.store, &[fixture::play(1)], &[]).await;
    ja(&state, "/w/midori/today").await.holds(&["計画 1件"]);
    let mut run = state.store.current_run().await.unwrap().expect("a run");
    "run-2".clone_into(&mut run.run_id);
    state.store.begin_run(&run).await.unwrap();
    state.store.publish_run("run-2", "{}").await.unwrap();
    ja(&state, "/w/midori/today").await.holds(&["計画 0件"]);
}

#[tokio::test]
async fn care_that_nobody_can_accept_has_no_odds() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let mut play = fixture::play(5);
    (play.probability, play.probability_upper) = (0.0, 0.0);
    fixture::publish(&state.store, &[play], &[]).await;
    let page = ja(&state, "/w/midori/today").await;
    page.holds(&["フォロー", "金額の変化なし"]);
    page.lacks(&["受注見込み</span>", "反応の見込み"]);
}

#[tokio::test]
async fn what_says_the_same_is_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let mut play = fixture::play(3);
    let mut card: decide::card::Card = serde_json::from_str(&play.card).unwrap();
    let mut twin = card.why_now[0].clone();
    "usage seats_2".clone_into(&mut twin.source);
    card.why_now.insert(1, twin);
    card.odds[0].source = "proposals SSO".to_owned();
    play.card = serde_json::to_string(&card).unwrap();
    (play.probability_lower, play.probability_upper) = (0.18, 0.18);
    play.due = Some("2029-01-20".to_owned());
    fixture::publish(&state.store, &[play], &[]).await;
    fixture::put(
        &state.store,
        "products",
        &[&[("product_id", fixture::t("SSO")), ("name", fixture::t("シングルサインオン"))]],
    )
    .await;
    let page = ja(&state, "/w/midori/today").await;
    assert_eq!(page.body.matches("利用ユーザー 93/100名").count(), 2, "{}", page.body);
    page.holds(&[
        "利用量 active_users、2026年3月11日、利用量 seats_2、2026年3月11日",
        "<b>18 %</b> <small>推定</small>",
        "期限 2029年1月20日(土)</span>",
        "商談 シングルサインオン、2026年3月1日",
        "<b class=\"watch\"><bdi>シングルサインオンの商談を進める</bdi></b>",
    ]);
    page.lacks(&["商談の前進</span>"]);
}

#[tokio::test]
async fn a_name_that_holds_its_parents_stands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let (company, department) = ("株式会社みどり製作所", "株式会社みどり製作所 総務部");
    let parent = [("account_id", fixture::t("P")), ("name", fixture::t(company))];
    let child = [
        ("account_id", fixture::t("A-001")),
        ("name", fixture::t(department)),
        ("parent_id", fixture::t("P")),
    ];
    fixture::put(&state.store, "accounts", &[&parent]).await;
    fixture::put(&state.store, "accounts", &[&child]).await;
    fixture::publish(&state.store, &[fixture::play(1)], &[]).await;
    let page = ja(&state, "/w/midori/today").await;
    page.holds(&[
        "<h3><a href=\"/w/midori/accounts/A-001\"><bdi>株式会社みどり製作所 総務部</bdi></a></h3>",
    ]);
}

#[tokio::test]
async fn s36_who_will_likely_buy_unasked_gets_a_prompt() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = fixture::full(&folder.path().join("nobody")).await;
    ja(&nobody, "/w/midori/today").await.lacks(&["id=\"natural\"", "id=\"manager\""]);
    let state = fixture::full(folder.path()).await;
    let offer = store::NaturalRow {
        account_key: 1,
        offer_id: "plan_up:ENT".to_owned(),
        motion: "plan_up".to_owned(),
        channel: "prompt".to_owned(),
        unasked: 0.42,
        contacted: 0.40,
        title_ja: "Pro → Enterprise".to_owned(),
        title_en: "Pro → Enterprise".to_owned(),
        why_now_ja: "利用ユーザー 93/100名。".to_owned(),
        why_now_en: "93 of 100 users.".to_owned(),
        next_step_ja: "アプリ内で案内してください。".to_owned(),
        next_step_en: "Show it in the product.".to_owned(),
        ..store::NaturalRow::default()
    };
    state.store.write_natural(fixture::RUN, &[offer]).await.expect("written");
    ja(&state, "/w/midori/today").await.holds(&[
        "<a href=\"#natural\">自然に申し込む見込み 1件</a>",
        "自然に申し込む見込み(案内のみ)",
        "<a href=\"/w/midori/accounts/A-001\"><bdi>株式会社みどり製作所</bdi></a>",
        "ご連絡なしで42 %、ご連絡した場合40 %",
        "アプリ内で案内してください。",
        "アプリ内案内",
    ]);
    en(&state, "/w/midori/today").await.holds(&[
        "1 likely to buy anyway",
        "42 % without contact, 40 % with it",
        "Show it in the product.",
    ]);
}

#[tokio::test]
async fn n13_the_plan_stands_beside_what_was_booked() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    fixture::publish(&state.store, &[fixture::play(1)], &[]).await;
    let mut run = state.store.current_run().await.unwrap().expect("a run");
    "run-2".clone_into(&mut run.run_id);
    state.store.begin_run(&run).await.unwrap();
    let quarters: Vec<_> = (0..4)
        .map(|i| {
            let until = Day::parse_iso("2026-03-12").unwrap().plus(Days(-91 * (3 - i)));
            Quarter { from: until.plus(Days(-90)), until, minor: Some(910_000) }
        })
        .collect();
    let bookings = compare(900_000.0, (Basis::Proposals, &quarters), 28, Currency::JPY);
    let summary = serde_json::json!({
        "expected_minor": 1_200_000, "bound_minor": 1_250_000, "bookings": bookings,
    });
    state.store.publish_run("run-2", &summary.to_string()).await.unwrap();
    ja(&state, "/w/midori/today").await.holds(&[
        "<a href=\"#manager\">管理者向けの注意あり</a>",
        "管理者向け",
        "合計¥1,200,000です",
        "多くても¥50,000です",
        "28日あたり¥280,000です",
        "3.2倍です",
    ]);
    en(&state, "/w/midori/today").await.holds(&["For the manager", "The plan expects 3.2 times"]);
}
