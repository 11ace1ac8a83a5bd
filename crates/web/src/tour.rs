//! A tour of a sample company: a strip at the top of each page that says what one sees there. Offered on the first
//! page until somebody ends it; then it does not come back.

use axum::http::{HeaderMap, Uri, header};

use crate::access::Need;
use crate::reader::Reader;
use crate::state::AppState;
use crate::words::tour::{TourWords, texts};

/// The name of the cookie and of the query parameter.
const NAME: &str = "tour";
/// What ends it.
const END: &str = "end";

/// The pages in their order, and who may see them.
const PAGES: [(&str, Need); 6] = [
    ("today", Need::See),
    ("accounts", Need::See),
    ("whitespace", Need::See),
    ("pipeline", Need::See),
    ("night", Need::Oversee),
    ("data", Need::Oversee),
];

/// What a request says of the tour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Asked {
    /// Nothing.
    #[default]
    No,
    /// The step, from 1.
    Step(usize),
    /// To end it.
    End,
    /// It was ended before.
    Over,
}

impl Asked {
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
        let over = cookies
            .flat_map(|text| text.split(';'))
            .any(|pair| pair.trim().split_once('=') == Some((NAME, END)));
        if over {
            return Self::Over;
        }
        let pairs = uri.query().unwrap_or_default().split('&');
        let asked = pairs.filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == NAME);
        match asked {
            Some((_, END)) => Self::End,
            Some((_, step)) => step.parse().map_or(Self::No, Self::Step),
            None => Self::No,
        }
    }
}

/// The cookie that keeps an ended tour away.
pub(crate) fn cookie() -> String {
    format!("{NAME}={END}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly")
}

/// The strip.
pub(crate) struct Tour {
    pub(crate) w: &'static TourWords,
    pub(crate) text: &'static str,
    /// Which step of how many; none where it is only offered.
    pub(crate) at: Option<String>,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) end: String,
}

impl Tour {
    /// The strip of the page `current`, if there is one.
    pub(crate) fn of(state: &AppState, reader: &Reader, current: &str) -> Option<Self> {
        if !state.demo {
            return None;
        }
        let w = TourWords::of(reader.lang);
        let pages: Vec<&str> =
            PAGES.iter().filter(|(_, need)| reader.visitor.can(*need)).map(|it| it.0).collect();
        let base = state.base();
        let url = |step: usize| {
            let page = pages.get(step.checked_sub(1)?)?;
            Some(format!("{base}/{page}?{NAME}={step}"))
        };
        let end = format!("{base}/today?{NAME}={END}");
        match reader.tour {
            Asked::No if current == "today" => {
                let (text, next) = (w.offer, url(1));
                Some(Self { w, text, at: None, previous: None, next, end })
            }
            Asked::Step(step) if pages.get(step.checked_sub(1)?) == Some(&current) => Some(Self {
                w,
                text: texts(reader.lang, current),
                at: Some(format!("{step} / {}", pages.len())),
                previous: url(step - 1),
                next: url(step + 1),
                end,
            }),
            _ => None,
        }
    }
}
