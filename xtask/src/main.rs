//! The project's automation: `cargo xtask tidy`, `cargo xtask capabilities`, `cargo xtask test`,
//! `cargo xtask pictures`, `cargo xtask bench`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "talking to the person at the terminal is what these commands are for"
)]

mod tree;
mod tidy;
mod debian;
mod capabilities;
mod data;
mod test;
mod pictures;
mod bench;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  tidy                       checks the rules of ARCHITECTURE.md that a compiler cannot
  capabilities               writes docs/reference/capabilities.md: what is there, where, and the tests that show it
  test [ARG…]                installs what the tests need and runs them; ARGs go to `cargo test`
  pictures [DIR]             takes a picture of every page in both languages, on three screens, light,
                             dark and on paper; into target/pictures, or DIR
  bench [--profile P | --program FILE] [NAME…]
                             measures speed and the models' quality; all of them rewrite
                             docs/reference/benchmarks.md
  bench --list               the benches by name";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.split_first() {
        Some((command, rest)) if command == "tidy" && rest.is_empty() => tidy::command(),
        Some((command, rest)) if command == "capabilities" && rest.is_empty() => {
            capabilities::command()
        }
        Some((command, rest)) if command == "test" => test::command(rest),
        Some((command, rest)) if command == "pictures" && rest.len() < 2 => {
            pictures::command(rest.first())
        }
        Some((command, rest)) if command == "bench" => bench::command(rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The folder that holds the workspace's Cargo.toml.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask lies in the workspace's folder").to_path_buf()
}

/// The cargo that runs us, so that a child uses the same toolchain.
fn cargo() -> std::process::Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = std::process::Command::new(program);
    command.current_dir(root());
    command
}
