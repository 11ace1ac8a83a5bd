//! `nobishiro model also-bought` (S99): counts, the learned score, returns, and what is refused.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::support::{Said, data, nobishiro};

/// Orders of bread, milk and eggs by habit, and of themes of four products each; every fifth is returned.
fn orders(rows: u64) -> String {
    let mut state = 3_u64;
    let mut draw = move |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut text = "Order No;Product;Qty;Kind\n".to_owned();
    for order in 0..rows {
        for staple in ["bread", "milk", "eggs"] {
            if draw(2) == 0 {
                let _ = writeln!(text, "{order:05};{staple};1;sale");
            }
        }
        let theme = draw(6);
        for product in 0..4 {
            if draw(10) < 7 {
                let _ = writeln!(text, "{order:05};P{theme}{product};{};sale", 1 + draw(3));
            }
        }
        if draw(5) == 0 {
            let _ = writeln!(text, "{order:05};lamp;1;sale\n{order:05};lamp;-1;return");
        }
    }
    text
}

fn write(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("written");
    path
}

const COLUMNS: [&str; 4] = ["--basket", "Order No", "--item", "Product"];

fn also_bought(path: &Path, out: Option<&Path>, more: &[&str]) -> Said {
    let path = path.display().to_string();
    let out = out.map(|out| out.display().to_string());
    let mut args = vec!["model", "also-bought", "--format", "json", "--baskets", &path];
    args.extend(more);
    if let Some(out) = &out {
        args.extend(["--out", out]);
    }
    nobishiro(&args)
}

fn json(said: Said) -> serde_json::Value {
    serde_json::from_str(&said.ok()).expect("one JSON document")
}

/// The rows of a written CSV without its header.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("written");
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn planted_themes_are_each_other_s_neighbours() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "orders.csv", &orders(800));
    let out = folder.path().join("also.csv");
    let said = json(also_bought(
        &path,
        Some(&out),
        &[&COLUMNS[..], &["--quantity", "Qty", "--top", "3"]].concat(),
    ));
    assert_eq!(said["verdict"], "beats popularity", "{said}");
    assert_eq!(said["items"], 27, "the lamp always went back: {said}");
    assert!(said["items_undone"].as_u64() > Some(100), "{said}");
    assert!(said["methods"].as_array().is_some_and(|it| it.len() > 10), "{said}");
    assert!(said["popularity_bias"]["ratio"].as_f64().is_some(), "{said}");
    let rows = rows(&out);
    let of_themes: Vec<_> = rows.iter().filter(|row| row[0].starts_with('P')).collect();
    assert_eq!(of_themes.len(), 24 * 3);
    for row in of_themes {
        assert_eq!(row[0][..2], row[1][..2], "of one theme: {row:?}");
        let number = |at: usize| row[at].parse::<f64>().expect("a number");
        let baskets = said["baskets"].as_f64().expect("a count");
        assert!((number(5) - number(4) / baskets).abs() < 1e-12, "{row:?}");
        assert!((number(6) - number(4) / number(2)).abs() < 1e-12, "{row:?}");
        assert!((number(7) - number(6) * baskets / number(3)).abs() < 1e-9, "{row:?}");
        assert!(number(8) > 10.83, "{row:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_in_any_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "orders.csv", &orders(300));
    let bytes = |name: &str, more: &[&str]| {
        let out = folder.path().join(name);
        let said = also_bought(&path, Some(&out), &[&COLUMNS[..], more].concat()).ok();
        (std::fs::read(&out).expect("written"), said.replace(name, ""))
    };
    assert_eq!(bytes("1.csv", &["--seed", "7"]), bytes("2.csv", &["--seed", "7"]));
    assert_eq!(bytes("1.parquet", &[]), bytes("2.parquet", &["--seed", "1"]));
    for method in ["popularity", "cosine", "item-knn", "ease", "als"] {
        let (written, said) = bytes("m.csv", &["--method", method]);
        assert!(said.contains(&format!("\"method\": \"{method}\"")), "{said}");
        assert_eq!(written, bytes("m.csv", &["--method", method]).0, "{method}");
    }
}

#[test]
fn kinds_and_minimum_counts_are_heeded() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "o,p,k\n1,a,\n1,b,\n2,a,\n2,b,\n2,b,返品\n3,a,\n3,b,cancelled\n4,a,exchange\n4,c,\n4,b,Sale\n";
    let path = write(&folder, "orders.csv", text);
    let out = folder.path().join("also.csv");
    let columns = ["--basket", "o", "--item", "p", "--kind", "k"];
    let said = json(also_bought(
        &path,
        Some(&out),
        &[&columns[..], &["--min-count", "1", "--method", "cosine"]].concat(),
    ));
    assert_eq!((&said["baskets"], &said["pairs"]), (&4.into(), &2.into()), "{said}");
    let both: Vec<String> = rows(&out).iter().map(|row| row[..5].join(" ")).collect();
    assert_eq!(both, ["a b 3 2 1", "b c 2 1 1", "b a 2 3 1", "c b 1 2 1"]);
    let said = json(also_bought(&path, None, &[&columns[..], &["--min-count", "2"]].concat()));
    assert_eq!(
        (&said["pairs"], &said["verdict"]),
        (&0.into(), &"too few baskets to compare methods on".into())
    );
}

#[test]
fn what_is_asked_wrongly_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "orders.csv", &orders(30));
    let with = |more: &[&str]| also_bought(&path, None, &[&COLUMNS[..], more].concat());
    also_bought(&path, None, &["--basket", "Order", "--item", "Product"])
        .fails(&["no column `Order`"]);
    with(&["--quantity", "Kind"]).fails(&["line 2", "should be a number"]);
    with(&["--top", "0"]).fails(&["at least 1"]);
    with(&["--out", "/nowhere/x.csv"]).fails(&["the folder /nowhere is not there"]);
    with(&["--out", "x.doc"]).fails(&[".csv"]);
    assert_eq!(with(&["--method", "magic"]).code, 2);
    assert_eq!(also_bought(&path, None, &["--basket", "Order No"]).code, 2);
    let single = write(&folder, "single.csv", "o,p\n1,a\n2,b\n");
    let said = json(also_bought(&single, None, &["--basket", "o", "--item", "p"]));
    assert!(
        said["note"].as_str().is_some_and(|it| it.contains("every basket holds one item")),
        "{said}"
    );
}

#[test]
fn groceries_learns_more_than_popularity() {
    let Some(folder) = data("groceries") else { return };
    let path = folder.join("groceries.csv");
    let out = tempfile::tempdir().expect("a folder");
    let out = out.path().join("also.csv");
    let said = json(also_bought(&path, Some(&out), &["--layout", "lines"]));
    assert_eq!(said["verdict"], "beats popularity", "{said}");
    let ham = rows(&out).into_iter().find(|row| row[0] == "Instant food products").expect("listed");
    assert_eq!(ham[2], "79", "{ham:?}");
}
