//! The market's customers as companies: groups, sizes, owners, contacts; and the representatives.

use domain::time::Day;

use super::life::Life;
use super::{Field, MarketOptions};
use crate::draw::Draw;
use crate::names::{FAMILIES, GIVEN, REGIONS, STEMS, TRADES};
use crate::table::{Maybe, Table};

/// Customers that one representative looks after, digital ones included.
const CUSTOMERS_A_REP: usize = 200;
/// Hours a week that a representative has for offers: too few to reach everyone.
const HOURS_A_WEEK: i64 = 12;
/// One root in so many is a group.
const ROOTS_A_GROUP: usize = 8;

/// One customer.
#[derive(Debug, Clone)]
pub(super) struct Firm {
    pub(super) id: String,
    /// The position of its root among all roots.
    pub(super) root: usize,
    /// Whether its root is a group, whose head stands above it.
    pub(super) grouped: bool,
    pub(super) segment: &'static str,
    pub(super) employees: i64,
    pub(super) touch: &'static str,
    /// The month in which its year closes, 1 to 12.
    pub(super) fiscal_close: i64,
    /// Months since its first contract.
    pub(super) age: i32,
    /// Months of a term.
    pub(super) term: i32,
    /// The share off list prices, in per cent.
    pub(super) discount: i64,
    /// Days by which its contracts began before the day of the month on which the history ends.
    pub(super) offset: i32,
    trade: &'static str,
    region: &'static str,
    name: String,
    rep: usize,
}

impl Firm {
    /// Whether people look after it.
    pub(super) fn takes_hours(&self) -> bool {
        self.touch != "tech"
    }

    /// The representative who owns it; nobody owns those who are reached by mail and prompts.
    pub(super) fn owner(&self) -> Option<String> {
        self.takes_hours().then(|| rep_id(self.rep))
    }

    /// The id of the account at the top of its group; its own where there is none.
    pub(super) fn root_id(&self) -> String {
        if self.grouped { head_id(self.root) } else { self.id.clone() }
    }
}

fn rep_id(rep: usize) -> String {
    format!("R{:02}", rep + 1)
}

fn head_id(root: usize) -> String {
    format!("G{:06}", root + 1)
}

fn rep_count(options: &MarketOptions) -> usize {
    (options.accounts / CUSTOMERS_A_REP).max(2)
}

/// Grows roots until there are enough customers.
pub(super) fn grow(options: &MarketOptions) -> Vec<Firm> {
    let mut firms = Vec::with_capacity(options.accounts);
    let mut root = 0;
    while firms.len() < options.accounts {
        let mut draw = Draw::new(options.seed, "market root", root);
        let grouped = root % ROOTS_A_GROUP == 2;
        let members = if grouped { draw.whole(2, 4) } else { 1 };
        let region = draw.pick(&REGIONS).0;
        let fiscal_close = [3, 3, 3, 12, 9, 6, 2][draw.index(7)];
        for _ in 0..members {
            if firms.len() == options.accounts {
                break;
            }
            let rep = root % rep_count(options);
            let at = firms.len();
            let firm = firm((at, root), &mut draw);
            firms.push(Firm { grouped, fiscal_close, region, rep, ..firm });
        }
        root += 1;
    }
    firms
}

fn firm((at, root): (usize, usize), draw: &mut Draw) -> Firm {
    let (segment, employees) = match draw.weighted(&[12.0, 38.0, 50.0]) {
        0 => ("enterprise", draw.whole(60, 300) * 10),
        1 => ("mid", draw.whole(10, 60) * 10),
        _ => ("small", draw.whole(12, 100)),
    };
    let touch = match segment {
        "enterprise" => "high",
        "mid" if draw.chance(0.3) => "high",
        "mid" => "low",
        _ if draw.chance(0.3) => "low",
        _ => "tech",
    };
    let trade = draw.pick(&TRADES);
    let stem = draw.pick(&STEMS);
    Firm {
        id: format!("A{:06}", at + 1),
        root,
        grouped: false,
        segment,
        employees,
        touch,
        fiscal_close: 3,
        age: i32::try_from(draw.whole(2, 48)).expect("four years at most"),
        term: [1, 6, 12][draw.weighted(&[35.0, 25.0, 40.0])],
        discount: [0, 5, 10][draw.weighted(&[75.0, 15.0, 10.0])],
        offset: i32::try_from(draw.whole(0, 27)).expect("less than a month"),
        trade: trade.0,
        region: "",
        name: format!("株式会社{}{} {}", stem.0, draw.pick(&trade.1).0, at + 1),
        rep: 0,
    }
}

/// The reps table.
pub(super) fn reps(field: &Field) -> Table {
    let mut table = Table::canonical("reps");
    for rep in 0..rep_count(&field.options) {
        let mut draw = field.draw("market rep", rep);
        let name = format!("{} {}", draw.pick(&FAMILIES).0, draw.pick(&GIVEN).0);
        table.push(&[
            ("rep_id", &rep_id(rep)),
            ("name", &name),
            ("role", &"AM"),
            ("team", &"営業部"),
            ("hours_per_week", &HOURS_A_WEEK),
        ]);
    }
    table
}

/// The accounts table: heads of groups before their members.
pub(super) fn table(field: &Field, lives: &[Life]) -> Table {
    let mut table = Table::canonical("accounts");
    let mut heads = None;
    for (firm, life) in field.firms.iter().zip(lives) {
        if firm.grouped && heads != Some(firm.root) {
            heads = Some(firm.root);
            head(&mut table, firm);
        }
        table.push(&[
            ("account_id", &firm.id),
            ("name", &firm.name),
            ("kind", &"company"),
            ("parent_id", &Maybe(firm.grouped.then(|| head_id(firm.root)))),
            ("industry", &firm.trade),
            ("segment", &firm.segment),
            ("employees", &firm.employees),
            ("region", &firm.region),
            ("country", &"JP"),
            ("currency", &"JPY"),
            ("fiscal_close_month", &firm.fiscal_close),
            ("touch_model", &firm.touch),
            ("owner", &Maybe(firm.owner())),
            ("acquired_on", &life.started(field)),
        ]);
    }
    table
}

fn head(table: &mut Table, firm: &Firm) {
    table.push(&[
        ("account_id", &head_id(firm.root)),
        ("name", &format_args!("{}ホールディングス {}", firm.trade, firm.root + 1)),
        ("kind", &"group"),
        ("country", &"JP"),
        ("currency", &"JPY"),
        ("fiscal_close_month", &firm.fiscal_close),
        ("touch_model", &"high"),
        ("owner", &rep_id(firm.rep)),
    ]);
}

/// contacts, permissions: two people each, who agreed to mail when the contract began.
pub(super) fn people(field: &Field) -> [Table; 2] {
    let mut contacts = Table::canonical("contacts");
    let mut permissions = Table::canonical("permissions");
    for (at, firm) in field.firms.iter().enumerate() {
        let mut draw = field.draw("market people", at);
        let began: Day = field.day(firm.age);
        for (place, role) in [(1, "decision_maker"), (2, "champion")] {
            let id = contact_id(firm, place);
            let (family, given) = (draw.pick(&FAMILIES), draw.pick(&GIVEN));
            contacts.push(&[
                ("contact_id", &id),
                ("account_id", &firm.id),
                ("name", &format_args!("{} {}", family.0, given.0)),
                ("email", &format_args!("{}@{}.example.co.jp", family.1, firm.id.to_lowercase())),
                ("role", &role),
            ]);
            permissions.push(&[
                ("contact_id", &id),
                ("channel", &"mail"),
                ("state", &"opt_in"),
                ("basis", &"利用規約への同意"),
                ("on", &began),
                ("source", &"申込書"),
            ]);
        }
    }
    [contacts, permissions]
}

/// The id of a customer's first or second contact.
pub(super) fn contact_id(firm: &Firm, place: usize) -> String {
    format!("{}-{place}", firm.id)
}
