//! Somebody stopped selling to the account (S53, S62): with a reason, by whom, and until when.
//!
//! A stop is set with `nobishiro stop` or on the account's page, or comes as a statement `sales_stop` of
//! `account_facts`. It ends on its day, or when somebody lifts it.

use domain::words::Words;

use super::{Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::bars::Stop;
use crate::life::reasons::{self, Reason};
use crate::look::Look;

pub(super) const GUARD: Guard = Guard {
    code: "stop",
    ja: "営業停止の指定",
    en: "Stopped by a person",
    cites: "S53 S62",
    reach: Reach::Account,
    knows: Knows::Store,
    reads: "`nobishiro stop`, the form on the account's page, or `account_facts` of kind `sales_stop`: value a date (from then on offers may go on again), a reason (`request`, `complaint`, `terms`, `legal`, `other`), or both; `none` or 解除 takes it back",
    clear: None,
    check,
};

fn said(stop: &Stop) -> Words {
    let reason = Reason::find(reasons::STOP, stop.reason).map(Reason::words).unwrap_or_default();
    let (ja_on, en_on) = stop.on.map_or_else(Default::default, |on| {
        (format!("{}に", on.display_ja()), format!(" on {}", on.display_en()))
    });
    let (ja_by, en_by) = stop.by.as_ref().map_or_else(Default::default, |by| {
        (format!("担当者{by}が"), format!(" by representative {by}"))
    });
    Words::new(
        format!("{ja_on}{ja_by}営業停止に指定しています(理由: {})。", reason.ja),
        format!("Selling was stopped{en_on}{en_by} (reason: {}).", reason.en),
    )
}

fn check(look: &Look, _: &Candidate) -> Verdict {
    let holds = |stop: &&Stop| {
        stop.on.is_none_or(|on| on <= look.as_of) && stop.until.is_none_or(|day| day > look.as_of)
    };
    let stops = look.facts.bars.stops.iter().filter(holds);
    let longest = stops.clone().max_by_key(|stop| (stop.until.is_none(), stop.until));
    let Some(stop) = longest else {
        return allow(GUARD.code, Words::new("営業停止の指定なし", "Nobody stopped it"));
    };
    let first = said(stop);
    let words = match stop.until {
        Some(until) => Words::new(
            format!("{}{}まで提案を控えます。", first.ja, until.display_ja()),
            format!("{} No offers until {}.", first.en, until.display_en()),
        ),
        None => Words::new(
            format!("{}解除されるまで提案を控えます。", first.ja),
            format!("{} No offers until it is lifted.", first.en),
        ),
    };
    let says = Says::HoldUntil(stop.until);
    let evidence = stops
        .map(|stop| Evidence { words: said(stop), source: stop.source.clone(), on: stop.on })
        .collect();
    because(hold(GUARD.code, says, words), evidence)
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::Stop;
    use crate::examples::{Example, day};

    fn check(on: &str, until: Option<&str>, expected: &str) {
        let mut example = Example::company();
        example.facts.bars.stops.push(Stop {
            source: "sales_stops 1-1".to_owned(),
            on: Some(day(on)),
            until: until.map(day),
            reason: "complaint",
            by: Some("R3".into()),
        });
        assert_eq!(said("stop", &example), expected);
    }

    #[test]
    fn s53_a_stop_holds_from_its_day_until_its_end() {
        let none = "allow: 営業停止の指定なし";
        assert_eq!(said("stop", &Example::company()), none);
        check(
            "2026-03-12",
            None,
            "hold: 2026年3月12日に担当者R3が営業停止に指定しています(理由: クレーム対応中)。解除されるまで提案を控えます。",
        );
        check("2026-03-13", None, none);
        check(
            "2026-03-01",
            Some("2026-03-13"),
            "hold until 2026-03-13: 2026年3月1日に担当者R3が営業停止に指定しています(理由: クレーム対応中)。2026年3月13日まで提案を控えます。",
        );
        check("2026-03-01", Some("2026-03-12"), none);
    }
}
