//! Filters of the worklist under a name: kept by a form, shown as links, forgotten by another form.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use store::SavedView;

use crate::access::Need;
use crate::click::form::Form;
use crate::click::who;
use crate::error::Error;
use crate::frame::Place;
use crate::state::AppState;

/// Characters of a name.
const NAME_MAX: usize = 40;
/// What the form says that forgets one of everybody's.
const FORGET_ALL: &str = "forget_all";
/// Parameters that a filter may have.
const KEPT: [&str; 5] = ["show", "owner", "motion", "role", "due"];

/// A filter as a link.
pub(crate) struct Saved {
    pub(crate) name: String,
    pub(crate) url: String,
    /// What the form that forgets it says; none of everybody's for who may not forget those.
    pub(crate) forget: Option<&'static str>,
}

/// The filters of who reads, by name.
pub(crate) async fn read(state: &AppState, place: &Place) -> Result<Vec<Saved>, Error> {
    let base = state.base();
    let visitor = &place.reader.visitor;
    let views = state.store.saved_views(&whose(place)).await?;
    let saved = |view: SavedView| Saved {
        url: format!("{base}/today?{}", plain(&view.query)),
        forget: if view.rep_id.is_empty() {
            visitor.can(Need::Oversee).then_some(FORGET_ALL)
        } else {
            visitor.can(Need::Work).then_some("forget")
        },
        name: view.name,
    };
    Ok(views.into_iter().map(saved).collect())
}

/// Whose filters the reader keeps: those of who is signed in; where nobody signs in, of the chosen representative or
/// everybody's.
fn whose(place: &Place) -> String {
    match place.reader.visitor.user() {
        Some(user) => format!("user:{}", user.login),
        None => place.rep.clone().unwrap_or_default(),
    }
}

/// Keeps or forgets one; where nobody signs in, who has not said who he is keeps it for everybody.
pub(crate) async fn take(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    let rep_id = whose(&place);
    let name: String = form.text("name").chars().take(NAME_MAX).collect();
    let mut back = who::back(&state, form.text("back"));
    match form.text("act") {
        "forget" => state.store.forget_view(&rep_id, &name).await?,
        // One of everybody's goes for everybody.
        FORGET_ALL if place.reader.visitor.can(Need::Oversee) => {
            state.store.forget_view("", &name).await?;
        }
        FORGET_ALL => return Err(Error::Forbidden),
        _ if name.is_empty() => {}
        _ => {
            let query = plain(form.text("query"));
            back = format!("{}/today?{query}", state.base());
            state.store.save_view(&SavedView { rep_id, name, query }).await?;
        }
    }
    Ok(Redirect::to(&back).into_response())
}

/// The parts of a query that are a filter, in plain characters.
fn plain(query: &str) -> String {
    let kept = query.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        KEPT.contains(&name) && pair.bytes().all(|byte| byte.is_ascii_graphic())
    });
    kept.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_filter_is_kept() {
        assert_eq!(plain("owner=r-1&page=3&due=7&x=<b>&motion=a b"), "owner=r-1&due=7");
        assert_eq!(plain(""), "");
    }
}
