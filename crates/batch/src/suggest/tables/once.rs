//! Accounts, products and representatives that no file lists: they are taken from the files that name them.

use super::super::cells::{Cell, cell, quoted};
use super::super::draft::{Draft, Rows, Whole, column_of, fixed, may_keep};
use super::complete::tiers;

/// Adds the tables that files only refer to, each from every file that does.
pub(in crate::suggest) fn once_only(whole: &Whole, drafts: &mut [Draft]) {
    for (entity, key, from) in [
        (
            "accounts",
            "account_id",
            &["subscriptions", "orders", "proposals", "activities", "mrr_snapshots"][..],
        ),
        ("products", "product_id", &["subscriptions", "orders", "proposals"][..]),
        ("reps", "owner", &["accounts", "proposals", "activities"][..]),
    ] {
        if whole.has(entity) {
            continue;
        }
        let mut first = true;
        for (at, table) in whole.tables.iter().enumerate() {
            let Some(fit) = whole.fits[at].as_ref() else { continue };
            if drafts[at].skip.is_some() {
                continue;
            }
            let Some(giver) = drafts[at]
                .into
                .iter()
                .position(|r| from.contains(&r.entity) && r.cell(key).is_some())
            else {
                continue;
            };
            let of = drafts[at].into[giver].entity;
            let Some(named) = drafts[at].into[giver].cell(key).cloned() else { continue };
            let mut rows = Rows { entity, ..Rows::default() };
            rows.options
                .push(if first { "distinct = true" } else { "if_missing = true" }.to_owned());
            let own = if entity == "reps" { "rep_id" } else { key };
            rows.set(own, Cell::new(named.text.clone()));
            let listed =
                table.columns.iter().find(|column| named.text.contains(&quoted(&column.title)));
            match entity {
                "accounts" => accounts(&mut rows, (table, of), &mut drafts[at].left),
                "products" => {
                    let plan = of == "subscriptions";
                    fixed(&mut rows, "kind", if plan { "plan" } else { "item" });
                    if let Some(column) = listed.filter(|_| plan) {
                        tiers(&mut rows, column);
                    }
                }
                _ => {
                    rows.set("name", Cell::new(named.text.clone()));
                    fixed(&mut rows, "role", "CS");
                }
            }
            let what = match entity {
                "accounts" => "customers",
                "products" => "products",
                _ => "representatives",
            };
            drafts[at].said.push(format!("no file lists the {what}: they are taken from here"));
            if entity == "accounts" && column_of(table, fit, key).is_none() {
                continue;
            }
            drafts[at].into.push(rows);
            first = false;
        }
    }
}

/// What a file of contracts or orders says of its customers: columns of its own that nothing else is made of.
fn accounts(
    rows: &mut Rows,
    (table, _): (&super::super::sample::Table, &str),
    left: &mut Vec<String>,
) {
    fixed(rows, "kind", "company");
    let Some(recogniser) = super::super::recognise::of("accounts") else { return };
    for field in recogniser.fields {
        let found = left.iter().position(|title| {
            let name = super::super::names::plain(title);
            field.names.contains(&name.as_str()) || super::super::names::plain(field.column) == name
        });
        if let Some(at) = found.filter(|_| rows.cell(field.column).is_none()) {
            let title = left.remove(at);
            if let Some(column) = table.columns.iter().find(|column| column.title == title) {
                rows.set(field.column, cell(column, "accounts", field.column, None));
            }
        }
    }
    let kept = |title: &String| {
        table.columns.iter().any(|c| c.title == *title && c.filled > 0 && may_keep(c))
    };
    (rows.attributes, *left) = std::mem::take(left).into_iter().partition(kept);
}
