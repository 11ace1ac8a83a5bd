//! Least squares on a matrix, with standard errors.

/// Coefficients with their standard errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// One for each column.
    pub coefficients: Vec<f64>,
    /// Standard error of each.
    pub standard_errors: Vec<f64>,
    /// Share of the variance explained, at most 1.
    pub r_squared: f64,
}

/// Least squares of `y` on the rows of `x` (an intercept is a column of ones), by Cholesky on the normal
/// equations with a ridge of 1e-9 of the mean diagonal against collinear columns.
///
/// `x`: n rows of k; `y`: n. `None` when n <= k, a row's length differs, or the system is singular.
/// Draper and Smith (1998), eq. 5.1.9 and 5.2.3.
pub fn least_squares(x: &[Vec<f64>], y: &[f64]) -> Option<Fit> {
    let (n, k) = (x.len(), x.first()?.len());
    if n <= k || y.len() != n || x.iter().any(|row| row.len() != k) {
        return None;
    }
    let mut gram = vec![vec![0.0; k]; k];
    let mut moment = vec![0.0; k];
    for (row, target) in x.iter().zip(y) {
        for i in 0..k {
            moment[i] += row[i] * target;
            for j in 0..=i {
                gram[i][j] += row[i] * row[j];
            }
        }
    }
    let ridge = 1e-9 * (0..k).map(|i| gram[i][i]).sum::<f64>() / k as f64;
    (0..k).for_each(|i| gram[i][i] += ridge);
    let lower = cholesky(gram)?;
    let coefficients = solve(&lower, &moment);
    let fitted = |row: &Vec<f64>| row.iter().zip(&coefficients).map(|(a, b)| a * b).sum::<f64>();
    let rss: f64 = x.iter().zip(y).map(|(row, target)| (target - fitted(row)).powi(2)).sum();
    let mean = y.iter().sum::<f64>() / n as f64;
    let tss: f64 = y.iter().map(|target| (target - mean).powi(2)).sum();
    let sigma2 = rss / (n - k) as f64;
    let standard_errors = (0..k)
        .map(|i| {
            let unit: Vec<f64> = (0..k).map(|j| if i == j { 1.0 } else { 0.0 }).collect();
            (sigma2 * solve(&lower, &unit)[i]).max(0.0).sqrt()
        })
        .collect();
    let r_squared = if tss > 0.0 { 1.0 - rss / tss } else { 1.0 };
    Some(Fit { coefficients, standard_errors, r_squared })
}

/// The lower triangle L with L Lᵀ = `matrix` (its lower triangle is read); `None` unless positive definite.
pub(crate) fn cholesky(mut matrix: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    for i in 0..matrix.len() {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|m| matrix[i][m] * matrix[j][m]).sum();
            let rest = matrix[i][j] - dot;
            if i == j {
                if rest <= 0.0 {
                    return None;
                }
                matrix[i][i] = rest.sqrt();
            } else {
                matrix[i][j] = rest / matrix[j][j];
            }
        }
    }
    Some(matrix)
}

/// x with L Lᵀ x = b.
pub(crate) fn solve(lower: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let k = b.len();
    let mut x = b.to_vec();
    for i in 0..k {
        let dot: f64 = (0..i).map(|j| lower[i][j] * x[j]).sum();
        x[i] = (x[i] - dot) / lower[i][i];
    }
    for i in (0..k).rev() {
        let dot: f64 = (i + 1..k).map(|j| lower[j][i] * x[j]).sum();
        x[i] = (x[i] - dot) / lower[i][i];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST StRD "Norris", a certified data set of linear regression: slope 1.00211681802045, intercept
    /// -0.262323073774029, standard errors 0.000429796848199937 and 0.232818234301152.
    #[test]
    fn norris_certified_values() {
        let y = [
            0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1,
            778.1, 668.8, 339.3, 448.9, 10.8, 557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6,
            339.3, 888.0, 998.5, 778.9, 10.2, 117.6, 228.9, 668.4, 449.2, 0.2,
        ];
        let x = [
            0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6,
            775.5, 666.9, 338.0, 447.5, 11.6, 556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8,
            339.1, 887.2, 999.0, 779.0, 11.1, 118.3, 229.2, 669.1, 448.9, 0.5,
        ];
        let rows: Vec<Vec<f64>> = x.iter().map(|v| vec![1.0, *v]).collect();
        let fit = least_squares(&rows, &y).expect("36 rows");
        assert!((fit.coefficients[1] - 1.002_116_818).abs() < 1e-6, "{fit:?}");
        assert!((fit.coefficients[0] + 0.262_323_07).abs() < 1e-3);
        assert!((fit.standard_errors[1] - 0.000_429_797).abs() < 1e-6);
        assert!((fit.r_squared - 0.999_993_745).abs() < 1e-6);
    }

    #[test]
    fn planted_prices_are_recovered() {
        let mut rows = Vec::new();
        let mut y = Vec::new();
        for i in 0_u32..64 {
            let row: Vec<f64> = (0..6).map(|bit| f64::from((i >> bit) & 1)).collect();
            y.push(
                20.0 + row
                    .iter()
                    .zip([5.0, 25.0, 50.0, 5.0, 10.0, 3.0])
                    .map(|(a, b)| a * b)
                    .sum::<f64>(),
            );
            rows.push(std::iter::once(1.0).chain(row).collect());
        }
        let fit = least_squares(&rows, &y).expect("full rank");
        for (found, planted) in fit.coefficients.iter().zip([20.0, 5.0, 25.0, 50.0, 5.0, 10.0, 3.0])
        {
            assert!((found - planted).abs() < 1e-6);
        }
    }

    #[test]
    fn too_few_rows_fit_nothing() {
        assert_eq!(least_squares(&[vec![1.0, 2.0]], &[1.0]), None);
    }
}
