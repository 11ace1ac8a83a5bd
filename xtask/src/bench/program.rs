//! The built executable, the data it is measured on, and a measured run of a program.

use super::{machine, record};
use crate::{data, debian};
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How often a running program's peak memory is read. The kernel keeps the peak, so that only what is
/// allocated in a program's last moments goes unseen.
const POLL: Duration = Duration::from_millis(5);

/// Which executable is measured.
#[derive(Debug)]
pub(super) enum Executable {
    /// Built first, with this cargo profile.
    Profile(String),
    /// This one, as it is.
    Given(PathBuf),
    /// None: the benches build what they run, with this cargo profile.
    Unused(String),
}

/// What every bench needs.
#[derive(Debug)]
pub(super) struct Setting {
    /// How the program was built.
    pub(super) built: String,
    /// The commit as the bench began: what came after it was not measured.
    pub(super) commit: String,
    pub(super) program: PathBuf,
    /// The folder of the grocer's year.
    pub(super) data: PathBuf,
    pub(super) mapping: PathBuf,
    /// Emptied at the start; workspaces and made-up files of the benches lie here.
    pub(super) scratch: PathBuf,
}

impl Setting {
    pub(super) fn prepare(executable: &Executable) -> Result<Self> {
        let data = data::folder().join("completejourney");
        if !data.join("transactions.parquet").is_file() {
            bail!(
                "the benches read completejourney, missing at {}; set NOBISHIRO_DATA",
                data.display()
            );
        }
        let mapping = crate::root().join("examples/completejourney/mapping.toml");
        if !mapping.is_file() {
            bail!("the benches need {}", mapping.display());
        }
        let scratch = crate::root().join("target/bench");
        if scratch.exists() {
            std::fs::remove_dir_all(&scratch)
                .with_context(|| format!("cannot empty {}", scratch.display()))?;
        }
        std::fs::create_dir_all(&scratch)
            .with_context(|| format!("cannot make {}", scratch.display()))?;
        let said = |profile: &String| format!("cargo profile `{profile}`");
        let commit = machine::commit_before(&record::path())?;
        let (built, program) = match executable {
            Executable::Profile(name) => (said(name), build(name)?),
            Executable::Unused(name) => (said(name), PathBuf::new()),
            Executable::Given(path) => {
                let path = path.canonicalize();
                let path = path.context("the executable of --program is not there")?;
                let hash = machine::sha256(&path)?;
                (format!("the executable given, SHA-256 {}…", &hash[..12]), path)
            }
        };
        Ok(Self { built, commit, program, data, mapping, scratch })
    }

    /// A new workspace under the scratch folder.
    pub(super) fn workspace(&self, name: &str) -> Result<PathBuf> {
        let folder = self.scratch.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        let mut init = self.command(["init".as_ref(), folder.as_os_str()]);
        init.args(["--currency", "USD", "--zone", "America/New_York"]);
        measure(init)?;
        Ok(folder)
    }

    /// `nobishiro ingest` of one file or folder, with the shipped mapping.
    pub(super) fn ingest(&self, workspace: &Path, path: &Path) -> Result<Measured> {
        let mut ingest = self.command(["ingest".as_ref(), "--workspace".as_ref()]);
        ingest.arg(workspace).arg("--map").arg(&self.mapping).arg(path);
        measure(ingest)
    }

    /// `nobishiro model` with these arguments; what it says of its fit.
    pub(super) fn model<'a>(
        &self,
        arguments: impl IntoIterator<Item = &'a OsStr>,
    ) -> Result<serde_json::Value> {
        let mut command = self.command(["model".as_ref()]);
        command.args(arguments).args(["--format", "json"]).stdin(Stdio::null());
        let output = command.output().context("cannot start the program")?;
        if !output.status.success() {
            bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("{command:?} printed no JSON"))
    }

    pub(super) fn command<'a>(&self, arguments: impl IntoIterator<Item = &'a OsStr>) -> Command {
        let mut command = on_two_cores(&self.program);
        command.args(arguments);
        command
    }
}

/// Builds the executable and asks cargo where it put it.
fn build(profile: &str) -> Result<PathBuf> {
    println!("Building nobishiro ({profile}) …");
    let mut build = crate::cargo();
    build.args(["build", "--package", "nobishiro", "--profile", profile]);
    build.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit());
    let output = build.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("nobishiro does not build");
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    executable(&messages).context("cargo named no executable")
}

fn executable(messages: &str) -> Option<PathBuf> {
    let parse = |line: &str| serde_json::from_str::<serde_json::Value>(line).ok();
    let of_message = |message: serde_json::Value| {
        message.get("executable").and_then(|it| it.as_str()).map(PathBuf::from)
    };
    messages.lines().filter_map(parse).filter_map(of_message).next_back()
}

/// The limits are stated for two cores, so a larger machine lends only two.
pub(super) fn on_two_cores(program: &Path) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    match debian::find_program("taskset") {
        Some(taskset) if cores > 2 => {
            let mut command = Command::new(taskset);
            command.args(["--cpu-list", "0,1"]).arg(program);
            command
        }
        _ => Command::new(program),
    }
}

/// One finished run of a program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    pub(super) wall_s: f64,
    pub(super) rss_gib_max: f64,
}

/// Runs the command to its end; its standard output is dropped, its errors are shown if it fails.
pub(super) fn measure(mut command: Command) -> Result<Measured> {
    let log = tempfile::tempfile().context("cannot make a temporary file")?;
    let writer = log.try_clone().context("cannot share a temporary file")?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(writer);
    let line = format!("{command:?}");
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start {line}"))?;
    let (status, rss_kib_max) = watch(&mut child)?;
    let wall_s = start.elapsed().as_secs_f64();
    if !status.success() {
        bail!("{line} failed: {status}\n{}", tail(log)?);
    }
    Ok(Measured { wall_s, rss_gib_max: rss_kib_max as f64 / f64::from(1 << 20) })
}

/// Waits for the child's end and notes its peak resident memory in KiB on the way.
fn watch(child: &mut Child) -> Result<(ExitStatus, u64)> {
    let mut rss_kib_max = 0;
    loop {
        if let Some(kib) = peak_rss_kib(child.id()) {
            rss_kib_max = rss_kib_max.max(kib);
        }
        if let Some(status) = child.try_wait().context("cannot wait for the program")? {
            return Ok((status, rss_kib_max));
        }
        std::thread::sleep(POLL);
    }
}

fn peak_rss_kib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// The last lines that a failed program wrote.
fn tail(mut log: std::fs::File) -> Result<String> {
    use std::io::{Read, Seek};
    log.rewind().context("cannot read the program's errors")?;
    let mut bytes = Vec::new();
    log.read_to_end(&mut bytes).context("cannot read the program's errors")?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<_> = text.lines().collect();
    Ok(lines[lines.len().saturating_sub(30)..].join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_last_executable_is_ours() {
        let messages = "{\"reason\":\"a\",\"executable\":null}\nnoise\n\
                        {\"executable\":\"/t/release/nobishiro\"}\n{\"reason\":\"build-finished\"}";
        assert_eq!(executable(messages), Some(PathBuf::from("/t/release/nobishiro")));
    }

    #[test]
    fn a_run_is_measured() {
        let mut command = Command::new("sleep");
        command.arg("0.05");
        let measured = measure(command).unwrap();
        assert!(measured.wall_s >= 0.05 && measured.rss_gib_max > 0.0, "{measured:?}");
    }

    #[test]
    fn a_failed_run_shows_its_errors() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo why >&2; exit 3"]);
        let error = measure(command).unwrap_err().to_string();
        assert!(error.contains("exit status: 3") && error.ends_with("why"), "{error}");
    }
}
