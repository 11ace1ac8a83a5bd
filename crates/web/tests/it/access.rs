//! Who gets where: every route of the table, tried by every role, by nobody, and from another workspace.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use store::{Act, Answer as Done, By, Handing, SavedView, User, UserRole};
use tower::ServiceExt;
use web::{AppState, Asked, Line, Need, Workspaces};

use crate::ask::{Answer, ask, post};
use crate::fixture;
use crate::sign_in::{PASSWORD, add, sign_in};

/// Accounts that r-1 sees: owned (even), or with a play of r-1 in the run.
fn seen_by_r1(n: usize) -> bool {
    n.is_multiple_of(2) || matches!(n % 5, 1 | 4)
}

/// Somebody answers the n-th play.
async fn answer(state: &AppState, n: usize, (act, expected): (Act, i64)) {
    let by = By {
        rep_id: Some(["r-1", "r-2"][n % 2].to_owned()),
        at_us: 0,
        on_day: fixture::AS_OF.to_owned(),
    };
    let done = Done { play: fixture::play(n), act, expected, by };
    state.store.answer(&done).await.expect("answered");
}

fn accept() -> Act {
    Act::Accept { steps: Vec::new() }
}

fn hand(to_rep: Option<&str>) -> Act {
    Act::HandOff(Handing {
        to_role: "CS".to_owned(),
        to_rep: to_rep.map(str::to_owned),
        reason_code: "usage".to_owned(),
        said: "研修をしたい。".to_owned(),
        next_step: "日程を決める".to_owned(),
        ..Handing::default()
    })
}

/// The whole fixture with work under way and handoffs of both teams: 2 and 4 are seen by r-1, 3, 5, 7 and 13 are not.
async fn at_work(folder: &Path) -> AppState {
    let state = fixture::full(folder).await;
    for n in [2, 3, 4, 7] {
        answer(&state, n, (accept(), 0)).await;
    }
    for n in [4, 7] {
        answer(&state, n, (hand(None), 1)).await;
    }
    let success = store::PlayRow { role: "CS".to_owned(), ..fixture::play(13) };
    let by = By { rep_id: None, at_us: 0, on_day: fixture::AS_OF.to_owned() };
    let done = Done { play: success, act: accept(), expected: 0, by };
    state.store.answer(&done).await.expect("answered");
    state
}

struct Two {
    midori: AppState,
    akane: AppState,
}

impl Workspaces for Two {
    fn names(&self) -> Asked<'_, Vec<String>> {
        Box::pin(async { Ok(vec!["akane".to_owned(), "midori".to_owned()]) })
    }

    fn open(&self, name: String) -> Asked<'_, Option<AppState>> {
        let all: BTreeMap<&str, &AppState> =
            [("akane", &self.akane), ("midori", &self.midori)].into();
        let found = all.get(name.as_str()).copied().cloned();
        Box::pin(async move { Ok(found) })
    }
}

async fn two(folder: &Path) -> Arc<Two> {
    let midori = crate::data::with_upload(at_work(&folder.join("midori")).await, folder).await;
    let other = fixture::full(&folder.join("akane")).await;
    let akane = AppState::new(other.store.clone(), "akane", other.zone.clone(), other.currency);
    for role in UserRole::ALL {
        let rep = role.needs_rep().then(|| "r-1".to_owned());
        add(&midori, role.code(), role, rep.clone()).await;
        add(&akane, role.code(), role, rep).await;
    }
    Arc::new(Two { midori, akane })
}

async fn send(two: &Arc<Two>, asked: (&Method, &str), cookie: &str, form: &str) -> Answer {
    let (method, uri) = asked;
    let request = Request::builder()
        .method(method.clone())
        .uri(uri)
        .header("cookie", cookie)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .expect("a request");
    let house: Arc<dyn Workspaces> = Arc::clone(two) as _;
    let answer = web::home_router(house).oneshot(request).await.expect("an answer");
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.expect("a body").to_bytes().to_vec();
    let body = String::from_utf8(body).expect("text");
    Answer { status: parts.status, headers: parts.headers, body }
}

/// The address of a route about the n-th account and play.
fn address(line: &Line, n: usize) -> String {
    line.path
        .replace("{workspace}", "midori")
        .replace("{account_id}", &fixture::account_id(n))
        .replace("{play_id}", &format!("play-{n}"))
        .replace("{upload}", "1")
        + match line.path.rsplit('/').next() {
            Some("tasks.csv") => "?for=kintone",
            Some("rejects.csv") => "?file=0",
            Some("left-out") => "?fate=held&reason=loyalty",
            _ => "",
        }
}

fn of_workspace() -> impl Iterator<Item = &'static Line> {
    web::routes().iter().filter(|line| line.path.starts_with("/w/{workspace}"))
}

/// What each role may, written down once more and otherwise than in the code.
fn may(role: UserRole, need: Need) -> bool {
    let roles = match need {
        Need::Nothing | Need::SignedIn | Need::See => "admin manager cis cs read-only agency",
        Need::SeeAll => "admin manager read-only",
        Need::Work => "admin manager cis cs agency",
        Need::Oversee => "admin manager",
        Need::Administer => "admin",
    };
    roles.split(' ').any(|code| code == role.code())
}

#[tokio::test]
async fn nobody_and_strangers_get_in_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let two = two(folder.path()).await;
    let stranger = sign_in(&two.akane, "admin", PASSWORD).await;
    let forged =
        "nobishiro_session=0000000000000000000000000000000000000000000000000000000000000000";
    let disabled = sign_in(&two.midori, "manager", PASSWORD).await;
    let change = store::UserChange::Disable(1);
    two.midori.store.change_user("manager", &change).await.expect("disabled");
    for cookie in ["", stranger.as_str(), forged, disabled.as_str()] {
        for line in of_workspace().filter(|line| line.need != Need::Nothing) {
            let uri = address(line, 2);
            let answer = send(&two, (&line.method, &uri), cookie, "act=accept&note=keep-me").await;
            if line.method == Method::GET {
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{uri}");
                assert!(answer.header("location").starts_with("/w/midori/login?next="), "{uri}");
                assert!(answer.body.is_empty());
            } else {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{uri}");
                answer.holds(&["name=\"f.note\" value=\"keep-me\""]);
            }
            answer.lacks(&["みどり", "A-00", "play-"].map(|text| {
                if line.path.contains('{') && answer_names_itself(&uri, text) {
                    "\u{0}"
                } else {
                    text
                }
            }));
        }
    }
    // The list of workspaces names none that has users, and a session of one is none of the other.
    send(&two, (&Method::GET, "/"), &stranger, "").await.lacks(&["midori", "akane", "みどり"]);
    let own = send(&two, (&Method::GET, "/w/akane/today"), &stranger, "").await;
    assert_eq!(own.status, StatusCode::OK);
}

/// A sign-in form says where it leads: the address that was asked for.
fn answer_names_itself(uri: &str, text: &str) -> bool {
    uri.contains(text)
}

#[tokio::test]
async fn every_role_gets_where_it_may_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let two = two(folder.path()).await;
    let hidden: Vec<usize> = (1..=fixture::PLAYS).filter(|n| !seen_by_r1(*n)).collect();
    assert!(hidden.len() > 10 && hidden.contains(&3));
    for role in UserRole::ALL {
        for line in of_workspace().filter(|line| line.path != "/w/{workspace}/logout") {
            // Anew each time: changing a user ends sessions.
            let cookie = sign_in(&two.midori, role.code(), PASSWORD).await;
            let page = send(&two, (&Method::GET, "/w/midori/password"), &cookie, "").await;
            let token = page.body.split("name=\"csrf\" value=\"").nth(1).expect("a token");
            let form = format!("csrf={}&act=none", token.split('"').next().unwrap_or_default());
            for n in [2, 3] {
                let uri = address(line, n);
                let answer = send(&two, (&line.method, &uri), &cookie, &form).await;
                let said = format!("{} {} {uri}: {}", role.code(), line.method, answer.status);
                let names_one = line.path.contains("_id}");
                if !may(role, line.need) {
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{said}");
                    answer.lacks(&["北浜ロジスティクス", "login\" value=\"admin"]);
                } else if names_one && n == 3 && role.needs_rep() {
                    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{said}");
                    answer.lacks(&["北浜ロジスティクス"]);
                } else {
                    let refused = [
                        StatusCode::FORBIDDEN,
                        StatusCode::NOT_FOUND,
                        StatusCode::METHOD_NOT_ALLOWED,
                        StatusCode::INTERNAL_SERVER_ERROR,
                    ];
                    assert!(!refused.contains(&answer.status), "{said}: {}", answer.body);
                    let to_login = answer.header("location").contains("/login?");
                    assert!(!to_login, "{said}");
                }
                if role.needs_rep() {
                    for n in &hidden {
                        let id = fixture::account_id(*n);
                        // The answer to an address names it: the link to the other language.
                        let own = |mark: &&String| uri.ends_with(mark.trim_end_matches('?'));
                        for mark in marks(&id, *n).iter().filter(|mark| !own(mark)) {
                            answer.lacks(&[mark]);
                        }
                    }
                }
            }
        }
    }
}

/// How the n-th account and play stand on pages and in files.
fn marks(id: &str, n: usize) -> [String; 6] {
    [
        format!("accounts/{id}\""),
        format!("accounts/{id}#"),
        format!("play-{n}\""),
        format!("play-{n}?"),
        format!(",{id},"),
        format!("\r\nplay-{n},"),
    ]
}

/// The parts of the pages that list work, the map and the task files; each lists something of another team, which
/// a manager sees there and a representative or an agency (S100) does not.
#[tokio::test]
async fn nothing_of_another_team_is_on_any_list() {
    let folder = tempfile::tempdir().unwrap();
    let state = at_work(folder.path()).await;
    add(&state, "boss", UserRole::Manager, None).await;
    for role in [UserRole::Cis, UserRole::Cs, UserRole::Agency] {
        add(&state, role.code(), role, Some("r-1".to_owned())).await;
    }
    let get = async |cookie: &str, uri: &str| {
        let headers = [("cookie", cookie), ("accept-language", "ja")];
        let page = ask(&state, Method::GET, &format!("/w/midori/{uri}"), &headers).await;
        assert_eq!(page.status, StatusCode::OK, "{uri}");
        page
    };
    let boss = sign_in(&state, "boss", PASSWORD).await;
    let lists = [
        ("today", 5),
        ("today?role=CIS", 5),
        ("today?due=366", 17),
        ("today?show=accepted", 3),
        ("today?owner=r-2", 17),
        ("today/tasks.csv?for=salesforce", 5),
        ("today/tasks.csv?for=kintone", 23),
        ("today/tasks.csv?for=hubspot", 5),
        ("today/tasks.csv?for=kintone&show=accepted", 3),
        ("pipeline", 3),
        ("pipeline?view=list", 3),
        ("pipeline?owner=r-2", 3),
        ("pipeline?side=cs", 13),
        ("pipeline?side=cs&view=list", 13),
        ("pipeline?side=handoffs", 7),
        ("whitespace", 5),
        ("whitespace?page=2", 33),
        ("whitespace?state=blocked", 3),
        ("whitespace?owner=r-2", 7),
        ("whitespace?group=A-003", 3),
        ("whitespace?q=%E5%8C%97%E6%B5%9C", 3),
        ("whitespace?line=%E7%B5%8C%E8%B2%BB", 5),
    ];
    let listed = |page: &Answer, n: usize| {
        let id = fixture::account_id(n);
        marks(&id, n).iter().any(|mark| page.body.contains(mark.as_str()))
    };
    for (uri, n) in lists {
        assert!(!seen_by_r1(n));
        assert!(listed(&get(&boss, uri).await, n), "{uri} lists nothing of {n}");
    }
    for role in [UserRole::Cis, UserRole::Cs, UserRole::Agency] {
        let cookie = sign_in(&state, role.code(), PASSWORD).await;
        for (uri, _) in lists {
            let page = get(&cookie, uri).await;
            for n in (1..=fixture::PLAYS).filter(|n| !seen_by_r1(*n)) {
                assert!(!listed(&page, n), "{} {uri}: {n}", role.code());
            }
            page.lacks(&["<bdi>北浜ロジスティクス株式会社</bdi>"]);
        }
        // What is seen is there, and counts count no more.
        assert!(listed(&get(&cookie, "pipeline").await, 4));
        let handed = get(&cookie, "pipeline?side=handoffs").await;
        assert!(listed(&handed, 4));
        handed.holds(&["引き継ぎ 1"]);
        let seen = (1..=fixture::PLAYS).filter(|n| seen_by_r1(*n)).count();
        let map = get(&cookie, "whitespace").await;
        map.holds(&[&format!("顧客 {seen}件")]);
        get(&cookie, "whitespace?group=A-003").await.lacks(&["表示中のグループ"]);
        let file = get(&cookie, "today/tasks.csv?for=kintone").await;
        assert_eq!(file.body.split("\r\n").count(), 1 + seen - 2 + 1, "all but 2 and 4");
        get(&cookie, "today").await.lacks(&["/night"]);
    }
}

/// S73: what is handed over by name goes along with the sight of its account; nobody else sees it for that.
#[tokio::test]
async fn s73_who_is_handed_a_play_by_name_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let state = at_work(folder.path()).await;
    add(&state, "sato", UserRole::Cs, Some("r-1".to_owned())).await;
    add(&state, "suzuki", UserRole::Cis, Some("r-2".to_owned())).await;
    add(&state, "boss", UserRole::Manager, None).await;
    let sato = sign_in(&state, "sato", PASSWORD).await;
    let suzuki = sign_in(&state, "suzuki", PASSWORD).await;
    let boss = sign_in(&state, "boss", PASSWORD).await;
    let account = async || {
        let headers = [("cookie", sato.as_str()), ("accept-language", "ja")];
        ask(&state, Method::GET, "/w/midori/accounts/A-003", &headers).await.status
    };
    assert_eq!(account().await, StatusCode::NOT_FOUND);
    let fields = [
        ("act", "hand_off"),
        ("seen", "1"),
        ("to_role", "CS"),
        ("to_rep", "r-1"),
        ("hand_reason", "usage"),
        ("who", "佐藤様"),
        ("said", "研修をしたい。"),
        ("next", "日程を決める"),
    ];
    let handed = post(&state, "/w/midori/plays/play-3", &suzuki, &fields).await;
    assert_eq!(handed.status, StatusCode::SEE_OTHER, "{}", handed.body);
    assert_eq!(account().await, StatusCode::OK);
    // A manager who is no representative takes nothing over, whatever the cookie of the time before users says.
    let take = [("act", "take_over"), ("seen", "2")];
    let cookie = format!("{boss}; rep=r-2");
    let refused = post(&state, "/w/midori/plays/play-3", &cookie, &take).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.holds(&["担当者が設定されていない"]);
    let cookie = format!("{sato}; rep=r-2");
    let taken = post(&state, "/w/midori/plays/play-3", &cookie, &take).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let kept = state.store.play_state("play-3").await.expect("read").expect("a state");
    assert_eq!((kept.owner.as_deref(), kept.handoff), (Some("r-1"), None));
    // Of a statement it is recorded who is signed in.
    let note = [
        ("kind", "issue"),
        ("value", "集計に時間がかかる"),
        ("said_on", "2026-03-10"),
        ("replaces", ""),
    ];
    let noted = post(&state, "/w/midori/accounts/A-003/notes", &cookie, &note).await;
    assert_eq!(noted.status, StatusCode::SEE_OTHER, "{}", noted.body);
    let facts = domain::canonical::entity("account_facts").expect("canonical");
    let is = fixture::t("集計に時間がかかる");
    let row = state.store.read_where(facts, "value", &is).await.expect("read").remove(0);
    assert!(row.contains(&fixture::t("r-1")) && !row.contains(&fixture::t("r-2")), "{row:?}");
    // An absence is entered in the name of who is signed in, too.
    let days = [("act", "enter"), ("rep", "r-2"), ("from", "2026-03-16"), ("until", "")];
    let away = post(&state, "/w/midori/night/absences", &format!("{boss}; rep=r-2"), &days).await;
    assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.body);
    let leaves = state.store.leaves().await.expect("read");
    assert_eq!(leaves[0].entered_by.as_deref(), Some("boss"));
}

#[tokio::test]
async fn s54_a_kept_filter_is_whose_it_is_and_everybodys_goes_by_a_manager() {
    const VIEWS: &str = "/w/midori/today/views";
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let view = |rep_id: &str, name: &str| SavedView {
        rep_id: rep_id.to_owned(),
        name: name.to_owned(),
        query: "role=CIS".to_owned(),
    };
    state.store.save_view(&view("", "みんなの")).await.expect("kept");
    for (login, role) in [("sato", UserRole::Cis), ("ito", UserRole::Cs)] {
        add(&state, login, role, Some("r-1".to_owned())).await;
    }
    add(&state, "boss", UserRole::Manager, None).await;
    add(&state, "look", UserRole::ReadOnly, None).await;
    let today = async |cookie: &str| {
        let headers = [("cookie", cookie), ("accept-language", "ja")];
        ask(&state, Method::GET, "/w/midori/today?role=CIS", &headers).await
    };
    let [sato, ito, boss, look] = [
        sign_in(&state, "sato", PASSWORD).await,
        sign_in(&state, "ito", PASSWORD).await,
        sign_in(&state, "boss", PASSWORD).await,
        sign_in(&state, "look", PASSWORD).await,
    ];
    let kept = [("act", "save"), ("name", "佐藤の一覧"), ("query", "role=CIS")];
    assert_eq!(post(&state, VIEWS, &sato, &kept).await.status, StatusCode::SEE_OTHER);
    today(&sato).await.holds(&["佐藤の一覧", "みんなの", "この条件を保存", "value=\"forget\""]);
    today(&sato).await.lacks(&["value=\"forget_all\""]);
    today(&ito).await.lacks(&["佐藤の一覧"]);
    today(&boss).await.lacks(&["佐藤の一覧"]);
    // Nobody forgets another's, and not everybody forgets everybody's.
    post(&state, VIEWS, &ito, &[("act", "forget"), ("name", "佐藤の一覧")]).await;
    post(&state, VIEWS, &ito, &[("act", "forget"), ("name", "みんなの")]).await;
    today(&sato).await.holds(&["佐藤の一覧", "みんなの"]);
    let all = [("act", "forget_all"), ("name", "みんなの")];
    assert_eq!(post(&state, VIEWS, &sato, &all).await.status, StatusCode::FORBIDDEN);
    today(&boss).await.holds(&["みんなの", "value=\"forget_all\""]);
    let page = today(&look).await;
    page.holds(&["みんなの"]);
    page.lacks(&["この条件を保存", "value=\"forget"]);
    assert_eq!(post(&state, VIEWS, &boss, &all).await.status, StatusCode::SEE_OTHER);
    today(&sato).await.lacks(&["みんなの"]);
}

#[tokio::test]
async fn lists_hold_what_is_seen_and_count_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    add(&state, "sato", UserRole::Cis, Some("r-1".to_owned())).await;
    let cookie = sign_in(&state, "sato", PASSWORD).await;
    let seen = (1..=fixture::PLAYS).filter(|n| seen_by_r1(*n)).count();
    let headers = [("cookie", cookie.as_str()), ("accept-language", "ja")];
    let mut found = 0;
    for page in 1..=3 {
        let uri = format!("/w/midori/today?page={page}");
        let answer = ask(&state, Method::GET, &uri, &headers).await;
        found += answer.body.matches("<li class=\"play\"").count();
        answer.lacks(&["id=\"manager\""]);
    }
    assert_eq!(found, seen);
    let accounts = ask(&state, Method::GET, "/w/midori/accounts", &headers).await;
    accounts.holds(&[&format!("{seen}")]);
    accounts.lacks(&["/accounts/A-003\""]);
    let flash = ask(&state, Method::GET, "/w/midori/today?answered=play-3", &headers).await;
    assert_eq!(flash.status, StatusCode::NOT_FOUND);
    // Of another's account no play can be added, by id or name.
    let own = ask(&state, Method::GET, "/w/midori/plays/new?account=A-003", &headers).await;
    own.lacks(&["北浜"]);
}

#[tokio::test]
async fn a_cs_sees_a_band_of_priority_unless_the_policy_says_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    add(&state, "suzuki", UserRole::Cs, Some("r-2".to_owned())).await;
    add(&state, "boss", UserRole::Manager, None).await;
    let cookie = sign_in(&state, "suzuki", PASSWORD).await;
    let page = |state: AppState, cookie: String| async move {
        let headers = [("cookie", cookie.as_str()), ("accept-language", "ja")];
        ask(&state, Method::GET, "/w/midori/accounts/A-001", &headers).await
    };
    let hidden = page(state.clone(), cookie.clone()).await;
    hidden.holds(&["優先度", "高"]);
    hidden.lacks(&["期待増分利益(24か月", "407,000"]);
    let boss = sign_in(&state, "boss", PASSWORD).await;
    page(state.clone(), boss).await.holds(&["期待増分利益(24か月", "407,000"]);
    let mut policy = decide::policy::Policy::default();
    policy.access.cs_sees_profit = true;
    let open = state.clone().with_policy(policy);
    page(open.clone(), cookie.clone()).await.holds(&["期待増分利益(24か月", "407,000"]);
    // Nor what the gaps would earn, nor what the customer is worth; a task file has neither.
    let at = async |state: &AppState, uri: &str| {
        let headers = [("cookie", cookie.as_str()), ("accept-language", "ja")];
        ask(state, Method::GET, &format!("/w/midori/{uri}"), &headers).await
    };
    for (uri, amounts) in
        [("accounts/A-001", ["412,000", "1,920,000"]), ("whitespace", ["412,000", "412,000"])]
    {
        at(&open, uri).await.holds(&amounts);
        let hidden = at(&state, uri).await;
        assert_eq!(hidden.status, StatusCode::OK);
        hidden.lacks(&amounts);
    }
    for system in ["salesforce", "kintone", "hubspot"] {
        let file = at(&state, &format!("today/tasks.csv?for={system}")).await;
        file.holds(&["play-1"]);
        file.lacks(&["407000", "407,000", "期待増分利益"]);
    }
}

#[tokio::test]
async fn without_users_it_opens_at_home_only() {
    let folder = tempfile::tempdir().unwrap();
    let state = fixture::full(folder.path()).await;
    let today = "/w/midori/today";
    let at = async |state: &AppState, host: &str| {
        ask(state, Method::GET, today, &[("host", host), ("accept-language", "en")]).await
    };
    assert_eq!(at(&state, "127.0.0.1:7878").await.status, StatusCode::OK);
    let elsewhere = at(&state, "rebound.example:7878").await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    elsewhere.holds(&["nobishiro user add"]);
    elsewhere.lacks(&["みどり"]);
    let outside = state.clone().at_door(web::Door { loopback: false, proxy: false });
    assert_eq!(at(&outside, "127.0.0.1:7878").await.status, StatusCode::FORBIDDEN);
    let users = ask(&state, Method::GET, "/w/midori/users", &[]).await;
    assert_eq!(users.status, StatusCode::FORBIDDEN);
    // The first user shuts the door.
    let user = User {
        login: "admin".to_owned(),
        name: "admin".to_owned(),
        role: UserRole::Admin,
        rep_id: None,
        password: String::new(),
        must_change: false,
        disabled_us: None,
        created_us: 0,
    };
    state.store.add_user(&user).await.expect("added");
    assert_eq!(at(&state, "127.0.0.1:7878").await.status, StatusCode::SEE_OTHER);
}
