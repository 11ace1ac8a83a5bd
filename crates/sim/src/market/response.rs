//! The true responses: whether a customer takes an offer, and whether it stays, when contacted and when left alone.
//!
//! History and truth both follow from these functions, and nothing else reads the traits.

use super::climate::Climate;
use super::curve::{logistic, power, shifted};
use super::offer::{Kind, Offer};
use super::traits::Traits;

/// A channel's share of what people achieve in conversation, for mail and prompts. Assumed.
const DIGITAL_LIFT: f64 = 0.3;
/// A channel's share of the effect on leaving, for mail and prompts. Assumed.
const DIGITAL_HARM: f64 = 0.5;
/// What a fair smaller contract adds to the log odds of leaving of who takes it. Assumed.
const SMALLER: f64 = -0.6;
/// A deal in progress that nobody attends to is won this share as often. Assumed.
const UNATTENDED: f64 = 0.6;

/// What there is beside the traits when a customer responds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    pub(super) climate: &'a Climate,
    pub(super) traits: &'a Traits,
    /// Contacts by people in the last 90 days.
    pub(super) contacts: f64,
    /// Whether it is reached by mail and prompts only.
    pub(super) digital: bool,
    /// Whether its budget is made in these months: one to three before the year closes.
    pub(super) season: bool,
    /// Whether a term ends within three months.
    pub(super) renewing: bool,
}

/// The probabilities that an offer is taken within 180 days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Response {
    /// That an approach opens a deal.
    pub(super) opened: f64,
    /// That such a deal is won.
    pub(super) won: f64,
    /// When approached.
    pub(super) contact: f64,
    /// When left alone.
    pub(super) leave: f64,
}

impl Moment<'_> {
    /// Contacts above the customer's ideal number.
    fn weary(&self) -> f64 {
        (self.contacts - self.traits.ideal).max(0.0)
    }

    /// The share by which contact can win this customer at all.
    fn winnable(&self) -> f64 {
        logistic(6.0 * (self.traits.receptive - self.climate.winnable_above))
    }

    /// The true response to an offer.
    pub(super) fn respond(&self, offer: &Offer) -> Response {
        if let Kind::Advance { won } = offer.kind {
            return Response { opened: 1.0, won, contact: won, leave: UNATTENDED * won };
        }
        if offer.kind == Kind::Care {
            return Response { opened: 0.0, won: 0.0, contact: 0.0, leave: 0.0 };
        }
        let traits = self.traits;
        let now = 0.4 * f64::from(u8::from(self.season)) + 0.3 * f64::from(u8::from(self.renewing));
        let urge = if offer.kind == Kind::Repeat { offer.urge } else { offer.urge + now };
        let heard = self.winnable() * self.heard();
        let opened = logistic(-1.9 + urge + 0.3 * traits.open) * heard;
        let won = logistic(-0.9 + 0.25 * urge + 0.4 * traits.satisfied - 0.3 * traits.thrifty);
        let unasked = match offer.kind {
            Kind::Repeat => logistic(urge),
            Kind::Seats => logistic(-3.0 + 1.1 * urge + 0.3 * traits.engaged),
            _ => logistic(-4.2 + 1.1 * urge + 0.3 * traits.engaged),
        };
        let eager = if offer.kind == Kind::Repeat { 1.0 } else { self.climate.unasked };
        let leave = (eager * unasked).min(0.9);
        Response { opened, won, contact: leave + (1.0 - leave) * opened * won, leave }
    }

    /// What weariness and the channel leave of an approach.
    fn heard(&self) -> f64 {
        let channel = if self.digital { DIGITAL_LIFT } else { 1.0 };
        let weary = self.weary();
        (0..5).fold(channel, |heard, n| {
            heard * (1.0 - self.climate.deafness * (weary - f64::from(n)).clamp(0.0, 1.0))
        })
    }

    /// What a contact with this offer adds to the log odds of leaving at each end of a term in the half-year after.
    pub(super) fn unrest(&self, kind: Kind) -> f64 {
        let Climate { averse_above, harm, help, weariness, .. } = *self.climate;
        let weary = weariness * self.weary();
        let channel = if self.digital { DIGITAL_HARM } else { 1.0 };
        match kind {
            // It was the customer who asked, or who is helped.
            Kind::Advance { .. } | Kind::Care => 0.0,
            _ => {
                let averse = logistic(8.0 * (self.traits.averse - averse_above));
                channel * (weary + help + averse * (harm - help))
            }
        }
    }
}

/// What taking an offer adds to the log odds of leaving.
pub(super) fn calm(kind: Kind) -> f64 {
    if kind == Kind::Downsell { SMALLER } else { 0.0 }
}

impl Traits {
    /// The probability of leaving at the end of a term of so many months when nobody contacts it.
    ///
    /// A constant chance a month, about 1 % in the middle and 1.5 % on average, over the months of the term: business
    /// software loses 1 to 2 % of mid-sized and 3 to 5 % of small customers a month (industry reports; taken low).
    pub(super) fn leaves(&self, term: i32, segment: &str) -> f64 {
        let size = match segment {
            "enterprise" => -0.5,
            "mid" => 0.0,
            _ => 0.4,
        };
        let month = logistic(
            -4.9 + size - 0.7 * self.satisfied - 0.5 * self.loyal - 0.5 * self.engaged
                + 0.25 * self.thrifty,
        );
        1.0 - power(1.0 - month, term)
    }
}

/// The probability of staying over the ends of terms, given what is added to the log odds at each.
pub(super) fn stays(leaves: f64, unrest: impl Iterator<Item = f64>) -> f64 {
    unrest.fold(1.0, |stays, unrest| stays * (1.0 - shifted(leaves, unrest)))
}
