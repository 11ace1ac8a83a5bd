//! The three real layouts, each whole: every row is accounted for, and a second ingest changes nothing.

use super::*;

/// Ingests a layout twice; the sums by table are those expected, then all unchanged.
async fn check(
    layout: &str,
    zone: &'static str,
    expected: &[(&str, [u64; 5])],
) -> Option<Workspace> {
    let folder = data(layout)?;
    let mut workspace = Workspace::new().await;
    (workspace.currency, workspace.zone) = (Currency::USD, zone);
    let mapping = example(layout);
    for second in [false, true] {
        let report = workspace.take(vec![folder.clone()], &mapping, "").await.expect("an ingest");
        assert_eq!(report.failed().count(), 0, "{report}");
        for (table, [read, taken, refused, skipped, warned]) in expected {
            let total = report.total(table);
            let counts = [total.rows_read, total.taken, total.refused, total.skipped, total.warned];
            let unchanged = if second { read - refused - skipped } else { total.unchanged };
            let now = if second { 0 } else { *taken };
            assert_eq!(counts, [*read, now, *refused, *skipped, *warned], "{table}\n{report}");
            assert_eq!(total.unchanged, unchanged, "{table}\n{report}");
            assert_eq!(total.replaced, 0, "{table}\n{report}");
        }
    }
    Some(workspace)
}

#[tokio::test(flavor = "multi_thread")]
async fn crm_maven() {
    let expected = [
        ("accounts", [85, 85, 0, 0, 0]),
        ("products", [7, 7, 0, 0, 0]),
        ("reps", [35, 35, 0, 0, 0]),
        ("proposals", [8_800, 7_375, 1_425, 0, 0]),
        ("orders", [8_800, 4_238, 0, 4_562, 0]),
    ];
    let Some(workspace) = check("crm_maven", "America/New_York", &expected).await else { return };
    let accounts = workspace.rows("accounts").await;
    says(
        &accounts,
        "account_id=Bluth Company name=Bluth Company kind=company parent_id=Acme Corporation \
         industry=technology employees=3027 country=United States \
         attributes={\"revenue\":1242.32,\"year_established\":1993}",
    );
    assert_eq!(accounts.matches("parent_id=").count(), 15);
    says(
        &workspace.rows("products").await,
        "product_id=GTX Pro name=GTX Pro kind=item line=GTX tier=3 price=482100",
    );
    let proposals = workspace.rows("proposals").await;
    assert_eq!(proposals.matches("outcome=open").count(), 1_589 + 500 - 1_088 - 337);
    assert_eq!(proposals.matches("GTXPro").count(), 0);
    assert_eq!(proposals.matches("approached").count(), 0);
    says(&workspace.issues().await, "every row needs `account_id`: fill it in the file");
}

#[tokio::test(flavor = "multi_thread")]
async fn telco_ibm() {
    let expected = [
        ("accounts", [7_043, 7_043, 0, 0, 0]),
        ("products", [13, 13, 0, 0, 0]),
        ("subscriptions", [77_473, 36_435, 0, 41_038, 0]),
    ];
    let Some(workspace) = check("telco_ibm", "America/Los_Angeles", &expected).await else {
        return;
    };
    let accounts = workspace.rows("accounts").await;
    for leak in ["Churn", "CLTV", "Satisfaction", "Status"] {
        assert!(!accounts.contains(leak), "{leak}");
    }
    says(&accounts, "\"last_offer_accepted\":\"Offer B\"");
    let subscriptions = workspace.rows("subscriptions").await;
    let main = subscriptions.lines().filter(|line| line.contains(" mrr=")).count();
    assert_eq!(main, 7_043);
    let gone =
        subscriptions.lines().filter(|l| l.contains(" mrr=") && l.contains("ended_on=2019-09-30"));
    assert_eq!(gone.clone().count(), 1_869);
    assert_eq!(gone.filter(|line| line.contains("churn_reason=")).count(), 1_869);
    let renewing = |line: &&str| line.contains(" mrr=") && line.contains("renews_on=");
    assert!(subscriptions.lines().filter(renewing).all(|line| !line.contains("term_months=1 ")));
}

#[tokio::test(flavor = "multi_thread")]
async fn completejourney() {
    let expected = [
        ("accounts", [801 + 1_469_307, 2_469, 0, 1_466_838, 0]),
        ("products", [92_331, 92_331, 0, 0, 0]),
        ("offers", [27, 27, 0, 0, 27]),
        ("proposals", [6_589, 6_589, 0, 0, 0]),
        ("web_events", [2_102, 2_102, 0, 0, 0]),
        ("orders", [1_469_307, 1_469_307, 0, 0, 4_836]),
    ];
    let Some(workspace) = check("completejourney", "America/New_York", &expected).await else {
        return;
    };
    let proposals = workspace.rows("proposals").await;
    assert_eq!(proposals.matches("outcome=won").count(), 792);
    let placeholders = workspace.store.placeholder_ids(entity("products").expect("a table")).await;
    assert_eq!(placeholders.expect("the store can be read").len(), 17);
}
