//! A day's work from end to end, as four people do it on desk and tablet in both languages, and one by the keyboard
//! alone.

use std::time::{Duration, Instant};

use super::demo::{Demo, fill_in, sign_in};
use super::driver::{Browser, DESK, Look, Screen, TABLET, key};
use crate::data::contracts;

/// On what, and in which language, somebody works.
#[derive(Debug, Clone, Copy)]
struct Way {
    screen: Screen,
    lang: &'static str,
}

const WAYS: [Way; 4] = [
    Way { screen: DESK, lang: "ja" },
    Way { screen: TABLET, lang: "ja" },
    Way { screen: DESK, lang: "en" },
    Way { screen: TABLET, lang: "en" },
];

impl Way {
    /// The words of its language.
    fn say(self, ja: &'static str, en: &'static str) -> &'static str {
        if self.lang == "ja" { ja } else { en }
    }

    fn signed_in(self, demo: &Demo, login: &str) -> Browser {
        let browser = demo.signed_in(login, self.lang);
        browser.show_on(self.screen, Look::Light);
        browser
    }
}

/// The part of a play's page with the form that a button belongs to.
fn form_of(button: &str) -> String {
    format!("//form[.//button[normalize-space(.)='{button}']]")
}

const FIRST_LINE: &str = "//ol[@class='plays']/li[1]";
const FIRST_EVIDENCE: &str = ".plays > .play:first-child > details > summary";

/// S54, S77, S78, S80, N9: a rep in the morning: the list, one play with its reasons, accepted, done and won.
#[test]
fn s77_a_rep_works_off_a_play() {
    for way in WAYS {
        let demo = Demo::start();
        let rep = way.signed_in(&demo, "takahashi");
        rep.go("/w/demo/today");
        rep.sees(&[
            way.say("今日の提案", "Today"),
            way.say("次の一手", "Next step"),
            way.say("提案しなかった候補とその理由", "What is not proposed, and why"),
        ]);
        // The first line says why, and what stands behind it.
        rep.click(&rep.find(FIRST_EVIDENCE));
        rep.sees(&[
            way.say("今ご提案する理由", "Why now"),
            way.say("提案前チェック", "Checks before proposing"),
        ]);
        rep.click(&rep.named(FIRST_LINE, way.say("完了・メモ・経緯", "Details and story")));
        let customer = rep.find(".crumb a:last-child").text(&rep);
        let title = rep.find("h1").text(&rep);
        rep.press(way.say("着手する", "Accept"));
        rep.sees(&[way.say("着手しました", "Accepted:"), way.say("着手中", "Accepted")]);
        // A result without a choice is told, and what was typed stays.
        let (button, amount) =
            (way.say("完了にする", "Close the play"), way.say("受注金額", "Amount won"));
        let done = form_of(button);
        rep.type_into(&rep.field(&done, amount), "1,200,000");
        rep.click(&rep.named(&done, button));
        rep.sees(&[way.say("結果を選んでください", "Choose the outcome")]);
        assert_eq!(rep.field(&done, amount).value(&rep), "1,200,000");
        rep.choose(&rep.field(&done, way.say("結果", "Outcome")), way.say("受注", "Won"));
        rep.click(&rep.named(&done, button));
        rep.sees(&[way.say("完了にしました", "Done:"), "¥1,200,000"]);
        rep.press(way.say("パイプライン", "Pipeline"));
        rep.find("nav [aria-current=page][href$='/pipeline']");
        let won = rep.find(".board > section:nth-child(5)").text(&rep);
        assert!(won.starts_with(way.say("受注", "Won")), "{won}");
        assert!(won.contains(&customer) && won.contains(&title), "{won}");
        assert_eq!(rep.complaints(), Vec::<String>::new());
    }
}

/// S54, N1: a manager: what the night left out and by which guard, plays given to another rep at once, and taken back.
#[test]
fn s54_a_manager_reads_the_night_and_gives_plays_away() {
    for way in WAYS {
        let demo = Demo::start();
        let boss = way.signed_in(&demo, "fujiwara");
        boss.press(way.say("計画の結果", "Plan results"));
        boss.sees(&[
            way.say("計画の概要", "The plan in figures"),
            way.say("候補の内訳と理由", "All candidates, and why"),
        ]);
        // Behind every count stands its list.
        let reason = boss.find("#fates tbody tr:has(a) td:nth-child(2)").text(&boss);
        boss.click(&boss.find("#fates tbody tr a"));
        let back = way.say("計画の結果に戻る", "Back to plan results");
        boss.sees(&[back]);
        let title = boss.find("h1").text(&boss);
        assert!(title.to_lowercase().contains(&reason.to_lowercase()), "{title}: {reason}");
        assert!(boss.count("table tbody tr") > 0);
        boss.press(back);
        boss.press(way.say("担当を変更", "Reassign plays"));
        boss.choose(&boss.find("select[name=from]"), "高橋 美咲");
        boss.press(way.say("表示する", "Show"));
        boss.find("table.marks");
        let before = boss.count("input[name=play]");
        assert!(before >= 3, "{before} plays to give");
        for line in 1..=2 {
            boss.click(&boss.find(&format!("table.marks tbody tr:nth-child({line}) label")));
        }
        boss.choose(&boss.find("select[name=to]"), "中村 拓也");
        boss.press(way.say("選んだ提案の担当を変更", "Reassign selected"));
        boss.sees(&[
            way.say("2件の担当を中村 拓也さんに変更しました", "2 plays reassigned to 中村 拓也")
        ]);
        assert_eq!(boss.count("input[name=play]"), before - 2);
        boss.press(way.say("元に戻す", "Undo"));
        boss.sees(&[way.say("2件の担当を元に戻しました", "2 plays back as before")]);
        assert_eq!(boss.count("input[name=play]"), before);
        assert_eq!(boss.complaints(), Vec::<String>::new());
    }
}

/// S73, S80: customer success hands a customer to inside sales with what was said; inside sales answers.
#[test]
fn s73_customer_success_hands_over() {
    for way in WAYS {
        let demo = Demo::start();
        let cs = way.signed_in(&demo, "ogawa");
        let profit =
            way.say("期待増分利益(24か月", "Expected incremental profit (24 months, gross margin)");
        cs.go("/w/demo/today?owner=R03");
        cs.click(&cs.find(FIRST_EVIDENCE));
        // A band of priority stands where others see profit.
        cs.sees(&[way.say("優先度", "Priority")]);
        cs.lacks(&[profit]);
        cs.click(&cs.named(FIRST_LINE, way.say("完了・メモ・経緯", "Details and story")));
        let send = way.say("引き継ぎを依頼する", "Hand over");
        cs.sees(&[send]);
        let play = cs.address();
        let hand = form_of(send);
        let field = |ja, en| cs.field(&hand, way.say(ja, en));
        cs.choose(&field("引き継ぎ先", "To"), "CIS");
        cs.choose(
            &field("引き継ぐ理由", "Why"),
            way.say("他部門・グループ会社", "Another department"),
        );
        cs.type_into(&field("お話しした方", "Spoken with"), "総務部 鈴木様");
        cs.type_into(&field("お聞きした内容", "What was said"), "経理部でも同じ集計に困っている。");
        cs.type_into(&field("次の一手", "Next step"), "経理部長へのヒアリングを設定する");
        cs.click(&cs.named(&hand, send));
        cs.sees(&[
            way.say("引き継ぎを依頼しました", "Handed over:"),
            "経理部でも同じ集計に困っている。",
        ]);
        cs.lacks(&[profit]);
        // The other side finds it with its context, and takes it.
        sign_in(&cs, "takahashi");
        cs.go("/w/demo/pipeline?side=handoffs");
        cs.sees(&[
            "総務部 鈴木様",
            "経理部でも同じ集計に困っている。",
            "経理部長へのヒアリングを設定する",
        ]);
        cs.press(way.say("受け取る", "Take over"));
        cs.sees(&[way.say("引き継ぎを受け取りました", "Taken over:")]);
        sign_in(&cs, "ogawa");
        cs.go(play.split('?').next().unwrap_or_default());
        cs.sees(&[way.say("引き継ぎの受領", "Taken over"), "高橋 美咲"]);
        assert_eq!(cs.complaints(), Vec::<String>::new());
    }
}

/// What a person takes for a page that must be read and something done on it: far more than the 2 to 5 seconds that
/// the keystroke-level model (Card, Moran and Newell 1980) gives for pointing, clicking and the thought before it.
const A_PAGE: Duration = Duration::from_secs(45);

/// S18, S79: an analyst with a foreign file in CP932, from an empty workspace to the first worklist: uploaded, the
/// columns looked at, taken, a row mended, planned; in less than ten minutes of a person's time.
#[test]
fn s18_s79_an_analyst_brings_a_foreign_file_to_a_first_worklist() {
    for way in WAYS {
        let begun = Instant::now();
        let demo = Demo::empty();
        let files = tempfile::tempdir().expect("a folder");
        let path = files.path().join("契約一覧.csv");
        std::fs::write(&path, contracts()).expect("written");
        let analyst = demo.browser(way.lang);
        analyst.show_on(way.screen, Look::Light);
        analyst.go("/w/demo/today");
        fill_in(&analyst, "admin");
        // Each of these is a page to be read by a person.
        analyst.sees(&[way.say("はじめの4ステップ", "The first four steps")]);
        analyst.press(way.say("ここから始める", "Begin here"));
        analyst.type_into(&analyst.find("input[type=file]"), &path.display().to_string());
        analyst.press(way.say("アップロードして確認へ進む", "Upload and check"));
        analyst.waits_for(&[
            way.say("先頭の行の取り込み結果", "The first rows as they would be imported"),
            "契約更新日",
            "株式会社テスト1",
        ]);
        analyst.press(way.say("取り込む", "Import"));
        let issues = way.say("エラーの行と理由を確認", "See the rows and why");
        analyst.waits_for(&[issues]);
        analyst.press(issues);
        analyst.sees(&["2024年13月45日"]);
        analyst.put(&analyst.find("table.issues input[value='2024年13月45日']"), "2024/08/01");
        analyst.press(way.say("修正した行を取り込む", "Import the corrected rows"));
        analyst.waits_for(&[
            way.say("修正した1行を取り込みました", "1 row imported after correction")
        ]);
        analyst.press(way.say("最初の計画を作る", "Make the first plan"));
        analyst.waits_for(&[way.say("計画ができました", "The plan is made")]);
        analyst.press(way.say("今日の提案を開く", "Open Today"));
        analyst.sees(&["株式会社テスト", way.say("着手する", "Accept")]);
        assert!(analyst.count(".plays > .play") > 0);
        assert_eq!(analyst.complaints(), Vec::<String>::new());
        let pages = 8;
        let taken = begun.elapsed() + A_PAGE * pages;
        assert!(taken < Duration::from_mins(10), "{taken:?} on {way:?}");
    }
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
