//! Why people put a play off or mark it as not a fit: the codes that an answer may carry, on the page and on the
//! command line, and what each means for the nights after.

use domain::words::{Lang, Words};

/// How long a refusal with a reason keeps the same offer away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepsOff {
    /// For the occasion that was open: the next signal may bring it again.
    Occasion,
    /// For the policy's days, `guards.cool_down.refused_days`.
    Days,
    /// Until the data show otherwise: an enquiry or deal for it, or the end of a contract of it.
    UntilShown,
}

/// One reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// Its code.
    pub code: &'static str,
    /// Japanese.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
    /// How long it keeps the offer away.
    pub keeps_off: KeepsOff,
}

const fn reason(code: &'static str, ja: &'static str, en: &'static str) -> Reason {
    Reason { code, ja, en, keeps_off: KeepsOff::Occasion }
}

/// Why a play is put off.
pub const HOLD: &[Reason] = &[
    reason("timing", "時期をあらためる", "Better at another time"),
    reason("budget", "予算の時期を待つ", "Waiting for the budget"),
    reason("absent", "担当者が不在", "The contact is away"),
    reason("priority", "ほかの案件を優先", "Something else comes first"),
    reason("information", "情報を確認中", "Checking the facts"),
    reason("other", "その他", "Other"),
];

/// Why a play is not a fit.
pub const REFUSE: &[Reason] = &[
    Reason {
        keeps_off: KeepsOff::UntilShown,
        ..reason("has_it", "すでに導入済み", "They have it already")
    },
    Reason {
        keeps_off: KeepsOff::Days, ..reason("no_need", "必要がない", "They do not need it")
    },
    Reason {
        keeps_off: KeepsOff::Days,
        ..reason("competitor", "他社製品を利用中", "They use another product")
    },
    reason("wrong_data", "もとのデータが誤り", "The data behind it are wrong"),
    reason("relation", "関係への配慮", "Out of regard for the relation"),
    reason("other", "その他(メモに記入)", "Other (say in the note)"),
];

/// Why an account is not to be sold to.
pub const STOP: &[Reason] = &[
    reason("request", "お客様のご要望", "The customer asked for it"),
    reason("complaint", "クレーム対応中", "A complaint is being dealt with"),
    reason("terms", "契約条件の協議中", "Terms are being negotiated"),
    reason("legal", "法務・コンプライアンス上の理由", "Legal or compliance reasons"),
    reason("other", "その他", "Other"),
];

impl Reason {
    /// The reason of that code in a list.
    pub fn find(list: &'static [Self], code: &str) -> Option<&'static Self> {
        list.iter().find(|reason| reason.code == code)
    }

    /// What it says.
    pub fn words(&self) -> Words {
        Words::new(self.ja, self.en)
    }

    /// What it says in a language.
    pub fn get(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ja => self.ja,
            Lang::En => self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_in_each_list() {
        for list in [HOLD, REFUSE] {
            for (i, reason) in list.iter().enumerate() {
                assert!(list[..i].iter().all(|other| other.code != reason.code), "{}", reason.code);
            }
        }
        assert!(Reason::find(REFUSE, "timing").is_none());
        assert_eq!(
            Reason::find(HOLD, "timing").map(|r| r.get(Lang::En)),
            Some("Better at another time")
        );
    }
}
