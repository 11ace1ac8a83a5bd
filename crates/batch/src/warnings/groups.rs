//! Accounts that two rows put into two groups: the parent decides, and a tie of capital moves nobody.

use std::collections::BTreeSet;

use super::{NAMED, Warning, warning};
use crate::known;
use crate::snapshot::Snapshot;

/// Ties of capital between accounts of two groups, where at least one of the two has others in its group.
pub(super) fn split(snapshot: &Snapshot) -> Option<Warning> {
    let parents = known::parents(snapshot);
    let tops: BTreeSet<&str> = parents.keys().map(|id| known::root_of(id, &parents)).collect();
    let links = snapshot.table("account_links");
    let found: Vec<(&str, &str, &str, &str)> = links
        .iter()
        .filter(|row| row.id("kind") == "capital")
        .map(|row| (row.id("from_id"), row.id("to_id")))
        .map(|(a, b)| (a, known::root_of(a, &parents), b, known::root_of(b, &parents)))
        .filter(|(_, of_a, _, of_b)| of_a != of_b && (tops.contains(of_a) || tops.contains(of_b)))
        .collect();
    if found.is_empty() {
        return None;
    }
    let each = |say: fn(&(&str, &str, &str, &str)) -> String| {
        found.iter().take(NAMED).map(say).collect::<Vec<_>>().join(" / ")
    };
    let n = found.len();
    Some(warning(
        "two_groups",
        format!(
            "account_links の資本関係 {n} 件は、別のグループの顧客どうしを結んでいます({})。グループは accounts の parent_id(親会社)で決まり、\
             資本関係の行では変わりません。グループを移すには parent_id を直し、そうでなければその行を削除してください",
            each(|(a, of_a, b, of_b)| format!("{a} は {of_a}、{b} は {of_b} のグループ"))
        ),
        format!(
            "{n} ties of capital in account_links join accounts of two groups ({}). accounts.parent_id decides the group, \
             and a tie moves nobody: correct parent_id where the group is wrong, else remove the tie",
            each(|(a, of_a, b, of_b)| format!(
                "{a} is in the group of {of_a}, {b} in that of {of_b}"
            ))
        ),
    ))
}
