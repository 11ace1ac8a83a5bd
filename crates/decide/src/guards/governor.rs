//! One contact governor over all channels (N5, S62): how often an account, its group and each person are approached.
//!
//! One ledger of calls, visits, mails and prompts: plays that somebody took on or finished, deals that we began, and for
//! persons also the calls, meetings, visits and mails that files record as outbound. A play counts once, and for as long
//! as it is under way. Windows are rolling days or calendar months, as the policy states. Care, the next step of a
//! deal and service messages are exempt. Zero means zero, none means no cap; each cap says what it counted.

use domain::ids::PlayId;
use domain::motion::Motion;
use domain::time::{Day, Days, Months};
use domain::words::Words;
use serde::Deserialize;

use super::{Clear, Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::Proposal;
use crate::life;
use crate::look::Look;
use crate::policy::Cap;

pub(super) const GUARD: Guard = Guard {
    code: "governor",
    ja: "連絡頻度の上限",
    en: "Contact governor",
    cites: "N5 S62",
    reach: Reach::Offer,
    knows: Knows::Store,
    reads: "plays that people took on, `proposals.approached`, and for persons `activities` with direction `outbound` (call, meeting, visit, email, hearing)",
    clear: Some(Clear::All(clear)),
    check,
};

/// In which windows contacts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// The last days up to today.
    #[default]
    Rolling,
    /// The calendar month.
    Month,
}

/// A cap that is reached: until when, and in which words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reached {
    pub(crate) until: Option<Day>,
    pub(crate) words: Words,
}

/// One entry of the ledger: the row, and its day unless it is under way.
type Entry = (String, Option<Day>);

fn within(look: &Look, on: Day) -> bool {
    let limits = &look.policy.limits;
    match limits.window {
        Window::Rolling => (0..limits.days).contains(&look.days_since(on)),
        Window::Month => on <= look.as_of && on.month_start() == look.as_of.month_start(),
    }
}

/// The words of the window: 直近28日 or 今月.
fn window(look: &Look) -> Words {
    let days = look.policy.limits.days;
    match look.policy.limits.window {
        Window::Rolling => Words::new(format!("直近{days}日"), format!("within {days} days")),
        Window::Month => Words::new("今月", "this month"),
    }
}

/// From when on there is room again under a cap that is reached; none where a play is under way, or nothing is allowed.
fn room(look: &Look, entries: &[Entry], cap: u32) -> Option<Day> {
    if cap == 0 {
        return None;
    }
    let mut days: Vec<Day> = entries.iter().map(|(_, on)| *on).collect::<Option<_>>()?;
    days.sort_unstable();
    let last = *days.get(days.len().checked_sub(cap as usize)?)?;
    Some(match look.policy.limits.window {
        Window::Rolling => last.plus(Days(look.policy.limits.days)),
        Window::Month => look.as_of.month_start().plus_months(Months(1)),
    })
}

fn entries_of(look: &Look, under_way: &[PlayId]) -> Vec<Entry> {
    let found = life::packages(&look.facts.touches, under_way, |on| within(look, on));
    found.into_iter().map(|(play, on)| (format!("plays {play}"), on)).collect()
}

/// Deals that we began within the window, but for those that grew out of a play.
fn deals(look: &Look) -> impl Iterator<Item = Entry> {
    let fruit = |deal: &Proposal| {
        deal.product.is_some()
            && look
                .facts
                .touches
                .iter()
                .any(|touch| touch.product == deal.product && touch.on <= deal.opened_on)
    };
    let began = look.facts.proposals.iter().filter(|deal| deal.approached == Some(true));
    began
        .filter(move |deal| within(look, deal.opened_on) && !fruit(deal))
        .map(|deal| (format!("proposals {}", deal.proposal), Some(deal.opened_on)))
}

/// The account's packages in the window, with those under way.
fn of_account(look: &Look, under_way: &[PlayId]) -> Vec<Entry> {
    deals(look).chain(entries_of(look, under_way)).collect()
}

/// Whether the account was approached too often for another package; `under_way` are packages that somebody works on.
pub(crate) fn account(look: &Look, under_way: &[PlayId]) -> Option<Reached> {
    let limits = &look.policy.limits;
    let cap = if look.facts.takes_hours() {
        limits.packages_per_account
    } else {
        limits.digital_contacts_per_account
    };
    let entries = of_account(look, under_way);
    let most = full(&entries, cap)?;
    let until = room(look, &entries, most);
    let (n, window) = (entries.len(), window(look));
    let words = match until {
        Some(until) => Words::new(
            format!(
                "{}に{n}件ご提案しているため、次のご提案は{}からです。",
                window.ja,
                until.display_ja()
            ),
            format!(
                "Approached {n} times {}; the next offer from {} on.",
                window.en,
                until.display_en()
            ),
        ),
        None if most > 0 => Words::new(
            format!("着手済みの提案が{n}件あるため、終わるまで次のご提案を控えます。"),
            format!("{n} accepted plays are under way; no other until they are done."),
        ),
        None => Words::new(
            "1顧客あたりの提案数の上限が0件に設定されています。",
            "The policy allows no package for an account.",
        ),
    };
    Some(Reached { until, words })
}

/// The cap, where it allows no further entry.
fn full(entries: &[Entry], cap: Cap) -> Option<u32> {
    let n = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    cap.get().filter(|_| !cap.allows_another(n))
}

/// The packages of the account's group in the window, with those under way.
fn of_group(look: &Look) -> Vec<Entry> {
    let bars = &look.facts.bars;
    let mut entries = of_account(look, &bars.under_way);
    let others = bars.group.iter().filter(|(_, on)| on.is_none_or(|on| within(look, on)));
    entries.extend(others.map(|(play, on)| (format!("plays {play}"), *on)));
    entries
}

/// How many packages the account's group may still get, as far as this account knows; none where nothing caps them.
pub(crate) fn left_of_group(look: &Look) -> Option<u32> {
    let cap = look.policy.limits.packages_per_group.get()?;
    Some(cap.saturating_sub(u32::try_from(of_group(look).len()).unwrap_or(u32::MAX)))
}

/// Whether the account's group was approached too often.
fn group(look: &Look) -> Option<Reached> {
    let cap = look.policy.limits.packages_per_group;
    cap.get()?;
    let entries = of_group(look);
    let most = full(&entries, cap)?;
    let until = room(look, &entries, most);
    let (n, window, (ja, en)) = (entries.len(), window(look), after(until));
    let words = if most == 0 {
        Words::new(
            "グループあたりの提案数の上限が0件に設定されています。",
            "The policy allows no package for a group.",
        )
    } else {
        Words::new(
            format!("グループ全体で{}に{n}件ご提案しています(上限{most}件)。{ja}", window.ja),
            format!("{n} packages to the group {} (at most {most}). {en}", window.en),
        )
    };
    Some(Reached { until, words })
}

fn after(until: Option<Day>) -> (String, String) {
    match until {
        Some(until) => (
            format!("次のご提案は{}からです。", until.display_ja()),
            format!("The next from {} on.", until.display_en()),
        ),
        None => (
            "着手済みの提案が終わるまで控えます。".to_owned(),
            "None until those under way are done.".to_owned(),
        ),
    }
}

/// Whether the person was contacted too often, over all channels.
fn person(look: &Look, candidate: &Candidate) -> Option<Reached> {
    let (cap, contact) = (look.policy.limits.contacts_per_person, candidate.contact?);
    cap.get()?;
    let mut entries: Vec<Entry> = Vec::new();
    for touch in &look.facts.touches {
        let counts = touch.contact == Some(contact) && touch.motion != Some(Motion::Care);
        if counts && within(look, touch.on) {
            let play = format!("plays {}", touch.play);
            match entries.iter_mut().find(|(known, _)| *known == play) {
                Some((_, on)) => *on = (*on).max(Some(touch.on)),
                None => entries.push((play, Some(touch.on))),
            }
        }
    }
    let began = look.facts.bars.contacted.iter();
    let began = began.filter(|it| it.contact == contact && within(look, it.on));
    entries.extend(began.map(|it| (format!("activities {}", it.activity), Some(it.on))));
    let most = full(&entries, cap)?;
    let until = room(look, &entries, most);
    let (n, window) = (entries.len(), window(look));
    let words = match until {
        Some(until) => Words::new(
            format!(
                "この方には{}に{n}回ご連絡しています(上限{most}回)。次のご連絡は{}からです。",
                window.ja,
                until.display_ja()
            ),
            format!(
                "The person was contacted {n} times {} (at most {most}); the next from {} on.",
                window.en,
                until.display_en()
            ),
        ),
        None => Words::new(
            "1名あたりの連絡数の上限が0回に設定されています。",
            "The policy allows no contact with a person.",
        ),
    };
    Some(Reached { until, words })
}

/// Whether fewer contacts than any cap are within the window, counting each row.
fn clear(look: &Look) -> bool {
    let (limits, bars) = (&look.policy.limits, &look.facts.bars);
    let touches = look.facts.touches.iter().filter(|touch| within(look, touch.on)).count();
    let deals = look.facts.proposals.iter();
    let deals =
        deals.filter(|it| it.approached == Some(true) && within(look, it.opened_on)).count();
    let contacted = bars.contacted.iter().filter(|it| within(look, it.on)).count();
    let account = touches + deals + bars.under_way.len();
    let below = |cap: Cap, n: usize| cap.get().is_none_or(|cap| n < cap as usize);
    below(limits.packages_per_account, account)
        && below(limits.digital_contacts_per_account, account)
        && below(limits.packages_per_group, account + bars.group.len())
        && below(limits.contacts_per_person, touches + contacted)
}

fn check(look: &Look, candidate: &Candidate) -> Verdict {
    let under_way = &look.facts.bars.under_way;
    let reached = [person(look, candidate), group(look), account(look, under_way)];
    let longest = reached
        .into_iter()
        .flatten()
        .reduce(|best, next| if later(next.until, best.until) { next } else { best });
    let entries = || of_account(look, under_way);
    let Some(Reached { until, words }) = longest else {
        let (n, window) = (entries().len(), window(look));
        let words = Words::new(
            format!("{}のご提案は{n}件で、上限に達していません。", window.ja),
            format!("{n} packages {}; no cap is reached.", window.en),
        );
        return allow(GUARD.code, words);
    };
    let evidence = entries()
        .into_iter()
        .map(|(source, on)| Evidence { words: words.clone(), source, on })
        .collect();
    because(hold(GUARD.code, Says::HoldUntil(until), words), evidence)
}

/// Whether a hold lasts longer than another; none lasts while its cause does.
fn later(a: Option<Day>, b: Option<Day>) -> bool {
    b.is_some_and(|b| a.is_none_or(|a| a > b))
}

#[cfg(test)]
mod tests {
    use super::super::tests::said_of;
    use super::*;
    use crate::examples::{Example, day};
    use crate::facts::bars::Contacted;
    use crate::life::{Touch, TouchKind};
    use domain::ids::ContactKey;

    fn touch(play: &str, on: &str, contact: i64) -> Touch {
        Touch {
            play: play.into(),
            on: day(on),
            kind: TouchKind::Contact,
            offer: Some("other".into()),
            product: None,
            motion: Some(Motion::CrossSell),
            by_rep: true,
            contact: Some(ContactKey(contact)),
        }
    }

    fn said(example: &Example) -> String {
        let mut candidate = example.candidate(Motion::CrossSell);
        candidate.contact = Some(ContactKey(1));
        said_of("governor", example, &candidate)
    }

    fn touched(on: &[&str]) -> Example {
        let mut example = Example::company();
        let touch = |(i, on): (usize, &&str)| touch(&format!("p{i}"), on, 1);
        example.facts.touches = on.iter().enumerate().map(touch).collect();
        example
    }

    /// As of 2026-03-12, 28 rolling days: the first is 2026-02-13.
    #[test]
    fn n5_one_package_for_an_account_in_rolling_days() {
        let held = |until: &str, iso: &str| {
            format!(
                "hold until {iso}: 直近28日に1件ご提案しているため、次のご提案は{until}からです。"
            )
        };
        assert_eq!(said(&touched(&["2026-02-13"])), held("2026年3月13日", "2026-03-13"));
        assert_eq!(said(&touched(&["2026-03-12"])), held("2026年4月9日", "2026-04-09"));
        let free = "allow: 直近28日のご提案は0件で、上限に達していません。";
        assert_eq!(said(&touched(&["2026-02-12"])), free);
        assert_eq!(said(&touched(&[])), free);
    }

    #[test]
    fn n5_calendar_months_end_with_the_month() {
        let mut example = touched(&["2026-03-01"]);
        example.policy.limits.window = Window::Month;
        assert_eq!(
            said(&example),
            "hold until 2026-04-01: 今月に1件ご提案しているため、次のご提案は2026年4月1日からです。"
        );
        example.facts.touches[0].on = day("2026-02-28");
        assert_eq!(said(&example), "allow: 今月のご提案は0件で、上限に達していません。");
    }

    #[test]
    fn n5_zero_is_zero_and_none_is_no_cap() {
        let mut example = touched(&[]);
        example.policy.limits.packages_per_account = Cap::at_most(0);
        assert_eq!(said(&example), "hold: 1顧客あたりの提案数の上限が0件に設定されています。");
        let mut example = touched(&["2026-03-01", "2026-03-02", "2026-03-03"]);
        example.policy.limits.packages_per_account = Cap::NONE;
        assert_eq!(said(&example), "allow: 直近28日のご提案は3件で、上限に達していません。");
        example.policy.limits.contacts_per_person = Cap::at_most(0);
        assert_eq!(said(&example), "hold: 1名あたりの連絡数の上限が0回に設定されています。");
        example.policy.limits.contacts_per_person = Cap::NONE;
        example.policy.limits.packages_per_group = Cap::at_most(0);
        assert_eq!(said(&example), "hold: グループあたりの提案数の上限が0件に設定されています。");
    }

    /// Of three, two must be over: the second oldest says when.
    #[test]
    fn n5_room_comes_back_when_enough_have_aged() {
        let mut example = touched(&["2026-03-01", "2026-03-05", "2026-03-09"]);
        example.policy.limits.packages_per_account = Cap::at_most(2);
        assert!(said(&example).starts_with("hold until 2026-04-02: "), "{}", said(&example));
        example.policy.limits.packages_per_account = Cap::at_most(4);
        assert!(said(&example).starts_with("allow"), "{}", said(&example));
        example.policy.limits.packages_per_account = Cap::at_most(3);
        assert!(said(&example).starts_with("hold until 2026-03-29: "), "{}", said(&example));
    }

    #[test]
    fn n5_what_is_under_way_holds_until_it_is_done() {
        let mut example = touched(&["2026-01-05"]);
        example.facts.bars.under_way.push("p0".into());
        assert_eq!(
            said(&example),
            "hold: 着手済みの提案が1件あるため、終わるまで次のご提案を控えます。"
        );
    }

    #[test]
    fn n5_persons_are_counted_over_all_channels() {
        let mut example = touched(&["2026-03-01"]);
        example.policy.limits.packages_per_account = Cap::NONE;
        example.policy.limits.contacts_per_person = Cap::at_most(2);
        assert!(said(&example).starts_with("allow"));
        example.facts.bars.contacted.push(Contacted {
            activity: "A1".to_owned(),
            contact: ContactKey(1),
            on: day("2026-03-04"),
        });
        assert_eq!(
            said(&example),
            "hold until 2026-03-29: この方には直近28日に2回ご連絡しています(上限2回)。次のご連絡は2026年3月29日からです。"
        );
        // Of somebody else, and care, does not count.
        example.facts.bars.contacted[0].contact = ContactKey(2);
        assert!(said(&example).starts_with("allow"));
        example.facts.bars.contacted[0].contact = ContactKey(1);
        example.facts.touches[0].motion = Some(Motion::Care);
        assert!(said(&example).starts_with("allow"));
    }

    #[test]
    fn n5_a_group_is_counted_as_a_whole() {
        let mut example = touched(&[]);
        example.policy.limits.packages_per_group = Cap::at_most(1);
        assert!(said(&example).starts_with("allow"));
        example.facts.bars.group.push(("q1".into(), Some(day("2026-03-02"))));
        assert_eq!(
            said(&example),
            "hold until 2026-03-30: グループ全体で直近28日に1件ご提案しています(上限1件)。次のご提案は2026年3月30日からです。"
        );
        example.facts.bars.group[0].1 = None;
        assert_eq!(
            said(&example),
            "hold: グループ全体で直近28日に1件ご提案しています(上限1件)。着手済みの提案が終わるまで控えます。"
        );
        example.facts.bars.group[0].1 = Some(day("2026-02-12"));
        assert!(said(&example).starts_with("allow"));
    }

    #[test]
    fn n5_care_and_the_next_step_are_exempt() {
        let mut example = touched(&["2026-03-10"]);
        example.policy.limits.packages_per_account = Cap::at_most(0);
        for motion in [Motion::Care, Motion::Advance] {
            let said = said_of("governor", &example, &example.candidate(motion));
            assert!(said.starts_with("allow"), "{said}");
        }
    }
}
