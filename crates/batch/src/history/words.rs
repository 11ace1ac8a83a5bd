//! A change of a contract as people read it.

use domain::money::Currency;
use domain::words::Words;

use super::{Change, Terms};

/// What happened, in one line without the day: `拡大 10席→15席、月額 ¥100→¥150`.
pub fn line(change: &Change) -> Words {
    let kind = change.kind.words();
    let (mut ja, mut en) = (Vec::new(), Vec::new());
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    let product = |terms: Option<&Terms>| terms.map(|terms| terms.product.clone());
    if let (Some(old), Some(new)) = (product(before), product(after))
        && old != new
    {
        ja.push(format!("{old}→{new}"));
        en.push(format!("{old} to {new}"));
    }
    let seats = |terms: Option<&Terms>| terms.and_then(|terms| terms.seats);
    if let Some(text) = moved(seats(before), seats(after), |n| format!("{n}席")) {
        ja.push(text.0);
    }
    if let Some(text) = moved(seats(before), seats(after), |n| format!("{n} seats")) {
        en.push(text.1);
    }
    let money = |terms: Option<&Terms>| {
        let terms = terms?;
        let currency = Currency::parse(&terms.currency)?;
        terms.mrr_minor.map(|minor| currency.display(minor))
    };
    if let Some((arrow, to)) = moved(money(before), money(after), |text| text) {
        ja.push(format!("月額 {arrow}"));
        en.push(format!("{to} a month"));
    }
    let joined = |what: &str, parts: Vec<String>, comma: &str| {
        if parts.is_empty() { what.to_owned() } else { format!("{what} {}", parts.join(comma)) }
    };
    Words::new(joined(&kind.ja, ja, "、"), joined(&kind.en, en, ", "))
}

/// `a→b` and `a to b`, or the one there is.
fn moved<T: PartialEq>(
    before: Option<T>,
    after: Option<T>,
    show: impl Fn(T) -> String,
) -> Option<(String, String)> {
    match (before, after) {
        (None, None) => None,
        (Some(old), Some(new)) if old != new => {
            let (old, new) = (show(old), show(new));
            Some((format!("{old}→{new}"), format!("{old} to {new}")))
        }
        (Some(one), _) | (None, Some(one)) => {
            let one = show(one);
            Some((one.clone(), one))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::change::ChangeKind;
    use domain::time::Day;

    #[track_caller]
    fn check(before: Option<(i64, i64)>, after: Option<(i64, i64)>, ja: &str, en: &str) {
        let terms = |(seats, mrr): (i64, i64)| Terms {
            product: "P".to_owned(),
            seats: Some(seats),
            mrr_minor: Some(mrr),
            currency: "JPY".to_owned(),
            term_months: None,
            renews_on: None,
            plan_version: None,
        };
        let change = Change {
            subscription: "S".to_owned(),
            on: Day(0),
            until: None,
            kind: if after.is_none() { ChangeKind::Churn } else { ChangeKind::Expand },
            stated: false,
            before: before.map(terms),
            after: after.map(terms),
            effective_on: Day(0),
        };
        assert_eq!(line(&change), Words::new(ja, en));
    }

    #[test]
    fn changes_read_as_people_say_them() {
        check(
            Some((10, 1000)),
            Some((15, 1500)),
            "拡大 10席→15席、月額 ¥1,000→¥1,500",
            "expansion 10 seats to 15 seats, ¥1,000 to ¥1,500 a month",
        );
        check(Some((10, 1000)), None, "解約 10席、月額 ¥1,000", "churn 10 seats, ¥1,000 a month");
    }
}
