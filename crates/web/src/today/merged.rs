//! What was not proposed, where sentences differ by the title of another offer alone: counted as one.

use domain::motion::Fate;
use store::FateCount;

/// The counts, those that say the same of different offers together, the largest first. Accounts are added up: an
/// account has one offer that goes before its others.
pub(super) fn merged(counts: &[FateCount]) -> Vec<FateCount> {
    let mut found: Vec<FateCount> = Vec::new();
    for count in counts {
        let count = general(count);
        let same = |it: &&mut FateCount| {
            it.fate == count.fate
                && it.reason_code == count.reason_code
                && it.reason_ja == count.reason_ja
                && it.reason_en == count.reason_en
        };
        match found.iter_mut().find(same) {
            Some(known) => {
                known.candidates += count.candidates;
                known.accounts += count.accounts;
            }
            None => found.push(count),
        }
    }
    if found.len() < counts.len() {
        found.sort_by_key(|count| std::cmp::Reverse(count.candidates));
    }
    found
}

/// The same without the title of what was preferred.
fn general(count: &FateCount) -> FateCount {
    let mut count = count.clone();
    if matches!(Fate::parse(&count.fate), Some(Fate::Displaced | Fate::Explored)) {
        count.reason_ja = without_title(&count.reason_ja, ('「', '」'), "ほかの提案");
        count.reason_en = without_title(&count.reason_en, ('"', '"'), "another offer");
    }
    count
}

/// The sentence with other words in place of what it quotes.
fn without_title(said: &str, (open, close): (char, char), instead: &str) -> String {
    let Some((before, rest)) = said.split_once(open) else { return said.to_owned() };
    let Some((_, after)) = rest.rsplit_once(close) else { return said.to_owned() };
    format!("{before}{instead}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(fate: &str, title: &str, candidates: i64) -> FateCount {
        FateCount {
            fate: fate.to_owned(),
            reason_ja: format!("1顧客あたり28日に1件までのため、「{title}」を優先しました。"),
            reason_en: format!("One package per account in 28 days; \"{title}\" goes first."),
            candidates,
            accounts: 1,
            ..FateCount::default()
        }
    }

    #[test]
    fn one_sentence_about_different_offers_is_one_row() {
        let counts = [
            count("held", "NPS", 4),
            count("displaced", "Pro → Enterprise", 3),
            count("displaced", "「勤怠」の追加", 2),
        ];
        let merged = merged(&counts);
        let said: Vec<_> =
            merged.iter().map(|it| (&*it.reason_ja, it.candidates, it.accounts)).collect();
        assert_eq!(
            said,
            [
                ("1顧客あたり28日に1件までのため、ほかの提案を優先しました。", 5, 2),
                ("1顧客あたり28日に1件までのため、「NPS」を優先しました。", 4, 1),
            ]
        );
        let english = "One package per account in 28 days; another offer goes first.";
        assert_eq!(merged[0].reason_en, english);
    }

    #[test]
    fn what_differs_stays_in_its_order() {
        let counts = [count("held", "a", 1), count("held", "b", 2)];
        assert_eq!(merged(&counts), counts);
    }
}
