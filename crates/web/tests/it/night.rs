//! `/w/{workspace}/night` and what is below it

use axum::http::StatusCode;
use store::{LeftOutRow, Moved, PoolWeekRow, Stage};
use web::AppState;

use crate::ask::{en, ja, post};
use crate::fixture::{self, put, t};

const NIGHT: &str = "/w/midori/night";
const REASSIGN: &str = "/w/midori/night/reassign";
const ABSENCES: &str = "/w/midori/night/absences";

/// The fixture with what a run leaves for the manager.
async fn ready(folder: &std::path::Path) -> AppState {
    let state = fixture::full(folder).await;
    let pool = |pool: &str, week: &str, used: f64, price_minor: i64| PoolWeekRow {
        pool: pool.to_owned(),
        week: week.to_owned(),
        team: (pool != "unassigned").then(|| "東日本".to_owned()),
        role: (pool != "unassigned").then(|| "CIS".to_owned()),
        hours: 20.0,
        used,
        price_minor,
        stranded: 0.0,
    };
    let pools = [
        pool("r-1", "2026-03-09", 20.0, 9_000),
        pool("r-1", "2026-03-16", 12.5, 0),
        pool("r-2", "2026-03-09", 4.0, 0),
        pool("unassigned", "2026-03-09", 0.0, 0),
    ];
    let left = LeftOutRow {
        fate: "held".to_owned(),
        reason_code: "loyalty".to_owned(),
        place: 1,
        account_key: 3,
        offer_id: "plan_up:ENT".to_owned(),
        motion: "plan_up".to_owned(),
        title_ja: "Pro → <Enterprise>".to_owned(),
        title_en: "Pro to Enterprise".to_owned(),
        reason_ja: "決裁者のNPSは3です。".to_owned(),
        reason_en: "the decision maker's NPS is 3.".to_owned(),
        expected_minor: 120_000,
    };
    state.store.write_night(fixture::RUN, &pools, &[left]).await.expect("written");
    let summary = serde_json::json!({
        "expected_minor": 1_200_000, "bound_minor": 1_250_000, "gap_with_reps": 0.04,
        "under_way": 2, "under_way_hours": 3.5,
    });
    state.store.publish_run(fixture::RUN, &summary.to_string()).await.expect("published");
    state
}

#[tokio::test]
async fn n1_a_manager_sees_the_nights_result() {
    let folder = tempfile::tempdir().unwrap();
    let state = ready(folder.path()).await;
    let page = ja(&state, NIGHT).await;
    assert_eq!(page.status, StatusCode::OK);
    page.holds(&[
        "計画の結果",
        "64件・",
        "着手中</dt><dd>2件・3.5時間",
        "保留・停止</dt><dd>12件",
        "工数の都合で見送り</dt><dd>31件",
        "¥1,200,000",
        "最大¥50,000(計画の上限に対して4\u{a0}%)",
        "田中 美咲",
        "<b>20 / 20</b><br><small>¥9,000/時間</small>",
        "<b>東日本 CIS 計</b>",
        "32.5 / 40",
        "決裁者または推進者のNPSが低い",
        "/w/midori/night/left-out?fate=held&#38;reason=loyalty",
        "比較できる前回の計画がありません",
    ]);
    page.lacks(&["うち対照群", "回せた空き時間"]);
    en(&state, NIGHT).await.holds(&[
        "Plan results",
        "at most ¥50,000 (4\u{a0}% of the bound)",
        "¥9,000 an hour",
        "A decision maker or champion is a detractor",
    ]);
    let empty = fixture::empty(&folder.path().join("empty")).await;
    ja(&empty, NIGHT).await.holds(&["計画がまだありません。"]);
}

#[tokio::test]
async fn s61_a_count_of_held_opens_its_list_with_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let state = ready(folder.path()).await;
    let today = ja(&state, "/w/midori/today").await;
    today.holds(&["/w/midori/night/left-out?fate=held&#38;reason=loyalty"]);
    let url = "/w/midori/night/left-out?fate=held&reason=loyalty";
    let page = ja(&state, url).await;
    page.holds(&[
        "保留: 決裁者または推進者のNPSが低い",
        "期待増分利益の大きい順に1件を表示しています(全9件)",
        "<bdi>北浜ロジスティクス株式会社</bdi>",
        "Pro → &#60;Enterprise&#62;",
        "決裁者のNPSは3です。",
        "¥120,000",
    ]);
    en(&state, url).await.holds(&["The decision maker", "The 1 with the most expected profit"]);
    let old = ja(&state, "/w/midori/night/left-out?fate=held&reason=escalation").await;
    old.holds(&["該当する候補はありません"]);
    let unknown = ja(&state, "/w/midori/night/left-out?fate=x&reason=y").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

/// S54, N1: marked plays go to another rep, a double click does nothing twice, and one click takes them back.
#[tokio::test]
async fn s54_plays_are_given_to_another_rep_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let state = ready(folder.path()).await;
    ja(&state, REASSIGN).await.holds(&["今の担当を選ぶと"]);
    let page = ja(&state, "/w/midori/night/reassign?from=r-1").await;
    page.holds(&[
        "鈴木 健(空き: 最初の週16時間・計画期間16時間)",
        "value=\"play-1.0\"",
        "value=\"play-4.0\"",
    ]);
    page.lacks(&["value=\"play-2.0\"", "田中 美咲(空き"]);
    let marks = [("from", "r-1"), ("to", "r-2"), ("play", "play-1.0"), ("play", "play-4.0")];
    let given = post(&state, REASSIGN, "rep=r-1", &marks).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
    let again = post(&state, REASSIGN, "rep=r-1", &marks).await;
    assert_eq!(again.header("location"), given.header("location"), "a double click");
    let page = ja(&state, given.header("location")).await;
    page.holds(&[
        "2件の担当を鈴木 健さんに変更しました。",
        "元に戻す",
        "鈴木 健(空き: 最初の週12時間・計画期間12時間)",
    ]);
    page.lacks(&["value=\"play-1.0\"", "value=\"play-1.1\""]);
    let theirs = ja(&state, "/w/midori/today?owner=r-2").await;
    theirs.holds(&["id=\"play-1\"", "id=\"play-2\""]);
    ja(&state, "/w/midori/today?owner=r-1").await.lacks(&["id=\"play-1\""]);
    let moved: Vec<Moved> = state.store.moved(fixture::RUN).await.unwrap();
    assert_eq!((moved.len(), moved[0].plays), (1, 2));
    ja(&state, NIGHT).await.holds(&["<td class=\"n\">+4", "<td class=\"n\">-4"]);
    let story = ja(&state, "/w/midori/plays/play-1").await;
    story.holds(&["担当の変更", "鈴木 健"]);
    let batch = given.header("location").split("batch=").nth(1).unwrap();
    let batch = batch.split('&').next().unwrap();
    let undo = [("from", "r-1"), ("act", "undo"), ("batch", batch)];
    let back = post(&state, REASSIGN, "rep=r-1", &undo).await;
    ja(&state, back.header("location")).await.holds(&["2件の担当を元に戻しました。", "play-1.2"]);
    ja(&state, "/w/midori/today?owner=r-1").await.holds(&["id=\"play-1\""]);
}

/// S54: what somebody answered meanwhile is told and not moved; what is wrong comes back with the marks.
#[tokio::test]
async fn s54_a_stale_mark_stays_and_a_wrong_form_keeps_its_marks() {
    let folder = tempfile::tempdir().unwrap();
    let state = ready(folder.path()).await;
    let accept = [("act", "accept"), ("seen", "0"), ("back", "/w/midori/today")];
    post(&state, "/w/midori/plays/play-4", "rep=r-1", &accept).await;
    let marks = [("from", "r-1"), ("to", "r-2"), ("play", "play-1.0"), ("play", "play-4.0")];
    let given = post(&state, REASSIGN, "rep=r-1", &marks).await;
    let page = ja(&state, given.header("location")).await;
    page.holds(&[
        "1件の担当を鈴木 健さんに変更しました。",
        "1件は、表示したあとに別の回答が入ったため",
    ]);
    let kept = state.store.play_state("play-4").await.unwrap().expect("a state");
    assert_eq!((kept.state, kept.owner.as_deref()), (Stage::Accepted, Some("r-1")));
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("to", ""), ("play", "play-6.0")], "担当者を選んでください"),
        (&[("to", "nobody"), ("play", "play-6.0")], "担当者を選んでください"),
        (&[("to", "r-1"), ("play", "play-6.0")], "新しい担当が今の担当と同じです"),
        (&[("to", "r-2")], "担当を変更する提案を選んでください"),
    ];
    for (fields, said) in cases {
        let page = post(&state, REASSIGN, "", &[fields, &[("from", "r-1")]].concat()).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        page.holds(&["role=\"alert\"", said]);
        if fields.len() > 1 {
            page.holds(&["value=\"play-6.0\" checked"]);
        }
    }
}

/// N1: an absence is entered, listed beside those of files, and removed with an undo.
#[tokio::test]
async fn n1_absences_are_entered_listed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let state = ready(folder.path()).await;
    let filed = [("rep_id", t("r-2")), ("from_on", t("2026-03-30")), ("until_on", t("2026-03-31"))];
    let over = [("rep_id", t("r-2")), ("from_on", t("2026-01-05")), ("until_on", t("2026-01-06"))];
    put(&state.store, "absences", &[&filed, &over]).await;
    ja(&state, ABSENCES).await.holds(&["取り込んだファイル", "2026年3月30日(月)"]);
    ja(&state, ABSENCES).await.lacks(&["2026年1月5日", "取り消す</button>"]);
    let form =
        [("act", "enter"), ("rep", "r-1"), ("from", "2026/3/16"), ("until", "２０２６-03-20")];
    let entered = post(&state, ABSENCES, "rep=r-2", &form).await;
    assert_eq!(entered.header("location"), "/w/midori/night/absences?entered=1");
    let again = post(&state, ABSENCES, "rep=r-2", &form).await;
    assert_eq!(again.header("location"), entered.header("location"), "a double click");
    assert_eq!(state.store.leaves().await.unwrap().len(), 1);
    let page = ja(&state, entered.header("location")).await;
    page.holds(&[
        "田中 美咲さんの不在を登録しました: 2026年3月16日(月)〜2026年3月20日(金)",
        "画面で登録",
        "鈴木 健",
    ]);
    let removed = post(&state, ABSENCES, "", &[("act", "remove"), ("number", "1")]).await;
    let page = ja(&state, removed.header("location")).await;
    page.holds(&["不在を取り消しました", "value=\"restore\""]);
    page.lacks(&["画面で登録"]);
    post(&state, ABSENCES, "", &[("act", "restore"), ("number", "1")]).await;
    en(&state, ABSENCES).await.holds(&["entered here", "Mon 16 Mar 2026"]);
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[("rep", "")], "担当者を選んでください"),
        (&[("rep", "r-1")], "日付を入力してください"),
        (&[("rep", "r-1"), ("from", "2026-02-30")], "日付として読み取れません"),
        (&[("rep", "r-1"), ("from", "2025-12-01")], "以降にしてください"),
        (&[("rep", "r-1"), ("from", "2026-03-20"), ("until", "2026-03-19")], "最終日は開始日以降"),
    ];
    for (fields, said) in cases {
        let page = post(&state, ABSENCES, "", fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        page.holds(&["role=\"alert\"", said]);
    }
}
