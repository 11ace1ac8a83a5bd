//! What people and machines read: results on standard output, everything else on standard error.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

/// How a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for people.
    Text,
    /// One JSON document on standard output.
    Json,
}

/// Prints a result: text for people, or one JSON document.
pub(crate) fn result(format: Format, text: &str, json: &impl Serialize) -> Result<()> {
    match format {
        Format::Text => line(text),
        Format::Json => line(&serde_json::to_string_pretty(json)?),
    }
}

/// Writes text and a line break to standard output. A reader that has gone away is no error.
pub(crate) fn line(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out
        .write_all(text.trim_end_matches('\n').as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Says something on standard error.
pub(crate) fn say(text: &str) {
    // Nobody is left to tell when standard error itself is gone.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Rewrites the last line of standard error where it is a terminal.
pub(crate) fn progress(text: &str) {
    let mut err = io::stderr().lock();
    if err.is_terminal() {
        let _ = write!(err, "\r\x1b[2K{text}");
        let _ = err.flush();
    }
}

/// A path as a shell takes it.
pub(crate) fn shell(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+@:,".contains(c);
    if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

/// Clears the progress line.
pub(crate) fn progress_done() {
    progress("");
}

/// Says what went wrong, from the outside in, and returns the exit code for it.
pub(crate) fn failed(error: &anyhow::Error) -> ExitCode {
    progress_done();
    let mut said = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        // A cause that its context already quotes would be said twice.
        if !said.contains(&cause) {
            said.push_str(if said.is_empty() { "" } else { ":\n  " });
            said.push_str(&cause);
        }
    }
    say(&format!("nobishiro: {said}"));
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: &str) {
        assert_eq!(shell(Path::new(path)), expected);
    }

    #[test]
    fn paths_are_quoted_where_a_shell_needs_it() {
        check("a/b-c.d", "a/b-c.d");
        check("伸びしろ/x", "伸びしろ/x");
        check("my files", "'my files'");
        check("it's", "'it'\\''s'");
        check("", "");
    }
}
