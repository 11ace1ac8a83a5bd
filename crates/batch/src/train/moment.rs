//! What was known of an account on a day: the dated facts that models learn from.
//!
//! Only what had happened before the day counts, whatever came later: a contract by the version that ran, a deal by
//! whether it had closed, a ticket by whether it was open. That is what makes a row of the past like the row that is
//! asked for today.

use decide::catalogue::{Catalogue, Product, ProductKind};
use decide::facts::{Outcome, Proposal};
use domain::ids::ProductId;
use domain::time::{Day, Days, Months};
use domain::words::Words;

use super::History;
use super::deals::chain;
use super::nearness::{Nearness, group};
use crate::known::{Account, Reaction};
use crate::versions::{Line, Version, Versions};

/// Days that count as lately.
const LATELY: i32 = 180;
/// Days within which contacts count as many.
const QUARTER: i32 = 90;
/// Days within which reactions tell.
const YEAR: i32 = 365;

/// One value of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Not known.
    Missing,
    /// A number, finite.
    Number(f64),
    /// One of several texts.
    Text(&'a str),
}

impl<'a> Cell<'a> {
    fn number(value: Option<impl Into<f64>>) -> Self {
        value.map_or(Self::Missing, |value| Self::Number(value.into()))
    }

    fn count(count: usize) -> Self {
        Self::Number(count as f64)
    }

    fn whole(value: Option<i64>) -> Self {
        value.map_or(Self::Missing, |value| Self::Number(value as f64))
    }

    fn flag(flag: Option<bool>) -> Self {
        Self::number(flag.map(u8::from))
    }

    fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Missing, Self::Text)
    }
}

/// How a fact's value is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// As it is.
    Plain,
    /// Minor units of the workspace's currency.
    Money,
    /// A share, in percent.
    Share,
    /// Yes or no.
    Flag,
    /// A text.
    Text,
}

/// A fact of an account or of a deal.
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    /// Its name in cards.
    pub name: &'static str,
    ja: &'static str,
    en: &'static str,
    /// How its value is said.
    pub unit: Unit,
}

impl Fact {
    /// What it is called.
    pub fn words(&self) -> Words {
        Words::new(self.ja, self.en)
    }
}

const fn fact(name: &'static str, (ja, en): (&'static str, &'static str), unit: Unit) -> Fact {
    Fact { name, ja, en, unit }
}

/// The facts of an account, in the order of [`Asked::facts`].
pub const OF_ACCOUNT: &[Fact] = &[
    fact("tenure_days", ("取引開始からの日数", "days as a customer"), Unit::Plain),
    fact("mrr", ("月額合計", "monthly revenue"), Unit::Money),
    fact(
        "mrr_change",
        ("180日間の月額の増減", "change of monthly revenue in 180 days"),
        Unit::Money,
    ),
    fact("products_owned", ("契約中の製品数", "products held"), Unit::Plain),
    fact("seats", ("席数", "seats"), Unit::Plain),
    fact("main_product", ("主な契約の製品", "main product"), Unit::Text),
    fact(
        "main_term_months",
        ("主な契約の期間(月)", "term of the main contract, months"),
        Unit::Plain,
    ),
    fact(
        "days_to_term_end",
        ("契約期間の満了までの日数", "days to the end of the term"),
        Unit::Plain,
    ),
    fact("days_in_plan", ("現在のプランの日数", "days in the plan"), Unit::Plain),
    fact("deals_won", ("成約した商談数", "deals won before"), Unit::Plain),
    fact("deals_lost", ("失注した商談数", "deals lost before"), Unit::Plain),
    fact("deals_open", ("進行中の商談数", "deals in progress"), Unit::Plain),
    fact("days_since_deal", ("前の商談の終了からの日数", "days since a deal closed"), Unit::Plain),
    fact("approaches", ("180日間の働きかけ数", "approaches in 180 days"), Unit::Plain),
    fact("tickets_open", ("未解決の問い合わせ数", "open tickets"), Unit::Plain),
    fact("tickets", ("180日間の問い合わせ数", "tickets in 180 days"), Unit::Plain),
    fact("nps", ("直近のNPS", "latest NPS answer"), Unit::Plain),
    fact("limit_near", ("利用が上限に近い", "a limit is near"), Unit::Flag),
    fact("usage_change", ("3か月間の利用の変化率", "change of usage in three months"), Unit::Share),
    fact("baskets", ("180日間の購入回数", "purchases in 180 days"), Unit::Plain),
    fact("spend", ("180日間の購入額", "spend in 180 days"), Unit::Money),
    fact("days_since_basket", ("前の購入からの日数", "days since a purchase"), Unit::Plain),
    fact("contacts", ("90日間のご連絡数", "contacts in 90 days"), Unit::Plain),
    fact("good_reactions", ("1年間の好意的な反応の数", "good reactions in a year"), Unit::Plain),
    fact("bad_reactions", ("1年間の否定的な反応の数", "bad reactions in a year"), Unit::Plain),
    fact("bad_share", ("否定的な反応の割合", "share of reactions that were bad"), Unit::Share),
    fact("users_per_seat", ("席数に対する利用の割合", "users over seats"), Unit::Share),
    fact("good_share", ("好意的な反応の割合", "share of reactions that were good"), Unit::Share),
];

/// The facts of a deal on the day it is opened, in the order of [`Asked::deal`].
pub const OF_DEAL: &[Fact] = &[
    fact("product", ("製品", "product"), Unit::Text),
    fact("product_kind", ("製品の種類", "kind of product"), Unit::Text),
    fact("product_line", ("製品ライン", "product line"), Unit::Text),
    fact("tier", ("プランの段階", "tier"), Unit::Plain),
    fact("tier_step", ("現在のプランからの段階差", "tiers above what is held"), Unit::Plain),
    fact("holds_it", ("同じ製品を契約中", "holds the product"), Unit::Flag),
    fact("approached", ("当社からの働きかけ", "we approached"), Unit::Flag),
    fact("month", ("開始の月", "month of the year"), Unit::Plain),
];

/// What is told of an approach after the facts of the deal that it may open.
pub const OF_APPROACH: &[Fact] =
    &[fact("by_people", ("担当者からの働きかけ", "approached by a person"), Unit::Flag)];

/// A deal, or one that may be opened.
#[derive(Debug, Clone, Copy)]
pub struct Deal<'a> {
    /// What for.
    pub product: Option<&'a ProductId>,
    /// Whether we started it.
    pub approached: Option<bool>,
}

/// One account of which facts are asked.
#[derive(Debug)]
pub struct Asked<'a> {
    history: History<'a>,
    account: &'a Account,
    nearness: Nearness<'a>,
    baskets: &'a [(i64, i32, i64)],
}

impl<'a> Asked<'a> {
    /// Looks up what facts of an account are made of.
    pub fn of(history: History<'a>, account: &'a Account) -> Self {
        Self::with(history, account, Nearness::of(&history, account.key))
    }

    /// The same for facts of tomorrow only.
    pub fn tomorrow(history: History<'a>, account: &'a Account) -> Self {
        let nearness = Nearness::from(&history, account.key, history.as_of);
        Self::with(history, account, nearness)
    }

    fn with(history: History<'a>, account: &'a Account, nearness: Nearness<'a>) -> Self {
        let key = account.key;
        let all = &history.lake.baskets;
        let from = all.partition_point(|basket| basket.0 < key);
        let to = from + all[from..].partition_point(|basket| basket.0 == key);
        Self { history, account, nearness, baskets: &all[from..to] }
    }

    /// The facts of the account at the beginning of a day.
    pub fn facts(&self, day: Day) -> Vec<Cell<'a>> {
        let History { versions, .. } = self.history;
        let account = self.account;
        let held = Held::on(versions, account.key, day);
        let before = Held::on(versions, account.key, day.plus(Days(-LATELY)));
        let main = held.main();
        let deals = Deals::before(account, day);
        let mut cells = vec![
            Cell::number(account.since.filter(|since| *since < day).map(|s| day.since(s).0)),
            Cell::whole(held.mrr()),
            Cell::whole(held.mrr().zip(before.mrr()).map(|(now, then)| now - then)),
            Cell::count(held.products().len()),
            Cell::whole(held.seats()),
            Cell::text(main.map(|(_, version)| versions.product(version).as_str())),
            Cell::whole(main.and_then(|(_, version)| version.term_months)),
            Cell::number(main.and_then(|(line, version)| to_term_end(line, version, day))),
            Cell::number(main.map(|(line, version)| in_plan(line, version, day))),
            Cell::count(deals.won),
            Cell::count(deals.lost),
            Cell::count(deals.open),
            Cell::number(deals.last_closed.map(|last| day.since(last).0)),
        ];
        let lately = |on: Day| on < day && day.since(on).0 <= LATELY;
        let approaches = account.approaches.iter().filter(|approach| lately(approach.on)).count();
        let spans = || account.ticket_spans.iter().filter(|span| span.0 < day);
        let open = spans().filter(|span| span.1.is_none_or(|over| over >= day)).count();
        let nps = account.nps.iter().rev().find(|answer| answer.0 < day);
        cells.extend([
            Cell::count(approaches),
            Cell::count(open),
            Cell::count(spans().filter(|span| lately(span.0)).count()),
            Cell::number(nps.map(|answer| answer.1)),
            Cell::flag(self.near(day)),
            Cell::number(self.usage_change(day)),
        ]);
        cells.extend(self.bought(day));
        cells.extend(self.spoken(day));
        cells
    }

    /// The last whole month's reading of what counts against seats, over the seats of the day; the fullest of several.
    fn users_per_seat(&self, day: Day) -> Option<f64> {
        let seats = Held::on(self.history.versions, self.account.key, day).seats()?;
        let last = day.month_start().plus_months(Months(-1));
        let metrics = self.history.lake.usage_past.get(&self.account.key)?;
        let counted = metrics.iter().filter(|it| self.history.seat_metrics.contains(&it.metric));
        let readings = counted.filter_map(|it| it.on(last));
        let most = readings.fold(f64::NAN, f64::max);
        (seats > 0 && most.is_finite()).then(|| most / seats as f64)
    }

    /// How often it was contacted lately, how it reacted in a year, and how much of its seats it uses.
    fn spoken(&self, day: Day) -> [Cell<'a>; 6] {
        let within = |days: i32| {
            let spoken = self.account.spoken.iter();
            spoken.filter(move |(on, _)| *on < day && day.since(*on).0 <= days)
        };
        let all = within(YEAR).count();
        let of = |reaction: Reaction| within(YEAR).filter(|(_, it)| *it == reaction).count();
        let (good, bad) = (of(Reaction::Good), of(Reaction::Bad));
        // Drawn to the middle by two contacts that say nothing.
        let share = |count: usize| (all > 0).then(|| count as f64 / (all + 2) as f64);
        [
            Cell::count(within(QUARTER).count()),
            Cell::count(good),
            Cell::count(bad),
            Cell::number(share(bad)),
            Cell::number(self.users_per_seat(day)),
            Cell::number(share(good)),
        ]
    }

    /// The facts of a deal that is opened on a day.
    pub fn deal(&self, deal: Deal<'a>, day: Day) -> Vec<Cell<'a>> {
        let History { versions, catalogue, .. } = self.history;
        let held = Held::on(versions, self.account.key, day);
        let product = deal.product.and_then(|id| catalogue.product(id));
        let step = product.and_then(|product| held.step(versions, catalogue, product));
        let holds = deal.product.map(|id| held.0.iter().any(|(_, v)| versions.product(v) == id));
        let (_, month, _) = day.ymd();
        vec![
            Cell::text(deal.product.map(ProductId::as_str)),
            Cell::text(product.map(|product| kind(product.kind))),
            Cell::text(product.and_then(|product| product.line.as_deref())),
            Cell::whole(product.and_then(|product| product.tier)),
            Cell::whole(step),
            Cell::flag(holds),
            Cell::flag(deal.approached),
            Cell::number(Some(month)),
        ]
    }

    /// Whether a limit of any line is near; none where nothing tells.
    fn near(&self, day: Day) -> Option<bool> {
        let yesterday = day.plus(Days(-1));
        let lines = self.nearness.lines();
        lines.filter_map(|line| self.nearness.on(line, yesterday)).reduce(|a, b| a || b)
    }

    /// The last whole month's reading against that of three months before: the mean over all metrics of the change as
    /// a share of the larger.
    fn usage_change(&self, day: Day) -> Option<f64> {
        let last = day.month_start().plus_months(Months(-1));
        let before = last.plus_months(Months(-3));
        let metrics = self.history.lake.usage_past.get(&self.account.key)?;
        let changes = metrics.iter().filter_map(|metric| {
            let (now, then) = (metric.on(last)?, metric.on(before)?);
            let largest = now.abs().max(then.abs());
            Some(if largest > 0.0 { (now - then) / largest } else { 0.0 })
        });
        let changes: Vec<f64> = changes.collect();
        (!changes.is_empty()).then(|| changes.iter().sum::<f64>() / changes.len() as f64)
    }

    /// Purchases and spend lately, and days since the last.
    fn bought(&self, day: Day) -> [Cell<'a>; 3] {
        let its = self.baskets.iter().filter(|(_, on, _)| *on < day.0);
        let (mut count, mut spend, mut last) = (0, 0, None);
        for (_, on, minor) in its {
            let days = day.0 - on;
            last = Some(last.map_or(days, |last: i32| last.min(days)));
            if days <= LATELY {
                count += 1;
                spend += minor;
            }
        }
        if last.is_none() {
            return [Cell::Missing; 3];
        }
        [Cell::count(count), Cell::whole(Some(spend)), Cell::number(last)]
    }
}

fn kind(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Plan => "plan",
        ProductKind::Option => "option",
        ProductKind::Item => "item",
        ProductKind::Service => "service",
    }
}

/// The contract lines that ran at the beginning of a day, each with its version.
pub(super) struct Held<'a>(pub(super) Vec<(&'a Line, &'a Version)>);

impl<'a> Held<'a> {
    pub(super) fn on(versions: &'a Versions, account: i64, day: Day) -> Self {
        let lines = versions.lines.get(&account).into_iter().flatten();
        let runs =
            lines.filter(|line| line.started < day && line.ended.is_none_or(|end| end >= day));
        let version = |line: &'a Line| line.versions.iter().rev().find(|v| v.from < day);
        Self(runs.filter_map(|line| Some((line, version(line)?))).collect())
    }

    /// The line with the greatest recurring revenue, the first by id among equals: as [`super::churn::main_contract`].
    pub(super) fn main(&self) -> Option<(&'a Line, &'a Version)> {
        let size = |version: &Version| -version.mrr_minor.unwrap_or(-1);
        self.0
            .iter()
            .copied()
            .min_by(|a, b| size(a.1).cmp(&size(b.1)).then(a.0.subscription.cmp(&b.0.subscription)))
    }

    fn mrr(&self) -> Option<i64> {
        self.0.iter().filter_map(|(_, version)| version.mrr_minor).reduce(|a, b| a + b)
    }

    fn seats(&self) -> Option<i64> {
        self.0.iter().filter_map(|(_, version)| version.seats).reduce(|a, b| a + b)
    }

    fn products(&self) -> Vec<u32> {
        let mut products: Vec<u32> = self.0.iter().map(|(_, version)| version.product).collect();
        products.sort_unstable();
        products.dedup();
        products
    }

    /// How many tiers a product is above the highest plan of its line that is held.
    fn step(&self, versions: &Versions, catalogue: &Catalogue, product: &Product) -> Option<i64> {
        let of_line = self.0.iter().filter_map(|(_, version)| {
            let held = catalogue.product(versions.product(version))?;
            (held.kind == ProductKind::Plan && group(held) == group(product)).then_some(held.tier?)
        });
        Some(product.tier? - of_line.max()?)
    }
}

/// Days to the end of the term that runs; counted in whole terms from the contract's first day, since a day of
/// renewal on record may be one that was written later.
pub(super) fn to_term_end(line: &Line, version: &Version, day: Day) -> Option<i32> {
    let term = i32::try_from(version.term_months?).ok().filter(|term| *term > 1)?;
    let months = day.since(line.started).0 / 31;
    let mut over = (months / term).max(0);
    loop {
        let end = line.started.plus_months(Months(term.checked_mul(over)?));
        if end >= day {
            return Some(end.since(day).0);
        }
        over += 1;
    }
}

/// Days since the product that runs took the place of another.
fn in_plan(line: &Line, version: &Version, day: Day) -> i32 {
    let until = line.versions.iter().rev().skip_while(|other| other.from >= day);
    let same = until.take_while(|other| other.product == version.product);
    let first = same.last().map_or(version.from, |first| first.from);
    let whole = line.versions.first().is_some_and(|oldest| oldest.from == first);
    day.since(if whole { line.started.min(first) } else { first }).0
}

/// Deals before a day.
#[derive(Default)]
struct Deals {
    won: usize,
    lost: usize,
    open: usize,
    last_closed: Option<Day>,
}

impl Deals {
    fn before(account: &Account, day: Day) -> Self {
        let mut found = Self::default();
        for deal in chain(account).filter(|deal| deal.opened_on < day) {
            match closed(deal).filter(|closed| *closed < day) {
                Some(on) => {
                    found.won += usize::from(deal.outcome == Outcome::Won);
                    found.lost += usize::from(deal.outcome == Outcome::Lost);
                    found.last_closed = found.last_closed.max(Some(on));
                }
                None => found.open += 1,
            }
        }
        found
    }
}

/// The day on which a deal's outcome was known; that of its opening where the files do not say.
pub(super) fn closed(deal: &Proposal) -> Option<Day> {
    (deal.outcome != Outcome::Open).then(|| deal.closed_on.unwrap_or(deal.opened_on))
}
