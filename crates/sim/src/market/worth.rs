//! What an offer truly earns: the difference of two arms, counted as plans count it.
//!
//! ```text
//! E[V | a] = sum over y in {0,1} of P(y | a) * [ r(y,a) * (M + y * dM) * A + y * once ]
//! incremental profit = E[V | contact] - E[V | leave] - hours * rate
//! A = sum over t = 1..24 of P(alive at W + t | alive at W) / 1.1^(t / 12)
//! ```
//!
//! W is six months; P, r and A are the true probabilities of [`super::response`].

use super::Field;
use super::life::{Life, WINDOW};
use super::offer::{Kind, Offer};
use super::response::{self, Response};
use super::wares::SECOND;

/// Months of profit that count, after the window.
const HORIZON: i32 = 24;
/// 1.1 to the power of -1/12: a discount of 10 % a year.
const DISCOUNT: f64 = 0.992_088_943_446_991;
/// Yen that an hour costs.
pub(super) const RATE: f64 = 4_000.0;

/// The true terms of an offer to a customer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worth {
    pub(super) response: Response,
    /// P(still a customer at the end of the window | not taken), contacted and left alone.
    pub(super) stay: Arms,
    /// The same if taken.
    pub(super) stay_taken: Arms,
    /// M.
    pub(super) margin: f64,
    /// A.
    pub(super) annuity: f64,
    /// Hours of people.
    pub(super) hours: f64,
    /// The incremental profit, yen.
    pub(super) profit: f64,
}

/// One number when contacted, and one when left alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Arms {
    pub(super) contact: f64,
    pub(super) leave: f64,
}

/// A customer whose offers are valued on the last day.
pub(super) struct Valued<'a> {
    field: &'a Field,
    life: &'a Life,
    at: usize,
    leaves: f64,
    margin: f64,
    annuity: f64,
}

impl<'a> Valued<'a> {
    pub(super) fn new(field: &'a Field, at: usize, life: &'a Life) -> Self {
        let (firm, holding) = (&field.firms[at], life.holding());
        let leaves = life.traits.leaves(holding.term, firm.segment);
        let margin = holding.margin((100 - firm.discount) as f64 / 100.0);
        let mut valued = Self { field, life, at, leaves, margin, annuity: 0.0 };
        valued.annuity = valued.annuity();
        valued
    }

    /// The months of the window in which a term ends.
    pub(super) fn ends(&self) -> impl Iterator<Item = i32> {
        let (life, term) = (self.life, self.life.holding().term);
        (1..=WINDOW).filter(move |ahead| life.ends_term(*ahead, term))
    }

    /// The probability of leaving at an end of a term when nobody contacts it.
    #[cfg(test)]
    pub(super) fn leaves(&self) -> f64 {
        self.leaves
    }

    fn annuity(&self) -> f64 {
        let term = self.life.holding().term;
        let (mut alive, mut worth, mut months) = (1.0, 1.0, 0.0);
        for t in 1..=HORIZON {
            if self.life.ends_term(WINDOW + t, term) {
                alive *= 1.0 - self.leaves;
            }
            worth *= DISCOUNT;
            months += alive * worth;
        }
        months
    }

    /// P(still a customer at the end of the window), with what a contact and taking the offer add to the log odds.
    fn stays(&self, contact: Option<f64>, taken: f64) -> f64 {
        let unrest = |ahead: i32| self.life.lingering(0, ahead).max(contact.unwrap_or(0.0)) + taken;
        response::stays(self.leaves, self.ends().map(unrest))
    }

    /// By how much an offer of this kind changes the chance to stay when it is not taken.
    pub(super) fn effect(&self, kind: Kind) -> f64 {
        let unrest = self.life.moment(self.field, self.at, 0).unrest(kind);
        self.stays(Some(unrest), 0.0) - self.stays(None, 0.0)
    }

    /// The terms of an offer.
    pub(super) fn of(&self, offer: &Offer) -> Worth {
        let moment = self.life.moment(self.field, self.at, 0);
        let response = moment.respond(offer);
        let contact = Some(moment.unrest(offer.kind));
        let calm = response::calm(offer.kind);
        let stay = Arms { contact: self.stays(contact, 0.0), leave: self.stays(None, 0.0) };
        // Who binds its plan for longer stays at least the window; the second line goes with the first.
        let bound = offer.kind == Kind::Term && offer.ware != Some(SECOND);
        let taken = |contact| if bound { 1.0 } else { self.stays(contact, calm) };
        let stay_taken = Arms { contact: taken(contact), leave: taken(None) };
        let firm = &self.field.firms[self.at];
        let hours = if firm.takes_hours() { offer.kind.hours() } else { 0.0 };
        let value = |y: f64, stays: f64, taken: f64| {
            let not = stays * self.margin * self.annuity;
            let yes = taken * (self.margin + offer.month) * self.annuity + offer.once;
            (1.0 - y) * not + y * yes
        };
        let profit = value(response.contact, stay.contact, stay_taken.contact)
            - value(response.leave, stay.leave, stay_taken.leave)
            - hours * RATE;
        let (margin, annuity) = (self.margin, self.annuity);
        Worth { response, stay, stay_taken, margin, annuity, hours, profit }
    }
}
