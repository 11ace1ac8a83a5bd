//! "Did you mean …": the known name nearest to one that is not known.

use unicode_normalization::UnicodeNormalization as _;

/// The candidate nearest to `name`, if it is near enough to be meant.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let plain = |text: &str| -> Vec<char> {
        text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(name);
    candidates
        .into_iter()
        .map(|candidate| (distance(&wanted, &plain(candidate)), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= wanted.len() / 3 + 1)
        .map(|(_, candidate)| candidate)
}

/// The end of a message: ` Did you mean `x`?`, or nothing.
pub(crate) fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> String {
    nearest(name, candidates).map_or(String::new(), |near| format!(" Did you mean `{near}`?"))
}

/// Letters to insert, delete or replace to come from one word to the other (Levenshtein 1966).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(nearest(name, ["account_id", "name", "Customer ID"]), expected, "{name}");
    }

    #[test]
    fn slips_are_understood() {
        check("acount_id", Some("account_id"));
        check("customer_id", Some("Customer ID"));
        check("nmae", Some("name"));
        check("ＡＣＣＯＵＮＴ＿ＩＤ", Some("account_id"));
    }
    #[test]
    fn other_words_are_not() {
        check("satisfaction", None);
    }
}
