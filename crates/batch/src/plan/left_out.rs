//! The best candidates of each reason that were not chosen: what a manager opens behind a count.
//!
//! A reason may hold a hundred thousand candidates. The first of each by expected profit are kept, in a total order,
//! so that the same night keeps the same rows however its accounts were spread; all are counted elsewhere.

use std::collections::BTreeMap;

use decide::decision::Decision;
use domain::money::Currency;
use domain::motion::Fate;
use store::LeftOutRow;

/// Rows of a reason.
const KEPT: usize = 100;

/// What is kept so far, by fate and reason.
#[derive(Debug, Default)]
pub struct LeftOut(BTreeMap<(&'static str, &'static str), Vec<LeftOutRow>>);

impl LeftOut {
    /// Adds the decisions of one account.
    pub fn add(&mut self, decisions: &[Decision], currency: Currency) {
        for decision in decisions.iter().filter(|decision| decision.fate != Fate::Chosen) {
            let of = (decision.fate.code(), decision.reason_code);
            self.push(of, row(decision, currency));
        }
    }

    fn push(&mut self, of: (&'static str, &'static str), row: LeftOutRow) {
        let rows = self.0.entry(of).or_default();
        rows.push(row);
        if rows.len() >= 2 * KEPT {
            best(rows);
        }
    }

    /// The rows to keep, by fate, reason and place.
    pub fn rows(self) -> Vec<LeftOutRow> {
        let mut all = Vec::new();
        for mut rows in self.0.into_values() {
            best(&mut rows);
            all.extend((1..).zip(rows).map(|(place, row)| LeftOutRow { place, ..row }));
        }
        all
    }
}

/// The first by expected profit, then by account and offer.
fn best(rows: &mut Vec<LeftOutRow>) {
    rows.sort_by(|a, b| {
        let order = b.expected_minor.cmp(&a.expected_minor);
        order.then_with(|| (a.account_key, &a.offer_id).cmp(&(b.account_key, &b.offer_id)))
    });
    rows.truncate(KEPT);
}

fn row(decision: &Decision, currency: Currency) -> LeftOutRow {
    let candidate = &decision.scored.candidate;
    LeftOutRow {
        fate: decision.fate.code().to_owned(),
        reason_code: decision.reason_code.to_owned(),
        place: 0,
        account_key: candidate.account.0,
        offer_id: candidate.offer.to_string(),
        motion: candidate.motion.code().to_owned(),
        title_ja: candidate.title.ja.clone(),
        title_en: candidate.title.en.clone(),
        reason_ja: decision.reason.ja.clone(),
        reason_en: decision.reason.en.clone(),
        expected_minor: currency.round_expected(decision.value.eip.mean),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// N1: whatever the order, the same rows are kept, the most expected first.
    #[test]
    fn n1_the_best_of_each_reason_are_kept() {
        let row = |n: i64| LeftOutRow {
            account_key: n,
            offer_id: "x".to_owned(),
            expected_minor: n % 250,
            ..LeftOutRow::default()
        };
        let kept = |order: &mut dyn Iterator<Item = i64>| {
            let mut out = LeftOut::default();
            for n in order {
                out.push(("held", "loyalty"), row(n));
            }
            out.push(("blocked", "stop"), row(1));
            out.rows()
        };
        let rows = kept(&mut (0..1_000));
        assert_eq!(rows, kept(&mut (0..1_000).rev()));
        assert_eq!(rows.len(), 101);
        let said: Vec<_> = rows[1..5].iter().map(|row| (row.place, row.account_key)).collect();
        assert_eq!(said, [(1, 249), (2, 499), (3, 749), (4, 999)]);
        assert_eq!(rows[100].expected_minor, 225);
    }
}
