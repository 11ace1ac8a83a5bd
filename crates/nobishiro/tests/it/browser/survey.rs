//! Every page in both languages: accessible, no wider than the screen, large enough to touch, light enough to load
//! on a telephone (S80), and nothing blocked or broken in the browser's own eyes.

use std::collections::BTreeSet;

use super::accessible::wrongs;
use super::demo::{Demo, fill_in, sign_in};
use super::driver::{Browser, DESK, Look};
use super::guest::Guest;
use super::pages::{self, Page};
use crate::serve::Server;
use crate::support::{Database, Workspace};

/// Bytes of a page as they are before compression, without what it draws.
const HEAVIEST: usize = 100 * 1024;

/// The addresses of the table that answer with something else than a page of the workspace.
const NO_PAGES: [&str; 4] = [
    "/w/{workspace}",
    "/w/{workspace}/",
    "/w/{workspace}/today/tasks.csv",
    "/w/{workspace}/data/uploads/{upload}/rejects.csv",
];

/// Calls `look` with every page drawn in a browser, one user after another.
pub(crate) fn each_page(demo: &Demo, language: &str, look: &mut dyn FnMut(&Browser, &str)) {
    let answered = pages::work(demo);
    let browser = demo.browser(language);
    let mut signed_in = "";
    let mut all = pages::all(demo, &answered);
    all.sort_by_key(|page| page.login);
    for page in &all {
        if page.login != signed_in {
            sign_in(&browser, page.login);
            signed_in = page.login;
        }
        browser.go(&page.path);
        assert_eq!(browser.address(), page.path, "it leads elsewhere");
        assert_eq!(browser.count(".me") == 1, !page.login.is_empty(), "nobody is signed in");
        look(&browser, page.name);
    }
    throttled(demo, &browser);
    look(&browser, "error-429");
    let (workspace, page) = (Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo"), "/w/ws");
    let empty = Server::start(&workspace);
    for (name, path) in [
        ("empty-today", "/today"),
        ("empty-accounts", "/accounts"),
        ("empty-pipeline", "/pipeline"),
        ("empty-whitespace", "/whitespace"),
        ("empty-night", "/night"),
    ] {
        browser.go(&format!("http://{}{page}{path}", empty.address()));
        look(&browser, name);
    }
}

/// Somebody guesses passwords until the door stays shut.
fn throttled(demo: &Demo, browser: &Browser) {
    let mut guest = Guest::new(&demo.site());
    let shut = (0..40).any(|_| guest.enter("dareka", "not the password").status == 429);
    assert!(shut, "guessing goes on and on");
    browser.forget();
    browser.go("/w/demo/login");
    fill_in(browser, "dareka");
    browser.find(".problem");
}

fn survey(language: &str) {
    let demo = Demo::start();
    let mut found = Vec::new();
    each_page(&demo, language, &mut |browser, name| {
        found.extend(wrongs(browser, name));
        found.extend(browser.complaints().into_iter().map(|it| format!("{name}: {it}")));
    });
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
}

/// N9, S80: in Japanese.
#[test]
fn s80_every_page_is_accessible_and_fits_in_japanese() {
    survey("ja");
}

/// N9, S80: in English.
#[test]
fn s80_every_page_is_accessible_and_fits_in_english() {
    survey("en");
}

/// The pages above are all there are: a new one in the table of routes must join them.
#[test]
fn every_route_that_answers_with_a_page_is_looked_at() {
    let demo = Demo::start();
    let paths: Vec<Page> = pages::all(&demo, &pages::work(&demo));
    let is_looked_at = |route: &str| paths.iter().any(|page| matches(route, &page.path));
    let missing: BTreeSet<&str> = web::routes()
        .iter()
        .filter(|line| line.method.as_str() == "GET" && line.path.starts_with("/w/"))
        .map(|line| line.path.as_str())
        .filter(|route| !NO_PAGES.contains(route) && !is_looked_at(route))
        .collect();
    assert!(missing.is_empty(), "no picture and no check of {missing:?}: add them in pages.rs");
}

/// Whether an address is one of a route's.
fn matches(route: &str, address: &str) -> bool {
    let path = address.split('?').next().unwrap_or_default();
    let (route, path): (Vec<&str>, Vec<&str>) =
        (route.split('/').collect(), path.split('/').collect());
    let fits = |(part, real): (&&str, &&str)| part.starts_with('{') || part == real;
    route.len() == path.len() && route.iter().zip(&path).all(fits)
}

/// N9: on paper stands what stands behind a play, dark on white whatever the screen is, and nothing to press.
#[test]
fn n9_the_evidence_is_printed() {
    let demo = Demo::start();
    let rep = demo.signed_in("takahashi", "ja");
    rep.go(&format!("/w/demo/accounts/{}", pages::SHOWCASE));
    let seen = |css: &str| {
        rep.run(&format!(
            "return [...document.querySelectorAll('{css}')].filter((it) => it.checkVisibility(\
             {{ contentVisibilityAuto: true }}) && it.getBoundingClientRect().height > 0).length"
        ))
    };
    assert_eq!(seen(".evidence"), 0, "closed on the screen");
    rep.show_on(DESK, Look::Print);
    assert_eq!(seen(".evidence"), 1);
    assert_eq!(seen("main button"), 0);
    assert_eq!(seen("main input"), 0);
    let colours =
        "const it = getComputedStyle(document.body); return [it.color, it.backgroundColor]";
    assert_eq!(rep.run(colours), serde_json::json!(["rgb(0, 0, 0)", "rgb(255, 255, 255)"]));
}

/// S80: a page on a telephone's line, before compression and without its charts.
#[test]
fn s80_no_page_weighs_more_than_100_kb() {
    let demo = Demo::start();
    let all = pages::all(&demo, &pages::work(&demo));
    let mut heavy = Vec::new();
    let mut logins: Vec<&str> = all.iter().map(|page| page.login).collect();
    logins.sort_unstable();
    logins.dedup();
    for login in logins {
        let mut guest = match login {
            "" => Guest::new(&demo.site()),
            login => Guest::sign_in(&demo.site(), login),
        };
        for page in all.iter().filter(|page| page.login == login) {
            for language in ["ja", "en"] {
                let answer = guest.get(&page.path, language);
                assert!(answer.kind.starts_with("text/html"), "{} is {}", page.path, answer.kind);
                let size = without_charts(&answer.body);
                if size > HEAVIEST {
                    heavy.push(format!("{} ({language}, {login}): {size} bytes", page.path));
                }
            }
        }
    }
    assert!(heavy.is_empty(), "heavier than {HEAVIEST} bytes:\n{}", heavy.join("\n"));
}

/// The bytes of a page but for its drawings.
fn without_charts(html: &str) -> usize {
    let drawn = html.split("<svg").skip(1).filter_map(|rest| rest.find("</svg>"));
    html.len() - drawn.sum::<usize>()
}
