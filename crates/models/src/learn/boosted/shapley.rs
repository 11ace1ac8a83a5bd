//! Shapley values of a tree's columns, exact for the tree's own expectations.
//!
//! Lundberg, Erion and Lee (2018), "Consistent Individualized Feature Attribution for Tree Ensembles", algorithm 1:
//! a column that is not in the coalition sends a row both ways by the rows of the sample that went there. What a
//! leaf gives depends only on which of its columns' conditions the row meets, so that it is worked out once for each
//! of these patterns (Yang, 2021, "Fast TreeSHAP", version 2) and looked up for each row.

use super::tree::{BinSet, Tree};

/// Columns of a leaf up to which all patterns are worked out ahead.
const TABLE_COLUMNS: usize = 7;

/// A tree made ready for many rows.
#[derive(Debug)]
pub(super) struct Explainer {
    leaves: Vec<Leaf>,
    /// The mean of the tree over the rows of its sample.
    pub(super) mean: f64,
}

#[derive(Debug)]
struct Leaf {
    /// The columns on its way, each once, with the bins that come here.
    conditions: Vec<(usize, BinSet)>,
    /// For each: the share of the sample that comes here without knowing the column.
    shares: Vec<f64>,
    value: f64,
    /// Each condition's part by pattern, the conditions of a pattern side by side; empty for many columns.
    table: Vec<f64>,
}

impl Explainer {
    pub(super) fn of(tree: &Tree) -> Self {
        let root = tree.nodes[0].cover.max(f64::MIN_POSITIVE);
        let mut leaves = Vec::new();
        let mut mean = 0.0;
        let start = Leaf { conditions: vec![], shares: vec![], value: 0.0, table: vec![] };
        let mut open = vec![(0, start)];
        while let Some((at, mut leaf)) = open.pop() {
            let node = &tree.nodes[at];
            if let Some((left, right)) = node.children {
                for (child, bins) in [(left, node.left_bins), (right, node.left_bins.complement())]
                {
                    let share = tree.nodes[child].cover / node.cover.max(f64::MIN_POSITIVE);
                    open.push((child, leaf.beyond(node.column, bins, share)));
                }
            } else {
                mean += node.value * node.cover / root;
                leaf.value = node.value;
                leaf.fill();
                leaves.push(leaf);
            }
        }
        Self { leaves, mean }
    }

    /// Adds each column's Shapley value to `parts`, which has `width` figures for each of the `rows`. A leaf is
    /// done with all rows before the next, so that its table stays near.
    #[expect(clippy::needless_pass_by_value, reason = "an iterator is cloned once a leaf")]
    pub(super) fn add<'r>(
        &self,
        rows: impl Iterator<Item = &'r [u8]> + Clone,
        (parts, width): (&mut [f64], usize),
    ) {
        for leaf in self.leaves.iter().filter(|leaf| !leaf.conditions.is_empty()) {
            for (row, parts) in rows.clone().zip(parts.chunks_exact_mut(width)) {
                leaf.add(row, parts);
            }
        }
    }
}

impl Leaf {
    /// With one condition more; conditions on the same column are one.
    fn beyond(&self, column: usize, bins: BinSet, share: f64) -> Self {
        let mut conditions = self.conditions.clone();
        let mut shares = self.shares.clone();
        if let Some(at) = conditions.iter().position(|(known, _)| *known == column) {
            conditions[at].1 = conditions[at].1.and(bins);
            shares[at] *= share;
        } else {
            conditions.push((column, bins));
            shares.push(share);
        }
        Self { conditions, shares, value: 0.0, table: Vec::new() }
    }

    fn add(&self, row: &[u8], parts: &mut [f64]) {
        let mut pattern = 0;
        for (at, (column, bins)) in self.conditions.iter().enumerate() {
            pattern |= usize::from(bins.contains(row[*column])) << at;
        }
        let count = self.conditions.len();
        let add = |(part, (column, _)): (&f64, &(usize, BinSet))| parts[*column] += part;
        if self.table.is_empty() {
            self.parts(pattern).iter().zip(&self.conditions).for_each(add);
        } else {
            let looked_up = &self.table[pattern * count..(pattern + 1) * count];
            looked_up.iter().zip(&self.conditions).for_each(add);
        }
    }

    fn fill(&mut self) {
        let count = self.conditions.len();
        if count <= TABLE_COLUMNS {
            self.table = (0..1_usize << count).flat_map(|pattern| self.parts(pattern)).collect();
        }
    }

    /// Each condition's part when the row meets those of the pattern: the Shapley sum over coalitions of the others,
    /// whose terms of equal size are the coefficients of a product with one factor (share + met · t) a column.
    fn parts(&self, pattern: usize) -> Vec<f64> {
        let count = self.shares.len();
        let met = |at: usize| (pattern >> at) & 1 == 1;
        let part = |at: usize| {
            let mut product = Vec::with_capacity(count);
            product.push(1.0);
            for other in (0..count).filter(|other| *other != at) {
                let share = self.shares[other];
                if met(other) {
                    product.push(0.0);
                    for size in (1..product.len()).rev() {
                        product[size] = product[size] * share + product[size - 1];
                    }
                    product[0] *= share;
                } else {
                    product.iter_mut().for_each(|term| *term *= share);
                }
            }
            // 1 / (count · C(count - 1, size)), from size to size.
            let mut weight = 1.0 / count as f64;
            let mut sum = 0.0;
            for (size, term) in product.iter().enumerate() {
                sum += weight * term;
                weight *= (size + 1) as f64 / (count - 1 - size).max(1) as f64;
            }
            self.value * sum * (f64::from(u8::from(met(at))) - self.shares[at])
        };
        (0..count).map(part).collect()
    }
}
