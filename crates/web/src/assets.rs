//! The files beside the pages: one style sheet, the keys of the worklist and the icon, at paths that change with their content.

use axum::http::header;
use axum::response::{IntoResponse, Response};

const STYLE: &str = include_str!("../assets/style.css");
const KEYS: &str = include_str!("../assets/keys.js");
const ICON: &str = include_str!("../assets/icon.svg");

/// Where the style sheet is served.
pub(crate) fn style_path() -> String {
    format!("/assets/{:016x}/style.css", hash(STYLE))
}

/// Where the script of the worklist's keys is served.
pub(crate) fn keys_path() -> String {
    format!("/assets/{:016x}/keys.js", hash(KEYS))
}

/// Where the icon is served.
pub(crate) fn icon_path() -> String {
    format!("/assets/{:016x}/icon.svg", hash(ICON))
}

/// One token of the style sheet: a colour, or a size of type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) name: &'static str,
    pub(crate) light: &'static str,
    /// Empty where it is the same in the dark.
    pub(crate) dark: &'static str,
}

impl Token {
    pub(crate) fn is_colour(&self) -> bool {
        self.light.starts_with('#')
    }
}

/// The tokens as the style sheet has them.
pub(crate) fn tokens() -> Vec<Token> {
    let light = declared("\n:root, .light {").into_iter().chain(declared("\n:root {"));
    let dark = declared("\n.dark {");
    let in_the_dark = |name: &str| dark.iter().find(|it| it.0 == name).map_or("", |it| it.1);
    light.map(|(name, light)| Token { name, light, dark: in_the_dark(name) }).collect()
}

/// The names and values of the tokens in the first rule that begins so.
fn declared(rule: &str) -> Vec<(&'static str, &'static str)> {
    let body = STYLE.split(rule).nth(1).and_then(|rest| rest.split('}').next());
    let lines = body.unwrap_or_default().split(';');
    let named = lines.filter_map(|line| line.trim().strip_prefix("--")?.split_once(':'));
    named.map(|(name, value)| (name, value.trim())).collect()
}

pub(crate) async fn style() -> Response {
    kept("text/css; charset=utf-8", STYLE)
}

pub(crate) async fn keys() -> Response {
    kept("text/javascript; charset=utf-8", KEYS)
}

pub(crate) async fn icon() -> Response {
    kept("image/svg+xml", ICON)
}

/// An answer that never changes under its path, to be kept for a year.
fn kept(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, text).into_response()
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo 1991): tells versions apart, no more.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_is_there_in_the_dark_and_nothing_moves() {
        let tokens = tokens();
        let colours: Vec<&Token> = tokens.iter().filter(|token| token.is_colour()).collect();
        assert_eq!((colours.len(), tokens.len()), (10, 14));
        for token in colours {
            assert!(token.dark.starts_with('#'), "{token:?}");
            let swatch = format!(".swatch.{0} {{ background: var(--{0}); }}", token.name);
            assert!(STYLE.contains(&swatch), "{swatch}");
        }
        // Nothing moves; what will one day must ask for `prefers-reduced-motion` first.
        assert!(!STYLE.contains("transition") && !STYLE.contains("animation"));
        // By the device's setting and by name, the dark is the same.
        assert_eq!(declared("prefers-color-scheme: dark) {\n  :root {"), declared("\n.dark {"));
    }
}
