//! What is read, what is refused and where, and what holds for whom.

use super::*;
use crate::examples::Example;
use proptest::prelude::*;

/// A company of 120 people on 勤怠 Pro with 100 seats.
fn company() -> Example {
    let mut example = Example::company();
    example.facts.segment = Some("Enterprise".to_owned());
    let attributes = &mut example.facts.attributes;
    attributes.insert("employees".to_owned(), Value::Number(120.0));
    attributes.insert("industry".to_owned(), Value::Text("製造".to_owned()));
    attributes.insert("since".to_owned(), Value::Text("2024-04-01".to_owned()));
    attributes.insert("vip".to_owned(), Value::Flag(true));
    example
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let example = company();
    let said = match Eligibility::parse(text) {
        Err(error) => error.to_string(),
        Ok(None) => "none".to_owned(),
        Ok(Some(eligibility)) => match eligibility.ask(&example.look()) {
            Answer::Yes => "yes".to_owned(),
            Answer::No(words) => format!("no: {}", words.en),
            Answer::Unknown(name) => format!("unknown: {name}"),
        },
    };
    assert_eq!(said, expected, "{text}");
}

#[test]
fn comparisons_at_their_bounds() {
    check("employees = 120", "yes");
    check("employees > 120", "no: employees is 120 (asked: employees > 120)");
    check("employees >= 120", "yes");
    check("employees < 120", "no: employees is 120 (asked: employees < 120)");
    check("employees <= 120", "yes");
    check("employees != 120", "no: employees is 120 (asked: employees != 120)");
    check("segment = enterprise", "yes");
    check("since >= 2024-04-01", "yes");
    check("since < 2024-04-01", "no: since is 2024-04-01 (asked: since < 2024-04-01)");
    check("vip = true", "yes");
    check("seats = 100 and kind = company and mrr = 78000", "yes");
    check("churn < 25%", "unknown: churn");
    check("", "none");
}

#[test]
fn lists_and_products() {
    check("industry in (製造, '卸売 & 小売')", "yes");
    check("industry not in (製造)", "no: industry is 製造 (asked: one of 製造)");
    check("has(KT-PRO) and not has(EX-LIGHT)", "yes");
    check("has(EX-LIGHT)", "no: 経費 Light is not owned");
    check("(industry = 建設 or employees >= 100) and segment = ENTERPRISE", "yes");
    check(
        "industry = 建設 or employees >= 100 and segment = smb",
        "no: segment is Enterprise (asked: segment = smb)",
    );
}

#[test]
fn what_is_missing_is_unknown_and_does_not_hold() {
    check("region = 関東", "unknown: region");
    check("not region = 関東", "unknown: region");
    check("region = 関東 or employees > 100", "yes");
    check("region = 関東 and employees > 100", "unknown: region");
    check("region = 関東 and employees > 500", "no: employees is 120 (asked: employees > 500)");
    // A text is not over a number.
    check("industry > 5", "unknown: industry");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    check("employees >", "character 12: here belongs a value, as in `employees > 10`");
    check(
        "employees",
        "character 10: `employees` is compared with nothing; write as in `employees = x`, `employees >= 10`, `employees in (a, b)`",
    );
    check("(employees > 1", "character 15: a `)` is missing here");
    check("employees > 1)", "character 14: `)` closes nothing; remove it");
    check(
        "employees > 1 segment = x",
        "character 15: `segment` follows a whole condition; put `and` or `or` before it",
    );
    check("industry = 'x", "character 12: the text after ' has no end; close it with '");
    check(
        "employees > 1 & x = 2",
        "character 15: `&` means nothing here; put texts in quotes, as in 'A & B'",
    );
    check(
        "industry in 製造",
        "character 13: `in` is followed by a list in brackets, as in `in (a, b)`",
    );
    check("has()", "character 5: here belongs the id of a product, as in `has(PRO)`");
    check(
        "and",
        "character 4: `and` is compared with nothing; write as in `and = x`, `and >= 10`, `and in (a, b)`",
    );
    check(&"(".repeat(60), "character 51: brackets go deeper than 50; write it plainer");
    check(&"x".repeat(4_001), "character 4000: it has 4001 characters; 4000 are the most");
}

#[test]
fn names_are_those_that_are_asked_for() {
    let eligibility = Eligibility::parse("b = 1 and (a > 2 or not b in (1)) and has(X)");
    assert_eq!(eligibility.expect("right").expect("not empty").names(), ["a", "b"]);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_within_its_length(text in "[a-z()=<>,' 0-9!-]{0,60}") {
        if let Err(error) = Eligibility::parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&error.at), "{error}");
        }
    }
}
