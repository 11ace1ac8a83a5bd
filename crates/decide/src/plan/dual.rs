//! Prices of hours where due days make early weeks scarcer than late ones: a Lagrangian dual.
//!
//! What must be done within the first k weeks fits into their hours, for each k; each of these nested
//! limits has a price of 0 or more. Any prices bound every plan (weak duality); going through them one
//! by one, each by halving, keeps the best bound found. At the prices each class has one best piece.

use super::pack::{Piece, SLACK};

/// Prices, and what they say.
pub(super) struct Dual<'a> {
    pieces: &'a [Piece],
    /// Hours within the first so many weeks.
    within: Vec<f64>,
    prices: Vec<f64>,
    classes: usize,
    /// The value that no plan can exceed.
    pub(super) bound: f64,
}

/// Rounds through all prices.
const ROUNDS: usize = 3;

/// Halvings of the interval of one price.
const HALVINGS: usize = 12;

impl<'a> Dual<'a> {
    /// The prices for these pieces and the hours of the weeks.
    pub(super) fn solved(pieces: &'a [Piece], hours: &[f64]) -> Self {
        let within = (1..=hours.len()).map(|weeks| hours[..weeks].iter().sum()).collect();
        let classes = pieces.iter().map(|piece| piece.class + 1).max().unwrap_or(0);
        let prices = vec![0.0; hours.len()];
        let mut dual = Self { pieces, within, prices, classes, bound: f64::INFINITY };
        dual.solve();
        dual
    }

    fn solve(&mut self) {
        let dense =
            |piece: &Piece| if piece.hours > SLACK { piece.value / piece.hours } else { 0.0 };
        let most = self.pieces.iter().map(dense).fold(0.0, f64::max);
        let mut best = self.prices.clone();
        for _ in 0..ROUNDS {
            for limit in (0..self.prices.len()).rev() {
                let (mut low, mut high) = (0.0, most);
                for _ in 0..HALVINGS {
                    let price = f64::midpoint(low, high);
                    self.prices[limit] = price;
                    let (value, overspent) = self.value(limit);
                    if value < self.bound {
                        self.bound = value;
                        best.clone_from(&self.prices);
                    }
                    if overspent { low = price } else { high = price }
                }
                self.prices[limit] = high;
            }
        }
        self.prices = best;
    }

    /// The price of an hour within the first so many weeks, by their number.
    fn hour(&self) -> Vec<f64> {
        let weeks = self.prices.len();
        (0..=weeks)
            .map(|within| self.prices[within.saturating_sub(1).min(weeks)..].iter().sum())
            .collect()
    }

    /// What a piece earns beyond the price of its hours.
    fn net(piece: &Piece, hour: &[f64]) -> f64 {
        piece.value - piece.hours * hour[piece.weeks.min(hour.len() - 1)]
    }

    /// The dual's value, and whether a limit's hours are overspent at these prices.
    fn value(&self, limit: usize) -> (f64, bool) {
        let hour = self.hour();
        let mut best = vec![(0.0, 0.0); self.classes];
        for piece in self.pieces.iter().filter(|piece| piece.weeks > 0) {
            let net = Self::net(piece, &hour);
            if net > best[piece.class].0 {
                let counts = piece.weeks <= limit + 1;
                best[piece.class] = (net, if counts { piece.hours } else { 0.0 });
            }
        }
        let (net, used) = best.iter().fold((0.0, 0.0), |(net, used), (n, u)| (net + n, used + u));
        let hours: f64 = self.prices.iter().zip(&self.within).map(|(p, h)| p * h).sum();
        (net + hours, used > self.within[limit])
    }

    /// The best piece of each class at the prices, by what it earns beyond them for each hour.
    pub(super) fn order(&self) -> Vec<usize> {
        let hour = self.hour();
        let mut best: Vec<Option<(f64, usize)>> = vec![None; self.classes];
        for (i, piece) in self.pieces.iter().enumerate() {
            let net = Self::net(piece, &hour);
            // Of pieces that are worth the same, the one that fits into more weeks.
            let better = best[piece.class].is_none_or(|(most, other)| {
                let (room, tie) = (self.pieces[other].weeks, self.pieces[other].tie);
                let same = (net - most).abs() <= 1e-6 * piece.value;
                let freer = (room, piece.tie) < (piece.weeks, tie);
                if same { room < piece.weeks || (room == piece.weeks && freer) } else { net > most }
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
