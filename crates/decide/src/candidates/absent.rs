//! Why an offer or product is not among an account's candidates, in words.

use domain::words::Words;

use super::care::{CARE, is_kind};
use super::cross_sell;
use crate::candidate::Recommendation;
use crate::catalogue::{GivenOffer, Product};
use crate::look::Look;
use crate::phrases::{figure, name};
use crate::signals;

/// Why no candidate has this offer id or sells this product.
///
/// Answers for any text: an offer id (`plan_up:PRO`, `seats:S1`, `care`) or a product id.
pub fn why_absent(look: &Look, recommendations: &[Recommendation], asked: &str) -> Words {
    if !look.is_customer() && !asked.starts_with("advance:") {
        return not_a_customer(look);
    }
    let (kind, rest) = asked.split_once(':').unwrap_or(("", asked));
    if let Some(offer) = look.catalogue.given(&asked.into()) {
        return given(look, offer);
    }
    let off = &look.policy.candidates.off;
    if let Some(code) = off.iter().find(|code| *code == kind) {
        return Words::new(
            format!("この種類の提案({code})は、ポリシーで停止しています(candidates.off)。"),
            format!("The policy switches off offers of this kind ({code}, candidates.off)."),
        );
    }
    match kind {
        "term" => term(look, rest),
        "seats" => seats(look, rest),
        "downsell" => smaller(look, rest),
        "package" => Words::new(
            "それぞれを単独でご提案するより期待増分利益が大きくならないため、組み合わせの提案はありません。",
            "Together they are not worth more than the best of them alone, so they are no package.",
        ),
        "poc" => Words::new(
            "契約のない部署でも休眠顧客でもないため、PoCの提案はありません。",
            "It is neither a department without a contract nor dormant, so no small trial is offered.",
        ),
        "subscribe" => Words::new(
            "定期の価格があり、次のご注文の時期が近い商品ではないため、定期契約への切り替えの提案はありません。",
            "It has no price by the month, or its next order is not due, so no subscription is offered.",
        ),
        "advance" => Words::new(
            format!("{rest}という進行中の商談はありません。"),
            format!("There is no deal in progress with the id {rest}."),
        ),
        "care" if rest == "key_man" => Words::new(
            "決裁者が登録されているか、担当者の登録がないため、決裁者の確認は候補になりません。",
            "Who decides is known, or nobody is: there is no one to ask for the decision maker.",
        ),
        "care" if rest == "referral" => super::referral::why_not(look),
        "care" if is_kind(asked) => Words::new(
            "いまはそのフォローのきっかけがありません。",
            "Nothing calls for that kind of care now.",
        ),
        "" if asked == CARE => Words::new(
            "フォローが必要な兆候(解約の見込み、重大な問い合わせ、低いNPS、休眠)はありません。",
            "Nothing calls for care: no risk of leaving, no escalated ticket, no low NPS, not dormant.",
        ),
        _ => product(look, recommendations, (kind, rest)),
    }
}

/// Why an offer that people wrote down is not among the candidates.
fn given(look: &Look, offer: &GivenOffer) -> Words {
    super::given::refuses(look, offer).unwrap_or_else(|| {
        let most = look.policy.candidates.offers;
        Words::new(
            format!("「{}」は、ポリシーで停止しているか、登録されたオファーのうち金額の上位{most}件に入りません。", offer.name),
            format!("\"{}\" is switched off by the policy, or not among the {most} given offers of most revenue.", offer.name),
        )
    })
}

/// Why no smaller form of a contract is offered.
fn smaller(look: &Look, rest: &str) -> Words {
    let (sub, form) = rest.rsplit_once(':').unwrap_or((rest, ""));
    let contract = look.facts.active_contracts().find(|it| it.subscription.as_str() == sub);
    let Some(contract) = contract else { return no_contract(sub) };
    if contract.reduction_allowed == Some(false) {
        return Words::new(
            format!("契約{sub}は期間中に縮小できない契約です。"),
            format!("{sub} may not be made smaller."),
        );
    }
    if let Some(day) = contract.cancel_deadline.filter(|day| *day < look.as_of) {
        return Words::new(
            format!(
                "契約{sub}の解約申出期限({})を過ぎているため、次の更新まで縮小できません。",
                day.display_ja()
            ),
            format!(
                "The cancel deadline of {sub} ({}) is over; it cannot be made smaller before the next renewal.",
                day.display_en()
            ),
        );
    }
    match form {
        "seats" => Words::new(
            format!(
                "契約{sub}の利用は契約数を十分に下回っていないため、利用数の削減の提案はありません。"
            ),
            format!("Use of {sub} is not well under its seats, so no fewer are offered."),
        ),
        "drop" => Words::new(
            format!(
                "契約{sub}は利用されているか、利用実績がないため、オプション解約の提案はありません。"
            ),
            format!("{sub} is in use, or nothing is known of its use, so it is not to be dropped."),
        ),
        "pause" => Words::new(
            format!("契約{sub}の利用は止まっていないため、一時休止の提案はありません。"),
            format!("Use of {sub} has not stopped, so no pause is offered."),
        ),
        _ => Words::new(
            "利用状況が下位プランの上限の範囲に十分収まっているとはいえないため、下位プランの提案はありません。",
            "Usage is not well under a smaller plan's limits, so no smaller plan is offered.",
        ),
    }
}

/// Why someone is not a customer today.
pub(crate) fn not_a_customer(look: &Look) -> Words {
    let ended = look.facts.contracts.iter().filter_map(|contract| contract.ended_on).max();
    match ended {
        Some(on) => Words::new(
            format!("契約はすべて終了しています(最終終了日は{})。", on.display_ja()),
            format!("All contracts have ended (the last on {}).", on.display_en()),
        ),
        None => Words::new(
            "有効な契約も購入の記録もありません。",
            "There is neither an active contract nor a purchase on record.",
        ),
    }
}

fn product(look: &Look, recommendations: &[Recommendation], asked: (&str, &str)) -> Words {
    let (kind, id) = asked;
    let Some(product) = look.product(&id.into()) else { return unknown(look, id) };
    let called = &product.name;
    if let Some(contract) = look.contract_of(&product.id) {
        let (sub, since) = (&contract.subscription, contract.started_on);
        return Words::new(
            format!("{called}はすでにご契約中です(契約{sub}、{}から)。", since.display_ja()),
            format!("{called} is already under contract ({sub}, since {}).", since.display_en()),
        );
    }
    if !product.on_sale {
        return Words::new(
            format!("{called}は{}時点で販売していません。", look.as_of.display_ja()),
            format!("{called} is not on sale as of {}.", look.as_of.display_en()),
        );
    }
    if let Some(deal) =
        look.facts.open_proposals().find(|deal| deal.product.as_ref() == Some(&product.id))
    {
        let (id, on) = (&deal.proposal, deal.opened_on);
        return Words::new(
            format!("{called}は商談が進行中です({id}、{}開始)。", on.display_ja()),
            format!("A deal for {called} is in progress ({id}, since {}).", on.display_en()),
        );
    }
    if kind == "repeat" || (kind != "plan_up" && !look.is_new(&product.id)) {
        return bought(look, product);
    }
    if kind == "plan_up" || kind == "option" || !cross_sell::is_eligible(look, product) {
        return off_the_ladder(look, product);
    }
    ranked(look, recommendations, product)
}

fn bought(look: &Look, product: &Product) -> Words {
    let called = &product.name;
    let Some(on) = look.bought_on(&product.id) else {
        return Words::new(
            format!("{called}の購入の記録がないため、再購入の提案はありません。"),
            format!("{called} was never bought, so there is nothing to repeat."),
        );
    };
    let rhythm = look.facts.purchase(&product.id).and_then(|p| signals::due_on(look, p));
    match rhythm {
        Some((due, last)) if last >= look.as_of => Words::new(
            format!(
                "{called}は購入済みで(前回{})、次のご注文は{}頃の見込みです。",
                on.display_ja(),
                due.display_ja()
            ),
            format!(
                "{called} was bought (last on {}); the next order is due around {}.",
                on.display_en(),
                due.display_en()
            ),
        ),
        Some((due, _)) => Words::new(
            format!(
                "{called}は購入済みですが、次のご注文の目安({})を大きく過ぎており、購入の間隔から時期を見込めません。",
                due.display_ja()
            ),
            format!(
                "{called} was bought, but the day its rhythm pointed to ({}) is long past.",
                due.display_en()
            ),
        ),
        None => Words::new(
            format!(
                "{called}は購入済みです(前回{})。購入の間隔を見込めるだけの回数がありません。",
                on.display_ja()
            ),
            format!(
                "{called} was bought (last on {}); too few orders to read a rhythm.",
                on.display_en()
            ),
        ),
    }
}

fn off_the_ladder(look: &Look, product: &Product) -> Words {
    let called = &product.name;
    let line = product.line.as_deref();
    match line.and_then(|line| super::leading(look, Some(line))) {
        Some(contract) => {
            let held = name(look.catalogue, &contract.product);
            Words::new(
                format!(
                    "同じ製品群の{held}をご契約中で、{called}はその一つ上のプランまたは未導入のオプションに当たりません。"
                ),
                format!(
                    "{held} of the same line is under contract, and {called} is neither its next plan nor an option it lacks."
                ),
            )
        }
        None => Words::new(
            format!("{called}の前提となる契約またはご購入の時期に当たりません。"),
            format!("Nothing that {called} builds on is under contract or due."),
        ),
    }
}

fn ranked(look: &Look, recommendations: &[Recommendation], product: &Product) -> Words {
    let called = &product.name;
    let most = look.policy.candidates.recommendations;
    let sorted = cross_sell::ranked(recommendations);
    match sorted.iter().position(|other| other.product == product.id) {
        Some(at) => {
            let (place, score) = (at + 1, score(sorted[at].score));
            Words::new(
                format!(
                    "{called}は購入履歴によるおすすめの{place}位(スコア{score})で、候補とする上位{most}件に入りません。"
                ),
                format!(
                    "{called} is number {place} of what the purchase history speaks for (score {score}), not among the best {most}."
                ),
            )
        }
        None => Words::new(
            format!(
                "{called}をおすすめする根拠が購入履歴に少なく、候補とする上位{most}件に入りません。"
            ),
            format!(
                "Little in the purchase history speaks for {called}; it is not among the best {most}."
            ),
        ),
    }
}

/// A score with three significant decimals.
fn score(x: f64) -> String {
    format!("{x:.3}")
}

fn unknown(look: &Look, id: &str) -> Words {
    let mut near: Vec<(usize, &str, &str)> = look
        .catalogue
        .products
        .values()
        .map(|p| {
            let far = distance(id, p.id.as_str()).min(distance(id, &p.name));
            (far, p.id.as_str(), p.name.as_str())
        })
        .filter(|(far, ..)| *far <= id.chars().count().div_ceil(2))
        .collect();
    near.sort_unstable();
    let names: Vec<String> =
        near.iter().take(3).map(|(_, id, name)| format!("{id}({name})")).collect();
    if names.is_empty() {
        return Words::new(
            format!("「{id}」という商品・オファーはありません。"),
            format!("There is no product or offer \"{id}\"."),
        );
    }
    Words::new(
        format!("「{id}」という商品・オファーはありません。近い名前は{}です。", names.join("、")),
        format!("There is no product or offer \"{id}\". Near names: {}.", names.join(", ")),
    )
}

/// Edits between two texts, ignoring case, spaces and hyphens (Levenshtein 1966).
fn distance(a: &str, b: &str) -> usize {
    let plain = |text: &str| -> Vec<char> {
        let kept = text.chars().filter(|c| !matches!(c, ' ' | '-' | '_'));
        kept.flat_map(char::to_lowercase).take(64).collect()
    };
    let (a, b) = (plain(a), plain(b));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

fn term(look: &Look, rest: &str) -> Words {
    let sub = rest.rsplit_once(':').map_or(rest, |(sub, _)| sub);
    let contract =
        look.facts.active_contracts().find(|contract| contract.subscription.as_str() == sub);
    match contract.map(|contract| contract.term_months) {
        None => no_contract(sub),
        Some(None) => Words::new(
            format!("契約{sub}は契約期間が未登録のため、延長の提案はありません。"),
            format!("The term of {sub} is not recorded, so no longer one is offered."),
        ),
        Some(Some(months)) => Words::new(
            format!(
                "契約{sub}の契約期間は{months}か月で、それより長い期間の設定がないか、同じ製品群の主な契約ではありません。"
            ),
            format!(
                "{sub} has a term of {months} months; no longer term is set, or it does not lead its line."
            ),
        ),
    }
}

fn seats(look: &Look, sub: &str) -> Words {
    let Some(contract) =
        look.facts.active_contracts().find(|contract| contract.subscription.as_str() == sub)
    else {
        return no_contract(sub);
    };
    let Some(seats) = contract.seats else {
        return Words::new(
            format!("契約{sub}は利用数で数える契約ではありません。"),
            format!("{sub} is not counted in seats."),
        );
    };
    let usage = look.facts.usage.iter().find(|usage| {
        usage.subscription == contract.subscription
            && look.policy.rules.limit_near.seat_metrics.contains(&usage.metric)
    });
    match usage {
        None => Words::new(
            format!("契約{sub}には利用数と比べられる利用実績がありません。"),
            format!("There is no usage of {sub} to compare with its seats."),
        ),
        Some(usage) => Words::new(
            format!(
                "契約{sub}は{seats}名分に対して利用が{}で、追加の必要が見込まれないか、プランの上限に達するため上位プランの対象です。",
                figure(usage.value)
            ),
            format!(
                "{sub} has {seats} seats and {} in use: no more are needed, or the plan allows no more and the next plan applies.",
                figure(usage.value)
            ),
        ),
    }
}

fn no_contract(sub: &str) -> Words {
    Words::new(
        format!("{sub}という有効な契約はありません。"),
        format!("There is no active contract {sub}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day, recommend};

    fn check(example: &Example, asked: &str, expected: &str) {
        let recommended = [recommend("IT-TERM", 0.4), recommend("GTK", 0.2)];
        assert_eq!(why_absent(&example.look(), &recommended, asked).ja, expected);
    }

    #[test]
    fn any_offer_has_an_answer() {
        let mut example = Example::company();
        check(
            &example,
            "cross_sell:KT-PRO",
            "勤怠 Proはすでにご契約中です(契約S1、2023年6月15日から)。",
        );
        check(
            &example,
            "KT-PR0",
            "「KT-PR0」という商品・オファーはありません。近い名前はKT-PRO(勤怠 Pro)、GTX-P(GTX Pro)、KT-ENT(勤怠 Enterprise)です。",
        );
        check(
            &example,
            "nothing like that",
            "「nothing like that」という商品・オファーはありません。",
        );
        check(
            &example,
            "KT-STD",
            "同じ製品群の勤怠 Proをご契約中で、勤怠 Standardはその一つ上のプランまたは未導入のオプションに当たりません。",
        );
        check(
            &example,
            "seats:S1",
            "契約S1は100名分に対して利用が93で、追加の必要が見込まれないか、プランの上限に達するため上位プランの対象です。",
        );
        check(&example, "seats:S9", "S9という有効な契約はありません。");
        check(
            &example,
            "care",
            "フォローが必要な兆候(解約の見込み、重大な問い合わせ、低いNPS、休眠)はありません。",
        );
        check(&example, "advance:P7", "P7という進行中の商談はありません。");
        check(
            &example,
            "downsell:S1:seats",
            "契約S1の利用は契約数を十分に下回っていないため、利用数の削減の提案はありません。",
        );
        example.facts.contracts[0].reduction_allowed = Some(false);
        check(&example, "downsell:S1:pause", "契約S1は期間中に縮小できない契約です。");
        example.catalogue.offers = vec![GivenOffer {
            product: Some("KT-STD".into()),
            ..GivenOffer::new("OF-1", domain::motion::Motion::Bundle, "セット")
        }];
        check(&example, "OF-1", "勤怠 Standardと同じかそれより上のプランをご契約中です。");
        example.policy.candidates.off = vec!["term".to_owned()];
        check(
            &example,
            "term:S1:24",
            "この種類の提案(term)は、ポリシーで停止しています(candidates.off)。",
        );
        example.policy.candidates.recommendations = 1;
        example.policy.candidates.small_catalogue = 0;
        check(
            &example,
            "GTK",
            "GTK 500は購入履歴によるおすすめの2位(スコア0.200)で、候補とする上位1件に入りません。",
        );
        check(
            &example,
            "GTX-B",
            "GTX Basicをおすすめする根拠が購入履歴に少なく、候補とする上位1件に入りません。",
        );
    }

    #[test]
    fn what_was_bought_and_what_is_in_progress() {
        let mut example = Example::buyer();
        check(&example, "GTX-P", "GTX Proは商談が進行中です(P1、2025年12月12日開始)。");
        example.facts.purchases[0].last_on = day("2026-02-20");
        check(
            &example,
            "repeat:GTX-B",
            "GTX Basicは購入済みで(前回2026年2月20日)、次のご注文は2026年4月21日頃の見込みです。",
        );
    }

    #[test]
    fn a_former_customer_says_so() {
        let mut example = Example::company();
        example.facts.contracts[0].active = false;
        example.facts.contracts[0].ended_on = Some(day("2026-01-31"));
        check(&example, "KT-ENT", "契約はすべて終了しています(最終終了日は2026年1月31日)。");
    }
}
