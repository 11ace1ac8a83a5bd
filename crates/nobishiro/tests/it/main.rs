//! System tests: the built executable, run as people run it, on made-up and real data.

#![expect(clippy::print_stdout, reason = "skipped data sets are said on standard output")]

mod bad_input;
mod cli;
mod demo;
mod foreign;
mod kills;
mod layouts;
mod serve;
mod support;
