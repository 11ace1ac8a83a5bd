//! The refused rows of a file as CSV: all of its columns, the reasons behind them. Mended, it can be brought again.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::words::Lang;

use super::beside::{self, Refused};
use super::{about, upload};
use crate::access::guard::Note;
use crate::error::Error;
use crate::frame::Place;
use crate::state::AppState;
use crate::words::DataWords;
use crate::words::data::reasons::said;

/// The file, with a byte order mark: spreadsheets read it as UTF-8 then.
pub(crate) async fn file(State(state): State<AppState>, place: Place) -> Result<Response, Error> {
    let found = upload::named(&state, &place).await?;
    let folder = state.uploads.as_ref().and_then(|uploads| beside::folder(uploads, &found));
    let folder = folder.ok_or(Error::Upload)?;
    let all: Vec<Refused> = beside::read(&folder, "refused.json").await.unwrap_or_default();
    let file: i64 = place.query("file").and_then(|file| file.parse().ok()).unwrap_or(-1);
    let here = all.iter().find(|it| it.file == file).ok_or(Error::Upload)?;
    let mut response = format!("\u{feff}{}", csv(here, place.lang())).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    let name = format!("attachment; filename=\"upload-{}-{file}-rejects.csv\"", found.upload_no);
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let target = Some(about(found.upload_no));
    response.extensions_mut().insert(Note { target, ..Note::default() });
    Ok(response)
}

fn csv(here: &Refused, lang: Lang) -> String {
    let w = DataWords::of(lang);
    let own = here.columns.iter().map(String::as_str);
    let mut out = line(own.chain([w.line, w.reason]));
    for row in &here.rows {
        let reasons: Vec<String> = row
            .issues
            .iter()
            .map(|issue| format!("{}: {}", issue.column, said(lang, &issue.reason)))
            .collect();
        let (number, reasons) = (row.line.to_string(), reasons.join(" / "));
        let blank = here.columns.len().saturating_sub(row.values.len());
        let values = row.values.iter().map(String::as_str);
        let values = values.chain(std::iter::repeat_n("", blank));
        out.push_str(&line(values.chain([number.as_str(), reasons.as_str()])));
    }
    out
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let quoted = |cell: &str| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    };
    cells.map(quoted).collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::beside::{Issue, RefusedRow};

    #[test]
    fn rows_stand_as_in_their_file_with_the_reason_behind() {
        let issue = Issue {
            column: "started_on".to_owned(),
            reason: "is not a date".to_owned(),
            ..Issue::default()
        };
        let row = RefusedRow {
            line: 3,
            values: vec!["C-1".to_owned(), "a \"b\", c".to_owned()],
            fields: vec![1],
            issues: vec![issue],
        };
        let here = Refused {
            columns: vec!["id".to_owned(), "開始日".to_owned()],
            rows: vec![row],
            ..Refused::default()
        };
        let text = csv(&here, Lang::En);
        assert_eq!(
            text,
            "id,開始日,Line,Reason\r\nC-1,\"a \"\"b\"\", c\",3,started_on: is not a date\r\n"
        );
    }
}
