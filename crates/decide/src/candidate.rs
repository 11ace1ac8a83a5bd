//! One offer that could be made to one account, with the odds that `batch::score` gives it.

use domain::ids::{AccountKey, ContactKey, OfferId, ProductId, ProposalId, SubscriptionId};
use domain::motion::{Channel, Form, Motion};
use domain::probability::Estimate;
use domain::time::Day;
use domain::words::Words;

/// A statement with the row it rests on (N9).
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The statement.
    pub words: Words,
    /// The rows it rests on: entity, then key (`proposals 1C1I7A6R`).
    pub source: String,
    /// The day of the newest of them.
    pub on: Option<Day>,
}

/// On which price the change of revenue rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceBasis {
    /// The customer's own unit price and discount.
    Own,
    /// List price.
    List,
    /// The price that other customers' bills imply.
    Implied,
    /// Neither is known: counted as nothing.
    Unknown,
}

/// A step that one customer's play has beside those of its motion.
#[derive(Debug, Clone, PartialEq)]
pub enum Extra {
    /// An invitation to a study session or user event (S70).
    Session {
        /// Who may be invited, by key.
        contacts: Vec<ContactKey>,
        /// What is shown there, with its row.
        shown: Evidence,
    },
    /// Material for the customer's approval (稟議).
    Approval {
        /// The row of `account_facts` that tells its own way, if one does.
        fact: Option<String>,
    },
}

/// One offer to one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// To whom.
    pub account: AccountKey,
    /// The offer: given, or derived as `motion:product`, `term:12`, `advance:proposal`.
    pub offer: OfferId,
    /// The move.
    pub motion: Motion,
    /// The form that the move takes.
    pub form: Form,
    /// What the customer would newly hold; none for care.
    pub product: Option<ProductId>,
    /// What it starts from.
    pub from_product: Option<ProductId>,
    /// The contract it changes.
    pub subscription: Option<SubscriptionId>,
    /// The term that it asks for, months.
    pub term_months: Option<i64>,
    /// The open deal it advances.
    pub proposal: Option<ProposalId>,
    /// What it is called, such as `Pro → Enterprise`.
    pub title: Words,
    /// Change of monthly revenue when accepted, minor units; zero mean for one-off purchases.
    pub revenue_month_minor: Estimate,
    /// Monthly revenue that is lost without it, minor units: a deal to keep a contract; zero for all else.
    pub kept_month_minor: Estimate,
    /// One-off revenue when accepted, minor units.
    pub once_minor: Estimate,
    /// What its incentive costs when it is accepted, minor units, 0 or more.
    pub incentive_minor: Estimate,
    /// Whether who takes it unasked gets the incentive too.
    pub incentive_public: bool,
    /// On which price those rest.
    pub price_basis: PriceBasis,
    /// Margin as a share of revenue.
    pub margin_rate: f64,
    /// Hours of a rep.
    pub effort_hours: f64,
    /// Through which channel.
    pub channel: Channel,
    /// The role that carries it: `CIS` sells, `CS` cares.
    pub role: &'static str,
    /// Whom to speak to.
    pub contact: Option<ContactKey>,
    /// The products that it completes: by what others bought together, or as a stated complement.
    pub goes_with: Vec<ProductId>,
    /// Why this product: what was bought together, which limit, which deal.
    pub because: Vec<Evidence>,
    /// What to do next.
    pub next_step: Words,
    /// The steps of the work, where the offer states its own.
    pub playbook: Vec<String>,
    /// Further steps that this customer's play has, beside those of its motion; none where the offer states its own.
    pub extra: Vec<Extra>,
    /// The offers of a package, the one to fall back on last first (N19); empty for a single offer.
    pub parts: Vec<Scored>,
}

impl Candidate {
    /// Whether its value may count as profit: that of care never does, but for a referral that records put a price on.
    pub fn earns(&self) -> bool {
        self.motion != Motion::Care || self.once_minor.mean > 0.0
    }

    /// Whether something holds of it, or of one of its parts.
    pub fn any_single(&self, holds: impl Fn(&Candidate) -> bool) -> bool {
        if self.parts.is_empty() {
            return holds(self);
        }
        self.parts.iter().any(|part| holds(&part.candidate))
    }

    /// The single offers that it is made of: itself, or its parts. Stock and minimum volumes count these.
    pub fn singles(&self) -> Vec<&Candidate> {
        if self.parts.is_empty() {
            return vec![self];
        }
        self.parts.iter().map(|part| &part.candidate).collect()
    }
}

/// The odds of one candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    /// P(opportunity | approach).
    pub opportunity: Estimate,
    /// The same for an approach within a dated window; equal to it where one is open.
    pub in_window: Estimate,
    /// P(won | opportunity).
    pub won: Estimate,
    /// P(takes it within the window | left alone).
    pub organic: Estimate,
    /// r(0): P(still a customer at the end of the window | does not take it).
    pub stay: Estimate,
    /// r(1): P(still a customer at the end of the window | takes it).
    pub stay_if_taken: Estimate,
    /// How the rates were found: `won 4,238 of 6,711 deals; GTX Pro 729 of 1,100`.
    pub because: Vec<Evidence>,
}

/// A candidate with its odds: what the plan chooses from.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The offer.
    pub candidate: Candidate,
    /// Its odds.
    pub odds: Odds,
}

/// Whether a recommended product is one that the account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recommended {
    /// It never bought it.
    New,
    /// It bought it before, and may again.
    Repeat,
}

impl Recommended {
    /// Its code in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Repeat => "repeat",
        }
    }

    /// The one of that code.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::New, Self::Repeat].into_iter().find(|it| it.code() == code)
    }
}

/// A product worth proposing to an account, by what it and others bought.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// The product.
    pub product: ProductId,
    /// New to the account, or bought before.
    pub kind: Recommended,
    /// Its score; higher is better, among products of the same kind.
    pub score: f64,
    /// The products that speak for it: others bought them together more than chance would.
    pub with: Vec<ProductId>,
    /// What speaks for it, with counts.
    pub because: Vec<Evidence>,
}
