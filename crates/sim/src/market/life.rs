//! A customer's life, month by month: it grows, is touched and approached, buys unasked, and leaves, each by the
//! true responses of the moment.
//!
//! Representatives approach whom they like: by the latest answers, by how people reacted, by use, all of which the
//! files show, and by moods of their own; and with the offer that they believe is needed. So approaches and outcomes
//! have common causes, and who looks can allow for them. A share of approaches is made without choosing.

use domain::time::{Day, Days, Months};

use super::Field;
use super::curve::logistic;
use super::offer::{Asked, Holding, Kind, Offer, growth};
use super::response::{self, Moment, Response};
use super::traits::Traits;
use super::wares::{LADDER, SECOND, SUPPLY, WARES};
use crate::draw::{Draw, rounded, workday};

/// Months within which an approach shows in leaving, and within which an offer is taken or not.
pub(super) const WINDOW: i32 = 6;
/// Months that count as lately.
const LATELY: i32 = 3;

/// An approach with an offer.
#[derive(Debug, Clone)]
pub(super) struct Approach {
    pub(super) on: Day,
    pub(super) ware: usize,
    pub(super) reaction: &'static str,
}

/// An answer to "would you recommend us", given or not.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) ago: i32,
    pub(super) at: String,
    /// The first or second contact.
    pub(super) place: usize,
    pub(super) score: i64,
    pub(super) given: bool,
}

/// A touch without an offer.
#[derive(Debug, Clone)]
pub(super) struct Touch {
    pub(super) on: Day,
    pub(super) reaction: &'static str,
}

/// A deal.
#[derive(Debug, Clone)]
pub(super) struct Deal {
    pub(super) opened: Day,
    pub(super) closes: Day,
    pub(super) offer: Offer,
    pub(super) approached: bool,
    /// Whether it is won, once it closes.
    pub(super) taken: bool,
    /// The true probability that it is won when attended to.
    pub(super) won: f64,
}

/// A state of what a customer holds, from a day on.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) on: Day,
    pub(super) holding: Holding,
    /// Whether anything but a new term began.
    pub(super) changed: bool,
}

/// The life of one customer until the last day.
#[derive(Debug, Clone)]
pub(super) struct Life {
    pub(super) traits: Traits,
    /// Oldest first.
    pub(super) states: Vec<State>,
    pub(super) approaches: Vec<Approach>,
    pub(super) touches: Vec<Touch>,
    pub(super) deals: Vec<Deal>,
    /// Orders of things: day and product.
    pub(super) orders: Vec<(Day, usize)>,
    /// Users at the end of each month, oldest first; the last one is of the last day.
    pub(super) users: Vec<f64>,
    /// The day on which it left.
    pub(super) ended: Option<Day>,
    /// For each approach the months ago at the end of its month, and what it adds to the log odds of leaving.
    unrest: Vec<(i32, f64)>,
    /// What its people answer when asked, oldest first: months ago, and the score.
    pub(super) scores: Vec<Answer>,
    digital: bool,
    offset: i32,
    age: i32,
}

impl Life {
    pub(super) fn live(field: &Field, at: usize) -> Self {
        let traits = Traits::draw(field, at);
        let firm = &field.firms[at];
        let mut draw = field.draw("market life", at);
        let holding = begin(field, (at, &traits), &mut draw);
        let scores = scores(field, at, &traits);
        let mut life = Self {
            traits,
            states: Vec::new(),
            approaches: Vec::new(),
            touches: Vec::new(),
            deals: Vec::new(),
            orders: Vec::new(),
            users: Vec::new(),
            ended: None,
            unrest: Vec::new(),
            scores,
            digital: !firm.takes_hours(),
            offset: firm.offset,
            age: firm.age,
        };
        let began = life.started(field);
        let once = holding.extras.iter().filter(|&&ware| WARES[ware].month(1) == 0);
        life.orders.extend(once.map(|&ware| (began, ware)));
        life.orders.extend(holding.supplies.map(|_| (began, SUPPLY)));
        life.states.push(State { on: began, holding, changed: true });
        for ago in (0..firm.age).rev() {
            if life.ended.is_none() {
                Month { field, at, ago }.pass(&mut life, &mut draw);
            }
        }
        life
    }

    /// The first day of its first contract.
    pub(super) fn started(&self, field: &Field) -> Day {
        field.day(self.age).plus(Days(-self.offset))
    }

    /// What it holds at the end.
    pub(super) fn holding(&self) -> &Holding {
        &self.states[self.states.len() - 1].holding
    }

    /// The deal that is in progress on the last day.
    pub(super) fn open_deal(&self, field: &Field) -> Option<&Deal> {
        let as_of = field.options.as_of;
        self.deals.iter().find(|deal| deal.opened <= as_of && deal.closes > as_of)
    }

    /// Contacts by people in the three months before the end of a month.
    pub(super) fn contacts(&self, field: &Field, ago: i32) -> f64 {
        let (from, until) = (field.day(ago + LATELY), field.day(ago));
        let lately = |on: &Day| *on > from && *on <= until;
        if self.digital {
            return 0.0;
        }
        let approaches = self.approaches.iter().filter(|approach| lately(&approach.on)).count();
        let touches = self.touches.iter().filter(|touch| lately(&touch.on)).count();
        (approaches + touches) as f64
    }

    /// What earlier approaches add to the log odds of leaving so many months after the end of a month: the worst of
    /// those within the window, for a later one heals nothing.
    pub(super) fn lingering(&self, ago: i32, ahead: i32) -> f64 {
        let lately = self.unrest.iter().filter(|(at, _)| at - ago + ahead <= WINDOW);
        lately.fold(0.0, |worst, (_, unrest)| unrest.max(worst))
    }

    /// What the customer is like and where it stands at the end of a month.
    pub(super) fn moment<'a>(&'a self, field: &'a Field, at: usize, ago: i32) -> Moment<'a> {
        let (_, month, _) = field.day(ago).ymd();
        let ahead = (field.firms[at].fiscal_close - i64::from(month) + 12) % 12;
        let term = self.holding().term;
        Moment {
            climate: &field.climate,
            traits: &self.traits,
            contacts: self.contacts(field, ago),
            digital: self.digital,
            season: (1..=3).contains(&ahead),
            renewing: (1..=3).any(|ahead| self.ends_term(ahead - ago, term)),
        }
    }

    /// Every offer that could be made to it now.
    pub(super) fn offers(&self, field: &Field, at: usize) -> Vec<Offer> {
        let firm = &field.firms[at];
        Asked { firm, traits: &self.traits, holding: self.holding() }.offers()
    }

    /// Whether a term ends so many months after the last day, or before it.
    pub(super) fn ends_term(&self, ahead: i32, term: i32) -> bool {
        self.age + ahead > 0 && (self.age + ahead) % term == 0
    }
}

/// The probability a month that is this probability in half a year.
fn monthly(half_year: f64) -> f64 {
    let square = (1.0 - half_year).max(0.0).sqrt();
    // The cube root by Newton's method.
    let root = (0..40).fold(1.0_f64, |root, _| (2.0 * root + square / (root * root)) / 3.0);
    1.0 - root
}

/// How someone reacts to being spoken to.
fn reaction(traits: &Traits, draw: &mut Draw) -> &'static str {
    let mood = 0.7 * traits.open - 0.7 * traits.averse + draw.noise();
    match mood {
        ..-1.2 => "negative",
        0.6.. => "positive",
        _ => "neutral",
    }
}

/// What its people answer: they are asked twice a year, and about half answer.
fn scores(field: &Field, at: usize, traits: &Traits) -> Vec<Answer> {
    let mut draw = field.draw("market surveys", at);
    let mut scores = Vec::new();
    for wave in (0..8).rev() {
        let ago = 6 * wave + 2;
        for place in [1, 2] {
            let (given, noise) = (draw.chance(0.45), draw.noise());
            let score = rounded(8.0 + 1.5 * traits.satisfied + 0.9 * noise).clamp(0, 10);
            let at = draw.office_hour(field.day(ago).plus(Days(5)));
            scores.push(Answer { ago, at, place, score, given });
        }
    }
    scores
}

/// What a customer holds at the start.
fn begin(field: &Field, (at, traits): (usize, &Traits), draw: &mut Draw) -> Holding {
    let firm = &field.firms[at];
    let seats = rounded(firm.employees as f64 * draw.between((0.3, 0.7)) / 5.0).max(1) * 5;
    let plan = LADDER.into_iter().find(|&plan| WARES[plan].users >= seats).unwrap_or(LADDER[3]);
    let wants = |ware: usize, draw: &mut Draw| draw.chance(0.2 * logistic(traits.need(ware)));
    let second = wants(SECOND, draw).then(|| (firm.employees * 3 / 10).clamp(5, seats));
    let extras = (SECOND + 1..SUPPLY).filter(|&ware| wants(ware, draw)).collect();
    let every = i32::try_from(draw.whole(3, 8)).expect("months");
    let share = 0.95 * logistic(0.5 + 0.8 * traits.engaged);
    let supplies = draw.chance(0.3).then_some((every, 0));
    let people = seats as f64 * share;
    Holding { plan, seats, people, second, extras, term: firm.term, supplies }
}

/// Lets the people grow who use it.
fn grow(life: &mut Life, draw: &mut Draw) {
    let rate = 1.0 + growth(&life.traits) + 0.012 * draw.noise();
    let last = life.states.len() - 1;
    let holding = &mut life.states[last].holding;
    holding.people = (holding.people * rate).clamp(1.0, 1.1 * holding.seats as f64);
    if let Some((_, since)) = &mut holding.supplies {
        *since += 1;
    }
}

/// One month of a customer's life; it ends `ago` months before the last day.
struct Month<'a> {
    field: &'a Field,
    at: usize,
    ago: i32,
}

impl Month<'_> {
    /// A working day of this month; where a term ended in it, a day after that. Else only who stayed would have been
    /// spoken to before the end.
    fn day(&self, life: &Life, draw: &mut Draw) -> Day {
        let term = life.holding().term;
        let until = self.field.day(self.ago);
        let begun = if life.ends_term(-self.ago, term) {
            until.plus(Days(-life.offset))
        } else {
            self.field.day(self.ago + 1)
        };
        let days = until.since(begun).0;
        workday(draw.after(begun, (days.min(4), days.min(27)))).min(until)
    }

    fn pass(&self, life: &mut Life, draw: &mut Draw) {
        grow(life, draw);
        self.settle(life);
        let term = life.holding().term;
        if life.ends_term(-self.ago, term) {
            self.end_of_term(life, draw);
        }
        if life.ended.is_some() {
            return;
        }
        self.touch(life, draw);
        let (from, until) = (self.field.day(self.ago + 1), self.field.day(self.ago));
        let busy = life.deals.iter().any(|deal| deal.closes > from && deal.opened <= until);
        if !busy {
            self.approach(life, draw);
        }
        if !busy {
            self.unasked(life, draw);
        }
        let holding = life.holding();
        life.users.push(holding.people.min(holding.seats as f64));
    }

    /// Lets a deal that was won take effect.
    fn settle(&self, life: &mut Life) {
        let (from, until) = (self.field.day(self.ago + 1), self.field.day(self.ago));
        let closes = |deal: &&Deal| deal.taken && deal.closes > from && deal.closes <= until;
        if let Some(deal) = life.deals.iter().find(closes).cloned() {
            take(life, &deal.offer, deal.closes);
        }
    }

    fn end_of_term(&self, life: &mut Life, draw: &mut Draw) {
        let on = self.field.day(self.ago).plus(Days(-life.offset));
        let firm = &self.field.firms[self.at];
        let leaves = life.traits.leaves(life.holding().term, firm.segment);
        let stays = response::stays(leaves, std::iter::once(life.lingering(self.ago, 0)));
        if draw.chance(1.0 - stays) {
            life.ended = Some(on);
            life.deals.retain(|deal| deal.closes <= on);
        } else if life.holding().term > 1 {
            let holding = life.holding().clone();
            life.states.push(State { on, holding, changed: false });
        }
    }

    /// A routine touch by people, without a pitch: expected, and harmless by itself.
    fn touch(&self, life: &mut Life, draw: &mut Draw) {
        let often = match self.field.firms[self.at].touch {
            "high" => 0.45,
            "low" => 0.15,
            _ => 0.0,
        };
        let (on, met) = (self.day(life, draw), draw.chance(often));
        let reaction = reaction(&life.traits, draw);
        if met {
            life.touches.push(Touch { on, reaction });
        }
    }

    /// How well it looks to a representative, who sees what the files show: the latest answer, how it reacted within
    /// a year, and how much of its seats it uses.
    fn liked(&self, life: &Life) -> f64 {
        let answer = life.scores.iter().rfind(|it| it.given && it.ago > self.ago);
        let answer = answer.map_or(0.0, |it| (it.score as f64 - 8.0) / 1.75);
        let (from, until) = (self.field.day(self.ago + 12), self.field.day(self.ago + 1));
        let lately = |on: Day| on > from && on <= until;
        let approaches = life.approaches.iter().map(|it| (it.on, it.reaction));
        let touches = life.touches.iter().map(|it| (it.on, it.reaction));
        let mood: f64 = approaches
            .chain(touches)
            .filter(|(on, _)| lately(*on))
            .map(|(_, reaction)| match reaction {
                "positive" => 1.0,
                "negative" => -1.0,
                _ => 0.0,
            })
            .sum();
        0.5 * answer + 0.3 * mood.clamp(-3.0, 3.0) + 2.0 * (life.holding().fill() - 0.6)
    }

    /// Whether it is approached, and with what comes of it.
    fn approach(&self, life: &mut Life, draw: &mut Draw) {
        let climate = &self.field.climate;
        let liked = self.liked(life) + 0.6 * draw.noise();
        let blind = draw.chance(climate.random);
        let often = if blind { climate.pace } else { 2.0 * climate.pace * logistic(1.2 * liked) };
        let (on, met) = (self.day(life, draw), draw.chance(often));
        let offers = life.offers(self.field, self.at);
        if !met || offers.is_empty() {
            return;
        }
        // They sense what is needed, but not well.
        let sensed = |offer: &Offer| if blind { 1.0 } else { logistic(1.5 * offer.urge) };
        let offer = offers[draw.weighted(&offers.iter().map(sensed).collect::<Vec<_>>())];
        let moment = life.moment(self.field, self.at, self.ago);
        let response = moment.respond(&offer);
        let unrest = moment.unrest(offer.kind);
        let reaction = reaction(&life.traits, draw);
        life.unrest.push((self.ago, unrest));
        let ware = offer.ware.unwrap_or(LADDER[0]);
        life.approaches.push(Approach { on, ware, reaction });
        if draw.chance(response.opened) {
            self.open(life, on, (offer, response, draw));
        }
    }

    /// A deal that follows from an approach.
    fn open(&self, life: &mut Life, on: Day, about: (Offer, Response, &mut Draw)) {
        let (offer, response, draw) = about;
        let opened = workday(draw.after(on, (4, 20)));
        let closes = workday(draw.after(opened, (20, 60)));
        let taken = draw.chance(response.won);
        if opened <= self.field.options.as_of {
            let deal = Deal { opened, closes, offer, approached: true, taken, won: response.won };
            life.deals.push(deal);
        }
    }

    /// What the customer takes of its own accord: at most one thing a month.
    fn unasked(&self, life: &mut Life, draw: &mut Draw) {
        let offers = life.offers(self.field, self.at);
        let digital = life.digital;
        for offer in offers {
            let leave = life.moment(self.field, self.at, self.ago).respond(&offer).leave;
            // For each who takes it somebody else asks, and then does not.
            let asks = 2.0 * monthly(leave).min(0.45);
            if !draw.chance(asks) {
                continue;
            }
            let taken = draw.chance(monthly(leave) / asks);
            let on = self.day(life, draw);
            let spoken = !digital && draw.chance(0.5) && offer.kind != Kind::Repeat;
            if spoken && on.plus_months(Months(-2)) > life.started(self.field) {
                let opened = workday(on.plus(Days(-20)));
                let deal = Deal { opened, closes: on, offer, approached: false, taken, won: 0.5 };
                life.deals.push(deal);
            }
            if taken {
                take(life, &offer, on);
            }
            return;
        }
    }
}

/// Lets an offer take effect.
fn take(life: &mut Life, offer: &Offer, on: Day) {
    let last = life.states.len() - 1;
    let mut holding = life.states[last].holding.clone();
    if let Some(ware) = offer.ware
        && offer.once > 0.0
    {
        life.orders.push((on, ware));
        if let Some((_, since)) = holding.supplies.as_mut().filter(|_| ware == SUPPLY) {
            *since = 0;
        }
    }
    holding.take(offer);
    let changed = offer.kind != Kind::Repeat;
    // Not before what was there last.
    let on = on.max(life.states[last].on.plus(Days(1)));
    life.states.push(State { on, holding, changed });
}
