//! The map of who has what, published for the pages (N11, S28, S50, S69): the letters of each account, what stands
//! behind them, and what the account's own page says of what it has not.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use decide::card::{Lack, Lacked, Line, MapCell, Said};
use decide::catalogue::{Catalogue, Product, ProductKind};
use decide::decision::Decision;
use decide::look::Look;
use decide::whitespace::{self, Cell, Decided, Member, SharedResult, State};
use domain::ids::ProductId;
use domain::money::Currency;
use store::{MapColumn, MapMember};

use super::Book;
use crate::known::Account;
use crate::night::Known;

/// Columns of the map; of more products those that most customers hold. The rest is counted.
const COLUMNS_MAX: usize = 60;
/// The letter of a product that is neither on sale nor held.
const NOTHING: char = '-';

/// What an account's row is made with.
pub struct Mapper<'a> {
    known: &'a Known,
    currency: Currency,
    products: Vec<ProductId>,
    left_out: usize,
    /// Place in the group and depth, by account.
    places: HashMap<i64, (i64, i64)>,
    /// Roots of groups in which somebody has something.
    customers: HashSet<i64>,
    /// Outcomes that may be told within their groups, by root.
    results: BTreeMap<i64, Vec<SharedResult>>,
}

/// What is published of one account.
#[derive(Debug, Default)]
pub struct Mapped {
    /// Its row; none where nobody of its group has anything.
    pub member: Option<MapMember>,
    /// What its page says.
    pub lacks: Vec<Lack>,
}

impl<'a> Mapper<'a> {
    /// Chooses the columns, and finds every account's place in its group.
    fn of(known: &'a Known, catalogue: &Catalogue, currency: Currency) -> Self {
        let (products, left_out) = products(known, catalogue);
        let sold = |account: &&Account| {
            account.contracts.iter().any(|contract| contract.active)
                || account.proposals.iter().any(|deal| deal.outcome == decide::facts::Outcome::Won)
                || known.lake.purchases.contains_key(&account.key)
        };
        let customers = known.accounts.values().filter(sold).map(|account| account.root).collect();
        let mut results: BTreeMap<i64, Vec<SharedResult>> = BTreeMap::new();
        let key = |id: &str| known.snapshot.account(id);
        let table = known.snapshot.table("results");
        for result in crate::whitespace::shared(table, key, known.snapshot.as_of) {
            if let Some(account) = known.accounts.get(&result.account.0) {
                results.entry(account.root).or_default().push(result);
            }
        }
        let places = places(&known.accounts);
        Self { known, currency, products, left_out, places, customers, results }
    }

    /// The same with its columns written.
    pub async fn begin(book: &Book<'a>, run_id: &str) -> Result<Self> {
        let (night, catalogue) = (book.night, book.scorer.catalogue());
        let mapper = Self::of(book.known, catalogue, night.currency);
        night.store.write_map_columns(run_id, &mapper.columns(catalogue)).await?;
        Ok(mapper)
    }

    /// The columns in their order.
    fn columns(&self, catalogue: &Catalogue) -> Vec<MapColumn> {
        let left_out = i64::try_from(self.left_out).unwrap_or(i64::MAX);
        let column = |id: &ProductId| MapColumn {
            line: catalogue.product(id).and_then(|product| product.line.clone()),
            product_id: id.to_string(),
            left_out,
        };
        self.products.iter().map(column).collect()
    }

    /// One account's row, and what its page says.
    pub fn map(&self, look: &Look, decisions: &[Decision]) -> Mapped {
        let (key, root) = (look.facts.account.0, look.facts.root.0);
        if !self.customers.contains(&root) {
            return Mapped::default();
        }
        let decided = decisions.iter().filter_map(|it| Decided::of(it, self.currency)).collect();
        let results = self.results.get(&root).map_or(&[][..], Vec::as_slice);
        let member = Member { look: *look, decided, results };
        let cells = whitespace::of_products(&member, self.products.iter());
        let (place, depth) = self.places.get(&key).copied().unwrap_or_default();
        let letter = |cell: &Option<Cell>| cell.as_ref().map_or(NOTHING, |it| it.state.letter());
        let row = MapMember {
            account_key: key,
            root_key: root,
            place,
            depth,
            customer: look.is_customer(),
            owner: look.facts.owner.as_ref().map(ToString::to_string),
            states: cells.iter().map(letter).collect(),
            gap_minor: gap_minor(&cells),
            cells: serde_json::to_string(&behind(&cells)).expect("cells are numbers and strings"),
        };
        Mapped { member: Some(row), lacks: self.lacks(cells) }
    }

    /// What it has not, by state and reason in the order of the columns.
    fn lacks(&self, cells: Vec<Option<Cell>>) -> Vec<Lack> {
        let mut lacks: Vec<(State, Lack)> = Vec::new();
        for cell in cells.into_iter().flatten().filter(|cell| cell.state != State::Owned) {
            let because = self.line(&cell.because);
            let product = Lacked {
                product_id: cell.product.to_string(),
                expected_minor: cell.expected_minor,
                play_id: cell.play.map(|play| play.to_string()),
                proof: cell.proof.iter().map(|it| self.line(it)).collect(),
            };
            let same = |(state, lack): &&mut (State, Lack)| {
                *state == cell.state && lack.because == because
            };
            if let Some((_, lack)) = lacks.iter_mut().find(same) {
                lack.products.push(product);
            } else {
                let state = cell.state.code().to_owned();
                lacks.push((cell.state, Lack { state, because, products: vec![product] }));
            }
        }
        lacks.sort_by_key(|(state, _)| match state {
            State::InProgress => 0,
            State::Gap => 1,
            State::Blocked => 2,
            State::Owned | State::NotEligible => 3,
        });
        lacks.into_iter().map(|(_, lack)| lack).collect()
    }

    /// A statement with the account's id where it names its key.
    fn line(&self, evidence: &decide::candidate::Evidence) -> Line {
        let own = evidence.source.strip_prefix("accounts ").and_then(|key| key.parse().ok());
        let own = own.and_then(|key: i64| self.known.accounts.get(&key));
        Line {
            said: Said::from(&evidence.words),
            source: own.map_or_else(
                || evidence.source.clone(),
                |account| format!("accounts {}", account.id),
            ),
            on: evidence.on.map(|day| day.to_string()),
        }
    }
}

/// What the best offer of each line with a gap is expected to earn, in all: plans of one line stand in for one another.
fn gap_minor(cells: &[Option<Cell>]) -> i64 {
    let mut best: BTreeMap<&str, i64> = BTreeMap::new();
    for cell in cells.iter().flatten().filter(|cell| cell.state == State::Gap) {
        let line = cell.line.as_deref().unwrap_or(cell.product.as_str());
        let earns = best.entry(line).or_default();
        *earns = (*earns).max(cell.expected_minor.unwrap_or(0));
    }
    best.values().sum()
}

/// Cells that have more to say than their state.
fn behind(cells: &[Option<Cell>]) -> Vec<MapCell> {
    let cell = |(place, cell): (u32, &Option<Cell>)| {
        let cell = cell.as_ref()?;
        let play_id = cell.play.as_ref().map(ToString::to_string);
        let expected_minor = cell.expected_minor.filter(|_| cell.state == State::Gap);
        let says = play_id.is_some() || expected_minor.is_some();
        says.then_some(MapCell { place, expected_minor, play_id })
    };
    (0..).zip(cells).filter_map(cell).collect()
}

/// What is on sale or held, line by line up the ladder, and how many products found no room.
fn products(known: &Known, catalogue: &Catalogue) -> (Vec<ProductId>, usize) {
    let mut holders: HashMap<&ProductId, u64> = HashMap::new();
    let contracts = known.accounts.values().flat_map(|account| &account.contracts);
    for contract in contracts.filter(|contract| contract.active) {
        *holders.entry(&contract.product).or_default() += 1;
    }
    for purchase in known.lake.purchases.values().flatten() {
        *holders.entry(&purchase.product).or_default() += 1;
    }
    let held = |product: &Product| holders.get(&product.id).copied().unwrap_or(0);
    let mut found: Vec<&Product> =
        catalogue.products.values().filter(|it| it.on_sale || held(it) > 0).collect();
    let left_out = found.len().saturating_sub(COLUMNS_MAX);
    found.sort_by(|a, b| held(b).cmp(&held(a)).then_with(|| a.id.cmp(&b.id)));
    found.truncate(COLUMNS_MAX);
    let kind = |product: &Product| match product.kind {
        ProductKind::Plan => 0,
        ProductKind::Option => 1,
        ProductKind::Service => 2,
        ProductKind::Item => 3,
    };
    found.sort_by_key(|it| (it.line.is_none(), it.line.clone(), kind(it), it.tier, it.id.clone()));
    (found.into_iter().map(|product| product.id.clone()).collect(), left_out)
}

/// Place and depth of each account in its group, from the root down, siblings by id; a circle ends where it closes.
fn places(accounts: &BTreeMap<i64, Account>) -> HashMap<i64, (i64, i64)> {
    let mut children: HashMap<i64, Vec<&Account>> = HashMap::new();
    for account in accounts.values() {
        if let Some(parent) = account.parent.filter(|parent| *parent != account.key) {
            children.entry(parent).or_default().push(account);
        }
    }
    for found in children.values_mut() {
        found.sort_by(|a, b| b.id.cmp(&a.id));
    }
    let mut places = HashMap::with_capacity(accounts.len());
    let mut counts: HashMap<i64, i64> = HashMap::new();
    let roots = accounts.values().filter(|account| account.root == account.key);
    // Whoever no root leads to hangs in a circle and stands alone.
    for start in roots.chain(accounts.values()) {
        let mut stack = vec![(start, 0_i64)];
        while let Some((account, depth)) = stack.pop() {
            if places.contains_key(&account.key) {
                continue;
            }
            let place = counts.entry(account.root).or_default();
            places.insert(account.key, (*place, depth));
            *place += 1;
            let below = children.get(&account.key).into_iter().flatten();
            stack.extend(below.map(|child| (*child, depth + 1)));
        }
    }
    places
}
