//! The worklist as a task file for Salesforce, kintone or HubSpot (S93): one row a play, with the ids by which the
//! customer's own systems know account, contact and rep, and the play's own, so that what comes back finds it.
//!
//! CSV with a byte order mark, so that Excel reads Japanese; lines end as RFC 4180 says. A text that begins like a
//! formula gets an apostrophe (OWASP, "CSV Injection"); ids and dates are never changed. The columns are told in
//! docs/task-files.md.

use std::collections::HashMap;
use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::time::{Day, Days};
use store::{PlayRow, Stage};

use crate::error::Error;
use crate::frame::Place;
use crate::names::Names;
use crate::play::{Desk, PlayView};
use crate::record::Record;
use crate::state::AppState;
use crate::today::{self, Asked};
use crate::words::{answers, tasks as say};

/// Rows of a file.
const ROWS_MAX: u64 = 2_000;

/// One system's columns.
struct Format {
    code: &'static str,
    name: &'static str,
    columns: &'static [(&'static str, Cell)],
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Play,
    Subject,
    Body,
    AccountId,
    Account,
    ContactId,
    Contact,
    RepId,
    Rep,
    RepEmail,
    Due,
    Week,
    Hours,
    State,
    Fixed(&'static str),
}

const FORMATS: [Format; 3] = [
    Format {
        code: "salesforce",
        name: "Salesforce",
        columns: &[
            ("Subject", Cell::Subject),
            ("ActivityDate", Cell::Due),
            ("Status", Cell::Fixed("Not Started")),
            ("Priority", Cell::Fixed("Normal")),
            ("Description", Cell::Body),
            ("WhatId", Cell::AccountId),
            ("WhoId", Cell::ContactId),
            ("OwnerId", Cell::RepId),
            ("Nobishiro_Play_Id__c", Cell::Play),
        ],
    },
    Format {
        code: "kintone",
        name: "kintone",
        columns: &[
            ("提案ID", Cell::Play),
            ("件名", Cell::Subject),
            ("顧客ID", Cell::AccountId),
            ("顧客名", Cell::Account),
            ("連絡先ID", Cell::ContactId),
            ("連絡先", Cell::Contact),
            ("担当者ID", Cell::RepId),
            ("担当者", Cell::Rep),
            ("期限", Cell::Due),
            ("予定の週", Cell::Week),
            ("工数", Cell::Hours),
            ("状態", Cell::State),
            ("内容", Cell::Body),
        ],
    },
    Format {
        code: "hubspot",
        name: "HubSpot",
        columns: &[
            ("Task Title", Cell::Subject),
            ("Task Type", Cell::Fixed("TODO")),
            ("Due Date", Cell::Due),
            ("Priority", Cell::Fixed("NONE")),
            ("Status", Cell::Fixed("NOT_STARTED")),
            ("Notes", Cell::Body),
            ("Assigned To", Cell::RepEmail),
            ("Company Record ID", Cell::AccountId),
            ("Contact Record ID", Cell::ContactId),
            ("Nobishiro Play ID", Cell::Play),
        ],
    },
];

/// The formats with the addresses of a filter's files.
pub(crate) fn urls(base: &str, query: &str) -> Vec<(&'static str, String)> {
    let and = if query.is_empty() { "" } else { "&" };
    let url = |format: &Format| {
        (format.name, format!("{base}/today/tasks.csv?for={}{and}{query}", format.code))
    };
    FORMATS.iter().map(url).collect()
}

/// The file.
pub(crate) async fn file(State(state): State<AppState>, place: Place) -> Result<Response, Error> {
    let format = FORMATS.iter().find(|format| Some(format.code) == place.query("for"));
    let format = format.ok_or(Error::Page)?;
    let overview = state.overview().await?.ok_or(Error::Page)?;
    let asked = Asked::of(&place, &overview.run.as_of).whole(ROWS_MAX);
    let (rows, answered, _) = today::lines(&state, &overview.run.run_id, &asked).await?;
    let names = Names::of_plays(&state.store, &rows).await?;
    let base = state.base();
    let desk = Desk::new(&state, &place, (&base, &names), (&overview, &answered));
    let ids = Ids::read(&state, &rows).await?;
    let mut csv = String::from("\u{feff}");
    line(&mut csv, format.columns.iter().map(|(name, _)| (*name).to_owned()));
    for row in &rows {
        let task = Task { row, view: PlayView::new(row, &desk), desk: &desk, ids: &ids };
        line(&mut csv, format.columns.iter().map(|(_, cell)| task.cell(*cell)));
    }
    let name = format!("tasks-{}-{}.csv", format.code, overview.run.as_of);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, csv).into_response())
}

/// Ids and addresses that pages do not show.
struct Ids {
    contacts: HashMap<i64, String>,
    emails: HashMap<String, String>,
}

impl Ids {
    async fn read(state: &AppState, rows: &[PlayRow]) -> Result<Self, Error> {
        let keys: std::collections::BTreeSet<i64> =
            rows.iter().filter_map(|row| row.contact_key).collect();
        let keys: Vec<i64> = keys.into_iter().collect();
        let contacts = state.store.contact_names(&keys).await?.into_iter();
        let mut emails = HashMap::new();
        if let Some(reps) = domain::canonical::entity("reps") {
            for row in state.store.read(reps).await? {
                let rep = Record::new(reps, row);
                emails.insert(rep.text("rep_id").to_owned(), rep.text("email").to_owned());
            }
        }
        Ok(Self { contacts: contacts.map(|it| (it.contact_key, it.contact_id)).collect(), emails })
    }
}

/// One row.
struct Task<'a> {
    row: &'a PlayRow,
    view: PlayView,
    desk: &'a Desk<'a>,
    ids: &'a Ids,
}

impl Task<'_> {
    fn cell(&self, cell: Cell) -> String {
        let (row, view, lang) = (self.row, &self.view, self.desk.lang);
        let account = self.desk.names.account(row.account_key);
        let kept = self.desk.answered.get(&row.play_id);
        let rep = kept.and_then(|kept| kept.assigned.clone()).or_else(|| row.owner.clone());
        let text = match cell {
            Cell::Subject => format!("{} {}", account.name, view.title),
            Cell::Body => say::body(lang, &view.reasons, &view.next_step),
            Cell::Account => account.name.clone(),
            Cell::Contact => view.contact.as_ref().map_or_else(String::new, |it| it.name.clone()),
            Cell::Rep => rep.map_or_else(String::new, |rep| self.desk.names.rep(&rep)),
            Cell::State => answers::stage(lang, kept.map_or(Stage::Open, |kept| kept.state)),
            Cell::Fixed(text) => text.to_owned(),
            // What other systems know things by stays as it is.
            Cell::Play => return row.play_id.clone(),
            Cell::AccountId => return account.id.clone(),
            Cell::ContactId => return self.contact(),
            Cell::RepId => return rep.unwrap_or_default(),
            Cell::RepEmail => {
                return rep.and_then(|rep| self.ids.emails.get(&rep).cloned()).unwrap_or_default();
            }
            Cell::Due => return due(row),
            Cell::Week => return row.week.clone(),
            Cell::Hours => return crate::show::number(row.effort_hours, 2),
        };
        defused(text)
    }

    fn contact(&self) -> String {
        let id = self.row.contact_key.and_then(|key| self.ids.contacts.get(&key).cloned());
        id.unwrap_or_default()
    }
}

/// The due day, else the Friday of the week that it is planned for.
fn due(row: &PlayRow) -> String {
    let friday = Day::parse_iso(&row.week).map(|monday| monday.plus(Days(4)).to_string());
    row.due.clone().or(friday).unwrap_or_default()
}

fn defused(text: String) -> String {
    let formula = text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    if formula { format!("'{text}") } else { text }
}

/// Writes one line.
fn line(csv: &mut String, cells: impl Iterator<Item = String>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            csv.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            let _ = write!(csv, "\"{}\"", cell.replace('"', "\"\""));
        } else {
            csv.push_str(&cell);
        }
    }
    csv.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s93_cells_are_quoted_and_formulas_disarmed() {
        let mut csv = String::new();
        let cells = ["a", "b,\"c\"", "2\nlines", ""].map(str::to_owned);
        line(&mut csv, cells.into_iter());
        assert_eq!(csv, "a,\"b,\"\"c\"\"\",\"2\nlines\",\r\n");
        assert_eq!(defused("=1+1".to_owned()), "'=1+1");
        assert_eq!(defused("+84".to_owned()), "'+84");
        assert_eq!(defused("株式会社".to_owned()), "株式会社");
    }

    /// S93: without a due day a task is due by the end of its week.
    #[test]
    fn s93_a_task_has_a_day() {
        let row = |due: Option<&str>| PlayRow {
            week: "2026-03-09".to_owned(),
            due: due.map(str::to_owned),
            ..PlayRow::default()
        };
        assert_eq!(due(&row(Some("2026-04-22"))), "2026-04-22");
        assert_eq!(due(&row(None)), "2026-03-13");
    }
}
