//! `/w/{workspace}/plays/…` and `/w/{workspace}/who`

use axum::http::StatusCode;
use store::{
    Act, ChangeKind, Outcome, PlayChange, PlayRow, PlayStateFilter, PolicyStop, PolicyVersion,
    RunRow, Stage, TouchKind,
};
use web::AppState;

use crate::ask::{Answer, en, ja, post};
use crate::fixture::{self, at, put, t};

const TODAY: &str = "/w/midori/today";

fn url(n: usize) -> String {
    format!("/w/midori/plays/play-{n}")
}

/// Answers as the first page does.
async fn answer(state: &AppState, n: usize, fields: &[(&str, &str)]) -> Answer {
    let back = [("back", TODAY)];
    post(state, &url(n), "rep=r-1", &[fields, &back].concat()).await
}

async fn stage(state: &AppState, n: usize) -> Option<(Stage, i64)> {
    let kept = state.store.play_state(&format!("play-{n}")).await.expect("a state");
    kept.map(|kept| (kept.state, kept.events))
}

#[tokio::test]
async fn accepting_moves_a_line_and_offers_an_undo() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    ja(&state, TODAY).await.holds(&["id=\"play-4\"", "着手する", "保留する", "対象外にする"]);
    let accepted = answer(&state, 4, &[("act", "accept"), ("seen", "0")]).await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.body);
    let next = accepted.header("location").to_owned();
    assert_eq!(next, "/w/midori/today?answered=play-4");
    let page = ja(&state, &next).await;
    page.holds(&["着手しました: 株式会社あおば食品 Pro → Enterprise", "元に戻す", "着手中 1"]);
    page.lacks(&["id=\"play-4\""]);
    let kept = state.store.play_state("play-4").await.unwrap().expect("a state");
    assert_eq!((&*kept.state_on, kept.events), (fixture::AS_OF, 1));
    let touches = state.store.touches_since("2026-01-01").await.unwrap();
    assert_eq!((touches.len(), touches[0].kind), (1, TouchKind::Contact));
    ja(&state, "/w/midori/today?show=accepted").await.holds(&[
        "id=\"play-4\"",
        "着手中(2026年3月12日(木)から)",
        "残り2時間",
    ]);
    ja(&state, "/w/midori/accounts/A-004").await.holds(&["着手中(2026年3月12日(木)から)"]);
    let undone = answer(&state, 4, &[("act", "undo"), ("seen", "1")]).await;
    let page = ja(&state, undone.header("location")).await;
    page.holds(&["元に戻しました", "id=\"play-4\"", "着手中 0"]);
    assert_eq!(state.store.touches_since("2026-01-01").await.unwrap(), []);
    let story = ja(&state, &url(4)).await;
    story.holds(&["<s>着手</s>", "「着手」を取り消し", "田中 美咲", "未対応"]);
}

#[tokio::test]
async fn n10_the_switch_stops_offers_at_once_and_not_care() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    ja(&state, TODAY).await.holds(&["id=\"play-4\""]);
    let stop = PolicyStop {
        stopped_on: fixture::AS_OF.to_owned(),
        stopped_by: "佐藤".to_owned(),
        reason: "価格表の<誤り>".to_owned(),
        ..PolicyStop::default()
    };
    assert!(state.store.stop_offers(&stop).await.unwrap());
    let page = ja(&state, TODAY).await;
    page.holds(&[
        "2026年3月12日(木)から、すべての提案を停止しています(担当: 佐藤、理由: 価格表の&#60;誤り&#62;)",
    ]);
    page.lacks(&["id=\"play-4\"", "id=\"natural\""]);
    en(&state, TODAY).await.holds(&["All offers are stopped since Thu 12 Mar 2026 by 佐藤"]);
    let held = answer(&state, 4, &[("act", "accept"), ("seen", "0")]).await;
    assert_eq!(held.status, StatusCode::UNPROCESSABLE_ENTITY);
    held.holds(&[
        "いまは着手できません。提案の停止: 2026年3月12日から、すべての提案を停止しています。",
    ]);
    assert_eq!(stage(&state, 4).await, None);
    assert!(state.store.start_offers((1, "佐藤", "訂正済み")).await.unwrap());
    let accepted = answer(&state, 4, &[("act", "accept"), ("seen", "0")]).await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.body);
}

#[tokio::test]
async fn n10_the_published_policy_counts_at_the_click() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let detractor = [
        ("response_id", t("N-9")),
        ("account_id", t("A-004")),
        ("at", at("2026-03-12T10:00")),
        ("score", store::Value::Real(6.0)),
        ("question", t("nps")),
    ];
    put(&state.store, "surveys", &[&detractor]).await;
    let held = answer(&state, 4, &[("act", "accept"), ("seen", "0")]).await;
    assert_eq!(held.status, StatusCode::UNPROCESSABLE_ENTITY, "a detractor at 6");
    let version = PolicyVersion {
        toml: "[guards.loyalty]\ndetractor_max = 5\n".to_owned(),
        ..PolicyVersion::default()
    };
    assert_eq!(state.store.publish_policy(&version, 0).await.unwrap(), Some(1));
    let accepted = answer(&state, 4, &[("act", "accept"), ("seen", "0")]).await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.body);
}

#[tokio::test]
async fn the_guards_are_asked_again_at_the_click() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let accept = [("act", "accept"), ("seen", "0")];
    // The night allowed it; a grave enquiry is open, and so is a deal of the same line.
    let held = answer(&state, 1, &accept).await;
    assert_eq!(held.status, StatusCode::UNPROCESSABLE_ENTITY);
    held.holds(&["いまは着手できません。重大な問い合わせ", "2026年3月10日から未解決"]);
    assert_eq!(stage(&state, 1).await, None);
    assert_eq!(state.store.touches_since("2026-01-01").await.unwrap(), []);
    let closed = [
        ("activity_id", t("T-9")),
        ("account_id", t("A-001")),
        ("at", at("2026-03-10T10:00")),
        ("kind", t("ticket")),
        ("priority", t("high")),
        ("closed_at", at("2026-03-12T09:00")),
    ];
    put(&state.store, "activities", &[&closed]).await;
    let held = answer(&state, 1, &accept).await;
    held.holds(&[
        "いまは着手できません。進行中の商談: シングルサインオンの商談が2026年2月20日から",
    ]);
    let won = [
        ("proposal_id", t("D-7")),
        ("account_id", t("A-001")),
        ("opened_at", at("2026-02-20")),
        ("closed_at", at("2026-03-11")),
        ("outcome", t("won")),
        ("product_id", t("SSO")),
    ];
    put(&state.store, "proposals", &[&won]).await;
    let detractor = [
        ("response_id", t("N-2")),
        ("account_id", t("A-001")),
        ("at", at("2026-03-12T10:00")),
        ("score", store::Value::Real(3.0)),
        ("question", t("nps")),
        ("contact_id", t("c-1")),
    ];
    put(&state.store, "surveys", &[&detractor]).await;
    let held = answer(&state, 1, &accept).await;
    held.holds(&["NPS(推奨度)(2026年9月9日まで保留)", "決裁者のNPSは3です"]);
    let healed = detractor.map(|(name, value)| match name {
        "score" => (name, store::Value::Real(9.0)),
        _ => (name, value),
    });
    put(&state.store, "surveys", &[&healed]).await;
    // The enquiry was solved today.
    let held = answer(&state, 1, &accept).await;
    held.holds(&["障害・重大な問い合わせの直後(2026年3月26日まで保留)"]);
    let mild = closed.map(|(name, value)| match name {
        "priority" => (name, t("low")),
        _ => (name, value),
    });
    put(&state.store, "activities", &[&mild]).await;
    assert_eq!(answer(&state, 1, &accept).await.status, StatusCode::SEE_OTHER);
    // Care is never held.
    assert_eq!(answer(&state, 5, &accept).await.status, StatusCode::SEE_OTHER);
}

/// S53: the form on the account's page stops offers at once, and lifts the stop.
#[tokio::test]
async fn s53_an_account_is_stopped_on_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let accept = [("act", "accept"), ("seen", "0")];
    let page = "/w/midori/accounts/A-004";
    let send = async |fields: &[(&str, &str)]| post(&state, page, "rep=r-1", fields).await;
    ja(&state, page).await.holds(&["この顧客への提案を止める", "クレーム対応中"]);
    let wrong = send(&[("act", "stop"), ("reason", "complaint"), ("until", "2026-03-01")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = send(&[("act", "stop"), ("reason", "because")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let stop = [
        ("act", "stop"),
        ("reason", "complaint"),
        ("until", "2026-04-01"),
        ("note", "謝罪訪問の後"),
    ];
    assert_eq!(send(&stop).await.status, StatusCode::SEE_OTHER);
    ja(&state, page).await.holds(&["提案を止めています(理由: クレーム対応中)", "謝罪訪問の後"]);
    en(&state, page).await.holds(&["A complaint is being dealt with", "Lift the stop"]);
    let held = answer(&state, 4, &accept).await;
    held.holds(&["営業停止の指定(2026年4月1日まで保留)"]);
    assert_eq!(send(&[("act", "lift")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(answer(&state, 4, &accept).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn rejections_from_the_ledger_start_the_cool_down() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let mut rows = Vec::new();
    for n in [101, 102, 104] {
        rows.push(PlayRow { play_id: format!("play-{n}"), ..fixture::play(4) });
    }
    for row in &rows[..2] {
        let act = Act::Done { outcome: Outcome::Lost, amount_minor: None, note: String::new() };
        let by = store::By { on_day: "2026-03-01".to_owned(), ..store::By::default() };
        let lost = store::Answer { play: row.clone(), act, expected: 0, by };
        state.store.answer(&lost).await.unwrap();
    }
    let held = answer(&state, 4, &[("act", "accept"), ("seen", "0")]).await;
    assert_eq!(held.status, StatusCode::UNPROCESSABLE_ENTITY);
    held.holds(&["再提案までの待機期間(2026年8月28日まで保留)", "2件お断り"]);
}

#[tokio::test]
async fn of_two_answers_one_wins_and_the_other_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let accept = [("act", "accept"), ("seen", "0")];
    let hold = [("act", "hold"), ("seen", "0"), ("until", "2026-04-10"), ("hold_reason", "budget")];
    let (one, two) = tokio::join!(answer(&state, 4, &accept), answer(&state, 4, &hold));
    let mut codes = [one.status.as_u16(), two.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [303, 409]);
    let told = if one.status == StatusCode::CONFLICT { one } else { two };
    told.holds(&["表示したあとに別の回答が入ったため", "履歴"]);
    assert_eq!(stage(&state, 4).await.map(|(_, events)| events), Some(1));
    let late = answer(&state, 4, &[("act", "accept"), ("seen", "7")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_is_wrong_comes_back_with_what_was_typed() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let long = "長".repeat(2_001);
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("act", "hold"), ("hold_reason", "budget")], "日付を入力してください"),
        (&[("act", "hold"), ("until", "あした")], "「あした」は日付として読み取れません"),
        (&[("act", "hold"), ("until", "2026-02-30")], "日付として読み取れません"),
        (&[("act", "hold"), ("until", "2026-03-12")], "2026年3月13日(金)以降"),
        (&[("act", "hold"), ("until", "2030-01-01")], "2年以内"),
        (&[("act", "hold"), ("until", "2026-04-10")], "理由を選んでください"),
        (&[("act", "hold"), ("until", "2026-04-10"), ("hold_reason", "x")], "理由を選んで"),
        (&[("act", "refuse"), ("refuse_reason", "other"), ("note", "")], "理由をメモに入力"),
        (&[("act", "done"), ("amount", "1")], "結果を選んでください"),
        (&[("act", "done"), ("outcome", "won"), ("amount", "-1")], "0以上"),
        (&[("act", "done"), ("outcome", "won"), ("amount", "1.5")], "小数は0桁まで"),
        (&[("act", "done"), ("outcome", "won"), ("amount", "百万")], "「百万」は金額として"),
        (&[("act", "done"), ("outcome", "won"), ("amount", "9999999999999999")], "大きすぎ"),
        (&[("act", "done"), ("outcome", "lost"), ("amount", "1")], "「受注」のときだけ"),
        (&[("act", "note"), ("note", &long)], "2000字以内"),
        (&[("act", "note"), ("note", "")], "メモを入力してください"),
        (&[("act", "step")], "操作を読み取れません"),
        (&[("act", "explode")], "操作を読み取れません"),
        (&[], "操作を読み取れません"),
    ];
    for (fields, said) in cases {
        let kept = [("seen", "0"), ("note", "<b>電話した</b>")];
        let page = answer(&state, 4, &[fields, &kept[..]].concat()).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        page.holds(&["role=\"alert\"", said]);
        for (name, value) in fields.iter().filter(|(name, _)| matches!(*name, "amount")) {
            page.holds(&[&format!("name=\"{name}\""), &format!("value=\"{value}\"")]);
        }
        if !fields.iter().any(|(name, _)| *name == "note") && fields.len() > 1 {
            page.holds(&["value=\"&#60;b&#62;電話した&#60;/b&#62;\""]);
        }
        assert_eq!(stage(&state, 4).await, None, "{fields:?}");
    }
    let step = answer(&state, 4, &[("act", "step"), ("place", "1"), ("seen", "0")]).await;
    assert_eq!(step.status, StatusCode::CONFLICT, "a step of a play that nobody took on");
}

#[tokio::test]
async fn amounts_and_days_are_taken_as_people_write_them() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let won =
        [("act", "done"), ("seen", "0"), ("outcome", "won"), ("amount", "¥１，２００，０００円")];
    assert_eq!(answer(&state, 4, &won).await.status, StatusCode::SEE_OTHER);
    let kept = state.store.play_state("play-4").await.unwrap().expect("a state");
    assert_eq!((kept.outcome, kept.amount_minor), (Some(Outcome::Won), Some(1_200_000)));
    ja(&state, "/w/midori/today?show=done").await.holds(&["受注 ¥1,200,000"]);
    // What has ended is no proposal of its account any more, and stands in the time line.
    let account = ja(&state, "/w/midori/accounts/A-004").await;
    account.lacks(&["id=\"play-4\""]);
    account.holds(&["<a href=\"/w/midori/plays/play-4\">"]);
    let hold =
        [("act", "hold"), ("seen", "0"), ("until", "２０２６/４/１"), ("hold_reason", "absent")];
    assert_eq!(answer(&state, 5, &hold).await.status, StatusCode::SEE_OTHER);
    ja(&state, "/w/midori/today?show=held")
        .await
        .holds(&["2026年4月1日(水)まで", "担当者が不在", "もう一度開く"][..2]);
    let over = answer(&state, 4, &[("act", "accept"), ("seen", "1")]).await;
    assert_eq!(over.status, StatusCode::CONFLICT);
    over.holds(&["この提案はすでに終わっているか", "もう一度開く"]);
}

#[tokio::test]
async fn steps_and_notes_are_in_the_story() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    ja(&state, &url(4)).await.holds(&["手順", "まだ回答はありません", "根拠を見る", "3月9日"]);
    answer(&state, 4, &[("act", "accept"), ("seen", "0")]).await;
    let step = answer(&state, 4, &[("act", "step"), ("place", "1"), ("seen", "1")]).await;
    assert_eq!(step.status, StatusCode::SEE_OTHER);
    answer(&state, 4, &[("act", "note"), ("note", "先方は<前向き>"), ("seen", "2")]).await;
    let story = ja(&state, &url(4)).await;
    story.holds(&["手順の完了", "先方は&#60;前向き&#62;", "田中 美咲", "元に戻す"]);
    assert_eq!(
        state.store.play_steps("play-4").await.unwrap()[0].done_on.as_deref(),
        Some(fixture::AS_OF)
    );
    let english = en(&state, &url(4)).await;
    english.holds(&["Accepted since Thu 12 Mar 2026", "Step done", "History", "Add the note"]);
    english.lacks(&["元に戻す"]);
    assert_eq!(ja(&state, "/w/midori/plays/nope").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_our_own_pages_may_send_forms_and_none_too_long() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let fields = [("act", "accept"), ("seen", "0")];
    let elsewhere = ("sec-fetch-site", "cross-site");
    let other = crate::ask::post_from(&state, &url(4), elsewhere, &fields).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    other.holds(&["この操作は受け付けられません"]);
    let elsewhere = ("origin", "https://evil.example");
    let other = crate::ask::post_from(&state, &url(4), elsewhere, &fields).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    let long = "あ".repeat(20_000);
    let large = answer(&state, 4, &[("act", "note"), ("note", &long)]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    large.holds(&["入力が長すぎます"]);
    assert_eq!(stage(&state, 4).await, None);
    let unknown = answer(&state, 999, &fields).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    // Where to go afterwards stays on this server.
    for back in ["https://evil.example/", "//evil.example", "/w/midori/../../x", "/elsewhere"] {
        let sent = post(&state, "/w/midori/who", "", &[("rep", "r-1"), ("back", back)]).await;
        assert_eq!(sent.header("location"), TODAY, "{back}");
    }
}

#[tokio::test]
async fn who_answers_is_chosen_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    ja(&state, TODAY).await.holds(&["操作者", "未選択", "ユーザーが登録されていないため"]);
    let fields = [("rep", "r-2"), ("back", "/w/midori/today?owner=r-1")];
    let chosen = post(&state, "/w/midori/who", "", &fields).await;
    assert_eq!(chosen.header("location"), "/w/midori/today?owner=r-1");
    assert!(
        chosen
            .header("set-cookie")
            .starts_with("rep=r-2; Path=/; Max-Age=31536000; SameSite=Strict")
    );
    let unknown = post(&state, "/w/midori/who", "", &[("rep", "nobody")]).await;
    assert!(unknown.header("set-cookie").starts_with("rep=; Path=/; Max-Age=0"));
}

#[tokio::test]
async fn a_rep_adds_a_play_of_his_own() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    ja(&state, "/w/midori/plays/new?account=A-001").await.holds(&[
        "自分のアクションを追加",
        "株式会社みどり製作所",
        "決裁者 佐藤 花子",
    ]);
    let good = [
        ("account", "A-001"),
        ("title", "移行計画の打ち合わせ"),
        ("due", "2026-03-20"),
        ("hours", "１.５"),
        ("contact", "c-1"),
        ("note", "先方から依頼"),
    ];
    for (name, value, said) in [
        ("account", "どこか", "「どこか」という顧客は見つからない"),
        ("title", "", "「内容」を"),
        ("due", "2026-03-11", "2026年3月12日(木)以降"),
        ("hours", "-1", "0より大きく"),
        ("hours", "NaN", "0より大きく"),
    ] {
        let fields = good.map(|field| if field.0 == name { (name, value) } else { field });
        let page = post(&state, "/w/midori/plays/new", "rep=r-1", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        page.holds(&[said, "先方から依頼"]);
    }
    let added = post(&state, "/w/midori/plays/new", "rep=r-1", &good).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    let story = ja(&state, added.header("location")).await;
    story.holds(&[
        "追加しました",
        "移行計画の打ち合わせ",
        "自分のアクション",
        "着手中",
        "残り1.5時間",
    ]);
    let twice = post(&state, "/w/midori/plays/new", "rep=r-1", &good).await;
    assert_eq!(twice.header("location"), added.header("location"));
    let all = PlayStateFilter { limit: 9, ..PlayStateFilter::default() };
    let (states, total) = state.store.play_states(&all).await.unwrap();
    assert_eq!((total, states[0].owner.as_deref()), (1, Some("r-1")));
    assert_eq!((&*states[0].week, states[0].contact_key), ("2026-03-16", Some(1)));
    ja(&state, "/w/midori/accounts/A-001").await.holds(&["移行計画の打ち合わせ"]);
    ja(&state, "/w/midori/today?show=accepted").await.holds(&["移行計画の打ち合わせ"]);
}

#[tokio::test]
async fn what_changed_since_yesterday_stands_at_the_top() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    ja(&state, TODAY).await.lacks(&["昨日から"]);
    let run = |run_id: &str, as_of: &str| RunRow {
        run_id: run_id.to_owned(),
        as_of: as_of.to_owned(),
        ..RunRow::default()
    };
    state.store.begin_run(&run("run-0", "2026-03-11")).await.unwrap();
    state.store.publish_run("run-0", "{}").await.unwrap();
    let change = |play: &str, change, before, after| PlayChange {
        play_id: play.to_owned(),
        change,
        reason_code: "signal_gone".to_owned(),
        reason_ja: "解約申出期限を過ぎました。".to_owned(),
        reason_en: "The cancel deadline has passed.".to_owned(),
        account_key: 4,
        title_ja: "Pro → Enterprise".to_owned(),
        title_en: "Pro → Enterprise".to_owned(),
        rank_before: before,
        rank_after: after,
    };
    state.store.begin_run(&run("run-2", fixture::AS_OF)).await.unwrap();
    let plays = [1, 4].map(|n| PlayRow { run_id: "run-2".into(), ..fixture::play(n) });
    state.store.write_plays(&plays, &[], &[]).await.unwrap();
    let changes = [
        change("play-4", ChangeKind::New, None, Some(4)),
        change("gone", ChangeKind::Ended, Some(2), None),
        change("play-1", ChangeKind::Rank, Some(3), Some(1)),
        change("play-1", ChangeKind::Week, Some(3), Some(1)),
    ];
    state.store.write_play_changes("run-2", &changes).await.unwrap();
    state.store.publish_run("run-2", "{}").await.unwrap();
    ja(&state, TODAY).await.holds(&[
        "昨日から: 新規1・終了1・順位変更1・そのほか1",
        "<td>順位変更・週の変更<td>",
        "解約申出期限を過ぎました。",
        "2 → –",
        "href=\"/w/midori/plays/play-4\"",
    ]);
    en(&state, TODAY)
        .await
        .holds(&["Since yesterday: 1 new, 1 ended, 1 changed rank, 1 other change"]);
}

#[tokio::test]
async fn the_day_is_the_clocks_unless_the_data_are_old() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    for (clock, expected) in [
        ("2026-03-13T08:00", "2026-03-13"),
        ("2026-04-11T08:00", "2026-04-11"),
        ("2026-04-12T08:00", fixture::AS_OF),
        ("2026-03-01T08:00", fixture::AS_OF),
    ] {
        let store::Value::Int(now) = at(clock) else { panic!("an instant") };
        let now = std::sync::Arc::new(move || domain::time::Instant(now));
        let state = state.clone().with_clock(now);
        let events = stage(&state, 5).await.map_or(0, |(_, events)| events).to_string();
        let note = answer(&state, 5, &[("act", "note"), ("note", "x"), ("seen", &events)]).await;
        assert_eq!(note.status, StatusCode::SEE_OTHER, "{}", note.body);
        let events = state.store.play_events("play-5").await.unwrap();
        assert_eq!(events.last().expect("one").on_day, expected, "{clock}");
    }
}

#[tokio::test]
async fn a_play_can_be_added_before_the_first_run() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    put(&state.store, "accounts", &[&[("account_id", t("A-1")), ("name", t("甲"))]]).await;
    let fields = [("account", "甲"), ("title", "訪問"), ("due", "1970-01-09"), ("hours", "1")];
    let added = post(&state, "/w/midori/plays/new", "", &fields).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    ja(&state, added.header("location")).await.holds(&["訪問", "着手中"]);
}

#[tokio::test]
async fn what_was_put_off_until_a_day_that_has_come_is_open_again() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    for (n, until) in [(4, "2026-03-12"), (6, "2026-03-13")] {
        let (reason_code, note) = ("budget".to_owned(), String::new());
        let act = Act::Hold { until: until.to_owned(), reason_code, note };
        let by = store::By { rep_id: None, at_us: 0, on_day: "2026-03-05".to_owned() };
        let answer = store::Answer { play: fixture::play(n), act, expected: 0, by };
        state.store.answer(&answer).await.unwrap();
    }
    let held = ja(&state, "/w/midori/today?show=held").await;
    held.holds(&["id=\"play-6\"", "保留 1</a>"]);
    held.lacks(&["id=\"play-4\""]);
    let open = ja(&state, TODAY).await;
    open.holds(&["id=\"play-4\"", "保留期間が終わりました"]);
    open.lacks(&["id=\"play-6\"", "2026年3月12日(木)まで"]);
}

#[tokio::test]
async fn a_deal_to_keep_a_contract_says_what_it_keeps() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::empty(folder.path()).await;
    let mut play = fixture::play(3);
    let mut card: decide::card::Card = serde_json::from_str(&play.card).unwrap();
    (card.kept_month_minor, card.revenue_month_minor) = (118_000, -18_000);
    play.revenue_month_minor = -18_000;
    play.card = serde_json::to_string(&card).unwrap();
    fixture::publish(&state.store, &[play], &fixture::fates()).await;
    let page = ja(&state, TODAY).await;
    page.holds(&["守る金額", "¥118,000/月", "継続の見込み"]);
    page.lacks(&["+¥118,000", "<span>受注見込み</span>"]);
    en(&state, TODAY).await.holds(&["Keeps", "¥118,000 a month", "Chance to keep it"]);
}
