//! The one executable: configuration, tracing, composition, subcommands.

fn main() {}
