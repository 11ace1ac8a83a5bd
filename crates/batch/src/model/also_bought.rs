//! `nobishiro model also-bought`: what is bought together with each item.

use anyhow::{Context, Result, bail};
use models::association::Together;
use models::neighbours::{Neighbours, Row};
use models::parallel;
use models::recommend::{Choice, ChoiceOptions, Method, Scorer, Training, choose};

use super::baskets::{Named, PAIRS_CAP, Source};
use super::summary::{Summary, Value};
use super::table::{Column, Table};

/// The columns of the table of methods.
const COLUMNS: &[&str] = &[
    "method",
    "setting",
    "recall_at_10",
    "ndcg_at_10",
    "gain_over_popularity",
    "standard_error",
    "popularity",
    "coverage",
];

/// What to list.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Neighbours of each item at most.
    pub top: usize,
    /// Baskets that must hold both items.
    pub min_count: u32,
    /// The method of the score; `None` for the one that is best on held-out baskets.
    pub method: Option<Method>,
    /// Which baskets are held out.
    pub seed: u64,
}

/// A neighbour of an item.
#[derive(Debug, Clone, Copy)]
struct Also {
    item: u32,
    together: Together,
    score: f64,
}

/// Lists each item's best neighbours, items in the order of their names.
pub fn run(source: &Source, wanted: &Wanted) -> Result<(Table, Summary)> {
    let named = source.read()?;
    let threads = models::parallel::cores();
    let options = ChoiceOptions { seed: wanted.seed, threads, cap: PAIRS_CAP };
    let choice = wanted.method.is_none().then(|| choose(&named.baskets, &options));
    let method = wanted.method.or(choice.as_ref().map(|it| it.method)).context("one is chosen")?;
    let items = named.items.len();
    if let Some(most) = method.items_max().filter(|most| items > *most) {
        bail!(
            "--method {} is for at most {most} items, and there are {items}; leave --method out",
            method.name()
        );
    }
    let neighbours = Neighbours::new(&named.baskets, PAIRS_CAP);
    let training = Training { neighbours: &neighbours, rows: &[], seed: wanted.seed, threads };
    let scorer = method.fit(&training).with_context(|| {
        format!("--method {}: these counts cannot be inverted; leave --method out", method.name())
    })?;
    let found = parallel::map(items, threads, Row::default, |row, item| {
        let item = u32::try_from(item).unwrap_or(u32::MAX);
        of_item(&neighbours, scorer.as_ref(), wanted, (item, row))
    });
    let pairs: u64 = found.iter().map(|(pairs, _)| pairs).sum();
    let summary = named
        .summary()
        .with("min_count", u64::from(wanted.min_count))
        .with("pairs", pairs)
        .with("baskets_over_1000_items", neighbours.over_cap())
        .with("method", method.name())
        .with("setting", method.setting());
    let summary = match &choice {
        Some(choice) => say(summary, choice),
        None => summary,
    };
    let listed: Vec<Vec<Also>> = found.into_iter().map(|(_, listed)| listed).collect();
    Ok((table(&named, &neighbours, &listed)?, summary))
}

/// How many pairs an item forms with later ones, and its best neighbours.
fn of_item(
    neighbours: &Neighbours,
    scorer: &dyn Scorer,
    wanted: &Wanted,
    (item, row): (u32, &mut Row),
) -> (u64, Vec<Also>) {
    neighbours.row(item, row);
    row.both.retain(|(_, both)| *both >= wanted.min_count);
    let pairs = row.both.iter().filter(|(other, _)| *other > item).count() as u64;
    let scores = scorer.pairs(item, &row.both);
    let mut order: Vec<usize> = (0..scores.len()).collect();
    let better = |a: &usize, b: &usize| {
        let ((one, both), (other, both_other)) = (row.both[*a], row.both[*b]);
        scores[*b].total_cmp(&scores[*a]).then(both_other.cmp(&both)).then(one.cmp(&other))
    };
    if order.len() > wanted.top {
        order.select_nth_unstable_by(wanted.top - 1, better);
        order.truncate(wanted.top);
    }
    order.sort_unstable_by(better);
    let mut listed = Vec::with_capacity(order.len());
    for at in order {
        let (other, both) = row.both[at];
        let together = neighbours.together(item, other, both);
        listed.push(Also { item: other, together, score: scores[at] });
    }
    (pairs, listed)
}

/// Says what was tried, and how popular what is listed is.
fn say(summary: Summary, choice: &Choice) -> Summary {
    let Choice { tried, held_out, learned_from, popularity_hidden, gini_baskets, .. } = choice;
    let summary =
        summary.with("baskets_held_out", *held_out).with("baskets_learned_from", *learned_from);
    let Some(chosen) = tried.iter().find(|it| it.method == choice.method) else {
        return summary.with("verdict", "too few baskets to compare methods on");
    };
    let beats = chosen.gain > 1.96 * chosen.gain_error;
    let verdict = if beats { "beats popularity" } else { "no better than popularity" };
    let bias = Summary::default()
        .with("listed", chosen.popularity)
        .with("bought", *popularity_hidden)
        .with("ratio", chosen.popularity / popularity_hidden)
        .with("gini_listed", chosen.gini)
        .with("gini_bought", *gini_baskets)
        .with("coverage", chosen.coverage);
    let rows = tried.iter().map(|it| -> Vec<Value> {
        vec![
            it.method.name().into(),
            it.method.setting().into(),
            it.recall.into(),
            it.ndcg.into(),
            it.gain.into(),
            it.gain_error.into(),
            it.popularity.into(),
            it.coverage.into(),
        ]
    });
    summary.with("verdict", verdict).with("popularity_bias", bias).rows(
        "methods",
        COLUMNS,
        rows.collect(),
    )
}

fn table(named: &Named, neighbours: &Neighbours, listed: &[Vec<Also>]) -> Result<Table> {
    let each =
        || listed.iter().enumerate().flat_map(|(item, also)| also.iter().map(move |it| (item, it)));
    let count = |pick: fn(&Together) -> u64| -> Result<Column> {
        let counts: Result<Vec<i64>, _> =
            each().map(|(_, it)| i64::try_from(pick(&it.together))).collect();
        Ok(counts.context("a count of baskets")?.into())
    };
    let measure = |pick: &dyn Fn(&Also) -> f64| -> Column {
        each().map(|(_, it)| pick(it)).collect::<Vec<f64>>().into()
    };
    let baskets = neighbours.baskets().len() as f64;
    Ok(Table::default()
        .with("item", each().map(|(item, _)| named.items[item].clone()).collect::<Vec<_>>())
        .with(
            "also",
            each().map(|(_, it)| named.items[it.item as usize].clone()).collect::<Vec<_>>(),
        )
        .with("count_item", count(|it| it.first)?)
        .with("count_also", count(|it| it.second)?)
        .with("count_both", count(|it| it.both)?)
        .with("support", measure(&|it| it.together.both as f64 / baskets))
        .with("confidence", measure(&|it| it.together.confidence()))
        .with("lift", measure(&|it| it.together.lift()))
        .with("llr", measure(&|it| it.together.log_likelihood_ratio()))
        .with("score", measure(&|it| it.score)))
}

/// The method of a name, with its usual setting.
pub fn method(name: &str) -> Option<Method> {
    Method::named(name)
}
