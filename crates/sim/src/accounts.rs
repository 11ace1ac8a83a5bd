//! The customers' tree: groups, companies, departments.

use std::fmt::Write;

use domain::motion::{AccountKind, TouchModel};
use domain::time::{Day, Days};

use crate::World;
use crate::customer::Scene;
use crate::draw::Draw;
use crate::names::{DEPARTMENTS, FIRST, REGIONS, STEMS, Stem, TRADES};
use crate::people::REPS;
use crate::table::{Maybe, Table};

/// One account of the tree.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kana: String,
    pub(crate) kind: AccountKind,
    /// The position of the parent.
    pub(crate) parent: Option<usize>,
    pub(crate) mail_domain: String,
    pub(crate) industry: &'static str,
    pub(crate) segment: &'static str,
    pub(crate) employees: i64,
    pub(crate) region: &'static str,
    pub(crate) fiscal_close: Option<u8>,
    pub(crate) touch: TouchModel,
    /// The position of the owner among the representatives.
    pub(crate) owner: Option<usize>,
    /// Whether it can hold subscriptions: a department, or a company without departments.
    pub(crate) buys: bool,
    /// When its oldest subscription started, or that of an account below.
    pub(crate) acquired: Option<Day>,
}

/// Grows the tree; parents stand before their children.
pub(crate) fn grow(world: &World) -> Vec<Account> {
    let mut accounts = Vec::new();
    for index in 0..world.companies {
        Root::new(world, index).grow(&mut accounts);
    }
    accounts
}

/// What the accounts of one root share.
struct Root {
    index: usize,
    draw: Draw,
    stem: Stem,
    prefix: (String, String),
    region: &'static str,
    fiscal_close: Option<u8>,
    owner: usize,
}

/// How a company differs from its siblings.
struct Company {
    id: String,
    parent: Option<usize>,
    trade: usize,
    ending: (&'static str, &'static str),
}

impl Root {
    fn new(world: &World, index: usize) -> Self {
        let mut draw = Draw::new(world.seed, "root", index);
        let mut order: Vec<usize> = (0..STEMS.len()).collect();
        Draw::new(world.seed, "stems", 0).shuffle(&mut order);
        let others = index.saturating_sub(1);
        let stem = if index == 0 { FIRST } else { STEMS[order[others % STEMS.len()]] };
        let weights =
            [20.0, 9.0, 7.0, 7.0, 5.0, 4.0, 4.0, 4.0, 3.0, 3.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0];
        let region = if index == 0 { 0 } else { draw.weighted(&weights) };
        let fiscal_close = match draw.weighted(&[56.0, 10.0, 7.0, 5.0, 4.0, 18.0]) {
            _ if index == 0 => Some(3),
            0 => Some(3),
            1 => Some(12),
            2 => Some(9),
            3 => Some(6),
            4 => Some(2),
            _ => None,
        };
        Self {
            index,
            draw,
            stem,
            prefix: prefix(others / STEMS.len()),
            region: REGIONS[region].0,
            fiscal_close,
            owner: index % (REPS.len() - 1),
        }
    }

    fn grow(mut self, accounts: &mut Vec<Account>) {
        let id = format!("A{:04}", self.index + 1);
        if self.index % 5 == 2 {
            self.group(&id, accounts);
        } else {
            let trade = if self.index == 0 { 0 } else { self.draw.index(TRADES.len()) };
            let ending = if self.index == 0 { 0 } else { self.draw.index(4) };
            let ending = TRADES[trade].1[ending];
            self.company(Company { id, parent: None, trade, ending }, accounts);
        }
    }

    fn group(&mut self, id: &str, accounts: &mut Vec<Account>) {
        let parent = accounts.len();
        let mut trades: Vec<usize> = (0..TRADES.len()).collect();
        self.draw.shuffle(&mut trades);
        let subsidiaries = usize::try_from(self.draw.whole(2, 4)).expect("two to four");
        trades.truncate(subsidiaries);
        accounts.push(Account {
            name: format!("{}{}ホールディングス株式会社", self.prefix.0, self.stem.0),
            kana: format!("{}{}ホールディングス", self.prefix.1, self.stem.1),
            kind: AccountKind::Group,
            industry: TRADES[trades[0]].0,
            segment: "enterprise",
            employees: 0,
            touch: TouchModel::High,
            ..self.blank(id.to_owned())
        });
        for (i, &trade) in trades.iter().enumerate() {
            let ending = *self.draw.pick(&TRADES[trade].1);
            let id = format!("{id}-S{}", i + 1);
            self.company(Company { id, parent: Some(parent), trade, ending }, accounts);
        }
        let below = accounts[parent + 1..].iter().filter(|a| a.parent == Some(parent));
        accounts[parent].employees = below.map(|a| a.employees).sum::<i64>() + 60;
    }

    fn company(&mut self, company: Company, accounts: &mut Vec<Account>) {
        let weights =
            if company.parent.is_some() { [15.0, 45.0, 40.0] } else { [22.0, 36.0, 42.0] };
        let size = if self.index == 0 { 0 } else { self.draw.weighted(&weights) };
        let (segment, employees) = match size {
            0 => ("enterprise", self.draw.whole(100, 420) * 10),
            1 => ("mid", self.draw.whole(20, 90) * 10),
            _ => ("small", self.draw.whole(12, 180)),
        };
        let touch = match size {
            0 => TouchModel::High,
            1 if self.draw.chance(0.25) => TouchModel::High,
            1 => TouchModel::Low,
            _ if self.draw.chance(0.3) => TouchModel::Low,
            _ => TouchModel::Tech,
        };
        let written = format!("{}{}{}", self.prefix.0, self.stem.0, company.ending.0);
        let first = self.index == 0 || self.draw.chance(0.5);
        let name =
            if first { format!("株式会社{written}") } else { format!("{written}株式会社") };
        let departments = match size {
            0 if self.index == 0 => 3,
            0 => self.draw.whole(2, 3),
            1 if self.draw.chance(0.3) => 2,
            _ => 0,
        };
        let at = accounts.len();
        accounts.push(Account {
            name,
            kana: format!("{}{}{}", self.prefix.1, self.stem.1, company.ending.1),
            parent: company.parent,
            industry: TRADES[company.trade].0,
            segment,
            employees,
            touch,
            owner: (touch != TouchModel::Tech).then_some(self.owner),
            buys: departments == 0,
            ..self.blank(company.id)
        });
        self.departments(at, departments, accounts);
    }

    fn departments(&mut self, parent: usize, count: i64, accounts: &mut Vec<Account>) {
        let mut order: Vec<usize> = (0..DEPARTMENTS.len()).collect();
        if self.index != 0 {
            self.draw.shuffle(&mut order);
        }
        let company = accounts[parent].clone();
        for (number, &at) in (1..=count).zip(&order) {
            let (written, read, one_in) = DEPARTMENTS[at];
            accounts.push(Account {
                id: format!("{}-D{number}", company.id),
                name: format!("{} {written}", company.name),
                kana: format!("{} {read}", company.kana),
                kind: AccountKind::Department,
                parent: Some(parent),
                employees: 18 + company.employees / one_in + self.draw.whole(0, 24),
                buys: true,
                ..company.clone()
            });
        }
    }

    /// An account with what the root's accounts share.
    fn blank(&self, id: String) -> Account {
        let mut mail_domain = self.stem.2.to_owned();
        if self.index > STEMS.len() {
            write!(mail_domain, "{}", self.index).expect("writing to a string succeeds");
        }
        Account {
            id,
            name: String::new(),
            kana: String::new(),
            kind: AccountKind::Company,
            parent: None,
            mail_domain: format!("{mail_domain}.example.co.jp"),
            industry: "",
            segment: "",
            employees: 0,
            region: self.region,
            fiscal_close: self.fiscal_close,
            touch: TouchModel::Tech,
            owner: Some(self.owner),
            buys: false,
            acquired: None,
        }
    }
}

/// What tells names apart once every stem is used: a place, then a place and a direction.
fn prefix(round: usize) -> (String, String) {
    const DIRECTIONS: [(&str, &str); 5] =
        [("", ""), ("東", "ヒガシ"), ("西", "ニシ"), ("南", "ミナミ"), ("中央", "チュウオウ")];
    let Some(round) = round.checked_sub(1) else { return (String::new(), String::new()) };
    let (_, place, read) = REGIONS[round % REGIONS.len()];
    let direction = DIRECTIONS[round / REGIONS.len() % DIRECTIONS.len()];
    (format!("{place}{}", direction.0), format!("{read}{}", direction.1))
}

/// The accounts table.
pub(crate) fn table(scene: &Scene) -> Table {
    let mut table = Table::canonical("accounts");
    for (at, account) in scene.accounts.iter().enumerate() {
        let mut draw = Draw::new(scene.world.seed, "account", at);
        let confirmed = draw.after(scene.world.as_of, (-330, -40));
        let asked = account.fiscal_close.is_some()
            && account.touch != TouchModel::Tech
            && draw.chance(0.6)
            && account.acquired.is_some_and(|day| day < confirmed);
        let cost = account.acquired.filter(|_| account.buys).map(|_| match account.touch {
            TouchModel::High => draw.whole(30, 90) * 10_000,
            TouchModel::Low => draw.whole(8, 30) * 10_000,
            TouchModel::Tech => draw.whole(5, 30) * 1_000,
        });
        table.push(&[
            ("account_id", &account.id),
            ("name", &account.name),
            ("name_kana", &account.kana),
            ("kind", &account.kind.code()),
            ("parent_id", &Maybe(account.parent.map(|at| &scene.accounts[at].id))),
            ("industry", &account.industry),
            ("segment", &account.segment),
            ("employees", &account.employees),
            ("region", &account.region),
            ("country", &"JP"),
            ("currency", &"JPY"),
            ("fiscal_close_month", &Maybe(account.fiscal_close)),
            ("fiscal_confirmed_on", &Maybe(asked.then_some(crate::draw::workday(confirmed)))),
            ("touch_model", &account.touch.code()),
            ("owner", &Maybe(account.owner.map(|rep| REPS[rep].id))),
            ("acquired_on", &Maybe(account.acquired)),
            ("acquisition_cost", &Maybe(cost)),
        ]);
    }
    table
}

/// Lets every account know since when it, or an account below it, is a customer.
pub(crate) fn date(accounts: &mut [Account], starts: &[(usize, Day)]) {
    for &(at, start) in starts {
        let mut next = Some(at);
        while let Some(at) = next {
            let acquired = &mut accounts[at].acquired;
            *acquired = Some(acquired.map_or(start, |day| day.min(start)));
            next = accounts[at].parent;
        }
    }
}

/// Years from a day to the later `as_of`.
pub(crate) fn years_between(day: Day, as_of: Day) -> f64 {
    let Days(days) = as_of.since(day);
    f64::from(days) / 365.25
}
