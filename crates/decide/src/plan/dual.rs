//! Prices of hours where due days make early weeks scarcer than late ones: a Lagrangian dual.
//!
//! What must be done within the first k weeks fits into their hours, for each k. So an hour has a price
//! by the number of weeks that a piece may wait, and waiting longer never costs more. Any such prices
//! bound every plan (weak duality). First one price for all is found by halving, then each alone, the
//! longest wait first; the best bound found is kept. At the prices each class has one best piece.

use std::cmp::Reverse;
use std::ops::Range;

use super::pack::{Piece, SLACK};

/// Prices, and what they say.
pub(super) struct Dual<'a> {
    pieces: &'a [Piece],
    /// The hours of each week.
    hours: &'a [f64],
    /// The price of an hour of a piece that fits into the first week, the first two, and so on.
    prices: Vec<f64>,
    classes: usize,
    /// The value that no plan can exceed.
    pub(super) bound: f64,
}

/// Rounds through all prices.
const ROUNDS: usize = 3;

/// Halvings of the interval of one price.
const HALVINGS: usize = 14;

impl<'a> Dual<'a> {
    /// The prices for these pieces and the hours of the weeks.
    pub(super) fn solved(pieces: &'a [Piece], hours: &'a [f64]) -> Self {
        let classes = pieces.iter().map(|piece| piece.class + 1).max().unwrap_or(0);
        let prices = vec![0.0; hours.len()];
        let mut dual = Self { pieces, hours, prices, classes, bound: f64::INFINITY };
        dual.solve();
        dual
    }

    fn solve(&mut self) {
        let dense =
            |piece: &Piece| if piece.hours > SLACK { piece.value / piece.hours } else { 0.0 };
        let most = self.pieces.iter().map(dense).fold(0.0, f64::max);
        let mut best = self.prices.clone();
        let weeks = self.prices.len();
        self.halve(0..weeks, (0.0, most), &mut best);
        for _ in 0..ROUNDS {
            for week in (0..weeks).rev() {
                let low = self.prices.get(week + 1).copied().unwrap_or(0.0);
                let high = if week == 0 { most } else { self.prices[week - 1] };
                self.halve(week..week + 1, (low, high), &mut best);
            }
        }
        self.prices = best;
    }

    /// Halves the interval of a price that these weeks share, keeping the best prices seen.
    fn halve(&mut self, weeks: Range<usize>, (mut low, mut high): (f64, f64), best: &mut Vec<f64>) {
        for _ in 0..HALVINGS {
            let price = f64::midpoint(low, high);
            self.prices[weeks.clone()].fill(price);
            let (value, overspent) = self.value(&weeks);
            if value < self.bound {
                self.bound = value;
                best.clone_from(&self.prices);
            }
            if overspent { low = price } else { high = price }
        }
    }

    /// The week until which a piece may wait; none where there are no weeks.
    fn last(&self, piece: &Piece) -> Option<usize> {
        piece.weeks.min(self.prices.len()).checked_sub(1)
    }

    /// The dual's value, and whether pieces that may wait until one of these weeks overspend them.
    fn value(&self, weeks: &Range<usize>) -> (f64, bool) {
        let mut best = vec![(0.0, 0.0); self.classes];
        for piece in self.pieces {
            let Some(last) = self.last(piece) else { continue };
            let net = piece.value - piece.hours * self.prices[last];
            if net > best[piece.class].0 {
                best[piece.class] = (net, if weeks.contains(&last) { piece.hours } else { 0.0 });
            }
        }
        let (net, used) = best.iter().fold((0.0, 0.0), |(net, used), (n, u)| (net + n, used + u));
        let hours: f64 = self.prices.iter().zip(self.hours).map(|(p, h)| p * h).sum();
        (net + hours, used > self.hours[weeks.clone()].iter().sum())
    }

    /// The best piece of each class at the prices, by what it earns beyond them for each hour.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut best: Vec<Option<(f64, usize)>> = vec![None; self.classes];
        for (i, piece) in self.pieces.iter().enumerate() {
            let Some(last) = self.last(piece) else { continue };
            let net = piece.value - piece.hours * self.prices[last];
            // Of pieces that are worth the same, the one that fits into more weeks.
            let better = best[piece.class].is_none_or(|(most, other)| {
                let other = &self.pieces[other];
                if (net - most).abs() <= 1e-6 * piece.value {
                    (piece.weeks, Reverse(piece.tie)) > (other.weeks, Reverse(other.tie))
                } else {
                    net > most
                }
            });
            if better {
                best[piece.class] = Some((net, i));
            }
        }
        let mut order: Vec<(f64, usize)> = best.into_iter().flatten().collect();
        let each = |(net, i): &(f64, usize)| {
            let hours = self.pieces[*i].hours;
            if hours <= SLACK { f64::INFINITY } else { net / hours }
        };
        order.sort_by(|a, b| {
            each(b).total_cmp(&each(a)).then(self.pieces[a.1].tie.cmp(&self.pieces[b.1].tie))
        });
        order.into_iter().map(|(_, i)| i).collect()
    }
}
