//! Files looked at as the pages do.

use std::path::Path;

use domain::money::Currency;
use domain::time::{Day, Zone};

use super::*;
use crate::ingest::layouts;

/// Files of a folder, stored under numbers as uploads are.
fn files(folder: &Path, all: &[(&str, &str)]) -> Vec<InputFile> {
    let store = |(at, (name, text)): (usize, &(&str, &str))| {
        let ending = name.rsplit('.').next().expect("an ending");
        let path = folder.join(format!("{at}.{ending}"));
        std::fs::write(&path, text).expect("written");
        InputFile { path, name: format!("upload-1/{name}") }
    };
    all.iter().enumerate().map(store).collect()
}

fn looked_with(folder: &Path, files: &[InputFile], choices: &[Choice]) -> Looked {
    let around = Circumstances {
        today: Day::parse_iso("2026-03-12").expect("a day"),
        currency: Currency::JPY,
        zone: Zone::named("Asia/Tokyo").expect("a zone"),
    };
    let mappings = folder.join("mappings");
    look(files, Ask { mappings: &mappings, choices, around: &around }).expect("looked at")
}

/// Contracts of which one, on line 4, has no day for its start.
fn contracts() -> String {
    let mut text = "契約番号,顧客コード,プラン,月額,契約開始日,メモ\n".to_owned();
    for n in 1..=40 {
        let start = if n == 3 { "ばつ".to_owned() } else { format!("2024/{:02}/01", n % 9 + 4) };
        text += &format!("K{n},C{},プロ,{}000,{start},\n", n % 7, n % 5 + 1);
    }
    text
}

fn to(file: &LookedFile, title: &str) -> String {
    file.columns.iter().find(|column| column.title == title).expect(title).to.clone()
}

#[test]
fn each_file_says_what_it_is_and_how_its_first_rows_would_be_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = files(
        folder.path(),
        &[
            ("accounts.csv", "account_id,name,tier\nC1,みどり,A\n"),
            ("契約.csv", &contracts()),
            ("words.csv", "just words\nwithout any\n"),
            ("broken.xlsx", "no workbook"),
        ],
    );
    let found = looked_with(folder.path(), &files, &[]).look.files;
    let known: Vec<Known> = found.iter().map(|file| file.known).collect();
    assert_eq!(known, [Known::Canonical, Known::Drafted, Known::Unknown, Known::Refused]);
    assert_eq!(found[0].preview.tables[0].rows, [["C1", "みどり"]]);
    let contracts = &found[1];
    assert_eq!(contracts.table.as_deref(), Some("subscriptions"));
    assert_eq!(to(contracts, "顧客コード"), "account_id");
    assert_eq!(to(contracts, "契約開始日"), "started_on");
    assert_eq!(to(contracts, "メモ"), "");
    assert_eq!(contracts.columns[0].samples, ["K1", "K2", "K3"]);
    let table = &contracts.preview.tables[0];
    assert_eq!((table.table.as_str(), table.read, table.refused), ("subscriptions", 40, 1));
    assert_eq!((table.issues[0].line, table.issues[0].value.as_str()), (4, "ばつ"));
    assert!(table.rows[0].contains(&"2024-05-01".to_owned()), "{table:?}");
    let error = found[3].error.as_deref().expect("an error");
    let path = folder.path().display().to_string();
    assert!(!error.contains(&path) && !error.contains("3.xlsx"), "{error}");
}

#[test]
fn a_choice_moves_a_column_and_two_for_one_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = files(folder.path(), &[("契約.csv", &contracts())]);
    let choice = |columns: &[(usize, &str)]| Choice {
        file: 0,
        table: "subscriptions".to_owned(),
        columns: columns.iter().map(|(at, to)| (*at, (*to).to_owned())).collect(),
    };
    let moved = looked_with(folder.path(), &files, &[choice(&[(5, "contract_id"), (3, "")])]);
    let file = &moved.look.files[0];
    assert_eq!((to(file, "メモ"), to(file, "月額")), ("contract_id".to_owned(), String::new()));
    assert_eq!(to(file, "契約開始日"), "started_on", "what was not shown stays as proposed");
    assert_eq!(file.sure, "chosen");
    let toml = moved.groups[0].toml.as_deref().expect("a mapping");
    assert!(toml.contains("contract_id = \"メモ\"") && !toml.contains("mrr ="), "{toml}");
    let twice =
        looked_with(folder.path(), &files, &[choice(&[(1, "account_id"), (5, "account_id")])]);
    assert_eq!(twice.look.files[0].twice, ["メモ"]);
    let missing = looked_with(folder.path(), &files, &[choice(&[(4, "")])]);
    assert_eq!(missing.look.files[0].missing, ["started_on"]);
    let other = Choice { file: 0, table: "orders".to_owned(), columns: Vec::new() };
    let other = looked_with(folder.path(), &files, &[other]);
    assert_eq!(other.look.files[0].table.as_deref(), Some("orders"));
    let left_out = Choice { file: 0, table: String::new(), columns: Vec::new() };
    let left_out = looked_with(folder.path(), &files, &[left_out]);
    assert_eq!(left_out.look.files[0].known, Known::Unknown);
    assert_eq!(left_out.look.files[0].preview.tables, []);
}

#[test]
fn attributes_of_accounts_are_kept_or_not_as_chosen() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "顧客コード,会社名,ランク,地区\nC1,みどり,A,東\nC2,あかね,B,西\nC3,あおい,A,東\n";
    let files = files(folder.path(), &[("顧客一覧.csv", text)]);
    let proposed = looked_with(folder.path(), &files, &[]);
    assert_eq!(to(&proposed.look.files[0], "ランク"), ATTRIBUTE);
    let choice = Choice {
        file: 0,
        table: "accounts".to_owned(),
        columns: vec![(2, String::new()), (3, ATTRIBUTE.to_owned())],
    };
    let chosen = looked_with(folder.path(), &files, &[choice]);
    let file = &chosen.look.files[0];
    assert_eq!((to(file, "ランク"), to(file, "地区")), (String::new(), ATTRIBUTE.to_owned()));
}

#[test]
fn a_layout_that_was_used_before_needs_no_work() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = files(folder.path(), &[("契約.csv", &contracts())]);
    let first = looked_with(folder.path(), &files, &[]);
    let toml = first.groups[0].toml.clone().expect("a mapping");
    let mappings = folder.path().join("mappings");
    layouts::remember(&mappings, ("upload-1", &toml), &files).expect("kept");
    let next = InputFile { name: "upload-2/来月の契約.csv".to_owned(), ..files[0].clone() };
    let again = looked_with(folder.path(), &[next], &[]);
    assert_eq!(again.look.files[0].known, Known::Before);
    assert_eq!(again.look.files[0].preview.tables[0].read, 40);
    assert!(again.groups[0].kept.is_some() && again.groups[0].toml.is_none());
}

#[test]
fn every_recognised_table_can_be_chosen() {
    for table in tables() {
        let choice = Choice { file: 0, table: table.to_owned(), columns: Vec::new() };
        assert!(recognise::of(&choice.table).is_some(), "{table}");
    }
    assert_eq!(tables().len(), 12);
}
