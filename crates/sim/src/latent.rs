//! Hidden traits of a customer, and its true responses that follow from them.
//!
//! The history is drawn from these responses, and the truth table states them: a model that learns
//! from the history can be compared with the truth.

use domain::motion::{Motion, TouchModel};

use crate::World;
use crate::accounts::Account;
use crate::draw::Draw;
use crate::situation::Situation;

/// What makes a customer respond as it does. Never shown in a canonical table.
#[derive(Debug, Clone)]
pub(crate) struct Latents {
    /// Users over seats now.
    pub(crate) utilisation: f64,
    /// Its change over the last year.
    pub(crate) drift: f64,
    /// 0 to 1.
    pub(crate) satisfaction: f64,
    /// Ease of getting money approved, 0 to 1.
    pub(crate) budget: f64,
    /// How much being contacted helps, -1 to 1.
    pub(crate) openness: f64,
    /// Gigabytes used over gigabytes included.
    pub(crate) storage: f64,
    collapsed: bool,
    /// How short it was, in former years, of what it had: the pressure of the time.
    pub(crate) short: f64,
    /// Whether it grows by itself where a limit is near, and contact adds little.
    pub(crate) helps_itself: bool,
    /// The need of each product, 0 to 1, by its position in the catalogue.
    needs: Vec<f64>,
}

/// The traits at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// Share of the seats that people really use, .03 to .98.
    pub(crate) adoption: f64,
    /// 0 to 1.
    pub(crate) satisfaction: f64,
    budget: f64,
    openness: f64,
    helps_itself: bool,
    /// How close users or storage are to the limit: 0 from 60 % downwards, 1 at the limit.
    pub(crate) pressure: f64,
}

/// The probabilities that a customer takes a product within 180 days.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Response {
    /// That being approached opens an opportunity.
    pub(crate) opportunity: f64,
    /// That it takes the product when approached.
    pub(crate) contact: f64,
    /// That it takes the product when left alone.
    pub(crate) leave: f64,
}

/// The probabilities that a customer gives notice within 180 days.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Churn {
    /// When contacted.
    pub(crate) contact: f64,
    /// When left alone.
    pub(crate) leave: f64,
}

impl Latents {
    /// Draws the traits of the account at position `at`.
    pub(crate) fn draw(
        world: &World,
        (at, account): (usize, &Account),
        situation: Situation,
    ) -> Self {
        let mut draw = Draw::new(world.seed, "latents", at);
        let profile = situation.profile();
        let taste = draw.unit();
        let needs = (0..world.catalogue.products.len())
            .map(|_| (0.25 * taste + 0.95 * draw.unit() * draw.unit()).clamp(0.0, 1.0))
            .collect();
        let base = if situation == Situation::Promoter { 0.6 } else { 0.2 };
        let mut traits = Self {
            utilisation: draw.between(profile.utilisation),
            drift: draw.between(profile.drift),
            satisfaction: draw.between(profile.satisfaction),
            budget: draw.between((base, 0.95)),
            openness: draw.between(profile.openness),
            storage: draw.between(profile.storage),
            collapsed: situation.collapsed(),
            short: 0.0,
            helps_itself: situation == Situation::SelfServe,
            needs,
        };
        // Who has nobody to look after it has learnt to help itself.
        let contact_matters = situation.at_limit()
            || matches!(situation, Situation::StorageNear | Situation::SleepingDog);
        traits.helps_itself |= account.touch == TouchModel::Tech && !contact_matters;
        let short = draw.between(if traits.helps_itself { (0.7, 0.97) } else { (0.45, 0.97) });
        traits.short = if traits.satisfaction > 0.55 && !traits.collapsed { short } else { 0.0 };
        traits
    }

    /// Users over seats `years` before the last day.
    pub(crate) fn utilisation(&self, years: f64) -> f64 {
        let elapsed = if self.collapsed { (years * 2.0).min(1.0) } else { years.min(1.6) };
        (self.utilisation - self.drift * elapsed).clamp(0.03, 0.98)
    }

    /// Gigabytes used over gigabytes included, `years` before the last day.
    pub(crate) fn storage(&self, years: f64) -> f64 {
        self.storage / (1.0 + 0.6 * years)
    }

    /// The traits `years` before the last day.
    pub(crate) fn at(&self, years: f64) -> Moment {
        let adoption = self.utilisation(years);
        let nearest = adoption.max(self.storage(years));
        // Who grew was short of the seats of the time, before it bought those of today.
        let short = if years > 0.3 { self.short } else { 0.0 };
        // Whose usage collapsed had been better satisfied before.
        let before = if self.collapsed { 0.3 * (years * 2.0).min(1.0) } else { 0.0 };
        Moment {
            adoption,
            satisfaction: (self.satisfaction + before).min(1.0),
            budget: self.budget,
            openness: self.openness,
            helps_itself: self.helps_itself,
            pressure: ((nearest - 0.6) / 0.4).clamp(short, 1.0),
        }
    }

    /// The need of a product that the move meets.
    pub(crate) fn need(&self, world: &World, product: &str) -> f64 {
        let at = world.catalogue.products.iter().position(|p| p.id == product);
        self.needs[at.expect("the product is in the catalogue")]
    }
}

impl Moment {
    /// The need that is felt: more of the same is needed where what there is runs out.
    pub(crate) fn felt(&self, motion: Motion, need: f64) -> f64 {
        match motion {
            Motion::PlanUp if self.helps_itself => 0.1 * need + 0.9 * self.pressure,
            Motion::PlanUp => 0.35 * need + 0.65 * self.pressure,
            Motion::Seats => 0.1 * need + 0.9 * self.pressure,
            _ => need,
        }
    }

    /// The true response to a product that the customer needs to this degree (0 to 1).
    pub(crate) fn respond(&self, motion: Motion, need: f64) -> Response {
        let need = self.felt(motion, need);
        let ready = (0.15 + 0.85 * self.adoption) * (0.3 + 0.7 * self.satisfaction);
        let opportunity = 0.03 + 0.65 * need * ready;
        let won = 0.12 + 0.55 * (0.5 * self.budget + 0.5 * self.satisfaction);
        let unasked = match motion {
            // Assumed: who runs out of seats mostly adds them without being asked.
            Motion::Seats => 0.9,
            Motion::PlanUp if self.helps_itself => 0.9,
            Motion::Repeat => 0.3,
            _ if self.helps_itself => 0.4,
            _ => 0.2,
        };
        // Who waits to be called acts on a pressing need only; who helps itself on any.
        let acts = match motion {
            Motion::PlanUp | Motion::Seats if self.helps_itself => need,
            _ => need * need,
        };
        let leave = 0.003 + unasked * acts * self.adoption * self.satisfaction;
        let contact = if self.openness < 0.0 {
            leave * (1.0 + self.openness)
        } else {
            let heard = if self.helps_itself { 0.1 } else { 0.4 + 0.6 * self.openness };
            leave + (1.0 - leave) * opportunity * won * heard
        };
        Response { opportunity, contact, leave }
    }

    /// The true probability of notice.
    pub(crate) fn churn(&self) -> Churn {
        let discontent = 1.0 - self.satisfaction;
        let leave = 0.008
            + 0.4 * discontent * discontent * (1.0 - 0.6 * self.adoption)
            + 0.1 * (1.0 - self.adoption) * (1.0 - self.adoption);
        let contact = if self.openness < 0.0 {
            leave - 0.2 * self.openness
        } else {
            leave * (1.0 - 0.3 * self.openness)
        };
        Churn { contact: contact.clamp(0.0, 1.0), leave: leave.clamp(0.0, 1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDDLE: Moment = Moment {
        adoption: 0.5,
        satisfaction: 0.7,
        budget: 0.5,
        openness: 0.5,
        helps_itself: false,
        pressure: 0.0,
    };

    #[test]
    fn adoption_raises_acceptance_and_lowers_churn() {
        let more = Moment { adoption: 0.9, ..MIDDLE };
        for motion in [Motion::PlanUp, Motion::Option, Motion::CrossSell] {
            let (low, high) = (MIDDLE.respond(motion, 0.5), more.respond(motion, 0.5));
            assert!(high.contact > low.contact && high.leave > low.leave, "{motion:?}");
        }
        assert!(more.churn().leave < MIDDLE.churn().leave);
    }

    #[test]
    fn who_helps_itself_grows_at_the_limit_whether_or_not_we_call() {
        let full = Moment { adoption: 0.95, pressure: 0.9, ..MIDDLE };
        let alone = Moment { helps_itself: true, ..full };
        let (asked, unasked) =
            (full.respond(Motion::PlanUp, 0.4), alone.respond(Motion::PlanUp, 0.4));
        assert!(unasked.leave > 3.0 * asked.leave, "{unasked:?} {asked:?}");
        let lift = |response: Response| response.contact - response.leave;
        assert!(lift(unasked) < 0.3 * lift(asked) && lift(unasked) > 0.0);
    }

    #[test]
    fn contact_helps_the_open_and_harms_sleeping_dogs() {
        let open = MIDDLE.respond(Motion::Option, 0.5);
        assert!(open.contact > open.leave);
        assert!(MIDDLE.churn().contact < MIDDLE.churn().leave);
        let dog = Moment { openness: -0.7, ..MIDDLE };
        let response = dog.respond(Motion::Option, 0.5);
        assert!(response.contact < response.leave);
        assert!(dog.churn().contact > dog.churn().leave);
    }
}
