//! The customer works differently now (S49): a hearing tells of a new issue or business, or a function is used for the
//! first time.
//!
//! Counts for `days`. What a hearing ties to a product opens that product. Otherwise it is a reason to listen, and to
//! show options of what the customer has, but no better a moment than another. A metric that is read for the first
//! time within `metric_days`, at a customer that was read before, opens options and the upper plan of its contract.

use domain::motion::Motion;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, is_care, on_contract, on_product, signal};
use crate::candidate::{Candidate, Evidence};
use crate::candidates::HEARING;
use crate::decision::{Scope, Signal};
use crate::facts::{Heard, NewMetric, Topic};
use crate::look::Look;
use crate::phrases::name;

pub(super) const RULE: Rule = Rule {
    code: "workflow_change",
    ja: "業務の変化",
    en: "Change of work",
    cites: "S20 S30 S49",
    fires,
    opens,
};

/// How long a change counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkflowChangePolicy {
    /// Days for which something said counts.
    pub days: i32,
    /// Days for which a metric counts as new.
    pub metric_days: i32,
}

impl Default for WorkflowChangePolicy {
    fn default() -> Self {
        Self { days: 60, metric_days: 60 }
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    if !look.is_customer() {
        return Vec::new();
    }
    let occasions = &look.facts.occasions;
    let heard = occasions.heard.iter().filter_map(|heard| said(look, heard));
    heard.chain(occasions.new_metrics.iter().filter_map(|new| used(look, new))).collect()
}

fn said(look: &Look, heard: &Heard) -> Option<Signal> {
    let days = look.policy.rules.workflow_change.days;
    if !(0..=days).contains(&look.days_since(heard.on)) {
        return None;
    }
    let (ja_on, en_on) = (heard.on.display_ja(), heard.on.display_en());
    let (ja_of, en_of) = heard.product.as_ref().map_or_else(Default::default, |id| {
        let product = name(look.catalogue, id);
        (format!("({product}に関連)"), format!(" about {product}"))
    });
    let (ja, en) = match heard.topic {
        Topic::Issue => ("新しい課題", "a new issue"),
        Topic::Focus => ("注力する事業", "the business it pushes"),
        Topic::Outlook => ("今後の見通し", "what it expects"),
        Topic::Skilled => ("専門ツールを使える人数", "how many can use a specialist tool"),
    };
    let words = Words::new(
        format!("{ja_on}のヒアリングで{ja}を伺っています{ja_of}。"),
        format!("A talk on {en_on} brought up {en}{en_of}."),
    );
    let source = format!("account_facts {}", heard.fact);
    let evidence = Evidence { words, source, on: Some(heard.on) };
    let scope = heard.product.clone().map_or(Scope::Account, Scope::Product);
    Some(Signal {
        occurrence: heard.fact.clone(),
        strength: if heard.product.is_some() { 0.5 } else { 0.15 },
        dated: heard.product.is_some(),
        ..signal(RULE.code, scope, evidence)
    })
}

fn used(look: &Look, new: &NewMetric) -> Option<Signal> {
    let days = look.policy.rules.workflow_change.metric_days;
    look.facts.active_contracts().find(|held| held.subscription == new.subscription)?;
    if !(0..=days).contains(&look.days_since(new.first_on)) {
        return None;
    }
    let (metric, ja_on, en_on) =
        (&new.metric, new.first_on.display_ja(), new.first_on.display_en());
    let words = Words::new(
        format!("{ja_on}から新たに{metric}のご利用が始まりました。"),
        format!("{metric} has been in use since {en_on} for the first time."),
    );
    let source = format!("usage {} {metric}", new.subscription);
    let evidence = Evidence { words, source, on: Some(new.first_on) };
    Some(Signal {
        occurrence: format!("{}:{metric}:{}", new.subscription, new.first_on),
        strength: 0.45,
        ..signal(RULE.code, Scope::Contract(new.subscription.clone()), evidence)
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    match &signal.scope {
        Scope::Product(_) => candidate.motion.sells() && on_product(candidate, signal),
        Scope::Contract(_) => {
            matches!(candidate.motion, Motion::Option | Motion::PlanUp)
                && on_contract(candidate, signal)
        }
        _ => candidate.motion == Motion::Option || is_care(candidate, HEARING),
    }
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};

    fn heard(product: Option<&str>) -> Example {
        let mut example = Example::company();
        example.facts.occasions.heard = vec![Heard {
            fact: "F8".to_owned(),
            topic: Topic::Issue,
            on: day("2026-01-10"),
            product: product.map(Into::into),
        }];
        example
    }

    #[test]
    fn s49_what_a_hearing_ties_to_a_product_counts_for_sixty_days() {
        let example = heard(Some("OP-SSO"));
        let said = "F8 2026-01-10..- 2026年1月10日のヒアリングで新しい課題を伺っています(シングルサインオンに関連)。";
        assert_eq!(on(&example, "2026-01-09", fires), "");
        assert_eq!(on(&example, "2026-01-10", fires), said);
        assert_eq!(on(&example, "2026-03-11", fires), said);
        assert_eq!(on(&example, "2026-03-12", fires), "");
    }

    #[test]
    fn s49_without_a_product_it_is_no_dated_window() {
        let look_at = |product| {
            let example = heard(product);
            let mut look = example.look();
            look.as_of = day("2026-02-01");
            fires(&look).remove(0)
        };
        let (tied, loose) = (look_at(Some("OP-SSO")), look_at(None));
        assert!(tied.dated && !loose.dated);
        let example = Example::company();
        let mut option = example.candidate(Motion::Option);
        assert!(opens(&option, &loose) && !opens(&option, &tied));
        option.product = Some("OP-SSO".into());
        assert!(opens(&option, &tied));
        assert!(!opens(&example.candidate(Motion::CrossSell), &loose));
    }

    #[test]
    fn s49_a_function_used_for_the_first_time() {
        let mut example = Example::company();
        example.facts.occasions.new_metrics = vec![NewMetric {
            metric: "API呼び出し".to_owned(),
            subscription: "S1".into(),
            first_on: day("2026-01-10"),
        }];
        assert_eq!(on(&example, "2026-01-09", fires), "");
        assert_eq!(
            on(&example, "2026-03-11", fires),
            "S1:API呼び出し:2026-01-10 2026-01-10..- 2026年1月10日から新たにAPI呼び出しのご利用が始まりました。"
        );
        assert_eq!(on(&example, "2026-03-12", fires), "");
    }
}
