//! Planted probabilities, noise, leaks, and tiny samples.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;
use crate::learn::Column;

fn uniform(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / 2_f64.powi(53)
}

/// Four numbers and a category; log odds of `strength` times what two of them say.
fn company(rows: usize, strength: f64, seed: u64) -> (Frame, Vec<f64>, Vec<f64>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let numbers: Vec<Vec<f64>> =
        (0..4).map(|_| (0..rows).map(|_| uniform(&mut random)).collect()).collect();
    let codes: Vec<u32> = (0..rows).map(|_| random.next_u32() % 6).collect();
    let mut truth = Vec::new();
    let mut target = Vec::new();
    for row in 0..rows {
        let plan = if codes[row] < 2 { 1.0 } else { -0.5 };
        let margin = strength * (4.0 * (numbers[0][row] - 0.5) + plan) - 0.5;
        let p = Task::Probability.response(margin);
        truth.push(p);
        target.push(f64::from(u8::from(uniform(&mut random) < p)));
    }
    let mut frame = Frame::new(rows);
    for values in numbers {
        frame = frame.with(Column::Numbers(values));
    }
    (frame.with(Column::Levels(codes)), target, truth)
}

#[test]
fn planted_probabilities_are_recovered() {
    let (frame, target, _) = company(3000, 1.0, 1);
    let (unseen, _, truth) = company(1000, 1.0, 2);
    let model = train(&frame, &target, 1).expect("trained");
    assert_eq!(model.verdict, Verdict::Signal);
    let said = model.predict(&unseen);
    let miss = said.iter().zip(&truth).map(|(a, b)| (a - b).abs()).sum::<f64>() / 1000.0;
    assert!(miss < 0.04, "mean distance to the true probability: {miss}");
    assert!((model.calibration.slope - 1.0).abs() < 0.15, "{:?}", model.calibration);
    let parts = model.contributions(&unseen);
    let total = |column: usize| parts.columns[column].iter().map(|v| v.abs()).sum::<f64>();
    for noise in [1, 2, 3] {
        assert!(total(0) > 5.0 * total(noise) && total(4) > 5.0 * total(noise));
    }
    for (row, p) in said.iter().enumerate() {
        let margin = parts.base + parts.columns.iter().map(|column| column[row]).sum::<f64>();
        assert!((Task::Probability.response(margin) - p).abs() < 1e-9);
    }
}

#[test]
fn fifty_rows_are_enough_for_a_strong_effect() {
    let found = (0..10).filter(|seed| {
        let (frame, target, _) = company(50, 3.0, *seed);
        train(&frame, &target, 1).expect("trained").verdict == Verdict::Signal
    });
    let found = found.count();
    assert!(found >= 8, "{found} of 10");
}

/// Of companies whose history explains nothing at most one in twenty is told that it does.
#[test]
fn noise_is_told_to_be_noise() {
    for (rows, companies) in [(60, 60), (300, 40)] {
        let signals = (0..companies).filter(|seed| {
            let (frame, target, _) = company(rows, 0.0, 1000 + *seed);
            train(&frame, &target, *seed).expect("trained").verdict == Verdict::Signal
        });
        let signals = signals.count() as u64;
        assert!(signals * 20 <= companies, "{signals} of {companies} at {rows} rows");
    }
}

#[test]
fn without_a_signal_everybody_gets_the_base_rate() {
    let (frame, target, _) = company(200, 0.0, 77);
    let model = train(&frame, &target, 1).expect("trained");
    assert_eq!(model.verdict, Verdict::NoSignal);
    let ones = target.iter().sum::<f64>();
    assert!(model.predict(&frame).iter().all(|p| (p - (ones + 0.5) / 201.0).abs() < 1e-12));
}

#[test]
fn a_leak_is_seen_alone() {
    let (frame, target, _) = company(500, 0.5, 3);
    let leak = target.iter().enumerate().map(|(row, y)| y * 10.0 + (row % 7) as f64).collect();
    let found = alone(&frame.with(Column::Numbers(leak)), &target, 1);
    assert_eq!(found[0].column, 5);
    assert!(found[0].auc > 0.98 && found[1].auc < 0.8, "{found:?}");
}

#[test]
fn few_of_a_class_are_refused() {
    let (frame, _, _) = company(10, 0.0, 1);
    let mut target = vec![0.0; 10];
    target[3] = 1.0;
    let refused = train(&frame, &target, 1).err();
    assert_eq!(refused, Some(Untrained::TooFew { ones: 1, zeros: 9 }));
    target[4] = 1.0;
    assert!(train(&frame, &target, 1).is_ok());
    assert!(train(&Frame::new(10), &target, 1).expect("no columns").auc.value <= 0.5);
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let (frame, target, _) = company(400, 1.0, 5);
    let said = |seed| train(&frame, &target, seed).expect("trained").predict(&frame);
    assert_eq!(said(1), said(1));
    assert_ne!(said(1), said(2));
}
