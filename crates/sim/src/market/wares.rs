//! What the market's company sells: a line of plans with options and a service, a second line, and supplies.

use super::Field;
use crate::catalogue::{ATTENDANCE, EXPENSES, USERS};
use crate::draw::workday;
use crate::table::{Maybe, Table};

/// What kind of thing a product is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plan,
    Option,
    Service,
    Item,
}

/// One product. Prices are yen without tax.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ware {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) line: &'static str,
    pub(super) tier: Option<i64>,
    /// A seat and month for plans, a month for options, once for all else.
    pub(super) price: i64,
    /// Users included, for plans.
    pub(super) users: i64,
}

const fn plan(id: &'static str, name: &'static str, tier: i64, (price, users): (i64, i64)) -> Ware {
    Ware { id, name, kind: Kind::Plan, line: ATTENDANCE, tier: Some(tier), price, users }
}

const fn more(id: &'static str, name: &'static str, kind: Kind, price: i64) -> Ware {
    let line = if matches!(kind, Kind::Item) { "" } else { ATTENDANCE };
    Ware { id, name, kind, line, tier: None, price, users: 0 }
}

/// Every product; plans of the main line from the smallest on.
pub(super) const WARES: [Ware; 13] = [
    plan("KT-LIGHT", "勤怠 Light", 1, (300, 30)),
    plan("KT-STD", "勤怠 Standard", 2, (480, 100)),
    plan("KT-PRO", "勤怠 Pro", 3, (780, 300)),
    plan("KT-ENT", "勤怠 Enterprise", 4, (1_180, 5_000)),
    Ware { line: EXPENSES, ..plan("EX-STD", "経費 Standard", 1, (580, 5_000)) },
    more("OP-SHIFT", "シフト管理オプション", Kind::Option, 12_000),
    more("OP-LEAVE", "休暇管理オプション", Kind::Option, 8_000),
    more("OP-API", "API連携オプション", Kind::Option, 15_000),
    more("OP-SSO", "シングルサインオンオプション", Kind::Option, 20_000),
    more("SV-TRAIN", "定着支援研修", Kind::Service, 150_000),
    more("IT-CARD", "社員証ICカード 50枚", Kind::Item, 15_000),
    more("IT-TERM", "打刻端末 タブレット型", Kind::Item, 39_800),
    more("IT-TAPE", "ラベルプリンター用 テープ 10巻", Kind::Item, 5_400),
];

/// The positions of the main line's plans.
pub(super) const LADDER: [usize; 4] = [0, 1, 2, 3];
/// The position of the second line's plan.
pub(super) const SECOND: usize = 4;
/// The position of the supply that is ordered again and again.
pub(super) const SUPPLY: usize = 10;

impl Ware {
    /// Margin as a share of revenue.
    pub(super) fn margin(&self) -> f64 {
        match self.kind {
            Kind::Plan => 0.78,
            Kind::Option => 0.85,
            Kind::Service => 0.35,
            Kind::Item => 0.22,
        }
    }

    fn unit(&self) -> &'static str {
        match self.kind {
            Kind::Plan => "seat_month",
            Kind::Option => "month",
            Kind::Service | Kind::Item => "once",
        }
    }

    /// Yen a month for so many seats; nothing for what is paid once.
    pub(super) fn month(&self, seats: i64) -> i64 {
        match self.kind {
            Kind::Plan => self.price * seats,
            Kind::Option => self.price,
            Kind::Service | Kind::Item => 0,
        }
    }
}

/// products, limits.
pub(super) fn tables(field: &Field) -> [Table; 2] {
    let opened = workday(field.day(72));
    let mut products = Table::canonical("products");
    let mut limits = Table::canonical("limits");
    for ware in &WARES {
        let kind = match ware.kind {
            Kind::Plan => "plan",
            Kind::Option => "option",
            Kind::Service => "service",
            Kind::Item => "item",
        };
        products.push(&[
            ("product_id", &ware.id),
            ("name", &ware.name),
            ("kind", &kind),
            ("line", &ware.line),
            ("tier", &Maybe(ware.tier)),
            ("margin_rate", &ware.margin()),
            ("price", &ware.price),
            ("price_unit", &ware.unit()),
            ("currency", &"JPY"),
            ("active_from", &opened),
        ]);
        if ware.kind == Kind::Plan && ware.line == ATTENDANCE {
            limits.push(&[
                ("product_id", &ware.id),
                ("metric", &USERS),
                ("included", &ware.users),
                ("per_seat", &false),
                ("hard", &true),
                ("window", &"none"),
            ]);
        }
    }
    [products, limits]
}
