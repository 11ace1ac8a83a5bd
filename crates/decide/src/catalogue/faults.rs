//! Offers given by hand that cannot be made to anybody, with the reason. They are left out of the plan, and `check`
//! and `run` say so; everything else goes on.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{OfferId, ProductId};
use domain::motion::Motion;
use domain::words::Words;

use super::{Catalogue, GivenOffer};
use crate::incentive::Incentive;

/// Marks the offers with a fault; one that stands already stays.
pub(super) fn mark(catalogue: &mut Catalogue) {
    let circles = circles(&catalogue.offers);
    let products: BTreeSet<ProductId> = catalogue.products.keys().cloned().collect();
    for offer in &mut catalogue.offers {
        if offer.fault.is_none() {
            offer.fault = fault(offer, &products, &circles);
        }
    }
}

fn fault(
    offer: &GivenOffer,
    products: &BTreeSet<ProductId>,
    circles: &BTreeSet<OfferId>,
) -> Option<Words> {
    let named = [offer.product.as_ref(), offer.from_product.as_ref()].into_iter().flatten();
    let unknown = named.chain(&offer.complements).find(|id| !products.contains(*id));
    if let Some(id) = unknown {
        return Some(Words::new(
            format!(
                "商品{id}が商品マスタにありません。products に追加するか、オファーの商品を直してください。"
            ),
            format!("there is no product {id}; add it to products, or correct the offer"),
        ));
    }
    let needs_product =
        !matches!(offer.motion, Motion::Care | Motion::Advance | Motion::Term | Motion::Downsell);
    if needs_product && offer.product.is_none() {
        return Some(Words::new(
            "product_id がないため、何を提案するか決まりません。",
            "it has no product_id, so there is nothing to propose",
        ));
    }
    let programme = offer.incentive.as_ref().is_some_and(Incentive::is_referral);
    if matches!(offer.motion, Motion::Care | Motion::Advance) && !programme {
        return Some(Words::new(
            "この種類の提案は登録できません。フォローと商談の次の一手は自動で作られます。",
            "care and the next step of a deal are derived, and cannot be given",
        ));
    }
    if let (Some(least), Some(stock)) = (offer.min_volume, offer.stock)
        && least > stock
    {
        return Some(Words::new(
            format!(
                "最低数量{least}が在庫{stock}を上回っているため、成立しません。どちらかを直してください。"
            ),
            format!("its minimum volume {least} is over its stock {stock}; correct one of them"),
        ));
    }
    if circles.contains(&offer.id) {
        return Some(Words::new(
            "アップグレード元と先が循環しています(from_product_id と product_id)。どちらが上位か決めてください。",
            "its from_product_id and product_id lead in a circle; decide which is the higher one",
        ));
    }
    None
}

/// The plan upgrades that lead back to where they begin.
fn circles(offers: &[GivenOffer]) -> BTreeSet<OfferId> {
    let step = |offer: &GivenOffer| -> Option<(ProductId, ProductId)> {
        let up = offer.motion == Motion::PlanUp;
        up.then(|| Some((offer.from_product.clone()?, offer.product.clone()?))).flatten()
    };
    let steps: Vec<(ProductId, ProductId)> = offers.iter().filter_map(step).collect();
    let mut left: BTreeSet<(&ProductId, &ProductId)> =
        steps.iter().map(|(from, to)| (from, to)).collect();
    // A step is in no circle where nothing leads to it or nothing leads on: few are left, or none.
    loop {
        let froms: BTreeSet<&ProductId> = left.iter().map(|(from, _)| *from).collect();
        let tos: BTreeSet<&ProductId> = left.iter().map(|(_, to)| *to).collect();
        let before = left.len();
        left.retain(|(from, to)| tos.contains(from) && froms.contains(to));
        if left.len() == before {
            break;
        }
    }
    let mut next: BTreeMap<&ProductId, BTreeSet<&ProductId>> = BTreeMap::new();
    for (from, to) in &left {
        next.entry(from).or_default().insert(to);
    }
    let is_in_one = |offer: &&GivenOffer| {
        step(offer).is_some_and(|(from, to)| {
            left.contains(&(&from, &to)) && reach(&next, &to).contains(&from)
        })
    };
    offers.iter().filter(is_in_one).map(|offer| offer.id.clone()).collect()
}

/// A product and everything its upgrades lead to.
fn reach<'a>(
    next: &BTreeMap<&'a ProductId, BTreeSet<&'a ProductId>>,
    from: &'a ProductId,
) -> BTreeSet<&'a ProductId> {
    let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
    while let Some(at) = open.pop() {
        for to in next.get(at).into_iter().flatten() {
            if seen.insert(to) {
                open.push(to);
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;

    /// The faults of offers in the example's catalogue, by offer.
    fn faults(offers: Vec<GivenOffer>) -> Vec<String> {
        let mut catalogue = Example::company().catalogue;
        catalogue.offers = offers;
        catalogue.mark_faults();
        let said = |offer: &GivenOffer| Some(format!("{}: {}", offer.id, offer.fault.as_ref()?.en));
        catalogue.offers.iter().filter_map(said).collect()
    }

    fn offer(id: &str, motion: Motion, (from, to): (&str, &str)) -> GivenOffer {
        let some = |id: &str| (!id.is_empty()).then(|| ProductId::from(id));
        GivenOffer {
            product: some(to),
            from_product: some(from),
            ..GivenOffer::new(id, motion, id)
        }
    }

    #[test]
    fn what_points_nowhere_is_out_and_the_rest_goes_on() {
        let mut completes = offer("C", Motion::CrossSell, ("", "EX-LIGHT"));
        completes.complements = vec!["GONE".into()];
        let found = faults(vec![
            offer("A", Motion::CrossSell, ("", "GONE")),
            offer("B", Motion::CrossSell, ("", "EX-LIGHT")),
            completes,
            offer("D", Motion::CrossSell, ("", "")),
            offer("E", Motion::Care, ("", "")),
        ]);
        assert_eq!(
            found,
            [
                "A: there is no product GONE; add it to products, or correct the offer",
                "C: there is no product GONE; add it to products, or correct the offer",
                "D: it has no product_id, so there is nothing to propose",
                "E: care and the next step of a deal are derived, and cannot be given",
            ]
        );
    }

    #[test]
    fn a_circle_of_upgrades_is_out() {
        let up = |id, from, to| offer(id, Motion::PlanUp, (from, to));
        let circle = vec![
            up("A", "KT-STD", "KT-PRO"),
            up("B", "KT-PRO", "KT-ENT"),
            up("C", "KT-ENT", "KT-STD"),
            up("D", "KT-ENT", "EX-LIGHT"),
            up("E", "GTK", "GTK"),
        ];
        let found = faults(circle);
        let ids: Vec<_> = found.iter().map(|said| &said[..1]).collect();
        assert_eq!(ids, ["A", "B", "C", "E"]);
        assert_eq!(faults(vec![up("A", "KT-STD", "KT-PRO"), up("B", "KT-PRO", "KT-ENT")]), [""; 0]);
    }

    #[test]
    fn a_minimum_over_the_stock_is_out_at_its_bound() {
        let of = |least, stock| {
            let mut offer = offer("A", Motion::CrossSell, ("", "EX-LIGHT"));
            (offer.min_volume, offer.stock) = (Some(least), stock);
            faults(vec![offer]).len()
        };
        assert_eq!((of(4, Some(5)), of(5, Some(5)), of(6, Some(5)), of(6, None)), (0, 0, 1, 0));
    }

    #[test]
    fn ten_thousand_offers_are_looked_through_at_once() {
        let chain = |i: usize| {
            let id = format!("{i:05}");
            let mut offer = offer(&id, Motion::PlanUp, ("KT-STD", "KT-PRO"));
            offer.stock = Some(i as u64);
            offer
        };
        assert_eq!(faults((0..10_000).map(chain).collect()), [""; 0]);
    }
}
