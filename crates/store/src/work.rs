//! A play's life by day: answers, own plays, steps, undo; and the ledger of touches that follows.
//!
//! An answer is one transaction: event, state, steps and touch appear together or not at all. Who answers
//! names the number of events that he saw; when there are more by now, nothing is written and he is told.
// writes: play_states, play_steps, play_events, touches, assignments

mod words;
mod life;
mod rows;
mod read;
mod assign;
mod deals;
mod pipeline;

pub use assign::{Assigned, Assignment, Moved};
pub use deals::ClosedDeal;
pub use life::{Act, Detail, Handing, PlayEvent, PlayState, Step, effective};
pub use pipeline::{PipelineFilter, Side};
pub use read::{Answers, PlayStateFilter};
pub use words::{ChangeKind, EventKind, Handoff, Origin, Outcome, Phase, Stage, TouchKind};

use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;

use crate::StoreError;
use crate::open::Store;
use crate::plays::PlayRow;
use crate::sql::{self, Clash};

/// Who does something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct By {
    /// The representative, as he says.
    pub rep_id: Option<String>,
    /// Microseconds since 1970 UTC.
    pub at_us: i64,
    /// The day in the workspace's zone, ISO.
    pub on_day: String,
}

/// Somebody's answer to a play.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The play as it was shown. Kept when it has no answer that counts; else the one that is kept stays.
    pub play: PlayRow,
    /// What is done with it.
    pub act: Act,
    /// How many events it had when it was shown; 0: never answered.
    pub expected: i64,
    /// Who and when.
    pub by: By,
}

/// Taking back the latest answer that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// The play.
    pub play_id: String,
    /// How many events it had when it was shown.
    pub expected: i64,
    /// Who and when.
    pub by: By,
}

/// A play that a rep adds.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnPlay {
    /// What is to be done, as a run would write it, but for its id.
    pub play: PlayRow,
    /// What it is called: with account, due day, day and rep it makes the id, so that the same form sent
    /// twice is one play.
    pub title: String,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Who and when.
    pub by: By,
}

impl OwnPlay {
    /// `own-` and sixteen hexadecimal digits of SHA-256 over what names it.
    pub fn id(&self) -> String {
        let (play, by) = (&self.play, &self.by);
        let account = play.account_key.to_string();
        let due = play.due.as_deref().unwrap_or_default();
        let rep = by.rep_id.as_deref().unwrap_or_default();
        let named = [&account, &self.title, due, &by.on_day, rep].join("\0");
        let digest = Sha256::digest(named);
        digest[..8].iter().fold("own-".to_owned(), |id, byte| id + &format!("{byte:02x}"))
    }
}

/// One touch of a customer: what guards and limits count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The play.
    pub play_id: String,
    /// The play's event.
    pub seq: i64,
    /// The account.
    pub account_key: i64,
    /// The contact.
    pub contact_key: Option<i64>,
    /// How.
    pub channel: String,
    /// About what.
    pub product_id: Option<String>,
    /// By which offer; empty for a rep's own play.
    pub offer_id: String,
    /// The motion's word.
    pub motion: String,
    /// When, ISO.
    pub on_day: String,
    /// What it was.
    pub kind: TouchKind,
}

const WHAT: &str = "writing an answer to a play";

/// What is kept of a play: its row as JSON, where it stands, its steps and its events.
struct Kept {
    play: PlayRow,
    play_json: String,
    events: Vec<PlayEvent>,
}

impl Store {
    /// Answers a play. The error is [`StoreError::Stale`] when somebody answered it meanwhile, and
    /// [`StoreError::NotNow`] when it cannot be done where the play stands.
    pub async fn answer(&self, answer: &Answer) -> Result<PlayState, StoreError> {
        let mut tx = self.begin(WHAT).await?;
        let state = self.answer_in(&mut tx, answer).await?;
        tx.commit().await.map_err(self.failed(WHAT))?;
        Ok(state)
    }

    /// The same within a transaction.
    async fn answer_in(
        &self,
        tx: &mut AnyConnection,
        answer: &Answer,
    ) -> Result<PlayState, StoreError> {
        let play_id = &answer.play.play_id;
        let kept = self.kept(tx, play_id, answer.expected).await?;
        let mut detail = Detail { act: Some(answer.act.clone()), ..Detail::default() };
        let kept = match kept {
            None => {
                life::check((Stage::Open, None), &[], &answer.act, play_id)?;
                fresh(&answer.play)
            }
            Some(mut kept) => {
                let (state, steps) = kept.told();
                life::check((state.state, state.handoff), &steps, &answer.act, play_id)?;
                let newer = fresh(&answer.play);
                if state.state == Stage::Open && newer.play_json != kept.play_json {
                    detail.play_before = Some(kept.play_json);
                    (kept.play, kept.play_json) = (newer.play, newer.play_json);
                }
                kept
            }
        };
        self.append(tx, kept, &answer.by, detail).await
    }

    /// Takes back the latest answer that counts: state, steps and touches are as they were before it.
    pub async fn undo(&self, undo: &Undo) -> Result<PlayState, StoreError> {
        let mut tx = self.begin(WHAT).await?;
        let state = self.undo_in(&mut tx, undo).await?;
        tx.commit().await.map_err(self.failed(WHAT))?;
        Ok(state)
    }

    /// The same within a transaction.
    async fn undo_in(&self, tx: &mut AnyConnection, undo: &Undo) -> Result<PlayState, StoreError> {
        let unknown = || StoreError::UnknownPlay { play_id: undo.play_id.clone() };
        let mut kept = self.kept(tx, &undo.play_id, undo.expected).await?.ok_or_else(unknown)?;
        let (seq, before) = effective(&kept.events)
            .last()
            .map(|event| (event.seq, event.detail.play_before.clone()))
            .ok_or_else(|| StoreError::NothingToUndo { play_id: undo.play_id.clone() })?;
        if let Some(before) = before {
            kept.play = serde_json::from_str(&before).unwrap_or(kept.play);
            kept.play_json = before;
        }
        let detail = Detail { undoes: Some(seq), ..Detail::default() };
        self.append(tx, kept, &undo.by, detail).await
    }

    /// Adds a play of a rep's own: accepted from the start. The error is [`StoreError::Stale`] when it is
    /// there already.
    pub async fn add_own_play(&self, own: &OwnPlay) -> Result<PlayState, StoreError> {
        let mut tx = self.begin(WHAT).await?;
        let play = PlayRow { play_id: own.id(), ..own.play.clone() };
        let there = self.kept(&mut tx, &play.play_id, 0).await?;
        debug_assert!(there.is_none(), "a play that is there has events");
        let detail =
            Detail { act: Some(Act::Own { steps: own.steps.clone() }), ..Detail::default() };
        let state = self.append(&mut tx, fresh(&play), &own.by, detail).await?;
        tx.commit().await.map_err(self.failed(WHAT))?;
        Ok(state)
    }

    /// What is kept of a play, if its number of events is the one expected.
    async fn kept(
        &self,
        conn: &mut AnyConnection,
        play_id: &str,
        expected: i64,
    ) -> Result<Option<Kept>, StoreError> {
        let state = self.state_in(conn, play_id).await?;
        let found = state.as_ref().map_or(0, |state| state.events);
        if found != expected {
            return Err(StoreError::Stale { play_id: play_id.to_owned(), expected, found });
        }
        let Some(state) = state else { return Ok(None) };
        let events = self.events_in(conn, play_id).await?;
        Ok(Some(Kept { play: state.play(), play_json: state.play_json, events }))
    }

    /// Writes one more event of a play and all that follows from it.
    #[expect(clippy::too_many_arguments, reason = "an event is all of them")]
    async fn append(
        &self,
        conn: &mut AnyConnection,
        mut kept: Kept,
        by: &By,
        detail: Detail,
    ) -> Result<PlayState, StoreError> {
        let play_id = kept.play.play_id.clone();
        let event = PlayEvent {
            play_id: play_id.clone(),
            seq: kept.events.last().map_or(0, |last| last.seq) + 1,
            kind: detail.act.as_ref().map_or(EventKind::Undo, Act::kind),
            at_us: by.at_us,
            on_day: by.on_day.clone(),
            by_rep: by.rep_id.clone(),
            detail,
        };
        if let Some(seq) = event.detail.undoes {
            let sql = "DELETE FROM touches WHERE play_id = $1 AND seq = $2";
            let gone = sql::execute(conn, sql, &[(&play_id).into(), seq.into()]).await;
            gone.map_err(self.failed(WHAT))?;
        }
        let touch = touch(&kept.play, &event);
        let row = [rows::event_values(&event)];
        sql::insert(conn, &rows::EVENTS, Clash::Keep, &row).await.map_err(self.failed(WHAT))?;
        kept.events.push(event);
        let (state, steps) = kept.told();
        let sql = "DELETE FROM play_steps WHERE play_id = $1";
        sql::execute(conn, sql, &[(&play_id).into()]).await.map_err(self.failed(WHAT))?;
        let steps: Vec<_> = steps.iter().map(|step| rows::step_values(&play_id, step)).collect();
        sql::insert(conn, &rows::STEPS, Clash::Replace, &steps).await.map_err(self.failed(WHAT))?;
        let row = [rows::state_values(&state)];
        sql::insert(conn, &rows::STATES, Clash::Replace, &row).await.map_err(self.failed(WHAT))?;
        let touch: Vec<_> = touch.iter().map(rows::touch_values).collect();
        sql::insert(conn, &rows::TOUCHES, Clash::Keep, &touch).await.map_err(self.failed(WHAT))?;
        Ok(state)
    }
}

impl Kept {
    fn told(&self) -> (PlayState, Vec<Step>) {
        life::tell(&self.play, self.play_json.clone(), &self.events)
    }
}

/// A play that nobody answered yet, as it is kept: of no run.
fn fresh(play: &PlayRow) -> Kept {
    let play = PlayRow { run_id: String::new(), ..play.clone() };
    let play_json = serde_json::to_string(&play).expect("a play is made of texts and numbers");
    Kept { play, play_json, events: Vec::new() }
}

fn touch(play: &PlayRow, event: &PlayEvent) -> Option<Touch> {
    let kind = event.detail.act.as_ref()?.touch()?;
    Some(Touch {
        play_id: play.play_id.clone(),
        seq: event.seq,
        account_key: play.account_key,
        contact_key: play.contact_key,
        channel: play.channel.clone(),
        product_id: play.product_id.clone(),
        offer_id: play.offer_id.clone(),
        motion: play.motion.clone(),
        on_day: event.on_day.clone(),
        kind,
    })
}
