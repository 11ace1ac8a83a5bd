//! Deals that begin of themselves while we talk to a customer.
//!
//! The share of approaches that open a deal leaves out deals that the customer began, so what it takes unasked comes
//! beside what an approach wins; without it, an approach would seem to prevent what comes anyway. The two are taken
//! as independent causes (Pearl 1988, "Probabilistic Reasoning in Intelligent Systems", eq. 4.27, noisy-OR):
//!
//! ```text
//! P(y | contact) = 1 - (1 - P(y | leave)) (1 - o w)
//! P(opportunity | contact) = P(y | contact) / w, at most 1
//! ```
//!
//! | here | formula | unit |
//! |---|---|---|
//! | `opportunity` before | o: approaches that open a deal of our doing | probability |
//! | `won` | w: opened deals that are won | probability |
//! | `organic` | P(y \| leave) | probability within the outcome window |
//!
//! Only where o and P(y | leave) are counted from records that tell the two apart; what is assumed stays as stated.

use decide::candidate::{Evidence, Odds};
use domain::probability::{Estimate, Provenance};
use domain::words::Words;

use crate::train::Trained;

/// Whether records tell deals of our doing from the customers' own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Records {
    Apart,
    Mixed,
}

impl Records {
    pub(super) fn of(trained: &Trained) -> Self {
        let approaches = trained.opened.total.1 + trained.opened_by_mail.total.1 > 0;
        if approaches && trained.organic.approaches && trained.digital_approaches == 0 {
            Self::Apart
        } else {
            Self::Mixed
        }
    }
}

/// Puts deals that begin of themselves beside those that approaches open.
pub(super) fn join(records: Records, odds: &mut Odds) {
    let assumed = |estimate: &Estimate| estimate.provenance == Provenance::Prior;
    let assumed = assumed(&odds.organic) || assumed(&odds.opportunity);
    if records == Records::Mixed || assumed || odds.won.mean <= 0.0 {
        return;
    }
    let (opened, won, organic) = (odds.opportunity, odds.won.mean, odds.organic.mean);
    let beside = |opened: Estimate| {
        let both = 1.0 - (1.0 - organic) * (1.0 - opened.mean * won);
        let mean = (both / won).clamp(opened.mean, 1.0);
        Estimate { mean, sd: (1.0 - organic) * opened.sd, ..opened }
    };
    odds.opportunity = beside(opened);
    if odds.in_window.provenance != Provenance::Prior {
        odds.in_window = beside(odds.in_window);
    }
    if odds.opportunity.mean - opened.mean >= NOTHING {
        odds.because.push(said(opened, odds.opportunity.mean));
    }
}

/// Less than this share is not worth a sentence.
const NOTHING: f64 = 0.0005;

fn said(opened: Estimate, mean: f64) -> Evidence {
    let (by_us, all) = (opened.mean * 100.0, mean * 100.0);
    Evidence {
        words: Words::new(
            format!(
                "働きかけから始まる商談{by_us:.1} %に、同じ期間にお客様から始まる商談を合わせ、商談になる割合は{all:.1} %です"
            ),
            format!(
                "{by_us:.1} % of approaches open a deal; with the deals that customers begin themselves in the same time it is {all:.1} %"
            ),
        ),
        source: "activities and proposals with approached = true or false".to_owned(),
        on: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odds(organic: Estimate) -> Odds {
        Odds {
            opportunity: Estimate::estimated(0.1, 0.02, 500),
            won: Estimate::estimated(0.4, 0.03, 90),
            organic,
            in_window: Estimate::estimated(0.1, 0.02, 500),
            stay: Estimate::known(1.0),
            stay_if_taken: Estimate::known(1.0),
            because: Vec::new(),
        }
    }

    /// The lift that is left: P(y | contact) - P(y | leave).
    fn lift(organic: Estimate, records: Records) -> f64 {
        let mut odds = odds(organic);
        join(records, &mut odds);
        assert!(odds.opportunity.mean <= 1.0);
        odds.opportunity.mean * odds.won.mean - organic.mean
    }

    #[test]
    fn what_comes_of_itself_takes_nothing_from_what_an_approach_wins() {
        // .1 * .4 of those who would not take it unasked.
        for organic in [0.01, 0.05, 0.2] {
            let left = lift(Estimate::estimated(organic, 0.01, 900), Records::Apart);
            assert!((left - (1.0 - organic) * 0.04).abs() < 1e-12, "{organic}: {left}");
        }
    }

    #[test]
    fn at_the_share_that_is_won_nothing_is_left_to_win() {
        // Every deal that is won comes of itself: .4 of .4.
        assert!(lift(Estimate::estimated(0.4, 0.01, 900), Records::Apart).abs() < 1e-12);
        assert!(lift(Estimate::estimated(0.6, 0.01, 900), Records::Apart) < 0.0);
    }

    #[test]
    fn assumed_values_stay_as_stated() {
        let prior = Estimate::prior(0.02, 0.01);
        assert!((lift(prior, Records::Apart) - 0.02).abs() < 1e-12);
        let counted = Estimate::estimated(0.02, 0.01, 900);
        assert!((lift(counted, Records::Mixed) - 0.02).abs() < 1e-12);
        let mut by_mail = odds(counted);
        by_mail.opportunity = Estimate::prior(0.03, 0.01);
        join(Records::Apart, &mut by_mail);
        assert_eq!(
            by_mail.opportunity,
            Estimate::prior(0.03, 0.01),
            "of mails nothing is on record"
        );
    }
}
