//! Offers of a run that accounts will likely take unasked, for prompts and mail.
// writes: natural_offers

use crate::StoreError;
use crate::open::Store;
use crate::runs::SEEN;
use crate::sight::Sight;
use crate::sql::{self, Clash, ROWS_A_TRANSACTION, Sort, Table};
use crate::value::{Fields, Row, Value};

/// One offer that an account will likely take unasked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NaturalRow {
    /// The account.
    pub account_key: i64,
    /// The offer.
    pub offer_id: String,
    /// The hash of account, package and signal occurrence.
    pub play_id: String,
    /// What the customer would newly hold.
    pub product_id: Option<String>,
    /// To whom.
    pub contact_key: Option<i64>,
    /// The motion's word.
    pub motion: String,
    /// Whose account it is; nobody spends hours on it.
    pub owner: Option<String>,
    /// `prompt` or `mail`.
    pub channel: String,
    /// The last day on which it makes sense, as an ISO date.
    pub due: Option<String>,
    /// The chance that it is taken unasked, 0 to 1.
    pub unasked: f64,
    /// The chance that it is taken with contact, 0 to 1.
    pub contacted: f64,
    /// What is offered, in Japanese.
    pub title_ja: String,
    /// What is offered, in English.
    pub title_en: String,
    /// Why now, in Japanese.
    pub why_now_ja: String,
    /// Why now, in English.
    pub why_now_en: String,
    /// Why no contact, in Japanese.
    pub reason_ja: String,
    /// Why no contact, in English.
    pub reason_en: String,
    /// What to send, in Japanese.
    pub next_step_ja: String,
    /// What to send, in English.
    pub next_step_en: String,
}

const NATURAL: Table<'static> = Table {
    name: "natural_offers",
    columns: &[
        ("attempt", Sort::Int),
        ("account_key", Sort::Int),
        ("offer_id", Sort::Text),
        ("play_id", Sort::Text),
        ("product_id", Sort::Text),
        ("contact_key", Sort::Int),
        ("motion", Sort::Text),
        ("owner", Sort::Text),
        ("channel", Sort::Text),
        ("due", Sort::Text),
        ("unasked", Sort::Real),
        ("contacted", Sort::Real),
        ("title_ja", Sort::Text),
        ("title_en", Sort::Text),
        ("why_now_ja", Sort::Text),
        ("why_now_en", Sort::Text),
        ("reason_ja", Sort::Text),
        ("reason_en", Sort::Text),
        ("next_step_ja", Sort::Text),
        ("next_step_en", Sort::Text),
    ],
    key: &["attempt", "account_key", "offer_id"],
};

fn values(attempt: i64, row: &NaturalRow) -> Row {
    vec![
        attempt.into(),
        row.account_key.into(),
        (&row.offer_id).into(),
        (&row.play_id).into(),
        row.product_id.as_ref().into(),
        row.contact_key.into(),
        (&row.motion).into(),
        row.owner.as_ref().into(),
        (&row.channel).into(),
        row.due.as_ref().into(),
        row.unasked.into(),
        row.contacted.into(),
        (&row.title_ja).into(),
        (&row.title_en).into(),
        (&row.why_now_ja).into(),
        (&row.why_now_en).into(),
        (&row.reason_ja).into(),
        (&row.reason_en).into(),
        (&row.next_step_ja).into(),
        (&row.next_step_en).into(),
    ]
}

fn natural(row: Row) -> NaturalRow {
    let mut fields = Fields::of(row);
    NaturalRow {
        account_key: fields.int(),
        offer_id: fields.text(),
        play_id: fields.text(),
        product_id: fields.optional_text(),
        contact_key: fields.optional_int(),
        motion: fields.text(),
        owner: fields.optional_text(),
        channel: fields.text(),
        due: fields.optional_text(),
        unasked: fields.real(),
        contacted: fields.real(),
        title_ja: fields.text(),
        title_en: fields.text(),
        why_now_ja: fields.text(),
        why_now_en: fields.text(),
        reason_ja: fields.text(),
        reason_en: fields.text(),
        next_step_ja: fields.text(),
        next_step_en: fields.text(),
    }
}

impl Store {
    /// Writes the natural offers of a run. At most 1,000 rows a transaction; the same key is replaced.
    pub async fn write_natural(
        &self,
        run_id: &str,
        offers: &[NaturalRow],
    ) -> Result<(), StoreError> {
        let what = "writing the natural offers";
        for chunk in offers.chunks(ROWS_A_TRANSACTION) {
            let mut tx = self.begin(what).await?;
            let attempt = self.attempt_to_write(&mut tx, run_id).await?;
            let rows: Vec<Row> = chunk.iter().map(|offer| values(attempt, offer)).collect();
            let done = sql::insert(&mut tx, &NATURAL, Clash::Replace, &rows).await;
            done.map_err(self.failed(what))?;
            tx.commit().await.map_err(self.failed(what))?;
        }
        Ok(())
    }

    /// The natural offers of a run, the likeliest first, at most `limit`, and how many there are.
    pub async fn natural(
        &self,
        run_id: &str,
        limit: u32,
    ) -> Result<(Vec<NaturalRow>, u64), StoreError> {
        self.natural_seen(run_id, limit, &Sight::All).await
    }

    /// The same of the accounts that are seen.
    pub async fn natural_seen(
        &self,
        run_id: &str,
        limit: u32,
        sight: &Sight,
    ) -> Result<(Vec<NaturalRow>, u64), StoreError> {
        let what = "reading the natural offers";
        let mut conn = self.reader(what).await?;
        let mut values: Vec<Value> = vec![run_id.into()];
        let seen = sight.and_listed("natural_offers", &mut values);
        let sql = format!("SELECT COUNT(*) FROM natural_offers WHERE attempt = {SEEN}{seen}");
        let counted = sql::rows(&mut conn, sql, &values, &[Sort::Int]).await;
        let counted = counted.map_err(self.failed(what))?.pop();
        let total = counted.map_or(0, |row| Fields::of(row).int());
        let names: Vec<_> = NATURAL.columns[1..].iter().map(|column| column.0).collect();
        let sorts: Vec<Sort> = NATURAL.columns[1..].iter().map(|column| column.1).collect();
        let sql = format!(
            "SELECT {} FROM natural_offers WHERE attempt = {SEEN}{seen} \
             ORDER BY unasked DESC, account_key, offer_id{} LIMIT ${}",
            names.join(", "),
            self.bytewise(),
            values.len() + 1
        );
        values.push(i64::from(limit).into());
        let found = sql::rows(&mut conn, sql, &values, &sorts).await;
        let found = found.map_err(self.failed(what))?;
        let total = u64::try_from(total).expect("a count is not negative");
        Ok((found.into_iter().map(natural).collect(), total))
    }

    /// Deletes what an attempt left here.
    pub(crate) async fn forget_natural(&self, attempt: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM natural_offers WHERE attempt = $1 AND account_key IN \
                   (SELECT account_key FROM natural_offers WHERE attempt = $1 LIMIT 500)";
        self.forget_rows(sql, attempt).await
    }
}
