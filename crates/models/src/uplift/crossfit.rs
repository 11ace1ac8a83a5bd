//! Predictions for rows by models that have not seen them.

use super::ground::{Base, Dial, Lesson, Part, View};
use super::learner::{Ground, METHODS, Method};
use crate::learn::{Task, folds};
use crate::parallel;

/// Into how many folds the rows are dealt.
pub(super) const FOLDS: usize = 5;
/// By how much the spread of what is measured on held-out rows exceeds that of fresh rows where models know nothing.
/// What is held out in one fold is learnt from in the others, so each pair of rows from two folds counts twice, as
/// learnt and held out either way: with n pairs of variance v the sum has 4nv, of which held-out rows alone show 2nv.
pub(super) const FOLDS_SHARE: f64 = std::f64::consts::SQRT_2;

/// The fold of each row: arms and outcomes in equal shares. Outcomes that are not two-valued count by thirds.
pub(super) fn deal(treated: &[bool], outcome: &[f64], seed: u64) -> Vec<usize> {
    let mut sorted = outcome.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let cuts = [sorted[sorted.len() / 3], sorted[sorted.len() * 2 / 3]];
    let class: Vec<usize> = treated
        .iter()
        .zip(outcome)
        .map(|(treated, outcome)| {
            let third = cuts.iter().filter(|cut| outcome > *cut).count();
            2 * third + usize::from(*treated)
        })
        .collect();
    folds::stratified(&class, FOLDS, seed)
}

/// The mean of both bases.
#[derive(Debug)]
pub(super) struct Blend {
    parts: [Part; 2],
    task: Task,
}

impl Blend {
    fn fit(view: &View, lesson: &Lesson<'_>, dials: &mut [Dial; 2], seed: u64) -> Self {
        let [line, trees] = dials;
        let parts = [
            Base::Linear.fit(view, lesson, line, seed),
            Base::Boosted.fit(view, lesson, trees, seed),
        ];
        Self { parts, task: lesson.task }
    }

    pub(super) fn predict(&self, view: &View, which: &[usize]) -> Vec<f64> {
        let [line, trees] = self.parts.each_ref().map(|part| part.predict(view, which, self.task));
        line.into_iter().zip(trees).map(|(a, b)| f64::midpoint(a, b)).collect()
    }
}

/// The mean of both bases fitted on all of `which`, and what models of the other folds say of each row, also of those
/// that are not in `which`.
pub(super) fn blended(
    view: &View,
    lesson: &Lesson<'_>,
    fold: &[usize],
    seed: u64,
) -> (Blend, Vec<f64>) {
    let mut dials = [Dial::default(), Dial::default()];
    let whole = Blend::fit(view, lesson, &mut dials, seed);
    let chosen = dials.map(Dial::chosen);
    let held = parallel::pieces(FOLDS, |at| {
        let (rows, _) = folds::split(fold, at);
        let kept: Vec<usize> =
            lesson.which.iter().copied().filter(|row| fold[*row] != at).collect();
        let mut dials = chosen.each_ref().map(|chosen| Dial::repeating(chosen));
        let part = Lesson { which: &kept, ..*lesson };
        let said = Blend::fit(view, &part, &mut dials, seed).predict(view, &rows);
        (rows, said)
    });
    (whole, gathered(held, fold.len()))
}

fn gathered(held: Vec<(Vec<usize>, Vec<f64>)>, rows: usize) -> Vec<f64> {
    let mut said = vec![0.0; rows];
    for (rows, values) in held {
        rows.into_iter().zip(values).for_each(|(row, value)| said[row] = value);
    }
    said
}

/// Effects of each of `which` by models of the other folds, less their fold's mean: folds differ in their average
/// effect, which says nothing of their rows. By method; rows outside of `which` get 0.
pub(super) fn effects(
    ground: &Ground<'_>,
    methods: &[Method],
    (which, fold): (&[usize], &[usize]),
    seed: u64,
) -> Vec<Vec<f64>> {
    let said = parallel::pieces(methods.len() * FOLDS, |piece| {
        let (method, at) = (methods[piece / FOLDS], piece % FOLDS);
        let (rows, kept): (Vec<usize>, Vec<usize>) =
            which.iter().partition(|row| fold[**row] == at);
        let effect = method.fit(ground, &kept, &mut Dial::default(), seed);
        let mut values = effect.uplift(&ground.view, &rows);
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        values.iter_mut().for_each(|value| *value -= mean);
        (rows, values)
    });
    let mut said = said.into_iter();
    let rows = fold.len();
    methods.iter().map(|_| gathered(said.by_ref().take(FOLDS).collect(), rows)).collect()
}

/// The name of a method.
pub(super) fn name(method: Method) -> &'static str {
    METHODS.iter().find(|(_, it)| *it == method).map_or("", |(name, _)| name)
}

/// What models of the other folds expect of each row without and with treatment.
pub(super) fn blended_arms(
    ground: &Ground<'_>,
    (which, fold): (&[usize], &[usize]),
    seed: u64,
) -> [Vec<f64>; 2] {
    [false, true].map(|treated| {
        let rows: Vec<usize> =
            which.iter().copied().filter(|row| ground.treated[*row] == treated).collect();
        let lesson =
            Lesson { which: &rows, target: ground.outcome, weights: None, task: ground.task };
        blended(&ground.view, &lesson, fold, seed).1
    })
}
