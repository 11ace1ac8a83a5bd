//! Those who look after customers.

use super::{Field, Recogniser, field};

pub(super) const RECOGNISER: Recogniser = Recogniser {
    entity: "reps",
    files: &[
        "salesteam",
        "salesrep",
        "rep",
        "agent",
        "employee",
        "staff",
        "teammember",
        "担当者一覧",
        "担当者マスタ",
        "社員",
        "営業担当",
    ],
    fields: FIELDS,
};

const FIELDS: &[Field] = &[
    field(
        "rep_id",
        3,
        &[
            "repid",
            "salesrepid",
            "agentid",
            "salesagent",
            "employeeid",
            "staffid",
            "担当者コード",
            "担当者id",
            "社員番号",
            "社員コード",
        ],
    ),
    field(
        "name",
        2,
        &[
            "repname",
            "agentname",
            "employeename",
            "salesagent",
            "name",
            "担当者名",
            "社員名",
            "氏名",
        ],
    ),
    field("role", 1, &["role", "position", "役割", "職種", "職務"]),
    field(
        "team",
        2,
        &[
            "team",
            "regionaloffice",
            "department",
            "office",
            "部署",
            "部署名",
            "チーム",
            "所属",
            "課",
        ],
    ),
    field("hours_per_week", 3, &["hoursperweek", "weeklyhours", "週稼働時間"]),
    field("email", 1, &["email", "mail", "メール", "メールアドレス"]),
];
