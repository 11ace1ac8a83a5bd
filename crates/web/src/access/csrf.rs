//! The token that every form carries, put into the page when it is drawn: no template can forget it.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::http::header;
use axum::response::Response;

/// The name of the hidden field.
pub(crate) const FIELD: &str = "csrf";

/// Puts the token into every form of a page that posts.
pub(crate) async fn into_page(response: Response, token: &str) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_page = kind.is_some_and(|kind| kind.starts_with("text/html"));
    if !is_page || response.body().size_hint().exact().is_none() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let html = with_token(&String::from_utf8_lossy(&bytes), token);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(html))
}

/// The page with a hidden field behind the opening tag of every form that posts. What people wrote is escaped
/// and holds no tag.
fn with_token(html: &str, token: &str) -> String {
    let mut done = String::with_capacity(html.len() + 1024);
    let mut rest = html;
    while let Some(at) = rest.find("<form") {
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        done.push_str(&rest[..end]);
        if rest[at..end].contains("method=\"post\"") {
            done.push_str(&format!("<input type=\"hidden\" name=\"{FIELD}\" value=\"{token}\">"));
        }
        rest = &rest[end..];
    }
    done + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_posts_has_the_token_and_no_other() {
        let page = "<p>&lt;form<form action=\"/a\"><input></form><form class=\"x\" method=\"post\"><b></form>";
        assert_eq!(
            with_token(page, "t"),
            "<p>&lt;form<form action=\"/a\"><input></form><form class=\"x\" method=\"post\">\
             <input type=\"hidden\" name=\"csrf\" value=\"t\"><b></form>"
        );
        assert_eq!(with_token("<form method=\"post\"", "t").matches("csrf").count(), 1);
        assert_eq!(with_token("", "t"), "");
    }
}
