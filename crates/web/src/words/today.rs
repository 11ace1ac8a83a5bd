//! Texts of the worklist.

use domain::words::Lang;
use store::PolicyStop;

use super::{counted, either};
use crate::show;

words! {
    /// The worklist's fixed texts.
    TodayWords {
        title = "今日の提案", "Today";
        filters = "絞り込み", "Filter";
        owner = "担当", "Owner";
        motion = "種類", "Kind";
        all_owners = "全員", "Everyone";
        all_motions = "すべて", "All";
        role = "担当区分", "Team";
        due = "期限", "Due";
        any_due = "すべて", "Any";
        apply = "絞り込む", "Apply";
        saved = "保存した条件", "Saved filters";
        save = "この条件を保存", "Save this filter";
        save_as = "名前", "Name";
        forget = "削除", "Delete";
        reassign = "まとめて担当を変更", "Reassign";
        night = "計画の結果を見る", "Plan results";
        tasks = "タスクとして書き出す", "Export as tasks";
        keys = "キーボード操作", "Keyboard";
        keys_move = "次の提案・前の提案", "next and previous proposal";
        keys_open = "開く", "open";
        keys_accept = "着手する", "accept";
        keys_not_now = "保留・対象外の入力欄を開く", "open the form to hold or refuse";
        keys_help = "この説明を開く・閉じる", "open and close this help";
        keys_off = "1文字のキー操作を使わない", "Do not use single keys";
        clear = "条件を外す", "Clear";
        list = "提案の一覧", "Proposals";
        previous = "前の25件", "Previous 25";
        next = "次の25件", "Next 25";
        pages = "ページ送り", "Pages";
        others_narrowed = "担当する顧客について、顧客ごとに上位5件までを数えています。",
            "Only accounts you can see; at most the top five candidates of each.";
        others = "提案しなかった候補とその理由", "What is not proposed, and why";
        fate = "扱い", "Status";
        reason = "理由", "Reason";
        candidates = "候補", "Candidates";
        at_accounts = "顧客", "Accounts";
        empty = "今日の提案はありません。", "There is nothing to propose today.";
        empty_filter = "この条件に当てはまる提案はありません。条件を外すと全件を表示します。",
            "Nothing matches this filter. Clear it to see the whole list.";
        empty_fill = "契約・利用量・注文・アンケートの新しいデータを取り込み、計画を作り直すと、時期を迎えた提案がここに並びます。",
            "Take in newer contracts, usage, orders or surveys and make the plan again: what has come due will appear here.";
        no_accounts = "顧客がまだ取り込まれていません。accounts のファイルを取り込むと候補を作れます。",
            "No accounts have been taken in yet. Ingest a file of accounts so that candidates can be made.";
        no_run = "計画がまだありません。", "There is no plan yet.";
        no_run_fill = "顧客・契約・利用量などのファイルを取り込んだあと、次のコマンドを実行してください。結果がここに並びます。",
            "Take in your files (accounts, contracts, usage and so on), then run this command. What it finds will appear here.";
        no_candidates = "取り込んだデータからは提案の候補を作れませんでした。商品、契約または注文のデータを取り込むと候補ができます。",
            "No candidates could be made from the data. Take in products with contracts or orders, and there will be some.";
        natural = "自然に申し込む見込み(案内のみ)", "Likely to buy anyway (prompt only)";
        natural_about = "ご連絡しなくても申し込まれる見込みの顧客です。営業の時間は使わず、アプリ内やメールで案内してください。",
            "These customers will likely buy without contact. Spend no hours on them: a prompt in the product or a mail is enough.";
        customer = "顧客", "Customer";
        offer = "提案", "Offer";
        send = "案内の内容", "What to send";
        by = "手段", "By";
        manager = "管理者向け", "For the manager";
        warning = "確認してください", "Please check";
        warning_link = "管理者向けの注意あり", "A warning for the manager";
        tax_unstated = "金額の税区分(税抜・税込)は、取り込んだ価格表に記載がありません。",
            "The price list does not say whether amounts include tax.";
    }
}

/// `7日以内`.
pub(crate) fn due_within(lang: Lang, days: i32) -> String {
    either(lang, format!("{days}日以内"), format!("within {days} days"))
}

/// `ヘルススコア72(良好)`.
pub(crate) fn health(lang: Lang, score: f64, band: &str) -> String {
    either(lang, format!("ヘルススコア{score:.0}({band})"), format!("health {score:.0} ({band})"))
}

/// Why nothing is offered (N10).
pub(crate) fn stopped(lang: Lang, stop: &PolicyStop) -> String {
    let on = show::iso_date(lang, &stop.stopped_on);
    let (by, reason) = (&stop.stopped_by, &stop.reason);
    either(
        lang,
        format!(
            "{on}から、すべての提案を停止しています(担当: {by}、理由: {reason})。フォローと着手済みの作業は続けてください。"
        ),
        format!(
            "All offers are stopped since {on} by {by}: {reason}. Care and accepted work go on."
        ),
    )
}

/// Plays, hours, accounts and what is held, in one line.
pub(crate) struct Summary {
    /// Plays in the plan.
    pub(crate) plays: u64,
    /// Hours they take.
    pub(crate) hours: f64,
    /// Candidates that a guard holds or blocks.
    pub(crate) held: i64,
    /// Accounts there are.
    pub(crate) accounts: u64,
}

impl Summary {
    /// Candidates that a guard holds or blocks.
    pub(crate) fn held(&self, lang: Lang) -> String {
        let n = self.held.unsigned_abs();
        either(
            lang,
            format!("条件により保留: {}候補", show::whole(n)),
            format!("{} held back", counted(n, "candidate")),
        )
    }

    /// The line under the title, but for what is held.
    pub(crate) fn line(&self, lang: Lang) -> Vec<String> {
        let (plays, accounts) = (show::whole(self.plays), show::whole(self.accounts));
        let hours = show::number(self.hours, 1);
        vec![
            either(
                lang,
                format!("計画 {plays}件(対応済みを含む)"),
                format!("{} in the plan", counted(self.plays, "proposal")),
            ),
            either(
                lang,
                format!("予定工数 {hours}時間"),
                format!("{hours} {} planned", if hours == "1" { "hour" } else { "hours" }),
            ),
            either(lang, format!("顧客 {accounts}件"), counted(self.accounts, "account")),
        ]
    }
}

/// `2026年3月12日(木)時点`.
pub(crate) fn as_of(lang: Lang, date: &str) -> String {
    either(lang, format!("{date}時点"), format!("As of {date}"))
}

/// `51〜100件目(全120件)`.
pub(crate) fn range(lang: Lang, first: u64, last: u64, total: u64) -> String {
    let total = show::whole(total);
    either(lang, format!("{first}〜{last}件目(全{total}件)"), format!("{first}–{last} of {total}"))
}

/// Why nothing is proposed: the largest reasons with their counts.
pub(crate) fn because(lang: Lang, candidates: i64, reason: &str, fate: &str) -> String {
    let n = candidates.unsigned_abs();
    either(
        lang,
        format!("{fate} {}件: {reason}", show::whole(n)),
        format!("{fate}, {}: {reason}", counted(n, "candidate")),
    )
}

/// `自然に申し込む見込み 12件`.
pub(crate) fn natural_count(lang: Lang, n: u64) -> String {
    let n = show::whole(n);
    either(lang, format!("自然に申し込む見込み {n}件"), format!("{n} likely to buy anyway"))
}

/// A reason at the start of a cell: with a capital.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// How to see all of a long list.
pub(crate) fn more_natural(lang: Lang, total: u64) -> String {
    let total = show::whole(total);
    either(
        lang,
        format!("全{total}件は nobishiro plays --natural で確認できます。"),
        format!("All {total} are listed by nobishiro plays --natural."),
    )
}

/// `働きかけなしで24 %、ご連絡した場合26 %`.
pub(crate) fn unasked(lang: Lang, unasked: &str, contacted: &str) -> String {
    either(
        lang,
        format!("ご連絡なしで{unasked} %、ご連絡した場合{contacted} %"),
        format!("{unasked} % without contact, {contacted} % with it"),
    )
}

/// The plan's total, and what a better plan could add at most.
pub(crate) fn total(lang: Lang, total: &str, more: &str) -> String {
    either(
        lang,
        format!(
            "計画の期待増分利益(粗利)は合計{total}です。同じ工数で上積みできる余地は、多くても{more}です。"
        ),
        format!(
            "The plan's expected incremental profit (gross margin) is {total} in all; with the same hours it could be at most {more} higher."
        ),
    )
}
