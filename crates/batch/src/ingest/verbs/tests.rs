//! Tests of verbs.
