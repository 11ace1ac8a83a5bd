//! `nobishiro model next-basket` (S65, S72) on made-up order lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::support::nobishiro;

/// A hundred customers of two kinds; each kind buys from four staples of its own, and now and then something
/// else. The columns have odd names, ids have leading zeros.
fn shop(folder: &Path) -> PathBuf {
    let mut text = String::from("顧客 ID,order no,Item Name\n");
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for customer in 0..100 {
        let orders = 2 + draw(8);
        for order in (0..orders).rev() {
            let kind = customer % 2;
            for _ in 0..2 {
                let _ = writeln!(text, "{customer:03},{},staple {}", order + 8, kind * 4 + draw(4));
            }
            let _ = writeln!(text, "{customer:03},{},other {}", order + 8, draw(12));
        }
    }
    let path = folder.join("orders.csv");
    std::fs::write(&path, text).expect("written");
    path
}

fn model(path: &Path, more: &[&str]) -> super::support::Said {
    let path = path.display().to_string();
    let mut args = vec!["model", "next-basket", "--history", &path, "--customer", "顧客 ID"];
    args.extend(["--order", "order no", "--item", "Item Name", "--top", "3"]);
    args.extend(more);
    nobishiro(&args)
}

/// The cells of a written CSV file below its header.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("written");
    assert!(text.starts_with("customer,rank,item,score,kind,because\n"), "{text}");
    let cell = |cell: &str| cell.trim_matches('"').to_owned();
    // Only the last column has commas of its own.
    text.lines().skip(1).map(|line| line.splitn(6, ',').map(cell).collect()).collect()
}

#[test]
fn staples_come_back_and_each_item_has_its_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("next.csv");
    let path = shop(folder.path());
    let said = model(&path, &["--out", &out.display().to_string(), "--format", "json"]).ok();
    let summary: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(summary["customers"], 100);
    assert_eq!(summary["order_read_as"], "number");
    let merit = |name: &str| {
        let table = summary["validation"].as_array().expect("a table");
        let row = table.iter().find(|row| row["method"] == name).expect("the method was tried");
        row["recall"].as_f64().expect("a number") + row["ndcg"].as_f64().expect("a number")
    };
    let chosen = merit(summary["method"].as_str().expect("a method"));
    assert!(chosen >= merit("personal") && chosen > merit("popularity") + 0.1, "{said}");

    let rows = rows(&out);
    let mut lists: BTreeMap<&str, Vec<&Vec<String>>> = BTreeMap::new();
    for row in &rows {
        lists.entry(&row[0]).or_default().push(row);
        let score: f64 = row[3].parse().expect("a number");
        assert!((0.0..=1.0).contains(&score), "{row:?}");
        assert!(row[4] != "repeat" || row[5].starts_with("bought in "), "{row:?}");
        assert!(row[4] == "repeat" || row[4] == "new", "{row:?}");
    }
    assert_eq!(lists.len(), 100);
    assert!(lists.contains_key("007"), "leading zeros stay");
    let staple = |row: &&Vec<String>| row[2].starts_with("staple");
    assert!(rows.iter().filter(staple).count() * 10 > rows.len() * 8, "staples lead");
    for (customer, list) in lists {
        let ranks: Vec<&str> = list.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(ranks, ["1", "2", "3"], "{customer}");
    }
}

#[test]
fn new_only_never_names_what_was_bought() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("new.csv");
    let path = shop(folder.path());
    model(&path, &["--new-only", "--out", &out.display().to_string()]).ok();
    let text = std::fs::read_to_string(&path).expect("read");
    let bought: Vec<(&str, &str)> = text
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[0], cells[2])
        })
        .collect();
    let rows = rows(&out);
    assert!(rows.len() > 200, "{}", rows.len());
    for row in &rows {
        assert!(!bought.contains(&(&row[0], &row[2])) && row[4] == "new", "{row:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_in_any_order_of_rows_and_in_parquet() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = shop(folder.path());
    let turned = folder.path().join("turned.csv");
    let text = std::fs::read_to_string(&path).expect("read");
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    std::fs::write(&turned, lines.join("\n")).expect("written");
    let mut bytes = Vec::new();
    for (name, path) in [("a.csv", &path), ("b.csv", &path), ("c.csv", &turned)] {
        let out = folder.path().join(name);
        model(path, &["--out", &out.display().to_string()]).ok();
        bytes.push(std::fs::read(out).expect("written"));
    }
    assert!(bytes[0] == bytes[1] && bytes[0] == bytes[2]);
    let out = folder.path().join("d.parquet");
    let said = model(&path, &["--out", &out.display().to_string()]).ok();
    assert!(said.contains("rows written") && out.is_file(), "{said}");
}

#[test]
fn dates_sort_as_dates_and_few_orders_are_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("few.tsv");
    let text =
        "who\twhen\twhat\nA\t2/10/2024\ttea\nA\t13/9/2024\tcake\nB\t1/10/2024\ttea\nB\t\ttea\n";
    std::fs::write(&path, text).expect("written");
    let out = folder.path().join("few.csv");
    let (path, out_name) = (path.display().to_string(), out.display().to_string());
    let args = ["--customer", "who", "--order", "when", "--item", "what", "--top", "5"];
    let mut all = vec!["model", "next-basket", "--history", &path, "--out", &out_name];
    all.extend(args);
    let said = nobishiro(&all).ok();
    assert!(
        said.contains("only 1 customers have two orders") && said.contains("2024-10-02"),
        "{said}"
    );
    assert!(said.contains("rows left out") && said.contains("few.tsv, line 5"), "{said}");
    let rows = rows(&out);
    let of_a: Vec<&str> = rows.iter().filter(|r| r[0] == "A").map(|r| r[2].as_str()).collect();
    assert_eq!(of_a, ["tea", "cake"], "bought as often, but everybody buys tea");
    assert_eq!(rows[0][5], "bought in 1 of 2 orders, last on 2024-10-02");
    assert!(rows.iter().any(|r| r[0] == "B" && r[2] == "cake" && r[4] == "new"), "{rows:?}");
}

#[test]
fn bad_input_says_how_to_mend_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = shop(folder.path());
    let path = path.display().to_string();
    let run = |customer: &str, order: &str, item: &str| {
        let mut args = vec!["model", "next-basket", "--history", &path, "--top", "3"];
        args.extend(["--customer", customer, "--order", order, "--item", item]);
        nobishiro(&args)
    };
    run("customer", "order no", "Item Name").fails(&["no column `customer`", "顧客 ID"]);
    run("顧客 ID", "Item Name", "order no").fails(&["number that grows or a date", "line 2"]);
    run("顧客 ID", "顧客 ID", "Item Name").fails(&["--customer and --order", "two columns"]);
    let said = nobishiro(&[
        "model",
        "next-basket",
        "--history",
        &path,
        "--top",
        "0",
        "--customer",
        "顧客 ID",
        "--order",
        "order no",
        "--item",
        "Item Name",
    ]);
    assert_eq!(said.code, 2, "{}", said.err);
    let empty = folder.path().join("empty.csv");
    std::fs::write(&empty, "a,b,c\n").expect("written");
    let empty = empty.display().to_string();
    nobishiro(&[
        "model",
        "next-basket",
        "--history",
        &empty,
        "--top",
        "3",
        "--customer",
        "a",
        "--order",
        "b",
        "--item",
        "c",
    ])
    .fails(&["empty.csv has a header and no rows"]);
}
