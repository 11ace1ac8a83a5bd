//! Words of a list in other people's files: 受注 is won, "annual" is twelve months.

use crate::ingest::decimal::half_width;

/// The words of one canonical column: what they mean, and how it is written elsewhere.
struct Words {
    entity: &'static str,
    column: &'static str,
    meanings: &'static [(&'static str, &'static [&'static str])],
    /// What all others are, where there is such a thing.
    otherwise: Option<&'static str>,
}

const WORDS: &[Words] = &[
    Words {
        entity: "subscriptions",
        column: "status",
        meanings: &[
            (
                "active",
                &["active", "live", "current", "契約中", "利用中", "有効", "継続中", "稼働中"],
            ),
            ("trial", &["trial", "trialing", "trialling", "トライアル", "試用中", "お試し"]),
            ("free", &["free", "freemium", "無料"]),
            ("paused", &["paused", "suspended", "on hold", "休止", "休止中", "停止中"]),
            (
                "cancel_requested",
                &["cancel_requested", "pending cancellation", "解約申込", "解約予定", "解約申請中"],
            ),
            ("cancelled", &["cancelled", "canceled", "churned", "解約", "解約済", "解約済み"]),
            ("ended", &["ended", "expired", "inactive", "terminated", "終了", "満了", "期限切れ"]),
        ],
        otherwise: None,
    },
    Words {
        entity: "subscriptions",
        column: "term_months",
        meanings: &[
            (
                "1",
                &[
                    "monthly",
                    "month",
                    "month-to-month",
                    "month to month",
                    "1 month",
                    "月次",
                    "月払い",
                    "月払",
                    "月額",
                    "毎月",
                    "1ヶ月",
                    "1か月",
                ],
            ),
            ("3", &["quarterly", "quarter", "四半期", "四半期払い", "3ヶ月"]),
            ("6", &["semiannual", "semi-annual", "half-yearly", "半年", "半年払い", "6ヶ月"]),
            (
                "12",
                &[
                    "annual",
                    "annually",
                    "yearly",
                    "year",
                    "one year",
                    "1 year",
                    "12 months",
                    "年次",
                    "年払い",
                    "年払",
                    "年額",
                    "年間",
                    "1年",
                    "12ヶ月",
                ],
            ),
            ("24", &["two year", "two years", "2 years", "biennial", "24 months", "2年", "24ヶ月"]),
            ("36", &["three year", "three years", "3 years", "36 months", "3年", "36ヶ月"]),
        ],
        otherwise: None,
    },
    Words {
        entity: "proposals",
        column: "outcome",
        meanings: &[
            (
                "won",
                &[
                    "won",
                    "closed won",
                    "closedwon",
                    "closed-won",
                    "win",
                    "受注",
                    "成約",
                    "獲得",
                    "契約",
                ],
            ),
            (
                "lost",
                &[
                    "lost",
                    "closed lost",
                    "closedlost",
                    "closed-lost",
                    "loss",
                    "失注",
                    "不成立",
                    "取消",
                    "中止",
                    "辞退",
                ],
            ),
        ],
        otherwise: Some("open"),
    },
    Words {
        entity: "orders",
        column: "kind",
        meanings: &[
            ("sale", &["sale", "売上", "販売"]),
            ("return", &["return", "refund", "返品", "返金"]),
            ("cancel", &["cancel", "cancelled", "取消", "キャンセル"]),
            ("exchange", &["exchange", "交換"]),
        ],
        otherwise: None,
    },
    Words {
        entity: "activities",
        column: "kind",
        meanings: &[
            ("call", &["call", "phone", "電話", "架電", "受電"]),
            (
                "meeting",
                &[
                    "meeting",
                    "web meeting",
                    "online meeting",
                    "商談",
                    "打合せ",
                    "打ち合わせ",
                    "会議",
                ],
            ),
            ("visit", &["visit", "訪問", "来訪"]),
            ("email", &["email", "mail", "e-mail", "メール"]),
            ("ticket", &["ticket", "case", "incident", "サポート", "障害"]),
            ("enquiry", &["enquiry", "inquiry", "question", "問い合わせ", "問合せ", "質問"]),
            ("quote_request", &["quote request", "見積依頼"]),
            ("event", &["event", "webinar", "seminar", "セミナー", "イベント"]),
            ("note", &["note", "memo", "メモ"]),
        ],
        otherwise: Some("note"),
    },
    Words {
        entity: "products",
        column: "kind",
        meanings: &[
            (
                "plan",
                &["plan", "subscription", "license", "プラン", "サブスクリプション", "ライセンス"],
            ),
            ("option", &["option", "addon", "add-on", "オプション"]),
            ("item", &["item", "product", "hardware", "goods", "商品", "物品", "機器"]),
            ("service", &["service", "consulting", "training", "サービス", "役務", "保守"]),
        ],
        otherwise: Some("item"),
    },
    Words {
        entity: "reps",
        column: "role",
        meanings: &[
            ("CS", &["cs", "csm", "customer success", "カスタマーサクセス"]),
            ("CIS", &["cis", "inside sales", "is", "インサイドセールス"]),
            (
                "AM",
                &[
                    "am",
                    "account manager",
                    "sales",
                    "field sales",
                    "営業",
                    "アカウントマネージャー",
                ],
            ),
            ("manager", &["manager", "head", "director", "マネージャー", "部長", "課長"]),
            ("partner", &["partner", "パートナー"]),
        ],
        otherwise: Some("CS"),
    },
    Words {
        entity: "contacts",
        column: "role",
        meanings: &[
            ("decision_maker", &["decision maker", "決裁者", "意思決定者"]),
            ("key_person", &["key person", "キーパーソン"]),
            ("champion", &["champion", "推進者"]),
            ("budget_owner", &["budget owner", "予算責任者"]),
            ("executive", &["executive", "役員", "経営層"]),
            ("user", &["user", "利用者", "ユーザー"]),
        ],
        otherwise: Some("other"),
    },
];

/// What a column's values mean.
pub(super) struct Meant {
    /// Values that need another word, with it.
    pub(super) map: Vec<(String, String)>,
    /// Values that nobody knows.
    pub(super) unknown: Vec<String>,
    /// What those become.
    pub(super) otherwise: Option<&'static str>,
}

/// The meanings of values; `None` for a column without such a list.
pub(super) fn meant(entity: &str, column: &str, values: &[(&str, usize)]) -> Option<Meant> {
    let words = WORDS.iter().find(|words| words.entity == entity && words.column == column)?;
    let mut meant = Meant { map: Vec::new(), unknown: Vec::new(), otherwise: words.otherwise };
    for (value, _) in values {
        let text = half_width(value).to_lowercase().replace(['_', '/'], " ");
        let found = words.meanings.iter().find(|(meaning, others)| {
            *meaning == text
                || meaning.replace('_', " ") == text.as_str()
                || others.contains(&text.as_str())
        });
        match found {
            Some((meaning, _)) if meaning == value => {}
            Some((meaning, _)) => meant.map.push(((*value).to_owned(), (*meaning).to_owned())),
            None if column == "term_months" && half_width(value).parse::<u32>().is_ok() => {}
            None => meant.unknown.push((*value).to_owned()),
        }
    }
    Some(meant)
}

/// How far up its line a plan of that name stands, from 1; `None` for names that do not say.
pub(super) fn tier(plan: &str) -> Option<u32> {
    const TIERS: &[(&str, u32)] = &[
        ("free", 1),
        ("フリー", 1),
        ("無料", 1),
        ("starter", 2),
        ("basic", 2),
        ("lite", 2),
        ("light", 2),
        ("essential", 2),
        ("ライト", 2),
        ("ベーシック", 2),
        ("スターター", 2),
        ("エントリー", 2),
        ("standard", 3),
        ("team", 3),
        ("growth", 3),
        ("plus", 3),
        ("スタンダード", 3),
        ("標準", 3),
        ("pro", 4),
        ("professional", 4),
        ("business", 4),
        ("premium", 4),
        ("advanced", 4),
        ("プロ", 4),
        ("ビジネス", 4),
        ("プレミアム", 4),
        ("アドバンス", 4),
        ("enterprise", 5),
        ("ultimate", 5),
        ("unlimited", 5),
        ("エンタープライズ", 5),
        ("アルティメット", 5),
    ];
    let plan = half_width(plan).to_lowercase();
    TIERS.iter().filter(|(word, _)| plan.contains(word)).map(|(_, tier)| *tier).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_translated_and_others_told() {
        let values = [("Won", 3), ("失注", 2), ("Engaging", 1)];
        let meant = meant("proposals", "outcome", &values).expect("a list");
        assert_eq!(meant.map, [("Won".into(), "won".into()), ("失注".into(), "lost".into())]);
        assert_eq!((meant.unknown, meant.otherwise), (vec!["Engaging".to_owned()], Some("open")));
    }
    #[test]
    fn plans_stand_in_order() {
        let tiers = ["Basic", "スタンダード", "Pro", "Enterprise Plus", "Gold"].map(tier);
        assert_eq!(tiers, [Some(2), Some(3), Some(4), Some(5), None]);
    }
}
