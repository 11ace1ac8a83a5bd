//! Who reads: the language of a request, by link, cookie or the browser's wish.

use axum::http::{HeaderMap, Uri, header};
use domain::words::Lang;

use crate::access::visitor::Visitor;
use crate::tour;

/// The name of the cookie and of the query parameter.
const NAME: &str = "lang";

/// The reader of one request.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// The language to answer in.
    pub(crate) lang: Lang,
    /// Whether the request's query chose it, so that a cookie keeps it.
    pub(crate) chosen: bool,
    /// The same page in the other language.
    pub(crate) other_url: String,
    /// Who it is.
    pub(crate) visitor: Visitor,
    /// What the request says of the tour.
    pub(crate) tour: tour::Asked,
}

impl Reader {
    /// The query first, then the cookie, then `Accept-Language`.
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let asked = query_lang(uri);
        let lang = asked.or_else(|| cookie_lang(headers)).unwrap_or_else(|| browser_lang(headers));
        let other_url = url_in(uri, other(lang));
        let tour = tour::Asked::of(uri, headers);
        Self { lang, chosen: asked.is_some(), other_url, visitor: Visitor::Nobody, tour }
    }

    /// The language that the reader could change to.
    pub(crate) fn other(&self) -> Lang {
        other(self.lang)
    }
}

/// The cookie that keeps the choice for a year.
pub(crate) fn cookie(lang: Lang) -> String {
    format!("{NAME}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly", lang.code())
}

fn other(lang: Lang) -> Lang {
    match lang {
        Lang::Ja => Lang::En,
        Lang::En => Lang::Ja,
    }
}

fn pairs(uri: &Uri) -> impl Iterator<Item = &str> {
    uri.query().unwrap_or("").split('&').filter(|pair| !pair.is_empty())
}

fn is_lang(pair: &str) -> bool {
    pair.split('=').next() == Some(NAME)
}

fn query_lang(uri: &Uri) -> Option<Lang> {
    pairs(uri).filter(|pair| is_lang(pair)).find_map(|pair| Lang::parse(pair.split_once('=')?.1))
}

fn url_in(uri: &Uri, lang: Lang) -> String {
    let path = if uri.path().starts_with("//") { "/" } else { uri.path() };
    let mut url = format!("{path}?");
    for pair in pairs(uri).filter(|pair| !is_lang(pair)) {
        url.push_str(pair);
        url.push('&');
    }
    url + NAME + "=" + lang.code()
}

/// An address with the language, in place of one that it names.
pub(crate) fn with_lang(to: &str, lang: Lang) -> String {
    let (page, anchor) = to.split_once('#').map_or((to, None), |(page, at)| (page, Some(at)));
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let mut pairs: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !is_lang(pair)).collect();
    let chosen = format!("{NAME}={}", lang.code());
    pairs.push(&chosen);
    let anchor = anchor.map_or_else(String::new, |at| format!("#{at}"));
    format!("{path}?{}{anchor}", pairs.join("&"))
}

fn cookie_lang(headers: &HeaderMap) -> Option<Lang> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|text| text.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        if name == NAME { Lang::parse(value) } else { None }
    })
}

/// Japanese if it ranks above English or neither is named.
fn browser_lang(headers: &HeaderMap) -> Lang {
    let mut best: Option<(f32, Lang)> = None;
    let wishes = headers.get_all(header::ACCEPT_LANGUAGE).iter();
    for wish in wishes.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(',')) {
        let mut parts = wish.split(';').map(str::trim);
        let tag = parts.next().unwrap_or("").to_ascii_lowercase();
        let Some(lang) = tag.split('-').next().and_then(Lang::parse) else { continue };
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        if weight > best.map_or(0.0, |(so_far, _)| so_far) {
            best = Some((weight, lang));
        }
    }
    best.map_or(Lang::Ja, |(_, lang)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, accept: &str, cookie: &str, expected: Lang) {
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::ACCEPT_LANGUAGE, accept), (header::COOKIE, cookie)] {
            if !value.is_empty() {
                headers.insert(name, value.parse().expect("a header's value"));
            }
        }
        let uri: Uri = uri.parse().expect("a URI");
        assert_eq!(Reader::of(&uri, &headers).lang, expected, "{uri} {accept} {cookie}");
    }

    #[test]
    fn japanese_unless_english_ranks_above() {
        check("/", "", "", Lang::Ja);
        check("/", "fr, de;q=0.5", "", Lang::Ja);
        check("/", "ja,en-US;q=0.9", "", Lang::Ja);
        check("/", "en-GB,en;q=0.9,ja;q=0.8", "", Lang::En);
        check("/", "en;q=0.5, ja;q=0.7", "", Lang::Ja);
        check("/", "en;q=0, fr", "", Lang::Ja);
        check("/", "en;q=x", "", Lang::Ja);
    }

    #[test]
    fn a_cookie_overrides_the_browser_and_a_link_both() {
        check("/", "ja", "a=b; lang=en", Lang::En);
        check("/?lang=ja", "en", "lang=en", Lang::Ja);
        check("/?lang=xx", "ja", "lang=en", Lang::En);
    }

    #[test]
    fn the_other_language_keeps_the_rest_of_the_query() {
        let uri: Uri = "/w/demo/today?owner=r1&lang=ja&page=2".parse().expect("a URI");
        let reader = Reader::of(&uri, &HeaderMap::new());
        assert_eq!(reader.other_url, "/w/demo/today?owner=r1&page=2&lang=en");
    }

    #[test]
    fn the_link_stays_on_this_server() {
        let uri = Uri::builder().path_and_query("//elsewhere.example/x").build().expect("a URI");
        assert_eq!(Reader::of(&uri, &HeaderMap::new()).other_url, "/?lang=en");
    }
}
