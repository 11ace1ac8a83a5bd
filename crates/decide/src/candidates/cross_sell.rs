//! Another product (S7-S9): the best by what others bought together, the entry plan of each other line,
//! and, where the catalogue is small, everything the customer does not have.
//!
//! Never for a product that is owned, nor for a plan of a line that is held: that is an upgrade.

use std::collections::BTreeMap;

use domain::ids::ProductId;
use domain::motion::Motion;
use domain::words::Words;

use super::{Generator, blank, option, price, title};
use crate::candidate::{Candidate, Evidence, Recommendation};
use crate::catalogue::{Product, ProductKind};
use crate::look::Look;

pub(super) const GENERATOR: Generator = Generator {
    code: "cross_sell",
    ja: "関連商品",
    en: "Cross-sell",
    cites: "S7 S8 S9 S32 N11",
    make,
};

/// Whether a product could be cross-sold, apart from how well it fits.
pub(super) fn is_eligible(look: &Look, product: &Product) -> bool {
    let held_line = product.line.as_deref().is_some_and(|line| look.holds_line(line));
    let other = match product.kind {
        ProductKind::Plan => !held_line,
        ProductKind::Option => product.line.is_none(),
        ProductKind::Service => !option::adds_to_held_line(look, product),
        ProductKind::Item => true,
    };
    product.on_sale && other && look.is_new(&product.id)
}

fn make(look: &Look, recommendations: &[Recommendation]) -> Vec<Candidate> {
    let mut wanted: BTreeMap<&ProductId, Option<&Recommendation>> = BTreeMap::new();
    for recommendation in best(look, recommendations) {
        wanted.insert(&recommendation.product, Some(recommendation));
    }
    for product in whitespace(look) {
        wanted.entry(&product.id).or_insert(None);
    }
    wanted
        .into_iter()
        .filter_map(|(id, recommendation)| Some((look.product(id)?, recommendation)))
        .filter(|(product, _)| is_eligible(look, product))
        .map(|(product, recommendation)| candidate(look, product, recommendation))
        .collect()
}

/// The recommendations that count, best first, ties by product.
pub(super) fn best<'a>(look: &Look, all: &'a [Recommendation]) -> Vec<&'a Recommendation> {
    let mut sorted: Vec<&Recommendation> = all.iter().collect();
    sorted.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.product.cmp(&b.product)));
    sorted.truncate(look.policy.candidates.recommendations as usize);
    sorted
}

/// What the customer could have and has not, apart from recommendations.
fn whitespace<'a>(look: &Look<'a>) -> Vec<&'a Product> {
    let products = &look.catalogue.products;
    if products.len() <= look.policy.candidates.small_catalogue as usize {
        return entries(look, products.values().filter(|product| product.on_sale));
    }
    if look.is_personal() {
        return Vec::new();
    }
    let plans = products.values().filter(|p| p.on_sale && p.kind == ProductKind::Plan);
    entries(look, plans)
}

/// Of plans only the entry of each line that is not held; of everything else each.
fn entries<'a>(look: &Look, products: impl Iterator<Item = &'a Product>) -> Vec<&'a Product> {
    let mut others = Vec::new();
    let mut entry: BTreeMap<&str, &Product> = BTreeMap::new();
    for product in products {
        match (product.kind, product.line.as_deref()) {
            (ProductKind::Plan, Some(line)) if !look.holds_line(line) => {
                let first = entry.entry(line).or_insert(product);
                if (product.tier, &product.id) < (first.tier, &first.id) {
                    *first = product;
                }
            }
            (ProductKind::Plan, Some(_)) => {}
            _ => others.push(product),
        }
    }
    others.extend(entry.into_values());
    others
}

fn candidate(look: &Look, product: &Product, recommendation: Option<&Recommendation>) -> Candidate {
    let mut candidate = blank(look, Motion::CrossSell, format!("cross_sell:{}", product.id));
    let seats = look.facts.active_contracts().filter_map(|contract| contract.seats).max();
    price::put(look, &mut candidate, product, price::of(product, seats, None));
    candidate.title = title(None, &product.name);
    candidate.because = match recommendation {
        Some(recommendation) => recommendation.because.clone(),
        None => vec![Evidence {
            words: Words::new(
                format!("{}はまだご利用いただいていません。", product.name),
                format!("{} is not in use yet.", product.name),
            ),
            source: format!("products {}", product.id),
            on: None,
        }],
    };
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, recommend};

    fn check(example: &Example, recommended: &[(&str, f64)], expected: &str) {
        let recommended: Vec<_> =
            recommended.iter().map(|(product, score)| recommend(product, *score)).collect();
        let made = make(&example.look(), &recommended);
        let said: Vec<_> =
            made.iter().map(|c| format!("{} {}", c.offer, c.because[0].source)).collect();
        assert_eq!(said.join("\n"), expected);
    }

    #[test]
    fn a_small_catalogue_offers_whatever_is_new() {
        check(
            &Example::company(),
            &[],
            "cross_sell:EX-LIGHT products EX-LIGHT\ncross_sell:GTK products GTK\ncross_sell:GTX-B products GTX-B\ncross_sell:GTX-P products GTX-P\ncross_sell:IT-TERM products IT-TERM",
        );
        check(&Example::buyer(), &[], "cross_sell:GTK products GTK");
    }

    #[test]
    fn a_large_one_offers_entry_plans_and_the_best_recommendations() {
        let mut example = Example::company();
        example.policy.candidates.small_catalogue = 0;
        check(&example, &[], "cross_sell:EX-LIGHT products EX-LIGHT");
        example.policy.candidates.recommendations = 1;
        check(
            &example,
            &[("IT-TERM", 0.4), ("GTK", 0.2)],
            "cross_sell:EX-LIGHT products EX-LIGHT\ncross_sell:IT-TERM orders",
        );
        example.facts.kind = domain::motion::AccountKind::Household;
        check(&example, &[("KT-ENT", 0.9)], "");
    }

    #[test]
    fn what_was_bought_is_offered_again_only_after_its_days() {
        let mut example = Example::buyer();
        example.policy.candidates.owned_for_days = crate::policy::Cap::at_most(10);
        check(
            &example,
            &[],
            "cross_sell:GTK products GTK\ncross_sell:GTX-B products GTX-B\ncross_sell:GTX-P products GTX-P",
        );
    }
}
