//! Who answers: a name chosen from the list of representatives and kept in a cookie.
//!
//! It is what the reader says, and no more, and the page says so. In a workspace with users there is nothing to choose:
//! who answers is who is signed in.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::form::Form;
use crate::error::Error;
use crate::frame::{Place, segment};
use crate::state::AppState;

const NAME: &str = "rep";

/// The representative that the cookie names.
pub(crate) fn of(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|text| text.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == NAME && !value.is_empty()).then(|| unescape(value))?
    })
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.chars().any(char::is_control))
}

/// The list to choose from.
pub(crate) struct Who {
    pub(crate) reps: Vec<(String, String, bool)>,
    /// Whether nobody is chosen.
    pub(crate) nobody: bool,
    /// The page to come back to.
    pub(crate) back: String,
    /// Who is signed in, and so cannot choose.
    pub(crate) signed: Option<String>,
}

impl Who {
    /// All representatives, the chosen one marked.
    pub(crate) async fn read(state: &AppState, place: &Place) -> Result<Self, Error> {
        if let Some(user) = place.reader.visitor.user() {
            let signed = Some(user.name.clone());
            return Ok(Self { reps: Vec::new(), nobody: false, back: place.back.clone(), signed });
        }
        let reps = state.store.rep_names().await?.into_iter().map(|rep| {
            let chosen = place.rep.as_deref() == Some(rep.rep_id.as_str());
            (rep.rep_id, rep.name, chosen)
        });
        let reps: Vec<_> = reps.collect();
        let nobody = reps.iter().all(|(_, _, chosen)| !chosen);
        Ok(Self { reps, nobody, back: place.back.clone(), signed: None })
    }
}

/// Keeps the chosen name, and goes back.
pub(crate) async fn choose(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    if place.reader.visitor.user().is_some() {
        return Ok(Redirect::to(&back(&state, form.text("back"))).into_response());
    }
    let rep = form.text("rep");
    let known = state.store.rep_names().await?.iter().any(|known| known.rep_id == rep);
    let (value, age) = if known { (segment(rep), 31_536_000) } else { (String::new(), 0) };
    let cookie = format!("{NAME}={value}; Path=/; Max-Age={age}; SameSite=Strict; HttpOnly");
    let mut response = Redirect::to(&back(&state, form.text("back"))).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The page of this workspace that a form came from, else the worklist.
pub(crate) fn back(state: &AppState, asked: &str) -> String {
    let base = state.base();
    let plain = asked.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let inside = asked.strip_prefix(&base).is_some_and(|rest| rest.starts_with('/'));
    if plain && inside && !asked.contains("..") {
        asked.to_owned()
    } else {
        format!("{base}/today")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_names_a_rep() {
        let headers = |text: &'static str| {
            HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(text))])
        };
        assert_eq!(of(&headers("lang=ja; rep=%E4%BD%90-1")), Some("佐-1".into()));
        assert_eq!(of(&headers("rep=")), None);
        assert_eq!(of(&headers("rep=%zz")), None);
        assert_eq!(of(&headers("rep=%0a")), None);
    }
}
