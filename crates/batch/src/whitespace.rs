//! The map of a group, and of all customers by product, from what the live run was given and decided (N11).

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, bail};
use decide::card::{Line, Said};
use decide::key_man;
use decide::policy::Policy;
use decide::whitespace::{self, Cell, Decided, Member, SharedResult, State};
use domain::ids::{AccountKey, ContactKey};
use domain::motion::{Fate, Motion};
use domain::time::Day;
use serde::Serialize;
use store::AccountLine;

use crate::night::{self, Night};
use crate::plan::artefacts::{self, DecisionsOf};
use crate::plan::inputs::{self, Frame, Given};
use crate::snapshot::Table;

/// By product, or by line of products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Each product.
    Product,
    /// Each line; products without one stand alone.
    Line,
}

/// One member of a group and one product.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The member.
    pub account_id: String,
    /// Its name.
    pub account: String,
    /// What it is.
    pub kind: String,
    /// Its parent.
    pub parent_id: Option<String>,
    /// How many accounts stand above it in the group.
    pub depth: usize,
    /// The product's line.
    pub line: Option<String>,
    /// The product; of a line the one that gives it its state.
    pub product_id: String,
    /// Its name.
    pub product: String,
    /// `owned`, `in_progress`, `blocked`, `gap` or `not_eligible`.
    pub state: &'static str,
    /// The guard or answer that blocks it.
    pub blocked_by: Option<String>,
    /// Why, with its source.
    pub because: Line,
    /// Expected incremental profit of the best offer of it, minor units.
    pub expected_minor: Option<i64>,
    /// What it did for others of the group, as far as they may share it.
    pub proof: Vec<Line>,
}

/// Who decides at a member of a group (S19, S76); contacts by their ids.
#[derive(Debug, Clone, Default, Serialize)]
pub struct People {
    /// The member.
    pub account_id: String,
    /// Who may decide.
    pub decide: Vec<String>,
    /// Who drives it from within.
    pub champions: Vec<String>,
    /// The way from somebody who is known to somebody who decides.
    pub path: Vec<String>,
    /// Whom to ask, where nobody who decides is known.
    pub ask: Option<String>,
}

/// A group's map.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// The run.
    pub run_id: String,
    /// Its day.
    pub as_of: String,
    /// The rows: members from the root down, then by product.
    pub rows: Vec<Row>,
    /// Who decides, by member.
    pub people: Vec<People>,
}

/// One product over all customers.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Total {
    /// The line.
    pub line: Option<String>,
    /// The product; by line the line itself.
    pub product_id: String,
    /// Its name.
    pub product: String,
    /// Customers by state.
    pub accounts: BTreeMap<&'static str, u64>,
    /// Expected incremental profit of the best offers where there is a gap, minor units; zero or less is left out.
    pub gap_expected_minor: i64,
}

/// All customers by product.
#[derive(Debug, Clone, Serialize)]
pub struct Totals {
    /// The run.
    pub run_id: String,
    /// Its day.
    pub as_of: String,
    /// By product or line.
    pub rows: Vec<Total>,
}

/// The group of an account.
pub async fn group(night: &Night<'_>, account: &str, by: By) -> Result<Group> {
    let run = night::current(night.store).await?;
    let folder = night.runs.join(&run.run_id);
    let frame = Frame::read(&folder)?;
    let policy = frame.policy()?;
    let lines = night.store.account_lines().await?;
    let survivor = crate::merged::survivor(night.store, account).await?;
    let asked = survivor.as_deref().unwrap_or(account);
    let Some(line) = lines.iter().find(|line| line.account_id == asked) else {
        let near =
            crate::ingest::did_you_mean(asked, lines.iter().map(|it| it.account_id.as_str()));
        bail!("there is no account `{asked}`.{near}");
    };
    let key = line.account_key.context("the account is newer than the last run")?;
    let given = inputs::read_one(&folder, key)?
        .with_context(|| format!("{asked} was not a customer on {}", run.as_of))?;
    let group = inputs::read_group(&folder, given.facts.root.0)?;
    let results = results(night, &frame, (&lines, &group)).await?;
    let mut members = Vec::new();
    for given in &group {
        let decided = artefacts::read_decisions(&folder, given.facts.account.0)?;
        members.push(Member { results: &results, ..member(given, &frame, (&policy, &decided)) });
    }
    let mut cells = whitespace::map(&members);
    if by == By::Line {
        cells = whitespace::by_line(cells);
    }
    let tree = Tree::of(&lines);
    let mut rows: Vec<Row> = cells.into_iter().filter_map(|cell| tree.row(cell, &frame)).collect();
    rows.sort_by_cached_key(|row| {
        (tree.place(&row.account_id), row.line.clone(), row.product_id.clone())
    });
    let contacts = night.store.all_contact_keys().await?.into_iter().collect();
    let mut people: Vec<People> =
        group.iter().filter_map(|given| tree.people(given, &contacts)).collect();
    people.sort_by_cached_key(|people| tree.place(&people.account_id));
    Ok(Group { run_id: run.run_id, as_of: run.as_of, rows, people })
}

/// Outcomes that may be told within their groups on a day, the latest first.
pub(crate) fn shared(
    table: &Table,
    key_of: impl Fn(&str) -> Option<i64>,
    as_of: Day,
) -> Vec<SharedResult> {
    let mut found: Vec<SharedResult> = table
        .iter()
        .filter_map(|record| {
            let approved_on = record.day("approved_on");
            let scope = record.text("share_scope");
            if !SharedResult::may_be_told(scope, approved_on, as_of) {
                return None;
            }
            Some(SharedResult {
                result: record.id("result_id").to_owned(),
                account: AccountKey(key_of(record.id("account_id"))?),
                product: record.id("product_id").into(),
                metric: record.text("metric")?.to_owned(),
                before: record.number("before")?,
                after: record.number("after")?,
                period: record.text("period").map(str::to_owned),
                measured_by: record.text("measured_by").map(str::to_owned),
                approved_on: approved_on?,
            })
        })
        .collect();
    found.sort_by(|a, b| b.approved_on.cmp(&a.approved_on).then_with(|| a.result.cmp(&b.result)));
    found
}

/// The same of one group, as the store has them.
async fn results(
    night: &Night<'_>,
    frame: &Frame,
    (lines, group): (&[AccountLine], &[Given]),
) -> Result<Vec<SharedResult>> {
    let entity = domain::canonical::entity("results").context("results are canonical")?;
    let table = Table::new(entity, night.store.read(entity).await?);
    let keys: HashMap<&str, i64> = lines
        .iter()
        .filter_map(|line| Some((line.account_id.as_str(), line.account_key?)))
        .collect();
    let members: Vec<AccountKey> = group.iter().map(|given| given.facts.account).collect();
    let mut found = shared(&table, |id| keys.get(id).copied(), frame.as_of);
    found.retain(|result| members.contains(&result.account));
    Ok(found)
}

fn member<'a>(
    given: &'a Given,
    frame: &'a Frame,
    (policy, decided): (&'a Policy, &[artefacts::Decided]),
) -> Member<'a> {
    let read = |it: &artefacts::Decided| {
        Some(Decided {
            play: it.play.as_str().into(),
            product: it.product.as_deref()?.into(),
            motion: Motion::parse(&it.motion)?,
            fate: Fate::parse(&it.fate)?,
            code: it.code.clone(),
            reason: it.reason.clone(),
            expected_minor: it.expected_minor,
        })
    };
    let decided = decided.iter().filter_map(read).collect();
    Member { look: given.look(frame, policy), decided, results: &[] }
}

/// Accounts by key, and the way up from each.
struct Tree<'a> {
    by_key: HashMap<i64, &'a AccountLine>,
    by_id: HashMap<&'a str, &'a AccountLine>,
}

impl<'a> Tree<'a> {
    fn of(lines: &'a [AccountLine]) -> Self {
        let keyed = lines.iter().filter_map(|line| Some((line.account_key?, line)));
        let named = lines.iter().map(|line| (line.account_id.as_str(), line));
        Self { by_key: keyed.collect(), by_id: named.collect() }
    }

    /// The names of those above it, from the top down, and its own; a circle of parents ends where it closes.
    fn place(&self, id: &str) -> Vec<String> {
        let mut place = vec![id.to_owned()];
        let mut at = id;
        while let Some(parent) = self.by_id.get(at).and_then(|line| line.parent_id.as_deref()) {
            if place.iter().any(|seen| seen == parent) {
                break;
            }
            place.push(parent.to_owned());
            at = parent;
        }
        place.reverse();
        place
    }

    fn people(&self, given: &Given, contacts: &HashMap<i64, String>) -> Option<People> {
        let line = self.by_key.get(&given.facts.account.0)?;
        let id = |key: &ContactKey| contacts.get(&key.0).cloned().unwrap_or_default();
        let men = key_man::search(&given.facts);
        Some(People {
            account_id: line.account_id.clone(),
            decide: men.decide.iter().map(|contact| id(&contact.contact)).collect(),
            champions: men.champions.iter().map(|contact| id(&contact.contact)).collect(),
            path: men.path.iter().map(id).collect(),
            ask: men.ask.map(|contact| id(&contact.contact)),
        })
    }

    fn row(&self, cell: Cell, frame: &Frame) -> Option<Row> {
        let line = self.by_key.get(&cell.account.0)?;
        let named = |product: &domain::ids::ProductId| {
            frame
                .catalogue
                .product(product)
                .map_or(product.as_str(), |it| it.name.as_str())
                .to_owned()
        };
        let said = |evidence: &decide::candidate::Evidence| {
            let key = format!("accounts {}", cell.account);
            let own = evidence.source == key;
            let source =
                if own { format!("accounts {}", line.account_id) } else { evidence.source.clone() };
            Line {
                said: Said::from(&evidence.words),
                source,
                on: evidence.on.map(|day| day.to_string()),
            }
        };
        Some(Row {
            account_id: line.account_id.clone(),
            account: line.name.clone(),
            kind: line.kind.clone().unwrap_or_default(),
            parent_id: line.parent_id.clone(),
            depth: self.place(&line.account_id).len() - 1,
            because: said(&cell.because),
            proof: cell.proof.iter().map(said).collect(),
            product: named(&cell.product),
            product_id: cell.product.as_str().to_owned(),
            line: cell.line,
            state: cell.state.code(),
            blocked_by: cell.blocked_by,
            expected_minor: cell.expected_minor,
        })
    }
}

/// All customers by product.
pub async fn totals(night: &Night<'_>, by: By) -> Result<Totals> {
    let run = night::current(night.store).await?;
    let folder = night.runs.join(&run.run_id);
    let frame = Frame::read(&folder)?;
    let policy = frame.policy()?;
    let mut totals: BTreeMap<(Option<String>, String), Total> = BTreeMap::new();
    let mut decisions = DecisionsOf::begin(&folder)?;
    for block in inputs::read_all(&folder)? {
        for given in &block? {
            let decided = decisions.of(given.facts.account.0)?;
            let member = member(given, &frame, (&policy, &decided));
            if !member.look.is_customer() {
                continue;
            }
            let mut cells = whitespace::map(std::slice::from_ref(&member));
            if by == By::Line {
                cells = whitespace::by_line(cells);
            }
            for cell in cells {
                add(&mut totals, &frame, (cell, by));
            }
        }
    }
    Ok(Totals { run_id: run.run_id, as_of: run.as_of, rows: totals.into_values().collect() })
}

fn add(
    totals: &mut BTreeMap<(Option<String>, String), Total>,
    frame: &Frame,
    (cell, by): (Cell, By),
) {
    let id = match (by, &cell.line) {
        (By::Line, Some(line)) => line.clone(),
        _ => cell.product.as_str().to_owned(),
    };
    let total = totals.entry((cell.line.clone(), id.clone())).or_insert_with(|| Total {
        line: cell.line.clone(),
        product: frame
            .catalogue
            .product(&cell.product)
            .filter(|_| cell.product.as_str() == id)
            .map_or_else(|| id.clone(), |product| product.name.clone()),
        product_id: id,
        ..Total::default()
    });
    *total.accounts.entry(cell.state.code()).or_default() += 1;
    if cell.state == State::Gap {
        total.gap_expected_minor += cell.expected_minor.unwrap_or(0).max(0);
    }
}
