//! Losses of margins.

use super::learner::Task;

/// The log odds of a probability, which is kept off 0 and 1 by 1e-12.
pub fn log_odds(probability: f64) -> f64 {
    let p = probability.clamp(1e-12, 1.0 - 1e-12);
    (p / (1.0 - p)).ln()
}

/// The loss of a margin: log loss (nats) for a target of 0 or 1, else the squared error. Finite.
pub fn of(task: Task, margin: f64, target: f64) -> f64 {
    match task {
        // ln(1 + e^m) - y m, without overflow.
        Task::Probability => margin.max(0.0) + (-margin.abs()).exp().ln_1p() - target * margin,
        Task::Value => (target - margin).powi(2),
    }
}

/// The weighted mean loss of (margin, target, weight); 0 without rows.
pub fn mean(task: Task, rows: impl Iterator<Item = (f64, f64, f64)>) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (margin, target, weight) in rows {
        sum += weight * of(task, margin, target);
        weights += weight;
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_loss_is_minus_the_log_of_what_came() {
        for p in [0.01, 0.3, 0.999_f64] {
            assert!((of(Task::Probability, log_odds(p), 1.0) + p.ln()).abs() < 1e-9);
            assert!((of(Task::Probability, log_odds(p), 0.0) + (1.0 - p).ln()).abs() < 1e-9);
        }
        assert!(of(Task::Probability, 1e4, 0.0).is_finite());
    }
}
