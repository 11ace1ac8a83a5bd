//! The one place that builds a DataFusion session.
//!
//! Every stage asks its questions through an [`Engine`]; nothing else in the workspace knows whether
//! they run in this process or on a cluster. On a cluster these things differ, and results must not:
//! the planner repartitions otherwise and joins by merging, so rows come in another order (collect
//! with a total order, sum integers); executors open the lake's files themselves (one shared path or
//! an object store); and our functions travel by name, so the scheduler, every executor and the
//! returned session register them again with [`register`].

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use datafusion::datasource::MemTable;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::AggregateUDF;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};

use crate::pairs::PairCountUdaf;

/// How an [`Engine`] works.
#[derive(Debug, Clone)]
pub struct Options {
    /// Parallel parts of a query; no result depends on it.
    pub partitions: usize,
    /// Rows of a batch.
    pub batch_rows: usize,
    /// Bytes that sorts, joins and aggregates may hold before they spill to disk.
    pub memory_bytes: usize,
    /// Where they spill; the system's folder for temporary files when `None`.
    pub spill_dir: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { partitions: 2, batch_rows: 8192, memory_bytes: 1_288_490_189, spill_dir: None }
    }
}

/// A session with our functions and settings that give the same results every time.
#[derive(Clone)]
pub struct Engine {
    ctx: SessionContext,
    partitions: usize,
}

impl Engine {
    /// Opens a session of its own: tables registered in it are seen by no other.
    pub fn new(options: &Options) -> Result<Self> {
        let mut disk = DiskManagerBuilder::default();
        if let Some(folder) = &options.spill_dir {
            std::fs::create_dir_all(folder).with_context(|| {
                format!("the folder for spilled data {} cannot be made", folder.display())
            })?;
            disk.set_mode(DiskManagerMode::Directories(vec![folder.clone()]));
        }
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(options.memory_bytes)))
            .with_disk_manager_builder(disk)
            .build_arc()
            .context("the query engine cannot start")?;
        let state = SessionStateBuilder::new()
            .with_config(config(options))
            .with_runtime_env(runtime)
            .with_default_features()
            .build();
        let ctx = SessionContext::new_with_state(state);
        register(&ctx);
        Ok(Self { ctx, partitions: options.partitions.max(1) })
    }

    /// The session, for plans that SQL cannot say.
    pub fn context(&self) -> &SessionContext {
        &self.ctx
    }

    /// Parallel parts of a query.
    pub fn partitions(&self) -> usize {
        self.partitions
    }

    /// Answers a query. `purpose` completes "cannot …" in its error. Rows come in no order unless
    /// the query states a total one.
    pub async fn sql(&self, purpose: &str, sql: &str) -> Result<Vec<RecordBatch>> {
        let frame = self.frame(purpose, sql).await?;
        frame.collect().await.with_context(|| format!("cannot {purpose}"))
    }

    /// Answers a query as one batch, in the total order that `order_by` gives (a list as SQL has it).
    pub async fn collect_sorted(
        &self,
        purpose: &str,
        sql: &str,
        order_by: &str,
    ) -> Result<RecordBatch> {
        let frame =
            self.frame(purpose, &format!("SELECT * FROM ({sql}) ORDER BY {order_by}")).await?;
        let schema: SchemaRef = Arc::new(frame.schema().as_arrow().clone());
        let batches = frame.collect().await.with_context(|| format!("cannot {purpose}"))?;
        let schema = batches.first().map_or(schema, RecordBatch::schema);
        concat_batches(&schema, &batches).with_context(|| format!("cannot {purpose}"))
    }

    /// A query that is not answered yet.
    pub async fn frame(&self, purpose: &str, sql: &str) -> Result<DataFrame> {
        self.ctx.sql(sql).await.with_context(|| format!("cannot {purpose}"))
    }

    /// Makes rows in memory a table, in place of any table of that name.
    pub fn register_rows(
        &self,
        name: &str,
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
    ) -> Result<()> {
        let table = MemTable::try_new(schema, vec![batches])
            .with_context(|| format!("rows of {name} do not fit its columns"))?;
        self.forget(name)?;
        self.ctx
            .register_table(name, Arc::new(table))
            .with_context(|| format!("cannot register the table {name}"))?;
        Ok(())
    }

    /// Drops every table.
    pub fn forget_all(&self) -> Result<()> {
        let state = self.ctx.state();
        let options = &state.config_options().catalog;
        let schema = self
            .ctx
            .catalog(&options.default_catalog)
            .and_then(|catalog| catalog.schema(&options.default_schema));
        for name in schema.iter().flat_map(|schema| schema.table_names()) {
            self.forget(&name)?;
        }
        Ok(())
    }

    /// Drops a table if there is one of that name.
    pub fn forget(&self, name: &str) -> Result<()> {
        self.ctx.deregister_table(name).with_context(|| format!("cannot drop the table {name}"))?;
        Ok(())
    }
}

/// Makes our functions known to a session. A cluster calls this on each of its sessions.
pub fn register(ctx: &SessionContext) {
    ctx.register_udaf(AggregateUDF::from(PairCountUdaf::new()));
}

/// Settings under which a query gives the same answer every time.
fn config(options: &Options) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(options.partitions.max(1))
        .with_batch_size(options.batch_rows)
        .with_information_schema(false);
    let options = config.options_mut();
    // One type of text everywhere, so that features and models read plain string arrays.
    options.execution.parquet.schema_force_view_types = false;
    options.sql_parser.map_string_types_to_utf8view = false;
    // Civil days are worked out in the workspace's zone by our own code, never by the session's.
    options.execution.time_zone = Some("UTC".to_owned());
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{AsArray, Int64Array};
    use arrow::datatypes::{DataType, Field, Int64Type, Schema};

    fn engine() -> Engine {
        Engine::new(&Options::default()).expect("an engine starts")
    }

    fn numbers(engine: &Engine) {
        let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, true)]));
        let rows = Int64Array::from_iter_values([3, 1, 2]);
        let batch = RecordBatch::try_new(schema.clone(), vec![Arc::new(rows)]).expect("a batch");
        engine.register_rows("numbers", schema, vec![batch]).expect("registers");
    }

    #[tokio::test]
    async fn answers_in_the_stated_order() {
        let engine = engine();
        numbers(&engine);
        numbers(&engine);
        let batch = engine
            .collect_sorted("count", "SELECT n FROM numbers", "n DESC")
            .await
            .expect("an answer");
        assert_eq!(batch.column(0).as_primitive::<Int64Type>().values(), &[3, 2, 1]);
        let none = engine
            .collect_sorted("count", "SELECT n, 'x' AS t FROM numbers WHERE n > 9", "n")
            .await
            .expect("an empty answer");
        assert_eq!((none.num_rows(), none.num_columns()), (0, 2));
    }

    #[tokio::test]
    async fn an_error_names_the_purpose() {
        let error = engine().sql("find dormant accounts", "SELECT * FROM nothing").await;
        let text = format!("{:#}", error.expect_err("there is no such table"));
        assert!(text.starts_with("cannot find dormant accounts: "), "{text}");
    }

    #[tokio::test]
    async fn sorts_beyond_the_memory_limit_spill() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = Options {
            partitions: 1,
            memory_bytes: 24 << 20,
            spill_dir: Some(folder.path().join("spill")),
            ..Options::default()
        };
        let engine = Engine::new(&options).expect("an engine starts");
        let rows = "SELECT value, concat(CAST(value * 7919 % 400009 AS VARCHAR), \
                    '-a-text-that-is-long-enough-to-fill-the-memory') AS t \
                    FROM generate_series(1, 400000)";
        let sorted = format!("SELECT * FROM ({rows}) ORDER BY t");
        let frame = engine.frame("sort", &sorted).await.expect("a plan");
        let plan = frame.create_physical_plan().await.expect("a plan");
        let batches = datafusion::physical_plan::collect(plan.clone(), engine.context().task_ctx())
            .await
            .expect("an answer");
        assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 400_000);
        assert!(spills(plan.as_ref()) > 0, "the limit is far below what the sort holds");
    }

    fn spills(plan: &dyn datafusion::physical_plan::ExecutionPlan) -> usize {
        let own = plan.metrics().and_then(|metrics| metrics.spill_count()).unwrap_or(0);
        own + plan.children().into_iter().map(|child| spills(child.as_ref())).sum::<usize>()
    }
}
