//! Tests of reader.
