//! `nobishiro model forecast` (S36): dates of limits from a file nobody mapped.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::support::{Said, nobishiro};

/// Forty customers with two years of months each, whose seats grow by 0 to 4 a month towards 100.
fn readings() -> String {
    let mut text = "\u{feff}顧客;メトリック;日付;値;上限\n".to_owned();
    for customer in 0..40 {
        for month in 0..24 {
            let (year, of_year) = (2024 + month / 12, month % 12 + 1);
            let value = 20.0
                + f64::from(customer % 5 * month)
                + f64::from((customer * 7 + month * 3) % 4) / 2.0;
            let value = format!("{value:.1}").replace('.', ",");
            let _ = writeln!(text, "{customer:03};seats;01.{of_year:02}.{year};{value};100");
        }
    }
    text
}

fn forecast(folder: &Path, file: &str, more: &[&str]) -> Said {
    let file = folder.join(file).display().to_string();
    let columns = [
        "--account",
        "顧客",
        "--metric",
        "メトリック",
        "--at",
        "日付",
        "--value",
        "値",
        "--limit",
        "上限",
    ];
    nobishiro(&[&["model", "forecast", "--readings", &file], &columns[..], more].concat())
}

#[test]
fn growing_series_get_dates_and_flat_ones_none() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("usage.csv"), readings()).expect("written");
    let out = folder.path().join("out.csv").display().to_string();
    let said = forecast(folder.path(), "usage.csv", &["--out", &out, "--format", "json"]).ok();
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((said["series"].as_u64(), said["as_of"].as_str()), (Some(40), Some("2025-12-01")));
    let chosen = said["methods"].as_array().expect("rows").iter().find(|row| row["chosen"] == true);
    let loss = chosen.and_then(|row| row["loss_to_last_value"].as_f64()).expect("one is chosen");
    assert!(loss < 0.5, "a straight line is known far better than its last value: {loss}");
    let text = std::fs::read_to_string(&out).expect("written");
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(
        rows[0],
        ["account", "metric", "crossing_p10", "crossing_p50", "crossing_p90", "p_within_90d"]
    );
    assert_eq!(rows.len(), 41);
    // 004 grows by four a month and stood at 112 at the end; 003 at 89 and three a month; 000 stays at 20.
    assert_eq!(rows[5][..4], ["004", "seats", "2025-12-01", "2025-12-01"]);
    assert!(("2026-02-15".."2026-05-15").contains(&rows[4][3]), "{:?}", rows[4]);
    assert!(rows[4][2] <= rows[4][3] && rows[4][3] <= rows[4][4], "{:?}", rows[4]);
    assert_eq!(rows[1][2..5], ["", "", ""]);
    let again = folder.path().join("again.csv").display().to_string();
    forecast(folder.path(), "usage.csv", &["--out", &again]).ok();
    assert_eq!(std::fs::read(&out).expect("written"), std::fs::read(&again).expect("written"));
}

#[test]
fn bad_files_are_told_how_to_be_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |text: &str, more: &[&str], speaks_of: &[&str]| {
        let whole = format!("顧客,メトリック,日付,値,上限,種類\n{text}");
        std::fs::write(folder.path().join("bad.csv"), whole).expect("written");
        forecast(folder.path(), "bad.csv", more).fails(speaks_of);
    };
    check("a,seats,2024-01-01,ten,100,\n", &[], &["bad.csv, line 2", "`値`", "`ten`"]);
    check("a,seats,soon,10,100,\n", &[], &["line 2", "`日付`", "2026-01-31"]);
    check("a,seats,2024-01-01,,100,\n", &[], &["no row has a value"]);
    check("a,seats,2024-01-01,10,,\n", &[], &["no row has a limit"]);
    check("a,seats,2024-01-01,10,0,\n", &[], &["a limit is above zero"]);
    check(",seats,2024-01-01,10,100,\n", &[], &["`顧客` is empty"]);
    check("a,seats,2024-01-01,-1,100,count\n", &["--kind", "種類"], &["below zero"]);
    check("a,seats,2024-01-01,1,100,sum\n", &["--kind", "種類"], &["gauge or count"]);
    check("", &[], &["no rows"]);
}
