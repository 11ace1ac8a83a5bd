//! The policy: versioned text (TOML) that states every threshold, guard, capacity and prior.
//!
//! Each section's struct lives beside the code that reads it. Unknown keys are refused with their
//! line. Zero means zero; `"none"` means that there is no cap.

mod cap;

use serde::Deserialize;

pub use cap::Cap;

use crate::candidates::CandidatePolicy;
use crate::guards::GuardPolicy;
use crate::health::HealthPolicy;
use crate::natural::NaturalPolicy;
use crate::plan::{
    ChannelsPolicy, EffortPolicy, ExplorePolicy, HoursPolicy, LimitPolicy, PlanPolicy,
};
use crate::signals::RulePolicy;
use crate::value::{PriorPolicy, ValuePolicy};

/// The version of the policy's text that this code reads.
pub const VERSION: u32 = 1;

/// Everything that people decide about decisions.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// The version of the text's layout.
    pub version: u32,
    /// Horizon, discount, window, margin and cost of expected profit.
    pub value: ValuePolicy,
    /// What is assumed where the data cannot say.
    pub priors: PriorPolicy,
    /// How often an account is approached.
    pub limits: LimitPolicy,
    /// Hours there are.
    pub hours: HoursPolicy,
    /// Hours a play takes.
    pub effort: EffortPolicy,
    /// The planning horizon.
    pub plan: PlanPolicy,
    /// How many customers each channel reaches.
    pub channels: ChannelsPolicy,
    /// How often chance decides.
    pub explore: ExplorePolicy,
    /// What is offered at all.
    pub candidates: CandidatePolicy,
    /// Timing rules.
    pub rules: RulePolicy,
    /// Customers who will likely buy unasked.
    pub natural: NaturalPolicy,
    /// Guards.
    pub guards: GuardPolicy,
    /// The health score.
    pub health: HealthPolicy,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            version: VERSION,
            value: ValuePolicy::default(),
            priors: PriorPolicy::default(),
            limits: LimitPolicy::default(),
            hours: HoursPolicy::default(),
            effort: EffortPolicy::default(),
            plan: PlanPolicy::default(),
            channels: ChannelsPolicy::default(),
            explore: ExplorePolicy::default(),
            candidates: CandidatePolicy::default(),
            rules: RulePolicy::default(),
            natural: NaturalPolicy::default(),
            guards: GuardPolicy::default(),
            health: HealthPolicy::default(),
        }
    }
}

/// Why a text is not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not TOML, an unknown key, or a value of the wrong kind.
    #[error(
        "policy, line {line}: {message}. Correct or remove that line; `nobishiro policy show` prints every key with its default"
    )]
    Text {
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A version that this program does not read.
    #[error(
        "policy, line {line}: version {found} is not known to this program, which reads version {VERSION}; update Nobishiro or set `version = {VERSION}`"
    )]
    Version {
        /// The line, from 1.
        line: usize,
        /// The version found.
        found: u32,
    },
    /// A value outside of its range.
    #[error("policy, line {line}: {key} must be {range}")]
    Range {
        /// The line, from 1.
        line: usize,
        /// The key with its section.
        key: &'static str,
        /// What it must be.
        range: &'static str,
    },
}

impl Policy {
    /// Reads a policy's text; what it leaves out has its default.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|error| PolicyError::Text {
            line: error.span().map_or(1, |span| line_of(text, span.start)),
            message: error.message().trim().to_owned(),
        })?;
        if policy.version != VERSION {
            return Err(PolicyError::Version {
                line: line_of_key(text, "version"),
                found: policy.version,
            });
        }
        policy.check(text)?;
        Ok(policy)
    }

    /// The default policy as commented text; it parses to [`Policy::default`].
    pub fn default_text() -> &'static str {
        include_str!("policy/default.toml")
    }

    /// Refuses values that would make a formula meaningless.
    #[expect(clippy::too_many_lines, reason = "a table of ranges")]
    fn check(&self, text: &str) -> Result<(), PolicyError> {
        const SHARE: &str = "between 0 and 1";
        const POSITIVE: &str = "more than 0";
        const NOT_NEGATIVE: &str = "0 or more";
        let share = |x: f64| (0.0..=1.0).contains(&x);
        let not_negative = |x: f64| x.is_finite() && x >= 0.0;
        let (value, priors, effort) = (&self.value, &self.priors, &self.effort);
        let checks: &[(&'static str, bool, &'static str)] = &[
            ("value.horizon_months", (1..=600).contains(&value.horizon_months), "1 to 600"),
            ("value.discount", not_negative(value.discount), NOT_NEGATIVE),
            ("value.outcome_window_days", value.outcome_window_days > 0, POSITIVE),
            ("value.margin", share(value.margin), SHARE),
            ("value.hourly_rate_minor", value.hourly_rate_minor >= 0, NOT_NEGATIVE),
            ("priors.opportunity.mean", share(priors.opportunity.mean), SHARE),
            ("priors.opportunity.sd", not_negative(priors.opportunity.sd), NOT_NEGATIVE),
            ("priors.won.mean", share(priors.won.mean), SHARE),
            ("priors.won.sd", not_negative(priors.won.sd), NOT_NEGATIVE),
            ("priors.churn.mean", share(priors.churn.mean), SHARE),
            ("priors.churn.sd", not_negative(priors.churn.sd), NOT_NEGATIVE),
            ("priors.organic.mean", share(priors.organic.mean), SHARE),
            ("priors.organic.sd", not_negative(priors.organic.sd), NOT_NEGATIVE),
            ("priors.untriggered", share(priors.untriggered), SHARE),
            ("priors.digital", share(priors.digital), SHARE),
            ("priors.advance_lift", share(priors.advance_lift), SHARE),
            ("priors.observational_share", share(priors.observational_share), SHARE),
            ("limits.days", self.limits.days > 0, POSITIVE),
            ("hours.per_rep_week", not_negative(self.hours.per_rep_week), NOT_NEGATIVE),
            ("hours.unassigned_week", not_negative(self.hours.unassigned_week), NOT_NEGATIVE),
            ("hours.care_share", share(self.hours.care_share), SHARE),
            ("effort.upsell", not_negative(effort.upsell), NOT_NEGATIVE),
            ("effort.downsell", not_negative(effort.downsell), NOT_NEGATIVE),
            ("effort.cross_sell", not_negative(effort.cross_sell), NOT_NEGATIVE),
            ("effort.poc", not_negative(effort.poc), NOT_NEGATIVE),
            ("effort.care", not_negative(effort.care), NOT_NEGATIVE),
            ("effort.advance", not_negative(effort.advance), NOT_NEGATIVE),
            ("plan.stability", not_negative(self.plan.stability), NOT_NEGATIVE),
            ("plan.horizon_weeks", (1..=52).contains(&self.plan.horizon_weeks), "1 to 52"),
            (
                "candidates.terms_months",
                self.candidates.terms_months.iter().all(|m| *m > 0),
                POSITIVE,
            ),
            ("candidates.seats_block", share(self.candidates.seats_block), SHARE),
            ("candidates.cross_seats", share(self.candidates.cross_seats), SHARE),
            ("rules.limit_near.share", share(self.rules.limit_near.share), SHARE),
            ("rules.limit_near.chance", share(self.rules.limit_near.chance), SHARE),
            (
                "rules.limit_near.rearm",
                (0.0..=self.rules.limit_near.share).contains(&self.rules.limit_near.rearm),
                "between 0 and rules.limit_near.share",
            ),
            ("rules.limit_near.rearm_days", self.rules.limit_near.rearm_days >= 0, NOT_NEGATIVE),
            (
                "rules.renewal.start_by_days",
                self.rules.renewal.start_by_days <= self.rules.renewal.open_days,
                "at most rules.renewal.open_days",
            ),
            ("rules.enquiry.days", self.rules.enquiry.days >= 0, NOT_NEGATIVE),
            ("rules.enquiry.web_days", self.rules.enquiry.web_days >= 0, NOT_NEGATIVE),
            ("rules.just_bought.days", self.rules.just_bought.days >= 0, NOT_NEGATIVE),
            ("explore.share", share(self.explore.share), SHARE),
            ("explore.hours_share", share(self.explore.hours_share), SHARE),
            ("natural.share", share(self.natural.share), SHARE),
            ("guards.loyalty.days", self.guards.loyalty.days > 0, POSITIVE),
            (
                "guards.cool_down.refused_days",
                self.guards.cool_down.refused_days >= 0,
                NOT_NEGATIVE,
            ),
            ("guards.at_risk.churn", share(self.guards.at_risk.churn), SHARE),
            (
                "guards.at_risk.times_base",
                not_negative(self.guards.at_risk.times_base),
                NOT_NEGATIVE,
            ),
            ("health.good", (0..=100).contains(&self.health.good), "0 to 100"),
            (
                "health.watch",
                (0..=self.health.good).contains(&self.health.watch),
                "0 to health.good",
            ),
            ("health.weights.usage", not_negative(self.health.weights.usage), NOT_NEGATIVE),
            ("health.weights.trend", not_negative(self.health.weights.trend), NOT_NEGATIVE),
            ("health.weights.nps", not_negative(self.health.weights.nps), NOT_NEGATIVE),
            ("health.weights.tickets", not_negative(self.health.weights.tickets), NOT_NEGATIVE),
            ("health.weights.contact", not_negative(self.health.weights.contact), NOT_NEGATIVE),
            ("health.weights.contract", not_negative(self.health.weights.contract), NOT_NEGATIVE),
            ("health.weights.spend", not_negative(self.health.weights.spend), NOT_NEGATIVE),
            ("health.weights.orders", not_negative(self.health.weights.orders), NOT_NEGATIVE),
        ];
        match checks.iter().find(|(_, holds, _)| !holds) {
            None => Ok(()),
            Some(&(key, _, range)) => {
                Err(PolicyError::Range { line: line_of_key(text, key), key, range })
            }
        }
    }
}

/// The line, from 1, of a byte of the text.
fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}

/// The line of a dotted key: the last line of its section that assigns it, else the first line.
fn line_of_key(text: &str, key: &str) -> usize {
    let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
    let mut here = String::new();
    let mut found = 1;
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            header.split(']').next().unwrap_or_default().trim().clone_into(&mut here);
        } else if let Some((left, _)) = line.split_once('=') {
            let left = left.trim();
            let dotted = if here.is_empty() { left.to_owned() } else { format!("{here}.{left}") };
            if dotted == key || (here == section && left == name) || section == dotted {
                found = i + 1;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Policy::parse(text).expect_err("refused").to_string()
    }

    #[test]
    fn the_default_text_is_the_default() {
        assert_eq!(Policy::parse(Policy::default_text()), Ok(Policy::default()));
        assert_eq!(Policy::parse(""), Ok(Policy::default()));
    }

    #[test]
    fn the_default_text_names_every_key() {
        // With a default for every key, a missing one would go unseen: count the assignments.
        let lines = Policy::default_text().lines();
        let keys = lines.filter(|line| !line.starts_with('#') && line.contains('=')).count();
        assert_eq!(keys, 82);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        insta::assert_snapshot!(refused("version = 1\n[value]\nhorizon = 12\n"), @"policy, line 3: unknown field `horizon`, expected one of `horizon_months`, `discount`, `outcome_window_days`, `margin`, `hourly_rate_minor`. Correct or remove that line; `nobishiro policy show` prints every key with its default");
        insta::assert_snapshot!(refused("version = 1\n\n[rule.limit_near]\nshare = 0.9\n"), @"policy, line 3: unknown field `rule`, expected one of `version`, `value`, `priors`, `limits`, `hours`, `effort`, `plan`, `channels`, `explore`, `candidates`, `rules`, `natural`, `guards`, `health`. Correct or remove that line; `nobishiro policy show` prints every key with its default");
    }

    #[test]
    fn a_value_out_of_range_is_refused_with_its_line() {
        insta::assert_snapshot!(refused("version = 1\n[value]\nmargin = 1.7\n"), @"policy, line 3: value.margin must be between 0 and 1");
        insta::assert_snapshot!(refused("version = 9\n"), @"policy, line 1: version 9 is not known to this program, which reads version 1; update Nobishiro or set `version = 1`");
        insta::assert_snapshot!(refused("[priors.opportunity]\nmean = nan\nsd = 0.1\n"), @"policy, line 2: priors.opportunity.mean must be between 0 and 1");
    }

    #[test]
    fn zero_is_zero_and_none_is_none() {
        let caps = |value: &str| {
            let text = format!("[limits]\npackages_per_account = {value}\n");
            Policy::parse(&text).map(|policy| policy.limits.packages_per_account)
        };
        assert_eq!(caps("0"), Ok(Cap::at_most(0)));
        assert_eq!(caps("\"none\""), Ok(Cap::NONE));
        insta::assert_snapshot!(caps("-1").expect_err("refused"), @r#"policy, line 2: invalid value: integer `-1`, expected a whole number from 0, or "none". Correct or remove that line; `nobishiro policy show` prints every key with its default"#);
        insta::assert_snapshot!(caps("\"no\"").expect_err("refused"), @r#"policy, line 2: invalid value: string "no", expected a whole number from 0, or "none". Correct or remove that line; `nobishiro policy show` prints every key with its default"#);
    }
}
