//! A promised date has come (S107): 「来期に再検討」, on that date and not before.
//!
//! A date that the customer named, the next step of a deal that was lost until then, or a talk that was to follow.
//! The window opens `lead_days` before the date and stands until it is kept (the first contact of ours or deal from
//! the date on), for `stands_days` at most. A date that is about a product opens offers of that product; one about
//! nothing in particular whatever takes a decision; a mere talk opens a talk.

use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, costs, is_care, on_product, signal};
use crate::candidate::{Candidate, Evidence};
use crate::candidates::HEARING;
use crate::decision::{Scope, Signal};
use crate::facts::{Promise, Promised};
use crate::look::Look;
use crate::phrases::{self, add, name};

pub(super) const RULE: Rule = Rule {
    code: "promised_date",
    ja: "お約束の日",
    en: "Promised date",
    cites: "S107",
    fires,
    opens,
};

/// How long a promised date counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PromisedDatePolicy {
    /// Days before the date on which the window opens.
    pub lead_days: i32,
    /// Days after it for which it stands where nobody came back.
    pub stands_days: i32,
}

impl Default for PromisedDatePolicy {
    fn default() -> Self {
        Self { lead_days: 7, stands_days: 60 }
    }
}

/// Begins the occurrence of a talk that was to follow, which opens a talk and no offer.
const TALK: &str = "talk:";

fn fires(look: &Look) -> Vec<Signal> {
    if !look.is_customer() {
        return Vec::new();
    }
    look.facts.occasions.promises.iter().filter_map(|promise| come(look, promise)).collect()
}

fn come(look: &Look, promise: &Promise) -> Option<Signal> {
    let policy = &look.policy.rules.promised_date;
    let left = -look.days_since(promise.on);
    let kept = promise.kept_on.is_some_and(|on| on <= look.as_of);
    if kept || !(-policy.stands_days..=policy.lead_days).contains(&left) {
        return None;
    }
    let said = Evidence {
        words: words(look, promise, left),
        source: promise.source.clone(),
        on: Some(promise.since),
    };
    let scope = promise.product.clone().map_or(Scope::Account, Scope::Product);
    let begins = if promise.promised == Promised::Next { TALK } else { "" };
    Some(Signal {
        occurrence: format!("{begins}{}:{}", promise.source, promise.on),
        opens_on: promise.on.plus(Days(-policy.lead_days)).max(promise.since),
        closes_on: Some(promise.on),
        strength: 0.9,
        ..signal(RULE.code, scope, said)
    })
}

fn words(look: &Look, promise: &Promise, left: i32) -> Words {
    let (ja_of, en_of) = promise.product.as_ref().map_or_else(Default::default, |id| {
        let product = name(look.catalogue, id);
        (format!("{product}について"), format!(" about {product}"))
    });
    let (ja_since, en_since) = (promise.since.display_ja(), promise.since.display_en());
    let (ja_on, en_on) = (promise.on.display_ja(), promise.on.display_en());
    let (ja, en) = match promise.promised {
        Promised::Said => (
            format!("{ja_since}に{ja_of}{ja_on}の再検討を伺っています"),
            format!("On {en_since} the customer named {en_on} to look at it again{en_of}"),
        ),
        Promised::Lost => (
            format!("{ja_of}見送りとなった商談の次の予定日は{ja_on}です"),
            format!("A deal{en_of} was lost; its next step is on {en_on}"),
        ),
        Promised::Next => (
            format!("{ja_since}の面談で、{ja_of}次回のご連絡を{ja_on}とお約束しています"),
            format!("On {en_since} a follow-up{en_of} was promised for {en_on}"),
        ),
    };
    let mut words = Words::new(ja, en);
    match left {
        0 => add(&mut words, "(本日)。", " (today)."),
        1.. => add(
            &mut words,
            &format!("(あと{left}日)。"),
            &format!(" ({} left).", phrases::days(left)),
        ),
        _ => {
            let ago = -left;
            add(
                &mut words,
                &format!("({ago}日過ぎています)。"),
                &format!(" ({} ago).", phrases::days(ago)),
            );
        }
    }
    words
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    let talk = signal.occurrence.starts_with(TALK);
    match &signal.scope {
        _ if is_care(candidate, HEARING) => true,
        _ if !candidate.motion.sells() => false,
        Scope::Product(_) => on_product(candidate, signal),
        _ => !talk && costs(candidate),
    }
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};
    use domain::motion::Motion;

    fn promised(promised: Promised, product: Option<&str>) -> Example {
        let mut example = Example::company();
        example.facts.occasions.promises.push(Promise {
            source: "account_facts F3".to_owned(),
            promised,
            on: day("2026-04-01"),
            since: day("2025-11-10"),
            product: product.map(Into::into),
            kept_on: None,
        });
        example
    }

    #[test]
    fn s107_a_week_before_the_date_until_two_months_after() {
        let example = promised(Promised::Said, Some("OP-SSO"));
        let check = |as_of: &str, expected: &str| assert_eq!(on(&example, as_of, fires), expected);
        check("2026-03-24", "");
        let begun = "account_facts F3:2026-04-01 2026-03-25..2026-04-01 2025年11月10日にシングルサインオンについて2026年4月1日の再検討を伺っています";
        check("2026-03-25", &format!("{begun}(あと7日)。"));
        check("2026-04-01", &format!("{begun}(本日)。"));
        check("2026-05-31", &format!("{begun}(60日過ぎています)。"));
        check("2026-06-01", "");
    }

    #[test]
    fn s107_it_stands_until_it_is_kept() {
        let mut example = promised(Promised::Lost, None);
        example.facts.occasions.promises[0].kept_on = Some(day("2026-04-03"));
        assert!(!on(&example, "2026-04-02", fires).is_empty());
        assert_eq!(on(&example, "2026-04-03", fires), "");
    }

    #[test]
    fn s107_what_it_opens() {
        let opens_of = |kind, product, motion, is: &str| {
            let example = promised(kind, product);
            let mut look = example.look();
            look.as_of = day("2026-04-01");
            let mut candidate = example.candidate(motion);
            candidate.product = Some(is.into());
            opens(&candidate, &fires(&look)[0])
        };
        assert!(opens_of(Promised::Said, Some("OP-SSO"), Motion::Option, "OP-SSO"));
        assert!(!opens_of(Promised::Said, Some("OP-SSO"), Motion::Option, "OP-API"));
        assert!(opens_of(Promised::Lost, None, Motion::CrossSell, "X"));
        assert!(!opens_of(Promised::Next, None, Motion::CrossSell, "X"), "a talk, not an offer");
        assert!(!opens_of(Promised::Said, None, Motion::Advance, "X"));
    }
}
