//! From features and history to candidates with odds: the catalogue, the facts of each account, the odds of
//! each candidate, and what the account page shows.

pub mod catalogue;
pub mod facts;
pub mod odds;
pub mod standing;
pub mod views;

use decide::candidate::{Recommendation, Scored};
use decide::facts::AccountFacts;
use decide::look::Look;
use decide::policy::Policy;

use crate::known::Account;

/// Makes facts and candidates with odds of one account at a time.
///
/// They are large, so nobody holds them of all accounts: whoever needs them again has them made again.
#[derive(Debug, Clone, Copy)]
pub struct Scorer<'a> {
    policy: &'a Policy,
    sources: facts::Sources<'a>,
}

impl<'a> Scorer<'a> {
    /// From what facts are made of.
    pub fn new(policy: &'a Policy, sources: facts::Sources<'a>) -> Self {
        Self { policy, sources }
    }

    /// The facts of an account.
    pub fn facts(&self, account: &'a Account) -> AccountFacts {
        facts::of(self.sources, account)
    }

    /// An account as the rules look at it.
    pub fn look<'b>(&self, facts: &'b AccountFacts) -> Look<'b>
    where
        'a: 'b,
    {
        let (catalogue, policy, as_of) = (self.sources.catalogue, self.policy, self.sources.as_of);
        Look { facts, catalogue, policy, as_of }
    }

    /// The candidates of an account with their odds.
    pub fn candidates(&self, facts: &AccountFacts, found: &[Recommendation]) -> Vec<Scored> {
        let look = self.look(facts);
        let fired = decide::signals::fired(&look);
        let generated = decide::candidates::generate(&look, found);
        let catalogue = self.sources.catalogue;
        let products = generated.iter().filter_map(|candidate| {
            let product = catalogue.product(candidate.product.as_ref()?)?;
            Some((&product.id, candidate.channel.takes_hours()))
        });
        let account = self.sources.accounts.get(&facts.account.0);
        let deals = account.and_then(|account| self.sources.chances.deals(account, products));
        let odds = odds::Sources {
            deals: deals.as_ref(),
            as_of: self.sources.as_of,
            trained: self.sources.trained,
            policy: self.policy,
            catalogue,
        };
        let mut scored: Vec<Scored> = generated
            .into_iter()
            .map(|candidate| Scored { odds: odds::of(odds, facts, &candidate, &fired), candidate })
            .collect();
        let packages = decide::candidates::packages(&look, &scored);
        scored.extend(packages);
        scored
    }

    /// Products, with every price.
    pub fn catalogue(&self) -> &'a decide::catalogue::Catalogue {
        self.sources.catalogue
    }
}
