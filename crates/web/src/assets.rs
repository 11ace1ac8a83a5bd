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
