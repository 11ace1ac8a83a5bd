//! Permission of the person for the channel, with the record that proves it (N12).
//!
//! Who declined a channel is not approached through it, whatever else is on record. For calls, visits and prompts that
//! is all. A mail that advertises needs consent, or one of the exceptions of the 特定電子メール法 (Act on Regulation of
//! Transmission of Specified Electronic Mail), article 3, paragraph 1: the person told us the address (item 2: a business
//! card), a business relationship (item 3), or an address that a business publishes (item 4). The relationship is an
//! active contract, or a purchase or won deal within the policy's days. The row that proves it is named.
//!
//! Support, notices of renewal and other service messages are no advertising and are not held.

use domain::ids::ContactKey;
use domain::motion::Channel;
use domain::time::Day;
use domain::words::Words;
use serde::Deserialize;

use super::{Clear, Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::Outcome;
use crate::facts::bars::{Basis, Consent, Permission};
use crate::look::Look;
use crate::policy::Cap;

pub(super) const GUARD: Guard = Guard {
    code: "permission",
    ja: "連絡の許諾",
    en: "Permission",
    cites: "N12 S62",
    reach: Reach::Offer,
    knows: Knows::Store,
    reads: "`permissions`: the latest row of the contact and channel, its `basis` (`business_card` or 名刺, `published` or 公表); `subscriptions`, `orders`, `proposals` that were won",
    clear: Some(Clear::Each(clear)),
    check,
};

/// What counts as a permission.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PermissionPolicy {
    /// Days after a purchase or won deal for which it counts as a business relationship; none: for ever; 0: only
    /// active contracts count.
    pub relationship_days: Cap,
}

impl Default for PermissionPolicy {
    fn default() -> Self {
        Self { relationship_days: Cap::at_most(365) }
    }
}

/// What a channel may rest on, or what speaks against it.
#[derive(Debug, Clone, PartialEq)]
enum Ground<'a> {
    /// The person declined.
    Declined(&'a Permission),
    /// The person agreed.
    Agreed(&'a Permission),
    /// An exception with a record of its own.
    Excepted(&'a Permission, Basis),
    /// A business relationship.
    Trade(String, Day),
    /// No permission is needed.
    Free,
    /// A mail without permission.
    Missing(Option<&'a Permission>),
}

/// What an offer to a contact through a channel rests on.
fn ground<'a>(look: &Look<'a>, contact: Option<ContactKey>, channel: Channel) -> Ground<'a> {
    let row = contact.and_then(|contact| look.facts.bars.permission(contact, channel));
    match row {
        Some(row) if row.consent == Consent::OptOut => return Ground::Declined(row),
        Some(row) if row.consent == Consent::OptIn => return Ground::Agreed(row),
        _ if channel != Channel::Mail => return Ground::Free,
        _ => {}
    }
    match (row, row.and_then(|row| row.basis)) {
        (Some(row), Some(basis @ (Basis::Card | Basis::Published))) => Ground::Excepted(row, basis),
        _ => relationship(look)
            .map_or(Ground::Missing(row), |(source, on)| Ground::Trade(source, on)),
    }
}

/// The row that proves a business relationship: an active contract, else the latest purchase or won deal.
fn relationship(look: &Look) -> Option<(String, Day)> {
    let contracts = look.facts.active_contracts();
    let held = contracts.min_by_key(|contract| (contract.started_on, &contract.subscription));
    if let Some(contract) = held {
        return Some((format!("subscriptions {}", contract.subscription), contract.started_on));
    }
    let cap = look.policy.guards.permission.relationship_days.get();
    let days = cap.map_or(i32::MAX, |days| i32::try_from(days).unwrap_or(i32::MAX));
    let bought = look.facts.bars.bought.iter().map(|(order, on)| (format!("orders {order}"), *on));
    let won = look.facts.proposals.iter().filter(|deal| deal.outcome == Outcome::Won);
    let won = won.map(|deal| {
        (format!("proposals {}", deal.proposal), deal.closed_on.unwrap_or(deal.opened_on))
    });
    let lately = bought.chain(won).filter(|(_, on)| (0..days).contains(&look.days_since(*on)));
    lately.max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)))
}

/// Whether a contact may be reached through a channel: with an offer, or only with a service message.
pub(crate) fn is_free(
    look: &Look,
    (contact, channel): (Option<ContactKey>, Channel),
    sells: bool,
) -> bool {
    if super::is_off(look, GUARD.code) {
        return true;
    }
    match ground(look, contact, channel) {
        Ground::Declined(_) => false,
        Ground::Missing(_) => !sells,
        _ => true,
    }
}

fn dated(on: Option<Day>) -> (String, String) {
    on.map_or_else(Default::default, |on| {
        (format!("({})", on.display_ja()), format!(" ({})", on.display_en()))
    })
}

fn evidence(words: &Words, source: String, on: Option<Day>) -> Vec<Evidence> {
    vec![Evidence { words: words.clone(), source, on }]
}

/// The person agreed, or nobody declined and no consent is needed.
fn clear(look: &Look, candidate: &Candidate) -> bool {
    let row = candidate.contact.and_then(|it| look.facts.bars.permission(it, candidate.channel));
    match row.map(|row| row.consent) {
        Some(Consent::OptIn) => true,
        Some(Consent::OptOut) => false,
        Some(Consent::Unknown) | None => {
            candidate.channel != Channel::Mail || look.facts.active_contracts().next().is_some()
        }
    }
}

fn check(look: &Look, candidate: &Candidate) -> Verdict {
    let channel = candidate.channel.words();
    let (words, says, proof) = match ground(look, candidate.contact, candidate.channel) {
        Ground::Declined(row) => {
            let (ja_on, en_on) = dated(row.on);
            let words = Words::new(
                format!("{}による連絡を辞退されています{ja_on}。", channel.ja),
                format!("The person declined contact by {}{en_on}.", channel.en.to_lowercase()),
            );
            (words, Says::Block, Some((row.source.clone(), row.on)))
        }
        Ground::Agreed(row) => {
            let (ja_on, en_on) = dated(row.on);
            let words = Words::new(
                format!("{}による連絡に同意いただいています{ja_on}。", channel.ja),
                format!("The person agreed to contact by {}{en_on}.", channel.en.to_lowercase()),
            );
            (words, Says::Allow, Some((row.source.clone(), row.on)))
        }
        Ground::Excepted(row, basis) => {
            let (ja_on, en_on) = dated(row.on);
            let (ja, en) = match basis {
                Basis::Published => ("アドレスを公表されている方", "a published address"),
                Basis::Card | Basis::Trade => (
                    "名刺などでアドレスをいただいた方",
                    "an address given to us, as on a business card",
                ),
            };
            let item = if basis == Basis::Published { 4 } else { 2 };
            let words = Words::new(
                format!("{ja}へのご案内です{ja_on}。特定電子メール法第3条第1項第{item}号"),
                format!("By {en}{en_on}: 特定電子メール法, article 3 (1) item {item}."),
            );
            (words, Says::Allow, Some((row.source.clone(), row.on)))
        }
        Ground::Trade(source, on) => {
            let words = Words::new(
                format!(
                    "取引関係にある方へのご案内です({}から)。特定電子メール法第3条第1項第3号",
                    on.display_ja()
                ),
                format!(
                    "By a business relationship ({}): 特定電子メール法, article 3 (1) item 3.",
                    on.display_en()
                ),
            );
            (words, Says::Allow, Some((source, Some(on))))
        }
        Ground::Free => {
            let words = Words::new("連絡の辞退なし", "Nobody declined to be contacted");
            (words, Says::Allow, None)
        }
        Ground::Missing(row) => {
            let words = Words::new(
                "広告メールの同意が確認できず、例外(名刺、取引関係、公表アドレス)の記録もないため、メールは送りません。",
                "No consent to advertising by mail, and no record of an exception (business card, business relationship, published address).",
            );
            (words, Says::HoldUntil(None), row.map(|row| (row.source.clone(), row.on)))
        }
    };
    let proof = proof.map_or_else(Vec::new, |(source, on)| evidence(&words, source, on));
    match says {
        Says::Allow => because(allow(GUARD.code, words), proof),
        _ => because(hold(GUARD.code, says, words), proof),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::said_of;
    use super::*;
    use crate::examples::{Example, day, deal};
    use domain::motion::Motion;

    /// What is said of a mail or call to contact 1, of whom these rows tell.
    fn said(
        channel: Channel,
        state: Option<(Consent, Option<Basis>)>,
        own: impl Fn(&mut Example),
    ) -> String {
        let mut example = Example::company();
        example.facts.contracts.clear();
        own(&mut example);
        example.facts.bars.permissions = state
            .map(|(consent, basis)| Permission {
                contact: ContactKey(1),
                channel: Some(channel),
                consent,
                basis,
                on: Some(day("2025-05-01")),
                source: "permissions C1".to_owned(),
            })
            .into_iter()
            .collect();
        let mut candidate = example.candidate(Motion::CrossSell);
        candidate.contact = Some(ContactKey(1));
        candidate.channel = channel;
        said_of("permission", &example, &candidate)
    }

    const MISSING: &str = "hold: 広告メールの同意が確認できず、例外(名刺、取引関係、公表アドレス)の記録もないため、メールは送りません。";

    #[test]
    fn n12_mail_needs_consent_or_an_exception_on_record() {
        let mail = |state| said(Channel::Mail, state, |_| {});
        assert_eq!(
            mail(Some((Consent::OptIn, None))),
            "allow: メールによる連絡に同意いただいています(2025年5月1日)。"
        );
        assert_eq!(
            mail(Some((Consent::OptOut, Some(Basis::Card)))),
            "block: メールによる連絡を辞退されています(2025年5月1日)。"
        );
        assert_eq!(mail(Some((Consent::Unknown, None))), MISSING);
        assert_eq!(mail(None), MISSING);
        assert_eq!(
            mail(Some((Consent::Unknown, Some(Basis::Card)))),
            "allow: 名刺などでアドレスをいただいた方へのご案内です(2025年5月1日)。特定電子メール法第3条第1項第2号"
        );
        assert_eq!(
            mail(Some((Consent::Unknown, Some(Basis::Published)))),
            "allow: アドレスを公表されている方へのご案内です(2025年5月1日)。特定電子メール法第3条第1項第4号"
        );
        // A basis that the records do not bear out.
        assert_eq!(mail(Some((Consent::Unknown, Some(Basis::Trade)))), MISSING);
    }

    #[test]
    fn n12_calls_and_prompts_need_no_consent_but_a_refusal_binds() {
        for channel in [Channel::Phone, Channel::Visit, Channel::Prompt] {
            assert_eq!(said(channel, None, |_| {}), "allow: 連絡の辞退なし");
            let out = said(channel, Some((Consent::OptOut, None)), |_| {});
            assert!(out.starts_with("block: "), "{out}");
        }
    }

    /// As of 2026-03-12.
    #[test]
    fn n12_a_business_relationship_is_proved_by_its_row() {
        let lapsed = |on: &str| {
            let on = on.to_owned();
            said(Channel::Mail, None, move |example| {
                example.facts.bars.bought = Some(("O9".to_owned(), day(&on)));
            })
        };
        let allowed = "allow: 取引関係にある方へのご案内です(2025年3月13日から)。特定電子メール法第3条第1項第3号";
        assert_eq!(lapsed("2025-03-13"), allowed);
        assert_eq!(lapsed("2025-03-12"), MISSING);
        let held = said(Channel::Mail, None, |example| {
            example.facts.contracts = Example::company().facts.contracts;
        });
        assert_eq!(
            held,
            "allow: 取引関係にある方へのご案内です(2023年6月15日から)。特定電子メール法第3条第1項第3号"
        );
        let won = said(Channel::Mail, None, |example| {
            example.facts.proposals = vec![deal("P1", "GTK", "2026-01-05", Outcome::Won)];
        });
        assert!(won.starts_with("allow: 取引関係"), "{won}");
        let lost = said(Channel::Mail, None, |example| {
            example.facts.proposals = vec![deal("P1", "GTK", "2026-01-05", Outcome::Lost)];
        });
        assert_eq!(lost, MISSING);
    }

    #[test]
    fn n12_zero_days_count_contracts_only_and_none_counts_for_ever() {
        let bought = |cap: Cap| {
            said(Channel::Mail, None, move |example| {
                example.policy.guards.permission.relationship_days = cap;
                example.facts.bars.bought = Some(("O9".to_owned(), day("2019-03-13")));
            })
        };
        assert_eq!(bought(Cap::at_most(0)), MISSING);
        assert!(bought(Cap::NONE).starts_with("allow: 取引関係"));
    }

    /// A refusal binds also where the customer is under contract.
    #[test]
    fn n12_opt_out_always_binds() {
        let held = said(Channel::Mail, Some((Consent::OptOut, None)), |example| {
            example.facts.contracts = Example::company().facts.contracts;
        });
        assert!(held.starts_with("block: "), "{held}");
    }
}
