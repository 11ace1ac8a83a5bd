//! Who gets where: every route of the table, tried by every role, by nobody, and from another workspace.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use store::{User, UserRole};
use tower::ServiceExt;
use web::{AppState, Asked, Line, Need, Workspaces};

use crate::ask::{Answer, ask};
use crate::fixture;
use crate::sign_in::{PASSWORD, add, sign_in};

/// Accounts that r-1 sees: owned (even), or with a play of r-1 in the run.
fn seen_by_r1(n: usize) -> bool {
    n.is_multiple_of(2) || matches!(n % 5, 1 | 4)
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
    let midori = fixture::full(&folder.join("midori")).await;
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
                        answer.lacks(&[&format!("accounts/{id}\""), &format!("play-{n}\"")]);
                    }
                }
            }
        }
    }
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
    page(state.with_policy(policy), cookie).await.holds(&["期待増分利益(24か月", "407,000"]);
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
