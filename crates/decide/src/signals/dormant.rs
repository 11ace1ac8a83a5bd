//! A customer has gone quiet (S47).
//!
//! Who buys without a contract is measured by its own rhythm: the silence since its last order is longer than all but
//! one in twenty of such gaps, and a model of buying calls it unlikely that it still buys, where one can testify; or
//! longer than all but one in a hundred. A
//! yearly order is no silence, and a monthly one that has not come for a quarter is. Under a contract, or where too
//! few have ordered twice to know what is usual: no order, use, answer or contact for a while, after
//! earlier activity.
//!
//! It opens a re-proposal of what is new, or care. Customers whose contracts have all ended are not
//! dormant but former.

use domain::motion::Motion;
use domain::time::{Day, Days};
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, is_care, signal};
use crate::candidate::{Candidate, Evidence};
use crate::candidates::CARE;
use crate::decision::{Scope, Signal};
use crate::facts::{Orders, Standing};
use crate::look::Look;
use crate::phrases::{add, percent};

pub(super) const RULE: Rule =
    Rule { code: "dormant", ja: "休眠", en: "Dormant", cites: "S16 S47", fires, opens };

/// When a customer counts as dormant.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DormantPolicy {
    /// Days without any event: under a contract, or where no rhythm of orders is known.
    pub days: i32,
}

impl Default for DormantPolicy {
    fn default() -> Self {
        Self { days: 90 }
    }
}

pub(super) fn fires(look: &Look) -> Vec<Signal> {
    if !look.is_customer() {
        return Vec::new();
    }
    let by_orders = look.facts.orders.filter(|_| look.facts.active_contracts().next().is_none());
    match by_orders {
        Some(orders) => silent(look, &orders).into_iter().collect(),
        None => quiet(look).into_iter().collect(),
    }
}

/// By the rhythm of its orders.
fn silent(look: &Look, orders: &Orders) -> Option<Signal> {
    let said = || Evidence {
        words: rhythm(look, orders),
        source: format!("orders {}", look.facts.account),
        on: Some(orders.last_on),
    };
    (orders.standing == Standing::Dormant)
        .then(|| Signal { opens_on: orders.rare_on, ..begun(orders.last_on, said()) })
}

/// From this chance on a model calls it likely that a customer still buys.
const LIKELY: f64 = 0.5;

/// The usual gap, the silence, and the two witnesses, in words.
fn rhythm(look: &Look, orders: &Orders) -> Words {
    let (days, gap) = (look.days_since(orders.last_on), orders.gap_days.round().max(1.0));
    let long = percent(orders.as_long);
    let mut words = Words::new(
        format!(
            "注文の間隔は通常約{gap}日ですが、最後の注文({})から{days}日間注文がありません。これほど長く空くのは間隔全体の{long}です。",
            orders.last_on.display_ja()
        ),
        format!(
            "Usually orders every {gap} days or so; nothing for {days} days since the last order on {}. {long} of such gaps lasted as long.",
            orders.last_on.display_en()
        ),
    );
    if let Some((alive, model)) = orders.alive.filter(|(alive, _)| *alive >= LIKELY) {
        let chance = percent(alive);
        add(
            &mut words,
            &format!(
                "{model}モデルでは今後も注文が続く見込みは{chance}ですが、このモデルは間隔の規則性を考慮しません。"
            ),
            &format!(
                " Chance that it still buys: {chance} by {model}, which does not know regular gaps."
            ),
        );
    } else if let Some((alive, model)) = orders.alive {
        let chance = percent(alive);
        add(
            &mut words,
            &format!("今後も注文が続く見込みは{chance}です({model}モデルで推定)。"),
            &format!(" Chance that it still buys: {chance} (estimated by {model})."),
        );
    }
    words
}

/// By days without any event.
fn quiet(look: &Look) -> Option<Signal> {
    let last = look.facts.last_event_on?;
    let quiet = look.days_since(last);
    if quiet < look.policy.rules.dormant.days {
        return None;
    }
    let said = Evidence {
        words: Words::new(
            format!(
                "最後の利用・注文・連絡は{}で、その後{quiet}日間動きがありません。",
                last.display_ja()
            ),
            format!(
                "Last use, order or contact on {}; nothing for {quiet} days since.",
                last.display_en()
            ),
        ),
        source: format!("accounts {}", look.facts.account),
        on: Some(last),
    };
    let opens_on = last.plus(Days(look.policy.rules.dormant.days));
    Some(Signal { opens_on, ..begun(last, said) })
}

/// The signal of a silence that began on a day.
fn begun(last: Day, said: Evidence) -> Signal {
    let mut signal = signal(RULE.code, Scope::Account, said);
    signal.occurrence = last.to_string();
    signal.strength = 0.4;
    signal
}

fn opens(candidate: &Candidate, _: &Signal) -> bool {
    matches!(candidate.motion, Motion::CrossSell | Motion::Poc | Motion::Bundle)
        || is_care(candidate, CARE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};

    fn check(last_event: Option<&str>, expected: &str) {
        let mut example = Example::company();
        example.facts.last_event_on = last_event.map(day);
        let said: Vec<_> = fires(&example.look())
            .iter()
            .map(|s| format!("{} {}", s.opens_on, s.evidence[0].words.ja))
            .collect();
        assert_eq!(said.join("\n"), expected);
    }

    #[test]
    fn ninety_quiet_days_after_earlier_activity() {
        check(None, "");
        check(Some("2025-12-13"), "");
        check(
            Some("2025-12-12"),
            "2026-03-12 最後の利用・注文・連絡は2025年12月12日で、その後90日間動きがありません。",
        );
    }

    #[test]
    fn a_former_customer_is_not_dormant() {
        let mut example = Example::company();
        example.facts.last_event_on = Some(day("2025-01-01"));
        example.facts.contracts[0].active = false;
        example.facts.contracts[0].ended_on = Some(day("2025-02-01"));
        assert_eq!(fires(&example.look()), []);
    }

    fn buyer(standing: Standing, alive: Option<(f64, &'static str)>) -> Example {
        let mut example = Example::buyer();
        example.facts.orders = Some(Orders {
            last_on: day("2025-11-12"),
            gap_days: 30.4,
            as_long: 0.012,
            rare_on: day("2026-01-20"),
            standing,
            alive,
        });
        // A rep's mail yesterday does not make a customer buy.
        example.facts.last_event_on = Some(day("2026-03-11"));
        example
    }

    #[test]
    fn who_buys_is_measured_by_its_own_rhythm() {
        let found = fires(&buyer(Standing::Dormant, Some((0.08, "MBG/NBD"))).look());
        assert_eq!(
            (found[0].opens_on, found[0].occurrence.as_str()),
            (day("2026-01-20"), "2025-11-12")
        );
        assert_eq!(
            found[0].evidence[0].words.ja,
            "注文の間隔は通常約30日ですが、最後の注文(2025年11月12日)から120日間注文がありません。これほど長く空くのは間隔全体の1 %です。今後も注文が続く見込みは8 %です(MBG/NBDモデルで推定)。"
        );
        let found = fires(&buyer(Standing::Dormant, Some((0.64, "BG/NBD"))).look());
        assert!(
            found[0].evidence[0]
                .words
                .en
                .ends_with("64 % by BG/NBD, which does not know regular gaps.")
        );
        let found = fires(&buyer(Standing::Dormant, None).look());
        assert_eq!(
            found[0].evidence[0].words.en,
            "Usually orders every 30 days or so; nothing for 120 days since the last order on 12 Nov 2025. 1 % of such gaps lasted as long."
        );
    }

    #[test]
    fn a_silence_that_is_usual_is_none_however_long() {
        for standing in [Standing::Active, Standing::Slowing] {
            let mut example = buyer(standing, None);
            example.facts.last_event_on = Some(day("2025-05-01"));
            assert_eq!(fires(&example.look()), []);
        }
    }

    #[test]
    fn under_a_contract_use_counts_and_not_the_last_order() {
        let mut example = Example::company();
        example.facts.orders = buyer(Standing::Dormant, None).facts.orders;
        assert_eq!(fires(&example.look()), []);
        example.facts.last_event_on = Some(day("2025-12-12"));
        assert_eq!(fires(&example.look()).len(), 1);
    }
}
