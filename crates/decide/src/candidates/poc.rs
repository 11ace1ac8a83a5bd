//! A small trial (S16): in a department without a contract, of what others of its group use; and for a dormant
//! customer, of the entry plans and options that are new to it.

use domain::motion::{Form, Motion};
use domain::words::Words;

use super::{Generator, blank, cross_sell, option, price};
use crate::candidate::{Candidate, Evidence, Recommendation};
use crate::catalogue::{Product, ProductKind};
use crate::facts::Standing;
use crate::look::Look;
use crate::signals;

pub(super) const GENERATOR: Generator = Generator {
    code: "poc",
    ja: "小さく試すPoC",
    en: "Small trial (PoC)",
    cites: "S16 S28 S47 S50",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    if look.is_personal() {
        return Vec::new();
    }
    if look.facts.is_untapped_department() {
        let held = look.facts.group_holds.iter();
        return held
            .filter_map(|(id, accounts)| of_group(look, look.product(id)?, *accounts))
            .collect();
    }
    if !is_dormant(look) {
        return Vec::new();
    }
    let mut new: Vec<&Product> = cross_sell::entries(look, look.catalogue.products.values());
    new.retain(|product| {
        let tried = matches!(product.kind, ProductKind::Plan | ProductKind::Option);
        let adds = option::adds_to_held_line(look, product) && look.is_new(&product.id);
        tried && product.on_sale && (adds || cross_sell::is_eligible(look, product))
    });
    new.into_iter().map(|product| of_dormant(look, product)).collect()
}

/// Whether the rule of dormancy fires; most accounts are told apart without asking every rule.
fn is_dormant(look: &Look) -> bool {
    let days = look.policy.rules.dormant.days;
    let quiet = look.facts.last_event_on.is_some_and(|last| look.days_since(last) >= days);
    let silent = look.facts.orders.is_some_and(|orders| orders.standing == Standing::Dormant);
    (quiet || silent)
        && look.is_customer()
        && signals::fired(look).iter().any(|signal| signal.rule == "dormant")
}

fn trial(look: &Look, product: &Product) -> Candidate {
    let mut candidate = blank(look, Motion::Poc, format!("poc:{}", product.id));
    let need = cross_sell::need(look, product);
    let mut priced = price::of(product, need.as_ref().map(|need| need.seats), None);
    if let Some(need) = &need {
        priced.month = need.spread(priced.month);
    }
    price::put(look, &mut candidate, product, priced);
    candidate.form = Form::SmallTrial;
    candidate.title =
        Words::new(format!("{}のPoC", product.name), format!("PoC of {}", product.name));
    candidate
}

fn of_group(look: &Look, product: &Product, accounts: u32) -> Option<Candidate> {
    if product.kind != ProductKind::Plan || !product.on_sale {
        return None;
    }
    let mut candidate = trial(look, product);
    let others = match accounts {
        1 => "one other account of its group uses".to_owned(),
        n => format!("{n} other accounts of its group use"),
    };
    candidate.because.push(Evidence {
        words: Words::new(
            format!(
                "この部署にはご契約がなく、同じグループの{accounts}か所で{}をご利用です。",
                product.name
            ),
            format!("This department has no contract; {others} {}.", product.name),
        ),
        source: format!("subscriptions {}", product.id),
        on: Some(look.as_of),
    });
    Some(candidate)
}

fn of_dormant(look: &Look, product: &Product) -> Candidate {
    let mut candidate = trial(look, product);
    let last = look.facts.last_event_on.unwrap_or(look.as_of);
    candidate.because.push(Evidence {
        words: Words::new(
            format!(
                "{}以降、ご利用や接点がありません。{}を小さく試していただく提案です。",
                last.display_ja(),
                product.name
            ),
            format!(
                "No use or contact since {}; {} could be tried on a small scale.",
                last.display_en(),
                product.name
            ),
        ),
        source: format!("accounts {}", look.facts.account),
        on: Some(last),
    });
    candidate
}

#[cfg(test)]
mod tests {
    use super::super::tests::forms;
    use crate::examples::{Example, day};
    use domain::motion::AccountKind;

    #[test]
    fn s16_a_department_without_a_contract_tries_what_its_group_uses() {
        let mut example = Example::company();
        example.facts.group_holds =
            [("KT-PRO", 2), ("OP-SSO", 1)].map(|(id, n)| (id.into(), n)).into();
        let check = |example: &Example, expected: &str| {
            assert_eq!(forms(&super::make(&example.look(), &[])), expected);
        };
        check(&example, "");
        example.facts.kind = AccountKind::Department;
        check(&example, "");
        example.facts.contracts.clear();
        check(&example, "small_trial poc:KT-PRO +780/month +0 once List");
        example.facts.group_holds.clear();
        check(&example, "");
    }

    #[test]
    fn s16_a_dormant_customer_tries_what_is_new_to_it() {
        let mut example = Example::company();
        example.facts.usage.clear();
        let on = |last: &str| {
            let mut example = example.clone();
            example.facts.last_event_on = Some(day(last));
            forms(&super::make(&example.look(), &[]))
        };
        // Dormant from the ninetieth day on.
        assert_eq!(on("2025-12-13"), "");
        assert!(on("2025-12-11").contains("small_trial poc:EX-LIGHT"), "{}", on("2025-12-11"));
        assert!(on("2025-12-11").contains("small_trial poc:OP-SSO"));
        assert!(!on("2025-12-11").contains("KT-ENT"));
    }
}
