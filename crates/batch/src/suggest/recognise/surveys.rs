//! Answers on a scale: would they recommend, are they satisfied.

use super::{ACCOUNT, Field, PRODUCT, Recogniser, field};

pub(super) const RECOGNISER: Recogniser = Recogniser {
    entity: "surveys",
    files: &["survey", "nps", "csat", "アンケート", "満足度調査", "顧客満足"],
    fields: FIELDS,
};

const FIELDS: &[Field] = &[
    field("response_id", 3, &["responseid", "surveyid", "answerid", "回答id", "回答番号"]),
    field("account_id", 1, ACCOUNT),
    field(
        "at",
        2,
        &[
            "respondedat",
            "answeredat",
            "responsedate",
            "surveydate",
            "submittedat",
            "date",
            "回答日",
            "回答日時",
            "実施日",
        ],
    ),
    field(
        "score",
        3,
        &[
            "npsscore",
            "nps",
            "csat",
            "csatscore",
            "score",
            "rating",
            "satisfactionscore",
            "satisfaction",
            "推奨度",
            "スコア",
            "点数",
            "満足度",
            "評価",
        ],
    ),
    field(
        "comment",
        2,
        &["comment", "feedback", "feedbacktext", "コメント", "自由記述", "自由回答", "ご意見"],
    ),
    field("product_id", 1, PRODUCT),
];
