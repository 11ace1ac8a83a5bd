//! `cargo xtask bench`: speed against a peer or a limit, and the models' quality, recorded with machine, data and
//! commit.
//!
//! Each bench is one file with a function from the `Setting` to `Figure`s, listed once; what a model's answers are
//! worth is under `quality`.

mod program;
mod python;
mod figure;
mod machine;
mod record;
mod ingest;
mod night;
mod server;
mod cold_start;
mod kills;
mod scale;
mod ltv;
mod rules;
mod also_bought;
mod propensity;
mod uplift;
mod verdicts;
mod arbitration;
mod quality;
mod tournament;

use anyhow::{Context, Result, bail};
use figure::Figure;
use program::{Executable, Setting};

/// One bench: its name on the command line, what it measures, and how.
struct Bench {
    name: &'static str,
    measures: &'static str,
    run: fn(&Setting) -> Result<Vec<Figure>>,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "ingest",
        measures: "1.47 million order lines from Parquet and from CSV, against DuckDB",
        run: ingest::run,
    },
    Bench { name: "night", measures: "one night's run, time and memory", run: night::run },
    Bench { name: "cold-start", measures: "`serve` to its first answer", run: cold_start::run },
    Bench { name: "kills", measures: "200 kills on both databases, checked", run: kills::run },
    Bench {
        name: "scale",
        measures: "100,000 accounts: ingest, night and every page, against a tenth of it",
        run: scale::run,
    },
    Bench {
        name: "ltv",
        measures: "BG/NBD on 1,000,000 simulated customers, against lifetimes",
        run: ltv::run,
    },
    Bench {
        name: "rules",
        measures: "rules at low supports, against pyfim and mlxtend",
        run: rules::run,
    },
    Bench {
        name: "also-bought",
        measures: "neighbours of items, against implicit, and of 1, 10 and 100 million order lines",
        run: also_bought::run,
    },
    Bench {
        name: "propensity",
        measures: "probabilities with reasons, methods compared on five folds, against LightGBM",
        run: propensity::run,
    },
    Bench {
        name: "uplift",
        measures: "an X-learner over boosted trees with intervals by refits, against causalml",
        run: uplift::run,
    },
    Bench {
        name: "verdicts",
        measures: "every guard on fifty offers to one account, as a click asks",
        run: verdicts::run,
    },
    Bench {
        name: "arbitration",
        measures: "accounts with twenty offers each under hours, channels, stock and a minimum, alone and against HiGHS on the same linear program",
        run: arbitration::run,
    },
];

/// Benches that build what they run, in release: the program is not built for them.
const OWN: [&str; 2] = ["verdicts", "arbitration"];

pub(crate) fn command(arguments: &[String]) -> Result<()> {
    let (mut names, mut build) = (Vec::new(), Executable::Profile("release".to_owned()));
    let mut size = tournament::Size::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--list" => {
                list();
                return Ok(());
            }
            "--profile" => match words.next() {
                Some(name) => build = Executable::Profile(name.clone()),
                None => bail!("--profile wants a name, as in `--profile release`"),
            },
            "--program" => match words.next() {
                Some(path) => build = Executable::Given(path.into()),
                None => bail!("--program wants a file, as in `--program target/debug/nobishiro`"),
            },
            "--seeds" => size.seeds = count(words.next(), "--seeds")?,
            "--lesson" => size.lesson = count(words.next(), "--lesson")?,
            "--accounts" => size.accounts = count(words.next(), "--accounts")?,
            tournament::NAME => names.push(tournament::NAME),
            name if BENCHES.iter().any(|bench| bench.name == name) => names.push(name),
            name if quality::is_named(name) => names.push(name),
            other => bail!("no bench is called {other}; `cargo xtask bench --list` names them"),
        }
    }
    if names.is_empty() {
        let all = BENCHES.iter().map(|bench| bench.name);
        names = all.chain([quality::NAME, tournament::NAME]).collect();
    }
    if names.iter().all(|name| OWN.contains(name)) {
        build = Executable::Unused("release".to_owned());
    }
    let setting = Setting::prepare(&build)?;
    let missed = measure(&setting, &names)?;
    let (short, claims) = quality::run(&setting, &names)?;
    let (lost, all) = if names.contains(&tournament::NAME) {
        println!("{}: the plan against other ways to choose", tournament::NAME);
        tournament::run(&setting, size)?
    } else {
        (0, 0)
    };
    if missed + short + lost > 0 {
        bail!(
            "{missed} limits missed, {short} of {claims} claims of quality and {lost} of {all} of the tournament short"
        );
    }
    Ok(())
}

/// A number that follows a flag.
fn count(word: Option<&String>, flag: &str) -> Result<usize> {
    let number = word.and_then(|word| word.parse().ok()).filter(|number| *number > 0);
    number.with_context(|| format!("{flag} wants a number, as in `{flag} 3`"))
}

/// Runs the benches of these names; how many figures missed their limit.
fn measure(setting: &Setting, names: &[&str]) -> Result<usize> {
    let mut missed = 0;
    for bench in BENCHES.iter().filter(|it| names.contains(&it.name)) {
        println!("{}: {}", bench.name, bench.measures);
        let measured = (bench.run)(setting)?;
        for figure in &measured {
            println!("  {figure}");
        }
        record::write(setting, bench, &measured)?;
        missed += measured.iter().filter(|figure| !figure.is_met()).count();
    }
    Ok(missed)
}

fn list() {
    for bench in BENCHES {
        println!("{:12} {}", bench.name, bench.measures);
    }
    quality::list();
    println!(
        "{:12} the plan against other ways to choose; --seeds N, --accounts N, --lesson N",
        tournament::NAME
    );
}
