//! The rows of P(won | an opened offer deal): each closed deal with what was known when it was opened.

use std::collections::BTreeSet;

use decide::facts::{Outcome, Proposal};

use super::History;
use super::deals::{NO_PRODUCT, chain, is_offer};
use super::moment::{Asked, Deal, OF_ACCOUNT, OF_DEAL, Unit, closed};
use super::profile::Profiles;
use super::rows::{Case, Rows};
use crate::known::Account;

/// Names of the columns, and whether each holds texts.
pub fn columns(profiles: &Profiles) -> impl Iterator<Item = (&str, bool)> {
    let facts = OF_ACCOUNT.iter().chain(OF_DEAL);
    facts.map(|fact| (fact.name, fact.unit == Unit::Text)).chain(profiles.columns())
}

/// A row for each closed deal of those that offers open, at most so many: the ones that a draw of their own puts
/// first. Beside them, how many there are.
pub fn rows<'a>(
    history: History<'a>,
    profiles: &'a Profiles,
    (most, seed): (usize, i64),
) -> (Rows<'a>, usize) {
    let deals = history.accounts.values().flat_map(|account| {
        let its = chain(account).filter(|deal| is_offer(deal));
        its.filter_map(move |deal| Some((account, deal, case(account, deal)?)))
    });
    let mut drawn: Vec<(u64, &Account, &Proposal)> =
        deals.map(|(account, deal, case)| (case.draw(seed), account, deal)).collect();
    let all = drawn.len();
    if all > most {
        drawn.sort_by_key(|(draw, account, _)| (*draw, account.key));
        drawn.truncate(most);
    }
    let kept: BTreeSet<(i64, u64)> = drawn.iter().map(|(draw, a, _)| (a.key, *draw)).collect();
    let mut rows = Rows::new(columns(profiles));
    for account in history.accounts.values() {
        let mut asked = None;
        for deal in chain(account).filter(|deal| is_offer(deal)) {
            let Some(case) = case(account, deal) else { continue };
            if all > most && !kept.contains(&(account.key, case.draw(seed))) {
                continue;
            }
            let asked = asked.get_or_insert_with(|| Asked::of(history, account));
            let of = Deal { product: deal.product.as_ref(), approached: deal.approached };
            let facts = asked.facts(deal.opened_on).into_iter();
            let facts = facts.chain(asked.deal(of, deal.opened_on));
            rows.push(case, facts.chain(profiles.of(account.key)));
        }
    }
    (rows, all)
}

/// A closed deal as a row's case.
fn case<'a>(account: &'a Account, deal: &'a Proposal) -> Option<Case<'a>> {
    let product = deal.product.as_ref().map_or(NO_PRODUCT, |id| id.as_str());
    Some(Case {
        account: &account.id,
        group: account.root,
        id: deal.proposal.as_str(),
        on: deal.opened_on,
        known_on: closed(deal)?.max(deal.opened_on),
        happened: deal.outcome == Outcome::Won,
        fate: deal.outcome == Outcome::Won,
        rate_of: product.to_owned(),
    })
}

#[cfg(test)]
mod tests;
