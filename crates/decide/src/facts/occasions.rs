//! What only timing rules read of an account: dated things, each with the row that tells of it.
//!
//! Nothing here is later than the day looked from, but for days that were announced before it: the end of a trial,
//! an expected close, a promised date.

use domain::ids::{ContactKey, ProductId, ProposalId, SubscriptionId};
use domain::motion::ContactRole;
use domain::time::Day;

/// Dated things of one account.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Occasions {
    /// Trials that have not ended long ago, by contract.
    pub trials: Vec<Trial>,
    /// What lies in a cart and was not bought, newest first.
    pub carts: Vec<Cart>,
    /// Counters with a limit for each hour or day that was reached lately.
    pub counters: Vec<Counter>,
    /// How other customers on the same product use each metric.
    pub peers: Vec<PeerUse>,
    /// Metrics that were read for the first time lately.
    pub new_metrics: Vec<NewMetric>,
    /// When its fiscal year closes, where that is known.
    pub fiscal: Option<Fiscal>,
    /// When open deals are expected to close, by deal.
    pub closings: Vec<Closing>,
    /// What a product measurably did at this very account, newest first.
    pub measured: Vec<Success>,
    /// What a product did elsewhere in its group, newest first.
    pub successes: Vec<Success>,
    /// Dates that were promised, by date.
    pub promises: Vec<Promise>,
    /// Interest that it showed in a product, newest first.
    pub reactions: Vec<Reaction>,
    /// Contacts who can no longer be spoken to, newest first.
    pub gone: Vec<Gone>,
    /// What it said of its business, newest first.
    pub heard: Vec<Heard>,
    /// The last day on which anybody of the workspace answered the NPS question.
    pub nps_asked_on: Option<Day>,
}

/// A contract on trial (S44).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The contract.
    pub subscription: SubscriptionId,
    /// What is tried.
    pub product: ProductId,
    /// The last day of the trial.
    pub ends_on: Day,
}

/// A product in a cart or at a checkout that was left (S43).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cart {
    /// The web event.
    pub id: String,
    /// The product.
    pub product: ProductId,
    /// When.
    pub on: Day,
    /// Whether the checkout was reached.
    pub checkout: bool,
}

/// The window of a counter's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    /// A clock hour.
    Hour,
    /// A civil day.
    Day,
}

/// A count held against a limit for each window (S37).
#[derive(Debug, Clone, PartialEq)]
pub struct Counter {
    /// The metric, in the files' words.
    pub metric: String,
    /// The contract whose plan version sets the limit.
    pub subscription: SubscriptionId,
    /// The window.
    pub window: Window,
    /// The limit, times seats where it counts per seat.
    pub limit: f64,
    /// Windows of the last 30 days in which it was reached.
    pub hits: u32,
    /// The highest count of a window of those days.
    pub top: f64,
    /// The day of the latest window in which it was reached.
    pub last_on: Day,
}

/// A metric beside other customers on the same product (S45).
#[derive(Debug, Clone, PartialEq)]
pub struct PeerUse {
    /// The metric.
    pub metric: String,
    /// The contract.
    pub subscription: SubscriptionId,
    /// The median of the others' mean readings, for as many seats as this customer has where seats are counted.
    pub median: f64,
    /// Customers that tell.
    pub n: u64,
}

/// A metric that was read for the first time (S49).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMetric {
    /// The metric.
    pub metric: String,
    /// The contract.
    pub subscription: SubscriptionId,
    /// The first reading's day.
    pub first_on: Day,
}

/// When a customer's fiscal year closes (S29, S46).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fiscal {
    /// The closing month, 1..=12.
    pub month: i8,
    /// The row that says so.
    pub source: String,
    /// When it was said or confirmed.
    pub on: Option<Day>,
}

/// When an open deal is expected to close (S42).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The deal.
    pub proposal: ProposalId,
    /// The expected day.
    pub on: Day,
}

/// A product that worked elsewhere in the group (S50, S69).
#[derive(Debug, Clone, PartialEq)]
pub struct Success {
    /// The product.
    pub product: ProductId,
    /// What tells of it.
    pub told: Told,
    /// When it was approved or won.
    pub on: Day,
    /// The row.
    pub source: String,
}

/// What tells of a success.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// A measured result.
    Measured {
        /// What was measured.
        metric: String,
        /// Before.
        before: f64,
        /// After.
        after: f64,
    },
    /// A deal was won.
    Won,
}

/// How a date was promised (S107).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promised {
    /// The customer named it.
    Said,
    /// A deal was lost until then.
    Lost,
    /// A talk was to follow.
    Next,
}

/// A date on which we are to come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// The row that tells.
    pub source: String,
    /// How it came about.
    pub promised: Promised,
    /// The date.
    pub on: Day,
    /// When it was promised.
    pub since: Day,
    /// About what, if it is known.
    pub product: Option<ProductId>,
    /// The first contact of ours, or deal, from the date on.
    pub kept_on: Option<Day>,
}

/// How interest was shown (S52).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shown {
    /// A good reaction in a talk.
    Reaction,
    /// An answer to the question of interest, 0 to 10.
    Interest(f64),
}

/// Interest in a product.
#[derive(Debug, Clone, PartialEq)]
pub struct Reaction {
    /// The row.
    pub source: String,
    /// How.
    pub shown: Shown,
    /// When.
    pub on: Day,
    /// In what.
    pub product: ProductId,
}

/// Why a contact can no longer be spoken to (N15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lost {
    /// He or she left.
    Left,
    /// Mail does not reach them.
    Bounced,
    /// They used it, and do so no longer while others do.
    Silent,
}

/// A contact who was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Who.
    pub contact: ContactKey,
    /// In which role.
    pub role: ContactRole,
    /// Why.
    pub lost: Lost,
    /// When: the day of leaving, of the first mail that came back, or of the last use.
    pub on: Day,
    /// The row.
    pub source: String,
}

/// What a customer said of its business in a hearing (S20, S49).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// An issue.
    Issue,
    /// The business that it pushes.
    Focus,
    /// What it expects to come.
    Outlook,
    /// How many can use a specialist tool.
    Skilled,
}

/// One thing said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The row.
    pub fact: String,
    /// About what.
    pub topic: Topic,
    /// When.
    pub on: Day,
    /// The product that answers it, where the row names one.
    pub product: Option<ProductId>,
}
