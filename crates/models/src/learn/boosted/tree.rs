//! One tree: nodes that send a row left by its bin.

use serde::{Deserialize, Serialize};

/// A set of bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct BinSet([u64; 4]);

impl BinSet {
    pub(super) fn insert(&mut self, bin: u8) {
        self.0[usize::from(bin >> 6)] |= 1 << (bin & 63);
    }

    pub(super) fn contains(self, bin: u8) -> bool {
        (self.0[usize::from(bin >> 6)] >> (bin & 63)) & 1 == 1
    }

    pub(super) fn complement(self) -> Self {
        Self(self.0.map(|bins| !bins))
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] & other.0[at]))
    }
}

/// A node; a leaf has no children.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Node {
    /// Which column decides.
    pub(super) column: usize,
    /// The bins that go left.
    pub(super) left_bins: BinSet,
    /// Positions of the children, `None` for a leaf.
    pub(super) children: Option<(usize, usize)>,
    /// What a leaf adds to the margin.
    pub(super) value: f64,
    /// Rows of the sample that came here.
    pub(super) cover: f64,
}

/// A tree; the root is the first node, and children stand behind their parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
}

impl Tree {
    /// Adds what each split on a row's way changes to that split's column.
    pub(super) fn add_way(&self, row: &[u8], parts: &mut [f64]) {
        let mut node = &self.nodes[0];
        while let Some((left, right)) = node.children {
            let goes_left = node.left_bins.contains(row[node.column]);
            let next = &self.nodes[if goes_left { left } else { right }];
            parts[node.column] += next.value - node.value;
            node = next;
        }
    }

    /// The same tree, laid out to send many rows down.
    pub(super) fn ways(&self) -> Ways {
        let mut levels = vec![0; self.nodes.len()];
        let step = |(at, node): (usize, &Node)| {
            // A leaf leads to itself, so that every row takes as many steps and no processor has to guess where it stops.
            let (left, right) = node.children.unwrap_or((at, at));
            Step { column: node.column, left_bins: node.left_bins, next: [right, left] }
        };
        let steps = self.nodes.iter().enumerate().map(step).collect();
        for (at, node) in self.nodes.iter().enumerate() {
            if let Some((left, right)) = node.children {
                levels[left] = levels[at] + 1;
                levels[right] = levels[at] + 1;
            }
        }
        let values = self.nodes.iter().map(|node| node.value).collect();
        Ways { steps, values, levels: levels.into_iter().max().unwrap_or(0) }
    }

    /// What it adds to the margin of a row of bins.
    pub(super) fn value(&self, row: &[u8]) -> f64 {
        let mut node = &self.nodes[0];
        while let Some((left, right)) = node.children {
            let goes_left = node.left_bins.contains(row[node.column]);
            node = &self.nodes[if goes_left { left } else { right }];
        }
        node.value
    }
}

/// Where a row goes from a node: right, left.
#[derive(Debug, Clone)]
struct Step {
    column: usize,
    left_bins: BinSet,
    next: [usize; 2],
}

/// A tree for many rows.
#[derive(Debug, Clone)]
pub(super) struct Ways {
    steps: Vec<Step>,
    values: Vec<f64>,
    levels: usize,
}

impl Ways {
    /// What the tree adds to the margin of a row of bins.
    pub(super) fn value(&self, row: &[u8]) -> f64 {
        let mut at = 0;
        for _ in 0..self.levels {
            let step = &self.steps[at];
            at = step.next[usize::from(step.left_bins.contains(row[step.column]))];
        }
        self.values[at]
    }
}
