//! Figures in sentences: counts, shares, days, and how a number is known.

use domain::ids::ProductId;
use domain::probability::{Estimate, Provenance};
use domain::words::Words;

use crate::catalogue::Catalogue;

/// The same text in both languages.
pub(crate) fn both(text: &str) -> Words {
    Words::new(text, text)
}

/// What a product is called; its id where the catalogue does not have it.
pub(crate) fn name<'a>(catalogue: &'a Catalogue, id: &'a ProductId) -> &'a str {
    catalogue.product(id).map_or(id.as_str(), |product| product.name.as_str())
}

/// Adds a sentence to both languages.
pub(crate) fn add(words: &mut Words, ja: &str, en: &str) {
    words.ja.push_str(ja);
    words.en.push_str(en);
}

/// A whole number with grouping: `4,238`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Days in English: `1 day`, `12 days`.
pub(crate) fn days(n: i32) -> String {
    if n == 1 { "1 day".to_owned() } else { format!("{n} days") }
}

/// A quantity without needless decimals: `93`, `46.5`, `1,204`.
pub(crate) fn figure(x: f64) -> String {
    let tenths = (x * 10.0).round() / 10.0;
    if !tenths.is_finite() {
        return "-".to_owned();
    }
    let sign = if tenths < 0.0 { "-" } else { "" };
    let whole = tenths.abs().trunc();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what u64 holds"
    )]
    let grouped = count(whole.min(1e15) as u64);
    let rest = ((tenths.abs() - whole) * 10.0).round();
    if rest >= 1.0 { format!("{sign}{grouped}.{rest}") } else { format!("{sign}{grouped}") }
}

/// A share in percent: `18 %`, `0.4 %` under one percent.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.95 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

/// How a number is known: 仮定値, 推定 or 実験で測定.
pub(crate) fn known(estimate: &Estimate) -> Words {
    let n = count(estimate.n);
    match (estimate.provenance, estimate.n) {
        (Provenance::Prior, _) => Words::new("仮定値", "assumed"),
        (Provenance::Estimated, 0 | 1) => Words::new("実績による", "from the records"),
        (Provenance::Estimated, _) => {
            Words::new(format!("{n}件から推定"), format!("estimated from {n} cases"))
        }
        (Provenance::Experiment, _) => {
            Words::new(format!("実験で測定、n={n}"), format!("measured by an experiment, n={n}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(figure(93.0), "93");
        assert_eq!(figure(1204.46), "1,204.5");
        assert_eq!(figure(-0.04), "0");
        assert_eq!(figure(-12.34), "-12.3");
        assert_eq!(percent(0.004), "0.4 %");
        assert_eq!(percent(0.184), "18 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(count(1_234_567), "1,234,567");
    }
}
