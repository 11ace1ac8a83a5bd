//! An account's contracts in time: every version with what changed, from when to when, and who said so.

pub mod change;
mod ask;
mod words;

pub use ask::{Answer, Ask, answer};
pub use words::line;

use std::collections::BTreeMap;
use std::ops::Range;

use decide::card::{Line, Said};
use domain::time::Day;

use self::change::ChangeKind;
use crate::month_end::SHEET_PREFIX;
use crate::snapshot::{Record, Snapshot};

/// The terms of a contract line over some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The product.
    pub product: String,
    /// Seats.
    pub seats: Option<i64>,
    /// Monthly recurring revenue, minor units of `currency`.
    pub mrr_minor: Option<i64>,
    /// ISO 4217 code; the workspace's when the row names none.
    pub currency: String,
    /// Months of the term.
    pub term_months: Option<i64>,
    /// Next renewal.
    pub renews_on: Option<Day>,
    /// Version of the plan.
    pub plan_version: Option<String>,
}

/// Something that happened to a contract line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The contract line.
    pub subscription: String,
    /// The day from which it holds.
    pub on: Day,
    /// The day from which the next one holds, or the contract's end.
    pub until: Option<Day>,
    /// What happened.
    pub kind: ChangeKind,
    /// Whether the file says what happened; else it follows from the values.
    pub stated: bool,
    /// Before, if there was a contract.
    pub before: Option<Terms>,
    /// From now on, if there still is one.
    pub after: Option<Terms>,
    /// The version's own day: the row that says it.
    pub effective_on: Day,
}

impl Change {
    /// Whether its terms are in force on a day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.after.is_some() && self.on <= day && self.until.is_none_or(|until| until > day)
    }
}

/// One version as the row has it.
struct Version {
    from: Day,
    terms: Terms,
    /// First day without the contract.
    ended_on: Option<Day>,
    stated: Option<ChangeKind>,
}

/// Changes shown on an account's page.
const SHOWN_MAX: usize = 24;

/// Every account's contract lines, told one account at a time: all of them at once would fill the memory.
pub struct Histories<'a> {
    snapshot: &'a Snapshot,
    /// Where the rows of each line's versions lie, by the account that has its last one.
    lines: BTreeMap<i64, Vec<Range<usize>>>,
    names: BTreeMap<&'a str, &'a str>,
}

impl<'a> Histories<'a> {
    /// Finds the lines of a snapshot.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let table = snapshot.table("subscriptions");
        let id = |row: usize| table.record(row).id("subscription_id");
        let mut lines: BTreeMap<i64, Vec<Range<usize>>> = BTreeMap::new();
        let mut from = 0;
        // Rows are in key order: the versions of a line lie together.
        for until in 1..=table.len() {
            if until < table.len() && id(until) == id(from) {
                continue;
            }
            let mut accounts =
                (from..until).rev().filter_map(|row| account(snapshot, table.record(row)));
            if let Some(account) = accounts.next() {
                lines.entry(account).or_default().push(from..until);
            }
            from = until;
        }
        let names = snapshot.table("products").iter();
        let names = names.filter_map(|r| Some((r.id("product_id"), r.text("name")?))).collect();
        Self { snapshot, lines, names }
    }

    /// Every change of an account's contracts, in the order of days, then lines.
    pub fn changes(&self, account: i64) -> Vec<Change> {
        let table = self.snapshot.table("subscriptions");
        let mut changes = Vec::new();
        for rows in self.lines.get(&account).into_iter().flatten() {
            let line = table.record(rows.start).id("subscription_id");
            let records = rows.clone().map(|row| table.record(row));
            let versions: Vec<Version> =
                records.filter_map(|r| version(self.snapshot, r)).collect();
            changes.extend(of_line(line, &versions));
        }
        changes.sort_by(|a, b| (a.on, &a.subscription).cmp(&(b.on, &b.subscription)));
        changes
    }

    /// The latest changes of an account as its page shows them, the latest first.
    pub fn page(&self, account: i64) -> Vec<Line> {
        let changes = self.changes(account);
        changes.iter().rev().filter_map(|change| self.shown(change)).take(SHOWN_MAX).collect()
    }

    fn shown(&self, change: &Change) -> Option<Line> {
        let product = change.after.as_ref().or(change.before.as_ref())?.product.as_str();
        let product = self.names.get(product).copied().unwrap_or(product);
        let said = line(change);
        let comes_from = if change.subscription.starts_with(SHEET_PREFIX) {
            "mrr_snapshots".to_owned()
        } else {
            format!("subscriptions {}", change.subscription)
        };
        let joined = |text: &str| format!("{product} {text}").trim().to_owned();
        Some(Line {
            said: Said { ja: joined(&said.ja), en: joined(&said.en) },
            source: comes_from,
            on: Some(change.on.to_string()),
        })
    }
}

/// The account of a version that has a day.
fn account(snapshot: &Snapshot, record: Record<'_>) -> Option<i64> {
    from(record).and_then(|_| snapshot.account(record.id("account_id")))
}

/// The day from which a version counts.
fn from(record: Record<'_>) -> Option<Day> {
    record.day("effective_on").or(record.day("started_on"))
}

fn version(snapshot: &Snapshot, record: Record<'_>) -> Option<Version> {
    let from = from(record)?;
    snapshot.account(record.id("account_id"))?;
    let over = matches!(record.text("status"), Some("cancelled" | "ended"));
    Some(Version {
        from,
        terms: Terms {
            product: record.id("product_id").to_owned(),
            seats: record.whole("seats"),
            mrr_minor: record.whole("mrr"),
            currency: record.text("currency").unwrap_or(snapshot.currency.code()).to_owned(),
            term_months: record.whole("term_months"),
            renews_on: record.day("renews_on"),
            plan_version: record.text("plan_version").map(str::to_owned),
        },
        ended_on: record.day("ended_on").or_else(|| over.then_some(from)),
        stated: record.text("change_kind").and_then(ChangeKind::parse),
    })
}

/// The changes of one line, from its versions in the order of days.
fn of_line(subscription: &str, versions: &[Version]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut held: Option<&Terms> = None;
    for (at, version) in versions.iter().enumerate() {
        let next = versions.get(at + 1).map(|next| next.from);
        let change =
            |on, until, (kind, stated), before: Option<&Terms>, after: Option<&Terms>| Change {
                subscription: subscription.to_owned(),
                on,
                until,
                kind,
                stated,
                before: before.cloned(),
                after: after.cloned(),
                effective_on: version.from,
            };
        let ends = version.ended_on.filter(|end| next.is_none_or(|next| *end < next));
        if let Some(end) = ends.filter(|end| *end <= version.from) {
            // The version says nothing but the end; a contract that ended before it began never held.
            if let Some(before) = held.take() {
                let on = end.max(changes.last().map_or(end, |last| last.on));
                if let Some(last) = changes.last_mut() {
                    last.until = Some(on);
                }
                changes.push(change(on, None, (ChangeKind::Churn, false), Some(before), None));
            }
            continue;
        }
        let derived = ChangeKind::between(held, &version.terms);
        let kind = (version.stated.unwrap_or(derived), version.stated.is_some());
        changes.push(change(version.from, ends.or(next), kind, held, Some(&version.terms)));
        held = Some(&version.terms);
        if let Some(end) = ends {
            let gone = (ChangeKind::Churn, false);
            changes.push(change(end, None, gone, Some(&version.terms), None));
            held = None;
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a day")
    }

    /// A version as `from seats mrr [end]`.
    fn parse(line: &str) -> Version {
        let parts: Vec<&str> = line.split(' ').collect();
        let number = |at: usize| parts[at].parse::<i64>().ok();
        Version {
            from: day(parts[0]),
            terms: Terms {
                product: "P".to_owned(),
                seats: number(1),
                mrr_minor: number(2),
                currency: "JPY".to_owned(),
                term_months: None,
                renews_on: None,
                plan_version: None,
            },
            ended_on: parts.get(3).map(|end| day(end)),
            stated: None,
        }
    }

    #[track_caller]
    fn check(versions: &[&str], expected: &[&str]) -> Vec<Change> {
        let versions: Vec<Version> = versions.iter().map(|line| parse(line)).collect();
        let changes = of_line("S", &versions);
        let shown: Vec<String> = changes
            .iter()
            .map(|c| {
                let until = c.until.map_or("…".to_owned(), |until| until.to_string());
                format!("{} – {until} {}", c.on, c.kind.code())
            })
            .collect();
        assert_eq!(shown, expected);
        changes
    }

    #[test]
    fn versions_follow_each_other() {
        let changes = check(
            &["2025-04-01 10 100", "2025-10-01 15 150", "2026-04-01 15 140"],
            &[
                "2025-04-01 – 2025-10-01 new",
                "2025-10-01 – 2026-04-01 expand",
                "2026-04-01 – … price_change",
            ],
        );
        let seats = |text: &str| {
            let held = changes.iter().find(|c| c.holds_on(day(text)));
            held.and_then(|c| c.after.as_ref()).and_then(|terms| terms.seats)
        };
        assert_eq!(seats("2025-03-31"), None);
        assert_eq!(seats("2025-09-30"), Some(10));
        assert_eq!(seats("2025-10-01"), Some(15));
    }

    #[test]
    fn an_end_closes_the_line_and_a_later_version_reopens_it() {
        check(
            &["2025-04-01 10 100 2026-01-01"],
            &["2025-04-01 – 2026-01-01 new", "2026-01-01 – … churn"],
        );
        check(
            &["2025-04-01 10 100", "2026-01-01 10 100 2026-01-01", "2026-06-01 5 50"],
            &["2025-04-01 – 2026-01-01 new", "2026-01-01 – … churn", "2026-06-01 – … new"],
        );
    }

    #[test]
    fn an_end_after_the_next_version_does_not_count() {
        check(
            &["2025-04-01 10 100 2026-12-01", "2025-10-01 8 80"],
            &["2025-04-01 – 2025-10-01 new", "2025-10-01 – … contract"],
        );
    }

    #[test]
    fn a_contract_that_ended_before_it_began_never_held() {
        check(&["2025-04-01 10 100 2025-03-01"], &[]);
    }
}
