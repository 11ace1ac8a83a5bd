//! What the customer has is due for replacement (S105): by the end of support, the end of a lease, or its age.
//!
//! The end of support is the product's announced last day (`products.active_until`); the end of a lease (リース満了) is
//! the renewal day of a contract for a thing. Both open `open_days` before and stay open until the day. Age opens
//! where a thing was last bought `age_years` ago or longer, for a year. Repurchase by rhythm is another rule's.

use domain::motion::Motion;
use domain::time::{Day, Days, Months};
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, on_product, signal};
use crate::candidate::{Candidate, Evidence};
use crate::catalogue::ProductKind;
use crate::decision::{Scope, Signal};
use crate::facts::{Contract, Purchase};
use crate::look::Look;
use crate::phrases::{self, name};

pub(super) const RULE: Rule = Rule {
    code: "replacement_due",
    ja: "入れ替え時期",
    en: "Replacement due",
    cites: "S3 S105",
    fires,
    opens,
};

/// When something is due for replacement.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReplacementDuePolicy {
    /// Days before the end of support or of a lease on which the window opens.
    pub open_days: i32,
    /// Years after which a thing is due by its age; 0: never by age.
    pub age_years: i32,
}

impl Default for ReplacementDuePolicy {
    fn default() -> Self {
        Self { open_days: 180, age_years: 5 }
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    if look.is_personal() || !look.is_customer() {
        return Vec::new();
    }
    let contracts = || look.facts.active_contracts();
    let supports = contracts().filter_map(|held| {
        let source = format!("subscriptions {}", held.subscription);
        support(look, (&held.product, source))
    });
    let bought = look.facts.purchases.iter().filter(|it| !look.facts.holds(&it.product));
    let of_bought = bought.filter_map(|it| {
        support(look, (&it.product, format!("orders {}", it.last_order))).or_else(|| aged(look, it))
    });
    supports.chain(of_bought).chain(contracts().filter_map(|held| lease(look, held))).collect()
}

/// What ends on a day: which, its occurrence's beginning, and the sentence in both languages.
struct End {
    begins: &'static str,
    on: Day,
    words: Words,
    source: String,
}

fn ends(look: &Look, product: &domain::ids::ProductId, end: End) -> Option<Signal> {
    let open = look.policy.rules.replacement_due.open_days;
    if !(0..=open).contains(&-look.days_since(end.on)) {
        return None;
    }
    let End { begins, on, words, source } = end;
    let said = Evidence { words, source, on: Some(on) };
    Some(Signal {
        occurrence: format!("{begins}:{product}:{on}"),
        opens_on: on.plus(Days(-open)),
        closes_on: Some(on),
        strength: 0.72,
        ..signal(RULE.code, Scope::Product(product.clone()), said)
    })
}

fn support(look: &Look, (id, source): (&domain::ids::ProductId, String)) -> Option<Signal> {
    let until = look.product(id)?.active_until?;
    let (product, left) = (name(look.catalogue, id), -look.days_since(until));
    let words = Words::new(
        format!("{product}の提供・保守は{}に終了します(あと{left}日)。", until.display_ja()),
        format!(
            "{product} is supported until {} ({} left).",
            until.display_en(),
            phrases::days(left)
        ),
    );
    ends(look, id, End { begins: "support", on: until, words, source })
}

fn lease(look: &Look, held: &Contract) -> Option<Signal> {
    let thing = look.product(&held.product)?.kind == ProductKind::Item;
    let on = held.renews_on.filter(|_| thing)?;
    let (product, left) = (name(look.catalogue, &held.product), -look.days_since(on));
    let words = Words::new(
        format!("{product}のリースは{}に満了します(あと{left}日)。", on.display_ja()),
        format!(
            "The lease of {product} ends on {} ({} left).",
            on.display_en(),
            phrases::days(left)
        ),
    );
    let source = format!("subscriptions {}", held.subscription);
    ends(look, &held.product, End { begins: "lease", on, words, source })
}

fn aged(look: &Look, bought: &Purchase) -> Option<Signal> {
    let years = look.policy.rules.replacement_due.age_years;
    let thing = look.product(&bought.product)?.kind == ProductKind::Item;
    // Who orders the same again and again uses it up.
    if years <= 0 || !thing || bought.orders >= look.policy.rules.cadence.min_orders {
        return None;
    }
    let due = bought.last_on.plus_months(Months(12 * years));
    let last = due.plus_months(Months(12));
    if !(due..=last).contains(&look.as_of) {
        return None;
    }
    let product = name(look.catalogue, &bought.product);
    let (ja_on, en_on) = (bought.last_on.display_ja(), bought.last_on.display_en());
    let words = Words::new(
        format!("{product}のご購入({ja_on})から{years}年が過ぎています。"),
        format!("{product} was bought on {en_on}, more than {years} years ago."),
    );
    let source = format!("orders {}", bought.last_order);
    let said = Evidence { words, source, on: Some(bought.last_on) };
    Some(Signal {
        occurrence: format!("age:{}:{}", bought.product, bought.last_on),
        opens_on: due,
        strength: 0.4,
        ..signal(RULE.code, Scope::Product(bought.product.clone()), said)
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    let replaces = !matches!(candidate.motion, Motion::Term | Motion::Seats | Motion::Option);
    replaces && candidate.motion.sells() && on_product(candidate, signal)
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};

    #[test]
    fn s105_support_ends_from_half_a_year_before_on() {
        let mut example = Example::company();
        example.catalogue.products.get_mut(&"KT-PRO".into()).expect("in it").active_until =
            Some(day("2026-09-30"));
        assert_eq!(on(&example, "2026-04-02", fires), "");
        assert_eq!(
            on(&example, "2026-04-03", fires),
            "support:KT-PRO:2026-09-30 2026-04-03..2026-09-30 勤怠 Proの提供・保守は2026年9月30日に終了します(あと180日)。"
        );
        assert!(on(&example, "2026-09-30", fires).ends_with("(あと0日)。"));
        assert_eq!(on(&example, "2026-10-01", fires), "");
    }

    #[test]
    fn s105_a_contract_for_a_thing_is_a_lease() {
        let mut example = Example::company();
        assert_eq!(on(&example, "2026-03-12", fires), "", "a plan's renewal is no lease");
        example.facts.contracts[0].product = "IT-TERM".into();
        assert_eq!(
            on(&example, "2026-03-12", fires),
            "lease:IT-TERM:2026-06-15 2025-12-17..2026-06-15 打刻端末のリースは2026年6月15日に満了します(あと95日)。"
        );
    }

    #[test]
    fn s105_age_counts_from_five_years_on_for_a_year() {
        let mut example = Example::buyer();
        example.facts.purchases[0].product = "GTK".into();
        example.facts.purchases[0].last_on = day("2021-03-12");
        example.facts.purchases[0].orders = 1;
        assert_eq!(on(&example, "2026-03-11", fires), "");
        let said = "age:GTK:2021-03-12 2026-03-12..- GTK 500のご購入(2021年3月12日)から5年が過ぎています。";
        assert_eq!(on(&example, "2026-03-12", fires), said);
        assert_eq!(on(&example, "2027-03-12", fires), said);
        assert_eq!(on(&example, "2027-03-13", fires), "");
        example.policy.rules.replacement_due.age_years = 0;
        assert_eq!(on(&example, "2026-03-12", fires), "");
    }

    #[test]
    fn s105_it_opens_the_same_again_and_the_next_model() {
        let mut example = Example::buyer();
        example.facts.purchases[0].last_on = day("2021-03-12");
        example.facts.purchases[0].orders = 1;
        let signal = fires(&example.look()).remove(0);
        let mut candidate = example.candidate(Motion::PlanUp);
        candidate.from_product = Some("GTX-B".into());
        assert!(opens(&candidate, &signal));
        candidate.motion = Motion::Term;
        assert!(!opens(&candidate, &signal));
    }
}
