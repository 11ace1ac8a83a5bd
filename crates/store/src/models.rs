//! The registry of what each run trained, each model with its card.
// writes: models

use crate::StoreError;
use crate::open::Store;
use crate::runs::SEEN;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::Fields;

/// One trained model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRow {
    /// The run that trained it.
    pub run_id: String,
    /// Its name.
    pub name: String,
    /// Its card, as JSON.
    pub card_json: String,
}

const MODELS: Table<'static> = Table {
    name: "models",
    columns: &[("attempt", Sort::Int), ("name", Sort::Text), ("card_json", Sort::Text)],
    key: &["attempt", "name"],
};

impl Store {
    /// Records a model of a run, in place of an earlier one of the same name.
    pub async fn write_model(
        &self,
        run_id: &str,
        name: &str,
        card_json: &str,
    ) -> Result<(), StoreError> {
        let what = "recording a model";
        let mut tx = self.begin(what).await?;
        let attempt = self.attempt_to_write(&mut tx, run_id).await?;
        let row = vec![attempt.into(), name.into(), card_json.into()];
        sql::insert(&mut tx, &MODELS, Clash::Replace, &[row]).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))
    }

    /// The models of a run, by name.
    pub async fn models(&self, run_id: &str) -> Result<Vec<ModelRow>, StoreError> {
        let what = "reading the models";
        let sql = format!(
            "SELECT name, card_json FROM models WHERE attempt = {SEEN} ORDER BY name{}",
            self.bytewise()
        );
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[run_id.into()], &[Sort::Text, Sort::Text]).await;
        let rows = rows.map_err(self.failed(what))?.into_iter().map(|row| {
            let mut fields = Fields::of(row);
            ModelRow { run_id: run_id.to_owned(), name: fields.text(), card_json: fields.text() }
        });
        Ok(rows.collect())
    }

    /// Deletes what an attempt left here.
    pub(crate) async fn forget_models(&self, attempt: i64) -> Result<(), StoreError> {
        self.forget_rows("DELETE FROM models WHERE attempt = $1", attempt).await
    }
}
