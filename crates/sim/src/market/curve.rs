//! Curves made of additions, multiplications and divisions, which every machine rounds alike.

/// e to the power of x, for -30 ..= 30: the limit of (1 + x / n)^n at n = 2^20.
pub(super) fn exp(x: f64) -> f64 {
    let mut power = 1.0 + x.clamp(-30.0, 30.0) / 1_048_576.0;
    for _ in 0..20 {
        power *= power;
    }
    power
}

/// The logistic function: 0 to 1.
pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// A probability whose odds are multiplied by e to the power of `shift`.
pub(super) fn shifted(probability: f64, shift: f64) -> f64 {
    let odds = probability * exp(shift);
    odds / (odds + 1.0 - probability)
}

/// A number to a whole power.
pub(super) fn power(base: f64, times: i32) -> f64 {
    (0..times).fold(1.0, |product, _| product * base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_what_they_say() {
        for x in [-8.0_f64, -1.0, 0.0, 0.5, 3.0] {
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-3, "{x}");
        }
        assert!((logistic(0.0) - 0.5).abs() < 1e-12);
        // Of 6 in 100 with 1.74 times the odds, 10 in 100.
        assert!((shifted(0.06, 0.5543) - 0.1).abs() < 1e-3);
        assert!((power(1.1, 3) - 1.331).abs() < 1e-12);
    }
}
