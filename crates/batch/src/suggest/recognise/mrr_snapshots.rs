//! Month-end sheets: what each customer paid in each month.

use super::{ACCOUNT, Field, PRODUCT, Recogniser, field};

pub(super) const RECOGNISER: Recogniser = Recogniser {
    entity: "mrr_snapshots",
    files: &["mrr", "monthlyrevenue", "月次売上", "月末", "売上推移", "月次"],
    fields: FIELDS,
};

const FIELDS: &[Field] = &[
    field("account_id", 1, ACCOUNT),
    field(
        "month",
        2,
        &["month", "yearmonth", "snapshotmonth", "snapshotdate", "年月", "対象月", "計上月", "月"],
    ),
    field(
        "mrr",
        3,
        &[
            "mrr",
            "mrramount",
            "monthlyrevenue",
            "recurringrevenue",
            "月額",
            "月額売上",
            "月額料金",
            "月次売上",
        ],
    ),
    field("product_id", 1, PRODUCT),
    field("seats", 1, &["seats", "席数", "ユーザー数", "ライセンス数"]),
];
