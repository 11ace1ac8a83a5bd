//! Planted truth: effects that are known row by row.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;
use crate::learn::{Column, Frame, Task};

/// A trial whose truth is known.
struct Planted {
    frame: Frame,
    treated: Vec<bool>,
    outcome: Vec<f64>,
    effect: Vec<f64>,
}

/// Three numbers and a category; `effect(x, level)` is added to a base probability that depends on x too; who
/// is treated has probability `share(x)`.
fn planted(
    (rows, seed): (usize, u64),
    effect: impl Fn(&[f64; 3], u32) -> f64,
    share: impl Fn(&[f64; 3]) -> f64,
) -> Planted {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    let mut numbers = vec![Vec::new(), Vec::new(), Vec::new()];
    let (mut levels, mut treated, mut outcome, mut effects) = (vec![], vec![], vec![], vec![]);
    for _ in 0..rows {
        let x = [uniform() * 2.0 - 1.0, uniform() * 2.0 - 1.0, uniform() * 2.0 - 1.0];
        let level = u32::from(uniform() < 0.5);
        let (moved, is_treated) = (effect(&x, level), uniform() < share(&x));
        let p = 0.35 + 0.15 * x[2] + if is_treated { moved } else { 0.0 };
        numbers.iter_mut().zip(x).for_each(|(column, value)| column.push(value));
        levels.push(level);
        treated.push(is_treated);
        outcome.push(f64::from(u8::from(uniform() < p)));
        effects.push(moved);
    }
    let frame = numbers.into_iter().fold(Frame::new(rows), |it, n| it.with(Column::Numbers(n)));
    Planted { frame: frame.with(Column::Levels(levels)), treated, outcome, effect: effects }
}

fn options(seed: u64) -> Options {
    Options {
        methods: METHODS.iter().map(|(_, method)| *method).collect(),
        assumption: Assumption::Random,
        replicates: 200,
        pairs: 10,
        seed,
    }
}

fn study(planted: &Planted, options: &Options) -> Result<Study, Unusable> {
    let trial = Trial {
        frame: &planted.frame,
        treated: &planted.treated,
        outcome: &planted.outcome,
        task: Task::Probability,
    };
    Study::of(&trial, options)
}

/// Sleeping dogs where the first number is low, persuadable ones where it is high.
#[test]
fn planted_effects_and_sleeping_dogs_are_found() {
    let planted = planted((6000, 1), |x, level| 0.25 * x[0] + 0.1 * f64::from(level), |_| 0.5);
    let study = study(&planted, &options(1)).expect("a sound trial");
    assert_eq!(study.verdict, Verdict::Heterogeneous, "{:?}", study.choice);
    let scored = study.score(&planted.frame);
    let mean = planted.effect.iter().sum::<f64>() / 6000.0;
    let (mut both, mut a, mut b) = (0.0, 0.0, 0.0);
    for (scored, effect) in scored.iter().zip(&planted.effect) {
        both += (scored.uplift - mean) * (effect - mean);
        a += (scored.uplift - mean).powi(2);
        b += (effect - mean).powi(2);
    }
    let correlation = both / (a * b).sqrt();
    assert!(correlation > 0.9, "{correlation}");
    let covered = scored
        .iter()
        .zip(&planted.effect)
        .filter(|(scored, effect)| scored.interval.0 <= **effect && **effect <= scored.interval.1);
    let covered = covered.count() as f64 / 6000.0;
    assert!((0.6..0.97).contains(&covered), "80 % intervals covered {covered}");
    let of = |segment: Segment| {
        scored.iter().zip(&planted.effect).filter(move |(it, _)| it.segment == segment)
    };
    let dogs = of(Segment::SleepingDog).count();
    let truly = of(Segment::SleepingDog).filter(|(_, effect)| **effect < 0.0).count();
    assert!(dogs > 1000 && truly as f64 > 0.97 * dogs as f64, "{truly} of {dogs}");
    let moved = of(Segment::Persuadable).count();
    let truly = of(Segment::Persuadable).filter(|(_, effect)| **effect > 0.0).count();
    assert!(moved > 2000 && truly as f64 > 0.97 * moved as f64, "{truly} of {moved}");
    for it in &scored {
        assert!((0.0..=1.0).contains(&it.treated) && (0.0..=1.0).contains(&it.control));
        assert!((it.treated - it.control - it.uplift).abs() < 1e-12);
    }
}

/// The same effect for all: the verdict is "constant" for at least nine of ten seeds, and all get the average.
#[test]
fn equal_effects_are_called_so() {
    let constant = (0..20)
        .filter(|seed| {
            let planted = planted((500, 100 + seed), |_, _| 0.1, |_| 0.5);
            let study = study(&planted, &options(*seed)).expect("a sound trial");
            if study.verdict == Verdict::Constant {
                let scored = study.score(&planted.frame);
                let apart = scored.iter().map(|it| (it.uplift - study.average.effect).abs());
                assert!(apart.fold(0.0, f64::max) < 1e-9);
            }
            study.verdict == Verdict::Constant
        })
        .count();
    assert!(constant >= 18, "{constant} of 20");
}

/// Who was treated depends on what also moves the outcome: not causal; adjusted, the average effect is right,
/// which the plain difference is not.
#[test]
fn a_chosen_treatment_is_not_causal() {
    let planted = planted((6000, 5), |_, _| 0.05, |x| 0.5 + 0.3 * x[2]);
    let found = study(&planted, &options(1)).expect("enough overlap");
    assert_eq!(found.verdict, Verdict::NotCausal);
    assert!(found.score(&planted.frame).iter().all(|it| it.segment == Segment::Unclear));
    let believed = Options { assumption: Assumption::ByColumns, ..options(1) };
    let found = study(&planted, &believed).expect("enough overlap");
    assert_eq!(found.verdict, Verdict::Constant);
    let (lower, upper) = found.average.interval();
    assert!(lower < 0.05 && 0.05 < upper, "{:?}", found.average.interval());
    assert!(found.average.naive > upper, "{} {upper}", found.average.naive);
}

/// Numbers as outcomes: the effect is in their unit.
#[test]
fn numeric_outcomes() {
    let mut planted = planted((4000, 9), |x, _| x[1], |_| 0.4);
    let Column::Numbers(second) = &planted.frame.columns()[1] else { panic!("a number") };
    let rows = second.iter().zip(&planted.treated).enumerate();
    planted.outcome = rows
        .map(|(row, (x, treated))| {
            1000.0 + 500.0 * x * f64::from(u8::from(*treated)) + (row * 7919 % 997) as f64
        })
        .collect();
    let trial = Trial {
        frame: &planted.frame,
        treated: &planted.treated,
        outcome: &planted.outcome,
        task: Task::Value,
    };
    let study = Study::of(&trial, &options(3)).expect("a sound trial");
    assert_eq!(study.verdict, Verdict::Heterogeneous);
    let miss = study.score(&planted.frame);
    let miss = miss.iter().zip(&planted.effect).map(|(it, x)| (it.uplift - 500.0 * x).abs());
    let miss = miss.sum::<f64>() / 4000.0;
    assert!(miss < 50.0, "{miss}");
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let planted = planted((800, 2), |x, _| 0.2 * x[0], |_| 0.5);
    let score = |seed| study(&planted, &options(seed)).expect("a trial").score(&planted.frame);
    assert_eq!(score(4), score(4));
}

#[test]
fn what_cannot_be_studied_is_told() {
    let mut one = planted((300, 2), |_, _| 0.1, |_| 0.0);
    assert_eq!(
        study(&one, &options(1)).err(),
        Some(Unusable::FewRows { arm: "with treatment", rows: 0 })
    );
    one.treated = (0..300).map(|row| row % 2 == 0).collect();
    one.outcome = vec![1.0; 300];
    assert_eq!(study(&one, &options(1)).err(), Some(Unusable::OneOutcome { value: 1.0 }));
    let told = planted((300, 2), |_, _| 0.1, |x| f64::from(u8::from(x[0] > 0.0)));
    assert!(matches!(study(&told, &options(1)), Err(Unusable::NoOverlap { .. })));
}
