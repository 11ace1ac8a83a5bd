//! `nobishiro plays --natural`, and beside it enquiries, bookings and CSV for spreadsheets (S36, S40, S104, N13).

use std::fmt::Write;

use super::support::{Database, Workspace};

const PRODUCTS: &str = "product_id,name,kind,line,tier,price,price_unit\n\
    STD,Standard,plan,L,1,10,seat_month\nSSO,SSO,option,L,,50,month\n";

/// Sixty customers on Standard since June 2023; in 2025 two of every three took more seats of their own accord.
/// One approach in 2023 shows that approaches are on record. A01 uses 98 of its 100 users on the day, 12 March 2026, and has all else there is.
fn grown(database: Database) -> Workspace {
    let workspace = Workspace::with(database, "JPY", "Asia/Tokyo");
    let mut accounts = String::from("account_id,name,owner\n");
    let mut contracts = String::from(
        "subscription_id,account_id,product_id,effective_on,started_on,seats,mrr,term_months\n",
    );
    contracts.push_str("T01,A01,SSO,2023-06-01,2023-06-01,1,50,12\n");
    for n in 1..=60 {
        let _ = writeln!(accounts, "A{n:02},\"=Company {n}\",R1");
        let _ = writeln!(contracts, "S{n:02},A{n:02},STD,2023-06-01,2023-06-01,100,1000,12");
        if n % 3 != 1 {
            let month = 3 + n % 10;
            let _ = writeln!(
                contracts,
                "S{n:02},A{n:02},STD,2025-{month:02}-01,2023-06-01,120,1200,12"
            );
        }
    }
    let usage = "account_id,metric,at,value\n\
        A01,users,2026-01-10,90\nA01,users,2026-02-10,94\nA01,users,2026-03-10,98\n";
    let limits = "product_id,metric,included,per_seat\nSTD,users,1,true\n";
    let reps = "rep_id,name,role\nR1,佐藤,CIS\n";
    for (name, text) in [
        ("accounts.csv", accounts.as_str()),
        ("subscriptions.csv", &contracts),
        ("products.csv", PRODUCTS),
        ("usage.csv", usage),
        ("limits.csv", limits),
        ("reps.csv", reps),
        (
            "proposals.csv",
            "proposal_id,account_id,opened_at,closed_at,outcome,product_id,type,approached\n\
             P1,A60,2023-06-05,2023-06-20,lost,SSO,expansion,true\n",
        ),
    ] {
        let file = workspace.file(name, text);
        workspace.ingest(None, &[&file]).ok();
    }
    workspace
}

fn run(workspace: &Workspace) -> serde_json::Value {
    let out = workspace.run(&["run", "--as-of", "2026-03-12", "--format", "json"]).ok();
    serde_json::from_str(&out).expect("a summary")
}

#[test]
fn s36_who_grows_anyway_is_listed_for_a_prompt() {
    let workspace = grown(Database::Sqlite);
    let summary = run(&workspace);
    assert_eq!(summary["fates"]["natural"], 1, "{summary}");
    let json = workspace.run(&["plays", "--natural", "--format", "json", "--lang", "ja"]).ok();
    let list: serde_json::Value = serde_json::from_str(&json).expect("a list");
    let one = &list[0];
    assert_eq!((&one["account_id"], &one["motion"]), (&"A01".into(), &"seats".into()), "{json}");
    assert_eq!(one["channel"], "prompt");
    let unasked: f64 =
        one["probability_unasked"].as_str().expect("text").parse().expect("a number");
    // In the third and fourth year 28 events in about 600 customer-months: 5 % a month, a quarter within 180 days.
    assert!((0.15..0.35).contains(&unasked), "{unasked}");
    assert!(one["reason"].as_str().is_some_and(|r| r.contains("案内だけ")), "{json}");
    // No hours, and not in the plan for the same.
    let plays = workspace.plays();
    assert!(plays.iter().all(|p| p["account_id"] != "A01" || p["motion"] != "seats"), "{plays:?}");
    let explained = workspace.run(&["explain", "A01", "--offer", "seats:S01"]).ok();
    assert!(explained.contains("Likely to buy unasked"), "{explained}");
    assert!(explained.contains("without an approach in the 90 days before"), "{explained}");
    let table = workspace.run(&["plays", "--natural"]).ok();
    assert!(table.contains("=Company 1") && table.contains("% unasked"), "{table}");
}

#[test]
fn n13_the_plan_stands_beside_last_years_growth() {
    let workspace = grown(Database::Sqlite);
    let before = workspace.run(&["check", "--format", "json"]).ok();
    let before: serde_json::Value = serde_json::from_str(&before).expect("JSON");
    assert!(before["bookings"].is_null(), "nothing is planned yet");
    let bookings = &run(&workspace)["bookings"];
    assert_eq!(bookings["basis"], "contracts");
    // 200 more a month at each that grew within the four quarters up to 12 March 2026, times twelve.
    let quarters: i64 = bookings["quarters"]
        .as_array()
        .expect("quarters")
        .iter()
        .map(|quarter| quarter["minor"].as_i64().expect("known"))
        .sum();
    let grew = (1..=60).filter(|n| n % 3 != 1 && 3 + n % 10 > 3).count();
    assert_eq!(quarters, 2_400 * i64::try_from(grew).expect("few"), "{bookings}");
    let text = workspace.run(&["check", "--lang", "ja"]).ok();
    assert!(text.contains("直近4四半期の拡大受注"), "{text}");
}

#[test]
fn s104_a_quote_request_is_answered_or_repeated() {
    let workspace = grown(Database::Sqlite);
    let asked = "activity_id,account_id,at,kind,direction,product_id\n\
        Q1,A05,2026-03-11T10:00:00,quote_request,inbound,SSO\n";
    let file = workspace.file("activities.csv", asked);
    workspace.ingest(None, &[&file]).ok();
    run(&workspace);
    let about = |workspace: &Workspace| -> Vec<String> {
        let plays = workspace.plays();
        let of = plays.iter().filter(|play| play["account_id"] == "A05");
        of.map(|play| format!("{} {} {}", play["motion"], play["due"], play["why_now"])).collect()
    };
    let said = about(&workspace);
    assert!(
        said.iter().any(|line| line.contains("2026-03-12") && line.contains("Quote requested")),
        "{said:?}"
    );
    let answer = format!("{asked}C1,A05,2026-03-11T15:00:00,call,outbound,\n");
    let file = workspace.file("activities.csv", answer);
    workspace.ingest(None, &[&file]).ok();
    run(&workspace);
    let said = about(&workspace);
    assert!(said.iter().all(|line| !line.contains("Quote requested")), "{said:?}");
}

#[test]
fn csv_for_spreadsheets_is_marked_when_asked_and_never_a_formula() {
    let workspace = grown(Database::Sqlite);
    run(&workspace);
    let plain = workspace.run(&["plays", "--format", "csv"]).ok();
    assert!(plain.starts_with("rank,play_id,account_id"), "{plain}");
    assert!(plain.contains(",'=Company ") && !plain.contains(",=Company"), "{plain}");
    let marked = workspace.run(&["plays", "--format", "csv", "--bom"]).ok();
    assert_eq!(marked, format!("\u{feff}{plain}"));
}
