//! Contact has grown thin (S101): the customer is active, and nobody has spoken with it for half a year.
//!
//! By the feature of that name: no call, meeting or visit for 180 days at a customer that is under contract or active
//! online, where the workspace records such contacts. It opens a talk, never a pitch.

use domain::time::Days;
use domain::words::Words;

use super::visit_due::spoken_on;
use super::{Rule, is_care, signal};
use crate::candidate::Evidence;
use crate::candidates::HEARING;
use crate::decision::{Scope, Signal};
use crate::look::Look;

pub(super) const RULE: Rule = Rule {
    code: "thin_contact",
    ja: "接点が薄い",
    en: "Thin contact",
    cites: "S101",
    fires,
    opens: |candidate, _| is_care(candidate, HEARING),
};

/// Days without a talk, as the feature has them.
const DAYS: i32 = 180;

fn fires(look: &Look) -> Vec<Signal> {
    let thin = look.facts.features.get("thin_contact").is_some_and(|thin| *thin > 0.5);
    let spoken = spoken_on(look);
    let lately = spoken.is_some_and(|on| look.days_since(on) < DAYS);
    if !thin || lately || !look.is_customer() {
        return Vec::new();
    }
    let words = match spoken {
        Some(on) => {
            let days = look.days_since(on);
            Words::new(
                format!(
                    "ご利用は続いていますが、最後の面談・電話は{}で、{days}日間接点がありません。",
                    on.display_ja()
                ),
                format!(
                    "Active, but nobody has spoken with it for {days} days, since {}.",
                    on.display_en()
                ),
            )
        }
        None => Words::new(
            "ご利用は続いていますが、面談・電話の記録がありません。",
            "Active, but no talk with it is on record.",
        ),
    };
    let source = format!("accounts {}", look.facts.account);
    let said = Evidence { words, source, on: spoken.or(look.facts.last_event_on) };
    vec![Signal {
        occurrence: spoken.map_or_else(|| "never".to_owned(), |on| on.to_string()),
        opens_on: spoken
            .map(|on| on.plus(Days(DAYS)))
            .or(look.facts.customer_since)
            .unwrap_or(look.as_of),
        strength: 0.45,
        dated: false,
        ..signal(RULE.code, Scope::Account, said)
    }]
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};

    #[test]
    fn s101_nobody_has_spoken_for_half_a_year() {
        let mut example = Example::company();
        example.facts.features.insert("thin_contact", 1.0);
        example.facts.last_human_touch_on = Some(day("2025-09-10"));
        assert_eq!(on(&example, "2026-03-08", fires), "", "179 days ago");
        assert_eq!(
            on(&example, "2026-03-09", fires),
            "2025-09-10 2026-03-09..- ご利用は続いていますが、最後の面談・電話は2025年9月10日で、180日間接点がありません。"
        );
        example.facts.last_human_touch_on = None;
        assert!(on(&example, "2026-03-09", fires).starts_with("never 2023-06-15..- "));
        example.facts.features.insert("thin_contact", 0.0);
        assert_eq!(on(&example, "2026-03-09", fires), "");
        example.facts.features.clear();
        assert_eq!(on(&example, "2026-03-09", fires), "", "nobody records talks");
    }
}
