//! Reading what people answered: for pages, and for the night.

use std::collections::HashMap;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;

use super::life::{PlayEvent, PlayState, Step};
use super::words::Stage;
use super::{Touch, rows};
use crate::StoreError;
use crate::open::Store;
use crate::sight::Sight;
use crate::sql::{self, Sort, Table};
use crate::value::{Fields, Row, Value};

/// Which answered plays, and which part of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlayStateFilter {
    /// Of this account.
    pub account_key: Option<i64>,
    /// In one of these stages; empty: in any.
    pub stages: Vec<Stage>,
    /// The day (ISO) on which, at the latest, plays that were put off are so no more; none: they all count.
    pub open_again_on: Option<String>,
    /// Of this representative; the empty text means of none.
    pub owner: Option<String>,
    /// Of accounts that are seen.
    pub sight: Sight,
    /// How many to leave out from the start.
    pub offset: u64,
    /// How many to return at most.
    pub limit: u64,
}

/// All that people answered, as the night reads it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answers {
    /// Where each answered play stands, by id. The row as shown is left out (empty) where the play is
    /// over, and is a play that can be read where it is not.
    pub states: Vec<PlayState>,
    /// Each play's steps, by id and place.
    pub steps: Vec<(String, Step)>,
    /// What happened, by id and number.
    pub events: Vec<PlayEvent>,
    /// The ledger of touches, by id and number.
    pub touches: Vec<Touch>,
    /// SHA-256 of all this but the clock times, in hexadecimal: the same answers give the same hash.
    pub hash: String,
}

const WHAT: &str = "reading the answers to plays";

impl Store {
    /// Where a play stands; `None`: never answered, so open.
    pub async fn play_state(&self, play_id: &str) -> Result<Option<PlayState>, StoreError> {
        let mut conn = self.reader(WHAT).await?;
        self.state_in(&mut conn, play_id).await
    }

    /// Where these plays stand, in no order; those never answered are left out.
    pub async fn states_of(&self, play_ids: &[String]) -> Result<Vec<PlayState>, StoreError> {
        let keys: Vec<Row> = play_ids.iter().map(|id| vec![id.into()]).collect();
        let mut conn = self.reader(WHAT).await?;
        let found = sql::lookup(&mut conn, &rows::STATES, &["play_id"], &keys).await;
        Ok(found.map_err(self.failed(WHAT))?.into_iter().map(rows::state).collect())
    }

    /// One page of the answered plays that pass the filter, the latest answer first, and how many pass.
    pub async fn play_states(
        &self,
        filter: &PlayStateFilter,
    ) -> Result<(Vec<PlayState>, u64), StoreError> {
        let condition = condition(filter, self.bytewise());
        self.page_of_states(condition, (filter.limit, filter.offset)).await
    }

    /// One page of the answered plays that meet a condition, the latest answer first, and how many meet it.
    pub(super) async fn page_of_states(
        &self,
        (condition, mut values): (String, Vec<Value>),
        (limit, offset): (u64, u64),
    ) -> Result<(Vec<PlayState>, u64), StoreError> {
        let mut conn = self.reader(WHAT).await?;
        let sql = format!("SELECT COUNT(*) FROM play_states{condition}");
        let total = sql::rows(&mut conn, sql, &values, &[Sort::Int]).await;
        let total = total.map_err(self.failed(WHAT))?.pop().map_or(0, |row| Fields::of(row).int());
        let clamp = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
        values.extend([clamp(limit), clamp(offset)]);
        let sql = format!(
            "SELECT {} FROM play_states{condition} ORDER BY state_on{bytewise} DESC, \
             play_id{bytewise} LIMIT ${} OFFSET ${}",
            rows::STATES.names(),
            values.len() - 1,
            values.len(),
            bytewise = self.bytewise(),
        );
        let found = sql::rows(&mut conn, sql, &values, &rows::STATES.sorts()).await;
        let found = found.map_err(self.failed(WHAT))?.into_iter().map(rows::state).collect();
        Ok((found, u64::try_from(total).expect("a count is not negative")))
    }

    /// How many of the answered plays that pass the filter stand in each stage; its pages do not matter.
    pub async fn stage_counts(
        &self,
        filter: &PlayStateFilter,
    ) -> Result<HashMap<Stage, u64>, StoreError> {
        let (condition, values) = condition(filter, self.bytewise());
        let sql = format!("SELECT state, COUNT(*) FROM play_states{condition} GROUP BY state");
        let mut conn = self.reader(WHAT).await?;
        let found = sql::rows(&mut conn, sql, &values, &[Sort::Text, Sort::Int]).await;
        let counted = found.map_err(self.failed(WHAT))?.into_iter().map(|row| {
            let mut fields = Fields::of(row);
            let stage = Stage::parse(&fields.text()).expect("a stage as it was written");
            (stage, u64::try_from(fields.int()).expect("a count is not negative"))
        });
        Ok(counted.collect())
    }

    /// What happened to a play, in order.
    pub async fn play_events(&self, play_id: &str) -> Result<Vec<PlayEvent>, StoreError> {
        let mut conn = self.reader(WHAT).await?;
        self.events_in(&mut conn, play_id).await
    }

    /// A play's steps, by place.
    pub async fn play_steps(&self, play_id: &str) -> Result<Vec<Step>, StoreError> {
        let found = self.all(&rows::STEPS, " WHERE play_id = $1", &[play_id.into()]).await?;
        Ok(found.into_iter().map(|row| rows::step(row).1).collect())
    }

    /// The touches since a day (ISO), that day included, by play and number.
    pub async fn touches_since(&self, day: &str) -> Result<Vec<Touch>, StoreError> {
        let condition = format!(" WHERE on_day{} >= $1", self.bytewise());
        let found = self.all(&rows::TOUCHES, &condition, &[day.into()]).await?;
        Ok(found.into_iter().map(rows::touch).collect())
    }

    /// The touches of an account, by play and number.
    pub async fn touches_of(&self, account_key: i64) -> Result<Vec<Touch>, StoreError> {
        let condition = " WHERE account_key = $1";
        let found = self.all(&rows::TOUCHES, condition, &[account_key.into()]).await?;
        Ok(found.into_iter().map(rows::touch).collect())
    }

    /// The touches of all accounts of a group, by play and number.
    pub async fn touches_of_group(&self, root_key: i64) -> Result<Vec<Touch>, StoreError> {
        let condition = " WHERE play_id IN (SELECT play_id FROM play_states WHERE root_key = $1)";
        let found = self.all(&rows::TOUCHES, condition, &[root_key.into()]).await?;
        Ok(found.into_iter().map(rows::touch).collect())
    }

    /// The plays of a group that somebody works on, by id.
    pub async fn under_way_of_group(&self, root_key: i64) -> Result<Vec<PlayState>, StoreError> {
        let condition = " WHERE root_key = $1 AND state = $2";
        let values = [root_key.into(), Stage::Accepted.code().into()];
        let found = self.all(&rows::STATES, condition, &values).await?;
        Ok(found.into_iter().map(rows::state).collect())
    }

    /// All that people answered by one moment, with its hash, for the night; they may go on answering.
    pub async fn open_answers(&self) -> Result<Answers, StoreError> {
        let mut conn = self.reader(WHAT).await?;
        let mut tx = self.one_moment(&mut conn, WHAT).await?;
        let states = self.all_in(&mut tx, &rows::STATES, "", &[]).await?;
        let steps = self.all_in(&mut tx, &rows::STEPS, "", &[]).await?;
        let events = self.all_in(&mut tx, &rows::EVENTS, "", &[]).await?;
        let touches = self.all_in(&mut tx, &rows::TOUCHES, "", &[]).await?;
        tx.rollback().await.map_err(self.failed(WHAT))?;
        let mut states: Vec<PlayState> = states.into_iter().map(rows::state).collect();
        for state in &mut states {
            if matches!(state.state, Stage::Refused | Stage::Done | Stage::Closed) {
                state.play_json = String::new();
            }
        }
        let mut answers = Answers {
            states,
            steps: steps.into_iter().map(rows::step).collect(),
            events: events.into_iter().map(rows::event).collect(),
            touches: touches.into_iter().map(rows::touch).collect(),
            hash: String::new(),
        };
        answers.hash = hash(&answers);
        Ok(answers)
    }

    /// The rows of a table that meet a condition, by its key.
    async fn all(
        &self,
        table: &Table<'_>,
        condition: &str,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let mut conn = self.reader(WHAT).await?;
        self.all_in(&mut conn, table, condition, values).await
    }

    #[expect(clippy::too_many_arguments, reason = "a select is all of them")]
    async fn all_in(
        &self,
        conn: &mut AnyConnection,
        table: &Table<'_>,
        condition: &str,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        // The first column of each key is a text, a second one a number.
        let order = table.key.join(&format!("{}, ", self.bytewise()));
        let last = if table.key.len() == 1 { self.bytewise() } else { "" };
        let columns = table.names();
        let sql = format!("SELECT {columns} FROM {}{condition} ORDER BY {order}{last}", table.name);
        sql::rows(conn, sql, values, &table.sorts()).await.map_err(self.failed(WHAT))
    }

    pub(super) async fn state_in(
        &self,
        conn: &mut AnyConnection,
        play_id: &str,
    ) -> Result<Option<PlayState>, StoreError> {
        let found =
            self.all_in(conn, &rows::STATES, " WHERE play_id = $1", &[play_id.into()]).await;
        Ok(found?.pop().map(rows::state))
    }

    pub(super) async fn events_in(
        &self,
        conn: &mut AnyConnection,
        play_id: &str,
    ) -> Result<Vec<PlayEvent>, StoreError> {
        let found =
            self.all_in(conn, &rows::EVENTS, " WHERE play_id = $1", &[play_id.into()]).await;
        Ok(found?.into_iter().map(rows::event).collect())
    }
}

fn condition(filter: &PlayStateFilter, bytewise: &str) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    if let Some(account) = filter.account_key {
        values.push(account.into());
        parts.push(format!("account_key = ${}", values.len()));
    }
    if let Some(day) = &filter.open_again_on {
        values.push(day.as_str().into());
        let place = values.len();
        parts.push(format!("NOT (state = 'held' AND hold_until{bytewise} <= ${place})"));
    }
    match filter.owner.as_deref() {
        None => {}
        Some("") => parts.push("owner IS NULL".to_owned()),
        Some(owner) => {
            values.push(owner.into());
            parts.push(format!("owner = ${}", values.len()));
        }
    }
    if !filter.stages.is_empty() {
        let words: Vec<_> =
            filter.stages.iter().map(|stage| format!("'{}'", stage.code())).collect();
        parts.push(format!("state IN ({})", words.join(", ")));
    }
    parts.extend(filter.sight.condition("play_states.account_key", &mut values));
    let condition =
        if parts.is_empty() { String::new() } else { format!(" WHERE {}", parts.join(" AND ")) };
    (condition, values)
}

/// Touches follow from states and events, so they need no part of their own.
fn hash(answers: &Answers) -> String {
    let mut hasher = Sha256::new();
    let mut add = |line: serde_json::Value| {
        hasher.update(line.to_string());
        hasher.update("\n");
    };
    for state in &answers.states {
        add(json!(["state", state]));
    }
    for (play_id, step) in &answers.steps {
        add(json!(["step", play_id, step]));
    }
    for event in &answers.events {
        let kind = event.kind.code();
        add(json!([
            "event",
            event.play_id,
            event.seq,
            kind,
            event.on_day,
            event.by_rep,
            event.detail
        ]));
    }
    hasher.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
