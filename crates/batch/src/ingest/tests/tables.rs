//! Canonical files: defaults, attributes, references, versions, currencies.

use super::*;

#[tokio::test]
async fn accounts_keep_unknown_columns_as_attributes() {
    let workspace = check(
        &[("accounts.csv", "account_id,kind,Plan,seats\nA,company,pro,12\n B ,,,\n")],
        "accounts.csv: 2 rows\n  accounts: 2 read, 2 taken",
    )
    .await;
    assert_eq!(
        workspace.rows("accounts").await,
        "account_id=A name=A kind=company attributes={\"Plan\":\"pro\",\"seats\":12}\naccount_id=B name=B"
    );
}

#[tokio::test]
async fn other_tables_say_what_they_leave_out() {
    check(
        &[("products.csv", "product_id,kind,colour,linee\nP,item,red,x\n")],
        "products.csv: 1 rows\n  note: columns that products do not have are left out: colour, linee.\n  \
         products: 1 read, 1 taken",
    )
    .await;
}

#[tokio::test]
async fn files_come_in_the_order_of_references() {
    let workspace = check(
        &[
            ("contacts.csv", "contact_id,account_id,name\nC,A,Sato\n"),
            ("accounts.csv", "account_id,owner\nA,R\n"),
            ("reps.csv", "rep_id,name,role\nR,Ito,am\n"),
        ],
        "reps.csv: 1 rows\n  reps: 1 read, 1 taken\naccounts.csv: 1 rows\n  accounts: 1 read, 1 taken\n\
         contacts.csv: 1 rows\n  contacts: 1 read, 1 taken",
    )
    .await;
    assert_eq!(workspace.rows("reps").await, "rep_id=R name=Ito role=AM");
    assert_eq!(workspace.issues().await, "");
}

#[tokio::test]
async fn unknown_references_get_placeholders_and_one_warning_an_id() {
    let contacts = "contact_id,account_id,name\nC,A,Sato\nD,A,Kato\nE,B,Goto\n";
    let report = "contacts.csv: 3 rows\n  contacts: 3 read, 3 taken, 3 warnings";
    let workspace = check(&[("contacts.csv", contacts)], report).await;
    assert_eq!(workspace.rows("accounts").await, "account_id=A\naccount_id=B");
    assert_eq!(
        workspace.issues().await,
        "warning contacts.csv:2 contacts.account_id `A` is not among the accounts; the 2 rows with it are \
         taken and a placeholder stands for it: add it to the accounts, or correct the id\n\
         warning contacts.csv:4 contacts.account_id `B` is not among the accounts; the row is taken and a \
         placeholder stands for it: add it to the accounts, or correct the id"
    );
    // The warning stays as long as the account does not come.
    let again = workspace.files(&[("contacts.csv", contacts)], "").await;
    assert_eq!(again, "contacts.csv: 3 rows\n  contacts: 3 read, 3 unchanged, 3 warnings");
    let accounts = workspace.files(&[("accounts.csv", "account_id\nA\n")], "").await;
    assert_eq!(accounts, "accounts.csv: 1 rows\n  accounts: 1 read, 1 taken");
    let better = workspace.files(&[("contacts.csv", contacts)], "").await;
    assert_eq!(better, "contacts.csv: 3 rows\n  contacts: 3 read, 3 unchanged, 1 warnings");
}

#[tokio::test]
async fn defaults_are_filled() {
    let workspace = check(
        &[(
            "subscriptions.csv",
            "subscription_id,account_id,product_id,started_on,mrr\nS,A,P,2026-01-31,84000\n",
        )],
        "subscriptions.csv: 1 rows\n  subscriptions: 1 read, 1 taken, 2 warnings",
    )
    .await;
    assert_eq!(
        workspace.rows("subscriptions").await,
        "subscription_id=S account_id=A product_id=P effective_on=2026-01-31 mrr=84000 currency=JPY \
         started_on=2026-01-31"
    );
}

#[tokio::test]
async fn instants_are_of_the_zone_and_outcomes_follow_the_dates() {
    let workspace = Workspace::new().await;
    let text = "proposal_id,account_id,opened_at,closed_at,outcome,approached\n\
                1,A,2026-03-12,,,true\n2,A,2026-03-12T09:00:00+09:00,2026-04-01,Won,0\n\
                3,A,2026-03-12 00:00:00,2026-04-01,,\n";
    workspace.files(&[("accounts.csv", "account_id\nA\n"), ("proposals.csv", text)], "").await;
    assert_eq!(
        workspace.rows("proposals").await,
        "proposal_id=1 account_id=A opened_at=1773241200000000 outcome=open currency=JPY approached=1\n\
         proposal_id=2 account_id=A opened_at=1773273600000000 closed_at=1774969200000000 outcome=won \
         currency=JPY approached=0\n\
         proposal_id=3 account_id=A opened_at=1773241200000000 closed_at=1774969200000000 currency=JPY"
    );
}

#[tokio::test]
async fn months_are_kept_by_their_first_day() {
    let workspace = Workspace::new().await;
    let text = "account_id,month,product_id,mrr\nA,2026-03,P,5\nA,2026-04-30,P,6\n";
    workspace.files(&[("mrr_snapshots.csv", text)], "").await;
    assert_eq!(
        workspace.rows("mrr_snapshots").await,
        "account_id=A month=2026-03-01 product_id=P mrr=5\naccount_id=A month=2026-04-01 product_id=P mrr=6"
    );
}

#[tokio::test]
async fn amounts_in_another_currency_need_a_rate() {
    let products = "product_id,kind,price,currency\nP,item,12.50,usd\nQ,item,100,\n";
    let workspace = check(
        &[("products.csv", products)],
        "products.csv: 2 rows\n  products: 2 read, 2 taken, 1 warnings",
    )
    .await;
    assert_eq!(
        workspace.rows("products").await,
        "product_id=P name=P kind=item price=1250 currency=USD\nproduct_id=Q name=Q kind=item price=100 \
         currency=JPY"
    );
    says(
        &workspace.issues().await,
        "`USD` has no rate to JPY; the row is taken but left out of sums",
    );
    let rates = "currency,on,rate\nUSD,2026-01-01,150\n";
    let both = workspace.files(&[("products.csv", products), ("rates.csv", rates)], "").await;
    assert_eq!(
        both,
        "products.csv: 2 rows\n  products: 2 read, 2 unchanged\nrates.csv: 1 rows\n  rates: 1 read, 1 taken"
    );
}

#[tokio::test]
async fn a_changed_export_of_a_snapshot_day_is_a_new_version() {
    let workspace = Workspace::new().await;
    let export = async |mrr: &str, snapshot: &str| {
        let path = workspace.dir.path().join("subscriptions.csv");
        let text = format!(
            "subscription_id,account_id,product_id,started_on,mrr\nS,A,P,2026-01-31,{mrr}\n"
        );
        std::fs::write(&path, text).expect("a file can be written");
        let report = workspace.take(vec![path], "", snapshot).await.expect("an ingest");
        let total = report.total("subscriptions");
        (total.taken, total.replaced, total.unchanged)
    };
    assert_eq!(export("5", "2026-02-28").await, (1, 0, 0));
    assert_eq!(export("5", "2026-03-31").await, (0, 0, 1));
    assert_eq!(export("7", "2026-04-30").await, (1, 0, 0));
    assert_eq!(export("7", "2026-04-30").await, (0, 0, 1));
    assert_eq!(export("8", "2026-04-30").await, (0, 1, 0));
    let rows = workspace.rows("subscriptions").await;
    says(&rows, "effective_on=2026-01-31 mrr=5");
    says(&rows, "effective_on=2026-04-30 mrr=8");
    assert_eq!(rows.lines().count(), 2);
}
