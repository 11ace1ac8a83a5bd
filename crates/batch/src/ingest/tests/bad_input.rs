//! What is wrong is told, with how to mend it, and costs nothing else.

use super::*;

#[tokio::test]
async fn paths_are_checked_first() {
    let workspace = Workspace::new().await;
    let missing = workspace.take(vec!["/nowhere/accounts.csv".into()], "", "").await;
    says(
        &missing.expect_err("no such file"),
        "/nowhere/accounts.csv does not exist or cannot be read",
    );
    let empty = workspace.files(&[("readme.md", "x")], "").await;
    says(&empty, "error: in holds no data file; the endings are csv, tsv");
    says(&workspace.take(Vec::new(), "", "").await.expect_err("no path"), "no file was given");
}

#[tokio::test]
async fn a_bad_file_costs_none_of_the_others() {
    let workspace = check(
        &[("accounts.csv", "account_id\nA\n"), ("contacts.csv", ""), ("reps.csv", "x;y\n")],
        "contacts.csv: NOT TAKEN: in/contacts.csv is empty: export it again, with a header line\n\
         reps.csv: NOT TAKEN: reps.csv lacks rep_id, name, role, which reps need; it has x, y. Rename the \
         columns, or map them (--map)\naccounts.csv: 1 rows\n  accounts: 1 read, 1 taken",
    )
    .await;
    assert_eq!(workspace.rows("accounts").await, "account_id=A name=A");
}

#[tokio::test]
async fn names_are_explained() {
    let workspace = Workspace::new().await;
    let report = workspace.files(&[("acounts.csv", "account_id\nA\n")], "").await;
    says(&report, "acounts.csv is not named after a table (reps, absences, accounts,");
    says(&report, "Did you mean `accounts`? Rename it, or describe it in a mapping (--map)");
    let report = workspace.files(&[("accounts.csv", "acount_id\nA\n")], "").await;
    says(
        &report,
        "accounts.csv lacks account_id, which accounts need; it has acount_id. Did you mean",
    );
}

#[tokio::test]
async fn a_file_cut_short_leaves_everything_as_it_was() {
    let workspace = Workspace::new().await;
    workspace.files(&[("accounts.csv", "account_id,name\nA,before\n")], "").await;
    let many: Vec<String> = (0..200_000).map(|i| format!("A{i},after\n")).collect();
    let many = many.concat();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, format!("account_id,name\nA,after\n{many}").as_bytes())
        .expect("memory takes all");
    let whole = encoder.finish().expect("memory takes all");
    let cut = whole[..whole.len() - 20].to_vec();
    let report = workspace.bytes(&[("accounts.csv.gz", cut)], "").await;
    says(&report, "accounts.csv.gz: NOT TAKEN: in/accounts.csv.gz cannot be read beyond line");
    assert_eq!(workspace.rows("accounts").await, "account_id=A name=before");
    assert!(workspace.rejects().is_empty());
}

#[tokio::test]
async fn rows_that_cannot_be_read_are_refused_and_listed() {
    let workspace = Workspace::new().await;
    let bytes = b"account_id,name\nA\nB,\xffe\nC,c\n,d\n".to_vec();
    let report = workspace.bytes(&[("accounts.csv", bytes)], "").await;
    assert_eq!(
        report,
        "accounts.csv: 4 rows\n  accounts: 4 read, 1 taken, 3 refused; refused rows in \
         rejects/accounts.csv.accounts.rejects.csv"
    );
    let rejects = workspace.dir.path().join("rejects/accounts.csv.accounts.rejects.csv");
    let rejects = std::fs::read_to_string(rejects).expect("the rejects file");
    let lines: Vec<&str> = rejects.lines().collect();
    assert_eq!(lines[0], "file,line,column,value,reason");
    says(&rejects, "accounts.csv,2,,A,has 1 fields where the header has 2; put texts");
    says(
        &rejects,
        "accounts.csv,3,name,\u{fffd}e,\"byte 0xFF is not UTF-8; save the file as UTF-8",
    );
    says(
        &rejects,
        "accounts.csv,5,account_id,,\"is empty, but every row needs `account_id`: fill it",
    );
    // Mended, the file has no rejects any more.
    workspace.files(&[("accounts.csv", "account_id,name\nA,a\n")], "").await;
    assert!(workspace.rejects().is_empty());
    assert_eq!(workspace.issues().await, "");
}

#[tokio::test]
async fn values_that_cannot_be_are_told() {
    let cases = [
        ("fiscal_close_month", "13", "`13` is not a whole number from 1 to 12"),
        ("employees", "-5", "`-5` is not a whole number from 0 to 1000000000"),
        ("employees", "99999999999999999999", "is not a whole number"),
        ("employees", "many", "is not a whole number"),
        ("acquired_on", "2026-02-30", "`2026-02-30` is not a possible day between 1900 and 2199"),
        ("acquired_on", "03/12/2026", "state their form in a mapping"),
        ("kind", "compny", "is not one of group, company, department, person, household;"),
        ("kind", "compny", "Did you mean `company`?"),
        ("currency", "YEN", "`YEN` is not a currency; write its ISO 4217 code, as JPY"),
        ("acquisition_cost", "¥500", "is not a decimal amount (JPY); write digits"),
        ("acquisition_cost", "0.5", "has more decimals than the currency (JPY)"),
        ("acquisition_cost", "99999999999999999999", "is too large for an amount (JPY)"),
    ];
    for (column, value, reason) in cases {
        let workspace = Workspace::new().await;
        let text = format!("account_id,{column}\nA,{value}\n");
        let report = workspace.files(&[("accounts.csv", &text)], "").await;
        assert_eq!(
            report, "accounts.csv: 1 rows\n  accounts: 1 read, 1 taken, 1 warnings",
            "{value}"
        );
        let issues = workspace.issues().await;
        says(&issues, reason);
        says(&issues, "the value is left empty");
        says(&workspace.rows("accounts").await, "account_id=A name=A");
    }
}

#[tokio::test]
async fn a_required_value_that_cannot_be_read_refuses_the_row() {
    let workspace = Workspace::new().await;
    let text = "response_id,account_id,at,score\n1,A,2026-13-01,9\n2,A,2026-03-01,900\n";
    let files = [("accounts.csv", "account_id\nA\n"), ("surveys.csv", text)];
    says(&workspace.files(&files, "").await, "surveys: 2 read, 2 refused");
    let issues = workspace.issues().await;
    says(&issues, "error surveys.csv:2 surveys.at `2026-13-01` is not a possible time");
    says(
        &issues,
        "error surveys.csv:3 surveys.score `900` is not a number from 0 to 100; correct it; the row",
    );
}

#[tokio::test]
async fn periods_that_run_backwards_are_told() {
    let workspace = Workspace::new().await;
    let text =
        "subscription_id,account_id,product_id,started_on,ended_on\nS,A,P,2026-02-01,2026-01-01\n";
    let report = workspace.files(&[("subscriptions.csv", text)], "").await;
    says(&report, "subscriptions: 1 read, 1 taken, 3 warnings");
    says(&workspace.issues().await, "subscriptions.ended_on `2026-01-01` is before `started_on`");
}

#[tokio::test]
async fn a_mapping_that_names_what_is_not_there_is_told() {
    let mapping = "[[file]]\nmatch = \"k*.csv\"\n[[file.into]]\nentity = \"accounts\"\n\
                   [file.into.columns]\naccount_id = \"Customer\"\nname = \"name\"\n";
    check_mapped(
        &[("kunden.csv", "customer,name\nA,a\n"), ("notes.csv", "x\n1\n")],
        mapping,
        "kunden.csv: NOT TAKEN: the mapping names the column `Customer`, which kunden.csv lacks; it has \
         customer, name. Did you mean `customer`?\nnotes.csv: NOT TAKEN: no [[file]] of the mapping matches \
         notes.csv; it has k*.csv. Add one (or `skip = \"why\"`), so that every file is accounted for",
    )
    .await;
}

#[tokio::test]
async fn a_join_without_its_file_and_a_snapshot_without_its_day_are_told() {
    let workspace = Workspace::new().await;
    let mapping = |name: &str| {
        format!(
            "[[file]]\nmatch = \"a.csv\"\n[[file.into]]\nentity = \"accounts\"\n[file.into.columns]\n\
             account_id = \"id\"\nname = {name}\n"
        )
    };
    let file = [("a.csv", "id\nA\n")];
    let join = mapping("{ join = \"b.csv\", on = \"id\", take = \"name\" }");
    says(
        &workspace.files(&file, &join).await,
        "NOT TAKEN: the mapping joins `b.csv`, which is neither among",
    );
    let snapshot = mapping("{ snapshot = true }");
    says(&workspace.files(&file, &snapshot).await, "add `snapshot_on = 2026-03-31` to it");
}

#[tokio::test]
async fn a_header_alone_is_no_error_but_told() {
    check(
        &[("accounts.csv", "account_id,name\n")],
        "accounts.csv: 0 rows\n  note: it has a header but no rows\n  accounts: 0 read",
    )
    .await;
}

#[tokio::test]
async fn an_order_of_the_far_future_is_kept_and_told() {
    // The ingest is on 2026-06-30; the next day may be today somewhere.
    let orders = "order_id,account_id,ordered_at,product_id\n1,A,2026-06-30,P\n2,A,2026-07-01,P\n3,A,2099-01-05T12:00:00,P\n";
    let workspace = Workspace::new().await;
    let report = workspace.files(&[("orders.csv", orders)], "").await;
    says(&report, "orders: 3 read, 3 taken");
    let issues = workspace.issues().await;
    says(&issues, "orders.csv:4 orders.ordered_at `2099-01-05` lies in the future");
    assert_eq!(issues.matches("lies in the future").count(), 1, "{issues}");
}
