//! Fills one pool's weeks: a multiple-choice knapsack by greedy ascent, with the relaxation's bound.
//!
//! Each class (an account) takes at most one piece. Along the upper hull of a class's pieces each step
//! to more hours earns less per hour; taking all steps in the order of value per hour solves the linear
//! relaxation (Sinha and Zoltners 1979, "The Multiple-Choice Knapsack Problem"), whose optimum bounds
//! every plan. Pieces are whole and stay within one week, so steps that do not fit are skipped, smaller
//! pieces fill the rest, and swaps repair what the order got wrong. Where due days make early weeks
//! scarcer than late ones, the dual's prices give another order and a tighter bound.

use std::cmp::Ordering;

use super::dual::Dual;

/// One piece of work that could be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    /// Its class, from 0, densely; at most one piece of a class is taken.
    pub(super) class: usize,
    /// What it earns; more than 0.
    pub(super) value: f64,
    /// What it takes; 0 or more.
    pub(super) hours: f64,
    /// It fits into the first so many weeks.
    pub(super) weeks: usize,
    /// Breaks ties.
    pub(super) tie: u64,
}

/// What was taken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Packed {
    /// The week of each piece, if taken.
    pub(super) week: Vec<Option<usize>>,
    /// The value that no plan can exceed.
    pub(super) bound: f64,
    /// The best value per hour among what was left undone for lack of hours.
    pub(super) shadow: f64,
}

/// Hours within this are the same.
pub(super) const SLACK: f64 = 1e-9;

/// How many of the best pieces left undone are tried for a swap.
const SWAPS: usize = 256;

/// A step along a class's hull.
#[derive(Debug, Clone, Copy)]
struct Step {
    to: usize,
    hours: f64,
    value: f64,
}

impl Step {
    fn density(&self) -> f64 {
        if self.hours <= SLACK { f64::INFINITY } else { self.value / self.hours }
    }
}

/// Packs the pieces into the hours of the weeks.
pub(super) fn pack(pieces: &[Piece], hours: &[f64]) -> Packed {
    let steps = steps(pieces);
    let mut bound = bound(&steps, pieces, hours);
    let mut best = Bench::filled(pieces, hours, by_steps(&steps));
    let mut consider = |order: Vec<usize>| {
        let other = Bench::filled(pieces, hours, order);
        if other.total() > best.total() + 1e-9 {
            best = other;
        }
        best.total()
    };
    consider(by_value(pieces));
    let total = consider(by_density(pieces));
    let deadlines = pieces.iter().any(|piece| piece.weeks < hours.len());
    if deadlines && total < bound * 0.999 {
        let dual = Dual::solved(pieces, hours);
        let total = consider(dual.order());
        bound = bound.min(dual.bound).max(total);
    }
    Packed { shadow: best.shadow(), week: best.week, bound }
}

/// The same, where pieces count with a factor of at least 1 in the choice. Bound and shadow price are of the
/// true values.
pub(super) fn pack_preferring(pieces: &[Piece], hours: &[f64], factors: &[f64]) -> Packed {
    let plain = pack(pieces, hours);
    if factors.iter().all(|factor| (*factor - 1.0).abs() <= f64::EPSILON) {
        return plain;
    }
    let favoured =
        |(piece, factor): (&Piece, &f64)| Piece { value: piece.value * factor, ..*piece };
    let favoured: Vec<Piece> = pieces.iter().zip(factors).map(favoured).collect();
    let week = pack(&favoured, hours).week;
    let mut bench = Bench::new(pieces, hours);
    for (piece, week) in week.iter().enumerate() {
        if let Some(week) = week {
            bench.put(piece, *week);
        }
    }
    let bound = plain.bound.max(bench.total());
    Packed { shadow: bench.shadow(), week: bench.week, bound }
}

/// The steps of every class's hull, by value per hour, ties by the piece's tie.
fn steps(pieces: &[Piece]) -> Vec<Step> {
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_unstable_by(|a, b| {
        let (a, b) = (&pieces[*a], &pieces[*b]);
        a.class
            .cmp(&b.class)
            .then(a.hours.total_cmp(&b.hours))
            .then(b.value.total_cmp(&a.value))
            .then(b.weeks.cmp(&a.weeks))
            .then(a.tie.cmp(&b.tie))
    });
    let mut steps = Vec::with_capacity(pieces.len());
    for class in order.chunk_by(|a, b| pieces[*a].class == pieces[*b].class) {
        hull(pieces, class, &mut steps);
    }
    steps.sort_by(|a, b| {
        b.density()
            .total_cmp(&a.density())
            .then(pieces[a.to].tie.cmp(&pieces[b.to].tie))
            .then(a.to.cmp(&b.to))
    });
    steps
}

/// The upper hull of one class's pieces, which are sorted by hours.
fn hull(pieces: &[Piece], class: &[usize], steps: &mut Vec<Step>) {
    let first = steps.len();
    for &to in class {
        loop {
            let (hours, value) = steps[first..]
                .iter()
                .fold((0.0, 0.0), |(hours, value), step| (hours + step.hours, value + step.value));
            let step =
                Step { to, hours: pieces[to].hours - hours, value: pieces[to].value - value };
            if step.value <= 0.0 {
                break;
            }
            let before = steps.len() > first && {
                let last = &steps[steps.len() - 1];
                step.hours <= SLACK || last.density() <= step.density()
            };
            if !before {
                steps.push(step);
                break;
            }
            steps.pop();
        }
    }
}

/// The optimum of the linear relaxation in which a class's steps may be split, over all weeks until
/// the last one that any of its pieces fits into.
///
/// For each number of weeks, what must be done within them fits into their hours; these limits are
/// nested, so taking the steps by value per hour is optimal (Edmonds 1970, polymatroid greedy).
fn bound(steps: &[Step], pieces: &[Piece], hours: &[f64]) -> f64 {
    let mut weeks = vec![0; pieces.iter().map(|piece| piece.class + 1).max().unwrap_or(0)];
    for piece in pieces {
        let last = &mut weeks[piece.class];
        *last = piece.weeks.min(hours.len()).max(*last);
    }
    let mut slack: Vec<f64> = hours
        .iter()
        .scan(0.0, |sum, hours| {
            *sum += hours;
            Some(*sum)
        })
        .collect();
    let mut total = 0.0;
    for step in steps {
        let within = weeks[pieces[step.to].class];
        if within == 0 {
            continue;
        }
        let room = slack[within - 1..].iter().copied().fold(f64::INFINITY, f64::min).max(0.0);
        let taken = step.hours.min(room);
        let share = if step.hours <= SLACK { 1.0 } else { taken / step.hours };
        total += step.value * share;
        for left in &mut slack[within - 1..] {
            *left -= taken;
        }
    }
    total
}

fn by_steps(steps: &[Step]) -> Vec<usize> {
    steps.iter().map(|step| step.to).collect()
}

fn by_value(pieces: &[Piece]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&pieces[*a], &pieces[*b]);
        b.value.total_cmp(&a.value).then(a.hours.total_cmp(&b.hours)).then(a.tie.cmp(&b.tie))
    });
    order
}

fn by_density(pieces: &[Piece]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by(|a, b| denser(&pieces[*a], &pieces[*b]));
    order
}

/// By value per hour, what takes none first; then what fits into more weeks.
fn denser(a: &Piece, b: &Piece) -> Ordering {
    let density = |piece: &Piece| {
        if piece.hours <= SLACK { f64::INFINITY } else { piece.value / piece.hours }
    };
    density(b).total_cmp(&density(a)).then(b.weeks.cmp(&a.weeks)).then(a.tie.cmp(&b.tie))
}

/// The weeks as they fill.
struct Bench<'a> {
    pieces: &'a [Piece],
    left: Vec<f64>,
    week: Vec<Option<usize>>,
    taken: Vec<Option<usize>>,
}

impl<'a> Bench<'a> {
    fn new(pieces: &'a [Piece], hours: &[f64]) -> Self {
        let classes = pieces.iter().map(|piece| piece.class + 1).max().unwrap_or(0);
        Self {
            pieces,
            left: hours.to_vec(),
            week: vec![None; pieces.len()],
            taken: vec![None; classes],
        }
    }

    /// Takes pieces in this order, fills what is left with smaller ones, and swaps.
    fn filled(pieces: &'a [Piece], hours: &[f64], order: Vec<usize>) -> Self {
        let mut bench = Self::new(pieces, hours);
        for piece in order {
            bench.improve(piece);
        }
        bench.fill();
        bench.swap();
        bench
    }

    fn total(&self) -> f64 {
        self.taken.iter().flatten().map(|piece| self.pieces[*piece].value).sum()
    }

    /// The last week in which a piece fits: early weeks are kept for what is due early.
    fn room(&self, piece: usize) -> Option<usize> {
        let piece = &self.pieces[piece];
        let weeks = piece.weeks.min(self.left.len());
        (0..weeks).rev().find(|week| piece.hours <= self.left[*week] + SLACK)
    }

    fn put(&mut self, piece: usize, week: usize) {
        self.left[week] -= self.pieces[piece].hours;
        self.week[piece] = Some(week);
        self.taken[self.pieces[piece].class] = Some(piece);
    }

    fn remove(&mut self, piece: usize) -> usize {
        let week = self.week[piece].take().expect("only taken pieces are removed");
        self.left[week] += self.pieces[piece].hours;
        self.taken[self.pieces[piece].class] = None;
        week
    }

    /// Takes a piece if it fits and earns more than what its class has.
    fn improve(&mut self, piece: usize) {
        let old = self.taken[self.pieces[piece].class];
        match old {
            None => {
                if let Some(week) = self.room(piece) {
                    self.put(piece, week);
                }
            }
            Some(old) if self.pieces[piece].value > self.pieces[old].value => {
                let back = self.remove(old);
                match self.room(piece) {
                    Some(week) => self.put(piece, week),
                    None => self.put(old, back),
                }
            }
            Some(_) => {}
        }
    }

    /// The pieces that could still earn something, by value per hour.
    fn undone(&self) -> Vec<usize> {
        let mut undone: Vec<usize> = (0..self.pieces.len())
            .filter(|piece| self.gain(*piece).is_some_and(|(value, _)| value > 0.0))
            .collect();
        undone.sort_by(|a, b| self.by_density(*a, *b));
        undone
    }

    fn by_density(&self, a: usize, b: usize) -> Ordering {
        denser(&self.pieces[a], &self.pieces[b]).then(a.cmp(&b))
    }

    /// What a piece would add to its class in value and hours, unless it is taken.
    fn gain(&self, piece: usize) -> Option<(f64, f64)> {
        let new = &self.pieces[piece];
        match self.taken[new.class] {
            Some(old) if old == piece => None,
            Some(old) => {
                Some((new.value - self.pieces[old].value, new.hours - self.pieces[old].hours))
            }
            None => Some((new.value, new.hours)),
        }
    }

    /// Smaller pieces into what is left.
    fn fill(&mut self) {
        for piece in self.undone() {
            self.improve(piece);
        }
    }

    /// Replaces pieces of one week by a better one that does not fit beside them.
    fn swap(&mut self) {
        let mut undone = self.undone();
        undone.sort_by(|a, b| {
            let (a, b) = (&self.pieces[*a], &self.pieces[*b]);
            b.value.total_cmp(&a.value).then(a.tie.cmp(&b.tie))
        });
        undone.truncate(SWAPS);
        let mut inside: Vec<Vec<usize>> = vec![Vec::new(); self.left.len()];
        for (piece, week) in self.week.iter().enumerate() {
            if let Some(week) = week {
                inside[*week].push(piece);
            }
        }
        for piece in undone {
            self.improve(piece);
            if self.week[piece].is_none() {
                self.force(piece, &mut inside);
            } else {
                for week in &mut inside {
                    week.retain(|p| self.week[*p].is_some());
                }
                let week = self.week[piece].expect("it was taken");
                inside[week].push(piece);
            }
        }
        self.fill();
    }

    /// Puts a piece in the place of others of one week if that earns more.
    fn force(&mut self, piece: usize, inside: &mut [Vec<usize>]) {
        let mate = self.taken[self.pieces[piece].class];
        let weeks = inside.iter().take(self.pieces[piece].weeks).enumerate();
        let gains = weeks.filter_map(|(week, here)| {
            self.instead(piece, week, here).map(|(gain, out)| (gain, week, out))
        });
        // The largest gain; of equal ones the earliest week.
        let best = gains.reduce(|best, next| if next.0 > best.0 { next } else { best });
        let Some((_, week, out)) = best else { return };
        for other in out.into_iter().chain(mate) {
            let from = self.remove(other);
            inside[from].retain(|piece| *piece != other);
        }
        self.put(piece, week);
        inside[week].push(piece);
    }

    /// What a week would gain by a piece in the place of its least dense ones, and which those are.
    fn instead(&self, piece: usize, week: usize, here: &[usize]) -> Option<(f64, Vec<usize>)> {
        let new = self.pieces[piece];
        let mate = self.taken[new.class];
        let mut gain = new.value - mate.map_or(0.0, |mate| self.pieces[mate].value);
        let beside = mate.filter(|mate| self.week[*mate] == Some(week));
        let mut left = self.left[week] + beside.map_or(0.0, |mate| self.pieces[mate].hours);
        let mut others: Vec<usize> =
            here.iter().copied().filter(|other| Some(*other) != mate).collect();
        others.sort_by(|a, b| self.by_density(*b, *a));
        let mut out = Vec::new();
        for other in others {
            if new.hours <= left + SLACK {
                break;
            }
            left += self.pieces[other].hours;
            gain -= self.pieces[other].value;
            out.push(other);
        }
        (new.hours <= left + SLACK && gain > 1e-9).then_some((gain, out))
    }

    /// The best value per hour left undone.
    fn shadow(&self) -> f64 {
        (0..self.pieces.len())
            .filter_map(|piece| self.gain(piece))
            .filter(|(value, hours)| *value > 0.0 && *hours > SLACK)
            .map(|(value, hours)| value / hours)
            .fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The best plan by trying everything.
    fn brute(pieces: &[Piece], left: &mut Vec<f64>, class: usize) -> f64 {
        let Some(last) = pieces.iter().map(|piece| piece.class).max() else { return 0.0 };
        if class > last {
            return 0.0;
        }
        let mut best = brute(pieces, left, class + 1);
        for piece in pieces.iter().filter(|piece| piece.class == class) {
            for week in 0..piece.weeks.min(left.len()) {
                if piece.hours <= left[week] + SLACK {
                    left[week] -= piece.hours;
                    best = best.max(piece.value + brute(pieces, left, class + 1));
                    left[week] += piece.hours;
                }
            }
        }
        best
    }

    fn total(pieces: &[Piece], packed: &Packed) -> f64 {
        let taken = pieces.iter().zip(&packed.week).filter(|(_, week)| week.is_some());
        taken.map(|(piece, _)| piece.value).sum()
    }

    fn pieces() -> impl Strategy<Value = (Vec<Piece>, Vec<f64>)> {
        let piece = (0_usize..5, 1_u32..100, 0_u32..6, 1_usize..=2);
        let pieces = prop::collection::vec(piece, 0..9);
        let hours = prop::collection::vec(0_u32..9, 1..=2);
        (pieces, hours).prop_map(|(pieces, hours)| {
            let pieces = pieces.into_iter().enumerate().map(|(i, (class, value, hours, weeks))| {
                let (value, hours) = (f64::from(value), f64::from(hours));
                Piece { class, value, hours, weeks, tie: i as u64 }
            });
            (pieces.collect(), hours.into_iter().map(f64::from).collect())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn a_plan_obeys_its_limits_and_earns_at_least_half((pieces, hours) in pieces()) {
            let packed = pack(&pieces, &hours);
            let mut used = vec![0.0; hours.len()];
            let mut taken = [0; 5];
            for (piece, week) in pieces.iter().zip(&packed.week) {
                if let Some(week) = week {
                    prop_assert!(*week < piece.weeks);
                    used[*week] += piece.hours;
                    taken[piece.class] += 1;
                }
            }
            prop_assert!(used.iter().zip(&hours).all(|(used, hours)| *used <= hours + 1e-6));
            prop_assert!(taken.iter().all(|n| *n <= 1));
            let best = brute(&pieces, &mut hours.clone(), 0);
            let total = total(&pieces, &packed);
            prop_assert!(total <= packed.bound + 1e-6, "{total} over the bound {}", packed.bound);
            prop_assert!(best <= packed.bound + 1e-6, "{best} over the bound {}", packed.bound);
            prop_assert!(2.0 * total >= best - 1e-6, "{total} is under half of {best}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn preferring_some_keeps_bound_and_limits_true(
            ((pieces, hours), factors) in (pieces(), prop::collection::vec(0_u32..3, 9)),
        ) {
            let factors: Vec<f64> =
                pieces.iter().zip(&factors).map(|(_, f)| 1.0 + 0.1 * f64::from(*f)).collect();
            let packed = pack_preferring(&pieces, &hours, &factors);
            let mut used = vec![0.0; hours.len()];
            for (piece, week) in pieces.iter().zip(&packed.week) {
                if let Some(week) = week {
                    used[*week] += piece.hours;
                }
            }
            prop_assert!(used.iter().zip(&hours).all(|(used, hours)| *used <= hours + 1e-6));
            let best = brute(&pieces, &mut hours.clone(), 0);
            prop_assert!(total(&pieces, &packed) <= packed.bound + 1e-6);
            prop_assert!(best <= packed.bound + 1e-6, "{best} over the bound {}", packed.bound);
            let plain = pack_preferring(&pieces, &hours, &vec![1.0; pieces.len()]);
            prop_assert_eq!(plain, pack(&pieces, &hours));
        }
    }

    #[test]
    fn an_open_piece_gives_way_only_to_what_is_better_by_the_factor() {
        let piece = |class, value| Piece { class, value, hours: 2.0, weeks: 1, tie: 0 };
        let taken = |newcomer: f64| {
            let packed =
                pack_preferring(&[piece(0, 100.0), piece(1, newcomer)], &[2.0], &[1.1, 1.0]);
            packed.week.iter().position(Option::is_some)
        };
        assert_eq!((taken(109.9), taken(110.1)), (Some(0), Some(1)));
    }

    #[test]
    fn a_large_piece_is_not_lost_to_a_small_dense_one() {
        let piece = |class, value, hours| Piece { class, value, hours, weeks: 1, tie: 0 };
        let pieces = [piece(0, 2.0, 1.0), piece(1, 10.0, 10.0)];
        let packed = pack(&pieces, &[10.0]);
        assert_eq!(packed.week, [None, Some(0)]);
        assert!((packed.bound - 11.0).abs() < 1e-9);
        assert!((packed.shadow - 2.0).abs() < 1e-9);
    }
}
