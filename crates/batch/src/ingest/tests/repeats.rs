//! The same again, corrected, or twice in one file.

use super::*;

const ORDERS: &str = "order_id,account_id,ordered_at,product_id,quantity,amount\n\
                      1,A,2026-03-01,P,2,500\n1,A,2026-03-01,P,1,250\n2,B,2026-03-02,Q,1,100\n";

#[tokio::test]
async fn the_same_rows_change_nothing_and_corrected_ones_replace() {
    let accounts = "account_id,name\nA,Alpha\nB,Beta\n";
    let products = "product_id,kind\nP,item\nQ,item\n";
    let files = [("accounts.csv", accounts), ("products.csv", products), ("orders.csv", ORDERS)];
    let workspace = check(
        &files,
        "accounts.csv: 2 rows\n  accounts: 2 read, 2 taken\nproducts.csv: 2 rows\n  products: 2 read, \
         2 taken\norders.csv: 3 rows\n  orders: 3 read, 3 taken",
    )
    .await;
    assert_eq!(
        workspace.files(&files, "").await,
        "accounts.csv: 2 rows\n  accounts: 2 read, 2 unchanged\nproducts.csv: 2 rows\n  products: 2 read, \
         2 unchanged\norders.csv: 3 rows\n  orders: 3 read, 3 unchanged"
    );
    let corrected = accounts.replace("Beta", "Beta Ltd");
    assert_eq!(
        workspace
            .files(
                &[
                    ("accounts.csv", &corrected),
                    ("orders.csv", &ORDERS.replace("Q,1,100", "Q,1,90"))
                ],
                ""
            )
            .await,
        "accounts.csv: 2 rows\n  accounts: 2 read, 1 replaced, 1 unchanged\norders.csv: 3 rows\n  \
         orders: 3 read, 1 replaced, 2 unchanged"
    );
    assert_eq!(
        workspace.rows("accounts").await,
        "account_id=A name=Alpha\naccount_id=B name=Beta Ltd"
    );
}

#[tokio::test]
async fn the_last_of_a_repeated_key_wins() {
    let files = [("accounts.csv", "account_id,name\nA,first\nB,b\nA,last\n")];
    let skipped = "1 skipped, 1 warnings; 1 skipped: a later row of the file has the same key";
    let workspace =
        check(&files, &format!("accounts.csv: 3 rows\n  accounts: 3 read, 2 taken, {skipped}"))
            .await;
    assert_eq!(workspace.rows("accounts").await, "account_id=A name=last\naccount_id=B name=b");
    says(
        &workspace.issues().await,
        "lines 2 and 4 have the same key; line 4 counts, being the later",
    );
    let again = workspace.files(&files, "").await;
    assert_eq!(again, format!("accounts.csv: 3 rows\n  accounts: 3 read, 2 unchanged, {skipped}"));
}

#[tokio::test]
async fn a_repeated_key_in_the_lake_is_told_too() {
    let events = "event_id,at,name\nE,2026-03-01,first\nE,2026-03-01,last\n";
    let workspace = Workspace::new().await;
    let report = workspace.files(&[("web_events.csv", events)], "").await;
    says(&report, "web_events: 2 read, 1 taken, 1 replaced, 1 warnings");
    says(&workspace.issues().await, "lines 2 and 3 have the same key; line 3 counts");
}

#[tokio::test]
async fn a_circle_of_parents_is_opened() {
    let files = [("accounts.csv", "account_id,parent_id\nA,B\nB,C\nC,A\nD,D\n")];
    let workspace =
        check(&files, "accounts.csv: 4 rows\n  accounts: 4 read, 4 taken, 2 warnings").await;
    assert_eq!(
        workspace.rows("accounts").await,
        "account_id=A name=A parent_id=B\naccount_id=B name=B parent_id=C\naccount_id=C name=C\n\
         account_id=D name=D"
    );
    says(&workspace.issues().await, "accounts.parent_id `A` closes a circle (C -> A -> B -> C)");
    let again = workspace.files(&files, "").await;
    assert_eq!(again, "accounts.csv: 4 rows\n  accounts: 4 read, 4 unchanged, 2 warnings");
    // Turning a tie round is no circle.
    let turned = workspace.files(&[("accounts.csv", "account_id,parent_id\nA,\nB,A\n")], "").await;
    assert_eq!(turned, "accounts.csv: 2 rows\n  accounts: 2 read, 2 replaced");
}

#[tokio::test]
async fn a_changed_export_of_contracts_without_its_day_is_said_loudly() {
    let export = |seats: [i32; 4]| {
        let rows = seats.iter().zip(1..);
        let rows = rows.map(|(seats, n)| format!("S{n},A{n},P,{seats},2026-01-01\n"));
        format!(
            "subscription_id,account_id,product_id,seats,started_on\n{}",
            rows.collect::<String>()
        )
    };
    let workspace = Workspace::new().await;
    let file = "subscriptions.csv";
    let said = workspace.files(&[(file, &export([10, 20, 30, 40]))], "").await;
    assert!(!said.contains("ATTENTION"), "{said}");
    let said = workspace.files(&[(file, &export([10, 20, 35, 45]))], "").await;
    assert!(!said.contains("ATTENTION"), "two may be corrections: {said}");
    let said = workspace.files(&[(file, &export([11, 22, 33, 45]))], "").await;
    says(&said, "note: ATTENTION: 3 of 4 contracts have changed since they were ingested");
    says(&said, "nobishiro ingest --snapshot-on YYYY-MM-DD subscriptions.csv");
    // With its day each change is a version of its own.
    let folder = workspace.dir.path().join("in");
    std::fs::write(folder.join(file), export([12, 23, 34, 46])).expect("written");
    let report = workspace.take(vec![folder], "", "2026-03-31").await.expect("taken");
    assert!(!report.to_string().contains("ATTENTION"), "{report}");
    says(&report.to_string(), "4 read, 4 taken");
}
