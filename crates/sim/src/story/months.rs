//! Month by month: we approach, or the customer is left alone and may ask.

use domain::motion::{Motion, TouchModel};
use domain::time::{Day, Days, Months};

use super::{Approach, Change, Deal, DealType, Outcome, Story, Teller};
use crate::accounts::years_between;
use crate::catalogue::{ATTENDANCE, EXPENSES, Kind, Product};
use crate::draw::{Draw, workday};
use crate::situation::Situation;

/// How long what was bought lasts.
const ROOM: Months = Months(9);

impl Teller<'_> {
    /// The last day on which the telling may start something.
    fn horizon(&self, story: &Story) -> Day {
        let as_of = self.world.as_of;
        match (story.terms.ended, self.situation) {
            (Some(ended), _) => ended.plus_months(Months(-9)),
            (None, Situation::Steady) => as_of.plus_months(Months(-1)),
            (None, Situation::CancelRequested) => as_of.plus_months(Months(-8)),
            (None, _) => as_of.plus_months(Months(-2)),
        }
    }

    pub(super) fn months(&self, story: &mut Story, draw: &mut Draw) {
        let rate = match self.account.touch {
            TouchModel::High => 0.7,
            TouchModel::Low => 0.6,
            TouchModel::Tech if self.latents.helps_itself => 0.02,
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
        let mut moves = Vec::new();
        // Who has just grown has room.
        let grown = story
            .changes
            .iter()
            .rev()
            .find(|c| c.motion == Motion::PlanUp || c.motion == Motion::Seats);
        if grown.is_none_or(|change| change.on.plus_months(ROOM) <= day) {
            moves.push((plan.id, Motion::Seats, 0.3));
            // Who is at its limit now must have a next plan.
            let kept = match self.situation {
                Situation::SelfServe => Some("KT-PRO"),
                planted if planted.at_limit() || planted == Situation::StorageNear => {
                    Some("KT-ENT")
                }
                _ => None,
            };
            let next = catalogue.ladder(ATTENDANCE).find(|next| next.tier > plan.tier);
            let fits =
                |next: &&Product| self.account.employees * 3 > plan.users && kept != Some(next.id);
            if let Some(next) = next.filter(fits) {
                moves.push((next.id, Motion::PlanUp, need(next.id)));
            }
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
        if moves.is_empty() {
            return day;
        }
        let moment = self.latents.at(years_between(day, story.terms.last(self.world.as_of)));
        // Representatives sense the need, but not well; who runs short they see.
        let weigh = |(_, motion, need): &(&str, Motion, f64)| {
            let grows = matches!(motion, Motion::PlanUp | Motion::Seats);
            let seen = if grows { 1.0 + 8.0 * moment.pressure * moment.pressure } else { 1.0 };
            0.12 + seen * moment.felt(*motion, *need)
        };
        let weights: Vec<f64> = moves.iter().map(weigh).collect();
        let (product, motion, need) = moves[draw.weighted(&weights)];
        let response = moment.respond(motion, need);
        let taken = draw.chance(response.contact);
        let opened = taken || draw.chance((response.opportunity - response.contact).max(0.0));
        let reaction = match (taken, opened) {
            (true, _) => "positive",
            (false, true) => draw.say(&["positive", "neutral"]),
            (false, false) => draw.say(&["neutral", "neutral", "negative"]),
        };
        let growth = matches!(motion, Motion::PlanUp | Motion::Seats);
        story.approaches.push(Approach { on: day, product, reaction, growth });
        if !opened {
            return day.plus_months(Months(2));
        }
        let opened = workday(draw.after(day, (7, 20)));
        let closes = self.settled(opened, workday(draw.after(opened, (20, 80))));
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

    /// Planted customers have settled what there was five weeks ago, so that they are free to be approached.
    fn settled(&self, opened: Day, closes: Day) -> Day {
        let last = workday(self.world.as_of.plus(Days(-35))).max(opened.plus(Days(7)));
        if self.situation == Situation::Steady { closes } else { closes.min(last) }
    }

    /// A month left alone: the customer may ask of its own accord.
    fn unasked(&self, story: &mut Story, day: Day, draw: &mut Draw) -> Option<Day> {
        let moment = self.latents.at(years_between(day, story.terms.last(self.world.as_of)));
        for (product, motion, need) in self.moves(story, day) {
            // A sixth of the half-year's probability for each month.
            let rate = moment.respond(motion, need).leave / 6.0;
            let taken = draw.chance(rate);
            if taken || draw.chance(rate * 0.4) {
                let closes = self.settled(day, workday(draw.after(day, (10, 35))));
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
