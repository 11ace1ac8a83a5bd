//! Work that is asked for, taken, and broken off; and the files that people bring (S18).

use store::{
    Ingested, JOB_SILENCE_US, JobRow, JobState, NewJob, ReadUnder, RowIssue, Store, UploadFile,
    UploadRow,
};

use crate::setting::{Place, on_both};

on_both!(
    the_same_button_pressed_twice_is_one_job,
    two_workers_never_take_one_job,
    a_silent_worker_has_broken_off_and_writes_nothing_more,
    a_dead_worker_is_seen_at_once,
    a_job_that_is_given_back_waits_again,
    an_end_is_kept_with_what_came_of_it,
    uploads_are_numbered_and_read_with_their_files,
    mended_rows_leave_the_record,
);

fn new<'a>(kind: &'a str, about: &'a str, once: &'a str) -> NewJob<'a> {
    NewJob { kind, about, argument: "{}", once, by_login: Some("sato"), asked_us: 1_000 }
}

async fn take(store: &Store, worker: &str, now_us: i64) -> Option<JobRow> {
    store.take_job(worker, now_us, |_| false).await.expect("asked")
}

async fn the_same_button_pressed_twice_is_one_job(place: &Place) {
    let store = place.open().await;
    let first = store.ask_job(&new("take", "upload 1", "a")).await.expect("asked");
    assert_eq!(first, (1, true));
    assert_eq!(store.ask_job(&new("take", "upload 1", "a")).await.expect("asked"), (1, false));
    let meanwhile = store.ask_job(&new("take", "upload 1", "b")).await.expect("asked");
    assert_eq!(meanwhile, (1, false), "the same work is under way");
    assert_eq!(store.ask_job(&new("take", "upload 2", "c")).await.expect("asked"), (2, true));
    let job = take(&store, "1@here", 2_000).await.expect("it waits");
    assert!(store.end_job(&job, (JobState::Done, "{}"), 3_000).await.expect("ended"));
    assert_eq!(
        store.ask_job(&new("take", "upload 1", "a")).await.expect("asked"),
        (1, false),
        "an old page that is sent again does nothing twice"
    );
    assert_eq!(store.ask_job(&new("take", "upload 1", "d")).await.expect("asked"), (3, true));
    let about: Vec<i64> =
        store.jobs_about("upload 1").await.expect("read").iter().map(|job| job.job_no).collect();
    assert_eq!(about, [1, 3]);
}

async fn two_workers_never_take_one_job(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    for about in ["1", "2", "3"] {
        one.ask_job(&new("look", about, about)).await.expect("asked");
    }
    let (a, b) = tokio::join!(take(&one, "1@here", 2_000), take(&two, "2@here", 2_000));
    let taken: Vec<JobRow> = a.into_iter().chain(b).collect();
    assert_eq!(taken.len(), 1, "one job at a time: {taken:?}");
    assert_eq!((taken[0].job_no, taken[0].token), (1, 1));
    assert_eq!(take(&two, "2@here", 2_001).await, None);
    assert!(one.end_job(&taken[0], (JobState::Done, "{}"), 3_000).await.expect("ended"));
    assert_eq!(take(&two, "2@here", 3_001).await.expect("the next").job_no, 2);
}

async fn a_silent_worker_has_broken_off_and_writes_nothing_more(place: &Place) {
    let store = place.open().await;
    store.ask_job(&new("take", "1", "a")).await.expect("asked");
    let job = take(&store, "1@here", 2_000).await.expect("it waits");
    assert!(store.beat_job(&job, 5_000, "{\"rows\":1}").await.expect("it beats"));
    let late = 5_000 + JOB_SILENCE_US;
    assert!(!store.job(1).await.expect("read").expect("a job").is_silent(late));
    assert!(store.job(1).await.expect("read").expect("a job").is_silent(late + 1));
    assert_eq!(take(&store, "2@here", late).await, None);
    assert_eq!(take(&store, "2@here", late + 1).await, None, "broken off is not begun again");
    let broken = store.job(1).await.expect("read").expect("a job");
    assert_eq!(broken.state, JobState::Broken);
    assert!(!store.beat_job(&job, late + 2, "{}").await.expect("asked"));
    assert!(!store.end_job(&job, (JobState::Done, "{}"), late + 2).await.expect("asked"));
    let again = NewJob { asked_us: late + 3, ..new("take", "1", "again 1") };
    assert_eq!(store.ask_job(&again).await.expect("asked"), (2, true));
    assert_eq!(take(&store, "2@here", late + 4).await.expect("it waits").job_no, 2);
}

async fn a_dead_worker_is_seen_at_once(place: &Place) {
    let store = place.open().await;
    store.ask_job(&new("run", "", "a")).await.expect("asked");
    take(&store, "1@here", 2_000).await.expect("it waits");
    let next = store.take_job("2@here", 2_001, |worker| worker == "1@here").await.expect("asked");
    assert_eq!(next, None);
    assert_eq!(store.job(1).await.expect("read").expect("a job").state, JobState::Broken);
    assert_eq!(store.ask_job(&new("run", "", "b")).await.expect("asked"), (2, true));
}

async fn a_job_that_is_given_back_waits_again(place: &Place) {
    let store = place.open().await;
    store.ask_job(&new("run", "", "a")).await.expect("asked");
    let job = take(&store, "1@here", 2_000).await.expect("it waits");
    assert!(store.give_job_back(&job).await.expect("given back"));
    let again = take(&store, "2@here", 2_001).await.expect("it waits again");
    assert_eq!((again.job_no, again.token, again.begun_us), (1, 2, Some(2_001)));
    assert!(!store.end_job(&job, (JobState::Done, "{}"), 3_000).await.expect("asked"));
}

async fn an_end_is_kept_with_what_came_of_it(place: &Place) {
    let store = place.open().await;
    store.ask_job(&new("run", "", "a")).await.expect("asked");
    let job = take(&store, "1@here", 2_000).await.expect("it waits");
    assert_eq!(store.open_jobs().await.expect("read").len(), 1);
    store.beat_job(&job, 2_500, "{\"stages\":[]}").await.expect("it beats");
    store.end_job(&job, (JobState::Failed, "{\"error\":\"x\"}"), 3_000).await.expect("ended");
    let ended = store.latest_job("run").await.expect("read").expect("a job");
    assert_eq!(ended.state, JobState::Failed);
    assert_eq!((ended.ended_us, ended.by_login.as_deref()), (Some(3_000), Some("sato")));
    assert_eq!(ended.progress.as_deref(), Some("{\"stages\":[]}"));
    assert_eq!(ended.result.as_deref(), Some("{\"error\":\"x\"}"));
    assert_eq!(store.open_jobs().await.expect("read"), []);
    assert_eq!(store.latest_job("look").await.expect("read"), None);
}

async fn uploads_are_numbered_and_read_with_their_files(place: &Place) {
    let store = place.open().await;
    let file = |file_no, name: &str, refused: Option<&str>| UploadFile {
        file_no,
        name: name.to_owned(),
        ending: "csv".to_owned(),
        bytes: 12,
        refused: refused.map(str::to_owned),
    };
    let upload = UploadRow {
        upload_no: 0,
        folder: "0a".to_owned(),
        at_us: 1_000,
        by_login: None,
        files: vec![file(0, "<b>受注\0</b>.csv", None), file(1, "x.png", Some("picture"))],
    };
    assert_eq!(store.add_upload(&upload).await.expect("noted"), 1);
    let other = UploadRow { folder: "0b".to_owned(), files: Vec::new(), ..upload.clone() };
    assert_eq!(store.add_upload(&other).await.expect("noted"), 2);
    let found = store.upload(1).await.expect("read").expect("an upload");
    assert_eq!((found.upload_no, found.files.len()), (1, 2));
    assert_eq!(found.files[0].name, "<b>受注\u{fffd}</b>.csv");
    assert_eq!(found.files[1].refused.as_deref(), Some("picture"));
    let all: Vec<i64> =
        store.uploads().await.expect("read").iter().map(|upload| upload.upload_no).collect();
    assert_eq!(all, [2, 1]);
    let latest = store.latest_uploads(1).await.expect("read");
    assert_eq!(latest.iter().map(|upload| upload.upload_no).collect::<Vec<_>>(), [2]);
    assert_eq!(store.upload(3).await.expect("read"), None);
}

async fn mended_rows_leave_the_record(place: &Place) {
    let store = place.open().await;
    let of = |file: &str| Ingested {
        file: file.to_owned(),
        entity: "orders".to_owned(),
        taken: 5,
        refused: 2,
        ..Ingested::default()
    };
    let issue = |line, severity: &str| RowIssue {
        file: "upload-1/o.csv".to_owned(),
        line,
        entity: "orders".to_owned(),
        column: "ordered_at".to_owned(),
        value: "?".to_owned(),
        reason: "is no date".to_owned(),
        severity: severity.to_owned(),
    };
    let issues = [issue(2, "error"), issue(3, "error"), issue(3, "warning")];
    store.record_ingest(&of("upload-1/o.csv"), &issues).await.expect("recorded");
    store.record_ingest(&of("upload-10/o.csv"), &[issue(9, "error")]).await.expect("recorded");
    let read = ReadUnder {
        file: "upload-1/o.csv".to_owned(),
        currency: "JPY".to_owned(),
        zone: "Asia/Tokyo".to_owned(),
        taken_on: "2026-03-12".to_owned(),
    };
    store.record_settings(&[read]).await.expect("recorded");
    let lines = async |severity: &str| -> Vec<i64> {
        let found = store.issues_of("upload-1/", severity, 9).await.expect("read");
        found.iter().map(|issue| issue.line).collect()
    };
    assert_eq!((lines("error").await, lines("warning").await), (vec![2, 3], vec![3]));
    store.mended(("upload-1/o.csv", "orders"), &[3]).await.expect("noted");
    assert_eq!((lines("error").await, lines("warning").await), (vec![2], vec![3]));
    let records = store.ingests().await.expect("read");
    assert_eq!((records[0].taken, records[0].refused), (6, 1));
    assert_eq!((records[1].taken, records[1].refused), (5, 2), "another file's stay");
    let arrived = store.arrived().await.expect("read");
    let latest = arrived.iter().map(|it| (it.entity.as_str(), it.files, it.latest_on.as_deref()));
    assert_eq!(latest.collect::<Vec<_>>(), [("orders", 2, Some("2026-03-12"))]);
}
