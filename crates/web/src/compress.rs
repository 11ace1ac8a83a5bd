//! Answers as gzip where the browser takes it: a page of fifty lines with all their evidence is long
//! but repeats itself.

use std::io::Write;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Smaller answers stay as they are.
const BYTES_MIN: u64 = 1024;

/// Compresses texts for those who accept it.
pub(crate) async fn gzip(request: Request, next: Next) -> Response {
    let wanted = request.method() != Method::HEAD && accepts_gzip(request.headers());
    let mut response = next.run(request).await;
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    let large = response.body().size_hint().exact().is_some_and(|bytes| bytes >= BYTES_MIN);
    if !wanted || !large {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let body = match compressed(&bytes) {
        Ok(small) => {
            parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            parts.headers.remove(header::CONTENT_LENGTH);
            Body::from(small)
        }
        Err(_) => Body::from(bytes),
    };
    Response::from_parts(parts, body)
}

fn compressed(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 6), Compression::new(4));
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Whether `gzip` is listed and not refused by `q=0`.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter();
    lists.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(',')).any(|wish| {
        let (name, weight) = wish.split_once(';').unwrap_or((wish, "q=1"));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accept: &'static str, expected: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accept));
        assert_eq!(accepts_gzip(&headers), expected, "{accept}");
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        check("gzip, deflate, br", true);
        check("br;q=1, GZIP;q=0.5", true);
        check("gzip;q=0", false);
        check("identity", false);
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
