//! How each touch model is looked after (S83): through which channel, and how often somebody visits.
//!
//! The stage of the journey shapes the cadence too (S34): who is new is seen more often.

use domain::motion::{Channel, TouchModel};
use serde::{Deserialize, Deserializer, de};

use crate::policy::Cap;

/// The policy's section of touch models.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TouchPolicy {
    /// High touch.
    pub high: Touch,
    /// Low touch.
    pub low: Touch,
    /// Tech touch.
    pub tech: Touch,
}

/// One touch model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Touch {
    /// Through which channel it is reached.
    #[serde(deserialize_with = "channel")]
    pub channel: Channel,
    /// Days from one talk to the next; none: no regular visits.
    pub visit_days: Cap,
    /// The same while the customer is new.
    pub onboarding_visit_days: Cap,
}

impl Default for TouchPolicy {
    fn default() -> Self {
        let every = |channel, visit: u32, new: u32| Touch {
            channel,
            visit_days: Cap::at_most(visit),
            onboarding_visit_days: Cap::at_most(new),
        };
        Self {
            high: every(Channel::Visit, 60, 14),
            low: every(Channel::Phone, 180, 30),
            tech: Touch {
                channel: Channel::Prompt,
                visit_days: Cap::NONE,
                onboarding_visit_days: Cap::NONE,
            },
        }
    }
}

impl TouchPolicy {
    /// What is stated of a touch model.
    pub fn of(&self, touch: TouchModel) -> &Touch {
        match touch {
            TouchModel::High => &self.high,
            TouchModel::Low => &self.low,
            TouchModel::Tech => &self.tech,
        }
    }
}

fn channel<'de, D: Deserializer<'de>>(from: D) -> Result<Channel, D::Error> {
    let code = String::deserialize(from)?;
    Channel::parse(&code).ok_or_else(|| {
        let known: Vec<&str> = Channel::ALL.iter().map(|channel| channel.code()).collect();
        de::Error::custom(format!("`{code}` is no channel; channels are {}", known.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;
    use domain::motion::Channel;

    #[test]
    fn s83_a_channel_is_one_of_those_there_are() {
        let read = |channel: &str| {
            Policy::parse(&format!(
                "[touch.low]\nchannel = \"{channel}\"\nvisit_days = \"none\"\nonboarding_visit_days = 7\n"
            ))
        };
        assert_eq!(read("visit").map(|policy| policy.touch.low.channel), Ok(Channel::Visit));
        let refused = read("pigeon").expect_err("refused").to_string();
        assert!(
            refused.contains("`pigeon` is no channel; channels are phone, visit, mail, prompt"),
            "{refused}"
        );
    }
}
