//! From the start of `serve` to its first answered request, on the workspace of the night.

use super::figure::{Against, Figure, Sample};
use super::program::{Setting, measure};
use super::server::Server;
use anyhow::Result;
use std::path::PathBuf;
use std::time::Instant;

const REPETITIONS: usize = 5;
const WALL_S_MAX: f64 = 1.0;

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let workspace = served(setting)?;
    let mut raw = Vec::new();
    for _ in 0..REPETITIONS {
        let start = Instant::now();
        let server = Server::start(setting, &workspace)?;
        raw.push(start.elapsed().as_secs_f64());
        drop(server);
    }
    let sample = Sample::new(raw);
    let name = "`serve` to its first answer".to_owned();
    Ok(vec![Figure { name, unit: "s", sample, against: Against::Limit(WALL_S_MAX) }])
}

/// The night's workspace, or a new one where that bench was not asked for.
fn served(setting: &Setting) -> Result<PathBuf> {
    let folder = setting.scratch.join("night");
    if !folder.exists() {
        setting.workspace("night")?;
        setting.ingest(&folder, &setting.data)?;
        measure(setting.command(["run".as_ref(), "--workspace".as_ref(), folder.as_os_str()]))?;
    }
    Ok(folder)
}
