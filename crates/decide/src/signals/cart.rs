//! Something lies in the cart and was not bought (S43): the product, and what goes with it.
//!
//! A cart or checkout event of a known customer with a product, for `days`; an order of the product from that day on
//! ends it. Persons and households too: it is the moment of the shop (S42).

use domain::motion::Motion;
use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, brings, related, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::Cart;
use crate::look::Look;
use crate::phrases::name;

pub(super) const RULE: Rule = Rule {
    code: "cart",
    ja: "カートに残った商品",
    en: "Left in the cart",
    cites: "S42 S43",
    fires,
    opens,
};

/// How long a cart counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CartPolicy {
    /// Days after the event on which it counts no more.
    pub days: i32,
}

impl Default for CartPolicy {
    fn default() -> Self {
        Self { days: 14 }
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    if !look.is_customer() {
        return Vec::new();
    }
    look.facts.occasions.carts.iter().filter_map(|cart| left(look, cart)).collect()
}

fn left(look: &Look, cart: &Cart) -> Option<Signal> {
    let days = look.policy.rules.cart.days;
    let bought = look.bought_on(&cart.product).is_some_and(|on| on >= cart.on);
    let held = look
        .facts
        .active_contracts()
        .any(|contract| contract.product == cart.product && contract.started_on >= cart.on);
    if bought || held || !(0..=days).contains(&look.days_since(cart.on)) {
        return None;
    }
    let product = name(look.catalogue, &cart.product);
    let (ja_on, en_on) = (cart.on.display_ja(), cart.on.display_en());
    let words = if cart.checkout {
        Words::new(
            format!("{ja_on}に{product}の購入手続きの途中で離れ、その後ご購入がありません。"),
            format!("Left the checkout with {product} on {en_on}, and has not bought it since."),
        )
    } else {
        Words::new(
            format!("{ja_on}に{product}をカートに入れ、その後ご購入がありません。"),
            format!("Put {product} in the cart on {en_on}, and has not bought it since."),
        )
    };
    let source = format!("web_events {}", cart.id);
    let said = Evidence { words, source, on: Some(cart.on) };
    Some(Signal {
        occurrence: cart.id.clone(),
        closes_on: Some(cart.on.plus(Days(days))),
        strength: if cart.checkout { 0.93 } else { 0.88 },
        ..signal(RULE.code, Scope::Product(cart.product.clone()), said)
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    let sells = candidate.motion.sells() && candidate.motion != Motion::Term;
    sells && (brings(candidate, signal) || related(candidate, signal))
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};

    fn carted(checkout: bool) -> Example {
        let mut example = Example::buyer();
        example.facts.occasions.carts = vec![Cart {
            id: "W7".to_owned(),
            product: "GTK".into(),
            on: day("2026-03-01"),
            checkout,
        }];
        example
    }

    #[test]
    fn s43_for_a_fortnight_unless_it_was_bought() {
        let mut example = carted(false);
        let said = "W7 2026-03-01..2026-03-15 2026年3月1日にGTK 500をカートに入れ、その後ご購入がありません。";
        assert_eq!(on(&example, "2026-02-28", fires), "");
        assert_eq!(on(&example, "2026-03-01", fires), said);
        assert_eq!(on(&example, "2026-03-15", fires), said);
        assert_eq!(on(&example, "2026-03-16", fires), "");
        example.facts.purchases[0].product = "GTK".into();
        example.facts.purchases[0].last_on = day("2026-02-28");
        assert_eq!(on(&example, "2026-03-10", fires), said, "the order before is no answer to it");
        example.facts.purchases[0].last_on = day("2026-03-01");
        assert_eq!(on(&example, "2026-03-10", fires), "");
    }

    #[test]
    fn s42_s43_households_too_and_what_goes_with_it() {
        let mut example = carted(true);
        example.facts.kind = domain::motion::AccountKind::Household;
        let signal = fires(&example.look()).remove(0);
        assert!(signal.evidence[0].words.ja.contains("購入手続きの途中"));
        let mut candidate = example.candidate(Motion::CrossSell);
        assert!(!opens(&candidate, &signal));
        candidate.goes_with = vec!["GTK".into()];
        assert!(opens(&candidate, &signal), "bought together with it");
        candidate.goes_with.clear();
        candidate.product = Some("GTK".into());
        assert!(opens(&candidate, &signal));
    }
}
