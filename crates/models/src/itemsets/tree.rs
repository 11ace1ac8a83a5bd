//! Itemsets as paths: each is a node whose ancestors are its other items.

/// One itemset: its last item, its count, and where the sets that extend it stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// The item's place in the order of frequent items.
    pub(super) rank: u32,
    /// Baskets that hold the whole set.
    pub(super) count: u32,
    /// The first of its extensions in the same tree.
    pub(super) first: u32,
    /// How many there are; they stand together, by rank.
    pub(super) extensions: u32,
}

/// The itemsets that begin with one item; the first node is that item.
pub(super) type Tree = Vec<Node>;

/// Frequent itemsets with their exact counts.
#[derive(Debug, Clone, Default)]
pub struct Itemsets {
    /// The frequent items, from the rarest on.
    pub(super) items: Vec<u32>,
    /// A tree for each of them, of sets with it and items that come later.
    pub(super) trees: Vec<Tree>,
    pub(super) baskets: usize,
}

/// A node, or the empty set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Empty,
    At { tree: u32, node: u32 },
}

impl Itemsets {
    /// How many itemsets, those of one item included.
    pub fn len(&self) -> usize {
        self.trees.iter().map(Vec::len).sum()
    }

    /// Whether nothing is frequent.
    pub fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// The number of baskets they were counted in.
    pub fn baskets(&self) -> usize {
        self.baskets
    }

    /// How many itemsets of each length there are, from length 1 on.
    pub fn by_length(&self) -> Vec<usize> {
        let mut lengths = Vec::new();
        self.for_each(|set, _| {
            if lengths.len() < set.len() {
                lengths.resize(set.len(), 0);
            }
            lengths[set.len() - 1] += 1;
        });
        lengths
    }

    /// Shows every itemset, its items from the rarest on, with its count.
    pub fn for_each(&self, mut show: impl FnMut(&[u32], u32)) {
        let mut set = Vec::new();
        for tree in &self.trees {
            self.descend(tree, 0, &mut set, &mut show);
        }
    }

    fn descend(
        &self,
        tree: &Tree,
        node: usize,
        set: &mut Vec<u32>,
        show: &mut impl FnMut(&[u32], u32),
    ) {
        let Node { rank, count, first, extensions } = tree[node];
        set.push(self.items[rank as usize]);
        show(set, count);
        for next in first..first + extensions {
            self.descend(tree, next as usize, set, show);
        }
        set.pop();
    }

    pub(super) fn node(&self, tree: u32, node: u32) -> Node {
        self.trees[tree as usize][node as usize]
    }

    /// The count of a set.
    pub(super) fn count(&self, place: Place) -> u32 {
        match place {
            Place::Empty => u32::try_from(self.baskets).unwrap_or(u32::MAX),
            Place::At { tree, node } => self.node(tree, node).count,
        }
    }

    /// The set at `place` with one item more, of a higher rank than all of it; the result must be frequent.
    pub(super) fn extended(&self, place: Place, rank: u32) -> Place {
        let Place::At { tree, node } = place else { return Place::At { tree: rank, node: 0 } };
        let Node { first, extensions, .. } = self.node(tree, node);
        let sets = &self.trees[tree as usize][first as usize..(first + extensions) as usize];
        let at = sets.partition_point(|set| set.rank < rank);
        debug_assert!(sets[at].rank == rank, "every part of a frequent set is frequent");
        Place::At { tree, node: first + u32::try_from(at).unwrap_or(0) }
    }
}
