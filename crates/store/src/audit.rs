//! The log of who saw and changed what: rows are only appended, and go when they are older than is kept.
// writes: audit

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Row, Value};

/// One line of the log. It names ids, never what people typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditRow {
    /// Its place, from 1; 0 of one that is not written yet.
    pub number: i64,
    /// The moment, microseconds UTC.
    pub at_us: i64,
    /// The user; none where nobody was signed in.
    pub login: Option<String>,
    /// What was done, as a code.
    pub act: String,
    /// To what: an id.
    pub target: Option<String>,
    /// More of it, as a code.
    pub detail: Option<String>,
    /// `done`, `refused` or `failed`.
    pub outcome: String,
    /// From where.
    pub address: Option<String>,
}

/// Which lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this user.
    pub login: Option<String>,
    /// With this code, or one below it: `play` also means `play.answer`.
    pub act: Option<String>,
    /// With this outcome.
    pub outcome: Option<String>,
    /// About this id.
    pub target: Option<String>,
    /// From this moment on.
    pub from_us: Option<i64>,
    /// Before this moment.
    pub before_us: Option<i64>,
    /// How many to leave out from the start.
    pub offset: u64,
    /// How many to return at most.
    pub limit: u64,
}

const AUDIT: Table<'static> = Table {
    name: "audit",
    columns: &[
        ("number", Sort::Int),
        ("at_us", Sort::Int),
        ("login", Sort::Text),
        ("act", Sort::Text),
        ("target", Sort::Text),
        ("detail", Sort::Text),
        ("outcome", Sort::Text),
        ("address", Sort::Text),
    ],
    key: &["number"],
};

impl Store {
    /// Appends a line; its number is given here.
    pub async fn log(&self, row: &AuditRow) -> Result<(), StoreError> {
        let what = "writing the log";
        let mut tx = self.begin_free(what).await?;
        let sql = "SELECT COALESCE(MAX(number), 0) FROM audit";
        let last = sql::rows(&mut tx, sql, &[], &[Sort::Int]).await.map_err(self.failed(what))?;
        let last = last.into_iter().next().map_or(0, |row| Fields::of(row).int());
        let values: Row = vec![
            (last + 1).into(),
            row.at_us.into(),
            row.login.as_ref().into(),
            (&row.act).into(),
            row.target.as_ref().into(),
            row.detail.as_ref().into(),
            (&row.outcome).into(),
            row.address.as_ref().into(),
        ];
        let done = sql::insert(&mut tx, &AUDIT, Clash::Keep, &[values]).await;
        done.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))
    }

    /// One page of the lines that pass the filter, the latest first, and how many pass.
    pub async fn log_page(&self, filter: &AuditFilter) -> Result<(Vec<AuditRow>, u64), StoreError> {
        let what = "reading the log";
        let (condition, mut values) = condition(filter);
        let mut conn = self.reader(what).await?;
        let sql = format!("SELECT COUNT(*) FROM audit{condition}");
        let total = sql::rows(&mut conn, sql, &values, &[Sort::Int]).await;
        let total = total.map_err(self.failed(what))?.pop().map_or(0, |row| Fields::of(row).int());
        let clamp = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
        values.extend([clamp(filter.limit), clamp(filter.offset)]);
        let sql = format!(
            "SELECT {} FROM audit{condition} ORDER BY number DESC LIMIT ${} OFFSET ${}",
            AUDIT.names(),
            values.len() - 1,
            values.len()
        );
        let rows = sql::rows(&mut conn, sql, &values, &AUDIT.sorts()).await;
        let rows = rows.map_err(self.failed(what))?.into_iter().map(read).collect();
        Ok((rows, u64::try_from(total).expect("a count is not negative")))
    }

    /// Removes the lines from before a moment, and says how many. The latest line stays whatever its age, so
    /// that numbers go on.
    pub async fn forget_log(&self, before_us: i64) -> Result<u64, StoreError> {
        let what = "clearing the log";
        let mut tx = self.begin(what).await?;
        let sql = "DELETE FROM audit WHERE at_us < $1 \
                   AND number < (SELECT MAX(number) FROM audit)";
        let gone = sql::execute(&mut tx, sql, &[before_us.into()]).await;
        let gone = gone.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        Ok(gone)
    }
}

fn condition(filter: &AuditFilter) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    let mut add = |part: &str, value: Value| {
        values.push(value);
        parts.push(part.replace('#', &format!("${}", values.len())));
    };
    let texts =
        [("login", &filter.login), ("outcome", &filter.outcome), ("target", &filter.target)];
    for (column, wanted) in texts {
        if let Some(wanted) = wanted {
            add(&format!("{column} = #"), wanted.into());
        }
    }
    if let Some(act) = &filter.act {
        add("(act = # OR substr(act, 1, length(#) + 1) = # || '.')", act.into());
    }
    if let Some(from_us) = filter.from_us {
        add("at_us >= #", from_us.into());
    }
    if let Some(before_us) = filter.before_us {
        add("at_us < #", before_us.into());
    }
    let condition =
        if parts.is_empty() { String::new() } else { format!(" WHERE {}", parts.join(" AND ")) };
    (condition, values)
}

fn read(row: Row) -> AuditRow {
    let mut fields = Fields::of(row);
    AuditRow {
        number: fields.int(),
        at_us: fields.int(),
        login: fields.optional_text(),
        act: fields.text(),
        target: fields.optional_text(),
        detail: fields.optional_text(),
        outcome: fields.text(),
        address: fields.optional_text(),
    }
}
