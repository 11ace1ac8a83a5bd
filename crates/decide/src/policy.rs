//! The policy: versioned text (TOML) that states every threshold, guard, capacity and prior.
//!
//! Each section's struct lives beside the code that reads it. Unknown keys are refused with their
//! line. Zero means zero; `"none"` means that there is no cap.

mod cap;
mod access;
mod bounds;
mod diff;

use domain::time::Day;
use serde::Deserialize;

pub use access::AccessPolicy;
pub use cap::Cap;
pub use diff::{KeyChange, diff, keys};

use crate::candidates::CandidatePolicy;
use crate::facts::bars::REMEMBERED_DAYS;
use crate::guards::{self, GuardPolicy};
use crate::handoff::{self, HandoffPolicy};
use crate::health::HealthPolicy;
use crate::natural::NaturalPolicy;
use crate::plan::{
    ChannelsPolicy, EffortPolicy, ExplorePolicy, HoursPolicy, LimitPolicy, PlanPolicy,
};
use crate::signals::RulePolicy;
use crate::touch::TouchPolicy;
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
    /// How each touch model is looked after.
    pub touch: TouchPolicy,
    /// Timing rules.
    pub rules: RulePolicy,
    /// Customers who will likely buy unasked.
    pub natural: NaturalPolicy,
    /// Guards.
    pub guards: GuardPolicy,
    /// The health score.
    pub health: HealthPolicy,
    /// Who sees expected profit.
    pub access: AccessPolicy,
    /// Handing plays between customer success and inside sales.
    pub handoff: HandoffPolicy,
    /// Since when offers are stopped; not of the text, but of the workspace's switch ([`crate::stop`]).
    #[serde(skip)]
    pub stopped: Option<Day>,
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
            touch: TouchPolicy::default(),
            rules: RulePolicy::default(),
            natural: NaturalPolicy::default(),
            guards: GuardPolicy::default(),
            health: HealthPolicy::default(),
            access: AccessPolicy::default(),
            handoff: HandoffPolicy::default(),
            stopped: None,
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
            ("priors.package_focus", share(priors.package_focus), SHARE),
            ("priors.poc_starts", not_negative(priors.poc_starts), NOT_NEGATIVE),
            ("priors.poc_converts", share(priors.poc_converts), SHARE),
            ("priors.downsell_keeps", share(priors.downsell_keeps), SHARE),
            ("value.channel_minor.phone", value.channel_minor.phone >= 0, NOT_NEGATIVE),
            ("value.channel_minor.visit", value.channel_minor.visit >= 0, NOT_NEGATIVE),
            ("value.channel_minor.mail", value.channel_minor.mail >= 0, NOT_NEGATIVE),
            ("value.channel_minor.prompt", value.channel_minor.prompt >= 0, NOT_NEGATIVE),
            ("limits.days", (1..=REMEMBERED_DAYS).contains(&self.limits.days), "1 to 366"),
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
            ("candidates.under_use", share(self.candidates.under_use), SHARE),
            ("candidates.seats_use", share(self.candidates.seats_use), SHARE),
            ("candidates.seats_spare", not_negative(self.candidates.seats_spare), NOT_NEGATIVE),
            ("candidates.idle_use", share(self.candidates.idle_use), SHARE),
            ("candidates.pause_months", self.candidates.pause_months <= 24, "0 to 24"),
            ("candidates.auxiliary_share", share(self.candidates.auxiliary_share), SHARE),
            ("candidates.package_parts", self.candidates.package_parts <= 6, "0 to 6"),
            ("candidates.package_effort", share(self.candidates.package_effort), SHARE),
            (
                "candidates.off",
                self.candidates.off_is_known(),
                "codes of motions or forms, as docs/reference/offers.md lists them",
            ),
            (
                "rules.off",
                self.rules.off_are_rules(),
                "codes of timing rules, as on the reference page",
            ),
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
            ("rules.limit_hit.rearm", share(self.rules.limit_hit.rearm), SHARE),
            ("rules.limit_hit.windows", self.rules.limit_hit.windows > 0, POSITIVE),
            ("rules.continued.days", self.rules.continued.days >= 0, NOT_NEGATIVE),
            ("rules.trial_end.open_days", self.rules.trial_end.open_days >= 0, NOT_NEGATIVE),
            ("rules.trial_end.after_days", self.rules.trial_end.after_days >= 0, NOT_NEGATIVE),
            (
                "rules.budget_planning.from_months",
                (0..=24).contains(&self.rules.budget_planning.from_months),
                "0 to 24",
            ),
            (
                "rules.budget_planning.until_months",
                (0..=self.rules.budget_planning.from_months)
                    .contains(&self.rules.budget_planning.until_months),
                "0 to rules.budget_planning.from_months",
            ),
            (
                "rules.budget_fixing.months",
                (0..=24).contains(&self.rules.budget_fixing.months),
                "0 to 24",
            ),
            (
                "rules.budget_fixing.lead_days",
                self.rules.budget_fixing.lead_days >= 0,
                NOT_NEGATIVE,
            ),
            ("rules.before_decision.days", self.rules.before_decision.days >= 0, NOT_NEGATIVE),
            (
                "rules.promised_date.lead_days",
                self.rules.promised_date.lead_days >= 0,
                NOT_NEGATIVE,
            ),
            (
                "rules.promised_date.stands_days",
                self.rules.promised_date.stands_days >= 0,
                NOT_NEGATIVE,
            ),
            ("rules.cart.days", self.rules.cart.days >= 0, NOT_NEGATIVE),
            ("rules.positive_reaction.days", self.rules.positive_reaction.days >= 0, NOT_NEGATIVE),
            (
                "rules.positive_reaction.interest",
                (0.0..=10.0).contains(&self.rules.positive_reaction.interest),
                "0 to 10",
            ),
            ("rules.usage_surge.rise", not_negative(self.rules.usage_surge.rise), NOT_NEGATIVE),
            (
                "rules.usage_surge.rearm",
                (0.0..=self.rules.usage_surge.rise).contains(&self.rules.usage_surge.rearm),
                "between 0 and rules.usage_surge.rise",
            ),
            ("rules.usage_surge.share", share(self.rules.usage_surge.share), SHARE),
            (
                "rules.heavy_feature.times",
                not_negative(self.rules.heavy_feature.times),
                NOT_NEGATIVE,
            ),
            (
                "rules.heavy_feature.rearm",
                (0.0..=self.rules.heavy_feature.times).contains(&self.rules.heavy_feature.rearm),
                "between 0 and rules.heavy_feature.times",
            ),
            ("rules.workflow_change.days", self.rules.workflow_change.days >= 0, NOT_NEGATIVE),
            (
                "rules.workflow_change.metric_days",
                self.rules.workflow_change.metric_days >= 0,
                NOT_NEGATIVE,
            ),
            ("rules.new_release.days", self.rules.new_release.days >= 0, NOT_NEGATIVE),
            (
                "rules.group_success.result_days",
                self.rules.group_success.result_days >= 0,
                NOT_NEGATIVE,
            ),
            ("rules.group_success.won_days", self.rules.group_success.won_days >= 0, NOT_NEGATIVE),
            (
                "rules.replacement_due.open_days",
                self.rules.replacement_due.open_days >= 0,
                NOT_NEGATIVE,
            ),
            (
                "rules.replacement_due.age_years",
                (0..=100).contains(&self.rules.replacement_due.age_years),
                "0 to 100",
            ),
            ("rules.under_use.share", share(self.rules.under_use.share), SHARE),
            ("rules.under_use.rearm", share(self.rules.under_use.rearm), SHARE),
            (
                "rules.under_use.downsell_days",
                self.rules.under_use.downsell_days >= 0,
                NOT_NEGATIVE,
            ),
            ("rules.under_use.help_days", self.rules.under_use.help_days >= 0, NOT_NEGATIVE),
            ("rules.key_person_gone.days", self.rules.key_person_gone.days >= 0, NOT_NEGATIVE),
            (
                "rules.key_person_gone.silent_days",
                self.rules.key_person_gone.silent_days >= 0,
                NOT_NEGATIVE,
            ),
            ("rules.visit_due.grace_days", self.rules.visit_due.grace_days >= 0, NOT_NEGATIVE),
            ("rules.enquiry.days", self.rules.enquiry.days >= 0, NOT_NEGATIVE),
            ("rules.enquiry.web_days", self.rules.enquiry.web_days >= 0, NOT_NEGATIVE),
            ("rules.just_bought.days", self.rules.just_bought.days >= 0, NOT_NEGATIVE),
            ("explore.share", share(self.explore.share), SHARE),
            ("explore.hours_share", share(self.explore.hours_share), SHARE),
            ("natural.share", share(self.natural.share), SHARE),
            ("guards.loyalty.days", self.guards.loyalty.days > 0, POSITIVE),
            (
                "guards.off",
                self.guards.off.iter().all(|code| guards::guard(code).is_some()),
                "a list of codes of guards, as on the reference page of rules",
            ),
            (
                "handoff.answer_hours",
                self.handoff.answer_hours.get().is_none_or(|hours| hours <= handoff::HOURS_MAX),
                "0 to 2000, or \"none\"",
            ),
            ("guards.incident.days", self.guards.incident.days >= 0, NOT_NEGATIVE),
            (
                "guards.loyalty.favourable_percent",
                self.guards.loyalty.favourable_percent.get().is_none_or(|percent| percent <= 100),
                "0 to 100, or \"none\"",
            ),
            ("guards.cool_down.days", self.guards.cool_down.days >= 0, NOT_NEGATIVE),
            ("guards.cool_down.motion_days", self.guards.cool_down.motion_days >= 0, NOT_NEGATIVE),
            ("guards.need_fit.share", share(self.guards.need_fit.share), SHARE),
            ("guards.hold_out.share", share(self.guards.hold_out.share), SHARE),
            ("guards.hold_out.delay_weeks", self.guards.hold_out.delay_weeks <= 520, "0 to 520"),
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
        let across = bounds::all(self);
        match checks.iter().chain(&across).find(|(_, holds, _)| !holds) {
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
        assert_eq!(keys, 169);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        insta::assert_snapshot!(refused("version = 1\n[value]\nhorizon = 12\n"), @"policy, line 3: unknown field `horizon`, expected one of `horizon_months`, `discount`, `outcome_window_days`, `margin`, `hourly_rate_minor`, `channel_minor`. Correct or remove that line; `nobishiro policy show` prints every key with its default");
        insta::assert_snapshot!(refused("version = 1\n\n[rule.limit_near]\nshare = 0.9\n"), @"policy, line 3: unknown field `rule`, expected one of `version`, `value`, `priors`, `limits`, `hours`, `effort`, `plan`, `channels`, `explore`, `candidates`, `touch`, `rules`, `natural`, `guards`, `health`, `access`, `handoff`. Correct or remove that line; `nobishiro policy show` prints every key with its default");
    }

    #[test]
    fn a_value_out_of_range_is_refused_with_its_line() {
        insta::assert_snapshot!(refused("version = 1\n[value]\nmargin = 1.7\n"), @"policy, line 3: value.margin must be between 0 and 1");
        insta::assert_snapshot!(refused("version = 9\n"), @"policy, line 1: version 9 is not known to this program, which reads version 1; update Nobishiro or set `version = 1`");
        insta::assert_snapshot!(refused("[priors.opportunity]\nmean = nan\nsd = 0.1\n"), @"policy, line 2: priors.opportunity.mean must be between 0 and 1");
    }

    #[test]
    fn impossible_bounds_are_refused_with_their_line() {
        insta::assert_snapshot!(refused("[rules.renewal]\nopen_days = 60\nstart_by_days = 90\n"), @"policy, line 3: rules.renewal.start_by_days must be at most rules.renewal.open_days");
        insta::assert_snapshot!(refused("[health]\ngood = 40\nwatch = 70\n"), @"policy, line 3: health.watch must be 0 to health.good");
        insta::assert_snapshot!(refused("[rules.limit_near]\nshare = 0.8\nrearm = 0.9\n"), @"policy, line 3: rules.limit_near.rearm must be between 0 and rules.limit_near.share");
        insta::assert_snapshot!(refused("[rules.limit_near]\ncrossing_days = 3000\nrearm_days = 3000\n"), @"policy, line 3: rules.limit_near.rearm_days must be at most 3650 together with rules.limit_near.crossing_days");
        insta::assert_snapshot!(refused("[guards.loyalty]\ndetractor_max = 11\n"), @"policy, line 2: guards.loyalty.detractor_max must be 0 to 10");
        insta::assert_snapshot!(refused("[rules.cadence]\nmin_orders = 1\n"), @"policy, line 2: rules.cadence.min_orders must be 2 or more: one order has no rhythm");
        let weights = "usage = 0\ntrend = 0\nnps = 0\ntickets = 0\ncontact = 0\ncontract = 0\nspend = 0\norders = 0\n";
        insta::assert_snapshot!(refused(&format!("[health.weights]\n{weights}")), @"policy, line 2: health.weights.usage must be more than 0, or another of health.weights: with none there is no score");
    }

    #[test]
    fn the_switch_is_not_of_the_text() {
        assert!(refused("stopped = 1\n").contains("unknown field `stopped`"));
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
