//! What a customer could be offered at a moment, with the urge for it and the money in it.

use domain::motion::Motion;

use super::firms::Firm;
use super::traits::Traits;
use super::wares::{self, LADDER, SECOND, SUPPLY, WARES, Ware};

/// What kind of offer it is, as far as the response depends on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    PlanUp,
    Seats,
    Term,
    Option,
    CrossSell,
    Repeat,
    Downsell,
    Care,
    /// A deal in progress that is won with this probability when attended to.
    Advance {
        won: f64,
    },
}

impl Kind {
    /// The move.
    pub(super) fn motion(self) -> Motion {
        match self {
            Self::PlanUp => Motion::PlanUp,
            Self::Seats => Motion::Seats,
            Self::Term => Motion::Term,
            Self::Option => Motion::Option,
            Self::CrossSell => Motion::CrossSell,
            Self::Repeat => Motion::Repeat,
            Self::Downsell => Motion::Downsell,
            Self::Care => Motion::Care,
            Self::Advance { .. } => Motion::Advance,
        }
    }

    /// Hours that people spend on it: 2 for more of the same, 4 for something new, 1 for help and next steps.
    pub(super) fn hours(self) -> f64 {
        match self {
            Self::CrossSell => 4.0,
            Self::Care | Self::Advance { .. } => 1.0,
            _ => 2.0,
        }
    }
}

/// One offer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Offer {
    pub(super) kind: Kind,
    /// The position of what the customer would newly hold; none for help.
    pub(super) ware: Option<usize>,
    /// Months of the new term.
    pub(super) term: Option<i32>,
    /// How strongly it is wanted; about standard normal.
    pub(super) urge: f64,
    /// Margin a month that comes with it, yen.
    pub(super) month: f64,
    /// Margin once, yen.
    pub(super) once: f64,
    /// Seats after it.
    pub(super) seats: i64,
}

/// What a customer holds at a moment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Holding {
    /// The position of its plan.
    pub(super) plan: usize,
    pub(super) seats: i64,
    /// People who would use it if there were seats for all.
    pub(super) people: f64,
    /// Seats of the second line's plan, if held.
    pub(super) second: Option<i64>,
    /// Positions of options held and things bought once.
    pub(super) extras: Vec<usize>,
    /// Months of a term.
    pub(super) term: i32,
    /// Months from one order of supplies to the next, and months since the last; none for who orders none.
    pub(super) supplies: Option<(i32, i32)>,
}

impl Holding {
    /// Users over seats.
    pub(super) fn fill(&self) -> f64 {
        (self.people / self.seats.max(1) as f64).min(1.0)
    }

    /// Margin a month, yen, for someone who pays this share of list prices.
    pub(super) fn margin(&self, paid: f64) -> f64 {
        let of = |ware: &Ware, seats: i64| ware.margin() * ware.month(seats) as f64;
        let extras = self.extras.iter().map(|&ware| of(&WARES[ware], 0)).sum::<f64>();
        let second = self.second.map_or(0.0, |seats| of(&WARES[SECOND], seats));
        paid * (of(&WARES[self.plan], self.seats) + second + extras)
    }

    /// Takes an offer.
    pub(super) fn take(&mut self, offer: &Offer) {
        match (offer.kind, offer.ware) {
            (Kind::PlanUp | Kind::Downsell, Some(ware)) => {
                self.plan = ware;
                self.seats = offer.seats;
            }
            (Kind::Seats, _) => self.seats = offer.seats,
            (Kind::Term, Some(ware)) if ware != SECOND => {
                self.term = offer.term.unwrap_or(self.term);
            }
            (Kind::CrossSell, Some(ware)) if ware == SECOND => self.second = Some(offer.seats),
            (Kind::Option | Kind::CrossSell, Some(ware)) => self.extras.push(ware),
            _ => {}
        }
    }
}

/// Who is asked, when all offers are listed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) firm: &'a Firm,
    pub(super) traits: &'a Traits,
    pub(super) holding: &'a Holding,
}

impl Asked<'_> {
    /// The share of list prices that it pays.
    pub(super) fn paid(&self) -> f64 {
        (100 - self.firm.discount) as f64 / 100.0
    }

    /// Every offer that could be made, but for deals in progress and help.
    pub(super) fn offers(&self) -> Vec<Offer> {
        let mut offers = Vec::new();
        offers.extend(self.plan_up());
        offers.extend(self.seats());
        offers.extend(self.downsell());
        offers.extend([12, 24].into_iter().filter_map(|term| self.term(self.holding.plan, term)));
        if self.holding.second.is_some() {
            offers.extend([12, 24].into_iter().filter_map(|term| self.term(SECOND, term)));
        }
        for (ware, is) in WARES.iter().enumerate() {
            offers.extend(self.more(ware, is));
        }
        offers
    }

    fn blank(&self, kind: Kind, ware: usize) -> Offer {
        let seats = self.holding.seats;
        Offer { kind, ware: Some(ware), term: None, urge: 0.0, month: 0.0, once: 0.0, seats }
    }

    /// Margin a month of a plan at so many seats, over that of today's.
    fn change(&self, ware: usize, seats: i64) -> f64 {
        let of = |ware: &Ware, seats| ware.margin() * ware.month(seats) as f64;
        let now = of(&WARES[self.holding.plan], self.holding.seats);
        self.paid() * (of(&WARES[ware], seats) - now)
    }

    fn plan_up(&self) -> Option<Offer> {
        let next = LADDER.into_iter().find(|&ware| ware > self.holding.plan)?;
        let limit = WARES[self.holding.plan].users as f64;
        let pressure = ((self.holding.people / limit - 0.6) / 0.35).clamp(0.0, 1.0);
        Some(Offer {
            urge: 0.7 * self.traits.need(next) + 2.4 * pressure - 1.2,
            month: self.change(next, self.holding.seats),
            ..self.blank(Kind::PlanUp, next)
        })
    }

    fn seats(&self) -> Option<Offer> {
        let (plan, held) = (self.holding.plan, self.holding.seats);
        let room = WARES[plan].users - held;
        // What is needed in half a year, in packs of five.
        let needed = self.holding.people * (1.0 + 6.0 * growth(self.traits));
        let more = crate::draw::rounded(needed + 2.0) - held;
        let more = (more.max(held / 10).max(1) + 4) / 5 * 5;
        if room < 1 {
            return None;
        }
        let seats = held + more.min(room);
        let pressure = ((self.holding.fill() - 0.7) / 0.3).clamp(0.0, 1.0);
        Some(Offer {
            urge: 2.8 * pressure - 1.6 + 0.3 * self.traits.growing,
            month: self.change(plan, seats),
            seats,
            ..self.blank(Kind::Seats, plan)
        })
    }

    fn downsell(&self) -> Option<Offer> {
        let below = LADDER.into_iter().rev().find(|&ware| ware < self.holding.plan)?;
        let limit = WARES[below].users;
        if self.holding.people >= 0.8 * limit as f64 {
            return None;
        }
        let seats = self.holding.seats.min(limit);
        Some(Offer {
            urge: 0.8 * self.traits.thrifty + 1.2 * (0.6 - self.holding.fill()),
            month: self.change(below, seats),
            seats,
            ..self.blank(Kind::Downsell, below)
        })
    }

    /// A longer term for the plan, or for the second line's.
    fn term(&self, ware: usize, term: i32) -> Option<Offer> {
        let far = if term > 12 { 1.1 } else { 0.6 } + if ware == SECOND { 0.5 } else { 0.0 };
        (self.holding.term < term).then(|| Offer {
            term: Some(term),
            urge: 0.5 * self.traits.loyal + 0.3 * self.traits.satisfied - far,
            ..self.blank(Kind::Term, ware)
        })
    }

    /// What stands beside the plan.
    fn more(&self, at: usize, ware: &Ware) -> Option<Offer> {
        let need = self.traits.need(at);
        let held = self.holding.extras.contains(&at);
        let seats = (self.firm.employees * 3 / 10).clamp(5, self.holding.seats.max(5));
        let (kind, urge) = match ware.kind {
            wares::Kind::Plan if at == SECOND && self.holding.second.is_none() => {
                (Kind::CrossSell, 0.9 * need - 0.3)
            }
            wares::Kind::Option | wares::Kind::Service if !held => (Kind::Option, 0.9 * need),
            wares::Kind::Item if at == SUPPLY && self.holding.supplies.is_some() => {
                let (every, since) = self.holding.supplies?;
                // In the middle of its rhythm half order within half a year.
                (Kind::Repeat, 0.5 * f64::from(since + 3 - every).clamp(-8.0, 8.0))
            }
            wares::Kind::Item if !held && (at != SUPPLY || self.holding.supplies.is_none()) => {
                (Kind::CrossSell, 0.9 * need - 0.3)
            }
            _ => return None,
        };
        let once = if ware.month(1) == 0 { ware.margin() * ware.price as f64 } else { 0.0 };
        let month = ware.margin() * ware.month(seats) as f64;
        Some(Offer { urge, month, once, seats, ..self.blank(kind, at) })
    }
}

/// The share by which the people who use it grow in a month.
pub(super) fn growth(traits: &Traits) -> f64 {
    0.003 + 0.008 * traits.growing + 0.003 * traits.engaged
}
