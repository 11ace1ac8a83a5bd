//! People at the customers.

use super::{ACCOUNT, Field, Recogniser, field};

pub(super) const RECOGNISER: Recogniser = Recogniser {
    entity: "contacts",
    files: &["contact", "people", "person", "連絡先", "名刺", "顧客担当者", "先方担当"],
    fields: FIELDS,
};

const FIELDS: &[Field] = &[
    field("contact_id", 3, &["contactid", "personid", "連絡先id", "名刺id", "連絡先コード"]),
    field("account_id", 1, ACCOUNT),
    field(
        "name",
        2,
        &[
            "contactname",
            "fullname",
            "personname",
            "name",
            "先方担当者",
            "先方担当者名",
            "担当者名",
            "担当者氏名",
            "氏名",
            "お名前",
        ],
    ),
    field(
        "email",
        2,
        &["email", "mail", "emailaddress", "contactemail", "メール", "メールアドレス"],
    ),
    field("phone", 2, &["phone", "tel", "mobile", "phonenumber", "電話", "電話番号", "携帯"]),
    field("title", 2, &["jobtitle", "title", "position", "役職", "肩書"]),
    field("role", 1, &["role", "buyingrole", "立場", "役割"]),
];
