//! Texts of what a customer said of itself.

use domain::words::Lang;

use super::either;

words! {
    /// Statements and the forms to write them down.
    NoteWords {
        title = "ヒアリング記録", "What the customer said";
        none = "ヒアリングの記録はありません。下のフォームから書き留めるか、account_facts のファイルを取り込むと表示されます。",
            "Nothing has been written down yet. Use the form below, or ingest a file account_facts.";
        add = "ヒアリング内容を書き留める", "Add a note";
        correct = "書き換える", "Edit";
        kind = "項目", "About";
        value = "内容", "What was said";
        value_hint = "「再検討のお約束」は日付(例: 2026-04-01)で入力してください。", "For a promised date, enter the date (2026-04-01).";
        said_on = "伺った日", "Said on";
        said_by = "お話しになった方", "Said by";
        nobody = "指定しない", "Not recorded";
        send = "書き留める", "Save";
        rewrite = "この内容に書き換える", "Save in its place";
        before = "以前の記録", "Before";
        earlier = "これより前に伺った内容", "Said earlier";
    }
}

/// The parts of a hearing.
pub(crate) const HEARING: &[&str] = &["issue", "outlook", "budget", "decision_process"];

/// What can be written down by hand, in the order of the form.
pub(crate) const BY_HAND: &[&str] = &[
    "issue",
    "outlook",
    "budget",
    "decision_process",
    "adoption_reason",
    "goal",
    "focus_business",
    "skilled_users",
    "competitor",
    "promised_date",
];

/// What has forms or files of its own.
const ELSEWHERE: &[&str] =
    &["fiscal_close", "only_contact", "quiet_period", "sales_stop", "credit_stop"];

/// Every kind, in the order of the page.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    BY_HAND.iter().chain(ELSEWHERE).copied()
}

/// What a statement is about.
pub(crate) fn kind(lang: Lang, code: &str) -> String {
    let (ja, en) = match code {
        "issue" => ("課題", "Issue"),
        "outlook" => ("今後の見通し", "Outlook"),
        "budget" => ("予算", "Budget"),
        "decision_process" => ("決裁の進め方", "Decision process"),
        "adoption_reason" => ("導入の理由", "Reason for adoption"),
        "goal" => ("目標", "Goal"),
        "focus_business" => ("注力している事業", "Business in focus"),
        "skilled_users" => ("専門ツールを使える人数", "People able to use a specialist tool"),
        "competitor" => ("競合", "Competitor"),
        "promised_date" => ("再検討のお約束", "Promised date"),
        "fiscal_close" => ("決算期", "Fiscal close"),
        "only_contact" => ("連絡してよい方", "Only contact"),
        "quiet_period" => ("連絡を控える期間", "Quiet period"),
        "sales_stop" => ("提案の停止", "Stop of sales"),
        "credit_stop" => ("与信の停止", "Stop of credit"),
        other => (other, other),
    };
    either(lang, ja, en)
}

/// `まだ伺っていない項目: 予算、決裁の進め方`.
pub(crate) fn missing(lang: Lang, kinds: &[String]) -> String {
    let list = kinds.join(either(lang, "、", ", ").as_str());
    either(lang, format!("まだ伺っていない項目: {list}"), format!("Not asked yet: {list}"))
}

/// `記録 田中 美咲`.
pub(crate) fn recorded(lang: Lang, rep: &str) -> String {
    either(lang, format!("記録 {rep}"), format!("recorded by {rep}"))
}

/// `2026年1月10日(土) 集計に2日かかる`.
pub(crate) fn before(lang: Lang, on: &str, value: &str) -> String {
    either(lang, format!("{on} {value}"), format!("{on}: {value}"))
}

pub(crate) fn kind_missing(lang: Lang) -> String {
    either(
        lang,
        "項目が選ばれていません。何も変更していません。項目を選んで、もう一度送信してください。",
        "Choose what it is about. Nothing has been changed.",
    )
}

pub(crate) fn value_missing(lang: Lang) -> String {
    either(
        lang,
        "内容が空です。何も変更していません。伺った内容を入力してください。",
        "There is no text. Nothing has been changed: write down what was said.",
    )
}

pub(crate) fn promise_is_no_day(lang: Lang) -> String {
    either(
        lang,
        "「再検討のお約束」の内容は日付で入力してください(例: 2026-04-01)。何も変更していません。",
        "A promised date must be a date, such as 2026-04-01. Nothing has been changed.",
    )
}

/// The day lies ahead.
pub(crate) fn said_later(lang: Lang, today: &str) -> String {
    either(
        lang,
        format!("伺った日は{today}までの日付で入力してください。何も変更していません。"),
        format!(
            "The day on which it was said must be {today} at the latest. Nothing has been changed."
        ),
    )
}

/// Somebody else was faster.
pub(crate) fn changed(lang: Lang) -> String {
    either(
        lang,
        "入力中に、ほかの人がこの記録を書き換えました。何も変更していません。最新の記録をご確認のうえ、必要ならもう一度送信してください。入力した内容は下に残っています。",
        "Somebody rewrote this while you were typing. Nothing has been changed. Look at the latest text, and send yours again if it should stand; what you typed is below.",
    )
}
