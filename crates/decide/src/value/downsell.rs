//! A smaller contract against doing nothing (S11, S12, S48, N4): what it takes off the recurring revenue (GRR), beside
//! what is lost when the customer leaves instead.
//!
//! ```text
//! nothing: (1 - r0) * R        smaller, if taken: L + (1 - r1) * (R - L)
//! kept = P(1 | contact) * A * m * [ r1 * (R - L) - r0 * R ]
//! ```
//!
//! R is today's revenue of the contract, L what the smaller form takes off it, r0 and r1 the chances to stay, m the
//! margin, A the months that count. The effect on staying counts whole here, also where it is only assumed: it decides
//! whether the smaller form is fair, by the cancel deadline; it raises no rank, for its profit stays as
//! [`super::expected`] has it. What a way back up would earn later is a play of its own, and not counted.

use domain::time::Day;
use domain::words::Words;

use super::{annuity_months, effort};
use crate::candidate::Scored;
use crate::look::Look;
use crate::phrases::{known, percent};
use domain::motion::Motion;

/// A smaller contract beside doing nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    /// What the smaller form takes off the revenue, as a share of the contract's: its cost in GRR.
    pub grr_cost: f64,
    /// What is lost on average when nothing is done, as a share.
    pub lost_without: f64,
    /// What is lost on average when it is taken, as a share.
    pub lost_with: f64,
    /// Margin that the contact is expected to keep, minor units, less its effort; the effect counts whole.
    pub kept_minor: f64,
    /// By when it is to be offered.
    pub until: Option<Day>,
}

impl Against {
    /// Whether a smaller contract keeps more than doing nothing.
    pub fn is_better(&self) -> bool {
        self.kept_minor > 0.0
    }
}

/// The comparison, for a smaller form of a contract whose bill is known.
pub fn against(look: &Look, scored: &Scored) -> Option<Against> {
    let candidate = &scored.candidate;
    if candidate.motion != Motion::Downsell {
        return None;
    }
    let id = candidate.subscription.as_ref()?;
    let contract = look.facts.active_contracts().find(|it| it.subscription == *id)?;
    let paid = contract.mrr_minor.filter(|paid| *paid > 0)? as f64;
    let annuity = annuity_months(&look.facts.alive_after, &look.policy.value);
    let once = if annuity > 0.0 { candidate.once_minor.mean / annuity } else { 0.0 };
    let less = (-(candidate.revenue_month_minor.mean + once)).clamp(0.0, paid);
    let (stay, taken) = (scored.odds.stay.mean, scored.odds.stay_if_taken.mean);
    let accept = scored.odds.opportunity.mean * scored.odds.won.mean;
    let margin = accept * annuity * candidate.margin_rate;
    Some(Against {
        grr_cost: less / paid,
        lost_without: 1.0 - stay,
        lost_with: (less + (1.0 - taken) * (paid - less)) / paid,
        kept_minor: margin * (taken * (paid - less) - stay * paid) + effort(look, candidate),
        until: contract.cancel_deadline,
    })
}

/// The comparison in words.
pub(super) fn said(look: &Look, scored: &Scored) -> Option<Words> {
    let it = against(look, scored)?;
    let (cost, without, with) =
        (percent(it.grr_cost), percent(it.lost_without), percent(it.lost_with));
    let how = known(&scored.odds.stay_if_taken);
    let by = it.until.map_or_else(Words::default, |day| {
        Words::new(
            format!("、解約申出期限は{}", day.display_ja()),
            format!("; cancel deadline {}", day.display_en()),
        )
    });
    let (ja, en) = if it.is_better() {
        (
            "縮小をご提案するほうが、何もしないより売上を残せる見込みです",
            "the smaller contract keeps more than doing nothing",
        )
    } else {
        ("何もしないほうが売上を残せる見込みです", "doing nothing keeps more")
    };
    Some(Words::new(
        format!(
            "縮小によるGRRの低下 {cost}。売上の見込み損失は、何もしない場合 {without}、縮小した場合 {with}(継続への効果は{}){}。{ja}",
            how.ja, by.ja
        ),
        format!(
            "GRR cost of the smaller contract {cost}; expected loss of revenue {without} when nothing is done, {with} when it is taken (effect on staying {}){}: {en}",
            how.en, by.en
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;
    use domain::probability::Estimate;

    /// A tenth off 78,000 for a customer who stays at .6, and at so much with the smaller contract.
    fn of(share: f64, taken: f64) -> (Example, Scored) {
        let mut example = Example::company();
        example.policy.value.horizon_months = 1;
        example.policy.value.discount = 0.0;
        example.facts.alive_after.clear();
        let mut scored = example.scored(Motion::Downsell);
        scored.candidate.subscription = Some("S1".into());
        scored.candidate.revenue_month_minor = Estimate::known(-78_000.0 * share);
        scored.odds.opportunity = Estimate::known(0.5);
        scored.odds.won = Estimate::known(0.8);
        scored.odds.stay = Estimate::estimated(0.6, 0.05, 90);
        scored.odds.stay_if_taken = Estimate::prior(taken, 0.05);
        (example, scored)
    }

    #[test]
    fn n4_by_hand_and_at_the_point_of_balance() {
        let (example, scored) = of(0.1, 0.8);
        let it = against(&example.look(), &scored).expect("a smaller contract");
        assert!((it.grr_cost - 0.1).abs() < 1e-12 && (it.lost_without - 0.4).abs() < 1e-12);
        // A tenth, and a fifth of the rest.
        assert!((it.lost_with - 0.28).abs() < 1e-12);
        // .4 * .7 * (.8 * 70,200 - .6 * 78,000) = 2,620.8.
        assert!((it.kept_minor - 2_620.8).abs() < 1e-6 && it.is_better());
        // .6 / .8 of the revenue is where both keep the same.
        for (share, better) in [(0.249, true), (0.251, false)] {
            let (example, scored) = of(share, 0.8);
            assert_eq!(
                against(&example.look(), &scored).expect("one").is_better(),
                better,
                "{share}"
            );
        }
    }

    #[test]
    fn n4_an_assumed_effect_is_fair_and_earns_no_rank() {
        let (example, scored) = of(0.1, 0.8);
        let look = example.look();
        assert!(super::super::expected(&look, &scored).eip.mean < 0.0);
        insta::assert_snapshot!(said(&look, &scored).expect("one").ja, @"縮小によるGRRの低下 10 %。売上の見込み損失は、何もしない場合 40 %、縮小した場合 28 %(継続への効果は仮定値)、解約申出期限は2026年5月16日。縮小をご提案するほうが、何もしないより売上を残せる見込みです");
    }

    #[test]
    fn nothing_else_is_compared_so() {
        let (example, mut scored) = of(0.1, 0.8);
        scored.candidate.motion = Motion::Term;
        assert_eq!(against(&example.look(), &scored), None);
        scored.candidate.motion = Motion::Downsell;
        scored.candidate.subscription = Some("S9".into());
        assert_eq!(against(&example.look(), &scored), None);
    }
}
