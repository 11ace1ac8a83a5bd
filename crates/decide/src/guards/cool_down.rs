//! Not again what was just declined (S62): so many rejections of a product within so many days hold it.
//!
//! A rejection is a lost deal for the product or by the offer; a deal the customer asked for counts
//! too, since it declined in the end. A won deal of the same product ends the series.

use domain::time::{Day, Days};
use domain::words::Words;
use serde::Deserialize;

use super::{Guard, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::{Outcome, Proposal};
use crate::look::Look;

pub(super) const GUARD: Guard = Guard {
    code: "cool_down",
    ja: "再提案までの待機期間",
    en: "Cool-down",
    cites: "S53 S62 N5",
    reach: Reach::Offer,
    check,
};

/// How many rejections hold an offer, and for how long.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CoolDownPolicy {
    /// Rejections from which on it is held; 0 never holds.
    pub rejections: u32,
    /// Days within which they count.
    pub days: i32,
}

impl Default for CoolDownPolicy {
    fn default() -> Self {
        Self { rejections: 2, days: 180 }
    }
}

fn is_of(candidate: &Candidate, deal: &Proposal) -> bool {
    let same_product = deal.product.is_some() && deal.product == candidate.product;
    same_product || deal.offer.as_ref() == Some(&candidate.offer)
}

/// Rejections since the last win, newest first, within the policy's days.
fn rejections<'a>(look: &Look<'a>, candidate: &Candidate) -> Vec<(Day, &'a Proposal)> {
    let closed = |deal: &Proposal| deal.closed_on.unwrap_or(deal.opened_on);
    let deals = &look.facts.proposals;
    let of_offer = || deals.iter().filter(|deal| is_of(candidate, deal));
    let won = of_offer().filter(|deal| deal.outcome == Outcome::Won).map(closed).max();
    let mut lost: Vec<_> = of_offer()
        .filter(|deal| deal.outcome == Outcome::Lost)
        .map(|deal| (closed(deal), deal))
        .filter(|(on, _)| won.is_none_or(|won| *on > won))
        .filter(|(on, _)| (0..look.policy.guards.cool_down.days).contains(&look.days_since(*on)))
        .collect();
    lost.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.proposal.cmp(&y.proposal)));
    lost
}

fn check(look: &Look, candidate: &Candidate) -> Verdict {
    let policy = &look.policy.guards.cool_down;
    let lost = rejections(look, candidate);
    let (n, days) = (lost.len(), policy.days);
    let needed = policy.rejections as usize;
    if needed == 0 || n < needed {
        return allow(
            GUARD.code,
            Words::new(
                format!("過去{days}日間のお断りは{n}件です。"),
                format!("Declined {n} times within {days} days."),
            ),
        );
    }
    let until = lost[needed - 1].0.plus(Days(days));
    let words = Words::new(
        format!(
            "過去{days}日間に{n}件お断りをいただいているため、{}まで再提案を控えます。",
            until.display_ja()
        ),
        format!("Declined {n} times within {days} days; not again until {}.", until.display_en()),
    );
    let evidence = lost.iter().map(|(on, deal)| evidence(*on, deal)).collect();
    because(hold(GUARD.code, Says::HoldUntil(Some(until)), words), evidence)
}

fn evidence(on: Day, deal: &Proposal) -> Evidence {
    Evidence {
        words: Words::new(
            format!("{}の商談は失注でした。", on.display_ja()),
            format!("The deal of {} was lost.", on.display_en()),
        ),
        source: format!("proposals {}", deal.proposal),
        on: Some(on),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::said_of;
    use crate::examples::{Example, deal};
    use crate::facts::Outcome;
    use domain::motion::Motion;

    fn check(deals: &[(&str, Outcome)], expected: &str) {
        let mut example = Example::buyer();
        example.facts.proposals = deals
            .iter()
            .enumerate()
            .map(|(i, (closed, outcome))| deal(&format!("D{i}"), "GTK", closed, *outcome))
            .collect();
        let mut candidate = example.candidate(Motion::CrossSell);
        candidate.product = Some("GTK".into());
        assert_eq!(said_of("cool_down", &example, &candidate), expected);
    }

    #[test]
    fn two_rejections_within_half_a_year_hold_until_one_is_old() {
        use Outcome::{Lost, Won};
        check(&[], "allow: 過去180日間のお断りは0件です。");
        check(&[("2026-01-10", Lost)], "allow: 過去180日間のお断りは1件です。");
        check(
            &[("2025-01-10", Lost), ("2026-01-10", Lost)],
            "allow: 過去180日間のお断りは1件です。",
        );
        check(
            &[("2025-12-01", Lost), ("2026-01-10", Lost)],
            "hold until 2026-05-30: 過去180日間に2件お断りをいただいているため、2026年5月30日まで再提案を控えます。",
        );
        check(
            &[("2025-11-01", Lost), ("2025-12-01", Lost), ("2026-01-10", Lost)],
            "hold until 2026-05-30: 過去180日間に3件お断りをいただいているため、2026年5月30日まで再提案を控えます。",
        );
        check(
            &[("2025-12-01", Lost), ("2025-12-20", Won), ("2026-01-10", Lost)],
            "allow: 過去180日間のお断りは1件です。",
        );
    }
}
