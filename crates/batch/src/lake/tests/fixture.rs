//! A lake in a temporary folder, fed from short texts.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, new_null_array,
};
use arrow::datatypes::{Float64Type, Int64Type};
use arrow::util::pretty::pretty_format_batches;
use domain::canonical::{Entity, entity};
use domain::time::{Zone, parse_instant};
use futures::TryStreamExt;
use store::{LakeFile, Store};
use tempfile::TempDir;

use super::super::writer::Step;
use super::super::{CanonicalBatch, LakeCounts, LakeWriter, Pinned, export_rows, pin, view};
use crate::query::{Engine, Options};
use crate::schema::arrow_schema;

/// A lake and its store.
pub(super) struct Lake {
    pub(super) store: Store,
    pub(super) dir: PathBuf,
    _folders: Vec<TempDir>,
}

/// One order line of one account.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) order: String,
    pub(super) product: String,
    pub(super) month: String,
    pub(super) nth: Option<i64>,
    pub(super) amount: i64,
}

/// Reads `order product month [amount]`.
pub(super) fn line(text: &str) -> Line {
    let mut words = text.split(' ').map(str::to_owned);
    let mut word = || words.next();
    Line {
        order: word().expect("an order"),
        product: word().expect("a product"),
        month: word().expect("a month"),
        nth: None,
        amount: word().map_or(1, |amount| amount.parse().expect("an amount")),
    }
}

pub(super) fn lines(texts: &[&str]) -> Vec<Line> {
    texts.iter().map(|text| line(text)).collect()
}

/// Lines over three months, in no order, with repeated products in an order.
pub(super) fn sample(rows: i64) -> Vec<Line> {
    let of = |i: i64| {
        let order = (i * 37) % (rows / 5).max(1);
        Line {
            order: format!("o{order}"),
            product: format!("p{}", (i * 11) % 7),
            month: format!("2017-0{}", 3 + order % 3),
            nth: None,
            amount: i,
        }
    };
    (0..rows).map(of).collect()
}

fn orders() -> &'static Entity {
    entity("orders").expect("orders are canonical")
}

/// Columns by name as a canonical batch; the others are null.
fn canonical(entity: &'static Entity, mut columns: BTreeMap<&str, ArrayRef>) -> CanonicalBatch {
    let rows = columns.values().next().map_or(0, Array::len);
    let schema = arrow_schema(entity);
    let null = |field: &Arc<arrow::datatypes::Field>| new_null_array(field.data_type(), rows);
    let all = schema
        .fields()
        .iter()
        .map(|field| columns.remove(field.name().as_str()).unwrap_or_else(|| null(field)))
        .collect();
    let batch = RecordBatch::try_new(schema, all).expect("a canonical batch");
    let lines = (2..).take(rows).collect();
    CanonicalBatch { entity, batch, lines, file: "orders.csv".into() }
}

fn texts<'a>(values: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn instants<'a>(values: impl Iterator<Item = &'a str>) -> ArrayRef {
    let zone = Zone::named("UTC").expect("UTC exists");
    let at = |month: &str| parse_instant(&format!("{month}-15"), &zone).expect("a month").0;
    Arc::new(TimestampMicrosecondArray::from_iter_values(values.map(at)).with_timezone("UTC"))
}

fn batch(lines: &[Line]) -> CanonicalBatch {
    let line: Int64Array = lines.iter().map(|line| line.nth).collect();
    let amount = Int64Array::from_iter_values(lines.iter().map(|line| line.amount));
    canonical(
        orders(),
        BTreeMap::from([
            ("order_id", texts(lines.iter().map(|line| line.order.as_str()))),
            ("account_id", texts(lines.iter().map(|line| &line.order[..1]))),
            ("product_id", texts(lines.iter().map(|line| line.product.as_str()))),
            ("ordered_at", instants(lines.iter().map(|line| line.month.as_str()))),
            ("line", Arc::new(line) as ArrayRef),
            ("amount", Arc::new(amount)),
        ]),
    )
}

/// A fresh lake on each database.
pub(super) async fn databases() -> Vec<Lake> {
    let mut lakes = vec![Lake::sqlite().await];
    lakes.extend(Lake::postgres().await);
    lakes
}

impl Lake {
    pub(super) async fn sqlite() -> Self {
        let (folder, store) = store::testing::sqlite().await;
        Self::over(store, vec![folder])
    }

    async fn postgres() -> Option<Self> {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let schema = format!("lake_{}", NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let url = store::testing::TestPostgres::shared().url(&schema);
        let store = Store::open(&url, store::Open::ReadWrite).await.expect("PostgreSQL opens");
        Some(Self::over(store, Vec::new()))
    }

    fn over(store: Store, mut folders: Vec<TempDir>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = folder.path().join("lake");
        folders.push(folder);
        Self { store, dir, _folders: folders }
    }

    pub(super) fn writer(&self) -> LakeWriter {
        LakeWriter::new(self.store.clone(), self.dir.clone())
    }

    pub(super) async fn ingest(&self, lines: &[Line]) -> LakeCounts {
        self.ingest_in_batches(lines, lines.len()).await
    }

    pub(super) async fn try_ingest(&self, lines: &[Line]) -> Result<LakeCounts, String> {
        feed(self.writer(), lines, lines.len()).await.map_err(|error| format!("{error:#}"))
    }

    pub(super) async fn ingest_in_batches(&self, lines: &[Line], rows: usize) -> LakeCounts {
        feed(self.writer(), lines, rows).await.expect("is taken")
    }

    pub(super) async fn ingest_in_segments(&self, lines: &[Line], rows: usize) -> LakeCounts {
        feed(self.writer().with_segment_rows(rows), lines, 41).await.expect("is taken")
    }

    pub(super) async fn ingest_failing(&self, lines: &[Line], step: Step) -> String {
        let mut writer = self.writer();
        writer.fail_at = Some(step);
        format!("{:#}", feed(writer, lines, lines.len()).await.expect_err("stops"))
    }

    /// Readings of metric `m` in March: account, subscription, value.
    pub(super) async fn ingest_usage(&self, readings: &[(&str, Option<&str>, f64)]) -> LakeCounts {
        let subscriptions: StringArray = readings.iter().map(|reading| reading.1).collect();
        let values = Float64Array::from_iter_values(readings.iter().map(|reading| reading.2));
        let columns = BTreeMap::from([
            ("account_id", texts(readings.iter().map(|reading| reading.0))),
            ("metric", texts(readings.iter().map(|_| "m"))),
            ("at", instants(readings.iter().map(|_| "2017-03"))),
            ("subscription_id", Arc::new(subscriptions) as ArrayRef),
            ("value", Arc::new(values)),
        ]);
        let mut writer = self.writer();
        let usage = entity("usage").expect("usage is canonical");
        writer.append(canonical(usage, columns)).await.expect("is taken");
        writer.finish_file().await.expect("is taken").remove(0)
    }

    pub(super) async fn usage_values(&self) -> Vec<f64> {
        let usage = entity("usage").expect("usage is canonical");
        let engine = Engine::new(&Options::default()).expect("an engine");
        let pinned = pin(&self.store).await.expect("pins");
        view(&engine, &self.dir, usage, &pinned).await.expect("a view");
        let batch = engine
            .collect_sorted("read usage", "SELECT value FROM usage", "value")
            .await
            .expect("values");
        batch.column(0).as_primitive::<Float64Type>().values().to_vec()
    }

    pub(super) async fn count(&self) -> usize {
        self.rows_of(&pin(&self.store).await.expect("pins")).await.len()
    }

    /// `order product line month amount` of each row, by key.
    pub(super) async fn rows_of(&self, pinned: &Pinned) -> Vec<String> {
        let engine = Engine::new(&Options::default()).expect("an engine");
        view(&engine, &self.dir, orders(), pinned).await.expect("a view");
        let sql = "SELECT order_id, product_id, line, CAST(ordered_at AS VARCHAR) AS at, amount \
                   FROM orders";
        let batch = engine
            .collect_sorted("read orders", sql, "order_id, product_id, line")
            .await
            .expect("rows");
        let text = |column: usize, row: usize| batch.column(column).as_string::<i32>().value(row);
        let whole =
            |column: usize, row: usize| batch.column(column).as_primitive::<Int64Type>().value(row);
        let row = |row: usize| {
            let month = &text(3, row)[..7];
            format!("{} {} {} {month} {}", text(0, row), text(1, row), whole(2, row), whole(4, row))
        };
        (0..batch.num_rows()).map(row).collect()
    }

    pub(super) async fn view_error(&self) -> String {
        let engine = Engine::new(&Options::default()).expect("an engine");
        let pinned = pin(&self.store).await.expect("pins");
        let error = view(&engine, &self.dir, orders(), &pinned).await.expect_err("is damaged");
        format!("{error:#}")
    }

    /// Everything in the canonical columns.
    pub(super) async fn export(&self) -> String {
        let engine = Engine::new(&Options::default()).expect("an engine");
        let pinned = pin(&self.store).await.expect("pins");
        view(&engine, &self.dir, orders(), &pinned).await.expect("a view");
        let stream = export_rows(&engine, &self.store, "orders").await.expect("exports");
        let batches: Vec<RecordBatch> = stream.try_collect().await.expect("rows");
        if let Some(batch) = batches.first() {
            let names = |schema: &arrow::datatypes::Schema| -> Vec<String> {
                schema.fields().iter().map(|field| field.name().clone()).collect()
            };
            assert_eq!(names(&batch.schema()), names(&arrow_schema(orders())));
        }
        pretty_format_batches(&batches).expect("a table").to_string()
    }

    pub(super) async fn catalogue(&self) -> Vec<LakeFile> {
        self.store.lake_files("orders").await.expect("a catalogue")
    }

    /// Paths and contents of all files.
    pub(super) fn tree(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.dir.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&self.dir).expect("inside").to_path_buf();
                    files.insert(name, std::fs::read(&path).expect("a file"));
                }
            }
        }
        files
    }
}

async fn feed(mut writer: LakeWriter, lines: &[Line], rows: usize) -> Result<LakeCounts> {
    for (chunk, some) in lines.chunks(rows.max(1)).enumerate() {
        let mut batch = batch(some);
        let first = u32::try_from(2 + chunk * rows).expect("few lines");
        batch.lines = (first..).take(some.len()).collect();
        writer.append(batch).await?;
    }
    Ok(writer.finish_file().await?.remove(0))
}

pub(super) async fn check_rows(lake: &Lake, expected: &[&str]) {
    let pinned = pin(&lake.store).await.expect("pins");
    assert_eq!(lake.rows_of(&pinned).await, expected);
}
