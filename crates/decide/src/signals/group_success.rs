//! It worked elsewhere in the group (S50, S69): another department or company of the same root has a measured result
//! with a product, or chose it.
//!
//! A result counts for `result_days` after it was approved, a won deal for `won_days`. It opens offers of that product,
//! or of an entry to its line, to who has nothing of the line; the evidence carries the measured figures.

use domain::ids::ProductId;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, brings, signal};
use crate::candidate::{Candidate, Evidence};
use crate::candidates::is_sideways;
use crate::decision::{Scope, Signal};
use crate::facts::{Success, Told};
use crate::look::Look;
use crate::phrases::{figure, name};

pub(super) const RULE: Rule = Rule {
    code: "group_success",
    ja: "グループ内での成果",
    en: "Success in the group",
    cites: "S16 S50 S69 N11",
    fires,
    opens,
};

/// How long a success counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroupSuccessPolicy {
    /// Days after a measured result was approved.
    pub result_days: i32,
    /// Days after a deal was won.
    pub won_days: i32,
}

impl Default for GroupSuccessPolicy {
    fn default() -> Self {
        Self { result_days: 365, won_days: 180 }
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    if !look.is_customer() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for success in &look.facts.occasions.successes {
        if counts(look, success) {
            found.extend(offered(look, &success.product).map(|it| told(look, success, it)));
        }
    }
    found
}

fn counts(look: &Look, success: &Success) -> bool {
    let policy = &look.policy.rules.group_success;
    let days = match success.told {
        Told::Measured { .. } => policy.result_days,
        Told::Won => policy.won_days,
    };
    let has_line =
        look.facts.active_contracts().any(|it| look.same_line(&it.product, &success.product));
    !has_line && look.is_new(&success.product) && (0..=days).contains(&look.days_since(success.on))
}

/// The success elsewhere in the group that an offer spreads: a measured one before a choice; also for a department
/// that is no customer yet.
pub(crate) fn behind<'a>(look: &Look<'a>, candidate: &Candidate) -> Option<&'a Success> {
    let product = candidate.product.as_ref().filter(|_| is_sideways(candidate.motion))?;
    let successes = look.facts.occasions.successes.iter();
    let of_it = successes.filter(|it| look.same_line(&it.product, product) && counts(look, it));
    of_it.min_by_key(|it| matches!(it.told, Told::Won))
}

/// The product, and those of its line by which one may begin.
fn offered<'a>(look: &Look<'a>, product: &'a ProductId) -> impl Iterator<Item = &'a ProductId> {
    let line = look.line(product);
    let others = look.catalogue.products.values().filter(move |other| {
        other.on_sale && line.is_some() && other.line.as_deref() == line && other.id != *product
    });
    std::iter::once(product).chain(others.map(|other| &other.id))
}

fn told(look: &Look, success: &Success, offered: &ProductId) -> Signal {
    let product = name(look.catalogue, &success.product);
    let (ja_on, en_on) = (success.on.display_ja(), success.on.display_en());
    let words = match &success.told {
        Told::Measured { metric, before, after } => {
            let (before, after) = (figure(*before), figure(*after));
            Words::new(
                format!(
                    "グループ内の別の部署・会社では、{product}により{metric}が{before}から{after}になりました({ja_on}承認)。"
                ),
                format!(
                    "Elsewhere in the group {product} changed {metric} from {before} to {after} (approved on {en_on})."
                ),
            )
        }
        Told::Won => Words::new(
            format!("グループ内の別の部署・会社が{ja_on}に{product}の導入をお決めになりました。"),
            format!("Elsewhere in the group {product} was chosen on {en_on}."),
        ),
    };
    let said = Evidence { words, source: success.source.clone(), on: Some(success.on) };
    Signal {
        occurrence: format!("{}:{offered}", success.source),
        strength: if matches!(success.told, Told::Won) { 0.52 } else { 0.57 },
        ..signal(RULE.code, Scope::Product(offered.clone()), said)
    }
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    is_sideways(candidate.motion) && brings(candidate, signal)
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};
    use domain::motion::Motion;

    fn success(told: Told) -> Example {
        let mut example = Example::company();
        example.facts.occasions.successes = vec![Success {
            product: "EX-LIGHT".into(),
            told,
            on: day("2025-09-10"),
            source: "results E1".to_owned(),
        }];
        example
    }

    fn measured() -> Told {
        Told::Measured {
            metric: "精算の時間(時間/月)".to_owned(), before: 40.0, after: 12.0
        }
    }

    #[test]
    fn s50_s69_a_measured_result_counts_for_a_year() {
        let example = success(measured());
        assert_eq!(on(&example, "2025-09-09", fires), "");
        let said = "results E1:EX-LIGHT 2025-09-10..- グループ内の別の部署・会社では、経費 Lightにより精算の時間(時間/月)が40から12になりました(2025年9月10日承認)。";
        assert_eq!(on(&example, "2025-09-10", fires), said);
        assert_eq!(on(&example, "2026-09-10", fires), said);
        assert_eq!(on(&example, "2026-09-11", fires), "");
    }

    #[test]
    fn s50_a_won_deal_counts_for_half_a_year() {
        let example = success(Told::Won);
        assert!(on(&example, "2026-03-09", fires).ends_with(
            "グループ内の別の部署・会社が2025年9月10日に経費 Lightの導入をお決めになりました。"
        ));
        assert_eq!(on(&example, "2026-03-10", fires), "");
    }

    #[test]
    fn s50_who_has_the_line_needs_no_proof_of_it() {
        let mut example = success(measured());
        example.facts.occasions.successes[0].product = "KT-ENT".into();
        assert_eq!(fires(&example.look()), []);
        example.facts.contracts[0].product = "EX-LIGHT".into();
        let found = fires(&example.look());
        let about: Vec<_> = found.iter().map(|it| it.occurrence.as_str()).collect();
        assert_eq!(
            about,
            ["results E1:KT-ENT", "results E1:KT-PRO", "results E1:KT-STD", "results E1:OP-SSO"],
            "the line's other plans are a way to begin"
        );
    }

    #[test]
    fn s50_it_opens_the_horizontal_offer() {
        let example = success(measured());
        let signal = fires(&example.look()).remove(0);
        let mut candidate = example.candidate(Motion::CrossSell);
        assert!(!opens(&candidate, &signal));
        candidate.product = Some("EX-LIGHT".into());
        assert!(opens(&candidate, &signal));
        candidate.motion = Motion::Option;
        assert!(!opens(&candidate, &signal));
    }
}
