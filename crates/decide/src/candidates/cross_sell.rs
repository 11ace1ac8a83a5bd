//! Another product (S7-S9, S72): the best new ones by what the customer and others bought, the entry plan of
//! each other line, and, where the catalogue is small, everything the customer does not have.
//!
//! Never for a product that is owned, nor for a plan of a line that is held: that is an upgrade.

use std::collections::BTreeMap;

use domain::ids::ProductId;
use domain::motion::{Form, Motion};
use domain::probability::Estimate;
use domain::words::Words;

use super::{Generator, blank, option, price, title};
use crate::candidate::{Candidate, Evidence, Recommendation, Recommended};
use crate::catalogue::{PriceUnit, Product, ProductKind};
use crate::look::Look;
use crate::phrases::percent;

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

/// The recommendations that count, best first.
fn best<'a>(look: &Look, all: &'a [Recommendation]) -> Vec<&'a Recommendation> {
    let mut sorted = ranked(all);
    sorted.truncate(look.policy.candidates.recommendations as usize);
    sorted
}

/// The recommended products that are new to the customer, best first, ties by product.
pub(super) fn ranked(all: &[Recommendation]) -> Vec<&Recommendation> {
    let mut sorted: Vec<&Recommendation> =
        all.iter().filter(|it| it.kind == Recommended::New).collect();
    sorted.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.product.cmp(&b.product)));
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
pub(super) fn entries<'a>(
    look: &Look,
    products: impl Iterator<Item = &'a Product>,
) -> Vec<&'a Product> {
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
    let need = need(look, product);
    let mut priced = price::of(product, need.as_ref().map(|need| need.seats), None);
    if let Some(need) = &need {
        priced.month = need.spread(priced.month);
    }
    price::put(look, &mut candidate, product, priced);
    candidate.goes_with = recommendation.map(|r| r.with.clone()).unwrap_or_default();
    candidate.form = kin(look, product, &candidate.goes_with);
    candidate.title = match &need {
        Some(need) => Words::new(
            format!("{} {}名分", product.name, need.seats),
            format!("{} {} seats", product.name, need.seats),
        ),
        None => title(None, &product.name),
    };
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
    candidate.because.extend(need.map(|need| need.because));
    candidate
}

/// How a product is related to what the customer has (S8, S9): to two or more of them together, as an auxiliary of
/// one (an option, a service, or a thing of a fraction of its price), or to another need.
pub(super) fn kin(look: &Look, product: &Product, goes_with: &[ProductId]) -> Form {
    let has = |id: &&ProductId| look.facts.holds(id) || look.bought_on(id).is_some();
    let held: Vec<&Product> =
        goes_with.iter().filter(has).filter_map(|id| look.product(id)).collect();
    if held.len() > 1 {
        return Form::Synergy;
    }
    let share = look.policy.candidates.auxiliary_share;
    let small = |main: &&Product| match (product.price_minor, main.price_minor) {
        (Some(price), Some(main)) => price as f64 <= share * main as f64,
        _ => false,
    };
    let things = |main: &&Product| main.price_unit == product.price_unit;
    match product.kind {
        ProductKind::Option | ProductKind::Service => Form::Auxiliary,
        ProductKind::Item if held.iter().any(|main| things(main) && small(main)) => Form::Auxiliary,
        ProductKind::Item | ProductKind::Plan => Form::Related,
    }
}

/// How many seats of a product an account would take.
pub(super) struct Need {
    pub(super) seats: i64,
    /// How customers differ, as a share of the seats; none where it is assumed.
    spread: Option<(f64, u64)>,
    pub(super) because: Evidence,
}

impl Need {
    /// A price for so many seats, with what is not known of the seats.
    pub(super) fn spread(&self, month: Estimate) -> Estimate {
        match self.spread {
            Some((spread, n)) => {
                let sd = month.sd.hypot(month.mean * spread);
                Estimate::estimated(month.mean, sd, n)
            }
            None => Estimate::prior(month.mean, month.sd.hypot(month.mean / 2.0)),
        }
    }
}

/// Seats of a product that is paid by seat: the median share of the main contract's that those hold who have both,
/// else the policy's assumed share; within what the plan allows.
pub(super) fn need(look: &Look, product: &Product) -> Option<Need> {
    if product.price_unit != PriceUnit::SeatMonth {
        return None;
    }
    let main = look.facts.active_contracts().filter_map(|contract| contract.seats).max();
    let main = main.filter(|seats| *seats > 0);
    let estimated = main.zip(product.seat_share);
    let seats = match (main, estimated) {
        (_, Some((main, share))) => whole(main as f64 * share.median),
        (Some(main), None) => whole(main as f64 * look.policy.candidates.cross_seats),
        (None, _) => 1,
    };
    let seats = most(look, product).map_or(seats, |most| seats.min(most)).max(1);
    let (spread, words) = if let Some((_, share)) = estimated {
        let (n, part) = (share.n, percent(share.median));
        let words = Words::new(
            format!("{seats}名分は、両方をご契約の{n}社の席数の中央値(主契約の{part})によります。"),
            format!(
                "{seats} seats: the median of the {n} customers who hold both is {part} of the main contract's."
            ),
        );
        (Some((share.spread, n)), words)
    } else {
        let words = Words::new(
            format!("{seats}名分は仮定値です(両方をご契約の顧客の記録が足りません)。"),
            format!("{seats} seats are assumed: too few customers who hold both are on record."),
        );
        (None, words)
    };
    let source = format!("subscriptions {}", product.id);
    Some(Need { seats, spread, because: Evidence { words, source, on: None } })
}

/// The most seats that a plan allows.
fn most(look: &Look, product: &Product) -> Option<i64> {
    let metrics = &look.policy.rules.limit_near.seat_metrics;
    let limits = product.limits.iter().filter(|limit| !limit.per_seat);
    limits.filter(|limit| metrics.contains(&limit.metric)).map(|limit| whole(limit.included)).min()
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to a count of seats")]
fn whole(seats: f64) -> i64 {
    seats.round().clamp(1.0, 1e9) as i64
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
    fn what_will_be_bought_again_is_no_cross_sell() {
        let mut example = Example::company();
        example.policy.candidates.small_catalogue = 0;
        let again = Recommendation { kind: Recommended::Repeat, ..recommend("IT-TERM", 0.9) };
        let made = make(&example.look(), &[again]);
        assert!(made.iter().all(|candidate| candidate.offer.as_str() != "cross_sell:IT-TERM"));
    }

    /// Title, monthly revenue and the seats' sentence of the expenses product, for a customer of 100 seats.
    fn expenses(example: &Example) -> String {
        let made = make(&example.look(), &[]);
        let found = made.iter().find(|c| c.offer.as_str() == "cross_sell:EX-LIGHT");
        let found = found.expect("a new line");
        let month = found.revenue_month_minor;
        let known = month.provenance.code();
        format!("{} {:.0} {known} {}", found.title.ja, month.mean, found.because[1].words.ja)
    }

    #[test]
    fn seats_are_what_comparable_customers_hold_and_what_the_plan_allows() {
        let mut example = Example::company();
        let put = |example: &mut Example, median: f64| {
            let product =
                example.catalogue.products.get_mut(&"EX-LIGHT".into()).expect("in the example");
            product.seat_share = Some(crate::catalogue::SeatShare { median, spread: 0.4, n: 12 });
        };
        assert_eq!(
            expenses(&example),
            "経費 Light 30名分 10500 prior 30名分は仮定値です(両方をご契約の顧客の記録が足りません)。",
            "half of the seats, but no more than the plan's thirty users"
        );
        put(&mut example, 0.2);
        assert_eq!(
            expenses(&example),
            "経費 Light 20名分 7000 estimated 20名分は、両方をご契約の12社の席数の中央値(主契約の20 %)によります。"
        );
        put(&mut example, 0.8);
        assert!(expenses(&example).starts_with("経費 Light 30名分 10500 estimated"));
    }

    #[test]
    fn s8_s9_how_it_is_related_to_what_is_held() {
        let mut example = Example::buyer();
        let check = |example: &Example, product: &str, with: &[&str], form: Form| {
            let with: Vec<ProductId> = with.iter().map(|id| (*id).into()).collect();
            let product = &example.catalogue.products[&product.into()];
            assert_eq!(kin(&example.look(), product, &with), form, "{with:?}");
        };
        // 26,768 beside 550 and 4,821; and the other way round.
        check(&example, "GTK", &[], Form::Related);
        check(&example, "GTK", &["GTX-B"], Form::Related);
        check(&example, "GTK", &["GTX-B", "GTX-P"], Form::Synergy);
        check(&example, "GTX-B", &["GTX-P"], Form::Auxiliary);
        // At three tenths of the main product's price, and over.
        for (price, form) in [(1_446, Form::Auxiliary), (1_447, Form::Related)] {
            example.catalogue.products.get_mut(&"GTK".into()).expect("sold").price_minor =
                Some(price);
            check(&example, "GTK", &["GTX-P"], form);
        }
        check(&Example::company(), "OP-SSO", &[], Form::Auxiliary);
        check(&Example::company(), "EX-LIGHT", &["KT-PRO"], Form::Related);
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
