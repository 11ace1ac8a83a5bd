//! The group around an account: the way up to its root, its siblings and its children.

use std::collections::HashSet;

use super::Room;
use crate::error::Error;
use crate::names::account_url;
use crate::record::Record;
use crate::words::{self, account as say};

/// Siblings or children shown; the rest is counted.
const SHOWN: usize = 20;
/// Levels followed upwards.
const LEVELS: usize = 6;

/// One line of the tree.
pub(super) struct Node {
    pub(super) depth: usize,
    pub(super) name: String,
    pub(super) url: Option<String>,
    pub(super) kind: String,
    pub(super) here: bool,
}

/// The tree, from the root down; empty when the account stands alone.
pub(super) async fn tree(room: &Room<'_>) -> Result<Vec<Node>, Error> {
    let ancestors = ancestors(room).await?;
    let children = children(room, room.id).await?;
    if ancestors.is_empty() && children.is_empty() {
        return Ok(Vec::new());
    }
    let mut nodes = Vec::new();
    for (depth, ancestor) in ancestors.iter().rev().enumerate() {
        nodes.push(node(room, ancestor, depth));
    }
    let depth = nodes.len();
    nodes.push(Node { url: None, here: true, ..node(room, &room.account, depth) });
    push_some(room, &mut nodes, &children, depth + 1);
    if let Some(parent) = ancestors.first() {
        let mut siblings = self::children(room, parent.text("account_id")).await?;
        siblings.retain(|sibling| sibling.text("account_id") != room.id);
        push_some(room, &mut nodes, &siblings, depth);
    }
    Ok(nodes)
}

/// Parent, its parent and so on; a cycle ends it.
async fn ancestors(room: &Room<'_>) -> Result<Vec<Record>, Error> {
    let mut found: Vec<Record> = Vec::new();
    let mut seen = HashSet::from([room.id.to_owned()]);
    let mut next = room.account.some("parent_id");
    while let Some(id) = next.filter(|id| found.len() < LEVELS && seen.insert(id.clone())) {
        let Some(parent) = room.records.of("accounts", "account_id", &id).await?.pop() else {
            break;
        };
        next = parent.some("parent_id");
        found.push(parent);
    }
    Ok(found)
}

async fn children(room: &Room<'_>, id: &str) -> Result<Vec<Record>, Error> {
    let mut found = room.records.of("accounts", "parent_id", id).await?;
    found.retain(|child| room.sees(child.text("account_id")));
    found.sort_by_cached_key(|child| (child.text("name").to_owned(), child.source()));
    Ok(found)
}

fn push_some(room: &Room, nodes: &mut Vec<Node>, rows: &[Record], depth: usize) {
    nodes.extend(rows.iter().take(SHOWN).map(|row| node(room, row, depth)));
    if rows.len() > SHOWN {
        let name = say::more(room.lang, rows.len() - SHOWN);
        nodes.push(Node { depth, name, url: None, kind: String::new(), here: false });
    }
}

fn node(room: &Room, row: &Record, depth: usize) -> Node {
    let id = row.text("account_id");
    Node {
        depth,
        name: row.some("name").unwrap_or_else(|| id.to_owned()),
        // The way up is named, so that the account can be placed; what the reader does not see is no link.
        url: room.sees(id).then(|| account_url(&room.base, id)),
        kind: words::kind(room.lang, row.text("kind")),
        here: false,
    }
}
