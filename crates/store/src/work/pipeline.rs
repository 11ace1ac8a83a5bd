//! Work under way as the pipeline shows it, and what is handed from one side to the other.

use std::collections::HashMap;

use super::rows;
use super::words::{Handoff, Stage};
use super::{PlayEvent, PlayState, Step};
use crate::StoreError;
use crate::open::Store;
use crate::sight::Sight;
use crate::sql;
use crate::value::{Row, Value};

/// One of the two sides of the work with customers (S73).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Customer success: what keeps and helps.
    Success,
    /// Inside sales: what proposes and expands.
    Sales,
}

/// Which work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineFilter {
    /// Of this side.
    pub side: Side,
    /// Of this representative; the empty text means of none.
    pub owner: Option<String>,
    /// In one of these stages.
    pub stages: Vec<Stage>,
    /// Not answered before this day, ISO.
    pub since: Option<String>,
    /// Of accounts that are seen.
    pub sight: Sight,
    /// How many to return at most.
    pub limit: u64,
}

const WHAT: &str = "reading the pipeline";

impl Store {
    /// The plays of one side that pass the filter: the latest change first; and how many pass.
    pub async fn pipeline(
        &self,
        filter: &PipelineFilter,
    ) -> Result<(Vec<PlayState>, u64), StoreError> {
        self.page_of_states(condition(filter, self.bytewise()), (filter.limit, 0)).await
    }

    /// The plays of accounts that are seen whose handoff is not settled, the first to be answered first.
    pub async fn handoffs(&self, sight: &Sight, limit: u64) -> Result<Vec<PlayState>, StoreError> {
        let mut values = vec![Value::Int(i64::try_from(limit).unwrap_or(i64::MAX))];
        let seen = sight.and("play_states", &mut values);
        let sql = format!(
            "SELECT {} FROM play_states WHERE handoff IN ('{}', '{}'){seen} \
             ORDER BY CASE WHEN handoff = 'sent' THEN 0 ELSE 1 END, \
             COALESCE(handoff_due_us, 9223372036854775807), play_id{} LIMIT $1",
            rows::STATES.names(),
            Handoff::Sent.code(),
            Handoff::Returned.code(),
            self.bytewise(),
        );
        let mut conn = self.reader(WHAT).await?;
        let found = sql::rows(&mut conn, sql, &values, &rows::STATES.sorts()).await;
        Ok(found.map_err(self.failed(WHAT))?.into_iter().map(rows::state).collect())
    }

    /// The steps of these plays, by play and place.
    pub async fn steps_of(
        &self,
        play_ids: &[String],
    ) -> Result<HashMap<String, Vec<Step>>, StoreError> {
        let keys: Vec<Row> = play_ids.iter().map(|id| vec![id.into()]).collect();
        let mut conn = self.reader(WHAT).await?;
        let found = sql::lookup(&mut conn, &rows::STEPS, &["play_id"], &keys).await;
        let mut steps: HashMap<String, Vec<Step>> = HashMap::new();
        for (play, step) in found.map_err(self.failed(WHAT))?.into_iter().map(rows::step) {
            steps.entry(play).or_default().push(step);
        }
        for steps in steps.values_mut() {
            steps.sort_by_key(|step| step.place);
        }
        Ok(steps)
    }

    /// What happened to these plays, by play and number.
    pub async fn events_of(
        &self,
        play_ids: &[String],
    ) -> Result<HashMap<String, Vec<PlayEvent>>, StoreError> {
        let keys: Vec<Row> = play_ids.iter().map(|id| vec![id.into()]).collect();
        let mut conn = self.reader(WHAT).await?;
        let found = sql::lookup(&mut conn, &rows::EVENTS, &["play_id"], &keys).await;
        let mut events: HashMap<String, Vec<PlayEvent>> = HashMap::new();
        for event in found.map_err(self.failed(WHAT))?.into_iter().map(rows::event) {
            events.entry(event.play_id.clone()).or_default().push(event);
        }
        for events in events.values_mut() {
            events.sort_by_key(|event| event.seq);
        }
        Ok(events)
    }
}

fn condition(filter: &PipelineFilter, bytewise: &str) -> (String, Vec<Value>) {
    let stages: Vec<_> = filter.stages.iter().map(|stage| format!("'{}'", stage.code())).collect();
    let side = match filter.side {
        Side::Success => "role = 'CS'",
        Side::Sales => "role <> 'CS'",
    };
    let mut parts = vec![side.to_owned(), format!("state IN ({})", stages.join(", "))];
    let mut values: Vec<Value> = Vec::new();
    match filter.owner.as_deref() {
        None => {}
        Some("") => parts.push("owner IS NULL".to_owned()),
        Some(owner) => {
            values.push(owner.into());
            parts.push(format!("owner = ${}", values.len()));
        }
    }
    if let Some(day) = &filter.since {
        values.push(day.as_str().into());
        parts.push(format!("state_on{bytewise} >= ${}", values.len()));
    }
    parts.extend(filter.sight.condition("play_states.account_key", &mut values));
    (format!(" WHERE {}", parts.join(" AND ")), values)
}
