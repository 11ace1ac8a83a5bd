//! What a manager does by day reaches the next night (N1, S54, S93): an absence takes hours, a play that was given to
//! another rep stays with that rep, and a deal that the CRM closed ends its play.

use domain::canonical;
use domain::time::{Day, Zone};
use store::{Act, Answer, Assignment, By, LeaveRow, Open, Outcome, PlayRow, Stage, Store, Value};

use super::serve::Server;
use super::support::{Database, Workspace, nobishiro};

const MONDAY: &str = "2026-03-09";
const TUESDAY: &str = "2026-03-10";

fn by() -> By {
    By { rep_id: None, at_us: 1, on_day: MONDAY.to_owned() }
}

async fn plays(store: &Store) -> Vec<PlayRow> {
    let run = store.current_run().await.expect("read").expect("a run");
    store.plays(&run.run_id).await.expect("plays")
}

/// Gives an open play to another rep, keeps that rep's colleague away, accepts a play and closes its deal; returns
/// the given play with its new rep, who is away, and the play that ends.
async fn by_day(store: &Store) -> ((String, String), String, String) {
    let plays = plays(store).await;
    let reps: Vec<String> =
        store.rep_names().await.expect("reps").into_iter().map(|rep| rep.rep_id).collect();
    let pools = store.current_run().await.expect("read").expect("a run").run_id;
    let pools = store.pool_weeks(&pools).await.expect("hours");
    assert!(pools.iter().any(|pool| pool.used > 0.0), "the night leaves its hours");
    let staffed = |rep: &&String| pools.iter().any(|pool| pool.pool == **rep && pool.hours > 0.0);
    let given = plays
        .iter()
        .find(|play| play.owner.is_some() && play.effort_hours > 0.0 && play.motion != "advance")
        .expect("an owned play");
    let free = |rep: &str| -> f64 {
        pools.iter().filter(|pool| pool.pool == rep).map(|pool| pool.hours - pool.used).sum()
    };
    let mut others: Vec<&String> =
        reps.iter().filter(staffed).filter(|rep| given.owner.as_ref() != Some(rep)).collect();
    others.sort_by(|a, b| free(b).total_cmp(&free(a)));
    let (to, away) = (others[0].clone(), others[others.len() - 1].clone());
    let assignment = Assignment { to: to.clone(), plays: vec![(given.clone(), 0)], by: by() };
    let moved = store.assign(&assignment).await.expect("given").moved;
    assert_eq!(moved, std::slice::from_ref(&given.play_id));
    let leave = LeaveRow {
        rep_id: away.clone(),
        from_on: MONDAY.to_owned(),
        until_on: "2027-03-31".to_owned(),
        entered_on: MONDAY.to_owned(),
        ..LeaveRow::default()
    };
    assert!(store.enter_leave(&leave).await.expect("entered"));
    let worked = plays
        .iter()
        .find(|play| play.play_id != given.play_id && play.effort_hours > 0.0)
        .expect("another play");
    let accept = Answer {
        play: worked.clone(),
        act: Act::Accept { steps: Vec::new() },
        expected: 0,
        by: by(),
    };
    store.answer(&accept).await.expect("accepted");
    close_deal(store, worked).await;
    ((given.play_id.clone(), to), away, worked.play_id.clone())
}

/// The play's deal as the CRM gives it once it is won.
async fn close_deal(store: &Store, play: &PlayRow) {
    let zone = Zone::named("Asia/Tokyo").expect("a zone");
    let at = |day: &str| zone.instant(Day::parse_iso(day).expect("a day"), 36_000, 0).0;
    let account = store.account_names(&[play.account_key]).await.expect("names");
    let proposals = canonical::entity("proposals").expect("canonical");
    let row = Store::columns(proposals)
        .into_iter()
        .map(|column| match column {
            "proposal_id" => Value::from("CRM-1"),
            "account_id" => (&account[0].account_id).into(),
            "opened_at" => at("2026-03-02").into(),
            "closed_at" => at(MONDAY).into(),
            "outcome" => "won".into(),
            "amount" => 360_000_i64.into(),
            "play_id" => (&play.play_id).into(),
            _ => Value::Null,
        })
        .collect();
    store.upsert(proposals, &[row]).await.expect("a deal");
}

async fn next_day(store: &Store, given: (&str, &str), away: &str, ended: &str) {
    let run = store.current_run().await.expect("read").expect("a run");
    let plays = plays(store).await;
    if let Some(play) = plays.iter().find(|play| play.play_id == given.0) {
        assert_eq!(play.owner.as_deref(), Some(given.1), "what was given stays given");
    }
    let pools = store.pool_weeks(&run.run_id).await.expect("hours");
    let hours: f64 = pools.iter().filter(|it| it.pool == away).map(|it| it.hours).sum();
    assert!(hours.abs() < 1e-9, "{away} is away and has {hours} hours");
    let state = store.play_state(ended).await.expect("read").expect("a state");
    assert_eq!((state.state, state.outcome), (Stage::Done, Some(Outcome::Won)));
    assert_eq!((state.amount_minor, &*state.state_on), (Some(360_000), MONDAY));
    assert!(!plays.iter().any(|play| play.play_id == ended), "it is over");
    let left = store.left_out(&run.run_id, None).await.expect("left out");
    let counts = store.fate_counts(&run.run_id).await.expect("counts");
    for count in counts.iter().filter(|count| count.fate != "chosen") {
        let listed = left
            .iter()
            .filter(|row| (&row.fate, &row.reason_code) == (&count.fate, &count.reason_code));
        assert_eq!(i64::try_from(listed.count()), Ok(count.candidates.min(100)), "{count:?}");
    }
}

#[test]
fn s54_s93_n1_what_a_manager_does_reaches_the_next_night() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = folder.path().join("files");
    nobishiro(&["simulate", &files.display().to_string(), "--companies", "24"]).ok();
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    workspace.ingest(None, &[&files]).ok();
    workspace.run(&["run", "--as-of", MONDAY]).ok();
    let url = Store::sqlite_url(&workspace.dir().join("store.sqlite"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let store = runtime.block_on(Store::open(&url, Open::ReadWrite)).expect("a store");
    let ((play, to), away, ended) = runtime.block_on(by_day(&store));
    workspace.run(&["run", "--as-of", TUESDAY]).ok();
    runtime.block_on(next_day(&store, (&play, &to), &away, &ended));
    // The same day again finds the same: what the deal ended was ended before.
    let before = runtime.block_on(store.current_run()).expect("read").expect("a run").run_id;
    workspace.run(&["run", "--as-of", TUESDAY]).ok();
    let again = runtime.block_on(store.current_run()).expect("read").expect("a run").run_id;
    assert_eq!(before, again);
    let server = Server::start(&workspace);
    for (path, words) in [
        ("/w/ws/night", "計画の結果"),
        ("/w/ws/night/absences", "画面で登録"),
        ("/w/ws/night/reassign", "今の担当"),
        ("/w/ws/pipeline", "パイプライン"),
    ] {
        let (status, page) = server.get(path, "ja");
        assert_eq!(status, 200, "{path}");
        assert!(page.contains(words), "{path}: {page}");
    }
}
