//! The nightly flow on DataFusion: ingest, features, train, score, plan.

pub mod schema;
pub mod query;
pub mod lake;
pub mod ingest;
pub mod suggest;
pub mod calendar;
pub mod snapshot;
pub mod known;
pub mod tables;
pub mod lake_facts;
pub mod features;
pub mod train;
pub mod pairs;
pub mod also_bought;
pub mod score;
pub mod artefact;
pub mod plan;
pub mod night;
pub mod explain;
pub mod check;
pub mod export;
