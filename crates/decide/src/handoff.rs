//! Handing a play from customer success to inside sales or back (S73): why, why it comes back, and until when the
//! other side answers.
//!
//! Customer success defends and helps, inside sales proposes and expands. What one side hears that is the other's to
//! do goes over with what was said; the other side takes it over or gives it back with a reason, in a stated time.

use domain::time::{Day, Days, Instant, Zone};
use serde::Deserialize;

use crate::life::reasons::{KeepsOff, Reason};
use crate::policy::Cap;

/// The policy's section of handoffs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HandoffPolicy {
    /// Hours within which the other side answers, Saturdays and Sundays not counted.
    pub answer_hours: Cap,
}

impl Default for HandoffPolicy {
    fn default() -> Self {
        Self { answer_hours: Cap::at_most(24) }
    }
}

/// The most hours that can be stated: about three months.
pub const HOURS_MAX: u32 = 2_000;

const fn reason(code: &'static str, ja: &'static str, en: &'static str) -> Reason {
    Reason { code, ja, en, keeps_off: KeepsOff::Occasion }
}

/// Why a play goes to the other side.
pub const HAND: &[Reason] = &[
    reason("interest", "追加のご要望・ご関心がある", "The customer wants or asks for more"),
    reason("limit", "利用が上限に近い", "Use is near its limit"),
    reason(
        "department",
        "他部門・グループ会社をご紹介いただいた",
        "Another department was introduced",
    ),
    reason("budget", "予算・決裁の話が出た", "Budget or a decision was spoken of"),
    reason("onboarding", "導入・立ち上げの支援が必要", "They need help to get started"),
    reason("usage", "活用の支援が必要", "They need help to use it well"),
    reason("complaint", "ご不満・お困りごとがある", "Something troubles them"),
    reason("renewal", "契約更新のご相談", "The renewal is being discussed"),
    reason("other", "その他", "Other"),
];

/// Why a play comes back.
pub const RETURN: &[Reason] = &[
    reason("missing", "引き継ぎの情報が足りない", "Something needed was not said"),
    reason("early", "まだその段階ではない", "It is too early"),
    reason("not_ours", "担当の範囲ではない", "It is not ours to do"),
    reason("hours", "対応できる時間がない", "There are no hours for it"),
    reason("other", "その他", "Other"),
];

/// Until when what is handed over `at` a moment should be answered; none where the policy states no hours.
///
/// An hour counts on weekdays only, in the workspace's zone: what is handed over on a Friday at 18:00 with 24 hours is
/// due on Monday at 18:00. Holidays are not known.
pub fn due(at: Instant, zone: &Zone, policy: &HandoffPolicy) -> Option<Instant> {
    const HOUR_US: i64 = 3_600_000_000;
    let mut left = i64::from(policy.answer_hours.get()?.min(HOURS_MAX)) * HOUR_US;
    let (mut day, mut from) = (zone.day_of(at), at);
    loop {
        if is_weekend(day) {
            (day, from) = begin(zone, day.next_business_day());
            continue;
        }
        let until = Instant(zone.end_of_day(day).0 + 1);
        if until.0 - from.0 >= left {
            return Some(Instant(from.0 + left));
        }
        left -= until.0 - from.0;
        (day, from) = begin(zone, day.plus(Days(1)));
    }
}

fn begin(zone: &Zone, day: Day) -> (Day, Instant) {
    (day, zone.instant(day, 0, 0))
}

fn is_weekend(day: Day) -> bool {
    day.since(day.monday()).0 >= 5
}

#[cfg(test)]
mod tests {
    use domain::time::parse_instant;

    use super::*;

    #[track_caller]
    fn check(at: &str, hours: &str, expected: &str) {
        let zone = Zone::named("Asia/Tokyo").expect("a zone");
        let policy = toml::from_str(&format!("answer_hours = {hours}")).expect("a section");
        let at = parse_instant(at, &zone).expect("a moment");
        let said = due(at, &zone, &policy).map_or_else(
            || "-".to_owned(),
            |due| {
                let (hour, minute) = zone.clock(due);
                format!("{} {hour:02}:{minute:02}", zone.day_of(due))
            },
        );
        assert_eq!(said, expected);
    }

    /// S73: at the bound, under and over it; weekends stand still.
    #[test]
    fn s73_hours_are_counted_on_weekdays() {
        check("2026-03-12T18:00", "24", "2026-03-13 18:00");
        check("2026-03-13T18:00", "24", "2026-03-16 18:00");
        check("2026-03-13T18:00", "6", "2026-03-14 00:00");
        check("2026-03-13T18:00", "7", "2026-03-16 01:00");
        check("2026-03-14T10:00", "1", "2026-03-16 01:00");
        check("2026-03-15T10:00", "120", "2026-03-21 00:00");
        check("2026-03-12T18:00", "0", "2026-03-12 18:00");
        check("2026-03-12T18:00", "\"none\"", "-");
    }
}
