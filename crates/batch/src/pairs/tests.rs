//! Pair counts against a plain count, over partitions and orders of rows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use arrow::array::new_null_array;
use arrow::compute::cast;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;
use crate::query::Options;

/// A small generator of our own, so that the baskets are the same everywhere.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = usize::try_from(self.below(i as u64 + 1)).expect("a place");
            items.swap(i, j);
        }
    }
}

/// Order, product and kind of each line.
type Lines = Vec<(String, String, Option<&'static str>)>;

fn random_lines(seed: u64, baskets: u64) -> Lines {
    let mut draw = Draw(seed);
    let mut lines = Vec::new();
    for basket in 0..baskets {
        for _ in 0..draw.below(12) {
            let product = draw.below(6) * draw.below(6);
            let kind = [None, Some("sale"), Some("sale"), Some("return"), Some("cancel")]
                [usize::try_from(draw.below(5)).expect("a kind")];
            lines.push((format!("o{basket}"), format!("p{product}"), kind));
        }
    }
    lines
}

fn register(engine: &Engine, lines: &Lines) {
    let schema = Arc::new(Schema::new(vec![
        Field::new("order_id", DataType::Utf8, true),
        Field::new("product_id", DataType::Utf8, true),
        Field::new("kind", DataType::Utf8, true),
    ]));
    let batch = |lines: &[(String, String, Option<&str>)]| {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(lines.iter().map(|line| &line.0))),
            Arc::new(StringArray::from_iter_values(lines.iter().map(|line| &line.1))),
            Arc::new(lines.iter().map(|line| line.2).collect::<StringArray>()),
        ];
        RecordBatch::try_new(schema.clone(), columns).expect("a batch")
    };
    let batches: Vec<RecordBatch> = lines.chunks(37).map(batch).collect();
    engine.register_rows("lines", schema.clone(), batches).expect("registers");
}

fn engine(partitions: usize) -> Engine {
    let options = Options { partitions, batch_rows: 64, ..Options::default() };
    Engine::new(&options).expect("an engine")
}

fn options(min_item_count: u64, max_basket_items: usize) -> PairOptions {
    PairOptions { table: "lines".to_owned(), min_item_count, max_basket_items }
}

/// The same by counting everything in maps.
fn plainly(lines: &Lines, options: &PairOptions) -> PairCounts {
    let mut baskets: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (order, product, kind) in lines {
        if kind.unwrap_or("sale") == "sale" {
            baskets.entry(order).or_default().insert(product);
        }
    }
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    baskets.values().flatten().for_each(|product| *counts.entry(product).or_default() += 1);
    counts.retain(|_, count| *count >= options.min_item_count);
    let places: BTreeMap<&str, u32> = counts.keys().copied().zip(0..).collect();
    let mut pairs: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    let mut baskets_over_cap = 0;
    for basket in baskets.values() {
        let items: Vec<u32> = basket.iter().filter_map(|item| places.get(item).copied()).collect();
        if items.len() > options.max_basket_items {
            baskets_over_cap += 1;
            continue;
        }
        for (i, low) in items.iter().enumerate() {
            items[i + 1..].iter().for_each(|high| *pairs.entry((*low, *high)).or_default() += 1);
        }
    }
    PairCounts {
        items: counts.into_iter().map(|(id, count)| (ProductId::new(id), count)).collect(),
        baskets: baskets.len() as u64,
        pairs: pairs.into_iter().map(|((low, high), count)| (low, high, count)).collect(),
        baskets_over_cap,
    }
}

#[tokio::test]
async fn counts_are_those_of_a_plain_count() {
    for seed in 1..=6 {
        let lines = random_lines(seed, 20 * seed);
        let engine = engine(2);
        register(&engine, &lines);
        for options in [options(1, 100), options(5, 100), options(1, 3), options(1000, 3)] {
            let counted = pair_counts(&engine, &options).await.expect("counts");
            assert_eq!(counted, plainly(&lines, &options), "seed {seed}, {options:?}");
        }
    }
}

#[tokio::test]
async fn partitions_and_the_order_of_rows_change_no_byte() {
    let mut lines = random_lines(42, 400);
    let mut digests = BTreeSet::new();
    for partitions in [1, 2, 4] {
        for seed in 0..3 {
            Draw(seed).shuffle(&mut lines);
            let engine = engine(partitions);
            register(&engine, &lines);
            let options = options(2, 50);
            frequent(&engine, &options).await;
            let mut state = one_pass(&engine, &options, (0, 1)).await.expect("counts");
            digests.insert(state.bytes());
        }
    }
    assert_eq!(digests.len(), 1);
    assert!(digests.first().is_some_and(|state| state.len() > 100));
}

async fn frequent(engine: &Engine, options: &PairOptions) {
    let items = frequent_items(engine, options).await.expect("items");
    register_items(engine, &items).expect("registers");
    register_baskets(engine, options).await.expect("registers");
}

#[tokio::test]
async fn passes_add_up_to_the_whole() {
    let lines = random_lines(7, 200);
    let engine = engine(2);
    register(&engine, &lines);
    let options = options(1, 50);
    frequent(&engine, &options).await;
    let mut pairs = Vec::new();
    for pass in 0..3 {
        let state = one_pass(&engine, &options, (pass, 3)).await.expect("counts");
        state.read_into(&mut pairs);
    }
    pairs.sort_unstable();
    assert_eq!(pairs, plainly(&lines, &options).pairs);
}

#[tokio::test]
async fn no_rows_and_no_sales_give_nothing() {
    let engine = engine(2);
    register(&engine, &Vec::new());
    let counted = pair_counts(&engine, &options(1, 10)).await.expect("counts");
    assert_eq!(counted, PairCounts::default());
    register(&engine, &vec![("o".to_owned(), "p".to_owned(), Some("return"))]);
    let counted = pair_counts(&engine, &options(1, 10)).await.expect("counts");
    assert_eq!(counted, PairCounts::default());
}

#[tokio::test]
async fn the_function_refuses_what_it_cannot_count() {
    let sql = "SELECT pair_count_state(1, 2, 3, 4)";
    let error = engine(1).sql("count pairs", sql).await.expect_err("not a list");
    assert!(format!("{error:#}").contains("list of UInt32"), "{error:#}");
}

/// Where public data lie, if they are here.
fn data() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "tests find data by an environment variable")]
    let stated = std::env::var("NOBISHIRO_DATA").ok().map(PathBuf::from);
    stated.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"))
}

#[tokio::test]
async fn a_years_groceries() {
    let file = data().join("completejourney/transactions.parquet");
    if !file.exists() {
        println!("SKIPPED-DATA: {} is not here", file.display());
        return;
    }
    let engine = Engine::new(&Options::default()).expect("an engine");
    let open = std::fs::File::open(&file).expect("opens");
    let reader = ParquetRecordBatchReaderBuilder::try_new(open).expect("is Parquet");
    let schema = Arc::new(Schema::new(vec![
        Field::new("order_id", DataType::Utf8, true),
        Field::new("product_id", DataType::Utf8, true),
        Field::new("kind", DataType::Utf8, true),
    ]));
    let texts = |batch: &RecordBatch, column: &str| {
        cast(batch.column_by_name(column).expect(column), &DataType::Utf8).expect("has a text")
    };
    let batches = reader.build().expect("reads").map(|batch| {
        let batch = batch.expect("rows");
        let kind = new_null_array(&DataType::Utf8, batch.num_rows());
        let columns = vec![texts(&batch, "basket_id"), texts(&batch, "product_id"), kind];
        RecordBatch::try_new(Arc::clone(&schema), columns).expect("a batch")
    });
    let batches: Vec<RecordBatch> = batches.collect();
    engine.register_rows("lines", schema, batches).expect("registers");
    let counted = pair_counts(&engine, &options(100, 1000)).await.expect("counts");
    assert_eq!(counted.baskets, 155_848);
    assert_eq!(counted.baskets_over_cap, 0);
    let sum: u64 = counted.pairs.iter().map(|pair| pair.2).sum();
    println!("{} items, {} pairs, {sum} in baskets", counted.items.len(), counted.pairs.len());
    assert!(counted.pairs.windows(2).all(|two| (two[0].0, two[0].1) < (two[1].0, two[1].1)));
    for (low, high, both) in counted.pairs.iter().take(1000) {
        let least = counted.items[*low as usize].1.min(counted.items[*high as usize].1);
        assert!(low < high && *both <= least);
    }
}
