//! What can be offered to an account at all (S1-S17).
//!
//! A generator is one file with its doc, both languages' words and its tests; [`GENERATORS`] lists
//! them. [`generate`] asks each; [`why_absent`] says of any other offer or product why it is not among
//! them.

mod price;
mod contact;
mod plan_up;
mod seats;
mod term;
mod option;
mod cross_sell;
mod repeat;
mod advance;
mod care;
mod downsell;
mod key_man;
mod given;
mod absent;

use std::collections::BTreeMap;

use domain::ids::{OfferId, ProductId};
use domain::motion::{Channel, ContactRole, Motion};
use domain::probability::Estimate;
use domain::words::Words;
use serde::Deserialize;

use crate::candidate::{Candidate, PriceBasis, Recommendation};
use crate::look::Look;
use crate::policy::Cap;

pub(crate) use absent::not_a_customer;
pub use absent::why_absent;
pub(crate) use care::{ACTIVATION, CARE, HEARING, NPS_REQUEST, SUCCESSOR, is_kind};
pub(crate) use price::said as price_said;

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
    seats::GENERATOR,
    term::GENERATOR,
    option::GENERATOR,
    cross_sell::GENERATOR,
    repeat::GENERATOR,
    advance::GENERATOR,
    care::GENERATOR,
    downsell::GENERATOR,
    key_man::GENERATOR,
    given::GENERATOR,
];

/// Every offer to an account, by offer id; of two with the same id the one that earns more.
///
/// Someone who is not a customer today has deals in progress to advance, and nothing else.
pub fn generate(look: &Look, recommendations: &[Recommendation]) -> Vec<Candidate> {
    let customer = look.is_customer();
    let mut found: BTreeMap<OfferId, Candidate> = BTreeMap::new();
    for generator in GENERATORS {
        if !customer && generator.code != advance::GENERATOR.code {
            continue;
        }
        for candidate in (generator.make)(look, recommendations) {
            let better = found.get(&candidate.offer).is_none_or(|other| {
                candidate.revenue_month_minor.mean > other.revenue_month_minor.mean
            });
            if better {
                found.insert(candidate.offer.clone(), candidate);
            }
        }
    }
    found.into_values().collect()
}

/// The way to reach an account with an offer of that motion.
pub(crate) use contact::choose as way;

/// A candidate without product and price: effort, channel, role and contact by the account.
fn blank(look: &Look, motion: Motion, offer: String) -> Candidate {
    // A deal in progress has somebody who speaks for it, whatever the account's touch; a person's shop order has not.
    let spoken_for = motion == Motion::Advance && !look.is_personal();
    let digital = !look.facts.takes_hours() && !spoken_for;
    let effort = &look.policy.effort;
    let hours = match motion {
        Motion::PlanUp | Motion::Seats | Motion::Term | Motion::Option | Motion::Repeat => {
            effort.upsell
        }
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
        product: None,
        from_product: None,
        subscription: None,
        proposal: None,
        title: motion.words(),
        revenue_month_minor: Estimate::known(0.0),
        kept_month_minor: Estimate::known(0.0),
        once_minor: Estimate::known(0.0),
        price_basis: PriceBasis::Own,
        margin_rate: look.policy.value.margin,
        effort_hours: if digital { 0.0 } else { hours },
        channel: way.channel,
        role,
        contact: way.contact,
        goes_with: Vec::new(),
        because: Vec::new(),
        next_step: next_step(motion, way.channel, way.role),
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
        Motion::Repeat => {
            ("に在庫と次回のご注文時期を確認してください。", "about stock and the next order")
        }
        Motion::Advance => (
            "に検討状況を確認し、次の予定日を決めてください。",
            "about where the decision stands, and agree on the next date",
        ),
        Motion::Downsell => (
            "に利用状況を共有し、実態に合う契約を相談してください。",
            "about actual use, and discuss a contract that fits",
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
