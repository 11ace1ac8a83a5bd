//! What is known of one account as of a day: the input of every timing rule, guard and candidate.
//!
//! Built by `batch::score` from features and entities, and by `web` from the store for the guards at
//! click time. Facts carry surrogate keys, never names of persons.

mod occasions;
pub mod approval;
pub mod bars;

use std::collections::BTreeMap;

use domain::ids::{
    AccountKey, ContactKey, OfferId, PlayId, ProductId, ProposalId, RepId, SubscriptionId,
};
use domain::motion::{AccountKind, Channel, ContactRole, TouchModel};
use domain::probability::Estimate;
use domain::time::Day;

use crate::candidate::Evidence;
use crate::life::{Level, Touch};

pub use approval::Approval;
pub use bars::Bars;
pub use occasions::{
    Cart, Closing, Counter, Fiscal, Gone, Heard, Lost, NewMetric, Occasions, PeerUse, Promise,
    Promised, Reaction, Shown, Success, Told, Topic, Trial, Window,
};

/// One account as of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountFacts {
    /// The account.
    pub account: AccountKey,
    /// The root of its group; itself when it has no parent.
    pub root: AccountKey,
    /// What it is.
    pub kind: AccountKind,
    /// How it is looked after.
    pub touch: TouchModel,
    /// Its segment, if the files say.
    pub segment: Option<String>,
    /// Who owns it: the team member, else the account's owner, else the latest proposal's or activity's.
    pub owner: Option<RepId>,
    /// The first day on which it held or bought anything.
    pub customer_since: Option<Day>,
    /// The last day on which it ordered, used, answered or was in contact.
    pub last_event_on: Option<Day>,
    /// Its last human touch (call, meeting, visit, hearing).
    pub last_human_touch_on: Option<Day>,
    /// Contracts, active and ended, by subscription id.
    pub contracts: Vec<Contract>,
    /// What it bought, by product.
    pub purchases: Vec<Purchase>,
    /// Deals, open and closed, by proposal id.
    pub proposals: Vec<Proposal>,
    /// Usage against limits, by metric.
    pub usage: Vec<Usage>,
    /// The rhythm of its orders; none without orders, or where too few ordered twice to know what is usual.
    pub orders: Option<Orders>,
    /// The latest answer per contact and question, newest first.
    pub surveys: Vec<Survey>,
    /// Tickets that are open.
    pub tickets: Vec<Ticket>,
    /// Contacts who have not left.
    pub contacts: Vec<Contact>,
    /// Who reports to whom, of contacts who have not left.
    pub reports_to: BTreeMap<ContactKey, ContactKey>,
    /// How people's plays touched it, by day and play.
    pub touches: Vec<Touch>,
    /// Levels that were crossed until the night before (N6), by rule and occurrence.
    pub levels: Vec<Level>,
    /// What it asked for of its own accord, by day and id.
    pub enquiries: Vec<Enquiry>,
    /// Its latest decisions to buy or to go on, newest first.
    pub commitments: Vec<Commitment>,
    /// What only timing rules read.
    pub occasions: Occasions,
    /// Features by name, as on the generated page.
    pub features: BTreeMap<&'static str, f64>,
    /// Columns of the accounts file that eligibility expressions ask for, by name.
    pub attributes: BTreeMap<String, crate::eligibility::Value>,
    /// Products that other accounts of its group hold, and how many accounts do; told of departments only.
    pub group_holds: BTreeMap<ProductId, u32>,
    /// Monthly recurring revenue, minor units.
    pub mrr_minor: i64,
    /// Margin of a month at today's level, minor units: recurring, else the monthly mean of the last
    /// twelve months' orders.
    pub monthly_margin_minor: f64,
    /// P(has left by the end of the outcome window | left alone), if it holds anything.
    pub churn: Option<Estimate>,
    /// Shares still there 1, 2, … months after the outcome window of those there at its end, which go on as in their
    /// last month; empty: everybody stays.
    pub alive_after: Vec<f64>,
    /// Where that chance is of this customer rather than of its kind: what it rests on.
    pub churn_because: Vec<Evidence>,
    /// What being approached, whatever is offered, does to the chance to stay until the end of the outcome window;
    /// none where the past cannot tell.
    pub contact_effect: Option<Estimate>,
    /// What that rests on.
    pub contact_because: Vec<Evidence>,
    /// The mean chance to leave over all customers of the run, to compare with; `None` where unknown.
    pub churn_base: Option<f64>,
    /// How long the company's deals take; `None` where too few have closed.
    pub deal_pace: Option<DealPace>,
    /// How it comes to a decision.
    pub approval: Approval,
    /// How referrals were answered that were asked for; `None` where too few are on record.
    pub referrals: Option<Referred>,
    /// Offers that a rep marked as not a fit for a reason that lasts, by day and play.
    pub refusals: Vec<Refusal>,
    /// What guards alone ask: stops, payments, partners, permissions, quiet times.
    pub bars: Bars,
}

/// An offer that a rep marked as not a fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The play.
    pub play: PlayId,
    /// By which offer.
    pub offer: OfferId,
    /// What the customer would newly have held.
    pub product: Option<ProductId>,
    /// When.
    pub on: Day,
    /// The reason's code, as in [`crate::life::reasons`].
    pub reason: String,
}

/// One contract line, in the version that is effective as of the day.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// The contract line.
    pub subscription: SubscriptionId,
    /// What is held.
    pub product: ProductId,
    /// Seats, if counted.
    pub seats: Option<i64>,
    /// Monthly recurring revenue, minor units.
    pub mrr_minor: Option<i64>,
    /// The customer's discount off list, 0..=1.
    pub discount_rate: Option<f64>,
    /// Contract term.
    pub term_months: Option<i64>,
    /// First day.
    pub started_on: Day,
    /// Next renewal.
    pub renews_on: Option<Day>,
    /// Last day to give notice: given, else renewal minus notice.
    pub cancel_deadline: Option<Day>,
    /// Notice given on.
    pub cancel_notice_on: Option<Day>,
    /// Whether it is active as of the day.
    pub active: bool,
    /// When it ended.
    pub ended_on: Option<Day>,
    /// Plan version, for limits of that version.
    pub plan_version: Option<String>,
    /// Whether the contract may be made smaller; unknown when the files do not say.
    pub reduction_allowed: Option<bool>,
    /// What was under this contract line before it became smaller, if it did and has not come back.
    pub former: Option<Former>,
}

/// A larger form that a contract line had (S12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// What was held.
    pub product: ProductId,
    /// Seats, if counted.
    pub seats: Option<i64>,
    /// The day on which it became smaller.
    pub until: Day,
}

/// What one account bought of one product.
#[derive(Debug, Clone, PartialEq)]
pub struct Purchase {
    /// The product.
    pub product: ProductId,
    /// Orders that contain it.
    pub orders: u32,
    /// Pieces.
    pub quantity: f64,
    /// First order.
    pub first_on: Day,
    /// Last order.
    pub last_on: Day,
    /// Mean days between orders, from the second order on.
    pub gap_days: Option<f64>,
    /// Revenue of it, minor units.
    pub amount_minor: i64,
    /// The last order's id.
    pub last_order: String,
}

/// What became of a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// In progress.
    Open,
    /// Closed with a contract or order.
    Won,
    /// Closed without.
    Lost,
}

/// One deal.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The deal.
    pub proposal: ProposalId,
    /// What for.
    pub product: Option<ProductId>,
    /// By which offer.
    pub offer: Option<OfferId>,
    /// Opened on.
    pub opened_on: Day,
    /// Closed on.
    pub closed_on: Option<Day>,
    /// What became of it.
    pub outcome: Outcome,
    /// Stage, in the files' words.
    pub stage: Option<String>,
    /// Agreed next step's day.
    pub next_step_on: Option<Day>,
    /// Amount, minor units.
    pub amount_minor: Option<i64>,
    /// Whether we started it; unknown when the files do not say.
    pub approached: Option<bool>,
    /// Whose deal it is.
    pub owner: Option<RepId>,
    /// `new`, `expansion`, `renewal`, `downsell`, `save` or `poc`.
    pub kind: Option<String>,
}

impl Proposal {
    /// Whether it is about keeping a contract: winning it adds nothing, losing it loses what is paid.
    pub fn keeps(&self) -> bool {
        matches!(self.kind.as_deref(), Some("renewal" | "save" | "downsell"))
    }
}

/// How long deals take that end at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DealPace {
    /// Nineteen of twenty deals closed within so many days.
    pub days: i32,
    /// Closed deals that tell.
    pub n: u64,
}

impl DealPace {
    /// The share of deals that close within [`DealPace::days`].
    pub const SHARE: f64 = 0.95;
}

/// How referrals were answered that the company asked for (S15).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Referred {
    /// The chance that a customer who is asked refers somebody who buys.
    pub taken: Estimate,
    /// What who was referred buys, once, minor units.
    pub once_minor: Estimate,
}

/// Usage of one metric against the limit of the plan version that the customer is on (N6).
#[derive(Debug, Clone, PartialEq)]
pub struct Usage {
    /// The metric, in the files' words.
    pub metric: String,
    /// The contract whose plan sets the limit.
    pub subscription: SubscriptionId,
    /// The plan.
    pub product: ProductId,
    /// The limit, in the metric's unit; times seats where it counts per seat.
    pub limit: Option<f64>,
    /// The latest reading.
    pub value: f64,
    /// The latest reading's day.
    pub on: Day,
    /// When it reaches what binds it; nothing where nothing binds it, or where readings are old.
    pub reach: Option<Reach>,
    /// The mean reading of days 91 to 180 before, to compare with.
    pub earlier_mean: Option<f64>,
    /// The mean reading of the last 90 days.
    pub recent_mean: f64,
}

/// When usage reaches what binds it, as a distribution: estimated from the series' own readings, and from how well
/// the ends of the workspace's series were foreseen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// What binds it, in the metric's unit.
    pub limit: f64,
    /// The day by which it is reached with a chance of one in ten, from the day looked from on; none beyond two years.
    pub p10: Option<Day>,
    /// The same for one in two.
    pub p50: Option<Day>,
    /// The same for nine in ten.
    pub p90: Option<Day>,
    /// The chance that it is reached within the policy's `crossing_days`, 0..=1.
    pub chance: f64,
    /// The same within `crossing_days` and `rearm_days`, 0..=1.
    pub chance_rearm: f64,
    /// The highest reading by the end of the outcome window: the median, in the metric's unit.
    pub need: f64,
}

/// Whether a customer has fallen silent, by the rhythm of its orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Silent no longer than usual.
    Active,
    /// The silence is uncommon, or the chance that it still buys is small.
    Slowing,
    /// The silence is rare, and the chance that it still buys is small where that is known.
    Dormant,
}

/// The rhythm of an account's orders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orders {
    /// The day of the last order.
    pub last_on: Day,
    /// The usual days between orders: its own, and one gap of everybody's.
    pub gap_days: f64,
    /// The share of gaps, each over its owner's usual gap, that lasted as long as this silence has, 0..=1.
    pub as_long: f64,
    /// The day from which on the silence is rare.
    pub rare_on: Day,
    /// The verdict.
    pub standing: Standing,
    /// The chance that it still buys, with the model's name; none for who ordered once, or where no model fits.
    pub alive: Option<(f64, &'static str)>,
}

/// The latest answer of one contact to one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// The answer.
    pub response: String,
    /// Who answered, if known.
    pub contact: Option<ContactKey>,
    /// In which role.
    pub role: Option<ContactRole>,
    /// `nps`, `csat` or `interest`.
    pub question: String,
    /// The score on the question's scale.
    pub score: f64,
    /// When.
    pub on: Day,
}

/// One open ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// The activity.
    pub activity: String,
    /// Opened on.
    pub opened_on: Day,
    /// Whether its priority is urgent, high or critical: an open escalation.
    pub escalated: bool,
}

/// Words for a ticket that is over.
const OVER: &[&str] = &[
    "closed",
    "resolved",
    "done",
    "solved",
    "cancelled",
    "完了",
    "解決済",
    "解決済み",
    "クローズ",
];
/// Words for a priority that makes a ticket an escalation.
const ESCALATED: &[&str] = &["urgent", "high", "critical", "p1", "緊急", "高", "重大", "最優先"];

impl Ticket {
    /// Whether a status, in the files' words, says that the ticket is over.
    pub fn is_over(status: Option<&str>) -> bool {
        has_word(status, OVER)
    }

    /// Whether a priority, in the files' words, makes the ticket an escalation.
    pub fn is_escalated(priority: Option<&str>) -> bool {
        has_word(priority, ESCALATED)
    }
}

fn has_word(text: Option<&str>, words: &[&str]) -> bool {
    text.is_some_and(|text| words.contains(&text.trim().to_lowercase().as_str()))
}

/// One contact who has not left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// Who.
    pub contact: ContactKey,
    /// In which role.
    pub role: ContactRole,
}

/// How a customer showed that it wants to know more (S104).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// It asked a question.
    Enquiry,
    /// It asked for a quote.
    Quote,
    /// It looked at prices on the site.
    Prices,
    /// It took material, or filled in a form.
    Material,
}

/// Something a customer asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enquiry {
    /// The activity's or web event's id.
    pub id: String,
    /// How it asked.
    pub asked: Asked,
    /// When.
    pub on: Day,
    /// About what, if it said.
    pub product: Option<ProductId>,
    /// When we answered: the first outbound contact or deal after it, or its closing.
    pub answered_on: Option<Day>,
}

/// A decision of the customer (S39, S40).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Committed {
    /// To buy.
    Bought,
    /// To go on.
    Renewed,
}

/// One decision to buy or to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// What was decided.
    pub committed: Committed,
    /// When.
    pub on: Day,
    /// About what, if it is known.
    pub product: Option<ProductId>,
    /// The row that says so: entity, then key.
    pub source: String,
}

impl AccountFacts {
    /// An account of which nothing is known.
    pub fn nothing(account: AccountKey) -> Self {
        Self {
            account,
            root: account,
            kind: AccountKind::Company,
            touch: TouchModel::Low,
            segment: None,
            owner: None,
            customer_since: None,
            last_event_on: None,
            last_human_touch_on: None,
            contracts: Vec::new(),
            purchases: Vec::new(),
            proposals: Vec::new(),
            usage: Vec::new(),
            orders: None,
            surveys: Vec::new(),
            tickets: Vec::new(),
            contacts: Vec::new(),
            reports_to: BTreeMap::new(),
            touches: Vec::new(),
            levels: Vec::new(),
            enquiries: Vec::new(),
            commitments: Vec::new(),
            occasions: Occasions::default(),
            features: BTreeMap::new(),
            attributes: BTreeMap::new(),
            group_holds: BTreeMap::new(),
            mrr_minor: 0,
            monthly_margin_minor: 0.0,
            churn: None,
            alive_after: Vec::new(),
            churn_because: Vec::new(),
            contact_effect: None,
            contact_because: Vec::new(),
            churn_base: None,
            deal_pace: None,
            approval: Approval::default(),
            referrals: None,
            refusals: Vec::new(),
            bars: Bars::default(),
        }
    }

    /// The products it holds as of the day.
    pub fn holds(&self, product: &ProductId) -> bool {
        self.contracts.iter().any(|contract| contract.active && contract.product == *product)
    }

    /// The active contracts.
    pub fn active_contracts(&self) -> impl Iterator<Item = &Contract> {
        self.contracts.iter().filter(|contract| contract.active)
    }

    /// Whether it is a department without a contract in a group that holds something (S16, S28).
    pub fn is_untapped_department(&self) -> bool {
        self.kind == AccountKind::Department
            && self.active_contracts().next().is_none()
            && !self.group_holds.is_empty()
    }

    /// What it bought of a product.
    pub fn purchase(&self, product: &ProductId) -> Option<&Purchase> {
        self.purchases.iter().find(|purchase| purchase.product == *product)
    }

    /// The deals in progress.
    pub fn open_proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter().filter(|proposal| proposal.outcome == Outcome::Open)
    }

    /// Whether a rep's hours reach it: not persons, households and tech touch.
    pub fn takes_hours(&self) -> bool {
        !matches!(self.kind, AccountKind::Person | AccountKind::Household)
            && self.touch != TouchModel::Tech
    }

    /// What being approached through a channel does to staying: known of the way in which it is reached, by people or by
    /// mails and prompts.
    pub fn effect_of_contact(&self, channel: Channel) -> Option<Estimate> {
        self.contact_effect.filter(|_| channel.takes_hours() == self.takes_hours())
    }
}

#[cfg(test)]
mod tests {
    use super::Ticket;

    #[test]
    fn words_of_both_languages_are_known() {
        assert!(Ticket::is_escalated(Some("緊急")) && Ticket::is_escalated(Some(" Urgent ")));
        assert!(!Ticket::is_escalated(Some("low")) && !Ticket::is_escalated(None));
        assert!(Ticket::is_over(Some("解決済み")) && Ticket::is_over(Some("Closed")));
        assert!(!Ticket::is_over(Some("open")) && !Ticket::is_over(None));
    }
}
