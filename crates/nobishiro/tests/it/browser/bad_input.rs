//! What people do that no form asked for: an old page, two clicks, two people on one play, the back button, a
//! session that ends while somebody types, and names that were never meant to be HTML (S77, N9).

use super::demo::{Demo, fill_in};
use super::driver::{Browser, DESK, Look};
use super::guest::Guest;
use crate::support::nobishiro;

/// The first play of the rep R01, by its address.
fn first_play(demo: &Demo) -> String {
    let plays = demo.plays(Some("R01"));
    format!("/w/demo/plays/{}", plays[0]["play_id"].as_str().expect("an id"))
}

fn done_form() -> &'static str {
    "//form[.//button[normalize-space(.)='完了にする']]"
}

/// S77: two people on one play, and the page of the slower one; nothing that was typed is lost.
#[test]
fn s77_two_people_answer_one_play() {
    let demo = Demo::start();
    let play = first_play(&demo);
    let slow = demo.signed_in("takahashi", "ja");
    slow.go(&play);
    let note = "//form[.//button[normalize-space(.)='メモを残す']]";
    slow.type_into(&slow.field(note, "メモ"), "先方は来週なら時間が取れるとのこと");
    let mut fast = Guest::sign_in(&demo.site(), "fujiwara");
    fast.sends(&play, &[("act", "accept"), ("seen", "0")]);
    slow.press("メモを残す");
    slow.sees(&["別の回答が入ったため", "着手中"]);
    let kept = slow.field(note, "メモ").value(&slow);
    assert_eq!(kept, "先方は来週なら時間が取れるとのこと");
    slow.press("メモを残す");
    slow.sees(&["メモを残しました", "先方は来週なら時間が取れるとのこと"]);
}

/// S77: two clicks on one button are one answer, and the back button shows a page that does not answer twice.
#[test]
fn s77_a_double_click_and_the_back_button_answer_once() {
    let demo = Demo::start();
    let play = first_play(&demo);
    let rep = demo.signed_in("takahashi", "ja");
    rep.show_on(DESK, Look::Light);
    rep.go(&play);
    let accept = rep.named("//section", "着手する");
    rep.double_click(&accept);
    rep.sees(&["着手中"]);
    rep.go(&play);
    assert_eq!(accepted(&rep), 1, "{}", rep.text());
    // Done, then back to the form as it was, and sent again.
    rep.choose(&rep.field(done_form(), "結果"), "失注");
    rep.click(&rep.named(done_form(), "完了にする"));
    rep.sees(&["完了にしました"]);
    rep.back();
    rep.go(&play);
    assert_eq!(rep.count("select[name=outcome]"), 0, "it is over");
    rep.sees(&["失注", "もう一度開く"]);
}

/// How often the story says that it was accepted.
fn accepted(rep: &Browser) -> usize {
    let story = rep.run(
        "return [...document.querySelectorAll('table td[data-l=\"操作\"]')].map((it) => it.innerText)",
    );
    story.as_array().expect("a list").iter().filter(|it| *it == "着手").count()
}

/// S77: a list that has stood open since before: the line is answered already, the page says so and changes nothing.
#[test]
fn s77_a_stale_list_says_so() {
    let demo = Demo::start();
    let rep = demo.signed_in("takahashi", "en");
    rep.go("/w/demo/today?owner=R01");
    let mut fast = Guest::sign_in(&demo.site(), "fujiwara");
    let held = [("act", "hold"), ("seen", "0"), ("until", "2026-04-02"), ("hold_reason", "timing")];
    fast.sends(&first_play(&demo), &held);
    rep.click(&rep.named("//ol[@class='plays']/li[1]", "Accept"));
    rep.sees(&["Somebody answered after this was shown", "On hold"]);
    rep.press("Accept");
    rep.sees(&["Accepted"]);
}

/// S77: the session ends while somebody writes a note; signed in again, the note is there to be sent.
#[test]
fn s77_nothing_typed_is_lost_when_the_session_ends() {
    let demo = Demo::start();
    let play = first_play(&demo);
    let rep = demo.signed_in("takahashi", "ja");
    rep.go(&play);
    let note = rep.field("//form[.//button[normalize-space(.)='メモを残す']]", "メモ");
    rep.put(&note, "長いメモ。\n二行目 <b>太字ではない</b> & 😀");
    rep.forget();
    rep.press("メモを残す");
    rep.sees(&["サインインの有効期限が切れました"]);
    fill_in(&rep, "takahashi");
    rep.sees(&["入力内容の確認"]);
    rep.press("送信する");
    rep.sees(&["メモを残しました", "二行目 <b>太字ではない</b> & 😀"]);
    assert_eq!(rep.count("main td b"), 0, "what was typed is text");
}

/// Names with HTML, emoji, letters that run from right to left, and as many characters as asked.
fn names(longest: usize) -> [String; 4] {
    [
        "<script>document.title='broken'</script><img src=x onerror=alert(1)>".to_owned(),
        "👩\u{200d}💻 株式会社🎌".to_owned(),
        "شركة \u{202e}المثال".to_owned(),
        "株式会社とても長い名前".chars().cycle().take(longest).collect(),
    ]
}

/// Nothing of the page came out of a name but text, and it is as it should be on every screen.
#[track_caller]
fn is_text_only(rep: &Browser, page: &str) {
    assert_eq!(rep.count("main script:not([src]), main img"), 0, "{page}");
    let wrongs = super::accessible::wrongs(rep, page);
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
    assert_eq!(rep.complaints(), Vec::<String>::new(), "{page}");
}

/// Four companies of one group, their people and what they have under contract, all of them with such names.
fn files_of(names: &[String]) -> [(&'static str, String); 4] {
    let mut tables = [
        ("accounts.csv", "account_id,name,industry,parent_id\n".to_owned()),
        ("contacts.csv", "contact_id,account_id,name,title,role\n".to_owned()),
        ("products.csv", "product_id,name,kind,line,tier,price,price_unit\n".to_owned()),
        (
            "subscriptions.csv",
            "subscription_id,account_id,product_id,started_on,mrr,cancel_deadline\n".to_owned(),
        ),
    ];
    for (n, name) in names.iter().enumerate() {
        let parent = if n == 0 { "" } else { "H0" };
        let (tier, price) = (n + 1, (n + 1) * 40_000);
        let rows = [
            format!("H{n},\"{name}\",\"{name}\",{parent}\n"),
            format!("K{n},H{n},\"{name}\",\"{name}\",decision_maker\n"),
            format!("P{n},\"{name}\",plan,attend,{tier},{price},month\n"),
            format!("S{n},H{n},P{n},2024-01-15,{price},2026-04-25\n"),
        ];
        for ((_, table), row) in tables.iter_mut().zip(rows) {
            *table += &row;
        }
    }
    tables
}

/// N9: customers, people and products whose names hold HTML, emoji, 500 characters or letters that run from right to
/// left are shown as they are, on every page and screen, and run nothing.
#[test]
fn n9_names_of_customers_are_text_whatever_they_hold() {
    let names = names(500);
    let demo = Demo::made_by(|dir| {
        let files = tempfile::tempdir().expect("a folder");
        for (name, table) in files_of(&names) {
            std::fs::write(files.path().join(name), table).expect("written");
        }
        let (dir, files) = (dir.display().to_string(), files.path().display().to_string());
        nobishiro(&["init", &dir, "--currency", "JPY", "--zone", "Asia/Tokyo"]).ok();
        nobishiro(&["ingest", "--workspace", &dir, &files]).ok();
        nobishiro(&["run", "--workspace", &dir, "--as-of", "2026-03-12"]).ok();
    });
    let rep = demo.browser("ja");
    let accounts = (0..names.len()).map(|n| format!("/w/demo/accounts/H{n}"));
    let lists = ["/w/demo/today", "/w/demo/accounts", "/w/demo/whitespace?group=H0"];
    for page in lists.map(str::to_owned).into_iter().chain(accounts) {
        rep.go(&page);
        rep.find("h1");
        let text = rep.text();
        let shown = |name: &String| text.contains(&name.chars().take(12).collect::<String>());
        assert!(names.iter().any(shown), "{page}: {text}");
        is_text_only(&rep, &page);
    }
}

/// N9: so it is with what people type.
#[test]
fn n9_what_is_typed_is_text_whatever_it_holds() {
    let demo = Demo::start();
    let rep = demo.signed_in("takahashi", "ja");
    let names = names(200);
    let mut guest = Guest::sign_in(&demo.site(), "takahashi");
    for name in &names {
        let own = [
            ("account", super::pages::SHOWCASE),
            ("title", name),
            ("due", "2026-03-20"),
            ("hours", "1"),
            ("note", &"あ".repeat(500)),
        ];
        guest.sends("/w/demo/plays/new", &own);
    }
    for page in ["/w/demo/today?show=accepted", "/w/demo/pipeline", "/w/demo/pipeline?view=list"] {
        rep.go(page);
        for name in &names {
            let name: String = name.chars().take(20).collect();
            rep.sees(&[&name]);
        }
        is_text_only(&rep, page);
    }
}
