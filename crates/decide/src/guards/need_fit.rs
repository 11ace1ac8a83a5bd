//! No needless upgrade (S62): no larger plan that the forecast does not use, no seats beyond need.
//!
//! Read from the usage against the limit of the plan that the customer is on. The need is the highest reading
//! until the end of the outcome window, the median of the forecast; the latest reading where there is no forecast, or
//! where it is higher. A larger plan of the contract, or more seats, are held where every metric that binds it needs
//! less than the policy's share of what they have. Where no usage is known, that is said, and nothing is held.

use domain::motion::Motion;
use domain::words::Words;
use serde::Deserialize;

use super::{Clear, Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::{Contract, Usage};
use crate::look::Look;
use crate::phrases::{figure, percent};
use crate::signals;

pub(super) const GUARD: Guard = Guard {
    code: "need_fit",
    ja: "必要量との適合",
    en: "Fits the need",
    cites: "S62 N6",
    reach: Reach::Offer,
    knows: Knows::Night,
    reads: "`usage` beside `limits` and seats, with the night's forecast; at the click the night's verdict",
    clear: Some(Clear::Each(clear)),
    check,
};

/// From which use on more is offered.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NeedFitPolicy {
    /// The need as a share of what they have, from which on a larger plan or more seats may be offered.
    pub share: f64,
}

impl Default for NeedFitPolicy {
    fn default() -> Self {
        Self { share: 0.8 }
    }
}

/// One metric beside what binds it.
struct Need<'a> {
    usage: &'a Usage,
    limit: f64,
    peak: f64,
}

impl Need<'_> {
    fn share(&self) -> f64 {
        self.peak / self.limit
    }

    fn said(&self, days: i32) -> Words {
        let (metric, need, limit) = (&self.usage.metric, figure(self.peak), figure(self.limit));
        Words::new(
            format!("{days}日以内に必要な{metric}は{need}の見込みで、現在の契約は{limit}です。"),
            format!("{metric}: {need} needed within {days} days, {limit} under contract."),
        )
    }
}

/// What a contract needs, the metric nearest its limit first: for a larger plan beside what the plan includes, for
/// more seats beside what binds today.
fn needs<'a>(look: &Look<'a>, contract: &Contract, motion: Motion) -> Vec<Need<'a>> {
    let ours = look.facts.usage.iter().filter(|usage| usage.subscription == contract.subscription);
    let mut needs: Vec<Need> = ours
        .filter_map(|usage| {
            let bound = signals::binding(look, usage)?.limit();
            let limit = usage.limit.filter(|_| motion == Motion::PlanUp).unwrap_or(bound);
            let forecast = usage.reach.map_or(usage.value, |reach| reach.need.max(usage.value));
            (limit > 0.0).then_some(Need { usage, limit, peak: forecast })
        })
        .collect();
    needs.sort_by(|a, b| {
        b.share().total_cmp(&a.share()).then_with(|| a.usage.metric.cmp(&b.usage.metric))
    });
    needs
}

/// It is not more of the same.
fn clear(_: &Look, candidate: &Candidate) -> bool {
    !matches!(candidate.motion, Motion::PlanUp | Motion::Seats)
}

fn check(look: &Look, candidate: &Candidate) -> Verdict {
    let contract = candidate
        .subscription
        .as_ref()
        .filter(|_| matches!(candidate.motion, Motion::PlanUp | Motion::Seats))
        .and_then(|id| look.facts.active_contracts().find(|held| held.subscription == *id));
    let Some(contract) = contract else {
        let words = Words::new("契約量を増やす提案ではありません。", "It is not more of the same.");
        return allow(GUARD.code, words);
    };
    let needs = needs(look, contract, candidate.motion);
    let Some(first) = needs.first() else {
        let words = Words::new(
            "利用実績がないため、必要量は確認できません。提案の際に伺ってください。",
            "No usage is on record; ask for the need.",
        );
        return allow(GUARD.code, words);
    };
    let (days, share) = (look.policy.value.outcome_window_days, look.policy.guards.need_fit.share);
    let evidence = |need: &Need| Evidence {
        words: need.said(days),
        source: format!("usage {} {}", need.usage.subscription, need.usage.metric),
        on: Some(need.usage.on),
    };
    let said = first.said(days);
    if first.share() >= share {
        return because(allow(GUARD.code, said), vec![evidence(first)]);
    }
    let words = Words::new(
        format!("{}必要量が契約の{}に達するまで提案しません。", said.ja, percent(share)),
        format!("{} Not offered below {} of what they have.", said.en, percent(share)),
    );
    let evidence = needs.iter().map(evidence).collect();
    because(hold(GUARD.code, Says::HoldUntil(None), words), evidence)
}

#[cfg(test)]
mod tests {
    use super::super::tests::said_of;
    use crate::examples::Example;
    use crate::facts::Reach;
    use domain::motion::Motion;

    fn check(motion: Motion, (value, need): (f64, Option<f64>), expected: &str) {
        let mut example = Example::company();
        let usage = &mut example.facts.usage[0];
        usage.value = value;
        usage.reach = usage.reach.and_then(|reach| Some(Reach { need: need?, ..reach }));
        let mut candidate = example.candidate(motion);
        candidate.subscription = Some("S1".into());
        let said = said_of("need_fit", &example, &candidate);
        assert_eq!(said, expected);
    }

    #[test]
    fn s62_a_larger_plan_only_where_the_forecast_uses_it() {
        let fits = "allow: 180日以内に必要な利用ユーザーは80の見込みで、現在の契約は100です。";
        let held = "hold: 180日以内に必要な利用ユーザーは79.9の見込みで、現在の契約は100です。必要量が契約の80 %に達するまで提案しません。";
        for motion in [Motion::PlanUp, Motion::Seats] {
            check(motion, (60.0, Some(80.0)), fits);
            check(motion, (60.0, Some(79.9)), held);
            check(motion, (80.0, Some(60.0)), fits);
            check(motion, (79.9, None), held);
        }
        let other = "allow: 契約量を増やす提案ではありません。";
        check(Motion::CrossSell, (10.0, Some(10.0)), other);
        check(Motion::Term, (10.0, Some(10.0)), other);
    }

    /// 46 of 50 seats of a plan for 100: seats, not the next plan.
    #[test]
    fn s62_seats_are_not_a_reason_for_a_larger_plan() {
        let mut example = Example::company();
        example.facts.contracts[0].seats = Some(50);
        let usage = &mut example.facts.usage[0];
        usage.value = 46.0;
        usage.reach = None;
        let mut candidate = example.candidate(Motion::Seats);
        candidate.subscription = Some("S1".into());
        assert!(said_of("need_fit", &example, &candidate).starts_with("allow"));
        candidate.motion = Motion::PlanUp;
        assert!(said_of("need_fit", &example, &candidate).starts_with("hold"));
    }

    #[test]
    fn s62_without_usage_it_is_asked() {
        let mut example = Example::company();
        example.facts.usage.clear();
        let mut candidate = example.candidate(Motion::PlanUp);
        candidate.subscription = Some("S1".into());
        let said = said_of("need_fit", &example, &candidate);
        assert_eq!(
            said,
            "allow: 利用実績がないため、必要量は確認できません。提案の際に伺ってください。"
        );
    }
}
