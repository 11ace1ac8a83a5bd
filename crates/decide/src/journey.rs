//! Where a customer stands on its way with us (S34): the stage of its journey, from dates, usage and contracts.
//!
//! The first that holds, in this order:
//!
//! | stage | holds where |
//! |---|---|
//! | former | it held or bought something, and is no customer today |
//! | leaving | notice is given, or the chance to leave is as high as holds offers back |
//! | dormant | the rule of dormancy fires |
//! | renewal | the window of a renewal is open |
//! | onboarding | a customer for at most 90 days |
//! | expansion | a limit is near or reached, an expansion deal is open, or revenue rose by 5 % or more within 90 days |
//! | value | use is established, or its orders come as usual from the third on |
//! | adoption | it uses or orders, less than that |
//! | unknown | nothing tells |

use domain::words::Words;

use crate::facts::{Outcome, Standing};
use crate::guards::at_risk;
use crate::look::Look;
use crate::maturity::{Level, Maturity};
use crate::phrases::percent;
use crate::signals;

/// A stage of the journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Once a customer.
    Former,
    /// On its way out.
    Leaving,
    /// Silent.
    Dormant,
    /// About to decide whether to go on.
    Renewal,
    /// New.
    Onboarding,
    /// Growing.
    Expansion,
    /// Gets out of it what it came for.
    Value,
    /// On its way there.
    Adoption,
    /// Nothing tells.
    Unknown,
}

impl Stage {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Former => "former",
            Self::Leaving => "leaving",
            Self::Dormant => "dormant",
            Self::Renewal => "renewal",
            Self::Onboarding => "onboarding",
            Self::Expansion => "expansion",
            Self::Value => "value",
            Self::Adoption => "adoption",
            Self::Unknown => "unknown",
        }
    }

    /// What people call it.
    pub fn said(self) -> Words {
        match self {
            Self::Former => Words::new("取引終了", "former"),
            Self::Leaving => Words::new("解約の恐れ", "at risk"),
            Self::Dormant => Words::new("休眠", "dormant"),
            Self::Renewal => Words::new("更新検討", "renewal"),
            Self::Onboarding => Words::new("導入", "onboarding"),
            Self::Expansion => Words::new("拡大", "expansion"),
            Self::Value => Words::new("活用", "value"),
            Self::Adoption => Words::new("定着", "adoption"),
            Self::Unknown => Words::new("不明", "unknown"),
        }
    }
}

/// A stage, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// The stage.
    pub stage: Stage,
    /// What it rests on.
    pub because: Words,
}

/// Days for which a customer is new.
pub(crate) const NEW_DAYS: i32 = 90;
/// A rise of revenue within 90 days from which on it grows.
const RISE: f64 = 0.05;
/// Orders from which on a rhythm is a habit.
const HABIT: f64 = 3.0;

/// The stage of a customer, with its maturity as known.
pub fn journey(look: &Look, mature: Option<&Maturity>) -> Journey {
    let at = |stage: Stage, because: Words| Journey { stage, because };
    if !look.is_customer() {
        return gone(look);
    }
    if let Some(because) = leaving(look) {
        return at(Stage::Leaving, because);
    }
    let fired = signals::raw(look);
    let said = |rule: &str| {
        let signal = fired.iter().find(|signal| signal.rule == rule)?;
        Some(signal.evidence.first()?.words.clone())
    };
    if let Some(because) = said("dormant") {
        return at(Stage::Dormant, because);
    }
    if let Some(because) = said("renewal") {
        return at(Stage::Renewal, because);
    }
    let since = look.facts.customer_since.filter(|since| look.days_since(*since) <= NEW_DAYS);
    if let Some(since) = since {
        let (ja, en) = (since.display_ja(), since.display_en());
        let because =
            Words::new(format!("{ja}からのお客様です。"), format!("A customer since {en}."));
        return at(Stage::Onboarding, because);
    }
    if let Some(because) =
        said("limit_hit").or_else(|| said("limit_near")).or_else(|| growing(look))
    {
        return at(Stage::Expansion, because);
    }
    arrived(look, mature)
}

/// Who is no customer today.
fn gone(look: &Look) -> Journey {
    let facts = look.facts;
    let ended = facts.contracts.iter().filter_map(|contract| contract.ended_on).max();
    let bought = facts.purchases.iter().map(|purchase| purchase.last_on).max();
    match ended.max(bought) {
        Some(last) => Journey {
            stage: Stage::Former,
            because: Words::new(
                format!("最後の契約・購入は{}までです。", last.display_ja()),
                format!("Its last contract or purchase ended on {}.", last.display_en()),
            ),
        },
        None => nothing(),
    }
}

fn nothing() -> Journey {
    let because = Words::new("利用・購入の記録がありません。", "No use or purchase is on record.");
    Journey { stage: Stage::Unknown, because }
}

fn leaving(look: &Look) -> Option<Words> {
    let notices = look.facts.active_contracts().filter_map(|contract| contract.cancel_notice_on);
    let notice = notices.filter(|on| *on <= look.as_of).min().map(|on| {
        Words::new(
            format!("{}に解約の申し出がありました。", on.display_ja()),
            format!("Notice was given on {}.", on.display_en()),
        )
    });
    notice.or_else(|| at_risk::evidence(look).map(|evidence| evidence.words))
}

fn growing(look: &Look) -> Option<Words> {
    let deal =
        look.facts.proposals.iter().find(|deal| {
            deal.outcome == Outcome::Open && deal.kind.as_deref() == Some("expansion")
        });
    if let Some(deal) = deal {
        let (ja, en) = (deal.opened_on.display_ja(), deal.opened_on.display_en());
        return Some(Words::new(
            format!("拡大の商談が{ja}から進行中です。"),
            format!("An expansion deal has been open since {en}."),
        ));
    }
    let rise = look.facts.features.get("mrr_change_quarter").filter(|change| **change >= RISE)?;
    let rise = percent(*rise);
    Some(Words::new(
        format!("月次経常収益が90日間で{rise}増えました。"),
        format!("Monthly revenue rose by {rise} within 90 days."),
    ))
}

/// How far use or orders have come.
fn arrived(look: &Look, mature: Option<&Maturity>) -> Journey {
    if let Some(mature) = mature {
        let stage = if mature.level >= Level::Established { Stage::Value } else { Stage::Adoption };
        let (level, figures) = (mature.level.said(), mature.figures());
        let because = Words::new(
            format!("利用の成熟度は「{}」です({})。", level.ja, figures.ja),
            format!("Use is {} ({}).", level.en, figures.en),
        );
        return Journey { stage, because };
    }
    if let Some(orders) = &look.facts.orders {
        let often = look.facts.features.get("frequency").copied().unwrap_or(0.0);
        let habit = orders.standing == Standing::Active && often >= HABIT;
        let (on_ja, on_en) = (orders.last_on.display_ja(), orders.last_on.display_en());
        let because = Words::new(
            format!("この1年の注文は{often}件、最後の注文は{on_ja}です。"),
            format!("{often} orders in the last year, the last on {on_en}."),
        );
        let stage = if habit { Stage::Value } else { Stage::Adoption };
        return Journey { stage, because };
    }
    let last = look.facts.usage.iter().map(|usage| usage.on).max();
    let last = last.or_else(|| look.facts.purchases.iter().map(|it| it.last_on).max());
    match last {
        Some(on) => Journey {
            stage: Stage::Adoption,
            because: Words::new(
                format!("最後の利用・購入は{}です。", on.display_ja()),
                format!("Last use or purchase on {}.", on.display_en()),
            ),
        },
        None => nothing(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, bare, day, deal};
    use crate::maturity;
    use domain::probability::Estimate;

    #[track_caller]
    fn check(example: &Example, stage: &str, because: &str) {
        let look = example.look();
        let found = journey(&look, maturity::maturity(&look).as_ref());
        assert_eq!((found.stage.code(), found.because.en.as_str()), (stage, because));
    }

    /// A company that is neither new, near a limit nor before a renewal.
    fn settled() -> Example {
        let mut example = Example::company();
        example.facts.contracts[0].renews_on = Some(day("2026-12-15"));
        example.facts.contracts[0].cancel_deadline = Some(day("2026-11-15"));
        example.facts.usage[0].value = 60.0;
        example.facts.usage[0].reach = None;
        example
    }

    #[test]
    fn what_is_settled_is_value_or_adoption() {
        let mut example = settled();
        check(&example, "adoption", "Last use or purchase on 10 Mar 2026.");
        example.facts.features.insert("usage_regularity", 0.5);
        check(&example, "value", "Use is established (depth 60 %, regularity 50 %).");
        example.facts.features.insert("usage_regularity", 0.45);
        check(&example, "adoption", "Use is partial (depth 60 %, regularity 45 %).");
        example.facts.usage.clear();
        check(&example, "unknown", "No use or purchase is on record.");
    }

    #[test]
    fn growth_comes_before_value() {
        let mut example = settled();
        example.facts.features.insert("mrr_change_quarter", 0.049);
        check(&example, "adoption", "Last use or purchase on 10 Mar 2026.");
        example.facts.features.insert("mrr_change_quarter", 0.05);
        check(&example, "expansion", "Monthly revenue rose by 5 % within 90 days.");
        let mut open = deal("P1", "KT-ENT", "2026-02-01", Outcome::Open);
        open.kind = Some("expansion".to_owned());
        example.facts.proposals.push(open);
        check(&example, "expansion", "An expansion deal has been open since 1 Feb 2026.");
        example.facts.usage[0].value = 80.0;
        check(&example, "expansion", "利用ユーザー: 80 of 100 (80 %, as of 10 Mar 2026).");
    }

    #[test]
    fn the_new_the_renewing_the_silent_and_the_leaving_come_first() {
        let mut example = settled();
        example.facts.customer_since = Some(day("2025-12-12"));
        check(&example, "onboarding", "A customer since 12 Dec 2025.");
        example.facts.contracts[0].cancel_deadline = Some(day("2026-06-10"));
        check(
            &example,
            "renewal",
            "Cancel deadline of 勤怠 Pro: 10 Jun 2026 (90 days left, renewal 15 Dec 2026).",
        );
        example.facts.last_event_on = Some(day("2025-12-12"));
        check(
            &example,
            "dormant",
            "Last use, order or contact on 12 Dec 2025; nothing for 90 days since.",
        );
        example.facts.churn = Some(Estimate::estimated(0.3, 0.03, 120));
        check(
            &example,
            "leaving",
            "Chance to leave within 180 days: 30 % (estimated from 120 cases).",
        );
        example.facts.contracts[0].cancel_notice_on = Some(day("2026-03-12"));
        check(&example, "leaving", "Notice was given on 12 Mar 2026.");
        example.facts.contracts[0].active = false;
        example.facts.contracts[0].ended_on = Some(day("2026-03-12"));
        check(&example, "former", "Its last contract or purchase ended on 12 Mar 2026.");
    }

    #[test]
    fn of_who_has_nothing_nothing_is_known() {
        let example = Example { facts: bare(), ..Example::company() };
        check(&example, "unknown", "No use or purchase is on record.");
    }
}
