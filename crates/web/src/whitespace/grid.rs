//! The cells of one page of the map.

use std::collections::{BTreeMap, HashMap};

use decide::card::MapCell;
use decide::whitespace::State;
use domain::words::Lang;
use store::{MapColumn, MapMember};

use super::index::{MapIndex, Row};
use crate::error::Error;
use crate::frame::segment;
use crate::names::{Names, account_url};
use crate::state::AppState;
use crate::words::whitespace::{self as say, WhitespaceWords};

/// A line of products, or a product without one.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// What addresses call it: the line, or `product:` and the id.
    pub(super) key: String,
    /// The product, of one that has no line.
    product: Option<String>,
    pub(super) columns: Vec<usize>,
}

impl Line {
    pub(super) fn label(&self, names: &Names) -> String {
        self.product.as_ref().map_or_else(|| self.key.clone(), |id| names.product(id))
    }
}

/// One column as it is drawn: one product, or all of a line.
#[derive(Debug, Clone)]
pub(super) struct Column {
    line: Line,
    columns: Vec<usize>,
}

/// The heading over the products of one line.
pub(super) struct LineHead {
    pub(super) name: String,
    pub(super) span: usize,
}

/// The heading of one column.
pub(super) struct ColumnView {
    pub(super) name: String,
    /// The address that shows its products; of a product none.
    pub(super) url: Option<String>,
    /// How many accounts of all that were found have it, and could have it.
    pub(super) owned: String,
    pub(super) gaps: String,
}

/// One cell.
pub(super) struct CellView {
    pub(super) class: &'static str,
    pub(super) shape: &'static str,
    pub(super) word: String,
    pub(super) amount: String,
    pub(super) url: Option<String>,
}

/// One account.
pub(super) struct RowView {
    pub(super) depth: i64,
    pub(super) name: String,
    pub(super) url: String,
    /// What stands above it, where that is not on the page.
    pub(super) under: Option<String>,
    pub(super) kind: String,
    pub(super) cells: Vec<CellView>,
}

/// The accounts of one group that stand on the page.
pub(super) struct GroupView {
    pub(super) name: String,
    pub(super) gap: String,
    pub(super) rows: Vec<RowView>,
}

/// The lines of the map in the order of its columns.
pub(super) fn lines(columns: &[MapColumn]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        let key = column.line.clone().unwrap_or_else(|| format!("product:{}", column.product_id));
        if let Some(line) = lines.iter_mut().find(|line| line.key == key) {
            line.columns.push(place);
        } else {
            let product = column.line.is_none().then(|| column.product_id.clone());
            lines.push(Line { key, product, columns: vec![place] });
        }
    }
    lines
}

/// The columns in which a state is looked for: those of the line asked for, else all.
pub(super) fn looked(lines: &[Line], asked: &str) -> Vec<usize> {
    let of = lines.iter().filter(|line| asked.is_empty() || line.key == asked);
    of.flat_map(|line| line.columns.clone()).collect()
}

/// The columns of the page: the products of the line asked for; of all lines each product where they are few, else
/// each line.
pub(super) fn shown(lines: &[Line], asked: &str, most: usize) -> Vec<Column> {
    let chosen: Vec<&Line> =
        lines.iter().filter(|line| asked.is_empty() || line.key == asked).collect();
    let products: usize = chosen.iter().map(|line| line.columns.len()).sum();
    let single = !asked.is_empty() || products <= most;
    let column = |line: &Line, columns: Vec<usize>| Column { line: line.clone(), columns };
    let split = |line: &Line| -> Vec<Column> {
        if single {
            line.columns.iter().map(|place| column(line, vec![*place])).collect()
        } else {
            vec![column(line, line.columns.clone())]
        }
    };
    chosen.into_iter().flat_map(split).collect()
}

/// What a page is drawn with.
pub(super) struct Grid<'a> {
    pub(super) state: &'a AppState,
    pub(super) lang: Lang,
    pub(super) index: &'a MapIndex,
    pub(super) names: &'a mut Names,
    pub(super) columns: &'a [Column],
    /// Whether expected profit is shown.
    pub(super) profit: bool,
}

impl Grid<'_> {
    /// The groups of the accounts of the page, in their order.
    pub(super) async fn groups(
        &mut self,
        run_id: &str,
        here: &[&Row],
    ) -> Result<Vec<GroupView>, Error> {
        let store = &self.state.store;
        let keys: Vec<i64> = here.iter().map(|row| row.account_key).collect();
        let behind = store.map_members_of(run_id, &keys).await?;
        let roots = here.iter().map(|row| row.root_key);
        let all: Vec<i64> = keys.iter().copied().chain(roots).collect();
        self.names.learn_accounts(store, &all).await?;
        let register = self.state.register().await?;
        let mut groups: Vec<(i64, GroupView)> = Vec::new();
        for row in here {
            let view = self.row(row, behind.get(&row.account_key), &register);
            match groups.last_mut() {
                Some((root, group)) if *root == row.root_key => group.rows.push(view),
                _ => groups.push((row.root_key, self.group(row.root_key, view))),
            }
        }
        let mut groups: Vec<GroupView> = groups.into_iter().map(|(_, group)| group).collect();
        for group in &mut groups {
            orphan(group);
        }
        Ok(groups)
    }

    fn group(&self, root_key: i64, first: RowView) -> GroupView {
        let minor = self.index.gap_minor(root_key);
        let amount = self.state.currency.display(minor);
        GroupView {
            name: self.names.account(root_key).name.clone(),
            gap: if minor > 0 && self.profit {
                say::group_gap(self.lang, &amount)
            } else {
                String::new()
            },
            rows: vec![first],
        }
    }

    fn row(
        &self,
        row: &Row,
        member: Option<&MapMember>,
        register: &crate::register::Register,
    ) -> RowView {
        let base = self.state.base();
        let name = self.names.account(row.account_key);
        let url = name.url(&base);
        let cells = member.map_or("", |member| &member.cells);
        let cells: Vec<MapCell> = serde_json::from_str(cells).unwrap_or_default();
        let behind: HashMap<usize, MapCell> =
            cells.into_iter().map(|cell| (cell.place as usize, cell)).collect();
        let kind = register.kind(&name.id).unwrap_or_default();
        RowView {
            depth: row.depth.clamp(0, 7),
            name: name.name.clone(),
            under: name.parent.clone(),
            kind: crate::words::kind(self.lang, kind),
            cells: self
                .columns
                .iter()
                .map(|column| self.cell(row, column, (&behind, &name.id)))
                .collect(),
            url,
        }
    }

    fn cell(
        &self,
        row: &Row,
        column: &Column,
        (behind, account): (&HashMap<usize, MapCell>, &str),
    ) -> CellView {
        let mut counts: BTreeMap<State, (u64, i64)> = BTreeMap::new();
        for place in &column.columns {
            let Some(state) = row.state(*place) else { continue };
            let count = counts.entry(state).or_default();
            count.0 += 1;
            let earns = behind.get(place).and_then(|cell| cell.expected_minor).unwrap_or(0);
            count.1 = count.1.max(earns);
        }
        let Some((first, _)) = counts.first_key_value() else { return CellView::nothing() };
        let gap = counts.get(&State::Gap).map_or(0, |(_, minor)| *minor);
        let whole = column.columns.len() > 1;
        // Of a line that is held, what is still missing in it is what matters.
        let word =
            if whole { say::states(self.lang, &counts) } else { say::state(self.lang, *first) };
        let play = column.columns.iter().filter_map(|place| behind.get(place)?.play_id.as_ref());
        let base = self.state.base();
        let url = match play.min() {
            Some(play) => format!("{base}/plays/{}", segment(play)),
            None if *first == State::Owned && !whole => {
                format!("{}#contracts", account_url(&base, account))
            }
            None => format!("{}#lacks", account_url(&base, account)),
        };
        CellView {
            class: say::class(*first),
            shape: say::shape(*first),
            word,
            amount: if gap > 0 && self.profit {
                self.state.currency.display(gap)
            } else {
                String::new()
            },
            url: Some(url),
        }
    }

    /// The headings of the columns, with what was found in all accounts.
    pub(super) async fn columns(&mut self, found: &[&Row]) -> Result<Vec<ColumnView>, Error> {
        let ids = self.index.columns.iter().map(|column| column.product_id.clone()).collect();
        self.names.learn_product_ids(&self.state.store, ids).await?;
        let base = self.state.base();
        let counts = counts(self.columns, found);
        let view = |(column, [owned, gaps]): (&Column, [usize; 2])| {
            let whole = column.columns.len() > 1;
            let product = &self.index.columns[column.columns[0]].product_id;
            let line = segment(&column.line.key);
            ColumnView {
                name: if whole {
                    column.line.label(self.names)
                } else {
                    self.names.product(product)
                },
                url: whole.then(|| format!("{base}/whitespace?line={line}")),
                owned: say::counted(self.lang, State::Owned, owned),
                gaps: say::counted(self.lang, State::Gap, gaps),
            }
        };
        Ok(self.columns.iter().zip(counts).map(view).collect())
    }

    /// The headings over columns of one line; none where every column is a line.
    pub(super) fn heads(&self, asked: &str) -> Vec<LineHead> {
        let lines = self.columns.iter().any(|column| column.columns.len() > 1);
        if lines || !asked.is_empty() && self.columns.len() < 2 {
            return Vec::new();
        }
        let mut heads: Vec<(String, LineHead)> = Vec::new();
        for column in self.columns {
            match heads.last_mut() {
                Some((key, head)) if *key == column.line.key => head.span += 1,
                _ => {
                    let of_line = column.line.product.is_none();
                    let w = WhitespaceWords::of(self.lang);
                    let name = if of_line { column.line.key.clone() } else { w.no_line.to_owned() };
                    let head = LineHead { name, span: 1 };
                    heads.push((column.line.key.clone(), head));
                }
            }
        }
        let mut heads: Vec<LineHead> = heads.into_iter().map(|(_, head)| head).collect();
        heads.dedup_by(|next, head| {
            let same = next.name == head.name;
            head.span += if same { next.span } else { 0 };
            same
        });
        heads
    }
}

impl CellView {
    /// Of a product that is neither on sale nor held.
    fn nothing() -> Self {
        let [word, amount] = [String::new(), String::new()];
        Self { class: "none", shape: "", word, amount, url: None }
    }
}

/// How many rows own something of each column, and how many have a gap there; each row is looked at once.
fn counts(columns: &[Column], found: &[&Row]) -> Vec<[usize; 2]> {
    let mut counts = vec![[0; 2]; columns.len()];
    for row in found {
        for (column, counts) in columns.iter().zip(&mut counts) {
            let (mut owned, mut gap) = (false, false);
            for place in &column.columns {
                let state = row.state(*place);
                owned |= state == Some(State::Owned);
                gap |= state == Some(State::Gap);
            }
            counts[0] += usize::from(owned);
            counts[1] += usize::from(gap);
        }
    }
    counts
}

/// Only a row whose parent is not on the page says what stands above it.
fn orphan(group: &mut GroupView) {
    let there: Vec<String> = group.rows.iter().map(|row| row.name.clone()).collect();
    for row in &mut group.rows {
        row.under = row.under.take().filter(|under| !there.contains(under));
    }
}
