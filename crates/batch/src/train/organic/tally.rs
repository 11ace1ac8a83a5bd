//! The counts in the making, over all accounts.

use std::collections::BTreeMap;

use decide::catalogue::Catalogue;

use super::{Cells, Life, Move, Sink, is_of_line, is_plan_of_line};
use crate::train::standing::Ways;

/// Products that are counted one by one; the rarest beyond these are counted together.
const PRODUCTS_MAX: usize = 20_000;

/// The counts in the making.
#[derive(Default)]
pub(super) struct Tally<'a> {
    cells: BTreeMap<(Move, &'a str), Cells>,
    pub(super) ways: BTreeMap<(Move, &'a str), Ways>,
    /// Months at risk of a product that an account has never touched.
    base: Cells,
    /// Of products that stand alone: months that are not at risk after all.
    removed: BTreeMap<&'a str, Cells>,
}

impl<'a> Sink<'a> for Tally<'a> {
    fn months(&mut self, life: &Life, what: (Move, &'a str), (taken, risk): (u64, u64)) {
        let cells = self.cells.entry(what).or_default();
        life.add(taken, |cell| &mut cell.0, cells);
        life.add(risk, |cell| &mut cell.1, cells);
    }

    fn by_standing(&mut self, what: (Move, &'a str), served: bool, months: [(u64, u64); 3]) {
        let ways = self.ways.entry(what).or_default();
        for (cell, (taken, risk)) in ways[usize::from(served)].iter_mut().zip(months) {
            cell.0 += u64::from(taken.count_ones());
            cell.1 += u64::from(risk.count_ones());
        }
    }

    fn untouched(&mut self, life: &Life, months: u64) {
        life.add(months, |cell| &mut cell.1, &mut self.base);
    }

    fn not_at_risk(&mut self, life: &Life, product: &'a str, months: u64) {
        life.add(months, |cell| &mut cell.1, self.removed.entry(product).or_default());
    }

    fn repeats(&mut self, product: &'a str, band: usize, again: (u64, u64)) {
        let cell = &mut self.cells.entry((Move::Repeat, product)).or_default()[band];
        cell.0 += again.0;
        cell.1 += again.1;
    }
}

impl<'a> Tally<'a> {
    /// Products that stand alone: on sale, or touched.
    pub(super) fn alone(&mut self, catalogue: &'a Catalogue) -> Vec<&'a str> {
        for product in catalogue.products.values().filter(|p| p.on_sale) {
            if !is_of_line(product) && !is_plan_of_line(product) {
                self.removed.entry(product.id.as_str()).or_default();
            }
        }
        self.removed.keys().copied().collect()
    }

    /// Adds the base to products that stand alone, keeps the most frequent, and adds up the others by move.
    pub(super) fn finish(mut self) -> (BTreeMap<(Move, String), Cells>, BTreeMap<Move, Cells>) {
        for (id, removed) in &self.removed {
            let cells = self.cells.entry((Move::Take, *id)).or_default();
            for (band, cell) in cells.iter_mut().enumerate() {
                cell.1 += self.base[band].1 - removed[band].1;
            }
        }
        let months = |cells: &Cells| cells.iter().map(|cell| cell.1).sum::<u64>();
        let events = |cells: &Cells| cells.iter().map(|cell| cell.0).sum::<u64>();
        let mut kept: Vec<((Move, &str), Cells)> =
            self.cells.into_iter().filter(|(_, cells)| months(cells) > 0).collect();
        kept.sort_by(|a, b| {
            events(&b.1)
                .cmp(&events(&a.1))
                .then(months(&a.1).cmp(&months(&b.1)))
                .then(a.0.cmp(&b.0))
        });
        let mut rest: BTreeMap<Move, Cells> = BTreeMap::new();
        for ((way, _), cells) in kept.drain(kept.len().min(PRODUCTS_MAX)..) {
            for (sum, cell) in rest.entry(way).or_default().iter_mut().zip(cells) {
                *sum = (sum.0 + cell.0, sum.1 + cell.1);
            }
        }
        let kept = kept.into_iter().map(|((way, id), cells)| ((way, id.to_owned()), cells));
        (kept.collect(), rest)
    }
}
