//! Whether a score moves over periods.

use statrs::distribution::{ContinuousCDF, Normal};

use super::Responses;

/// The line through the scores of periods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// Change in points a period.
    pub slope: f64,
    /// Lower end of the interval of 95 %.
    pub lower: f64,
    /// Upper end of the interval of 95 %.
    pub upper: f64,
    /// Chance of a slope this steep where nothing moves, 0..=1.
    pub p_value: f64,
    /// How much more the scores scatter about the line than their sizes explain: 1 or more.
    pub scatter: f64,
    /// Periods with answers.
    pub periods: usize,
}

/// Least squares through (number of the period, its answers), each score weighted by the reciprocal of its variance
/// (three answers added, as for the interval). Where the scores scatter more than that, the standard error is widened
/// by the root of chi-squared over its degrees of freedom (Birge 1932; McCullagh and Nelder 1989, section 4.5).
///
/// `None` for fewer than three periods with answers.
pub fn trend(periods: &[(f64, Responses)]) -> Option<Trend> {
    let points: Vec<(f64, f64, f64)> = periods
        .iter()
        .filter_map(|(at, responses)| {
            let error = responses.adjusted().1;
            Some((*at, responses.score()?, 1.0 / (error * error)))
        })
        .collect();
    if points.len() < 3 {
        return None;
    }
    let total: f64 = points.iter().map(|it| it.2).sum();
    let mean_at = points.iter().map(|it| it.2 * it.0).sum::<f64>() / total;
    let mean = points.iter().map(|it| it.2 * it.1).sum::<f64>() / total;
    let spread: f64 = points.iter().map(|it| it.2 * (it.0 - mean_at).powi(2)).sum();
    if spread <= 0.0 {
        return None;
    }
    let moved: f64 = points.iter().map(|it| it.2 * (it.0 - mean_at) * (it.1 - mean)).sum();
    let slope = moved / spread;
    let chi: f64 =
        points.iter().map(|it| it.2 * (it.1 - mean - slope * (it.0 - mean_at)).powi(2)).sum();
    let scatter = (chi / (points.len() - 2) as f64).max(1.0);
    let error = (scatter / spread).sqrt();
    let normal = Normal::standard();
    let quantile = normal.inverse_cdf(0.975);
    Some(Trend {
        slope,
        lower: slope - quantile * error,
        upper: slope + quantile * error,
        p_value: 2.0 * normal.cdf(-(slope / error).abs()),
        scatter,
        periods: points.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(promoters: u64, detractors: u64) -> Responses {
        Responses { promoters, passives: 100 - promoters - detractors, detractors }
    }

    #[test]
    fn a_planted_slope_is_found() {
        let periods: Vec<(f64, Responses)> =
            (0..12_u64).map(|at| (at as f64, period(30 + at, 40 - at))).collect();
        let trend = trend(&periods).expect("twelve periods");
        assert!((trend.slope - 2.0).abs() < 0.05 && trend.lower > 0.0, "{trend:?}");
        assert!(trend.p_value < 0.05 && (trend.scatter - 1.0).abs() < 1e-12);
    }

    #[test]
    fn scores_that_jump_are_no_trend() {
        let jump = |at: u64| if at.is_multiple_of(2) { period(60, 10) } else { period(20, 50) };
        let periods: Vec<(f64, Responses)> = (0..8).map(|at| (at as f64, jump(at))).collect();
        let trend = trend(&periods).expect("eight periods");
        assert!(trend.scatter > 5.0 && trend.lower < 0.0 && trend.upper > 0.0, "{trend:?}");
    }

    #[test]
    fn two_periods_are_no_trend() {
        assert_eq!(trend(&[(0.0, period(1, 2)), (1.0, period(2, 1))]), None);
        assert_eq!(trend(&[(1.0, period(1, 2)); 3]), None);
    }
}
