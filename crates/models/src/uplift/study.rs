//! From a trial to effects of rows that were not in it.

use thiserror::Error;

use super::average::{Average, agreement, average, level_arms};
use super::choose::{Choice, LEVEL, choose};
use super::crossfit::{Blend, blended, blended_arms, deal, effects};
use super::ground::{Dial, Lens, Lesson};
use super::halves::{Halves, Plan};
use super::learner::{Ground, Method};
use super::qini::Outcomes;
use super::randomised::Randomised;
use super::segment::{Lines, Segment, around};
use crate::learn::{Frame, Task, folds};

/// Rows with an outcome that each arm needs.
pub const ARM_ROWS: usize = 50;
/// Propensities outside of which a row has no counterpart: such rows are left out of learning where the
/// treatment was not random.
pub const TRIM: (f64, f64) = (0.05, 0.95);

/// Rows times slopes up to which all rows are learnt from; of more, so many are drawn, which loses little and
/// saves hours.
const LEARNT_CELLS: usize = 12_000_000;
/// As many for the comparison of methods, which fits each several times.
const JUDGED_CELLS: usize = 3_000_000;
/// Rows that are learnt from however wide they are.
const ROWS_LEAST: usize = 40_000;

/// What was done to whom, and what came of it.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'a> {
    /// What was known of each row before.
    pub frame: &'a Frame,
    /// Whether it was treated.
    pub treated: &'a [bool],
    /// What came of it, finite, higher is better.
    pub outcome: &'a [f64],
    /// [`Task::Probability`] for outcomes of 0 and 1.
    pub task: Task,
}

/// What to believe of how the treated were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assumption {
    /// At random; refuted when the columns tell who was treated.
    Random,
    /// By what the columns say, and else at random.
    ByColumns,
}

/// How a study is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// The methods that are tried; at least one.
    pub methods: Vec<Method>,
    /// How the treated were chosen.
    pub assumption: Assumption,
    /// How often held-out rows are resampled for intervals.
    pub replicates: usize,
    /// On how many pairs of halves the chosen method is learnt again for the intervals of rows.
    pub pairs: usize,
    /// Of all that is drawn.
    pub seed: u64,
}

/// What a study found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Effects differ between rows, and the columns tell how.
    Heterogeneous,
    /// No method tells effects apart better than luck would; everyone gets the average.
    Constant,
    /// The columns tell who was treated: what is seen may come from the choice rather than from the treatment.
    NotCausal,
}

impl Verdict {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Heterogeneous => "heterogeneous",
            Self::Constant => "constant",
            Self::NotCausal => "not causal",
        }
    }
}

/// Why a trial cannot be studied.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum Unusable {
    /// Too few rows in an arm.
    #[error("there are {rows} rows {arm}, and at least {ARM_ROWS} are needed")]
    FewRows {
        /// "with treatment" or "without treatment".
        arm: &'static str,
        /// How many there are.
        rows: usize,
    },
    /// All outcomes are the same.
    #[error("all outcomes are {value}, so that nothing can have an effect on them")]
    OneOutcome {
        /// The outcome.
        value: f64,
    },
    /// Almost every row's arm can be told from its columns.
    #[error(
        "the columns tell almost everyone's treatment, so that only {rows} rows of an arm have a counterpart in the \
         other, and at least {ARM_ROWS} are needed"
    )]
    NoOverlap {
        /// Rows left in the smaller arm.
        rows: usize,
    },
}

/// A trial studied: what was found, and the fitted effects.
#[derive(Debug)]
pub struct Study {
    /// Whether the columns tell who was treated.
    pub randomised: Randomised,
    /// The average effect.
    pub average: Average,
    /// The methods, judged.
    pub choice: Choice,
    /// What was found.
    pub verdict: Verdict,
    /// How many rows were learnt from: fewer than there are where those without a counterpart were left out.
    pub rows: usize,
    /// Whether propensities differ between rows and were allowed for.
    pub adjusted: bool,
    /// By how much the predicted differences of effects are scaled, in 0..=1: what held-out rows show of them.
    pub agreement: f64,
    lens: Lens,
    expected: Blend,
    propensity: Option<Blend>,
    halves: Option<Halves>,
    lines: Lines,
    task: Task,
}

/// What is said of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Expected outcome with treatment less that without, in the outcome's unit.
    pub uplift: f64,
    /// The 80 % interval of it.
    pub interval: (f64, f64),
    /// Expected outcome with treatment.
    pub treated: f64,
    /// Expected outcome without.
    pub control: f64,
    /// What to do about it.
    pub segment: Segment,
    /// Whether rows like it were seen with and without treatment.
    pub has_counterpart: bool,
}

impl Study {
    /// Studies a trial.
    pub fn of(trial: &Trial<'_>, options: &Options) -> Result<Self, Unusable> {
        check(trial)?;
        let prepared = Prepared::of(trial, options.seed)?;
        let Prepared { ground, which, fold, .. } = &prepared;
        let adjusted = prepared.is_adjusted();
        let methods: Vec<Method> =
            options.methods.iter().copied().filter(|it| !adjusted || it.is_adjusted()).collect();
        let methods = if methods.is_empty() { options.methods.clone() } else { methods };
        let arms = if adjusted {
            blended_arms(ground, (which, fold), options.seed)
        } else {
            level_arms(ground)
        };
        let average = average(ground, which, &arms);
        let judged = some(which, JUDGED_CELLS / ground.view.rows.width().max(1), options.seed);
        let choice = judge(ground, (&methods, &judged, fold), options);
        let agreement = agreement(ground, &judged, &choice.effects, average.effect);
        let are_told_apart = choice.p_value <= LEVEL && agreement > 0.0;
        let verdict = match (adjusted, options.assumption) {
            (true, Assumption::Random) => Verdict::NotCausal,
            _ if are_told_apart => Verdict::Heterogeneous,
            _ => Verdict::Constant,
        };
        let plan = Plan {
            methods: &choice.judged[choice.chosen].methods,
            which,
            pairs: options.pairs,
            seed: options.seed,
        };
        let halves = are_told_apart.then(|| Halves::fit(ground, &plan, &average.scores));
        let lines = Lines::of(trial.outcome, trial.treated, trial.task);
        Ok(Self {
            rows: which.len(),
            propensity: adjusted.then_some(prepared.propensity),
            randomised: prepared.randomised,
            expected: prepared.expected,
            lens: prepared.ground.lens,
            task: trial.task,
            average,
            choice,
            verdict,
            adjusted,
            agreement,
            halves,
            lines,
        })
    }

    /// Scores rows with the same columns.
    pub fn score(&self, frame: &Frame) -> Vec<Scored> {
        let mut view = self.lens.view(frame);
        let all: Vec<usize> = (0..frame.rows()).collect();
        view.expected = self.expected.predict(&view, &all);
        view.propensity = match &self.propensity {
            Some(blend) => blend.predict(&view, &all),
            None => vec![self.randomised.share; frame.rows()],
        };
        let outside: Vec<bool> =
            view.propensity.iter().map(|p| !(TRIM.0..=TRIM.1).contains(p)).collect();
        view.propensity.iter_mut().for_each(|p| *p = kept_off(*p));
        let effects = match &self.halves {
            Some(halves) => halves.effects(&view, &all, (self.average.effect, self.agreement)),
            None => vec![(self.average.effect, self.average.standard_error); frame.rows()],
        };
        let score = |row: usize| {
            let (uplift, standard_error) = effects[row];
            let interval = around(uplift, standard_error);
            let (control, treated) = self.arms(view.expected[row], view.propensity[row], uplift);
            let has_counterpart = !(self.adjusted && outside[row]);
            let doubtful = self.verdict == Verdict::NotCausal || !has_counterpart;
            let segment =
                if doubtful { Segment::Unclear } else { self.lines.segment(interval, control) };
            let uplift = treated - control;
            Scored { uplift, interval, treated, control, segment, has_counterpart }
        };
        all.iter().map(|row| score(*row)).collect()
    }

    /// Outcomes without and with treatment that differ by the effect and have the expected outcome as their mean;
    /// probabilities are moved together to stay within 0 and 1.
    fn arms(&self, expected: f64, propensity: f64, uplift: f64) -> (f64, f64) {
        let control = expected - propensity * uplift;
        match self.task {
            Task::Value => (control, control + uplift),
            Task::Probability => {
                let uplift = uplift.clamp(-1.0, 1.0);
                let control = control.clamp((-uplift).max(0.0), (1.0 - uplift).min(1.0));
                (control, (control + uplift).clamp(0.0, 1.0))
            }
        }
    }
}

/// A trial with what all methods need of it.
struct Prepared<'a> {
    ground: Ground<'a>,
    randomised: Randomised,
    propensity: Blend,
    expected: Blend,
    /// The rows that are learnt from.
    which: Vec<usize>,
    /// Of all rows.
    fold: Vec<usize>,
}

impl<'a> Prepared<'a> {
    fn of(trial: &Trial<'a>, seed: u64) -> Result<Self, Unusable> {
        let fold = deal(trial.treated, trial.outcome, seed);
        let lens = Lens::of(trial.frame, trial.treated);
        let mut view = lens.view(trial.frame);
        let most = LEARNT_CELLS / view.rows.width().max(1);
        let all: Vec<usize> = (0..trial.treated.len()).collect();
        let arm: Vec<f64> = trial.treated.iter().map(|it| f64::from(u8::from(*it))).collect();
        let learnt = some(&all, most, seed);
        let lesson =
            Lesson { which: &learnt, target: &arm, weights: None, task: Task::Probability };
        let (propensity, told) = blended(&view, &lesson, &fold, seed);
        let randomised = Randomised::of(&told, trial.treated)
            .ok_or(Unusable::FewRows { arm: "with treatment", rows: 0 })?;
        let which = if randomised.is_predictable() {
            view.propensity = told.iter().copied().map(kept_off).collect();
            some(&counterparts(&told, trial)?, most, seed)
        } else {
            view.propensity = vec![randomised.share; arm.len()];
            learnt
        };
        let lesson =
            Lesson { which: &which, target: trial.outcome, weights: None, task: trial.task };
        let (expected, said) = blended(&view, &lesson, &fold, seed);
        view.expected = said;
        let Trial { treated, outcome, task, .. } = *trial;
        let ground = Ground { lens, view, treated, outcome, task };
        Ok(Self { ground, randomised, propensity, expected, which, fold })
    }

    fn is_adjusted(&self) -> bool {
        self.randomised.is_predictable()
    }
}

fn check(trial: &Trial<'_>) -> Result<(), Unusable> {
    for (treated, arm) in [(true, "with treatment"), (false, "without treatment")] {
        let rows = trial.treated.iter().filter(|it| **it == treated).count();
        if rows < ARM_ROWS {
            return Err(Unusable::FewRows { arm, rows });
        }
    }
    let first = trial.outcome[0];
    if trial.outcome.iter().all(|value| value.to_bits() == first.to_bits()) {
        return Err(Unusable::OneOutcome { value: first });
    }
    Ok(())
}
/// So many of the rows, at least [`ROWS_LEAST`], drawn by the seed and in their order; all where there are fewer.
fn some(which: &[usize], most: usize, seed: u64) -> Vec<usize> {
    let mut rows = which.to_vec();
    let most = most.max(ROWS_LEAST);
    if rows.len() > most {
        folds::shuffle(&mut rows, seed);
        rows.truncate(most);
        rows.sort_unstable();
    }
    rows
}

/// Keeps a propensity off 0 and 1 as far as rows without a counterpart are.
fn kept_off(propensity: f64) -> f64 {
    propensity.clamp(TRIM.0 / 2.0, 1.0 - (1.0 - TRIM.1) / 2.0)
}

/// The rows that have a counterpart in the other arm.
fn counterparts(propensity: &[f64], trial: &Trial<'_>) -> Result<Vec<usize>, Unusable> {
    let within = |row: &usize| (TRIM.0..=TRIM.1).contains(&propensity[*row]);
    let which: Vec<usize> = (0..propensity.len()).filter(within).collect();
    let treated = which.iter().filter(|row| trial.treated[**row]).count();
    match treated.min(which.len() - treated) {
        rows if rows < ARM_ROWS => Err(Unusable::NoOverlap { rows }),
        _ => Ok(which),
    }
}

/// Judges the methods on held-out rows.
fn judge(
    ground: &Ground<'_>,
    (methods, which, fold): (&[Method], &[usize], &[usize]),
    options: &Options,
) -> Choice {
    let effects = effects(ground, methods, (which, fold), options.seed);
    let of = |values: &[f64]| -> Vec<f64> { which.iter().map(|row| values[*row]).collect() };
    let effects: Vec<Vec<f64>> = effects.iter().map(|values| of(values)).collect();
    let treated: Vec<bool> = which.iter().map(|row| ground.treated[*row]).collect();
    let share = of(&ground.view.propensity);
    let weights: Vec<f64> = treated
        .iter()
        .zip(share)
        .map(|(treated, share)| if *treated { 1.0 / share } else { 1.0 / (1.0 - share) })
        .collect();
    let outcome = of(ground.outcome);
    let outcomes = Outcomes { treated: &treated, outcome: &outcome, weights: Some(&weights) };
    let expected = of(&ground.view.expected);
    choose(&outcomes, (methods, &effects, &expected), (options.replicates, options.seed))
}

/// Fits the methods on these rows, each with its dial.
pub(super) fn fit_all(
    ground: &Ground<'_>,
    (methods, which): (&[Method], &[usize]),
    dials: &mut [Dial],
    seed: u64,
) -> Vec<super::learner::Effect> {
    let pairs = methods.iter().zip(dials);
    pairs.map(|(method, dial)| method.fit(ground, which, dial, seed)).collect()
}
