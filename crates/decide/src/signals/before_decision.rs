//! A deal is about to be decided (S42, S108): the last moment to raise what belongs to it, and to check what would lose it.
//!
//! Opens `days` before the day on which an open deal is expected to close, until that day. It opens the deal's own
//! next step with a pre-closing check (what the customer has, which tickets are open), and related products of
//! other lines. The upper model belongs to the deal itself: guards hold a second pitch for the same line.

use domain::ids::ProductId;
use domain::motion::Motion;
use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::{Closing, Proposal};
use crate::look::Look;
use crate::phrases::{self, name};

pub(super) const RULE: Rule = Rule {
    code: "before_decision",
    ja: "決定の直前",
    en: "Before the decision",
    cites: "S32 S42 S108",
    fires,
    opens,
};

/// When a decision is near.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BeforeDecisionPolicy {
    /// Days before the expected close.
    pub days: i32,
}

impl Default for BeforeDecisionPolicy {
    fn default() -> Self {
        Self { days: 30 }
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    let near = |closing: &Closing| {
        let deal = look.facts.open_proposals().find(|deal| deal.proposal == closing.proposal)?;
        let left = -look.days_since(closing.on);
        let near = (0..=look.policy.rules.before_decision.days).contains(&left);
        near.then(|| signals(look, (deal, closing), left))
    };
    look.facts.occasions.closings.iter().filter_map(near).flatten().collect()
}

/// One for the deal, and one for what goes with its product.
fn signals(look: &Look, (deal, closing): (&Proposal, &Closing), left: i32) -> Vec<Signal> {
    let (ja_on, en_on) = (closing.on.display_ja(), closing.on.display_en());
    let (ja_of, en_of) = deal.product.as_ref().map_or_else(Default::default, |id| {
        let product = name(look.catalogue, id);
        (format!("{product}の"), format!(" for {product}"))
    });
    let said = Evidence {
        words: Words::new(
            format!("{ja_of}商談は{ja_on}に決定の予定です(あと{left}日)。"),
            format!(
                "The deal{en_of} is expected to close on {en_on} ({} left).",
                phrases::days(left)
            ),
        ),
        source: format!("proposals {}", deal.proposal),
        on: Some(deal.opened_on),
    };
    let made = |scope: Scope, evidence: Vec<Evidence>| Signal {
        occurrence: format!("{}:{}", deal.proposal, closing.on),
        opens_on: closing
            .on
            .plus(Days(-look.policy.rules.before_decision.days))
            .max(deal.opened_on),
        closes_on: Some(closing.on),
        strength: 0.85,
        evidence,
        ..signal(RULE.code, scope, said.clone())
    };
    let mut checked = vec![said.clone()];
    checked.extend(owned(look));
    checked.extend(tickets(look));
    let mut all = vec![made(Scope::Deal(deal.proposal.clone()), checked)];
    if let Some(product) = &deal.product {
        all.push(made(Scope::Product(product.clone()), vec![said.clone()]));
    }
    all
}

/// What the customer has already: S32.
fn owned(look: &Look) -> Option<Evidence> {
    let held: Vec<&ProductId> = look.facts.active_contracts().map(|held| &held.product).collect();
    let first = look.facts.active_contracts().next()?;
    let names: Vec<&str> = held.iter().map(|id| name(look.catalogue, id)).collect();
    Some(Evidence {
        words: Words::new(
            format!("現在のご契約は{}です。", names.join("、")),
            format!("Under contract today: {}.", names.join(", ")),
        ),
        source: format!("subscriptions {}", first.subscription),
        on: Some(first.started_on),
    })
}

fn tickets(look: &Look) -> Option<Evidence> {
    let first =
        look.facts.tickets.iter().min_by_key(|ticket| (ticket.opened_on, &ticket.activity))?;
    let n = look.facts.tickets.len();
    Some(Evidence {
        words: Words::new(
            format!(
                "未解決の問い合わせが{n}件あります(最も古いものは{})。",
                first.opened_on.display_ja()
            ),
            format!("Open tickets: {n} (the oldest of {}).", first.opened_on.display_en()),
        ),
        source: format!("activities {}", first.activity),
        on: Some(first.opened_on),
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    match &signal.scope {
        Scope::Deal(of) => {
            candidate.motion == Motion::Advance && candidate.proposal.as_ref() == Some(of)
        }
        _ => super::related(candidate, signal),
    }
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};

    fn closing() -> Example {
        let mut example = Example::buyer();
        example.facts.occasions.closings =
            vec![Closing { proposal: "P1".into(), on: day("2026-04-10") }];
        example
    }

    #[test]
    fn s42_the_thirty_days_before_the_expected_close() {
        let example = closing();
        let count = |as_of| on(&example, as_of, fires).lines().count();
        assert_eq!(count("2026-03-10"), 0);
        assert_eq!(count("2026-03-11"), 2);
        assert_eq!(count("2026-04-10"), 2);
        assert_eq!(count("2026-04-11"), 0);
        let said = on(&example, "2026-03-11", fires);
        assert_eq!(
            said.lines().next(),
            Some(
                "P1:2026-04-10 2026-03-11..2026-04-10 GTX Proの商談は2026年4月10日に決定の予定です(あと30日)。"
            )
        );
    }

    #[test]
    fn s108_the_check_names_what_is_owned_and_which_tickets_are_open() {
        let mut example = Example::company();
        example.facts.proposals = vec![crate::examples::deal(
            "P9",
            "EX-LIGHT",
            "2026-02-01",
            crate::facts::Outcome::Open,
        )];
        example.facts.occasions.closings =
            vec![Closing { proposal: "P9".into(), on: day("2026-03-20") }];
        example.escalate();
        let said = on(&example, "2026-03-12", fires);
        assert_eq!(
            said.lines().next(),
            Some(
                "P9:2026-03-20 2026-02-18..2026-03-20 経費 Lightの商談は2026年3月20日に決定の予定です(あと8日)。現在のご契約は勤怠 Proです。未解決の問い合わせが1件あります(最も古いものは2026年3月2日)。"
            )
        );
    }

    #[test]
    fn s42_it_opens_the_deal_and_what_is_related() {
        let example = closing();
        let found = fires(&example.look());
        let any = |candidate: &Candidate| found.iter().any(|signal| opens(candidate, signal));
        let mut step = example.candidate(Motion::Advance);
        assert!(!any(&step));
        step.proposal = Some("P1".into());
        assert!(any(&step));
        let mut cross = example.candidate(Motion::CrossSell);
        assert!(!any(&cross), "nothing says that it belongs to the deal");
        cross.goes_with = vec!["GTX-P".into()];
        assert!(any(&cross));
    }

    #[test]
    fn s42_a_deal_that_is_closed_is_decided() {
        let mut example = closing();
        example.facts.proposals[0].outcome = crate::facts::Outcome::Won;
        assert_eq!(fires(&example.look()), []);
    }
}
