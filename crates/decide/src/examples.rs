//! Small accounts for tests: a company with one plan, and one that buys things.

use std::collections::BTreeMap;

use domain::ids::{AccountKey, ContactKey, ProductId};
use domain::motion::{AccountKind, ContactRole, Motion, TouchModel};
use domain::probability::Estimate;
use domain::time::Day;
use domain::words::Words;

use crate::candidate::{
    Candidate, Evidence, Odds, PriceBasis, Recommendation, Recommended, Scored,
};
use crate::catalogue::{Catalogue, Limit, PriceUnit, Product, ProductKind};
use crate::facts::{
    AccountFacts, Contact, Contract, Outcome, Proposal, Purchase, Reach, Survey, Ticket, Usage,
};
use crate::look::Look;
use crate::policy::Policy;

/// A day by its ISO text.
pub(crate) fn day(text: &str) -> Day {
    Day::parse_iso(text).expect("a date")
}

/// One account with everything around it, looked at on 2026-03-12.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    pub(crate) facts: AccountFacts,
    pub(crate) catalogue: Catalogue,
    pub(crate) policy: Policy,
}

impl Example {
    pub(crate) fn look(&self) -> Look<'_> {
        Look {
            facts: &self.facts,
            catalogue: &self.catalogue,
            policy: &self.policy,
            as_of: day("2026-03-12"),
        }
    }

    /// A company on 勤怠 Pro with 100 seats and 93 of 100 users, due for renewal.
    pub(crate) fn company() -> Self {
        let facts = AccountFacts {
            contracts: vec![Contract {
                subscription: "S1".into(),
                product: "KT-PRO".into(),
                seats: Some(100),
                mrr_minor: Some(78_000),
                discount_rate: None,
                term_months: Some(12),
                started_on: day("2023-06-15"),
                renews_on: Some(day("2026-06-15")),
                cancel_deadline: Some(day("2026-05-16")),
                cancel_notice_on: None,
                active: true,
                ended_on: None,
                plan_version: None,
                reduction_allowed: None,
                former: None,
            }],
            usage: vec![Usage {
                metric: "利用ユーザー".to_owned(),
                subscription: "S1".into(),
                product: "KT-PRO".into(),
                limit: Some(100.0),
                value: 93.0,
                on: day("2026-03-10"),
                reach: Some(reach(
                    (Some("2026-03-25"), Some("2026-04-07"), Some("2026-05-12")),
                    0.9,
                )),
                earlier_mean: Some(80.0),
                recent_mean: 88.0,
            }],
            mrr_minor: 78_000,
            monthly_margin_minor: 54_600.0,
            ..bare()
        };
        Self { facts, catalogue: catalogue(), policy: Policy::default() }
    }

    /// A company that buys GTX Basic every 60 days, with a deal for GTX Pro in progress.
    pub(crate) fn buyer() -> Self {
        let facts = AccountFacts {
            purchases: vec![
                Purchase {
                    product: "GTX-B".into(),
                    orders: 4,
                    quantity: 8.0,
                    first_on: day("2025-07-01"),
                    last_on: day("2026-02-01"),
                    gap_days: Some(60.0),
                    amount_minor: 4_000,
                    last_order: "O9".to_owned(),
                },
                Purchase {
                    product: "GTX-P".into(),
                    orders: 1,
                    quantity: 1.0,
                    first_on: day("2025-08-01"),
                    last_on: day("2025-08-01"),
                    gap_days: None,
                    amount_minor: 4_500,
                    last_order: "O3".to_owned(),
                },
            ],
            proposals: vec![deal("P1", "GTX-P", "2025-12-12", Outcome::Open)],
            monthly_margin_minor: 500.0,
            ..bare()
        };
        let mut catalogue = catalogue();
        catalogue.products.retain(|id, _| id.as_str().starts_with("GT"));
        Self { facts, catalogue, policy: Policy::default() }
    }

    /// An answer of the decision maker to the NPS question, on 2026-01-10.
    pub(crate) fn answer(&mut self, score: f64) {
        self.facts.surveys.push(Survey {
            response: "R1".to_owned(),
            contact: Some(ContactKey(1)),
            role: Some(ContactRole::DecisionMaker),
            question: "nps".to_owned(),
            score,
            on: day("2026-01-10"),
        });
    }

    /// A grave enquiry since 2026-03-02.
    pub(crate) fn escalate(&mut self) {
        self.facts.tickets.push(Ticket {
            activity: "T1".to_owned(),
            opened_on: day("2026-03-02"),
            escalated: true,
        });
    }

    /// A company with any of what stands against an offer, a bit each.
    pub(crate) fn of_bits(bits: u32) -> Self {
        use crate::facts::bars::{Consent, Contacted, Lot, OnlyContact, Permission, Reseller};
        use domain::motion::Channel;
        let mut example = Self::company();
        let has = |bit: u32| bits >> bit & 1 == 1;
        let facts = &mut example.facts;
        facts.usage[0].value = if has(2) { 40.0 } else { 93.0 };
        facts.usage[0].reach = None;
        if has(3) {
            facts.contracts[0].active = false;
        }
        if has(4) {
            facts.touch = TouchModel::Tech;
        }
        let channel = if has(0) { Channel::Mail } else { Channel::Phone };
        if has(5) {
            let consent = if has(6) { Consent::OptOut } else { Consent::Unknown };
            let (contact, on, source) = (ContactKey(1), None, "permissions C1".to_owned());
            let channel = Some(channel);
            facts.bars.permissions =
                vec![Permission { contact, channel, consent, basis: None, on, source }];
        }
        if has(7) {
            let product = has(8).then(|| "KT-STD".into());
            facts.bars.resellers.push(Reseller { source: "account_links A2".to_owned(), product });
        }
        if has(8) {
            let (contact, source) = (Some(ContactKey(2)), "account_facts F1".to_owned());
            facts.bars.only_contact = Some(OnlyContact { contact, source, on: None });
        }
        if has(9) {
            let outcome = if has(10) { Outcome::Open } else { Outcome::Lost };
            facts.proposals = vec![deal("D1", "KT-ENT", "2026-03-01", outcome)];
            facts.proposals.push(deal("D2", "KT-ENT", "2026-01-01", Outcome::Lost));
            facts.proposals[0].approached = Some(has(11));
        }
        facts.bars.lot = has(12).then_some(Lot { place: 0.01, on: day("2026-03-01") });
        facts.bars.roots = 200;
        if has(13) {
            example.policy.limits.contacts_per_person = crate::policy::Cap::at_most(1);
            let (activity, contact) = ("A1".to_owned(), ContactKey(1));
            facts.bars.contacted.push(Contacted { activity, contact, on: day("2026-03-05") });
        }
        if has(14) {
            example.policy.guards.hold_out.delay_weeks = 8;
            facts.owner = Some("R1".into());
        }
        if has(15) {
            example.answer(5.0);
            example.facts.surveys[0].role = Some(ContactRole::User);
        }
        example
    }

    /// A candidate of that motion for a product of no line.
    pub(crate) fn candidate(&self, motion: Motion) -> Candidate {
        Candidate {
            account: self.facts.account,
            offer: format!("{}:X", motion.code()).as_str().into(),
            motion,
            form: domain::motion::Form::Related,
            product: Some("X".into()),
            from_product: None,
            subscription: None,
            term_months: None,
            proposal: None,
            title: Words::new("X", "X"),
            revenue_month_minor: Estimate::known(10_000.0),
            kept_month_minor: Estimate::known(0.0),
            once_minor: Estimate::known(0.0),
            incentive_minor: Estimate::known(0.0),
            incentive_public: false,
            price_basis: PriceBasis::List,
            margin_rate: 0.7,
            effort_hours: if motion == Motion::Care { 1.0 } else { 2.0 },
            channel: domain::motion::Channel::Phone,
            role: "CIS",
            contact: None,
            goes_with: Vec::new(),
            because: Vec::new(),
            next_step: Words::default(),
            playbook: Vec::new(),
            extra: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// The same with plausible odds.
    pub(crate) fn scored(&self, motion: Motion) -> Scored {
        Scored { candidate: self.candidate(motion), odds: odds() }
    }
}

/// Plausible odds.
pub(crate) fn odds() -> Odds {
    Odds {
        opportunity: Estimate::prior(0.1, 0.05),
        in_window: Estimate::prior(0.1, 0.05),
        won: Estimate::estimated(0.63, 0.02, 6_711),
        organic: Estimate::prior(0.02, 0.01),
        stay: Estimate::estimated(0.95, 0.01, 400),
        stay_if_taken: Estimate::estimated(0.95, 0.01, 400),
        because: Vec::new(),
    }
}

/// A deal; of an open one the day is when it began.
pub(crate) fn deal(id: &str, product: &str, on: &str, outcome: Outcome) -> Proposal {
    Proposal {
        proposal: id.into(),
        product: Some(product.into()),
        offer: None,
        opened_on: day(on),
        closed_on: (outcome != Outcome::Open).then(|| day(on)),
        outcome,
        stage: Some("Engaging".to_owned()),
        next_step_on: None,
        amount_minor: None,
        approached: None,
        owner: None,
        kind: None,
    }
}

/// A recommendation.
pub(crate) fn recommend(product: &str, score: f64) -> Recommendation {
    let words = Words::new("併売12件", "bought together 12 times");
    let because = vec![Evidence { words, source: "orders".to_owned(), on: None }];
    let kind = Recommended::New;
    Recommendation { product: product.into(), kind, score, with: Vec::new(), because }
}

/// When 100 is reached: the days at one in ten, one in two and nine in ten, and the chance within 90 days.
pub(crate) fn reach(
    (p10, p50, p90): (Option<&str>, Option<&str>, Option<&str>),
    chance: f64,
) -> Reach {
    let [p10, p50, p90] = [p10, p50, p90].map(|text| text.map(day));
    Reach { limit: 100.0, p10, p50, p90, chance, chance_rearm: chance, need: 138.0 }
}

/// A company that has nothing.
pub(crate) fn bare() -> AccountFacts {
    AccountFacts {
        account: AccountKey(1),
        root: AccountKey(1),
        kind: AccountKind::Company,
        touch: TouchModel::Low,
        segment: None,
        owner: None,
        customer_since: Some(day("2023-06-15")),
        last_event_on: Some(day("2026-03-10")),
        last_human_touch_on: None,
        contracts: Vec::new(),
        purchases: Vec::new(),
        proposals: Vec::new(),
        usage: Vec::new(),
        orders: None,
        surveys: Vec::new(),
        tickets: Vec::new(),
        contacts: vec![Contact { contact: ContactKey(1), role: ContactRole::DecisionMaker }],
        reports_to: BTreeMap::new(),
        touches: Vec::new(),
        levels: Vec::new(),
        enquiries: Vec::new(),
        commitments: Vec::new(),
        occasions: crate::facts::Occasions::default(),
        features: BTreeMap::new(),
        attributes: BTreeMap::new(),
        group_holds: BTreeMap::new(),
        mrr_minor: 0,
        monthly_margin_minor: 0.0,
        churn: None,
        alive_after: (1..=24).map(|month| 0.99_f64.powi(month)).collect(),
        churn_because: Vec::new(),
        contact_effect: None,
        contact_because: Vec::new(),
        churn_base: None,
        deal_pace: None,
        approval: crate::facts::Approval::default(),
        referrals: None,
        refusals: Vec::new(),
        bars: crate::facts::Bars::default(),
    }
}

fn product(id: &str, name: &str, (kind, line): (ProductKind, &str), price: i64) -> Product {
    Product {
        id: id.into(),
        name: name.to_owned(),
        kind,
        line: Some(line.to_owned()),
        tier: None,
        price_minor: Some(price),
        price_unit: match kind {
            ProductKind::Plan => PriceUnit::SeatMonth,
            ProductKind::Option => PriceUnit::Month,
            ProductKind::Item | ProductKind::Service => PriceUnit::Once,
        },
        implied_month_minor: None,
        seat_share: None,
        margin_rate: None,
        bands: Vec::new(),
        recurring_month_minor: None,
        limits: Vec::new(),
        active_until: None,
        on_sale: true,
    }
}

fn plan(id: &str, name: &str, (line, tier): (&str, i64), (price, users): (i64, f64)) -> Product {
    let limit = Limit {
        metric: "利用ユーザー".to_owned(),
        included: users,
        per_seat: false,
        plan_version: None,
        window: None,
    };
    let plan = product(id, name, (ProductKind::Plan, line), price);
    Product { tier: Some(tier), limits: vec![limit], ..plan }
}

fn item(id: &str, name: &str, (line, tier): (&str, Option<i64>), price: i64) -> Product {
    Product { tier, ..product(id, name, (ProductKind::Item, line), price) }
}

fn catalogue() -> Catalogue {
    let products = [
        plan("KT-STD", "勤怠 Standard", ("勤怠", 2), (480, 50.0)),
        plan("KT-PRO", "勤怠 Pro", ("勤怠", 3), (780, 100.0)),
        plan("KT-ENT", "勤怠 Enterprise", ("勤怠", 4), (1_180, 1_000.0)),
        plan("EX-LIGHT", "経費 Light", ("経費", 1), (350, 30.0)),
        product("OP-SSO", "シングルサインオン", (ProductKind::Option, "勤怠"), 20_000),
        item("IT-TERM", "打刻端末", ("機器", None), 39_800),
        item("GTX-B", "GTX Basic", ("GTX", Some(1)), 550),
        item("GTX-P", "GTX Pro", ("GTX", Some(3)), 4_821),
        item("GTK", "GTK 500", ("GTK", Some(1)), 26_768),
    ];
    let products: BTreeMap<ProductId, Product> =
        products.into_iter().map(|product| (product.id.clone(), product)).collect();
    Catalogue { products, offers: Vec::new(), releases: Vec::new() }
}
