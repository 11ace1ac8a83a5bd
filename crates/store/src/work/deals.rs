//! Plays whose deal the CRM has closed: by the link that somebody confirmed, or by the play's id in the deal's row.

use super::rows;
use crate::StoreError;
use crate::open::Store;
use crate::plays::PlayRow;
use crate::runs::SEEN;
use crate::sql::{self, Sort};
use crate::value::{Fields, Row, Value};

/// A play that is open, put off or under way, and whose deal is closed.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosedDeal {
    /// The play as it is kept, else as the run proposes it.
    pub play: PlayRow,
    /// How many events it has.
    pub expected: i64,
    /// The deal.
    pub deal_id: String,
    /// When it was closed, microseconds UTC.
    pub closed_us: i64,
    /// Whether it was won.
    pub won: bool,
    /// Its amount, minor units.
    pub amount_minor: Option<i64>,
    /// The amount's currency; none: the workspace's.
    pub currency: Option<String>,
}

const CLOSED: &str = "d.outcome IN ('won', 'lost') AND d.closed_at IS NOT NULL";
const LIVE: &str = "s.state IN ('open', 'accepted', 'held')";
const COLUMNS: &str = "d.proposal_id, d.closed_at, d.outcome, d.amount, d.currency";

impl Store {
    /// The plays whose deal is closed and which are not, by id; of several deals of a play the one closed first.
    /// `run_id` is the run whose proposals count beside the plays that somebody answered.
    pub async fn closed_deals(&self, run_id: &str) -> Result<Vec<ClosedDeal>, StoreError> {
        let what = "reading the deals of plays";
        let linked = format!(
            "SELECT s.play_id, {COLUMNS} FROM play_states s \
             JOIN proposals d ON d.proposal_id = s.deal_id WHERE {LIVE} AND {CLOSED}"
        );
        let named = format!(
            "SELECT s.play_id, {COLUMNS} FROM play_states s JOIN proposals d \
             ON d.play_id = s.play_id WHERE s.deal_id IS NULL AND {LIVE} AND {CLOSED}"
        );
        let fresh = format!(
            "SELECT p.play_id, {COLUMNS} FROM plays p JOIN proposals d ON d.play_id = p.play_id \
             WHERE p.attempt = {SEEN} AND {CLOSED} \
             AND NOT EXISTS (SELECT 1 FROM play_states s WHERE s.play_id = p.play_id)"
        );
        let sorts = [Sort::Text, Sort::Text, Sort::Int, Sort::Text, Sort::Int, Sort::Text];
        let run: [Value; 1] = [run_id.into()];
        let mut found: Vec<Row> = Vec::new();
        let mut conn = self.reader(what).await?;
        for (sql, values) in [(linked, &[][..]), (named, &[][..]), (fresh, &run[..])] {
            let rows = sql::rows(&mut conn, sql, values, &sorts).await;
            found.extend(rows.map_err(self.failed(what))?);
        }
        drop(conn);
        let mut deals: Vec<(String, ClosedDeal)> = found.into_iter().map(deal).collect();
        deals.sort_by(|(a, x), (b, y)| {
            (a, x.closed_us, &x.deal_id).cmp(&(b, y.closed_us, &y.deal_id))
        });
        deals.dedup_by(|(later, _), (first, _)| later == first);
        self.with_plays(run_id, deals).await
    }

    async fn with_plays(
        &self,
        run_id: &str,
        deals: Vec<(String, ClosedDeal)>,
    ) -> Result<Vec<ClosedDeal>, StoreError> {
        let mut all = Vec::with_capacity(deals.len());
        for (play_id, deal) in deals {
            let (play, expected) = match self.play_state(&play_id).await? {
                Some(state) => (Some(state.play()), state.events),
                None => (self.play(run_id, &play_id).await?, 0),
            };
            all.extend(play.map(|play| ClosedDeal { play, expected, ..deal }));
        }
        Ok(all)
    }

    /// The deals that plays are linked to, of these deals: the deal and the play.
    pub async fn plays_of_deals(
        &self,
        deals: &[String],
    ) -> Result<Vec<(String, String)>, StoreError> {
        let what = "reading the deals of plays";
        let keys: Vec<Row> = deals.iter().map(|id| vec![id.into()]).collect();
        let mut conn = self.reader(what).await?;
        let found = sql::lookup(&mut conn, &rows::STATES, &["deal_id"], &keys).await;
        let found = found.map_err(self.failed(what))?.into_iter().map(rows::state);
        Ok(found.filter_map(|state| Some((state.deal_id?, state.play_id))).collect())
    }
}

fn deal(row: Row) -> (String, ClosedDeal) {
    let mut fields = Fields::of(row);
    let play_id = fields.text();
    let deal = ClosedDeal {
        play: PlayRow::default(),
        expected: 0,
        deal_id: fields.text(),
        closed_us: fields.int(),
        won: fields.text() == "won",
        amount_minor: fields.optional_int(),
        currency: fields.optional_text().filter(|code| !code.is_empty()),
    };
    (play_id, deal)
}
