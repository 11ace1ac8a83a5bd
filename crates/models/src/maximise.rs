//! The maximum of a smooth function of a few numbers, with its curvature there.
//!
//! Quasi-Newton steps (BFGS: Nocedal and Wright 2006, algorithm 6.1) from each start to the neighbourhood
//! of a maximum, then Newton steps with the Hessian by central differences of the gradient, which settle
//! the last digits and give the standard errors.

/// A square matrix of the size of the problem.
pub type Square<const N: usize> = [[f64; N]; N];

/// A function's value and gradient at a point.
pub type Slope<const N: usize> = (f64, [f64; N]);

/// Where the search ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Maximum<const N: usize> {
    /// The place.
    pub at: [f64; N],
    /// The function's value there.
    pub value: f64,
    /// Minus the Hessian there: the observed information when the function is a log-likelihood.
    pub information: Square<N>,
    /// Whether a further Newton step promises less than 1e-7 of the function's unit. Whether the curvature
    /// is that of a maximum in every direction is for [`inverse`] to say.
    pub converged: bool,
}

/// What a further Newton step may still promise where the search counts as converged.
const PROMISE_MAX: f64 = 1e-7;
/// No coordinate moves further in one step: parameters are logarithms, where 2 is a factor of seven.
const STEP_MAX: f64 = 2.0;

/// The best maximum over all `starts`; ties go to the earlier. The function may be minus infinity or NaN
/// away from the starts; such points are stepped back from.
pub fn maximise<const N: usize>(
    f: &impl Fn(&[f64; N]) -> Slope<N>,
    starts: &[[f64; N]],
) -> Option<Maximum<N>> {
    let mut best: Option<Slope<N>> = None;
    for start in starts {
        let (value, at) = climb(f, start);
        if value.is_finite() && best.is_none_or(|(most, _)| value > most) {
            best = Some((value, at));
        }
    }
    best.map(|(_, at)| settle(f, at))
}

/// BFGS until a step gains less than 1e-5, from where Newton is surer.
fn climb<const N: usize>(f: &impl Fn(&[f64; N]) -> Slope<N>, start: &[f64; N]) -> Slope<N> {
    let mut at = *start;
    let (mut value, mut slope) = f(&at);
    let mut inverse = scaled_identity(1.0 / norm(&slope).max(1e-300));
    let mut fresh = true;
    for _ in 0..200 {
        let mut direction = times(&inverse, &slope);
        if dot(&direction, &slope) <= 0.0 {
            inverse = scaled_identity(1.0 / norm(&slope).max(1e-300));
            direction = times(&inverse, &slope);
            fresh = true;
        }
        let Some((next, next_value, next_slope)) = step(f, (&at, value, &slope), direction) else {
            if fresh {
                break;
            }
            inverse = scaled_identity(1.0 / norm(&slope).max(1e-300));
            fresh = true;
            continue;
        };
        let gain = next_value - value;
        let moved: [f64; N] = std::array::from_fn(|i| next[i] - at[i]);
        let bent: [f64; N] = std::array::from_fn(|i| slope[i] - next_slope[i]);
        (at, value, slope) = (next, next_value, next_slope);
        let curvature = dot(&moved, &bent);
        if curvature > 1e-14 * norm(&moved) * norm(&bent) {
            if fresh {
                inverse = scaled_identity(curvature / dot(&bent, &bent));
            }
            inverse = updated(&inverse, &moved, &bent);
            fresh = false;
        }
        if gain < 1e-5 {
            break;
        }
    }
    (value, at)
}

/// A point uphill along `direction` that keeps Armijo's bargain, halving until it does.
fn step<const N: usize>(
    f: &impl Fn(&[f64; N]) -> Slope<N>,
    from: (&[f64; N], f64, &[f64; N]),
    direction: [f64; N],
) -> Option<([f64; N], f64, [f64; N])> {
    let (at, value, slope) = from;
    let longest = direction.iter().fold(0.0_f64, |most, d| most.max(d.abs()));
    let promise = dot(&direction, slope);
    if !longest.is_finite() || promise <= 0.0 || longest <= 0.0 {
        return None;
    }
    let mut length = (STEP_MAX / longest).min(1.0);
    for _ in 0..40 {
        let next: [f64; N] = std::array::from_fn(|i| at[i] + length * direction[i]);
        let (next_value, next_slope) = f(&next);
        let enough = next_value >= value + 1e-4 * length * promise;
        if enough && next_value.is_finite() && next_slope.iter().all(|d| d.is_finite()) {
            return (next_value > value).then_some((next, next_value, next_slope));
        }
        length *= 0.5;
    }
    None
}

/// Newton steps to the last digits, and the information there.
fn settle<const N: usize>(f: &impl Fn(&[f64; N]) -> Slope<N>, start: [f64; N]) -> Maximum<N> {
    let mut at = start;
    let (mut value, mut slope) = f(&at);
    for _ in 0..40 {
        let information = information(f, &at);
        let Some(direction) = uphill(&information, &slope) else {
            return Maximum { at, value, information, converged: false };
        };
        let promise = 0.5 * dot(&direction, &slope);
        if promise < PROMISE_MAX {
            return Maximum { at, value, information, converged: true };
        }
        let Some(next) = step(f, (&at, value, &slope), direction) else {
            // Rounding of a large sum hides what is left to gain.
            let converged = promise < 1e-9 * value.abs();
            return Maximum { at, value, information, converged };
        };
        (at, value, slope) = next;
    }
    Maximum { at, value, information: information(f, &at), converged: false }
}

/// The Newton direction; where the function bends the wrong way or not at all, the diagonal is raised
/// (Levenberg 1944) until it is one that climbs.
fn uphill<const N: usize>(information: &Square<N>, slope: &[f64; N]) -> Option<[f64; N]> {
    let size = (0..N).map(|i| information[i][i].abs()).sum::<f64>().max(1e-6);
    let raised = |by: f64| -> Square<N> {
        std::array::from_fn(|i| {
            std::array::from_fn(|j| information[i][j] + if i == j { by } else { 0.0 })
        })
    };
    let ridges = std::iter::once(0.0).chain((0..12).map(|k| size * 1e-8 * 10.0_f64.powi(k)));
    ridges.into_iter().find_map(|by| solve(&raised(by), slope))
}

/// Minus the Hessian by central differences of the gradient, made symmetric.
fn information<const N: usize>(f: &impl Fn(&[f64; N]) -> Slope<N>, at: &[f64; N]) -> Square<N> {
    const WIDTH: f64 = 1e-4;
    let mut raw = [[0.0; N]; N];
    for (i, row) in raw.iter_mut().enumerate() {
        let beside = |sign: f64| {
            let mut point = *at;
            point[i] += sign * WIDTH;
            f(&point).1
        };
        let (above, below) = (beside(1.0), beside(-1.0));
        *row = std::array::from_fn(|j| (below[j] - above[j]) / (2.0 * WIDTH));
    }
    std::array::from_fn(|i| std::array::from_fn(|j| f64::midpoint(raw[i][j], raw[j][i])))
}

/// The lower triangle L with L Lᵀ = `matrix`; `None` unless positive definite.
pub fn cholesky<const N: usize>(matrix: &Square<N>) -> Option<Square<N>> {
    let mut lower = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let rest = matrix[i][j] - (0..j).map(|m| lower[i][m] * lower[j][m]).sum::<f64>();
            if i == j {
                if rest.is_nan() || rest <= 1e-12 * matrix[i][i].abs() {
                    return None;
                }
                lower[i][i] = rest.sqrt();
            } else {
                lower[i][j] = rest / lower[j][j];
            }
        }
    }
    Some(lower)
}

/// x with `matrix` x = b; `None` unless positive definite.
fn solve<const N: usize>(matrix: &Square<N>, b: &[f64; N]) -> Option<[f64; N]> {
    let lower = cholesky(matrix)?;
    let mut x = *b;
    for i in 0..N {
        x[i] = (x[i] - (0..i).map(|j| lower[i][j] * x[j]).sum::<f64>()) / lower[i][i];
    }
    for i in (0..N).rev() {
        x[i] = (x[i] - (i + 1..N).map(|j| lower[j][i] * x[j]).sum::<f64>()) / lower[i][i];
    }
    Some(x)
}

/// The inverse of a positive definite matrix; `None` when it is not.
pub fn inverse<const N: usize>(matrix: &Square<N>) -> Option<Square<N>> {
    let mut columns = [[0.0; N]; N];
    for (i, column) in columns.iter_mut().enumerate() {
        let unit: [f64; N] = std::array::from_fn(|j| if i == j { 1.0 } else { 0.0 });
        *column = solve(matrix, &unit)?;
    }
    Some(columns)
}

/// The inverse Hessian after a step (Nocedal and Wright 2006, eq. 6.17).
fn updated<const N: usize>(old: &Square<N>, moved: &[f64; N], bent: &[f64; N]) -> Square<N> {
    let rho = 1.0 / dot(moved, bent);
    let turned = times(old, bent);
    let scale = (1.0 + rho * dot(bent, &turned)) * rho;
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            old[i][j] + scale * moved[i] * moved[j]
                - rho * (turned[i] * moved[j] + moved[i] * turned[j])
        })
    })
}

fn scaled_identity<const N: usize>(scale: f64) -> Square<N> {
    std::array::from_fn(|i| std::array::from_fn(|j| if i == j { scale } else { 0.0 }))
}

fn times<const N: usize>(matrix: &Square<N>, x: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|i| dot(&matrix[i], x))
}

fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    (0..N).map(|i| a[i] * b[i]).sum()
}

fn norm<const N: usize>(a: &[f64; N]) -> f64 {
    dot(a, a).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rosenbrock_s_valley_is_followed_to_its_end() {
        let f = |p: &[f64; 2]| {
            let (x, y) = (p[0], p[1]);
            let (u, v) = (1.0 - x, y - x * x);
            (-(u * u + 100.0 * v * v), [2.0 * u + 400.0 * v * x, -200.0 * v])
        };
        let found = maximise(&f, &[[-1.2, 1.0]]).expect("finite");
        assert!(found.converged, "{found:?}");
        assert!(found.value > -1e-7, "{found:?}");
        // The Hessian at (1, 1) is [[802, -400], [-400, 200]].
        assert!((found.information[0][0] - 802.0).abs() < 1.0, "{found:?}");
        let back = inverse(&found.information).expect("definite");
        assert!((back[1][1] - 802.0 / 400.0).abs() < 0.1, "{back:?}");
    }

    #[test]
    fn a_slope_without_end_has_not_converged() {
        let f = |p: &[f64; 1]| (p[0], [1.0]);
        assert!(!maximise(&f, &[[0.0]]).expect("finite").converged);
    }

    #[test]
    fn the_better_of_two_hills_wins() {
        let f = |p: &[f64; 1]| {
            let hill = |centre: f64, height: f64| {
                let e = height * (-(p[0] - centre).powi(2)).exp();
                (e, -2.0 * (p[0] - centre) * e)
            };
            let (a, b) = (hill(-3.0, 1.0), hill(3.0, 2.0));
            (a.0 + b.0, [a.1 + b.1])
        };
        let found = maximise(&f, &[[-2.5], [2.5]]).expect("finite");
        assert!((found.at[0] - 3.0).abs() < 1e-4, "{found:?}");
    }
}
