//! How often two products stand in one basket, exactly.
//!
//! A basket is an order's products without repetition; only sales count. Products below a floor of
//! baskets are left out first, because most products of a long tail meet by chance alone and their
//! pairs would fill memory. The counting is an aggregate function of ours, [`PairCountUdaf`], whose
//! partial states merge in any order to the same bytes: the pattern for what must be exact and the
//! same on one machine or many.

mod aggregate;
mod state;

use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray, UInt32Array};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::datasource::MemTable;
use domain::ids::ProductId;

pub use aggregate::PairCountUdaf;
use state::PairState;

use crate::query::Engine;

/// Pairs within baskets that one pass counts; more are counted in several passes. One pass holds at
/// most about twenty bytes for each.
const PASS_PAIRS: u64 = 24_000_000;

const ITEMS: &str = "pairs__items";
const BASKETS: &str = "pairs__baskets";

/// What to count.
#[derive(Debug, Clone)]
pub struct PairOptions {
    /// A table with the columns order_id, product_id and kind (empty: a sale).
    pub table: String,
    /// Products in fewer baskets are left out.
    pub min_item_count: u64,
    /// Baskets with more products than this, counted after the floor, form no pairs; they still
    /// count as baskets and for their products. [`PairCounts::baskets_over_cap`] says how many.
    pub max_basket_items: usize,
}

impl Default for PairOptions {
    fn default() -> Self {
        Self { table: "orders".to_owned(), min_item_count: 1, max_basket_items: 1000 }
    }
}

/// How often products, and pairs of them, occur in baskets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PairCounts {
    /// Products that reach the floor, by id, with the number of baskets they are in.
    pub items: Vec<(ProductId, u64)>,
    /// All baskets, also those of which no product reaches the floor.
    pub baskets: u64,
    /// Places in `items`, the smaller first, and the number of baskets with both; sorted.
    pub pairs: Vec<(u32, u32, u64)>,
    /// Baskets left out of `pairs` for their size.
    pub baskets_over_cap: u64,
}

/// Counts pairs in the baskets of a table. The same rows give the same counts, whatever their order
/// and the engine's partitions.
pub async fn pair_counts(engine: &Engine, options: &PairOptions) -> Result<PairCounts> {
    let baskets = count_baskets(engine, options).await?;
    let items = frequent_items(engine, options).await?;
    if items.is_empty() {
        return Ok(PairCounts { baskets, ..PairCounts::default() });
    }
    register_items(engine, &items)?;
    let occurrences = register_baskets(engine, options).await?;
    let passes = occurrences.div_ceil(PASS_PAIRS).max(1);
    let mut pairs = Vec::new();
    let mut baskets_over_cap = 0;
    for pass in 0..passes {
        let state = one_pass(engine, options, (pass, passes)).await?;
        baskets_over_cap = state.baskets_over_cap();
        state.read_into(&mut pairs);
    }
    if passes > 1 {
        pairs.sort_unstable();
    }
    engine.forget(ITEMS)?;
    engine.forget(BASKETS)?;
    Ok(PairCounts { items, baskets, pairs, baskets_over_cap })
}

fn sales(options: &PairOptions) -> String {
    format!("{} WHERE coalesce(kind, 'sale') = 'sale'", options.table)
}

async fn count_baskets(engine: &Engine, options: &PairOptions) -> Result<u64> {
    let sql = format!("SELECT count(DISTINCT order_id) AS n FROM {}", sales(options));
    let batches = engine.sql("count baskets", &sql).await?;
    let count = batches.iter().find(|batch| batch.num_rows() > 0);
    let count = count.map_or(0, |batch| batch.column(0).as_primitive::<Int64Type>().value(0));
    u64::try_from(count).context("a count is not negative")
}

async fn frequent_items(engine: &Engine, options: &PairOptions) -> Result<Vec<(ProductId, u64)>> {
    let sql = format!(
        "SELECT product_id, count(*) AS n FROM (SELECT DISTINCT order_id, product_id FROM {}) \
         GROUP BY product_id HAVING count(*) >= {}",
        sales(options),
        options.min_item_count
    );
    let batch = engine.collect_sorted("count baskets by product", &sql, "product_id").await?;
    let ids = batch.column(0).as_string_opt::<i32>().context("product ids are text")?;
    let counts = batch.column(1).as_primitive::<Int64Type>();
    let mut items = Vec::with_capacity(batch.num_rows());
    for (id, count) in ids.iter().zip(counts) {
        let count = u64::try_from(count.unwrap_or(0)).context("a count is not negative")?;
        items.push((ProductId::new(id.unwrap_or("")), count));
    }
    Ok(items)
}

/// Makes the products a table with their places.
fn register_items(engine: &Engine, items: &[(ProductId, u64)]) -> Result<()> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("product_id", DataType::Utf8, false),
        Field::new("item", DataType::UInt32, false),
    ]));
    let places = u32::try_from(items.len()).context("more than four billion products")?;
    let ids: ArrayRef =
        Arc::new(StringArray::from_iter_values(items.iter().map(|(id, _)| id.as_str())));
    let columns = vec![ids, Arc::new(UInt32Array::from_iter_values(0..places)) as ArrayRef];
    let batch =
        RecordBatch::try_new(Arc::clone(&schema), columns).context("a table of products")?;
    engine.register_rows(ITEMS, schema, vec![batch])
}

/// Makes the baskets a table of item lists, kept in memory (four bytes a line) because every pass
/// reads it. Returns the pairs within them, an upper bound of the distinct ones.
async fn register_baskets(engine: &Engine, options: &PairOptions) -> Result<u64> {
    let purpose = "gather baskets";
    let sql = format!(
        "SELECT array_agg(i.item) AS items \
         FROM (SELECT order_id, product_id FROM {}) o JOIN {ITEMS} i ON o.product_id = i.product_id \
         GROUP BY o.order_id",
        sales(options)
    );
    let frame = engine.frame(purpose, &sql).await?;
    let schema = Arc::new(frame.schema().as_arrow().clone());
    let parts = frame.collect_partitioned().await.with_context(|| format!("cannot {purpose}"))?;
    let schema = parts.iter().flatten().next().map_or(schema, RecordBatch::schema);
    let mut occurrences: u64 = 0;
    for batch in parts.iter().flatten() {
        let lists = batch.column(0).as_list::<i32>();
        let lengths = lists.offsets().lengths().filter(|n| *n <= options.max_basket_items);
        occurrences += lengths.map(|n| (n * n.saturating_sub(1) / 2) as u64).sum::<u64>();
    }
    engine.forget(BASKETS)?;
    let table = MemTable::try_new(schema, parts).with_context(|| format!("cannot {purpose}"))?;
    engine
        .context()
        .register_table(BASKETS, Arc::new(table))
        .with_context(|| format!("cannot {purpose}"))?;
    Ok(occurrences)
}

async fn one_pass(
    engine: &Engine,
    options: &PairOptions,
    (pass, passes): (u64, u64),
) -> Result<PairState> {
    let sql = format!(
        "SELECT {}(items, {}, {pass}, {passes}) AS state FROM {BASKETS}",
        aggregate::NAME,
        options.max_basket_items
    );
    let batches = engine.sql("count pairs of products", &sql).await?;
    let mut state = PairState::default();
    for batch in &batches {
        let states = batch.column(0).as_binary_opt::<i64>().context("a state is binary")?;
        for bytes in states.iter().flatten() {
            state.merge(bytes).context("cannot count pairs of products")?;
        }
    }
    Ok(state)
}

#[cfg(test)]
mod tests;
