//! Who the customers are and who looks after them (S19-S30, S83).

use super::{COUNT, Entity, Home, Kind, SHARE, day, may, need, text};

pub(super) const ACCOUNTS: Entity = Entity {
    name: "accounts",
    home: Home::Store,
    about: "A customer: a group, company, department, person or household.",
    key: &["account_id"],
    dated: None,
    attributes: true,
    columns: &[
        need("account_id", Kind::Text),
        text("name"),
        text("name_kana"),
        may("kind", Kind::Word(&["group", "company", "department", "person", "household"])),
        may("parent_id", Kind::Ref("accounts")),
        text("corporate_number"),
        text("industry"),
        text("segment"),
        may("employees", COUNT),
        text("region"),
        text("country"),
        may("currency", Kind::Currency),
        may("fiscal_close_month", Kind::Whole(1, 12)),
        day("fiscal_confirmed_on"),
        may("touch_model", Kind::Word(&["high", "low", "tech"])),
        may("owner", Kind::Ref("reps")),
        text("lifecycle"),
        day("acquired_on"),
        may("acquisition_cost", Kind::Amount),
        may("merged_into", Kind::Ref("accounts")),
        text("external_url"),
    ],
};

pub(super) const ACCOUNT_LINKS: Entity = Entity {
    name: "account_links",
    home: Home::Store,
    about: "A tie between two accounts beside the parent: capital, reseller, who pays, who uses.",
    key: &["from_id", "to_id", "kind"],
    dated: None,
    attributes: false,
    columns: &[
        need("from_id", Kind::Ref("accounts")),
        need("to_id", Kind::Ref("accounts")),
        need("kind", Kind::Word(&["capital", "reseller", "bill_to", "user_of"])),
        may("share", SHARE),
    ],
};

pub(super) const ACCOUNT_TEAM: Entity = Entity {
    name: "account_team",
    home: Home::Store,
    about: "Which representative looks after an account, in which role and for which product line.",
    key: &["account_id", "rep_id", "role", "product_line", "from_on"],
    dated: Some("from_on"),
    attributes: false,
    columns: &[
        need("account_id", Kind::Ref("accounts")),
        need("rep_id", Kind::Ref("reps")),
        need("role", Kind::Word(&["CS", "CIS", "AM", "partner_sales"])),
        text("product_line"),
        day("from_on"),
        day("until_on"),
    ],
};

pub(super) const ACCOUNT_FACTS: Entity = Entity {
    name: "account_facts",
    home: Home::Store,
    about: "What a customer said about itself, kept in time order.",
    key: &["fact_id"],
    dated: Some("said_on"),
    attributes: false,
    columns: &[
        need("fact_id", Kind::Text),
        need("account_id", Kind::Ref("accounts")),
        need(
            "kind",
            Kind::Word(&[
                "adoption_reason",
                "goal",
                "issue",
                "outlook",
                "budget",
                "decision_process",
                "focus_business",
                "skilled_users",
                "competitor",
                "fiscal_close",
                "promised_date",
                "sales_stop",
                "credit_stop",
                "only_contact",
                "quiet_period",
            ]),
        ),
        need("value", Kind::Text),
        day("said_on"),
        text("said_by"),
        text("recorded_by"),
        may("activity_id", Kind::Ref("activities")),
        may("product_id", Kind::Ref("products")),
        text("superseded_by"),
    ],
};

pub(super) const CONTACTS: Entity = Entity {
    name: "contacts",
    home: Home::Store,
    about: "A person at an account, with the role in its decisions.",
    key: &["contact_id"],
    dated: None,
    attributes: false,
    columns: &[
        need("contact_id", Kind::Text),
        need("account_id", Kind::Ref("accounts")),
        need("name", Kind::Text),
        text("email"),
        text("phone"),
        text("title"),
        may(
            "role",
            Kind::Word(&[
                "decision_maker",
                "key_person",
                "champion",
                "budget_owner",
                "executive",
                "user",
                "other",
            ]),
        ),
        may("reports_to", Kind::Ref("contacts")),
        text("persona"),
        day("left_on"),
    ],
};

pub(super) const PERMISSIONS: Entity = Entity {
    name: "permissions",
    home: Home::Store,
    about: "Whether a person may be reached through a channel, with the record that proves it (N12).",
    key: &["contact_id", "channel", "on"],
    dated: Some("on"),
    attributes: false,
    columns: &[
        need("contact_id", Kind::Ref("contacts")),
        need("channel", Kind::Word(&["mail", "phone", "visit", "prompt", "post", "line"])),
        need("state", Kind::Word(&["opt_in", "opt_out", "unknown"])),
        text("basis"),
        day("on"),
        text("source"),
        text("evidence"),
    ],
};

pub(super) const REPS: Entity = Entity {
    name: "reps",
    home: Home::Store,
    about: "A sales or customer-success representative.",
    key: &["rep_id"],
    dated: None,
    attributes: false,
    columns: &[
        need("rep_id", Kind::Text),
        need("name", Kind::Text),
        need("role", Kind::Word(&["CS", "CIS", "AM", "manager", "partner"])),
        text("team"),
        may("hours_per_week", Kind::Number(0.0, 168.0)),
        text("skills"),
        text("email"),
    ],
};

pub(super) const ABSENCES: Entity = Entity {
    name: "absences",
    home: Home::Store,
    about: "Days on which a representative is away, both ends included.",
    key: &["rep_id", "from_on"],
    dated: None,
    attributes: false,
    columns: &[
        need("rep_id", Kind::Ref("reps")),
        need("from_on", Kind::Day),
        need("until_on", Kind::Day),
    ],
};
