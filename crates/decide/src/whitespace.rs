//! What a customer's group could have and has not (N11, S28, S50, S69): parent x company x department x product.
//!
//! Each member of a group and each product have one state:
//!
//! | state | when |
//! |---|---|
//! | owned | under contract, or bought within the policy's `owned_for_days` (at any time where it states none) |
//! | in progress | a deal for it is open, or a play for it is under way |
//! | blocked | the run made an offer of it and held or blocked it: by which guard, until when |
//! | gap | it could be offered: the run made an offer of it, or nothing speaks against one |
//! | not eligible | it is not on sale, or what it builds on is not held, or a higher form of it is |
//!
//! A member without a contract of its own is no customer, and still has gaps where its group has customers: that is
//! where a department's success leads to the next one. The outcomes that the group may know go with each gap.

use std::collections::BTreeMap;

use domain::ids::{AccountKey, PlayId, ProductId};
use domain::money::Currency;
use domain::motion::{Fate, Motion};
use domain::time::Day;
use domain::words::Words;

use crate::candidate::Evidence;
use crate::candidates;
use crate::catalogue::{Product, ProductKind};
use crate::decision::Decision;
use crate::guards;
use crate::look::Look;
use crate::phrases::figure;

/// What the run decided about an offer of a product.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The play that it is, or would be.
    pub play: PlayId,
    /// What it sells.
    pub product: ProductId,
    /// The move.
    pub motion: Motion,
    /// What became of it.
    pub fate: Fate,
    /// The reason's code.
    pub code: String,
    /// The reason.
    pub reason: Words,
    /// Expected incremental profit, minor units.
    pub expected_minor: i64,
}

impl Decided {
    /// What was decided about a candidate; none of one that sells nothing.
    pub fn of(decision: &Decision, currency: Currency) -> Option<Self> {
        let candidate = &decision.scored.candidate;
        Some(Self {
            play: decision.play.clone(),
            product: candidate.product.clone()?,
            motion: candidate.motion,
            fate: decision.fate,
            code: decision.reason_code.to_owned(),
            reason: decision.reason.clone(),
            expected_minor: currency.round_expected(decision.value.eip.mean),
        })
    }
}

/// A measured outcome that may be told to others of the group (S69).
#[derive(Debug, Clone, PartialEq)]
pub struct SharedResult {
    /// Its id.
    pub result: String,
    /// Whose it is.
    pub account: AccountKey,
    /// Of which product.
    pub product: ProductId,
    /// What was measured, with its unit.
    pub metric: String,
    /// Before.
    pub before: f64,
    /// After.
    pub after: f64,
    /// Over which time, in the files' words.
    pub period: Option<String>,
    /// By whom.
    pub measured_by: Option<String>,
    /// When sharing was approved.
    pub approved_on: Day,
}

impl SharedResult {
    /// Whether a result with this scope and approval may be told to others of its group on a day.
    pub fn may_be_told(scope: Option<&str>, approved_on: Option<Day>, as_of: Day) -> bool {
        matches!(scope, Some("group" | "public")) && approved_on.is_some_and(|on| on <= as_of)
    }
}

/// One account of a group.
#[derive(Debug, Clone)]
pub struct Member<'a> {
    /// As the rules look at it.
    pub look: Look<'a>,
    /// What the run decided about its offers.
    pub decided: Vec<Decided>,
    /// Outcomes at other members that may be told here, the latest first.
    pub results: &'a [SharedResult],
}

/// How a member stands to a product, from the most to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It has it.
    Owned,
    /// A deal or a play for it is under way.
    InProgress,
    /// An offer of it is held or blocked.
    Blocked,
    /// It could have it.
    Gap,
    /// It cannot have it now.
    NotEligible,
}

impl State {
    /// Its letter in the published map.
    pub fn letter(self) -> char {
        match self {
            Self::Owned => 'o',
            Self::InProgress => 'p',
            Self::Blocked => 'b',
            Self::Gap => 'g',
            Self::NotEligible => 'n',
        }
    }

    /// The state with a letter.
    pub fn of_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.letter() == letter)
    }

    /// The state with a code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Owned, Self::InProgress, Self::Blocked, Self::Gap, Self::NotEligible];

    /// Its code in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Owned => "owned",
            Self::InProgress => "in_progress",
            Self::Blocked => "blocked",
            Self::Gap => "gap",
            Self::NotEligible => "not_eligible",
        }
    }

    /// What people call it.
    pub fn words(self) -> Words {
        let (ja, en) = match self {
            Self::Owned => ("導入済み", "owned"),
            Self::InProgress => ("商談中", "in progress"),
            Self::Blocked => ("保留", "blocked"),
            Self::Gap => ("未導入", "gap"),
            Self::NotEligible => ("対象外", "not eligible"),
        };
        Words::new(ja, en)
    }
}

/// One member and one product, or one line of products.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The member.
    pub account: AccountKey,
    /// The product; of a line the one that gives it its state.
    pub product: ProductId,
    /// Its line.
    pub line: Option<String>,
    /// How the member stands to it.
    pub state: State,
    /// The guard or answer that blocks it.
    pub blocked_by: Option<String>,
    /// Why it has that state.
    pub because: Evidence,
    /// Expected incremental profit of the best offer of it, minor units, where the run made one.
    pub expected_minor: Option<i64>,
    /// The play that the run chose for it, or that is under way.
    pub play: Option<PlayId>,
    /// What it did for others of the group, as far as they may share it (S69).
    pub proof: Vec<Evidence>,
}

/// The map of a group: a cell for each member and product that is on sale or that somebody has, by member and product.
pub fn map(group: &[Member]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for member in group {
        for product in member.look.catalogue.products.values() {
            let held = group.iter().any(|other| has(&other.look, product));
            if product.on_sale || held {
                cells.push(cell(member, product));
            }
        }
    }
    cells
}

/// A member's cells of these products; one that is neither on sale nor held has none.
pub fn of_products<'a>(
    member: &Member,
    products: impl Iterator<Item = &'a ProductId>,
) -> Vec<Option<Cell>> {
    let catalogue = member.look.catalogue;
    let shown = |product: &&Product| product.on_sale || has(&member.look, product);
    let found = products.map(|id| catalogue.product(id).filter(shown));
    found.map(|product| product.map(|product| cell(member, product))).collect()
}

/// The same by line: each line has the state of its product that stands highest; products without a line stay.
pub fn by_line(cells: Vec<Cell>) -> Vec<Cell> {
    let mut lines: BTreeMap<(AccountKey, String), Cell> = BTreeMap::new();
    for cell in cells {
        let line = cell.line.clone().unwrap_or_else(|| cell.product.as_str().to_owned());
        let place = (cell.account, line);
        let earns = |cell: &Cell| cell.expected_minor.unwrap_or(i64::MIN);
        let better = lines.get(&place).is_none_or(|other| {
            (cell.state, -i128::from(earns(&cell))) < (other.state, -i128::from(earns(other)))
        });
        if better {
            lines.insert(place, cell);
        }
    }
    lines.into_values().collect()
}

/// Whether it is under contract, or counts as bought.
fn has(look: &Look, product: &Product) -> bool {
    look.facts.holds(&product.id)
        || (look.bought_on(&product.id).is_some() && !look.is_new(&product.id))
}

fn cell(member: &Member, product: &Product) -> Cell {
    let look = &member.look;
    let offers = member.decided.iter().filter(|it| sells(it, product));
    let best = offers.clone().max_by_key(|it| it.expected_minor);
    let live = |it: &&Decided| it.fate == Fate::Chosen || it.code == UNDER_WAY;
    let play = offers.clone().find(live).map(|it| it.play.clone());
    let (state, blocked_by, because) = owned(look, product)
        .map(|because| (State::Owned, None, because))
        .or_else(|| in_progress(member, product).map(|because| (State::InProgress, None, because)))
        .unwrap_or_else(|| open(member, product, &offers.collect::<Vec<_>>()));
    let proof = match state {
        State::Gap | State::Blocked => proof(member, &product.id),
        _ => Vec::new(),
    };
    Cell {
        account: look.facts.account,
        product: product.id.clone(),
        line: product.line.clone(),
        state,
        blocked_by,
        because,
        expected_minor: best.map(|it| it.expected_minor).filter(|_| state != State::Owned),
        play: play.filter(|_| state != State::Owned),
        proof,
    }
}

/// The reason's code of what somebody works on.
const UNDER_WAY: &str = "under_way";

/// Whether an offer would make the member hold the product anew.
fn sells(decided: &Decided, product: &Product) -> bool {
    decided.product == product.id
        && decided.motion.sells()
        && !matches!(decided.motion, Motion::Seats | Motion::Term)
}

fn owned(look: &Look, product: &Product) -> Option<Evidence> {
    if let Some(contract) = look.contract_of(&product.id) {
        let (sub, since) = (&contract.subscription, contract.started_on);
        return Some(Evidence {
            words: Words::new(
                format!("{}からご契約中です。", since.display_ja()),
                format!("Under contract since {}.", since.display_en()),
            ),
            source: format!("subscriptions {sub}"),
            on: Some(since),
        });
    }
    let on = look.bought_on(&product.id).filter(|_| has(look, product))?;
    let order = look.facts.purchase(&product.id).map(|purchase| &purchase.last_order);
    let account = format!("accounts {}", look.facts.account);
    Some(Evidence {
        words: Words::new(
            format!("{}に購入済みです。", on.display_ja()),
            format!("Bought on {}.", on.display_en()),
        ),
        source: order.map_or(account, |order| format!("orders {order}")),
        on: Some(on),
    })
}

fn in_progress(member: &Member, product: &Product) -> Option<Evidence> {
    let look = &member.look;
    let deal = look.facts.open_proposals().find(|deal| deal.product.as_ref() == Some(&product.id));
    if let Some(deal) = deal {
        let (id, on) = (&deal.proposal, deal.opened_on);
        return Some(Evidence {
            words: Words::new(
                format!("{}から商談中です。", on.display_ja()),
                format!("A deal has been open since {}.", on.display_en()),
            ),
            source: format!("proposals {id}"),
            on: Some(on),
        });
    }
    let work = member.decided.iter().find(|it| sells(it, product) && it.code == UNDER_WAY)?;
    Some(Evidence { words: work.reason.clone(), source: "plays".to_owned(), on: None })
}

/// Blocked, a gap, or not eligible.
fn open(
    member: &Member,
    product: &Product,
    offers: &[&Decided],
) -> (State, Option<String>, Evidence) {
    let look = &member.look;
    let account = format!("accounts {}", look.facts.account);
    let because = |words: Words| Evidence { words, source: account.clone(), on: Some(look.as_of) };
    let held = |it: &&Decided| matches!(it.fate, Fate::Held | Fate::Blocked);
    // One way that is open is a gap, whatever holds the others; what is proposed says so.
    let free = || offers.iter().filter(|it| !held(it));
    if let Some(free) = free().find(|it| it.fate == Fate::Chosen).or_else(|| free().next()) {
        return (State::Gap, None, because(free.reason.clone()));
    }
    if let Some(blocked) = offers.first() {
        let words = match guards::guard(&blocked.code) {
            Some(guard) => Words::new(
                format!("{}: {}", guard.ja, blocked.reason.ja),
                format!("{}: {}", guard.en, blocked.reason.en),
            ),
            None => blocked.reason.clone(),
        };
        return (State::Blocked, Some(blocked.code.clone()), because(words));
    }
    if let Some(words) = not_eligible(look, product) {
        return (State::NotEligible, None, because(words));
    }
    let words = Words::new("まだご提案していません。", "Not offered yet.");
    (State::Gap, None, because(words))
}

/// Why a product cannot be offered, where that is so.
fn not_eligible(look: &Look, product: &Product) -> Option<Words> {
    let line = product.line.as_deref();
    let holds_line = line.is_some_and(|line| look.holds_line(line));
    let is_customer = look.is_customer();
    if product.on_sale && !is_customer {
        // What stands alone can be the first thing of a department.
        return match product.kind {
            ProductKind::Option if line.is_some() => Some(builds_on(line)),
            ProductKind::Plan if !is_entry(look, product) => Some(not_first(look, product)),
            _ => None,
        };
    }
    let fits = match product.kind {
        ProductKind::Plan => !holds_line && is_entry(look, product),
        ProductKind::Option => line.is_none() || holds_line,
        ProductKind::Item | ProductKind::Service => true,
    };
    if product.on_sale && fits {
        return None;
    }
    if product.on_sale && product.kind == ProductKind::Option {
        return Some(builds_on(line));
    }
    if product.on_sale && !holds_line && product.kind == ProductKind::Plan {
        return Some(not_first(look, product));
    }
    Some(candidates::why_absent(look, &[], product.id.as_str()))
}

fn builds_on(line: Option<&str>) -> Words {
    let line = line.unwrap_or_default();
    Words::new(
        format!("前提となる{line}のプランをご契約いただいていません。"),
        format!("No plan of {line}, which it builds on, is under contract."),
    )
}

/// The first plan of a line that is not held.
fn entry<'a>(look: &Look<'a>, product: &Product) -> Option<&'a Product> {
    let plans = look.catalogue.products.values().filter(|it| {
        it.on_sale && it.kind == ProductKind::Plan && it.line.is_some() && it.line == product.line
    });
    plans.min_by(|a, b| (a.tier, &a.id).cmp(&(b.tier, &b.id)))
}

fn is_entry(look: &Look, product: &Product) -> bool {
    entry(look, product).is_none_or(|first| first.id == product.id)
}

fn not_first(look: &Look, product: &Product) -> Words {
    let first = entry(look, product).map_or("", |first| first.name.as_str());
    Words::new(
        format!("この製品群は{first}からの導入になります。"),
        format!("The line begins with {first}."),
    )
}

/// What a product did for others of the group, the latest first (S69).
fn proof(member: &Member, product: &ProductId) -> Vec<Evidence> {
    let own = member.look.facts.account;
    let results = member.results.iter().filter(|result| result.account != own);
    let results = results.filter(|result| result.product == *product);
    results.map(|result| told(&member.look, result)).collect()
}

fn told(look: &Look, result: &SharedResult) -> Evidence {
    let SharedResult { metric, before, after, approved_on, .. } = result;
    let product = crate::phrases::name(look.catalogue, &result.product);
    let (before, after) = (figure(*before), figure(*after));
    let by = result.measured_by.as_deref();
    let (by_ja, by_en) = by.map_or_else(Default::default, |by| {
        (format!("、測定: {by}"), format!(", measured by {by}"))
    });
    let (over_ja, over_en) = result.period.as_deref().map_or_else(Default::default, |period| {
        (format!("、期間: {period}"), format!(", over {period}"))
    });
    let (on_ja, on_en) = (approved_on.display_ja(), approved_on.display_en());
    Evidence {
        words: Words::new(
            format!(
                "同じグループの別の部門では、{product}の導入により{metric}が{before}から{after}になりました(共有の承認: {on_ja}{over_ja}{by_ja})。"
            ),
            format!(
                "At another part of the group {product} took {metric} from {before} to {after} (sharing approved on {on_en}{over_en}{by_en})."
            ),
        ),
        source: format!("results {}", result.result),
        on: Some(*approved_on),
    }
}

#[cfg(test)]
mod tests;
