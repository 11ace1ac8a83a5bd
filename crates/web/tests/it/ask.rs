//! Asks a router without a socket.

use axum::body::Body;
use axum::http::response::Parts;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;
use web::AppState;

/// An answer as read.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// A header's text, or empty.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a readable header"))
    }

    /// The page holds all of these.
    #[track_caller]
    pub(crate) fn holds(&self, texts: &[&str]) {
        for text in texts {
            assert!(self.body.contains(text), "{text} is not on the page:\n{}", self.body);
        }
    }

    /// The page holds none of these.
    #[track_caller]
    pub(crate) fn lacks(&self, texts: &[&str]) {
        for text in texts {
            assert!(!self.body.contains(text), "{text} is on the page:\n{}", self.body);
        }
    }
}

/// Asks with a method and headers; the body as bytes.
pub(crate) async fn ask_bytes(
    state: &AppState,
    method: Method,
    uri: &str,
    headers: &[(&str, &str)],
) -> (Parts, Vec<u8>) {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = web::router(state.clone()).oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    (parts, body.collect().await.expect("a body").to_bytes().to_vec())
}

/// Asks with a method and headers.
pub(crate) async fn ask(
    state: &AppState,
    method: Method,
    uri: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let (parts, body) = ask_bytes(state, method, uri, headers).await;
    let body = String::from_utf8(body).expect("text");
    Answer { status: parts.status, headers: parts.headers, body }
}

/// Gets a page in Japanese.
pub(crate) async fn ja(state: &AppState, uri: &str) -> Answer {
    ask(state, Method::GET, uri, &[("accept-language", "ja")]).await
}

/// Gets a page in English.
pub(crate) async fn en(state: &AppState, uri: &str) -> Answer {
    ask(state, Method::GET, uri, &[("accept-language", "en-US,en;q=0.9")]).await
}

/// Sends a form as a page of this server does, with cookies, in Japanese.
pub(crate) async fn post(
    state: &AppState,
    uri: &str,
    cookie: &str,
    fields: &[(&str, &str)],
) -> Answer {
    send(state, uri, &[("sec-fetch-site", "same-origin"), ("cookie", cookie)], fields).await
}

/// Sends a form with a header that says where from.
pub(crate) async fn post_from(
    state: &AppState,
    uri: &str,
    from: (&str, &str),
    fields: &[(&str, &str)],
) -> Answer {
    send(state, uri, &[from, ("host", "localhost:7878")], fields).await
}

/// What the forms of this browser carry, read from a page as a browser has it.
pub(crate) async fn token(state: &AppState, cookie: &str) -> String {
    let form = ask(state, Method::GET, "/w/midori/plays/new", &[("cookie", cookie)]).await;
    let token = form.body.split("name=\"csrf\" value=\"").nth(1);
    token.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

async fn send(
    state: &AppState,
    uri: &str,
    headers: &[(&str, &str)],
    fields: &[(&str, &str)],
) -> Answer {
    let cookie = headers.iter().find(|(name, _)| *name == "cookie").map_or("", |it| it.1);
    let token = token(state, cookie).await;
    let fields = [&[("csrf", token.as_str())], fields].concat();
    send_bare(state, uri, headers, &fields).await
}

/// Sends fields as they are.
pub(crate) async fn send_bare(
    state: &AppState,
    uri: &str,
    headers: &[(&str, &str)],
    fields: &[(&str, &str)],
) -> Answer {
    let escape =
        |text: &str| text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02X}"));
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    let mut request = Request::builder().method(Method::POST).uri(uri);
    request = request.header("accept-language", "ja");
    request = request.header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(fields.join("&"))).expect("a request");
    let response = web::router(state.clone()).oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes().to_vec();
    let body = String::from_utf8(body).expect("text");
    Answer { status: parts.status, headers: parts.headers, body }
}
