//! What the store keeps of a plan: chosen plays with their evidence, five others per account, counts by fate.

use std::collections::BTreeMap;

use decide::decision::{Decision, PoolUse};
use decide::explain::Fates;
use decide::facts::AccountFacts;
use decide::life::{Change, Changed};
use decide::plan::Work;
use domain::money::Currency;
use domain::motion::Fate;
use store::{
    ChangeKind, FateCount, NaturalRow, OtherRow, PlayChange, PlayRow, PlayState, PoolWeekRow,
};

/// Others kept for each account.
const OTHERS: usize = 5;

/// What every row says.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The run.
    pub run_id: &'a str,
    /// The workspace's currency.
    pub currency: Currency,
}

/// The chosen plays of one account.
pub fn plays(rows: Rows<'_>, facts: &AccountFacts, decisions: &[Decision]) -> Vec<PlayRow> {
    let chosen = decisions.iter().filter(|decision| decision.fate == Fate::Chosen);
    let siblings: Vec<&Decision> = decisions.iter().collect();
    chosen.map(|decision| play(rows, decision, facts.root.0, &siblings)).collect()
}

fn play(rows: Rows<'_>, decision: &Decision, root: i64, siblings: &[&Decision]) -> PlayRow {
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

/// What an account will likely take unasked; the owner is the account's.
pub fn natural(facts: &AccountFacts, decisions: &[Decision]) -> Vec<NaturalRow> {
    let natural = decisions.iter().filter(|decision| decision.fate == Fate::Natural);
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
                owner: facts.owner.as_ref().map(ToString::to_string),
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

/// Plays under way as they were shown when somebody took them on, at their places in this plan. What fell
/// away of what they rest on stands before why they were proposed.
pub fn work(
    rows: Rows<'_>,
    work: &[Work],
    under_way: &BTreeMap<String, PlayState>,
) -> Vec<PlayRow> {
    let shown = work.iter().filter_map(|work| {
        let state = under_way.get(work.play.as_str())?;
        let mut play =
            PlayRow { run_id: rows.run_id.to_owned(), rank: i64::from(work.rank), ..state.play() };
        if let Some(warning) = &work.warning {
            play.why_now_ja = format!("要確認: {}{}", warning.ja, play.why_now_ja);
            play.why_now_en = format!("Please check: {} {}", warning.en, play.why_now_en);
        }
        Some(play)
    });
    shown.collect()
}

/// Hours by pool and week.
pub fn pools(pools: &[PoolUse], currency: Currency) -> Vec<PoolWeekRow> {
    let row = |pool: &PoolUse| PoolWeekRow {
        pool: pool.pool.clone(),
        week: pool.week.to_string(),
        team: pool.team.clone(),
        role: pool.role.clone(),
        hours: pool.hours,
        used: pool.used,
        price_minor: currency.round_expected(pool.shadow_price),
        stranded: pool.stranded,
    };
    pools.iter().map(row).collect()
}

/// What changed since the plan before.
pub fn changes(changes: Vec<Change>) -> Vec<PlayChange> {
    let row = |change: Change| PlayChange {
        play_id: change.play.to_string(),
        change: match change.changed {
            Changed::New => ChangeKind::New,
            Changed::Reopened => ChangeKind::Reopened,
            Changed::Ended => ChangeKind::Ended,
            Changed::Rank => ChangeKind::Rank,
            Changed::Week => ChangeKind::Week,
            Changed::Frozen => ChangeKind::Frozen,
        },
        reason_code: change.code.to_owned(),
        reason_ja: change.reason.ja,
        reason_en: change.reason.en,
        account_key: change.account.0,
        title_ja: change.title.ja,
        title_en: change.title.en,
        rank_before: change.rank_before.map(i64::from),
        rank_after: change.rank_after.map(i64::from),
    };
    changes.into_iter().map(row).collect()
}

/// The five best others of one account, best first.
pub fn others(rows: Rows<'_>, decisions: &[Decision]) -> Vec<OtherRow> {
    let others = decide::explain::best(decisions.iter().filter(|d| d.fate != Fate::Chosen));
    (1..)
        .zip(others.into_iter().take(OTHERS))
        .map(|(place, decision)| {
            let candidate = &decision.scored.candidate;
            OtherRow {
                run_id: rows.run_id.to_owned(),
                account_key: candidate.account.0,
                place,
                offer_id: candidate.offer.to_string(),
                product_id: candidate.product.as_ref().map(ToString::to_string),
                motion: candidate.motion.code().to_owned(),
                title_ja: candidate.title.ja.clone(),
                title_en: candidate.title.en.clone(),
                fate: decision.fate.code().to_owned(),
                expected_minor: rows.currency.round_expected(decision.value.eip.mean),
                reason_ja: decision.reason.ja.clone(),
                reason_en: decision.reason.en.clone(),
                reason_code: decision.reason_code.to_owned(),
            }
        })
        .collect()
}

/// Candidates and accounts by fate and reason.
pub fn fates(rows: Rows<'_>, fates: &Fates) -> Vec<FateCount> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let row = |fate: decide::explain::FateCount| FateCount {
        run_id: rows.run_id.to_owned(),
        fate: fate.fate.code().to_owned(),
        reason_code: fate.reason_code.to_owned(),
        reason_ja: fate.reason.ja,
        reason_en: fate.reason.en,
        candidates: count(fate.candidates),
        accounts: count(fate.accounts),
    };
    fates.counts().into_iter().map(row).collect()
}
