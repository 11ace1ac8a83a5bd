//! What people decided of two accounts that look like one company.
// writes: duplicate_verdicts

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Row};

/// A decision on a pair of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairVerdict {
    /// The smaller id.
    pub first_id: String,
    /// The greater id.
    pub second_id: String,
    /// The account that stands for both; `None` when they are two.
    pub kept_id: Option<String>,
}

impl PairVerdict {
    /// The verdict on two accounts, in whatever order they are named.
    pub fn of(one: &str, other: &str, kept: Option<&str>) -> Self {
        let (first, second) = if one <= other { (one, other) } else { (other, one) };
        Self {
            first_id: first.to_owned(),
            second_id: second.to_owned(),
            kept_id: kept.map(str::to_owned),
        }
    }

    /// The account that was merged into the other.
    pub fn merged_id(&self) -> Option<&str> {
        let kept = self.kept_id.as_deref()?;
        Some(if kept == self.first_id { &self.second_id } else { &self.first_id })
    }
}

const VERDICTS: Table<'static> = Table {
    name: "duplicate_verdicts",
    columns: &[
        ("first_id", Sort::Text),
        ("second_id", Sort::Text),
        ("verdict", Sort::Text),
        ("kept_id", Sort::Text),
    ],
    key: &["first_id", "second_id"],
};

impl Store {
    /// Records a verdict in place of an earlier one on the same pair.
    pub async fn record_verdict(&self, verdict: &PairVerdict) -> Result<(), StoreError> {
        let what = "recording a verdict on two accounts";
        let word = if verdict.kept_id.is_some() { "merged" } else { "distinct" };
        let row: Row = vec![
            (&verdict.first_id).into(),
            (&verdict.second_id).into(),
            word.into(),
            verdict.kept_id.clone().unwrap_or_default().into(),
        ];
        let mut tx = self.begin(what).await?;
        sql::insert(&mut tx, &VERDICTS, Clash::Replace, &[row]).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))
    }

    /// Takes a verdict back; says whether there was one.
    pub async fn forget_verdict(&self, verdict: &PairVerdict) -> Result<bool, StoreError> {
        let what = "taking a verdict on two accounts back";
        let key = [(&verdict.first_id).into(), (&verdict.second_id).into()];
        let mut tx = self.begin(what).await?;
        let sql = "DELETE FROM duplicate_verdicts WHERE first_id = $1 AND second_id = $2";
        let gone = sql::execute(&mut tx, sql, &key).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        Ok(gone > 0)
    }

    /// Every verdict, by pair.
    pub async fn verdicts(&self) -> Result<Vec<PairVerdict>, StoreError> {
        let what = "reading the verdicts on accounts";
        let bytewise = self.bytewise();
        let sql = format!(
            "SELECT first_id, second_id, kept_id FROM duplicate_verdicts \
             ORDER BY first_id{bytewise}, second_id{bytewise}"
        );
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &[Sort::Text; 3]).await;
        let verdict = |row: Row| {
            let mut fields = Fields::of(row);
            PairVerdict {
                first_id: fields.text(),
                second_id: fields.text(),
                kept_id: Some(fields.text()).filter(|kept| !kept.is_empty()),
            }
        };
        Ok(rows.map_err(self.failed(what))?.into_iter().map(verdict).collect())
    }
}
