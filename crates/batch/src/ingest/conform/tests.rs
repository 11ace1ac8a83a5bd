//! Tests of conform.
