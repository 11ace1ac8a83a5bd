//! The next step of each deal in progress (S108), and what winning it changes.
//!
//! The amount is the deal's own; of a product that is paid by month, year or seat it is the first year's
//! and counts a twelfth a month.
//!
//! | the deal | change of revenue | what it keeps |
//! |---|---|---|
//! | `renewal`, `save`, `downsell` | `min(0, amount / 12 - paid)`: less is a decrease, more is not counted | `paid`; where no contract is known, `amount / 12` |
//! | of a product that is not held | `amount / 12` | - |
//! | of a product that is held | `amount / 12 - paid` | - |
//! | of one that is held, and the amount comes on top | `amount / 12` | - |
//! | without a type, of a product that is held, and `amount / 12 <= paid` | as a renewal | as a renewal |
//!
//! `paid` is what the account pays a month for that product now. An amount comes on top where the deal says so: by
//! its type `new`, by an offer of seats or an option, or as an `expansion` to no more than what is paid already,
//! which would else be none.

use domain::motion::Motion;
use domain::probability::Estimate;
use domain::words::Words;

use super::{Generator, blank, leading, price};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation};
use crate::catalogue::{PriceUnit, Product};
use crate::facts::{Contract, Proposal};
use crate::look::Look;
use crate::phrases::{add, name};

pub(super) const GENERATOR: Generator = Generator {
    code: "advance",
    ja: "進行中の商談の次の一手",
    en: "Next step of a deal",
    cites: "S42 S108",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    look.facts.open_proposals().map(|deal| candidate(look, deal)).collect()
}

fn candidate(look: &Look, deal: &Proposal) -> Candidate {
    let mut candidate = blank(look, Motion::Advance, format!("advance:{}", deal.proposal));
    candidate.proposal = Some(deal.proposal.clone());
    candidate.product.clone_from(&deal.product);
    let product = deal.product.as_ref().and_then(|id| look.product(id));
    let change = change(look, deal, product);
    candidate.revenue_month_minor = change.month;
    candidate.kept_month_minor = change.kept;
    candidate.once_minor = change.once;
    candidate.price_basis = change.basis;
    if let Some(rate) = product.and_then(|product| product.margin_rate) {
        candidate.margin_rate = rate;
    }
    if deal.keeps() {
        candidate.role = "CS";
    }
    let called = match &deal.product {
        Some(id) => name(look.catalogue, id).to_owned(),
        None => deal.proposal.to_string(),
    };
    candidate.title = title(deal, &called);
    candidate.because.push(Evidence {
        words: begun(deal, &called, &change),
        source: format!("proposals {}", deal.proposal),
        on: Some(deal.opened_on),
    });
    if look.is_old(deal) {
        candidate.next_step = Words::new(
            "まだ進行中か担当者に確認し、終わっている商談は失注として記録してください。",
            "Check with its owner whether it is still alive, and record it as lost where it is not.",
        );
    }
    candidate
}

/// What winning a deal changes.
struct Change {
    month: Estimate,
    kept: Estimate,
    once: Estimate,
    basis: PriceBasis,
    /// How the amount was read, where that is not plain.
    read: Option<Words>,
}

impl Change {
    fn own(month: f64, kept: f64) -> Self {
        let once = Estimate::known(0.0);
        let (month, kept) = (Estimate::known(month), Estimate::known(kept));
        Self { month, kept, once, basis: PriceBasis::Own, read: None }
    }

    fn unknown() -> Self {
        let nothing = Estimate::prior(0.0, 0.0);
        let basis = PriceBasis::Unknown;
        Self { month: nothing, kept: nothing, once: nothing, basis, read: None }
    }
}

fn change(look: &Look, deal: &Proposal, product: Option<&Product>) -> Change {
    let amount = deal.amount_minor.filter(|amount| *amount > 0).map(|amount| amount as f64);
    let paid = paid(look, deal);
    if deal.keeps() {
        return keeping(look, deal, amount.map(|amount| amount / 12.0));
    }
    let recurs = product.is_some_and(|product| product.price_unit != PriceUnit::Once);
    match (amount, paid) {
        (Some(amount), _) if !recurs => {
            Change { once: Estimate::known(amount), ..Change::own(0.0, 0.0) }
        }
        (Some(amount), None) => Change::own(amount / 12.0, 0.0),
        (Some(amount), Some(paid)) => beside(look, deal, (amount / 12.0, paid)),
        // What an expansion of something held would bring, only its amount could tell.
        (None, Some(_)) => Change::unknown(),
        (None, None) => product.map_or_else(Change::unknown, |product| {
            let priced = price::of(product, None, None);
            let kept = Estimate::known(0.0);
            let (month, once) = (priced.month, priced.once);
            Change { month, kept, once, basis: priced.basis, read: None }
        }),
    }
}

/// A deal to keep what is held: what is paid goes when it is lost, and nothing is gained when it is won.
fn keeping(look: &Look, deal: &Proposal, month: Option<f64>) -> Change {
    let held = paid(look, deal).or_else(|| {
        let line = deal.product.as_ref().and_then(|product| look.line(product));
        let contract = leading(look, line).filter(|_| line.is_some() || deal.product.is_none())?;
        price::paid(look, contract)
    });
    match (held, month) {
        (Some(paid), Some(month)) => {
            let read = (month > paid).then(|| {
                Words::new(
                    "金額は現在のお支払いより大きいですが、契約を続けるための商談のため、増額は数えていません。",
                    "The amount is more than what is paid now; the deal is to keep the contract, so the rest is not counted.",
                )
            });
            Change { read, ..Change::own((month - paid).min(0.0), paid) }
        }
        (Some(paid), None) => Change::own(0.0, paid),
        (None, Some(month)) => Change::own(0.0, month),
        (None, None) => Change::unknown(),
    }
}

/// A deal for something that is held already, for `month` a month where `paid` is paid now.
fn beside(look: &Look, deal: &Proposal, (month, paid): (f64, f64)) -> Change {
    let expansion = deal.kind.as_deref() == Some("expansion");
    if comes_on_top(look, deal) || (expansion && month <= paid) {
        let read = Words::new(
            "金額は現在のご契約への追加分として数えています。",
            "The amount counts as coming on top of today's contract.",
        );
        return Change { read: Some(read), ..Change::own(month, 0.0) };
    }
    if month <= paid {
        return keeping(look, deal, Some(month));
    }
    let read = Words::new(
        "金額から現在のお支払いを引いた差額を数えています。",
        "What is paid now is taken off the amount.",
    );
    Change { read: Some(read), ..Change::own(month - paid, 0.0) }
}

/// Whether a deal says that its amount is in addition to what is held: another contract, seats or an option.
fn comes_on_top(look: &Look, deal: &Proposal) -> bool {
    let adds = |motion| matches!(motion, Motion::Seats | Motion::Option);
    let by_offer = deal.offer.as_ref().is_some_and(|id| {
        let given = look.catalogue.offers.iter().find(|offer| offer.id == *id);
        let derived = id.as_str().split(':').next().and_then(Motion::parse);
        given.map(|offer| offer.motion).or(derived).is_some_and(adds)
    });
    deal.kind.as_deref() == Some("new") || by_offer
}

/// What the account pays a month for the deal's product now; `None` where it does not hold it.
fn paid(look: &Look, deal: &Proposal) -> Option<f64> {
    let product = deal.product.as_ref()?;
    let held = look.facts.active_contracts().filter(|contract| contract.product == *product);
    let paid: Option<Vec<f64>> =
        held.map(|contract: &Contract| price::paid(look, contract)).collect();
    paid.filter(|paid| !paid.is_empty()).map(|paid| paid.iter().sum())
}

fn title(deal: &Proposal, called: &str) -> Words {
    let (ja, en) = match deal.kind.as_deref() {
        Some("save") => (
            format!("{called}の解約防止の商談を進める"),
            format!("Advance the deal to save {called}"),
        ),
        Some("renewal") => {
            (format!("{called}の更新の商談を進める"), format!("Advance the renewal of {called}"))
        }
        Some("downsell") => (
            format!("{called}の契約見直しの商談を進める"),
            format!("Advance the smaller contract for {called}"),
        ),
        _ => (format!("{called}の商談を進める"), format!("Advance the deal for {called}")),
    };
    Words::new(ja, en)
}

fn begun(deal: &Proposal, called: &str, change: &Change) -> Words {
    let mut words = Words::new(
        format!("{called}の商談が{}に始まっています。", deal.opened_on.display_ja()),
        format!("The deal for {called} began on {}.", deal.opened_on.display_en()),
    );
    if change.kept.mean > 0.0 {
        add(
            &mut words,
            "契約を続けていただくための商談で、増収には数えていません。",
            " It is to keep what is paid today, and counts as no growth.",
        );
    }
    if let Some(read) = &change.read {
        add(&mut words, &read.ja, &format!(" {}", read.en));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day, deal};
    use crate::facts::{DealPace, Outcome};

    /// A deal for what the company holds, or not: 78,000 a month are paid for KT-PRO.
    fn made(product: &str, kind: &str, year: Option<i64>) -> Candidate {
        let mut example = Example::company();
        let mut open = deal("P9", product, "2026-02-20", Outcome::Open);
        open.kind = (!kind.is_empty()).then(|| kind.to_owned());
        open.amount_minor = year;
        example.facts.proposals = vec![open];
        make(&example.look(), &[]).remove(0)
    }

    #[track_caller]
    fn check((product, kind): (&str, &str), year: Option<i64>, expected: &str) {
        let made = made(product, kind, year);
        let (month, kept, once) =
            (made.revenue_month_minor.mean, made.kept_month_minor.mean, made.once_minor.mean);
        let basis = made.price_basis;
        assert_eq!(format!("{month:+.0} keeps {kept:.0} once {once:.0} {basis:?}"), expected);
    }

    #[test]
    fn a_deal_to_keep_a_contract_is_no_growth() {
        for kind in ["save", "renewal", "downsell"] {
            check(("KT-PRO", kind), Some(936_000), "+0 keeps 78000 once 0 Own");
            check(("KT-PRO", kind), Some(1_200_000), "+0 keeps 78000 once 0 Own");
            check(("KT-PRO", kind), Some(720_000), "-18000 keeps 78000 once 0 Own");
            check(("KT-PRO", kind), None, "+0 keeps 78000 once 0 Own");
        }
        // A smaller plan of the same line takes the place of today's.
        check(("KT-STD", "downsell"), Some(576_000), "-30000 keeps 78000 once 0 Own");
        // A list of deals alone still tells what is at stake.
        check(("EX-LIGHT", "renewal"), Some(120_000), "+0 keeps 10000 once 0 Own");
        check(("EX-LIGHT", "renewal"), None, "+0 keeps 0 once 0 Unknown");
    }

    #[test]
    fn what_is_held_counts_the_difference_unless_the_amount_comes_on_top() {
        check(("KT-PRO", "expansion"), Some(1_200_000), "+22000 keeps 0 once 0 Own");
        check(("KT-PRO", "expansion"), Some(120_000), "+10000 keeps 0 once 0 Own");
        check(("KT-PRO", "new"), Some(1_200_000), "+100000 keeps 0 once 0 Own");
        check(("KT-PRO", ""), Some(1_200_000), "+22000 keeps 0 once 0 Own");
        check(("KT-PRO", ""), Some(936_000), "+0 keeps 78000 once 0 Own");
        check(("KT-PRO", "expansion"), None, "+0 keeps 0 once 0 Unknown");
        check(("EX-LIGHT", "expansion"), Some(120_000), "+10000 keeps 0 once 0 Own");
        check(("GTK", ""), Some(26_768), "+0 keeps 0 once 26768 Own");
    }

    #[test]
    fn it_says_what_it_is_about() {
        let said = made("KT-PRO", "save", Some(1_200_000));
        insta::assert_snapshot!(format!("{}\n{}\n{}", said.title.ja, said.because[0].words.ja, said.because[0].words.en), @r"
        勤怠 Proの解約防止の商談を進める
        勤怠 Proの商談が2026年2月20日に始まっています。契約を続けていただくための商談で、増収には数えていません。金額は現在のお支払いより大きいですが、契約を続けるための商談のため、増額は数えていません。
        The deal for 勤怠 Pro began on 20 Feb 2026. It is to keep what is paid today, and counts as no growth. The amount is more than what is paid now; the deal is to keep the contract, so the rest is not counted.
        ");
    }

    #[test]
    fn an_old_deal_is_to_be_checked_first() {
        let mut example = Example::company();
        example.facts.proposals = vec![deal("P9", "GTK", "2025-02-20", Outcome::Open)];
        let next = |example: &Example| make(&example.look(), &[]).remove(0).next_step.en;
        assert!(!next(&example).contains("record it as lost"));
        example.facts.deal_pace = Some(DealPace { days: 130, n: 400 });
        assert!(next(&example).contains("record it as lost"), "{}", next(&example));
        example.facts.proposals[0].opened_on = day("2025-12-20");
        assert!(!next(&example).contains("record it as lost"));
    }
}
