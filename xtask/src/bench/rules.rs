//! Rules from baskets at low supports, beside Borgelt's miners (`pyfim`) and `mlxtend` on the same file.

use super::figure::{Against, Figure, Sample};
use super::program::{Setting, measure};
use super::python::Python;
use anyhow::{Context, Result, bail};
use std::path::Path;

const REPETITIONS: usize = 3;
const CONFIDENCE: &str = "0.5";

/// A peer, and the share of its time that rules may take.
struct Peer {
    name: &'static str,
    package: &'static str,
    times: f64,
}

const BORGELT: Peer = Peer { name: "pyfim", package: "pyfim", times: 0.333 };
const MLXTEND: Peer = Peer { name: "mlxtend", package: "mlxtend", times: 0.05 };

/// A file, how its items are separated, baskets a rule must hold, and whom it is measured beside.
struct Case {
    file: &'static str,
    separator: &'static str,
    min_count: &'static str,
    peer: &'static Peer,
}

const CASES: &[Case] = &[
    Case { file: "groceries/groceries.csv", separator: ",", min_count: "3", peer: &BORGELT },
    Case { file: "fimi_retail/retail.dat", separator: "blank", min_count: "9", peer: &BORGELT },
    Case { file: "fimi_retail/retail.dat", separator: "blank", min_count: "7", peer: &BORGELT },
    Case { file: "groceries/groceries.csv", separator: ",", min_count: "10", peer: &MLXTEND },
    Case { file: "groceries/groceries.csv", separator: ",", min_count: "3", peer: &MLXTEND },
    Case { file: "fimi_retail/retail.dat", separator: "blank", min_count: "89", peer: &MLXTEND },
];

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let python = Python::prepare()?;
    CASES.iter().map(|case| one(setting, &python, case)).collect()
}

/// Alternates the two, so that a busy moment of the machine meets both. Ours is the whole process.
fn one(setting: &Setting, python: &Python, case: &Case) -> Result<Figure> {
    let Case { file, separator, min_count, peer } = case;
    let path = crate::data::folder().join(file);
    if !path.is_file() {
        bail!("the bench of rules reads {file}, missing at {}; set NOBISHIRO_DATA", path.display());
    }
    let out = setting.scratch.join("rules.csv");
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        let mut command =
            setting.command(["model", "rules", "--layout", "lines"].map(AsRef::as_ref));
        command.arg("--baskets").arg(&path).arg("--out").arg(&out);
        command.args(["--min-support", min_count, "--min-confidence", CONFIDENCE]);
        ours.push(measure(command)?.wall_s);
        let answer = python.script(
            "rules_peer.py",
            [
                peer.package.as_ref(),
                path.as_os_str(),
                separator.as_ref(),
                min_count.as_ref(),
                CONFIDENCE.as_ref(),
                setting.scratch.join("peer.csv").as_os_str(),
            ],
        )?;
        let seconds = answer.get("seconds").and_then(serde_json::Value::as_f64);
        peers.push(seconds.with_context(|| format!("rules_peer.py printed no time: {answer}"))?);
        same(&out, &answer)?;
    }
    let against = Against::Peer { name: peer.name, sample: Sample::new(peers), times: peer.times };
    let name = format!("rules of {file} in at least {min_count} baskets");
    Ok(Figure { name, unit: "s", sample: Sample::new(ours), against })
}

/// Times of different answers cannot be compared.
fn same(out: &Path, answer: &serde_json::Value) -> Result<()> {
    let text = std::fs::read_to_string(out).context("the rules were not written")?;
    let ours = text.lines().skip(1).count() as u64;
    match answer.get("rules").and_then(serde_json::Value::as_u64) {
        Some(theirs) if theirs == ours => Ok(()),
        _ => bail!("{ours} rules were written, but the peer says {answer}"),
    }
}
