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
        not_run = "計画がまだないため、提案はありません。", "There is no plan yet, so there are no proposals.";
        others = "ほかの候補(上位5件)", "Other candidates (best five)";
        offer = "提案", "Offer";
        fate = "扱い", "Fate";
        expected = "期待増分利益", "Expected profit";
        reason = "理由", "Reason";
        source = "出典", "Source";
        contracts = "契約", "Contracts";
        no_contracts = "契約のデータはありません。subscriptions のファイルを取り込むと表示されます。", "There are no contracts in the data. Ingest a file of subscriptions.";
        history = "契約の変更履歴", "Contract history";
        product = "商品", "Product";
        seats = "契約数", "Seats";
        mrr = "月額", "A month";
        state = "状態", "State";
        renews = "更新日", "Renews";
        deadline = "解約申出期限", "Cancel deadline";
        charts = "売上と利用の推移", "Revenue and usage";
        no_charts = "月別の推移を描くためのデータがまだありません。契約(subscriptions)・注文(orders)・利用量(usage)のファイルを取り込み、もう一度実行すると表示されます。",
            "There is no data to draw months from yet. Ingest subscriptions, orders or usage and run again.";
        as_table = "数値を表で見る", "As a table";
        deals = "進行中の商談", "Open deals";
        no_deals = "進行中の商談はありません。", "There are no open deals.";
        closed_deals = "これまでの商談の結果", "Closed deals";
        no_closed = "終わった商談の記録はありません。proposals のファイルに結果(outcome)と終了日(closed_at)があると表示されます。", "There are no closed deals on record. Ingest proposals with outcome and closed_at.";
        outcome = "結果", "Outcome";
        closed = "終了", "Closed";
        stage = "段階", "Stage";
        opened = "開始", "Opened";
        close = "完了見込み", "Expected close";
        amount = "金額", "Amount";
        next_step = "次の予定", "Next step";
        activities = "これまでの経緯", "Time line";
        no_activities = "活動や問い合わせの記録はありません。activities・surveys・proposals のファイルを取り込むと、日付順に並びます。", "There is nothing on record. Ingest activities, surveys or proposals and they appear by date.";
        newer = "新しい記録", "Newer";
        older = "古い記録", "Older";
        day = "日付", "Date";
        what = "内容", "What";
        who = "相手", "With";
        group = "グループ", "Group";
        no_group = "親会社・部署などのつながりは登録されていません。accounts のファイルの parent_id で登録できます。", "No parent, subsidiaries or departments are on record. The column parent_id of accounts tells them.";
        group_map = "グループの未導入マップを見る", "See the whitespace of the group";
        here = "表示中", "this page";
        contacts = "組織図とご担当者", "Organisation and contacts";
        no_contacts = "担当者のデータはありません。contacts のファイルを取り込むと、上司(reports_to)と役割(role)から組織図になります。", "There are no contacts in the data. Ingest contacts: reports_to and role make the chart.";
        surveys = "アンケート", "Surveys";
        no_surveys = "アンケートの回答はありません。surveys のファイルを取り込むと表示されます。", "There are no survey answers. Ingest a file of surveys.";
        anonymous = "回答者不明", "Respondent unknown";
        standing = "お客様の状態", "Account health";
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
        no_features = "指標は次回の計画で計算されます。", "They will be computed by the next run.";
        no_value = "データなし", "No data";
        lacks = "未導入の商品", "Products not owned";
        no_lacks = "未導入の商品の情報はまだありません。商品(products)と契約(subscriptions)または注文(orders)を取り込み、もう一度実行すると表示されます。",
            "Nothing is known of products not owned yet. Ingest products, and subscriptions or orders, and run again.";
        has_all = "マップに載っている商品は、すべてお持ちです。", "It has every product of the map.";
        not_eligible = "今はご提案できない商品", "What cannot be offered now";
        product_worth = "商品(金額は期待増分利益)", "Product (amount: expected profit)";
        to_play = "提案を見る", "See the play";
        bought = "購入の記録", "Purchases";
        no_bought = "購入の記録はありません。orders のファイルを取り込み、もう一度実行すると表示されます。",
            "There are no purchases on record. Ingest a file of orders and run again.";
        orders = "注文回数", "Orders";
        quantity = "数量", "Quantity";
        spent = "金額の合計", "Spent in all";
        first = "初回", "First";
        last = "直近", "Last";
        worth = "期待LTV(このまま推移した場合)", "Expected lifetime value (no further action)";
        no_worth = "毎月の粗利か、解約の見込みが分からないため、計算していません。subscriptions または orders のファイルを取り込み、もう一度実行すると計算します。",
            "It is not computed: the margin of a month or the chance to leave is unknown. Ingest subscriptions or orders and run again.";
        range_80 = "80 %の幅", "80 % range";
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

/// `NPS 9・2026年1月20日(火)`.
pub(crate) fn nps_of(lang: Lang, score: &str, date: &str) -> String {
    either(lang, format!("NPS {score}・{date}"), format!("NPS {score}, {date}"))
}

/// Nobody who decides is known.
pub(crate) fn nobody_decides(lang: Lang, ask: &str) -> String {
    either(
        lang,
        format!(
            "決裁に関わる方(決裁者・予算責任者・役員)が登録されていません。{ask}様に伺ってください。"
        ),
        format!(
            "Nobody who decides (decision maker, budget owner, executive) is on record. Ask {ask}."
        ),
    )
}

/// `決裁に関わる方への経路: 田中様 → 高橋様`.
pub(crate) fn way(lang: Lang, names: &[String]) -> String {
    let ja: Vec<String> = names.iter().map(|name| format!("{name}様")).collect();
    either(
        lang,
        format!("決裁に関わる方への経路: {}", ja.join(" → ")),
        format!("Path to the decision maker: {}", names.join(" → ")),
    )
}

/// How a deal ended.
pub(crate) fn deal_closed(lang: Lang, outcome: &str) -> String {
    match outcome {
        "won" => either(lang, "受注", "Won"),
        "lost" => either(lang, "失注", "Lost"),
        _ => either(lang, "終了(結果の記録なし)", "Closed, outcome not on record"),
    }
}

/// `100席`.
pub(crate) fn seats(lang: Lang, n: i64) -> String {
    let seats = crate::show::count(n);
    either(lang, format!("{seats}席"), format!("{seats} seats"))
}

/// `今後24か月の粗利、年10 %で割引`.
pub(crate) fn horizon(lang: Lang, months: usize, discount: f64) -> String {
    let discount = crate::show::percent(discount);
    either(
        lang,
        format!("今後{months}か月の粗利、年{discount} %で割引"),
        format!("gross margin of {months} months ahead, discounted {discount} % a year"),
    )
}

/// A part of the lifetime value.
pub(crate) fn margin_month(lang: Lang) -> String {
    either(lang, "毎月の粗利(現在)", "Current monthly margin")
}

/// The other part.
pub(crate) fn staying(lang: Lang) -> String {
    either(lang, "契約が続く見込みの根拠", "Basis for retention")
}

/// The title of the curve.
pub(crate) fn worth_curve() -> (&'static str, &'static str) {
    ("期待LTVの累計", "Expected lifetime value, cumulative")
}

/// `ほかに12商品の購入があります。`.
pub(crate) fn bought_more(lang: Lang, n: usize) -> String {
    either(
        lang,
        format!("ほかに{n}商品の購入があります。"),
        format!("{n} more products were bought."),
    )
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
