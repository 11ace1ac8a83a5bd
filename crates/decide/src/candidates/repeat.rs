//! The same thing again, where the customer's rhythm says it is due (S105). Persons and households shop
//! by themselves.

use domain::motion::Motion;
use domain::probability::Estimate;
use domain::words::Words;

use super::{Generator, blank, price};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation};
use crate::facts::Purchase;
use crate::look::Look;
use crate::phrases::{count, figure};
use crate::signals;

pub(super) const GENERATOR: Generator =
    Generator { code: "repeat", ja: "再購入", en: "Repeat purchase", cites: "S105", make };

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    if look.is_personal() {
        return Vec::new();
    }
    look.facts.purchases.iter().filter_map(|purchase| candidate(look, purchase)).collect()
}

fn candidate(look: &Look, purchase: &Purchase) -> Option<Candidate> {
    signals::is_due(look, purchase)?;
    let product = look.product(&purchase.product).filter(|product| product.on_sale)?;
    let orders = f64::from(purchase.orders.max(1));
    let mut again = price::of(product, None, None);
    again.month = Estimate::known(0.0);
    if purchase.amount_minor > 0 {
        again.once = Estimate::known(purchase.amount_minor as f64 / orders);
        again.basis = PriceBasis::Own;
    } else {
        again.once = again.once.scaled((purchase.quantity / orders).max(1.0));
    }
    let mut candidate = blank(look, Motion::Repeat, format!("repeat:{}", product.id));
    price::put(look, &mut candidate, product, again);
    candidate.from_product = Some(product.id.clone());
    candidate.title =
        Words::new(format!("{} 再購入", product.name), format!("{} again", product.name));
    let pieces = figure(purchase.quantity / orders);
    let times = count(u64::from(purchase.orders));
    candidate.because.push(Evidence {
        words: Words::new(
            format!("{}を{times}回、1回平均{pieces}個ご購入です。", product.name),
            format!("{} was bought {times} times, {pieces} each time.", product.name),
        ),
        source: format!("orders {}", purchase.last_order),
        on: Some(purchase.last_on),
    });
    Some(candidate)
}
