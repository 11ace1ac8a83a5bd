//! What customers will spend: purchases times amounts, with intervals.

use super::gamma_gamma::Wallet;
use super::predictive::{Interval, Outlook};

/// The interval of the amount spent within the horizon, at a level in 0..1.
///
/// Compounds the distribution of the number of purchases (with the parameters' uncertainty) with that of
/// their amounts given the customer's own mean so far (Gamma-Gamma at its estimate). Exact but for tails below
/// what the outlook follows; to 1e-4 of itself.
pub fn interval(outlook: &Outlook, wallet: &Wallet, level: f64) -> Interval {
    let compound = Compound { outlook, wallet };
    Interval {
        lower: compound.quantile(0.5 - level / 2.0),
        upper: compound.quantile(0.5 + level / 2.0),
    }
}

/// The interval where every purchase costs the same.
pub fn interval_at(outlook: &Outlook, amount: f64, level: f64) -> Interval {
    let counts = outlook.purchases(level);
    Interval { lower: counts.lower * amount, upper: counts.upper * amount }
}

struct Compound<'a> {
    outlook: &'a Outlook,
    wallet: &'a Wallet,
}

impl Compound<'_> {
    /// P(N = n) for n = 1, 2, …; what lies beyond the tail counts as its last.
    fn probabilities(&self) -> impl Iterator<Item = (f64, f64)> {
        let tail = &self.outlook.tail;
        tail.iter().enumerate().map(|(at, chance)| {
            let next = tail.get(at + 1).copied().unwrap_or(0.0);
            ((at + 1) as f64, (chance - next).max(0.0))
        })
    }

    /// P(at most this amount) - p.
    fn over(&self, amount: f64, p: f64) -> f64 {
        let none = 1.0 - self.outlook.tail.first().copied().unwrap_or(0.0);
        let some = self.probabilities().filter(|(_, chance)| *chance > 1e-7);
        none + some.map(|(n, chance)| chance * self.wallet.at_most(amount, n)).sum::<f64>() - p
    }

    /// By the method of Illinois (Dowell and Jarratt 1971) on the logarithm of the amount.
    fn quantile(&self, p: f64) -> f64 {
        let none = 1.0 - self.outlook.tail.first().copied().unwrap_or(0.0);
        if none >= p {
            return 0.0;
        }
        let counts = self.outlook.tail.iter().take_while(|chance| **chance > 1.0 - p).count();
        let around =
            (self.wallet.p * self.wallet.gamma / self.wallet.q * counts.max(1) as f64).ln();
        let (mut low, mut high) = (around - 0.5, around + 0.5);
        let mut at_low = self.over(low.exp(), p);
        while at_low > 0.0 && low > around - 60.0 {
            low -= 2.0 * (around + 1.0 - low);
            at_low = self.over(low.exp(), p);
        }
        let mut at_high = self.over(high.exp(), p);
        while at_high < 0.0 && high < around + 60.0 {
            high += 2.0 * (high + 1.0 - around);
            at_high = self.over(high.exp(), p);
        }
        for _ in 0..60 {
            if high - low < 1e-4 {
                break;
            }
            let mid = (low * at_high - high * at_low) / (at_high - at_low);
            let mid = if mid > low && mid < high { mid } else { f64::midpoint(low, high) };
            let at_mid = self.over(mid.exp(), p);
            if at_mid.abs() < 1e-7 {
                return mid.exp();
            }
            if at_mid > 0.0 {
                (high, at_high) = (mid, at_mid);
                at_low *= 0.5;
            } else {
                (low, at_low) = (mid, at_mid);
                at_high *= 0.5;
            }
        }
        f64::midpoint(low, high).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::super::planted::Draws;
    use super::*;

    /// Against 200,000 simulated customers: 80 % of their spends lie within, a tenth below.
    #[test]
    fn the_quantiles_are_those_of_simulated_spends() {
        let tail = vec![0.95, 0.7, 0.4, 0.15, 0.05, 0.0];
        let outlook = Outlook { alive: 1.0, expected: 2.25, tail: tail.clone() };
        let wallet = Wallet { p: 2.0, q: 5.0, gamma: 40.0 };
        let found = interval(&outlook, &wallet, 0.8);
        let mut draws = Draws::new(9);
        let (mut below, mut above) = (0, 0);
        for _ in 0..200_000 {
            let u = draws.uniform();
            let n = tail.iter().take_while(|chance| **chance > u).count() as f64;
            let rate = draws.gamma(wallet.q, wallet.gamma);
            let spend = if n > 0.0 { draws.gamma(wallet.p * n, rate) } else { 0.0 };
            below += i32::from(spend < found.lower);
            above += i32::from(spend > found.upper);
        }
        assert!((f64::from(below) / 200_000.0 - 0.1).abs() < 0.003, "{found:?} {below}");
        assert!((f64::from(above) / 200_000.0 - 0.1).abs() < 0.003, "{found:?} {above}");
    }

    #[test]
    fn who_buys_nothing_spends_nothing() {
        let outlook = Outlook { alive: 0.1, expected: 0.05, tail: vec![0.05, 0.001] };
        let wallet = Wallet { p: 2.0, q: 5.0, gamma: 40.0 };
        assert_eq!(interval(&outlook, &wallet, 0.8), Interval { lower: 0.0, upper: 0.0 });
    }
}
