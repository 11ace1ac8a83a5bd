//! The candidates behind a count: who is held by which guard, or left out for which reason.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use crate::error::Error;
use crate::frame::{Frame, Place};
use crate::names::Names;
use crate::state::AppState;
use crate::words::night as say;
use crate::words::{self, NightWords};

struct Row {
    account: String,
    account_url: String,
    motion: String,
    title: String,
    reason: String,
    expected: String,
}

#[derive(Template)]
#[template(path = "left_out.html")]
struct LeftOutPage {
    frame: Frame,
    w: &'static NightWords,
    heading: String,
    note: Option<String>,
    rows: Vec<Row>,
}

/// The list of one reason.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let lang = place.lang();
    let overview = state.overview().await?.ok_or(Error::Page)?;
    let asked = (place.query("fate").unwrap_or(""), place.query("reason").unwrap_or(""));
    let count = overview.fates.iter().find(|count| (&*count.fate, &*count.reason_code) == asked);
    let count = count.ok_or(Error::Page)?;
    let rows = state.store.left_out(&overview.run.run_id, Some(asked)).await?;
    let keys: BTreeSet<i64> = rows.iter().map(|row| row.account_key).collect();
    let keys: Vec<i64> = keys.into_iter().collect();
    let names = Names::of_accounts(&state.store, &keys).await?;
    let base = state.base();
    let view = |row: &store::LeftOutRow| {
        let account = names.account(row.account_key);
        Row {
            account: account.name.clone(),
            account_url: account.url(&base),
            motion: words::motion(lang, &row.motion),
            title: words::either(lang, &row.title_ja, &row.title_en),
            reason: words::either(lang, &row.reason_ja, words::today::capital(&row.reason_en)),
            expected: state.currency.display(row.expected_minor),
        }
    };
    let reason = words::either(lang, &count.reason_ja, &count.reason_en);
    let page = LeftOutPage {
        frame: Frame::new(&state, &place.reader, "night"),
        w: NightWords::of(lang),
        heading: format!("{}: {reason}", words::fate(lang, &count.fate)),
        note: (!rows.is_empty()).then(|| say::first_of(lang, rows.len(), count.candidates)),
        rows: rows.iter().map(view).collect(),
    };
    Ok(Html(page.render()?))
}
