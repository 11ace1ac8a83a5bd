//! What is bought order by order as a subscription (S17): the next step when a steady buyer is about to go on, for
//! things with a monthly price beside the one for a piece. As many a month as it orders.

use domain::motion::{Form, Motion};
use domain::probability::Estimate;
use domain::words::Words;

use super::{Generator, blank, price};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation};
use crate::facts::Purchase;
use crate::look::Look;
use crate::phrases::{count, figure};
use crate::signals;

pub(super) const GENERATOR: Generator = Generator {
    code: "subscribe",
    ja: "都度購入から定期契約へ",
    en: "From orders to a subscription",
    cites: "S17 S105",
    make,
};

/// Mean days of a month.
const MONTH_DAYS: f64 = 30.4375;

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    look.facts.purchases.iter().filter_map(|purchase| candidate(look, purchase)).collect()
}

/// Pieces and spend a month, by the rhythm of the orders.
pub(super) fn monthly(purchase: &Purchase) -> Option<(f64, f64)> {
    let gap = purchase.gap_days.filter(|gap| *gap > 0.0)?;
    let each = MONTH_DAYS / gap / f64::from(purchase.orders.max(1));
    Some((purchase.quantity * each, purchase.amount_minor as f64 * each))
}

fn candidate(look: &Look, purchase: &Purchase) -> Option<Candidate> {
    signals::is_due(look, purchase)?;
    let product = look.product(&purchase.product).filter(|product| product.on_sale)?;
    let listed = product.recurring_month_minor?;
    if look.facts.holds(&product.id) {
        return None;
    }
    let (pieces, spent) = monthly(purchase)?;
    let month = listed as f64 * pieces.max(1.0);
    let mut candidate = blank(look, Motion::Subscribe, format!("subscribe:{}", product.id));
    let priced = price::Price {
        month: Estimate::known(month - spent),
        once: Estimate::known(0.0),
        basis: PriceBasis::List,
    };
    price::put(look, &mut candidate, product, priced);
    candidate.form = Form::Subscription;
    candidate.from_product = Some(product.id.clone());
    candidate.title = Words::new(
        format!("{} 都度購入 → 定期契約", product.name),
        format!("{}: orders → subscription", product.name),
    );
    let (orders, pieces) = (count(u64::from(purchase.orders)), figure(pieces));
    candidate.because.push(Evidence {
        words: Words::new(
            format!("{}を{orders}回、月平均{pieces}個ご購入です。続けてお使いいただくなら、定期契約のほうが手間がかかりません。", product.name),
            format!("{} was bought {orders} times, {pieces} a month on average; who goes on saves the ordering by a subscription.", product.name),
        ),
        source: format!("orders {}", purchase.last_order),
        on: Some(purchase.last_on),
    });
    Some(candidate)
}

#[cfg(test)]
mod tests {
    use super::super::tests::forms;
    use crate::examples::{Example, day};

    fn check(price: Option<i64>, as_of: &str, expected: &str) {
        let mut example = Example::buyer();
        let basic = example.catalogue.products.get_mut(&"GTX-B".into()).expect("in the example");
        basic.recurring_month_minor = price;
        let mut look = example.look();
        look.as_of = day(as_of);
        assert_eq!(forms(&super::make(&look, &[])), expected);
    }

    #[test]
    fn s17_a_steady_buyer_with_a_subscription_price_when_the_next_order_is_due() {
        // Two pieces every 60 days at 500 are 507 a month; 1.015 pieces a month at 600 are 609.
        let offered = "subscription subscribe:GTX-B +101/month +0 once List";
        check(Some(600), "2026-03-12", offered);
        check(None, "2026-03-12", "");
        // Due on 2 April, in sight for four weeks before, and until a gap after.
        check(Some(600), "2026-03-04", "");
        check(Some(600), "2026-03-05", offered);
        check(Some(600), "2026-06-01", offered);
        check(Some(600), "2026-06-02", "");
    }
}
