//! Planted functions, closed forms, and odd samples.

use super::super::frame::{Column, Frame, MISSING};
use super::super::learner::{Learner as _, Sample, Task, Unfit};
use super::*;

/// A whole number below `bound` from a position: the same everywhere, and without pattern.
fn noise(at: u32, bound: u32) -> u32 {
    let mixed = (at.wrapping_add(1)).wrapping_mul(2_654_435_761);
    ((mixed >> 7) ^ (mixed >> 17)).wrapping_mul(40_503) % 65_536 % bound
}

fn fixed(trees: usize) -> Boosted {
    Boosted { growth: Growth::default(), rounds: Rounds::Fixed(trees) }
}

/// Two numbers, of which one is missing now and then, and a category of nine; the target by all three.
fn planted(rows: u32) -> (Frame, Vec<f64>) {
    let level = |row: u32| noise(row * 3, 9);
    let first: Vec<f64> = (0..rows)
        .map(|row| if row % 11 == 0 { f64::NAN } else { f64::from(noise(row * 3 + 1, 1000)) })
        .collect();
    let second: Vec<f64> = (0..rows).map(|row| f64::from(noise(row * 3 + 2, 500))).collect();
    let target = (0..rows as usize)
        .map(|row| {
            let high = f64::from(u8::from(first[row] > 400.0));
            let missing = if first[row].is_nan() { 3.0 } else { 0.0 };
            let level = [0.0, 5.0, 0.0, 5.0, 1.0, 0.0, 5.0, 1.0, 0.0][level(row as u32) as usize];
            high * (2.0 + second[row] / 100.0) + missing + level
        })
        .collect();
    let codes = (0..rows).map(level).collect();
    let frame = Frame::new(rows as usize)
        .with(Column::Numbers(first))
        .with(Column::Numbers(second))
        .with(Column::Levels(codes));
    (frame, target)
}

#[test]
fn a_planted_function_is_learnt() {
    let (frame, target) = planted(6000);
    let (train, test): (Vec<usize>, Vec<usize>) = (0..6000).partition(|row| row % 3 > 0);
    let kept: Vec<f64> = train.iter().map(|row| target[*row]).collect();
    let seen = frame.take(&train);
    let fitted = fixed(200).fit(&Sample::new(&seen, &kept), Task::Value, 1).expect("fitted");
    let said = fitted.predict(&frame.take(&test));
    let mean = kept.iter().sum::<f64>() / kept.len() as f64;
    let error: f64 = test.iter().zip(&said).map(|(row, said)| (target[*row] - said).powi(2)).sum();
    let spread: f64 = test.iter().map(|row| (target[*row] - mean).powi(2)).sum();
    assert!(error / spread < 0.01, "{}", error / spread);
}

#[test]
fn contributions_add_up_to_the_margin() {
    let (frame, target) = planted(900);
    let yes: Vec<f64> = target.iter().map(|target| f64::from(u8::from(*target > 5.0))).collect();
    let fitted = fixed(30).fit(&Sample::new(&frame, &yes), Task::Probability, 1).expect("fitted");
    let parts = fitted.contributions(&frame);
    for (row, margin) in fitted.margins(&frame).into_iter().enumerate() {
        let sum = parts.base + parts.columns.iter().map(|column| column[row]).sum::<f64>();
        assert!((sum - margin).abs() < 1e-9, "{sum} {margin}");
    }
}

/// With two columns the Shapley value is half the column's effect alone and half its effect after the other;
/// the expectations are the tree's own, computed here by hand from its leaves.
#[test]
fn contributions_are_shapley_values() {
    let first: Vec<f64> = (0..80).map(|row| f64::from(row % 2)).collect();
    let second: Vec<f64> = (0..80).map(|row| f64::from(row / 20)).collect();
    let target: Vec<f64> =
        first.iter().zip(&second).map(|(a, b)| a * 3.0 + b * b + a * b).collect();
    let frame =
        Frame::new(80).with(Column::Numbers(first.clone())).with(Column::Numbers(second.clone()));
    let growth = Growth { rate: 1.0, leaf_rows: 1, ridge: 0.0, ..Growth::default() };
    let learner = Boosted { growth, rounds: Rounds::Fixed(1) };
    let fitted = learner.fit(&Sample::new(&frame, &target), Task::Value, 1).expect("fitted");
    // One tree with a leaf for each of the eight cells is the function itself, and the columns are independent.
    let value = |a: f64, b: f64| a * 3.0 + b * b + a * b;
    let over_b = |a: f64| (0..4).map(|b| value(a, f64::from(b))).sum::<f64>() / 4.0;
    let over_a = |b: f64| (value(0.0, b) + value(1.0, b)) / 2.0;
    let mean = (over_b(0.0) + over_b(1.0)) / 2.0;
    let parts = fitted.contributions(&frame);
    assert!((parts.base - mean).abs() < 1e-6);
    for row in 0..80 {
        let (a, b) = (first[row], second[row]);
        let expected = f64::midpoint(over_b(a) - mean, value(a, b) - over_a(b));
        assert!((parts.columns[0][row] - expected).abs() < 1e-6, "{expected}");
    }
}

#[test]
fn weights_are_as_good_as_copies() {
    let (frame, target) = planted(400);
    let weights: Vec<f64> = (0..400).map(|row| f64::from(1 + row % 3)).collect();
    let copies: Vec<usize> = (0..400).flat_map(|row| vec![row; 1 + row % 3]).collect();
    let copied: Vec<f64> = copies.iter().map(|row| target[*row]).collect();
    let growth = Growth { leaf_rows: 1, leaf_hessian: 20.0, ..Growth::default() };
    let learner = Boosted { growth, rounds: Rounds::Fixed(3) };
    let weighed = Sample::new(&frame, &target).weighed(&weights);
    let one = learner.fit(&weighed, Task::Value, 1).expect("fitted").margins(&frame);
    let more = frame.take(&copies);
    let two = learner.fit(&Sample::new(&more, &copied), Task::Value, 1).expect("fitted");
    let two = two.margins(&frame);
    let apart = one.iter().zip(&two).filter(|(a, b)| (*a - *b).abs() > 0.05).count();
    assert!(apart < 20, "{apart} of 400 differ: only the bins' edges may");
}

#[test]
fn noise_ends_in_the_mean() {
    let rows = 500;
    let frame = Frame::new(rows)
        .with(Column::Numbers((0..500).map(|row| f64::from(noise(row, 1000))).collect()));
    let target: Vec<f64> = (0..500).map(|row| f64::from(noise(row + 7919, 2))).collect();
    let fitted = Boosted::default()
        .ensemble(&Sample::new(&frame, &target), Task::Probability, 1)
        .expect("fitted");
    assert!(fitted.trees() < 10, "{} trees for noise", fitted.trees());
}

#[test]
fn odd_samples_are_fitted_or_refused() {
    let frame = Frame::new(3).with(Column::Levels(vec![MISSING; 3])).with(Column::Numbers(vec![
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ]));
    let fit =
        |target: &[f64]| Boosted::default().fit(&Sample::new(&frame, target), Task::Probability, 1);
    let said = fit(&[1.0, 1.0, 0.0]).expect("fitted").predict(&frame);
    assert!(said.iter().all(|p| *p > 0.0 && *p < 1.0), "{said:?}");
    assert!(fit(&[1.0; 3]).expect("one class is a mean").predict(&frame)[0] > 0.999);
    assert_eq!(fit(&[1.0, 2.0, 0.0]).err(), Some(Unfit::Target { row: 1 }));
    assert_eq!(fit(&[1.0]).err(), Some(Unfit::Length));
}

#[test]
fn the_same_seed_gives_the_same_trees() {
    let (frame, target) = planted(600);
    let growth = Growth { rows: 0.5, columns: 0.5, ..Growth::default() };
    let learner = Boosted { growth, ..Boosted::default() };
    let fit = |seed| learner.ensemble(&Sample::new(&frame, &target), Task::Value, seed);
    assert_eq!(fit(1), fit(1));
    assert_ne!(fit(1), fit(2));
}
