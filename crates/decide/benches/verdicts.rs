//! Every guard's verdict on fifty offers to one account, as a click or a prompt asks: microseconds of the middle run, a
//! line each of nine samples.
//!
//! The account has a year of what guards look through: contracts, deals, answers, tickets, plays, permissions.

#![expect(clippy::print_stdout, reason = "its samples are its output")]

use std::hint::black_box;
use std::time::Instant;

use decide::candidate::{Candidate, PriceBasis};
use decide::catalogue::{Catalogue, PriceUnit, Product, ProductKind};
use decide::facts::bars::{Consent, Contacted, Permission};
use decide::facts::{AccountFacts, Contact, Contract, Outcome, Proposal, Survey};
use decide::guards;
use decide::life::{Touch, TouchKind};
use decide::look::Look;
use decide::policy::Policy;
use domain::ids::{AccountKey, ContactKey};
use domain::motion::{Channel, ContactRole, Form, Motion};
use domain::probability::Estimate;
use domain::time::{Day, Days};
use domain::words::Words;

const OFFERS: usize = 50;
const SAMPLES: usize = 9;
const RUNS: u32 = 2_000;

fn main() {
    let as_of = Day::from_ymd(2026, 3, 12).expect("a day");
    let (facts, catalogue) = (facts(as_of), catalogue());
    let policy = Policy::default();
    let look = Look { facts: &facts, catalogue: &catalogue, policy: &policy, as_of };
    let offers: Vec<Candidate> = (0..OFFERS).map(offer).collect();
    let held = guards::against(&look, &offers).iter().flatten().count();
    assert!(held > 0 && held < OFFERS, "{held} of {OFFERS} offers are held");
    for _ in 0..SAMPLES {
        let start = Instant::now();
        for _ in 0..RUNS {
            black_box(guards::against(black_box(&look), black_box(&offers)));
        }
        println!("{:.3}", start.elapsed().as_secs_f64() * 1e6 / f64::from(RUNS));
    }
}

fn product(i: usize) -> (String, String) {
    (format!("P{i:02}"), format!("L{:02}", i / 5))
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    for i in 0..OFFERS {
        let (id, line) = product(i);
        let product = Product {
            id: id.as_str().into(),
            name: format!("Product {i}"),
            kind: ProductKind::Plan,
            line: Some(line),
            tier: None,
            price_minor: Some(1_000),
            price_unit: PriceUnit::Month,
            implied_month_minor: None,
            seat_share: None,
            margin_rate: None,
            bands: Vec::new(),
            recurring_month_minor: None,
            limits: Vec::new(),
            on_sale: true,
            active_until: None,
        };
        catalogue.products.insert(id.as_str().into(), product);
    }
    catalogue
}

fn facts(as_of: Day) -> AccountFacts {
    let mut facts = AccountFacts::nothing(AccountKey(1));
    let ago = |days: i32| as_of.plus(Days(-days));
    facts.contracts = (0..4)
        .map(|i| Contract {
            subscription: format!("S{i}").as_str().into(),
            product: product(i * 5).0.as_str().into(),
            seats: Some(100),
            mrr_minor: Some(78_000),
            discount_rate: None,
            term_months: Some(12),
            started_on: ago(900),
            renews_on: None,
            cancel_deadline: None,
            cancel_notice_on: None,
            active: true,
            ended_on: None,
            plan_version: None,
            reduction_allowed: None,
            former: None,
        })
        .collect();
    facts.proposals = (0..12_usize)
        .map(|i| Proposal {
            proposal: format!("D{i}").as_str().into(),
            product: Some(product(i * 4).0.as_str().into()),
            offer: None,
            opened_on: ago(300),
            closed_on: (i > 0).then(|| ago(200)),
            outcome: [Outcome::Open, Outcome::Won, Outcome::Lost][i.min(i % 2 + 1)],
            stage: None,
            next_step_on: None,
            amount_minor: None,
            approached: Some(true),
            owner: None,
            kind: None,
        })
        .collect();
    people(&mut facts, ago);
    facts
}

/// Eight contacts with what they answered, allow and were offered.
fn people(facts: &mut AccountFacts, ago: impl Fn(i32) -> Day) {
    for i in 0..8_i32 {
        let contact = ContactKey(i64::from(i));
        let role = if i == 0 { ContactRole::DecisionMaker } else { ContactRole::User };
        facts.contacts.push(Contact { contact, role });
        facts.surveys.push(Survey {
            response: format!("R{i}"),
            contact: Some(contact),
            role: Some(role),
            question: "nps".to_owned(),
            score: 9.0,
            on: ago(20 + i),
        });
        facts.bars.permissions.push(Permission {
            contact,
            channel: Some(Channel::Mail),
            consent: Consent::OptIn,
            basis: None,
            on: Some(ago(400)),
            source: format!("permissions C{i}"),
        });
        facts.bars.contacted.push(Contacted {
            activity: format!("A{i}"),
            contact,
            on: ago(60 + i),
        });
        facts.touches.push(Touch {
            play: format!("p{i}").as_str().into(),
            on: ago(40 + i * 30),
            kind: TouchKind::Rejection,
            offer: Some(format!("cross_sell:P{:02}", i * 3).as_str().into()),
            product: Some(format!("P{:02}", i * 3).as_str().into()),
            motion: Some(Motion::CrossSell),
            by_rep: true,
            contact: Some(contact),
        });
    }
}

fn offer(i: usize) -> Candidate {
    let (id, _) = product(i);
    Candidate {
        account: AccountKey(1),
        offer: format!("cross_sell:{id}").as_str().into(),
        motion: if i.is_multiple_of(2) { Motion::CrossSell } else { Motion::Option },
        form: Form::Related,
        product: Some(id.as_str().into()),
        from_product: None,
        subscription: None,
        term_months: None,
        proposal: None,
        title: Words::default(),
        revenue_month_minor: Estimate::known(1_000.0),
        kept_month_minor: Estimate::known(0.0),
        once_minor: Estimate::known(0.0),
        incentive_minor: Estimate::known(0.0),
        incentive_public: false,
        price_basis: PriceBasis::List,
        margin_rate: 0.7,
        effort_hours: 0.0,
        channel: Channel::Mail,
        role: "CIS",
        contact: Some(ContactKey(0)),
        goes_with: Vec::new(),
        because: Vec::new(),
        next_step: Words::default(),
        playbook: Vec::new(),
        extra: Vec::new(),
        parts: Vec::new(),
    }
}
