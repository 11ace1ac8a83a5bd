//! Signing in and out: throttling and expiry by the clock, forms that outlive their session, first passwords.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::{Method, StatusCode};
use domain::time::Instant;
use store::{AuditFilter, User, UserRole};
use web::AppState;

use crate::ask::{Answer, ask, send_bare, token};
use crate::fixture;

/// Everybody's password in tests.
pub(crate) const PASSWORD: &str = "a long enough secret";
const MINUTE: i64 = 60_000_000;
const LOGIN: &str = "/w/midori/login";

/// Adds a user with the password of tests.
pub(crate) async fn add(state: &AppState, login: &str, role: UserRole, rep: Option<String>) {
    static HASH: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| web::password_hash(PASSWORD));
    let user = User {
        login: login.to_owned(),
        name: login.to_owned(),
        role,
        rep_id: rep,
        password: HASH.clone(),
        must_change: false,
        disabled_us: None,
        created_us: 0,
    };
    assert!(state.store.add_user(&user).await.expect("a user"), "{login} is taken");
}

/// Sends the sign-in form as a browser does; more fields go along.
async fn enter(state: &AppState, who: (&str, &str), more: &[(&str, &str)]) -> Answer {
    let uri = format!("/w/{}/login", state.workspace);
    let form = ask(state, Method::GET, &uri, &[]).await;
    let cookie = form.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let csrf = cookie.split('=').nth(1).unwrap_or_default().to_owned();
    let fields = [("csrf", csrf.as_str()), ("login", who.0), ("password", who.1)];
    let headers = [("sec-fetch-site", "same-origin"), ("cookie", cookie.as_str())];
    send_bare(state, &uri, &headers, &[&fields, more].concat()).await
}

/// Signs in, and gives the session's cookie.
pub(crate) async fn sign_in(state: &AppState, login: &str, password: &str) -> String {
    let answer = enter(state, (login, password), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    session(&answer)
}

fn session(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter();
    let mut texts = cookies.map(|cookie| cookie.to_str().expect("text"));
    let cookie = texts.find(|text| text.starts_with("nobishiro_session=")).expect("a session");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

/// The fixture with a clock that the test sets.
async fn at_clock(folder: &std::path::Path) -> (AppState, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(1_773_277_200_000_000));
    let read = Arc::clone(&clock);
    let state = fixture::full(folder).await;
    (state.with_clock(Arc::new(move || Instant(read.load(Ordering::Relaxed)))), clock)
}

async fn page(state: &AppState, uri: &str, cookie: &str) -> Answer {
    ask(state, Method::GET, uri, &[("cookie", cookie), ("accept-language", "ja")]).await
}

#[tokio::test]
async fn a_session_is_new_each_time_and_its_cookie_is_closed_to_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let (state, _) = at_clock(folder.path()).await;
    add(&state, "sato", UserRole::Cis, Some("r-1".to_owned())).await;
    let one = enter(&state, ("Sato", PASSWORD), &[("next", "/w/midori/accounts?q=x")]).await;
    assert_eq!(one.header("location"), "/w/midori/accounts?q=x");
    let set = one.headers.get_all("set-cookie").iter().next().expect("a cookie");
    let set = set.to_str().expect("text");
    assert!(set.ends_with("; Path=/w/midori; HttpOnly; SameSite=Lax"), "{set}");
    let elsewhere = enter(&state, ("sato", PASSWORD), &[("next", "https://evil.example/")]).await;
    assert_eq!(elsewhere.header("location"), "/w/midori/today");
    assert_ne!(session(&one), session(&elsewhere));
    let proxied = state.clone().at_door(web::Door { loopback: true, proxy: true });
    let answer = enter(&proxied, ("sato", PASSWORD), &[]).await;
    let set = answer.headers.get_all("set-cookie").iter().next().expect("a cookie");
    assert!(set.to_str().expect("text").contains("; Secure"));
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    // The store holds no token that could be sent.
    let token = session(&one).split('=').nth(1).unwrap_or_default().to_owned();
    assert_eq!(state.store.session(&token).await.expect("read"), None);
    // Signed out, the session is gone from the store, not only from the browser.
    let cookie = session(&one);
    let csrf = token_of(&state, &cookie).await;
    let headers = [("sec-fetch-site", "same-origin"), ("cookie", cookie.as_str())];
    let left = send_bare(&state, "/w/midori/logout", &headers, &[("csrf", &csrf)]).await;
    assert_eq!(left.header("location"), LOGIN);
    assert_eq!(page(&state, "/w/midori/today", &cookie).await.status, StatusCode::SEE_OTHER);
}

async fn token_of(state: &AppState, cookie: &str) -> String {
    let token = token(state, cookie).await;
    assert_eq!(token.len(), 32, "a token of forms");
    token
}

#[tokio::test]
async fn a_session_ends_two_hours_after_its_last_use_and_twelve_after_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let (state, clock) = at_clock(folder.path()).await;
    add(&state, "boss", UserRole::Manager, None).await;
    let begun = clock.load(Ordering::Relaxed);
    let at = |minutes: i64, micros: i64| {
        clock.store(begun + minutes * MINUTE + micros, Ordering::Relaxed);
    };
    let lasts = async |cookie: &str| page(&state, "/w/midori/today", cookie).await.status;
    let idle = sign_in(&state, "boss", PASSWORD).await;
    at(120, -1);
    assert_eq!(lasts(&idle).await, StatusCode::OK);
    // That was a use: it lasts for two more hours, and not a moment longer.
    at(240, -2);
    assert_eq!(lasts(&idle).await, StatusCode::OK);
    at(360, -2);
    assert_eq!(lasts(&idle).await, StatusCode::SEE_OTHER);
    at(0, 0);
    let busy = sign_in(&state, "boss", PASSWORD).await;
    for hour in 1..=11 {
        at(hour * 60, 0);
        assert_eq!(lasts(&busy).await, StatusCode::OK, "hour {hour}");
    }
    at(720, -1);
    assert_eq!(lasts(&busy).await, StatusCode::OK);
    at(720, 0);
    assert_eq!(lasts(&busy).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_fails_five_times_waits_and_is_told_until_when() {
    let folder = tempfile::tempdir().unwrap();
    let (state, clock) = at_clock(folder.path()).await;
    add(&state, "boss", UserRole::Manager, None).await;
    let begun = clock.load(Ordering::Relaxed);
    for _ in 0..5 {
        let wrong = enter(&state, ("boss", "wrong wrong wrong"), &[]).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        wrong.holds(&["ユーザー名またはパスワードが正しくありません", "value=\"boss\""]);
    }
    let held = enter(&state, ("boss", PASSWORD), &[]).await;
    assert_eq!(held.status, StatusCode::TOO_MANY_REQUESTS);
    held.holds(&["以降にもう一度お試しください"]);
    clock.store(begun + 30_000_000 - 1, Ordering::Relaxed);
    let held = enter(&state, ("boss", PASSWORD), &[]).await;
    assert_eq!(held.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(held.header("retry-after"), "1");
    clock.store(begun + 30_000_000, Ordering::Relaxed);
    sign_in(&state, "boss", PASSWORD).await;
    // A name that nobody has is counted alike, so that it tells nothing.
    for _ in 0..5 {
        let wrong = enter(&state, ("nobody", PASSWORD), &[]).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    }
    let held = enter(&state, ("nobody", PASSWORD), &[]).await;
    assert_eq!(held.status, StatusCode::TOO_MANY_REQUESTS);
    let filter = AuditFilter { act: Some("login".to_owned()), limit: 50, ..AuditFilter::default() };
    let (lines, _) = state.store.log_page(&filter).await.expect("the log");
    let unknown = lines.iter().find(|line| line.detail.as_deref() == Some("unknown"));
    assert_eq!(unknown.map(|line| (&line.login, &line.target)), Some((&None, &None)));
    assert!(lines.iter().any(|it| it.detail.as_deref() == Some("throttled")));
}

#[tokio::test]
async fn what_was_typed_outlives_the_session_and_a_stale_page() {
    let folder = tempfile::tempdir().unwrap();
    let (state, _) = at_clock(folder.path()).await;
    add(&state, "boss", UserRole::Manager, None).await;
    let cookie = sign_in(&state, "boss", PASSWORD).await;
    let note = "来週の会議で<b>予算</b>を確認 😀\n二行目";
    let play = "/w/midori/plays/play-1?seen=0";
    let typed = [("act", "note"), ("note", note), ("seen", "0")];
    // A token of another page.
    let headers = [("sec-fetch-site", "same-origin"), ("cookie", cookie.as_str())];
    let stale = send_bare(&state, play, &headers, &[&typed[..], &[("csrf", "old")]].concat()).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.holds(&["入力した内容は残っています", "予算", "name=\"act\" value=\"note\""]);
    assert_eq!(state.store.play_events("play-1").await.expect("events").len(), 0);
    // The session has ended: the sign-in form carries the form.
    let gone = send_bare(&state, play, &[("sec-fetch-site", "same-origin")], &typed).await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
    gone.holds(&[
        "サインインの有効期限が切れました",
        "name=\"f.note\"",
        "name=\"to\" value=\"/w/midori/plays/play-1?seen=0\"",
    ]);
    let carried = [("to", play), ("f.act", "note"), ("f.note", note), ("f.seen", "0")];
    let back = enter(&state, ("boss", PASSWORD), &carried).await;
    assert_eq!(back.status, StatusCode::OK);
    back.holds(&[
        "入力した内容はまだ保存していません",
        "二行目",
        "action=\"/w/midori/plays/play-1?seen=0\"",
    ]);
    // Sent from there, it is taken, once, as the user's.
    let cookie = session(&back);
    let csrf = back.body.split("name=\"csrf\" value=\"").last().and_then(|it| it.split('"').next());
    let headers = [("sec-fetch-site", "same-origin"), ("cookie", cookie.as_str())];
    let fields = [&typed[..], &[("csrf", csrf.expect("a token"))]].concat();
    let sent = send_bare(&state, play, &headers, &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let events = state.store.play_events("play-1").await.expect("events");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].by_rep.as_deref(), Some("boss"));
}

#[tokio::test]
async fn a_first_password_must_be_changed_and_the_last_administrator_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (state, _) = at_clock(folder.path()).await;
    add(&state, "admin", UserRole::Admin, None).await;
    let cookie = sign_in(&state, "admin", PASSWORD).await;
    let post = async |uri: &str, cookie: &str, fields: &[(&str, &str)]| {
        let page = page(&state, "/w/midori/password", cookie).await;
        let csrf = page.body.split("name=\"csrf\" value=\"").nth(1).expect("a token");
        let csrf = csrf.split('"').next().unwrap_or_default().to_owned();
        let headers = [("sec-fetch-site", "same-origin"), ("cookie", cookie)];
        send_bare(&state, uri, &headers, &[&[("csrf", csrf.as_str())], fields].concat()).await
    };
    let users = "/w/midori/users";
    let stay = post(users, &cookie, &[("act", "disable"), ("login", "admin")]).await;
    assert_eq!(stay.status, StatusCode::CONFLICT);
    stay.holds(&["有効な管理者がいなくなる"]);
    let new = [("act", "add"), ("login", "Sato"), ("name", "<佐藤>"), ("role", "cis")];
    let lacking = post(users, &cookie, &new).await;
    assert_eq!(lacking.status, StatusCode::UNPROCESSABLE_ENTITY);
    lacking.holds(&["担当者を選択してください", "value=\"sato\"", "&#60;佐藤&#62;"]);
    let added = post(users, &cookie, &[&new[..], &[("rep", "r-1")]].concat()).await;
    assert_eq!(added.status, StatusCode::OK);
    let secret = added.body.split("</bdi>\n").nth(1).and_then(|it| it.split('<').next());
    let secret = secret.expect("a first password").to_owned();
    let sato = sign_in(&state, "sato", &secret).await;
    let today = page(&state, "/w/midori/today", &sato).await;
    assert_eq!(today.header("location"), "/w/midori/password");
    let own = "/w/midori/password";
    let change = |old: &str, new: &str| {
        [("password", old), ("new_password", new), ("new_password_again", new)]
            .map(|(name, value)| (name, value.to_owned()))
    };
    for (old, new) in [("wrong", PASSWORD), (&*secret, "short"), (&*secret, &*secret)] {
        let fields = change(old, new);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let refused = post(own, &sato, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{new}");
    }
    let fields = change(&secret, PASSWORD);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(post(own, &sato, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(page(&state, own, &sato).await.status, StatusCode::SEE_OTHER, "signed out");
    let sato = sign_in(&state, "sato", PASSWORD).await;
    assert_eq!(page(&state, "/w/midori/accounts/A-002", &sato).await.status, StatusCode::OK);
    // All of it stands in the log, and a filter finds it.
    let log = page(&state, "/w/midori/log?user=sato&act=account", &cookie).await;
    log.holds(&["顧客の表示", "A-002", "&#60;佐藤&#62;"]);
    log.lacks(&["ユーザーの変更</td>"]);
    page(&state, "/w/midori/log", &cookie).await.holds(&["自分のパスワードの変更", "拒否", "追加"]);
}
