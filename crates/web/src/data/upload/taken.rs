//! What was taken of an upload.

use std::collections::BTreeMap;

use domain::words::Lang;
use serde_json::Value;
use store::JobRow;

use crate::data::job;
use crate::show;
use crate::words::data as say;
use crate::words::data::labels;
use crate::words::data::reasons::said;

/// One file and table.
pub(super) struct Line {
    pub(super) file: String,
    pub(super) table: String,
    /// New, replaced, unchanged, refused, left out, with a warning.
    pub(super) counts: [String; 6],
    pub(super) bad: bool,
}

/// What was taken.
pub(super) struct Taken {
    pub(super) outcome: String,
    pub(super) lines: Vec<Line>,
    /// Files that were not taken, and why.
    pub(super) failed: Vec<(String, String)>,
    pub(super) notes: Vec<(String, String)>,
    /// Where the rows that were refused or taken with a warning are listed.
    pub(super) issues: Option<String>,
    /// Whether none of those rows was refused.
    pub(super) only_warned: bool,
    pub(super) any: bool,
    /// Whether another mapping may do better.
    pub(super) remap: bool,
}

impl Taken {
    /// Of the job that took the files, and those that took mended rows.
    pub(super) fn new(take: &JobRow, mends: &[&JobRow], (url, lang): (&str, Lang)) -> Self {
        let result = job::result(take);
        let mut it = Self {
            outcome: String::new(),
            lines: Vec::new(),
            failed: Vec::new(),
            notes: Vec::new(),
            issues: None,
            only_warned: false,
            any: false,
            remap: false,
        };
        let (mut taken, mut refused, mut told) = (0, 0, 0);
        let mut mended: BTreeMap<u64, u64> = BTreeMap::new();
        for result in mends.iter().map(|job| job::result(job)) {
            let number = |key: &str| result[key].as_u64().unwrap_or(0);
            *mended.entry(number("file_no")).or_default() += number("mended");
        }
        for file in result["files"].as_array().into_iter().flatten() {
            let file_no = file["file_no"].as_u64().unwrap_or(0);
            let name = file["name"].as_str().unwrap_or_default().to_owned();
            let texts = |key: &str| -> Vec<String> {
                let texts = file[key].as_array().into_iter().flatten();
                texts.filter_map(|it| it.as_str()).map(|it| said(lang, it)).collect()
            };
            for why in ["error", "left_out"].iter().filter_map(|key| file[*key].as_str()) {
                it.failed.push((name.clone(), said(lang, why)));
            }
            it.notes.extend(texts("notes").into_iter().map(|note| (name.clone(), note)));
            for table in file["tables"].as_array().into_iter().flatten() {
                let n = |key: &str| table[key].as_u64().unwrap_or(0);
                // A row that two tables refused was mended for both, and counts for the first.
                let now = n("refused").min(mended.remove(&file_no).unwrap_or(0));
                taken += now + n("taken") + n("replaced") + n("unchanged");
                refused += n("refused") - now;
                told += n("refused") - now + n("warned");
                it.lines.push(line(&name, (table, now), lang));
            }
        }
        it.outcome = say::outcome(lang, taken, refused);
        it.only_warned = refused == 0;
        it.any = taken > 0;
        it.remap = refused > 0 || !it.failed.is_empty();
        it.issues = (told > 0).then(|| format!("{url}/issues"));
        it
    }
}

fn line(name: &str, (table, mended): (&Value, u64), lang: Lang) -> Line {
    let n = |key: &str| match (key, table[key].as_u64().unwrap_or(0)) {
        ("taken", rows) => rows + mended,
        ("refused", rows) => rows - mended,
        (_, rows) => rows,
    };
    let keys = ["taken", "replaced", "unchanged", "refused", "skipped", "warned"];
    Line {
        file: name.to_owned(),
        table: labels::table(lang, table["table"].as_str().unwrap_or_default()),
        counts: keys.map(|key| show::whole(n(key))),
        bad: n("refused") > 0,
    }
}
