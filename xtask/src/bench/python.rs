//! A virtual environment with the peers that the benches compare with, and the scripts under `xtask/bench`.

use super::program::on_two_cores;
use crate::debian;
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What pip installs, and the module that it brings.
const PACKAGES: &[(&str, &str)] = &[
    ("duckdb", "duckdb"),
    ("pyarrow", "pyarrow"),
    ("numpy", "numpy"),
    ("PyYAML", "yaml"),
    ("lifetimes", "lifetimes"),
    ("pandas", "pandas"),
    ("scipy", "scipy"),
    ("pyfim", "fim"),
    ("mlxtend", "mlxtend"),
    ("implicit", "implicit"),
    ("lightgbm", "lightgbm"),
    ("scikit-learn", "sklearn"),
    ("openpyxl", "openpyxl"),
    ("causalml", "causalml"),
    ("highspy", "highspy"),
];

/// An environment that has `PACKAGES`.
#[derive(Debug)]
pub(super) struct Python {
    program: PathBuf,
}

impl Python {
    /// Makes the environment under `target/`, or takes the one that an earlier run made.
    pub(super) fn prepare() -> Result<Self> {
        let folder = crate::root().join("target/bench-venv");
        let program = folder.join("bin/python");
        if !imports(&program) {
            println!("Making a Python environment with {} …", packages().join(", "));
            debian::ensure(&["python3", "python3-venv"], can_make_environments)?;
            if !program.is_file() {
                let mut venv = Command::new("python3");
                run(venv.args(["-m", "venv", "--clear"]).arg(&folder))?;
            }
            let mut pip = Command::new(&program);
            run(pip.args(["-m", "pip", "install", "--quiet"]).args(packages()))?;
        }
        Ok(Self { program })
    }

    /// Runs a script of `xtask/bench`, which prints one JSON document.
    pub(super) fn script<'a>(
        &self,
        name: &str,
        arguments: impl IntoIterator<Item = &'a OsStr>,
    ) -> Result<serde_json::Value> {
        let mut command = on_two_cores(&self.program);
        command.arg(crate::root().join("xtask/bench").join(name)).args(arguments);
        let output = command.stderr(Stdio::inherit()).output();
        let output = output.with_context(|| format!("cannot start {name}"))?;
        if !output.status.success() {
            bail!("{name} failed: {}", output.status);
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("{name} printed no JSON"))
    }

    /// The packages' versions, for the record.
    pub(super) fn versions(&self) -> Result<String> {
        let code = "import sys; from importlib.metadata import version; \
                    print(', '.join(f'{name} {version(name)}' for name in sys.argv[1:]))";
        let output = Command::new(&self.program).args(["-c", code]).args(packages()).output();
        let output = output.context("cannot ask for the peers' versions")?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

fn packages() -> Vec<&'static str> {
    PACKAGES.iter().map(|(package, _)| *package).collect()
}

fn imports(program: &PathBuf) -> bool {
    let modules: Vec<&str> = PACKAGES.iter().map(|(_, module)| *module).collect();
    let mut command = Command::new(program);
    command.args(["-c", &format!("import {}", modules.join(", "))]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Debian's Python comes without the part that fills an environment.
fn can_make_environments() -> bool {
    let mut command = Command::new("python3");
    command.args(["-c", "import venv, ensurepip"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn run(command: &mut Command) -> Result<()> {
    let line = format!("{command:?}");
    let status = command.status().with_context(|| format!("cannot start {line}"))?;
    if !status.success() {
        bail!("{line} failed: {status}");
    }
    Ok(())
}
