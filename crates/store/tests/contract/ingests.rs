//! Records of what was ingested.

use store::{Ingested, RowIssue};

use crate::setting::{Place, cut_off, on_both};

on_both!(
    records_and_issues_come_back,
    the_same_file_again_replaces,
    thousands_of_issues_are_kept,
    a_record_that_was_cut_off_can_be_made_again,
);

fn ingested(file: &str, entity: &str) -> Ingested {
    Ingested {
        file: file.into(),
        file_sha256: "aa".into(),
        mapping_sha256: String::new(),
        entity: entity.into(),
        taken: 1,
        replaced: 2,
        unchanged: 3,
        warned: 4,
        refused: 5,
        skipped: 6,
    }
}

fn issue(file: &str, line: i64, severity: &str) -> RowIssue {
    RowIssue {
        file: file.into(),
        line,
        entity: "contacts".into(),
        column: "メール".into(),
        value: "a@".into(),
        reason: "is not an address; write name@host".into(),
        severity: severity.into(),
    }
}

async fn records_and_issues_come_back(place: &Place) {
    let store = place.open().await;
    let (b, a) = (ingested("b.csv", "contacts"), ingested("a.csv", "contacts"));
    let issues =
        [issue("b.csv", 9, "warning"), issue("b.csv", 12, "error"), issue("b.csv", 3, "error")];
    store.record_ingest(&b, &issues).await.expect("a record");
    store.record_ingest(&a, &[issue("a.csv", 20, "error")]).await.expect("a record");
    assert_eq!(store.ingests().await.expect("records"), [a, b]);
    assert_eq!(store.issue_count().await.expect("counts"), (3, 1));
    let expected = [
        issue("a.csv", 20, "error"),
        issue("b.csv", 3, "error"),
        issue("b.csv", 12, "error"),
        issue("b.csv", 9, "warning"),
    ];
    assert_eq!(store.row_issues(100).await.expect("issues"), expected);
    assert_eq!(store.row_issues(2).await.expect("issues"), expected[..2]);
}

async fn the_same_file_again_replaces(place: &Place) {
    let store = place.open().await;
    let first = ingested("a.csv", "contacts");
    let other = ingested("a.csv", "accounts");
    store.record_ingest(&first, &[issue("a.csv", 1, "error")]).await.expect("a record");
    store.record_ingest(&other, &[issue("a.csv", 2, "warning")]).await.expect("a record");
    let second = Ingested { refused: 0, ..first };
    let nul = RowIssue { value: "x\0y".into(), ..issue("a.csv", 7, "error") };
    store.record_ingest(&second, &[nul]).await.expect("a record");
    assert_eq!(store.ingests().await.expect("records"), [other, second]);
    let issues = store.row_issues(9).await.expect("issues");
    assert_eq!(issues.len(), 2);
    assert_eq!((issues[0].line, &*issues[0].value), (7, "x\u{fffd}y"));
    assert_eq!(issues[1].entity, "accounts", "an issue belongs to the record's entity");
}

async fn thousands_of_issues_are_kept(place: &Place) {
    let store = place.open().await;
    let issues: Vec<RowIssue> = (0..3_000).map(|line| issue("a.csv", line, "error")).collect();
    let record = ingested("a.csv", "contacts");
    for _ in 0..2 {
        store.record_ingest(&record, &issues).await.expect("a record");
        assert_eq!(store.issue_count().await.expect("counts"), (3_000, 0));
        assert_eq!(store.row_issues(5_000).await.expect("issues"), issues);
    }
}

/// A record stands only where all its issues do.
async fn a_record_that_was_cut_off_can_be_made_again(place: &Place) {
    let store = place.open().await;
    let issues: Vec<RowIssue> = (0..1_200).map(|line| issue("a.csv", line, "error")).collect();
    let record = ingested("a.csv", "contacts");
    for steps in (0..).step_by(3) {
        let done = cut_off(store.record_ingest(&record, &issues), steps).await;
        if !store.ingests().await.expect("records").is_empty() {
            assert_eq!(store.issue_count().await.expect("counts"), (1_200, 0), "{steps} steps");
        }
        if let Some(done) = done {
            done.expect("a record");
            return;
        }
    }
}
