//! Formats and mapping features in whole ingests.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};

use super::*;

/// The same product in every format.
fn parquet() -> Vec<u8> {
    let batch = RecordBatch::try_from_iter([
        ("product_id", Arc::new(Int64Array::from(vec![7])) as ArrayRef),
        ("kind", Arc::new(StringArray::from(vec!["item"]))),
        ("price", Arc::new(Float64Array::from(vec![12.35]))),
        ("active_from", Arc::new(Date32Array::from(vec![20_454]))),
    ])
    .expect("columns of one length");
    let mut file = Vec::new();
    let mut writer =
        ::parquet::arrow::ArrowWriter::try_new(&mut file, batch.schema(), None).expect("a schema");
    writer.write(&batch).expect("memory takes all");
    writer.close().expect("memory takes all");
    file
}

fn workbook() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in ["product_id", "kind", "price", "active_from"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(column).expect("few"), name).expect("a cell");
    }
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 1, 1).expect("a day");
    let format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    sheet.write(1, 0, 7).expect("a cell");
    sheet.write(1, 1, "item").expect("a cell");
    sheet.write(1, 2, 12.35).expect("a cell");
    sheet.write_with_format(1, 3, &day, &format).expect("a cell");
    workbook.save_to_buffer().expect("memory takes all")
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, text.as_bytes()).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

#[tokio::test]
async fn every_format_gives_the_same_row() {
    let csv = "product_id,kind,price,active_from\n7,item,12.35,2026-01-01\n";
    let json =
        "{\"product_id\":7,\"kind\":\"item\",\"price\":12.35,\"active_from\":\"2026-01-01\"}";
    let files: [(&str, Vec<u8>); 9] = [
        ("products.csv", csv.into()),
        ("products.csv.gz", gzip(csv)),
        ("products.txt", format!("\u{feff}{csv}").into()),
        ("products.tsv", csv.replace(',', "\t").into()),
        ("products.csv", csv.replace(',', ";").into()),
        ("products.jsonl", json.into()),
        ("products.jsonl.gz", gzip(json)),
        ("products.xlsx", workbook()),
        ("products.parquet", parquet()),
    ];
    for (name, content) in files {
        let mut workspace = Workspace::new().await;
        workspace.currency = Currency::USD;
        let report = workspace.bytes(&[(name, content)], "").await;
        assert_eq!(report, format!("{name}: 1 rows\n  products: 1 read, 1 taken"));
        assert_eq!(
            workspace.rows("products").await,
            "product_id=7 name=7 kind=item price=1235 currency=USD active_from=2026-01-01",
            "{name}"
        );
    }
}

#[tokio::test]
async fn one_file_becomes_several_tables() {
    let mapping = r#"
        currency = "USD"
        [[file]]
        match = "deals.csv"
          [[file.into]]
          entity = "accounts"
          distinct = true
            [file.into.columns]
            account_id = "customer"
          [[file.into]]
          entity = "proposals"
          when = 'deal != ""'
            [file.into.columns]
            proposal_id = "deal"
            account_id = "customer"
            opened_at = "day"
            amount = "value"
    "#;
    let deals =
        "deal,customer,day,value\n1,A,2026-01-01,5.5\n2,A,2026-01-02,\n,B,2026-01-02,\n3,,,\n";
    let workspace = check_mapped(
        &[("deals.csv", deals)],
        mapping,
        "deals.csv: 4 rows\n  accounts: 4 read, 2 taken, 1 refused, 1 skipped; 1 skipped: repeats of a key \
         that is taken once; refused rows in rejects/deals.csv.accounts.rejects.csv\n  proposals: 4 read, \
         2 taken, 1 refused, 1 skipped, 2 warnings; 1 skipped: left out by `when`; refused rows in \
         rejects/deals.csv.proposals.rejects.csv",
    )
    .await;
    says(&workspace.rows("proposals").await, "amount=550 currency=USD");
    assert_eq!(workspace.rejects().len(), 2);
}

#[tokio::test]
async fn wide_columns_become_rows() {
    let mapping = r#"
        snapshot_on = 2026-03-31
        [[file]]
        match = "services.csv"
          [file.let]
          start = { minus_months = "tenure" }
          [[file.into]]
          entity = "subscriptions"
            [file.into.wide]
            columns = ["tv", "music"]
            key_as = "service"
            value_as = "has"
            keep = 'has = "Yes"'
            [file.into.columns]
            subscription_id = { concat = ["id", "service"], separator = "/" }
            account_id = "id"
            product_id = { column = "service", map = { tv = "TV" } }
            started_on = "start"
    "#;
    let services = "id,tenure,tv,music\nA,1,Yes,Yes\nB,x,No,Yes\nC,12,No,No\n";
    let workspace = check_mapped(
        &[("services.csv", services)],
        mapping,
        "services.csv: 3 rows\n  subscriptions: 6 read, 2 taken, 1 refused, 3 skipped, 4 warnings; 3 skipped: \
         left out by `keep`; refused rows in rejects/services.csv.subscriptions.rejects.csv",
    )
    .await;
    assert_eq!(
        workspace.rows("subscriptions").await,
        "subscription_id=A/music account_id=A product_id=music effective_on=2026-02-28 currency=JPY \
         started_on=2026-02-28\n\
         subscription_id=A/tv account_id=A product_id=TV effective_on=2026-02-28 currency=JPY \
         started_on=2026-02-28"
    );
    says(
        &workspace.issues().await,
        "started_on `x` is not a number that can be calculated with; the row",
    );
}

#[tokio::test]
async fn gaps_alone_are_filled_where_that_is_asked_for() {
    let mapping = r#"
        [[file]]
        match = "people.csv"
          [[file.into]]
          entity = "accounts"
            [file.into.columns]
            account_id = "id"
            name = "name"
        [[file]]
        match = "a_sales.csv"
          [[file.into]]
          entity = "accounts"
          if_missing = true
            [file.into.columns]
            account_id = "id"
        [[table]]
        entity = "products"
        rows = [{ product_id = "P", kind = "item", price = 5 }, { product_id = "Q", kind = "plan" }]
    "#;
    let files = [("people.csv", "id,name\nA,Alpha\n"), ("a_sales.csv", "id\nA\nB\nB\n")];
    let skipped = "1 skipped; 1 skipped: repeats of a key that is taken once";
    let workspace = check_mapped(
        &files,
        mapping,
        &format!(
            "people.csv: 1 rows\n  accounts: 1 read, 1 taken\n(mapping) products: 2 rows\n  products: 2 read, \
             2 taken\na_sales.csv: 3 rows\n  accounts: 3 read, 1 taken, 1 unchanged, {skipped}"
        ),
    )
    .await;
    assert_eq!(workspace.rows("accounts").await, "account_id=A name=Alpha\naccount_id=B name=B");
    says(&workspace.rows("products").await, "product_id=P name=P kind=item price=5 currency=JPY");
    let again = workspace.files(&files, mapping).await;
    says(&again, "people.csv: 1 rows\n  accounts: 1 read, 1 unchanged");
    says(&again, &format!("accounts: 3 read, 2 unchanged, {skipped}"));
}

#[tokio::test]
async fn joined_and_skipped_files_are_accounted_for() {
    let mapping = r#"
        [[file]]
        match = "a.csv"
          [[file.into]]
          entity = "accounts"
            [file.into.columns]
            account_id = "id"
            name = { join = "b.csv", on = { left = "id", right = "key" }, take = "name", unmatched = "issue" }
        [[file]]
        match = "b.csv"
        use = "lookup"
        [[file]]
        match = "c.csv"
        skip = "not needed"
    "#;
    let files = [("a.csv", "id\nA\nB\n"), ("b.csv", "key,name\nA,Alpha\n"), ("c.csv", "")];
    let workspace = check_mapped(
        &files,
        mapping,
        "b.csv: left out: only joined with other files\nc.csv: left out: not needed\na.csv: 2 rows\n  \
         accounts: 2 read, 2 taken, 1 warnings",
    )
    .await;
    assert_eq!(workspace.rows("accounts").await, "account_id=A name=Alpha\naccount_id=B name=B");
    says(
        &workspace.issues().await,
        "accounts.name `B` is not among `key` of b.csv; add the row there",
    );
}

#[tokio::test]
async fn progress_is_told_and_the_report_is_json() {
    let workspace = Workspace::new().await;
    workspace.files(&[("accounts.csv", "account_id\nA\n")], "").await;
    let path = workspace.dir.path().join("in/accounts.csv");
    let report = workspace.take(vec![path], "", "").await.expect("an ingest");
    let json = serde_json::to_value(&report).expect("a report is JSON");
    assert_eq!(json["files"][0]["tables"][0]["unchanged"], 1);
}
