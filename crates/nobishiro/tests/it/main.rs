//! System tests: the built executable, run as people run it, on made-up and real data.

mod bad_input;
mod cli;
mod demo;
mod kills;
mod layouts;
mod serve;
mod support;
