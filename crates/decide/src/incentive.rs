//! What makes an offer easier to take (S14, S15): a free trial, a campaign's discount, volume tiers, what other
//! customers say, capacity for inviting users; and what each costs when the offer is accepted.
//!
//! Terms in one cell (`offers.incentive`), apart by semicolons:
//!
//! | term | 日本語 | what it gives | what it costs when accepted |
//! |---|---|---|---|
//! | `free 3 months [PRODUCT]` | `無料 3か月 [商品]` | so many months free, of the whole or of one product | the revenue of those months |
//! | `discount 10% [for 12 months]` | `割引 10% [12か月]` | a share off the price, for so long or for good | that share of the revenue |
//! | `off 30000` | `値引き 30000` | an amount off, once | the amount |
//! | `volume 5% from 50` | `数量割引 5% 50` | a share off from a number of seats or pieces on; the last that applies | that share of the revenue |
//! | `trial 14 days` | `試用 14日` | a free trial before the decision | nothing is lost on who takes it; the effort is the offer's |
//! | `referral 500 MB cost 200` | `紹介 500 MB 費用 200` | capacity for each user invited | the stated cost |
//! | `reviews` | `導入事例` | what other customers say | nothing |
//! | `term 24 months` | `期間 24か月` | asks for a term of so long; by itself of a `term` offer, else in return | nothing |
//! | `public` | `一般公開` | who takes it unasked gets it too | what is given to those is no effect of the contact |
//!
//! Revenue that is given away costs all of itself, for the service is still rendered. It goes to everybody who accepts,
//! also to those who would have bought anyway; only what is `public` would have been given to them without contact.

mod parse;

use domain::words::Words;

pub use parse::{Currency, IncentiveError};

use crate::phrases::{add, percent};

/// One term.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// Months free, of the whole or of one product.
    Free {
        /// How many.
        months: u32,
        /// Of which product; the whole where none is named.
        product: Option<String>,
    },
    /// A share off, for some months or for good.
    Discount {
        /// The share, 0..=1.
        share: f64,
        /// For how many months; for good where none.
        months: Option<u32>,
    },
    /// An amount off, once, minor units.
    Off(i64),
    /// A share off from a quantity on.
    Volume {
        /// The share, 0..=1.
        share: f64,
        /// From so many on.
        from: i64,
    },
    /// A free trial before the decision.
    Trial {
        /// For so many days.
        days: u32,
    },
    /// Capacity for each user invited.
    Referral {
        /// What is given, as written.
        gives: String,
        /// What it costs for one acceptance, minor units.
        cost_minor: i64,
    },
    /// What other customers say.
    Reviews,
    /// A term of so many months in return.
    Term(i64),
    /// Given to everybody, asked or not.
    Public,
}

/// The kinds of term with what they appeal to, for the reference page.
pub const APPEALS: &[(&str, &str, &str)] = &[
    ("trial", "決める前に自分で確かめたい", "certainty before a decision: seeing for oneself"),
    ("free", "始める負担を小さくしたい", "a small first step"),
    ("discount", "今決める理由がほしい", "a reason to decide now rather than later"),
    ("off", "今決める理由がほしい", "a reason to decide now rather than later"),
    ("volume", "まとめるほど割安にしたい", "a better unit price for more"),
    (
        "reviews",
        "同じ立場の顧客の評価を知りたい",
        "what others in the same place chose (social proof, Cialdini 1984)",
    ),
    (
        "referral",
        "勧めた人にも利点がほしい",
        "something in return for a recommendation (reciprocity, Cialdini 1984)",
    ),
];

impl Term {
    /// Its keyword.
    fn code(&self) -> &'static str {
        match self {
            Self::Free { .. } => "free",
            Self::Discount { .. } => "discount",
            Self::Off(_) => "off",
            Self::Volume { .. } => "volume",
            Self::Trial { .. } => "trial",
            Self::Referral { .. } => "referral",
            Self::Reviews => "reviews",
            Self::Term(_) => "term",
            Self::Public => "public",
        }
    }

    fn said(&self, currency: Currency) -> Option<Words> {
        Some(match self {
            Self::Free { months, product: None } => {
                Words::new(format!("{months}か月無料"), format!("{} free", en_months(*months)))
            }
            Self::Free { months, product: Some(product) } => Words::new(
                format!("{product}が{months}か月無料"),
                format!("{} of {product} free", en_months(*months)),
            ),
            Self::Discount { share, months: Some(months) } => Words::new(
                format!("{months}か月間{}割引", percent(*share)),
                format!("{} off for {}", percent(*share), en_months(*months)),
            ),
            Self::Discount { share, months: None } => {
                Words::new(format!("{}割引", percent(*share)), format!("{} off", percent(*share)))
            }
            Self::Off(minor) => {
                let amount = currency.display(*minor);
                Words::new(format!("{amount}値引き"), format!("{amount} off"))
            }
            Self::Volume { share, from } => Words::new(
                format!("{from}以上で{}割引", percent(*share)),
                format!("{} off from {from} on", percent(*share)),
            ),
            Self::Trial { days } => {
                Words::new(format!("{days}日間の無料試用"), format!("a free trial of {days} days"))
            }
            Self::Referral { gives, .. } => Words::new(
                format!("ご紹介1名ごとに{gives}を追加"),
                format!("{gives} more for each user invited"),
            ),
            Self::Reviews => Words::new("導入企業の声をご紹介", "what other customers say"),
            Self::Term(months) => Words::new(
                format!("{months}か月契約が条件"),
                format!("for a term of {months} months"),
            ),
            Self::Public => return None,
        })
    }

    /// What it appeals to.
    fn appeal(&self) -> Option<Words> {
        let (_, ja, en) = APPEALS.iter().find(|(code, ..)| *code == self.code())?;
        Some(Words::new(*ja, *en))
    }
}

/// Months in English: `1 month`, `3 months`.
fn en_months(n: u32) -> String {
    if n == 1 { "1 month".to_owned() } else { format!("{n} months") }
}

/// Every term of an offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Incentive {
    terms: Vec<Term>,
    text: String,
    currency: Currency,
}

/// What an acceptance brings before the incentive, minor units.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given {
    /// Revenue a month.
    pub month: f64,
    /// Revenue once.
    pub once: f64,
    /// Seats or pieces.
    pub quantity: i64,
    /// Discounted months that count.
    pub months: f64,
}

impl Incentive {
    /// Reads the terms; an empty text is none.
    pub fn parse(text: &str, currency: Currency) -> Result<Option<Self>, IncentiveError> {
        let terms = parse::parse(text, currency)?;
        let text = text.trim().to_owned();
        Ok((!terms.is_empty()).then_some(Self { terms, text, currency }))
    }

    /// The text that it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// In which currency its amounts are.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The terms.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether those who take the offer unasked get it too.
    pub fn is_public(&self) -> bool {
        self.terms.contains(&Term::Public)
    }

    /// Whether inviting users earns capacity.
    pub fn is_referral(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Referral { .. }))
    }

    /// The term that is asked for in return, months.
    pub fn term_months(&self) -> Option<i64> {
        self.terms.iter().find_map(|term| match term {
            Term::Term(months) => Some(*months),
            _ => None,
        })
    }

    /// What it costs when the offer is accepted, minor units, 0 or more and never more than the offer brings and
    /// what is stated; `part` is the revenue a month of a product that is named.
    pub fn cost_minor(&self, given: Given, part: impl Fn(&str) -> Option<f64>) -> f64 {
        let volume = self.terms.iter().filter_map(|term| match term {
            Term::Volume { share, from } if given.quantity >= *from => Some((*from, *share)),
            _ => None,
        });
        let volume = volume.max_by_key(|(from, _)| *from).map_or(0.0, |(_, share)| share);
        let mut cost = volume * (given.month * given.months + given.once);
        for term in &self.terms {
            cost += match term {
                Term::Free { months, product } => {
                    let month = product.as_deref().and_then(&part).unwrap_or(given.month);
                    month * f64::from(*months).min(given.months)
                }
                Term::Discount { share, months } => {
                    let months = months.map_or(given.months, f64::from).min(given.months);
                    share * (given.month * months + given.once)
                }
                Term::Off(minor) => *minor as f64,
                Term::Referral { cost_minor, .. } => *cost_minor as f64,
                Term::Volume { .. }
                | Term::Trial { .. }
                | Term::Reviews
                | Term::Term(_)
                | Term::Public => 0.0,
            };
        }
        cost.max(0.0)
    }

    /// What is given, and what it appeals to.
    pub fn said(&self) -> Words {
        let mut words = Words::new("特典: ", "Incentive: ");
        let terms =
            self.terms.iter().filter_map(|term| Some((term.said(self.currency)?, term.appeal())));
        for (i, (said, appeal)) in terms.enumerate() {
            let (ja, en) = if i == 0 { ("", "") } else { ("、", "; ") };
            add(&mut words, &format!("{ja}{}", said.ja), &format!("{en}{}", said.en));
            if let Some(appeal) = appeal {
                add(
                    &mut words,
                    &format!("(「{}」に応える)", appeal.ja),
                    &format!(" ({})", appeal.en),
                );
            }
        }
        if self.is_public() {
            add(&mut words, "。どなたにも適用", "; open to everybody");
        }
        words
    }
}

#[cfg(test)]
mod tests;
