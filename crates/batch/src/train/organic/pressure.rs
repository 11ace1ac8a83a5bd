//! When a customer was approached: the days on which nothing it did counts as its own accord.

use decide::catalogue::Catalogue;
use decide::facts::Outcome;
use domain::ids::ProductId;
use domain::time::{Day, Days};

use super::life::Life;
use crate::known::Account;
use crate::train::History;

/// Days that an approach casts its shadow.
const QUIET_DAYS: i32 = 90;

/// When an account was under the shadow of an approach: first and last day, and about what.
pub(super) struct Pressure<'a> {
    pub(super) spans: Vec<(Day, Day, Option<&'a ProductId>)>,
    catalogue: &'a Catalogue,
}

impl<'a> Pressure<'a> {
    pub(super) fn of(history: &History<'a>, account: &'a Account) -> Self {
        let shadow = Days(QUIET_DAYS);
        let deals = account.proposals.iter().chain(&account.worked);
        let began = deals.filter(|deal| deal.approached != Some(false));
        let deals = began.map(|deal| {
            let open = deal.outcome == Outcome::Open;
            let end = if open { history.as_of } else { deal.closed_on.unwrap_or(deal.opened_on) };
            (deal.opened_on, end.plus(shadow), deal.product.as_ref())
        });
        let spoken = account.approaches.iter().map(|a| (a.on, Some(&a.product)));
        let called = account.sales_contacts.iter().map(|on| (*on, None));
        let seen = history.lake.campaigns.get(&account.key).into_iter().flatten();
        let seen = seen.map(|(on, product)| (Day(*on), product.as_ref()));
        let touched = account.touches.iter().map(|touch| (touch.on, touch.product.as_ref()));
        let contacts = spoken.chain(called).chain(seen).chain(touched);
        let contacts = contacts.map(|(on, product)| (on, on.plus(shadow), product));
        Self { spans: deals.chain(contacts).collect(), catalogue: history.catalogue }
    }

    fn line(&self, product: &ProductId) -> Option<&'a str> {
        self.catalogue.product(product)?.line.as_deref()
    }

    /// The spans that bear on a move of a product; with `line`, also those about others of its line.
    pub(super) fn bearing(
        &self,
        product: &'a ProductId,
        line: Option<&'a str>,
    ) -> impl Iterator<Item = (Day, Day)> {
        self.spans.iter().filter_map(move |(from, until, about)| {
            let bears = about.is_none_or(|about| {
                about == product || line.is_some_and(|line| self.line(about) == Some(line))
            });
            bears.then_some((*from, *until))
        })
    }

    pub(super) fn mask(&self, life: &Life, product: &'a ProductId, line: Option<&'a str>) -> u64 {
        let spans = self.bearing(product, line);
        spans.fold(0, |mask, (from, until)| mask | life.mask(from, until.plus(Days(1))))
    }

    pub(super) fn on(&self, day: Day, product: &'a ProductId, line: Option<&'a str>) -> bool {
        self.bearing(product, line).any(|(from, until)| (from..=until).contains(&day))
    }

    /// Months under an approach about anything.
    pub(super) fn whole(&self, life: &Life) -> u64 {
        let spans = self.spans.iter().filter(|span| span.2.is_none());
        spans.fold(0, |mask, span| mask | life.mask(span.0, span.1.plus(Days(1))))
    }
}
