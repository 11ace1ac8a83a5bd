//! A made-up company of 100,000 accounts with 10 million usage rows and 5 million order lines, and one of a
//! tenth of it: ingest, night and pages. Ten times the rows may take eleven times as long.

use super::figure::{Against, Figure, Sample};
use super::program::{Measured, Setting, measure};
use super::server::Server;
use anyhow::{Context, Result};
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

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
const ANY_PAGE_MS_MAX: f64 = 50.0;
/// Every page that people work on, below the workspace's address; of the account and the play of the first line, and
/// the first list of what was left out.
const PAGES: &[(&str, &str)] = &[
    ("worklist, narrowed", "today?role=CIS&due=14"),
    ("accounts", "accounts"),
    ("accounts, searched", "accounts?q=100"),
    ("account", "accounts/{account}"),
    ("play", "plays/{play}"),
    ("whitespace", "whitespace"),
    ("pipeline", "pipeline"),
    ("night", "night"),
    ("left out", "{left_out}"),
    ("reassign", "night/reassign"),
    ("absences", "night/absences"),
];

/// What a representative asks for, who sees the accounts of a team: half of the simulated company's.
const OF_A_TEAM: &[&str] = &["today", "accounts", "whitespace", "pipeline"];
const REP: &str = "R01";
const REP_LOGIN: &str = "rep";
const PASSWORD: &str = "correct-horse-battery-staple";

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
    let first = &large.pages_ms[0].1;
    let mut figures = vec![
        limit("ingest", "s", vec![large.ingest.wall_s], INGEST_S_MAX),
        limit("ingest's peak memory", "GiB", vec![large.ingest.rss_gib_max], RSS_GIB_MAX),
        limit("ingest against a tenth", "times", times(large.ingest, small.ingest), TIMES_MAX),
        limit("a night's run", "s", vec![large.night.wall_s], NIGHT_S_MAX),
        limit("a night's peak memory", "GiB", vec![large.night.rss_gib_max], RSS_GIB_MAX),
        limit("night against a tenth", "times", times(large.night, small.night), TIMES_MAX),
        limit("worklist page, median of 200", "ms", at(first, 0.5), PAGE_MS_MAX),
        limit("worklist page, 95 of 100", "ms", at(first, 0.95), PAGE_MS_MAX),
    ];
    for (name, times) in &large.pages_ms[1..] {
        figures.push(limit(
            &format!("page {name}, 95 of 100"),
            "ms",
            at(times, 0.95),
            ANY_PAGE_MS_MAX,
        ));
    }
    Ok(figures)
}

/// The time that a share of the requests stays within.
fn at(times: &[f64], share: f64) -> Vec<f64> {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length"
    )]
    let place = ((times.len() - 1) as f64 * share) as usize;
    vec![times[place]]
}

/// How long the worklist takes, and then every other page; then the worklist and the map of a representative of a team.
fn pages_ms(setting: &Setting, workspace: &Path) -> Result<Vec<(String, Vec<f64>)>> {
    let mut server = Server::start(setting, workspace)?;
    let (worklist, text) = server.page("/")?;
    let (base, _) = worklist.rsplit_once('/').context("the worklist is no page of a workspace")?;
    let of_first = |folder: &str| {
        let link = format!("{base}/{folder}/");
        let ids = text.split(link.as_str()).skip(1);
        let mut ids = ids.filter_map(|rest| rest.split(['"', '?', '#', '/']).next());
        ids.find(|id| !id.is_empty() && *id != "new")
            .with_context(|| format!("no line links to {folder}"))
    };
    let (account, play) = (of_first("accounts")?, of_first("plays")?);
    let (_, night) = server.page(&format!("{base}/night"))?;
    let left_out = night
        .split(&format!("{base}/night/left-out?"))
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let left_out =
        left_out.context("the night left nothing out")?.replace("&#38;", "&").replace("&amp;", "&");
    let left_out = format!("night/left-out?{left_out}");
    let mut times = vec![("worklist".to_owned(), server.times_ms(&worklist, REQUESTS)?)];
    for (name, path) in PAGES {
        let path = path.replace("{account}", account).replace("{play}", play);
        let path = path.replace("{left_out}", &left_out);
        times.push(((*name).to_owned(), server.times_ms(&format!("{base}/{path}"), REQUESTS)?));
    }
    // The first user of a workspace is an administrator.
    add_user(setting, workspace, &["admin", "--role", "admin"])?;
    add_user(setting, workspace, &[REP_LOGIN, "--role", "cis", "--rep", REP])?;
    server.sign_in(base, REP_LOGIN, PASSWORD)?;
    for path in OF_A_TEAM {
        let times_ms = server.times_ms(&format!("{base}/{path}"), REQUESTS)?;
        times.push((format!("{path}, of a team"), times_ms));
    }
    Ok(times)
}

/// Adds a user, by a login and a role.
fn add_user(setting: &Setting, workspace: &Path, who: &[&str]) -> Result<()> {
    let mut add = setting.command(["user", "add"].map(AsRef::as_ref));
    add.args(who).arg("--workspace").arg(workspace);
    let mut add = add.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    add.stdin.take().context("no standard input")?.write_all(PASSWORD.as_bytes())?;
    let status = add.wait()?;
    status.success().then_some(()).with_context(|| format!("{who:?} could not be added as a user"))
}

/// What was measured of one company.
struct Company {
    ingest: Measured,
    night: Measured,
    pages_ms: Vec<(String, Vec<f64>)>,
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
        let pages_ms = pages_ms(setting, &workspace)?;
        remove(&workspace)?;
        Ok(Self { ingest, night, pages_ms })
    }
}

fn remove(folder: &Path) -> Result<()> {
    std::fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}
