//! The one place that reads the wall clock.

use domain::time::{Day, Instant, Zone};

/// Seconds since 1970-01-01T00:00:00Z.
pub(crate) fn now_s() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    let now = jiff::Timestamp::now();
    now.as_second()
}

/// The moment.
pub(crate) fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    let now = jiff::Timestamp::now();
    Instant(now.as_microsecond())
}

/// Today's civil day in `zone`.
pub(crate) fn today(zone: &Zone) -> Day {
    zone.day_of(Instant(now_s() * 1_000_000))
}
