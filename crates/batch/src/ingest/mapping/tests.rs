//! What a mapping may say, and how its slips are told.

use super::*;

const HEAD: &str = "[[file]]\nmatch = \"a.csv\"\n[[file.into]]\nentity = \"reps\"\n[file.into.columns]\n\
                    rep_id = \"x\"\nname = \"x\"\n";

/// The error of a mapping, or `fine`.
#[track_caller]
fn check(text: &str, expected: &str) {
    let said = Mapping::parse(text).map_or_else(|error| error.to_string(), |_| "fine".to_owned());
    assert!(said.starts_with(expected), "{said}");
}

#[track_caller]
fn check_role(role: &str, expected: &str) {
    check(&format!("{HEAD}role = {role}\n"), expected);
}

#[test]
fn small_mappings_are_fine() {
    check_role("\"r\"", "fine");
    check_role("{ const = \"AM\" }", "fine");
    check("[[file]]\nmatch = \"*\"\nskip = \"why\"", "fine");
    check("[[file]]\nmatch = \"*\"\nuse = \"lookup\"", "fine");
    check("[[table]]\nentity = \"reps\"\nrows = [{ rep_id = \"a\", hours_per_week = 20 }]", "fine");
}

#[test]
fn unknown_keys_are_refused_with_their_place() {
    check(
        "curency = \"USD\"",
        "mapping, line 1, column 1: unknown key `curency`; the keys here are",
    );
    check(
        &format!("zone = \"UTC\"\n{HEAD}roel = 'x'"),
        "mapping, line 9, column 1: unknown key `roel`",
    );
    check_role("{ const = 1, mpa = {} }", "mapping, line 8, column 21: unknown key `mpa`");
    check(
        &format!("{HEAD}role = {{ const = 1 }}\n[file.let]\n[file.lett]"),
        "mapping, line 10, column 7: unknown key `lett`; the keys here are match, let, into,",
    );
    check(
        "[[table]]\nentity = \"reps\"\nrows = [{ rep = 1 }]",
        "mapping, line 3, column 11: unknown key",
    );
}

#[test]
fn what_is_near_is_proposed() {
    let said = Mapping::parse("curency = \"USD\"").expect_err("a slip").to_string();
    assert!(said.ends_with("Did you mean `currency`?"), "{said}");
    check(
        "[[file]]\nmatch = \"a\"\n[[file.into]]\nentity = \"acounts\"",
        "mapping, line 4, column 10: `acounts` is not a table; the tables are reps,",
    );
}

#[test]
fn values_are_checked() {
    check("currency = \"XYZ\"", "mapping, line 1, column 12: `XYZ` is not a currency");
    check("zone = \"Tokyo\"", "mapping, line 1, column 8: `Tokyo` is not a time zone");
    check("snapshot_on = \"2017-02-30\"", "mapping, line 1, column 15: `2017-02-30` is not a day");
    check("snapshot_on = 7", "mapping, line 1, column 15: `7` is not a day");
    check("currency = 7", "mapping, line 1, column 12: expected a text in quotes, found integer");
    check("currency = ", "mapping, line 1, column 12: this is not TOML");
    check("", "mapping, line 1, column 1: there is no [[file]]");
    check(
        "[[file]]\nmatch = \"a\"\nseparator = \"ab\"",
        "mapping, line 3, column 13: a separator is one",
    );
}

#[test]
fn a_file_has_one_fate() {
    check("[[file]]\nmatch = \"a\"", "mapping, line 1, column 1: a file needs one of these");
    check("[[file]]\nmatch = \"a\"\nskip = \"x\"\nuse = \"lookup\"", "mapping, line 1");
    check("[[file]]\nmatch = \"a\"\nuse = \"x\"", "mapping, line 3, column 7: `use` may only be");
    check("[[file]]\nskip = \"x\"", "mapping, line 1, column 1: `match` is missing here");
}

#[test]
fn required_columns_are_asked_for() {
    let said = Mapping::parse(HEAD).expect_err("a role is missing").to_string();
    assert!(said.contains("reps also need a value for role"), "{said}");
}

#[test]
fn conditions_are_read_with_the_mapping() {
    let text = HEAD.replace("entity = \"reps\"", "entity = \"reps\"\nwhen = \"x =\"");
    check(&text, "mapping, line 5, column 8: in the condition `x =`: expected a text in quotes");
}

#[test]
fn attributes_are_for_accounts() {
    let accounts = "[[file]]\nmatch = \"a\"\n[[file.into]]\nentity = \"accounts\"\nattributes = [\"x\"]\n\
                    [file.into.columns]\naccount_id = \"a\"\n";
    check(accounts, "fine");
    let reps = HEAD.replace("entity = \"reps\"", "entity = \"reps\"\nattributes = [\"x\"]");
    check(&format!("{reps}role = \"x\""), "mapping, line 5, column 14: reps have no attributes");
}

#[test]
fn patterns_match_names() {
    for (pattern, name, fits) in [
        ("a.csv", "a.csv", true),
        ("*.csv", "a.csv", true),
        ("a*.csv", "b.csv", false),
        ("a?.csv", "ab.csv", true),
        ("a?.csv", "a.csv", false),
        ("*a*b*", "xaxbx", true),
        ("*", "", true),
        ("売上*.xlsx", "売上2026.xlsx", true),
    ] {
        assert_eq!(glob(pattern, name), fits, "{pattern} {name}");
    }
}

#[test]
fn the_first_rule_that_matches_counts_also_for_gzip() {
    let text =
        "[[file]]\nmatch = \"a.csv\"\nskip = \"first\"\n[[file]]\nmatch = \"*\"\nskip = \"second\"";
    let mapping = Mapping::parse(text).expect("a mapping");
    let skipped = |name: &str| match mapping.rule(name).map(|rule| rule.becomes.clone()) {
        Some(Becomes::Skip(why)) => why,
        _ => String::new(),
    };
    assert_eq!((skipped("a.csv.gz"), skipped("b.csv")), ("first".to_owned(), "second".to_owned()));
}
