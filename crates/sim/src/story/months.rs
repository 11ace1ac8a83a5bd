//! Month by month: we approach, or the customer is left alone and may ask.

use domain::motion::{Motion, TouchModel};
use domain::time::{Day, Months};

use super::{Approach, Change, Deal, DealType, Outcome, Story, Teller};
use crate::accounts::years_between;
use crate::catalogue::{ATTENDANCE, EXPENSES, Kind};
use crate::draw::{Draw, workday};
use crate::situation::Situation;

impl Teller<'_> {
    /// The last day on which the telling may start something.
    fn horizon(&self, story: &Story) -> Day {
        let as_of = self.world.as_of;
        match (story.terms.ended, self.situation) {
            (Some(ended), _) => ended.plus_months(Months(-9)),
            (None, Situation::Steady) => as_of.plus_months(Months(-1)),
            (None, Situation::CancelRequested) => as_of.plus_months(Months(-8)),
            (None, _) => as_of.plus_months(Months(-5)),
        }
    }

    pub(super) fn months(&self, story: &mut Story, draw: &mut Draw) {
        let rate = match self.account.touch {
            TouchModel::High => 0.34,
            TouchModel::Low => 0.26,
            TouchModel::Tech => 0.12,
        };
        let horizon = self.horizon(story);
        let mut free_from = story.terms.start.plus_months(Months(3));
        let mut month = free_from.month_start();
        while month <= horizon {
            let day = workday(draw.after(month, (2, 26)));
            if month >= free_from && day <= horizon {
                let approach = draw.chance(rate);
                let busy = if approach {
                    Some(self.approach(story, day, draw))
                } else {
                    self.unasked(story, day, draw)
                };
                free_from = busy.unwrap_or(free_from);
            }
            month = month.plus_months(Months(1));
        }
    }

    /// What could be sold on a day: the product, the move, the true need of it.
    fn moves(&self, story: &Story, day: Day) -> Vec<(&'static str, Motion, f64)> {
        let catalogue = &self.world.catalogue;
        let plan = catalogue.get(story.plan(day));
        let need = |product: &'static str| self.latents.need(self.world, product);
        let mut moves = vec![(plan.id, Motion::Seats, 0.3)];
        let capped = self.situation.at_limit() || self.situation == Situation::StorageNear;
        let next = catalogue.ladder(ATTENDANCE).find(|next| next.tier > plan.tier);
        if let Some(next) = next.filter(|next| !capped || next.id != "KT-ENT") {
            moves.push((next.id, Motion::PlanUp, need(next.id)));
        }
        let expenses = story.extras().any(|(held, _)| catalogue.get(held).line == EXPENSES);
        if !expenses {
            let first = catalogue.plan_for(EXPENSES, self.account.employees * 3 / 10).id;
            moves.push((first, Motion::CrossSell, need(first)));
        }
        for option in catalogue.products.iter().filter(|p| p.kind == Kind::Option) {
            let fits = option.line == ATTENDANCE || expenses;
            if fits && !story.held(option.id, day) {
                moves.push((option.id, Motion::Option, need(option.id)));
            }
        }
        moves
    }

    /// We approach the customer. Returns until when nothing else will happen.
    fn approach(&self, story: &mut Story, day: Day, draw: &mut Draw) -> Day {
        let moves = self.moves(story, day);
        // Representatives sense the need, but not well.
        let weights: Vec<f64> = moves.iter().map(|(_, _, need)| 0.12 + need).collect();
        let (product, motion, need) = moves[draw.weighted(&weights)];
        let moment = self.latents.at(years_between(day, story.terms.last(self.world.as_of)));
        let response = moment.respond(motion, need);
        let taken = draw.chance(response.contact);
        let opened = taken || draw.chance((response.opportunity - response.contact).max(0.0));
        let reaction = match (taken, opened) {
            (true, _) => "positive",
            (false, true) => draw.say(&["positive", "neutral"]),
            (false, false) => draw.say(&["neutral", "neutral", "negative"]),
        };
        story.approaches.push(Approach { on: day, product, reaction });
        if !opened {
            return day.plus_months(Months(2));
        }
        let opened = workday(draw.after(day, (7, 20)));
        let closes = workday(draw.after(opened, (20, 80)));
        let known = draw.chance(0.88);
        let deal = Deal {
            about: DealType::Expansion,
            motion,
            product,
            opened,
            closes,
            outcome: if taken { Outcome::Won } else { Outcome::Lost },
            approached: known.then_some(true),
        };
        self.close(story, deal)
    }

    /// A month left alone: the customer may ask of its own accord.
    fn unasked(&self, story: &mut Story, day: Day, draw: &mut Draw) -> Option<Day> {
        let moment = self.latents.at(years_between(day, story.terms.last(self.world.as_of)));
        for (product, motion, need) in self.moves(story, day) {
            // A sixth of the half-year's probability for each month.
            let rate = moment.respond(motion, need).leave / 6.0;
            let taken = draw.chance(rate);
            if taken || draw.chance(rate * 0.4) {
                let closes = workday(draw.after(day, (10, 35)));
                let known = draw.chance(0.88);
                let deal = Deal {
                    about: DealType::Expansion,
                    motion,
                    product,
                    opened: day,
                    closes,
                    outcome: if taken { Outcome::Won } else { Outcome::Lost },
                    approached: known.then_some(false),
                };
                return Some(self.close(story, deal));
            }
        }
        None
    }

    /// Writes the deal down and lets it take effect. Returns until when nothing else will happen.
    fn close(&self, story: &mut Story, mut deal: Deal) -> Day {
        let effect = deal.closes.month_start().plus_months(Months(1));
        if deal.opened > self.world.as_of {
            return effect;
        }
        if deal.closes > self.world.as_of {
            deal.outcome = Outcome::Open;
        }
        if deal.outcome == Outcome::Won && effect <= self.world.as_of {
            story.changes.push(Change { on: effect, motion: deal.motion, product: deal.product });
        }
        let free = effect.plus_months(Months(1));
        story.deals.push(deal);
        free
    }
}
