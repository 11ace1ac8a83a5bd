//! Names of columns and files, made comparable: `Account ID`, `account_id`, `accountId`, `ＡｃｃｏｕｎｔＩＤ`.

use crate::ingest::decimal::half_width;

/// A name in small letters and half-width characters, without blanks and signs, and what stood in brackets
/// behind it or beside it as a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// The name without unit.
    pub(super) plain: String,
    /// A currency that the name states: `USD`, `JPY`, …
    pub(super) currency: Option<&'static str>,
    /// By what values are to be multiplied: 千円 says 1,000.
    pub(super) times: u32,
}

const CURRENCIES: &[(&str, &str)] = &[
    ("usd", "USD"),
    ("eur", "EUR"),
    ("gbp", "GBP"),
    ("jpy", "JPY"),
    ("円", "JPY"),
    ("$", "USD"),
    ("€", "EUR"),
];

/// Reads a name.
pub(super) fn read(text: &str) -> Name {
    let text = half_width(text);
    let (mut currency, mut times) = (None, 1);
    let mut base = text.clone();
    if let Some(open) = text.find(['(', '[', '【', '〔'])
        && open > 0
    {
        let unit = text[open..].to_lowercase();
        times = if unit.contains("百万") || unit.contains("million") {
            1_000_000
        } else if unit.contains('千') || unit.contains("thousand") {
            1000
        } else {
            1
        };
        currency = CURRENCIES.iter().find(|(sign, _)| unit.contains(sign)).map(|(_, code)| *code);
        base.truncate(open);
    }
    let mut words = words(&base);
    if words.len() > 1
        && let Some((_, code)) =
            CURRENCIES.iter().find(|(sign, _)| words.last().is_some_and(|last| last == sign))
    {
        currency = Some(code);
        words.pop();
    }
    Name { plain: words.concat(), currency, times }
}

/// The name alone.
pub(super) fn plain(text: &str) -> String {
    read(text).plain
}

/// The words of a name, at signs and at capitals.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before: Option<char> = None;
    for letter in text.chars() {
        let capital =
            letter.is_uppercase() && before.is_some_and(|b| b.is_lowercase() || b.is_ascii_digit());
        if (!letter.is_alphanumeric() || capital)
            && words.last().is_some_and(|last| !last.is_empty())
        {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(last) = words.last_mut()
        {
            last.extend(letter.to_lowercase());
        }
        before = Some(letter);
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The pattern that fits the file and those of other months: digits and what binds them become `*`.
pub(super) fn pattern(file: &str) -> String {
    let plain = file.strip_suffix(".gz").unwrap_or(file);
    let (stem, ending) = plain.rsplit_once('.').unwrap_or((plain, ""));
    let mut out = String::new();
    let mut digits = 0;
    for letter in half_width(stem).chars().zip(stem.chars()) {
        if letter.0.is_ascii_digit() {
            digits += 1;
        } else if digits > 0 && matches!(letter.0, '-' | '_' | '.' | '年' | '月' | '日') {
        } else {
            if digits > 0 {
                out.push('*');
            }
            digits = 0;
            out.push(letter.1);
        }
    }
    if digits > 0 {
        out.push('*');
    }
    if out.chars().filter(|letter| letter.is_alphanumeric()).count() < 3 {
        return plain.to_owned();
    }
    format!("{out}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_many_spellings() {
        for name in ["Account ID", "account_id", "accountId", "ＡＣＣＯＵＮＴ－ＩＤ", "AccountId"]
        {
            assert_eq!(plain(name), "accountid", "{name}");
        }
        assert_eq!(plain("契約 開始日"), "契約開始日");
    }
    #[test]
    fn units_are_set_aside() {
        let check = |name: &str, expected: (&str, Option<&str>, u32)| {
            let read = read(name);
            assert_eq!((read.plain.as_str(), read.currency, read.times), expected, "{name}");
        };
        check("月額（円）", ("月額", Some("JPY"), 1));
        check("売上【千円】", ("売上", Some("JPY"), 1000));
        check("refund_amount_usd", ("refundamount", Some("USD"), 1));
        check("usd", ("usd", None, 1));
    }
    #[test]
    fn months_in_file_names_are_left_open() {
        assert_eq!(pattern("契約一覧_2026年3月.xlsx"), "契約一覧_*.xlsx");
        assert_eq!(pattern("usage-2026-03-01.csv.gz"), "usage-*.csv");
        assert_eq!(pattern("accounts.csv"), "accounts.csv");
        assert_eq!(pattern("2026-03.csv"), "2026-03.csv");
    }
}
