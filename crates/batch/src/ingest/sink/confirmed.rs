//! Mergers that people confirmed outlive a file that knows nothing of them.

use ::store::{Row, Store, Value};
use anyhow::Result;
use domain::canonical::Entity;
use rustc_hash::FxHashMap;

use super::rows::text;

/// Writes confirmed mergers into the rows of accounts that say nothing of their own.
pub(super) async fn keep(store: &Store, entity: &Entity, rows: &mut [(u32, Row)]) -> Result<()> {
    let place = entity.columns.iter().position(|column| column.name == "merged_into");
    let Some(place) = place.filter(|_| entity.name == "accounts") else { return Ok(()) };
    let verdicts = store.verdicts().await?;
    let merged: FxHashMap<&str, &str> =
        verdicts.iter().filter_map(|v| Some((v.merged_id()?, v.kept_id.as_deref()?))).collect();
    if merged.is_empty() {
        return Ok(());
    }
    for (_, row) in rows {
        if row[place] == Value::Null
            && let Some(kept) = text(row, 0).and_then(|id| merged.get(id))
        {
            row[place] = (*kept).into();
        }
    }
    Ok(())
}
