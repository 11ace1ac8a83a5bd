//! `nobishiro model nps` on made-up answers: scores with intervals, trend, drivers, and what it will not read.

use std::path::PathBuf;

use super::support::{Said, nobishiro};

struct Answers {
    folder: tempfile::TempDir,
}

impl Answers {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    /// Eighteen months of answers that get better; the discontented complain of the support.
    fn year(&self) -> PathBuf {
        let mut text = "回答ID,答え,日付,plan,seats,コメント\n".to_owned();
        for row in 0..540_u32 {
            let (month, turn) = (row / 30, row * 7 % 30);
            let better = turn < 6 + month;
            let worse = !better && turn >= 16 + month / 2;
            let (score, plan, comment) = match (better, worse) {
                (true, _) => (
                    9 + row % 2,
                    "Pro",
                    ["画面が見やすくて便利です", "Easy to use and fast"][row as usize % 2],
                ),
                (_, true) => (
                    row % 6,
                    "Basic",
                    ["サポートの対応が遅い", "Support is slow"][row as usize % 2],
                ),
                _ => (7 + row % 2, ["Pro", "Basic"][row as usize % 2], ""),
            };
            let day = format!("{}/{:02}/{:02}", 2023 + month / 12, month % 12 + 1, row % 28 + 1);
            let seats = if better { 20 + row % 30 } else { 5 + row % 30 };
            text.push_str(&format!("{row:05},{score},{day},{plan},{seats},{comment}\n"));
        }
        self.file("answers.csv", &text)
    }

    #[expect(clippy::unused_self, reason = "reads as what one does with the files")]
    fn run(&self, path: &std::path::Path, more: &[&str]) -> Said {
        let path = path.display().to_string();
        let mut args =
            vec!["model", "nps", "--responses", &path, "--score", "答え", "--format", "json"];
        args.extend(more);
        nobishiro(&args)
    }
}

fn said(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("one JSON document")
}

fn drivers(summary: &serde_json::Value, side: &str) -> Vec<(String, String)> {
    let rows = summary[side].as_array().expect("rows");
    let text =
        |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (text(row, "attribute"), text(row, "value"))).collect()
}

/// S58, S60, S91: the score, its trend over time, and what goes with high and low answers.
#[test]
fn score_trend_and_drivers() {
    let answers = Answers::new();
    let path = answers.year();
    let summary = said(&answers.run(&path, &["--at", "日付", "--comment", "コメント"]).ok());
    assert_eq!(summary["trend"]["verdict"], "rising", "{summary}");
    assert_eq!(summary["periods"].as_array().map(Vec::len), Some(18));
    let (for_us, against) =
        (drivers(&summary, "goes_with_promoters"), drivers(&summary, "goes_with_detractors"));
    let has = |list: &[(String, String)], attribute: &str, value: &str| {
        assert!(list.iter().any(|it| it.0 == attribute && it.1 == value), "no {value} in {list:?}");
    };
    has(&for_us, "コメント", "便利");
    has(&for_us, "コメント", "fast");
    has(&for_us, "plan", "Pro");
    has(&for_us, "seats", "more");
    has(&against, "コメント", "サポート");
    has(&against, "コメント", "slow");
    has(&against, "plan", "Basic");
    assert!(!for_us.iter().any(|it| it.0 == "回答ID"), "{for_us:?}");
}

#[test]
fn groups_have_intervals() {
    let answers = Answers::new();
    let path = answers.file("a.tsv", "答え\tteam\n10\tA\n9\tA\n3\tB\n8\tB\n\tB\n");
    let out = answers.folder.path().join("out.csv");
    let summary =
        said(&answers.run(&path, &["--by", "team", "--out", out.to_str().expect("text")]).ok());
    assert_eq!(summary["unanswered"], 1);
    assert_eq!(summary["warnings"].as_array().map(Vec::len), Some(2), "{summary}");
    let text = std::fs::read_to_string(out).expect("written");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "group,responses,promoters,passives,detractors,nps,lower,upper");
    assert!(lines[1].starts_with("all,4,2,1,1,25,"), "{text}");
    assert!(lines[2].starts_with("A,2,2,0,0,100,"), "{text}");
    assert!(lines[3].starts_with("B,2,0,1,1,-50,"), "{text}");
}

#[test]
fn a_column_that_is_the_score_is_no_driver() {
    let answers = Answers::new();
    let mut text = "答え,class\n".to_owned();
    for row in 0..60 {
        let (score, class) = [(10, "promoter"), (7, "passive"), (2, "detractor")][row % 3];
        text.push_str(&format!("{score},{class}\n"));
    }
    let summary = said(&answers.run(&answers.file("a.csv", &text), &[]).ok());
    assert_eq!(summary["say_the_score_itself"][0], "class", "{summary}");
    assert!(drivers(&summary, "goes_with_promoters").is_empty());
}

#[test]
fn the_same_bytes_in_both_formats() {
    let answers = Answers::new();
    let path = answers.year();
    for ending in ["csv", "parquet"] {
        let written = ["a", "b"].map(|name| {
            let out = answers.folder.path().join(format!("{name}.{ending}"));
            answers.run(&path, &["--by", "plan", "--out", out.to_str().expect("text")]).ok();
            std::fs::read(out).expect("written")
        });
        assert_eq!(written[0], written[1]);
    }
}

#[test]
fn bad_input_is_told_with_its_line() {
    let answers = Answers::new();
    let run = |text: &str, more: &[&str]| answers.run(&answers.file("a.csv", text), more);
    run("答え,x\n10,a\n11,b\n", &[]).fails(&["a.csv, line 3", "0 to 10, not 11"]);
    run("答え,x\n7.5,a\n", &[]).fails(&["line 2", "7.5"]);
    run("答え,x\n10,a\nfine,b\n", &[]).fails(&["line 3", "`fine`"]);
    run("答え,x\n,a\n,b\n", &[]).fails(&["no row has an answer"]);
    run("score,x\n10,a\n", &[]).fails(&["no column `答え`"]);
    run("答え,x\n10,a\n", &["--at", "y"]).fails(&["no column `y`"]);
    run("答え,x\n10,tomorrow\n", &["--at", "x"]).fails(&["line 2", "should be a date"]);
    let five = said(&run("答え,x\n5,a\n4,b\n", &[]).ok());
    assert!(five["warnings"].to_string().contains("scale"), "{five}");
}
