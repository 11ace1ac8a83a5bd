//! A longer term (S5) for the contract that leads each line: no more a month, but a firmer tie.

use domain::motion::Motion;
use domain::words::Words;

use super::{Generator, blank, leading};
use crate::candidate::{Candidate, Evidence, Recommendation};
use crate::facts::Contract;
use crate::look::Look;
use crate::phrases::name;

pub(super) const GENERATOR: Generator =
    Generator { code: "term", ja: "契約期間の延長", en: "Longer term", cites: "S5", make };

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    let mut lines: Vec<Option<&str>> =
        look.facts.active_contracts().map(|contract| look.line(&contract.product)).collect();
    lines.sort_unstable();
    lines.dedup();
    let contracts = lines.into_iter().filter_map(|line| leading(look, line));
    contracts
        .flat_map(|contract| {
            let now = contract.term_months.unwrap_or(i64::MAX);
            let longer = look.policy.candidates.terms_months.iter().filter(move |m| now < **m);
            longer.map(|months| candidate(look, contract, *months))
        })
        .collect()
}

fn candidate(look: &Look, contract: &Contract, months: i64) -> Candidate {
    let offer = format!("term:{}:{months}", contract.subscription);
    let mut candidate = blank(look, Motion::Term, offer);
    let called = name(look.catalogue, &contract.product);
    let now = contract.term_months.unwrap_or(0);
    candidate.product = Some(contract.product.clone());
    candidate.from_product = Some(contract.product.clone());
    candidate.subscription = Some(contract.subscription.clone());
    candidate.term_months = Some(months);
    candidate.title = Words::new(
        format!("{called} 契約期間 {now} → {months}か月"),
        format!("{called} term {now} → {months} months"),
    );
    candidate.because.push(Evidence {
        words: Words::new(
            format!("{called}の契約期間は現在{now}か月です。"),
            format!(
                "{called} has a term of {now} {} now.",
                if now == 1 { "month" } else { "months" }
            ),
        ),
        source: format!("subscriptions {}", contract.subscription),
        on: Some(contract.started_on),
    });
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;

    fn check(term: Option<i64>, expected: &str) {
        let mut example = Example::company();
        example.facts.contracts[0].term_months = term;
        let made = make(&example.look(), &[]);
        let said: Vec<_> = made.iter().map(|c| c.offer.as_str()).collect();
        assert_eq!(said.join(" "), expected);
    }

    #[test]
    fn s5_only_longer_than_now() {
        check(Some(1), "term:S1:12 term:S1:24");
        check(Some(12), "term:S1:24");
        check(Some(24), "");
        check(None, "");
    }
}
