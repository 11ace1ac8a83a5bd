//! What guards alone ask.

use anyhow::{Result, bail};
use decide::facts::Bars;
use decide::facts::bars::{
    Basis, Consent, Contacted, CreditSign, CreditStop, Incident, Lot, OnlyContact, Permission,
    Quiet, Reseller, Span, Stop,
};
use domain::time::Day;

use super::{Keep, fields, words};

fields! {
    Bars {
        stops, credit, incident, resellers, only_contact, quiet, permissions, contacted, under_way,
        group, bought, lot, roots, effect,
    }
    Stop { source, on, until, reason, by }
    CreditStop { sign, source, on, until }
    Incident { activity, closed_on }
    Reseller { source, product }
    OnlyContact { contact, source, on }
    Quiet { span, source, on }
    Permission { contact, channel, consent, basis, on, source }
    Contacted { activity, contact, on }
    Lot { place, on }
}

words! {
    CreditSign { Account, Noted, Paused }
    Consent { OptIn, OptOut, Unknown }
    Basis { Card, Trade, Published }
}

/// Days of a span, or months and days of every year.
type Kept = (Option<(Day, Day)>, Option<((i8, i8), (i8, i8))>);

impl Keep for Span {
    fn keep(&self, out: &mut String) {
        let kept: Kept = match self {
            Self::Days(first, last) => (Some((*first, *last)), None),
            Self::Yearly(first, last) => (None, Some((*first, *last))),
        };
        kept.keep(out);
    }

    fn again(json: &str) -> Result<Self> {
        Ok(match Kept::again(json)? {
            (Some((first, last)), None) => Self::Days(first, last),
            (None, Some((first, last))) => Self::Yearly(first, last),
            _ => bail!("{json} is no span of days"),
        })
    }
}
