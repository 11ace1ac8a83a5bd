//! `nobishiro model rules`: a row an item, a line a basket, and what is refused.

use std::path::{Path, PathBuf};

use super::support::{Said, data, nobishiro};

const ROWS: &str = "注文 番号,item name,qty\n007,bread,1\n007,butter,2\n7,bread,1\n7,butter,1\n7,jam,1\n8,jam,1\n\
                    8,bread,1\n8,bread,1\n9,\"salt, fine\",1\n9,jam,1\n9,jam,-1\n10,bread,1\n";

fn write(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("written");
    path
}

fn rules(path: &Path, more: &[&str]) -> Said {
    let path = path.display().to_string();
    let mut args = vec!["model", "rules", "--format", "json", "--baskets", &path];
    args.extend(more);
    nobishiro(&args)
}

fn json(said: Said) -> serde_json::Value {
    serde_json::from_str(&said.ok()).expect("one JSON document")
}

const COLUMNS: [&str; 4] = ["--basket", "注文 番号", "--item", "item name"];

#[test]
fn rules_of_a_small_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "orders.csv", ROWS);
    let out = folder.path().join("rules.csv").display().to_string();
    let asked = ["--min-support", "2", "--min-confidence", "0.6", "--out", &out];
    let said = json(rules(&path, &[&COLUMNS[..], &asked].concat()));
    for (key, expected) in [
        ("baskets", 5),
        ("items", 4),
        ("lines", 12),
        ("lines_repeated", 2),
        ("itemsets", 5),
        ("rules", 2),
    ] {
        assert_eq!(said[key], expected, "{key} of {said}");
    }
    let written = std::fs::read_to_string(&out).expect("written");
    assert_eq!(
        written,
        "antecedent,consequent,support,confidence,lift,leverage,count\n\
         butter,bread,0.4,1,1.25,0.07999999999999996,2\n\
         jam,bread,0.4,0.6666666666666666,0.8333333333333333,-0.07999999999999996,2\n"
    );
    let again = folder.path().join("again.csv").display().to_string();
    let asked = ["--min-support", "40%", "--min-confidence", "0.6", "--out", &again];
    rules(&path, &[&COLUMNS[..], &asked].concat()).ok();
    assert_eq!(written, std::fs::read_to_string(&again).expect("written"), "40 % of 5 are 2");
}

#[test]
fn parquet_in_and_out_say_the_same_as_csv() {
    let folder = tempfile::tempdir().expect("a folder");
    // The program's own Parquet output is read back as a file that nobody mapped.
    let path = write(&folder, "orders.csv", ROWS);
    let answer = |path: &Path, columns: &[&str], name: &str| {
        let out = folder.path().join(name);
        let shown = out.display().to_string();
        rules(
            path,
            &[columns, &["--min-support", "1", "--min-confidence", "0", "--out", &shown]].concat(),
        )
        .ok();
        out
    };
    let parquet = answer(&path, &COLUMNS, "a.parquet");
    let csv = answer(&path, &COLUMNS, "a.csv");
    let columns = ["--basket", "antecedent", "--item", "consequent"];
    let (one, two) = (answer(&parquet, &columns, "1.csv"), answer(&csv, &columns, "2.csv"));
    let read = |path: PathBuf| std::fs::read_to_string(path).expect("written");
    assert_eq!(read(one), read(two));
}

#[test]
fn lists_keep_names_with_commas_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "b.txt", "a;\"salt, fine\";c\na;\"salt, fine\";c\nb\n");
    let out = folder.path().join("rules.tsv").display().to_string();
    let asked = ["--layout", "lines", "--min-support", "2", "--min-confidence", "1", "--out", &out];
    assert_eq!(json(rules(&path, &asked))["rules"], 9);
    let written = std::fs::read_to_string(&out).expect("written");
    assert!(written.contains("a, \"\"salt, fine\"\""), "{written}");
}

#[test]
fn what_is_asked_wrongly_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "orders.csv", ROWS);
    let with = |more: &[&str]| rules(&path, &[&COLUMNS[..], more].concat());
    rules(&path, &["--basket", "注文番号", "--item", "item name"])
        .fails(&["no column `注文番号`", "注文 番号"]);
    rules(&path, &["--basket", "qty", "--item", "qty"]).fails(&["both name `qty`"]);
    with(&["--quantity", "item name"]).fails(&["line 2", "should be a number", "`bread`"]);
    with(&["--kind", "qty"]).fails(&["line 2", "says `1`", "return, cancel"]);
    with(&["--min-support", "6"]).fails(&["asks for 6 baskets, but there are 5"]);
    with(&["--min-confidence", "1.5"]).fails(&["from 0 to 1"]);
    with(&["--layout", "lines"]).fails(&["leave --basket out"]);
    rules(&path, &["--layout", "rows"]).fails(&["--basket and --item"]);
    rules(Path::new("/nowhere/x.csv"), &COLUMNS).fails(&["/nowhere/x.csv is not there"]);
    for (text, words) in [("a,b\n", "no rows"), ("a,b\n,\n", "no row has both"), ("", "is empty")] {
        let path = write(&folder, "bad.csv", text);
        rules(&path, &["--basket", "a", "--item", "b"]).fails(&[words]);
    }
    for support in ["0", "-3", "1.5", "many"] {
        assert_eq!(with(&["--min-support", support]).code, 2, "{support}");
    }
}

#[test]
fn an_explosion_is_refused_with_a_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let all: Vec<String> = (0..60).map(|item| item.to_string()).collect();
    let some: Vec<String> = (0..8).map(|item| item.to_string()).collect();
    let text = format!("{0}\n{0}\n{1}\n{1}\n{1}\n", all.join(" "), some.join(" "));
    let path = write(&folder, "b.dat", &text);
    let said = rules(&path, &["--layout", "lines", "--min-support", "2"]);
    said.fails(&[
        "more than 20000000 itemsets",
        "at least 2 baskets",
        "--min-support 4",
        "there are 255",
    ]);
}

#[test]
fn groceries_and_retail_have_their_published_counts() {
    if let Some(folder) = data("groceries") {
        let path = folder.join("groceries.csv");
        let asked = ["--layout", "lines", "--min-support", "0.001", "--min-confidence", "0.5"];
        let said = json(rules(&path, &asked));
        for (key, expected) in
            [("baskets", 9835), ("items", 169), ("itemsets", 13_492), ("rules", 5668)]
        {
            assert_eq!(said[key], expected, "{key}");
        }
        let lift = said["top_lift"].as_f64().expect("a lift");
        assert!((lift - 18.995_654).abs() < 5e-7, "{lift}");
    }
    if let Some(folder) = data("fimi_retail") {
        let path = folder.join("retail.dat");
        for (support, expected) in [("0.01", 159), ("441", 580), ("0.002", 2691), ("0.001", 7589)] {
            let said = json(rules(&path, &["--layout", "lines", "--min-support", support]));
            assert_eq!(said["itemsets"], expected, "{support}");
        }
    }
}
