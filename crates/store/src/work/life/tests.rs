//! A play's life as its events tell it.

use super::*;

fn event(seq: i64, act: Act) -> PlayEvent {
    PlayEvent {
        play_id: "p".into(),
        seq,
        kind: act.kind(),
        at_us: seq,
        on_day: format!("2026-03-{:02}", seq + 10),
        by_rep: None,
        detail: Detail { act: Some(act), ..Detail::default() },
    }
}

fn undo(seq: i64, undoes: i64) -> PlayEvent {
    let mut event = event(seq, Act::Note { note: String::new() });
    event.kind = EventKind::Undo;
    event.detail = Detail { undoes: Some(undoes), ..Detail::default() };
    event
}

fn accept() -> Act {
    let step = |place, hours| Step { place, hours, ..Step::default() };
    Act::Accept { steps: vec![step(1, 0.5), step(2, 1.5)] }
}

fn told(events: &[PlayEvent]) -> (String, f64) {
    let play = PlayRow { play_id: "p".into(), effort_hours: 3.0, ..PlayRow::default() };
    let (state, _) = tell(&play, String::new(), events);
    (format!("{} {}", state.state.code(), state.state_on), state.hours_left)
}

#[test]
fn a_life_is_told_by_its_events() {
    let hold = || Act::Hold {
        until: "2026-04-01".into(),
        reason_code: "timing".into(),
        note: String::new(),
    };
    let done = || Act::Done { outcome: Outcome::Won, amount_minor: Some(5), note: "ok".into() };
    let check = |events: &[PlayEvent], state: &str, hours: f64| {
        assert_eq!(told(events), (state.to_owned(), hours));
    };
    check(&[event(1, accept())], "accepted 2026-03-11", 2.0);
    check(&[event(1, hold())], "held 2026-03-11", 3.0);
    let step = Act::StepDone { place: 1 };
    let begun = [event(1, accept()), event(2, step.clone())];
    check(&begun, "accepted 2026-03-11", 1.5);
    check(&[event(1, accept()), event(2, step.clone()), undo(3, 2)], "accepted 2026-03-11", 2.0);
    check(&[event(1, accept()), event(2, step), event(3, done())], "done 2026-03-13", 0.0);
    check(&[event(1, accept()), undo(2, 1)], "open 2026-03-11", 3.0);
    check(&[event(1, hold()), event(2, accept()), undo(3, 2)], "held 2026-03-11", 3.0);
}

#[test]
fn what_is_over_takes_no_answer_but_to_be_opened_again() {
    for stage in [Stage::Refused, Stage::Done, Stage::Closed] {
        assert!(!accept().fits(stage), "{}", stage.code());
        assert!(Act::Reopen { note: String::new() }.fits(stage), "{}", stage.code());
    }
    let steps = [Step { place: 1, done_on: Some("2026-03-11".into()), ..Step::default() }];
    for place in [1, 2] {
        let again = check((Stage::Accepted, None), &steps, &Act::StepDone { place }, "p");
        assert!(matches!(again, Err(StoreError::NotNow { .. })), "{place}");
    }
}

/// S73, S78: who has it, its phase and its handoff follow from the events, and an undo takes each back.
#[test]
fn s73_a_handoff_waits_until_it_is_taken_over_or_given_back() {
    let play = PlayRow { play_id: "p".into(), role: "CS".into(), ..PlayRow::default() };
    let handing = Handing { to_role: "CIS".into(), due_us: Some(9), ..Handing::default() };
    let hand = || Act::HandOff(handing.clone());
    let tell = |events: &[PlayEvent]| {
        let (state, _) = tell(&play, String::new(), events);
        let handoff = state.handoff.map_or("-", Handoff::code);
        let owner = state.owner.unwrap_or_default();
        format!(
            "{} {owner} {} {handoff} {:?}",
            state.state.code(),
            state.role,
            state.handoff_due_us
        )
    };
    assert_eq!(tell(&[event(1, accept()), event(2, hand())]), "accepted  CS sent Some(9)");
    let take = Act::TakeOver { by: "R2".into() };
    let taken = [event(1, accept()), event(2, hand()), event(3, take)];
    assert_eq!(tell(&taken), "accepted R2 CIS - None");
    let back = Act::GiveBack { reason_code: "not_now".into(), note: String::new() };
    let given = [event(1, hand()), event(2, back), undo(3, 2)];
    assert_eq!(tell(&given[..2]), "open  CS returned None");
    assert_eq!(tell(&given), "open  CS sent Some(9)");
    let done = Act::Done { outcome: Outcome::Won, amount_minor: None, note: String::new() };
    assert_eq!(tell(&[event(1, hand()), event(2, done)]), "done  CS - None");
    let fits = |handoff, act: &Act| check((Stage::Open, handoff), &[], act, "p").is_ok();
    assert!(fits(None, &hand()) && fits(Some(Handoff::Returned), &hand()));
    assert!(!fits(Some(Handoff::Sent), &hand()));
    assert!(!fits(None, &Act::TakeOver { by: "R2".into() }));
}
