//! Closed forms, planted log odds, and odd columns.

#![expect(clippy::cast_possible_truncation, reason = "a few hundred rows")]
use super::super::frame::{Column, MISSING};
use super::*;

fn noise(at: u32, bound: u32) -> f64 {
    let mixed = (at.wrapping_add(1)).wrapping_mul(2_654_435_761);
    f64::from(((mixed >> 7) ^ (mixed >> 17)).wrapping_mul(40_503) % 65_536 % bound)
}

fn fixed(penalty: f64) -> Linear {
    Linear { shape: Shape::Straight, penalty: Penalty::Fixed(penalty) }
}

/// Ridge by its closed form, one standardised column: slope = Σ x y / (n + penalty).
#[test]
fn one_column_is_the_closed_form() {
    let x: Vec<f64> = vec![-1.0, 1.0, -1.0, 1.0];
    let y = [0.0, 4.0, 2.0, 4.0];
    let frame = Frame::new(4).with(Column::Numbers(x));
    let fitted = fixed(4.0).fit(&Sample::new(&frame, &y), Task::Value, 1).expect("fitted");
    let slope = (4.0 + 4.0 - 2.0) / (4.0 + 4.0);
    for (said, expected) in fitted.margins(&frame).iter().zip([2.5 - slope, 2.5 + slope]) {
        assert!((said - expected).abs() < 1e-6, "{said} {expected}");
    }
}

/// A saturated logistic regression without penalty gives each category its own share.
#[test]
fn categories_without_penalty_are_their_shares() {
    let codes: Vec<u32> = (0..40).map(|row| row / 20).collect();
    let target: Vec<f64> =
        (0..40).map(|row| f64::from(u8::from(!(5..25).contains(&row)))).collect();
    let frame = Frame::new(40).with(Column::Levels(codes));
    let fitted =
        fixed(1e-6).fit(&Sample::new(&frame, &target), Task::Probability, 1).expect("fitted");
    let said = fitted.predict(&frame);
    assert!((said[0] - 0.25).abs() < 1e-4 && (said[39] - 0.75).abs() < 1e-4, "{said:?}");
}

#[test]
fn planted_log_odds_are_recovered() {
    let n = 8000;
    let x: Vec<f64> = (0..n).map(|row| noise(row * 2, 1000) / 1000.0).collect();
    let target: Vec<f64> = (0..n as usize)
        .map(|row| {
            let p = Task::Probability.response(-1.0 + 2.0 * x[row]);
            f64::from(u8::from(noise(row as u32 * 2 + 1, 10_007) / 10_007.0 < p))
        })
        .collect();
    let frame = Frame::new(n as usize).with(Column::Numbers(x.clone()));
    let learner = Linear::default();
    let fitted = learner.fit(&Sample::new(&frame, &target), Task::Probability, 1).expect("fitted");
    let ends = Frame::new(2).with(Column::Numbers(vec![0.0, 1.0]));
    let said = fitted.margins(&ends);
    assert!((said[0] + 1.0).abs() < 0.2 && (said[1] - 1.0).abs() < 0.2, "{said:?}");
}

#[test]
fn bends_follow_what_a_line_cannot() {
    let n = 2000_u32;
    let x: Vec<f64> = (0..n).map(|row| noise(row, 1000)).collect();
    let target: Vec<f64> = x.iter().map(|x| (x - 500.0).abs() / 100.0).collect();
    let frame = Frame::new(n as usize).with(Column::Numbers(x));
    let error = |shape| {
        let learner = Linear { shape, ..Linear::default() };
        let said = learner.fit(&Sample::new(&frame, &target), Task::Value, 1).expect("fitted");
        let said = said.predict(&frame);
        said.iter().zip(&target).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / f64::from(n)
    };
    assert!(error(Shape::Bent) < 0.05 * error(Shape::Straight));
}

#[test]
fn contributions_add_up_and_centre() {
    let n = 300_u32;
    let frame = Frame::new(n as usize)
        .with(Column::Numbers(
            (0..n).map(|row| if row % 7 == 0 { f64::NAN } else { noise(row, 90) }).collect(),
        ))
        .with(Column::Levels(
            (0..n).map(|row| if row % 9 == 0 { MISSING } else { row % 5 }).collect(),
        ));
    let target: Vec<f64> = (0..n).map(|row| noise(row, 90) + f64::from(row % 5)).collect();
    let learner = Linear { shape: Shape::Bent, ..Linear::default() };
    let fitted = learner.fit(&Sample::new(&frame, &target), Task::Value, 1).expect("fitted");
    let parts = fitted.contributions(&frame);
    for (row, margin) in fitted.margins(&frame).into_iter().enumerate() {
        let sum = parts.base + parts.columns.iter().map(|column| column[row]).sum::<f64>();
        assert!((sum - margin).abs() < 1e-9);
    }
    assert!(parts.columns.iter().all(|column| column.iter().sum::<f64>().abs() < 1e-6));
}

/// At a minimum the slopes' gradient is the penalty's: Σ w (p − y) x = −penalty · slope, at every penalty of a path,
/// with every row behind the second derivatives and with one in many.
#[test]
fn a_path_ends_each_penalty_at_its_minimum() {
    for (n, levels) in [(400_u32, 3), (60_000, 90)] {
        let columns = (0..40).map(|column| {
            let value = |row| noise(row * 41 + column, levels * 100) / 50.0;
            Column::Numbers((0..n).map(value).collect())
        });
        let frame = columns.fold(Frame::new(n as usize), Frame::with);
        let margin = |row: u32| noise(row * 41 + 1, levels * 100) / 50.0 / f64::from(levels) - 4.0;
        let target: Vec<f64> = (0..n)
            .map(|row| {
                let p = Task::Probability.response(margin(row));
                f64::from(u8::from(noise(row * 41 + 40, 10_007) / 10_007.0 < p))
            })
            .collect();
        let sample = Sample::new(&frame, &target);
        let learner = Linear { shape: Shape::Bent, ..Linear::default() };
        let path = learner.path(&sample, Task::Probability, &PENALTIES);
        for (fitted, penalty) in path.iter().zip(PENALTIES) {
            let rows = fitted.design.rows(&frame);
            let mut gradient: Vec<f64> = fitted.slopes.iter().map(|it| penalty * it).collect();
            let mut free = 0.0;
            for (row, y) in target.iter().enumerate() {
                let miss = Task::Probability.response(fitted.margin(&rows, row)) - y;
                free += miss;
                rows.row(row).for_each(|(at, value)| gradient[at] += miss * value);
            }
            let far = gradient.iter().fold(free.abs(), |far, it| far.max(it.abs()));
            assert!(far < 1e-3 * f64::from(n).sqrt(), "{n} rows, penalty {penalty}: {far}");
        }
    }
}

#[test]
fn odd_columns_do_no_harm() {
    let frame = Frame::new(4)
        .with(Column::Numbers(vec![f64::INFINITY, 1e300, -1e300, f64::NAN]))
        .with(Column::Numbers(vec![5.0; 4]))
        .with(Column::Levels(vec![MISSING; 4]));
    let target = [1.0, 0.0, 1.0, 0.0];
    let fitted = Linear { shape: Shape::Bent, ..Linear::default() }
        .fit(&Sample::new(&frame, &target), Task::Probability, 1)
        .expect("fitted");
    assert!(fitted.predict(&frame).iter().all(|p| *p > 0.0 && *p < 1.0));
    let unseen = Frame::new(1)
        .with(Column::Numbers(vec![3.0]))
        .with(Column::Numbers(vec![6.0]))
        .with(Column::Levels(vec![17]));
    assert!(fitted.predict(&unseen)[0].is_finite());
}
