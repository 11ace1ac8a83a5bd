//! One tree, leaf by leaf: the leaf that gains most is split next.

use super::Growth;
use super::bins::Binned;
use super::histogram::{Cell, Histogram, Scale, Sums, added};
use super::split::{Search, Split};
use super::tree::{BinSet, Node, Tree};

/// A leaf that may still be split.
struct Leaf {
    node: usize,
    depth: usize,
    /// Its rows are `rows[start..end]` of the grower.
    start: usize,
    end: usize,
    sums: Sums,
    histogram: Option<Histogram>,
    split: Option<Split>,
}

/// Grows trees on the same rows again and again, with its buffers kept.
#[derive(Debug)]
pub(super) struct Grower<'a> {
    binned: &'a Binned,
    growth: Growth,
    rows: Vec<u32>,
    moved: Vec<u32>,
    free: Vec<Histogram>,
}

impl<'a> Grower<'a> {
    pub(super) fn new(binned: &'a Binned, growth: Growth) -> Self {
        Self { binned, growth, rows: Vec::new(), moved: Vec::new(), free: Vec::new() }
    }

    /// A tree on these rows; `each` gets every leaf's rows with the value it adds.
    pub(super) fn grow(
        &mut self,
        rows: &[u32],
        (cells, scale): (&[Cell], Scale),
        columns: &[usize],
        mut each: impl FnMut(&[u32], f64),
    ) -> Tree {
        let growth = self.growth;
        let binned = self.binned;
        let search = Search { bins: &binned.bins, scale, growth: &growth, columns };
        self.rows.clear();
        self.rows.extend_from_slice(rows);
        let mut histogram = self.histogram();
        histogram.sum(binned, (rows, cells), columns);
        let total = match columns.first() {
            Some(column) => histogram.of_bins(*column, |_| true, binned),
            None => rows.iter().fold([0; 2], |sum, row| added(sum, cells[*row as usize])),
        };
        let mut tree = Tree { nodes: vec![leaf_node(scale.sums(total), &growth)] };
        let mut root = Leaf {
            node: 0,
            depth: 0,
            start: 0,
            end: rows.len(),
            sums: scale.sums(total),
            histogram: None,
            split: None,
        };
        root.split = search.best(&histogram, root.sums);
        root.histogram = Some(histogram);
        let mut leaves = vec![root];
        while leaves.len() < growth.leaves.max(1) {
            let Some(best) = most_gain(&leaves) else { break };
            let (left, right) = self.split(leaves.swap_remove(best), &mut tree, (cells, search));
            leaves.extend([left, right]);
        }
        for leaf in leaves {
            each(&self.rows[leaf.start..leaf.end], tree.nodes[leaf.node].value);
            self.free.extend(leaf.histogram);
        }
        tree
    }

    fn histogram(&mut self) -> Histogram {
        self.free.pop().unwrap_or_else(|| Histogram::new(self.binned.bins.columns()))
    }

    fn split(
        &mut self,
        leaf: Leaf,
        tree: &mut Tree,
        (cells, search): (&[Cell], Search<'_>),
    ) -> (Leaf, Leaf) {
        let split = leaf.split.expect("only leaves that gain are split");
        let middle = self.partition(&leaf, split.column, split.left_bins);
        let mut whole = leaf.histogram.expect("a leaf that may be split has its sums");
        let is_left = |bin| split.left_bins.contains(bin);
        let left_cell = whole.of_bins(split.column, is_left, self.binned);
        let left_sums = search.scale.sums(left_cell);
        let right_sums = leaf.sums - left_sums;
        let first = tree.nodes.len();
        let node = &mut tree.nodes[leaf.node];
        node.column = split.column;
        node.left_bins = split.left_bins;
        node.children = Some((first, first + 1));
        let child = |node: usize, start: usize, end: usize, sums: Sums| Leaf {
            node,
            depth: leaf.depth + 1,
            start,
            end,
            sums,
            histogram: None,
            split: None,
        };
        let mut left = child(first, leaf.start, middle, left_sums);
        let mut right = child(first + 1, middle, leaf.end, right_sums);
        tree.nodes.extend([left_sums, right_sums].map(|sums| leaf_node(sums, &self.growth)));
        let more =
            tree.nodes.len().div_ceil(2) < self.growth.leaves && left.depth < self.growth.depth;
        if more {
            let (small, large) = if middle - leaf.start <= leaf.end - middle {
                (&mut left, &mut right)
            } else {
                (&mut right, &mut left)
            };
            let mut part = self.histogram();
            let rows = &self.rows[small.start..small.end];
            part.sum(self.binned, (rows, cells), search.columns);
            whole.subtract(&part, self.binned, search.columns);
            small.split = search.best(&part, small.sums);
            large.split = search.best(&whole, large.sums);
            small.histogram = Some(part);
            large.histogram = Some(whole);
        } else {
            self.free.push(whole);
        }
        (left, right)
    }

    /// Moves a leaf's rows that go left before the others, each side in the order it had.
    fn partition(&mut self, leaf: &Leaf, column: usize, left_bins: BinSet) -> usize {
        let rows = &mut self.rows[leaf.start..leaf.end];
        self.moved.resize(rows.len().max(self.moved.len()), 0);
        let (mut left, mut right) = (0, 0);
        // Both sides are written and one of the two counts: which way a row goes is not to be guessed by a processor.
        for position in 0..rows.len() {
            let row = rows[position];
            let goes_left = left_bins.contains(self.binned.row(row as usize)[column]);
            rows[left] = row;
            self.moved[right] = row;
            left += usize::from(goes_left);
            right += usize::from(!goes_left);
        }
        rows[left..].copy_from_slice(&self.moved[..right]);
        leaf.start + left
    }
}

fn most_gain(leaves: &[Leaf]) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (position, leaf) in leaves.iter().enumerate() {
        if let Some(split) = &leaf.split
            && best.is_none_or(|(_, gain)| split.gain > gain)
        {
            best = Some((position, split.gain));
        }
    }
    best.map(|(position, _)| position)
}

/// Chen and Guestrin (2016), eq. 5, times the rate.
fn leaf_node(sums: Sums, growth: &Growth) -> Node {
    let value = -growth.rate * sums.gradient / (sums.hessian + growth.ridge).max(f64::MIN_POSITIVE);
    Node {
        column: 0,
        left_bins: BinSet::default(),
        children: None,
        value: if value.is_finite() { value } else { 0.0 },
        cover: sums.rows,
    }
}
