//! Who will likely buy unasked (S36, S38, S62, S104): 「自然に申し込む見込み(案内のみ)」.
//!
//! A rep's contact earns what it adds to what comes anyway. An account with an open limit, renewal or enquiry
//! window that is left out because it will likely buy unasked gets a prompt or mail in place of a rep's hours.
//! An offer is natural when all of these hold:
//!
//! 1. a window of [`WINDOWS`] is open for it, and no guard stands against it;
//! 2. at the price of hours, contact does not beat leaving: `EIP - hours * price <= 0`;
//! 3. it would, if nobody took it unasked: `EIP(P(y | leave) = 0) - hours * price > 0`;
//! 4. mainly for that reason: `P(y | leave) >= natural.share * P(y | contact)`, default one half;
//! 5. `P(y | leave)` is estimated from this workspace's own records: a stated prior calls nobody likely;
//! 6. nothing else is sold to the account, and nobody cares for it, in the same plan.
//!
//! `price` is the pool's shadow price, zero where hours are left. Such a prompt takes no hours, but is one
//! of the account's digital contacts (`limits.digital_contacts_per_account`); of several offers the one with the
//! strongest window goes out, then the one most likely taken unasked.

use domain::motion::{Channel, Fate, Motion};
use domain::probability::Provenance;
use domain::words::Words;
use serde::Deserialize;

use crate::candidate::Candidate;
use crate::candidates;
use crate::decision::{Decision, Signal};
use crate::explain;
use crate::guards;
use crate::look::Look;
use crate::phrases::percent;
use crate::signals;
use crate::value;

/// The policy's section of customers who will likely buy unasked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NaturalPolicy {
    /// The share of what contact would win that comes anyway, from which on that is the main reason.
    pub share: f64,
}

impl Default for NaturalPolicy {
    fn default() -> Self {
        Self { share: 0.5 }
    }
}

/// The timing rules whose windows count.
pub const WINDOWS: [&str; 4] = ["limit_near", "limit_hit", "renewal", "enquiry"];

/// The reason's code.
pub const CODE: &str = "natural";

/// Slack of comparisons of amounts, minor units.
const SLACK: f64 = 1e-6;

/// Gives the decisions of one account that are natural their fate, reason, channel and next step.
///
/// `price_of` is the price of an hour of a pool, minor units. Facts are those that the decisions were made from.
pub fn mark(look: &Look, price_of: &dyn Fn(&str) -> f64, decisions: &mut [&mut Decision]) {
    let approached = |decision: &Decision| {
        decision.fate == Fate::Chosen && decision.scored.candidate.motion != Motion::Advance
    };
    if decisions.iter().any(|decision| approached(decision)) {
        return;
    }
    let leaves: Vec<usize> = (0..decisions.len())
        .filter(|i| is_left_to_itself(look, price_of(&decisions[*i].pool), decisions[*i]))
        .collect();
    if leaves.is_empty() {
        return;
    }
    let fired = signals::fired(look);
    let mut found: Vec<(usize, Signal)> = leaves
        .into_iter()
        .filter_map(|i| Some((i, window(&decisions[i].scored.candidate, &fired)?.clone())))
        .collect();
    let organic = |i: usize| decisions[i].scored.odds.organic.mean;
    found.sort_by(|a, b| {
        b.1.strength.total_cmp(&a.1.strength).then(organic(b.0).total_cmp(&organic(a.0))).then_with(
            || decisions[a.0].scored.candidate.offer.cmp(&decisions[b.0].scored.candidate.offer),
        )
    });
    let mut contacts = contacts_lately(look, decisions);
    for (i, signal) in found {
        if !look.policy.limits.digital_contacts_per_account.allows_another(contacts) {
            break;
        }
        let prompted = prompted(look, &decisions[i].scored.candidate, &signal);
        // Whom a call may reach a mail may not.
        if guards::deciding(&guards::check(look, &prompted)).is_none() {
            settle(look, decisions[i], (prompted, &signal));
            contacts += 1;
        }
    }
}

/// Conditions 2 to 5, and that hours or value are why it was left out.
fn is_left_to_itself(look: &Look, price: f64, decision: &Decision) -> bool {
    let (candidate, odds) = (&decision.scored.candidate, &decision.scored.odds);
    let left_out = matches!(
        (decision.fate, decision.reason_code),
        (Fate::Waiting, "no_value") | (Fate::Displaced, "hours")
    );
    let mainly = odds.organic.mean >= look.policy.natural.share * decision.value.accept.mean;
    // A package is offered by word of mouth; its parts stand for themselves.
    if !left_out || !candidate.motion.sells() || !candidate.parts.is_empty() || !mainly {
        return false;
    }
    let hours = candidate.effort_hours * price;
    odds.organic.provenance != Provenance::Prior
        && decision.value.eip.mean - hours <= SLACK
        && value::if_never_unasked(look, &decision.scored) - hours > SLACK
}

/// The strongest window that counts.
fn window<'a>(candidate: &Candidate, fired: &'a [Signal]) -> Option<&'a Signal> {
    signals::opening(candidate, fired).find(|signal| WINDOWS.contains(&signal.rule))
}

/// Contacts within the rolling window of days: deals that we began, touches of plays, and digital plays of
/// this plan.
fn contacts_lately(look: &Look, decisions: &[&mut Decision]) -> u32 {
    let days = look.policy.limits.days;
    let began = look.facts.proposals.iter().filter(|deal| {
        deal.approached == Some(true) && (0..days).contains(&look.days_since(deal.opened_on))
    });
    let touched =
        look.facts.touches.iter().filter(|touch| (0..days).contains(&look.days_since(touch.on)));
    let planned = decisions.iter().filter(|decision| {
        decision.fate == Fate::Chosen && !decision.scored.candidate.channel.takes_hours()
    });
    u32::try_from(began.count() + touched.count() + planned.count()).unwrap_or(u32::MAX)
}

/// The offer as a prompt or mail.
fn prompted(look: &Look, candidate: &Candidate, signal: &Signal) -> Candidate {
    let channel = match signal.rule {
        "limit_near" | "limit_hit" if !look.is_personal() => Channel::Prompt,
        _ => Channel::Mail,
    };
    let way = candidates::way(look, candidate.motion, channel);
    Candidate {
        effort_hours: 0.0,
        playbook: Vec::new(),
        extra: Vec::new(),
        channel: way.channel,
        contact: way.contact,
        next_step: next_step(signal, &candidate.title),
        ..candidate.clone()
    }
}

fn settle(look: &Look, decision: &mut Decision, (prompted, signal): (Candidate, &Signal)) {
    let accept = percent(decision.value.accept.mean);
    let organic = percent(decision.scored.odds.organic.mean);
    let days = look.policy.value.outcome_window_days;
    decision.reason = Words::new(
        format!(
            "ご連絡しなくても申し込まれる見込みです({days}日以内に{organic}、ご連絡した場合{accept})。営業の時間は使わず、案内だけをお送りします。"
        ),
        format!(
            "Likely to be bought unasked ({organic} within {days} days, {accept} with contact); a prompt or mail instead of a rep's hours."
        ),
    );
    decision.fate = Fate::Natural;
    decision.reason_code = CODE;
    decision.displaced_by = None;
    super::plan::DIGITAL.clone_into(&mut decision.pool);
    decision.scored.candidate = prompted;
    decision.due = signal.due(look.as_of);
    explain::complete(look, decision);
}

fn next_step(signal: &Signal, title: &Words) -> Words {
    let (ja, en) = (&title.ja, &title.en);
    match signal.rule {
        "limit_hit" => Words::new(
            format!("上限に達していることと「{ja}」を、アプリ内またはメールで案内してください。"),
            format!("Show that the limit is reached, and \"{en}\", in the product or by e-mail."),
        ),
        "limit_near" => Words::new(
            format!("上限までの残りと「{ja}」を、アプリ内またはメールで案内してください。"),
            format!("Show what is left of the limit, and \"{en}\", in the product or by e-mail."),
        ),
        "enquiry" if signal.evidence.iter().any(|it| it.source.starts_with("web_events")) => {
            Words::new(
                format!("ご覧になった内容へのご案内に、「{ja}」の申込方法を添えてください。"),
                format!("Write about what they looked at, and say how to order \"{en}\"."),
            )
        }
        "enquiry" => Words::new(
            format!("お問い合わせへの返信に、「{ja}」の申込方法を添えてください。"),
            format!("Answer the enquiry, and say how to order \"{en}\"."),
        ),
        _ => Words::new(
            format!("更新のご案内に、「{ja}」の申込方法を添えてください。"),
            format!("Add to the renewal notice how to order \"{en}\"."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day, deal};
    use crate::facts::Outcome;
    use crate::plan::{Pool, weeks};
    use domain::probability::Estimate;

    /// A company near its limit; contact wins 30 % of upgrades, this many come unasked.
    fn scene(organic: Estimate) -> (Example, crate::candidate::Scored) {
        let example = Example::company();
        let mut scored = example.scored(Motion::PlanUp);
        scored.candidate.subscription = Some("S1".into());
        scored.candidate.product = Some("KT-ENT".into());
        scored.candidate.from_product = Some("KT-PRO".into());
        scored.candidate.title = Words::new("勤怠 Enterprise", "Enterprise");
        scored.odds.opportunity = Estimate::estimated(0.5, 0.05, 200);
        scored.odds.won = Estimate::estimated(0.6, 0.02, 600);
        scored.odds.organic = organic;
        (example, scored)
    }

    fn decided(example: &Example, scored: Vec<crate::candidate::Scored>) -> Vec<Decision> {
        let policy = &example.policy;
        let weeks: Vec<_> = weeks(policy, day("2026-03-12")).iter().map(|w| (w.0, 40.0)).collect();
        let pool = Pool {
            pool: crate::plan::UNASSIGNED.to_owned(),
            role: None,
            team: None,
            skills: Vec::new(),
            weeks,
        };
        let input = crate::plan::PlanInput {
            as_of: day("2026-03-12"),
            policy,
            catalogue: &example.catalogue,
            pools: vec![pool],
            seed: 1,
            lives: crate::life::Lives::default(),
        };
        let plan = crate::plan::plan(input, vec![crate::plan::Offers::new(&example.facts, scored)]);
        plan.decisions
    }

    #[track_caller]
    fn check(organic: Estimate, expected: &str) {
        let (example, scored) = scene(organic);
        let decision = decided(&example, vec![scored]).remove(0);
        assert_eq!(format!("{} {}", decision.fate.code(), decision.reason_code), expected);
    }

    #[test]
    fn s36_who_buys_anyway_gets_a_prompt_and_no_hours() {
        check(Estimate::estimated(0.29, 0.02, 900), "chosen chosen");
        check(Estimate::estimated(0.30, 0.02, 900), "natural natural");
        check(Estimate::estimated(0.62, 0.02, 900), "natural natural");
        check(Estimate::prior(0.62, 0.02), "waiting no_value");
    }

    #[test]
    fn s36_the_prompt_says_why_and_what_to_do() {
        let (example, scored) = scene(Estimate::estimated(0.4, 0.02, 900));
        let decision = decided(&example, vec![scored]).remove(0);
        let candidate = &decision.scored.candidate;
        assert_eq!((candidate.channel, candidate.effort_hours), (Channel::Prompt, 0.0));
        assert_eq!((decision.rank, decision.week, decision.owner.clone()), (None, None, None));
        assert_eq!(decision.pool, crate::plan::DIGITAL);
        assert!(decision.signals.iter().any(|signal| signal.rule == "limit_near"));
        insta::assert_snapshot!(
            format!("{}\n{}\n{}\n{}", decision.reason.ja, decision.reason.en, candidate.next_step.ja, candidate.next_step.en),
            @r#"
        ご連絡しなくても申し込まれる見込みです(180日以内に40 %、ご連絡した場合30 %)。営業の時間は使わず、案内だけをお送りします。
        Likely to be bought unasked (40 % within 180 days, 30 % with contact); a prompt or mail instead of a rep's hours.
        上限までの残りと「勤怠 Enterprise」を、アプリ内またはメールで案内してください。
        Show what is left of the limit, and "Enterprise", in the product or by e-mail.
        "#
        );
    }

    #[test]
    fn s62_effort_that_costs_too_much_is_another_reason() {
        // At 40,000 an hour the upgrade does not pay: with 16 % unasked that is the main reason, with 14 % the
        // hours are.
        let costly = |organic| {
            let (mut example, scored) = scene(Estimate::estimated(organic, 0.02, 900));
            example.policy.value.hourly_rate_minor = 15_000;
            decided(&example, vec![scored]).remove(0)
        };
        assert_eq!(costly(0.14).reason_code, "no_value");
        assert_eq!(costly(0.16).fate, Fate::Natural);
        // Where it would not pay even if nobody bought unasked, nobody is called likely.
        let (mut example, scored) = scene(Estimate::estimated(0.16, 0.02, 900));
        example.policy.value.hourly_rate_minor = 1_000_000;
        assert_eq!(decided(&example, vec![scored]).remove(0).reason_code, "no_value");
    }

    #[test]
    fn s38_only_a_limit_a_renewal_or_an_enquiry_counts() {
        let (mut example, mut scored) = scene(Estimate::estimated(0.4, 0.02, 900));
        scored.candidate.motion = Motion::CrossSell;
        scored.candidate.subscription = None;
        scored.candidate.from_product = None;
        scored.candidate.product = Some("GTK".into());
        let decision = decided(&example, vec![scored.clone()]).remove(0);
        assert_eq!(decision.reason_code, "no_value", "whitespace alone is no occasion");
        example.facts.enquiries.push(crate::facts::Enquiry {
            id: "Q1".to_owned(),
            asked: crate::facts::Asked::Quote,
            on: day("2026-03-11"),
            product: Some("GTK".into()),
            answered_on: None,
        });
        let decision = decided(&example, vec![scored]).remove(0);
        assert_eq!(decision.fate, Fate::Natural);
        assert_eq!(decision.scored.candidate.channel, Channel::Mail);
    }

    #[test]
    fn s62_prompts_count_in_the_digital_limit() {
        let (mut example, scored) = scene(Estimate::estimated(0.4, 0.02, 900));
        let mut other = scored.clone();
        other.candidate.motion = Motion::Seats;
        other.candidate.offer = "seats:S1".into();
        other.odds.organic = Estimate::estimated(0.35, 0.02, 900);
        let decisions = decided(&example, vec![scored.clone(), other]);
        let natural: Vec<_> = decisions.iter().filter(|d| d.fate == Fate::Natural).collect();
        assert_eq!(natural.len(), 1, "one contact in 28 days");
        assert_eq!(natural[0].scored.candidate.motion, Motion::PlanUp, "the likelier one");
        for (opened, expected) in [("2026-02-13", Fate::Held), ("2026-02-12", Fate::Natural)] {
            example.facts.proposals = vec![deal("P1", "GTK", opened, Outcome::Lost)];
            example.facts.proposals[0].approached = Some(true);
            let decision = decided(&example, vec![scored.clone()]).remove(0);
            assert_eq!(decision.fate, expected, "approached on {opened}");
        }
    }

    /// A renewal is told by mail; who declined mail gets none.
    #[test]
    fn n12_no_mail_to_who_declined_it() {
        let (mut example, scored) = scene(Estimate::estimated(0.4, 0.02, 900));
        example.facts.usage.clear();
        let fate = |example: &Example| decided(example, vec![scored.clone()]).remove(0).fate;
        assert_eq!(fate(&example), Fate::Natural);
        example.facts.bars.permissions.push(crate::facts::bars::Permission {
            contact: domain::ids::ContactKey(1),
            channel: Some(Channel::Mail),
            consent: crate::facts::bars::Consent::OptOut,
            basis: None,
            on: None,
            source: "permissions C1".to_owned(),
        });
        assert_eq!(fate(&example), Fate::Waiting);
    }

    #[test]
    fn an_account_that_is_sold_to_needs_no_prompt() {
        let (example, scored) = scene(Estimate::estimated(0.4, 0.02, 900));
        let mut better = scored.clone();
        better.candidate.motion = Motion::Seats;
        better.candidate.offer = "seats:S1".into();
        better.odds.organic = Estimate::estimated(0.01, 0.02, 900);
        let fates: Vec<_> =
            decided(&example, vec![scored, better]).iter().map(|d| d.fate).collect();
        assert_eq!(fates, [Fate::Chosen, Fate::Waiting]);
    }
}
