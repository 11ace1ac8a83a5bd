//! Texts of the map of who has what.

use std::collections::BTreeMap;

use decide::whitespace::State;
use domain::words::Lang;

use super::{counted as english, either};
use crate::show;

words! {
    /// The map of who has what.
    WhitespaceWords {
        title = "未導入マップ", "Whitespace";
        search = "グループ・顧客名で探す", "Search groups and accounts";
        line = "製品群", "Product line";
        any_line = "すべての製品群", "All lines";
        state = "状態", "State";
        any_state = "すべての状態", "Any state";
        owner = "担当", "Owner";
        any_owner = "全員", "Everyone";
        unassigned = "未割当", "Unassigned";
        find = "絞り込む", "Apply";
        clear = "条件を解除", "Clear";
        of_group = "表示中のグループ", "Group shown";
        legend = "凡例", "Legend";
        owned_about = "契約中、または購入済み", "under contract, or bought";
        in_progress_about = "商談または着手中の提案があります", "a deal or an accepted play is open";
        blocked_about = "提案前チェックまたは回答により保留中です", "held or blocked by a check or an answer";
        gap_about = "ご提案できます。金額は、最も高い提案の期待増分利益(24か月・粗利)です", "can be offered; the amount is the expected incremental profit of the best offer (24 months, gross margin)";
        not_eligible_about = "前提となる契約がない、または上位の契約をお持ちです", "what it builds on is not held, or a higher form is";
        account = "顧客", "Account";
        no_line = "製品群なし", "No line";
        no_run = "計画がまだありません。顧客・商品と、契約または注文を取り込んで計画を作ると表示されます。",
            "There is no map yet. It appears once your data are imported and a plan has been made.";
        no_products = "今回の計画には未導入マップがありません。商品が取り込まれているかを確認のうえ、計画を作り直してください。",
            "This plan has no map. Check that products have been imported, then rebuild the plan.";
        nothing_found = "条件に当てはまる顧客はありません。条件を減らすか、表記を変えて探してください。",
            "No account matches. Take a filter away, or try another spelling.";
        previous = "前へ", "Previous";
        next = "次へ", "Next";
        pages = "ページ送り", "Pages";
        columns_previous = "前の列", "Columns before";
        columns_next = "次の列", "More columns";
        under = "(所属: ", " · part of ";
        under_end = ")", "";
    }
}

/// A state's word.
pub(crate) fn state(lang: Lang, state: State) -> String {
    state.words().get(lang).to_owned()
}

/// The class of its cells.
pub(crate) fn class(state: State) -> &'static str {
    match state {
        State::Owned => "owned",
        State::InProgress => "going",
        State::Blocked => "blocked",
        State::Gap => "gap",
        State::NotEligible => "closed",
    }
}

/// Its shape: nobody needs to tell hues apart.
pub(crate) fn shape(state: State) -> &'static str {
    match state {
        State::Owned => "●",
        State::InProgress => "◐",
        State::Blocked => "■",
        State::Gap => "○",
        State::NotEligible => "–",
    }
}

/// `導入済み1・未導入2`: how the products of a line stand, what is not eligible left out beside others.
pub(crate) fn states(lang: Lang, counts: &BTreeMap<State, (u64, i64)>) -> String {
    let alone = counts.len() == 1;
    let said = counts.iter().filter(|(state, _)| alone || **state != State::NotEligible);
    let said: Vec<String> = said
        .map(|(at, (n, _))| {
            let word = state(lang, *at);
            either(lang, format!("{word}{n}"), some(*n, *at))
        })
        .collect();
    said.join(either(lang, "・", ", ").as_str())
}

/// `2 gaps`, `3 owned`.
fn some(n: u64, at: State) -> String {
    let word = state(Lang::En, at);
    let plural = if at == State::Gap && n != 1 { "s" } else { "" };
    format!("{} {word}{plural}", show::whole(n))
}

/// `導入済み 120`: how many accounts of those found.
pub(crate) fn counted(lang: Lang, at: State, n: usize) -> String {
    let n = n as u64;
    either(lang, format!("{} {}", state(lang, at), show::whole(n)), some(n, at))
}

/// `2026年3月12日(木)時点`.
pub(crate) fn as_of(lang: Lang, date: &str) -> String {
    either(lang, format!("{date}時点"), format!("As of {date}"))
}

/// `顧客 1,204件`.
pub(crate) fn total(lang: Lang, n: usize) -> String {
    let n = n as u64;
    either(lang, format!("顧客 {}件", show::whole(n)), english(n, "account"))
}

/// `田中 美咲(40件)`.
pub(crate) fn owner(lang: Lang, name: &str, accounts: u64) -> String {
    let n = show::whole(accounts);
    either(lang, format!("{name}({n}件)"), format!("{name} ({n})"))
}

/// `未導入分の期待増分利益 ¥120,000`.
pub(crate) fn group_gap(lang: Lang, amount: &str) -> String {
    either(
        lang,
        format!("未導入分の期待増分利益 {amount}(顧客・製品群ごとに最も高い提案の合計)"),
        format!("expected profit of the gaps {amount} (the best offer of each account and line)"),
    )
}

/// `ほか3,940商品は、…`.
pub(crate) fn left_out(lang: Lang, n: u64, shown: usize) -> String {
    let n = show::whole(n);
    either(
        lang,
        format!(
            "このマップに載せているのは、導入・購入した顧客の多い{shown}商品です。ほかの{n}商品は載せていません。"
        ),
        format!(
            "The map holds the {shown} products that most customers have; {n} others are left out."
        ),
    )
}

/// `1〜25件目(全400件)`; nothing where all are shown.
pub(crate) fn range(lang: Lang, (first, here): (usize, usize), total: usize) -> String {
    if here == 0 || here == total {
        return String::new();
    }
    super::today::range(lang, first as u64 + 1, (first + here) as u64, total as u64)
}

/// `1〜14列目(全20列)`; nothing where all are shown.
pub(crate) fn columns(lang: Lang, (first, here): (usize, usize), total: usize) -> String {
    if here == 0 || here == total {
        return String::new();
    }
    let (from, to) = (first + 1, first + here);
    either(
        lang,
        format!("{from}〜{to}列目(全{total}列)"),
        format!("columns {from}–{to} of {total}"),
    )
}
