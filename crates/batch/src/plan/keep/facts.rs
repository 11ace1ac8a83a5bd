//! The facts of an account.

use anyhow::Result;
use decide::facts::approval::{Above, Approval, Pace, PaceOf, Process};
use decide::facts::{
    AccountFacts, Asked, Commitment, Committed, Contact, Contract, DealPace, Enquiry, Former,
    Orders, Outcome, Proposal, Purchase, Reach, Referred, Refusal, Standing, Survey, Ticket, Usage,
};
use decide::life::{Level, Touch, TouchKind};

use super::{Keep, fields, words};

fields! {
    AccountFacts {
        account, root, kind, touch, segment, owner, customer_since, last_event_on,
        last_human_touch_on, contracts, purchases, proposals, usage, orders, surveys, tickets,
        contacts, reports_to, touches, levels, enquiries, commitments, features, attributes,
        group_holds, mrr_minor, monthly_margin_minor, churn, alive_after, churn_because, contact_effect, contact_because,
        churn_base, deal_pace, approval, referrals, refusals, occasions, bars,
    }
    Refusal { play, offer, product, on, reason }
    Contract {
        subscription, product, seats, mrr_minor, discount_rate, term_months, started_on, renews_on,
        cancel_deadline, cancel_notice_on, active, ended_on, plan_version, reduction_allowed,
        former,
    }
    Former { product, seats, until }
    Purchase { product, orders, quantity, first_on, last_on, gap_days, amount_minor, last_order }
    Proposal {
        proposal, product, offer, opened_on, closed_on, outcome, stage, next_step_on, amount_minor,
        approached, owner, kind,
    }
    DealPace { days, n }
    Process { fact, on, days, above }
    Above { amount_minor, itself }
    Pace { days, n, of }
    Referred { taken, once_minor }
    Usage { metric, subscription, product, limit, value, on, reach, earlier_mean, recent_mean }
    Reach { limit, p10, p50, p90, chance, chance_rearm, need }
    Orders { last_on, gap_days, as_long, rare_on, standing, alive }
    Survey { response, contact, role, question, score, on }
    Ticket { activity, opened_on, escalated }
    Contact { contact, role }
    Enquiry { id, asked, on, product, answered_on }
    Commitment { committed, on, product, source }
    Touch { play, on, kind, offer, product, motion, by_rep, contact }
    Level { rule, occurrence, crossing, since, open }
}

words! {
    PaceOf { Own, Segment, All }
    Outcome { Open, Won, Lost }
    Standing { Active, Slowing, Dormant }
    Asked { Enquiry, Quote, Prices, Material }
    Committed { Bought, Renewed }
    TouchKind { Contact, Rejection, Win }
}

impl Keep for Approval {
    fn keep(&self, out: &mut String) {
        (self.process.clone(), self.pace).keep(out);
    }

    fn again(json: &str) -> Result<Self> {
        // What an earlier version did not know is unknown.
        let kept = Option::<(Option<Process>, Option<Pace>)>::again(json)?;
        Ok(kept.map_or_else(Self::default, |(process, pace)| Self { process, pace }))
    }
}
