//! The formula against a hand-computed example, against a simulation of the two arms, and its laws.

use domain::motion::{Channel, Motion};
use domain::probability::{Estimate, Provenance};
use proptest::prelude::*;

use super::*;
use crate::examples::Example;

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs())), "{a} is not {b}");
}

#[test]
fn the_annuity_of_a_sure_customer_is_the_discounted_horizon() {
    // Sum of 1.1^(-t/12) for t = 1..24, by the closed form of the geometric series.
    let policy = ValuePolicy::default();
    let q = 1.1_f64.powf(-1.0 / 12.0);
    close(annuity_months(&[], &policy), q * (1.0 - q.powi(24)) / (1.0 - q));
    assert!((annuity_months(&[], &policy) - 21.765).abs() < 0.001);
    close(annuity_months(&[0.0], &policy), 0.0);
}

#[test]
fn what_is_not_told_goes_on_as_in_the_last_month() {
    // .9, .72, then .8 times the month before, as from the first to the second: .576 and .4608.
    let policy = ValuePolicy { horizon_months: 4, discount: 0.0, ..ValuePolicy::default() };
    close(annuity_months(&[0.9, 0.72], &policy), 0.9 + 0.72 + 0.576 + 0.4608);
}

#[test]
fn a_hand_computed_example() {
    // One month of horizon, no discount, sure survival: A = 1. M = 1,000, dM = .5 * 200 = 100,
    // once = .5 * 300 = 150. P(1|contact) = .4 * .5 = .2, P(1|leave) = .05; r = .9 in both arms.
    // EIP = .15 * (.9 * 100 + 150) - 2 hours * 10 = .15 * 240 - 20 = 16.
    let mut example = Example::company();
    example.policy.value = ValuePolicy {
        horizon_months: 1,
        discount: 0.0,
        hourly_rate_minor: 10,
        ..ValuePolicy::default()
    };
    example.facts.monthly_margin_minor = 1000.0;
    let mut scored = example.scored(Motion::CrossSell);
    scored.candidate.margin_rate = 0.5;
    scored.candidate.effort_hours = 2.0;
    scored.candidate.revenue_month_minor = Estimate::known(200.0);
    scored.candidate.once_minor = Estimate::known(300.0);
    scored.odds.opportunity = Estimate::prior(0.4, 0.1);
    scored.odds.won = Estimate::estimated(0.5, 0.02, 600);
    scored.odds.organic = Estimate::prior(0.05, 0.0);
    scored.odds.stay = Estimate::estimated(0.9, 0.0, 50);
    scored.odds.stay_if_taken = scored.odds.stay;
    example.facts.alive_after.clear();
    let value = expected(&example.look(), &scored);
    close(value.eip.mean, 16.0);
    close(value.acceptance, 36.0);
    close(value.retention, 0.0);
    close(value.effort, -20.0);
    close(value.accept.mean, 0.2);
    // Spread: .5 * 240 * .1 = 12 by the opportunity, .4 * 240 * .02 = 1.92 by the won share.
    close(value.eip.sd, (12.0_f64.powi(2) + 1.92_f64.powi(2)).sqrt());
    assert_eq!(value.eip.provenance, Provenance::Prior);
    assert_eq!(value.eip.n, 50);
}

#[test]
fn s14_an_incentive_goes_to_everybody_who_accepts() {
    // As by hand above: .15 * 240 - 20 = 16; an incentive of 30 costs .2 * 30 = 6, and if it is open to everybody
    // only .15 * 30 = 4.5 of it is the contact's. A call costs 3 beside the hours.
    let mut example = Example::company();
    example.policy.value = ValuePolicy {
        horizon_months: 1,
        discount: 0.0,
        hourly_rate_minor: 10,
        ..ValuePolicy::default()
    };
    example.facts.monthly_margin_minor = 1000.0;
    example.facts.alive_after.clear();
    let mut scored = example.scored(Motion::CrossSell);
    scored.candidate.margin_rate = 0.5;
    scored.candidate.revenue_month_minor = Estimate::known(200.0);
    scored.candidate.once_minor = Estimate::known(300.0);
    scored.odds.opportunity = Estimate::prior(0.4, 0.1);
    scored.odds.won = Estimate::estimated(0.5, 0.02, 600);
    scored.odds.organic = Estimate::prior(0.05, 0.0);
    scored.odds.stay = Estimate::estimated(0.9, 0.0, 50);
    scored.odds.stay_if_taken = scored.odds.stay;
    scored.candidate.incentive_minor = Estimate::known(30.0);
    let value = expected(&example.look(), &scored);
    close(value.eip.mean, 10.0);
    close(value.incentive, -6.0);
    // Spread: .5 * (240 - 30) * .1 = 10.5 by the opportunity, .4 * 210 * .02 = 1.68 by the won share.
    close(value.eip.sd, (10.5_f64.powi(2) + 1.68_f64.powi(2)).sqrt());
    scored.candidate.incentive_public = true;
    close(expected(&example.look(), &scored).eip.mean, 11.5);
    example.policy.value.channel_minor.phone = 3;
    let value = expected(&example.look(), &scored);
    close(value.eip.mean, 8.5);
    close(value.effort, -23.0);
    // Who takes it anyway gets it too: then the contact earns nothing and costs the gift.
    scored.candidate.incentive_public = false;
    scored.odds.organic = Estimate::prior(0.9, 0.0);
    close(expected(&example.look(), &scored).eip.mean, -6.0 - 23.0);
    close(if_never_unasked(&example.look(), &scored), 0.2 * 210.0 - 23.0);
}

#[test]
fn an_effect_on_staying_counts_as_it_is_known() {
    let check = |taken: Estimate, expected_retention: f64| {
        let mut example = Example::company();
        example.policy.value.horizon_months = 1;
        example.policy.value.discount = 0.0;
        example.facts.monthly_margin_minor = 1000.0;
        let mut scored = example.scored(Motion::Term);
        scored.odds.opportunity = Estimate::estimated(0.5, 0.0, 100);
        scored.odds.won = Estimate::estimated(1.0, 0.0, 100);
        scored.odds.organic = Estimate::prior(0.0, 0.0);
        scored.odds.stay = Estimate { mean: 0.8, ..taken };
        scored.odds.stay_if_taken = taken;
        example.facts.alive_after.clear();
        let value = expected(&example.look(), &scored);
        close(value.retention, expected_retention);
        close(value.acceptance + value.retention + value.incentive + value.effort, value.eip.mean);
    };
    // .5 * (.9 - .8) * 1,000 = 50 measured; .3 of it observed; nothing assumed; a loss counts whole.
    check(Estimate { mean: 0.9, sd: 0.0, provenance: Provenance::Experiment, n: 400 }, 50.0);
    check(Estimate::estimated(0.9, 0.0, 400), 15.0);
    check(Estimate::prior(0.9, 0.0), 0.0);
    check(Estimate::prior(0.7, 0.0), -50.0);
}

#[test]
fn an_offer_that_is_taken_anyway_earns_nothing() {
    let example = Example::company();
    let mut scored = example.scored(Motion::CrossSell);
    scored.odds.organic = Estimate::estimated(0.9, 0.01, 100);
    let value = expected(&example.look(), &scored);
    close(value.eip.mean, 0.0);
    close(value.organic.mean, value.accept.mean);
}

#[test]
fn the_interval_of_a_gain_is_never_under_its_costs() {
    let mut example = Example::company();
    example.policy.value.hourly_rate_minor = 100;
    let mut scored = example.scored(Motion::CrossSell);
    scored.odds.opportunity = Estimate::prior(0.1, 0.1);
    let value = expected(&example.look(), &scored);
    let (low, high) = value.interval_80();
    assert!(value.eip.interval_80().0 < value.effort, "the normal interval would be");
    assert!(value.effort <= low && low <= value.eip.mean && value.eip.mean <= high, "{low} {high}");
}

#[test]
fn without_anyone_unasked_contact_earns_its_whole_acceptance() {
    let mut example = Example::company();
    example.policy.value.hourly_rate_minor = 100;
    let mut scored = example.scored(Motion::CrossSell);
    let whole = if_never_unasked(&example.look(), &scored);
    scored.odds.organic = Estimate::known(0.0);
    close(whole, expected(&example.look(), &scored).eip.mean);
}

#[test]
fn care_is_never_profit() {
    let mut example = Example::company();
    example.policy.value.hourly_rate_minor = 3000;
    let scored = example.scored(Motion::Care);
    let value = expected(&example.look(), &scored);
    close(value.eip.mean, -3000.0);
    assert!(margin_at_risk(&example.look(), &scored) > 0.0);
}

#[test]
fn terms_say_how_they_are_known() {
    let mut example = Example::company();
    example.policy.value.hourly_rate_minor = 0;
    let mut scored = example.scored(Motion::Term);
    scored.odds.stay = Estimate::estimated(0.8, 0.01, 3_875);
    scored.odds.stay_if_taken = Estimate::estimated(0.93, 0.01, 1_473);
    let look = example.look();
    let value = expected(&look, &scored);
    let said: Vec<_> = terms(&look, &scored, &value)
        .into_iter()
        .flat_map(|evidence| [evidence.words.ja, evidence.words.en])
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    受注見込み 6 %(商談化 10 %(仮定値) × 成約率 63 %(6,711件から推定))
    Chance to be accepted 6 % (opportunity 10 %, assumed; won 63 %, estimated from 6,711 cases)
    働きかけなしでの受注見込み 2 %(仮定値)
    Chance without contact 2 % (assumed)
    180日後の継続率 80 %(3,875件から推定)、その後24か月のうち割引後19.3か月分を計上
    Stays 180 days: 80 % (estimated from 3,875 cases); of the 24 months after, 19.3 count after discount
    継続率の差 +13.0ポイント(1,473件から推定、無作為化なし)のうち30 %を効果として計上
    Of the difference in staying, +13.0 points (estimated from 1,473 cases, not randomised), 30 % counts as an effect
    粗利率 70 %(仮定値)
    Margin 70 % (assumed)
    金額は定価によります。
    The amount is by list price.
    ");
}

/// Both arms month by month, as the formula reads in words.
fn brute(example: &Example, scored: &Scored) -> f64 {
    let (candidate, odds) = (&scored.candidate, &scored.odds);
    let policy = &example.policy.value;
    let share = match odds.stay.provenance.min(odds.stay_if_taken.provenance) {
        Provenance::Prior if odds.stay_if_taken.mean > odds.stay.mean => 0.0,
        Provenance::Estimated => example.policy.priors.observational_share,
        _ => 1.0,
    };
    let contact = odds.opportunity.mean * odds.won.mean;
    let arm = |chance: f64, gift: f64| {
        let mut total = 0.0;
        for taken in [false, true] {
            let weight = if taken { chance } else { 1.0 - chance };
            let effect = share * (odds.stay_if_taken.mean - odds.stay.mean);
            let stays = odds.stay.mean + if taken { effect } else { 0.0 };
            let more = candidate.revenue_month_minor.mean * candidate.margin_rate;
            let monthly = example.facts.monthly_margin_minor + if taken { more } else { 0.0 };
            for month in 1..=policy.horizon_months {
                let alive = example.facts.alive_after[month as usize - 1];
                let worth = (1.0 + policy.discount).powf(-f64::from(month) / 12.0);
                total += weight * stays * alive * worth * monthly;
            }
            if taken {
                total += weight * (candidate.once_minor.mean * candidate.margin_rate - gift);
            }
        }
        total
    };
    let gift = candidate.incentive_minor.mean;
    let unasked = if candidate.incentive_public { gift } else { 0.0 };
    arm(contact, gift)
        - arm(odds.organic.mean.min(contact), unasked)
        - candidate.effort_hours * policy.hourly_rate_minor as f64
}

prop_compose! {
    fn odds()(
        p in prop::array::uniform6(0.0_f64..=1.0),
        money in prop::array::uniform4(-1e6_f64..1e6),
        public in prop::bool::ANY,
        provenance in prop::sample::select(vec![
            Provenance::Prior, Provenance::Estimated, Provenance::Experiment,
        ]),
    ) -> (Example, Scored) {
        let mut example = Example::company();
        example.policy.value.hourly_rate_minor = 2_500;
        example.facts.monthly_margin_minor = money[0].abs();
        let mut scored = example.scored(Motion::PlanUp);
        let term = |mean| Estimate { mean, sd: 0.05, provenance, n: 9 };
        scored.odds.opportunity = term(p[0]);
        scored.odds.won = term(p[1]);
        scored.odds.organic = term(p[2]);
        scored.odds.stay = term(p[3]);
        scored.odds.stay_if_taken = term(p[4]);
        example.facts.alive_after = (1..=24).map(|month| p[5].powi(month)).collect();
        scored.candidate.revenue_month_minor = term(money[1]);
        scored.candidate.once_minor = term(money[2].abs());
        scored.candidate.incentive_minor = term(money[3].abs());
        scored.candidate.incentive_public = public;
        (example, scored)
    }
}

proptest! {
    #[test]
    fn the_value_is_the_difference_of_the_two_arms((example, scored) in odds()) {
        let value = expected(&example.look(), &scored);
        let brute = brute(&example, &scored);
        prop_assert!((value.eip.mean - brute).abs() <= 1e-7 * (1.0 + example.facts.monthly_margin_minor * 24.0 + brute.abs()));
        let sum = value.acceptance + value.retention + value.incentive + value.effort;
        prop_assert!((sum - value.eip.mean).abs() <= 1e-6 * (1.0 + sum.abs()));
        prop_assert!(value.eip.sd >= 0.0 && value.eip.sd.is_finite());
    }
}

/// N3: value of a cross-sell by phone where being approached changes staying by so much.
fn with_contact(effect: Estimate, channel: Channel) -> Value {
    let mut example = Example::company();
    example.policy.value.horizon_months = 1;
    example.policy.value.discount = 0.0;
    example.facts.monthly_margin_minor = 1000.0;
    example.facts.alive_after.clear();
    example.facts.contact_effect = Some(effect);
    let mut scored = example.scored(Motion::CrossSell);
    scored.candidate.channel = channel;
    scored.candidate.margin_rate = 1.0;
    scored.candidate.effort_hours = 0.0;
    scored.candidate.revenue_month_minor = Estimate::known(200.0);
    scored.candidate.once_minor = Estimate::known(0.0);
    scored.odds.opportunity = Estimate::estimated(0.5, 0.0, 100);
    scored.odds.won = Estimate::estimated(1.0, 0.0, 100);
    scored.odds.organic = Estimate::known(0.0);
    scored.odds.stay = Estimate::estimated(0.8, 0.0, 100);
    scored.odds.stay_if_taken = scored.odds.stay;
    expected(&example.look(), &scored)
}

#[test]
fn n3_what_contact_does_to_staying_is_at_stake_for_all_that_is_paid() {
    // .5 * .8 * 200 = 80 by acceptance; -.1 * (1,000 + .5 * 200) = -110 by contact.
    let lost = with_contact(Estimate::estimated(-0.1, 0.02, 500), Channel::Phone);
    close(lost.by_contact, -110.0);
    close(lost.eip.mean, -30.0);
    close(lost.eip.sd, 22.0);
    close(lost.acceptance + lost.retention + lost.incentive + lost.effort, lost.eip.mean);
    // A gain that is not randomised counts to three tenths, an experiment's whole.
    let share = PriorPolicy::default().observational_share;
    close(
        with_contact(Estimate::estimated(0.1, 0.0, 500), Channel::Phone).by_contact,
        110.0 * share,
    );
    let measured = Estimate { provenance: Provenance::Experiment, ..Estimate::known(0.1) };
    close(with_contact(measured, Channel::Phone).by_contact, 110.0);
    // Nothing is known of mails.
    close(with_contact(measured, Channel::Mail).by_contact, 0.0);
    // An interval of what may cost customers reaches below the costs.
    assert!(lost.interval_80().0 < -30.0);
}

#[test]
fn a_deal_to_keep_a_contract_earns_by_retention_alone() {
    // One month of horizon: A = 1. K = .5 * 200 = 100 is lost with the deal; it is kept at .8, unattended at .6.
    // r = .9: EIP = .2 * .9 * 100 = 18. A renewal for 40 less: .2 * .9 * (100 - 20) = 14.4, of it -3.6 the decrease.
    let mut example = Example::company();
    example.policy.value =
        ValuePolicy { horizon_months: 1, discount: 0.0, ..ValuePolicy::default() };
    let mut scored = example.scored(Motion::Advance);
    scored.candidate.margin_rate = 0.5;
    scored.candidate.revenue_month_minor = Estimate::known(0.0);
    scored.candidate.kept_month_minor = Estimate::known(200.0);
    scored.odds.opportunity = Estimate::known(1.0);
    scored.odds.won = Estimate::estimated(0.8, 0.0, 60);
    scored.odds.organic = Estimate::prior(0.6, 0.0);
    scored.odds.stay = Estimate::estimated(0.9, 0.0, 50);
    scored.odds.stay_if_taken = scored.odds.stay;
    example.facts.alive_after.clear();
    let value = expected(&example.look(), &scored);
    close(value.eip.mean, 18.0);
    close(value.acceptance, 0.0);
    close(value.retention, 18.0);
    scored.candidate.revenue_month_minor = Estimate::known(-40.0);
    let value = expected(&example.look(), &scored);
    close(value.eip.mean, 14.4);
    close(value.acceptance, -3.6);
    close(value.retention, 18.0);
}
