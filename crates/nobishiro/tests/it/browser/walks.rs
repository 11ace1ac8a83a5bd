//! A day's work from end to end, as three people do it and one by the keyboard alone.

use super::demo::{Demo, sign_in};
use super::driver::{Browser, DESK, Look, TABLET, key};

/// The part of a play's page with the form that a button belongs to.
fn form_of(button: &str) -> String {
    format!("//form[.//button[normalize-space(.)='{button}']]")
}

/// S54, S77, S78, N9: a rep in the morning, at a desk: the list, one play with its reasons, accepted, done and won.
#[test]
fn s77_a_rep_works_off_a_play_at_a_desk() {
    let demo = Demo::start();
    let rep = demo.signed_in("takahashi", "ja");
    rep.show_on(DESK, Look::Light);
    rep.go("/w/demo/today");
    rep.sees(&["今日の提案", "次の一手", "提案しなかった候補とその理由"]);
    // The first line says why, and what stands behind it.
    let line = "//ol[@class='plays']/li[1]";
    rep.click(&rep.find(".plays > .play:first-child > details > summary"));
    rep.sees(&["今ご提案する理由", "提案前チェック"]);
    rep.click(&rep.named(line, "完了・メモ・経緯"));
    let customer = rep.find(".crumb a:last-child").text(&rep);
    let title = rep.find("h1").text(&rep);
    rep.press("着手する");
    rep.sees(&["着手しました", "着手中"]);
    // A result without a choice is told, and what was typed stays.
    let done = form_of("完了にする");
    rep.type_into(&rep.field(&done, "受注金額"), "1,200,000");
    rep.click(&rep.named(&done, "完了にする"));
    rep.sees(&["結果を選んでください"]);
    assert_eq!(rep.field(&done, "受注金額").value(&rep), "1,200,000");
    rep.choose(&rep.field(&done, "結果"), "受注");
    rep.click(&rep.named(&done, "完了にする"));
    rep.sees(&["完了にしました", "¥1,200,000"]);
    rep.press("パイプライン");
    rep.find("nav [aria-current=page][href$='/pipeline']");
    let won = rep.find(".board > section:nth-child(5)").text(&rep);
    assert!(won.starts_with("受注") && won.contains(&customer) && won.contains(&title), "{won}");
    assert_eq!(rep.complaints(), Vec::<String>::new());
}

/// S54, N1: a manager in English: what the night left out and by which guard, plays given to another rep at once,
/// and taken back.
#[test]
fn s54_a_manager_reads_the_night_and_gives_plays_away() {
    let demo = Demo::start();
    let boss = demo.signed_in("fujiwara", "en");
    boss.show_on(DESK, Look::Light);
    boss.press("Result of the night");
    boss.sees(&["The plan in figures", "What became of the candidates, and why"]);
    // Behind every count stands its list.
    let reason = boss.find("#fates tbody tr:has(a) td:nth-child(2)").text(&boss);
    boss.click(&boss.find("#fates tbody tr a"));
    boss.sees(&["Back to the result"]);
    let title = boss.find("h1").text(&boss);
    assert!(title.to_lowercase().contains(&reason.to_lowercase()), "{title}: {reason}");
    assert!(boss.count("table tbody tr") > 0);
    boss.press("Back to the result");
    boss.press("Reassign plays");
    let from = boss.find("select[name=from]");
    boss.choose(&from, "高橋 美咲");
    boss.press("Show");
    boss.find("table.marks");
    let before = boss.count("input[name=play]");
    assert!(before >= 3, "{before} plays to give");
    for line in 1..=2 {
        boss.click(&boss.find(&format!("table.marks tbody tr:nth-child({line}) label")));
    }
    boss.choose(&boss.find("select[name=to]"), "中村 拓也");
    boss.press("Give the marked plays");
    boss.sees(&["2 plays given to 中村 拓也"]);
    assert_eq!(boss.count("input[name=play]"), before - 2);
    boss.press("Undo");
    boss.sees(&["2 plays back as before"]);
    assert_eq!(boss.count("input[name=play]"), before);
    assert_eq!(boss.complaints(), Vec::<String>::new());
}

/// S73, S80: customer success on a tablet hands a customer to inside sales with what was said; inside sales answers.
#[test]
fn s73_customer_success_hands_over_on_a_tablet() {
    let demo = Demo::start();
    let cs = demo.signed_in("ogawa", "ja");
    cs.show_on(TABLET, Look::Light);
    cs.go("/w/demo/today?owner=R03");
    cs.click(&cs.find(".plays > .play:first-child > details > summary"));
    // A band of priority stands where others see profit.
    cs.sees(&["優先度"]);
    cs.lacks(&["期待増分利益(24か月"]);
    cs.click(&cs.named("//ol[@class='plays']/li[1]", "完了・メモ・経緯"));
    cs.sees(&["引き継ぎを依頼する"]);
    let play = cs.address();
    let hand = form_of("引き継ぎを依頼する");
    let field = |label: &str| cs.field(&hand, label);
    cs.choose(&field("引き継ぎ先"), "CIS");
    cs.choose(&field("引き継ぐ理由"), "他部門・グループ会社");
    cs.type_into(&field("お話しした方"), "総務部 鈴木様");
    cs.type_into(&field("お聞きした内容"), "経理部でも同じ集計に困っている。");
    cs.type_into(&field("次の一手"), "経理部長へのヒアリングを設定する");
    cs.click(&cs.named(&hand, "引き継ぎを依頼する"));
    cs.sees(&["引き継ぎを依頼しました", "経理部でも同じ集計に困っている。"]);
    cs.lacks(&["期待増分利益(24か月"]);
    // The other side finds it with its context, and takes it.
    sign_in(&cs, "takahashi");
    cs.go("/w/demo/pipeline?side=handoffs");
    cs.sees(&[
        "総務部 鈴木様",
        "経理部でも同じ集計に困っている。",
        "経理部長へのヒアリングを設定する",
    ]);
    cs.press("受け取る");
    cs.sees(&["引き継ぎを受け取りました"]);
    sign_in(&cs, "ogawa");
    cs.go(play.split('?').next().unwrap_or_default());
    cs.sees(&["引き継ぎの受領", "高橋 美咲"]);
    assert_eq!(cs.complaints(), Vec::<String>::new());
}

/// What has the focus: its text or name, its top, whether one sees that it has it, whether it is in the page's main
/// part, and its name. The calendar's button within a date is the browser's own, and has its own ring.
const FOCUS: &str = "
    const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect();
    return [(it.innerText || it.name || it.tagName).trim().split('\\n')[0], box.top + scrollY,
        it.type === 'date' && !it.matches(':focus')
            || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        !!it.closest('main'), it.name || ''];";

/// Presses Tab until what has the focus is called so; every stop must be visible, and further down in the page's part.
fn tab_to(browser: &Browser, wanted: &str) {
    for _ in 0..80 {
        browser.keys(&[key::TAB]);
        let at = browser.run(FOCUS);
        assert_eq!(at[2], true, "the focus is not to be seen: {at}");
        if at[0] == wanted || at[4] == wanted {
            return;
        }
    }
    panic!("the keyboard does not reach {wanted} on {}", browser.address());
}

/// S77: the same day without a mouse: signed in, moved by the worklist's keys, accepted and ended by Tab and Enter.
#[test]
fn s77_a_rep_works_by_the_keyboard_alone() {
    let demo = Demo::start();
    let rep = demo.browser("ja");
    rep.go("/w/demo/login");
    tab_to(&rep, "login");
    rep.keys(&letters("takahashi").iter().map(String::as_str).collect::<Vec<_>>());
    rep.keys(&[key::TAB]);
    let password = letters(super::demo::PASSWORD);
    rep.keys(&password.iter().map(String::as_str).collect::<Vec<_>>());
    rep.keys(&[key::ENTER]);
    rep.find(".plays");
    // The first stop leads past the menu.
    tab_to(&rep, "本文へ移動");
    rep.keys(&[key::ENTER]);
    rep.keys(&[key::TAB]);
    assert_eq!(rep.run(FOCUS)[3], true, "past the menu");
    in_reading_order(&rep);
    // The third line by the keys of the list.
    rep.go("/w/demo/today");
    rep.keys(&["j", "j", "j"]);
    let third = rep.run("return document.activeElement.id").as_str().unwrap_or_default().to_owned();
    assert_eq!(rep.run("return document.querySelectorAll('.plays > .play')[2].id"), third.as_str());
    assert_eq!(rep.run(FOCUS)[2], true, "the line shows that it has the focus");
    rep.keys(&["n"]);
    assert_eq!(rep.run("return !!document.activeElement.closest('details[open]')"), true);
    rep.go("/w/demo/today");
    rep.keys(&["j", "j", "j", key::ENTER]);
    rep.find(".crumb a:last-child");
    assert!(rep.address().contains(&third), "{} is not {third}", rep.address());
    tab_to(&rep, "着手する");
    rep.keys(&[key::ENTER]);
    rep.sees(&["着手しました"]);
    tab_to(&rep, "outcome");
    rep.keys(&[key::ARROW_DOWN]);
    tab_to(&rep, "完了にする");
    rep.keys(&[key::ENTER]);
    rep.sees(&["完了にしました"]);
    assert_eq!(rep.complaints(), Vec::<String>::new());
}

/// The stops in the page's main part never jump back up by more than the line they share.
fn in_reading_order(rep: &Browser) {
    let mut last = 0.0;
    for _ in 0..25 {
        rep.keys(&[key::TAB]);
        let at = rep.run(FOCUS);
        let top = at[1].as_f64().unwrap_or_default();
        assert!(top >= last - 60.0, "the focus jumps up from {last} to {at}");
        last = top;
    }
}

fn letters(text: &str) -> Vec<String> {
    text.chars().map(String::from).collect()
}
