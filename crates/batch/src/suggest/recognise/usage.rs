//! Use of the product: how often or how much, of what, when.

use super::{ACCOUNT, Field, Recogniser, field};

pub(super) const RECOGNISER: Recogniser = Recogniser {
    entity: "usage",
    files: &[
        "usage",
        "featureusage",
        "utilization",
        "利用状況",
        "利用実績",
        "利用ログ",
        "使用量",
        "利用履歴",
        "利用",
    ],
    fields: FIELDS,
};

const FIELDS: &[Field] = &[
    field("account_id", 1, ACCOUNT),
    field(
        "subscription_id",
        1,
        &["subscriptionid", "subscription", "contractid", "契約id", "契約番号", "契約コード"],
    ),
    field(
        "metric",
        3,
        &[
            "featurename",
            "feature",
            "metricname",
            "metric",
            "eventname",
            "eventtype",
            "機能名",
            "機能",
            "利用機能",
            "指標",
            "指標名",
            "項目",
        ],
    ),
    field(
        "at",
        2,
        &[
            "usagedate",
            "usedat",
            "eventdate",
            "eventtime",
            "timestamp",
            "date",
            "datetime",
            "day",
            "month",
            "利用日",
            "利用日時",
            "計測日",
            "対象日",
            "集計日",
            "日付",
            "利用月",
            "対象月",
            "年月",
        ],
    ),
    field(
        "value",
        3,
        &[
            "usagecount",
            "count",
            "value",
            "eventcount",
            "events",
            "quantity",
            "利用回数",
            "回数",
            "利用数",
            "件数",
            "使用量",
            "利用量",
            "値",
        ],
    ),
];
