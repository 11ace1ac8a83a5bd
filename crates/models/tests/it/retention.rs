//! Two segments of subscribers over twelve years, as printed.

use models::retention::{CURVES, Fitted, Risks, choose, fit};

use super::data;

/// Survivors of 1,000 after 0..=12 years: column 1 is high end, column 2 regular.
fn survivors(column: usize) -> Option<Vec<f64>> {
    let file = data::folder("sbg_contractual")?.join("survival_pct.csv");
    let cell = |row: Vec<String>| 10.0 * row[column].parse::<f64>().expect("a percentage");
    Some(data::rows(&file).into_iter().map(cell).collect())
}

fn fitted(curve: usize, years: usize, alive: &[f64]) -> Fitted {
    fit(CURVES[curve], &Risks::of_survivors(&alive[..=years]).expect("sound")).expect("a fit")
}

/// Fader and Hardie (2007): fitted to years 1-7, projected to year 12.
#[test]
fn sbg_on_both_segments() {
    for (column, alpha, beta, twelfth) in [(1, 0.668, 3.806, 0.378), (2, 0.704, 1.182, 0.170)] {
        let Some(alive) = survivors(column) else { return };
        let found = fitted(0, 7, &alive);
        assert!((found.parameters[0] - alpha).abs() < 5.1e-4, "{found:?}");
        assert!((found.parameters[1] - beta).abs() < 5.1e-4, "{found:?}");
        let projected = found.survival(12, 0.8).share;
        assert!((projected - twelfth).abs() < 6e-4, "{projected}");
        // Against the trivial projection, the mean retention so far for ever: at least three times as near.
        let trivial = (alive[7] / 1000.0).powf(12.0 / 7.0);
        let actual = alive[12] / 1000.0;
        assert!((projected - actual).abs() * 3.0 < (trivial - actual).abs(), "{trivial}");
    }
}

/// Fader and Hardie (2010): DERL 7.530 of the high end after seven renewals, just before the next, at ten per cent.
#[test]
fn residual_lifetime_of_the_high_end() {
    let Some(alive) = survivors(1) else { return };
    let found = fitted(0, 7, &alive).residual_lifetime(7, 0.1).expect("an end");
    assert!((found - 7.530).abs() < 2e-3, "{found}");
}

/// Fader, Hardie, Liu, Davin and Steenburgh (2018): fitted to the first four years of the high end.
#[test]
fn bdw_on_the_high_end() {
    let Some(alive) = survivors(1) else { return };
    let found = fitted(1, 4, &alive);
    for (value, printed) in found.parameters.iter().zip([0.2593, 1.7226, 1.5844]) {
        assert!((value - printed).abs() < 1e-3, "{found:?}");
    }
    assert!((found.log_likelihood / 10.0 + 122.275).abs() < 1e-3, "{found:?}");
    for (year, printed) in (5..).zip([54.66, 51.04, 48.10, 45.67, 43.60, 41.82]) {
        let share = 100.0 * found.survival(year, 0.8).share;
        assert!((share - printed).abs() < 0.011, "{year}: {share}, printed {printed}");
    }
}

/// With seven years to learn from, both curves fit; the choice is by the held-out years 6 and 7.
#[test]
fn both_curves_fit_the_subscribers() {
    for column in [1, 2] {
        let Some(alive) = survivors(column) else { return };
        let tried = choose(&Risks::of_survivors(&alive[..8]).expect("sound"), CURVES);
        assert!(tried.iter().all(|it| it.fault.is_none()), "{tried:?}");
        let best = tried[0].fitted.survival(12, 0.8);
        assert!((best.share - alive[12] / 1000.0).abs() < 0.02, "{best:?}");
    }
}
