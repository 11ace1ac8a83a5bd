//! A form that was not taken because its session or its token had ended: shown with what was typed, to be sent again.

use askama::Template;
use axum::response::Html;

use super::csrf;
use crate::click::who;
use crate::error::Error;
use crate::frame::Frame;
use crate::reader::Reader;
use crate::state::AppState;
use crate::words::AccessWords;
use crate::words::access as say;

/// What carries a field of the waiting form through the sign-in form.
const CARRIED: &str = "f.";

/// A form that waits: where it was sent, and its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) to: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Pending {
    /// What was sent, without its token; passwords are not carried about.
    pub(crate) fn of(to: &str, mut fields: Vec<(String, String)>) -> Self {
        fields.retain(|(name, _)| name != csrf::FIELD && !name.contains("password"));
        Self { to: to.to_owned(), fields }
    }

    /// The form that the sign-in form carried; none where it carried none.
    pub(crate) fn carried(to: &str, fields: &[(String, String)]) -> Option<Self> {
        let bare = |(name, value): &(String, String)| {
            Some((name.strip_prefix(CARRIED)?.to_owned(), value.clone()))
        };
        let fields: Vec<(String, String)> = fields.iter().filter_map(bare).collect();
        (!to.is_empty()).then(|| Self { to: to.to_owned(), fields })
    }

    /// Its fields under the names that carry them.
    pub(crate) fn to_carry(&self) -> Vec<(String, String)> {
        let named = |(name, value): &(String, String)| (format!("{CARRIED}{name}"), value.clone());
        self.fields.iter().map(named).collect()
    }
}

/// Why it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// The page was older than its session.
    Stale,
    /// The session ended while somebody typed, and they have signed in again.
    SignedIn,
}

struct Typed {
    name: String,
    label: Option<&'static str>,
    value: String,
    long: bool,
}

#[derive(Template)]
#[template(path = "again.html")]
struct AgainPage {
    frame: Frame,
    w: &'static AccessWords,
    text: &'static str,
    to: String,
    fields: Vec<Typed>,
}

/// The page.
pub(crate) fn page(
    state: &AppState,
    reader: &Reader,
    pending: &Pending,
    why: Why,
) -> Result<Html<String>, Error> {
    let w = AccessWords::of(reader.lang);
    let typed = |(name, value): &(String, String)| Typed {
        name: name.clone(),
        label: say::field(reader.lang, name),
        value: value.clone(),
        long: name == "note" || value.contains('\n'),
    };
    let page = AgainPage {
        frame: Frame::new(state, reader, ""),
        w,
        text: if why == Why::Stale { w.again_stale } else { w.again_signed_in },
        to: who::back(state, &pending.to),
        fields: pending.fields.iter().map(typed).collect(),
    };
    Ok(Html(page.render()?))
}
