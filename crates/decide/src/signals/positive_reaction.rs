//! The customer showed interest in a product (S52): a good reaction in a talk about it, or a high answer to the
//! question of interest.
//!
//! It counts for `days`, and only for that product: a friendly tone about nothing in particular is no occasion.

use domain::words::Words;
use serde::Deserialize;

use super::{Rule, on_product, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::{Reaction, Shown};
use crate::look::Look;
use crate::phrases::{figure, name};

pub(super) const RULE: Rule = Rule {
    code: "positive_reaction",
    ja: "前向きな反応",
    en: "Interest shown",
    cites: "S21 S52",
    fires,
    opens,
};

/// What counts as interest, and for how long.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PositiveReactionPolicy {
    /// Days for which it counts.
    pub days: i32,
    /// From this answer on (0 to 10) a customer is interested.
    pub interest: f64,
    /// Words for a good reaction, as the files write it.
    pub words: Vec<String>,
}

impl Default for PositiveReactionPolicy {
    fn default() -> Self {
        let words =
            ["positive", "interested", "good", "好感触", "前向き", "良好", "関心あり", "興味あり"];
        Self { days: 60, interest: 8.0, words: words.map(str::to_owned).into() }
    }
}

impl PositiveReactionPolicy {
    /// Whether a reaction, in the files' words, is a good one.
    pub fn is_good(&self, reaction: &str) -> bool {
        let reaction = reaction.trim().to_lowercase();
        self.words.contains(&reaction)
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    if !look.is_customer() {
        return Vec::new();
    }
    look.facts.occasions.reactions.iter().filter_map(|shown| fresh(look, shown)).collect()
}

fn fresh(look: &Look, reaction: &Reaction) -> Option<Signal> {
    let policy = &look.policy.rules.positive_reaction;
    let low = matches!(reaction.shown, Shown::Interest(score) if score < policy.interest);
    if low || !(0..=policy.days).contains(&look.days_since(reaction.on)) {
        return None;
    }
    let product = name(look.catalogue, &reaction.product);
    let (ja_on, en_on) = (reaction.on.display_ja(), reaction.on.display_en());
    let words = match reaction.shown {
        Shown::Reaction => Words::new(
            format!("{ja_on}に{product}をご案内した際、前向きな反応がありました。"),
            format!("Reacted well to {product} on {en_on}."),
        ),
        Shown::Interest(score) => {
            let score = figure(score);
            Words::new(
                format!("{ja_on}のアンケートで、{product}への関心は10点中{score}点でした。"),
                format!("Answered {score} of 10 when asked about {product} on {en_on}."),
            )
        }
    };
    let said = Evidence { words, source: reaction.source.clone(), on: Some(reaction.on) };
    Some(Signal {
        occurrence: reaction.source.clone(),
        strength: 0.58,
        ..signal(RULE.code, Scope::Product(reaction.product.clone()), said)
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    candidate.motion.sells() && on_product(candidate, signal)
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};
    use domain::motion::Motion;

    fn showed(shown: Shown) -> Example {
        let mut example = Example::company();
        let source = "activities K4".to_owned();
        let product = "OP-SSO".into();
        example.facts.occasions.reactions =
            vec![Reaction { source, shown, on: day("2026-01-10"), product }];
        example
    }

    #[test]
    fn s52_a_good_reaction_counts_for_sixty_days() {
        let example = showed(Shown::Reaction);
        let said = "activities K4 2026-01-10..- 2026年1月10日にシングルサインオンをご案内した際、前向きな反応がありました。";
        assert_eq!(on(&example, "2026-01-09", fires), "");
        assert_eq!(on(&example, "2026-01-10", fires), said);
        assert_eq!(on(&example, "2026-03-11", fires), said);
        assert_eq!(on(&example, "2026-03-12", fires), "");
    }

    #[test]
    fn s52_interest_from_eight_on() {
        assert_eq!(on(&showed(Shown::Interest(7.9)), "2026-02-01", fires), "");
        assert!(on(&showed(Shown::Interest(8.0)), "2026-02-01", fires).ends_with(
            "2026年1月10日のアンケートで、シングルサインオンへの関心は10点中8点でした。"
        ));
    }

    #[test]
    fn s52_it_speaks_for_that_product_alone() {
        let example = showed(Shown::Reaction);
        let mut look = example.look();
        look.as_of = day("2026-02-01");
        let signal = fires(&look).remove(0);
        let mut candidate = example.candidate(Motion::Option);
        assert!(!opens(&candidate, &signal));
        candidate.product = Some("OP-SSO".into());
        assert!(opens(&candidate, &signal));
    }

    #[test]
    fn words_of_both_languages_are_known() {
        let policy = PositiveReactionPolicy::default();
        assert!(policy.is_good(" Positive ") && policy.is_good("前向き"));
        assert!(!policy.is_good("neutral") && !policy.is_good("negative"));
    }
}
