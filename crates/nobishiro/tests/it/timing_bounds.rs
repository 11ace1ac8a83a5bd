//! Timing rules at their bounds, through the whole program (S34, S41, S45, S48, S58, S75, S83, S105, N6): the day before,
//! the day of and the day after; at, under and over the limit. One workspace and one run hold them all.

use std::fmt::Write;

use super::support::{Database, Workspace};
use super::timing::why_now;

const AS_OF: &str = "2026-03-12";

/// What was written for one rule: files by name, and what each account must or must not be told.
#[derive(Default)]
struct Rows {
    accounts: String,
    products: String,
    limits: String,
    contracts: String,
    usage: String,
    activities: String,
    surveys: String,
    orders: String,
    cases: Vec<Case>,
}

/// Whether an account is told a sentence, and of which bound that tells.
struct Case {
    account: String,
    sentence: &'static str,
    told: bool,
    bound: String,
}

impl Rows {
    fn account(&mut self, id: &str, touch: &str) {
        let _ = writeln!(self.accounts, "{id},{id},company,{touch},");
    }

    /// A contract since 2024 unless a day is given.
    fn contract(&mut self, account: &str, product: &str, since: Option<&str>) {
        let since = since.unwrap_or("2024-01-15");
        let _ = writeln!(self.contracts, "S-{account},{account},{product},{since},{since},1000,,");
    }

    fn reading(&mut self, (account, metric): (&str, &str), day: &str, value: f64) {
        let _ = writeln!(
            self.usage,
            "{account},{metric},{day}T09:00:00+09:00,{value},gauge,S-{account}"
        );
    }

    fn case(&mut self, account: &str, sentence: &'static str, (told, bound): (bool, &str)) {
        let (account, bound) = (account.to_owned(), bound.to_owned());
        self.cases.push(Case { account, sentence, told, bound });
    }
}

/// S45: three times the median of at least ten customers, by a reading of at most 45 days ago.
fn heavy_feature(rows: &mut Rows) {
    const SAID: &str = "倍です";
    rows.products.push_str("HF,HF,plan,hf,1,1000,month,\nHFO,HFO,option,hf,,500,month,\n");
    let bounds = [
        ("HU", "2026-03-01", 29.9, false, "under three times"),
        ("HA", "2026-03-01", 30.0, true, "at three times"),
        ("HO", "2026-03-01", 30.1, true, "over three times"),
        ("HN", "2026-01-27", 30.0, true, "read 44 days ago"),
        ("HD", "2026-01-26", 30.0, true, "read 45 days ago"),
        ("HP", "2026-01-25", 30.0, false, "read 46 days ago"),
    ];
    for (account, day, value, told, bound) in bounds {
        rows.account(account, "low");
        rows.contract(account, "HF", None);
        rows.reading((account, "reports"), day, value);
        rows.case(account, SAID, (told, bound));
    }
    // Seven others make the median ten.
    others(rows, ("HF", "H"), 7);
    for (product, n, told, bound) in
        [("HF9", 8, false, "nine customers"), ("HF10", 9, true, "ten customers")]
    {
        let _ = write!(
            rows.products,
            "{product},{product},plan,{product},1,1000,month,\n{product}O,{product}O,option,{product},,500,month,\n"
        );
        others(rows, (product, product), n);
        let account = format!("{product}X");
        rows.account(&account, "low");
        rows.contract(&account, product, None);
        rows.reading((&account, "reports"), "2026-03-01", 40.0);
        rows.case(&account, SAID, (told, bound));
    }
}

/// Customers with a reading of ten.
fn others(rows: &mut Rows, (product, begins): (&str, &str), n: usize) {
    for i in 0..n {
        let account = format!("{begins}{i}");
        rows.account(&account, "low");
        rows.contract(&account, product, None);
        rows.reading((&account, "reports"), "2026-03-01", 10.0);
    }
}

/// S45, N6: thirty percent more than in the ninety days before, from half of the limit on.
fn usage_surge(rows: &mut Rows) {
    const SAID: &str = "増えています";
    rows.products.push_str("SU,SU,plan,su,1,1000,month,\nSU2,SU2,plan,su,2,3000,month,\n");
    rows.limits.push_str("SU,jobs,100\nSU2,jobs,900\n");
    let bounds = [
        ("SB", "2025-12-12", (50.0, 64.9), false, "a rise under thirty percent"),
        ("SA", "2025-12-12", (50.0, 65.0), true, "a rise of thirty percent, read 90 days ago"),
        ("SO", "2025-12-12", (50.0, 65.1), true, "a rise over thirty percent"),
        ("SC", "2025-12-13", (50.0, 65.0), false, "89 days ago is no earlier quarter"),
        ("SD", "2025-09-14", (50.0, 65.0), true, "179 days ago is the earlier quarter"),
        ("SE", "2025-09-13", (50.0, 65.0), false, "180 days ago is before it"),
        ("SF", "2025-12-12", (30.0, 49.9), false, "under half of the limit"),
        ("SG", "2025-12-12", (30.0, 50.0), true, "at half of the limit"),
        ("SH", "2025-12-12", (30.0, 50.1), true, "over half of the limit"),
    ];
    for (account, day, (before, now), told, bound) in bounds {
        rows.account(account, "low");
        rows.contract(account, "SU", None);
        rows.reading((account, "jobs"), day, before);
        rows.reading((account, "jobs"), "2026-03-01", now);
        rows.case(account, SAID, (told, bound));
    }
}

/// S48, N4: under forty percent in both quarters; the smaller contract from ninety days before the deadline on.
fn under_use(rows: &mut Rows) {
    const LOW: &str = "半年にわたり少なく";
    const SMALLER: &str = "時点)です。解約申出期限は";
    rows.products.push_str("UU1,UU1,plan,uu,1,1000,month,\nUU,UU,plan,uu,2,3000,month,\n");
    rows.limits.push_str("UU1,members,50\nUU,members,100\n");
    let bounds = [
        ("UB", (39.9, 39.9), "2026-12-01", (true, false), "under forty percent"),
        ("UA", (40.0, 40.0), "2026-12-01", (false, false), "at forty percent"),
        ("UO", (40.1, 40.1), "2026-12-01", (false, false), "over forty percent"),
        ("UQ", (40.0, 20.0), "2026-12-01", (false, false), "one low quarter"),
        ("UL", (20.0, 20.0), "2026-06-11", (true, false), "91 days before the deadline"),
        ("UM", (20.0, 20.0), "2026-06-10", (true, true), "90 days before the deadline"),
        ("UN", (20.0, 20.0), "2026-06-09", (true, true), "89 days before the deadline"),
        ("UT", (20.0, 20.0), "2026-03-12", (true, true), "on the deadline"),
        ("UV", (20.0, 20.0), "2026-03-11", (true, false), "the day after the deadline"),
    ];
    for (account, (before, now), deadline, (low, smaller), bound) in bounds {
        rows.account(account, "low");
        let _ = writeln!(
            rows.contracts,
            "S-{account},{account},UU,2024-01-15,2024-01-15,3000,2027-01-15,{deadline}"
        );
        rows.reading((account, "members"), "2025-11-01", before);
        rows.reading((account, "members"), "2026-03-01", now);
        rows.case(account, LOW, (low, bound));
        rows.case(account, SMALLER, (smaller, bound));
    }
}

/// S34, S41, S75, S83: by touch model, and more often while a customer is new.
fn visit_due(rows: &mut Rows) {
    const SAID: &str = "日たっています(";
    rows.products.push_str("VD,VD,plan,vd,1,1000,month,\n");
    let bounds = [
        ("VB", "high", None, "2026-01-12", false, "high touch, 59 days ago"),
        ("VA", "high", None, "2026-01-11", true, "high touch, 60 days ago"),
        ("VO", "high", None, "2026-01-10", true, "high touch, 61 days ago"),
        ("VC", "low", None, "2025-09-14", false, "low touch, 179 days ago"),
        ("VD", "low", None, "2025-09-13", true, "low touch, 180 days ago"),
        ("VE", "low", None, "2025-09-12", true, "low touch, 181 days ago"),
        ("VT", "tech", None, "2025-02-01", false, "tech touch, a year ago"),
        ("VF", "low", Some("2025-12-20"), "2026-02-11", false, "new, 29 days ago"),
        ("VG", "low", Some("2025-12-20"), "2026-02-10", true, "new, 30 days ago"),
        ("VH", "low", Some("2025-12-20"), "2026-02-09", true, "new, 31 days ago"),
    ];
    for (account, touch, since, talk, told, bound) in bounds {
        rows.account(account, touch);
        rows.contract(account, "VD", since);
        let _ =
            writeln!(rows.activities, "K-{account},{account},{talk}T10:00:00+09:00,call,outbound");
        rows.case(account, SAID, (told, bound));
    }
    // Talks are recorded until lately, so that a lack of them says something.
    rows.account("VZ", "low");
    rows.contract("VZ", "VD", None);
    rows.activities.push_str("K-VZ,VZ,2026-03-05T10:00:00+09:00,call,outbound\n");
}

/// S58: an answer counts for 180 days; who was never asked is asked after as many.
fn nps_due(rows: &mut Rows) {
    const OLD: &str = "その後180日を過ぎています";
    const NEVER: &str = "NPSの回答がまだありません";
    rows.products.push_str("ND,ND,plan,nd,1,1000,month,\n");
    let answered = [
        ("NB", "2025-09-14", false, "answered 179 days ago"),
        ("NA", "2025-09-13", false, "answered 180 days ago"),
        ("NO", "2025-09-12", true, "answered 181 days ago"),
    ];
    for (account, on, told, bound) in answered {
        rows.account(account, "low");
        rows.contract(account, "ND", None);
        let _ = writeln!(rows.surveys, "R-{account},{account},{on}T10:00:00+09:00,8,nps");
        rows.case(account, OLD, (told, bound));
        rows.case(account, NEVER, (false, bound));
    }
    let since = [
        ("NC", "2025-09-14", false, "a customer for 179 days"),
        ("ND", "2025-09-13", true, "a customer for 180 days"),
        ("NE", "2025-09-12", true, "a customer for 181 days"),
    ];
    for (account, on, told, bound) in since {
        rows.account(account, "low");
        rows.contract(account, "ND", Some(on));
        rows.case(account, NEVER, (told, bound));
    }
}

/// S105: support and leases from 180 days before their end; things by their age of five years, for a year.
fn replacement_due(rows: &mut Rows) {
    let ends = [
        ("RB", "2026-09-09", false, "181 days before"),
        ("RA", "2026-09-08", true, "180 days before"),
        ("RO", "2026-09-07", true, "179 days before"),
        ("RT", "2026-03-12", true, "on the last day"),
        ("RV", "2026-03-11", false, "the day after"),
    ];
    for (account, end, told, bound) in ends {
        let _ = write!(
            rows.products,
            "{account}1,{account}1,plan,{account},1,1000,month,{end}\n{account}2,{account}2,plan,{account},2,3000,month,\n"
        );
        rows.account(account, "low");
        rows.contract(account, &format!("{account}1"), None);
        rows.case(account, "の提供・保守は", (told, bound));
        let leased = format!("L{account}");
        rows.account(&leased, "low");
        let _ =
            writeln!(rows.contracts, "S-{leased},{leased},LE1,2024-01-15,2024-01-15,500,{end},");
        rows.case(&leased, "のリースは", (told, bound));
    }
    rows.products.push_str(
        "LE1,LE1,item,le,1,1000,once,\nLE2,LE2,item,le,2,3000,once,\nAG1,AG 1,item,ag,1,1000,once,\nAG2,AG 2,item,ag,2,3000,once,\n",
    );
    let bought = [
        ("AB", "2021-03-13", false, "the day before five years"),
        ("AA", "2021-03-12", true, "five years"),
        ("AO", "2021-03-11", true, "the day after five years"),
        ("AT", "2020-03-12", true, "six years"),
        ("AV", "2020-03-11", false, "the day after six years"),
    ];
    for (account, on, told, bound) in bought {
        rows.account(account, "low");
        let _ = writeln!(rows.orders, "O-{account},{account},{on}T10:00:00+09:00,AG1,1,1000");
        rows.case(account, "から5年が過ぎています", (told, bound));
    }
}

fn workspace(rows: &Rows) -> Workspace {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let files = [
        ("accounts.csv", "account_id,name,kind,touch_model,segment", &rows.accounts),
        (
            "products.csv",
            "product_id,name,kind,line,tier,price,price_unit,active_until",
            &rows.products,
        ),
        ("limits.csv", "product_id,metric,included", &rows.limits),
        (
            "subscriptions.csv",
            "subscription_id,account_id,product_id,effective_on,started_on,mrr,renews_on,cancel_deadline",
            &rows.contracts,
        ),
        ("usage.csv", "account_id,metric,at,value,kind,subscription_id", &rows.usage),
        ("activities.csv", "activity_id,account_id,at,kind,direction", &rows.activities),
        ("surveys.csv", "response_id,account_id,at,score,question", &rows.surveys),
        (
            "offers.csv",
            "offer_id,motion,name,product_id,from_product_id",
            &"O1,plan_up,A newer one,LE2,LE1\n".to_owned(),
        ),
        ("orders.csv", "order_id,account_id,ordered_at,product_id,quantity,amount", &rows.orders),
    ];
    let paths: Vec<_> = files
        .iter()
        .map(|(name, head, text)| workspace.file(&format!("in/{name}"), format!("{head}\n{text}")))
        .collect();
    let paths: Vec<_> = paths.iter().map(std::path::PathBuf::as_path).collect();
    workspace.ingest(None, &paths).ok();
    workspace.run(&["run", "--as-of", AS_OF]).ok();
    workspace
}

#[test]
fn each_rule_at_its_bounds() {
    let mut rows = Rows::default();
    for write in [heavy_feature, usage_surge, under_use, visit_due, nps_due, replacement_due] {
        write(&mut rows);
    }
    let workspace = workspace(&rows);
    let mut wrong = Vec::new();
    for cases in rows.cases.chunk_by(|a, b| a.account == b.account) {
        let found = why_now(&workspace, &cases[0].account);
        for case in cases.iter().filter(|case| found.contains(case.sentence) != case.told) {
            let (account, bound) = (&case.account, &case.bound);
            let is = if case.told { "is not told" } else { "is told" };
            wrong.push(format!("{account} ({bound}) {is} `{}`:\n{found}\n", case.sentence));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
