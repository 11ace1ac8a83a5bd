//! A trial made ready for both bases, and the two bases.

use super::design::{Design, Rows};
use super::ridge::{Fit, Line};
use crate::learn::boosted::{Binned, Ensemble, Growth, Watched, best_rounds, grow_watched};
use crate::learn::{Column, Frame, Sample, Task, folds};
use crate::parallel;

/// Trees at most, and trees without a better loss after which no more are tried.
const TREES: (usize, usize) = (200, 20);
const FOLDS: usize = 3;

/// What a learner is built of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Penalised linear and logistic regression.
    Linear,
    /// Gradient-boosted trees.
    Boosted,
}

/// Rows of one frame in the forms that the bases read, and what is known of them beside the columns.
#[derive(Debug)]
pub(super) struct View {
    pub(super) rows: Rows,
    pub(super) binned: Binned,
    /// With "treated" as the last column: all untreated, all treated.
    pub(super) arms: [Binned; 2],
    /// Expected outcome whatever the arm.
    pub(super) expected: Vec<f64>,
    /// Probability of being treated.
    pub(super) propensity: Vec<f64>,
}

/// How other frames with the same columns become views.
#[derive(Debug)]
pub(super) struct Lens {
    design: Design,
    plain: Binned,
    with_arm: Binned,
}

fn with_arm(frame: &Frame, arm: impl Fn(usize) -> f64) -> Frame {
    frame.clone().with(Column::Numbers((0..frame.rows()).map(arm).collect()))
}

impl Lens {
    pub(super) fn of(frame: &Frame, treated: &[bool]) -> Self {
        Self {
            design: Design::of(frame),
            plain: Binned::of(frame),
            with_arm: Binned::of(&with_arm(frame, |row| f64::from(u8::from(treated[row])))),
        }
    }

    /// The training frame with each row's own arm.
    pub(super) fn own(&self) -> &Binned {
        &self.with_arm
    }

    /// A frame seen through it; expected outcome and propensity are still to be filled in.
    pub(super) fn view(&self, frame: &Frame) -> View {
        let arm = |value: f64| self.with_arm.bins.apply(&with_arm(frame, |_| value));
        View {
            rows: self.design.rows(frame),
            binned: self.plain.bins.apply(frame),
            arms: [arm(0.0), arm(1.0)],
            expected: vec![0.0; frame.rows()],
            propensity: vec![0.0; frame.rows()],
        }
    }
}

/// A fitted part: a function from a row to a margin.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Line(Fit),
    Trees(Box<Ensemble>),
}

impl Part {
    /// Values, or probabilities, of these rows.
    pub(super) fn predict(&self, view: &View, which: &[usize], task: Task) -> Vec<f64> {
        let margins = match self {
            Self::Line(fit) => which.iter().map(|row| fit.at(&view.rows, *row)).collect(),
            Self::Trees(trees) => trees.margins_of(&view.binned, &narrow(which)),
        };
        responses(margins, task)
    }
}

pub(super) fn responses(margins: Vec<f64>, task: Task) -> Vec<f64> {
    margins.into_iter().map(|margin| task.response(margin)).collect()
}

/// Rows as the trees count them.
pub(super) fn narrow(which: &[usize]) -> Vec<u32> {
    which.iter().map(|row| u32::try_from(*row).expect("fewer than 2^32 rows")).collect()
}

/// What the fits of a learner were held back by, in the order in which they are made: chosen by validation at first,
/// repeated where the same learner is fitted on a part of the rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Dial {
    given: Option<std::collections::VecDeque<f64>>,
    chosen: Vec<f64>,
}

impl Dial {
    pub(super) fn repeating(chosen: &[f64]) -> Self {
        Self { given: Some(chosen.iter().copied().collect()), chosen: Vec::new() }
    }

    /// What was chosen so far.
    pub(super) fn chosen(self) -> Vec<f64> {
        self.chosen
    }

    fn next(&mut self) -> Option<f64> {
        self.given.as_mut().and_then(std::collections::VecDeque::pop_front)
    }
}

/// What is learnt from: values and weights for each of all rows, of which `which` are used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lesson<'a> {
    pub(super) which: &'a [usize],
    pub(super) target: &'a [f64],
    pub(super) weights: Option<&'a [f64]>,
    pub(super) task: Task,
}

impl Base {
    /// Fits a function of the columns.
    pub(super) fn fit(self, view: &View, lesson: &Lesson<'_>, dial: &mut Dial, seed: u64) -> Part {
        match self {
            Self::Linear => Part::Line(straight(view, lesson, dial, seed)),
            Self::Boosted => Part::Trees(Box::new(trees(&view.binned, lesson, dial, seed))),
        }
    }
}

fn straight(view: &View, lesson: &Lesson<'_>, dial: &mut Dial, seed: u64) -> Fit {
    let line = Line {
        rows: &view.rows,
        which: lesson.which,
        target: lesson.target,
        weights: lesson.weights,
        scale: None,
        offset: None,
        task: lesson.task,
    };
    turned(&line, dial, seed)
}

/// Fits a line with the dial's penalty, or sets the dial.
pub(super) fn turned(line: &Line<'_>, dial: &mut Dial, seed: u64) -> Fit {
    let fit = match dial.next() {
        Some(penalty) => line.fixed(penalty),
        None => line.validated(seed),
    };
    dial.chosen.push(fit.penalty);
    fit
}

/// Small, slow trees: effects are small beside what else moves the outcome.
fn growth(rows: usize) -> Growth {
    Growth {
        rate: 0.06,
        leaves: 8,
        depth: 4,
        leaf_rows: (rows / 100).clamp(10, 500),
        ridge: 10.0,
        columns: 0.8,
        ..Growth::default()
    }
}

/// Fits trees on these rows of a binned frame, as many as the dial says or validation advises.
pub(super) fn trees(binned: &Binned, lesson: &Lesson<'_>, dial: &mut Dial, seed: u64) -> Ensemble {
    // The trees read target and weights by row; of the frame they need the number of rows only.
    let shape = Frame::new(lesson.target.len());
    let sample = Sample { frame: &shape, target: lesson.target, weights: lesson.weights };
    let growth = growth(lesson.which.len());
    let most = Watched { most: TREES.0, patience: TREES.1 };
    let grow = |rows: &[u32], watched: &[u32], stop| {
        grow_watched(binned, &sample, lesson.task, (rows, watched, growth, stop, seed))
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
    let rounds = dial.next().map_or_else(
        || {
            let fold = folds::stratified(&vec![0; lesson.which.len()], FOLDS, seed);
            let curves = parallel::pieces(FOLDS, |held| {
                let (held, kept) = folds::split(&fold, held);
                let rows = |places: Vec<usize>| -> Vec<u32> {
                    narrow(&places.into_iter().map(|at| lesson.which[at]).collect::<Vec<_>>())
                };
                if held.is_empty() || kept.is_empty() {
                    return Vec::new();
                }
                grow(&rows(kept), &rows(held), most).1
            });
            best_rounds(&curves)
        },
        |rounds| rounds as usize,
    );
    dial.chosen.push(rounds as f64);
    grow(&narrow(lesson.which), &[], Watched { most: rounds, patience: rounds.max(1) }).0
}
