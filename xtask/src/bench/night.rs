//! One night over the grocer's year: features, scores and plan, by time and by memory.

use super::figure::{Against, Figure, Sample};
use super::program::{Setting, measure};
use anyhow::Result;

const REPETITIONS: usize = 3;
const WALL_S_MAX: f64 = 60.0;
const RSS_GIB_MAX: f64 = 2.0;

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let workspace = setting.workspace("night")?;
    setting.ingest(&workspace, &setting.data)?;
    let (mut walls, mut peaks) = (Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        let run = setting.command(["run".as_ref(), "--workspace".as_ref(), workspace.as_os_str()]);
        let measured = measure(run)?;
        walls.push(measured.wall_s);
        peaks.push(measured.rss_gib_max);
    }
    let figure = |name: &str, unit, raw, limit| Figure {
        name: name.to_owned(),
        unit,
        sample: Sample::new(raw),
        against: Against::Limit(limit),
    };
    Ok(vec![
        figure("a night's run", "s", walls, WALL_S_MAX),
        figure("a night's peak memory", "GiB", peaks, RSS_GIB_MAX),
    ])
}
