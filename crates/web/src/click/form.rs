//! The fields of a form that our own page sent.

use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use unicode_normalization::UnicodeNormalization as _;

use crate::error::Error;
use crate::state::AppState;

/// The largest form taken; a note of 2,000 characters has at most 18,000 bytes as a form sends it.
pub(crate) const BYTES_MAX: usize = 32 * 1024;

/// The fields of a form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// The text of a field without blanks around it; empty where it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// The text of a field as it was sent: a password may begin with a blank.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// All fields.
    pub(crate) fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    /// The texts of all fields of that name, in their order.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// The text of a field with full-width digits, letters and signs made half-width.
    pub(crate) fn narrow(&self, name: &str) -> String {
        self.text(name).nfkc().collect::<String>().trim().to_owned()
    }
}

impl FromRequest<AppState> for Form {
    type Rejection = Error;

    /// Refuses what another site sent, what is too large, and what is no form.
    async fn from_request(request: Request, state: &AppState) -> Result<Self, Error> {
        if !is_ours(request.headers()) {
            return Err(Error::Origin);
        }
        let sent = axum::Form::<Vec<(String, String)>>::from_request(request, state).await;
        let axum::Form(fields) = sent.map_err(|refused| match refused {
            FormRejection::BytesRejection(_) => Error::TooLarge,
            _ => Error::Form,
        })?;
        Ok(Self(clean(fields)))
    }
}

fn clean(fields: Vec<(String, String)>) -> Vec<(String, String)> {
    let clean = |text: String| -> String {
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
    };
    fields.into_iter().map(|(name, value)| (name, clean(value))).collect()
}

/// The fields of a body; none where it is no form, which the handler says.
pub(crate) fn fields(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let uri = axum::http::Uri::builder().path_and_query(format!("/?{text}")).build();
    let read = uri.ok().and_then(|uri| axum::extract::Query::try_from_uri(&uri).ok());
    clean(read.map_or_else(Vec::new, |axum::extract::Query(fields)| fields))
}

/// Whether a page of this server sent the request. Browsers say so themselves; who says nothing is no
/// browser that we know, and scripts have the command line.
pub(crate) fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        site == "same-origin"
    } else {
        let host = text(header::HOST.as_str());
        let origin = text(header::ORIGIN.as_str()).and_then(|origin| {
            origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))
        });
        origin.is_some() && origin == host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &'static str)], expected: bool) {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                let name = axum::http::HeaderName::from_static(name);
                (name, axum::http::HeaderValue::from_static(value))
            })
            .collect();
        assert_eq!(is_ours(&headers), expected, "{headers:?}");
    }

    #[test]
    fn only_our_own_pages_send_forms() {
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("sec-fetch-site", "none")], false);
        check(&[("origin", "http://work.example:7878"), ("host", "work.example:7878")], true);
        check(&[("origin", "https://evil.example"), ("host", "work.example")], false);
        check(&[("origin", "null"), ("host", "work.example")], false);
        check(&[("host", "work.example")], false);
        check(&[], false);
    }
}
