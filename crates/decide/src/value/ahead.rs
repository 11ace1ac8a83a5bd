//! What an offer is worth in a later week, and whether waiting is worth more (「2月まで待つ: 期待額 +32 %」).
//!
//! ```text
//! EIP(w) = (1 - P(1 | leave))^(w / W) * [ EIP at the odds of week w, of the months that are left then ]
//! ```
//!
//! An offer accepted later earns fewer of the months that count: those before are gone, discounted and weighed by who is
//! still there as the rest ([`annuity_from`]), and what is paid once is worth less by the discount and by who has left.
//! Who takes it unasked meanwhile would have done so in both arms, and is no gain of the contact any more. An approach
//! opens a deal as often as within a dated window where one is open in that week, else `priors.untriggered` of that.
//! Of the timing rules only those count whose windows can be foreseen from today's facts ([`FORESEEN`]); whoever waits
//! may be approached all the same once something unforeseen happens, so that the value of waiting is a lower bound.

use domain::time::{Day, Days};
use domain::words::Words;

use super::{Horizon, annuity_months, over};
use crate::candidate::Scored;
use crate::decision::{Signal, Value};
use crate::look::Look;
use crate::phrases::percent;
use crate::signals;

/// Rules whose windows follow from what is known today: dates of contracts, budgets and promises, and rhythms.
pub const FORESEEN: &[&str] = &[
    "renewal",
    "cadence",
    "budget_planning",
    "budget_fixing",
    "trial_end",
    "promised_date",
    "visit_due",
    "replacement_due",
];

/// Days of a year.
const YEAR: i32 = 365;
/// Days between the weeks that are looked at ahead.
const STEP: i32 = 14;
/// Mean days of a month.
const MONTH_DAYS: f64 = 30.4375;

/// The value of an offer in one week.
#[derive(Debug, Clone, PartialEq)]
pub struct Weekly {
    /// The week: a day in it.
    pub week: Day,
    /// What the offer is worth when it is made then, as of today.
    pub value: Value,
    /// The rule whose window is open then, other than the one that always is.
    pub rule: Option<&'static str>,
}

/// Waiting as an alternative to now.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Until when.
    pub until: Day,
    /// By which rule that is a better time.
    pub rule: &'static str,
    /// Expected incremental profit today, minor units.
    pub now: f64,
    /// The same when it is made then, as of today.
    pub then: f64,
}

impl Waiting {
    /// What the better of the two is worth.
    pub fn best(&self) -> f64 {
        self.now.max(self.then)
    }

    /// In words: until which month, why, and how much more it is expected to earn.
    pub fn said(&self) -> Words {
        let (year, month, _) = self.until.ymd();
        let rule = signals::rule(self.rule);
        let (ja, en) = rule.map_or((self.rule, self.rule), |rule| (rule.ja, rule.en));
        if self.now <= 0.0 {
            return Words::new(
                format!("{year}年{month}月まで待つと({ja})、期待額がプラスになります"),
                format!(
                    "Waiting until {year}-{month:02} ({en}) makes the expected profit positive"
                ),
            );
        }
        let share = percent(self.then / self.now - 1.0);
        Words::new(
            format!("{year}年{month}月まで待つ({ja}): 期待額 +{share}"),
            format!("Waiting until {year}-{month:02} ({en}): expected profit +{share}"),
        )
    }
}

/// The windows of an account in the weeks ahead: found once for all its offers.
#[derive(Debug, Clone)]
pub struct Ahead {
    today: Vec<Signal>,
    weeks: Vec<(Day, Vec<Signal>)>,
}

impl Ahead {
    /// The windows in these weeks.
    pub fn of(look: &Look, weeks: &[Day]) -> Self {
        let today = signals::fired(look);
        let open = |day: Day| -> Vec<Signal> {
            if day <= look.as_of {
                return today.clone();
            }
            // What is open today stays so until its last day; what comes is what can be foreseen.
            let lasts = |signal: &&Signal| signal.closes_on.is_none_or(|last| last >= day);
            let mut open: Vec<Signal> = today.iter().filter(lasts).cloned().collect();
            let later = signals::fired(&Look { as_of: day, ..*look });
            let new = |signal: &Signal| {
                FORESEEN.contains(&signal.rule)
                    && !open
                        .iter()
                        .any(|it| it.rule == signal.rule && it.occurrence == signal.occurrence)
            };
            let new: Vec<Signal> = later.into_iter().filter(new).collect();
            open.extend(new);
            open
        };
        let weeks = weeks.iter().map(|day| (*day, open(*day))).collect();
        Self { today, weeks }
    }

    /// The windows of the next twelve months.
    pub fn year(look: &Look) -> Self {
        let days: Vec<Day> = (1..=YEAR / STEP).map(|i| look.as_of.plus(Days(i * STEP))).collect();
        Self::of(look, &days)
    }

    /// The value of an offer in each of the weeks.
    pub fn by_week(&self, look: &Look, scored: &Scored) -> Vec<Weekly> {
        let weeks = self.weeks.iter();
        weeks.map(|(day, open)| Weekly::of(look, scored, (*day, open))).collect()
    }

    /// The best later week, where waiting for it is worth more than going now.
    pub fn waiting(&self, look: &Look, scored: &Scored) -> Option<Waiting> {
        let dated = |open: &[Signal]| dated(scored, open);
        let now_rule = dated(&self.today);
        let now = super::expected(look, scored).eip.mean;
        let mut best: Option<Waiting> = None;
        for (day, open) in &self.weeks {
            // A later week of the same window, or without one, is never better.
            let Some(rule) = dated(open).filter(|rule| now_rule != Some(rule)) else { continue };
            let then = Weekly::of(look, scored, (*day, open)).value.eip.mean;
            if then > best.as_ref().map_or(now.max(0.0), |best| best.then) {
                best = Some(Waiting { until: *day, rule, now, then });
            }
        }
        best
    }
}

/// The value of an offer in each of these weeks, as of today. For many offers of one account [`Ahead::of`] finds the
/// windows once.
pub fn by_week(look: &Look, scored: &Scored, weeks: &[Day]) -> Vec<Weekly> {
    Ahead::of(look, weeks).by_week(look, scored)
}

/// The rule of a dated window that is open for an offer.
fn dated(scored: &Scored, open: &[Signal]) -> Option<&'static str> {
    let mut opening = signals::opening(&scored.candidate, open);
    opening.find(|signal| signal.dated).map(|signal| signal.rule)
}

impl Weekly {
    fn of(look: &Look, scored: &Scored, (day, open): (Day, &[Signal])) -> Self {
        let rule = dated(scored, open);
        let days = (-look.days_since(day)).max(0);
        if days == 0 {
            return Self { week: day, value: super::expected(look, scored), rule };
        }
        let policy = &look.policy;
        let mut later = scored.clone();
        at_odds(&mut later, if rule.is_some() { 1.0 } else { policy.priors.untriggered.min(1.0) });
        for part in &mut later.candidate.parts {
            at_odds(part, if rule.is_some() { 1.0 } else { policy.priors.untriggered.min(1.0) });
        }
        let months = f64::from(days) / MONTH_DAYS;
        let horizon = Horizon {
            annuity: annuity_from(&look.facts.alive_after, look, months),
            once: (1.0 + policy.value.discount).powf(-months / 12.0)
                * alive_at(&look.facts.alive_after, months),
        };
        let mut value = over(look, &later, horizon);
        let window = f64::from(policy.value.outcome_window_days.max(1));
        let still = (1.0 - value.organic.mean).powf(f64::from(days) / window);
        for part in [
            &mut value.eip.mean,
            &mut value.eip.sd,
            &mut value.acceptance,
            &mut value.retention,
            &mut value.incentive,
            &mut value.effort,
        ] {
            *part *= still;
        }
        Self { week: day, value, rule }
    }
}

/// The odds of a week with a dated window, or a share of them. A deal in progress goes on whatever the week.
fn at_odds(scored: &mut Scored, share: f64) {
    scored.odds.opportunity = scored.odds.in_window.scaled(share);
}

/// The discounted months that count after the first so many: A less its beginning, by parts of months.
///
/// Returns a value in 0..=A.
fn annuity_from(alive_after: &[f64], look: &Look, months: f64) -> f64 {
    let policy = &look.policy.value;
    let whole = annuity_months(alive_after, policy);
    let until = |months: u32| {
        let shorter = super::ValuePolicy {
            horizon_months: months.min(policy.horizon_months),
            ..policy.clone()
        };
        annuity_months(alive_after, &shorter)
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to a few hundred"
    )]
    let full = months.max(0.0).floor().min(600.0) as u32;
    let (before, after) = (until(full), until(full + 1));
    (whole - before - (months - f64::from(full)).clamp(0.0, 1.0) * (after - before)).max(0.0)
}

/// The share still there after so many months.
fn alive_at(alive_after: &[f64], months: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to a few hundred"
    )]
    let month = months.max(0.0).round().min(600.0) as usize;
    match month {
        0 => 1.0,
        month => alive_after.get(month - 1).or(alive_after.last()).copied().unwrap_or(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};
    use domain::motion::Motion;
    use domain::probability::Estimate;
    use proptest::prelude::*;

    /// An option for the company, whose renewal window opens on 2026-02-15 and closes on 2026-05-16; looked at on a day.
    fn option(organic: f64) -> (Example, Scored) {
        let mut example = Example::company();
        example.facts.usage.clear();
        let mut scored = example.scored(Motion::Option);
        scored.candidate.product = Some("OP-SSO".into());
        scored.candidate.from_product = Some("KT-PRO".into());
        scored.candidate.subscription = Some("S1".into());
        scored.odds.organic = Estimate::prior(organic, 0.0);
        (example, scored)
    }

    fn waits((example, mut scored): (Example, Scored), as_of: &str) -> Option<Waiting> {
        let look = Look { as_of: day(as_of), ..example.look() };
        let open = signals::fired(&look);
        let share = if dated(&scored, &open).is_some() { 1.0 } else { 0.5 };
        scored.odds.opportunity = scored.odds.in_window.scaled(share);
        Ahead::year(&look).waiting(&look, &scored)
    }

    #[test]
    fn waiting_for_the_renewal_is_worth_more_where_nothing_is_open_now() {
        let waiting = waits(option(0.0), "2026-02-01").expect("two weeks before the window");
        assert_eq!((waiting.until, waiting.rule), (day("2026-02-15"), "renewal"));
        // Twice as many deals open, less two weeks of about twenty months.
        let gain = waiting.then / waiting.now;
        assert!((1.9..2.0).contains(&gain), "{gain}");
        assert_eq!(
            waiting.said().ja,
            format!("2026年2月まで待つ(契約更新): 期待額 +{}", percent(gain - 1.0))
        );
        // Within the window there is nothing to wait for.
        assert_eq!(waits(option(0.0), "2026-02-15"), None);
        assert_eq!(waits(option(0.0), "2026-05-16"), None);
    }

    #[test]
    fn a_window_too_far_off_is_not_waited_for() {
        // Eight months later more than half of the horizon's worth is gone where half of the customers leave by then.
        let (mut example, scored) = option(0.0);
        example.facts.alive_after = (1..=24).map(|month| 0.85_f64.powi(month)).collect();
        assert_eq!(waits((example, scored), "2025-06-20"), None);
    }

    #[test]
    fn what_is_taken_unasked_meanwhile_is_no_gain_of_waiting() {
        let then = |organic: f64| waits(option(organic), "2025-12-20").expect("worth it").then;
        assert!(then(0.02) < then(0.0));
    }

    #[test]
    fn today_is_the_value_of_today_and_later_without_a_window_is_never_more() {
        let (example, scored) = option(0.01);
        let look = example.look();
        let weeks = [look.as_of, look.as_of.plus(Days(7)), look.as_of.plus(Days(200))];
        let found = by_week(&look, &scored, &weeks);
        assert_eq!(found[0].value, super::super::expected(&look, &scored));
        assert_eq!(found[1].rule, Some("renewal"));
        assert!(found[1].value.eip.mean < found[0].value.eip.mean);
        assert_eq!(found[2].rule, None);
        assert!(found[2].value.eip.mean < 0.5 * found[0].value.eip.mean);
    }

    proptest! {
        #[test]
        fn the_better_of_now_and_waiting_is_never_worse_than_both(
            p in prop::array::uniform4(0.0_f64..=1.0),
            month in -20_000_f64..200_000.0,
            ahead in 0..400_i32,
        ) {
            let (mut example, mut scored) = option(p[0]);
            example.policy.value.hourly_rate_minor = 3_000;
            scored.odds.won = Estimate::prior(p[1], 0.1);
            scored.odds.in_window = Estimate::prior(p[2], 0.1);
            scored.odds.opportunity = scored.odds.in_window.scaled(p[3]);
            scored.candidate.revenue_month_minor = Estimate::known(month);
            let look = Look { as_of: day("2025-03-01").plus(Days(ahead)), ..example.look() };
            let now = super::super::expected(&look, &scored).eip.mean;
            if let Some(waiting) = Ahead::year(&look).waiting(&look, &scored) {
                prop_assert!(waiting.then > now && waiting.then > 0.0);
                prop_assert!(waiting.best() >= now && waiting.best() >= waiting.then);
            }
        }
    }
}
