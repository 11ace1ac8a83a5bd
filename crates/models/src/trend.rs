//! The straight line through a series of readings.

/// A line with the spread of its slope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Change per unit of x.
    pub slope: f64,
    /// Standard error of the slope; 0 with fewer than three readings.
    pub slope_sd: f64,
    /// Mean of the readings.
    pub mean: f64,
    /// Readings.
    pub n: usize,
}

/// Ordinary least squares through (x, y) points in the order given; `None` for fewer than two distinct x.
///
/// Slope = Sxy / Sxx; its variance = RSS / (n - 2) / Sxx (Draper and Smith 1998, eq. 1.4.2).
pub fn line(points: &[(f64, f64)]) -> Option<Line> {
    let n = points.len();
    if n < 2 {
        return None;
    }
    let mean_x = points.iter().map(|p| p.0).sum::<f64>() / n as f64;
    let mean = points.iter().map(|p| p.1).sum::<f64>() / n as f64;
    let sxx: f64 = points.iter().map(|p| (p.0 - mean_x).powi(2)).sum();
    if sxx <= 0.0 {
        return None;
    }
    let sxy: f64 = points.iter().map(|p| (p.0 - mean_x) * (p.1 - mean)).sum();
    let slope = sxy / sxx;
    let rss: f64 = points.iter().map(|p| (p.1 - mean - slope * (p.0 - mean_x)).powi(2)).sum();
    let slope_sd = if n > 2 { (rss / (n - 2) as f64 / sxx).sqrt() } else { 0.0 };
    Some(Line { slope, slope_sd, mean, n })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_is_found_exactly() {
        let line = line(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]).expect("two distinct x");
        assert!((line.slope - 2.0).abs() < 1e-12 && line.slope_sd < 1e-12);
    }

    /// Anscombe (1973), "Graphs in Statistical Analysis", data set 1: slope .500, standard error .118.
    #[test]
    fn anscombe_s_first() {
        let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
        let points: Vec<_> = x.into_iter().zip(y).collect();
        let line = line(&points).expect("eleven distinct x");
        assert!((line.slope - 0.5001).abs() < 1e-4);
        assert!((line.slope_sd - 0.1179).abs() < 1e-4);
    }

    #[test]
    fn one_moment_has_no_slope() {
        assert_eq!(line(&[(1.0, 2.0), (1.0, 3.0)]), None);
        assert_eq!(line(&[(1.0, 2.0)]), None);
    }
}
