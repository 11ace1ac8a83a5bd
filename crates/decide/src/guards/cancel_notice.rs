//! Notice to cancel was given (S48, N4): what follows is a talk about leaving or a smaller contract, not
//! a pitch.

use domain::words::Words;

use super::{Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::Contract;
use crate::look::Look;
use crate::phrases::name;

pub(super) const GUARD: Guard = Guard {
    code: "cancel_notice",
    ja: "解約の申し出",
    en: "Notice to cancel",
    cites: "S48 S53 N4",
    reach: Reach::Account,
    knows: Knows::Store,
    reads: "`subscriptions.cancel_notice_on`, or status `cancel_requested`",
    clear: None,
    check,
};

fn check(look: &Look, _: &Candidate) -> Verdict {
    let given = |contract: &&Contract| contract.cancel_notice_on.is_some_and(|on| on <= look.as_of);
    let Some(contract) = look.facts.active_contracts().find(given) else {
        return allow(GUARD.code, Words::new("解約の申し出なし", "No notice to cancel"));
    };
    let product = name(look.catalogue, &contract.product);
    let on = contract.cancel_notice_on.unwrap_or(look.as_of);
    let said = Words::new(
        format!("{product}の解約を{}に申し出られています。", on.display_ja()),
        format!("Notice to cancel {product} was given on {}.", on.display_en()),
    );
    let words = Words::new(
        format!("{}新しい提案は控えます。", said.ja),
        format!("{} Nothing new is offered.", said.en),
    );
    let source = format!("subscriptions {}", contract.subscription);
    let evidence = vec![Evidence { words: said, source, on: Some(on) }];
    because(hold(GUARD.code, Says::HoldUntil(None), words), evidence)
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use crate::examples::{Example, day};

    #[test]
    fn notice_holds_from_its_day_on() {
        let mut example = Example::company();
        assert_eq!(said("cancel_notice", &example), "allow: 解約の申し出なし");
        example.facts.contracts[0].cancel_notice_on = Some(day("2026-03-01"));
        assert_eq!(
            said("cancel_notice", &example),
            "hold: 勤怠 Proの解約を2026年3月1日に申し出られています。新しい提案は控えます。"
        );
        example.facts.contracts[0].active = false;
        assert_eq!(said("cancel_notice", &example), "allow: 解約の申し出なし");
    }
}
