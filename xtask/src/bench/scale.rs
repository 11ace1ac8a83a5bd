//! A made-up company of 100,000 accounts with 10 million usage rows and 5 million order lines, and one of a
//! tenth of it: ingest, night and worklist page. Ten times the rows may take eleven times as long.

use super::figure::{Against, Figure, Sample};
use super::program::{Measured, Setting, measure};
use super::server::Server;
use anyhow::{Context, Result};
use std::path::Path;

/// Groups and companies, which have 2.6 accounts each on average.
const COMPANIES: usize = 38_500;
/// So often do they order that there are about fifty order lines an account.
const ORDERS_TIMES: &str = "14";
/// How much larger the large company is.
const TIMES: usize = 10;
const TIMES_MAX: f64 = 11.0;
const INGEST_S_MAX: f64 = 180.0;
const NIGHT_S_MAX: f64 = 300.0;
const RSS_GIB_MAX: f64 = 4.0;
const REQUESTS: usize = 200;
const PAGE_MS_MAX: f64 = 20.0;

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let small = Company::measure(setting, COMPANIES / TIMES)?;
    let large = Company::measure(setting, COMPANIES)?;
    let limit = |name: &str, unit, raw: Vec<f64>, limit| Figure {
        name: format!("100,000 accounts: {name}"),
        unit,
        sample: Sample::new(raw),
        against: Against::Limit(limit),
    };
    let times = |large: Measured, small: Measured| vec![large.wall_s / small.wall_s];
    let mut pages = large.pages_ms;
    pages.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length"
    )]
    let at = |share: f64| vec![pages[((pages.len() - 1) as f64 * share) as usize]];
    Ok(vec![
        limit("ingest", "s", vec![large.ingest.wall_s], INGEST_S_MAX),
        limit("ingest's peak memory", "GiB", vec![large.ingest.rss_gib_max], RSS_GIB_MAX),
        limit("ingest against a tenth", "times", times(large.ingest, small.ingest), TIMES_MAX),
        limit("a night's run", "s", vec![large.night.wall_s], NIGHT_S_MAX),
        limit("a night's peak memory", "GiB", vec![large.night.rss_gib_max], RSS_GIB_MAX),
        limit("night against a tenth", "times", times(large.night, small.night), TIMES_MAX),
        limit("worklist page, median of 200", "ms", at(0.5), PAGE_MS_MAX),
        limit("worklist page, 95 of 100", "ms", at(0.95), PAGE_MS_MAX),
    ])
}

/// What was measured of one company.
struct Company {
    ingest: Measured,
    night: Measured,
    pages_ms: Vec<f64>,
}

impl Company {
    fn measure(setting: &Setting, companies: usize) -> Result<Self> {
        let (files, workspace) = (setting.scratch.join("company"), setting.scratch.join("scale"));
        let mut simulate = setting.command(["simulate".as_ref(), files.as_os_str()]);
        simulate.args(["--companies", &companies.to_string(), "--orders-times", ORDERS_TIMES]);
        let made = measure(simulate)?;
        println!("  {companies} companies made in {:.0} s", made.wall_s);
        measure(setting.command(["init".as_ref(), workspace.as_os_str()]))?;
        let on = |verb: &str| {
            setting.command([verb.as_ref(), "--workspace".as_ref(), workspace.as_os_str()])
        };
        let mut ingest = on("ingest");
        ingest.arg(&files);
        let ingest = measure(ingest)?;
        remove(&files)?;
        let night = measure(on("run"))?;
        let pages_ms = Server::start(setting, &workspace)?.times_ms("/", REQUESTS)?;
        remove(&workspace)?;
        Ok(Self { ingest, night, pages_ms })
    }
}

fn remove(folder: &Path) -> Result<()> {
    std::fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}
