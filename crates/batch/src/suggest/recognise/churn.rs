//! Departures: who left, when and why. They say more about a contract than they are rows of their own.

use super::{ACCOUNT, Field, Recogniser, field};

pub(super) const RECOGNISER: Recogniser = Recogniser {
    entity: "churn",
    files: &["churn", "cancellation", "解約", "退会"],
    fields: FIELDS,
};

const FIELDS: &[Field] = &[
    field("account_id", 1, ACCOUNT),
    field(
        "date",
        3,
        &[
            "churndate",
            "churnedon",
            "churnedat",
            "cancellationdate",
            "canceldate",
            "cancelledon",
            "解約日",
            "退会日",
        ],
    ),
    field(
        "reason",
        3,
        &[
            "reasoncode",
            "churnreason",
            "reason",
            "cancellationreason",
            "解約理由",
            "退会理由",
            "理由",
        ],
    ),
];
