//! Files of both layouts, returns, and what is refused.

use std::path::PathBuf;

use super::*;
use crate::model::sheet::File;

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("written");
    path
}

fn columns(quantity: Option<&str>, kind: Option<&str>) -> Columns {
    Columns {
        basket: "order".to_owned(),
        item: "what".to_owned(),
        quantity: quantity.map(str::to_owned),
        kind: kind.map(str::to_owned),
    }
}

fn rows(text: &str, columns: Columns) -> Result<Named> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, "x.csv", text);
    Source::Rows(RowsFile::new(File::open(&path)?, columns)?).read()
}

fn lines(text: &str) -> Named {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, "x.dat", text);
    LinesFile::new(&path).and_then(|it| Source::Lines(it).read()).expect("read")
}

fn said(named: &Named) -> Vec<String> {
    let names = |basket: &[u32]| {
        basket.iter().map(|item| named.items[*item as usize].clone()).collect::<Vec<_>>().join("+")
    };
    named.baskets.iter().map(names).collect()
}

#[test]
fn rows_come_in_any_order_and_count_once() {
    let text = "order,what\n007,b\n8,a\n007,a\n8,a\n,a\n9,\n7,りんご\n";
    let named = rows(text, columns(None, None)).expect("read");
    assert_eq!(named.items, ["a", "b", "りんご"]);
    assert_eq!(said(&named), ["a+b", "a", "りんご"]);
    let counted = Counted { rows: 7, incomplete: 2, repeated: 1, ..Counted::default() };
    assert_eq!(named.counted, counted);
}

#[test]
fn returns_undo_purchases_of_the_same_basket() {
    let text = "order,what,n,kind\n1,a,2,\n1,b,1,sale\n1,a,-2,\n2,a,3,\n2,a,-1,\n3,c,-1,\n4,b,1,\n\
                4,b,1,Return\n4,a,1,exchange\n4,c,1,\n";
    let named = rows(text, columns(Some("n"), None)).expect("read");
    assert_eq!(said(&named), ["b", "a", "a+b+c"]);
    let Counted { returns, undone, emptied, .. } = named.counted;
    assert_eq!((returns, undone, emptied), (3, 1, 1));
    let named = rows(text, columns(Some("n"), Some("kind"))).expect("read");
    assert_eq!(said(&named), ["b", "a", "c"]);
    let named = rows(text, columns(None, Some("kind"))).expect("read");
    assert_eq!(said(&named), ["a+b", "a", "c", "c"]);
}

#[test]
fn what_cannot_be_read_is_told() {
    let fails = |text: &str, columns: Columns, words: &str| {
        let error = format!("{:#}", rows(text, columns).expect_err("it cannot be read"));
        assert!(error.contains(words), "{error}");
    };
    fails("order,what\n", columns(None, None), "no rows");
    fails("order,what\n,\n,\n", columns(None, None), "no row has both a basket and an item");
    fails("order,waht\n1,a\n", columns(None, None), "Did you mean `waht`");
    fails("order,what,n\n1,a,many\n", columns(Some("n"), None), "line 2: `n` should be a number");
    fails("order,what,n\n1,a,x\n", columns(None, Some("n")), "`n` says `x`, which is not known");
    fails("order,what,n\n1,a,-1\n", columns(Some("n"), None), "nothing is left to count");
    let same = Columns { basket: "what".to_owned(), ..columns(None, None) };
    fails("order,what\n1,a\n", same, "both name `what`");
}

#[test]
fn lines_of_any_separator_are_baskets() {
    let named = lines("whole milk\n\ncream cheese ,soda\n\"a, b\",soda,soda\n,,\n");
    assert_eq!(said(&named), ["whole milk", "cream cheese+soda", "a, b+soda"]);
    assert_eq!(said(&lines("3 1 2 \n\n1\n")), ["1+2+3", "1"]);
    assert_eq!(lines("3 1 2\n").notes.len(), 1);
}

#[test]
fn the_order_of_rows_changes_nothing_but_the_order_of_baskets() {
    let named = rows("order,what\n1,b\n1,a\n2,c\n", columns(None, None)).expect("read");
    let turned = rows("order,what\n2,c\n1,a\n1,b\n", columns(None, None)).expect("read");
    assert_eq!(named.items, turned.items);
    let sorted = |it: &Named| {
        let mut said = said(it);
        said.sort();
        said
    };
    assert_eq!(sorted(&named), sorted(&turned));
}
