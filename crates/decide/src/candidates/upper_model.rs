//! The upper model in the place of the next order or of an old thing (S3): of things bought by a rhythm that is due,
//! and of things last bought longer ago than they are used (`candidates.replace_after_days`). Persons and households
//! choose in the shop.

use domain::motion::{Form, Motion};
use domain::words::Words;

use super::{Generator, blank, price, title};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation};
use crate::catalogue::{Product, ProductKind};
use crate::facts::Purchase;
use crate::look::Look;
use crate::phrases::figure;
use crate::signals;

pub(super) const GENERATOR: Generator = Generator {
    code: "upper_model",
    ja: "上位機種への買い替え",
    en: "Upper model as replacement",
    cites: "S3 S105",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    if look.is_personal() {
        return Vec::new();
    }
    look.facts.purchases.iter().filter_map(|purchase| candidate(look, purchase)).collect()
}

/// Whether a thing has been in use for so long that it is replaced.
fn is_old(look: &Look, purchase: &Purchase) -> bool {
    let after = look.policy.candidates.replace_after_days.get();
    after.is_some_and(|days| i64::from(look.days_since(purchase.last_on)) >= i64::from(days))
}

fn candidate(look: &Look, purchase: &Purchase) -> Option<Candidate> {
    let due = signals::is_due(look, purchase).is_some();
    if !due && !is_old(look, purchase) {
        return None;
    }
    let bought = look.product(&purchase.product)?;
    let next = look.catalogue.next_tier(bought).filter(|_| bought.kind == ProductKind::Item)?;
    if look.owns(&next.id) {
        return None;
    }
    let pieces = (purchase.quantity / f64::from(purchase.orders.max(1))).max(1.0);
    let unit_paid = purchase.amount_minor as f64 / purchase.quantity.max(1.0);
    let mut up = price::of(next, None, None);
    if up.basis != PriceBasis::Unknown {
        up.once = up.once.scaled(pieces);
        if due {
            // The next order would come anyway: what counts is what it costs more.
            up.once = price::less(up.once, unit_paid * pieces);
        }
        if up.once.mean <= 0.0 {
            return None;
        }
    }
    let mut candidate = blank(look, Motion::PlanUp, format!("plan_up:{}", next.id));
    price::put(look, &mut candidate, next, up);
    candidate.form = Form::UpperModel;
    candidate.from_product = Some(bought.id.clone());
    candidate.title = title(Some(&bought.name), &next.name);
    let words = because(look, (purchase, due), (bought, next), pieces);
    let source = format!("orders {}", purchase.last_order);
    candidate.because.push(Evidence { words, source, on: Some(purchase.last_on) });
    Some(candidate)
}

fn because(
    look: &Look,
    (purchase, due): (&Purchase, bool),
    (bought, next): (&Product, &Product),
    pieces: f64,
) -> Words {
    let (bought, next, orders) = (&bought.name, &next.name, purchase.orders);
    if due {
        return Words::new(
            format!(
                "{bought}を{orders}回(1回平均{}個)ご購入です。次のご注文を上位の{next}に替える提案です。",
                figure(pieces)
            ),
            format!(
                "{bought} was bought {orders} times ({} each time); {next} could take the place of the next order.",
                figure(pieces)
            ),
        );
    }
    let days = look.days_since(purchase.last_on);
    Words::new(
        format!(
            "{bought}は{}のご購入から{days}日たっています。上位の{next}への買い替えの提案です。",
            purchase.last_on.display_ja()
        ),
        format!(
            "{bought} was bought on {}, {days} days ago; {next} could take its place.",
            purchase.last_on.display_en()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::forms;
    use crate::examples::{Example, day};

    fn check(last_on: &str, gap: Option<f64>, expected: &str) {
        let mut example = Example::buyer();
        example.facts.purchases.truncate(1);
        let bought = &mut example.facts.purchases[0];
        (bought.last_on, bought.gap_days) = (day(last_on), gap);
        let made = super::make(&example.look(), &[]);
        assert_eq!(forms(&made), expected);
    }

    #[test]
    fn s3_in_the_place_of_the_next_order() {
        // Two pieces an order at 500: 2 * 4,821 - 1,000.
        check("2026-02-01", Some(60.0), "upper_model plan_up:GTX-P +0/month +8642 once List");
    }

    #[test]
    fn s3_in_the_place_of_an_old_one_from_the_day_on() {
        // 1,095 days before 2026-03-12.
        check("2023-03-14", None, "");
        check("2023-03-13", None, "upper_model plan_up:GTX-P +0/month +9642 once List");
        check("2023-03-12", None, "upper_model plan_up:GTX-P +0/month +9642 once List");
    }
}
