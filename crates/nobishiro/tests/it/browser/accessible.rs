//! What a page must be for everybody who uses it: nothing that WCAG 2.2 AA forbids, nothing wider than the screen,
//! nothing too small for a finger.

use serde_json::Value;

use super::driver::{Browser, DESK, Look, PHONE, Screen, TABLET};

/// axe-core, as its authors publish it (see the README beside it).
const AXE: &str = include_str!("axe/axe.min.js");

/// Runs axe over the page; each violation with its first places.
const ASK_AXE: &str = "
    const done = arguments[0];
    const only = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] };
    const say = (it) => it.id + ': ' + it.help + ' | ' + it.nodes.slice(0, 3).map(
        (node) => node.target.join(' ') + ' ' + node.html.slice(0, 160) + ' '
            + node.any.map((check) => check.message).join('; ')).join(' || ');
    axe.run(document, { runOnly: only, resultTypes: ['violations'], preload: false })
        .then((found) => done(found.violations.map(say)), (error) => done(['axe: ' + error]));";

/// What a finger cannot hit: controls lower than 44 px. A link within a sentence is as high as its line (WCAG 2.5.5
/// excepts it), and a box to tick is hit by its label.
const SMALL: &str = "
    const small = [];
    const all = 'a[href], button, summary, select, textarea, input:not([type=hidden])';
    for (const it of document.querySelectorAll(all)) {
        if (!it.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const hit = it.matches('[type=checkbox], [type=radio]') ? it.closest('label') ?? it : it;
        const box = hit.getBoundingClientRect();
        if (box.width === 0 || box.right <= 0 || it.matches('.prose a, .note a')) continue;
        if (box.height < 43.5) small.push(it.outerHTML.slice(0, 120) + ' is ' + box.height + ' px high');
    }
    return small.slice(0, 5);";

/// What reaches past the right edge, and cannot be scrolled where it stands.
const WIDE: &str = "
    const page = document.documentElement;
    if (page.scrollWidth <= window.innerWidth) return [];
    const scrolls = (it) => it && (/(auto|scroll|hidden)/.test(getComputedStyle(it).overflowX) || scrolls(it.parentElement));
    const wide = [...document.body.querySelectorAll('*')].filter((it) =>
        it.getBoundingClientRect().right > window.innerWidth + 1 && !scrolls(it.parentElement));
    return [page.scrollWidth + ' px on ' + window.innerWidth + ': '
        + wide.slice(-2).map((it) => it.outerHTML.slice(0, 120)).join(' | ')];";

/// Opens everything that can be opened but the menu, which lies over the page.
const OPEN: &str =
    "for (const it of document.querySelectorAll('details:not(.me)')) it.open = true;";

/// What is wrong with the page that is shown, over screens and looks; `name` is what it is called in the findings.
pub(crate) fn wrongs(browser: &Browser, name: &str) -> Vec<String> {
    let mut wrongs = Vec::new();
    let mut add = |screen: Screen, look: Look, found: Vec<String>| {
        wrongs
            .extend(found.into_iter().map(|it| format!("{name}, {} {look:?}: {it}", screen.name)));
    };
    for screen in [PHONE, TABLET, DESK] {
        browser.show_on(screen, Look::Light);
        add(screen, Look::Light, texts(&browser.run(WIDE)));
        if screen.touch {
            add(screen, Look::Light, texts(&browser.run(SMALL)));
        }
    }
    // What the size changes is seen at both sizes, what the colours change in both looks.
    browser.run(OPEN);
    browser.run(AXE);
    for (screen, look) in [(DESK, Look::Light), (TABLET, Look::Dark)] {
        browser.show_on(screen, look);
        add(screen, look, axe(browser));
    }
    for screen in [TABLET, PHONE] {
        browser.show_on(screen, Look::Light);
        add(screen, Look::Light, texts(&browser.run(WIDE)));
        add(screen, Look::Light, texts(&browser.run(SMALL)));
    }
    browser.show_on(DESK, Look::Light);
    wrongs
}

fn axe(browser: &Browser) -> Vec<String> {
    texts(&browser.run_waiting(ASK_AXE))
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
}
