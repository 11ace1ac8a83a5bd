//! What the manager alone needs of a plan, once, in money: its total, what better planning could add at most,
//! and the plan beside what was booked lately.

use decide::bookings::Figures;
use domain::money::Currency;
use domain::words::Lang;

use crate::words::today as say;

/// The manager's strip.
pub(crate) struct Totals {
    pub(crate) lines: Vec<String>,
    pub(crate) warning: Option<String>,
}

impl Totals {
    /// Reads the summary of a run; none where it says nothing of these.
    pub(crate) fn of(summary: &str, currency: Currency, lang: Lang) -> Option<Self> {
        let Figures { expected_minor, bound_minor, bookings } =
            serde_json::from_str(summary).ok()?;
        let more = currency.display(bound_minor.saturating_sub(expected_minor).max(0));
        let mut lines = vec![say::total(lang, &currency.display(expected_minor), &more)];
        let mut warning = None;
        if let Some(bookings) = bookings {
            lines.push(bookings.said.get(lang).to_owned());
            warning = bookings.warning.map(|warning| warning.get(lang).to_owned());
        }
        Some(Self { lines, warning })
    }
}
