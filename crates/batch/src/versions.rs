//! Contract lines with every version that took effect by the day: what changed, and when.

use std::collections::{BTreeMap, HashMap};

use domain::ids::{ProductId, SubscriptionId};
use domain::time::Day;

use crate::snapshot::{Record, Snapshot};

/// One version of a contract line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The day on which it took effect.
    pub from: Day,
    /// What is held: a place in [`Versions::products`].
    pub product: u32,
    /// The plan's version, if named: a place in [`Versions::plan_versions`].
    pub plan_version: Option<u32>,
    /// Seats, if counted.
    pub seats: Option<i64>,
    /// Contract term, months.
    pub term_months: Option<i64>,
    /// Monthly recurring revenue, minor units; none where it is not known.
    pub mrr_minor: Option<i64>,
    /// Whether the files call it a change of price or a correction, which nobody bought.
    pub repriced: bool,
}

/// One contract line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub subscription: SubscriptionId,
    /// Its first day.
    pub started: Day,
    /// The day on which it ended.
    pub ended: Option<Day>,
    /// Its versions, oldest first; at least one.
    pub versions: Vec<Version>,
}

impl Line {
    /// Each version with the day after its last, in order; `open` stands for the end of one that still runs.
    pub fn spans(&self, open: Day) -> impl Iterator<Item = (&Version, Day)> {
        let end = self.ended.unwrap_or(open);
        self.versions.iter().enumerate().map(move |(i, version)| {
            let next = self.versions.get(i + 1).map_or(end, |next| next.from.min(end));
            (version, next)
        })
    }
}

/// All contract lines by account.
#[derive(Debug, Clone, Default)]
pub struct Versions {
    /// What versions speak of.
    pub products: Vec<ProductId>,
    /// The plans' versions, by name.
    pub plan_versions: Vec<String>,
    /// Lines by account, by subscription.
    pub lines: BTreeMap<i64, Vec<Line>>,
}

impl Versions {
    /// Reads the subscriptions of a snapshot; rows without a day are left out, as in facts.
    pub fn read(snapshot: &Snapshot) -> Self {
        let mut read = Self::default();
        let mut places: HashMap<&str, u32> = HashMap::new();
        let mut named: HashMap<&str, u32> = HashMap::new();
        let mut last: Option<(&str, i64)> = None;
        let table = snapshot.table("subscriptions");
        // Rows are in key order: subscription, then the day of effect.
        for record in table.iter() {
            let started = record.day("started_on").or(record.day("effective_on"));
            let (Some(account), Some(started)) =
                (snapshot.account(record.id("account_id")), started)
            else {
                continue;
            };
            let product = record.id("product_id");
            let next = u32::try_from(places.len()).unwrap_or(u32::MAX);
            let place = *places.entry(product).or_insert_with(|| {
                read.products.push(product.into());
                next
            });
            let plan_version = record.text("plan_version").map(|name| {
                let next = u32::try_from(named.len()).unwrap_or(u32::MAX);
                *named.entry(name).or_insert_with(|| {
                    read.plan_versions.push(name.to_owned());
                    next
                })
            });
            let lines = read.lines.entry(account).or_default();
            let line = (record.id("subscription_id"), account);
            if last != Some(line) {
                let subscription = record.id("subscription_id").into();
                lines.push(Line { subscription, started, ended: None, versions: Vec::new() });
            }
            last = Some(line);
            let line = lines.last_mut().expect("one was pushed for the first version");
            line.started = line.started.min(started);
            line.ended = ended(record);
            line.versions.push(Version { plan_version, ..version(snapshot, record, place) });
        }
        read
    }

    /// The product of a version.
    pub fn product(&self, version: &Version) -> &ProductId {
        &self.products[version.product as usize]
    }

    /// The name of a version's plan version.
    pub fn plan_version(&self, version: &Version) -> Option<&str> {
        version.plan_version.map(|place| self.plan_versions[place as usize].as_str())
    }
}

/// When it ended; a line that is over without a day ended with its last version.
fn ended(record: Record<'_>) -> Option<Day> {
    let over = matches!(record.text("status"), Some("cancelled" | "ended"));
    record.day("ended_on").or_else(|| record.day("effective_on").filter(|_| over))
}

fn version(snapshot: &Snapshot, record: Record<'_>, product: u32) -> Version {
    Version {
        from: record.day("effective_on").or(record.day("started_on")).unwrap_or(Day(0)),
        product,
        plan_version: None,
        seats: record.whole("seats"),
        term_months: record.whole("term_months"),
        mrr_minor: snapshot.amount(record, "mrr"),
        repriced: matches!(record.text("change_kind"), Some("price_change" | "correction")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(from: i32) -> Version {
        Version {
            from: Day(from),
            product: 0,
            plan_version: None,
            seats: None,
            term_months: None,
            mrr_minor: None,
            repriced: false,
        }
    }

    #[test]
    fn each_version_lasts_until_the_next_or_the_end() {
        let versions = vec![version(10), version(20), version(30)];
        let line =
            Line { subscription: "S1".into(), started: Day(10), ended: Some(Day(25)), versions };
        let spans: Vec<_> = line.spans(Day(100)).map(|(v, end)| (v.from.0, end.0)).collect();
        assert_eq!(spans, [(10, 20), (20, 25), (30, 25)], "what comes after the end is empty");
        let open = Line { ended: None, ..line };
        assert_eq!(open.spans(Day(100)).last().map(|(_, end)| end), Some(Day(100)));
    }
}
