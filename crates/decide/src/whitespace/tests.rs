//! Every state of the map, its reason and its proof.

use super::*;
use crate::examples::{Example, day, deal};
use crate::facts::Outcome;

fn decided(product: &str, motion: Motion, (fate, code): (Fate, &str)) -> Decided {
    Decided {
        play: "play".into(),
        product: product.into(),
        motion,
        fate,
        code: code.to_owned(),
        reason: Words::new("理由です。", "A reason."),
        expected_minor: 1_000,
    }
}

/// State, guard and reason of one product.
fn said(example: &Example, decided: Vec<Decided>, product: &str) -> String {
    let member = Member { look: example.look(), decided, results: &[] };
    let cells = map(&[member]);
    let cell = cells.iter().find(|cell| cell.product.as_str() == product).expect("on the map");
    let by = cell.blocked_by.as_deref().map_or(String::new(), |by| format!(" ({by})"));
    format!("{}{by}: {} [{}]", cell.state.code(), cell.because.words.ja, cell.because.source)
}

#[test]
fn n11_what_is_under_contract_or_bought_is_owned() {
    let company = Example::company();
    assert_eq!(
        said(&company, vec![], "KT-PRO"),
        "owned: 2023年6月15日からご契約中です。 [subscriptions S1]"
    );
    let mut buyer = Example::buyer();
    assert_eq!(said(&buyer, vec![], "GTX-B"), "owned: 2026年2月1日に購入済みです。 [orders O9]");
    // The day on which it counts no more.
    buyer.policy.candidates.owned_for_days = crate::policy::Cap::at_most(39);
    assert!(said(&buyer, vec![], "GTX-B").starts_with("owned"));
    buyer.policy.candidates.owned_for_days = crate::policy::Cap::at_most(38);
    assert!(said(&buyer, vec![], "GTX-B").starts_with("gap"));
}

#[test]
fn n11_a_deal_or_work_is_in_progress() {
    let buyer = Example::buyer();
    let mut example = buyer.clone();
    example.facts.purchases.retain(|purchase| purchase.product.as_str() != "GTX-P");
    assert_eq!(
        said(&example, vec![], "GTX-P"),
        "in_progress: 2025年12月12日から商談中です。 [proposals P1]"
    );
    let work = decided("GTK", Motion::CrossSell, (Fate::Waiting, "under_way"));
    assert_eq!(said(&buyer, vec![work], "GTK"), "in_progress: 理由です。 [plays]");
}

#[test]
fn n11_a_guard_blocks_and_is_named() {
    let company = Example::company();
    let held = || decided("EX-LIGHT", Motion::CrossSell, (Fate::Held, "loyalty"));
    assert_eq!(
        said(&company, vec![held()], "EX-LIGHT"),
        "blocked (loyalty): NPS(推奨度): 理由です。 [accounts 1]"
    );
    let refused = decided("EX-LIGHT", Motion::CrossSell, (Fate::Blocked, "refused"));
    assert!(said(&company, vec![refused], "EX-LIGHT").starts_with("blocked (refused): 理由です。"));
    // Another way that is open.
    let free = decided("EX-LIGHT", Motion::Bundle, (Fate::Waiting, "no_window"));
    assert!(said(&company, vec![held(), free.clone()], "EX-LIGHT").starts_with("gap: "));
    // What is proposed speaks for the product, wherever it stands.
    let chosen = Decided {
        reason: Words::new("ご提案中です。", "Proposed."),
        ..decided("EX-LIGHT", Motion::CrossSell, (Fate::Chosen, "chosen"))
    };
    let proposed = said(&company, vec![free, chosen], "EX-LIGHT");
    assert!(proposed.starts_with("gap: ご提案中です。"), "{proposed}");
}

#[test]
fn n11_gaps_and_what_is_not_eligible() {
    let company = Example::company();
    let chosen = decided("KT-ENT", Motion::PlanUp, (Fate::Chosen, "chosen"));
    assert!(said(&company, vec![chosen], "KT-ENT").starts_with("gap: 理由です。"));
    assert!(said(&company, vec![], "OP-SSO").starts_with("gap: まだご提案していません。"));
    assert!(said(&company, vec![], "EX-LIGHT").starts_with("gap: "));
    // A lower plan of a line that is held.
    assert!(said(&company, vec![], "KT-STD").starts_with("not_eligible: 同じ製品群の勤怠 Pro"));
    let mut example = company.clone();
    example.catalogue.products.get_mut(&"KT-STD".into()).expect("a product").on_sale = false;
    let member = Member { look: example.look(), decided: vec![], results: &[] };
    let cells = map(&[member]);
    assert!(!cells.iter().any(|cell| cell.product.as_str() == "KT-STD"), "nobody has it or can");
}

#[test]
fn s28_a_department_without_a_contract_has_gaps_from_the_entry_on() {
    let mut example = Example::company();
    example.facts.contracts.clear();
    example.facts.usage.clear();
    assert!(said(&example, vec![], "KT-STD").starts_with("gap: "));
    assert!(said(&example, vec![], "IT-TERM").starts_with("gap: "));
    assert_eq!(
        said(&example, vec![], "KT-PRO"),
        "not_eligible: この製品群は勤怠 Standardからの導入になります。 [accounts 1]"
    );
    assert_eq!(
        said(&example, vec![], "OP-SSO"),
        "not_eligible: 前提となる勤怠のプランをご契約いただいていません。 [accounts 1]"
    );
}

#[test]
fn s69_gaps_carry_what_the_product_did_elsewhere_in_the_group() {
    let example = Example::company();
    let mut results = vec![SharedResult {
        result: "RS1".to_owned(),
        account: AccountKey(2),
        product: "EX-LIGHT".into(),
        metric: "月間の精算時間(時間)".to_owned(),
        before: 40.0,
        after: 12.5,
        period: Some("2025年4月〜9月".to_owned()),
        measured_by: Some("顧客".to_owned()),
        approved_on: day("2025-11-20"),
    }];
    let member = Member { look: example.look(), decided: vec![], results: &results };
    let cells = map(&[member]);
    let of = |id: &str| cells.iter().find(|cell| cell.product.as_str() == id).expect("a cell");
    let proof: Vec<_> =
        of("EX-LIGHT").proof.iter().map(|it| (&*it.words.ja, &*it.source)).collect();
    assert_eq!(
        proof,
        [(
            "同じグループの別の部門では、経費 Lightの導入により月間の精算時間(時間)が40から12.5になりました(共有の承認: 2025年11月20日、期間: 2025年4月〜9月、測定: 顧客)。",
            "results RS1"
        )]
    );
    assert_eq!(of("OP-SSO").proof, []);
    // Its own outcome proves nothing to itself.
    results[0].account = example.facts.account;
    let member = Member { look: example.look(), decided: vec![], results: &results };
    assert!(map(&[member]).iter().all(|cell| cell.proof.is_empty()));
}

#[test]
fn s69_only_what_may_be_shared_from_its_day_on() {
    let on = Some(day("2026-03-12"));
    let told = |scope, as_of| SharedResult::may_be_told(scope, on, day(as_of));
    assert!(told(Some("group"), "2026-03-12") && told(Some("public"), "2026-03-13"));
    assert!(!told(Some("group"), "2026-03-11"), "the day before");
    assert!(!told(Some("internal"), "2026-03-12") && !told(None, "2026-03-12"));
    assert!(!SharedResult::may_be_told(Some("group"), None, day("2026-03-12")));
}

#[test]
fn n11_a_line_has_the_state_of_its_highest_product() {
    let company = Example::company();
    let blocked = decided("KT-ENT", Motion::PlanUp, (Fate::Held, "escalation"));
    let member = Member { look: company.look(), decided: vec![blocked], results: &[] };
    let lines = by_line(map(&[member]));
    let states: Vec<_> = lines
        .iter()
        .map(|cell| format!("{} {}", cell.line.as_deref().unwrap_or("-"), cell.state.code()))
        .collect();
    assert_eq!(states, ["GTK gap", "GTX gap", "勤怠 owned", "機器 gap", "経費 gap"]);
}

#[test]
fn a_deal_for_what_is_owned_stays_owned() {
    let mut company = Example::company();
    company.facts.proposals.push(deal("P9", "KT-PRO", "2026-02-01", Outcome::Open));
    assert!(said(&company, vec![], "KT-PRO").starts_with("owned"));
}
