//! Plays in other hands: reassigned together and back, in the phases of the pipeline, handed over, and closed by
//! their deal.

use domain::canonical;
use store::{
    Act, Answer, Assignment, By, Handing, Handoff, Moved, Phase, PipelineFilter, PlayFilter,
    PlayRow, Side, Sight, Stage, Store, Value,
};

use crate::plays::{begun, play};
use crate::setting::{Place, on_both};

on_both!(
    s54_plays_are_given_to_another_rep_together_and_back,
    s54_what_somebody_answered_meanwhile_stays,
    s78_work_under_way_is_found_by_side_and_phase,
    s73_handoffs_wait_in_the_order_of_their_time,
    s93_a_closed_deal_is_found_by_link_and_by_the_plays_id,
);

fn by() -> By {
    By { rep_id: Some("M1".into()), at_us: 1, on_day: "2026-03-12".into() }
}

fn shown(rank: i64, role: &str) -> PlayRow {
    PlayRow {
        owner: Some("R1".into()),
        role: role.into(),
        week: "2026-03-09".into(),
        effort_hours: 2.0,
        ..play("r1", rank)
    }
}

async fn act(store: &Store, rank: i64, act: Act, expected: i64) -> store::PlayState {
    let answer = Answer { play: shown(rank, "CIS"), act, expected, by: by() };
    store.answer(&answer).await.expect("written")
}

fn accept() -> Act {
    Act::Accept { steps: Vec::new() }
}

async fn owned(store: &Store, owner: &str) -> u64 {
    let filter = PlayFilter { owner: Some(owner.into()), limit: 9, ..PlayFilter::default() };
    store.open_plays_page("r1", &filter).await.expect("a page").1
}

fn give(ranks: &[(i64, i64)], to: &str) -> Assignment {
    let plays = ranks.iter().map(|(rank, seen)| (shown(*rank, "CIS"), *seen)).collect();
    Assignment { to: to.into(), plays, by: by() }
}

async fn four(place: &Place) -> Store {
    let store = begun(place).await;
    let mut plays: Vec<PlayRow> = (1..=4).map(|rank| shown(rank, "CIS")).collect();
    plays[3].owner = None;
    store.write_plays(&plays, &[], &[]).await.expect("plays");
    store
}

async fn s54_plays_are_given_to_another_rep_together_and_back(place: &Place) {
    let store = four(place).await;
    assert_eq!((owned(&store, "R1").await, owned(&store, "R2").await), (3, 0));
    let given = give(&[(1, 0), (2, 0)], "R2");
    let assigned = store.assign(&given).await.expect("given");
    assert_eq!(assigned.moved, ["play 1", "play 2"]);
    assert_eq!(store.assign(&given).await.expect("a double click"), assigned);
    assert_eq!((owned(&store, "R1").await, owned(&store, "R2").await), (1, 2));
    assert_eq!(owned(&store, "").await, 1);
    let state = store.play_state("play 1").await.expect("read").expect("a state");
    assert_eq!((state.state, state.events), (Stage::Open, 1));
    assert_eq!(state.play().owner.as_deref(), Some("R2"));
    let moved = store.moved("r1").await.expect("counted");
    let expected = Moved {
        from: Some("R1".into()),
        to: "R2".into(),
        week: "2026-03-09".into(),
        plays: 2,
        hours: 4.0,
    };
    assert_eq!(moved, [expected].to_vec());
    assert_eq!(store.batch(&assigned.batch).await.expect("read").len(), 2);
    act(&store, 2, accept(), 1).await;
    let back = store.undo_batch(&assigned.batch, &by()).await.expect("back");
    assert_eq!((back.moved, back.stayed), (vec!["play 1".to_owned()], vec!["play 2".to_owned()]));
    assert_eq!((owned(&store, "R1").await, owned(&store, "R2").await), (2, 0));
    let kept = store.play_state("play 2").await.expect("read").expect("a state");
    assert_eq!((kept.owner.as_deref(), kept.state), (Some("R2"), Stage::Accepted));
}

async fn s54_what_somebody_answered_meanwhile_stays(place: &Place) {
    let store = four(place).await;
    act(&store, 1, accept(), 0).await;
    let won = Act::Done { outcome: store::Outcome::Won, amount_minor: None, note: String::new() };
    act(&store, 3, won, 0).await;
    let assigned = store.assign(&give(&[(1, 0), (3, 1), (4, 0)], "R2")).await.expect("given");
    assert_eq!(assigned.moved, ["play 4"]);
    assert_eq!(assigned.stayed, ["play 1", "play 3"]);
    assert_eq!(store.moved("r1").await.expect("counted")[0].from, None);
    assert_eq!(owned(&store, "").await, 0);
}

async fn s78_work_under_way_is_found_by_side_and_phase(place: &Place) {
    let store = four(place).await;
    act(&store, 1, accept(), 0).await;
    let moved = act(&store, 1, Act::Phase { to: Phase::Verification }, 1).await;
    assert_eq!(moved.phase, Some(Phase::Verification));
    act(&store, 2, accept(), 0).await;
    let care = Answer { play: shown(3, "CS"), act: accept(), expected: 0, by: by() };
    store.answer(&care).await.expect("accepted");
    let filter = |side, owner: Option<&str>| PipelineFilter {
        side,
        owner: owner.map(str::to_owned),
        stages: vec![Stage::Accepted],
        since: None,
        sight: Sight::All,
        limit: 1,
    };
    let of = async |side, owner| store.pipeline(&filter(side, owner)).await.expect("read");
    let (rows, total) = of(Side::Sales, Some("R1")).await;
    assert_eq!((rows.len(), total), (1, 2));
    assert_eq!(of(Side::Success, None).await.0[0].play_id, "play 3");
    assert_eq!(of(Side::Sales, Some("")).await.1, 0);
    let late = PipelineFilter { since: Some("2026-03-13".into()), ..filter(Side::Sales, None) };
    assert_eq!(store.pipeline(&late).await.expect("read").1, 0);
    let ids = ["play 1".to_owned(), "play 2".to_owned()];
    assert_eq!(store.events_of(&ids).await.expect("events")["play 1"].len(), 2);
    assert_eq!(store.steps_of(&ids).await.expect("steps").len(), 0);
}

async fn s73_handoffs_wait_in_the_order_of_their_time(place: &Place) {
    let store = four(place).await;
    let hand = |due_us| {
        Act::HandOff(Handing {
            to_role: "CS".into(),
            said: "<導入>の相談".into(),
            due_us,
            ..Handing::default()
        })
    };
    act(&store, 1, hand(None), 0).await;
    act(&store, 2, hand(Some(20)), 0).await;
    act(&store, 3, hand(Some(10)), 0).await;
    let ids = async || -> Vec<String> {
        let found = store.handoffs(&Sight::All, 9).await.expect("read");
        found.into_iter().map(|state| state.play_id).collect()
    };
    assert_eq!(ids().await, ["play 3", "play 2", "play 1"]);
    let back = Act::GiveBack { reason_code: "other".into(), note: "先に導入支援".into() };
    let state = act(&store, 3, back, 1).await;
    assert_eq!((state.handoff, state.handoff_due_us), (Some(Handoff::Returned), None));
    let state = act(&store, 2, Act::TakeOver { by: "R9".into() }, 1).await;
    assert_eq!((state.handoff, &*state.role, state.owner.as_deref()), (None, "CS", Some("R9")));
    assert_eq!(ids().await, ["play 1", "play 3"]);
}

async fn s93_a_closed_deal_is_found_by_link_and_by_the_plays_id(place: &Place) {
    let store = four(place).await;
    let proposals = canonical::entity("proposals").expect("canonical");
    let row = |id: &str, play: &str, outcome: &str, closed: Option<i64>| -> store::Row {
        let columns = Store::columns(proposals).into_iter();
        columns
            .map(|column| match column {
                "proposal_id" => id.into(),
                "account_id" => "A-1".into(),
                "opened_at" => 1_i64.into(),
                "play_id" if !play.is_empty() => play.into(),
                "outcome" => outcome.into(),
                "closed_at" => closed.into(),
                "amount" => 360_000_i64.into(),
                _ => Value::Null,
            })
            .collect()
    };
    let rows = [
        row("D-1", "", "won", Some(50)),
        row("D-2", "play 2", "lost", Some(60)),
        row("D-3", "play 3", "won", None),
        row("D-4", "play 4", "won", Some(70)),
        row("D-5", "play 4", "lost", Some(65)),
    ];
    store.upsert(proposals, &rows).await.expect("deals");
    act(&store, 1, accept(), 0).await;
    act(&store, 1, Act::Link { deal_id: Some("D-1".into()) }, 1).await;
    act(&store, 2, accept(), 0).await;
    let found = store.closed_deals("r1").await.expect("read");
    let said: Vec<String> = found
        .iter()
        .map(|deal| {
            format!("{} {} {} {}", deal.play.play_id, deal.expected, deal.deal_id, deal.won)
        })
        .collect();
    assert_eq!(said, ["play 1 2 D-1 true", "play 2 1 D-2 false", "play 4 0 D-5 false"]);
    assert_eq!(found[0].amount_minor, Some(360_000));
    let linked = store.plays_of_deals(&["D-1".to_owned(), "D-2".to_owned()]).await.expect("read");
    assert_eq!(linked, [("D-1".to_owned(), "play 1".to_owned())]);
}
