//! The nightly flow on DataFusion: ingest, features, train, score, plan.

pub mod schema;
