//! What tables need beyond their columns: ids put together, products out of contracts, departures joined in.

mod complete;
mod once;

use super::cells::{Cell, cell, quoted};
use super::choose::{Around, fit, months};
use super::draft::{Rows, Work, fixed};
use super::{dates, recognise};

pub(super) use complete::complete;
pub(super) use once::once_only;

/// A list of departures is joined by the contracts, or by the accounts where there are no contracts.
pub(super) fn churn(work: &mut Work) {
    if work.whole.has("subscriptions") || work.whole.has("accounts") {
        work.draft.lookup = true;
        let into = if work.whole.has("subscriptions") { "contracts" } else { "accounts" };
        work.draft.said.push(format!("departures: joined into the {into} above or below"));
    } else {
        work.draft.skip =
            Some("departures say nothing without the accounts or contracts they are of".to_owned());
        work.draft
            .checks
            .push(format!("{} needs the file of accounts or contracts beside it", work.table.file));
    }
}

/// Rows out of columns that are months: a month-end sheet lying on its side.
pub(super) fn wide_months(work: &mut Work) -> Option<Rows> {
    let months = months(work.table);
    let account = work.column("account_id")?;
    if months.len() < 3 || work.column("started_on").is_some() {
        return None;
    }
    let titles: Vec<&str> =
        months.iter().map(|at| work.table.columns[*at].title.as_str()).collect();
    let forms = dates::read(&titles)?.forms;
    work.used.clear();
    work.used.extend(months.iter().copied());
    let at = |title: &str| work.table.columns.iter().position(|c| c.title == title);
    work.used.extend(at(&account.title));
    let mut rows = Rows { entity: "mrr_snapshots", ..Rows::default() };
    let listed: Vec<String> = titles.iter().map(|title| quoted(title)).collect();
    rows.options.push(format!(
        "wide = {{ columns = [{}], key_as = \"the month\", value_as = \"its value\", keep = '`its value` != \"\"' }}",
        listed.join(", ")
    ));
    rows.set("account_id", cell(account, "mrr_snapshots", "account_id", None));
    let month = if forms.is_empty() {
        "\"the month\"".to_owned()
    } else {
        let forms: Vec<String> = forms.iter().map(|form| quoted(form)).collect();
        format!("{{ column = \"the month\", parse = [{}] }}", forms.join(", "))
    };
    rows.set("month", Cell::new(month));
    let first = &work.table.columns[months[0]];
    let value = cell(first, "mrr_snapshots", "mrr", Some("column = \"its value\""));
    rows.set("mrr", value.check("the months' values are taken as monthly recurring revenue"));
    if let Some(product) = work.column("product_id") {
        work.used.extend(at(&product.title));
        rows.set("product_id", cell(product, "mrr_snapshots", "product_id", None));
    }
    Some(rows)
}

/// Other tables that the same rows tell: contracts in a list of customers, answers in a list of tickets.
pub(super) fn beside(work: &mut Work) {
    let own = work.fit.recogniser.entity;
    for (from, other, needed) in [
        ("accounts", "subscriptions", &["started_on"][..]),
        ("accounts", "contacts", &["name", "email"][..]),
        ("activities", "surveys", &["score"][..]),
    ] {
        if from != own || work.whole.has(other) {
            continue;
        }
        let Some(recogniser) = recognise::of(other) else { continue };
        let around = Around { table: usize::MAX, links: &[], roles: &[] };
        let found = fit(work.table, recogniser, around);
        let shared = ["account_id", "at"];
        let mut assigned = found.assigned;
        assigned.retain(|pair| {
            let own_day = pair.column == "started_on"
                && work
                    .column("acquired_on")
                    .is_some_and(|c| c.title == work.table.columns[pair.at].title);
            pair.quality > 0.5
                && (shared.contains(&pair.column) || own_day || !work.used.contains(&pair.at))
        });
        let has = |name: &str| assigned.iter().any(|pair| pair.column == name);
        let sells = other != "subscriptions" || has("mrr") || has("seats") || has("product_id");
        if !has("account_id") || !needed.iter().all(|name| has(name)) || !sells {
            continue;
        }
        work.used.extend(assigned.iter().map(|pair| pair.at));
        let mut rows = work.cells(other, &assigned);
        let account = work.column("account_id").map(|c| quoted(&c.title)).unwrap_or_default();
        match other {
            "subscriptions" => {
                work.draft.said.push("the customers' contracts stand in the same rows".to_owned());
                complete::contract(work, &mut rows);
            }
            "contacts" => {
                let id = format!(
                    "{{ concat = [{account}, {{ const = \"contact\" }}], separator = \"/\" }}"
                );
                rows.set("contact_id", Cell::new(id).because("one contact a customer"));
                rows.options.push("when = ".to_owned() + &quoted(&not_empty(work, &assigned)));
            }
            _ => {
                if let Some(key) = work.column("activity_id") {
                    rows.set("response_id", cell(key, other, "response_id", None));
                }
                fixed(&mut rows, "question", "csat");
                rows.options.push("when = ".to_owned() + &quoted(&not_empty(work, &assigned)));
            }
        }
        work.draft.into.push(rows);
    }
}

/// The condition that the column which makes the row is filled.
fn not_empty(work: &Work, assigned: &[super::choose::Assigned]) -> String {
    let decisive = assigned.iter().find(|pair| matches!(pair.column, "score" | "name"));
    let title = decisive.map(|pair| work.table.columns[pair.at].title.as_str()).unwrap_or_default();
    let column = decisive.map(|pair| &work.table.columns[pair.at]);
    let mut condition = format!("`{title}` != \"\"");
    for blank in column.into_iter().flat_map(|column| &column.blanks) {
        condition.push_str(&format!(" and `{title}` != \"{blank}\""));
    }
    condition
}
