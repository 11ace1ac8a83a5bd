//! The files of a run: features, trained rates, recommendations, every decision, hours.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Float64Type, Int64Type};
use decide::candidate::Recommendation;
use decide::decision::{Decision, PoolUse};
use domain::ids::{OfferId, ProductId, RepId};
use domain::money::Currency;
use domain::time::Day;
use domain::words::Words;

use crate::artefact::{Rows, read_columns, read_key, read_rows, write_bytes, write_parquet};
use crate::features::{FEATURES, Values};
use crate::tables::attributes::Attributes;
use crate::train::Trained;

fn text<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn owned(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn whole(values: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(values.collect::<Int64Array>())
}

fn number(values: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(values.collect::<Float64Array>())
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
}

fn write(folder: &Path, name: &str, columns: Vec<(&str, ArrayRef)>) -> Result<()> {
    write_parquet(&folder.join(name), &batch(columns)?)
}

/// `features.parquet`: a row per account, a column per feature, and one `attribute.<name>` for each numeric
/// attribute of the accounts.
pub fn features(folder: &Path, values: &Values, attributes: &Attributes) -> Result<()> {
    let with = attributes.values().flat_map(BTreeMap::keys);
    let keys: BTreeSet<i64> = values.accounts().chain(with.copied()).collect();
    let names: Vec<String> = attributes.keys().map(|name| format!("attribute.{name}")).collect();
    let mut columns = vec![("account_key", whole(keys.iter().map(|key| Some(*key))))];
    for (place, feature) in FEATURES.iter().enumerate() {
        let value = |key: &i64| values.get(*key, place);
        columns.push((feature.name, number(keys.iter().map(value))));
    }
    for (name, of) in names.iter().zip(attributes.values()) {
        columns.push((name.as_str(), number(keys.iter().map(|key| of.get(key).copied()))));
    }
    write(folder, "features.parquet", columns)
}

/// `trained.json`: rates and prices.
pub fn trained(folder: &Path, trained: &Trained) -> Result<()> {
    write_bytes(&folder.join("trained.json"), &serde_json::to_vec_pretty(trained)?)
}

/// Products worth proposing to an account: new ones, then those to buy again, each the best first.
pub type Found = (i64, Vec<Recommendation>);

/// Begins `recommendations.parquet`: products worth proposing by account, new ones before those to buy again, each
/// the best first.
pub fn begin_recommendations(folder: &Path) -> Result<Rows> {
    let path = folder.join("recommendations.parquet");
    Rows::create(&path, &recommendation_rows(&[])?.schema())
}

/// Recommendations as rows of it.
pub fn recommendation_rows(all: &[Found]) -> Result<RecordBatch> {
    let each = || {
        all.iter()
            .flat_map(|(key, found)| (1_i64..).zip(found).map(move |(place, r)| (*key, place, r)))
    };
    let because = |r: &Recommendation| r.because.first().cloned();
    let with = |r: &Recommendation| {
        let ids: Vec<&str> = r.with.iter().map(domain::ids::ProductId::as_str).collect();
        ids.join("\n")
    };
    batch(vec![
        ("account_key", whole(each().map(|(key, _, _)| Some(key)))),
        ("place", whole(each().map(|(_, place, _)| Some(place)))),
        ("product_id", text(each().map(|(_, _, r)| Some(r.product.as_str())))),
        ("score", number(each().map(|(_, _, r)| Some(r.score)))),
        ("because_ja", owned(each().map(|(_, _, r)| because(r).map(|e| e.words.ja)))),
        ("because_en", owned(each().map(|(_, _, r)| because(r).map(|e| e.words.en)))),
        ("source", owned(each().map(|(_, _, r)| because(r).map(|e| e.source)))),
        ("with", owned(each().map(|(_, _, r)| Some(with(r))))),
        ("kind", text(each().map(|(_, _, r)| Some(r.kind.code())))),
    ])
}

/// Begins `decisions.parquet`: every candidate with its fate and reason, by account and offer.
pub fn begin_decisions(folder: &Path, currency: Currency) -> Result<Rows> {
    let path = folder.join("decisions.parquet");
    Rows::create(&path, &decision_rows(&[], currency)?.schema())
}

/// The decisions of a few accounts as rows of it.
pub fn decision_rows(decisions: &[Vec<Decision>], currency: Currency) -> Result<RecordBatch> {
    let all = || decisions.iter().flatten();
    let minor = |amount: f64| Some(currency.round_expected(amount));
    batch(vec![
        ("account_key", whole(all().map(|d| Some(d.scored.candidate.account.0)))),
        ("offer_id", text(all().map(|d| Some(d.scored.candidate.offer.as_str())))),
        (
            "product_id",
            text(all().map(|d| d.scored.candidate.product.as_ref().map(ProductId::as_str))),
        ),
        ("motion", text(all().map(|d| Some(d.scored.candidate.motion.code())))),
        ("play_id", text(all().map(|d| Some(d.play.as_str())))),
        ("fate", text(all().map(|d| Some(d.fate.code())))),
        ("reason_code", text(all().map(|d| Some(d.reason_code)))),
        ("reason_ja", text(all().map(|d| Some(d.reason.ja.as_str())))),
        ("reason_en", text(all().map(|d| Some(d.reason.en.as_str())))),
        ("rank", whole(all().map(|d| d.rank.map(i64::from)))),
        ("owner", text(all().map(|d| d.owner.as_ref().map(RepId::as_str)))),
        ("week", owned(all().map(|d| d.week.map(|w| w.to_string())))),
        ("effort_hours", number(all().map(|d| Some(d.scored.candidate.effort_hours)))),
        ("expected_minor", whole(all().map(|d| minor(d.value.eip.mean)))),
        ("spread_minor", whole(all().map(|d| minor(d.value.eip.sd)))),
        ("probability", number(all().map(|d| Some(d.value.accept.mean)))),
        ("provenance", text(all().map(|d| Some(d.value.eip.provenance.code())))),
        ("action_probability", number(all().map(|d| d.draw.map(|draw| draw.probability)))),
        ("policy_choice", whole(all().map(|d| d.draw.map(|draw| i64::from(draw.policy))))),
        ("explored", whole(all().map(|d| d.draw.map(|draw| i64::from(draw.explored))))),
        ("repaired", whole(all().map(|d| d.draw.map(|draw| i64::from(draw.repaired))))),
        ("displaced_by", text(all().map(|d| d.displaced_by.as_ref().map(OfferId::as_str)))),
        ("unasked", number(all().map(|d| Some(d.scored.odds.organic.mean)))),
        (
            "revenue_month_minor",
            whole(all().map(|d| minor(d.scored.candidate.revenue_month_minor.mean))),
        ),
        ("once_minor", whole(all().map(|d| minor(d.scored.candidate.once_minor.mean)))),
    ])
}

/// What a run decided about one offer of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The offer.
    pub offer: String,
    /// Its product.
    pub product: Option<String>,
    /// The play.
    pub play: String,
    /// The move's code.
    pub motion: String,
    /// Its fate's code.
    pub fate: String,
    /// The reason's code.
    pub code: String,
    /// Expected incremental profit, minor units.
    pub expected_minor: i64,
    /// Why.
    pub reason: Words,
    /// Place in the plan.
    pub rank: Option<i64>,
    /// Planned week.
    pub week: Option<String>,
    /// Who does it.
    pub owner: Option<String>,
    /// What took its place.
    pub displaced_by: Option<String>,
}

/// One account's decisions of a run, read back.
pub fn read_decisions(folder: &Path, account: i64) -> Result<Vec<Decided>> {
    Ok(decided(&read_key(&folder.join("decisions.parquet"), account)?))
}

fn decided(batch: &RecordBatch) -> Vec<Decided> {
    let any = |name: &str| batch.column_by_name(name).expect("written above");
    let column = |name: &str| any(name).as_string::<i32>().clone();
    let get =
        |array: &StringArray, row: usize| array.is_valid(row).then(|| array.value(row).to_owned());
    let (offer, product, play, fate) =
        (column("offer_id"), column("product_id"), column("play_id"), column("fate"));
    let (ja, en, week, owner) =
        (column("reason_ja"), column("reason_en"), column("week"), column("owner"));
    let (motion, code, displaced) =
        (column("motion"), column("reason_code"), column("displaced_by"));
    let whole = |name: &str| any(name).as_primitive::<Int64Type>().clone();
    let (ranks, expected) = (whole("rank"), whole("expected_minor"));
    let read = (0..batch.num_rows()).map(|row| Decided {
        offer: offer.value(row).to_owned(),
        product: get(&product, row),
        play: play.value(row).to_owned(),
        motion: motion.value(row).to_owned(),
        fate: fate.value(row).to_owned(),
        code: code.value(row).to_owned(),
        expected_minor: expected.value(row),
        reason: Words::new(ja.value(row), en.value(row)),
        rank: ranks.is_valid(row).then(|| ranks.value(row)),
        week: get(&week, row),
        owner: get(&owner, row),
        displaced_by: get(&displaced, row),
    });
    read.collect()
}

/// The decisions of a run account by account, in the order of the accounts' keys.
pub struct DecisionsOf {
    batches: Box<dyn Iterator<Item = Result<RecordBatch>>>,
    /// Read and not asked for yet.
    ahead: VecDeque<(i64, Decided)>,
}

impl DecisionsOf {
    /// Begins with the first account.
    pub fn begin(folder: &Path) -> Result<Self> {
        let batches = read_rows(&folder.join("decisions.parquet"))?;
        Ok(Self { batches: Box::new(batches), ahead: VecDeque::new() })
    }

    /// Those of an account; accounts are asked for in ascending order.
    pub fn of(&mut self, account: i64) -> Result<Vec<Decided>> {
        let mut found = Vec::new();
        loop {
            while let Some((key, _)) = self.ahead.front() {
                match key.cmp(&account) {
                    std::cmp::Ordering::Greater => return Ok(found),
                    std::cmp::Ordering::Less => drop(self.ahead.pop_front()),
                    std::cmp::Ordering::Equal => {
                        found.extend(self.ahead.pop_front().map(|(_, decided)| decided));
                    }
                }
            }
            let Some(batch) = self.batches.next() else { return Ok(found) };
            let batch = batch?;
            let keys = batch.column(0).as_primitive::<Int64Type>().values().to_vec();
            self.ahead.extend(keys.into_iter().zip(decided(&batch)));
        }
    }
}

/// `pools.parquet`: hours by pool and week.
pub fn pools(folder: &Path, pools: &[PoolUse]) -> Result<()> {
    write(
        folder,
        "pools.parquet",
        vec![
            ("pool", text(pools.iter().map(|p| Some(p.pool.as_str())))),
            ("team", text(pools.iter().map(|p| p.team.as_deref()))),
            ("role", text(pools.iter().map(|p| p.role.as_deref()))),
            ("week", owned(pools.iter().map(|p| Some(p.week.to_string())))),
            ("hours", number(pools.iter().map(|p| Some(p.hours)))),
            ("used", number(pools.iter().map(|p| Some(p.used)))),
            ("shadow_price", number(pools.iter().map(|p| Some(p.shadow_price)))),
            ("stranded", number(pools.iter().map(|p| Some(p.stranded)))),
        ],
    )
}

/// Hours of a run, read back.
pub fn read_pools(folder: &Path) -> Result<Vec<PoolUse>> {
    let columns = ["pool", "team", "role", "week", "hours", "used", "shadow_price", "stranded"];
    let mut pools = Vec::new();
    for batch in read_columns(&folder.join("pools.parquet"), &columns)? {
        let batch = batch?;
        let text = |i: usize| batch.column(i).as_string::<i32>();
        let number = |i: usize| batch.column(i).as_primitive::<Float64Type>();
        let may =
            |i: usize, row: usize| text(i).is_valid(row).then(|| text(i).value(row).to_owned());
        pools.extend((0..batch.num_rows()).map(|row| PoolUse {
            pool: text(0).value(row).to_owned(),
            team: may(1, row),
            role: may(2, row),
            week: Day::parse_iso(text(3).value(row)).unwrap_or(Day(0)),
            hours: number(4).value(row),
            used: number(5).value(row),
            shadow_price: number(6).value(row),
            stranded: number(7).value(row),
        }));
    }
    Ok(pools)
}

/// The account of a play of a run.
pub fn account_of_play(folder: &Path, play: &str) -> Result<Option<i64>> {
    let columns = ["account_key", "play_id"];
    for batch in read_columns(&folder.join("decisions.parquet"), &columns)? {
        let batch = batch?;
        let keys = batch.column(0).as_primitive::<Int64Type>();
        let plays = batch.column(1).as_string::<i32>();
        if let Some(row) = (0..batch.num_rows()).find(|row| plays.value(*row) == play) {
            return Ok(Some(keys.value(row)));
        }
    }
    Ok(None)
}
