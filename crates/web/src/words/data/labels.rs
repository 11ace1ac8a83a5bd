//! What tables and their columns are called.

use domain::words::Lang;

/// Tables, in the order of the list of what is there.
pub(crate) const TABLES: [(&str, &str, &str); 25] = [
    ("accounts", "顧客", "Accounts"),
    ("contacts", "連絡先", "Contacts"),
    ("account_links", "顧客どうしの関係", "Links between accounts"),
    ("account_team", "顧客の担当チーム", "Account teams"),
    ("account_facts", "ヒアリングの記録", "Interview notes"),
    ("permissions", "連絡の同意", "Contact consents"),
    ("reps", "担当者", "Reps"),
    ("absences", "不在", "Absences"),
    ("products", "商品", "Products"),
    ("prices", "価格", "Prices"),
    ("limits", "利用の上限", "Limits"),
    ("releases", "リリース", "Releases"),
    ("offers", "提案メニュー", "Offers"),
    ("subscriptions", "契約", "Contracts"),
    ("mrr_snapshots", "月末のMRR", "Month-end MRR"),
    ("orders", "注文", "Orders"),
    ("usage", "利用量", "Usage"),
    ("surveys", "アンケート", "Surveys"),
    ("activities", "対応履歴・問い合わせ", "Activities and tickets"),
    ("web_events", "Webの行動", "Web events"),
    ("proposals", "商談", "Deals"),
    ("results", "成果", "Results"),
    ("rates", "為替レート", "Exchange rates"),
    ("churn", "解約の一覧(契約と結び付けて使用)", "List of departures (joined to contracts)"),
    ("", "取り込まない", "Leave out"),
];

/// A table in words; one that is not known stands as it is.
pub(crate) fn table(lang: Lang, code: &str) -> String {
    named(&TABLES, lang, code).unwrap_or_else(|| code.to_owned())
}

fn named(all: &[(&str, &str, &str)], lang: Lang, code: &str) -> Option<String> {
    let found = all.iter().find(|(known, _, _)| *known == code)?;
    Some(super::either(lang, found.1, found.2))
}

/// A column in words with its name: `契約開始日 started_on`, `Started on (started_on)`.
pub(crate) fn column(lang: Lang, code: &str) -> String {
    let said = head(lang, code);
    match lang {
        Lang::Ja if said != code => format!("{said} {code}"),
        Lang::En if code.contains('_') && said != code => format!("{said} ({code})"),
        _ => said,
    }
}

/// A column in words; one that is not known stands as it is.
pub(crate) fn head(lang: Lang, code: &str) -> String {
    match (COLUMNS.iter().find(|(known, _)| *known == code), lang) {
        (None, _) => code.to_owned(),
        (Some((_, said)), Lang::Ja) => (*said).to_owned(),
        (Some(_), Lang::En) => spaced(code),
    }
}

/// `Account ID` of `account_id`.
fn spaced(code: &str) -> String {
    let word = |word: &str| match word {
        "id" | "mrr" | "url" => word.to_uppercase(),
        _ => word.to_owned(),
    };
    let words: Vec<String> = code.split('_').map(word).collect();
    crate::words::today::capital(&words.join(" "))
}

const COLUMNS: [(&str, &str); 128] = [
    ("account_id", "顧客ID"),
    ("acquired_on", "取引開始日"),
    ("acquisition_cost", "獲得費用"),
    ("active_from", "販売開始日"),
    ("active_until", "販売終了日"),
    ("activity_id", "対応ID"),
    ("amount", "金額"),
    ("anonymous_id", "匿名ID"),
    ("approached", "こちらから働きかけたか"),
    ("at", "日時"),
    ("auto_renew", "自動更新"),
    ("body", "本文"),
    ("campaign", "キャンペーン"),
    ("cancel_deadline", "解約申出期限"),
    ("cancel_notice_on", "解約の申出日"),
    ("change_kind", "変更の種類"),
    ("channel", "チャネル"),
    ("churn_reason", "解約理由"),
    ("closed_at", "完了日時"),
    ("comment", "コメント"),
    ("contact_id", "連絡先ID"),
    ("contract_id", "契約番号"),
    ("contracted_by", "契約者"),
    ("corporate_number", "法人番号"),
    ("country", "国"),
    ("currency", "通貨"),
    ("date", "日付"),
    ("direction", "受発信"),
    ("discount", "値引額"),
    ("discount_rate", "割引率"),
    ("discount_until", "割引の終了日"),
    ("duration_min", "所要時間(分)"),
    ("effective_on", "適用日"),
    ("email", "メールアドレス"),
    ("employees", "従業員数"),
    ("ended_on", "終了日"),
    ("expected_close_on", "受注予定日"),
    ("external_url", "外部システムのURL"),
    ("fiscal_close_month", "決算月"),
    ("fiscal_confirmed_on", "決算月の確認日"),
    ("hours_per_week", "週の対応可能時間"),
    ("industry", "業種"),
    ("kind", "種類"),
    ("left_on", "退職・異動日"),
    ("lifecycle", "取引の段階"),
    ("line", "商品系列・明細行"),
    ("list_price", "定価"),
    ("margin_rate", "粗利率"),
    ("merged_into", "統合先の顧客ID"),
    ("metric", "指標"),
    ("month", "月"),
    ("mrr", "月額(MRR)"),
    ("name", "名称"),
    ("name_kana", "名称のかな"),
    ("next_on", "次回予定日"),
    ("next_step", "次の一手"),
    ("next_step_on", "次の一手の予定日"),
    ("notice_days", "解約申出の日数"),
    ("offer_id", "提案メニューID"),
    ("opened_at", "商談の開始日時"),
    ("order_id", "注文番号"),
    ("ordered_at", "注文日時"),
    ("outcome", "結果"),
    ("owner", "担当者"),
    ("parent_id", "親の顧客ID"),
    ("persona", "人物像"),
    ("phone", "電話番号"),
    ("plan_version", "料金プランの版"),
    ("play_id", "提案のID"),
    ("price", "価格"),
    ("price_locked_until", "価格の据え置き期限"),
    ("price_unit", "価格の単位"),
    ("priority", "優先度"),
    ("product_id", "商品"),
    ("proposal_id", "商談ID"),
    ("quantity", "数量"),
    ("question", "質問"),
    ("reaction", "反応"),
    ("reason", "理由"),
    ("reduction_allowed", "減額の可否"),
    ("region", "地域"),
    ("renewal_confirmed_on", "更新意思の確認日"),
    ("renewal_intent", "更新の意思"),
    ("renews_on", "契約更新日"),
    ("rep_id", "担当者ID"),
    ("reports_to", "上司の連絡先ID"),
    ("response_id", "回答ID"),
    ("role", "役割"),
    ("score", "点数"),
    ("seats", "席数"),
    ("segment", "区分"),
    ("skills", "得意分野"),
    ("sold_via", "販売経路"),
    ("stage", "段階"),
    ("started_on", "契約開始日"),
    ("status", "状態"),
    ("subject", "件名"),
    ("subscription_id", "契約ID"),
    ("team", "チーム"),
    ("term_months", "契約期間(月)"),
    ("tier", "グレード"),
    ("title", "役職"),
    ("touch_model", "タッチモデル"),
    ("trial_ends_on", "トライアル終了日"),
    ("type", "種別"),
    ("updated_at", "更新日時"),
    ("value", "値"),
    ("fact_id", "記録ID"),
    ("said_on", "発言日"),
    ("said_by", "発言者"),
    ("recorded_by", "記録者"),
    ("from_on", "開始日"),
    ("until_on", "終了日"),
    ("product_line", "商品系列"),
    ("share", "割合"),
    ("from_id", "元の顧客ID"),
    ("to_id", "先の顧客ID"),
    ("unit", "単位"),
    ("from_qty", "数量(から)"),
    ("to_qty", "数量(まで)"),
    ("tax", "税"),
    ("valid_from", "適用開始日"),
    ("valid_until", "適用終了日"),
    ("included", "含まれる量"),
    ("on", "日付"),
    ("rate", "レート"),
    ("event_id", "イベントID"),
    ("motion", "提案の種類"),
];

/// The columns of a table that a file's columns may be.
pub(crate) fn columns_of(table: &str) -> Vec<&'static str> {
    if table == "churn" {
        return vec!["account_id", "date", "reason"];
    }
    let entity = domain::canonical::entity(table);
    entity.iter().flat_map(|entity| entity.columns).map(|column| column.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_words() {
        for entity in domain::canonical::ENTITIES {
            assert!(TABLES.iter().any(|(code, _, _)| *code == entity.name), "{}", entity.name);
        }
        assert_eq!(table(Lang::Ja, "orders"), "注文");
    }

    #[test]
    fn columns_have_names_in_both_languages() {
        let said = |code| [column(Lang::Ja, code), column(Lang::En, code), head(Lang::En, code)];
        assert_eq!(
            said("account_id"),
            ["顧客ID account_id", "Account ID (account_id)", "Account ID"]
        );
        assert_eq!(said("name"), ["名称 name", "Name", "Name"]);
        assert_eq!(said("社内メモ"), ["社内メモ"; 3]);
    }

    #[test]
    fn columns_of_tables_that_can_be_chosen_have_words() {
        for table in super::super::CHOOSABLE {
            for code in columns_of(table) {
                assert_ne!(column(Lang::Ja, code), code, "{table}.{code}");
            }
        }
    }
}
