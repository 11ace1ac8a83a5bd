//! Further steps that one customer's play has: an invitation to a study session where it spreads sideways in a group
//! (S50, S69, S70), and the material for the customer's approval (稟議, S46).
//!
//! **The session.** An offer of what worked elsewhere in the group invites the people of this account who may be
//! reached with an offer, by mail or as the play goes; detractors and who is gone never, and where the customer named one
//! contact, only that one. What is shown is the measured outcome that may be told in the group. Where nobody may be
//! invited, or no outcome may be told, there is no such step, and the play says why. Each department's own play invites
//! its own people, so that its own guards and team stand before them.
//!
//! **The material.** What costs the customer something more and is offered by a person's word needs approval, as far as
//! anything is known of how the customer comes to it. An amount that it named is held against what the offer costs more
//! in a year, recurring and once.

use domain::ids::ContactKey;
use domain::motion::{Channel, Motion};
use domain::words::Words;

use super::contact;
use crate::approval;
use crate::candidate::{Candidate, Evidence, Extra, PriceBasis, Scored};
use crate::facts::approval::Process;
use crate::facts::{Success, Told};
use crate::guards::{loyalty, permission};
use crate::look::Look;
use crate::phrases::{count, figure, name};
use crate::signals::group_success;

/// How many are invited.
const INVITED: usize = 8;

/// Adds the further steps of an offer, with what they rest on; none where the offer states its own steps.
pub(super) fn put(look: &Look, candidate: &mut Candidate) {
    if !candidate.playbook.is_empty() {
        return;
    }
    if let Some(success) = group_success::behind(look, candidate) {
        match session(look, candidate, success) {
            Ok((extra, said)) => {
                candidate.extra.push(extra);
                candidate.because.push(said);
            }
            Err(why_not) => candidate.because.push(why_not),
        }
    }
    let more = candidate.revenue_month_minor.mean > 0.0 || candidate.once_minor.mean > 0.0;
    if !(candidate.motion.sells() && more && candidate.channel.takes_hours()) {
        return;
    }
    if approval::is_known(look) {
        let process = look.facts.approval.process.as_ref();
        let fact = process.map(|process| process.fact.clone());
        candidate.extra.push(Extra::Approval { fact });
        candidate.because.extend(process.and_then(|it| higher_up(candidate, it)));
    }
}

/// The further steps of a package: each kind once, as its first part has it.
pub(super) fn together(parts: &[&Scored]) -> Vec<Extra> {
    let all = || parts.iter().flat_map(|part| &part.candidate.extra);
    let session = all().find(|extra| matches!(extra, Extra::Session { .. }));
    let approval = all().find(|extra| matches!(extra, Extra::Approval { .. }));
    session.into_iter().chain(approval).cloned().collect()
}

/// Whether somebody higher decides about what an offer costs more in a year, where the customer named one amount.
fn higher_up(candidate: &Candidate, process: &Process) -> Option<Evidence> {
    let above = process.above.filter(|_| candidate.price_basis != PriceBasis::Unknown)?;
    let more = 12.0 * candidate.revenue_month_minor.mean + candidate.once_minor.mean;
    #[expect(clippy::cast_possible_truncation, reason = "an amount of one offer")]
    let more = more.round() as i64;
    let yen = |minor: i64| count(minor.unsigned_abs());
    let (year, limit) = (yen(more), yen(above.amount_minor));
    let (ja_on, en_on) = (process.on.display_ja(), process.on.display_en());
    let (ja, en) = match (above.holds(more), above.itself) {
        (true, true) => (format!("{limit}円以上に当たります"), "reaches"),
        (true, false) => (format!("{limit}円を超えます"), "is over"),
        (false, true) => (format!("{limit}円に届きません"), "is under"),
        (false, false) => (format!("{limit}円を超えません"), "is not over"),
    };
    Some(Evidence {
        words: Words::new(
            format!(
                "1年あたり{year}円の増額で、決裁の区切りと伺っている{ja}({ja_on}のヒアリング)。"
            ),
            format!(
                "It costs {year} yen more in a year, which {en} the {limit} yen at which the decision moves up (heard on {en_on})."
            ),
        ),
        source: format!("account_facts {}", process.fact),
        on: Some(process.on),
    })
}

/// The invitation with what it rests on, or why there is none.
fn session(
    look: &Look,
    candidate: &Candidate,
    success: &Success,
) -> Result<(Extra, Evidence), Evidence> {
    let none = |ja: &str, en: &str, source: &str| {
        Err(Evidence {
            words: Words::new(
                format!("勉強会・ユーザー会への招待は手順に入れていません。{ja}"),
                format!("No invitation to a study session is among the steps: {en}"),
            ),
            source: source.to_owned(),
            on: None,
        })
    };
    let Told::Measured { metric, before, after } = &success.told else {
        return none(
            "グループ内での共有が承認された成果の数値が、まだないためです。",
            "no measured outcome may be shown in the group yet.",
            &success.source,
        );
    };
    if look.facts.contacts.is_empty() {
        return none(
            "この顧客の担当者が登録されていないためです。",
            "no contact of this account is on record.",
            "contacts",
        );
    }
    let contacts = invited(look, candidate);
    let (n, known) = (contacts.len(), look.facts.contacts.len());
    if n == 0 {
        return none(
            &format!("登録のある{known}名に、案内をお送りしてよい方がいないためです。"),
            &format!("none of the {known} contacts on record may be sent one."),
            "permissions",
        );
    }
    let product = name(look.catalogue, &success.product);
    let (before, after) = (figure(*before), figure(*after));
    let shown = Evidence {
        words: Words::new(
            format!(
                "お見せする成果: {product}により{metric}が{before}から{after}({}承認)",
                success.on.display_ja()
            ),
            format!(
                "To show: {product} changed {metric} from {before} to {after} (approved on {})",
                success.on.display_en()
            ),
        ),
        source: success.source.clone(),
        on: Some(success.on),
    };
    let said = Evidence {
        words: Words::new(
            format!("勉強会・ユーザー会には、案内をお送りしてよい{n}名をお招きできます。"),
            match n {
                1 => "One contact may be invited to a study session or user event.".to_owned(),
                n => format!("{n} contacts may be invited to a study session or user event."),
            },
        ),
        source: "permissions".to_owned(),
        on: None,
    };
    Ok((Extra::Session { contacts, shown }, said))
}

/// Who may be invited, who decides first.
fn invited(look: &Look, candidate: &Candidate) -> Vec<ContactKey> {
    let facts = look.facts;
    let only = facts.bars.only_contact.as_ref();
    let gone = |key: ContactKey| facts.occasions.gone.iter().any(|gone| gone.contact == key);
    let may = |key: ContactKey| {
        [Channel::Mail, candidate.channel]
            .into_iter()
            .any(|channel| permission::is_free(look, (Some(key), channel), true))
    };
    let mut found: Vec<_> = facts
        .contacts
        .iter()
        .filter(|it| only.is_none_or(|only| only.contact == Some(it.contact)))
        .filter(|it| loyalty::detractors(look).all(|key| key != it.contact))
        .filter(|it| !gone(it.contact) && may(it.contact))
        .collect();
    found.sort_by_key(|it| (contact::place(it.role), it.contact));
    found.into_iter().take(INVITED).map(|it| it.contact).collect()
}

/// Whether an offer spreads sideways: another line, or a small trial of it.
pub(crate) fn is_sideways(motion: Motion) -> bool {
    matches!(motion, Motion::CrossSell | Motion::Poc | Motion::Bundle)
}

#[cfg(test)]
mod tests;
