//! Cards and sentences of a small plan.

use domain::ids::AccountKey;
use domain::motion::Motion;
use domain::probability::Estimate;

use super::*;
use crate::candidate::Scored;
use crate::decision::Plan;
use crate::examples::{Example, day, odds, recommend};
use crate::facts::AccountFacts;
use crate::plan::{PlanInput, plan, pools};

/// The whole decision of one account, from its facts.
fn night(example: &Example) -> Plan {
    let look = example.look();
    let candidates = candidates::generate(&look, &[recommend("IT-TERM", 0.4)]);
    let scored = candidates.into_iter().map(|candidate| Scored { candidate, odds: odds() });
    plan(PlanInput {
        as_of: look.as_of,
        policy: &example.policy,
        accounts: std::slice::from_ref(&example.facts),
        catalogue: &example.catalogue,
        scored: scored.collect(),
        pools: pools(&example.policy, look.as_of, &[]),
        seed: 1,
        accepted: Vec::new(),
    })
}

fn refs(plan: &Plan) -> Vec<&Decision> {
    plan.decisions.iter().collect()
}

#[test]
fn a_card_says_why_now_why_this_and_why_not_the_others() {
    let example = Example::company();
    let plan = night(&example);
    let first = &plan.decisions[0];
    let card = build(first, &refs(&plan), Currency::JPY);
    let mut said = vec![card.title.ja.clone(), card.next_step.ja.clone()];
    said.extend(card.why_now.iter().map(|line| format!("今: {}[{}]", line.said.ja, line.source)));
    said.extend(
        card.why_this.iter().map(|line| format!("理由: {}[{}]", line.said.ja, line.source)),
    );
    said.extend(card.odds.iter().map(|line| format!("根拠: {}", line.said.ja)));
    said.extend(card.checks.iter().map(|c| format!("{} {}: {}", c.guard, c.says, c.said.ja)));
    said.extend(card.compared.iter().map(|c| format!("{} {}: {}", c.offer_id, c.fate, c.said.ja)));
    insta::assert_snapshot!(said.join("\n"), @"");
    let split = &card.split;
    let sum =
        split.acceptance_minor + split.retention_minor + split.incentive_minor + split.effort_minor;
    assert_eq!(sum, Currency::JPY.round_expected(first.value.eip.mean));
}

#[test]
fn an_account_without_a_play_says_why() {
    let silent = |example: &Example| {
        let plan = night(example);
        account_silent(&example.look(), &refs(&plan)).map(|words| words.ja)
    };
    let mut example = Example::company();
    assert_eq!(silent(&example), None);
    example.policy.hours.unassigned_week = 0.0;
    example.answer(2.0);
    insta::assert_snapshot!(silent(&example).expect("silent"), @"");
    example.facts.contracts[0].active = false;
    example.facts.contracts[0].ended_on = Some(day("2026-01-31"));
    assert_eq!(
        silent(&example).as_deref(),
        Some("今日の提案はありません。契約はすべて終了しています(最終終了日は2026年1月31日)。")
    );
    example.facts = AccountFacts::nothing(AccountKey(1));
    assert_eq!(
        silent(&example).as_deref(),
        Some("今日の提案はありません。有効な契約も購入の記録もありません。")
    );
}

#[test]
fn completing_a_decision_gives_the_plan_s_words() {
    let example = Example::company();
    let plan = night(&example);
    let mut again = plan.decisions[0].clone();
    again.signals.clear();
    again.verdicts.clear();
    again.value.terms.clear();
    complete(&example.look(), &mut again);
    assert_eq!(again, plan.decisions[0]);
}

#[test]
fn fates_are_counted_once_for_each_candidate() {
    let example = Example::company();
    let plan = night(&example);
    let counts = fates(&plan.decisions);
    let candidates: u64 = counts.iter().map(|count| count.candidates).sum();
    assert_eq!(candidates, plan.decisions.len() as u64);
    let said: Vec<_> = counts
        .iter()
        .map(|c| {
            format!(
                "{} {} {}件 {}社 {}",
                c.fate.code(),
                c.reason_code,
                c.candidates,
                c.accounts,
                c.reason.ja
            )
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @"");
}

#[test]
fn every_reason_has_words() {
    let codes = guards::GUARDS.iter().map(|guard| guard.code);
    let others = ["chosen", "hours", "account_limit", "no_window", "no_value", "no_account"];
    for code in codes.chain(others) {
        assert_ne!(reason(code), reason("unheard of"), "{code}");
    }
}

#[test]
fn an_offer_alone_has_value_windows_and_verdicts() {
    let mut example = Example::company();
    example.escalate();
    let mut scored = example.scored(Motion::CrossSell);
    scored.candidate.revenue_month_minor = Estimate::known(20_000.0);
    let found = alone(&example.look(), &scored);
    assert!(found.value.eip.mean > 0.0 && !found.value.terms.is_empty());
    assert_eq!(found.signals.len(), 1);
    let decides = guards::deciding(&found.verdicts).map(|verdict| verdict.guard);
    assert_eq!(decides, Some("escalation"));
}
