//! What the store keeps of a plan: chosen plays with their evidence, five others per account, counts by fate.

use std::collections::BTreeMap;

use decide::decision::{Decision, Plan};
use decide::facts::AccountFacts;
use domain::money::Currency;
use domain::motion::Fate;
use store::{FateCount, NaturalRow, OtherRow, PlayRow};

/// Others kept for each account.
const OTHERS: usize = 5;

/// What every row says.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The run.
    pub run_id: &'a str,
    /// The workspace's currency.
    pub currency: Currency,
    /// Facts by account, for the group.
    pub facts: &'a [AccountFacts],
}

/// Decisions by account.
pub type ByAccount<'a> = BTreeMap<i64, Vec<&'a Decision>>;

/// The chosen plays in rank order.
pub fn plays(rows: &Rows<'_>, plan: &Plan, by_account: &ByAccount<'_>) -> Vec<PlayRow> {
    let roots: BTreeMap<i64, i64> = rows.facts.iter().map(|f| (f.account.0, f.root.0)).collect();
    plan.decisions
        .iter()
        .filter(|decision| decision.fate == Fate::Chosen)
        .map(|decision| {
            let account = decision.scored.candidate.account.0;
            let root = roots.get(&account).copied().unwrap_or(account);
            play(rows, decision, root, &by_account[&account])
        })
        .collect()
}

fn play(rows: &Rows<'_>, decision: &Decision, root: i64, siblings: &[&Decision]) -> PlayRow {
    let (candidate, value) = (&decision.scored.candidate, &decision.value);
    let minor = |amount: f64| rows.currency.round_expected(amount);
    let (lower, upper) = value.interval_80();
    let (p_lower, p_upper) = value.accept.share_80();
    let why_now = decide::explain::why_now(decision);
    let card = decide::explain::build(decision, siblings, rows.currency);
    PlayRow {
        run_id: rows.run_id.to_owned(),
        play_id: decision.play.to_string(),
        rank: i64::from(decision.rank.unwrap_or(0)),
        account_key: candidate.account.0,
        root_key: root,
        contact_key: candidate.contact.map(|contact| contact.0),
        offer_id: candidate.offer.to_string(),
        product_id: candidate.product.as_ref().map(ToString::to_string),
        motion: candidate.motion.code().to_owned(),
        role: candidate.role.to_owned(),
        owner: decision.owner.as_ref().map(ToString::to_string),
        week: decision.week.map(|week| week.to_string()).unwrap_or_default(),
        effort_hours: candidate.effort_hours,
        expected_minor: minor(value.eip.mean),
        lower_minor: minor(lower),
        upper_minor: minor(upper),
        revenue_month_minor: minor(candidate.revenue_month_minor.mean),
        probability: value.accept.mean,
        probability_lower: p_lower,
        probability_upper: p_upper,
        provenance: value.eip.provenance.code().to_owned(),
        channel: candidate.channel.code().to_owned(),
        due: decision.due.map(|day| day.to_string()),
        why_now_ja: why_now.ja,
        why_now_en: why_now.en,
        card: serde_json::to_string(&card).expect("a card is made of strings and numbers"),
    }
}

/// What accounts will likely take unasked; the owner is the account's.
pub fn natural(rows: &Rows<'_>, plan: &Plan) -> Vec<NaturalRow> {
    let owners: BTreeMap<i64, Option<String>> = rows
        .facts
        .iter()
        .map(|facts| (facts.account.0, facts.owner.as_ref().map(ToString::to_string)))
        .collect();
    let natural = plan.decisions.iter().filter(|decision| decision.fate == Fate::Natural);
    natural
        .map(|decision| {
            let (candidate, odds) = (&decision.scored.candidate, &decision.scored.odds);
            let why_now = decide::explain::why_now(decision);
            NaturalRow {
                account_key: candidate.account.0,
                offer_id: candidate.offer.to_string(),
                play_id: decision.play.to_string(),
                product_id: candidate.product.as_ref().map(ToString::to_string),
                contact_key: candidate.contact.map(|contact| contact.0),
                motion: candidate.motion.code().to_owned(),
                owner: owners.get(&candidate.account.0).cloned().flatten(),
                channel: candidate.channel.code().to_owned(),
                due: decision.due.map(|day| day.to_string()),
                unasked: odds.organic.mean,
                contacted: decision.value.accept.mean,
                title_ja: candidate.title.ja.clone(),
                title_en: candidate.title.en.clone(),
                why_now_ja: why_now.ja,
                why_now_en: why_now.en,
                reason_ja: decision.reason.ja.clone(),
                reason_en: decision.reason.en.clone(),
                next_step_ja: candidate.next_step.ja.clone(),
                next_step_en: candidate.next_step.en.clone(),
            }
        })
        .collect()
}

/// The five best others of each account, best first.
pub fn others(rows: &Rows<'_>, by_account: &ByAccount<'_>) -> Vec<OtherRow> {
    let mut written = Vec::new();
    for (account, decisions) in by_account {
        let others =
            decide::explain::best(decisions.iter().copied().filter(|d| d.fate != Fate::Chosen));
        for (place, decision) in (1..).zip(others.into_iter().take(OTHERS)) {
            let candidate = &decision.scored.candidate;
            written.push(OtherRow {
                run_id: rows.run_id.to_owned(),
                account_key: *account,
                place,
                offer_id: candidate.offer.to_string(),
                product_id: candidate.product.as_ref().map(ToString::to_string),
                motion: candidate.motion.code().to_owned(),
                fate: decision.fate.code().to_owned(),
                expected_minor: rows.currency.round_expected(decision.value.eip.mean),
                reason_ja: decision.reason.ja.clone(),
                reason_en: decision.reason.en.clone(),
            });
        }
    }
    written
}

/// Candidates and accounts by fate and reason.
pub fn fates(rows: &Rows<'_>, plan: &Plan) -> Vec<FateCount> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    decide::explain::fates(&plan.decisions)
        .into_iter()
        .map(|fate| FateCount {
            run_id: rows.run_id.to_owned(),
            fate: fate.fate.code().to_owned(),
            reason_code: fate.reason_code.to_owned(),
            reason_ja: fate.reason.ja,
            reason_en: fate.reason.en,
            candidates: count(fate.candidates),
            accounts: count(fate.accounts),
        })
        .collect()
}
