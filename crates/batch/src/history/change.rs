//! What happened from one version of a contract to the next: as the file says, else as the values tell.

use domain::words::Words;

use super::Terms;

/// What happened to a contract line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It began, or began again.
    New,
    /// More seats, a higher tier, more revenue.
    Expand,
    /// Fewer seats, a lower tier, less revenue.
    Contract,
    /// The same for another price.
    PriceChange,
    /// The same for another term.
    Renew,
    /// It ended.
    Churn,
    /// Only details that change neither what is held nor what it costs.
    Correction,
}

/// Every kind with its code and words.
const KINDS: &[(ChangeKind, &str, &str, &str)] = &[
    (ChangeKind::New, "new", "新規契約", "new"),
    (ChangeKind::Expand, "expand", "拡大", "expansion"),
    (ChangeKind::Contract, "contract", "縮小", "contraction"),
    (ChangeKind::PriceChange, "price_change", "価格変更", "price change"),
    (ChangeKind::Renew, "renew", "更新", "renewal"),
    (ChangeKind::Churn, "churn", "解約", "churn"),
    (ChangeKind::Correction, "correction", "内容の訂正", "correction"),
];

impl ChangeKind {
    fn entry(self) -> &'static (Self, &'static str, &'static str, &'static str) {
        KINDS.iter().find(|entry| entry.0 == self).expect("every kind is listed")
    }

    /// The kind of a code of the canonical column `change_kind`.
    pub fn parse(code: &str) -> Option<Self> {
        KINDS.iter().find(|entry| entry.1 == code).map(|entry| entry.0)
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        self.entry().1
    }

    /// What people call it.
    pub fn words(self) -> Words {
        let (_, _, ja, en) = self.entry();
        Words::new(*ja, *en)
    }

    /// What happened between two versions: seats decide before revenue, revenue before terms.
    pub fn between(before: Option<&Terms>, after: &Terms) -> Self {
        let Some(before) = before else { return Self::New };
        let grew = |before: Option<i64>, after: Option<i64>| {
            before.zip(after).filter(|(b, a)| b != a).map(|(b, a)| a > b)
        };
        let sides = |up: bool| if up { Self::Expand } else { Self::Contract };
        let same_money = before.currency == after.currency;
        let mrr = grew(before.mrr_minor, after.mrr_minor).filter(|_| same_money);
        let moved = before.product != after.product || before.plan_version != after.plan_version;
        let seated = before.seats.is_some() && before.seats == after.seats;
        match (grew(before.seats, after.seats), mrr) {
            (Some(up), _) => sides(up),
            (None, Some(up)) if moved || !seated => sides(up),
            (None, Some(_)) => Self::PriceChange,
            (None, None) if !same_money => Self::PriceChange,
            (None, None) if moved => Self::Expand,
            (None, None)
                if (before.term_months, before.renews_on)
                    != (after.term_months, after.renews_on) =>
            {
                Self::Renew
            }
            (None, None) => Self::Correction,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Day;

    fn terms(seats: Option<i64>, mrr: i64) -> Terms {
        Terms {
            product: "P".to_owned(),
            seats,
            mrr_minor: Some(mrr),
            currency: "JPY".to_owned(),
            term_months: Some(12),
            renews_on: Some(Day(20_000)),
            plan_version: None,
        }
    }

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "tables of cases read better")]
    fn check(before: Terms, after: Terms, expected: ChangeKind) {
        assert_eq!(ChangeKind::between(Some(&before), &after), expected);
    }

    #[test]
    fn what_changed_names_the_change() {
        let base = || terms(Some(10), 100);
        assert_eq!(ChangeKind::between(None, &base()), ChangeKind::New);
        check(base(), terms(Some(12), 90), ChangeKind::Expand);
        check(base(), terms(Some(8), 100), ChangeKind::Contract);
        check(base(), terms(Some(10), 120), ChangeKind::PriceChange);
        check(terms(None, 100), terms(None, 120), ChangeKind::Expand);
        check(terms(None, 100), terms(None, 80), ChangeKind::Contract);
        check(
            base(),
            Terms { product: "Q".to_owned(), ..terms(Some(10), 150) },
            ChangeKind::Expand,
        );
        check(base(), Terms { renews_on: Some(Day(20_365)), ..base() }, ChangeKind::Renew);
        check(base(), Terms { currency: "USD".to_owned(), ..base() }, ChangeKind::PriceChange);
        check(base(), base(), ChangeKind::Correction);
    }

    #[test]
    fn the_codes_are_those_of_the_canonical_column() {
        let known = domain::canonical::entity("subscriptions").expect("subscriptions");
        let column = known.column("change_kind").expect("change_kind");
        let codes: Vec<&str> = KINDS.iter().map(|entry| entry.1).collect();
        assert_eq!(column.kind, domain::canonical::Kind::Word(&codes.leak()[..]));
    }
}
