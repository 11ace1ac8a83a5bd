//! Special functions that the likelihoods need: gamma and beta in logarithms, quadrature nodes, the
//! normal distribution.

pub use statrs::function::gamma::{digamma, ln_gamma};

/// ln B(a, b) for a, b > 0.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// ln(1 + eˣ) without overflow, for any finite x.
pub fn ln_1p_exp(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}

/// 1 / (1 + e⁻ˣ), in 0..=1.
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
}

/// (1 - e^(-c x)) / c, which is x at c = 0: continuous where the textbook form divides by nothing.
pub fn one_less_exp_over(c: f64, x: f64) -> f64 {
    if c.abs() < 1e-12 { x } else { -(-c * x).exp_m1() / c }
}

/// ln of the sum of the exponentials of `terms`; minus infinity when there are none.
pub fn ln_sum_exp(terms: &[f64]) -> f64 {
    let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if most.is_infinite() {
        return most;
    }
    most + terms.iter().map(|term| (term - most).exp()).sum::<f64>().ln()
}

/// The Gauss hypergeometric function 2F1(a, b; c; z) by its series, for c > 0 and z = `at` in 0..1, to 1e-15 of
/// the largest term. Abramowitz and Stegun (1964), 15.1.1.
pub fn hypergeometric(parameters: (f64, f64, f64), at: f64) -> f64 {
    let (a, b, c) = parameters;
    let (mut term, mut sum, mut largest) = (1.0_f64, 1.0_f64, 1.0_f64);
    for k in 0..TERMS_MAX {
        let k = f64::from(k);
        let ratio = (a + k) * (b + k) / ((c + k) * (k + 1.0)) * at;
        term *= ratio;
        sum += term;
        largest = largest.max(term.abs());
        if term.abs() <= 1e-16 * largest && ratio.abs() < 1.0 {
            break;
        }
    }
    sum
}

/// Terms after which a series is taken as it stands: reached only within 1e-4 of its radius.
pub const TERMS_MAX: u32 = 400_000;

/// P(Z <= z) of the standard normal.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * statrs::function::erf::erfc(-z / std::f64::consts::SQRT_2)
}

/// The z with P(Z <= z) = p of the standard normal, for 0 < p < 1.
pub fn normal_quantile(p: f64) -> f64 {
    -std::f64::consts::SQRT_2 * statrs::function::erf::erfc_inv(2.0 * p)
}

/// Nodes and weights of Gauss-Legendre quadrature on [0, 1]: exact for polynomials of degree 31.
pub struct Quadrature {
    /// (place in 0..1, weight); the weights sum to 1.
    pub nodes: [(f64, f64); 16],
}

impl Quadrature {
    /// By Newton's method on the Legendre polynomial of degree 16 (Abramowitz and Stegun 1964, 25.4.29).
    pub fn new() -> Self {
        let mut nodes = [(0.0, 0.0); 16];
        for (i, node) in nodes.iter_mut().enumerate() {
            let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / 16.5).cos();
            let mut slope = 1.0;
            for _ in 0..50 {
                let value;
                (value, slope) = legendre(x);
                let step = value / slope;
                x -= step;
                if step.abs() < 1e-16 {
                    break;
                }
            }
            *node = (0.5 - 0.5 * x, 1.0 / ((1.0 - x * x) * slope * slope));
        }
        Self { nodes }
    }
}

impl Default for Quadrature {
    fn default() -> Self {
        Self::new()
    }
}

/// P₁₆(x) and its slope, for -1 < x < 1.
fn legendre(x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for k in 2..=16 {
        let k = f64::from(k);
        (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
    }
    (value, 16.0 * (x * value - before) / (x * x - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} {expected}");
    }

    #[test]
    fn closed_forms() {
        close(ln_beta(2.0, 3.0), (1.0_f64 / 12.0).ln());
        close(ln_1p_exp(800.0), 800.0);
        close(ln_1p_exp(0.0), 2.0_f64.ln());
        close(sigmoid(0.0), 0.5);
        close(one_less_exp_over(0.0, 3.0), 3.0);
        close(one_less_exp_over(2.0, 1.0), (1.0 - (-2.0_f64).exp()) / 2.0);
        close(ln_sum_exp(&[-1000.0, -1000.0]), -1000.0 + 2.0_f64.ln());
        // Abramowitz and Stegun 15.1.3 and 15.1.8.
        close(hypergeometric((1.0, 1.0, 2.0), 0.5), 2.0 * 2.0_f64.ln());
        close(hypergeometric((3.5, 2.0, 2.0), 0.9), 0.1_f64.powf(-3.5));
        assert!((normal_cdf(1.281_551_565_544_600_4) - 0.9).abs() < 1e-10);
        assert!((normal_quantile(0.9) - 1.281_551_565_544_600_4).abs() < 1e-9);
    }

    #[test]
    fn quadrature_is_exact_for_degree_31() {
        let sum: f64 = Quadrature::new().nodes.iter().map(|(x, w)| w * x.powi(31)).sum();
        close(sum, 1.0 / 32.0);
        close(Quadrature::new().nodes.iter().map(|(_, w)| w).sum(), 1.0);
    }
}
