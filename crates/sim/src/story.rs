//! What happened between the company and one customer: who approached whom, what came of it.
//!
//! Told forwards, month by month: each approach and each month left alone draws from the true response
//! at that moment.

mod terms;
mod months;
mod deals;

use domain::motion::Motion;
use domain::time::{Day, Days, Months};

use crate::World;
use crate::accounts::Account;
use crate::draw::Draw;
use crate::latent::Latents;
use crate::situation::Situation;

/// The frame of a customer's contract.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// The first day.
    pub(crate) start: Day,
    /// The length of a term.
    pub(crate) term: Months,
    /// Notice before the end of a term.
    pub(crate) notice: Days,
    /// The day on which it gave notice.
    pub(crate) noticed: Option<Day>,
    /// The day on which all ended.
    pub(crate) ended: Option<Day>,
}

impl Terms {
    /// The day towards which the customer's traits develop: the end, else the last day.
    pub(crate) fn last(&self, as_of: Day) -> Day {
        self.ended.unwrap_or(as_of)
    }
}

/// An approach of ours, with the customer's reaction.
#[derive(Debug, Clone)]
pub(crate) struct Approach {
    pub(crate) on: Day,
    pub(crate) product: &'static str,
    pub(crate) reaction: &'static str,
    /// Whether it was about more of what the customer has.
    pub(crate) growth: bool,
}

/// What a deal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DealType {
    New,
    Expansion,
    Renewal,
    Downsell,
    Save,
    Poc,
}

/// What became of a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Won,
    Lost,
    Open,
}

/// A deal.
#[derive(Debug, Clone)]
pub(crate) struct Deal {
    pub(crate) about: DealType,
    pub(crate) motion: Motion,
    pub(crate) product: &'static str,
    pub(crate) opened: Day,
    /// When it closed, or is expected to.
    pub(crate) closes: Day,
    pub(crate) outcome: Outcome,
    /// Whether we started it; unknown where nobody wrote it down.
    pub(crate) approached: Option<bool>,
}

/// A won deal that took effect.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) on: Day,
    pub(crate) motion: Motion,
    pub(crate) product: &'static str,
}

/// The whole story of a customer that holds or held something.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) terms: Terms,
    /// The plan at the start.
    pub(crate) first: &'static str,
    /// Other products from the start.
    pub(crate) with: Vec<&'static str>,
    pub(crate) changes: Vec<Change>,
    pub(crate) approaches: Vec<Approach>,
    pub(crate) deals: Vec<Deal>,
}

impl Story {
    /// The main plan on a day.
    pub(crate) fn plan(&self, day: Day) -> &'static str {
        let ups = self.changes.iter().filter(|c| c.motion == Motion::PlanUp && c.on <= day);
        ups.map(|change| change.product).next_back().unwrap_or(self.first)
    }

    /// Everything that the customer came to hold beside the main plan, with its first day.
    pub(crate) fn extras(&self) -> impl Iterator<Item = (&'static str, Day)> {
        let early = self.with.iter().map(|product| (*product, self.terms.start));
        let later = self
            .changes
            .iter()
            .filter(|change| matches!(change.motion, Motion::Option | Motion::CrossSell));
        early.chain(later.map(|change| (change.product, change.on)))
    }

    /// Whether the customer ever held the product.
    pub(crate) fn held(&self, product: &str, as_of: Day) -> bool {
        self.plan(as_of) == product || self.extras().any(|(held, _)| held == product)
    }
}

/// The subject of a story.
pub(crate) struct Teller<'a> {
    pub(crate) world: &'a World,
    pub(crate) account: &'a Account,
    pub(crate) at: usize,
    pub(crate) situation: Situation,
    pub(crate) latents: &'a Latents,
}

impl Teller<'_> {
    /// Tells the story; `None` for an account that never held anything.
    pub(crate) fn tell(&self) -> Option<Story> {
        if self.situation == Situation::Untapped {
            return None;
        }
        let mut draw = Draw::new(self.world.seed, "story", self.at);
        let terms = self.terms(&mut draw);
        let first = self.first_plan(&mut draw);
        let with = self.first_extras(&mut draw);
        let mut story = Story {
            terms,
            first,
            with,
            changes: Vec::new(),
            approaches: Vec::new(),
            deals: Vec::new(),
        };
        self.beginning(&mut story, &mut draw);
        if !matches!(self.situation, Situation::FreePlan | Situation::Trial) {
            self.months(&mut story, &mut draw);
            self.renewals(&mut story, &mut draw);
        }
        self.ending(&mut story, &mut draw);
        story.deals.sort_by_key(|deal| deal.opened);
        story.approaches.sort_by_key(|approach| approach.on);
        Some(story)
    }
}
