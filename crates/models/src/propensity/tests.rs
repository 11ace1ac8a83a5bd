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

#[test]
fn a_kept_model_says_the_same() {
    for (rows, keep) in [(400, Keep::Folds), (3000, Keep::Refitted)] {
        let (frame, target, _) = company(rows, 1.0, 3);
        let options = Options { seed: 1, groups: None, keep };
        let model = train_with(&frame, &target, options).expect("trained").model;
        let bytes = serde_json::to_vec(&model).expect("JSON");
        let again = train_with(&frame, &target, options).expect("trained").model;
        assert_eq!(bytes, serde_json::to_vec(&again).expect("JSON"), "the same bytes");
        let back: Propensity = serde_json::from_slice(&bytes).expect("read");
        let (said, kept) = (model.predict(&frame), back.predict(&frame));
        assert!(said.iter().zip(&kept).all(|(a, b)| (a - b).abs() < 1e-9));
    }
}

#[test]
fn one_model_on_all_rows_is_about_as_good_as_the_mean_of_the_folds() {
    let (frame, target, _) = company(3000, 1.0, 1);
    let (unseen, _, truth) = company(1000, 1.0, 2);
    let options = Options { seed: 1, groups: None, keep: Keep::Refitted };
    let model = train_with(&frame, &target, options).expect("trained").model;
    let said = model.predict(&unseen);
    let miss = said.iter().zip(&truth).map(|(a, b)| (a - b).abs()).sum::<f64>() / 1000.0;
    assert!(miss < 0.045, "mean distance to the true probability: {miss}");
    let ways = model.ways(&unseen);
    let total = |column: usize| ways.columns[column].iter().map(|v| v.abs()).sum::<f64>();
    for noise in [1, 2, 3] {
        assert!(total(0) > 4.0 * total(noise) && total(4) > 4.0 * total(noise));
    }
    for (row, p) in said.iter().enumerate() {
        let margin = ways.base + ways.columns.iter().map(|column| column[row]).sum::<f64>();
        assert!((Task::Probability.response(margin) - p).abs() < 1e-9);
    }
}

#[test]
fn what_only_names_the_group_is_no_signal() {
    // Sixty accounts of five rows each: within an account the outcome repeats itself, and a column names the account.
    let (frame, outcomes, _) = company(60, 0.0, 5);
    let row_of = |row: usize| row / 5;
    let target: Vec<f64> = (0..300).map(|row| outcomes[row_of(row)]).collect();
    let names = (0..300).map(|row| u32::try_from(row_of(row)).expect("small")).collect();
    let frame = frame.take(&(0..300).map(row_of).collect::<Vec<_>>()).with(Column::Levels(names));
    let groups: Vec<usize> = (0..300).map(row_of).collect();
    let of = |groups| {
        let options = Options { seed: 1, groups, keep: Keep::Refitted };
        train_with(&frame, &target, options).expect("trained")
    };
    assert_eq!(of(None).model.verdict, Verdict::Signal, "dealt by rows, the account tells");
    let apart = of(Some(&groups));
    assert_eq!(apart.model.verdict, Verdict::NoSignal, "{:?}", apart.model.auc);
    for row in 0..300 {
        assert_eq!(apart.fold[row], apart.fold[row_of(row) * 5], "an account stays in one fold");
    }
    assert_eq!(apart.held_out.len(), 300);
}
