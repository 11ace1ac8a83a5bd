//! What the company sells: two lines of plans with options, services, and devices.

use domain::time::{Day, Months};

use crate::World;
use crate::table::{Maybe, Table};

/// The main line.
pub(crate) const ATTENDANCE: &str = "勤怠";
/// The second line.
pub(crate) const EXPENSES: &str = "経費";
/// The line of devices.
const DEVICES: &str = "機器";
/// The metric of people who use a plan.
pub(crate) const USERS: &str = "利用ユーザー";
/// The metric of stored documents and records.
pub(crate) const STORAGE: &str = "ストレージ(GB)";
/// The metric of clock-ins in a week.
pub(crate) const CLOCKINGS: &str = "打刻回数";
/// The metric of expense claims in a week.
pub(crate) const CLAIMS: &str = "申請件数";

/// What kind of thing a product is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plan,
    Option,
    Service,
    Item,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Option => "option",
            Self::Service => "service",
            Self::Item => "item",
        }
    }
}

/// How a price counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    SeatMonth,
    Month,
    Once,
}

impl Unit {
    fn code(self) -> &'static str {
        match self {
            Self::SeatMonth => "seat_month",
            Self::Month => "month",
            Self::Once => "once",
        }
    }
}

/// One product. Prices are yen without tax.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Product {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) line: &'static str,
    pub(crate) tier: Option<i64>,
    pub(crate) price: i64,
    pub(crate) unit: Unit,
    /// Users included, for plans.
    pub(crate) users: i64,
    /// Gigabytes included, for plans.
    pub(crate) storage: i64,
}

/// id, name, line, tier, price for a seat and month, users and gigabytes included.
const PLANS: [(&str, &str, &str, i64, i64, i64, i64); 7] = [
    ("KT-FREE", "勤怠 Free", ATTENDANCE, 0, 0, 5, 1),
    ("KT-LIGHT", "勤怠 Light", ATTENDANCE, 1, 300, 20, 20),
    ("KT-STD", "勤怠 Standard", ATTENDANCE, 2, 480, 50, 100),
    ("KT-PRO", "勤怠 Pro", ATTENDANCE, 3, 780, 100, 300),
    ("KT-ENT", "勤怠 Enterprise", ATTENDANCE, 4, 1_180, 1_000, 2_000),
    ("EX-LIGHT", "経費 Light", EXPENSES, 1, 350, 30, 30),
    ("EX-STD", "経費 Standard", EXPENSES, 2, 580, 1_000, 200),
];

/// id, name, line, price for a month.
const OPTIONS: [(&str, &str, &str, i64); 7] = [
    ("OP-SHIFT", "シフト管理オプション", ATTENDANCE, 12_000),
    ("OP-LEAVE", "休暇管理オプション", ATTENDANCE, 8_000),
    ("OP-API", "API連携オプション", ATTENDANCE, 15_000),
    ("OP-SSO", "シングルサインオンオプション", ATTENDANCE, 20_000),
    ("OP-AUDIT", "監査ログ長期保存オプション", ATTENDANCE, 18_000),
    ("OP-OCR", "領収書読み取りオプション", EXPENSES, 15_000),
    ("OP-CARD", "法人カード連携オプション", EXPENSES, 10_000),
];

/// id, name, line, price.
const SERVICES: [(&str, &str, &str, i64); 4] = [
    ("SV-ONB", "導入支援", ATTENDANCE, 300_000),
    ("SV-POC", "部門展開PoC", ATTENDANCE, 100_000),
    ("SV-TRAIN", "定着支援研修", ATTENDANCE, 150_000),
    ("SV-EXONB", "経費精算 導入支援", EXPENSES, 250_000),
];

/// id, name, price.
const ITEMS: [(&str, &str, i64); 14] = [
    ("IT-TERM", "打刻端末 タブレット型", 39_800),
    ("IT-STAND", "打刻端末用 壁掛けスタンド", 4_980),
    ("IT-READER", "ICカードリーダー", 12_800),
    ("IT-CARD", "社員証ICカード 50枚", 15_000),
    ("IT-HOLDER", "ICカードホルダー 50個", 6_500),
    ("IT-FINGER", "指静脈認証リーダー", 58_000),
    ("IT-ROUTER", "モバイルルーター", 18_500),
    ("IT-UPS", "小型無停電電源装置", 14_800),
    ("IT-SCAN", "領収書スキャナー", 34_800),
    ("IT-ROLLER", "スキャナー用 給紙ローラー", 3_980),
    ("IT-LABEL", "ラベルプリンター", 22_800),
    ("IT-TAPE", "ラベルプリンター用 テープ 10巻", 5_400),
    ("IT-SIREN", "始業終業チャイム", 27_500),
    ("IT-CABLE", "LANケーブル 10m 5本", 3_200),
];

/// The products, and the day when the main line's prices last rose.
pub(crate) struct Catalogue {
    pub(crate) products: Vec<Product>,
    pub(crate) revised: Day,
    version_old: String,
    version_new: String,
}

impl Catalogue {
    /// The catalogue as it stands on a day.
    pub(crate) fn new(as_of: Day) -> Self {
        let (year, _, _) = as_of.ymd();
        let revised = Day::from_ymd(year - 1, 4, 1).unwrap_or(as_of);
        let plain = |id, name, kind, line| Product {
            id,
            name,
            kind,
            line,
            tier: None,
            price: 0,
            unit: Unit::Once,
            users: 0,
            storage: 0,
        };
        let plans = PLANS.iter().map(|&(id, name, line, tier, price, users, storage)| Product {
            tier: Some(tier),
            price,
            unit: Unit::SeatMonth,
            users,
            storage,
            ..plain(id, name, Kind::Plan, line)
        });
        let options = OPTIONS.iter().map(|&(id, name, line, price)| Product {
            price,
            unit: Unit::Month,
            ..plain(id, name, Kind::Option, line)
        });
        let services = SERVICES.iter().map(|&(id, name, line, price)| Product {
            price,
            ..plain(id, name, Kind::Service, line)
        });
        let items = ITEMS
            .iter()
            .map(|&(id, name, price)| Product { price, ..plain(id, name, Kind::Item, DEVICES) });
        Self {
            products: plans.chain(options).chain(services).chain(items).collect(),
            revised,
            version_old: format!("{}年版", year - 4),
            version_new: format!("{}年版", year - 1),
        }
    }

    /// The product of that id.
    pub(crate) fn get(&self, id: &str) -> &Product {
        self.products.iter().find(|product| product.id == id).expect("the product is in the list")
    }

    /// The plans of a line, cheapest first.
    pub(crate) fn ladder(&self, line: &str) -> impl Iterator<Item = &Product> {
        self.products.iter().filter(move |p| p.kind == Kind::Plan && p.line == line)
    }

    /// The smallest paid plan of the line that includes so many users.
    pub(crate) fn plan_for(&self, line: &str, users: i64) -> &Product {
        let mut paid = self.ladder(line).filter(|plan| plan.price > 0);
        paid.find(|plan| plan.users >= users)
            .or_else(|| self.ladder(line).last())
            .expect("every line has plans")
    }

    /// Whether the product's prices rose on the day of the revision.
    pub(crate) fn was_revised(product: &Product) -> bool {
        product.line == ATTENDANCE && product.kind == Kind::Plan && product.price > 0
    }

    /// The version of the plan that someone who agreed on `day` has; empty where there is only one.
    pub(crate) fn version(&self, product: &Product, day: Day) -> &str {
        match (Self::was_revised(product), day < self.revised) {
            (false, _) => "",
            (true, true) => &self.version_old,
            (true, false) => &self.version_new,
        }
    }

    /// The unit price for someone who agreed on `day`: 10 % less before the revision.
    pub(crate) fn price(&self, product: &Product, day: Day) -> i64 {
        let old = Self::was_revised(product) && day < self.revised;
        if old { product.price * 9 / 100 * 10 } else { product.price }
    }

    /// Gigabytes included for someone who agreed on `day`: 70 % before the revision.
    pub(crate) fn storage(&self, product: &Product, day: Day) -> i64 {
        let old = Self::was_revised(product) && day < self.revised;
        if old { product.storage * 7 / 10 } else { product.storage }
    }
}

/// products, prices, limits, releases, offers.
pub(crate) fn tables(world: &World) -> [Table; 5] {
    [products(world), prices(world), limits(world), releases(world), offers()]
}

fn opened(world: &World) -> Day {
    world.catalogue.revised.plus_months(Months(-72))
}

fn products(world: &World) -> Table {
    let mut table = Table::canonical("products");
    for product in &world.catalogue.products {
        let margin = match product.kind {
            Kind::Plan => "0.78",
            Kind::Option => "0.85",
            Kind::Service => "0.35",
            Kind::Item => "0.22",
        };
        table.push(&[
            ("product_id", &product.id),
            ("name", &product.name),
            ("kind", &product.kind.code()),
            ("line", &product.line),
            ("tier", &Maybe(product.tier)),
            ("margin_rate", &margin),
            ("price", &product.price),
            ("price_unit", &product.unit.code()),
            ("currency", &"JPY"),
            ("active_from", &opened(world)),
        ]);
    }
    table
}

fn prices(world: &World) -> Table {
    let mut table = Table::canonical("prices");
    let catalogue = &world.catalogue;
    let day_before = catalogue.revised.plus(domain::time::Days(-1));
    for product in &catalogue.products {
        let revised = Catalogue::was_revised(product);
        let mut push = |from: Day, until: Option<Day>| {
            table.push(&[
                ("product_id", &product.id),
                ("unit", &product.unit.code()),
                ("price", &catalogue.price(product, from)),
                ("plan_version", &catalogue.version(product, from)),
                ("currency", &"JPY"),
                ("tax", &"excl"),
                ("valid_from", &from),
                ("valid_until", &Maybe(until)),
            ]);
        };
        if revised {
            push(opened(world), Some(day_before));
            push(catalogue.revised, None);
        } else {
            push(opened(world), None);
        }
    }
    table
}

fn limits(world: &World) -> Table {
    let mut table = Table::canonical("limits");
    let catalogue = &world.catalogue;
    for plan in catalogue.products.iter().filter(|product| product.kind == Kind::Plan) {
        let mut versions = vec![opened(world)];
        if Catalogue::was_revised(plan) {
            versions.push(catalogue.revised);
        }
        for day in versions {
            let storage = catalogue.storage(plan, day);
            for (metric, included, hard) in [(USERS, plan.users, true), (STORAGE, storage, false)] {
                table.push(&[
                    ("product_id", &plan.id),
                    ("metric", &metric),
                    ("included", &included),
                    ("per_seat", &false),
                    ("hard", &hard),
                    ("window", &"none"),
                    ("plan_version", &catalogue.version(plan, day)),
                ]);
            }
        }
    }
    table
}

fn releases(world: &World) -> Table {
    let mut table = Table::canonical("releases");
    let news = [
        (
            "KT-PRO",
            380,
            "残業アラートの多段階設定",
            "36協定の上限に近づいた従業員を、本人・上長・人事へ段階的に通知できます。",
        ),
        (
            "OP-SHIFT",
            310,
            "シフト希望のスマートフォン提出",
            "従業員がスマートフォンから希望シフトを提出し、管理者が一覧で調整できます。",
        ),
        (
            "KT-ENT",
            240,
            "グループ会社の横断集計",
            "複数法人の勤怠を一つの画面で集計し、会社ごとの締め状況を確認できます。",
        ),
        (
            "OP-API",
            190,
            "給与計算ソフトとの自動連携",
            "締め処理の完了後、主要な給与計算ソフトへ勤怠データを自動で送信します。",
        ),
        (
            "EX-STD",
            150,
            "インボイス制度の登録番号照合",
            "領収書の登録番号を自動で照合し、税区分の誤りを申請時に知らせます。",
        ),
        (
            "OP-OCR",
            95,
            "領収書読み取り精度の向上",
            "手書き領収書と長いレシートの読み取りに対応しました。",
        ),
        (
            "KT-ENT",
            50,
            "部門別の労働時間ダッシュボード",
            "部門ごとの労働時間と有給取得率を、経営会議向けの資料として出力できます。",
        ),
        (
            "OP-LEAVE",
            25,
            "年5日の有給取得義務の管理",
            "取得期限が近い従業員を一覧にし、本人と上長へ自動で案内します。",
        ),
    ];
    for (product, days_ago, title, body) in news {
        let day = crate::draw::workday(world.as_of.plus(domain::time::Days(-days_ago)));
        table.push(&[
            ("product_id", &product),
            ("released_on", &day),
            ("title", &title),
            ("body", &body),
        ]);
    }
    table
}

fn offers() -> Table {
    let mut table = Table::canonical("offers");
    table.push(&[
        ("offer_id", &"OF-SET"),
        ("motion", &"bundle"),
        ("name", &"経費 Standard・領収書読み取りセット"),
        ("product_id", &"EX-STD"),
        ("price", &25_000),
        ("effort_hours", &4),
        ("role", &"CIS"),
        ("incentive", &"無料 3か月 OP-OCR"),
        (
            "playbook",
            &"経理ご担当者へ現状の精算フローを伺う; 領収書読み取りの実演を行う; 見積を出す",
        ),
        ("complements", &"OP-OCR"),
    ]);
    table
}
