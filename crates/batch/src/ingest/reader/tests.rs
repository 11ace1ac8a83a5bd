//! Every format and every damage, each as one file in and one text out.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, Float32Array, Int32Array, TimestampNanosecondArray};
use arrow::datatypes::Schema;

use super::*;
use crate::ingest::cells::texts;

/// What a file of that name and content reads as: its columns, then every row as `line: values`, every
/// unreadable row as `line! reason`, or the error.
fn read(name: &str, content: &[u8], form: &Form) -> String {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join(name);
    std::fs::write(&path, content).expect("a file can be written");
    let shown = format!("{}/", dir.path().display());
    let out = read_path(&path, form).unwrap_or_else(|error| format!("error: {error:#}"));
    out.replace(&shown, "")
}

fn read_path(path: &Path, form: &Form) -> Result<String> {
    let source = open(path, form)?;
    let mut out = source.columns().join("|");
    let wanted: Vec<usize> = (0..source.columns().len()).collect();
    source.read(&wanted, &mut |raw| {
        let columns: Vec<_> = raw.batch.columns().iter().map(texts).collect();
        for row in 0..raw.batch.num_rows() {
            let values: Vec<&str> = columns
                .iter()
                .map(|c| if c.is_null(row) { "null" } else { c.value(row) })
                .collect();
            write!(out, "\n{}: {}", raw.lines.line(row), values.join("|"))
                .expect("a string takes it");
        }
        for bad in raw.bad {
            write!(out, "\n{}! {} {}", bad.line, bad.column, bad.reason)
                .expect("a string takes it");
        }
        true
    })?;
    Ok(out)
}

#[track_caller]
fn check(name: &str, content: impl AsRef<[u8]>, expected: &str) {
    assert_eq!(read(name, content.as_ref(), &Form::default()), expected);
}

/// The same, of which only a part is looked for.
#[track_caller]
fn check_says(name: &str, content: impl AsRef<[u8]>, expected: &str) {
    let read = read(name, content.as_ref(), &Form::default());
    assert!(read.contains(expected), "{read}");
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

#[test]
fn csv() {
    check("a.csv", "x,y\n1,2\n3,4\n", "x|y\n2: 1|2\n3: 3|4");
    check("a.csv", "x,y\r\n1,2", "x|y\n2: 1|2");
    check("a.csv", "\u{feff}x,y\n1,2\n", "x|y\n2: 1|2");
    check("a.CSV.gz", gzip(b"x,y\n1,2\n"), "x|y\n2: 1|2");
    check("a.csv", "x,y\n\"a,\nb\",\"c\"\"d\"\n1,2\n", "x|y\n2: a,\nb|c\"d\n4: 1|2");
    check("a.csv", "x\n1\n", "x\n2: 1");
    check("a.csv", "x\r\n\r\n1\r\n", "x\n3: 1");
    check_says("a.csv", "x,y\n1,2\n\"3,4\n", "2: 1|2\n3!  has a quote that is never closed");
}

#[test]
fn tsv() {
    check("a.tsv", "x\ty\n1\t2\n", "x|y\n2: 1|2");
    check("a.tsv.gz", gzip("\u{feff}x\ty\n1\t2\n".as_bytes()), "x|y\n2: 1|2");
}

#[test]
fn semicolons_are_seen() {
    check("a.csv", "x;y\n1;2,5\n", "x|y\n2: 1|2,5");
}

#[test]
fn a_stated_separator_is_used() {
    let form = Form { separator: Some(b'|'), ..Form::default() };
    assert_eq!(read("a.csv", b"x|y,z\n1|2\n", &form), "x|y,z\n2: 1|2");
}

#[test]
fn a_wrong_separator_is_named() {
    check_says("a.csv", "x\ty\n1\t2\n", "a.csv: the header is separated by tabs, not commas");
    check_says("a.tsv", "x,y\n1,2\n", "state `separator = \",\"`");
    check_says("a.csv", "x|y\n1|2\n", "separated by vertical bars");
}

#[test]
fn ragged_rows_are_set_aside() {
    check_says("a.csv", "x,y\n1\n3,4\n", "x|y\n3: 3|4\n2!  has 1 fields where the header has 2");
    check_says("a.csv", "x,y\n1,2,3\n", "2!  has 3 fields");
    check("a.csv", "x,y\n1,2,,\n", "x|y\n2: 1|2");
}

#[test]
fn other_encodings_are_read_and_broken_bytes_set_aside() {
    check("a.csv", b"x,y\n1,\x83\x65\n3,4\n", "x|y\n2: 1|テ\n3: 3|4");
    check("a.csv", b"\x83\x65,y\n1,2\n", "テ|y\n2: 1|2");
    check("a.csv.gz", gzip(b"x\n\x83\x65\n"), "x\n2: テ");
    check("a.csv", b"\xff\xfex\0,\0y\0\n\0", "x|y");
    // UTF-8 with a broken letter, and halves of one letter in two fields.
    check_says(
        "a.csv",
        "x,y\n伸び,1\n".bytes().chain(*b"3,\xff\n4,5\n").collect::<Vec<_>>(),
        "x|y\n2: 伸び|1\n4: 4|5\n3! y byte 0xFF is not UTF-8",
    );
    check_says(
        "a.csv",
        b"x,y\n\xe4\xbc,\xb8\n3,\xe4\xbc\xb8\xe4\xbc\xb8\xe4\xbc\xb8\n",
        "3: 3|伸伸伸\n2! x byte 0xE4",
    );
    let stated = Form { encoding: Some(encoding_rs::UTF_8), ..Form::default() };
    assert!(read("a.csv", b"x\n\x83\x65\n", &stated).contains("byte 0x83 is not UTF-8"));
}

#[test]
fn files_that_are_no_text_are_named() {
    check_says(
        "a.csv",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "a.csv is a picture, whatever its name says",
    );
    check_says("a.csv", b"PK\x03\x04\x14\0", "a workbook (.xlsx) or another ZIP archive");
    check_says("a.txt", b"%PDF-1.7\n", "a PDF");
}

#[test]
fn headers_below_titles_and_of_two_lines() {
    let form = Form { header_line: 3, header_lines: 2, ..Form::default() };
    let text = "契約一覧\n\n契約,,会社\n開始,終了,\n1,2,3\n";
    assert_eq!(read("a.csv", text.as_bytes(), &form), "契約 開始|契約 終了|会社\n5: 1|2|3");
    let short = read("a.csv", b"x\n", &form);
    assert!(short.contains("ends before its header is complete"), "{short}");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let plain = rust_xlsxwriter::Format::new();
    sheet.write(0, 0, "契約一覧").expect("a cell");
    sheet.merge_range(2, 0, 2, 1, "契約", &plain).expect("a merged cell");
    sheet.merge_range(2, 2, 3, 2, "会社", &plain).expect("a merged cell");
    sheet.write(3, 0, "開始").expect("a cell").write(3, 1, "終了").expect("a cell");
    sheet.write(4, 0, 1).expect("a cell").write(4, 2, "A").expect("a cell");
    let bytes = workbook.save_to_buffer().expect("memory takes all");
    assert_eq!(read("a.xlsx", &bytes, &form), "契約 開始|契約 終了|会社\n5: 1||A");
}

#[test]
fn empty_files_are_errors_and_headers_alone_are_not() {
    check("a.csv", "", "error: a.csv is empty: export it again, with a header line");
    check_says("a.csv", "\n\n", "is empty");
    check("a.csv", "x,y\n", "x|y");
    check_says("a.jsonl", "", "is empty");
    check_says("a.parquet", "", "is empty");
    check_says("a.xlsx", "", "is empty");
}

#[test]
fn every_column_has_one_name() {
    let numbered = Form { names: Names::Numbered, ..Form::default() };
    assert_eq!(read("a.csv", b"x,,x\n1,2,3\n", &numbered), "x|column 2|x (2)\n2: 1|2|3");
    check(
        "a.csv",
        "x,y,x\n1,2,3\n",
        "error: a.csv: columns 1 and 3 are both named `x`; give each its own name",
    );
    check_says("a.csv", "x,,y\n1,2,3\n", "column 2 has no name");
    check("a.csv", "x,y,\n1,2,\n", "x|y\n2: 1|2");
}

#[test]
fn damaged_gzip_is_an_error() {
    let whole = gzip("x,y\n".repeat(100_000).as_bytes());
    check_says("a.csv.gz", &whole[..whole.len() / 2], "damaged or cut short");
    check_says("a.csv.gz", b"x,y\n1,2\n", "a.csv.gz is not whole gzip");
}

#[test]
fn unknown_endings_are_errors() {
    check_says("a.pdf", "x", "files ending in .pdf are not read; the endings are csv, tsv");
}

#[test]
fn json_lines() {
    check(
        "a.jsonl",
        "{\"x\":1,\"y\":\"b\"}\n\n{\"y\":null,\"z\":[1]}\n",
        "x|y|z\n1: 1|b|\n3: ||[1]",
    );
    check("a.ndjson.gz", gzip(b"{\"x\":true}"), "x\n1: true");
    check_says("a.jsonl", "{\"x\":1}\n{\"x\":\n7\n", "1: 1\n2!  is not JSON (EOF");
    check_says("a.jsonl", "{\"x\":1}\n7\n", "2!  is not a JSON object");
    check_says("a.jsonl", b"{\"x\":1}\n{\"x\":\"\x83\"}\n", "2!  byte 0x83 is not UTF-8");
    check_says("a.jsonl", "7\n", "no line is a JSON object");
}

fn workbook() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("First").expect("a name");
    for (column, name) in ["id", "price", "on", "yes"].into_iter().enumerate() {
        sheet.write(1, u16::try_from(column).expect("few"), name).expect("a cell");
    }
    sheet.write(2, 0, "a").expect("a cell");
    sheet.write(2, 1, 29.85).expect("a cell");
    let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2017, 3, 1).expect("a day");
    let format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_with_format(2, 2, &date, &format).expect("a cell");
    sheet.write(4, 0, 7).expect("a cell");
    sheet.write(4, 3, true).expect("a cell");
    workbook.add_worksheet().set_name("Second").expect("a name").write(0, 0, "k").expect("a cell");
    workbook.save_to_buffer().expect("memory takes all")
}

#[test]
fn workbooks() {
    check("a.xlsx", workbook(), "id|price|on|yes\n3: a|29.85|2017-03-01|\n5: 7|||true");
    let sheet = |name: &str| Form { sheet: Some(name.to_owned()), ..Form::default() };
    assert_eq!(read("a.xlsx", &workbook(), &sheet("Second")), "k");
    let none = read("a.xlsx", &workbook(), &sheet("Third"));
    assert_eq!(none, "error: a.xlsx has no sheet `Third`; its sheets are First, Second");
    check_says("a.xlsx", b"PK\x03\x04nothing", "a.xlsx is not a whole XLSX workbook");
}

fn parquet_file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let mut file = Vec::new();
    let schema: Arc<Schema> = batch.schema();
    let mut writer =
        ::parquet::arrow::ArrowWriter::try_new(&mut file, schema, None).expect("a known schema");
    writer.write(&batch).expect("memory takes all");
    writer.close().expect("memory takes all");
    file
}

#[test]
fn parquet_of_native_types() {
    let file = parquet_file(vec![
        ("n", Arc::new(Int32Array::from(vec![Some(1), None])) as ArrayRef),
        ("f", Arc::new(Float32Array::from(vec![0.5, -2.0]))),
        ("t", Arc::new(TimestampNanosecondArray::from(vec![0, 1_500_000_000]))),
    ]);
    let expected = "n|f|t\n1: 1|0.5|1970-01-01T00:00:00\n2: null|-2|1970-01-01T00:00:01.500000";
    check("a.parquet", &file, expected);
}

#[test]
fn damaged_parquet_is_an_error() {
    let numbers: Int32Array = (0..100_000).collect();
    let mut file = parquet_file(vec![("n", Arc::new(numbers) as ArrayRef)]);
    check_says("a.parquet", &file[..file.len() / 2], "a.parquet is not whole Parquet");
    file[4..60].fill(0xff);
    check_says("a.parquet", &file, "damaged or cut short");
}
