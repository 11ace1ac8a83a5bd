//! A key person is gone (N15): greet the successor, and mind the renewal.
//!
//! The decision maker, champion, budget owner or another key person has left, mail comes back, or the use that was
//! theirs has stopped while others go on. Counts for `days`. One signal per person and cause.

use domain::motion::ContactRole;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, is_care, signal};
use crate::candidate::Evidence;
use crate::candidates::SUCCESSOR;
use crate::decision::{Scope, Signal};
use crate::facts::{Gone, Lost};
use crate::look::Look;
use crate::phrases::add;

pub(super) const RULE: Rule = Rule {
    code: "key_person_gone",
    ja: "キーパーソンの不在",
    en: "Key person gone",
    cites: "S19 S76 N15",
    fires,
    opens: |candidate, _| is_care(candidate, SUCCESSOR),
};

/// How long a loss counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyPersonGonePolicy {
    /// Days after the loss.
    pub days: i32,
    /// Days without use from which on somebody who used it counts as silent.
    pub silent_days: i32,
}

impl Default for KeyPersonGonePolicy {
    fn default() -> Self {
        Self { days: 120, silent_days: 60 }
    }
}

/// Whether a role is one whose loss matters.
pub(crate) fn is_key(role: ContactRole) -> bool {
    !matches!(role, ContactRole::User | ContactRole::Other)
}

fn fires(look: &Look) -> Vec<Signal> {
    if look.is_personal() || !look.is_customer() {
        return Vec::new();
    }
    look.facts.occasions.gone.iter().filter_map(|gone| missed(look, gone)).collect()
}

fn missed(look: &Look, gone: &Gone) -> Option<Signal> {
    let policy = &look.policy.rules.key_person_gone;
    let since = look.days_since(gone.on);
    let quiet = gone.lost == Lost::Silent && since < policy.silent_days;
    // Somebody's use is missed only after a while; from then on it counts as long as a leave.
    let days =
        if gone.lost == Lost::Silent { policy.days + policy.silent_days } else { policy.days };
    if !is_key(gone.role) || quiet || !(0..=days).contains(&since) {
        return None;
    }
    let role = gone.role.words();
    let (ja_on, en_on) = (gone.on.display_ja(), gone.on.display_en());
    let who = role.en.to_lowercase();
    let mut words = match gone.lost {
        Lost::Left => Words::new(
            format!("{}が{ja_on}に退任・異動されています。", role.ja),
            format!("The {who} left on {en_on}."),
        ),
        Lost::Bounced => Words::new(
            format!("{}へのメールが{ja_on}に不達となっています。", role.ja),
            format!("Mail to the {who} came back on {en_on}."),
        ),
        Lost::Silent => Words::new(
            format!("{}のご利用が{ja_on}を最後に途絶えています(ほかの方は利用中)。", role.ja),
            format!("The {who} has not used it since {en_on}, while others do."),
        ),
    };
    let renews = look.facts.active_contracts().filter_map(|it| it.cancel_deadline.or(it.renews_on));
    if let Some(next) = renews.filter(|day| *day >= look.as_of).min() {
        add(
            &mut words,
            &format!("次の解約申出期限は{}です。", next.display_ja()),
            &format!(" The next cancel deadline is {}.", next.display_en()),
        );
    }
    let said = Evidence { words, source: gone.source.clone(), on: Some(gone.on) };
    let code = match gone.lost {
        Lost::Left => "left",
        Lost::Bounced => "bounced",
        Lost::Silent => "silent",
    };
    Some(Signal {
        occurrence: format!("{}:{code}:{}", gone.contact.0, gone.on),
        strength: if gone.lost == Lost::Left { 0.82 } else { 0.6 },
        ..signal(RULE.code, Scope::Account, said)
    })
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};
    use domain::ids::ContactKey;

    fn gone(role: ContactRole, lost: Lost) -> Example {
        let mut example = Example::company();
        let source = "contacts C7".to_owned();
        example.facts.occasions.gone =
            vec![Gone { contact: ContactKey(7), role, lost, on: day("2026-01-10"), source }];
        example
    }

    #[test]
    fn n15_a_leave_counts_for_four_months() {
        let example = gone(ContactRole::Champion, Lost::Left);
        assert_eq!(on(&example, "2026-01-09", fires), "");
        let said = "7:left:2026-01-10 2026-01-10..- 推進者が2026年1月10日に退任・異動されています。次の解約申出期限は2026年5月16日です。";
        assert_eq!(on(&example, "2026-01-10", fires), said);
        assert_eq!(on(&example, "2026-05-10", fires), said);
        assert_eq!(on(&example, "2026-05-11", fires), "");
    }

    #[test]
    fn n15_silence_is_missed_after_sixty_days() {
        let example = gone(ContactRole::DecisionMaker, Lost::Silent);
        assert_eq!(on(&example, "2026-03-10", fires), "");
        assert!(
            on(&example, "2026-03-11", fires)
                .contains("決裁者のご利用が2026年1月10日を最後に途絶えています")
        );
    }

    #[test]
    fn n15_mail_that_comes_back_and_people_who_do_not_decide() {
        assert!(
            on(&gone(ContactRole::BudgetOwner, Lost::Bounced), "2026-02-01", fires)
                .contains("予算責任者へのメールが2026年1月10日に不達となっています。")
        );
        assert_eq!(on(&gone(ContactRole::User, Lost::Left), "2026-02-01", fires), "");
    }
}
