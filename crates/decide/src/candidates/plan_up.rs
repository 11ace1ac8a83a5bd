//! The next tier of the line (S1, S3): of each plan under contract, and of things bought by a rhythm
//! that is due, where the better thing takes the place of the next order.

use domain::motion::Motion;
use domain::words::Words;

use super::{Generator, blank, price, title};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation};
use crate::catalogue::ProductKind;
use crate::facts::{Contract, Purchase};
use crate::look::Look;
use crate::phrases::figure;
use crate::signals;

pub(super) const GENERATOR: Generator = Generator {
    code: "plan_up",
    ja: "上位プラン・上位機種",
    en: "Next tier",
    cites: "S1 S2 S3",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    let plans = look.facts.active_contracts().filter_map(|contract| of_contract(look, contract));
    let things = look.facts.purchases.iter().filter_map(|purchase| of_purchase(look, purchase));
    plans.chain(things).collect()
}

fn of_contract(look: &Look, contract: &Contract) -> Option<Candidate> {
    let held = look.product(&contract.product)?;
    let next = look.catalogue.next_tier(held).filter(|_| held.kind == ProductKind::Plan)?;
    if look.facts.holds(&next.id) {
        return None;
    }
    let mut up = price::of(next, contract.seats, price::discount(look, contract));
    match price::paid(look, contract) {
        Some(paid) => up.month = price::less(up.month, paid),
        None => up.basis = PriceBasis::Unknown,
    }
    if up.basis == PriceBasis::Unknown {
        up.month = domain::probability::Estimate::prior(0.0, 0.0);
    } else if up.month.mean <= 0.0 {
        return None;
    }
    let mut candidate = blank(look, Motion::PlanUp, format!("plan_up:{}", next.id));
    price::put(look, &mut candidate, next, up);
    candidate.from_product = Some(held.id.clone());
    candidate.subscription = Some(contract.subscription.clone());
    candidate.title = title(Some(&held.name), &next.name);
    candidate.because.push(Evidence {
        words: Words::new(
            format!(
                "現在は{}をご契約です。{}は同じ製品群の一つ上のプランです。",
                held.name, next.name
            ),
            format!("{} is under contract; {} is the next plan of the line.", held.name, next.name),
        ),
        source: format!("subscriptions {}", contract.subscription),
        on: Some(contract.started_on),
    });
    Some(candidate)
}

fn of_purchase(look: &Look, purchase: &Purchase) -> Option<Candidate> {
    if look.is_personal() {
        return None;
    }
    signals::is_due(look, purchase)?;
    let bought = look.product(&purchase.product)?;
    let next = look.catalogue.next_tier(bought).filter(|_| bought.kind == ProductKind::Item)?;
    let pieces = (purchase.quantity / f64::from(purchase.orders.max(1))).max(1.0);
    let unit_paid = purchase.amount_minor as f64 / purchase.quantity.max(1.0);
    let mut up = price::of(next, None, None);
    if up.basis != PriceBasis::Unknown {
        up.once = price::less(up.once.scaled(pieces), unit_paid * pieces);
        if up.once.mean <= 0.0 {
            return None;
        }
    }
    let mut candidate = blank(look, Motion::PlanUp, format!("plan_up:{}", next.id));
    price::put(look, &mut candidate, next, up);
    candidate.from_product = Some(bought.id.clone());
    candidate.title = title(Some(&bought.name), &next.name);
    let orders = purchase.orders;
    candidate.because.push(Evidence {
        words: Words::new(
            format!("{}を{orders}回(1回平均{}個)ご購入です。次のご注文を上位の{}に替える提案です。", bought.name, figure(pieces), next.name),
            format!("{} was bought {orders} times ({} each time); {} could take the place of the next order.", bought.name, figure(pieces), next.name),
        ),
        source: format!("orders {}", purchase.last_order),
        on: Some(purchase.last_on),
    });
    Some(candidate)
}
