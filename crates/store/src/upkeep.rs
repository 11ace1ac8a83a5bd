//! What the upkeep of a workspace notes: backups that were made, and how old row issues are.
// writes: backups, issue_ages

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Row};

const BACKUPS: Table<'static> = Table {
    name: "backups",
    columns: &[("file", Sort::Text), ("made_s", Sort::Int)],
    key: &["file", "made_s"],
};

impl Store {
    /// Notes that a backup was made, in seconds since 1970.
    pub async fn note_backup(&self, file: &str, made_s: i64) -> Result<(), StoreError> {
        let what = "noting the backup";
        let mut tx = self.begin(what).await?;
        let row = vec![file.into(), made_s.into()];
        sql::insert(&mut tx, &BACKUPS, Clash::Keep, &[row]).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))
    }

    /// The backups that were made, oldest first, with the time in seconds since 1970.
    pub async fn backups(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let what = "reading which backups were made";
        let sql =
            format!("SELECT file, made_s FROM backups ORDER BY made_s, file{}", self.bytewise());
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &[Sort::Text, Sort::Int]).await;
        Ok(rows.map_err(self.failed(what))?.into_iter().map(Fields::pair).collect())
    }

    /// Notes which files and tables have issues that were not seen before, and gives those whose issues were
    /// first seen before `before_s`.
    pub async fn aged_issues(
        &self,
        now_s: i64,
        before_s: i64,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let what = "looking how old row issues are";
        let mut tx = self.begin(what).await?;
        let sql = "DELETE FROM issue_ages WHERE NOT EXISTS (SELECT 1 FROM row_issues \
                   WHERE row_issues.file = issue_ages.file AND row_issues.entity = issue_ages.entity)";
        sql::execute(&mut tx, sql, &[]).await.map_err(self.failed(what))?;
        let sql = "INSERT INTO issue_ages (file, entity, seen_s) \
                   SELECT DISTINCT file, entity, $1 + 0 FROM row_issues WHERE true \
                   ON CONFLICT (file, entity) DO NOTHING";
        sql::execute(&mut tx, sql, &[now_s.into()]).await.map_err(self.failed(what))?;
        let bytewise = self.bytewise();
        let sql = format!(
            "SELECT file, entity FROM issue_ages WHERE seen_s < $1 \
             ORDER BY file{bytewise}, entity{bytewise}"
        );
        let rows = sql::rows(&mut tx, sql, &[before_s.into()], &[Sort::Text, Sort::Text]).await;
        let rows = rows.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        let pair = |row: Row| {
            let mut fields = Fields::of(row);
            (fields.text(), fields.text())
        };
        Ok(rows.into_iter().map(pair).collect())
    }
}
