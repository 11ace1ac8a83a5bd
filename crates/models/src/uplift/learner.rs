//! The five ways from outcomes to effects, each over either base.

use super::ground::{Base, Dial, Lens, Lesson, Part, View, narrow, responses, trees, turned};
use super::ridge::{Fit, Line};
use crate::learn::boosted::Ensemble;
use crate::learn::{Task, folds};

/// How effects are learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One model of the outcome in which the treatment is a column like others; in the linear form it meets
    /// every column, around the expected outcome. Künzel et al. (2019), "Metalearners for Estimating
    /// Heterogeneous Treatment Effects", eq. 5.
    S,
    /// A model of the outcome in each arm; their difference. Künzel et al. (2019), eq. 4.
    T,
    /// Each arm's outcomes less what the other arm's model expects, learnt again, and weighed by the propensity.
    /// Künzel et al. (2019), eq. 6-9.
    X,
    /// Residual of the outcome on residual of the treatment. Nie and Wager (2021), "Quasi-Oracle Estimation of
    /// Heterogeneous Treatment Effects", eq. 4.
    R,
    /// Regression of the doubly robust score, whose parts come from the other half of the rows. Kennedy (2023),
    /// "Towards Optimal Doubly Robust Estimation of Heterogeneous Causal Effects", algorithm 1.
    Dr,
}

/// A way to learn effects over a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// The way.
    pub kind: Kind,
    /// The base.
    pub base: Base,
}

/// All methods: names on the command line and in tables.
pub const METHODS: [(&str, Method); 10] = [
    ("s-linear", Method { kind: Kind::S, base: Base::Linear }),
    ("t-linear", Method { kind: Kind::T, base: Base::Linear }),
    ("x-linear", Method { kind: Kind::X, base: Base::Linear }),
    ("r-linear", Method { kind: Kind::R, base: Base::Linear }),
    ("dr-linear", Method { kind: Kind::Dr, base: Base::Linear }),
    ("s-boosted", Method { kind: Kind::S, base: Base::Boosted }),
    ("t-boosted", Method { kind: Kind::T, base: Base::Boosted }),
    ("x-boosted", Method { kind: Kind::X, base: Base::Boosted }),
    ("r-boosted", Method { kind: Kind::R, base: Base::Boosted }),
    ("dr-boosted", Method { kind: Kind::Dr, base: Base::Boosted }),
];

impl Method {
    /// Whether it stays right when the propensity differs between rows and is estimated.
    pub(super) fn is_adjusted(self) -> bool {
        matches!(self.kind, Kind::R | Kind::Dr)
    }
}

/// What all learners learn from.
#[derive(Debug)]
pub(super) struct Ground<'a> {
    pub(super) lens: Lens,
    pub(super) view: View,
    pub(super) treated: &'a [bool],
    pub(super) outcome: &'a [f64],
    pub(super) task: Task,
}

/// A fitted effect.
#[derive(Debug)]
pub(super) enum Effect {
    /// Log odds (or values) move by this line, around the expected outcome.
    Moved(Fit, Task),
    /// The outcome of either arm by one forest that knows the arm.
    Armed(Box<Ensemble>, Task),
    /// The difference of two models of the outcome: untreated, treated.
    Difference([Part; 2], Task),
    /// Two effects, learnt on the untreated and on the treated, weighed by the propensity.
    Weighed([Part; 2]),
    /// The effect itself.
    Direct(Part),
}

impl Effect {
    /// The effects of these rows, in the outcome's unit.
    pub(super) fn uplift(&self, view: &View, which: &[usize]) -> Vec<f64> {
        let both = |parts: &[Part; 2], task: Task| {
            let arm = |at: usize| parts[at].predict(view, which, task);
            arm(0).into_iter().zip(arm(1)).collect::<Vec<_>>()
        };
        match self {
            Self::Moved(fit, task) => {
                which.iter().map(|row| moved(fit, *task, view, *row)).collect()
            }
            Self::Armed(forest, task) => {
                let arm =
                    |at: usize| responses(forest.margins_of(&view.arms[at], &narrow(which)), *task);
                arm(1).into_iter().zip(arm(0)).map(|(with, without)| with - without).collect()
            }
            Self::Difference(parts, task) => {
                both(parts, *task).into_iter().map(|(without, with)| with - without).collect()
            }
            Self::Weighed(parts) => both(parts, Task::Value)
                .into_iter()
                .zip(which)
                .map(|((untreated, treated), row)| {
                    let share = view.propensity[*row];
                    share * untreated + (1.0 - share) * treated
                })
                .collect(),
            Self::Direct(part) => part.predict(view, which, Task::Value),
        }
    }
}

fn moved(fit: &Fit, task: Task, view: &View, row: usize) -> f64 {
    let (by, share) = (fit.at(&view.rows, row), view.propensity[row]);
    match task {
        Task::Value => by,
        Task::Probability => {
            let middle = log_odds(view.expected[row]);
            task.response(middle + (1.0 - share) * by) - task.response(middle - share * by)
        }
    }
}

fn log_odds(p: f64) -> f64 {
    let p = p.clamp(1e-4, 1.0 - 1e-4);
    (p / (1.0 - p)).ln()
}

impl Method {
    /// Learns from these rows.
    pub(super) fn fit(
        self,
        ground: &Ground<'_>,
        which: &[usize],
        dial: &mut Dial,
        seed: u64,
    ) -> Effect {
        let fitting = Fitting { ground, base: self.base, seed };
        match (self.kind, self.base) {
            (Kind::S, Base::Linear) => Effect::Moved(fitting.moved(which, dial), ground.task),
            (Kind::S, Base::Boosted) => {
                let lesson =
                    Lesson { which, target: ground.outcome, weights: None, task: ground.task };
                let forest = trees(ground.lens.own(), &lesson, dial, seed);
                Effect::Armed(Box::new(forest), ground.task)
            }
            (Kind::T, _) => Effect::Difference(fitting.arms(which, dial), ground.task),
            (Kind::X, _) => Effect::Weighed(fitting.crossed(which, dial)),
            (Kind::R, _) => Effect::Direct(fitting.residual(which, dial)),
            (Kind::Dr, _) => Effect::Direct(fitting.doubly_robust(which, dial)),
        }
    }
}

/// One fit of one method.
struct Fitting<'a> {
    ground: &'a Ground<'a>,
    base: Base,
    seed: u64,
}

impl Fitting<'_> {
    fn learn(&self, which: &[usize], target: &[f64], task: Task, dial: &mut Dial) -> Part {
        let lesson = Lesson { which, target, weights: None, task };
        self.base.fit(&self.ground.view, &lesson, dial, self.seed)
    }

    /// The rows of an arm.
    fn arm(&self, which: &[usize], treated: bool) -> Vec<usize> {
        which.iter().copied().filter(|row| self.ground.treated[*row] == treated).collect()
    }

    /// How far the treatment is from what was expected: t - e.
    fn surprise(&self) -> Vec<f64> {
        let pairs = self.ground.treated.iter().zip(&self.ground.view.propensity);
        pairs.map(|(treated, share)| f64::from(u8::from(*treated)) - share).collect()
    }

    fn moved(&self, which: &[usize], dial: &mut Dial) -> Fit {
        let ground = self.ground;
        let offset: Vec<f64> = match ground.task {
            Task::Value => ground.view.expected.clone(),
            Task::Probability => ground.view.expected.iter().map(|p| log_odds(*p)).collect(),
        };
        let surprise = self.surprise();
        let line = Line {
            rows: &ground.view.rows,
            which,
            target: ground.outcome,
            weights: None,
            scale: Some(&surprise),
            offset: Some(&offset),
            task: ground.task,
        };
        turned(&line, dial, self.seed)
    }

    /// A model of the outcome in each arm: untreated, treated.
    fn arms(&self, which: &[usize], dial: &mut Dial) -> [Part; 2] {
        [false, true].map(|treated| {
            let rows = self.arm(which, treated);
            self.learn(&rows, self.ground.outcome, self.ground.task, dial)
        })
    }

    fn crossed(&self, which: &[usize], dial: &mut Dial) -> [Part; 2] {
        let ground = self.ground;
        let models = self.arms(which, dial);
        let mut gain = vec![0.0; ground.outcome.len()];
        for (treated, other) in [(false, &models[1]), (true, &models[0])] {
            let rows = self.arm(which, treated);
            let expected = other.predict(&ground.view, &rows, ground.task);
            for (row, expected) in rows.into_iter().zip(expected) {
                let beyond = ground.outcome[row] - expected;
                gain[row] = if treated { beyond } else { -beyond };
            }
        }
        [false, true].map(|treated| self.learn(&self.arm(which, treated), &gain, Task::Value, dial))
    }

    fn residual(&self, which: &[usize], dial: &mut Dial) -> Part {
        let ground = self.ground;
        let surprise = self.surprise();
        let beyond = ground.outcome.iter().zip(&ground.view.expected).zip(&surprise);
        let target: Vec<f64> =
            beyond.map(|((outcome, expected), t)| (outcome - expected) / t).collect();
        let weights: Vec<f64> = surprise.iter().map(|t| t * t).collect();
        let lesson = Lesson { which, target: &target, weights: Some(&weights), task: Task::Value };
        self.base.fit(&ground.view, &lesson, dial, self.seed)
    }

    fn doubly_robust(&self, which: &[usize], dial: &mut Dial) -> Part {
        let ground = self.ground;
        let class: Vec<usize> = which.iter().map(|row| usize::from(ground.treated[*row])).collect();
        let half = folds::stratified(&class, 2, self.seed);
        let mut score = vec![0.0; ground.outcome.len()];
        for held in 0..2 {
            let side = |inside: bool| -> Vec<usize> {
                let pairs = which.iter().zip(&half);
                pairs.filter(|(_, at)| (**at == held) == inside).map(|(row, _)| *row).collect()
            };
            let (rows, others) = (side(true), side(false));
            let models = self.arms(&others, dial);
            let [without, with] =
                models.each_ref().map(|model| model.predict(&ground.view, &rows, ground.task));
            for ((row, without), with) in rows.into_iter().zip(without).zip(with) {
                score[row] = ground.score(row, [without, with]);
            }
        }
        self.learn(which, &score, Task::Value, dial)
    }
}

impl Ground<'_> {
    /// The doubly robust score of a row, from the outcomes expected without and with treatment; its mean is the
    /// average effect if either those or the propensities are right. Robins, Rotnitzky and Zhao (1994).
    pub(super) fn score(&self, row: usize, [without, with]: [f64; 2]) -> f64 {
        let share = self.view.propensity[row];
        let beyond = if self.treated[row] {
            (self.outcome[row] - with) / share
        } else {
            -(self.outcome[row] - without) / (1.0 - share)
        };
        with - without + beyond
    }
}
