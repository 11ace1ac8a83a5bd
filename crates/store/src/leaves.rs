//! Days on which reps are away, as people enter them. A removal is kept, too: the row stays with who did it.
// writes: leaves

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Sort};
use crate::value::{Fields, Row, Value};

/// One absence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeaveRow {
    /// Its number, from 1; 0 of one that is not written yet.
    pub leave_no: i64,
    /// The representative.
    pub rep_id: String,
    /// The first day away, ISO.
    pub from_on: String,
    /// The last day away, ISO.
    pub until_on: String,
    /// When it was entered, ISO.
    pub entered_on: String,
    /// By whom.
    pub entered_by: Option<String>,
    /// When it was taken back, ISO; none while it counts.
    pub removed_on: Option<String>,
    /// By whom.
    pub removed_by: Option<String>,
}

const COLUMNS: &str =
    "leave_no, rep_id, from_on, until_on, entered_on, entered_by, removed_on, removed_by";

impl Store {
    /// Enters an absence; the number is given here. One that is there and counts is not entered twice: whether it is
    /// new comes back.
    pub async fn enter_leave(&self, leave: &LeaveRow) -> Result<bool, StoreError> {
        let what = "entering an absence";
        // People do so while a night runs.
        let mut tx = self.begin_free(what).await?;
        let sql = "INSERT INTO leaves (leave_no, rep_id, from_on, until_on, entered_on, entered_by) \
                   SELECT (SELECT COALESCE(MAX(leave_no), 0) + 1 FROM leaves), $1, $2, $3, $4, $5 \
                   WHERE NOT EXISTS (SELECT 1 FROM leaves WHERE rep_id = $1 AND from_on = $2 \
                   AND until_on = $3 AND removed_on IS NULL)";
        let values: [Value; 5] = [
            (&leave.rep_id).into(),
            (&leave.from_on).into(),
            (&leave.until_on).into(),
            (&leave.entered_on).into(),
            leave.entered_by.as_ref().into(),
        ];
        let written = sql::execute(&mut tx, sql, &values).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        Ok(written > 0)
    }

    /// Takes an absence back, or brings it back: whether anything changed.
    pub async fn remove_leave(
        &self,
        leave_no: i64,
        removed: Option<(&str, Option<&str>)>,
    ) -> Result<bool, StoreError> {
        let what = "removing an absence";
        let mut tx = self.begin_free(what).await?;
        let done = if let Some((on, by)) = removed {
            let sql = "UPDATE leaves SET removed_on = $1, removed_by = $2 \
                       WHERE leave_no = $3 AND removed_on IS NULL";
            let by = by.map_or(Value::Null, Value::from);
            sql::execute(&mut tx, sql, &[on.into(), by, leave_no.into()]).await
        } else {
            let sql = "UPDATE leaves SET removed_on = NULL, removed_by = NULL \
                       WHERE leave_no = $1 AND removed_on IS NOT NULL";
            sql::execute(&mut tx, sql, &[leave_no.into()]).await
        };
        let done = done.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        Ok(done > 0)
    }

    /// The absences that count, by number.
    pub async fn leaves(&self) -> Result<Vec<LeaveRow>, StoreError> {
        self.leaves_where("removed_on IS NULL", &[]).await
    }

    /// The absence of that number, whether it counts or not.
    pub async fn leave(&self, leave_no: i64) -> Result<Option<LeaveRow>, StoreError> {
        Ok(self.leaves_where("leave_no = $1", &[leave_no.into()]).await?.pop())
    }

    async fn leaves_where(
        &self,
        condition: &str,
        values: &[Value],
    ) -> Result<Vec<LeaveRow>, StoreError> {
        let what = "reading absences";
        let sql = format!("SELECT {COLUMNS} FROM leaves WHERE {condition} ORDER BY leave_no");
        let mut sorts = [Sort::Text; 8];
        sorts[0] = Sort::Int;
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, values, &sorts).await;
        Ok(rows.map_err(self.failed(what))?.into_iter().map(read).collect())
    }
}

fn read(row: Row) -> LeaveRow {
    let mut fields = Fields::of(row);
    LeaveRow {
        leave_no: fields.int(),
        rep_id: fields.text(),
        from_on: fields.text(),
        until_on: fields.text(),
        entered_on: fields.text(),
        entered_by: fields.optional_text(),
        removed_on: fields.optional_text(),
        removed_by: fields.optional_text(),
    }
}
