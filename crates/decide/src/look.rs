//! What every timing rule, guard and candidate looks at: one account, the catalogue, the policy, a day.

use domain::ids::ProductId;
use domain::motion::AccountKind;
use domain::time::{Day, Days};

use crate::catalogue::{Catalogue, Product};
use crate::facts::{AccountFacts, Contract, DealPace, Outcome, Proposal};
use crate::life::TouchKind;
use crate::policy::Policy;

/// One account as of a day, with what applies to it.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The account.
    pub facts: &'a AccountFacts,
    /// What can be offered.
    pub catalogue: &'a Catalogue,
    /// What people decided.
    pub policy: &'a Policy,
    /// The day; it counts whole.
    pub as_of: Day,
}

impl<'a> Look<'a> {
    /// Whether it is a customer today: an active contract, or purchases that are not all older than the
    /// end of its last contract.
    pub fn is_customer(&self) -> bool {
        let facts = self.facts;
        if facts.active_contracts().next().is_some() {
            return true;
        }
        let ended = facts.contracts.iter().filter_map(|contract| contract.ended_on).max();
        let bought = facts.purchases.iter().map(|purchase| purchase.last_on).max();
        let won = facts
            .proposals
            .iter()
            .filter(|deal| deal.outcome == Outcome::Won)
            .map(|deal| deal.closed_on.unwrap_or(deal.opened_on))
            .max();
        match (ended, bought.max(won)) {
            (Some(ended), Some(last)) => last > ended,
            (None, Some(_)) => facts.contracts.is_empty(),
            (_, None) => false,
        }
    }

    /// The last day on which it bought or won a product, by order, deal or a play's outcome.
    pub fn bought_on(&self, product: &ProductId) -> Option<Day> {
        let bought = self.facts.purchase(product).map(|purchase| purchase.last_on);
        let won = self
            .facts
            .proposals
            .iter()
            .filter(|deal| deal.outcome == Outcome::Won && deal.product.as_ref() == Some(product))
            .map(|deal| deal.closed_on.unwrap_or(deal.opened_on))
            .max();
        let worked = self
            .facts
            .touches
            .iter()
            .filter(|touch| touch.kind == TouchKind::Win && touch.product.as_ref() == Some(product))
            .map(|touch| touch.on)
            .max();
        bought.max(won).max(worked)
    }

    /// Whether a product is new to it: not under contract, and never bought, or bought longer ago than
    /// `owned_for_days` where the policy states that.
    pub fn is_new(&self, product: &ProductId) -> bool {
        if self.facts.holds(product) {
            return false;
        }
        match (self.bought_on(product), self.policy.candidates.owned_for_days.get()) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(on), Some(days)) => {
                self.as_of.since(on).0 > i32::try_from(days).unwrap_or(i32::MAX)
            }
        }
    }

    /// Whether a product is owned: under contract, or bought within `owned_for_days`, where the policy states that.
    pub fn owns(&self, product: &ProductId) -> bool {
        let bought =
            || Some((self.bought_on(product)?, self.policy.candidates.owned_for_days.get()?));
        self.facts.holds(product)
            || bought().is_some_and(|(on, days)| {
                self.as_of.since(on).0 <= i32::try_from(days).unwrap_or(i32::MAX)
            })
    }

    /// Whether a plan, or a higher one of its line, is held: a set or offer of it would be no step up (S10).
    pub fn holds_as_much(&self, plan: &Product) -> bool {
        let (Some(line), Some(tier)) = (plan.line.as_deref(), plan.tier) else {
            return self.facts.holds(&plan.id);
        };
        self.facts.active_contracts().filter_map(|contract| self.product(&contract.product)).any(
            |held| {
                held.kind == plan.kind
                    && held.line.as_deref() == Some(line)
                    && held.tier.is_some_and(|held| held >= tier)
            },
        )
    }

    /// The active contract of a product.
    pub fn contract_of(&self, product: &ProductId) -> Option<&'a Contract> {
        self.facts.active_contracts().find(|contract| contract.product == *product)
    }

    /// The product of that id.
    pub fn product(&self, id: &ProductId) -> Option<&'a Product> {
        self.catalogue.product(id)
    }

    /// Whether an active contract is of that line.
    pub fn holds_line(&self, line: &str) -> bool {
        self.facts.active_contracts().any(|contract| self.line(&contract.product) == Some(line))
    }

    /// A product's line.
    pub fn line(&self, id: &ProductId) -> Option<&'a str> {
        self.catalogue.product(id)?.line.as_deref()
    }

    /// Whether two products are the same or of one line.
    pub fn same_line(&self, a: &ProductId, b: &ProductId) -> bool {
        a == b || self.line(a).is_some_and(|line| self.line(b) == Some(line))
    }

    /// Whether a deal in progress is older than nearly all deals were when they closed, and nothing is agreed for it.
    /// First contracts, renewals and rescues end in their own time.
    pub fn is_old(&self, deal: &Proposal) -> bool {
        let offered = !deal.keeps() && deal.kind.as_deref() != Some("new");
        let idle = deal.next_step_on.is_none_or(|step| step < self.as_of);
        let slow = |pace: DealPace| self.days_since(deal.opened_on) > pace.days;
        offered && idle && self.facts.deal_pace.is_some_and(slow)
    }

    /// Whether it is one person or household, who decides and answers for itself.
    pub fn is_personal(&self) -> bool {
        matches!(self.facts.kind, AccountKind::Person | AccountKind::Household)
    }

    /// Days from `day` until the day looked from; negative when it lies ahead.
    pub fn days_since(&self, day: Day) -> i32 {
        self.as_of.since(day).0
    }

    /// The last day of the planning horizon.
    pub fn horizon_end(&self) -> Day {
        self.as_of.plus(Days(self.policy.plan.horizon_weeks.saturating_mul(7)))
    }
}
