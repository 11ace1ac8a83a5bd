//! What an offer is worth: expected incremental profit with its spread and how each term is known.
//!
//! ```text
//! EIP = E[V | contact] - E[V | leave] - effort_hours * rate - channel_cost
//! E[V | a] = sum over y in {0,1} of P(y | a) * [ r(y, a) * (M + y * (dM + K)) * A + y * (once_margin - incentive) ]
//! r(y, leave) = r(y), r(y, contact) = r(y) + c
//! A = sum over t = 1..H of s^t / (1 + d)^(t / 12)
//! ```
//!
//! | here | formula | unit | range |
//! |---|---|---|---|
//! | `opportunity * won` | P(1 \| contact) | probability within the outcome window | 0..=1 |
//! | `organic` | P(1 \| leave), at most P(1 \| contact) | probability within the outcome window | 0..=1 |
//! | `stay`, `stay_if_taken` | r(0), r(1) | probability at the end of the window | 0..=1 |
//! | `contact_effect` | c: what being approached does to staying, whatever comes of it | probability at the end of the window | -1..=1 |
//! | `monthly_margin_minor` | M | minor units a month | any |
//! | `revenue_month_minor * margin_rate` | dM | minor units a month | any |
//! | `kept_month_minor * margin_rate` | K, of which an M without y knows nothing | minor units a month | 0.. |
//! | `monthly_survival` | s | probability a month, after the window | 0..=1 |
//! | `horizon_months`, `discount` | H, d | months, share a year | 1.., 0.. |
//!
//! K is what a deal to keep a contract saves: the revenue that goes when the deal is lost. It counts as
//! retention, by what attending to the deal changes, never as growth.
//!
//! One-off revenue counts once, without the annuity. A difference of `stay` that is only an assumed
//! value never raises the value; an observed one, which is not randomised, counts in part
//! (`priors.observational_share`); a measured one counts whole. Of c, which is adjusted for whom reps choose but
//! not randomised, a gain counts in the same part and a loss whole; it is known of offers in the way in which a customer
//! is reached: by people, or by mails and prompts.
//!
//! An incentive goes to everybody who accepts, so that it costs P(1 | contact) times what it gives away, also for those
//! who would have bought anyway; of one that is open to everybody (`public`) only the difference of the arms counts.
//! A package is the sum of its parts at the odds of its ordered choice ([`crate::candidates::packages`]), with one
//! effort and one contact; its parts fail together, so their spreads add. Source: design of the expected value of a contact as the difference of two
//! arms (Radcliffe and Surry 1999, "Differential Response Analysis"); annuity as in any discounted
//! lifetime value.

pub mod ahead;
pub mod downsell;
mod policy;

use domain::probability::{Estimate, Provenance};
use domain::words::Words;

use crate::candidate::{Candidate, Evidence, PriceBasis, Scored};
use crate::decision::Value;
use crate::look::Look;
use crate::phrases::{figure, known, percent};

pub use ahead::{Ahead, Waiting, Weekly, by_week};
pub use policy::{Assumed, ChannelCosts, PriorPolicy, ValuePolicy};

/// A: expected discounted months after the window, for the shares still there after each of them
/// ([`AccountFacts::alive_after`](crate::facts::AccountFacts::alive_after)) and the policy's horizon.
///
/// Returns a value in 0..=`horizon_months`.
pub fn annuity_months(alive_after: &[f64], policy: &ValuePolicy) -> f64 {
    let discount = (1.0 + policy.discount).powf(-1.0 / 12.0);
    let (mut before, mut alive, mut pace) = (1.0_f64, 1.0_f64, 1.0_f64);
    let (mut worth, mut months) = (1.0, 0.0);
    let mut told = alive_after.iter();
    for _ in 0..policy.horizon_months {
        alive = told.next().map_or(alive * pace, |share| share.clamp(0.0, 1.0));
        pace = if before > 0.0 { (alive / before).min(1.0) } else { 0.0 };
        before = alive;
        worth *= discount;
        months += alive * worth;
    }
    months
}

/// What the effect on staying counts for: its share, and whether it is left out as a mere assumption.
#[derive(Debug, Clone, Copy)]
struct Retention {
    /// r(1) - r(0) as counted.
    effect: f64,
    /// The share of the difference that counts.
    share: f64,
    provenance: Provenance,
}

fn retention(look: &Look, scored: &Scored) -> Retention {
    let (stay, taken) = (scored.odds.stay, scored.odds.stay_if_taken);
    let difference = taken.mean - stay.mean;
    let provenance = stay.provenance.min(taken.provenance);
    let share = match provenance {
        Provenance::Prior if difference > 0.0 => 0.0,
        Provenance::Estimated => look.policy.priors.observational_share,
        Provenance::Prior | Provenance::Experiment => 1.0,
    };
    Retention { effect: share * difference, share, provenance }
}

/// What being approached does to staying, as counted; none where a channel or a motion is not what it is known of.
fn contacted(look: &Look, candidate: &Candidate) -> Option<Estimate> {
    let effect = look.facts.effect_of_contact(candidate.channel)?;
    let gain = effect.mean > 0.0 && effect.provenance != Provenance::Experiment;
    let share = if gain { look.policy.priors.observational_share } else { 1.0 };
    candidate.motion.sells().then(|| effect.scaled(share))
}

/// Hours and contact, minor units, zero or negative.
fn effort(look: &Look, candidate: &Candidate) -> f64 {
    let policy = &look.policy.value;
    let hours = candidate.effort_hours * policy.hourly_rate_minor as f64;
    0.0 - hours - policy.channel_minor.of(candidate.channel) as f64
}

/// The expected incremental profit of a candidate, minor units; terms are left unsaid ([`terms`]).
///
/// Care is never counted as profit: its value is its effort.
pub fn expected(look: &Look, scored: &Scored) -> Value {
    let annuity = annuity_months(&look.facts.alive_after, &look.policy.value);
    over(look, scored, Horizon { annuity, once: 1.0 })
}

/// What of the future counts: all of it today; of a later week what is left then.
#[derive(Debug, Clone, Copy)]
struct Horizon {
    /// Discounted months.
    annuity: f64,
    /// What is paid or spent once, as of today.
    once: f64,
}

fn over(look: &Look, scored: &Scored, horizon: Horizon) -> Value {
    let candidate = &scored.candidate;
    let mut value = if candidate.parts.is_empty() {
        single(look, scored, horizon)
    } else {
        package(look, scored, horizon)
    };
    // One contact, whatever is accepted: what it does to staying counts once, on all that is at stake.
    if let Some(contact) = contacted(look, candidate) {
        let stake = stake(look, scored, horizon);
        value.by_contact = contact.mean * stake;
        value.retention += value.by_contact;
        value.eip.mean += value.by_contact;
        value.eip.sd = value.eip.sd.hypot(stake * contact.sd);
    }
    value.effort = horizon.once * effort(look, candidate);
    value.eip.mean += value.effort;
    value
}

/// The margin that staying keeps when contacted: today's, and what is expected to be accepted, minor units.
fn stake(look: &Look, scored: &Scored, horizon: Horizon) -> f64 {
    let gain = |scored: &Scored| {
        let (candidate, odds) = (&scored.candidate, &scored.odds);
        let more = candidate.revenue_month_minor.mean + candidate.kept_month_minor.mean;
        odds.opportunity.mean * odds.won.mean * candidate.margin_rate * more
    };
    let parts = &scored.candidate.parts;
    let gains = if parts.is_empty() { gain(scored) } else { parts.iter().map(gain).sum() };
    (look.facts.monthly_margin_minor + gains) * horizon.annuity
}

/// A package: its parts together.
fn package(look: &Look, scored: &Scored, horizon: Horizon) -> Value {
    let parts = scored.candidate.parts.iter().map(|part| single(look, part, horizon));
    let all = parts.reduce(|mut all, part| {
        all.eip.mean += part.eip.mean;
        all.eip.sd += part.eip.sd;
        all.eip.provenance = all.eip.provenance.min(part.eip.provenance);
        all.acceptance += part.acceptance;
        all.retention += part.retention;
        all.incentive += part.incentive;
        all
    });
    all.expect("a package has parts")
}

/// One offer, before its effort.
fn single(look: &Look, scored: &Scored, Horizon { annuity, once: later }: Horizon) -> Value {
    let (candidate, odds) = (&scored.candidate, &scored.odds);
    let accept = odds.opportunity.times(odds.won);
    let capped = odds.organic.mean >= accept.mean;
    let organic =
        if capped { Estimate { mean: accept.mean, ..odds.organic } } else { odds.organic };
    let nothing = Value {
        eip: Estimate { mean: 0.0, sd: 0.0, provenance: Provenance::Prior, n: 0 },
        acceptance: 0.0,
        retention: 0.0,
        by_contact: 0.0,
        incentive: 0.0,
        effort: 0.0,
        accept,
        organic,
        annuity_months: annuity,
        terms: Vec::new(),
    };
    if !candidate.earns() {
        return nothing;
    }
    let kept = retention(look, scored);
    let (margin, rate) = (look.facts.monthly_margin_minor, candidate.margin_rate);
    let stay_taken = odds.stay.mean + kept.effect;
    let more = rate * candidate.revenue_month_minor.mean;
    let saved = rate * candidate.kept_month_minor.mean;
    let once = later * rate * candidate.once_minor.mean;
    let lift = accept.mean - organic.mean;
    let acceptance = lift * (stay_taken * more * annuity + once);
    let retention = lift * (kept.effect * margin + stay_taken * saved) * annuity;
    // Who takes it unasked gets it too when contacted; of what is public the difference alone counts.
    let receive = if candidate.incentive_public { lift } else { accept.mean };
    let gift = later * candidate.incentive_minor.mean;
    let incentive = 0.0 - receive * gift;
    let worth = worth_over(look, scored, kept.effect, Horizon { annuity, once: later });
    // First-order propagation: the derivative by each term, times its standard deviation.
    let gain = more + saved;
    let by_chance = if capped { 0.0 } else { worth };
    let by_gift = if candidate.incentive_public {
        by_chance - if capped { 0.0 } else { gift }
    } else {
        by_chance - gift
    };
    let by_organic = if candidate.incentive_public && !capped { worth - gift } else { by_chance };
    let slopes = [
        (odds.won.mean * by_gift, odds.opportunity.sd),
        (odds.opportunity.mean * by_gift, odds.won.sd),
        (by_organic, odds.organic.sd),
        (lift * rate * stay_taken * annuity, candidate.revenue_month_minor.sd),
        (lift * rate * stay_taken * annuity, candidate.kept_month_minor.sd),
        (later * lift * rate, candidate.once_minor.sd),
        (later * receive, candidate.incentive_minor.sd),
        (lift * annuity * ((1.0 - kept.share) * (margin + gain) - margin), odds.stay.sd),
        (lift * annuity * kept.share * (margin + gain), odds.stay_if_taken.sd),
    ];
    let sd = slopes.iter().map(|(slope, sd)| (slope * sd).powi(2)).sum::<f64>().sqrt();
    let mean = acceptance + retention + incentive;
    debug_assert!(
        (mean - (lift * worth + incentive)).abs() <= 1e-6 * (1.0 + mean.abs() + incentive.abs()),
        "the parts sum to the difference of the two arms"
    );
    let provenance = provenance(scored, &kept);
    let eip = Estimate { mean, sd, provenance, n: least_n(scored) };
    Value { eip, acceptance, retention, incentive, ..nothing }
}

/// What an acceptance is worth beside none, minor units, with that effect on staying, before an incentive.
fn worth_over(look: &Look, scored: &Scored, effect: f64, horizon: Horizon) -> f64 {
    let (candidate, odds) = (&scored.candidate, &scored.odds);
    let (margin, rate) = (look.facts.monthly_margin_minor, candidate.margin_rate);
    let more = rate * (candidate.revenue_month_minor.mean + candidate.kept_month_minor.mean);
    let (stay, stay_taken) = (odds.stay.mean, odds.stay.mean + effect);
    let annuity = horizon.annuity;
    stay_taken * (margin + more) * annuity + horizon.once * rate * candidate.once_minor.mean
        - stay * margin * annuity
}

/// What contact would earn if nobody took the offer unasked, minor units: the value with P(1 | leave) = 0.
pub fn if_never_unasked(look: &Look, scored: &Scored) -> f64 {
    let annuity = annuity_months(&look.facts.alive_after, &look.policy.value);
    let horizon = Horizon { annuity, once: 1.0 };
    let one = |scored: &Scored| {
        let accept = scored.odds.opportunity.mean * scored.odds.won.mean;
        let worth = worth_over(look, scored, retention(look, scored).effect, horizon);
        accept * (worth - scored.candidate.incentive_minor.mean)
    };
    let parts = &scored.candidate.parts;
    let earned = if parts.is_empty() { one(scored) } else { parts.iter().map(one).sum() };
    let contact = contacted(look, &scored.candidate).map_or(0.0, |effect| effect.mean);
    let by_contact = contact * look.facts.monthly_margin_minor * annuity;
    earned + by_contact + effort(look, &scored.candidate)
}

impl Value {
    /// The central 80 % interval of the expected profit, minor units.
    ///
    /// Contact is never taken to prevent an acceptance (P(1 | leave) is at most P(1 | contact)), so what a
    /// gain earns before effort and incentive cannot be negative: there the interval has the quantiles of
    /// the log-normal distribution of its mean and spread, moved by the costs, and its lower end is never under
    /// them. Where the mean before costs is not positive, or contact itself may cost customers, it is the normal
    /// interval.
    pub fn interval_80(&self) -> (f64, f64) {
        let costs = self.effort + self.incentive;
        let earned = Estimate { mean: self.eip.mean - costs, ..self.eip };
        match earned.positive_80() {
            Some((low, high)) if self.by_contact.abs() <= 0.0 => (low + costs, high + costs),
            _ => self.eip.interval_80(),
        }
    }
}

/// The least certain of the terms that have an influence.
fn provenance(scored: &Scored, kept: &Retention) -> Provenance {
    let (candidate, odds) = (&scored.candidate, &scored.odds);
    let price = match candidate.price_basis {
        PriceBasis::Unknown => Provenance::Prior,
        _ => candidate.revenue_month_minor.provenance.min(candidate.once_minor.provenance),
    };
    let stays = candidate.revenue_month_minor.mean.abs() + candidate.kept_month_minor.mean > 0.0;
    let by_stay = if stays { odds.stay.provenance } else { Provenance::Experiment };
    let by_effect = if kept.effect.abs() > 0.0 { kept.provenance } else { Provenance::Experiment };
    [
        odds.opportunity.provenance,
        odds.won.provenance,
        odds.organic.provenance,
        price,
        by_stay,
        by_effect,
    ]
    .into_iter()
    .min()
    .unwrap_or(Provenance::Prior)
}

/// The fewest observations behind a term that has any.
fn least_n(scored: &Scored) -> u64 {
    let odds = &scored.odds;
    let terms = [odds.opportunity.n, odds.won.n, odds.organic.n, odds.stay.n];
    terms.into_iter().filter(|n| *n > 0).min().unwrap_or(0)
}

/// The margin that is expected to be lost with the customer, minor units: what care protects.
pub fn margin_at_risk(look: &Look, scored: &Scored) -> f64 {
    let churn = look.facts.churn.map_or(1.0 - scored.odds.stay.mean, |churn| churn.mean);
    let annuity = annuity_months(&look.facts.alive_after, &look.policy.value);
    (churn * look.facts.monthly_margin_minor * annuity).max(0.0)
}

/// Each term of a value in words, with how it is known.
pub fn terms(look: &Look, scored: &Scored, value: &Value) -> Vec<Evidence> {
    let odds = &scored.odds;
    let say = |ja: String, en: String| Evidence {
        words: Words::new(ja, en),
        source: String::new(),
        on: None,
    };
    if !scored.candidate.earns() {
        return vec![say(
            "フォローの効果は測定していないため、利益には数えていません。".to_owned(),
            "The effect of care is not measured, so no profit is counted.".to_owned(),
        )];
    }
    let (opportunity, won, organic) =
        (known(&odds.opportunity), known(&odds.won), known(&odds.organic));
    let mut said = vec![say(
        format!(
            "受注見込み {}(商談化 {}({}) × 成約率 {}({}))",
            percent(value.accept.mean),
            percent(odds.opportunity.mean),
            opportunity.ja,
            percent(odds.won.mean),
            won.ja
        ),
        format!(
            "Chance to be accepted {} (opportunity {}, {}; won {}, {})",
            percent(value.accept.mean),
            percent(odds.opportunity.mean),
            opportunity.en,
            percent(odds.won.mean),
            won.en
        ),
    )];
    said.push(say(
        format!("働きかけなしでの受注見込み {}({})", percent(value.organic.mean), organic.ja),
        format!("Chance without contact {} ({})", percent(value.organic.mean), organic.en),
    ));
    let staying = known(&odds.stay);
    said.push(say(
        format!(
            "{}日後の継続率 {}({})、その後{}か月のうち割引後{}か月分を計上",
            look.policy.value.outcome_window_days,
            percent(odds.stay.mean),
            staying.ja,
            look.policy.value.horizon_months,
            figure(value.annuity_months)
        ),
        format!(
            "Stays {} days: {} ({}); of the {} months after, {} count after discount",
            look.policy.value.outcome_window_days,
            percent(odds.stay.mean),
            staying.en,
            look.policy.value.horizon_months,
            figure(value.annuity_months)
        ),
    ));
    said.extend(retention_words(look, scored).map(|words| say(words.ja, words.en)));
    said.extend(contact_words(look, scored));
    let more = [downsell::said(look, scored), incentive_words(scored, value)];
    said.extend(more.into_iter().flatten().map(|words| say(words.ja, words.en)));
    said.push(say_margin(look, scored));
    said.extend(crate::candidates::price_said(&scored.candidate));
    said
}

/// The margin, and whether it is assumed.
fn say_margin(look: &Look, scored: &Scored) -> Evidence {
    let margin = percent(scored.candidate.margin_rate);
    let assumed = scored
        .candidate
        .product
        .as_ref()
        .and_then(|id| look.product(id))
        .is_none_or(|product| product.margin_rate.is_none());
    let (ja, en) =
        if assumed { ("仮定値", "assumed") } else { ("商品の登録値", "as recorded") };
    let words = Words::new(format!("粗利率 {margin}({ja})"), format!("Margin {margin} ({en})"));
    Evidence { words, source: String::new(), on: None }
}

/// What is said of the effect of contact itself, if it is counted.
fn contact_words(look: &Look, scored: &Scored) -> Vec<Evidence> {
    let Some(counted) = contacted(look, &scored.candidate) else { return Vec::new() };
    let mut said = look.facts.contact_because.clone();
    // What counts in part is smaller than what was found.
    let found = look.facts.contact_effect.map_or(0.0, |effect| effect.mean);
    if counted.mean < found {
        let share = percent(look.policy.priors.observational_share);
        said.push(Evidence {
            words: Words::new(
                format!("働きかけの効果は無作為化した結果ではないため、{share}だけを計上"),
                format!("that effect is not randomised, so {share} of it counts"),
            ),
            source: String::new(),
            on: None,
        });
    }
    said
}

/// What is said of what the incentive costs, if it costs anything.
fn incentive_words(scored: &Scored, value: &Value) -> Option<Words> {
    if value.incentive >= 0.0 {
        return None;
    }
    let accept = percent(value.accept.mean);
    Some(if scored.candidate.incentive_public {
        Words::new(
            "特典の費用は、働きかけで増える受注の分だけを計上(どなたにも適用される特典のため)",
            "The incentive counts for the acceptances that the contact adds alone, for it is open to everybody",
        )
    } else {
        Words::new(
            format!(
                "特典の費用は、働きかけなしでも申し込む顧客の分を含めて計上(受注見込み{accept}の全体)"
            ),
            format!(
                "The incentive counts for everybody who accepts ({accept}), also for those who would have unasked"
            ),
        )
    })
}

/// What is said of the effect on staying, if there is a difference.
fn retention_words(look: &Look, scored: &Scored) -> Option<Words> {
    let kept = retention(look, scored);
    let difference = scored.odds.stay_if_taken.mean - scored.odds.stay.mean;
    if difference.abs() < 5e-4 {
        return None;
    }
    let points = format!("{:+.1}", difference * 100.0);
    let n = known(&scored.odds.stay_if_taken);
    Some(match kept.provenance {
        Provenance::Prior if kept.share == 0.0 => Words::new(
            format!("継続率の差 {points}ポイントは仮定値のため、利益に数えていません"),
            format!("The difference in staying, {points} points, is assumed and not counted"),
        ),
        Provenance::Prior => Words::new(
            format!("継続率の差 {points}ポイント(仮定値)を費用として計上"),
            format!("The difference in staying, {points} points (assumed), counts as a cost"),
        ),
        Provenance::Estimated => {
            let share = percent(kept.share);
            Words::new(
                format!(
                    "継続率の差 {points}ポイント({}、無作為化なし)のうち{share}を効果として計上",
                    n.ja
                ),
                format!(
                    "Of the difference in staying, {points} points ({}, not randomised), {share} counts as an effect",
                    n.en
                ),
            )
        }
        Provenance::Experiment => Words::new(
            format!("継続率の差 {points}ポイント({})", n.ja),
            format!("Difference in staying {points} points ({})", n.en),
        ),
    })
}

#[cfg(test)]
mod tests;
