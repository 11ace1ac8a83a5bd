//! Every page of the application with something on it, and who looks at it.

use super::demo::Demo;
use super::guest::Guest;

/// One page as one user sees it.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// What its picture is called.
    pub(crate) name: &'static str,
    pub(crate) path: String,
    /// The user's login; empty: nobody has signed in.
    pub(crate) login: &'static str,
}

/// The customer whose page shows the most.
pub(crate) const SHOWCASE: &str = "A0001-D1";

/// The plays that somebody answered, by what was answered.
pub(crate) struct Answered {
    pub(crate) open: String,
    pub(crate) accepted: String,
    pub(crate) handed: String,
}

/// Does a week's work on the demo: answers of every kind, a handoff that waits, an absence, a saved filter, what a
/// customer said, and a stop.
pub(crate) fn work(demo: &Demo) -> Answered {
    let site = demo.site();
    let mine = ids(demo, "R01");
    let [accepted, held, refused, done, open, ..] = mine.as_slice() else {
        panic!("too few plays: {mine:?}")
    };
    let mut takahashi = Guest::sign_in(&site, "takahashi");
    let url = |id: &str| format!("/w/demo/plays/{id}");
    let until = ("until", "2026-04-02");
    takahashi.sends(&url(accepted), &[("act", "accept"), ("seen", "0")]);
    let held_for = [("act", "hold"), ("seen", "0"), until, ("hold_reason", "timing")];
    takahashi.sends(&url(held), &held_for);
    takahashi.sends(
        &url(refused),
        &[("act", "refuse"), ("seen", "0"), ("refuse_reason", "no_need"), ("note", "来期に再検討")],
    );
    takahashi.sends(&url(done), &[("act", "accept"), ("seen", "0")]);
    let won = [("act", "done"), ("seen", "1"), ("outcome", "won"), ("amount", "1,200,000")];
    takahashi.sends(&url(done), &won);
    let saved = [("act", "save"), ("name", "今週の自分の提案"), ("query", "owner=R01&due=7")];
    takahashi.sends("/w/demo/today/views", &[&saved[..], &[("back", "/w/demo/today")]].concat());
    hear(&mut takahashi);
    let handed = hand_over(demo);
    let mut fujiwara = Guest::sign_in(&site, "fujiwara");
    let away = [("act", "enter"), ("rep", "R02"), ("from", "2026-03-16"), ("until", "2026-03-20")];
    fujiwara.sends("/w/demo/night/absences", &away);
    bring(&mut fujiwara);
    Answered { open: open.clone(), accepted: accepted.clone(), handed }
}

/// The plays of a rep, in their order.
fn ids(demo: &Demo, rep: &str) -> Vec<String> {
    let plays = demo.plays(Some(rep));
    plays.iter().filter_map(|play| Some(play["play_id"].as_str()?.to_owned())).collect()
}

/// What a customer said, and what it said later of the same.
fn hear(takahashi: &mut Guest) {
    let notes = format!("/w/demo/accounts/{SHOWCASE}/notes");
    for (kind, day, value) in [
        ("issue", "2026-02-20", "月末の勤怠締めに3日かかっている。部門ごとにExcelで集計している。"),
        ("issue", "2026-03-10", "締めは1日に短縮できた。次は残業申請の承認をそろえたい。"),
        ("budget", "2026-03-10", "来年度の予算は4月中旬に確定する予定。"),
    ] {
        takahashi.sends(
            &notes,
            &[
                ("replaces", ""),
                ("kind", kind),
                ("value", value),
                ("said_on", day),
                ("said_by", ""),
            ],
        );
    }
}

/// A file whose columns wait to be looked at, and one that was taken but for a row.
fn bring(fujiwara: &mut Guest) {
    let foreign =
        "顧客コード,会社名,担当者メモ\nC001,株式会社テスト,来期に増員\nC002,テスト商事,\n";
    fujiwara.brings("顧客一覧.csv", foreign.as_bytes());
    fujiwara.settled("/w/demo/data/uploads/1");
    let accounts = "account_id,name,employees\nX-1,みどり保守,12\nX-2,みどり販売,多数\n";
    fujiwara.brings("accounts.csv", accounts.as_bytes());
    let url = "/w/demo/data/uploads/2";
    let page = fujiwara.settled(url);
    let seen = page.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    fujiwara.sends(url, &[("seen", seen.unwrap_or_default()), ("act", "take")]);
    fujiwara.settled(url);
}

/// A customer of customer success goes to inside sales, with what was said.
fn hand_over(demo: &Demo) -> String {
    let theirs = ids(demo, "R03");
    let id = theirs.first().expect("a play of customer success");
    let mut ogawa = Guest::sign_in(&demo.site(), "ogawa");
    let fields = [
        ("act", "hand_off"),
        ("seen", "0"),
        ("to_role", "CIS"),
        ("to_rep", ""),
        ("hand_reason", "department"),
        ("who", "総務部 鈴木様"),
        ("said", "経理部でも同じ集計に困っている。\n部長をご紹介いただけるとのこと。"),
        ("next", "経理部長へのヒアリングを設定する"),
    ];
    ogawa.sends(&format!("/w/demo/plays/{id}"), &fields);
    id.clone()
}

/// All pages, in the order of the navigation.
pub(crate) fn all(demo: &Demo, answered: &Answered) -> Vec<Page> {
    let page = |name, login, path: &str| Page { name, login, path: format!("/w/demo{path}") };
    let (rep, manager, admin, cs) = ("takahashi", "fujiwara", "admin", "ogawa");
    let play = |id: &str| format!("/plays/{id}");
    let left_out = left_out(demo);
    vec![
        page("login", "", "/login"),
        page("today", rep, "/today"),
        page("today-manager", manager, "/today"),
        page("today-cs", cs, "/today"),
        page("today-read-only", "kansa", "/today"),
        page("today-agency", "dairiten", "/today"),
        page("today-accepted", rep, "/today?show=accepted"),
        page("today-held", rep, "/today?show=held"),
        page("today-done", rep, "/today?show=done"),
        page("today-filtered", rep, "/today?owner=R01&due=7"),
        page("today-answered", rep, &format!("/today?answered={}", answered.accepted)),
        page("play-open", rep, &play(&answered.open)),
        page("play-accepted", rep, &play(&answered.accepted)),
        page("play-handed", cs, &play(&answered.handed)),
        page("play-read-only", "kansa", &play(&answered.accepted)),
        page("own", rep, "/plays/new"),
        page("accounts", rep, "/accounts"),
        page("accounts-search", rep, "/accounts?q=%E3%81%BF%E3%81%A9%E3%82%8A"),
        page("account", rep, &format!("/accounts/{SHOWCASE}")),
        page("account-cs", cs, &format!("/accounts/{SHOWCASE}")),
        page("whitespace", rep, "/whitespace"),
        page("pipeline", manager, "/pipeline"),
        page("pipeline-list", manager, "/pipeline?view=list"),
        page("pipeline-cs", cs, "/pipeline?side=cs"),
        page("handoffs", rep, "/pipeline?side=handoffs"),
        page("night", manager, "/night"),
        page("left-out", manager, &left_out),
        page("reassign", manager, "/night/reassign?from=R01"),
        page("absences", manager, "/night/absences"),
        page("data", manager, "/data"),
        page("upload", manager, "/data/uploads/1"),
        page("upload-taken", manager, "/data/uploads/2"),
        page("upload-issues", manager, "/data/uploads/2/issues"),
        page("run", manager, "/data/run"),
        page("log", manager, "/log"),
        page("users", admin, "/users"),
        page("people", admin, "/people?who=C00002"),
        page("password", rep, "/password"),
        page("components", rep, "/components"),
        page("error-404", rep, "/accounts/NOBODY"),
        page("error-403", rep, "/users"),
    ]
}

/// Where the first list of what the night left out is.
fn left_out(demo: &Demo) -> String {
    let night = Guest::sign_in(&demo.site(), "fujiwara").get("/w/demo/night", "ja").body;
    let link = night.split("href=\"/w/demo/night/left-out").nth(1).expect("a list");
    let query = link.split('"').next().expect("an address");
    format!("/night/left-out{}", query.replace("&#38;", "&").replace("&amp;", "&"))
}
