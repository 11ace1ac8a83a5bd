//! Deals that do not follow from an approach: the first one, renewals, and what the situation adds.

use domain::motion::{Motion, TouchModel};
use domain::time::Days;

use super::{Approach, Change, Deal, DealType, Outcome, Story, Teller};
use crate::catalogue::{ATTENDANCE, EXPENSES};
use crate::draw::{Draw, workday};
use crate::situation::Situation;

impl Teller<'_> {
    pub(super) fn beginning(&self, story: &mut Story, draw: &mut Draw) {
        if self.situation == Situation::FreePlan || self.account.touch == TouchModel::Tech {
            return;
        }
        let closed = workday(draw.after(story.terms.start, (-30, -10)));
        let trial = self.situation == Situation::Trial;
        let ends = workday(story.terms.start.plus(Days(30)));
        story.deals.push(Deal {
            about: DealType::New,
            motion: Motion::CrossSell,
            product: story.first,
            opened: workday(draw.after(closed, (-90, -30))),
            closes: if trial { ends } else { closed },
            outcome: if trial { Outcome::Open } else { Outcome::Won },
            approached: if draw.chance(0.85) { Some(draw.chance(0.35)) } else { None },
        });
    }

    /// Renewals of customers that someone looks after are deals too.
    pub(super) fn renewals(&self, story: &mut Story, draw: &mut Draw) {
        if self.account.touch != TouchModel::High {
            return;
        }
        let mut renews = story.terms.start.plus_months(story.terms.term);
        let last = story.terms.ended.unwrap_or(self.world.as_of);
        while renews < last {
            let closes = workday(draw.after(renews.plus(Days(-story.terms.notice.0)), (-20, -3)));
            story.deals.push(Deal {
                about: DealType::Renewal,
                motion: Motion::Term,
                product: story.plan(closes),
                opened: workday(draw.after(closes, (-60, -35))),
                closes,
                outcome: Outcome::Won,
                approached: Some(true),
            });
            renews = renews.plus_months(story.terms.term);
        }
    }

    /// What the situation adds at the end.
    pub(super) fn ending(&self, story: &mut Story, draw: &mut Draw) {
        let as_of = self.world.as_of;
        let plan = story.plan(as_of);
        match self.situation {
            Situation::OpenDeal => {
                let next = self.world.catalogue.get(plan).tier;
                let next = self.world.catalogue.ladder(ATTENDANCE).find(|p| p.tier > next);
                let deal = self.planted(next.map_or(plan, |next| next.id), Motion::PlanUp, draw);
                story.deals.push(deal);
            }
            Situation::Dormant if draw.chance(0.2) => {
                story.deals.push(self.planted("SV-TRAIN", Motion::Poc, draw));
            }
            Situation::RecentlyTouched => story.approaches.push(Approach {
                on: workday(draw.after(as_of, (-9, -4))),
                product: self.world.catalogue.plan_for(EXPENSES, self.account.employees / 3).id,
                reaction: "negative",
                growth: false,
            }),
            Situation::Churned | Situation::CancelRequested => {
                let noticed = story.terms.noticed.unwrap_or(as_of);
                let lost = story.terms.ended.is_some();
                story.deals.push(Deal {
                    about: DealType::Save,
                    motion: Motion::Care,
                    product: plan,
                    opened: noticed,
                    closes: workday(draw.after(noticed, (12, 26))),
                    outcome: if lost { Outcome::Lost } else { Outcome::Open },
                    approached: Some(true),
                });
            }
            Situation::Steady if draw.chance(0.15) => self.smaller(story, draw),
            _ => {}
        }
    }

    fn planted(&self, product: &'static str, motion: Motion, draw: &mut Draw) -> Deal {
        let opened = workday(draw.after(self.world.as_of, (-55, -20)));
        Deal {
            about: if motion == Motion::Poc { DealType::Poc } else { DealType::Expansion },
            motion,
            product,
            opened,
            closes: workday(draw.after(self.world.as_of, (14, 60))),
            outcome: Outcome::Open,
            approached: Some(draw.chance(0.6)),
        }
    }

    /// An honest downsell at a renewal of the last year, long before other changes end.
    fn smaller(&self, story: &mut Story, draw: &mut Draw) {
        let mut on = story.terms.start.plus_months(story.terms.term);
        while on.plus_months(story.terms.term) <= self.world.as_of {
            on = on.plus_months(story.terms.term);
        }
        if on > self.world.as_of || story.changes.last().is_some_and(|change| change.on >= on) {
            return;
        }
        let closes = workday(draw.after(on, (-45, -31)));
        let product = story.plan(on);
        story.changes.push(Change { on, motion: Motion::Downsell, product });
        story.deals.push(Deal {
            about: DealType::Downsell,
            motion: Motion::Downsell,
            product,
            opened: workday(draw.after(closes, (-40, -15))),
            closes,
            outcome: Outcome::Won,
            approached: Some(draw.chance(0.4)),
        });
    }
}
