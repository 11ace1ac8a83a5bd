//! `/w/{workspace}/pipeline`, handoffs and deals

use axum::http::{Method, StatusCode};
use store::{Handoff, Outcome, Phase, PlayState, Stage, UserRole};
use web::AppState;

use crate::ask::{Answer, ask, en, ja, post};
use crate::fixture;
use crate::sign_in::{PASSWORD, add, sign_in};

const PIPELINE: &str = "/w/midori/pipeline";

async fn act(state: &AppState, n: usize, rep: &str, fields: &[(&str, &str)]) -> Answer {
    let back = [("back", PIPELINE)];
    let url = format!("/w/midori/plays/play-{n}");
    post(state, &url, &format!("rep={rep}"), &[fields, &back].concat()).await
}

async fn kept(state: &AppState, n: usize) -> PlayState {
    let id = format!("play-{n}");
    state.store.play_state(&id).await.expect("read").expect("a state")
}

const ACCEPT: [(&str, &str); 2] = [("act", "accept"), ("seen", "0")];
const HAND: [(&str, &str); 6] = [
    ("act", "hand_off"),
    ("to_role", "CS"),
    ("hand_reason", "usage"),
    ("who", "佐藤 <花子>"),
    ("said", "新機能の使い方が分からない。\n部内で研修をしたい。"),
    ("next", "研修の日程を決める"),
];

/// S16, S78: what is accepted stands in the cycle, moves by a form with its version, and ends as won.
#[tokio::test]
async fn s78_a_play_moves_through_the_cycle() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    ja(&state, PIPELINE).await.holds(&["着手中のアクションがありません"]);
    act(&state, 4, "r-1", &ACCEPT).await;
    let board = ja(&state, PIPELINE).await;
    board.holds(&[
        "aria-current=\"page\">パイプライン</a>",
        "キーパーソンの特定 <small>1</small>",
        "検証(PoC) <small>0</small>",
        "株式会社あおば食品",
        "次の手順",
        "手順 0/1",
    ]);
    let moved = act(&state, 4, "r-1", &[("act", "phase"), ("to", "verification"), ("seen", "1")]);
    let moved = moved.await;
    assert_eq!(moved.header("location"), "/w/midori/pipeline?answered=play-4");
    let page = ja(&state, moved.header("location")).await;
    page.holds(&[
        "段階を変更しました: 株式会社あおば食品",
        "検証(PoC) <small>1</small>",
        "元に戻す",
    ]);
    assert_eq!(kept(&state, 4).await.phase, Some(Phase::Verification));
    // A form that was drawn before says so, and nothing is lost.
    let stale = act(&state, 4, "r-1", &[("act", "phase"), ("to", "proposal"), ("seen", "1")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.holds(&["表示したあとに別の回答が入ったため", "検証(PoC)"]);
    let none = act(&state, 4, "r-1", &[("act", "phase"), ("to", ""), ("seen", "2")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    none.holds(&["移動先の段階を選んでください"]);
    let list = ja(&state, "/w/midori/pipeline?view=list").await;
    list.holds(&["<td class=\"nowrap\">検証(PoC)", "確認し、Enterpriseの見積を用意"]);
    let won = act(&state, 4, "r-1", &[("act", "phase"), ("to", "won"), ("seen", "2")]).await;
    assert_eq!(won.status, StatusCode::SEE_OTHER);
    assert_eq!(kept(&state, 4).await.outcome, Some(Outcome::Won));
    en(&state, PIPELINE).await.holds(&["Won <small>1</small>", "Find the key person"]);
    let other = ja(&state, "/w/midori/pipeline?owner=r-2").await;
    other.holds(&["着手中のアクションがありません"]);
}

/// S73: what one side hears goes to the other with its context; it is taken over, and the side changes.
#[tokio::test]
async fn s73_a_handoff_carries_context_and_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    act(&state, 4, "r-1", &ACCEPT).await;
    ja(&state, "/w/midori/plays/play-4").await.holds(&[
        "引き継ぐ",
        "お聞きした内容",
        "引き継ぐ理由",
    ]);
    let handed = act(&state, 4, "r-1", &[&HAND[..], &[("seen", "1")]].concat()).await;
    assert_eq!(handed.status, StatusCode::SEE_OTHER, "{}", handed.body);
    let state_4 = kept(&state, 4).await;
    assert_eq!(
        (state_4.handoff, state_4.handoff_role.as_deref()),
        (Some(Handoff::Sent), Some("CS"))
    );
    let page = ja(&state, "/w/midori/pipeline?side=handoffs").await;
    page.holds(&[
        "引き継ぎ 1",
        "田中 美咲 → CS(定着・支援)",
        "活用の支援が必要",
        "佐藤 &#60;花子&#62;",
        "部内で研修をしたい。",
        "研修の日程を決める",
        "2026年3月13日(金) 9:00まで",
        "受け取る",
        "引き継ぎの情報が足りない",
    ]);
    ja(&state, PIPELINE).await.holds(&["引き継ぎの回答待ち"]);
    let twice = act(&state, 4, "r-1", &[&HAND[..], &[("seen", "2")]].concat()).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "it waits already");
    let nobody = act(&state, 4, "", &[("act", "take_over"), ("seen", "2")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    nobody.holds(&["受け取る人が分かりません"]);
    let taken = act(&state, 4, "r-2", &[("act", "take_over"), ("seen", "2")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    let state_4 = kept(&state, 4).await;
    assert_eq!(
        (&*state_4.role, state_4.owner.as_deref(), state_4.handoff),
        ("CS", Some("r-2"), None)
    );
    let success = ja(&state, "/w/midori/pipeline?side=cs").await;
    success.holds(&["これから <small>1</small>", "株式会社あおば食品", "鈴木 健", "完了にする"]);
    let story = ja(&state, "/w/midori/plays/play-4").await;
    story.holds(&["引き継ぎの依頼", "引き継ぎの受領", "活用の支援が必要"]);
    en(&state, "/w/midori/pipeline?side=handoffs").await.holds(&["No handoff waits"]);
}

/// S73: a handoff without context comes back with what was typed; one may be given back with a reason.
#[tokio::test]
async fn s73_a_handoff_is_given_back_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let bare = [&HAND[..5], &[("seen", "0")]].concat();
    let page = act(&state, 4, "r-1", &bare).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.holds(&["お聞きした内容と次の一手を入力してください", "部内で研修をしたい。</textarea>"]);
    assert!(state.store.play_state("play-4").await.unwrap().is_none());
    act(&state, 4, "r-1", &[&HAND[..], &[("seen", "0")]].concat()).await;
    let other = [("act", "give_back"), ("back_reason", "other"), ("seen", "1")];
    let page = act(&state, 4, "r-2", &other).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "other needs a note");
    let back =
        [("act", "give_back"), ("back_reason", "missing"), ("note", "人数は?"), ("seen", "1")];
    assert_eq!(act(&state, 4, "r-2", &back).await.status, StatusCode::SEE_OTHER);
    assert_eq!(kept(&state, 4).await.state, Stage::Open);
    let page = ja(&state, "/w/midori/pipeline?side=handoffs").await;
    page.holds(&["引き継ぎの差し戻し", "鈴木 健・引き継ぎの情報が足りない・人数は?"]);
    page.lacks(&["受け取る</button>"]);
}

/// S73: who handed it over reads whose answer it waits for; the other side and a manager have the buttons.
#[tokio::test]
async fn s73_the_sender_waits_and_the_other_side_answers() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    add(&state, "sato", UserRole::Cis, Some("r-1".to_owned())).await;
    add(&state, "suzuki", UserRole::Cs, Some("r-2".to_owned())).await;
    add(&state, "boss", UserRole::Manager, None).await;
    let sato = sign_in(&state, "sato", PASSWORD).await;
    let hand = [&HAND[..], &[("seen", "0"), ("to_rep", "r-2")]].concat();
    let handed = post(&state, "/w/midori/plays/play-2", &sato, &hand).await;
    assert_eq!(handed.status, StatusCode::SEE_OTHER, "{}", handed.body);
    let buttons = ["value=\"take_over\"", "value=\"give_back\""];
    let waiting = ["CS(定着・支援)の受け取り待ち"];
    for login in ["sato", "suzuki", "boss"] {
        let cookie = sign_in(&state, login, PASSWORD).await;
        for page in ["/w/midori/pipeline?side=handoffs", "/w/midori/plays/play-2"] {
            let headers = [("cookie", cookie.as_str()), ("accept-language", "ja")];
            let page = ask(&state, Method::GET, page, &headers).await;
            page.holds(&["部内で研修をしたい。"]);
            if login == "sato" {
                page.holds(&waiting);
                page.lacks(&buttons);
            } else {
                page.holds(&buttons);
                page.lacks(&waiting);
            }
        }
    }
}

/// S73: what is not answered in the policy's hours says so with a word.
#[tokio::test]
async fn s73_a_late_answer_is_overdue() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    act(&state, 4, "r-1", &[&HAND[..], &[("seen", "0")]].concat()).await;
    let day = |text: &str| domain::time::Day::parse_iso(text).expect("a day");
    let at = |text: &str, hour: i32| state.zone.instant(day(text), hour * 3_600, 0);
    for (moment, overdue) in [(at("2026-03-13", 9), false), (at("2026-03-13", 10), true)] {
        let later = state.clone().with_clock(std::sync::Arc::new(move || moment));
        let page = ja(&later, "/w/midori/pipeline?side=handoffs").await;
        assert_eq!(page.body.contains("<b class=\"protect\">期限超過</b>"), overdue);
        assert_eq!(page.body.contains("引き継ぎ 1(期限超過 1)"), overdue);
    }
}

/// S93: an open deal of the account is proposed, one click links it, another cuts the link.
#[tokio::test]
async fn s93_a_deal_is_proposed_and_linked_by_one_click() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let url = "/w/midori/plays/play-1";
    let page = ja(&state, url).await;
    page.holds(&[
        "CRMの商談",
        "D-7・シングルサインオン・見積提示・¥360,000",
        "同じ商品ライン",
        "この商談と紐付ける",
    ]);
    ja(&state, "/w/midori/plays/play-4").await.holds(&["この顧客に進行中の商談はありません"]);
    let link = [("act", "link"), ("deal", "D-7"), ("seen", "0")];
    assert_eq!(act(&state, 1, "r-1", &link).await.status, StatusCode::SEE_OTHER);
    assert_eq!(kept(&state, 1).await.deal_id.as_deref(), Some("D-7"));
    en(&state, url).await.holds(&["linked", "Cut the link"]);
    let cut = [("act", "link"), ("deal", ""), ("seen", "1")];
    assert_eq!(act(&state, 1, "r-1", &cut).await.status, StatusCode::SEE_OTHER);
    assert_eq!(kept(&state, 1).await.deal_id, None);
    let strange = [("act", "link"), ("deal", "D-9"), ("seen", "2")];
    let page = act(&state, 1, "r-1", &strange).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "a deal of nobody");
}
