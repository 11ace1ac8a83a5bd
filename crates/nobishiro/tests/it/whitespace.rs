//! `nobishiro whitespace`: what a group could have and has not (N11, S28, S50, S69, S76).

use super::serve::Server;
use super::support::{Database, Workspace, json};

const AS_OF: &str = "2026-03-12";

/// A holding with a company of two departments: one is on Standard, the other has nothing.
fn holding() -> Workspace {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    for (name, text) in [
        (
            "accounts.csv",
            "account_id,name,kind,parent_id,owner\nG,みどりHD,group,,R1\nC,みどり製作所,company,G,R1\n\
             D1,情報システム部,department,C,R1\nD2,総務部,department,C,R1\nX,別会社,company,,R1\n",
        ),
        (
            "products.csv",
            "product_id,name,kind,line,tier,price,price_unit\nSTD,Standard,plan,勤怠,1,10,seat_month\n\
             PRO,Pro,plan,勤怠,2,20,seat_month\nSSO,SSO,option,勤怠,,50,month\nEXP,経費,plan,経費,1,30,seat_month\n",
        ),
        (
            "subscriptions.csv",
            "subscription_id,account_id,product_id,started_on,seats,mrr,term_months\n\
             S1,D1,STD,2023-06-01,100,1000,12\nS2,X,STD,2023-06-01,10,100,12\n",
        ),
        ("usage.csv", "account_id,metric,at,value\nD1,users,2026-03-10,97\n"),
        ("limits.csv", "product_id,metric,included,per_seat\nSTD,users,1,true\n"),
        ("reps.csv", "rep_id,name,role\nR1,佐藤,CIS\n"),
        (
            "contacts.csv",
            "contact_id,account_id,name,role,reports_to\nK1,D1,田中,champion,K2\nK2,D1,鈴木,other,K3\n\
             K3,D1,高橋,decision_maker,\nK4,X,山田,champion,\n",
        ),
        (
            "proposals.csv",
            "proposal_id,account_id,opened_at,outcome,product_id,type\nP1,D1,2026-02-01,open,EXP,expansion\n",
        ),
        (
            "activities.csv",
            "activity_id,account_id,at,kind,status,priority\nT1,D1,2026-03-01,ticket,open,urgent\n",
        ),
        (
            "results.csv",
            "result_id,account_id,product_id,metric,before,after,period,measured_by,share_scope,approved_on\n\
             R-1,D1,STD,残業時間(時間/月),45,31,2025年度上期,顧客,group,2026-01-15\n\
             R-2,D1,STD,社内だけの数字,1,2,,顧客,internal,2026-01-15\n\
             R-3,D1,STD,まだ承認前の数字,1,2,,顧客,group,2026-03-13\n",
        ),
    ] {
        let file = workspace.file(name, text);
        workspace.ingest(None, &[&file]).ok();
    }
    workspace.run(&["run", "--as-of", AS_OF]).ok();
    workspace
}

#[test]
fn n11_a_group_is_mapped_from_the_parent_down() {
    let workspace = holding();
    let map = json(&workspace.run(&["whitespace", "D2", "--format", "json"]).ok());
    let rows = map["rows"].as_array().expect("rows");
    let cell = |account: &str, product: &str| {
        let found = rows.iter().find(|r| r["account_id"] == account && r["product_id"] == product);
        found.unwrap_or_else(|| panic!("{account} {product} is not in {map:#}")).clone()
    };
    let order: Vec<&str> = rows.iter().filter_map(|r| r["account_id"].as_str()).collect();
    let mut members = order.clone();
    members.dedup();
    assert_eq!(members, ["G", "C", "D1", "D2"], "the whole group and nobody else");
    assert_eq!((&cell("D1", "STD")["depth"], &cell("G", "STD")["depth"]), (&2.into(), &0.into()));
    let state = |account: &str, product: &str| cell(account, product)["state"].clone();
    assert_eq!(state("D1", "STD"), "owned");
    assert_eq!(state("D1", "EXP"), "in_progress");
    let blocked = cell("D1", "PRO");
    assert_eq!(
        (&blocked["state"], &blocked["blocked_by"]),
        (&"blocked".into(), &"escalation".into())
    );
    assert_eq!(state("D2", "STD"), "gap");
    assert_eq!(state("D2", "PRO"), "not_eligible");
    assert_eq!(state("D2", "SSO"), "not_eligible");
    // The first department's outcome goes with the gap: only what the group may know, from the day of its approval.
    let proof = cell("D2", "STD")["proof"].clone();
    assert_eq!(proof.as_array().map(Vec::len), Some(1), "{proof}");
    assert_eq!(proof[0]["source"], "results R-1");
    assert!(proof[0]["said"]["ja"].as_str().is_some_and(|it| it.contains("45から31")), "{proof}");
    // Every cell says why and where that stands.
    for row in rows {
        let because = &row["because"];
        assert!(because["said"]["en"].as_str().is_some_and(|it| !it.is_empty()), "{row}");
        assert!(because["source"].as_str().is_some_and(|it| !it.is_empty()), "{row}");
    }
}

#[test]
fn s69_what_a_group_may_know_stays_within_it() {
    let workspace = holding();
    for account in ["X", "D2"] {
        let map = workspace.run(&["whitespace", account, "--format", "json"]).ok();
        assert_eq!(map.contains("45から31"), account == "D2", "{account}: {map}");
    }
}

#[test]
fn n11_the_page_shows_the_map_that_the_run_published() {
    let workspace = holding();
    let server = Server::start(&workspace);
    let (status, page) = server.get("/w/ws/whitespace", "ja");
    assert_eq!(status, 200);
    // The command line and the page say the same of every cell.
    let map = json(&workspace.run(&["whitespace", "D2", "--format", "json"]).ok());
    let rows = map["rows"].as_array().expect("rows");
    for account in ["みどりHD", "みどり製作所", "情報システム部", "総務部"] {
        let cells = page.split(&format!("<bdi>{account}</bdi></a>")).nth(1).expect(account);
        let cells = cells.split("</tr>").next().expect("a row");
        let shown: Vec<&str> = cells.split("<td class=\"").skip(1).map(class).collect();
        // In the order of the page: 勤怠 up its ladder, then its option, then 経費.
        let expected: Vec<&str> = ["STD", "PRO", "SSO", "EXP"]
            .into_iter()
            .map(|product| {
                let found =
                    rows.iter().find(|r| r["account"] == account && r["product_id"] == product);
                match found.expect("a cell")["state"].as_str().expect("a state") {
                    "in_progress" => "going",
                    "not_eligible" => "closed",
                    other => match other {
                        "owned" => "owned",
                        "blocked" => "blocked",
                        _ => "gap",
                    },
                }
            })
            .collect();
        assert_eq!(shown, expected, "{account}");
    }
    let (_, narrowed) = server.get("/w/ws/whitespace?state=blocked&line=%E5%8B%A4%E6%80%A0", "en");
    assert!(narrowed.contains("1 account") && narrowed.contains("情報システム部"), "{narrowed}");
}

fn class(cell: &str) -> &str {
    cell.split('"').next().unwrap_or_default()
}

#[test]
fn s28_s30_an_account_says_what_it_lacks_and_takes_what_it_said() {
    let workspace = holding();
    let server = Server::start(&workspace);
    let (_, page) = server.get("/w/ws/accounts/D2", "ja");
    for part in ["未導入の商品", "45から31", "前提となる勤怠のプランをご契約いただいていません"]
    {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(
        !server.get("/w/ws/accounts/X", "ja").1.contains("45から31"),
        "another group's outcome"
    );
    let fields = [("kind", "issue"), ("value", "残業の集計に2日かかる"), ("said_on", "2026-03-11")];
    assert_eq!(server.post("/w/ws/accounts/D2/notes", &fields), 303);
    let (_, page) = server.get("/w/ws/accounts/D2", "ja");
    assert!(page.contains("残業の集計に2日かかる"), "{page}");
    // It stays over the next night.
    workspace.run(&["run", "--as-of", AS_OF]).ok();
    let (status, page) = server.get("/w/ws/accounts/D2", "en");
    assert!(status == 200 && page.contains("残業の集計に2日かかる"), "{page}");
}

#[test]
fn n11_tables_by_product_and_line_in_both_languages() {
    let workspace = holding();
    let table = workspace.run(&["whitespace", "D1", "--lang", "ja"]).ok();
    for part in [
        "みどりHD (G)",
        "導入済み  Standard (STD)",
        "保留  Pro (PRO): 重大な問い合わせ",
        "商談中  経費",
    ] {
        assert!(table.contains(part), "{part} is not in {table}");
    }
    let csv = workspace.run(&["whitespace", "D1", "--by", "line", "--format", "csv"]).ok();
    assert!(csv.starts_with("account_id,account,kind,parent_id,line,product_id,product,state,"));
    assert!(csv.contains("D1,情報システム部,department,C,勤怠,STD,Standard,owned,"), "{csv}");
    let all = json(&workspace.run(&["whitespace", "--format", "json"]).ok());
    let std = all["rows"].as_array().and_then(|r| r.iter().find(|r| r["product_id"] == "STD"));
    assert_eq!(std.expect("Standard")["accounts"]["owned"], 2, "customers only: {all:#}");
    assert!(workspace.run(&["whitespace", "--by", "line"]).ok().contains("勤怠 (勤怠)  owned 2"));
    workspace.run(&["whitespace", "D9"]).fails(&["no account `D9`"]);
}

#[test]
fn s76_who_decides_is_found_or_asked_for() {
    let workspace = holding();
    let table = workspace.run(&["whitespace", "D1", "--lang", "ja"]).ok();
    assert!(table.contains("決裁: K3、推進者: K1、経路: K1 → K2 → K3"), "{table}");
    let other = workspace.run(&["whitespace", "X", "--lang", "ja"]).ok();
    assert!(other.contains("決裁者が未確認です。K4に確認してください"), "{other}");
    // A play of its own.
    let why = workspace.run(&["explain", "X", "--offer", "care:key_man", "--lang", "ja"]).ok();
    assert!(
        why.contains("決裁者が未確認です") && why.contains("推進者に、導入や更新の決裁者"),
        "{why}"
    );
    let known = workspace.run(&["explain", "D1", "--offer", "care:key_man", "--lang", "ja"]).ok();
    assert!(known.contains("候補にありません"), "{known}");
}

#[test]
fn a_circle_of_parents_is_refused_and_nothing_hangs() {
    let workspace = holding();
    let file = workspace.file(
        "circle/accounts.csv",
        "account_id,name,kind,parent_id,owner\nG,みどりHD,group,D1,R1\n",
    );
    let said = workspace.ingest(None, &[&file]);
    assert!(said.out.contains("1 warnings"), "{} {}", said.out, said.err);
    workspace.run(&["run", "--as-of", AS_OF]).ok();
    let map = json(&workspace.run(&["whitespace", "D1", "--format", "json"]).ok());
    assert!(map["rows"].as_array().is_some_and(|rows| !rows.is_empty()));
}
