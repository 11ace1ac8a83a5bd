//! What people do on the pages: answers to plays, plays of their own, and who they are.
//!
//! Each is a plain form that is sent once: checked, written in one transaction with the version that was
//! shown, then a redirect. Whatever is wrong comes back with what was typed.

pub(crate) mod form;
pub(crate) mod who;
mod facts;
pub(crate) mod guard;
pub(crate) mod typed;
pub(crate) mod answer;
pub(crate) mod own;
pub(crate) mod stop;
pub(crate) mod note;

use decide::card::Card;
use domain::time::Day;
use store::{By, PlayRow, Step};

use crate::error::Error;
use crate::frame::Place;
use crate::state::{AppState, Overview};

/// Who does something now.
pub(crate) fn by(state: &AppState, place: &Place, overview: Option<&Overview>) -> By {
    let today = state.today(overview);
    // Who is no representative answers under the name that they sign in with.
    let user = place.reader.visitor.user().map(|user| user.login.clone());
    By { rep_id: place.rep.clone().or(user), at_us: state.now().0, on_day: today.to_string() }
}

/// Who sends a form now, and on which day.
pub(crate) async fn sender(state: &AppState, place: &Place) -> Result<(By, Day), Error> {
    let overview = state.overview().await?;
    Ok((by(state, place, overview.as_deref()), state.today(overview.as_deref())))
}

/// The steps that a play is accepted with: those of its card, else its next step with all its hours.
pub fn steps(row: &PlayRow) -> Vec<Step> {
    let Ok(card) = serde_json::from_str::<Card>(&row.card) else { return Vec::new() };
    let step = |(place, step): (i64, decide::card::Step)| Step {
        place,
        title_ja: step.title.ja,
        title_en: step.title.en,
        hours: step.hours,
        due_week: step.due_week,
        done_on: None,
    };
    let next = decide::card::Step {
        title: card.next_step,
        hours: row.effort_hours,
        due_week: row.week.clone(),
        ..decide::card::Step::default()
    };
    let steps = if card.steps.is_empty() { vec![next] } else { card.steps };
    (1..).zip(steps).map(step).collect()
}
