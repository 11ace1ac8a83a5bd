//! P(y | leave): the chance that a customer takes something of its own accord within the outcome window.
//!
//! A discrete-time hazard (Singer and Willett 1993, "It's About Time: Using Discrete-Time Survival Analysis", eq. 2
//! and 3): `h(t)` is the share of months at risk, at tenure t, in which it was taken, with no approach in the 90 days
//! before ([`super::organic`] counts). Shares of few months are shrunken by empirical Bayes ([`models::rates`]): those
//! of a band of tenure to their product's, a product's to its motion's, a motion's to the policy's prior.
//!
//! ```text
//! P = 1 - prod over the months t of the window (1 - h(t)), the last month in part
//! sd(P)^2 = sum over bands b of ((1 - P) * months_b / (1 - f h_b) * f * sd(h_b))^2
//!           + (sum over bands b of (1 - P) * months_b / (1 - f h_b) * h_b * sd(f))^2
//! ```
//!
//! `h(t)` is the product's rate times f, the ratio of customers who stand alike ([`super::standing`]): who has somebody
//! looking after it, and who is near a limit of its plan. For products that stand alone f is how readily the account
//! took such ones so far ([`super::organic::Frailties`]). For one of whom neither tells f is 1.

use std::collections::BTreeMap;

use domain::probability::Estimate;
use models::rates::{Beta, Count};
use serde::{Deserialize, Serialize};

use super::organic::{self, BANDS, Cells, Counts, Frailty, MONTH_DAYS, Move};
use super::standing::{Change, Standing, Standings, Ways};

/// What a belief may weigh beside records, in customer-months: ten years of one customer. A narrow belief is about
/// what is usual elsewhere, and would else outweigh a small workspace's own years.
const BELIEF_MONTHS_MAX: f64 = 120.0;
/// Events of a product from which on its bands of tenure are looked at apart.
const BAND_EVENTS: u64 = 20;
/// What no monthly chance exceeds, whatever the ratio.
const HAZARD_MAX: f64 = 0.95;

/// The rates of one motion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfMove {
    /// The prior among its products: pseudo-events and pseudo-months without.
    pub prior: (f64, f64),
    /// Events and months at risk over all products.
    pub total: (u64, u64),
    /// By product.
    pub products: BTreeMap<String, OfProduct>,
    /// Of the rarest together, where there are too many to count one by one.
    #[serde(default)]
    pub rest: Option<OfProduct>,
    /// How customers differ by who looks after them and by nearness to a limit.
    #[serde(default)]
    pub standings: Standings,
}

/// The rates of one product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfProduct {
    /// Events and months at risk.
    pub total: (u64, u64),
    /// The prior among bands of tenure with each band's events and months, where there are enough events.
    pub bands: Option<((f64, f64), Cells)>,
}

/// Monthly hazards by motion, product and tenure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hazards {
    /// The policy's prior of the whole window: mean and standard deviation.
    pub belief: (f64, f64),
    /// Days of the window that the prior is of.
    pub window_days: i32,
    /// Whether any approach is on record; without, nothing is estimated.
    pub approaches: bool,
    /// By motion's code.
    pub moves: BTreeMap<String, OfMove>,
}

/// Whose chance is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The move.
    pub way: Move,
    /// The product; of a smaller form, that from which it starts.
    pub product: &'a str,
    /// Whole months since it became a customer, where that is known.
    pub tenure: Option<i32>,
    /// Who looks after it and how near a limit is, where that bears on the move.
    pub standing: Option<Standing>,
    /// How readily it took such products so far, where accounts differ.
    pub frailty: Option<Frailty>,
}

/// A chance with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// P within the window.
    pub estimate: Estimate,
    /// Events and months at risk of the product.
    pub product: (u64, u64),
    /// Events and months at risk of the motion.
    pub motion: (u64, u64),
    /// What its standing changes.
    pub change: Option<Change>,
    /// What its own past changes.
    pub frailty: Option<Frailty>,
}

impl Hazards {
    /// Fits the counts; `belief` is the policy's mean and standard deviation for the window.
    ///
    /// Where no event at all is on record the files do not tell of changes; where no approach is, nothing tells
    /// which months were quiet, and what our own work won would count as the customers'. Then nothing is estimated.
    pub fn fit(counts: &Counts, belief: (f64, f64), window_days: i32) -> Self {
        let mut by_move: BTreeMap<Move, Vec<(&str, &Cells)>> = BTreeMap::new();
        for ((way, product), cells) in &counts.cells {
            by_move.entry(*way).or_default().push((product, cells));
        }
        let told = counts.approaches && counts.cells.values().flatten().any(|cell| cell.0 > 0);
        let monthly = monthly(belief, window_days);
        let fitted = by_move.into_iter().filter(|_| told);
        let moves = fitted
            .map(|(way, products)| {
                let mut of = OfMove::fit(&products, counts.rest.get(&way), monthly);
                of.stand(|product| counts.ways.get(&(way, product.to_owned())));
                (way.code().to_owned(), of)
            })
            .collect();
        Self { belief, window_days, approaches: counts.approaches, moves }
    }

    /// The chance within `days` days; the policy's prior where the motion was never at risk.
    pub fn of(&self, asked: Asked<'_>, days: i32) -> Chance {
        let Some(found) = self.moves.get(asked.way.code()).filter(|found| found.total.1 > 0) else {
            return self.assumed(days);
        };
        let months = f64::from(days.max(0)) / MONTH_DAYS;
        let (mut left, mut months_of) = (months, [0.0; BANDS]);
        let mut tenure = asked.tenure.unwrap_or(0).max(0);
        while left > 0.0 {
            months_of[organic::band(tenure)] += left.min(1.0);
            left -= 1.0;
            tenure = tenure.saturating_add(1);
        }
        let product = found.products.get(asked.product);
        let change = asked.standing.map(|standing| found.standings.change(standing));
        let factors = change.map(|change| change.factor).into_iter();
        let factors = factors.chain(asked.frailty.map(|frailty| frailty.factor));
        let (factor, factor_sd) = factors.fold((1.0, 0.0), |(all, sd), (factor, its)| {
            (all * factor, (sd * factor).hypot(all * its))
        });
        let (mut stays, mut relative, mut by_factor) = (1.0, 0.0, 0.0);
        for (band, months) in months_of.into_iter().enumerate().filter(|(_, months)| *months > 0.0)
        {
            let hazard = found.hazard(product, asked.tenure.map(|_| band));
            let quiet = 1.0 - (factor * hazard.mean()).min(HAZARD_MAX);
            stays *= quiet.powf(months);
            relative += (months / quiet * factor * hazard.sd()).powi(2);
            by_factor += months / quiet * hazard.mean() * factor_sd;
        }
        let counted = product.map_or((0, 0), |product| product.total);
        let n = if counted.1 > 0 { counted.1 } else { found.total.1 };
        let sd = stays * relative.sqrt().hypot(by_factor);
        let estimate = Estimate::estimated(1.0 - stays, sd, n);
        Chance { estimate, product: counted, motion: found.total, change, frailty: asked.frailty }
    }

    fn assumed(&self, days: i32) -> Chance {
        let (mean, sd) = self.belief;
        let estimate = if days == self.window_days {
            Estimate::prior(mean, sd)
        } else {
            let share = f64::from(days.max(0)) / f64::from(self.window_days.max(1));
            let stays = (1.0 - mean).powf(share);
            Estimate::prior(1.0 - stays, stays * share / (1.0 - mean).max(1e-9) * sd)
        };
        Chance { estimate, product: (0, 0), motion: (0, 0), change: None, frailty: None }
    }

    /// What the registry keeps of each kind of move.
    pub fn moves_card(&self) -> serde_json::Value {
        let moves: BTreeMap<&str, serde_json::Value> = self
            .moves
            .iter()
            .map(|(code, of)| {
                let card = serde_json::json!({ "events": of.total.0, "months_at_risk": of.total.1, "products": of.products.len(), "prior": of.prior, "standings": of.standings });
                (code.as_str(), card)
            })
            .collect();
        serde_json::json!(moves)
    }

    /// Events and months at risk of all moves together.
    pub fn total(&self) -> (u64, u64) {
        self.moves.values().fold((0, 0), |sum, of| (sum.0 + of.total.0, sum.1 + of.total.1))
    }
}

impl OfMove {
    fn fit(products: &[(&str, &Cells)], rest: Option<&Cells>, belief: Beta) -> Self {
        let whole = |cells: &Cells| {
            cells.iter().fold((0, 0), |sum: (u64, u64), c| (sum.0 + c.0, sum.1 + c.1))
        };
        let counts: Vec<Count> = products
            .iter()
            .map(|(_, cells)| whole(cells))
            .map(|(events, months)| Count::new(events, months))
            .collect();
        let prior = models::rates::fit(&counts, belief);
        let all = counts.iter().fold((0, 0), |sum, c| (sum.0 + c.successes, sum.1 + c.trials));
        let of = |cells: &Cells| {
            let total = whole(cells);
            let bands = (total.0 >= BAND_EVENTS).then(|| {
                let counts: Vec<Count> = cells.iter().map(|c| Count::new(c.0, c.1)).collect();
                let among = models::rates::fit(&counts, prior);
                ((among.a, among.b), *cells)
            });
            OfProduct { total, bands }
        };
        let rest = rest.map(of);
        let total = rest.iter().fold(all, |sum, of| (sum.0 + of.total.0, sum.1 + of.total.1));
        let products = products.iter().map(|(id, cells)| ((*id).to_owned(), of(cells))).collect();
        let standings = Standings::default();
        Self { prior: (prior.a, prior.b), total, products, rest, standings }
    }

    /// Fits how customers differ, given the months of each product by their standing.
    fn stand<'a>(&mut self, ways: impl Fn(&str) -> Option<&'a Ways>) {
        let told: Vec<(&Ways, f64)> = self
            .products
            .iter()
            .filter_map(|(id, product)| Some((ways(id)?, self.hazard(Some(product), None).mean())))
            .collect();
        self.standings = Standings::fit(told.into_iter());
    }

    /// The distribution of the monthly hazard of a product, in a band of tenure where that is known.
    pub(super) fn hazard(&self, product: Option<&OfProduct>, band: Option<usize>) -> Beta {
        let prior = Beta { a: self.prior.0, b: self.prior.1 };
        let Some(product) = product.or(self.rest.as_ref()) else { return prior };
        match product.bands.zip(band) {
            Some((((a, b), cells), band)) => {
                Beta { a, b }.after(Count::new(cells[band].0, cells[band].1))
            }
            None => prior.after(Count::new(product.total.0, product.total.1)),
        }
    }
}

/// The belief about a month that gives the belief about the window, spread by the delta method.
fn monthly((mean, sd): (f64, f64), window_days: i32) -> Beta {
    let months = (f64::from(window_days) / MONTH_DAYS).max(1e-9);
    let stays = (1.0 - mean).clamp(1e-9, 1.0);
    let hazard = 1.0 - stays.powf(1.0 / months);
    let slope = stays.powf(1.0 / months - 1.0) / months;
    let beta = Beta::from_mean_sd(hazard, sd * slope);
    Beta::from_mean(hazard, (beta.a + beta.b).min(BELIEF_MONTHS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::probability::Provenance;

    fn hazards(cells: &[(Move, &str, Cells)]) -> Hazards {
        let cells = cells.iter().map(|(way, p, cells)| ((*way, (*p).to_owned()), *cells)).collect();
        Hazards::fit(&Counts { cells, approaches: true, ..Counts::default() }, (0.02, 0.01), 180)
    }

    fn ask(way: Move, product: &str, tenure: Option<i32>) -> Asked<'_> {
        Asked { way, product, tenure, standing: None, frailty: None }
    }

    #[test]
    fn without_events_the_policy_is_all_there_is() {
        let silent = hazards(&[(Move::Take, "A", [(0, 90_000); BANDS])]);
        let chance = silent.of(ask(Move::Take, "A", Some(3)), 180);
        assert_eq!(chance.estimate, Estimate::prior(0.02, 0.01));
        let other = hazards(&[(Move::Take, "A", [(9, 900); BANDS])]);
        let chance = other.of(ask(Move::Seats, "A", Some(3)), 180);
        assert_eq!(chance.estimate.provenance, Provenance::Prior, "seats were never at risk");
    }

    #[test]
    fn the_window_is_the_product_of_its_months() {
        // A hazard of 2 % in every month and 5.9138 months: 1 - .98^5.9138 = .1126.
        let same = hazards(&[(Move::Take, "A", [(20_000, 1_000_000); BANDS])]);
        let chance = same.of(ask(Move::Take, "A", Some(4)), 180);
        assert!((chance.estimate.mean - 0.1126).abs() < 2e-4, "{chance:?}");
        assert_eq!(chance.estimate.provenance, Provenance::Estimated);
        assert_eq!((chance.product, chance.estimate.n), ((100_000, 5_000_000), 5_000_000));
        assert!(chance.estimate.sd < 0.001);
    }

    #[test]
    fn a_small_workspaces_own_years_outweigh_the_policy() {
        // 40 events in 780 months, 5 % a month: 27 % within 180 days, whatever 2 % +- 1 % the policy states.
        let small = hazards(&[(Move::Seats, "A", [(4, 78), (6, 117), (30, 585), (0, 0), (0, 0)])]);
        let mean = small.of(ask(Move::Seats, "A", Some(14)), 180).estimate.mean;
        assert!((0.2..0.27).contains(&mean), "{mean}");
    }

    #[test]
    fn tenure_counts_where_there_is_enough_to_see() {
        // 8 % a month in the first half-year, 1 % after; a customer of four months has two of the first.
        let mut cells: Cells = [(1_000, 100_000); BANDS];
        cells[0] = (8_000, 100_000);
        let early = hazards(&[(Move::Seats, "A", cells)]);
        let p = |tenure| early.of(ask(Move::Seats, "A", Some(tenure)), 180).estimate.mean;
        let expected = 1.0 - 0.92_f64.powi(2) * 0.99_f64.powf(180.0 / MONTH_DAYS - 2.0);
        assert!((p(4) - expected).abs() < 2e-3, "{} is not {expected}", p(4));
        assert!(p(0) > p(4) && p(4) > p(30));
    }

    #[test]
    fn who_is_near_a_limit_is_recognised_by_its_like() {
        // Nobody looks after them: 10 % a month near a limit, 1 % below; whom people look after takes 1 % in both.
        let ways = [[(100, 10_000), (100, 1_000), (0, 0)], [(100, 10_000), (10, 1_000), (0, 0)]];
        let cells = [(310, 22_000), (0, 0), (0, 0), (0, 0), (0, 0)];
        let key = (Move::PlanUp, "A".to_owned());
        let counts = Counts {
            cells: BTreeMap::from([(key.clone(), cells)]),
            ways: BTreeMap::from([(key, ways)]),
            approaches: true,
            ..Counts::default()
        };
        let found = Hazards::fit(&counts, (0.02, 0.01), 180);
        let check = |standing: Option<(bool, bool)>, monthly: f64| {
            let standing = standing.map(|(served, near)| Standing { served, near: Some(near) });
            let asked = Asked { standing, ..ask(Move::PlanUp, "A", None) };
            let estimate = found.of(asked, 180).estimate;
            let expected = 1.0 - (1.0_f64 - monthly).powf(180.0 / MONTH_DAYS);
            assert!(
                (estimate.mean / expected - 1.0).abs() < 0.12,
                "{estimate:?} is not {expected}"
            );
            assert!(estimate.sd > 0.0 && estimate.sd < 0.4 * expected, "{estimate:?}");
        };
        check(Some((false, true)), 0.1);
        check(Some((false, false)), 0.01);
        check(Some((true, true)), 0.01);
        check(None, 310.0 / 22_000.0);
    }

    #[test]
    fn what_is_too_rare_to_count_apart_has_the_rate_of_its_like() {
        let cells = BTreeMap::from([((Move::Take, "A".to_owned()), [(400, 10_000); BANDS])]);
        let rest = BTreeMap::from([(Move::Take, [(4, 10_000); BANDS])]);
        let counts = Counts { cells, rest, approaches: true, ..Counts::default() };
        let found = Hazards::fit(&counts, (0.02, 0.01), 30);
        let rare = found.of(ask(Move::Take, "B", None), 30);
        assert!((rare.estimate.mean - 0.0004).abs() < 2e-4, "{rare:?}");
        assert_eq!((rare.product, rare.motion), ((0, 0), (2_020, 100_000)));
    }

    #[test]
    fn few_months_are_drawn_to_the_product_then_to_the_motion() {
        let rare = hazards(&[
            (Move::Option, "A", [(40, 2_000); BANDS]),
            (Move::Option, "B", [(44, 2_000); BANDS]),
            (Move::Option, "C", [(38, 2_000); BANDS]),
            (Move::Option, "D", [(0, 2), (0, 0), (0, 0), (0, 0), (0, 0)]),
        ]);
        let p = |product| rare.of(ask(Move::Option, product, Some(1)), 180);
        let (a, d, never) = (p("A"), p("D"), p("never offered"));
        assert!(d.estimate.mean > 0.8 * a.estimate.mean, "two quiet months say little: {d:?}");
        assert!((never.estimate.mean - a.estimate.mean).abs() < 0.02);
        assert_eq!((never.product, never.motion), ((0, 0), (610, 30_002)));
    }

    #[test]
    fn planted_hazards_are_recovered() {
        // Five products whose true monthly hazards are .2 % to 5 %, 20,000 months each, in whole events.
        let truth = [0.002, 0.005, 0.01, 0.02, 0.05];
        let names = ["A", "B", "C", "D", "E"];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and small"
        )]
        let cells: Vec<(Move, &str, Cells)> = names
            .iter()
            .zip(truth)
            .map(|(name, h)| (Move::Take, *name, [((h * 4_000.0) as u64, 4_000); BANDS]))
            .collect();
        let found = hazards(&cells);
        let mut baseline = 0.0;
        let mut error = 0.0;
        for (name, h) in names.iter().zip(truth) {
            let expected = 1.0 - (1.0_f64 - h).powf(180.0 / MONTH_DAYS);
            let mean = found.of(ask(Move::Take, name, Some(30)), 180).estimate.mean;
            error += (mean - expected).abs();
            baseline += (0.02 - expected).abs();
        }
        assert!(error < 0.02 && error < 0.1 * baseline, "{error} beside {baseline} of the prior");
    }
}
