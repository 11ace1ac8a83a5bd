//! What guards ask that belongs to no run: stops that people set, and the lots of the hold-out.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use decide::facts::bars::{Lot, Stop};
use decide::life::reasons::{self, Reason};
use domain::time::Day;
use sha2::{Digest, Sha256};
use store::{LotRow, MILLIONTHS, StopKind, StopRow, Store};

use crate::known::Account;

/// Tells the accounts which stops are in force, and returns the hash of all rows; empty where there is none.
///
/// People act by the clock; on a night that looks from an earlier day a stop counts as of that day.
pub async fn stops(
    store: &Store,
    as_of: Day,
    accounts: &mut BTreeMap<i64, Account>,
) -> Result<String> {
    let rows = store.all_stops().await?;
    let mut latest: BTreeMap<i64, &StopRow> = BTreeMap::new();
    let mut hash = Sha256::new();
    for row in &rows {
        latest.insert(row.account_key, row);
        for part in [
            row.account_key.to_string().as_str(),
            &row.on_day,
            row.until_day.as_deref().unwrap_or_default(),
            row.reason_code.as_deref().unwrap_or_default(),
            row.by_rep.as_deref().unwrap_or_default(),
            if row.kind == StopKind::Stop { "stop" } else { "lift" },
        ] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
    }
    for (key, row) in latest {
        if let (Some(stop), Some(account)) = (stop(row, as_of), accounts.get_mut(&key)) {
            account.bars.stops.push(stop);
            account.bars.sort();
        }
    }
    Ok(if rows.is_empty() { String::new() } else { crate::night::hex(&hash.finalize()) })
}

/// A stop that is in force; none where the row lifts it.
fn stop(row: &StopRow, as_of: Day) -> Option<Stop> {
    let reason = Reason::find(reasons::STOP, row.reason_code.as_deref().unwrap_or("other"));
    (row.kind == StopKind::Stop).then(|| Stop {
        source: format!("sales_stops {}-{}", row.account_key, row.number),
        on: Day::parse_iso(&row.on_day).map(|day| day.min(as_of)),
        until: row.until_day.as_deref().and_then(Day::parse_iso),
        reason: reason.map_or("other", |reason| reason.code),
        by: row.by_rep.as_deref().map(Into::into),
    })
}

/// Draws lots for groups that are seen for the first time.
pub async fn draw(
    store: &Store,
    accounts: &BTreeMap<i64, Account>,
    (as_of, seed): (Day, i64),
) -> Result<()> {
    let known: BTreeSet<i64> = store.lots().await?.iter().map(|lot| lot.account_key).collect();
    let roots: BTreeSet<i64> = accounts.values().map(|account| account.root).collect();
    let fresh: Vec<LotRow> = roots
        .difference(&known)
        .map(|root| LotRow {
            account_key: *root,
            place: place(accounts.get(root).map_or("", |account| account.id.as_str()), seed),
            drawn_on: as_of.to_string(),
        })
        .collect();
    store.keep_lots(&fresh).await?;
    Ok(())
}

/// Where a group's lot lies, in 0..[`MILLIONTHS`]: uniform, by the hash of its root's id, salted with the seed.
fn place(root: &str, seed: i64) -> i64 {
    let mut hash = Sha256::new();
    hash.update(b"hold-out");
    hash.update(seed.to_be_bytes());
    hash.update(root.as_bytes());
    let digest = hash.finalize();
    let word = digest[..8].iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
    i64::try_from(word % MILLIONTHS.unsigned_abs()).expect("below a million")
}

/// Tells the accounts their group's lot, and among how many it was drawn.
pub async fn lots(store: &Store, accounts: &mut BTreeMap<i64, Account>) -> Result<()> {
    let lots: BTreeMap<i64, LotRow> =
        store.lots().await?.into_iter().map(|lot| (lot.account_key, lot)).collect();
    let roots = u32::try_from(lots.len()).unwrap_or(u32::MAX);
    for account in accounts.values_mut() {
        account.bars.roots = roots;
        account.bars.lot = lots.get(&account.root).and_then(|lot| {
            let on = Day::parse_iso(&lot.drawn_on)?;
            Some(Lot { place: lot.place as f64 / MILLIONTHS as f64, on })
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// N2: a lot is the same whenever it is drawn, another with another salt, and spread evenly.
    #[test]
    fn n2_lots_are_uniform_and_of_the_root_alone() {
        let lots: Vec<i64> = (0..20_000).map(|i| place(&format!("A{i}"), 1)).collect();
        assert_eq!(lots[7], place("A7", 1));
        assert_ne!(lots[7], place("A7", 2));
        assert!(lots.iter().all(|lot| (0..MILLIONTHS).contains(lot)));
        // Of 20,000 lots 1,000 are expected below 5 %, with a standard deviation of 31.
        let out = lots.iter().filter(|lot| **lot < 50_000).count();
        assert!((870..=1_130).contains(&out), "{out}");
    }
}
