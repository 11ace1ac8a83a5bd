//! Which roles see expected profit; the others see the change of revenue and a band of priority.

use serde::Deserialize;

/// The section `[access]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessPolicy {
    /// Whether a CS sees expected profit.
    pub cs_sees_profit: bool,
    /// Whether an agency sees it.
    pub agency_sees_profit: bool,
}
