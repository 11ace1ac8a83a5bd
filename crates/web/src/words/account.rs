//! Texts of one account's page.

use domain::words::Lang;

use super::either;

words! {
    /// One account's page.
    AccountWords {
        id = "顧客ID", "Account id";
        kind = "区分", "Kind";
        industry = "業種", "Industry";
        segment = "セグメント", "Segment";
        employees = "従業員数", "Employees";
        region = "地域", "Region";
        owner = "担当", "Owner";
        touch = "タッチモデル", "Touch model";
        fiscal = "決算期", "Fiscal close";
        fiscal_unknown = "未確認", "Not confirmed";
        unassigned = "未割当", "Unassigned";
        placeholder = "この顧客はほかのデータから参照されていますが、顧客のデータ自体は取り込まれていません。",
            "Other rows refer to this account, but its own row has not been taken in.";
        plays = "今回の提案", "Proposals now";
        no_plays = "今回の提案はありません。", "Nothing is proposed now.";
        not_run = "まだ一度も実行されていないため、提案はありません。", "Nothing has been run yet, so there are no proposals.";
        others = "ほかの候補(上位5件)", "Other candidates (best five)";
        offer = "提案", "Offer";
        fate = "扱い", "Fate";
        expected = "期待増分利益", "Expected profit";
        reason = "理由", "Reason";
        source = "出典", "Source";
        contracts = "契約", "Contracts";
        no_contracts = "契約のデータはありません。", "There are no contracts in the data.";
        history = "契約の変更履歴", "Contract history";
        product = "商品", "Product";
        seats = "契約数", "Seats";
        mrr = "月額", "A month";
        state = "状態", "State";
        renews = "更新日", "Renews";
        deadline = "解約申出期限", "Cancel deadline";
        charts = "売上と利用の推移", "Revenue and usage";
        no_charts = "月別の推移を描くためのデータ(契約・注文・利用量)がまだありません。",
            "There is no data yet (contracts, orders, usage) to draw months from.";
        as_table = "数値を表で見る", "As a table";
        deals = "進行中の商談", "Open deals";
        no_deals = "進行中の商談はありません。", "There are no open deals.";
        stage = "段階", "Stage";
        opened = "開始", "Opened";
        close = "完了見込み", "Expected close";
        amount = "金額", "Amount";
        next_step = "次の予定", "Next step";
        activities = "最近の活動と問い合わせ", "Recent activities and tickets";
        no_activities = "活動や問い合わせの記録はありません。", "There are no activities or tickets on record.";
        day = "日付", "Date";
        what = "内容", "What";
        who = "相手", "With";
        group = "グループ", "Group";
        no_group = "親会社・部署などのつながりは登録されていません。", "No parent, subsidiaries or departments are on record.";
        here = "表示中", "this page";
        contacts = "ご担当者", "Contacts";
        no_contacts = "担当者のデータはありません。", "There are no contacts in the data.";
        surveys = "アンケート", "Surveys";
        no_surveys = "アンケートの回答はありません。", "There are no survey answers.";
        anonymous = "回答者不明", "Respondent unknown";
        standing = "お客様の状態", "How it goes";
        journey = "カスタマージャーニーの段階", "Stage of the journey";
        maturity = "利用の成熟度", "Maturity of use";
        health = "ヘルススコア", "Health score";
        no_health = "ヘルススコアは、2項目以上のデータがないため計算していません。",
            "There is no health score: fewer than two of its parts have data.";
        part = "項目", "Part";
        figure = "実績", "Figure";
        points = "点", "Points";
        weight = "重み", "Weight";
        features = "この顧客の指標", "Figures of this account";
        no_features = "指標は次の実行で計算されます。", "They will be computed by the next run.";
        no_value = "データなし", "No data";
    }
}

/// `72点(100点満点)`.
pub(crate) fn score(lang: Lang, score: f64) -> String {
    either(lang, format!("{score:.0}点(100点満点)"), format!("{score:.0} of 100"))
}

/// `ほか12件`.
pub(crate) fn more(lang: Lang, n: usize) -> String {
    either(lang, format!("ほか{n}件"), format!("{n} more"))
}

/// `120名`.
pub(crate) fn people(lang: Lang, n: i64) -> String {
    let n = crate::show::count(n);
    either(lang, format!("{n}名"), n)
}

/// `2025年3月31日に退任・異動`.
pub(crate) fn left_on(lang: Lang, date: &str) -> String {
    either(lang, format!("{date}に退任・異動"), format!("left on {date}"))
}

/// NPS band of a score: promoters 9-10, passives 7-8, detractors 0-6.
pub(crate) fn nps_band(lang: Lang, score: f64) -> &'static str {
    let (ja, en) = if score >= 9.0 {
        ("推奨者", "promoter")
    } else if score >= 7.0 {
        ("中立者", "passive")
    } else {
        ("批判者", "detractor")
    };
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}

/// A survey's question.
pub(crate) fn question(lang: Lang, code: &str) -> String {
    match code {
        "nps" => "NPS".to_owned(),
        "csat" => either(lang, "満足度", "Satisfaction"),
        "interest" => either(lang, "関心度", "Interest"),
        "" => either(lang, "回答", "Answer"),
        other => other.to_owned(),
    }
}
