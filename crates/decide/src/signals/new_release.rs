//! Something new was released (S51): material for renewals and for customers who have gone quiet.
//!
//! A release counts for `days`; one signal per product, its newest release. Where the customer is dormant or about to
//! decide on a renewal it speaks of the product and of its line, the upper plan too. To who merely has the line it
//! is news of an option or product that it lacks, and no better a moment than another: nobody needs the upper plan
//! because it has a new feature. It sets no due day.

use domain::motion::Motion;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, brings, dormant, is_care, on_product, renewal, signal};
use crate::candidate::{Candidate, Evidence};
use crate::candidates::HEARING;
use crate::catalogue::{Product, Release};
use crate::decision::{Scope, Signal};
use crate::look::Look;

pub(super) const RULE: Rule = Rule {
    code: "new_release",
    ja: "新機能・新商品",
    en: "New release",
    cites: "S47 S51",
    fires,
    opens,
};

/// How long a release is news.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewReleasePolicy {
    /// Days for which a release counts.
    pub days: i32,
}

impl Default for NewReleasePolicy {
    fn default() -> Self {
        Self { days: 90 }
    }
}

/// Begins the occurrence of news for who is dormant or about to renew.
const LISTENS: &str = "listens:";

fn fires(look: &Look) -> Vec<Signal> {
    let days = look.policy.rules.new_release.days;
    let fresh = |release: &&Release| (0..=days).contains(&look.days_since(release.released_on));
    let mut news: Vec<&Release> = look.catalogue.releases.iter().filter(fresh).collect();
    if news.is_empty() || !look.is_customer() {
        return Vec::new();
    }
    // Of each product its newest, the greater title on the same day.
    news.sort_by(|a, b| {
        (&a.product, b.released_on, &b.title).cmp(&(&b.product, a.released_on, &a.title))
    });
    news.dedup_by(|a, b| a.product == b.product);
    let listens = !dormant::fires(look).is_empty() || !renewal::fires(look).is_empty();
    news.into_iter().filter_map(|release| told(look, release, listens)).collect()
}

fn told(look: &Look, release: &Release, listens: bool) -> Option<Signal> {
    let product = look.product(&release.product).filter(|product| product.on_sale)?;
    let held = look.facts.holds(&product.id) || look.facts.purchase(&product.id).is_some();
    if !of_its_line(look, product, held) || (held && !listens) {
        return None;
    }
    let (called, title) = (&product.name, &release.title);
    let (ja_on, en_on) = (release.released_on.display_ja(), release.released_on.display_en());
    let words = Words::new(
        format!("{called}の新機能「{title}」を{ja_on}に公開しました。"),
        format!("\"{title}\" of {called} was released on {en_on}."),
    );
    let source = format!("releases {}", product.id);
    let said = Evidence { words, source, on: Some(release.released_on) };
    let begins = if listens { LISTENS } else { "" };
    Some(Signal {
        occurrence: format!("{begins}{}:{}", product.id, release.released_on),
        strength: if listens { 0.35 } else { 0.2 },
        dated: listens,
        ..signal(RULE.code, Scope::Product(product.id.clone()), said)
    })
}

/// Whether the customer has something of the product's line.
fn of_its_line(look: &Look, product: &Product, held: bool) -> bool {
    let line = product.line.as_deref();
    held || line.is_some_and(|line| {
        look.holds_line(line)
            || look.facts.purchases.iter().any(|it| look.line(&it.product) == Some(line))
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    if signal.occurrence.starts_with(LISTENS) {
        return is_care(candidate, HEARING)
            || (candidate.motion.sells() && on_product(candidate, signal));
    }
    let lacks = !matches!(candidate.motion, Motion::PlanUp | Motion::Seats | Motion::Term);
    lacks && candidate.motion.sells() && brings(candidate, signal)
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};

    fn released(product: &str) -> Example {
        let mut example = Example::company();
        for (on, title) in [("2025-12-20", "試験版"), ("2025-12-28", "多段階の承認")] {
            example.catalogue.releases.push(Release {
                product: product.into(),
                released_on: day(on),
                title: title.to_owned(),
            });
        }
        example.facts.last_event_on = Some(day("2026-03-28"));
        // No renewal is near.
        example.facts.contracts[0].cancel_deadline = Some(day("2026-12-01"));
        example
    }

    #[test]
    fn s51_news_of_the_line_count_for_ninety_days() {
        let example = released("OP-SSO");
        assert_eq!(on(&example, "2025-12-19", fires), "");
        assert!(on(&example, "2025-12-27", fires).contains("試験版"));
        let said = "OP-SSO:2025-12-28 2025-12-28..- シングルサインオンの新機能「多段階の承認」を2025年12月28日に公開しました。";
        assert_eq!(on(&example, "2025-12-28", fires), said, "the newest speaks");
        assert_eq!(on(&example, "2026-03-28", fires), said);
        assert_eq!(on(&example, "2026-03-29", fires), "");
    }

    #[test]
    fn s51_of_another_line_it_is_no_news_for_this_customer() {
        assert_eq!(on(&released("GTK"), "2026-01-10", fires), "");
    }

    #[test]
    fn s47_s51_news_of_what_it_has_are_for_the_quiet_and_the_renewing() {
        let mut example = released("KT-PRO");
        assert_eq!(on(&example, "2026-01-10", fires), "");
        example.facts.contracts[0].cancel_deadline = Some(day("2026-04-10"));
        assert!(on(&example, "2026-01-10", fires).starts_with("listens:KT-PRO"));
        example.facts.contracts[0].cancel_deadline = Some(day("2026-12-01"));
        example.facts.last_event_on = Some(day("2025-10-12"));
        let mut look = example.look();
        look.as_of = day("2026-01-10");
        let signal = fires(&look).remove(0);
        let mut up = example.candidate(Motion::PlanUp);
        up.from_product = Some("KT-PRO".into());
        assert!(opens(&up, &signal));
        assert!(!opens(&example.candidate(Motion::CrossSell), &signal));
    }

    #[test]
    fn s51_s62_a_new_feature_alone_is_no_need_for_the_upper_plan() {
        let example = released("KT-ENT");
        let mut look = example.look();
        look.as_of = day("2026-01-10");
        let signal = fires(&look).remove(0);
        assert!(!signal.dated);
        let mut candidate = example.candidate(Motion::PlanUp);
        candidate.product = Some("KT-ENT".into());
        assert!(!opens(&candidate, &signal));
        candidate.motion = Motion::Option;
        assert!(opens(&candidate, &signal));
    }
}
