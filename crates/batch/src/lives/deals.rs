//! Plays that end with their deal: what the CRM says is won or lost closes the play (S93).

use anyhow::Result;
use domain::money::Currency;
use domain::time::{Day, Instant, Zone};
use store::{Act, Answer, By, ClosedDeal, Outcome, Store, StoreError};

/// Until when, and how amounts are read.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The day that is looked from: a deal that is closed later is open.
    pub as_of: Day,
    /// The workspace's zone.
    pub zone: &'a Zone,
    /// The workspace's currency: an amount in another is left out.
    pub currency: Currency,
}

/// Ends every play whose deal is closed by the day, as won or lost on the deal's day, and says how many. Nobody is
/// named as who did it. What somebody answers in the same moment stays as he said.
pub async fn close(store: &Store, ask: Ask<'_>) -> Result<usize> {
    let run = store.current_run().await?.unwrap_or_default();
    let mut closed = 0;
    for deal in store.closed_deals(&run.run_id).await? {
        let on = ask.zone.day_of(Instant(deal.closed_us));
        if on > ask.as_of {
            continue;
        }
        let answer = Answer {
            act: act(&deal, ask.currency),
            expected: deal.expected,
            by: By { rep_id: None, at_us: deal.closed_us, on_day: on.to_string() },
            play: deal.play,
        };
        match store.answer(&answer).await {
            Ok(_) => closed += 1,
            Err(StoreError::Stale { .. } | StoreError::NotNow { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(closed)
}

fn act(deal: &ClosedDeal, currency: Currency) -> Act {
    let ours = deal.currency.as_deref().is_none_or(|code| code == currency.code());
    Act::Done {
        outcome: if deal.won { Outcome::Won } else { Outcome::Lost },
        amount_minor: deal.amount_minor.filter(|_| deal.won && ours),
        note: format!("CRM {}", deal.deal_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(won: bool, currency: Option<&str>) -> String {
        let deal = ClosedDeal {
            play: store::PlayRow::default(),
            expected: 0,
            deal_id: "D-1".to_owned(),
            closed_us: 0,
            won,
            amount_minor: Some(5),
            currency: currency.map(str::to_owned),
        };
        match act(&deal, Currency::JPY) {
            Act::Done { outcome, amount_minor, note } => {
                format!("{} {amount_minor:?} {note}", outcome.code())
            }
            other => format!("{other:?}"),
        }
    }

    /// S93: an amount belongs to what was won, in the workspace's currency.
    #[test]
    fn s93_a_deal_says_how_its_play_ends() {
        assert_eq!(said(true, None), "won Some(5) CRM D-1");
        assert_eq!(said(true, Some("JPY")), "won Some(5) CRM D-1");
        assert_eq!(said(true, Some("USD")), "won None CRM D-1");
        assert_eq!(said(false, None), "lost None CRM D-1");
    }
}
