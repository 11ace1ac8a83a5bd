//! Cards and sentences of a small plan.

use domain::ids::AccountKey;

use super::*;
use crate::candidate::Scored;
use crate::decision::Plan;
use crate::examples::{Example, day, odds, recommend};
use crate::facts::AccountFacts;
use crate::plan::{Offers, PlanInput, plan, pools};

/// The whole decision of one account, from its facts.
fn night(example: &Example) -> Plan {
    let look = example.look();
    let candidates = candidates::generate(&look, &[recommend("IT-TERM", 0.4)]);
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
    insta::assert_snapshot!(said.join("\n"), @r"
    勤怠 Pro → 勤怠 Enterprise
    決裁者に今後の利用計画を伺い、上位プランで解消できる点を説明してください。
    今: 利用ユーザーは上限100に対して93(93 %、2026年3月10日時点)です。上限に達するのは2026年3月下旬〜5月中旬(中央値は4月7日頃)の見込みです。[usage S1 利用ユーザー]
    今: 勤怠 Proの解約申出期限は2026年5月16日です(あと65日、更新日は2026年6月15日)。[subscriptions S1]
    理由: 現在は勤怠 Proをご契約です。勤怠 Enterpriseは同じ製品群の一つ上のプランです。[subscriptions S1]
    根拠: 受注見込み 6 %(商談化 10 %(仮定値) × 成約率 63 %(6,711件から推定))
    根拠: 働きかけなしでの受注見込み 2 %(仮定値)
    根拠: 180日後の継続率 95 %(400件から推定)、その後24か月のうち割引後19.3か月分を計上
    根拠: 粗利率 70 %(仮定値)
    stop allow: 営業停止の指定なし
    credit allow: 未払い・与信停止なし
    cancel_notice allow: 解約の申し出なし
    escalation allow: 重大な問い合わせなし
    incident allow: 直近14日間に解決した重大な問い合わせなし
    loyalty allow: 過去180日のNPS回答はありません。回答のご依頼をおすすめします。
    at_risk allow: 解約の見込みは推定できません。
    sleeping_dog allow: 働きかけが継続に与える影響は測定していません。
    reseller allow: 販売代理店の関与なし
    open_deal allow: 進行中の商談なし
    cool_down allow: 過去180日間のお断りは0件です。
    need_fit allow: 180日以内に必要な利用ユーザーは138の見込みで、現在の契約は100です。
    quiet allow: 提案を控える時期ではありません。
    addressee allow: 連絡窓口の指定なし
    permission allow: 連絡の辞退なし
    governor allow: 直近28日のご提案は0件で、上限に達していません。
    hold_out allow: 担当者が対応するお客様は、効果測定の対象外にしません。
    option:OP-SSO displaced: 1顧客あたり28日に1件までのため、「勤怠 Pro → 勤怠 Enterprise」を優先しました。
    cross_sell:EX-LIGHT displaced: 1顧客あたり28日に1件までのため、「勤怠 Pro → 勤怠 Enterprise」を優先しました。
    cross_sell:IT-TERM displaced: 1顧客あたり28日に1件までのため、「勤怠 Pro → 勤怠 Enterprise」を優先しました。
    cross_sell:GTK displaced: 1顧客あたり28日に1件までのため、「勤怠 Pro → 勤怠 Enterprise」を優先しました。
    cross_sell:GTX-P displaced: 1顧客あたり28日に1件までのため、「勤怠 Pro → 勤怠 Enterprise」を優先しました。
    ");
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
    insta::assert_snapshot!(silent(&example).expect("silent"), @"今日の提案はありません。8件はNPSが低いため保留中です。1件は対応可能時間が足りないため見送りました。");
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
    let mut fates = Fates::default();
    fates.add(&plan.decisions);
    let counts = fates.counts();
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
    insta::assert_snapshot!(said.join("\n"), @r"
    chosen chosen 1件 1社 提案します
    displaced account_limit 6件 1社 1顧客あたりの提案数の上限により見送りました
    waiting no_value 1件 1社 期待増分利益がプラスになりません
    ");
}

#[test]
fn every_reason_has_words() {
    let codes = guards::GUARDS.iter().map(|guard| guard.code);
    let others = ["chosen", "hours", "account_limit", "no_window", "no_value"];
    for code in codes.chain(others) {
        assert_ne!(reason(code), reason("unheard of"), "{code}");
    }
}
