//! Names of companies without what differs between two spellings of one: width, case, kana, accents,
//! blanks, punctuation, and the legal form wherever it stands.

use unicode_normalization::UnicodeNormalization as _;

/// Legal forms that are written without a blank. After NFKC ㈱ is `(株)`.
const JOINED: &[&str] = &[
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
    "一般社団法人",
    "公益社団法人",
    "一般財団法人",
    "公益財団法人",
    "特定非営利活動法人",
    "医療法人",
    "学校法人",
    "社会福祉法人",
    "独立行政法人",
    "カブシキガイシャ",
    "カブシキカイシャ",
    "ユウゲンガイシャ",
    "ゴウドウガイシャ",
    "(株)",
    "(有)",
    "(同)",
    "(資)",
    "(名)",
    "(社)",
    "(財)",
    "(医)",
    "(学)",
    "(福)",
    "(カ)",
    "(ユ)",
];

/// Legal forms that are words of their own, in Latin letters.
const WORDS: &[&str] = &[
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "ltd",
    "limited",
    "llc",
    "llp",
    "lp",
    "plc",
    "gmbh",
    "ag",
    "kg",
    "ug",
    "se",
    "sa",
    "sas",
    "sarl",
    "sl",
    "srl",
    "spa",
    "bv",
    "nv",
    "ab",
    "as",
    "oy",
    "oyj",
    "aps",
    "kk",
    "gk",
    "pty",
    "pte",
    "bhd",
    "sdn",
    "the",
];

/// Forms whose letters stand apart once the points are gone.
const SPELT: &[(&str, &str)] = &[
    ("k.k.", " kk "),
    ("g.k.", " gk "),
    ("l.l.c.", " llc "),
    ("s.a.", " sa "),
    ("s.p.a.", " spa "),
    ("s.r.l.", " srl "),
    ("b.v.", " bv "),
    ("n.v.", " nv "),
    ("&", " and "),
];

/// Domains of mail providers, which say nothing of a company.
const PROVIDERS: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "yahoo.co.jp",
    "ymail.ne.jp",
    "outlook.com",
    "outlook.jp",
    "hotmail.com",
    "hotmail.co.jp",
    "live.com",
    "live.jp",
    "msn.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "aol.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "t-online.de",
    "proton.me",
    "protonmail.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "i.softbank.jp",
    "nifty.com",
    "biglobe.ne.jp",
    "ocn.ne.jp",
    "example.com",
    "example.jp",
    "example.co.jp",
    "example.org",
];

/// A name as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Name {
    /// Letters and digits without the legal form; the whole name where nothing else is left.
    pub(super) core: String,
    /// The runs of digits in it: `Store 12` is not `Store 13`.
    pub(super) numbers: Vec<String>,
}

impl Name {
    pub(super) fn of(text: &str) -> Self {
        let folded = folded(text);
        let mut bare = folded.clone();
        for form in JOINED {
            bare = bare.replace(form, " ");
        }
        for (form, word) in SPELT {
            bare = bare.replace(form, word);
        }
        let words: Vec<&str> = bare
            .split(|c: char| !c.is_alphanumeric() && c != 'ー')
            .filter(|w| !w.is_empty())
            .collect();
        let core: String = words.iter().filter(|word| !WORDS.contains(word)).copied().collect();
        let core = if core.is_empty() {
            folded.chars().filter(|c| c.is_alphanumeric()).collect()
        } else {
            core
        };
        let numbers = core
            .split(|c: char| !c.is_ascii_digit())
            .filter(|run| !run.is_empty())
            .map(str::to_owned)
            .collect();
        Self { core, numbers }
    }
}

/// One width, one case, katakana, no accents.
fn folded(text: &str) -> String {
    let accents = |c: &char| !('\u{0300}'..='\u{036f}').contains(c);
    let plain: String = text.nfkc().nfd().filter(accents).nfc().collect();
    plain
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
            '‐' | '‑' | '–' | '—' | '―' | '−' => '-',
            other => other,
        })
        .collect()
}

/// The digits of a number, of whatever width.
pub(super) fn digits(text: &str) -> String {
    text.nfkc().filter(char::is_ascii_digit).collect()
}

/// The domain of an address, unless it is a provider's.
pub(super) fn mail_domain(address: &str) -> Option<String> {
    let (_, domain) = address.trim().rsplit_once('@')?;
    company_domain(domain)
}

/// The domain of a page, unless it is a provider's.
pub(super) fn web_domain(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next()?;
    company_domain(host.strip_prefix("www.").unwrap_or(host))
}

fn company_domain(domain: &str) -> Option<String> {
    let domain: String = domain.nfkc().collect::<String>().to_lowercase();
    let domain = domain.trim_end_matches('.');
    (domain.contains('.') && !PROVIDERS.contains(&domain)).then(|| domain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(spellings: &[&str], core: &str) {
        for spelling in spellings {
            assert_eq!(Name::of(spelling).core, core, "{spelling}");
        }
    }

    #[test]
    fn legal_forms_and_widths_do_not_matter() {
        same(
            &[
                "株式会社みどり製作所",
                "㈱ミドリ製作所",
                "(株)ミドリ製作所",
                "ミドリ製作所 株式会社",
                "ﾐﾄﾞﾘ製作所（株）",
            ],
            "ミドリ製作所",
        );
        same(
            &["Acme, Inc.", "ACME INC", "Ａｃｍｅ Corporation", "The Acme Co., Ltd.", "Acmé K.K."],
            "acme",
        );
        same(&["Müller GmbH", "MULLER gmbh"], "muller");
        same(&["Smith & Sons Ltd", "Smith and Sons"], "smithandsons");
    }

    #[test]
    fn a_name_that_is_only_a_form_stays() {
        same(&["Company Ltd."], "companyltd");
        same(&["株式会社"], "株式会社");
    }

    #[test]
    fn numbers_are_told_apart() {
        assert_eq!(Name::of("第12 支店").numbers, ["12"]);
    }

    #[test]
    fn domains_of_providers_say_nothing() {
        assert_eq!(mail_domain("a@Acme.co.jp").as_deref(), Some("acme.co.jp"));
        assert_eq!(mail_domain("a@gmail.com"), None);
        assert_eq!(web_domain("https://www.acme.co.jp/about?x").as_deref(), Some("acme.co.jp"));
        assert_eq!(web_domain("crm/accounts/17"), None);
    }
}
