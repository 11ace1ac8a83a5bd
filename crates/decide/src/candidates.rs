//! What can be offered to an account at all (S1-S17).
//!
//! A generator is one file with its doc, both languages' words and its tests; [`GENERATORS`] lists
//! them. [`generate`] asks each; [`packages`] puts what it made together once its odds are known; [`why_absent`] says
//! of any other offer or product why it is not among them.
//!
//! A given offer takes the place of a derived one of the same effect: the same motion, product and term. What the
//! policy switches off (`candidates.off`, S103), a motion or one of its forms, is made for nobody.

mod price;
mod contact;
mod smaller;
mod plan_up;
mod free_to_paid;
mod upper_model;
mod seats;
mod capacity;
mod term;
mod option;
mod cross_sell;
mod subscribe;
mod repeat;
mod poc;
mod advance;
mod care;
mod fewer_seats;
mod drop_option;
mod lower_plan;
mod pause;
mod key_man;
mod referral;
mod extras;
mod given;
mod package;
mod absent;

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{OfferId, ProductId};
use domain::motion::{Channel, ContactRole, Form, Motion, MotionClass};
use domain::probability::Estimate;
use domain::words::Words;
use serde::Deserialize;

use crate::candidate::{Candidate, PriceBasis, Recommendation};
use crate::look::Look;
use crate::policy::Cap;

pub(crate) use absent::not_a_customer;
pub use absent::why_absent;
pub(crate) use care::{ACTIVATION, CARE, HEARING, NPS_REQUEST, SUCCESSOR, is_kind};
pub(crate) use extras::is_sideways;
pub use package::{PACKAGES, packages};
pub(crate) use price::said as price_said;
pub use referral::REFERRAL;

/// The policy's section of what is offered at all.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CandidatePolicy {
    /// Best new products for one account by what it and others bought; half as many to buy again.
    pub recommendations: u32,
    /// Up to this many products, each that an account does not have is a candidate.
    pub small_catalogue: u32,
    /// Days for which a thing bought counts as owned; none: it can be bought again at any time.
    pub owned_for_days: Cap,
    /// Longer terms that are offered.
    pub terms_months: Vec<i64>,
    /// Seats offered where usage is near the limit without rising, as a share of today's.
    pub seats_block: f64,
    /// Seats of another product that is paid by seat, as a share of the main contract's, where too few customers
    /// hold both. Assumed.
    pub cross_seats: f64,
    /// A smaller plan is offered where usage is under this share of its limit.
    pub under_use: f64,
    /// Fewer seats are offered where those in use are under this share of those paid for …
    pub seats_use: f64,
    /// … and so much is added to those in use, as a share.
    pub seats_spare: f64,
    /// Use under this share of that of the ninety days before is idle: the option is dropped, the contract paused.
    pub idle_use: f64,
    /// Months of a pause; 0: none is offered.
    pub pause_months: u32,
    /// Days after the last purchase from which on a thing is replaced by its upper model; none: never by age.
    pub replace_after_days: Cap,
    /// A thing of at most this share of the main product's price is an auxiliary of it. Assumed.
    pub auxiliary_share: f64,
    /// Given offers for one account, by revenue.
    pub offers: u32,
    /// Offers in one package; under 2: no packages.
    pub package_parts: u32,
    /// Packages for one account.
    pub packages: u32,
    /// What each further part of a package takes of the hours it would take alone. Assumed.
    pub package_effort: f64,
    /// Motions and forms that are switched off.
    pub off: Vec<String>,
}

impl CandidatePolicy {
    /// Whether a candidate's motion or form is switched off.
    fn is_off(&self, candidate: &Candidate) -> bool {
        let (motion, form) = (candidate.motion.code(), candidate.form.code());
        self.off.iter().any(|code| code == motion || code == form)
    }

    /// Whether every code that is switched off is one of a motion or form.
    pub(crate) fn off_is_known(&self) -> bool {
        let known = |code: &String| {
            let motion = Motion::parse(code).is_some();
            motion || Form::ALL.iter().any(|form| form.code() == code)
        };
        self.off.iter().all(known)
    }
}

impl Default for CandidatePolicy {
    fn default() -> Self {
        Self {
            recommendations: 20,
            small_catalogue: 50,
            owned_for_days: Cap::NONE,
            terms_months: vec![12, 24],
            seats_block: 0.1,
            cross_seats: 0.5,
            under_use: 0.5,
            seats_use: 0.7,
            seats_spare: 0.1,
            idle_use: 0.1,
            pause_months: 3,
            replace_after_days: Cap::at_most(1_095),
            auxiliary_share: 0.3,
            offers: 50,
            package_parts: 3,
            packages: 3,
            package_effort: 0.5,
            off: Vec::new(),
        }
    }
}

/// One way to make offers.
#[derive(Debug, Clone, Copy)]
pub struct Generator {
    /// Its code.
    pub code: &'static str,
    /// What it offers, Japanese.
    pub ja: &'static str,
    /// What it offers, English.
    pub en: &'static str,
    /// The capabilities it serves.
    pub cites: &'static str,
    make: fn(&Look, &[Recommendation]) -> Vec<Candidate>,
}

/// Every generator, in the order of the reference page.
pub const GENERATORS: &[Generator] = &[
    plan_up::GENERATOR,
    free_to_paid::GENERATOR,
    upper_model::GENERATOR,
    seats::GENERATOR,
    capacity::GENERATOR,
    term::GENERATOR,
    option::GENERATOR,
    cross_sell::GENERATOR,
    subscribe::GENERATOR,
    repeat::GENERATOR,
    poc::GENERATOR,
    advance::GENERATOR,
    care::GENERATOR,
    fewer_seats::GENERATOR,
    drop_option::GENERATOR,
    lower_plan::GENERATOR,
    pause::GENERATOR,
    key_man::GENERATOR,
    referral::GENERATOR,
    given::GENERATOR,
];

/// Every offer to an account, by offer id; of two with the same id the one that earns more.
///
/// Someone who is not a customer today has deals in progress to advance, and a department of a group that is one a
/// small trial; nothing else.
pub fn generate(look: &Look, recommendations: &[Recommendation]) -> Vec<Candidate> {
    let customer = look.is_customer();
    let untapped = look.facts.is_untapped_department();
    let mut found: BTreeMap<OfferId, Candidate> = BTreeMap::new();
    let mut given = BTreeSet::new();
    for generator in GENERATORS {
        let code = generator.code;
        let allowed = code == advance::GENERATOR.code || (untapped && code == poc::GENERATOR.code);
        if !customer && !allowed {
            continue;
        }
        for candidate in (generator.make)(look, recommendations) {
            if look.policy.candidates.is_off(&candidate) {
                continue;
            }
            if code == given::GENERATOR.code {
                given.insert(effect(&candidate));
            }
            let better = found.get(&candidate.offer).is_none_or(|other| {
                candidate.revenue_month_minor.mean > other.revenue_month_minor.mean
            });
            if better {
                found.insert(candidate.offer.clone(), candidate);
            }
        }
    }
    found.retain(|id, made| look.catalogue.given(id).is_some() || !given.contains(&effect(made)));
    let mut found: Vec<Candidate> = found.into_values().collect();
    found.iter_mut().for_each(|candidate| extras::put(look, candidate));
    found
}

/// The way to reach an account with an offer of that motion.
pub(crate) use contact::choose as way;

/// What accepting an offer would bring about: two offers of one effect are one.
fn effect(candidate: &Candidate) -> (Motion, Option<ProductId>, Option<i64>) {
    (candidate.motion, candidate.product.clone(), candidate.term_months)
}

/// The class of an offer: of the same line upsell, of another cross-sell; a motion that is stated for one of the two
/// stays in it, and `offers.line_override` stands for the product's line.
pub fn class(look: &Look, candidate: &Candidate) -> MotionClass {
    match candidate.motion {
        Motion::PlanUp | Motion::Seats | Motion::Term | Motion::Subscribe => MotionClass::Upsell,
        Motion::CrossSell => MotionClass::CrossSell,
        Motion::Downsell => MotionClass::Downsell,
        Motion::Care | Motion::Advance | Motion::Repeat => MotionClass::Other,
        Motion::Option | Motion::Bundle | Motion::Poc => {
            let given = look.catalogue.given(&candidate.offer);
            let line = given.and_then(|offer| offer.line_override.as_deref());
            let line = line.or_else(|| look.line(candidate.product.as_ref()?));
            let held = line.is_some_and(|line| look.holds_line(line));
            if held { MotionClass::Upsell } else { MotionClass::CrossSell }
        }
    }
}

/// A candidate without product and price: effort, channel, role and contact by the account.
fn blank(look: &Look, motion: Motion, offer: String) -> Candidate {
    // A deal in progress has somebody who speaks for it, whatever the account's touch; a person's shop order has not.
    let spoken_for = motion == Motion::Advance && !look.is_personal();
    let digital = !look.facts.takes_hours() && !spoken_for;
    let effort = &look.policy.effort;
    let hours = match motion {
        Motion::PlanUp
        | Motion::Seats
        | Motion::Term
        | Motion::Option
        | Motion::Subscribe
        | Motion::Repeat => effort.upsell,
        Motion::Downsell => effort.downsell,
        Motion::CrossSell | Motion::Bundle => effort.cross_sell,
        Motion::Poc => effort.poc,
        Motion::Advance => effort.advance,
        Motion::Care => effort.care,
    };
    let role = match motion {
        Motion::Care | Motion::Downsell => "CS",
        _ => "CIS",
    };
    let stated = look.policy.touch.of(look.facts.touch).channel;
    let channel = match (digital, stated) {
        (false, stated) if stated.takes_hours() => stated,
        (false, _) => Channel::Phone,
        (true, stated) if look.is_personal() || stated.takes_hours() => Channel::Mail,
        (true, stated) => stated,
    };
    let way = contact::choose(look, motion, channel);
    Candidate {
        account: look.facts.account,
        offer: OfferId::new(offer),
        motion,
        form: usual_form(motion),
        product: None,
        from_product: None,
        subscription: None,
        term_months: None,
        proposal: None,
        title: motion.words(),
        revenue_month_minor: Estimate::known(0.0),
        kept_month_minor: Estimate::known(0.0),
        once_minor: Estimate::known(0.0),
        incentive_minor: Estimate::known(0.0),
        incentive_public: false,
        price_basis: PriceBasis::Own,
        margin_rate: look.policy.value.margin,
        effort_hours: if digital { 0.0 } else { hours },
        channel: way.channel,
        role,
        contact: way.contact,
        goes_with: Vec::new(),
        because: Vec::new(),
        next_step: next_step(motion, way.channel, way.role),
        playbook: Vec::new(),
        extra: Vec::new(),
        parts: Vec::new(),
    }
}

/// The form of a move of which nothing more is said.
fn usual_form(motion: Motion) -> Form {
    match motion {
        Motion::PlanUp => Form::NextPlan,
        Motion::Seats => Form::MoreSeats,
        Motion::Term => Form::LongerTerm,
        Motion::Option => Form::AddOn,
        Motion::CrossSell => Form::Related,
        Motion::Bundle => Form::Set,
        Motion::Poc => Form::SmallTrial,
        Motion::Subscribe => Form::Subscription,
        Motion::Repeat => Form::Again,
        Motion::Advance => Form::NextStep,
        Motion::Downsell => Form::LowerPlan,
        Motion::Care => Form::Help,
    }
}

/// What to do next, to whom.
fn next_step(motion: Motion, channel: Channel, spoken: Option<ContactRole>) -> Words {
    if !channel.takes_hours() {
        let (ja, en) = match channel {
            Channel::Prompt => ("アプリ内でご案内します。", "Show it in the product."),
            _ => ("メールでご案内します。", "Send it by e-mail."),
        };
        return Words::new(ja, en);
    }
    let (ja_who, en_who) = spoken.map_or_else(
        || ("ご担当者".to_owned(), "contact".to_owned()),
        |role| (role.words().ja, role.words().en.to_lowercase()),
    );
    let (ja, en) = match motion {
        Motion::PlanUp => (
            "に今後の利用計画を伺い、上位プランで解消できる点を説明してください。",
            "about plans for growth, and show what the higher plan solves",
        ),
        Motion::Seats => (
            "に増員の予定を伺い、必要な利用数を確認してください。",
            "about new users, and agree on the number needed",
        ),
        Motion::Term => (
            "に来期以降の利用方針を伺い、長期契約の条件を説明してください。",
            "about plans beyond this term, and explain the longer contract",
        ),
        Motion::Option | Motion::CrossSell | Motion::Bundle => (
            "に現在の課題を伺い、役に立つ場合にご紹介してください。",
            "about current issues, and introduce it where it helps",
        ),
        Motion::Poc => (
            "に課題を伺い、小さく試す進め方を相談してください。",
            "about issues, and suggest a small trial",
        ),
        Motion::Subscribe => (
            "に今後のご利用予定を伺い、定期契約の条件を説明してください。",
            "about use ahead, and explain the subscription",
        ),
        Motion::Repeat => {
            ("に在庫と次回のご注文時期を確認してください。", "about stock and the next order")
        }
        Motion::Advance => (
            "に検討状況を確認し、次の予定日を決めてください。",
            "about where the decision stands, and agree on the next date",
        ),
        Motion::Downsell => (
            "に利用状況を共有し、実態に合う契約を相談してください。利用が戻れば元の契約に戻せることもお伝えしてください。",
            "about actual use, discuss a contract that fits, and say that it can grow again when use comes back",
        ),
        Motion::Care => (
            "に困りごとを伺い、対応の予定をお伝えしてください。",
            "about what is wrong, and say what will be done when",
        ),
    };
    Words::new(format!("{ja_who}{ja}"), format!("Ask the {en_who} {en}."))
}

/// A title from one product to another.
fn title(from: Option<&str>, to: &str) -> Words {
    crate::phrases::both(&from.map_or_else(|| to.to_owned(), |from| format!("{from} → {to}")))
}

/// The contract that leads a line: the plan with the largest revenue, ties by id.
fn leading<'a>(look: &Look<'a>, line: Option<&str>) -> Option<&'a crate::facts::Contract> {
    let is_plan = |id: &ProductId| {
        look.product(id).is_some_and(|product| product.kind == crate::catalogue::ProductKind::Plan)
    };
    look.facts.active_contracts().filter(|contract| look.line(&contract.product) == line).max_by(
        |a, b| {
            (is_plan(&a.product), a.mrr_minor)
                .cmp(&(is_plan(&b.product), b.mrr_minor))
                .then_with(|| b.subscription.cmp(&a.subscription))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;

    /// Offers with their titles, revenue a month and once, and price basis.
    pub(super) fn said(candidates: &[Candidate]) -> String {
        let line = |c: &Candidate| {
            format!(
                "{} | {} | {:+.0}/month {:+.0} once {:?} | {} h {}",
                c.offer,
                c.title.ja,
                c.revenue_month_minor.mean,
                c.once_minor.mean,
                c.price_basis,
                c.effort_hours,
                c.channel.code()
            )
        };
        candidates.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Forms with their offers, revenue a month and once, and price basis.
    pub(super) fn forms(candidates: &[Candidate]) -> String {
        let line = |c: &Candidate| {
            let (form, month, once) =
                (c.form.code(), c.revenue_month_minor.mean, c.once_minor.mean);
            let (month, once) = (month.round() + 0.0, once.round() + 0.0);
            format!("{form} {} {month:+.0}/month {once:+.0} once {:?}", c.offer, c.price_basis)
        };
        candidates.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_motion_of_the_sources_has_a_generator() {
        let cited: BTreeSet<&str> = GENERATORS
            .iter()
            .flat_map(|it| it.cites.split(' '))
            .chain(PACKAGES.cites.split(' '))
            .collect();
        for number in 1..=17 {
            let code = format!("S{number}");
            assert!(cited.contains(code.as_str()), "no generator cites {code}");
        }
        assert!(cited.contains("N4") && cited.contains("N19"));
    }

    #[test]
    fn s103_what_is_switched_off_is_made_for_nobody() {
        let ids = |off: &[&str]| -> Vec<String> {
            let mut example = Example::company();
            example.policy.candidates.off = off.iter().map(|code| (*code).to_owned()).collect();
            assert!(example.policy.candidates.off_is_known());
            let made = generate(&example.look(), &[]);
            made.iter().map(|candidate| candidate.offer.to_string()).collect()
        };
        let all = ids(&[]);
        assert!(all.iter().any(|id| id.starts_with("cross_sell:")));
        // A motion with all its forms, or one form alone.
        assert!(ids(&["cross_sell"]).iter().all(|id| !id.starts_with("cross_sell:")));
        let related = ids(&["related"]);
        assert!(!related.iter().any(|id| id == "cross_sell:EX-LIGHT"));
        assert!(ids(&["term"]).len() < all.len() && ids(&["poc"]).len() == all.len());
    }

    #[test]
    fn a_company_with_one_plan() {
        let example = Example::company();
        insta::assert_snapshot!(said(&generate(&example.look(), &[])), @r"
        cross_sell:EX-LIGHT | 経費 Light 30名分 | +10500/month +0 once List | 4 h phone
        cross_sell:GTK | GTK 500 | +0/month +26768 once List | 4 h phone
        cross_sell:GTX-B | GTX Basic | +0/month +550 once List | 4 h phone
        cross_sell:GTX-P | GTX Pro | +0/month +4821 once List | 4 h phone
        cross_sell:IT-TERM | 打刻端末 | +0/month +39800 once List | 4 h phone
        option:OP-SSO | シングルサインオン | +20000/month +0 once List | 2 h phone
        plan_up:KT-ENT | 勤怠 Pro → 勤怠 Enterprise | +40000/month +0 once Own | 2 h phone
        term:S1:24 | 勤怠 Pro 契約期間 12 → 24か月 | +0/month +0 once Own | 2 h phone
        ");
    }

    #[test]
    fn a_buyer_of_things() {
        let example = Example::buyer();
        insta::assert_snapshot!(said(&generate(&example.look(), &[])), @r"
        advance:P1 | GTX Proの商談を進める | +0/month +4821 once List | 1 h phone
        cross_sell:GTK | GTK 500 | +0/month +26768 once List | 4 h phone
        plan_up:GTX-P | GTX Basic → GTX Pro | +0/month +8642 once List | 2 h phone
        repeat:GTX-B | GTX Basic 再購入 | +0/month +1000 once Own | 2 h phone
        ");
    }

    #[test]
    fn a_former_customer_has_nothing_but_its_deals() {
        let mut example = Example::company();
        example.facts.contracts[0].active = false;
        assert_eq!(generate(&example.look(), &[]), []);
    }

    #[test]
    fn codes_are_unique() {
        for (i, generator) in GENERATORS.iter().enumerate() {
            let before = &GENERATORS[..i];
            assert!(before.iter().all(|other| other.code != generator.code), "{}", generator.code);
        }
    }
}
