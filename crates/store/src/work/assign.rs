//! Giving plays to another rep, many at once, and back again.

use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;

use super::{Act, Answer, By, Undo, WHAT};
use crate::StoreError;
use crate::open::Store;
use crate::plays::PlayRow;
use crate::runs::SEEN;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Row};

/// Plays that are given to one rep together.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The rep.
    pub to: String,
    /// The plays as they were shown, each with how many events it had.
    pub plays: Vec<(PlayRow, i64)>,
    /// Who and when.
    pub by: By,
}

/// What became of plays that were given to a rep, or back, together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assigned {
    /// The batch's name, by which it can be taken back.
    pub batch: String,
    /// Plays that moved, by id.
    pub moved: Vec<String>,
    /// Plays that stayed, since somebody answered them meanwhile or they are over.
    pub stayed: Vec<String>,
}

/// Plays of a run that somebody gave to another rep since, by pair and week.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// Whose they are in the run; none: nobody's.
    pub from: Option<String>,
    /// Whose they are now.
    pub to: String,
    /// The Monday of their week, ISO.
    pub week: String,
    /// Plays.
    pub plays: u64,
    /// Their hours.
    pub hours: f64,
}

const BATCHES: Table<'static> = Table {
    name: "assignments",
    columns: &[("batch", Sort::Text), ("play_id", Sort::Text), ("seq", Sort::Int)],
    key: &["batch", "play_id"],
};

impl Assignment {
    /// Sixteen hexadecimal digits of SHA-256 over who gets which plays in which version: the same form sent twice is
    /// one batch.
    pub fn batch(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.to);
        for (play, seen) in &self.plays {
            hash.update(format!("\0{}\0{seen}", play.play_id));
        }
        hash.finalize()[..8].iter().fold(String::new(), |id, byte| id + &format!("{byte:02x}"))
    }
}

impl Store {
    /// Gives plays to a rep: each that is still as it was shown; the rest stay and are named. What was sent before
    /// says again what it did.
    pub async fn assign(&self, assignment: &Assignment) -> Result<Assigned, StoreError> {
        let batch = assignment.batch();
        let mut tx = self.begin(WHAT).await?;
        let done = self.batch_in(&mut tx, &batch).await?;
        let mut assigned = Assigned { batch: batch.clone(), ..Assigned::default() };
        if !done.is_empty() {
            assigned.moved = done.into_iter().map(|(play, _)| play).collect();
            return Ok(assigned);
        }
        let mut rows: Vec<Row> = Vec::new();
        for (play, expected) in &assignment.plays {
            let act = Act::Assign { to: assignment.to.clone() };
            let by = assignment.by.clone();
            let answer = Answer { play: play.clone(), act, expected: *expected, by };
            match self.answer_in(&mut tx, &answer).await {
                Ok(state) => {
                    rows.push(vec![(&batch).into(), (&play.play_id).into(), state.events.into()]);
                    assigned.moved.push(play.play_id.clone());
                }
                // Both are told before anything is written.
                Err(StoreError::Stale { .. } | StoreError::NotNow { .. }) => {
                    assigned.stayed.push(play.play_id.clone());
                }
                Err(error) => return Err(error),
            }
        }
        sql::insert(&mut tx, &BATCHES, Clash::Keep, &rows).await.map_err(self.failed(WHAT))?;
        tx.commit().await.map_err(self.failed(WHAT))?;
        assigned.moved.sort();
        Ok(assigned)
    }

    /// Gives the plays of a batch back: each on which nothing happened since.
    pub async fn undo_batch(&self, batch: &str, by: &By) -> Result<Assigned, StoreError> {
        let mut tx = self.begin(WHAT).await?;
        let mut assigned = Assigned { batch: batch.to_owned(), ..Assigned::default() };
        for (play_id, expected) in self.batch_in(&mut tx, batch).await? {
            let undo = Undo { play_id: play_id.clone(), expected, by: by.clone() };
            match self.undo_in(&mut tx, &undo).await {
                Ok(_) => assigned.moved.push(play_id),
                Err(StoreError::Stale { .. } | StoreError::NothingToUndo { .. }) => {
                    assigned.stayed.push(play_id);
                }
                Err(error) => return Err(error),
            }
        }
        tx.commit().await.map_err(self.failed(WHAT))?;
        Ok(assigned)
    }

    /// The plays of a batch with the number of the event that moved each, by id; none where there is no such batch.
    pub async fn batch(&self, batch: &str) -> Result<Vec<(String, i64)>, StoreError> {
        let mut conn = self.reader(WHAT).await?;
        self.batch_in(&mut conn, batch).await
    }

    async fn batch_in(
        &self,
        conn: &mut AnyConnection,
        batch: &str,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let sql = format!(
            "SELECT play_id, seq FROM assignments WHERE batch = $1 ORDER BY play_id{}",
            self.bytewise()
        );
        let found = sql::rows(conn, sql, &[batch.into()], &[Sort::Text, Sort::Int]).await;
        let pair = |row: Row| {
            let mut fields = Fields::of(row);
            (fields.text(), fields.int())
        };
        Ok(found.map_err(self.failed(WHAT))?.into_iter().map(pair).collect())
    }

    /// The plays of a run that are another rep's by now, by pair and week.
    pub async fn moved(&self, run_id: &str) -> Result<Vec<Moved>, StoreError> {
        let what = "counting plays that were given to others";
        let sql = format!(
            "SELECT p.owner, s.assigned, p.week, COUNT(*), SUM(p.effort_hours) \
             FROM play_states s CROSS JOIN plays p \
             WHERE p.play_id = s.play_id AND p.attempt = {SEEN} AND s.assigned <> COALESCE(p.owner, '') \
             AND s.state IN ('open', 'accepted', 'held') GROUP BY p.owner, s.assigned, p.week"
        );
        let sorts = [Sort::Text, Sort::Text, Sort::Text, Sort::Int, Sort::Real];
        let mut conn = self.reader(what).await?;
        let found = sql::rows(&mut conn, sql, &[run_id.into()], &sorts).await;
        let moved = |row: Row| {
            let mut fields = Fields::of(row);
            Moved {
                from: fields.optional_text(),
                to: fields.text(),
                week: fields.text(),
                plays: u64::try_from(fields.int()).expect("a count is not negative"),
                hours: fields.real(),
            }
        };
        let mut moved: Vec<Moved> =
            found.map_err(self.failed(what))?.into_iter().map(moved).collect();
        moved.sort_by(|a, b| (&a.from, &a.to, &a.week).cmp(&(&b.from, &b.to, &b.week)));
        Ok(moved)
    }
}
