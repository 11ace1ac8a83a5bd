//! From columns to what has a slope each: standardised numbers, bends, categories, and "is missing".

use serde::{Deserialize, Serialize};

use super::super::frame::{Column, Frame, MISSING};

/// Categories of a column with a slope of their own at most; the rarer ones share one.
const LEVELS_MOST: usize = 50;
/// Rows that a category needs for a slope of its own.
const LEVEL_ROWS: usize = 3;
/// Standard deviations from the mean beyond which a number counts as that far: one wild value shall not decide.
const FAR: f64 = 4.0;
/// Where bends may be: shares of the rows below.
const BENDS: [f64; 9] = [0.02, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.98];

/// What a number may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One slope.
    Straight,
    /// One slope, and a height of its own at each of nine quantiles, with straight lines between.
    Bent,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Term {
    Numbers { mean: f64, scale: f64, at: usize, knots: Vec<f64>, missing: Option<usize> },
    Levels { places: Vec<Option<usize>>, other: Option<usize>, missing: Option<usize> },
}

/// How the columns of a frame become numbers with a slope each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Design {
    terms: Vec<Term>,
    /// The column of the frame behind each slope.
    columns: Vec<usize>,
    /// The mean over the sample behind each slope.
    mean: Vec<f64>,
}

/// Rows of a design, without their zeros.
#[derive(Debug)]
pub(super) struct Rows {
    starts: Vec<usize>,
    at: Vec<u32>,
    values: Vec<f64>,
}

impl Rows {
    /// The positions and values of a row, ascending.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + Clone {
        let range = self.starts[row]..self.starts[row + 1];
        let at = self.at[range.clone()].iter().map(|at| *at as usize);
        at.zip(self.values[range].iter().copied())
    }

    pub(super) fn dot(&self, row: usize, slopes: &[f64]) -> f64 {
        self.row(row).map(|(at, value)| slopes[at] * value).sum()
    }

    /// How many values there are.
    pub(super) fn values(&self) -> usize {
        self.values.len()
    }
}

impl Design {
    pub(super) fn of(frame: &Frame, shape: Shape) -> Self {
        let mut design = Self { terms: Vec::new(), columns: Vec::new(), mean: Vec::new() };
        for (position, column) in frame.columns().iter().enumerate() {
            let term = match column {
                Column::Numbers(values) => design.numbers(position, values, shape),
                Column::Levels(codes) => design.levels(position, codes),
            };
            design.terms.push(term);
        }
        let mut sums = vec![0.0; design.columns.len()];
        let rows = design.rows(frame);
        for row in 0..frame.rows() {
            rows.row(row).for_each(|(at, value)| sums[at] += value);
        }
        design.mean = sums.into_iter().map(|sum| sum / frame.rows().max(1) as f64).collect();
        design
    }

    /// How many slopes.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// The column of the frame behind a slope.
    pub(super) fn column(&self, at: usize) -> usize {
        self.columns[at]
    }

    /// Each column's mean part, with these slopes.
    pub(super) fn means(&self, slopes: &[f64]) -> Vec<f64> {
        let mut means = vec![0.0; self.terms.len()];
        for (at, column) in self.columns.iter().enumerate() {
            means[*column] += slopes[at] * self.mean[at];
        }
        means
    }

    fn slope(&mut self, column: usize) -> usize {
        self.columns.push(column);
        self.columns.len() - 1
    }

    fn numbers(&mut self, position: usize, values: &[f64], shape: Shape) -> Term {
        let known: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        let n = known.len().max(1) as f64;
        let mean = known.iter().map(|value| value / n).sum::<f64>();
        let spread = known.iter().map(|value| (value - mean).powi(2) / n).sum::<f64>().sqrt();
        let fits = spread.is_finite() && spread > 0.0;
        let scale = if fits { 1.0 / spread } else { 0.0 };
        let at = self.slope(position);
        let knots = if shape == Shape::Bent { quantiles(known) } else { Vec::new() };
        knots.iter().for_each(|_| {
            self.slope(position);
        });
        let missing = values.iter().any(|value| value.is_nan()).then(|| self.slope(position));
        Term::Numbers { mean, scale, at, knots, missing }
    }

    fn levels(&mut self, position: usize, codes: &[u32]) -> Term {
        let known = || codes.iter().filter(|code| **code != MISSING).map(|code| *code as usize);
        let mut counts = vec![0_usize; known().max().map_or(0, |most| most + 1)];
        known().for_each(|code| counts[code] += 1);
        let mut order: Vec<usize> = (0..counts.len()).collect();
        order.sort_by_key(|code| (std::cmp::Reverse(counts[*code]), *code));
        order.truncate(LEVELS_MOST);
        order.retain(|code| counts[*code] >= LEVEL_ROWS);
        let mut places = vec![None; counts.len()];
        for code in order {
            places[code] = Some(self.slope(position));
        }
        let rare = counts.iter().zip(&places).any(|(count, place)| *count > 0 && place.is_none());
        let other = rare.then(|| self.slope(position));
        let missing = codes.contains(&MISSING).then(|| self.slope(position));
        Term::Levels { places, other, missing }
    }

    /// A frame with the same columns as rows of this design.
    ///
    /// # Panics
    /// When the frame has other columns than the one that was fitted: a fault of the caller.
    pub(super) fn rows(&self, frame: &Frame) -> Rows {
        assert_eq!(frame.columns().len(), self.terms.len(), "the columns that were fitted");
        let mut rows = Rows { starts: vec![0], at: Vec::new(), values: Vec::new() };
        for row in 0..frame.rows() {
            for (term, column) in self.terms.iter().zip(frame.columns()) {
                match (term, column) {
                    (Term::Numbers { .. }, Column::Numbers(values)) => {
                        rows.number(term, values[row]);
                    }
                    (Term::Levels { places, other, missing }, Column::Levels(codes)) => {
                        let place = match codes[row] {
                            MISSING => *missing,
                            code => places.get(code as usize).copied().flatten().or(*other),
                        };
                        place.into_iter().for_each(|at| rows.push(at, 1.0));
                    }
                    _ => panic!("a column is of another kind than the one that was fitted"),
                }
            }
            rows.starts.push(rows.at.len());
        }
        rows
    }
}

impl Rows {
    fn push(&mut self, at: usize, value: f64) {
        self.at.push(u32::try_from(at).expect("fewer slopes than 2^32"));
        self.values.push(value);
    }

    fn number(&mut self, term: &Term, value: f64) {
        let Term::Numbers { mean, scale, at, knots, missing } = term else { return };
        if value.is_nan() {
            missing.iter().for_each(|at| self.push(*at, 1.0));
            return;
        }
        let far = ((value - mean) * scale).clamp(-FAR, FAR);
        self.push(*at, if far.is_nan() { 0.0 } else { far });
        if knots.is_empty() {
            return;
        }
        let above = knots.partition_point(|knot| *knot <= value);
        if above == 0 || above == knots.len() {
            self.push(at + 1 + above.saturating_sub(1), 1.0);
        } else {
            let share = (value - knots[above - 1]) / (knots[above] - knots[above - 1]);
            self.push(at + above, 1.0 - share);
            self.push(at + above + 1, share);
        }
    }
}

/// Distinct values at [`BENDS`]; none where fewer than three differ.
fn quantiles(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else { return Vec::new() };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length"
    )]
    let at = |share: f64| values[(share * last as f64).round() as usize];
    let mut knots: Vec<f64> = BENDS.iter().map(|share| at(*share)).collect();
    knots.dedup();
    if knots.len() < 3 { Vec::new() } else { knots }
}
