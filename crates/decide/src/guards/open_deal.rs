//! No cold pitch over a live deal (N20): a deal in progress for the same product or line holds other
//! offers of that line until it closes. Its own next step passes. A deal that is older than nearly all were when they
//! closed, with nothing agreed, is likely dead: it holds its own product still, but not the rest of the line, and its next
//! step is to find out.

use domain::words::Words;

use super::{Clear, Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::Proposal;
use crate::look::Look;
use crate::phrases::name;

pub(super) const GUARD: Guard = Guard {
    code: "open_deal",
    ja: "進行中の商談",
    en: "Deal in progress",
    cites: "S32 S108 N20",
    reach: Reach::Offer,
    knows: Knows::Store,
    reads: "`proposals` that are open",
    clear: Some(Clear::Each(clear)),
    check,
};

/// No deal is open for it.
fn clear(look: &Look, candidate: &Candidate) -> bool {
    !look.facts.open_proposals().any(|deal| is_rival(look, candidate, deal))
}

fn check(look: &Look, candidate: &Candidate) -> Verdict {
    let rivals: Vec<&Proposal> =
        look.facts.open_proposals().filter(|deal| is_rival(look, candidate, deal)).collect();
    let Some(first) = rivals.first() else {
        return allow(GUARD.code, Words::new("進行中の商談なし", "No deal in progress for it"));
    };
    let reason = said(look, first);
    let words = Words::new(
        format!("{}商談が終わるまで、ほかの提案を控えます。", reason.ja),
        format!("{} Nothing else of the line until it closes.", reason.en),
    );
    let evidence = rivals.iter().map(|deal| evidence(look, deal)).collect();
    because(hold(GUARD.code, Says::HoldUntil(None), words), evidence)
}

/// Whether a deal is for the same product or line, or for none in particular of the same contract.
fn is_rival(look: &Look, candidate: &Candidate, deal: &Proposal) -> bool {
    let Some(of) = &deal.product else { return false };
    let dead = look.is_old(deal);
    let holds = |product| if dead { of == product } else { look.same_line(of, product) };
    let wanted = [candidate.product.as_ref(), candidate.from_product.as_ref()];
    wanted.into_iter().flatten().any(holds)
}

fn said(look: &Look, deal: &Proposal) -> Words {
    let product = deal.product.as_ref().map_or("", |product| name(look.catalogue, product));
    Words::new(
        format!("{product}の商談が{}から進行中です。", deal.opened_on.display_ja()),
        format!("A deal for {product} has been in progress since {}.", deal.opened_on.display_en()),
    )
}

fn evidence(look: &Look, deal: &Proposal) -> Evidence {
    Evidence {
        words: said(look, deal),
        source: format!("proposals {}", deal.proposal),
        on: Some(deal.opened_on),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::said_of;
    use crate::examples::{Example, day};
    use crate::facts::DealPace;
    use domain::motion::Motion;

    fn check(motion: Motion, product: &str, expected: &str) {
        let example = Example::buyer();
        let mut candidate = example.candidate(motion);
        candidate.product = Some(product.into());
        candidate.from_product = None;
        assert_eq!(said_of("open_deal", &example, &candidate), expected);
    }

    #[test]
    fn a_deal_that_is_likely_dead_holds_its_own_product_alone() {
        let said = |(opened, product): (&str, &str), pace: Option<i32>, step: Option<&str>| {
            let mut example = Example::buyer();
            example.facts.deal_pace = pace.map(|days| DealPace { days, n: 400 });
            let deal = &mut example.facts.proposals[0];
            (deal.opened_on, deal.next_step_on) = (day(opened), step.map(day));
            let mut candidate = example.candidate(Motion::PlanUp);
            candidate.product = Some(product.into());
            said_of("open_deal", &example, &candidate)
        };
        // 130 days before 2026-03-12 is 2 November.
        assert!(said(("2025-11-02", "GTX-B"), Some(130), None).starts_with("hold"));
        let free = "allow: 進行中の商談なし";
        assert_eq!(said(("2025-11-01", "GTX-B"), Some(130), None), free);
        assert!(said(("2025-11-01", "GTX-P"), Some(130), None).starts_with("hold"));
        assert!(said(("2025-11-01", "GTX-B"), Some(130), Some("2026-03-12")).starts_with("hold"));
        assert_eq!(said(("2025-11-01", "GTX-B"), Some(130), Some("2026-03-11")), free);
        // Where too few deals have closed to know how long they take, nothing is called dead.
        assert!(said(("2020-01-01", "GTX-B"), None, None).starts_with("hold"));
    }

    #[test]
    fn the_same_product_or_line_is_held() {
        let held = "hold: GTX Proの商談が2025年12月12日から進行中です。商談が終わるまで、ほかの提案を控えます。";
        check(Motion::Repeat, "GTX-P", held);
        check(Motion::PlanUp, "GTX-B", held);
        check(Motion::CrossSell, "GTK", "allow: 進行中の商談なし");
        check(Motion::Advance, "GTX-P", "allow: 商談の前進は停止条件の対象外です。");
    }
}
