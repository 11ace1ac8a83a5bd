//! The open bandit data: the random log evaluates Bernoulli Thompson sampling.

use models::ope::evaluate;
use models::ope::policy::{Log, Policy, SparseRows};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::data;

const ITEMS: usize = 80;
const POSITIONS: usize = 3;
const DRAWS: u32 = 100_000;

fn unit(draws: &mut ChaCha8Rng) -> f64 {
    ((draws.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// Marsaglia and Tsang (2000), "A Simple Method for Generating Gamma Variables"; `shape` of at least one.
fn gamma(shape: f64, draws: &mut ChaCha8Rng) -> f64 {
    let d = shape - 1.0 / 3.0;
    loop {
        let (a, b) = (unit(draws), unit(draws));
        let normal = (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos();
        let v = (1.0 + normal / (9.0 * d).sqrt()).powi(3);
        if v > 0.0 && unit(draws).ln() < 0.5 * normal * normal + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

/// The numbers below a key of the section `all`.
fn prior(text: &str, key: &str) -> Vec<f64> {
    let section = text.split("all:").nth(1).expect("the section");
    let list = section.split(&format!("{key}:")).nth(1).expect("the key");
    let number = |line: &str| line.trim().strip_prefix("- ").and_then(|it| it.parse().ok());
    list.lines().skip(1).map_while(number).collect()
}

/// How often each item takes each position.
fn thompson(text: &str) -> Vec<Vec<(u32, f64)>> {
    let (alpha, beta) = (prior(text, "alpha"), prior(text, "beta"));
    assert_eq!((alpha.len(), beta.len()), (ITEMS, ITEMS));
    let mut draws = ChaCha8Rng::seed_from_u64(1);
    let mut counts = vec![vec![0.0; ITEMS]; POSITIONS];
    for _ in 0..DRAWS {
        let mut drawn: Vec<(f64, usize)> = (0..ITEMS)
            .map(|item| {
                let (a, b) = (gamma(alpha[item], &mut draws), gamma(beta[item], &mut draws));
                (a / (a + b), item)
            })
            .collect();
        drawn.sort_by(|x, y| y.0.total_cmp(&x.0));
        for (position, (_, item)) in drawn.iter().take(POSITIONS).enumerate() {
            counts[position][*item] += 1.0;
        }
    }
    let shares = |counts: &Vec<f64>| {
        let shares = counts.iter().map(|count| count / f64::from(DRAWS));
        (0..).zip(shares).collect()
    };
    counts.iter().map(shares).collect()
}

/// One pass over the random log: inverse propensities say .004553 (Open Bandit Pipeline's example, which draws the
/// target's probabilities likewise; each drawing is good to about half a percent).
#[test]
fn thompson_sampling_from_the_random_log() {
    let Some(folder) = data::folder("obd_all") else { return };
    let text = std::fs::read_to_string(folder.join("conf/prior_bts.yaml")).expect("the priors");
    let rows = data::rows(&folder.join("random/all.csv"));
    let number = |row: &Vec<String>, at: usize| row[at].parse::<f64>().expect("a number");
    let whole = |row: &Vec<String>, at: usize| row[at].parse::<u32>().expect("a whole number");
    let log = Log {
        actions: rows.iter().map(|row| whole(row, 2)).collect(),
        positions: rows.iter().map(|row| whole(row, 3) - 1).collect(),
        rewards: rows.iter().map(|row| number(row, 4)).collect(),
        probabilities: rows.iter().map(|row| number(row, 5)).collect(),
        context: SparseRows::empty(rows.len()),
        action_count: ITEMS,
        position_count: POSITIONS,
    };
    let target = Policy::new(&thompson(&text), log.positions.clone());
    let evaluation = evaluate(&log, &target, 1);
    let ips = &evaluation.estimates[0];
    assert!((ips.value / 0.004_553 - 1.0).abs() < 0.02, "{ips:?}");
    assert!(evaluation.support.is_enough(), "{:?}", evaluation.support);
    // The target's own log: 42 clicks of 10,000. Every interval holds it.
    for estimate in &evaluation.estimates {
        assert!((estimate.lower..=estimate.upper).contains(&0.0042), "{estimate:?}");
    }
}
