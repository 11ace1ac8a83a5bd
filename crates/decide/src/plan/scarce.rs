//! What is scarce beside hours: places of a channel in a week, and stock of an offer.

use domain::motion::Channel;
use domain::time::Day;
use serde::Deserialize;

use super::PlanInput;
use super::ledger::Entry;
use crate::policy::Cap;

/// How many customers each channel reaches.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelsPolicy {
    /// Telephone calls.
    pub phone: ChannelPolicy,
    /// Visits.
    pub visit: ChannelPolicy,
    /// E-mails.
    pub mail: ChannelPolicy,
    /// Prompts in the product or shop.
    pub prompt: ChannelPolicy,
}

/// How many customers one channel reaches.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelPolicy {
    /// Plays a week.
    pub per_week: Cap,
}

impl Default for ChannelPolicy {
    fn default() -> Self {
        Self { per_week: Cap::NONE }
    }
}

impl ChannelsPolicy {
    /// Plays a week of a channel.
    pub fn per_week(&self, channel: Channel) -> Cap {
        match channel {
            Channel::Phone => self.phone.per_week,
            Channel::Visit => self.visit.per_week,
            Channel::Mail => self.mail.per_week,
            Channel::Prompt => self.prompt.per_week,
        }
    }
}

/// The channels, in the order of their rows.
pub(super) const CHANNELS: [Channel; 4] =
    [Channel::Phone, Channel::Visit, Channel::Mail, Channel::Prompt];

/// What is left of channels and stock.
#[derive(Debug, Clone)]
pub(super) struct Scarce {
    /// By channel and week; none where nothing caps it.
    pub(super) places: [Option<Vec<f64>>; 4],
    /// By offer of the catalogue; infinite where nothing caps it.
    pub(super) stock: Vec<f64>,
}

impl Scarce {
    pub(super) fn of(input: &PlanInput, weeks: &[(Day, f64)]) -> Self {
        let places = CHANNELS.map(|channel| {
            let cap = input.policy.channels.per_week(channel).get()?;
            // What is left of the first week has that share of its places.
            Some(weeks.iter().map(|(_, share)| (f64::from(cap) * share).floor()).collect())
        });
        let stock = input.catalogue.offers.iter();
        let stock = stock.map(|offer| offer.stock.map_or(f64::INFINITY, |stock| stock as f64));
        Self { places, stock: stock.collect() }
    }

    /// Whether an entry's channel has a place in a week, and its offer stock.
    pub(super) fn allows(&self, entry: &Entry, week: usize) -> bool {
        let place = match &self.places[entry.channel as usize] {
            None => true,
            Some(weeks) => weeks.get(week).is_some_and(|left| *left >= 1.0),
        };
        place && entry.given.is_none_or(|given| self.stock[given as usize] >= 1.0)
    }

    /// Whether an entry may move from one week to another at will.
    pub(super) fn moves(&self, entry: &Entry) -> bool {
        self.places[entry.channel as usize].is_none()
    }

    pub(super) fn take(&mut self, entry: &Entry, week: usize) {
        if let Some(left) =
            self.places[entry.channel as usize].as_mut().and_then(|weeks| weeks.get_mut(week))
        {
            *left -= 1.0;
        }
        if let Some(given) = entry.given {
            self.stock[given as usize] -= 1.0;
        }
    }
}
