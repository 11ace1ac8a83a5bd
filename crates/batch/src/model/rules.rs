//! `nobishiro model rules`: who buys these buys that too.

use std::sync::Arc;

use anyhow::{Result, bail};
use models::itemsets::{
    Itemsets, Options, Rule, Rules, RulesOptions, TooMany, least_count, mine, rules,
};

use super::baskets::{Named, Source};
use super::summary::{Summary, Value};
use super::table::{Column, Table};

/// Itemsets and rules beyond which nobody reads them and memory runs out.
const ITEMSETS_MAX: usize = 20_000_000;
const RULES_MAX: usize = 5_000_000;
/// So few rules are worth a word on what to try.
const FEW_ITEMSETS: usize = 1_000_000;

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The least support of a rule's items together.
    pub min_support: Support,
    /// The least confidence, 0..=1.
    pub min_confidence: f64,
    /// Items of the longest rule, both sides together; `None` for any number.
    pub longest: Option<usize>,
}

/// How often a set must occur.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Support {
    /// A share of all baskets, above 0 and below 1.
    Share(f64),
    /// Baskets, at least 1.
    Count(u32),
}

impl std::str::FromStr for Support {
    type Err = String;

    /// Below 1 a share, from 1 on a count; a percentage is a share.
    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || {
            format!(
                "`{text}` is neither a share above 0 and below 1, a percentage, nor a whole number of baskets"
            )
        };
        if let Some(percent) = text.strip_suffix('%') {
            let share = percent.trim().parse::<f64>().map_err(|_| refused())? / 100.0;
            return if share > 0.0 && share <= 1.0 {
                Ok(Self::Share(share))
            } else {
                Err(refused())
            };
        }
        if let Ok(count) = text.parse::<u32>() {
            return if count > 0 { Ok(Self::Count(count)) } else { Err(refused()) };
        }
        match text.parse::<f64>() {
            Ok(share) if share > 0.0 && share < 1.0 => Ok(Self::Share(share)),
            _ => Err(refused()),
        }
    }
}

impl Support {
    fn count(self, baskets: usize) -> u32 {
        match self {
            Self::Share(share) => least_count(share, baskets),
            Self::Count(count) => count,
        }
    }
}

/// Finds all rules with one item on the right.
pub fn run(source: &Source, wanted: &Wanted) -> Result<(Table, Summary)> {
    let named = source.read()?;
    let baskets = named.baskets.len();
    let min_count = wanted.min_support.count(baskets);
    if min_count as usize > baskets {
        bail!("--min-support asks for {min_count} baskets, but there are {baskets}");
    }
    let threads = models::parallel::cores();
    let options = Options { min_count, longest: wanted.longest, most: ITEMSETS_MAX, threads };
    let itemsets =
        mine(&named.baskets, &options).map_err(|refused| explosion(&named, &options, refused))?;
    let found = rules(
        &itemsets,
        &RulesOptions { min_confidence: wanted.min_confidence, most: RULES_MAX, threads },
    )
    .map_err(|refused| {
        anyhow::anyhow!(
            "{refused} at a confidence of {}, from {} itemsets; raise --min-confidence or --min-support",
            wanted.min_confidence,
            itemsets.len()
        )
    })?;
    let top = found.iter().next().map(|rule| rule.together.lift());
    let summary = named
        .summary()
        .with("min_count", u64::from(min_count))
        .with("min_confidence", wanted.min_confidence)
        .with("itemsets", itemsets.len())
        .rows("itemsets_by_length", &["items", "itemsets"], by_length(&itemsets))
        .with("rules", found.len())
        .with("top_lift", top);
    Ok((table(named, found), summary))
}

fn by_length(itemsets: &Itemsets) -> Vec<Vec<Value>> {
    let lengths = itemsets.by_length();
    (1_u64..).zip(lengths).map(|(length, sets)| vec![length.into(), sets.into()]).collect()
}

/// Says at which support there would be fewer.
fn explosion(named: &Named, options: &Options, refused: TooMany) -> anyhow::Error {
    let baskets = named.baskets.len();
    let mut min_count = options.min_count;
    loop {
        min_count = min_count.saturating_mul(2);
        if min_count as usize > baskets {
            return anyhow::anyhow!("{refused}; state --max-length, as baskets are too much alike");
        }
        let fewer = Options { min_count, most: FEW_ITEMSETS, ..*options };
        if let Ok(itemsets) = mine(&named.baskets, &fewer) {
            return anyhow::anyhow!(
                "{refused}; try --min-support {min_count} ({:.6} of the baskets), where there are {}, or a \
                 --max-length",
                f64::from(min_count) / baskets as f64,
                itemsets.len()
            );
        }
    }
}

#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method's path is not general enough over the rule's lifetime"
)]
fn table(named: Named, found: Rules) -> Table {
    let rows = found.len();
    let all = Arc::new((named.items, found));
    let number = |pick: fn(&Rule<'_>) -> f64| {
        let all = Arc::clone(&all);
        Column::NumberMade(rows, Box::new(move |row| pick(&all.1.get(row))))
    };
    let (left, right, counts) = (Arc::clone(&all), Arc::clone(&all), Arc::clone(&all));
    let antecedent = move |row: usize, text: &mut String| {
        let (items, found) = &*left;
        let rule = found.get(row);
        list(rule.antecedent.iter().map(|item| items[*item as usize].as_str()), text);
    };
    let consequent = move |row: usize, text: &mut String| {
        text.push_str(&right.0[right.1.get(row).consequent as usize]);
    };
    let count = move |row| i64::try_from(counts.1.get(row).together.both).unwrap_or(i64::MAX);
    Table::default()
        .with("antecedent", Column::TextMade(rows, Box::new(antecedent)))
        .with("consequent", Column::TextMade(rows, Box::new(consequent)))
        .with("support", number(|rule| rule.support()))
        .with("confidence", number(|rule| rule.together.confidence()))
        .with("lift", number(|rule| rule.together.lift()))
        .with("leverage", number(|rule| rule.leverage()))
        .with("count", Column::WholeMade(rows, Box::new(count)))
}

/// Puts names into an empty text: `a, b`. A name that holds a comma or a quote stands in double quotes, inner ones
/// doubled.
fn list<'a>(names: impl Iterator<Item = &'a str>, text: &mut String) {
    for name in names {
        if !text.is_empty() {
            text.push_str(", ");
        }
        if name.contains([',', '"']) {
            text.push('"');
            text.push_str(&name.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supports_are_shares_or_counts() {
        let read = |text: &str| text.parse::<Support>();
        assert_eq!(read("0.001"), Ok(Support::Share(0.001)));
        assert_eq!(read("5%"), Ok(Support::Share(0.05)));
        assert_eq!(read("89"), Ok(Support::Count(89)));
        assert_eq!(read("1"), Ok(Support::Count(1)));
        for bad in ["0", "-1", "1.5", "x", "0%", "200%", "NaN", ""] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lists_can_be_taken_apart() {
        let names = ["ham", "salt, fine", "3\" nail"];
        let mut text = String::new();
        list(names.into_iter(), &mut text);
        assert_eq!(text, "ham, \"salt, fine\", \"3\"\" nail\"");
    }
}
