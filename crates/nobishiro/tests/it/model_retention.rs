//! `nobishiro model retention` (S88, S90): how long subscribers stay, on any file.

use std::fmt::Write as _;
use std::path::Path;

use crate::support::{Said, nobishiro};

/// Writes a file and runs the model on it; OUT stands for a file beside it, whose text comes back.
fn run(text: &str, arguments: &str) -> (Said, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, out) = (folder.path().join("x.csv"), folder.path().join("out.csv"));
    std::fs::write(&path, text).expect("written");
    let said = at(&path, &out, arguments);
    (said, std::fs::read_to_string(&out).unwrap_or_default())
}

fn at(path: &Path, out: &Path, arguments: &str) -> Said {
    let (path, out) = (path.display().to_string(), out.display().to_string());
    let words = arguments.split(' ').map(|word| if word == "FILE" { path.as_str() } else { word });
    let all = ["model", "retention", "--format", "json", "--out", out.as_str()].into_iter();
    nobishiro(&all.chain(words).collect::<Vec<&str>>())
}

fn json(said: Said) -> serde_json::Value {
    serde_json::from_str(&said.ok()).expect("one JSON document")
}

const SURVIVORS: &str = "--survivors FILE --period 年 --alive left";

#[test]
fn a_cohort_is_projected() {
    let text = "年,left\n0,1000\n1,869\n2,743\n3,653\n4,593\n5,551\n6,517\n7,491\n";
    let (said, out) = run(text, &format!("{SURVIVORS} --model sbg --periods 12 --discount 0.1"));
    let summary = json(said);
    assert_eq!(summary["verdict"], "fits", "{summary}");
    // Fader and Hardie (2007, 2010): .668, 3.806; DERL 7.530 after seven renewals.
    for (path, printed, off) in [
        ("/parameters/alpha", 0.668, 6e-4),
        ("/parameters/beta", 3.806, 6e-4),
        ("/expected_residual_lifetime", 7.530, 2e-3),
    ] {
        let value = summary.pointer(path).and_then(serde_json::Value::as_f64).expect("a number");
        assert!((value - printed).abs() < off, "{path} {value}");
    }
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[1]), (14, "period,survival,lower,upper", "0,1,1,1"));
    let last: Vec<f64> = lines[13].split(',').map(|it| it.parse().expect("a number")).collect();
    assert!((last[1] - 0.378).abs() < 5e-4, "{last:?}");
}

#[test]
fn percentages_need_their_cohort() {
    let text = "年,left\n0,100%\n1,63.1%\n2,46.8%\n3,38.2%\n4,32.6%\n5,28.9%\n6,26.2%\n7,24.1%\n";
    let (said, out) = run(text, &format!("{SURVIVORS} --cohort 1000 --model sbg"));
    let summary = json(said);
    let alpha = summary["parameters"]["alpha"].as_f64().expect("a number");
    assert!((alpha - 0.704).abs() < 6e-4, "{summary}");
    assert_eq!(out.lines().count(), 9);
    let (said, _) = run(text, SURVIVORS);
    assert!(json(said)["note"].as_str().is_some_and(|it| it.contains("--cohort")));
}

#[test]
fn kaplan_meier_looks_no_further() {
    let text = "年,left\n0,100\n1,80\n2,70\n3,65\n";
    let (said, out) = run(text, &format!("{SURVIVORS} --model km --periods 9"));
    let summary = json(said);
    assert_eq!(summary["model"], "km");
    assert!(
        summary["warnings"][0].as_str().is_some_and(|it| it.contains("no further than period 3"))
    );
    let last: Vec<f64> = out
        .lines()
        .last()
        .expect("rows")
        .split(',')
        .map(|it| it.parse().expect("a number"))
        .collect();
    assert!((last[1] - 0.65).abs() < 1e-12 && last[2] < 0.65 && last[3] > 0.65, "{last:?}");
}

/// A cliff at the end of a yearly term is what no curve explains.
#[test]
fn a_cliff_is_read_off_and_said() {
    let mut text = String::from("年,left\n");
    for month in 0..20 {
        writeln!(text, "{month},{}", if month < 12 { 1000 - month } else { 400 - month })
            .expect("text");
    }
    let summary = json(run(&text, SURVIVORS).0);
    assert_eq!(summary["model"], "km", "{summary}");
    assert!(
        summary["warnings"][0].as_str().is_some_and(|it| it.contains("after 11 periods")),
        "{summary}"
    );
    let forced = json(run(&text, &format!("{SURVIVORS} --model sbg")).0);
    assert_eq!(forced["verdict"], "does not fit");
}

/// Canonical rows: changes of one subscription are one life; who is still there is censored; the same file with
/// columns of other names.
#[test]
fn subscriptions_with_and_without_an_end() {
    let mut text = String::from("subscription_id,effective_on,started_on,ended_on\n");
    for n in 0..240_i32 {
        let (month, life) = (n % 12 + 1, 1 + (n * n) % 9);
        writeln!(text, "s{n:03},2023-{month:02}-01,2023-{month:02}-01,").expect("text");
        let ended = month + life;
        if n % 3 > 0 && ended <= 12 {
            writeln!(text, "s{n:03},2023-{ended:02}-01,2023-{month:02}-01,2023-{ended:02}-01")
                .expect("text");
        }
    }
    let (said, out) = run(&text, "--subscriptions FILE --until 2023-12-31");
    let summary = json(said);
    assert_eq!(summary["subscriptions"], 240, "{summary}");
    assert_eq!(out.lines().nth(1), Some("0,1,1,1"));
    let shares: Vec<f64> = out
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).expect("a cell").parse().expect("a number"))
        .collect();
    assert!(shares.windows(2).all(|pair| pair[1] <= pair[0]), "{shares:?}");
    let renamed = text.replace("started_on", "契約日").replace("ended_on", "解約日");
    let (said, again) =
        run(&renamed, "--subscriptions FILE --start 契約日 --end 解約日 --until 2023-12-31");
    said.ok();
    assert_eq!(out, again);
}

#[test]
fn bad_input_is_refused_with_a_way_out() {
    let check = |text: &str, arguments: &str, words: &[&str]| {
        run(text, arguments).0.fails(words);
    };
    check("年,left\n0,10\n1,8\n2,9\n3,5\n", SURVIVORS, &["x.csv, line 4", "survivors rise"]);
    check("年,left\n1,10\n2,8\n3,7\n4,5\n", SURVIVORS, &["line 2", "must begin with 0"]);
    check("年,left\n0,10\n1,8\n3,7\n4,5\n", SURVIVORS, &["line 4", "period 2 is missing"]);
    check("年,left\n0,10\n1,8\n1,7\n4,5\n", SURVIVORS, &["twice"]);
    check("年,left\n0,10\n1,8\n2,7\n", SURVIVORS, &["2 periods", "at least 3"]);
    check("年,left\n0,10\n1,10\n2,10\n3,10\n", SURVIVORS, &["nobody was lost"]);
    check("年,left\n0,0\n1,0\n2,0\n3,0\n", SURVIVORS, &["nobody is there in period 0"]);
    check("年,left\n0,10\n1,many\n2,7\n", SURVIVORS, &["line 3", "should be a number"]);
    check("年,left\n0,10\n1,-8\n2,-9\n3,-10\n", SURVIVORS, &["line 3", "counts from 0 on"]);
    check(
        "年,left\n0,10\n",
        &format!("{SURVIVORS} --model weibull"),
        &["there are auto, sbg, bdw, km"],
    );
    let rows = "started_on,ended_on\n2023-01-01,2022-01-01\n";
    check(rows, "--subscriptions FILE", &["line 2", "2022-01-01", "is before"]);
    let rows = "started_on,ended_on\n,\n,2022-01-01\n";
    check(rows, "--subscriptions FILE", &["`started_on` is empty in every row"]);
    let rows = "started_on,ended_on\n2023-01-01,\n2023-01-05,2023-02-01\n2023-02-10,\n";
    check(rows, "--subscriptions FILE", &["at least 3", "--unit"]);
    check("begin,ended_on\n2023-01-01,\n", "--subscriptions FILE", &["no column `started_on`"]);
}
