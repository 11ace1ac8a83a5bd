//! All accounts as the list shows and finds them, kept between requests: searching a hundred thousand of
//! them forgives width, case and kana, which no index of a database does.

use std::collections::HashMap;

use store::AccountLine;
use unicode_normalization::UnicodeNormalization;

/// All accounts, by name.
#[derive(Debug, Default)]
pub(crate) struct Register {
    pub(crate) stamp: (i64, i64),
    lines: Vec<AccountLine>,
    /// Name, reading and id of each line, folded, a line feed between them.
    folded: Vec<String>,
    names: HashMap<String, usize>,
}

impl Register {
    pub(crate) fn new(stamp: (i64, i64), mut lines: Vec<AccountLine>) -> Self {
        lines.sort_by(|a, b| (&a.name, &a.account_id).cmp(&(&b.name, &b.account_id)));
        let texts = |line: &AccountLine| {
            let kana = line.name_kana.as_deref().unwrap_or_default();
            [&*line.name, kana, &*line.account_id].map(folded).join("\n")
        };
        let folded = lines.iter().map(texts).collect();
        let place = |(place, line): (usize, &AccountLine)| (line.account_id.clone(), place);
        let names = lines.iter().enumerate().map(place).collect();
        Self { stamp, lines, folded, names }
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The accounts whose name, reading or id holds what was asked, by name.
    pub(crate) fn matching(&self, asked: &str) -> Vec<&AccountLine> {
        let asked = folded(asked);
        let found = self.lines.iter().zip(&self.folded);
        found.filter(|(_, texts)| texts.contains(&asked)).map(|(line, _)| line).collect()
    }

    /// What the account with that id is.
    pub(crate) fn kind(&self, id: &str) -> Option<&str> {
        self.lines[*self.names.get(id)?].kind.as_deref()
    }

    /// The name of the account with that id.
    pub(crate) fn name(&self, id: &str) -> Option<&str> {
        Some(&self.lines[*self.names.get(id)?].name)
    }
}

/// A text without the differences of width, case, kana and spaces.
fn folded(text: &str) -> String {
    let wide = text.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace());
    wide.map(|c| match c {
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_kana_do_not_matter() {
        assert_eq!(folded("ミドリ ＡＢＣ"), folded("みどりabc"));
        assert_eq!(folded("ﾐﾄﾞﾘ"), "みどり");
        assert_ne!(folded("みどり"), folded("みとり"));
    }

    #[test]
    fn accounts_are_found_by_name_reading_and_id_and_not_across_them() {
        let line = |id: &str, name: &str, kana: &str| AccountLine {
            account_id: id.to_owned(),
            name: name.to_owned(),
            name_kana: Some(kana.to_owned()),
            ..AccountLine::default()
        };
        let lines = vec![line("A-2", "緑商事", "ミドリ"), line("A-1", "茜通信", "アカネ")];
        let register = Register::new((1, 2), lines);
        let found = |asked: &str| -> Vec<&str> {
            register.matching(asked).iter().map(|line| &*line.account_id).collect()
        };
        assert_eq!(found(""), ["A-2", "A-1"]);
        assert_eq!(found("みどり"), ["A-2"]);
        assert_eq!(found("ａ-１"), ["A-1"]);
        assert_eq!(found("ミドリA-2"), [""; 0]);
        assert_eq!((register.name("A-1"), register.name("A-3")), (Some("茜通信"), None));
    }
}
