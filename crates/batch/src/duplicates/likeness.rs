//! How alike two companies are, and why.

use domain::words::Words;

use super::Company;

/// The chance that two are one, by what they share. Set by hand: a corporate number is given once
/// in Japan; names without their legal form repeat among small firms; a domain serves whole groups.
const SAME_NUMBER: f64 = 0.98;
const SAME_NAME: f64 = 0.85;
const SAME_KANA: f64 = 0.65;
const SAME_DOMAIN: f64 = 0.6;
/// Of a name at the threshold of likeness, and what each point above adds.
const LIKE_NAME: f64 = 0.5;
const LIKE_NAME_SLOPE: f64 = 3.0;
/// Names less alike than this (Jaro 1989, Winkler 1990; 0 to 1) are not alike.
const LIKE_MIN: f64 = 0.92;
/// Letters that a name needs before a slip of the pen can be told from another name.
const LIKE_LETTERS_MIN: usize = 5;
/// What two different corporate numbers, or countries, leave of the chance.
const OTHER_NUMBER: f64 = 0.3;
const OTHER_COUNTRY: f64 = 0.6;

/// The verdict of all likenesses.
#[derive(Debug)]
pub(super) struct Likeness {
    pub(super) score: f64,
    pub(super) reasons: Vec<Words>,
}

impl Likeness {
    pub(super) fn of(a: &Company, b: &Company) -> Self {
        let mut told: Vec<(f64, Words)> = Vec::new();
        let both = |x: &str, y: &str| !x.is_empty() && x == y;
        if both(&a.number, &b.number) {
            let words = Words::new(
                format!("法人番号が同じ({})", a.number),
                format!("the same corporate number ({})", a.number),
            );
            told.push((SAME_NUMBER, words));
        }
        if both(&a.name.core, &b.name.core) {
            let words = Words::new(
                "法人格・表記の違いを除くと社名が同じ",
                "the same name but for legal form and spelling",
            );
            told.push((SAME_NAME, words));
        } else if let Some(alike) = alike(a, b) {
            let words = Words::new(
                format!("社名が似ている(類似度 {alike:.2})"),
                format!("similar names (similarity {alike:.2})"),
            );
            told.push((LIKE_NAME + (alike - LIKE_MIN) * LIKE_NAME_SLOPE, words));
        }
        if both(&a.kana, &b.kana) {
            told.push((SAME_KANA, Words::new("フリガナが同じ", "the same reading (kana)")));
        }
        if let Some(domain) = a.domains.intersection(&b.domains).next() {
            let words = Words::new(
                format!("メールまたはサイトのドメインが同じ({domain})"),
                format!("the same mail or web domain ({domain})"),
            );
            told.push((SAME_DOMAIN, words));
        }
        told.sort_by(|x, y| y.0.total_cmp(&x.0));
        let mut score = 1.0 - told.iter().map(|(chance, _)| 1.0 - chance).product::<f64>();
        let mut reasons: Vec<Words> = told.into_iter().map(|(_, words)| words).collect();
        let differ = |x: &str, y: &str| !x.is_empty() && !y.is_empty() && x != y;
        if differ(&a.number, &b.number) {
            score *= OTHER_NUMBER;
            reasons.push(Words::new("ただし法人番号が異なる", "but the corporate numbers differ"));
        }
        if differ(&a.country, &b.country) {
            score *= OTHER_COUNTRY;
            reasons.push(Words::new("ただし国が異なる", "but the countries differ"));
        }
        Self { score, reasons }
    }
}

/// How alike the names are, if a slip of the pen could have made one of the other.
fn alike(a: &Company, b: &Company) -> Option<f64> {
    let long = |name: &str| name.chars().count() >= LIKE_LETTERS_MIN;
    if !long(&a.name.core) || !long(&b.name.core) || a.name.numbers != b.name.numbers {
        return None;
    }
    Some(strsim::jaro_winkler(&a.name.core, &b.name.core)).filter(|alike| *alike >= LIKE_MIN)
}

#[cfg(test)]
mod tests {
    use super::super::normal::{self, Name};
    use super::*;

    fn company(name: &str, number: &str, domain: &str) -> Company {
        Company {
            id: name.to_owned(),
            shown: name.to_owned(),
            name: Name::of(name),
            kana: String::new(),
            number: normal::digits(number),
            country: String::new(),
            domains: (!domain.is_empty()).then(|| domain.to_owned()).into_iter().collect(),
            told: 0,
        }
    }

    #[track_caller]
    fn check(a: (&str, &str, &str), b: (&str, &str, &str), proposed: bool) {
        let likeness = Likeness::of(&company(a.0, a.1, a.2), &company(b.0, b.1, b.2));
        assert_eq!(likeness.score >= super::super::SCORE_MIN, proposed, "{a:?} {b:?} {likeness:?}");
    }

    #[test]
    fn likenesses_add_up_and_differences_take_away() {
        check(("株式会社緑", "", ""), ("(株)緑", "", ""), true);
        check(
            ("緑製作所", "1234567890123", ""),
            ("みどり", "１２３４５６７８９０１２３", ""),
            true,
        );
        check(("緑製作所", "1234567890123", ""), ("緑製作所", "9999999999999", ""), false);
        check(("Midori Manufacturing", "", ""), ("Midori Manufacturng", "", ""), true);
        check(("Midori Manufacturing", "", ""), ("Midorigaoka Foods", "", ""), false);
        check(("Kita Branch 12", "", ""), ("Kita Branch 13", "", ""), false);
        check(("Acme", "", "acme.jp"), ("Zenith", "", "acme.jp"), true);
    }
}
