//! The hold-out (N2): a share of groups gets no prompts, mails or tech touch, so that what the others bring can be
//! measured.
//!
//! Each group draws one lot at first sight, by a salted hash of its root; it is stored and never drawn again. Groups
//! whose lot lies below the policy's share get no offers by prompt or mail; support and service messages go on. Where
//! people look after the customer (high touch, or an account with an owner whose hours it takes) nobody is held out; a
//! start delayed in random order takes its place: the same lot says in which of the policy's weeks after first sight
//! offers begin. Under the policy's least number of groups there is no hold-out, and the verdict says so.

use domain::motion::TouchModel;
use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Clear, Guard, Knows, Reach, allow, hold};
use crate::candidate::Candidate;
use crate::decision::{Says, Verdict};
use crate::facts::bars::Lot;
use crate::look::Look;
use crate::phrases::{count, percent};

pub(super) const GUARD: Guard = Guard {
    code: "hold_out",
    ja: "効果測定のための対象外",
    en: "Hold-out",
    cites: "N2 N7",
    reach: Reach::Offer,
    knows: Knows::Store,
    reads: "the lot that each group drew at first sight",
    clear: Some(Clear::Each(clear)),
    check,
};

/// How many are held out.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HoldOutPolicy {
    /// The share of groups that get no prompts and mails, 0..=1; 0: nobody.
    pub share: f64,
    /// Groups from which on there is a hold-out at all.
    pub roots_min: u32,
    /// Weeks after first sight over which the start is spread where people look after the customer; 0: at once.
    pub delay_weeks: u32,
}

impl Default for HoldOutPolicy {
    fn default() -> Self {
        Self { share: 0.05, roots_min: 200, delay_weeks: 0 }
    }
}

/// Whether people look after it: high touch, or an owner whose hours it takes.
fn is_named(look: &Look) -> bool {
    let facts = look.facts;
    facts.touch == TouchModel::High || (facts.takes_hours() && facts.owner.is_some())
}

/// People look after it, and no start is delayed; or its lot is above the share.
fn clear(look: &Look, candidate: &Candidate) -> bool {
    let policy = &look.policy.guards.hold_out;
    if candidate.channel.takes_hours() || is_named(look) {
        return policy.delay_weeks == 0;
    }
    look.facts.bars.lot.is_none_or(|lot| lot.place >= policy.share)
}

fn check(look: &Look, candidate: &Candidate) -> Verdict {
    let (policy, roots) = (&look.policy.guards.hold_out, look.facts.bars.roots);
    let by_people = candidate.channel.takes_hours() || is_named(look);
    if by_people && policy.delay_weeks == 0 {
        let words = Words::new(
            "担当者が対応するお客様は、効果測定の対象外にしません。",
            "Nobody whom people look after is held out.",
        );
        return allow(GUARD.code, words);
    }
    if !by_people && policy.share <= 0.0 {
        let words =
            Words::new("効果測定の対象外は設けていません。", "The policy holds nobody out.");
        return allow(GUARD.code, words);
    }
    if roots < policy.roots_min {
        let (n, least) = (count(u64::from(roots)), count(u64::from(policy.roots_min)));
        let words = Words::new(
            format!(
                "顧客グループが{n}件で{least}件に満たないため、効果測定の対象外は設けていません。"
            ),
            format!("No hold-out: {n} groups of customers are fewer than {least}."),
        );
        return allow(GUARD.code, words);
    }
    let Some(lot) = look.facts.bars.lot else {
        let words = Words::new("抽選はまだです。", "No lot has been drawn yet.");
        return allow(GUARD.code, words);
    };
    if by_people { delayed(look, lot) } else { held_out(look, lot) }
}

fn held_out(look: &Look, lot: Lot) -> Verdict {
    let share = look.policy.guards.hold_out.share;
    let (ja_on, en_on) = (lot.on.display_ja(), lot.on.display_en());
    if lot.place >= share {
        let words = Words::new(
            format!("効果測定の対象外ではありません({ja_on}の抽選)。"),
            format!("Not held out (lot of {en_on})."),
        );
        return allow(GUARD.code, words);
    }
    let share = percent(share);
    let words = Words::new(
        format!(
            "効果を測るため、無作為に選んだ{share}のお客様にはご案内を送りません({ja_on}の抽選、以後変更なし)。"
        ),
        format!(
            "One of the {share} of customers, drawn at random on {en_on} for good, who get no offers, so that the effect can be measured."
        ),
    );
    hold(GUARD.code, Says::Block, words)
}

/// Which week offers begin in, counted from first sight.
fn delayed(look: &Look, lot: Lot) -> Verdict {
    let weeks = look.policy.guards.hold_out.delay_weeks;
    #[expect(clippy::cast_possible_truncation, reason = "below the policy's weeks")]
    let week = (lot.place * f64::from(weeks)).floor() as i32;
    let begins = lot.on.plus(Days(week.saturating_mul(7)));
    let (ja, en) = (begins.display_ja(), begins.display_en());
    if begins <= look.as_of {
        let words = Words::new(
            format!("無作為の順による開始日({ja})を過ぎています。"),
            format!("Its start in random order was {en}."),
        );
        return allow(GUARD.code, words);
    }
    let words = Words::new(
        format!("効果を測るため、無作為の順に開始時期をずらしています。{ja}から提案します。"),
        format!(
            "Starts are spread in random order, so that the effect can be measured; offers begin on {en}."
        ),
    );
    hold(GUARD.code, Says::HoldUntil(Some(begins)), words)
}

#[cfg(test)]
mod tests {
    use super::super::tests::said_of;
    use super::*;
    use crate::examples::{Example, day};
    use domain::motion::{Channel, Motion};

    fn example(place: f64, roots: u32) -> Example {
        let mut example = Example::company();
        example.facts.touch = TouchModel::Tech;
        example.facts.bars.lot = Some(Lot { place, on: day("2026-03-01") });
        example.facts.bars.roots = roots;
        example
    }

    fn check(example: &Example, channel: Channel, expected: &str) {
        let mut candidate = example.candidate(Motion::CrossSell);
        candidate.channel = channel;
        assert_eq!(said_of("hold_out", example, &candidate), expected);
    }

    const OUT: &str = "block: 効果を測るため、無作為に選んだ5 %のお客様にはご案内を送りません(2026年3月1日の抽選、以後変更なし)。";
    const IN: &str = "allow: 効果測定の対象外ではありません(2026年3月1日の抽選)。";

    #[test]
    fn n2_lots_below_the_share_are_held_out_of_prompts_and_mails() {
        for channel in [Channel::Mail, Channel::Prompt] {
            check(&example(0.049_999, 200), channel, OUT);
            check(&example(0.05, 200), channel, IN);
            check(
                &example(0.01, 199),
                channel,
                "allow: 顧客グループが199件で200件に満たないため、効果測定の対象外は設けていません。",
            );
        }
        let mut none = example(0.0, 200);
        none.facts.bars.lot = None;
        check(&none, Channel::Mail, "allow: 抽選はまだです。");
        none.policy.guards.hold_out.share = 0.0;
        check(&none, Channel::Mail, "allow: 効果測定の対象外は設けていません。");
    }

    #[test]
    fn n2_named_accounts_and_high_touch_are_not_held_out() {
        let people = "allow: 担当者が対応するお客様は、効果測定の対象外にしません。";
        check(&example(0.0, 200), Channel::Phone, people);
        let mut high = example(0.0, 200);
        high.facts.touch = TouchModel::High;
        check(&high, Channel::Mail, people);
        high.facts.touch = TouchModel::Low;
        check(&high, Channel::Mail, OUT);
        high.facts.owner = Some("R1".into());
        check(&high, Channel::Mail, people);
    }

    /// First sight on 2026-03-01, as of 2026-03-12, four weeks: starts on the 1st, 8th, 15th and 22nd.
    #[test]
    fn n2_a_delayed_start_in_random_order_takes_its_place() {
        let delayed = |place: f64| {
            let mut example = example(place, 200);
            example.policy.guards.hold_out.delay_weeks = 4;
            example
        };
        check(
            &delayed(0.49),
            Channel::Phone,
            "allow: 無作為の順による開始日(2026年3月8日)を過ぎています。",
        );
        check(
            &delayed(0.5),
            Channel::Phone,
            "hold until 2026-03-15: 効果を測るため、無作為の順に開始時期をずらしています。2026年3月15日から提案します。",
        );
        check(&delayed(0.01), Channel::Mail, OUT);
    }

    #[test]
    fn n2_it_stops_selling_only() {
        let example = example(0.0, 200);
        for motion in [Motion::Care, Motion::Downsell, Motion::Advance] {
            let mut candidate = example.candidate(motion);
            candidate.channel = Channel::Mail;
            let said = said_of("hold_out", &example, &candidate);
            assert!(said.starts_with("allow"), "{said}");
        }
    }
}
