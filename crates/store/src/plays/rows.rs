//! Plays, other offers and counts as rows of their tables.
//!
//! The first column is the attempt: left null here when written, and read as the run's id.

use super::{FateCount, OtherRow, PlayRow};
use crate::sql::{Sort, Table};
use crate::value::{Fields, Row, Value};

pub(super) const PLAYS: Table<'static> = Table {
    name: "plays",
    columns: &[
        ("attempt", Sort::Int),
        ("play_id", Sort::Text),
        ("rank", Sort::Int),
        ("account_key", Sort::Int),
        ("root_key", Sort::Int),
        ("contact_key", Sort::Int),
        ("offer_id", Sort::Text),
        ("product_id", Sort::Text),
        ("motion", Sort::Text),
        ("role", Sort::Text),
        ("owner", Sort::Text),
        ("week", Sort::Text),
        ("effort_hours", Sort::Real),
        ("expected_minor", Sort::Int),
        ("lower_minor", Sort::Int),
        ("upper_minor", Sort::Int),
        ("revenue_month_minor", Sort::Int),
        ("probability", Sort::Real),
        ("probability_lower", Sort::Real),
        ("probability_upper", Sort::Real),
        ("provenance", Sort::Text),
        ("channel", Sort::Text),
        ("due", Sort::Text),
        ("why_now_ja", Sort::Text),
        ("why_now_en", Sort::Text),
        ("card", Sort::Text),
    ],
    key: &["attempt", "play_id"],
};

pub(super) const OTHERS: Table<'static> = Table {
    name: "other_offers",
    columns: &[
        ("attempt", Sort::Int),
        ("account_key", Sort::Int),
        ("place", Sort::Int),
        ("offer_id", Sort::Text),
        ("product_id", Sort::Text),
        ("motion", Sort::Text),
        ("title_ja", Sort::Text),
        ("title_en", Sort::Text),
        ("fate", Sort::Text),
        ("expected_minor", Sort::Int),
        ("reason_ja", Sort::Text),
        ("reason_en", Sort::Text),
        ("reason_code", Sort::Text),
    ],
    key: &["attempt", "account_key", "place"],
};

pub(super) const FATES: Table<'static> = Table {
    name: "fate_counts",
    columns: &[
        ("attempt", Sort::Int),
        ("fate", Sort::Text),
        ("reason_code", Sort::Text),
        ("reason_ja", Sort::Text),
        ("reason_en", Sort::Text),
        ("candidates", Sort::Int),
        ("accounts", Sort::Int),
    ],
    key: &["attempt", "fate", "reason_code"],
};

/// The columns after the attempt.
pub(super) fn list(table: &Table<'_>) -> String {
    let names: Vec<_> = table.columns[1..].iter().map(|column| column.0).collect();
    names.join(", ")
}

pub(super) fn play_values(play: &PlayRow) -> Row {
    vec![
        Value::Null,
        (&play.play_id).into(),
        play.rank.into(),
        play.account_key.into(),
        play.root_key.into(),
        play.contact_key.into(),
        (&play.offer_id).into(),
        play.product_id.as_ref().into(),
        (&play.motion).into(),
        (&play.role).into(),
        play.owner.as_ref().into(),
        (&play.week).into(),
        play.effort_hours.into(),
        play.expected_minor.into(),
        play.lower_minor.into(),
        play.upper_minor.into(),
        play.revenue_month_minor.into(),
        play.probability.into(),
        play.probability_lower.into(),
        play.probability_upper.into(),
        (&play.provenance).into(),
        (&play.channel).into(),
        play.due.as_ref().into(),
        (&play.why_now_ja).into(),
        (&play.why_now_en).into(),
        (&play.card).into(),
    ]
}

pub(super) fn play(row: Row) -> PlayRow {
    let mut fields = Fields::of(row);
    PlayRow {
        run_id: fields.text(),
        play_id: fields.text(),
        rank: fields.int(),
        account_key: fields.int(),
        root_key: fields.int(),
        contact_key: fields.optional_int(),
        offer_id: fields.text(),
        product_id: fields.optional_text(),
        motion: fields.text(),
        role: fields.text(),
        owner: fields.optional_text(),
        week: fields.text(),
        effort_hours: fields.real(),
        expected_minor: fields.int(),
        lower_minor: fields.int(),
        upper_minor: fields.int(),
        revenue_month_minor: fields.int(),
        probability: fields.real(),
        probability_lower: fields.real(),
        probability_upper: fields.real(),
        provenance: fields.text(),
        channel: fields.text(),
        due: fields.optional_text(),
        why_now_ja: fields.text(),
        why_now_en: fields.text(),
        card: fields.text(),
    }
}

pub(super) fn other_values(other: &OtherRow) -> Row {
    vec![
        Value::Null,
        other.account_key.into(),
        other.place.into(),
        (&other.offer_id).into(),
        other.product_id.as_ref().into(),
        (&other.motion).into(),
        (&other.title_ja).into(),
        (&other.title_en).into(),
        (&other.fate).into(),
        other.expected_minor.into(),
        (&other.reason_ja).into(),
        (&other.reason_en).into(),
        (&other.reason_code).into(),
    ]
}

pub(super) fn other(row: Row) -> OtherRow {
    let mut fields = Fields::of(row);
    OtherRow {
        run_id: fields.text(),
        account_key: fields.int(),
        place: fields.int(),
        offer_id: fields.text(),
        product_id: fields.optional_text(),
        motion: fields.text(),
        title_ja: fields.text(),
        title_en: fields.text(),
        fate: fields.text(),
        expected_minor: fields.int(),
        reason_ja: fields.text(),
        reason_en: fields.text(),
        reason_code: fields.text(),
    }
}

pub(super) fn fate_values(fate: &FateCount) -> Row {
    vec![
        Value::Null,
        (&fate.fate).into(),
        (&fate.reason_code).into(),
        (&fate.reason_ja).into(),
        (&fate.reason_en).into(),
        fate.candidates.into(),
        fate.accounts.into(),
    ]
}

pub(super) fn fate(row: Row) -> FateCount {
    let mut fields = Fields::of(row);
    FateCount {
        run_id: fields.text(),
        fate: fields.text(),
        reason_code: fields.text(),
        reason_ja: fields.text(),
        reason_en: fields.text(),
        candidates: fields.int(),
        accounts: fields.int(),
    }
}
