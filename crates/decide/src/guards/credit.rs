//! Who does not pay, or whose credit is stopped, is not sold more (S53, S62).
//!
//! Known by the account's row (`lifecycle`, or an attribute `credit_stop`), by a statement `credit_stop` of
//! `account_facts`, or by a contract that is paused.

use domain::words::Words;

use super::{Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::bars::{CreditSign, CreditStop};
use crate::look::Look;

pub(super) const GUARD: Guard = Guard {
    code: "credit",
    ja: "与信・お支払い",
    en: "Credit and payment",
    cites: "S53 S62",
    reach: Reach::Account,
    knows: Knows::Store,
    reads: "`accounts.lifecycle` (`unpaid`, `credit_stop`, 与信停止, 未払い …), an own column `credit_stop` of accounts, `account_facts` of kind `credit_stop` (with a date: until then; `none` or 解除 takes it back), `subscriptions.status` = `paused`",
    clear: None,
    check,
};

fn said(stop: &CreditStop) -> Words {
    let (ja, en) = match stop.sign {
        CreditSign::Account => (
            "与信停止または未払いとして登録されています。",
            "It is on record as unpaid or without credit.",
        ),
        CreditSign::Noted => {
            ("未払いまたは与信停止の記録があります。", "A missing payment was noted.")
        }
        CreditSign::Paused => ("契約が一時停止中です。", "A contract is paused."),
    };
    let (ja_on, en_on) = stop.on.map_or_else(Default::default, |on| {
        (format!("({})", on.display_ja()), format!(" ({})", on.display_en()))
    });
    Words::new(
        format!("{}{ja_on}。", ja.trim_end_matches('。')),
        format!("{}{en_on}.", en.trim_end_matches('.')),
    )
}

fn check(look: &Look, _: &Candidate) -> Verdict {
    let holds = |stop: &&CreditStop| stop.until.is_none_or(|day| day > look.as_of);
    let stops = look.facts.bars.credit.iter().filter(holds);
    let longest =
        stops.clone().min_by_key(|stop| (stop.until.is_some(), std::cmp::Reverse(stop.until)));
    let Some(stop) = longest else {
        return allow(GUARD.code, Words::new("未払い・与信停止なし", "Nothing unpaid on record"));
    };
    let first = said(stop);
    let words = match stop.until {
        Some(until) => Words::new(
            format!("{}{}まで提案を控えます。", first.ja, until.display_ja()),
            format!("{} No offers until {}.", first.en, until.display_en()),
        ),
        None => Words::new(
            format!("{}解消されるまで提案を控えます。", first.ja),
            format!("{} No offers until that is settled.", first.en),
        ),
    };
    let evidence = stops
        .map(|stop| Evidence { words: said(stop), source: stop.source.clone(), on: stop.on })
        .collect();
    because(hold(GUARD.code, Says::HoldUntil(stop.until), words), evidence)
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::{CreditSign, CreditStop};
    use crate::examples::{Example, day};

    fn check(sign: CreditSign, until: Option<&str>, expected: &str) {
        let mut example = Example::company();
        example.facts.bars.credit.push(CreditStop {
            sign,
            source: "account_facts F1".to_owned(),
            on: Some(day("2026-02-01")).filter(|_| sign == CreditSign::Noted),
            until: until.map(day),
        });
        assert_eq!(said("credit", &example), expected);
    }

    #[test]
    fn s62_who_does_not_pay_is_not_sold_more() {
        let none = "allow: 未払い・与信停止なし";
        assert_eq!(said("credit", &Example::company()), none);
        check(
            CreditSign::Account,
            None,
            "hold: 与信停止または未払いとして登録されています。解消されるまで提案を控えます。",
        );
        check(
            CreditSign::Paused,
            None,
            "hold: 契約が一時停止中です。解消されるまで提案を控えます。",
        );
        check(
            CreditSign::Noted,
            Some("2026-03-13"),
            "hold until 2026-03-13: 未払いまたは与信停止の記録があります(2026年2月1日)。2026年3月13日まで提案を控えます。",
        );
        check(CreditSign::Noted, Some("2026-03-12"), none);
    }
}
