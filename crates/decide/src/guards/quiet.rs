//! Not now (S53): a time in which the customer wants no offers, such as its busy season.
//!
//! It comes as a statement `quiet_period` of `account_facts`: `2026-03-01/2026-03-31`, or `12-20/01-05` for every
//! year, both ends included.

use domain::time::{Day, Days};
use domain::words::Words;

use super::{Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::look::Look;

pub(super) const GUARD: Guard = Guard {
    code: "quiet",
    ja: "提案を控える時期",
    en: "Quiet period",
    cites: "S53",
    reach: Reach::Account,
    knows: Knows::Store,
    reads: "`account_facts` of kind `quiet_period`: `2026-03-01/2026-03-31`, or `12-20/01-05` for every year, both ends included",
    clear: None,
    check,
};

fn said(last: Day) -> Words {
    Words::new(
        format!("{}までは提案を控える時期です(お客様のご都合)。", last.display_ja()),
        format!("The customer wants no offers up to and including {}.", last.display_en()),
    )
}

fn check(look: &Look, _: &Candidate) -> Verdict {
    let quiet = look.facts.bars.quiet.iter();
    let now: Vec<_> =
        quiet.filter_map(|quiet| Some((quiet, quiet.span.around(look.as_of)?))).collect();
    let Some(last) = now.iter().map(|(_, last)| *last).max() else {
        return allow(
            GUARD.code,
            Words::new("提案を控える時期ではありません。", "No quiet period"),
        );
    };
    let evidence = now
        .iter()
        .map(|(quiet, last)| Evidence {
            words: said(*last),
            source: quiet.source.clone(),
            on: quiet.on,
        })
        .collect();
    because(hold(GUARD.code, Says::HoldUntil(Some(last.plus(Days(1)))), said(last)), evidence)
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use crate::examples::{Example, day};
    use crate::facts::bars::{Quiet, Span};

    fn check(span: &str, expected: &str) {
        let mut example = Example::company();
        example.facts.bars.quiet.push(Quiet {
            span: Span::parse(span).expect("a span"),
            source: "account_facts F1".to_owned(),
            on: Some(day("2025-04-01")),
        });
        assert_eq!(said("quiet", &example), expected);
    }

    /// As of 2026-03-12.
    #[test]
    fn s53_not_in_the_customer_s_busy_season() {
        let none = "allow: 提案を控える時期ではありません。";
        assert_eq!(said("quiet", &Example::company()), none);
        check("2026-03-13/2026-03-31", none);
        check(
            "2026-03-12/2026-03-31",
            "hold until 2026-04-01: 2026年3月31日までは提案を控える時期です(お客様のご都合)。",
        );
        check(
            "2026-03-01/2026-03-12",
            "hold until 2026-03-13: 2026年3月12日までは提案を控える時期です(お客様のご都合)。",
        );
        check("2026-03-01/2026-03-11", none);
        check(
            "03-01/03-20",
            "hold until 2026-03-21: 2026年3月20日までは提案を控える時期です(お客様のご都合)。",
        );
    }
}
