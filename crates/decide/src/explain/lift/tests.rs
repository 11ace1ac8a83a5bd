//! N9: for every guard and every reason there is a sentence of what would have to change, in both languages.

use super::*;
use crate::candidate::Scored;
use crate::decision::Plan;
use crate::examples::{Example, day, odds};
use crate::explain::REASONS;
use crate::guards::GUARDS;
use crate::plan::{Offers, PlanInput, plan, pools};
use crate::policy::Cap;

fn night(example: &Example) -> Plan {
    let look = example.look();
    let candidates = crate::candidates::generate(&look, &[]);
    let scored = candidates.into_iter().map(|candidate| Scored { candidate, odds: odds() });
    let input = PlanInput {
        as_of: look.as_of,
        policy: &example.policy,
        catalogue: &example.catalogue,
        pools: pools(&example.policy, look.as_of, &[]),
        seed: 1,
        lives: crate::life::Lives::default(),
    };
    plan(input, vec![Offers::new(&example.facts, scored.collect())])
}

/// What lifts an offer of a night, with its reason's code and source.
fn lifted(example: &Example, offer: &str) -> String {
    let plan = night(example);
    let find = |id: &str| plan.decisions.iter().find(|d| d.scored.candidate.offer.as_str() == id);
    let decision = find(offer).expect("an offer of the night");
    let rival = decision.displaced_by.as_ref().and_then(|by| find(by.as_str()));
    let around = Around { pools: &plan.pools, rival, currency: Currency::JPY };
    match lift(&example.look(), decision, around) {
        None => format!("{}: -", decision.reason_code),
        Some(said) => format!(
            "{}: {} / {} [{}]",
            decision.reason_code, said.words.ja, said.words.en, said.source
        ),
    }
}

#[test]
fn n9_every_guard_says_what_would_lift_it() {
    let example = Example::company();
    let until = day("2026-10-14");
    for guard in GUARDS {
        for says in [Says::HoldUntil(Some(until)), Says::HoldUntil(None), Says::Block] {
            let verdict =
                Verdict { guard: guard.code, says, reason: Words::default(), evidence: Vec::new() };
            let said = super::guard(&example.look(), &verdict);
            assert!(
                said.words.ja.ends_with("ご提案できます。"),
                "{}: {}",
                guard.code,
                said.words.ja
            );
            assert!(said.words.en.ends_with('.') && said.words.en.len() > 10, "{}", guard.code);
            assert!(!said.source.is_empty(), "{}", guard.code);
            let dated = says == Says::HoldUntil(Some(until));
            assert_eq!(said.words.ja.contains("2026年10月14日以降"), dated, "{}", said.words.ja);
            assert_eq!(said.words.en.contains(&until.display_en()), dated, "{}", said.words.en);
        }
    }
}

#[test]
fn n9_every_reason_says_what_would_change_it() {
    let example = Example::company();
    let mut decision = night(&example).decisions.remove(0);
    let around = Around { pools: &[], rival: None, currency: Currency::JPY };
    assert_eq!(lift(&example.look(), &decision, around), None, "what is chosen needs no change");
    decision.fate = Fate::Waiting;
    decision.verdicts.clear();
    for code in REASONS.iter().copied().filter(|code| *code != "chosen") {
        decision.reason_code = code;
        let said = lift(&example.look(), &decision, around).expect(code);
        assert!(said.words.ja.ends_with('。') && said.words.en.ends_with('.'), "{code}: {said:?}");
        assert!(!said.source.is_empty(), "{code}");
        let unknown = crate::explain::reason("no such code");
        assert_ne!(crate::explain::reason(code), unknown, "{code} has no words");
    }
}

#[test]
fn n9_a_detractor_by_the_answer_or_the_day() {
    let mut example = Example::company();
    example.answer(6.0);
    insta::assert_snapshot!(lifted(&example, "plan_up:KT-ENT"), @"loyalty: 2026年7月10日以降、または次のNPSの回答が7以上になれば、ご提案できます。 / From 10 Jul 2026 on, or once the next NPS answer is 7 or more. [surveys R1]");
    // A passive customer, at 7, is not held.
    example.facts.surveys[0].score = 7.0;
    insta::assert_snapshot!(lifted(&example, "plan_up:KT-ENT"), @"chosen: -");
}

#[test]
fn n9_hours_that_lack_are_counted() {
    let mut example = Example::company();
    example.policy.hours.unassigned_week = 0.5;
    insta::assert_snapshot!(lifted(&example, "plan_up:KT-ENT"), @"hours: 2026年3月16日の週にあと1.5時間あれば、組み込めます。 / 1.5 hours more in the week of 16 Mar 2026 would hold it. [pools unassigned]");
    // With just enough of them it is in.
    example.policy.hours.unassigned_week = 2.0;
    insta::assert_snapshot!(lifted(&example, "plan_up:KT-ENT"), @"chosen: -");
}

#[test]
fn n9_the_account_limit_names_its_rival_its_day_or_its_key() {
    let mut example = Example::company();
    insta::assert_snapshot!(lifted(&example, "option:OP-SSO"), @r#"account_limit: 「勤怠 Pro → 勤怠 Enterprise」を見送るか、期待増分利益の差¥11,046が埋まれば、代わりに提案されます。 / It takes the place of "勤怠 Pro → 勤怠 Enterprise" where that is left out, or the ¥11,046 between them closes. [plays 6bbae550e32ac567]"#);
    let mut deal = crate::examples::deal("P7", "GTX-B", "2026-03-01", crate::facts::Outcome::Won);
    deal.approached = Some(true);
    example.facts.proposals.push(deal);
    let said = lifted(&example, "plan_up:KT-ENT");
    assert!(said.contains("2026年3月29日以降にご提案できます。 / From 29 Mar 2026 on."), "{said}");
    example.facts.proposals.clear();
    example.policy.limits.packages_per_account = Cap::at_most(0);
    let said = lifted(&example, "plan_up:KT-ENT");
    assert!(said.contains("limits.packages_per_accountを1以上にすれば"), "{said}");
}

#[test]
fn n9_no_occasion_tells_the_next_one() {
    let mut example = Example::company();
    // Else the upgrade is held, since three fifths of the limit need none.
    example.policy.guards.off = vec!["need_fit".to_owned()];
    example.facts.usage[0].value = 60.0;
    example.facts.usage[0].reach = None;
    example.facts.contracts[0].renews_on = Some(day("2026-12-15"));
    example.facts.contracts[0].cancel_deadline = Some(day("2026-11-16"));
    insta::assert_snapshot!(lifted(&example, "plan_up:KT-ENT"), @"no_window: 2026年8月18日以降、または利用ユーザーが80に達すれば(現在60)、きっかけになります。 / From 18 Aug 2026 on, or once 利用ユーザー reaches 80 (now 60), there is an occasion. [usage S1 利用ユーザー]");
    example.facts.usage.clear();
    insta::assert_snapshot!(lifted(&example, "plan_up:KT-ENT"), @"no_window: 2026年8月18日以降、更新に向けた提案期間に入ります。 / From 18 Aug 2026 on, the window before the renewal is open. [subscriptions S1]");
}

#[test]
fn n9_a_price_that_is_too_low_says_by_how_much() {
    let mut example = Example::buyer();
    example.facts.proposals.clear();
    example.policy.value.hourly_rate_minor = 3_000;
    let said = lifted(&example, "plan_up:GTX-P");
    insta::assert_snapshot!(said, @"no_value: 金額があと¥190,694高ければ、期待増分利益がプラスになります。 / At a price ¥190,694 higher it would earn. [products GTX-P]");
    // By just that much more it earns.
    let plan = night(&example);
    let this = plan.decisions.iter().find(|d| d.scored.candidate.offer.as_str() == "plan_up:GTX-P");
    let scored = this.expect("an offer").scored.clone();
    let gap: f64 = said
        .split_once('¥')
        .and_then(|(_, rest)| rest.split_once('高'))
        .and_then(|(amount, _)| amount.replace(',', "").parse().ok())
        .expect("an amount");
    let monthly = said.contains("月額");
    let earns = |more: f64| {
        let mut tried = scored.clone();
        if monthly {
            tried.candidate.revenue_month_minor.mean += more;
        } else {
            tried.candidate.once_minor.mean += more;
        }
        crate::value::expected(&example.look(), &tried).eip.mean
    };
    assert!(earns(gap - 1.0) < 1.0 && earns(gap + 1.0) > 0.0, "{said}");
}

#[test]
fn n10_while_offers_are_stopped_only_care_is_planned() {
    let mut example = Example::company();
    example.escalate();
    example.policy.stopped = Some(day("2026-03-12"));
    let plan = night(&example);
    let chosen: Vec<&str> = plan
        .decisions
        .iter()
        .filter(|decision| decision.fate == Fate::Chosen)
        .map(|decision| decision.scored.candidate.motion.code())
        .collect();
    assert_eq!(chosen, ["care"]);
    insta::assert_snapshot!(lifted(&example, "plan_up:KT-ENT"), @"stopped: 提案の停止が解除されれば、次の実行から対象になります。 / Once offers are started again, the next run considers it. [policy_stops]");
}
