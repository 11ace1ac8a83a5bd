//! Shapley values of a tree's columns, exact for the tree's own expectations.
//!
//! Lundberg, Erion and Lee (2018), "Consistent Individualized Feature Attribution for Tree Ensembles", algorithm 2:
//! a column that is not in the coalition sends a row both ways by the rows of the sample that went there.

use super::tree::Tree;

/// One column on the way from the root.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// `usize::MAX` for the root's own.
    column: usize,
    /// Share of the sample that would come here without knowing the column.
    zero: f64,
    /// 1 where the row itself comes here, else 0.
    one: f64,
    /// Sum over the coalitions of this size.
    weight: f64,
}

/// The mean of a tree over the rows of its sample.
pub(super) fn mean(tree: &Tree) -> f64 {
    let root = tree.nodes[0].cover.max(f64::MIN_POSITIVE);
    let leaves = tree.nodes.iter().filter(|node| node.children.is_none());
    leaves.map(|leaf| leaf.value * leaf.cover).sum::<f64>() / root
}

/// Adds each column's Shapley value for a row of bins to `parts`.
pub(super) fn add(tree: &Tree, row: &[u8], parts: &mut [f64]) {
    if tree.nodes.len() > 1 {
        let mut walk = Walk { tree, row, parts, path: Vec::with_capacity(64) };
        walk.visit(0, 0, Step { column: usize::MAX, zero: 1.0, one: 1.0, weight: 1.0 });
    }
}

struct Walk<'a> {
    tree: &'a Tree,
    row: &'a [u8],
    parts: &'a mut [f64],
    /// The paths of all nodes above, one behind the other.
    path: Vec<Step>,
}

impl Walk<'_> {
    /// `start` is where the parent's path begins; the path is copied, since each child changes its own.
    fn visit(&mut self, node: usize, parent: usize, step: Step) {
        let start = self.path.len();
        if start > parent {
            self.path.extend_from_within(parent..start);
        }
        extend(&mut self.path, start, step);
        let it = &self.tree.nodes[node];
        match it.children {
            None => self.leaf(start, it.value),
            Some((left, right)) => {
                let goes_left = it.left_bins.contains(self.row[it.column]);
                let (hot, cold) = if goes_left { (left, right) } else { (right, left) };
                let (mut zero, mut one) = (1.0, 1.0);
                let known = self.path[start..].iter().position(|step| step.column == it.column);
                if let Some(at) = known {
                    (zero, one) = (self.path[start + at].zero, self.path[start + at].one);
                    unwind(&mut self.path, start, at);
                }
                let share = |child: usize| self.tree.nodes[child].cover / it.cover;
                let (hot_share, cold_share) = (share(hot), share(cold));
                let next = |zero: f64, one: f64| Step { column: it.column, zero, one, weight: 0.0 };
                self.visit(hot, start, next(zero * hot_share, one));
                self.visit(cold, start, next(zero * cold_share, 0.0));
            }
        }
        self.path.truncate(start);
    }

    fn leaf(&mut self, start: usize, value: f64) {
        let path = &self.path[start..];
        for at in 1..path.len() {
            let step = path[at];
            self.parts[step.column] += unwound_sum(path, at) * (step.one - step.zero) * value;
        }
    }
}

/// EXTEND of the paper.
fn extend(path: &mut Vec<Step>, start: usize, step: Step) {
    let depth = path.len() - start;
    path.push(Step { weight: if depth == 0 { 1.0 } else { 0.0 }, ..step });
    let size = (depth + 1) as f64;
    for i in (0..depth).rev() {
        let weight = path[start + i].weight;
        path[start + i + 1].weight += step.one * weight * (i + 1) as f64 / size;
        path[start + i].weight = step.zero * weight * (depth - i) as f64 / size;
    }
}

/// UNWIND of the paper: as if the step at `at` had not been made.
fn unwind(path: &mut Vec<Step>, start: usize, at: usize) {
    let depth = path.len() - start - 1;
    let Step { zero, one, .. } = path[start + at];
    let size = (depth + 1) as f64;
    let mut next = path[start + depth].weight;
    for i in (0..depth).rev() {
        let weight = path[start + i].weight;
        if one == 0.0 {
            path[start + i].weight = weight * size / (zero * (depth - i) as f64);
        } else {
            path[start + i].weight = next * size / ((i + 1) as f64 * one);
            next = weight - path[start + i].weight * zero * (depth - i) as f64 / size;
        }
    }
    for i in at..depth {
        let Step { column, zero, one, .. } = path[start + i + 1];
        let step = &mut path[start + i];
        (step.column, step.zero, step.one) = (column, zero, one);
    }
    path.truncate(start + depth);
}

/// The sum of the weights after UNWIND, without making it.
fn unwound_sum(path: &[Step], at: usize) -> f64 {
    let depth = path.len() - 1;
    let Step { zero, one, .. } = path[at];
    let size = (depth + 1) as f64;
    let mut next = path[depth].weight;
    let mut total = 0.0;
    for i in (0..depth).rev() {
        if one == 0.0 {
            total += path[i].weight * size / (zero * (depth - i) as f64);
        } else {
            let weight = next * size / ((i + 1) as f64 * one);
            total += weight;
            next = path[i].weight - weight * zero * (depth - i) as f64 / size;
        }
    }
    total
}
