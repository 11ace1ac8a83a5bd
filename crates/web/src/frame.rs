//! What stands around every page: header, navigation, language, and the headers that keep it safe.

use std::fmt::Write;

use axum::extract::{FromRequestParts, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::words::Lang;
use store::Sight;

use crate::access::visitor::Visitor;
use crate::access::{Need, csrf, guard};
use crate::assets;
use crate::click::who;
use crate::error::{self, Error, Failure};
use crate::reader::{self, Reader};
use crate::state::AppState;
use crate::tour::{self, Tour};
use crate::words::FrameWords;
use crate::words::access::role;

/// Nothing but our own style sheet, images, forms and script files; no script within a page, and no frame around us.
const CONTENT_SECURITY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Behind a proxy that speaks HTTPS: for a year, by HTTPS only.
const HTTPS_ONLY: &str = "max-age=31536000";
/// Nothing of the device is asked for.
const NO_DEVICES: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Headers of every answer.
const ALWAYS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), NO_DEVICES),
];

/// One entry of the navigation.
pub(crate) struct NavItem {
    pub(crate) url: String,
    pub(crate) label: &'static str,
    pub(crate) current: bool,
}

/// The header and navigation of one page.
pub(crate) struct Frame {
    pub(crate) w: &'static FrameWords,
    pub(crate) lang: &'static str,
    pub(crate) other_lang: &'static str,
    pub(crate) other_url: String,
    /// What people call the workspace; empty where the page belongs to none.
    pub(crate) workspace: String,
    /// Where the list of workspaces is, if there are others.
    pub(crate) others: Option<&'static str>,
    /// Where the product's name leads.
    pub(crate) front: String,
    pub(crate) style: String,
    pub(crate) icon: String,
    pub(crate) nav: Vec<NavItem>,
    /// Who is signed in: name and role.
    pub(crate) user: Option<(String, &'static str)>,
    /// What a tour says of the page.
    pub(crate) tour: Option<Tour>,
    base: String,
}

impl Frame {
    /// The frame of the page `current` (`today`, `accounts`, `whitespace`, or empty).
    pub(crate) fn new(state: &AppState, reader: &Reader, current: &str) -> Self {
        let w = FrameWords::of(reader.lang);
        let base = state.base();
        let item = |page: &str, label| NavItem {
            url: format!("{base}/{page}"),
            label,
            current: page == current,
        };
        let visitor = &reader.visitor;
        let pages = [
            ("today", w.today, Need::See),
            ("accounts", w.accounts, Need::See),
            ("whitespace", w.whitespace, Need::See),
            ("pipeline", w.pipeline, Need::See),
            ("night", w.night, Need::Oversee),
            ("data", w.data, Need::Oversee),
        ];
        let pages = pages.iter().filter(|it| visitor.can(it.2));
        let mut nav: Vec<NavItem> = pages.map(|it| item(it.0, it.1)).collect();
        let user = visitor.user();
        if user.is_some() {
            let more = [
                ("log", w.log, Need::Oversee),
                ("users", w.users, Need::Administer),
                ("people", w.people, Need::Administer),
            ];
            nav.extend(more.iter().filter(|it| visitor.can(it.2)).map(|it| item(it.0, it.1)));
        }
        Self {
            w,
            user: user.map(|user| (user.name.clone(), role(reader.lang, user.role))),
            lang: reader.lang.code(),
            other_lang: reader.other().code(),
            other_url: reader.other_url.clone(),
            // Who is not signed in reads what the address says anyway.
            workspace: match visitor {
                Visitor::Nobody => state.workspace.clone(),
                Visitor::Alone | Visitor::User(_) => state.title.clone(),
            },
            others: state.among_others.then_some("/"),
            front: format!("{base}/today"),
            style: assets::style_path(),
            icon: assets::icon_path(),
            nav,
            tour: Tour::of(state, reader, current),
            base,
        }
    }

    /// The frame of a page outside any workspace.
    pub(crate) fn outside(reader: &Reader) -> Self {
        Self {
            w: FrameWords::of(reader.lang),
            lang: reader.lang.code(),
            other_lang: reader.other().code(),
            other_url: reader.other_url.clone(),
            workspace: String::new(),
            others: None,
            front: "/".to_owned(),
            style: assets::style_path(),
            icon: assets::icon_path(),
            nav: Vec::new(),
            user: None,
            tour: None,
            base: String::new(),
        }
    }

    /// Whether it belongs to a workspace.
    pub(crate) fn is_within(&self) -> bool {
        !self.base.is_empty()
    }

    /// The address of a page of this workspace.
    pub(crate) fn url(&self, page: &str) -> String {
        format!("{}/{page}", self.base)
    }
}

/// Where a request is: a workspace that is served, its reader, and what the address names.
pub(crate) struct Place {
    pub(crate) reader: Reader,
    pub(crate) account_id: String,
    pub(crate) play_id: String,
    /// The representative that the reader is, or says he is where nobody signs in.
    pub(crate) rep: Option<String>,
    /// This page, to come back to.
    pub(crate) back: String,
    query: Vec<(String, String)>,
    path: Vec<(String, String)>,
}

impl Place {
    /// Which accounts the reader sees: what a page that lists many narrows itself by.
    pub(crate) fn sight(&self) -> Sight {
        self.reader.visitor.sight()
    }

    /// The language to answer in.
    pub(crate) fn lang(&self) -> Lang {
        self.reader.lang
    }

    /// The first value of a query parameter that is not blank.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let value = self.query.iter().find(|(key, _)| key == name)?.1.trim();
        (!value.is_empty()).then_some(value)
    }

    /// What the address names: the last part of that name, since a home's own address has parts, too.
    pub(crate) fn named(&self, name: &str) -> &str {
        self.path.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The page asked for, from 1.
    pub(crate) fn page(&self) -> u64 {
        self.query("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, 1_000_000)
    }
}

impl FromRequestParts<AppState> for Place {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let Path(path): Path<Vec<(String, String)>> =
            Path::from_request_parts(parts, state).await.map_err(|_| Error::Page)?;
        let named = |name: &str| path.iter().find(|(key, _)| key == name).map(|(_, v)| v.clone());
        if named("workspace").as_deref() != Some(state.workspace.as_str()) {
            return Err(Error::Workspace);
        }
        let query = Query::try_from_uri(&parts.uri).map_or_else(|_| Vec::new(), |Query(q)| q);
        let visitor = parts.extensions.get::<Visitor>().cloned().unwrap_or_default();
        let rep = match visitor.user() {
            Some(user) => user.rep_id.clone(),
            None => who::of(&parts.headers),
        };
        let reader = Reader { visitor, ..Reader::of(&parts.uri, &parts.headers) };
        // No id holds them: the ingest refuses them, and PostgreSQL would fail over a NUL.
        if path.iter().any(|(_, value)| value.contains(char::is_control)) {
            return Err(Error::Page);
        }
        let kept = parts.uri.query().unwrap_or_default().split('&').filter(|pair| {
            !pair.is_empty() && !pair.starts_with("answered=") && !pair.starts_with("lang=")
        });
        let kept: Vec<&str> = kept.collect();
        let mark = if kept.is_empty() { "" } else { "?" };
        Ok(Self {
            reader,
            account_id: named("account_id").unwrap_or_default(),
            play_id: named("play_id").unwrap_or_default(),
            rep,
            back: format!("{}{mark}{}", parts.uri.path(), kept.join("&")),
            query,
            path,
        })
    }
}

/// The outermost layer: draws error pages in the reader's language, keeps a chosen language, and sets
/// the headers of every answer.
pub(crate) async fn dress(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut reader = Reader::of(request.uri(), request.headers());
    let headers = request.headers().clone();
    let mut response = next.run(request).await;
    reader.visitor = match response.extensions_mut().remove::<Visitor>() {
        Some(visitor) => visitor,
        // An error met before the guard knew: a page that is not there, or another workspace's.
        None if response.extensions().get::<Failure>().is_some() => {
            guard::visitor(&state, &headers).await.unwrap_or_default()
        }
        None => Visitor::Nobody,
    };
    let mut response = dressed(response, &reader, || Frame::new(&state, &reader, ""));
    if state.door.proxy {
        let https = HeaderValue::from_static(HTTPS_ONLY);
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, https);
    }
    if matches!(reader.visitor, Visitor::Nobody) {
        return response;
    }
    csrf::into_page(response, &state.form_token(&reader.visitor)).await
}

/// The same outside any workspace.
pub(crate) async fn dress_outside(request: Request, next: Next) -> Response {
    let reader = Reader::of(request.uri(), request.headers());
    let response = next.run(request).await;
    dressed(response, &reader, || Frame::outside(&reader))
}

pub(crate) fn dressed(
    mut response: Response,
    reader: &Reader,
    frame: impl FnOnce() -> Frame,
) -> Response {
    if let Some(failure) = response.extensions().get::<Failure>().copied() {
        let allowed = response.headers().get(header::ALLOW).cloned();
        response = error::page(failure, reader.lang, frame());
        if let Some(allowed) = allowed {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
    }
    if reader.chosen {
        keep_lang(&mut response, reader);
    }
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
        let lang = HeaderValue::from_static(reader.lang.code());
        headers.insert(header::CONTENT_LANGUAGE, lang);
    }
    if reader.chosen
        && let Ok(cookie) = HeaderValue::from_str(&reader::cookie(reader.lang))
    {
        headers.append(header::SET_COOKIE, cookie);
    }
    if reader.tour == tour::Asked::End
        && let Ok(cookie) = HeaderValue::from_str(&tour::cookie())
    {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Whoever chose a language in the address has it also where a redirect leads, with cookies or without.
fn keep_lang(response: &mut Response, reader: &Reader) {
    if !response.status().is_redirection() {
        return;
    }
    let location = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    let there =
        location.and_then(|to| HeaderValue::from_str(&reader::with_lang(to, reader.lang)).ok());
    if let Some(there) = there {
        response.headers_mut().insert(header::LOCATION, there);
    }
}

/// A text as one segment of a path: everything but unreserved characters in per cent.
pub(crate) fn segment(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
