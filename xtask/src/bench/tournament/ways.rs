//! The ways to choose. Each takes offers in the order of its score, one an account, while the owner's hours last;
//! what takes no hours (mail and prompts) is one contact an account as well.

use std::collections::{BTreeMap, HashSet};

use super::market::{Market, Offer, Said};

/// Hours within this are the same.
const SLACK: f64 = 1e-9;

/// One way to choose.
pub(super) struct Way {
    pub(super) name: &'static str,
    /// What it goes by.
    pub(super) about: &'static str,
    choose: Choose,
}

enum Choose {
    /// What the run chose.
    Plan,
    /// By a score of candidates that sell, best first; without a score it is left out.
    Score(fn(&Market, &Offer, &Said) -> Option<f64>),
    /// In an order drawn by the seed.
    Random,
    /// By what a learner says that was shown the truth of many customers.
    Taught,
    /// By the truth, help included.
    Oracle,
}

/// Every way, in the order of the table; the plan first.
pub(super) const WAYS: &[Way] = &[
    Way { name: "plan", about: "what the run chose, care included", choose: Choose::Plan },
    Way { name: "random", about: "any candidate", choose: Choose::Random },
    Way {
        name: "LTV first",
        about: "the account's monthly margin, then P(accept)",
        choose: Choose::Score(|market, offer, said| {
            let margin = market.margin.get(&offer.account).copied().unwrap_or(0.0);
            Some(margin.round() + said.probability)
        }),
    },
    Way {
        name: "propensity first",
        about: "P(accept)",
        choose: Choose::Score(|_, _, said| Some(said.probability)),
    },
    Way {
        name: "rules only",
        about: "what a signal and the guards let through, by how soon the signal says to act",
        choose: Choose::Score(|_, offer, said| {
            let held = matches!(said.fate.as_str(), "held" | "blocked");
            let dated = !matches!(said.reason.as_str(), "no_window" | "account_limit");
            // A deal in progress, then more of what is held, then what is new.
            let order = match offer.motion.as_str() {
                "advance" => 4.0,
                "seats" | "plan_up" | "downsell" => 3.0,
                "term" | "repeat" => 2.0,
                _ => 1.0,
            };
            (!held && dated).then_some(order)
        }),
    },
    Way {
        name: "p x value",
        about: "P(accept) times revenue over 24 months",
        choose: Choose::Score(|_, _, said| positive(said.probability * said.revenue)),
    },
    Way {
        name: "p x value per hour",
        about: "the same for each hour",
        choose: Choose::Score(|_, offer, said| {
            positive(said.probability * said.revenue / offer.hours.max(0.001))
        }),
    },
    Way {
        name: "ceiling",
        about: "our learner shown the true profit of many customers, per hour",
        choose: Choose::Taught,
    },
    Way { name: "oracle", about: "the true profit per hour", choose: Choose::Oracle },
];

fn positive(score: f64) -> Option<f64> {
    (score > 0.0).then_some(score)
}

/// What a way earned in a market.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Earned {
    /// True incremental profit.
    pub(super) profit: f64,
    /// The part of it that comes of staying or leaving because of the contact.
    pub(super) by_staying: f64,
    /// Hours used.
    pub(super) hours: f64,
    /// Contacts that sell.
    pub(super) contacts: f64,
    /// Of those, with accounts that leave because of contact.
    pub(super) dogs: f64,
}

impl Way {
    /// What the way earns.
    pub(super) fn earn(&self, market: &Market, seed: usize) -> Earned {
        let chosen = match self.choose {
            Choose::Plan => plan(market),
            Choose::Random => {
                let score = |offer: &Offer| {
                    sells(offer)?;
                    Some(drawn(seed, &offer.account, &offer.motion))
                };
                greedy(market, score)
            }
            Choose::Score(score) => greedy(market, |offer| score(market, offer, sells(offer)?)),
            Choose::Taught => greedy(market, |offer| {
                positive(offer.taught.unwrap_or(0.0) / offer.hours.max(0.001))
            }),
            Choose::Oracle => {
                greedy(market, |offer| positive(offer.profit / offer.hours.max(0.001)))
            }
        };
        earned(market, &chosen)
    }
}

/// What the run says of an offer that ways may make: any candidate but help.
fn sells(offer: &Offer) -> Option<&Said> {
    offer.said.as_ref().filter(|_| offer.motion != "care")
}

fn plan(market: &Market) -> Vec<&Offer> {
    let chosen = |offer: &&Offer| offer.said.as_ref().is_some_and(|said| said.fate == "chosen");
    market.offers.iter().filter(chosen).collect()
}

fn greedy(market: &Market, score: impl Fn(&Offer) -> Option<f64>) -> Vec<&Offer> {
    let scored = market.offers.iter().enumerate();
    let mut order: Vec<(f64, usize)> =
        scored.filter_map(|(at, offer)| Some((score(offer)?, at))).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut left: BTreeMap<&str, f64> =
        market.hours.iter().map(|(rep, hours)| (rep.as_str(), *hours)).collect();
    let (mut contacted, mut chosen) = (HashSet::new(), Vec::new());
    for (_, at) in order {
        let offer = &market.offers[at];
        let free = offer.hours <= 0.0;
        let owner = market.owner.get(&offer.account);
        let hours = owner.and_then(|owner| left.get_mut(owner.as_str()));
        let room = free || hours.as_ref().is_some_and(|hours| **hours + SLACK >= offer.hours);
        if !room || !contacted.insert(offer.account.as_str()) {
            continue;
        }
        if let Some(hours) = hours.filter(|_| !free) {
            *hours -= offer.hours;
        }
        chosen.push(offer);
    }
    chosen
}

fn earned(market: &Market, chosen: &[&Offer]) -> Earned {
    let dog = |offer: &Offer| market.sleeping_dogs.get(&offer.account).copied().unwrap_or(false);
    let sum = |of: &dyn Fn(&Offer) -> f64| chosen.iter().map(|offer| of(offer)).sum::<f64>();
    let selling = |offer: &Offer| f64::from(u8::from(offer.motion != "care"));
    Earned {
        profit: sum(&|offer| offer.profit),
        by_staying: sum(&|offer| offer.by_staying),
        hours: sum(&|offer| offer.hours),
        contacts: sum(&selling),
        dogs: sum(&|offer| selling(offer) * f64::from(u8::from(dog(offer)))),
    }
}

/// A number between 0 and 1 for an offer, as good as drawn: SHA-256.
fn drawn(seed: usize, account: &str, motion: &str) -> f64 {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(format!("{seed} {account} {motion}"));
    let bytes = digest[..8].try_into().expect("a hash has 32 bytes");
    u64::from_be_bytes(bytes) as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(account: &str, hours: f64, profit: f64) -> Offer {
        let said = Said {
            fate: "displaced".to_owned(),
            reason: String::new(),
            hours,
            probability: 0.1,
            revenue: profit,
        };
        Offer {
            account: account.to_owned(),
            motion: "option".to_owned(),
            hours,
            said: Some(said),
            taught: Some(profit),
            profit,
            by_staying: 0.0,
        }
    }

    fn market(offers: Vec<Offer>) -> Market {
        let ids = ["A", "B", "C"].map(str::to_owned);
        Market {
            offers,
            margin: ids.iter().map(|id| (id.clone(), 1.0)).collect(),
            owner: ids.iter().map(|id| (id.clone(), "R".to_owned())).collect(),
            hours: BTreeMap::from([("R".to_owned(), 4.0)]),
            sleeping_dogs: ids.iter().map(|id| (id.clone(), id == "C")).collect(),
            sheet: String::new(),
        }
    }

    #[test]
    fn hours_and_one_offer_an_account_bind_every_way() {
        let offers = vec![
            offer("A", 2.0, 50.0),
            offer("A", 4.0, 60.0),
            offer("B", 2.0, 40.0),
            offer("C", 2.0, 30.0),
            offer("C", 0.0, -1.0),
        ];
        let market = market(offers);
        for way in WAYS.iter().filter(|way| way.name != "plan") {
            let earned = way.earn(&market, 1);
            assert!(earned.hours <= 4.0 && earned.contacts <= 3.0, "{}: {earned:?}", way.name);
        }
        let oracle = WAYS.iter().find(|way| way.name == "oracle").expect("listed");
        assert!((oracle.earn(&market, 1).profit - 90.0).abs() < 1e-9);
    }

    #[test]
    fn a_sleeping_dog_counts_where_it_is_sold_to() {
        let market = market(vec![offer("C", 2.0, 30.0)]);
        let earned = greedy(&market, |offer| Some(offer.profit));
        assert!((super::earned(&market, &earned).dogs - 1.0).abs() < 1e-9);
    }
}
