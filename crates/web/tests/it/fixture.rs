//! A company's rows as a run would leave them: contracts near their limit, renewals, a deal, a ticket.

mod view;

use std::path::Path;

use decide::card::{Card, Check, Compared, Line, Said, Split};
use domain::canonical::{self, Entity};
use domain::money::Currency;
use domain::time::{Day, Zone, parse_instant};
use store::{FateCount, LeaseAsk, Open, OtherRow, PlayRow, Row, RunRow, Store, Value};
use web::AppState;

/// The run that every fixture is published under.
pub(crate) const RUN: &str = "run-1";
/// The run's day.
pub(crate) const AS_OF: &str = "2026-03-12";
/// Plays of the whole fixture: more than one page.
pub(crate) const PLAYS: usize = 64;
/// What a full page of lines may weigh.
pub(crate) const FULL_PAGE_BYTES_MAX: usize = 100 * 1024;

/// An empty store in a folder.
pub(crate) async fn empty(folder: &Path) -> AppState {
    let url = format!("sqlite://{}/store.sqlite", folder.display());
    let store = Store::open(&url, Open::ReadWrite).await.expect("the store opens");
    let zone = Zone::named("Asia/Tokyo").expect("a zone");
    AppState::new(store, "midori", zone, Currency::JPY)
}

/// The whole fixture.
pub(crate) async fn full(folder: &Path) -> AppState {
    let state = empty(folder).await;
    entities(&state.store).await;
    let plays: Vec<PlayRow> = (1..=PLAYS).map(play).collect();
    publish(&state.store, &plays, &fates()).await;
    state
}

/// Publishes a run with these plays; account keys are assigned in the order of [`account_id`].
pub(crate) async fn publish(store: &Store, plays: &[PlayRow], fates: &[FateCount]) {
    let ids: Vec<String> = (1..=PLAYS).map(account_id).collect();
    store.account_keys(&ids).await.expect("account keys");
    store.contact_keys(&["c-1".to_owned(), "c-2".to_owned()]).await.expect("contact keys");
    let run = RunRow {
        run_id: RUN.to_owned(),
        as_of: AS_OF.to_owned(),
        data_hash: "d".to_owned(),
        policy_hash: "p".to_owned(),
        seed: 1,
        version: "0.1.0".to_owned(),
        summary: "{}".to_owned(),
        published: false,
    };
    store.begin_run(&run).await.expect("the run begins");
    store.write_plays(plays, &others(), fates).await.expect("plays");
    let view = serde_json::to_string(&view::view()).expect("a view as JSON");
    store.write_views(RUN, &[(1, view)]).await.expect("views");
    crate::mapped::publish(store).await;
    store.publish_run(RUN, "{}").await.expect("the run is published");
}

/// The id of the n-th account, from 1.
pub(crate) fn account_id(n: usize) -> String {
    format!("A-{n:03}")
}

/// One row of a table from the columns that matter.
pub(crate) fn row(entity: &'static Entity, values: &[(&str, Value)]) -> Row {
    let columns = Store::columns(entity);
    for (name, _) in values {
        assert!(columns.contains(name), "{}.{name}", entity.name);
    }
    let value = |column: &&str| values.iter().find(|(name, _)| name == column);
    columns.iter().map(|c| value(c).map_or(Value::Null, |(_, v)| v.clone())).collect()
}

/// A text.
pub(crate) fn t(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A moment in Tokyo.
pub(crate) fn at(text: &str) -> Value {
    let zone = Zone::named("Asia/Tokyo").expect("a zone");
    Value::Int(parse_instant(text, &zone).expect("an instant").0)
}

/// Writes rows of one table.
pub(crate) async fn put(store: &Store, entity: &str, rows: &[&[(&str, Value)]]) {
    let entity = canonical::entity(entity).expect("a canonical table");
    let rows: Vec<Row> = rows.iter().map(|values| row(entity, values)).collect();
    // As everybody who changes entities does.
    let ask = LeaseAsk { what: "ingest", holder: "1@here", now_s: 0, ttl_s: 1 };
    let lease = store.acquire_lease(&ask, |_| true).await.expect("the lease is free");
    store.upsert(entity, &rows).await.expect("rows are taken");
    store.release_lease(lease).await.expect("the lease is ours");
}

const NAMES: [&str; 12] = [
    "株式会社みどり製作所",
    "東都精機株式会社",
    "北浜ロジスティクス株式会社",
    "株式会社あおば食品",
    "さくら不動産株式会社",
    "瀬戸内マリン株式会社",
    "株式会社キタムラ電子",
    "武蔵野メディカル株式会社",
    "株式会社ひかり印刷",
    "中央建材工業株式会社",
    "株式会社サンライズ商事",
    "丸越運輸株式会社",
];

pub(crate) async fn entities(store: &Store) {
    people(store).await;
    let accounts = canonical::entity("accounts").expect("accounts");
    let rows: Vec<Row> = (1..=PLAYS).map(|n| account(accounts, n)).collect();
    store.upsert(accounts, &rows).await.expect("accounts are taken");
    let group = [
        ("account_id", t("G-1")),
        ("name", t("みどりホールディングス株式会社")),
        ("kind", t("group")),
    ];
    put(store, "accounts", &[&group]).await;
    catalogue(store).await;
    contracts(store).await;
    history(store).await;
}

fn account(entity: &'static Entity, n: usize) -> Row {
    let base = NAMES[(n - 1) % NAMES.len()];
    let name = match (n, (n - 1) / NAMES.len()) {
        (2, _) => "情報システム部".to_owned(),
        (_, 0) => base.to_owned(),
        (_, branch) => format!("{base} 第{branch}事業部"),
    };
    let parent = match n {
        1 | 4 => t("G-1"),
        2 => t("A-001"),
        _ => Value::Null,
    };
    row(
        entity,
        &[
            ("account_id", t(&account_id(n))),
            ("name", t(&name)),
            ("name_kana", t(if n == 1 { "カブシキガイシャミドリセイサクショ" } else { "" })),
            ("kind", t(if n == 2 { "department" } else { "company" })),
            ("parent_id", parent),
            ("industry", t(["製造", "物流", "食品", "不動産"][n % 4])),
            ("segment", t(["中堅", "大手"][n % 2])),
            ("employees", Value::Int(120 * i64::try_from(n).expect("small"))),
            ("region", t("関東")),
            ("touch_model", t(["high", "low"][n % 2])),
            ("owner", t(["r-1", "r-2"][n % 2])),
            ("fiscal_close_month", if n == 1 { Value::Int(3) } else { Value::Null }),
        ],
    )
}

async fn people(store: &Store) {
    let rep = |id, name, role| [("rep_id", t(id)), ("name", t(name)), ("role", t(role))];
    let (a, b) = (rep("r-1", "田中 美咲", "CIS"), rep("r-2", "鈴木 健", "CS"));
    put(store, "reps", &[&a, &b]).await;
    let contact = |id, name, role, left: Value| {
        [
            ("contact_id", t(id)),
            ("account_id", t("A-001")),
            ("name", t(name)),
            ("role", t(role)),
            ("title", t("情報システム部 部長")),
            ("phone", t("03-0000-0000")),
            ("email", t("sato@example.jp")),
            ("left_on", left),
        ]
    };
    let rows = [
        contact("c-1", "佐藤 花子", "decision_maker", Value::Null),
        contact("c-2", "高橋 一郎", "champion", Value::Null),
        contact("c-3", "伊藤 誠", "key_person", t("2025-09-30")),
    ];
    put(store, "contacts", &[&rows[0], &rows[1], &rows[2]]).await;
}

async fn catalogue(store: &Store) {
    let product = |id, name, kind| {
        [("product_id", t(id)), ("name", t(name)), ("kind", t(kind)), ("line", t("コラボ"))]
    };
    let (pro, ent) = (product("PRO", "Pro", "plan"), product("ENT", "Enterprise", "plan"));
    let sso = product("SSO", "シングルサインオン", "option");
    put(store, "products", &[&pro, &ent, &sso]).await;
    let price = |id| {
        [
            ("product_id", t(id)),
            ("unit", t("seat_month")),
            ("price", Value::Int(1_200)),
            ("tax", t("excl")),
        ]
    };
    put(store, "prices", &[&price("ENT"), &price("SSO")]).await;
}

async fn contracts(store: &Store) {
    let line = |id, product, from, seats, mrr| {
        [
            ("subscription_id", t(id)),
            ("account_id", t("A-001")),
            ("product_id", t(product)),
            ("effective_on", t(from)),
            ("seats", Value::Int(seats)),
            ("mrr", Value::Int(mrr)),
            ("started_on", t("2024-06-01")),
            ("renews_on", t("2026-05-31")),
            ("notice_days", Value::Int(39)),
            ("ended_on", if id == "S-2" { t("2025-05-31") } else { Value::Null }),
        ]
    };
    let rows = [
        line("S-1", "PRO", "2024-06-01", 60, 72_000),
        line("S-1", "PRO", "2025-06-01", 100, 120_000),
        line("S-1", "PRO", "2026-06-01", 999, 999_000),
        line("S-2", "SSO", "2024-06-01", 60, 6_000),
    ];
    put(store, "subscriptions", &[&rows[0], &rows[1], &rows[2], &rows[3]]).await;
}

async fn history(store: &Store) {
    let survey = [
        ("response_id", t("N-1")),
        ("account_id", t("A-001")),
        ("at", at("2026-01-20")),
        ("score", Value::Real(9.0)),
        ("question", t("nps")),
        ("comment", t("設定が分かりやすく、部内の問い合わせが減りました。")),
        ("contact_id", t("c-2")),
    ];
    put(store, "surveys", &[&survey]).await;
    let activity = |id, when, kind, subject, closed: Value| {
        [
            ("activity_id", t(id)),
            ("account_id", t("A-001")),
            ("at", at(when)),
            ("kind", t(kind)),
            ("subject", t(subject)),
            ("contact_id", t("c-1")),
            ("owner", t("r-1")),
            ("priority", if kind == "ticket" { t("high") } else { Value::Null }),
            ("closed_at", closed),
        ]
    };
    let rows = [
        activity("T-9", "2026-03-10T10:00", "ticket", "ログイン画面の表示が遅い", Value::Null),
        activity("T-8", "2026-02-03T10:00", "ticket", "権限の設定方法", at("2026-02-04T09:00")),
        activity("M-3", "2026-02-18T14:00", "meeting", "四半期の利用状況のご報告", Value::Null),
        activity("M-4", "2026-04-01T14:00", "meeting", "未来の打ち合わせ", Value::Null),
    ];
    put(store, "activities", &[&rows[0], &rows[1], &rows[2], &rows[3]]).await;
    let deal = [
        ("proposal_id", t("D-7")),
        ("account_id", t("A-001")),
        ("opened_at", at("2026-02-20")),
        ("product_id", t("SSO")),
        ("owner", t("r-1")),
        ("stage", t("見積提示")),
        ("amount", Value::Int(360_000)),
        ("expected_close_on", t("2026-04-30")),
        ("next_step", t("見積の確認")),
        ("next_step_on", t("2026-03-19")),
    ];
    put(store, "proposals", &[&deal]).await;
}

fn said(ja: &str, en: &str) -> Said {
    Said { ja: ja.to_owned(), en: en.to_owned() }
}

fn line(ja: &str, en: &str, source: &str, on: &str) -> Line {
    let on = Day::parse_iso(on).map(|day| day.to_string());
    Line { said: said(ja, en), source: source.to_owned(), on }
}

/// The n-th play of the list.
pub(crate) fn play(n: usize) -> PlayRow {
    let number = i64::try_from(n).expect("a small number");
    let (motion, product, owner) = match n % 5 {
        0 => ("care", None, None),
        3 => ("advance", Some("SSO"), Some("r-2")),
        2 => ("option", Some("SSO"), Some("r-2")),
        _ => ("plan_up", Some("ENT"), Some("r-1")),
    };
    let card = card(motion);
    PlayRow {
        run_id: RUN.to_owned(),
        play_id: format!("play-{n}"),
        rank: number,
        account_key: number,
        root_key: number,
        contact_key: (n <= 2).then_some(number),
        offer_id: format!("{motion}:{}", product.unwrap_or("")),
        product_id: product.map(str::to_owned),
        motion: motion.to_owned(),
        role: "CIS".to_owned(),
        owner: owner.map(str::to_owned),
        week: "2026-03-09".to_owned(),
        effort_hours: if motion == "care" { 0.5 } else { 2.0 },
        expected_minor: 412_000 - 5_000 * number,
        lower_minor: 96_000,
        upper_minor: 780_000,
        revenue_month_minor: card.revenue_month_minor,
        probability: 0.18,
        probability_lower: 0.12,
        probability_upper: 0.26,
        provenance: if motion == "option" { "prior" } else { "estimated" }.to_owned(),
        channel: "phone".to_owned(),
        due: (motion != "care").then(|| "2026-04-22".to_owned()),
        why_now_ja: String::new(),
        why_now_en: String::new(),
        card: serde_json::to_string(&card).expect("a card as JSON"),
    }
}

#[expect(clippy::too_many_lines, reason = "one card, field by field")]
fn card(motion: &str) -> Card {
    let (title, month) = match motion {
        "care" => (said("ログインが減った部署のフォロー", "Help a team that logs in less"), 0),
        "advance" => (said("シングルサインオンの商談を進める", "Advance the SSO deal"), 36_000),
        "option" => (said("シングルサインオン", "Single sign-on"), 36_000),
        _ => (said("Pro → Enterprise", "Pro → Enterprise"), 84_000),
    };
    Card {
        title,
        revenue_month_minor: month,
        kept_month_minor: 0,
        once_minor: 0,
        price_basis: if motion == "plan_up" { "list" } else { "own" }.to_owned(),
        why_now: vec![
            line(
                "利用ユーザー 93/100名。3月下旬に上限へ到達する見込みです。",
                "93 of 100 users; the limit is expected to be reached in late March.",
                "usage active_users",
                "2026-03-11",
            ),
            line(
                "解約申出期限まで41日です。",
                "41 days to the cancel deadline.",
                "subscriptions S-1",
                "2025-06-01",
            ),
            line("推進者NPS 9(1月)", "Champion's NPS 9 (January)", "surveys N-1", "2026-01-20"),
        ],
        why_this: vec![line(
            "Proの利用上限は100名、Enterpriseは500名です。",
            "Pro includes 100 users, Enterprise 500.",
            "limits PRO active_users",
            "2025-04-01",
        )],
        odds: vec![
            line(
                "商談化率 24 %: 過去に提案した412件のうち99件から推定しました。",
                "24 % become deals: estimated from 99 of 412 approaches.",
                "proposals 412件",
                "2026-03-01",
            ),
            line(
                "商談からの受注率 75 %: 同じ商品の商談60件から推定しました。",
                "75 % of deals are won: estimated from 60 deals of this product.",
                "proposals 60件",
                "2026-03-01",
            ),
            line("粗利率 70 % は仮定値です。", "A margin of 70 % is assumed.", "policy.toml", ""),
        ],
        split: Split {
            acceptance_minor: 398_000,
            retention_minor: 30_000,
            incentive_minor: 0,
            effort_minor: -16_000,
        },
        checks: checks(motion),
        compared: vec![Compared {
            offer_id: "option:SSO".to_owned(),
            title: said("シングルサインオン", "Single sign-on"),
            fate: "displaced".to_owned(),
            expected_minor: 120_000,
            said: said(
                "同じ顧客への提案は1件までです。期待増分利益が小さいため見送りました。",
                "One offer an account; this one earns less.",
            ),
        }],
        next_step: said(
            "増員計画を確認し、Enterpriseの見積を用意してください。",
            "Ask about headcount plans and prepare a quote for Enterprise.",
        ),
        steps: Vec::new(),
        from_product: None,
        subscription: None,
    }
}

fn checks(motion: &str) -> Vec<Check> {
    let check = |guard: &str, says: &str, ja, en| Check {
        guard: guard.to_owned(),
        says: says.to_owned(),
        until: (says == "hold").then(|| "2026-03-31".to_owned()),
        said: said(ja, en),
    };
    let deal = if motion == "advance" { "hold" } else { "allow" };
    vec![
        check(
            "loyalty",
            "allow",
            "決裁者・推進者に批判者はいません。",
            "No detractor among decision makers and champions.",
        ),
        check(
            "open_deal",
            deal,
            "同じ商品の進行中の商談はありません。",
            "No open deal for this product.",
        ),
        check(
            "escalation",
            "allow",
            "未解決の重大な問い合わせはありません。",
            "No open escalation.",
        ),
        check(
            "cool_down",
            "allow",
            "直近28日に提案していません。",
            "Not approached in the last 28 days.",
        ),
    ]
}

fn others() -> Vec<OtherRow> {
    let other = |place, product: &str, motion: &str, fate: &str, ja: &str, en: &str| OtherRow {
        run_id: RUN.to_owned(),
        account_key: 1,
        place,
        offer_id: format!("{motion}:{product}"),
        product_id: Some(product.to_owned()),
        motion: motion.to_owned(),
        title_ja: format!("{product} {place}案"),
        title_en: format!("{product} option {place}"),
        fate: fate.to_owned(),
        expected_minor: 120_000 / place,
        reason_ja: ja.to_owned(),
        reason_en: en.to_owned(),
        reason_code: String::new(),
    };
    vec![
        other(
            1,
            "SSO",
            "option",
            "held",
            "同じ商品の商談が進行中のため保留しています。",
            "Held: a deal for this product is open.",
        ),
        other(
            2,
            "PRO",
            "seats",
            "displaced",
            "上位プランへの変更を優先しました。",
            "The plan upgrade earns more.",
        ),
    ]
}

/// What was not proposed.
pub(crate) fn fates() -> Vec<FateCount> {
    let fate = |fate: &str, code: &str, ja: &str, en: &str, candidates| FateCount {
        run_id: RUN.to_owned(),
        fate: fate.to_owned(),
        reason_code: code.to_owned(),
        reason_ja: ja.to_owned(),
        reason_en: en.to_owned(),
        candidates,
        accounts: candidates - 2,
    };
    vec![
        fate("chosen", "chosen", "提案します", "Chosen", 64),
        fate(
            "held",
            "loyalty",
            "決裁者または推進者のNPSが低い",
            "A decision maker or champion is a detractor",
            9,
        ),
        fate("held", "escalation", "重大な問い合わせが未解決", "A serious ticket is open", 3),
        fate("waiting", "no_window", "提案の時期ではない", "No window is open", 1_240),
        fate("displaced", "hours", "対応可能時間の上限に達した", "No hours left", 31),
    ]
}
