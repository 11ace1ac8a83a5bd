//! Deals: offered, won, lost or still open.

use super::{ACCOUNT, Field, OWNER, PRODUCT, Recogniser, field};

pub(super) const RECOGNISER: Recogniser = Recogniser {
    entity: "proposals",
    files: &[
        "opportunit",
        "deal",
        "pipeline",
        "proposal",
        "quote",
        "商談",
        "案件",
        "提案",
        "見積",
        "引合",
    ],
    fields: FIELDS,
};

const FIELDS: &[Field] = &[
    field(
        "proposal_id",
        3,
        &[
            "opportunityid",
            "dealid",
            "proposalid",
            "quoteid",
            "案件id",
            "案件番号",
            "案件コード",
            "商談id",
            "商談番号",
            "見積番号",
        ],
    ),
    field("account_id", 1, ACCOUNT),
    field("product_id", 1, PRODUCT),
    field("owner", 1, OWNER),
    field(
        "stage",
        3,
        &[
            "dealstage",
            "stage",
            "salesstage",
            "opportunitystage",
            "フェーズ",
            "商談フェーズ",
            "ステージ",
            "進捗",
        ],
    ),
    field(
        "outcome",
        2,
        &["outcome", "result", "wonlost", "dealstatus", "結果", "商談結果", "受注失注"],
    ),
    field(
        "opened_at",
        2,
        &[
            "engagedate",
            "opendate",
            "openeddate",
            "createddate",
            "createdat",
            "商談開始日",
            "提案日",
            "見積日",
            "作成日",
            "起票日",
            "案件作成日",
        ],
    ),
    field(
        "closed_at",
        2,
        &["closedate", "closeddate", "closedat", "クローズ日", "成約日", "決着日", "完了日"],
    ),
    field(
        "expected_close_on",
        2,
        &["expectedclosedate", "expectedclose", "受注予定日", "完了予定日", "クローズ予定日"],
    ),
    field(
        "amount",
        1,
        &[
            "closevalue",
            "dealvalue",
            "dealamount",
            "amount",
            "value",
            "見込金額",
            "提案金額",
            "見積金額",
            "受注金額",
            "案件金額",
            "金額",
        ],
    ),
    field("reason", 2, &["lossreason", "lostreason", "closedlostreason", "失注理由", "受注理由"]),
    field("next_step", 2, &["nextstep", "次のアクション", "次回アクション"]),
    field("currency", 1, &["currency", "通貨"]),
];
