//! The words people read for the codes that rows and decisions carry.

use domain::canonical;
use domain::motion::{AccountKind, ContactRole, Fate, Motion, TouchModel};
use domain::words::Lang;

use super::either;

/// A motion's word; an unknown code stays as it is.
pub(crate) fn motion(lang: Lang, code: &str) -> String {
    if code == "own" {
        return either(lang, "自分のアクション", "Own action");
    }
    Motion::parse(code).map_or_else(|| code.to_owned(), |m| m.words().get(lang).to_owned())
}

/// The status hue of a motion: `grow`, `watch` or `protect`.
pub(crate) fn motion_hue(code: &str) -> &'static str {
    match Motion::parse(code) {
        Some(Motion::Care | Motion::Downsell) => "protect",
        Some(Motion::Advance) => "watch",
        _ => "grow",
    }
}

/// A fate's word.
pub(crate) fn fate(lang: Lang, code: &str) -> String {
    Fate::parse(code).map_or_else(|| code.to_owned(), |f| f.words().get(lang).to_owned())
}

/// An account kind's word.
pub(crate) fn kind(lang: Lang, code: &str) -> String {
    AccountKind::parse(code).map_or_else(|| code.to_owned(), |k| k.words().get(lang).to_owned())
}

/// A touch model's word.
pub(crate) fn touch(lang: Lang, code: &str) -> String {
    TouchModel::parse(code).map_or_else(|| code.to_owned(), |t| t.words().get(lang).to_owned())
}

/// A contact role's word.
pub(crate) fn role(lang: Lang, code: &str) -> String {
    ContactRole::parse(code).map_or_else(|| code.to_owned(), |r| r.words().get(lang).to_owned())
}

/// How a probability is known.
pub(crate) fn provenance(lang: Lang, code: &str) -> String {
    match code {
        "prior" => either(lang, "仮定値", "assumed"),
        "estimated" => either(lang, "推定", "estimated"),
        "experiment" => either(lang, "実験で測定", "measured by experiment"),
        other => other.to_owned(),
    }
}

/// On which price an amount rests.
pub(crate) fn price_basis(lang: Lang, code: &str) -> String {
    match code {
        "own" => either(lang, "現契約の単価", "current price"),
        "list" => either(lang, "定価", "list price"),
        "implied" => either(lang, "他社の請求額から推定した単価", "price implied by other bills"),
        _ => either(lang, "単価不明", "price unknown"),
    }
}

/// Whether a price includes tax.
pub(crate) fn tax(lang: Lang, code: &str) -> String {
    match code {
        "incl" => either(lang, "税込", "incl. tax"),
        _ => either(lang, "税抜", "excl. tax"),
    }
}

/// What a guard says.
pub(crate) fn check_says(lang: Lang, code: &str) -> String {
    match code {
        "allow" => either(lang, "通過", "passed"),
        "hold" => either(lang, "保留", "on hold"),
        "block" => either(lang, "停止", "blocked"),
        other => other.to_owned(),
    }
}

/// What a contract line's state is.
pub(crate) fn renewal(lang: Lang, code: &str) -> String {
    match code {
        "active" => either(lang, "有効", "Active"),
        "ended" | "cancelled" => either(lang, "終了", "Ended"),
        "cancel_requested" => either(lang, "解約申出あり", "Notice given"),
        "trial" => either(lang, "試用中", "Trial"),
        "free" => either(lang, "無料", "Free"),
        "paused" => either(lang, "休止中", "Paused"),
        "future" => either(lang, "開始前", "Not yet started"),
        other => other.to_owned(),
    }
}

/// An activity's kind.
pub(crate) fn activity_kind(lang: Lang, code: &str) -> String {
    match code {
        "call" => either(lang, "電話", "Call"),
        "meeting" => either(lang, "打ち合わせ", "Meeting"),
        "visit" => either(lang, "訪問", "Visit"),
        "email" => either(lang, "メール", "E-mail"),
        "ticket" => either(lang, "問い合わせ(チケット)", "Ticket"),
        "hearing" => either(lang, "ヒアリング", "Interview"),
        "event" => either(lang, "イベント", "Event"),
        "community" => either(lang, "コミュニティ", "Community"),
        "enquiry" => either(lang, "お問い合わせ", "Enquiry"),
        "quote_request" => either(lang, "見積依頼", "Quote request"),
        "note" => either(lang, "メモ", "Note"),
        other => other.to_owned(),
    }
}

/// A ticket's state, from its closing.
pub(crate) fn ticket_state(lang: Lang, open: bool) -> String {
    if open { either(lang, "未解決", "open") } else { either(lang, "解決済み", "closed") }
}

/// A priority in the files' words, where it is one of the usual ones.
pub(crate) fn priority(lang: Lang, code: &str) -> String {
    match code {
        "urgent" => either(lang, "緊急", "urgent"),
        "critical" => either(lang, "重大", "critical"),
        "high" => either(lang, "優先度 高", "high"),
        "normal" | "medium" => either(lang, "優先度 中", "normal"),
        "low" => either(lang, "優先度 低", "low"),
        other => other.to_owned(),
    }
}

/// An entity's name, for sources.
fn entity(name: &str) -> Option<&'static str> {
    Some(match name {
        "accounts" => "顧客",
        "account_links" => "顧客間の関係",
        "account_team" => "担当体制",
        "account_facts" => "ヒアリング記録",
        "contacts" => "連絡先",
        "permissions" => "連絡の同意",
        "reps" => "担当社員",
        "products" => "商品",
        "prices" => "価格表",
        "limits" => "利用上限",
        "releases" => "リリース",
        "offers" => "提案メニュー",
        "subscriptions" => "契約",
        "mrr_snapshots" => "月次売上表",
        "orders" => "注文",
        "usage" => "利用量",
        "surveys" => "アンケート",
        "activities" => "活動",
        "web_events" => "Web行動",
        "proposals" => "商談",
        "results" => "導入効果",
        _ => return None,
    })
}

/// The same in English.
fn english(name: &str) -> String {
    match name {
        "account_facts" => "interview notes".to_owned(),
        other => other.replace('_', " "),
    }
}

/// Sources that are no rows but rules and selections of rows.
fn phrase(lang: Lang, text: &str) -> Option<String> {
    if text.starts_with("policy ") {
        return Some(either(lang, "提案ルールの仮定値", "assumption in the policy"));
    }
    Some(match text {
        "activities with direction = outbound" => {
            either(lang, "こちらからの連絡の記録", "outbound activities")
        }
        "proposals with approached = true" => {
            either(lang, "こちらから持ちかけた商談", "deals from an approach")
        }
        "proposals with outcome = won" => either(lang, "受注した商談", "deals that were won"),
        "proposals by a referral programme" => {
            either(lang, "紹介プログラムの商談", "deals by a referral programme")
        }
        "orders, subscriptions and proposals without an approach before" => {
            either(lang, "働きかけのなかった注文・契約・商談", text)
        }
        _ => return None,
    })
}

/// A source (`proposals 1C1I7A6R`) with the tables' names as people call them.
pub(crate) fn source(lang: Lang, text: &str) -> String {
    if let Some(phrase) = phrase(lang, text) {
        return phrase;
    }
    let words = text.split(' ').map(|word| {
        let bare = word.trim_end_matches([',', ';', ':']);
        let known = canonical::entity(bare).and_then(|found| entity(found.name));
        let Some(known) = known else { return word.to_owned() };
        format!("{}{}", either(lang, known, english(bare)), &word[bare.len()..])
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entity_has_a_japanese_name() {
        for known in canonical::ENTITIES.iter().filter(|known| known.name != "absences") {
            assert!(known.name == "rates" || entity(known.name).is_some(), "{}", known.name);
        }
    }

    #[test]
    fn sources_speak_japanese() {
        assert_eq!(source(Lang::Ja, "proposals 1C, usage seats"), "商談 1C, 利用量 seats");
        assert_eq!(source(Lang::En, "proposals 1C"), "proposals 1C");
        assert_eq!(source(Lang::En, "web_events W1"), "web events W1");
        assert_eq!(source(Lang::En, "account_facts F1"), "interview notes F1");
        assert_eq!(source(Lang::Ja, "cohort of 412"), "cohort of 412");
        assert_eq!(source(Lang::Ja, "policy priors.untriggered"), "提案ルールの仮定値");
        assert_eq!(source(Lang::En, "activities with direction = outbound"), "outbound activities");
    }
}
