//! A plan's total beside what the last four quarters booked: a check on assumed odds.
//!
//! ```text
//! planned = sum over chosen plays of P(y | contact) * share * (12 * max(0, dR) + once)
//! usual   = bookings of the known quarters / their days * days of the planning horizon
//! warned  : planned > 1.5 * usual
//! ```
//!
//! `dR` is the change of monthly revenue when accepted, `once` one-off revenue, both as revenue, not margin, and
//! without discount: a booking is the first year's revenue. P(y | contact) is whole, not incremental, since bookings
//! hold what came unasked too. Care, smaller contracts and a mere longer term book nothing.
//!
//! P is a chance within the outcome window W, and a customer has one at a time. A deal in progress stands in the plan
//! of every horizon until it closes, so its `share` is horizon / W. Approaches come anew with every horizon, but only
//! until all who are worth one have had it: with `chosen` accounts approached in this plan of `reachable` ones, their
//! `share` is min(1, horizon / W * reachable / chosen). It counts the accounts that are left as good as those that
//! were chosen, so it errs towards a warning.
//!
//! What a booking is depends on the data, the first of these that the files can tell, and the plan's side counts
//! the same: won expansion deals by amount (all of it); expansion of recurring revenue in contract history, times
//! twelve (recurring only); growth of existing customers' orders over the same quarter of the year before (all but
//! repeat purchases, which are no growth).

use domain::money::Currency;
use domain::motion::{Fate, Motion};
use domain::time::Day;
use domain::words::Words;
use serde::{Deserialize, Serialize};

use crate::candidate::{Candidate, Scored};
use crate::card::Said;
use crate::decision::Decision;
use crate::policy::Policy;

/// The plan's total over this many times the usual bookings is warned of.
pub const WARN_RATIO: f64 = 1.5;

/// What bookings are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Amounts of won expansion deals.
    Proposals,
    /// Changes of monthly recurring revenue in contract history, times twelve.
    Contracts,
    /// Orders of existing customers beyond those of the same quarter a year before.
    Orders,
    /// Nothing tells.
    None,
}

impl Basis {
    fn words(self) -> Words {
        match self {
            Self::Proposals => {
                Words::new("成約した拡大商談の金額", "amounts of won expansion deals")
            }
            Self::Contracts => Words::new(
                "契約履歴の月額の増加×12",
                "increases of monthly revenue in contract history, times 12",
            ),
            Self::Orders => Words::new(
                "既存顧客の注文の前年同期比の増加",
                "growth of existing customers' orders over a year before",
            ),
            Self::None => Words::new("記録なし", "no records"),
        }
    }
}

/// Bookings of one quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarter {
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub until: Day,
    /// What was booked, minor units; `None` where the data do not reach back.
    pub minor: Option<i64>,
}

/// A quarter as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booked {
    /// Its first day, ISO.
    pub from: String,
    /// Its last day, ISO.
    pub until: String,
    /// What was booked, minor units.
    pub minor: Option<i64>,
}

/// The plan beside the bookings, as the run's summary keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bookings {
    /// What bookings are read from.
    pub basis: Basis,
    /// The last four quarters, oldest first; the last ends on the run's day.
    pub quarters: Vec<Booked>,
    /// Days of the planning horizon.
    pub horizon_days: i32,
    /// What the plan is expected to book, minor units.
    pub planned_minor: i64,
    /// What was booked in as many days, minor units; `None` where no quarter is known.
    pub usual_minor: Option<i64>,
    /// The plan over the usual; `None` where the usual is zero or not known.
    pub ratio: Option<f64>,
    /// The comparison in words.
    pub said: Said,
    /// The warning, when the plan is over 1.5 times the usual.
    pub warning: Option<Said>,
}

/// The part of a run's summary that a manager is shown.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Figures {
    /// Expected incremental profit of the plan, minor units.
    pub expected_minor: i64,
    /// What no plan with these hours could exceed, minor units.
    pub bound_minor: i64,
    /// The plan beside the last quarters; a run of an earlier version has none.
    pub bookings: Option<Bookings>,
}

/// The plan's side in the making.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Planned {
    /// Of deals in progress, minor units.
    deals: f64,
    /// Of approaches, each as if it were repeated in every horizon, minor units.
    approaches: f64,
    /// Accounts that the plan approaches.
    chosen: u64,
    /// Accounts with an offer that is worth an approach, chosen or not.
    reachable: u64,
}

impl Planned {
    /// Adds the decisions of one account.
    pub fn add(&mut self, decisions: &[Decision], basis: Basis, policy: &Policy) {
        let sells = |decision: &&Decision| {
            let motion = decision.scored.candidate.motion;
            motion.sells() && motion != Motion::Advance
        };
        let offered = |fate: Fate| decisions.iter().filter(sells).any(|d| d.fate == fate);
        let chosen = offered(Fate::Chosen);
        self.chosen += u64::from(chosen);
        self.reachable += u64::from(chosen || offered(Fate::Displaced) || offered(Fate::Explored));
        for decision in decisions.iter().filter(|decision| decision.fate == Fate::Chosen) {
            let minor = planned(decision, basis, policy);
            match decision.scored.candidate.motion {
                Motion::Advance => self.deals += minor,
                _ => self.approaches += minor,
            }
        }
    }

    /// What the plan is expected to book in one horizon, minor units.
    pub fn total(&self, policy: &Policy) -> f64 {
        let rounds = horizons(policy) * self.reachable as f64 / self.chosen.max(1) as f64;
        self.deals + self.approaches * rounds.min(1.0)
    }
}

/// The planning horizon as a share of the outcome window, at most 1.
fn horizons(policy: &Policy) -> f64 {
    let window = f64::from(policy.value.outcome_window_days.max(1));
    (f64::from(horizon_days(policy)) / window).min(1.0)
}

/// What one decision adds to the plan's side, minor units; of an approach as if every horizon had its own.
fn planned(decision: &Decision, basis: Basis, policy: &Policy) -> f64 {
    let candidate = &decision.scored.candidate;
    if !candidate.parts.is_empty() {
        // Of a package each part at its own chance.
        let part = |part: &Scored| {
            let chance = part.odds.opportunity.mean * part.odds.won.mean;
            chance * revenue(&part.candidate, basis)
        };
        return candidate.parts.iter().map(part).sum();
    }
    let share = match candidate.motion {
        Motion::Advance => horizons(policy),
        _ => 1.0,
    };
    decision.value.accept.mean * share * revenue(candidate, basis)
}

/// A year's revenue of an acceptance, as bookings count it, minor units.
fn revenue(candidate: &Candidate, basis: Basis) -> f64 {
    let year = 12.0 * candidate.revenue_month_minor.mean.max(0.0);
    let once = candidate.once_minor.mean.max(0.0);
    match (candidate.motion, basis) {
        (Motion::Care | Motion::Downsell, _) | (Motion::Repeat, Basis::Orders) => 0.0,
        (_, Basis::Contracts) => year,
        _ => year + once,
    }
}

/// Days of the planning horizon.
pub fn horizon_days(policy: &Policy) -> i32 {
    policy.plan.horizon_weeks.saturating_mul(7)
}

/// Sets the plan beside the quarters.
pub fn compare(
    planned: f64,
    (basis, quarters): (Basis, &[Quarter]),
    horizon_days: i32,
    currency: Currency,
) -> Bookings {
    let known = || quarters.iter().filter_map(|quarter| Some((quarter, quarter.minor?)));
    let days: i32 = known().map(|(quarter, _)| quarter.until.since(quarter.from).0 + 1).sum();
    let booked: i64 = known().map(|(_, minor)| minor).sum();
    let usual =
        (days > 0).then(|| booked.max(0) as f64 / f64::from(days) * f64::from(horizon_days));
    let ratio = usual.filter(|usual| *usual > 0.0).map(|usual| planned / usual);
    let warned = usual.is_some_and(|usual| planned > WARN_RATIO * usual);
    let planned_minor = currency.round_expected(planned);
    let usual_minor = usual.map(|usual| currency.round_expected(usual));
    let amounts = Amounts { basis, planned: planned_minor, horizon_days, currency };
    Bookings {
        basis,
        quarters: quarters
            .iter()
            .map(|quarter| Booked {
                from: quarter.from.to_string(),
                until: quarter.until.to_string(),
                minor: quarter.minor,
            })
            .collect(),
        horizon_days,
        planned_minor,
        usual_minor,
        ratio,
        said: Said::from(&amounts.said(usual_minor, known().count())),
        warning: warned.then(|| Said::from(&warning(ratio))),
    }
}

struct Amounts {
    basis: Basis,
    planned: i64,
    horizon_days: i32,
    currency: Currency,
}

impl Amounts {
    fn said(&self, usual: Option<i64>, quarters: usize) -> Words {
        let (days, basis) = (self.horizon_days, self.basis.words());
        let planned = self.currency.display(self.planned);
        match usual {
            Some(usual) => {
                let usual = self.currency.display(usual);
                Words::new(
                    format!(
                        "計画の受注見込みは{days}日分で{planned}(年額)、直近{quarters}四半期の拡大受注は{days}日あたり{usual}です({})。",
                        basis.ja
                    ),
                    format!(
                        "The plan is expected to book {planned} (a year's revenue) in {days} days; the last {quarters} quarters booked {usual} in as many days ({}).",
                        basis.en
                    ),
                )
            }
            None => Words::new(
                format!(
                    "計画の受注見込みは{days}日分で{planned}(年額)です。比べられる拡大受注の記録がありません。成約した商談、契約の変更履歴、または2年分の注文を取り込むと比べられます。"
                ),
                format!(
                    "The plan is expected to book {planned} (a year's revenue) in {days} days. No expansion bookings are on record to compare with: take in won deals, contract changes, or two years of orders."
                ),
            ),
        }
    }
}

fn warning(ratio: Option<f64>) -> Words {
    match ratio {
        Some(ratio) => Words::new(
            format!(
                "計画の受注見込みは、直近の拡大受注の{ratio:.1}倍です(1.5倍超)。商談化率などの仮定値が高すぎないか、確認してください。"
            ),
            format!(
                "The plan expects {ratio:.1} times what was booked lately (over 1.5): check whether assumed values, such as the share of approaches that open a deal, are too high."
            ),
        ),
        None => Words::new(
            "直近の拡大受注がないのに、計画は受注を見込んでいます。商談化率などの仮定値が高すぎないか、確認してください。",
            "Nothing was booked lately, yet the plan expects to: check whether assumed values, such as the share of approaches that open a deal, are too high.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::day;

    /// Four quarters of 91 days each that end on 2026-03-12.
    fn quarters(minor: [Option<i64>; 4]) -> Vec<Quarter> {
        let last = day("2026-03-12");
        (0..4_i32)
            .map(|i| {
                let until = Day(last.0 - 91 * (3 - i));
                let minor = minor[usize::try_from(i).expect("small")];
                Quarter { from: Day(until.0 - 90), until, minor }
            })
            .collect()
    }

    fn of(planned: f64, minor: [Option<i64>; 4]) -> Bookings {
        compare(planned, (Basis::Proposals, &quarters(minor)), 28, Currency::JPY)
    }

    #[test]
    fn the_plan_is_warned_of_above_one_and_a_half_times() {
        // 4 * 910,000 in 364 days are 280,000 in 28.
        let usual = [Some(910_000); 4];
        let even = of(420_000.0, usual);
        assert_eq!((even.usual_minor, even.ratio, even.warning), (Some(280_000), Some(1.5), None));
        let above = of(420_001.0, usual);
        assert!(above.warning.is_some_and(|w| w.en.contains("1.5 times")));
    }

    #[test]
    fn quarters_before_the_records_are_left_out() {
        let short = of(100.0, [None, None, None, Some(910_000)]);
        assert_eq!(short.usual_minor, Some(280_000));
        assert!(short.said.ja.contains("直近1四半期"), "{}", short.said.ja);
        let none = of(100.0, [None; 4]);
        assert_eq!((none.usual_minor, none.ratio, none.warning.clone()), (None, None, None));
        assert!(none.said.en.contains("to compare with"), "{}", none.said.en);
    }

    #[test]
    fn nothing_booked_is_warned_of_where_the_plan_expects_something() {
        let empty = of(100.0, [Some(0); 4]);
        assert!(empty.ratio.is_none() && empty.warning.is_some());
        assert!(of(0.0, [Some(0); 4]).warning.is_none());
    }

    fn decided(example: &crate::examples::Example, motion: Motion) -> Decision {
        use domain::probability::Estimate;
        let mut scored = example.scored(motion);
        scored.candidate.revenue_month_minor = Estimate::known(1_000.0);
        scored.candidate.once_minor = Estimate::known(600.0);
        scored.odds.opportunity = Estimate::known(0.5);
        scored.odds.won = Estimate::known(0.5);
        let value = crate::value::expected(&example.look(), &scored);
        Decision {
            play: "p".into(),
            scored,
            value,
            signals: Vec::new(),
            verdicts: Vec::new(),
            fate: Fate::Chosen,
            reason_code: "chosen",
            reason: Words::default(),
            rank: None,
            owner: None,
            pool: String::new(),
            week: None,
            displaced_by: None,
            displaced: Vec::new(),
            due: None,
            draw: None,
        }
    }

    #[test]
    fn what_counts_follows_the_bookings() {
        let example = crate::examples::Example::company();
        let check = |motion, basis, expected: f64| {
            let minor = planned(&decided(&example, motion), basis, &example.policy);
            assert!((minor - expected).abs() < 1e-9, "{} {basis:?}: {minor}", motion.code());
        };
        check(Motion::CrossSell, Basis::Proposals, 0.25 * 12_600.0);
        check(Motion::CrossSell, Basis::Contracts, 0.25 * 12_000.0);
        check(Motion::Repeat, Basis::Orders, 0.0);
        check(Motion::Advance, Basis::Proposals, 0.25 * 12_600.0 * 28.0 / 180.0);
        check(Motion::Downsell, Basis::Proposals, 0.0);
    }

    #[test]
    fn an_account_has_one_chance_within_the_window() {
        let example = crate::examples::Example::company();
        // Accounts approached, accounts that wait for their turn, and how often the sum of the approaches counts.
        let check = |chosen: u64, waiting: u64, expected: f64| {
            let mut plan = Planned::default();
            for at in 0..chosen + waiting {
                let mut decision = decided(&example, Motion::CrossSell);
                if at >= chosen {
                    decision.fate = Fate::Displaced;
                }
                plan.add(&[decision], Basis::Proposals, &example.policy);
            }
            let each = 0.25 * 12_600.0 * chosen as f64;
            let total = plan.total(&example.policy);
            assert!((total - each * expected).abs() < 1e-6, "{total} of {each}");
        };
        check(9, 0, 28.0 / 180.0);
        check(9, 9, 2.0 * 28.0 / 180.0);
        check(9, 81, 1.0);
        check(0, 3, 1.0);
        // A deal in progress stays in the plan as it was, and is no approach.
        let mut plan = Planned::default();
        let deal = decided(&example, Motion::Advance);
        plan.add(&[deal], Basis::Proposals, &example.policy);
        let total = plan.total(&example.policy);
        assert!((total - 0.25 * 12_600.0 * 28.0 / 180.0).abs() < 1e-6, "{total}");
    }
}
