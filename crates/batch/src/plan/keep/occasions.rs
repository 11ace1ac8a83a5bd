//! What only timing rules read.

use anyhow::{Result, bail};
use decide::facts::{
    Cart, Closing, Counter, Fiscal, Gone, Heard, Lost, NewMetric, Occasions, PeerUse, Promise,
    Promised, Reaction, Shown, Success, Told, Topic, Trial, Window,
};

use super::{Keep, fields, words};

fields! {
    Occasions {
        trials, carts, counters, peers, new_metrics, fiscal, closings, measured, successes, promises,
        reactions, gone, heard, nps_asked_on,
    }
    Trial { subscription, product, ends_on }
    Cart { id, product, on, checkout }
    Counter { metric, subscription, window, limit, hits, top, last_on }
    PeerUse { metric, subscription, median, n }
    NewMetric { metric, subscription, first_on }
    Fiscal { month, source, on }
    Closing { proposal, on }
    Success { product, told, on, source }
    Promise { source, promised, on, since, product, kept_on }
    Reaction { source, shown, on, product }
    Gone { contact, role, lost, on, source }
    Heard { fact, topic, on, product }
}

words! {
    Window { Hour, Day }
    Promised { Said, Lost, Next }
    Lost { Left, Bounced, Silent }
    Topic { Issue, Focus, Outlook, Skilled }
}

impl Keep for Told {
    fn keep(&self, out: &mut String) {
        let kept = match self {
            Self::Measured { metric, before, after } => Some((metric.clone(), (*before, *after))),
            Self::Won => None,
        };
        kept.keep(out);
    }

    fn again(json: &str) -> Result<Self> {
        Ok(match Option::<(String, (f64, f64))>::again(json)? {
            Some((metric, (before, after))) => Self::Measured { metric, before, after },
            None => Self::Won,
        })
    }
}

impl Keep for Shown {
    fn keep(&self, out: &mut String) {
        let (word, score) = match self {
            Self::Reaction => ("reaction", None),
            Self::Interest(score) => ("interest", Some(*score)),
        };
        (word, score).keep(out);
    }

    fn again(json: &str) -> Result<Self> {
        Ok(match <(String, Option<f64>)>::again(json)? {
            (word, None) if word == "reaction" => Self::Reaction,
            (word, Some(score)) if word == "interest" => Self::Interest(score),
            (word, _) => bail!("`{word}` shows no interest"),
        })
    }
}
