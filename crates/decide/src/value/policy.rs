//! What the policy says of value: what counts, for how long, and what is assumed.

use domain::motion::Channel;
use domain::probability::{Estimate, Provenance};
use serde::Deserialize;

/// The policy's section of value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ValuePolicy {
    /// Months of profit that count, after the outcome window.
    pub horizon_months: u32,
    /// Discount a year.
    pub discount: f64,
    /// Days within which an offer is taken or not.
    pub outcome_window_days: i32,
    /// Margin as a share of revenue, where the product states none.
    pub margin: f64,
    /// Marginal cost of a rep's hour, minor units.
    pub hourly_rate_minor: i64,
    /// Cost of one contact by its channel, minor units, beside the hours.
    pub channel_minor: ChannelCosts,
}

/// What one contact costs beside a rep's hours, minor units.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelCosts {
    /// A call.
    pub phone: i64,
    /// A visit.
    pub visit: i64,
    /// A mail.
    pub mail: i64,
    /// A prompt.
    pub prompt: i64,
}

impl ChannelCosts {
    /// The cost of a contact through that channel.
    pub fn of(&self, channel: Channel) -> i64 {
        match channel {
            Channel::Phone => self.phone,
            Channel::Visit => self.visit,
            Channel::Mail => self.mail,
            Channel::Prompt => self.prompt,
        }
    }
}

impl Default for ValuePolicy {
    fn default() -> Self {
        Self {
            horizon_months: 24,
            discount: 0.10,
            outcome_window_days: 180,
            margin: 0.7,
            hourly_rate_minor: 0,
            channel_minor: ChannelCosts::default(),
        }
    }
}

/// An assumed probability with its spread.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumed {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
}

impl Assumed {
    /// As a term of a value.
    pub fn estimate(self) -> Estimate {
        Estimate::prior(self.mean, self.sd)
    }
}

/// The policy's section of assumed values.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PriorPolicy {
    /// P(opportunity | approach) where no approaches are recorded.
    pub opportunity: Assumed,
    /// P(won | opportunity) where no closed deals are recorded.
    pub won: Assumed,
    /// P(leaves within the window) where no contract has been at risk.
    pub churn: Assumed,
    /// P(takes it within the window | left alone).
    pub organic: Assumed,
    /// An approach without a dated window (limit, renewal, dormancy, repurchase) opens a deal that share
    /// as often as one within a window.
    pub untriggered: f64,
    /// A mail or prompt opens a deal that share as often as the calls and visits on record. Assumed.
    pub digital: f64,
    /// A deal in progress that nobody attends to is won that share less often.
    pub advance_lift: f64,
    /// How much of an observed, not randomised, difference in staying is counted as an effect.
    pub observational_share: f64,
    /// Each further offer in one quotation leaves that share of the won share. Assumed.
    pub package_focus: f64,
    /// A small trial is begun so many times as often as a deal for the whole. Assumed.
    pub poc_starts: f64,
    /// A small trial ends in a contract that share as often as a deal for the whole. Assumed.
    pub poc_converts: f64,
    /// A smaller contract that fits takes that share off the chance to leave. Assumed.
    pub downsell_keeps: f64,
}

impl Default for PriorPolicy {
    fn default() -> Self {
        Self {
            opportunity: Assumed { mean: 0.10, sd: 0.05 },
            won: Assumed { mean: 0.30, sd: 0.15 },
            churn: Assumed { mean: 0.05, sd: 0.04 },
            organic: Assumed { mean: 0.02, sd: 0.01 },
            untriggered: 0.5,
            digital: 0.3,
            advance_lift: 0.5,
            observational_share: 0.3,
            package_focus: 0.9,
            poc_starts: 1.5,
            poc_converts: 0.7,
            downsell_keeps: 0.5,
        }
    }
}

impl PriorPolicy {
    /// The chance that a deal in progress is won when nobody attends to it: assumed.
    pub fn unattended(&self, won: Estimate) -> Estimate {
        Estimate { provenance: Provenance::Prior, ..won.scaled(1.0 - self.advance_lift) }
    }
}
