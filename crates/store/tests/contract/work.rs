//! A play's life by day: answers, undo, own plays, the ledger, and what runs changed.

use store::{
    Act, Answer, Answers, By, ChangeKind, EventKind, Origin, Outcome, OwnPlay, PlayChange,
    PlayFilter, PlayRow, PlayState, PlayStateFilter, RunRow, Stage, Step, Store, StoreError,
    TouchKind, Undo,
};

use crate::plays::play;
use crate::setting::{Place, cut_off, on_both};

on_both!(
    an_accepted_play_is_kept_as_it_was_shown,
    a_whole_life_is_told_in_order,
    an_undo_restores_the_bytes_of_states_and_ledger,
    of_two_answers_to_one_version_one_wins,
    what_cannot_be_done_is_said,
    own_plays_are_accepted_work,
    answered_plays_are_found_by_filter,
    answered_plays_leave_the_open_list,
    touches_are_found_by_day_and_account,
    the_hash_names_the_answers_but_not_the_hour,
    an_answer_is_whole_or_nothing,
    changes_come_back_and_go_with_their_attempt,
    the_baseline_is_the_day_before_however_often_a_day_is_run,
);

fn by(day: &str) -> By {
    By { rep_id: Some("R1".into()), at_us: 1, on_day: day.into() }
}

fn shown(rank: i64) -> PlayRow {
    PlayRow {
        contact_key: Some(4),
        product_id: Some("PRO".into()),
        offer_id: "plan_up:PRO".into(),
        owner: Some("R1".into()),
        week: "2026-03-09".into(),
        effort_hours: 3.0,
        channel: "visit".into(),
        card: "{\"名前\":[1,2]}".into(),
        probability: 1.0 / 3.0,
        ..play("r1", rank)
    }
}

fn steps() -> Vec<Step> {
    let step = |place, hours: f64| Step {
        place,
        title_ja: format!("手順{place}"),
        title_en: format!("step {place}"),
        hours,
        due_week: "2026-03-16".into(),
        done_on: None,
    };
    vec![step(1, 0.5), step(2, 2.5)]
}

fn accept() -> Act {
    Act::Accept { steps: steps() }
}

fn hold(until: &str) -> Act {
    Act::Hold { until: until.into(), reason_code: "timing".into(), note: "後で".into() }
}

fn lost() -> Act {
    Act::Done { outcome: Outcome::Lost, amount_minor: None, note: String::new() }
}

async fn answer(
    store: &Store,
    rank: i64,
    act: Act,
    expected: i64,
) -> Result<PlayState, StoreError> {
    let by = by(&format!("2026-03-{:02}", 12 + expected));
    store.answer(&Answer { play: shown(rank), act, expected, by }).await
}

async fn undo(store: &Store, rank: i64, expected: i64) -> Result<PlayState, StoreError> {
    let play_id = format!("play {rank}");
    store.undo(&Undo { play_id, expected, by: by("2026-03-30") }).await
}

async fn answers(store: &Store) -> Answers {
    store.open_answers().await.expect("answers")
}

async fn an_accepted_play_is_kept_as_it_was_shown(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.play_state("play 1").await.expect("none"), None);
    let written = answer(&store, 1, accept(), 0).await.expect("accepted");
    let state = store.play_state("play 1").await.expect("a state").expect("a state");
    assert_eq!(written, state);
    assert_eq!((state.state, state.origin, state.events), (Stage::Accepted, Origin::Run, 1));
    assert_eq!((&*state.state_on, &*state.week), ("2026-03-12", "2026-03-09"));
    assert!((state.hours_left - 3.0).abs() < 1e-9);
    assert_eq!(state.play(), PlayRow { run_id: String::new(), ..shown(1) });
    assert_eq!(store.play_steps("play 1").await.expect("steps"), steps());
    assert_eq!(store.states_of(&["play 1".into(), "x".into()]).await.expect("one"), [state]);
    // Another night sees it otherwise: what was accepted stays.
    let other = PlayRow { effort_hours: 9.0, week: "2026-04-06".into(), ..shown(1) };
    let act = Act::StepDone { place: 1 };
    let state = store.answer(&Answer { play: other, act, expected: 1, by: by("2026-03-20") }).await;
    let state = state.expect("a step");
    assert_eq!(state.week, "2026-03-09");
    assert!((state.hours_left - 2.5).abs() < 1e-9);
    let done: Vec<_> = store.play_steps("play 1").await.expect("steps");
    assert_eq!(done[0].done_on.as_deref(), Some("2026-03-20"));
}

async fn a_whole_life_is_told_in_order(place: &Place) {
    let store = place.open().await;
    answer(&store, 1, hold("2026-04-01"), 0).await.expect("held");
    answer(&store, 1, Act::Note { note: "電話あり".into() }, 1).await.expect("noted");
    answer(&store, 1, accept(), 2).await.expect("accepted");
    let won = Act::Done { outcome: Outcome::Won, amount_minor: Some(84_000), note: "ok".into() };
    let state = answer(&store, 1, won.clone(), 3).await.expect("done");
    assert_eq!((state.outcome, state.amount_minor), (Some(Outcome::Won), Some(84_000)));
    assert_eq!((state.hold_until, state.reason_code), (None, None));
    assert!(state.hours_left.abs() < 1e-9);
    let events = store.play_events("play 1").await.expect("events");
    let told: Vec<_> = events.iter().map(|event| (event.seq, event.kind.code())).collect();
    assert_eq!(told, [(1, "hold"), (2, "note"), (3, "accept"), (4, "done")]);
    assert_eq!(events[3].detail.act, Some(won));
    assert_eq!(events[0].by_rep.as_deref(), Some("R1"));
    let kinds: Vec<_> = answers(&store).await.touches.iter().map(|it| (it.seq, it.kind)).collect();
    assert_eq!(kinds, [(3, TouchKind::Contact), (4, TouchKind::Win)]);
}

async fn an_undo_restores_the_bytes_of_states_and_ledger(place: &Place) {
    let store = place.open().await;
    let acts = [hold("2026-04-01"), accept(), Act::StepDone { place: 2 }, lost()];
    let mut before: Vec<Answers> = Vec::new();
    for (expected, act) in (0..).zip(acts) {
        before.push(answers(&store).await);
        answer(&store, 1, act, expected).await.expect("an answer");
    }
    // Back from the last to the first; each undo is an event more.
    for (n, expected) in (4..).zip(before.iter().rev()) {
        undo(&store, 1, n).await.expect("undone");
        let now = answers(&store).await;
        assert_eq!(now.touches, expected.touches);
        if expected.states.is_empty() {
            assert_eq!(now.states[0].state, Stage::Open);
            assert_eq!(now.steps, []);
            continue;
        }
        let mut state = now.states[0].clone();
        assert_eq!(state.events, n + 1);
        state.events = expected.states[0].events;
        assert_eq!(state, expected.states[0]);
        assert_eq!(now.steps, expected.steps);
    }
    let none = undo(&store, 1, 8).await.expect_err("all is undone");
    assert!(matches!(none, StoreError::NothingToUndo { .. }), "{none}");
    let events = store.play_events("play 1").await.expect("events");
    assert_eq!(events.len(), 8);
    assert!(events[4..].iter().all(|event| event.kind == EventKind::Undo));
    // A newer night's play takes the place of one that is open again, and an undo brings the old back.
    let newer = PlayRow { effort_hours: 9.0, ..shown(1) };
    let again = Answer { play: newer, act: accept(), expected: 8, by: by("2026-03-30") };
    assert!((store.answer(&again).await.expect("again").effort_hours - 9.0).abs() < 1e-9);
    assert!((undo(&store, 1, 9).await.expect("undone").effort_hours - 3.0).abs() < 1e-9);
}

async fn of_two_answers_to_one_version_one_wins(place: &Place) {
    let store = place.open().await;
    let one = store.clone();
    let two = place.open().await;
    let first = tokio::spawn(async move { answer(&one, 1, accept(), 0).await });
    let second = tokio::spawn(async move { answer(&two, 1, hold("2026-04-01"), 0).await });
    let results = [first.await.expect("an end"), second.await.expect("an end")];
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    let told = results.iter().find_map(|result| result.as_ref().err()).expect("one is told");
    assert!(matches!(told, StoreError::Stale { expected: 0, found: 1, .. }), "{told}");
    assert_eq!(store.play_events("play 1").await.expect("events").len(), 1);
    let stale = undo(&store, 1, 0).await.expect_err("an old page");
    assert!(matches!(stale, StoreError::Stale { .. }), "{stale}");
}

async fn what_cannot_be_done_is_said(place: &Place) {
    let store = place.open().await;
    let error = answer(&store, 1, Act::StepDone { place: 1 }, 0).await.expect_err("not accepted");
    assert!(matches!(error, StoreError::NotNow { state: "open", .. }), "{error}");
    answer(&store, 1, lost(), 0).await.expect("done");
    let error = answer(&store, 1, accept(), 1).await.expect_err("it is over");
    assert!(matches!(error, StoreError::NotNow { state: "done", act: "accept", .. }), "{error}");
    let error = undo(&store, 2, 0).await.expect_err("nobody knows it");
    assert!(matches!(error, StoreError::UnknownPlay { .. }), "{error}");
    let reopened = answer(&store, 1, Act::Reopen { note: String::new() }, 1).await;
    assert_eq!(reopened.expect("open again").state, Stage::Open);
}

async fn own_plays_are_accepted_work(place: &Place) {
    let store = place.open().await;
    let play = PlayRow { play_id: String::new(), offer_id: String::new(), ..shown(1) };
    let title = "訪問".to_owned();
    let own = OwnPlay { play, title, steps: Vec::new(), by: by("2026-03-12") };
    let play = PlayRow { play_id: own.id(), ..own.play.clone() };
    let other = OwnPlay { title: "電話".into(), ..own.clone() };
    assert_ne!(own.id(), other.id());
    let state = store.add_own_play(&own).await.expect("added");
    assert_eq!((state.state, state.origin), (Stage::Accepted, Origin::Own));
    assert!((state.hours_left - 3.0).abs() < 1e-9, "without steps the whole is left");
    let twice = store.add_own_play(&own).await.expect_err("there already");
    assert!(matches!(twice, StoreError::Stale { found: 1, .. }), "{twice}");
    assert_eq!(answers(&store).await.touches.len(), 1);
    let undo = Undo { play_id: own.id(), expected: 1, by: by("2026-03-12") };
    assert_eq!(store.undo(&undo).await.expect("gone").state, Stage::Closed);
    assert_eq!(answers(&store).await.touches, []);
    let act = Act::Reopen { note: String::new() };
    let state = store.answer(&Answer { play, act, expected: 2, by: by("2026-03-13") }).await;
    assert_eq!(state.expect("back").state, Stage::Accepted);
}

async fn answered_plays_are_found_by_filter(place: &Place) {
    let store = place.open().await;
    for rank in 1..=12 {
        let act = if rank % 2 == 0 { accept() } else { hold("2026-04-01") };
        answer(&store, rank, act, 0).await.expect("an answer");
    }
    answer(&store, 12, lost(), 1).await.expect("done");
    let find = async |filter: PlayStateFilter| {
        let (states, total) = store.play_states(&filter).await.expect("states");
        (states.into_iter().map(|state| state.play_id).collect::<Vec<_>>(), total)
    };
    let all = PlayStateFilter { limit: 3, ..PlayStateFilter::default() };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(find(all.clone()).await, (names(&["play 12", "play 1", "play 10"]), 12));
    let held = PlayStateFilter { stages: vec![Stage::Held], offset: 4, ..all.clone() };
    assert_eq!(find(held).await, (names(&["play 7", "play 9"]), 6));
    for (day, left) in [("2026-03-31", 6), ("2026-04-01", 0)] {
        let held = PlayStateFilter {
            stages: vec![Stage::Held],
            open_again_on: Some(day.into()),
            ..all.clone()
        };
        assert_eq!(find(held).await.1, left, "{day}");
    }
    let account = PlayStateFilter { account_key: Some(2), ..all.clone() };
    assert_eq!(find(account).await, (names(&["play 12", "play 2"]), 2));
    let nobody = PlayStateFilter { owner: Some(String::new()), ..all.clone() };
    assert_eq!(find(nobody).await, (names(&[]), 0));
    let of = PlayStateFilter {
        owner: Some("R1".into()),
        stages: vec![Stage::Accepted, Stage::Done],
        limit: u64::MAX,
        ..all
    };
    assert_eq!(find(of).await.1, 6);
}

async fn answered_plays_leave_the_open_list(place: &Place) {
    let store = place.open().await;
    begin(&store, "r1", "2026-03-12").await;
    let plays: Vec<PlayRow> = (1..=5).map(shown).collect();
    store.write_plays(&plays, &[], &[]).await.expect("plays");
    answer(&store, 2, accept(), 0).await.expect("accepted");
    answer(&store, 3, accept(), 0).await.expect("accepted");
    undo(&store, 3, 1).await.expect("undone");
    answer(&store, 5, hold("2026-04-01"), 0).await.expect("put off");
    let filter = PlayFilter {
        owner: Some("R1".into()),
        motion: None,
        open_again_on: Some("2026-03-31".into()),
        offset: 1,
        limit: 2,
        ..PlayFilter::default()
    };
    let over = PlayFilter { open_again_on: Some("2026-04-01".into()), ..filter.clone() };
    assert_eq!(store.open_plays_page("r1", &over).await.expect("a page").1, 4);
    assert_eq!(store.open_plays_page("r1", &filter).await.expect("a page").1, 3);
    undo(&store, 5, 1).await.expect("undone");
    let (open, total) = store.open_plays_page("r1", &filter).await.expect("a page");
    assert_eq!(open.iter().map(|play| play.rank).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(total, 4);
    assert_eq!(store.plays_page("r1", &filter).await.expect("a page").1, 5);
    let one = store.play("r1", "play 2").await.expect("a play").map(|play| play.rank);
    assert_eq!(one, Some(2));
}

async fn touches_are_found_by_day_and_account(place: &Place) {
    let store = place.open().await;
    answer(&store, 1, accept(), 0).await.expect("accepted");
    answer(&store, 1, lost(), 1).await.expect("lost");
    answer(&store, 2, accept(), 0).await.expect("accepted");
    let since = async |day: &str| {
        let touches = store.touches_since(day).await.expect("touches");
        touches.into_iter().map(|touch| (touch.play_id, touch.seq)).collect::<Vec<_>>()
    };
    let touch = |rank: i64, seq: i64| (format!("play {rank}"), seq);
    assert_eq!(since("2026-03-12").await, [touch(1, 1), touch(1, 2), touch(2, 1)]);
    assert_eq!(since("2026-03-13").await, [touch(1, 2)]);
    assert_eq!(since("2026-03-14").await, []);
    let of = store.touches_of(1).await.expect("touches");
    assert_eq!(
        of.iter().map(|touch| touch.kind.code()).collect::<Vec<_>>(),
        ["contact", "rejection"]
    );
    assert_eq!((&*of[1].channel, of[1].product_id.as_deref()), ("visit", Some("PRO")));
}

async fn the_hash_names_the_answers_but_not_the_hour(place: &Place) {
    let store = place.open().await;
    let empty = answers(&store).await.hash;
    answer(&store, 1, accept(), 0).await.expect("accepted");
    let accepted = answers(&store).await.hash;
    assert_ne!(empty, accepted);
    assert_eq!(accepted, answers(&store).await.hash);
    let other = Place::sqlite();
    let later = By { at_us: 99, ..by("2026-03-12") };
    let same = Answer { play: shown(1), act: accept(), expected: 0, by: later };
    let twin = other.open().await;
    twin.answer(&same).await.expect("accepted");
    assert_eq!(answers(&twin).await.hash, accepted, "on either database, at any hour");
}

async fn an_answer_is_whole_or_nothing(place: &Place) {
    let store = place.open().await;
    answer(&store, 1, hold("2026-04-01"), 0).await.expect("held");
    for steps in 0.. {
        let done = cut_off(answer(&store, 1, accept(), 1), steps).await;
        let now = answers(&store).await;
        let whole = (now.states[0].state, now.states[0].events, now.steps.len(), now.touches.len());
        let (before, after) = ((Stage::Held, 1, 0, 0), (Stage::Accepted, 2, 2, 1));
        assert!(whole == before || whole == after, "{steps} steps: {whole:?}");
        let events = usize::try_from(now.states[0].events).expect("a count");
        assert_eq!(now.events.len(), events, "{steps} steps");
        if whole == after {
            return;
        }
        assert!(done.is_none(), "{steps} steps: {done:?}");
    }
}

fn change(play: &str, change: ChangeKind, ranks: (Option<i64>, Option<i64>)) -> PlayChange {
    PlayChange {
        play_id: play.into(),
        change,
        reason_code: "signal_gone".into(),
        reason_ja: "理由".into(),
        reason_en: "a reason".into(),
        account_key: 7,
        title_ja: "題".into(),
        title_en: "a title".into(),
        rank_before: ranks.0,
        rank_after: ranks.1,
    }
}

async fn begin(store: &Store, run_id: &str, as_of: &str) {
    let run = RunRow { run_id: run_id.into(), as_of: as_of.into(), ..RunRow::default() };
    store.begin_run(&run).await.expect("a run");
}

async fn changes_come_back_and_go_with_their_attempt(place: &Place) {
    let store = place.open().await;
    begin(&store, "r1", "2026-03-12").await;
    let ended = change("a", ChangeKind::Ended, (Some(1), None));
    let new = change("b", ChangeKind::New, (None, Some(2)));
    let moved = change("c", ChangeKind::Rank, (Some(5), Some(1)));
    let written = [ended.clone(), new.clone(), moved.clone()];
    store.write_play_changes("r1", &written).await.expect("changes");
    assert_eq!(store.play_changes("r1").await.expect("changes"), [moved, new, ended]);
    begin(&store, "r1", "2026-03-12").await;
    assert_eq!(store.play_changes("r1").await.expect("changes"), []);
    let unknown = store.write_play_changes("r9", &written).await.expect_err("unknown");
    assert!(matches!(unknown, StoreError::UnknownRun { .. }), "{unknown}");
}

async fn the_baseline_is_the_day_before_however_often_a_day_is_run(place: &Place) {
    let store = place.open().await;
    let publish = async |run_id: &str, day: &str, rank| {
        begin(&store, run_id, day).await;
        store.write_plays(&[play(run_id, rank)], &[], &[]).await.expect("plays");
        store.publish_run(run_id, "{}").await.expect("published");
    };
    let baseline = async |day: &str| {
        let run = store.previous_run(day).await.expect("a run").map(|run| run.run_id);
        let plays = store.plays_of_previous_run(day).await.expect("plays");
        (run, plays.iter().map(|play| play.rank).collect::<Vec<_>>())
    };
    assert_eq!(baseline("2026-03-12").await, (None, vec![]));
    publish("m", "2026-03-10", 1).await;
    publish("a", "2026-03-11", 2).await;
    publish("b", "2026-03-11", 3).await;
    for (rank, run_id) in (10..).zip(["w", "x", "y", "z"]) {
        publish(run_id, "2026-03-12", rank).await;
        assert_eq!(baseline("2026-03-12").await, (Some("b".into()), vec![3]), "{run_id}");
    }
    for (run_id, kept) in [("m", false), ("a", false), ("b", true), ("w", false), ("x", true)] {
        assert_eq!(store.run(run_id).await.expect("a run").is_some(), kept, "{run_id}");
    }
    assert_eq!(baseline("2026-03-13").await, (Some("z".into()), vec![13]));
    begin(&store, "unfinished", "2026-03-13").await;
    assert_eq!(baseline("2026-03-14").await.0.as_deref(), Some("z"));
}
