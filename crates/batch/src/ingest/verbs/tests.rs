//! Every verb over the same small file.

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use domain::time::{Day, Zone};
use rustc_hash::FxHashMap;

use super::*;
use crate::ingest::cells::{Around, texts};
use crate::ingest::lookup::{Lookup, Lookups, Pick};
use crate::ingest::mapping::{Becomes, Mapping};

/// The cell as a named value of a mapping, or the error.
fn parsed(cell: &str) -> Result<Arc<dyn Verb>, String> {
    let text = format!(
        "[[file]]\nmatch = \"a\"\n[file.let]\nv = {cell}\n[[file.into]]\nentity = \"accounts\"\n\
         [file.into.columns]\naccount_id = \"x\""
    );
    let mapping = Mapping::parse(&text).map_err(|error| error.message)?;
    match mapping.files.into_iter().next().map(|rule| rule.becomes) {
        Some(Becomes::Rows { lets, .. }) => Ok(Arc::clone(&lets[0].1)),
        _ => Err("no rows".to_owned()),
    }
}

fn batch() -> RecordBatch {
    let texts = |texts: [&str; 3]| Arc::new(StringArray::from(texts.to_vec())) as ArrayRef;
    let seven_utc = 1_489_302_000_000_000; // 2017-03-12T07:00:00
    RecordBatch::try_from_iter([
        ("n", Arc::new(Int64Array::from(vec![Some(1), Some(20_170_301), None])) as ArrayRef),
        ("stage", texts(["Won", " Lost ", ""])),
        ("date", texts(["3/1/2017", "", "13/1/2017"])),
        ("iso", texts(["2016-01-31", "2017-05-15", ""])),
        ("amount", texts(["1.234,5", "x", ""])),
        ("Two Words", texts(["a", "b", "c"])),
        ("at", Arc::new(TimestampMicrosecondArray::from(vec![Some(seven_utc), None, Some(0)]))),
    ])
    .expect("columns of one length")
}

fn lookups(need: &LookupNeed) -> Lookups {
    let keys: ArrayRef = Arc::new(StringArray::from(vec!["a", "b", "b", ""]));
    let values: ArrayRef = Arc::new(Int64Array::from(vec![1, 5, 2, 9]));
    let values = need.take.as_ref().map(|_| values);
    let mut lookups = Lookups::default();
    let lookup = Lookup::build(&[(vec![keys], values)], need.pick).expect("a lookup");
    lookups.insert(need.clone(), lookup);
    lookups
}

/// The values of a cell, `-` for none, then what could not be read; or the error.
fn values(cell: &str) -> String {
    let verb = match parsed(cell) {
        Ok(verb) => verb,
        Err(error) => return error,
    };
    let around = Around {
        snapshot: Day::parse_iso("2017-12-31"),
        zone: Zone::named("Asia/Tokyo").expect("a zone of the tzdb"),
        lookups: Arc::new(verb.lookup().map(lookups).unwrap_or_default()),
    };
    let batch = batch();
    let rows = Rows { batch: &batch, bad: &FxHashMap::default(), around: &around };
    match verb.cells(&rows) {
        Err(error) => error.to_string(),
        Ok(cells) => {
            let texts = texts(&cells.array);
            let shown =
                |text: Option<&str>| text.filter(|t| !t.is_empty()).unwrap_or("-").to_owned();
            let mut all: Vec<String> = texts.iter().map(shown).collect();
            all.extend(cells.bad.iter().map(|bad| format!("!{}:{}", bad.row, bad.value)));
            all.join(" ")
        }
    }
}

#[track_caller]
fn check(cell: &str, expected: &str) {
    assert_eq!(values(cell), expected, "{cell}");
}

#[track_caller]
fn check_refused(cell: &str, expected: &str) {
    let said = values(cell);
    assert!(said.contains(expected), "{cell}: {said}");
}

#[test]
fn every_example_is_read_and_every_verb_has_one() {
    for entry in VERBS {
        assert!(entry.example.contains(entry.key) && !entry.about.is_empty(), "{}", entry.key);
        assert!(parsed(entry.example).is_ok(), "{}: {:?}", entry.key, parsed(entry.example));
    }
}

#[test]
fn rename() {
    check("\"Two Words\"", "a b c");
    check("{ column = \"Two Words\" }", "a b c");
    check_refused("7", "expected the name of a column in quotes, or a table");
    check_refused("{}", "no verb here");
    check_refused("{ column = \"n\", const = 1 }", "cannot stand beside another verb");
    check_refused("{ map = {} }", "`map` needs a value to work on");
}

#[test]
fn constants() {
    check("{ const = \"x\" }", "x x x");
    check("{ const = 2017-01-02 }", "2017-01-02 2017-01-02 2017-01-02");
    check("{ const = true }", "true true true");
}

#[test]
fn snapshot_days() {
    check("{ snapshot = true }", "2017-12-31 2017-12-31 2017-12-31");
    check_refused("{ snapshot = false }", "may only be true");
}

#[test]
fn coalesce_takes_the_first_that_is_there() {
    check("{ coalesce = [\"iso\", { snapshot = true }] }", "2016-01-31 2017-05-15 2017-12-31");
    check("{ coalesce = [\"n\", { const = \"?\" }] }", "1 20170301 ?");
    check("{ coalesce = [\"stage\", \"date\"] }", "Won  Lost  13/1/2017");
}

#[test]
fn concat_leaves_out_what_is_missing() {
    check("{ concat = [\"n\", \"stage\"], separator = \"-\" }", "1-Won 20170301-Lost -");
    check("{ concat = [\"stage\", { const = \"!\" }] }", "Won! Lost! !");
}

#[test]
fn calculations() {
    check("{ calc = \"n * 2\" }", "2 40340602 -");
    check("{ calc = \"n + 1\", empty = 0 }", "2 20170302 1");
    check_refused("{ calc = \"n +\" }", "in `n +`: expected a number or a column at the end");
}

#[test]
fn joins() {
    let join = |rest: &str| {
        format!("{{ join = \"f\", on = {{ left = \"Two Words\", right = \"k\" }}, {rest} }}")
    };
    check(&join("take = \"v\""), "1 5 -");
    check(&join("take = \"v\", pick = \"last\""), "1 2 -");
    check(&join("take = \"v\", pick = \"min\""), "1 2 -");
    check(&join("take = \"v\", pick = \"max\""), "1 5 -");
    check(&join("take = \"v\", unmatched = \"issue\""), "1 5 - !2:c");
    check(&join("exists = true"), "true true false");
    check("{ join = \"f\", on = \"stage\", take = \"v\" }", "- - -");
    check_refused(&join("pick = \"min\""), "either `take = \"column\"` or `exists = true`");
    check_refused(&join("take = \"v\", pick = \"any\""), "`pick` may be");
}

#[test]
fn a_join_of_two_columns_needs_both() {
    let cell = "{ join = \"f\", on = [\"n\", \"stage\"], exists = true }";
    let verb = parsed(cell).expect("a join");
    let need = verb.lookup().expect("a join needs a file");
    assert_eq!(
        (need.on.as_slice(), need.pick),
        (&["n".to_owned(), "stage".to_owned()][..], Pick::First)
    );
}

#[test]
fn choices() {
    check("{ if = 'stage = \"Won\"', then = \"n\", else = { const = \"x\" } }", "1 x x");
    check("{ if = 'stage != \"\"', then = { snapshot = true } }", "2017-12-31 2017-12-31 -");
}

#[test]
fn months_are_subtracted() {
    check("{ minus_months = { const = 1 } }", "2017-11-30 2017-11-30 2017-11-30");
    check("{ minus_months = { const = 12 }, from = \"iso\" }", "2015-01-31 2016-05-15 -");
    check("{ minus_months = \"n\", from = \"iso\" }", "2015-12-31 - - !1:20170301");
    check("{ minus_months = { const = 1 }, from = \"stage\" }", "- - - !0:Won !1:Lost");
}

#[test]
fn renewals_lie_after_the_snapshot() {
    let cell = |months: &str| {
        format!("{{ next_renewal = \"iso\", every_months = {{ const = {months} }} }}")
    };
    check(&cell("12"), "2018-01-31 2018-05-15 -");
    check(&cell("24"), "2018-01-31 2019-05-15 -");
    check(&cell("1"), "2018-01-31 2018-01-15 -");
    check(&cell("0"), "- - -");
}

#[test]
fn values_are_mapped() {
    check("{ column = \"stage\", map = { Won = \"won\" } }", "won Lost -");
    check("{ column = \"stage\", map = { Won = \"won\" }, otherwise = \"open\" }", "won open -");
    check("{ column = \"stage\", map = { \"\" = \"none\", Lost = 0 } }", "Won 0 none");
    check("{ column = \"n\", map = { 1 = \"one\" } }", "one 20170301 -");
}

#[test]
fn dates_are_parsed() {
    check("{ column = \"date\", parse = \"%m/%d/%Y\" }", "2017-03-01 - - !2:13/1/2017");
    check("{ column = \"n\", parse = \"%Y%m%d\" }", "- 2017-03-01 - !0:1");
    check(
        "{ coalesce = [\"iso\", \"date\"], parse = \"%m/%d/%Y\" }",
        "2016-01-31 2017-05-15 - !2:13/1/2017",
    );
    check(
        "{ column = \"date\", parse = { format = \"%m/%d/%Y\", zone = \"America/New_York\" } }",
        "2017-03-01T05:00:00Z - - !2:13/1/2017",
    );
    check(
        "{ column = \"iso\", parse = { zone = \"Asia/Tokyo\" } }",
        "2016-01-30T15:00:00Z 2017-05-14T15:00:00Z -",
    );
    check(
        "{ column = \"at\", parse = { zone = \"America/New_York\" } }",
        "2017-03-12T11:00:00Z - 1970-01-01T05:00:00Z",
    );
    check_refused("{ column = \"date\", parse = \"%q\" }", "`%q` is not known");
    check_refused(
        "{ column = \"date\", parse = {} }",
        "state `format`, `zone`, `decimal`, `true` or",
    );
}

#[test]
fn decimals_and_flags_are_parsed() {
    check("{ column = \"amount\", parse = { decimal = \",\", group = \".\" } }", "1234.5 x -");
    check(
        "{ column = \"stage\", parse = { true = [\"Won\"], false = [\"Lost\"] } }",
        "true false -",
    );
    check(
        "{ column = \"date\", parse = { true = [\"3/1/2017\"], false = [\"no\"] } }",
        "true - - !2:13/1/2017",
    );
    check("{ column = \"stage\", parse = { true = [\"Won\"] } }", "true false -");
}

#[test]
fn values_are_mapped_before_they_are_parsed() {
    check(
        "{ column = \"stage\", map = { Won = \"1/2/2017\", Lost = \"\" }, parse = \"%d/%m/%Y\" }",
        "2017-02-01 - -",
    );
}

#[test]
fn forms_of_other_countries() {
    check(
        r#"{ const = "令和６年３月１日", parse = ["%Y/%m/%d", "%EC%Ey年%m月%d日"] }"#,
        "2024-03-01 2024-03-01 2024-03-01",
    );
    check(
        r#"{ const = "△１，２３４円", parse = { decimal = ".", group = "," } }"#,
        "-1234 -1234 -1234",
    );
    check(
        r#"{ const = "(1 234,50 €)", parse = { decimal = ",", group = "." } }"#,
        "-1234.50 -1234.50 -1234.50",
    );
    check(r#"{ const = "Ｃ－００１", parse = { width = "half" } }"#, "C-001 C-001 C-001");
    check_refused(r#"{ const = "x", parse = [] }"#, "name at least one form");
    check_refused(r#"{ const = "x", parse = { width = "full" } }"#, "may only be");
}
