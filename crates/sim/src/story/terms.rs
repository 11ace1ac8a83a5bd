//! The frame of a contract, and what it began with.

use domain::time::{Day, Days, Months};

use super::{Teller, Terms};
use crate::catalogue::{ATTENDANCE, EXPENSES, Kind};
use crate::draw::{Draw, rounded, workday};
use crate::situation::Situation;

impl Teller<'_> {
    pub(super) fn terms(&self, draw: &mut Draw) -> Terms {
        let as_of = self.world.as_of;
        let month = as_of.month_start();
        let notice = Days(*draw.pick(&[30, 30, 60, 60, 90]));
        let long = self.account.segment == "enterprise";
        let term = match draw.weighted(&[70.0, 12.0, 10.0, 8.0]) {
            1 if !long => 6,
            2 if long => 24,
            3 if long => 36,
            _ => 12,
        };
        let open = |start| Terms { start, term: Months(12), notice, noticed: None, ended: None };
        match self.situation {
            Situation::NewCustomer => open(month.plus_months(Months(-count(draw, 2, 4)))),
            Situation::Trial => open(draw.after(as_of, (-20, -8))),
            Situation::FreePlan => open(month.plus_months(Months(-count(draw, 6, 20)))),
            Situation::Churned => {
                let ended = month.plus_months(Months(-count(draw, 1, 10)));
                let noticed = draw.after(ended.plus(Days(-notice.0)), (-25, -1));
                let start = ended.plus_months(Months(-12 * count(draw, 1, 4)));
                Terms { noticed: Some(workday(noticed)), ended: Some(ended), ..open(start) }
            }
            Situation::RenewalNear | Situation::SleepingDog | Situation::CancelRequested => {
                let (renews, notice) = self.renewal_near(draw);
                let start = renews.plus_months(Months(-12 * count(draw, 1, 5)));
                let noticed = (self.situation == Situation::CancelRequested)
                    .then(|| workday(draw.after(as_of, (-14, -6))));
                Terms { notice, noticed, ..open(start) }
            }
            _ if self.shown() => {
                // Its cancel deadline is six weeks away, so that there is time to talk.
                let notice = Days(30);
                let renews = as_of.plus(Days(41)).plus(notice);
                Terms { notice, ..open(renews.plus_months(Months(-36))) }
            }
            _ => {
                let renews = month.plus_months(Months(count(draw, 1, term.min(12))));
                let terms = (count(draw, 14, 62) / term).max(1);
                Terms { term: Months(term), ..open(renews.plus_months(Months(-term * terms))) }
            }
        }
    }

    /// The first account of all is the one that a newcomer looks at.
    fn shown(&self) -> bool {
        self.at == 1 && self.situation == Situation::LimitNear
    }

    /// A renewal whose cancel deadline is one to twelve weeks away, and its notice.
    fn renewal_near(&self, draw: &mut Draw) -> (Day, Days) {
        let month = self.world.as_of.month_start();
        let mut choices = Vec::new();
        for months in 1..=6 {
            for notice in [30, 60, 90].map(Days) {
                let renews = month.plus_months(Months(months));
                let left = renews.since(self.world.as_of).0 - notice.0;
                if (8..=86).contains(&left) {
                    choices.push((renews, notice));
                }
            }
        }
        *draw.pick(&choices)
    }

    pub(super) fn first_plan(&self, draw: &mut Draw) -> &'static str {
        // Customers begin with a part of their people.
        let reach = draw.between((0.15, 0.6));
        let some = ["KT-LIGHT", "KT-STD", "KT-PRO"][draw.weighted(&[2.0, 4.0, 3.0])];
        let people = rounded(self.account.employees as f64 * reach);
        let fitting = self.world.catalogue.plan_for(ATTENDANCE, people).id;
        match self.situation {
            Situation::FreePlan => "KT-FREE",
            Situation::Trial => "KT-STD",
            _ if self.shown() => "KT-PRO",
            Situation::SelfServe if some == "KT-PRO" => "KT-STD",
            at_limit if at_limit.at_limit() => some,
            // Nobody begins with the highest.
            _ if fitting == "KT-ENT" => "KT-PRO",
            _ => fitting,
        }
    }

    pub(super) fn first_extras(&self, draw: &mut Draw) -> Vec<&'static str> {
        if matches!(self.situation, Situation::FreePlan | Situation::Trial) {
            return Vec::new();
        }
        let mut extras = Vec::new();
        let all = self.situation == Situation::SelfServe;
        if all {
            // It has taken by itself whatever else there is.
            extras.push("EX-STD");
        } else if draw.chance(0.24) {
            let people = self.account.employees * 3 / 10;
            extras.push(self.world.catalogue.plan_for(EXPENSES, people).id);
        }
        for product in self.world.catalogue.products.iter().filter(|p| p.kind == Kind::Option) {
            let fits = product.line == ATTENDANCE || !extras.is_empty();
            let taken = draw.chance(0.35 * self.latents.need(self.world, product.id));
            if fits && (taken || all) {
                extras.push(product.id);
            }
        }
        extras
    }
}

/// A drawn number of months or terms.
fn count(draw: &mut Draw, low: i32, high: i32) -> i32 {
    i32::try_from(draw.whole(i64::from(low), i64::from(high))).expect("the ends are i32")
}
