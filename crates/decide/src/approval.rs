//! Counting back from a day by which a customer has to have decided (S29, S46): approval (稟議) takes its time, so
//! talks have to begin that long before.
//!
//! How long is what the customer said itself, else what four of five of its own won deals took, else those of its
//! segment, else those of all. Only the first two are the customer's: they open a window earlier than the policy's days
//! do, where approval takes longer than those. What holds for others is said, and moves nothing.

use domain::time::{Day, Days};
use domain::words::Words;

use crate::candidate::Evidence;
use crate::facts::approval::{Pace, PaceOf};
use crate::look::Look;
use crate::phrases::{self, percent};

/// How long approval takes, and whether that is of this customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Takes {
    days: i32,
    own: bool,
}

fn takes(look: &Look) -> Option<Takes> {
    if look.is_personal() {
        return None;
    }
    let approval = &look.facts.approval;
    let said = approval.process.as_ref().and_then(|process| process.days);
    let pace = approval.pace;
    said.map(|days| Takes { days, own: true })
        .or(pace.map(|pace| Takes { days: pace.days, own: pace.of == PaceOf::Own }))
}

/// Whether anything is known of how the customer comes to a decision.
pub(crate) fn is_known(look: &Look) -> bool {
    takes(look).is_some() || (!look.is_personal() && look.facts.approval.process.is_some())
}

/// Days before a deadline on which its window opens: the policy's, or as many as this customer's approval takes.
pub(crate) fn opens_before(look: &Look, days: i32) -> i32 {
    takes(look).filter(|takes| takes.own).map_or(days, |takes| takes.days.max(days))
}

/// By when talks have to begin so that the customer can decide by `end`; none where nothing is known of how long it
/// takes.
pub(crate) fn counted_back(look: &Look, end: Day) -> Option<Words> {
    let takes = takes(look)?;
    let begin = end.plus(Days(-takes.days));
    let left = -look.days_since(begin);
    let (ja_on, en_on) = (begin.display_ja(), begin.display_en());
    let (n, en_days) = (takes.days, phrases::days(takes.days));
    Some(match left {
        1.. => Words::new(
            format!(
                "承認までに{n}日かかる見込みのため、{ja_on}までに商談を始める必要があります(あと{left}日)。"
            ),
            format!(
                "Approval takes about {en_days}, so talks have to begin by {en_on} ({} left).",
                phrases::days(left)
            ),
        ),
        0 => Words::new(
            format!("承認までに{n}日かかる見込みのため、商談を始める期限は今日です。"),
            format!("Approval takes about {en_days}, so talks have to begin today."),
        ),
        _ => Words::new(
            format!(
                "承認までに{n}日かかる見込みのため、{ja_on}までに商談を始める必要がありました({}日の遅れ)。",
                -left
            ),
            format!(
                "Approval takes about {en_days}, so talks should have begun by {en_on} ({} ago).",
                phrases::days(-left)
            ),
        ),
    })
}

/// How it is known how long approval takes, with the rows that tell and how many they are.
pub(crate) fn because(look: &Look) -> Option<Evidence> {
    let takes = takes(look)?;
    let approval = &look.facts.approval;
    if let Some((process, days)) = approval.process.as_ref().and_then(|it| Some((it, it.days?))) {
        let (ja_on, en_on) = (process.on.display_ja(), process.on.display_en());
        let words = Words::new(
            format!("承認にかかる期間は、{ja_on}のヒアリングで{days}日と伺っています。"),
            format!(
                "How long approval takes was heard from the customer on {en_on}: {}.",
                phrases::days(days)
            ),
        );
        let source = format!("account_facts {}", process.fact);
        return Some(Evidence { words, source, on: Some(process.on) });
    }
    let Pace { n, of, .. } = approval.pace?;
    let (days, few) = (takes.days, n < 10);
    let (share, n) = (percent(Pace::SHARE), phrases::count(n));
    let (ja, en) = match of {
        PaceOf::Own => ("このお客様", "this customer's"),
        PaceOf::Segment => ("同じ区分のお客様", "its segment's"),
        PaceOf::All => ("全てのお客様", "all customers'"),
    };
    // A share of three deals is no share.
    let words = if few {
        Words::new(
            format!("{ja}の過去の受注{n}件から、商談の開始から決定まで約{days}日と見ています。"),
            format!(
                "By {en} {n} won deals, a decision takes about {} from their opening.",
                phrases::days(days)
            ),
        )
    } else {
        Words::new(
            format!("{ja}の受注{n}件のうち{share}が、商談の開始から{days}日以内に決まっています。"),
            format!(
                "{share} of {en} {n} won deals were decided within {} of their opening.",
                phrases::days(days)
            ),
        )
    };
    Some(Evidence { words, source: "proposals with outcome = won".to_owned(), on: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};
    use crate::facts::approval::{Approval, Process};
    use domain::motion::AccountKind;

    fn paced(days: i32, of: PaceOf) -> Example {
        let mut example = Example::company();
        example.facts.approval = Approval { process: None, pace: Some(Pace { days, n: 37, of }) };
        example
    }

    fn back(example: &Example, as_of: &str) -> String {
        let mut look = example.look();
        look.as_of = day(as_of);
        counted_back(&look, day("2026-05-16")).map_or_else(String::new, |words| words.ja)
    }

    #[test]
    fn s46_talks_begin_as_long_before_as_approval_takes() {
        let example = paced(45, PaceOf::Segment);
        assert_eq!(
            back(&example, "2026-03-31"),
            "承認までに45日かかる見込みのため、2026年4月1日までに商談を始める必要があります(あと1日)。"
        );
        assert_eq!(
            back(&example, "2026-04-01"),
            "承認までに45日かかる見込みのため、商談を始める期限は今日です。"
        );
        assert_eq!(
            back(&example, "2026-04-02"),
            "承認までに45日かかる見込みのため、2026年4月1日までに商談を始める必要がありました(1日の遅れ)。"
        );
        assert_eq!(back(&Example::company(), "2026-04-01"), "", "nothing is known");
        let mut person = paced(45, PaceOf::All);
        person.facts.kind = AccountKind::Person;
        assert_eq!(back(&person, "2026-04-01"), "", "a person needs nobody's approval");
    }

    #[test]
    fn s46_the_customer_s_own_word_comes_first_and_the_source_is_named() {
        let said = |example: &Example| {
            because(&example.look()).map(|it| format!("{} [{}]", it.words.ja, it.source))
        };
        let mut example = paced(45, PaceOf::Own);
        assert_eq!(
            said(&example).as_deref(),
            Some(
                "このお客様の受注37件のうち80 %が、商談の開始から45日以内に決まっています。 [proposals with outcome = won]"
            )
        );
        let on = day("2025-05-10");
        let process = Process { fact: "F1".to_owned(), on, days: None, above: None };
        example.facts.approval.process = Some(process.clone());
        assert!(said(&example).is_some_and(|it| it.contains("37件")), "no duration was named");
        example.facts.approval.process = Some(Process { days: Some(60), ..process });
        assert_eq!(
            said(&example).as_deref(),
            Some(
                "承認にかかる期間は、2025年5月10日のヒアリングで60日と伺っています。 [account_facts F1]"
            )
        );
    }

    #[test]
    fn only_the_customer_s_own_time_opens_a_window_earlier() {
        assert_eq!(opens_before(&paced(120, PaceOf::Own).look(), 90), 120);
        assert_eq!(opens_before(&paced(60, PaceOf::Own).look(), 90), 90);
        assert_eq!(opens_before(&paced(120, PaceOf::Segment).look(), 90), 90);
        assert_eq!(opens_before(&Example::company().look(), 90), 90);
    }
}
