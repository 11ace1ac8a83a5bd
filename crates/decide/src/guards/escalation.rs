//! A grave enquiry is unsolved (S35, S61): nothing is sold until it is closed.

use domain::words::Words;

use super::{Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::look::Look;

pub(super) const GUARD: Guard = Guard {
    code: "escalation",
    ja: "重大な問い合わせ",
    en: "Open escalation",
    cites: "S35 S61 S62",
    reach: Reach::Account,
    knows: Knows::Store,
    reads: "`activities` of kind `ticket` that are open, with priority urgent, high, critical, 緊急, 高 …",
    clear: None,
    check,
};

/// The grave enquiries that are open, oldest first.
pub(crate) fn open(look: &Look) -> Vec<Evidence> {
    let mut tickets: Vec<_> = look.facts.tickets.iter().filter(|ticket| ticket.escalated).collect();
    tickets.sort_by(|a, b| (a.opened_on, &a.activity).cmp(&(b.opened_on, &b.activity)));
    let said = |ticket: &&crate::facts::Ticket| Evidence {
        words: Words::new(
            format!("重大な問い合わせが{}から未解決です。", ticket.opened_on.display_ja()),
            format!("An escalated ticket has been open since {}.", ticket.opened_on.display_en()),
        ),
        source: format!("activities {}", ticket.activity),
        on: Some(ticket.opened_on),
    };
    tickets.iter().map(said).collect()
}

fn check(look: &Look, _: &Candidate) -> Verdict {
    let tickets = open(look);
    let Some(first) = tickets.first() else {
        return allow(GUARD.code, Words::new("重大な問い合わせなし", "No escalated ticket open"));
    };
    let words = Words::new(
        format!("{}解決するまで提案を控えます。", first.words.ja),
        format!("{} No offers until it is solved.", first.words.en),
    );
    because(hold(GUARD.code, Says::HoldUntil(None), words), tickets)
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use crate::examples::Example;

    #[test]
    fn only_escalated_tickets_hold() {
        let mut example = Example::company();
        example.escalate();
        assert_eq!(
            said("escalation", &example),
            "hold: 重大な問い合わせが2026年3月2日から未解決です。解決するまで提案を控えます。"
        );
        example.facts.tickets[0].escalated = false;
        assert_eq!(said("escalation", &example), "allow: 重大な問い合わせなし");
    }
}
