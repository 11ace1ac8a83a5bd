//! A partner's customer is the partner's sale (S53, S82): we do not sell past it.
//!
//! Known by a tie of `account_links` of the kind `reseller` from the partner to the customer, which covers the whole
//! account, or by `subscriptions.sold_via`, which covers the contract's product line.

use domain::words::Words;

use super::{Clear, Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::bars::Reseller;
use crate::look::Look;
use crate::phrases::name;

pub(super) const GUARD: Guard = Guard {
    code: "reseller",
    ja: "販売代理店",
    en: "Sold by a partner",
    cites: "S53 S82",
    reach: Reach::Offer,
    knows: Knows::Store,
    reads: "`account_links` of kind `reseller` from the partner to the customer; `subscriptions.sold_via` (`direct` or 直販: ours)",
    clear: Some(Clear::All(clear)),
    check,
};

/// Whether the partner's sale covers a candidate: all of the account, or the line of what was sold.
fn covers(look: &Look, candidate: &Candidate, reseller: &Reseller) -> bool {
    let Some(sold) = &reseller.product else { return true };
    let wanted = [candidate.product.as_ref(), candidate.from_product.as_ref()];
    wanted.into_iter().flatten().any(|product| look.same_line(sold, product))
}

fn said(look: &Look, reseller: &Reseller) -> Words {
    match &reseller.product {
        None => Words::new("販売代理店経由のお客様です。", "A partner's customer."),
        Some(product) => {
            let product = name(look.catalogue, product);
            Words::new(
                format!("{product}は販売代理店経由のご契約です。"),
                format!("{product} was sold by a partner."),
            )
        }
    }
}

/// Nobody sells it but we.
fn clear(look: &Look) -> bool {
    look.facts.bars.resellers.is_empty()
}

fn check(look: &Look, candidate: &Candidate) -> Verdict {
    let ours = || look.facts.bars.resellers.iter().filter(|it| covers(look, candidate, it));
    let Some(first) = ours().next() else {
        return allow(GUARD.code, Words::new("販売代理店の関与なし", "No partner sells it"));
    };
    let first = said(look, first);
    let words = Words::new(
        format!("{}直接の提案は控え、代理店にお伝えください。", first.ja),
        format!("{} Not ours to offer; tell the partner.", first.en),
    );
    let evidence = ours()
        .map(|it| Evidence { words: said(look, it), source: it.source.clone(), on: None })
        .collect();
    because(hold(GUARD.code, Says::Block, words), evidence)
}

#[cfg(test)]
mod tests {
    use super::super::tests::said_of;
    use super::Reseller;
    use crate::examples::Example;
    use domain::motion::Motion;

    fn check(sold: Option<&str>, offered: &str, expected: &str) {
        let mut example = Example::company();
        let (source, product) = ("subscriptions S1".to_owned(), sold.map(Into::into));
        example.facts.bars.resellers.push(Reseller { source, product });
        let mut candidate = example.candidate(Motion::CrossSell);
        candidate.product = Some(offered.into());
        assert_eq!(said_of("reseller", &example, &candidate), expected);
    }

    #[test]
    fn s82_the_sale_belongs_to_the_partner() {
        let line = "block: 勤怠 Proは販売代理店経由のご契約です。直接の提案は控え、代理店にお伝えください。";
        check(Some("KT-PRO"), "KT-ENT", line);
        check(Some("KT-PRO"), "EX-LIGHT", "allow: 販売代理店の関与なし");
        check(
            None,
            "EX-LIGHT",
            "block: 販売代理店経由のお客様です。直接の提案は控え、代理店にお伝えください。",
        );
        let example = Example::company();
        let none = said_of("reseller", &example, &example.candidate(Motion::PlanUp));
        assert_eq!(none, "allow: 販売代理店の関与なし");
    }
}
