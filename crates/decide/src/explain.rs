//! Why, why now, why not: completes decisions with words, and makes the cards that pages show.

mod lift;

use std::collections::BTreeMap;

use domain::money::Currency;
use domain::motion::Fate;
use domain::words::Words;

use crate::candidate::{Evidence, PriceBasis};
use crate::candidates;
use crate::card::{Card, Check, Compared, Line, Said, Split, Step};
use crate::decision::{Decision, Says, Value, Verdict};
use crate::guards;
use crate::life;
use crate::look::Look;
use crate::phrases::add;
use crate::signals::{self, gap};
use crate::value;

pub use lift::{Around, lift};

/// How many other offers a card compares.
const COMPARED: usize = 5;

/// Fills in what the plan leaves out to save memory: open windows, every guard's verdict, the value's
/// terms. The same facts give the same words as the plan's.
pub fn complete(look: &Look, decision: &mut Decision) {
    decision.signals = signals::open_for(&decision.scored.candidate, &signals::fired(look));
    decision.verdicts = guards::check(look, &decision.scored.candidate);
    decision.value.terms = value::terms(look, &decision.scored, &decision.value);
    decision.value.terms.extend(waiting(look, decision));
}

/// Waiting for a better time within twelve months, where that is worth more; said of what takes a rep's hours.
fn waiting(look: &Look, decision: &Decision) -> Option<Evidence> {
    let candidate = &decision.scored.candidate;
    if !candidate.motion.sells() || candidate.effort_hours <= 0.0 {
        return None;
    }
    let waiting = value::Ahead::year(look).waiting(look, &decision.scored)?;
    Some(Evidence { words: waiting.said(), source: String::new(), on: Some(waiting.until) })
}

/// Why now, in one or two sentences: the strongest windows; empty where none is open. Where only the
/// window that is always open is, the reason for the offer itself stands first.
pub fn why_now(decision: &Decision) -> Words {
    let mut words = Words::default();
    let dated = decision.signals.iter().any(|signal| signal.rule != gap::RULE.code);
    let because = decision.scored.candidate.because.first().filter(|_| !dated);
    let windows = decision.signals.iter().filter_map(|signal| signal.evidence.first());
    for (i, evidence) in because.into_iter().chain(windows).take(2).enumerate() {
        words.ja.push_str(&evidence.words.ja);
        if i > 0 {
            words.en.push(' ');
        }
        words.en.push_str(&evidence.words.en);
    }
    words
}

/// The card of a decision, compared with the account's other decisions in any order.
pub fn build(decision: &Decision, others: &[&Decision], currency: Currency) -> Card {
    let candidate = &decision.scored.candidate;
    let value = &decision.value;
    let round = |amount: f64| currency.round_expected(amount);
    let mut odds: Vec<Line> = value.terms.iter().map(line).collect();
    odds.extend(decision.scored.odds.because.iter().map(line));
    Card {
        title: Said::from(&candidate.title),
        revenue_month_minor: round(candidate.revenue_month_minor.mean),
        kept_month_minor: round(candidate.kept_month_minor.mean),
        once_minor: round(candidate.once_minor.mean),
        price_basis: basis_code(candidate.price_basis).to_owned(),
        why_now: decision.signals.iter().flat_map(|s| &s.evidence).map(line).collect(),
        why_this: candidate.because.iter().map(line).collect(),
        odds,
        split: split(value, currency),
        checks: decision.verdicts.iter().map(check).collect(),
        compared: compared(decision, others, currency),
        next_step: Said::from(&candidate.next_step),
        steps: steps(decision),
        from_product: candidate.from_product.as_ref().map(ToString::to_string),
        subscription: candidate.subscription.as_ref().map(ToString::to_string),
    }
}

fn steps(decision: &Decision) -> Vec<Step> {
    let Some(week) = decision.week else { return Vec::new() };
    let step = |step: &life::steps::Step| Step {
        title: Said::from(&step.title),
        detail: step.detail.as_ref().map(Said::from),
        contacts: step.contacts.iter().map(|contact| contact.0).collect(),
        fact: step.fact.clone(),
        people: Vec::new(),
        quote: None,
        hours: step.hours,
        due_week: step.week.to_string(),
    };
    life::steps::steps(&decision.scored.candidate, week, decision.due).iter().map(step).collect()
}

fn line(evidence: &Evidence) -> Line {
    Line {
        said: Said::from(&evidence.words),
        source: evidence.source.clone(),
        on: evidence.on.map(|day| day.to_string()),
    }
}

/// The code of a price basis, as in cards and exports.
pub fn basis_code(basis: PriceBasis) -> &'static str {
    match basis {
        PriceBasis::Own => "own",
        PriceBasis::List => "list",
        PriceBasis::Implied => "implied",
        PriceBasis::Unknown => "unknown",
    }
}

/// Rounded parts whose sum is the rounded whole: what rounding leaves goes to acceptance.
fn split(value: &Value, currency: Currency) -> Split {
    let whole = currency.round_expected(value.eip.mean);
    let [retention, incentive, effort] =
        [value.retention, value.incentive, value.effort].map(|part| currency.round_expected(part));
    Split {
        acceptance_minor: whole - retention - incentive - effort,
        retention_minor: retention,
        incentive_minor: incentive,
        effort_minor: effort,
    }
}

fn check(verdict: &Verdict) -> Check {
    let (says, until) = match verdict.says {
        Says::Allow => ("allow", None),
        Says::HoldUntil(until) => ("hold", until.map(|day| day.to_string())),
        Says::Block => ("block", None),
    };
    Check {
        guard: verdict.guard.to_owned(),
        says: says.to_owned(),
        until,
        said: Said::from(&verdict.reason),
    }
}

/// The account's other offers: what it displaced and what came near, best first.
fn compared(decision: &Decision, others: &[&Decision], currency: Currency) -> Vec<Compared> {
    best(others.iter().copied().filter(|other| other.play != decision.play))
        .into_iter()
        .take(COMPARED)
        .map(|other| Compared {
            offer_id: other.scored.candidate.offer.as_str().to_owned(),
            title: Said::from(&other.scored.candidate.title),
            fate: other.fate.code().to_owned(),
            expected_minor: currency.round_expected(other.value.eip.mean),
            said: Said::from(&other.reason),
        })
        .collect()
}

/// Decisions by expected profit, ties by offer.
pub fn best<'a>(decisions: impl Iterator<Item = &'a Decision>) -> Vec<&'a Decision> {
    let mut sorted: Vec<&Decision> = decisions.collect();
    sorted.sort_by(|a, b| {
        b.value
            .eip
            .mean
            .total_cmp(&a.value.eip.mean)
            .then_with(|| a.scored.candidate.offer.cmp(&b.scored.candidate.offer))
    });
    sorted
}

/// Why nothing is proposed to an account today; `None` where something is.
pub fn account_silent(look: &Look, decisions: &[&Decision]) -> Option<Words> {
    if decisions.iter().any(|decision| decision.fate == Fate::Chosen) {
        return None;
    }
    if decisions.is_empty() {
        return Some(if look.is_customer() {
            Words::new(
                "今日の提案はありません。ご提案できる商品がなく、フォローが必要な兆候もありません。",
                "Nothing today: there is no product to offer and nothing calls for care.",
            )
        } else {
            let why = candidates::not_a_customer(look);
            Words::new(
                format!("今日の提案はありません。{}", why.ja),
                format!("Nothing today. {}", why.en),
            )
        });
    }
    let mut words = Words::new("今日の提案はありません。", "Nothing today.");
    for (code, n) in counted(decisions) {
        let because = reason(code);
        add(&mut words, &format!("{n}件は{}。", because.ja), &format!(" {n}: {}.", because.en));
    }
    Some(words)
}

/// Decisions by reason, most first, ties by code.
fn counted(decisions: &[&Decision]) -> Vec<(&'static str, usize)> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for decision in decisions {
        *counts.entry(decision.reason_code).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    counts
}

/// How many candidates and accounts met a fate for a reason.
#[derive(Debug, Clone, PartialEq)]
pub struct FateCount {
    /// The fate.
    pub fate: Fate,
    /// The reason's code.
    pub reason_code: &'static str,
    /// The reason in general words.
    pub reason: Words,
    /// Candidates.
    pub candidates: u64,
    /// Accounts among them.
    pub accounts: u64,
}

/// Counts candidates and accounts by fate and reason, account by account.
#[derive(Debug, Clone, Default)]
pub struct Fates {
    counts: BTreeMap<(Fate, &'static str), (u64, u64)>,
}

impl Fates {
    /// Counts the decisions of one account.
    pub fn add(&mut self, account: &[Decision]) {
        let mut seen = BTreeMap::new();
        for decision in account {
            *seen.entry((decision.fate, decision.reason_code)).or_insert(0) += 1;
        }
        for (key, n) in seen {
            let count = self.counts.entry(key).or_default();
            *count = (count.0 + n, count.1 + 1);
        }
    }

    /// The counts in the order of fates and codes.
    pub fn counts(&self) -> Vec<FateCount> {
        let count = |(&(fate, code), &(candidates, accounts)): (&(Fate, _), &(u64, u64))| {
            FateCount { fate, reason_code: code, reason: reason(code), candidates, accounts }
        };
        self.counts.iter().map(count).collect()
    }
}

/// A reason in general words, to follow a count.
pub fn reason(code: &str) -> Words {
    let (ja, en) = match code {
        "chosen" => ("提案します", "chosen"),
        "stopped" => ("すべての提案を停止しています", "held while all offers are stopped"),
        "natural" => (
            "ご連絡しなくても申し込まれる見込みのため、案内だけをお送りします",
            "likely to buy unasked, so a prompt or mail only",
        ),
        "hours" => ("対応可能時間が足りないため見送りました", "left out for lack of hours"),
        "account_limit" => (
            "1顧客あたりの提案数の上限により見送りました",
            "left out by the limit of packages per account",
        ),
        "group_limit" => (
            "グループあたりの提案数の上限により見送りました",
            "left out by the limit of packages per group",
        ),
        "channel" => {
            ("連絡手段の件数の上限により見送りました", "left out for lack of places in its channel")
        }
        "stock" => ("在庫数の上限により見送りました", "left out for lack of stock"),
        "left_alone" => {
            ("効果の測定のため、今回は見送りました", "left alone by a random draw, to measure")
        }
        "explored" => {
            ("効果の測定のため、無作為抽選で決めました", "decided by a random draw, to measure")
        }
        "no_window" => ("今はきっかけがありません", "no occasion now"),
        "under_way" => ("着手済みです", "under way"),
        "held" => ("担当者が保留にしています", "put off by a rep"),
        "refused" => ("担当者が見送りとしました", "marked as not a fit"),
        "done" => ("完了しています", "done"),
        "closed" => ("終了しています", "closed"),
        "no_value" => ("期待増分利益がプラスになりません", "no positive profit expected"),
        _ => return of_guard(code),
    };
    Words::new(ja, en)
}

/// What a guard's code says in general words.
fn of_guard(code: &str) -> Words {
    let (ja, en) = match code {
        "loyalty" => ("NPSが低いため保留中です", "held for a low NPS"),
        "open_deal" => (
            "同じ製品群の商談が進行中のため保留中です",
            "held while a deal of the line is in progress",
        ),
        "escalation" => {
            ("重大な問い合わせが未解決のため保留中です", "held while an escalated ticket is open")
        }
        "cool_down" => (
            "お断りまたは見送りから間もないため保留中です",
            "held after recent rejections, or a refusal that lasts",
        ),
        "at_risk" => (
            "解約の見込みが高いためフォローを優先しています",
            "held because the customer is likely to leave",
        ),
        "cancel_notice" => {
            ("解約の申し出があるため保留中です", "held because notice to cancel was given")
        }
        "stop" => ("営業停止に指定されています", "held because selling was stopped"),
        "credit" => {
            ("未払いまたは与信停止のため保留中です", "held for a missing payment or credit")
        }
        "incident" => (
            "重大な問い合わせの解決から間もないため保留中です",
            "held shortly after an incident was solved",
        ),
        "sleeping_dog" => (
            "働きかけが逆効果になる見込みのため控えています",
            "left alone because an approach would do harm",
        ),
        "reseller" => ("販売代理店の商談のため控えています", "left to the partner who sells it"),
        "need_fit" => (
            "現在の契約で足りる見込みのため保留中です",
            "held because the forecast does not need it",
        ),
        "quiet" => ("お客様のご都合で提案を控える時期です", "held in a quiet period"),
        "addressee" => {
            ("連絡してよい相手がいないため保留中です", "held because nobody may be addressed")
        }
        "permission" => {
            ("連絡の許諾がないため控えています", "held for lack of permission to use the channel")
        }
        "governor" => {
            ("連絡頻度の上限に達したため保留中です", "held because a cap of contacts is reached")
        }
        "hold_out" => {
            ("効果測定のため対象外としています", "held out so that the effect can be measured")
        }
        _ => ("その他の理由です", "another reason"),
    };
    Words::new(ja, en)
}

/// Every reason's code, but for those of guards.
pub const REASONS: &[&str] = &[
    "chosen",
    "stopped",
    "natural",
    "hours",
    "account_limit",
    "group_limit",
    "channel",
    "stock",
    "left_alone",
    "explored",
    "no_window",
    "under_way",
    "held",
    "refused",
    "done",
    "closed",
    "no_value",
];

#[cfg(test)]
mod tests;
