//! The health score: how well it goes with a customer, 0 to 100, with every part and its weight in sight (S24).
//!
//! The score is the weighted mean of named parts, each between 0 (poor) and 1 (well). What has no data is left out, and
//! the others weigh more; of fewer than two parts there is no score. It chooses nothing: rules and guards look at the
//! figures themselves.

use domain::words::Words;
use serde::Deserialize;

use crate::facts::Standing;
use crate::look::Look;
use crate::phrases::{both, figure, percent};
use crate::signals;

/// The policy's section of the health score.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthPolicy {
    /// From this score on it is good.
    pub good: i32,
    /// From this score on it is to be watched; below it is at risk.
    pub watch: i32,
    /// How much each part counts.
    pub weights: Weights,
}

/// How much each part counts; zero: not at all.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Use of the limit or seats.
    pub usage: f64,
    /// Change of use.
    pub trend: f64,
    /// The latest NPS answer.
    pub nps: f64,
    /// Open tickets.
    pub tickets: f64,
    /// The last human touch.
    pub contact: f64,
    /// Signs at the contract.
    pub contract: f64,
    /// Change of spend.
    pub spend: f64,
    /// The rhythm of orders.
    pub orders: f64,
}

impl Default for HealthPolicy {
    fn default() -> Self {
        let weights = Weights {
            usage: 0.20,
            trend: 0.15,
            nps: 0.20,
            tickets: 0.10,
            contact: 0.10,
            contract: 0.15,
            spend: 0.05,
            orders: 0.15,
        };
        Self { good: 70, watch: 40, weights }
    }
}

impl Default for Weights {
    fn default() -> Self {
        HealthPolicy::default().weights
    }
}

/// A band of scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Low.
    Risk,
    /// Neither.
    Watch,
    /// High.
    Good,
}

impl Band {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Risk => "risk",
            Self::Watch => "watch",
            Self::Good => "good",
        }
    }

    /// What people call it.
    pub fn said(self) -> Words {
        match self {
            Self::Risk => Words::new("危険", "at risk"),
            Self::Watch => Words::new("注意", "watch"),
            Self::Good => Words::new("良好", "good"),
        }
    }
}

/// The score of a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// 0 to 100.
    pub score: f64,
    /// Its band.
    pub band: Band,
    /// What it is made of, in the order of [`PARTS`].
    pub parts: Vec<Part>,
}

/// One part of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its code, as in the policy.
    pub code: &'static str,
    /// What people call it.
    pub name: Words,
    /// The figure that it is made from.
    pub figure: Words,
    /// 0 (poor) to 1 (well).
    pub score: f64,
    /// Its share of the score, 0..=1; all parts together make 1.
    pub weight: f64,
}

/// A part: how it is called, weighed and measured; the measure is none without data.
struct Of {
    code: &'static str,
    ja: &'static str,
    en: &'static str,
    weight: fn(&Weights) -> f64,
    measure: fn(&Look) -> Option<(f64, Words)>,
}

/// Every part, in the order of the page.
const PARTS: &[Of] = &[
    Of {
        code: "usage",
        ja: "上限に対する利用",
        en: "Use of the limit",
        weight: |w| w.usage,
        measure: usage,
    },
    Of {
        code: "trend",
        ja: "利用の増減(90日)",
        en: "Change of use (90 days)",
        weight: |w| w.trend,
        measure: trend,
    },
    Of { code: "nps", ja: "NPS", en: "NPS", weight: |w| w.nps, measure: nps },
    Of {
        code: "tickets",
        ja: "未解決の問い合わせ",
        en: "Open tickets",
        weight: |w| w.tickets,
        measure: tickets,
    },
    Of {
        code: "contact",
        ja: "対面・通話の接点",
        en: "Human contact",
        weight: |w| w.contact,
        measure: contact,
    },
    Of {
        code: "contract",
        ja: "契約の動き",
        en: "Signs at the contract",
        weight: |w| w.contract,
        measure: contract,
    },
    Of {
        code: "spend",
        ja: "購入額の増減(前年同期比)",
        en: "Change of spend (year)",
        weight: |w| w.spend,
        measure: spend,
    },
    Of {
        code: "orders",
        ja: "注文の間隔",
        en: "Rhythm of orders",
        weight: |w| w.orders,
        measure: orders,
    },
];

/// Fewer parts than this make no score.
const PARTS_MIN: usize = 2;

/// The health of a customer; none for who is no customer, and where fewer than two parts are known.
pub fn health(look: &Look) -> Option<Health> {
    if !look.is_customer() {
        return None;
    }
    let policy = &look.policy.health;
    let measured = PARTS.iter().filter_map(|part| {
        let weight = (part.weight)(&policy.weights);
        let (score, figure) = (part.measure)(look).filter(|_| weight > 0.0)?;
        let name = Words::new(part.ja, part.en);
        Some(Part { code: part.code, name, figure, score: score.clamp(0.0, 1.0), weight })
    });
    let mut parts: Vec<Part> = measured.collect();
    if parts.len() < PARTS_MIN {
        return None;
    }
    let weights: f64 = parts.iter().map(|part| part.weight).sum();
    for part in &mut parts {
        part.weight /= weights;
    }
    // As it is shown: whole points decide of the band.
    let score = (100.0 * parts.iter().map(|part| part.weight * part.score).sum::<f64>()).round();
    let band = if score >= f64::from(policy.good) {
        Band::Good
    } else if score >= f64::from(policy.watch) {
        Band::Watch
    } else {
        Band::Risk
    };
    Some(Health { score, band, parts })
}

/// From this share of a limit on its use is full.
const FULL_USE: f64 = 0.7;

/// The highest share of a limit or of the seats.
fn usage(look: &Look) -> Option<(f64, Words)> {
    let shares = look.facts.usage.iter().filter_map(|usage| {
        let limit = signals::binding(look, usage)?.limit();
        Some((usage.value / limit, usage, limit))
    });
    let (share, usage, limit) = shares.reduce(|a, b| if b.0 > a.0 { b } else { a })?;
    let (metric, value, limit, of) =
        (&usage.metric, figure(usage.value), figure(limit), percent(share));
    let said = Words::new(
        format!("{metric} {limit}のうち{value}({of})"),
        format!("{metric}: {value} of {limit} ({of})"),
    );
    Some((share / FULL_USE, said))
}

/// 1 where nothing was lost, 0 where half or more was.
fn kept(change: f64) -> (f64, Words) {
    // Adding nothing makes a negative zero positive.
    let percent = (100.0 * change).round() + 0.0;
    let sign = if percent > 0.0 { "+" } else { "" };
    (1.0 + 2.0 * change.min(0.0), both(&format!("{sign}{percent} %")))
}

fn trend(look: &Look) -> Option<(f64, Words)> {
    look.facts.features.get("usage_trend").copied().map(kept)
}

fn spend(look: &Look) -> Option<(f64, Words)> {
    look.facts.features.get("spend_change_year").copied().map(kept)
}

fn nps(look: &Look) -> Option<(f64, Words)> {
    let of_nps = || look.facts.surveys.iter().filter(|survey| survey.question == "nps");
    let newest = of_nps().map(|survey| survey.on).max()?;
    let score = of_nps().filter(|it| it.on == newest).map(|it| it.score).reduce(f64::min)?;
    let (value, ja, en) = (figure(score), newest.display_ja(), newest.display_en());
    Some((score / 10.0, Words::new(format!("{value}点({ja})"), format!("{value} ({en})"))))
}

fn tickets(look: &Look) -> Option<(f64, Words)> {
    let open = &look.facts.tickets;
    // Without an open one, only who records tickets can tell that there is none.
    if open.is_empty() && !look.facts.features.contains_key("tickets") {
        return None;
    }
    let grave = open.iter().filter(|ticket| ticket.escalated).count();
    let score = if grave > 0 { 0.0 } else { 1.0 - 0.25 * open.len() as f64 };
    let n = open.len();
    let said = if grave > 0 {
        Words::new(format!("{n}件(うち重大{grave}件)"), format!("{n}, of which {grave} escalated"))
    } else {
        Words::new(format!("{n}件"), n.to_string())
    };
    Some((score, said))
}

/// Days after a touch within which contact is close, and after which it is lost.
const CLOSE_DAYS: i32 = 90;
const LOST_DAYS: i32 = 365;

fn contact(look: &Look) -> Option<(f64, Words)> {
    if !look.facts.takes_hours() {
        return None;
    }
    let Some(last) = look.facts.last_human_touch_on else {
        let never = look.facts.features.get("thin_contact").is_some_and(|flag| *flag > 0.0);
        return never.then(|| (0.0, Words::new("記録なし", "none on record")));
    };
    let days = look.days_since(last);
    let span = f64::from(LOST_DAYS - CLOSE_DAYS);
    let score = 1.0 - f64::from((days - CLOSE_DAYS).max(0)) / span;
    Some((score, Words::new(format!("{days}日前"), format!("{days} days ago"))))
}

fn contract(look: &Look) -> Option<(f64, Words)> {
    look.facts.active_contracts().next()?;
    let notices = look.facts.active_contracts().filter_map(|contract| contract.cancel_notice_on);
    if let Some(on) = notices.filter(|on| *on <= look.as_of).min() {
        let said = Words::new(
            format!("解約の申し出({})", on.display_ja()),
            format!("cancel notice ({})", on.display_en()),
        );
        return Some((0.0, said));
    }
    let Some(change) = look.facts.features.get("mrr_change_year") else {
        return Some((1.0, Words::new("解約の申し出なし", "no cancel notice")));
    };
    let (score, said) = kept(*change);
    let said = Words::new(
        format!("解約の申し出なし、月次経常収益 前年比{}", said.ja),
        format!("no cancel notice, MRR {} in a year", said.en),
    );
    Some((score, said))
}

fn orders(look: &Look) -> Option<(f64, Words)> {
    let orders = look.facts.orders.filter(|_| look.facts.active_contracts().next().is_none())?;
    let (score, ja, en) = match orders.standing {
        Standing::Active => (1.0, "通常どおり", "as usual"),
        Standing::Slowing => (0.5, "間隔が延びている", "slowing"),
        Standing::Dormant => (0.0, "休眠", "dormant"),
    };
    let (days, gap) = (look.days_since(orders.last_on), figure(orders.gap_days.round()));
    let said = Words::new(
        format!("{ja}(最終注文から{days}日、通常は約{gap}日)"),
        format!("{en} ({days} days since the last order, usually {gap})"),
    );
    Some((score, said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};
    use crate::policy::Policy;

    #[track_caller]
    fn check(example: &Example, expected: &str) {
        let said = health(&example.look()).map_or_else(
            || "-".to_owned(),
            |health| {
                let parts = health.parts.iter().map(|part| {
                    format!(
                        "{} {:.2} of {:.2}: {}",
                        part.code, part.score, part.weight, part.figure.en
                    )
                });
                let parts: Vec<String> = parts.collect();
                format!("{:.0} {} = {}", health.score, health.band.code(), parts.join("; "))
            },
        );
        assert_eq!(said, expected);
    }

    #[test]
    fn parts_without_data_are_left_out_and_the_others_weigh_more() {
        let mut example = Example::company();
        check(
            &example,
            "100 good = usage 1.00 of 0.57: 利用ユーザー: 93 of 100 (93 %); contract 1.00 of 0.43: no cancel notice",
        );
        example.answer(4.0);
        example.facts.features.insert("usage_trend", -0.25);
        check(
            &example,
            "72 good = usage 1.00 of 0.29: 利用ユーザー: 93 of 100 (93 %); trend 0.50 of 0.21: -25 %; nps 0.40 of 0.29: 4 (10 Jan 2026); contract 1.00 of 0.21: no cancel notice",
        );
    }

    #[test]
    fn one_part_is_no_score_and_who_left_has_none() {
        let mut example = Example::company();
        example.facts.usage.clear();
        check(&example, "-");
        let mut example = Example::company();
        example.facts.contracts[0].active = false;
        example.facts.contracts[0].ended_on = Some(day("2026-02-01"));
        check(&example, "-");
    }

    #[test]
    fn bad_signs_sink_it() {
        let mut example = Example::company();
        example.facts.usage[0].value = 14.0;
        example.facts.contracts[0].cancel_notice_on = Some(day("2026-03-01"));
        example.facts.last_human_touch_on = Some(day("2025-03-12"));
        example.facts.features.insert("mrr_change_year", 0.2);
        example.escalate();
        check(
            &example,
            "7 risk = usage 0.20 of 0.36: 利用ユーザー: 14 of 100 (14 %); tickets 0.00 of 0.18: 1, of which 1 escalated; contact 0.00 of 0.18: 365 days ago; contract 0.00 of 0.27: cancel notice (1 Mar 2026)",
        );
    }

    #[test]
    fn measures_at_their_ends() {
        let part = |example: &Example, code: &str| {
            let health = health(&example.look()).expect("a score");
            health.parts.into_iter().find(|part| part.code == code).map(|part| part.score)
        };
        let mut example = Example::company();
        let mut usage = |value: f64| {
            example.facts.usage[0].value = value;
            part(&example, "usage")
        };
        assert_eq!((usage(70.0), usage(35.0), usage(0.0)), (Some(1.0), Some(0.5), Some(0.0)));
        let mut trend = |change: f64| {
            example.facts.features.insert("usage_trend", change);
            part(&example, "trend")
        };
        assert_eq!((trend(0.4), trend(0.0), trend(-0.5)), (Some(1.0), Some(1.0), Some(0.0)));
        let mut touched = |on: &str| {
            example.facts.last_human_touch_on = Some(day(on));
            part(&example, "contact")
        };
        assert_eq!((touched("2025-12-12"), touched("2025-03-12")), (Some(1.0), Some(0.0)));
        let mut shrunk = |change: f64| {
            example.facts.features.insert("mrr_change_year", change);
            part(&example, "contract")
        };
        assert_eq!((shrunk(0.3), shrunk(-0.25), shrunk(-0.9)), (Some(1.0), Some(0.5), Some(0.0)));
        assert_eq!(part(&example, "tickets"), None);
        example.facts.features.insert("tickets", 0.0);
        assert_eq!(part(&example, "tickets"), Some(1.0));
    }

    #[test]
    fn weights_and_bands_are_the_policy_s() {
        let text = "[health]\ngood = 101\n";
        assert!(Policy::parse(text).expect_err("refused").to_string().contains("health.good"));
        let mut example = Example::company();
        example.answer(5.0);
        let text = "[health]\ngood = 90\nwatch = 76\n[health.weights]\nusage = 0.0\nnps = 0.15\n";
        example.policy = Policy::parse(text).expect("a policy");
        check(
            &example,
            "75 risk = nps 0.50 of 0.50: 5 (10 Jan 2026); contract 1.00 of 0.50: no cancel notice",
        );
        example.policy.health.watch = 75;
        assert_eq!(health(&example.look()).map(|it| it.band), Some(Band::Watch));
    }
}
